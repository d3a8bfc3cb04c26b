//! Word 97–2003 binary documents (.doc, .dot, and .wps where it is one), by [MS-DOC] and [MS-CFB].
//!
//! A compound file ([`compound`]) holds the streams `WordDocument` and `0Table` or `1Table`. The file information block
//! ([`fib`]) tells what stands where; the piece table ([`pieces`]) where the text is; pages of properties ([`pages`]) which
//! stretch of it is formatted how, by arrays of modifiers ([`sprm`]). The walk over the text ([`story`]) drops what is hidden
//! ([`character`], [`styles`]) and makes paragraphs, whose marks end cells and rows ([`paragraph`], [`layout`]); the edges of
//! a row's cells ([`row`]) make columns ([`table`]).
//!
//! Footnotes, headers and comments are stories of their own that are not read; text boxes stand before the paragraph that
//! they are anchored in ([`shapes`]). Nothing is guessed: a row that holds another number of cells than it is defined to
//! have, a table that ends in the middle of a row, pages that overlap refuse the file.

mod bytes;
mod character;
pub(crate) mod compound;
pub(crate) mod fib;
mod layout;
mod pages;
mod paragraph;
mod pieces;
mod row;
mod shapes;
mod sprm;
mod story;
mod styles;
mod table;
#[cfg(test)]
mod tests;

use crate::document::Document;
use crate::refuse::Refusal;
use compound::{Broken, Compound};
use fib::{Fib, Part};
use pages::Pages;
use paragraph::Reader;
use pieces::Pieces;
use shapes::Shapes;
use story::Source;
use styles::Styles;

/// A text may not be longer than this, in characters; a report has some 10,000.
const MAX_LENGTH: u32 = 16 << 20;
/// Arrays of modifiers may not take more than this in all, as pages may share them.
const MAX_PROPERTIES: usize = 64 << 20;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    Ok(read_with_pictures(bytes)?.0)
}

/// Whether the text has pictures in it, so that tables may be among them. A file that cannot be read has none.
#[allow(dead_code)] // for the document's pictures, which come with the reader of .docx
pub(crate) fn has_pictures(bytes: &[u8]) -> bool {
    read_with_pictures(bytes).is_ok_and(|(_, pictures)| pictures)
}

fn read_with_pictures(bytes: &[u8]) -> Result<(Document, bool), Refusal> {
    let broken = || Refusal::broken("doc");
    let mut file = Compound::open(bytes).map_err(|Broken| broken())?;
    let word = file.stream("WordDocument").map_err(|Broken| broken())?.ok_or_else(broken)?;
    let fib = Fib::read(&word)?;
    let table = file.stream(fib.table).map_err(|Broken| broken())?.ok_or_else(broken)?;
    // Few files need it, and those that do not may have a damaged one.
    let data = file.stream("Data").ok().flatten().unwrap_or_default();
    let part = |part| fib.part(&table, part);

    let lengths = fib.lengths;
    let boxes = lengths.main.checked_add(lengths.between).ok_or_else(broken)?;
    let story = (boxes, boxes.checked_add(lengths.boxes).ok_or_else(broken)?);
    if lengths.main > MAX_LENGTH || lengths.boxes > MAX_LENGTH {
        return Err(Refusal::too_large());
    }
    let pieces = Pieces::read(part(Part::Pieces)?)?;
    // Each character has a byte of its own, so pieces that use bytes twice to make much of little are found out.
    if pieces.end() < story.1 || pieces.end() as usize > word.len() {
        return Err(inconsistent("the piece table does not fit the text"));
    }
    let pages = (Pages::read(&word, part(Part::CharacterPages)?)?, Pages::read(&word, part(Part::ParagraphPages)?)?);
    let styles = Styles::read(part(Part::Styles)?);
    let shapes = Shapes::read(part(Part::Shapes)?, part(Part::TextBoxes)?, part(Part::Drawings)?, lengths.main, story);
    let reader = Reader { data: &data, budget: MAX_PROPERTIES };

    let mut source = Source::new(&word, pieces, pages, styles, reader, shapes);
    let mut blocks = source.story(0, lengths.main)?;
    for (start, end) in source.shapes.rest() {
        blocks.append(&mut source.story(start, end)?);
    }
    if source.builder.overflow {
        return Err(Refusal::too_large());
    }
    Ok((Document { blocks, ..Document::default() }, source.has_pictures))
}

/// What the file says in one place does not fit what it says in another, so that no cell is sure.
fn inconsistent(what: &str) -> Refusal {
    Refusal::unreadable(
        "文件内部结构前后矛盾，无法确认各格内容，请用Word或WPS打开后另存为.docx再报送",
        format!("the structure of the file contradicts itself ({what}); open it and save it as .docx, then send it anew"),
    )
}
