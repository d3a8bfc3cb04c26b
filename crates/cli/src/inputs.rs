//! Where a command reads from: patterns of a pipeline, files and folders of the command line, the office's own tables.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use nianbao_form::registry::Problem;
use nianbao_form::{Forms, Registry};
use nianbao_intake::Source;
use nianbao_screen::{corrections, decisions};

use crate::args::Common;
use crate::outcome::Failure;
use crate::pipeline::{Pattern, Pipeline, near_files};

/// Names of the office's own tables in a folder; they are not reports.
const OFFICE_FILES: [&str; 4] = ["agencies.csv", "decisions.csv", "corrections.csv", "received.csv"];

/// The forms: built in, the pipeline's, the command line's.
pub(crate) fn forms(common: &Common, pipeline: Option<&Pipeline>) -> Result<Forms, Failure> {
    let mut files: Vec<PathBuf> = pipeline.map(|p| p.form_files.clone()).unwrap_or_default();
    for file in &common.form_file {
        if !files.iter().any(|known| whole(known) == whole(file)) {
            files.push(file.clone());
        }
    }
    let forms = Forms::with_files(&files).map_err(|e| Failure::Usage(e.into()))?;
    if let Some(pipeline) = pipeline {
        pipeline.prove_rules(&forms)?;
    }
    Ok(forms)
}

/// What the office keeps beside the reports.
#[derive(Debug, Default)]
pub(crate) struct Office {
    pub(crate) registry: Registry,
    pub(crate) problems: Vec<Problem>,
    pub(crate) decisions: Vec<decisions::Decision>,
    /// `corrections.csv` and its text; understood once the agencies that have sent reports are known.
    corrections: Option<(PathBuf, String)>,
    /// File name → ISO date.
    pub(crate) received: BTreeMap<String, String>,
    /// The files that were read for it.
    pub(crate) files: Vec<PathBuf>,
}

impl Office {
    /// Reads the tables that the pipeline names.
    pub(crate) fn load(pipeline: &Pipeline) -> Result<Office, Failure> {
        let mut office = Office::default();
        if let Some(path) = &pipeline.registry {
            (office.registry, office.problems) = nianbao_intake::read_registry(path).map_err(|e| Failure::Usage(e.into()))?;
            office.files.push(path.clone());
        }
        if let Some(path) = pipeline.decisions.as_ref().filter(|p| p.is_file()) {
            office.decisions = decisions::parse(&read(path)?, &path.to_string_lossy()).map_err(|e| Failure::Usage(e.into()))?;
            office.files.push(path.clone());
        }
        if let Some(path) = &pipeline.corrections {
            office.corrections = Some((path.clone(), read(path)?));
            office.files.push(path.clone());
        }
        if let Some(path) = &pipeline.received {
            office.received = receipts_table(path)?;
            office.files.push(path.clone());
        }
        Ok(office)
    }

    /// The corrections; `others` are agencies that have sent reports but do not stand in the registry.
    pub(crate) fn corrections(&self, forms: &Forms, others: &[&str]) -> Result<Vec<corrections::Correction>, Failure> {
        let Some((path, text)) = &self.corrections else { return Ok(Vec::new()) };
        corrections::parse(text, &path.to_string_lossy(), forms, &self.registry, others).map_err(|e| Failure::Usage(e.into()))
    }
}

fn usage(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string()).map_err(Failure::Usage)?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// `received.csv`: report,date.
fn receipts_table(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let text = read(path)?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| usage(path, &e))?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| usage(path, &format!("line 1: column `{name}` is missing; expected report,date")))
    };
    let (report, date) = (column("report")?, column("date")?);
    let mut table = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|e| usage(path, &e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let day = &record[date];
        if day.parse::<jiff::civil::Date>().is_err() {
            return Err(usage(path, &format!("line {line}: `{day}` is no date; expected YYYY-MM-DD")));
        }
        table.insert(record[report].replace('\\', "/"), day.to_owned());
    }
    Ok(table)
}

/// The files that the patterns of a pipeline match.
pub(crate) fn matching(pipeline: &Pipeline) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for pattern in &pipeline.reports {
        let root = &pattern.root;
        if !root.exists() {
            return Err(Failure::usage(format!(
                "[input] reports: {} is not there{}; nothing was read",
                root.display(),
                near_files(root)
            )));
        }
        let matcher = pattern.matcher("[input] reports")?;
        let found = gather(std::slice::from_ref(root))?;
        sources.extend(found.into_iter().filter(|s| matcher.as_ref().is_none_or(|m| m.is_match(s.name.as_ref()))));
    }
    let tables = [&pipeline.registry, &pipeline.decisions, &pipeline.corrections, &pipeline.received];
    let office: HashSet<PathBuf> = tables.into_iter().flatten().map(|p| whole(p)).collect();
    let texts = pipeline.texts.as_ref();
    sources.retain(|s| !office.contains(&whole(&s.path)) && !texts.is_some_and(|t| s.path.starts_with(t)));
    Ok(distinct(sources, &pipeline.base))
}

/// The chart files that the patterns match, by name.
pub(crate) fn chart_files(pipeline: &Pipeline) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for pattern in &pipeline.charts {
        let root = &pattern.root;
        match pattern.matcher("charts")? {
            None if root.is_file() => files.push(root.clone()),
            None => return Err(Failure::usage(format!("charts: {} is not there{}", root.display(), near_files(root)))),
            Some(matcher) => {
                let walk = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().flatten();
                let before = files.len();
                files.extend(
                    walk.map(walkdir::DirEntry::into_path).filter(|p| p.strip_prefix(root).is_ok_and(|p| matcher.is_match(p))),
                );
                if files.len() == before {
                    return Err(Failure::usage(format!("charts: no file matches {pattern}")));
                }
            }
        }
    }
    Ok(files)
}

/// A path with its links followed, or as it is where it leads nowhere.
fn whole(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Gathers files and folders of the command line.
pub(crate) fn gather(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    for path in paths {
        if !path.exists() {
            return Err(Failure::usage(format!("{} is not there{}", path.display(), near_files(path))));
        }
    }
    nianbao_intake::gather(paths).map_err(|e| Failure::usage(format!("{e}")))
}

/// Files and folders of the command line without the office's own tables, and the folder's registry if there is one.
pub(crate) fn from_paths(paths: &[PathBuf]) -> Result<(Vec<Source>, Option<PathBuf>), Failure> {
    let mut sources = gather(paths)?;
    let office = |s: &Source| {
        let name = s.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        OFFICE_FILES.contains(&name.as_str()) && !paths.contains(&s.path)
    };
    let registry = paths.iter().map(|p| p.join(OFFICE_FILES[0])).find(|p| p.is_file());
    sources.retain(|s| !office(s));
    if sources.is_empty() {
        let where_to: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        return Err(no_reports(&where_to.join(", ")));
    }
    Ok((distinct(sources, Path::new(".")), registry))
}

/// The message where nothing is to be read.
pub(crate) fn no_reports(looked_in: &str) -> Failure {
    Failure::usage(format!(
        "no reports: looked in {looked_in} for .docx, .html, .htm, .txt, .csv, .jsonl and .parquet files; nothing was written"
    ))
}

/// Every file once; where two folders give the same name, names are taken relative to `base` instead.
fn distinct(sources: Vec<Source>, base: &Path) -> Vec<Source> {
    let mut by_path: BTreeMap<PathBuf, Source> = BTreeMap::new();
    for source in sources {
        by_path.entry(whole(&source.path)).or_insert(source);
    }
    let mut names: HashMap<Arc<str>, usize> = HashMap::new();
    for source in by_path.values() {
        *names.entry(source.name.clone()).or_default() += 1;
    }
    let mut all: Vec<Source> = by_path
        .into_values()
        .map(|mut source| {
            if names[&source.name] > 1 {
                let long = source.path.strip_prefix(base).unwrap_or(&source.path).to_string_lossy().replace('\\', "/");
                source.name = long.into();
            }
            source
        })
        .collect();
    all.sort();
    all
}

/// A pipeline for a folder that was dragged onto the program.
pub(crate) fn folder_pipeline(folder: &Path) -> Pipeline {
    let file = |name: &str| Some(folder.join(name)).filter(|p| p.is_file());
    let name = folder.file_name().map_or_else(|| "reports".to_owned(), |n| n.to_string_lossy().into_owned());
    let beside = folder.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    Pipeline {
        file: None,
        reports: vec![Pattern::literal(folder.to_owned())],
        registry: file(OFFICE_FILES[0]),
        decisions: Some(folder.join(OFFICE_FILES[1])),
        corrections: file(OFFICE_FILES[2]),
        received: file(OFFICE_FILES[3]),
        texts: Some(folder.join("texts")).filter(|p| p.is_dir()),
        out: beside.join(format!("{name}-汇总")),
        deadline: crate::pipeline::DEADLINE.to_owned(),
        notice_severities: vec![nianbao_form::Severity::Error],
        base: folder.to_owned(),
        ..Pipeline::default()
    }
}

/// The office's own words for a year: section id → text.
pub(crate) fn texts(pipeline: &Pipeline, year: u16) -> Result<BTreeMap<String, String>, Failure> {
    text_files(pipeline, year).into_iter().map(|(section, path)| Ok((section, read(&path)?))).collect()
}

/// Their files: section id and path, by section.
pub(crate) fn text_files(pipeline: &Pipeline, year: u16) -> Vec<(String, PathBuf)> {
    let Some(folder) = pipeline.texts.as_ref().map(|t| t.join(year.to_string())) else { return Vec::new() };
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let paths = entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "md"));
    let section = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let mut files: Vec<_> = paths.filter_map(|path| Some((section(&path)?, path))).collect();
    files.sort();
    files
}
