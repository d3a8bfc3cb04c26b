//! What comes in and what becomes of it in one year: widths are figures.

use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::Table;
use crate::axis;
use crate::font;
use crate::number;
use crate::palette::{self, MAIN, MUTED, PALE, Rgb, mix};
use crate::scene::{Area, Scene, Style};
use crate::scope::Fig;
use crate::spec::{Item, Role};

/// Height of the whole that comes in.
const FULL: f64 = 500.0;
const GAP: f64 = 34.0;
const NODE: f64 = 34.0;

struct Node<'a> {
    item: &'a Item,
    fig: Fig,
    value: f64,
    color: Rgb,
    /// Where it stands.
    y: f64,
    h: f64,
}

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let mut ins = nodes(ctx, Role::In, &[PALE, MAIN]);
    let mut outs = nodes(ctx, Role::Out, &[MAIN, palette::categories(4)[2]]);
    let (total_in, total_out) = (sum(&ins), sum(&outs));
    if ins.iter().chain(&outs).all(|n| n.fig.value().is_none()) {
        return None;
    }
    let parts_of = outs.iter().position(|o| ctx.spec.series.iter().any(|i| i.of.as_deref() == Some(&o.item.id)));
    let count = ctx.spec.series.iter().filter(|i| i.role == Some(Role::Part)).count();
    let mut parts = nodes(ctx, Role::Part, &palette::categories(count));
    parts.retain(|p| p.value > 0.0);
    // Parts that come to more than their whole are wrong figures: they are drawn as they are, and said to differ.
    let scale = FULL / total_in.max(total_out).max(sum(&parts)).max(1e-9);
    let top = 64.0;
    place(&mut ins, scale, top + GAP, GAP);
    let whole = (top + GAP * 1.5, total_in * scale);
    let below = if parts_of.is_some() { TEXT * 3.4 } else { GAP * 2.0 };
    place(&mut outs, scale, top + GAP, below);
    if let Some(at) = parts_of {
        let gap = GAP * 1.4;
        let tall = outs[at].h + gap * (parts.len().saturating_sub(1)) as f64;
        let start = (outs[at].y + outs[at].h / 2.0 - tall / 2.0).max(top);
        place(&mut parts, scale, start, gap);
    }
    let has_parts = !parts.is_empty();
    let x = if has_parts { [300.0, 560.0, 860.0, 1180.0] } else { [330.0, 700.0, 1120.0, 0.0] };
    let mut scene = Scene::default();
    ribbons(&mut scene, &ins, x[0] + NODE, whole.0, x[1], true);
    ribbons(&mut scene, &outs, x[1] + NODE, whole.0, x[2], false);
    if let Some(at) = parts_of {
        ribbons(&mut scene, &parts, x[2] + NODE, outs[at].y, x[3], false);
    }
    scene.rect(Area::new(x[1], whole.0, NODE, whole.1), palette::categories(3)[0]);
    for (list, x) in [(&ins, x[0]), (&outs, x[2]), (&parts, x[3])] {
        for n in list.iter().filter(|n| n.value > 0.0) {
            scene.rect(Area::new(x, n.y, NODE, n.h.max(2.0)), n.color);
        }
    }
    let unit = ctx.unit(&ctx.spec.series[0]);
    let whole_fig = Fig::sum(ins.iter().map(|n| n.fig));
    scene.text(x[1] + NODE / 2.0, whole.0 - 42.0, Style::new(TEXT).middle(), ctx.what());
    scene.text(x[1] + NODE / 2.0, whole.0 - 12.0, Style::new(TEXT).middle().strong(true), ctx.amount(whole_fig, unit));
    beside(ctx, &mut scene, &ins, x[0] - 16.0, true, total_in);
    let shown: Vec<&Node<'_>> =
        outs.iter().enumerate().filter(|(k, _)| Some(*k) != parts_of || !has_parts).map(|(_, n)| n).collect();
    if let Some(n) = parts_of.filter(|_| has_parts).map(|at| &outs[at]) {
        let text = format!("{} {}", ctx.label(n.item), ctx.amount(n.fig, ctx.unit(n.item)));
        scene.text(x[2] + NODE / 2.0, n.y - 12.0, Style::new(TEXT).middle().strong(true), text);
    }
    if has_parts {
        // The ribbons of the parts run at the right: the others are named below.
        for n in shown {
            let (name, figure) = texts(ctx, n, total_out);
            scene.text(x[2] + NODE, n.y + n.h + TEXT * 1.15, Style::new(TEXT).right(), name);
            scene.text(x[2] + NODE, n.y + n.h + TEXT * 2.15, Style::new(SMALL).muted().right(), figure);
        }
    } else {
        beside_right(ctx, &mut scene, &shown, x[2] + NODE + 16.0, total_out);
    }
    // Shares are of the whole that the compilation gives, as in every other output.
    let part_total = parts_of.map_or(0.0, |at| outs[at].value);
    beside_right(ctx, &mut scene, &parts.iter().collect::<Vec<_>>(), x[3] + NODE + 16.0, part_total);
    let mut notes = ctx.notes(&[], ins.iter().chain(&outs).chain(&parts).any(|n| n.fig.lower));
    let amount = |d: f64| words.amount(&number::plain(d), unit);
    let sides = Some((total_in - total_out).abs()).filter(|d| *d > 1e-9).map(amount);
    let outcomes = parts_of.map(|at| (outs[at].value - sum(&parts)).abs()).filter(|d| *d > 1e-9 && has_parts).map(amount);
    notes.extend(differences(ctx, sides, outcomes));
    let bottom = [&ins, &outs, &parts].iter().flat_map(|l| l.iter()).map(|n| n.y + n.h).fold(whole.0 + whole.1, f64::max);
    let finding = finding(ctx, &outs, whole_fig, unit);
    let table = table(ctx, [(&ins, total_in), (&outs, total_out), (&parts, part_total)], whole_fig, unit);
    Some(Body {
        describe: words.pick(
            format!("流向图：{}年{}的来源与去向", scope.year, ctx.what()),
            format!("Flow of {} in {}", ctx.what(), scope.year),
        ),
        finding,
        scene,
        height: bottom + TEXT * 2.6,
        notes,
        table,
    })
}

fn table(ctx: &Ctx<'_>, columns: [(&Vec<Node<'_>>, f64); 3], whole: Fig, unit: &str) -> Table {
    let words = ctx.words;
    let roles = [words.pick("来源", "in"), words.pick("去向", "out"), words.pick("结果", "outcome")];
    let mut rows = Vec::new();
    for (role, (nodes, total)) in roles.into_iter().zip(columns) {
        for n in nodes {
            let share = n.fig.value().filter(|v| *v <= total).map_or_else(|| "—".to_owned(), |v| number::share(v, total));
            rows.push(vec![ctx.label(n.item), role.clone(), n.fig.text(), share]);
        }
    }
    rows.push(vec![ctx.what(), words.total(), whole.text(), String::new()]);
    let heads = [
        words.pick("项目", "Item"),
        words.pick("类别", "Side"),
        ctx.head(&words.year(ctx.scope.year), unit),
        words.pick("占比", "Share"),
    ];
    Table { columns: heads.into(), rows }
}

/// Where the sides, or the outcomes and their whole, do not come to the same: one note, whatever the reason.
fn differences(ctx: &Ctx<'_>, sides: Option<String>, outcomes: Option<String>) -> Option<String> {
    let words = ctx.words;
    Some(match (sides, outcomes) {
        (None, None) => return None,
        (Some(a), None) => {
            words.pick(format!("两侧合计相差{a}，有数据待核实"), format!("The two sides differ by {a}: to be checked"))
        }
        (None, Some(b)) => words.pick(
            format!("各项结果之和与办结数相差{b}，有数据待核实"),
            format!("The outcomes differ from their whole by {b}: to be checked"),
        ),
        (Some(a), Some(b)) if a == b => words.pick(
            format!("两侧合计、各项结果之和与办结数均相差{a}，有数据待核实"),
            format!("The two sides, and the outcomes and their whole, both differ by {a}: to be checked"),
        ),
        (Some(a), Some(b)) => words.pick(
            format!("两侧合计相差{a}，各项结果之和与办结数相差{b}，有数据待核实"),
            format!("The two sides differ by {a}, the outcomes and their whole by {b}: to be checked"),
        ),
    })
}

fn nodes<'a>(ctx: &Ctx<'a>, role: Role, colors: &[Rgb]) -> Vec<Node<'a>> {
    let items = ctx.spec.series.iter().filter(|i| i.role == Some(role)).enumerate();
    let node = |(k, item): (usize, &'a Item)| {
        let fig = ctx.scope.fig(&item.id, ctx.scope.year);
        Node { item, fig, value: fig.value().unwrap_or(0.0).max(0.0), color: colors[k % colors.len()], y: 0.0, h: 0.0 }
    };
    items.map(node).collect()
}

fn sum(nodes: &[Node<'_>]) -> f64 {
    nodes.iter().map(|n| n.value).sum()
}

fn place(nodes: &mut [Node<'_>], scale: f64, top: f64, gap: f64) {
    let mut y = top;
    for n in nodes {
        n.y = y;
        n.h = n.value * scale;
        y += n.h + gap;
    }
}

/// Ribbons between a column of nodes and the one body beside it: from the nodes into it (`inward`) or out of it into them.
fn ribbons(scene: &mut Scene, nodes: &[Node<'_>], x0: f64, body: f64, x1: f64, inward: bool) {
    let mut at = body;
    for n in nodes.iter().filter(|n| n.value > 0.0) {
        let (from, to) = if inward { (n.y, at) } else { (at, n.y) };
        at += n.h;
        let curve = |a: f64, b: f64| {
            (0..=24).map(move |i| {
                let t = f64::from(i) / 24.0;
                (x0 + (x1 - x0) * t, a + (b - a) * t * t * (3.0 - 2.0 * t))
            })
        };
        let h = n.h.max(1.5);
        let mut points: Vec<(f64, f64)> = curve(from, to).collect();
        points.extend(curve(from + h, to + h).collect::<Vec<_>>().into_iter().rev());
        scene.polygon(points, mix(n.color, Rgb(255, 255, 255), 0.55), 1.0);
    }
}

fn texts(ctx: &Ctx<'_>, n: &Node<'_>, total: f64) -> (String, String) {
    let share = if total > 0.0 && n.value <= total { number::share(n.value, total) } else { String::new() };
    (ctx.label(n.item), ctx.words.with_share(&ctx.amount(n.fig, ctx.unit(n.item)), &share))
}

fn beside(ctx: &Ctx<'_>, scene: &mut Scene, nodes: &[Node<'_>], x: f64, right: bool, total: f64) {
    let wanted: Vec<f64> = nodes.iter().map(|n| n.y + n.h / 2.0).collect();
    let at = axis::apart(&wanted, TEXT * 2.5, 0.0, 10_000.0);
    for (n, y) in nodes.iter().zip(at) {
        let (name, figure) = texts(ctx, n, total);
        let style = |s: Style| if right { s.right() } else { s };
        let width = if right { x - MARGIN } else { WIDTH - MARGIN - x };
        scene.name(
            Area::new(if right { MARGIN } else { x }, y - TEXT * 1.15, width, TEXT * 1.12),
            style(Style::new(TEXT)),
            &name,
        );
        scene.mid(x, y + TEXT * 0.58, style(Style::new(fitted(&figure, width)).muted()), figure);
    }
}

fn beside_right(ctx: &Ctx<'_>, scene: &mut Scene, nodes: &[&Node<'_>], x: f64, total: f64) {
    let wanted: Vec<f64> = nodes.iter().map(|n| n.y + n.h / 2.0).collect();
    let at = axis::apart(&wanted, TEXT * 2.4, 0.0, 10_000.0);
    for (n, y) in nodes.iter().zip(at) {
        let (name, figure) = texts(ctx, n, total);
        if (y - n.y - n.h / 2.0).abs() > 4.0 {
            scene.line(vec![(x - 15.0, n.y + n.h / 2.0), (x - 3.0, y)], MUTED, 1);
        }
        scene.name(Area::new(x, y - TEXT * 1.15, WIDTH - MARGIN - x, TEXT * 1.12), Style::new(TEXT), &name);
        scene.mid(x, y + TEXT * 0.58, Style::new(fitted(&figure, WIDTH - MARGIN - x)).muted(), figure);
    }
}

/// The size at which a figure keeps within `width`.
fn fitted(text: &str, width: f64) -> f64 {
    SMALL.min(width / font::width(text, 1.0).max(1e-9))
}

fn finding(ctx: &Ctx<'_>, outs: &[Node<'_>], whole: Fig, unit: &str) -> String {
    let words = ctx.words;
    let total = whole.value().unwrap_or(0.0);
    let tell = |n: &Node<'_>| {
        let (label, amount) = (ctx.label(n.item), words.told(n.fig, unit));
        let share = if total > 0.0 { number::share(n.value, total) } else { "—".to_owned() };
        words.pick(format!("{label}{amount}（{share}）"), format!("{label} {amount} ({share})"))
    };
    let list = outs.iter().map(tell).collect::<Vec<_>>().join(if words.zh { "，" } else { ", " });
    let (year, what, amount) = (ctx.scope.year, ctx.what(), words.told(whole, unit));
    words.pick(format!("{year}年{what}{amount}，{list}"), format!("{what} in {year}: {amount}; {list}"))
}
