//! `data/office/every.*`: one report in several containers, with whatever can stand in a cell (see `make.py` there).
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use nianbao_form::Report;
use nianbao_intake::Receipt;

use super::common::{forms, read_file};

fn path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/office").join(name)
}

fn report(receipt: Receipt) -> Report {
    let reason = receipt.reason_en;
    receipt.reports.into_iter().next().unwrap_or_else(|| panic!("{}: {reason}", receipt.name))
}

/// The report in a container says what every.csv says, and for the rest what the Word document says.
pub fn says_the_same(container: &str) {
    let word = report(read_file(&path("every.docx")));
    let other = report(read_file(&path(&format!("every.{container}"))));
    let shown: Vec<String> =
        csv::Reader::from_path(path("every.csv")).unwrap().records().map(|r| r.unwrap()[0].to_owned()).collect();
    assert!(shown.len() > 20);
    let form = forms().form(word.form);
    for (i, cell) in form.cells.iter().enumerate() {
        let (a, b) = (word.value(*cell), other.value(*cell));
        let id = forms().id(*cell);
        assert_eq!((a.state, a.number, a.raw.trim()), (b.state, b.number, b.raw.trim()), "{id} in {container}");
        if let Some(shown) = shown.get(i) {
            assert_eq!(b.raw.trim(), shown.trim(), "{id} in {container}");
        }
    }
    let text = |r: &Report| r.sections.iter().map(|s| format!("{}\n{}", s.heading, s.text)).collect::<Vec<_>>();
    assert_eq!(text(&word), text(&other), "{container}");
}
