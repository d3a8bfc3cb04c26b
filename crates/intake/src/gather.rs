//! Which files are meant: folders, single files and globs.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use crate::Source;

/// The files of folders, single files and globs, sorted by name, doubles once. Hidden files, Office lock files (`~$…`)
/// and folders that hold the program's own output (a `run.json` in them) are left out.
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
    if input.is_file() {
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
    let keep = |e: &DirEntry| {
        let name = e.file_name().to_string_lossy();
        let hidden =
            e.depth() > 0 && (name.starts_with('.') || name.starts_with("~$") || name == "Thumbs.db" || name == "desktop.ini");
        let own = e.file_type().is_dir() && e.path().join("run.json").is_file();
        !hidden && !own
    };
    let mut out = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name().follow_links(true).into_iter().filter_entry(keep) {
        let entry = match entry {
            Ok(entry) => entry,
            // A link in a circle leads to nothing new.
            Err(e) if e.loop_ancestor().is_some() => continue,
            // A link to nowhere or a folder that may not be opened is listed by the reader with its reason.
            Err(e) => {
                if let Some(path) = e.path().filter(|p| glob.is_none_or(|g| g.is_match(relative(p, root)))) {
                    out.push((root.to_owned(), path.to_owned()));
                }
                continue;
            }
        };
        let fits = glob.is_none_or(|g| g.is_match(relative(entry.path(), root)));
        if entry.file_type().is_file() && fits {
            out.push((root.to_owned(), entry.into_path()));
        }
    }
    Ok(out)
}

/// The path below a folder, with `/` on every system.
fn relative(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<String> = below
        .components()
        .filter(|c| !matches!(c, std::path::Component::CurDir))
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn folders_files_and_globs() {
        let root = std::env::temp_dir().join(format!("nianbao-gather-{}", std::process::id()));
        for file in ["2020/a.docx", "2020/~$a.docx", "2020/.hidden", "2021/b.txt", "out/2020/run.json", "out/2020/data/cells.csv"]
        {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::write(root.join(file), "x").unwrap();
        }
        let names = |inputs: &[PathBuf]| gather(inputs).unwrap().iter().map(|s| s.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names(std::slice::from_ref(&root)), ["2020/a.docx", "2021/b.txt"]);
        assert_eq!(names(&[root.join("2020/a.docx"), root.clone()]), ["2021/b.txt", "a.docx"]);
        assert_eq!(names(&[root.join("**/*.txt")]), ["2021/b.txt"]);
        assert_eq!(names(&[root.join("*/*.docx")]), ["2020/a.docx"]);
        assert!(gather(&[root.join("no-such")]).is_err());
        std::fs::remove_dir_all(root).unwrap();
    }
}
