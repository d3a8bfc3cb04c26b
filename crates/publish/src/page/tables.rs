//! The group's tables with what is behind every figure, and its series over the years.

use std::collections::HashMap;

use minijinja::{Value, context};
use nianbao_compile::SeriesRow;
use nianbao_form::{Block, Cell, Form, Section, decimal_text};

use super::Pages;
use crate::grid::{self, Fill, Filler, Grid, Role, Square};
use crate::story;

/// The sections of a form; a form without any has its tables in none.
pub(super) fn sections(form: &Form) -> Vec<Option<&Section>> {
    if form.sections.is_empty() { vec![None] } else { form.sections.iter().map(Some).collect() }
}

impl Pages<'_, '_> {
    /// The tables of the year, every figure with its position among the cells of the year's side script.
    pub(super) fn tables(&self) -> Vec<Value> {
        let positions = self.positions(self.edition.year);
        let mut out = Vec::new();
        for section in sections(self.form) {
            for grid in story::district_tables(self.form, section, self.figures) {
                let title = section.map_or(grid.table.clone(), |s| self.lang.heading(&s.number, &s.title));
                let notes =
                    story::notes(&grid, self.figures, self.lang, true).unwrap_or_else(|| self.lang.say("complete").to_owned());
                out.push(context! { title, notes, grid => sum_grid(&grid, &positions) });
            }
        }
        out
    }

    /// The tables of any year as the side script keeps them: figures of the group at the top.
    pub(super) fn tables_of(&self, form: &Form, year: u16) -> Vec<Value> {
        let compilation = self.edition.compilation;
        let positions = self.positions(year);
        let of = |cell: Cell| compilation.sum(&compilation.root, year, cell);
        let fill = |cell: Cell| Fill { text: of(cell).map(|s| s.value_text()).unwrap_or_default(), ..Fill::default() };
        let known = |cell: Cell| of(cell).is_some_and(|s| s.millionths.is_some());
        let local = |block: &Block, row: usize| (0..block.columns.len()).any(|c| known(block.cell(row, c)));
        let filler = Filler { figure: &fill, local: &local };
        let other = |c: &Cell| of(*c).is_some_and(|s| s.millionths.is_some_and(|m| m != 0));
        let guests: Vec<Cell> = form.guests.iter().copied().filter(other).collect();
        let extras = grid::extras(self.edition.forms, form, &guests).0;
        let mut out = Vec::new();
        for section in sections(form) {
            for grid in grid::tables_with(form, section, &filler, &extras) {
                let title = section.map_or(grid.table.clone(), |s| self.lang.heading(&s.number, &s.title));
                out.push(context! { title, notes => "", grid => sum_grid(&grid, &positions) });
            }
        }
        out
    }

    /// The position of each cell among the sums of a year.
    pub(super) fn positions(&self, year: u16) -> HashMap<Cell, usize> {
        let compilation = self.edition.compilation;
        compilation.sums_of(&compilation.root, year).iter().enumerate().map(|(i, s)| (s.cell, i)).collect()
    }

    /// What the tables can be chosen by: years, the latest first, and groups.
    pub(super) fn choices(&self) -> Value {
        let mut years = self.years();
        years.reverse();
        let groups: Vec<Value> = self
            .groups()
            .iter()
            .enumerate()
            .map(|(at, g)| context! { at, name => format!("{}{}", "\u{2003}".repeat(g.depth), g.name) })
            .collect();
        context! { years, groups }
    }

    /// The groups in the order of the tree, each behind the one above it.
    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        let all: Vec<_> = self.edition.compilation.groups().collect();
        let mut out = Vec::with_capacity(all.len());
        let mut open: Vec<(usize, usize, Option<usize>)> = vec![(0, 0, None)];
        while let Some((at, depth, parent)) = open.pop() {
            let place = out.len();
            let Some(group) = all.get(at) else { break };
            out.push(Group { id: group.id, name: group.name, depth, parent });
            let below = all.iter().enumerate().skip(1).filter(|(i, g)| *i != at && g.parent == Some(group.id));
            let below: Vec<_> = below.map(|(i, _)| (i, depth + 1, Some(place))).collect();
            open.extend(below.into_iter().rev());
        }
        out
    }

    /// Series by year for a group or an agency.
    pub(super) fn series_table(&self, key: &str, agency: bool) -> Value {
        let rows = self.series.get(&(key, agency)).map(Vec::as_slice).unwrap_or_default();
        // The newest first: on a narrow screen it is the one that is seen.
        let years: Vec<u16> = self.years().into_iter().rev().collect();
        let by: HashMap<(&str, u16), &SeriesRow> = rows.iter().map(|r| ((r.series.as_str(), r.year), *r)).collect();
        let mut table = Vec::new();
        for series in &self.form.series {
            let cells: Vec<SeriesCell> =
                years.iter().map(|y| self.series_cell(by.get(&(series.id.as_str(), *y)).copied())).collect();
            if cells.iter().any(|c| !c.text.is_empty()) {
                let view = |c: &SeriesCell| context! { text => &c.text, lower => c.lower, broken => &c.broken };
                let cells: Vec<Value> = cells.iter().map(view).collect();
                table.push(context! { label => &series.label, unit => &series.unit, cells });
            }
        }
        context! { years, rows => table }
    }

    fn series_cell(&self, row: Option<&SeriesRow>) -> SeriesCell {
        let Some(row) = row else { return SeriesCell { text: String::new(), lower: false, broken: String::new() } };
        let text = match (row.ratio, row.value()) {
            (true, Some(value)) => format!("{value:.1}"),
            (true, None) => String::new(),
            (false, _) => row.numerator.map(decimal_text).unwrap_or_default(),
        };
        // A ratio with missing figures is no bound, in either direction.
        let lower = row.lower_bound && !row.ratio && !text.is_empty();
        debug_assert!(row.ratio || text == row.value_text());
        SeriesCell { text, lower, broken: self.form.say(&row.break_note, self.lang.code()).to_owned() }
    }
}

/// A group of the hierarchy as the pages list it.
pub(super) struct Group<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) depth: usize,
    /// Position of the group above it in the same list.
    pub(super) parent: Option<usize>,
}

/// The tag, scope and class of a square.
pub(super) fn role(s: &Square) -> (&'static str, &'static str, &'static str) {
    match s.role {
        Role::Item => ("th", "colgroup", "item"),
        Role::Corner => ("td", "", "corner"),
        Role::ColumnHead => ("th", if s.columns > 1 { "colgroup" } else { "col" }, "head"),
        Role::RowHead => ("th", if s.rows > 1 { "rowgroup" } else { "row" }, "side"),
        Role::Figure => ("td", "", "figure"),
    }
}

/// Widths of the columns as a page writes them.
pub(super) fn widths(grid: &Grid) -> Vec<String> {
    grid.widths.iter().map(|w| format!("{:.1}%", *w as f64 / 10.0)).collect()
}

/// A table of sums: every figure has its position.
fn sum_grid(grid: &Grid, positions: &HashMap<Cell, usize>) -> Value {
    let mut rows: Vec<Vec<Value>> = (0..grid.rows).map(|_| Vec::new()).collect();
    for s in &grid.squares {
        let (tag, scope, class) = role(s);
        let class = format!("{class} {}", s.fill.class).trim().to_owned();
        let at = s.cell.and_then(|c| positions.get(&c)).copied();
        let text = &s.fill.text;
        rows[s.row].push(context! { tag, scope, rows => s.rows, columns => s.columns, text, class, at });
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::from).collect();
    context! { rows, widths => widths(grid), wide => grid.columns > 6 }
}

/// A figure of a series as printed.
struct SeriesCell {
    text: String,
    lower: bool,
    broken: String,
}
