//! The real documents of `shared/`: every cell of their gold right or left unread, none wrong.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use common::{forms, read_bytes, read_file, shared};
use nianbao_form::{Number, Place, State};
use nianbao_intake::Status;

fn gold(name: &str) -> Option<BTreeMap<String, (String, String)>> {
    let path = shared(&format!("real/reports/gold/{name}.csv"))?;
    let mut reader = csv::Reader::from_path(path).unwrap();
    Some(reader.records().map(Result::unwrap).map(|r| (r[0].to_owned(), (r[1].to_owned(), r[2].to_owned()))).collect())
}

fn against_gold(document: &str, name: &str, agency: &str, year: u16, form: &str) {
    let (Some(path), Some(gold)) = (shared(&format!("real/reports/documents/{document}")), gold(name)) else { return };
    let receipt = read_file(&path);
    let [report] = receipt.reports.as_slice() else { panic!("{document}: {} {}", receipt.status.as_str(), receipt.reason_en) };
    assert_eq!((report.agency.as_str(), report.year, forms().form(report.form).id.as_str()), (agency, year, form), "{document}");
    let mut wrong = Vec::new();
    for (id, (value, state)) in &gold {
        let cell = forms().cell(id).unwrap_or_else(|| panic!("{id}"));
        let v = report.value(cell);
        let right = v.state.as_str() == state && v.number == Number::parse(value).ok();
        if !right {
            wrong.push(format!("{id}: gold {value} {state}, read {} {:?} at {}", v.state.as_str(), v.raw, v.place));
        }
    }
    assert!(wrong.is_empty(), "{document}:\n{}", wrong.join("\n"));
    assert_eq!(report.sections.len(), 6, "{document}: {:?}", report.sections.iter().map(|s| &s.heading).collect::<Vec<_>>());
    let overview = report.passage("overview").unwrap();
    assert!(overview.heading.contains("总体情况") && overview.text.chars().count() > 100, "{document}: {overview:?}");
    assert!(report.remarks.is_empty(), "{document}: {:?}", report.remarks);
    assert!(report.unmapped.is_empty(), "{document}: {:?}", report.unmapped);
    assert_eq!(receipt.status, Status::Read, "{document}: {}", receipt.reason);
}

#[test]
fn web_pages() {
    against_gold("pingtan-2019.html", "pingtan-2019", "平潭综合实验区", 2019, "2019");
    against_gold("pingtan-2020.html", "pingtan-2020", "平潭综合实验区", 2020, "2019");
    against_gold("shuyang-fgj-2023.html", "shuyang-fgj-2023", "沭阳县发展和改革局", 2023, "2021");
}

/// How many cells of gold are right; none is wrong: what is not right is left unread.
fn right_or_unread(document: &str, name: &str) -> Option<usize> {
    let path = shared(&format!("real/reports/documents/{document}"))?;
    let gold = gold(name)?;
    let receipt = read_file(&path);
    let Some(report) = receipt.reports.first() else {
        assert!(!receipt.reason.is_empty() && !receipt.reason_en.is_empty(), "{document}");
        return Some(0);
    };
    let mut right = 0;
    for (id, (value, state)) in &gold {
        let v = report.value(forms().cell(id).unwrap_or_else(|| panic!("{id}")));
        if v.state.as_str() == state && v.number == Number::parse(value).ok() {
            right += 1;
        } else {
            let unread = matches!(v.state, State::Text | State::Absent);
            assert!(unread, "{document}: {id}: gold {value} {state}, read {} {:?} at {}", v.state.as_str(), v.raw, v.place);
        }
    }
    eprintln!("{document}: {right} of {} cells right, the others unread", gold.len());
    Some(right)
}

#[test]
fn pages_and_text_without_cells() {
    for (document, name, least) in [
        ("hongze-2023.pdf", "hongze-2023", 200),
        ("pingtan-czj-2020.txt", "pingtan-czj-2020", 198),
        ("shanghai-office-2025.md", "shanghai-office-2025", 190),
        // Its cells have run together.
        ("pingtan-2021.txt", "pingtan-2021", 0),
    ] {
        let Some(right) = right_or_unread(document, name) else { return };
        assert!(right >= least, "{document}: {right}");
    }
}

fn seed() -> Option<String> {
    shared("examples/seed-tieshan-archives-2020.txt").map(|p| std::fs::read_to_string(p).unwrap())
}

#[test]
fn the_example_report() {
    let Some(text) = seed() else { return };
    let receipt = read_bytes("archives.txt", text.as_bytes());
    assert_eq!(receipt.status, Status::Read, "{}", receipt.reason);
    let report = &receipt.reports[0];
    assert_eq!((report.agency.as_str(), report.year), ("开发区·铁山区档案馆", 2020));
    let form = forms().form(report.form);
    assert_eq!(form.id, "2019");
    let count = |state| form.cells.iter().filter(|c| report.value(**c).state == state).count();
    assert_eq!((count(State::Number), count(State::Blank), count(State::Absent)), (60, 138, 0));
    for column in ["made", "published", "published_total"] {
        let cell = forms().cell(&format!("proactive.other_documents.{column}")).unwrap();
        assert_eq!(report.value(cell).number, Some(Number::ZERO), "{column}");
    }
    assert_eq!(report.sections.len(), 6);
    assert_eq!(report.passage("other_matters").unwrap().text, "无");
    assert!(report.passage("overview").unwrap().text.starts_with("2020年，我馆政府信息公开工作"));
    assert!(report.unmapped.is_empty() && report.remarks.is_empty(), "{:?} {:?}", report.unmapped, report.remarks);
}

/// A copy of the example in which every figure is another number, and `blank` says which are left out and which of the
/// blanks beside labels are filled.
fn numbered_seed(text: &str) -> (String, Vec<String>) {
    let mut figures = Vec::new();
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            if line.strip_prefix('\t').is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit())) {
                let figure = (1000 + 7 * figures.len()).to_string();
                figures.push(figure.clone());
                format!("\t{figure}")
            } else {
                line.to_owned()
            }
        })
        .collect();
    (lines.join("\n"), figures)
}

#[test]
fn every_figure_another_number() {
    let Some(text) = seed() else { return };
    let before = read_bytes("a.txt", text.as_bytes());
    let (text, figures) = numbered_seed(&text);
    let after = read_bytes("a.txt", text.as_bytes());
    let (a, b) = (&before.reports[0], &after.reports[0]);
    let mut seen: Vec<(u32, String)> = Vec::new();
    for (cell, value) in a.cells(forms()) {
        let now = b.value(cell);
        assert_eq!((value.state, &value.place), (now.state, &now.place), "{}", forms().id(cell));
        if let (Some(n), Place::Line(line)) = (now.number, &now.place) {
            seen.push((*line, n.to_string()));
        }
    }
    // In the order of their lines the numbers are those that were written, each once.
    seen.sort();
    assert_eq!(seen.into_iter().map(|s| s.1).collect::<Vec<_>>(), figures);
}

#[test]
fn blanks_moved() {
    let Some(text) = seed() else { return };
    let original = read_bytes("a.txt", text.as_bytes());
    let places: BTreeMap<u32, String> = original.reports[0]
        .cells(forms())
        .filter_map(|(c, v)| if let Place::Line(l) = v.place { Some((l, forms().id(c).to_owned())) } else { None })
        .collect();
    assert_eq!(places.len(), 201);
    for turn in 0..7u32 {
        let mut expected = BTreeMap::new();
        let lines: Vec<String> = text
            .lines()
            .zip(1u32..)
            .map(|(line, at)| match places.get(&at) {
                Some(id) if (at * 31 + turn * 17) % 7 < 3 => {
                    expected.insert(id.clone(), (10_000 + at).to_string());
                    format!("\t{}", 10_000 + at)
                }
                Some(id) => {
                    expected.insert(id.clone(), String::new());
                    "\t".to_owned()
                }
                None => line.to_owned(),
            })
            .collect();
        let receipt = read_bytes("a.txt", lines.join("\n").as_bytes());
        let report = &receipt.reports[0];
        for (id, value) in expected {
            let v = report.value(forms().cell(&id).unwrap());
            assert_eq!(v.number.map(|n| n.to_string()).unwrap_or_default(), value, "{id} in turn {turn}");
            assert_eq!(v.state, if value.is_empty() { State::Blank } else { State::Number }, "{id}");
        }
    }
}

#[test]
fn the_official_form_filled_in() {
    let Some(path) = shared("examples/official-form-2021-template.docx") else { return };
    let bytes = common::fill_docx(&std::fs::read(path).unwrap());
    let receipt = read_bytes("某局2023年.docx", &bytes);
    let report = &receipt.reports[0];
    let form = forms().form(report.form);
    assert_eq!((form.id.as_str(), report.year, report.agency.as_str()), ("2021", 2023, "某局"));
    // The filler counts the empty cells of the tables in the order of the document, which is the form's own order.
    for (i, cell) in form.cells.iter().enumerate() {
        let v = report.value(*cell);
        assert_eq!(v.raw.as_ref(), (1001 + i).to_string(), "{}", forms().id(*cell));
        assert_eq!(v.number, Number::whole(1001 + i as i64));
    }
    assert_eq!(receipt.status, Status::Read, "{}", receipt.reason);
}
