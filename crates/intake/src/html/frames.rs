//! The paragraphs and tables of a page under way: what is open, innermost last.

use crate::document::{Block, Builder, Down, RawCell};

/// A part of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Head,
    Body,
    Foot,
}

type Rows = Vec<Vec<RawCell>>;

#[derive(Default)]
struct Table {
    /// Rows of the first head and foot, which are shown first and last wherever they stand.
    head: Rows,
    body: Rows,
    foot: Rows,
    /// Rows of the group that is open; no cell reaches out of it.
    group: Rows,
    kind: Option<Kind>,
    row: Vec<RawCell>,
    in_row: bool,
    /// Whether the open row has no height: Word ends tables with one that only sets widths.
    flat: bool,
    /// Whether it is laid out as a table by style, which is often no more than page layout.
    styled: bool,
    /// For a table without an element of its own, how many elements are open around its parts.
    implied: Option<usize>,
    flow: Option<Flow>,
}

/// Cells that follow each other in a grid of so many columns.
struct Flow {
    columns: usize,
    /// For each column, how many more rows are taken by a cell above.
    taken: Vec<usize>,
    next: usize,
}

enum Frame {
    Blocks(Vec<Block>),
    Table(Box<Table>),
    Cell(RawCell),
}

pub(super) struct Frames {
    builder: Builder,
    frames: Vec<Frame>,
}

impl Frames {
    pub(super) fn new(builder: Builder) -> Frames {
        Frames { builder, frames: vec![Frame::Blocks(Vec::new())] }
    }

    /// Gives the numbering of paragraphs and tables away for the page in a frame.
    pub(super) fn lend(&mut self) -> Builder {
        std::mem::take(&mut self.builder)
    }

    pub(super) fn take_back(&mut self, builder: Builder) {
        self.builder = builder;
    }

    /// Whether text would go into a cell of a table.
    pub(super) fn in_cell(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Cell(_)))
    }

    pub(super) fn in_table(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Table(_)))
    }

    fn table(&mut self) -> Option<&mut Table> {
        match self.frames.last_mut() {
            Some(Frame::Table(table)) => Some(table),
            _ => None,
        }
    }

    /// For a table without an element of its own that is open, how many elements are open around its parts.
    pub(super) fn implied_at(&self) -> Option<usize> {
        match self.frames.last() {
            Some(Frame::Table(table)) => table.implied,
            _ => None,
        }
    }

    pub(super) fn open_table(&mut self, styled: bool, implied: Option<usize>, columns: Option<usize>) {
        let flow = columns.map(|columns| Flow { columns, taken: vec![0; columns], next: 0 });
        self.frames.push(Frame::Table(Box::new(Table { styled, implied, flow, ..Table::default() })));
    }

    pub(super) fn open_group(&mut self, kind: Kind) {
        self.close_group();
        if let Some(table) = self.table() {
            table.kind = Some(kind);
        }
    }

    pub(super) fn close_group(&mut self) {
        if let Some(table) = self.table() {
            table.end_group();
        }
    }

    pub(super) fn open_row(&mut self, flat: bool) {
        if let Some(table) = self.table() {
            table.end_row();
            (table.in_row, table.flat) = (true, flat);
        }
    }

    pub(super) fn close_row(&mut self) {
        if let Some(table) = self.table() {
            table.end_row();
        }
    }

    pub(super) fn open_cell(&mut self, columns: usize, rows: usize) {
        self.frames.push(Frame::Cell(RawCell { columns, down: Down::Rows(rows), ..RawCell::plain(Vec::with_capacity(1)) }));
    }

    pub(super) fn close_cell(&mut self) {
        if let Some(Frame::Cell(cell)) = self.frames.pop_if(|f| matches!(f, Frame::Cell(_)))
            && let Some(table) = self.table()
        {
            table.place(cell);
        }
    }

    pub(super) fn close_table(&mut self) {
        let Some(Frame::Table(mut table)) = self.frames.pop_if(|f| matches!(f, Frame::Table(_))) else { return };
        table.end_group();
        let Table { mut head, mut body, mut foot, styled, .. } = *table;
        head.append(&mut body);
        head.append(&mut foot);
        let mut out = Vec::new();
        if styled && is_layout(&head) {
            out.extend(head.into_iter().flatten().flat_map(|c| c.blocks));
        } else {
            self.builder.table(head, &mut out);
        }
        self.emit(out);
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        let Frames { builder, frames } = self;
        if let Some(out) = target(frames) {
            builder.paragraph(text, out);
        }
    }

    /// Puts blocks into the innermost cell. What stands in a table but in no cell is shown in front of it.
    pub(super) fn emit(&mut self, mut blocks: Vec<Block>) {
        if let Some(out) = target(&mut self.frames) {
            out.append(&mut blocks);
        }
    }

    /// Everything that was read, and the numbering with it.
    pub(super) fn finish(mut self) -> (Builder, Vec<Block>) {
        while self.frames.len() > 1 {
            self.close_cell();
            self.close_table();
        }
        match self.frames.pop() {
            Some(Frame::Blocks(blocks)) => (self.builder, blocks),
            _ => (self.builder, Vec::new()),
        }
    }
}

/// Where paragraphs go now.
fn target(frames: &mut [Frame]) -> Option<&mut Vec<Block>> {
    frames.iter_mut().rev().find_map(|frame| match frame {
        Frame::Blocks(out) => Some(out),
        Frame::Cell(cell) => Some(&mut cell.blocks),
        Frame::Table(_) => None,
    })
}

impl Table {
    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let shown = self.in_row && !(self.flat && row.iter().all(|c| c.blocks.is_empty()));
        if shown || !row.is_empty() && !self.flat {
            self.group.push(row);
        }
        (self.in_row, self.flat) = (false, false);
    }

    /// Ends a group of rows: cells that would reach further down end with it.
    fn end_group(&mut self) {
        self.end_row();
        let height = self.group.len();
        for (at, row) in self.group.iter_mut().enumerate() {
            for cell in row {
                if let Down::Rows(rows) = &mut cell.down {
                    *rows = if *rows == 0 { height - at } else { (*rows).min(height - at) };
                }
            }
        }
        let target = match self.kind.take() {
            Some(Kind::Head) if self.head.is_empty() => &mut self.head,
            Some(Kind::Foot) if self.foot.is_empty() => &mut self.foot,
            _ => &mut self.body,
        };
        target.append(&mut self.group);
    }

    /// Puts a cell into the row, or where it flows to in a grid.
    fn place(&mut self, mut cell: RawCell) {
        if let Some(flow) = &mut self.flow {
            cell.columns = cell.columns.clamp(1, flow.columns);
            let rows = if let Down::Rows(rows) = cell.down { rows.clamp(1, 1000) } else { 1 };
            cell.down = Down::Rows(rows);
            // At the latest in the row below the longest cell there is room.
            for _ in 0..1002 * flow.columns {
                let free = |c: usize| flow.taken.get(c).is_some_and(|t| *t == 0);
                if (flow.next..flow.next + cell.columns).all(free) {
                    break;
                }
                flow.next += 1;
                if flow.next >= flow.columns {
                    flow.next = 0;
                    flow.taken.iter_mut().for_each(|t| *t = t.saturating_sub(1));
                    let row = std::mem::take(&mut self.row);
                    self.group.push(row);
                }
            }
            flow.taken[flow.next..flow.next + cell.columns].fill(rows);
            flow.next += cell.columns;
            if flow.next >= flow.columns {
                flow.next = 0;
                flow.taken.iter_mut().for_each(|t| *t = t.saturating_sub(1));
                self.row.push(cell);
                let row = std::mem::take(&mut self.row);
                self.group.push(row);
                return;
            }
        }
        self.row.push(cell);
    }
}

/// Whether rows that are a table only by their style are no more than columns of a page: one row, or long texts.
fn is_layout(rows: &Rows) -> bool {
    let cells = || rows.iter().flatten();
    let is_long = |c: &&RawCell| {
        c.blocks.iter().any(|b| match b {
            Block::Grid(_) => true,
            Block::Paragraph(p) => p.text.chars().count() > 100,
        })
    };
    rows.iter().filter(|r| !r.is_empty()).count() < 2 || cells().filter(is_long).count() * 4 > cells().count()
}
