//! Normalised cells as Parquet, in slices so that memory stays bounded.

use std::fs::File;
use std::path::Path;

use nianbao_form::{Report, decimal_text};
use polars::prelude::{AnyValue, Column, DataFrame, DataType, SerReader};
use polars_io::parquet::read::ParquetReader;

use crate::normalised::{COLUMNS, Collector, Fields, Need};
use crate::refuse::Refusal;

const SLICE: usize = 131_072;

/// Reads Parquet.
///
/// # Errors
/// A broken file, a missing column, a column of a type that cannot hold what it should, a row that is wrong.
pub(crate) fn read(path: &Path, mut to: Collector<'_>, need: Need) -> Result<Vec<Report>, Refusal> {
    let broken = |_| Refusal::broken("parquet");
    let open = || File::open(path).map_err(|e| Refusal::unopened(&e));
    let mut offset = 0;
    let mut rows = ParquetReader::new(open()?).num_rows().map_err(broken)?;
    // An empty file still has columns to be looked at.
    loop {
        let frame = ParquetReader::new(open()?).with_slice(Some((offset, SLICE))).finish().map_err(broken)?;
        slice(&frame, offset, &mut to, need)?;
        offset += frame.height().max(1);
        rows = rows.saturating_sub(frame.height());
        if rows == 0 || frame.height() == 0 {
            return Ok(to.finish());
        }
    }
}

fn slice(frame: &DataFrame, offset: usize, to: &mut Collector<'_>, need: Need) -> Result<(), Refusal> {
    let mut columns: Vec<Option<&Column>> = Vec::with_capacity(COLUMNS.len());
    for name in COLUMNS {
        let column = frame.column(name).ok();
        if column.is_none() && need.columns().contains(&name) {
            return Err(Refusal::unreadable(format!("缺少“{name}”列"), format!("column `{name}` is missing")));
        }
        if let Some(column) = column {
            check(name, column)?;
        }
        columns.push(column);
    }
    for row in 0..frame.height() {
        let mut texts: [String; 11] = Default::default();
        for (text, column) in texts.iter_mut().zip(&columns) {
            if let Some(value) = column.and_then(|c| c.get(row).ok()) {
                *text = self::text(value);
            }
        }
        let fields = Fields { by_column: std::array::from_fn(|i| texts[i].as_str()) };
        to.row(&fields).map_err(|w| w.at((offset + row + 1) as u64))?;
    }
    Ok(())
}

/// Refuses columns that cannot be read exactly.
fn check(name: &str, column: &Column) -> Result<(), Refusal> {
    let kind = column.dtype();
    let fine = match kind {
        DataType::String | DataType::Null | DataType::Decimal(..) => true,
        DataType::Float32 | DataType::Float64 => (0..column.len()).all(|i| match column.get(i) {
            Ok(AnyValue::Float64(f)) => is_exact(f),
            Ok(AnyValue::Float32(f)) => is_exact(f64::from(f)),
            _ => true,
        }),
        kind => kind.is_integer(),
    };
    if fine {
        return Ok(());
    }
    Err(Refusal::unreadable(
        format!("“{name}”列的类型是{kind}，数值不精确，应为Decimal、整数或文本"),
        format!("column `{name}` is {kind}, which does not hold it exactly; use Decimal, an integer or text"),
    ))
}

/// A float that is a whole number in the range where floats hold them all.
fn is_exact(f: f64) -> bool {
    f.fract() == 0.0 && f.abs() < 9_007_199_254_740_992.0
}

fn text(value: AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::String(s) => s.to_owned(),
        AnyValue::StringOwned(s) => s.to_string(),
        AnyValue::Float64(f) => format!("{f:.0}"),
        AnyValue::Float32(f) => format!("{f:.0}"),
        AnyValue::Decimal(v, _, scale) => decimal(v, scale),
        other => other.to_string(),
    }
}

fn decimal(value: i128, scale: usize) -> String {
    match scale {
        6 => decimal_text(value),
        0 => value.to_string(),
        _ => {
            let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
        }
    }
}
