//! Compound files ([MS-CFB]): a file system of sectors inside a file. Streams are found in the root storage alone, as
//! embedded objects have streams of the same names in storages of their own.
//!
//! Everything is read in place from the bytes: a stream whose sectors follow each other, as nearly all do, is a slice of
//! the file. No chain is followed further than the file has sectors, so cycles end in an error.

use std::borrow::Cow;

use super::bytes::{u16_at, u32_at};

/// The first bytes of every compound file.
pub(crate) const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Sector numbers from here on are marks: end of chain, free, FAT, DIFAT ([MS-CFB] 2.1).
const FIRST_MARK: u32 = 0xFFFF_FFFA;
/// "No sibling, no child" in the directory ([MS-CFB] 2.6.1).
const NO_ENTRY: u32 = 0xFFFF_FFFF;
/// Sector numbers in the header's own part of the DIFAT.
const HEADER_DIFAT: usize = 109;
const ENTRY: usize = 128;
const MINI: usize = 64;

/// The container is damaged: a chain that leaves the file or runs in a circle, a directory that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// A stream or storage of the root storage.
struct Entry<'b> {
    is_stream: bool,
    /// UTF-16LE without the terminator.
    name: &'b [u8],
    start: u32,
    size: u64,
}

/// An opened compound file.
pub(crate) struct Compound<'b> {
    bytes: &'b [u8],
    shift: u32,
    /// Sectors that hold the FAT, in order.
    fat: Vec<u32>,
    first_mini_fat: u32,
    mini_cutoff: u64,
    /// Start and size of the stream that holds all mini sectors.
    mini_stream: (u32, u64),
    entries: Vec<Entry<'b>>,
    /// A bit a sector: whether it belongs to what was read already.
    taken: Vec<u64>,
    mini: Option<Mini<'b>>,
}

/// The stream of mini sectors, once it was needed.
struct Mini<'b> {
    stream: Cow<'b, [u8]>,
    /// Sectors of the mini FAT.
    tables: Vec<u32>,
    taken: Vec<u64>,
}

impl<'b> Compound<'b> {
    /// Reads header, FAT and directory.
    ///
    /// # Errors
    /// See [`Broken`].
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Compound<'b>, Broken> {
        if !bytes.starts_with(SIGNATURE) {
            return Err(Broken);
        }
        let word = |at| u32_at(bytes, at).ok_or(Broken);
        let shift = u16_at(bytes, 30).map(u32::from).filter(|s| matches!(s, 9 | 12)).ok_or(Broken)?;
        if u16_at(bytes, 32) != Some(6) {
            return Err(Broken);
        }
        let mut file = Compound {
            bytes,
            shift,
            fat: Vec::new(),
            first_mini_fat: word(60)?,
            mini_cutoff: u64::from(word(56)?),
            mini_stream: (0, 0),
            entries: Vec::new(),
            taken: vec![0; (bytes.len() >> shift) / 64 + 1],
            mini: None,
        };
        file.read_fat(word(44)?, word(68)?)?;
        file.read_directory(word(48)?)?;
        Ok(file)
    }

    /// Whether the root storage has a stream or storage of this name (ASCII, case does not count).
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    /// The content of a stream, `None` if there is none of the name. Each can be taken once.
    ///
    /// # Errors
    /// See [`Broken`].
    pub(crate) fn stream(&mut self, name: &str) -> Result<Option<Cow<'b, [u8]>>, Broken> {
        let Some(entry) = self.entry(name).filter(|e| e.is_stream) else { return Ok(None) };
        let (start, is_mini) = (entry.start, entry.size < self.mini_cutoff);
        let size = usize::try_from(entry.size).ok().filter(|s| *s <= self.bytes.len()).ok_or(Broken)?;
        if is_mini { self.mini(start, size) } else { self.chain(start, size) }.map(Some)
    }

    fn entry(&self, name: &str) -> Option<&Entry<'b>> {
        let same = |e: &&Entry<'b>| {
            e.name.len() == 2 * name.len()
                && e.name.chunks_exact(2).zip(name.bytes()).all(|(w, n)| w[1] == 0 && w[0].eq_ignore_ascii_case(&n))
        };
        self.entries.iter().find(same)
    }

    /// Whole sectors that the file can have; the last one may be cut short.
    fn sectors(&self) -> usize {
        self.bytes.len() >> self.shift
    }

    fn offset(&self, sector: u32) -> usize {
        (sector as usize + 1) << self.shift
    }

    /// The sectors of the FAT stand in the header and, for files above 7 MB, in a chain of sectors (DIFAT).
    fn read_fat(&mut self, count: u32, first_difat: u32) -> Result<(), Broken> {
        let count = count as usize;
        if count > self.sectors() {
            return Err(Broken);
        }
        let header = (0..count.min(HEADER_DIFAT)).map(|i| u32_at(self.bytes, 76 + 4 * i));
        self.fat = header.collect::<Option<_>>().ok_or(Broken)?;
        let per_sector = (1 << (self.shift - 2)) - 1;
        let mut sector = first_difat;
        while self.fat.len() < count {
            if sector >= FIRST_MARK {
                return Err(Broken);
            }
            let at = self.offset(sector);
            for i in 0..per_sector.min(count - self.fat.len()) {
                self.fat.push(u32_at(self.bytes, at + 4 * i).ok_or(Broken)?);
            }
            sector = u32_at(self.bytes, at + 4 * per_sector).ok_or(Broken)?;
        }
        self.fat.iter().try_for_each(|sector| take(&mut self.taken, *sector))
    }

    /// The sector after this one; `None` at the end of its chain and where the FAT does not reach.
    fn next(&self, sector: u32) -> Option<u32> {
        let per_sector = 1usize << (self.shift - 2);
        let fat = *self.fat.get(sector as usize / per_sector)?;
        u32_at(self.bytes, self.offset(fat) + 4 * (sector as usize % per_sector)).filter(|n| *n < FIRST_MARK)
    }

    fn read_directory(&mut self, first: u32) -> Result<(), Broken> {
        let mut sectors = Vec::new();
        let mut next = Some(first);
        while let Some(sector) = next {
            take(&mut self.taken, sector)?;
            sectors.push(sector);
            next = self.next(sector);
        }
        let per_sector = 1usize << (self.shift - 7);
        let count = sectors.len() * per_sector;
        let at = |i: u32| -> Option<&'b [u8]> {
            let sector = *sectors.get(i as usize / per_sector)?;
            let start = self.offset(sector) + ENTRY * (i as usize % per_sector);
            self.bytes.get(start..start + ENTRY)
        };
        let root = at(0).filter(|e| e[66] == 5).ok_or(Broken)?;
        let place = |e: &[u8]| Some((u32_at(e, 116)?, self.size(e)?));
        let mini_stream = place(root).ok_or(Broken)?;
        // Siblings form a search tree; all of it is walked, as not every writer keeps it in order.
        let mut entries = Vec::new();
        let mut seen = vec![false; count];
        let mut waiting = vec![u32_at(root, 76).ok_or(Broken)?];
        while let Some(id) = waiting.pop() {
            if id == NO_ENTRY {
                continue;
            }
            let entry = at(id).ok_or(Broken)?;
            if std::mem::replace(seen.get_mut(id as usize).ok_or(Broken)?, true) {
                return Err(Broken);
            }
            waiting.extend([u32_at(entry, 68).ok_or(Broken)?, u32_at(entry, 72).ok_or(Broken)?]);
            let length = u16_at(entry, 64).map_or(0, |n| usize::from(n).saturating_sub(2).min(62));
            let (start, size) = place(entry).ok_or(Broken)?;
            entries.push(Entry { is_stream: entry[66] == 2, name: &entry[..length], start, size });
        }
        (self.entries, self.mini_stream) = (entries, mini_stream);
        Ok(())
    }

    /// The upper half of a size means nothing in files of version 3 ([MS-CFB] 2.6.1).
    fn size(&self, entry: &[u8]) -> Option<u64> {
        let (low, high) = (u32_at(entry, 120)?, u32_at(entry, 124)?);
        Some(u64::from(low) | if self.shift == 12 { u64::from(high) << 32 } else { 0 })
    }

    /// The first `size` bytes of a chain of sectors.
    fn chain(&mut self, first: u32, size: usize) -> Result<Cow<'b, [u8]>, Broken> {
        let sector_size = 1usize << self.shift;
        let count = size.div_ceil(sector_size);
        if size == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        if first >= FIRST_MARK {
            return Err(Broken);
        }
        let (mut sector, mut straight) = (first, 1);
        take(&mut self.taken, first)?;
        while straight < count {
            match self.next(sector).ok_or(Broken)? {
                next if next == sector + 1 => sector = next,
                _ => break,
            }
            take(&mut self.taken, sector)?;
            straight += 1;
        }
        let start = self.offset(first);
        if straight == count {
            return self.bytes.get(start..start + size).map(Cow::Borrowed).ok_or(Broken);
        }
        let mut out = Vec::with_capacity(size);
        out.extend_from_slice(self.bytes.get(start..start + straight * sector_size).ok_or(Broken)?);
        while out.len() < size {
            sector = self.next(sector).ok_or(Broken)?;
            take(&mut self.taken, sector)?;
            let start = self.offset(sector);
            let length = sector_size.min(size - out.len());
            out.extend_from_slice(self.bytes.get(start..start + length).ok_or(Broken)?);
        }
        Ok(Cow::Owned(out))
    }

    /// The first `size` bytes of a chain of mini sectors.
    fn mini(&mut self, first: u32, size: usize) -> Result<Cow<'b, [u8]>, Broken> {
        if size == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        let mut mini = match self.mini.take() {
            Some(mini) => mini,
            None => self.open_mini()?,
        };
        let per_sector = 1usize << (self.shift - 2);
        let mut out = Vec::with_capacity(size);
        let mut sector = first;
        loop {
            let at = (sector as usize).checked_mul(MINI).ok_or(Broken)?;
            let length = MINI.min(size - out.len());
            out.extend_from_slice(mini.stream.get(at..at + length).ok_or(Broken)?);
            take(&mut mini.taken, sector)?;
            if out.len() == size {
                break;
            }
            let table = sector as usize / per_sector;
            while mini.tables.len() <= table {
                let next = mini.tables.last().and_then(|t| self.next(*t)).ok_or(Broken)?;
                take(&mut self.taken, next)?;
                mini.tables.push(next);
            }
            let at = self.offset(mini.tables[table]) + 4 * (sector as usize % per_sector);
            sector = u32_at(self.bytes, at).filter(|n| *n < FIRST_MARK).ok_or(Broken)?;
        }
        self.mini = Some(mini);
        Ok(Cow::Owned(out))
    }

    fn open_mini(&mut self) -> Result<Mini<'b>, Broken> {
        let (start, length) = self.mini_stream;
        let length = usize::try_from(length).ok().filter(|l| *l <= self.bytes.len()).ok_or(Broken)?;
        let stream = self.chain(start, length)?;
        let taken = vec![0; stream.len() / MINI / 64 + 1];
        take(&mut self.taken, self.first_mini_fat)?;
        // The mini FAT is a chain of sectors; they are looked up as far as they are needed.
        Ok(Mini { stream, tables: vec![self.first_mini_fat], taken })
    }
}

/// Notes that a sector belongs to what is being read. No sector belongs to two streams, nor twice to one.
fn take(taken: &mut [u64], sector: u32) -> Result<(), Broken> {
    let word = taken.get_mut(sector as usize / 64).ok_or(Broken)?;
    let bit = 1 << (sector % 64);
    if *word & bit != 0 {
        return Err(Broken);
    }
    *word |= bit;
    Ok(())
}
