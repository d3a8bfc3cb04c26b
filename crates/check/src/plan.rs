//! A form's identities as flat index arrays, made once and walked for every report.

use nianbao_form::{Cell, FormIx, Forms, Identity, Kind, Number, Report};

/// What the arithmetic needs to know of one cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub cell: Cell,
    /// Distance between two values that it may take, in millionths.
    pub step: i128,
    /// Whether it may be negative.
    pub signed: bool,
    /// Whether it is printed as a total.
    pub total: bool,
}

/// The matrix M of a form's identities, by row and by column. A cell that stands on both sides of an identity has its
/// net coefficient; 0 drops out.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub columns: Vec<Column>,
    rows: Vec<Vec<(u32, i128)>>,
    by_column: Vec<Vec<(u32, i128)>>,
    /// The largest number of identities that one cell stands in.
    pub degree: usize,
}

impl Plan {
    pub(crate) fn new(forms: &Forms, form: FormIx, identities: &[Identity]) -> Plan {
        let mut at = vec![u32::MAX; forms.width()];
        let mut columns: Vec<Column> = Vec::new();
        let mut rows: Vec<Vec<(u32, i128)>> = Vec::with_capacity(identities.len());
        for identity in identities {
            let mut row: Vec<(u32, i128)> = Vec::new();
            for (cell, k) in identity.terms() {
                let slot = &mut at[cell.index()];
                if *slot == u32::MAX {
                    *slot = columns.len() as u32;
                    columns.push(column(forms, form, cell));
                }
                match row.iter_mut().find(|(c, _)| c == slot) {
                    Some((_, net)) => *net += i128::from(k),
                    None => row.push((*slot, i128::from(k))),
                }
            }
            row.retain(|(_, k)| *k != 0);
            rows.push(row);
        }
        let mut by_column = vec![Vec::new(); columns.len()];
        for (i, row) in rows.iter().enumerate() {
            for &(c, k) in row {
                by_column[c as usize].push((i as u32, k));
            }
        }
        let degree = by_column.iter().map(Vec::len).max().unwrap_or(0);
        Plan { columns, rows, by_column, degree }
    }

    /// How many identities there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Cells of an identity with their coefficients.
    pub(crate) fn row(&self, identity: usize) -> impl ExactSizeIterator<Item = (usize, i128)> + '_ {
        self.rows[identity].iter().map(|&(c, k)| (c as usize, k))
    }

    /// Identities of a cell with its coefficient in each.
    pub(crate) fn of(&self, column: usize) -> impl ExactSizeIterator<Item = (usize, i128)> + '_ {
        self.by_column[column].iter().map(|&(i, k)| (i as usize, k))
    }

    /// Whether every figure is known and every identity holds: most reports are done with here.
    pub(crate) fn all_hold(&self, figures: &[Option<i128>]) -> bool {
        let sum = |row: &Vec<(u32, i128)>| row.iter().map(|&(c, k)| figures[c as usize].map(|v| k * v)).sum::<Option<i128>>();
        figures.iter().all(Option::is_some) && self.rows.iter().all(|row| sum(row) == Some(0))
    }

    /// Figures of a report column by column, in millionths; `None` where there is none.
    pub(crate) fn figures(&self, report: &Report) -> Vec<Option<i128>> {
        let figure = |c: &Column| report.counts_as(c.cell).map(|n| i128::from(n.millionths()));
        self.columns.iter().map(figure).collect()
    }
}

fn column(forms: &Forms, form: FormIx, cell: Cell) -> Column {
    let def = forms.def(form, cell);
    Column {
        cell,
        step: if forms.kind(cell) == Kind::Count { i128::from(Number::SCALE) } else { 1 },
        signed: def.is_some_and(|d| d.signed),
        total: def.is_some_and(|d| d.total),
    }
}
