//! What every container becomes: paragraphs and grids in the order of the document, spans expanded.

use std::collections::BTreeMap;

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
    /// Pictures that may hold what the text lacks.
    pub pictures: Vec<Picture>,
    /// Of a text with lines, by the number of the line: how many characters stand in front of its first ink. Programs that
    /// keep the layout of a page tell with them where on the page it stood.
    pub indents: BTreeMap<u32, u32>,
}

/// A picture as large as a table or a page could be, unread.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Page or paragraph.
    pub place: Place,
    /// What the container calls it.
    pub part: Box<str>,
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
    /// Whether its text is not certain, as letters recognised in a picture may be: no figure is taken from it.
    pub doubtful: bool,
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
    /// Whether its text is not certain.
    pub doubtful: bool,
}

impl RawCell {
    /// A plain cell of one place.
    pub fn plain(blocks: Vec<Block>) -> RawCell {
        RawCell { blocks, columns: 1, down: Down::Rows(1), skip: 0, place: None, doubtful: false }
    }
}

/// Cuts white space and invisible characters at both ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_inkless)
}

/// Where the pictures of a document stand, in Chinese and in English; `None` if there are none.
pub(crate) fn picture_places(pictures: &[Picture]) -> Option<(String, String)> {
    const NAMED: usize = 8;
    let more = pictures.len().saturating_sub(NAMED);
    let mut zh: Vec<String> = pictures.iter().take(NAMED).map(|p| p.place.zh()).filter(|t| !t.is_empty()).collect();
    let mut en: Vec<String> = pictures.iter().take(NAMED).map(|p| p.place.to_string()).filter(|t| !t.is_empty()).collect();
    if more > 0 {
        zh.push(format!("另有{more}处"));
        en.push(format!("{more} more"));
    }
    (!zh.is_empty()).then(|| (zh.join("、"), en.join(", ")))
}

/// Whether a text is a figure, a mark for none, or something like a figure.
pub(crate) fn is_figure(text: &str) -> bool {
    use nianbao_form::{Kind, State, figure};
    let read = figure::read(text, "", Kind::Count, &[]);
    match read.state {
        State::Number | State::None => true,
        State::Text => read.note.is_some_and(|d| d.kind == figure::DoubtKind::NumberLike),
        _ => false,
    }
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

    /// A picture that stands where a paragraph could: its place.
    pub fn picture(&mut self) -> Place {
        self.paragraphs += 1;
        Place::Paragraph(self.paragraphs)
    }

    /// Takes blocks that another builder made, numbering their paragraphs and grids on.
    pub fn adopt(&mut self, mut blocks: Vec<Block>) -> Vec<Block> {
        let (paragraphs, grids) = (self.paragraphs, self.grids);
        let renumber = |place: &mut Place| match place {
            Place::Paragraph(n) => *n += paragraphs,
            Place::Table { table, .. } => *table += grids,
            _ => {}
        };
        for block in &mut blocks {
            match block {
                Block::Paragraph(p) => {
                    renumber(&mut p.place);
                    if let Place::Paragraph(n) = p.place {
                        self.paragraphs = self.paragraphs.max(n);
                    }
                }
                Block::Grid(g) => {
                    g.number += grids;
                    self.grids = self.grids.max(g.number);
                    g.cells.iter_mut().for_each(|c| renumber(&mut c.place));
                    self.places += g.rows.iter().map(|r| r.len() + 1).sum::<usize>();
                }
            }
        }
        self.overflow |= self.places > MAX_PLACES;
        blocks
    }

    /// Lays out a table. A row with a nested table in it is page layout: its cells' contents follow in order; the rows
    /// before and after it are grids of their own.
    pub fn table(&mut self, rows: Vec<Vec<RawCell>>, out: &mut Vec<Block>) {
        let holds_grid = |row: &Vec<RawCell>| row.iter().any(|c| c.blocks.iter().any(|b| matches!(b, Block::Grid(_))));
        if !rows.iter().any(holds_grid) {
            return self.grid(rows, out);
        }
        let mut pending: Vec<Vec<RawCell>> = Vec::new();
        for mut row in rows {
            flatten(&mut row);
            if holds_grid(&row) {
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
    pub fn adopt_grid(&mut self, mut grid: Grid, out: &mut Vec<Block>) {
        self.grids += 1;
        grid.number = self.grids;
        for cell in &mut grid.cells {
            cell.place = Place::Table { table: self.grids, row: cell.row as u32 + 1, column: cell.column as u32 + 1 };
        }
        self.places += grid.rows.iter().map(Vec::len).sum::<usize>();
        out.push(Block::Grid(grid));
    }

    fn grid(&mut self, rows: Vec<Vec<RawCell>>, out: &mut Vec<Block>) {
        let cells = rows.iter().map(Vec::len).sum::<usize>();
        if cells == 0 {
            return;
        }
        // A table of one cell is a frame around words.
        if cells == 1 {
            out.extend(rows.into_iter().flatten().flat_map(|c| c.blocks));
            return;
        }
        self.grids += 1;
        let mut layout = Layout::new(self.grids, rows.len(), cells);
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
    /// For each cell, whether cells below may continue it.
    merges: Vec<bool>,
    /// For each column, the cell that reaches into the next row and how many more rows it takes.
    open: Vec<Option<(u32, usize)>>,
    height: usize,
}

impl Layout {
    fn new(number: u32, height: usize, cells: usize) -> Layout {
        let grid = Grid { number, cells: Vec::with_capacity(cells), rows: Vec::with_capacity(height), ..Grid::default() };
        Layout { grid, merges: Vec::with_capacity(cells), open: Vec::new(), height }
    }

    fn row(&mut self, cells: Vec<RawCell>) {
        let row = self.grid.rows.len();
        let width = self.grid.rows.last().map_or(cells.len(), Vec::len);
        let mut places: Vec<Option<u32>> = Vec::with_capacity(width);
        let mut next_open: Vec<Option<(u32, usize)>> = Vec::new();
        let mut column = 0;
        for raw in cells {
            column += raw.skip.min(MAX_COLUMNS);
            while self.open.get(column).is_some_and(Option::is_some) {
                column += 1;
            }
            if column >= MAX_COLUMNS {
                break;
            }
            let columns = raw.columns.clamp(1, MAX_COLUMNS - column);
            let more = match raw.down {
                Down::Rows(0) => self.height - row - 1,
                Down::Rows(n) => (n - 1).min(self.height - row - 1),
                _ => 0,
            };
            let merges = matches!(raw.down, Down::Begins | Down::Continues);
            let above = (raw.down == Down::Continues).then(|| self.above(row, column)).flatten();
            let cell = match above {
                Some(cell) => self.extend(cell, row, raw.blocks),
                None => {
                    self.merges.push(merges);
                    self.push(raw.blocks, raw.doubtful, (row, column, columns), raw.place)
                }
            };
            let end = column + columns;
            places.resize(places.len().max(end), None);
            places[column..end].fill(Some(cell));
            if more > 0 {
                self.grid.cells[cell as usize].rows = more + 1;
                next_open.resize(next_open.len().max(end), None);
                next_open[column..end].fill(Some((cell, more)));
            }
            column = end;
        }
        for (c, open) in self.open.iter().enumerate() {
            let Some((cell, more)) = *open else { continue };
            if places.len() <= c {
                places.resize(c + 1, None);
            }
            if places[c].is_none() {
                places[c] = Some(cell);
            }
            // A cell that another one overlaps goes on below it, as in browsers.
            if more > 1 {
                next_open.resize(next_open.len().max(c + 1), None);
                if next_open[c].is_none_or(|n| n.1 < more - 1) {
                    next_open[c] = Some((cell, more - 1));
                }
            }
        }
        self.open = next_open;
        self.grid.rows.push(places);
    }

    /// The cell above that a cell in this place continues: one that began a merged cell. Below a plain cell there is nothing
    /// to continue, and a cell that says so stands for itself.
    fn above(&self, row: usize, column: usize) -> Option<u32> {
        let cell = self.grid.rows.get(row.checked_sub(1)?)?.get(column).copied().flatten()?;
        self.merges.get(cell as usize).copied().unwrap_or(false).then_some(cell)
    }

    /// Takes a merged cell down to a row. What stands in the covered place is not shown, and often the same words again;
    /// but a figure there makes the one that is shown doubtful, so it is kept with it.
    fn extend(&mut self, cell: u32, row: usize, blocks: Vec<Block>) -> u32 {
        let merged = &mut self.grid.cells[cell as usize];
        merged.rows = row + 1 - merged.row;
        let covered = text(blocks);
        if covered.contains(|c: char| c.is_ascii_digit() || c.is_numeric()) && covered != merged.text {
            if !merged.text.is_empty() {
                merged.text.push('\n');
            }
            merged.text.push_str(&covered);
            merged.doubtful = true;
        }
        cell
    }

    fn push(
        &mut self,
        blocks: Vec<Block>,
        doubtful: bool,
        (row, column, columns): (usize, usize, usize),
        place: Option<Place>,
    ) -> u32 {
        let place = place.unwrap_or(Place::Table { table: self.grid.number, row: row as u32 + 1, column: column as u32 + 1 });
        self.grid.cells.push(GridCell { text: text(blocks), row, column, rows: 1, columns, place, doubtful });
        self.grid.cells.len() as u32 - 1
    }
}

/// The paragraphs in a cell, one a line.
fn text(blocks: Vec<Block>) -> String {
    let mut out = String::new();
    for block in blocks {
        let Block::Paragraph(p) = block else { continue };
        if out.is_empty() {
            out = p.text;
        } else {
            out.push('\n');
            out.push_str(&p.text);
        }
    }
    out
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

    fn merged(rows: &[&[(&str, Down)]]) -> Vec<String> {
        let raw = |(text, down): &(&str, Down)| RawCell { down: *down, ..cell(text, 1, 1) };
        let mut out = Vec::new();
        Builder::default().table(rows.iter().map(|r| r.iter().map(raw).collect()).collect(), &mut out);
        let [Block::Grid(g)] = out.as_slice() else { panic!("a grid") };
        let text = |c: u32| g.cell(c).text.replace('\n', "+");
        (0..g.rows.len()).map(|r| g.row(r).iter().map(|c| text(c.0)).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn cells_that_continue() {
        use Down::{Begins, Continues, Rows};
        // The usual: one cell over three rows; a new one begins where the next says so.
        let rows: [&[(&str, Down)]; 4] = [
            &[("a", Begins), ("1", Rows(1))],
            &[("", Continues), ("2", Rows(1))],
            &[("", Continues), ("3", Rows(1))],
            &[("b", Begins), ("4", Rows(1))],
        ];
        assert_eq!(merged(&rows), ["a 1", "a 2", "a 3", "b 4"]);
        // Nothing above began a merged cell, so the figure stands for itself and the one above covers one row.
        assert_eq!(merged(&[&[("a", Rows(1)), ("5", Rows(1))], &[("b", Rows(1)), ("7", Continues)]]), ["a 5", "b 7"]);
        assert_eq!(merged(&[&[("a", Continues), ("1", Rows(1))], &[("", Continues), ("2", Rows(1))]]), ["a 1", "a 2"]);
        // Words in a covered place are not shown; a figure there is not lost.
        assert_eq!(merged(&[&[("a", Begins), ("1", Rows(1))], &[("a", Continues), ("2", Rows(1))]]), ["a 1", "a 2"]);
        assert_eq!(merged(&[&[("a", Begins), ("5", Begins)], &[("b", Continues), ("7", Continues)]]), ["a 5+7", "a 5+7"]);
    }

    #[test]
    fn a_span_beyond_every_column_keeps_its_text() {
        let rows = vec![vec![cell("a", 1, 1), cell("b", 100_000_000, 1)], vec![cell("c", 1, 1), cell("d", 1, 1)]];
        let mut out = Vec::new();
        Builder::default().table(rows, &mut out);
        let Block::Grid(g) = &out[0] else { panic!("a grid") };
        assert_eq!(g.row(0).iter().map(|(c, ..)| g.cell(*c).text.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(g.rows[0].len(), MAX_COLUMNS);
    }

    #[test]
    fn blocks_of_another_builder_are_numbered_on() {
        let make = |builder: &mut Builder| {
            let mut out = Vec::new();
            builder.paragraph("x", &mut out);
            builder.table(vec![vec![cell("a", 1, 1), cell("b", 1, 1)]], &mut out);
            out
        };
        let mut outer = Builder::default();
        let before = make(&mut outer);
        let inner = outer.adopt(make(&mut Builder::default()));
        let after = make(&mut outer);
        let numbers = |blocks: &[Block]| -> Vec<String> {
            blocks
                .iter()
                .map(|b| match b {
                    Block::Paragraph(p) => p.place.to_string(),
                    Block::Grid(g) => g.cells[1].place.to_string(),
                })
                .collect()
        };
        assert_eq!(numbers(&before), ["paragraph 1", "table 1, row 1, column 2"]);
        assert_eq!(numbers(&inner), ["paragraph 2", "table 2, row 1, column 2"]);
        assert_eq!(numbers(&after), ["paragraph 3", "table 3, row 1, column 2"]);
    }
}
