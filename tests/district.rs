//! The sample district from end to end: what is planted is found, nothing else is an error, and the same inputs give the same bytes.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use sha2::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

fn run_into(dir: &Path, more: &[&str]) -> std::process::Output {
    let mut args = vec!["run", "--out", dir.to_str().unwrap()];
    args.extend(more);
    nianbao(&args)
}

#[test]
fn the_default_run_publishes_everything() {
    let dir = tempfile::tempdir().unwrap();
    let output = run_into(dir.path(), &[]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(out(&output), "", "standard output carries data only");
    let said = err(&output);
    assert!(said.contains("2024年度") && said.contains("最需要先处理的"), "{said}");
    let published = dir.path().join("2024");
    let files = tree(&published);
    for name in [
        "index.html",
        "district-report.docx",
        "district-report.html",
        "tables.xlsx",
        "notices/index.csv",
        "run.json",
        "data/cells.parquet",
        "data/datapackage.json",
    ] {
        assert!(files.get(name).is_some_and(|bytes| !bytes.is_empty()), "{name}");
    }
    let pictures = |ending: &str| files.keys().filter(|n| n.starts_with("charts/") && n.ends_with(ending)).count();
    assert!(pictures(".svg") >= 12 && pictures(".svg") == pictures(".png"));
    for name in files.keys().filter(|n| n.ends_with(".docx") || n.ends_with(".xlsx")) {
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(&files[name])).unwrap();
        for i in 0..package.len() {
            std::io::copy(&mut package.by_index(i).unwrap(), &mut std::io::sink()).unwrap();
        }
    }
    // Every file is in run.json with its hash, and nothing else is.
    let run: serde_json::Value = serde_json::from_slice(&files["run.json"]).unwrap();
    let mut listed = BTreeSet::from(["run.json".to_owned()]);
    for output in run["outputs"].as_array().unwrap() {
        let name = output["path"].as_str().unwrap();
        let hash: String = sha2::Sha256::digest(&files[name]).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(output["sha256"], hash, "{name}");
        assert_eq!(output["bytes"], files[name].len(), "{name}");
        listed.insert(name.to_owned());
    }
    assert_eq!(files.keys().cloned().collect::<BTreeSet<_>>(), listed);

    // Columns as the contract has them, in its order; more may follow.
    for (file, columns) in [
        ("cells.csv", "agency,year,cell,value,state,form,raw,place,agency_id,report,derived"),
        ("reports.csv", "report,agency_id,agency,year,form,format,bytes,sha256,status,reason,numbers,blanks,unmapped,counted"),
        (
            "findings.csv",
            "severity,rule,agency_id,agency,year,report,cell,found,expected,message,place,suggestion,influence,status,key",
        ),
        ("district.csv", "group_id,group,level,year,cell,value,reports,missing,lower_bound"),
        ("coverage.csv", "group_id,group,year,agency_id,agency,status"),
        ("series.csv", "group_id,group,level,series,year,value,numerator,denominator,break"),
    ] {
        let text = std::fs::read_to_string(published.join("data").join(file)).unwrap();
        let header = text.trim_start_matches('\u{feff}').lines().next().unwrap();
        assert!(header == columns || header.starts_with(&format!("{columns},")), "{file}: {header}");
    }
    for finding in file_rows(&published.join("data/findings.csv")) {
        assert!(!finding["message"].contains('{'), "a parameter is not filled in: {finding:?}");
    }
}

/// Every sum of district.csv against a plain loop over cells.csv.
#[test]
fn sums_are_those_of_a_plain_loop() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(code(&run_into(dir.path(), &[])), 0);
    let data = dir.path().join("2024/data");
    let counted: BTreeSet<(String, String)> = file_rows(&data.join("reports.csv"))
        .into_iter()
        .filter(|r| r["counted"] == "true")
        .map(|r| (r["report"].clone(), r["agency"].clone()))
        .collect();
    let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
    for cell in file_rows(&data.join("cells.csv")) {
        let millionths = match cell["state"].as_str() {
            "number" => nianbao_form::Number::parse(&cell["value"]).unwrap().millionths(),
            "none" => 0,
            _ => continue,
        };
        if counted.contains(&(cell["report"].clone(), cell["agency"].clone())) {
            *sums.entry((cell["year"].clone(), cell["cell"].clone())).or_default() += i128::from(millionths);
        }
    }
    let district = file_rows(&data.join("district.csv"));
    let top = district[0]["group_id"].clone();
    let mut compared = 0;
    for row in district.iter().filter(|r| r["group_id"] == top && !r["value"].is_empty()) {
        let want = nianbao_form::decimal_text(sums[&(row["year"].clone(), row["cell"].clone())]);
        assert_eq!(row["value"], want, "{} {}", row["year"], row["cell"]);
        compared += 1;
    }
    assert_eq!(compared, sums.len(), "every cell that anybody filled is summed");
}

/// Every planted defect is found, by its rule, at its agency; and no error is reported that was not planted.
#[test]
fn planted_defects_are_found_and_nothing_else_is_an_error() {
    let planted = file_rows(&root().join("data/planted.csv"));
    let kinds: BTreeSet<&str> = planted.iter().map(|p| p["rule"].as_str()).collect();
    assert!(kinds.len() >= 15, "{kinds:?}");
    let years: BTreeSet<&str> = planted.iter().map(|p| p["year"].as_str()).collect();
    let dir = tempfile::tempdir().unwrap();
    let mut findings = Vec::new();
    for year in &years {
        let output = run_into(dir.path(), &["--year", year]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let found = file_rows(&dir.path().join(year).join("data/findings.csv"));
        findings.extend(found.into_iter().filter(|f| f["year"] == **year));
    }
    let matches = |p: &BTreeMap<String, String>, f: &BTreeMap<String, String>| {
        let same_agency = p["agency_id"] == f["agency_id"] && (!p["agency_id"].is_empty() || p["agency"] == f["agency"]);
        let same_cell = p["cell"].is_empty() || p["cell"].split(';').all(|c| f["cell"].split(';').any(|d| c == d));
        p["rule"] == f["rule"] && p["year"] == f["year"] && same_agency && same_cell
    };
    for p in &planted {
        assert!(findings.iter().any(|f| matches(p, f)), "planted but not found: {p:?}");
    }
    for f in findings.iter().filter(|f| f["severity"] == "error") {
        let explained =
            planted.iter().any(|p| p["year"] == f["year"] && p["agency_id"] == f["agency_id"] && p["agency"] == f["agency"]);
        assert!(explained, "an error that was not planted: {f:?}");
        let by_rule =
            planted.iter().any(|p| p["rule"] == f["rule"] && p["year"] == f["year"] && p["agency_id"] == f["agency_id"]);
        assert!(by_rule || !f["cause"].is_empty(), "an error of a rule that was not planted: {f:?}");
    }
}

/// Threads, working folder, time zone, locale and the path of the data make no difference.
#[test]
fn same_inputs_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let first = dir.path().join("first");
    assert_eq!(code(&run_into(&first, &["--threads", "1"])), 0);
    let elsewhere = dir.path().join("另一处 with space");
    for part in ["data", "charts", "pipelines"] {
        copy_tree(&root().join(part), &elsewhere.join(part));
    }
    let second = dir.path().join("second");
    let output = Command::new(env!("CARGO_BIN_EXE_nianbao"))
        .current_dir(&elsewhere)
        .args(["run", "--threads", "2", "--out", second.to_str().unwrap()])
        .env("TZ", "Pacific/Kiritimati")
        .env("LC_ALL", "de_DE.UTF-8")
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", err(&output));
    let (mut a, mut b) = (tree(&first), tree(&second));
    assert!(a.remove("2024/run.json").is_some() && b.remove("2024/run.json").is_some());
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    let differing: Vec<&String> = a.keys().filter(|k| a[*k] != b[*k]).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn unreadable_and_foreign_files_are_named_and_the_rest_is_published() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "pipelines/second-inbox.toml", "--out", dir.path().to_str().unwrap()]);
    assert_eq!(code(&output), 3, "{}", err(&output));
    let year = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).find(|p| p.join("run.json").is_file()).unwrap();
    let reports = file_rows(&year.join("data/reports.csv"));
    let files = tree(&root().join("data/second-inbox/files"));
    for name in files.keys().filter(|n| !n.ends_with("agencies.csv") && !n.ends_with(".md")) {
        let row = reports.iter().find(|r| &r["report"] == name).unwrap_or_else(|| panic!("{name} is not in reports.csv"));
        let failed = ["unreadable", "foreign"].contains(&row["status"].as_str());
        assert_eq!(failed, !row["reason"].is_empty() && row["numbers"].parse::<u32>().unwrap_or(0) == 0, "{row:?}");
    }
    assert!(reports.iter().any(|r| r["status"] == "unreadable") && reports.iter().any(|r| r["status"] == "foreign"));
    assert!(reports.iter().any(|r| r["counted"] == "true"));
    let findings = file_rows(&year.join("data/findings.csv"));
    let unreadable = findings.iter().filter(|f| f["rule"] == "unreadable").count();
    assert_eq!(unreadable, reports.iter().filter(|r| ["unreadable", "foreign"].contains(&r["status"].as_str())).count());
}

#[test]
fn a_folder_dragged_onto_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("各单位 年报");
    copy_tree(&root().join("data/reports/2024"), &folder);
    std::fs::copy(root().join("data/agencies.csv"), folder.join("agencies.csv")).unwrap();
    let before = tree(&folder);
    let output = nianbao_in(dir.path(), &[folder.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = out(&output);
    let address = text.lines().last().unwrap();
    assert!(address.starts_with("file://") && address.ends_with("/2024/index.html"), "{address}");
    assert!(dir.path().join("各单位 年报-汇总/2024/index.html").is_file());
    assert_eq!(tree(&folder), before, "the folder itself is left alone");
}

#[test]
fn decisions_survive_runs_and_fail_on_heeds_them() {
    let dir = tempfile::tempdir().unwrap();
    for part in ["data", "charts", "pipelines"] {
        copy_tree(&root().join(part), &dir.path().join(part));
    }
    let first = nianbao_in(dir.path(), &["run", "--fail-on", "error"]);
    assert_eq!(code(&first), 1, "{}", err(&first));
    let findings = dir.path().join("out/2024/data/findings.csv");
    let errors: Vec<_> = file_rows(&findings).into_iter().filter(|f| f["severity"] == "error" && f["status"] == "open").collect();
    assert!(!errors.is_empty());
    for finding in &errors {
        let key = finding["key"].split('#').next().unwrap();
        let output = nianbao_in(dir.path(), &["decide", key, "explained", "--reason", "单位说明：“两,处”\n属实", "--by", "测试"]);
        assert_eq!(code(&output), 0, "{}", err(&output));
    }
    let second = nianbao_in(dir.path(), &["run", "--fail-on", "error"]);
    assert_eq!(code(&second), 0, "{}", err(&second));
    let again = file_rows(&findings);
    assert!(again.iter().filter(|f| f["severity"] == "error").all(|f| f["status"] != "open"));
    assert_eq!(
        again.iter().filter(|f| f["severity"] == "error").count(),
        errors.len() + file_rows(&findings).iter().filter(|f| f["severity"] == "error" && f["status"] != "explained").count()
    );
}

#[test]
fn edited_files_are_kept_and_a_failed_run_leaves_the_old_result() {
    let dir = tempfile::tempdir().unwrap();
    let out_dir = dir.path().join("out");
    let args = ["run", "pipelines/city.toml", "--out", out_dir.to_str().unwrap()];
    assert_eq!(code(&nianbao(&args)), 0);
    let year = std::fs::read_dir(&out_dir).unwrap().map(|e| e.unwrap().path()).find(|p| p.join("run.json").is_file()).unwrap();
    std::fs::write(year.join("district-report.html"), "改过的").unwrap();
    let output = nianbao(&args);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(std::fs::read_to_string(year.join("edited/district-report.html")).unwrap(), "改过的");
    assert!(err(&output).contains("edited"), "{}", err(&output));
    // A lock that another run holds.
    let lock = nianbao_publish::lock(&out_dir).unwrap();
    let before = tree(&year);
    let output = nianbao(&args);
    assert_eq!(code(&output), 4, "{}", err(&output));
    assert_eq!(tree(&year), before);
    drop(lock);
    // An output that cannot be a folder.
    let file = dir.path().join("a-file");
    std::fs::write(&file, "x").unwrap();
    let output = nianbao(&["run", "pipelines/city.toml", "--out", file.to_str().unwrap()]);
    assert_eq!(code(&output), 4, "{}", err(&output));
}

#[test]
fn a_check_of_nothing_but_unreadable_files_names_them() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("甲局.docx"), "不是文档").unwrap();
    let output = nianbao(&["check", dir.path().to_str().unwrap(), "--format", "csv", "--fail-on", "error"]);
    assert_eq!(code(&output), 3, "{}", err(&output));
    let rows = rows(&out(&output));
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0]["rule"].as_str(), rows[0]["severity"].as_str()), ("unreadable", "error"));
    assert!(rows[0]["message"].contains("甲局.docx"), "{:?}", rows[0]);
}

#[test]
fn what_the_office_corrects_is_checked_as_what_an_agency_sends() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("h.csv", "agency,year,cell,value\n甲局,2024,proactive.licensing.decisions,10\n");
    write(
        "c.csv",
        "agency,year,cell,from,to,reason,by,date\n甲局,2024,proactive.licensing.decisions,10,-3,来电更正,张三,2025-02-01\n",
    );
    write("p.toml", "[input]\nreports = [\"h.csv\"]\ncorrections = \"c.csv\"\n[output]\ndir = \"out\"\n");
    let output = nianbao_in(dir.path(), &["check", "h.csv", "--pipeline", "p.toml", "--format", "csv"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let findings = rows(&out(&output));
    let rules: Vec<&str> = findings.iter().map(|f| f["rule"].as_str()).collect();
    assert!(rules.contains(&"negative") && rules.contains(&"corrected"), "{rules:?}");
}
