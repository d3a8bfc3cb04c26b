//! Small files that people keep by hand, read with the line of everything that is wrong.

/// What is wrong in a file of decisions or corrections.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
pub struct TableError {
    /// The file, as it was named.
    pub file: String,
    /// Line, counting from 1.
    pub line: u64,
    /// What is wrong and what to do.
    pub problem: String,
}

impl TableError {
    pub(crate) fn new(file: &str, line: u64, problem: impl Into<String>) -> TableError {
        TableError { file: file.to_owned(), line, problem: problem.into() }
    }
}

/// A line with its fields in the order asked for.
pub(crate) struct Line {
    pub(crate) line: u64,
    pub(crate) fields: Vec<String>,
}

/// Reads a CSV with a header (UTF-8, BOM accepted, any column order). `required` columns must be there, `optional` ones
/// are empty where they are not; any other is an error that names the nearest known one.
pub(crate) fn read(text: &str, file: &str, required: &[&str], optional: &[&str]) -> Result<Vec<Line>, TableError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| refused(file, &e))?.clone();
    let known: Vec<&str> = required.iter().chain(optional).copied().collect();
    let mut seen: Vec<&str> = Vec::new();
    for header in &headers {
        if !known.contains(&header) {
            let hint = nianbao_form::nearest(header, known.iter().copied())
                .map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            return Err(TableError::new(file, 1, format!("unknown column `{header}`{hint} (columns: {})", known.join(","))));
        }
        if seen.contains(&header) {
            return Err(TableError::new(file, 1, format!("column `{header}` stands twice")));
        }
        seen.push(header);
    }
    if let Some(missing) = required.iter().find(|r| !seen.contains(r)) {
        return Err(TableError::new(file, 1, format!("column `{missing}` is missing (columns: {})", known.join(","))));
    }
    let at: Vec<Option<usize>> = known.iter().map(|k| seen.iter().position(|s| s == k)).collect();
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| refused(file, &e))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let fields = at.iter().map(|i| i.and_then(|i| record.get(i)).unwrap_or_default().to_owned()).collect();
        lines.push(Line { line: record.position().map_or(0, csv::Position::line), fields });
    }
    Ok(lines)
}

fn refused(file: &str, error: &csv::Error) -> TableError {
    let line = error.position().map_or(1, csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("{len} columns where the header has {expected_len}"),
        _ => error.to_string(),
    };
    TableError::new(file, line, problem)
}
