//! Archives: every file in them has its receipt, and none can do harm.
#![allow(clippy::unwrap_used)]

#[path = "common/book.rs"]
mod book;
mod common;
#[path = "common/print.rs"]
mod print;

use std::collections::BTreeMap;

use book::zip;
use common::{Temp, docx, forms};
use nianbao_form::Registry;
use nianbao_intake::{Receipt, Source, Status, explain, read, read_all};

fn word(agency: &str) -> Vec<u8> {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
    docx(&print::word(&format!("{agency}2022年政府信息公开工作年度报告"), &parts))
}

/// The receipts of an archive by what stands behind its name.
fn receipts(bytes: &[u8]) -> (Receipt, BTreeMap<String, Receipt>) {
    let file = Temp::new("2022年报.zip", bytes);
    let source = Source { name: "报送/2022年报.zip".into(), path: file.0.clone() };
    let mut all = read_all(forms(), &Registry::default(), &[source], &|_| ()).into_iter();
    let first = all.next().unwrap();
    assert_eq!(&*first.name, "报送/2022年报.zip");
    let members = all.map(|r| (r.name.strip_prefix("报送/2022年报.zip/").unwrap().to_owned(), r)).collect();
    (first, members)
}

/// An entry as an archive stores it, without compression: what it is called, and what else its headers say.
struct Entry<'e> {
    name: &'e [u8],
    bytes: &'e [u8],
    flags: u16,
    extra: Vec<u8>,
    mode: u32,
    /// Size that the headers tell, if another than the true one.
    size: Option<u32>,
}

fn entry<'e>(name: &'e [u8], bytes: &'e [u8]) -> Entry<'e> {
    Entry { name, bytes, flags: 0, extra: Vec::new(), mode: 0, size: None }
}

/// A zip file written byte by byte, as no well-behaved program writes it.
fn raw(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let word = |n: usize| (n as u16).to_le_bytes();
    for e in entries {
        let offset = out.len() as u32;
        let size = e.size.unwrap_or(e.bytes.len() as u32);
        let mut common = Vec::new();
        common.extend(e.flags.to_le_bytes());
        common.extend([0; 6]);
        common.extend(crc(e.bytes).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(word(e.name.len()));
        common.extend(word(e.extra.len()));
        out.extend(b"PK\x03\x04\x14\x00");
        out.extend(&common);
        out.extend(e.name);
        out.extend(&e.extra);
        out.extend(e.bytes);
        directory.extend(b"PK\x01\x02\x14\x03\x14\x00");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((e.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(e.name);
        directory.extend(&e.extra);
    }
    let at = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([word(entries.len()), word(entries.len())].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

#[test]
fn every_member_has_its_receipt() {
    let (a, b) = (word("区财政局"), word("区教育局"));
    let inner = zip(&[("c/区民政局.docx", &word("区民政局"))]);
    let third = zip(&[("d.zip", &zip(&[("e.zip", &zip(&[("f.docx", &a)]))]))]);
    let archive = zip(&[
        ("一批/区财政局.docx", &a),
        ("一批/区教育局.docx", &b),
        ("通知.txt", "关于报送年报的通知".as_bytes()),
        ("内.zip", &inner),
        ("深.zip", &third),
        ("~$财政局.docx", b"lock"),
        ("__MACOSX/一批/._区财政局.docx", b"fork"),
        ("Thumbs.db", b"x"),
        ("空.docx", b""),
        ("图.rar", b"Rar!\x1a\x07\x00xxxxxxxx"),
        ("包.tar.gz", b"\x1f\x8b\x08xxxxxxxx"),
    ]);
    let (first, members) = receipts(&archive);
    assert_eq!((first.status, first.format.as_str(), first.reports.len()), (Status::Read, "zip", 0));
    assert_eq!(first.reason, "压缩包内有11个文件，读出3个");
    let table = [
        ("一批/区财政局.docx", Status::Read, "docx", ""),
        ("一批/区教育局.docx", Status::Read, "docx", ""),
        ("通知.txt", Status::Foreign, "txt", "不是"),
        ("内.zip", Status::Read, "zip", "1个文件，读出1个"),
        ("内.zip/c/区民政局.docx", Status::Read, "docx", ""),
        ("深.zip", Status::Foreign, "zip", "1个文件，读出0个"),
        ("深.zip/d.zip", Status::Unreadable, "zip", "嵌套"),
        ("~$财政局.docx", Status::Foreign, "system", "临时文件"),
        ("__MACOSX/一批/._区财政局.docx", Status::Foreign, "system", "系统"),
        ("Thumbs.db", Status::Foreign, "system", "系统"),
        ("空.docx", Status::Unreadable, "empty", "为空"),
        ("图.rar", Status::Foreign, "archive", "解压"),
        ("包.tar.gz", Status::Foreign, "archive", "解压"),
    ];
    for (name, status, format, reason) in table {
        let receipt = &members[name];
        assert_eq!((receipt.status, receipt.format.as_str()), (status, format), "{name}: {}", receipt.reason);
        assert!(receipt.reason.contains(reason), "{name}: {}", receipt.reason);
        assert_eq!(receipt.has_failed(), status != Status::Read && format != "system", "{name}");
    }
    assert_eq!(members.len(), table.len(), "{:?}", members.keys());
    let member = &members["内.zip/c/区民政局.docx"];
    assert_eq!((member.reports[0].agency.as_str(), member.sha256.len()), ("区民政局", 64));
    assert_eq!(member.bytes, word("区民政局").len() as u64);
    assert_eq!(&*member.reports[0].source, "报送/2022年报.zip/内.zip/c/区民政局.docx");
}

#[test]
fn one_archive_as_one_file() {
    let archive = zip(&[("区财政局.docx", &word("区财政局")), ("区教育局.docx", &word("区教育局"))]);
    let file = Temp::new("a.zip", &archive);
    let source = Source { name: "a.zip".into(), path: file.0.clone() };
    let receipt = read(forms(), &Registry::default(), &source);
    assert_eq!(receipt.reports.iter().map(|r| r.agency.as_str()).collect::<Vec<_>>(), ["区财政局", "区教育局"]);
    let told = explain(forms(), &Registry::default(), &source);
    assert!(told.contains("a.zip/区财政局.docx (docx, read)") && told.contains("agency 区教育局, year 2022"), "{told}");
}

#[test]
fn names_in_any_encoding() {
    let docx = word("区财政局");
    let name = "财政/区财政局2022年.docx";
    let gbk = encoding_rs::GB18030.encode(name).0.into_owned();
    let short = encoding_rs::GB18030.encode("联通.docx").0.into_owned();
    let mut unicode = vec![1];
    unicode.extend(crc(b"??.docx").to_le_bytes());
    unicode.extend("民政局.docx".as_bytes());
    let mut extra = 0x7075u16.to_le_bytes().to_vec();
    extra.extend((unicode.len() as u16).to_le_bytes());
    extra.extend(unicode);
    let entries = [
        entry(&gbk, &docx),
        entry(&short, &docx),
        Entry { flags: 0x800, ..entry("教育局.docx".as_bytes(), &docx) },
        entry("没有标志.docx".as_bytes(), &docx),
        Entry { extra, ..entry(b"??.docx", &docx) },
        entry(b"windows\\path.docx", &docx),
    ];
    let (_, members) = receipts(&raw(&entries));
    let names = [name, "联通.docx", "教育局.docx", "没有标志.docx", "民政局.docx", "windows/path.docx"];
    for name in names {
        assert_eq!(members[name].status, Status::Read, "{name}");
    }
    assert_eq!(members.len(), names.len());
}

#[test]
fn entries_that_do_harm() {
    let docx = word("区财政局");
    let entries = [
        entry(b"../../etc/passwd.docx", &docx),
        entry(b"/abs.docx", &docx),
        entry(b"C:\\abs.docx", &docx),
        Entry { mode: 0o120_777, ..entry(b"link.docx", b"/etc/passwd") },
        Entry { mode: 0o010_644, ..entry(b"fifo.docx", b"") },
        Entry { flags: 1, ..entry(b"locked.docx", &docx) },
        Entry { mode: 0o040_755, ..entry(b"folder", b"") },
        entry(b"folder/", b""),
        entry(b"twice.docx", &docx),
        entry(b"twice.docx", b"other"),
        Entry { size: Some(3_000_000_000), ..entry(b"huge.docx", &docx) },
        Entry { size: Some(7), ..entry(b"short.docx", &docx) },
        entry(b"bad\nname.docx", &docx),
    ];
    let (first, members) = receipts(&raw(&entries));
    assert_eq!(first.status, Status::Read);
    let table = [
        ("(..)/(..)/etc/passwd.docx", Status::Unreadable, "压缩包之外"),
        ("abs.docx", Status::Unreadable, "压缩包之外"),
        ("C:/abs.docx", Status::Unreadable, "压缩包之外"),
        ("link.docx", Status::Unreadable, "不是普通文件"),
        ("fifo.docx", Status::Unreadable, "不是普通文件"),
        ("locked.docx", Status::Unreadable, "密码"),
        ("twice.docx", Status::Read, ""),
        ("twice(2).docx", Status::Foreign, "不是"),
        ("huge.docx", Status::Unreadable, "过大"),
        ("short.docx", Status::Unreadable, "损坏"),
        ("bad\u{FFFD}name.docx", Status::Read, ""),
    ];
    for (name, status, reason) in table {
        let receipt = members.get(name).unwrap_or_else(|| panic!("{name}: {:?}", members.keys()));
        assert!(receipt.status == status && receipt.reason.contains(reason), "{name}: {:?} {}", receipt.status, receipt.reason);
    }
    assert_eq!(members.len(), table.len(), "{:?}", members.keys());
}

#[test]
fn archives_that_are_nothing() {
    for (bytes, status, reason) in [
        (zip(&[]), Status::Foreign, "空的"),
        (zip(&[("a.txt", b"x"), ("b.txt", b"y")]), Status::Foreign, "读出0个"),
        (zip(&[("a.docx", &word("某局"))])[..2000].to_vec(), Status::Unreadable, "损坏"),
    ] {
        let (first, _) = receipts(&bytes);
        assert!(first.status == status && first.reason.contains(reason), "{:?} {}", first.status, first.reason);
    }
}

#[test]
fn bombs() {
    // 64 MiB of blanks in 64 KiB, and a bomb in a bomb.
    let blanks = vec![b' '; 64 << 20];
    let bomb = zip(&[("a.txt", &blanks)]);
    assert!(bomb.len() < 200_000);
    let (_, members) = receipts(&bomb);
    assert!(members["a.txt"].reason.contains("过大"), "{}", members["a.txt"].reason);
    let (_, members) = receipts(&zip(&[("b.zip", &bomb)]));
    assert!(members["b.zip/a.txt"].reason.contains("过大"));
    // More files than an archive has.
    let names: Vec<String> = (0..10_001).map(|i| format!("{i}.txt")).collect();
    let many: Vec<Entry<'_>> = names.iter().map(|n| entry(n.as_bytes(), b"")).collect();
    let (first, members) = receipts(&raw(&many));
    assert!(first.status == Status::Unreadable && first.reason.contains("10000") && members.is_empty(), "{}", first.reason);
}

#[test]
fn cut_off_anywhere() {
    let archive = zip(&[("a.docx", &word("某局")), ("b.txt", b"x")]);
    for cut in (0..archive.len()).step_by(97).chain(archive.len() - 60..archive.len()) {
        let (first, members) = receipts(&archive[..cut]);
        assert!(first.status == Status::Unreadable && members.is_empty(), "{cut}");
    }
}
