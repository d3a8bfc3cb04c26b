//! Injected errors break nothing that arithmetic sees.
#![allow(clippy::unwrap_used)]

use nianbao_accuracy::dice::Dice;
use nianbao_accuracy::inject::{Error, spoil};
use nianbao_accuracy::{Rates, generate};
use nianbao_form::{Forms, Report};

#[test]
fn identities_and_chains_still_hold() {
    let forms = Forms::built_in();
    let clean = generate::district(forms, 11, 600, 2021..=2023, &Rates::fitted());
    for kind in Error::KNOWN.into_iter().chain(Error::HELD_OUT) {
        let mut reports = clean.clone();
        let injected = spoil(forms, &mut reports, 2023, 0.1, &[kind], &mut Dice::new(1));
        assert!(injected.len() >= 30, "{}: {}", kind.name(), injected.len());
        println!("{}: {} ({} into zeros)", kind.name(), injected.len(), injected.iter().filter(|i| i.into_zero).count());
        let changed: Vec<usize> = (0..clean.len()).filter(|&i| clean[i] != reports[i]).collect();
        let mut told: Vec<usize> = injected.iter().map(|i| i.report).collect();
        told.sort_unstable();
        assert_eq!(changed, told);
        for &at in &changed {
            holds(forms, &reports[at], &reports[at - 1]);
        }
    }
}

fn holds(forms: &Forms, now: &Report, last: &Report) {
    let n = |r: &Report, c| r.counts_as(c).unwrap().millionths();
    let form = forms.form(now.form);
    for identity in &form.identities {
        assert_eq!(identity.terms().map(|(c, k)| k * n(now, c)).sum::<i64>(), 0, "{}", identity.label);
    }
    for chain in &form.chains {
        let this: i64 = chain.this.iter().map(|t| t.sign * n(now, t.cell)).sum();
        assert_eq!(this, chain.last.iter().map(|t| t.sign * n(last, t.cell)).sum::<i64>(), "{}", chain.label);
    }
}
