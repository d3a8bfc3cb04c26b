//! The boundary of a file: what is no plain file, what is named oddly, what is too large, what is made to do harm.
#![allow(clippy::unwrap_used)]

#[path = "common/book.rs"]
mod book;
mod common;
#[path = "common/print.rs"]
mod print;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use book::{Sheet, stacked, with, xlsx, zip};
use common::{docx, forms, read_bytes};
use nianbao_form::Registry;
use nianbao_intake::{Receipt, Status, gather, read_all};
use proptest::prelude::*;

/// A folder that vanishes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("nianbao-bounds-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn receipts(&self) -> Vec<Receipt> {
        read_all(forms(), &Registry::default(), &gather(std::slice::from_ref(&self.0)).unwrap(), &|_| ())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn word() -> Vec<u8> {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
    docx(&print::word("某某局2022年政府信息公开工作年度报告", &parts))
}

fn book() -> Vec<u8> {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
    xlsx(&[stacked("Sheet1", "某某局2022年政府信息公开工作年度报告", &parts)])
}

#[test]
fn whatever_lies_in_a_folder() {
    let folder = Folder::new();
    let at = |name: &str| folder.0.join(name);
    std::fs::write(at("a.docx"), word()).unwrap();
    std::fs::write(at("~$a.docx"), b"lock").unwrap();
    std::fs::write(at(".隐藏.docx"), word()).unwrap();
    std::fs::create_dir_all(at(".git/objects")).unwrap();
    std::fs::write(at(".git/objects/x"), b"x").unwrap();
    std::fs::create_dir(at("文件夹.docx")).unwrap();
    std::fs::write(at("文件夹.docx/b.docx"), word()).unwrap();
    std::fs::write(at("空.xlsx"), b"").unwrap();
    let mut wanted = vec![
        (".git".to_owned(), Status::Foreign, "system", "隐藏"),
        (".隐藏.docx".into(), Status::Foreign, "system", "隐藏"),
        ("a.docx".into(), Status::Read, "docx", ""),
        ("~$a.docx".into(), Status::Foreign, "system", "临时文件"),
        ("文件夹.docx/b.docx".into(), Status::Read, "docx", ""),
        ("空.xlsx".into(), Status::Unreadable, "empty", "为空"),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let fifo = std::process::Command::new("mkfifo").arg(at("管道.docx")).status().unwrap();
        assert!(fifo.success());
        let _socket = std::os::unix::net::UnixListener::bind(at("s.docx")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", at("设备.docx")).unwrap();
        std::os::unix::fs::symlink("nowhere", at("断.docx")).unwrap();
        std::os::unix::fs::symlink(&folder.0, at("圈")).unwrap();
        let outside = Folder::new();
        std::fs::write(outside.0.join("外.docx"), word()).unwrap();
        std::os::unix::fs::symlink(outside.0.join("外.docx"), at("外.docx")).unwrap();
        let gbk = encoding_rs::GB18030.encode("局.docx").0.into_owned();
        std::fs::write(folder.0.join(std::ffi::OsStr::from_bytes(&gbk)), word()).unwrap();
        std::fs::write(folder.0.join(std::ffi::OsStr::from_bytes(b"\xFF\xFE.docx")), word()).unwrap();
        wanted.extend([
            ("管道.docx".into(), Status::Unreadable, "special", "不是普通文件"),
            ("s.docx".into(), Status::Unreadable, "special", "不是普通文件"),
            ("设备.docx".into(), Status::Unreadable, "special", "不是普通文件"),
            ("断.docx".into(), Status::Unreadable, "", "失效的链接"),
            ("外.docx".into(), Status::Read, "docx", ""),
            ("局.docx".into(), Status::Read, "docx", ""),
            ("\u{FFFD}\u{FFFD}.docx".into(), Status::Read, "docx", ""),
        ]);
        check(&folder.receipts(), &wanted);
    }
    #[cfg(not(unix))]
    check(&folder.receipts(), &wanted);
}

fn check(receipts: &[Receipt], wanted: &[(String, Status, &str, &str)]) {
    for (name, status, format, reason) in wanted {
        let found = receipts.iter().find(|r| *r.name == **name);
        let receipt = found.unwrap_or_else(|| panic!("{name}: {:?}", receipts.iter().map(|r| &r.name).collect::<Vec<_>>()));
        assert_eq!((receipt.status, receipt.format.as_str()), (*status, *format), "{name}: {}", receipt.reason);
        assert!(receipt.reason.contains(reason), "{name}: {}", receipt.reason);
    }
    assert_eq!(receipts.len(), wanted.len(), "{:?}", receipts.iter().map(|r| &r.name).collect::<Vec<_>>());
}

#[test]
fn a_file_that_vanishes_or_may_not_be_read() {
    let folder = Folder::new();
    let path = folder.0.join("a.docx");
    std::fs::write(&path, word()).unwrap();
    let sources = gather(std::slice::from_ref(&folder.0)).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
        if std::fs::read(&path).is_err() {
            let receipt = &read_all(forms(), &Registry::default(), &sources, &|_| ())[0];
            assert!(receipt.status == Status::Unreadable && receipt.reason.contains("权限"), "{}", receipt.reason);
        } else {
            eprintln!("SKIPPED: this user may read every file");
        }
    }
    std::fs::remove_file(&path).unwrap();
    let receipt = &read_all(forms(), &Registry::default(), &sources, &|_| ())[0];
    assert!(receipt.status == Status::Unreadable && receipt.reason.contains("不存在"), "{}", receipt.reason);
}

#[test]
fn a_file_larger_than_any_report() {
    let folder = Folder::new();
    let size = (256 << 20) + 1;
    for (name, start) in [("a.docx", &b"PK\x03\x04"[..]), ("b.pdf", b"%PDF-1.7"), ("c.txt", b"x"), ("d.csv", b"agency,year\n")] {
        let path = folder.0.join(name);
        std::fs::write(&path, start).unwrap();
        // A hole: it takes no room.
        std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(size).unwrap();
    }
    for receipt in folder.receipts() {
        assert_eq!((receipt.status, receipt.bytes), (Status::Unreadable, size), "{}", receipt.name);
        assert_eq!(receipt.sha256.len(), 64);
    }
}

#[test]
fn sheets_without_end() {
    let far = |place: (u32, u32)| {
        let mut sheet = Sheet::new("Sheet1");
        sheet.front = "<dimension ref=\"A1:XFD1048576\"/>".into();
        sheet.put(1, 1, "规章");
        sheet.put(place.0, place.1, "1");
        sheet
    };
    let mut merged = far((1_048_576, 16_384));
    merged.merges = vec!["A1:XFD1048576".into()];
    let mut tall = far((1_048_576, 1));
    tall.merges = vec!["A1:A1048575".into()];
    let mut diagonal = Sheet::new("Sheet1");
    (1..=3000).for_each(|i| diagonal.put(i, i, "1"));
    let mut many = Sheet::new("Sheet1");
    many.put(1, 1, "规章");
    many.put(400, 400, "1");
    many.merges = (1..200)
        .flat_map(|r| (1..200).map(move |c| format!("{}:{}", book::reference(r, c), book::reference(r + 200, c + 200))))
        .collect();
    let mut hidden = far((5, 5));
    hidden.columns =
        "<cols><col min=\"0\" max=\"4294967295\" hidden=\"1\"/><col min=\"1\" max=\"99999999999\" hidden=\"1\"/></cols>"
            .repeat(1000);
    for (what, sheet) in [
        ("corner", far((1_048_576, 16_384))),
        ("merged", merged),
        ("tall", tall),
        ("diagonal", diagonal),
        ("many", many),
        ("hidden", hidden),
    ] {
        let began = Instant::now();
        let receipt = read_bytes("a.xlsx", &xlsx(&[sheet]));
        assert!(receipt.reports.is_empty() && !receipt.reason.contains("内部错误"), "{what}: {}", receipt.reason);
        assert!(began.elapsed().as_secs() < 60, "{what}: {:?}", began.elapsed());
    }
}

#[test]
fn packages_that_unpack_without_end() {
    let blanks = vec![b' '; 300 << 20];
    let sheet = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    let list = "<workbook><sheets><sheet name=\"a\" r:id=\"x\"/></sheets></workbook>";
    let bomb = zip(&[("[Content_Types].xml", b""), ("xl/workbook.xml", list.as_bytes()), ("xl/worksheets/sheet1.xml", &blanks)]);
    assert!(read_bytes("a.xlsx", &bomb).reason.contains("过大"));
    let entities = "<!DOCTYPE x [<!ENTITY a \"1\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]><worksheet><sheetData><row><c t=\"str\"><v>&b;&b;</v></c></row></sheetData></worksheet>";
    let of = |sheet: &str| {
        zip(&[("[Content_Types].xml", b""), ("xl/workbook.xml", list.as_bytes()), ("xl/worksheets/sheet1.xml", sheet.as_bytes())])
    };
    let receipt = read_bytes("a.xlsx", &of(entities));
    // What an entity stands for is in no workbook that a program writes: refused rather than a piece of a figure lost.
    assert!(receipt.reports.is_empty() && receipt.reason.contains("损坏"), "{}", receipt.reason);
    let deep = "<a>".repeat(500_000);
    assert_eq!(read_bytes("a.xlsx", &of(&deep)).status, Status::Unreadable);
    assert_eq!(read_bytes("a.xlsx", &of(&sheet.replace("<c>", "<c r=\"ZZZ1\">"))).status, Status::Unreadable);
    assert_eq!(read_bytes("a.xlsx", &of(&sheet[..40])).status, Status::Unreadable);
    // Many formats, fonts and strings that nothing asks for.
    let styles = "<cellXfs>".to_owned() + &"<xf numFmtId=\"164\"/>".repeat(200_000) + "</cellXfs>";
    let mut plain = Sheet::new("a");
    plain.put(1, 1, "规章");
    let receipt = read_bytes("a.xlsx", &with(&[plain], &styles, &"<si/>".repeat(200_000)));
    assert_eq!(receipt.status, Status::Unreadable, "more formats than any workbook may have: {}", receipt.reason_en);
    let mut plain = Sheet::new("a");
    plain.put(1, 1, "规章");
    let few = styles.replacen("<xf numFmtId=\"164\"/>", "", 150_000);
    assert_eq!(read_bytes("a.xlsx", &with(&[plain], &few, &"<si/>".repeat(200_000))).status, Status::Foreign);
}

#[test]
fn sheets_of_open_document_that_repeat_themselves() {
    let of = |content: &str| {
        let xml = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"a\">{content}</table:table></office:spreadsheet></office:body></office:document-content>"
        );
        zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", xml.as_bytes())])
    };
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"COLUMNS\"/>";
    for (rows, columns) in
        [("1", "4294967295"), ("4294967295", "1"), ("1048576", "16384"), ("99999999999999", "-1"), ("1000", "1000")]
    {
        let row = format!(
            "<table:table-row table:number-rows-repeated=\"{rows}\">{}</table:table-row>",
            cell.replace("COLUMNS", columns)
        );
        let began = Instant::now();
        let receipt = read_bytes("a.ods", &of(&row));
        assert!(receipt.reports.is_empty() && !receipt.reason.contains("内部错误"), "{rows} {columns}: {}", receipt.reason);
        assert!(began.elapsed().as_secs() < 60, "{rows} {columns}: {:?}", began.elapsed());
    }
    let blank = "<table:table-row table:number-rows-repeated=\"4294967295\" table:visibility=\"collapse\"><table:table-cell table:number-columns-repeated=\"4294967295\"/></table:table-row>";
    assert_eq!(read_bytes("a.ods", &of(&blank.repeat(3))).status, Status::Unreadable);
    let span = "<table:table-row><table:table-cell table:number-columns-spanned=\"4294967295\" table:number-rows-spanned=\"4294967295\"><text:p>规章<text:s text:c=\"4294967295\"/></text:p></table:table-cell></table:table-row>";
    assert_eq!(read_bytes("a.ods", &of(span)).status, Status::Foreign);
}

/// Bytes of the corpus of workbooks by other writers.
fn corpus(end: &str) -> Vec<(String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sheets");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == end));
    files.sort();
    files.into_iter().map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(p).unwrap())).collect()
}

/// No figure that is read of a broken file is another than that of the whole one.
fn harmless(name: &str, whole: &Receipt, broken: &Receipt) -> Result<(), TestCaseError> {
    prop_assert!(!broken.reason.contains("内部错误"), "{name}: {}", broken.reason);
    for report in &broken.reports {
        for cell in forms().cells() {
            let (now, was) = (report.value(cell).number, whole.reports.first().map(|r| r.value(cell).number));
            prop_assert!(now.is_none() || was.is_none_or(|w| w == now), "{name}: {}", forms().id(cell));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn an_old_workbook_cut_off(cut in any::<prop::sample::Index>()) {
        for (name, bytes) in corpus("xls") {
            harmless(&name, &read_bytes(&name, &bytes), &read_bytes(&name, &bytes[..cut.index(bytes.len())]))?;
        }
    }

    #[test]
    fn an_old_workbook_with_bytes_changed(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        for (name, mut bytes) in corpus("xls") {
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let receipt = read_bytes(&name, &bytes);
            prop_assert!(!receipt.reason.contains("内部错误"), "{name}: {}", receipt.reason);
        }
    }

    #[test]
    fn a_workbook_with_a_part_cut_off(part in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let bytes = book();
        let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
        let mut members: Vec<(String, Vec<u8>)> = (0..archive.len()).map(|i| {
            let mut member = archive.by_index(i).unwrap();
            let mut out = Vec::new();
            std::io::Read::read_to_end(&mut member, &mut out).unwrap();
            (member.name().unwrap().into_owned(), out)
        }).collect();
        let at = part.index(members.len());
        let length = cut.index(members[at].1.len() + 1);
        members[at].1.truncate(length);
        let broken = zip(&members.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect::<Vec<_>>());
        harmless("a.xlsx", &read_bytes("a.xlsx", &bytes), &read_bytes("a.xlsx", &broken))?;
    }
}
