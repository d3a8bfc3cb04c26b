//! Letters to agencies: correction notices, reminders to those who have not reported, thanks to those with nothing to
//! mend; and for the office a list of them all.

mod cover;
mod index;
mod marked;
mod notice;
mod plain;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use nianbao_form::{Addressee, Finding, Form, Severity, Status};
use rayon::prelude::*;

use crate::files::{FileOut, safe_name, unique};
use crate::story::Piece;
use crate::words::Lang;
use crate::{Edition, PublishError, docx};

/// A letter to one agency.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// `notices/….docx`.
    pub(crate) path: String,
    pub(crate) agency_id: String,
    pub(crate) agency: String,
    /// What is asked, in the order of the findings: each item the positions of those that speak of the same cells.
    pub(crate) items: Vec<Vec<usize>>,
    pub(crate) reminder: bool,
    /// Whether it thanks an agency in whose report nothing was found.
    pub(crate) thanks: bool,
}

impl Letter {
    /// The word of `index.csv`.
    fn kind(&self) -> &'static str {
        match (self.reminder, self.thanks) {
            (true, _) => "reminder",
            (_, true) => "thanks",
            _ => "correction",
        }
    }

    fn count(&self, edition: &Edition<'_>, severity: Severity) -> usize {
        let worst = |item: &&Vec<usize>| item.iter().map(|&i| edition.findings[i].severity).max() == Some(severity);
        self.items.iter().filter(worst).count()
    }
}

/// A finding of so many cells has a line for each; one of more is summed up.
const LINES: usize = 6;

/// Where the office's own list of letters lies.
const COVER: &str = "cover-list";

/// The rule by which the collection says that an agency has not reported.
const MISSING: &str = "missing-report";

fn is_open(f: &Finding) -> bool {
    matches!(f.status, Status::Open | Status::Confirmed)
}

/// Whether the agency can do something about it.
pub(crate) fn concerns_agency(f: &Finding) -> bool {
    nianbao_form::rule(&f.rule).to == Addressee::Agency
}

/// Findings of the same cells are one item: the agency looks at a figure once, whatever speaks against it.
fn items(edition: &Edition<'_>, findings: Vec<usize>) -> Vec<Vec<usize>> {
    let mut items: Vec<Vec<usize>> = Vec::new();
    for at in findings {
        let cells = &edition.findings[at].cells;
        let covers = |item: &&mut Vec<usize>| {
            let first = &edition.findings[item[0]].cells;
            !cells.is_empty() && first.len() <= LINES && cells.iter().all(|c| first.contains(c))
        };
        match items.iter_mut().find(covers) {
            Some(item) => item.push(at),
            None => items.push(vec![at]),
        }
    }
    items
}

/// Who gets a letter.
pub(crate) fn letters(edition: &Edition<'_>) -> Result<Vec<Letter>, PublishError> {
    let wanted = |s: Severity| {
        let list = &edition.notices.severities;
        if list.is_empty() { s == Severity::Error } else { list.contains(&s) }
    };
    let mut by_agency: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut reminded: BTreeSet<(String, String)> = BTreeSet::new();
    let mut excused: HashSet<&str> = HashSet::new();
    for (at, f) in edition.findings.iter().enumerate() {
        let s = &f.subject;
        let agency = || (s.agency_id.clone(), s.agency.clone());
        if f.rule == MISSING {
            // Who has sent a file that cannot be read is told so, not reminded as if nothing had come.
            if is_open(f) && f.cause.is_none() {
                reminded.insert(agency());
            } else {
                excused.insert(s.agency_key());
            }
        } else if is_open(f)
            && f.leads()
            && concerns_agency(f)
            && wanted(f.severity)
            && !s.agency.is_empty()
            && s.year == edition.year
        {
            by_agency.entry(agency()).or_default().push(at);
        }
    }
    let root = &edition.compilation.root;
    for c in &edition.compilation.coverage {
        let awaited = c.status == "missing" && c.year == edition.year && c.group_id == *root;
        if awaited && !excused.contains(c.agency_id.as_str()) {
            reminded.insert((c.agency_id.clone(), c.agency.clone()));
        }
    }
    let mut taken = HashSet::from(["index".to_owned(), COVER.to_owned()]);
    let mut letter = |prefix: &str, (agency_id, agency): (String, String), findings: Vec<usize>| {
        let name = unique(&mut taken, format!("{prefix}{}", safe_name(&agency)));
        let (reminder, thanks) = (prefix == "reminder-", prefix == "thanks-");
        Letter { path: format!("notices/{name}.docx"), agency_id, agency, items: items(edition, findings), reminder, thanks }
    };
    let mut letters: Vec<Letter> = by_agency.into_iter().map(|(agency, list)| letter("", agency, list)).collect();
    letters.extend(reminded.into_iter().map(|agency| letter("reminder-", agency, Vec::new())));
    if edition.notices.thanks {
        letters.extend(blameless(edition).into_iter().map(|agency| letter("thanks-", agency, Vec::new())));
    }
    Ok(letters)
}

/// Agencies that have reported and of which no error or warning is open.
fn blameless(edition: &Edition<'_>) -> BTreeSet<(String, String)> {
    let grave = |f: &&Finding| is_open(f) && concerns_agency(f) && f.severity != Severity::Info && f.subject.year == edition.year;
    let blamed: HashSet<&str> = edition.findings.iter().filter(grave).map(|f| f.subject.agency_key()).collect();
    let reports = edition.counted().map(|e| e.report).filter(|r| !blamed.contains(r.agency_key()));
    reports.map(|r| (r.agency_id.clone().unwrap_or_default(), r.agency.clone())).collect()
}

/// The letters, the office's list of them and `notices/index.csv`.
pub(crate) fn files(edition: &Edition<'_>, form: &Form, letters: &[Letter]) -> Result<Vec<FileOut>, PublishError> {
    let made: Vec<Result<FileOut, PublishError>> = letters
        .par_iter()
        .map(|letter| {
            let story = match (letter.reminder, letter.thanks) {
                (true, _) => plain::reminder(edition, form, letter),
                (_, true) => plain::thanks(edition, form, letter),
                _ => notice::notice(edition, form, letter),
            };
            let key = if letter.agency_id.is_empty() { &letter.agency } else { &letter.agency_id };
            Ok(FileOut::new(letter.path.clone(), docx::document(&story)?).of_agency(key))
        })
        .collect();
    let mut files = made.into_iter().collect::<Result<Vec<_>, _>>()?;
    if !letters.is_empty() {
        let list = cover::list(edition, form, letters);
        files.push(FileOut::new(format!("notices/{COVER}.docx"), docx::document(&list)?));
    }
    files.push(index::index(edition, letters)?);
    Ok(files)
}

/// Who signs, and room for the date.
fn signature(edition: &Edition<'_>, lang: Lang) -> Vec<Piece> {
    vec![
        Piece::Flush(String::new()),
        Piece::Right(signer(edition, lang).to_owned()),
        Piece::Right(lang.say("date_blank").to_owned()),
        Piece::Set(lang.say("office_contact").to_owned()),
    ]
}

/// Who writes; room for the name where neither the pipeline nor the registry says.
fn signer<'e>(edition: &'e Edition<'_>, lang: Lang) -> &'e str {
    match (edition.notices.from.as_str(), edition.office.as_str()) {
        ("", "") => lang.say("sender_blank"),
        ("", office) => office,
        (from, _) => from,
    }
}

/// By when, in words; a space to write it where the pipeline does not say.
fn answer_by(edition: &Edition<'_>, lang: Lang) -> String {
    lang.date(&edition.notices.answer_by).unwrap_or_else(|| lang.say("date_room").to_owned())
}

/// Whether what a finding wants is proved, rather than one of several possibilities, a range that is usual or what another
/// report says, where the rule asks which is right.
pub(crate) fn is_proved(f: &Finding) -> bool {
    let alternative = f.key.contains('#');
    f.suggestion.iter().any(|s| !s.is_empty())
        || (f.severity == Severity::Error && !alternative && nianbao_form::rule(&f.rule).ask.is_empty())
}

/// What a finding proposes, or else expects.
pub(crate) fn wanted(f: &Finding) -> &[String] {
    if f.suggestion.iter().any(|s| !s.is_empty()) { &f.suggestion } else { &f.expected }
}

/// The cells of a finding as the form prints them, the first few by name; the rule's title where it has none.
pub(crate) fn cell_names(edition: &Edition<'_>, form: &Form, lang: Lang, f: &Finding) -> String {
    const SHOWN: usize = 4;
    let name = |id: &String| {
        let known = edition.forms.cell(id).zip(edition.forms.find(&form.id));
        known.map_or_else(|| id.clone(), |(cell, ix)| edition.forms.name_in(lang.code(), ix, cell))
    };
    let names: Vec<String> = f.cells.iter().take(SHOWN).map(name).collect();
    let mut text = lang.list(names.iter().map(String::as_str));
    match (f.cells.len(), lang) {
        (0, _) => text.push_str(lang.rule_title(f)),
        (n, Lang::Zh) if n > SHOWN => text.push_str(&format!("等{n}格")),
        (n, Lang::En) if n > SHOWN => text.push_str(&format!(" and {} more", n - SHOWN)),
        _ => {}
    }
    text
}
