//! Letters to agencies: correction notices, and reminders to those who have not reported.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use nianbao_form::{Finding, Form, Severity, Status};
use rayon::prelude::*;

use crate::files::{FileOut, safe_name, unique};
use crate::story::{Piece, Story, paragraph};
use crate::words::Lang;
use crate::{Edition, PublishError, docx};

/// A letter to one agency.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// `notices/….docx`.
    pub(crate) path: String,
    pub(crate) agency_id: String,
    pub(crate) agency: String,
    /// Positions among the edition's findings, one for a cause, in their order.
    pub(crate) findings: Vec<usize>,
    pub(crate) reminder: bool,
}

/// The rule by which the collection says that an agency has not reported.
const MISSING: &str = "missing-report";

fn is_open(f: &Finding) -> bool {
    matches!(f.status, Status::Open | Status::Confirmed)
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
        } else if is_open(f) && f.leads() && wanted(f.severity) && !s.agency.is_empty() && s.year == edition.year {
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
    let mut taken = HashSet::from(["index".to_owned()]);
    let mut letter = |prefix: &str, (agency_id, agency): (String, String), findings: Vec<usize>| {
        let name = unique(&mut taken, format!("{prefix}{}", safe_name(&agency)));
        Letter { path: format!("notices/{name}.docx"), agency_id, agency, findings, reminder: !prefix.is_empty() }
    };
    let mut letters: Vec<Letter> = by_agency.into_iter().map(|(agency, list)| letter("", agency, list)).collect();
    letters.extend(reminded.into_iter().map(|agency| letter("reminder-", agency, Vec::new())));
    Ok(letters)
}

/// The letters and `notices/index.csv`.
pub(crate) fn files(edition: &Edition<'_>, form: &Form, letters: &[Letter]) -> Result<Vec<FileOut>, PublishError> {
    let made: Vec<Result<FileOut, PublishError>> = letters
        .par_iter()
        .map(|letter| {
            let story = if letter.reminder { reminder(edition, form, letter) } else { notice(edition, form, letter) };
            let key = if letter.agency_id.is_empty() { &letter.agency } else { &letter.agency_id };
            Ok(FileOut::new(letter.path.clone(), docx::document(&story)?).of_agency(key))
        })
        .collect();
    let mut files = made.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut index = csv::Writer::from_writer(Vec::new());
    let failed = || PublishError::make("notices/index.csv");
    index.write_record(["file", "kind", "agency_id", "agency", "errors", "warnings", "answer_by"]).map_err(failed())?;
    for l in letters {
        let count = |s: Severity| l.findings.iter().filter(|&&i| edition.findings[i].severity == s).count().to_string();
        let kind = if l.reminder { "reminder" } else { "correction" };
        let file = l.path.trim_start_matches("notices/");
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let row = [file, kind, &l.agency_id, &l.agency, &errors, &warnings, &edition.notices.answer_by];
        index.write_record(row).map_err(failed())?;
    }
    let bytes = index.into_inner().map_err(|e| failed()(csv::Error::from(e.into_error())))?;
    files.push(FileOut::new("notices/index.csv", bytes));
    Ok(files)
}

fn signature(edition: &Edition<'_>, lang: Lang) -> Vec<Piece> {
    let from = if edition.notices.from.is_empty() { &edition.office } else { &edition.notices.from };
    vec![Piece::Flush(String::new()), Piece::Right(from.clone()), Piece::Right(lang.say("date_blank").to_owned())]
}

/// By when, in words; a space to write it where the pipeline does not say.
fn answer_by(edition: &Edition<'_>, lang: Lang) -> String {
    match (edition.notices.answer_by.as_str(), lang) {
        ("", Lang::Zh) => "　　月　　日".to_owned(),
        ("", Lang::En) => "____________".to_owned(),
        (text, _) => text.to_owned(),
    }
}

fn notice(edition: &Edition<'_>, form: &Form, letter: &Letter) -> Story {
    let lang = Lang::of_form(form);
    let title = lang.say("notice_title").to_owned();
    let (year, by, count) = (edition.year, answer_by(edition, lang), letter.findings.len());
    let mut files: Vec<&str> =
        letter.findings.iter().map(|&i| edition.findings[i].subject.report.as_str()).filter(|r| !r.is_empty()).collect();
    files.sort_unstable();
    files.dedup();
    let mut pieces = vec![Piece::Title(title.clone())];
    match lang {
        Lang::Zh => {
            let files = if files.is_empty() { String::new() } else { format!("（报送文件：{}）", files.join("、")) };
            pieces.push(Piece::Flush(format!("{}：", letter.agency)));
            pieces.push(paragraph(format!(
                "经核对，你单位{year}年{}{files}中有{count}处数据或内容需要核实更正，详见下表。",
                form.report_title
            )));
            pieces.push(paragraph(format!(
                "请对照原始台账逐项核实，于{by}前报送更正后的报告；经核实数据无误的，请书面说明情况。报告已经公开的，请同时更正已公开的内容。"
            )));
        }
        Lang::En => {
            pieces.push(Piece::Flush(format!("To: {}", letter.agency)));
            pieces.push(paragraph(format!(
                "{count} figures or passages of your {} {year} need to be verified; see the table.",
                form.report_title
            )));
            pieces.push(paragraph(format!("Please check each and send a corrected report, or an explanation, by {by}.")));
        }
    }
    let head = ["no", "item", "found", "expected_or_reference", "place", "comment"].map(|k| lang.say(k).to_owned()).to_vec();
    let rows = letter.findings.iter().enumerate().map(|(n, &i)| row(edition, form, lang, n + 1, &edition.findings[i])).collect();
    pieces.push(Piece::List(vec![65, 215, 105, 105, 150, 360], head, rows));
    pieces.extend(signature(edition, lang));
    Story { lang, title: title.replace('\n', ""), pieces }
}

/// One finding: which cells, what they hold, what they should hold, where, why. Alternatives follow in the last column.
fn row(edition: &Edition<'_>, form: &Form, lang: Lang, n: usize, f: &Finding) -> Vec<String> {
    let mut comment = f.text(lang.code()).to_owned();
    let alternatives =
        edition.findings.iter().filter(|o| !o.leads() && o.cause.is_none() && o.cause_key() == f.cause_key() && o.key != f.key);
    for other in alternatives {
        comment.push_str(lang.say("alternative"));
        comment.push_str(other.text(lang.code()));
    }
    // What stands in no cell is said by the comment.
    let values =
        |list: &[String]| if f.cells.is_empty() { String::new() } else { list.join(if lang == Lang::Zh { "、" } else { ", " }) };
    vec![n.to_string(), cell_names(edition, form, lang, f), values(&f.found), values(wanted(f)), lang.place(&f.place), comment]
}

/// Whether what a finding wants is proved, rather than one of several possibilities or a range that is usual.
pub(crate) fn is_proved(f: &Finding) -> bool {
    let alternative = f.key.contains('#');
    f.suggestion.iter().any(|s| !s.is_empty()) || (f.severity == Severity::Error && !alternative)
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

fn reminder(edition: &Edition<'_>, form: &Form, letter: &Letter) -> Story {
    let lang = Lang::of_form(form);
    let title = lang.say("reminder_title").to_owned();
    let (year, by) = (edition.year, answer_by(edition, lang));
    let mut pieces = vec![Piece::Title(title.clone())];
    match lang {
        Lang::Zh => {
            pieces.push(Piece::Flush(format!("{}：", letter.agency)));
            pieces.push(paragraph(format!(
                "根据《中华人民共和国政府信息公开条例》第四十九条，你单位应当按期报送并公布上一年度的政府信息公开工作年度报告。截至目前，尚未收到你单位{year}年的报告。"
            )));
            pieces.push(paragraph(format!(
                "请按照{}格式编制，于{by}前报送。已经报送的，请与我们联系，告知报送的时间和方式；因机构调整等不再单独编制报告的，请书面说明由哪个单位一并报告。",
                if form.issued_as.is_empty() { "规定的".to_owned() } else { format!("{}规定的", form.issued_as) }
            )));
        }
        Lang::En => {
            pieces.push(Piece::Flush(format!("To: {}", letter.agency)));
            pieces.push(paragraph(format!(
                "Your {} {year} has not been received. Please submit it by {by}, or tell us when and how it was sent.",
                form.report_title
            )));
        }
    }
    pieces.extend(signature(edition, lang));
    Story { lang, title: title.replace('\n', ""), pieces }
}
