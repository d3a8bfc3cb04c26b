//! Findings and the rules that make them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::{Cell, Forms, Place, Report};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information.
    Info,
    /// To be looked at.
    Warning,
    /// To be corrected.
    Error,
}

impl Severity {
    /// The word of `findings.csv`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The word for clerks.
    pub const fn zh(self) -> &'static str {
        match self {
            Severity::Info => "提示",
            Severity::Warning => "警告",
            Severity::Error => "错误",
        }
    }
}

/// What people have decided about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Status {
    /// Nothing yet.
    #[default]
    Open,
    /// It is an error.
    Confirmed,
    /// It is right as it is, and why.
    Explained,
    /// Not to be pursued.
    Waived,
}

impl Status {
    /// The word of `findings.csv` and `decisions.csv`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Confirmed => "confirmed",
            Status::Explained => "explained",
            Status::Waived => "waived",
        }
    }

    /// The status that a word names.
    pub fn parse(word: &str) -> Option<Status> {
        Some(match word {
            "open" => Status::Open,
            "confirmed" => Status::Confirmed,
            "explained" => Status::Explained,
            "waived" => Status::Waived,
            _ => return None,
        })
    }

    /// The word for clerks.
    pub const fn zh(self) -> &'static str {
        match self {
            Status::Open => "待处理",
            Status::Confirmed => "已确认",
            Status::Explained => "已说明",
            Status::Waived => "不追究",
        }
    }
}

/// A rule: its severity, its wording in Chinese and English, its explanation. The records stand in `rules.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Name, such as `row-total`.
    pub id: String,
    /// Default severity.
    pub severity: Severity,
    /// A short Chinese title.
    pub title: String,
    /// A short English title.
    pub title_en: String,
    /// The message with `{parameters}`, in Chinese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
    /// What the rule is for, where it comes from and what to do, in Chinese.
    pub explanation: String,
    /// The same in English.
    pub explanation_en: String,
    /// What a letter says instead of the message: the same without the statistics.
    #[serde(default)]
    pub letter: String,
    /// The same in English.
    #[serde(default)]
    pub letter_en: String,
    /// What the agency is asked to do where no figure is proved, in Chinese.
    #[serde(default)]
    pub ask: String,
    /// The same in English.
    #[serde(default)]
    pub ask_en: String,
    /// Who has to act.
    #[serde(default)]
    pub to: Addressee,
}

/// Whose matter a rule's findings are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressee {
    /// The agency that sent the report: the finding goes into its notice.
    #[default]
    Agency,
    /// The office alone: the finding stays on its pages.
    Office,
}

#[derive(Deserialize)]
struct RuleFile {
    rule: Vec<Rule>,
}

/// All rules, in the order of the reference.
pub fn rules() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| match toml::from_str::<RuleFile>(include_str!("../rules.toml")) {
        Ok(file) => file.rule,
        Err(error) => panic!("rules.toml: {error}"),
    })
}

/// The rule of an id. The identities of a user's own form have no record and speak through `identity`.
pub fn rule(id: &str) -> &'static Rule {
    let by_id = |id: &str| rules().iter().find(|r| r.id == id);
    by_id(id).or_else(|| by_id("identity")).unwrap_or_else(|| &rules()[0])
}

/// Whose finding it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Registry id; empty if there is none.
    pub agency_id: String,
    /// Name.
    pub agency: String,
    /// Reporting year; 0 where none is meant.
    pub year: u16,
    /// File, relative to the input folder; empty where none is meant.
    pub report: String,
}

impl Subject {
    /// The subject of a report's findings.
    pub fn of(report: &Report) -> Subject {
        Subject {
            agency_id: report.agency_id.clone().unwrap_or_default(),
            agency: report.agency.clone(),
            year: report.year,
            report: report.source.to_string(),
        }
    }

    /// Registry id, or the name where there is none.
    pub fn agency_key(&self) -> &str {
        if self.agency_id.is_empty() { &self.agency } else { &self.agency_id }
    }
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Rule name; the identity's own name for a user's form.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// Whose.
    pub subject: Subject,
    /// The cells that are meant, by id.
    pub cells: Vec<String>,
    /// What they hold, cell by cell.
    pub found: Vec<String>,
    /// What they should hold, cell by cell.
    pub expected: Vec<String>,
    /// The proposed values where proved, cell by cell.
    pub suggestion: Vec<String>,
    /// The message in Chinese.
    pub message: String,
    /// The message in English.
    pub message_en: String,
    /// What a letter says instead of the message, in Chinese and in English; empty where it says the message.
    pub letter: [String; 2],
    /// Where the first cell stood.
    pub place: Place,
    /// The share (0 to 1) of the district figure that the cell moves, if it was worked out.
    pub influence: Option<f64>,
    /// What people have decided.
    pub status: Status,
    /// Made of rule, agency, year, cells and figures; alternatives for one cause share the part before `#`.
    pub key: String,
    /// Key (before `#`) of the finding that explains this one; the reader sees that one only.
    pub cause: Option<String>,
    /// How surprising, larger is more; for ranking among findings of equal severity.
    pub score: f64,
}

impl Finding {
    /// Starts a finding of a rule. `parameters` fill the `{…}` of its wording; Chinese and English names of cells are
    /// given by [`FindingBuilder::cell`].
    pub fn of(rule_id: &str, subject: &Subject) -> FindingBuilder {
        FindingBuilder {
            rule: rule_id.to_owned(),
            severity: rule(rule_id).severity,
            subject: subject.clone(),
            cells: Vec::new(),
            found: Vec::new(),
            expected: Vec::new(),
            suggestion: Vec::new(),
            place: Place::Unknown,
            parameters: BTreeMap::new(),
            alternative: None,
            score: 0.0,
        }
    }
}

/// A finding in the making.
#[derive(Clone, Debug)]
pub struct FindingBuilder {
    rule: String,
    severity: Severity,
    subject: Subject,
    cells: Vec<String>,
    found: Vec<String>,
    expected: Vec<String>,
    suggestion: Vec<String>,
    place: Place,
    parameters: BTreeMap<String, (String, String)>,
    alternative: Option<(String, usize)>,
    score: f64,
}

impl FindingBuilder {
    /// Adds a cell with what it holds and what it should hold (empty if that is not known).
    pub fn cell(mut self, forms: &Forms, cell: Cell, found: impl Into<String>, expected: impl Into<String>) -> Self {
        self.cells.push(forms.id(cell).to_owned());
        self.found.push(found.into());
        self.expected.push(expected.into());
        self
    }

    /// Adds what was found and expected without a cell.
    pub fn values(mut self, found: impl Into<String>, expected: impl Into<String>) -> Self {
        self.found.push(found.into());
        self.expected.push(expected.into());
        self
    }

    /// Adds a proved value, in the order of the cells.
    pub fn suggest(mut self, value: impl Into<String>) -> Self {
        self.suggestion.push(value.into());
        self
    }

    /// Where it stood.
    pub fn at(mut self, place: &Place) -> Self {
        self.place = place.clone();
        self
    }

    /// Another severity than the rule's.
    pub fn severity(mut self, severity: Option<Severity>) -> Self {
        self.severity = severity.unwrap_or(self.severity);
        self
    }

    /// Fills `{name}` of the wording, the same in both languages.
    pub fn with(self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.with_both(name, value.clone(), value)
    }

    /// Fills `{name}` of the wording in Chinese and in English.
    pub fn with_both(mut self, name: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.parameters.insert(name.to_owned(), (zh.into(), en.into()));
        self
    }

    /// One of several alternative explanations of one cause: `cause` is what the alternatives have in common, `rank`
    /// counts from 1.
    pub fn alternative(mut self, cause: impl Into<String>, rank: usize) -> Self {
        self.alternative = Some((cause.into(), rank));
        self
    }

    /// How surprising, for ranking.
    pub fn score(mut self, score: f64) -> Self {
        self.score = score;
        self
    }

    /// The finding. Its wording also has `{agency}`, `{year}`, `{place}`, `{cells}`, `{found}` and `{expected}`.
    pub fn build(mut self) -> Finding {
        let subject = &self.subject;
        let standard = [
            ("agency", subject.agency.clone(), subject.agency.clone()),
            ("year", subject.year.to_string(), subject.year.to_string()),
            ("place", self.place.zh(), self.place.to_string()),
            ("cells", self.cells.join("、"), self.cells.join(", ")),
            ("found", self.found.join("、"), self.found.join(", ")),
            ("expected", self.expected.join("、"), self.expected.join(", ")),
            ("report", subject.report.clone(), subject.report.clone()),
        ];
        for (name, zh, en) in standard {
            self.parameters.entry(name.to_owned()).or_insert((zh, en));
        }
        let record = rule(&self.rule);
        let message = fill(&record.message, &self.parameters, |p| &p.0);
        let message_en = fill(&record.message_en, &self.parameters, |p| &p.1);
        let letter = [fill(&record.letter, &self.parameters, |p| &p.0), fill(&record.letter_en, &self.parameters, |p| &p.1)];
        let key = self.key();
        Finding {
            rule: self.rule,
            severity: self.severity,
            subject: self.subject,
            cells: self.cells,
            found: self.found,
            expected: self.expected,
            suggestion: self.suggestion,
            message,
            message_en,
            letter,
            place: self.place,
            influence: None,
            status: Status::Open,
            key,
            cause: None,
            score: self.score,
        }
    }

    /// Readable in front, a hash of cells and figures behind, so that it can be typed and yet changes with the figures.
    fn key(&self) -> String {
        let mut text = String::new();
        match &self.alternative {
            Some((cause, _)) => text.push_str(cause),
            None => {
                for list in [&self.cells, &self.found, &self.expected] {
                    text.push_str(&list.join(";"));
                    text.push('\u{1f}');
                }
                if self.cells.is_empty() && self.found.is_empty() {
                    text.push_str(&self.subject.report);
                }
            }
        }
        let hash = fnv64(&text);
        let base = format!("{}:{}:{}:{hash:016x}", self.rule, self.subject.agency_key(), self.subject.year);
        match &self.alternative {
            Some((_, rank)) => format!("{base}#{rank}"),
            None => base,
        }
    }
}

impl Finding {
    /// The key without the rank of an alternative.
    pub fn cause_key(&self) -> &str {
        self.key.split('#').next().unwrap_or(&self.key)
    }

    /// Message in the language asked for (`zh` or `en`).
    pub fn text(&self, lang: &str) -> &str {
        if lang == "en" { &self.message_en } else { &self.message }
    }

    /// What a letter says, in the language asked for.
    pub fn in_letter(&self, lang: &str) -> &str {
        let [zh, en] = &self.letter;
        let own = if lang == "en" { en } else { zh };
        if own.is_empty() { self.text(lang) } else { own }
    }

    /// Whether a person should look at this line itself: open, not explained by another one, and not a lower-ranked
    /// alternative.
    pub fn leads(&self) -> bool {
        self.cause.is_none() && self.key.split_once('#').is_none_or(|(_, rank)| rank == "1")
    }
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): stable over versions and machines, which `std`'s hasher is not.
fn fnv64(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Fills `{name}` in a template; an unknown name stays as it is, which a test of every finding looks for.
fn fill(template: &str, parameters: &BTreeMap<String, (String, String)>, pick: impl Fn(&(String, String)) -> &String) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + close];
        match parameters.get(name) {
            Some(value) => out.push_str(pick(value)),
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}
