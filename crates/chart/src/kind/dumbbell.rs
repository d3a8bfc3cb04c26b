//! This year against last, agency by agency, the largest changes first.

use super::pair::{Row, changes};
use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::axis;
use crate::font;
use crate::names;
use crate::palette::{ACCENT, INK, MAIN, MUTED, PALE, PAPER};
use crate::scene::{Area, Scene, Style};

const ROW: f64 = 42.0;
const NAME: f64 = 400.0;

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let item = &ctx.spec.series[0];
    let unit = ctx.unit(item);
    let last_year = scope.year.checked_sub(1)?;
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut one_sided = Vec::new();
    for member in &scope.members {
        let (now, last) = (scope.of(&item.id, &member.id, scope.year), scope.of(&item.id, &member.id, last_year));
        match (now.value(), last.value()) {
            (Some(a), Some(b)) => rows.push(Row { member, now, last, a, b }),
            (None, None) => {}
            _ => one_sided.push(member.name.clone()),
        }
    }
    if rows.is_empty() || scope.last_year(&item.id).is_none() {
        return None;
    }
    rows.sort_by(|a, b| b.change().abs().total_cmp(&a.change().abs()));
    let finding = finding(ctx, &rows, unit);
    let (top, total) = (ctx.spec.top.unwrap_or(20), rows.len());
    let mut shown: Vec<Row<'_>> = Vec::new();
    let mut rest: Vec<Row<'_>> = Vec::new();
    for row in rows {
        if (shown.len() < top && row.change() != 0.0) || row.member.picked { shown.push(row) } else { rest.push(row) }
    }
    shown.sort_by(|a, b| b.change().total_cmp(&a.change()));
    let row = ROW.max(names::room(shown.iter().map(|r| r.member.name.as_str()), NAME));
    // At the right: the change, and the two figures.
    let both = shown.iter().map(|r| font::width(&r.both(), SMALL)).fold(0.0, f64::max) + 28.0;
    let change = shown.iter().map(|r| font::width(&r.by(), TEXT)).fold(0.0, f64::max) + 36.0;
    let head_width = font::width(&words.pick("变化（上年→本年）", "Change (last → this)"), SMALL) + 40.0;
    let right = (both + change).max(head_width);
    let area = Area::new(MARGIN + NAME + 24.0, 92.0, WIDTH - 2.0 * MARGIN - NAME - 24.0 - right, row * shown.len().max(1) as f64);
    let percent = shown.iter().any(|r| r.now.ratio);
    let (x, ticks) = axis::level(area, shown.iter().flat_map(|r| [r.a, r.b]), 6, !percent);
    let mut scene = Scene::default();
    head(ctx, &mut scene, area, unit, last_year);
    axis::head(&mut scene, area, &x, &ticks, percent, words.zh);
    for (i, r) in shown.iter().enumerate() {
        one(&mut scene, Area::new(area.x, area.y + row * i as f64, area.w, row), r, both, &x);
    }
    if shown.is_empty() {
        let text = words.pick("各单位均与上年持平", "No agency has changed");
        scene.mid(area.x + area.w / 2.0, area.y + ROW / 2.0, Style::new(TEXT).muted().middle(), text);
    }
    let mut notes = ctx.notes(&[], shown.iter().any(|r| (r.now.lower || r.last.lower) && !percent));
    if !rest.is_empty() {
        let same = rest.iter().filter(|r| r.change() == 0.0).count();
        let n = rest.len();
        let unchanged = words.pick(format!("另有{same}个单位与上年持平"), format!("{} unchanged", words.agencies(same)));
        let smaller =
            words.pick(format!("另有{}个单位变化较小", n - same), format!("{} with smaller changes", words.agencies(n - same)));
        let both = [(n - same, smaller), (same, unchanged)].into_iter().filter(|(n, _)| *n > 0).map(|(_, text)| text);
        let list = both.collect::<Vec<_>>().join(if words.zh { "，" } else { ", " });
        notes.push(words.pick(format!("{list}，未列出"), format!("Not listed: {list}")));
    }
    if !one_sided.is_empty() {
        let list = words.some(&one_sided, 6);
        notes.push(
            words
                .pick(format!("只有一年有数据，未比较：{list}"), format!("With figures for one year only, not compared: {list}")),
        );
    }
    let table = changes(ctx, shown.iter().map(|r| (r.member.name.clone(), r.last.text(), r.now.text(), r.by())), last_year, unit);
    Some(Body {
        finding,
        describe: words.pick(
            format!("哑铃图：{total}个单位{}{}年与{last_year}年比较", ctx.what(), scope.year),
            format!("Dumbbells: {} of {total} agencies, {} against {last_year}", ctx.what(), scope.year),
        ),
        scene,
        height: area.bottom() + 10.0,
        notes,
        table,
    })
}

fn head(ctx: &Ctx<'_>, scene: &mut Scene, area: Area, unit: &str, last_year: u16) {
    let words = ctx.words;
    let (now, last) = (words.year(ctx.scope.year), words.year(last_year));
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), words.unit_note(unit));
    let y = SMALL * 0.63;
    scene.dot(area.x + 10.0, y, 9.0, PAPER);
    scene.ring(area.x + 10.0, y, 9.0, MUTED, 3);
    scene.mid(area.x + 28.0, y, Style::new(SMALL), last);
    scene.dot(area.x + 150.0, y, 10.0, MAIN);
    scene.mid(area.x + 168.0, y, Style::new(SMALL), words.pick(format!("{now}增加"), format!("{now}, up")));
    scene.dot(area.x + 340.0, y, 10.0, ACCENT);
    scene.mid(area.x + 358.0, y, Style::new(SMALL), words.pick(format!("{now}减少"), format!("{now}, down")));
    scene.text(
        WIDTH - MARGIN,
        area.y - 14.0,
        Style::new(SMALL).muted().right(),
        words.pick("变化（上年→本年）", "Change (last → this)"),
    );
}

fn one(scene: &mut Scene, place: Area, row: &Row<'_>, both: f64, x: &impl Fn(f64) -> f64) {
    let y = place.y + place.h / 2.0;
    let color = if row.change() < 0.0 { ACCENT } else { MAIN };
    let style = Style::new(TEXT - 1.0).right().strong(row.member.picked);
    scene.name(Area::new(MARGIN, place.y + 1.0, NAME, place.h - 2.0), style, &row.member.name);
    scene.line(vec![(x(row.b), y), (x(row.a), y)], if row.change() < 0.0 { color } else { PALE }, 6);
    scene.dot(x(row.b), y, 9.0, PAPER);
    scene.ring(x(row.b), y, 9.0, MUTED, 3);
    scene.dot(x(row.a), y, 10.0, color);
    scene.mid(WIDTH - MARGIN - both, y, Style::new(TEXT).color(INK).right().strong(true), row.by());
    scene.mid(WIDTH - MARGIN, y, Style::new(SMALL).muted().right(), row.both());
}

fn finding(ctx: &Ctx<'_>, rows: &[Row<'_>], unit: &str) -> String {
    let (words, year, what) = (ctx.words, ctx.scope.year, ctx.what());
    if let Some(r) = rows.iter().find(|r| r.member.picked) {
        let (name, amount, change) = (&r.member.name, words.told(r.now, unit), words.change(r.now, r.last, unit));
        return words
            .pick(format!("{year}年{name}{what}{amount}{change}"), format!("{what} of {name} in {year}: {amount}{change}"));
    }
    // The largest changes stand first; several may share the place.
    let most = |sign: f64, zh: &str, en: &str| {
        let first = rows.iter().find(|r| r.change() * sign > 0.0)?;
        let same = rows.iter().filter(|r| r.change() == first.change()).map(|r| r.member.name.as_str());
        let leaders = words.first(same);
        let (who, by) = (&leaders.who, leaders.each_by(words, &first.sized(ctx, unit)));
        Some(words.pick(format!("{who}{zh}最多（{by}）"), format!("largest {en} at {who} ({by})")))
    };
    let (up, down) = (most(1.0, "增加", "rise"), most(-1.0, "减少", "fall"));
    let told: Vec<String> = up.into_iter().chain(down).collect();
    if told.is_empty() {
        return words.pick(format!("{year}年各单位{what}均与上年持平"), format!("{what} in {year}: no agency has changed"));
    }
    let list = told.join(if words.zh { "，" } else { ", " });
    words.pick(format!("{year}年{what}与上年相比：{list}"), format!("{what} in {year}: {list}"))
}
