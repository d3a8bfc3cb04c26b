//! A row of a sheet and its label.

use crate::layout::{Sheet, Span};
use crate::sense::{self, Ink};
use crate::vocabulary::{How, Match, Use, Vocabulary};

/// A row as found.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its position in the sheet.
    pub at: usize,
    /// Its cells with the columns that they cover.
    pub cells: Vec<Span>,
    /// Those with ink in them that began in this row.
    pub inked: Vec<u32>,
    /// Its length in grid columns.
    pub width: usize,
    /// Whether a cell covers every column of it.
    pub is_full: bool,
    figures: bool,
}

impl Row {
    /// Looks at a row.
    pub(crate) fn new(sheet: &Sheet<'_>, at: usize) -> Row {
        let cells = sheet.row(at);
        let inked: Vec<u32> = cells.iter().map(|c| c.0).filter(|c| !sheet.is_blank(*c) && sheet.down(*c).start == at).collect();
        let figures = inked.iter().any(|c| sheet.sense(*c).ink == Ink::Figure);
        let (width, is_full) = sheet.width(at);
        Row { at, cells, inked, width, is_full, figures }
    }

    /// Whether it holds a label that can only be a column head, and no figure.
    pub(crate) fn is_head(&self, words: &Vocabulary<'_>, sheet: &Sheet<'_>) -> bool {
        let only_column = |c: &u32| {
            let uses = sheet.uses(words, *c);
            uses.iter().any(|u| matches!(u, Use::Column { .. })) && !uses.iter().any(|u| matches!(u, Use::Row { leaf: true, .. }))
        };
        !self.figures && self.inked.iter().any(only_column)
    }

    /// Whether it could be part of a head: a corner, or labels that are rows elsewhere.
    pub(crate) fn may_be_head(&self, words: &Vocabulary<'_>, sheet: &Sheet<'_>) -> bool {
        let fits = |c: &u32| sheet.uses(words, *c).iter().any(|u| matches!(u, Use::Column { .. } | Use::Corner));
        !self.figures && self.inked.iter().any(fits)
    }

    /// Whether it begins a head rather than going on with one.
    pub(crate) fn begins_head(&self, words: &Vocabulary<'_>, sheet: &Sheet<'_>) -> bool {
        let begins = |u: &Use| matches!(u, Use::Corner | Use::Column { level: 0, leaf: false, .. });
        self.inked.iter().any(|c| sheet.uses(words, *c).iter().any(begins))
    }

    /// Whether it has figures and no more of a label than its number: the rest of it stands in the next row.
    pub(crate) fn is_torn_off(&self, sheet: &Sheet<'_>) -> bool {
        let is_number = |text: &str| {
            let inner = text.trim_matches(['（', '）', '(', ')', '、', ' ']);
            inner.len() < text.len() && !inner.is_empty() && inner.chars().all(|c| "一二三四五六七八九十".contains(c))
        };
        let figures = self.inked.iter().filter(|c| sheet.text(**c).bytes().all(|b| b.is_ascii_digit())).count();
        figures > 1 && self.inked.iter().any(|c| is_number(sheet.text(*c)))
    }
}

/// The label of a row.
#[derive(Debug)]
pub(crate) struct Label {
    /// Rows of prints that it can mean.
    pub rows: Vec<(u16, u16)>,
    /// Cells that make it up.
    pub cells: Vec<u32>,
    /// How many of the row's cells stand before its figures.
    pub end: usize,
    /// How it was found.
    pub how: How,
}

/// What a head awaits of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// Prints of which the head names columns.
    pub prints: &'a [u16],
    /// The grid column where figures begin, if that is known.
    pub limit: Option<usize>,
    /// How many figures.
    pub columns: usize,
    /// Whether a column of row numbers stands in front.
    pub numbered: bool,
}

/// Finds the label of a row among its first cells: the innermost cell that names a row that is wanted, outer ones telling
/// apart what it leaves open. `group` is the last outer label that was seen, for rows that leave it out.
pub(crate) fn label(
    words: &Vocabulary<'_>,
    sheet: &Sheet<'_>,
    row: &Row,
    wanted: Wanted<'_>,
    group: &mut Match,
) -> Option<Label> {
    let is_value = |cell: u32| sheet.sense(cell).ink == Ink::Figure;
    // The number of the row in a column of its own is neither label nor figure.
    let skip = usize::from(wanted.numbered && row.cells.len() > 1 && is_value(row.cells[0].0));
    let in_front = |c: &&Span| wanted.limit.map_or(!is_value(c.0), |l| c.1 < l);
    let before = skip + row.cells[skip..].iter().take_while(in_front).count();
    let front = row.cells[..before].iter().map(|c| c.0).enumerate().skip(skip);
    let inked: Vec<(usize, u32)> = front.filter(|(_, c)| !sheet.is_blank(*c)).collect();
    if inked.iter().any(|(_, c)| is_value(*c)) {
        return None;
    }
    let fits = |u: &Use| match *u {
        Use::Row { print, row, leaf: true, .. } if wanted.prints.contains(&print) => Some((print, row)),
        _ => None,
    };
    let named = |label: Match| words.uses(label).iter().filter_map(fits).collect::<Vec<(u16, u16)>>();
    let (stop, back, how, mut rows) = (1..=inked.len()).rev().find_map(|stop| {
        // The label in one cell, or split over cells beside one another.
        (1..=stop.min(3)).find_map(|back| {
            let label = match &inked[stop - back..stop] {
                [(_, one)] => sheet.sense(*one).label,
                cells => sense::of(words, &cells.iter().map(|c| sheet.text(c.1)).collect::<String>()).label,
            };
            let rows = named(label);
            (!rows.is_empty()).then_some((stop, back, label.how, rows))
        })
    })?;
    let last = inked[stop - 1].0;
    // Words behind the label: another, unknown label, unless they stand where a figure should.
    if stop < inked.len() && (wanted.limit.is_some() || row.cells.len() - last - 1 > wanted.columns) {
        return None;
    }
    let outer: Vec<Match> = inked[..stop - back].iter().map(|c| sheet.sense(c.1).label).collect();
    if let Some(last) = outer.last() {
        *group = *last;
    }
    // Within one print, outer labels decide; where they are left out, the last one that was seen does.
    let is_over = |label: Match, r: &(u16, u16)| {
        words.uses(label).iter().any(|u| matches!(u, Use::Row { print, row, leaf: false, .. } if (*print, *row) == *r))
    };
    let score = |r: &(u16, u16)| (outer.iter().filter(|l| is_over(**l, r)).count(), is_over(*group, r));
    let scores: Vec<_> = rows.iter().map(|r| (r.0, score(r))).collect();
    rows.retain(|r| scores.iter().filter(|o| o.0 == r.0).all(|o| o.1 <= score(r)));
    let end = if wanted.limit.is_some() { before } else { last + 1 };
    Some(Label { rows, cells: inked[..stop].iter().map(|c| c.1).collect(), end, how })
}
