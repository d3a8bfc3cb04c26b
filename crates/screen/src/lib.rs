//! Findings that need the whole compilation: the collection, outliers, copies of last year; influence on the district
//! figure; decisions and corrections; ranking.
//!
//! - [`collection`]: which of several reports counts, who has not reported, who was late;
//! - [`outliers`]: errors that break no identity. Every report is weighed against its agency's own past and its peers
//!   ([`screening`], [`predictive`]); what explains it better with a slip undone is an alarm that names the slip ([`slips`]),
//!   with a bound on false alarms over the run and a rule when to stop looking ([`stopping`]);
//! - [`copied`](copied()): passages that reports have in common with those of others or of last year;
//! - [`decisions`], [`corrections`]: what people have said;
//! - [`rank`]: in what order to look.
//!
//! Everything is pure: no files, no clock, no randomness. The order of the inputs does not matter.
//!
//! ```
//! use nianbao_screen::predictive::{Predictive, Prior};
//! // Peers with 3 to 9 a year, an agency with 4, 6 and 5, and 45 this year.
//! let prior = Prior::fit(&[(12, 3), (20, 3), (15, 3), (27, 3), (9, 3)]);
//! let expected = Predictive::new(prior, 0.05, 15, 3);
//! assert_eq!(expected.interval(0.95), (1, 12));
//! assert!(expected.mid_p(45) < 1e-6);
//! ```
#![forbid(unsafe_code)]

pub mod collection;
mod copied;
pub mod corrections;
pub mod decisions;
mod influence;
mod likelihood;
mod marks;
mod model;
mod outlier;
pub mod panel;
pub mod predictive;
pub mod screening;
pub mod slips;
pub mod stopping;
mod structure;
mod swing;
mod table;

use std::collections::BTreeMap;

use nianbao_form::{Cell, Forms, Registry, Report};

pub use copied::copied;
pub use influence::rank;
pub use outlier::{COVERAGE, FALSE_DISCOVERY_RATE, outliers};
pub use stopping::stopping;
pub use table::TableError;

/// What the statistics look at.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Forms.
    pub forms: &'a Forms,
    /// Registry.
    pub registry: &'a Registry,
    /// Sums at the top of the hierarchy.
    pub totals: &'a Totals,
    /// Counted reports of every year.
    pub reports: &'a [&'a Report],
    /// The year that is published.
    pub year: u16,
}

/// The published figure of a cell in a year, in millionths: what the influence of a finding is measured against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals(BTreeMap<(Cell, u16), i128>);

impl Totals {
    /// The figure in millionths; `None` where there is none.
    pub fn get(&self, cell: Cell, year: u16) -> Option<i128> {
        self.0.get(&(cell, year)).copied()
    }
}

impl FromIterator<(Cell, u16, i128)> for Totals {
    fn from_iter<I: IntoIterator<Item = (Cell, u16, i128)>>(sums: I) -> Totals {
        Totals(sums.into_iter().map(|(cell, year, sum)| ((cell, year), sum)).collect())
    }
}
