//! Word documents in small pieces, and what is read of them in one line.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::io::Write;

use nianbao_intake::document::{Block, Document};
use nianbao_intake::open;

pub const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
pub const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A main part around what stands in its body.
pub fn main_part(body: &str) -> String {
    format!("<w:document xmlns:w=\"{W}\"><w:body>{body}</w:body></w:document>")
}

pub fn relations(list: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if target.contains("://") { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"{id}\" Type=\"{REL}/{kind}\" Target=\"{target}\"{mode}/>")
    };
    let all: String = list.iter().map(one).collect();
    format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>")
}

/// A document with a body and other parts.
pub fn with(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let main = main_part(body);
    let mut all = vec![("word/document.xml", main.as_bytes())];
    all.extend(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
    zip(&all)
}

pub fn document(bytes: &[u8]) -> Document {
    open(bytes, "docx").unwrap_or_else(|why| panic!("{why}"))
}

/// Paragraphs as they are; rows in brackets, cells apart by `|`, a merged cell in every place that it covers; line breaks
/// as `+`; blocks apart by a blank.
pub fn shown(document: &Document) -> String {
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

pub fn body(xml: &str) -> String {
    shown(&document(&with(xml, &[])))
}

pub fn r(text: &str) -> String {
    format!("<w:r><w:t>{text}</w:t></w:r>")
}

pub fn rp(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
}

pub fn p(runs: &str) -> String {
    format!("<w:p>{runs}</w:p>")
}

/// A paragraph whose mark has properties.
pub fn pm(mark: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr>{runs}</w:p>")
}

pub fn tc(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(&r(text)))
}

pub fn tr(cells: &str) -> String {
    format!("<w:tr>{cells}</w:tr>")
}

pub fn tbl(rows: &str) -> String {
    format!("<w:tbl><w:tblPr/>{rows}</w:tbl>")
}

/// A table of plain cells.
pub fn plain(rows: &[&[&str]]) -> String {
    tbl(&rows.iter().map(|row| tr(&row.iter().map(|t| tc("", t)).collect::<String>())).collect::<String>())
}
