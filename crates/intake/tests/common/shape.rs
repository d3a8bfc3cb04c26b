//! The same table in another shape: turned, in another order, cut, widened. Nothing is lost, so everything must be read.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use nianbao_form::{Cell, Form, Layout};

use crate::damage::Dice;
use crate::print::{P, Table};

pub fn p(text: impl Into<String>) -> P {
    P(text.into(), 1, 1)
}

/// A cell with its place: row, column, rows, columns.
type Placed = (usize, usize, usize, usize, String);

fn placed(table: &Table) -> Vec<Placed> {
    let mut taken: Vec<Vec<bool>> = vec![Vec::new(); table.len()];
    let mut out = Vec::new();
    for (r, row) in table.iter().enumerate() {
        let mut c = 0;
        for P(text, columns, rows) in row {
            while taken[r].get(c) == Some(&true) {
                c += 1;
            }
            for line in taken.iter_mut().skip(r).take(*rows) {
                let width = line.len().max(c + columns);
                line.resize(width, false);
                line[c..c + columns].fill(true);
            }
            out.push((r, c, *rows, *columns, text.clone()));
        }
    }
    out
}

fn table_of(mut cells: Vec<Placed>) -> Table {
    cells.sort_by_key(|c| (c.0, c.1));
    let height = cells.iter().map(|c| c.0 + c.2).max().unwrap_or(0);
    let mut out = vec![Vec::new(); height];
    cells.into_iter().for_each(|(r, _, rows, columns, text)| out[r].push(P(text, columns, rows)));
    out
}

/// Rows become columns.
pub fn turned(table: &Table) -> Table {
    table_of(placed(table).into_iter().map(|(r, c, rows, columns, text)| (c, r, columns, rows, text)).collect())
}

/// Cells of several rows or columns taken apart, each place with its text again.
pub fn repeated(table: &Table) -> Table {
    let mut cells = Vec::new();
    for (r, c, rows, columns, text) in placed(table) {
        cells.extend((r..r + rows).flat_map(|r| (c..c + columns).map(move |c| (r, c))).map(|(r, c)| (r, c, 1, 1, text.clone())));
    }
    table_of(cells)
}

/// The rows of figures in another order, each with the labels of its groups.
pub fn shuffled(table: &Table, head: usize, dice: &mut Dice) -> Table {
    let mut out = repeated(table);
    for i in (head + 1..out.len()).rev() {
        let j = head + dice.roll(i - head + 1);
        out.swap(i, j);
    }
    out
}

/// The table in two: the first `columns` places of a row in both, the rest before `at` in one and behind it in the other.
pub fn halves(table: &Table, labels: usize, at: usize) -> [Table; 2] {
    let part = |keep: &dyn Fn(usize) -> bool| {
        let mut out = Vec::new();
        for (r, c, rows, columns, text) in placed(table) {
            let kept: Vec<usize> = (c..c + columns).filter(|c| keep(*c)).collect();
            if let Some(first) = kept.first() {
                out.push((r, *first, rows, kept.len(), text));
            }
        }
        table_of(out)
    };
    [part(&|c| c < labels || c < at), part(&|c| c < labels || c >= at)]
}

/// Table four with its rows at the left, as many agencies print it.
pub fn review_as_rows(form: &Form, value: &dyn Fn(Cell) -> String) -> Table {
    let block = form.blocks.iter().find(|b| b.layout == Layout::Line).unwrap();
    let mut head = vec![P("类别".into(), 2, 1)];
    head.extend(block.columns.iter().map(|c| p(c.leaf())));
    let mut out = vec![head];
    for (r, row) in block.rows.iter().enumerate() {
        let first = r == 0 || block.rows[r - 1].label[0] != row.label[0];
        let same = block.rows.iter().filter(|o| o.label[0] == row.label[0]).count();
        let mut line = Vec::new();
        match row.label.as_slice() {
            [only] => line.push(P(only.clone(), 2, 1)),
            [group, inner] => {
                if first {
                    line.push(P(group.clone(), 1, same));
                }
                line.push(p(inner.clone()));
            }
            _ => unreachable!(),
        }
        line.extend((0..block.columns.len()).map(|c| p(value(block.cell(r, c)))));
        out.push(line);
    }
    out
}
