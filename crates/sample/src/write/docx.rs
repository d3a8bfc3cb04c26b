//! A Word document with the fewest parts that Word, WPS and LibreOffice open.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::escape;
use crate::grid::{Grid, Slot};
use crate::sheet::Part;

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#;
const TAIL: &str = r#"<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1083" w:bottom="1440" w:left="1083" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>"#;
/// Width of a table in twentieths of a point.
const WIDTH: usize = 9740;

/// The document. `split` puts each digit of a number into a run of its own, as editing leaves them.
pub(crate) fn docx(parts: &[Part], split: bool) -> Vec<u8> {
    let mut body = String::from(HEAD);
    for part in parts {
        match part {
            Part::Title(text) => paragraph(&mut body, text, "center", "方正小标宋简体", 44, 0),
            Part::Heading(text) => paragraph(&mut body, text, "both", "黑体", 32, 640),
            Part::Paragraph(text) => paragraph(&mut body, text, "both", "仿宋_GB2312", 32, 640),
            Part::Signature(text) => paragraph(&mut body, text, "right", "仿宋_GB2312", 32, 0),
            Part::Table(grid) => {
                table(&mut body, grid, split);
                body.push_str("<w:p/>");
            }
        }
    }
    body.push_str(TAIL);
    pack(&[("[Content_Types].xml", CONTENT_TYPES), ("_rels/.rels", RELATIONS), ("word/document.xml", &body)])
}

fn paragraph(out: &mut String, text: &str, align: &str, font: &str, size: u32, indent: u32) {
    out.push_str(&format!(
        r#"<w:p><w:pPr><w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLine="{indent}"/><w:jc w:val="{align}"/></w:pPr>{}</w:p>"#,
        run(text, font, size)
    ));
}

fn run(text: &str, font: &str, size: u32) -> String {
    format!(
        r#"<w:r><w:rPr><w:rFonts w:hint="eastAsia" w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}"/><w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>"#,
        escape(text)
    )
}

fn table(out: &mut String, grid: &Grid, split: bool) {
    out.push_str(r#"<w:tbl><w:tblPr><w:tblW w:w="9740" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>"#);
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        out.push_str(&format!(r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>"#));
    }
    out.push_str(r#"</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>"#);
    let width = WIDTH / grid.columns;
    for _ in 0..grid.columns {
        out.push_str(&format!(r#"<w:gridCol w:w="{width}"/>"#));
    }
    out.push_str("</w:tblGrid>");
    for row in &grid.rows {
        out.push_str("<w:tr>");
        for slot in row {
            match slot {
                Slot::Left => {}
                Slot::Above { columns } => cell(out, "", *columns, r#"<w:vMerge/>"#, width, false),
                Slot::Cell { text, columns, rows, head } => {
                    let merge = if *rows > 1 { r#"<w:vMerge w:val="restart"/>"# } else { "" };
                    cell(out, text, *columns, merge, width, split && !head);
                }
            }
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
}

fn cell(out: &mut String, text: &str, columns: usize, merge: &str, width: usize, split: bool) {
    let span = if columns > 1 { format!(r#"<w:gridSpan w:val="{columns}"/>"#) } else { String::new() };
    out.push_str(&format!(
        r#"<w:tc><w:tcPr><w:tcW w:w="{}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>"#,
        width * columns
    ));
    for line in text.split('\n') {
        out.push_str(r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr>"#);
        if split {
            line.chars().for_each(|c| out.push_str(&run(&c.to_string(), "宋体", 18)));
        } else if !line.is_empty() {
            out.push_str(&run(line, "宋体", 18));
        }
        out.push_str("</w:p>");
    }
    out.push_str("</w:tc>");
}

/// A zip whose times are fixed.
fn pack(files: &[(&str, &str)]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        // Writing into memory does not fail.
        zip.start_file(*name, options).and_then(|()| Ok(zip.write_all(text.as_bytes())?)).expect("zip in memory");
    }
    zip.finish().expect("zip in memory").into_inner()
}
