//! A document as a sequence of pieces; Word and HTML are two ways of setting the same story.

use nianbao_form::{Block, Cell, Form, Section};

use crate::figures::Figures;
use crate::grid::{self, Fill, Filler, Grid};
use crate::markdown::Stretch;
use crate::words::Lang;

pub(crate) use crate::report::notes;

/// A piece of a document.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// The title.
    Title(String),
    /// A line below the title, or any other centred line.
    Centred(String),
    /// The name of a table, above it.
    Caption(String),
    /// A section's heading.
    Heading(String),
    /// A heading below it.
    Subheading(String),
    /// A paragraph.
    Paragraph(Vec<Stretch>),
    /// A paragraph without indent.
    Flush(String),
    /// A line that begins where a paragraph does: what is enclosed, whom to call.
    Set(String),
    /// The mark at the head of an enclosure, which begins a page.
    Enclosure(String),
    /// A line at the right: who signs.
    Right(String),
    /// Where somebody must write.
    Placeholder(String),
    /// A note in small print.
    Note(String),
    /// A statutory table.
    Table(Grid),
    /// A title at the top of a new page.
    PageTitle(String),
    /// A plain table.
    List(List),
}

/// A plain table with a head that is repeated.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// In thousandths of the text's width.
    pub(crate) widths: Vec<usize>,
    pub(crate) head: Vec<String>,
    /// `None` is one with the cell above it.
    pub(crate) rows: Vec<Vec<Option<String>>>,
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

/// The statutory tables of a section with the district's figures, rows of another generation among them where agencies
/// print such.
pub(crate) fn district_tables(form: &Form, section: Option<&Section>, figures: &Figures<'_>) -> Vec<Grid> {
    // Where whole reports are missing, every figure lacks them and the note says so; only what lacks more is shaded.
    let absent = figures.absent().count();
    let fill = |cell: Cell| {
        let printed = figures.of(cell);
        let class = if printed.missing as usize > absent && !printed.number.is_empty() { "lower" } else { "" };
        Fill { text: printed.number, class: class.to_owned(), note: String::new() }
    };
    let local = |block: &Block, row: usize| (0..block.columns.len()).any(|c| !figures.of(block.cell(row, c)).number.is_empty());
    let filler = Filler { figure: &fill, local: &local };
    let guests = figures.guests();
    if guests.is_empty() {
        return grid::tables(form, section, &filler);
    }
    grid::tables_with(form, section, &filler, &grid::extras(figures.forms, form, &guests).0)
}
