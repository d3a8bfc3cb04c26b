//! Word documents that are broken, cut off, or made to exhaust a reader: a reason each, never a panic, bounded time.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;
#[path = "common/word.rs"]
mod word;

use std::io::Write;

use common::{docx, forms, read_bytes};
use nianbao_intake::{Status, open};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

/// A document small enough to be broken in every place, with something of everything in it.
const SMALL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><w:body><w:p w:rsidR='00A'><w:pPr><w:pStyle w:val=\"a\"/><w:rPr><w:del/></w:rPr></w:pPr>\
    <w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">年报 &amp; &#49;</w:t></w:r></w:p><!-- x --><w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>\
    <w:r><w:instrText>=1</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p><w:tbl><w:tblGrid><w:gridCol w:w=\"9\"/></w:tblGrid><w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>\
    <w:tc><w:tcPr><w:tcW w:w=\"100\"/><w:gridSpan w:val=\"2\"/><w:vMerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t><![CDATA[12]]></w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>\
    <w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>3</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback/></mc:AlternateContent></w:r></w:p></w:sdtContent></w:sdt>\
    <w:sectPr/></w:body></w:document>";

fn stored(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn body(xml: &str) -> Vec<u8> {
    let start = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>";
    docx(&format!("{start}{xml}</w:body></w:document>"))
}

fn show(bytes: &[u8]) -> Result<String, String> {
    open(bytes, "docx").map(|d| format!("{:?}", d.blocks))
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) -> usize {
    let mut count = 0;
    for at in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            count += 1;
        }
    }
    count
}

#[test]
fn cut_off_at_every_byte() {
    show(&docx(SMALL)).unwrap();
    for cut in 0..SMALL.len() {
        // Cut within the XML of a sound package, the XML alone, and within the package itself.
        assert!(show(&stored(&[("word/document.xml", &SMALL.as_bytes()[..cut])])).is_err(), "{cut}");
        let alone = open(&SMALL.as_bytes()[..cut], "xml").map(|d| format!("{:?}", d.blocks));
        // Before its namespace is told it is text of some kind.
        assert!(alone.is_err() || !SMALL[..cut].contains("2006/main\""), "{cut}: {alone:?}");
    }
    let packed = docx(SMALL);
    for cut in 4..packed.len() {
        assert!(show(&packed[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn every_byte_changed() {
    let packed = docx(SMALL);
    let whole = show(&packed).unwrap();
    for at in 0..packed.len() {
        for bit in [1, 0x80] {
            let mut changed = packed.clone();
            changed[at] ^= bit;
            // The checksum sees to it that nothing is read that was not written.
            if let Ok(text) = show(&changed) {
                assert_eq!(text, whole, "{at}");
            }
        }
    }
    let plain = SMALL.as_bytes();
    for at in 0..plain.len() {
        for byte in [b'<', b'>', b'"', b'&', b'/', 0, 0xFF] {
            let mut changed = plain.to_vec();
            changed[at] = byte;
            let _ = show(&stored(&[("word/document.xml", &changed)]));
        }
    }
}

#[test]
fn xml_that_is_not_well_formed() {
    let whole = |inner: &str| format!("<w:document><w:body><w:p><w:r><w:t>{inner}</w:t></w:r></w:p></w:body></w:document>");
    for xml in [
        whole("&nbsp;1"),
        whole("&#0;"),
        whole("&#xD800;"),
        whole("&#1;"),
        whole("&amp"),
        whole("1\u{1}2"),
        whole("<w:x></w:y>"),
        whole("<w:x a=1/>"),
        whole("<w:x a=\"1\"b=\"2\"/>"),
        whole("<w:x a=\"<\"/>"),
        whole("<w:x a/>"),
        whole("<w:x a=\"1/>"),
        whole("<!-- "),
        whole("<![CDATA[ "),
        whole("<>"),
        whole("< w:x/>"),
        whole("1") + "<w:document/>",
        whole("1") + "x",
        "x".to_owned() + &whole("1"),
        whole("1").replace("w:document", "w:documents"),
        String::new(),
    ] {
        let receipt = read_bytes("a.docx", &docx(&xml));
        assert_eq!((receipt.status, receipt.format.as_str()), (Status::Unreadable, "docx"), "{xml}: {}", receipt.reason);
        assert!(receipt.reason.contains("损坏"), "{xml}: {}", receipt.reason);
    }
    assert!(
        show(&stored(&[(
            "word/document.xml",
            b"<w:document><w:body><w:p><w:r><w:t>1\xFF2</w:t></w:r></w:p></w:body></w:document>"
        )]))
        .is_err()
    );
}

#[test]
fn entities_are_never_declared() {
    let mut entities = "<!ENTITY a \"aaaaaaaaaa\">".to_owned();
    for (one, two) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        entities.push_str(&format!("<!ENTITY {two} \"{}\">", format!("&{one};").repeat(10)));
    }
    let text = "<w:document><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>";
    for declaration in [format!("<!DOCTYPE x [{entities}]>"), "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">".to_owned()] {
        let receipt = read_bytes("a.docx", &docx(&format!("<?xml version=\"1.0\"?>{declaration}{text}")));
        assert_eq!(receipt.status, Status::Unreadable);
        assert!(receipt.reason.contains("DTD"), "{}", receipt.reason);
    }
}

#[test]
fn nested_without_end() {
    let deep = |open: &str, close: &str, times: usize| body(&(open.repeat(times) + &close.repeat(times)));
    for (open, close, times) in [
        ("<w:x>", "</w:x>", 100_000),
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 200),
        ("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>", 300),
        ("<w:p><w:pPr><w:x>", "</w:x></w:pPr></w:p>", 1000),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 5000),
    ] {
        let receipt = read_bytes("a.docx", &deep(open, close, times));
        assert_eq!(
            (receipt.status, receipt.reason.contains("嵌套过深")),
            (Status::Unreadable, true),
            "{open}: {}",
            receipt.reason
        );
    }
    let begin = "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>";
    assert!(show(&body(&format!("<w:p>{}</w:p>", begin.repeat(5000)))).is_err());
    let spaces: String = (0..5000).map(|i| format!(" xmlns:a{i}=\"urn:{i}\"")).collect();
    assert!(show(&body(&format!("<w:x{spaces}/>"))).is_err());
}

#[test]
fn spans_without_end() {
    for n in ["99999999", "4294967296", "18446744073709551616", "99999999999999999999999999", "-1", "0", "x", ""] {
        let cell = |p: &str| format!("<w:tc><w:tcPr>{p}</w:tcPr><w:p><w:r><w:t>7</w:t></w:r></w:p></w:tc>");
        let span = format!("<w:gridSpan w:val=\"{n}\"/><w:tcW w:w=\"{n}\" w:type=\"dxa\"/>");
        let row = format!(
            "<w:tr><w:trPr><w:gridBefore w:val=\"{n}\"/><w:wBefore w:w=\"{n}\"/></w:trPr>{}{}</w:tr>",
            cell(&span),
            cell("<w:hMerge/>")
        );
        let text = show(&body(&format!("<w:tbl>{row}{row}<w:tr>{}{}</w:tr></w:tbl>", cell(&span), cell("")))).unwrap();
        assert!(text.contains('7'), "{n}");
    }
}

#[test]
fn directories_that_lie() {
    let sound = docx(SMALL);
    let central = sound.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    let size = u32::try_from(SMALL.len()).unwrap();
    // Sizes: far beyond every document, beyond what so few bytes can hold, too small, too large by one.
    for lie in [u32::MAX - 1, 60 << 20, 10, size + 1, size - 1, 0] {
        let mut bytes = sound.clone();
        bytes[central + 24..central + 28].copy_from_slice(&lie.to_le_bytes());
        assert!(show(&bytes).is_err(), "{lie}");
    }
    for offset in [20, 42] {
        for lie in [1u32, 1 << 30, u32::MAX - 1, u32::MAX] {
            let mut bytes = sound.clone();
            bytes[central + offset..central + offset + 4].copy_from_slice(&lie.to_le_bytes());
            assert!(show(&bytes).is_err(), "{offset} {lie}");
        }
    }
    let mut bytes = sound.clone();
    bytes[central + 8] |= 1;
    let receipt = read_bytes("a.docx", &bytes);
    assert_eq!((receipt.status, receipt.reason.contains("密码")), (Status::Unreadable, true), "{}", receipt.reason);
    let mut bytes = sound.clone();
    bytes[central + 10] = 12;
    assert!(show(&bytes).is_err());
}

/// Programs differ in which of two parts of one name they take.
#[test]
fn a_part_twice() {
    let other = SMALL.replace("CDATA[12]", "CDATA[13]");
    for (second, is_read) in [(other.as_str(), false), (SMALL, true)] {
        let mut bytes = stored(&[("word/document.xml", SMALL.as_bytes()), ("word/document.xmX", second.as_bytes())]);
        assert_eq!(replace(&mut bytes, b"word/document.xmX", b"word/document.xml"), 2);
        assert_eq!(show(&bytes).is_ok(), is_read);
    }
}

/// What stands before or behind a zip, or in the way of ZIP64, does not keep it from being read.
#[test]
fn zips_out_of_the_ordinary() {
    let whole = show(&docx(SMALL)).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let _ = zip.set_comment("PK\x05\x06 a comment that looks like an end");
    zip.start_file("word/document.xml", SimpleFileOptions::default().large_file(true)).unwrap();
    zip.write_all(SMALL.as_bytes()).unwrap();
    assert_eq!(show(&zip.finish().unwrap().into_inner()).unwrap(), whole);
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    writer.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    writer.write_all(SMALL.as_bytes()).unwrap();
    assert_eq!(show(&writer.finish().unwrap().into_inner()).unwrap(), whole);
}

#[test]
fn small_files_that_unpack_to_large_ones() {
    // By its size alone, by the number of paragraphs, rows, cells.
    let cell = "<w:tc><w:p/></w:tc>";
    for (unit, times) in [(" ", 65 << 20), ("<w:p/>", 500_000), ("<w:tr/>", 500_000), (cell, 500_000)] {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let fast = SimpleFileOptions::default().compression_level(Some(1));
        zip.start_file("word/document.xml", fast).unwrap();
        zip.write_all(format!("<w:document><w:body><w:tbl>{}</w:tbl></w:body></w:document>", unit.repeat(times)).as_bytes())
            .unwrap();
        let receipt = read_bytes("a.docx", &zip.finish().unwrap().into_inner());
        assert_eq!((receipt.status, receipt.reason.contains("过大")), (Status::Unreadable, true), "{unit}: {}", receipt.reason);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn pieces_of_markup_in_any_order(pieces in proptest::collection::vec(0usize..30, 0..120)) {
        const PIECES: [&str; 30] = [
            "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "12", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>",
            "<w:tcPr><w:vMerge/></w:tcPr>", "<w:tcPr><w:gridSpan w:val=\"3\"/><w:hMerge/></w:tcPr>", "<w:sdt>", "</w:sdt>", "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>",
            "<w:fldChar w:fldCharType=\"begin\"/>", "<w:fldChar w:fldCharType=\"separate\"/>", "<w:fldChar w:fldCharType=\"end\"/>", "<w:txbxContent>", "</w:txbxContent>",
            "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>", "<mc:AlternateContent>", "</mc:AlternateContent>", "<mc:Choice>", "</mc:Choice>", "<w:footnote/>", "<w:br/>",
        ];
        // Well-formed by closing what is open: the markup stands where no schema allows it.
        let mut open: Vec<&str> = Vec::new();
        let mut xml = String::new();
        for piece in pieces.iter().map(|i| PIECES[*i]) {
            match piece.strip_prefix("</") {
                Some(name) if open.last().is_some_and(|o| *o == name) => {
                    open.pop();
                    xml.push_str(piece);
                }
                Some(_) => {}
                None => {
                    if piece.starts_with('<') && !piece.ends_with("/>") && !piece.contains("</") {
                        open.push(&piece[1..]);
                    }
                    xml.push_str(piece);
                }
            }
        }
        while let Some(name) = open.pop() {
            xml.push_str(&format!("</{name}"));
        }
        prop_assert!(show(&body(&xml)).is_ok(), "{}", xml);
    }

    #[test]
    fn a_report_as_word_writes_it_with_some_bytes_changed(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let form = forms().form(forms().find("2021").unwrap());
        let parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
        let mut bytes = word::document("某某局2022年政府信息公开工作年度报告", &parts).into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = show(&stored(&[("word/document.xml", &bytes)]));
    }
}
