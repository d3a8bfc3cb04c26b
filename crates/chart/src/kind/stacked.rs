//! Parts on top of each other, a column a year, with the parts named beside the last column.

use super::columns::Columns;
use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::axis;
use crate::names;
use crate::palette::{self, RULE};
use crate::scene::{Area, Scene, Style};
use crate::scope::Fig;
use crate::whole::Whole;

const HEIGHT: f64 = 620.0;
const LABELS: f64 = 350.0;

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let items = &ctx.spec.series;
    let now: Vec<Fig> = items.iter().map(|i| scope.fig(&i.id, scope.year)).collect();
    if now.iter().all(|f| f.value().is_none()) || !scope.years.contains(&scope.year) {
        return None;
    }
    let unit = ctx.unit(&items[0]);
    let ids: Vec<&str> = items.iter().map(|i| i.id.as_str()).collect();
    let breaks = scope.breaks(&ids);
    let total = ctx.spec.total.as_deref();
    let wholes: Vec<Fig> = scope.years.iter().map(|y| ctx.whole(items, total, *y).fig).collect();
    let stacks = scope.years.iter().map(|y| ids.iter().map(|id| scope.fig(id, *y)).collect()).collect();
    let colors = palette::categories(items.len());
    let columns = Columns {
        words,
        years: &scope.years,
        stacks,
        wholes: wholes.clone(),
        colors: colors.clone(),
        breaks: &breaks,
        percent: false,
        small: 0.0,
        size: TEXT,
        inside: true,
    };
    let mut scene = Scene::default();
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), words.unit_note(unit));
    let axis = columns.axis_width().max(60.0);
    let area = Area::new(MARGIN + axis, 44.0, WIDTH - 2.0 * MARGIN - axis - LABELS, HEIGHT);
    let parts = columns.draw(&mut scene, area);
    let whole = ctx.whole(items, total, scope.year);
    let ever: Vec<bool> =
        (0..items.len()).map(|k| columns.stacks.iter().any(|s| s[k].value().is_some_and(|v| v != 0.0))).collect();
    let slot = area.w / scope.years.len() as f64;
    let edge = area.right() - slot / 2.0 + (slot * 0.62).min(130.0) / 2.0;
    labels(ctx, &mut scene, &Labels { now: &now, whole, ever: &ever, colors: &colors, parts: &parts, area, edge });
    let mut notes = ctx.notes(&breaks, columns.lower());
    notes.extend(ctx.note_of_wholes(items, total, unit));
    let never: Vec<String> = items.iter().zip(&ever).filter(|(_, e)| !**e).map(|(i, _)| ctx.label(i)).collect();
    if !never.is_empty() {
        let list = words.list(&never);
        notes.push(words.pick(format!("各年均为0的不画：{list}"), format!("Not drawn, 0 in every year: {list}")));
    }
    let what = ctx.what();
    let heads = items.iter().map(|i| ctx.head(&ctx.label(i), ctx.unit(i))).collect();
    let table = ctx.table_by_year(heads, &items.iter().collect::<Vec<_>>(), Some((ctx.head(&words.total(), unit), wholes)));
    Some(Body {
        finding: finding(ctx, &now, &what, unit, whole),
        describe: words.pick(
            format!(
                "堆积柱形图：{}{what}，分{}",
                words.span(&scope.years),
                words.list(&items.iter().map(|i| ctx.label(i)).collect::<Vec<_>>())
            ),
            format!("Stacked columns: {what}, {}", words.span(&scope.years)),
        ),
        height: area.bottom() + TEXT * 1.7,
        scene,
        notes,
        table,
    })
}

struct Labels<'a> {
    now: &'a [Fig],
    whole: Whole,
    ever: &'a [bool],
    colors: &'a [palette::Rgb],
    parts: &'a [(f64, f64)],
    area: Area,
    edge: f64,
}

/// The parts' names with the year's figures, at the height of the parts of the last column.
fn labels(ctx: &Ctx<'_>, scene: &mut Scene, l: &Labels<'_>) {
    let shown: Vec<usize> = (0..l.now.len()).rev().filter(|k| l.ever[*k]).collect();
    let wanted: Vec<f64> = shown.iter().map(|k| l.parts[*k].0).collect();
    let gap = TEXT * 2.35;
    let at =
        axis::apart(&wanted, gap.min((l.area.h + 40.0) / shown.len().max(1) as f64), l.area.y - 20.0, l.area.bottom() + 20.0);
    let x = l.area.right() + 44.0;
    for (k, y) in shown.into_iter().zip(at) {
        let elbow = x - 22.0;
        scene.line(vec![(l.edge + 2.0, l.parts[k].0), (elbow, y), (x - 8.0, y)], RULE, 1);
        scene.rect(Area::new(x, y - 22.0, 12.0, 44.0), l.colors[k]);
        let width = LABELS - 44.0 - 22.0;
        let name = ctx.label(&ctx.spec.series[k]);
        let (lines, size) = names::fit(&name, TEXT, width, TEXT * 1.12);
        scene.text(x + 22.0, y - 5.0, Style::new(size), lines.concat());
        let figure = ctx.amount(l.now[k], ctx.unit(&ctx.spec.series[k]));
        let share = l.now[k].value().map_or(String::new(), |v| l.whole.share(v));
        let style = Style::new(SMALL).muted();
        scene.text(x + 22.0, y + 20.0, style, ctx.words.with_share(&figure, &share));
    }
}

fn finding(ctx: &Ctx<'_>, now: &[Fig], what: &str, unit: &str, whole: Whole) -> String {
    let (scope, words) = (ctx.scope, ctx.words);
    let total = ctx.spec.total.as_deref();
    let amount = words.told(whole.fig, unit);
    let broken = ctx.spec.series.iter().map(|i| i.id.as_str()).chain(total).any(|id| scope.last_year(id).is_none());
    let change = match broken {
        true => String::new(),
        false => words.change(whole.fig, ctx.whole(&ctx.spec.series, total, scope.year - 1).fig, unit),
    };
    let largest =
        now.iter().enumerate().filter_map(|(k, f)| Some((k, f.value()?))).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    let part = match largest {
        Some((k, v)) if v > 0.0 && whole.share(v) != "—" && !ctx.contradicts(&ctx.spec.series, total, whole) => {
            let (name, share) = (ctx.label(&ctx.spec.series[k]), whole.share(v));
            words.pick(format!("，{name}占{share}"), format!("; {name}: {share}"))
        }
        _ => String::new(),
    };
    words.pick(
        format!("{}年{what}{amount}{change}{part}", scope.year),
        format!("{what} in {}: {amount}{change}{part}", scope.year),
    )
}
