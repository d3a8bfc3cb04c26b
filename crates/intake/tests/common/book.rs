//! Writes workbooks for the tests: an `.xlsx` of nothing but what a test is about.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::io::Write;

use crate::print::{Part, Table};

/// A sheet: cells as XML without their reference, by row and column from 1.
#[derive(Clone, Default)]
pub struct Sheet {
    pub name: String,
    /// Attributes of its entry in the list, such as `state="hidden"`.
    pub state: String,
    pub cells: BTreeMap<(u32, u32), String>,
    pub merges: Vec<String>,
    /// Attributes of rows, such as `hidden="1"`.
    pub rows: BTreeMap<u32, String>,
    /// The `cols` element.
    pub columns: String,
    /// What stands before the cells, such as `sheetViews`.
    pub front: String,
}

/// `F12`.
pub fn reference(row: u32, column: u32) -> String {
    let mut rest = column;
    let mut out = String::new();
    while rest > 0 {
        out.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("{out}{row}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

impl Sheet {
    pub fn new(name: &str) -> Sheet {
        Sheet { name: name.to_owned(), ..Sheet::default() }
    }

    pub fn words(&mut self, row: u32, column: u32, text: &str) {
        let cell = format!("t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>", escape(text));
        self.cells.insert((row, column), cell);
    }

    /// A number where the text is one, else words.
    pub fn put(&mut self, row: u32, column: u32, text: &str) {
        if text.parse::<f64>().is_ok() {
            self.cells.insert((row, column), format!("><v>{text}</v></c>"));
        } else if !text.is_empty() {
            self.words(row, column, text);
        }
    }

    pub fn merge(&mut self, row: u32, column: u32, rows: u32, columns: u32) {
        if rows > 1 || columns > 1 {
            self.merges.push(format!("{}:{}", reference(row, column), reference(row + rows - 1, column + columns - 1)));
        }
    }

    /// Prints a table with its corner at a place; returns its height and width.
    pub fn table(&mut self, row: u32, column: u32, table: &Table, merged: bool) -> (u32, u32) {
        let mut taken: BTreeMap<(u32, u32), ()> = BTreeMap::new();
        let mut width = 0;
        for (r, cells) in table.iter().enumerate() {
            let (r, mut c) = (r as u32, 0);
            for crate::print::P(text, columns, rows) in cells {
                while taken.contains_key(&(r, c)) {
                    c += 1;
                }
                let (columns, rows) = (*columns as u32, *rows as u32);
                self.put(row + r, column + c, text);
                if merged {
                    self.merge(row + r, column + c, rows, columns);
                }
                for dr in 0..rows {
                    for dc in 0..columns {
                        taken.insert((r + dr, c + dc), ());
                    }
                }
                c += columns;
            }
            width = width.max(taken.keys().filter(|k| k.0 == r).map(|k| k.1 + 1).max().unwrap_or(0));
        }
        (table.len() as u32, width)
    }

    fn xml(&self) -> String {
        let mut out = format!("<worksheet>{}{}<sheetData>", self.front, self.columns);
        let mut rows: Vec<u32> = self.cells.keys().map(|k| k.0).chain(self.rows.keys().copied()).collect();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            out.push_str(&format!("<row r=\"{row}\" {}>", self.rows.get(&row).map_or("", String::as_str)));
            for ((r, c), cell) in self.cells.range((row, 0)..(row + 1, 0)) {
                out.push_str(&format!("<c r=\"{}\" {cell}", reference(*r, *c)));
            }
            out.push_str("</row>");
        }
        out.push_str("</sheetData>");
        if !self.merges.is_empty() {
            let merges: String = self.merges.iter().map(|m| format!("<mergeCell ref=\"{m}\"/>")).collect();
            out.push_str(&format!("<mergeCells>{merges}</mergeCells>"));
        }
        out + "</worksheet>"
    }
}

/// A report on one sheet: title, headings and tables below one another.
pub fn stacked(name: &str, title: &str, parts: &[Part]) -> Sheet {
    let mut sheet = Sheet::new(name);
    sheet.words(1, 1, title);
    sheet.merge(1, 1, 1, 16);
    let mut row = 2;
    for part in parts {
        sheet.words(row, 1, &part.heading);
        sheet.merge(row, 1, 1, 16);
        row += 1;
        if part.tables.is_empty() {
            sheet.words(row, 1, "全年工作有序。");
            row += 1;
        }
        for table in &part.tables {
            row += sheet.table(row, 1, table, true).0 + 1;
        }
    }
    sheet
}

/// A workbook with styles (the content of `styleSheet`) and shared strings (of `sst`).
pub fn with(sheets: &[Sheet], styles: &str, strings: &str) -> Vec<u8> {
    let list: String = sheets
        .iter()
        .enumerate()
        .map(|(i, s)| format!("<sheet name=\"{}\" sheetId=\"{}\" r:id=\"r{}\" {}/>", escape(&s.name), i + 1, i + 1, s.state))
        .collect();
    let relations: String = (1..=sheets.len())
        .map(|i| format!("<Relationship Id=\"r{i}\" Type=\"http://x/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>"))
        .collect();
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        (
            "_rels/.rels".into(),
            "<Relationships><Relationship Id=\"w\" Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                .into(),
        ),
        ("xl/workbook.xml".into(), format!("<workbook><sheets>{list}</sheets></workbook>")),
        (
            "xl/_rels/workbook.xml.rels".into(),
            format!(
                "<Relationships>{relations}<Relationship Id=\"s\" Type=\"http://x/styles\" Target=\"/xl/styles.xml\"/><Relationship Id=\"t\" Type=\"http://x/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            ),
        ),
        ("xl/styles.xml".into(), format!("<styleSheet>{styles}</styleSheet>")),
        ("xl/sharedStrings.xml".into(), format!("<sst>{strings}</sst>")),
    ];
    parts.extend(sheets.iter().enumerate().map(|(i, s)| (format!("xl/worksheets/sheet{}.xml", i + 1), s.xml())));
    zip(&parts.iter().map(|(n, t)| (n.as_str(), t.as_bytes())).collect::<Vec<_>>())
}

/// A workbook.
pub fn xlsx(sheets: &[Sheet]) -> Vec<u8> {
    with(sheets, "", "")
}

/// A zip file of members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
