//! The published pages: they work from file://, load nothing from outside, their links lead somewhere; and in a browser
//! (`tests/browser/`) they can be read by everybody, filtered, drilled into, and decided upon.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names and places as nobody should have to read them.
const NAMES: [&str; 8] = [
    "<script>window.hacked=1;alert(1)</script>局",
    "区\"双引号\"与'单引号'&amp;局",
    "\u{202E}倒写\u{202C}局",
    "🏛️表情局",
    "=HYPERLINK(\"http://example.invalid\",\"点我\")",
    "甲/乙\\丙局",
    "名称很长的单位名称很长的单位名称很长的单位名称很长的单位名称很长的单位名称很长的单位名称很长的单位名称满六十个字",
    "只有一年的局",
];

/// A district of such names over two years, with blanks, marks, words, a figure of 10^12 and one agency that is missing.
fn hostile(dir: &Path) -> PathBuf {
    let forms = nianbao_form::Forms::built_in();
    let form = forms.form(forms.find("2021").unwrap());
    let mut registry = csv::Writer::from_path(dir.join("agencies.csv")).unwrap();
    registry.write_record(["agency_id", "agency", "kind", "parent", "reports"]).unwrap();
    registry.write_record(["D", "敌意区<b>人民政府</b>", "district", "", "compiled"]).unwrap();
    let mut cells = csv::Writer::from_path(dir.join("cells.csv")).unwrap();
    cells.write_record(["agency", "agency_id", "year", "cell", "value", "state", "raw", "place"]).unwrap();
    for (i, name) in NAMES.iter().enumerate() {
        let id = format!("A{i}");
        registry.write_record([id.as_str(), *name, "bureau", "D", "own"]).unwrap();
        for year in [2023, 2024].iter().filter(|y| i != 7 || **y == 2023) {
            for (n, cell) in form.cells.iter().enumerate() {
                let (value, state, raw) = match (n + i) % 11 {
                    0 => ("", "blank", ""),
                    1 => ("", "none", "/"),
                    2 if i == 2 => ("", "text", "</script><!-- \u{2028}约12"),
                    3 if i == 1 && n > 150 => ("1000000000000", "number", "1000000000000"),
                    _ => ("1", "number", "1"),
                };
                let place = "</script><script>window.hacked=2</script>";
                let year = year.to_string();
                cells.write_record([*name, id.as_str(), &year, forms.id(*cell), value, state, raw, place]).unwrap();
            }
        }
    }
    registry.flush().unwrap();
    cells.flush().unwrap();
    let pipeline = "charts = []\n[input]\nreports = [\"cells.csv\"]\nregistry = \"agencies.csv\"\ndecisions = \"decisions.csv\"\n[output]\ndir = \"out\"\n";
    std::fs::write(dir.join("pipeline.toml"), pipeline).unwrap();
    dir.join("pipeline.toml")
}

fn run(args: &[&str], year: &Path) {
    let output = nianbao(args);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(year.join("index.html").is_file());
}

/// Nothing is loaded from outside, every link leads to a file, every anchor to an element.
fn prove_links(year: &Path) {
    let files = tree(year);
    let pages: BTreeMap<&String, String> = files
        .iter()
        .filter(|(n, _)| n.ends_with(".html"))
        .map(|(n, bytes)| (n, String::from_utf8(bytes.clone()).unwrap()))
        .collect();
    for (name, text) in &pages {
        for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
            assert!(!text.contains(outside), "{name} loads from outside: {outside}");
        }
        for link in text.split("href=\"").skip(1).chain(text.split("src=\"").skip(1)).filter_map(|s| s.split('"').next()) {
            let link = link.replace("&#x2f;", "/");
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            if path.contains(':') || path.starts_with('<') {
                continue;
            }
            let folder = year.join(name).parent().unwrap().to_owned();
            let target = if path.is_empty() { year.join(name) } else { folder.join(percent_decoded(path)) };
            // The gallery is made beside the pages.
            assert!(target.exists() || path == "charts/index.html", "{name}: {link} leads nowhere");
            if anchor.is_empty() || anchor.contains('=') {
                continue;
            }
            let there = target.canonicalize().unwrap();
            let there = there.strip_prefix(year.canonicalize().unwrap()).unwrap().to_string_lossy().into_owned();
            let id = percent_decoded(anchor);
            assert!(pages[&there].contains(&format!("id=\"{id}\"")), "{name}: {link}: no such element in {there}");
        }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        if b == b'%' {
            let hex: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            bytes.push(b);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The folder of the browser tests' modules, or a loud word that they are skipped.
fn modules() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| home.map(|h| h.join(".cache")));
    let folder = std::env::var_os("NIANBAO_BROWSER").map(PathBuf::from).or_else(|| cache.map(|c| c.join("nianbao/browser")));
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success());
    let missing: Vec<&str> = ["node", "/usr/bin/chromium"].into_iter().filter(|p| !has(p)).collect();
    let there = folder.filter(|f| f.join("node_modules/axe-core").is_dir() && f.join("node_modules/playwright-core").is_dir());
    if there.is_none() || !missing.is_empty() {
        eprintln!(
            "SKIPPED: the pages were NOT opened in a browser (missing: {}{}); tests/browser/install.sh installs the modules",
            missing.join(", "),
            if there.is_none() { " playwright-core and axe-core" } else { "" },
        );
        return None;
    }
    there
}

#[test]
fn the_pages_work_in_a_browser() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    std::fs::create_dir_all(at("hostile")).unwrap();
    let pipeline = text(&hostile(&at("hostile")));
    let decisions = at("hostile/decisions.csv");
    std::fs::write(&decisions, "key,decision,reason,by,date\n").unwrap();
    let years = [at("sample/2024"), at("city/2024"), at("hostile/out/2024"), at("english/2020")];
    run(&["run", "--out", &text(&at("sample"))], &years[0]);
    run(&["run", "pipelines/city.toml", "--out", &text(&at("city"))], &years[1]);
    run(&["run", &pipeline], &years[2]);
    run(&["run", "pipelines/us-foia.toml", "--lang", "en", "--out", &text(&at("english"))], &years[3]);
    for year in &years {
        prove_links(year);
    }
    let Some(modules) = modules() else { return };
    let downloads = at("downloads");
    std::fs::create_dir_all(&downloads).unwrap();
    let script = root().join("tests/browser/pages.mjs");
    let output = Command::new("node").arg(script).args(&years).arg(&downloads).env("NIANBAO_BROWSER", modules).output().unwrap();
    println!("{}", out(&output));
    assert!(output.status.success(), "{}\n{}", out(&output), err(&output));

    // What the page gave away is understood by the next run.
    std::fs::copy(downloads.join("decisions.csv"), &decisions).unwrap();
    run(&["run", &pipeline], &years[2]);
    let keys = std::fs::read_to_string(downloads.join("keys.txt")).unwrap();
    let findings = file_rows(&years[2].join("data/findings.csv"));
    for (key, status) in keys.lines().zip(["waived", "explained"]) {
        let decided: Vec<_> = findings.iter().filter(|f| f["key"].split('#').next() == Some(key)).collect();
        assert!(!decided.is_empty() && decided.iter().all(|f| f["status"] == status), "{key}: {decided:?}");
    }
}

/// Without agencies, without a year to compare with, without a chart: the page still opens and says what is missing.
#[test]
fn one_agency_and_one_year() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("one.csv"), "agency,year,cell,value\n孤局,2024,requests.received.total,3\n").unwrap();
    let year = dir.path().join("out/2024");
    let pipeline = dir.path().join("pipeline.toml");
    std::fs::write(&pipeline, "charts = []\n[input]\nreports = [\"one.csv\"]\n[output]\ndir = \"out\"\n").unwrap();
    run(&["run", pipeline.to_str().unwrap()], &year);
    prove_links(&year);
    let page = std::fs::read_to_string(year.join("index.html")).unwrap();
    for said in ["没有单位名录", "孤局", "数据缺失"] {
        assert!(page.contains(said), "{said}");
    }
}
