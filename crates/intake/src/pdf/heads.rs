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

/// Puts the cells of a head into the rows above the body; returns how many rows that takes. `None` if it is not certain
/// which columns a label stands over.
pub(super) fn place(head: &[Row], columns: &Columns, out: &mut Vec<(Cell, usize, usize)>) -> Option<usize> {
    if head.is_empty() {
        return Some(0);
    }
    let title = title_of(head, columns);
    let head = &head[usize::from(title.is_some())..];
    let above = title.map_or(0, |text| {
        out.push(cell(text, (0, 1), (0, columns.0.len())));
        1
    });
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
        // Lines of one label stand close together.
        let tight = |leaf: &Label| leaf.top - piece.line.middle < 1.25 * piece.line.size;
        match &mut leaves[first] {
            // One column wide, with nothing over it yet that is wider: part of that column's own label.
            Some(leaf) if last - first == 1 && !below_group && tight(leaf) => leaf.add_above(piece),
            leaf @ None if last - first == 1 => *leaf = Some(Label::of(piece, (first, last))),
            _ => groups.push(Label::of(piece, (first, last))),
        }
    }
    widen(&mut groups, &leaves, columns)?;
    corner.reverse();
    let before = out.len();
    let levels = paint(&corner, &leaves, &groups, columns, out);
    for (cell, ..) in out.iter_mut().skip(before) {
        (cell.place.y0, cell.place.y1) = (cell.place.y0 + above as f32, cell.place.y1 + above as f32);
    }
    Some(above + levels)
}

/// Words at the top that stand over the whole table: alone on their line, and centred on it or ending with it, or not in
/// line with the one column that they stand over.
fn title_of(head: &[Row], columns: &Columns) -> Option<String> {
    let [piece] = head.first()?.pieces.as_slice() else { return None };
    let line = &piece.line;
    let (start, end) = (columns.0.first()?.start, columns.0.last()?.end);
    let centred = ((line.start + line.end) - (start + end)).abs() < 3.0 * line.size;
    let at_end = (line.end - end).abs() < 0.5 * line.size;
    let (first, last) = columns.of(piece);
    let beside = |p: &Piece| {
        let near = |a: f32, b: f32| (a - b).abs() < 2.5;
        let in_line = near(p.line.start, line.start) || near(p.line.end, line.end);
        !in_line && !near((p.line.start + p.line.end) / 2.0, (line.start + line.end) / 2.0)
    };
    let below = head.iter().skip(1).flat_map(|r| &r.pieces).find(|p| columns.of(p) == (first, last));
    (head.len() > 1 && (centred || at_end || last - first == 1 && below.is_some_and(beside))).then(|| piece.text.clone())
}

/// Finds the columns that each label over several stands over: words cover fewer than the cell that they stand in.
fn widen(groups: &mut [Label], leaves: &[Option<Label>], columns: &Columns) -> Option<()> {
    // What stands directly below the next labels: columns at first, then labels over several.
    let blank = |c: usize| Label {
        text: String::new(),
        columns: (c, c + 1),
        start: columns.0[c].start,
        end: columns.0[c].end,
        top: f32::MAX,
        foot: f32::MAX,
    };
    let mut below: Vec<Label> = leaves.iter().enumerate().map(|(c, l)| l.clone().unwrap_or_else(|| blank(c))).collect();
    let mut left: Vec<usize> = (0..groups.len()).collect();
    let overlap = |a: &Label, b: &Label| a.columns.0 < b.columns.1 && b.columns.0 < a.columns.1;
    while !left.is_empty() {
        let lower = |i: usize| left.iter().any(|k| groups[*k].top > groups[i].foot - 1.0);
        let mut tier: Vec<usize> = left.iter().copied().filter(|i| !lower(*i)).collect();
        if tier.is_empty() {
            return None;
        }
        left.retain(|i| !tier.contains(i));
        tier.sort_by(|a, b| groups[*a].start.total_cmp(&groups[*b].start));
        let turns = if below.len() == leaves.len() { periods(&tier, groups, leaves) } else { None };
        for (at, &i) in tier.iter().enumerate() {
            groups[i].columns = match &turns {
                Some(turns) => turns[at],
                None => {
                    let low = if at > 0 { groups[tier[at - 1]].columns.1 } else { 0 };
                    let high = tier.get(at + 1).map_or(columns.0.len(), |n| groups[*n].columns.0);
                    span(&groups[i], (low, high), &below)?
                }
            };
        }
        // From now on each stands for all that is below it.
        let whole = |i: &usize| {
            let group = &groups[*i];
            let held = || below.iter().filter(|b| overlap(group, b));
            let start = held().map(|b| b.start).fold(group.start, f32::min);
            let end = held().map(|b| b.end).fold(group.end, f32::max);
            Label { start, end, ..group.clone() }
        };
        let above: Vec<Label> = tier.iter().map(whole).collect();
        below.retain(|b| !tier.iter().any(|i| overlap(&groups[*i], b)));
        below.extend(above);
        below.sort_by_key(|b| b.columns.0);
    }
    Some(())
}

/// Where the labels of the columns come again and again in one order, each turn stands below one label.
fn periods(tier: &[usize], groups: &[Label], leaves: &[Option<Label>]) -> Option<Vec<(usize, usize)>> {
    let first = leaves.iter().position(Option::is_some)?;
    let texts: Vec<&str> = leaves[first..].iter().map(|l| l.as_ref().map_or("", |l| l.text.as_str())).collect();
    let again = |p: &usize| texts.len().is_multiple_of(*p) && (*p..texts.len()).all(|i| texts[i] == texts[i - p]);
    let period = (2..=texts.len() / 2).find(again)?;
    let turns: Vec<(usize, usize)> = (0..texts.len() / period).map(|t| (first + t * period, first + (t + 1) * period)).collect();
    // Some turns may have their label one level higher up.
    tier.iter().map(|g| turns.iter().copied().find(|t| t.0 <= groups[*g].columns.0 && t.1 >= groups[*g].columns.1)).collect()
}

/// The columns of one label over several between those of its neighbours: it begins, ends or is centred with them. `None`
/// if it does not.
fn span(group: &Label, (low, high): (usize, usize), below: &[Label]) -> Option<(usize, usize)> {
    let (first, last) = (group.columns.0.max(low), group.columns.1.min(high));
    // What is covered in part is covered as a whole.
    let from = below.iter().position(|b| b.columns.1 > first)?;
    let to = below.iter().rposition(|b| b.columns.0 < last).unwrap_or(from).max(from);
    let near = |a: f32, b: f32| (a - b).abs() < 2.0;
    // A column belongs below the label if its own label stands at the height of those that do, and not beside it.
    let held = &below[from..=to];
    let same = |l: &Label, by: fn(&Label) -> f32| held.iter().all(|h| near(by(h), by(l)));
    let free = |l: &Label| l.columns.0 >= low && l.columns.1 <= high;
    let alike = |l: &Label| free(l) && l.top >= group.foot - 2.0 && (same(l, Label::middle) || same(l, |l| l.top));
    let centre = (group.start + group.end) / 2.0;
    let off = |a: usize, b: usize| ((below[a].start + below[b].end) / 2.0 - centre).abs();
    let mut best = (from, to);
    if near(below[from].start, group.start) && off(from, to) > 2.0 {
        while best.1 + 1 < below.len() && alike(&below[best.1 + 1]) {
            best.1 += 1;
        }
    } else if near(below[to].end, group.end) && off(from, to) > 2.0 {
        while best.0 > 0 && alike(&below[best.0 - 1]) {
            best.0 -= 1;
        }
    } else {
        // As many as it can be centred over.
        let slack = 0.25 * (group.foot - group.top);
        for a in (0..=from).rev().take_while(|a| *a == from || alike(&below[*a])) {
            for b in (to..below.len()).take_while(|b| *b == to || alike(&below[*b])) {
                if off(a, b) < slack || off(a, b) < off(best.0, best.1) {
                    best = if b - a >= best.1 - best.0 || off(best.0, best.1) >= slack { (a, b) } else { best };
                }
            }
        }
    }
    let fits = near(below[best.0].start, group.start)
        || near(below[best.1].end, group.end)
        || off(best.0, best.1) < 0.5 * (group.foot - group.top);
    fits.then(|| (below[best.0].columns.0, below[best.1].columns.1))
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
