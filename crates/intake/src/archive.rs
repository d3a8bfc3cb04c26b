//! Archives (.zip): the files in them, each with a receipt of its own. Nothing is written to disk; members are read one by
//! one, and their names are names only, never paths.

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::sync::Arc;

use crate::contents::Taken;
use crate::gather;
use crate::members::{Member, Members};
use crate::reading::{Entry, Reader, blank};
use crate::refuse::Refusal;
use crate::{SYSTEM, Status};

/// An archive holds no more files than this.
const MAX_FILES: usize = 10_000;
/// A file in an archive is not larger than this.
const MAX_FILE: u64 = 128 << 20;
/// All files of an archive together are not larger than this.
const MAX_TOTAL: u64 = 2 << 30;
/// A file larger than this is not packed into less than a hundredth of it, unless it is made to fill memory.
const SUSPECT: u64 = 16 << 20;
/// An archive may lie in an archive, but not deeper.
const MAX_NESTED: usize = 1;

/// How far into an archive reading has come; shared with the archives in it.
#[derive(Debug, Default)]
pub(crate) struct Within {
    /// In how many archives the file lies.
    depth: usize,
    /// Files and their bytes so far.
    files: usize,
    bytes: u64,
}

/// Reads the members of an archive; their receipts go to `out`.
///
/// # Errors
/// A broken archive, one of too many files, and one that lies too deep.
pub(crate) fn read<R: Read + Seek>(
    reader: &Reader<'_>,
    members: Option<Members<R>>,
    name: &Arc<str>,
    within: &mut Within,
    out: &mut Vec<Entry>,
) -> Result<Taken, Refusal> {
    if within.depth > MAX_NESTED {
        return Err(Refusal::unreadable(
            "压缩包嵌套超过两层，请解压后报送",
            "an archive inside an archive inside an archive; unpack it and send the files themselves",
        ));
    }
    let mut members = members.ok_or_else(|| Refusal::broken("zip"))?;
    let files: Vec<usize> = (0..members.list().len()).filter(|i| !members.list()[*i].is_folder()).collect();
    within.files += files.len();
    if within.files > MAX_FILES {
        return Err(Refusal::unreadable(
            format!("压缩包内文件超过{MAX_FILES}个，请分成几个压缩包"),
            format!("an archive of more than {MAX_FILES} files; split it"),
        ));
    }
    let mut read = 0;
    within.depth += 1;
    let mut seen: HashMap<String, usize> = HashMap::new();
    for at in &files {
        let member = members.list()[*at].clone();
        let inner = printable(&member.name);
        let nth = seen.entry(inner.clone()).or_default();
        *nth += 1;
        // Of two members of one name neither is lost.
        let of_name = if *nth > 1 { doubled(&inner, *nth) } else { inner };
        let own: Arc<str> = format!("{name}/{of_name}").into();
        let entries = match bytes(&mut members, *at, &member, &own, &mut within.bytes) {
            Ok(bytes) => reader.member(&own, &bytes, within),
            Err((format, refusal)) => vec![refused(&own, &member, format, refusal)],
        };
        read += usize::from(entries.first().is_some_and(|e| matches!(e.receipt.status, Status::Read | Status::Partial)));
        out.extend(entries);
    }
    within.depth -= 1;
    Ok(Taken { members: Some((files.len(), read)), ..Taken::default() })
}

fn bytes<R: Read + Seek>(
    members: &mut Members<R>,
    at: usize,
    member: &Member,
    name: &str,
    total: &mut u64,
) -> Result<Vec<u8>, (&'static str, Refusal)> {
    if let Some(refusal) = gather::system(name) {
        return Err((SYSTEM, refusal));
    }
    if member.climbs() {
        return Err((
            "special",
            Refusal::unreadable(
                "压缩包中该文件的路径指向压缩包之外，未读取",
                "its path leads out of the archive; it was not read",
            ),
        ));
    }
    if member.is_special() {
        return Err(("special", Refusal::special(false)));
    }
    if member.encrypted {
        return Err(("encrypted", Refusal::encrypted()));
    }
    let dense = member.size > SUSPECT && member.size / 100 > member.packed;
    if dense {
        return Err(("zip", Refusal::too_large()));
    }
    let sum = total.saturating_add(member.size);
    if sum > MAX_TOTAL {
        return Err((
            "zip",
            Refusal::unreadable(
                "压缩包解压后过大，其余文件未读取，请分成几个压缩包",
                "the archive unpacks to more than is read of one; split it",
            ),
        ));
    }
    *total = sum;
    members.bytes(at, MAX_FILE).map_err(|refusal| ("zip", refusal))
}

fn refused(name: &Arc<str>, member: &Member, format: &str, refusal: Refusal) -> Entry {
    let mut receipt = blank(name);
    receipt.format = format.to_owned();
    receipt.bytes = member.size;
    receipt.status = refusal.status;
    (receipt.reason, receipt.reason_en) = (refusal.zh, refusal.en);
    Entry { receipt, explained: String::new() }
}

/// A member's name as the outputs may show it: no control characters, and no `..` that would lead elsewhere as a path.
fn printable(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    let parts: Vec<&str> =
        clean.split('/').filter(|p| !p.is_empty() && *p != ".").map(|p| if p == ".." { "(..)" } else { p }).collect();
    parts.join("/")
}

/// `a(2).docx`.
fn doubled(name: &str, nth: usize) -> String {
    let (folder, file) = name.rfind('/').map_or(("", name), |slash| name.split_at(slash + 1));
    match file.rsplit_once('.') {
        Some((stem, end)) => format!("{folder}{stem}({nth}).{end}"),
        None => format!("{name}({nth})"),
    }
}
