//! The same document as .docx and as LibreOffice rewrote it as .doc: the same blocks.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::document::{Block, Document};
use crate::docx;
use word97::{Options, PLAIN, Word97};

#[path = "../../tests/common/word97.rs"]
mod word97;

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
    // The other reader puts the text of notes behind everything else.
    let note = |l: &&str| l.split_once("\"注").is_none_or(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()));
    let expected: String = lines(&docx::read(&docx).unwrap()).lines().filter(note).map(|l| format!("{l}\n")).collect();
    let read = match super::read(&std::fs::read(doc).unwrap()) {
        Ok(document) => lines(&document),
        Err(refusal) => refusal.en,
    };
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

/// A small document with everything in it that changes the way of reading.
fn small() -> Word97 {
    let on = |opcode: u16| word97::le(opcode, &[1]);
    let row = |left, cells: &[word97::Cell]| word97::row(1, left, cells, &[]);
    let cell = word97::cell;
    let nested = word97::Cell {
        paragraphs: [word97::row(2, 0, &[cell("内", 300, 0), cell("3", 600, 0)], &[]), vec![word97::plain("")]].concat(),
        right: 2000,
        flags: 0,
    };
    let paragraphs = [
        vec![
            word97::plain("报告"),
            word97::runs(&[("见", Vec::new()), ("9", on(0x083C)), ("\u{13} =1 \u{14}12\u{15}", Vec::new())]),
        ],
        row(0, &[cell("a", 1000, 3 << 5), cell("b\nc", 2000, 0), cell("d", 3000, 0)]),
        row(4, &[cell("", 1003, 1 << 5), cell("e", 3000, 0)]),
        row(0, &[cell("f", 1000, 0), nested, cell("12345", 3000, 0)]),
        vec![word97::plain("完")],
    ];
    Word97 {
        paragraphs: paragraphs.concat(),
        boxes: vec![(0, vec![word97::plain("盒")])],
        between: "页眉\r".into(),
        ..Word97::default()
    }
}

const WAYS: [Options; 3] = [
    PLAIN,
    Options { piece: 9, huge: true, table: 0, per_page: 4, ..PLAIN },
    Options { piece: 5, reversed: true, scattered: true, large_sectors: true, padding: 5000, ..PLAIN },
];

const SMALL: &str = "paragraph 1: \"盒\"
paragraph 2: \"报告\"
paragraph 3: \"见12\"
table 2, row 1, column 1 row 0 columns 0-1 from 0: \"a\"
table 2, row 1, column 2 row 0 columns 1-2 from 0: \"b\\nc\"
table 2, row 1, column 3 row 0 columns 2-3 from 0: \"d\"
table 2, row 1, column 1 row 1 columns 0-1 from 0: \"a\"
table 2, row 2, column 2 row 1 columns 1-3 from 1: \"e\"
table 2, row 3, column 1 row 2 columns 0-1 from 2: \"f\"
table 2, row 3, column 2 row 2 columns 1-2 from 2: \"内；3\"
table 2, row 3, column 3 row 2 columns 2-3 from 2: \"12345\"
";

#[test]
fn a_small_document() {
    for way in &WAYS {
        let read = super::read(&small().bytes(way)).unwrap();
        assert!(lines(&read).starts_with(SMALL), "{}", lines(&read));
        assert!(!super::has_pictures(&small().bytes(way)));
    }
}

/// Cut off at every byte: refused, or read whole where only what nothing refers to is cut off.
#[test]
fn cut_off_at_every_byte() {
    for way in &WAYS {
        let bytes = small().bytes(way);
        let whole = lines(&super::read(&bytes).unwrap());
        let mut refused = 0;
        for length in 0..bytes.len() {
            match super::read(&bytes[..length]) {
                Ok(document) => assert_eq!(lines(&document), whole, "{length}"),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > bytes.len() / 3);
    }
}

/// Every byte changed in several ways: no panic, no endless loop.
#[test]
fn every_byte_changed() {
    for way in &WAYS {
        let mut bytes = small().bytes(way);
        for at in 0..bytes.len() {
            let original = bytes[at];
            // Most of a small file is room that nothing refers to.
            if at > 16 && bytes[at - 16..].iter().take(32).all(|b| *b == 0) {
                continue;
            }
            for value in [0, 0xFF, original ^ 1, original ^ 0x80, original.wrapping_add(3)] {
                bytes[at] = value;
                let _ = super::read(&bytes);
            }
            bytes[at] = original;
        }
    }
}

/// Chains that lead back into themselves, elsewhere, or out of the file.
#[test]
fn chains_in_a_circle() {
    let bytes = small().bytes(&WAYS[2]);
    let short = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let size = 1 << short(30);
    let fat = size * (1 + short(76));
    let sectors = bytes.len() / size - 1;
    for sector in 0..sectors {
        for to in (0..sectors as u32).chain([0xFFFF_FFFA, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x7FFF_FFFF]) {
            let mut bytes = bytes.clone();
            bytes[fat + 4 * sector..fat + 4 * sector + 4].copy_from_slice(&to.to_le_bytes());
            if let Ok(read) = super::read(&bytes) {
                assert!(lines(&read).starts_with(SMALL), "{sector} {to}");
            }
        }
    }
}

/// Random bytes in the parts that tell where things are: random positions, several at once.
#[test]
fn several_bytes_changed() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for way in &WAYS {
        let bytes = small().bytes(way);
        for _ in 0..3000 {
            let mut bytes = bytes.clone();
            for _ in 0..1 + random(8) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            let _ = super::read(&bytes);
        }
    }
}
