//! What the tests share.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use nianbao_form::{Forms, Registry};
use nianbao_intake::{Receipt, Source, read};

pub fn forms() -> &'static Forms {
    Forms::built_in()
}

/// A file of the shared folder beside the checkout; a loud word where it is not there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: shared/ not found: {}", path.display());
        return None;
    }
    Some(path)
}

pub fn read_file(path: &Path) -> Receipt {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    read(forms(), &Registry::default(), &Source { name: name.into(), path: path.to_owned() })
}

/// A file in the folder for passing files that vanishes with the value.
pub struct Temp(pub PathBuf);

impl Temp {
    pub fn new(name: &str, bytes: &[u8]) -> Temp {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let end = name.rsplit('/').next().unwrap();
        let path = std::env::temp_dir().join(format!("nianbao-intake-{}-{n}-{end}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Temp(path)
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub fn read_bytes(name: &str, bytes: &[u8]) -> Receipt {
    read_with(&Registry::default(), name, bytes)
}

pub fn read_with(registry: &Registry, name: &str, bytes: &[u8]) -> Receipt {
    let file = Temp::new(name, bytes);
    read(forms(), registry, &Source { name: name.into(), path: file.0.clone() })
}

/// A Word file with one part.
pub fn docx(document: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(document.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Puts the numbers 1001, 1002 … into the empty cells of a Word form, those of heads and merged cells left alone.
pub fn fill_docx(template: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(template)).unwrap();
    let mut xml = String::new();
    zip.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    let mut out = String::new();
    let mut number = 1000;
    for (i, piece) in xml.split_inclusive("</w:tc>").enumerate() {
        let Some(start) = piece.rfind("<w:tc>").or_else(|| piece.rfind("<w:tc ")) else {
            out.push_str(piece);
            continue;
        };
        let (before, cell) = piece.split_at(start);
        let merged = cell.contains("<w:vMerge/>") || cell.contains("w:val=\"continue\"");
        let text: String =
            cell.split("<w:t").skip(1).filter_map(|t| t.split_once('>')?.1.split_once("</w:t>")).map(|t| t.0).collect();
        out.push_str(before);
        if merged || !text.trim().is_empty() {
            out.push_str(cell);
        } else {
            number += 1;
            // Digits of one number in two runs, as Word often has them.
            let digits = number.to_string();
            let (a, b) = digits.split_at(1 + i % 3);
            let end = cell.rfind("</w:p>").unwrap();
            out.push_str(&format!("{}<w:r><w:t>{a}</w:t></w:r><w:r><w:t>{b}</w:t></w:r>{}", &cell[..end], &cell[end..]));
        }
    }
    docx(&out)
}
