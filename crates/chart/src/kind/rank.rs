//! Agencies by size: a dot for this year, a hollow one for last year, the small ones together in one line.

use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::Table;
use crate::axis;
use crate::font;
use crate::names;
use crate::number;
use crate::palette::{ACCENT, MAIN, MUTED, PALE, PAPER};
use crate::scene::{Area, Scene, Style};
use crate::scope::{Fig, Member};

const ROW: f64 = 46.0;
const NAME: f64 = 400.0;

struct Row<'a> {
    member: &'a Member,
    fig: Fig,
    value: f64,
    last: Option<f64>,
    before: Fig,
}

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let item = &ctx.spec.series[0];
    let unit = ctx.unit(item);
    let last_year = scope.last_year(&item.id);
    let mut unknown = Vec::new();
    let mut rows = Vec::new();
    for member in &scope.members {
        let fig = scope.of(&item.id, &member.id, scope.year);
        let before = last_year.map_or_else(Fig::default, |y| scope.of(&item.id, &member.id, y));
        let last = before.value();
        match fig.value() {
            Some(value) => rows.push(Row { member, fig, value, last, before }),
            // One that is not there any more has nothing last year either.
            None if last.is_some() => unknown.push(member.name.clone()),
            None => {}
        }
    }
    if rows.is_empty() {
        return None;
    }
    // Equal values keep the order of the registry.
    rows.sort_by(|a, b| b.value.total_cmp(&a.value));
    let top = ctx.spec.top.unwrap_or(15);
    let cut = if rows.len() > top + 1 { top } else { rows.len() };
    let picked = rows[cut..].iter().position(|r| r.member.picked).map(|at| rows.remove(cut + at));
    let (shown, rest) = rows.split_at(cut);
    let mut scene = Scene::default();
    let all = || shown.iter().chain(picked.as_ref());
    let row = ROW.max(names::room(all().map(|r| r.member.name.as_str()), NAME));
    // At the right: this year's figure, and last year's.
    let wide = |text: String| font::width(&text, TEXT);
    let year = wide(words.year(scope.year)) + 26.0;
    let widest = all().map(|r| wide(r.fig.text())).fold(year, f64::max) + 56.0;
    let before = last_year.map_or(0.0, |_| all().map(|r| wide(r.before.text())).fold(year, f64::max) + 30.0);
    let area = Area::new(
        MARGIN + NAME + 24.0,
        64.0,
        WIDTH - 2.0 * MARGIN - NAME - 24.0 - widest - before,
        row * (shown.len() + usize::from(picked.is_some())) as f64,
    );
    let percent = shown.iter().any(|r| r.fig.ratio);
    let whole = all().all(|r| r.value.fract() == 0.0);
    let (x, ticks) = axis::level(area, all().flat_map(|r| [r.value, r.last.unwrap_or(0.0)]), 6, whole);
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), words.unit_note(unit));
    axis::head(&mut scene, area, &x, &ticks, percent, words.zh);
    let columns = [WIDTH - MARGIN - before, WIDTH - MARGIN];
    key(ctx, &mut scene, last_year, columns, area.y - 14.0);
    for (i, r) in all().enumerate() {
        one(&mut scene, Area::new(area.x, area.y + row * i as f64, area.w, row), r, &x, columns);
    }
    let mut height = area.bottom() + 8.0;
    if !rest.is_empty() {
        let text = rest_text(ctx, rest, unit);
        scene.text(MARGIN + NAME, height + TEXT * 1.2, Style::new(TEXT).muted().right(), words.others(rest.len()));
        scene.text(area.x, height + TEXT * 1.2, Style::new(TEXT).muted(), text);
        height += TEXT * 1.9;
    }
    let mut notes = ctx.notes(&[], all().any(|r| r.fig.lower));
    if !unknown.is_empty() {
        let list = words.some(&unknown, 8);
        notes.push(words.pick(
            format!("上年有数、{}年无数据：{list}", scope.year),
            format!("With figures last year but not in {}: {list}", scope.year),
        ));
    }
    let table = table(ctx, all(), rest, last_year, unit);
    Some(Body {
        finding: finding(ctx, shown, picked.as_ref(), rest, unit),
        describe: words.pick(
            format!(
                "点图：{}年各单位{}由多到少，共{}个单位，空心点为上年",
                scope.year,
                ctx.what(),
                shown.len() + rest.len() + usize::from(picked.is_some())
            ),
            format!("Ranked dots: {} by agency, {}, hollow for the year before", ctx.what(), scope.year),
        ),
        scene,
        height,
        notes,
        table,
    })
}

/// The heads of the columns of figures, with the dots that stand for the years.
fn key(ctx: &Ctx<'_>, scene: &mut Scene, last_year: Option<u16>, columns: [f64; 2], baseline: f64) {
    let words = ctx.words;
    let y = baseline - SMALL * 0.37;
    let now = words.year(ctx.scope.year);
    scene.dot(columns[0] - font::width(&now, SMALL) - 16.0, y, 10.0, MAIN);
    scene.text(columns[0], baseline, Style::new(SMALL).right(), now);
    if let Some(last) = last_year {
        let text = words.year(last);
        scene.ring(columns[1] - font::width(&text, SMALL) - 16.0, y, 8.0, MUTED, 3);
        scene.text(columns[1], baseline, Style::new(SMALL).muted().right(), text);
    }
}

fn one(scene: &mut Scene, place: Area, row: &Row<'_>, x: &impl Fn(f64) -> f64, columns: [f64; 2]) {
    let middle = place.y + place.h / 2.0;
    let color = if row.member.picked { ACCENT } else { MAIN };
    let style = Style::new(TEXT).right().strong(row.member.picked);
    scene.name(Area::new(MARGIN, place.y + 1.0, NAME, place.h - 2.0), style, &row.member.name);
    scene.line(vec![(x(0.0), middle), (x(row.value), middle)], PALE, 4);
    if let Some(last) = row.last {
        scene.line(vec![(x(last), middle), (x(row.value), middle)], MUTED, 1);
        scene.dot(x(last), middle, 9.0, PAPER);
        scene.ring(x(last), middle, 9.0, MUTED, 3);
        scene.mid(columns[1], middle, Style::new(TEXT - 2.0).muted().right(), row.before.text());
    }
    scene.dot(x(row.value), middle, 10.0, color);
    scene.mid(columns[0], middle, Style::new(TEXT).right().strong(true), row.fig.text());
}

fn table<'r>(
    ctx: &Ctx<'_>,
    drawn: impl Iterator<Item = &'r Row<'r>>,
    rest: &[Row<'_>],
    last_year: Option<u16>,
    unit: &str,
) -> Table {
    let words = ctx.words;
    let mut columns = vec![ctx.agency_head(), ctx.head(&words.year(ctx.scope.year), unit)];
    columns.extend(last_year.map(|y| ctx.head(&words.year(y), unit)));
    let line = |name: String, now: Fig, last: Fig| {
        [name, now.text()].into_iter().chain(last_year.map(|_| last.text())).collect::<Vec<_>>()
    };
    let mut rows: Vec<Vec<String>> = drawn.map(|r| line(r.member.name.clone(), r.fig, r.before)).collect();
    if !rest.is_empty() {
        let now = Fig::sum(rest.iter().map(|r| r.fig)).text();
        rows.push([words.others(rest.len()), now].into_iter().chain(last_year.map(|_| String::new())).collect());
    }
    Table { columns, rows }
}

fn rest_text(ctx: &Ctx<'_>, rest: &[Row<'_>], unit: &str) -> String {
    let words = ctx.words;
    let (least, most) = (rest.last().map_or(Fig::default(), |r| r.fig), rest.first().map_or(Fig::default(), |r| r.fig));
    if least.value() == most.value() {
        let one = ctx.amount(most, unit);
        let sum = ctx.amount(Fig::sum(rest.iter().map(|r| r.fig)), unit);
        return match most.ratio {
            true => words.pick(format!("均为{one}"), format!("{one} each")),
            false => words.pick(format!("合计{sum}，每个{one}"), format!("{sum} together, {one} each")),
        };
    }
    let range = words
        .pick(format!("{}至{}", least.text(), ctx.amount(most, unit)), format!("{} to {}", least.text(), ctx.amount(most, unit)));
    if most.ratio {
        return range;
    }
    let sum = ctx.amount(Fig::sum(rest.iter().map(|r| r.fig)), unit);
    words.pick(format!("合计{sum}，每个{range}"), format!("{sum} together, {range} each"))
}

fn finding(ctx: &Ctx<'_>, shown: &[Row<'_>], picked: Option<&Row<'_>>, rest: &[Row<'_>], unit: &str) -> String {
    let (words, year, what) = (ctx.words, ctx.scope.year, ctx.what());
    let n = shown.len() + rest.len() + usize::from(picked.is_some());
    let rows = || shown.iter().chain(picked).chain(rest);
    if let Some(row) = picked.or_else(|| shown.iter().find(|r| r.member.picked)) {
        let place = rows().filter(|r| r.value > row.value).count() + 1;
        let amount = words.told(row.fig, unit);
        let name = &row.member.name;
        return words.pick(
            format!("{year}年{name}{what}{amount}，在{n}个单位中居第{place}位"),
            format!("{what} of {name} in {year}: {amount}, place {place} of {n}"),
        );
    }
    let Some(first) = shown.first() else { return String::new() };
    let amount = words.told(first.fig, unit);
    let leaders = words.first(rows().filter(|r| r.value == first.value).map(|r| r.member.name.as_str()));
    if rows().all(|r| r.value == first.value) && n > 1 {
        return words.pick(format!("{year}年各单位{what}均为{amount}"), format!("{what} in {year}: {amount} at every agency"));
    }
    let total: f64 = rows().map(|r| r.value).sum();
    let share = match first.fig.ratio || total <= 0.0 || n < 4 || leaders.many {
        true => String::new(),
        false => {
            let three = number::share(shown.iter().take(3).map(|r| r.value).sum(), total);
            words.pick(format!("，前3位合占{three}"), format!("; the first three hold {three}"))
        }
    };
    let (who, each) = (&leaders.who, leaders.each(words, &amount));
    let has = if leaders.many { "有" } else { "是" };
    words.pick(
        format!("{year}年{what}最多的{has}{who}（{each}）{share}"),
        format!("{what} in {year}: most at {who}, {each}{share}"),
    )
}
