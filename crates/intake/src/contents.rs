//! The content of a file, from its format to reports.

use std::fmt::Write as _;
use std::sync::Arc;

use nianbao_form::{Place, Remark, Report};

use crate::detect::{self, Format, decode};
use crate::document::{Document, picture_places};
use crate::reading::{Reader, extension};
use crate::refuse::Refusal;
use crate::sheet::{self, Kind};
use crate::{doc, docx, html, matcher, mhtml, odt, pdf, recognise, rtf, text, workbook};

/// What was taken from a file.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub reports: Vec<Report>,
    /// How many of them, in front, came from normalised rows, which need not be whole.
    pub normalised: usize,
    /// What else a person should know, in Chinese and in English; the file then counts as read in part.
    pub notes: Vec<(String, String)>,
    /// The grids as found.
    pub explained: String,
    /// Of an archive: how many files lie in it, and how many of them were read.
    pub members: Option<(usize, usize)>,
}

/// The reports of a document.
///
/// # Errors
/// Why there are none.
pub(crate) fn document(reader: &Reader<'_>, name: &Arc<str>, format: &Format, bytes: &[u8]) -> Result<Taken, Refusal> {
    let extension = extension(name);
    let known_as = |refusal| known_as(refusal, format, &extension);
    if let Format::Other(kind, refusal) = format {
        let (Some(tesseract), "image") = (reader.tesseract, *kind) else { return Err(known_as(refusal.clone())) };
        let document = recognise::picture(tesseract, bytes)?;
        return of_document(reader, name, &document);
    }
    let mut taken = match format {
        Format::Sheet(kind) => self::workbook(reader, name, kind, bytes),
        _ => parse(format, bytes).and_then(|document| {
            let plain = of_document(reader, name, &document);
            of_pictures(reader, name, format, bytes, &document, plain)
        }),
    }
    .map_err(known_as)?;
    misnamed(format, &extension, &mut taken.reports);
    Ok(taken)
}

/// The reports of a document, as it is or with its pictures recognised.
fn of_document(reader: &Reader<'_>, name: &Arc<str>, document: &Document) -> Result<Taken, Refusal> {
    let mut reports = matcher::reports(reader.words, reader.registry, name, document).map_err(|refusal| Refusal {
        explained: if reader.explain { crate::explain::explain(reader.words, document, None) } else { String::new() },
        ..refusal
    })?;
    let explained = if reader.explain {
        crate::explain::explain(reader.words, document, reports.first().map(|r| r.form))
    } else {
        String::new()
    };
    reports.iter_mut().for_each(|r| recognise::distrust(reader.words.forms, r));
    let pictures = picture_places(&document.pictures).filter(|_| reports.iter().any(lacks_tables));
    let notes = pictures.map(|(zh, en)| (format!("{zh}是图片，其中的内容未读取"), format!("pictures that were not read: {en}")));
    Ok(Taken { reports, explained, notes: notes.into_iter().collect(), ..Taken::default() })
}

fn lacks_tables(report: &Report) -> bool {
    report.remarks.iter().any(|m| m.rule == "missing-table")
}

/// The reports of a document whose tables are pictures, if the office asks for their recognition; else what was taken
/// without.
fn of_pictures(
    reader: &Reader<'_>,
    name: &Arc<str>,
    format: &Format,
    bytes: &[u8],
    document: &Document,
    plain: Result<Taken, Refusal>,
) -> Result<Taken, Refusal> {
    let Some(tesseract) = reader.tesseract.filter(|_| !document.pictures.is_empty()) else { return plain };
    if plain.as_ref().is_ok_and(|taken| !taken.reports.iter().any(lacks_tables)) {
        return plain;
    }
    let Some((document, failed)) = recognise::document(tesseract, format, bytes, document)? else { return plain };
    let mut taken = match of_document(reader, name, &document) {
        Err(refusal) if plain.is_err() => return Err(refusal),
        Err(_) => plain?,
        Ok(taken) => taken,
    };
    for (place, problem) in failed {
        taken.notes.push((
            format!("{}的图片未能识别", place.zh()),
            format!("the picture on {place} could not be recognised: {problem}"),
        ));
    }
    Ok(taken)
}

/// The document of a file that is one.
pub(crate) fn parse(format: &Format, bytes: &[u8]) -> Result<Document, Refusal> {
    match format {
        Format::Docx => docx::read(bytes),
        Format::Doc => doc::read(bytes),
        Format::Odt => odt::read(bytes),
        Format::Rtf => rtf::read(bytes),
        Format::Pdf => pdf::read(bytes),
        Format::Mhtml => mhtml::read(bytes),
        Format::Html => html::read(&decode(bytes, true)),
        Format::Text => text::read(&decode(bytes, false)),
        _ => Err(Refusal::broken(format.name())),
    }
}

fn workbook(reader: &Reader<'_>, name: &Arc<str>, kind: &str, bytes: &[u8]) -> Result<Taken, Refusal> {
    let book = sheet::read(bytes, Kind::of(kind))?;
    let read = workbook::reports(reader.words, reader.registry, name, reader.need, &book)?;
    let explained = if reader.explain {
        let sheets = book.documents(false)?;
        crate::explain::explain(reader.words, &sheet::joined(sheets.iter().map(|s| &s.1)), read.reports.first().map(|r| r.form))
    } else {
        String::new()
    };
    let mut notes = Vec::new();
    if !read.hidden.is_empty() {
        let names = read.hidden.join("、");
        notes.push((
            format!("隐藏工作表“{names}”中有年报表格，未读取"),
            format!("hidden sheets with tables of the form were not read: {}", read.hidden.join(", ")),
        ));
    }
    Ok(Taken { reports: read.reports, normalised: read.normalised, notes, explained, members: None })
}

/// The reports of normalised cells. A `.csv` without their columns may hold a report's tables instead: it is looked at as
/// text, of which `again` gives the bytes.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn cells(
    reader: &Reader<'_>,
    name: &Arc<str>,
    format: &Format,
    read: Result<Vec<Report>, Refusal>,
    again: impl FnOnce() -> Option<Vec<u8>>,
) -> Result<Taken, Refusal> {
    let extension = extension(name);
    let mut reports = match read {
        Ok(reports) => reports,
        Err(refusal) => {
            let plain = again().filter(|bytes| *format == Format::Csv && !detect::has_columns(bytes));
            let taken = plain.and_then(|bytes| of_document(reader, name, &text::read(&decode(&bytes, false)).ok()?).ok());
            return taken.ok_or(refusal);
        }
    };
    misnamed(format, &extension, &mut reports);
    let normalised = reports.len();
    Ok(Taken { reports, normalised, ..Taken::default() })
}

/// Says beside a refusal that the file's name says something else.
fn known_as(mut refusal: Refusal, format: &Format, extension: &str) -> Refusal {
    if !format.fits(extension) && !matches!(format.name(), "empty" | "zip" | "encrypted") {
        let _ = write!(refusal.zh, "（扩展名是.{extension}，内容实为{}）", format.name());
        let _ = write!(refusal.en, " (named .{extension}, but is {})", format.name());
    }
    refusal
}

fn misnamed(format: &Format, extension: &str, reports: &mut [Report]) {
    if !format.fits(extension) {
        for report in reports {
            let (found, expected) = (format.name().to_owned(), format!(".{extension}"));
            report.remarks.push(Remark {
                rule: "misnamed-file",
                cell: None,
                found,
                expected,
                english: None,
                place: Place::Unknown,
            });
        }
    }
}
