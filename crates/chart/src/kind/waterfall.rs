//! From last year's total to this year's: how much each agency added or took away.

use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::Table;
use crate::axis;
use crate::font;
use crate::names;
use crate::palette::{ACCENT, INK, MAIN, MUTED, RULE, Rgb};
use crate::scene::{Area, Scene, Style};
use crate::scope::{Fig, Member};
use crate::words::signed;

const ROW: f64 = 46.0;
const NAME: f64 = 400.0;

/// A step of the way.
struct Step {
    name: String,
    by: f64,
    picked: bool,
    /// Several together, or what is not of one agency.
    rest: bool,
}

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let item = &ctx.spec.series[0];
    let unit = ctx.unit(item);
    let last_year = scope.last_year(&item.id)?;
    let of = |m: &Member, year: u16| scope.of(&item.id, &m.id, year);
    let (now, last) = (scope.total(&item.id, scope.year), scope.total(&item.id, last_year));
    let (a, b) = (now.value()?, last.value()?);
    let (mut steps, one_sided) = steps(ctx, |m| (of(m, scope.year).value(), of(m, last_year).value()));
    // What is in the totals but of no member, so that the way ends where the total is.
    let outside = a - b - steps.iter().map(|s| s.by).sum::<f64>();
    if outside.abs() > 1e-6 {
        let name = words.pick("其他", "Not of these");
        steps.push(Step { name, by: outside, picked: false, rest: true });
    }
    let rows = steps.len() + 2;
    let row = ROW.max(names::room(steps.iter().map(|s| s.name.as_str()), NAME));
    let right = steps.iter().map(|s| font::width(&signed(s.by, 2), TEXT)).fold(font::width(&now.text(), TEXT), f64::max) + 24.0;
    let area = Area::new(MARGIN + NAME + 24.0, 64.0, WIDTH - 2.0 * MARGIN - NAME - 24.0 - right, row * rows as f64);
    // Where the steps are small beside the totals the scale begins above 0, and says so; totals are then marks, not bars.
    let mut way = vec![b];
    for step in &steps {
        way.push(way.last().copied().unwrap_or(b) + step.by);
    }
    let (low, high) = (way.iter().copied().fold(a, f64::min), way.iter().copied().fold(a, f64::max));
    let (from, ticks) = axis::around(low, high, 6);
    let to = ticks.last().copied().unwrap_or(1.0);
    let x = |v: f64| area.x + (v - from) / (to - from) * area.w;
    let mut scene = Scene::default();
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), words.unit_note(unit));
    axis::head(&mut scene, area, &x, &ticks, false, words.zh);
    let place = |i: usize| Area::new(area.x, area.y + row * i as f64, area.w, row);
    total(&mut scene, place(0), words.year(last_year), last.text(), x(b));
    let mut at = b;
    for (i, step) in steps.iter().enumerate() {
        one(&mut scene, place(i + 1), step, x(at), x(at + step.by));
        at += step.by;
    }
    total(&mut scene, place(rows - 1), words.year(scope.year), now.text(), x(a));
    let mut notes = ctx.notes(&[], now.lower || last.lower);
    if from > 0.0 {
        notes
            .push(words.pick("横轴不从0起，只宜看各步的长短", "The scale does not begin at 0: compare the lengths of the steps"));
    }
    if one_sided > 0 {
        notes.push(words.pick(
            format!("“仅一年有数据”：{one_sided}个单位新设、撤并或未报送，增减不可归于办理情况"),
            format!("“One year only”: {} new, gone or without a report", words.agencies(one_sided)),
        ));
    }
    let table = table(ctx, &steps, (last_year, last), now, unit);
    Some(Body {
        finding: finding(ctx, &steps, now, last, unit),
        describe: words.pick(
            format!("瀑布图：{}从{last_year}年合计到{}年合计，各单位的增减", ctx.what(), scope.year),
            format!("Waterfall: {} from the total of {last_year} to that of {}", ctx.what(), scope.year),
        ),
        scene,
        height: area.bottom() + 12.0,
        notes,
        table,
    })
}

/// The largest changes one by one, rises first; then the others together, and those with one year only. The number of the
/// last.
fn steps(ctx: &Ctx<'_>, of: impl Fn(&Member) -> (Option<f64>, Option<f64>)) -> (Vec<Step>, usize) {
    let words = ctx.words;
    let (mut list, mut lone, mut one_sided) = (Vec::new(), 0.0, 0);
    for member in &ctx.scope.members {
        match of(member) {
            (Some(a), Some(b)) if a != b => {
                list.push(Step { name: member.name.clone(), by: a - b, picked: member.picked, rest: false });
            }
            (Some(v), None) | (None, Some(v)) => {
                lone += if of(member).0.is_some() { v } else { -v };
                one_sided += 1;
            }
            _ => {}
        }
    }
    list.sort_by(|a, b| b.picked.cmp(&a.picked).then(b.by.abs().total_cmp(&a.by.abs())));
    let top = ctx.spec.top.unwrap_or(12);
    let rest = if list.len() > top + 1 { list.split_off(top) } else { Vec::new() };
    list.sort_by(|a, b| b.by.total_cmp(&a.by));
    if !rest.is_empty() {
        let by = rest.iter().map(|s| s.by).sum();
        list.push(Step { name: words.others(rest.len()), by, picked: false, rest: true });
    }
    if one_sided > 0 {
        let name = words.pick("仅一年有数据的单位", "Figures for one year only");
        list.push(Step { name, by: lone, picked: false, rest: true });
    }
    (list, one_sided)
}

fn total(scene: &mut Scene, place: Area, name: String, text: String, x: f64) {
    let middle = place.y + place.h / 2.0;
    scene.mid(MARGIN + NAME, middle, Style::new(TEXT).right().strong(true), name);
    scene.line(vec![(place.x, middle), (x, middle)], RULE, 1);
    scene.dot(x, middle, 11.0, INK);
    scene.mid(WIDTH - MARGIN, middle, Style::new(TEXT).right().strong(true), text);
}

fn one(scene: &mut Scene, place: Area, step: &Step, from: f64, to: f64) {
    let middle = place.y + place.h / 2.0;
    let color: Rgb = match (step.rest, step.by < 0.0) {
        (true, _) => MUTED,
        (_, true) => ACCENT,
        _ => MAIN,
    };
    let style = Style::new(TEXT).right().strong(step.picked);
    scene.name(Area::new(MARGIN, place.y + 1.0, NAME, place.h - 2.0), if step.rest { style.muted() } else { style }, &step.name);
    // From where the step before ended.
    scene.line(vec![(from, place.y - place.h / 2.0 + 14.0), (from, middle + 14.0)], RULE, 1);
    scene.rect(Area::new(from.min(to), middle - 14.0, (to - from).abs().max(2.0), 28.0), color);
    scene.line(vec![(to, middle - 14.0), (to, place.bottom())], RULE, 1);
    scene.mid(WIDTH - MARGIN, middle, Style::new(TEXT).right().color(color).strong(step.picked), signed(step.by, 2));
}

fn table(ctx: &Ctx<'_>, steps: &[Step], last: (u16, Fig), now: Fig, unit: &str) -> Table {
    let words = ctx.words;
    let whole = |year: u16, fig: Fig| vec![words.pick(format!("{year}年合计"), format!("Total {year}")), fig.text()];
    let mut rows = vec![whole(last.0, last.1)];
    rows.extend(steps.iter().map(|s| vec![s.name.clone(), signed(s.by, 2)]));
    rows.push(whole(ctx.scope.year, now));
    Table {
        columns: vec![words.pick("合计和各单位的增减", "Totals, and changes by agency"), ctx.head(&ctx.what(), unit)], rows
    }
}

fn finding(ctx: &Ctx<'_>, steps: &[Step], now: Fig, last: Fig, unit: &str) -> String {
    let (words, year, what) = (ctx.words, ctx.scope.year, ctx.what());
    let amount = words.told(now, unit);
    let change = words.change(now, last, unit);
    let by = |s: &Step| words.amount(&signed(s.by, 2), if words.zh { unit } else { "" });
    let own = || steps.iter().filter(|s| !s.rest);
    if let Some(s) = own().find(|s| s.picked) {
        return words.pick(
            format!("{year}年{what}合计{amount}{change}，其中{}{}", s.name, by(s)),
            format!("{what} in {year}: {amount}{change}; {} {}", s.name, by(s)),
        );
    }
    let most = |first: Option<&Step>, sign: f64, zh: &str, en: &str| {
        let first = first.filter(|s| s.by * sign > 0.0)?;
        let leaders = words.first(own().filter(|s| s.by == first.by).map(|s| s.name.as_str()));
        let (who, by) = (&leaders.who, leaders.each_by(words, &by(first)));
        Some(words.pick(format!("{who}{zh}最多（{by}）"), format!("largest {en} at {who} ({by})")))
    };
    let rise = most(own().next(), 1.0, "增加", "rise");
    let fall = most(own().next_back(), -1.0, "减少", "fall");
    let told: Vec<String> = rise.into_iter().chain(fall).collect();
    let list = match told.is_empty() {
        true => String::new(),
        false => words.pick(format!("：{}", words.list(&told)), format!("; {}", words.list(&told))),
    };
    words.pick(format!("{year}年{what}{amount}{change}{list}"), format!("{what} in {year}: {amount}{change}{list}"))
}
