//! A pipeline file: what to read, how to check, where to publish. Paths in it are relative to the file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nianbao_form::{Forms, Severity, explain_toml, nearest, rules};
use serde::Deserialize;

use crate::outcome::Failure;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    charts: Vec<String>,
    input: Input,
    #[serde(default)]
    output: Output,
    #[serde(default)]
    collection: Collection,
    #[serde(default)]
    checks: BTreeMap<String, String>,
    #[serde(default)]
    notices: Notices,
    #[serde(default)]
    report: Report,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    reports: Vec<String>,
    registry: Option<PathBuf>,
    decisions: Option<PathBuf>,
    corrections: Option<PathBuf>,
    received: Option<PathBuf>,
    published: Option<PathBuf>,
    texts: Option<PathBuf>,
    #[serde(default)]
    ocr: bool,
    #[serde(default)]
    form_files: Vec<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    dir: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Collection {
    deadline: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notices {
    severities: Option<Vec<Severity>>,
    #[serde(default)]
    answer_by: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    thanks: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    group: Option<String>,
}

/// A file, a folder, or a folder with a glob over what is below it. Only what the pipeline writes is a glob: brackets in
/// the name of a folder above it are letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) root: PathBuf,
    pub(crate) glob: Option<String>,
}

impl Pattern {
    fn new(base: &Path, written: &str) -> Pattern {
        let whole = base.join(written);
        let parts: Vec<&str> = written.split(['/', std::path::MAIN_SEPARATOR]).collect();
        match parts.iter().position(|p| p.contains(['*', '?', '[', '{'])) {
            Some(at) if !whole.exists() => {
                let fixed = parts[..at].join("/");
                let fixed = if fixed.is_empty() && written.starts_with('/') { "/".to_owned() } else { fixed };
                let root = if fixed.is_empty() { base.to_owned() } else { base.join(fixed) };
                Pattern { root, glob: Some(parts[at..].join("/")) }
            }
            _ => Pattern::literal(whole),
        }
    }

    /// What decides whether a path below the root is meant; none where everything is.
    pub(crate) fn matcher(&self, key: &str) -> Result<Option<globset::GlobMatcher>, Failure> {
        let Some(glob) = &self.glob else { return Ok(None) };
        let glob = globset::GlobBuilder::new(glob).literal_separator(true).build();
        glob.map(|g| Some(g.compile_matcher())).map_err(|e| Failure::usage(format!("{key}: {self}: {e}")))
    }

    /// A path that is meant as it is.
    pub(crate) fn literal(root: PathBuf) -> Pattern {
        Pattern { root, glob: None }
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.glob {
            Some(glob) => write!(f, "{}", self.root.join(glob).display()),
            None => write!(f, "{}", self.root.display()),
        }
    }
}

/// A pipeline with its paths resolved.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pipeline {
    /// The file itself; none for a folder that was dragged onto the program.
    pub(crate) file: Option<PathBuf>,
    /// Where reports lie.
    pub(crate) reports: Vec<Pattern>,
    pub(crate) registry: Option<PathBuf>,
    pub(crate) decisions: Option<PathBuf>,
    pub(crate) corrections: Option<PathBuf>,
    pub(crate) received: Option<PathBuf>,
    /// Totals that have been published already, to be explained.
    pub(crate) published: Option<PathBuf>,
    pub(crate) texts: Option<PathBuf>,
    /// Whether tables that are pictures are to be recognised.
    pub(crate) ocr: bool,
    pub(crate) form_files: Vec<PathBuf>,
    pub(crate) out: PathBuf,
    /// `MM-DD` of the year after the reporting year.
    pub(crate) deadline: String,
    /// Rule → severity; `None` switches it off.
    pub(crate) checks: BTreeMap<String, Option<Severity>>,
    pub(crate) notice_severities: Vec<Severity>,
    pub(crate) answer_by: String,
    pub(crate) from: String,
    /// Whether agencies in whose report nothing was found are told so.
    pub(crate) thanks: bool,
    pub(crate) group: Option<String>,
    /// Chart files; empty for the built-in ones.
    pub(crate) charts: Vec<Pattern>,
    /// Folder that file names in outputs are relative to.
    pub(crate) base: PathBuf,
}

/// The deadline of Art. 49 of the Regulations.
pub(crate) const DEADLINE: &str = "01-31";

impl Pipeline {
    /// Reads a pipeline file. Rules of `[checks]` are compared with the known ones by [`Pipeline::prove_rules`], once the
    /// forms are loaded.
    pub(crate) fn load(path: &Path) -> Result<Pipeline, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| Failure::usage(format!("pipeline {}: {e}{}", path.display(), near_files(path))))?;
        let file: File = toml::from_str(&text).map_err(|e| Failure::Usage(explain_toml(path, &text, &e).into()))?;
        let base = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        let at = |p: &Path| base.join(p);
        let mut checks = BTreeMap::new();
        for (rule, word) in file.checks {
            let severity = match word.as_str() {
                "off" => None,
                "error" => Some(Severity::Error),
                "warning" => Some(Severity::Warning),
                "info" => Some(Severity::Info),
                _ => {
                    return Err(Failure::usage(format!(
                        "{}: [checks] {rule} = \"{word}\": expected off, error, warning or info",
                        path.display()
                    )));
                }
            };
            checks.insert(rule, severity);
        }
        let deadline = file.collection.deadline.unwrap_or_else(|| DEADLINE.to_owned());
        if !is_month_day(&deadline) {
            return Err(Failure::usage(format!(
                "{}: [collection] deadline = \"{deadline}\": expected MM-DD, such as 01-31",
                path.display()
            )));
        }
        for (key, file) in [
            ("registry", &file.input.registry),
            ("decisions", &file.input.decisions),
            ("corrections", &file.input.corrections),
            ("received", &file.input.received),
            ("published", &file.input.published),
        ] {
            if let Some(file) = file
                && !at(file).is_file()
                && key != "decisions"
            {
                return Err(Failure::usage(format!(
                    "{}: [input] {key}: {} is not there{}",
                    path.display(),
                    at(file).display(),
                    near_files(&at(file))
                )));
            }
        }
        Ok(Pipeline {
            reports: file.input.reports.iter().map(|p| Pattern::new(&base, p)).collect(),
            registry: file.input.registry.as_deref().map(at),
            decisions: file.input.decisions.as_deref().map(at),
            corrections: file.input.corrections.as_deref().map(at),
            received: file.input.received.as_deref().map(at),
            published: file.input.published.as_deref().map(at),
            texts: file.input.texts.as_deref().map(at),
            ocr: file.input.ocr,
            form_files: file.input.form_files.iter().map(|p| at(p)).collect(),
            out: at(&file.output.dir.unwrap_or_else(|| PathBuf::from("out"))),
            deadline,
            checks,
            notice_severities: file.notices.severities.unwrap_or_else(|| vec![Severity::Error]),
            answer_by: file.notices.answer_by,
            from: file.notices.from,
            thanks: file.notices.thanks,
            group: file.report.group,
            charts: file.charts.iter().map(|p| Pattern::new(&base, p)).collect(),
            file: Some(path.to_owned()),
            base,
        })
    }

    /// A rule that is neither the program's nor the name of an identity or chain of a form is a slip.
    pub(crate) fn prove_rules(&self, forms: &Forms) -> Result<(), Failure> {
        let mut known: Vec<&str> = rules().iter().map(|r| r.id.as_str()).collect();
        for (_, form) in forms.iter() {
            known.extend(form.identities.iter().map(|i| i.name.as_str()));
            known.extend(form.chains.iter().map(|c| c.name.as_str()));
        }
        for rule in self.checks.keys() {
            if !known.contains(&rule.as_str()) {
                let hint = nearest(rule, known.iter().copied()).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
                let file = self.file.as_deref().unwrap_or(Path::new("pipeline")).display();
                return Err(Failure::usage(format!("{file}: [checks] `{rule}` is no rule{hint}")));
            }
        }
        Ok(())
    }
}

fn is_month_day(text: &str) -> bool {
    let Some((month, day)) = text.split_once('-') else { return false };
    let number = |t: &str| if t.len() == 2 { t.parse::<u8>().ok() } else { None };
    number(month).is_some_and(|m| (1..=12).contains(&m)) && number(day).is_some_and(|d| (1..=31).contains(&d))
}

/// ` (did you mean …?)` with the file of the same folder whose name is nearest.
pub(crate) fn near_files(path: &Path) -> String {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name().map(|n| n.to_string_lossy().into_owned()) else { return String::new() };
    let mut names: Vec<String> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    match nearest(&name, names.iter().map(String::as_str)) {
        Some(near) => format!(" (did you mean {}?)", folder.join(near).display()),
        None => String::new(),
    }
}
