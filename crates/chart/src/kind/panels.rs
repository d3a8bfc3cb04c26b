//! Several small drawings side by side, each with its own scale: for quantities that differ by orders of magnitude.

use super::columns::{Columns, rule};
use super::{Body, Ctx, MARGIN, SMALL, WIDTH};
use crate::axis;
use crate::font;
use crate::names;
use crate::palette::{self, GRID, PAPER, Rgb};
use crate::scene::{Area, Scene, Style, crosses};
use crate::scope::Fig;
use crate::spec::{Draw, Item, Panel};

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    if !scope.years.contains(&scope.year) || ctx.spec.all().all(|i| scope.fig(&i.id, scope.year).value().is_none()) {
        return None;
    }
    let n = ctx.spec.panel.len();
    let across = match n {
        1 => 1,
        2 | 4 => 2,
        _ => 3,
    };
    let rows = n.div_ceil(across);
    let gap = 44.0;
    let w = (WIDTH - 2.0 * MARGIN - gap * (across as f64 - 1.0)) / across as f64;
    let h = if rows == 1 { 560.0 } else { 440.0 };
    let mut scene = Scene::default();
    let mut marks = Marks::default();
    for (i, panel) in ctx.spec.panel.iter().enumerate() {
        let place = Area::new(MARGIN + (w + gap) * (i % across) as f64, (h + gap) * (i / across) as f64, w, h);
        one(ctx, &mut scene, place, panel, &mut marks);
    }
    let mut notes = ctx.notes(&marks.breaks, marks.lower);
    if marks.small {
        let least = ctx.spec.small.unwrap_or(0);
        notes.push(words.pick(
            format!("空心：分母不足{least}件，样本小，不宜比较"),
            format!("Hollow: denominator below {least}, too few to compare"),
        ));
    }
    if marks.incomplete {
        notes.push(
            words.pick("空心：有单位数据不全，比率按已知数计算", "Hollow: figures are missing; the ratio is of what is known"),
        );
    }
    if n > 1 {
        notes.push(words.pick("各图纵轴刻度不同，不能互相比较高低", "Each panel has its own scale"));
    }
    for panel in &ctx.spec.panel {
        let unit = panel.series.first().map_or("", |i| ctx.unit(i));
        notes.extend(ctx.note_of_wholes(&panel.series, panel.total.as_deref(), unit).filter(|_| panel.draw == Draw::Stacked));
    }
    let whole = |id: &String| Item { id: id.clone(), label: Some(words.total()), role: None, of: None };
    let totals: Vec<Option<Item>> = ctx.spec.panel.iter().map(|p| p.total.as_ref().map(whole)).collect();
    let (mut heads, mut items) = (Vec::new(), Vec::new());
    for (panel, total) in ctx.spec.panel.iter().zip(&totals) {
        for item in &panel.series {
            // A panel of one series is called by its title.
            let name = if panel.series.len() == 1 { ctx.title_of(panel) } else { ctx.label(item) };
            heads.push(ctx.head(&name, ctx.unit(item)));
            items.push(item);
        }
        if let Some(item) = total {
            heads.push(ctx.head(&ctx.label(item), ctx.unit(item)));
            items.push(item);
        }
    }
    let table = ctx.table_by_year(heads, &items, None);
    let titles: Vec<String> = ctx.spec.panel.iter().map(|p| ctx.title_of(p)).collect();
    Some(Body {
        finding: finding(ctx),
        describe: words.pick(
            format!("组图：{}{}", words.span(&scope.years), words.list(&titles)),
            format!("Panels: {}, {}", words.list(&titles), words.span(&scope.years)),
        ),
        scene,
        height: (h + gap) * rows as f64 - gap,
        notes,
        table,
    })
}

#[derive(Default)]
struct Marks<'a> {
    breaks: Vec<(u16, &'a str)>,
    lower: bool,
    small: bool,
    incomplete: bool,
}

fn one<'a>(ctx: &Ctx<'a>, scene: &mut Scene, place: Area, panel: &Panel, marks: &mut Marks<'a>) {
    let (scope, words) = (ctx.scope, ctx.words);
    let unit = panel.series.first().map_or("", |i| ctx.unit(i));
    let title = ctx.title_of(panel);
    let head = match unit {
        "" => title,
        _ => words.pick(format!("{title}（{unit}）"), format!("{title} ({unit})")),
    };
    let (lines, size) = names::fit(&head, 28.0, place.w, 32.0);
    scene.text(place.x, place.y + 28.0, Style::new(size).strong(true), lines.concat());
    scene.line(vec![(place.x, place.y + 42.0), (place.right(), place.y + 42.0)], GRID, 2);
    let ids: Vec<&str> = panel.series.iter().map(|i| i.id.as_str()).collect();
    let breaks = scope.breaks(&ids);
    for b in &breaks {
        if !marks.breaks.contains(b) {
            marks.breaks.push(*b);
        }
    }
    let many = panel.series.len() > 1;
    let colors = if many { palette::categories(panel.series.len()) } else { Vec::new() };
    let keys: Vec<(Rgb, String)> = panel.series.iter().zip(&colors).map(|(i, c)| (*c, ctx.label(i))).collect();
    let legend = scene.legend(Area::new(place.x, place.y + 52.0, place.w, 0.0), SMALL, &keys);
    let stacks: Vec<Vec<Fig>> = scope.years.iter().map(|y| ids.iter().map(|id| scope.fig(id, *y)).collect()).collect();
    let wholes = scope.years.iter().map(|y| ctx.whole(&panel.series, panel.total.as_deref(), *y).fig).collect();
    let percent = stacks.iter().flatten().any(|f| f.ratio);
    let columns = Columns {
        words,
        years: &scope.years,
        stacks,
        wholes,
        colors,
        breaks: &breaks,
        percent,
        small: f64::from(ctx.spec.small.unwrap_or(0)),
        size: SMALL,
        inside: place.w > 600.0,
    };
    marks.lower |= columns.lower() && !percent;
    marks.incomplete |= percent && columns.lower();
    marks.small |= columns.any_small();
    let top = place.y + 76.0 + legend;
    let axis = columns.axis_width();
    let area = Area::new(place.x + axis, top, place.w - axis, place.bottom() - top - SMALL * 1.6);
    match panel.draw {
        Draw::Lines => lines_over_years(scene, area, &columns),
        Draw::Bars | Draw::Stacked => {
            columns.draw(scene, area);
        }
    }
}

/// Lines over the years; broken where a figure is missing or the series breaks.
fn lines_over_years(scene: &mut Scene, area: Area, c: &Columns<'_>) {
    let values = || c.stacks.iter().flatten().filter_map(|f| f.value());
    let most = values().fold(0.0, f64::max);
    let whole = !c.percent && values().all(|v| v.fract() == 0.0);
    let area = Area::new(area.x, area.y + c.size, area.w, area.h - c.size);
    let ticks = axis::ticks(most * 1.08, 4, whole);
    let y = axis::vertical(scene, area, &ticks, c.size * 0.9, c.percent, c.words.zh);
    let slot = area.w / c.years.len() as f64;
    let x = |i: usize| area.x + slot * (i as f64 + 0.5);
    for (year, _) in c.breaks {
        if let Some(i) = c.years.iter().position(|v| v == year) {
            rule(scene, c.words, area.x + slot * i as f64, area, c.size * 0.85);
        }
    }
    axis::years(scene, area, c.years, c.size);
    // The row of years is taken from the start.
    let mut taken = vec![Area::new(area.x, area.bottom() + 4.0, area.w, c.size * 1.4)];
    let series = c.stacks.first().map_or(0, Vec::len);
    let mut strokes = Vec::new();
    for k in 0..series {
        let color = c.colors.get(k).copied().unwrap_or(palette::MAIN);
        for i in 1..c.years.len() {
            let broken = c.breaks.iter().any(|(year, _)| *year == c.years[i]);
            if let (Some(a), Some(b), false) = (c.stacks[i - 1][k].value(), c.stacks[i][k].value(), broken) {
                scene.line(vec![(x(i - 1), y(a)), (x(i), y(b))], color, 3);
                strokes.push(((x(i - 1), y(a)), (x(i), y(b))));
            }
        }
    }
    // A figure over the point of another series would be taken for that one's.
    for (i, stack) in c.stacks.iter().enumerate() {
        taken.extend(stack.iter().filter_map(|f| f.value()).map(|v| Area::new(x(i) - 9.0, y(v) - 9.0, 18.0, 18.0)));
    }
    for k in 0..series {
        let color = c.colors.get(k).copied().unwrap_or(palette::MAIN);
        for i in 0..c.years.len() {
            let fig = c.stacks[i][k];
            let Some(v) = fig.value() else { continue };
            let hollow = fig.lower || (fig.ratio && fig.base() < c.small);
            scene.dot(x(i), y(v), 8.0, if hollow { PAPER } else { color });
            if hollow {
                scene.ring(x(i), y(v), 8.0, color, 2);
            }
            figure(scene, c, (x(i), y(v)), &fig, slot, &mut taken, &strokes);
        }
    }
}

type Stroke = ((f64, f64), (f64, f64));

/// The figure above its point, or below it where a line or another figure is above.
fn figure(scene: &mut Scene, c: &Columns<'_>, at: (f64, f64), fig: &Fig, slot: f64, taken: &mut Vec<Area>, strokes: &[Stroke]) {
    let text = fig.text();
    let size = (c.size * 0.9).min((slot - 4.0) / font::width(&text, 100.0).max(1.0) * 100.0);
    let w = font::width(&text, size);
    for dy in [-14.0, size + 12.0, -14.0 - size, size * 2.0 + 12.0] {
        let place = Area::new(at.0 - w / 2.0, at.1 + dy - size * 0.8, w, size);
        if !taken.iter().any(|t| t.meets(place)) && !strokes.iter().any(|(a, b)| crosses(*a, *b, place)) {
            scene.text(at.0, at.1 + dy, Style::new(size).middle(), text);
            taken.push(place);
            return;
        }
    }
    // Between steep lines: as near as no figure stands, over a line if need be.
    for dy in [-14.0, size + 12.0, -14.0 - size, size * 2.0 + 12.0] {
        let place = Area::new(at.0 - w / 2.0, at.1 + dy - size * 0.8, w, size);
        if !taken.iter().any(|t| t.meets(place)) {
            scene.text(at.0, at.1 + dy, Style::new(size).middle(), text);
            taken.push(place);
            return;
        }
    }
}

/// The first three panels in words.
fn finding(ctx: &Ctx<'_>) -> String {
    let (scope, words) = (ctx.scope, ctx.words);
    let single = ctx.spec.all().count() == 1;
    let tell = |name: &str, items: &[Item]| {
        let at = |year: u16| Fig::sum(items.iter().map(|i| scope.fig(&i.id, year)));
        let unit = items.first().map_or("", |i| ctx.unit(i));
        let comparable = items.iter().all(|i| scope.last_year(&i.id).is_some());
        let change = match (comparable, single) {
            (false, _) => String::new(),
            (true, true) => words.change(at(scope.year), at(scope.year - 1), unit),
            (true, false) => words.short_change(at(scope.year), at(scope.year - 1), unit),
        };
        let amount = words.told(at(scope.year), if words.zh { unit } else { "" });
        let now = at(scope.year);
        // "At least none" says nothing.
        if now.lower && !now.ratio && now.value() == Some(0.0) {
            let zero = words.amount("0", if words.zh { unit } else { "" });
            return Some(words.pick(format!("{name}已知均为{zero}"), format!("{name} {zero} where known")));
        }
        now.value().map(|_| words.pick(format!("{name}{amount}{change}"), format!("{name} {amount}{change}")))
    };
    let largest = |panel: &Panel| {
        let items = &panel.series;
        let figs: Vec<f64> = items.iter().map(|i| scope.fig(&i.id, scope.year).value().unwrap_or(0.0)).collect();
        let whole = ctx.whole(items, panel.total.as_deref(), scope.year);
        let (k, most) = figs.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))?;
        let (name, share) = (ctx.label(&items[k]), whole.share(*most));
        (*most > 0.0 && share != "—" && !ctx.contradicts(items, panel.total.as_deref(), whole))
            .then(|| words.pick(format!("{name}占{share}"), format!("{name} {share}")))
    };
    let mut told = Vec::new();
    for panel in &ctx.spec.panel {
        match panel.draw {
            Draw::Lines if panel.series.len() == 1 => told.extend(tell(&ctx.title_of(panel), &panel.series)),
            Draw::Lines => told.extend(panel.series.iter().filter_map(|i| tell(&ctx.label(i), std::slice::from_ref(i)))),
            Draw::Bars => told.extend(tell(&ctx.title_of(panel), &panel.series)),
            Draw::Stacked => told.extend(largest(panel)),
        }
    }
    told.truncate(3);
    if told.is_empty() {
        // Nothing that can be said of them: what they show.
        told.extend(ctx.spec.panel.iter().take(3).map(|p| ctx.title_of(p)));
    }
    let list = told.join(if words.zh { "，" } else { ", " });
    words.pick(format!("{}年{list}", scope.year), format!("{}: {list}", scope.year))
}
