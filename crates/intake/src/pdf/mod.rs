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
mod show;
mod stream;
mod symbols;
mod unruled;

use nianbao_form::Place;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use crate::document::{Builder, Document, Picture};
use crate::refuse::Refusal;

#[allow(unused_imports, reason = "for the recognition of pages that are pictures")]
pub(crate) use picture::page_image;

/// Pages of a document.
const MAX_PAGES: usize = 2_000;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file, or one whose characters cannot be known.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    let pdf = open(bytes)?;
    let mut interpreter = content::Interpreter::new(pdf.xref());
    let mut pages = Vec::new();
    for (page, number) in pdf.pages().iter().zip(1..) {
        pages.push(layout::layout(interpreter.page(page, number)?)?);
    }
    refuse_unknown(&pages)?;
    let picture = |p: &layout::Layout| Some(Picture { place: Place::Page(p.number), part: p.picture.clone()? });
    let pictures = pages.iter().filter_map(picture).collect();
    margins::drop_margins(&mut pages);
    unruled::find(&mut pages);
    let mut builder = Builder::default();
    let blocks = flow::flow(pages, &mut builder);
    if builder.overflow {
        return Err(Refusal::too_large());
    }
    Ok(Document { blocks, pictures, ..Document::default() })
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
    use super::page_image;

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
