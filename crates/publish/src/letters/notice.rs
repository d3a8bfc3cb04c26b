//! The correction notice: what was found and where, what is proposed and why, the agency's own tables with the cells
//! marked, and a slip for the answer.

use nianbao_form::{Finding, Form, FormIx};

use super::{LINES, Letter, answer_by, cell_names, is_proved, marked, signature, signer, wanted};
use crate::Edition;
use crate::labels;
use crate::story::{List, Piece, Story, paragraph};
use crate::words::Lang;

/// Rules about how and when a report came, not about what it says.
const SENDING: [&str; 3] = ["late-report", "duplicate-report", "misnamed-file"];
/// So many other ways to mend the same error are said.
const ALTERNATIVES: usize = 4;

pub(super) fn notice(edition: &Edition<'_>, form: &Form, letter: &Letter) -> Story {
    let lang = Lang::of_form(form);
    let of_sending = letter.items.iter().flatten().all(|&i| SENDING.contains(&edition.findings[i].rule.as_str()));
    let title = lang.say(if of_sending { "notice_of_sending" } else { "notice_title" });
    let report = marked::report(edition, letter);
    let own = report.map_or(form, |r| edition.forms.form(r.form));
    let tables = report.map(|r| marked::tables(own, r, &marked::marks(edition, letter))).unwrap_or_default();
    let findings = || letter.items.iter().flatten().map(|&i| &edition.findings[i]);
    let name = |f: &'_ Finding| f.subject.report.rsplit('/').next().unwrap_or_default().to_owned();
    let mut files: Vec<String> = findings().map(name).filter(|r| !r.is_empty()).collect();
    files.sort_unstable();
    files.dedup();
    let mut pieces = vec![Piece::Title(title.to_owned()), Piece::Flush(lang.salutation(&letter.agency))];
    let count = letter.items.len();
    pieces.push(paragraph(match of_sending {
        true => lang.received(edition.year, form, &files, count),
        false => lang.found(edition.year, form, &files, count),
    }));
    let asked = Asked { edition, form, ix: edition.forms.find(&own.id), lang };
    let rows = letter.items.iter().enumerate().flat_map(|(n, item)| asked.rows(n + 1, item)).collect();
    let head = ["no", "checked_item", "found", "proposed", "grounds"].map(|k| lang.say(k).to_owned()).to_vec();
    pieces.push(Piece::List(List { widths: vec![75, 270, 105, 145, 405], head, rows }));
    let by = answer_by(edition, lang);
    pieces.push(paragraph(if of_sending { lang.please_explain(&by) } else { lang.please_answer(&by) }));
    let (enclosed, slip_mark): (&[&str], &str) = match tables.is_empty() {
        true => (&["enclosed_slip"], "enclosure"),
        false => (&["enclosed_first", "enclosed_second"], "enclosure_2"),
    };
    pieces.extend(enclosed.iter().map(|k| Piece::Set(lang.say(k).to_owned())));
    pieces.extend(signature(edition, lang));
    if !tables.is_empty() {
        // Mark and title on one line: a table that fills a page leaves no room for two.
        pieces.push(Piece::Enclosure(format!("{}　{}", lang.say("enclosure_1"), lang.say("marked_title"))));
        pieces.push(Piece::Note(lang.say("marked_note").to_owned()));
        for (section, grid) in tables {
            pieces.push(Piece::Caption(lang.table_title(&grid.table, &section)));
            pieces.push(Piece::Table(grid));
        }
    }
    pieces.push(Piece::Enclosure(lang.say(slip_mark).to_owned()));
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

    /// One item: a line a cell, its number and its reasons beside them all.
    fn rows(&self, n: usize, item: &[usize]) -> Vec<Vec<Option<String>>> {
        let findings: Vec<&Finding> = item.iter().map(|&i| &self.edition.findings[i]).collect();
        let first = findings[0];
        let names = self.names(first);
        let by_cell = names.len() == first.cells.len();
        let ask = findings.iter().map(|f| self.ask(f)).find(|a| !a.is_empty()).unwrap_or_else(|| self.lang.say("to_verify"));
        let spoken = findings.iter().any(|f| wanted(f).iter().any(|v| !v.trim().is_empty()));
        let reasons = || {
            let mut reasons: Vec<String> = Vec::new();
            for line in findings.iter().flat_map(|f| self.reason(f)) {
                if !reasons.contains(&line) {
                    reasons.push(line);
                }
            }
            reasons.join("\n")
        };
        let row = |(i, name): (usize, String)| {
            let beside = |text: &dyn Fn() -> String| (i == 0).then(text);
            let (found, proposed) = match by_cell {
                false => ("—".to_owned(), beside(&|| ask.to_owned())),
                true if !spoken => (self.found(first, i), beside(&|| ask.to_owned())),
                true => (self.found(first, i), Some(self.proposed(&findings, &first.cells[i]))),
            };
            vec![beside(&|| n.to_string()), Some(name), Some(found), proposed, beside(&reasons)]
        };
        names.into_iter().enumerate().map(row).collect()
    }

    /// What the agency is asked by a finding's rule; nothing where the rule does not say.
    fn ask(&self, f: &Finding) -> &'static str {
        let rule = nianbao_form::rule(&f.rule);
        if self.lang == Lang::En { &rule.ask_en } else { &rule.ask }
    }

    /// What a cell holds.
    fn found(&self, f: &Finding, i: usize) -> String {
        let found = f.found.get(i).map(|v| v.trim()).unwrap_or_default();
        if found.is_empty() { self.lang.say("blank").to_owned() } else { found.to_owned() }
    }

    /// What is proposed for a cell: what is proved, else what is asked beside the value that may help.
    fn proposed(&self, findings: &[&Finding], cell: &str) -> String {
        let value = |f: &Finding| {
            let at = f.cells.iter().position(|c| c == cell)?;
            let value = wanted(f).get(at)?.trim();
            (!value.is_empty()).then(|| value.to_owned())
        };
        if let Some(value) = findings.iter().filter(|f| is_proved(f)).find_map(|f| value(f)) {
            return value;
        }
        match findings.iter().find_map(|f| value(f).map(|v| (f, v))) {
            Some((f, value)) if self.ask(f).is_empty() => self.lang.for_reference(&value),
            Some((f, value)) => self.lang.asked(self.ask(f), &value),
            None => "—".to_owned(),
        }
    }

    /// Why: the finding's message, other changes that are as likely, and where it stands in the file.
    fn reason(&self, f: &Finding) -> Vec<String> {
        let findings = self.edition.findings;
        let mut reason = self.file_names(f.in_letter(self.lang.code()));
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
        let place = (!place.is_empty()).then(|| self.lang.in_file(&place));
        std::iter::once(reason).chain(place).collect()
    }

    /// The office's folders are no matter of the agency's: of its files only the names are said.
    fn file_names(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if text.contains('/') {
            let files = self.edition.entries.iter().map(|e| e.report.source.as_ref());
            let files = files.chain(self.edition.receipts.iter().map(|r| r.name.as_ref()));
            let mut said: Vec<&str> = files.filter(|f: &&str| f.contains('/') && text.contains(*f)).collect();
            // A path may begin another one.
            said.sort_unstable_by_key(|f| std::cmp::Reverse(f.len()));
            for file in said {
                text = text.replace(file, file.rsplit('/').next().unwrap_or(file));
            }
        }
        text
    }
}

/// What the agency fills in and sends back.
fn slip(pieces: &mut Vec<Piece>, edition: &Edition<'_>, asked: &Asked<'_, '_>, letter: &Letter) {
    let lang = asked.lang;
    pieces.push(Piece::PageTitle(lang.say("slip_title").to_owned()));
    pieces.push(Piece::Flush(lang.salutation(signer(edition, lang))));
    pieces.push(paragraph(lang.slip(edition.year, asked.form, letter.items.len())));
    let head = ["no", "checked_item", "verified", "corrected_to", "remark"].map(|k| lang.say(k).to_owned()).to_vec();
    let mut rows = Vec::new();
    for (n, item) in letter.items.iter().enumerate() {
        for (line, name) in asked.names(&edition.findings[item[0]]).into_iter().enumerate() {
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
