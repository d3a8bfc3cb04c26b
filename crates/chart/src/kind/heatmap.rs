//! Agency × year, darker for more, with the figures in the cells.

use super::columns::rule;
use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::font;
use crate::names;
use crate::number;
use crate::palette::{ACCENT, GRID, MUTED, PAPER, heat, text_on};
use crate::scene::{Area, Scene, Style};
use crate::scope::{Fig, Member};
use crate::words::Words;

const ROW: f64 = 38.0;
const NAME: f64 = 400.0;

struct Row<'a> {
    member: Option<&'a Member>,
    name: String,
    figs: Vec<Fig>,
    total: f64,
}

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let item = &ctx.spec.series[0];
    let unit = ctx.unit(item);
    let mut rows: Vec<Row<'_>> =
        scope.members.iter().map(|m| row(ctx, m, &item.id)).filter(|r| r.figs.iter().any(|f| f.value().is_some())).collect();
    let now = scope.years.len().checked_sub(1)?;
    if scope.years[now] != scope.year || rows.iter().all(|r| r.figs[now].value().is_none()) {
        return None;
    }
    rows.sort_by(|a, b| b.total.total_cmp(&a.total));
    let all = rows.len();
    let finding = finding(ctx, &rows, unit);
    fold(ctx, &mut rows);
    let breaks = scope.breaks(&[&item.id]);
    let ratio = rows.iter().flat_map(|r| &r.figs).any(|f| f.ratio);
    let sums = usize::from(!ratio);
    let sum_of = |r: &Row<'_>| fitting(Fig::sum(r.figs.iter().copied().filter(|f| f.value().is_some())), 130.0, words);
    let widest = rows.iter().map(|r| font::width(&sum_of(r), SMALL)).fold(font::width("Total", TEXT), f64::max);
    let right = if sums == 1 { widest + 30.0 } else { 0.0 };
    let height = ROW.max(names::room(rows.iter().map(|r| r.name.as_str()), NAME));
    let area = Area::new(MARGIN + NAME + 18.0, 66.0, WIDTH - 2.0 * MARGIN - NAME - 18.0 - right, height * rows.len() as f64);
    let slot = area.w / scope.years.len() as f64;
    let mut scene = Scene::default();
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), words.unit_note(if ratio { "%" } else { unit }));
    let year_size = TEXT.min((slot - 8.0) / font::width(&words.year(scope.year), 1.0));
    for (i, year) in scope.years.iter().enumerate() {
        scene.text(
            area.x + slot * (i as f64 + 0.5),
            area.y - 12.0,
            Style::new(year_size).middle().strong(i == now),
            words.year(*year),
        );
    }
    if sums == 1 {
        scene.text(WIDTH - MARGIN, area.y - 12.0, Style::new(TEXT).muted().right(), words.pick("合计", "Total"));
    }
    let drawn = || rows.iter().filter(|r| r.member.is_some()).flat_map(|r| &r.figs).filter_map(|f| f.value());
    let most = drawn().fold(0.0, f64::max);
    for (i, r) in rows.iter().enumerate() {
        let y = area.y + height * i as f64;
        let picked = r.member.is_some_and(|m| m.picked);
        let style = Style::new(TEXT - 1.0).right().strong(picked);
        scene.name(Area::new(MARGIN, y, NAME, height), if r.member.is_some() { style } else { style.muted() }, &r.name);
        for (k, fig) in r.figs.iter().enumerate() {
            cell(
                &mut scene,
                Area::new(area.x + slot * k as f64, y, slot, height),
                *fig,
                most,
                Cell { words, single: r.member.is_some() },
            );
        }
        if sums == 1 {
            scene.mid(WIDTH - MARGIN, y + height / 2.0, Style::new(SMALL).muted().right(), sum_of(r));
        }
        if picked {
            scene.frame(Area::new(area.x, y, slot * r.figs.len() as f64, height), ACCENT, 3);
        }
    }
    for (year, _) in &breaks {
        if let Some(i) = scope.years.iter().position(|y| y == year) {
            rule(
                &mut scene,
                words,
                area.x + slot * i as f64,
                Area::new(area.x, area.y - 40.0, area.w, area.h + 40.0),
                SMALL * 0.85,
            );
        }
    }
    scale_key(ctx, &mut scene, area, most, ratio);
    let lower = rows.iter().flat_map(|r| &r.figs).any(|f| f.lower && !f.ratio && f.value().is_some());
    let mut notes = ctx.notes(&breaks, lower);
    if rows.iter().flat_map(|r| &r.figs).any(|f| f.value().is_none()) {
        notes.push(words.pick("—：该年没有数据（未设立、已并入其他单位、未报送或分母为0）", "—: no figure in that year"));
    }
    let table = ctx.table_of_years(if ratio { "" } else { unit }, rows.iter().map(|r| (r.name.as_str(), &r.figs[..])));
    Some(Body {
        finding,
        describe: words.pick(
            format!("热力图：{}{all}个单位的{}，颜色越深数值越大", words.span(&scope.years), ctx.what()),
            format!("Heat map: {} of {all} agencies, {}", ctx.what(), words.span(&scope.years)),
        ),
        scene,
        height: area.bottom() + 54.0,
        notes,
        table,
    })
}

fn row<'a>(ctx: &Ctx<'a>, member: &'a Member, series: &str) -> Row<'a> {
    let figs: Vec<Fig> = ctx.scope.years.iter().map(|y| ctx.scope.of(series, &member.id, *y)).collect();
    let known = figs.iter().filter(|f| f.value().is_some());
    let total = match figs.iter().any(|f| f.ratio) {
        true => Fig::sum(known.copied()).value().unwrap_or(0.0),
        false => known.filter_map(|f| f.value()).sum(),
    };
    Row { member: Some(member), name: member.name.clone(), figs, total }
}

/// Puts the smallest agencies into one row if there are more than the chart may show.
fn fold(ctx: &Ctx<'_>, rows: &mut Vec<Row<'_>>) {
    let top = ctx.spec.top.unwrap_or(40);
    if rows.len() <= top + 1 {
        return;
    }
    let mut rest = rows.split_off(top);
    if let Some(at) = rest.iter().position(|r| r.member.is_some_and(|m| m.picked)) {
        rows.push(rest.remove(at));
    }
    let column = |k: usize| Fig::sum(rest.iter().map(|r| r.figs[k]).filter(|f| f.value().is_some()));
    let figs = (0..ctx.scope.years.len()).map(column).collect();
    rows.push(Row { member: None, name: ctx.words.others(rest.len()), figs, total: 0.0 });
}

/// Counts differ by orders of magnitude: the colour follows the square root.
fn shade(value: f64, most: f64) -> f64 {
    if most > 0.0 { (value.max(0.0) / most).sqrt() } else { 0.0 }
}

/// How a cell is drawn: those of several agencies together have no colour.
struct Cell {
    words: Words,
    single: bool,
}

fn cell(scene: &mut Scene, place: Area, fig: Fig, most: f64, how: Cell) {
    let single = how.single;
    let inner = Area::new(place.x + 1.0, place.y + 1.0, place.w - 2.0, place.h - 2.0);
    let fill = match fig.value() {
        Some(v) if single => heat(shade(v, most)),
        _ => PAPER,
    };
    if fig.value().is_some() && single {
        scene.rect(inner, fill);
    } else {
        scene.frame(inner, GRID, 1);
    }
    let text = fitting(fig, inner.w - 6.0, how.words);
    let size = SMALL.min((inner.w - 6.0) / font::width(&text, 100.0).max(1.0) * 100.0);
    let color = if fig.value().is_some() { text_on(fill) } else { MUTED };
    scene.mid(place.x + place.w / 2.0, place.y + place.h / 2.0, Style::new(size).color(color).middle(), text);
}

/// A figure as it is, or a short form of it where it would have to be too small to be read.
fn fitting(fig: Fig, width: f64, words: Words) -> String {
    let text = fig.text();
    match fig.value() {
        Some(v) if font::width(&text, names::LEAST) > width && !fig.ratio => {
            format!("{}{}", if fig.lower { "≥" } else { "" }, number::short(v, words.zh))
        }
        _ => text,
    }
}

fn scale_key(ctx: &Ctx<'_>, scene: &mut Scene, area: Area, most: f64, ratio: bool) {
    let (y, w) = (area.bottom() + 16.0, 44.0);
    let text = ctx.words.pick("颜色（按平方根分级）", "Colour (square-root scale)");
    scene.text(area.x - 12.0, y + SMALL * 0.9, Style::new(SMALL).muted().right(), text);
    for i in 0..10 {
        let t = f64::from(i) / 9.0;
        scene.rect(Area::new(area.x + 30.0 + w * f64::from(i), y, w, 24.0), heat(t));
    }
    let end = if ratio { number::percent(most) } else { number::plain(most) };
    scene.text(area.x + 22.0, y + SMALL * 0.9, Style::new(SMALL).muted().right(), "0");
    scene.text(area.x + 30.0 + w * 10.0 + 10.0, y + SMALL * 0.9, Style::new(SMALL).muted(), end);
}

fn finding(ctx: &Ctx<'_>, rows: &[Row<'_>], unit: &str) -> String {
    let (words, what) = (ctx.words, ctx.what());
    let span = words.span(&ctx.scope.years);
    if let Some(r) = rows.iter().find(|r| r.member.is_some_and(|m| m.picked)) {
        let now = r.figs.last().copied().unwrap_or_default();
        let amount = words.told(now, unit);
        return words.pick(
            format!("{}年{}{what}{amount}", ctx.scope.year, r.name),
            format!("{what} of {} in {}: {amount}", r.name, ctx.scope.year),
        );
    }
    let total: f64 = rows.iter().map(|r| r.total).sum();
    let ratio = rows.iter().flat_map(|r| &r.figs).any(|f| f.ratio);
    if !ratio && total <= 0.0 {
        let zero = words.amount("0", unit);
        return words.pick(format!("{span}各单位{what}均为{zero}"), format!("{what}, {span}: {zero} at every agency"));
    }
    if let [only] = rows {
        return words.pick(format!("{span}{}{what}", only.name), format!("{what} of {}, {span}", only.name));
    }
    // As many of the first as are clear of the next: three, else fewer, else none.
    let clear = |n: &usize| rows.len() > *n && rows[*n - 1].total > rows[*n].total;
    let Some(n) = [3, 2, 1].into_iter().find(clear) else {
        let n = rows.len();
        return words.pick(format!("{span}{n}个单位的{what}"), format!("{what} of {}, {span}", words.agencies(n)));
    };
    let list = words.list(&rows[..n].iter().map(|r| r.name.clone()).collect::<Vec<_>>());
    if ratio || rows.len() <= 3 {
        return words.pick(format!("{span}{what}以{list}为最高"), format!("{what}, {span}: highest at {list}"));
    }
    let share = number::share(rows[..n].iter().map(|r| r.total).sum(), total);
    let held = if n == 1 { "占" } else { "合占" };
    words.pick(format!("{span}{what}最多的是{list}，{held}{share}"), format!("{what}, {span}: most at {list}, {share}"))
}
