//! Reports as one dense block of millionths, and as the wide frame.

use nianbao_form::{Cell, Forms, Report};
use polars::prelude::{Column, DataFrame, Int64Chunked, IntoColumn, NewChunkedArray, PolarsResult};
use rayon::prelude::*;

use crate::hierarchy::Plan;

/// No figure of a report is that small: [`nianbao_form::Number::LIMIT`].
const UNKNOWN: i64 = i64::MIN;

/// How many cells of a row stand in one line of the processor's cache; columns are taken out that many at a time.
const TILE: usize = 8;

/// Figures row by row: one row a report that is added up, one column a cell of the union.
pub(crate) struct Dense {
    width: usize,
    data: Vec<i64>,
}

impl Dense {
    pub(crate) fn new(forms: &Forms, plan: &Plan, reports: &[&Report]) -> Dense {
        let width = forms.width();
        let mut data = vec![UNKNOWN; width * plan.placed.len()];
        if width > 0 {
            data.par_chunks_mut(width).zip(&plan.placed).for_each(|(row, placed)| {
                for (slot, cell) in row.iter_mut().zip(forms.cells()) {
                    if let Some(number) = reports[placed.report].counts_as(cell) {
                        *slot = number.millionths();
                    }
                }
            });
        }
        Dense { width, data }
    }

    /// What a report counts in a cell; `None` if it is not known.
    pub(crate) fn get(&self, row: usize, cell: Cell) -> Option<i64> {
        let value = self.data[row * self.width + cell.index()];
        (value != UNKNOWN).then_some(value)
    }

    /// Every cell as a column, by index. The names are positions, as cell ids may hold anything.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let tiles = self.width.div_ceil(TILE);
        (0..tiles).into_par_iter().flat_map_iter(|tile| self.tile(tile * TILE)).collect()
    }

    fn tile(&self, first: usize) -> Vec<Column> {
        let last = (first + TILE).min(self.width);
        let mut columns = vec![Vec::with_capacity(self.data.len() / self.width); last - first];
        for row in self.data.chunks_exact(self.width) {
            for (column, &value) in columns.iter_mut().zip(&row[first..last]) {
                column.push((value != UNKNOWN).then_some(value));
            }
        }
        let named = columns.into_iter().enumerate();
        named.map(|(i, v)| Int64Chunked::from_slice_options(name(first + i).as_str().into(), &v).into_column()).collect()
    }
}

/// The name of a column by its position.
pub(crate) fn name(position: usize) -> String {
    format!("c{position}")
}

/// The wide frame that others see: who and when, then every cell under its id.
pub(crate) fn wide(forms: &Forms, plan: &Plan, cells: &[Column]) -> PolarsResult<DataFrame> {
    let rows = &plan.placed;
    let text =
        |name: &str, of: &dyn Fn(usize) -> String| Column::new(name.into(), (0..rows.len()).map(of).collect::<Vec<String>>());
    let member = |i: usize| &plan.members[rows[i].member];
    let mut columns = vec![
        text("agency_id", &|i| member(i).id.clone()),
        text("agency", &|i| member(i).name.clone()),
        text("kind", &|i| member(i).kind.clone()),
        Column::new("year".into(), rows.iter().map(|p| u32::from(plan.years[p.year])).collect::<Vec<u32>>()),
        text("form", &|i| forms.form(rows[i].form).id.clone()),
        Column::new("report".into(), rows.iter().map(|p| p.report as u32).collect::<Vec<u32>>()),
    ];
    columns.extend(cells.iter().zip(forms.cells()).map(|(column, cell)| column.clone().with_name(forms.id(cell).into())));
    DataFrame::new(rows.len(), columns)
}

/// How many columns of the wide frame stand before the cells.
pub(crate) const BEFORE_CELLS: usize = 6;
