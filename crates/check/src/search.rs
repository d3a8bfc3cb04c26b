//! All smallest sets of cells whose change makes every identity hold (Fellegi and Holt 1976), by certificates.
//!
//! A set of cells is *feasible* if some change of them satisfies every identity. What proves that a set C is not feasible is
//! a list of identities (the certificate) that contradict each other whatever the cells of C hold; every feasible set that
//! contains C has a further cell in one of them. So the search branches on the cells of a certificate, deeper by one cell
//! a level, and misses no set of the size that it looks for: the enumeration is complete, over whatever identities a form
//! has. In order of cost the certificates are
//! 1. a violated identity without a cell of C,
//! 2. an identity that holds with exactly one cell of C in it: that cell could not change at all,
//! 3. what solving the identities of C runs into; where blanks leave room, what narrowing the intervals runs into.
//!
//! A cell that has been tried at one level is left out by its later siblings, so every set is met once. The size grows by
//! one until something is found; every step is counted against a budget.

use nianbao_form::Number;

use crate::bounds::Bounds;
use crate::joint;
use crate::plan::Plan;

/// What an identity asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// All figures known: it holds or not, by its residual.
    Tight,
    /// Some figure unknown, but violated whatever that is.
    Broken,
    /// Some figure unknown: there is room.
    Loose,
    /// Not to be looked at.
    Ignored,
}

/// A cell with what it should hold, between two values where blanks leave room; in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Proposal {
    pub column: u32,
    pub low: i128,
    pub high: i128,
}

/// Room to search in, kept from report to report. Between two searches everything is as [`Room::new`] makes it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    /// Σ parts − Σ whole of tight identities, moved by the changes under trial.
    pub residual: Vec<i64>,
    pub state: Vec<State>,
    /// Chosen cells in each identity.
    count: Vec<u32>,
    /// Cells that may not be chosen (any more).
    banned: Vec<bool>,
    chosen: Vec<u32>,
    /// Identities that need a cell that is not chosen yet.
    open: usize,
    /// Cell, change and deciding identity of the chosen cells that are solved for.
    solved: Vec<(u32, i64, u32)>,
    /// Sets found, behind each other, `size` cells each.
    found: Vec<Proposal>,
}

impl Room {
    pub(crate) fn new(plan: &Plan) -> Room {
        Room {
            residual: vec![0; plan.len()],
            state: vec![State::Tight; plan.len()],
            count: vec![0; plan.len()],
            banned: vec![false; plan.columns.len()],
            chosen: Vec::new(),
            open: 0,
            solved: Vec::new(),
            found: Vec::new(),
        }
    }
}

/// How far a search got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// All sets of this size, and there is none smaller.
    All(usize),
    /// There is none of up to so many cells.
    Nothing(usize),
    /// The budget ended it while sets of this size were looked for.
    Stopped(usize),
}

/// The search in one report (or one part of its form).
pub(crate) struct Search<'a> {
    pub plan: &'a Plan,
    pub room: &'a mut Room,
    /// Figures, in millionths; what an unknown one holds does not matter.
    pub figures: &'a [i64],
    /// Which cells may be wrong.
    pub candidate: &'a [bool],
    /// Bounds of all cells as found, where some figure is unknown or too large for 64 bits.
    pub bounds: Option<&'a Bounds>,
    /// Identities that are violated only by what others prove of their blanks.
    pub doubts: &'a [usize],
    /// Whether figures are too large for sums in 64 bits; residuals then only tell which identities are violated.
    pub wide: bool,
    /// Steps left.
    pub budget: &'a mut u64,
}

impl Search<'_> {
    /// Looks for the smallest sets of up to `most` cells that mend the `violated` identities. They are handed over set
    /// by set, each ordered by column.
    pub(crate) fn smallest(&mut self, violated: &[usize], most: usize, mut take: impl FnMut(&[Proposal])) -> Reached {
        let mut size = violated.len().div_ceil(self.plan.degree.max(1)).max(1);
        self.room.open = violated.len();
        let mut reached = Reached::Nothing(most);
        while size <= most {
            self.room.found.clear();
            self.extend(violated, size);
            if *self.budget == 0 {
                reached = Reached::Stopped(size);
                break;
            }
            if !self.room.found.is_empty() {
                reached = Reached::All(size);
                break;
            }
            size += 1;
        }
        self.room.open = 0;
        for set in self.room.found.chunks_exact_mut(size.max(1)) {
            set.sort_unstable();
            take(set);
        }
        self.room.found.clear();
        reached
    }

    /// The sets of just this size of which no part suffices by itself; `false` where the budget ended before all were found.
    pub(crate) fn exactly(&mut self, violated: &[usize], size: usize, mut take: impl FnMut(&[Proposal])) -> bool {
        self.room.open = violated.len();
        self.room.found.clear();
        self.extend(violated, size);
        self.room.open = 0;
        for set in self.room.found.chunks_exact_mut(size.max(1)) {
            set.sort_unstable();
            take(set);
        }
        self.room.found.clear();
        *self.budget > 0
    }

    /// Adds `more` cells to the chosen ones in every way that can lead to a feasible set.
    fn extend(&mut self, violated: &[usize], more: usize) {
        if self.room.open > more * self.plan.degree || !self.spend(violated.len() as u64 + 1) {
            return;
        }
        let shortest = if self.room.open > 0 { self.shortest_open(violated) } else { None };
        match shortest {
            Some(identity) => self.branch(violated, &[identity], more),
            None => {
                if let Err(certificate) = self.solve() {
                    self.branch(violated, &certificate, more);
                    return;
                }
                self.take_back();
            }
        }
    }

    /// Counts steps against the budget.
    fn spend(&mut self, steps: u64) -> bool {
        *self.budget = self.budget.saturating_sub(steps);
        *self.budget > 0
    }

    /// Of the identities that need another cell, the one with the fewest cells.
    fn shortest_open(&self, violated: &[usize]) -> Option<u32> {
        let (plan, room) = (self.plan, &*self.room);
        let unhit = violated.iter().map(|&i| i as u32).filter(|&i| room.count[i as usize] == 0);
        let touched = room.chosen.iter().flat_map(|&c| plan.uses(c as usize)).map(|&(i, _)| i);
        let alone = touched.filter(|&i| room.count[i as usize] == 1 && self.holds(i));
        unhit.chain(alone).min_by_key(|&i| (plan.terms(i as usize).len(), i))
    }

    /// Whether an identity holds without any change, and can only go on holding if nothing in it changes or two cells do.
    fn holds(&self, identity: u32) -> bool {
        let i = identity as usize;
        self.room.state[i] == State::Tight && self.room.residual[i] == 0
    }

    fn is_violated(&self, identity: u32) -> bool {
        let i = identity as usize;
        match self.room.state[i] {
            State::Tight => self.room.residual[i] != 0,
            State::Broken => true,
            State::Loose | State::Ignored => false,
        }
    }

    fn branch(&mut self, violated: &[usize], certificate: &[u32], more: usize) {
        let plan = self.plan;
        let tried = self.room.solved.len();
        let mut done: [u32; 48] = [0; 48];
        let mut spilled: Vec<u32> = Vec::new();
        let mut n = 0;
        for &identity in certificate {
            for &(column, _) in plan.terms(identity as usize) {
                let c = column as usize;
                if self.room.banned[c] || !self.candidate[c] {
                    continue;
                }
                if more > 1 {
                    self.choose(column);
                    self.extend(violated, more - 1);
                    self.leave(column);
                } else if self.closes(column) {
                    self.choose(column);
                    self.finish();
                    self.leave(column);
                }
                self.room.banned[c] = true;
                match done.get_mut(n) {
                    Some(slot) => *slot = column,
                    None => spilled.push(column),
                }
                n += 1;
                if *self.budget == 0 {
                    break;
                }
            }
        }
        for &column in done[..n.min(48)].iter().chain(&spilled) {
            self.room.banned[column as usize] = false;
        }
        debug_assert_eq!(tried, self.room.solved.len());
    }

    /// Whether with this cell no identity needs another one.
    fn closes(&mut self, column: u32) -> bool {
        let uses = self.plan.uses(column as usize);
        *self.budget = self.budget.saturating_sub(uses.len() as u64);
        let mut closed = 0;
        for &(i, _) in uses {
            match self.room.count[i as usize] {
                0 if self.is_violated(i) => closed += 1,
                0 if self.holds(i) => return false,
                1 if self.holds(i) => closed += 1,
                _ => {}
            }
        }
        closed == self.room.open
    }

    fn choose(&mut self, column: u32) {
        for &(i, _) in self.plan.uses(column as usize) {
            let count = self.room.count[i as usize];
            match count {
                0 if self.is_violated(i) => self.room.open -= 1,
                0 if self.holds(i) => self.room.open += 1,
                1 if self.holds(i) => self.room.open -= 1,
                _ => {}
            }
            self.room.count[i as usize] = count + 1;
        }
        self.room.banned[column as usize] = true;
        self.room.chosen.push(column);
    }

    fn leave(&mut self, column: u32) {
        self.room.chosen.pop();
        self.room.banned[column as usize] = false;
        for &(i, _) in self.plan.uses(column as usize) {
            let count = self.room.count[i as usize] - 1;
            self.room.count[i as usize] = count;
            match count {
                0 if self.is_violated(i) => self.room.open += 1,
                0 if self.holds(i) => self.room.open -= 1,
                1 if self.holds(i) => self.room.open += 1,
                _ => {}
            }
        }
    }

    /// Keeps the chosen cells if they are feasible.
    fn finish(&mut self) {
        // A set found within a larger one, and a hostile form's millions of sets, end at the same bound.
        const MOST_FOUND: usize = 30_000;
        match self.solve() {
            Err(_) => {}
            Ok(Solution::Exact) => {
                if self.room.solved.iter().all(|(_, delta, _)| *delta != 0) {
                    for k in 0..self.room.solved.len() {
                        let (column, delta, _) = self.room.solved[k];
                        let to = i128::from(self.figures[column as usize]) + i128::from(delta);
                        self.room.found.push(Proposal { column, low: to, high: to });
                    }
                }
            }
            Ok(Solution::Within(proposals)) => self.room.found.extend(proposals),
        }
        self.take_back();
        if self.room.found.len() > MOST_FOUND {
            *self.budget = 0;
        }
    }

    /// Solves for the chosen cells. Whatever it returns, [`Search::take_back`] must follow before the next step; an error
    /// has taken back already.
    fn solve(&mut self) -> Result<Solution, Vec<u32>> {
        let plan = self.plan;
        if self.wide || !self.doubts.is_empty() {
            return self.narrow();
        }
        while self.room.solved.len() < self.room.chosen.len() {
            let Some((column, delta, identity)) = self.forced() else {
                self.take_back();
                return self.narrow();
            };
            if let Some(delta) = delta.filter(|&d| self.admissible(column, d)) {
                self.room.solved.push((column, delta, identity));
                for &(i, k) in plan.uses(column as usize) {
                    self.room.count[i as usize] -= 1;
                    // Within `Plan::safe` only coefficients beyond those of any real form could get there.
                    self.room.residual[i as usize] = self.room.residual[i as usize].saturating_add(k.saturating_mul(delta));
                }
                let broken = |&&(i, _): &&(u32, i64)| self.room.count[i as usize] == 0 && self.is_violated(i);
                let Some(&(i, _)) = plan.uses(column as usize).iter().find(broken) else { continue };
                return Err(self.certificate(i));
            }
            return Err(self.certificate(identity));
        }
        Ok(Solution::Exact)
    }

    /// A chosen cell, not yet solved for, that is alone in an identity, with the change that the identity forces upon
    /// it: `None` where that is no whole number. Nothing at all where blanks or a cycle of identities are in the way.
    fn forced(&mut self) -> Option<(u32, Option<i64>, u32)> {
        let (plan, room) = (self.plan, &*self.room);
        let mut first = None;
        let mut steps = 0;
        for &column in &room.chosen {
            if room.solved.iter().any(|(c, ..)| *c == column) {
                continue;
            }
            for &(i, k) in plan.uses(column as usize) {
                steps += 1;
                match room.state[i as usize] {
                    State::Broken | State::Loose => return None,
                    State::Ignored => continue,
                    State::Tight => {}
                }
                if first.is_none() && room.count[i as usize] == 1 {
                    let residual = room.residual[i as usize];
                    let delta = match k {
                        1 => Some(-residual),
                        -1 => Some(residual),
                        _ => (residual % k == 0).then(|| -(residual / k)),
                    };
                    first = Some((column, delta, i));
                }
            }
        }
        *self.budget = self.budget.saturating_sub(steps);
        first
    }

    /// Whether a figure may be what the change makes of it.
    fn admissible(&self, column: u32, delta: i64) -> bool {
        let here = &self.plan.columns[column as usize];
        let Some(to) = self.figures[column as usize].checked_add(delta) else { return false };
        (to >= 0 || here.signed)
            && to.unsigned_abs() < Number::LIMIT.unsigned_abs() * Number::SCALE.unsigned_abs()
            && (here.step == 1 || to % Number::SCALE == 0)
    }

    /// The identities behind what has been solved so far, and the one that contradicts them. Takes back.
    fn certificate(&mut self, identity: u32) -> Vec<u32> {
        let mut list: Vec<u32> = self.room.solved.iter().map(|(.., i)| *i).collect();
        list.push(identity);
        list.sort_unstable();
        list.dedup();
        self.take_back();
        list
    }

    fn take_back(&mut self) {
        while let Some((column, delta, _)) = self.room.solved.pop() {
            for &(i, k) in self.plan.uses(column as usize) {
                self.room.count[i as usize] += 1;
                self.room.residual[i as usize] = self.room.residual[i as usize].saturating_sub(k.saturating_mul(delta));
            }
        }
    }

    /// Solves for the chosen cells by intervals: they are as unknown as blanks are.
    fn narrow(&mut self) -> Result<Solution, Vec<u32>> {
        let plan = self.plan;
        let found;
        let bounds = match self.bounds {
            Some(bounds) => bounds,
            None => {
                let known: Vec<Option<i64>> = self.figures.iter().copied().map(Some).collect();
                found = Bounds::new(plan, &known);
                &found
            }
        };
        let mut bounds = bounds.clone();
        for &c in &self.room.chosen {
            bounds.relax(plan, c as usize);
        }
        let (among, terms) = self.reach(&bounds);
        let result = joint::narrow(plan, &mut bounds, &among, true);
        // Narrowing walks the identities a few times; shrinking a contradiction does so once for each of them.
        let members = among.iter().filter(|a| **a).count() as u64;
        let walked = terms * if result.is_err() { members } else { 4 };
        self.spend(walked + (8 * plan.len() + plan.columns.len()) as u64);
        result.map_err(|identities| identities.into_iter().map(|i| i as u32).collect::<Vec<u32>>())?;
        let limit = i128::from(Number::LIMIT) * i128::from(Number::SCALE) - 1;
        let propose = |&c: &u32| {
            let (low, high) = (bounds.low[c as usize].max(-limit), bounds.high[c as usize].min(limit));
            Proposal { column: c, low, high }
        };
        let proposals: Vec<Proposal> = self.room.chosen.iter().map(propose).collect();
        let same = |p: &Proposal| p.low == p.high && p.low == i128::from(self.figures[p.column as usize]);
        // A cell that must stay as it is belongs to no smallest set; one beyond the range of figures to none at all.
        if proposals.iter().any(|p| p.low > p.high || same(p)) {
            let all = (0..plan.len() as u32).filter(|&i| among[i as usize]);
            return Err(all.collect());
        }
        Ok(Solution::Within(proposals))
    }

    /// The identities that hang together with a chosen cell or a doubt through cells that are not known, and how many terms they have.
    fn reach(&self, bounds: &Bounds) -> (Vec<bool>, u64) {
        let plan = self.plan;
        let mut among = vec![false; plan.len()];
        let mut terms = 0;
        let mut due: Vec<u32> = self.room.chosen.clone();
        let mut seen = vec![false; plan.columns.len()];
        for &i in self.doubts {
            among[i] = true;
            due.extend(plan.terms(i).iter().map(|t| t.0).filter(|&d| !bounds.fixed(d as usize)));
        }
        while let Some(c) = due.pop() {
            for &(i, _) in plan.uses(c as usize) {
                let i = i as usize;
                if among[i] || self.room.state[i] == State::Ignored {
                    continue;
                }
                among[i] = true;
                terms += plan.terms(i).len() as u64;
                for &(d, _) in plan.terms(i) {
                    if !bounds.fixed(d as usize) && !std::mem::replace(&mut seen[d as usize], true) {
                        due.push(d);
                    }
                }
            }
        }
        (among, terms)
    }
}

enum Solution {
    /// As it stands in `solved`.
    Exact,
    /// Between two values for each cell.
    Within(Vec<Proposal>),
}

#[cfg(test)]
mod tests;
