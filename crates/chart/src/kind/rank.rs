//! Agencies by size: bars, last year's value as a mark, the small ones together in one line.

use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::axis;
use crate::font;
use crate::number;
use crate::palette::{ACCENT, GRID, INK, MAIN};
use crate::scene::{Area, Scene, Style};
use crate::scope::{Fig, Member};

const ROW: f64 = 46.0;
const NAME: f64 = 400.0;

struct Row<'a> {
    member: &'a Member,
    fig: Fig,
    value: f64,
    last: Option<f64>,
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
        let last = last_year.and_then(|y| scope.of(&item.id, &member.id, y).value());
        match fig.value() {
            Some(value) => rows.push(Row { member, fig, value, last }),
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
    let area = Area::new(
        MARGIN + NAME + 20.0,
        64.0,
        WIDTH - 2.0 * MARGIN - NAME - 170.0,
        ROW * (shown.len() + usize::from(picked.is_some())) as f64,
    );
    let all = || shown.iter().chain(picked.as_ref());
    let most = all().flat_map(|r| [r.value, r.last.unwrap_or(0.0)]).fold(0.0, f64::max);
    let percent = shown.iter().any(|r| r.fig.ratio);
    let whole = all().all(|r| r.value.fract() == 0.0);
    let ticks = axis::ticks(most, 6, whole);
    let x = |v: f64| area.x + v / ticks.last().copied().unwrap_or(1.0) * area.w;
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), words.unit_note(unit));
    key(ctx, &mut scene, area, last_year);
    for &t in &ticks {
        scene.line(vec![(x(t), area.y - 6.0), (x(t), area.bottom())], GRID, 1);
        let text = if percent { format!("{}%", number::plain(t)) } else { number::plain(t) };
        scene.text(x(t), area.y - 12.0, Style::new(SMALL).muted().middle(), text);
    }
    for (i, row) in all().enumerate() {
        bar(&mut scene, Area::new(area.x, area.y + ROW * i as f64, area.w, ROW), row, &x);
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
    Some(Body {
        finding: finding(ctx, shown, picked.as_ref(), rest, unit),
        describe: words.pick(
            format!(
                "条形图：{}年各单位{}排序，共{}个单位",
                scope.year,
                ctx.what(),
                shown.len() + rest.len() + usize::from(picked.is_some())
            ),
            format!("Bars: {} by agency, {}", ctx.what(), scope.year),
        ),
        scene,
        height,
        notes,
        table: Default::default(),
    })
}

fn key(ctx: &Ctx<'_>, scene: &mut Scene, area: Area, last_year: Option<u16>) {
    let Some(last) = last_year else { return };
    let text = ctx.words.pick(format!("竖线：{last}年"), format!("Mark: {last}"));
    let x = area.right() + 150.0 - font::width(&text, SMALL);
    scene.line(vec![(x - 12.0, 2.0), (x - 12.0, SMALL + 4.0)], INK, 3);
    scene.text(x, SMALL, Style::new(SMALL).muted(), text);
}

fn bar(scene: &mut Scene, place: Area, row: &Row<'_>, x: &impl Fn(f64) -> f64) {
    let middle = place.y + place.h / 2.0;
    let color = if row.member.picked { ACCENT } else { MAIN };
    let style = Style::new(TEXT).right().strong(row.member.picked);
    scene.name(Area::new(MARGIN, place.y + 1.0, NAME, place.h - 2.0), style, &row.member.name);
    let bar = Area::new(place.x, middle - 14.0, (x(row.value) - place.x).max(if row.value > 0.0 { 2.0 } else { 0.0 }), 28.0);
    if row.fig.lower {
        scene.hollow(bar, color);
    } else {
        scene.rect(bar, color);
    }
    let mut end = bar.right();
    if let Some(last) = row.last {
        scene.line(vec![(x(last), middle - 19.0), (x(last), middle + 19.0)], INK, 3);
        // The figure stands right of the mark where the mark would strike it through.
        let wide = font::width(&row.fig.text(), TEXT) + 16.0;
        if x(last) > end - 2.0 && x(last) < end + wide {
            end = x(last);
        }
    }
    scene.mid(end + 10.0, middle, Style::new(TEXT).strong(row.member.picked), row.fig.text());
}

fn rest_text(ctx: &Ctx<'_>, rest: &[Row<'_>], unit: &str) -> String {
    let words = ctx.words;
    let (least, most) = (rest.last().map_or(Fig::default(), |r| r.fig), rest.first().map_or(Fig::default(), |r| r.fig));
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
    let (name, amount) = (&first.member.name, words.told(first.fig, unit));
    let total: f64 = rows().map(|r| r.value).sum();
    let share = match first.fig.ratio || total <= 0.0 || n < 4 {
        true => String::new(),
        false => {
            let three = number::share(shown.iter().take(3).map(|r| r.value).sum(), total);
            words.pick(format!("，前3位合占{three}"), format!("; the first three hold {three}"))
        }
    };
    words.pick(
        format!("{year}年{what}最多的是{name}（{amount}）{share}"),
        format!("{what} in {year}: most at {name}, {amount}{share}"),
    )
}
