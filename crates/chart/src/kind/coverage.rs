//! Who has reported, and the findings of each.

use std::collections::BTreeMap;

use nianbao_form::{Severity, Status};

use super::{Body, Ctx, MARGIN, SMALL, TEXT, WIDTH};
use crate::Table;
use crate::axis;
use crate::font;
use crate::names;
use crate::number;
use crate::palette::{ACCENT, GRID, INK, MAIN, MUTED, PAPER, Rgb, categories, text_on};
use crate::scene::{Area, Scene, Style};
use crate::scope::AGENCY;

const ROW: f64 = 44.0;
const NAME: f64 = 400.0;
const STATE: f64 = 150.0;

struct Row {
    name: String,
    status: String,
    /// Errors, warnings, information.
    counts: [usize; 3],
    picked: bool,
}

impl Row {
    fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Missing first, then by errors, warnings and the rest; without anything to say last.
    fn weight(&self) -> (bool, usize, usize, usize) {
        let state: usize = match self.status.as_str() {
            "missing" => 3,
            "unknown-agency" => 2,
            "partial" => 1,
            _ => 0,
        };
        (state == 3, self.counts[0], self.counts[1], self.counts[2] * 4 + state)
    }
}

pub(super) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    let (scope, words) = (ctx.scope, ctx.words);
    let mut rows = rows(ctx);
    if rows.is_empty() {
        return None;
    }
    let (expected, missing) =
        (rows.iter().filter(|r| r.status != "unknown-agency").count(), rows.iter().filter(|r| r.status == "missing").count());
    let strangers = rows.iter().filter(|r| r.status == "unknown-agency").count();
    let finding = finding(ctx, &rows, expected, missing, strangers);
    rows.sort_by_key(|r| std::cmp::Reverse(r.weight()));
    let quiet = |r: &Row| r.status == "counted" && r.total() == 0 && !r.picked;
    let table = table(ctx, &rows);
    let (silent, mut shown): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(quiet);
    let top = ctx.spec.top.unwrap_or(30);
    let mut rest = if shown.len() > top + 1 { shown.split_off(top) } else { Vec::new() };
    if let Some(at) = rest.iter().position(|r| r.picked) {
        shown.push(rest.remove(at));
    }
    let row = ROW.max(names::room(shown.iter().map(|r| r.name.as_str()), NAME));
    let area =
        Area::new(MARGIN + NAME + STATE + 40.0, 96.0, WIDTH - 2.0 * MARGIN - NAME - STATE - 140.0, row * shown.len() as f64);
    let most = shown.iter().map(Row::total).max().unwrap_or(0) as f64;
    let colors = colors();
    let mut scene = Scene::default();
    let keys: Vec<(Rgb, String)> = colors.into_iter().zip(severities(ctx)).collect();
    scene.legend(Area::new(area.x, 0.0, area.w, 0.0), SMALL, &keys);
    scene.text(
        MARGIN,
        SMALL,
        Style::new(SMALL).muted(),
        words.pick("单位：条（未处理和已确认的问题）", "Open and confirmed findings"),
    );
    scene.text(MARGIN + NAME + 20.0, area.y - 14.0, Style::new(SMALL).muted(), words.pick("报送情况", "Report"));
    let ticks = axis::ticks(most, 6, true);
    let x = |v: f64| area.x + v / ticks.last().copied().unwrap_or(1.0) * area.w;
    if most > 0.0 {
        for &t in &ticks {
            scene.line(vec![(x(t), area.y - 6.0), (x(t), area.bottom())], GRID, 1);
            scene.text(x(t), area.y - 14.0, Style::new(SMALL).muted().middle(), number::plain(t));
        }
    }
    for (i, r) in shown.iter().enumerate() {
        one(ctx, &mut scene, Area::new(area.x, area.y + row * i as f64, area.w, row), r, &x);
    }
    let mut height = area.bottom() + 24.0;
    for (list, text) in [(&rest, others_text(ctx, &rest)), (&silent, silent_text(ctx, &silent))] {
        if !list.is_empty() {
            for line in names::fill(&text, TEXT, WIDTH - 2.0 * MARGIN) {
                scene.text(MARGIN, height + TEXT, Style::new(TEXT).muted(), line);
                height += TEXT * 1.5;
            }
        }
    }
    let describe = words.pick(
        format!("条形图：{}年各单位报送情况和核查发现的问题数", scope.year),
        format!("Bars: reports and findings by agency, {}", scope.year),
    );
    Some(Body { scene, height: height + 4.0, finding, describe, notes: Vec::new(), table })
}

fn table(ctx: &Ctx<'_>, rows: &[Row]) -> Table {
    let words = ctx.words;
    let row = |r: &Row| {
        let counts = r.counts.iter().map(|n| n.to_string());
        [r.name.clone(), status(ctx, &r.status).1].into_iter().chain(counts).collect::<Vec<_>>()
    };
    let [errors, warnings, information] = severities(ctx);
    let columns = vec![ctx.agency_head(), words.pick("报送情况", "Report"), errors, warnings, information];
    Table { columns, rows: rows.iter().map(row).collect() }
}

fn severities(ctx: &Ctx<'_>) -> [String; 3] {
    [ctx.words.pick("错误", "errors"), ctx.words.pick("警告", "warnings"), ctx.words.pick("提示", "information")]
}

/// The mark of a status, and the word for it.
fn status(ctx: &Ctx<'_>, status: &str) -> (&'static str, String) {
    match status {
        "missing" => ("×", ctx.words.pick("未报送", "missing")),
        "partial" => ("◐", ctx.words.pick("数据不全", "partial")),
        "unknown-agency" => ("?", ctx.words.pick("名录外", "not listed")),
        _ => ("", ctx.words.pick("已报送", "received")),
    }
}

fn colors() -> [Rgb; 3] {
    let c = categories(4);
    [c[0], ACCENT, c[3]]
}

fn rows(ctx: &Ctx<'_>) -> Vec<Row> {
    let data = ctx.scope.data;
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for f in data.findings {
        let counted = f.leads()
            && matches!(f.status, Status::Open | Status::Confirmed)
            && (f.subject.year == data.year || f.subject.year == 0);
        if counted && !f.subject.agency_key().is_empty() {
            let at = match f.severity {
                Severity::Error => 0,
                Severity::Warning => 1,
                Severity::Info => 2,
            };
            counts.entry(f.subject.agency_key()).or_default()[at] += 1;
        }
    }
    let cover: Vec<_> = data
        .figures
        .compilation
        .coverage
        .iter()
        .filter(|c| c.group_id == data.figures.compilation.root && c.year == data.year)
        .collect();
    let full: Vec<String> = cover.iter().map(|c| ctx.words.name(&c.agency)).collect();
    let group = data.registry.get(&data.figures.compilation.root).map_or("", |a| a.name.as_str());
    let short = names::without_common_front(&full, group);
    let level = ctx.scope.level.as_deref().filter(|l| *l != AGENCY);
    let kind = |id: &str| data.registry.get(id).map(|a| a.kind.as_str());
    let row = |(c, name): (&&nianbao_compile::CoverageRow, String)| {
        let own = counts.get(c.agency_id.as_str()).or_else(|| counts.get(c.agency.as_str())).copied().unwrap_or_default();
        let picked = ctx.scope.picked.as_deref() == Some(c.agency.as_str());
        Row { name, status: c.status.clone(), counts: own, picked }
    };
    cover.iter().zip(short).filter(|(c, _)| level.is_none_or(|l| kind(&c.agency_id) == Some(l))).map(row).collect()
}

fn one(ctx: &Ctx<'_>, scene: &mut Scene, place: Area, row: &Row, x: &impl Fn(f64) -> f64) {
    let middle = place.y + place.h / 2.0;
    let style = Style::new(TEXT).right().strong(row.picked);
    scene.name(Area::new(MARGIN, place.y + 1.0, NAME, place.h - 2.0), style, &row.name);
    let (mark, text) = status(ctx, &row.status);
    let at = MARGIN + NAME + 20.0;
    let strong = row.status == "missing";
    match mark {
        "" => scene.dot(at + 9.0, middle, 8.0, MAIN),
        "◐" => {
            scene.dot(at + 9.0, middle, 8.0, PAPER);
            scene.ring(at + 9.0, middle, 8.0, MAIN, 3);
        }
        other => scene.mid(at + 9.0, middle, Style::new(TEXT).color(ACCENT).middle().strong(true), other),
    }
    scene.mid(at + 28.0, middle, Style::new(SMALL).color(if strong { INK } else { MUTED }).strong(strong), text);
    let mut from = 0.0;
    for (count, color) in row.counts.iter().zip(colors()) {
        if *count == 0 {
            continue;
        }
        let to = from + *count as f64;
        let bar = Area::new(x(from), middle - 14.0, x(to) - x(from), 28.0);
        scene.rect(bar, color);
        scene.line(vec![(bar.right(), bar.y), (bar.right(), bar.bottom())], PAPER, 2);
        let text = count.to_string();
        if *count < row.total() && font::width(&text, SMALL) + 6.0 <= bar.w {
            scene.mid(bar.x + bar.w / 2.0, middle, Style::new(SMALL).color(text_on(color)).middle(), text);
        }
        from = to;
    }
    let strong = Style::new(TEXT).strong(row.picked);
    scene.mid(x(from) + 10.0, middle, strong, row.total().to_string());
}

fn others_text(ctx: &Ctx<'_>, rest: &[Row]) -> String {
    let n: usize = rest.iter().map(Row::total).sum();
    let others = ctx.words.others(rest.len());
    ctx.words.pick(format!("{others}：问题共{n}条"), format!("{others}: {n} findings"))
}

fn silent_text(ctx: &Ctx<'_>, silent: &[Row]) -> String {
    let n = silent.len();
    let list = ctx.words.some(&silent.iter().map(|r| r.name.clone()).collect::<Vec<_>>(), 40);
    ctx.words
        .pick(format!("已报送且没有待处理问题的{n}个单位：{list}"), format!("{} without findings: {list}", ctx.words.agencies(n)))
}

fn finding(ctx: &Ctx<'_>, rows: &[Row], expected: usize, missing: usize, strangers: usize) -> String {
    let (words, year) = (ctx.words, ctx.scope.year);
    let total: usize = rows.iter().map(Row::total).sum();
    let errors: usize = rows.iter().map(|r| r.counts[0]).sum();
    let concerned = rows.iter().filter(|r| r.total() > 0).count();
    let reported = expected - missing;
    let outside = match strangers {
        0 => String::new(),
        n => words.pick(format!("，另有名录外{n}个"), format!(", and {n} not listed")),
    };
    let found = match total {
        0 => words.pick("没有待处理问题", "no findings are open"),
        _ => words.pick(
            format!("{concerned}个单位有待处理问题{total}条，其中错误{errors}条"),
            format!("{total} findings at {}, {errors} of them errors", words.agencies(concerned)),
        ),
    };
    words.pick(
        format!("{year}年应报{expected}个单位，已报{reported}个{outside}；{found}"),
        format!("{reported} of {expected} agencies have reported for {year}{outside}; {found}"),
    )
}
