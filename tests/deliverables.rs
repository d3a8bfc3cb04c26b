//! What is handed on: names from outside stay whole and harmless in every file, small and empty districts and huge figures
//! still give whole files, and the data package says the truth of what lies beside it.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nianbao_form::Forms;
use sha2::{Digest, Sha256};

/// Names that agencies do not have, in the hope that nobody will think of more: formulas, markup, paths, direction marks,
/// emoji, quotes, sixty characters.
const NAMES: [&str; 9] = [
    "=HYPERLINK(\"http://example.org\",\"点我\")局",
    "<script>alert(1)</script>局",
    "甲/乙\\丙:丁*戊?局",
    "“双引号\"单引号'反引号`”局",
    "abc\u{202E}fed\u{202C}局",
    "🏛️政务🎉局",
    "]]>&amp;&#60;局",
    "+1-1@局",
    "某某区人民政府办公室（区大数据管理局、区政务服务管理局、区外事办公室、区机关事务管理中心）政务公开与政府信息管理工作领导小组办公室",
];

/// A folder with a registry, the cells of its agencies and a pipeline.
fn district(dir: &Path, names: &[&str], years: &[u16], value: impl Fn(usize, u16, &str) -> String) {
    let mut registry = csv::Writer::from_path(dir.join("agencies.csv")).unwrap();
    registry.write_record("agency_id,agency,kind,parent,aliases,from,to,successor,reports".split(',')).unwrap();
    registry.write_record(["Q", "某区人民政府", "district", "", "", "", "", "", "compiled"]).unwrap();
    let mut cells = csv::Writer::from_path(dir.join("cells.csv")).unwrap();
    cells.write_record(["agency", "year", "cell", "value", "agency_id"]).unwrap();
    let forms = Forms::built_in();
    for (i, name) in names.iter().enumerate() {
        let id = format!("Q{i:02}");
        registry.write_record([id.as_str(), name, "bureau", "Q", "", "", "", "", "own"]).unwrap();
        for &year in years {
            let form = forms.form(forms.for_year(year).unwrap());
            for cell in &form.cells {
                let cell = forms.id(*cell);
                cells.write_record([name, year.to_string().as_str(), cell, &value(i, year, cell), &id]).unwrap();
            }
        }
    }
    registry.flush().unwrap();
    cells.flush().unwrap();
    std::fs::write(
        dir.join("pipeline.toml"),
        "[input]\nreports = [\"cells.csv\"]\nregistry = \"agencies.csv\"\n[output]\ndir = \"out\"\n[notices]\nseverities = [\"error\", \"warning\"]\n[report]\ngroup = \"Q\"\n",
    )
    .unwrap();
}

fn run(dir: &Path, more: &[&str]) -> std::process::Output {
    let mut args = vec!["run", "pipeline.toml", "--progress", "none"];
    args.extend(more);
    let output = nianbao_in(dir, &args);
    assert_eq!(code(&output), 0, "{}", err(&output));
    output
}

/// Every part of an Open XML file as text.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut out = BTreeMap::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).unwrap();
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut text).unwrap();
        out.insert(part.name().unwrap().into_owned(), String::from_utf8_lossy(&text).into_owned());
    }
    out
}

/// Text between tags with its references resolved, direction marks aside, so that names can be looked for in it.
fn words(markup: &str) -> String {
    let mut out = String::new();
    let mut rest = markup;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        rest = rest[open..].split_once('>').map_or("", |(_, r)| r);
    }
    out.push_str(rest);
    plain(&unescaped(&out))
}

fn unescaped(text: &str) -> String {
    let named =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&apos;", "'")];
    let text = named.iter().fold(text.replace("&#x2f;", "/").replace("&#x60;", "`"), |t, (from, to)| t.replace(from, to));
    text.replace("&amp;", "&")
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')).collect()
}

#[test]
fn hostile_names_are_whole_and_harmless_everywhere() {
    let dir = tempfile::tempdir().unwrap();
    // A wrong total at every agency, so that every one of them gets a notice and findings.
    district(dir.path(), &NAMES, &[2023, 2024], |i, _, cell| match cell {
        "requests.received.natural_person" | "requests.received.total" | "requests.disclosed.natural_person" => "3".into(),
        "requests.disclosed.total" | "requests.handled.total" => "3".into(),
        "requests.handled.natural_person" => if i % 2 == 0 { "4" } else { "3" }.into(),
        _ => "0".into(),
    });
    run(dir.path(), &[]);
    let year = dir.path().join("out/2024");
    let files = tree(&year);
    for (name, bytes) in &files {
        let file = name.rsplit('/').next().unwrap();
        assert!(!file.contains(['<', '>', ':', '"', '\\', '|', '?', '*', '\u{202E}']) && file.chars().count() <= 80, "{name}");
        let text = String::from_utf8_lossy(bytes);
        if name.ends_with(".html") || name.ends_with(".js") || name.ends_with(".svg") {
            assert!(!text.contains("<script>alert"), "{name} carries a script of an agency's name");
            assert!(!text.contains('\u{202E}') || name.ends_with(".js"), "{name} turns the text around");
        }
        if name.ends_with(".csv") {
            let text = text.trim_start_matches('\u{feff}').to_owned();
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            for record in reader.records().map(Result::unwrap) {
                for field in &record {
                    assert!(
                        !field.starts_with(['=', '@', '+']) && !field.starts_with("-2"),
                        "{name}: {field} runs in a spreadsheet"
                    );
                }
            }
        }
        if name.ends_with(".docx") || name.ends_with(".xlsx") {
            for (part, xml) in parts(bytes) {
                assert!(!xml.contains("<script>"), "{name}: {part}");
            }
        }
    }
    let index = words(&String::from_utf8_lossy(&files["index.html"]));
    let book: String = parts(&files["tables.xlsx"]).values().map(|xml| words(xml)).collect();
    let notices: String = files
        .iter()
        .filter(|(n, _)| n.starts_with("notices/") && n.ends_with(".docx"))
        .fold(String::new(), |all, (_, bytes)| all + &words(&parts(bytes)["word/document.xml"]));
    for name in NAMES.map(plain) {
        assert!(index.contains(&name), "{name} is not whole in index.html");
        assert!(book.contains(&name), "{name} is not whole in tables.xlsx");
    }
    for (i, name) in NAMES.map(plain).iter().enumerate().filter(|(i, _)| i % 2 == 0) {
        assert!(notices.contains(name), "agency {i}, {name}, is not whole in its notice");
    }
    // What was written is read back as the name that it was.
    let again = nianbao_in(dir.path(), &["normalize", "out/2024/data/cells.csv", "--progress", "none"]);
    let read: BTreeSet<String> =
        rows(&out(&again)).into_iter().map(|r| r["agency"].trim_start_matches('\'').to_owned()).collect();
    let want: BTreeSet<String> = NAMES.iter().map(|n| (*n).to_owned()).collect();
    assert_eq!(read, want);
}

#[test]
fn small_districts_and_huge_figures_give_whole_files() {
    let huge = |_: usize, _: u16, cell: &str| match cell {
        "proactive.fees.amount" => "1000000000000.123456".to_owned(),
        "requests.received.total" | "requests.received.natural_person" => "1000000000000".to_owned(),
        "requests.carried_out.total" | "requests.carried_out.natural_person" => "1000000000000".to_owned(),
        _ => "0".to_owned(),
    };
    let blank = |_: usize, _: u16, _: &str| String::new();
    for (what, names, years, value) in [
        ("one agency, one year", vec!["某局"], vec![2024u16], &huge as &dyn Fn(usize, u16, &str) -> String),
        ("one agency, nothing filled in", vec!["某局"], vec![2024], &blank),
        ("the year of the older form", vec!["某局", "某镇"], vec![2020], &huge),
    ] {
        let dir = tempfile::tempdir().unwrap();
        district(dir.path(), &names, &years, value);
        run(dir.path(), &[]);
        let year = dir.path().join(format!("out/{}", years[0]));
        let files = tree(&year);
        for name in ["index.html", "district-report.docx", "district-report.html", "tables.xlsx", "data/datapackage.json"] {
            assert!(files.get(name).is_some_and(|b| !b.is_empty()), "{what}: {name}");
        }
        let district = file_rows(&year.join("data/district.csv"));
        let again =
            nianbao_in(dir.path(), &["normalize", year.join("district-report.docx").to_str().unwrap(), "--progress", "none"]);
        let read: BTreeMap<String, String> =
            rows(&out(&again)).into_iter().map(|r| (r["cell"].clone(), r["value"].clone())).collect();
        for row in district.iter().filter(|r| r["group_id"] == "Q" && r["year"] == years[0].to_string()) {
            assert_eq!(read.get(&row["cell"]), Some(&row["value"]), "{what}: {}", row["cell"]);
        }
    }
}

#[test]
fn a_year_for_which_nothing_has_come_names_everybody() {
    let dir = tempfile::tempdir().unwrap();
    district(dir.path(), &["某局", "某镇"], &[2023], |_, _, _| "1".into());
    run(dir.path(), &["--year", "2024"]);
    let year = dir.path().join("out/2024");
    let missing =
        |rows: Vec<BTreeMap<String, String>>| rows.iter().filter(|r| r["year"] == "2024" && r["status"] == "missing").count();
    assert_eq!(missing(file_rows(&year.join("data/coverage.csv"))), 2);
    for name in ["index.html", "district-report.docx", "tables.xlsx", "notices/reminder-某局.docx", "notices/reminder-某镇.docx"]
    {
        assert!(year.join(name).is_file(), "{name}");
    }
    let page = words(&std::fs::read_to_string(year.join("index.html")).unwrap());
    assert!(page.contains("某局") && !page.contains("应报单位已全部报送"), "{page:.600}");
    // A year that nobody means is a slip of the keyboard.
    let far = nianbao_in(dir.path(), &["run", "pipeline.toml", "--year", "2031", "--progress", "none"]);
    assert_eq!(code(&far), 2, "{}", err(&far));
}

#[test]
fn a_group_of_which_nobody_has_reported_says_so() {
    let dir = tempfile::tempdir().unwrap();
    district(dir.path(), &["某局"], &[2024], |_, _, _| "1".into());
    let registry = std::fs::read_to_string(dir.path().join("agencies.csv")).unwrap();
    let more = "H,另一区人民政府,district,,,,,,compiled\nH01,另一局,bureau,H,,,,,own\n";
    std::fs::write(dir.path().join("agencies.csv"), registry + more).unwrap();
    let pipeline = dir.path().join("pipeline.toml");
    let text = std::fs::read_to_string(&pipeline).unwrap();
    std::fs::write(&pipeline, text.replace("group = \"Q\"", "group = \"H\"")).unwrap();
    run(dir.path(), &[]);
    let coverage = file_rows(&dir.path().join("out/2024/data/coverage.csv"));
    assert!(coverage.iter().any(|r| r["agency"] == "另一局" && r["status"] == "missing"), "{coverage:?}");
    let report = words(&std::fs::read_to_string(dir.path().join("out/2024/district-report.html")).unwrap());
    assert!(report.contains("另一局"), "{report:.800}");
}

#[test]
fn a_corrected_figure_comes_back_from_the_data_with_what_the_report_had() {
    let dir = tempfile::tempdir().unwrap();
    district(dir.path(), &["某局"], &[2024], |_, _, cell| {
        if cell == "proactive.licensing.decisions" { "5" } else { "0" }.into()
    });
    std::fs::write(
        dir.path().join("corrections.csv"),
        "agency,year,cell,from,to,reason,by,date\n某局,2024,proactive.licensing.decisions,5,7,漏计,王,2025-02-01\n",
    )
    .unwrap();
    let pipeline = dir.path().join("pipeline.toml");
    let text = std::fs::read_to_string(&pipeline).unwrap();
    std::fs::write(&pipeline, text.replace("[output]", "corrections = \"corrections.csv\"\n[output]")).unwrap();
    run(dir.path(), &[]);
    let again = nianbao_in(dir.path(), &["normalize", "out/2024/data/cells.csv", "--progress", "none"]);
    let row = rows(&out(&again)).into_iter().find(|r| r["cell"] == "proactive.licensing.decisions").unwrap();
    assert_eq!([&row["value"], &row["raw"], &row["derived"]], ["7", "5", "correction"]);
}

#[test]
fn names_that_differ_in_case_or_width_alone_are_different_agencies() {
    let dir = tempfile::tempdir().unwrap();
    district(dir.path(), &["ABC局", "abc局", "甲（一）局", "甲(一)局"], &[2024], |_, _, _| "0".into());
    let cells = std::fs::read_to_string(dir.path().join("cells.csv")).unwrap();
    // The names alone tell who it is.
    let named: String = cells.lines().map(|l| l.rsplit_once(',').unwrap().0.to_owned() + "\n").collect();
    std::fs::write(dir.path().join("cells.csv"), named).unwrap();
    run(dir.path(), &[]);
    let coverage = file_rows(&dir.path().join("out/2024/data/coverage.csv"));
    assert_eq!(coverage.len(), 4);
    assert!(coverage.iter().all(|r| r["status"] == "counted"), "{coverage:?}");
}

#[test]
fn the_data_package_says_what_lies_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "--out", dir.path().to_str().unwrap(), "--progress", "none"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let data = dir.path().join("2024/data");
    let package: serde_json::Value = serde_json::from_slice(&std::fs::read(data.join("datapackage.json")).unwrap()).unwrap();
    let mut listed = BTreeSet::new();
    for resource in package["resources"].as_array().unwrap() {
        let path = resource["path"].as_str().unwrap();
        listed.insert(path.to_owned());
        let bytes = std::fs::read(data.join(path)).unwrap();
        let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(resource["bytes"], bytes.len(), "{path}");
        assert_eq!(resource["hash"], format!("sha256:{hash}"), "{path}");
        if !path.ends_with(".csv") {
            continue;
        }
        // Excel takes a file without the mark for the system's code page.
        assert!(bytes.starts_with(b"\xEF\xBB\xBF"), "{path} opens garbled in Excel");
        let head: Vec<String> = csv::Reader::from_reader(&bytes[3..]).headers().unwrap().iter().map(str::to_owned).collect();
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!(head, names, "{path}");
        for row in file_rows(&data.join(path)) {
            for field in fields {
                let value = &row[field["name"].as_str().unwrap()];
                let allowed = field["constraints"]["enum"].as_array();
                assert!(
                    value.is_empty() || allowed.is_none_or(|a| a.iter().any(|v| v == value.as_str())),
                    "{path}: {value} is none of {allowed:?}"
                );
            }
        }
    }
    let there: BTreeSet<String> = tree(&data).into_keys().filter(|n| n != "datapackage.json").collect();
    assert_eq!(listed, there);
    let known: BTreeSet<String> = file_rows(&data.join("cell-ids.csv")).into_iter().map(|r| r["cell"].clone()).collect();
    for row in file_rows(&data.join("cells.csv")) {
        assert!(row["cell"] == "unmapped" || known.contains(&row["cell"]), "{} is not in the dictionary", row["cell"]);
    }
    let series: BTreeSet<String> = file_rows(&data.join("series-ids.csv")).into_iter().map(|r| r["series"].clone()).collect();
    assert!(file_rows(&data.join("series.csv")).iter().all(|r| series.contains(&r["series"])));
    match std::process::Command::new("frictionless").arg("validate").arg(data.join("datapackage.json")).output() {
        Ok(said) => assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout)),
        Err(_) => {
            eprintln!("SKIPPED: frictionless is not installed (pip install frictionless); the package was not validated by it")
        }
    }
}

#[test]
fn every_output_says_which_inputs_it_comes_from() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "--out", dir.path().to_str().unwrap(), "--progress", "none"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let run: serde_json::Value = serde_json::from_slice(&std::fs::read(dir.path().join("2024/run.json")).unwrap()).unwrap();
    let inputs: BTreeSet<&str> = run["inputs"].as_array().unwrap().iter().map(|i| i["path"].as_str().unwrap()).collect();
    for kind in ["report", "configuration", "text", "chart"] {
        assert!(run["inputs"].as_array().unwrap().iter().any(|i| i["kind"] == kind), "no input is a {kind}");
    }
    let sets = run["lineage"]["sets"].as_object().unwrap();
    for path in sets.values().flat_map(|s| s.as_array().unwrap()) {
        assert!(inputs.contains(path.as_str().unwrap()), "{path} is no input");
    }
    let from = run["lineage"]["outputs"].as_object().unwrap();
    for listed in run["outputs"].as_array().unwrap() {
        let path = listed["path"].as_str().unwrap();
        let of = from[path].as_array().unwrap();
        for source in of {
            let known = source["set"]
                .as_str()
                .map_or_else(|| inputs.contains(source["path"].as_str().unwrap()), |s| sets.contains_key(s));
            assert!(known, "{path}: {source}");
        }
        let single = of.iter().any(|s| s["path"].is_string());
        assert!(
            !single || ["agencies/", "charts/", "notices/"].iter().any(|f| path.starts_with(f)),
            "{path} is of one file only"
        );
    }
    let chart = from["charts/03-flow.svg"].as_array().unwrap();
    assert!(chart.iter().any(|s| s["path"].as_str().is_some_and(|p| p.ends_with("charts/03-flow.toml"))));
    let notice = from["notices/青屿区民政局.docx"].as_array().unwrap();
    assert!(
        notice.iter().all(|s| s["set"] == "configuration" || s["path"].as_str().is_some_and(|p| p.contains("民政"))),
        "{notice:?}"
    );
}

#[test]
fn in_english_nothing_of_the_page_and_the_findings_is_chinese_but_names_and_quotations() {
    let dir = tempfile::tempdir().unwrap();
    district(dir.path(), &["Bureau of Education", "Town of Eastbridge"], &[2023, 2024], |i, _, cell| match cell {
        "requests.received.natural_person" | "requests.received.total" => "5".into(),
        "requests.carried_out.total" | "requests.carried_out.natural_person" if i == 1 => "5".into(),
        _ => "0".into(),
    });
    let registry = std::fs::read_to_string(dir.path().join("agencies.csv")).unwrap().replace("某区人民政府", "District");
    std::fs::write(dir.path().join("agencies.csv"), registry).unwrap();
    run(dir.path(), &["--lang", "en"]);
    let chinese =
        |text: &str| text.chars().find(|c| ('\u{3000}'..='\u{9fff}').contains(c) || ('\u{ff00}'..='\u{ffef}').contains(c));
    let mut pictures = 0;
    for (name, bytes) in tree(&dir.path().join("out/2024")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let own = name == "index.html" || name.starts_with("agencies/") || name == "data/findings.csv" || name == "rules.html";
        pictures += usize::from(name.ends_with(".svg"));
        if own || name.ends_with(".svg") {
            // Documents for agencies are in the form's language.
            let body: String = text.split("<style>").map(|s| s.split_once("</style>").map_or(s, |(_, rest)| rest)).collect();
            let at = body.lines().find(|l| chinese(&words(l)).is_some());
            assert!(at.is_none(), "{name}: {}", at.unwrap_or_default());
        }
    }
    assert_eq!(pictures, 15);
}
