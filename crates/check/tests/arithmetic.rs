//! Whatever is consistent passes; what is blanked is never held against anybody and comes back right; a changed cell is
//! among the suspects.
#![allow(clippy::unwrap_used)]

mod common;

use nianbao_check::Checker;
use nianbao_form::{Cell, Forms, Number, Place, Registry, Report, Severity, State, Value};
use proptest::prelude::*;

const COLUMNS: [&str; 6] = [
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organisation",
    "legal_service_organisation",
    "other_organisation",
];

fn number(n: i64) -> Value {
    Value::number(Number::whole(n).unwrap(), n.to_string(), Place::Unknown)
}

/// A consistent report of either form: parts first, totals from them. `seed` gives outcome counts column by column,
/// what is carried out and in, and table four.
fn consistent(year: u16, seed: &[u16]) -> Report {
    let forms = Forms::built_in();
    let ix = forms.for_year(year).unwrap();
    let form = forms.form(ix);
    let mut report = Report::new(forms, "made", "某局", year, ix);
    let mut seed = seed.iter().cycle().enumerate();
    // Most cells of a real table are 0.
    let mut next = || seed.next().map(|(i, &n)| if (usize::from(n) + i) % 5 > 1 { 0 } else { i64::from(n % 400) }).unwrap();
    for &cell in &form.cells {
        report.set(cell, number(0));
    }
    let set = |report: &mut Report, id: &str, n: i64| report.set(forms.cell(id).unwrap(), number(n));
    let requests = form.blocks.iter().find(|b| b.id == "requests").unwrap();
    let frame = ["received", "carried_in", "handled", "carried_out"];
    let rows: Vec<&str> = requests.rows.iter().map(|r| r.id.as_str()).collect();
    let mut totals = vec![0; rows.len()];
    for column in COLUMNS {
        let mut made: Vec<i64> = rows.iter().map(|r| if frame.contains(r) { 0 } else { next() }).collect();
        let (handled, out) = (made.iter().sum::<i64>(), next());
        let carried_in = next().min(handled + out);
        for (row, n) in [(frame[0], handled + out - carried_in), (frame[1], carried_in), (frame[2], handled), (frame[3], out)] {
            made[rows.iter().position(|r| *r == row).unwrap()] = n;
        }
        for (i, row) in rows.iter().enumerate() {
            set(&mut report, &format!("requests.{row}.{column}"), made[i]);
            totals[i] += made[i];
        }
    }
    for (i, row) in rows.iter().enumerate() {
        set(&mut report, &format!("requests.{row}.total"), totals[i]);
    }
    for row in ["reconsideration", "direct_litigation", "litigation_after_reconsideration"] {
        let parts: Vec<i64> = (0..4).map(|_| next()).collect();
        for (column, n) in ["upheld", "corrected", "other", "pending"].iter().zip(&parts) {
            set(&mut report, &format!("review.{row}.{column}"), *n);
        }
        set(&mut report, &format!("review.{row}.total"), parts.iter().sum());
    }
    report
}

/// The cells that stand in identities.
fn cells(report: &Report) -> Vec<Cell> {
    let form = Forms::built_in().form(report.form);
    form.cells.iter().copied().filter(|c| form.identities.iter().any(|i| i.terms().any(|(t, _)| t == *c))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn consistent_reports_pass(year in 2019u16..2025, seed in proptest::collection::vec(any::<u16>(), 60)) {
        let registry = Registry::default();
        let report = consistent(year, &seed);
        let checked = Checker::new(Forms::built_in(), &registry).report(&report);
        prop_assert_eq!(checked.verdicts, [Forms::built_in().form(report.form).identities.len(), 0, 0]);
        prop_assert!(checked.findings.is_empty() && checked.derived.is_empty(), "{:?}", checked.findings);
    }

    #[test]
    fn blanks_are_no_errors_and_come_back_right(
        year in 2019u16..2025,
        seed in proptest::collection::vec(any::<u16>(), 60),
        share in 1u32..100,
        blank in proptest::collection::vec(0u32..100, 200),
    ) {
        let registry = Registry::default();
        let forms = Forms::built_in();
        let truth = consistent(year, &seed);
        let mut report = truth.clone();
        for (cell, _) in cells(&truth).into_iter().zip(&blank).filter(|(_, b)| **b < share) {
            report.set(cell, Value::without(State::Blank, "", Place::Unknown));
        }
        let checked = Checker::new(forms, &registry).report(&report);
        common::well_formed(&checked.findings);
        prop_assert!(checked.findings.iter().all(|f| f.severity < Severity::Error), "{:?}", checked.findings);
        prop_assert_eq!(checked.verdicts[1], 0);
        for (cell, number, key) in &checked.derived {
            prop_assert_eq!(Some(*number), truth.counts_as(*cell), "{} by {}", forms.id(*cell), key);
            prop_assert_eq!(report.value(*cell).state, State::Blank);
        }
        for f in &checked.findings {
            prop_assert_eq!(&f.suggestion[0], &truth.counts_as(forms.cell(&f.cells[0]).unwrap()).unwrap().to_string());
        }
    }

    #[test]
    fn a_changed_cell_is_among_the_suspects(
        year in 2019u16..2025,
        seed in proptest::collection::vec(any::<u16>(), 60),
        which in any::<prop::sample::Index>(),
        wrong in 0i64..2000,
    ) {
        let registry = Registry::default();
        let forms = Forms::built_in();
        let truth = consistent(year, &seed);
        let cell = *which.get(&cells(&truth));
        prop_assume!(truth.counts_as(cell) != Number::whole(wrong));
        let mut report = truth.clone();
        report.set(cell, number(wrong));
        let checked = Checker::new(forms, &registry).report(&report);
        common::well_formed(&checked.findings);
        let wanted = truth.counts_as(cell).unwrap().to_string();
        let suspects: Vec<_> = checked.findings.iter().filter(|f| f.rule == "suspect-cell").collect();
        let named = |f: &&&nianbao_form::Finding| f.cells == [forms.id(cell)] && f.expected == [wanted.as_str()];
        prop_assert_eq!(suspects.iter().filter(named).count(), 1, "{:?}", checked.findings);
        // Table three tells one cell from all others; one cause is all that the reader sees.
        if forms.id(cell).starts_with("requests") {
            prop_assert_eq!(suspects.len(), 1, "{:?}", suspects);
            prop_assert_eq!(&suspects[0].suggestion, &vec![wanted]);
        }
        prop_assert_eq!(checked.findings.iter().filter(|f| f.leads()).count(), 1);
    }

    #[test]
    fn two_changed_cells_are_explained_by_two_at_most(
        seed in proptest::collection::vec(any::<u16>(), 60),
        which in any::<[prop::sample::Index; 2]>(),
        wrong in [0i64..2000, 0i64..2000],
    ) {
        let registry = Registry::default();
        let mut report = consistent(2022, &seed);
        let all = cells(&report);
        for (at, n) in which.iter().zip(wrong) {
            report.set(*at.get(&all), number(n));
        }
        let checked = Checker::new(Forms::built_in(), &registry).report(&report);
        common::well_formed(&checked.findings);
        prop_assert!(checked.findings.iter().all(|f| f.rule != "budget"));
        // A set of one cell more may lead where it is far likelier; the smallest stands beside it.
        let suspects = || checked.findings.iter().filter(|f| f.rule == "suspect-cell");
        let smallest = |lead: &nianbao_form::Finding| {
            suspects().filter(|f| f.cause_key() == lead.cause_key()).map(|f| f.cells.len()).min().unwrap_or(9)
        };
        let leads = || checked.findings.iter().filter(|f| f.leads());
        prop_assert!(leads().map(smallest).sum::<usize>() <= 2, "{:?}", checked.findings);
        prop_assert!(leads().map(|f| f.cells.len()).sum::<usize>() <= 3, "{:?}", checked.findings);
    }
}

/// Not a bench, only a floor far below what it does: 20,000 clean reports must not take seconds.
#[test]
fn clean_reports_are_checked_fast() {
    let registry = Registry::default();
    let checker = Checker::new(Forms::built_in(), &registry);
    let report = consistent(2022, &[3, 8, 1, 0, 11, 7]);
    let start = std::time::Instant::now();
    let clean: usize = (0..20_000).filter(|_| checker.report(&report).findings.is_empty()).count();
    eprintln!("{:.0} clean reports a second", 20_000.0 / start.elapsed().as_secs_f64());
    assert_eq!(clean, 20_000);
    assert!(start.elapsed().as_secs() < 5);
}
