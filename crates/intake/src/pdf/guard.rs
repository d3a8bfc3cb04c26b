//! What the library that reads the objects of a file would do without bounds is looked for before it is called.
//!
//! It unpacks the streams that hold other objects (ISO 32000-1, 7.5.7 and 7.5.8) whatever their size, keeps a page of every
//! entry of the page tree, and where the table of objects is broken it reads on from every `obj` and `<<` anew, so that
//! strings that never end cost the square of the file. Everything else that has a size is unpacked in `stream.rs`.

use memchr::memmem;

use super::stream::inflate;
use crate::refuse::Refusal;

/// Bytes of all the streams of objects together.
const MAX_OBJECTS: usize = 96 << 20;
/// Dictionaries in all: a page needs some, a cell of a tagged table about three.
const MAX_DICTIONARIES: usize = 1_500_000;
/// How far a dictionary may stand before its stream.
const MAX_HEAD: usize = 2048;

/// Looks at a file before it is read.
///
/// # Errors
/// One that would take more time or memory than any report needs.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let mut dictionaries = memmem::find_iter(bytes, b"<<").count();
    let mut left = MAX_OBJECTS;
    for name in [&b"/ObjStm"[..], b"/XRef"] {
        for at in memmem::find_iter(bytes, name) {
            let Some(data) = stream_at(bytes, at) else { continue };
            let packed = bytes.get(at.saturating_sub(MAX_HEAD).max(last_object(bytes, at))..data).unwrap_or_default();
            if memmem::find_iter(packed, b"/FlateDecode").count() + memmem::find_iter(packed, b"/LZWDecode").count() > 1 {
                return Err(Refusal::too_large());
            }
            let rest = bytes.get(data..).unwrap_or_default();
            let end = memmem::find(rest, b"endstream").unwrap_or(rest.len());
            let held = inflate(rest.get(..end).unwrap_or_default(), left)?;
            left -= held.len();
            dictionaries += memmem::find_iter(&held, b"<<").count();
        }
    }
    if dictionaries > MAX_DICTIONARIES || !is_cheap(bytes) {
        return Err(Refusal::too_large());
    }
    Ok(())
}

/// Where the data begin of the stream in whose dictionary `at` stands.
fn stream_at(bytes: &[u8], at: usize) -> Option<usize> {
    let near = bytes.get(at..(at + MAX_HEAD).min(bytes.len()))?;
    let found = memmem::find(near, b"stream")? + b"stream".len();
    let gap = near.get(found..)?.iter().take(2).take_while(|b| matches!(b, b'\r' | b'\n')).count();
    Some(at + found + gap)
}

fn last_object(bytes: &[u8], at: usize) -> usize {
    memmem::rfind(bytes.get(..at).unwrap_or_default(), b" obj").unwrap_or(0)
}

/// Whether reading an object at every `obj` and every `<<` costs no more than a few times the file.
fn is_cheap(bytes: &[u8]) -> bool {
    let mut work = 0;
    let most = 8 * bytes.len() + (8 << 20);
    let mut next = 0;
    for at in memmem::find_iter(bytes, b"<<") {
        if at < next {
            continue;
        }
        let (end, whole) = object_end(bytes, at);
        work += end - at;
        if whole {
            next = end;
        }
        if work > most {
            return false;
        }
    }
    for at in memmem::find_iter(bytes, b"obj") {
        let start =
            at + 3 + bytes.get(at + 3..).unwrap_or_default().iter().take(64).take_while(|b| b.is_ascii_whitespace()).count();
        if matches!(bytes.get(start), Some(b'(' | b'<' | b'[')) {
            work += object_end(bytes, start).0 - start;
        }
        if work > most {
            return false;
        }
    }
    true
}

/// Where the string, array or dictionary ends that begins at `start`, and whether it does end.
fn object_end(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut open: u32 = 0;
    let mut at = start;
    while let Some(&b) = bytes.get(at) {
        let pair = bytes.get(at + 1) == Some(&b);
        match b {
            b'(' => at = string_end(bytes, at),
            b'<' if pair => (open, at) = (open + 1, at + 2),
            b'<' => at += memchr::memchr(b'>', bytes.get(at..).unwrap_or_default()).map_or(bytes.len() - at, |n| n + 1),
            b'[' => (open, at) = (open + 1, at + 1),
            b'>' if pair => (open, at) = (open.saturating_sub(1), at + 2),
            b']' => (open, at) = (open.saturating_sub(1), at + 1),
            b'%' => at += memchr::memchr2(b'\n', b'\r', bytes.get(at..).unwrap_or_default()).unwrap_or(bytes.len() - at),
            _ => at += 1,
        }
        if open == 0 {
            return (at.min(bytes.len()), at <= bytes.len());
        }
        // The library gives up where objects nest deeper.
        if open > 512 {
            return (at, false);
        }
    }
    (bytes.len(), false)
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0u32;
    let mut at = start;
    while let Some(&b) = bytes.get(at) {
        at += match b {
            b'\\' => 2,
            _ => 1,
        };
        match b {
            b'(' => depth += 1,
            b')' if depth == 1 => return at,
            b')' => depth -= 1,
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_without_end_are_refused() {
        assert!(check(b"%PDF-1.7\n1 0 obj\n<< /A (b\\)) /C [1 <</D <61>>>] >>\nendobj").is_ok());
        assert!(check(&b"1 0 obj (\n".repeat(100_000)).is_err());
        assert!(check(&b"<< /A (\n".repeat(100_000)).is_err());
        assert!(check(&b"<< /A <<".repeat(100_000)).is_err());
        assert!(check(&b"1 0 obj << /A << /B (b) >> >> endobj\n".repeat(100_000)).is_ok());
    }

    #[test]
    fn objects_packed_too_well_are_refused() {
        let mut packer = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
        let mut packed = vec![0; 1 << 20];
        let n = packer.zlib_compress(&vec![b' '; 100 << 20], &mut packed).unwrap_or(0);
        let file = |data: &[u8]| [b"7 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>stream\n", data, b"\nendstream"].concat();
        assert!(check(&file(&packed[..n])).is_err());
        let n = packer.zlib_compress(&vec![b' '; 1 << 20], &mut packed).unwrap_or(0);
        assert!(check(&file(&packed[..n])).is_ok());
    }
}
