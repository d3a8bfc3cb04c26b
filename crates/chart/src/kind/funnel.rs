//! A ratio against its denominator, with the limits of chance; who lies outside them is named.

use super::limits::{dispersion, limits};
use super::{Body, Ctx, MARGIN, SMALL, WIDTH};
use crate::Table;
use crate::font;
use crate::names;
use crate::number;
use crate::palette::{ACCENT, GRID, INK, MAIN, MUTED, RULE, Rgb};
use crate::scene::{Align, Area, Scene, Style, crosses};
use crate::scope::{Fig, Member};

const HEIGHT: f64 = 660.0;
/// Half the probability outside the limits, and the normal quantile that goes with it: 95 % and 99.8 %.
const INNER: (f64, f64) = (0.025, 1.959_964);
const OUTER: (f64, f64) = (0.001, 3.090_232);
const BAND: Rgb = Rgb(0xee, 0xf3, 0xf8);
const CORE: Rgb = Rgb(0xd9, 0xe6, 0xf1);

struct Point<'a> {
    member: &'a Member,
    n: f64,
    /// 0 to 1.
    y: f64,
    outside: bool,
    /// Where it is drawn: beside others that have the same figures.
    px: f64,
    /// Distance from the target in standard deviations; the farthest are named first.
    z: f64,
}

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let item = &ctx.spec.series[0];
    let figs: Vec<(&Member, Fig)> = scope.members.iter().map(|m| (m, scope.of(&item.id, &m.id, scope.year))).collect();
    // A part larger than its whole is a wrong figure, not a high rate: it is named and left out.
    let (wrong, figs): (Vec<_>, Vec<_>) =
        figs.into_iter().partition(|(_, f)| f.value().is_some_and(|v| !(0.0..=100.0).contains(&v)));
    let whole = Fig::sum(figs.iter().map(|(_, f)| *f).filter(|f| f.value().is_some()));
    // The group's own ratio, as every other output says it; that of the agencies drawn only where wrong figures make it none.
    let own = scope.total(&item.id, scope.year).value().filter(|v| (0.0..=100.0).contains(v));
    let p = own.or(whole.value())? / 100.0;
    let none = figs.iter().filter(|(_, f)| f.numerator.is_some() && f.value().is_none()).count();
    let pairs: Vec<(f64, f64)> = figs.iter().filter_map(|(_, f)| Some((f.base(), f.value()? / 100.0))).collect();
    let phi = dispersion(&pairs, p);
    let mut points: Vec<Point<'_>> = Vec::new();
    for (member, fig) in &figs {
        let Some(value) = fig.value() else { continue };
        let (n, y) = (fig.base(), value / 100.0);
        let (low, high) = limits(p, n, OUTER.0, OUTER.1, phi);
        let z = (y - p) / (p * (1.0 - p) * phi / n).sqrt().max(1e-9);
        points.push(Point { member, n, y, outside: y < low - 1e-9 || y > high + 1e-9, z, px: 0.0 });
    }
    let area = Area::new(MARGIN + 96.0, 58.0, WIDTH - 2.0 * MARGIN - 220.0, HEIGHT);
    let most = points.iter().map(|q| q.n).fold(1.0, f64::max);
    let end = (most * 1.25).max(10.0);
    let x = |n: f64| area.x + (n.ln() / end.ln()) * area.w;
    let y = |v: f64| area.bottom() - v * area.h;
    spread(&mut points, &x, &y);
    let mut scene = Scene::default();
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), ctx.what() + if words.zh { "（%）" } else { " (%)" });
    funnel(&mut scene, area, p, phi, end, &x, &y);
    axes(ctx, &mut scene, area, end, &x, &y);
    let small = f64::from(ctx.spec.small.unwrap_or(0));
    for q in &points {
        let x = |_| q.px;
        let color = if q.outside || q.member.picked { ACCENT } else { MAIN };
        match q.n < small {
            true => scene.ring(x(q.n), y(q.y), 8.0, color, 2),
            false => scene.dot(x(q.n), y(q.y), 8.0, color),
        }
    }
    let average = words.pick(format!("总体{}", number::percent(p * 100.0)), format!("overall {}", number::percent(p * 100.0)));
    scene.mid(area.right() + 8.0, y(p), Style::new(SMALL), average);
    let crowds: Vec<Area> = crowds(&points)
        .into_iter()
        .map(|(n, v, count)| {
            let text = format!("×{count}");
            let place = Area::new(x(n) + 14.0, y(v) - SMALL * 1.35, font::width(&text, SMALL), SMALL);
            scene.mid(place.x, place.y + SMALL / 2.0, Style::new(SMALL).strong(true), text);
            place
        })
        .collect();
    labels(&mut scene, area, &points, crowds, &y, p);
    let said = |(m, f): &(&Member, Fig)| format!("{} {}", m.name, number::percent(f.value().unwrap_or_default()));
    let left = Left {
        small: points.iter().any(|q| q.n < small).then_some(small),
        none,
        wrong: wrong.iter().map(said).collect(),
        incomplete: figs.iter().any(|(_, f)| f.lower),
    };
    let notes = notes(ctx, &left);
    let table = table(ctx, &points, &figs);
    Some(Body {
        finding: finding(ctx, &points, p, (small, wrong.len())),
        describe: words.pick(
            format!("漏斗图：{}年各单位{}与分母的关系，及正常波动范围", scope.year, ctx.what()),
            format!("Funnel plot: {} by agency in {} with the limits of chance", ctx.what(), scope.year),
        ),
        scene,
        height: area.bottom() + SMALL * 3.1,
        notes,
        table,
    })
}

/// Every point from the largest denominator to the smallest; those without a ratio last.
fn table(ctx: &Ctx<'_>, points: &[Point<'_>], figs: &[(&Member, Fig)]) -> Table {
    let words = ctx.words;
    let mut order: Vec<&(&Member, Fig)> = figs.iter().filter(|(_, f)| f.numerator.is_some()).collect();
    order.sort_by(|a, b| b.1.base().total_cmp(&a.1.base()));
    let row = |(member, fig): &&(&Member, Fig)| {
        let outside = points.iter().find(|q| q.member.id == member.id).map(|q| q.outside);
        let verdict = match outside {
            Some(true) => words.pick("超出正常波动范围", "outside the limits"),
            Some(false) => words.pick("在正常波动范围内", "within the limits"),
            None => words.pick("无比率", "no ratio"),
        };
        vec![member.name.clone(), number::plain(fig.base()), fig.text(), verdict]
    };
    let axis = ctx.spec.axis.clone().unwrap_or_else(|| words.pick("分母", "Denominator"));
    Table {
        columns: vec![ctx.agency_head(), axis, ctx.what(), words.pick("判断", "Verdict")],
        rows: order.iter().map(row).collect(),
    }
}

/// Gives every point its place: those that would cover another one stand beside it, more than a handful with the same
/// figures stand on one place.
fn spread(points: &mut [Point<'_>], x: &impl Fn(f64) -> f64, y: &impl Fn(f64) -> f64) {
    let crowds = crowds(points);
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for q in points {
        let (mut px, py) = (x(q.n), y(q.y));
        let crowded = crowds.iter().any(|(n, y, _)| (*n, *y) == (q.n, q.y));
        while !crowded && placed.iter().any(|(a, b)| (a - px).hypot(b - py) < 6.0) {
            px += 14.0;
        }
        placed.push((px, py));
        q.px = px;
    }
}

/// Figures that more than a handful of agencies share, with how many.
fn crowds(points: &[Point<'_>]) -> Vec<(f64, f64, usize)> {
    const HANDFUL: usize = 6;
    let mut counts: Vec<(f64, f64, usize)> = Vec::new();
    for q in points {
        match counts.iter_mut().find(|c| (c.0, c.1) == (q.n, q.y)) {
            Some(c) => c.2 += 1,
            None => counts.push((q.n, q.y, 1)),
        }
    }
    counts.retain(|c| c.2 > HANDFUL);
    counts
}

fn funnel(scene: &mut Scene, area: Area, p: f64, phi: f64, end: f64, x: &impl Fn(f64) -> f64, y: &impl Fn(f64) -> f64) {
    // Whole numbers where they are far apart, then even steps.
    let mut ns: Vec<f64> = (0..=120).map(|i| (end.ln() * f64::from(i) / 120.0).exp().round()).collect();
    ns.dedup();
    for ((tail, z), fill) in [(OUTER, BAND), (INNER, CORE)] {
        let both: Vec<(f64, (f64, f64))> = ns.iter().map(|n| (*n, limits(p, *n, tail, z, phi))).collect();
        let upper: Vec<(f64, f64)> = both.iter().map(|(n, l)| (x(*n).min(area.right()), y(l.1))).collect();
        let lower: Vec<(f64, f64)> = both.iter().map(|(n, l)| (x(*n).min(area.right()), y(l.0))).collect();
        let outline = upper.iter().copied().chain(lower.iter().rev().copied()).collect();
        scene.polygon(outline, fill, 1.0);
        for edge in [upper, lower] {
            scene.line(edge, RULE, 1);
        }
    }
    scene.line(vec![(area.x, y(p)), (area.right(), y(p))], INK, 2);
}

fn axes(ctx: &Ctx<'_>, scene: &mut Scene, area: Area, end: f64, x: &impl Fn(f64) -> f64, y: &impl Fn(f64) -> f64) {
    for t in 0..=4 {
        let v = f64::from(t) / 4.0;
        scene.line(vec![(area.x, y(v)), (area.right(), y(v))], if t == 0 { RULE } else { GRID }, 1);
        scene.mid(area.x - 12.0, y(v), Style::new(SMALL).muted().right(), format!("{}%", t * 25));
    }
    let mut tick = 1.0;
    // Decades alone where 2 and 5 would crowd.
    let fine = area.w / end.log10() > 260.0;
    let mut steps = if fine { [2.0, 2.5, 2.0] } else { [10.0; 3] }.into_iter().cycle();
    let mut free = f64::MIN;
    while tick <= end {
        scene.line(vec![(x(tick), area.bottom()), (x(tick), area.bottom() + 8.0)], RULE, 2);
        let text = number::plain(tick);
        let half = font::width(&text, SMALL) / 2.0 + 8.0;
        if x(tick) - half > free {
            scene.text(x(tick), area.bottom() + SMALL * 1.5, Style::new(SMALL).muted().middle(), text);
            free = x(tick) + half;
        }
        tick *= steps.next().unwrap_or(10.0);
    }
    let axis = ctx.spec.axis.as_deref().unwrap_or(if ctx.words.zh { "分母" } else { "denominator" });
    let text = ctx.words.pick(format!("{axis}（对数刻度）"), format!("{axis} (logarithmic scale)"));
    scene.text(area.x + area.w / 2.0, area.bottom() + SMALL * 2.8, Style::new(SMALL).muted().middle(), text);
}

/// Names those outside the limits, and the one asked for, each beside its point where no other text or point lies.
fn labels(scene: &mut Scene, area: Area, points: &[Point<'_>], taken: Vec<Area>, y: &impl Fn(f64) -> f64, p: f64) {
    let mut named: Vec<&Point<'_>> = points.iter().filter(|q| q.outside || q.member.picked).collect();
    named.sort_by(|a, b| b.member.picked.cmp(&a.member.picked).then(b.z.abs().total_cmp(&a.z.abs())));
    named.truncate(14);
    let mut boxes: Vec<Area> = points.iter().map(|q| Area::new(q.px - 9.0, y(q.y) - 9.0, 18.0, 18.0)).collect();
    boxes.extend(taken);
    // No label lies on the line of the whole either.
    let mut leaders = vec![((area.x, y(p)), (area.right(), y(p)))];
    for q in named {
        let text = format!("{} {}", q.member.name, number::percent(q.y * 100.0));
        let lines = names::wrap(&text, SMALL, 330.0);
        let w = lines.iter().map(|l| font::width(l, SMALL)).fold(0.0, f64::max);
        let h = SMALL * 1.15 * lines.len() as f64;
        let (px, py) = (q.px, y(q.y));
        let Some((place, align)) = free_place(area, &boxes, &leaders, px, py, w, h) else { continue };
        let anchor = if align == Align::Left { place.x } else { place.right() };
        let (ex, ey) = (anchor + if align == Align::Left { -4.0 } else { 4.0 }, place.y + h / 2.0);
        if (ex - px).hypot(ey - py) > 24.0 {
            scene.line(vec![(px, py), (ex, ey)], MUTED, 1);
            leaders.push(((px, py), (ex, ey)));
        }
        for (i, line) in lines.into_iter().enumerate() {
            scene.mid(
                anchor,
                place.y + SMALL * 1.15 * (i as f64 + 0.5),
                Style::new(SMALL).align(align).strong(q.member.picked),
                line,
            );
        }
        boxes.push(place);
    }
}

/// The nearest free place for a label around a point, with the side at which it is held.
fn free_place(
    area: Area,
    boxes: &[Area],
    leaders: &[((f64, f64), (f64, f64))],
    px: f64,
    py: f64,
    w: f64,
    h: f64,
) -> Option<(Area, Align)> {
    for ring in 0..20 {
        let reach = 16.0 + f64::from(ring) * 16.0;
        for (dx, dy) in [
            (1.0, 0.0),
            (-1.0, 0.0),
            (0.9, -0.7),
            (0.9, 0.7),
            (-0.9, -0.7),
            (-0.9, 0.7),
            (0.4, -1.0),
            (0.4, 1.0),
            (-0.4, -1.0),
            (-0.4, 1.0),
        ] {
            let align = if dx > 0.0 { Align::Left } else { Align::Right };
            let left = if dx > 0.0 { px + dx * reach } else { px + dx * reach - w };
            let place = Area::new(left, py + dy * reach - h / 2.0, w, h);
            let inside =
                place.x >= area.x && place.right() <= area.right() && place.y >= area.y - 10.0 && place.bottom() <= area.bottom();
            let wide = Area::new(place.x - 4.0, place.y - 2.0, place.w + 8.0, place.h + 4.0);
            let anchor = (if align == Align::Left { place.x - 4.0 } else { place.right() + 4.0 }, place.y + h / 2.0);
            // Its own point is where the leader begins.
            let own = |b: &Area| crosses((px, py), (px, py), *b);
            let clear = boxes.iter().all(|b| !b.meets(wide) && (own(b) || !crosses((px, py), anchor, *b)));
            if inside && clear && !leaders.iter().any(|(a, b)| crosses(*a, *b, wide)) {
                return Some((place, align));
            }
        }
    }
    None
}

/// What the drawing leaves out or marks.
struct Left {
    small: Option<f64>,
    none: usize,
    wrong: Vec<String>,
    incomplete: bool,
}

/// Two plain notes at most: what the picture means, and what is left out. How the limits are worked out stands in the record
/// of the kind, for those who check it.
fn notes(ctx: &Ctx<'_>, left: &Left) -> Vec<String> {
    let words = ctx.words;
    let axis = ctx.spec.axis.as_deref().unwrap_or(if words.zh { "分母" } else { "the denominator" });
    let mut notes = vec![words.pick(
        format!("阴影内为正常波动范围，橙色为超出范围的单位；{axis}少的单位波动较大"),
        format!("Shaded: what chance explains; orange: outside it. Chance moves a ratio more where {} is small", lower(axis)),
    )];
    let mut rest = Vec::new();
    if let Some(n) = left.small.map(number::plain) {
        rest.push(words.pick(format!("空心圆不足{n}件，不宜比较"), format!("hollow: below {n}, too few to compare")));
    }
    if left.none > 0 {
        let n = left.none;
        rest.push(words.pick(format!("{n}个单位没有比率，未画出"), format!("{} without a ratio: not drawn", words.agencies(n))));
    }
    if !left.wrong.is_empty() {
        let list = words.some(&left.wrong, 3);
        rest.push(words.pick(
            format!("{list}：比率不在0至100%之间，数据有误，未画出"),
            format!("{list}: not between 0 and 100 %, so a figure is wrong; not drawn"),
        ));
    }
    if left.incomplete {
        rest.push(words.pick("部分单位数据不全，按已知数计算", "some figures are incomplete: ratios are of what is known"));
    }
    let rest = rest.join(if words.zh { "；" } else { "; " });
    // English sentences begin with a capital.
    let mut letters = rest.chars();
    notes.extend(letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()));
    notes
}

/// A name of an axis within a sentence.
fn lower(axis: &str) -> String {
    let mut letters = axis.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn finding(ctx: &Ctx<'_>, points: &[Point<'_>], p: f64, (small, wrong): (f64, usize)) -> String {
    let (words, year, what) = (ctx.words, ctx.scope.year, ctx.what());
    let overall = number::percent(p * 100.0);
    if let Some(q) = points.iter().find(|q| q.member.picked) {
        let (name, own) = (&q.member.name, number::percent(q.y * 100.0));
        let verdict = match q.outside {
            true => words.pick("超出正常波动范围", "outside the limits"),
            false => words.pick("在正常波动范围内", "within the limits"),
        };
        return words.pick(
            format!("{year}年{name}{what}{own}，{verdict}（总体{overall}）"),
            format!("{what} of {name} in {year}: {own}, {verdict} (overall {overall})"),
        );
    }
    let outside = points.iter().filter(|q| q.outside).count();
    let fit = points.iter().filter(|q| q.n >= small).count();
    let all = fit == points.len() && wrong == 0;
    let verdict = match (outside, fit) {
        (0, 0) => words.pick("各单位样本小，不宜比较", "too few cases at every agency to compare"),
        (0, _) if all => words.pick("各单位均在正常波动范围内", "every agency within the limits"),
        (0, n) => words.pick(
            format!("可以比较的{n}个单位均在正常波动范围内"),
            format!("the {} that can be compared: within the limits", words.agencies(n)),
        ),
        (n, _) => words.pick(format!("{n}个单位超出正常波动范围"), format!("{} outside the limits", words.agencies(n))),
    };
    let wrong = match wrong {
        0 => String::new(),
        n => words.pick(format!("，另有{n}个单位数据有误"), format!("; {} with wrong figures", words.agencies(n))),
    };
    words.pick(format!("{year}年{what}{overall}，{verdict}{wrong}"), format!("{what} in {year}: {overall}; {verdict}{wrong}"))
}
