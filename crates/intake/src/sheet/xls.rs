//! Workbooks of Excel 5 to 2003 ([MS-XLS], and the older BIFF5 that it descends from): `.xls`, `.et` of older WPS.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, GB18030};

use super::binary::{boolean, error, f64_at, rk, u16_at, u32_at};
use super::shown::{Epoch, Shown};
use super::strings::{Font, Words, runs};
use super::xlsx::Style;
use super::{Area, MAX_CELLS, MAX_STYLES, NO_RESULT, NO_TEXT, Workbook, too_many};
use crate::refuse::Refusal;

/// The stream of the workbook is not larger than this.
const MAX_STREAM: u64 = 64 << 20;
/// A record goes on in no more others than this, and a workbook has no more sheets.
const MAX_PIECES: usize = 1 << 18;
const MAX_SHEETS: usize = 1024;

/// Reads a workbook.
///
/// # Errors
/// A broken, encrypted or oversized file.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Refusal> {
    let stream = stream(bytes).ok_or_else(broken)?;
    let mut reader = Reader::default();
    let sheets = reader.globals(&stream)?;
    // Sheets do not lie over one another, so that all of them together are no longer than the stream.
    let mut left = stream.len();
    for sheet in sheets.iter().filter(|s| s.is_table) {
        reader.book.sheet(&sheet.name, sheet.hidden);
        let taken = reader.sheet(stream.get(sheet.at..).ok_or_else(broken)?)?;
        left = left.checked_sub(taken).ok_or_else(broken)?;
    }
    Ok(reader.book)
}

fn broken() -> Refusal {
    Refusal::broken("xls")
}

/// Protecting the structure of a workbook encrypts it too, with a password that Excel knows by itself.
fn protected() -> Refusal {
    Refusal::unreadable(
        "文件已加密（设有密码或工作簿保护），请取消密码和保护后重新报送",
        "the file is encrypted by a password or by the protection of the workbook; remove both and send it anew",
    )
}

/// The stream in which the records stand: `Workbook`, before Excel 97 `Book`.
fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["/Workbook", "/Book"].into_iter().find(|n| file.is_stream(n))?;
    let mut out = Vec::new();
    file.open_stream(name).ok()?.take(MAX_STREAM + 1).read_to_end(&mut out).ok()?;
    (out.len() as u64 <= MAX_STREAM).then_some(out)
}

/// A record: its type, its bytes, and those of the records that go on with it.
struct Record<'s> {
    kind: u16,
    bytes: &'s [u8],
    more: Vec<&'s [u8]>,
}

struct Records<'s> {
    rest: &'s [u8],
}

impl<'s> Records<'s> {
    fn one(&mut self) -> Option<(u16, &'s [u8])> {
        let (kind, length) = (u16_at(self.rest, 0)?, usize::from(u16_at(self.rest, 2)?));
        let bytes = self.rest.get(4..4 + length)?;
        self.rest = &self.rest[4 + length..];
        Some((kind, bytes))
    }
}

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let (kind, bytes) = self.one()?;
        let mut more = Vec::new();
        while u16_at(self.rest, 0) == Some(CONTINUE) && more.len() < MAX_PIECES {
            more.push(self.one()?.1);
        }
        Some(Record { kind, bytes, more })
    }
}

const CONTINUE: u16 = 0x003C;
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;

/// A sheet of the list.
struct Listed {
    name: String,
    hidden: bool,
    /// Whether it holds cells, and not a chart or a macro.
    is_table: bool,
    at: usize,
}

#[derive(Default)]
struct Reader {
    book: Workbook,
    /// Whether strings are in the encoding of a code page (Excel 5 and 95).
    old: bool,
    encoding: Option<&'static Encoding>,
    strings: Vec<Words>,
    fonts: Vec<Font>,
    styles: Vec<Style>,
    is_1904: bool,
    /// Whether the file says with which version its formulas were worked out. Where it does not, they are worked out anew
    /// when it is opened, and an empty result may be none at all.
    worked_out: bool,
}

impl Reader {
    fn epoch(&self) -> Epoch {
        if self.is_1904 { Epoch::Y1904 } else { Epoch::Y1900 }
    }

    /// Reads what all sheets share, and lists them.
    fn globals(&mut self, stream: &[u8]) -> Result<Vec<Listed>, Refusal> {
        let mut sheets = Vec::new();
        let mut formats: Vec<(u16, Shown)> = Vec::new();
        let mut records = Records { rest: stream };
        let first = records.next().filter(|r| r.kind == BOF).ok_or_else(broken)?;
        self.old = u16_at(first.bytes, 0) == Some(0x0500);
        let mut ended = false;
        for record in records {
            let bytes = record.bytes;
            if formats.len().max(self.fonts.len()).max(self.styles.len()) > MAX_STYLES || sheets.len() > MAX_SHEETS {
                return Err(too_many());
            }
            match record.kind {
                0x002F => return Err(protected()),
                0x0042 => self.encoding = u16_at(bytes, 0).and_then(code_page),
                0x01C1 => self.worked_out = true,
                0x0022 => self.is_1904 = u16_at(bytes, 0) == Some(1),
                0x0031 => {
                    let struck = u16_at(bytes, 2).is_some_and(|f| f & 8 != 0);
                    self.fonts.push(Font { raised: u16_at(bytes, 8).is_some_and(|s| s == 1 || s == 2), struck });
                }
                0x041E => {
                    let mut text = Text::new(&record, 2);
                    let code = if self.old { text.bytes_short(self.encoding) } else { text.wide_long() };
                    formats.extend(u16_at(bytes, 0).zip(code).map(|(id, code)| (id, Shown::parse(&code))));
                }
                0x00E0 => {
                    let (font, format) = (u16_at(bytes, 0).unwrap_or(0), u16_at(bytes, 2).unwrap_or(0));
                    let own = formats.iter().rev().find(|f| f.0 == format).map(|f| f.1.clone());
                    self.styles.push(Style::new(own.unwrap_or_else(|| Shown::built_in(format)), self.font(font)));
                }
                0x0085 => sheets.push(self.listed(&record).ok_or_else(broken)?),
                0x00FC => self.strings = self.shared(&record),
                EOF => {
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        if ended { Ok(sheets) } else { Err(broken()) }
    }

    /// A font by its number; there is none with the number 4.
    fn font(&self, number: u16) -> Font {
        let at = usize::from(number) - usize::from(number > 4);
        self.fonts.get(at).copied().unwrap_or_default()
    }

    fn style(&self, number: u16) -> Style {
        self.styles.get(usize::from(number)).cloned().unwrap_or_default()
    }

    fn listed(&self, record: &Record<'_>) -> Option<Listed> {
        let (state, kind) = (*record.bytes.get(4)?, *record.bytes.get(5)?);
        let mut text = Text::new(record, 6);
        let name = if self.old { text.bytes_short(self.encoding) } else { text.wide_short() }?;
        Some(Listed { name, hidden: state & 3 != 0, is_table: kind == 0, at: u32_at(record.bytes, 0)? as usize })
    }

    /// The shared strings ([MS-XLS] 2.4.265). What is cut off is missing, and so are the cells that ask for it.
    fn shared(&self, record: &Record<'_>) -> Vec<Words> {
        let mut text = Text::new(record, 8);
        let mut out = Vec::new();
        while out.len() < MAX_CELLS
            && let Some(string) = text.rich(|number| self.font(number))
        {
            out.push(string);
        }
        out
    }

    /// Reads the cells of a sheet; returns how many bytes it takes.
    fn sheet(&mut self, stream: &[u8]) -> Result<usize, Refusal> {
        let mut records = Records { rest: stream };
        records.next().filter(|r| r.kind == BOF).ok_or_else(broken)?;
        let mut inner = 0usize;
        let mut zeros = true;
        let first = self.book.sheets.last().map_or(0, |s| s.cells.len());
        let mut hidden_zeros: HashSet<(u32, u32)> = HashSet::new();
        // The formula whose text follows in a record of its own.
        let mut waiting: Option<(u32, u32, u16)> = None;
        let mut ended = false;
        for record in records.by_ref() {
            match record.kind {
                // Charts in a sheet are streams of their own within it.
                BOF => inner += 1,
                EOF if inner == 0 => {
                    ended = true;
                    break;
                }
                EOF => inner -= 1,
                _ if inner > 0 => {}
                0x023E => zeros = u16_at(record.bytes, 0).is_none_or(|f| f & 0x10 != 0),
                kind => self.record(kind, &record, &mut waiting, &mut hidden_zeros).transpose()?.unwrap_or(()),
            }
        }
        if !ended {
            return Err(broken());
        }
        if !zeros && let Some(sheet) = self.book.sheets.last_mut() {
            let own = sheet.cells.split_off(first);
            sheet.cells.extend(own.into_iter().filter(|c| !hidden_zeros.contains(&(c.row, c.column))));
        }
        Ok(stream.len() - records.rest.len())
    }

    /// Takes a record of a sheet; one that is too short for its kind says nothing.
    fn record(
        &mut self,
        kind: u16,
        record: &Record<'_>,
        waiting: &mut Option<(u32, u32, u16)>,
        zeros: &mut HashSet<(u32, u32)>,
    ) -> Option<Result<(), Refusal>> {
        let bytes = record.bytes;
        let place = || Some((u32::from(u16_at(bytes, 0)?), u32::from(u16_at(bytes, 2)?), u16_at(bytes, 4)?));
        match kind {
            0x0203 => {
                let at = place()?;
                self.number(at, f64_at(bytes, 6)?, zeros)
            }
            0x027E => {
                let at = place()?;
                self.number(at, rk(u32_at(bytes, 6)?), zeros)
            }
            0x00BD => {
                let (row, first) = (u32::from(u16_at(bytes, 0)?), u32::from(u16_at(bytes, 2)?));
                let cells = bytes.get(4..bytes.len().checked_sub(2)?)?;
                for (i, cell) in cells.chunks_exact(6).enumerate() {
                    let at = (row, first + i as u32, u16_at(cell, 0)?);
                    if let Some(Err(refusal)) = self.number(at, rk(u32_at(cell, 2)?), zeros) {
                        return Some(Err(refusal));
                    }
                }
                None
            }
            0x00FD => {
                let (at, text) = (place()?, self.strings.get(u32_at(bytes, 6)? as usize));
                let text = text.map_or_else(|| NO_TEXT.to_owned(), |w| self.style(at.2).rich(w));
                Some(self.book.push(at.0, at.1, text.replace("\r\n", "\n")))
            }
            0x0204 => {
                let mut text = Text::new(record, 6);
                let text = if self.old { text.bytes_long(self.encoding) } else { text.wide_long() }?;
                self.words(place()?, text)
            }
            0x00D6 => {
                let at = place()?;
                let text = self.style(at.2).rich(&self.old_rich(record)?);
                Some(self.book.push(at.0, at.1, text))
            }
            0x0205 => {
                let (value, is_error) = (*bytes.get(6)?, *bytes.get(7)?);
                self.words(place()?, (if is_error == 0 { boolean(value) } else { error(value) }).to_owned())
            }
            0x0006 => self.formula(bytes, place()?, waiting, zeros),
            0x0207 => {
                let at = waiting.take()?;
                let mut text = Text::new(record, 0);
                let text = if self.old { text.bytes_long(self.encoding) } else { text.wide_long() }?;
                self.words(at, text)
            }
            0x0208 => {
                let row = u32::from(u16_at(bytes, 0)?);
                let hidden = u16_at(bytes, 12)? & 0x20 != 0;
                if hidden {
                    self.book.hide_rows(row, row);
                }
                None
            }
            0x007D => {
                let (from, to) = (u32::from(u16_at(bytes, 0)?), u32::from(u16_at(bytes, 2)?));
                let hidden = u16_at(bytes, 8)? & 1 != 0 || u16_at(bytes, 4)? == 0;
                if hidden {
                    self.book.hide_columns(from, to);
                }
                None
            }
            0x00E5 => {
                for area in bytes.get(2..)?.chunks_exact(8) {
                    let word = |i| u16_at(area, i).map_or(0, u32::from);
                    self.book.merge(Area { top: word(0), bottom: word(2), left: word(4), right: word(6) });
                }
                None
            }
            _ => None,
        }
    }

    fn number(
        &mut self,
        (row, column, style): (u32, u32, u16),
        value: f64,
        zeros: &mut HashSet<(u32, u32)>,
    ) -> Option<Result<(), Refusal>> {
        let text = self.style(style).number(value, self.epoch());
        if value == 0.0 {
            zeros.insert((row, column));
        }
        Some(self.book.push(row, column, text))
    }

    fn words(&mut self, (row, column, style): (u32, u32, u16), text: String) -> Option<Result<(), Refusal>> {
        let text = self.style(style).words(text.replace("\r\n", "\n"));
        Some(self.book.push(row, column, text))
    }

    /// A formula with its stored result ([MS-XLS] 2.4.127, 2.5.133).
    fn formula(
        &mut self,
        bytes: &[u8],
        at: (u32, u32, u16),
        waiting: &mut Option<(u32, u32, u16)>,
        zeros: &mut HashSet<(u32, u32)>,
    ) -> Option<Result<(), Refusal>> {
        let result = bytes.get(6..14)?;
        *waiting = None;
        if result[6..] == [0xFF, 0xFF] {
            return match result[0] {
                0 => {
                    *waiting = Some(at);
                    None
                }
                1 => self.words(at, boolean(result[2]).to_owned()),
                2 => self.words(at, error(result[2]).to_owned()),
                _ if !self.worked_out => self.words(at, NO_RESULT.to_owned()),
                _ => None,
            };
        }
        let value = f64_at(result, 0)?;
        // Programs that do not work formulas out store 0 and ask for the work to be done when the file is opened.
        if value == 0.0 && u16_at(bytes, 14)? & 3 != 0 {
            return self.words(at, NO_RESULT.to_owned());
        }
        self.number(at, value, zeros)
    }

    /// Rich text of Excel 5: the runs stand behind the characters, a byte for the place and one for the font.
    fn old_rich(&self, record: &Record<'_>) -> Option<Words> {
        let length = usize::from(u16_at(record.bytes, 6)?);
        let text = record.bytes.get(8..8 + length)?;
        let count = usize::from(*record.bytes.get(8 + length)?);
        let starts = record.bytes.get(9 + length..)?.chunks_exact(2).take(count);
        let mut out = Vec::new();
        let (mut from, mut font) = (0, None);
        for (at, next) in
            starts.map(|r| (usize::from(r[0]).min(length), Some(self.font(u16::from(r[1]))))).chain([(length, None)])
        {
            out.push((decode(text.get(from..at.max(from))?, self.encoding), font));
            (from, font) = (at.max(from), next);
        }
        Some(Words::Rich(out))
    }
}

/// The encoding of a code page; of those that are in use where Chinese is written.
fn code_page(page: u16) -> Option<&'static Encoding> {
    match page {
        936 | 54936 => Some(GB18030),
        950 => Some(encoding_rs::BIG5),
        932 => Some(encoding_rs::SHIFT_JIS),
        949 => Some(encoding_rs::EUC_KR),
        1252 | 32769 => Some(encoding_rs::WINDOWS_1252),
        _ => None,
    }
}

fn decode(bytes: &[u8], encoding: Option<&'static Encoding>) -> String {
    encoding.unwrap_or(GB18030).decode_without_bom_handling(bytes).0.into_owned()
}

/// Walks through the strings of a record and of those that go on with it.
struct Text<'r, 's> {
    record: &'r Record<'s>,
    /// Which piece is being read, 0 for the record itself, and where in it.
    piece: usize,
    at: usize,
}

impl<'r, 's> Text<'r, 's> {
    fn new(record: &'r Record<'s>, at: usize) -> Text<'r, 's> {
        Text { record, piece: 0, at }
    }

    fn rest(&self) -> &'s [u8] {
        let piece = if self.piece == 0 { Some(&self.record.bytes) } else { self.record.more.get(self.piece - 1) };
        piece.and_then(|p| p.get(self.at..)).unwrap_or_default()
    }

    /// Steps into the next piece, if there is one.
    fn turn(&mut self) -> Option<()> {
        self.record.more.get(self.piece)?;
        (self.piece, self.at) = (self.piece + 1, 0);
        Some(())
    }

    fn take(&mut self, n: usize) -> Option<&'s [u8]> {
        if self.rest().is_empty() && n > 0 {
            self.turn()?;
        }
        let bytes = self.rest().get(..n)?;
        self.at += n;
        Some(bytes)
    }

    /// Passes bytes over, also where the record ends among them.
    fn skip(&mut self, mut n: usize) -> Option<()> {
        loop {
            let here = n.min(self.rest().len());
            self.at += here;
            n -= here;
            if n == 0 {
                return Some(());
            }
            self.turn()?;
        }
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    fn word(&mut self) -> Option<u16> {
        self.take(2).and_then(|b| u16_at(b, 0))
    }

    /// A length in a byte, and bytes in a code page.
    fn bytes_short(&mut self, encoding: Option<&'static Encoding>) -> Option<String> {
        let length = usize::from(self.byte()?);
        Some(decode(self.take(length)?, encoding))
    }

    /// A length in two bytes, and bytes in a code page.
    fn bytes_long(&mut self, encoding: Option<&'static Encoding>) -> Option<String> {
        let mut left = usize::from(self.word()?);
        let mut out = Vec::new();
        while left > 0 {
            if self.rest().is_empty() {
                self.turn()?;
            }
            let here = left.min(self.rest().len());
            out.extend_from_slice(self.take(here)?);
            left -= here;
            if here == 0 {
                return None;
            }
        }
        Some(decode(&out, encoding))
    }

    fn wide_short(&mut self) -> Option<String> {
        let (length, flags) = (usize::from(self.byte()?), self.byte()?);
        self.units(length, flags).map(|u| String::from_utf16_lossy(&u))
    }

    fn wide_long(&mut self) -> Option<String> {
        let (length, flags) = (usize::from(self.word()?), self.byte()?);
        self.units(length, flags).map(|u| String::from_utf16_lossy(&u))
    }

    /// Characters in one byte or two each; where a record ends among them, the next begins with how it goes on.
    fn units(&mut self, length: usize, flags: u8) -> Option<Vec<u16>> {
        let mut wide = flags & 1 != 0;
        let mut out = Vec::with_capacity(length.min(4096));
        while out.len() < length {
            if self.rest().is_empty() {
                self.turn()?;
                wide = self.byte()? & 1 != 0;
            }
            let size = if wide { 2 } else { 1 };
            let here = (length - out.len()).min(self.rest().len() / size);
            if here == 0 {
                return None;
            }
            let bytes = self.take(here * size)?;
            if wide {
                out.extend(bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])));
            } else {
                out.extend(bytes.iter().map(|b| u16::from(*b)));
            }
        }
        Some(out)
    }

    /// A string with runs and phonetic guides ([MS-XLS] 2.5.293).
    fn rich(&mut self, font: impl Fn(u16) -> Font) -> Option<Words> {
        let (length, flags) = (usize::from(self.word()?), self.byte()?);
        let many = if flags & 8 != 0 { usize::from(self.word()?) } else { 0 };
        let guides = if flags & 4 != 0 { self.take(4).and_then(|b| u32_at(b, 0))? as usize } else { 0 };
        let units = self.units(length, flags)?;
        let mut starts = Vec::new();
        for _ in 0..many {
            starts.push((self.word()?, font(self.word()?)));
        }
        self.skip(guides)?;
        Some(runs(&units, starts.into_iter()))
    }
}
