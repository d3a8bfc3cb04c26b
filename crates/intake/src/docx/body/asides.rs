//! What stands beside the flow of the text: fields, notes, alternatives, drawings, embedded documents.

use std::borrow::Cow;

use super::{Frame, MAX_REFERENCES, Mode, NoteMark, Reader};
use crate::document::Block;
use crate::docx::embedded;
use crate::docx::names::Name;
use crate::docx::pictures::{self, Found};
use crate::docx::properties;
use crate::docx::xml::{Fault, Tag};

/// Alternatives of which one is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alternates {
    /// Ink before the alternative that is being read.
    ink: u64,
    taken: bool,
}

impl<'x> Reader<'x, '_> {
    /// A mark, a code or the data of a field.
    pub(super) fn field(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        let frames = self.frames.len();
        match tag.name {
            Name::FieldCode => self.mode = Mode::Code,
            Name::FormData => {
                let shown = properties::form_field(&mut self.scan)?;
                self.fields.form(shown);
            }
            _ => {
                let Some(Frame::Para(p)) = self.frames.last_mut() else { return Ok(()) };
                let room = if tag.name == Name::SimpleField {
                    self.fields.begin_simple(p.number, &p.text, frames, &tag.get("instr").unwrap_or_default())
                } else {
                    match tag.get("fldCharType").as_deref() {
                        Some("begin") => self.fields.begin(p.number, &p.text, frames),
                        Some("separate") => {
                            self.fields.separate(p.number, &mut p.text);
                            true
                        }
                        _ => {
                            self.fields.end(p.number, &mut p.text);
                            true
                        }
                    }
                };
                if !room {
                    return Err(Fault::Deep);
                }
            }
        }
        Ok(())
    }

    /// A mark of a note, which is no text, or (Word 2003 and parts of notes) a note itself.
    pub(super) fn note(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        let mark = NoteMark { endnote: tag.local().starts_with(b"endnote"), id: tag.get("id").unwrap_or_default().into_owned() };
        if tag.name == Name::NoteMark {
            if !self.is_hidden() && self.marks.len() < MAX_REFERENCES {
                let rank = self.marks.len();
                self.marks.entry(mark).or_insert(rank);
            }
            // The mark that was typed follows in the same run.
            self.para(|p| p.run.raised = true);
            return Ok(());
        }
        let rank = match self.wanted {
            Some(wanted) => wanted.get(&mark).copied(),
            None => Some(self.notes.len()),
        };
        let Some(rank) = rank.filter(|_| !self.is_hidden() && self.notes.len() < MAX_REFERENCES) else {
            return self.scan.skip();
        };
        self.notes.push((rank, String::new()));
        self.open(Frame::Note(Vec::new()))
    }

    /// The text of a note is complete.
    pub(super) fn end_note(&mut self) {
        if let Some(Frame::Note(blocks)) = self.close(|f| matches!(f, Frame::Note(_)))
            && let Some((_, text)) = self.notes.last_mut()
        {
            *text = words(&blocks);
        }
    }

    /// Alternatives begin, or one of them does: the first that shows anything is read.
    pub(super) fn alternate(&mut self, name: Name) -> Result<(), Fault> {
        match (name, self.alternates.last_mut()) {
            (Name::Alternates, _) => self.alternates.push(Alternates { ink: self.ink, taken: false }),
            // The same again for programs that know less.
            (_, Some(last)) if last.taken => return self.scan.skip(),
            (_, Some(last)) => last.ink = self.ink,
            (Name::Fallback, None) => return self.scan.skip(),
            _ => {}
        }
        Ok(())
    }

    /// An alternative that showed anything is the one.
    pub(super) fn end_choice(&mut self) {
        if let Some(last) = self.alternates.last_mut() {
            last.taken = self.ink > last.ink;
        }
    }

    /// Sizes of drawings, pictures in them, and letters drawn as a shape.
    pub(super) fn drawing(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        match tag.name {
            Name::Placed => self.area = 0,
            Name::Extent => self.area = pictures::extent(tag),
            Name::Shape => self.area = pictures::shape(tag).unwrap_or(self.area),
            Name::WordArt => {
                if !self.is_hidden()
                    && let Some(text) = tag.get("string")
                    && let Some((blocks, _)) = Self::holder(&mut self.frames)
                {
                    self.builder.paragraph(&text, blocks);
                    self.ink += 1;
                }
            }
            _ if self.area >= pictures::LARGE && !self.is_hidden() && self.pictures.len() < MAX_REFERENCES => {
                if let Some(found) = Found::new(tag, || self.builder.picture()) {
                    self.pictures.push(found);
                    self.ink += 1;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A document of any format that is kept in the package and shown in this place (`w:altChunk`).
    pub(super) fn embedded(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        let id = tag.get("id").unwrap_or_default().into_owned();
        self.scan.skip()?;
        self.flush();
        match embedded::read(self.package, self.part, &id, self.level) {
            Ok(document) => {
                let blocks = self.builder.adopt(document.blocks);
                self.ink += blocks.len() as u64;
                self.emit(blocks);
                Ok(())
            }
            Err(refusal) => {
                self.refusal = Some(refusal);
                Err(Fault::Broken)
            }
        }
    }
}

/// The words of blocks on one line.
fn words(blocks: &[Block]) -> String {
    let mut all: Vec<Cow<'_, str>> = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(p) => all.push(Cow::Borrowed(&p.text)),
            Block::Grid(g) => all.push(Cow::Owned(g.cells.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join(" "))),
        }
    }
    all.join(" ")
}
