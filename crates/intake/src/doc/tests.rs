//! The same document as .docx and as LibreOffice rewrote it as .doc: the same blocks.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::document::{Block, Document};
use crate::docx;

/// A document as lines: paragraphs, and of tables each cell with the places that it covers.
fn lines(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(p) => writeln!(out, "{}: {:?}", p.place, p.text).unwrap(),
            Block::Grid(g) => {
                for row in 0..g.rows.len() {
                    for (cell, start, end) in g.row(row) {
                        let c = g.cell(cell);
                        let place = format!("{} row {row} columns {start}-{end} from {}", c.place, c.row);
                        writeln!(out, "{place}: {:?}", c.text).unwrap();
                    }
                }
            }
        }
    }
    // Which raised runs are put into brackets differs where they follow each other.
    out.replace(['[', ']'], "")
}

fn compare(doc: &Path) -> Option<String> {
    let docx = std::fs::read(doc.with_extension("docx")).ok()?;
    let expected = lines(&docx::read(&docx).unwrap());
    let read = match super::read(&std::fs::read(doc).unwrap()) {
        Ok(document) => lines(&document),
        Err(refusal) => refusal.en,
    };
    if let Some(d) = std::env::var_os("DUMP") {
        let n = Path::new(&d).join(doc.file_name().unwrap());
        std::fs::write(n.with_extension("x"), &expected).unwrap();
        std::fs::write(n.with_extension("b"), &read).unwrap();
    }
    (expected != read).then(|| {
        let differing = expected.lines().zip(read.lines()).find(|(a, b)| a != b);
        format!("{}: {:?} / {:?}\n", doc.display(), differing, (expected.lines().count(), read.lines().count()))
    })
}

/// Folders of pairs: the one in the repository, and one that the environment names (see `tests/doc/generate.py`).
fn folders() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doc");
    [Some(own), std::env::var_os("NIANBAO_DOC_PAIRS").map(PathBuf::from)].into_iter().flatten().collect()
}

#[test]
fn pairs() {
    let (mut wrong, mut count) = (String::new(), 0);
    for folder in folders() {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.retain(|f| f.extension().is_some_and(|e| e == "doc"));
        files.sort();
        count += files.len();
        wrong.extend(files.iter().filter_map(|f| compare(f)));
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 0);
}
