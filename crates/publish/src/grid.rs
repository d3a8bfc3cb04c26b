//! A statutory table as printed: which text stands where and how far it spans. Word, HTML and workbook are drawn from it.

use nianbao_form::{Block, Cell, Form, Forms, Layout, Line, Section};

/// What a square of a table is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// `第二十条第（一）项`, across the table.
    Item,
    /// Above the row heads.
    Corner,
    /// Head of columns.
    ColumnHead,
    /// Head of a row.
    RowHead,
    /// A figure.
    Figure,
}

/// What is printed in a figure's square.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fill {
    /// The text.
    pub(crate) text: String,
    /// How it is set off: `lower`, `derived`, `error`, `warning`, `info`, `absent`; several with blanks between.
    pub(crate) class: String,
    /// Why, in words.
    pub(crate) note: String,
}

/// Text with the rectangle that it fills.
#[derive(Clone, Debug)]
pub(crate) struct Square {
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) role: Role,
    pub(crate) cell: Option<Cell>,
    pub(crate) fill: Fill,
}

/// A printed table. Squares come row by row and cover it without a gap.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// Printed number of the table.
    pub(crate) table: String,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Rows at the top that are repeated on every page.
    pub(crate) head: usize,
    /// Width of each column in thousandths.
    pub(crate) widths: Vec<usize>,
    pub(crate) squares: Vec<Square>,
}

/// A label in a tree of heads: `level` from the outside, `levels` deep, over `len` lines from `start`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) level: usize,
    pub(crate) levels: usize,
    pub(crate) start: usize,
    pub(crate) len: usize,
    pub(crate) text: String,
}

/// Neighbours with the same outer labels share them; a label with fewer levels reaches down to the innermost.
pub(crate) fn spans(labels: &[Vec<String>], depth: usize) -> Vec<Span> {
    let mut out = Vec::new();
    for level in 0..depth {
        let mut i = 0;
        while i < labels.len() {
            let label = &labels[i];
            let mut end = i + 1;
            if label.len() > level + 1 {
                let same = |other: &Vec<String>| other.len() > level + 1 && other[..=level] == label[..=level];
                while end < labels.len() && same(&labels[end]) {
                    end += 1;
                }
            }
            if label.len() > level {
                let leaf = label.len() == level + 1;
                let levels = if leaf { depth - level } else { 1 };
                out.push(Span { level, levels, start: i, len: end - i, text: label[level].clone() });
            } else if label.is_empty() && level == 0 {
                out.push(Span { level, levels: depth, start: i, len: 1, text: String::new() });
            }
            i = end;
        }
    }
    out
}

fn depth(labels: &[Vec<String>]) -> usize {
    labels.iter().map(Vec::len).max().unwrap_or(1).max(1)
}

fn labels(lines: &[&Line]) -> Vec<Vec<String>> {
    lines.iter().map(|l| l.label.clone()).collect()
}

/// What fills the figures, and whether a local row is printed.
pub(crate) struct Filler<'f> {
    /// Text of a figure.
    pub(crate) figure: &'f dyn Fn(Cell) -> Fill,
    /// Whether a row that agencies have added is shown.
    pub(crate) local: &'f dyn Fn(&Block, usize) -> bool,
}

/// A row of another generation that agencies print in this form's table, in the place of rows of its own.
#[derive(Clone, Debug)]
pub(crate) struct Extra {
    /// The block that it is printed in, and the row that it follows.
    block: String,
    after: usize,
    label: Vec<String>,
    cells: Vec<Cell>,
}

/// Where the rows of another generation that bear these cells are printed, and the cells that have no place in the form.
pub(crate) fn extras(forms: &Forms, form: &Form, guests: &[Cell]) -> (Vec<Extra>, Vec<Cell>) {
    let mut extras: Vec<Extra> = Vec::new();
    let mut homeless: Vec<Cell> = Vec::new();
    for &cell in guests {
        let Some((_, home)) = forms.iter().find(|(_, f)| f.def(cell).is_some()) else { continue };
        let Some(def) = home.def(cell) else { continue };
        let theirs = &home.blocks[def.block];
        let places = form.alternates.iter().filter(|a| a.guest.contains(&cell)).flat_map(|a| &a.own);
        let after = places.filter_map(|own| form.def(*own)).map(|d| (d.block, d.row)).max();
        let alike = |b: &Block| b.columns.iter().map(|c| &c.id).eq(theirs.columns.iter().map(|c| &c.id));
        match after.filter(|(b, _)| alike(&form.blocks[*b])) {
            Some((b, after)) => {
                let block = form.blocks[b].id.clone();
                let cells: Vec<Cell> = (0..theirs.columns.len()).map(|c| theirs.cell(def.row, c)).collect();
                if !extras.iter().any(|e| e.cells == cells) {
                    extras.push(Extra { block, after, label: theirs.rows[def.row].label.clone(), cells });
                }
            }
            None => homeless.push(cell),
        }
    }
    (extras, homeless)
}

/// The tables of a section; for a form without sections, those of no section.
pub(crate) fn tables(form: &Form, section: Option<&Section>, filler: &Filler<'_>) -> Vec<Grid> {
    tables_with(form, section, filler, &[])
}

/// [`tables`] with rows of another generation.
pub(crate) fn tables_with(form: &Form, section: Option<&Section>, filler: &Filler<'_>, extras: &[Extra]) -> Vec<Grid> {
    let id = section.map_or("", |s| s.id.as_str());
    let note = section.map_or("", |s| s.note.as_str());
    let blocks: Vec<&Block> = form.blocks.iter().filter(|b| b.section == id).collect();
    let mut grids = Vec::new();
    let mut rest = blocks.as_slice();
    while let Some(first) = rest.first() {
        let stacked = |b: &&&Block| b.layout == Layout::Matrix && !b.item.is_empty() && b.table == first.table;
        let run = if stacked(&first) { rest.iter().take_while(stacked).count() } else { 1 };
        grids.push(match first.layout {
            Layout::Line => line_table(first, filler),
            Layout::Matrix => matrix_table(&rest[..run], note, filler, extras),
        });
        rest = &rest[run..];
    }
    grids
}

fn lcm(a: usize, b: usize) -> usize {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

fn head(role: Role, text: &str, at: (usize, usize), size: (usize, usize)) -> Square {
    let fill = Fill { text: text.to_owned(), ..Fill::default() };
    Square { row: at.0, column: at.1, rows: size.0, columns: size.1, role, cell: None, fill }
}

fn figure(filler: &Filler<'_>, cell: Cell, at: (usize, usize), columns: usize) -> Square {
    Square { row: at.0, column: at.1, rows: 1, columns, role: Role::Figure, cell: Some(cell), fill: (filler.figure)(cell) }
}

/// Items of one table one below the other; their columns share the width evenly.
fn matrix_table(blocks: &[&Block], note: &str, filler: &Filler<'_>, extras: &[Extra]) -> Grid {
    let shown = |b: &Block| (0..b.rows.len()).filter(|&r| !b.rows[r].local || (filler.local)(b, r)).collect::<Vec<_>>();
    let lines = |b: &Block| {
        let own = |r: usize| (b.rows[r].label.clone(), (0..b.columns.len()).map(|c| b.cell(r, c)).collect());
        let guests = |r: usize| extras.iter().filter(move |e| e.block == b.id && e.after == r);
        let both = |r: usize| std::iter::once(own(r)).chain(guests(r).map(|e| (e.label.clone(), e.cells.clone())));
        shown(b).into_iter().flat_map(both).collect::<Vec<(Vec<String>, Vec<Cell>)>>()
    };
    let across = blocks.iter().fold(1, |n, b| lcm(n, b.columns.len().max(1)));
    let side = blocks.iter().map(|b| depth(&labels(&b.rows.iter().collect::<Vec<_>>()))).max().unwrap_or(1);
    let columns = side + across;
    let most = blocks.iter().map(|b| b.columns.len()).max().unwrap_or(1);
    let mut squares = Vec::new();
    let mut row = 0;
    let mut repeated = 0;
    for block in blocks {
        if !block.item.is_empty() {
            squares.push(head(Role::Item, &block.item, (row, 0), (1, columns)));
            row += 1;
        }
        let each = across / block.columns.len().max(1);
        let titles = labels(&block.columns.iter().collect::<Vec<_>>());
        // A note of the section takes the corner, and the corner's words stand over the columns, as the form prints it.
        let over = usize::from(!note.is_empty());
        let deep = depth(&titles) + over;
        let corner = if over == 1 { note } else { &block.corner };
        squares.push(head(Role::Corner, corner, (row, 0), (deep, side)));
        if over == 1 {
            squares.push(head(Role::ColumnHead, &block.corner, (row, side), (1, across)));
        }
        for s in spans(&titles, deep - over) {
            let at = (row + over + s.level, side + s.start * each);
            squares.push(head(Role::ColumnHead, &s.text, at, (s.levels, s.len * each)));
        }
        row += deep;
        if blocks.len() == 1 && block.item.is_empty() {
            repeated = row;
        }
        let rows = lines(block);
        let names: Vec<Vec<String>> = rows.iter().map(|(label, _)| label.clone()).collect();
        for s in spans(&names, side) {
            squares.push(head(Role::RowHead, &s.text, (row + s.start, s.level), (s.len, s.levels)));
        }
        for (i, (_, cells)) in rows.iter().enumerate() {
            for (c, &cell) in cells.iter().enumerate() {
                squares.push(figure(filler, cell, (row + i, side + c * each), each));
            }
        }
        row += rows.len();
    }
    squares.sort_by_key(|s| (s.row, s.column));
    Grid { table: table(blocks), rows: row, columns, head: repeated, widths: widths(side, most, across), squares }
}

/// One row of figures under heads that nest.
fn line_table(block: &Block, filler: &Filler<'_>) -> Grid {
    let rows: Vec<usize> = (0..block.rows.len()).filter(|&r| !block.rows[r].local || (filler.local)(block, r)).collect();
    let mut titles = Vec::new();
    let mut cells = Vec::new();
    for &r in &rows {
        for (c, column) in block.columns.iter().enumerate() {
            titles.push(block.rows[r].label.iter().chain(&column.label).cloned().collect::<Vec<_>>());
            cells.push(block.cell(r, c));
        }
    }
    let deep = depth(&titles);
    let mut squares: Vec<Square> = spans(&titles, deep)
        .into_iter()
        .map(|s| head(Role::ColumnHead, &s.text, (s.level, s.start), (s.levels, s.len)))
        .collect();
    squares.extend(cells.iter().enumerate().map(|(i, &cell)| figure(filler, cell, (deep, i), 1)));
    squares.sort_by_key(|s| (s.row, s.column));
    Grid {
        table: block.table.clone(),
        rows: deep + 1,
        columns: cells.len(),
        head: deep,
        widths: widths(0, cells.len(), cells.len()),
        squares,
    }
}

fn table(blocks: &[&Block]) -> String {
    blocks.first().map(|b| b.table.clone()).unwrap_or_default()
}

/// As the statutory form has them: one row head is as wide as the most columns that stand beside it, of several the outer
/// ones are narrow and the innermost takes what they leave; figures share the rest.
fn widths(side: usize, most: usize, across: usize) -> Vec<usize> {
    let heads = match side {
        0 => 0,
        1 => (1000 / (most + 1)).clamp(200, 400),
        _ => 507,
    };
    let outer = |i: usize| if i == 0 { 77 } else { 94 };
    let taken: usize = (0..side.saturating_sub(1)).map(outer).sum();
    let mut widths: Vec<usize> = (0..side).map(|i| if i + 1 == side { heads.saturating_sub(taken) } else { outer(i) }).collect();
    let heads: usize = widths.iter().sum();
    let rest = 1000 - heads;
    widths.extend((0..across).map(|i| rest * (i + 1) / across.max(1) - rest * i / across.max(1)));
    widths
}

impl Grid {
    /// For every row the squares that begin in it or reach into it, from the left.
    pub(crate) fn by_row(&self) -> Vec<Vec<&Square>> {
        let mut rows: Vec<Vec<&Square>> = vec![Vec::new(); self.rows];
        for square in &self.squares {
            for row in rows.iter_mut().skip(square.row).take(square.rows) {
                row.push(square);
            }
        }
        for row in &mut rows {
            row.sort_by_key(|s| s.column);
        }
        rows
    }

    /// Whether items stand one below the other, each with a head of its own.
    pub(crate) fn stacked(&self) -> bool {
        self.squares.iter().any(|s| s.role == Role::Item)
    }

    /// Whether any figure carries a class.
    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.squares.iter().any(|s| s.fill.class.split(' ').any(|c| c == class))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use nianbao_form::Forms;

    /// Every square of every table is covered exactly once, and every cell of the form is printed exactly once.
    #[test]
    fn tables_are_covered_without_gaps() {
        let forms = Forms::built_in();
        for (_, form) in forms.iter() {
            for local in [false, true] {
                let filler = Filler { figure: &|_| Fill::default(), local: &|_, _| local };
                let mut cells = Vec::new();
                for section in &form.sections {
                    for grid in tables(form, Some(section), &filler) {
                        let mut covered = vec![0; grid.rows * grid.columns];
                        for s in &grid.squares {
                            for r in s.row..s.row + s.rows {
                                for c in s.column..s.column + s.columns {
                                    covered[r * grid.columns + c] += 1;
                                }
                            }
                            cells.extend(s.cell);
                        }
                        assert!(covered.iter().all(|n| *n == 1), "{} {}", form.id, grid.table);
                        assert_eq!(grid.widths.iter().sum::<usize>(), 1000, "{} {}", form.id, grid.table);
                        assert_eq!(grid.widths.len(), grid.columns);
                    }
                }
                cells.sort_unstable();
                let mut want: Vec<_> = form.cells.iter().chain(form.local.iter().filter(|_| local)).copied().collect();
                want.sort_unstable();
                assert_eq!(cells, want, "{}", form.id);
            }
        }
    }

    #[test]
    fn heads_of_table_four_nest_as_printed() {
        let forms = Forms::built_in();
        let form = forms.form(forms.find("2021").unwrap());
        let filler = Filler { figure: &|_| Fill::default(), local: &|_, _| false };
        let section = form.sections.iter().find(|s| s.number == "四").unwrap();
        let grid = &tables(form, Some(section), &filler)[0];
        let find = |text: &str| {
            grid.squares.iter().filter(|s| s.fill.text == text).map(|s| (s.row, s.column, s.rows, s.columns)).collect::<Vec<_>>()
        };
        assert_eq!((grid.rows, grid.columns, grid.head), (4, 15, 3));
        assert_eq!(find("行政复议"), [(0, 0, 1, 5)]);
        assert_eq!(find("行政诉讼"), [(0, 5, 1, 10)]);
        assert_eq!(find("未经复议直接起诉"), [(1, 5, 1, 5)]);
        assert_eq!(find("结果维持"), [(1, 0, 2, 1), (2, 5, 1, 1), (2, 10, 1, 1)]);
    }
}
