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

/// Lists of (index, coefficient) behind each other in one array.
#[derive(Clone, Debug, Default)]
struct Sparse {
    start: Vec<u32>,
    terms: Vec<(u32, i64)>,
}

impl Sparse {
    fn new(lists: &[Vec<(u32, i64)>]) -> Sparse {
        let mut start = vec![0];
        start.extend(lists.iter().scan(0u32, |end, list| {
            *end += list.len() as u32;
            Some(*end)
        }));
        Sparse { start, terms: lists.concat() }
    }

    fn of(&self, at: usize) -> &[(u32, i64)] {
        &self.terms[self.start[at] as usize..self.start[at + 1] as usize]
    }
}

/// The matrix M of a form's identities, by row and by column. A cell that stands on both sides of an identity has its
/// net coefficient; 0 drops out.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub columns: Vec<Column>,
    rows: Sparse,
    by_column: Sparse,
    /// The largest number of identities that one cell stands in.
    pub degree: usize,
    /// For each identity, which part of the form it belongs to: identities that share no cell, not even through others,
    /// have nothing to say about each other.
    pub part: Vec<u32>,
    /// Figures up to here (in millionths) can be added in 64 bits whatever is looked for: no sum over an identity, with
    /// the changes of a few cells on top of it, leaves them.
    pub safe: i64,
}

impl Plan {
    pub(crate) fn new(forms: &Forms, form: FormIx, identities: &[Identity]) -> Plan {
        let mut at = vec![u32::MAX; forms.width()];
        let mut columns: Vec<Column> = Vec::new();
        let mut rows: Vec<Vec<(u32, i64)>> = Vec::with_capacity(identities.len());
        for identity in identities {
            let mut row: Vec<(u32, i64)> = Vec::new();
            for (cell, k) in identity.terms() {
                let slot = &mut at[cell.index()];
                if *slot == u32::MAX {
                    *slot = columns.len() as u32;
                    columns.push(column(forms, form, cell));
                }
                match row.iter_mut().find(|(c, _)| c == slot) {
                    Some((_, net)) => *net += k,
                    None => row.push((*slot, k)),
                }
            }
            row.retain(|(_, k)| *k != 0);
            rows.push(row);
        }
        Plan::assemble(columns, rows)
    }

    fn assemble(columns: Vec<Column>, rows: Vec<Vec<(u32, i64)>>) -> Plan {
        let mut by_column = vec![Vec::new(); columns.len()];
        for (i, row) in rows.iter().enumerate() {
            for &(c, k) in row {
                by_column[c as usize].push((i as u32, k));
            }
        }
        let degree = by_column.iter().map(Vec::len).max().unwrap_or(0);
        let norm = rows.iter().map(|row| row.iter().map(|(_, k)| k.unsigned_abs()).sum()).max().unwrap_or(1u64);
        let part = parts(&rows, &by_column);
        let safe = i64::MAX / 64 / i64::try_from(norm.max(1)).unwrap_or(i64::MAX);
        Plan { columns, rows: Sparse::new(&rows), by_column: Sparse::new(&by_column), degree, part, safe }
    }

    /// A plan of counts from bare rows.
    #[cfg(test)]
    pub(crate) fn of_rows(cells: usize, rows: Vec<Vec<(u32, i64)>>) -> Plan {
        let cell = Forms::built_in().cells().next().expect("the built-in forms have cells");
        let column = Column { cell, step: i128::from(Number::SCALE), signed: false, total: false };
        Plan::assemble(vec![column; cells], rows)
    }

    /// How many identities there are.
    pub(crate) fn len(&self) -> usize {
        self.part.len()
    }

    /// Cells of an identity with their coefficients.
    pub(crate) fn row(&self, identity: usize) -> impl ExactSizeIterator<Item = (usize, i128)> + '_ {
        self.terms(identity).iter().map(|&(c, k)| (c as usize, i128::from(k)))
    }

    /// Identities of a cell with its coefficient in each.
    pub(crate) fn of(&self, column: usize) -> impl ExactSizeIterator<Item = (usize, i128)> + '_ {
        self.uses(column).iter().map(|&(i, k)| (i as usize, i128::from(k)))
    }

    /// [`Plan::row`] as it is stored.
    pub(crate) fn terms(&self, identity: usize) -> &[(u32, i64)] {
        self.rows.of(identity)
    }

    /// [`Plan::of`] as it is stored.
    pub(crate) fn uses(&self, column: usize) -> &[(u32, i64)] {
        self.by_column.of(column)
    }

    /// Figures of a report column by column, in millionths; `None` where there is none.
    pub(crate) fn figures(&self, report: &Report) -> Vec<Option<i64>> {
        self.columns.iter().map(|c| report.counts_as(c.cell).map(Number::millionths)).collect()
    }

    /// Whether every figure is known and every identity holds: most reports are done with here.
    pub(crate) fn all_hold(&self, figures: &[Option<i64>]) -> bool {
        let Some(known) = figures.iter().copied().collect::<Option<Vec<i64>>>() else { return false };
        let safe = known.iter().all(|v| v.unsigned_abs() <= self.safe as u64);
        safe && (0..self.len()).all(|i| self.residual(i, &known) == 0)
    }

    /// Σ parts − Σ whole over figures within [`Plan::safe`].
    pub(crate) fn residual(&self, identity: usize, figures: &[i64]) -> i64 {
        self.terms(identity).iter().map(|&(c, k)| k.wrapping_mul(figures[c as usize])).fold(0, i64::wrapping_add)
    }
}

/// Connected components of identities and cells.
fn parts(rows: &[Vec<(u32, i64)>], by_column: &[Vec<(u32, i64)>]) -> Vec<u32> {
    let mut part = vec![u32::MAX; rows.len()];
    let mut parts = 0;
    for first in 0..rows.len() {
        if part[first] != u32::MAX {
            continue;
        }
        let mut due = vec![first];
        part[first] = parts;
        while let Some(i) = due.pop() {
            for &(c, _) in &rows[i] {
                for &(j, _) in &by_column[c as usize] {
                    if part[j as usize] == u32::MAX {
                        part[j as usize] = parts;
                        due.push(j as usize);
                    }
                }
            }
        }
        parts += 1;
    }
    part
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
