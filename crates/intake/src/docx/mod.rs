//! Word documents (`.docx`, `.docm`, `.dotx`; the same as one XML file; XML of Word 2003).
//!
//! What is read is what Word shows and prints, tracked changes accepted: the main part with its text boxes, content
//! controls, results of fields and embedded documents. Not part of it are headers, footers, comments, deleted, hidden and
//! struck-out text, numbers of automatic lists, guides to pronunciation, and the words by which an empty control asks for
//! content. Marks of foot- and endnotes never become digits of the number that they stand behind, and the notes themselves
//! never stand in a cell: they follow as paragraphs at the end.
//!
//! A document goes through three steps, each of which touches its bytes once: [`zipped`] inflates a part at once into a
//! buffer that a thread keeps, [`xml`] scans it in place, and [`body`] turns tags into paragraphs and tables. Properties,
//! most of the bytes, are read the first time they occur and recognised from then on ([`properties::Memory`]).

mod body;
mod embedded;
mod fields;
mod names;
mod package;
mod paragraph;
mod pictures;
mod properties;
mod spans;
mod styles;
mod symbols;
mod xml;
mod zipped;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use body::{NoteMark, Reader};
use package::Package;
use styles::Styles;
use xml::utf8;
use zipped::Room;

use crate::document::{Block, Builder, Document};
use crate::refuse::Refusal;

/// Room for the main part and for the others, kept by each thread from file to file.
#[derive(Default)]
struct Rooms {
    main: Room,
    other: Room,
}

thread_local! {
    static ROOMS: Cell<Option<Box<Rooms>>> = const { Cell::new(None) };
}

/// Reads a Word document.
///
/// # Errors
/// A broken, encrypted or oversized document.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    read_at(bytes, 0)
}

/// Whether a zip is a Word document by the parts in it.
pub(crate) fn is_word(bytes: &[u8]) -> bool {
    package::is_word(bytes)
}

/// The bytes of a picture in a Word document, by the name that [`Document::pictures`] gives it.
pub(crate) fn picture(bytes: &[u8], part: &str) -> Option<Vec<u8>> {
    if bytes.starts_with(b"PK") {
        return Package::open(bytes).ok()?.binary(part).ok()?;
    }
    let bytes = utf8(bytes).ok()?;
    match Package::open(&bytes).ok()? {
        Package::Single(xml) => package::embedded_2003(xml, part),
        package => package.binary(part).ok()?,
    }
}

/// Whether a raised text would read as part of a number: digits without brackets of their own.
pub(crate) fn needs_brackets(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | ',' | '-' | '０'..='９'))
}

/// Reads a document that is embedded in `level` others.
fn read_at(bytes: &[u8], level: usize) -> Result<Document, Refusal> {
    let text = if bytes.starts_with(b"PK") { bytes.into() } else { utf8(bytes)? };
    let package = Package::open(&text)?;
    let mut rooms = ROOMS.take().unwrap_or_default();
    let document = document(&package, &mut rooms, level);
    rooms.main.shrink();
    rooms.other.shrink();
    ROOMS.set(Some(rooms));
    document
}

fn document(package: &Package<'_>, rooms: &mut Rooms, level: usize) -> Result<Document, Refusal> {
    let (name, xml, styles) = match package {
        Package::Single(xml) => (String::new(), Cow::Borrowed(*xml), Styles::default()),
        _ => {
            let name = package.main(&mut rooms.other)?;
            let styles = styles(package, &name, &mut rooms.other)?;
            let raw = package.xml(&name, &mut rooms.main)?.ok_or_else(|| Refusal::broken("docx"))?;
            (name, utf8(raw)?, styles)
        }
    };
    let mut reader = Reader::new(&xml, package, &name, styles, level);
    let mut blocks = reader.read()?;
    let Reader { mut builder, styles, pictures, marks, notes, .. } = reader;
    if pictures.is_empty() && marks.is_empty() && notes.is_empty() {
        return Ok(Document { blocks, ..Document::default() });
    }
    let relations = package.relations(&name, &mut rooms.other)?;
    let read = if marks.is_empty() { Vec::new() } else { notes_of(package, &relations, &marks, styles, &mut rooms.other)? };
    let texts = notes.into_iter().chain(read).map(|n| n.1);
    append_notes(texts, &mut builder, &mut blocks);
    let pictures = pictures.into_iter().map(|p| p.named(&relations)).collect();
    Ok(Document { blocks, pictures, ..Document::default() })
}

/// The styles beside the main part.
fn styles(package: &Package<'_>, main: &str, room: &mut Room) -> Result<Styles, Refusal> {
    let folder = main.rsplit_once('/').map_or("", |(f, _)| f);
    let usual = if folder.is_empty() { "styles.xml".to_owned() } else { format!("{folder}/styles.xml") };
    let name = if package.has(&usual) {
        usual
    } else {
        match package.relations(main, room)?.into_iter().find(|r| r.kind == "styles" && !r.external) {
            Some(relation) => relation.target,
            None => return Ok(Styles::default()),
        }
    };
    match package.xml(&name, room)? {
        Some(raw) => Ok(Styles::read(&utf8(raw)?)?),
        None => Ok(Styles::default()),
    }
}

/// The notes that a document refers to, in the order of their marks.
fn notes_of(
    package: &Package<'_>,
    relations: &[package::Relation],
    marks: &HashMap<NoteMark, usize>,
    mut styles: Styles,
    room: &mut Room,
) -> Result<Vec<(usize, String)>, Refusal> {
    let mut out = Vec::new();
    for kind in ["footnotes", "endnotes"] {
        if !marks.keys().any(|m| m.endnote == (kind == "endnotes")) {
            continue;
        }
        let Some(relation) = relations.iter().find(|r| r.kind == kind && !r.external) else { continue };
        let Some(raw) = package.xml(&relation.target, room)? else { continue };
        let xml = utf8(raw)?;
        let mut reader = Reader::new(&xml, package, &relation.target, styles, usize::MAX).only(marks);
        reader.read()?;
        out.append(&mut reader.notes);
        styles = reader.styles;
    }
    out.sort_by_key(|(rank, _)| *rank);
    Ok(out)
}

/// Notes as paragraphs at the end, behind the signature, where they neither belong to a section nor pass for a heading.
fn append_notes(texts: impl Iterator<Item = String>, builder: &mut Builder, blocks: &mut Vec<Block>) {
    for (i, text) in texts.filter(|t| !t.is_empty()).enumerate() {
        builder.paragraph(&format!("注{}：{text}", i + 1), blocks);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use super::*;

    #[test]
    fn pictures_by_name() {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in [("word/document.xml", &b"<w:document/>"[..]), ("word/media/image1.png", b"\x89PNG")] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        assert_eq!(picture(&zip, "word/media/image1.png").as_deref(), Some(&b"\x89PNG"[..]));
        assert_eq!(picture(&zip, "word/media/image2.png"), None);
        let flat = b"<pkg:package><pkg:part pkg:name=\"/word/media/image1.png\"><pkg:binaryData>iVBO\nRw==</pkg:binaryData></pkg:part></pkg:package>";
        assert_eq!(picture(flat, "word/media/image1.png").as_deref(), Some(&b"\x89PNG"[..]));
        let old = b"<w:wordDocument><w:body><w:pict><w:binData w:name=\"wordml://1.png\">iVBORw==</w:binData></w:pict></w:body></w:wordDocument>";
        assert_eq!(picture(old, "wordml://1.png").as_deref(), Some(&b"\x89PNG"[..]));
        assert_eq!(picture(old, "wordml://2.png"), None);
        assert_eq!(picture(b"PK\x03\x04", "a"), None);
    }
}
