//! Where the cells of a plan stand beside each other on the printed form.

use nianbao_form::{FormIx, Forms, Layout};

use crate::plan::Plan;

/// A printed table as a grid of columns of the plan; `None` where a cell stands in no identity.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub height: usize,
    pub width: usize,
    at: Vec<Option<u32>>,
}

impl Table {
    /// The cells of a printed row.
    pub(crate) fn row(&self, row: usize) -> impl ExactSizeIterator<Item = Option<u32>> + '_ {
        self.at[row * self.width..(row + 1) * self.width].iter().copied()
    }

    /// The cells of a printed column.
    pub(crate) fn column(&self, column: usize) -> impl ExactSizeIterator<Item = Option<u32>> + '_ {
        self.at[column..].iter().step_by(self.width).copied()
    }

    /// All rows, or all columns.
    pub(crate) fn lines(&self, rows: bool) -> Vec<Vec<Option<u32>>> {
        if rows {
            (0..self.height).map(|r| self.row(r).collect()).collect()
        } else {
            (0..self.width).map(|c| self.column(c).collect()).collect()
        }
    }
}

/// The tables of a form that have cells in identities, and who stands beside whom.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    pub tables: Vec<Table>,
    /// For each column of the plan the columns printed next to it: left, right, above, below.
    pub neighbours: Vec<Vec<u32>>,
}

impl Printed {
    pub(crate) fn new(forms: &Forms, form: FormIx, plan: &Plan) -> Printed {
        let mut slot = vec![None; forms.width()];
        for (c, column) in plan.columns.iter().enumerate() {
            slot[column.cell.index()] = Some(c as u32);
        }
        let mut tables = Vec::new();
        for block in &forms.form(form).blocks {
            let at: Vec<Option<u32>> = block.cells.iter().map(|c| slot[c.index()]).collect();
            if at.iter().any(Option::is_some) {
                // A block that is printed as one line of figures is one row, whatever stands above it.
                let (height, width) = match block.layout {
                    Layout::Matrix => (block.rows.len(), block.columns.len()),
                    Layout::Line => (1, at.len()),
                };
                tables.push(Table { height, width, at });
            }
        }
        let mut neighbours = vec![Vec::new(); plan.columns.len()];
        for line in tables.iter().flat_map(|t| t.lines(true).into_iter().chain(t.lines(false))) {
            for pair in line.windows(2) {
                if let [Some(a), Some(b)] = *pair {
                    neighbours[a as usize].push(b);
                    neighbours[b as usize].push(a);
                }
            }
        }
        Printed { tables, neighbours }
    }
}
