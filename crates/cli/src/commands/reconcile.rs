//! `nianbao reconcile`: published totals against the sum of the agencies.

use std::fmt::Write;
use std::path::Path;

use nianbao_compile::{Comparison, Published, Reconciliation, reconcile_with_versions};
use nianbao_form::{Forms, Number, Report, State, decimal_text};
use nianbao_intake::Source;
use serde_json::json;

use crate::args::{Common, Format, Lang, ReconcileArgs};
use crate::assess::{Given, failed};
use crate::commands::to_stdout;
use crate::inputs::Office;
use crate::outcome::{Done, Failure};
use crate::progress::Progress;
use crate::summary;

pub(crate) fn reconcile(args: &ReconcileArgs, common: &Common) -> Result<Done, Failure> {
    let mut given = Given::new(&args.paths, args.pipeline.as_deref(), None, common)?;
    let published = published(&args.published, &given.forms, &given.office)?;
    // The published report itself may lie in the folder of the agencies' reports.
    let own = args.published.canonicalize().ok();
    given.sources.retain(|s| own.is_none() || s.path.canonicalize().ok() != own);
    let progress = Progress::new(common);
    let assessment = given.assess(&progress)?;
    let common = &common.speaking(assessment.form(&given.forms));
    let counted: Vec<&Report> = assessment.reports.iter().zip(&assessment.counted).filter(|(_, c)| **c).map(|(r, _)| r).collect();
    let superseded = assessment.reports.iter().zip(&assessment.superseded).filter(|(_, old)| **old);
    let replaced: Vec<&Report> = superseded.map(|(r, _)| r).collect();
    let result = {
        let _stage = progress.stage("reconcile", "核对", "reconciling", 0);
        let group = given.pipeline.group.as_deref();
        reconcile_with_versions(&given.forms, &given.office.registry, &published, &counted, &replaced, group)
            .map_err(|e| Failure::Usage(e.into()))?
    };
    let text = match args.format {
        Format::Text => text(&result, &given.forms, common.language()),
        Format::Csv => csv_rows(&result, &given.forms, common.language())?,
        Format::Jsonl => jsonl(&result, &given.forms, common.language()),
    };
    to_stdout(text.as_bytes())?;
    for receipt in assessment.receipts.iter().filter(|r| failed(r)) {
        summary::tell_receipt(receipt, common);
    }
    Ok(Done { unread: assessment.unread(), failed_on: false })
}

/// A published report: a document, or a CSV of which year, cell and value are needed.
pub(crate) fn published(path: &Path, forms: &Forms, office: &Office) -> Result<Vec<Published>, Failure> {
    if !path.is_file() {
        return Err(Failure::usage(format!("{} is not there{}", path.display(), crate::pipeline::near_files(path))));
    }
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return published_csv(path, forms);
    }
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let source = Source { name: name.into(), path: path.to_owned() };
    let receipt = nianbao_intake::read_published(forms, &office.registry, &source);
    if receipt.reports.is_empty() {
        return Err(Failure::usage(format!("{}: {}", path.display(), receipt.reason_en)));
    }
    let mut all = Vec::new();
    for report in &receipt.reports {
        for (cell, value) in report.cells(forms) {
            if !matches!(value.state, State::Absent | State::Blank) {
                all.push(Published::new(report.year, cell, value.counts_as(), value.raw.as_ref()));
            }
        }
    }
    Ok(all)
}

fn published_csv(path: &Path, forms: &Forms) -> Result<Vec<Published>, Failure> {
    let wrong = |line: u64, message: String| Failure::usage(format!("{}:{line}: {message}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| wrong(0, e.to_string()))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = reader.headers().map_err(|e| wrong(1, e.to_string()))?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| wrong(1, format!("column `{name}` is missing; year, cell and value are needed")))
    };
    let (year, cell, value) = (column("year")?, column("cell")?, column("value")?);
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| wrong(e.position().map_or(0, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let known = forms.cell(&record[cell]).ok_or_else(|| {
            let hint = forms.nearest(&record[cell]).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            wrong(
                line,
                format!("column cell: `{}` is no cell of a known form{hint} (a form of your own: --form-file)", &record[cell]),
            )
        })?;
        let year = record[year].parse().map_err(|_| wrong(line, format!("column year: `{}` is no year", &record[year])))?;
        all.push(Published::new(year, known, Number::parse(&record[value]).ok(), &record[value]));
    }
    Ok(all)
}

fn text(result: &Reconciliation, forms: &Forms, lang: Lang) -> String {
    let mut out = String::new();
    for row in result.rows.iter().filter(|r| r.status == Comparison::Differs) {
        let _ = writeln!(
            out,
            "{} {}: {} {}, {} {}, {} {}",
            row.year,
            forms.id(row.cell),
            lang.pick("公布", "published"),
            row.raw,
            lang.pick("合计", "sum"),
            decimal(row.sum),
            lang.pick("差", "difference"),
            decimal(row.difference)
        );
    }
    for explanation in &result.explanations {
        let _ = writeln!(out, "{}", lang.pick(&explanation.message, &explanation.message_en));
    }
    let _ = writeln!(out, "{}", lang.pick(&result.message, &result.message_en));
    out
}

fn decimal(millionths: Option<i128>) -> String {
    millionths.map(decimal_text).unwrap_or_default()
}

const COLUMNS: [&str; 7] = ["year", "cell", "published", "sum", "difference", "status", "explanation"];

fn csv_rows(result: &Reconciliation, forms: &Forms, lang: Lang) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Failure::Output(e.into());
    writer.write_record(COLUMNS).map_err(failed)?;
    for row in &result.rows {
        writer
            .write_record([
                row.year.to_string().as_str(),
                forms.id(row.cell),
                &row.raw,
                &decimal(row.sum),
                &decimal(row.difference),
                row.status.as_str(),
                lang.pick(&row.explanation, &row.explanation_en),
            ])
            .map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|e| Failure::Output(anyhow::anyhow!("{e}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn jsonl(result: &Reconciliation, forms: &Forms, lang: Lang) -> String {
    let mut out = String::new();
    for row in &result.rows {
        let value = json!({
            "year": row.year, "cell": forms.id(row.cell), "published": row.raw, "sum": decimal(row.sum),
            "difference": decimal(row.difference), "status": row.status.as_str(),
            "explanation": lang.pick(&row.explanation, &row.explanation_en),
        });
        let _ = writeln!(out, "{value}");
    }
    out
}
