//! OpenDocument spreadsheets (OASIS OpenDocument 1.3, part 3, chapter 9).

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::parts::{Package, Step, attribute, is_on, walk};
use super::shown;
use super::strings::{Font, push_run};
use super::{Area, MAX_STYLES, NO_RESULT, Workbook};
use crate::refuse::Refusal;

const KIND: &str = "ods";
/// No text is repeated or spaced out more than this by one attribute.
const MAX_SPACES: usize = 256;

/// Reads a workbook.
///
/// # Errors
/// A broken, encrypted or oversized file.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut package = Package::open(bytes, KIND)?;
    if package.text("META-INF/manifest.xml")?.is_some_and(|m| m.contains("encryption-data")) {
        return Err(Refusal::encrypted());
    }
    let xml = package.text("content.xml")?.ok_or_else(|| package.broken())?;
    let mut reader = Reader::default();
    walk(&xml, KIND, |step| reader.step(step))?;
    Ok(reader.book)
}

/// What the styles of the file say that matters; nothing where they leave it to what is around.
#[derive(Clone, Copy, Debug, Default)]
struct Style {
    raised: Option<bool>,
    struck: Option<bool>,
    hidden: bool,
}

/// A cell in the making.
#[derive(Debug, Default)]
struct Raw {
    /// `float`, `percentage`, `currency`, `date`, `time`, `boolean`, `string`, or nothing.
    kind: String,
    value: Option<f64>,
    /// The text of an attribute, where there is one.
    told: Option<String>,
    formula: bool,
    style: Style,
    /// Whether it has a paragraph, be it blank.
    has_text: bool,
    text: String,
    repeated: u32,
    rows: u32,
    columns: u32,
}

#[derive(Default)]
struct Reader {
    book: Workbook,
    styles: HashMap<String, Style>,
    /// Name of the style that is being described.
    style: Option<String>,
    row: u32,
    column: u32,
    /// How often the row stands, and where its cells begin in the sheet.
    repeated: u32,
    start: usize,
    next_column: u32,
    cell: Option<Raw>,
    /// Open paragraphs and the styles of their spans.
    paragraphs: usize,
    spans: Vec<Style>,
    run: String,
    /// Elements open inside one that is not shown.
    skipping: usize,
}

impl Reader {
    fn step(&mut self, step: Step<'_, '_>) -> Result<(), Refusal> {
        match step {
            Step::Open(..) if self.skipping > 0 => self.skipping += 1,
            Step::Close(_) if self.skipping > 0 => self.skipping -= 1,
            Step::Text(_) if self.skipping > 0 => {}
            Step::Open(name, e) => self.open(name, e),
            Step::Close(name) => self.close(name)?,
            Step::Text(text) if self.paragraphs > 0 => {
                for c in text.chars() {
                    let c = if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c };
                    if c != ' ' || !self.run.ends_with(' ') {
                        self.run.push(c);
                    }
                }
            }
            Step::Text(_) => {}
        }
        Ok(())
    }

    fn open(&mut self, name: &str, e: &BytesStart<'_>) {
        let number = |name: &str| attribute(e, name).and_then(|v| v.parse::<u32>().ok());
        match name {
            // Comments, drawings, phonetic guides, changes that were undone.
            "annotation" | "shapes" | "ruby-text" | "tracked-changes" | "note" | "frame" | "custom-shape" => self.skipping = 1,
            "style" => self.style = attribute(e, "name").map(std::borrow::Cow::into_owned),
            "text-properties" | "table-properties" => self.describe(e),
            "table" => {
                let style = attribute(e, "style-name").and_then(|s| self.styles.get(&*s).copied()).unwrap_or_default();
                self.book.sheet(&attribute(e, "name").unwrap_or_default(), style.hidden);
                (self.row, self.next_column) = (0, 0);
            }
            "table-column" => {
                let many = number("number-columns-repeated").unwrap_or(1).max(1);
                let (from, to) = (self.next_column, self.next_column.saturating_add(many));
                if is_hidden(e) {
                    self.book.hide_columns(from, to - 1);
                }
                self.next_column = to;
            }
            "table-row" => {
                self.repeated = number("number-rows-repeated").unwrap_or(1).max(1);
                self.column = 0;
                self.start = self.book.sheets.last().map_or(0, |s| s.cells.len());
                if is_hidden(e) {
                    self.book.hide_rows(self.row, self.row.saturating_add(self.repeated - 1));
                }
            }
            "covered-table-cell" => {
                let many = number("number-columns-repeated").unwrap_or(1).max(1);
                self.column = self.column.saturating_add(many);
                self.skipping = 1;
            }
            "table-cell" => {
                let text = |name| attribute(e, name).map(std::borrow::Cow::into_owned);
                let told = ["string-value", "date-value", "time-value", "boolean-value"].into_iter().find_map(text);
                let style = attribute(e, "style-name").and_then(|s| self.styles.get(&*s).copied()).unwrap_or_default();
                self.cell = Some(Raw {
                    kind: text("value-type").unwrap_or_default(),
                    value: attribute(e, "value").and_then(|v| v.trim().parse().ok()),
                    told,
                    formula: attribute(e, "formula").is_some(),
                    style,
                    repeated: number("number-columns-repeated").unwrap_or(1).max(1),
                    rows: number("number-rows-spanned").unwrap_or(1).max(1),
                    columns: number("number-columns-spanned").unwrap_or(1).max(1),
                    ..Raw::default()
                });
            }
            "p" | "h" => {
                if let Some(cell) = &mut self.cell {
                    if cell.has_text {
                        cell.text.push('\n');
                    }
                    cell.has_text = true;
                    self.paragraphs += 1;
                }
            }
            "span" => {
                self.end_run();
                let outer = self.spans.last().copied().unwrap_or_default();
                let own = attribute(e, "style-name").and_then(|s| self.styles.get(&*s).copied()).unwrap_or_default();
                self.spans.push(Style {
                    raised: own.raised.or(outer.raised),
                    struck: own.struck.or(outer.struck),
                    hidden: false,
                });
            }
            "s" => {
                let many = number("c").map_or(1, |c| c as usize).min(MAX_SPACES);
                self.run.extend(std::iter::repeat_n(' ', many));
            }
            "tab" => self.run.push('\t'),
            "line-break" => self.run.push('\n'),
            _ => {}
        }
    }

    /// Properties of the style that is being described.
    fn describe(&mut self, e: &BytesStart<'_>) {
        let Some(name) = self.style.as_ref().filter(|_| self.styles.len() < MAX_STYLES) else { return };
        let style = self.styles.entry(name.clone()).or_default();
        if let Some(position) = attribute(e, "text-position") {
            let first = position.split_whitespace().next().unwrap_or("").trim_end_matches('%');
            style.raised = Some(matches!(first, "super" | "sub") || first.parse::<f64>().is_ok_and(|p| p != 0.0));
        }
        for name in ["text-line-through-style", "text-line-through-type"] {
            if let Some(line) = attribute(e, name) {
                style.struck = Some(line != "none" || (name.ends_with("type") && style.struck == Some(true)));
            }
        }
        style.hidden |= attribute(e, "display").is_some_and(|v| v == "false");
    }

    fn end_run(&mut self) {
        let span = self.spans.last().copied().unwrap_or_default();
        let run = std::mem::take(&mut self.run);
        if let Some(cell) = &mut self.cell {
            // Words that are raised altogether are no mark of a note.
            let struck = span.struck.or(cell.style.struck).unwrap_or(false);
            push_run(&mut cell.text, &run, Font { raised: span.raised.unwrap_or(false), struck });
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "style" => self.style = None,
            "span" => {
                self.end_run();
                self.spans.pop();
            }
            "p" | "h" if self.cell.is_some() => {
                self.end_run();
                self.paragraphs = self.paragraphs.saturating_sub(1);
            }
            "table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.put(&cell)?;
                }
            }
            "table-row" => self.end_row()?,
            _ => {}
        }
        Ok(())
    }

    fn put(&mut self, cell: &Raw) -> Result<(), Refusal> {
        let text = cell.shown();
        if cell.rows > 1 || cell.columns > 1 {
            let (bottom, right) = (self.row.saturating_add(cell.rows - 1), self.column.saturating_add(cell.columns - 1));
            self.book.merge(Area { top: self.row, left: self.column, bottom, right });
        }
        if !text.is_empty() {
            for i in 0..cell.repeated {
                self.book.push(self.row, self.column.saturating_add(i), text.clone())?;
            }
        }
        self.column = self.column.saturating_add(cell.repeated);
        Ok(())
    }

    /// Repeats the row as often as it stands.
    fn end_row(&mut self) -> Result<(), Refusal> {
        let cells: Vec<(u32, String)> = match self.book.sheets.last() {
            Some(sheet) if self.repeated > 1 => sheet.cells[self.start..].iter().map(|c| (c.column, c.text.clone())).collect(),
            _ => Vec::new(),
        };
        if !cells.is_empty() {
            for i in 1..self.repeated {
                for (column, text) in &cells {
                    self.book.push(self.row.saturating_add(i), *column, text.clone())?;
                }
            }
        }
        self.row = self.row.saturating_add(self.repeated);
        Ok(())
    }
}

/// Whether a row or a column is not shown.
fn is_hidden(e: &BytesStart<'_>) -> bool {
    attribute(e, "visibility").is_some_and(|v| v != "visible") || is_on(e, "hidden")
}

impl Raw {
    /// What the cell shows.
    fn shown(&self) -> String {
        let struck = self.style.struck == Some(true);
        match (self.kind.as_str(), self.value) {
            (_, Some(_)) if struck => String::new(),
            ("float" | "currency", Some(value)) if self.has_text => shown::beside(&self.text, value),
            ("float" | "currency", Some(value)) => shown::decimal(value),
            _ if self.has_text => self.text.clone(),
            ("percentage", Some(value)) => format!("{}%", shown::decimal(value * 100.0)),
            _ => match &self.told {
                Some(text) => text.clone(),
                None if self.formula => NO_RESULT.to_owned(),
                None => String::new(),
            },
        }
    }
}
