//! The walk over the text: characters with their properties become words, marks end paragraphs.

use std::rc::Rc;

use super::character::{self, Character};
use super::inconsistent;
use super::layout::Layout;
use super::pages::{Characters, Pages, Paragraphs};
use super::paragraph::{Paragraph, Reader};
use super::pieces::{Modifier, ModifierBytes, Piece, Pieces, narrow};
use super::shapes::Shapes;
use super::styles::Styles;
use crate::document::{Block, Builder};
use crate::docx::needs_brackets;
use crate::refuse::Refusal;

/// Everything that the text is read from.
pub(super) struct Source<'w> {
    pub(super) word: &'w [u8],
    pub(super) pieces: Pieces<'w>,
    pub(super) characters: Pages<'w, Characters>,
    pub(super) paragraphs: Pages<'w, Paragraphs>,
    pub(super) styles: Styles,
    pub(super) reader: Reader<'w>,
    pub(super) shapes: Shapes,
    pub(super) builder: Builder,
    /// Whether a picture stands in the text.
    pub(super) has_pictures: bool,
    /// The paragraph properties and the character properties worked out last, with the arrays that they come from: what
    /// follows mostly has the same.
    paragraph: Option<(&'w [u8], Modifier, Rc<Paragraph>)>,
    character: Option<(&'w [u8], u16, Modifier, Character)>,
}

/// A story in the making.
#[derive(Default)]
struct Story {
    layout: Layout,
    /// Text of the paragraph so far.
    text: String,
    /// Where in the text a raised stretch began, and which way it is raised.
    raised: Option<(usize, u8)>,
    /// Open fields: whether each is still in its code, which is not text.
    fields: Vec<bool>,
    /// Text boxes that are anchored in the paragraph; they stand before it.
    boxes: Vec<Block>,
    /// First half of a character beyond the 16 bits of a unit.
    high: Option<u16>,
}

impl<'w> Source<'w> {
    /// A source of nothing read yet.
    pub(super) fn new(
        word: &'w [u8],
        pieces: Pieces<'w>,
        pages: (Pages<'w, Characters>, Pages<'w, Paragraphs>),
        styles: Styles,
        reader: Reader<'w>,
        shapes: Shapes,
    ) -> Source<'w> {
        Source {
            word,
            pieces,
            characters: pages.0,
            paragraphs: pages.1,
            styles,
            reader,
            shapes,
            builder: Builder::default(),
            has_pictures: false,
            paragraph: None,
            character: None,
        }
    }

    /// The blocks of a stretch of the text.
    ///
    /// # Errors
    /// Anything that does not fit together.
    pub(super) fn story(&mut self, start: u32, end: u32) -> Result<Vec<Block>, Refusal> {
        let mut story = Story::default();
        let pieces: Vec<Piece> = self.pieces.between(start, end).to_vec();
        let covered: u32 = pieces.iter().map(|p| p.end.min(end) - p.start.max(start)).sum();
        if covered != end - start {
            return Err(inconsistent("the piece table ends before the text"));
        }
        for piece in pieces {
            let from = piece.offset + (piece.start.max(start) - piece.start) * piece.size();
            let length = (piece.end.min(end) - piece.start.max(start)).checked_mul(piece.size());
            let to = length.and_then(|l| from.checked_add(l)).filter(|to| *to as usize <= self.word.len());
            self.piece(&mut story, &piece, from, to.ok_or_else(|| Refusal::broken("doc"))?)?;
        }
        if story.fields.contains(&true) {
            return Err(inconsistent("a field does not end"));
        }
        if !story.text.is_empty() || !story.boxes.is_empty() {
            story.end_paragraph(0, &mut self.builder)?;
        }
        story.layout.finish(&mut self.builder)
    }

    fn piece(&mut self, story: &mut Story, piece: &Piece, from: u32, to: u32) -> Result<(), Refusal> {
        let mut at = from;
        while at < to {
            let run = self.characters.run(at)?;
            let mut end = run.end.min(to);
            let mut style = 0;
            if self.styles.any {
                let paragraph = self.paragraphs.run(at)?;
                (end, style) = (end.min(paragraph.end), paragraph.style);
            }
            // Whole characters, whatever the pages say.
            if piece.wide {
                end += (end - at) & 1;
            }
            let character = self.character(run.properties, style, piece.modifier)?;
            self.stretch(story, piece, (at, end), &character)?;
            at = end;
        }
        Ok(())
    }

    /// Characters of the same properties.
    fn stretch(
        &mut self,
        story: &mut Story,
        piece: &Piece,
        (from, to): (u32, u32),
        character: &Character,
    ) -> Result<(), Refusal> {
        let word = self.word;
        let bytes = word.get(from as usize..to as usize).ok_or_else(|| Refusal::broken("doc"))?;
        let (mut rest, step) = (bytes, piece.size() as usize);
        while !rest.is_empty() {
            story.set_raised(if character.is_dropped() { 0 } else { character.raised });
            // Plain words in one go up to the next mark.
            let is_plain = |i: usize| if piece.wide { rest[i + 1] != 0 || rest[i] >= 0x20 } else { rest[i] >= 0x20 };
            let length =
                if character.special { 0 } else { (0..rest.len()).step_by(step).find(|i| !is_plain(*i)).unwrap_or(rest.len()) };
            if length > 0 && !character.is_dropped() && !story.fields.contains(&true) {
                story.push_all(&rest[..length], piece.wide);
            }
            let at = from + (bytes.len() - rest.len() + length) as u32;
            rest = &rest[length..];
            if rest.is_empty() {
                break;
            }
            let unit = if piece.wide { u16::from_le_bytes([rest[0], rest[1]]) } else { narrow(rest[0]) as u16 };
            rest = &rest[step..];
            self.unit(story, piece, at, unit, character)?;
        }
        Ok(())
    }

    /// A mark, or a character that may be special.
    fn unit(&mut self, story: &mut Story, piece: &Piece, at: u32, unit: u16, character: &Character) -> Result<(), Refusal> {
        match unit {
            // Fields: code, result, end.
            0x13 => story.fields.push(true),
            0x14 => {
                if let Some(code) = story.fields.last_mut() {
                    *code = false;
                }
            }
            0x15 => drop(story.fields.pop()),
            0x07 | 0x0D => return self.mark(story, piece, at, char::from(unit as u8), character),
            // The end of a section, or of a page; inside a cell the latter is a mere break of line.
            0x0C if self.paragraph(at, piece.modifier)?.depth() == 0 => return self.mark(story, piece, at, '\u{c}', character),
            _ if character.is_dropped() => {}
            0x01 if character.picture.is_some() && !character.data => self.has_pictures = true,
            0x08 => {
                let position = piece.start + (at - piece.offset) / piece.size();
                if let Some((start, end)) = self.shapes.text_at(position) {
                    let mut blocks = self.story(start, end)?;
                    story.boxes.append(&mut blocks);
                } else {
                    self.has_pictures |= self.shapes.has_pictures;
                }
            }
            _ if story.fields.contains(&true) => {}
            0x09 => story.push('\t'),
            0x0B | 0x0C | 0x0E => story.push('\n'),
            0x1E => story.push('-'),
            0x00..=0x1F => {}
            // A character of a symbol font, of which nothing is known but its number in the font.
            0x28 if character.special => {
                let symbol = character.symbol.and_then(|s| char::from_u32(u32::from(s)));
                story.push(symbol.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // Bounds of a content control.
            0x3C | 0x3E if character.special => {}
            _ => story.push_unit(unit),
        }
        Ok(())
    }

    /// The end of a paragraph. One whose mark was deleted is not joined with the next, though Word would: LibreOffice marks
    /// the end of any paragraph whose last words are deleted, and figures that were never one must not become one.
    fn mark(&mut self, story: &mut Story, piece: &Piece, at: u32, mark: char, character: &Character) -> Result<(), Refusal> {
        let paragraph = self.paragraph(at, piece.modifier)?;
        let depth = paragraph.depth();
        let is_plain = !paragraph.ends_cell(mark) && !paragraph.ends_row();
        story.set_raised(0);
        story.end_paragraph(depth, &mut self.builder)?;
        if is_plain { Ok(()) } else { story.layout.mark(&paragraph, mark, character.deleted, &mut self.builder) }
    }

    fn character(&mut self, own: &'w [u8], style: u16, modifier: Modifier) -> Result<Character, Refusal> {
        if let Some((known, of, with, character)) = &self.character
            && (*known, *of, *with) == (own, style, modifier)
        {
            return Ok(*character);
        }
        let of_piece = self.pieces.modifiers(modifier)?;
        let of_piece = of_piece.as_ref().map(ModifierBytes::as_ref);
        self.reader.spend(own.len() + of_piece.map_or(0, <[u8]>::len))?;
        let character = character::resolve(&self.styles, style, own, of_piece)?;
        self.character = Some((own, style, modifier, character));
        Ok(character)
    }

    /// Properties of the paragraph whose mark stands at an offset.
    fn paragraph(&mut self, at: u32, modifier: Modifier) -> Result<Rc<Paragraph>, Refusal> {
        let array = self.paragraphs.run(at)?.properties;
        if let Some((known, with, paragraph)) = &self.paragraph
            && (*known, *with) == (array, modifier)
        {
            return Ok(Rc::clone(paragraph));
        }
        let mut paragraph = Paragraph::default();
        self.reader.apply(&mut paragraph, array)?;
        if let Some(array) = self.pieces.modifiers(modifier)? {
            self.reader.apply(&mut paragraph, array.as_ref())?;
        }
        let paragraph = Rc::new(paragraph);
        self.paragraph = Some((array, modifier, Rc::clone(&paragraph)));
        Ok(paragraph)
    }
}

impl Story {
    fn push(&mut self, c: char) {
        self.high = None;
        self.text.push(c);
    }

    fn push_unit(&mut self, unit: u16) {
        match (unit, self.high.take()) {
            (0xD800..=0xDBFF, _) => self.high = Some(unit),
            (0xDC00..=0xDFFF, Some(high)) => {
                let c = 0x10000 + ((u32::from(high) & 0x3FF) << 10) + (u32::from(unit) & 0x3FF);
                self.text.push(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ => self.text.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn push_all(&mut self, bytes: &[u8], wide: bool) {
        if wide {
            self.text.reserve(bytes.len() * 3 / 2);
            bytes.chunks_exact(2).for_each(|two| self.push_unit(u16::from_le_bytes([two[0], two[1]])));
        } else {
            self.text.extend(bytes.iter().map(|b| narrow(*b)));
        }
    }

    /// Begins or ends a raised stretch: a mark of a note, put into brackets where it would pass for digits of the number
    /// beside it.
    fn set_raised(&mut self, way: u8) {
        match self.raised {
            Some((_, before)) if before == way => return,
            Some((start, _)) => {
                let raised = self.text.get(start..).unwrap_or("").trim();
                let edges = [raised.chars().next(), raised.chars().next_back()];
                if needs_brackets(raised) || edges.into_iter().flatten().any(char::is_numeric) {
                    let brackets = format!("[{raised}]");
                    self.text.truncate(start);
                    self.text.push_str(&brackets);
                }
            }
            None => {}
        }
        self.raised = (way != 0).then_some((self.text.len(), way));
    }

    /// Gives the paragraph to the layout. A line break inside a cell stays; in running text it begins a paragraph, as
    /// headings are often followed by one.
    fn end_paragraph(&mut self, depth: i64, builder: &mut Builder) -> Result<(), Refusal> {
        self.layout.go_to(depth, builder)?;
        let out = self.layout.here();
        out.append(&mut self.boxes);
        if depth == 0 {
            self.text.split('\n').for_each(|line| builder.paragraph(line, out));
        } else {
            builder.paragraph(&self.text, out);
        }
        self.text.clear();
        self.high = None;
        Ok(())
    }
}
