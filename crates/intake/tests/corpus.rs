//! The corpus of `tests/corpus`: every document against what it says, and the table of docs/reading.md that comes of it.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use nianbao_form::{Registry, Report, State};
use nianbao_intake::{Receipt, Source, read_all};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus")
}

/// A line of documents.csv.
struct Document {
    path: String,
    /// Names of files in expected/, in the order of the reports in the document.
    expected: Vec<String>,
    status: String,
    rules: Vec<String>,
}

fn documents() -> Vec<Document> {
    let split = |text: &str| text.split(';').filter(|t| !t.is_empty()).map(str::to_owned).collect();
    let mut rows = csv::Reader::from_path(corpus().join("documents.csv")).unwrap();
    rows.records()
        .map(|r| r.unwrap())
        .map(|r| Document { path: r[0].into(), expected: split(&r[1]), status: r[2].into(), rules: split(&r[3]) })
        .collect()
}

/// What cells should be: cell, value, state.
fn expected(name: &str) -> Vec<(String, String, String)> {
    let mut rows = csv::Reader::from_path(corpus().join("expected").join(format!("{name}.csv"))).unwrap();
    rows.records().map(|r| r.unwrap()).map(|r| (r[0].into(), r[1].into(), r[2].into())).collect()
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    right: usize,
    wrong: usize,
    unread: usize,
}

/// Compares a report with what it should say. A figure that was left as words or not found is unread; whatever else
/// differs is wrong: another number, a number for a blank, a blank for a number.
fn compare(report: Option<&Report>, expected: &[(String, String, String)], notes: &mut Vec<String>) -> Tally {
    let forms = common::forms();
    let mut tally = Tally::default();
    for (id, number, state) in expected {
        let cell = forms.cell(id).unwrap();
        let (found, is) = report.map_or((String::new(), State::Absent), |r| {
            let v = r.value(cell);
            (v.number.map(|n| n.to_string()).unwrap_or_default(), v.state)
        });
        if is.as_str() == state && (state != "number" || found == *number) {
            tally.right += 1;
        } else if matches!(is, State::Text | State::Absent) {
            tally.unread += 1;
            notes.push(format!("{id} not read ({})", is.as_str()));
        } else {
            tally.wrong += 1;
            notes.push(format!("{id}: {} {found}, should be {state} {number}", is.as_str()));
        }
    }
    let listed: Vec<_> = expected.iter().filter_map(|e| forms.cell(&e.0)).collect();
    for (cell, value) in report.into_iter().flat_map(|r| r.cells(forms)) {
        if value.state == State::Number && !listed.contains(&cell) {
            tally.wrong += 1;
            notes.push(format!("{}: a number that is not there", forms.id(cell)));
        }
    }
    tally
}

fn receipts(path: &str) -> Vec<Receipt> {
    let source = Source { name: path.into(), path: corpus().join("documents").join(path) };
    read_all(common::forms(), &Registry::default(), &[source], &|_| ())
}

#[test]
fn every_document() {
    let mut table: BTreeMap<(String, String), (usize, Tally)> = BTreeMap::new();
    let mut reasons = Vec::new();
    let mut faults = Vec::new();
    for document in documents() {
        let receipts = receipts(&document.path);
        let reports: Vec<&Report> = receipts.iter().flat_map(|r| &r.reports).collect();
        let mut tally = Tally::default();
        let mut notes = Vec::new();
        for (at, name) in document.expected.iter().enumerate() {
            let one = compare(reports.get(at).copied(), &expected(name), &mut notes);
            tally.right += one.right;
            tally.wrong += one.wrong;
            tally.unread += one.unread;
        }
        let status = receipts[0].status;
        if reports.len() != document.expected.len()
            && !(document.expected.is_empty() && reports.iter().all(|r| r.count(common::forms(), State::Number) == 0))
        {
            notes.push(format!("{} reports, should be {}", reports.len(), document.expected.len()));
        }
        if document.expected.is_empty() && (status.as_str() != document.status || receipts[0].reason.is_empty()) {
            notes.push(format!("status {}, should be {} with a reason", status.as_str(), document.status));
        }
        for rule in &document.rules {
            if !reports.iter().any(|r| r.remarks.iter().any(|m| m.rule == rule)) {
                notes.push(format!("no remark {rule}"));
            }
        }
        let extension = document.path.rsplit('.').next().unwrap().to_owned();
        let writer = document.path.split('/').next().unwrap().to_owned();
        let row = table.entry((extension, writer)).or_default();
        row.0 += 1;
        row.1.right += tally.right;
        row.1.wrong += tally.wrong;
        row.1.unread += tally.unread;
        let said: Vec<String> = receipts.iter().filter(|r| !r.reason_en.is_empty()).map(|r| r.reason_en.clone()).collect();
        if tally.unread > 0 {
            reasons.push(format!("- `{}`: {} cells: {}", document.path, tally.unread, said.join("; ")));
        }
        // What is left unread is told in the table and with its reason; everything else is a fault.
        notes.retain(|n| !n.contains(" not read ("));
        if !notes.is_empty() || (tally.unread > 0 && said.is_empty()) {
            let more = notes.len().saturating_sub(6);
            faults.push(format!(
                "{}: {tally:?} {}{}; {}",
                document.path,
                notes[..notes.len() - more].join(", "),
                if more > 0 { format!(" and {more} more") } else { String::new() },
                said.join("; ")
            ));
        }
    }
    let all = table.values().fold(Tally::default(), |a, (_, t)| Tally {
        right: a.right + t.right,
        wrong: a.wrong + t.wrong,
        unread: a.unread + t.unread,
    });
    let page = page(&table, all, &reasons);
    let path = corpus().join("../../docs/reading.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(faults.is_empty(), "{all:?}\n{}", faults.join("\n"));
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        page,
        "docs/reading.md is stale: UPDATE_DOCS=1 cargo test --release --workspace --test corpus"
    );
}

fn page(table: &BTreeMap<(String, String), (usize, Tally)>, all: Tally, reasons: &[String]) -> String {
    let mut out = String::from(include_str!("corpus/reading-head.md"));
    out.push_str("\n| container | writer | documents | cells right | wrong | unread |\n|---|---|---:|---:|---:|---:|\n");
    let mut documents = 0;
    for ((container, writer), (n, t)) in table {
        documents += n;
        let _ = writeln!(out, "| {container} | {writer} | {n} | {} | {} | {} |", t.right, t.wrong, t.unread);
    }
    let _ = writeln!(out, "| all | | {documents} | {} | {} | {} |", all.right, all.wrong, all.unread);
    if !reasons.is_empty() {
        let _ = writeln!(out, "\nNot read, with what the program says of it:\n\n{}", reasons.join("\n"));
    }
    out
}
