//! Prints a report as Word writes one: an identifier for every paragraph, revision marks on every run, full properties on
//! every run, paragraph, cell and row, and the parts that come with it.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use super::print::{P, Part, Table};

const FONT: &str = "<w:rFonts w:hint=\"eastAsia\" w:ascii=\"宋体\" w:hAnsi=\"宋体\" w:eastAsia=\"宋体\" w:cs=\"宋体\"/>";
const SMALL: &str = "<w:color w:val=\"000000\"/><w:kern w:val=\"0\"/><w:sz w:val=\"20\"/><w:szCs w:val=\"20\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/>";

/// The identifiers that Word hands out: scattered, but the same every time.
struct Ids(u32);

impl Ids {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }

    fn revision(&mut self) -> String {
        format!("00{:06X}", self.next() >> 8 & 0x00F7_0707)
    }
}

fn paragraph(out: &mut String, ids: &mut Ids, text: &str, in_cell: bool) {
    let (mark, revision) = (ids.next(), ids.revision());
    let _ = write!(
        out,
        "<w:p w14:paraId=\"{mark:08X}\" w14:textId=\"77777777\" w:rsidR=\"{revision}\" w:rsidRDefault=\"{revision}\" w:rsidP=\"{}\">",
        ids.revision()
    );
    if in_cell {
        let _ = write!(
            out,
            "<w:pPr><w:widowControl/><w:spacing w:before=\"100\" w:beforeAutospacing=\"1\" w:after=\"100\" w:afterAutospacing=\"1\"/>\
             <w:jc w:val=\"center\"/><w:rPr>{FONT}{SMALL}</w:rPr></w:pPr>"
        );
    } else {
        let _ = write!(
            out,
            "<w:pPr><w:pStyle w:val=\"a3\"/><w:spacing w:line=\"560\" w:lineRule=\"exact\"/><w:ind w:firstLine=\"640\"/>\
             <w:rPr>{FONT}<w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/></w:rPr></w:pPr>"
        );
    }
    if !text.is_empty() {
        let size = if in_cell { SMALL } else { "<w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>" };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(out, "<w:r w:rsidRPr=\"{revision}\"><w:rPr>{FONT}{size}</w:rPr><w:t>{text}</w:t></w:r>");
    }
    out.push_str("</w:p>");
}

fn cell(out: &mut String, ids: &mut Ids, text: &str, columns: usize, merge: &str) {
    let span = if columns > 1 { format!("<w:gridSpan w:val=\"{columns}\"/>") } else { String::new() };
    let _ = write!(
        out,
        "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/>{span}{merge}<w:tcBorders><w:top w:val=\"nil\"/>\
         <w:left w:val=\"nil\"/><w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"auto\"/>\
         <w:right w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"auto\"/></w:tcBorders>\
         <w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"auto\"/><w:vAlign w:val=\"center\"/></w:tcPr>",
        714 * columns
    );
    text.split('\n').for_each(|line| paragraph(out, ids, line, true));
    out.push_str("</w:tc>");
}

fn table(out: &mut String, ids: &mut Ids, table: &Table) {
    let border = |b: &str| format!("<w:{b} w:val=\"none\" w:sz=\"6\" w:space=\"0\" w:color=\"auto\"/>");
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(border).concat();
    let width = table.iter().map(|r| r.iter().map(|c| c.1).sum::<usize>()).max().unwrap_or(0);
    let _ = write!(
        out,
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"a5\"/><w:tblW w:w=\"9740\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>\
         <w:tblBorders>{borders}</w:tblBorders><w:tblLook w:val=\"04A0\" w:firstRow=\"1\" w:lastRow=\"0\"/></w:tblPr><w:tblGrid>{}</w:tblGrid>",
        "<w:gridCol w:w=\"714\"/>".repeat(width)
    );
    let mut open: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for row in table {
        let _ = write!(
            out,
            "<w:tr w:rsidR=\"{}\" w14:paraId=\"{:08X}\" w14:textId=\"77777777\"><w:tblPrEx><w:tblBorders>{borders}</w:tblBorders>\
             <w:tblCellMar><w:top w:w=\"0\" w:type=\"dxa\"/><w:bottom w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPrEx>\
             <w:trPr><w:jc w:val=\"center\"/></w:trPr>",
            ids.revision(),
            ids.next()
        );
        let (mut c, mut cells, mut next) = (0, row.iter(), BTreeMap::new());
        loop {
            if let Some((columns, rows)) = open.remove(&c) {
                cell(out, ids, "", columns, "<w:vMerge/>");
                if rows > 1 {
                    next.insert(c, (columns, rows - 1));
                }
                c += columns;
                continue;
            }
            let Some(P(text, columns, rows)) = cells.next() else { break };
            cell(out, ids, text, *columns, if *rows > 1 { "<w:vMerge w:val=\"restart\"/>" } else { "" });
            if *rows > 1 {
                next.insert(c, (*columns, rows - 1));
            }
            c += columns;
        }
        open = next;
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
}

/// The main part.
pub fn document(title: &str, parts: &[Part]) -> String {
    let mut ids = Ids(2021);
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n\
        <w:document xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" \
        xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
        xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\" xmlns:v=\"urn:schemas-microsoft-com:vml\" \
        xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
        xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
        xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\" \
        xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" mc:Ignorable=\"w14\"><w:body>"
        .to_owned();
    paragraph(&mut out, &mut ids, title, false);
    for part in parts {
        paragraph(&mut out, &mut ids, &part.heading, false);
        if part.tables.is_empty() {
            paragraph(&mut out, &mut ids, "全年工作有序。", false);
        }
        part.tables.iter().for_each(|t| table(&mut out, &mut ids, t));
    }
    out.push_str("<w:sectPr w:rsidR=\"00A77B3E\"><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1440\" w:right=\"1800\"/></w:sectPr>");
    out + "</w:body></w:document>"
}

/// A package of the parts that Word writes around a main part.
pub fn package(document: &str) -> Vec<u8> {
    let kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let types = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/word/document.xml\" ContentType=\"{kinds}.document.main+xml\"/>\
         <Override PartName=\"/word/styles.xml\" ContentType=\"{kinds}.styles+xml\"/></Types>"
    );
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |list: &[(&str, &str)]| {
        let one = |(i, (kind, target)): (usize, &(&str, &str))| {
            format!("<Relationship Id=\"rId{}\" Type=\"{kinds}/{kind}\" Target=\"{target}\"/>", i + 1)
        };
        let all: String = list.iter().enumerate().map(one).collect();
        format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>")
    };
    let mut styles =
        "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:docDefaults><w:rPrDefault><w:rPr>\
        <w:rFonts w:asciiTheme=\"minorHAnsi\"/></w:rPr></w:rPrDefault></w:docDefaults><w:latentStyles w:count=\"376\">"
            .to_owned();
    for i in 0..376 {
        let _ = write!(styles, "<w:lsdException w:name=\"Style {i}\" w:semiHidden=\"1\" w:uiPriority=\"{}\"/>", i % 99);
    }
    styles.push_str("</w:latentStyles>");
    for i in 0..30 {
        let _ = write!(
            styles,
            "<w:style w:type=\"paragraph\" w:styleId=\"a{i}\"><w:name w:val=\"heading {i}\"/><w:basedOn w:val=\"a\"/><w:next w:val=\"a\"/>\
             <w:uiPriority w:val=\"9\"/><w:qFormat/><w:rsid w:val=\"00C21D2B\"/><w:pPr><w:keepNext/><w:spacing w:before=\"340\"/></w:pPr>\
             <w:rPr><w:b/><w:bCs/><w:kern w:val=\"44\"/><w:sz w:val=\"44\"/></w:rPr></w:style>"
        );
    }
    styles.push_str("</w:styles>");
    let parts = [
        ("[Content_Types].xml", types),
        ("_rels/.rels", relations(&[("officeDocument", "word/document.xml"), ("extended-properties", "docProps/app.xml")])),
        ("word/document.xml", document.to_owned()),
        (
            "word/_rels/document.xml.rels",
            relations(&[("styles", "styles.xml"), ("settings", "settings.xml"), ("theme", "theme/theme1.xml")]),
        ),
        ("word/styles.xml", styles),
        (
            "word/settings.xml",
            "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"/>".to_owned(),
        ),
        ("docProps/app.xml", "<Properties><Application>Microsoft Office Word</Application></Properties>".to_owned()),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in &parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
