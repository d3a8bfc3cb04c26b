//! The wrong cells behind the violated identities of one report, as data: for what weighs them further, and for measuring.

use nianbao_form::{Cell, Number};

use crate::suspect::{Case, Suspicion};

/// Violated identities with one cause, and everything that could be the cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// Keys of the identities.
    pub identities: Vec<String>,
    /// The likeliest first; at most 30, of `total`. Empty where none was found.
    pub explanations: Vec<Explanation>,
    /// How many there are in all.
    pub total: usize,
    /// Whether the search ended by itself: every smallest set of cells is among the `total`.
    pub complete: bool,
}

/// One way to make the identities hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Cells with the least and the greatest value that they may hold instead; the two are equal unless blanks leave room.
    pub cells: Vec<(Cell, Number, Number)>,
    /// Posterior probability among the explanations of the cause.
    pub share: f64,
    /// Whether one slip of the hand (cells exchanged, a shifted row …) did all of it.
    pub operation: bool,
}

pub(crate) fn told(case: &Case<'_>, keys: &[String], suspicion: &Suspicion) -> Cause {
    let number = |v: i128| Number::from_millionths(i64::try_from(v).unwrap_or(if v < 0 { i64::MIN + 1 } else { i64::MAX }));
    let explanation = |a: &crate::suspect::Alternative| Explanation {
        cells: a.changes.iter().map(|c| (case.plan.columns[c.column].cell, number(c.low), number(c.high))).collect(),
        share: a.share,
        operation: a.operation.is_some(),
    };
    Cause {
        identities: suspicion.identities.iter().map(|&i| keys[i].clone()).collect(),
        explanations: suspicion.alternatives.iter().map(explanation).collect(),
        total: suspicion.total,
        complete: suspicion.complete,
    }
}
