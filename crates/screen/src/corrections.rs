//! Corrections: a figure that the office has put right, with who and why. The original is never overwritten: it stays as
//! the value's raw text, and the value is marked as corrected.

use nianbao_form::{Cell, Finding, Forms, Kind, Number, Registry, Report, State, Status, Subject, Value};

use crate::table::{self, TableError};

/// One line of `corrections.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Registry id, or the name where the registry does not know the agency.
    pub agency: String,
    /// Reporting year.
    pub year: u16,
    /// Cell.
    pub cell: Cell,
    /// What the report holds, as written; empty for a blank.
    pub from: String,
    /// What it should hold; `None` for a blank.
    pub to: Option<Number>,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When, as written.
    pub date: String,
    /// Line of the file.
    pub line: u64,
}

/// Reads `corrections.csv`; `file` is its name for messages, `others` are names of agencies that have sent reports but do
/// not stand in the registry.
///
/// # Errors
/// The first line that can not be understood: an unknown agency or cell (with the nearest known one), a bad year, a `to`
/// that is no figure.
pub fn parse(text: &str, file: &str, forms: &Forms, registry: &Registry, others: &[&str]) -> Result<Vec<Correction>, TableError> {
    let required = ["agency", "year", "cell", "from", "to"];
    let lines = table::read(text, file, &required, &["reason", "by", "date"])?;
    let mut corrections = Vec::with_capacity(lines.len());
    for line in lines {
        let [agency, year, cell, from, to, reason, by, date] = &line.fields[..] else { continue };
        let wrong = |problem: String| TableError::new(file, line.line, problem);
        let year: u16 = year
            .parse()
            .ok()
            .filter(|y| forms.for_year(*y).is_some())
            .ok_or_else(|| wrong(format!("`{year}` is no reporting year of any form")))?;
        let agency = match registry.find(agency, Some(year)) {
            Some(known) => known.id.clone(),
            None if others.contains(&agency.as_str()) => agency.clone(),
            None => {
                let known = registry.names().map(|(name, _)| name).chain(others.iter().copied());
                return Err(wrong(format!("unknown agency `{agency}`{}", hint(nianbao_form::nearest(agency, known)))));
            }
        };
        let Some(cell) = forms.cell(cell) else {
            return Err(wrong(format!("unknown cell `{cell}`{}", hint(forms.nearest(cell)))));
        };
        let to = match to.as_str() {
            "" => None,
            text => Some(figure(forms, cell, text).map_err(wrong)?),
        };
        let (from, reason, by, date) = (from.clone(), reason.clone(), by.clone(), date.clone());
        corrections.push(Correction { agency, year, cell, from, to, reason, by, date, line: line.line });
    }
    Ok(corrections)
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |n| format!("; did you mean `{n}`?"))
}

fn figure(forms: &Forms, cell: Cell, text: &str) -> Result<Number, String> {
    let number = Number::parse(text).map_err(|e| format!("`to` is `{text}`: {e}"))?;
    if forms.kind(cell) == Kind::Count && !number.is_whole() {
        return Err(format!("`to` is `{text}`, but `{}` is a count", forms.id(cell)));
    }
    Ok(number)
}

/// Applies the corrections that are meant for the report, in the order of the file, each only where `from` is what the
/// report holds; the others come back as `correction-mismatch`. What was applied comes back as `corrected`, settled, with
/// the original beside it: a correction is public. Correct before deriving values from the figures.
pub fn apply(corrections: &[Correction], forms: &Forms, report: &mut Report) -> Vec<Finding> {
    let mut findings = Vec::new();
    for correction in corrections {
        if correction.year != report.year || correction.agency != report.agency_key() {
            continue;
        }
        let value = report.value(correction.cell);
        if done(correction, value) {
            continue;
        }
        if !matches(correction, value) {
            findings.push(mismatch(correction, forms, report));
            continue;
        }
        findings.push(applied(correction, forms, report));
        let (raw, place) = (value.raw.clone(), value.place.clone());
        let mut corrected = match correction.to {
            Some(number) => Value::number(number, raw, place),
            None => Value::without(State::Blank, raw, place),
        };
        corrected.derived = Some(Value::CORRECTION.into());
        report.set(correction.cell, corrected);
    }
    findings
}

/// Whether the value is the one that the correction speaks of.
fn matches(correction: &Correction, value: &Value) -> bool {
    let from = correction.from.as_str();
    match (value.state, value.number) {
        (State::Blank | State::Absent, _) => from.is_empty(),
        (State::Number, Some(number)) => Number::parse(from) == Ok(number) || (!value.is_derived() && from == value.raw.trim()),
        _ => !from.is_empty() && from == value.raw.trim(),
    }
}

/// Whether the same correction, standing twice in the file, has been applied already.
fn done(correction: &Correction, value: &Value) -> bool {
    value.is_corrected() && value.number == correction.to
}

/// What a report holds, as a person would say it, in Chinese and in English.
fn or_blank(text: &str) -> (String, String) {
    if text.is_empty() { ("空白".to_owned(), "blank".to_owned()) } else { (text.to_owned(), text.to_owned()) }
}

fn held(value: &Value) -> String {
    value.number.map_or_else(|| value.raw.trim().to_owned(), |n| n.to_string())
}

/// `corrected`: what was put in, before it is.
fn applied(correction: &Correction, forms: &Forms, report: &Report) -> Finding {
    let value = report.value(correction.cell);
    let (found, to) = (held(value), correction.to.map(|n| n.to_string()).unwrap_or_default());
    let ((found_zh, found_en), (to_zh, to_en)) = (or_blank(&found), or_blank(&to));
    let words = [&correction.reason, &correction.by, &correction.date].map(String::as_str);
    let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
    let (mut why, mut why_en) = (String::new(), String::new());
    if !words.is_empty() {
        (why, why_en) = (format!("（{}）", words.join("，")), format!(" ({})", words.join(", ")));
    }
    let mut finding = Finding::of("corrected", &Subject::of(report))
        .cell(forms, correction.cell, found, to)
        .with_both("cell", forms.name(report.form, correction.cell), forms.name_in("en", report.form, correction.cell))
        .with_both("found", found_zh, found_en)
        .with_both("expected", to_zh, to_en)
        .with_both("why", why, why_en)
        .at(&value.place)
        .build();
    finding.status = Status::Explained;
    finding
}

fn mismatch(correction: &Correction, forms: &Forms, report: &Report) -> Finding {
    let value = report.value(correction.cell);
    let found = held(value);
    let (found_zh, found_en) = or_blank(&found);
    let (from_zh, from_en) = or_blank(&correction.from);
    Finding::of("correction-mismatch", &Subject::of(report))
        .cell(forms, correction.cell, found, correction.from.clone())
        .with_both("cell", forms.name(report.form, correction.cell), forms.name_in("en", report.form, correction.cell))
        .with_both("found", found_zh, found_en)
        .with_both("expected", from_zh, from_en)
        .at(&value.place)
        .build()
}

/// `correction-mismatch` for a correction of a report that was not among those read.
pub fn without_report(correction: &Correction, forms: &Forms, registry: &Registry) -> Finding {
    let known = registry.get(&correction.agency);
    let subject = Subject {
        agency_id: known.map(|a| a.id.clone()).unwrap_or_default(),
        agency: known.map_or_else(|| correction.agency.clone(), |a| a.name.clone()),
        year: correction.year,
        report: String::new(),
    };
    let name = |lang| forms.for_year(correction.year).map_or_else(String::new, |form| forms.name_in(lang, form, correction.cell));
    Finding::of("correction-mismatch", &subject)
        .cell(forms, correction.cell, "", correction.from.clone())
        .with_both("cell", name("zh"), name("en"))
        .with_both("found", "（没有这份报告）", "(there is no such report)")
        .build()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use nianbao_form::{Agency, Place};

    const RECEIVED: &str = "requests.received.total";

    fn registry() -> Registry {
        let agency = |id: &str, name: &str| Agency { id: id.into(), name: name.into(), ..Agency::default() };
        Registry::new(vec![agency("a1", "区教育局"), agency("a2", "区民政局")]).0
    }

    fn parsed(rows: &str) -> Result<Vec<Correction>, TableError> {
        let text = format!("\u{feff}agency,year,cell,from,to,reason,by,date\n{rows}\n");
        parse(&text, "c.csv", Forms::built_in(), &registry(), &["名录外公司"])
    }

    fn report() -> Report {
        let forms = Forms::built_in();
        let mut report = Report::new(forms, "a.docx", "区教育局", 2024, forms.for_year(2024).unwrap());
        report.agency_id = Some("a1".into());
        report.set(forms.cell(RECEIVED).unwrap(), Value::number(Number::whole(12).unwrap(), "１２件", Place::Line(8)));
        report.set(forms.cell("requests.handled.total").unwrap(), Value::without(State::Blank, "", Place::Line(9)));
        report
    }

    #[test]
    fn applied_where_the_original_matches_and_kept_beside() {
        let forms = Forms::built_in();
        for (row, number, mismatches) in [
            ("a1,2024,requests.received.total,12,21,电话核实,张三,2025-02-03", Some(21), 0),
            ("区教育局,2024,requests.received.total,１２件,21,,,", Some(21), 0),
            ("a1,2024,requests.received.total,12,21,,,\na1,2024,requests.received.total,12,21,,,", Some(21), 0),
            ("a1,2024,requests.received.total,12,21,,,\na1,2024,requests.received.total,21,22,,,", Some(22), 0),
            ("a1,2024,requests.received.total,12,,,,", None, 0),
            ("a1,2024,requests.received.total,11,21,,,", Some(12), 1),
            ("a1,2024,requests.received.total,,21,,,", Some(12), 1),
            ("a2,2024,requests.received.total,12,21,,,", Some(12), 0),
            ("a1,2023,requests.received.total,12,21,,,", Some(12), 0),
        ] {
            let mut report = report();
            let findings = apply(&parsed(row).unwrap(), forms, &mut report);
            let value = report.value(forms.cell(RECEIVED).unwrap());
            assert_eq!(value.number.map(Number::trunc), number, "{row}");
            assert_eq!((&*value.raw, &value.place), ("１２件", &Place::Line(8)), "{row}");
            let (applied, wrong): (Vec<_>, Vec<_>) = findings.iter().partition(|f| f.rule == "corrected");
            assert_eq!(wrong.len(), mismatches, "{row}");
            assert!(wrong.iter().all(|f| f.rule == "correction-mismatch" && f.status == Status::Open), "{row}");
            assert_eq!(applied.is_empty(), number == Some(12), "{row}");
            assert!(applied.iter().all(|f| f.status == Status::Explained && f.place == Place::Line(8)), "{row}");
            assert!(findings.iter().all(|f| !f.message.contains('{') && !f.message_en.contains('{')), "{findings:?}");
        }
    }

    #[test]
    fn a_blank_is_filled() {
        let (forms, mut report) = (Forms::built_in(), report());
        let cell = forms.cell("requests.handled.total").unwrap();
        let row = "a1,2024,requests.handled.total,,3,电话核实,张三,2025-02-03";
        let findings = apply(&parsed(row).unwrap(), forms, &mut report);
        let told: Vec<&str> = findings.iter().map(|f| f.message.as_str()).collect();
        assert_eq!(told, ["“办理结果总计（总计）”报告为空白，已更正为3（电话核实，张三，2025-02-03）。"]);
        assert_eq!((report.counts_as(cell), report.value(cell).derived.as_deref()), (Number::whole(3), Some(Value::CORRECTION)));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (row, want) in [
            (
                "区教育据,2024,requests.received.total,1,2,,,",
                "c.csv, line 2: unknown agency `区教育据`; did you mean `区教育局`?",
            ),
            (
                "a1,2024,requests.recieved.total,1,2,,,",
                "c.csv, line 2: unknown cell `requests.recieved.total`; did you mean `requests.received.total`?",
            ),
            ("a1,24,requests.received.total,1,2,,,", "c.csv, line 2: `24` is no reporting year of any form"),
            (
                "a1,2024,requests.received.total,1,2.5,,,",
                "c.csv, line 2: `to` is `2.5`, but `requests.received.total` is a count",
            ),
            ("a1,2024,requests.received.total,1,1e5,,,", "c.csv, line 2: `to` is `1e5`: not a decimal number"),
        ] {
            assert_eq!(parsed(row).unwrap_err().to_string(), want);
        }
        assert_eq!(parsed("名录外公司,2024,requests.received.total,1,2,,,").unwrap()[0].agency, "名录外公司");
    }
}
