//! Polars: reports as wide frames, exact sums over every level of the hierarchy and every year, coverage, series,
//! reconciliation with a published total.
//!
//! [`compile`] adds up the reports that count. Every figure is a whole number of millionths from the report to the sum
//! ([`nianbao_form::Number::SCALE`] of them make one, for counts and for money alike), added in 128 bits: no rounding, no
//! floating point, no overflow. A figure that an agency has not given makes the sum a lower bound and says who owes it;
//! it is neither a zero nor does it make the sum unknown. [`reconcile`] compares a published table with the sums and looks
//! for the agencies that explain the difference.
//!
//! ```
//! use nianbao_compile::compile;
//! use nianbao_form::{Forms, Number, Place, Registry, Report, Value};
//!
//! let forms = Forms::built_in();
//! let (form, cell) = (forms.for_year(2024).unwrap(), forms.cell("requests.received.total").unwrap());
//! let report = |agency: &str, count: Option<i64>| {
//!     let mut report = Report::new(forms, format!("{agency}.docx"), agency, 2024, form);
//!     if let Some(count) = count {
//!         report.set(cell, Value::number(Number::whole(count).unwrap(), count.to_string(), Place::Unknown));
//!     }
//!     report
//! };
//! let (a, b) = (report("甲局", Some(12)), report("乙局", None));
//! let compilation = compile(forms, &Registry::default(), &[&a, &b], None)?;
//! let sum = compilation.sum(&compilation.root, 2024, cell).unwrap();
//! assert_eq!(sum.value_text(), "12");
//! assert_eq!((sum.reports, sum.missing), (1, 1));
//! assert_eq!(compilation.owing(&compilation.root, 2024, cell), ["乙局"]);
//! # Ok::<(), nianbao_compile::CompileError>(())
//! ```
#![forbid(unsafe_code)]

mod compilation;
mod coverage;
mod dense;
mod frames;
mod growth;
mod hierarchy;
mod reconcile;
mod rows;
mod series;
mod sums;
mod totals;

pub use compilation::{Compilation, GroupRef, compile, compile_for};
pub use growth::{Growth, LikeForLike, growth, ratio_text};
pub use reconcile::{
    CellSlip, Comparison, Explanation, Published, ReconcileRow, Reconciliation, Slip, Suspect, reconcile, reconcile_with_versions,
};
pub use rows::{CoverageRow, SeriesRow, SumRow};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// Polars refused.
    #[error("frames: {0}")]
    Polars(#[from] polars::prelude::PolarsError),
    /// The group of the pipeline is not in the registry.
    #[error("group `{0}` is not in the registry{1}")]
    UnknownGroup(String, String),
}
