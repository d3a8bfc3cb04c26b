//! XML spreadsheets of Excel 2002 and 2003 (Microsoft, "XML Spreadsheet Reference"): what many systems of offices export
//! under the name of `.xls`.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::parts::{Step, attribute, is_on, walk};
use super::shown::{Epoch, Shown};
use super::strings::{Font, push_run};
use super::xlsx::Style;
use super::{Area, MAX_STYLES, NO_RESULT, Workbook};
use crate::detect::decode;
use crate::refuse::Refusal;

const KIND: &str = "xmlss";

/// Reads a workbook.
///
/// # Errors
/// A broken or oversized file.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut reader = Reader::default();
    walk(&decode(bytes, true), KIND, |step| reader.step(step))?;
    Ok(reader.book)
}

/// A cell in the making.
#[derive(Debug, Default)]
struct Raw {
    style: String,
    formula: bool,
    /// `Number`, `DateTime`, `Boolean`, `String`, `Error`, or nothing.
    kind: String,
    text: String,
    across: u32,
    down: u32,
}

#[derive(Default)]
struct Reader {
    book: Workbook,
    styles: HashMap<String, (Shown, Font)>,
    style: String,
    row: u32,
    column: u32,
    next_column: u32,
    cell: Option<Raw>,
    in_data: bool,
    in_visible: bool,
    font: Font,
    run: String,
    /// Elements open inside a comment.
    skipping: usize,
}

impl Reader {
    fn step(&mut self, step: Step<'_, '_>) -> Result<(), Refusal> {
        match step {
            Step::Open(..) if self.skipping > 0 => self.skipping += 1,
            Step::Close(_) if self.skipping > 0 => self.skipping -= 1,
            Step::Open(name, e) => self.open(name, e),
            Step::Close(name) => self.close(name)?,
            Step::Text(text) if self.skipping == 0 && self.in_data => self.run.push_str(&text),
            Step::Text(text) if self.in_visible => {
                if let Some(sheet) = self.book.sheets.last_mut() {
                    sheet.hidden = text.trim() != "SheetVisible";
                }
            }
            Step::Text(_) => {}
        }
        Ok(())
    }

    fn open(&mut self, name: &str, e: &BytesStart<'_>) {
        let number = |name: &str| attribute(e, name).and_then(|v| v.parse::<u32>().ok());
        let text = |name: &str| attribute(e, name).unwrap_or_default().into_owned();
        let index = number("Index").and_then(|i| i.checked_sub(1));
        let flat = |name: &str| is_on(e, "Hidden") || attribute(e, name).is_some_and(|v| v.parse::<f64>() == Ok(0.0));
        match name {
            "Comment" | "PhoneticText" => self.skipping = 1,
            "Style" => self.style = text("ID"),
            "NumberFormat" | "Font" if self.styles.len() > MAX_STYLES => {}
            "NumberFormat" => self.styles.entry(self.style.clone()).or_default().0 = format(&text("Format")),
            "Font" if self.cell.is_none() => {
                let raised = matches!(&*text("VerticalAlign"), "Superscript" | "Subscript");
                self.styles.entry(self.style.clone()).or_default().1 = Font { raised, struck: is_on(e, "StrikeThrough") };
            }
            "Worksheet" => {
                self.book.sheet(&text("Name"), false);
                (self.row, self.next_column) = (0, 0);
            }
            "Visible" => self.in_visible = true,
            "Column" => {
                let from = index.unwrap_or(self.next_column);
                let to = from.saturating_add(number("Span").unwrap_or(0));
                if flat("Width") {
                    self.book.hide_columns(from, to);
                }
                self.next_column = to.saturating_add(1);
            }
            "Row" => {
                self.row = index.unwrap_or(self.row);
                self.column = 0;
                if flat("Height") {
                    self.book.hide_rows(self.row, self.row.saturating_add(number("Span").unwrap_or(0)));
                }
            }
            "Cell" => {
                self.column = index.unwrap_or(self.column);
                self.cell = Some(Raw {
                    style: text("StyleID"),
                    formula: attribute(e, "Formula").is_some(),
                    across: number("MergeAcross").unwrap_or(0),
                    down: number("MergeDown").unwrap_or(0),
                    ..Raw::default()
                });
            }
            "Data" => {
                self.in_data = true;
                let own = self.cell.as_ref().and_then(|c| self.styles.get(&c.style));
                self.font = Font { struck: own.is_some_and(|s| s.1.struck), raised: false };
                if let Some(cell) = &mut self.cell {
                    cell.kind = text("Type");
                }
            }
            "Sup" | "Sub" | "S" if self.in_data => {
                self.end_run();
                let raised = name != "S" || self.font.raised;
                self.font = Font { raised, struck: self.font.struck || name == "S" };
            }
            _ => {}
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let Some(cell) = &mut self.cell {
            push_run(&mut cell.text, &run.replace("\r\n", "\n"), self.font);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "Visible" => self.in_visible = false,
            "Sup" | "Sub" if self.in_data => {
                self.end_run();
                self.font.raised = false;
            }
            "S" if self.in_data => {
                self.end_run();
                self.font.struck = false;
            }
            "Data" => {
                self.end_run();
                self.in_data = false;
            }
            "Cell" => {
                if let Some(cell) = self.cell.take() {
                    self.put(&cell)?;
                }
            }
            "Row" => self.row = self.row.saturating_add(1),
            _ => {}
        }
        Ok(())
    }

    fn put(&mut self, cell: &Raw) -> Result<(), Refusal> {
        let (bottom, right) = (self.row.saturating_add(cell.down), self.column.saturating_add(cell.across));
        self.book.merge(Area { top: self.row, left: self.column, bottom, right });
        let style = self.styles.get(&cell.style).cloned().unwrap_or_default();
        let text = match (cell.kind.as_str(), cell.text.trim().parse::<f64>()) {
            ("Number", Ok(value)) => Style::new(style.0, style.1).number(value, Epoch::Y1900),
            ("Boolean", Ok(value)) => (if value == 0.0 { "FALSE" } else { "TRUE" }).to_owned(),
            ("", _) if cell.formula => NO_RESULT.to_owned(),
            _ => cell.text.clone(),
        };
        self.book.push(self.row, self.column, text)?;
        self.column = right.saturating_add(1);
        Ok(())
    }
}

/// A format by its code, or by the name that the commonest have.
fn format(code: &str) -> Shown {
    match code {
        "" | "General" | "General Number" | "Fixed" | "Standard" | "Scientific" | "@" => Shown::default(),
        "Currency" | "Euro Currency" => Shown::parse("\"¥\"0"),
        "Percent" => Shown::parse("0%"),
        "Yes/No" | "True/False" | "On/Off" => Shown::parse("\"是\""),
        name if name.ends_with("Date") => Shown::parse("yyyy/m/d"),
        name if name.ends_with("Time") => Shown::parse("h:mm"),
        code => Shown::parse(code),
    }
}
