//! Findings, for `-o` and for `data/findings.csv`.

use std::io::Write;
use std::path::Path;

use nianbao_form::Finding;

use super::cells::{Format, line, to, unfit, year_text};
use super::columns::FINDINGS;
use super::delimited::record;
use crate::PublishError;

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

/// What findings.csv says of one finding.
pub(super) fn finding_fields(f: &Finding, lang: &str) -> [String; 16] {
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
