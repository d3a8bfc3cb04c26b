//! How much of the district's figure a finding moves, and in what order people should look at findings.
//!
//! Influence is |found − expected| over the sum at the top of the hierarchy (selective editing: review first what moves the
//! total most). Where nothing certain is expected, the whole figure is in question: found over the sum.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use nianbao_form::{Cell, Finding, Number, Registry, Status, Subject};

use crate::Scope;

/// A share of the district's figure; `None` where there is no such figure. Where it is 0, any change is all of it.
pub(crate) fn share(scope: Scope<'_>, cell: Cell, year: u16, moved: f64) -> Option<f64> {
    of_total(scope.totals.get(cell, year)?, moved)
}

fn of_total(millionths: i128, moved: f64) -> Option<f64> {
    let total = (millionths as f64 / Number::SCALE as f64).abs();
    match (moved > 0.0, total > 0.0) {
        (false, _) => Some(0.0),
        (true, true) => Some(moved / total),
        (true, false) => Some(1.0),
    }
}

/// Fills [`Finding::influence`] of every finding that has none yet and names cells, or a report that is missing.
fn fill(scope: Scope<'_>, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|f| f.influence.is_none()) {
        let year = finding.subject.year;
        if finding.rule == "missing-report" {
            finding.influence = weight_of_missing(scope, &finding.subject);
            continue;
        }
        let shares = finding.cells.iter().enumerate().filter_map(|(at, id)| {
            let total = scope.totals.get(scope.forms.cell(id)?, year)?;
            of_total(total, moved(finding, at)?)
        });
        finding.influence = shares.max_by(f64::total_cmp);
    }
}

/// What a missing report moves is not known; what the agency's last one moved is the best guess: its share of the form's
/// foremost screened cell.
fn weight_of_missing(scope: Scope<'_>, subject: &Subject) -> Option<f64> {
    let of_agency = scope.reports.iter().filter(|r| r.agency_key() == subject.agency_key() && r.year < subject.year);
    let last = of_agency.max_by_key(|r| r.year)?;
    let cell = *scope.forms.form(last.form).screen.first()?;
    of_total(scope.totals.get(cell, last.year)?, last.counts_as(cell)?.to_f64().abs())
}

/// By how much the figure of a cell is in question; `None` where no figure was found or expected.
fn moved(finding: &Finding, at: usize) -> Option<f64> {
    let number = |list: &[String]| list.get(at).and_then(|t| Number::parse(t.trim()).ok()).map(Number::to_f64);
    let found = number(&finding.found);
    let wanted = number(&finding.suggestion).or_else(|| number(&finding.expected));
    match (found, wanted) {
        (Some(found), Some(wanted)) => Some((found - wanted).abs()),
        (Some(one), None) | (None, Some(one)) => Some(one.abs()),
        (None, None) => None,
    }
}

/// Fills [`Finding::influence`] from the district sums and sorts: open ones first, by severity, influence, score, then by
/// the registry's order of agencies, rule and key. The alternatives of one cause stay together in their rank order, and
/// what a finding explains comes directly after it.
pub fn rank(scope: Scope<'_>, findings: &mut Vec<Finding>) {
    fill(scope, findings);
    sort(scope.registry, findings);
}

fn order(registry: &Registry, a: &Finding, b: &Finding) -> Ordering {
    let open = |f: &Finding| f.status != Status::Open;
    let weight = |f: &Finding| f.influence.unwrap_or(0.0);
    let agency = |f: &Finding| registry.position(&f.subject.agency_id).unwrap_or(usize::MAX);
    open(a)
        .cmp(&open(b))
        .then(b.severity.cmp(&a.severity))
        .then(weight(b).total_cmp(&weight(a)))
        .then(b.score.total_cmp(&a.score))
        .then(agency(a).cmp(&agency(b)))
        .then(a.subject.agency.cmp(&b.subject.agency))
        .then(a.rule.cmp(&b.rule))
        .then_with(|| within(a, b))
}

/// The order of alternatives: their rank; then whatever tells two findings apart at all.
fn within(a: &Finding, b: &Finding) -> Ordering {
    let rank = |f: &Finding| f.key.split_once('#').and_then(|(_, r)| r.parse::<usize>().ok()).unwrap_or(0);
    a.cause_key().cmp(b.cause_key()).then(rank(a).cmp(&rank(b))).then_with(|| a.key.cmp(&b.key)).then_with(|| {
        (&a.subject.report, &a.place, &a.cells, &a.message).cmp(&(&b.subject.report, &b.place, &b.cells, &b.message))
    })
}

fn sort(registry: &Registry, findings: &mut Vec<Finding>) {
    let mut families: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in findings.drain(..) {
        families.entry(finding.cause_key().to_owned()).or_default().push(finding);
    }
    for family in families.values_mut() {
        family.sort_by(within);
    }
    let known: Vec<&String> = families.keys().collect();
    let is_known = |key: &String| known.binary_search(&key).is_ok();
    let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut roots: Vec<String> = Vec::new();
    for (key, family) in &families {
        match family[0].cause.as_ref().filter(|cause| *cause != key && is_known(cause)) {
            Some(cause) => children.entry(cause.clone()).or_default().push(key.clone()),
            None => roots.push(key.clone()),
        }
    }
    let by_first = |keys: &mut Vec<String>| keys.sort_by(|a, b| order(registry, &families[a][0], &families[b][0]));
    by_first(&mut roots);
    children.values_mut().for_each(by_first);

    let mut sequence = Vec::with_capacity(families.len());
    let mut stack: Vec<String> = roots.into_iter().rev().collect();
    while let Some(key) = stack.pop() {
        stack.extend(children.remove(&key).unwrap_or_default().into_iter().rev());
        sequence.push(key);
    }
    for key in sequence {
        findings.append(&mut families.remove(&key).unwrap_or_default());
    }
    // Two findings that name each other as their cause hang from no root; they are not lost.
    let mut rest: Vec<Finding> = families.into_values().flatten().collect();
    rest.sort_by(|a, b| order(registry, a, b));
    findings.append(&mut rest);
}
