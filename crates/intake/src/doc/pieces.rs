//! The piece table ([MS-DOC] 2.4.1, 2.8.35, 2.9.38): where each stretch of the text stands in the stream `WordDocument`.

use super::bytes::{u16_at, u32_at};
use super::inconsistent;
use super::sprm::op;
use crate::refuse::Refusal;

/// A stretch of text that stands in one place of the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// First character position.
    pub(super) start: u32,
    /// The position after the last.
    pub(super) end: u32,
    /// Offset of the first character in the stream, in bytes (FC).
    pub(super) offset: u32,
    /// Two bytes a character (UTF-16) rather than one (nearly Windows-1252).
    pub(super) wide: bool,
    /// Formatting of the whole piece, put over that of its characters and paragraphs.
    pub(super) modifier: Modifier,
}

impl Piece {
    /// Bytes a character.
    pub(super) fn size(&self) -> u32 {
        if self.wide { 2 } else { 1 }
    }
}

/// Formatting of a piece (Prm, [MS-DOC] 2.9.213).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    /// None, or one that is of no interest here.
    None,
    /// One modifier: opcode, operand.
    One(u16, u8),
    /// An array of [`Pieces::arrays`].
    Array(u16),
}

/// The piece table.
#[derive(Debug)]
pub(super) struct Pieces<'t> {
    /// In order of position, without gaps.
    pub(super) pieces: Vec<Piece>,
    /// Arrays of modifiers that pieces refer to.
    pub(super) arrays: Vec<&'t [u8]>,
}

impl<'t> Pieces<'t> {
    /// Reads a Clx.
    ///
    /// # Errors
    /// Cut off, or positions that run backwards.
    pub(super) fn read(clx: &'t [u8]) -> Result<Pieces<'t>, Refusal> {
        let mut arrays = Vec::new();
        let mut rest = clx;
        loop {
            match rest.first() {
                Some(1) => {
                    let length = u16_at(rest, 1).map(usize::from).ok_or_else(broken)?;
                    arrays.push(rest.get(3..3 + length).ok_or_else(broken)?);
                    rest = &rest[3 + length..];
                }
                Some(2) => break,
                _ => return Err(broken()),
            }
        }
        let length = u32_at(rest, 1).ok_or_else(broken)? as usize;
        let plc = rest.get(5..length.saturating_add(5)).ok_or_else(broken)?;
        // n + 1 positions of four bytes, then n pieces of eight.
        let count = length.checked_sub(4).filter(|l| l % 12 == 0).ok_or_else(broken)? / 12;
        let mut pieces = Vec::with_capacity(count);
        let mut start = u32_at(plc, 0).filter(|cp| *cp == 0).ok_or_else(broken)?;
        for i in 0..count {
            let end = u32_at(plc, 4 * (i + 1)).filter(|end| *end >= start).ok_or_else(backwards)?;
            let at = 4 * (count + 1) + 8 * i;
            let (place, modifier) = (u32_at(plc, at + 2).ok_or_else(broken)?, u16_at(plc, at + 6).ok_or_else(broken)?);
            // Bit 30: one byte a character, and the offset is doubled; bit 31 means nothing ([MS-DOC] 2.9.73).
            let wide = place & 1 << 30 == 0;
            let offset = place & 0x3FFF_FFFF;
            let offset = if wide { offset } else { offset / 2 };
            if end > start {
                pieces.push(Piece { start, end, offset, wide, modifier: modifier_of(modifier) });
            }
            start = end;
        }
        Ok(Pieces { pieces, arrays })
    }

    /// The pieces that hold any of the positions.
    pub(super) fn between(&self, start: u32, end: u32) -> &[Piece] {
        let from = self.pieces.partition_point(|p| p.end <= start);
        let to = self.pieces.partition_point(|p| p.start < end);
        self.pieces.get(from..to).unwrap_or(&[])
    }

    /// The position after the last character.
    pub(super) fn end(&self) -> u32 {
        self.pieces.last().map_or(0, |p| p.end)
    }

    /// Runs `visit` with each array of modifiers of a piece.
    pub(super) fn modifiers(&self, modifier: Modifier) -> Result<Option<ModifierBytes<'t>>, Refusal> {
        Ok(match modifier {
            Modifier::None => None,
            Modifier::One(opcode, operand) => {
                let [a, b] = opcode.to_le_bytes();
                Some(ModifierBytes::One([a, b, operand]))
            }
            Modifier::Array(i) => Some(ModifierBytes::Array(self.arrays.get(usize::from(i)).ok_or_else(broken)?)),
        })
    }
}

/// An array of modifiers, as bytes.
pub(super) enum ModifierBytes<'t> {
    /// Made of a single one.
    One([u8; 3]),
    /// As it stands in the file.
    Array(&'t [u8]),
}

impl AsRef<[u8]> for ModifierBytes<'_> {
    fn as_ref(&self) -> &[u8] {
        match self {
            ModifierBytes::One(bytes) => bytes,
            ModifierBytes::Array(bytes) => bytes,
        }
    }
}

fn modifier_of(prm: u16) -> Modifier {
    if prm & 1 != 0 {
        return Modifier::Array(prm >> 1);
    }
    let [low, operand] = prm.to_le_bytes();
    // Abbreviated opcodes ([MS-DOC] 2.9.214): those that matter here.
    let opcode = match low >> 1 {
        0x18 => op::P_F_IN_TABLE,
        0x19 => op::P_F_TTP,
        0x41 => op::C_F_R_MARK_DEL,
        0x47 => op::C_F_DATA,
        0x4B => op::C_F_OLE2,
        0x50 => op::C_F_WEB_HIDDEN,
        0x53 => op::C_PLAIN,
        0x57 => op::C_F_STRIKE,
        0x5C => op::C_F_VANISH,
        0x68 => op::C_ISS,
        0x73 => op::C_F_D_STRIKE,
        0x75 => op::C_F_SPEC,
        _ => return Modifier::None,
    };
    Modifier::One(opcode, operand)
}

/// What a byte of a piece with one byte a character means ([MS-DOC] 2.9.73): Windows-1252 but for three of its characters.
pub(super) fn narrow(byte: u8) -> char {
    const HIGH: [char; 0x20] = [
        '\u{80}', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', '\u{8e}', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', '\u{9e}', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn broken() -> Refusal {
    Refusal::broken("doc")
}

fn backwards() -> Refusal {
    inconsistent("the piece table runs backwards")
}
