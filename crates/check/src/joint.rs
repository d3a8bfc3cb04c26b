//! Contradictions that no identity shows by itself: found by propagation and elimination, shrunk to the identities that
//! make them.

use crate::bounds::{Bounds, Range, gcd};
use crate::plan::Plan;

/// Narrows `bounds` by the identities `among`; `sharply` also by what their combinations say of a single cell, for which
/// no one identity is the proof.
///
/// # Errors
/// A set of identities that no filling of the unknown cells satisfies, none of which can be left out.
pub(crate) fn narrow(plan: &Plan, bounds: &mut Bounds, among: &[bool], sharply: bool) -> Result<(), Vec<usize>> {
    let start = bounds.clone();
    match contradiction(plan, bounds, among, sharply) {
        None => Ok(()),
        Some(at) => Err(shrink(plan, &start, linked(plan, &start, among, at))),
    }
}

/// The identities `among` that hang together with `at` through cells that are not known; without `at`, all of them.
fn linked(plan: &Plan, start: &Bounds, among: &[bool], at: Option<usize>) -> Vec<usize> {
    let Some(at) = at else { return (0..plan.len()).filter(|&i| among[i]).collect() };
    let mut seen = vec![false; plan.len()];
    seen[at] = true;
    let (mut set, mut due) = (vec![at], vec![at]);
    while let Some(i) = due.pop() {
        for (c, _) in plan.row(i).filter(|&(c, _)| !start.fixed(c)) {
            for (j, _) in plan.of(c) {
                if among[j] && !std::mem::replace(&mut seen[j], true) {
                    set.push(j);
                    due.push(j);
                }
            }
        }
    }
    set.sort_unstable();
    set
}

/// Whether no filling of the unknown cells is found to satisfy all identities `among`; with the identity at which that
/// showed, if it was one.
fn contradiction(plan: &Plan, bounds: &mut Bounds, among: &[bool], sharply: bool) -> Option<Option<usize>> {
    if let Err(at) = bounds.propagate(plan, among) {
        return Some(Some(at));
    }
    let open: Vec<usize> = (0..plan.len()).filter(|&i| among[i] && plan.row(i).any(|(c, _)| !bounds.fixed(c))).collect();
    (is_tangled(plan, bounds, &open) && eliminate(plan, bounds, &open, sharply) == Some(true)).then_some(None)
}

/// Leaves out one identity after the other for as long as the rest still contradict each other; of a very large set only
/// as many as the work bound allows, so that what is left contradicts itself but may not be the least that does.
fn shrink(plan: &Plan, start: &Bounds, mut set: Vec<usize>) -> Vec<usize> {
    const MOST_TERMS: usize = 20_000_000;
    let terms: usize = set.iter().map(|&i| plan.row(i).len()).sum();
    let mut trials = MOST_TERMS / terms.max(1) + 1;
    let mut at = 0;
    while at < set.len() && trials > 0 {
        trials -= 1;
        let mut among = vec![false; plan.len()];
        for (k, &i) in set.iter().enumerate() {
            among[i] = k != at;
        }
        if contradiction(plan, &mut start.clone(), &among, false).is_some() {
            set.remove(at);
        } else {
            at += 1;
        }
    }
    set
}

/// Whether identities and unknown cells form a cycle, or some coefficient is not 1; otherwise propagation misses nothing.
fn is_tangled(plan: &Plan, bounds: &Bounds, open: &[usize]) -> bool {
    let mut parent: Vec<usize> = (0..plan.columns.len() + plan.len()).collect();
    fn root(parent: &mut [usize], mut x: usize) -> usize {
        while parent[x] != x {
            parent[x] = parent[parent[x]];
            x = parent[x];
        }
        x
    }
    for &i in open {
        for (c, k) in plan.row(i).filter(|&(c, _)| !bounds.fixed(c)) {
            if k.abs() != 1 {
                return true;
            }
            let (a, b) = (root(&mut parent, plan.columns.len() + i), root(&mut parent, c));
            if a == b {
                return true;
            }
            parent[a] = b;
        }
    }
    false
}

/// A linear combination of identities: coefficients of the unknown cells, and what the known ones add up to.
struct Combination {
    unknown: Vec<i64>,
    known: i128,
}

/// Gauss–Jordan elimination over the unknown cells, without fractions. Every row that comes out is an identity too; one
/// that cannot hold within the bounds proves that the identities contradict each other. `None` where coefficients grow
/// beyond 64 bits or the system is so large that elimination would not end in time. Where `sharply` is asked for,
/// a cell that a row leaves alone is narrowed by it.
fn eliminate(plan: &Plan, bounds: &mut Bounds, open: &[usize], sharply: bool) -> Option<bool> {
    const MOST_WORK: usize = 50_000_000;
    let mut at = vec![usize::MAX; plan.columns.len()];
    let mut cells = Vec::new();
    for &i in open {
        for (c, _) in plan.row(i) {
            if !bounds.fixed(c) && at[c] == usize::MAX {
                at[c] = cells.len();
                cells.push(c);
            }
        }
    }
    if open.len().saturating_mul(open.len()).saturating_mul(cells.len()) > MOST_WORK {
        return None;
    }
    let mut rows: Vec<Combination> = open
        .iter()
        .map(|&i| {
            let mut row = Combination { unknown: vec![0; cells.len()], known: 0 };
            for (c, k) in plan.row(i) {
                match at[c] {
                    usize::MAX => row.known += k * bounds.low[c],
                    u => row.unknown[u] += k as i64,
                }
            }
            row
        })
        .collect();
    let mut done = 0;
    for u in 0..cells.len() {
        let Some(pivot) = (done..rows.len()).find(|&r| rows[r].unknown[u] != 0) else { continue };
        rows.swap(done, pivot);
        let (before, rest) = rows.split_at_mut(done);
        let (pivot, after) = rest.split_first_mut()?;
        for row in before.iter_mut().chain(after) {
            if row.unknown[u] != 0 {
                combine(row, pivot, u)?;
            }
        }
        done += 1;
    }
    let impossible = |bounds: &mut Bounds, row: &Combination| {
        let mut range = Range { min: Some(row.known), max: Some(row.known) };
        for (&c, &k) in cells.iter().zip(&row.unknown).filter(|(_, k)| **k != 0) {
            let (a, b) = bounds.term(c, i128::from(k));
            range = Range { min: add(range.min, a), max: add(range.max, b) };
        }
        let mut unknown = cells.iter().zip(&row.unknown).filter(|(_, k)| **k != 0);
        match (unknown.next(), unknown.next()) {
            (Some((&c, &k)), None) if sharply => !bounds.settle(c, row.known, i128::from(k)),
            _ => !range.has_zero() || !bounds.divisible(&cells, &row.unknown, row.known),
        }
    };
    Some(rows.iter().any(|row| impossible(bounds, row)))
}

fn add(sum: Option<i128>, end: i128) -> Option<i128> {
    sum.filter(|_| end.abs() < crate::bounds::INFINITY).and_then(|s| s.checked_add(end))
}

/// row := row·p − pivot·q so that the cell `u` drops out; divided by what all coefficients share.
fn combine(row: &mut Combination, pivot: &Combination, u: usize) -> Option<()> {
    let (p, q) = (pivot.unknown[u], row.unknown[u]);
    for (x, y) in row.unknown.iter_mut().zip(&pivot.unknown) {
        if *x != 0 || *y != 0 {
            *x = x.checked_mul(p)?.checked_sub(y.checked_mul(q)?)?;
        }
    }
    row.known = row.known.checked_mul(p.into())?.checked_sub(pivot.known.checked_mul(q.into())?)?;
    let shared = row.unknown.iter().fold(0, |g, &x| gcd(g, x.unsigned_abs().into()));
    if let Ok(shared) = i64::try_from(shared)
        && shared > 1
        && row.known % i128::from(shared) == 0
    {
        for x in &mut row.unknown {
            *x /= shared;
        }
        row.known /= i128::from(shared);
    }
    Some(())
}
