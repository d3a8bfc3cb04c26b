//! Files in memory on their way to disk, and names that every system can bear.

use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::PublishError;

/// A file to be written, relative to the edition's folder, with `/`.
#[derive(Debug)]
pub(crate) struct FileOut {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
    /// Key of the one agency whose reports it is made of; `None` if it is made of all of them.
    pub(crate) agency: Option<String>,
}

impl FileOut {
    pub(crate) fn new(path: impl Into<String>, bytes: Vec<u8>) -> FileOut {
        let sha256 = sha256(&bytes);
        FileOut { path: path.into(), bytes, sha256, agency: None }
    }

    /// The file speaks of one agency alone.
    pub(crate) fn of_agency(self, key: &str) -> FileOut {
        FileOut { agency: Some(key.to_owned()), ..self }
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
        text
    })
}

/// Writes files below a folder that nobody else sees yet.
pub(crate) fn write_all(folder: &Path, files: &[FileOut]) -> Result<(), PublishError> {
    let mut folders: Vec<_> = files.iter().filter_map(|f| Path::new(&f.path).parent()).collect();
    folders.sort_unstable();
    folders.dedup();
    for sub in folders {
        let path = folder.join(sub);
        std::fs::create_dir_all(&path).map_err(PublishError::io(&path, "cannot be created"))?;
    }
    files.par_iter().try_for_each(|file| {
        let path = folder.join(&file.path);
        std::fs::write(&path, &file.bytes).map_err(PublishError::io(&path, "cannot be written"))
    })
}

/// A file name made of a person's or agency's words that Windows, Linux and web servers all take: no reserved characters
/// or device names, no leading or trailing dots and spaces, at most 60 characters.
pub(crate) fn safe_name(words: &str) -> String {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
    let cleaned: String = words
        .chars()
        .filter(|c| !matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'))
        .map(|c| if c.is_control() || "<>:\"/\\|?*#%&".contains(c) || c.is_whitespace() { '_' } else { c })
        .take(60)
        .collect();
    let name = cleaned.trim_matches(|c| matches!(c, '.' | ' ')).to_owned();
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let device = DEVICES
        .iter()
        .any(|d| stem.strip_prefix(d).is_some_and(|rest| rest.len() <= 1 && rest.chars().all(|c| c.is_ascii_digit())));
    match (name.is_empty(), device || name.starts_with(['-', '~'])) {
        (true, _) => "_".to_owned(),
        (_, true) => format!("_{name}"),
        _ => name,
    }
}

/// `name`, or `name-2`, `name-3` … so that no two files differ in letter case alone.
pub(crate) fn unique(taken: &mut std::collections::HashSet<String>, name: String) -> String {
    let mut candidate = name.clone();
    let mut n = 2;
    while !taken.insert(candidate.to_lowercase()) {
        candidate = format!("{name}-{n}");
        n += 1;
    }
    candidate
}

/// A relative path as an address in a page: everything but unreserved characters and `/` percent-encoded (RFC 3986).
pub(crate) fn href(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The `file://` address of an absolute path.
pub(crate) fn address(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    // `C:` of a Windows drive keeps its colon and gets a third slash; `//?/` of a verbatim path is dropped.
    let text = text.trim_start_matches("//?/");
    match text.split_once(":/") {
        Some((drive, rest)) if drive.len() == 1 => format!("file:///{drive}:/{}", href(rest)),
        _ => format!("file://{}", href(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_everywhere() {
        for (words, want) in [
            ("区教育局", "区教育局"),
            ("a/b\\c:d", "a_b_c_d"),
            ("CON", "_CON"),
            ("com1.docx", "_com1.docx"),
            ("共享", "共享"),
            ("..", "_"),
            ("", "_"),
            ("=cmd|' /C calc'!A0", "=cmd_'__C_calc'!A0"),
            ("-rf", "_-rf"),
            ("a\u{202E}b\u{1F600}", "ab\u{1F600}"),
        ] {
            assert_eq!(safe_name(words), want, "{words}");
        }
        let mut taken = std::collections::HashSet::new();
        assert_eq!(unique(&mut taken, "A局".into()), "A局");
        assert_eq!(unique(&mut taken, "a局".into()), "a局-2");
    }

    #[test]
    fn addresses() {
        assert_eq!(address(Path::new("/tmp/区 1/index.html")), "file:///tmp/%E5%8C%BA%201/index.html");
        assert_eq!(address(Path::new("C:\\out\\index.html")), "file:///C:/out/index.html");
    }
}
