//! Tables: cells into rows, rows into a grid.

use super::{Frame, MAX_UNITS, Reader};
use crate::document::{Block, RawCell};
use crate::docx::properties::RowProperties;
use crate::docx::spans::{self, RowShape};
use crate::docx::xml::Fault;

/// A table in the making.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<RawCell>>,
    shapes: Vec<RowShape>,
    /// Of the cells in `rows` and `row`, one after the other.
    widths: Vec<usize>,
    row: Vec<RawCell>,
    properties: RowProperties,
    skip: usize,
}

impl Reader<'_, '_> {
    /// A cell joins its row, or the cell before it.
    pub(super) fn end_cell(&mut self) -> Result<(), Fault> {
        let Some(Frame::Cell(blocks, properties)) = self.close(|f| matches!(f, Frame::Cell(..))) else { return Ok(()) };
        self.places += 1;
        if self.places > MAX_UNITS {
            return Err(Fault::Large);
        }
        let Some(Frame::Table(t)) = self.frames.last_mut() else {
            self.emit(blocks);
            return Ok(());
        };
        if properties.deleted || t.properties.deleted {
            return Ok(());
        }
        if let (true, Some(last), Some(width)) = (properties.continues, t.row.last_mut(), t.widths.last_mut()) {
            // Old horizontal merging: the cell belongs to the one before it. Word does not show what is in it, but a
            // figure there makes the one before it doubtful.
            last.columns = last.columns.saturating_add(properties.columns);
            *width += properties.width;
            last.blocks.extend(blocks.into_iter().filter(has_figure));
            return Ok(());
        }
        let skip = std::mem::take(&mut t.skip);
        t.widths.push(properties.width);
        t.row.push(RawCell { columns: properties.columns, down: properties.down, skip, ..RawCell::plain(blocks) });
        Ok(())
    }

    /// A row joins its table.
    pub(super) fn end_row(&mut self) -> Result<(), Fault> {
        self.places += 1;
        if self.places > MAX_UNITS {
            return Err(Fault::Large);
        }
        if let Some(Frame::Table(t)) = self.frames.last_mut() {
            t.end_row();
        }
        Ok(())
    }

    /// A table becomes blocks of what it stands in.
    pub(super) fn end_table(&mut self) -> Result<(), Fault> {
        let Some(Frame::Table(mut t)) = self.close(|f| matches!(f, Frame::Table(_))) else { return Ok(()) };
        if !t.row.is_empty() {
            t.end_row();
        }
        spans::mend(&mut t.rows, &t.shapes, &t.widths);
        let mut out = Vec::new();
        self.builder.table(t.rows, &mut out);
        self.emit(out);
        if self.builder.overflow { Err(Fault::Large) } else { Ok(()) }
    }
}

impl Table {
    /// A row begins, or has told its properties.
    pub(super) fn begin_row(&mut self, properties: RowProperties) {
        (self.skip, self.properties) = (properties.before, properties);
    }

    fn end_row(&mut self) {
        let next = Vec::with_capacity(self.row.len());
        let row = std::mem::replace(&mut self.row, next);
        if self.properties.deleted {
            return;
        }
        let columns = |c: &RawCell| c.skip.saturating_add(c.columns);
        let own = row.iter().map(columns).fold(0, usize::saturating_add);
        self.shapes.push(RowShape { columns: own.saturating_add(self.properties.after), before: self.properties.width_before });
        self.rows.push(row);
    }
}

fn has_figure(block: &Block) -> bool {
    let is_digit = |c: char| c.is_numeric();
    match block {
        Block::Paragraph(p) => p.text.contains(is_digit),
        Block::Grid(_) => true,
    }
}
