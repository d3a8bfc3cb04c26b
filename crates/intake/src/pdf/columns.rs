//! The columns of a table without lines.

use super::unruled::{Piece, Row};

/// A column: from where to where its words and figures stand.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub start: f32,
    pub end: f32,
    /// Whether figures stand in it.
    pub figures: bool,
}

/// The columns of a table from left to right.
#[derive(Clone, Debug)]
pub(super) struct Columns(pub Vec<Column>);

impl Columns {
    /// Edges between columns, one more than there are columns.
    pub(super) fn edges(&self) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        out.extend(self.0.first().map(|c| c.start - 2.0));
        out.extend(self.0.windows(2).map(|w| (w[0].end.min(w[1].start) + w[1].start) / 2.0));
        out.extend(self.0.last().map(|c| c.end + 2.0));
        out
    }

    /// The columns that a piece stands in.
    pub(super) fn of(&self, piece: &Piece) -> (usize, usize) {
        let edges = self.edges();
        let slack = 0.35 * piece.line.size;
        let inside = |i: usize| piece.line.start < edges[i + 1] - slack && piece.line.end > edges[i] + slack;
        let found = (0..self.0.len()).filter(|i| inside(*i));
        let (first, last) = found.fold((usize::MAX, 0), |(a, b), i| (a.min(i), b.max(i)));
        if first == usize::MAX {
            let middle = (piece.line.start + piece.line.end) / 2.0;
            let at = edges.iter().skip(1).position(|e| middle < *e).unwrap_or(self.0.len()).min(self.0.len() - 1);
            return (at, at + 1);
        }
        (first, last + 1)
    }

    /// Whether a piece stands over a column of figures.
    pub(super) fn is_over_figures(&self, piece: &Piece) -> bool {
        let (first, last) = self.of(piece);
        self.0[first..last].iter().any(|c| c.figures)
    }

    /// Whether rows of another page go into these columns: each figure into one column of figures, no two into one.
    pub(super) fn fit(&self, rows: &[Row]) -> bool {
        let mut any = false;
        for row in rows.iter().filter(|r| r.figures() > 0) {
            let mut taken = vec![false; self.0.len()];
            for piece in row.pieces.iter().filter(|p| p.figure) {
                let (first, last) = self.of(piece);
                if last - first != 1 || !self.0[first].figures || taken[first] {
                    return false;
                }
                taken[first] = true;
            }
            any = true;
        }
        // A head of its own is a table of its own.
        let first = rows.iter().position(|r| r.figures() > 0).unwrap_or(0);
        any && !rows[..first].iter().any(|r| r.pieces.len() > 1)
    }
}

/// The columns of the page before, with those that divide its words on this page too.
pub(super) fn carry(carried: &Columns, rows: &[Row]) -> Columns {
    let figures: Vec<Column> = carried.0.iter().filter(|c| c.figures).cloned().collect();
    let mut all = carried.0.clone();
    for new in word_columns(rows, 0, &figures) {
        // A column of words begins where none of the others does, inside of one of them.
        let inside = all.iter().rposition(|c| c.start + 3.0 < new.start).filter(|at| !all[*at].figures);
        if let Some(at) = inside.filter(|_| !all.iter().any(|c| (c.start - new.start).abs() < 3.0)) {
            let next = all.get(at + 1).map_or(f32::MAX, |c| c.start);
            if new.start < next {
                all[at].end = all[at].end.min(new.start - 1.0);
                all.insert(at + 1, new);
            }
        }
    }
    Columns(all)
}

/// The columns of figures of the page before, with those that the words of this page stand in.
pub(super) fn carry_figures(carried: &Columns, rows: &[Row]) -> Option<Columns> {
    let mut all: Vec<Column> = carried.0.iter().filter(|c| c.figures).cloned().collect();
    let words = word_columns(rows, 0, &all);
    all.extend(words);
    all.sort_by(|a, b| a.start.total_cmp(&b.start));
    all.windows(2).all(|w| w[0].end <= w[1].start + 1.0).then_some(Columns(all))
}

/// Joins pieces that stand over one another; `None` where two pieces of one row would be joined.
fn clusters<'p>(rows: impl Iterator<Item = Vec<&'p Piece>>) -> Option<Vec<Column>> {
    let mut out: Vec<Column> = Vec::new();
    let rows: Vec<Vec<&Piece>> = rows.collect();
    let mut pieces: Vec<&&Piece> = rows.iter().flatten().collect();
    pieces.sort_by(|a, b| a.line.start.total_cmp(&b.line.start));
    for piece in pieces {
        match out.last_mut() {
            Some(last) if piece.line.start < last.end - 0.5 => last.end = last.end.max(piece.line.end),
            _ => out.push(Column { start: piece.line.start, end: piece.line.end, figures: true }),
        }
    }
    let single = |row: &Vec<&Piece>| {
        let at = |p: &&Piece| out.iter().position(|c| p.overlaps(c.start, c.end));
        let places: Vec<_> = row.iter().map(at).collect();
        (1..places.len()).all(|i| !places[..i].contains(&places[i]))
    };
    rows.iter().all(single).then_some(out)
}

/// Finds the columns of rows; figures begin in row `first`.
pub(super) fn infer(rows: &[Row], first: usize) -> Option<Columns> {
    let figures = rows.iter().filter(|r| r.figures() > 0).map(|r| r.pieces.iter().filter(|p| p.figure).collect());
    let mut columns = clusters(figures)?;
    if columns.len() > 64 {
        return None;
    }
    // Labels end where the first column of figures begins, as far as rows with figures tell.
    let body = || rows.iter().filter(|r| r.figures() > 0);
    let words = || body().flat_map(|r| r.pieces.iter().filter(|p| !p.figure));
    if words().any(|p| columns.iter().any(|c| p.overlaps(c.start + 0.5, c.end - 0.5))) {
        // Words in a column of figures are fine, across one they are not.
        let across = |p: &Piece| columns.iter().filter(|c| p.overlaps(c.start + 0.5, c.end - 0.5)).count() > 1;
        if words().any(across) {
            return None;
        }
    }
    let left = columns.first()?.start;
    let labels = words().filter(|p| p.line.end < left).map(|p| p.line.end).fold(f32::MIN, f32::max);
    add_blank_columns(rows, first, labels, &mut columns);
    let mut all = word_columns(rows, first, &columns);
    all.extend(columns);
    all.sort_by(|a, b| a.start.total_cmp(&b.start));
    (all.len() > 1 && all.windows(2).all(|w| w[0].end <= w[1].start + 1.0)).then_some(Columns(all))
}

/// Columns whose figures are all left blank show in the head alone; and heads that are wider than the figures below them
/// make columns wider.
fn add_blank_columns(rows: &[Row], first: usize, labels: f32, columns: &mut Vec<Column>) {
    for row in rows[..first].iter().rev() {
        for piece in row.pieces.iter().filter(|p| p.line.start > labels) {
            let over: Vec<usize> =
                (0..columns.len()).filter(|i| piece.overlaps(columns[*i].start - 0.5, columns[*i].end + 0.5)).collect();
            match over.as_slice() {
                [] => {
                    columns.push(Column { start: piece.line.start, end: piece.line.end, figures: true });
                    columns.sort_by(|a, b| a.start.total_cmp(&b.start));
                }
                [one] => {
                    // Not so wide as to reach into the next column: then it is a label over several.
                    let low = if *one > 0 { columns[one - 1].end } else { labels };
                    let high = columns.get(one + 1).map_or(f32::MAX, |c| c.start);
                    let column = &mut columns[*one];
                    column.start = column.start.min(piece.line.start.max(low + 1.0));
                    column.end = column.end.max(piece.line.end.min(high - 1.0));
                }
                _ => {}
            }
        }
    }
}

/// Columns of words to the left of figures, between them and to the right.
fn word_columns(rows: &[Row], first: usize, figures: &[Column]) -> Vec<Column> {
    let mut out = Vec::new();
    let mut low = f32::MIN;
    for high in figures.iter().map(|c| c.start).chain([f32::MAX]) {
        let inside = |p: &&Piece| p.line.start >= low - 0.5 && p.line.end <= high + 0.5;
        let lines: Vec<Vec<&Piece>> = rows[first..].iter().map(|r| r.pieces.iter().filter(inside).collect()).collect();
        out.extend(split_words(&lines));
        low = figures.iter().find(|c| c.start == high).map_or(low, |c| c.end);
    }
    out
}

/// Where several lines begin below one another, right of words that end before: a column begins there, even if its words
/// never stand on one line with those to the left. With each the end of what is left of it.
fn starts(pieces: &[&Piece]) -> Vec<(f32, f32)> {
    let mut all: Vec<f32> = pieces.iter().map(|p| p.line.start).collect();
    all.sort_by(f32::total_cmp);
    let mut out = Vec::new();
    for group in all.chunk_by(|a, b| b - a < 1.5).filter(|g| g.len() > 2) {
        let at = group[0];
        // Words that go on across it are few: those that stand for both columns.
        let across = pieces.iter().filter(|p| p.line.start < at - 3.0 && p.line.end > at + 3.0).count();
        if 2 * across > group.len() {
            continue;
        }
        let left = pieces.iter().filter(|p| p.line.start < at - 3.0 && p.line.end < at + 0.5).map(|p| p.line.end);
        out.extend(left.reduce(f32::max).map(|end| (end.min(at - 0.02), at)));
    }
    out
}

/// Splits words into columns: where two stand on one line with a gap, some edge lies in it.
fn split_words(lines: &[Vec<&Piece>]) -> Vec<Column> {
    let all = || lines.iter().flatten();
    let start = all().map(|p| p.line.start).fold(f32::MAX, f32::min);
    let end = all().map(|p| p.line.end).fold(f32::MIN, f32::max);
    if start >= end {
        return Vec::new();
    }
    let mut gaps: Vec<(f32, f32)> = lines.iter().flat_map(|l| l.windows(2).map(|w| (w[0].line.end, w[1].line.start))).collect();
    gaps.extend(starts(&all().copied().collect::<Vec<_>>()));
    gaps.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut cuts: Vec<f32> = Vec::new();
    for (from, to) in gaps {
        if cuts.last().is_none_or(|c| *c <= from) && to > from {
            cuts.push(to - 0.01);
        }
    }
    let mut out = Vec::new();
    let mut low = start;
    for cut in cuts.into_iter().chain([end]) {
        // How far the words of the column reach, those that go on into the next one left aside.
        let reach =
            all().filter(|p| p.line.start >= low - 0.5 && p.line.end <= cut + 0.5).map(|p| p.line.end).fold(low, f32::max);
        out.push(Column { start: low, end: reach, figures: false });
        low = cut + 0.01;
    }
    out.retain(|c| c.end > c.start);
    out
}
