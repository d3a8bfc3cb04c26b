//! What the program finds in the sample: every planted defect, no other error, every figure as it was printed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use nianbao_form::{Finding, Forms, Registry, Report, Severity, Subject};
use nianbao_intake::{Receipt, Status};
use nianbao_screen::{Scope, collection};

fn home() -> PathBuf {
    nianbao_sample::home()
}

fn read(folder: &str, registry: &str) -> (Registry, Vec<Receipt>) {
    let (registry, problems) = nianbao_intake::read_registry(&home().join(registry)).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let sources = nianbao_intake::gather(&[home().join(folder)]).unwrap();
    let receipts = nianbao_intake::read_all(Forms::built_in(), &registry, &sources, &|_| {});
    (registry, receipts)
}

fn column(rows: &[csv::StringRecord], n: usize) -> Vec<&str> {
    rows.iter().map(|r| &r[n]).collect()
}

fn rows(name: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(home().join(name)).unwrap().records().map(|r| r.unwrap()).collect()
}

/// All findings of all years, as a run makes them.
fn findings(registry: &Registry, receipts: &[Receipt]) -> Vec<Finding> {
    let forms = Forms::built_in();
    let received: BTreeMap<String, String> = rows("received.csv").iter().map(|r| (r[0].to_owned(), r[1].to_owned())).collect();
    let mut reports: Vec<Report> = receipts.iter().flat_map(|r| r.reports.clone()).collect();
    let mut out = Vec::new();
    for report in &mut reports {
        let checked = nianbao_check::check_report(forms, registry, report);
        nianbao_check::fill_derived(report, &checked.derived);
        out.extend(checked.findings);
    }
    let arrivals: Vec<collection::Arrival<'_>> = reports
        .iter()
        .map(|report| collection::Arrival {
            report,
            bytes_equal_key: None,
            received: received.get(report.source.as_ref()).map(String::as_str),
        })
        .collect();
    let mut selection = collection::select(forms, registry, &arrivals);
    let old = |f: &Finding| reports.iter().zip(&selection.superseded_by).any(|(r, s)| s.is_some() && Subject::of(r) == f.subject);
    out.retain(|f| !old(f));
    out.append(&mut selection.findings);
    for year in 2019..=2024 {
        // The real example lies in another folder.
        out.extend(
            collection::missing(registry, year, &arrivals, &selection)
                .into_iter()
                .filter(|f| f.subject.agency_id != "EXAMPLE-2020"),
        );
    }
    out.extend(collection::late(registry, &arrivals, collection::Deadline::parse("01-31").unwrap()));
    for (earlier, later) in selection.superseded_by.iter().enumerate().filter_map(|(i, s)| s.map(|s| (i, s))) {
        out.extend(nianbao_check::check_restated(forms, &reports[earlier], &reports[later]));
    }
    let counted: Vec<&Report> = reports.iter().zip(&selection.counted).filter(|(_, c)| **c).map(|(r, _)| r).collect();
    out.extend(nianbao_check::check_chains(forms, registry, &counted));
    let compilation = nianbao_compile::compile(forms, registry, &counted, None).unwrap();
    let totals = compilation.at_the_top().collect();
    for year in 2021..=2024 {
        out.extend(nianbao_screen::outliers(Scope { forms, registry, totals: &totals, reports: &counted, year }));
    }
    out
}

fn same_case(row: &csv::StringRecord, finding: &Finding) -> bool {
    let agency = if row[1].is_empty() { finding.subject.agency == row[2] } else { finding.subject.agency_id == row[1] };
    agency && finding.rule == row[4] && finding.subject.year.to_string() == row[0]
}

#[test]
fn every_planted_defect_is_found_and_no_other_error() {
    let (registry, receipts) = read("reports", "agencies.csv");
    let findings = findings(&registry, &receipts);
    let planted = rows("planted.csv");
    assert!(column(&planted, 4).len() > 15);
    let mut missed = Vec::new();
    for row in &planted {
        let cell = |f: &&Finding| row[5].is_empty() || f.cells.iter().any(|c| c == &row[5]);
        if !findings.iter().filter(|f| same_case(row, f)).any(|f| cell(&f)) {
            missed.push(format!("{row:?}"));
        }
    }
    let listed = |f: &Finding| planted.iter().any(|row| same_case(row, f));
    let tell = |f: &&Finding| format!("{} {} {} {}: {}", f.rule, f.subject.year, f.subject.agency, f.cells.join(";"), f.message);
    let others: Vec<&Finding> = findings.iter().filter(|f| !listed(f)).collect();
    for f in &others {
        eprintln!("not planted: {} {}", f.severity.as_str(), tell(f));
    }
    let errors: Vec<String> = others.iter().filter(|f| f.severity == Severity::Error).map(tell).collect();
    assert!(missed.is_empty() && errors.is_empty(), "missed: {missed:#?}\nerrors that were not planted: {errors:#?}");
}

#[test]
fn every_figure_is_read_as_it_was_printed() {
    let forms = Forms::built_in();
    let (_, receipts) = read("reports", "agencies.csv");
    let readings = nianbao_sample::readings();
    assert_eq!(receipts.len(), readings.len());
    let mut wrong = Vec::new();
    let mut cells = 0;
    for receipt in &receipts {
        let [report] = receipt.reports.as_slice() else {
            wrong.push(format!("{}: {:?} {}", receipt.name, receipt.status, receipt.reason));
            continue;
        };
        for (id, state, value) in &readings[receipt.name.as_ref()] {
            let read = report.value(forms.cell(id).unwrap());
            let number = read.number.map(|n| n.to_string()).unwrap_or_default();
            cells += 1;
            if (read.state.as_str(), number.as_str()) != (*state, value.as_str()) {
                wrong.push(format!(
                    "{}: {id}: printed {state} {value}, read {} {number} ({})",
                    receipt.name,
                    read.state.as_str(),
                    read.raw
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells} cells: {:#?}", wrong.len(), &wrong[..wrong.len().min(60)]);
}

#[test]
fn the_second_inbox_is_sorted_out() {
    let (_, receipts) = read("second-inbox/files", "second-inbox/agencies.csv");
    let with = |status: &[Status]| {
        receipts.iter().filter(|r| status.contains(&r.status)).map(|r| r.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(with(&[Status::Read, Status::Partial]), ["区发改局2024年报.docx", "区审计局2024年报.html"], "{receipts:?}");
    let foreign = with(&[Status::Foreign]);
    assert_eq!(foreign.iter().filter(|name| name.starts_with("关于召开")).count(), 3, "{foreign:?}");
    assert_eq!(receipts.len(), 11);
    for receipt in receipts.iter().filter(|r| matches!(r.status, Status::Unreadable | Status::Foreign)) {
        assert!(!receipt.reason.is_empty() && receipt.reports.is_empty(), "{}", receipt.name);
    }
}

#[test]
fn the_city_is_clean() {
    let forms = Forms::built_in();
    let (registry, receipts) = read("city/cells", "city/agencies.csv");
    let reports: Vec<&Report> = receipts.iter().flat_map(|r| &r.reports).collect();
    assert_eq!(reports.len(), 13 * 3);
    let mut findings: Vec<Finding> =
        reports.iter().flat_map(|r| nianbao_check::check_report(forms, &registry, r).findings).collect();
    findings.extend(nianbao_check::check_chains(forms, &registry, &reports));
    assert!(findings.is_empty(), "{findings:#?}");
}
