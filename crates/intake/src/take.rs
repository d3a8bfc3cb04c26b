//! Giving the cells of a row to cells of the form: with a row label, and in the one line of figures that has none.

use std::borrow::Cow;

use nianbao_form::{Cell, Place};

use crate::explain::Became;
use crate::found::{Entry, Loose, RowText};
use crate::head::Leaf;
use crate::layout::Sheet;
use crate::pair::{self, Doubt, Paired, Spot, Way};
use crate::row::Row;
use crate::sense::Ink;
use crate::tables::{Columns, TableReader};
use crate::vocabulary::{How, Use};

/// A row that is about to be taken: what names it, and how it is laid out.
#[derive(Debug)]
pub(crate) struct Taken<'a, 'd> {
    /// Place of its first cell.
    pub place: &'d Place,
    /// The rows of forms that it can mean: print, row.
    pub rows: &'a [(u16, u16)],
    /// The columns of its head.
    pub leaves: &'a [Leaf<'d>],
    /// Its cells behind the label.
    pub cells: &'a [u32],
    /// Texts of its label.
    pub names: Vec<&'d str>,
    /// Unit of money that its label prints.
    pub unit: Option<&'static str>,
    /// How the label was found.
    pub how: How,
    /// How its cells found their columns.
    pub way: Way,
}

impl<'d> TableReader<'_, '_, 'd> {
    /// The row of figures below a head that has no row labels.
    pub(crate) fn unlabelled(&mut self, sheet: &Sheet<'d>, row: &Row, end: usize) -> Option<usize> {
        let Columns { leaves, way, .. } = self.columns(sheet, row, end);
        let regular = way == Way::Place;
        if !leaves.iter().any(|l| l.means.iter().any(|m| self.words.prints[m.0 as usize].is_line)) {
            return None;
        }
        let is_label = |c: &u32| sheet.uses(self.words, *c).iter().any(|u| !matches!(u, Use::Corner));
        if row.inked.iter().any(is_label) {
            return None;
        }
        // Of several rows the one with ink is meant.
        if row.inked.is_empty() && (self.line_read || self.ink_follows(sheet, row.at, end)) {
            return Some(1);
        }
        let mut cells: Vec<u32> = row.cells.iter().map(|c| c.0).collect();
        let taken = if regular { 1 } else { self.rejoin(sheet, row, &mut cells, leaves.len(), end) };
        // Words in front say what the line is.
        let extra = cells.len().saturating_sub(leaves.len());
        if !regular && extra > 0 && cells[..extra].iter().all(|c| matches!(sheet.sense(*c).ink, Ink::Words | Ink::Year)) {
            cells.drain(..extra);
        }
        let mut rows: Vec<(u16, u16)> = leaves
            .iter()
            .flat_map(|l| l.means.iter().filter(|m| self.words.prints[m.0 as usize].is_line).map(|m| (m.0, 0)))
            .collect();
        rows.sort_unstable();
        rows.dedup();
        if self.is_comparison(&rows, &leaves) {
            self.compare(sheet, row);
            return Some(1);
        }
        let complete = self.is_complete(&rows, &leaves);
        // A head of which a text has broken labels does not tell which group stands over a column.
        if self.is_ragged() && !sheet.grid.tabbed && !complete {
            return None;
        }
        let paired = match way {
            _ if leaves.iter().any(|l| l.displaced) => Err(Doubt::Displaced),
            Way::Place if self.is_moved(sheet, row, &leaves, end) => Err(Doubt::Spilled),
            Way::Place => pair::by_place(sheet, &leaves, row, complete).ok_or(Doubt::Incomplete),
            _ if !complete && leaves.iter().any(|l| !l.own) => Err(Doubt::Incomplete),
            _ => pair::by_order(sheet, &leaves, &cells, self.gaps(sheet, row)),
        };
        let certain = paired.as_ref().is_ok_and(|p| p.spots.iter().all(|s| matches!(s, Some(Spot::Cell(_)))));
        // A note below the figures is none of them.
        let has_figure = row.inked.iter().any(|c| sheet.sense(*c).ink == Ink::Figure);
        // In text, words alone are the next line of a head that is broken over lines.
        let words = self.is_ragged() && row.inked.iter().any(|c| matches!(sheet.sense(*c).ink, Ink::Words));
        let takes = if self.line_read || words { certain && has_figure } else { certain || has_figure };
        if !takes {
            return row.inked.is_empty().then_some(1);
        }
        self.closed = true;
        self.line_read = true;
        let place = sheet.place(row.cells.first()?.0);
        let row = Taken { place, rows: &rows, leaves: &leaves, cells: &cells, names: Vec::new(), unit: None, how: How::Not, way };
        self.take(sheet, &row, paired);
        Some(taken)
    }

    fn ink_follows(&self, sheet: &Sheet<'d>, at: usize, end: usize) -> bool {
        let next = (at + 1..end).map(|r| Row::new(sheet, r)).find(|r| !r.inked.is_empty());
        next.is_some_and(|r| r.inked.iter().all(|c| sheet.uses(self.words, *c).is_empty()))
    }

    /// Gives the places of a row to cells of the form. A row that could not be paired is kept as words, cell by cell, and
    /// nothing is guessed.
    pub(crate) fn take(&mut self, sheet: &Sheet<'d>, row: &Taken<'_, 'd>, paired: Result<Paired, Doubt>) {
        let place = row.cells.first().map_or(row.place, |c| sheet.place(*c));
        let text = RowText::new(row.names.clone(), row.cells.iter().map(|c| sheet.text(*c)).collect(), place);
        match paired {
            Ok(paired) => {
                for (leaf, spot) in row.leaves.iter().zip(&paired.spots) {
                    if let Some(spot) = *spot {
                        self.take_spot(sheet, row, &text, leaf, spot);
                    }
                }
                for cell in paired.unnamed {
                    self.unmapped(sheet, cell, &text, String::new());
                }
            }
            // A row that fits no head and whose cells have been read already is not of this table.
            Err(_) if row.leaves.iter().any(|l| self.is_read(row.rows, l)) => {
                self.found.loose.push(Loose { block: self.block, texts: text.inked(), place });
                return;
            }
            Err(doubt) => self.leave_unread(sheet, row, doubt, &text),
        }
        self.finish(row, text);
    }

    fn take_spot(&mut self, sheet: &Sheet<'d>, row: &Taken<'_, 'd>, text: &RowText<'d>, leaf: &Leaf<'d>, spot: Spot) {
        let (cell, doubt) = match spot {
            Spot::Cell(cell) if sheet.is_doubtful(cell) => (Some(cell), Some(Doubt::Unclear)),
            Spot::Cell(cell) => (Some(cell), None),
            Spot::Unread(doubt, cell) => (Some(cell), Some(doubt)),
            Spot::Blank => (None, None),
        };
        if let Ok(Some((target, print))) = self.target(row.rows, leaf) {
            let raw = cell.map_or("", |c| sheet.text(c));
            let place = cell.map_or(text.place, |c| sheet.place(c));
            if let Some(c) = cell {
                self.note(sheet, c, || Became::figure(target, doubt, row, leaf));
            }
            let unit = leaf.unit.or(row.unit).or(self.caption);
            let entry = Entry { raw: Cow::Borrowed(raw), place, unit, doubt, head: self.head_number };
            self.found.set(self.words.prints[print as usize].table, target, entry, &self.captions.aside);
        } else if let Some(cell) = cell.filter(|c| !sheet.is_blank(*c)) {
            self.unmapped(sheet, cell, text, leaf.path.join(" / "));
        }
    }

    /// Keeps a figure that no cell of a form is for.
    fn unmapped(&mut self, sheet: &Sheet<'d>, cell: u32, row: &RowText<'d>, column: String) {
        self.note(sheet, cell, || Became::Loose("row and column name no cell of a form"));
        let names = [row.label(), column].into_iter().filter(|t| !t.is_empty()).map(Cow::Owned);
        let texts = names.chain([Cow::Borrowed(sheet.text(cell))]).collect();
        self.found.loose.push(Loose { block: self.block, texts, place: sheet.place(cell) });
    }

    /// A row of which nobody can say which figure stands where.
    fn leave_unread(&mut self, sheet: &Sheet<'d>, row: &Taken<'_, 'd>, doubt: Doubt, text: &RowText<'d>) {
        for &cell in row.cells.iter().filter(|c| !sheet.is_blank(**c)) {
            self.note(sheet, cell, || Became::Unread(doubt));
        }
        let all = text.figures();
        if all.is_empty() {
            // Without a cell of their own its figures may stand elsewhere: they are not blank, they are not there.
            return;
        }
        for leaf in row.leaves {
            if let Ok(Some((target, print))) = self.target(row.rows, leaf) {
                let raw = Cow::Owned(all.clone());
                let entry = Entry { raw, place: text.place, unit: None, doubt: Some(doubt), head: self.head_number };
                self.found.set(self.words.prints[print as usize].table, target, entry, &self.captions.aside);
            }
        }
    }

    /// Notes the row's words with the printing that it belongs to.
    fn finish(&mut self, row: &Taken<'_, 'd>, text: RowText<'d>) {
        let mut tables: Vec<usize> = Vec::new();
        for leaf in row.leaves {
            if let Ok(Some((_, print))) = self.target(row.rows, leaf) {
                let table = self.words.prints[print as usize].table;
                if !tables.contains(&table) {
                    tables.push(table);
                }
            }
        }
        for table in tables {
            if let Some(instance) = self.found.tables.get_mut(&table).and_then(|t| t.last_mut()) {
                instance.rows.push(text.clone());
            }
        }
        if self.found.blocks.last() != Some(&self.block) {
            self.found.blocks.push(self.block);
        }
    }

    /// Whether the cell that a row and a column name has been read under this head.
    fn is_read(&self, rows: &[(u16, u16)], leaf: &Leaf<'_>) -> bool {
        let Ok(Some((cell, print))) = self.target(rows, leaf) else { return false };
        let last = self.found.tables.get(&self.words.prints[print as usize].table).and_then(|t| t.last());
        last.and_then(|i| i.cells.get(cell)).is_some_and(|e| e.head == self.head_number && e.doubt.is_none())
    }

    /// The one cell that a row and a column can name together, with a print of it; an error if there are several.
    pub(crate) fn target(&self, rows: &[(u16, u16)], leaf: &Leaf<'_>) -> Result<Option<(Cell, u16)>, ()> {
        let mut found: Option<(Cell, u16)> = None;
        for (print, row) in rows {
            for (_, column) in leaf.means.iter().filter(|m| m.0 == *print) {
                let cell = self.words.prints[*print as usize].cell(*row as usize, *column as usize);
                match found {
                    None => found = Some((cell, *print)),
                    Some((known, _)) if known != cell => return Err(()),
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}
