//! Broken, foreign and hostile files: a reason each, never a panic, bounded time and memory.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;

use std::io::Write;

use common::{docx, forms, read_bytes};
use nianbao_intake::Status;
use proptest::prelude::*;

fn sample() -> (String, Vec<u8>, String) {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
    let title = "某某局2022年政府信息公开工作年度报告";
    (
        print::html(title, &parts, &print::html_spans),
        docx(&print::word(title, &parts)),
        print::text(title, &parts, &print::cell_lines),
    )
}

#[test]
fn each_has_its_reason() {
    let cfb = |name: &str| -> Vec<u8> {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.resize(512, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    let word = sample().1;
    let table: [(&str, Vec<u8>, Status, &str, &str); 10] = [
        ("a.docx", Vec::new(), Status::Unreadable, "empty", "为空"),
        ("a.docx", cfb("EncryptedPackage"), Status::Unreadable, "encrypted", "密码"),
        ("a.doc", cfb("WordDocument"), Status::Unreadable, "doc", "损坏"),
        ("a.docx", word[..word.len() / 2].to_vec(), Status::Unreadable, "zip", "损坏"),
        ("a.docx", b"%PDF-1.4".to_vec(), Status::Unreadable, "pdf", "损坏"),
        ("a.pdf", b"%PDF-1.4".to_vec(), Status::Unreadable, "pdf", "损坏"),
        ("a.html", "<html><body><p>关于放假的通知</p></body></html>".into(), Status::Foreign, "html", "不是"),
        ("a.txt", "购物清单\n\t苹果\t3\n".into(), Status::Foreign, "txt", "不是"),
        ("a.docx", docx("<w:document><w:body><w:p>"), Status::Unreadable, "docx", "损坏"),
        ("a.csv", "单位,数量\n某局,3\n".into(), Status::Foreign, "txt", "不是"),
    ];
    for (name, bytes, status, format, word) in table {
        let receipt = read_bytes(name, &bytes);
        assert_eq!((receipt.status, receipt.format.as_str()), (status, format), "{name} {}", receipt.reason);
        assert!(receipt.reason.contains(word), "{name}: {}", receipt.reason);
        assert!(!receipt.reason_en.is_empty());
        assert_eq!(receipt.sha256.len(), 64);
    }
}

#[test]
fn content_goes_before_the_name() {
    let (page, word, _) = sample();
    for (name, bytes, remark) in
        [("a.doc", page.as_bytes(), true), ("a.html", &word, true), ("a.docx", &word, false), ("年报", &word, false)]
    {
        let receipt = read_bytes(name, bytes);
        assert_eq!(receipt.status, Status::Read, "{name}: {}", receipt.reason);
        assert_eq!(receipt.reports[0].remarks.iter().any(|r| r.rule == "misnamed-file"), remark, "{name}");
    }
}

#[test]
fn spans_and_nesting_without_end() {
    let (page, ..) = sample();
    let wide = page.replace("colspan=\"4\"", "colspan=\"100000000\"").replace("rowspan=\"3\"", "rowspan=\"99999999999\"");
    read_bytes("a.html", wide.as_bytes());
    let many = "<table>".to_owned() + &"<tr><td colspan=9999 rowspan=0>1</td></tr>".repeat(30_000);
    read_bytes("a.html", many.as_bytes());
    let deep = "<div>".repeat(200_000);
    assert_eq!(read_bytes("a.html", deep.as_bytes()).status, Status::Unreadable);
    let tables = "<html><table><tr><td>".repeat(900) + "规章";
    read_bytes("a.html", tables.as_bytes());
    let deep = "<w:document><w:body>".to_owned() + &"<w:tbl><w:tr><w:tc>".repeat(100_000);
    assert_eq!(read_bytes("a.docx", &docx(&deep)).status, Status::Unreadable);
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..150 {
        zip.write_all(&chunk).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    assert_eq!(read_bytes("a.docx", &bytes).status, Status::Unreadable);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600), name in "a\\.(docx|html|txt|csv|jsonl|parquet)") {
        let receipt = read_bytes(&name, &bytes);
        prop_assert!(receipt.reports.is_empty() || receipt.status != Status::Unreadable);
    }

    #[test]
    fn a_mark_and_any_bytes(mark in 0usize..6, bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let marks: [&[u8]; 6] = [b"PK\x03\x04", b"PAR1", b"<html><table>", b"{\"cell\":", b"agency,year,cell,value\n", b"\xFF\xFE"];
        read_bytes("a", &[marks[mark], &bytes].concat());
    }

    #[test]
    fn a_report_with_some_bytes_changed(kind in 0usize..3, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let (page, word, text) = sample();
        let mut bytes = vec![page.into_bytes(), word, text.into_bytes()].swap_remove(kind);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_bytes(["a.html", "a.docx", "a.txt"][kind], &bytes);
    }

    #[test]
    fn a_report_cut_off(kind in 0usize..3, cut in any::<prop::sample::Index>()) {
        let (page, word, text) = sample();
        let bytes = vec![page.into_bytes(), word, text.into_bytes()].swap_remove(kind);
        let receipt = read_bytes(["a.html", "a.docx", "a.txt"][kind], &bytes[..cut.index(bytes.len())]);
        // What is still read of a page that was cut off is right.
        for report in &receipt.reports {
            for cell in forms().cells() {
                if let Some(n) = report.value(cell).number {
                    let whole = n.to_string();
                    let right = (1000 + cell.index()).to_string();
                    prop_assert!(right.starts_with(&whole), "{}: {whole}", forms().id(cell));
                }
            }
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_row_of_a_table_torn(row in any::<prop::sample::Index>(), drop in any::<prop::sample::Index>()) {
        let form = forms().form(forms().find("2021").unwrap());
        let mut parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
        let rows: usize = parts.iter().flat_map(|p| &p.tables).map(Vec::len).sum();
        let at = row.index(rows);
        let row = parts.iter_mut().flat_map(|p| &mut p.tables).flatten().nth(at).unwrap();
        let cell = drop.index(row.len());
        row.remove(cell);
        let title = "某某局2022年政府信息公开工作年度报告";
        for (name, bytes) in [("a.txt", print::text(title, &parts, &print::cell_lines).into_bytes()), ("a.docx", docx(&print::word(title, &parts)))] {
            let receipt = read_bytes(name, &bytes);
            let mut wrong = Vec::new();
            for report in &receipt.reports {
                for c in forms().cells() {
                    if let Some(n) = report.value(c).number && n.to_string() != (1000 + c.index()).to_string() {
                        wrong.push(forms().id(c));
                    }
                }
            }
            // A cell that is torn out shifts nothing: what it leaves open is left unread.
            prop_assert!(wrong.is_empty(), "{name} row {at} cell {cell}: {wrong:?}");
        }
    }
}
