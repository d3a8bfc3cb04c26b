//! The registry: who must report, under whom, since when, and what became of whom.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::label;

/// How an agency's figures enter the sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reports {
    /// Its figures are summed.
    #[default]
    Own,
    /// Its published report is itself a sum: only reconciled.
    Compiled,
    /// It makes no report.
    None,
}

/// One line of `agencies.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agency {
    /// Registry id, often the unified social credit code.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind (bureau, sub-district, town, district, …): peer group and level.
    pub kind: String,
    /// Id of the group that it belongs to; empty at the top.
    pub parent: String,
    /// Other names, former ones too.
    pub aliases: Vec<String>,
    /// First reporting year, if it was not always there.
    pub from: Option<u16>,
    /// Last reporting year, if it has ended.
    pub to: Option<u16>,
    /// Ids of those that go on for it.
    pub successor: Vec<String>,
    /// How its figures enter the sums.
    pub reports: Reports,
    /// Line in the file, for messages.
    pub line: usize,
}

impl Agency {
    /// Whether it exists in a year.
    pub fn exists(&self, year: u16) -> bool {
        self.from.is_none_or(|from| from <= year) && self.to.is_none_or(|to| year <= to)
    }
}

/// What is wrong with the registry, as a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `registry` or `credit-code`.
    pub rule: &'static str,
    /// Id of the agency.
    pub agency: String,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
    /// Line of the file.
    pub line: usize,
}

/// All agencies of a district, a city or a province.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    agencies: Vec<Agency>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, Vec<usize>>,
    /// Key of every name and alias with its agency, in the order of the file.
    keys: Vec<(String, usize)>,
}

impl Registry {
    /// Takes the agencies as read; doubles, unknown parents and cycles are told, and mended so that nothing loops: the
    /// first of two doubles counts, an unknown parent is dropped, a cycle is cut.
    pub fn new(agencies: Vec<Agency>) -> (Registry, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut registry = Registry::default();
        for agency in agencies {
            if registry.by_id.contains_key(&agency.id) {
                problems.push(problem(&agency, "名录中编号重复", "the id stands twice in the registry"));
                continue;
            }
            if credit_code(&agency.id) == Some(false) {
                problems.push(Problem {
                    rule: "credit-code",
                    agency: agency.id.clone(),
                    zh: format!("“{}”的统一社会信用代码{}校验位不符", agency.name, agency.id),
                    en: format!("the unified social credit code {} of {} fails its check character", agency.id, agency.name),
                    line: agency.line,
                });
            }
            let at = registry.agencies.len();
            registry.by_id.insert(agency.id.clone(), at);
            for name in std::iter::once(&agency.name).chain(&agency.aliases) {
                let key = name_key(name);
                registry.keys.push((key.clone(), at));
                let list = registry.by_name.entry(key).or_default();
                if !list.contains(&at) {
                    list.push(at);
                }
            }
            registry.agencies.push(agency);
        }
        registry.mend_parents(&mut problems);
        for a in &registry.agencies {
            for s in &a.successor {
                if !registry.by_id.contains_key(s) {
                    problems.push(problem(
                        a,
                        &format!("承继单位“{s}”不在名录中"),
                        &format!("successor `{s}` is not in the registry"),
                    ));
                }
            }
        }
        for list in registry.by_name.values() {
            for (i, &a) in list.iter().enumerate() {
                for &b in &list[..i] {
                    let (x, y) = (&registry.agencies[b], &registry.agencies[a]);
                    let apart = x.to.zip(y.from).is_some_and(|(to, from)| to < from)
                        || y.to.zip(x.from).is_some_and(|(to, from)| to < from);
                    if !apart {
                        problems.push(problem(
                            y,
                            &format!("与“{}”同名，且存续年份重叠", x.id),
                            &format!("has a name of `{}` in the same years", x.id),
                        ));
                    }
                }
            }
        }
        problems.sort_by(|a, b| (a.line, &a.zh).cmp(&(b.line, &b.zh)));
        (registry, problems)
    }

    fn mend_parents(&mut self, problems: &mut Vec<Problem>) {
        for i in 0..self.agencies.len() {
            let parent = self.agencies[i].parent.clone();
            if !parent.is_empty() && !self.by_id.contains_key(&parent) {
                problems.push(problem(
                    &self.agencies[i],
                    &format!("上级“{parent}”不在名录中"),
                    &format!("parent `{parent}` is not in the registry"),
                ));
                self.agencies[i].parent.clear();
            }
        }
        for i in 0..self.agencies.len() {
            let mut seen = HashSet::from([i]);
            let mut at = i;
            while let Some(&next) = self.by_id.get(&self.agencies[at].parent) {
                if !seen.insert(next) {
                    problems.push(problem(&self.agencies[at], "上级关系成环", "the parents form a cycle"));
                    self.agencies[at].parent.clear();
                    break;
                }
                at = next;
            }
        }
    }

    /// Whether there is no agency.
    pub fn is_empty(&self) -> bool {
        self.agencies.is_empty()
    }

    /// All agencies in the order of the file.
    pub fn agencies(&self) -> &[Agency] {
        &self.agencies
    }

    /// An agency by id.
    pub fn get(&self, id: &str) -> Option<&Agency> {
        self.by_id.get(id).map(|&i| &self.agencies[i])
    }

    /// Position in the file, for ordering.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The agency of a name or alias, in a year if one is known: two agencies may have borne a name one after the other.
    pub fn find(&self, name: &str, year: Option<u16>) -> Option<&Agency> {
        if let Some(agency) = self.get(name.trim()) {
            return Some(agency);
        }
        let list = self.by_name.get(&name_key(name))?;
        // Names that differ in case, width or blanks alone are told apart by who bears the very name.
        let bears = |i: &&usize| {
            let agency = &self.agencies[**i];
            std::iter::once(&agency.name).chain(&agency.aliases).any(|n| n.trim() == name.trim())
        };
        let exact: Vec<usize> = list.iter().filter(bears).copied().collect();
        let list = if exact.is_empty() { list } else { &exact };
        let fits = |i: &&usize| year.is_none_or(|y| self.agencies[**i].exists(y));
        let mut fitting = list.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(&only), None) => Some(&self.agencies[only]),
            (Some(_), Some(_)) => None,
            _ if list.len() == 1 => Some(&self.agencies[list[0]]),
            _ => None,
        }
    }

    /// Every name and alias with its agency, for finding agencies in text.
    pub fn names(&self) -> impl Iterator<Item = (&str, &Agency)> {
        self.agencies.iter().flat_map(|a| std::iter::once(&a.name).chain(&a.aliases).map(move |n| (n.as_str(), a)))
    }

    /// [`name_key`] of every name and alias with its agency.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Agency)> {
        self.keys.iter().map(|(key, at)| (key.as_str(), &self.agencies[*at]))
    }

    /// Agencies whose report is awaited for a year.
    pub fn expected(&self, year: u16) -> impl Iterator<Item = &Agency> {
        self.agencies.iter().filter(move |a| a.reports == Reports::Own && a.exists(year))
    }

    /// The groups above an agency, nearest first.
    pub fn ancestors(&self, id: &str) -> Vec<&Agency> {
        let mut out = Vec::new();
        let mut at = self.get(id);
        while let Some(parent) = at.and_then(|a| self.get(&a.parent)) {
            out.push(parent);
            at = Some(parent);
        }
        out
    }

    /// Whether anything stands below it.
    pub fn is_group(&self, id: &str) -> bool {
        self.agencies.iter().any(|a| a.parent == id)
    }

    /// Groups in order: every agency that has others below it.
    pub fn groups(&self) -> Vec<&Agency> {
        let parents: HashSet<&str> = self.agencies.iter().map(|a| a.parent.as_str()).collect();
        self.agencies.iter().filter(|a| parents.contains(a.id.as_str())).collect()
    }

    /// Those that go on in `year` for an agency that has ended before it: itself while it exists, else its successors,
    /// theirs, and so on.
    pub fn continued_by(&self, id: &str, year: u16) -> Vec<&Agency> {
        let mut out: BTreeMap<usize, &Agency> = BTreeMap::new();
        let mut stack = vec![id];
        let mut seen = HashSet::new();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(at) = self.position(id) else { continue };
            let agency = &self.agencies[at];
            if agency.exists(year) {
                out.insert(at, agency);
            } else if agency.to.is_some_and(|to| to < year) {
                stack.extend(agency.successor.iter().map(String::as_str));
            }
        }
        out.into_values().collect()
    }
}

fn problem(agency: &Agency, zh: &str, en: &str) -> Problem {
    Problem {
        rule: "registry",
        agency: agency.id.clone(),
        zh: format!("“{}”{zh}", agency.name),
        en: format!("{}: {en}", agency.name),
        line: agency.line,
    }
}

/// What makes two printed agency names the same: [`label::fold`] without brackets' kind and middle dots.
pub fn name_key(name: &str) -> String {
    label::fold(name).chars().filter(|c| !matches!(c, '.' | '"' | '\'')).collect()
}

/// Whether an 18-character unified social credit code (GB 32100-2015) has the right check character; `None` if the text
/// is not of that form and so an internal id.
pub fn credit_code(code: &str) -> Option<bool> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values: Option<Vec<u32>> = code.chars().map(|c| ALPHABET.find(c).map(|i| i as u32)).collect();
    let values = values.filter(|v| v.len() == 18 && code.starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase()))?;
    if !code[2..8].bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut weight = 1;
    let mut sum = 0;
    for v in &values[..17] {
        sum += v * weight;
        weight = weight * 3 % 31;
    }
    Some((31 - sum % 31) % 31 == values[17])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agency(id: &str, parent: &str) -> Agency {
        Agency { id: id.into(), name: format!("机关{id}"), parent: parent.into(), ..Agency::default() }
    }

    #[test]
    fn cycles_are_cut_and_told() {
        let (registry, problems) = Registry::new(vec![agency("a", "b"), agency("b", "a"), agency("c", "x")]);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(registry.ancestors("a").len() <= 1);
    }

    #[test]
    fn successors_are_followed() {
        let mut old = agency("old", "");
        old.to = Some(2020);
        old.successor = vec!["x".into(), "y".into()];
        let (registry, _) = Registry::new(vec![old, agency("x", ""), agency("y", "")]);
        let ids: Vec<_> = registry.continued_by("old", 2021).iter().map(|a| a.id.clone()).collect();
        assert_eq!(ids, ["x", "y"]);
        assert_eq!(registry.continued_by("old", 2020)[0].id, "old");
    }

    #[test]
    fn check_characters() {
        // Built by the standard's formula in GB 32100-2015, section 5.
        assert_eq!(credit_code("91350100M000100Y43"), Some(true));
        assert_eq!(credit_code("91350100M000100Y44"), Some(false));
        assert_eq!(credit_code("TS-007"), None);
    }
}
