//! Two years as the ends of lines: who rose, who fell, and how the order changed.

use super::pair::{Row, changes};
use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::axis;
use crate::font;
use crate::names;
use crate::number;
use crate::palette::{PAPER, RULE};
use crate::scene::{Area, Scene, Style};

const GAP: f64 = 36.0;
const TOP: f64 = 96.0;
/// Room for the names at the right.
const NAMES: f64 = 620.0;

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let item = &ctx.spec.series[0];
    let unit = ctx.unit(item);
    let back = ctx.spec.back.unwrap_or(1).max(1);
    let last_year = scope.year.checked_sub(back)?;
    if scope.breaks(&[&item.id]).iter().any(|(year, _)| (last_year + 1..=scope.year).contains(year)) {
        return None;
    }
    let (mut rows, mut few, mut one_sided, mut wrong) = (Vec::new(), 0, 0, Vec::new());
    let small = f64::from(ctx.spec.small.unwrap_or(0));
    for member in &scope.members {
        let (now, last) = (scope.of(&item.id, &member.id, scope.year), scope.of(&item.id, &member.id, last_year));
        match (now.value(), last.value()) {
            (Some(_), Some(_)) if now.ratio && now.base().min(last.base()) < small && !member.picked => few += 1,
            // A part larger than its whole is a wrong figure, not a high rate.
            (Some(a), Some(b)) if now.ratio && !(0.0..=100.0).contains(&a.max(b)) => {
                wrong.push(format!("{} {}→{}", member.name, last.text(), now.text()));
            }
            (Some(a), Some(b)) => rows.push(Row { member, now, last, a, b }),
            (None, None) => {}
            _ => one_sided += 1,
        }
    }
    if rows.is_empty() {
        return None;
    }
    rows.sort_by(|a, b| b.member.picked.cmp(&a.member.picked).then(b.weight().total_cmp(&a.weight())));
    let all = rows.len();
    let top = ctx.spec.top.unwrap_or(14).max(1);
    let finding = finding(ctx, &rows, top, (last_year, unit));
    rows.truncate(top);
    rows.sort_by(|a, b| b.a.total_cmp(&a.a));
    let gap = GAP.max(names::room(rows.iter().map(|r| r.member.name.as_str()), NAMES - 260.0));
    let height = (rows.len() as f64 * gap * 1.15).max(360.0);
    let figures = rows.iter().map(|r| font::width(&r.last.text(), TEXT)).fold(0.0, f64::max);
    let area = Area::new(MARGIN + figures + 70.0, TOP, WIDTH - 2.0 * MARGIN - figures - 70.0 - NAMES, height);
    let mut scene = Scene::default();
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), words.unit_note(unit));
    lines(ctx, &mut scene, area, &rows, (last_year, gap));
    let percent = rows.iter().any(|r| r.now.ratio);
    let mut notes = ctx.notes(&[], rows.iter().any(|r| r.now.lower || r.last.lower) && !percent);
    let rest = all - rows.len();
    if rest > 0 {
        let by = if percent { words.pick("分母", "denominator") } else { words.pick("本年数", "figure") };
        notes.push(words.pick(
            format!("画出{by}最大的{}个单位，其余{rest}个未画", rows.len()),
            format!("The {} with the largest {by} are drawn, {rest} are not", words.agencies(rows.len())),
        ));
    }
    if few > 0 {
        let n = number::plain(small);
        notes.push(words.pick(
            format!("分母不足{n}件的{few}个单位样本小，不宜比较，未画"),
            format!("{} with a denominator below {n} are not drawn: too few to compare", words.agencies(few)),
        ));
    }
    if one_sided > 0 {
        notes.push(words.pick(
            format!("只有一年有数据的{one_sided}个单位未画"),
            format!("{} with figures for one of the years only are not drawn", words.agencies(one_sided)),
        ));
    }
    if !wrong.is_empty() {
        let list = words.list(&wrong);
        notes.push(words.pick(
            format!("{list}：比率不在0至100%之间，数据有误，未画出"),
            format!("{list}: not between 0 and 100 %, so a figure is wrong; not drawn"),
        ));
    }
    let table = changes(ctx, rows.iter().map(|r| (r.member.name.clone(), r.last.text(), r.now.text(), r.by())), last_year, unit);
    Some(Body {
        finding,
        describe: words.pick(
            format!("斜率图：{}个单位{last_year}年和{}年的{}", rows.len(), scope.year, ctx.what()),
            format!("Slopes: {} of {} agencies, {last_year} and {}", ctx.what(), rows.len(), scope.year),
        ),
        scene,
        height: area.bottom() + 30.0,
        notes,
        table,
    })
}

fn lines(ctx: &Ctx<'_>, scene: &mut Scene, area: Area, rows: &[Row<'_>], (last_year, gap): (u16, f64)) {
    let words = ctx.words;
    let values = || rows.iter().flat_map(|r| [r.a, r.b]);
    let (low, high) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
    let span = if high > low { high - low } else { 1.0 };
    let y = |v: f64| area.bottom() - 14.0 - if high > low { (v - low) / span } else { 0.5 } * (area.h - 28.0);
    for (x, year) in [(area.x, last_year), (area.right(), ctx.scope.year)] {
        scene.line(vec![(x, area.y), (x, area.bottom())], RULE, 2);
        scene.text(x, area.y - 16.0, Style::new(TEXT).middle().strong(year == ctx.scope.year), words.year(year));
    }
    let head = words.pick("本年、单位名称和变化", "this year, agency, change");
    scene.text(area.right() + 70.0, area.y - 16.0, Style::new(SMALL).muted(), head);
    let (from, to) = (area.y - 6.0, area.bottom() + 20.0);
    // Both sides from the top downwards.
    let right = axis::apart(&rows.iter().map(|r| y(r.a)).collect::<Vec<_>>(), gap, from, to);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&i, &j| rows[j].b.total_cmp(&rows[i].b));
    let left = axis::apart(&order.iter().map(|&i| y(rows[i].b)).collect::<Vec<_>>(), gap, from, to);
    for (&i, at) in order.iter().zip(left) {
        let style = Style::new(TEXT - 2.0).right().strong(rows[i].member.picked);
        leader(scene, (area.x - 9.0, y(rows[i].b)), (area.x - 30.0, at));
        scene.mid(area.x - 36.0, at, style, rows[i].last.text());
    }
    let figures = rows.iter().map(|r| font::width(&r.now.text(), TEXT)).fold(0.0, f64::max);
    let changes = rows.iter().map(|r| font::width(&r.by(), SMALL)).fold(0.0, f64::max);
    for (row, at) in rows.iter().zip(right) {
        let color = row.color();
        let width = if row.member.picked { 5 } else { 3 };
        scene.line(vec![(area.x, y(row.b)), (area.right(), y(row.a))], color, width);
        scene.dot(area.x, y(row.b), 8.0, PAPER);
        scene.ring(area.x, y(row.b), 8.0, color, 3);
        scene.dot(area.right(), y(row.a), 9.0, color);
        leader(scene, (area.right() + 9.0, y(row.a)), (area.right() + 30.0, at));
        let strong = row.member.picked;
        scene.mid(area.right() + 36.0, at, Style::new(TEXT - 2.0).strong(true), row.now.text());
        let name = Area::new(area.right() + 52.0 + figures, at - gap / 2.0, NAMES - 70.0 - figures - changes, gap);
        scene.name(name, Style::new(TEXT - 3.0).strong(strong), &row.member.name);
        scene.mid(WIDTH - MARGIN, at, Style::new(SMALL).color(color).right(), row.by());
    }
}

/// From the end of a line to its figure, where that had to give way.
fn leader(scene: &mut Scene, from: (f64, f64), to: (f64, f64)) {
    if (from.1 - to.1).abs() > 3.0 {
        scene.line(vec![from, to], RULE, 1);
    }
}

/// The first `top` rows are drawn.
fn finding(ctx: &Ctx<'_>, rows: &[Row<'_>], top: usize, (last, unit): (u16, &str)) -> String {
    let (words, year, what) = (ctx.words, ctx.scope.year, ctx.what());
    if let Some(r) = rows.iter().find(|r| r.member.picked) {
        let (name, now, before) = (&r.member.name, words.told(r.now, unit), words.told(r.last, unit));
        return words.pick(
            format!("{year}年{name}{what}{now}，{last}年为{before}（{}）", r.sized(ctx, unit)),
            format!("{what} of {name} in {year}: {now}, {before} in {last} ({})", r.sized(ctx, unit)),
        );
    }
    let up = rows.iter().filter(|r| r.change() > 0.0).count();
    let down = rows.iter().filter(|r| r.change() < 0.0).count();
    let same = rows.len() - up - down;
    let shown = || rows.iter().take(top);
    let most = shown().map(|r| r.change().abs()).fold(0.0, f64::max);
    let movers: Vec<&Row<'_>> = shown().filter(|r| most > 0.0 && r.change().abs() == most).collect();
    // Several with the same change, or one up as much as another is down: no one is the largest.
    let most = match movers.as_slice() {
        [r] if rows.len() > top => words.pick(
            format!("；图中变化最大的是{}（{}）", r.member.name, r.sized(ctx, unit)),
            format!("; of those drawn most at {} ({})", r.member.name, r.sized(ctx, unit)),
        ),
        [r] => words.pick(
            format!("；变化最大的是{}（{}）", r.member.name, r.sized(ctx, unit)),
            format!("; the largest change at {} ({})", r.member.name, r.sized(ctx, unit)),
        ),
        _ => String::new(),
    };
    let same = match same {
        0 => String::new(),
        n => words.pick(format!("、持平{n}个"), format!(", unchanged at {n}")),
    };
    words.pick(
        format!("{year}年{what}与{last}年相比，上升的单位{up}个、下降{down}个{same}{most}"),
        format!("{what} in {year} against {last}: up at {}, down at {down}{same}{most}", words.agencies(up)),
    )
}
