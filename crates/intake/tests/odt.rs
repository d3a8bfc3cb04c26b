//! OpenDocument text as programs write it, and as hostile ones do.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/every.rs"]
mod every;
#[path = "common/print.rs"]
mod print;
#[path = "common/print_odt.rs"]
mod print_odt;

use common::{forms, read_bytes};
use nianbao_form::{Form, Number};
use nianbao_intake::Status;
use print_odt::{WRITERS, Writer};
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
        for writer in WRITERS {
            let parts = numbered(form);
            let flat = writer.content(TITLE, &parts, true).into_bytes();
            for (name, bytes) in [("a.odt", writer.report(TITLE, &parts)), ("a.fodt", flat)] {
                let receipt = read_bytes(name, &bytes);
                let found = (receipt.status, receipt.format.as_str());
                assert_eq!(found, (Status::Read, "odt"), "{writer:?} {name}: {}", receipt.reason);
                let report = &receipt.reports[0];
                assert_eq!((report.agency.as_str(), report.year), ("某某局", 2022), "{writer:?}");
                for cell in &form.cells {
                    let v = report.value(*cell);
                    let number = Number::whole(1000 + cell.index() as i64);
                    assert_eq!(v.number, number, "{writer:?} {}: {:?}", forms().id(*cell), v.raw);
                }
                assert!(report.unmapped.is_empty(), "{writer:?}: {:?}", report.unmapped);
            }
        }
    }
}

#[test]
fn whatever_stands_in_a_cell() {
    every::says_the_same("odt");
    every::says_the_same("fodt");
}

#[test]
fn other_opendocument_files_are_said_to_be_others() {
    let flat = Writer::Script.content(TITLE, &numbered(form("2021")), true);
    let sheet = flat.replace("office:text>", "office:spreadsheet>");
    let receipt = read_bytes("a.fods", sheet.as_bytes());
    assert_eq!((receipt.status, receipt.format.as_str()), (Status::Foreign, "odt"));
    assert!(receipt.reason.contains("不是文字文档"), "{}", receipt.reason);
}

#[test]
fn cut_off_at_every_byte() {
    let parts = numbered(form("2021"));
    let whole = Writer::LibreOffice.report(TITLE, &parts);
    for end in (0..whole.len()).step_by(23) {
        assert!(read_bytes("a.odt", &whole[..end]).reports.is_empty(), "{end}");
    }
    let flat = Writer::LibreOffice.content(TITLE, &parts, true);
    for end in (0..flat.len()).step_by(997).chain(flat.len() - 40..flat.len()) {
        assert!(read_bytes("a.fodt", &flat.as_bytes()[..end]).reports.is_empty(), "{end}");
    }
}

/// A package that unpacks to `size` bytes of `unit` repeated inside a text.
fn bomb(before: &str, unit: &str, size: usize, after: &str) -> Vec<u8> {
    use std::io::Write;
    let head = Writer::Script.content("", &[], false);
    let (head, tail) = head.split_once("<text:p></text:p>").unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("mimetype", options).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.text").unwrap();
    zip.start_file("content.xml", options).unwrap();
    zip.write_all(head.as_bytes()).unwrap();
    zip.write_all(before.as_bytes()).unwrap();
    let chunk = unit.repeat((1 << 20) / unit.len());
    (0..size / chunk.len()).for_each(|_| zip.write_all(chunk.as_bytes()).unwrap());
    zip.write_all(after.as_bytes()).unwrap();
    zip.write_all(tail.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn small_files_that_unpack_to_large_ones() {
    for (before, unit, size, after) in [
        ("", " ", 150 << 20, ""),
        (
            "<table:table>",
            "<table:table-row><table:table-cell table:number-columns-repeated=\"999999999\"/></table:table-row>",
            1 << 20,
            "</table:table>",
        ),
        ("", "<text:p>1</text:p>", 10 << 20, ""),
    ] {
        let bytes = bomb(before, unit, size, after);
        assert!(bytes.len() < 1 << 20);
        let receipt = read_bytes("a.odt", &bytes);
        assert_eq!(receipt.status, Status::Unreadable, "{unit}");
        assert!(receipt.reason.contains("过大"), "{unit}: {}", receipt.reason);
    }
    // Columns and rows that repeat without end, as spreadsheets have them.
    let cells = "<table:table-cell table:number-columns-repeated=\"1000000000\"/>";
    let rows = format!("<table:table-row table:number-rows-repeated=\"1000000000\">{cells}</table:table-row>");
    let parts = Writer::Script.content(TITLE, &numbered(form("2021")), true);
    let receipt = read_bytes("a.fodt", parts.replacen("</table:table>", &format!("{rows}</table:table>"), 1).as_bytes());
    assert_eq!(receipt.status, Status::Read, "{}", receipt.reason);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_report_with_some_bytes_changed(packed in any::<bool>(), changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let parts = numbered(form("2021"));
        let mut bytes = if packed { Writer::Word.report(TITLE, &parts) } else { Writer::LibreOffice.content(TITLE, &parts, true).into_bytes() };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let receipt = read_bytes("a.odt", &bytes);
        // What is packed has a checksum: a figure that was changed is never read.
        for report in receipt.reports.iter().filter(|_| packed) {
            for cell in forms().cells() {
                if let Some(n) = report.value(cell).number {
                    prop_assert_eq!(n.to_string(), (1000 + cell.index()).to_string());
                }
            }
        }
    }

    #[test]
    fn elements_thrown_together(pieces in proptest::collection::vec(0usize..24, 0..60)) {
        const PIECES: [&str; 24] = [
            "<text:p>", "</text:p>", "<table:table>", "</table:table>", "<table:table-row>", "</table:table-row>", "<table:table-cell>",
            "</table:table-cell>", "<table:covered-table-cell/>", "<table:table table:is-sub-table=\"true\">", "1", "规章", "<text:s/>",
            "<table:table-cell table:number-columns-spanned=\"3\" table:number-rows-spanned=\"2\">", "<text:span text:style-name=\"H\">",
            "</text:span>", "<draw:frame>", "</draw:frame>", "<text:tracked-changes>", "</text:tracked-changes>", "<table:table-column/>",
            "<table:table-row table:number-rows-repeated=\"9\">", "<text:change-start text:change-id=\"a\"/>", "<office:text>",
        ];
        // Closed as they should be, so that the walk goes through all of them.
        let (mut text, mut open) = (String::new(), Vec::new());
        for piece in pieces {
            let piece = PIECES[piece];
            if let Some(name) = piece.strip_prefix("</") {
                if open.last() == Some(&name.trim_end_matches('>')) {
                    open.pop();
                    text += piece;
                }
                continue;
            }
            if piece.starts_with('<') && !piece.ends_with("/>") {
                open.push(piece[1..].split([' ', '>']).next().unwrap());
            }
            text += piece;
        }
        while let Some(name) = open.pop() {
            text += &format!("</{name}>");
        }
        let file = Writer::Script.content(TITLE, &numbered(form("2021")), true).replacen("<text:h>", &format!("{text}<text:h>"), 1);
        read_bytes("a.fodt", file.as_bytes());
    }

    #[test]
    fn a_row_of_a_table_torn(writer in 0usize..3, row in any::<prop::sample::Index>(), drop in any::<prop::sample::Index>()) {
        let mut parts = numbered(form("2021"));
        let rows: usize = parts.iter().flat_map(|p| &p.tables).map(Vec::len).sum();
        let row = parts.iter_mut().flat_map(|p| &mut p.tables).flatten().nth(row.index(rows)).unwrap();
        row.remove(drop.index(row.len()));
        let receipt = read_bytes("a.odt", &WRITERS[writer].report(TITLE, &parts));
        for report in &receipt.reports {
            for c in forms().cells() {
                if let Some(n) = report.value(c).number {
                    prop_assert_eq!(n.to_string(), (1000 + c.index()).to_string(), "{}", forms().id(c));
                }
            }
        }
    }
}
