//! Which cells of a form are free, and how the others follow from them.

use nianbao_form::{Cell, Form, Forms, Identity, Number, Report};

use crate::generate::put;

/// The cells of a form that can be changed, and the order in which identities and chains give the rest.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    pub(super) form: &'a Form,
    /// Cells that no other cell determines.
    pub free: Vec<Cell>,
    /// Identities with the cell that each gives, in order.
    solved: Vec<(&'a Identity, Cell)>,
}

impl<'a> Plan<'a> {
    /// Reads it off the form: the only cell on an identity's right is given by its left; a flow (several on both sides)
    /// gives the inflow that no chain ties to last year; a chain gives its first cell.
    pub fn new(forms: &'a Forms, form: &'a Form) -> Plan<'a> {
        let mut given = vec![false; forms.width()];
        let mut tied = vec![false; forms.width()];
        for chain in &form.chains {
            if let Some(first) = chain.this.first() {
                (given[first.cell.index()], tied[first.cell.index()]) = (true, true);
            }
        }
        for identity in &form.identities {
            match (&identity.parts[..], &identity.whole[..]) {
                (_, [whole]) => given[whole.index()] = true,
                (parts, _) => {
                    if let Some(inflow) = parts.iter().find(|c| !tied[c.index()]) {
                        given[inflow.index()] = true;
                    }
                }
            }
        }
        let mut open: Vec<bool> = given.iter().zip(&tied).map(|(g, t)| *g && !*t).collect();
        let mut solved = Vec::new();
        let mut again = true;
        while again {
            again = false;
            for identity in &form.identities {
                let mut left = identity.terms().filter(|(c, _)| open[c.index()]).map(|(c, _)| c);
                if let (Some(cell), None) = (left.next(), left.next()) {
                    open[cell.index()] = false;
                    solved.push((identity, cell));
                    again = true;
                }
            }
        }
        let free = form.cells.iter().copied().filter(|c| !given[c.index()]).collect();
        Plan { form, free, solved }
    }

    /// Whether a cell is free.
    pub fn is_free(&self, cell: Cell) -> bool {
        self.free.contains(&cell)
    }

    /// Works out what follows from the free cells of `report`, which was `before`: what last year determines stays as it
    /// was. `None` where a figure would be negative or too large.
    pub fn settle(&self, report: &mut Report, before: &Report) -> Option<()> {
        for chain in &self.form.chains {
            let first = chain.this.first()?;
            let of =
                |r: &Report| chain.this.iter().map(|t| Some(t.sign * r.counts_as(t.cell)?.millionths())).sum::<Option<i64>>();
            if let (Some(was), Some(is)) = (of(before), of(report)) {
                set(report, first.cell, report.counts_as(first.cell)?.millionths() + first.sign * (was - is))?;
            }
        }
        for (identity, cell) in &self.solved {
            let mut rest = Some(0);
            let mut sign = 1;
            for (c, k) in identity.terms() {
                if c == *cell {
                    sign = k;
                } else {
                    rest = rest.and_then(|sum: i64| Some(sum + k * report.counts_as(c)?.millionths()));
                }
            }
            if let Some(rest) = rest.filter(|_| report.counts_as(*cell).is_some()) {
                set(report, *cell, -rest * sign)?;
            }
        }
        Some(())
    }
}

/// Sets a figure if it can be one.
pub(super) fn set(report: &mut Report, cell: Cell, millionths: i64) -> Option<()> {
    if !(0..Number::LIMIT * Number::SCALE).contains(&millionths) {
        return None;
    }
    let number = Number::from_millionths(millionths);
    if report.counts_as(cell) != Some(number) {
        put(report, cell, number);
    }
    Some(())
}
