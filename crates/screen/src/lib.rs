//! Findings that need the whole compilation: the collection, outliers, copies of last year; influence on the district
//! figure; decisions; ranking.
#![forbid(unsafe_code)]

use nianbao_compile::Compilation;
use nianbao_form::{Finding, Forms, Registry, Report};

/// One report among all that were read, with what the collection decided of it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The report.
    pub report: &'a Report,
    /// Whether its figures are in the sums.
    pub counted: bool,
}

/// What the statistics look at.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Forms.
    pub forms: &'a Forms,
    /// Registry.
    pub registry: &'a Registry,
    /// Sums.
    pub compilation: &'a Compilation,
    /// Counted reports of every year.
    pub reports: &'a [&'a Report],
    /// The year that is published.
    pub year: u16,
}

/// Figures of the year that neither the agency's own past nor its peers explain, and figures that equal last year's.
pub fn outliers(_scope: Scope<'_>) -> Vec<Finding> {
    Vec::new()
}

/// Fills [`Finding::influence`] from the district sums and sorts: open ones first, by severity, influence, score.
pub fn rank(_scope: Scope<'_>, _findings: &mut Vec<Finding>) {}
