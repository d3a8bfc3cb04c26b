//! Influence and order of findings; alarms over a district.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use nianbao_form::{Agency, Cell, Finding, Forms, Number, Place, Registry, Report, Severity, Status, Subject, Value};
use nianbao_screen::panel::Panel;
use nianbao_screen::{Scope, Totals, outliers, rank};
use proptest::prelude::*;

const RECEIVED: &str = "requests.received.total";

fn registry(agencies: usize) -> Registry {
    let mut list = vec![Agency {
        id: "d".into(),
        name: "铁山区".into(),
        kind: "district".into(),
        reports: nianbao_form::Reports::Compiled,
        ..Agency::default()
    }];
    list.extend((0..agencies).map(|i| Agency {
        id: format!("a{i:02}"),
        name: format!("机关{i:02}"),
        kind: "bureau".into(),
        parent: "d".into(),
        ..Agency::default()
    }));
    Registry::new(list).0
}

fn report(agency: usize, year: u16, figures: &[(&str, i64)]) -> Report {
    let forms = Forms::built_in();
    let mut report =
        Report::new(forms, format!("{agency}-{year}.docx"), format!("机关{agency:02}"), year, forms.for_year(year).unwrap());
    report.agency_id = Some(format!("a{agency:02}"));
    for (id, n) in figures {
        report.set(forms.cell(id).unwrap(), Value::number(Number::whole(*n).unwrap(), n.to_string(), Place::Line(1)));
    }
    report
}

/// Twelve bureaus over four years, some 20 requests each; one has 400 in the last year.
fn district() -> Vec<Report> {
    let mut reports = Vec::new();
    for agency in 0..12 {
        for year in 2020..=2023u16 {
            let n = 15 + (agency * 7 + usize::from(year) * 3) as i64 % 11;
            let n = if agency == 5 && year == 2023 { 400 } else { n };
            reports.push(report(
                agency,
                year,
                &[(RECEIVED, n), ("requests.handled.total", n), ("requests.received.natural_person", n - 2)],
            ));
        }
    }
    reports
}

/// The district's figures: the plain sums.
fn totals(reports: &[&Report]) -> Totals {
    let forms = Forms::built_in();
    let mut sums: BTreeMap<(Cell, u16), i128> = BTreeMap::new();
    for report in reports {
        for cell in forms.cells() {
            if let Some(n) = report.counts_as(cell) {
                *sums.entry((cell, report.year)).or_default() += i128::from(n.millionths());
            }
        }
    }
    sums.into_iter().map(|((cell, year), sum)| (cell, year, sum)).collect()
}

#[test]
fn one_cause_one_alarm_with_everything_that_a_clerk_needs() {
    let (registry, reports) = (registry(12), district());
    let list: Vec<&Report> = reports.iter().collect();
    let totals = totals(&list);
    let scope = Scope { forms: Forms::built_in(), registry: &registry, totals: &totals, reports: &list, year: 2023 };
    let mut found = outliers(scope);
    rank(scope, &mut found);
    let leads: Vec<&Finding> = found.iter().filter(|f| f.leads() && f.severity > Severity::Info).collect();
    assert_eq!(leads.len(), 1, "{found:#?}");
    let lead = leads[0];
    assert_eq!((lead.subject.agency_id.as_str(), lead.rule.as_str(), &lead.place), ("a05", "outlier", &Place::Line(1)));
    assert_eq!((lead.found[0].as_str(), lead.expected[0].as_str()), ("400", "40"));
    println!("{}\n{}", lead.message, lead.message_en);
    for words in [
        "疑似多写一位",
        "“本年新收（总计）”现为400件，更正后应为40件",
        "本单位2020—2022依次为16、19、22件",
        "11个同类单位（部门）平均20.1件",
        "误报平均不超过5%",
    ] {
        assert!(lead.message.contains(words), "{words}: {}", lead.message);
    }
    let stop = found.iter().find(|f| f.rule == "review-enough").unwrap();
    assert_eq!((stop.found[0].as_str(), stop.severity), ("1", Severity::Info));
    println!("{}\n{}", stop.message, stop.message_en);
    let influence = lead.influence.unwrap();
    assert!((0.5..0.7).contains(&influence), "400 − 20 of some 600: {influence}");
}

#[test]
fn last_year_sent_again() {
    let cells = [RECEIVED, "proactive.licensing.decisions", "proactive.penalties.decisions", "proactive.coercion.decisions"];
    let figure = |agency: usize, year: u16, cell: usize| 20 + (agency * 37 + usize::from(year) * 101 + cell * 59) as i64 % 83;
    let mut reports = Vec::new();
    for agency in 0..12 {
        for year in 2021..=2023u16 {
            let from = if agency == 7 && year == 2023 { 2022 } else { year };
            let figures: Vec<(&str, i64)> = cells.iter().enumerate().map(|(at, id)| (*id, figure(agency, from, at))).collect();
            reports.push(report(agency, year, &figures));
        }
    }
    let registry = registry(12);
    let list: Vec<&Report> = reports.iter().collect();
    let totals = totals(&list);
    let scope = Scope { forms: Forms::built_in(), registry: &registry, totals: &totals, reports: &list, year: 2023 };
    let found = outliers(scope);
    let alarms: Vec<&Finding> = found.iter().filter(|f| f.severity > Severity::Info).collect();
    let [copy] = &alarms[..] else { panic!("{found:#?}") };
    assert_eq!((copy.rule.as_str(), copy.subject.agency_id.as_str()), ("last-year-copy", "a07"));
    assert!(
        copy.message.starts_with("2023年度有4个非零数字与上一年度完全相同（共比较4个），可能误用了上年报告。"),
        "{}",
        copy.message
    );
}

#[test]
fn what_cannot_be_judged_is_said() {
    let registry = registry(12);
    let reports: Vec<Report> = (0..12)
        .flat_map(|i| (2022..=2023u16).map(move |y| (i, y)))
        .filter(|&(i, y)| i != 3 || y == 2023)
        .map(|(i, y)| report(i, y, &[(RECEIVED, 10 + i as i64 * 7 + i64::from(y % 2))]))
        .collect();
    let list: Vec<&Report> = reports.iter().collect();
    let totals = totals(&list);
    let scope = Scope { forms: Forms::built_in(), registry: &registry, totals: &totals, reports: &list, year: 2023 };
    let found = outliers(scope);
    let [not_judged] = &found[..] else { panic!("{found:#?}") };
    assert_eq!(not_judged.rule, "not-judged");
    assert!(not_judged.message.contains("1份报告没有可比的往年数据（机关03）"), "{}", not_judged.message);
}

#[test]
fn a_merged_agency_has_the_past_of_its_parts() {
    let agency = |id: &str| Agency { id: id.into(), name: id.into(), kind: "bureau".into(), ..Agency::default() };
    let mut list: Vec<Agency> = (0..12).map(|i| agency(&format!("a{i:02}"))).collect();
    for old in &mut list[0..2] {
        (old.to, old.successor) = (Some(2022), vec!["a02".into()]);
    }
    list[2].from = Some(2023);
    let registry = Registry::new(list).0;
    let reports: Vec<Report> = (0..12)
        .flat_map(|i| (2021..=2023u16).map(move |y| (i, y)))
        .filter(|&(i, y)| if i < 2 { y < 2023 } else { i > 2 || y == 2023 })
        .map(|(i, y)| report(i, y, &[(RECEIVED, if i == 2 { 100 } else { 50 + (i as i64 + i64::from(y)) % 5 })]))
        .collect();
    let list: Vec<&Report> = reports.iter().collect();
    let forms = Forms::built_in();
    let panel = Panel::from_reports(forms, &registry, &list);
    let member = panel.members.iter().position(|m| m.key == "a02").unwrap();
    let screening = nianbao_screen::screening::screen(forms, &registry, panel, 2023);
    let judged = screening.judged.iter().find(|j| j.member == member).unwrap();
    assert!(judged.judged && judged.odds < 0.0, "{judged:?}");
}

#[test]
fn one_agency_alone_and_the_largest_figures() {
    let registry = registry(1);
    let most = nianbao_form::Number::LIMIT - 1;
    for figures in [[5, 7, 6], [most, most, most], [0, 0, most], [most, most, 0]] {
        let of = |(at, n): (usize, &i64)| {
            let cells: Vec<(String, i64)> = Forms::built_in()
                .form(Forms::built_in().for_year(2023).unwrap())
                .cells
                .iter()
                .map(|&c| (Forms::built_in().id(c).to_owned(), *n))
                .collect();
            let cells: Vec<(&str, i64)> = cells.iter().map(|(id, n)| (id.as_str(), *n)).collect();
            report(0, 2021 + at as u16, &cells)
        };
        let reports: Vec<Report> = figures.iter().enumerate().map(of).collect();
        let list: Vec<&Report> = reports.iter().collect();
        let totals = totals(&list);
        let scope = Scope { forms: Forms::built_in(), registry: &registry, totals: &totals, reports: &list, year: 2023 };
        let found = outliers(scope);
        let said = found.iter().find(|f| f.rule == "not-judged").unwrap();
        assert!(said.message.contains("只有一个单位"), "{}", said.message);
    }
}

/// Findings that differ in all that the order looks at.
fn pile() -> Vec<Finding> {
    let subject =
        |i: usize| Subject { agency_id: format!("a{i:02}"), agency: format!("机关{i:02}"), year: 2023, report: String::new() };
    let forms = Forms::built_in();
    let cell = forms.cell(RECEIVED).unwrap();
    let make =
        |rule: &str, i: usize, found: &str, expected: &str| Finding::of(rule, &subject(i)).cell(forms, cell, found, expected);
    let mut pile = vec![
        make("row-total", 1, "100", "10").build(),
        make("row-total", 2, "11", "10").build(),
        make("row-total", 0, "11", "10").build(),
        make("suspect-cell", 3, "50", "20").alternative("x", 2).build(),
        make("suspect-cell", 3, "50", "30").alternative("x", 1).build(),
        make("stock", 4, "900", "1").build(),
        make("outlier", 5, "70", "3—17").score(9.0).build(),
        make("outlier", 6, "70", "3—17").score(4.0).build(),
        Finding::of("missing-report", &subject(20)).build(),
    ];
    let cause = pile[4].cause_key().to_owned();
    pile.push(make("balance", 3, "1", "2").build());
    pile[9].cause = Some(cause);
    pile[0].status = Status::Explained;
    pile
}

fn ranked(mut pile: Vec<Finding>) -> Vec<Finding> {
    let (registry, reports) = (registry(12), district());
    let list: Vec<&Report> = reports.iter().collect();
    let totals = totals(&list);
    let scope = Scope { forms: Forms::built_in(), registry: &registry, totals: &totals, reports: &list, year: 2023 };
    rank(scope, &mut pile);
    pile
}

#[test]
fn what_matters_comes_first() {
    let order: Vec<String> =
        ranked(pile()).iter().map(|f| format!("{} {} {}", f.rule, f.subject.agency_id, f.expected.join(";"))).collect();
    let want = [
        "suspect-cell a03 30",
        "suspect-cell a03 20",
        "balance a03 2",
        "row-total a00 10",
        "row-total a02 10",
        "missing-report a20 ",
        "stock a04 1",
        "outlier a05 3—17",
        "outlier a06 3—17",
        "row-total a01 10",
    ];
    assert_eq!(order, want);
    let first = &ranked(pile())[0];
    assert_eq!(first.severity, Severity::Error);
    assert!(first.influence.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn ranking_does_not_depend_on_the_order(pile in Just(pile()).prop_shuffle()) {
        prop_assert_eq!(ranked(pile), ranked(self::pile()));
    }
}

#[test]
fn a_missing_report_weighs_what_the_last_one_did() {
    let subject = Subject { agency_id: "a03".into(), agency: "机关03".into(), year: 2024, report: String::new() };
    let influence = ranked(vec![Finding::of("missing-report", &subject).build()])[0].influence.unwrap();
    assert!((0.01..0.1).contains(&influence), "some 20 of 600: {influence}");
}

#[test]
fn causes_in_a_circle_are_not_lost() {
    let mut pile = pile();
    let (a, b) = (pile[1].cause_key().to_owned(), pile[2].cause_key().to_owned());
    (pile[1].cause, pile[2].cause) = (Some(b), Some(a));
    let n = pile.len();
    assert_eq!(ranked(pile).len(), n);
}
