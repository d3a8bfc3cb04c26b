//! Prints a report as OpenDocument text the way different programs write it.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::io::Write;

use super::print::{P, Part, Table};

/// A program that writes OpenDocument text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// LibreOffice: a covered cell for every covered place, styles for everything, soft page breaks.
    LibreOffice,
    /// Word: covered cells counted, header rows, every run a span.
    Word,
    /// A script that leaves covered places out.
    Script,
}

/// All writers.
pub const WRITERS: [Writer; 3] = [Writer::LibreOffice, Writer::Word, Writer::Script];

const NAMES: [(&str, &str); 6] = [
    ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
    ("style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
    ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
    ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
    ("draw", "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"),
    ("fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"),
];

impl Writer {
    fn paragraph(self, text: &str) -> String {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "</text:p><text:p>");
        match self {
            Writer::LibreOffice => {
                format!("<text:p text:style-name=\"P1\"><text:span text:style-name=\"T1\">{text}</text:span></text:p>")
            }
            Writer::Word => {
                // Characters of a word in runs of their own.
                let runs: String = text
                    .split_inclusive(|c: char| c.is_ascii_digit())
                    .map(|r| format!("<text:span text:style-name=\"T2\">{r}</text:span>"))
                    .collect();
                format!("<text:p text:style-name=\"P2\">{}</text:p>", if text.contains(['&', '<']) { text } else { runs })
            }
            Writer::Script => format!("<text:p>{text}</text:p>"),
        }
    }

    fn cell(self, text: &str, columns: usize, rows: usize) -> String {
        let mut spans = String::new();
        if columns > 1 {
            spans += &format!(" table:number-columns-spanned=\"{columns}\"");
        }
        if rows > 1 {
            spans += &format!(" table:number-rows-spanned=\"{rows}\"");
        }
        // What the cell shows counts, not the value beside it.
        let value = if text.parse::<u32>().is_ok() {
            " office:value-type=\"float\" office:value=\"7\""
        } else {
            " office:value-type=\"string\""
        };
        format!("<table:table-cell{spans}{value}>{}</table:table-cell>", self.paragraph(text))
    }

    fn covered(self, n: usize) -> String {
        match self {
            _ if n == 0 => String::new(),
            Writer::Script => String::new(),
            Writer::Word => format!("<table:covered-table-cell table:number-columns-repeated=\"{n}\"/>"),
            Writer::LibreOffice => "<table:covered-table-cell/>".repeat(n),
        }
    }

    fn table(self, table: &Table) -> String {
        let width: usize = table[0].iter().map(|p| p.1).sum();
        let mut open = vec![0usize; width];
        let mut out = format!("<table:table table:name=\"T\"><table:table-column table:number-columns-repeated=\"{width}\"/>");
        for (number, row) in table.iter().enumerate() {
            out += if number == 0 && self == Writer::Word {
                "<table:table-header-rows><table:table-row>"
            } else {
                "<table:table-row>"
            };
            let mut next: Vec<usize> = open.iter().map(|n| n.saturating_sub(1)).collect();
            let (mut c, mut cells) = (0, row.iter());
            while c < width {
                if open[c] > 0 {
                    out += &self.covered(1);
                    c += 1;
                    continue;
                }
                let Some(P(text, columns, rows)) = cells.next() else { break };
                out += &self.cell(text, *columns, *rows);
                out += &self.covered(columns - 1);
                let end = (c + columns).min(width);
                next[c..end].fill(rows - 1);
                c += columns;
            }
            open = next;
            out += if number == 0 && self == Writer::Word {
                "</table:table-row></table:table-header-rows>"
            } else {
                "</table:table-row>"
            };
            if number == 2 && self == Writer::LibreOffice {
                out += "<text:soft-page-break/>";
            }
        }
        out + "</table:table>"
    }

    /// `content.xml`, or with `flat` the whole document.
    pub fn content(self, title: &str, parts: &[Part], flat: bool) -> String {
        let names: String = NAMES.iter().map(|(n, uri)| format!(" xmlns:{n}=\"{uri}\"")).collect();
        let root = if flat { "document" } else { "document-content" };
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:{root}{names} office:version=\"1.3\" office:mimetype=\"application/vnd.oasis.opendocument.text\">\
             <office:automatic-styles><style:style style:name=\"T1\" style:family=\"text\"><style:text-properties fo:font-size=\"12pt\"/></style:style>\
             <style:style style:name=\"H\" style:family=\"text\"><style:text-properties text:display=\"none\"/></style:style></office:automatic-styles>\
             <office:body><office:text><text:sequence-decls/>"
        );
        out += &self.paragraph(title);
        for part in parts {
            out += &self.paragraph(&part.heading).replace("text:p", "text:h");
            if part.tables.is_empty() {
                out += &self.paragraph("全年工作有序。");
            }
            part.tables.iter().for_each(|t| out += &self.table(t));
        }
        out + &format!("</office:text></office:body></office:{root}>")
    }

    /// A report as a package.
    pub fn report(self, title: &str, parts: &[Part]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let packed = zip::write::SimpleFileOptions::default();
        let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
        for (name, text, options) in [
            ("mimetype", "application/vnd.oasis.opendocument.text".to_owned(), stored),
            ("content.xml", self.content(title, parts, false), packed),
            ("META-INF/manifest.xml", manifest.to_owned(), packed),
        ] {
            zip.start_file(name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}
