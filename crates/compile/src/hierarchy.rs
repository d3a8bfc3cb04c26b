//! Who belongs to which group, who is expected in which year, and whose reports are added up.

use std::collections::{BTreeMap, HashMap, HashSet};

use nianbao_form::{FormIx, Forms, Registry, Report, Reports, nearest};

use crate::CompileError;

/// A group of the hierarchy.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) level: String,
    /// The group itself and those above it, nearest first; the last is the root.
    pub(crate) above: Vec<usize>,
}

/// An agency whose own figures are added up.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Registry id, or the name where the registry does not know it.
    pub(crate) key: String,
    /// Registry id; empty where none was given.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The group in which its figures are added up first.
    pub(crate) home: usize,
    /// Position in the registry.
    pub(crate) position: Option<usize>,
    exists: (Option<u16>, Option<u16>),
}

impl Member {
    /// Whether the registry expects a report of the year.
    pub(crate) fn expected(&self, year: u16) -> bool {
        let (from, to) = self.exists;
        self.position.is_some() && from.is_none_or(|f| f <= year) && to.is_none_or(|t| year <= t)
    }
}

/// A report that is added up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    /// Position among the reports given.
    pub(crate) report: usize,
    /// Position in [`Plan::members`].
    pub(crate) member: usize,
    /// Position in [`Plan::years`].
    pub(crate) year: usize,
    pub(crate) form: FormIx,
}

/// What is added up to what.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Groups, the root first, then in the order of the registry.
    pub(crate) groups: Vec<Group>,
    /// Agencies in the order of the registry, then unknown ones by name.
    pub(crate) members: Vec<Member>,
    /// Reports by year and member.
    pub(crate) placed: Vec<Placed>,
    /// Years that have a report.
    pub(crate) years: Vec<u16>,
    /// The form of each year.
    pub(crate) forms: Vec<FormIx>,
    /// Reports of bodies whose figures are counted elsewhere; never added up.
    pub(crate) elsewhere: Vec<usize>,
    /// Whether the registry has any agency.
    pub(crate) registry: bool,
}

/// The root, if one agency is at the top; `None` for the group of all.
fn choose_root(registry: &Registry, top: Option<&str>) -> Result<Option<String>, CompileError> {
    let groups = registry.groups();
    let Some(top) = top.map(str::trim).filter(|t| !t.is_empty()) else {
        return Ok(default_root(registry));
    };
    let found = registry.get(top).or_else(|| registry.find(top, None));
    if let Some(agency) = found {
        if groups.iter().any(|g| g.id == agency.id) {
            return Ok(Some(agency.id.clone()));
        }
        return Err(CompileError::UnknownGroup(top.to_owned(), " as a group: no agency stands below it".to_owned()));
    }
    let names = groups.iter().flat_map(|g| [g.name.as_str(), g.id.as_str()]);
    let hint = match nearest(top, names) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if groups.is_empty() => "; it has no groups at all".to_owned(),
        None => format!("; groups are {}", groups.iter().take(5).map(|g| g.name.as_str()).collect::<Vec<_>>().join(", ")),
    };
    Err(CompileError::UnknownGroup(top.to_owned(), hint))
}

fn default_root(registry: &Registry) -> Option<String> {
    let groups = registry.groups();
    let mut tops = groups.iter().filter(|g| g.parent.is_empty());
    match (tops.next(), tops.next()) {
        (Some(only), None) => Some(only.id.clone()),
        _ => None,
    }
}

/// Finds the group of every agency.
struct Tree<'a> {
    registry: &'a Registry,
    by_id: HashMap<&'a str, usize>,
    /// Whether agencies that stand below no group are counted in the root.
    takes_strays: bool,
    all: bool,
}

impl Tree<'_> {
    /// The nearest group in scope that holds the agency's figures.
    fn home(&self, id: &str) -> Option<usize> {
        let own = self.by_id.get(id).copied();
        let above = || self.registry.ancestors(id).iter().find_map(|a| self.by_id.get(a.id.as_str()).copied());
        let stray = || (self.all || (self.takes_strays && self.registry.ancestors(id).is_empty())).then_some(0);
        own.or_else(above).or_else(stray)
    }
}

fn groups(forms: &Forms, registry: &Registry, root: Option<&str>, reports: &[&Report]) -> Vec<Group> {
    let below = |id: &str| root.is_none_or(|r| id == r || registry.ancestors(id).iter().any(|a| a.id == r));
    let mut agencies: Vec<_> = registry.groups().into_iter().filter(|g| below(&g.id)).collect();
    let mut out = Vec::new();
    match root {
        Some(root) => agencies.sort_by_key(|g| g.id != root),
        None => {
            let chinese = reports.iter().any(|r| forms.form(r.form).language == "zh");
            let name = if chinese || reports.is_empty() { "全部" } else { "All agencies" };
            out.push(Group { id: String::new(), name: name.to_owned(), level: "all".to_owned(), above: vec![0] });
        }
    }
    let first = out.len();
    let by_id: HashMap<&str, usize> = agencies.iter().enumerate().map(|(i, g)| (g.id.as_str(), first + i)).collect();
    for (i, agency) in agencies.iter().enumerate() {
        let mut above = vec![first + i];
        above.extend(registry.ancestors(&agency.id).iter().filter_map(|a| by_id.get(a.id.as_str())));
        if above.last() != Some(&0) {
            above.push(0);
        }
        let level = if agency.kind.is_empty() { "group" } else { &agency.kind };
        out.push(Group { id: agency.id.clone(), name: agency.name.clone(), level: level.to_owned(), above });
    }
    out
}

/// Agencies in order, and each one's position by key.
fn members(registry: &Registry, tree: &Tree<'_>, reports: &[&Report]) -> (Vec<Member>, HashMap<String, usize>) {
    let mut out = Vec::new();
    for (position, a) in registry.agencies().iter().enumerate() {
        if let Some(home) = (a.reports == Reports::Own).then(|| tree.home(&a.id)).flatten() {
            let (key, id, name, kind) = (a.id.clone(), a.id.clone(), a.name.clone(), a.kind.clone());
            out.push(Member { key, id, name, kind, home, position: Some(position), exists: (a.from, a.to) });
        }
    }
    // An unknown agency bears the name of its latest report.
    let mut unknown: BTreeMap<&str, (u16, &str)> = BTreeMap::new();
    for r in reports.iter().filter(|r| registry.get(r.agency_key()).is_none()) {
        let entry = unknown.entry(r.agency_key()).or_insert((r.year, &r.agency));
        *entry = (*entry).max((r.year, &r.agency));
    }
    let mut unknown: Vec<(&str, &str)> = unknown.into_iter().map(|(key, (_, name))| (name, key)).collect();
    unknown.sort_unstable();
    let given: HashSet<&str> = reports.iter().filter_map(|r| r.agency_id.as_deref()).collect();
    for (name, key) in unknown {
        let id = if given.contains(key) { key.to_owned() } else { String::new() };
        let (key, name, kind) = (key.to_owned(), name.to_owned(), String::new());
        out.push(Member { key, id, name, kind, home: 0, position: None, exists: (None, None) });
    }
    let by_key = out.iter().enumerate().map(|(i, m)| (m.key.clone(), i)).collect();
    (out, by_key)
}

/// The form of a year: the one that is meant for it if any report uses it or there is none, else the one that most reports use.
fn form_of_year(forms: &Forms, year: u16, used: &BTreeMap<FormIx, usize>) -> Option<FormIx> {
    let meant = forms.for_year(year).filter(|f| used.contains_key(f) || used.is_empty());
    let most = used.iter().max_by_key(|(ix, n)| (**n, std::cmp::Reverse(**ix))).map(|(ix, _)| *ix);
    meant.or(most)
}

impl Plan {
    /// `asked` is a year that is wanted even if nobody has reported for it.
    pub(crate) fn new(
        forms: &Forms,
        registry: &Registry,
        reports: &[&Report],
        top: Option<&str>,
        asked: Option<u16>,
    ) -> Result<Plan, CompileError> {
        let root = choose_root(registry, top)?;
        let groups = groups(forms, registry, root.as_deref(), reports);
        let tree = Tree {
            registry,
            by_id: groups.iter().enumerate().map(|(i, g)| (g.id.as_str(), i)).collect(),
            takes_strays: root == default_root(registry),
            all: root.is_none(),
        };
        let (members, by_key) = members(registry, &tree, reports);
        let mut elsewhere = Vec::new();
        let mut found: Vec<(u16, usize, &str, usize)> = Vec::new();
        for (i, r) in reports.iter().enumerate() {
            match by_key.get(r.agency_key()) {
                Some(&m) => found.push((r.year, m, &r.source, i)),
                None if tree.home(r.agency_key()).is_some() => elsewhere.push(i),
                None => {}
            }
        }
        found.sort_unstable();
        elsewhere.sort_by_key(|&i| (reports[i].year, reports[i].agency_key(), &reports[i].source));
        let mut used: BTreeMap<u16, BTreeMap<FormIx, usize>> = BTreeMap::new();
        for &(year, .., i) in &found {
            *used.entry(year).or_default().entry(reports[i].form).or_default() += 1;
        }
        if let Some(year) = asked {
            used.entry(year).or_default();
        }
        let (years, year_forms): (Vec<u16>, Vec<FormIx>) =
            used.iter().filter_map(|(&year, used)| Some((year, form_of_year(forms, year, used)?))).unzip();
        let at: HashMap<u16, usize> = years.iter().enumerate().map(|(i, &y)| (y, i)).collect();
        let placed = found
            .into_iter()
            .map(|(year, member, _, report)| Placed { report, member, year: at[&year], form: reports[report].form })
            .collect();
        let registry = !registry.is_empty();
        Ok(Plan { groups, members, placed, years, forms: year_forms, elsewhere, registry })
    }

    /// The first report of every agency and year.
    pub(crate) fn row_of(&self) -> HashMap<(usize, usize), usize> {
        let mut rows = HashMap::with_capacity(self.placed.len());
        for (i, p) in self.placed.iter().enumerate() {
            rows.entry((p.member, p.year)).or_insert(i);
        }
        rows
    }

    /// The members below each group, in order.
    pub(crate) fn below(&self) -> Vec<Vec<usize>> {
        let mut out = vec![Vec::new(); self.groups.len()];
        for (m, member) in self.members.iter().enumerate() {
            for &g in &self.groups[member.home].above {
                out[g].push(m);
            }
        }
        out
    }
}
