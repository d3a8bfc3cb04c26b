//! Arguments, streams and exit codes.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;

/// Each line of `bad-arguments.tsv`: arguments, tab, what the one sentence must contain. Exit 2, nothing on standard output,
/// nothing written.
#[test]
fn wrong_arguments_and_configuration() {
    let dir = tempfile::tempdir().unwrap();
    copy_tree(&root().join("tests/configurations"), dir.path());
    let table = include_str!("bad-arguments.tsv");
    let before = tree(dir.path());
    let mut n = 0;
    for line in table.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
        let (arguments, want) = line.split_once('\t').unwrap();
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = nianbao_in(dir.path(), &arguments);
        assert_eq!(code(&output), 2, "{line}\n{}", err(&output));
        assert_eq!(out(&output), "", "{line}");
        for part in want.split(" && ") {
            assert!(err(&output).contains(part.trim()), "{line}\n{}", err(&output));
        }
        assert!(err(&output).lines().filter(|l| !l.trim().is_empty()).count() <= 2, "{line}\n{}", err(&output));
        n += 1;
    }
    assert!(n >= 15, "{n}");
    assert_eq!(tree(dir.path()), before, "something was written");
}

#[test]
fn help_shows_the_exit_codes() {
    let output = nianbao(&["--help"]);
    assert_eq!(code(&output), 0);
    for word in ["Exit codes", "  3  done, but", "run", "normalize", "check", "reconcile", "decide", "chart", "forms", "blank"] {
        assert!(out(&output).contains(word), "{word}");
    }
    assert_eq!(err(&output), "");
}

#[test]
fn forms_are_told_with_their_redundancy() {
    let output = nianbao(&["forms"]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("42 identities of rank 40"), "{}", out(&output));
    let cells = rows(&out(&nianbao(&["forms", "2021", "--format", "csv"])));
    assert_eq!(cells.len(), 200);
    let json: serde_json::Value = serde_json::from_str(&out(&nianbao(&["forms", "2019", "--format", "json"]))).unwrap();
    assert_eq!(json["cells"].as_array().unwrap().iter().filter(|c| c["local"] == false).count(), 198);
    let us = nianbao(&["forms", "us-foia", "--form-file", "data/forms/us-foia.toml"]);
    assert!(out(&us).contains("dispositions-processed"), "{}", err(&us));
}

#[test]
fn a_blank_form_has_no_figure_and_reads_back() {
    let dir = tempfile::tempdir().unwrap();
    for form in ["2019", "2021"] {
        let file = dir.path().join(format!("{form}.docx"));
        let output = nianbao(&["blank", form, "-o", file.to_str().unwrap()]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        // Filled in with a title only, it is read as a report of blanks.
        let output = nianbao(&["normalize", file.to_str().unwrap()]);
        let cells = rows(&out(&output));
        assert!(cells.iter().all(|c| c["state"] == "blank"), "{}", err(&output));
        let sheet = dir.path().join(format!("{form}.xlsx"));
        assert_eq!(code(&nianbao(&["blank", form, "-o", sheet.to_str().unwrap()])), 0);
        assert!(std::fs::read(&sheet).unwrap().starts_with(b"PK"));
    }
}

#[test]
fn logs_for_a_scheduler_are_json_lines() {
    let dir = tempfile::tempdir().unwrap();
    let out_dir = dir.path().join("out");
    let output = nianbao(&["run", "pipelines/city.toml", "--log", "json", "--out", out_dir.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(out(&output), "");
    let lines: Vec<serde_json::Value> = err(&output).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(!lines.is_empty());
    let last = lines.last().unwrap();
    assert_eq!(last["message"], "done");
    assert!(last["counted"].as_u64().unwrap() > 0);
}
