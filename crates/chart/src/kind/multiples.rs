//! A small drawing for every agency, each with its own scale.

use super::{Body, Ctx, MARGIN, SMALL, WIDTH};
use crate::font;
use crate::names;
use crate::palette::{ACCENT, GRID, MAIN, MUTED, PALE, RULE};
use crate::scene::{Area, Scene, Style};
use crate::scope::{Fig, Member};

const HEIGHT: f64 = 176.0;
const GAP: f64 = 28.0;

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let item = &ctx.spec.series[0];
    let unit = ctx.unit(item);
    let figs = |m: &Member| -> Vec<Fig> { scope.years.iter().map(|y| scope.of(&item.id, &m.id, *y)).collect() };
    let known: Vec<(&Member, Vec<Fig>)> =
        scope.members.iter().map(|m| (m, figs(m))).filter(|(_, f)| f.iter().any(|f| f.value().is_some())).collect();
    let (known, idle): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|(m, f)| m.picked || f.iter().any(|f| f.value().is_some_and(|v| v != 0.0)));
    // Where everyone has nothing, that is what is to be seen.
    let (known, idle) = if known.is_empty() { (idle, known) } else { (known, idle) };
    if scope.years.last() != Some(&scope.year) || known.iter().all(|(_, f)| f.last().is_none_or(|f| f.value().is_none())) {
        return None;
    }
    let shown = known.len().min(ctx.spec.top.unwrap_or(200));
    let across = match shown {
        0..=4 => 2,
        5..=12 => 4,
        13..=48 => 5,
        _ => 6,
    };
    let breaks = scope.breaks(&[&item.id]);
    let w = (WIDTH - 2.0 * MARGIN - GAP * (across as f64 - 1.0)) / across as f64;
    let names = names::room(known.iter().take(shown).map(|(m, _)| m.name.as_str()), w).max(46.0);
    let height = HEIGHT - 46.0 + names;
    let mut scene = Scene::default();
    let dark = words.pick(format!("深色为{}年", scope.year), format!("dark: {}", scope.year));
    let key = match unit {
        "" => dark,
        _ => words.pick(format!("单位：{unit}；{dark}"), format!("Unit: {unit}; {dark}")),
    };
    scene.text(MARGIN, SMALL, Style::new(SMALL).muted(), key);
    for (i, (member, figs)) in known.iter().take(shown).enumerate() {
        let place = Area::new(MARGIN + (w + GAP) * (i % across) as f64, 52.0 + (height + GAP) * (i / across) as f64, w, height);
        one(ctx, &mut scene, (place, names), member, figs, &breaks);
    }
    let lower = known.iter().flat_map(|(_, f)| f).any(|f| f.lower && !f.ratio && f.value().is_some());
    let mut notes = ctx.notes(&breaks, lower);
    notes.push(words.pick(
        "各图纵轴各自独立，只宜看各单位自身的变化；“×”为该年无数据",
        "Each drawing has its own scale; ×: no figure in that year",
    ));
    if !idle.is_empty() {
        let list = words.some(&idle.iter().map(|(m, _)| m.name.clone()).collect::<Vec<_>>(), 8);
        notes.push(
            words.pick(format!("各年均为0的{}个单位未画：{list}", idle.len()), format!("Not drawn, 0 in every year: {list}")),
        );
    }
    if known.len() > shown {
        let n = known.len() - shown;
        notes.push(words.pick(format!("另有{n}个单位未画出"), format!("{n} more agencies are not drawn")));
    }
    let table = ctx.table_of_years(unit, known.iter().take(shown).map(|(m, f)| (m.name.as_str(), &f[..])));
    Some(Body {
        finding: finding(ctx, &known),
        describe: words.pick(
            format!("小图组：{}{}个单位各自的{}", words.span(&scope.years), known.len(), ctx.what()),
            format!("Small multiples: {} of {} agencies, {}", ctx.what(), known.len(), words.span(&scope.years)),
        ),
        scene,
        height: 52.0 + (height + GAP) * shown.div_ceil(across) as f64 - GAP,
        notes,
        table,
    })
}

fn one(ctx: &Ctx<'_>, scene: &mut Scene, (place, names): (Area, f64), member: &Member, figs: &[Fig], breaks: &[(u16, &str)]) {
    let years = &ctx.scope.years;
    let name = Area::new(place.x, place.y, place.w, names);
    scene.name(name, Style::new(20.0).strong(member.picked), &member.name);
    if member.picked {
        scene.frame(Area::new(place.x - 8.0, place.y - 4.0, place.w + 16.0, place.h + 8.0), ACCENT, 3);
    }
    let area = Area::new(place.x, place.y + names + 20.0, place.w, place.h - names - 44.0);
    let most = figs.iter().filter_map(|f| f.value()).fold(0.0, f64::max);
    let slot = area.w / figs.len() as f64;
    scene.line(vec![(area.x, area.bottom()), (area.right(), area.bottom())], RULE, 1);
    let mut tops = Vec::new();
    for (i, fig) in figs.iter().enumerate() {
        let x = area.x + slot * (i as f64 + 0.5);
        let last = i + 1 == figs.len();
        let Some(v) = fig.value() else {
            scene.mid(x, area.bottom() - 12.0, Style::new(18f64.min(slot)).muted().middle(), "×");
            tops.push(area.bottom());
            continue;
        };
        let h = if most > 0.0 { v.max(0.0) / most * area.h } else { 0.0 };
        let bar = Area::new(
            x - slot * 0.34,
            area.bottom() - h.max(if v > 0.0 { 2.0 } else { 0.0 }),
            slot * 0.68,
            h.max(if v > 0.0 { 2.0 } else { 0.0 }),
        );
        match (fig.lower && !fig.ratio, last) {
            (true, _) => scene.hollow(bar, if last { MAIN } else { MUTED }),
            (false, true) => scene.rect(bar, MAIN),
            (false, false) => scene.rect(bar, PALE),
        }
        tops.push(bar.y);
    }
    figures(scene, area, figs, &tops);
    let ends = [
        (years.first(), area.x, Style::new(17.0)),
        (years.last().filter(|_| years.len() > 1), area.right(), Style::new(17.0).right()),
    ];
    for (year, x, style) in ends {
        scene.text(x, area.bottom() + 19.0, style.muted(), year.map(u16::to_string).unwrap_or_default());
    }
    for (year, _) in breaks {
        if let Some(i) = years.iter().position(|y| y == year) {
            let x = area.x + slot * i as f64;
            scene.dashed((x, area.y - 16.0), (x, area.bottom()), ACCENT, 2);
        }
    }
    scene.line(vec![(place.x, place.bottom()), (place.right(), place.bottom())], GRID, 1);
}

/// Least room between two figures beside each other, so that they do not read as one.
const BETWEEN: f64 = 8.0;

/// Every figure above its bar where all have room; else the last, the first, the highest and the lowest, as far as they fit.
fn figures(scene: &mut Scene, area: Area, figs: &[Fig], tops: &[f64]) {
    let size = names::LEAST;
    let slot = area.w / figs.len() as f64;
    let known: Vec<(usize, f64)> = figs.iter().enumerate().filter_map(|(i, f)| Some((i, f.value()?))).collect();
    let width = |i: usize| font::width(&figs[i].text(), size);
    let order: Vec<usize> = if known.iter().all(|(i, _)| width(*i) + BETWEEN <= slot) {
        known.iter().map(|(i, _)| *i).collect()
    } else {
        let least = known.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let most = known.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        [known.last(), known.first(), most, least].into_iter().flatten().map(|(i, _)| *i).collect()
    };
    // The crosses of years without a figure are not written over.
    let cross = |i: usize| Area::new(area.x + slot * (i as f64 + 0.5) - 9.0, area.bottom() - 24.0, 18.0, 24.0);
    let mut taken: Vec<Area> = (0..figs.len()).filter(|i| figs[*i].value().is_none()).map(cross).collect();
    let mut written: Vec<usize> = Vec::new();
    for i in order {
        let w = width(i);
        let x = (area.x + slot * (i as f64 + 0.5) - w / 2.0).clamp(area.x, (area.right() - w).max(area.x));
        // Above every bar that it reaches over.
        let under = |k: &usize| area.x + slot * (*k as f64 + 0.84) > x && area.x + slot * (*k as f64 + 0.16) < x + w;
        let top = (0..figs.len()).filter(under).map(|k| tops[k]).fold(tops[i], f64::min);
        let place = Area::new(x - BETWEEN, top - 4.0 - size, w + BETWEEN * 2.0, size);
        if written.contains(&i) || taken.iter().any(|t| t.meets(place)) {
            continue;
        }
        let last = i + 1 == figs.len();
        scene.text(x, top - 4.0, Style::new(size).strong(last), figs[i].text());
        taken.push(Area::new(x, top - 4.0 - size, w, size));
        written.push(i);
    }
}

fn finding(ctx: &Ctx<'_>, known: &[(&Member, Vec<Fig>)]) -> String {
    let (scope, words, what) = (ctx.scope, ctx.words, ctx.what());
    let item = &ctx.spec.series[0];
    if let Some((member, figs)) = known.iter().find(|(m, _)| m.picked) {
        let now = figs.last().copied().unwrap_or_default();
        let change = scope
            .last_year(&item.id)
            .map_or(String::new(), |y| words.change(now, scope.of(&item.id, &member.id, y), ctx.unit(item)));
        let (name, amount) = (&member.name, words.told(now, ctx.unit(item)));
        return words.pick(
            format!("{}年{name}{what}{amount}{change}", scope.year),
            format!("{what} of {name} in {}: {amount}{change}", scope.year),
        );
    }
    let pair = |figs: &Vec<Fig>| Some((figs.last()?.value()?, figs.get(figs.len().checked_sub(2)?)?.value()?));
    let pairs: Vec<(f64, f64)> = known.iter().filter_map(|(_, f)| pair(f)).collect();
    let (Some(last), false) = (scope.last_year(&item.id), pairs.is_empty()) else {
        let n = known.len();
        return words.pick(format!("{}年{n}个单位的{what}", scope.year), format!("{what} of {n} agencies, {}", scope.year));
    };
    let more = pairs.iter().filter(|(a, b)| a > b).count();
    let less = pairs.iter().filter(|(a, b)| a < b).count();
    let same = pairs.len() - more - less;
    words.pick(
        format!("{}年{what}比上年增加的单位{more}个、减少{less}个、持平{same}个", scope.year),
        format!("{what} in {} against {last}: {more} agencies up, {less} down, {same} unchanged", scope.year),
    )
}
