//! The rows that are published.

use nianbao_form::{Cell, decimal_text};

use crate::growth::ratio_millionths;

/// A sum over a group, `data/district.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumRow {
    /// Registry id of the group; empty for the group of all.
    pub group_id: String,
    /// Its name.
    pub group: String,
    /// Its kind (`district`, `city`, …); `all` for the group of all, `group` where the registry gives no kind.
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

impl SumRow {
    /// Whether the true sum is at least this: some expected figure is not known.
    pub fn lower_bound(&self) -> bool {
        self.missing > 0
    }

    /// The sum as an exact decimal; empty if nothing is known.
    pub fn value_text(&self) -> String {
        self.millionths.map(decimal_text).unwrap_or_default()
    }
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
    /// Agency; empty where neither registry nor report gives an id.
    pub agency_id: String,
    /// Its name.
    pub agency: String,
    /// `counted`, `partial` (some expected figures are not known), `missing` (no report), `unknown-agency` (counted, but not in the registry).
    pub status: String,
}

/// A figure of a series, `data/series.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesRow {
    /// Group or agency; for an agency without an id its name.
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
    /// Whether some expected figure is missing in it: a sum is then a lower bound, a ratio leaves some agencies out.
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

    /// The value as text: the exact sum, or the ratio in per cent rounded to two decimals by whole-number arithmetic;
    /// empty where [`SeriesRow::value`] is `None`.
    pub fn value_text(&self) -> String {
        self.value_millionths().map(decimal_text).unwrap_or_default()
    }

    /// [`SeriesRow::value_text`] in millionths (of a per cent for a ratio).
    pub fn value_millionths(&self) -> Option<i128> {
        match self.ratio {
            true => ratio_millionths(self.numerator?, self.denominator?, 2),
            false => self.numerator,
        }
    }

    /// The numerator as an exact decimal; empty if unknown.
    pub fn numerator_text(&self) -> String {
        self.numerator.map(decimal_text).unwrap_or_default()
    }

    /// The denominator as an exact decimal; empty if there is none.
    pub fn denominator_text(&self) -> String {
        self.denominator.map(decimal_text).unwrap_or_default()
    }
}
