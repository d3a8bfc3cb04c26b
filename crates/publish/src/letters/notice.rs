//! The correction notice: what was found and where, what is proposed and why, the agency's own tables with the cells
//! marked, and a slip for the answer.

use nianbao_form::{Finding, Form, FormIx};

use super::{Letter, answer_by, cell_names, is_proved, marked, signature, signer, wanted};
use crate::Edition;
use crate::labels;
use crate::story::{List, Piece, Story, paragraph};
use crate::words::Lang;

/// A finding of so many cells has a line for each; one of more is summed up.
const LINES: usize = 6;
/// So many other ways to mend the same error are said.
const ALTERNATIVES: usize = 4;

pub(super) fn notice(edition: &Edition<'_>, form: &Form, letter: &Letter) -> Story {
    let lang = Lang::of_form(form);
    let title = lang.say("notice_title");
    let report = marked::report(edition, letter);
    let own = report.map_or(form, |r| edition.forms.form(r.form));
    let tables = report.map(|r| marked::tables(own, r, &marked::marks(edition, letter))).unwrap_or_default();
    let findings = || letter.findings.iter().map(|&i| &edition.findings[i]);
    let name = |f: &'_ Finding| f.subject.report.rsplit('/').next().unwrap_or_default().to_owned();
    let mut files: Vec<String> = findings().map(name).filter(|r| !r.is_empty()).collect();
    files.sort_unstable();
    files.dedup();
    let mut pieces = vec![Piece::Title(title.to_owned()), Piece::Flush(lang.salutation(&letter.agency))];
    pieces.push(paragraph(lang.found(edition.year, form, &files, letter.findings.len())));
    let asked = Asked { edition, form, ix: edition.forms.find(&own.id), lang };
    let rows = findings().enumerate().flat_map(|(n, f)| asked.rows(n + 1, f)).collect();
    let head = ["no", "checked_item", "found", "proposed", "reason"].map(|k| lang.say(k).to_owned()).to_vec();
    pieces.push(Piece::List(List { widths: vec![75, 270, 105, 145, 405], head, rows }));
    pieces.push(paragraph(lang.please_answer(&answer_by(edition, lang))));
    pieces.push(paragraph(lang.say(if tables.is_empty() { "enclosed_slip" } else { "enclosed_both" })));
    pieces.extend(signature(edition, lang));
    if !tables.is_empty() {
        pieces.push(Piece::PageTitle(lang.say("marked_title").to_owned()));
        pieces.push(Piece::Note(lang.say("marked_note").to_owned()));
        for (section, grid) in tables {
            pieces.push(Piece::Caption(lang.table_title(&grid.table, &section)));
            pieces.push(Piece::Table(grid));
        }
    }
    slip(&mut pieces, edition, &asked, letter);
    Story { lang, title: title.replace('\n', ""), pieces }
}

/// What is needed to put findings into rows.
struct Asked<'e, 'a> {
    edition: &'e Edition<'a>,
    form: &'e Form,
    /// The form whose tables the agency has sent.
    ix: Option<FormIx>,
    lang: Lang,
}

impl Asked<'_, '_> {
    /// The cells of a finding as the form prints them.
    fn names(&self, f: &Finding) -> Vec<String> {
        let named = |id: &String| match (self.edition.forms.cell(id), self.ix) {
            (Some(cell), Some(ix)) => labels::place(self.edition.forms, ix, cell, self.lang),
            _ => id.clone(),
        };
        match f.cells.len() {
            0 => vec![self.lang.rule_title(f).to_owned()],
            1..=LINES => f.cells.iter().map(named).collect(),
            _ => vec![cell_names(self.edition, self.form, self.lang, f)],
        }
    }

    /// One finding: a line a cell, its number and its reason beside them all.
    fn rows(&self, n: usize, f: &Finding) -> Vec<Vec<Option<String>>> {
        let names = self.names(f);
        let by_cell = names.len() == f.cells.len();
        let row = |(i, name): (usize, String)| {
            let (found, proposed) = if by_cell { self.values(f, i) } else { ("—".to_owned(), "—".to_owned()) };
            let beside = |text: String| (i == 0).then_some(text);
            vec![beside(n.to_string()), Some(name), Some(found), Some(proposed), beside(self.reason(f))]
        };
        names.into_iter().enumerate().map(row).collect()
    }

    /// What a cell holds, and what is proposed for it.
    fn values(&self, f: &Finding, i: usize) -> (String, String) {
        let of = |list: &[String]| list.get(i).map(|v| v.trim().to_owned()).unwrap_or_default();
        let (found, value) = (of(&f.found), of(wanted(f)));
        let others = wanted(f).iter().any(|v| !v.trim().is_empty());
        let proposed = match (value.is_empty(), others, is_proved(f)) {
            (false, _, true) => value,
            (false, _, false) => self.lang.for_reference(&value),
            (true, true, _) => "—".to_owned(),
            (true, false, _) => self.lang.say("to_verify").to_owned(),
        };
        (if found.is_empty() { self.lang.say("blank").to_owned() } else { found }, proposed)
    }

    /// Why: the finding's message, other changes that are as likely, and where it stands in the file.
    fn reason(&self, f: &Finding) -> String {
        let findings = self.edition.findings;
        let mut reason = f.text(self.lang.code()).to_owned();
        let same = |o: &&Finding| !o.leads() && o.cause.is_none() && o.cause_key() == f.cause_key() && o.key != f.key;
        // The message itself names the other ways where it knows them.
        let named = |o: &&Finding| reason.contains(cell_names(self.edition, self.form, self.lang, o).as_str());
        let others: Vec<&Finding> = findings.iter().filter(same).filter(|o| !named(o)).take(ALTERNATIVES).collect();
        for other in others {
            let value = |list: &[String], i: usize| list.get(i).map_or("", |v| v.trim()).to_owned();
            let change =
                |(i, name): (usize, String)| self.lang.change_to(&name, &value(&other.found, i), &value(wanted(other), i));
            let changes = self.names(other).into_iter().enumerate().map(change);
            reason.push('\n');
            reason.push_str(self.lang.say("alternative"));
            reason.push_str(&self.lang.list(changes.collect::<Vec<_>>().iter().map(String::as_str)));
        }
        let place = self.lang.place(&f.place);
        if !place.is_empty() {
            reason.push('\n');
            reason.push_str(&self.lang.in_file(&place));
        }
        reason
    }
}

/// What the agency fills in and sends back.
fn slip(pieces: &mut Vec<Piece>, edition: &Edition<'_>, asked: &Asked<'_, '_>, letter: &Letter) {
    let lang = asked.lang;
    pieces.push(Piece::PageTitle(lang.say("slip_title").to_owned()));
    pieces.push(Piece::Flush(lang.salutation(signer(edition))));
    pieces.push(paragraph(lang.slip(edition.year, asked.form, letter.findings.len())));
    let head = ["no", "checked_item", "verified", "corrected_to", "remark"].map(|k| lang.say(k).to_owned()).to_vec();
    let mut rows = Vec::new();
    for (n, &i) in letter.findings.iter().enumerate() {
        for (line, name) in asked.names(&edition.findings[i]).into_iter().enumerate() {
            let verified = Some(lang.say("verified_choice").to_owned());
            let empty = || Some(String::new());
            rows.push(vec![(line == 0).then(|| (n + 1).to_string()), Some(name), verified, empty(), empty()]);
        }
    }
    pieces.push(Piece::List(List { widths: vec![75, 330, 185, 150, 260], head, rows }));
    for line in ["slip_person", "slip_head"] {
        pieces.push(Piece::Flush(lang.say(line).to_owned()));
    }
    pieces.push(Piece::Right(lang.sealed(&letter.agency)));
    pieces.push(Piece::Right(lang.say("date_blank").to_owned()));
}
