//! From reports to findings: identities with intervals over blanks, suspect cells, chains across years, what a cell holds.
//! Pure: no files, no frames.
//!
//! One [`Checker`] is made for a run: it turns the identities of every form into flat arrays once. For each report it
//! 1. gathers the figures; a blank is an interval, not a zero (`bounds`);
//! 2. judges every identity: holds, violated, undecided; narrows the unknown cells by the sound ones to a fixed point and
//!    finds contradictions that no identity shows by itself (`judge`, `joint`);
//! 3. looks for the fewest wrong cells that explain what is violated (`suspect`), and words all of it (`verdicts`).
//!
//! ```
//! use nianbao_check::{Checker, fill_derived};
//! use nianbao_form::{Forms, Number, Place, Registry, Report, State, Value};
//! let (forms, registry) = (Forms::built_in(), Registry::default());
//! let form = forms.for_year(2024).unwrap();
//! let mut report = Report::new(forms, "a.docx", "某局", 2024, form);
//! let number = |n| Value::number(Number::whole(n).unwrap(), n.to_string(), Place::Unknown);
//! for (column, n) in [("upheld", 3), ("corrected", 1), ("other", 0), ("total", 4)] {
//!     report.set(forms.cell(&format!("review.reconsideration.{column}")).unwrap(), number(n));
//! }
//! let pending = forms.cell("review.reconsideration.pending").unwrap();
//! report.set(pending, Value::without(State::Blank, "", Place::Unknown));
//!
//! let checked = Checker::new(forms, &registry).report(&report);
//! assert!(checked.findings.is_empty());
//! assert_eq!(checked.derived, [(pending, Number::ZERO, "review-total:reconsideration".to_owned())]);
//! fill_derived(&mut report, &checked.derived);
//! assert!(report.value(pending).is_derived());
//! ```
#![forbid(unsafe_code)]

mod bounds;
mod causes;
mod chain;
mod content;
mod evidence;
mod joint;
mod judge;
mod kernel;
mod layout;
mod operation;
mod plan;
mod prose;
mod restated;
mod search;
mod slip;
mod suspect;
mod suspected;
mod verdicts;
mod words;

use std::borrow::Cow;
use std::cmp::Reverse;

use nianbao_form::{Cell, Finding, FormIx, Forms, Identity, Number, Registry, Report, State, Subject, Value};
use rayon::prelude::*;

use layout::Printed;
use plan::Plan;
use words::Speaker;

pub use causes::{Cause, Explanation};
pub use chain::check_chains;
pub use evidence::{Evidence, Peers, Told, peers};
pub use kernel::{Block, Kernel, Localiser};
pub use prose::{check_prose, check_report_prose};
pub use restated::{check_resent, check_restated};

/// What checking one report by itself gives.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Findings, most severe first.
    pub findings: Vec<Finding>,
    /// Values that arithmetic proves for cells without a number, with the key of the identity that proves each.
    pub derived: Vec<(Cell, Number, String)>,
    /// How many identities hold, are violated, are undecided.
    pub verdicts: [usize; 3],
}

/// Checks reports one by one; made once for many.
#[derive(Clone, Debug)]
pub struct Checker<'a> {
    forms: &'a Forms,
    registry: &'a Registry,
    plans: Vec<Option<Prepared>>,
}

/// The identities and the printed tables of a form, made ready.
#[derive(Clone, Debug)]
struct Prepared {
    plan: Plan,
    printed: Printed,
}

impl Prepared {
    fn new(forms: &Forms, form: FormIx, identities: &[Identity]) -> Prepared {
        let plan = Plan::new(forms, form, identities);
        let printed = Printed::new(forms, form, &plan);
        Prepared { plan, printed }
    }
}

impl<'a> Checker<'a> {
    /// A checker for all known forms.
    pub fn new(forms: &'a Forms, registry: &'a Registry) -> Checker<'a> {
        let plans = forms.iter().map(|(ix, form)| Some(Prepared::new(forms, ix, &form.identities))).collect();
        Checker { forms, registry, plans }
    }

    /// A checker that has made the plan of one form only.
    fn for_form(forms: &'a Forms, registry: &'a Registry, form: FormIx) -> Checker<'a> {
        let plan = |(ix, f): (FormIx, &nianbao_form::Form)| (ix == form).then(|| Prepared::new(forms, ix, &f.identities));
        Checker { forms, registry, plans: forms.iter().map(plan).collect() }
    }

    /// Checks one report by itself.
    pub fn report(&self, report: &Report) -> Checked {
        self.report_with(report, &Evidence::default())
    }

    /// The same where more is known of the figures than the report itself says: the evidence decides, or fails to
    /// decide, between corrections that the identities allow alike. It never makes or hides a violated identity.
    pub fn report_with(&self, report: &Report, evidence: &Evidence<'_>) -> Checked {
        let mut out = Checked::default();
        let subject = Subject::of(report);
        let speaker = Speaker { forms: self.forms, form: report.form };
        let identities = self.forms.identities(report);
        match (&identities, &self.plans[report.form.index()]) {
            (Cow::Borrowed(identities), Some(prepared)) => {
                judge_report(speaker, report, evidence, &subject, identities, prepared, &mut out);
            }
            // Rows of another generation: the identities are this report's own.
            _ => {
                let prepared = Prepared::new(self.forms, report.form, &identities);
                judge_report(speaker, report, evidence, &subject, &identities, &prepared, &mut out);
            }
        }
        content::cells(speaker, report, &subject, &mut out.findings);
        content::rulemaking(speaker, self.registry, report, &subject, &mut out.findings);
        fold_into_suspects(&mut out.findings);
        content::remarks(speaker, report, &subject, &mut out.findings);
        content::unmapped(report, &subject, &mut out.findings);
        out.findings.sort_by_key(|f| (Reverse(f.severity), f.cause.is_some()));
        out
    }

    /// Checks many reports of any agencies and years, each with the evidence of the others: last year's report of the same
    /// agency, where there is but one, what peers of the same year and form report, and what its own prose says. Only a report that violates an
    /// identity is looked at again with it. `done` is called once for each report, from any thread; the results stand in
    /// the order of the reports.
    pub fn together(&self, reports: &[&Report], done: impl Fn() + Sync) -> Vec<Checked> {
        let mut out: Vec<Checked> = reports
            .par_iter()
            .map(|report| {
                let checked = self.report(report);
                done();
                checked
            })
            .collect();
        let doubtful: Vec<usize> = (0..out.len()).filter(|&i| out[i].verdicts[1] > 0).collect();
        if doubtful.is_empty() {
            return out;
        }
        let surroundings = evidence::Surroundings::new(self.forms, self.registry, reports, &doubtful);
        let again: Vec<Checked> = doubtful
            .par_iter()
            .map(|&i| {
                let told = prose::told(self.forms, self.registry, reports[i]);
                self.report_with(reports[i], &Evidence { told: &told, ..surroundings.of(reports[i]) })
            })
            .collect();
        for (i, checked) in doubtful.into_iter().zip(again) {
            out[i] = checked;
        }
        out
    }

    /// What the violated identities of a report come from, as data; [`Checker::report_with`] tells the same in findings.
    pub fn causes(&self, report: &Report, evidence: &Evidence<'_>) -> Vec<Cause> {
        let identities = self.forms.identities(report);
        let keys: Vec<String> = identities.iter().map(Identity::key).collect();
        let told = |prepared: &Prepared| {
            let Prepared { plan, printed } = prepared;
            let figures = plan.figures(report);
            let judgement = judge::judge(plan, &figures);
            let known = known(plan, &figures, report);
            let case = suspect::Case { forms: self.forms, plan, printed, report, evidence, figures: &figures, known: &known };
            suspect::suspects(&case, &judgement).iter().map(|s| causes::told(&case, &keys, s)).collect()
        };
        match (&identities, &self.plans[report.form.index()]) {
            (Cow::Borrowed(_), Some(prepared)) => told(prepared),
            _ => told(&Prepared::new(self.forms, report.form, &identities)),
        }
    }

    /// The identities of a form over dense blocks of complete figures; `None` for a form that the checker was not made for.
    pub fn kernel(&self, form: FormIx) -> Option<Kernel<'_>> {
        self.plans.get(form.index())?.as_ref().map(|p| Kernel::new(&p.plan))
    }

    /// Checks many reports in parallel; the results stand in the order of the reports.
    pub fn reports(&self, reports: &[&Report]) -> Vec<Checked> {
        reports.par_iter().map(|report| self.report(report)).collect()
    }

    /// Chains across years over all reports; see [`check_chains`].
    pub fn chains(&self, reports: &[&Report]) -> Vec<Finding> {
        check_chains(self.forms, self.registry, reports)
    }
}

/// A figure that is negative or no whole number and that the identities accuse as well is one cause: the suspect cell,
/// which says what it should be.
fn fold_into_suspects(findings: &mut [Finding]) {
    let suspects: Vec<(String, String)> = findings
        .iter()
        .filter(|f| f.rule == "suspect-cell" && f.cells.len() == 1 && !f.key.contains('#'))
        .map(|f| (f.cells[0].clone(), f.key.clone()))
        .collect();
    for finding in findings.iter_mut().filter(|f| matches!(f.rule.as_str(), "negative" | "not-a-count")) {
        if let [cell] = &finding.cells[..]
            && let Some((_, key)) = suspects.iter().find(|(c, _)| c == cell)
        {
            finding.cause = Some(key.clone());
        }
    }
}

fn judge_report(
    speaker: Speaker<'_>,
    report: &Report,
    evidence: &Evidence<'_>,
    subject: &Subject,
    identities: &[Identity],
    Prepared { plan, printed }: &Prepared,
    out: &mut Checked,
) {
    let figures = plan.figures(report);
    if plan.all_hold(&figures) {
        out.verdicts = [plan.len(), 0, 0];
        return;
    }
    let judgement = judge::judge(plan, &figures);
    out.verdicts = judgement.verdicts();
    let known = known(plan, &figures, report);
    let case = suspect::Case { forms: speaker.forms, plan, printed, report, evidence, figures: &figures, known: &known };
    let scene = verdicts::Scene { speaker, report, subject, identities, plan, judgement: &judgement, case };
    verdicts::identities(&scene, out);
}

/// Which figures may be wrong: what was read or put in by the office; one that arithmetic has proved is no evidence.
fn known(plan: &Plan, figures: &[Option<i64>], report: &Report) -> Vec<bool> {
    let proved = |value: &Value| value.is_derived() && !value.is_corrected();
    let read = |(c, f): (&plan::Column, &Option<i64>)| f.is_some() && !proved(report.value(c.cell));
    plan.columns.iter().zip(figures).map(read).collect()
}

/// Checks one report by itself. For many reports a [`Checker`] saves the preparation.
pub fn check_report(forms: &Forms, registry: &Registry, report: &Report) -> Checked {
    Checker::for_form(forms, registry, report.form).report(report)
}

/// Puts the proved values into the report, marked as derived. Text and place of the blank stay as they are.
pub fn fill_derived(report: &mut Report, derived: &[(Cell, Number, String)]) {
    for (cell, number, key) in derived {
        let found = report.value(*cell);
        let value = Value {
            state: State::Number,
            number: Some(*number),
            raw: found.raw.clone(),
            place: found.place.clone(),
            derived: Some(key.as_str().into()),
        };
        report.set(*cell, value);
    }
}
