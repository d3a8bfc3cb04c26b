//! `nianbao chart` over documents, folders, cells and another form, and the published gallery.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;

/// Draws one chart and gives back what was written.
fn drawn(arguments: &[&str], ending: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("chart.{ending}"));
    let output = nianbao(&[&["chart"], arguments, &["-o", file.to_str().unwrap()]].concat());
    assert_eq!(code(&output), 0, "{arguments:?}: {}", err(&output));
    assert!(out(&output).is_empty());
    std::fs::read(file).unwrap()
}

fn svg(arguments: &[&str]) -> String {
    String::from_utf8(drawn(arguments, "svg")).unwrap()
}

#[test]
fn any_input_can_be_drawn() {
    let whole = svg(&["charts/01-requests-by-applicant.toml", "data/reports", "--registry", "data/agencies.csv"]);
    assert!(whole.contains("<title id=\"t-01-requests-by-applicant\">") && whole.contains("2019") && whole.contains("2024"));
    let mut one = std::fs::read_dir(root().join("data/reports/2024")).unwrap().map(|e| e.unwrap().path());
    let one = one.find(|p| p.extension().is_some_and(|e| e == "docx")).unwrap();
    let single = svg(&["charts/04-agencies-ranked.toml", one.to_str().unwrap()]);
    assert!(single.contains("2024年新收申请最多的是"), "{single}");
    let first = svg(&["charts/13-against-last-year.toml", "data/reports/2024", "--registry", "data/agencies.csv"]);
    assert!(first.contains("没有可与2023年比较的2024年数据"), "a year without one before it");
    let us = ["data/us-foia/cells-2008-2020.csv", "--form-file", "data/forms/us-foia.toml"];
    let english = svg(&[&["charts/us-foia/02-agencies-ranked.toml"], &us[..]].concat());
    assert!(english.contains("Department of Homeland Security") && !english.chars().any(|c| ('一'..='鿿').contains(&c)));
    let png = drawn(&[&["charts/us-foia/02-agencies-ranked.toml"], &us[..]].concat(), "png");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 1600);
}

#[test]
fn agency_and_level_choose_the_subject() {
    let reports = ["data/reports", "--registry", "data/agencies.csv"];
    let name =
        file_rows(&root().join("data/agencies.csv")).into_iter().find(|r| r["kind"] == "bureau").unwrap()["agency"].clone();
    let chart = ["charts/02-outcomes.toml"];
    let own = svg(&[&chart[..], &reports, &["--agency", &name]].concat());
    assert!(own.contains(&format!("{name}2024年")), "{name}");
    let towns = svg(&[&chart[..], &reports, &["--level", "town"]].concat());
    assert!(towns.contains("个乡镇合计2024年"));
}

#[test]
fn an_unknown_subject_is_refused_with_those_that_there_are() {
    for (option, value, say) in [
        ("--level", "twon", "no level `twon`; known are agency"),
        ("--agency", "财政", "财政局`?"),
        ("--agency", "没有这个", "no agency `没有这个`; known are `"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.svg");
        let reports = ["data/reports", "--registry", "data/agencies.csv", "-o", file.to_str().unwrap(), option, value];
        let output = nianbao(&[&["chart", "charts/04-agencies-ranked.toml"], &reports[..]].concat());
        assert_eq!(code(&output), 2, "{}", err(&output));
        assert!(err(&output).contains(say) && !file.exists(), "{}", err(&output));
    }
}

#[test]
fn the_gallery_shows_every_chart_with_its_figures_and_its_file() {
    for (pipeline, lang, chinese) in [("pipelines/city.toml", "zh", true), ("pipelines/us-foia.toml", "zh", false)] {
        let folder = tempfile::tempdir().unwrap();
        let output = nianbao(&["run", pipeline, "--out", folder.path().to_str().unwrap(), "--lang", lang, "--progress", "none"]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let year = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
        let page = std::fs::read_to_string(year.join("charts/index.html")).unwrap();
        let files = std::fs::read_dir(year.join("charts")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let pictures: Vec<String> = files.filter(|n| n.ends_with(".svg")).collect();
        assert_eq!(page.matches("<section ").count(), pictures.len());
        for picture in &pictures {
            assert!(page.contains(&format!("<img src=\"{picture}\"")), "{picture}");
            let chart = std::fs::read_to_string(year.join("charts").join(picture)).unwrap();
            let title = chart.split_once("\">").and_then(|(_, rest)| rest.split_once("<title")).map(|(_, t)| t).unwrap();
            let title = title.split_once('>').and_then(|(_, t)| t.split_once('<')).map(|(t, _)| t).unwrap();
            assert!(page.contains(title) || title.contains('&'), "{title}");
        }
        assert!(page.contains("<table class=\"figures\">") && page.contains("kind = &quot;"), "figures and files");
        assert!(!page.contains("http") && !page.contains("⟦?⟧"));
        assert_eq!(page.chars().any(|c| ('一'..='鿿').contains(&c)), chinese, "{pipeline}");
    }
}
