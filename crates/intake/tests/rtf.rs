//! Rich Text Format as programs write it, and as hostile ones do.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/every.rs"]
mod every;
#[path = "common/print.rs"]
mod print;
#[path = "common/print_rtf.rs"]
mod print_rtf;

use common::{forms, read_bytes};
use nianbao_form::{Form, Number};
use nianbao_intake::Status;
use print_rtf::{WRITERS, Writer};
use proptest::prelude::*;

const TITLE: &str = "某某局2022年政府信息公开工作年度报告";

fn form(id: &str) -> &'static Form {
    forms().form(forms().find(id).unwrap())
}

fn numbered(form: &Form) -> Vec<print::Part> {
    print::parts(form, &|c| (1000 + c.index()).to_string(), false)
}

#[test]
fn every_writer_is_read_cell_for_cell() {
    for form in ["2019", "2021"].map(form) {
        let parts = numbered(form);
        for writer in WRITERS {
            let receipt = read_bytes("a.rtf", &writer.report(TITLE, &parts));
            assert_eq!((receipt.status, receipt.format.as_str()), (Status::Read, "rtf"), "{writer:?}: {}", receipt.reason);
            let report = &receipt.reports[0];
            assert_eq!((report.agency.as_str(), report.year), ("某某局", 2022), "{writer:?}");
            for cell in &form.cells {
                let v = report.value(*cell);
                assert_eq!(v.number, Number::whole(1000 + cell.index() as i64), "{writer:?} {}: {:?}", forms().id(*cell), v.raw);
            }
            assert!(report.unmapped.is_empty(), "{writer:?}: {:?}", report.unmapped);
            assert_eq!(report.passage("other_matters").unwrap().text, "全年工作有序。", "{writer:?}");
        }
    }
}

#[test]
fn whatever_stands_in_a_cell() {
    every::says_the_same("rtf");
}

/// Figures as writers of RTF have them, in the first cell of table two.
#[test]
fn figures() {
    let form = form("2021");
    let cell = form.cells[0];
    let parts = print::parts(form, &|c| if c == cell { "@".into() } else { "0".into() }, false);
    let file = String::from_utf8(Writer::WordPad.report(TITLE, &parts)).unwrap();
    for (rtf, want) in [
        (r"{\fs21 1}{\fs21\insrsid123 2}", "12"),
        (r"1\'a3\'b2", "12"),
        (r"\u-239?2", "12"),
        (r"{\revised 7}{\deleted 9}", "7"),
        (r"{\v 9}3", "3"),
        (r"{\strike 9}5", "5"),
        (r"12{\super 1}", "12"),
        (r"12{\super \chftn}{\footnote\pard 9}", "12"),
        (r"{\field{\*\fldinst =SUM(ABOVE)}{\fldrslt 15}}", "15"),
        (r"\~0\~", "0"),
        (r"1,234\'bc\'fe", "1234"),
        // 一 alone may be a dash.
        (r"\'d2\'bb", ""),
        (r"\'b6\'fe", "2"),
        (r"2\line 3", ""),
        (r"2\par 3", ""),
        (r"2\tab 3", ""),
        (r"{\*\bkmkstart a}12{\*\bkmkend a}", "12"),
        (r"\_5", "-5"),
        (r"1{\upr{2}{\*\ud{\u65298?}}}", "12"),
        // Bytes that lack their other half swallow no digit.
        (r"\f0\'b912", ""),
        (r"\'a012", "12"),
    ] {
        let receipt = read_bytes("a.rtf", file.replace('@', rtf).as_bytes());
        let value = receipt.reports[0].value(cell).clone();
        assert_eq!(value.number.map(|n| n.to_string()).unwrap_or_default(), want, "{rtf}: {:?}", value.raw);
    }
}

#[test]
fn known_by_content() {
    let bytes = Writer::Word.report(TITLE, &numbered(form("2021")));
    let with_mark = [b"\xEF\xBB\xBF\r\n", &bytes[..]].concat();
    for (name, bytes, misnamed) in [("a.doc", &bytes, true), ("a.rtf", &with_mark, false), ("年报", &bytes, false)] {
        let receipt = read_bytes(name, bytes);
        assert_eq!((receipt.status, receipt.format.as_str()), (Status::Read, "rtf"), "{name}");
        assert_eq!(receipt.reports[0].remarks.iter().any(|r| r.rule == "misnamed-file"), misnamed, "{name}");
    }
}

#[test]
fn cut_off_at_every_byte() {
    let whole = Writer::Wps.report(TITLE, &numbered(form("2021")));
    let end = whole.iter().rposition(|b| *b == b'}').unwrap();
    for cut in (0..=end).step_by(97).chain(end - 40..=end) {
        let receipt = read_bytes("a.rtf", &whole[..cut]);
        assert!(receipt.reports.is_empty(), "{cut}");
        assert!(!receipt.reason.is_empty());
    }
}

#[test]
fn without_end() {
    let report = String::from_utf8(Writer::LibreOffice.report(TITLE, &numbered(form("2021")))).unwrap();
    let with = |what: &str| report.replacen("\\row", &format!("{what}\\row"), 1);
    for file in [
        with("\\bin2147483647 "),
        with(&"{".repeat(1_000_000)),
        with(&"}".repeat(1_000_000)),
        with(&"\\cell".repeat(600_000)),
        format!("{{\\rtf1{}", "{\\*\\x".repeat(200_000)),
    ] {
        let receipt = read_bytes("a.rtf", file.as_bytes());
        assert!(receipt.status != Status::Read, "{}", receipt.reason);
    }
    for file in [
        with(&"{\\*\\bookmark ".repeat(3000)).replacen("\\row", &("}".repeat(3000) + "\\row"), 1),
        with(&"\\cellx100".repeat(100_000)),
        with(&"\\trowd\\cellx100".repeat(30_000)),
        with(&"\\itap32\\par\\pard\\par".repeat(30_000)),
        with(&"\\itap99999 x\\nestcell\\nestrow\\pard\\intbl ".repeat(3_000)),
        with(&"{\\shp{\\*\\shpinst{\\shptxt x\\par}}}".repeat(10_000)),
        with(&"{\\shp{\\*\\shpinst{\\shptxt x".repeat(900)).replacen("\\row", &("}}}".repeat(900) + "\\row"), 1),
        with(&"\\u55357".repeat(100_000)),
        with(&"\\'b9".repeat(100_001)),
        report.replacen("{\\fonttbl", &("{\\fonttbl".to_owned() + &"\\f7\\fcharset134".repeat(100_000)), 1),
        report.replacen("{\\stylesheet", &("{\\stylesheet".to_owned() + &"{\\s1\\sbasedon1\\v x;}".repeat(100_000)), 1),
    ] {
        read_bytes("a.rtf", file.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_report_with_some_bytes_changed(writer in 0usize..7, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = WRITERS[writer].report(TITLE, &numbered(form("2021")));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_bytes("a.rtf", &bytes);
    }

    #[test]
    fn words_thrown_together(pieces in proptest::collection::vec(0usize..40, 0..80)) {
        const PIECES: [&str; 40] = [
            "{", "}", "\\par ", "\\cell ", "\\row ", "\\nestcell ", "\\nestrow ", "\\trowd", "\\cellx1000", "\\cellx2000", "\\cellx-5",
            "\\pard ", "\\intbl ", "\\itap2 ", "\\itap3 ", "{\\*\\nesttableprops", "{\\shp{\\*\\shpinst{\\shptxt ", "\\clmrg", "\\clvmrg",
            "\\clvmgf", "\\irow0", "\\irow1", "1", "\\u35268", "?", "\\'b9", "\\'e6", "\\uc2", "\\super ", "\\v ", "\\plain ", "{\\*\\x ",
            "{\\upr", "{\\*\\ud ", "{\\fonttbl", "\\f1", "\\bin3", "\\deleted ", "\\\n", "{\\field{\\fldrslt ",
        ];
        let text: String = pieces.iter().map(|p| PIECES[*p]).collect();
        let open = text.matches('{').count().saturating_sub(text.matches('}').count());
        let report = String::from_utf8(Writer::WordPad.report(TITLE, &numbered(form("2021")))).unwrap();
        read_bytes("a.rtf", report.replacen("\\trowd", &format!("{text}{}\\trowd", "}".repeat(open)), 1).as_bytes());
    }

    #[test]
    fn a_row_of_a_table_torn(writer in 0usize..7, row in any::<prop::sample::Index>(), drop in any::<prop::sample::Index>()) {
        let mut parts = numbered(form("2021"));
        let rows: usize = parts.iter().flat_map(|p| &p.tables).map(Vec::len).sum();
        let row = parts.iter_mut().flat_map(|p| &mut p.tables).flatten().nth(row.index(rows)).unwrap();
        row.remove(drop.index(row.len()));
        let receipt = read_bytes("a.rtf", &WRITERS[writer].report(TITLE, &parts));
        for report in &receipt.reports {
            for c in forms().cells() {
                if let Some(n) = report.value(c).number {
                    prop_assert_eq!(n.to_string(), (1000 + c.index()).to_string(), "{:?} {}", WRITERS[writer], forms().id(c));
                }
            }
        }
    }
}
