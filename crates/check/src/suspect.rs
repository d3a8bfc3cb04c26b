//! Which cells are wrong: the fewest whose change makes every violated identity hold and breaks none (Fellegi and Holt
//! 1976), enumerated from the residuals: one cell that changes by δ moves the residual r of every identity in which it
//! stands with coefficient a to r + a·δ, so δ = −r/a wherever r is not 0, and every other identity of the cell must
//! allow that δ.

use std::collections::BTreeSet;

use nianbao_form::{Number, label};

use crate::bounds::{INFINITY, Range, solve};
use crate::judge::Judgement;
use crate::plan::Plan;

/// Cells that may be wrong together, at most.
const MOST_CELLS: usize = 3;
/// Trials for one group of violated identities; METHODS.md's tables need a few hundred.
const MOST_TRIALS: usize = 60_000;
/// Groups that no single cell explains and that are tried in pairs.
const MOST_GROUPS: usize = 6;
/// Alternatives that are kept for one cause.
pub(crate) const MOST_ALTERNATIVES: usize = 30;

/// What one cell should hold instead: one value, or anything between two where blanks leave room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    pub column: usize,
    pub from: i128,
    pub low: i128,
    pub high: i128,
}

impl Change {
    /// The one value, if there is but one.
    pub(crate) fn exact(&self) -> Option<i128> {
        (self.low == self.high).then_some(self.low)
    }
}

/// What became of the search in one group of violated identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suspicion {
    /// The violated identities that hang together.
    pub identities: Vec<usize>,
    /// Sets of changes with the fewest cells, the likeliest first; empty if none was found within the bounds.
    pub alternatives: Vec<Vec<Change>>,
    /// How many there are in all.
    pub total: usize,
}

/// Looks for the wrong cells of every group of violated identities that share cells. A group that one cell explains is
/// done with; groups that none explains may have their wrong cells in common (one figure too large in a column and in
/// the total column), so they are tried together before each is tried alone.
pub(crate) fn suspects(plan: &Plan, judgement: &Judgement, known: &[bool]) -> Vec<Suspicion> {
    let look = |group: &[usize], cells: std::ops::RangeInclusive<usize>| search(plan, judgement, known, group, cells);
    let mut out = Vec::new();
    let mut open: Vec<Vec<usize>> = Vec::new();
    for group in groups(plan, &judgement.violated) {
        let one = look(&group, 1..=1);
        if one.alternatives.is_empty() { open.push(group) } else { out.push(one) }
    }
    let mut at = 0;
    while at < open.len() && open.len() <= MOST_GROUPS {
        let together = |other: usize| {
            let mut both = [open[at].as_slice(), open[other].as_slice()].concat();
            both.sort_unstable();
            Some((other, look(&both, 2..=MOST_CELLS))).filter(|(_, s)| !s.alternatives.is_empty())
        };
        match (at + 1..open.len()).find_map(together) {
            Some((other, suspicion)) => {
                open.remove(other);
                open.remove(at);
                out.push(suspicion);
            }
            None => at += 1,
        }
    }
    out.extend(open.iter().map(|group| look(group, 2..=MOST_CELLS)));
    out.sort_by(|a, b| a.identities.cmp(&b.identities));
    out
}

fn search(
    plan: &Plan,
    judgement: &Judgement,
    known: &[bool],
    group: &[usize],
    cells: std::ops::RangeInclusive<usize>,
) -> Suspicion {
    let mut search = Search::new(plan, judgement, known, group);
    for cells in cells {
        search.extend(cells);
        if !search.found.is_empty() || search.trials > MOST_TRIALS {
            break;
        }
    }
    let mut alternatives: Vec<Vec<Change>> = search.found.into_iter().collect();
    alternatives.sort_by_cached_key(|set| (set.iter().map(|c| unlikelihood(plan, c)).sum::<u32>(), set.clone()));
    let total = alternatives.len();
    alternatives.truncate(MOST_ALTERNATIVES);
    Suspicion { identities: group.to_vec(), alternatives, total }
}

/// Violated identities that share a cell, directly or through others, are one group.
fn groups(plan: &Plan, violated: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
    for &i in violated {
        let mut cells: BTreeSet<usize> = plan.row(i).map(|(c, _)| c).collect();
        let mut members = vec![i];
        groups.retain_mut(|(theirs, identities)| {
            let apart = theirs.is_disjoint(&cells);
            if !apart {
                cells.append(theirs);
                members.append(identities);
            }
            apart
        });
        members.sort_unstable();
        groups.push((cells, members));
    }
    let mut groups: Vec<Vec<usize>> = groups.into_iter().map(|(_, members)| members).collect();
    groups.sort();
    groups
}

struct Search<'a> {
    plan: &'a Plan,
    /// Σ parts − Σ whole with the changes made so far.
    ranges: Vec<Range>,
    /// Identities that say nothing here: violated ones of other groups, members of a contradiction.
    ignored: Vec<bool>,
    /// Cells whose figure was read and may be wrong.
    candidate: Vec<bool>,
    value: Vec<i128>,
    step: Vec<i128>,
    path: Vec<Change>,
    trials: usize,
    found: BTreeSet<Vec<Change>>,
}

impl<'a> Search<'a> {
    fn new(plan: &'a Plan, judgement: &Judgement, known: &[bool], group: &[usize]) -> Search<'a> {
        let mut ignored = vec![false; plan.len()];
        for &i in judgement.violated.iter().chain(judgement.conflicts.iter().flatten()) {
            ignored[i] = !group.contains(&i);
        }
        // A cell of another group's identities is that group's matter.
        let free = |c: usize| plan.of(c).all(|(i, _)| !ignored[i] || !judgement.violated.contains(&i));
        let candidate = (0..plan.columns.len()).map(|c| known[c] && free(c)).collect();
        Search {
            plan,
            ranges: judgement.ranges.clone(),
            ignored,
            candidate,
            value: judgement.bounds.low.clone(),
            step: plan.columns.iter().map(|c| c.step).collect(),
            path: Vec::new(),
            trials: 0,
            found: BTreeSet::new(),
        }
    }

    /// Adds `cells` more changes to the path in every way that can lead to a solution.
    fn extend(&mut self, cells: usize) {
        let broken: Vec<usize> = (0..self.plan.len()).filter(|&i| !self.ignored[i] && !self.ranges[i].has_zero()).collect();
        // One cell mends no more identities than it stands in.
        if broken.len() > cells * self.plan.degree {
            return;
        }
        let Some(&shortest) = broken.iter().min_by_key(|&&i| (self.plan.row(i).len(), i)) else { return };
        let columns: Vec<usize> = self.plan.row(shortest).map(|(c, _)| c).collect();
        for column in columns {
            if !self.candidate[column] || self.path.iter().any(|c| c.column == column) {
                continue;
            }
            if cells == 1 {
                self.finish(column, &broken);
            } else {
                self.branch(column, cells);
            }
            if self.trials > MOST_TRIALS {
                return;
            }
        }
    }

    /// Whether a change of this one cell mends all that is broken.
    fn finish(&mut self, column: usize, broken: &[usize]) {
        self.trials += 1;
        if self.plan.of(column).filter(|(i, _)| broken.contains(i)).count() < broken.len() {
            return;
        }
        let here = &self.plan.columns[column];
        let from = self.value[column];
        let (mut low, mut high) = (if here.signed { -INFINITY } else { -from }, INFINITY);
        for (i, k) in self.plan.of(column).filter(|&(i, _)| !self.ignored[i]) {
            let (a, b) = solve(self.ranges[i], k, 1);
            (low, high) = (low.max(a), high.min(b));
        }
        let (low, high) = self.admissible(column, low, high);
        if low <= high {
            let mut set = self.path.clone();
            set.push(Change { column, from, low, high });
            set.sort();
            self.found.insert(set);
        }
    }

    /// Bounds of the value itself, on steps that the cell can take.
    fn admissible(&self, column: usize, low: i128, high: i128) -> (i128, i128) {
        let (from, step) = (self.value[column], self.step[column]);
        let limit = i128::from(Number::LIMIT) * i128::from(Number::SCALE);
        let low = if low <= -INFINITY { -limit } else { low + from };
        let high = if high >= INFINITY { limit } else { high + from };
        if low > limit || high < -limit {
            return (1, 0);
        }
        (-(-low).div_euclid(step) * step, high.div_euclid(step) * step)
    }

    /// Tries, for a cell that is not the last, every change that one of its own broken identities asks for.
    fn branch(&mut self, column: usize, cells: usize) {
        let (from, step) = (self.value[column], self.step[column]);
        let mut deltas: Vec<i128> = self
            .plan
            .of(column)
            .filter(|&(i, _)| !self.ignored[i])
            .map(|(i, k)| (-self.ranges[i].nearest_to_zero(), k))
            .filter(|&(r, k)| r != 0 && r % k == 0)
            .map(|(r, k)| r / k)
            .collect();
        deltas.sort_unstable();
        deltas.dedup();
        for delta in deltas {
            let to = from + delta;
            if to % step != 0 || (to < 0 && !self.plan.columns[column].signed) {
                continue;
            }
            self.trials += 1;
            self.path.push(Change { column, from, low: to, high: to });
            self.shift(column, delta);
            self.extend(cells - 1);
            self.shift(column, -delta);
            self.path.pop();
        }
    }

    fn shift(&mut self, column: usize, delta: i128) {
        self.value[column] += delta;
        for (i, k) in self.plan.of(column) {
            self.ranges[i] = self.ranges[i].shift(k * delta);
        }
    }
}

/// How unlikely a slip is; smaller is likelier. Slips of the hand first: one digit replaced, left out, added, or two
/// exchanged (restricted Damerau–Levenshtein distance 1, Scholtus 2009), which says the more the longer the number is;
/// then totals that were left 0 or added up wrongly; then figures forgotten or invented.
fn unlikelihood(plan: &Plan, change: &Change) -> u32 {
    let total = plan.columns[change.column].total;
    let Some(to) = change.exact() else { return 60 };
    let text = |v: i128| nianbao_form::decimal_text(v);
    let (found, proposed) = (text(change.from), text(to));
    let distance = label::distance(&found, &proposed);
    let digits = found.len().max(proposed.len());
    let cost = match (change.from == 0, to == 0) {
        (true, _) => 22,
        (_, true) => 24,
        _ if distance == 1 && digits > 1 => 10,
        _ if distance == 1 => 18,
        _ if same_digits(&found, &proposed) => 20,
        _ => 22 + 2 * distance as u32,
    };
    // An error of addition shows in the total, whatever its digits.
    if total { cost.min(19) - 1 } else { cost }
}

/// The same digits in another order.
fn same_digits(a: &str, b: &str) -> bool {
    let sorted = |s: &str| {
        let mut bytes = s.as_bytes().to_vec();
        bytes.sort_unstable();
        bytes
    };
    sorted(a) == sorted(b)
}
