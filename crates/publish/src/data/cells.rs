//! Normalised cells, for `-o` and for `data/`.

use std::io::Write;
use std::path::Path;

use nianbao_form::{Cell, Forms, Place, Report, State, Value};
use polars::prelude::*;
use rayon::prelude::*;

use super::columns::CELLS;
use super::delimited::record;
use crate::{PublishError, store};

/// How cells or findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, UTF-8, with a head.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// Parquet, `value` as Decimal(38, 6); cells only.
    Parquet,
    /// Lines for a person to read; findings only.
    Text,
}

impl Format {
    /// The format that a file name asks for.
    ///
    /// # Errors
    /// Names the endings that are known.
    pub fn of(path: &Path) -> Result<Format, PublishError> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Ok(Format::Csv),
            "jsonl" | "ndjson" => Ok(Format::Jsonl),
            "parquet" => Ok(Format::Parquet),
            "txt" => Ok(Format::Text),
            _ => Err(PublishError::Ending { path: path.to_owned(), known: ".csv, .jsonl, .parquet, .txt" }),
        }
    }
}

/// Writes normalised cells to a file, in one step, or to `out`; ordered by year, agency id and the form's cells.
///
/// # Errors
/// The target cannot be written.
pub fn write_cells(
    target: Option<&Path>,
    out: &mut dyn Write,
    forms: &Forms,
    reports: &[&Report],
    format: Format,
) -> Result<(), PublishError> {
    to(target, out, |out| match format {
        Format::Csv => cells_csv(out, forms, reports),
        Format::Jsonl => cells_jsonl(out, forms, reports),
        Format::Parquet => cells_parquet(out, forms, reports),
        Format::Text => Err(unfit(target, ".csv, .jsonl, .parquet")),
    })
}

pub(super) fn unfit(target: Option<&Path>, known: &'static str) -> PublishError {
    PublishError::Ending { path: target.unwrap_or(Path::new("-")).to_owned(), known }
}

pub(super) fn to(
    target: Option<&Path>,
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> Result<(), PublishError>,
) -> Result<(), PublishError> {
    match target {
        Some(path) => store::write_atomically(path, write),
        None => {
            let mut buffered = std::io::BufWriter::with_capacity(1 << 16, out);
            write(&mut buffered)?;
            buffered.flush().map_err(PublishError::io(Path::new("-"), "cannot be written"))
        }
    }
}

/// The order of reports in normalised files.
fn in_order<'a>(reports: &[&'a Report]) -> Vec<&'a Report> {
    let mut sorted = reports.to_vec();
    sorted.sort_by_cached_key(|r| (r.year, r.agency_id.clone().unwrap_or_default(), r.agency.clone(), r.source.clone()));
    sorted
}

/// One row of normalised cells, before it is given a format.
struct Row<'a> {
    report: &'a Report,
    form: &'a str,
    cell: &'a str,
    value: Option<nianbao_form::Number>,
    state: State,
    raw: &'a str,
    place: &'a Place,
    derived: &'a str,
}

fn rows<'a>(forms: &'a Forms, report: &'a Report) -> impl Iterator<Item = Row<'a>> {
    let form = forms.form(report.form).id.as_str();
    let cells = report.cells(forms).map(move |(cell, v): (Cell, &Value)| Row {
        report,
        form,
        cell: forms.id(cell),
        value: v.number,
        state: v.state,
        raw: &v.raw,
        place: &v.place,
        derived: v.derived.as_deref().unwrap_or_default(),
    });
    let unmapped = report.unmapped.iter().map(move |u| Row {
        report,
        form,
        cell: "unmapped",
        value: None,
        state: State::Text,
        raw: &u.text,
        place: &u.place,
        derived: "",
    });
    cells.chain(unmapped)
}

impl Row<'_> {
    fn fields<'s>(&'s self, year: &'s str, value: &'s str, place: &'s str) -> [&'s str; 11] {
        let r = self.report;
        let id = r.agency_id.as_deref().unwrap_or_default();
        [&r.agency, year, self.cell, value, self.state.as_str(), self.form, self.raw, place, id, &r.source, self.derived]
    }

    fn texts(&self) -> (String, String) {
        (self.value.map(|n| n.to_string()).unwrap_or_default(), self.place.to_string())
    }
}

fn cells_csv(out: &mut dyn Write, forms: &Forms, reports: &[&Report]) -> Result<(), PublishError> {
    let mut head = csv::Writer::from_writer(&mut *out);
    record(&mut head, &CELLS)?;
    head.flush().map_err(PublishError::io(Path::new("cells.csv"), "cannot be written"))?;
    drop(head);
    // A few reports at a time, in parallel, so that memory stays bounded however many there are.
    for some in in_order(reports).chunks(256) {
        let made: Vec<Result<Vec<u8>, PublishError>> = some.par_iter().map(|r| report_csv(forms, r)).collect();
        for bytes in made {
            out.write_all(&bytes?).map_err(PublishError::io(Path::new("cells.csv"), "cannot be written"))?;
        }
    }
    Ok(())
}

/// A reporting year; empty where nothing tells it.
pub(super) fn year_text(year: u16) -> String {
    if year == 0 { String::new() } else { year.to_string() }
}

fn report_csv(forms: &Forms, report: &Report) -> Result<Vec<u8>, PublishError> {
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(32 << 10));
    let year = year_text(report.year);
    for row in rows(forms, report) {
        let (value, place) = row.texts();
        record(&mut writer, &row.fields(&year, &value, &place))?;
    }
    writer.into_inner().map_err(|e| PublishError::make("cells.csv")(e.into_error()))
}

fn cells_jsonl(out: &mut dyn Write, forms: &Forms, reports: &[&Report]) -> Result<(), PublishError> {
    for report in in_order(reports) {
        let year = year_text(report.year);
        for row in rows(forms, report) {
            let (value, place) = row.texts();
            let fields = CELLS.iter().zip(row.fields(&year, &value, &place)).map(|(k, v)| {
                // The year is a number in JSON; the value stays text so that no reader rounds it.
                let json = if *k == "year" && report.year > 0 { report.year.into() } else { v.into() };
                ((*k).to_owned(), json)
            });
            line(out, &fields.collect())?;
        }
    }
    Ok(())
}

pub(super) fn line(out: &mut dyn Write, object: &serde_json::Map<String, serde_json::Value>) -> Result<(), PublishError> {
    serde_json::to_writer(&mut *out, object).map_err(PublishError::make("-"))?;
    out.write_all(b"\n").map_err(PublishError::io(Path::new("-"), "cannot be written"))
}

/// Reports whose cells become one row group: bounds what a file of any size takes of memory.
const ROW_GROUP: usize = 400;

fn cells_parquet(out: &mut dyn Write, forms: &Forms, reports: &[&Report]) -> Result<(), PublishError> {
    let reports = in_order(reports);
    let write = || -> PolarsResult<()> {
        // An empty group first: a file without reports has its columns.
        let first = cells_frame(forms, &[])?;
        let mut writer = polars_io::parquet::write::ParquetWriter::new(out).batched(first.schema())?;
        for group in reports.chunks(ROW_GROUP) {
            writer.write_batch(&cells_frame(forms, group)?)?;
        }
        writer.finish().map(|_| ())
    };
    write().map_err(PublishError::make("cells.parquet"))
}

/// The normalised cells as a frame with the columns of CONTRACT.md; `value` is Decimal(38, 6).
fn cells_frame(forms: &Forms, reports: &[&Report]) -> PolarsResult<DataFrame> {
    let all = || reports.iter().flat_map(|r| rows(forms, r));
    type Pick = fn(&Row<'_>) -> String;
    let text: [(usize, Pick); 9] = [
        (0, |r| r.report.agency.clone()),
        (2, |r| r.cell.to_owned()),
        (4, |r| r.state.as_str().to_owned()),
        (5, |r| r.form.to_owned()),
        (6, |r| r.raw.to_owned()),
        (7, |r| r.place.to_string()),
        (8, |r| r.report.agency_id.clone().unwrap_or_default()),
        (9, |r| r.report.source.to_string()),
        (10, |r| r.derived.to_owned()),
    ];
    let mut columns: Vec<(usize, Column)> = text
        .par_iter()
        .map(|(at, pick)| (*at, StringChunked::from_iter_values(CELLS[*at].into(), all().map(|r| pick(&r))).into_column()))
        .collect();
    columns.push((1, Column::new(CELLS[1].into(), all().map(|r| i32::from(r.report.year)).collect::<Vec<_>>())));
    let values: Int128Chunked =
        all().map(|r| r.value.map(|n| i128::from(n.millionths()))).collect::<Int128Chunked>().with_name(CELLS[3].into());
    columns.push((3, values.into_decimal(38, 6)?.into_column()));
    columns.sort_by_key(|(at, _)| *at);
    DataFrame::new_infer_height(columns.into_iter().map(|(_, c)| c).collect())
}
