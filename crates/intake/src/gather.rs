//! Which files are meant: folders, single files and globs.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::WalkDir;

use crate::Source;
use crate::refuse::Refusal;

/// The files of folders, single files and globs, sorted by name, doubles once. Whatever lies in a folder is listed, pipes
/// and lock files too, and hidden folders as one; only folders that hold the program's own output (a `run.json` in them)
/// are left out.
///
/// # Errors
/// A path that is not there, a pattern that is none, a folder that cannot be listed.
pub fn gather(inputs: &[PathBuf]) -> io::Result<Vec<Source>> {
    // By place: the same file may be given twice, as itself and by its folder.
    let mut found: BTreeMap<PathBuf, (String, PathBuf, usize)> = BTreeMap::new();
    for (at, input) in inputs.iter().enumerate() {
        for (root, path) in files(input)? {
            let name = relative(&path, &root);
            let key = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            found.entry(key).or_insert((name, path, at));
        }
    }
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for (name, ..) in found.values() {
        *count.entry(name.clone()).or_default() += 1;
    }
    let mut sources: Vec<Source> = found
        .into_values()
        .map(|(name, path, at)| {
            // Two folders may hold files of one name: the folder's own name tells them apart.
            let name = if count[&name] > 1 { format!("{}/{name}", base(&inputs[at], at)) } else { name };
            Source { name: Arc::from(name), path }
        })
        .collect();
    sources.sort();
    // Names that are not text may look alike.
    for at in 1..sources.len() {
        if sources[at].name == sources[at - 1].name {
            sources[at].name = Arc::from(format!("{}#{at}", sources[at].name));
        }
    }
    Ok(sources)
}

fn base(input: &Path, at: usize) -> String {
    let name = input.file_name().or_else(|| input.parent().and_then(Path::file_name));
    name.map_or_else(|| format!("{}", at + 1), |n| format!("{}-{}", at + 1, n.to_string_lossy()))
}

fn files(input: &Path) -> io::Result<Vec<(PathBuf, PathBuf)>> {
    if input.is_dir() {
        return walk(input, input, None);
    }
    if input.exists() {
        let root = input.parent().unwrap_or(Path::new("")).to_owned();
        return Ok(vec![(root, input.to_owned())]);
    }
    let text = input.to_string_lossy().replace('\\', "/");
    let Some(first) = text.find(['*', '?', '[', '{']) else {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("{}: no such file or folder", input.display())));
    };
    let fixed = text[..first].rfind('/').map_or("", |slash| &text[..slash.max(1)]);
    let root = if fixed.is_empty() { PathBuf::from(".") } else { PathBuf::from(fixed) };
    let pattern = text[fixed.len()..].trim_start_matches('/');
    let glob = globset::GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, format!("{text}: {e}")))?
        .compile_matcher();
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    walk(&root, &root, Some(&glob))
}

fn walk(folder: &Path, root: &Path, glob: Option<&globset::GlobMatcher>) -> io::Result<Vec<(PathBuf, PathBuf)>> {
    let mut out = Vec::new();
    let mut found = |path: &Path| {
        if glob.is_none_or(|g| g.is_match(relative(path, root))) {
            out.push((root.to_owned(), path.to_owned()));
        }
    };
    let mut entries = WalkDir::new(folder).sort_by_file_name().follow_links(true).into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            // A link in a circle leads to nothing new.
            Err(e) if e.loop_ancestor().is_some() => continue,
            // A link to nowhere or a folder that may not be opened is listed by the reader with its reason.
            Err(e) => {
                if let Some(path) = e.path() {
                    found(path);
                }
                continue;
            }
        };
        let is_folder = entry.file_type().is_dir();
        if is_folder && entry.path().join("run.json").is_file() {
            entries.skip_current_dir();
        } else if is_folder && entry.depth() > 0 && system(&shown(entry.file_name())).is_some() {
            // A hidden folder is one thing that nobody meant, whatever lies in it.
            found(entry.path());
            entries.skip_current_dir();
        } else if !is_folder {
            found(entry.path());
        }
    }
    Ok(out)
}

/// Why a file is not read that a program or the system has put beside the clerk's own: by its name, or that of a folder
/// of such files in an archive.
pub(crate) fn system(name: &str) -> Option<Refusal> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let lower = last.to_lowercase();
    let of_office = last.starts_with("~$") || last.starts_with(".~") || (last.starts_with('~') && lower.ends_with(".tmp"));
    let of_system = ["thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "$recycle.bin", "system volume information"]
        .contains(&lower.as_str())
        || last.starts_with("._")
        || name.split('/').any(|part| part == "__MACOSX");
    if of_office {
        Some(Refusal::foreign(
            "办公软件的临时文件（如Word的锁文件），不是报告，关闭文档后会自动消失",
            "a temporary file of the office program, such as Word's lock file; not a report",
        ))
    } else if of_system {
        Some(Refusal::foreign("系统自动生成的文件，不是报告", "a file that the system keeps for itself; not a report"))
    } else if name.split('/').any(|part| part.starts_with('.') && part != "." && part != "..") {
        Some(Refusal::foreign(
            "隐藏文件，没有读取；如是报告，请改名去掉开头的点",
            "a hidden file, not read; if it is a report, take the dot from the front of its name",
        ))
    } else {
        None
    }
}

/// A name as text; one that is not UTF-8 was mostly written on another system in GB18030.
fn shown(name: &OsStr) -> String {
    match name.to_str() {
        Some(text) => text.to_owned(),
        None => foreign(name),
    }
}

#[cfg(unix)]
fn foreign(name: &OsStr) -> String {
    crate::members::decode(std::os::unix::ffi::OsStrExt::as_bytes(name))
}

#[cfg(not(unix))]
fn foreign(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// The path below a folder, with `/` on every system.
fn relative(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<String> =
        below.components().filter(|c| !matches!(c, std::path::Component::CurDir)).map(|c| shown(c.as_os_str())).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn folders_files_and_globs() {
        let root = std::env::temp_dir().join(format!("nianbao-gather-{}", std::process::id()));
        for file in ["2020/a.docx", "2020/~$a.docx", "2020/.x/y", "2021/b.txt", "out/2020/run.json", "out/2020/data/cells.csv"] {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::write(root.join(file), "x").unwrap();
        }
        let names = |inputs: &[PathBuf]| gather(inputs).unwrap().iter().map(|s| s.name.to_string()).collect::<Vec<_>>();
        let all = ["2020/.x", "2020/a.docx", "2020/~$a.docx", "2021/b.txt"];
        assert_eq!(names(std::slice::from_ref(&root)), all);
        assert_eq!(names(&[root.join("2020/a.docx"), root.clone()]), ["2020/.x", "2020/~$a.docx", "2021/b.txt", "a.docx"]);
        assert_eq!(names(&[root.join("**/*.txt")]), ["2021/b.txt"]);
        assert_eq!(names(&[root.join("*/*.docx")]), ["2020/a.docx", "2020/~$a.docx"]);
        assert!(gather(&[root.join("no-such")]).is_err());
        std::fs::remove_dir_all(root).unwrap();
    }
}
