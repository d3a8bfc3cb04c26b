//! Cuts the used glyphs out of a TrueType font: the tables that browsers ask for, written anew (OpenType 1.9; formats 4 and
//! 12 of `cmap`). The font is opened once for the whole process, so that a chart pays for its own glyphs only.

use std::collections::BTreeSet;

use ttf_parser::{Face, GlyphId, Tag};

/// A font of these characters, `None` if the font lacks a table. Glyph 0 stays the empty box.
pub(crate) fn cut(face: &Face<'_>, characters: &BTreeSet<char>) -> Option<Vec<u8>> {
    let raw = face.raw_face();
    let table = |tag: &[u8; 4]| raw.table(Tag::from_bytes(tag));
    let source = Source { glyf: table(b"glyf")?, loca: table(b"loca")?, long: *table(b"head")?.get(51)? != 0 };
    let mut glyphs = vec![0];
    let mut map = Vec::new();
    for &c in characters {
        if let Some(glyph) = face.glyph_index(c).filter(|g| g.0 != 0) {
            map.push((u32::from(c), glyphs.len() as u16));
            glyphs.push(glyph.0);
        }
    }
    let (mut glyf, mut loca) = (Vec::new(), 0u32.to_be_bytes().to_vec());
    let mut at = 0;
    // Glyphs that others are made of are added behind them.
    while at < glyphs.len() {
        let from = glyf.len();
        glyf.extend_from_slice(source.glyph(glyphs[at])?);
        renumber(&mut glyf[from..], &mut glyphs)?;
        glyf.resize(glyf.len().next_multiple_of(4), 0);
        loca.extend((glyf.len() as u32).to_be_bytes());
        at += 1;
    }
    let count = (glyphs.len() as u16).to_be_bytes();
    let mut hmtx = Vec::with_capacity(glyphs.len() * 4);
    for &g in &glyphs {
        hmtx.extend(face.glyph_hor_advance(GlyphId(g))?.to_be_bytes());
        hmtx.extend(face.glyph_hor_side_bearing(GlyphId(g)).unwrap_or_default().to_be_bytes());
    }
    let changed = |tag: &[u8; 4], at: usize, bytes: &[u8]| {
        let mut data = table(tag)?.to_vec();
        data.get_mut(at..at + bytes.len())?.copy_from_slice(bytes);
        Some(data)
    };
    let mut head = changed(b"head", 50, &[0, 1])?;
    // The checksum of the whole, put in at the end.
    head.get_mut(8..12)?.fill(0);
    let tables = [
        (b"OS/2", table(b"OS/2")?.to_vec()),
        (b"cmap", cmap(&map)),
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", changed(b"hhea", 34, &count)?),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", changed(b"maxp", 4, &count)?),
        (b"post", table(b"post")?.to_vec()),
    ];
    Some(file(&tables))
}

struct Source<'a> {
    glyf: &'a [u8],
    loca: &'a [u8],
    long: bool,
}

impl<'a> Source<'a> {
    fn offset(&self, glyph: usize) -> Option<usize> {
        match self.long {
            true => read(self.loca, glyph * 4, 4),
            false => read(self.loca, glyph * 2, 2).map(|half| half * 2),
        }
    }

    fn glyph(&self, glyph: u16) -> Option<&'a [u8]> {
        let glyph = usize::from(glyph);
        self.glyf.get(self.offset(glyph)?..self.offset(glyph + 1)?)
    }
}

fn read(data: &[u8], at: usize, bytes: usize) -> Option<usize> {
    Some(data.get(at..at + bytes)?.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
}

/// Gives the parts of a composite glyph their new numbers, and asks for those that are not there yet.
fn renumber(glyph: &mut [u8], glyphs: &mut Vec<u16>) -> Option<()> {
    const WORDS: usize = 1;
    const SCALE: usize = 8;
    const MORE: usize = 0x20;
    const TWO_SCALES: usize = 0x40;
    const MATRIX: usize = 0x80;
    // A negative number of contours; an empty glyph has none.
    if glyph.first().is_none_or(|b| *b < 0x80) {
        return Some(());
    }
    let mut at = 10;
    loop {
        let (flags, old) = (read(glyph, at, 2)?, read(glyph, at + 2, 2)? as u16);
        let new = glyphs.iter().position(|g| *g == old).unwrap_or_else(|| {
            glyphs.push(old);
            glyphs.len() - 1
        });
        glyph.get_mut(at + 2..at + 4)?.copy_from_slice(&(new as u16).to_be_bytes());
        at += 4 + if flags & WORDS != 0 { 4 } else { 2 };
        at += match flags {
            f if f & SCALE != 0 => 2,
            f if f & TWO_SCALES != 0 => 4,
            f if f & MATRIX != 0 => 8,
            _ => 0,
        };
        if flags & MORE == 0 {
            return Some(());
        }
    }
}

/// Characters of the basic plane as segments of one (format 4); all of them as groups of one (format 12) where some lie
/// outside it. `map` is in the order of characters.
fn cmap(map: &[(u32, u16)]) -> Vec<u8> {
    let basic: Vec<(u16, u16)> = map.iter().filter(|(c, _)| *c < 0xffff).map(|(c, g)| (*c as u16, *g)).collect();
    let far = basic.len() < map.len();
    let mut out = Vec::new();
    let mut words = |list: &[u16]| out.extend(list.iter().flat_map(|w| w.to_be_bytes()));
    let segments = basic.len() as u16 + 1;
    let length = 16 + 8 * segments;
    words(&[0, if far { 2 } else { 1 }, 3, 1, 0, if far { 20 } else { 12 }]);
    if far {
        words(&[3, 10, 0, 20 + length]);
    }
    let power = u16::BITS - 1 - segments.leading_zeros();
    let range = 2u16 << power;
    words(&[4, length, 0, segments * 2, range, power as u16, segments * 2 - range]);
    basic.iter().for_each(|(c, _)| words(&[*c]));
    words(&[0xffff, 0]);
    basic.iter().for_each(|(c, _)| words(&[*c]));
    words(&[0xffff]);
    basic.iter().for_each(|(c, g)| words(&[g.wrapping_sub(*c)]));
    words(&[1]);
    (0..segments).for_each(|_| words(&[0]));
    if far {
        out.extend([0, 12, 0, 0]);
        let mut longs = |list: &[u32]| out.extend(list.iter().flat_map(|w| w.to_be_bytes()));
        longs(&[16 + 12 * map.len() as u32, 0, map.len() as u32]);
        map.iter().for_each(|(c, g)| longs(&[*c, *c, u32::from(*g)]));
    }
    out
}

/// The tables as a file, with directory and checksums.
fn file(tables: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let n = tables.len() as u16;
    let power = u16::BITS - 1 - n.leading_zeros();
    let range = 16u16 << power;
    let mut out = vec![0, 1, 0, 0];
    out.extend([n, range, power as u16, n * 16 - range].iter().flat_map(|w| w.to_be_bytes()));
    let mut offset = 12 + 16 * tables.len();
    for (tag, data) in tables {
        out.extend(*tag);
        out.extend([checksum(data), offset as u32, data.len() as u32].iter().flat_map(|w| w.to_be_bytes()));
        offset += data.len().next_multiple_of(4);
    }
    let mut head = 0;
    for (tag, data) in tables {
        if *tag == b"head" {
            head = out.len();
        }
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(checksum(&out));
    out[head + 8..head + 12].copy_from_slice(&adjustment.to_be_bytes());
    out
}

fn checksum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0u32, |sum, c| {
        let mut word = [0; 4];
        word[..c.len()].copy_from_slice(c);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}
