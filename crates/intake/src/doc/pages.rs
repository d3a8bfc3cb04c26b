//! Formatted disk pages ([MS-DOC] 2.4.6, 2.9.33, 2.9.175): pages of 512 bytes that say which stretch of the stream
//! `WordDocument` has which properties, and the tables (PlcBte) that say which page covers what.

use std::marker::PhantomData;

use super::bytes::{u8_at, u16_at, u32_at};
use super::inconsistent;
use crate::refuse::Refusal;

const PAGE: usize = 512;

/// What the runs of a page are.
pub(super) trait RunKind {
    /// Bytes that a run takes in the page's second array.
    const WIDTH: usize;

    /// The properties at an offset of the page: of paragraphs their style and array, of characters the array.
    fn properties(page: &[u8], at: usize) -> Option<(u16, &[u8])>;
}

/// Paragraphs: an offset and twelve bytes without meaning; style and array with a length in words.
pub(super) struct Paragraphs;

impl RunKind for Paragraphs {
    const WIDTH: usize = 13;

    fn properties(page: &[u8], at: usize) -> Option<(u16, &[u8])> {
        let length = usize::from(u8_at(page, at)?);
        let (start, length) = if length > 0 { (at + 1, 2 * length - 1) } else { (at + 2, 2 * usize::from(u8_at(page, at + 1)?)) };
        let papx = page.get(start..start + length)?;
        Some((u16_at(papx, 0)?, &papx[2..]))
    }
}

/// Characters: an offset; an array with a length in bytes.
pub(super) struct Characters;

impl RunKind for Characters {
    const WIDTH: usize = 1;

    fn properties(page: &[u8], at: usize) -> Option<(u16, &[u8])> {
        let length = usize::from(u8_at(page, at)?);
        Some((0, page.get(at + 1..at + 1 + length)?))
    }
}

/// A stretch of the stream with the same properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run<'w> {
    /// First byte.
    pub(super) start: u32,
    /// The byte after the last.
    pub(super) end: u32,
    /// Style of a paragraph.
    pub(super) style: u16,
    /// Array of modifiers.
    pub(super) properties: &'w [u8],
}

/// The pages of one kind. Lookups mostly go forwards, so the last answer is kept.
pub(super) struct Pages<'w, K> {
    word: &'w [u8],
    /// First byte of each page's stretch, and at the end the byte after the last.
    starts: &'w [u8],
    /// Page numbers.
    numbers: &'w [u8],
    count: usize,
    page: usize,
    run: usize,
    kind: PhantomData<K>,
}

impl<'w, K: RunKind> Pages<'w, K> {
    /// Reads a PlcBte.
    ///
    /// # Errors
    /// A length that is none of such a table; stretches that overlap.
    pub(super) fn read(word: &'w [u8], plc: &'w [u8]) -> Result<Pages<'w, K>, Refusal> {
        let count = match plc.len() {
            0 => 0,
            n if n >= 4 && (n - 4) % 8 == 0 => (n - 4) / 8,
            _ => return Err(Refusal::broken("doc")),
        };
        let (starts, numbers) = plc.split_at(if plc.is_empty() { 0 } else { 4 * (count + 1) });
        let pages = Pages { word, starts, numbers, count, page: usize::MAX, run: 0, kind: PhantomData };
        if (1..=count).any(|i| pages.start(i) < pages.start(i - 1)) {
            return Err(overlapping());
        }
        Ok(pages)
    }

    fn start(&self, i: usize) -> u32 {
        u32_at(self.starts, 4 * i).unwrap_or(u32::MAX)
    }

    /// The run that covers a byte of the stream. Where no page covers it, a run without properties up to where one begins.
    ///
    /// # Errors
    /// A page outside the stream, runs that overlap, properties outside their page.
    pub(super) fn run(&mut self, at: u32) -> Result<Run<'w>, Refusal> {
        let plain = |start, end| Run { start, end, style: 0, properties: &[] };
        if self.page >= self.count || at < self.start(self.page) || at >= self.start(self.page + 1) {
            let after = partition(self.count + usize::from(self.count > 0), |i| self.start(i) <= at);
            if after == 0 || after > self.count {
                return Ok(plain(at, if after == 0 && self.count > 0 { self.start(0) } else { u32::MAX }));
            }
            (self.page, self.run) = (after - 1, 0);
            self.check()?;
        }
        let page = self.bytes()?;
        let runs = usize::from(page[PAGE - 1]);
        let bound = |i: usize| u32_at(page, 4 * i).unwrap_or(u32::MAX);
        let next = self.run + 1;
        if next < runs && bound(next) <= at && at < bound(next + 1) {
            self.run = next;
        } else if !(self.run < runs && bound(self.run) <= at && at < bound(self.run + 1)) {
            let after = partition(runs + 1, |i| bound(i) <= at);
            if after == 0 || after > runs {
                let end = if after == 0 { bound(0) } else { self.start(self.page + 1) };
                return Ok(plain(at, end.max(at + 1)));
            }
            self.run = after - 1;
        }
        let (start, end) = (bound(self.run), bound(self.run + 1));
        let offset = 2 * usize::from(page[4 * (runs + 1) + self.run * K::WIDTH]);
        if offset == 0 {
            return Ok(plain(start, end));
        }
        let (style, properties) = K::properties(&page[..PAGE - 1], offset).ok_or_else(|| Refusal::broken("doc"))?;
        Ok(Run { start, end, style, properties })
    }

    fn bytes(&self) -> Result<&'w [u8], Refusal> {
        // The upper ten bits of a page number mean nothing ([MS-DOC] 2.9.207).
        let number = u32_at(self.numbers, 4 * self.page).unwrap_or(u32::MAX) & 0x003F_FFFF;
        let at = number as usize * PAGE;
        self.word.get(at..at + PAGE).ok_or_else(|| Refusal::broken("doc"))
    }

    /// Whether the runs of the page go upwards and leave room for their offsets.
    fn check(&self) -> Result<(), Refusal> {
        let page = self.bytes()?;
        let runs = usize::from(page[PAGE - 1]);
        if runs == 0 || 4 * (runs + 1) + runs * K::WIDTH > PAGE - 1 {
            return Err(Refusal::broken("doc"));
        }
        let bound = |i: usize| u32_at(page, 4 * i).unwrap_or(0);
        if (0..runs).any(|i| bound(i + 1) < bound(i)) { Err(overlapping()) } else { Ok(()) }
    }
}

/// The first index for which `holds` is false, where it is true up to some index and false from there on.
fn partition(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn overlapping() -> Refusal {
    inconsistent("pages of properties overlap")
}
