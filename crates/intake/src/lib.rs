//! From files to reports: one reader per container makes a [`document::Document`], one matcher makes a report of it.
//!
//! Reading never fails half-way: [`read`] returns a [`Receipt`] that says what the file was found to be, what became of it
//! and why, with the reports in it. Nothing here knows a cell by name; labels come from [`nianbao_form::Forms`] alone.
//!
//! ```
//! use nianbao_form::{Forms, Registry};
//! use nianbao_intake::{Source, Status, read};
//! let path = std::env::temp_dir().join(format!("nianbao-intake-{}.txt", std::process::id()));
//! std::fs::write(&path, "2020年某局政府信息公开年度报告\n\t信息内容\n\t采购项目数量\n\t采购总金额\n\n\t政府集中采购\n\t2\n\t984361元\n").unwrap();
//! let receipt = read(Forms::built_in(), &Registry::default(), &Source { name: "a.txt".into(), path: path.clone() });
//! assert_eq!(receipt.status, Status::Partial);
//! let report = &receipt.reports[0];
//! let amount = Forms::built_in().cell("proactive.procurement.amount").unwrap();
//! assert_eq!(report.counts_as(amount).unwrap().to_string(), "98.4361");
//! assert_eq!((report.agency.as_str(), report.year), ("某局", 2020));
//! std::fs::remove_file(path).unwrap();
//! ```
#![forbid(unsafe_code)]

mod archive;
mod aside;
mod charset;
mod columns;
mod contents;
mod decoded;
mod detect;
mod doc;
pub mod document;
mod docx;
mod explain;
mod found;
mod gather;
mod head;
mod html;
mod judge;
mod layout;
mod line;
mod matcher;
mod members;
mod mhtml;
mod normalised;
mod odt;
mod pair;
#[cfg(feature = "parquet")]
mod parquet;
mod pdf;
mod reading;
mod recognise;
mod refuse;
mod registry_file;
mod row;
mod rtf;
mod sections;
mod sense;
mod several;
mod sheet;
mod slip;
mod stream;
mod tables;
mod take;
mod tesseract;
mod text;
mod title;
mod vocabulary;
mod who;
mod workbook;

use std::path::PathBuf;
use std::sync::Arc;

use nianbao_form::Report;

pub use gather::gather;
pub use matcher::Matcher;
pub use reading::{Reading, explain, open, read, read_all, read_published};
pub use refuse::Refusal;
pub use registry_file::read_registry;
pub use tesseract::Tesseract;

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

/// The format of files that programs and systems put beside a clerk's own.
pub(crate) const SYSTEM: &str = "system";

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
    /// What it was found to be by its content: `docx`, `xlsx`, `html`, `txt`, `csv`, `zip`, or a name of what else.
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

impl Receipt {
    /// Whether nothing could be taken from a file that somebody may have meant as a report. Lock files, hidden files and
    /// the like are listed but were meant by nobody.
    pub fn has_failed(&self) -> bool {
        matches!(self.status, Status::Unreadable | Status::Foreign) && !self.is_system()
    }

    /// Whether a program or the system has put the file there: a lock file, a hidden file, a folder of such.
    pub fn is_system(&self) -> bool {
        self.format == SYSTEM
    }
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
