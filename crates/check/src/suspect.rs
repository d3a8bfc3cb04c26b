//! Which cells are wrong: the smallest sets whose change makes every violated identity hold ([`crate::search`]) and the edit
//! operations that do so in one stroke ([`crate::operation`]), ranked by P(found | true) × P(true | evidence).

use std::collections::BTreeSet;

use nianbao_form::{Forms, Report};

use crate::bounds::Bounds;
use crate::evidence::Evidence;
use crate::judge::Judgement;
use crate::layout::Printed;
use crate::operation::{self, Operation, Undone};
use crate::plan::Plan;
use crate::search::{Proposal, Reached, Room, Search, State};
use crate::slip::{self, Slip, Surroundings};

/// Cells that are looked for together, completely.
pub(crate) const COMPLETE: usize = 3;
/// Cells that are looked for together as far as the budget goes.
const DEEPEST: usize = 6;
/// Steps (visits of an identity) for one report, in each of: the complete search, the search by groups, the general
/// search, the operations. A step takes a few nanoseconds, so that a report takes a fraction of a second at most; the
/// errors of real reports take some thousands.
pub(crate) const BUDGET: u64 = 10_000_000;
/// Alternatives that are kept for one cause.
pub(crate) const MOST_ALTERNATIVES: usize = 30;
/// Posterior probability from which the first alternative is said to be the likely one; below it is undecidable.
pub(crate) const DECIDED: f64 = 0.9;
/// ln of the number of cells that are wrong besides, where one is, and of the chance of an operation: errors come together,
/// so one report in three has another wrong cell; an operation is held to be fifty times rarer. They matter only where
/// explanations of different sizes compete: one cell more costs a factor of some hundreds.
const LOG_REPORT: f64 = -1.1;
const LOG_OPERATION: f64 = -5.0;

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

/// One way to explain what is violated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Alternative {
    pub changes: Vec<Change>,
    /// Where one slip of the hand explains all changes.
    pub operation: Option<Operation>,
    /// The slip of a single cell.
    pub slip: Option<Slip>,
    /// ln P(found, true), up to what all alternatives share.
    pub score: f64,
    /// Posterior probability among the alternatives of the cause.
    pub share: f64,
}

/// What became of the search for one cause.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Suspicion {
    /// The violated identities that it explains.
    pub identities: Vec<usize>,
    /// The likeliest first; empty if none was found within the bounds.
    pub alternatives: Vec<Alternative>,
    /// How many there are in all.
    pub total: usize,
    /// Whether the search ended by itself: there are no smaller explanations, and no others of that size.
    pub complete: bool,
}

impl Suspicion {
    /// Whether the first alternative is as good as certain.
    pub(crate) fn decided(&self) -> bool {
        self.alternatives.first().is_some_and(|a| a.share >= DECIDED)
    }
}

/// One report with all that is known of it.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub forms: &'a Forms,
    pub plan: &'a Plan,
    pub printed: &'a Printed,
    pub report: &'a Report,
    pub evidence: &'a Evidence<'a>,
    pub figures: &'a [Option<i64>],
    /// Which figures were read and may be wrong.
    pub known: &'a [bool],
}

/// Looks for the wrong cells behind all violated identities.
pub(crate) fn suspects(case: &Case<'_>, judgement: &Judgement) -> Vec<Suspicion> {
    let mut inquiry = Inquiry::new(case, judgement);
    let mut causes = Vec::new();
    for part in inquiry.parts(&judgement.violated) {
        inquiry.part(&part, &mut causes);
    }
    inquiry.rivals(&mut causes, &judgement.violated);
    inquiry.operations(&mut causes);
    let mut out: Vec<Suspicion> = causes.iter().map(|cause| inquiry.rank(cause)).collect();
    // Who has certainly left one total at 0 has left others.
    let left = |a: &Alternative| {
        let total = matches!(a.changes[..], [c] if c.from == 0 && case.plan.columns[c.column].total);
        a.share >= DECIDED && total
    };
    if out.len() > 1 && out.iter().filter_map(|s| s.alternatives.first()).any(left) {
        inquiry.totals_left = true;
        out = causes.iter().map(|cause| inquiry.rank(cause)).collect();
    }
    out.sort_by(|a, b| a.identities.cmp(&b.identities));
    out
}

/// Violated identities with the sets of cells that explain them.
struct Cause {
    identities: Vec<usize>,
    /// The smallest ones.
    sets: Vec<Vec<Proposal>>,
    /// Those of one cell more of which no part suffices: two likely slips may be likelier than one that nobody makes.
    rivals: Vec<Vec<Proposal>>,
    operations: Vec<Undone>,
    complete: bool,
}

struct Inquiry<'a> {
    case: &'a Case<'a>,
    bounds: Bounds,
    figures: Vec<i64>,
    room: Room,
    doubts: Vec<usize>,
    wide: bool,
    /// Whether this report leaves totals at 0 as a habit.
    totals_left: bool,
    last: Vec<Option<i64>>,
    /// Steps left to the complete search, the groups, the general search, the operations.
    budgets: [u64; 4],
}

impl<'a> Inquiry<'a> {
    fn new(case: &'a Case<'a>, judgement: &Judgement) -> Inquiry<'a> {
        let plan = case.plan;
        let bounds = Bounds::new(plan, case.figures);
        let figures: Vec<i64> = case.figures.iter().map(|f| f.unwrap_or(0)).collect();
        let wide = figures.iter().any(|v| v.unsigned_abs() > plan.safe.unsigned_abs());
        let mut room = Room::new(plan);
        let mut doubts = Vec::new();
        for i in 0..plan.len() {
            let range = bounds.range(plan, i);
            let all_known = plan.terms(i).iter().all(|(c, _)| case.figures[*c as usize].is_some());
            room.state[i] = match range.has_zero() {
                _ if all_known => State::Tight,
                true => State::Loose,
                false => State::Broken,
            };
            if all_known {
                // Of figures too large for exact sums it matters only which identities they violate.
                let residual = range.min.unwrap_or(0);
                room.residual[i] = i64::try_from(residual).unwrap_or(if residual > 0 { i64::MAX } else { i64::MIN + 1 });
            }
        }
        for &i in &judgement.violated {
            if bounds.range(plan, i).has_zero() {
                doubts.push(i);
            }
        }
        for &i in judgement.conflicts.iter().flatten() {
            room.state[i] = State::Ignored;
        }
        let last = |c: &crate::plan::Column| case.evidence.last_year.and_then(|r| r.counts_as(c.cell)).map(|n| n.millionths());
        let last = plan.columns.iter().map(last).collect();
        Inquiry { case, bounds, figures, room, doubts, wide, totals_left: false, last, budgets: [BUDGET; 4] }
    }

    /// The violated identities by the part of the form that they belong to.
    fn parts(&self, violated: &[usize]) -> Vec<Vec<usize>> {
        let mut parts: std::collections::BTreeMap<u32, Vec<usize>> = Default::default();
        for &i in violated {
            parts.entry(self.case.plan.part[i]).or_default().push(i);
        }
        parts.into_values().collect()
    }

    /// All smallest sets for these violated identities.
    fn look(&mut self, violated: &[usize], known: &[bool], most: usize, budget: usize) -> (Reached, Vec<Vec<Proposal>>) {
        let sure: Vec<usize> = violated.iter().copied().filter(|i| !self.doubts.contains(i)).collect();
        let doubts: Vec<usize> = violated.iter().copied().filter(|i| self.doubts.contains(i)).collect();
        let mut sets = Vec::new();
        let mut search = Search {
            plan: self.case.plan,
            room: &mut self.room,
            figures: &self.figures,
            candidate: known,
            bounds: Some(&self.bounds),
            doubts: &doubts,
            wide: self.wide,
            budget: &mut self.budgets[budget],
        };
        let reached = search.smallest(&sure, most, |set| sets.push(set.to_vec()));
        (reached, sets)
    }

    fn part(&mut self, violated: &[usize], causes: &mut Vec<Cause>) {
        let known = self.case.known;
        let (reached, sets) = self.look(violated, known, COMPLETE, 0);
        if !sets.is_empty() {
            let complete = matches!(reached, Reached::All(_));
            return causes.extend(self.separate(violated, sets, complete));
        }
        // More than that: piece by piece first, so that what is plain is named whatever becomes of the rest.
        let pieces = self.pieces(violated);
        let open = pieces.iter().any(|p| p.sets.is_empty());
        let together: usize = pieces.iter().filter_map(|p| p.sets.first().map(Vec::len)).sum();
        let most = if open { DEEPEST } else { together.min(DEEPEST) };
        let (reached, sets) = self.look(violated, known, most, 2);
        match reached {
            Reached::All(_) => causes.extend(self.separate(violated, sets, true)),
            Reached::Stopped(_) if !sets.is_empty() && open => causes.extend(self.separate(violated, sets, false)),
            _ => causes.extend(pieces.into_iter().map(|p| Cause { complete: false, ..p })),
        }
    }

    /// Groups of violated identities that share cells, each looked at as if the others were in order.
    fn pieces(&mut self, violated: &[usize]) -> Vec<Cause> {
        let plan = self.case.plan;
        let mut out = Vec::new();
        for group in groups(plan, violated) {
            let (states, known) = self.set_aside(violated, &group);
            let (reached, sets) = self.look(&group, &known, COMPLETE, 1);
            self.put_back(states);
            let complete = matches!(reached, Reached::All(_));
            out.push(Cause { identities: group, sets, rivals: Vec::new(), operations: Vec::new(), complete });
        }
        out
    }

    /// Leaves other violated identities out of sight: a cell of theirs is their matter. Gives what [`Inquiry::put_back`]
    /// needs and the cells that may still be wrong.
    fn set_aside(&mut self, violated: &[usize], but: &[usize]) -> (Vec<(usize, State)>, Vec<bool>) {
        let mut states = Vec::new();
        let mut known = self.case.known.to_vec();
        for &i in violated.iter().filter(|i| !but.contains(i)) {
            states.push((i, std::mem::replace(&mut self.room.state[i], State::Ignored)));
            for &(c, _) in self.case.plan.terms(i) {
                known[c as usize] = false;
            }
        }
        (states, known)
    }

    fn put_back(&mut self, states: Vec<(usize, State)>) {
        for (i, state) in states {
            self.room.state[i] = state;
        }
    }

    /// Adds to each cause that few cells explain the explanations of one cell more.
    fn rivals(&mut self, causes: &mut [Cause], violated: &[usize]) {
        for cause in causes {
            let size = cause.sets.first().map_or(COMPLETE, Vec::len);
            if size >= COMPLETE || !cause.complete || cause.identities.iter().any(|i| self.doubts.contains(i)) {
                continue;
            }
            let (states, known) = self.set_aside(violated, &cause.identities);
            let rivals = &mut cause.rivals;
            let mut search = Search {
                plan: self.case.plan,
                room: &mut self.room,
                figures: &self.figures,
                candidate: &known,
                bounds: Some(&self.bounds),
                doubts: &[],
                wide: self.wide,
                budget: &mut self.budgets[0],
            };
            if !search.exactly(&cause.identities, size + 1, |set| rivals.push(set.to_vec())) {
                rivals.clear();
            }
            // A smallest set with a cell thrown in is no explanation of its own; nor is a pair that only has to add up.
            let within = |small: &[Proposal], set: &[Proposal]| small.iter().all(|p| set.iter().any(|q| q.column == p.column));
            let sets = &cause.sets;
            cause.rivals.retain(|set| set.iter().all(|p| p.low == p.high) && !sets.iter().any(|small| within(small, set)));
            self.put_back(states);
        }
    }

    /// Takes apart what has nothing to do with each other: where every smallest set is a choice of one explanation here
    /// and one explanation there, each is a cause of its own. (A smallest set falls into blocks of cells that share
    /// identities; identities that one block of any set mends belong together. As blocks mend what they touch by
    /// themselves, any choice of them is a smallest set again. Blanks would tie the blocks to each other.)
    fn separate(&self, violated: &[usize], sets: Vec<Vec<Proposal>>, complete: bool) -> Vec<Cause> {
        let plan = self.case.plan;
        let mut class: Vec<usize> = (0..violated.len()).collect();
        let at = |i: u32| violated.binary_search(&(i as usize)).ok();
        let tight = |p: &Proposal| plan.uses(p.column as usize).iter().all(|(i, _)| self.room.state[*i as usize] == State::Tight);
        let apart = complete && sets.iter().flatten().all(|p| p.low == p.high && tight(p));
        let mut blocks: Vec<Vec<(usize, Vec<Proposal>)>> = Vec::with_capacity(sets.len());
        for set in &sets {
            let mut of_set = Vec::new();
            for block in if apart { connected(plan, set) } else { vec![set.clone()] } {
                let touched = block.iter().flat_map(|p| plan.uses(p.column as usize)).filter_map(|&(i, _)| at(i));
                let classes: BTreeSet<usize> =
                    if apart { touched.map(|i| class[i]).collect() } else { class.iter().copied().collect() };
                let Some(&home) = classes.first() else { continue };
                class.iter_mut().filter(|c| classes.contains(c)).for_each(|c| *c = home);
                of_set.push((at_first(plan, &block, &at), block));
            }
            blocks.push(of_set);
        }
        let names: BTreeSet<usize> = class.iter().copied().collect();
        names
            .into_iter()
            .map(|name| {
                let identities = violated.iter().zip(&class).filter(|(_, c)| **c == name).map(|(i, _)| *i).collect();
                let own = |of_set: &Vec<(usize, Vec<Proposal>)>| {
                    let mut set: Vec<Proposal> =
                        of_set.iter().filter(|(i, _)| class[*i] == name).flat_map(|(_, b)| b.clone()).collect();
                    set.sort_unstable();
                    set
                };
                let sets: BTreeSet<Vec<Proposal>> = blocks.iter().map(own).collect();
                Cause { identities, sets: sets.into_iter().collect(), rivals: Vec::new(), operations: Vec::new(), complete }
            })
            .collect()
    }

    /// Adds the operations that explain one cause, or several at once and better than those do by themselves.
    fn operations(&mut self, causes: &mut Vec<Cause>) {
        if self.wide || causes.is_empty() {
            return;
        }
        let scene = operation::Scene {
            plan: self.case.plan,
            printed: self.case.printed,
            figures: &self.figures,
            candidate: self.case.known,
            last: &self.last,
            state: &self.room.state,
            residual: &self.room.residual,
            bounds: &self.bounds,
        };
        let mut found = operation::undo(&scene, &mut self.budgets[3]);
        // Those that explain most first.
        found.sort_by(|a, b| b.mended.len().cmp(&a.mended.len()).then(self.undone(b).total_cmp(&self.undone(a))));
        for undone in found {
            // What does more than a smallest set of the same values does it for nothing.
            let holds =
                |p: &Proposal| undone.cells.iter().any(|&(c, to)| c == p.column && i128::from(to) == p.low && p.low == p.high);
            let more = |set: &Vec<Proposal>| set.len() < undone.cells.len() && set.iter().all(holds);
            if causes.iter().any(|c| c.sets.iter().any(more)) {
                continue;
            }
            let within = |c: &Cause| c.identities.iter().all(|i| undone.mended.binary_search(i).is_ok());
            let inside: Vec<usize> = (0..causes.len()).filter(|&k| within(&causes[k])).collect();
            let covered: usize = inside.iter().map(|&k| causes[k].identities.len()).sum();
            if covered != undone.mended.len() {
                continue;
            }
            match inside[..] {
                [one] => causes[one].operations.push(undone),
                _ => {
                    let singly: f64 = inside.iter().map(|&k| self.best(&causes[k])).sum();
                    if self.undone(&undone) > singly {
                        let mut at = 0;
                        causes.retain(|_| (inside.binary_search(&at).is_err(), at += 1).0);
                        let identities = undone.mended.clone();
                        causes.push(Cause {
                            identities,
                            sets: Vec::new(),
                            rivals: Vec::new(),
                            operations: vec![undone],
                            complete: true,
                        });
                    }
                }
            }
        }
    }

    /// Score of the best set of a cause; without any, of as many arbitrary cells as it must have.
    fn best(&self, cause: &Cause) -> f64 {
        let least = (cause.identities.len().div_ceil(self.case.plan.degree.max(1))).max(COMPLETE + 1) as f64;
        let nothing = least * (self.log_cell() + slip::explain_range());
        let operations = cause.operations.iter().map(|u| self.undone(u));
        let best = cause.sets.iter().chain(&cause.rivals).map(|set| self.cells(set).0).chain(operations).reduce(f64::max);
        best.unwrap_or(nothing)
    }

    fn log_cell(&self) -> f64 {
        LOG_REPORT - (self.case.plan.columns.len().max(1) as f64).ln()
    }

    /// ln P of an operation and of the true figures that it leaves, against the found ones.
    fn undone(&self, undone: &Undone) -> f64 {
        let gain: f64 = undone.cells.iter().map(|&(c, to)| self.gain(c as usize, i128::from(to))).sum();
        // Figures of one line rise and fall together: without history, smaller ones all along it are no evidence.
        let gain = if self.case.evidence.last_year.is_some() { gain } else { gain.min(0.0) };
        LOG_OPERATION + undone.log_chance + gain
    }

    fn gain(&self, column: usize, to: i128) -> f64 {
        let (case, here) = (self.case, &self.case.plan.columns[column]);
        case.evidence.gain(case.forms, case.report, here.cell, here.total, self.figures[column].into(), to)
    }

    /// ln P of a set of single slips, and the slip where it is one.
    fn cells(&self, set: &[Proposal]) -> (f64, Option<Slip>) {
        let mut slip = None;
        let mut sum = 0.0;
        for p in set {
            let column = p.column as usize;
            let found = i128::from(self.figures[column]);
            sum += self.log_cell();
            if p.low != p.high {
                sum += slip::explain_range();
                continue;
            }
            let (mut score, kind) = self.explain(column, p.low, found);
            if self.totals_left && found == 0 && self.case.plan.columns[column].total {
                // No longer a chance in the number of cells, but one in two.
                score = -self.log_cell() + 0.5f64.ln();
            }
            sum += score + self.gain(column, p.low);
            slip = Some(kind);
        }
        (sum, slip.filter(|_| set.len() == 1))
    }

    fn explain(&self, column: usize, truth: i128, found: i128) -> (f64, Slip) {
        let plan = self.case.plan;
        let figure = |&c: &u32| i128::from(self.figures[c as usize]);
        let neighbours: Vec<i128> = self.case.printed.neighbours[column].iter().map(figure).collect();
        let mut parts = Vec::new();
        if plan.columns[column].total {
            for &(i, k) in plan.uses(column) {
                let terms = plan.terms(i as usize);
                if terms.iter().all(|&(c, other)| c as usize == column || other.signum() != k.signum()) {
                    parts.extend(terms.iter().filter(|(c, _)| *c as usize != column).map(|(c, _)| figure(c)));
                }
            }
        }
        let last = self.last[column].map(i128::from);
        slip::explain(truth, found, Surroundings { neighbours: &neighbours, last, parts: &parts })
    }

    fn rank(&self, cause: &Cause) -> Suspicion {
        let change = |column: u32, low: i128, high: i128| Change {
            column: column as usize,
            from: self.figures[column as usize].into(),
            low,
            high,
        };
        let mut alternatives: Vec<Alternative> = Vec::new();
        for undone in &cause.operations {
            let changes = undone.cells.iter().map(|&(c, to)| change(c, to.into(), to.into())).collect();
            let (operation, score) = (Some(undone.operation), self.undone(undone));
            alternatives.push(Alternative { changes, operation, slip: None, score, share: 0.0 });
        }
        for set in cause.sets.iter().chain(&cause.rivals) {
            let (score, slip) = self.cells(set);
            let changes: Vec<Change> = set.iter().map(|p| change(p.column, p.low, p.high)).collect();
            // The same cells as an operation and one by one are the same proposal, the likelier reading of it.
            match alternatives.iter_mut().find(|a| a.changes == changes) {
                Some(same) if same.score >= score => {}
                Some(same) => (same.score, same.slip, same.operation) = (score, slip, None),
                None => alternatives.push(Alternative { changes, operation: None, slip, score, share: 0.0 }),
            }
        }
        alternatives.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.changes.cmp(&b.changes)));
        if let Some(top) = alternatives.first().map(|a| a.score) {
            let sum: f64 = alternatives.iter().map(|a| (a.score - top).exp()).sum();
            alternatives.iter_mut().for_each(|a| a.share = (a.score - top).exp() / sum);
        }
        // Something larger or cleverer that is far behind the smallest sets is no explanation that anybody should read of.
        const MENTIONED: f64 = 0.01;
        let smallest = cause.sets.first().map_or(0, Vec::len);
        alternatives.retain(|a| a.share >= MENTIONED || (a.operation.is_none() && a.changes.len() == smallest));
        let total = alternatives.len();
        alternatives.truncate(MOST_ALTERNATIVES);
        Suspicion { identities: cause.identities.clone(), alternatives, total, complete: cause.complete }
    }
}

/// The position, among the violated identities, of the first that a block touches.
fn at_first(plan: &Plan, block: &[Proposal], at: &impl Fn(u32) -> Option<usize>) -> usize {
    block.iter().flat_map(|p| plan.uses(p.column as usize)).find_map(|&(i, _)| at(i)).unwrap_or(0)
}

/// A set taken apart into blocks of cells that share identities.
fn connected(plan: &Plan, set: &[Proposal]) -> Vec<Vec<Proposal>> {
    let mut blocks: Vec<Vec<Proposal>> = Vec::new();
    for p in set {
        let mut block = vec![*p];
        let touches = |other: &Vec<Proposal>| {
            other.iter().any(|o| {
                let theirs = plan.uses(o.column as usize);
                plan.uses(p.column as usize).iter().any(|(i, _)| theirs.iter().any(|(j, _)| i == j))
            })
        };
        blocks.retain_mut(|other| {
            let joined = touches(other);
            if joined {
                block.append(other);
            }
            !joined
        });
        blocks.push(block);
    }
    blocks
}

/// Violated identities that share a cell, directly or through others, are one group.
fn groups(plan: &Plan, violated: &[usize]) -> Vec<Vec<usize>> {
    let mut of_cell: std::collections::BTreeMap<u32, usize> = Default::default();
    let mut leader: Vec<usize> = (0..violated.len()).collect();
    fn root(leader: &mut [usize], mut x: usize) -> usize {
        while leader[x] != x {
            leader[x] = leader[leader[x]];
            x = leader[x];
        }
        x
    }
    for (at, &i) in violated.iter().enumerate() {
        for &(c, _) in plan.terms(i) {
            let other = *of_cell.entry(c).or_insert(at);
            let (a, b) = (root(&mut leader, at), root(&mut leader, other));
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut groups: std::collections::BTreeMap<usize, Vec<usize>> = Default::default();
    for (at, &i) in violated.iter().enumerate() {
        groups.entry(root(&mut leader, at)).or_default().push(i);
    }
    groups.into_values().collect()
}
