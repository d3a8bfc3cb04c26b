//! When to stop looking: the expected error that is left in every district figure after the first alerts (selective
//! editing; Di Zio and Guarnera 2013, SeleMix).

use std::collections::BTreeMap;

use nianbao_form::{Cell, Number};

use crate::Scope;
use crate::screening::Screening;
use crate::structure::is_amount;

/// The share of a district figure that what is left may move.
pub const LEAST_SHARE: f64 = 0.01;

/// In what order to look at alerts, and when to stop.
#[derive(Clone, Debug, PartialEq)]
pub struct Stopping {
    /// Positions in [`Screening::judged`], what moves a district figure most (times the evidence) first.
    pub order: Vec<usize>,
    /// The largest share of a district figure that is expected to be moved by what is left after the first k alerts, for k
    /// from 0 to all of them; reports that are no alert are in it too.
    pub left: Vec<f64>,
    /// How many alerts have to be looked at until no figure moves by more than `share`; `None` if all are not enough.
    pub enough: Option<usize>,
    /// The share asked for.
    pub share: f64,
}

/// By how much undoing the likeliest slip of a report moves each figure, in units of the form.
pub(crate) fn moves(scope: Scope<'_>, screening: &Screening, at: usize) -> Vec<(Cell, f64)> {
    let judged = &screening.judged[at];
    let panel = &screening.panel;
    let (Some(best), Some(year)) = (judged.candidates.first(), panel.year(scope.year)) else { return Vec::new() };
    let Some(form) = panel.form(judged.member, year) else { return Vec::new() };
    let one = |&(cell, undone): &(Cell, Option<i64>)| {
        let found = panel.column(cell).and_then(|c| panel.get(judged.member, year, c))? as f64;
        let truth = match undone {
            Some(truth) => truth as f64,
            None => screening.expected.get(&(judged.member, cell))?.mean,
        };
        let scale = if is_amount(scope.forms.form(form), cell) { crate::panel::STEPS_OF_AN_AMOUNT } else { 1.0 };
        Some((cell, (found - truth).abs() / scale))
    };
    best.undone.iter().filter_map(one).collect()
}

/// The expected share of its district figure that a report's likeliest slip moves, at most over its figures.
pub(crate) fn weight(scope: Scope<'_>, screening: &Screening, at: usize) -> Option<f64> {
    let sure = 1.0 - screening.judged[at].doubt();
    let shares = moves(scope, screening, at).into_iter();
    shares.filter_map(|(cell, by)| crate::influence::share(scope, cell, scope.year, by)).max_by(f64::total_cmp).map(|s| s * sure)
}

/// Orders `alarms` (positions in [`Screening::judged`]) and says how many are enough for `share`.
pub fn stopping(scope: Scope<'_>, screening: &Screening, alarms: &[usize], share: f64) -> Stopping {
    let mut order: Vec<(f64, usize)> = alarms.iter().map(|&at| (weight(scope, screening, at).unwrap_or(0.0), at)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let order: Vec<usize> = order.into_iter().map(|(_, at)| at).collect();
    let mut errors: BTreeMap<Cell, f64> = BTreeMap::new();
    let add = |errors: &mut BTreeMap<Cell, f64>, at: usize| {
        let sure = 1.0 - screening.judged[at].doubt();
        for (cell, by) in moves(scope, screening, at) {
            *errors.entry(cell).or_default() += sure * by;
        }
    };
    (0..screening.judged.len()).filter(|at| !order.contains(at)).for_each(|at| add(&mut errors, at));
    let largest = |errors: &BTreeMap<Cell, f64>| {
        let figure = |cell: Cell| scope.totals.get(cell, scope.year).map(|t| (t as f64 / Number::SCALE as f64).abs());
        let shares = errors.iter().filter_map(|(&cell, by)| figure(cell).filter(|t| *t > 0.0).map(|t| by / t));
        shares.fold(0.0, f64::max)
    };
    let mut left = vec![largest(&errors)];
    for &at in order.iter().rev() {
        add(&mut errors, at);
        left.push(largest(&errors));
    }
    left.reverse();
    let enough = left.iter().position(|l| *l <= share);
    Stopping { order, left, enough, share }
}
