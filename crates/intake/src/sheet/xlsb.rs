//! Binary workbooks of Excel 2007 and later ([MS-XLSB]): the package of `.xlsx` with records in its parts.

use super::binary::{boolean, error, f64_at, rk, u16_at, u32_at};
use super::parts::Package;
use super::shown::{Epoch, Shown};
use super::strings::{Font, Words, runs};
use super::xlsx::{Style, root};
use super::{Area, MAX_CELLS, MAX_STYLES, NO_TEXT, Workbook};
use crate::refuse::Refusal;

const KIND: &str = "xlsb";

/// Reads a workbook.
///
/// # Errors
/// A broken, encrypted or oversized file.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut package = Package::open(bytes, KIND)?;
    let root = root(&mut package, "xl/workbook.bin")?;
    let list = package.bytes(&root)?.ok_or_else(|| package.broken())?;
    let relations = package.relations(&root)?;
    let of = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.part.clone());
    let mut reader = Reader::default();
    if let Some(part) = of("styles") {
        reader.styles(&package.bytes(&part)?.unwrap_or_default());
    }
    if let Some(part) = of("sharedStrings") {
        let bytes = package.bytes(&part)?.unwrap_or_default();
        reader.strings = records(&bytes)
            .filter(|r| r.0 == 19)
            .take(MAX_CELLS)
            .map(|r| reader.rich(r.1).unwrap_or_else(|| Words::Plain(NO_TEXT.to_owned())))
            .collect();
    }
    for (kind, bytes) in records(&list) {
        match kind {
            153 => reader.is_1904 = u32_at(bytes, 0).is_some_and(|f| f & 1 != 0),
            156 => {
                let (relation, name) = listed(bytes).ok_or_else(|| package.broken())?;
                let found = relations.iter().find(|r| r.id == relation).filter(|r| r.kind == "worksheet");
                let Some(part) = found.map(|r| r.part.clone()) else { continue };
                let sheet = package.bytes(&part)?.ok_or_else(|| package.broken())?;
                reader.book.sheet(&name, u32_at(bytes, 0) != Some(0));
                reader.sheet(&sheet)?;
            }
            _ => {}
        }
    }
    Ok(reader.book)
}

/// The relation and the name of a sheet of the list (2.4.313).
fn listed(bytes: &[u8]) -> Option<(String, String)> {
    let (relation, end) = wide(bytes, 8)?;
    Some((relation, wide(bytes, end)?.0))
}

/// The records of a part: type and length take seven bits a byte (2.1.4). A part that is cut off ends early.
fn records(part: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = part;
    std::iter::from_fn(move || {
        let (kind, n) = varint(rest, 2)?;
        let (length, m) = varint(rest.get(n..)?, 4)?;
        let bytes = rest.get(n + m..(n + m).checked_add(length as usize)?)?;
        rest = &rest[n + m + bytes.len()..];
        Some((kind as u16, bytes))
    })
}

fn varint(bytes: &[u8], most: usize) -> Option<(u32, usize)> {
    let mut value = 0;
    for i in 0..most {
        let byte = *bytes.get(i)?;
        value |= u32::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, i + 1));
        }
    }
    Some((value, most))
}

/// A text with its length in front, and where it ends.
fn wide(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    let length = u32_at(bytes, at)? as usize;
    // No text is there where one may be missing.
    if length == 0xFFFF_FFFF {
        return Some((String::new(), at + 4));
    }
    let end = length.checked_mul(2)?.checked_add(at + 4)?;
    let units: Vec<u16> = bytes.get(at + 4..end)?.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
    Some((String::from_utf16_lossy(&units), end))
}

#[derive(Default)]
struct Reader {
    book: Workbook,
    strings: Vec<Words>,
    fonts: Vec<Font>,
    styles: Vec<Style>,
    is_1904: bool,
}

impl Reader {
    fn styles(&mut self, part: &[u8]) {
        let mut formats: Vec<(u16, Shown)> = Vec::new();
        let mut cells = false;
        for (kind, bytes) in records(part) {
            if formats.len().max(self.fonts.len()).max(self.styles.len()) > MAX_STYLES {
                return;
            }
            match kind {
                44 => {
                    let code = wide(bytes, 2).map(|w| Shown::parse(&w.0));
                    formats.extend(u16_at(bytes, 0).zip(code));
                }
                43 => {
                    let raised = u16_at(bytes, 6).is_some_and(|s| s == 1 || s == 2);
                    self.fonts.push(Font { raised, struck: u16_at(bytes, 2).is_some_and(|f| f & 8 != 0) });
                }
                617 => cells = true,
                618 => cells = false,
                47 if cells => {
                    let (format, font) = (u16_at(bytes, 2).unwrap_or(0), u16_at(bytes, 4).unwrap_or(0));
                    let own = formats.iter().find(|f| f.0 == format).map(|f| f.1.clone());
                    let font = self.fonts.get(usize::from(font)).copied().unwrap_or_default();
                    self.styles.push(Style::new(own.unwrap_or_else(|| Shown::built_in(format)), font));
                }
                _ => {}
            }
        }
    }

    /// Rich text (2.5.121): flags, the text, and the runs that begin in it.
    fn rich(&self, bytes: &[u8]) -> Option<Words> {
        let (text, end) = wide(bytes, 1)?;
        if bytes[0] & 1 == 0 {
            return Some(Words::Plain(text));
        }
        let units: Vec<u16> = text.encode_utf16().collect();
        let many = u32_at(bytes, end)? as usize;
        let starts = bytes.get(end + 4..(end + 4).checked_add(many.checked_mul(4)?)?)?.chunks_exact(4);
        let font = |b: &[u8]| self.fonts.get(usize::from(u16_at(b, 2).unwrap_or(0))).copied().unwrap_or_default();
        Some(runs(&units, starts.map(|b| (u16_at(b, 0).unwrap_or(0), font(b)))))
    }

    fn sheet(&mut self, part: &[u8]) -> Result<(), Refusal> {
        let (mut row, mut zeros, mut data, mut ended) = (0, true, false, false);
        for (kind, bytes) in records(part) {
            match kind {
                137 => zeros = u16_at(bytes, 0).is_none_or(|f| f & 0x10 != 0),
                145 => data = true,
                146 => (data, ended) = (false, true),
                0 if data => {
                    row = u32_at(bytes, 0).filter(|r| *r < 1_048_576).ok_or_else(|| Refusal::broken(KIND))?;
                    if bytes.get(11).is_some_and(|f| f & 0x10 != 0) {
                        self.book.hide_rows(row, row);
                    }
                }
                2..=11 | 62 if data => {
                    let column = u32_at(bytes, 0).filter(|c| *c < 16_384).ok_or_else(|| Refusal::broken(KIND))?;
                    if let Some(text) = self.cell(kind, bytes, zeros) {
                        self.book.push(row, column, text)?;
                    }
                }
                60 => {
                    let hidden = u16_at(bytes, 16).is_some_and(|f| f & 1 != 0);
                    if let (true, Some(from), Some(to)) = (hidden, u32_at(bytes, 0), u32_at(bytes, 4)) {
                        self.book.hide_columns(from, to);
                    }
                }
                176 => {
                    let at = |i| u32_at(bytes, i).filter(|v| *v < 1_048_576);
                    if let (Some(top), Some(bottom), Some(left), Some(right)) = (at(0), at(4), at(8), at(12)) {
                        self.book.merge(Area { top, left, bottom, right });
                    }
                }
                _ => {}
            }
        }
        if ended { Ok(()) } else { Err(Refusal::broken(KIND)) }
    }

    /// What a cell shows: its column, its style in 24 bits, then its content.
    fn cell(&self, kind: u16, bytes: &[u8], zeros: bool) -> Option<String> {
        let plain = Style::default();
        let style = self.styles.get((u32_at(bytes, 4)? & 0x00FF_FFFF) as usize).unwrap_or(&plain);
        let epoch = if self.is_1904 { Epoch::Y1904 } else { Epoch::Y1900 };
        let number = |value: f64| if value == 0.0 && !zeros { String::new() } else { style.number(value, epoch) };
        Some(match kind {
            2 => number(rk(u32_at(bytes, 8)?)),
            5 | 9 => number(f64_at(bytes, 8)?),
            3 | 11 => style.words(error(*bytes.get(8)?).to_owned()),
            4 | 10 => style.words(boolean(*bytes.get(8)?).to_owned()),
            6 | 8 => style.words(wide(bytes, 8)?.0),
            7 => self.strings.get(u32_at(bytes, 8)? as usize).map_or_else(|| NO_TEXT.to_owned(), |w| style.rich(w)),
            62 => style.rich(&self.rich(bytes.get(8..)?)?),
            _ => return None,
        })
    }
}
