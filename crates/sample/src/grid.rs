//! Printed tables with merged cells, laid out from the form's own labels.

use nianbao_form::{Block, Cell, Form, Layout, Line};

/// One place of a grid.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    /// A cell that starts here.
    Cell { text: String, columns: usize, rows: usize, head: bool },
    /// Covered by the cell at the left.
    Left,
    /// Covered by a cell above that is so many columns wide.
    Above { columns: usize },
}

/// A printed table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    pub(crate) columns: usize,
    pub(crate) rows: Vec<Vec<Slot>>,
}

impl Grid {
    fn new(columns: usize) -> Grid {
        Grid { columns, rows: Vec::new() }
    }

    fn add_rows(&mut self, n: usize) -> usize {
        let at = self.rows.len();
        let empty = Slot::Cell { text: String::new(), columns: 1, rows: 1, head: false };
        self.rows.resize_with(at + n, || vec![empty.clone(); self.columns]);
        at
    }

    fn put(&mut self, (row, column): (usize, usize), (rows, columns): (usize, usize), text: String, head: bool) {
        for r in row..row + rows {
            for c in column..column + columns {
                self.rows[r][c] = if c > column { Slot::Left } else { Slot::Above { columns } };
            }
        }
        self.rows[row][column] = Slot::Cell { text, columns, rows, head };
    }

    /// Labels that are printed one below the other; neighbours with the same outer label share one cell.
    fn put_heads(&mut self, at: (usize, usize), depth: usize, paths: &[Vec<String>]) {
        for level in 0..depth {
            let mut i = 0;
            while i < paths.len() {
                let path = &paths[i];
                let same = |p: &&Vec<String>| p.len() > level && p[..=level] == path[..=level];
                if path.len() <= level {
                    i += 1;
                    continue;
                }
                let leaf = path.len() == level + 1;
                let width = if leaf { 1 } else { paths[i..].iter().take_while(same).count() };
                let rows = if leaf { depth - level } else { 1 };
                self.put((at.0 + level, at.1 + i), (rows, width), path[level].clone(), true);
                i += width;
            }
        }
    }

    /// The same from left to right, for row labels.
    fn put_stubs(&mut self, at: usize, depth: usize, paths: &[Vec<String>]) {
        for level in 0..depth {
            let mut i = 0;
            while i < paths.len() {
                let path = &paths[i];
                if path.len() <= level {
                    i += 1;
                    continue;
                }
                let leaf = path.len() == level + 1;
                let same = |p: &&Vec<String>| p.len() > level && p[..=level] == path[..=level];
                let rows = if leaf { 1 } else { paths[i..].iter().take_while(same).count() };
                let columns = if leaf { depth - level } else { 1 };
                self.put((at + i, level), (rows, columns), path[level].clone(), true);
                i += rows;
            }
        }
    }
}

/// A row that an agency has added below the rows of a block.
#[derive(Clone, Debug)]
pub(crate) struct Extra {
    pub(crate) block: &'static str,
    pub(crate) label: &'static str,
    pub(crate) text: String,
}

/// The table of a section. `show` prints a cell, `label` a label.
pub(crate) fn table(
    form: &Form,
    section: &str,
    extra: &[Extra],
    local: bool,
    show: &dyn Fn(Cell) -> String,
    label: &dyn Fn(&str) -> String,
) -> Grid {
    let blocks: Vec<&Block> = form.blocks.iter().filter(|b| b.section == section).collect();
    let deep = blocks.iter().any(|b| b.rows.iter().any(|r| r.label.len() > 1));
    let paths =
        |lines: &[Line]| -> Vec<Vec<String>> { lines.iter().map(|l| l.label.iter().map(|t| label(t)).collect()).collect() };
    match blocks.as_slice() {
        [block] if block.layout == Layout::Line => line(block, show, &paths),
        [block] if deep => matrix(form, block, show, &paths),
        _ => items(&blocks, extra, local, show, label),
    }
}

/// Table four: one row of figures.
fn line(block: &Block, show: &dyn Fn(Cell) -> String, paths: &dyn Fn(&[Line]) -> Vec<Vec<String>>) -> Grid {
    let (rows, columns) = (paths(&block.rows), paths(&block.columns));
    let heads: Vec<Vec<String>> =
        rows.iter().flat_map(|r| columns.iter().map(move |c| [r.clone(), c.clone()].concat())).collect();
    let depth = heads.iter().map(Vec::len).max().unwrap_or(1);
    let mut grid = Grid::new(heads.len());
    grid.add_rows(depth + 1);
    grid.put_heads((0, 0), depth, &heads);
    for (i, &cell) in block.cells.iter().take(heads.len()).enumerate() {
        grid.put((depth, i), (1, 1), show(cell), false);
    }
    grid
}

/// Table three: labels of rows and columns nest.
fn matrix(form: &Form, block: &Block, show: &dyn Fn(Cell) -> String, paths: &dyn Fn(&[Line]) -> Vec<Vec<String>>) -> Grid {
    let (rows, columns) = (paths(&block.rows), paths(&block.columns));
    let left = rows.iter().map(Vec::len).max().unwrap_or(1);
    let top = columns.iter().map(Vec::len).max().unwrap_or(1);
    let mut grid = Grid::new(left + columns.len());
    grid.add_rows(1 + top + rows.len());
    let note = form.section(&block.section).map_or(String::new(), |s| s.note.clone());
    grid.put((0, 0), (1 + top, left), note, true);
    grid.put((0, left), (1, columns.len()), block.corner.clone(), true);
    grid.put_heads((1, left), top, &columns);
    grid.put_stubs(1 + top, left, &rows);
    for r in 0..rows.len() {
        for c in 0..columns.len() {
            grid.put((1 + top + r, left + c), (1, 1), show(block.cell(r, c)), false);
        }
    }
    grid
}

/// Table two: one item of Art. 20 below the other.
fn items(blocks: &[&Block], extra: &[Extra], local: bool, show: &dyn Fn(Cell) -> String, label: &dyn Fn(&str) -> String) -> Grid {
    let width = 1 + blocks.iter().map(|b| b.columns.len()).max().unwrap_or(1);
    let mut grid = Grid::new(width);
    let mut last_item = "";
    for block in blocks {
        if block.item != last_item {
            let at = grid.add_rows(1);
            grid.put((at, 0), (1, width), block.item.clone(), true);
            last_item = &block.item;
        }
        let n = block.columns.len();
        let place = |c: usize| (1 + c, if c + 1 == n { width - n } else { 1 });
        let at = grid.add_rows(1);
        grid.put((at, 0), (1, 1), block.corner.clone(), true);
        for (c, column) in block.columns.iter().enumerate() {
            let (column_at, wide) = place(c);
            grid.put((at, column_at), (1, wide), label(column.leaf()), true);
        }
        for (r, row) in block.rows.iter().enumerate().filter(|(_, row)| local || !row.local) {
            let at = grid.add_rows(1);
            grid.put((at, 0), (1, 1), label(row.leaf()), true);
            for c in 0..n {
                let (column_at, wide) = place(c);
                grid.put((at, column_at), (1, wide), show(block.cell(r, c)), false);
            }
        }
        for row in extra.iter().filter(|e| e.block == block.id) {
            let at = grid.add_rows(1);
            grid.put((at, 0), (1, 1), row.label.to_owned(), true);
            for c in 0..n {
                let (column_at, wide) = place(c);
                grid.put((at, column_at), (1, wide), row.text.clone(), false);
            }
        }
    }
    grid
}
