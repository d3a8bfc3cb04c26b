//! The head of a table without lines: labels stacked over their columns, and labels over several of them.

use super::columns::Columns;
use super::ruled::Cell;
use super::unruled::{Piece, Row, cell};

/// A label of the head.
#[derive(Clone, Debug)]
struct Label {
    text: String,
    columns: (usize, usize),
    start: f32,
    end: f32,
    top: f32,
    foot: f32,
}

impl Label {
    fn of(piece: &Piece, columns: (usize, usize)) -> Label {
        let (middle, half) = (piece.line.middle, 0.5 * piece.line.size);
        let (start, end) = (piece.line.start, piece.line.end);
        Label { text: piece.text.clone(), columns, start, end, top: middle - half, foot: middle + half }
    }

    /// Adds a line above.
    fn add_above(&mut self, piece: &Piece) {
        self.text = format!("{}\n{}", piece.text, self.text);
        self.top = piece.line.middle - 0.5 * piece.line.size;
        (self.start, self.end) = (self.start.min(piece.line.start), self.end.max(piece.line.end));
    }

    fn middle(&self) -> f32 {
        (self.top + self.foot) / 2.0
    }
}

/// Puts the cells of a head into the rows above the body; returns how many rows that takes.
pub(super) fn place(head: &[Row], columns: &Columns, out: &mut Vec<(Cell, usize, usize)>) -> usize {
    if head.is_empty() {
        return 0;
    }
    let mut corner: Vec<String> = Vec::new();
    let mut leaves: Vec<Option<Label>> = vec![None; columns.0.len()];
    let mut groups: Vec<Label> = Vec::new();
    for piece in head.iter().rev().flat_map(|r| &r.pieces) {
        let (first, last) = columns.of(piece);
        if !columns.is_over_figures(piece) {
            corner.push(piece.text.clone());
            continue;
        }
        let below_group = groups.iter().any(|g| g.columns.0 <= first && g.columns.1 >= last);
        match &mut leaves[first] {
            // One column wide, with nothing over it yet that is wider: part of that column's own label.
            Some(leaf) if last - first == 1 && !below_group => leaf.add_above(piece),
            leaf @ None if last - first == 1 => *leaf = Some(Label::of(piece, (first, last))),
            _ => groups.push(Label::of(piece, (first, last))),
        }
    }
    widen(&mut groups, &leaves, columns);
    corner.reverse();
    paint(&corner, &leaves, &groups, columns, out)
}

/// Finds the columns that each label over several stands over: words cover fewer than the cell that they stand in.
fn widen(groups: &mut [Label], leaves: &[Option<Label>], columns: &Columns) {
    // Labels at one height divide the columns between them.
    groups.sort_by(|a, b| b.top.total_cmp(&a.top).then(a.start.total_cmp(&b.start)));
    let mut at = 0;
    while at < groups.len() {
        let mut end = at + 1;
        while end < groups.len() && groups[at].top - groups[end].top < 0.6 * (groups[at].foot - groups[at].top) {
            end += 1;
        }
        groups[at..end].sort_by(|a, b| a.start.total_cmp(&b.start));
        let (below, level) = groups.split_at_mut(at);
        let level = &mut level[..end - at];
        if let Some(periods) = periods(level, leaves).filter(|_| below.is_empty()) {
            level.iter_mut().zip(periods).for_each(|(g, p)| g.columns = p);
        } else {
            for i in 0..level.len() {
                let low = if i > 0 { level[i - 1].columns.1 } else { 0 };
                let high = level.get(i + 1).map_or(columns.0.len(), |n| n.columns.0);
                level[i].columns = span(&level[i], (low, high), leaves, below, columns);
            }
        }
        at = end;
    }
}

/// Where the labels of the columns come again and again in one order, each turn stands below one label.
fn periods(groups: &[Label], leaves: &[Option<Label>]) -> Option<Vec<(usize, usize)>> {
    let first = leaves.iter().position(Option::is_some)?;
    let texts: Vec<&str> = leaves[first..].iter().map(|l| l.as_ref().map_or("", |l| l.text.as_str())).collect();
    let period = (2..=texts.len() / 2).find(|p| texts.len() % p == 0 && (*p..texts.len()).all(|i| texts[i] == texts[i - p]))?;
    let turns: Vec<(usize, usize)> = (0..texts.len() / period).map(|t| (first + t * period, first + (t + 1) * period)).collect();
    // Some turns may have their label one level higher up.
    groups.iter().map(|g| turns.iter().copied().find(|t| t.0 <= g.columns.0 && t.1 >= g.columns.1)).collect()
}

/// The columns of one label over several between those of its neighbours: it begins or is centred with them.
fn span(
    group: &Label,
    (low, high): (usize, usize),
    leaves: &[Option<Label>],
    below: &[Label],
    columns: &Columns,
) -> (usize, usize) {
    let (mut first, mut last) = group.columns;
    // Labels one level down that are covered in part are covered as a whole.
    for b in below.iter().map(|b| b.columns) {
        if b.0 < last && b.1 > first {
            (first, last) = (first.min(b.0), last.max(b.1));
        }
    }
    (first, last) = (first.max(low), last.min(high).max(first.max(low) + 1));
    let leaf = |c: usize| leaves.get(c).and_then(Option::as_ref);
    let held: Vec<&Label> = (first..last).filter_map(leaf).collect();
    let near = |a: f32, b: f32| (a - b).abs() < 2.0;
    // A column belongs below the label if its own label stands at the height of those that do, and not beside it.
    let alike = |l: &Label| {
        let same = |by: fn(&Label) -> f32| held.len() > 1 && held.iter().all(|h| near(by(h), by(held[0]))) && near(by(l), by(held[0]));
        l.top >= group.foot - 2.0 && (same(Label::middle) || same(|l| l.top))
    };
    let start = |c: usize| leaf(c).map_or(columns.0[c].start, |l| l.start);
    let end = |c: usize| leaf(c).map_or(columns.0[c].end, |l| l.end);
    let begins = near(start(first), group.start);
    let centred = |a: usize, b: usize| ((start(a) + end(b - 1)) / 2.0 - (group.start + group.end) / 2.0).abs();
    let mut best = (first, last);
    if begins {
        while best.1 < high && leaf(best.1).is_some_and(alike) {
            best.1 += 1;
        }
        return best;
    }
    for a in (low..=first).rev() {
        for b in last..=high {
            let fits = (a..first).chain(last..b).all(|c| leaf(c).is_some_and(alike));
            if fits && centred(a, b) + 1.0 < centred(best.0, best.1) {
                best = (a, b);
            }
        }
    }
    best
}

/// Makes cells: every column goes down from its outermost label to its own.
fn paint(
    corner: &[String],
    leaves: &[Option<Label>],
    groups: &[Label],
    columns: &Columns,
    out: &mut Vec<(Cell, usize, usize)>,
) -> usize {
    let depth = |c: usize| groups.iter().filter(|g| g.columns.0 <= c && c < g.columns.1).count();
    let levels = 1 + (0..columns.0.len()).map(depth).max().unwrap_or(0);
    let figures = columns.0.iter().position(|c| c.figures).unwrap_or(0);
    let words_end = if corner.is_empty() { 0 } else { figures };
    if words_end > 0 {
        out.push(cell(corner.join("\n"), (0, levels), (0, words_end)));
    }
    for (at, group) in groups.iter().enumerate() {
        // Those that are wider stand above it.
        let outer = |g: &Label| g.columns.0 <= group.columns.0 && g.columns.1 >= group.columns.1 && g.foot < group.top + 1.0;
        let row = groups.iter().enumerate().filter(|(i, g)| *i != at && outer(g)).count();
        out.push(cell(group.text.clone(), (row, row + 1), group.columns));
    }
    for (column, leaf) in leaves.iter().enumerate() {
        if let Some(leaf) = leaf {
            out.push(cell(leaf.text.clone(), (depth(column).min(levels - 1), levels), (column, column + 1)));
        }
    }
    levels
}
