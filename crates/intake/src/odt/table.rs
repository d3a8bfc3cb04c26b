//! Tables of OpenDocument (1.3 part 3, chapter 9): cells with spans and the cells that these cover, and tables inside a cell
//! that split it (`table:is-sub-table`), which older writers use in place of spans.

use crate::columns;
use crate::document::{Block, Down, MAX_COLUMNS, RawCell};
use crate::odt::styles::Styles;

/// The width of a table while its columns are compared; about that of a page in twips.
const WIDTH: f64 = 9600.0;
/// A table with others in its cells has no more rows and cells than this.
const MAX_PIECES: usize = 20_000;
/// Tables split cells no deeper than this.
const MAX_SPLITS: usize = 8;

/// A cell that stands in the file.
#[derive(Debug, Default)]
pub(super) struct Cell {
    /// What is in it.
    pub blocks: Vec<Block>,
    /// The table that splits it.
    pub split: Option<Split>,
    /// Columns that it covers.
    pub columns: usize,
    /// Rows that it covers.
    pub rows: usize,
    /// How many such cells follow each other.
    pub repeat: usize,
}

#[derive(Debug)]
enum Item {
    Cell(Cell),
    /// A place that a cell with spans covers.
    Covered,
}

/// A table in the making.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Whether it splits the cell in which it stands.
    is_split: bool,
    /// Widths of its columns, 0 where not told.
    widths: Vec<f64>,
    rows: Vec<Vec<Item>>,
    row: Vec<Item>,
    /// How many rows follow each other that are as the open one.
    pub repeat: usize,
    /// How deep cells are split.
    splits: usize,
}

/// A table that splits a cell, laid out in fractions of its width.
#[derive(Debug)]
pub(super) struct Split {
    height: usize,
    pieces: Vec<Piece>,
    splits: usize,
}

#[derive(Debug)]
struct Piece {
    top: usize,
    height: usize,
    left: f64,
    right: f64,
    blocks: Vec<Block>,
}

/// A cell at its place.
struct Placed {
    row: usize,
    column: usize,
    rows: usize,
    columns: usize,
    /// `None` where a cell that begins further up goes on.
    cell: Option<Cell>,
}

impl Table {
    /// A table without columns and rows.
    pub(super) fn new(is_split: bool) -> Table {
        Table { is_split, repeat: 1, ..Table::default() }
    }

    /// `table:table-column`
    pub(super) fn column(&mut self, width: f64, repeat: usize) {
        let room = MAX_COLUMNS.saturating_sub(self.widths.len());
        self.widths.extend(std::iter::repeat_n(width, repeat.min(room)));
    }

    /// A cell ends.
    pub(super) fn cell(&mut self, mut cell: Cell) {
        if let Some(split) = &cell.split {
            self.splits = self.splits.max(split.splits + 1);
        }
        for _ in 1..cell.repeat.min(self.room()) {
            let (blocks, columns, rows) = (cell.blocks.clone(), cell.columns, cell.rows);
            self.row.push(Item::Cell(Cell { blocks, columns, rows, ..Cell::default() }));
        }
        cell.repeat = 1;
        if self.room() > 0 {
            self.row.push(Item::Cell(cell));
        }
    }

    /// `table:covered-table-cell`: what may be in it is not shown.
    pub(super) fn covered(&mut self, repeat: usize) {
        self.row.extend((0..repeat.min(self.room())).map(|_| Item::Covered));
    }

    /// How many more cells the row can have: those beyond the columns of a grid are of no table of a report.
    fn room(&self) -> usize {
        MAX_COLUMNS.saturating_sub(self.row.len())
    }

    /// A row ends; returns how many places it takes.
    pub(super) fn end_row(&mut self, most: usize) -> usize {
        let row = std::mem::take(&mut self.row);
        let blank = row.iter().all(|i| matches!(i, Item::Covered | Item::Cell(Cell { split: None, .. })) && i.is_blank());
        // Programs fill pages with blank rows.
        let repeat = self.repeat.min(if blank { 100 } else { usize::MAX });
        let taken = row.len().max(1).saturating_mul(repeat);
        if taken <= most {
            for _ in 1..repeat {
                self.rows.push(row.iter().map(Item::again).collect());
            }
            self.rows.push(row);
        }
        taken
    }

    /// Whether it can split a cell: not where cells are split too deep already.
    pub(super) fn can_split(&self) -> bool {
        self.is_split && self.splits < MAX_SPLITS
    }

    /// Rows of cells with spans; `None` if there are too many.
    pub(super) fn lay_out(self) -> Option<Vec<Vec<RawCell>>> {
        if self.splits > 0 {
            return self.split()?.lay_out();
        }
        let mut out: Vec<Vec<RawCell>> = std::iter::repeat_with(Vec::new).take(self.rows.len()).collect();
        let (mut row, mut end) = (0, 0);
        for placed in place(self.rows) {
            if placed.row != row {
                (row, end) = (placed.row, 0);
            }
            let skip = placed.column.saturating_sub(end);
            end = placed.column + placed.columns;
            let down = match placed.cell {
                None => Down::Continues,
                Some(_) if placed.rows > 1 => Down::Begins,
                Some(_) => Down::Rows(1),
            };
            let blocks = placed.cell.map(|c| c.blocks).unwrap_or_default();
            out.get_mut(row)?.push(RawCell { columns: placed.columns, down, skip, ..RawCell::plain(blocks) });
        }
        Some(out)
    }

    /// The table as pieces of its own width and height.
    pub(super) fn split(self) -> Option<Split> {
        let (splits, count, mut heights) = (self.splits, self.rows.len(), vec![1usize; self.rows.len()]);
        let mut placed = place(self.rows);
        placed.retain(|p| p.cell.is_some());
        if placed.len() > MAX_PIECES || count > MAX_PIECES {
            return None;
        }
        let columns = placed.iter().map(|p| p.column + p.columns).max().unwrap_or(0).max(self.widths.len());
        let edges = fractions(&self.widths, columns);
        // Cells of one row first: they make it as high as the table that splits them.
        for of_one_row in [true, false] {
            for p in placed.iter().filter(|p| (p.rows == 1) == of_one_row) {
                let Some(split) = p.cell.as_ref().and_then(|c| c.split.as_ref()) else { continue };
                let own: usize = heights.get(p.row..p.row + p.rows)?.iter().sum();
                *heights.get_mut(p.row + p.rows - 1)? += split.height.saturating_sub(own);
            }
        }
        let tops: Vec<usize> = std::iter::once(0)
            .chain(heights.iter().scan(0usize, |top, height| {
                *top += height;
                Some(*top)
            }))
            .collect();
        let mut pieces = Vec::with_capacity(placed.len());
        for p in placed {
            let (top, bottom) = (*tops.get(p.row)?, *tops.get(p.row + p.rows)?);
            let (left, right) = (*edges.get(p.column)?, *edges.get(p.column + p.columns)?);
            let Some(cell) = p.cell else { continue };
            let Some(split) = cell.split else {
                pieces.push(Piece { top, height: bottom - top, left, right, blocks: cell.blocks });
                continue;
            };
            for inner in split.pieces {
                // The lowest pieces reach to the bottom of the cell.
                let reaches = inner.top + inner.height == split.height;
                let height = if reaches { bottom - top - inner.top } else { inner.height };
                let at = |fraction: f64| left + (right - left) * fraction;
                let (left, right) = (at(inner.left), at(inner.right));
                pieces.push(Piece { top: top + inner.top, height, left, right, blocks: inner.blocks });
            }
        }
        let height = tops.last().copied().unwrap_or(0);
        (pieces.len() <= MAX_PIECES && height <= MAX_PIECES).then_some(Split { height, pieces, splits })
    }
}

impl Item {
    fn is_blank(&self) -> bool {
        match self {
            Item::Cell(cell) => cell.blocks.is_empty(),
            Item::Covered => true,
        }
    }

    fn again(&self) -> Item {
        match self {
            Item::Cell(cell) => {
                Item::Cell(Cell { blocks: cell.blocks.clone(), columns: cell.columns, rows: cell.rows, ..Cell::default() })
            }
            Item::Covered => Item::Covered,
        }
    }
}

/// Finds the places of cells, row by row from left to right. A covered place that no cell covers is a blank one; one that a
/// cell covers although the file leaves it out is passed over.
fn place(rows: Vec<Vec<Item>>) -> Vec<Placed> {
    let count = rows.len();
    let mut out: Vec<Placed> = Vec::new();
    // For each column how many more rows a cell from above takes, and where that cell begins.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (row, items) in rows.into_iter().enumerate() {
        let first = out.len();
        let (mut column, mut own) = (0usize, 0usize);
        let mut below: Vec<(usize, usize)> = open.iter().map(|(more, start)| (more.saturating_sub(1), *start)).collect();
        for item in items {
            let cell = match item {
                Item::Covered if own > 0 => {
                    own -= 1;
                    continue;
                }
                Item::Covered => {
                    column += 1;
                    continue;
                }
                Item::Cell(cell) => cell,
            };
            while open.get(column).is_some_and(|(more, _)| *more > 0) {
                column += 1;
            }
            if column >= MAX_COLUMNS {
                continue;
            }
            let columns = cell.columns.clamp(1, MAX_COLUMNS - column);
            let rows = cell.rows.clamp(1, count - row);
            if below.len() < column + columns {
                below.resize(column + columns, (0, 0));
            }
            // Where it takes the place of a cell from above, that cell ends.
            for taken in open.iter_mut().skip(column).take(columns) {
                taken.0 = 0;
            }
            below[column..column + columns].fill((rows - 1, column));
            out.push(Placed { row, column, rows, columns, cell: Some(cell) });
            column += columns;
            own = columns - 1;
        }
        let mut from_above =
            open.iter().enumerate().filter(|(_, (more, _))| *more > 0).map(|(c, (_, start))| (c, *start)).peekable();
        while let Some((column, start)) = from_above.next() {
            let mut columns = 1;
            while from_above.next_if(|(c, s)| *c == column + columns && *s == start).is_some() {
                columns += 1;
            }
            out.push(Placed { row, column, rows: 1, columns, cell: None });
        }
        out[first..].sort_by_key(|p| p.column);
        open = below;
    }
    out
}

/// The edges of columns as fractions of the whole; of equal width where any is not told.
fn fractions(widths: &[f64], columns: usize) -> Vec<f64> {
    let told = widths.len() == columns && widths.iter().all(|w| *w > 0.0);
    let width = |column: usize| if told { widths.get(column).copied().unwrap_or(1.0) } else { 1.0 };
    let total: f64 = (0..columns).map(width).sum();
    let mut sum = 0.0;
    let mut out = vec![0.0];
    for column in 0..columns {
        sum += width(column);
        out.push(sum / total);
    }
    out
}

impl Split {
    /// Rows of cells with spans; `None` if there are too many places.
    fn lay_out(mut self) -> Option<Vec<Vec<RawCell>>> {
        let at = |fraction: f64| (fraction * WIDTH).round() as i32;
        self.pieces.sort_by_key(|p| (p.top, at(p.left)));
        // Every row has the edges of all cells that reach into it.
        let mut edges: Vec<Vec<i32>> = vec![Vec::new(); self.height];
        let mut places = 0usize;
        for piece in &self.pieces {
            places += piece.height;
            if places > crate::document::MAX_PLACES {
                return None;
            }
            for row in edges.get_mut(piece.top..piece.top + piece.height)? {
                row.extend([at(piece.left), at(piece.right)]);
            }
        }
        for row in &mut edges {
            row.sort_unstable();
            row.dedup();
        }
        let lines = columns::lines(&edges);
        let mut out: Vec<Vec<RawCell>> = std::iter::repeat_with(Vec::new).take(self.height).collect();
        let (mut row, mut end) = (0, 0);
        for piece in self.pieces {
            if piece.top != row {
                (row, end) = (piece.top, 0);
            }
            let own = edges.get(row)?;
            let line = |edge: i32| own.binary_search(&edge).ok().and_then(|i| lines.get(row)?.get(i).map(|l| *l as usize));
            let (left, right) = (line(at(piece.left))?, line(at(piece.right))?);
            let columns = right.saturating_sub(left).max(1);
            let cell = RawCell {
                columns,
                down: Down::Rows(piece.height.max(1)),
                skip: left.saturating_sub(end),
                ..RawCell::plain(piece.blocks)
            };
            end = left + columns;
            out.get_mut(row)?.push(cell);
        }
        Some(out)
    }
}

/// The width of a column by the name of its style.
pub(super) fn width(styles: &Styles, style: Option<&str>) -> f64 {
    style.map_or(0.0, |name| styles.width(name))
}
