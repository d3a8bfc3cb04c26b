//! From rows as RTF tells them, cells by their right edges, to rows of cells with spans.

use crate::columns;
use crate::document::{Block, Down, MAX_COLUMNS, RawCell};

/// How a cell is merged with its neighbours above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Merged {
    /// It is not.
    #[default]
    No,
    /// `\clvmgf`
    First,
    /// `\clvmrg`
    Further,
}

/// The definition of one cell: `\clvmgf\cellx4320`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CellDefinition {
    right: i32,
    /// `\clmrg`: the cell belongs to the one before it.
    joins_left: bool,
    down: Merged,
}

/// The definition of a row, from `\trowd` on. It holds for every row that ends before the next `\trowd`.
#[derive(Clone, Debug, Default)]
pub(super) struct Definition {
    left: i32,
    cells: Vec<CellDefinition>,
    /// Of the cell whose `\cellx` is still to come.
    next: CellDefinition,
    /// `\irow`: the how-many-eth row of its table, from 0.
    pub index: Option<i32>,
}

impl Definition {
    /// `\trleft`
    pub(super) fn left(&mut self, left: i32) {
        self.left = left;
    }

    /// `\clmrg`; `\clmgf` says nothing that the cells after it do not say.
    pub(super) fn joins_left(&mut self) {
        self.next.joins_left = true;
    }

    /// `\clvmgf`, `\clvmrg`
    pub(super) fn down(&mut self, down: Merged) {
        self.next.down = down;
    }

    /// `\cellx`; whatever is beyond [`MAX_COLUMNS`] cells is not of a report.
    pub(super) fn cell(&mut self, right: i32) {
        let cell = CellDefinition { right, ..std::mem::take(&mut self.next) };
        if self.cells.len() < MAX_COLUMNS {
            self.cells.push(cell);
        }
    }

    /// How many cells it defines.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The edges of the cells from left to right, if they are in order.
    fn edges(&self) -> Option<Vec<i32>> {
        let first = self.cells.first()?;
        // Programs that give no left edge may have cells that end left of 0.
        let left = if self.left < first.right { self.left } else { first.right.saturating_sub(1) };
        let edges: Vec<i32> = std::iter::once(left).chain(self.cells.iter().map(|c| c.right)).collect();
        edges.is_sorted_by(|a, b| a < b).then_some(edges)
    }
}

/// A row as it stands in the file.
#[derive(Debug)]
pub(super) struct Row {
    /// What is in each cell.
    pub cells: Vec<Vec<Block>>,
    /// What was said of the row when it ended.
    pub definition: Definition,
}

/// Rows of cells with spans: those of a table whose edges tell its columns, or else cell by cell.
pub(super) fn lay_out(mut rows: Vec<Row>) -> Vec<Vec<RawCell>> {
    for row in &mut rows {
        fit(row);
    }
    let lines = edges(&rows).map(|edges| columns::lines(&edges));
    let mut merged: Vec<bool> = Vec::new();
    let mut out = Vec::with_capacity(rows.len());
    for (number, row) in rows.into_iter().enumerate() {
        let own = lines.as_ref().and_then(|l| l.get(number));
        let line = |at: usize| own.map_or(at, |l| l.get(at).map_or(at, |l| *l as usize));
        let mut cells: Vec<RawCell> = Vec::with_capacity(row.cells.len());
        // For each column whether a merged cell may go on below it.
        let mut now_merged = Vec::new();
        for (at, blocks) in row.cells.into_iter().enumerate() {
            let definition = row.definition.cells.get(at).copied().unwrap_or_default();
            let (start, end) = (line(at), line(at + 1));
            if definition.joins_left
                && let Some(last) = cells.last_mut()
            {
                last.columns += end - start;
                last.blocks.extend(blocks);
                continue;
            }
            let down = match definition.down {
                Merged::No => Down::Rows(1),
                Merged::Further if merged.get(start) == Some(&true) => Down::Continues,
                Merged::First | Merged::Further => Down::Begins,
            };
            if definition.down != Merged::No {
                now_merged.resize(now_merged.len().max(start + 1), false);
                now_merged[start] = true;
            }
            let skip = if cells.is_empty() { start } else { 0 };
            cells.push(RawCell { columns: end - start, down, skip, ..RawCell::plain(blocks) });
        }
        merged = now_merged;
        out.push(cells);
    }
    out
}

/// Makes as many cells as the row defines: those that its text does not reach are blank, blank ones beyond are none.
fn fit(row: &mut Row) {
    let defined = row.definition.len();
    while row.cells.len() > defined && defined > 0 && row.cells.last().is_some_and(Vec::is_empty) {
        row.cells.pop();
    }
    if row.cells.len() < defined {
        row.cells.resize_with(defined, Vec::new);
    }
}

/// The edges of every row's cells. A row whose own are missing or out of order has those of the last row with as many
/// cells; `None` where there is no such row, so that nothing is known of the table's columns.
fn edges(rows: &[Row]) -> Option<Vec<Vec<i32>>> {
    let most = rows.iter().flat_map(|r| r.definition.cells.iter().map(|c| c.right)).max()?;
    let mut out: Vec<Vec<i32>> = Vec::with_capacity(rows.len());
    for row in rows {
        let edges = match row.definition.edges() {
            Some(mut own) => {
                // Cells that were written but not defined stand to the right of the table, under no head.
                let beyond = (1..).map(|n: i32| most.saturating_add(n.saturating_mul(1440)));
                own.extend(beyond.take(row.cells.len().saturating_sub(row.definition.len())));
                own
            }
            None => out.iter().rev().find(|e| e.len() == row.cells.len() + 1)?.clone(),
        };
        if !edges.is_sorted_by(|a, b| a < b) {
            return None;
        }
        out.push(edges);
    }
    Some(out)
}
