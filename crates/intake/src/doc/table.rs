//! From rows of cells with edges to a grid: cells whose edges meet stand in the same columns.

use super::inconsistent;
use super::row::{Across, Identity, Row, Vertical};
use crate::document::{Block, Down, MAX_COLUMNS, RawCell};
use crate::refuse::Refusal;

/// Edges of different rows no further apart than this, in twips (0.9 mm), are one: writers round, and lines drawn with the
/// mouse do not meet. No cell with a figure is as narrow. Edges of one row are never taken for one.
const TOLERANCE: i32 = 50;

/// A cell with its content.
#[derive(Debug)]
struct Cell {
    blocks: Vec<Block>,
    left: i32,
    right: i32,
    vertical: Vertical,
}

/// The rows of a table.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<Cell>>,
    identity: Option<Identity>,
    /// A row without definition, or edges that go backwards: only the order of cells is known.
    unmeasured: bool,
}

impl Table {
    /// Whether a row belongs to the same table as the rows before it.
    pub(super) fn takes(&self, row: &Row) -> bool {
        self.identity.as_ref().is_none_or(|above| row.identity().continues(above))
    }

    /// Whether there are rows.
    pub(super) fn is_empty(&self) -> bool {
        self.identity.is_none()
    }

    /// Adds a row; a deleted one only counts for the question of which rows belong together.
    ///
    /// # Errors
    /// Another number of cells than the row is defined to have.
    pub(super) fn push(&mut self, row: &Row, contents: Vec<Vec<Block>>, is_deleted: bool) -> Result<(), Refusal> {
        let mut cells: Vec<Cell> = Vec::with_capacity(contents.len());
        match row.cells() {
            Some((_, defined)) if defined.len() != contents.len() => {
                return Err(inconsistent(&format!(
                    "a table row is defined with {} cells but holds {}",
                    defined.len(),
                    contents.len()
                )));
            }
            Some((left, defined)) => {
                let mut edge = left;
                for (cell, blocks) in defined.iter().zip(contents) {
                    let (left, right) = (edge, edge + cell.width);
                    edge = right;
                    match cells.last_mut() {
                        // What stands in a cell that was merged away is not printed. Should it hold anything all the same,
                        // it goes with the cell, so that nothing reads a figure that may be only part of what is there.
                        Some(last) if cell.across == Across::Merged => {
                            last.blocks.extend(blocks);
                            last.right = right;
                        }
                        _ => cells.push(Cell { blocks, left, right, vertical: cell.vertical }),
                    }
                }
                self.unmeasured |= cells.iter().any(|c| c.right < c.left);
                // Cells without width are not there, unless there is something in them.
                cells.retain(|c| c.right != c.left || !c.blocks.is_empty());
                self.unmeasured |= cells.iter().any(|c| c.right == c.left);
            }
            None => {
                self.unmeasured = true;
                let cell = |blocks| Cell { blocks, left: 0, right: 0, vertical: Vertical::Single };
                cells.extend(contents.into_iter().map(cell));
            }
        }
        self.identity = Some(row.identity());
        if !is_deleted {
            self.rows.push(cells);
        }
        Ok(())
    }

    /// The rows with their columns, ready to be laid out.
    ///
    /// # Errors
    /// Columns that cannot be told.
    pub(super) fn finish(mut self) -> Result<Vec<Vec<RawCell>>, Refusal> {
        if self.unmeasured {
            self.number()?;
        }
        let columns = Columns::of(&self.rows);
        if columns.starts.len() > MAX_COLUMNS {
            return Err(inconsistent("the cells of a table do not stand in columns"));
        }
        let mut above: Vec<(usize, usize)> = Vec::new();
        let mut out = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let (mut next, mut merged, mut cells) = (0, Vec::new(), Vec::with_capacity(row.len()));
            for cell in row {
                let (start, end) = (columns.at(cell.left), columns.at(cell.right));
                if start < next || end <= start {
                    return Err(inconsistent("the cells of a table row overlap"));
                }
                let down = match cell.vertical {
                    Vertical::Single => Down::Rows(1),
                    // Cells merge only where their edges meet.
                    Vertical::Merged if above.contains(&(start, end)) => Down::Continues,
                    _ => Down::Begins,
                };
                if down != Down::Rows(1) {
                    merged.push((start, end));
                }
                cells.push(RawCell { columns: end - start, down, skip: start - next, ..RawCell::plain(cell.blocks) });
                next = end;
            }
            above = merged;
            out.push(cells);
        }
        Ok(out)
    }

    /// Gives the cells columns by their order, which is sure only where all rows have as many.
    fn number(&mut self) -> Result<(), Refusal> {
        let count = self.rows.first().map_or(0, Vec::len);
        if self.rows.iter().any(|r| r.len() != count) {
            return Err(inconsistent("the cells of a table have no widths by which their columns could be told"));
        }
        let far = 10 * TOLERANCE;
        for row in &mut self.rows {
            for (i, cell) in (0..).zip(row) {
                (cell.left, cell.right) = (i * far, (i + 1) * far);
            }
        }
        Ok(())
    }
}

/// The lines of a table from left to right.
struct Columns {
    /// For each line its leftmost edge.
    starts: Vec<i32>,
}

impl Columns {
    fn of(rows: &[Vec<Cell>]) -> Columns {
        let mut edges = Vec::new();
        // Pairs of edges of one row that are close to each other, by the right one.
        let mut apart: Vec<(i32, i32)> = Vec::new();
        let mut before: Option<&Vec<Cell>> = None;
        let same = |a: &Cell, b: &Cell| (a.left, a.right) == (b.left, b.right);
        for row in rows {
            // Most rows have the edges of the row above.
            if before.is_some_and(|b| b.len() == row.len() && b.iter().zip(row).all(|(a, b)| same(a, b))) {
                continue;
            }
            before = Some(row);
            let mut last: Option<i32> = None;
            for edge in row.iter().flat_map(|c| [c.left, c.right]) {
                if let Some(last) = last.filter(|l| *l < edge && edge - *l <= TOLERANCE) {
                    apart.push((edge, last));
                }
                last = Some(edge);
                edges.push(edge);
            }
        }
        edges.sort_unstable();
        edges.dedup();
        apart.sort_unstable();
        apart.dedup();
        let mut starts: Vec<i32> = Vec::new();
        for edge in edges {
            let splits = |start: i32| {
                let from = apart.partition_point(|p| p.0 < edge);
                apart[from..].iter().take_while(|p| p.0 == edge).any(|p| p.1 >= start)
            };
            match starts.last() {
                Some(&start) if edge - start <= TOLERANCE && !splits(start) => {}
                _ => starts.push(edge),
            }
        }
        Columns { starts }
    }

    /// Which line an edge belongs to.
    fn at(&self, edge: i32) -> usize {
        self.starts.partition_point(|s| *s <= edge).saturating_sub(1)
    }
}
