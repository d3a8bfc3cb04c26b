//! What Word shows of a document, and nothing else: each oddity as a small document with the paragraphs and rows that must
//! come out of it.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;
#[path = "common/word.rs"]
mod word;

use std::io::Write;

use common::{forms, read_bytes};
use nianbao_form::{Place, State};
use nianbao_intake::document::{Block, Document};
use nianbao_intake::{Status, open};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A main part around what stands in its body.
fn main_part(body: &str) -> String {
    format!("<w:document xmlns:w=\"{W}\"><w:body>{body}</w:body></w:document>")
}

fn relations(list: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if target.contains("://") { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"{id}\" Type=\"{REL}/{kind}\" Target=\"{target}\"{mode}/>")
    };
    let all: String = list.iter().map(one).collect();
    format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>")
}

/// A document with a body and other parts.
fn with(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let main = main_part(body);
    let mut all = vec![("word/document.xml", main.as_bytes())];
    all.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
    zip(&all)
}

fn document(bytes: &[u8]) -> Document {
    open(bytes, "docx").unwrap_or_else(|why| panic!("{why}"))
}

/// Paragraphs as they are; rows in brackets, cells apart by `|`, a merged cell in every place that it covers; line breaks
/// as `+`; blocks apart by a blank.
fn shown(document: &Document) -> String {
    let mut out = Vec::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(p) => out.push(p.text.replace('\n', "+")),
            Block::Grid(g) => {
                for row in &g.rows {
                    let cell = |c: &Option<u32>| c.map_or("∅".to_owned(), |c| g.cell(c).text.replace('\n', "+"));
                    out.push(format!("[{}]", row.iter().map(cell).collect::<Vec<_>>().join("|")));
                }
            }
        }
    }
    out.join(" ")
}

fn body(xml: &str) -> String {
    shown(&document(&with(xml, &[])))
}

fn r(text: &str) -> String {
    format!("<w:r><w:t>{text}</w:t></w:r>")
}

fn rp(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
}

fn p(runs: &str) -> String {
    format!("<w:p>{runs}</w:p>")
}

/// A paragraph whose mark has properties.
fn pm(mark: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr>{runs}</w:p>")
}

fn tc(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(&r(text)))
}

fn tr(cells: &str) -> String {
    format!("<w:tr>{cells}</w:tr>")
}

fn tbl(rows: &str) -> String {
    format!("<w:tbl><w:tblPr/>{rows}</w:tbl>")
}

/// A table of plain cells.
fn plain(rows: &[&[&str]]) -> String {
    tbl(&rows.iter().map(|row| tr(&row.iter().map(|t| tc("", t)).collect::<String>())).collect::<String>())
}

fn check(table: &[(&str, String, &str)]) {
    for (what, xml, want) in table {
        assert_eq!(body(xml), *want, "{what}: {xml}");
    }
}

#[test]
fn white_space_and_references() {
    check(&[
        ("outer blanks that are not preserved", p("<w:r><w:t> 1 </w:t></w:r><w:r><w:t>2 </w:t></w:r>"), "12"),
        (
            "and those that are",
            p("<w:r><w:t xml:space=\"preserve\">1 </w:t></w:r><w:r><w:t xml:space='preserve'> 2</w:t></w:r>"),
            "1  2",
        ),
        ("a line end in the text is a blank", p("<w:r><w:t>政府\r\n信息</w:t></w:r>"), "政府 信息"),
        ("references", p(&r("&#49;&#x32;&amp;&lt;&gt;&quot;&apos;")), "12&<>\"'"),
        ("CDATA", p(&r("<![CDATA[<3>&amp;]]>4")), "<3>&amp;4"),
        ("comments and instructions", p("<!-- <w:t>9</w:t> --><w:r><?x y?><w:t>1<!-- 2 -->3</w:t></w:r>"), "13"),
        ("breaks", p("<w:r><w:t>1</w:t><w:br/><w:t>2</w:t><w:tab/><w:t>3</w:t><w:cr/><w:t>4</w:t></w:r>"), "1 2\t3 4"),
        ("hyphens", p("<w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t><w:softHyphen/><w:t>3</w:t></w:r>"), "1-23"),
        ("a bracket in an attribute", p("<w:r w:rsid='a>b\"c'><w:t>1</w:t></w:r>"), "1"),
        ("text in no paragraph", r("1"), "1"),
    ]);
}

#[test]
fn prefixes_and_editions() {
    let strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    for (what, xml) in [
        (
            "another prefix",
            format!("<x:document xmlns:x=\"{W}\"><x:body><x:p><x:r><x:t>1</x:t></x:r></x:p></x:body></x:document>"),
        ),
        ("no prefix", format!("<document xmlns='{W}'><body><p><r><t>1</t></r></p></body></document>")),
        ("strict", format!("<w:document xmlns:w=\"{strict}\"><w:body><w:p><w:r><w:t>1</w:t></w:r></w:p></w:body></w:document>")),
        (
            "a prefix that means something else for a while",
            format!(
                "<w:document xmlns:w=\"{W}\"><w:body><w:p><w:r><w:t>1</w:t></w:r><w:x xmlns:w=\"urn:x\"><w:r><w:t>9</w:t></w:r></w:x></w:p></w:body></w:document>"
            ),
        ),
    ] {
        assert_eq!(shown(&document(&zip(&[("word/document.xml", xml.as_bytes())]))), "1", "{what}");
    }
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let unit = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
        format!("\u{FEFF}{text}").encode_utf16().flat_map(unit).collect()
    };
    let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{}", main_part(&p(&r("年报"))));
    let gbk = xml.replace("UTF-16", "GB18030");
    let with_mark = format!("\u{FEFF}{}", main_part(&p(&r("年报"))));
    for bytes in [wide(&xml, true), wide(&xml, false), encoding_rs::GB18030.encode(&gbk).0.into_owned(), with_mark.into_bytes()] {
        assert_eq!(shown(&document(&zip(&[("word/document.xml", &bytes)]))), "年报");
    }
}

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
fn tracked_changes_are_accepted() {
    let del = "<w:del w:id=\"1\"/>";
    let row = |mark: &str, text: &str| format!("<w:tr><w:trPr>{mark}</w:trPr>{}{}</w:tr>", tc("", text), tc("", "1"));
    check(&[
        (
            "runs",
            p(&format!(
                "<w:ins>{}</w:ins><w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:moveFrom>{}</w:moveFrom><w:moveTo>{}</w:moveTo>",
                r("1"),
                r("8"),
                r("2")
            )),
            "12",
        ),
        ("inserted, then deleted", p(&format!("<w:ins><w:del>{}</w:del></w:ins>{}", r("9"), r("1"))), "1"),
        ("a paragraph mark", pm(del, &r("一、总体")) + &p(&r("情况")) + &p(&r("二")), "一、总体情况 二"),
        (
            "of a paragraph that was moved away",
            pm("<w:moveFrom/>", &format!("<w:moveFrom>{}</w:moveFrom>", r("9"))) + &p(&r("1")),
            "1",
        ),
        ("with nothing to join", pm(del, &r("一")) + &plain(&[&["a", "b"]]) + &pm(del, &r("二")), "一 [a|b] 二"),
        ("in a cell", tbl(&tr(&(format!("<w:tc>{}{}</w:tc>", pm(del, &r("1")), p(&r("2"))) + &tc("", "x")))), "[12|x]"),
        ("the last in a cell", tbl(&tr(&(format!("<w:tc>{}</w:tc>", pm(del, &r("1"))) + &tc("", "x")))), "[1|x]"),
        ("an inserted mark", pm("<w:ins w:id=\"1\"/>", &r("一")) + &p(&r("二")), "一 二"),
        (
            "former properties",
            p(&format!(
                "<w:pPr><w:rPr><w:rPrChange><w:rPr><w:del/><w:vanish/></w:rPr></w:rPrChange></w:rPr></w:pPr>{}",
                rp("<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>", "1")
            )),
            "1",
        ),
        ("rows", tbl(&(row("", "a") + &row(del, "9") + &row("<w:ins/>", "b"))), "[a|1] [b|1]"),
        (
            "cells",
            tbl(&(tr(&(tc("", "a") + &tc("<w:cellDel/>", "9") + &tc("<w:cellIns/>", "b"))) + &tr(&(tc("", "c") + &tc("", "d"))))),
            "[a|b] [c|d]",
        ),
        (
            "merges",
            tbl(&(tr(&(tc("<w:cellMerge w:vMerge=\"rest\"/>", "a") + &tc("", "1")))
                + &tr(&(tc("<w:cellMerge w:vMerge=\"cont\" w:vMergeOrig=\"rest\"/>", "") + &tc("", "2"))))),
            "[a|1] [a|2]",
        ),
        ("a whole table", tbl(&(row(del, "8") + &row(del, "9"))) + &p(&r("1")), "1"),
    ]);
}

#[test]
fn fields() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    let code = |text: &str| format!("<w:r><w:instrText xml:space=\"preserve\">{text}</w:instrText></w:r>");
    let field = |instruction: &str, result: &str| mark("begin") + &code(instruction) + &mark("separate") + result + &mark("end");
    let form = |data: &str, instruction: &str, rest: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:name w:val=\"x\"/>{data}</w:ffData></w:fldChar></w:r>{}{rest}{}",
            code(instruction),
            mark("end")
        )
    };
    let list = |more: &str| format!("<w:ddList>{more}<w:listEntry w:val=\"甲\"/><w:listEntry w:val=\"乙\"/></w:ddList>");
    check(&[
        ("a formula", p(&field(" =SUM(ABOVE) ", &r("15"))), "15"),
        ("in one element", p(&format!("<w:fldSimple w:instr=\" =SUM(LEFT) \">{}</w:fldSimple>", r("7"))), "7"),
        ("never worked out", p(&(mark("begin") + &code("=SUM(") + &code("ABOVE)") + &mark("end"))), "{=SUM(ABOVE)}"),
        ("never worked out, with room for the result", p(&field("=SUM(ABOVE)", "")), "{=SUM(ABOVE)}"),
        ("never worked out, in one element", p("<w:fldSimple w:instr=\"=A1+B1\"/>"), "{=A1+B1}"),
        (
            "nested in a code",
            p(&(r("a")
                + &mark("begin")
                + &code("IF ")
                + &field("=1", &r("9"))
                + &code("= 9 x y")
                + &mark("separate")
                + &r("b")
                + &mark("end")
                + &r("c"))),
            "abc",
        ),
        (
            "nested in a result",
            p(&(mark("begin") + &code("REF x") + &mark("separate") + &r("1") + &field("PAGE", &r("2")) + &mark("end"))),
            "12",
        ),
        (
            "over paragraphs",
            p(&(mark("begin") + &code("TOC") + &mark("separate") + &r("一"))) + &p(&(r("二") + &mark("end") + &r("三"))),
            "一 二三",
        ),
        (
            "that never ends",
            tbl(&tr(&(format!("<w:tc>{}</w:tc>", p(&(mark("begin") + &code("REF") + &r("12")))) + &tc("", "x")))) + &p(&r("y")),
            "[12|x] y",
        ),
        (
            "deleted code",
            p(&format!("{}<w:del><w:r><w:delInstrText>=9</w:delInstrText></w:r></w:del>", field("=1", &r("1")))),
            "1",
        ),
        ("text to fill in", p(&form("<w:textInput/>", "FORMTEXT", &(mark("separate") + &r("12")))), "12"),
        ("a list, chosen", p(&form(&list("<w:result w:val=\"1\"/>"), "FORMDROPDOWN", "")), "乙"),
        ("a list, not chosen", p(&form(&list(""), "FORMDROPDOWN", "")), "甲"),
        ("a box", p(&form("<w:checkBox><w:default w:val=\"0\"/><w:checked/></w:checkBox>", "FORMCHECKBOX", "")), "☑"),
        ("a number in a circle", p(&(r("427") + &mark("begin") + &code("eq \\o\\ac(○,1)") + &mark("end"))), "427①"),
        ("a page number", p(&(r("a") + &mark("begin") + &code("PAGE") + &mark("end"))), "a"),
    ]);
}

#[test]
fn controls() {
    let sdt = |properties: &str, content: &str| {
        format!("<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>")
    };
    let asks = "<w:showingPlcHdr/><w:text/>";
    let row = |cells: &str| tbl(&tr(cells));
    check(&[
        ("of runs", p(&sdt("<w:text/>", &r("1"))), "1"),
        ("of paragraphs", sdt("", &(p(&r("1")) + &p(&r("2")))), "1 2"),
        ("of rows", tbl(&sdt("", &tr(&(tc("", "a") + &tc("", "b"))))), "[a|b]"),
        ("of cells", row(&(sdt("", &tc("", "a")) + &tc("", "b"))), "[a|b]"),
        ("in a cell", row(&(format!("<w:tc>{}</w:tc>", sdt("", &p(&r("1")))) + &tc("", "b"))), "[1|b]"),
        ("asking for content", p(&(r("a") + &sdt(asks, &r("单击此处输入文字。")) + &r("b"))), "ab"),
        ("a cell that asks for content", row(&(sdt(asks, &tc("", "单击输入数字")) + &tc("", "b"))), "[|b]"),
        ("a figure where it asks for one", p(&sdt(asks, &r("12"))), "[12]"),
        ("that no longer asks", p(&sdt("<w:showingPlcHdr w:val=\"0\"/>", &r("1"))), "1"),
        ("one in another that asks", p(&sdt("", &(sdt(asks, &r("请输入")) + &r("2")))), "2"),
        (
            "a box",
            p(&sdt(
                "<w14:checkbox><w14:checked w14:val=\"1\"/></w14:checkbox>",
                "<w:r><w:sym w:font=\"Wingdings 2\" w:char=\"F052\"/></w:r>",
            )),
            "☑",
        ),
        (
            "smart tags and custom XML",
            p(&format!(
                "<w:customXml w:element=\"x\"><w:customXmlPr/><w:smartTag w:element=\"y\">{}</w:smartTag></w:customXml>",
                r("1")
            )),
            "1",
        ),
        (
            "links, bookmarks, comments",
            p(&format!(
                "<w:hyperlink r:id=\"x\">{}</w:hyperlink><w:bookmarkStart w:id=\"0\" w:name=\"n\"/><w:r><w:commentReference w:id=\"1\"/></w:r>",
                r("1")
            )),
            "1",
        ),
    ]);
}

#[test]
fn hidden_by_itself() {
    check(&[
        ("a run", p(&(rp("<w:vanish/>", "9") + &r("1"))), "1"),
        ("switched off", p(&rp("<w:vanish w:val=\"0\"/>", "1")), "1"),
        (
            "struck out",
            p(&(rp("<w:strike/>", "9") + &rp("<w:dstrike w:val=\"true\"/>", "8") + &rp("<w:strike w:val=\"false\"/>", "1"))),
            "1",
        ),
        ("on the Web only", p(&rp("<w:webHidden/>", "1")), "1"),
        ("all of a run", p("<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t><w:tab/><w:br/><w:noBreakHyphen/></w:r>"), ""),
        (
            "a text box in a run",
            p(
                "<w:r><w:rPr><w:vanish/></w:rPr><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>9</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>",
            ),
            "",
        ),
        (
            "a mark in a cell",
            tbl(&tr(&(format!("<w:tc>{}{}</w:tc>", pm("<w:vanish/>", &r("1")), p(&r("2"))) + &tc("", "x")))),
            "[12|x]",
        ),
        (
            "a mark between a heading and its text",
            pm("<w:vanish/><w:specVanish/>", &r("一、总体情况")) + &p(&r("全年")),
            "一、总体情况 全年",
        ),
        ("raised by hand", p(&(r("427") + &rp("<w:position w:val=\"8\"/><w:sz w:val=\"12\"/>", "1"))), "427[1]"),
        ("a little lifted", p(&(r("42") + &rp("<w:position w:val=\"2\"/>", "7"))), "427"),
    ]);
}

#[test]
fn hidden_by_style() {
    let style = |kind: &str, id: &str, base: &str, properties: &str, more: &str| {
        let base = if base.is_empty() { String::new() } else { format!("<w:basedOn w:val=\"{base}\"/>") };
        format!(
            "<w:style w:type=\"{kind}\" w:styleId=\"{id}\"{more}><w:name w:val=\"{id}\"/>{base}<w:rPr>{properties}</w:rPr></w:style>"
        )
    };
    let all = [
        style("character", "hide", "", "<w:vanish/>", ""),
        style("character", "based", "hide", "<w:b/>", ""),
        style("character", "shown", "hide", "<w:vanish w:val=\"0\"/>", ""),
        style("character", "round", "round", "<w:strike/>", ""),
        style("character", "a", "b", "", ""),
        style("character", "b", "a", "", ""),
        style("character", "note", "", "<w:vertAlign w:val=\"superscript\"/>", ""),
        style("paragraph", "hidden", "", "<w:vanish/>", ""),
        style("paragraph", "usual", "", "", " w:default=\"1\""),
    ]
    .concat();
    let styles = format!("<w:styles xmlns:w=\"{W}\">{all}</w:styles>");
    let in_style = |id: &str, text: &str| rp(&format!("<w:rStyle w:val=\"{id}\"/>"), text);
    let paragraph = |runs: &str| format!("<w:p><w:pPr><w:pStyle w:val=\"hidden\"/></w:pPr>{runs}</w:p>");
    for (what, xml, want) in [
        ("a character style", p(&(in_style("hide", "9") + &r("1"))), "1"),
        ("one based on it", p(&(in_style("based", "9") + &r("1"))), "1"),
        ("one based on it that shows", p(&in_style("shown", "1")), "1"),
        ("shown by hand", p(&rp("<w:rStyle w:val=\"hide\"/><w:vanish w:val=\"0\"/>", "1")), "1"),
        ("struck out, based on itself", p(&(in_style("round", "9") + &r("1"))), "1"),
        ("based on each other", p(&in_style("a", "1")), "1"),
        ("a mark of a note", p(&(r("427") + &in_style("note", "1"))), "427[1]"),
        ("a paragraph style", paragraph(&r("9")) + &p(&r("1")), "1"),
        ("a run that shows in it", paragraph(&(r("9") + &rp("<w:vanish w:val=\"0\"/>", "1"))), "1"),
        ("two switches", paragraph(&(r("9") + &in_style("hide", "1"))), "1"),
        ("a style that is not there", p(&in_style("nowhere", "1")), "1"),
    ] {
        assert_eq!(shown(&document(&with(&xml, &[("word/styles.xml", &styles)]))), want, "{what}");
    }
    // Found by its relation where it is called something else; hidden throughout by the defaults.
    let defaults = format!(
        "<w:styles xmlns:w=\"{W}\"><w:docDefaults><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>"
    );
    let parts = [("word/_rels/document.xml.rels", &*relations(&[("rId1", "styles", "s2.xml")])), ("word/s2.xml", &*defaults)];
    assert_eq!(shown(&document(&with(&p(&(r("9") + &rp("<w:vanish w:val=\"0\"/>", "1"))), &parts))), "1");
}

#[test]
fn notes_never_stand_in_a_cell() {
    let note = |kind: &str, id: &str, runs: &str| {
        format!("<w:{kind} w:id=\"{id}\"><w:p><w:r><w:{kind}Ref/></w:r>{runs}</w:p></w:{kind}>")
    };
    let separator = "<w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>";
    let foot = format!(
        "<w:footnotes xmlns:w=\"{W}\">{separator}{}{}{}</w:footnotes>",
        note("footnote", "1", &r("其中修订16件")),
        note("footnote", "2", &r("未引用")),
        note("footnote", "3", &(rp("<w:vanish/>", "9") + &r("乙")))
    );
    let end = format!("<w:endnotes xmlns:w=\"{W}\">{}</w:endnotes>", note("endnote", "1", &r("尾")));
    let relation = relations(&[("rId1", "footnotes", "footnotes.xml"), ("rId2", "endnotes", "endnotes.xml")]);
    let parts = [("word/footnotes.xml", &*foot), ("word/endnotes.xml", &*end), ("word/_rels/document.xml.rels", &*relation)];
    let mark = |kind: &str, id: &str| {
        format!("<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:{kind}Reference w:id=\"{id}\"/></w:r>")
    };
    let typed = "<w:r><w:footnoteReference w:customMarkFollows=\"1\" w:id=\"3\"/><w:t>2</w:t></w:r>";
    let xml = tbl(&tr(&(format!("<w:tc>{}</w:tc>", p(&(r("22") + &mark("footnote", "1"))))
        + &format!("<w:tc>{}</w:tc>", p(&(r("7") + typed + &mark("endnote", "1")))))))
        + &p(&r("某局2023年1月5日"));
    assert_eq!(shown(&document(&with(&xml, &parts))), "[22|7[2]] 某局2023年1月5日 注1：其中修订16件 注2：乙 注3：尾");
    assert_eq!(shown(&document(&with(&xml, &[]))), "[22|7[2]] 某局2023年1月5日");
}

#[test]
fn symbols_numbers_guides_and_formulas() {
    let sym = |font: &str, code: &str| format!("<w:r><w:sym w:font=\"{font}\" w:char=\"{code}\"/></w:r>");
    check(&[
        ("a tick", p(&sym("Wingdings", "F0FC")), "✓"),
        ("a picture", p(&(r("1") + &sym("Webdings", "F031"))), "1\u{FFFD}"),
        ("a digit in a font of pictures", p(&rp("<w:rFonts w:ascii=\"Wingdings\" w:hAnsi=\"Wingdings\"/>", "0年")), "\u{FFFD}年"),
        ("a digit in Greek", p(&rp("<w:rFonts w:ascii=\"Symbol\"/>", "12")), "12"),
        (
            "an automatic number",
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"3\"/></w:numPr></w:pPr><w:r><w:t>总体情况</w:t></w:r></w:p>".into(),
            "总体情况",
        ),
        ("a guide", p("<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>nián</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>年</w:t></w:r></w:rubyBase></w:ruby></w:r>"), "年"),
        ("a formula", p("<m:oMath><m:r><m:t>12</m:t></m:r></m:oMath>"), "12"),
        (
            "a fraction",
            p("<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"),
            "1/2",
        ),
        (
            "a power",
            p("<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"),
            "10^2",
        ),
        (
            "a matrix",
            p("<m:oMath><m:d><m:e><m:m><m:mr><m:e><m:r><m:t>1</m:t></m:r></m:e><m:e><m:r><m:t>2</m:t></m:r></m:e></m:mr></m:m></m:e></m:d></m:oMath>"),
            "(；，1，2)",
        ),
    ]);
}

#[test]
fn drawings() {
    let text_box = |content: &str| format!("<w:txbxContent>{content}</w:txbxContent>");
    let choice = |content: &str| {
        format!(
            "<mc:Choice Requires=\"wps\"><w:drawing><wp:anchor><wps:txbx>{content}</wps:txbx></wp:anchor></w:drawing></mc:Choice>"
        )
    };
    let fallback = |content: &str| {
        format!("<mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback>")
    };
    let alternates = |inner: &str| p(&format!("{}<w:r><mc:AlternateContent>{inner}</mc:AlternateContent></w:r>", r("a")));
    let (one, two) = (text_box(&p(&r("1"))), text_box(&p(&r("2"))));
    check(&[
        ("once", alternates(&(choice(&one) + &fallback(&one))), "1 a"),
        ("the first choice", alternates(&(choice(&one) + &choice(&two) + &fallback(&two))), "1 a"),
        (
            "the fallback where the choice says nothing",
            alternates(&("<mc:Choice Requires=\"am3d\"><w:drawing/></mc:Choice>".to_owned() + &fallback(&two))),
            "2 a",
        ),
        ("old", p(&format!("<w:r><w:pict><v:rect><v:textbox>{one}</v:textbox></v:rect></w:pict></w:r>")), "1"),
        (
            "with a table",
            p(&format!("<w:r><w:pict><v:textbox>{}</v:textbox></w:pict></w:r>", text_box(&plain(&[&["a", "1"]])))),
            "[a|1]",
        ),
        (
            "in a cell",
            tbl(&tr(&(format!("<w:tc>{}</w:tc>", p(&format!("<w:r><w:pict>{one}</w:pict></w:r>"))) + &tc("", "x")))),
            "[1|x]",
        ),
        ("letters as a shape", p("<w:r><w:pict><v:shape><v:textpath string=\"年度报告\"/></v:shape></w:pict></w:r>"), "年度报告"),
        (
            "a canvas",
            p(
                "<w:r><w:drawing><lc:lockedCanvas><a:sp><a:txBody><a:p><a:r><a:t>1</a:t></a:r></a:p></a:txBody></a:sp></lc:lockedCanvas></w:drawing></w:r>",
            ),
            "1",
        ),
    ]);
}

#[test]
fn tables() {
    let span = |n: usize| format!("<w:gridSpan w:val=\"{n}\"/>");
    let down = |begins: bool| if begins { "<w:vMerge w:val=\"restart\"/>" } else { "<w:vMerge/>" };
    let row = |properties: &str, cells: &str| format!("<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>");
    let wide = |n: usize| format!("<w:tcW w:w=\"{n}\" w:type=\"dxa\"/>");
    let inner = plain(&[&["b", "c"]]);
    check(&[
        (
            "both ways",
            tbl(&(tr(&(tc(&(span(2) + down(true)), "a") + &tc("", "1")))
                + &tr(&(tc(&(span(2) + down(false)), "") + &tc("", "2"))))),
            "[a|a|1] [a|a|2]",
        ),
        (
            "the old way",
            tbl(&(tr(&(tc("<w:hMerge w:val=\"restart\"/>", "a") + &tc("<w:hMerge/>", "") + &tc("", "1")))
                + &tr(&(tc("", "b") + &tc("", "c") + &tc("", "2"))))),
            "[a|a|1] [b|c|2]",
        ),
        (
            "a figure in what is merged away",
            tbl(&(tr(&(tc("<w:hMerge w:val=\"restart\"/>", "5") + &tc("<w:hMerge w:val=\"continue\"/>", "7")))
                + &tr(&(tc("", "b") + &tc("", "c"))))),
            "[5+7|5+7] [b|c]",
        ),
        (
            "merged with nothing above",
            tbl(&(tr(&(tc("", "a") + &tc("", "5"))) + &tr(&(tc("", "b") + &tc(down(false), "7"))))),
            "[a|5] [b|7]",
        ),
        (
            "left open before",
            tbl(&(tr(&(tc("", "a") + &tc("", "b"))) + &row("<w:gridBefore w:val=\"1\"/>", &tc("", "c")))),
            "[a|b] [∅|c]",
        ),
        (
            "left open after",
            tbl(&(tr(&(tc("", "a") + &tc("", "b"))) + &row("<w:gridAfter w:val=\"1\"/>", &tc("", "c")))),
            "[a|b] [c]",
        ),
        (
            "spans forgotten",
            tbl(&(tr(&tc(&wide(3000), "a")) + &tr(&(tc(&wide(1000), "b") + &tc(&wide(2000), "c"))))),
            "[a|a] [b|c]",
        ),
        (
            "spans that say too much",
            tbl(&(tr(&(tc(&(wide(1000) + &span(2)), "a") + &tc(&(wide(2000) + &span(4)), "b")))
                + &tr(&(tc(&wide(1000), "1") + &tc(&wide(1000), "2") + &tc(&wide(1000), "3"))))),
            "[a|b|b] [1|2|3]",
        ),
        (
            "nested: layout around it",
            tbl(&tr(&(format!("<w:tc>{}{inner}{}</w:tc>", p(&r("a")), p("")) + &tc("", "d")))),
            "a [b|c] d",
        ),
        (
            "nested: a few words in a row of data",
            tbl(&(tr(&(tc("", "1") + &format!("<w:tc>{inner}<w:p/></w:tc>") + &tc("", "2")))
                + &tr(&(tc("", "3") + &tc("", "4") + &tc("", "5"))))),
            "[1|b；c|2] [3|4|5]",
        ),
        ("a frame of one cell", tbl(&tr(&tc("", "a"))), "a"),
        (
            "over sections",
            plain(&[&["a", "1"]]) + "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>" + &plain(&[&["b", "2"]]),
            "[a|1] [b|2]",
        ),
        (
            "several paragraphs",
            tbl(&tr(&(format!("<w:tc>{}{}{}</w:tc>", p(&r("自然")), p(""), p(&r("人"))) + &tc("", "x")))),
            "[自然+人|x]",
        ),
        ("no cells", tbl(&(tr("") + &tr(&(tc("", "a") + &tc("", "b"))))), "[] [a|b]"),
        ("cells in no row", tbl(&(tc("", "a") + &tc("", "b"))), "[a|b]"),
        ("a cell in no table", tc("", "a"), "a"),
    ]);
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
