//! Parts of a whole: a bar of 100 % a year, with the figures.

use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::Table;
use crate::font;
use crate::palette::{self, ACCENT, GRID, MUTED, PAPER, text_on};
use crate::scene::{Area, Scene, Style};
use crate::scope::Fig;
use crate::whole::Whole;

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let items = &ctx.spec.series;
    let figs = |year: u16| -> Vec<Fig> { items.iter().map(|i| scope.fig(&i.id, year)).collect() };
    let now = figs(scope.year);
    let whole_of = |year: u16| ctx.whole(items, ctx.spec.total.as_deref(), year);
    let whole = whole_of(scope.year);
    if now.iter().all(|f| f.value().is_none()) || !scope.years.contains(&scope.year) {
        return None;
    }
    let unit = ctx.unit(&items[0]);
    let colors = palette::categories(items.len());
    let mut scene = Scene::default();
    let keys: Vec<_> =
        items.iter().zip(&now).zip(&colors).map(|((item, fig), color)| (*color, key(ctx, item, *fig, whole, unit))).collect();
    let top = scene.legend(Area::new(MARGIN, 0.0, WIDTH - 2.0 * MARGIN, 0.0), TEXT, &keys) + 18.0;
    let ids: Vec<&str> = items.iter().map(|i| i.id.as_str()).collect();
    let breaks = scope.breaks(&ids);
    let row = if scope.years.len() > 9 { 58.0 } else { 82.0 };
    let totals: Vec<String> = scope.years.iter().map(|y| total_text(ctx, &figs(*y), whole_of(*y), unit)).collect();
    let right = totals.iter().map(|t| font::width(t, TEXT)).fold(0.0, f64::max) + 24.0;
    let area = Area::new(MARGIN + 104.0, top, WIDTH - 2.0 * MARGIN - 104.0 - right, row * scope.years.len() as f64);
    // Where parts come to more than their whole the bar reaches beyond 100 %, and is seen to.
    let reach = scope.years.iter().map(|y| reach(&figs(*y), whole_of(*y))).fold(1.0, f64::max);
    let full = area.w / reach;
    for tick in 0..=4 {
        let x = area.x + full * f64::from(tick) / 4.0;
        scene.line(vec![(x, area.y), (x, area.bottom())], GRID, 1);
        scene.text(x, area.bottom() + SMALL * 1.2, Style::new(SMALL).muted().middle(), format!("{}%", tick * 25));
    }
    for (i, (year, text)) in scope.years.iter().zip(totals).enumerate() {
        let place = Area::new(area.x, area.y + row * i as f64 + row * 0.12, area.w, row * 0.76);
        let strong = *year == scope.year;
        scene.mid(MARGIN, place.y + place.h / 2.0, Style::new(TEXT).strong(strong), words.year(*year));
        scene.mid(area.right() + 18.0, place.y + place.h / 2.0, Style::new(TEXT).strong(strong), text);
        bar(&mut scene, Area::new(place.x, place.y, full, place.h), &figs(*year), whole_of(*year), &colors);
        if breaks.iter().any(|(y, _)| y == year) {
            let y = area.y + row * i as f64;
            scene.dashed((MARGIN, y), (area.right(), y), ACCENT, 2);
        }
    }
    let lower = scope.years.iter().any(|y| whole_of(*y).fig.lower || Fig::sum(figs(*y)).lower);
    let what = ctx.what();
    let table = table(ctx, unit);
    let mut notes = ctx.notes(&breaks, lower);
    notes.extend(ctx.note_of_wholes(items, ctx.spec.total.as_deref(), unit));
    Some(Body {
        finding: finding(ctx, &now, &what, whole, unit),
        describe: words.pick(
            format!("百分比条形图：{}{what}的构成，以合计为100%", words.span(&scope.years)),
            format!("Bars of 100 %: {what}, {}", words.span(&scope.years)),
        ),
        height: area.bottom() + SMALL * 1.7,
        scene,
        notes,
        table,
    })
}

/// Counts with their shares, as the bars have them.
fn table(ctx: &Ctx<'_>, unit: &str) -> Table {
    let items: Vec<_> = ctx.spec.series.iter().collect();
    let heads = items.iter().map(|i| ctx.head(&ctx.label(i), ctx.unit(i))).collect();
    let whole_of = |year: u16| ctx.whole(&ctx.spec.series, ctx.spec.total.as_deref(), year);
    let wholes = ctx.scope.years.iter().map(|y| whole_of(*y).fig).collect();
    let mut table = ctx.table_by_year(heads, &items, Some((ctx.head(&ctx.words.total(), unit), wholes)));
    for (row, year) in table.rows.iter_mut().zip(&ctx.scope.years) {
        let values: Vec<f64> = items.iter().map(|i| ctx.scope.fig(&i.id, *year).value().unwrap_or(0.0)).collect();
        let whole = whole_of(*year);
        for (text, share) in row.iter_mut().skip(1).zip(values.into_iter().map(|v| whole.share(v))) {
            if text != "—" && share != "—" {
                text.push_str(&ctx.words.pick(format!("（{share}）"), format!(" ({share})")));
            }
        }
    }
    table
}

fn key(ctx: &Ctx<'_>, item: &crate::spec::Item, fig: Fig, whole: Whole, unit: &str) -> String {
    let (label, amount) = (ctx.label(item), ctx.amount(fig, unit));
    let share = fig.value().map_or_else(|| "—".to_owned(), |v| whole.share(v));
    ctx.words.pick(format!("{label} {amount}（{share}）"), format!("{label} {amount} ({share})"))
}

fn total_text(ctx: &Ctx<'_>, figs: &[Fig], whole: Whole, unit: &str) -> String {
    match figs.iter().any(|f| f.value().is_some()) {
        true => ctx.amount(whole.fig, unit),
        false => ctx.words.no_data().to_owned(),
    }
}

/// How far the parts may be beyond their whole and still be drawn on its scale.
const BEYOND: f64 = 1.25;

fn sum(figs: &[Fig]) -> f64 {
    figs.iter().filter_map(|f| f.value()).sum()
}

/// What the parts come to, the whole being 1.
fn reach(figs: &[Fig], whole: Whole) -> f64 {
    let over = whole.fig.value().filter(|w| *w > 0.0).map_or(1.0, |w| sum(figs) / w);
    if over <= BEYOND { over } else { 1.0 }
}

/// `place` is as wide as the whole. Parts that are far more than it, or have none, are drawn as parts of their own sum.
fn bar(scene: &mut Scene, place: Area, figs: &[Fig], whole: Whole, colors: &[palette::Rgb]) {
    let own = sum(figs);
    let total = whole.fig.value().filter(|w| *w > 0.0 && own <= w * BEYOND).unwrap_or(own);
    if total <= 0.0 {
        scene.frame(place, MUTED, 1);
        return;
    }
    let mut before = 0.0;
    for (fig, color) in figs.iter().zip(colors) {
        let value = fig.value().unwrap_or(0.0);
        if value <= 0.0 {
            continue;
        }
        let (from, to) = ((place.x + place.w * before / total).round(), (place.x + place.w * (before + value) / total).round());
        before += value;
        let area = Area::new(from, place.y, (to - from).max(2.0), place.h);
        scene.rect(area, *color);
        scene.line(vec![(from, place.y), (from, place.bottom())], PAPER, 2);
        // A lower bound at the right says it for all of them.
        let count = if whole.fig.lower { fig.text().trim_start_matches('≥').to_owned() } else { fig.text() };
        let share = whole.share(value);
        let both = if share == "—" { count.clone() } else { format!("{count} · {share}") };
        let text = [both, count].into_iter().find(|t| font::width(t, SMALL) <= area.w - 8.0).unwrap_or_default();
        scene.mid(from + area.w / 2.0, place.y + place.h / 2.0, Style::new(SMALL).color(text_on(*color)).middle(), text);
    }
}

fn finding(ctx: &Ctx<'_>, now: &[Fig], what: &str, whole: Whole, unit: &str) -> String {
    let (scope, words) = (ctx.scope, ctx.words);
    let amount = words.told(whole.fig, unit);
    let mut order: Vec<(usize, f64)> = now
        .iter()
        .enumerate()
        .filter_map(|(k, f)| Some((k, f.value()?)))
        .filter(|p| p.1 > 0.0 && whole.share(p.1) != "—")
        .collect();
    if ctx.contradicts(&ctx.spec.series, ctx.spec.total.as_deref(), whole) {
        return words.pick(
            format!("{}年{what}{amount}，与各项之和不一致，待核实", scope.year),
            format!("{what} in {}, {amount}: the parts come to another figure", scope.year),
        );
    }
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let name = |k: usize| ctx.label(&ctx.spec.series[k]);
    let named: Vec<String> = order
        .iter()
        .take(2)
        .map(|(k, v)| words.pick(format!("{}占{}", name(*k), whole.share(*v)), format!("{} {}", name(*k), whole.share(*v))))
        .collect();
    let parts = if named.is_empty() {
        String::new()
    } else {
        words.pick(format!("，{}", words.list(&named)), format!(": {}", words.list(&named)))
    };
    words.pick(format!("{}年{what}{amount}{parts}", scope.year), format!("{what} in {}, {amount}{parts}", scope.year))
}
