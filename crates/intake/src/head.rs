//! The head of a table: which columns it names, from labels that stand over one another.

use std::collections::VecDeque;

use crate::layout::Sheet;
use crate::sense::{self, Ink};
use crate::tables::money_unit;
use crate::vocabulary::{How, Match, Use, Vocabulary, key};

/// A named column of a table.
#[derive(Clone, Debug)]
pub(crate) struct Leaf<'d> {
    /// Grid columns that it covers, if the geometry is to be trusted.
    pub range: Option<(usize, usize)>,
    /// The grid column behind its innermost label.
    pub end: usize,
    /// Its labels from the outermost inwards.
    pub path: Vec<&'d str>,
    /// How the innermost was found.
    pub how: How,
    /// Whether its innermost label is a label of its own and not that of a group.
    pub own: bool,
    /// Whether a group label that the form prints over it stands elsewhere in the head: its place is not to be trusted.
    pub displaced: bool,
    /// The columns of forms that it can mean: print, column.
    pub means: Vec<(u16, u16)>,
    /// Unit of money that its labels print.
    pub unit: Option<&'static str>,
}

/// The rows of a head that have been seen so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head<'v, 'd> {
    /// For each row its cells.
    rows: Vec<Vec<Token<'v, 'd>>>,
    /// Length of each row in grid columns, and whether cells cover all of it.
    widths: Vec<(usize, bool)>,
    /// The row behind the last one that a cell of it covers, in its sheet.
    reach: usize,
}

#[derive(Clone, Debug)]
struct Token<'v, 'd> {
    id: u32,
    text: &'d str,
    ink: Ink,
    label: Match,
    uses: &'v [Use],
    range: (usize, usize),
    /// Whether the cell began in this row.
    begins: bool,
}

impl Token<'_, '_> {
    fn is_blank(&self) -> bool {
        self.ink == Ink::Blank
    }

    fn columns(&self) -> impl Iterator<Item = (u16, u16, u8, bool)> + '_ {
        self.uses.iter().filter_map(|u| match *u {
            Use::Column { print, column, level, leaf } => Some((print, column, level, leaf)),
            _ => None,
        })
    }

    fn is_leaf(&self) -> bool {
        self.columns().any(|c| c.3)
    }

    /// A label that has others below it.
    fn is_group(&self) -> bool {
        self.columns().any(|c| !c.3)
    }

    fn is_corner(&self) -> bool {
        self.is_blank() || self.is_number() || (self.uses.contains(&Use::Corner) && !self.is_leaf())
    }

    /// The head of a column that numbers the rows.
    fn is_number(&self) -> bool {
        self.uses.is_empty()
            && self.text.len() <= 24
            && matches!(key(self.text).as_str(), "序号" | "编号" | "行次" | "序" | "no" | "行号" | "栏次")
    }
}

impl<'v, 'd> Head<'v, 'd> {
    /// Whether nothing was seen.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether it has a label over several columns.
    pub(crate) fn is_grouped(&self) -> bool {
        self.rows.iter().flatten().any(|t| t.is_group() && !t.is_leaf())
    }

    /// How many rows were seen.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The row behind the last one that a cell of it covers.
    pub(crate) fn reach(&self) -> usize {
        self.reach
    }

    /// Adds a row of a sheet.
    pub(crate) fn push(&mut self, words: &'v Vocabulary<'_>, sheet: &Sheet<'d>, row: usize) {
        let tokens = sheet.row(row).into_iter().map(|(id, start, end)| {
            let sense = sheet.sense(id);
            let begins = sheet.down(id).start == row;
            let uses = words.uses(sense.label);
            Token { id, text: sheet.text(id), ink: sense.ink, label: sense.label, uses, range: (start, end), begins }
        });
        self.rows.push(tokens.collect());
        self.reach = sheet.row(row).iter().map(|c| sheet.down(c.0).end).max().unwrap_or(0);
        self.widths.push(sheet.width(row));
    }

    /// Whether its first column numbers the rows.
    pub(crate) fn is_numbered(&self) -> bool {
        self.rows.iter().filter_map(|r| r.first()).any(Token::is_number)
    }

    /// Whether all that the head leaves out is blanks cut off at the end of its rows: then places and order name the same
    /// columns, each with a place of its own, and this is how wide the table is.
    pub(crate) fn cut_width(&self, words: &Vocabulary<'_>) -> Option<usize> {
        let named = |leaves: Vec<Leaf<'_>>| leaves.into_iter().map(|l| l.means).skip_while(Vec::is_empty).collect::<Vec<_>>();
        let (place, order) = (named(self.by_place(words)), named(self.by_order(words, 0)));
        (!place.is_empty() && place == order && !place.iter().any(Vec::is_empty))
            .then(|| self.widths.iter().map(|w| w.0).max())?
    }

    /// The width that all its rows share, if they do and no place in them is left out.
    pub(crate) fn width(&self) -> Option<usize> {
        let (first, _) = *self.widths.first()?;
        self.widths.iter().all(|w| *w == (first, true)).then_some(first)
    }

    /// The columns by geometry: over each grid column the labels that cover it. An empty cell belongs to the group label
    /// to its left, for heads that print empty cells in place of spans.
    pub(crate) fn by_place(&self, words: &Vocabulary<'_>) -> Vec<Leaf<'d>> {
        let width = self.widths.iter().map(|w| w.0).max().unwrap_or(0);
        let mut leaves: Vec<Leaf<'d>> = Vec::new();
        let mut last: Vec<&Token<'v, 'd>> = Vec::new();
        let mut either: Vec<(usize, Means)> = Vec::new();
        for column in 0..width {
            let path = self.over(column);
            if path.last().is_none_or(|t| t.is_corner()) || path.iter().all(|t| t.is_corner()) {
                last.clear();
                continue;
            }
            // One cell, or its text in every place that it covers.
            let same = last.len() == path.len() && last.iter().zip(&path).all(|(a, b)| a.id == b.id || a.text == b.text);
            if same {
                if let Some(Leaf { range: Some((_, end)), .. }) = leaves.last_mut() {
                    *end = column + 1;
                }
                continue;
            }
            let found = leaf(words, &path);
            // A label that reaches below the next group, as writers round their edges, is still one column.
            let reaches = last.last().zip(path.last()).is_some_and(|(a, b)| a.id == b.id && b.is_leaf());
            let at = leaves.len().saturating_sub(1);
            if let (true, Some(Leaf { range: Some((_, end)), .. })) = (reaches, leaves.last_mut()) {
                *end = column + 1;
                either.push((at, found.means));
                last = path;
                continue;
            }
            let displaced = found.means.iter().any(|m| self.is_group_elsewhere(*m, &path));
            leaves.push(Leaf { range: Some((column, column + 1)), displaced, ..found });
            last = path;
        }
        settle(&mut leaves, either);
        leaves
    }

    /// Whether the head has a group label of a column, but not over it.
    fn is_group_elsewhere(&self, (print, column): (u16, u16), path: &[&Token<'_, '_>]) -> bool {
        let is_group = |t: &Token<'_, '_>| !t.is_leaf() && t.columns().any(|(p, c, _, leaf)| p == print && c == column && !leaf);
        self.rows.iter().flatten().any(is_group) && !path.iter().any(|t| is_group(t))
    }

    /// The labels over a grid column from the top down, each once.
    fn over(&self, column: usize) -> Vec<&Token<'v, 'd>> {
        let mut path: Vec<&Token<'v, 'd>> = Vec::new();
        for tokens in &self.rows {
            let Some(at) = tokens.iter().position(|t| (t.range.0..t.range.1).contains(&column)) else { continue };
            let token = if tokens[at].is_blank() {
                let left = tokens[..at].iter().rev().find(|t| !t.is_blank());
                match left {
                    // Only while nothing above names the column: a blank below a label is that label going down.
                    Some(t) if t.is_group() && !t.is_leaf() && !path.last().is_some_and(|p| p.is_leaf()) => t,
                    _ => continue,
                }
            } else {
                &tokens[at]
            };
            if path.last().is_none_or(|t| t.id != token.id) {
                path.push(token);
            }
        }
        path
    }

    /// The columns of a line of figures whose group labels stand in words before the table (`spoken`, in their order): the
    /// innermost labels are those of the whole line, column for column, and each of its groups is named, once and in order.
    pub(crate) fn by_words(&self, words: &Vocabulary<'_>, spoken: &[Match]) -> Vec<Leaf<'d>> {
        let [row] = self.rows.as_slice() else { return Vec::new() };
        let tokens: Vec<&Token<'v, 'd>> = row.iter().filter(|t| t.begins).collect();
        let names =
            |t: &Token<'_, '_>, print: u16, at: usize| t.columns().any(|c| (c.0, usize::from(c.1), c.3) == (print, at, true));
        let line = words.prints.iter().enumerate().map(|(at, p)| (at as u16, p)).find(|(at, print)| {
            let whole = print.is_line && print.columns == tokens.len();
            whole && tokens.iter().enumerate().all(|(i, t)| names(t, *at, i)) && print.is_spoken(words, *at, spoken)
        });
        let Some((print, _)) = line else { return Vec::new() };
        let leaf = |(at, t): (usize, &&Token<'_, 'd>)| Leaf {
            range: Some(t.range),
            end: t.range.1,
            path: vec![t.text],
            how: t.label.how,
            own: true,
            displaced: false,
            means: vec![(print, at as u16)],
            unit: money_unit(t.text),
        };
        tokens.iter().enumerate().map(leaf).collect()
    }

    /// The columns by structure, where geometry is not known or contradicts itself: every group label takes its parts
    /// from the next row, in order. `cells` is how many cells the row of figures has.
    pub(crate) fn by_order(&self, words: &Vocabulary<'_>, cells: usize) -> Vec<Leaf<'d>> {
        let mut queues: Vec<VecDeque<&Token<'v, 'd>>> =
            self.rows.iter().map(|row| row.iter().filter(|t| t.begins).collect()).collect();
        let tokens = || self.rows.iter().flatten().filter(|t| t.begins);
        let whole = tokens().count();
        let plain = tokens().filter(|t| t.is_corner()).count() <= 1 && !tokens().any(Token::is_group);
        let mut leaves = Vec::new();
        let mut tops: Vec<usize> = Vec::new();
        for row in 0..queues.len() {
            while let Some(token) = queues[row].pop_front() {
                if !token.is_corner() {
                    tops.push(row);
                }
                expand(words, &mut queues, row, vec![token], &mut leaves);
            }
        }
        // Labels that no group above has taken stand beside those above, but only where an empty line has broken one row
        // into pieces: then there is but one level, and the pieces together are as long as the row of figures. Else a
        // group label is missing, and with it the order.
        tops.dedup();
        if tops.len() > 1 && (whole != cells || !plain) {
            leaves.clear();
        }
        leaves
    }
}

/// Columns of forms: print, column.
type Means = Vec<(u16, u16)>;

/// Labels that reach below several groups mean what no other label of the head means; if that is not one thing, nothing.
fn settle(leaves: &mut [Leaf<'_>], either: Vec<(usize, Means)>) {
    let elsewhere = |leaves: &[Leaf<'_>], at: usize, means: &Means| {
        leaves.iter().enumerate().any(|(i, l)| i != at && means.iter().any(|m| l.means.contains(m)))
    };
    let mut by_leaf: std::collections::BTreeMap<usize, Vec<Means>> = std::collections::BTreeMap::new();
    for (at, means) in either {
        by_leaf.entry(at).or_insert_with(|| vec![leaves[at].means.clone()]).push(means);
    }
    for (at, candidates) in by_leaf {
        let mut free: Vec<Means> = candidates.into_iter().filter(|m| !m.is_empty() && !elsewhere(leaves, at, m)).collect();
        free.dedup();
        leaves[at].means = if free.len() == 1 { free.remove(0) } else { Vec::new() };
    }
}

/// Follows a label down: a group takes those labels of the next row that are its parts, until one comes again.
fn expand<'t, 'v, 'd>(
    words: &Vocabulary<'_>,
    queues: &mut [VecDeque<&'t Token<'v, 'd>>],
    row: usize,
    path: Vec<&'t Token<'v, 'd>>,
    leaves: &mut Vec<Leaf<'d>>,
) {
    let Some(token) = path.last().copied() else { return };
    let mut took = false;
    let mut below = row + 1;
    if token.is_group() && !token.is_blank() {
        // The parts stand in the next row, or below the rows that the group covers.
        while below < queues.len() && !took {
            let mut seen: Vec<&[Use]> = Vec::new();
            loop {
                while queues[below].front().is_some_and(|t| t.is_blank()) && !took {
                    queues[below].pop_front();
                }
                let Some(&next) = queues[below].front() else { break };
                if next.is_blank() || seen.contains(&next.uses) || !is_part(&path, next) {
                    break;
                }
                queues[below].pop_front();
                seen.push(next.uses);
                took = true;
                let mut deeper = path.clone();
                deeper.push(next);
                expand(words, queues, below, deeper, leaves);
            }
            below += 1;
        }
    } else if below < queues.len() && queues[below].front().is_some_and(|t| t.is_blank()) {
        // The blank below a label that goes down over several rows.
        queues[below].pop_front();
    }
    if !took && !token.is_corner() {
        leaves.push(leaf(words, &path));
    }
}

/// Whether a label stands below the last one of a path in some form.
fn is_part(path: &[&Token<'_, '_>], next: &Token<'_, '_>) -> bool {
    let Some(group) = path.last() else { return false };
    next.columns().any(|(print, column, level, _)| group.columns().any(|(p, c, l, _)| p == print && c == column && l < level))
}

/// What a path of labels can mean: columns whose innermost label is the last one, those with most outer labels in the
/// path before others.
fn leaf<'d>(words: &Vocabulary<'_>, path: &[&Token<'_, 'd>]) -> Leaf<'d> {
    let texts: Vec<&str> = path.iter().map(|t| t.text).collect();
    let mut label = path.last().map(|t| t.label).unwrap_or_default();
    let mut outer = path.len().saturating_sub(1);
    let names_column = |label: Match| words.uses(label).iter().any(|u| matches!(u, Use::Column { leaf: true, .. }));
    if !names_column(label) {
        // A label that was split over several cells, one below the other.
        for start in (0..path.len().saturating_sub(1)).rev() {
            let found = sense::of(words, &texts[start..].concat()).label;
            if names_column(found) {
                (label, outer) = (found, start);
                break;
            }
        }
    }
    let mut best: Vec<(usize, u16, u16)> = Vec::new();
    for u in words.uses(label) {
        let Use::Column { print, column, leaf: true, level } = *u else { continue };
        let above =
            || path[..outer].iter().flat_map(|t| t.columns()).filter(|(p, c, l, _)| *p == print && *c == column && *l < level);
        // Where outer labels are rows of the form, the nearest of them must be seen, or named by the label itself.
        let rows = words.prints[print as usize].outer(column as usize);
        if rows > 0 && level >= rows && !above().any(|c| c.2 == rows - 1) {
            continue;
        }
        best.push((above().count() + usize::from(level < rows), print, column));
    }
    // Most outer labels first, print by print.
    let mut means: Vec<(u16, u16)> = Vec::new();
    for (score, print, column) in &best {
        let top = best.iter().filter(|b| b.1 == *print).map(|b| b.0).max();
        if Some(*score) == top && !means.contains(&(*print, *column)) {
            means.push((*print, *column));
        }
    }
    // A line of figures is meant where its outer labels were seen; the same labels as plain columns are then not.
    if means.iter().any(|(p, _)| words.prints[*p as usize].is_line) {
        means.retain(|(p, _)| words.prints[*p as usize].is_line);
    }
    let own = path.last().is_some_and(|t| !t.is_group() || t.is_leaf());
    let unit = texts.iter().rev().find_map(|t| money_unit(t));
    let end = path.last().map_or(0, |t| t.range.1);
    Leaf { range: None, end, path: texts, how: label.how, own, displaced: false, means, unit }
}
