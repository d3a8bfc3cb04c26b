//! Chains across years: what a report says of the year before, against what was reported then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nianbao_form::{Cell, Chain, Finding, FormIx, Forms, Registry, Report, Reports, Subject, Term, decimal_text};

use crate::verdicts::speak_of_identity;
use crate::words::{Both, Speaker, held};

/// Chains across years (`carry-over`, `stock`, a user form's own) over the counted reports of all agencies and years,
/// following successors of the registry. `reports` holds at most one report for an agency and a year.
///
/// An agency that goes on is compared with itself. Where agencies merged or split, the sum over all that went before is
/// compared with the sum over all that came after. Where a report or a figure is missing nothing is said. Findings come
/// by year, then in the order of the registry, then by name.
pub fn check_chains(forms: &Forms, registry: &Registry, reports: &[&Report]) -> Vec<Finding> {
    let mut years: BTreeMap<u16, BTreeMap<Key<'_>, &Report>> = BTreeMap::new();
    for report in reports {
        years.entry(report.year).or_default().insert(Key::of(registry, report), report);
    }
    let mut out = Vec::new();
    for (&year, now) in &years {
        let Some(before) = year.checked_sub(1).and_then(|y| years.get(&y)) else { continue };
        for link in links(registry, year, before, now) {
            compare(forms, &link, &mut out);
        }
    }
    out
}

/// An agency in the order of the registry; those that it does not know come after, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key<'a> {
    position: usize,
    name: &'a str,
}

impl<'a> Key<'a> {
    fn of(registry: &'a Registry, report: &'a Report) -> Key<'a> {
        let known = registry.get(report.agency_key());
        known.map_or(Key { position: usize::MAX, name: report.agency_key() }, |a| Key::known(registry, &a.id))
    }

    fn known(registry: &Registry, id: &'a str) -> Key<'a> {
        Key { position: registry.position(id).unwrap_or(usize::MAX), name: id }
    }
}

/// Reports of two years between which figures pass on whole.
struct Link<'a> {
    before: Vec<&'a Report>,
    now: Vec<&'a Report>,
}

/// Groups agencies by whom they pass their cases on to; groups with a report missing are left out.
fn links<'a>(
    registry: &'a Registry,
    year: u16,
    before: &BTreeMap<Key<'a>, &'a Report>,
    now: &BTreeMap<Key<'a>, &'a Report>,
) -> Vec<Link<'a>> {
    let mut heirs: BTreeMap<Key<'a>, BTreeSet<Key<'a>>> = BTreeMap::new();
    for agency in registry.agencies() {
        let key = Key::known(registry, &agency.id);
        if agency.reports == Reports::None || !(agency.exists(year - 1) || before.contains_key(&key)) {
            continue;
        }
        let going_on = registry.continued_by(&agency.id, year).into_iter().filter(|a| a.reports != Reports::None);
        heirs.insert(key, going_on.map(|a| Key::known(registry, &a.id)).collect());
    }
    for key in before.keys() {
        let own = heirs.entry(*key).or_default();
        if now.contains_key(key) {
            own.insert(*key);
        }
    }
    components(&heirs)
        .into_iter()
        .filter_map(|(from, to)| {
            let find = |keys: &BTreeSet<Key<'a>>, year: &BTreeMap<Key<'a>, &'a Report>| {
                keys.iter().map(|k| year.get(k).copied()).collect::<Option<Vec<_>>>()
            };
            let link = Link { before: find(&from, before)?, now: find(&to, now)? };
            (!link.before.is_empty() && !link.now.is_empty()).then_some(link)
        })
        .collect()
}

type Side<'a> = BTreeSet<Key<'a>>;

/// Connected components of the graph from agencies to their heirs, in the order of their first heir.
fn components<'a>(heirs: &BTreeMap<Key<'a>, Side<'a>>) -> Vec<(Side<'a>, Side<'a>)> {
    let mut group_of: HashMap<Key<'a>, usize> = HashMap::new();
    let mut groups: Vec<(Side<'a>, Side<'a>)> = Vec::new();
    for (&from, to) in heirs {
        if to.is_empty() {
            continue;
        }
        let mut touched: Vec<usize> = to.iter().filter_map(|k| group_of.get(k).copied()).collect();
        touched.sort_unstable();
        touched.dedup();
        let home = touched.first().copied().unwrap_or(groups.len());
        if home == groups.len() {
            groups.push(Default::default());
        }
        for &other in &touched[1.min(touched.len())..] {
            let (mut f, mut t) = std::mem::take(&mut groups[other]);
            groups[home].0.append(&mut f);
            groups[home].1.append(&mut t);
        }
        groups[home].0.insert(from);
        groups[home].1.extend(to);
        for &k in &groups[home].1 {
            group_of.insert(k, home);
        }
    }
    groups.retain(|(from, _)| !from.is_empty());
    groups.sort_by(|a, b| a.1.cmp(&b.1));
    groups
}

/// All chains of one link. Where the chain of a total breaks, those of its parts, which break with it, have it as their
/// cause.
fn compare(forms: &Forms, link: &Link<'_>, out: &mut Vec<Finding>) {
    let form = link.now[0].form;
    let Some(across) = passes(forms, form, link) else { return };
    let start = out.len();
    let mut totals: Vec<(&str, String)> = Vec::new();
    for chain in forms.form(form).chains.iter().filter(|c| c.across || !across) {
        let Some(finding) = broken(forms, form, chain, link) else { continue };
        if chain.this.first().and_then(|t| forms.def(form, t.cell)).is_some_and(|d| d.total) {
            totals.push((&chain.name, finding.cause_key().to_owned()));
        }
        out.push(finding);
    }
    for finding in &mut out[start..] {
        let total = totals.iter().find(|(name, _)| *name == finding.rule).map(|(_, key)| key);
        finding.cause = total.filter(|key| *key != finding.cause_key()).cloned();
    }
    out[start..].sort_by_key(|f| f.cause.is_some());
}

/// Whether the chains of `form` reach the reports of the year before: `Some(false)` within the form, `Some(true)` from
/// the form before it, `None` not at all.
fn passes(forms: &Forms, form: FormIx, link: &Link<'_>) -> Option<bool> {
    let earlier = link.before[0].form;
    let alike = link.now.iter().all(|r| r.form == form) && link.before.iter().all(|r| r.form == earlier);
    match alike {
        true if earlier == form => Some(false),
        true if forms.form(form).previous == Some(earlier) => Some(true),
        _ => None,
    }
}

/// Σ of terms over reports; `None` where a figure is not known.
fn sum(reports: &[&Report], terms: &[Term]) -> Option<i128> {
    let one = |report: &&Report| -> Option<i128> {
        terms.iter().map(|t| report.counts_as(t.cell).map(|n| i128::from(t.sign) * i128::from(n.millionths()))).sum()
    };
    reports.iter().map(one).sum()
}

fn broken(forms: &Forms, form: FormIx, chain: &Chain, link: &Link<'_>) -> Option<Finding> {
    let (this, last) = (sum(&link.now, &chain.this)?, sum(&link.before, &chain.last)?);
    if this == last {
        return None;
    }
    let lead = chain.this.first()?;
    // The chain solved for its first cell, over all reports together.
    let found = sum(&link.now, &[Term { sign: 1, cell: lead.cell }])?;
    let expected = found + i128::from(lead.sign) * (last - this);
    let speaker = Speaker { forms, form };
    let report = link.now[0];
    let mut label = speaker.chain(chain);
    if link.now.len() + link.before.len() > 2 {
        let names = |reports: &[&'_ Report]| reports.iter().map(|r| r.agency.clone()).collect::<Vec<String>>();
        let (from, to) = (names(&link.before), names(&link.now));
        label.zh.push_str(&format!("（机构变动，由{}合计对{}合计）", from.join("、"), to.join("、")));
        label.en.push_str(&format!(" (agencies changed: {} together against {} together)", to.join(", "), from.join(", ")));
    }
    let (found, expected) = (decimal_text(found), decimal_text(expected));
    let gap = decimal_text((this - last).abs());
    let detail = Both::new(
        format!("本年为{found}，由上一年度报告推算为{expected}"),
        format!("{found} this year, {expected} by last year's report"),
    );
    let mut builder = Finding::of(&chain.name, &Subject::of(report));
    for (at, &report) in link.now.iter().enumerate() {
        for (k, term) in chain.this.iter().enumerate() {
            let first = k == 0 && at == 0;
            builder =
                builder.cell(forms, term.cell, held(report, term.cell), if first { expected.clone() } else { String::new() });
        }
    }
    let name = speaker.cell(lead.cell);
    builder = speak_of_identity(builder, &label, &detail, &Both::new(gap.clone(), gap))
        .with_both("cell", name.zh, name.en)
        .with("found", found)
        .with("expected", expected)
        .severity(chain.severity)
        .score((this - last).unsigned_abs() as f64 / nianbao_form::Number::SCALE as f64)
        .at(&place(&link.now, lead.cell));
    Some(builder.build())
}

fn place(now: &[&Report], cell: Cell) -> nianbao_form::Place {
    now.first().map(|r| r.value(cell).place.clone()).unwrap_or_default()
}
