//! What an embedded font program says of its own glyphs, for PDF files that do not tell what their codes mean.

use std::collections::HashMap;

use hayro_syntax::object::{Dict, Name, Stream};
use ttf_parser::{Face, GlyphId, PlatformId};

use super::stream::unpack;
use crate::refuse::Refusal;

/// Characters of the glyphs of a font program.
pub(super) struct Program {
    chars: HashMap<u16, char>,
    /// Glyphs of single-byte codes, from the tables for symbols and for the Macintosh.
    codes: HashMap<u8, u16>,
    /// Glyph of each character number; the number itself if there is no such table.
    glyphs: Option<Vec<u16>>,
}

impl Program {
    /// Reads the program of a font's descriptor. `font` is the dictionary that may map character numbers to glyphs.
    ///
    /// # Errors
    /// A program beyond all bounds.
    pub(super) fn read(descriptor: &Dict<'_>, font: &Dict<'_>) -> Result<Option<Program>, Refusal> {
        let Some(stream) = ["FontFile2", "FontFile3", "FontFile"].iter().find_map(|k| descriptor.get::<Stream<'_>>(k)) else {
            return Ok(None);
        };
        let Some(data) = unpack(&stream)? else { return Ok(None) };
        let mut out = Program { chars: HashMap::new(), codes: HashMap::new(), glyphs: None };
        if let Ok(face) = Face::parse(&data, 0) {
            out.face(&face);
        } else if let Some(cff) = ttf_parser::cff::Table::parse(&data) {
            for glyph in 0..cff.number_of_glyphs() {
                out.named(glyph, cff.glyph_name(GlyphId(glyph)));
            }
        }
        if let Some(map) = font.get::<Stream<'_>>("CIDToGIDMap")
            && let Some(map) = unpack(&map)?
        {
            out.glyphs = Some(map.chunks_exact(2).take(1 << 16).map(|p| u16::from_be_bytes([p[0], p[1]])).collect());
        } else if font.get::<Name<'_>>("CIDToGIDMap").is_none() && data.starts_with(&[1, 0]) && out.chars.is_empty() {
            // Glyphs of a bare CFF with character numbers say nothing.
            return Ok(None);
        }
        Ok(Some(out))
    }

    fn face(&mut self, face: &Face<'_>) {
        for table in face.tables().cmap.iter().flat_map(|c| c.subtables) {
            if table.is_unicode() {
                let chars = &mut self.chars;
                table.codepoints(|code| {
                    if let (Some(glyph), Some(char)) = (table.glyph_index(code), char::from_u32(code)) {
                        // Of two characters with one glyph the plain one is meant, not the radical of the same shape.
                        let plain = super::symbols::plain(char);
                        chars.entry(glyph.0).and_modify(|c| *c = (*c).max(plain)).or_insert(plain);
                    }
                });
            }
            let single = matches!((table.platform_id, table.encoding_id), (PlatformId::Windows, 0) | (PlatformId::Macintosh, 0));
            for code in (0..=255u8).filter(|_| single) {
                let symbol = 0xF000 + u32::from(code);
                if let Some(glyph) = table.glyph_index(symbol).or_else(|| table.glyph_index(u32::from(code))) {
                    self.codes.entry(code).or_insert(glyph.0);
                }
            }
        }
        for glyph in 0..face.number_of_glyphs() {
            self.named(glyph, face.glyph_name(GlyphId(glyph)));
        }
    }

    fn named(&mut self, glyph: u16, name: Option<&str>) {
        if let Some(char) = name.and_then(char_of) {
            self.chars.entry(glyph).or_insert(char);
        }
    }

    /// The character of a character number.
    pub(super) fn of_number(&self, number: u32) -> Option<char> {
        let glyph = match &self.glyphs {
            Some(map) => *map.get(number as usize)?,
            None => u16::try_from(number).ok()?,
        };
        self.chars.get(&glyph).copied().filter(|_| glyph != 0)
    }

    /// The character of a single-byte code.
    pub(super) fn of_code(&self, code: u8) -> Option<char> {
        self.chars.get(self.codes.get(&code)?).copied()
    }
}

/// The character of a glyph's name, as far as names of Chinese fonts and of figures go (Adobe Glyph List Specification).
fn char_of(name: &str) -> Option<char> {
    const FIGURES: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    const OTHERS: [(&str, char); 12] = [
        ("period", '.'),
        ("comma", ','),
        ("hyphen", '-'),
        ("slash", '/'),
        ("parenleft", '('),
        ("parenright", ')'),
        ("colon", ':'),
        ("percent", '%'),
        ("plus", '+'),
        ("emdash", '—'),
        ("endash", '–'),
        ("space", ' '),
    ];
    if let Some(figure) = FIGURES.iter().position(|f| *f == name) {
        return char::from_digit(figure as u32, 10);
    }
    if let Some((_, char)) = OTHERS.iter().find(|o| o.0 == name) {
        return Some(*char);
    }
    let mut chars = name.chars();
    if let (Some(letter @ ('a'..='z' | 'A'..='Z')), None) = (chars.next(), chars.next()) {
        return Some(letter);
    }
    let digits = name.strip_prefix("uni").filter(|d| d.len() == 4).or_else(|| name.strip_prefix('u').filter(|d| d.len() >= 4))?;
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}
