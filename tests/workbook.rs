//! `tables.xlsx` as somebody gets it: read back, recalculated by LibreOffice, validated by the Open XML SDK.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use calamine::{Data, Reader, Xlsx, open_workbook};
use common::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A script beside this file; `false` where what it needs is not installed, which is said.
fn script(name: &str, args: &[&Path]) -> Option<bool> {
    let output = Command::new("bash").arg(root().join("tests/validate").join(name)).args(args).output().unwrap();
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    match output.status.code() {
        Some(77) => None,
        code => {
            print!("{}", String::from_utf8_lossy(&output.stdout));
            Some(code == Some(0))
        }
    }
}

/// Publishes with a pipeline and gives the year's folder.
fn published(args: &[&str], out: &Path) -> PathBuf {
    let mut all = vec!["run"];
    all.extend(args);
    let to = out.to_string_lossy().into_owned();
    all.extend(["--out", &to, "--progress", "none"]);
    let output = nianbao(&all);
    assert!([0, 3].contains(&code(&output)), "{}", err(&output));
    let years = std::fs::read_dir(out).unwrap().map(|e| e.unwrap().path());
    years.filter(|p| p.join("run.json").is_file()).max().unwrap()
}

type Grid = BTreeMap<(String, u32, u32), Data>;

fn values(file: &Path) -> Grid {
    let mut book: Xlsx<_> = open_workbook(file).unwrap();
    let mut all = Grid::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            all.insert((name.clone(), top + row as u32, left + column as u32), value.clone());
        }
    }
    all
}

fn formulas(file: &Path) -> BTreeMap<(String, u32, u32), String> {
    let mut book: Xlsx<_> = open_workbook(file).unwrap();
    let mut all = BTreeMap::new();
    for name in book.sheet_names() {
        let range = book.worksheet_formula(&name).unwrap();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, text) in range.used_cells().filter(|c| !c.2.is_empty()) {
            all.insert((name.clone(), top + row as u32, left + column as u32), text.clone());
        }
    }
    all
}

/// Numbers to the last digit that a workbook keeps; nothing is the same as an empty text.
fn plain(value: Option<&Data>) -> String {
    match value {
        None | Some(Data::Empty) => String::new(),
        Some(Data::Int(n)) => n.to_string(),
        Some(Data::Float(n)) => n.to_string(),
        Some(other) => other.to_string(),
    }
}

/// The same file with every stored result of a number formula made wrong.
fn spoilt(file: &Path, to: &Path) {
    let mut from = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    let mut out = zip::ZipWriter::new(std::fs::File::create(to).unwrap());
    for i in 0..from.len() {
        let mut part = from.by_index(i).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        if name.starts_with("xl/worksheets/sheet") {
            let text = String::from_utf8(bytes).unwrap();
            let mut pieces = text.split("</f><v>");
            let mut wrong = pieces.next().unwrap().to_owned();
            for piece in pieces {
                let (value, rest) = piece.split_once("</v>").unwrap();
                let value = if value.parse::<f64>().is_ok() { "777777" } else { value };
                wrong.push_str(&format!("</f><v>{value}</v>{rest}"));
            }
            bytes = wrong.into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut out, &bytes).unwrap();
    }
    out.finish().unwrap();
}

/// LibreOffice works out the same that the program has stored, starting from results that are all wrong.
fn recalculates(file: &Path) {
    let dir = tempfile::tempdir().unwrap();
    let wrong = dir.path().join("wrong.xlsx");
    spoilt(file, &wrong);
    let out = dir.path().join("out");
    let Some(done) = script("recalculate.sh", &[&wrong, &out]) else { return };
    assert!(done, "LibreOffice did not convert {}", file.display());
    let (ours, stored, theirs) = (formulas(file), values(file), values(&out.join("wrong.xlsx")));
    assert!(!ours.is_empty());
    assert!(values(&wrong).values().any(|v| *v == Data::Float(777_777.0)), "nothing was spoilt");
    let mut wrong = Vec::new();
    for (place, formula) in &ours {
        let (want, got) = (plain(stored.get(place)), plain(theirs.get(place)));
        if want != got {
            wrong.push(format!("{place:?}: stored {want:?}, recalculated {got:?}: {formula}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ours.len(), wrong[..wrong.len().min(10)].join("\n"));
    println!("{} formulas recalculated", ours.len());
}

fn validates(files: &[&Path]) {
    if let Some(valid) = script("ooxml.sh", files) {
        assert!(valid, "the Open XML SDK finds something");
    }
}

/// What `normalize` reads of the workbook is the district's row of `district.csv`, cell by cell.
fn reads_back(folder: &Path, group: &str, more: &[&str]) {
    let year = folder.file_name().unwrap().to_string_lossy().into_owned();
    let book = folder.join("tables.xlsx").to_string_lossy().into_owned();
    let mut args = vec!["normalize", &book];
    args.extend(more);
    let output = nianbao(&args);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let number = |r: &BTreeMap<String, String>| (r["cell"].clone(), r["value"].clone());
    let read: BTreeMap<String, String> = rows(&out(&output)).iter().filter(|r| r["state"] != "absent").map(number).collect();
    let district = file_rows(&folder.join("data/district.csv"));
    let sums: BTreeMap<String, String> =
        district.iter().filter(|r| r["group_id"] == group && r["year"] == year && !r["value"].is_empty()).map(number).collect();
    assert!(sums.len() > 20);
    let wrong: Vec<_> = sums.iter().filter(|(cell, value)| read.get(*cell) != Some(value)).collect();
    assert!(wrong.is_empty(), "{} of {}: {:?}", wrong.len(), sums.len(), &wrong[..wrong.len().min(5)]);
    let extra: Vec<_> = read.iter().filter(|(cell, value)| !value.is_empty() && !sums.contains_key(*cell)).collect();
    assert!(extra.is_empty(), "{extra:?}");
}

fn root_group(folder: &Path) -> String {
    file_rows(&folder.join("data/district.csv"))[0]["group_id"].clone()
}

#[test]
fn the_sample_district() {
    let dir = tempfile::tempdir().unwrap();
    let folder = published(&[], dir.path());
    let book = folder.join("tables.xlsx");
    reads_back(&folder, &root_group(&folder), &[]);
    recalculates(&book);
    validates(&[&book]);
    checks_say_what_the_checker_says(&folder);
    links_lead_somewhere(&book);
}

/// The check columns find a contradiction in exactly the agencies of which the checker says so, as many times.
fn checks_say_what_the_checker_says(folder: &Path) {
    let all = values(&folder.join("tables.xlsx"));
    let mut broken: BTreeMap<String, usize> = BTreeMap::new();
    let mut judged = 0;
    for ((sheet, row, column), value) in &all {
        let Data::String(text) = value else { continue };
        // 表三（各单位总计） says again what 表三（各单位全部） says.
        if sheet.contains("总计") || *column != 3 || !(text.ends_with("不成立") || text.ends_with("待核") || text == "通过")
        {
            continue;
        }
        judged += 1;
        if let Some(count) = text.strip_suffix("条不成立") {
            *broken.entry(plain(all.get(&(sheet.clone(), *row, 1)))).or_default() += count.parse::<usize>().unwrap();
        }
    }
    assert!(judged > 40, "{judged}");
    let rules = ["row-total", "balance", "outcomes-total", "review-total"];
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let year = folder.file_name().unwrap().to_string_lossy().into_owned();
    for f in file_rows(&folder.join("data/findings.csv")) {
        if rules.contains(&f["rule"].as_str()) && f["year"] == year {
            *found.entry(f["agency"].clone()).or_default() += 1;
        }
    }
    assert!(!found.is_empty());
    assert_eq!(broken, found);
}

/// Every link inside the workbook leads to a cell of a sheet that is there.
fn links_lead_somewhere(file: &Path) {
    let book: Xlsx<_> = open_workbook(file).unwrap();
    let names = book.sheet_names();
    let mut links = 0;
    let mut zip = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    for i in 0..zip.len() {
        let mut text = String::new();
        let mut part = zip.by_index(i).unwrap();
        if !part.name().unwrap().starts_with("xl/worksheets/sheet")
            || std::io::Read::read_to_string(&mut part, &mut text).is_err()
        {
            continue;
        }
        for target in text.split(" location=\"").skip(1).filter_map(|t| t.split('"').next()) {
            let (sheet, _) = target.rsplit_once('!').unwrap();
            let sheet = sheet.trim_matches('\'').replace("&apos;", "'");
            assert!(names.contains(&sheet), "{target}");
            links += 1;
        }
    }
    assert!(links > names.len(), "{links}");
}

#[test]
fn a_city_counts_no_district_twice() {
    let dir = tempfile::tempdir().unwrap();
    let folder = published(&["pipelines/city.toml"], dir.path());
    reads_back(&folder, &root_group(&folder), &[]);
    recalculates(&folder.join("tables.xlsx"));
    validates(&[&folder.join("tables.xlsx")]);
    // Each district's sums stand in the sheets beside the city's.
    let district = file_rows(&folder.join("data/district.csv"));
    let year = folder.file_name().unwrap().to_string_lossy().into_owned();
    let all = values(&folder.join("tables.xlsx"));
    let groups: std::collections::BTreeSet<&str> =
        district.iter().filter(|r| r["level"] == "district").map(|r| r["group"].as_str()).collect();
    assert!(groups.len() > 1);
    for group in groups {
        let want = district
            .iter()
            .find(|r| r["group"] == group && r["year"] == year && r["cell"] == "requests.received.total")
            .map(|r| r["value"].parse::<f64>().unwrap())
            .unwrap();
        let line = all
            .iter()
            .find(|((s, _, c), v)| s.contains("总计") && *c == 2 && plain(Some(v)) == group)
            .map(|((s, r, _), _)| (s.clone(), *r))
            .unwrap();
        let first = (3..12).find_map(|c| match all.get(&(line.0.clone(), line.1, c)) {
            Some(Data::Float(n)) => Some(*n),
            _ => None,
        });
        assert_eq!(first, Some(want), "{group}");
    }
}

#[test]
fn another_country_in_its_own_words() {
    let dir = tempfile::tempdir().unwrap();
    let folder = published(&["pipelines/us-foia.toml", "--lang", "en"], dir.path());
    let book = folder.join("tables.xlsx");
    reads_back(&folder, &root_group(&folder), &["--form-file", "data/forms/us-foia.toml"]);
    recalculates(&book);
    validates(&[&book]);
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for (place, value) in values(&book) {
        assert!(!place.0.contains(chinese) && !plain(Some(&value)).contains(chinese), "{place:?} {value}");
    }
}

/// Names, figures and years that nobody hopes for.
#[test]
fn what_nobody_hopes_for() {
    let dir = tempfile::tempdir().unwrap();
    let long = "很长的名字".repeat(12);
    let names = [
        "=HYPERLINK(\"http://x\",\"y\")局",
        "<script>alert(1)</script>局",
        "甲/乙:丙*丁?[戊]\\己局",
        "\u{202e}反向\u{202c}局",
        "😀办公室&amp;'\"",
        &long,
    ];
    let mut registry =
        "agency_id,agency,kind,parent,aliases,from,to,successor,reports\nG,+1+1|'区,district,,,,,,none\n".to_owned();
    let quote = |s: &str| format!("\"{}\"", s.replace('"', "\"\""));
    let mut cells = "agency,year,cell,value,state\n".to_owned();
    for (i, name) in names.iter().enumerate() {
        registry.push_str(&format!("A{i},{},bureau,G,,,,,\n", quote(name)));
        for (cell, value) in [
            ("proactive.fees.amount", "99999999999.123456"),
            ("requests.received.total", "12"),
            ("requests.carried_in.total", "0"),
            ("requests.handled.total", "11"),
            ("requests.carried_out.total", "1"),
        ] {
            // One figure has more digits than a double keeps; the others of its column have not.
            let value = if cell.ends_with("amount") && i > 0 { "1.5" } else { value };
            cells.push_str(&format!("{},2024,{cell},{value},\n", quote(name)));
        }
    }
    registry.push_str("B,从不报送局,bureau,G,,,,,\n");
    std::fs::create_dir(dir.path().join("in")).unwrap();
    std::fs::write(dir.path().join("in/cells.csv"), &cells).unwrap();
    std::fs::write(dir.path().join("agencies.csv"), &registry).unwrap();
    std::fs::write(
        dir.path().join("p.toml"),
        "charts = []\n[input]\nreports = [\"in/*.csv\"]\nregistry = \"agencies.csv\"\n[output]\ndir = \"out\"\n",
    )
    .unwrap();
    let pipeline = dir.path().join("p.toml").to_string_lossy().into_owned();
    let folder = published(&[&pipeline], &dir.path().join("out"));
    let book = folder.join("tables.xlsx");
    let all = values(&book);
    for name in names {
        let shown = all.values().filter(|v| plain(Some(v)) == seen(name)).count();
        assert!(shown >= 4, "{name} stands {shown} times");
    }
    for formula in formulas(&book).values() {
        assert!(!formula.contains("HYPERLINK"), "{formula}");
    }
    // 17 digits: exact, as text, in its cell, in the sum of the agencies, and in the table as printed.
    let exact = |text: &str| all.values().filter(|v| **v == Data::String(text.to_owned())).count();
    assert!(exact("99999999999.123456") >= 1 && exact("100000000006.623456") >= 2, "{}", exact("100000000006.623456"));
    reads_back_text(&book, "proactive.fees.amount", "100000000006.623456");
    recalculates(&book);
    validates(&[&book]);
}

fn reads_back_text(book: &Path, cell: &str, want: &str) {
    let output = nianbao(&["normalize", &book.to_string_lossy()]);
    let read = rows(&out(&output));
    let found = read.iter().find(|r| r["cell"] == cell).unwrap();
    assert!(found["raw"] == want || found["value"] == want, "{found:?}");
}

#[test]
fn one_agency_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.csv"), "agency,year,cell,value,state\n甲局,2024,requests.received.total,3,\n").unwrap();
    std::fs::write(dir.path().join("p.toml"), "charts = []\n[input]\nreports = [\"*.csv\"]\n[output]\ndir = \"out\"\n").unwrap();
    let folder = published(&[&dir.path().join("p.toml").to_string_lossy()], &dir.path().join("out"));
    let book = folder.join("tables.xlsx");
    let all = values(&book);
    assert!(all.values().any(|v| plain(Some(v)) == "甲局"));
    assert!(all.values().any(|v| plain(Some(v)) == "没有上年数据"));
    recalculates(&book);
    validates(&[&book]);
}

/// The validator does find what is wrong: a test that cannot fail proves nothing.
#[test]
fn the_validator_finds_faults() {
    let dir = tempfile::tempdir().unwrap();
    let book = dir.path().join("blank.xlsx");
    assert_eq!(code(&nianbao(&["blank", "2021", "-o", &book.to_string_lossy()])), 0);
    let broken = dir.path().join("broken.xlsx");
    let mut from = zip::ZipArchive::new(std::fs::File::open(&book).unwrap()).unwrap();
    let mut out = zip::ZipWriter::new(std::fs::File::create(&broken).unwrap());
    for i in 0..from.len() {
        let mut part = from.by_index(i).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            bytes = String::from_utf8(bytes).unwrap().replace("<sheetData>", "<sheetData><nonsense/>").into_bytes();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut out, &bytes).unwrap();
    }
    out.finish().unwrap();
    if let Some(valid) = script("ooxml.sh", &[&broken]) {
        assert!(!valid);
    }
}
