//! Agency × year × cell: the counts that the statistics look at, from reports.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use nianbao_form::{Cell, FormIx, Forms, Kind, Registry, Report, Reports};

/// A count that is not known.
const UNKNOWN: i64 = i64::MIN;

/// An agency of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Registry id, or the name where the registry does not know the agency.
    pub key: String,
    /// Registry id, if there is one.
    pub id: Option<String>,
    /// Name.
    pub name: String,
    /// Kind in the registry; empty for unknown agencies.
    pub kind: String,
}

/// A dense block of figures, agency × year × cell: counts as they are, amounts as counts of a ten-thousandth of their unit
/// (元 where the unit is 万元).
///
/// The order of members is the registry's, then by name, whatever the order of the reports.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Agencies.
    pub members: Vec<Member>,
    /// Years, ascending.
    pub years: Vec<u16>,
    /// Cells.
    pub cells: Vec<Cell>,
    column: Vec<Option<usize>>,
    forms: Vec<Option<FormIx>>,
    values: Vec<i64>,
}

/// One report's counts on their way into the panel.
struct Row {
    member: Member,
    year: u16,
    form: FormIx,
    source: String,
    values: Vec<i64>,
}

/// An amount is counted in so many parts of its unit.
pub(crate) const STEPS_OF_AN_AMOUNT: f64 = 10_000.0;
/// A ten-thousandth of the unit of an amount, in millionths.
const STEP: i64 = 100;

/// A figure as the panel has it; [`UNKNOWN`] where the report has no number, or none that can be.
fn figure(forms: &Forms, report: &Report, cell: Cell) -> i64 {
    match report.counts_as(cell) {
        Some(n) if n.millionths() < 0 => UNKNOWN,
        Some(n) if forms.kind(cell) == Kind::Amount => n.millionths() / STEP,
        Some(n) if n.is_whole() => n.trunc(),
        _ => UNKNOWN,
    }
}

impl Panel {
    /// From reports, at most one for an agency and a year.
    pub fn from_reports(forms: &Forms, registry: &Registry, reports: &[&Report]) -> Panel {
        let cells: Vec<Cell> = forms.cells().collect();
        let rows = reports.iter().map(|report| Row {
            member: member(registry, report.agency_id.as_deref().unwrap_or_default(), &report.agency),
            year: report.year,
            form: report.form,
            source: report.source.to_string(),
            values: cells.iter().map(|&c| figure(forms, report, c)).collect(),
        });
        Panel::build(forms, registry, cells.clone(), rows.collect())
    }

    fn build(forms: &Forms, registry: &Registry, cells: Vec<Cell>, mut rows: Vec<Row>) -> Panel {
        // Sorted, so that neither the order of members nor which of two doubles stays depends on the input's order.
        let order = |m: &Member| (m.id.as_deref().and_then(|id| registry.position(id)).unwrap_or(usize::MAX), m.key.clone());
        rows.sort_by_cached_key(|r| (order(&r.member), r.year, r.source.clone()));
        let years: Vec<u16> = rows.iter().map(|r| r.year).collect::<BTreeSet<_>>().into_iter().collect();
        let mut members: Vec<Member> = Vec::new();
        for row in &rows {
            if members.last().is_none_or(|m| m.key != row.member.key) {
                members.push(row.member.clone());
            }
        }
        let width = cells.len();
        let mut column = vec![None; forms.width()];
        for (at, cell) in cells.iter().enumerate() {
            column[cell.index()] = Some(at);
        }
        let mut panel = Panel {
            forms: vec![None; members.len() * years.len()],
            values: vec![UNKNOWN; members.len() * years.len() * width],
            members,
            years,
            cells,
            column,
        };
        let mut at = 0;
        for row in rows {
            while panel.members[at].key != row.member.key {
                at += 1;
            }
            let Ok(year) = panel.years.binary_search(&row.year) else { continue };
            let slot = at * panel.years.len() + year;
            panel.forms[slot] = Some(row.form);
            panel.values[slot * width..(slot + 1) * width].copy_from_slice(&row.values);
        }
        panel
    }

    /// Position of a cell among [`Panel::cells`].
    pub fn column(&self, cell: Cell) -> Option<usize> {
        self.column[cell.index()]
    }

    /// Position of a year among [`Panel::years`].
    pub fn year(&self, year: u16) -> Option<usize> {
        self.years.binary_search(&year).ok()
    }

    /// The form of a member's report; `None` if there is no report.
    pub fn form(&self, member: usize, year: usize) -> Option<FormIx> {
        self.forms[member * self.years.len() + year]
    }

    /// Every figure of a report, by [`Cell::index`]; below 0 where it is not known.
    pub(crate) fn row(&self, member: usize, year: usize) -> &[i64] {
        let slot = member * self.years.len() + year;
        &self.values[slot * self.cells.len()..(slot + 1) * self.cells.len()]
    }

    /// A figure, if it is known and not negative.
    pub fn get(&self, member: usize, year: usize, column: usize) -> Option<u64> {
        let slot = member * self.years.len() + year;
        u64::try_from(self.values[slot * self.cells.len() + column]).ok()
    }
}

fn member(registry: &Registry, id: &str, name: &str) -> Member {
    match registry.get(id) {
        Some(agency) => {
            Member { key: agency.id.clone(), id: Some(agency.id.clone()), name: agency.name.clone(), kind: agency.kind.clone() }
        }
        None => Member { key: name.to_owned(), id: None, name: name.to_owned(), kind: String::new() },
    }
}

/// Whose past reports are an agency's past: its own and those of the agencies that were merged into it or renamed.
#[derive(Clone, Debug)]
pub struct Lineage {
    /// For each past year (position) and member, the members whose sum is its past; `None` where a split or a first,
    /// partial year leaves nothing to compare with.
    past: Vec<Vec<Option<Vec<usize>>>>,
}

impl Lineage {
    /// The pasts of all members as of `year` (a position).
    pub fn new(panel: &Panel, registry: &Registry, year: usize) -> Lineage {
        let position: BTreeMap<&str, usize> = panel.members.iter().enumerate().map(|(i, m)| (m.key.as_str(), i)).collect();
        let past = (0..year).map(|h| past_of(panel, registry, &position, h, panel.years[year])).collect();
        Lineage { past }
    }

    /// A member's count of a past year; `None` if any part of it is unknown or was counted in another sense.
    pub fn count(&self, panel: &Panel, breaks: &Breaks, member: usize, at: (usize, FormIx), column: usize) -> Option<u64> {
        let (year, form) = at;
        let parts = self.past.get(year)?.get(member)?.as_ref()?;
        let mut sum = 0u64;
        for &part in parts {
            let old = panel.form(part, year)?;
            if !breaks.comparable(old, form, panel.cells[column]) {
                return None;
            }
            sum = sum.checked_add(panel.get(part, year, column)?)?;
        }
        Some(sum)
    }
}

fn past_of(panel: &Panel, registry: &Registry, position: &BTreeMap<&str, usize>, h: usize, now: u16) -> Vec<Option<Vec<usize>>> {
    let then = panel.years[h];
    let mut parts: Vec<Option<Vec<usize>>> = panel
        .members
        .iter()
        .map(|m| if m.id.is_none() { Some(vec![position[m.key.as_str()]]) } else { Some(Vec::new()) })
        .collect();
    for agency in registry.agencies().iter().filter(|a| a.reports == Reports::Own && a.exists(then)) {
        let heirs = registry.continued_by(&agency.id, now);
        // In the year of its foundation an agency counts some months only, unless it took over from others.
        let partial = agency.from == Some(then)
            && !registry.agencies().iter().any(|a| a.successor.contains(&agency.id) && a.to.is_some_and(|to| to < then));
        for heir in &heirs {
            let Some(&at) = position.get(heir.id.as_str()) else { continue };
            match position.get(agency.id.as_str()) {
                Some(&from) if heirs.len() == 1 && !partial => {
                    if let Some(list) = parts[at].as_mut() {
                        list.push(from);
                    }
                }
                _ => parts[at] = None,
            }
        }
    }
    for part in &mut parts {
        if part.as_ref().is_some_and(Vec::is_empty) {
            *part = None;
        }
    }
    parts
}

/// Which cells of an older form can not be compared with the same id of a newer one, because a series says that its
/// meaning changed, or because one of the forms does not have it.
#[derive(Clone, Debug, Default)]
pub struct Breaks {
    /// By older form, newer form and cell.
    comparable: Vec<Vec<Vec<bool>>>,
}

impl Breaks {
    /// Works it out for every pair of forms.
    pub fn new(forms: &Forms) -> Breaks {
        let pair = |old: FormIx, new: FormIx| {
            let (older, newer) = (forms.form(old), forms.form(new));
            let broken: HashSet<Cell> = forms
                .generations(new)
                .into_iter()
                .map(|g| forms.form(g))
                .filter(|g| g.from > older.from && g.from <= newer.from)
                .flat_map(|g| &g.series)
                .filter(|s| !s.break_note.is_empty())
                .flat_map(|s| s.numerator.iter().chain(&s.denominator).copied())
                .collect();
            let same = |c: Cell| older.def(c).is_some() && newer.def(c).is_some() && (old == new || !broken.contains(&c));
            forms.cells().map(same).collect()
        };
        Breaks { comparable: forms.iter().map(|(old, _)| forms.iter().map(|(new, _)| pair(old, new)).collect()).collect() }
    }

    /// Whether a cell of a report in the form `old` measures what it measures in the form `new`.
    pub fn comparable(&self, old: FormIx, new: FormIx, cell: Cell) -> bool {
        self.comparable[old.index()][new.index()][cell.index()]
    }
}
