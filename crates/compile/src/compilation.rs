//! Everything that was added up, and how to find a figure in it.

use std::collections::HashMap;
use std::ops::Range;

use nianbao_form::{Cell, FormIx, Forms, Registry, Report};
use polars::prelude::DataFrame;

use crate::dense::{BEFORE_CELLS, Dense};
use crate::growth::{Growth, LikeForLike, growth};
use crate::hierarchy::Plan;
use crate::{CompileError, CoverageRow, SeriesRow, SumRow, coverage, dense, series, sums};

/// Everything that was added up.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// One row a report that is in the sums, by year and agency; one column a cell of the union, named by its id (Int64
    /// millionths, for counts too, so that a count with decimals loses nothing; null where not known), beside `agency_id`,
    /// `agency`, `kind`, `year` (UInt32), `form`, `report` (UInt32: its position among the reports given).
    pub wide: DataFrame,
    /// Sums by group, year and cell: the root first, then groups in the order of the registry; years; the form's cells.
    pub sums: Vec<SumRow>,
    /// Coverage, in the same order of groups and years, agencies in the order of the registry, unknown ones at the end.
    pub coverage: Vec<CoverageRow>,
    /// Series of groups, then of agencies; by series and year.
    pub series: Vec<SeriesRow>,
    /// Id of the group at the top; empty for the group of all.
    pub root: String,
    /// All years, ascending.
    pub years: Vec<u16>,
    index: Index,
}

/// A group of the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRef<'a> {
    /// Registry id; empty for the group of all.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// Kind; `all` for the group of all.
    pub level: &'a str,
    /// Id of the group above it in the compilation; `None` for the root.
    pub parent: Option<&'a str>,
}

#[derive(Clone, Debug)]
struct Index {
    plan: Plan,
    groups: HashMap<String, usize>,
    members: HashMap<String, usize>,
    below: Vec<Vec<usize>>,
    row_of: HashMap<(usize, usize), usize>,
    /// By year: position of each cell of the union within the year's cells.
    positions: Vec<Vec<Option<u32>>>,
    /// By year: the cells for which every agency is asked.
    asked: Vec<Vec<Cell>>,
    /// By group and year: where the sums begin, and where coverage stands.
    sums: Vec<usize>,
    coverage: Vec<Range<usize>>,
    series: HashMap<String, usize>,
    /// By group and series, by agency and series.
    group_series: Vec<Range<usize>>,
    agency_series: Vec<Range<usize>>,
}

/// Adds up the counted reports (derived values included) over every group of the registry and every year.
///
/// `top` (id or name) chooses the group at the top: only what stands below it, and agencies that the registry does not
/// know, is then added up. Without it the top is the only agency without a parent that has others below it (agencies that
/// stand nowhere are counted in it too), else the group of all. Of two reports of an agency and year only one may be
/// given; reports of bodies whose figures are counted elsewhere (`reports = compiled` or `none`) are never added.
///
/// # Errors
/// See [`CompileError`].
pub fn compile(forms: &Forms, registry: &Registry, reports: &[&Report], top: Option<&str>) -> Result<Compilation, CompileError> {
    compile_for(forms, registry, reports, top, None)
}

/// [`compile`] with a year that is wanted even if nobody, or nobody of the group, has reported for it: its coverage then names
/// who is missing, and its sums are unknown.
///
/// # Errors
/// See [`CompileError`].
pub fn compile_for(
    forms: &Forms,
    registry: &Registry,
    reports: &[&Report],
    top: Option<&str>,
    asked: Option<u16>,
) -> Result<Compilation, CompileError> {
    let plan = Plan::new(forms, registry, reports, top, asked)?;
    let dense = Dense::new(forms, &plan, reports);
    let cells = dense.columns();
    let (below, row_of) = (plan.below(), plan.row_of());
    let due = coverage::due(&plan, &below, &row_of);
    let sums = sums::rows(forms, &plan, &cells, &due)?;
    let coverage = coverage::rows(forms, &plan, &dense, &below, &row_of);
    let catalogue = series::Catalogue::new(forms, &plan);
    let series = series::rows(&catalogue, &plan, &dense, &due)?;
    let wide = dense::wide(forms, &plan, &cells)?;
    let index = Index::new(forms, plan, below, row_of, &sums, &coverage, &catalogue, &series);
    Ok(Compilation {
        wide,
        sums: sums.rows,
        coverage,
        series: series.rows,
        root: index.plan.groups[0].id.clone(),
        years: index.plan.years.clone(),
        index,
    })
}

impl Index {
    #[allow(clippy::too_many_arguments)]
    fn new(
        forms: &Forms,
        plan: Plan,
        below: Vec<Vec<usize>>,
        row_of: HashMap<(usize, usize), usize>,
        sums: &sums::Made,
        coverage: &[CoverageRow],
        catalogue: &series::Catalogue<'_>,
        series: &series::Made,
    ) -> Index {
        let groups: HashMap<String, usize> = plan.groups.iter().enumerate().map(|(i, g)| (g.id.clone(), i)).collect();
        let members: HashMap<String, usize> = plan.members.iter().enumerate().map(|(i, m)| (m.key.clone(), i)).collect();
        let names: HashMap<String, usize> = catalogue.ids.iter().enumerate().map(|(i, s)| ((*s).to_owned(), i)).collect();
        let positions = sums.cells.iter().map(|cells| {
            let mut at = vec![None; forms.width()];
            cells.iter().enumerate().for_each(|(i, (c, _))| at[c.index()] = Some(i as u32));
            at
        });
        let mut first = 0;
        let mut starts = Vec::new();
        for _ in &plan.groups {
            for cells in &sums.cells {
                starts.push(first);
                first += cells.len();
            }
        }
        let year_at = |year: u16| plan.years.binary_search(&year).unwrap_or(0);
        let places = coverage.iter().map(|r| groups[&r.group_id] * plan.years.len() + year_at(r.year));
        let covered = ranges(places, plan.groups.len() * plan.years.len());
        let owned = |rows: &[SeriesRow], owners: &HashMap<String, usize>| {
            ranges(rows.iter().map(|r| owners[&r.group_id] * names.len() + names[&r.series]), owners.len() * names.len())
        };
        let (of_groups, of_agencies) = series.rows.split_at(series.groups);
        let group_series = owned(of_groups, &groups);
        let shift = |r: Range<usize>| r.start + series.groups..r.end + series.groups;
        let agency_series = owned(of_agencies, &members).into_iter().map(shift).collect();
        Index {
            positions: positions.collect(),
            asked: sums.cells.iter().map(|cells| cells.iter().filter(|c| c.1).map(|c| c.0).collect()).collect(),
            sums: starts,
            coverage: covered,
            series: names,
            group_series,
            agency_series,
            groups,
            members,
            below,
            row_of,
            plan,
        }
    }

    fn year(&self, year: u16) -> Option<usize> {
        self.plan.years.binary_search(&year).ok()
    }

    fn place(&self, group: &str, year: u16) -> Option<usize> {
        Some(self.groups.get(group)? * self.plan.years.len() + self.year(year)?)
    }
}

/// Where the rows of each place stand; rows of one place are neighbours.
fn ranges(places: impl Iterator<Item = usize>, n: usize) -> Vec<Range<usize>> {
    let mut out = vec![0..0; n];
    for (i, place) in places.enumerate() {
        let range = &mut out[place];
        *range = if range.start == range.end { i..i + 1 } else { range.start..i + 1 };
    }
    out
}

impl Compilation {
    /// The sums at the top of the hierarchy that are known: cell, year, sum in millionths.
    pub fn at_the_top(&self) -> impl Iterator<Item = (Cell, u16, i128)> {
        self.sums.iter().filter(|r| r.group_id == self.root).filter_map(|r| Some((r.cell, r.year, r.millionths?)))
    }

    /// The sum of a group, a year and a cell. `None` where there is no such row: an unknown group or year, or a cell that
    /// neither the year's form has nor anybody has filled in.
    pub fn sum(&self, group_id: &str, year: u16, cell: Cell) -> Option<&SumRow> {
        let place = self.index.place(group_id, year)?;
        let within = (*self.index.positions[self.index.year(year)?].get(cell.index())?)?;
        self.sums.get(self.index.sums[place] + within as usize)
    }

    /// All sums of a group and year, in the order of the form's cells.
    pub fn sums_of(&self, group_id: &str, year: u16) -> &[SumRow] {
        let Some(place) = self.index.place(group_id, year) else { return &[] };
        let first = self.index.sums[place];
        let last = self.index.sums.get(place + 1).copied().unwrap_or(self.sums.len());
        &self.sums[first..last]
    }

    /// A series of a group, or, if no group bears the id, of the agency that does; years ascending.
    pub fn series_of(&self, id: &str, series: &str) -> std::slice::Iter<'_, SeriesRow> {
        let group = || Some(self.index.groups.get(id)? * self.index.series.len() + self.index.series.get(series)?);
        match group() {
            Some(at) => self.series[self.index.group_series[at].clone()].iter(),
            None => self.series_of_agency(id, series),
        }
    }

    /// A series of an agency (registry id, or its name where the registry does not know it); years ascending.
    pub fn series_of_agency(&self, agency: &str, series: &str) -> std::slice::Iter<'_, SeriesRow> {
        let at = || Some(self.index.members.get(agency)? * self.index.series.len() + self.index.series.get(series)?);
        self.series[at().map_or(0..0, |at| self.index.agency_series[at].clone())].iter()
    }

    /// One year of a series of every agency, in the order of the registry, unknown ones at the end.
    pub fn agency_series(&self, series: &str, year: u16) -> impl Iterator<Item = &SeriesRow> {
        let n = self.index.series.len();
        let first = self.index.series.get(series).copied().unwrap_or(usize::MAX);
        let places = self.index.agency_series.iter().skip(first).step_by(n.max(1));
        places.filter_map(move |range| self.series[range.clone()].iter().find(|r| r.year == year))
    }

    /// How a series of a group or agency has changed since the year before; `None` for a ratio, where either figure is
    /// unknown or a lower bound, or where a break stands between the two years.
    pub fn growth(&self, id: &str, series: &str, year: u16) -> Option<Growth> {
        let find = |year| self.series_of(id, series).find(|r| r.year == year);
        let (before, now) = (find(year.checked_sub(1)?)?, find(year)?);
        let fit = !now.ratio && now.break_note.is_empty() && !before.lower_bound && !now.lower_bound;
        if fit { growth(before.numerator, now.numerator) } else { None }
    }

    /// How a series of a group has changed since the year before over the agencies whose figure is whole in both years.
    /// `None` for a ratio, over a break, and where these are not more than half of the agencies that have either figure:
    /// they would not speak for the group. Agencies that have merged or been split have a figure in one year only.
    pub fn like_for_like(&self, group_id: &str, series: &str, year: u16) -> Option<LikeForLike> {
        let before_year = year.checked_sub(1)?;
        let own = self.series_of(group_id, series).find(|r| r.year == year)?;
        if own.ratio || !own.break_note.is_empty() {
            return None;
        }
        let group = *self.index.groups.get(group_id)?;
        let known = |rows: std::slice::Iter<'_, SeriesRow>, year: u16| {
            rows.clone().find(|r| r.year == year && !r.lower_bound).and_then(|r| r.numerator)
        };
        let (mut base, mut now, mut agencies, mut either) = (0, 0, 0, 0);
        for &member in &self.index.below[group] {
            let rows = self.series_of_agency(&self.index.plan.members[member].key, series);
            let (last, this) = (known(rows.clone(), before_year), known(rows, year));
            either += usize::from(last.is_some() || this.is_some());
            if let (Some(last), Some(this)) = (last, this) {
                (base, now, agencies) = (base + last, now + this, agencies + 1);
            }
        }
        let speaks = agencies > 0 && 2 * agencies > either;
        speaks.then(|| LikeForLike { growth: Growth { change: now - base, base }, agencies })
    }

    /// Coverage of a group and year, agencies in order.
    pub fn coverage_of(&self, group_id: &str, year: u16) -> &[CoverageRow] {
        self.index.place(group_id, year).map_or(&[], |at| &self.coverage[self.index.coverage[at].clone()])
    }

    /// All groups, the root first, then in the order of the registry.
    pub fn groups(&self) -> impl Iterator<Item = GroupRef<'_>> {
        let groups = &self.index.plan.groups;
        groups.iter().map(|g| GroupRef {
            id: &g.id,
            name: &g.name,
            level: &g.level,
            parent: g.above.get(1).map(|&above| groups[above].id.as_str()),
        })
    }

    /// The name of a group.
    pub fn group_name(&self, id: &str) -> Option<&str> {
        self.index.groups.get(id).map(|&g| self.index.plan.groups[g].name.as_str())
    }

    /// The name of the group at the top.
    pub fn root_name(&self) -> &str {
        &self.index.plan.groups[0].name
    }

    /// The form of a year: the one that is meant for it if any report uses it, else the one that most reports use.
    pub fn form_of(&self, year: u16) -> Option<FormIx> {
        self.index.year(year).map(|y| self.index.plan.forms[y])
    }

    /// The agencies whose figure is missing in a sum, by name, in order: who makes it a lower bound. Empty for cells that
    /// no agency is asked for (local rows, rows of another generation).
    pub fn owing(&self, group_id: &str, year: u16, cell: Cell) -> Vec<&str> {
        let index = &self.index;
        let (Some(&g), Some(y)) = (index.groups.get(group_id), index.year(year)) else { return Vec::new() };
        if !index.asked[y].contains(&cell) {
            return Vec::new();
        }
        let known = self.wide.select_at_idx(BEFORE_CELLS + cell.index()).and_then(|c| c.i64().ok());
        let owes = |m: &&usize| match index.row_of.get(&(**m, y)) {
            Some(&row) => known.is_none_or(|c| c.get(row).is_none()),
            None => index.plan.members[**m].expected(year),
        };
        index.below[g].iter().filter(owes).map(|&m| index.plan.members[m].name.as_str()).collect()
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.index.plan
    }

    pub(crate) fn row_of(&self, member: usize, year: u16) -> Option<usize> {
        self.index.row_of.get(&(member, self.index.year(year)?)).copied()
    }

    pub(crate) fn below(&self, group: usize) -> &[usize] {
        &self.index.below[group]
    }
}
