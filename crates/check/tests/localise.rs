//! Wrong cells: nothing proposed breaks an identity, operations are told from cells, evidence decides, hostile reports end.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use nianbao_accuracy::dice::Dice;
use nianbao_accuracy::{Rates, generate};
use nianbao_check::{Block, Cause, Checker, Evidence, Explanation, Told};
use nianbao_form::{Cell, Forms, Number, Place, Registry, Report, State, Value};
use proptest::prelude::*;

fn number(n: i64) -> Value {
    Value::number(Number::whole(n).unwrap(), n.to_string(), Place::Unknown)
}

fn figure(report: &Report, cell: Cell) -> i64 {
    report.counts_as(cell).unwrap().trunc()
}

/// A consistent report with last year's.
fn pair(seed: u64) -> (Report, Report) {
    let mut reports = generate::district(Forms::built_in(), seed, 1, 2022..=2023, &Rates::fitted()).into_iter();
    (reports.next().unwrap(), reports.next().unwrap())
}

fn cells() -> Vec<Cell> {
    let forms = Forms::built_in();
    let registry = Registry::default();
    Checker::new(forms, &registry).kernel(forms.find("2021").unwrap()).unwrap().cells()
}

fn with(report: &Report, explanation: &Explanation) -> Report {
    let mut report = report.clone();
    for (cell, value, _) in &explanation.cells {
        report.set(*cell, Value::number(*value, value.to_string(), Place::Unknown));
    }
    report
}

fn exact(cause: &Cause) -> impl Iterator<Item = &Explanation> {
    cause.explanations.iter().filter(|e| e.cells.iter().all(|(_, low, high)| low == high))
}

/// Whether an identity holds, by itself, blanks being anything from 0 up; `None` where that depends.
fn gap(report: &Report, identity: &nianbao_form::Identity) -> Option<bool> {
    let known = |cells: &[Cell]| cells.iter().filter_map(|c| report.counts_as(*c)).map(|n| n.millionths()).sum::<i64>();
    let blank = |cells: &[Cell]| cells.iter().any(|c| report.counts_as(*c).is_none());
    let (parts, whole) = (known(&identity.parts), known(&identity.whole));
    match (blank(&identity.parts), blank(&identity.whole)) {
        (false, false) => Some(parts == whole),
        (true, false) => (parts > whole).then_some(false),
        (false, true) => (whole > parts).then_some(false),
        (true, true) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is proposed mends what it says it mends and breaks nothing, blanks or not.
    #[test]
    fn no_proposal_breaks_an_identity(seed in 0u64..1000, wrong in 1usize..5, blank in 0.0f64..0.5) {
        let (forms, registry, cells) = (Forms::built_in(), Registry::default(), cells());
        let checker = Checker::new(forms, &registry);
        let (last, mut report) = pair(seed);
        let mut dice = Dice::new(seed);
        let blank = if dice.chance(0.4) { 0.0 } else { blank };
        for _ in 0..wrong {
            let at = cells[dice.below(cells.len())];
            report.set(at, number(dice.below(40) as i64));
        }
        for &cell in &cells {
            if dice.chance(blank) {
                report.set(cell, Value::without(State::Blank, "", Place::Unknown));
            }
        }
        let evidence = Evidence { last_year: Some(&last), ..Evidence::default() };
        let causes = checker.causes(&report, &evidence);
        for cause in &causes {
            for explanation in exact(cause) {
                let mended = with(&report, explanation);
                for identity in &Forms::built_in().form(report.form).identities {
                    let (before, after) = (gap(&report, identity), gap(&mended, identity));
                    prop_assert!(!(before == Some(true) && after == Some(false)), "{} broken by {:?}", identity.key(), explanation);
                    prop_assert!(after != Some(false) || !cause.identities.contains(&identity.key()), "{} not mended by {:?}", identity.key(), explanation);
                }
            }
            let sum: f64 = cause.explanations.iter().map(|e| e.share).sum();
            prop_assert!(cause.explanations.is_empty() || sum < 1.0 + 1e-9);
        }
        if causes.iter().all(|c| c.complete && exact(c).next() == c.explanations.first() && !c.explanations.is_empty()) {
            let all = causes.iter().fold(report.clone(), |r, c| with(&r, &c.explanations[0]));
            prop_assert_eq!(checker.report(&all).verdicts[1], 0);
        }
        common::well_formed(&checker.report_with(&report, &evidence).findings);
    }

    /// The dense kernel and the checker of single reports say the same.
    #[test]
    fn kernel_and_checker_agree(seed in 0u64..1000, wrong in 0usize..4, huge in any::<bool>()) {
        let (forms, registry) = (Forms::built_in(), Registry::default());
        let checker = Checker::new(forms, &registry);
        let form = forms.find("2021").unwrap();
        let kernel = checker.kernel(form).unwrap();
        let cells = kernel.cells();
        let (_, mut report) = pair(seed);
        let mut dice = Dice::new(seed);
        for _ in 0..wrong {
            report.set(cells[dice.below(cells.len())], number(if huge { 99_999_999_999 } else { dice.below(500) as i64 }));
        }
        let mut block = Block::new(cells.len(), 1);
        for (c, cell) in cells.iter().enumerate() {
            block.set(0, c, report.counts_as(*cell).unwrap().millionths());
        }
        let (mut masks, mut figures) = (Vec::new(), Vec::new());
        kernel.violations(&block, &mut masks);
        block.report(0, &mut figures);
        prop_assert_eq!(masks.iter().map(|m| m.count_ones() as usize).sum::<usize>(), checker.report(&report).verdicts[1]);
        let mut sets = Vec::new();
        if let Some(size) = kernel.localiser().smallest(&figures, &masks, |set| sets.push(set.to_vec())) {
            let causes = checker.causes(&report, &Evidence::default());
            let least = |c: &Cause| c.explanations.iter().map(|e| e.cells.len()).min().unwrap();
            prop_assert_eq!(size, causes.iter().map(least).sum::<usize>());
            prop_assert!(causes.iter().all(|c| c.complete));
            for set in &sets {
                let mut mended = report.clone();
                set.iter().for_each(|&(c, v)| mended.set(cells[c], number(v / Number::SCALE)));
                prop_assert!(checker.report(&mended).verdicts[1] < checker.report(&report).verdicts[1]);
            }
        }
    }
}

/// A report whose table three is well filled.
fn filled() -> Report {
    let forms = Forms::built_in();
    let lines = "report 2022 某局\nall 0\n\
        requests.received 41 12 3 0 5 0 61\nrequests.carried_in 2 1 0 0 0 0 3\n\
        requests.disclosed 20 7 2 0 1 0 30\nrequests.partly_disclosed 9 0 1 0 0 0 10\n\
        requests.unavailable.not_held 8 4 0 0 3 0 15\nrequests.handled 37 11 3 0 4 0 55\n\
        requests.carried_out 6 2 0 0 1 0 9\nreview.reconsideration 12 3 1 2 18";
    let lines: Vec<String> = lines.lines().map(|l| l.trim().to_owned()).collect();
    common::scene(forms, &lines).1.remove(0)
}

fn row(name: &str) -> Vec<Cell> {
    let forms = Forms::built_in();
    let form = forms.form(forms.find("2021").unwrap());
    let block = form.blocks.iter().find(|b| b.id == "requests").unwrap();
    let at = block.rows.iter().position(|r| r.id == name).unwrap();
    (0..block.columns.len()).map(|c| block.cell(at, c)).collect()
}

fn set(report: &mut Report, cells: &[Cell], values: &[i64]) {
    cells.iter().zip(values).for_each(|(c, v)| report.set(*c, number(*v)));
}

/// What the first explanation of the only cause changes back, and whether it is an operation.
fn only(report: &Report, evidence: &Evidence<'_>) -> (Vec<(Cell, i64)>, bool, f64) {
    let registry = Registry::default();
    let causes = Checker::new(Forms::built_in(), &registry).causes(report, evidence);
    assert_eq!(causes.len(), 1, "{causes:#?}");
    let first = &causes[0].explanations[0];
    (first.cells.iter().map(|(c, low, _)| (*c, low.trunc())).collect(), first.operation, first.share)
}

#[test]
fn operations_are_one_error() {
    let truth = filled();
    let received = row("received");
    type Slip = fn(&mut Report, &[Cell]);
    let cases: [(&str, Slip); 3] = [
        ("a run shifted by one cell", |r, cells| set(r, cells, &[0, 41, 12, 3, 0, 5, 61])),
        ("two cells exchanged", |r, cells| set(r, cells, &[12, 41, 3, 0, 5, 0, 61])),
        ("two rows exchanged", |r, cells| {
            let other = row("disclosed");
            let (a, b): (Vec<i64>, Vec<i64>) = (values(r, cells), values(r, &other));
            set(r, cells, &b);
            set(r, &other, &a);
        }),
    ];
    for (name, slip) in cases {
        let mut report = truth.clone();
        slip(&mut report, &received);
        let (cells, operation, share) = only(&report, &Evidence::default());
        assert!(operation && share > 0.9, "{name}: {cells:?} {share}");
        let differ = |c: &Cell| figure(&report, *c) != figure(&truth, *c);
        let mut wanted: Vec<(Cell, i64)> = self::cells().into_iter().filter(differ).map(|c| (c, figure(&truth, c))).collect();
        wanted.sort_unstable();
        let mut cells = cells;
        cells.sort_unstable();
        assert_eq!(cells, wanted, "{name}");
    }
}

/// The first column pasted over the totals: the figures alone cannot say which of the two equal columns is the copy.
#[test]
fn a_pasted_column() {
    let truth = filled();
    let mut report = truth.clone();
    let totals: Vec<(Cell, i64)> = rows().iter().map(|name| row(name)).map(|c| (c[6], figure(&truth, c[6]))).collect();
    for name in rows() {
        let cells = row(&name);
        report.set(cells[6], number(figure(&truth, cells[0])));
    }
    let wanted: Vec<(Cell, i64)> = totals.into_iter().filter(|(c, v)| figure(&report, *c) != *v).collect();
    let (_, operation, share) = only(&report, &Evidence::default());
    assert!(operation && share < 0.9, "{share}");
    let mut last = truth.clone();
    last.year -= 1;
    let (cells, operation, share) = only(&report, &Evidence { last_year: Some(&last), ..Evidence::default() });
    assert!(operation && share > 0.5, "{share}");
    assert_eq!(cells, wanted);
}

fn rows() -> Vec<String> {
    let forms = Forms::built_in();
    let form = forms.form(forms.find("2021").unwrap());
    form.blocks.iter().find(|b| b.id == "requests").unwrap().rows.iter().map(|r| r.id.clone()).collect()
}

fn values(report: &Report, cells: &[Cell]) -> Vec<i64> {
    cells.iter().map(|c| figure(report, *c)).collect()
}

/// Five cells of table four tie; last year, or a figure stated elsewhere, says which it was.
#[test]
fn evidence_breaks_ties() {
    let forms = Forms::built_in();
    let truth = filled();
    let cell = |id: &str| forms.cell(&format!("review.reconsideration.{id}")).unwrap();
    let mut report = truth.clone();
    report.set(cell("pending"), number(5));
    let (.., open) = only(&report, &Evidence::default());
    assert!(open < 0.9, "{open}");
    let mut last = truth.clone();
    last.year -= 1;
    let evidence = Evidence { last_year: Some(&last), ..Evidence::default() };
    let (cells, _, share) = only(&report, &evidence);
    assert_eq!(cells, [(cell("pending"), 2)]);
    assert!(share > 0.5, "{share}");
    let told = [Told { cell: cell("pending"), number: Number::whole(2).unwrap() }];
    let (cells, _, share) = only(&report, &Evidence { told: &told, ..Evidence::default() });
    assert_eq!(cells, [(cell("pending"), 2)]);
    assert!(share > 0.8, "{share}");
}

/// What was carried in is what was carried out a year ago: the chain decides between two ways to balance a column.
#[test]
fn a_chain_breaks_ties() {
    let truth = filled();
    let mut report = truth.clone();
    let (received, carried_in) = (row("received"), row("carried_in"));
    // One digit too many in two cells of a column, so that the sum of the two rows' errors shows in the column alone.
    report.set(carried_in[0], number(7));
    report.set(carried_in[6], number(8));
    let mut last = truth.clone();
    last.year -= 1;
    set(&mut last, &row("carried_out"), &values(&truth, &carried_in));
    set(&mut last, &received, &[38, 10, 2, 0, 6, 0, 56]);
    let evidence = Evidence { last_year: Some(&last), ..Evidence::default() };
    let (cells, ..) = only(&report, &evidence);
    assert_eq!(cells, [(carried_in[0], 2), (carried_in[6], 3)]);
    assert_eq!(figure(&report, received[0]), 41);
}

/// Reports are each other's evidence, whatever their order; one of two reports for a year is none.
#[test]
fn together() {
    let forms = Forms::built_in();
    let registry = generate::registry(30);
    let checker = Checker::new(forms, &registry);
    let mut reports = generate::district(forms, 5, 30, 2022..=2023, &Rates::fitted());
    let cells = cells();
    let mut dice = Dice::new(9);
    for report in reports.iter_mut().filter(|r| r.year == 2023) {
        report.set(cells[dice.below(cells.len())], number(dice.below(90) as i64));
    }
    let forward: Vec<&Report> = reports.iter().collect();
    let backward: Vec<&Report> = reports.iter().rev().collect();
    let one: Vec<_> = checker.together(&forward, || ()).into_iter().map(|c| c.findings).collect();
    let mut two: Vec<_> = checker.together(&backward, || ()).into_iter().map(|c| c.findings).collect();
    two.reverse();
    assert_eq!(one, two);
    for (report, findings) in reports.iter().zip(&one) {
        let alone = checker.report(report).findings;
        let keys =
            |f: &[nianbao_form::Finding]| f.iter().map(|f| f.cause_key().to_owned()).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(keys(findings), keys(&alone), "evidence ranks, it neither makes nor hides");
    }
}

/// A form of 1,500 rows and 1,500 columns' worth of identities.
fn hostile() -> Forms {
    let n = 1500;
    let ids: Vec<String> = (0..n).map(|i| format!("{{ id = \"r{i}\", label = \"r{i}\" }}")).collect();
    let names: Vec<String> = (0..n).map(|i| format!("\"r{i}\"")).collect();
    let text = format!(
        "id = \"large\"\ntitle = \"Large\"\nlanguage = \"en\"\nfrom = 2000\n[[block]]\nid = \"t\"\nunit = \"cases\"\n\
         columns = [ {{ id = \"a\", label = \"a\" }}, {{ id = \"b\", label = \"b\" }}, {{ id = \"c\", label = \"c\" }}, {{ id = \"d\", label = \"d\", total = true }} ]\nrows = [ {} ]\n\
         [[identity]]\nname = \"row\"\neach = {{ row = [{}] }}\nparts = [\"{{row}}.a\", \"{{row}}.b\", \"{{row}}.c\"]\nwhole = [\"{{row}}.d\"]\n\
         [[identity]]\nname = \"pair\"\neach = {{ row = [{}] }}\nparts = [\"{{row}}.a\"]\nwhole = [\"{{row}}.b\"]\n",
        ids.join(", "),
        names.join(", "),
        names.join(", "),
    );
    let mut forms = Forms::empty();
    forms.add(Path::new("large.toml"), &text, false).unwrap();
    forms
}

#[test]
fn hostile_reports_end() {
    let registry = Registry::default();
    let forms = hostile();
    let (ix, form) = forms.iter().next().unwrap();
    let checker = Checker::new(&forms, &registry);
    let mut dice = Dice::new(3);
    for blanks in [0.0, 0.3] {
        for huge in [false, true] {
            let mut report = Report::new(&forms, "t", "t", 2000, ix);
            for &cell in &form.cells {
                let n = if huge { 99_999_999_999 - dice.below(1000) as i64 } else { dice.below(1000) as i64 };
                let value = if dice.chance(blanks) { Value::without(State::Blank, "", Place::Unknown) } else { number(n) };
                report.set(cell, value);
            }
            let checked = checker.report(&report);
            assert!(checked.verdicts[1] > 500);
            common::well_formed(&checked.findings);
        }
    }
    // The official form with every cell wrong.
    let forms = Forms::built_in();
    let checker = Checker::new(forms, &registry);
    let ix = forms.find("2021").unwrap();
    for (share, huge) in [(0.0, false), (0.0, true), (0.2, false), (0.6, true)] {
        let mut report = Report::new(forms, "t", "t", 2022, ix);
        for &cell in &forms.form(ix).cells {
            let n = if huge { 99_999_999_999 - dice.below(1000) as i64 } else { dice.below(1000) as i64 };
            let value = if dice.chance(share) { Value::without(State::Blank, "", Place::Unknown) } else { number(n) };
            report.set(cell, value);
        }
        let checked = checker.report(&report);
        common::well_formed(&checked.findings);
        assert!(checked.findings.iter().any(|f| f.rule == "budget"), "{:?}", checked.verdicts);
    }
}
