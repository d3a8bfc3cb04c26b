//! Pages become one document: tables go on over the edge of a page, lines of a paragraph are joined.

use nianbao_form::Place;

use super::layout::{Item, Layout};
use super::lines::Line;
use super::ruled::{Cell, Table};
use crate::document::{Block, Builder, Down, RawCell};

/// How far the edges of a table may move from one page to the next.
const SHIFT: f32 = 6.0;

/// A table with the pages that its parts stand on.
struct Part {
    page: u32,
    recognised: bool,
    table: Table,
}

/// Puts pages one behind the other.
pub(super) fn flow(pages: Vec<Layout>, builder: &mut Builder) -> Vec<Block> {
    let body = Body::of(&pages);
    let mut out = Vec::new();
    let mut table: Vec<Part> = Vec::new();
    let mut words = Words { body, text: String::new(), last: None, page: 0 };
    for page in pages {
        let mut top = true;
        for item in page.items {
            match item {
                Item::Line(line) => {
                    end_table(&mut table, builder, &mut out);
                    words.line(line, page.number, builder, &mut out);
                    top = false;
                }
                Item::Table(next) => {
                    words.end(builder, &mut out);
                    let goes_on = top && table.last().is_some_and(|p| p.page < page.number && is_continued(&p.table, &next));
                    if !goes_on {
                        end_table(&mut table, builder, &mut out);
                    }
                    table.push(Part { page: page.number, recognised: page.recognised, table: next });
                    top = false;
                }
            }
        }
    }
    words.end(builder, &mut out);
    end_table(&mut table, builder, &mut out);
    out
}

/// Whether a table at the top of a page goes on with the one at the end of the page before: their outer edges are the same.
fn is_continued(above: &Table, below: &Table) -> bool {
    let (a, b) = (above.bounds, below.bounds);
    above.ruled == below.ruled && (a.x0 - b.x0).abs() < SHIFT && (a.x1 - b.x1).abs() < SHIFT
}

fn end_table(parts: &mut Vec<Part>, builder: &mut Builder, out: &mut Vec<Block>) {
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
    let mut out = Vec::new();
    for part in parts {
        let ys = edges(part.table.cells.iter().flat_map(|c| [c.place.y0, c.place.y1]));
        let height = ys.len().saturating_sub(1);
        if height * columns > crate::document::MAX_PLACES {
            continue;
        }
        let mut cells: Vec<(usize, usize, usize, usize, Cell)> = part
            .table
            .cells
            .into_iter()
            .map(|c| (index(&ys, c.place.y0), index(&xs, c.place.x0), index(&ys, c.place.y1), index(&xs, c.place.x1), c))
            .filter(|(y0, x0, y1, x1, _)| y0 < y1 && x0 < x1)
            .collect();
        cells.sort_by_key(|c| (c.0, c.1));
        let mut taken = vec![false; height * columns];
        let mut cells = cells.into_iter().peekable();
        for row in 0..height {
            let place = |row: usize| Place::OnPage {
                page: part.page,
                table: 0,
                row: row as u32 + 1,
                column: 0,
                ocr: part.recognised,
            };
            let mut line = Vec::new();
            let mut column = 0;
            while column < columns {
                if taken[row * columns + column] {
                    column += 1;
                    continue;
                }
                let here = cells.next_if(|c| c.0 == row && c.1 == column);
                let (y1, x1, text) = here.map_or((row + 1, column + 1, String::new()), |c| (c.2, c.3, c.4.text));
                let free = (column..x1).take_while(|c| !taken[row * columns + c]).count();
                for r in row..y1 {
                    taken[r * columns + column..r * columns + column + free].fill(true);
                }
                let mut blocks = Vec::new();
                text.split('\n').for_each(|t| Builder::default().paragraph(t, &mut blocks));
                line.push(RawCell {
                    blocks,
                    columns: free,
                    down: Down::Rows(y1 - row),
                    skip: 0,
                    place: Some(place(row)),
                });
                column += free;
            }
            out.push(line);
        }
    }
    out
}

/// The column that running text fills.
#[derive(Clone, Copy, Debug)]
struct Body {
    left: f32,
    right: f32,
    size: f32,
    /// From one line to the next.
    pitch: f32,
}

impl Body {
    fn of(pages: &[Layout]) -> Body {
        let lines = || {
            pages.iter().flat_map(|p| &p.items).filter_map(|i| match i {
                Item::Line(l) => Some(l),
                Item::Table(_) => None,
            })
        };
        let longest = lines().map(|l| l.end - l.start).fold(0.0, f32::max);
        let long: Vec<&Line> = lines().filter(|l| l.end - l.start > 0.7 * longest).collect();
        let middle = |mut all: Vec<f32>| {
            all.sort_by(f32::total_cmp);
            all.get(all.len() / 2).copied()
        };
        let size = middle(long.iter().map(|l| l.size).collect()).unwrap_or(12.0);
        let right = middle(long.iter().map(|l| l.end).collect()).unwrap_or(0.0);
        // Lines begin at the edge or are indented; more of them begin at the edge.
        let left = middle(long.iter().map(|l| l.start).collect()).unwrap_or(0.0);
        let steps = long.windows(2).map(|w| w[1].middle - w[0].middle).filter(|s| *s > 0.8 * size && *s < 4.0 * size);
        let pitch = middle(steps.collect()).unwrap_or(1.5 * size);
        Body { left, right, size, pitch }
    }
}

/// The paragraph that is being put together.
struct Words {
    body: Body,
    text: String,
    last: Option<(Line, u32)>,
    page: u32,
}

impl Words {
    fn line(&mut self, line: Line, page: u32, builder: &mut Builder, out: &mut Vec<Block>) {
        if !self.last.as_ref().is_some_and(|(last, on)| self.body.goes_on(last, &line, *on == page)) {
            self.end(builder, out);
            self.page = page;
        }
        let text = line.text();
        let tight = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if tight(self.text.chars().next_back()) && tight(text.chars().next()) {
            self.text.push(' ');
        }
        self.text.push_str(&text.replace('\n', " "));
        self.last = Some((line, page));
    }

    fn end(&mut self, builder: &mut Builder, out: &mut Vec<Block>) {
        let before = out.len();
        builder.paragraph(&self.text, out);
        if let Some(Block::Paragraph(p)) = out.get_mut(before) {
            p.place = Place::Page(self.page);
        }
        self.text.clear();
        self.last = None;
    }
}

impl Body {
    /// Whether a line belongs to the paragraph of the line before.
    fn goes_on(&self, last: &Line, line: &Line, same_page: bool) -> bool {
        let size = last.size.max(line.size);
        if (last.size - line.size).abs() > 0.2 * size {
            return false;
        }
        if same_page && line.middle - last.middle > 1.6 * self.pitch.max(1.2 * size) {
            return false;
        }
        let full = self.right - last.end < 1.9 * size;
        // A long title is centred line by line.
        let centre = |l: &Line| (l.start + l.end) / 2.0;
        if size > 1.15 * self.size && same_page {
            return full && last.start - self.left < 2.5 * size && (centre(last) - centre(line)).abs() < size;
        }
        full && line.start < self.left + 0.8 * size
    }
}
