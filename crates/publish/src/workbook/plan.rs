//! Which sheets of agencies there are, what stands in their columns, and where each agency's figure and each sum is found.

use std::collections::{HashMap, HashSet};

use nianbao_compile::CoverageRow;
use nianbao_form::{Block, Cell, Form, Forms, Layout, Report, State};

use crate::Edition;
use crate::live::{Held, Live, Spot, Term, fits, quoted};
use crate::sheet::sheet_name;
use crate::words::Lang;

/// Row of the first head: title and notes stand above.
pub(super) const TOP: u32 = 2;
/// Column of the agency's name; its number stands before it.
pub(super) const AGENCY: u16 = 1;

/// A group below the top, such as a district of a city.
#[derive(Debug)]
pub(super) struct GroupLine<'a> {
    pub(super) id: &'a str,
    /// As it stands in the column of its level: its name, with its id where another group bears the same.
    pub(super) label: String,
    /// 1 below the top, 2 below that.
    pub(super) level: usize,
}

/// An agency with the groups that it stands in, from the outside.
#[derive(Debug)]
pub(super) struct AgencyLine<'a> {
    pub(super) coverage: &'a CoverageRow,
    pub(super) report: Option<&'a Report>,
    pub(super) groups: Vec<Option<usize>>,
}

impl AgencyLine<'_> {
    pub(super) fn key(&self) -> &str {
        if self.coverage.agency_id.is_empty() { &self.coverage.agency } else { &self.coverage.agency_id }
    }
}

/// What all sheets of agencies share.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) groups: Vec<GroupLine<'a>>,
    pub(super) levels: usize,
    pub(super) agencies: Vec<AgencyLine<'a>>,
}

impl<'a> Shape<'a> {
    pub(super) fn new(edition: &Edition<'a>, coverage: &[&'a CoverageRow]) -> Shape<'a> {
        let compilation = edition.compilation;
        let reports: HashMap<&str, &Report> = edition.counted().map(|e| (e.report.agency_key(), e.report)).collect();
        let all: Vec<_> = compilation.groups().collect();
        let parents: HashMap<&str, Option<&str>> = all.iter().map(|g| (g.id, g.parent)).collect();
        let level = |id: &str| {
            let above = |id: &&str| parents.get(id).copied().flatten();
            std::iter::successors(Some(id), above).count() - 1
        };
        let below: Vec<_> = all.iter().filter(|g| g.id != compilation.root).collect();
        let label = |id: &str, name: &str| {
            let twice = below.iter().filter(|o| o.name.to_lowercase() == name.to_lowercase()).count() > 1;
            if twice { format!("{name}（{id}）") } else { name.to_owned() }
        };
        let groups: Vec<GroupLine<'a>> = below
            .iter()
            .map(|g| GroupLine { id: g.id, label: label(g.id, g.name), level: level(g.id) })
            .filter(|g| !compilation.coverage_of(g.id, edition.year).is_empty())
            .collect();
        let levels = groups.iter().map(|g| g.level).max().unwrap_or(0);
        let mut inside: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (i, g) in groups.iter().enumerate() {
            for c in compilation.coverage_of(g.id, edition.year) {
                inside.entry((&c.agency_id, &c.agency)).or_default().push(i);
            }
        }
        let line = |c: &&'a CoverageRow| {
            let mut path = vec![None; levels];
            for &g in inside.get(&(c.agency_id.as_str(), c.agency.as_str())).into_iter().flatten() {
                path[groups[g].level - 1] = Some(g);
            }
            let mut line = AgencyLine { coverage: c, report: None, groups: path };
            line.report = reports.get(line.key()).copied();
            line
        };
        let mut agencies: Vec<AgencyLine<'a>> = coverage.iter().map(line).collect();
        agencies.sort_by(|a, b| a.groups.cmp(&b.groups));
        Shape { groups, levels, agencies }
    }

    /// Column of the status.
    pub(super) fn status(&self) -> u16 {
        2 + self.levels as u16
    }
}

/// A sheet of agencies: its heads from the outside inwards, and the cell of each column.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: String,
    /// Printed number of the table; empty for rows of another generation's form.
    pub(super) table: String,
    pub(super) title: String,
    pub(super) labels: Vec<Vec<String>>,
    pub(super) cells: Vec<Cell>,
    /// Whether every cell of the table stands here, not the totals alone.
    pub(super) whole: bool,
    /// Identities that are checked here, by their position in the form.
    pub(super) checks: Vec<usize>,
    /// First column of figures.
    pub(super) side: u16,
    groups: u32,
    agencies: u32,
}

impl Plan {
    pub(super) fn depth(&self) -> u32 {
        self.labels.iter().map(Vec::len).max().unwrap_or(1).max(1) as u32
    }

    pub(super) fn total(&self) -> u32 {
        TOP + self.depth()
    }

    /// Row of the column numbers, which carries the filter.
    pub(super) fn filter(&self) -> u32 {
        self.total() + 1 + self.groups
    }

    pub(super) fn first(&self) -> u32 {
        self.filter() + 1
    }

    pub(super) fn last(&self) -> u32 {
        self.first() + self.agencies.max(1) - 1
    }

    pub(super) fn column(&self, cell: Cell) -> Option<u16> {
        self.cells.iter().position(|c| *c == cell).map(|i| self.side + i as u16)
    }

    /// Columns at which a printed page begins, where one page would be too small to read.
    pub(super) fn breaks(&self) -> Vec<u16> {
        pages(&self.labels).into_iter().map(|i| self.side + i as u16).collect()
    }

    /// First column of the identities.
    pub(super) fn checked(&self) -> u16 {
        self.side + self.cells.len() as u16
    }
}

/// Where pages begin in columns with these heads: between heads of the highest level that a page's second half has, and
/// nearest to pages of equal width among those.
fn pages(labels: &[Vec<String>]) -> Vec<usize> {
    const PAGE: usize = 16;
    let n = labels.len();
    let even = n.div_ceil(n.div_ceil(PAGE).max(1));
    // How many levels of head two neighbours share.
    let shared = |at: usize| labels[at - 1].iter().zip(&labels[at]).take_while(|(a, b)| a == b).count();
    let mut starts = Vec::new();
    let mut from = 0;
    while n - from > PAGE {
        let ends = from + PAGE / 2 + 1..=from + PAGE;
        let Some(at) = ends.min_by_key(|at| (shared(*at), at.abs_diff(from + even))) else { break };
        starts.push(at);
        from = at;
    }
    starts
}

/// The sheets, one a printed table; a table with more columns than a screen has shows its totals first, then everything.
pub(super) fn plans(edition: &Edition<'_>, form: &Form, shape: &Shape<'_>, lang: Lang, taken: &mut HashSet<String>) -> Vec<Plan> {
    const SCREEN: usize = 40;
    let mut plans: Vec<Plan> = Vec::new();
    let mut add = |table: &str, title: &str, suffix: &str, whole: bool, (labels, cells): (Vec<Vec<String>>, Vec<Cell>)| {
        let printed = printed_name(lang, table);
        let name = sheet_name(taken, &format!("{printed}{}", lang.say(suffix)));
        let title = lang.agencies_title(&edition.group_name, edition.year, &printed, title);
        let (groups, agencies) = (shape.groups.len() as u32, shape.agencies.len() as u32);
        let table = table.to_owned();
        plans.push(Plan { name, table, title, labels, cells, whole, checks: Vec::new(), side: 0, groups, agencies });
    };
    let mut rest = form.blocks.as_slice();
    while let Some(first) = rest.first() {
        let run = rest.iter().take_while(|b| b.table == first.table).count();
        let blocks = &rest[..run];
        rest = &rest[run..];
        let title = form.section(&first.section).map_or(first.corner.as_str(), |s| s.title.as_str());
        let size: usize = blocks.iter().map(|b| b.cells.len()).sum();
        if size <= SCREEN {
            add(&first.table, title, "book_sheet_agencies", true, columns(shape, blocks, &full_label, None));
            continue;
        }
        let totals: Vec<Option<usize>> = blocks.iter().map(|b| b.columns.iter().position(|c| c.total)).collect();
        if let [Some(total)] = totals[..] {
            add(&first.table, title, "book_sheet_totals", false, columns(shape, blocks, &row_label, Some(total)));
        }
        add(&first.table, title, "book_sheet_all", true, columns(shape, blocks, &pair_label, None));
    }
    let used = |c: &&Cell| shape.agencies.iter().filter_map(|a| a.report).any(|r| r.value(**c).state != State::Absent);
    let guests: Vec<Cell> = form.guests.iter().filter(used).copied().collect();
    if !guests.is_empty() {
        let labels = guests.iter().map(|&c| guest_label(edition.forms, c)).collect();
        add("", lang.say("book_guests_title"), "book_sheet_guests", true, (labels, guests));
    }
    assign(form, shape, &mut plans);
    plans
}

/// The name of a printed table.
pub(super) fn printed_name(lang: Lang, table: &str) -> String {
    if table.is_empty() { String::new() } else { format!("{}{table}", lang.say("book_sheet_table")) }
}

/// Each identity is checked on every sheet that has all its cells, and if there is none where its result stands.
fn assign(form: &Form, shape: &Shape<'_>, plans: &mut [Plan]) {
    for (k, identity) in form.identities.iter().enumerate() {
        let mut found = false;
        for plan in plans.iter_mut().filter(|p| identity.terms().all(|(c, _)| p.cells.contains(&c))) {
            plan.checks.push(k);
            found = true;
        }
        let result = identity.whole.iter().chain(&identity.parts).next();
        if let Some(plan) = plans.iter_mut().find(|p| !found && p.whole && result.is_some_and(|c| p.cells.contains(c))) {
            plan.checks.push(k);
        }
    }
    for plan in plans {
        plan.side = shape.status() + 1 + u16::from(!plan.checks.is_empty());
    }
}

fn columns(
    shape: &Shape<'_>,
    blocks: &[Block],
    label: &dyn Fn(&Block, usize, usize) -> Vec<String>,
    only: Option<usize>,
) -> (Vec<Vec<String>>, Vec<Cell>) {
    let is_used = |block: &Block, row: usize| {
        let cells = || (0..block.columns.len()).map(|c| block.cell(row, c));
        shape.agencies.iter().filter_map(|a| a.report).any(|r| cells().any(|c| r.value(c).state != State::Absent))
    };
    let (mut labels, mut cells) = (Vec::new(), Vec::new());
    for block in blocks {
        for row in (0..block.rows.len()).filter(|&r| !block.rows[r].local || is_used(block, r)) {
            for column in (0..block.columns.len()).filter(|c| only.is_none_or(|o| o == *c)) {
                labels.push(label(block, row, column));
                cells.push(block.cell(row, column));
            }
        }
    }
    (labels, cells)
}

/// What a cell of the workbook holds for a report.
pub(super) fn held(report: &Report, cell: Cell) -> Held {
    let value = report.value(cell);
    match (super::shown(Some(report), cell), value.state) {
        (Some(n), _) => Held::Number(i128::from(n.millionths())),
        (None, State::None) => Held::None,
        (None, State::Text) => Held::Words,
        _ => Held::Blank,
    }
}

/// The identity of a report as a formula in a row of a sheet; `None` where a cell of it stands on no sheet, or a figure has
/// more digits than formulas keep.
pub(super) fn live(
    form: &Form,
    plans: &[Plan],
    here: &Plan,
    row: u32,
    report: &Report,
    identity: &nianbao_form::Identity,
) -> Option<Live> {
    let term = |&cell: &Cell| {
        let spot = match here.column(cell) {
            Some(column) => Spot::At { sheet: String::new(), row, column },
            None => {
                let plan = plans.iter().find(|p| p.whole && p.column(cell).is_some())?;
                Spot::Lookup(lookup(plan, plan.column(cell)?, row))
            }
        };
        let held = held(report, cell);
        let exact = !matches!(held, Held::Number(n) if !fits(n));
        exact.then_some(Term { spot, held, signed: form.def(cell).is_some_and(|d| d.signed) })
    };
    let side = |cells: &[Cell]| cells.iter().map(term).collect::<Option<Vec<Term>>>();
    Some(Live::new(side(&identity.parts)?, side(&identity.whole)?))
}

/// The figure of the same agency on another sheet, found by its number: both sheets can be sorted.
fn lookup(plan: &Plan, column: u16, row: u32) -> String {
    let (sheet, from, to) = (quoted(&plan.name), plan.first() + 1, plan.last() + 1);
    let letters = rust_xlsxwriter::utility::column_number_to_name(column);
    format!("INDEX({sheet}!${letters}${from}:${letters}${to},MATCH($A{},{sheet}!$A${from}:$A${to},0))", row + 1)
}

/// A label whose innermost level is short enough for a narrow column.
fn narrowed(mut label: Vec<String>, short: &str) -> Vec<String> {
    if let Some(last) = label.last_mut().filter(|l| l.chars().count() > 16 && !short.is_empty()) {
        *last = short.to_owned();
    }
    label
}

fn full_label(block: &Block, row: usize, column: usize) -> Vec<String> {
    let (row, column) = (&block.rows[row], &block.columns[column]);
    let mut label: Vec<String> = Vec::new();
    if !block.item.is_empty() {
        label.push(block.item.clone());
    } else if block.layout == Layout::Matrix && !block.corner.is_empty() {
        label.push(block.corner.clone());
    }
    label.extend(narrowed(row.label.clone(), &row.short));
    label.extend(narrowed(column.label.clone(), &column.short));
    // A table of one row repeats its name above its columns.
    label.dedup();
    label
}

fn row_label(block: &Block, row: usize, _column: usize) -> Vec<String> {
    narrowed(block.rows[row].label.clone(), &block.rows[row].short)
}

fn pair_label(block: &Block, row: usize, column: usize) -> Vec<String> {
    // The innermost label alone: its printed number keeps neighbours apart, and two levels of head are enough to read.
    let mut label = narrowed(vec![block.rows[row].leaf().to_owned()], &block.rows[row].short);
    label.push(block.columns[column].short.clone());
    label
}

fn guest_label(forms: &Forms, cell: Cell) -> Vec<String> {
    let found = forms.iter().find_map(|(_, f)| Some((f.block_of(cell)?, f.def(cell)?)));
    found.map_or_else(Vec::new, |(block, def)| full_label(block, def.row, def.column))
}

#[cfg(test)]
mod tests {
    use super::pages;

    /// Heads written `A.x A.y B`, one column each; where pages begin.
    #[test]
    fn pages_begin_between_heads() {
        let many = |head: &str, n: usize| (0..n).map(|i| format!("{head}.{i}")).collect::<Vec<_>>().join(" ");
        for (heads, starts) in [
            (many("A", 16), vec![]),
            (many("A", 20), vec![10]),
            ([many("A", 7), many("B", 7), many("C", 7)].join(" "), vec![14]),
            ([many("A", 7), many("B", 7), many("C", 7), many("D", 7)].join(" "), vec![14]),
            ([many("A", 12), many("B", 9), many("C", 2)].join(" "), vec![12]),
            ([many("A", 2), many("B.x", 5), many("B.y", 8), many("B.z", 9)].join(" "), vec![15]),
        ] {
            let labels: Vec<Vec<String>> = heads.split(' ').map(|l| l.split('.').map(str::to_owned).collect()).collect();
            assert_eq!(pages(&labels), starts, "{heads}");
        }
    }
}
