//! Scanned reports, with Tesseract where it is installed: what is read is right, what is not certain stays unread, and
//! without being asked nothing is read at all.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};

use nianbao_form::{Number, Place, Registry, State};
use nianbao_intake::{Reading, Receipt, Source, Status, Tesseract};

fn scans() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus")
}

fn documents() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(scans().join("scans")).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    assert!(all.len() >= 4);
    all
}

fn read(path: &Path, tesseract: Option<&Tesseract>) -> Receipt {
    let source = Source { name: path.file_name().unwrap().to_string_lossy().into(), path: path.to_owned() };
    let reading = Reading { forms: common::forms(), registry: &Registry::default(), tesseract };
    reading.all(&[source], &|_| ()).remove(0)
}

#[test]
fn pictures_are_named_where_nobody_asks_for_their_recognition() {
    for path in documents() {
        let receipt = read(&path, None);
        assert_eq!((receipt.status, receipt.reports.len()), (Status::Unreadable, 0), "{}", receipt.name);
        assert!(receipt.reason.contains("图片") && receipt.reason_en.contains("picture"), "{}", receipt.reason);
        if receipt.format == "pdf" {
            assert!(receipt.reason.contains("第1页") && receipt.reason_en.contains("page 1"), "{}", receipt.reason);
        }
    }
}

#[test]
fn scans_are_read_right_or_not_at_all() {
    let tesseract = match Tesseract::find() {
        Ok(tesseract) => tesseract,
        Err(problem) => return eprintln!("SKIPPED: scans: {problem}"),
    };
    let (mut right, mut all) = (0, 0);
    for path in documents() {
        let receipt = read(&path, Some(&tesseract));
        let [report] = &receipt.reports[..] else { panic!("{}: {}", receipt.name, receipt.reason_en) };
        let name: Vec<&str> = path.file_stem().unwrap().to_str().unwrap().split('-').take(2).collect();
        let expected = scans().join("expected").join(format!("{}.csv", name.join("-")));
        let mut wrong = Vec::new();
        let mut unread = 0;
        for row in csv::Reader::from_path(expected).unwrap().records() {
            let row = row.unwrap();
            let value = report.value(common::forms().cell(&row[0]).unwrap());
            let number = Number::parse(&row[1]).ok();
            all += 1;
            match value.state {
                State::Text | State::Absent => unread += 1,
                state if state.as_str() == &row[2] && value.number == number => {
                    right += 1;
                    let marked = matches!(value.place, Place::OnPage { ocr: true, page: 1.., .. });
                    assert!(marked && value.place.to_string().ends_with("ocr"), "{}: {}", &row[0], value.place);
                }
                _ => wrong.push(format!("{}: {:?} {}, should be {} {}", &row[0], value.number, value.raw, &row[1], &row[2])),
            }
        }
        println!("{}: {unread} not read; {}", receipt.name, receipt.reason_en);
        assert!(wrong.is_empty(), "{}: {wrong:#?}", receipt.name);
        assert_eq!(unread > 0, receipt.status == Status::Partial || report.count(common::forms(), State::Text) > 0);
    }
    println!("{right} of {all} cells right, none wrong");
    assert!(right * 100 >= all * 90, "{right} of {all}");
}
