//! The published rows as frames, for Parquet: figures as exact decimals.

use nianbao_form::Forms;
use polars::prelude::{Column, DataFrame, Int128Chunked, IntoColumn, NewChunkedArray, PolarsResult};

use crate::{Compilation, SeriesRow};

/// Digits of a published decimal, six of them behind the point.
const PRECISION: usize = 38;

fn decimals(name: &str, millionths: impl Iterator<Item = Option<i128>>) -> PolarsResult<Column> {
    let values: Vec<Option<i128>> = millionths.collect();
    Ok(Int128Chunked::from_slice_options(name.into(), &values).into_decimal(PRECISION, 6)?.into_column())
}

fn text<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Column {
    Column::new(name.into(), values.collect::<Vec<&str>>())
}

fn numbers(name: &str, values: impl Iterator<Item = u32>) -> Column {
    Column::new(name.into(), values.collect::<Vec<u32>>())
}

impl Compilation {
    /// `data/district.csv` as a frame: `group_id, group, level, year, cell, value, reports, missing, lower_bound`; `value`
    /// is a decimal, null if nothing is known.
    ///
    /// # Errors
    /// What Polars says; only a sum of more than 38 digits could make it.
    pub fn sums_frame(&self, forms: &Forms) -> PolarsResult<DataFrame> {
        let rows = &self.sums;
        let lower: Vec<bool> = rows.iter().map(|r| r.lower_bound()).collect();
        DataFrame::new(
            rows.len(),
            vec![
                text("group_id", rows.iter().map(|r| r.group_id.as_str())),
                text("group", rows.iter().map(|r| r.group.as_str())),
                text("level", rows.iter().map(|r| r.level.as_str())),
                numbers("year", rows.iter().map(|r| u32::from(r.year))),
                text("cell", rows.iter().map(|r| forms.id(r.cell))),
                decimals("value", rows.iter().map(|r| r.millionths))?,
                numbers("reports", rows.iter().map(|r| r.reports)),
                numbers("missing", rows.iter().map(|r| r.missing)),
                Column::new("lower_bound".into(), lower),
            ],
        )
    }

    /// `data/series.csv` as a frame: `group_id, group, level, series, year, value, numerator, denominator, break,
    /// lower_bound`; a ratio's `value` is in per cent with two decimals.
    ///
    /// # Errors
    /// As [`Compilation::sums_frame`].
    pub fn series_frame(&self) -> PolarsResult<DataFrame> {
        let rows = &self.series;
        let lower: Vec<bool> = rows.iter().map(|r| r.lower_bound).collect();
        DataFrame::new(
            rows.len(),
            vec![
                text("group_id", rows.iter().map(|r| r.group_id.as_str())),
                text("group", rows.iter().map(|r| r.group.as_str())),
                text("level", rows.iter().map(|r| r.level.as_str())),
                text("series", rows.iter().map(|r| r.series.as_str())),
                numbers("year", rows.iter().map(|r| u32::from(r.year))),
                decimals("value", rows.iter().map(SeriesRow::value_millionths))?,
                decimals("numerator", rows.iter().map(|r| r.numerator))?,
                decimals("denominator", rows.iter().map(|r| r.denominator))?,
                text("break", rows.iter().map(|r| r.break_note.as_str())),
                Column::new("lower_bound".into(), lower),
            ],
        )
    }

    /// `data/coverage.csv` as a frame: `group_id, group, year, agency_id, agency, status`.
    ///
    /// # Errors
    /// As [`Compilation::sums_frame`].
    pub fn coverage_frame(&self) -> PolarsResult<DataFrame> {
        let rows = &self.coverage;
        DataFrame::new(
            rows.len(),
            vec![
                text("group_id", rows.iter().map(|r| r.group_id.as_str())),
                text("group", rows.iter().map(|r| r.group.as_str())),
                numbers("year", rows.iter().map(|r| u32::from(r.year))),
                text("agency_id", rows.iter().map(|r| r.agency_id.as_str())),
                text("agency", rows.iter().map(|r| r.agency.as_str())),
                text("status", rows.iter().map(|r| r.status.as_str())),
            ],
        )
    }
}
