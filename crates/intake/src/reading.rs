//! One file, from bytes to a receipt.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;

use nianbao_form::{Forms, Place, Registry, Remark, Report, State};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::detect::{self, Format, decode};
use crate::document::Document;
use crate::normalised::{self, Collector, Need};
use crate::refuse::Refusal;
use crate::vocabulary::Vocabulary;
use crate::{Receipt, Source, Status, doc, docx, html, matcher, mhtml, odt, pdf, rtf, sheet, text};

/// A document is not read if it is larger than this; normalised cells are read in a stream and have no limit.
const MAX_DOCUMENT: u64 = 256 << 20;
const HEAD: usize = 64 << 10;

/// Reads files in parallel; receipts come in the order of `sources`. `done` is called once a file, from any thread.
pub fn read_all(forms: &Forms, registry: &Registry, sources: &[Source], done: &(dyn Fn(&Receipt) + Sync)) -> Vec<Receipt> {
    let words = Vocabulary::new(forms);
    sources
        .par_iter()
        .map(|source| {
            let receipt = receive(&words, registry, source, Need::Reports);
            done(&receipt);
            receipt
        })
        .collect()
}

/// Reads one file.
pub fn read(forms: &Forms, registry: &Registry, source: &Source) -> Receipt {
    receive(&Vocabulary::new(forms), registry, source, Need::Reports)
}

/// Reads a published report that is to be compared: a document, or normalised cells of which only `year`, `cell` and
/// `value` are needed.
pub fn read_published(forms: &Forms, registry: &Registry, source: &Source) -> Receipt {
    receive(&Vocabulary::new(forms), registry, source, Need::Published)
}

/// The grids of a document as found, with the cell id that each place got and why: `normalize --explain`.
pub fn explain(forms: &Forms, registry: &Registry, source: &Source) -> String {
    let words = Vocabulary::new(forms);
    let receipt = receive(&words, registry, source, Need::Reports);
    let mut out = format!("{} ({}, {})\n", source.name, receipt.format, receipt.status.as_str());
    if !receipt.reason_en.is_empty() {
        let _ = writeln!(out, "reason: {}", receipt.reason_en);
    }
    for report in &receipt.reports {
        let _ = writeln!(out, "agency {}, year {}, form {}", report.agency, report.year, forms.form(report.form));
    }
    let document = std::fs::read(&source.path).ok().and_then(|bytes| {
        let format = detect::format(&bytes, &extension(source));
        document(&format, &bytes).ok().flatten()
    });
    if let Some(document) = document {
        out.push_str(&matcher::explain(&words, &document));
    }
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

fn extension(source: &Source) -> String {
    let name = source.name.rsplit('/').next().unwrap_or("");
    name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default()
}

fn document(format: &Format, bytes: &[u8]) -> Result<Option<Document>, Refusal> {
    Ok(Some(match format {
        Format::Docx => docx::read(bytes)?,
        Format::Doc => doc::read(bytes)?,
        Format::Odt => odt::read(bytes)?,
        Format::Rtf => rtf::read(bytes)?,
        Format::Pdf => pdf::read(bytes)?,
        Format::Sheet(_) => sheet::read(bytes)?,
        Format::Mhtml => mhtml::read(bytes)?,
        Format::Html => html::read(&decode(bytes, true))?,
        Format::Text => text::read(&decode(bytes, false))?,
        _ => return Ok(None),
    }))
}

fn receive(words: &Vocabulary<'_>, registry: &Registry, source: &Source, need: Need) -> Receipt {
    let mut receipt = Receipt {
        name: source.name.clone(),
        format: String::new(),
        bytes: 0,
        sha256: String::new(),
        status: Status::Unreadable,
        reason: String::new(),
        reason_en: String::new(),
        reports: Vec::new(),
    };
    match take(words, registry, source, need, &mut receipt) {
        Ok(reports) => {
            receipt.status = Status::Read;
            receipt.reports = reports;
            judge(words.forms, &mut receipt);
        }
        Err(refusal) => {
            receipt.status = refusal.status;
            receipt.reason = refusal.zh;
            receipt.reason_en = refusal.en;
        }
    }
    receipt
}

fn take(
    words: &Vocabulary<'_>,
    registry: &Registry,
    source: &Source,
    need: Need,
    receipt: &mut Receipt,
) -> Result<Vec<Report>, Refusal> {
    let unopened = |e: std::io::Error| Refusal::unopened(&e);
    let mut file = File::open(&source.path).map_err(unopened)?;
    receipt.bytes = file.metadata().map_err(unopened)?.len();
    let mut bytes = Vec::new();
    (&mut file).take(HEAD as u64).read_to_end(&mut bytes).map_err(unopened)?;
    let extension = extension(source);
    let head = detect::format(&bytes, &extension);
    if matches!(head, Format::Csv | Format::JsonLines | Format::Parquet) {
        receipt.format = head.name().to_owned();
        receipt.sha256 = digest(&bytes, file).map_err(unopened)?;
        let to = Collector::new(words.forms, registry, source.name.clone(), need);
        let mut reports = match head {
            Format::Csv => normalised::csv(&source.path, to)?,
            Format::JsonLines => normalised::json_lines(&source.path, to)?,
            #[cfg(feature = "parquet")]
            _ => crate::parquet::read(&source.path, to, need)?,
            #[cfg(not(feature = "parquet"))]
            _ => return Err(Refusal::foreign("本程序未包含Parquet支持", "this build does not read Parquet")),
        };
        misnamed(&head, &extension, &mut reports);
        return Ok(reports);
    }
    if receipt.bytes > MAX_DOCUMENT {
        receipt.format = head.name().to_owned();
        receipt.sha256 = digest(&bytes, file).map_err(unopened)?;
        return Err(Refusal::too_large());
    }
    file.read_to_end(&mut bytes).map_err(unopened)?;
    receipt.sha256 = hexadecimal(Sha256::digest(&bytes).as_slice());
    let format = detect::format(&bytes, &extension);
    receipt.format = format.name().to_owned();
    let known_as = |mut refusal: Refusal| {
        if !format.fits(&extension) && !matches!(format.name(), "empty" | "zip" | "encrypted") {
            let _ = write!(refusal.zh, "（扩展名是.{extension}，内容实为{}）", format.name());
            let _ = write!(refusal.en, " (named .{extension}, but is {})", format.name());
        }
        refusal
    };
    if let Format::Other(_, refusal) = &format {
        return Err(known_as(refusal.clone()));
    }
    let Some(document) = document(&format, &bytes).map_err(known_as)? else { return Err(Refusal::broken(format.name())) };
    drop(bytes);
    let mut reports = matcher::reports(words, registry, &source.name, &document).map_err(known_as)?;
    misnamed(&format, &extension, &mut reports);
    Ok(reports)
}

fn misnamed(format: &Format, extension: &str, reports: &mut [Report]) {
    if !format.fits(extension) {
        for report in reports {
            let (found, expected) = (format.name().to_owned(), format!(".{extension}"));
            report.remarks.push(Remark { rule: "misnamed-file", cell: None, found, expected, place: Place::Unknown });
        }
    }
}

fn digest(head: &[u8], mut rest: File) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    hash.update(head);
    let mut buffer = vec![0; HEAD];
    loop {
        match rest.read(&mut buffer)? {
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

/// Whether everything was read that the form asks for, and what was not.
fn judge(forms: &Forms, receipt: &mut Receipt) {
    let (mut zh, mut en): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    if receipt.reports.is_empty() {
        receipt.status = Status::Partial;
        zh.push("文件中没有任何报告".into());
        en.push("the file holds no report".into());
    }
    if let ([report], true) = (receipt.reports.as_slice(), !matches!(receipt.format.as_str(), "csv" | "jsonl" | "parquet")) {
        let tables: Vec<&str> = report.remarks.iter().filter(|r| r.rule == "missing-table").map(|r| r.found.as_str()).collect();
        if !tables.is_empty() {
            zh.push(format!("缺少表格：{}", tables.join("、")));
            en.push(format!("tables missing: {}", tables.join(", ")));
        }
        let form = forms.form(report.form);
        let absent = |c: &nianbao_form::Cell| report.value(*c).state == State::Absent;
        let replaced: Vec<_> = form.alternates.iter().filter(|a| !a.guest.iter().all(absent)).flat_map(|a| &a.own).collect();
        let lacking = form.cells.iter().filter(|c| absent(c) && !replaced.contains(c)).count();
        if lacking > 0 && tables.is_empty() {
            zh.push(format!("表中有{lacking}格未找到"));
            en.push(format!("{lacking} cells of the form were not found"));
        }
        let unread = report.count(forms, State::Text);
        if unread > 0 {
            zh.push(format!("有{unread}格内容未能认定为数字"));
            en.push(format!("{unread} cells hold what could not be taken for a number"));
        }
        if report.year == 0 {
            zh.push("标题和文件名均未写明报告年度".into());
            en.push("neither title nor file name tells the reporting year".into());
        }
        if report.agency.is_empty() {
            zh.push("标题、落款和文件名均未写明单位".into());
            en.push("neither title, signature nor file name tells the agency".into());
        }
    }
    if !zh.is_empty() {
        receipt.status = Status::Partial;
        receipt.reason = zh.join("；");
        receipt.reason_en = en.join("; ");
    }
}
