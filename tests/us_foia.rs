//! A form of another country, with no line of Rust for it: 41,916 real rows of United States agencies.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use std::collections::BTreeMap;

const CELLS: &str = "data/us-foia/cells-2008-2020.csv";
const TOTALS: &str = "data/us-foia/published-totals-2008-2020.csv";
const FORM: &str = "data/forms/us-foia.toml";

/// (agency, year) → cell → value, read by hand.
fn figures() -> BTreeMap<(String, u16), BTreeMap<String, i64>> {
    let mut all: BTreeMap<(String, u16), BTreeMap<String, i64>> = BTreeMap::new();
    for row in file_rows(&root().join(CELLS)) {
        let cells = all.entry((row["agency"].clone(), row["year"].parse().unwrap())).or_default();
        if let Ok(value) = row["value"].parse() {
            cells.insert(row["cell"].clone(), value);
        }
    }
    all
}

#[test]
fn identities_and_chains_are_counted_as_a_plain_count_counts_them() {
    let output = nianbao(&["check", CELLS, "--form-file", FORM, "--format", "csv"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let findings = rows(&out(&output));
    let count =
        |rule: &str, cell: &str| findings.iter().filter(|f| f["rule"] == rule && f["cell"].split(';').any(|c| c == cell)).count();

    let figures = figures();
    assert_eq!(figures.len(), 1327);
    let broken = |kind: &str| {
        figures
            .iter()
            .filter(|((agency, year), cells)| {
                let now = cells.get(&format!("{kind}.pending_start"));
                let before = figures.get(&(agency.clone(), year - 1)).and_then(|c| c.get(&format!("{kind}.pending_end")));
                now.zip(before).is_some_and(|(a, b)| a != b)
            })
            .count()
    };
    for (kind, want) in [("requests", 355), ("appeals", 123), ("consultations", 121)] {
        assert_eq!(broken(kind), want);
        assert_eq!(count("carry-over", &format!("{kind}.pending_start")), want, "{kind}");
    }
    let unbalanced = |kind: &str| {
        figures
            .values()
            .filter(|c| {
                let get = |n: &str| c.get(&format!("{kind}.{n}")).copied();
                match (get("pending_start"), get("received"), get("processed"), get("pending_end")) {
                    (Some(a), Some(b), Some(c), Some(d)) => a + b - c != d,
                    _ => false,
                }
            })
            .count()
    };
    for (kind, want) in [("requests", 0), ("appeals", 5), ("consultations", 0)] {
        assert_eq!(unbalanced(kind), want);
        assert_eq!(count("balance", &format!("{kind}.received")), want, "{kind}");
    }
    let rule = |rule: &str| findings.iter().filter(|f| f["rule"] == rule).count();
    assert_eq!(rule("dispositions-total"), 0);
    assert_eq!(rule("dispositions-processed"), 1);
    assert_eq!(rule("appeal-dispositions-total"), 0);
    assert_eq!(rule("appeal-dispositions-processed"), 2);
    assert!(findings.iter().filter(|f| f["rule"] == "carry-over").all(|f| f["severity"] == "warning"));
}

#[test]
fn the_four_cells_of_2016_are_explained_by_three_agencies() {
    let output = nianbao(&["reconcile", TOTALS, CELLS, "--form-file", FORM, "--format", "csv"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let rows = rows(&out(&output));
    let differ: Vec<_> = rows.iter().filter(|r| r["status"] == "differs").collect();
    assert_eq!(differ.len(), 4, "{differ:?}");
    assert!(differ.iter().all(|r| r["year"] == "2016" && !r["explanation"].is_empty()), "{differ:?}");
    assert_eq!(rows.iter().filter(|r| r["status"] == "not-comparable").count(), 6);
    let text = nianbao(&["reconcile", TOTALS, CELLS, "--form-file", FORM, "--lang", "en"]);
    eprintln!("{}", out(&text));
}

#[test]
fn it_is_published_too() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "pipelines/us-foia.toml", "--out", dir.path().to_str().unwrap(), "--lang", "en"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let published = dir.path().join("2020");
    let totals: BTreeMap<String, String> = file_rows(&root().join(TOTALS))
        .into_iter()
        .filter(|r| r["year"] == "2020")
        .map(|r| (r["cell"].clone(), r["value"].clone()))
        .collect();
    let sums = file_rows(&published.join("data/district.csv"));
    let mut compared = 0;
    for row in sums.iter().filter(|r| r["year"] == "2020") {
        if let Some(total) = totals.get(&row["cell"]).filter(|t| *t != "NaN") {
            assert_eq!(&row["value"], total, "{}", row["cell"]);
            compared += 1;
        }
    }
    assert!(compared >= 30, "{compared}");
    // Read back, its report says whose it is and of which year.
    let report = published.join("district-report.docx");
    let read = rows(&out(&nianbao(&["normalize", report.to_str().unwrap(), "--form-file", FORM])));
    let mine: BTreeMap<&str, &str> = sums
        .iter()
        .filter(|r| r["level"] != "agency" && r["year"] == "2020")
        .map(|r| (r["cell"].as_str(), r["value"].as_str()))
        .collect();
    assert!(read.len() >= 30 && read.iter().all(|r| r["year"] == "2020" && r["agency"] == "All agencies"), "{:?}", read.first());
    for row in read.iter().filter(|r| r["state"] == "number") {
        assert_eq!(mine.get(row["cell"].as_str()), Some(&row["value"].as_str()), "{}", row["cell"]);
    }
    assert!(std::fs::read_to_string(published.join("index.html")).unwrap().contains("Department"));
}

#[test]
fn a_run_explains_the_published_totals() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "pipelines/us-foia.toml", "--out", dir.path().to_str().unwrap(), "--progress", "none"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let rows = file_rows(&dir.path().join("2020/data/reconciliation.csv"));
    let differing: Vec<_> = rows.iter().filter(|r| r["status"] == "differs").collect();
    assert_eq!(differing.iter().filter(|r| r["year"] == "2016").count(), 4);
    assert!(differing.iter().all(|r| !r["explanation"].is_empty()), "{differing:?}");
    let page = std::fs::read_to_string(dir.path().join("2020/index.html")).unwrap();
    assert!(page.contains("id=\"published\""), "the page does not show the comparison");
}
