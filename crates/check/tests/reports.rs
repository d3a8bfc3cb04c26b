//! Small reports with the findings that they must give, written beside each other in `tests/data`.
#![allow(clippy::unwrap_used)]

mod common;

use nianbao_check::{Checker, check_chains, check_report, check_resent, check_restated, fill_derived};
use nianbao_form::Forms;

#[test]
fn single_reports() {
    let forms = Forms::built_in();
    common::run("reports.txt", |case| {
        let (registry, reports) = common::scene(forms, &case.given);
        let checker = Checker::new(forms, &registry);
        let mut out = String::new();
        for report in &reports {
            let checked = checker.report(report);
            assert_eq!(checked.findings, check_report(forms, &registry, report).findings);
            let [holds, violated, undecided] = checked.verdicts;
            out.push_str(&format!(
                "{holds} hold, {violated} violated, {undecided} undecided, {} derived\n",
                checked.derived.len()
            ));
            for (cell, number, key) in checked.derived.iter().filter(|d| checked.derived.len() < 12 || d.1.millionths() != 0) {
                out.push_str(&format!("derived {} = {number} by {key}\n", forms.id(*cell)));
            }
            out.push_str(&common::written(&checked.findings));
        }
        out
    });
}

#[test]
fn chains() {
    let forms = Forms::built_in();
    common::run("chains.txt", |case| {
        let (registry, mut reports) = common::scene(forms, &case.given);
        for report in &mut reports {
            let derived = check_report(forms, &registry, report).derived;
            fill_derived(report, &derived);
        }
        let forward: Vec<_> = reports.iter().collect();
        let backward: Vec<_> = reports.iter().rev().collect();
        let findings = check_chains(forms, &registry, &forward);
        assert_eq!(findings, check_chains(forms, &registry, &backward), "the order of the reports must not matter");
        common::written(&findings)
    });
}

#[test]
fn restated() {
    let forms = Forms::built_in();
    common::run("restated.txt", |case| {
        let (registry, reports) = common::scene(forms, &case.given);
        let restated = check_restated(forms, &reports[0], &reports[1]);
        let mut all = check_resent(
            forms,
            (&reports[0], &reports[1]),
            (&check_report(forms, &registry, &reports[0]).findings, &check_report(forms, &registry, &reports[1]).findings),
            &restated,
        )
        .into_iter()
        .collect::<Vec<_>>();
        all.extend(restated);
        common::written(&all)
    });
}
