//! Seeded districts of consistent reports in the 2021 form.
//!
//! An agency has a level of requests (log-normal over agencies), which walks from year to year with ordinary steps and
//! jumps and follows a step that the whole district takes; a mix of applicants and of outcomes (Dirichlet around the
//! common one), drawn anew around its own every year; reviews in proportion to requests; decisions, documents and fees of
//! table two, which many agencies have none of. Counts are Poisson and multinomial given these. What is carried out is
//! carried in next year, stocks of documents go on, totals are sums: every identity and chain holds.
//! All constants are fitted ([`Rates`]); the bodies whose table two is known are governments, so an agency has a
//! [`AGENCIES_OF_A_GOVERNMENT`]th of it.

use std::ops::RangeInclusive;

use nianbao_form::{Agency, Cell, FormIx, Forms, Number, Place, Registry, Report, Value};

use crate::dice::Dice;
use crate::{Rates, Walk};

/// A district has 40–100 reporting agencies.
pub const AGENCIES_OF_A_GOVERNMENT: f64 = 60.0;

const REVIEWS: [&str; 3] = ["reconsideration", "direct_litigation", "litigation_after_reconsideration"];
const DECISIONS: [&str; 3] = ["licensing", "penalties", "coercion"];
const KINDS: [&str; 5] = ["bureau", "bureau", "bureau", "sub-district", "town"];

/// Reports of a district, by agency and then by year, at most one for each; agencies are named as in [`registry`].
pub fn district(forms: &Forms, seed: u64, agencies: usize, years: RangeInclusive<u16>, rates: &Rates) -> Vec<Report> {
    let model = Model::new(forms, rates);
    let mut dice = Dice::new(seed);
    let steps: Vec<f64> = years.clone().map(|_| dice.normal() * rates.get("common.step_sd")).collect();
    let mut reports = Vec::with_capacity(agencies * steps.len());
    for agency in 0..agencies {
        let mut own = Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (agency as u64 + 1));
        let mut state = model.agency(&mut own);
        for (year, step) in years.clone().zip(&steps) {
            let figures = model.year(&mut own, &mut state, *step);
            reports.push(model.report(agency, year, &figures));
        }
    }
    reports
}

/// The registry of a generated district; agencies differ in kind, which their rates do not depend on.
pub fn registry(agencies: usize) -> Registry {
    let agency = |i: usize| Agency { id: id(i), name: name(i), kind: KINDS[i % KINDS.len()].into(), ..Agency::default() };
    Registry::new((0..agencies).map(agency).collect()).0
}

fn id(agency: usize) -> String {
    format!("A{agency:05}")
}

fn name(agency: usize) -> String {
    format!("机关{agency:05}")
}

/// A logarithm that walks over the years.
#[derive(Clone, Copy, Debug)]
struct Level {
    at: f64,
    walk: Walk,
}

impl Level {
    /// Takes a step and gives the rate of the year, with what passes within it.
    fn step(&mut self, dice: &mut Dice) -> f64 {
        let Walk { step_sd, jump_share, jump_sd, passing } = self.walk;
        let sd = if dice.chance(jump_share) { jump_sd } else { step_sd };
        self.at += sd * (1.0 - passing).sqrt() * dice.normal();
        self.now(step_sd * (passing / 2.0).sqrt() * dice.normal())
    }

    fn now(&self, more: f64) -> f64 {
        (self.at + more).clamp(-30.0, 16.0).exp()
    }
}

/// The count of a year; 0 where there is nothing to count.
fn counted(level: &mut Option<Level>, dice: &mut Dice) -> u64 {
    let Some(level) = level else { return 0 };
    let rate = level.step(dice);
    dice.poisson(rate)
}

/// What an agency is: its levels and mixes.
struct State {
    requests: Level,
    applicants: Vec<f64>,
    outcomes: Vec<f64>,
    carried: f64,
    reviews: [Level; 3],
    results: [Vec<f64>; 3],
    decisions: [Option<Level>; 3],
    issued: Option<Level>,
    repealed: f64,
    fees: Option<(Level, u32)>,
    carried_in: Vec<u64>,
    in_force: u64,
}

/// The figures of a year.
struct Figures {
    received: Vec<u64>,
    carried_in: Vec<u64>,
    outcomes: Vec<Vec<u64>>,
    carried_out: Vec<u64>,
    reviews: [Vec<u64>; 3],
    decisions: [u64; 3],
    documents: [u64; 3],
    fees: Number,
}

struct Model<'a> {
    forms: &'a Forms,
    form: FormIx,
    rates: &'a Rates,
    applicants: Vec<(String, f64)>,
    outcomes: Vec<(String, f64)>,
    results: [Vec<(String, f64)>; 3],
}

fn means(list: &[(String, f64)]) -> Vec<f64> {
    list.iter().map(|(_, v)| *v).collect()
}

impl<'a> Model<'a> {
    fn new(forms: &'a Forms, rates: &'a Rates) -> Model<'a> {
        let Some(form) = forms.find("2021") else { panic!("the 2021 form is built in") };
        let outcomes = rates.shares("outcome.requests.").into_iter();
        Model {
            forms,
            form,
            rates,
            applicants: rates.shares("applicant.requests.received."),
            outcomes: outcomes.map(|(k, v)| (k.trim_end_matches(".total").to_owned(), v)).collect(),
            results: REVIEWS.map(|kind| rates.shares(&format!("result.review.{kind}."))),
        }
    }

    fn some(&self, dice: &mut Dice, name: &str) -> Option<Level> {
        let r = self.rates;
        let has = dice.chance(r.get(&format!("{name}.any")));
        let median = r.get(&format!("{name}.median")) / AGENCIES_OF_A_GOVERNMENT;
        let at = median.ln() + r.get("level.log_sd") * dice.normal();
        has.then_some(Level { at, walk: r.decisions })
    }

    fn agency(&self, dice: &mut Dice) -> State {
        let r = self.rates;
        let level = r.get("level.median").ln() + r.get("level.log_sd") * dice.normal();
        let review = |dice: &mut Dice, kind: &str| {
            let rate = r.get(&format!("review.{kind}.per_handled")).ln() + level;
            Level { at: rate + r.get("appeals.per_request_log_sd") * dice.normal(), walk: r.appeals }
        };
        let share = r.get("carried_out.share");
        State {
            requests: Level { at: level, walk: r.requests },
            applicants: dice.dirichlet(&means(&self.applicants), r.get("applicants.between")),
            outcomes: dice.dirichlet(&means(&self.outcomes), r.get("outcomes.between")),
            carried: dice.dirichlet(&[share, 1.0 - share], r.get("outcomes.between"))[0],
            reviews: REVIEWS.map(|kind| review(dice, kind)),
            results: [0, 1, 2].map(|at| dice.dirichlet(&means(&self.results[at]), r.get("review.between"))),
            decisions: DECISIONS.map(|kind| self.some(dice, kind)),
            issued: self.some(dice, "issued"),
            repealed: r.get("repealed.median") / r.get("in_force.median"),
            fees: self.some(dice, "fees").map(|level| (level, [0, 2, 6][dice.below(3)])),
            carried_in: vec![0; self.applicants.len()],
            in_force: self.some(dice, "in_force").map_or(0, |l| dice.poisson(l.now(0.0))),
        }
    }

    fn year(&self, dice: &mut Dice, state: &mut State, common: f64) -> Figures {
        let r = self.rates;
        state.requests.at += common;
        let rate = state.requests.step(dice);
        let applicants = dice.dirichlet(&state.applicants, r.get("outcomes.within"));
        let received = dice.poisson(rate);
        let received = dice.multinomial(received, &applicants);
        let carried_in = state.carried_in.clone();
        let mix = dice.dirichlet(&state.outcomes, r.get("outcomes.within"));
        let carried = dice.dirichlet(&[state.carried, 1.0 - state.carried], r.get("outcomes.within"))[0];
        let open: Vec<u64> = received.iter().zip(&carried_in).map(|(a, b)| a + b).collect();
        let carried_out: Vec<u64> = open.iter().map(|&n| dice.binomial(n, carried)).collect();
        let outcomes = open.iter().zip(&carried_out).map(|(n, out)| dice.multinomial(n - out, &mix)).collect();
        let reviews = [0, 1, 2].map(|at| {
            let rate = state.reviews[at].step(dice);
            let shares = dice.dirichlet(&state.results[at], r.get("review.within"));
            let n = dice.poisson(rate);
            dice.multinomial(n, &shares)
        });
        let decisions = [0, 1, 2].map(|at| counted(&mut state.decisions[at], dice));
        let issued = counted(&mut state.issued, dice);
        let repealed = dice.binomial(state.in_force, state.repealed);
        state.in_force = state.in_force + issued - repealed;
        let fees = match &mut state.fees {
            Some((level, decimals)) => {
                let unit = 10f64.powi(*decimals as i32);
                let amount = (level.step(dice) * unit).round() / unit * Number::SCALE as f64;
                Number::from_millionths(amount.round() as i64)
            }
            None => Number::ZERO,
        };
        state.carried_in.clone_from(&carried_out);
        Figures {
            received,
            carried_in,
            outcomes,
            carried_out,
            reviews,
            decisions,
            documents: [issued, repealed, state.in_force],
            fees,
        }
    }

    fn report(&self, agency: usize, year: u16, figures: &Figures) -> Report {
        let mut sheet = Sheet::new(self.forms, self.form);
        let columns: Vec<&str> = self.applicants.iter().map(|(k, _)| k.as_str()).collect();
        let mut row = |name: &str, of: &dyn Fn(usize) -> u64| {
            for (at, column) in columns.iter().enumerate() {
                sheet.set(&format!("requests.{name}.{column}"), of(at));
            }
            sheet.set(&format!("requests.{name}.total"), (0..columns.len()).map(of).sum());
        };
        row("received", &|c| figures.received[c]);
        row("carried_in", &|c| figures.carried_in[c]);
        for (at, (outcome, _)) in self.outcomes.iter().enumerate() {
            row(outcome, &|c| figures.outcomes[c][at]);
        }
        row("handled", &|c| figures.outcomes[c].iter().sum());
        row("carried_out", &|c| figures.carried_out[c]);
        for ((kind, results), parts) in REVIEWS.iter().zip(&self.results).zip(&figures.reviews) {
            for ((result, _), n) in results.iter().zip(parts) {
                sheet.set(&format!("review.{kind}.{result}"), *n);
            }
            sheet.set(&format!("review.{kind}.total"), parts.iter().sum());
        }
        for (kind, n) in DECISIONS.iter().zip(figures.decisions) {
            sheet.set(&format!("proactive.{kind}.decisions"), n);
        }
        for (column, n) in ["issued", "repealed", "in_force"].iter().zip(figures.documents) {
            sheet.set(&format!("proactive.normative_documents.{column}"), n);
        }
        sheet.number("proactive.fees.amount", figures.fees);
        sheet.report(id(agency), name(agency), year)
    }
}

/// A report in the making: every cell 0 until it is set.
struct Sheet<'a> {
    forms: &'a Forms,
    form: FormIx,
    numbers: Vec<Number>,
}

impl<'a> Sheet<'a> {
    fn new(forms: &'a Forms, form: FormIx) -> Sheet<'a> {
        Sheet { forms, form, numbers: vec![Number::ZERO; forms.width()] }
    }

    fn set(&mut self, id: &str, n: u64) {
        self.number(id, Number::whole(n.min(Number::LIMIT as u64 - 1) as i64).unwrap_or_default());
    }

    fn number(&mut self, id: &str, n: Number) {
        let Some(cell) = self.forms.cell(id) else { panic!("the 2021 form has no {id}") };
        self.numbers[cell.index()] = n;
    }

    fn report(&self, id: String, name: String, year: u16) -> Report {
        let mut report = Report::new(self.forms, format!("{id}-{year}.csv"), name, year, self.form);
        report.agency_id = Some(id);
        for &cell in &self.forms.form(self.form).cells {
            put(&mut report, cell, self.numbers[cell.index()]);
        }
        report
    }
}

/// Sets a number with its text.
pub(crate) fn put(report: &mut Report, cell: Cell, n: Number) {
    report.set(cell, Value::number(n, n.to_string(), Place::Unknown));
}
