//! Errors of TOML files that name file, line and key, and the nearest known one.

use std::path::{Path, PathBuf};

use crate::nearest;

/// What is wrong in a TOML file, and where.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{}: {}{message}", path.display(), if *line > 0 { format!(":{line}") } else { String::new() }, if key.is_empty() { String::new() } else { format!("`{key}`: ") })]
pub struct FormError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The key or the value that is meant.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FormError {
    pub(crate) fn new(path: &Path, line: usize, key: &str, message: impl Into<String>) -> FormError {
        FormError { path: path.to_owned(), line, key: key.to_owned(), message: message.into() }
    }
}

/// Turns an error of the TOML reader into one that names file, line, key and, for an unknown key, the nearest known one.
/// Forms, pipelines and charts all speak through it.
pub fn explain_toml(path: &Path, text: &str, error: &toml::de::Error) -> FormError {
    let line = error.span().map_or(0, |span| line_of(text, span.start));
    let message = error.message().trim().to_owned();
    let of = |what: &str| message.strip_prefix(&format!("unknown {what} `"));
    if let Some((rest, what)) = of("field").map(|r| (r, "key")).or_else(|| of("variant").map(|r| (r, "value"))) {
        let mut quoted = rest.split('`');
        let key = quoted.next().unwrap_or_default().to_owned();
        let known: Vec<&str> = quoted.skip(1).step_by(2).collect();
        let hint = nearest(&key, known.iter().copied())
            .map_or_else(|| format!("known here: {}", known.join(", ")), |n| format!("did you mean `{n}`?"));
        return FormError::new(path, line, &key, format!("unknown {what}; {hint}"));
    }
    FormError::new(path, line, "", message)
}

/// The line, from 1, of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}
