//! From paragraphs to blocks: paragraphs become cells, cells rows, rows tables, by the marks that end them.

use super::inconsistent;
use super::paragraph::Paragraph;
use super::row::Row;
use super::table::Table;
use crate::document::{Block, Builder};
use crate::refuse::Refusal;

/// Tables do not nest deeper than this.
const MAX_DEPTH: i64 = 64;
/// A document has no more cells than this; a report has some 400.
const MAX_CELLS: usize = 1_000_000;

/// A table whose end is not reached.
#[derive(Default)]
struct Open {
    table: Table,
    /// Cells of the row that is not finished.
    cells: Vec<Vec<Block>>,
    /// Blocks of the cell that is not finished.
    blocks: Vec<Block>,
    /// Whether the mark of a cell of the row still stands.
    stands: bool,
}

/// The blocks of a story in the making.
#[derive(Default)]
pub(super) struct Layout {
    out: Vec<Block>,
    open: Vec<Open>,
    cells: usize,
}

impl Layout {
    /// How many tables are open.
    pub(super) fn depth(&self) -> i64 {
        self.open.len() as i64
    }

    /// Where blocks go at present.
    pub(super) fn here(&mut self) -> &mut Vec<Block> {
        match self.open.last_mut() {
            Some(open) => &mut open.blocks,
            None => &mut self.out,
        }
    }

    /// Opens and closes tables until as many are open as a paragraph stands in.
    ///
    /// # Errors
    /// A table that ends in the middle of a row; tables too deep in each other.
    pub(super) fn go_to(&mut self, depth: i64, builder: &mut Builder) -> Result<(), Refusal> {
        if depth > MAX_DEPTH {
            return Err(Refusal::too_deep());
        }
        while self.depth() > depth {
            self.close(builder)?;
        }
        while self.depth() < depth {
            self.open.push(Open::default());
        }
        Ok(())
    }

    /// What the mark of a paragraph ends besides the paragraph: its text is already here.
    ///
    /// # Errors
    /// A row whose cells are not those that it is defined to have.
    pub(super) fn mark(
        &mut self,
        paragraph: &Paragraph,
        mark: char,
        is_deleted: bool,
        builder: &mut Builder,
    ) -> Result<(), Refusal> {
        if paragraph.ends_cell(mark) {
            self.cells += 1;
            if self.cells > MAX_CELLS {
                return Err(Refusal::too_large());
            }
            if let Some(open) = self.open.last_mut() {
                let blocks = std::mem::take(&mut open.blocks);
                open.cells.push(blocks);
                open.stands |= !is_deleted;
            }
        } else if paragraph.ends_row() {
            self.end_row(&paragraph.row, is_deleted, builder)?;
        }
        Ok(())
    }

    fn end_row(&mut self, row: &Row, is_deleted: bool, builder: &mut Builder) -> Result<(), Refusal> {
        let nested = self.open.len() > 1;
        let Some(open) = self.open.last_mut() else { return Err(inconsistent("a table row ends outside of a table")) };
        // Some programs end the last cell of a nested table's row together with the row.
        if nested && row.cells().is_some_and(|(_, cells)| cells.len() == open.cells.len() + 1) {
            open.cells.push(std::mem::take(&mut open.blocks));
        } else if !open.blocks.is_empty() {
            return Err(inconsistent("a table row holds words after its last cell"));
        }
        let cells = std::mem::take(&mut open.cells);
        // A deleted row is deleted in all its cells. LibreOffice marks the end of any row whose last words are deleted.
        let is_deleted = is_deleted && !std::mem::take(&mut open.stands) && cells.iter().all(Vec::is_empty);
        if open.table.takes(row) {
            return open.table.push(row, cells, is_deleted);
        }
        // A row that starts a table of its own right below another.
        let before = std::mem::take(&mut open.table);
        open.table.push(row, cells, is_deleted)?;
        let rows = before.finish()?;
        let mut blocks = Vec::new();
        builder.table(rows, &mut blocks);
        let below = self.open.len().checked_sub(2).and_then(|i| self.open.get_mut(i));
        below.map_or(&mut self.out, |o| &mut o.blocks).append(&mut blocks);
        Ok(())
    }

    fn close(&mut self, builder: &mut Builder) -> Result<(), Refusal> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        if !open.cells.is_empty() || !open.blocks.is_empty() {
            return Err(inconsistent("a table ends in the middle of a row"));
        }
        if !open.table.is_empty() {
            builder.table(open.table.finish()?, self.here());
        }
        Ok(())
    }

    /// Closes what is open.
    ///
    /// # Errors
    /// A table that ends in the middle of a row.
    pub(super) fn finish(mut self, builder: &mut Builder) -> Result<Vec<Block>, Refusal> {
        self.go_to(0, builder)?;
        Ok(self.out)
    }
}
