//! The district's report as a sequence of pieces; Word and HTML are two ways of setting the same story.

use nianbao_form::{Block, Cell, Form, Section, SectionKind};

use crate::Edition;
use crate::figures::Figures;
use crate::grid::{self, Fill, Filler, Grid};
use crate::markdown::{self, Line, Stretch};
use crate::words::Lang;

/// A piece of a document.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// The title.
    Title(String),
    /// A line below the title, or any other centred line.
    Centred(String),
    /// A section's heading.
    Heading(String),
    /// A heading below it.
    Subheading(String),
    /// A paragraph.
    Paragraph(Vec<Stretch>),
    /// A paragraph without indent.
    Flush(String),
    /// A line at the right: who signs.
    Right(String),
    /// Where somebody must write.
    Placeholder(String),
    /// A note in small print.
    Note(String),
    /// A statutory table.
    Table(Grid),
    /// A plain table: widths in thousandths, head, rows.
    List(Vec<usize>, Vec<String>, Vec<Vec<String>>),
}

/// A document.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) lang: Lang,
    pub(crate) title: String,
    pub(crate) pieces: Vec<Piece>,
}

pub(crate) fn paragraph(text: impl Into<String>) -> Piece {
    Piece::Paragraph(vec![Stretch { bold: false, text: text.into() }])
}

/// The district's report in the statutory form.
pub(crate) fn district_report(edition: &Edition<'_>, form: &Form, figures: &Figures<'_>) -> Story {
    let lang = Lang::of_form(form);
    let title = lang.report_title(&edition.group_name, edition.year, form);
    // A long title breaks before the year, not before its last word.
    let long = title.chars().count() > 20 && !edition.group_name.is_empty();
    let name = edition.group_name.as_str();
    let broken = title.strip_prefix(name).filter(|_| long).map(|rest| format!("{name}\n{}", rest.trim_start()));
    let mut pieces = vec![Piece::Title(broken.unwrap_or_else(|| title.clone()))];
    if !edition.office.is_empty() {
        pieces.push(Piece::Centred(edition.office.clone()));
    }
    let mut noted = String::new();
    if form.sections.is_empty() {
        own_words(&mut pieces, edition, "overview");
        tables(&mut pieces, &mut noted, form, None, figures);
    }
    for section in &form.sections {
        pieces.push(Piece::Heading(lang.heading(&section.number, &section.title)));
        let said = sentences(&mut pieces, form, section, figures);
        let words = own_words(&mut pieces, edition, &section.id);
        if section.kind == SectionKind::Prose && !words {
            let prompt = if section.prompt.is_empty() { &section.title } else { &section.prompt };
            pieces.push(Piece::Placeholder(lang.please_write(prompt)));
        }
        if said && figures.absent().next().is_some() {
            pieces.push(Piece::Note(missing_note(figures, lang)));
        }
        tables(&mut pieces, &mut noted, form, Some(section), figures);
    }
    Story { lang, title, pieces }
}

/// The form's sentences with their figures. Says whether there was one.
fn sentences(pieces: &mut Vec<Piece>, form: &Form, section: &Section, figures: &Figures<'_>) -> bool {
    let of_section = form.sentences.iter().filter(|s| s.section == section.id);
    let said: Vec<String> = of_section.filter_map(|s| figures.sentence(s)).collect();
    pieces.extend(said.iter().map(paragraph));
    !said.is_empty()
}

fn own_words(pieces: &mut Vec<Piece>, edition: &Edition<'_>, section: &str) -> bool {
    let lines = edition.texts.get(section).map(|t| markdown::parse(t)).unwrap_or_default();
    let some = !lines.is_empty();
    pieces.extend(lines.into_iter().map(|l| match l {
        Line::Heading(words) => Piece::Subheading(words),
        Line::Paragraph(stretches) => Piece::Paragraph(stretches),
    }));
    some
}

/// Who is missing in the figures.
fn missing_note(figures: &Figures<'_>, lang: Lang) -> String {
    let mut text = lang.say("note").to_owned();
    text.push_str(lang.say("gap_names"));
    text.push_str(&lang.list(figures.absent().map(|c| c.agency.as_str())));
    text.push_str(if lang == Lang::Zh { "。" } else { "." });
    text
}

/// The tables of a section, each with its note; `said` is the note of the table before.
fn tables(pieces: &mut Vec<Piece>, said: &mut String, form: &Form, section: Option<&Section>, figures: &Figures<'_>) {
    let lang = Lang::of_form(form);
    for grid in district_tables(form, section, figures) {
        if section.is_none() {
            pieces.push(Piece::Subheading(grid.table.clone()));
        }
        let notes = notes(&grid, figures, lang);
        pieces.push(Piece::Table(grid));
        // The same list is not printed below every table in turn.
        let same = format!("{}{}", lang.say("note"), lang.say("gap_same"));
        if let Some(note) = notes {
            let again = *said == note;
            pieces.push(Piece::Note(if again { same } else { note.clone() }));
            *said = note;
        }
    }
}

/// The statutory tables of a section with the district's figures.
pub(crate) fn district_tables(form: &Form, section: Option<&Section>, figures: &Figures<'_>) -> Vec<Grid> {
    let fill = |cell: Cell| {
        let printed = figures.of(cell);
        let class = if printed.missing == 0 { "" } else { "lower" };
        Fill { text: printed.text, class: class.to_owned(), note: String::new() }
    };
    let local = |block: &Block, row: usize| (0..block.columns.len()).any(|c| !figures.of(block.cell(row, c)).number.is_empty());
    grid::tables(form, section, &Filler { figure: &fill, local: &local })
}

/// What must be said below a table: lower bounds, whose figures are missing, what blanks mean.
pub(crate) fn notes(grid: &Grid, figures: &Figures<'_>, lang: Lang) -> Option<String> {
    let lower = grid.has_class("lower");
    let blank = grid.squares.iter().any(|s| s.cell.is_some() && s.fill.text.is_empty());
    let mut parts = Vec::new();
    if lower {
        parts.push(lang.say("gap_mark").to_owned());
        for (key, names) in [
            ("gap_names", figures.absent().map(|c| c.agency.as_str()).collect::<Vec<_>>()),
            ("gap_partial", figures.lacking(&grid.squares.iter().filter_map(|s| s.cell).collect::<Vec<_>>())),
        ] {
            if !names.is_empty() {
                let stop = if lang == Lang::Zh { "。" } else { ". " };
                parts.push(format!("{}{}{stop}", lang.say(key), lang.list(names)));
            }
        }
    }
    if blank {
        parts.push(lang.say("gap_blank").to_owned());
    }
    (!parts.is_empty()).then(|| format!("{}{}", lang.say("note"), parts.concat()))
}
