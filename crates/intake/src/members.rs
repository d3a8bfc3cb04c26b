//! The members of a zip file, as its central directory lists them (PKWARE APPNOTE.TXT 6.3, 4.3.12 and 4.4): every one of
//! them, doubles too, by number, so that none can be lost, and with names in the encodings that are in use.

use std::io::{Read, Seek, SeekFrom};

use encoding_rs::GB18030;

use crate::refuse::Refusal;

/// The central directory takes no more bytes than this.
const MAX_DIRECTORY: u64 = 32 << 20;
/// The end record is looked for in so many last bytes: 22 and the longest comment.
const END: u64 = 22 + 65_535;

/// One entry of the central directory.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its name, `/` between folders.
    pub name: String,
    /// Size of its content, as told.
    pub size: u64,
    /// Size that it takes in the archive.
    pub packed: u64,
    /// Whether a password is needed.
    pub encrypted: bool,
    /// File type and rights of Unix, 0 where another system wrote the archive.
    mode: u32,
    method: u16,
    crc: u32,
    offset: u64,
}

impl Member {
    /// Whether it is a folder.
    pub(crate) fn is_folder(&self) -> bool {
        self.name.ends_with('/') || self.mode & 0o170_000 == 0o040_000
    }

    /// Whether it is neither file nor folder: a link, a device, a pipe.
    pub(crate) fn is_special(&self) -> bool {
        !matches!(self.mode & 0o170_000, 0 | 0o040_000 | 0o100_000)
    }

    /// Whether its name leads out of the archive: an absolute path, a drive, `..`.
    pub(crate) fn climbs(&self) -> bool {
        let drive = self.name.as_bytes().get(1) == Some(&b':') && self.name.starts_with(|c: char| c.is_ascii_alphabetic());
        drive || self.name.starts_with('/') || self.name.split('/').any(|part| part == "..")
    }
}

/// An open zip file.
#[derive(Debug)]
pub(crate) struct Members<R> {
    from: R,
    /// Bytes in front of the archive proper.
    base: u64,
    length: u64,
    list: Vec<Member>,
}

impl<R: Read + Seek> Members<R> {
    /// Reads the central directory. `None` where there is none, or a broken one.
    pub(crate) fn open(mut from: R) -> Option<Members<R>> {
        let length = from.seek(SeekFrom::End(0)).ok()?;
        let start = length.saturating_sub(END);
        let tail = read_at(&mut from, start, length - start)?;
        let at = (0..=tail.len().checked_sub(22)?).rev().find(|&i| tail[i..].starts_with(b"PK\x05\x06"))?;
        let record = tail.get(at..)?;
        let end = start + at as u64;
        let (mut size, mut offset) = (u64::from(u32_at(record, 12)?), u64::from(u32_at(record, 16)?));
        let mut directory_end = end;
        let beyond = size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF || u16_at(record, 10)? == 0xFFFF;
        if beyond && let Some((s, o, at)) = zip64(&mut from, end) {
            (size, offset, directory_end) = (s, o, at);
        }
        if size > MAX_DIRECTORY {
            return None;
        }
        let directory = directory_end.checked_sub(size)?;
        let base = directory.checked_sub(offset)?;
        let list = entries(&read_at(&mut from, directory, size)?)?;
        Some(Members { from, base, length, list })
    }

    /// The entries in the order of the directory.
    pub(crate) fn list(&self) -> &[Member] {
        &self.list
    }

    /// The number of the member of that name; writers differ in case, `\` and a leading `/`.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.list.iter().position(|m| m.name.trim_start_matches('/').eq_ignore_ascii_case(name))
    }

    /// The content of a member.
    ///
    /// # Errors
    /// One that is larger than `limit`, encrypted, packed in an uncommon way, or broken.
    pub(crate) fn bytes(&mut self, at: usize, limit: u64) -> Result<Vec<u8>, Refusal> {
        let broken = || Refusal::broken("zip");
        let member = self.list.get(at).ok_or_else(broken)?;
        if member.encrypted {
            return Err(Refusal::encrypted());
        }
        // What is packed can be no longer than the file, and deflated bytes no more than a thousandfold of it.
        if member.size > limit || member.packed > self.length {
            return Err(Refusal::too_large());
        }
        let (size, packed, method, crc) = (member.size, member.packed, member.method, member.crc);
        let start = self.base.checked_add(member.offset).ok_or_else(broken)?;
        let header = read_at(&mut self.from, start, 30).ok_or_else(broken)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(broken());
        }
        let skip = u16_at(&header, 26).zip(u16_at(&header, 28)).ok_or_else(broken)?;
        let data = start + 30 + u64::from(skip.0) + u64::from(skip.1);
        let bytes = read_at(&mut self.from, data, packed).ok_or_else(broken)?;
        let bytes = match method {
            0 => bytes,
            8 if size / 1040 <= packed => inflate(&bytes, size as usize).ok_or_else(broken)?,
            8 => return Err(broken()),
            _ => return Err(uncommon()),
        };
        if bytes.len() as u64 != size || libdeflater::crc32(&bytes) != crc {
            return Err(broken());
        }
        Ok(bytes)
    }
}

fn uncommon() -> Refusal {
    Refusal::unreadable(
        "压缩方式不常见，无法解开，请用普通zip格式重新压缩，或解压后报送",
        "packed in an uncommon way; pack it as a plain zip, or send the files themselves",
    )
}

fn inflate(bytes: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; size];
    let n = libdeflater::Decompressor::new().deflate_decompress(bytes, &mut out).ok()?;
    out.truncate(n);
    Some(out)
}

fn read_at<R: Read + Seek>(from: &mut R, at: u64, length: u64) -> Option<Vec<u8>> {
    from.seek(SeekFrom::Start(at)).ok()?;
    let mut out = Vec::new();
    from.take(length).read_to_end(&mut out).ok()?;
    (out.len() as u64 == length).then_some(out)
}

/// Size and offset of the directory and the place of its end record, where they take 64 bits (4.3.14, 4.3.15).
fn zip64<R: Read + Seek>(from: &mut R, end: u64) -> Option<(u64, u64, u64)> {
    let locator = read_at(from, end.checked_sub(20)?, 20)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return None;
    }
    let at = u64_at(&locator, 8)?;
    let record = read_at(from, at, 56)?;
    record.starts_with(b"PK\x06\x06").then(|| Some((u64_at(&record, 40)?, u64_at(&record, 48)?, at)))?
}

fn entries(directory: &[u8]) -> Option<Vec<Member>> {
    let mut out = Vec::new();
    let mut at = 0;
    while directory.get(at..)?.starts_with(b"PK\x01\x02") {
        let head = directory.get(at..at + 46)?;
        let length = |i| u16_at(head, i).map(usize::from);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let rest = directory.get(at + 46..)?;
        let (name, extra_bytes) = (rest.get(..name)?, rest.get(name..name + extra)?);
        let (flags, made_by) = (u16_at(head, 8)?, head[5]);
        let mut sizes = [u64::from(u32_at(head, 24)?), u64::from(u32_at(head, 20)?), u64::from(u32_at(head, 42)?)];
        let mut unicode = None;
        for (id, data) in fields(extra_bytes) {
            match id {
                // Sizes and offset that take 64 bits, those alone that are all ones above (4.5.3).
                0x0001 => {
                    let mut words = data.chunks_exact(8);
                    for size in sizes.iter_mut().filter(|s| **s == 0xFFFF_FFFF) {
                        *size = words.next().and_then(|w| u64_at(w, 0))?;
                    }
                }
                // The name in UTF-8, if it is of this very name (4.6.9).
                0x7075 if data.first() == Some(&1) && u32_at(data, 1) == Some(libdeflater::crc32(name)) => {
                    unicode = data.get(5..).and_then(|n| String::from_utf8(n.to_vec()).ok());
                }
                _ => {}
            }
        }
        let mode = if made_by == 3 || made_by == 19 { u32_at(head, 38)? >> 16 } else { 0 };
        out.push(Member {
            name: unicode.unwrap_or_else(|| decode(name)).replace('\\', "/"),
            size: sizes[0],
            packed: sizes[1],
            encrypted: flags & 1 != 0,
            mode,
            method: u16_at(head, 10)?,
            crc: u32_at(head, 16)?,
            offset: sizes[2],
        });
        at += 46 + name.len() + extra + comment;
    }
    Some(out)
}

fn fields(mut extra: &[u8]) -> Vec<(u16, &[u8])> {
    let mut out = Vec::new();
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some(data) = extra.get(4..4 + usize::from(length)) else { break };
        out.push((id, data));
        extra = &extra[4 + data.len()..];
    }
    out
}

/// A name whose encoding the flag does not tell for certain: UTF-8, GB18030 as Chinese Windows writes it, or what is left.
/// Bytes of GB18030 that happen to be UTF-8 make letters that no Chinese name has (联通).
pub(crate) fn decode(name: &[u8]) -> String {
    let (gb, wrong) = GB18030.decode_without_bom_handling(name);
    match std::str::from_utf8(name) {
        Ok(text) if text.is_ascii() || wrong || text.chars().any(|c| c >= '\u{800}') => text.to_owned(),
        Err(_) if wrong => String::from_utf8_lossy(name).into_owned(),
        _ => gb.into_owned(),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_encodings_in_use() {
        for name in ["a.docx", "区财政局2023年报.docx", "联通.docx", "①（终稿）.doc", "𠮷田.docx"] {
            assert_eq!(decode(&GB18030.encode(name).0), name);
        }
        for name in ["区财政局2023年报.docx", "联通公司.docx", "a/b.docx"] {
            assert_eq!(decode(name.as_bytes()), name);
        }
        assert_eq!(decode(b"\xFF\xFF.docx"), "\u{FFFD}\u{FFFD}.docx");
    }
}
