//! Normalised cells and findings, for `-o` and for `data/`.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use nianbao_form::{Cell, Finding, Forms, Place, Report, State, Value, decimal_text};
use nianbao_intake::Status;
use polars::prelude::*;
use rayon::prelude::*;

use crate::files::FileOut;
use crate::{Edition, PublishError, store};

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

pub(crate) const CELLS: [&str; 11] =
    ["agency", "year", "cell", "value", "state", "form", "raw", "place", "agency_id", "report", "derived"];
pub(crate) const FINDINGS: [&str; 16] = [
    "severity",
    "rule",
    "agency_id",
    "agency",
    "year",
    "report",
    "cell",
    "found",
    "expected",
    "message",
    "place",
    "suggestion",
    "influence",
    "status",
    "key",
    "cause",
];
const REPORTS: [&str; 14] = [
    "report",
    "agency_id",
    "agency",
    "year",
    "form",
    "format",
    "bytes",
    "sha256",
    "status",
    "reason",
    "numbers",
    "blanks",
    "unmapped",
    "counted",
];
const DISTRICT: [&str; 9] = ["group_id", "group", "level", "year", "cell", "value", "reports", "missing", "lower_bound"];
const COVERAGE: [&str; 6] = ["group_id", "group", "year", "agency_id", "agency", "status"];
const SERIES: [&str; 12] = [
    "group_id",
    "group",
    "level",
    "series",
    "year",
    "value",
    "numerator",
    "denominator",
    "break",
    "lower_bound",
    "change",
    "growth",
];

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

/// Writes findings, in the order given, to a file, in one step, or to `out`.
///
/// # Errors
/// The target cannot be written.
pub fn write_findings(
    target: Option<&Path>,
    out: &mut dyn Write,
    findings: &[Finding],
    format: Format,
    lang: &str,
) -> Result<(), PublishError> {
    to(target, out, |out| match format {
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            record(&mut writer, &FINDINGS)?;
            findings.iter().try_for_each(|f| record(&mut writer, &finding_fields(f, lang)))?;
            writer.flush().map_err(PublishError::io(Path::new("findings.csv"), "cannot be written"))
        }
        Format::Jsonl => findings.iter().try_for_each(|f| {
            let fields = FINDINGS.iter().zip(finding_fields(f, lang));
            line(out, &fields.map(|(k, v)| ((*k).to_owned(), v.into())).collect())
        }),
        Format::Text => findings.iter().filter(|f| f.leads()).try_for_each(|f| text_line(out, f, lang)),
        Format::Parquet => Err(unfit(target, ".csv, .jsonl, .txt")),
    })
}

fn unfit(target: Option<&Path>, known: &'static str) -> PublishError {
    PublishError::Ending { path: target.unwrap_or(Path::new("-")).to_owned(), known }
}

fn to(
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
pub(crate) fn in_order<'a>(reports: &[&'a Report]) -> Vec<&'a Report> {
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
fn year_text(year: u16) -> String {
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

fn line(out: &mut dyn Write, object: &serde_json::Map<String, serde_json::Value>) -> Result<(), PublishError> {
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

/// What findings.csv says of one finding.
fn finding_fields(f: &Finding, lang: &str) -> [String; 16] {
    let s = &f.subject;
    let year = year_text(s.year);
    [
        f.severity.as_str().to_owned(),
        f.rule.clone(),
        s.agency_id.clone(),
        s.agency.clone(),
        year,
        s.report.clone(),
        f.cells.join(";"),
        f.found.join(";"),
        f.expected.join(";"),
        f.text(lang).to_owned(),
        if lang == "en" { f.place.to_string() } else { f.place.zh() },
        f.suggestion.join(";"),
        f.influence.map(share).unwrap_or_default(),
        f.status.as_str().to_owned(),
        f.key.clone(),
        f.cause.clone().unwrap_or_default(),
    ]
}

/// A share with six decimals at most.
fn share(share: f64) -> String {
    let text = format!("{share:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn text_line(out: &mut dyn Write, f: &Finding, lang: &str) -> Result<(), PublishError> {
    let s = &f.subject;
    let (severity, place) =
        if lang == "en" { (f.severity.as_str(), f.place.to_string()) } else { (f.severity.zh(), f.place.zh()) };
    let year = if s.year == 0 { String::new() } else { format!(" {}", s.year) };
    let file = if s.report.is_empty() { String::new() } else { format!("  {}", s.report) };
    let at = if place.is_empty() { String::new() } else { format!("  {place}") };
    let text = format!("{severity}  {}{year}{file}{at}\n    {}\n    {}\n", s.agency, f.text(lang), f.key);
    out.write_all(text.as_bytes()).map_err(PublishError::io(Path::new("-"), "cannot be written"))
}

fn record<W: Write, S: AsRef<[u8]>>(writer: &mut csv::Writer<W>, fields: &[S]) -> Result<(), PublishError> {
    writer.write_record(fields).map_err(PublishError::make("csv"))
}

fn table<S: AsRef<[u8]>>(path: &str, head: &[&str], rows: impl Iterator<Item = Vec<S>>) -> Result<FileOut, PublishError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    record(&mut writer, head)?;
    for row in rows {
        record(&mut writer, &row)?;
    }
    let bytes = writer.into_inner().map_err(|e| PublishError::make(path)(e.into_error()))?;
    Ok(FileOut::new(path, bytes))
}

/// Everything under `data/` but the package file.
pub(crate) fn data_files(edition: &Edition<'_>) -> Result<Vec<FileOut>, PublishError> {
    let counted: Vec<&Report> =
        edition.entries.iter().filter(|e| e.counted && e.report.year <= edition.year).map(|e| e.report).collect();
    let cells = |path: &str, format| -> Result<FileOut, PublishError> {
        let mut bytes = Vec::new();
        write_cells(None, &mut bytes, edition.forms, &counted, format)?;
        Ok(FileOut::new(path, bytes))
    };
    let jobs: [Arc<dyn Fn() -> Result<FileOut, PublishError> + Send + Sync>; 7] = [
        Arc::new(|| cells("data/cells.parquet", Format::Parquet)),
        Arc::new(|| cells("data/cells.csv", Format::Csv)),
        Arc::new(|| district(edition)),
        Arc::new(|| series(edition)),
        Arc::new(|| reports(edition)),
        Arc::new(|| findings(edition)),
        Arc::new(|| coverage(edition)),
    ];
    jobs.par_iter().with_max_len(1).map(|job| job()).collect()
}

fn findings(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    table("data/findings.csv", &FINDINGS, edition.findings.iter().map(|f| finding_fields(f, edition.lang).to_vec()))
}

fn reports(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut by_receipt: Vec<Vec<usize>> = vec![Vec::new(); edition.receipts.len()];
    for (at, entry) in edition.entries.iter().enumerate() {
        if let Some(list) = by_receipt.get_mut(entry.receipt) {
            list.push(at);
        }
    }
    for (receipt, entries) in edition.receipts.iter().zip(by_receipt) {
        let reason = if edition.lang == "en" { &receipt.reason_en } else { &receipt.reason };
        let file = [receipt.format.clone(), receipt.bytes.to_string(), receipt.sha256.clone()];
        let row = |of: [String; 4], status: Status, superseded: bool, counts: [String; 3], counted: bool| {
            let status = if superseded { "superseded" } else { status.as_str() };
            let mut row = vec![receipt.name.to_string()];
            row.extend(of);
            row.extend(file.iter().cloned());
            row.extend([status.to_owned(), reason.clone()]);
            row.extend(counts);
            row.push(counted.to_string());
            row
        };
        if entries.is_empty() {
            let none = || std::array::from_fn(|_| String::new());
            rows.push(row(none(), receipt.status, false, std::array::from_fn(|_| "0".to_owned()), false));
        }
        for at in entries {
            let e = &edition.entries[at];
            let r = e.report;
            let of = [
                r.agency_id.clone().unwrap_or_default(),
                r.agency.clone(),
                r.year.to_string(),
                edition.forms.form(r.form).id.clone(),
            ];
            let counts = [r.count(edition.forms, State::Number), r.count(edition.forms, State::Blank), r.unmapped.len()];
            rows.push(row(of, receipt.status, e.superseded, counts.map(|n| n.to_string()), e.counted));
        }
    }
    table("data/reports.csv", &REPORTS, rows.into_iter())
}

fn district(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    let rows = edition.compilation.sums.iter().map(|s| {
        vec![
            s.group_id.clone(),
            s.group.clone(),
            s.level.clone(),
            s.year.to_string(),
            edition.forms.id(s.cell).to_owned(),
            s.millionths.map(decimal_text).unwrap_or_default(),
            s.reports.to_string(),
            s.missing.to_string(),
            (s.missing > 0).to_string(),
        ]
    });
    table("data/district.csv", &DISTRICT, rows)
}

fn coverage(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    let rows = edition.compilation.coverage.iter().map(|c| {
        vec![c.group_id.clone(), c.group.clone(), c.year.to_string(), c.agency_id.clone(), c.agency.clone(), c.status.clone()]
    });
    table("data/coverage.csv", &COVERAGE, rows)
}

fn series(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    let rows = edition.compilation.series.iter().map(|s| {
        let exact = |n: Option<i128>| n.map(decimal_text).unwrap_or_default();
        let growth = edition.compilation.growth(&s.group_id, &s.series, s.year);
        vec![
            s.group_id.clone(),
            s.group.clone(),
            s.level.clone(),
            s.series.clone(),
            s.year.to_string(),
            series_value(s),
            exact(s.numerator),
            exact(s.denominator),
            s.break_note.clone(),
            s.lower_bound.to_string(),
            growth.map(|g| decimal_text(g.change)).unwrap_or_default(),
            growth.and_then(|g| g.percent_text()).unwrap_or_default(),
        ]
    });
    table("data/series.csv", &SERIES, rows)
}

/// The value of a series: its sum, or the ratio in per cent rounded half up to six decimals in whole-number arithmetic.
pub(crate) fn series_value(s: &nianbao_compile::SeriesRow) -> String {
    let Some(numerator) = s.numerator else { return String::new() };
    if !s.ratio {
        return decimal_text(numerator);
    }
    match s.denominator {
        Some(d) if d > 0 => {
            let scaled = numerator * 100 * 1_000_000;
            decimal_text((2 * scaled + d).div_euclid(2 * d))
        }
        _ => String::new(),
    }
}
