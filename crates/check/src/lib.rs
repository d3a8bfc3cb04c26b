//! From reports to findings: identities with intervals over blanks, suspect cells, chains across years, what a cell holds.
//! Pure: no files, no frames.
#![forbid(unsafe_code)]

use nianbao_form::{Cell, Finding, Forms, Number, Registry, Report};

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

/// Checks one report by itself.
pub fn check_report(_forms: &Forms, _registry: &Registry, _report: &Report) -> Checked {
    Checked::default()
}

/// Puts the proved values into the report, marked as derived.
pub fn fill_derived(_report: &mut Report, _derived: &[(Cell, Number, String)]) {}

/// Chains across years (`carry-over`, `stock`, a user form's own) over the counted reports of all agencies and years,
/// following successors of the registry. `reports` holds at most one report for an agency and a year.
pub fn check_chains(_forms: &Forms, _registry: &Registry, _reports: &[&Report]) -> Vec<Finding> {
    Vec::new()
}

/// What `later` changes in `earlier`, both for the same agency and year: `restated`.
pub fn check_restated(_forms: &Forms, _earlier: &Report, _later: &Report) -> Vec<Finding> {
    Vec::new()
}
