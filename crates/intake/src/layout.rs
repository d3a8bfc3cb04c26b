//! A grid as the matcher looks at it: what every cell's text is, and which way its labels run.

use std::ops::Range;

use nianbao_form::Place;

use crate::document::{Grid, GridCell};
use crate::sense::{self, Ink, Sense};
use crate::vocabulary::{Use, Vocabulary};

/// A grid, upright or turned so that its row labels stand at the left.
#[derive(Debug)]
pub(crate) struct Sheet<'d> {
    /// The grid that it was made of.
    pub grid: &'d Grid,
    /// Whether blanks at the end of its rows were cut off: rows of text of several lengths, none of which ends in a blank.
    pub trimmed: bool,
    senses: Vec<Sense>,
    /// The cell that covers each place, row by row, if rows have become columns.
    turned: Option<Vec<Vec<Option<u32>>>>,
}

/// A cell in a row with the columns that it covers there.
pub(crate) type Span = (u32, usize, usize);

impl<'d> Sheet<'d> {
    /// The grid as it stands.
    pub(crate) fn new(words: &Vocabulary<'_>, grid: &'d Grid) -> Sheet<'d> {
        let senses = grid.cells.iter().map(|c| sense::of(words, &c.text)).collect();
        let mut sheet = Sheet { grid, trimmed: false, senses, turned: None };
        sheet.trimmed = grid.tabbed && sheet.is_trimmed();
        sheet
    }

    fn is_trimmed(&self) -> bool {
        let rows = &self.grid.rows;
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let has_figure = |r: &&Vec<Option<u32>>| r.iter().flatten().any(|c| self.sense(*c).ink == Ink::Figure);
        let blank_end = |r: &Vec<Option<u32>>| r.last().copied().flatten().is_some_and(|c| self.is_blank(c));
        // One short row may have lost a cell; several are how the text was made.
        let short = rows.iter().filter(has_figure).filter(|r| r.len() < width).count();
        short > 2 && !rows.iter().filter(has_figure).any(blank_end)
    }

    fn places(&self) -> &[Vec<Option<u32>>] {
        self.turned.as_deref().unwrap_or(&self.grid.rows)
    }

    /// Whether rows have become columns.
    pub(crate) fn is_turned(&self) -> bool {
        self.turned.is_some()
    }

    /// Whether any cell is told to cover several columns.
    pub(crate) fn has_spans(&self) -> bool {
        self.grid.cells.iter().any(|c| if self.is_turned() { c.rows > 1 } else { c.columns > 1 })
    }

    /// How many rows it has.
    pub(crate) fn height(&self) -> usize {
        self.places().len()
    }

    /// Length of a row in grid columns, and whether a cell covers each of them.
    pub(crate) fn width(&self, row: usize) -> (usize, bool) {
        let places = &self.places()[row];
        (places.len(), places.iter().all(Option::is_some))
    }

    /// The distinct cells of a row from left to right.
    pub(crate) fn row(&self, row: usize) -> Vec<Span> {
        let places = &self.places()[row];
        let mut out: Vec<Span> = Vec::with_capacity(places.len());
        for (column, cell) in places.iter().enumerate() {
            let Some(cell) = *cell else { continue };
            match out.last_mut() {
                Some((last, _, end)) if *last == cell && *end == column => *end += 1,
                _ => out.push((cell, column, column + 1)),
            }
        }
        out
    }

    fn cell(&self, cell: u32) -> &'d GridCell {
        &self.grid.cells[cell as usize]
    }

    /// Text of a cell.
    pub(crate) fn text(&self, cell: u32) -> &'d str {
        &self.cell(cell).text
    }

    /// Place of a cell in the document.
    pub(crate) fn place(&self, cell: u32) -> &'d Place {
        &self.cell(cell).place
    }

    /// Whether the reader is not certain of the text.
    pub(crate) fn is_doubtful(&self, cell: u32) -> bool {
        self.cell(cell).doubtful
    }

    /// The rows that a cell covers.
    pub(crate) fn down(&self, cell: u32) -> Range<usize> {
        let c = self.cell(cell);
        let (start, size) = if self.is_turned() { (c.column, c.columns) } else { (c.row, c.rows) };
        start..start + size
    }

    /// What the text of a cell is.
    pub(crate) fn sense(&self, cell: u32) -> Sense {
        self.senses[cell as usize]
    }

    /// Whether a cell has no ink.
    pub(crate) fn is_blank(&self, cell: u32) -> bool {
        self.sense(cell).ink == Ink::Blank
    }

    /// What a cell can mean as a label.
    pub(crate) fn uses<'v>(&self, words: &'v Vocabulary<'_>, cell: u32) -> &'v [Use] {
        words.uses(self.sense(cell).label)
    }

    /// Whether a cell is the label of a row.
    pub(crate) fn is_row_label(&self, words: &Vocabulary<'_>, cell: u32) -> bool {
        self.uses(words, cell).iter().any(|u| matches!(u, Use::Row { leaf: true, .. }))
    }

    /// The rows between headings of items that stand alone in a row, and those headings: labels run one way in each.
    pub(crate) fn parts(&self, words: &Vocabulary<'_>) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut start = 0;
        for row in 0..self.height() {
            if self.is_item_row(words, row) {
                out.extend((start < row).then_some(start..row));
                out.push(row..row + 1);
                start = row + 1;
            }
        }
        out.extend((start < self.height()).then_some(start..self.height()));
        out
    }

    /// Whether a row holds the heading of an item and nothing else; a heading may stand in every place that it covers.
    fn is_item_row(&self, words: &Vocabulary<'_>, row: usize) -> bool {
        let mut inked = self.places()[row].iter().flatten().copied().filter(|c| !self.is_blank(*c)).peekable();
        inked.peek().is_some() && inked.all(|c| self.uses(words, c).contains(&Use::Item))
    }

    /// Which way the labels of some rows run: column labels left of the figures or row labels above them run down. What
    /// runs down is turned where every row is whole, so that its columns are certain.
    pub(crate) fn run(&self, words: &Vocabulary<'_>, range: Range<usize>) -> Run<'d> {
        if !self.runs_down(words, range.clone()) {
            return Run::Across;
        }
        let rows = &self.grid.rows[range];
        let width = rows.first().map_or(0, Vec::len);
        if !rows.iter().all(|r| r.len() == width && r.iter().all(Option::is_some)) {
            return Run::Unclear;
        }
        let turned = (0..width).map(|c| rows.iter().map(|r| r[c]).collect()).collect();
        Run::Down(Sheet { grid: self.grid, trimmed: false, senses: self.senses.clone(), turned: Some(turned) })
    }

    /// Whether more figures have a column label at their left or a row label above them than the other way round; in a
    /// form without figures the blanks tell.
    fn runs_down(&self, words: &Vocabulary<'_>, range: Range<usize>) -> bool {
        let mut above: Vec<Side> = Vec::new();
        let (mut figures, mut blanks) = (0i32, 0i32);
        for row in &self.grid.rows[range] {
            let mut left = Side::Unknown;
            above.resize(above.len().max(row.len()), Side::Unknown);
            for (column, cell) in row.iter().enumerate() {
                let Some(cell) = *cell else { continue };
                if let Some(side) = self.side(words, cell) {
                    (left, above[column]) = (side, side);
                    continue;
                }
                let both = (left, above[column]);
                let vote = match both {
                    (Side::Row, Side::Row) | (Side::Column, Side::Column) => 0,
                    (Side::Row, _) | (_, Side::Column) => 1,
                    (Side::Column, _) | (_, Side::Row) => -1,
                    _ => 0,
                };
                if !self.is_blank(cell) {
                    figures += vote;
                } else if both.0 != Side::Unknown && both.1 != Side::Unknown {
                    // A blank beside one label may be part of a head.
                    blanks += vote;
                }
            }
        }
        if figures == 0 { blanks < 0 } else { figures < 0 }
    }

    /// What a label is, if it can be but one; `None` for what is no label.
    fn side(&self, words: &Vocabulary<'_>, cell: u32) -> Option<Side> {
        let uses = self.uses(words, cell);
        if uses.is_empty() {
            return None;
        }
        let row = uses.iter().any(|u| matches!(u, Use::Row { .. }));
        let column = uses.iter().any(|u| matches!(u, Use::Column { .. }));
        Some(match (row, column) {
            (true, false) => Side::Row,
            (false, true) => Side::Column,
            _ => Side::Unknown,
        })
    }
}

/// Which way labels run.
#[derive(Debug)]
pub(crate) enum Run<'d> {
    /// Row labels at the left, column labels on top.
    Across,
    /// The other way round; turned.
    Down(Sheet<'d>),
    /// The other way round, but a row has lost or gained a cell: which label belongs to which figure is not certain.
    Unclear,
}

/// What a label near a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Row,
    Column,
    Unknown,
}
