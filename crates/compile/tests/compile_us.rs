//! The real United States figures: every sum equals the published one, but for the four of 2016.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use nianbao_compile::{Comparison, Published, Reconciliation, Slip, compile, reconcile};
use nianbao_form::{Forms, Number, Place, Registry, Report, State, Value};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn forms() -> Forms {
    Forms::with_files(&[root().join("data/forms/us-foia.toml")]).unwrap()
}

fn rows(name: &str) -> Vec<HashMap<String, String>> {
    let file = root().join("data/us-foia").join(name);
    csv::Reader::from_path(file).unwrap().deserialize().map(Result::unwrap).collect()
}

fn reports(forms: &Forms) -> Vec<Report> {
    let form = forms.find("us-foia").unwrap();
    let mut out: BTreeMap<(u16, String), Report> = BTreeMap::new();
    for row in rows("cells-2008-2020.csv") {
        let (year, agency) = (row["year"].parse().unwrap(), row["agency"].clone());
        let key = (year, agency.clone());
        let report = out.entry(key).or_insert_with(|| Report::new(forms, "cells-2008-2020.csv", agency, year, form));
        let (cell, raw) = (forms.cell(&row["cell"]).unwrap(), row["value"].as_str());
        report.set(
            cell,
            match Number::parse(raw) {
                Ok(number) => Value::number(number, raw, Place::Unknown),
                Err(_) => Value::without(if raw.is_empty() { State::Blank } else { State::None }, raw, Place::Unknown),
            },
        );
    }
    out.into_values().collect()
}

fn published(forms: &Forms) -> Vec<Published> {
    let of = |row: &HashMap<String, String>| {
        let (year, cell) = (row["year"].parse().unwrap(), forms.cell(&row["cell"]).unwrap());
        Published::new(year, cell, Number::parse(&row["value"]).ok(), row["value"].clone())
    };
    rows("published-totals-2008-2020.csv").iter().map(of).collect()
}

fn result(forms: &Forms) -> Reconciliation {
    let reports = reports(forms);
    let reports: Vec<&Report> = reports.iter().collect();
    reconcile(forms, &Registry::default(), &published(forms), &reports, None).unwrap()
}

#[test]
fn all_but_four_cells_agree() {
    let forms = forms();
    let result = result(&forms);
    assert_eq!(result.rows.len(), 412);
    assert_eq!(result.count(Comparison::NotComparable), 6);
    assert_eq!(result.count(Comparison::Equal), 402, "{}", result.message_en);
    let differing: Vec<(u16, &str, i128)> = result
        .rows
        .iter()
        .filter(|r| r.status == Comparison::Differs)
        .map(|r| (r.year, r.cell_id.as_str(), r.difference.unwrap() / 1_000_000))
        .collect();
    assert_eq!(
        differing,
        [
            (2016, "requests.pending_start", -1),
            (2016, "requests.received", -9),
            (2016, "requests.processed", -5),
            (2016, "requests.pending_end", -5),
        ]
    );
}

#[test]
fn one_set_of_three_agencies_explains_2016() {
    let forms = forms();
    let result = result(&forms);
    assert_eq!(result.explanations.len(), 1, "{:#?}", result.explanations);
    let e = &result.explanations[0];
    let names: Vec<&str> = e.suspects.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Advisory Council on Historic Preservation",
            "National Commission on Military, National, and Public Service",
            "U.S. Nuclear Waste Technical Review Board",
        ]
    );
    assert!(e.suspects.iter().all(|s| s.slip == Slip::Omitted));
    assert!(e.disturbed.is_empty());
    // 28 other cells, one of which (backlog.appeals) was not published as a number.
    assert_eq!((e.unchanged, e.rejected), (27, 1));
    for s in &e.suspects {
        assert!(e.message.contains(&s.name) && e.message_en.contains(&s.name));
    }
    for row in result.rows.iter().filter(|r| r.status == Comparison::Differs) {
        assert!(row.explanation.contains("漏计") && row.explanation_en.contains("left out"), "{row:?}");
    }
}

#[test]
fn every_sum_is_that_of_a_plain_loop() {
    let forms = forms();
    let reports = reports(&forms);
    let refs: Vec<&Report> = reports.iter().collect();
    let compilation = compile(&forms, &Registry::default(), &refs, None).unwrap();
    assert_eq!(compilation.root_name(), "All agencies");
    assert_eq!(compilation.years, (2008..=2020).collect::<Vec<u16>>());
    for row in &compilation.sums {
        let of_year = || reports.iter().filter(|r| r.year == row.year);
        let known: Vec<i128> = of_year().filter_map(|r| r.counts_as(row.cell)).map(|n| i128::from(n.millionths())).collect();
        assert_eq!(row.millionths, (!known.is_empty()).then(|| known.iter().sum()), "{row:?}");
        assert_eq!((row.reports as usize, row.missing as usize), (known.len(), of_year().count() - known.len()), "{row:?}");
    }
    // 119 agency-years lack cells.
    let partial = compilation.coverage.iter().filter(|r| r.status == "partial").count();
    let lacking = reports.iter().filter(|r| r.cells(&forms).any(|(_, v)| v.counts_as().is_none())).count();
    assert_eq!((partial, compilation.coverage.len()), (lacking, reports.len()));
}
