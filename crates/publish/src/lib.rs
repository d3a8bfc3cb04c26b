//! Every file that the program writes: the district's report, workbook, page, notices, charts, data, `run.json`; and what
//! single commands write (`-o`, `decide`, `blank`). No other crate writes files.
//!
//! [`publish`] writes a whole edition into a folder beside the old one, syncs it and exchanges the two in one step, so
//! that a reader, a full disk or a killed run never sees half an edition. The same edition gives the same bytes; clock
//! times stand in `run.json` alone.
//!
//! ```no_run
//! # fn edition() -> nianbao_publish::Edition<'static> { unimplemented!() }
//! let out = std::path::Path::new("published");
//! let lock = nianbao_publish::lock(out)?;
//! let published = nianbao_publish::publish(&edition(), out)?;
//! println!("{}", published.address);
//! # drop(lock);
//! # Ok::<(), nianbao_publish::PublishError>(())
//! ```
#![forbid(unsafe_code)]

mod blank;
mod data;
mod docx;
mod error;
mod figures;
mod files;
mod gallery;
mod grid;
mod labels;
mod letters;
mod live;
mod markdown;
mod markup;
mod page;
mod records;
mod report;
mod sheet;
mod store;
mod story;
mod words;
mod workbook;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nianbao_chart::Picture;
use nianbao_compile::{Compilation, Reconciliation};
use nianbao_form::{Finding, Form, FormIx, Forms, Registry, Report, Severity};
use nianbao_intake::Receipt;
use rayon::prelude::*;

pub use blank::blank;
pub use data::{Format, write_cells, write_findings};
pub use error::PublishError;
pub use records::{Decision, append_decision};
pub use store::{Lock, lock, write_atomically};

use files::FileOut;

/// One report among all that were read, with what the collection decided of it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The report.
    pub report: &'a Report,
    /// Position of the receipt of its file.
    pub receipt: usize,
    /// Whether its figures are in the sums.
    pub counted: bool,
    /// Whether a later report of the same agency and year took its place.
    pub superseded: bool,
}

/// What notices to agencies say beside the findings.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// Findings of these severities go to agencies; without any, errors do.
    pub severities: Vec<Severity>,
    /// By when agencies are asked to answer, as the letter says it; empty leaves room to write it.
    pub answer_by: String,
    /// Who signs; empty means the office of the edition.
    pub from: String,
    /// The day by which reports were due, `2025-01-31`; empty where none is set.
    pub deadline: String,
    /// Whether agencies with a report and no open error or warning are told so.
    pub thanks: bool,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its path as the user gave it.
    pub path: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// What it is.
    pub kind: InputKind,
}

/// What an input file is for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A report, or a file that was offered as one.
    Report,
    /// Pipeline, registry, decisions, corrections, days of receipt, forms.
    Configuration,
    /// The office's own words.
    Text,
    /// A chart file.
    Chart,
}

impl InputKind {
    /// As `run.json` says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            InputKind::Report => "report",
            InputKind::Configuration => "configuration",
            InputKind::Text => "text",
            InputKind::Chart => "chart",
        }
    }
}

/// What `run.json` keeps of a run.
#[derive(Clone, Debug, Default)]
pub struct RunRecord {
    /// Every file that was read: reports, registry, decisions, pipeline, charts.
    pub inputs: Vec<Input>,
    /// The options of the run.
    pub options: serde_json::Value,
    /// Versions of the program and of what matters to its results.
    pub versions: BTreeMap<String, String>,
    /// When the run began, RFC 3339.
    pub started: String,
    /// Seconds by stage.
    pub durations: BTreeMap<String, f64>,
}

/// Everything that one year's publication is made of.
#[derive(Clone, Debug)]
pub struct Edition<'a> {
    /// Forms.
    pub forms: &'a Forms,
    /// Registry.
    pub registry: &'a Registry,
    /// The year that is published.
    pub year: u16,
    /// `zh` or `en`, for findings and page.
    pub lang: &'a str,
    /// What became of every file.
    pub receipts: &'a [Receipt],
    /// Every report of every year.
    pub entries: &'a [Entry<'a>],
    /// Findings of the year, ranked.
    pub findings: &'a [Finding],
    /// Sums, coverage, series.
    pub compilation: &'a Compilation,
    /// Charts with their PNG.
    pub charts: &'a [(Picture, Vec<u8>)],
    /// The office's own words by section id, Markdown.
    pub texts: BTreeMap<String, String>,
    /// Published totals against the sums, where the pipeline names some.
    pub reconciliation: Option<&'a Reconciliation>,
    /// When reports were received, by their file: `received.csv`.
    pub received: BTreeMap<String, String>,
    /// What notices say.
    pub notices: Notices,
    /// Name of the group as titles say it, such as `某市某区`.
    pub group_name: String,
    /// The office that publishes, such as `某市某区政务公开办公室`.
    pub office: String,
    /// For `run.json`.
    pub record: RunRecord,
}

impl<'a> Edition<'a> {
    /// The form of the year: the one of the generation that most counted reports of the year belong to.
    fn form_ix(&self) -> Option<FormIx> {
        let mut counts: BTreeMap<FormIx, usize> = BTreeMap::new();
        for entry in self.counted() {
            *counts.entry(entry.report.form).or_default() += 1;
        }
        let common = counts.into_iter().max_by_key(|&(ix, n)| (n, ix)).map(|(ix, _)| ix);
        let Some(common) = common else { return self.forms.for_year(self.year) };
        let family = self.forms.generations(common);
        let due = family.iter().rev().find(|ix| self.forms.form(**ix).covers(self.year));
        Some(due.copied().unwrap_or(common))
    }

    /// [`Edition::form_ix`], resolved.
    fn form(&self) -> Result<&'a Form, PublishError> {
        self.form_ix().map(|ix| self.forms.form(ix)).ok_or(PublishError::NoForm(self.year))
    }

    /// Counted reports of the year.
    fn counted(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|e| e.counted && e.report.year == self.year)
    }
}

/// What was published.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// `OUT/<year>`.
    pub folder: PathBuf,
    /// The office's page.
    pub page: PathBuf,
    /// Its address, `file://…`.
    pub address: String,
    /// How many files.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// Correction notices.
    pub notices: usize,
    /// Reminders.
    pub reminders: usize,
    /// Files of the old edition that somebody had edited: kept under these names, relative to the folder.
    pub edited: Vec<String>,
}

/// Writes `OUT/<year>/`. The caller holds [`lock`].
///
/// # Errors
/// On any error the old edition stays as it was and nothing new is left behind.
pub fn publish(edition: &Edition<'_>, out: &Path) -> Result<Published, PublishError> {
    let begun = Instant::now();
    let letters = letters::letters(edition)?;
    let (mut outputs, mut durations) = render(edition, &letters)?;
    outputs.sort_by(|a, b| a.path.cmp(&b.path));
    let rendered = begun.elapsed().as_secs_f64();
    let target = out.join(edition.year.to_string());
    if target.is_file() {
        let error = std::io::Error::other("a file of this name is in the way of the folder; move it away");
        return Err(PublishError::io(&target, "cannot be replaced")(error));
    }
    let staged = store::stage(out, edition.year)?;
    files::write_all(staged.path(), &outputs)?;
    let edited = store::keep_edited(&target, staged.path())?;
    let written = begun.elapsed().as_secs_f64() - rendered;
    durations.extend([("render".to_owned(), rendered), ("write".to_owned(), written)]);
    let run = data::run_json(edition, &outputs, &durations)?;
    files::write_all(staged.path(), std::slice::from_ref(&run))?;
    store::sync(staged.path())?;
    store::replace(staged, &target)?;
    let page = target.join("index.html");
    let folder = std::path::absolute(&target).unwrap_or_else(|_| target.clone());
    Ok(Published {
        address: files::address(&folder.join("index.html")),
        folder: target,
        page,
        files: outputs.len() + 1,
        bytes: outputs.iter().chain([&run]).map(|f| f.bytes.len() as u64).sum(),
        notices: letters.iter().filter(|l| !l.reminder && !l.thanks).count(),
        reminders: letters.iter().filter(|l| l.reminder).count(),
        edited,
    })
}

/// What makes some of the files, with its name among the durations of the run.
type Job<'j> = (&'static str, Box<dyn Fn() -> Result<Vec<FileOut>, PublishError> + Send + Sync + 'j>);

/// Seconds by part.
type Durations = BTreeMap<String, f64>;

/// Every file but `run.json`, in no particular order, and how long each kind took. The slow ones are begun first; they are
/// made side by side, so that their times overlap.
fn render(edition: &Edition<'_>, letters: &[letters::Letter]) -> Result<(Vec<FileOut>, Durations), PublishError> {
    let form = edition.form()?;
    let figures = figures::Figures::new(edition, form);
    // The office's own page and tables speak the language of the edition, documents that of the form.
    let spoken = form.in_language(edition.lang);
    let spoken_figures = figures::Figures::new(edition, spoken);
    let story = report::district_report(edition, form, &figures);
    let names = page::Names::new(edition, letters);
    let jobs: Vec<Job<'_>> = vec![
        ("tables", Box::new(|| Ok(vec![FileOut::new("tables.xlsx", workbook::workbook(edition, spoken, &spoken_figures)?)]))),
        ("data", Box::new(|| data::data_files(edition))),
        ("report-docx", Box::new(|| Ok(vec![FileOut::new("district-report.docx", docx::document(&story)?)]))),
        ("pages", Box::new(|| page::pages(edition, spoken, &spoken_figures, &names))),
        ("report-html", Box::new(|| report::page(&story, form))),
        ("notices", Box::new(|| letters::files(edition, form, letters))),
        ("charts", Box::new(|| Ok(charts(edition.charts)))),
        ("gallery", Box::new(|| gallery::gallery(edition, form))),
    ];
    let timed = |(name, job): &Job<'_>| {
        let begun = Instant::now();
        job().map(|files| (format!("render.{name}"), begun.elapsed().as_secs_f64(), files))
    };
    let (mut outputs, mut durations) = (Vec::new(), Durations::new());
    for made in jobs.par_iter().with_max_len(1).map(timed).collect::<Vec<_>>() {
        let (name, seconds, files) = made?;
        outputs.extend(files);
        durations.insert(name, seconds);
    }
    let package = data::data_package(edition, &outputs)?;
    outputs.push(package);
    Ok((outputs, durations))
}

fn charts(charts: &[(Picture, Vec<u8>)]) -> Vec<FileOut> {
    let mut files = Vec::new();
    for (picture, png) in charts {
        files.push(FileOut::new(format!("charts/{}.svg", picture.name), picture.svg.clone().into_bytes()));
        files.push(FileOut::new(format!("charts/{}.png", picture.name), png.clone()));
    }
    files
}
