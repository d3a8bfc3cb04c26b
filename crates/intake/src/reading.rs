//! The boundary of a file: opened once, never in the way of the others, and told what became of it.
//!
//! Bounds for any one file: a document has at most [`MAX_DOCUMENT`] bytes and unpacks to no more than its reader's own
//! bound; an archive is read member by member; normalised cells are read in a stream. What is not a plain file (a pipe, a
//! device) is not opened. A reader that panics loses its own file alone.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use nianbao_form::{Forms, Registry};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::archive::{self, Within};
use crate::contents::{self, Taken};
use crate::detect::{self, Format};
use crate::document::Document;
use crate::members::Members;
use crate::normalised::{self, Collector, Need};
use crate::refuse::Refusal;
use crate::tesseract::Tesseract;
use crate::vocabulary::Vocabulary;
use crate::{Receipt, Source, Status, gather, judge};

/// A document is not read if it is larger than this; normalised cells are read in a stream and have no limit.
pub(crate) const MAX_DOCUMENT: u64 = 256 << 20;
const HEAD: usize = 64 << 10;

/// Reads files in parallel; receipts come in the order of `sources`, those of an archive's members behind its own. `done`
/// is called once a source, from any thread.
pub fn read_all(forms: &Forms, registry: &Registry, sources: &[Source], done: &(dyn Fn(&Receipt) + Sync)) -> Vec<Receipt> {
    Reading { forms, registry, tesseract: None }.all(sources, done)
}

/// What files are read with.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// Forms.
    pub forms: &'a Forms,
    /// Registry.
    pub registry: &'a Registry,
    /// What reads pictures of tables; none leaves them unread, and says so.
    pub tesseract: Option<&'a Tesseract>,
}

impl Reading<'_> {
    /// Reads files in parallel, as [`read_all`] does.
    pub fn all(&self, sources: &[Source], done: &(dyn Fn(&Receipt) + Sync)) -> Vec<Receipt> {
        let words = Vocabulary::new(self.forms);
        let reader = self.reader(&words, Need::Reports, false);
        let entries: Vec<Vec<Entry>> = sources
            .par_iter()
            .map(|source| {
                let entries = reader.source(source);
                if let Some(first) = entries.first() {
                    done(&first.receipt);
                }
                entries
            })
            .collect();
        entries.into_iter().flatten().map(|e| e.receipt).collect()
    }

    /// The grids of a document as found, with the cell id that each place got and why: `normalize --explain`. Of an
    /// archive every member.
    pub fn explain(&self, source: &Source) -> String {
        let words = Vocabulary::new(self.forms);
        let entries = self.reader(&words, Need::Reports, true).source(source);
        entries.iter().map(|e| told(self.forms, e)).collect()
    }

    fn reader<'w>(&'w self, words: &'w Vocabulary<'w>, need: Need, explain: bool) -> Reader<'w> {
        Reader { words, registry: self.registry, tesseract: self.tesseract, need, explain }
    }
}

/// Reads one file; of an archive the reports of all its members.
pub fn read(forms: &Forms, registry: &Registry, source: &Source) -> Receipt {
    one(forms, registry, source, Need::Reports)
}

/// Reads a published report that is to be compared: a document, or normalised cells of which only `year`, `cell` and
/// `value` are needed.
pub fn read_published(forms: &Forms, registry: &Registry, source: &Source) -> Receipt {
    one(forms, registry, source, Need::Published)
}

fn one(forms: &Forms, registry: &Registry, source: &Source, need: Need) -> Receipt {
    let words = Vocabulary::new(forms);
    let reading = Reading { forms, registry, tesseract: None };
    let mut entries = reading.reader(&words, need, false).source(source).into_iter().map(|e| e.receipt);
    let mut first = entries.next().unwrap_or_else(|| blank(&source.name));
    first.reports.extend(entries.flat_map(|r| r.reports));
    first
}

/// The grids of a document as found; see [`Reading::explain`].
pub fn explain(forms: &Forms, registry: &Registry, source: &Source) -> String {
    Reading { forms, registry, tesseract: None }.explain(source)
}

fn told(forms: &Forms, Entry { receipt, explained }: &Entry) -> String {
    let mut out = format!("{} ({}, {})\n", receipt.name, receipt.format, receipt.status.as_str());
    if !receipt.reason_en.is_empty() {
        let _ = writeln!(out, "reason: {}", receipt.reason_en);
    }
    for report in &receipt.reports {
        let _ = writeln!(out, "agency {}, year {}, form {}", report.agency, report.year, forms.form(report.form));
    }
    out.push_str(explained);
    for report in &receipt.reports {
        for u in &report.unmapped {
            let _ = writeln!(out, "unmapped: {} ({})", u.text.replace('\n', "⏎"), u.place);
        }
        for r in &report.remarks {
            let _ = writeln!(out, "{}: found {} expected {}", r.rule, r.found, r.expected);
        }
    }
    out
}

/// The paragraphs and tables in a file's bytes, before any label is looked for; `extension` (lower case, no dot) decides only
/// between kinds of plain text.
///
/// # Errors
/// Why the file is not read, in English.
pub fn open(bytes: &[u8], extension: &str) -> Result<Document, String> {
    let format = detect::format(bytes, extension);
    match &format {
        Format::Other(_, refusal) => Err(refusal.en.clone()),
        _ => contents::parse(&format, bytes).map_err(|r| r.en),
    }
}

/// What reading needs beside the file.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub words: &'a Vocabulary<'a>,
    pub registry: &'a Registry,
    pub tesseract: Option<&'a Tesseract>,
    pub need: Need,
    /// Whether the grids are to be told as they were found.
    pub explain: bool,
}

/// A receipt, and the grids as found if they were asked for.
#[derive(Debug)]
pub(crate) struct Entry {
    pub receipt: Receipt,
    pub explained: String,
}

/// A receipt of which nothing is known but the name.
pub(crate) fn blank(name: &Arc<str>) -> Receipt {
    Receipt {
        name: name.clone(),
        format: String::new(),
        bytes: 0,
        sha256: String::new(),
        status: Status::Unreadable,
        reason: String::new(),
        reason_en: String::new(),
        reports: Vec::new(),
    }
}

/// The extension of a file's name, in lower case.
pub(crate) fn extension(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or("");
    name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default()
}

impl Reader<'_> {
    /// A file's receipt, and behind it those of its members.
    fn source(&self, source: &Source) -> Vec<Entry> {
        self.guarded(&source.name, |receipt, members| self.file(source, receipt, members))
    }

    /// The receipts of bytes that stand for a file: a member of an archive.
    pub(crate) fn member(&self, name: &Arc<str>, bytes: &[u8], within: &mut Within) -> Vec<Entry> {
        self.guarded(name, |receipt, members| {
            receipt.bytes = bytes.len() as u64;
            self.whole(name, bytes, None, (receipt, members), within)
        })
    }

    /// What a file holds whose bytes are all in memory; `format` if it is known already.
    fn whole(
        &self,
        name: &Arc<str>,
        bytes: &[u8],
        format: Option<Format>,
        (receipt, members): (&mut Receipt, &mut Vec<Entry>),
        within: &mut Within,
    ) -> Result<Taken, Refusal> {
        receipt.sha256 = hexadecimal(Sha256::digest(bytes).as_slice());
        let format = format.unwrap_or_else(|| detect::format(bytes, &extension(name)));
        receipt.format = format.name().to_owned();
        let to = || Collector::new(self.words.forms, self.registry, name.clone(), self.need);
        match format {
            Format::Zip => archive::read(self, Members::open(Cursor::new(bytes)), name, within, members),
            Format::Csv => contents::cells(self, name, &format, normalised::csv(bytes, to()), || Some(bytes.to_vec())),
            Format::JsonLines => contents::cells(self, name, &format, normalised::json_lines(bytes, to()), || None),
            Format::Parquet => Err(Refusal::foreign(
                "压缩包中的Parquet文件不读取，请解压后报送",
                "Parquet inside an archive is not read; unpack it",
            )),
            format => contents::document(self, name, &format, bytes),
        }
    }

    /// Runs a reader; whatever it comes to, there is a receipt.
    fn guarded(&self, name: &Arc<str>, read: impl FnOnce(&mut Receipt, &mut Vec<Entry>) -> Result<Taken, Refusal>) -> Vec<Entry> {
        let mut receipt = blank(name);
        let mut members = Vec::new();
        let taken =
            catch_unwind(AssertUnwindSafe(|| read(&mut receipt, &mut members))).unwrap_or_else(|_| Err(Refusal::internal()));
        let explained = match taken {
            Ok(mut taken) => {
                let explained = std::mem::take(&mut taken.explained);
                judge::judge(self.words.forms, &mut receipt, taken);
                explained
            }
            Err(refusal) => {
                receipt.status = refusal.status;
                receipt.reason = refusal.zh;
                receipt.reason_en = refusal.en;
                refusal.explained
            }
        };
        let mut out = vec![Entry { receipt, explained }];
        out.append(&mut members);
        out
    }

    fn file(&self, source: &Source, receipt: &mut Receipt, members: &mut Vec<Entry>) -> Result<Taken, Refusal> {
        let unopened = |e: std::io::Error| Refusal::unopened(&e);
        if let Some(refusal) = gather::system(&source.name) {
            receipt.format = crate::SYSTEM.to_owned();
            receipt.bytes = std::fs::metadata(&source.path).map_or(0, |m| m.len());
            return Err(refusal);
        }
        let kind = std::fs::metadata(&source.path).map_err(unopened)?;
        if !kind.is_file() {
            receipt.format = "special".to_owned();
            return Err(Refusal::special(kind.is_dir()));
        }
        let mut file = File::open(&source.path).map_err(unopened)?;
        receipt.bytes = file.metadata().map_err(unopened)?.len();
        let mut bytes = Vec::new();
        (&mut file).take(HEAD as u64).read_to_end(&mut bytes).map_err(unopened)?;
        let extension = extension(&source.name);
        let (head, known) = if detect::is_package(&bytes) && receipt.bytes > HEAD as u64 {
            let package = detect::package(Members::open(&mut file));
            (package.clone(), Some(package))
        } else {
            (detect::format(&bytes, &extension), None)
        };
        let streamed = receipt.bytes > HEAD as u64 && matches!(head, Format::Csv | Format::JsonLines | Format::Zip);
        if !streamed && head != Format::Parquet && receipt.bytes <= MAX_DOCUMENT {
            file.seek(SeekFrom::Start(bytes.len() as u64)).map_err(unopened)?;
            (&mut file).take(MAX_DOCUMENT).read_to_end(&mut bytes).map_err(unopened)?;
            drop(file);
            return self.whole(&source.name, &bytes, known, (receipt, members), &mut Within::default());
        }
        receipt.format = head.name().to_owned();
        file.rewind().map_err(unopened)?;
        receipt.sha256 = digest(&mut file).map_err(unopened)?;
        file.rewind().map_err(unopened)?;
        let to = || Collector::new(self.words.forms, self.registry, source.name.clone(), self.need);
        let again = || if receipt.bytes <= MAX_DOCUMENT { std::fs::read(&source.path).ok() } else { None };
        match head {
            Format::Zip => archive::read(self, Members::open(file), &source.name, &mut Within::default(), members),
            Format::Csv => contents::cells(self, &source.name, &head, normalised::csv(file, to()), again),
            Format::JsonLines => contents::cells(self, &source.name, &head, normalised::json_lines(file, to()), || None),
            Format::Parquet => contents::cells(self, &source.name, &head, parquet(&source.path, to(), self.need), || None),
            _ => Err(Refusal::too_large()),
        }
    }
}

#[cfg(feature = "parquet")]
fn parquet(path: &Path, to: Collector<'_>, need: Need) -> Result<Vec<nianbao_form::Report>, Refusal> {
    crate::parquet::read(path, to, need)
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &Path, _: Collector<'_>, _: Need) -> Result<Vec<nianbao_form::Report>, Refusal> {
    Err(Refusal::foreign("本程序未包含Parquet支持", "this build does not read Parquet"))
}

fn digest(file: &mut File) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; HEAD];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(hash.finalize().as_slice())),
            n => hash.update(&buffer[..n]),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
