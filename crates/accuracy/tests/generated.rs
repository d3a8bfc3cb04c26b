//! Generated districts are what they promise to be.
#![allow(clippy::unwrap_used)]

use nianbao_accuracy::{Rates, generate};
use nianbao_form::{Forms, Report};

fn counts(report: &Report, cell: nianbao_form::Cell) -> i64 {
    report.counts_as(cell).unwrap().millionths()
}

#[test]
fn every_identity_and_every_chain_holds() {
    let forms = Forms::built_in();
    let reports = generate::district(forms, 3, 200, 2021..=2025, &Rates::fitted());
    for pair in reports.chunks(5).flat_map(|own| own.windows(2)) {
        let [last, now] = pair else { unreachable!() };
        let form = forms.form(now.form);
        for identity in &form.identities {
            assert_eq!(identity.terms().map(|(c, k)| k * counts(now, c)).sum::<i64>(), 0, "{}", identity.label);
        }
        for chain in &form.chains {
            let this: i64 = chain.this.iter().map(|t| t.sign * counts(now, t.cell)).sum();
            assert_eq!(this, chain.last.iter().map(|t| t.sign * counts(last, t.cell)).sum::<i64>(), "{}", chain.label);
        }
        assert!(form.cells.iter().all(|&c| counts(now, c) >= 0));
    }
}

#[test]
fn zeros_are_as_common_as_in_real_reports() {
    let (forms, rates) = (Forms::built_in(), Rates::fitted());
    let reports = generate::district(forms, 5, 1_000, 2021..=2023, &rates);
    let form = forms.form(forms.find("2021").unwrap());
    let cells: Vec<_> =
        form.cells.iter().filter(|c| ["requests", "review"].contains(&forms.id(**c).split('.').next().unwrap())).collect();
    let zeros: usize = reports.iter().map(|r| cells.iter().filter(|c| counts(r, ***c) == 0).count()).sum();
    let share = zeros as f64 / (cells.len() * reports.len()) as f64;
    println!("{share:.3} of {} cells are zero; fitted {:.3}", cells.len(), rates.get("zero_share"));
    assert!((share - rates.get("zero_share")).abs() < 0.005);
}

#[test]
fn the_same_seed_gives_the_same_district() {
    let make = |seed| generate::district(Forms::built_in(), seed, 20, 2021..=2022, &Rates::fitted());
    assert!(make(1) == make(1));
    assert!(make(1) != make(2));
}
