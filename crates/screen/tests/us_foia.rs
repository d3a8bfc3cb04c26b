//! The statistics on real figures: annual FOIA reports of United States agencies, 2008–2020 (public domain), under a form
//! that no line of this crate knows.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use nianbao_form::{Forms, Number, Place, Registry, Report, Severity, State, Value};
use nianbao_screen::{Scope, Totals, outliers, rank};

fn figures() -> (Forms, Vec<Report>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let forms = Forms::with_files(&[root.join("forms/us-foia.toml")]).unwrap();
    let form = forms.find("us-foia").unwrap();
    let mut reader = csv::Reader::from_path(root.join("us-foia/cells-2008-2020.csv")).unwrap();
    let mut reports: BTreeMap<(String, u16), Report> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let (agency, year) = (row[0].to_owned(), row[1].parse().unwrap());
        let cell = forms.cell(&row[3]).unwrap();
        let report =
            reports.entry((agency.clone(), year)).or_insert_with(|| Report::new(&forms, "cells.csv", agency, year, form));
        let value = match Number::parse(&row[4]) {
            Ok(number) => Value::number(number, &row[4], Place::Unknown),
            Err(_) => Value::without(State::Blank, &row[4], Place::Unknown),
        };
        report.set(cell, value);
    }
    let reports = reports.into_values().collect();
    (forms, reports)
}

/// The sums of all agencies.
fn totals(forms: &Forms, reports: &[&Report]) -> Totals {
    let mut sums: BTreeMap<(nianbao_form::Cell, u16), i128> = BTreeMap::new();
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
fn few_alarms_in_plain_words_and_the_same_ones_in_any_order() {
    let (forms, reports) = figures();
    let registry = Registry::default();
    let mut list: Vec<&Report> = reports.iter().collect();
    let totals = totals(&forms, &list);
    let (mut alarms, mut looked) = (0, 0);
    for year in 2010..=2020 {
        let scope = Scope { forms: &forms, registry: &registry, totals: &totals, reports: &list, year };
        let mut found = outliers(scope);
        rank(scope, &mut found);
        let of_year = list.iter().filter(|r| r.year == year).count();
        let leads = |f: &&nianbao_form::Finding| f.leads() && f.severity > Severity::Info;
        let leading = found.iter().filter(leads).count();
        println!("{year}: {leading} of {of_year} agencies stand out ({} figures)", found.len());
        for f in found.iter().filter(leads).take(3) {
            println!("  {} {}\n  {}", f.subject.agency, f.message, f.message_en);
        }
        assert!(found.iter().all(|f| !f.message.contains('{') && !f.message_en.contains('{')));
        (alarms, looked) = (alarms + leading, looked + of_year);
    }
    assert!(alarms * 20 <= looked, "{alarms} alarms in {looked} agency-years cry wolf");
    assert!(alarms > 0, "real figures hold real surprises");

    let at =
        |list: &[&Report]| outliers(Scope { forms: &forms, registry: &registry, totals: &totals, reports: list, year: 2016 });
    let forwards = at(&list);
    list.reverse();
    assert_eq!(at(&list), forwards);
}

#[test]
fn a_table_that_is_said_to_hold_nothing_holds_nothing() {
    let (forms, reports) = figures();
    let registry = Registry::default();
    let list: Vec<&Report> = reports.iter().collect();
    let totals = totals(&forms, &list);
    for year in 2010..=2020 {
        let scope = Scope { forms: &forms, registry: &registry, totals: &totals, reports: &list, year };
        for finding in outliers(scope).iter().filter(|f| f.message.contains("全部为0")) {
            let report = list.iter().find(|r| r.year == year && r.agency == finding.subject.agency).unwrap();
            let form = forms.form(report.form);
            for id in &finding.cells {
                let table = &form.block_of(forms.cell(id).unwrap()).unwrap().table;
                let tied = |c| form.chains.iter().any(|chain| chain.this.iter().any(|t| t.cell == c));
                let own = form.cells.iter().filter(|c| form.block_of(**c).unwrap().table == *table && !tied(**c));
                for &cell in own {
                    let n = report.counts_as(cell).map_or(0, Number::trunc);
                    assert_eq!(n, 0, "{year} {}: {} in {}", finding.subject.agency, forms.id(cell), finding.message);
                }
            }
        }
    }
}
