//! Errors that break no identity, put into generated districts (crates/accuracy, which knows no detector): ranked better than
//! by the one-liner max |log1p(now) − mean log1p(history)| of METHODS.md, named, and a clean district left in peace. The
//! full measure is `examples/anomalies.rs`.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use nianbao_accuracy::dice::Dice;
use nianbao_accuracy::inject::{Error, spoil};
use nianbao_accuracy::{Rates, generate};
use nianbao_form::{Forms, Number, Report};
use nianbao_screen::FALSE_DISCOVERY_RATE;
use nianbao_screen::panel::Panel;
use nianbao_screen::screening::{Screening, screen};
use nianbao_screen::slips::Slip;

const AGENCIES: usize = 300;
const SEEDS: u64 = 2;

fn screened(reports: &[Report]) -> Screening {
    let (forms, registry) = (Forms::built_in(), generate::registry(AGENCIES));
    let list: Vec<&Report> = reports.iter().collect();
    screen(forms, &registry, Panel::from_reports(forms, &registry, &list), 2024)
}

fn one_liner(own: &[Report]) -> f64 {
    let (now, past) = own.split_last().unwrap();
    let forms = Forms::built_in();
    let log = |r: &Report, c| r.counts_as(c).map_or(0.0, |n: Number| n.to_f64().ln_1p());
    let one = |&c| (log(now, c) - past.iter().map(|r| log(r, c)).sum::<f64>() / past.len() as f64).abs();
    forms.form(now.form).cells.iter().map(one).fold(0.0, f64::max)
}

/// Average precision; ties go by position, which knows nothing of the errors.
fn average_precision(score: &[f64], wrong: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|&a, &b| score[b].total_cmp(&score[a]).then(a.cmp(&b)));
    let (mut hits, mut sum) = (0.0, 0.0);
    for (at, _) in order.iter().enumerate().filter(|(_, i)| wrong[**i]) {
        hits += 1.0;
        sum += hits / (at + 1) as f64;
    }
    sum / hits
}

#[test]
fn better_than_the_one_liner_and_calm_where_nothing_is_wrong() {
    let (mut ours, mut base, mut false_alarms) = (0.0, 0.0, 0);
    for seed in 0..SEEDS {
        let forms = Forms::built_in();
        let mut reports = generate::district(forms, seed, AGENCIES, 2021..=2024, &Rates::fitted());
        let clean = screened(&reports);
        false_alarms += clean.alarms(FALSE_DISCOVERY_RATE).len();
        let injected = spoil(forms, &mut reports, 2024, 0.045, &Error::KNOWN, &mut Dice::new(seed));
        let screening = screened(&reports);
        let mut wrong = vec![false; AGENCIES];
        injected.iter().for_each(|i| wrong[i.report / 4] = true);
        let odds: Vec<f64> = screening.judged.iter().map(|j| j.odds).collect();
        let line: Vec<f64> = reports.chunks(4).map(one_liner).collect();
        ours += average_precision(&odds, &wrong) / SEEDS as f64;
        base += average_precision(&line, &wrong) / SEEDS as f64;
    }
    println!("average precision {ours:.3}, one-liner {base:.3}; {false_alarms} alarms on clean reports");
    assert!(ours > base + 0.1, "not worth having: {ours} {base}");
    // One in a hundred reports at most, and a standard deviation or two.
    assert!(false_alarms as f64 <= 0.01 * (AGENCIES as u64 * SEEDS) as f64, "{false_alarms} false alarms");
}

#[test]
fn a_gross_slip_is_named_with_the_value_that_undoes_it() {
    let forms = Forms::built_in();
    let clean = generate::district(forms, 9, AGENCIES, 2021..=2024, &Rates::fitted());
    for (kind, slip) in [
        (Error::Times10000, Slip::TimesTenThousand),
        (Error::TableTimes10, Slip::TableTimesTen),
        (Error::LastYear, Slip::LastYear),
    ] {
        let mut reports = clean.clone();
        let injected = spoil(forms, &mut reports, 2024, 0.03, &[kind], &mut Dice::new(4));
        let screening = screened(&reports);
        let errors: BTreeMap<usize, _> = injected.iter().map(|i| (i.report / 4, i)).collect();
        let mut right = 0;
        for judged in screening.judged.iter().filter(|j| errors.contains_key(&j.member)) {
            let error = errors[&judged.member];
            let Some(best) = judged.candidates.first().filter(|c| c.slip == slip) else { continue };
            let truth = |cell| clean[error.report].counts_as(cell).map(|n: Number| n.trunc());
            let panel = |v: i64, cell| if forms.kind(cell) == nianbao_form::Kind::Amount { v / 10_000 } else { v };
            right += usize::from(
                slip == Slip::LastYear || best.undone.iter().all(|&(cell, v)| v.map(|v| panel(v, cell)) == truth(cell)),
            );
        }
        println!("{}: {right} of {} named and undone", kind.name(), errors.len());
        assert!(right * 10 >= errors.len() * 8, "{}: {right} of {}", kind.name(), errors.len());
    }
}

#[test]
fn the_order_of_reports_and_threads_does_not_matter() {
    let forms = Forms::built_in();
    let mut reports = generate::district(forms, 2, AGENCIES, 2021..=2024, &Rates::fitted());
    spoil(forms, &mut reports, 2024, 0.045, &Error::KNOWN, &mut Dice::new(1));
    let one = screened(&reports);
    reports.reverse();
    assert_eq!(one.judged, screened(&reports).judged);
}
