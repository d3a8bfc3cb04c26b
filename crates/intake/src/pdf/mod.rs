//! PDF with a text layer: cells found from lines and the positions of the text.
//!
//! `content` says what was drawn where, `rules` and `ruled` find tables with lines, `layout` puts a page in order and
//! `flow` the pages one behind the other.

mod columns;
mod content;
mod flow;
mod font;
mod geometry;
mod guard;
mod heads;
mod labels;
mod layers;
mod layout;
mod lines;
mod margins;
mod marks;
mod paint;
mod parts;
mod picture;
mod program;
mod ruled;
mod rules;
mod scan;
mod show;
mod stream;
mod symbols;
mod unruled;

use nianbao_form::Place;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::document::{Block, Builder, Document, Picture};
use crate::refuse::Refusal;
use crate::tesseract::Tesseract;

/// Pages of a document.
const MAX_PAGES: usize = 2_000;
/// Pages of a document that are recognised.
const MAX_RECOGNISED: usize = 60;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file, or one whose characters cannot be known.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    read_with(bytes, |_| None)
}

/// Reads the file with its pages that are pictures recognised. Pages that could not be recognised stay pictures and are
/// named with the reason.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_recognised(bytes: &[u8], tesseract: &Tesseract) -> Result<(Document, Vec<Unrecognised>), Refusal> {
    let mut failed = Vec::new();
    let document = read_with(bytes, |page| {
        let drawn = picture::page_image(bytes, page).ok_or_else(|| "the page cannot be drawn within bounds".to_owned());
        recognised(drawn.and_then(|png| scan::layout(tesseract, &png, page)), Place::Page(page), &mut failed)
    })?;
    Ok((document, failed))
}

/// What pictures say, one below the other; each with its number.
///
/// # Errors
/// More in them than in any document.
pub(crate) fn pictures(
    list: Vec<(u32, Option<Vec<u8>>)>,
    tesseract: &Tesseract,
) -> Result<(Vec<Block>, Vec<Unrecognised>), Refusal> {
    let mut failed = Vec::new();
    let mut pages: Vec<layout::Layout> = list
        .into_iter()
        .take(MAX_RECOGNISED)
        .filter_map(|(number, bytes)| {
            let bytes = bytes.ok_or_else(|| "the picture is not in the file".to_owned());
            recognised(bytes.and_then(|b| scan::layout(tesseract, &b, number)), Place::Page(number), &mut failed)
        })
        .collect();
    let blocks = blocks(&mut pages)?;
    Ok((blocks, failed))
}

/// A page that could not be recognised, and why, in English.
pub(crate) type Unrecognised = (Place, String);

fn recognised(read: Result<layout::Layout, String>, place: Place, failed: &mut Vec<Unrecognised>) -> Option<layout::Layout> {
    read.map_err(|problem| failed.push((place, problem))).ok()
}

/// Reads the file; `recognise` is asked for the pages that are pictures.
fn read_with(bytes: &[u8], mut recognise: impl FnMut(u32) -> Option<layout::Layout>) -> Result<Document, Refusal> {
    let pdf = open(bytes)?;
    let mut interpreter = content::Interpreter::new(pdf.xref());
    let mut pages = Vec::new();
    let mut asked = 0;
    for (page, number) in pdf.pages().iter().zip(1..) {
        let mut page = layout::layout(interpreter.page(page, number)?)?;
        if page.picture.is_some() && asked < MAX_RECOGNISED {
            asked += 1;
            page = recognise(number).unwrap_or(page);
        }
        pages.push(page);
    }
    refuse_unknown(&pages)?;
    let picture = |p: &layout::Layout| Some(Picture { place: Place::Page(p.number), part: p.picture.clone()? });
    let pictures = pages.iter().filter_map(picture).collect();
    Ok(Document { blocks: blocks(&mut pages)?, pictures, ..Document::default() })
}

fn blocks(pages: &mut Vec<layout::Layout>) -> Result<Vec<Block>, Refusal> {
    margins::drop_margins(pages);
    unruled::find(pages);
    let mut builder = Builder::default();
    let blocks = flow::flow(std::mem::take(pages), &mut builder);
    if builder.overflow {
        return Err(Refusal::too_large());
    }
    Ok(blocks)
}

fn open(bytes: &[u8]) -> Result<Pdf, Refusal> {
    guard::check(bytes)?;
    let pdf = Pdf::new(bytes.to_vec()).map_err(|e| match e {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Refusal::unreadable(
            "PDF文件设有打开密码，请取消密码后重新报送",
            "the PDF asks for a password; remove it and send it anew",
        ),
        LoadPdfError::Decryption(_) => Refusal::unreadable(
            "PDF文件采用了无法识别的加密方式，请取消加密后重新报送",
            "the PDF is encrypted in a way that is not known; remove the encryption and send it anew",
        ),
        LoadPdfError::Invalid => Refusal::broken("pdf"),
    })?;
    match pdf.pages().len() {
        0 => Err(Refusal::broken("pdf")),
        1..=MAX_PAGES => Ok(pdf),
        _ => Err(Refusal::too_large()),
    }
}

/// Refuses a document whose characters are mostly not to be known.
fn refuse_unknown(pages: &[layout::Layout]) -> Result<(), Refusal> {
    let (all, unknown) = pages.iter().fold((0, 0), |(a, u), p| (a + p.glyphs, u + p.unknown));
    if 2 * unknown > all && all > 0 {
        return Err(Refusal::unreadable(
            "PDF文件中的文字无法解码（字体未附字符对照表），请报送.docx原件，或重新导出为PDF",
            "the characters of the PDF cannot be decoded (its fonts do not say what they are); send the .docx original or export it anew",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::picture::page_image;

    #[test]
    fn a_page_is_drawn() {
        let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
            3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Contents 4 0 R>>endobj\n\
            4 0 obj<</Length 14>>stream\n0 0 36 36 re f\nendstream endobj\ntrailer<</Root 1 0 R>>";
        let png = page_image(pdf, 1).unwrap_or_default();
        assert!(png.starts_with(b"\x89PNG"));
        // Width and height stand at the head of a PNG.
        assert_eq!(png.get(16..24), Some(&[0, 0, 1, 44, 0, 0, 0, 150][..]));
        assert!(page_image(pdf, 2).is_none() && page_image(pdf, 0).is_none());
    }
}
