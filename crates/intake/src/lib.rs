//! From files to reports: one reader per container makes a [`Document`], one matcher makes a report of it.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nianbao_form::{Forms, Registry, Report};

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything that the form asks for was read.
    Read,
    /// Some of it: a table is missing or something was left unread.
    Partial,
    /// Nothing: broken, empty, encrypted.
    Unreadable,
    /// It can be read but is not such a report.
    Foreign,
}

impl Status {
    /// The word of `reports.csv`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Read => "read",
            Status::Partial => "partial",
            Status::Unreadable => "unreadable",
            Status::Foreign => "foreign",
        }
    }
}

/// A file to be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Name relative to the input folder, with `/` on every system; what outputs call the file.
    pub name: Arc<str>,
    /// Where it lies.
    pub path: PathBuf,
}

/// What became of one file and the reports in it.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The file.
    pub name: Arc<str>,
    /// What it was found to be by its content: `docx`, `html`, `txt`, `csv`, `jsonl`, `parquet`, or a name of what else.
    pub format: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// What became of it.
    pub status: Status,
    /// Why it was not wholly read, in Chinese; empty if it was.
    pub reason: String,
    /// The same in English.
    pub reason_en: String,
    /// The reports in it: one for a document, many for normalised cells.
    pub reports: Vec<Report>,
}

/// The files of folders, single files and globs, sorted by name, doubles once. Hidden files, Office lock files (`~$…`)
/// and folders that hold the program's own output (a `run.json` beside them) are left out.
pub fn gather(_inputs: &[PathBuf]) -> std::io::Result<Vec<Source>> {
    Ok(Vec::new())
}

/// Reads files in parallel; receipts come in the order of `sources`. `done` is called once a file, from any thread.
pub fn read_all(_forms: &Forms, _registry: &Registry, _sources: &[Source], _done: &(dyn Fn(&Receipt) + Sync)) -> Vec<Receipt> {
    Vec::new()
}

/// Reads one file.
pub fn read(_forms: &Forms, _registry: &Registry, source: &Source) -> Receipt {
    Receipt {
        name: source.name.clone(),
        format: String::new(),
        bytes: 0,
        sha256: String::new(),
        status: Status::Unreadable,
        reason: String::new(),
        reason_en: String::new(),
        reports: Vec::new(),
    }
}

/// The grids of a document as found, with the cell id that each place got and why: `normalize --explain`.
pub fn explain(_forms: &Forms, _registry: &Registry, _source: &Source) -> String {
    String::new()
}

/// What is wrong with a table that the office keeps (registry, decisions, corrections, receipts): file, line, column.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {message}", path.display())]
pub struct TableError {
    /// The file.
    pub path: PathBuf,
    /// Line, from 1; 0 where the whole file is meant.
    pub line: u64,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Reads `agencies.csv`.
///
/// # Errors
/// A file that cannot be read, a missing column, a year that is none: with file and line.
pub fn read_registry(_path: &Path) -> Result<(Registry, Vec<nianbao_form::registry::Problem>), TableError> {
    Ok(Registry::new(Vec::new()))
}
