//! The district's report in the statutory form: figures where the form has tables, key figures and the office's own words
//! where it has prose, and a mark wherever something is still to be written.

mod gaps;
mod html;
mod own_words;
mod sentences;

use std::collections::BTreeSet;

use nianbao_form::{Finding, Form, Part, Require, Section, SectionKind, Severity, Status};

use crate::Edition;
use crate::figures::Figures;
use crate::markdown::{self, Line};
use crate::story::{Piece, Story, district_tables, paragraph};
use crate::words::Lang;
use own_words::OwnWords;
use sentences::Speaker;

pub(crate) use gaps::notes;
pub(crate) use html::page;

/// The report as a story.
pub(crate) fn district_report(edition: &Edition<'_>, form: &Form, figures: &Figures<'_>) -> Story {
    let lang = Lang::of_form(form);
    // Without a registry nobody has said whose report it is.
    let nameless = edition.compilation.root.is_empty() && lang == Lang::Zh;
    let name = if nameless { lang.say("blank_agency") } else { edition.group_name.as_str() };
    let title = lang.report_title(name, edition.year, form);
    // A long title breaks before the year, not before its last word.
    let long = title.chars().count() > 20 && !name.is_empty();
    let broken = title.strip_prefix(name).filter(|_| long).map(|rest| format!("{name}\n{}", rest.trim_start()));
    let mut writer = Writer { edition, form, figures, lang, pieces: Vec::new(), noted: String::new(), like: false };
    writer.pieces.push(Piece::Title(broken.unwrap_or_else(|| title.clone())));
    if !edition.office.is_empty() {
        writer.pieces.push(Piece::Centred(edition.office.clone()));
    }
    writer.pieces.extend(unsettled(edition, figures, lang));
    if form.sections.is_empty() {
        writer.figures_in_words("", "");
        let words = writer.words("overview", &[]);
        writer.lines(words.lead);
        writer.tables(None);
    }
    for section in &form.sections {
        writer.pieces.push(Piece::Heading(lang.heading(&section.number, &section.title)));
        writer.prose(section);
        writer.tables(Some(section));
    }
    Story { lang, title, pieces: writer.pieces }
}

/// Nobody signs a report without knowing that figures in its sums are known to be wrong, or which are doubted.
fn unsettled(edition: &Edition<'_>, figures: &Figures<'_>, lang: Lang) -> Option<Piece> {
    const NAMED: usize = 6;
    let wrong = |f: &&Finding| {
        let open = matches!(f.status, Status::Open | Status::Confirmed) && f.leads();
        open && f.severity == Severity::Error && !f.cells.is_empty() && f.subject.year == edition.year
    };
    let agencies: BTreeSet<&str> = edition.findings.iter().filter(wrong).map(|f| f.subject.agency_key()).collect();
    let errors = edition.findings.iter().filter(wrong).count();
    let doubted = figures.queried();
    let names: Vec<String> = doubted.iter().take(NAMED).map(|c| figures.form.name(*c)).collect();
    let beyond = gaps::beyond(figures, lang);
    let open = errors + doubted.len() > 0 || beyond.is_some();
    open.then(|| Piece::Placeholder(lang.unsettled((errors, agencies.len()), (&names, doubted.len()), beyond.as_deref())))
}

struct Writer<'w, 'a> {
    edition: &'w Edition<'a>,
    form: &'w Form,
    figures: &'w Figures<'a>,
    lang: Lang,
    pieces: Vec<Piece>,
    /// The note of the table before.
    noted: String,
    /// Whether the section has said a change over the agencies of both years.
    like: bool,
}

impl Writer<'_, '_> {
    /// The words of a section: its figures in sentences, the office's own words, and what is still to be written.
    fn prose(&mut self, section: &Section) {
        let words = self.words(&section.id, &section.parts);
        let whole = text_of(words.lead.iter().chain(words.parts.iter().flatten()).chain(&words.rest));
        let mut lower = self.figures_in_words(&section.id, "");
        self.lines(words.lead);
        for (part, lines) in section.parts.iter().zip(words.parts) {
            self.pieces.push(Piece::Subheading(format!("{}{}", part.number, part.title)));
            lower.extend(self.part(section, part, lines));
        }
        self.lines(words.rest);
        if section.kind == SectionKind::Prose && section.parts.is_empty() && whole.is_empty() {
            let prompt = if section.prompt.is_empty() { &section.title } else { &section.prompt };
            self.pieces.push(Piece::Placeholder(self.lang.please_write(prompt)));
        } else if section.kind == SectionKind::Prose {
            self.demand(&section.require, &whole);
        }
        lower.sort_unstable();
        lower.dedup();
        let like = std::mem::take(&mut self.like);
        if let Some(note) = gaps::note_of_words(&lower, like, self.figures, self.lang) {
            self.pieces.push(Piece::Note(note));
        }
    }

    /// A part below its heading. Gives the cells that were said as lower bounds.
    fn part(&mut self, section: &Section, part: &Part, lines: Vec<Line>) -> Vec<nianbao_form::Cell> {
        let before = self.pieces.len();
        let lower = self.figures_in_words(&section.id, &part.id);
        let words = text_of(lines.iter());
        self.lines(lines);
        if self.pieces.len() == before {
            let prompt = if part.prompt.is_empty() { &part.title } else { &part.prompt };
            self.pieces.push(Piece::Placeholder(self.lang.please_write(prompt)));
        } else {
            self.demand(&part.require, &words);
        }
        lower
    }

    /// A placeholder for what the words leave out.
    fn demand(&mut self, require: &[Require], words: &str) {
        let lacking = require.iter().filter(|r| !r.words.iter().any(|w| words.contains(w.as_str())));
        let prompts: Vec<&str> = lacking.map(|r| r.prompt.as_str()).collect();
        if !prompts.is_empty() {
            self.pieces.push(Piece::Placeholder(self.lang.please_write(&self.lang.list(prompts))));
        }
    }

    /// The form's sentences of a section or part. Gives the cells that were said as lower bounds.
    fn figures_in_words(&mut self, section: &str, part: &str) -> Vec<nianbao_form::Cell> {
        let speaker = Speaker::new(self.figures, self.lang);
        let said = self.form.sentences.iter().filter(|s| s.section == section && s.part == part);
        self.pieces.extend(speaker.paragraphs(said).iter().map(paragraph));
        self.like |= speaker.like_for_like();
        speaker.lower()
    }

    fn words(&self, section: &str, parts: &[Part]) -> OwnWords {
        let lines = self.edition.texts.get(section).map(|t| markdown::parse(t)).unwrap_or_default();
        own_words::divide(lines, parts)
    }

    fn lines(&mut self, lines: Vec<Line>) {
        self.pieces.extend(lines.into_iter().map(|l| match l {
            Line::Heading(_, words) => Piece::Subheading(words),
            Line::Paragraph(stretches) => Piece::Paragraph(stretches),
        }));
    }

    /// The tables of a section, each with its note.
    fn tables(&mut self, section: Option<&Section>) {
        for grid in district_tables(self.form, section, self.figures) {
            if section.is_none() {
                self.pieces.push(Piece::Subheading(self.lang.table_name(&grid.table)));
            }
            let note = notes(&grid, self.figures, self.lang, false);
            self.pieces.push(Piece::Table(grid));
            if let Some(note) = note {
                // The same list is not printed below every table in turn.
                let same = format!("{}{}", self.lang.say("note"), self.lang.say("gap_same"));
                let again = self.noted == note;
                self.pieces.push(Piece::Note(if again { same } else { note.clone() }));
                self.noted = note;
            }
        }
        if let Some(note) = section.and_then(|s| gaps::note_of_other_form(s, self.figures, self.lang)) {
            self.pieces.push(Piece::Note(note));
        }
    }
}

fn text_of<'l>(lines: impl Iterator<Item = &'l Line>) -> String {
    let mut text = String::new();
    for line in lines {
        match line {
            Line::Heading(_, words) => text.push_str(words),
            Line::Paragraph(stretches) => stretches.iter().for_each(|s| text.push_str(&s.text)),
        }
        text.push('\n');
    }
    text
}
