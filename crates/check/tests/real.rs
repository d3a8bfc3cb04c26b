//! Real figures: the agencies of the United States under a user's own form, and seven real Chinese reports.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use nianbao_check::{Checker, fill_derived};
use nianbao_form::{Finding, Forms, Place, Registry, Report, State};

type Cells = BTreeMap<(String, u16), BTreeMap<String, i64>>;

/// The carried figures, by agency and year, and the same as reports.
fn united_states(forms: &Forms) -> (Cells, Vec<Report>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/us-foia/cells-2008-2020.csv");
    let form = forms.find("us-foia").unwrap();
    let (mut cells, mut blanks): (Cells, BTreeMap<(String, u16), Vec<String>>) = Default::default();
    for row in csv::Reader::from_path(file).unwrap().deserialize() {
        let (agency, year, _, cell, value): (String, u16, String, String, String) = row.unwrap();
        let key = (agency, year);
        match value.parse() {
            Ok(n) => drop(cells.entry(key).or_default().insert(cell, n)),
            Err(_) => blanks.entry(key).or_default().push(cell),
        }
    }
    let mut reports = Vec::new();
    for ((agency, year), figures) in &cells {
        let mut report = Report::new(forms, "cells.csv", agency.as_str(), *year, form);
        for (cell, n) in figures {
            report.set(forms.cell(cell).unwrap(), common::value(&n.to_string()));
        }
        for cell in blanks.get(&(agency.clone(), *year)).into_iter().flatten() {
            report.set(forms.cell(cell).unwrap(), common::value("."));
        }
        reports.push(report);
    }
    (cells, reports)
}

fn us_forms() -> Forms {
    Forms::with_files(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/forms/us-foia.toml")]).unwrap()
}

/// How many agency-years have all these cells.
fn complete(cells: &Cells, names: &[&str]) -> usize {
    cells.values().filter(|c| names.iter().all(|n| c.contains_key(*n))).count()
}

/// DOMAIN.md, "Real material here".
#[test]
fn united_states_identities() {
    let forms = us_forms();
    let (cells, reports) = united_states(&forms);
    assert_eq!(cells.len(), 1327);
    for (row, all) in [("requests", 1327), ("consultations", 1324), ("appeals", 1208)] {
        let names = ["pending_start", "received", "processed", "pending_end"].map(|c| format!("{row}.{c}"));
        assert_eq!(complete(&cells, &names.each_ref().map(String::as_str)), all, "{row}");
    }
    assert_eq!(complete(&cells, &["dispositions.total", "requests.processed"]), 1324);
    assert_eq!(complete(&cells, &["appeal_dispositions.total", "appeals.processed"]), 1208);

    let registry = Registry::default();
    let references: Vec<&Report> = reports.iter().collect();
    let checked = Checker::new(&forms, &registry).reports(&references);
    let findings: Vec<Finding> = checked.iter().flat_map(|c| c.findings.clone()).collect();
    common::well_formed(&findings);
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for f in findings.iter().filter(|f| f.rule != "suspect-cell") {
        *counts.entry((f.rule.as_str(), f.cells[0].split('.').next().unwrap())).or_default() += 1;
    }
    let wanted = [
        (("appeal-dispositions-processed", "appeal_dispositions"), 2),
        (("balance", "appeals"), 5),
        (("dispositions-processed", "dispositions"), 1),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), wanted);
}

#[test]
fn united_states_blanks_that_are_provably_zero() {
    let forms = us_forms();
    let (_, reports) = united_states(&forms);
    let registry = Registry::default();
    let checker = Checker::new(&forms, &registry);
    let mut proved = 0;
    for report in &reports {
        let derived = checker.report(report).derived;
        let mut zeros = derived.iter().filter(|(_, n, key)| n.millionths() == 0 && key == "dispositions-total");
        proved += usize::from(zeros.next().is_some());
        assert!(derived.iter().all(|(c, ..)| report.value(*c).state == State::Blank));
    }
    assert_eq!(proved, 11);
}

#[test]
fn united_states_chains() {
    let forms = us_forms();
    let (cells, mut reports) = united_states(&forms);
    let registry = Registry::default();
    let checker = Checker::new(&forms, &registry);
    for report in &mut reports {
        let derived = checker.report(report).derived;
        fill_derived(report, &derived);
    }
    let references: Vec<&Report> = reports.iter().collect();
    let findings = checker.chains(&references);
    common::well_formed(&findings);
    for (row, broken, all) in [("requests", 355, 1202), ("appeals", 123, 970), ("consultations", 121, 1201)] {
        let (start, end) = (format!("{row}.pending_start"), format!("{row}.pending_end"));
        let mut pairs = Vec::new();
        for ((agency, year), now) in &cells {
            let before = cells.get(&(agency.clone(), year - 1)).and_then(|c| c.get(&end));
            pairs.extend(now.get(&start).zip(before).map(|(a, b)| a != b));
        }
        assert_eq!((pairs.len(), pairs.iter().filter(|b| **b).count()), (all, broken), "{row}, counted plainly");
        let found = findings.iter().filter(|f| f.rule == "carry-over" && f.cells == [start.as_str()]);
        assert_eq!(found.count(), broken, "{row}");
    }
    assert!(findings.iter().all(|f| f.severity == nianbao_form::Severity::Warning));
}

/// The gold of one real report.
fn gold(forms: &Forms, name: &str, agency: &str, year: u16) -> Option<Report> {
    let file = common::shared(&format!("real/reports/gold/{name}.csv"))?;
    let mut report = Report::new(forms, name, agency, year, forms.for_year(year).unwrap());
    for row in csv::Reader::from_path(file).unwrap().deserialize() {
        let (cell, value, state): (String, String, String) = row.unwrap();
        let state = State::parse(&state).unwrap();
        let value =
            if state == State::Number { common::value(&value) } else { nianbao_form::Value::without(state, "", Place::Unknown) };
        report.set(forms.cell(&cell).unwrap(), value);
    }
    Some(report)
}

/// What `shared/real/reports/README.md` says of the identities of each.
#[test]
fn real_chinese_reports() {
    let forms = Forms::built_in();
    let registry = Registry::default();
    let checker = Checker::new(forms, &registry);
    let review = vec!["review.reconsideration.total", "review.litigation_after_reconsideration.total"];
    let cases: [(&str, u16, Vec<&str>, usize); 7] = [
        ("hongze-2023", 2023, review, 2),
        ("pingtan-2019", 2019, vec![], 0),
        ("pingtan-2020", 2020, vec!["requests.handled.natural_person", "requests.handled.total"], 1),
        ("pingtan-2021", 2021, vec![], 0),
        ("pingtan-czj-2020", 2020, vec![], 0),
        ("shanghai-office-2025", 2025, vec![], 0),
        ("shuyang-fgj-2023", 2023, vec![], 0),
    ];
    for (name, year, totals, causes) in cases {
        let Some(report) = gold(forms, name, name, year) else { return };
        let findings = checker.report(&report).findings;
        common::well_formed(&findings);
        let errors = findings.iter().filter(|f| f.severity == nianbao_form::Severity::Error && f.rule != "suspect-cell");
        let wholes: Vec<&str> = errors.map(|f| f.cells.last().unwrap().as_str()).collect();
        assert_eq!(wholes, totals, "{name}: {findings:#?}");
        let leading = findings.iter().filter(|f| f.severity == nianbao_form::Severity::Error && f.leads());
        assert_eq!(leading.count(), causes, "{name}: {findings:#?}");
    }
}

#[test]
fn real_chain() {
    let forms = Forms::built_in();
    let Some(before) = gold(forms, "pingtan-2019", "平潭", 2019) else { return };
    let Some(now) = gold(forms, "pingtan-2020", "平潭", 2020) else { return };
    let findings = nianbao_check::check_chains(forms, &Registry::default(), &[&before, &now]);
    common::well_formed(&findings);
    assert!(findings.iter().any(|f| f.rule == "stock" && f.cells[0] == "proactive.rules.published_total"), "{findings:#?}");
}
