//! Workbooks (.xlsx, .xlsb, .xls, .ods, .et, the XML of Excel 2003): what their sheets show, as grids that carry the labels of a form or as rows
//! of normalised cells.
//!
//! What a person who opens the workbook does not see is left out: hidden sheets, rows and columns, what a merged cell
//! covers, struck-out text. Formulas are not worked out: their stored results are what was sent.

mod binary;
mod layout;
mod ods;
mod parts;
mod rows;
mod shown;
mod strings;
mod xls;
mod xlsb;
mod xlsx;
mod xmlss;

use std::sync::Arc;

use crate::document::{Block, Builder, Document};
use crate::refuse::Refusal;

pub(crate) use rows::normalised;

/// A workbook has no more cells with something in them than this.
const MAX_CELLS: usize = 2_000_000;
/// It has no more fonts, formats and styles of cells each than this.
const MAX_STYLES: usize = 65_536;
/// A sheet has no more merged cells than this, nor hidden rows or columns.
const MAX_MERGES: usize = 200_000;
const MAX_HIDDEN: usize = 1_100_000;
/// No kind of workbook has as many rows or columns.
const LIMIT: u32 = 1 << 24;

/// The kinds of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Office Open XML.
    Xlsx,
    /// The same package with binary parts.
    Xlsb,
    /// Excel 5 to 2003, WPS.
    Xls,
    /// OpenDocument.
    Ods,
    /// XML of Excel 2002 and 2003.
    Xmlss,
}

impl Kind {
    /// The kind that the word of `reports.csv` names.
    pub(crate) fn of(word: &str) -> Kind {
        match word {
            "xlsb" => Kind::Xlsb,
            "xls" => Kind::Xls,
            "ods" => Kind::Ods,
            "xmlss" => Kind::Xmlss,
            _ => Kind::Xlsx,
        }
    }
}

/// The sheets of a workbook.
#[derive(Debug, Default)]
pub(crate) struct Workbook {
    sheets: Vec<Sheet>,
    /// Cells so far, over all sheets.
    count: usize,
    /// Agency and year as named cells say them; either may be empty.
    told: Option<(String, String)>,
}

/// A sheet as stored. Rows and columns count from 0.
#[derive(Debug, Default)]
struct Sheet {
    name: Arc<str>,
    hidden: bool,
    cells: Vec<Cell>,
    merges: Vec<Area>,
    hidden_rows: Vec<(u32, u32)>,
    hidden_columns: Vec<(u32, u32)>,
}

/// A cell with what it shows.
#[derive(Debug, PartialEq, Eq)]
struct Cell {
    row: u32,
    column: u32,
    text: String,
}

/// A rectangle, its ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Area {
    top: u32,
    left: u32,
    bottom: u32,
    right: u32,
}

/// The text of a formula whose result the file does not have: some programs write formulas that only Excel works out.
const NO_RESULT: &str = "公式未计算";
/// The text of a cell that asks for a shared text that the file does not have.
const NO_TEXT: &str = "文本缺失";

/// Reads a workbook.
///
/// # Errors
/// A broken, protected or oversized file.
pub(crate) fn read(bytes: &[u8], kind: Kind) -> Result<Workbook, Refusal> {
    match kind {
        Kind::Xlsx => xlsx::read(bytes),
        Kind::Xlsb => xlsb::read(bytes),
        Kind::Xls => xls::read(bytes),
        Kind::Ods => ods::read(bytes),
        Kind::Xmlss => xmlss::read(bytes),
    }
}

impl Workbook {
    /// Begins a sheet.
    fn sheet(&mut self, name: &str, hidden: bool) -> &mut Sheet {
        self.sheets.push(Sheet { name: name.into(), hidden, ..Sheet::default() });
        let last = self.sheets.len() - 1;
        &mut self.sheets[last]
    }

    /// What a cell of the last sheet shows.
    fn text_at(&self, (row, column): (u32, u32)) -> String {
        let cells = self.sheets.last().map_or(&[][..], |s| &s.cells);
        cells.iter().rfind(|c| (c.row, c.column) == (row, column)).map_or(String::new(), |c| c.text.trim().to_owned())
    }

    /// Adds a cell to the last sheet, if it shows anything.
    fn push(&mut self, row: u32, column: u32, text: String) -> Result<(), Refusal> {
        if !nianbao_form::figure::is_blank(&text)
            && let Some(sheet) = self.sheets.last_mut()
        {
            self.count += 1;
            if self.count > MAX_CELLS || row >= LIMIT || column >= LIMIT {
                return Err(too_many());
            }
            sheet.cells.push(Cell { row, column, text });
        }
        Ok(())
    }

    /// Hides rows of the last sheet, ends included.
    fn hide_rows(&mut self, from: u32, to: u32) {
        if let Some(sheet) = self.sheets.last_mut().filter(|s| s.hidden_rows.len() < MAX_HIDDEN) {
            sheet.hidden_rows.push((from.min(LIMIT), to.min(LIMIT)));
        }
    }

    /// Hides columns of the last sheet, ends included.
    fn hide_columns(&mut self, from: u32, to: u32) {
        if let Some(sheet) = self.sheets.last_mut().filter(|s| s.hidden_columns.len() < MAX_HIDDEN) {
            sheet.hidden_columns.push((from.min(LIMIT), to.min(LIMIT)));
        }
    }

    /// Adds a merged cell to the last sheet.
    fn merge(&mut self, area: Area) {
        let area = Area { bottom: area.bottom.min(LIMIT), right: area.right.min(LIMIT), ..area };
        if let Some(sheet) = self.sheets.last_mut()
            && sheet.merges.len() < MAX_MERGES
            && area.bottom >= area.top
            && area.right >= area.left
            && (area.bottom, area.right) != (area.top, area.left)
        {
            sheet.merges.push(area);
        }
    }

    /// What the sheets show, one document a sheet with its name as heading; sheets that show nothing are left out. `hidden` asks for
    /// the hidden sheets instead of the others.
    ///
    /// # Errors
    /// More cells than a report can have.
    pub(crate) fn documents(&self, hidden: bool) -> Result<Vec<(Arc<str>, Document)>, Refusal> {
        let mut builder = Builder::default();
        let mut out = Vec::new();
        for sheet in self.sheets.iter().filter(|s| s.hidden == hidden && !rows::is_normalised(s)) {
            let mut blocks = Vec::new();
            layout::blocks(sheet, &mut builder, &mut blocks)?;
            if builder.overflow {
                return Err(too_many());
            }
            if !blocks.is_empty() {
                out.push((sheet.name.clone(), Document { blocks, ..Document::default() }));
            }
        }
        // The program's own empty form has cells for agency and year; what they say is a title.
        if let (Some((agency, year)), Some((_, first))) = (&self.told, out.first_mut()) {
            let year = year.strip_suffix('年').unwrap_or(year);
            let year = if year.is_empty() { String::new() } else { format!("{year}年") };
            first.titles.push(format!("{agency}{year}政府信息公开工作年度报告"));
        }
        // Among others a name says what the sheet is; alone it may be left over from whatever the sheet was made of.
        match out.as_mut_slice() {
            [(name, only)] => only.titles.push(name.to_string()),
            many => {
                // A sheet that begins with its own name says it once.
                let begins =
                    |d: &Document, name: &str| matches!(d.blocks.first(), Some(Block::Paragraph(p)) if p.text == name.trim());
                let unsaid = many.iter_mut().filter(|(name, d)| !begins(d, name));
                unsaid.for_each(|(name, d)| drop(d.blocks.splice(0..0, layout::heading(name))));
            }
        }
        Ok(out)
    }
}

/// The sheets of a workbook as one document, in order.
pub(crate) fn joined<'d>(sheets: impl IntoIterator<Item = &'d Document>) -> Document {
    let mut out = Document::default();
    for sheet in sheets {
        out.blocks.extend(sheet.blocks.iter().cloned());
        out.titles.extend(sheet.titles.iter().cloned());
    }
    out
}

fn too_many() -> Refusal {
    Refusal::unreadable(
        "工作簿的单元格过多，超出年度报告的合理范围，请检查后重新报送；归集数据请另存为.csv",
        "the workbook has more cells than any report; check it and send it anew, or save normalised cells as .csv",
    )
}
