//! What lies under `data/`: the tables, what their columns and ids mean, and the package that lists them.
//!
//! CSV is UTF-8 with a byte order mark, so that Excel shows Chinese; text that a spreadsheet program would run as a formula
//! has an apostrophe in front ([`nianbao_form::spreadsheet`]).

mod cells;
mod columns;
mod delimited;
mod dictionary;
mod findings;
mod package;
mod run;

use nianbao_form::{Report, State, decimal_text};
use nianbao_intake::Status;
use rayon::prelude::*;

use crate::files::FileOut;
use crate::{Edition, PublishError};

use columns::{COVERAGE, DISTRICT, FINDINGS, RECONCILIATION, REPORTS, SERIES};
use delimited::BOM;

pub use cells::{Format, write_cells};
pub use findings::write_findings;

pub(crate) use delimited::table;
pub(crate) use package::data_package;
pub(crate) use run::run_json;

/// Everything under `data/` but the package file.
pub(crate) fn data_files(edition: &Edition<'_>) -> Result<Vec<FileOut>, PublishError> {
    let counted: Vec<&Report> =
        edition.entries.iter().filter(|e| e.counted && e.report.year <= edition.year).map(|e| e.report).collect();
    let cells = |path: &str, format| -> Result<FileOut, PublishError> {
        let mut bytes = if format == Format::Csv { BOM.to_vec() } else { Vec::new() };
        write_cells(None, &mut bytes, edition.forms, &counted, format)?;
        Ok(FileOut::new(path, bytes))
    };
    type Job<'j> = Box<dyn Fn() -> Result<FileOut, PublishError> + Send + Sync + 'j>;
    let jobs: [Job<'_>; 10] = [
        Box::new(|| cells("data/cells.parquet", Format::Parquet)),
        Box::new(|| cells("data/cells.csv", Format::Csv)),
        Box::new(|| district(edition)),
        Box::new(|| series(edition)),
        Box::new(|| reports(edition)),
        Box::new(|| findings_table(edition)),
        Box::new(|| coverage(edition)),
        Box::new(|| dictionary::cell_ids(edition)),
        Box::new(|| dictionary::series_ids(edition)),
        Box::new(|| dictionary::page(edition)),
    ];
    let mut files: Vec<FileOut> = jobs.par_iter().with_max_len(1).map(|job| job()).collect::<Result<_, _>>()?;
    files.extend(edition.reconciliation.map(|r| reconciliation(edition, r)).transpose()?);
    Ok(files)
}

fn reconciliation(edition: &Edition<'_>, made: &nianbao_compile::Reconciliation) -> Result<FileOut, PublishError> {
    let exact = |n: Option<i128>| n.map(decimal_text).unwrap_or_default();
    let rows = made.rows.iter().map(|r| {
        let why = if edition.lang == "en" { &r.explanation_en } else { &r.explanation };
        let (sum, difference) = (exact(r.sum), exact(r.difference));
        vec![r.year.to_string(), r.cell_id.clone(), r.raw.clone(), sum, difference, r.status.as_str().to_owned(), why.clone()]
    });
    table("data/reconciliation.csv", &RECONCILIATION, rows)
}

fn findings_table(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    table("data/findings.csv", &FINDINGS, edition.findings.iter().map(|f| findings::finding_fields(f, edition.lang).to_vec()))
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
