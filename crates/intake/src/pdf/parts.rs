//! Tables that go on over the edge of a page become one grid: rows that the edge cut in two are put together again, and a
//! head that is printed once more is left out.

use nianbao_form::{Kind, Place, State, figure, label};

use super::geometry::Rect;
use super::lines::Words;
use super::ruled::{Cell, Table};
use crate::document::{Block, Builder, Down, MAX_PLACES, RawCell};

/// How far the edges of a table may move from one page to the next.
const SHIFT: f32 = 6.0;

/// What stands on one page of a table.
pub(super) struct Part {
    pub page: u32,
    pub recognised: bool,
    pub table: Table,
}

impl Part {
    /// Whether it goes on with the part on the page before: their outer edges are the same.
    pub(super) fn continues(&self, above: &Part) -> bool {
        let (a, b) = (above.table.bounds, self.table.bounds);
        self.page > above.page
            && above.table.ruled == self.table.ruled
            && (a.x0 - b.x0).abs() < SHIFT
            && (a.x1 - b.x1).abs() < SHIFT
    }
}

/// A cell with the rows and columns that it covers.
#[derive(Clone, Debug)]
struct Placed {
    rows: (usize, usize),
    columns: (usize, usize),
    words: Words,
    page: u32,
    /// Row on its page, from 0.
    on_page: usize,
    recognised: bool,
}

impl Placed {
    fn is_tall(&self) -> bool {
        self.rows.1 - self.rows.0 > 1
    }

    fn is_blank(&self) -> bool {
        figure::is_blank(&self.words.text)
    }

    /// Whether it holds a figure or a mark of none rather than words.
    fn is_figure(&self) -> bool {
        matches!(figure::read(&self.words.text, "", Kind::Count, &[]).state, State::Number | State::None)
    }

    /// Whether its words can be the end of what `above` says.
    fn ends(&self, above: &Placed) -> bool {
        let folded = label::fold(&self.words.text);
        !above.is_blank() && above.words.full && label::split_number(&folded).is_none()
    }
}

/// Puts the parts of a table into the document.
pub(super) fn end_table(parts: &mut Vec<Part>, builder: &mut Builder, out: &mut Vec<Block>) {
    if parts.is_empty() {
        return;
    }
    let before = out.len();
    builder.table(rows(std::mem::take(parts)), out);
    for block in out.iter_mut().skip(before) {
        let Block::Grid(grid) = block else { continue };
        let number = grid.number;
        for cell in &mut grid.cells {
            if let Place::OnPage { table, column, .. } = &mut cell.place {
                (*table, *column) = (number, cell.column as u32 + 1);
            }
        }
    }
}

/// Edges of cells along one axis; those closer than a letter are one.
fn edges(at: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut all: Vec<f32> = at.collect();
    all.sort_by(f32::total_cmp);
    let mut out: Vec<(f32, f32)> = Vec::new();
    for x in all {
        match out.last_mut() {
            Some((_, last)) if x - *last <= 3.0 => *last = x,
            _ => out.push((x, x)),
        }
    }
    out.into_iter().map(|(a, b)| (a + b) / 2.0).collect()
}

fn index(edges: &[f32], at: f32) -> usize {
    edges.iter().enumerate().min_by(|a, b| (a.1 - at).abs().total_cmp(&(b.1 - at).abs())).map_or(0, |e| e.0)
}

/// The rows of a table from the places of its cells.
fn rows(parts: Vec<Part>) -> Vec<Vec<RawCell>> {
    let xs = edges(parts.iter().flat_map(|p| &p.table.cells).flat_map(|c| [c.place.x0, c.place.x1]));
    let columns = xs.len().saturating_sub(1);
    let mut all: Vec<Placed> = Vec::new();
    let mut height = 0;
    for part in parts {
        let ys = edges(part.table.cells.iter().flat_map(|c| [c.place.y0, c.place.y1]));
        let mut cells: Vec<Placed> = Vec::with_capacity(part.table.cells.len());
        for Cell { place: Rect { x0, y0, x1, y1 }, words, .. } in part.table.cells {
            let (rows, columns) = ((index(&ys, y0), index(&ys, y1)), (index(&xs, x0), index(&xs, x1)));
            if rows.0 < rows.1 && columns.0 < columns.1 {
                cells.push(Placed { rows, columns, words, page: part.page, on_page: rows.0, recognised: part.recognised });
            }
        }
        let rows = ys.len().saturating_sub(1);
        height = if all.is_empty() { append(&mut all, cells, 0, rows) } else { go_on(&mut all, cells, height, rows) };
        if height * columns > MAX_PLACES {
            break;
        }
    }
    raw_rows(all, height, columns)
}

/// Adds cells below; returns the new height.
fn append(all: &mut Vec<Placed>, cells: Vec<Placed>, at: usize, rows: usize) -> usize {
    all.extend(cells.into_iter().map(|mut c| {
        c.rows = (c.rows.0 + at, c.rows.1 + at);
        c
    }));
    at + rows
}

/// Adds the cells of the next page below those so far; returns the new height.
fn go_on(all: &mut Vec<Placed>, mut cells: Vec<Placed>, height: usize, mut rows: usize) -> usize {
    let head = repeated_head(all, &cells);
    cells.retain(|c| c.rows.0 >= head);
    cells.iter_mut().for_each(|c| c.rows = (c.rows.0 - head, c.rows.1 - head));
    rows -= head.min(rows);
    let Some(pairs) = pairs(all, &cells, height) else { return append(all, cells, height, rows) };
    let split = is_split(all, &cells, &pairs);
    if !split && is_doubtful(all, &cells, &pairs) {
        to_words(&mut cells);
        return append(all, cells, height, rows);
    }
    let at = if split { height - 1 } else { height };
    let mut gone = vec![false; cells.len()];
    for (above, below) in pairs {
        let (a, b) = (&all[above], &cells[below]);
        // A label beside several rows goes on beside those of the next page, which have labels of their own.
        let labelled = |cells: &[Placed], by: &Placed, row: usize| {
            cells.iter().any(|c| c.rows.0 == row && c.columns.0 >= by.columns.1 && !c.is_blank() && !c.is_figure())
        };
        let tall = (a.is_tall() || b.is_tall())
            && (a.is_blank() != b.is_blank())
            && (!a.is_figure() && !b.is_figure())
            && (labelled(&cells, b, 0) && labelled(all, a, height - 1));
        if split || tall {
            let text = std::mem::take(&mut cells[below].words);
            let end = cells[below].rows.1 + at;
            let above = &mut all[above];
            above.rows.1 = above.rows.1.max(end);
            if !figure::is_blank(&text.text) {
                if !above.words.text.is_empty() {
                    above.words.text.push('\n');
                }
                above.words.text.push_str(&text.text);
                above.words.full = text.full;
                above.words.doubtful |= text.doubtful;
            }
            gone[below] = true;
        }
    }
    let mut index = 0..;
    cells.retain(|_| !index.next().is_some_and(|i| gone[i]));
    append(all, cells, at, rows)
}

/// How many rows at the top of a page say the same as those at the top of the table.
fn repeated_head(all: &[Placed], cells: &[Placed]) -> usize {
    let first = all.first().map_or(0, |c| c.page);
    let row = |cells: &[Placed], row: usize| -> Vec<Placed> {
        cells.iter().filter(|c| c.rows.0 == row && !(c.page != first && c.on_page != row)).cloned().collect()
    };
    let same = |a: &Placed, b: &Placed| {
        a.columns == b.columns && a.rows == b.rows && label::fold(&a.words.text) == label::fold(&b.words.text)
    };
    let mut head = 0;
    loop {
        let above: Vec<Placed> = row(all, head).into_iter().filter(|c| c.page == first).collect();
        let below = row(cells, head);
        let equal = !above.is_empty() && above.len() == below.len() && above.iter().zip(&below).all(|(a, b)| same(a, b));
        // Rows of figures are repeated only behind a head.
        if !equal || (head == 0 && above.iter().any(Placed::is_figure)) || head > 8 {
            break;
        }
        head += 1;
    }
    // A cell of the head must not reach below it.
    if cells.iter().any(|c| c.rows.0 < head && c.rows.1 > head) { 0 } else { head }
}

/// The cells at the bottom of what is above with those at the top of what is below, if they have the same edges.
fn pairs(all: &[Placed], cells: &[Placed], height: usize) -> Option<Vec<(usize, usize)>> {
    let last = |(i, c): (usize, &Placed)| (c.rows.1 == height).then_some((c.columns, i));
    let first = |(i, c): (usize, &Placed)| (c.rows.0 == 0).then_some((c.columns, i));
    let mut above: Vec<((usize, usize), usize)> = all.iter().enumerate().filter_map(last).collect();
    let mut below: Vec<((usize, usize), usize)> = cells.iter().enumerate().filter_map(first).collect();
    above.sort();
    below.sort();
    let same = above.len() > 1 && above.len() == below.len() && above.iter().zip(&below).all(|(a, b)| a.0 == b.0);
    same.then(|| above.iter().zip(&below).map(|(a, b)| (a.1, b.1)).collect())
}

/// Whether the first row of a page is the rest of the last row of the page before. Labels that are broken off and go on,
/// and figures without a label below a label without figures, show it; in doubt it is a row of its own.
fn is_split(all: &[Placed], cells: &[Placed], pairs: &[(usize, usize)]) -> bool {
    let pairs: Vec<(&Placed, &Placed)> = pairs.iter().filter_map(|(a, b)| Some((all.get(*a)?, cells.get(*b)?))).collect();
    let single: Vec<(&Placed, &Placed)> = pairs.iter().copied().filter(|(a, b)| !a.is_tall() && !b.is_tall()).collect();
    let inked: Vec<(&Placed, &Placed)> = single.iter().copied().filter(|(_, b)| !b.is_blank()).collect();
    // Figures that stand without a label at the foot of the page are those of the label at the top of the next.
    for row in [&pairs, &single] {
        let bare = row.iter().all(|(a, _)| a.is_blank() || a.is_figure()) && row.iter().any(|(a, _)| a.is_figure());
        if bare && row.iter().any(|(_, b)| !b.is_blank() && !b.is_figure()) {
            return row.iter().all(|(a, b)| a.is_blank() || b.is_blank());
        }
    }
    if inked.is_empty() {
        return false;
    }
    let (figures, words): (Vec<_>, Vec<_>) = inked.iter().copied().partition(|(_, b)| b.is_figure());
    let words_end = words.iter().all(|(a, b)| b.ends(a));
    let none_above = !single.iter().any(|(a, _)| a.is_figure());
    if figures.is_empty() {
        return words_end && words.iter().all(|(a, b)| !a.is_figure() || b.words.text.chars().count() <= 3);
    }
    if words.is_empty() {
        // A figure cut in two is put together so that it can be seen to be no number.
        let labelled = single.iter().any(|(a, b)| !a.is_blank() && !a.is_figure() && b.is_blank());
        let cut = figures.iter().all(|(a, _)| a.is_figure() && a.words.full);
        return labelled && (cut || figures.iter().all(|(a, _)| a.is_blank()) && none_above);
    }
    words_end && none_above && figures.iter().all(|(a, _)| a.is_blank())
}

/// Whether the first row of a page may be the rest of a label whose figures are on the page before: as a row of its own all
/// its places would be blank.
fn is_doubtful(all: &[Placed], cells: &[Placed], pairs: &[(usize, usize)]) -> bool {
    let single =
        pairs.iter().filter_map(|(a, b)| Some((all.get(*a)?, cells.get(*b)?))).filter(|(a, b)| !a.is_tall() && !b.is_tall());
    let pairs: Vec<(&Placed, &Placed)> = single.collect();
    let words = || pairs.iter().filter(|(_, b)| !b.is_blank());
    pairs.len() > 2
        && pairs.iter().any(|(a, _)| a.is_figure())
        && words().count() > 0
        && words().all(|(_, b)| !b.is_figure() && label::split_number(&label::fold(&b.words.text)).is_none())
}

/// Makes the first row of a page one cell of words.
fn to_words(cells: &mut Vec<Placed>) {
    let first = |c: &Placed| c.rows == (0, 1);
    let text = cells.iter().filter(|c| first(c) && !c.is_blank()).map(|c| c.words.text.as_str()).collect::<Vec<_>>().join("\n");
    let end = cells.iter().filter(|c| first(c)).map(|c| c.columns.1).max().unwrap_or(0);
    let Some(at) = cells.iter().position(first) else { return };
    let kept = Placed { columns: (cells[at].columns.0, end), words: Words { text, ..Words::default() }, ..cells[at].clone() };
    cells.retain(|c| !first(c));
    cells.push(kept);
}

/// Rows as the document takes them; places that no cell covers are blank.
fn raw_rows(mut all: Vec<Placed>, height: usize, columns: usize) -> Vec<Vec<RawCell>> {
    all.sort_by_key(|c| (c.rows.0, c.columns.0));
    let mut taken = vec![false; height * columns];
    let mut cells = all.into_iter().peekable();
    let mut out = Vec::with_capacity(height);
    let (mut page, mut on_page, mut recognised) = (0, 0, false);
    for row in 0..height {
        let mut line = Vec::new();
        let mut column = 0;
        while cells.next_if(|c| c.rows.0 < row).is_some() {}
        if let Some(next) = cells.peek().filter(|c| c.rows.0 == row) {
            (page, on_page, recognised) = (next.page, next.on_page, next.recognised);
        }
        while column < columns {
            if taken[row * columns + column] {
                column += 1;
                continue;
            }
            while cells.next_if(|c| c.rows.0 == row && c.columns.0 < column).is_some() {}
            let here = cells.next_if(|c| c.rows.0 == row && c.columns.0 == column);
            let blank = (row + 1, column + 1, Words::default());
            let (end, right, words) = here.map_or(blank, |c| (c.rows.1, c.columns.1, c.words));
            let free = (column..right.min(columns)).take_while(|c| !taken[row * columns + c]).count().max(1);
            for r in row..end.min(height) {
                taken[r * columns + column..r * columns + column + free].fill(true);
            }
            let mut blocks = Vec::new();
            words.text.split('\n').for_each(|t| Builder::default().paragraph(t, &mut blocks));
            let place = Place::OnPage { page, table: 0, row: on_page as u32 + 1, column: 0, ocr: recognised };
            let (down, doubtful) = (Down::Rows(end - row), words.doubtful);
            line.push(RawCell { columns: free, down, doubtful, place: Some(place), ..RawCell::plain(blocks) });
            column += free;
        }
        out.push(line);
    }
    out
}
