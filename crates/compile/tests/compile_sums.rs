//! Random hierarchies, forms, gaps and mergers, compared with slow, plain loops over the same cells.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use nianbao_compile::{Comparison, Compilation, CompileError, Published, Slip, SumRow, compile, reconcile};
use nianbao_form::{Agency, Cell, FormIx, Forms, Number, Place, Registry, Report, Reports, State, Value};
use proptest::prelude::*;

const YEARS: [u16; 4] = [2019, 2020, 2021, 2022];

fn forms() -> &'static Forms {
    Forms::built_in()
}

fn agency(id: &str, parent: &str) -> Agency {
    Agency { id: id.into(), name: format!("单位{id}"), kind: "bureau".into(), parent: parent.into(), ..Agency::default() }
}

fn registry(agencies: Vec<Agency>) -> Registry {
    let (registry, problems) = Registry::new(agencies);
    assert!(problems.is_empty(), "{problems:?}");
    registry
}

fn report(id: &str, year: u16, figures: &[(&str, i64)]) -> Report {
    let form = forms().for_year(year).unwrap();
    let mut report = Report::new(forms(), format!("{id}-{year}.docx"), format!("单位{id}"), year, form);
    report.agency_id = Some(id.to_owned());
    for &(cell, value) in figures {
        set(&mut report, forms().cell(cell).unwrap(), value * Number::SCALE);
    }
    report
}

fn set(report: &mut Report, cell: Cell, millionths: i64) {
    let number = Number::from_millionths(millionths);
    report.set(cell, Value::number(number, number.to_string(), Place::Unknown));
}

fn add(agencies: Vec<Agency>, reports: &[Report]) -> (Registry, Compilation) {
    let registry = registry(agencies);
    let refs: Vec<&Report> = reports.iter().collect();
    let compilation = compile(forms(), &registry, &refs, None).unwrap();
    (registry, compilation)
}

// ---- random districts ---------------------------------------------------------------------------------------------

/// A small generator, so that one number makes a whole district.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn district(seed: u64) -> (Vec<Agency>, Vec<Report>) {
    let mut dice = Dice(seed);
    let mut agencies: Vec<Agency> = Vec::new();
    let (n, tops) = (2 + dice.roll(14), 1 + dice.roll(2));
    for i in 0..n {
        let parent = if i < tops { String::new() } else { agencies[dice.roll(i.min(6)) as usize].id.clone() };
        let mut a = agency(&format!("A{i:02}"), &parent);
        a.reports = [Reports::Own, Reports::Own, Reports::Own, Reports::Compiled, Reports::None][dice.roll(5) as usize];
        match dice.roll(6) {
            0 => a.to = Some(2020),
            1 => a.from = Some(2021),
            _ => {}
        }
        agencies.push(a);
    }
    let mut names: Vec<(String, bool)> = agencies.iter().map(|a| (a.id.clone(), true)).collect();
    names.push(("无名局".to_owned(), false));
    let mut reports = Vec::new();
    for (id, known) in &names {
        for year in YEARS {
            if dice.roll(4) == 0 {
                continue;
            }
            let other: FormIx = forms().find(["2019", "2021"][dice.roll(2) as usize]).unwrap();
            let form = if dice.roll(6) == 0 { other } else { forms().for_year(year).unwrap() };
            let mut r = Report::new(forms(), format!("{id}/{year}.html"), id.clone(), year, form);
            r.agency_id = known.then(|| id.clone());
            fill(&mut r, &mut dice);
            reports.push(r);
        }
    }
    (agencies, reports)
}

fn fill(report: &mut Report, dice: &mut Dice) {
    let form = forms().form(report.form);
    let extra = if dice.roll(3) == 0 { form.local.iter().chain(&form.guests).copied().collect() } else { Vec::new() };
    for cell in form.cells.iter().copied().chain(extra) {
        match dice.roll(12) {
            0 => report.set(cell, Value::without(State::Blank, "", Place::Unknown)),
            1 => report.set(cell, Value::without(State::None, "/", Place::Unknown)),
            2 => report.set(cell, Value::without(State::Text, "见附件", Place::Unknown)),
            3 => {}
            // Near the limit too: a plain 64-bit sum of these would overflow.
            4 => set(report, cell, (Number::LIMIT - 1 - dice.roll(9) as i64) * Number::SCALE + 999_999),
            5 => set(report, cell, -(dice.roll(1000) as i64)),
            _ => set(report, cell, dice.roll(5_000_000) as i64 * 7),
        }
    }
}

// ---- the slow, plain loop -----------------------------------------------------------------------------------------

struct Plain<'a> {
    agencies: &'a [Agency],
    reports: &'a [Report],
}

impl Plain<'_> {
    fn find(&self, id: &str) -> Option<&Agency> {
        self.agencies.iter().find(|a| a.id == id)
    }

    /// Whether the agency's own figures belong to the group; `root` is empty for the group of all.
    fn within(&self, key: &str, group: &str, root: &str) -> bool {
        let Some(mut at) = self.find(key) else { return group == root };
        if at.reports != Reports::Own {
            return false;
        }
        if group.is_empty() {
            return true;
        }
        let mut chain = vec![at.id.as_str()];
        while let Some(parent) = self.find(&at.parent) {
            chain.push(&parent.id);
            at = parent;
        }
        let has_children = self.agencies.iter().any(|a| a.parent == key);
        let stray = group == root && chain.len() == 1 && !has_children;
        stray || chain.contains(&group)
    }

    fn owing(&self, row: &SumRow, root: &str, form: FormIx) -> usize {
        if !forms().form(form).owns(row.cell) {
            return 0;
        }
        let mut keys: BTreeSet<&str> = self.agencies.iter().filter(|a| a.exists(row.year)).map(|a| a.id.as_str()).collect();
        keys.extend(self.reports.iter().filter(|r| r.year == row.year).map(Report::agency_key));
        let knows = |key: &str| {
            self.reports.iter().any(|r| r.year == row.year && r.agency_key() == key && r.counts_as(row.cell).is_some())
        };
        keys.into_iter().filter(|key| self.within(key, &row.group_id, root) && !knows(key)).count()
    }

    fn check(&self, compilation: &Compilation) {
        let root = &compilation.root;
        assert!(!compilation.sums.is_empty() || self.reports.iter().all(|r| !self.within(r.agency_key(), root, root)));
        for row in &compilation.sums {
            let mut sum: Option<i128> = None;
            let mut count = 0;
            for r in self.reports.iter().filter(|r| r.year == row.year && self.within(r.agency_key(), &row.group_id, root)) {
                if let Some(number) = r.counts_as(row.cell) {
                    sum = Some(sum.unwrap_or(0) + i128::from(number.millionths()));
                    count += 1;
                }
            }
            assert_eq!((row.millionths, row.reports), (sum, count), "{row:?}");
            let owing = self.owing(row, root, compilation.form_of(row.year).unwrap());
            assert_eq!(row.missing as usize, owing, "{row:?}");
            assert_eq!(compilation.sum(&row.group_id, row.year, row.cell), Some(row));
        }
    }
}

fn without_positions(c: &Compilation) -> (Vec<SumRow>, String, String, String) {
    let wide = c.wide.drop("report").unwrap();
    let all: Vec<String> =
        wide.columns().iter().map(|c| format!("{:?}", c.as_materialized_series().iter().collect::<Vec<_>>())).collect();
    (c.sums.clone(), format!("{:?}", c.coverage), format!("{:?}", c.series), all.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sum_is_that_of_a_plain_loop(seed: u64) {
        let (agencies, reports) = district(seed);
        let (_, compilation) = add(agencies.clone(), &reports);
        Plain { agencies: &agencies, reports: &reports }.check(&compilation);
    }

    #[test]
    fn order_of_inputs_does_not_matter(seed: u64) {
        let (agencies, mut reports) = district(seed);
        let (_, one) = add(agencies.clone(), &reports);
        let mut dice = Dice(seed ^ 77);
        for i in (1..reports.len()).rev() {
            reports.swap(i, dice.roll(i as u64 + 1) as usize);
        }
        let (_, two) = add(agencies, &reports);
        prop_assert_eq!(without_positions(&one), without_positions(&two));
    }

    #[test]
    fn lookups_find_every_row(seed: u64) {
        let (agencies, reports) = district(seed);
        let (_, c) = add(agencies, &reports);
        let groups: Vec<_> = c.groups().collect();
        let mut sums = Vec::new();
        let mut coverage = Vec::new();
        for g in &groups {
            for &year in &c.years {
                sums.extend_from_slice(c.sums_of(g.id, year));
                coverage.extend_from_slice(c.coverage_of(g.id, year));
            }
        }
        prop_assert_eq!(&sums, &c.sums);
        prop_assert_eq!(&coverage, &c.coverage);
        for row in &c.series {
            let found = match row.level.as_str() {
                "agency" => {
                    prop_assert!(c.agency_series(&row.series, row.year).any(|r| r == row));
                    c.series_of_agency(&row.group_id, &row.series).any(|r| r == row)
                }
                _ => c.series_of(&row.group_id, &row.series).any(|r| r == row),
            };
            prop_assert!(found, "{:?}", row);
        }
        for row in c.sums.iter().filter(|r| r.cell.index() % 17 == 0) {
            prop_assert_eq!(c.owing(&row.group_id, row.year, row.cell).len(), row.missing as usize);
        }
        prop_assert_eq!(c.sums_frame(forms()).unwrap().height(), c.sums.len());
        prop_assert_eq!(c.series_frame().unwrap().height(), c.series.len());
        prop_assert_eq!(c.coverage_frame().unwrap().height(), c.coverage.len());
    }
}

// ---- single rules -------------------------------------------------------------------------------------------------

#[test]
fn totals_are_not_added_to_their_parts() {
    let parts =
        [("requests.received.natural_person", 3), ("requests.received.other_organisation", 2), ("requests.received.total", 5)];
    let (_, c) =
        add(vec![agency("D", ""), agency("a", "D"), agency("b", "D")], &[report("a", 2022, &parts), report("b", 2022, &parts)]);
    let received: Vec<_> = c.series_of("D", "requests_received").collect();
    assert_eq!(received[0].value_text(), "10");
    assert_eq!(c.sum("D", 2022, forms().cell("requests.received.total").unwrap()).unwrap().value_text(), "10");
    let share: Vec<_> = c.series_of("D", "natural_person_share").collect();
    assert_eq!(
        (share[0].numerator_text(), share[0].denominator_text(), share[0].value_text()),
        ("6".into(), "10".into(), "60".into())
    );
}

#[test]
fn bodies_counted_elsewhere_are_not_added() {
    let mut district = agency("D", "");
    district.reports = Reports::Compiled;
    let mut body = agency("b", "D");
    body.reports = Reports::None;
    let figures = [("requests.received.total", 5)];
    let reports = [report("a", 2022, &figures), report("b", 2022, &figures), report("D", 2022, &figures)];
    let (_, c) = add(vec![district, agency("a", "D"), body], &reports);
    assert_eq!(c.wide.height(), 1);
    assert_eq!(c.sum("D", 2022, forms().cell("requests.received.total").unwrap()).unwrap().value_text(), "5");
    assert_eq!(c.coverage_of("D", 2022).len(), 1);
}

#[test]
fn a_missing_agency_makes_a_lower_bound_and_is_named() {
    let cell = forms().cell("requests.received.total").unwrap();
    let mut unknown = report("x", 2022, &[("requests.received.total", 7)]);
    unknown.agency_id = None;
    let reports = [report("a", 2022, &[("requests.received.total", 5)]), report("b", 2022, &[]), unknown];
    let (_, c) = add(vec![agency("T", ""), agency("D", "T"), agency("a", "D"), agency("b", "D"), agency("c", "T")], &reports);
    let sum = |group| c.sum(group, 2022, cell).unwrap();
    assert_eq!((sum("T").value_text(), sum("T").reports, sum("T").missing), ("12".into(), 2, 4));
    assert_eq!((sum("D").value_text(), sum("D").reports, sum("D").missing), ("5".into(), 1, 2));
    assert_eq!(c.owing("D", 2022, cell), ["单位D", "单位b"]);
    let status: Vec<_> = c.coverage_of("T", 2022).iter().map(|r| (r.agency.as_str(), r.status.as_str())).collect();
    assert_eq!(
        status,
        [
            ("单位T", "missing"),
            ("单位D", "missing"),
            ("单位a", "partial"),
            ("单位b", "partial"),
            ("单位c", "missing"),
            ("单位x", "unknown-agency")
        ]
    );
    assert_eq!(c.groups().map(|g| (g.id, g.parent)).collect::<Vec<_>>(), [("T", None), ("D", Some("T"))]);
}

#[test]
fn rows_of_the_other_generation_stay_in_their_series() {
    let other = "requests.other.total";
    let three =
        ["requests.other.not_corrected_in_time.total", "requests.other.fee_not_paid_in_time.total", "requests.other.other.total"];
    let a = report("a", 2022, &[(three[0], 1), (three[1], 2), (three[2], 3)]);
    let b = report("b", 2022, &[(other, 10)]);
    // Both printed: the one row is the sum of the three and must not be added to them.
    let both = report("c", 2022, &[(three[0], 1), (three[1], 2), (three[2], 3), (other, 6)]);
    let (_, c) = add(vec![agency("D", ""), agency("a", "D"), agency("b", "D"), agency("c", "D")], &[a, b, both]);
    let row = c.series_of("D", "outcome_other").next().unwrap();
    assert_eq!(row.value_text(), "22");
    let cell = |id| c.sum("D", 2022, forms().cell(id).unwrap()).unwrap();
    assert_eq!((cell(three[0]).value_text(), cell(three[0]).missing), ("2".into(), 2));
    assert_eq!((cell(other).value_text(), cell(other).missing), ("16".into(), 0));
}

#[test]
fn a_series_that_changed_meaning_shows_its_break_once() {
    let old = [("proactive.normative_documents.published_total", 30), ("requests.received.total", 20)];
    let new = [("proactive.normative_documents.in_force", 12), ("requests.received.total", 25)];
    let agencies = vec![agency("D", ""), agency("a", "D")];
    let mut district = agencies.clone();
    district[0].reports = Reports::Compiled;
    let reports = [report("a", 2019, &old), report("a", 2020, &old), report("a", 2021, &new), report("a", 2022, &new)];
    let (_, c) = add(district, &reports);
    for id in ["D", "a"] {
        let notes: Vec<bool> = c.series_of(id, "normative_documents_in_force").map(|r| !r.break_note.is_empty()).collect();
        assert_eq!(notes, [false, false, true, false], "{id}");
        assert!(c.series_of(id, "requests_received").all(|r| r.break_note.is_empty()));
        assert_eq!(c.growth(id, "normative_documents_in_force", 2021), None);
        assert_eq!(c.growth(id, "requests_received", 2021).unwrap().percent_text().as_deref(), Some("25"));
    }
}

#[test]
fn the_group_at_the_top_can_be_chosen() {
    let figures = [("requests.received.total", 5)];
    let agencies = vec![agency("C", ""), agency("D1", "C"), agency("D2", "C"), agency("a", "D1"), agency("b", "D2")];
    let reports = [report("a", 2022, &figures), report("b", 2022, &figures)];
    let registry = registry(agencies);
    let refs: Vec<&Report> = reports.iter().collect();
    let c = compile(forms(), &registry, &refs, Some("单位D1")).unwrap();
    assert_eq!((c.root.as_str(), c.groups().count(), c.wide.height()), ("D1", 1, 1));
    let error = |top| compile(forms(), &registry, &refs, Some(top)).unwrap_err();
    assert!(matches!(error("D3"), CompileError::UnknownGroup(_, hint) if hint.contains("did you mean")));
    assert!(matches!(error("a"), CompileError::UnknownGroup(_, hint) if hint.contains("below it")));
}

#[test]
fn nothing_at_all_compiles() {
    let c = compile(forms(), &Registry::default(), &[], None).unwrap();
    assert_eq!((c.sums.len(), c.years.len(), c.root_name()), (0, 0, "全部"));
}

// ---- reconciliation -----------------------------------------------------------------------------------------------

const CELLS: [&str; 4] =
    ["requests.received.total", "requests.disclosed.total", "review.reconsideration.total", "proactive.fees.amount"];

/// A city of two districts with three bureaus each, two years, figures that are all different.
fn city() -> (Registry, Vec<Report>) {
    let mut agencies = vec![agency("C", "")];
    agencies[0].reports = Reports::Compiled;
    let mut reports = Vec::new();
    for d in 0..2 {
        let mut district = agency(&format!("D{d}"), "C");
        district.reports = Reports::Compiled;
        agencies.push(district);
        for b in 0..3 {
            let id = format!("b{d}{b}");
            agencies.push(agency(&id, &format!("D{d}")));
            for year in [2022, 2023] {
                let k = i64::from(year) * 13 + (d * 3 + b) * (d * 3 + b + 5) * 7;
                let figures: Vec<(&str, i64)> =
                    CELLS.iter().enumerate().map(|(i, c)| (*c, k % (41 + 12 * i as i64) + 3)).collect();
                let mut r = report(&id, year, &figures);
                set(&mut r, forms().cell(CELLS[3]).unwrap(), k * 1_234_567);
                reports.push(r);
            }
        }
    }
    (registry(agencies), reports)
}

fn totals(reports: &[Report], times: impl Fn(&Report) -> i64) -> Vec<Published> {
    let of = |id: &&str| {
        let cell = forms().cell(id).unwrap();
        let sum: i64 = reports.iter().map(|r| r.counts_as(cell).map_or(0, |n| n.millionths()) * times(r)).sum();
        // The district prints money with two decimals.
        let cents = if *id == CELLS[3] { (sum + 5_000) / 10_000 * 10_000 } else { sum };
        let value = Number::from_millionths(cents);
        Published::new(2023, cell, Some(value), value.to_string())
    };
    CELLS.iter().map(of).collect()
}

#[test]
fn slips_are_found() {
    let (registry, reports) = city();
    let refs: Vec<&Report> = reports.iter().collect();
    let cases: [(&[&str], Slip, &dyn Fn(&Report) -> i64); 5] = [
        (&["b01"], Slip::Omitted, &|r| i64::from(r.year == 2023 && r.agency_key() != "b01")),
        (&["b01", "b12"], Slip::Omitted, &|r| i64::from(r.year == 2023 && !["b01", "b12"].contains(&r.agency_key()))),
        (&["b11"], Slip::CountedTwice, &|r| i64::from(r.year == 2023) * (1 + i64::from(r.agency_key() == "b11"))),
        (&["b10"], Slip::LastYear, &|r| i64::from((r.year == 2022) == (r.agency_key() == "b10"))),
        (&["D1"], Slip::Omitted, &|r| i64::from(r.year == 2023 && !r.agency_key().starts_with("b1"))),
    ];
    for (who, slip, times) in cases {
        let result = reconcile(forms(), &registry, &totals(&reports, times), &refs, None).unwrap();
        assert_eq!(result.explanations.len(), 1, "{who:?}: {}", result.message_en);
        let suspects: Vec<(&str, Slip)> = result.explanations[0].suspects.iter().map(|s| (s.id.as_str(), s.slip)).collect();
        assert_eq!(suspects, who.iter().map(|w| (*w, slip)).collect::<Vec<_>>());
        assert!(result.explanations[0].disturbed.is_empty());
    }
}

#[test]
fn rounding_is_no_error_and_a_lost_cell_is_told() {
    let (registry, reports) = city();
    let refs: Vec<&Report> = reports.iter().collect();
    let mut published = totals(&reports, |r| i64::from(r.year == 2023));
    let result = reconcile(forms(), &registry, &published, &refs, None).unwrap();
    assert_eq!((result.count(Comparison::Rounding), result.count(Comparison::Equal)), (1, 3), "{}", result.message);
    assert!(result.agrees() && result.explanations.is_empty());
    // One agency's figure of one cell alone was lost.
    let cell = forms().cell(CELLS[1]).unwrap();
    let lost = reports.iter().find(|r| r.year == 2023 && r.agency_key() == "b02").unwrap().counts_as(cell).unwrap();
    published[1].value = published[1].value.map(|v| v - lost);
    published[1].raw = published[1].value.unwrap().to_string();
    let result = reconcile(forms(), &registry, &published, &refs, None).unwrap();
    assert_eq!(result.count(Comparison::Differs), 1);
    assert!(result.explanations.iter().any(|e| e.suspects.len() == 1 && e.suspects[0].id == "b02" && !e.disturbed.is_empty()));
}

#[test]
fn a_lost_amount_is_found_behind_the_rounding() {
    let (registry, reports) = city();
    let refs: Vec<&Report> = reports.iter().collect();
    let mut published = totals(&reports, |r| i64::from(r.year == 2023));
    let cell = forms().cell(CELLS[3]).unwrap();
    let others = reports.iter().filter(|r| r.year == 2023 && r.agency_key() != "b02");
    let sum: i64 = others.map(|r| r.counts_as(cell).unwrap().millionths()).sum();
    let left = (sum + 5_000) / 10_000 * 10_000;
    published[3].value = Some(Number::from_millionths(left));
    published[3].raw = Number::from_millionths(left).to_string();
    let result = reconcile(forms(), &registry, &published, &refs, None).unwrap();
    assert_eq!(result.count(Comparison::Differs), 1);
    assert!(result.explanations.iter().any(|e| e.suspects.first().is_some_and(|s| s.id == "b02")), "{:?}", result.explanations);
    // A mark of none is no rounded figure.
    published[3] = Published::new(2023, cell, Some(Number::ZERO), "/");
    let result = reconcile(forms(), &registry, &published, &refs, None).unwrap();
    assert_eq!(result.count(Comparison::Differs), 1);
}

#[test]
fn missing_agencies_make_the_comparison_a_lower_bound() {
    let (registry, reports) = city();
    let published = totals(&reports, |r| i64::from(r.year == 2023));
    let refs: Vec<&Report> = reports.iter().filter(|r| r.agency_key() != "b00" || r.year == 2022).collect();
    let result = reconcile(forms(), &registry, &published, &refs, None).unwrap();
    assert_eq!(result.count(Comparison::LowerBound), 4, "{}", result.message);
    assert!(result.rows.iter().all(|r| r.explanation.contains("单位b00")));
}
