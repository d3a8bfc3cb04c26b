//! Tables with lines: the cells are what the lines enclose; where a line is missing between two places, a cell covers
//! both.

use super::font::UNKNOWN;
use super::geometry::{Glyph, Rect, Run};
use super::lines::{Words, cell_text, lines, padding};
use super::rules::Frame;
use super::unruled;

/// Edges closer than this are one edge.
const ONE: f32 = 4.0;
/// Places of a table, lines crossing lines.
const MAX_PLACES: usize = 60_000;
/// Share of a place's side that a line must cover to divide it from the next.
const COVERED: f32 = 0.6;

/// A cell of a table on a page.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub place: Rect,
    pub words: Words,
    /// Whether no line closes it at the bottom of the table.
    pub open: bool,
}

/// A table on a page.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub bounds: Rect,
    pub cells: Vec<Cell>,
    /// Whether lines divide its columns.
    pub ruled: bool,
}

/// The edges of a frame's places along one axis, the open ends of its lines included.
fn edges(at: impl Iterator<Item = f32>, low: f32, high: f32) -> Vec<f32> {
    let mut all: Vec<f32> = at.collect();
    all.sort_by(f32::total_cmp);
    let mut out: Vec<(f32, f32, usize)> = Vec::new();
    for x in all {
        match out.last_mut() {
            Some((first, sum, n)) if x - *sum / *n as f32 <= ONE && x - *first <= 1.5 * ONE => (*sum, *n) = (*sum + x, *n + 1),
            _ => out.push((x, x, 1)),
        }
    }
    let mut out: Vec<f32> = out.into_iter().map(|(_, sum, n)| sum / n as f32).collect();
    if out.first().is_none_or(|x| x - low > ONE) {
        out.insert(0, low);
    }
    if out.last().is_none_or(|x| high - x > ONE) {
        out.push(high);
    }
    out
}

/// The cells of a frame without their text: places between its lines, joined where no line divides them. `None` if it
/// encloses fewer than two.
pub(super) fn cells(frame: &Frame) -> Option<Vec<(Rect, bool)>> {
    let b = frame.bounds;
    let xs = edges(frame.upright.iter().map(|r| r.at), b.x0, b.x1);
    let ys = edges(frame.level.iter().map(|r| r.at), b.y0, b.y1);
    let (columns, rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
    if columns * rows < 2 || columns * rows > MAX_PLACES {
        return None;
    }
    // How much of the side of each place a line covers: right sides, then lower sides.
    let mut right = vec![0.0f32; columns * rows];
    let mut below = vec![0.0f32; columns * rows];
    for rule in &frame.upright {
        let Some(x) = nearest(&xs, rule.at).filter(|x| *x > 0 && *x < columns) else { continue };
        for row in 0..rows {
            right[row * columns + x - 1] += (rule.end.min(ys[row + 1]) - rule.start.max(ys[row])).max(0.0);
        }
    }
    for rule in &frame.level {
        let Some(y) = nearest(&ys, rule.at).filter(|y| *y > 0 && *y < rows) else { continue };
        for column in 0..columns {
            below[(y - 1) * columns + column] += (rule.end.min(xs[column + 1]) - rule.start.max(xs[column])).max(0.0);
        }
    }
    let open_right = |r: usize, c: usize| right[r * columns + c] < COVERED * (ys[r + 1] - ys[r]);
    let open_below = |r: usize, c: usize| below[r * columns + c] < COVERED * (xs[c + 1] - xs[c]);
    // Runs of places with nothing between them, then runs of the same width with nothing between those.
    let mut out: Vec<Rect> = Vec::new();
    let mut above: Vec<(usize, usize, usize)> = Vec::new();
    for r in 0..rows {
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        let mut c = 0;
        while c < columns {
            let mut end = c + 1;
            while end < columns && open_right(r, end - 1) {
                end += 1;
            }
            let over = above.iter().find(|a| a.0 == c && a.1 == end).filter(|_| r > 0 && (c..end).all(|c| open_below(r - 1, c)));
            let cell = over.map(|a| a.2);
            match cell.and_then(|at| out.get_mut(at)) {
                Some(rect) => rect.y1 = ys[r + 1],
                None => out.push(Rect { x0: xs[c], y0: ys[r], x1: xs[end], y1: ys[r + 1] }),
            }
            runs.push((c, end, cell.unwrap_or(out.len() - 1)));
            c = end;
        }
        above = runs;
    }
    let closed = |cell: &Rect| {
        let foot = frame.level.iter().filter(|r| (r.at - cell.y1).abs() <= ONE);
        foot.map(|r| (r.end.min(cell.x1) - r.start.max(cell.x0)).max(0.0)).sum::<f32>() >= COVERED * cell.width()
    };
    let at_foot = |cell: &Rect| ys.last().is_some_and(|y| cell.y1 >= *y);
    (out.len() > 1).then(|| out.into_iter().map(|c| (c, at_foot(&c) && !closed(&c))).collect())
}

fn nearest(edges: &[f32], at: f32) -> Option<usize> {
    let found = edges.iter().enumerate().min_by(|a, b| (a.1 - at).abs().total_cmp(&(b.1 - at).abs()))?;
    ((found.1 - at).abs() <= 1.5 * ONE).then_some(found.0)
}

/// Puts characters into cells; those that stand in none of them are returned.
pub(super) fn fill(places: Vec<(Rect, bool)>, bounds: Rect, glyphs: Vec<Glyph>) -> (Table, Vec<Glyph>) {
    let mut held: Vec<Vec<Glyph>> = vec![Vec::new(); places.len()];
    let mut rest = Vec::new();
    // Characters come in the order of cells, mostly.
    let mut last = 0;
    let mut find = |x: f32, y: f32| {
        let here = places.get(last).is_some_and(|p| p.0.holds(x, y));
        let at = if here { Some(last) } else { places.iter().position(|p| p.0.holds(x, y)) };
        last = at.unwrap_or(last);
        at
    };
    for mut glyph in glyphs {
        let Some(at) = find(glyph.x, glyph.y) else {
            rest.push(glyph);
            continue;
        };
        let (place, width) = (&places[at].0, glyph.end - glyph.start);
        let over = |slack: f32| glyph.start < place.x0 - slack || glyph.end > place.x1 + slack;
        if glyph.run == Run::Right && over(0.03 * glyph.size) {
            let start = find(glyph.start, glyph.y);
            if !glyph.char.is_ascii_digit() {
                // Words that are too long for their cell go on over its edge.
                held[start.unwrap_or(at)].push(glyph);
                continue;
            }
            if over(0.25 * width) {
                // A figure on the edge belongs to neither cell for certain.
                glyph.char = UNKNOWN;
                let other = start.filter(|s| *s != at).or_else(|| find(glyph.end, glyph.y)).filter(|o| *o != at);
                other.into_iter().for_each(|o| held[o].push(glyph));
            }
        }
        held[at].push(glyph);
    }
    let padding = padding(places.iter().zip(&held).map(|(p, h)| (h.as_slice(), p.0.width())));
    let cells = places.into_iter().zip(held);
    let cells =
        cells.map(|((place, open), held)| Cell { place, words: cell_text(&held, place.width(), padding), open }).collect();
    (Table { bounds, cells, ruled: true }, rest)
}

/// Whether lines divide only the rows of a table: words and figures, or figures over the whole width, stand apart from one
/// another in one cell.
pub(super) fn lacks_columns(places: &[(Rect, bool)], bounds: &Rect, glyphs: &[Glyph]) -> bool {
    let held = |place: &Rect| glyphs.iter().filter(|g| g.run == Run::Right && place.holds(g.x, g.y)).copied().collect::<Vec<_>>();
    let several = |place: &Rect| {
        let rows: Vec<unruled::Row> = lines(&held(place)).iter().map(unruled::Row::of).collect();
        let whole = place.width() > 0.9 * bounds.width();
        // Digits that are spread over a cell stand apart too, but have no words before them.
        rows.iter().any(|r| r.figures() > 2 && (whole || r.pieces.first().is_some_and(|p| !p.figure)))
    };
    let count = places.iter().map(|p| &p.0).filter(|p| p.width() > 90.0 && several(p)).count();
    count > 1 || (count == 1 && places.len() < 6)
}
