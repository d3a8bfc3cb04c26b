//! Generated worlds of every size: one, five and a hundred agencies over one, two and fifteen years, with names and figures
//! as bad as they come. No text lies on another or leaves the picture, and each figure below a picture is one that it draws.

use nianbao_compile::compile;
use nianbao_form::{Agency, Forms, Number, Place, Registry, Report, Reports, Value};

use super::district::World;
use super::{charts, clashes, data, sound};
use crate::{Data, Target, compose, draw_png};

/// What the figures are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Figures {
    Zero,
    Huge,
    Negative,
    Equal,
    Missing,
    /// Four and five digits, up and down.
    Thousands,
    Mixed,
}

const NAMES: [&str; 8] = [
    "临江区经济技术开发区管理委员会综合行政执法和应急管理局（临江区安全生产委员会办公室、临江区防灾减灾救灾委员会办公室）",
    "<script>alert(\"年报\")</script>&amp;局",
    "\u{202e}临江区\u{200f}财政局\u{202c}",
    "🏛️临江区档案馆👨‍👩‍👧",
    "=HYPERLINK(\"http://x\",\"局\")",
    "“临江”'区'/教育\\局",
    "Linjiang-District-Office-for-the-Special-Economic-and-Technological-Development-Zone",
    "办",
];

fn world(agencies: usize, years: u16, figures: Figures) -> World {
    let name = |i: usize| NAMES.get(i).map_or_else(|| format!("临江区第{i}局"), |n| (*n).to_owned());
    world_of(agencies, years, figures, name)
}

/// A district whose agencies are called so.
pub(super) fn world_of(agencies: usize, years: u16, figures: Figures, name: impl Fn(usize) -> String) -> World {
    let forms = Forms::built_in().clone();
    let district = Agency {
        id: "LJ".into(),
        name: "临江区".into(),
        kind: "district".into(),
        reports: Reports::Compiled,
        ..Agency::default()
    };
    let own = (0..agencies).map(|i| Agency {
        id: format!("LJ-{i:03}"),
        name: name(i),
        kind: if i % 3 == 0 { "town" } else { "bureau" }.into(),
        parent: "LJ".into(),
        ..Agency::default()
    });
    let (registry, _) = Registry::new(std::iter::once(district).chain(own).collect());
    let mut reports = Vec::new();
    for i in 0..agencies {
        for year in 2019..2019 + years {
            let form = forms.for_year(year).unwrap();
            let mut report = Report::new(&forms, format!("{i}-{year}"), name(i), year, form);
            report.agency_id = Some(format!("LJ-{i:03}"));
            for (k, &cell) in forms.form(form).cells.iter().enumerate() {
                let mixed = [0, 7, 13, 1_000_000_000_000, -4, 250][(i * 7 + k + usize::from(year)) % 6];
                let value = match figures {
                    Figures::Zero => Some(0),
                    Figures::Huge => Some(1_000_000_000_000 - (i as i64)),
                    Figures::Negative => Some(-3 - i as i64),
                    Figures::Equal => Some(12),
                    Figures::Missing => None,
                    Figures::Thousands => Some(4_000 + (i as i64 * 977 + k as i64 * 131 + i64::from(year) * 613) % 7_900),
                    Figures::Mixed => Some(mixed).filter(|_| (i + k) % 5 > 0),
                };
                if let Some(v) = value {
                    report.set(cell, Value::number(Number::from_millionths(v * Number::SCALE), v.to_string(), Place::Unknown));
                }
            }
            reports.push(report);
        }
    }
    let compilation = compile(&forms, &registry, &reports.iter().collect::<Vec<_>>(), None).unwrap();
    World { forms, registry, compilation, findings: Vec::new() }
}

fn sizes() -> Vec<(usize, u16)> {
    [1, 5, 100].into_iter().flat_map(|n| [1, 2, 6, 15].map(|y| (n, y))).collect()
}

#[test]
fn nothing_clashes_at_any_size() {
    let all = charts("charts");
    let mut found = Vec::new();
    for (agencies, years) in sizes() {
        for figures in [
            Figures::Zero,
            Figures::Huge,
            Figures::Negative,
            Figures::Equal,
            Figures::Missing,
            Figures::Thousands,
            Figures::Mixed,
        ] {
            let world = world(agencies, years, figures);
            let one = Target { agency: Some("LJ-000".into()), level: None };
            for (target, language) in [(Target::default(), "zh"), (one, "zh"), (Target::default(), "en")] {
                let data = Data { language, ..data(&world, 2018 + years) };
                for chart in &all {
                    let (scene, framed) = compose(chart, data, &target).unwrap();
                    let clashes = clashes(&scene, framed.size);
                    if !clashes.is_empty() {
                        let first: Vec<&String> = clashes.iter().take(2).collect();
                        found.push(format!(
                            "{agencies} agencies, {years} years, {figures:?}, {target:?}, {language}, {}: {first:#?}",
                            chart.name
                        ));
                    }
                    let table = framed.table;
                    assert!(table.rows.iter().all(|r| r.len() == table.columns.len()), "{}: {table:?}", chart.name);
                }
            }
        }
    }
    assert!(found.is_empty(), "{} drawings:\n{}", found.len(), found.join("\n"));
}

#[test]
fn hostile_names_are_shown_whole_and_do_no_harm() {
    let world = world(5, 2, Figures::Mixed);
    for chart in charts("charts") {
        let (picture, png) = draw_png(&chart, data(&world, 2020), &Target::default()).unwrap();
        sound(&picture);
        assert!(!picture.svg.contains("<script>") && !picture.svg.contains('\u{202e}'), "{}", chart.name);
        assert!(png.starts_with(b"\x89PNG"));
    }
    let ranked = charts("charts").into_iter().find(|c| c.name.starts_with("04-")).unwrap();
    let (picture, _) = draw_png(&ranked, data(&world, 2020), &Target::default()).unwrap();
    let names: Vec<&str> = picture.table.rows.iter().map(|r| r[0].as_str()).collect();
    for whole in ["<script>alert(\"年报\")</script>&amp;局", "🏛️临江区档案馆👨‍👩‍👧"] {
        assert!(names.contains(&whole), "{names:?}");
    }
}

/// Figures of a district whose own total is not what its parts come to.
fn torn() -> World {
    let mut world = world(5, 2, Figures::Equal);
    let parts = ["outcome_disclosed", "received_by_natural_person", "review_upheld"];
    for row in world.compilation.series.iter_mut().filter(|r| r.year == 2020 && !parts.contains(&r.series.as_str())) {
        row.numerator = row.numerator.map(|n| n * 2);
    }
    world
}

#[test]
fn a_total_is_the_compilations_and_parts_that_do_not_come_to_it_are_said() {
    let world = torn();
    let figure = |series: &str, year: u16| {
        let row = world.compilation.series.iter().find(|r| r.group_id == "LJ" && r.series == series && r.year == year);
        row.and_then(|r| r.value()).unwrap_or_else(|| panic!("no {series} in {year}"))
    };
    for (name, series) in [("01-", "requests_received"), ("02-", "requests_handled")] {
        let chart = charts("charts").into_iter().find(|c| c.name.starts_with(name)).unwrap();
        let (scene, framed) = compose(&chart, data(&world, 2020), &Target::default()).unwrap();
        let total = figure(series, 2020).to_string();
        let parts: f64 = chart.series().filter(|id| *id != series).map(|id| figure(id, 2020)).sum();
        assert_ne!(parts.to_string(), total);
        assert!(framed.title.contains(&format!("{total}件")), "{} {total}", framed.title);
        assert_eq!(framed.table.rows.last().and_then(|r| r.last()), Some(&total));
        let said: String = scene.texts().into_iter().map(|(_, text)| text).collect();
        let both = format!("{}件、{total}件", crate::number::plain(parts));
        let one = format!("{}件与合计{total}件不一致", crate::number::plain(parts));
        assert!(said.contains(&both) || said.contains(&one), "{said}");
        assert!(said.contains("有数据待核实"), "{said}");
    }
    // What is called 100 % is the total.
    let mut chart = charts("charts").into_iter().find(|c| c.name.starts_with("02-")).unwrap();
    let share = |chart: &crate::Chart| {
        let (_, framed) = compose(chart, data(&world, 2020), &Target::default()).unwrap();
        framed.table.rows.last().unwrap()[1].clone()
    };
    let with = share(&chart);
    chart = crate::parse("x.toml".as_ref(), &chart.file.replace("total = \"requests_handled\"\n", "")).unwrap();
    assert_ne!(with, share(&chart));
    let wrong = chart.file.replace("what =", "total = \"requests_handeld\"\nwhat =");
    let wrong = crate::parse("x.toml".as_ref(), &wrong).unwrap();
    let message = compose(&wrong, data(&world, 2020), &Target::default()).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("did you mean `requests_handled`?"), "{message}");
}

#[test]
fn open_findings_about_what_is_drawn_are_said() {
    let mut world = super::district::district();
    world.findings.clear();
    let forms = world.forms.clone();
    let form = forms.form(forms.for_year(2024).unwrap());
    let cell = form.series.iter().find(|s| s.id == "penalty_decisions").unwrap().numerator[0];
    let subject = nianbao_form::Subject { agency_id: "TS-024".into(), agency: "x".into(), year: 2024, ..Default::default() };
    let finding = nianbao_form::Finding::of("row-total", &subject).cell(&forms, cell, "1", "2").build();
    let texts = |world: &World, name: &str, agency: Option<&str>| -> String {
        let chart = charts("charts").into_iter().find(|c| c.name.starts_with(name)).unwrap();
        let target = Target { agency: agency.map(str::to_owned), level: None };
        let (scene, _) = compose(&chart, data(world, 2024), &target).unwrap();
        scene.texts().into_iter().map(|(_, text)| text).collect()
    };
    assert!(!texts(&world, "08-", None).contains("待核实"));
    world.findings.push(finding);
    assert!(texts(&world, "08-", None).contains("图中行政处罚决定含待核实数据"));
    assert!(texts(&world, "12-", None).contains("图中行政处罚决定含待核实数据"));
    assert!(texts(&world, "08-", Some("TS-024")).contains("含待核实数据"));
    assert!(!texts(&world, "08-", Some("TS-030")).contains("含待核实数据"));
    assert!(!texts(&world, "10-", None).contains("含待核实数据"));
    world.findings[0].status = nianbao_form::Status::Explained;
    assert!(!texts(&world, "08-", None).contains("含待核实数据"));
}

/// Each figure that a table gives stands in its drawing, or is one of a year whose figure had no room.
#[test]
fn tables_say_what_is_drawn() {
    let world = super::district::district();
    for chart in charts("charts") {
        let (scene, framed) = compose(&chart, data(&world, 2024), &Target::default()).unwrap();
        assert!(!framed.table.rows.is_empty(), "{} has no figures below it", chart.name);
        let drawn: Vec<&str> = scene.texts().into_iter().map(|(_, text)| text).collect();
        let all = drawn.join("\n");
        // Names are broken into lines, shares stand beside counts: what is looked for is the figure itself.
        let mut missing = Vec::new();
        for row in &framed.table.rows {
            for text in row.iter().skip(1) {
                let figure = text.split(['（', '(']).next().unwrap_or_default().trim_start_matches('≥');
                if figure.chars().any(|c| c.is_ascii_digit()) && !all.contains(figure) {
                    missing.push(text.clone());
                }
            }
        }
        // In a funnel most points have no text, and a stack or a small drawing writes only what has room in it.
        let spared = ["05-", "01-", "02-", "07-", "08-", "12-"].iter().any(|n| chart.name.starts_with(n));
        assert!(missing.is_empty() || spared, "{}: {missing:?} stand in the table only", chart.name);
    }
}
