//! Parts out of a zip, by its central directory: what is inflated is what is asked for, at once and into a bounded buffer.
//!
//! Layout by APPNOTE.TXT 6.3.10, 4.3. A directory that is in any way out of the ordinary (ZIP64, something before or behind
//! it, several disks) is left to the `zip` crate, which knows them all; the parts are read in the same way.

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::Range;

use libdeflater::Decompressor;

use crate::refuse::Refusal;

/// More parts than any document has.
const MAX_ENTRIES: usize = 20_000;
/// Deflate packs no more than so many bytes into one (RFC 1951: 258 bytes by two codes of a bit each).
const MAX_RATIO: usize = 1032;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;

/// A part in a zip.
#[derive(Debug)]
struct Entry<'b> {
    name: Cow<'b, [u8]>,
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    size: usize,
    at: At,
}

#[derive(Clone, Debug)]
enum At {
    /// The local header, with the data behind it.
    Header(usize),
    /// The data themselves.
    Data(usize),
}

/// A zip, opened.
#[derive(Debug)]
pub(super) struct Zip<'b> {
    bytes: &'b [u8],
    entries: Vec<Entry<'b>>,
}

/// Room for what is inflated, kept from file to file.
#[derive(Default)]
pub(super) struct Room {
    bytes: Vec<u8>,
    inflater: Option<Box<Decompressor>>,
}

/// Rooms larger than this are not kept.
const KEPT: usize = 8 << 20;

impl Room {
    /// A place of so many bytes.
    pub(super) fn of(&mut self, size: usize) -> &mut [u8] {
        if self.bytes.len() < size {
            self.bytes.resize(size, 0);
        }
        &mut self.bytes[..size]
    }

    /// Gives back what is more than files usually need.
    pub(super) fn shrink(&mut self) {
        if self.bytes.len() > KEPT {
            self.bytes = Vec::new();
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

/// Whether two names of parts are the same: in ASCII without case (ECMA-376 part 2, 6.2.2.3), whatever slash a writer used.
fn same(a: &[u8], b: &[u8]) -> bool {
    let plain = |c: &u8| if *c == b'\\' { b'/' } else { c.to_ascii_lowercase() };
    let a = a.strip_prefix(b"/").unwrap_or(a);
    a.len() == b.len() && a.iter().map(plain).eq(b.iter().map(plain))
}

impl<'b> Zip<'b> {
    /// Opens a zip; `None` if it is none.
    pub(super) fn open(bytes: &'b [u8]) -> Option<Zip<'b>> {
        let entries = directory(bytes).or_else(|| foreign_directory(bytes))?;
        Some(Zip { bytes, entries })
    }

    /// The names of the parts.
    pub(super) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.entries.iter().map(|e| String::from_utf8_lossy(&e.name))
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| same(&e.name, name.as_bytes()))
    }

    /// The bytes of a part, if there is one of that name.
    ///
    /// # Errors
    /// A part that is encrypted, broken, larger than `limit`, or there twice with different contents.
    pub(super) fn read<'a>(&'a self, name: &str, limit: usize, room: &'a mut Room) -> Result<Option<&'a [u8]>, Refusal> {
        let broken = || Refusal::broken("docx");
        let mut found = self.entries.iter().filter(|e| same(&e.name, name.as_bytes()));
        let Some(entry) = found.next() else { return Ok(None) };
        // Readers differ in which of two they take: which one the agency saw is not known.
        if found.any(|other| (other.crc, other.size) != (entry.crc, entry.size)) {
            return Err(broken());
        }
        if entry.flags & ENCRYPTED != 0 {
            return Err(Refusal::unreadable(
                "文件已加密，请取消密码后重新报送",
                "the file is encrypted; remove the password and send it anew",
            ));
        }
        if entry.size > limit {
            return Err(Refusal::too_large());
        }
        let packed = self.packed(entry).and_then(|range| self.bytes.get(range)).ok_or_else(broken)?;
        let whole = match entry.method {
            STORED if entry.size == packed.len() => packed,
            DEFLATED if entry.size <= packed.len().saturating_mul(MAX_RATIO) => {
                let mut inflater = room.inflater.take().unwrap_or_else(|| Box::new(Decompressor::new()));
                let to = room.of(entry.size);
                let done = inflater.deflate_decompress(packed, to);
                room.inflater = Some(inflater);
                if done != Ok(entry.size) {
                    return Err(broken());
                }
                &room.bytes[..entry.size]
            }
            _ => return Err(broken()),
        };
        if libdeflater::crc32(whole) != entry.crc {
            return Err(broken());
        }
        Ok(Some(whole))
    }

    /// Where the data of an entry lie. The name in front of them must be that of the directory.
    fn packed(&self, entry: &Entry<'_>) -> Option<Range<usize>> {
        let start = match entry.at {
            At::Data(start) => start,
            At::Header(at) => {
                let header = self.bytes.get(at..)?;
                let name = usize::from(u16_at(header, 26)?);
                let extra = usize::from(u16_at(header, 28)?);
                if !header.starts_with(b"PK\x03\x04") || header.get(30..30 + name)? != &*entry.name {
                    return None;
                }
                at + 30 + name + extra
            }
        };
        Some(start..start.checked_add(entry.packed)?)
    }
}

/// The central directory of an ordinary zip.
fn directory(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    let end = end_record(bytes)?;
    let record = bytes.get(end..)?;
    let (count, total) = (u16_at(record, 8)?, u16_at(record, 10)?);
    let (size, start) = (u32_at(record, 12)?, u32_at(record, 16)?);
    let one_disk = u16_at(record, 4)? == 0 && u16_at(record, 6)? == 0 && count == total;
    if !one_disk || count == u16::MAX || usize::from(count) > MAX_ENTRIES || start.checked_add(size) != Some(end) {
        return None;
    }
    let mut rest = bytes.get(start..end)?;
    let mut entries = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        if !rest.starts_with(b"PK\x01\x02") {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(rest, at).map(usize::from));
        let (packed, size, at) = (u32_at(rest, 20)?, u32_at(rest, 24)?, u32_at(rest, 42)?);
        if [packed, size, at].contains(&(u32::MAX as usize)) {
            return None;
        }
        entries.push(Entry {
            name: Cow::Borrowed(rest.get(46..46 + name?)?),
            flags: u16_at(rest, 8)?,
            method: u16_at(rest, 10)?,
            crc: u32_at(rest, 16)? as u32,
            packed,
            size,
            at: At::Header(at),
        });
        rest = rest.get(46 + name? + extra? + comment?..)?;
    }
    rest.is_empty().then_some(entries)
}

/// Where the record at the end of the directory begins: the file ends with it and its comment.
fn end_record(bytes: &[u8]) -> Option<usize> {
    let tail = bytes.len().saturating_sub(22 + usize::from(u16::MAX));
    let finder = memchr::memmem::FinderRev::new(b"PK\x05\x06");
    let mut until = bytes.len();
    loop {
        let at = tail + finder.rfind(bytes.get(tail..until)?)?;
        let comment = u16_at(bytes, at + 20).map(usize::from);
        if comment.is_some_and(|c| at + 22 + c == bytes.len()) {
            return Some(at);
        }
        until = at;
    }
}

/// The central directory of any zip that the `zip` crate opens.
fn foreign_directory(bytes: &[u8]) -> Option<Vec<Entry<'static>>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut entries = Vec::new();
    for i in 0..zip.len().min(MAX_ENTRIES) {
        let Ok(file) = zip.by_index_raw(i) else { continue };
        let Some(start) = file.data_start().and_then(|s| usize::try_from(s).ok()) else { continue };
        let method = match file.compression() {
            zip::CompressionMethod::Stored => STORED,
            zip::CompressionMethod::Deflated => DEFLATED,
            _ => u16::MAX,
        };
        entries.push(Entry {
            name: Cow::Owned(file.name_raw().to_vec()),
            flags: u16::from(file.encrypted()),
            method,
            crc: file.crc32(),
            packed: usize::try_from(file.compressed_size()).ok()?,
            size: usize::try_from(file.size()).ok()?,
            at: At::Data(start),
        });
    }
    Some(entries)
}
