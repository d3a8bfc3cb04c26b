//! What the end-to-end tests share: the binary, scratch folders, files of the checkout.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// `shared/` beside the checkout, or a loud word that tests of what only it has are skipped.
pub(crate) fn shared() -> Option<PathBuf> {
    let path = root().join("../shared");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: shared/ not found beside the checkout");
    None
}

/// The binary with arguments, run in a folder.
pub(crate) fn nianbao_in<S: AsRef<std::ffi::OsStr>>(dir: &Path, args: &[S]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nianbao")).current_dir(dir).args(args).output().unwrap()
}

/// The binary with arguments, run in the root of the checkout.
pub(crate) fn nianbao<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Output {
    nianbao_in(&root(), args)
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Rows of a CSV as maps by column.
pub(crate) fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Rows of a CSV file.
pub(crate) fn file_rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    rows(&std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

/// Every file below a folder with its bytes, by relative path.
/// A name as outputs show it: without the marks that turn the direction of what stands around them.
pub(crate) fn seen(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')).collect()
}

pub(crate) fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(dir)
        .into_iter()
        .map(Result::unwrap)
        .filter(|e| e.file_type().is_file())
        .map(|e| {
            let name = e.path().strip_prefix(dir).unwrap().to_string_lossy().replace('\\', "/");
            (name, std::fs::read(e.path()).unwrap())
        })
        .collect()
}

/// Copies a folder.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
