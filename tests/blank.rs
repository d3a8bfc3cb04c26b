//! The empty forms: filled in as an agency would, they are read back without loss; unfilled, they say nothing.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

const FOIA: &str = "data/forms/us-foia.toml";
const FORMS: [&str; 3] = ["2019", "2021", "us-foia"];

fn blank(form: &str, path: &Path) {
    let output = nianbao(&["blank", form, "-o", &path.to_string_lossy(), "--form-file", FOIA]);
    assert_eq!(code(&output), 0, "{}", err(&output));
}

fn read(path: &Path) -> Vec<BTreeMap<String, String>> {
    let output = nianbao(&["normalize", &path.to_string_lossy(), "--form-file", FOIA]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    rows(&out(&output))
}

/// The form's own cells in the order in which it prints them, with their kind.
fn cells(form: &str) -> Vec<(String, bool)> {
    let output = nianbao(&["forms", form, "--format", "json", "--form-file", FOIA]);
    let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let list = json["cells"].as_array().unwrap().iter().filter(|c| c["local"] != true);
    list.map(|c| (c["id"].as_str().or(c["cell"].as_str()).unwrap().to_owned(), c["unit"] == "万元")).collect()
}

/// What is typed into the how-many-eth cell, and what it is then: state and value.
fn typed(n: usize, money: bool) -> (String, &'static str, String) {
    match n % 10 {
        3 => (String::new(), "blank", String::new()),
        5 => ("0".into(), "number", "0".into()),
        // A mark of none in every form.
        7 => ("-".into(), "none", String::new()),
        _ if money => ("18651.064104".into(), "number", "18651.064104".into()),
        _ => ((n * 13 + 1).to_string(), "number", (n * 13 + 1).to_string()),
    }
}

fn parts(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut part = zip.by_index(i).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

fn save(parts: &[(String, Vec<u8>)], path: &Path) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// `<v>` of a number or text cell.
fn content(text: &str) -> (&'static str, String) {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    match text.parse::<f64>() {
        Ok(_) => ("", format!("<v>{text}</v>")),
        Err(_) => (" t=\"inlineStr\"", format!("<is><t>{escaped}</t></is>")),
    }
}

/// Types into a sheet: `say` gives the text for the cells that may be typed into, in reading order.
fn fill_sheet(xml: &str, say: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = xml;
    while let Some(at) = rest.find("<c r=\"") {
        out.push_str(&rest[..at]);
        let end = at + rest[at..].find("/>").map_or(usize::MAX, |e| e + 2).min(rest[at..].find('>').unwrap() + 1);
        let tag = &rest[at..end];
        let place = tag.split('"').nth(1).unwrap();
        match say(place).filter(|t| tag.ends_with("/>") && !t.is_empty()) {
            Some(text) => {
                let (kind, value) = content(&text);
                out.push_str(&format!("{}{kind}>{value}</c>", tag.trim_end_matches("/>")));
            }
            None => out.push_str(tag),
        }
        rest = &rest[end..];
    }
    out + rest
}

/// Cells of a sheet that take figures: those that are held to numbers.
fn inputs(xml: &str) -> Vec<String> {
    let rules = xml.split("<dataValidation ").skip(1);
    let figures = rules.filter(|r| r.starts_with("type=\"whole\"") || r.starts_with("type=\"decimal\""));
    figures.map(|r| r.split("sqref=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

fn expected(form: &str) -> Vec<(String, &'static str, String)> {
    cells(form)
        .into_iter()
        .enumerate()
        .map(|(n, (cell, money))| {
            let (_, state, value) = typed(n, money);
            (cell, state, value)
        })
        .collect()
}

fn is_as_typed(form: &str, path: &Path, agency: &str, year: &str) {
    let read = read(path);
    let want = expected(form);
    assert!(want.len() > 30);
    let found: Vec<_> = read.iter().map(|r| (r["cell"].clone(), r["state"].as_str().to_owned(), r["value"].clone())).collect();
    let want: Vec<_> = want.into_iter().map(|(c, s, v)| (c, s.to_owned(), v)).collect();
    let wrong: Vec<_> = want.iter().zip(&found).filter(|(w, f)| w != f).take(5).collect();
    assert!(wrong.is_empty() && found.len() == want.len(), "{form} {}: {} cells, {wrong:?}", path.display(), found.len());
    assert!(read.iter().all(|r| r["agency"] == agency && r["year"] == year), "{:?}", read[0]);
}

fn filled_workbook(form: &str, agency: &str, year: &str, to: &Path) {
    let empty = to.with_extension("empty.xlsx");
    blank(form, &empty);
    let order = cells(form);
    let mut next = 0;
    let mut parts = parts(&empty);
    let mut sheet = 0;
    for at in 0..parts.len() {
        // Sheets stand in the package in the order of the workbook.
        let Some((_, bytes)) = parts.iter_mut().find(|p| p.0 == format!("xl/worksheets/sheet{}.xml", at + 1)) else { continue };
        sheet += 1;
        let xml = String::from_utf8(bytes.clone()).unwrap();
        let inputs = inputs(&xml);
        let filled = fill_sheet(&xml, &mut |place| match place {
            "B3" if sheet == 1 => Some(agency.to_owned()),
            "B4" if sheet == 1 => Some(year.to_owned()),
            "A2" if inputs.is_empty() && sheet > 1 => Some("本单位的第一段。".to_owned()),
            "A3" if inputs.is_empty() && sheet > 1 => Some("第二段<&>。".to_owned()),
            _ if inputs.iter().any(|i| i == place) => {
                next += 1;
                Some(typed(next - 1, order[next - 1].1).0)
            }
            _ => None,
        });
        *bytes = filled.into_bytes();
    }
    assert_eq!(next, order.len(), "{form}: every figure of the form has a cell, and no other");
    save(&parts, to);
}

#[test]
fn a_filled_workbook_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    for form in FORMS {
        let (agency, year) =
            if form == "us-foia" { ("Department of A & B", "2015") } else { ("江城市青山区教育局", form) };
        let path = dir.path().join(format!("{form}.xlsx"));
        filled_workbook(form, agency, year, &path);
        is_as_typed(form, &path, agency, year);
        // The same saved by LibreOffice, formulas worked out.
        let saved = dir.path().join(form);
        let script = root().join("tests/validate/recalculate.sh");
        let status = Command::new("bash").arg(script).args([&path, &saved]).status().unwrap();
        match status.code() {
            Some(77) => {}
            Some(0) => is_as_typed(form, &saved.join(format!("{form}.xlsx")), agency, year),
            other => panic!("{form}: LibreOffice ended with {other:?}"),
        }
    }
}

/// The panel says in words what does not hold, once the workbook is calculated.
#[test]
fn the_panel_says_what_does_not_hold() {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().join("empty.xlsx");
    blank("2021", &empty);
    let mut parts = parts(&empty);
    let order = cells("2021");
    let mut next = 0;
    for at in 1..9 {
        let Some((_, bytes)) = parts.iter_mut().find(|p| p.0 == format!("xl/worksheets/sheet{at}.xml")) else { continue };
        let xml = String::from_utf8(bytes.clone()).unwrap();
        let inputs = inputs(&xml);
        let say = |cell: &str| match cell {
            // Received 5, handled 2, carried out 1: the balance is out by 2. Everything else of the column is 0.
            "requests.received.natural_person" => "5",
            "requests.handled.natural_person" | "requests.disclosed.natural_person" => "2",
            "requests.carried_out.natural_person" => "1",
            c if c.starts_with("requests.") && c.ends_with(".natural_person") => "0",
            _ => "",
        };
        *bytes = fill_sheet(&xml, &mut |place| {
            inputs.iter().any(|i| i == place).then(|| {
                next += 1;
                say(&order[next - 1].0).to_owned()
            })
        })
        .into_bytes();
    }
    let path = dir.path().join("filled.xlsx");
    save(&parts, &path);
    let script = root().join("tests/validate/recalculate.sh");
    let saved = dir.path().join("out");
    let status = Command::new("bash").arg(script).args([&path, &saved]).status().unwrap();
    if status.code() == Some(77) {
        return;
    }
    let mut book: Xlsx<_> = open_workbook(saved.join("filled.xlsx")).unwrap();
    let panel = book.worksheet_range("勾稽核对").unwrap();
    let state = |label: &str| {
        let row = panel.rows().find(|r| r.iter().any(|c| *c == Data::String(label.to_owned()))).unwrap();
        row.last().unwrap().to_string()
    };
    assert_eq!(state("“自然人”本年新收加上年结转等于办理结果总计加结转下年"), "不成立，相差2");
    assert_eq!(state("“自然人”各项办理结果之和等于办理结果总计"), "成立");
    assert_eq!(state("“商业企业”各项办理结果之和等于办理结果总计"), "未填全，暂不能核对");
    assert!(
        panel.rows().any(|r| r.iter().any(|c| *c == "共42条：成立1条，不成立1条，未填全40条。")),
        "{:?}",
        panel.rows().nth(1)
    );
}

#[test]
fn a_filled_document_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    for form in FORMS {
        let path = dir.path().join(format!("{form}.docx"));
        blank(form, &path);
        let order = cells(form);
        let mut parts = parts(&path);
        let (_, bytes) = parts.iter_mut().find(|p| p.0 == "word/document.xml").unwrap();
        let mut next = 0;
        let mut out = String::new();
        let xml = String::from_utf8(bytes.clone()).unwrap();
        let mut rest = xml.as_str();
        while let Some(at) = rest.find("<w:tc>") {
            let end = at + rest[at..].find("</w:tc>").unwrap();
            let cell = &rest[at..end];
            out.push_str(&rest[..at]);
            let continued = cell.contains("w:vMerge w:val=\"continue\"") || cell.contains("<w:vMerge/>");
            let words = cell.split("</w:t>").any(|t| !t.ends_with('>'));
            if !continued && !words {
                next += 1;
                let text = typed(next - 1, order[next - 1].1).0;
                let run = if text.is_empty() { String::new() } else { format!("<w:r><w:t>{text}</w:t></w:r>") };
                let close = cell.rfind("</w:p>").unwrap();
                out.push_str(&format!("{}{run}{}", &cell[..close], &cell[close..]));
            } else {
                out.push_str(cell);
            }
            rest = &rest[end..];
        }
        out.push_str(rest);
        assert_eq!(next, order.len(), "{form}: every figure has an empty cell, and nothing else is empty");
        let (agency, year) = if form == "us-foia" { ("", "") } else { ("江城市青山区教育局", form) };
        // As Word leaves a field that somebody has typed into.
        let typed_in = out
            .replace("〔单位名称〕", "江城市青山区教育局")
            .replace("〔年份〕年", &format!("{form}年"))
            .replace("<w:showingPlcHdr/>", "")
            .replace("（文字描述）", "本单位写了一段话。");
        *bytes = typed_in.into_bytes();
        save(&parts, &path);
        is_as_typed(form, &path, agency, year);
    }
}

/// Nothing typed, nothing read: blanks, no words, and no finding but that it is empty.
#[test]
fn an_unfilled_form_says_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for form in FORMS {
        for ending in ["docx", "xlsx"] {
            let path = dir.path().join(format!("{form}.{ending}"));
            blank(form, &path);
            let read = read(&path);
            assert_eq!(read.len(), cells(form).len(), "{form}.{ending}");
            assert!(read.iter().all(|r| r["state"] == "blank" && r["agency"].is_empty()), "{form}.{ending} {:?}", read[0]);
            let output = nianbao(&["check", &path.to_string_lossy(), "--format", "csv", "--form-file", FOIA]);
            for f in rows(&out(&output)) {
                let empty = ["not-judged", "thin-section", "missing-section"].contains(&f["rule"].as_str());
                // A form whose head asks for no year has none until it is filled in or its file is named.
                let undated = f["rule"] == "unreadable" && f["message"].contains("未能确定报告属于哪个年度");
                assert!(empty || undated, "{form}.{ending}: {f:?}");
                assert!(f["rule"] != "thin-section" || f["message"].contains("只有0字"), "{f:?}");
            }
        }
    }
}

#[test]
fn empty_forms_are_valid_office_files() {
    let dir = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for form in FORMS {
        for ending in ["docx", "xlsx"] {
            let path = dir.path().join(format!("{form}.{ending}"));
            blank(form, &path);
            let again = std::fs::read(&path).unwrap();
            blank(form, &path);
            assert_eq!(again, std::fs::read(&path).unwrap(), "the same form gives the same bytes");
            files.push(path);
        }
    }
    let output = Command::new("bash").arg(root().join("tests/validate/ooxml.sh")).args(&files).output().unwrap();
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    assert!([Some(0), Some(77)].contains(&output.status.code()), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Only what is to be typed can be typed, with a word on what; another country's form asks in its own language.
#[test]
fn what_is_not_to_be_typed_is_protected() {
    let dir = tempfile::tempdir().unwrap();
    for form in FORMS {
        let path = dir.path().join(format!("{form}.xlsx"));
        blank(form, &path);
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for (name, bytes) in parts(&path) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if name.starts_with("xl/worksheets/sheet") {
                assert!(text.contains("<sheetProtection ") && !text.contains("password"), "{form} {name}");
                for rule in text.split("<dataValidation ").skip(1) {
                    let prompt = rule.split("prompt=\"").nth(1).unwrap().split('"').next().unwrap();
                    assert_eq!(prompt.contains(chinese), form != "us-foia", "{prompt}");
                }
            }
            if form == "us-foia" && !name.contains("theme") {
                assert!(!text.contains(chinese), "{name}");
            }
        }
    }
}
