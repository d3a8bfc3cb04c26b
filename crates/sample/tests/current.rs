//! The files under `data/` are those that the generator makes.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

/// Contents of a zip, part by part: the same document may be packed differently on another processor.
fn unpacked(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).ok()?;
        let name = file.name().ok()?.into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).ok()?;
        parts.push((name, content));
    }
    Some(parts)
}

#[test]
fn the_repository_holds_what_the_generator_makes() {
    let home = nianbao_sample::home();
    let mut stale = Vec::new();
    for (name, bytes) in nianbao_sample::files() {
        let found = std::fs::read(home.join(&name)).unwrap_or_default();
        let same = found == bytes || unpacked(&bytes).is_some_and(|parts| unpacked(&found) == Some(parts));
        if !same {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "run `cargo run --release -p nianbao-sample`; stale: {stale:#?}");
}

#[test]
fn nothing_else_lies_in_its_folders() {
    let home = nianbao_sample::home();
    let made: BTreeSet<String> = nianbao_sample::files().into_keys().collect();
    for folder in nianbao_sample::FOLDERS {
        let mut stack = vec![home.join(folder)];
        while let Some(path) = stack.pop() {
            if path.is_dir() {
                stack.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            } else {
                let name = slashes(path.strip_prefix(&home).unwrap());
                assert!(made.contains(&name), "{name} is not made by the generator");
            }
        }
    }
}

fn slashes(path: &Path) -> String {
    path.iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[test]
fn written_twice_the_files_are_the_same() {
    let folder = std::env::temp_dir().join(format!("nianbao-sample-{}", std::process::id()));
    nianbao_sample::write(&folder).unwrap();
    for (name, bytes) in nianbao_sample::files() {
        assert!(std::fs::read(folder.join(&name)).unwrap() == bytes, "{name}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_registry_is_clean_and_complete() {
    let bytes = &nianbao_sample::files()["agencies.csv"];
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
    let reporting = |year: u16| {
        let lives = |r: &&csv::StringRecord| {
            let from = r[5].parse().unwrap_or(0);
            let to = r[6].parse().unwrap_or(u16::MAX);
            &r[8] == "own" && from <= year && year <= to
        };
        rows.iter().filter(lives).count()
    };
    assert_eq!((reporting(2019), reporting(2020), reporting(2022), reporting(2024)), (31, 32, 30, 30));
    for row in &rows {
        assert_ne!(nianbao_form::registry::credit_code(&row[0]), Some(false), "{}", &row[1]);
    }
}

#[test]
fn planted_defects_name_files_that_exist() {
    let files = nianbao_sample::files();
    let mut reader = csv::Reader::from_reader(files["planted.csv"].as_slice());
    let mut rules = BTreeSet::new();
    for row in reader.records().map(|r| r.unwrap()) {
        assert!(row[3].is_empty() || files.contains_key(&format!("reports/{}", &row[3])), "{row:?}");
        assert_eq!(nianbao_form::rule(&row[4]).id, row[4], "an unknown rule");
        rules.insert(row[4].to_owned());
    }
    assert!(rules.len() >= 15, "{rules:?}");
}
