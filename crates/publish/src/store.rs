//! The folder on disk: the lock, the edition written aside, the exchange in one step, what people have edited.
//!
//! Method: write aside, sync the files, exchange, sync the folder (ALICE, OSDI 2014). Names that begin with `.nianbao-`
//! are ours; what a killed run leaves under them is cleared by the next [`lock`].

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::Value as Json;

use crate::PublishError;
use crate::files::sha256;

const LOCK: &str = ".nianbao.lock";
const HOLDER: &str = ".nianbao.lock.holder";
const NEW: &str = ".nianbao-new-";
const OLD: &str = ".nianbao-old-";
const LINKED: &str = ".nianbao-linked-";

/// Held while a run writes below an output folder; released when dropped, and by the system if the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    holder: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The lock itself is what counts; a holder's note that stays behind is overwritten by the next one.
        let _ = fs::remove_file(&self.holder);
    }
}

/// Takes the lock of an output folder (made if it is not there) and clears what killed runs have left.
///
/// # Errors
/// Another run holds it (the message says which process, since when), or the folder is not writable.
pub fn lock(out: &Path) -> Result<Lock, PublishError> {
    fs::create_dir_all(out).map_err(PublishError::io(out, "the output folder cannot be created"))?;
    let path = out.join(LOCK);
    let holder = out.join(HOLDER);
    let open = File::options().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(PublishError::io(&path, "the output folder is not writable"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            // A file of its own: Windows lets nobody read a locked one.
            let holder = fs::read_to_string(&holder).map_or_else(|_| "process unknown".to_owned(), |t| t.trim().to_owned());
            return Err(PublishError::Locked { path: out.to_owned(), holder });
        }
        Err(fs::TryLockError::Error(error)) => return Err(PublishError::io(&path, "cannot be locked")(error)),
    }
    let now = jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_default();
    let note = format!("process {}, since {now}\n", std::process::id());
    fs::write(&holder, note).map_err(PublishError::io(&holder, "cannot be written"))?;
    clear_leftovers(out)?;
    Ok(Lock { _file: file, holder })
}

/// Removes what killed runs left; an old edition that was moved away and never replaced is put back.
fn clear_leftovers(out: &Path) -> Result<(), PublishError> {
    let entries = fs::read_dir(out).map_err(PublishError::io(out, "cannot be listed"))?;
    let mut names: Vec<String> = entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort();
    let in_use: Vec<PathBuf> = names.iter().filter_map(|n| fs::read_link(out.join(n)).ok()).collect();
    for name in &names {
        let path = out.join(name);
        if let Some(rest) = name.strip_prefix(OLD) {
            let target = out.join(rest.split('-').next().unwrap_or(rest));
            if fs::symlink_metadata(&target).is_err() {
                fs::rename(&path, &target).map_err(PublishError::io(&target, "the old edition cannot be put back"))?;
                continue;
            }
        }
        let linked = name.starts_with(LINKED) && !in_use.iter().any(|l| l.file_name().is_some_and(|f| f == name.as_str()));
        if name.starts_with(NEW) || name.starts_with(OLD) || linked {
            remove(&path);
        }
    }
    Ok(())
}

/// Removes a folder, a file or a link; what cannot be removed now is tried again at the next start.
fn remove(path: &Path) {
    let folder = fs::symlink_metadata(path).is_ok_and(|m| m.is_dir());
    let _ = if folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

/// An edition written aside; removed when dropped before it is published.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    tag: String,
}

impl Staged {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Makes the folder that an edition is written into.
pub(crate) fn stage(out: &Path, year: u16) -> Result<Staged, PublishError> {
    fs::create_dir_all(out).map_err(PublishError::io(out, "the output folder cannot be created"))?;
    for n in 0u32.. {
        let tag = format!("{year}-{}-{n}", std::process::id());
        let path = out.join(format!("{NEW}{tag}"));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(Staged { path, tag }),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && n < 1000 => {}
            Err(e) => return Err(PublishError::io(out, "the output folder is not writable")(e)),
        }
    }
    unreachable!("the loop returns")
}

/// Brings the staged files to disk.
pub(crate) fn sync(folder: &Path) -> Result<(), PublishError> {
    let mut files = Vec::new();
    let mut folders = Vec::new();
    walk(folder, &mut files, &mut folders)?;
    files.par_iter().try_for_each(|path| {
        // Windows flushes only through a handle that may write.
        let file = File::options().read(true).write(cfg!(windows)).open(path);
        file.and_then(|f| f.sync_all()).map_err(PublishError::io(path, "cannot be brought to disk"))
    })?;
    folders.iter().try_for_each(|path| sync_folder(path))
}

/// A folder's entries are data of their own on Unix; Windows has no such call and needs none.
fn sync_folder(path: &Path) -> Result<(), PublishError> {
    if cfg!(unix) {
        File::open(path).and_then(|f| f.sync_all()).map_err(PublishError::io(path, "cannot be brought to disk"))?;
    }
    Ok(())
}

/// Files and folders below a folder, itself included among the folders. Links are not followed.
fn walk(folder: &Path, files: &mut Vec<PathBuf>, folders: &mut Vec<PathBuf>) -> Result<(), PublishError> {
    folders.push(folder.to_owned());
    for entry in fs::read_dir(folder).map_err(PublishError::io(folder, "cannot be listed"))? {
        let entry = entry.map_err(PublishError::io(folder, "cannot be listed"))?;
        let kind = entry.file_type().map_err(PublishError::io(&entry.path(), "cannot be read"))?;
        if kind.is_dir() {
            walk(&entry.path(), files, folders)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Ways to put the new edition in the place of the old, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// Both folders change names in one step.
    Exchange,
    /// The edition's name is a link, and a new link takes its name in one step.
    Link,
    /// The old folder steps aside, then the new one steps in; a run killed between the two is mended by [`lock`].
    Rename,
}

/// Puts the staged edition in the place of `target`.
pub(crate) fn replace(staged: Staged, target: &Path) -> Result<(), PublishError> {
    let mut staged = staged;
    // The first edition decides: where folders cannot be exchanged it begins as a link, which every later one replaces.
    let first = fs::symlink_metadata(target).is_err() && !can_exchange(&staged);
    for means in if first { [Means::Link, Means::Exchange] } else { [Means::Exchange, Means::Link] } {
        match replace_by(means, staged, target) {
            Ok(()) => return Ok(()),
            Err((_, back)) => staged = back,
        }
    }
    replace_by(Means::Rename, staged, target).map_err(|(error, _)| PublishError::io(target, "cannot be replaced")(error))
}

/// Tries an exchange on two empty folders inside the staged one.
fn can_exchange(staged: &Staged) -> bool {
    let pair = ["x", "y"].map(|n| staged.path.join(format!("{NEW}{n}")));
    let able = pair.iter().all(|p| fs::create_dir(p).is_ok()) && exchange(&pair[0], &pair[1]).is_ok();
    pair.iter().for_each(|p| remove(p));
    able
}

/// One way of replacing; on failure the staged edition is given back.
pub(crate) fn replace_by(means: Means, mut staged: Staged, target: &Path) -> Result<(), (std::io::Error, Staged)> {
    let out = target.parent().unwrap_or(Path::new("."));
    let fresh = fs::symlink_metadata(target).is_err();
    let done = match means {
        _ if fresh && means != Means::Link => fs::rename(&staged.path, target),
        Means::Exchange => exchange(&staged.path, target),
        Means::Link => link(&mut staged, out, target),
        Means::Rename => step_aside(&staged, out, target),
    };
    match done {
        // What now stands under the staged name is the old edition, if anything: dropping clears it.
        Ok(()) => {
            let _ = sync_folder(out);
            Ok(())
        }
        Err(error) => Err((error, staged)),
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(new: &Path, target: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, target, RenameFlags::EXCHANGE).map_err(Into::into)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_new: &Path, _target: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// A name of ours that nothing bears yet.
fn free_name(out: &Path, prefix: &str, tag: &str) -> String {
    let mut name = format!("{prefix}{tag}");
    while fs::symlink_metadata(out.join(&name)).is_ok() {
        name.push('x');
    }
    name
}

/// The folder gets a name of its own and `target` becomes a link to it.
#[cfg(unix)]
fn link(staged: &mut Staged, out: &Path, target: &Path) -> std::io::Result<()> {
    let before = fs::symlink_metadata(target).ok();
    if before.is_some_and(|m| !m.is_symlink()) {
        // A real folder cannot give way to a link in one step; only the first edition can begin as a link.
        return Err(std::io::ErrorKind::Unsupported.into());
    }
    let old = fs::read_link(target).ok().map(|l| out.join(l));
    let name = free_name(out, LINKED, &staged.tag);
    let home = out.join(&name);
    fs::rename(&staged.path, &home)?;
    let fresh_link = out.join(format!("{NEW}{}-link", staged.tag));
    let done = std::os::unix::fs::symlink(&name, &fresh_link).and_then(|()| fs::rename(&fresh_link, target));
    if let Err(error) = done {
        remove(&fresh_link);
        fs::rename(&home, &staged.path)?;
        return Err(error);
    }
    let ours = |p: &PathBuf| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(LINKED)) && *p != home;
    if let Some(old) = old.filter(ours) {
        remove(&old);
    }
    Ok(())
}

#[cfg(not(unix))]
fn link(_staged: &mut Staged, _out: &Path, _target: &Path) -> std::io::Result<()> {
    // Links need a privilege on Windows.
    Err(std::io::ErrorKind::Unsupported.into())
}

fn step_aside(staged: &Staged, out: &Path, target: &Path) -> std::io::Result<()> {
    let aside = out.join(free_name(out, OLD, &staged.tag));
    fs::rename(target, &aside)?;
    if let Err(error) = fs::rename(&staged.path, target) {
        fs::rename(&aside, target)?;
        return Err(error);
    }
    remove(&aside);
    Ok(())
}

/// Copies into the new edition's `edited/` whatever people have changed or put into the old one, and what `edited/`
/// holds already. Gives the names of the files newly kept.
pub(crate) fn keep_edited(target: &Path, staged: &Path) -> Result<Vec<String>, PublishError> {
    if !target.is_dir() {
        return Ok(Vec::new());
    }
    let listed = listed_outputs(target);
    let mut files = Vec::new();
    walk(&fs::canonicalize(target).unwrap_or_else(|_| target.to_owned()), &mut files, &mut Vec::new())?;
    let root = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let mut names: Vec<(String, PathBuf)> = files
        .into_iter()
        .filter_map(|p| Some((relative(&root, &p)?, p)))
        .filter(|(name, _)| name != "run.json" && !is_noise(name))
        .collect();
    names.sort();
    let (kept, published): (Vec<_>, Vec<_>) = names.into_iter().partition(|(name, _)| name.starts_with("edited/"));
    for (name, path) in &kept {
        copy(path, &staged.join(name))?;
    }
    let changed: Vec<_> = published.into_par_iter().filter(|(name, path)| is_edited(&listed, name, path)).collect();
    let mut edited = Vec::new();
    for (name, path) in changed {
        if let Some(free) = free_place(staged, &format!("edited/{name}"), &path)? {
            copy(&path, &staged.join(&free))?;
            edited.push(free);
        }
    }
    Ok(edited)
}

/// Outputs of the last run: path, hash and size. None if there was no run or its record is broken.
fn listed_outputs(target: &Path) -> Vec<(String, String, u64)> {
    let text = fs::read_to_string(target.join("run.json")).unwrap_or_default();
    let run: Json = serde_json::from_str(&text).unwrap_or_default();
    let output = |o: &Json| Some((o["path"].as_str()?.to_owned(), o["sha256"].as_str()?.to_owned(), o["bytes"].as_u64()?));
    let mut listed: Vec<_> = run["outputs"].as_array().into_iter().flatten().filter_map(output).collect();
    listed.sort();
    listed
}

fn is_edited(listed: &[(String, String, u64)], name: &str, path: &Path) -> bool {
    let Ok(at) = listed.binary_search_by(|l| l.0.as_str().cmp(name)) else { return true };
    let (_, hash, bytes) = &listed[at];
    let same_size = fs::metadata(path).is_ok_and(|m| m.len() == *bytes);
    !same_size || fs::read(path).map_or(true, |content| sha256(&content) != *hash)
}

/// Files that programs leave about while a person looks at a folder.
fn is_noise(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.starts_with("~$") || file.starts_with(".~lock.") || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

/// A place below `edited/` where nothing else stands; `None` if the very same content stands there already.
fn free_place(staged: &Path, name: &str, source: &Path) -> Result<Option<String>, PublishError> {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let content = fs::read(source).map_err(PublishError::io(source, "cannot be read"))?;
    for n in 1u32.. {
        let candidate = if n == 1 { name.to_owned() } else { format!("{stem} ({n}){ending}") };
        match fs::read(staged.join(&candidate)) {
            Ok(there) if there == content => return Ok(None),
            Ok(_) => {}
            Err(_) => return Ok(Some(candidate)),
        }
    }
    Ok(None)
}

fn copy(from: &Path, to: &Path) -> Result<(), PublishError> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(PublishError::io(parent, "cannot be created"))?;
    }
    fs::copy(from, to).map(|_| ()).map_err(PublishError::io(from, "an edited file cannot be kept"))
}

fn relative(root: &Path, path: &Path) -> Option<String> {
    let rest = path.strip_prefix(root).ok()?;
    Some(rest.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// Writes one file beside its place and moves it there when it is whole and on disk.
///
/// # Errors
/// The folder is not there or not writable, the disk is full, or `write` fails; the old file is then untouched.
pub fn write_atomically(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), PublishError>) -> Result<(), PublishError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(NEW);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file, so that colleagues can read it; the umask still applies.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder).map_err(PublishError::io(folder, "the folder is not writable"))?;
    let mut buffered = std::io::BufWriter::with_capacity(1 << 16, file);
    write(&mut buffered)?;
    let file = buffered.into_inner().map_err(|e| PublishError::io(path, "cannot be written")(e.into_error()))?;
    file.as_file().sync_all().map_err(PublishError::io(path, "cannot be brought to disk"))?;
    file.persist(path).map_err(|e| PublishError::io(path, "cannot be replaced")(e.error))?;
    sync_folder(folder)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn edition(out: &Path, words: &str) -> Staged {
        let staged = stage(out, 2024).unwrap();
        fs::write(staged.path().join("a.txt"), words).unwrap();
        staged
    }

    #[test]
    fn every_means_replaces_and_leaves_nothing_behind() {
        for means in [Means::Exchange, Means::Link, Means::Rename] {
            let out = tempfile::tempdir().unwrap();
            let target = out.path().join("2024");
            for words in ["first", "second", "third"] {
                match replace_by(means, edition(out.path(), words), &target) {
                    Ok(()) => assert_eq!(fs::read_to_string(target.join("a.txt")).unwrap(), words, "{means:?}"),
                    Err((error, _)) => assert_eq!(error.kind(), std::io::ErrorKind::Unsupported, "{means:?}: {error}"),
                }
            }
            let left = fs::read_dir(out.path()).unwrap().count();
            assert!(left <= 2, "{means:?} leaves {left} entries");
        }
    }

    #[test]
    fn a_killed_run_is_mended() {
        let out = tempfile::tempdir().unwrap();
        let moved = out.path().join(format!("{OLD}2024-1-0"));
        fs::create_dir(&moved).unwrap();
        fs::write(moved.join("a.txt"), "old").unwrap();
        fs::create_dir(out.path().join(format!("{NEW}2024-1-0"))).unwrap();
        let held = lock(out.path()).unwrap();
        assert_eq!(fs::read_to_string(out.path().join("2024/a.txt")).unwrap(), "old");
        assert!(!out.path().join(format!("{NEW}2024-1-0")).exists());
        let error = lock(out.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        drop(held);
        lock(out.path()).unwrap();
    }

    #[test]
    fn a_file_is_whole_or_the_old_one() {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let failed = write_atomically(&path, |w| {
            w.write_all(b"half").unwrap();
            Err(PublishError::NoForm(1))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
    }
}
