//! `agencies.csv`: the list of who must report.

use std::path::Path;

use nianbao_form::registry::Problem;
use nianbao_form::{Agency, Registry, Reports};

use crate::TableError;
use crate::detect::decode;

const COLUMNS: [&str; 9] = ["agency_id", "agency", "kind", "parent", "aliases", "from", "to", "successor", "reports"];

/// Reads `agencies.csv`. A spreadsheet may have saved it as UTF-8, with or without a mark, or as GB18030.
///
/// # Errors
/// A file that cannot be read, a missing column, a year that is none: with file and line.
pub fn read_registry(path: &Path) -> Result<(Registry, Vec<Problem>), TableError> {
    let fail = |line: u64, message: String| TableError { path: path.to_owned(), line, message };
    let bytes = std::fs::read(path).map_err(|e| fail(0, format!("cannot be read: {e}")))?;
    let text = decode(&bytes, false);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| fail(1, e.to_string()))?.clone();
    let mut at = [None; 9];
    for (i, name) in header.iter().enumerate() {
        let name = name.trim_start_matches('\u{feff}').trim();
        if let Some(k) = COLUMNS.iter().position(|c| *c == name)
            && at[k].replace(i).is_some()
        {
            return Err(fail(1, format!("column `{name}` stands twice")));
        }
    }
    for k in [0, 1] {
        if at[k].is_none() {
            let near = nianbao_form::nearest(COLUMNS[k], header.iter()).map_or(String::new(), |n| format!("; is it `{n}`?"));
            return Err(fail(1, format!("column `{}` is missing{near}", COLUMNS[k])));
        }
    }
    let mut agencies = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| fail(e.position().map_or(0, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |k: usize| at[k].and_then(|i| record.get(i)).map_or("", str::trim);
        if record.iter().all(|f| f.trim().is_empty()) {
            continue;
        }
        agencies.push(agency(field, line).map_err(|message| fail(line, message))?);
    }
    Ok(Registry::new(agencies))
}

fn agency<'a>(field: impl Fn(usize) -> &'a str, line: u64) -> Result<Agency, String> {
    for k in [0, 1] {
        if field(k).is_empty() {
            return Err(format!("column `{}` is empty", COLUMNS[k]));
        }
    }
    let year = |k: usize| match field(k) {
        "" => Ok(None),
        text => match text.parse::<u16>() {
            Ok(year) if (1949..=2099).contains(&year) => Ok(Some(year)),
            _ => Err(format!("column `{}`: `{text}` is not a year", COLUMNS[k])),
        },
    };
    let list = |k: usize| field(k).split([';', '；']).map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let (from, to) = (year(5)?, year(6)?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(format!("column `to`: {} is before `from`", field(6)));
    }
    let reports = match field(8) {
        "" | "own" => Reports::Own,
        "compiled" => Reports::Compiled,
        "none" => Reports::None,
        other => return Err(format!("column `reports`: `{other}` is none of own, compiled, none")),
    };
    Ok(Agency {
        id: field(0).to_owned(),
        name: field(1).to_owned(),
        kind: field(2).to_owned(),
        parent: field(3).to_owned(),
        aliases: list(4),
        from,
        to,
        successor: list(7),
        reports,
        line: line as usize,
    })
}
