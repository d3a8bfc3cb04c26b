//! The agency's own tables as it has sent them, with the cells marked that a notice speaks of.

use std::collections::BTreeMap;

use nianbao_form::{Block, Cell, Form, Report, Value};

use super::Letter;
use crate::Edition;
use crate::grid::{self, Fill, Filler, Grid};

/// The report that a letter speaks of: the one that counts.
pub(super) fn report<'a>(edition: &Edition<'a>, letter: &Letter) -> Option<&'a Report> {
    let key = if letter.agency_id.is_empty() { &letter.agency } else { &letter.agency_id };
    let own = |superseded: bool| {
        let fits = move |e: &&crate::Entry<'a>| {
            e.report.year == edition.year && e.report.agency_key() == key && e.superseded == superseded
        };
        edition.entries.iter().filter(fits).max_by_key(|e| e.counted).map(|e| e.report)
    };
    own(false).or_else(|| own(true))
}

/// For each marked cell the numbers of the items that speak of it.
pub(super) fn marks(edition: &Edition<'_>, letter: &Letter) -> BTreeMap<Cell, Vec<usize>> {
    let mut marks: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
    for (n, item) in letter.items.iter().enumerate() {
        // Of one item the first finding has every cell.
        for cell in edition.findings[item[0]].cells.iter().filter_map(|id| edition.forms.cell(id)) {
            marks.entry(cell).or_default().push(n + 1);
        }
    }
    marks
}

/// The tables that hold a marked cell, each with the title of its section.
pub(super) fn tables(form: &Form, report: &Report, marks: &BTreeMap<Cell, Vec<usize>>) -> Vec<(String, Grid)> {
    let figure = |cell: Cell| {
        let text = as_sent(report.value(cell));
        match marks.get(&cell) {
            None => Fill { text, ..Fill::default() },
            Some(numbers) => {
                let numbers: String = numbers.iter().map(|n| circled(*n)).collect();
                Fill { text: format!("{text}{numbers}"), class: "marked".to_owned(), note: String::new() }
            }
        }
    };
    let shown = |cell: Cell| marks.contains_key(&cell) || !as_sent(report.value(cell)).is_empty();
    let local = |block: &Block, row: usize| (0..block.columns.len()).any(|c| shown(block.cell(row, c)));
    let filler = Filler { figure: &figure, local: &local };
    let sections = form.sections.iter().map(Some).chain(form.sections.is_empty().then_some(None));
    let mut out = Vec::new();
    for section in sections {
        let title = section.map_or_else(String::new, |s| s.title.clone());
        let grids = grid::tables(form, section, &filler);
        out.extend(grids.into_iter().filter(|g| g.has_class("marked")).map(|g| (title.clone(), g)));
    }
    out
}

/// What the agency has written: a figure that arithmetic has put in place of a blank is still a blank in its report.
pub(super) fn as_sent(value: &Value) -> String {
    let raw = value.raw.split_whitespace().collect::<Vec<_>>().join(" ");
    match (raw.is_empty(), &value.derived, value.number) {
        (true, None, Some(number)) => number.to_string(),
        _ => raw,
    }
}

/// `①` to `㊿`, then in brackets.
pub(super) fn circled(n: usize) -> String {
    let from = |first: u32, n: usize| char::from_u32(first + n as u32).map(String::from);
    match n {
        1..=20 => from(0x2460, n - 1),
        21..=35 => from(0x3251, n - 21),
        36..=50 => from(0x32B1, n - 36),
        _ => None,
    }
    .unwrap_or_else(|| format!("({n})"))
}

#[cfg(test)]
mod tests {
    use super::circled;

    #[test]
    fn numbers_in_circles() {
        assert_eq!([1, 20, 21, 35, 36, 50, 51].map(circled), ["①", "⑳", "㉑", "㉟", "㊱", "㊿", "(51)"]);
    }
}
