//! Word documents as wholes: packages of every kind, documents and pictures in them, reports as Word writes them.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;
#[path = "common/word.rs"]
mod word;
#[path = "common/wordml.rs"]
mod wordml;

use common::{forms, read_bytes};
use nianbao_form::{Place, State};
use nianbao_intake::document::Block;
use nianbao_intake::{Status, open};
use wordml::{W, document, main_part, p, plain, r, relations, rp, shown, with, zip};

#[test]
fn where_the_main_part_is() {
    let main = main_part(&p(&r("1")));
    let other = main_part(&p(&r("9")));
    let types = |name: &str, kind: &str| {
        format!("<Types><Override PartName=\"/{name}\" ContentType=\"application/vnd.{kind}.main+xml\"/></Types>")
    };
    let word = "openxmlformats-officedocument.wordprocessingml.document";
    let top = |target: &str| relations(&[("rId1", "officeDocument", target)]);
    let named = |target: &str| ("_rels/.rels", top(target).into_bytes());
    let kinds = |name: &str, kind: &str| ("[Content_Types].xml", types(name, kind).into_bytes());
    let (a, b) = (|name| (name, main.clone().into_bytes()), |name| (name, other.clone().into_bytes()));
    let table: [(&str, Vec<(&str, Vec<u8>)>); 7] = [
        ("by relation", vec![named("/doc/main.xml"), a("doc/main.xml"), b("word/document.xml")]),
        ("by content type", vec![kinds("doc/main.xml", word), a("doc/main.xml")]),
        ("macros", vec![kinds("w/x.xml", "ms-word.document.macroEnabled"), a("w/x.xml")]),
        ("by custom", vec![a("word/document2.xml")]),
        ("another case and slash", vec![a("Word\\Document.XML")]),
        ("a relation that leads nowhere", vec![named("nowhere.xml"), a("word/document.xml")]),
        ("relations that are broken", vec![("_rels/.rels", b"<Relationships>".to_vec()), a("word/document.xml")]),
    ];
    for (what, parts) in &table {
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        assert_eq!(shown(&document(&zip(&parts))), "1", "{what}");
    }
}

#[test]
fn a_package_as_one_file() {
    let part = |name: &str, xml: &str| format!("<pkg:part pkg:name=\"{name}\"><pkg:xmlData>{xml}</pkg:xmlData></pkg:part>");
    let hidden = format!(
        "<w:styles xmlns:w=\"{W}\"><w:style w:type=\"character\" w:styleId=\"x\"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"
    );
    let main = main_part(&(p(&(r("1") + &rp("<w:rStyle w:val=\"x\"/>", "2"))) + &plain(&[&["a", "b"]])));
    let flat = format!(
        "<?xml version=\"1.0\" standalone=\"yes\"?><?mso-application progid=\"Word.Document\"?>\
         <pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">{}{}{}</pkg:package>",
        part("/_rels/.rels", &relations(&[("rId1", "officeDocument", "word/document.xml")])),
        part("/word/document.xml", &main),
        part("/word/styles.xml", &hidden)
    );
    assert_eq!(shown(&document(flat.as_bytes())), "1 [a|b]");
    assert_eq!(shown(&document(main.as_bytes())), "12 [a|b]");
    let receipt = read_bytes("a.xml", flat.as_bytes());
    assert_eq!((receipt.format.as_str(), receipt.status), ("docx", Status::Foreign));
}

#[test]
fn word_2003() {
    let xml = "<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>\
        <w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\" xmlns:aml=\"http://schemas.microsoft.com/aml/2001/core\" \
        xmlns:wx=\"http://schemas.microsoft.com/office/word/2003/auxHint\" xml:space=\"preserve\"><w:docPr><w:view w:val=\"print\"/></w:docPr>\
        <w:styles><w:style w:type=\"character\" w:styleId=\"h\"><w:rPr><w:vanish/></w:rPr></w:style></w:styles><w:body><wx:sect>\
        <w:p><w:r><w:t>一 </w:t></w:r><aml:annotation aml:id=\"0\" w:type=\"Word.Deletion\"><aml:content><w:r><w:delText>9</w:delText></w:r></aml:content></aml:annotation>\
        <aml:annotation aml:id=\"1\" w:type=\"Word.Insertion\"><aml:content><w:r><w:t>二</w:t></w:r></aml:content></aml:annotation>\
        <w:r><w:rPr><w:rStyle w:val=\"h\"/></w:rPr><w:t>隐</w:t></w:r><w:r><w:footnote><w:p><w:r><w:t>脚注</w:t></w:r></w:p></w:footnote></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:tcPr><w:vmerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:tcPr><w:vmerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:sectPr><w:hdr w:type=\"odd\"><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr></w:sectPr></wx:sect></w:body></w:wordDocument>";
    assert_eq!(shown(&document(xml.as_bytes())), "一 二 [a|1] [a|2] 注1：脚注");
}

#[test]
fn embedded_documents() {
    let inner = with(&(p(&r("内")) + &plain(&[&["a", "1"]])), &[]);
    let relation = |target: &str| relations(&[("rId9", "aFChunk", target)]);
    let read = |target: &str, bytes: &[u8]| {
        let main = main_part(&(p(&r("前")) + "<w:altChunk r:id=\"rId9\"><w:altChunkPr/></w:altChunk>" + &plain(&[&["b", "2"]])));
        let relation = relation(target);
        let part = format!("word/{target}");
        open(
            &zip(&[
                ("word/document.xml", main.as_bytes()),
                ("word/_rels/document.xml.rels", relation.as_bytes()),
                (&part, bytes),
            ]),
            "docx",
        )
    };
    let page = "<html><body><p>内</p><table><tr><td>a</td><td>1</td></tr></table></body></html>";
    for (target, bytes) in [("x.docx", inner.as_slice()), ("x.html", page.as_bytes())] {
        let document = read(target, bytes).unwrap();
        assert_eq!(shown(&document), "前 内 [a|1] [b|2]", "{target}");
        let tables: Vec<u32> =
            document.blocks.iter().filter_map(|b| if let Block::Grid(g) = b { Some(g.number) } else { None }).collect();
        assert_eq!(tables, [1, 2]);
    }
    assert_eq!(shown(&read("x.txt", "内\n".as_bytes()).unwrap()), "前 内 [b|2]");
    // What is not read is not dropped in silence; nothing outside is fetched.
    assert!(read("x.bin", b"\x01\x02\x03\x04\x05\x06").unwrap_err().contains("embedded"));
    assert!(read("https://example.com/x.html", b"").unwrap_err().contains("embedded"));
}

#[test]
fn pictures_that_may_be_tables() {
    let drawing = |cx: u64, cy: u64| {
        p(&format!(
            "<w:r><w:drawing><wp:inline><wp:extent cx=\"{cx}\" cy=\"{cy}\"/><a:graphic><pic:pic><a:blip r:embed=\"rId7\"/></pic:pic></a:graphic></wp:inline></w:drawing></w:r>"
        ))
    };
    let old = |style: &str| {
        p(&format!("<w:r><w:object><v:shape style=\"{style}\"><v:imagedata r:id=\"rId8\"/></v:shape></w:object></w:r>"))
    };
    let relation = relations(&[("rId7", "image", "media/image1.png"), ("rId8", "image", "media/image2.emf")]);
    let xml = p(&r("一"))
        + &drawing(5_274_310, 3_000_000)
        + &drawing(900_000, 900_000)
        + &p(&r("二"))
        + &old("width:415pt;height:200pt")
        + &old("width:20pt;height:20pt");
    let document = document(&with(&xml, &[("word/_rels/document.xml.rels", &relation)]));
    let found: Vec<(Place, &str)> = document.pictures.iter().map(|p| (p.place.clone(), &*p.part)).collect();
    assert_eq!(found, [(Place::Paragraph(2), "word/media/image1.png"), (Place::Paragraph(4), "word/media/image2.emf")]);
    assert_eq!(shown(&document), "一 二");
}

/// The tables of a report as Word writes them, read cell for cell.
#[test]
fn as_word_writes_it() {
    for id in ["2019", "2021"] {
        let form = forms().form(forms().find(id).unwrap());
        let year = if id == "2019" { 2020 } else { 2022 };
        let parts = print::parts(form, &|c| (1000 + 3 * c.index()).to_string(), false);
        let bytes = word::package(&word::document(&format!("某某局{year}年政府信息公开工作年度报告"), &parts));
        let receipt = read_bytes("a.docx", &bytes);
        assert_eq!((receipt.status, receipt.reason.as_str()), (Status::Read, ""), "{id}");
        for cell in &form.cells {
            let value = receipt.reports[0].value(*cell);
            assert_eq!(value.number.map(|n| n.to_string()), Some((1000 + 3 * cell.index()).to_string()), "{}", forms().id(*cell));
        }
    }
}

/// A field without a result and a control that asks for a figure leave their cells unread, not blank.
#[test]
fn doubtful_cells_are_text() {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| if c == form.cells[0] { "@@".into() } else { "0".into() }, false);
    let xml = print::word("某某局2022年政府信息公开工作年度报告", &parts);
    let whole = "<w:r><w:t xml:space=\"preserve\">@@</w:t></w:r>";
    assert!(xml.contains(whole));
    for (cell, want) in [
        ("<w:fldSimple w:instr=\"=SUM(ABOVE)\"/>", State::Text),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>12</w:t></w:r></w:sdtContent></w:sdt>",
            State::Text,
        ),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>请填写</w:t></w:r></w:sdtContent></w:sdt>",
            State::Blank,
        ),
        ("<w:r><w:rPr><w:rFonts w:ascii=\"Wingdings\"/></w:rPr><w:t>0</w:t></w:r>", State::Text),
        (
            "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>",
            State::Text,
        ),
    ] {
        let receipt = read_bytes("a.docx", &common::docx(&xml.replace(whole, cell)));
        assert_eq!(receipt.reports[0].value(form.cells[0]).state, want, "{cell}");
    }
}

/// Numbers that Word counts itself are not in the text: headings and labels are known without them.
#[test]
fn labels_numbered_by_word() {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| (1000 + 3 * c.index()).to_string(), false);
    let xml = print::word("某某局2022年政府信息公开工作年度报告", &parts);
    let counted = "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>";
    let mut out = String::new();
    let mut stripped = 0;
    for piece in xml.split_inclusive("<w:p>") {
        let (_, rest) = piece.split_once("preserve\">").unwrap_or(("", piece));
        let end = rest.find("</w:t>").unwrap_or(0);
        let text = &rest[..end];
        let bare = text.trim_start_matches(|c| "一二三四五六七八九十（）()、.．0123456789".contains(c));
        let starts_numbered = text.len() > bare.len() && !bare.is_empty();
        if starts_numbered {
            stripped += 1;
            let (head, tail) = (out.len() - "<w:p>".len(), piece.replacen(text, bare, 1));
            out.truncate(head);
            out.push_str(counted);
            out.push_str(&tail);
        } else {
            out.push_str(piece);
        }
    }
    assert!(stripped > 30, "{stripped}");
    let receipt = read_bytes("a.docx", &common::docx(&out));
    let report = &receipt.reports[0];
    let mut read = 0;
    for cell in &form.cells {
        if let Some(n) = report.value(*cell).number {
            assert_eq!(n.to_string(), (1000 + 3 * cell.index()).to_string(), "{}", forms().id(*cell));
            read += 1;
        }
    }
    assert_eq!((read, report.sections.len()), (form.cells.len(), 6), "{}", receipt.reason);
}

/// A table of contents names every section before it begins; its page numbers are shown in print.
#[test]
fn a_table_of_contents_is_no_section() {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| (1000 + 3 * c.index()).to_string(), false);
    let xml = print::word("某某局2022年政府信息公开工作年度报告", &parts);
    let hidden = |text: &str| rp("<w:webHidden/>", text);
    let entry = |(i, part): (usize, &print::Part)| {
        let page = format!("<w:r><w:rPr><w:webHidden/></w:rPr><w:tab/></w:r>{}", hidden(&(i + 1).to_string()));
        p(&format!("<w:hyperlink w:anchor=\"_Toc{i}\">{}{page}</w:hyperlink>", r(&part.heading)))
    };
    let contents: String = parts.iter().enumerate().map(entry).collect();
    let (first, rest) = xml.split_once("</w:p>").unwrap();
    let receipt = read_bytes("a.docx", &common::docx(&format!("{first}</w:p>{}{contents}{rest}", p(&r("目录")))));
    let report = &receipt.reports[0];
    assert_eq!((receipt.status, report.sections.len()), (Status::Read, 6), "{}", receipt.reason);
    assert_eq!(report.passage("overview").unwrap().text, "全年工作有序。");
    assert!(report.unmapped.is_empty(), "{:?}", report.unmapped);
}
