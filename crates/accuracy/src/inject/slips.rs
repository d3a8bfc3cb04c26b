//! What each kind of error does to the free cells of one report.

use nianbao_form::{Block, Cell, Kind, Number, Report};

use super::plan::set;
use super::{Error, Plan};
use crate::dice::Dice;

/// Does it; `None` where the place that was drawn does not take it. What follows from the free cells is not settled yet.
pub(super) fn slip(plan: &Plan<'_>, kind: Error, report: &mut Report, last: &Report, dice: &mut Dice) -> Option<()> {
    match kind {
        Error::LastYear => copy(report, last, &plan.free),
        Error::RowOfLastYear => {
            let block = block(plan, dice)?;
            let row = dice.below(block.rows.len());
            copy(report, last, &free_of(plan, line(block, row, true)))
        }
        Error::Times10 => figure(plan, report, dice, |n, _| n.checked_mul(10)),
        Error::Times10000 => figure(plan, report, dice, |n, _| n.checked_mul(10_000)),
        Error::Over10 => figure(plan, report, dice, |n, unit| (n >= 10 * unit).then(|| n / 10 / unit * unit)),
        Error::Over10000 => figure(plan, report, dice, |n, unit| (n >= 10_000 * unit).then(|| n / 10_000 / unit * unit)),
        Error::Transposition => {
            let turn = dice.unit();
            figure(plan, report, dice, move |n, unit| transposed(n / unit, turn).map(|n| n * unit))
        }
        Error::Columns | Error::Rows => exchange_lines(plan, report, dice, kind == Error::Rows),
        Error::TableDropped => table(plan, report, dice, |_| Some(0)),
        Error::TableTimes10 => table(plan, report, dice, |n| n.checked_mul(10)),
        Error::ColumnsMerged => merge_columns(plan, report, dice),
        Error::ColumnDigitLost => {
            let block = block(plan, dice)?;
            let column = dice.below(block.columns.len());
            for cell in free_of(plan, line(block, column, false)) {
                let n = known(report, cell)?;
                set(report, cell, n / 10 / Number::SCALE * Number::SCALE)?;
            }
            Some(())
        }
        Error::ColumnShifted => shift(plan, report, dice),
        Error::Agencies => None,
    }
}

fn known(report: &Report, cell: Cell) -> Option<i64> {
    Some(report.counts_as(cell)?.millionths())
}

fn block<'a>(plan: &Plan<'a>, dice: &mut Dice) -> Option<&'a Block> {
    // In proportion to the cells that can be wrong.
    let cell = plan.free[dice.below(plan.free.len())];
    plan.form.block_of(cell)
}

/// The cells of a row or a column.
fn line(block: &Block, at: usize, row: bool) -> Vec<Cell> {
    if row {
        (0..block.columns.len()).map(|c| block.cell(at, c)).collect()
    } else {
        (0..block.rows.len()).map(|r| block.cell(r, at)).collect()
    }
}

fn free_of(plan: &Plan<'_>, cells: Vec<Cell>) -> Vec<Cell> {
    cells.into_iter().filter(|&c| plan.is_free(c)).collect()
}

fn copy(report: &mut Report, last: &Report, cells: &[Cell]) -> Option<()> {
    for &cell in cells {
        if let (Some(_), Some(then)) = (known(report, cell), known(last, cell)) {
            set(report, cell, then)?;
        }
    }
    Some(())
}

/// One figure, which is not 0. `change` is given its millionths and the millionths of its smallest step.
fn figure(plan: &Plan<'_>, report: &mut Report, dice: &mut Dice, change: impl Fn(i64, i64) -> Option<i64>) -> Option<()> {
    let step = |cell: Cell| if plan.form.def(cell).is_some_and(|d| d.kind == Kind::Amount) { 1 } else { Number::SCALE };
    let takes = |cell: &Cell| {
        let n = known(report, *cell).filter(|n| *n > 0)?;
        change(n, step(*cell)).filter(|new| *new != n).map(|new| (*cell, new))
    };
    let places: Vec<(Cell, i64)> = plan.free.iter().filter_map(takes).collect();
    let (cell, new) = *places.get(dice.below(places.len()))?;
    set(report, cell, new)
}

/// Two neighbouring digits exchanged, where they differ and none is left in front that is 0; `turn` in [0, 1) says which.
fn transposed(n: i64, turn: f64) -> Option<i64> {
    let mut digits = n.to_string().into_bytes();
    let turns = |&i: &usize| digits[i - 1] != digits[i] && (i > 1 || digits[1] != b'0');
    let places: Vec<usize> = (1..digits.len()).filter(turns).collect();
    let at = *places.get((turn * places.len() as f64) as usize)?;
    digits.swap(at - 1, at);
    String::from_utf8(digits).ok()?.parse().ok()
}

fn exchange_lines(plan: &Plan<'_>, report: &mut Report, dice: &mut Dice, rows: bool) -> Option<()> {
    let block = block(plan, dice)?;
    let lines = if rows { block.rows.len() } else { block.columns.len() };
    let (a, b) = (dice.below(lines), dice.below(lines));
    for (x, y) in line(block, a, rows).into_iter().zip(line(block, b, rows)) {
        if plan.is_free(x) && plan.is_free(y) {
            let (one, two) = (known(report, x)?, known(report, y)?);
            set(report, x, two)?;
            set(report, y, one)?;
        }
    }
    Some(())
}

/// Every figure of a printed table.
fn table(plan: &Plan<'_>, report: &mut Report, dice: &mut Dice, change: impl Fn(i64) -> Option<i64>) -> Option<()> {
    let name = &block(plan, dice)?.table;
    for &cell in &plan.free {
        let inside = plan.form.block_of(cell).is_some_and(|b| b.table == *name);
        if let Some(n) = known(report, cell).filter(|_| inside) {
            set(report, cell, change(n)?)?;
        }
    }
    Some(())
}

fn merge_columns(plan: &Plan<'_>, report: &mut Report, dice: &mut Dice) -> Option<()> {
    let block = block(plan, dice)?;
    let (from, to) = (dice.below(block.columns.len()), dice.below(block.columns.len()));
    if from == to {
        return None;
    }
    for (x, y) in line(block, from, false).into_iter().zip(line(block, to, false)) {
        if plan.is_free(x) && plan.is_free(y) {
            let sum = known(report, x)? + known(report, y)?;
            set(report, x, 0)?;
            set(report, y, sum)?;
        }
    }
    Some(())
}

/// A column's free figures one row lower, what falls off the end lost.
fn shift(plan: &Plan<'_>, report: &mut Report, dice: &mut Dice) -> Option<()> {
    let block = block(plan, dice)?;
    let cells = free_of(plan, line(block, dice.below(block.columns.len()), false));
    let figures: Vec<i64> = cells.iter().map(|&c| known(report, c)).collect::<Option<_>>()?;
    for (at, &cell) in cells.iter().enumerate() {
        set(report, cell, if at == 0 { 0 } else { figures[at - 1] })?;
    }
    Some(())
}
