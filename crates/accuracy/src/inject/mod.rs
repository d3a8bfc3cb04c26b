//! Errors that break no identity and no chain: what a person or an office program does wrong and then adds up again.
//!
//! An error changes free cells of a report ([`Plan`]); totals and opening stocks follow, so that arithmetic sees nothing.
//! Everything goes by the form's own rows, columns and tables, so the same errors go into any form's reports.
//! [`Error::HELD_OUT`] are kinds that no detector was built or tuned with.

mod plan;
mod slips;

use std::collections::BTreeMap;

use nianbao_form::{Cell, Forms, Report};

use crate::dice::Dice;
pub use plan::Plan;

/// A kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Error {
    /// Last year's figures sent again.
    LastYear,
    /// A figure ten times too large.
    Times10,
    /// A figure in the unit instead of ten thousand of it.
    Times10000,
    /// A figure in ten thousands instead of the unit.
    Over10000,
    /// A figure without its last digit.
    Over10,
    /// Two columns of a table exchanged.
    Columns,
    /// Two rows of a table exchanged.
    Rows,
    /// Two neighbouring digits exchanged.
    Transposition,
    /// A table left at zero.
    TableDropped,
    /// A table ten times too large.
    TableTimes10,
    /// Two agencies' reports exchanged.
    Agencies,
    /// Held out: one row is last year's.
    RowOfLastYear,
    /// Held out: a column added to another one and left at zero.
    ColumnsMerged,
    /// Held out: every figure of a column has lost its last digit.
    ColumnDigitLost,
    /// Held out: a column's figures stand one row too low.
    ColumnShifted,
}

impl Error {
    /// Kinds that detectors may know.
    pub const KNOWN: [Error; 11] = [
        Error::LastYear,
        Error::Times10,
        Error::Times10000,
        Error::Over10000,
        Error::Over10,
        Error::Columns,
        Error::Rows,
        Error::Transposition,
        Error::TableDropped,
        Error::TableTimes10,
        Error::Agencies,
    ];
    /// Kinds for which no detector was made or tuned.
    pub const HELD_OUT: [Error; 4] = [Error::RowOfLastYear, Error::ColumnsMerged, Error::ColumnDigitLost, Error::ColumnShifted];

    /// A short name for tables.
    pub fn name(self) -> &'static str {
        match self {
            Error::LastYear => "last year copied",
            Error::Times10 => "x 10",
            Error::Times10000 => "x 10^4",
            Error::Over10000 => "/ 10^4",
            Error::Over10 => "/ 10",
            Error::Columns => "columns exchanged",
            Error::Rows => "rows exchanged",
            Error::Transposition => "transposition",
            Error::TableDropped => "table dropped",
            Error::TableTimes10 => "table x 10",
            Error::Agencies => "agencies exchanged",
            Error::RowOfLastYear => "row of last year",
            Error::ColumnsMerged => "columns merged",
            Error::ColumnDigitLost => "column's digit lost",
            Error::ColumnShifted => "column shifted",
        }
    }
}

/// An error that was put in.
#[derive(Clone, Debug, PartialEq)]
pub struct Injected {
    /// What.
    pub kind: Error,
    /// The report, as a position in the list.
    pub report: usize,
    /// The free cells that it changed.
    pub cells: Vec<Cell>,
    /// Whether a figure now stands where the truth is 0.
    pub into_zero: bool,
}

/// Puts errors into a share of the reports of `year`, as many of each kind, one in a report.
/// An exchange of two agencies' reports is two entries.
pub fn spoil(forms: &Forms, reports: &mut [Report], year: u16, share: f64, kinds: &[Error], dice: &mut Dice) -> Vec<Injected> {
    let plans: Vec<Plan<'_>> = forms.iter().map(|(_, form)| Plan::new(forms, form)).collect();
    let position: BTreeMap<(&str, u16), usize> = reports.iter().enumerate().map(|(i, r)| ((r.agency_key(), r.year), i)).collect();
    // Where each report of the year has one of the year before.
    let pairs: Vec<(usize, usize)> = reports
        .iter()
        .enumerate()
        .filter(|(_, r)| r.year == year)
        .filter_map(|(i, r)| Some((i, *position.get(&(r.agency_key(), year.checked_sub(1)?))?)))
        .collect();
    drop(position);
    // As many as the share says on average: small districts do not all have the same number.
    let wanted = dice.binomial(pairs.len() as u64, share) as usize;
    let mut free: Vec<bool> = vec![true; pairs.len()];
    let mut injected = Vec::new();
    let first = dice.below(kinds.len());
    let mut at = 0;
    while injected.len() < wanted && at < wanted {
        let kind = kinds[(first + at) % kinds.len()];
        at += 1;
        for _ in 0..500 {
            let (pick, other) = (dice.below(pairs.len()), dice.below(pairs.len()));
            if !free[pick] || !free[other] || pick == other {
                continue;
            }
            let plan = &plans[reports[pairs[pick].0].form.index()];
            let done = if kind == Error::Agencies {
                exchange(plan, reports, pairs[pick].0, pairs[other].0)
            } else {
                one(plan, reports, kind, pairs[pick], dice)
            };
            if done.is_empty() {
                continue;
            }
            free[pick] = false;
            free[other] &= kind != Error::Agencies;
            injected.extend(done);
            break;
        }
    }
    injected
}

/// One report's error; empty where it does not apply or changes nothing.
fn one(plan: &Plan<'_>, reports: &mut [Report], kind: Error, (now, last): (usize, usize), dice: &mut Dice) -> Vec<Injected> {
    let before = &reports[now];
    let mut after = before.clone();
    let done = slips::slip(plan, kind, &mut after, &reports[last], dice).and_then(|()| plan.settle(&mut after, before));
    let injected = done.and_then(|()| difference(plan, kind, now, before, &after));
    if injected.is_some() {
        reports[now] = after;
    }
    injected.into_iter().collect()
}

/// Two agencies' figures in each other's reports.
fn exchange(plan: &Plan<'_>, reports: &mut [Report], a: usize, b: usize) -> Vec<Injected> {
    if reports[a].form != reports[b].form {
        return Vec::new();
    }
    let make = |own: &Report, theirs: &Report| {
        let mut after = own.clone();
        for &cell in &plan.free {
            plan::set(&mut after, cell, theirs.counts_as(cell)?.millionths())?;
        }
        plan.settle(&mut after, own)?;
        Some(after)
    };
    let (Some(new_a), Some(new_b)) = (make(&reports[a], &reports[b]), make(&reports[b], &reports[a])) else { return Vec::new() };
    let changes =
        (difference(plan, Error::Agencies, a, &reports[a], &new_a), difference(plan, Error::Agencies, b, &reports[b], &new_b));
    let (Some(one), Some(two)) = changes else { return Vec::new() };
    (reports[a], reports[b]) = (new_a, new_b);
    vec![one, two]
}

fn difference(plan: &Plan<'_>, kind: Error, report: usize, before: &Report, after: &Report) -> Option<Injected> {
    let cells: Vec<Cell> = plan.free.iter().copied().filter(|c| before.counts_as(*c) != after.counts_as(*c)).collect();
    let into_zero = cells.iter().any(|c| before.counts_as(*c).is_some_and(|n| n.millionths() == 0));
    (!cells.is_empty()).then_some(Injected { kind, report, cells, into_zero })
}
