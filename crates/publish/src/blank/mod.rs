//! An empty statutory form for agencies to fill in: a Word document with fields to type in, or a workbook with live checks.
//! Both are read back without loss: what nobody has typed is blank, and what asks for words is no word of the agency.

mod book;
mod controls;
mod guide;

use std::path::Path;

use nianbao_form::{Form, FormIx, Forms, SectionKind};

use crate::grid::{self, Fill, Filler};
use crate::story::{Piece, Story};
use crate::words::Lang;
use crate::{PublishError, docx, store};

/// Writes the empty form, as Word document or workbook by the ending of `path`.
///
/// # Errors
/// Another ending than `.docx` or `.xlsx`, or the target cannot be written.
pub fn blank(forms: &Forms, form: FormIx, path: &Path) -> Result<(), PublishError> {
    let form = forms.form(form);
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let target = path.to_string_lossy();
    let bytes = match ending.as_str() {
        "docx" => controls::with_controls(&docx::document(&report(form))?, form).map_err(PublishError::make(&target))?,
        "xlsx" => book::workbook(form).map_err(PublishError::make(&target))?,
        _ => return Err(PublishError::Ending { path: path.to_owned(), known: ".docx, .xlsx" }),
    };
    store::write_atomically(path, |out| out.write_all(&bytes).map_err(PublishError::io(path, "cannot be written")))
}

/// Figures that nobody has filled in; rows that agencies add on their own are not asked for.
fn empty() -> Filler<'static> {
    Filler { figure: &|_| Fill::default(), local: &|_, _| false }
}

/// The empty report as a document.
fn report(form: &Form) -> Story {
    let lang = Lang::of_form(form);
    let title = lang.blank_title(form);
    let mut pieces = vec![Piece::Title(title.clone())];
    pieces.extend(guide::lines(form).into_iter().map(Piece::Note));
    for grid in if form.sections.is_empty() { grid::tables(form, None, &empty()) } else { Vec::new() } {
        pieces.push(Piece::Subheading(lang.table_heading(form, &grid.table)));
        pieces.push(Piece::Table(grid));
    }
    for section in &form.sections {
        pieces.push(Piece::Heading(lang.heading(&section.number, &section.title)));
        if section.kind == SectionKind::Prose {
            pieces.push(Piece::Placeholder(lang.say("blank_text_here").to_owned()));
        }
        pieces.extend(grid::tables(form, Some(section), &empty()).into_iter().map(Piece::Table));
    }
    Story { lang, title, pieces }
}
