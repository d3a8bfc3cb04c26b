//! What every container becomes: paragraphs and grids in the order of the document, spans expanded.

use nianbao_form::Place;
use nianbao_form::figure::is_inkless;

/// A grid has no more columns than this; wider spans are cut (a `colspan` of a hundred million is an attack or a slip).
pub const MAX_COLUMNS: usize = 256;
/// A document has no more grid places than this.
pub const MAX_PLACES: usize = 2_000_000;

/// A document: its words and tables in order.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Titles that the container itself tells (`<title>`), less trusted than those in the text.
    pub titles: Vec<String>,
    /// Paragraphs and grids.
    pub blocks: Vec<Block>,
    /// Whether spans are unknown, so that rows of one table may differ in their number of cells (page text).
    pub ragged: bool,
}

/// A paragraph or a table.
#[derive(Clone, Debug)]
pub enum Block {
    /// Words.
    Paragraph(Paragraph),
    /// A table.
    Grid(Grid),
}

/// A paragraph or a heading.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// The words; never blank.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// A cell as printed.
#[derive(Clone, Debug)]
pub struct GridCell {
    /// Its text, paragraphs separated by line breaks; invisible edges cut.
    pub text: String,
    /// Topmost row, from 0.
    pub row: usize,
    /// Leftmost column, from 0.
    pub column: usize,
    /// Rows that it covers.
    pub rows: usize,
    /// Columns that it covers.
    pub columns: usize,
    /// Where.
    pub place: Place,
}

/// A table with spans expanded: every covered place points to its cell.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// The how-many-eth grid of the document, from 1.
    pub number: u32,
    /// Cells in reading order.
    pub cells: Vec<GridCell>,
    /// Row by row, the cell that covers each place; rows may differ in length.
    pub rows: Vec<Vec<Option<u32>>>,
    /// Whether it was text with a row a line, so that blanks at the end of a row may have been cut off.
    pub tabbed: bool,
}

impl Grid {
    /// The distinct cells of a row from left to right, with the range of columns that each covers in it.
    pub fn row(&self, row: usize) -> Vec<(u32, usize, usize)> {
        let mut out: Vec<(u32, usize, usize)> = Vec::new();
        for (column, cell) in self.rows[row].iter().enumerate() {
            let Some(cell) = *cell else { continue };
            match out.last_mut() {
                Some((last, _, end)) if *last == cell && *end == column => *end += 1,
                _ => out.push((cell, column, column + 1)),
            }
        }
        out
    }

    /// A cell.
    pub fn cell(&self, cell: u32) -> &GridCell {
        &self.cells[cell as usize]
    }
}

/// How far down a cell goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Down {
    /// So many rows; 0 means to the end of the table.
    Rows(usize),
    /// It begins a merged cell that goes down as long as [`Down::Continues`] stands below it.
    Begins,
    /// It continues the cell above.
    Continues,
}

/// A cell on its way into a grid.
#[derive(Debug)]
pub struct RawCell {
    /// What is in it; nested tables are already blocks.
    pub blocks: Vec<Block>,
    /// Columns that it covers.
    pub columns: usize,
    /// Rows that it covers.
    pub down: Down,
    /// Empty columns before it.
    pub skip: usize,
    /// Where, if the container tells; else table, row and column are counted.
    pub place: Option<Place>,
}

impl RawCell {
    /// A plain cell of one place.
    pub fn plain(blocks: Vec<Block>) -> RawCell {
        RawCell { blocks, columns: 1, down: Down::Rows(1), skip: 0, place: None }
    }
}

/// Cuts white space and invisible characters at both ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_inkless)
}

/// Collects blocks, numbers paragraphs and grids, and lays out tables.
#[derive(Debug, Default)]
pub struct Builder {
    paragraphs: u32,
    grids: u32,
    places: usize,
    /// Set when the document is larger than [`MAX_PLACES`]; the rest is dropped and the reader refuses the file.
    pub overflow: bool,
}

impl Builder {
    /// A paragraph, if there is ink in it.
    pub fn paragraph(&mut self, text: &str, out: &mut Vec<Block>) {
        let text = trim(text);
        if !text.is_empty() {
            self.paragraphs += 1;
            out.push(Block::Paragraph(Paragraph { text: text.to_owned(), place: Place::Paragraph(self.paragraphs) }));
        }
    }

    /// Lays out a table. A row with a nested table in it is page layout: its cells' contents follow in order; the rows
    /// before and after it are grids of their own.
    pub fn table(&mut self, rows: Vec<Vec<RawCell>>, out: &mut Vec<Block>) {
        let mut pending: Vec<Vec<RawCell>> = Vec::new();
        for mut row in rows {
            flatten(&mut row);
            if row.iter().any(|c| c.blocks.iter().any(|b| matches!(b, Block::Grid(_)))) {
                self.grid(std::mem::take(&mut pending), out);
                for cell in row {
                    out.extend(cell.blocks);
                }
            } else {
                pending.push(row);
            }
        }
        self.grid(pending, out);
    }

    /// Takes over a grid that another reader has laid out: it gets a number and places of this document.
    pub fn adopt(&mut self, mut grid: Grid, out: &mut Vec<Block>) {
        self.grids += 1;
        grid.number = self.grids;
        for cell in &mut grid.cells {
            cell.place = Place::Table { table: self.grids, row: cell.row as u32 + 1, column: cell.column as u32 + 1 };
        }
        self.places += grid.rows.iter().map(Vec::len).sum::<usize>();
        out.push(Block::Grid(grid));
    }

    fn grid(&mut self, rows: Vec<Vec<RawCell>>, out: &mut Vec<Block>) {
        if rows.iter().all(Vec::is_empty) {
            return;
        }
        // A table of one cell is a frame around words.
        if rows.iter().map(Vec::len).sum::<usize>() == 1 {
            out.extend(rows.into_iter().flatten().flat_map(|c| c.blocks));
            return;
        }
        self.grids += 1;
        let mut layout = Layout { grid: Grid { number: self.grids, ..Grid::default() }, open: Vec::new(), height: rows.len() };
        for row in rows {
            if self.places > MAX_PLACES {
                self.overflow = true;
                break;
            }
            layout.row(row);
            self.places += layout.grid.rows.last().map_or(0, Vec::len) + 1;
        }
        out.push(Block::Grid(layout.grid));
    }
}

/// Makes words of small tables inside the cells of a row of data; whatever is larger is page layout.
fn flatten(row: &mut [RawCell]) {
    let words = |g: &Grid| g.cells.iter().map(|c| c.text.as_str()).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("；");
    let is_small = |b: &Block| match b {
        Block::Grid(g) => g.cells.len() <= 6 && words(g).chars().count() <= 40,
        Block::Paragraph(p) => p.text.chars().count() <= 100,
    };
    if row.len() < 3 || !row.iter().all(|c| c.blocks.iter().all(is_small)) {
        return;
    }
    for block in row.iter_mut().flat_map(|c| &mut c.blocks) {
        if let Block::Grid(g) = block {
            let place = g.cells.first().map_or(Place::Unknown, |c| c.place.clone());
            *block = Block::Paragraph(Paragraph { text: words(g), place });
        }
    }
}

struct Layout {
    grid: Grid,
    /// For each column, the cell that reaches into the next row and how many more rows it takes.
    open: Vec<Option<(u32, usize)>>,
    height: usize,
}

impl Layout {
    fn row(&mut self, cells: Vec<RawCell>) {
        let row = self.grid.rows.len();
        let mut places: Vec<Option<u32>> = Vec::new();
        let mut next_open: Vec<Option<(u32, usize)>> = Vec::new();
        let mut column = 0;
        for raw in cells {
            column += raw.skip.min(MAX_COLUMNS);
            while self.open.get(column).is_some_and(Option::is_some) {
                column += 1;
            }
            let columns = raw.columns.clamp(1, MAX_COLUMNS);
            if column + columns > MAX_COLUMNS {
                break;
            }
            let above = (raw.down == Down::Continues).then(|| self.above(row, column)).flatten();
            let cell = match above {
                Some(cell) => {
                    self.grid.cells[cell as usize].rows = row + 1 - self.grid.cells[cell as usize].row;
                    cell
                }
                None => self.push(raw.blocks, row, column, columns, raw.place),
            };
            let more = match raw.down {
                Down::Rows(0) => self.height - row - 1,
                Down::Rows(n) => (n - 1).min(self.height - row - 1),
                _ => 0,
            };
            if more > 0 {
                self.grid.cells[cell as usize].rows = more + 1;
            }
            let end = column + columns;
            if places.len() < end {
                places.resize(end, None);
                next_open.resize(end, None);
            }
            for c in column..end {
                places[c] = Some(cell);
                next_open[c] = (more > 0).then_some((cell, more));
            }
            column = end;
        }
        for (c, open) in self.open.iter().enumerate() {
            if let Some((cell, more)) = *open {
                if places.len() <= c {
                    places.resize(c + 1, None);
                    next_open.resize(c + 1, None);
                }
                if places[c].is_none() {
                    places[c] = Some(cell);
                    next_open[c] = (more > 1).then(|| (cell, more - 1));
                }
            }
        }
        self.open = next_open;
        self.grid.rows.push(places);
    }

    fn above(&self, row: usize, column: usize) -> Option<u32> {
        self.grid.rows.get(row.checked_sub(1)?)?.get(column).copied().flatten()
    }

    fn push(&mut self, blocks: Vec<Block>, row: usize, column: usize, columns: usize, place: Option<Place>) -> u32 {
        let mut text = String::new();
        for block in blocks {
            if let Block::Paragraph(p) = block {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&p.text);
            }
        }
        let place = place.unwrap_or(Place::Table { table: self.grid.number, row: row as u32 + 1, column: column as u32 + 1 });
        self.grid.cells.push(GridCell { text, row, column, rows: 1, columns, place });
        self.grid.cells.len() as u32 - 1
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cell(text: &str, columns: usize, rows: usize) -> RawCell {
        let mut out = Vec::new();
        Builder::default().paragraph(text, &mut out);
        RawCell { columns, down: Down::Rows(rows), ..RawCell::plain(out) }
    }

    #[test]
    fn spans_are_expanded() {
        let rows = vec![
            vec![cell("a", 1, 2), cell("b", 2, 1)],
            vec![cell("c", 1, 1), cell("d", 1, 1)],
            vec![cell("e", 100_000_000, 0)],
            vec![cell("f", 3, 70_000)],
        ];
        let mut out = Vec::new();
        Builder::default().table(rows, &mut out);
        let Block::Grid(g) = &out[0] else { panic!("a grid") };
        let text = |r: usize| g.row(r).iter().map(|(c, a, b)| format!("{}{a}{b}", g.cell(*c).text)).collect::<Vec<_>>().join(" ");
        assert_eq!(text(0), "a01 b13");
        assert_eq!(text(1), "a01 c12 d23");
        assert_eq!(text(2), "e0256");
    }
}
