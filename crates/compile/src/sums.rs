//! Sums by group, year and cell.

use nianbao_form::{Cell, Forms};
use polars::prelude::{Column, PolarsResult};

use crate::SumRow;
use crate::hierarchy::Plan;
use crate::totals::Totals;

/// Rows of sums and how to find one.
pub(crate) struct Made {
    pub(crate) rows: Vec<SumRow>,
    /// Cells of each year in order, with whether every agency is asked for them.
    pub(crate) cells: Vec<Vec<(Cell, bool)>>,
}

/// The cells of a year: those of its form, then whatever else somebody filled in (local rows, rows of the other
/// generation), in the order of the form, then of the union.
fn cells_of_year(forms: &Forms, plan: &Plan, totals: &Totals, y: usize) -> Vec<(Cell, bool)> {
    let form = forms.form(plan.forms[y]);
    let mut cells: Vec<(Cell, bool)> = form.cells.iter().map(|&c| (c, true)).collect();
    let others = forms.cells().filter(|c| form.def(*c).is_none() && !form.guests.contains(c));
    let filled = |c: &Cell| totals.get(c.index(), 0, y).1 > 0;
    cells.extend(form.local.iter().chain(&form.guests).copied().chain(others).filter(filled).map(|c| (c, false)));
    cells
}

pub(crate) fn rows(forms: &Forms, plan: &Plan, columns: &[Column], due: &[Vec<usize>]) -> PolarsResult<Made> {
    let totals = Totals::new(plan, columns)?;
    let cells: Vec<Vec<(Cell, bool)>> = (0..plan.years.len()).map(|y| cells_of_year(forms, plan, &totals, y)).collect();
    let mut rows = Vec::with_capacity(plan.groups.len() * cells.iter().map(Vec::len).sum::<usize>());
    for (g, group) in plan.groups.iter().enumerate() {
        for (y, &year) in plan.years.iter().enumerate() {
            for &(cell, asked) in &cells[y] {
                let (sum, reports) = totals.get(cell.index(), g, y);
                let missing = if asked { (due[g][y] as u32).saturating_sub(reports) } else { 0 };
                rows.push(SumRow {
                    group_id: group.id.clone(),
                    group: group.name.clone(),
                    level: group.level.clone(),
                    year,
                    cell,
                    millionths: (reports > 0).then_some(sum),
                    reports,
                    missing,
                });
            }
        }
    }
    Ok(Made { rows, cells })
}
