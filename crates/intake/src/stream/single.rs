//! Tables of which only the column of totals is filled, as many small agencies do: one figure a row, all others blank.
//!
//! The order of the figures tells their rows where there are as many of them as rows, and the labels on their lines agree.
//! That they stand in the column of totals is told by the place of the first ones, right of everything else in the head. A
//! figure without a label beside it is sure only if the identities of that column hold with every figure in its place.

use std::collections::BTreeMap;

use nianbao_form::{Cell, Number};

use super::gaps;
use super::lexicon::Lexicon;
use super::tokens::{Stream, What};
use super::zone::{Item, Zone};

/// A row of such a table.
#[derive(Debug)]
pub(crate) struct Total {
    pub row: usize,
    /// The event of its figure.
    pub figure: usize,
    /// Whether no other row can have this figure.
    pub sure: bool,
}

/// The rows of such a table and the column of the totals; `None` where it is not certain that it is one. `read` gives the
/// number that a figure is in a cell.
pub(crate) fn totals(
    words: &Lexicon<'_>,
    stream: &Stream<'_>,
    zone: &Zone,
    read: &dyn Fn(Cell, usize) -> Option<Number>,
) -> Option<(usize, Vec<Total>)> {
    let block = &words.parts[usize::from(zone.part)];
    let rows = block.own_rows();
    let column = zone.order.last().copied().filter(|c| c + 1 == block.columns.len() && zone.order.len() > 2)?;
    let is_total = |row: usize| words.forms.def(block.form, block.cell(row, column)).is_some_and(|d| d.total);
    let figures: Vec<usize> =
        (zone.range.0..zone.range.1).filter(|i| matches!(stream.events[*i].what, What::Figure { .. })).collect();
    let line = |event: usize| stream.events[event].line;
    let spoiled = |i: &usize| matches!(stream.events[*i].what, What::Figure { spoiled: true, .. });
    if rows < 3
        || figures.len() != rows
        || figures.windows(2).any(|w| line(w[0]) == line(w[1]))
        || figures.iter().any(spoiled)
        || !(0..rows).all(is_total)
    {
        return None;
    }
    let named = named(words, stream, zone, &figures)?;
    if 2 * named.iter().filter(|n| **n).count() < rows || !is_rightmost(words, stream, zone, &figures, column) {
        return None;
    }
    let numbers: BTreeMap<Cell, Number> = figures
        .iter()
        .enumerate()
        .map(|(row, figure)| Some((block.cell(row, column), read(block.cell(row, column), *figure)?)))
        .collect::<Option<_>>()?;
    let identities = &words.forms.form(block.form).identities;
    let whole = |i: &&nianbao_form::Identity| i.terms().all(|t| numbers.contains_key(&t.0));
    let holds = |i: &nianbao_form::Identity| {
        i.terms().map(|(c, k)| numbers.get(&c).map_or(0, |n| i128::from(k) * i128::from(n.millionths()))).sum::<i128>() == 0
    };
    let own: Vec<_> = identities.iter().filter(whole).collect();
    let proved = own.iter().all(|i| holds(i)) && numbers.keys().all(|c| own.iter().any(|i| i.terms().any(|t| t.0 == *c)));
    // Of figures that stand below one another with no label beside them, a page may have turned the order.
    let lone = |at: usize| named[at] || (proved && (at == 0 || named[at - 1]) && named.get(at + 1).is_none_or(|n| *n));
    Some((column, figures.iter().enumerate().map(|(row, f)| Total { row, figure: *f, sure: lone(row) }).collect()))
}

/// For each figure, in the order of the rows, whether its row is named on its line; `None` if another row is.
fn named(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, figures: &[usize]) -> Option<Vec<bool>> {
    let mut named = vec![false; figures.len()];
    for item in &zone.items {
        let (Item::Label { event, .. } | Item::Strange { event }) = item else { continue };
        let e = &stream.events[*event];
        let Some(at) = figures.iter().position(|f| stream.events[*f].line == e.end_line) else { continue };
        match item {
            Item::Label { row, .. } if *row == at => named[at] = true,
            Item::Strange { .. } if gaps::is_made_of(words, stream, zone, *event, &[]) => {}
            Item::Strange { .. } if gaps::is_made_of(words, stream, zone, *event, &[at]) => named[at] = true,
            _ => return None,
        }
    }
    Some(named)
}

/// Whether the first figures stand below one another and right of all that the head prints but the label of the column.
fn is_rightmost(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, figures: &[usize], column: usize) -> bool {
    let block = &words.parts[usize::from(zone.part)];
    let label = block.columns[column].last().map_or("", String::as_str);
    let head = stream.events[zone.head].from..stream.events.get(zone.range.0).map_or(0, |e| e.from);
    let (mut end, mut own) = (0, None);
    for at in head {
        let Some(x) = stream.x(at) else { return false };
        if label.contains(stream.letters[at].c) {
            own = Some(own.map_or(x, |o: u32| o.min(x)));
        } else {
            end = end.max(x + 1);
        }
    }
    let x = |at: usize| stream.x(stream.events[figures[at]].from);
    let (Some(first), Some(second), Some(own)) = (x(0), x(1), own) else { return false };
    let last = |at: usize| stream.x(stream.events[figures[at]].to - 1);
    // At the label of the column, or right of it.
    let reaches = |at: usize| last(at).is_some_and(|x| x >= own);
    // Where one blank stands between label and figure, the text does not keep the layout.
    let apart = |at: usize| {
        let from = stream.events[figures[at]].from;
        let before =
            from.checked_sub(1).and_then(|b| stream.x(b)).filter(|_| stream.letters[from - 1].line == stream.letters[from].line);
        x(at).is_some_and(|x| x > before.map_or(0, |b| b + 1) + 1)
    };
    first >= end && second >= end && end > 0 && (0..2).all(|at| apart(at) && reaches(at))
}
