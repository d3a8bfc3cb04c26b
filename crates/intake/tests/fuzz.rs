//! Fuzz targets, one a container: documents of the corpus, damaged. Nothing may panic, and what is read from the damaged
//! bytes goes through the matcher as well.
//!
//! `cargo test` runs each briefly; `BOLERO_RANDOM_TEST_TIME_MS=600000 cargo test --release --workspace --test fuzz` runs each for
//! ten minutes, and `cargo bolero test --package nianbao-intake fuzz_docx` (with a nightly compiler) lets libFuzzer search.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use nianbao_form::{Forms, Registry};
use nianbao_intake::{Matcher, open};

/// A change: what kind, where, and with what.
type Change = (u8, u32, u8);

/// Documents of one container, the smallest first so that many are tried.
fn seeds(extensions: &[&str]) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/documents");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flat_map(|writer| std::fs::read_dir(writer.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| extensions.contains(&e.to_str().unwrap())))
        .collect();
    files.sort();
    let mut out: Vec<Vec<u8>> = files.iter().map(|f| std::fs::read(f).unwrap()).collect();
    out.sort_by_key(Vec::len);
    out.truncate(12);
    assert!(!out.is_empty(), "no document of {extensions:?} in the corpus");
    out
}

fn damaged(seed: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for &(kind, at, with) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = at as usize % bytes.len();
        match kind % 8 {
            0 => bytes[at] ^= 1 << (with % 8),
            1 => bytes[at] = with,
            2 => bytes.truncate(at),
            3 => drop(bytes.remove(at)),
            4 => bytes.insert(at, with),
            5 => {
                let end = (at + usize::from(with)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            // Numbers in headers: lengths, counts, positions.
            6 => bytes.iter_mut().skip(at).take(4).for_each(|b| *b = if with % 2 == 0 { 0xFF } else { 0 }),
            _ => {
                let end = (at + 1 + usize::from(with)).min(bytes.len());
                bytes[at..end].fill(with);
            }
        }
    }
    bytes
}

fn fuzz(extensions: &[&str]) {
    let seeds = seeds(extensions);
    let matcher = Matcher::new(Forms::built_in());
    let (registry, name) = (Registry::default(), Arc::from("fuzzed"));
    bolero::check!().with_iterations(200).with_type::<(u8, Vec<Change>)>().for_each(|(seed, changes)| {
        let bytes = damaged(&seeds[usize::from(*seed) % seeds.len()], changes);
        if let Ok(document) = open(&bytes, extensions[0]) {
            let _ = matcher.reports(&registry, &name, &document);
        }
    });
}

macro_rules! targets {
    ($($name:ident: $extensions:expr;)*) => {
        $(
            #[test]
            fn $name() {
                fuzz(&$extensions);
            }
        )*
    };
}

targets! {
    fuzz_docx: ["docx"];
    fuzz_doc: ["doc"];
    fuzz_odt: ["odt"];
    fuzz_rtf: ["rtf"];
    fuzz_html: ["html"];
    fuzz_mht: ["mht"];
    fuzz_pdf: ["pdf"];
    fuzz_xlsx: ["xlsx"];
    fuzz_xls: ["xls"];
    fuzz_ods: ["ods"];
    fuzz_zip: ["zip"];
    fuzz_text: ["txt", "md", "csv"];
}
