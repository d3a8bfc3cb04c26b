//! Which agencies explain the differences of one year.

use nianbao_form::{Cell, Forms, Report, decimal_text};
use polars::prelude::Int64Chunked;

use super::search::{Found, Item, Nearly, nearly, smallest};
use super::slip::typing;
use super::{CellSlip, Comparison, Explanation, Published, ReconcileRow, Slip, Suspect, rounded, words};
use crate::Compilation;
use crate::dense::BEFORE_CELLS;

/// Explanations of a year that are told; more than that explain nothing.
const MOST_TOLD: usize = 10;
/// The largest set of agencies that is looked for.
const MOST_SUSPECTS: usize = 4;

/// One year with its published figures, in the order of its rows.
pub(super) struct Year<'a> {
    pub(super) forms: &'a Forms,
    pub(super) compilation: &'a Compilation,
    pub(super) reports: &'a [&'a Report],
    /// Reports that were sent before and replaced.
    pub(super) replaced: &'a [&'a Report],
    pub(super) published: &'a [&'a Published],
    pub(super) rows: &'a [ReconcileRow],
}

/// What was found for a year.
#[derive(Default)]
pub(super) struct Explanations {
    pub(super) found: Vec<Explanation>,
    /// How many there are in all, told or not.
    pub(super) all: usize,
    /// Whether the search was cut short.
    pub(super) cut: bool,
}

impl Explanations {
    /// With another explanation in front.
    fn behind(mut self, first: Explanation) -> Explanations {
        self.found.insert(0, first);
        self.found.iter_mut().enumerate().for_each(|(i, e)| e.rank = i + 1);
        self.all += 1;
        self
    }
}

/// A possible cause, with its effect on each row of the year.
struct Cause {
    suspect: Suspect,
    effect: Vec<i128>,
    members: Vec<usize>,
}

impl Year<'_> {
    pub(super) fn explanations(&self) -> Explanations {
        let differing = self.with(|r| r.status == Comparison::Differs);
        if differing.is_empty() {
            return Explanations::default();
        }
        let causes = self.causes();
        // Money that was rounded can only be compared within half a unit, so it is asked afterwards.
        let (soft, hard): (Vec<usize>, Vec<usize>) = self
            .with(|r| matches!(r.status, Comparison::Equal | Comparison::Rounding | Comparison::Differs))
            .into_iter()
            .partition(|&i| self.rows[i].sum.is_some_and(|sum| rounded(self.forms, self.published[i], sum)));
        let both: Vec<usize> = hard.iter().chain(&soft).copied().collect();
        let strict = self.sets(&causes, &hard, &both, MOST_SUSPECTS, |set| soft.iter().all(|&i| self.rounds(&causes, set, i)));
        // With as many agencies as equations, or more, something always fits by chance.
        let (hard_differing, soft_differing): (Vec<usize>, Vec<usize>) = differing.iter().partition(|i| hard.contains(i));
        let most = differing.len().min(3);
        let accept = |set: &[usize]| same_slip(&causes, set) && soft_differing.iter().all(|&i| self.rounds(&causes, set, i));
        if strict.sets.is_empty() {
            let beside = self.beside_slips(&causes, &differing, &hard, &soft);
            if !beside.found.is_empty() {
                return beside;
            }
            let slips = self.slips_alone(&differing);
            let mut loose = self.sets(&causes, &hard_differing, &differing, most, accept);
            loose.cut |= strict.cut;
            let loose = self.told(&causes, &differing, loose, 0);
            return match slips {
                Some(first) => loose.behind(first),
                None => loose,
            };
        }
        let size = strict.sets[0].len();
        let slips: Vec<Slip> = strict.sets.iter().flatten().map(|&i| causes[i].suspect.slip).collect();
        let alike = |set: &[usize]| set.len() == size && slips.contains(&causes[set[0]].suspect.slip) && accept(set);
        let others = self.sets(&causes, &hard_differing, &differing, size, alike);
        let rejected = others.sets.iter().filter(|set| !strict.sets.contains(set)).count();
        self.told(&causes, &differing, strict, rejected)
    }

    /// One or two agencies that explain all but a few cells, each of which is a matter of its own.
    fn beside_slips(&self, causes: &[Cause], differing: &[usize], hard: &[usize], soft: &[usize]) -> Explanations {
        let target: Vec<i128> = hard.iter().map(|&i| self.rows[i].difference.unwrap_or(0)).collect();
        let item = |c: &Cause| Item { effect: hard.iter().map(|&i| c.effect[i]).collect(), members: c.members.clone() };
        let items: Vec<Item> = causes.iter().map(item).collect();
        let mut found = nearly(&items, &target);
        found.retain(|n| soft.iter().all(|&i| self.rounds(causes, &n.set, i)));
        // A set that leaves slips with a name explains more than one that leaves riddles.
        let slips = |n: &Nearly| -> Vec<CellSlip> {
            n.left.iter().map(|&at| self.cell_slip(hard[at], n.set.iter().map(|&c| causes[c].effect[hard[at]]).sum())).collect()
        };
        found.sort_by_cached_key(|n| slips(n).iter().filter(|s| s.slip.is_empty()).count());
        let all = found.len();
        let mut told = Vec::new();
        for (rank, n) in found.iter().take(MOST_TOLD).enumerate() {
            let mut explanation = self.explanation(causes, differing, &n.set, rank + 1);
            explanation.slips = slips(n);
            explanation.unchanged = hard.len() + soft.len() - differing.len();
            words::explain(self.forms, self.compilation, &mut explanation, all);
            told.push(explanation);
        }
        Explanations { found: told, all, cut: false }
    }

    /// Every differing figure as a slip of the pen with a name, or two of them exchanged; `None` where one is not.
    fn slips_alone(&self, differing: &[usize]) -> Option<Explanation> {
        let mut slips: Vec<CellSlip> = differing.iter().map(|&row| self.cell_slip(row, 0)).collect();
        if let [a, b] = &mut slips[..]
            && (a.found, b.found) == (b.meant, a.meant)
        {
            for slip in [a, b] {
                (slip.slip, slip.slip_en) = ("两项数字互换".to_owned(), "the two figures are exchanged".to_owned());
            }
        }
        if slips.iter().any(|s| s.slip.is_empty()) {
            return None;
        }
        let mut explanation = self.explanation(&[], differing, &[], 1);
        explanation.slips = slips;
        explanation.unchanged = self.with(|r| matches!(r.status, Comparison::Equal | Comparison::Rounding)).len();
        words::explain(self.forms, self.compilation, &mut explanation, 1);
        Some(explanation)
    }

    /// The published figure of a row against the sum with this much more.
    fn cell_slip(&self, row: usize, more: i128) -> CellSlip {
        let row = &self.rows[row];
        let found = row.published.map_or(0, |n| i128::from(n.millionths()));
        let meant = row.sum.unwrap_or(0) + more;
        let (slip, slip_en) = typing(&decimal_text(found), &decimal_text(meant)).unwrap_or_default();
        CellSlip { cell: row.cell, found, meant, slip, slip_en }
    }

    /// An explanation without its sentences.
    fn explanation(&self, causes: &[Cause], differing: &[usize], set: &[usize], rank: usize) -> Explanation {
        let suspect = |&i: &usize| {
            let effect = differing.iter().map(|&row| (self.rows[row].cell, causes[i].effect[row])).collect();
            Suspect { effect, ..causes[i].suspect.clone() }
        };
        Explanation {
            year: self.rows[0].year,
            rank,
            cells: differing.iter().map(|&row| self.rows[row].cell).collect(),
            suspects: set.iter().map(suspect).collect(),
            slips: Vec::new(),
            unchanged: 0,
            disturbed: Vec::new(),
            rejected: 0,
            message: String::new(),
            message_en: String::new(),
        }
    }

    fn with(&self, of: impl Fn(&ReconcileRow) -> bool) -> Vec<usize> {
        let first = |i: usize| self.rows[..i].iter().all(|r| r.cell != self.rows[i].cell);
        (0..self.rows.len()).filter(|&i| first(i) && of(&self.rows[i])).collect()
    }

    /// Sets of causes that make up the difference in `rows` exactly and that `accept` takes; each has an effect on `asked`,
    /// as what has none would make every set larger without reason.
    fn sets(
        &self,
        causes: &[Cause],
        rows: &[usize],
        asked: &[usize],
        most: usize,
        accept: impl Fn(&[usize]) -> bool + Sync,
    ) -> Found {
        let target: Vec<i128> = rows.iter().map(|&i| self.rows[i].difference.unwrap_or(0)).collect();
        let items: Vec<Item> = causes
            .iter()
            .map(|c| Item { effect: rows.iter().map(|&i| c.effect[i]).collect(), members: c.members.clone() })
            .collect();
        let kept: Vec<usize> = (0..items.len()).filter(|&i| asked.iter().any(|&r| causes[i].effect[r] != 0)).collect();
        let items: Vec<Item> = kept.iter().map(|&i| items[i].clone()).collect();
        let back = |set: &[usize]| set.iter().map(|&i| kept[i]).collect::<Vec<_>>();
        let mut found = smallest(&items, &target, most, |set| accept(&back(set)));
        found.sets = found.sets.iter().map(|set| back(set)).collect();
        found
    }

    /// Whether a rounded figure is what the sum would be with these causes.
    fn rounds(&self, causes: &[Cause], set: &[usize], row: usize) -> bool {
        let effect: i128 = set.iter().map(|&i| causes[i].effect[row]).sum();
        self.rows[row].sum.is_some_and(|sum| self.published[row].rounds(sum + effect))
    }

    fn told(&self, causes: &[Cause], differing: &[usize], mut found: Found, rejected: usize) -> Explanations {
        let disturbed = |set: &[usize]| -> Vec<usize> {
            let kept = |r: &ReconcileRow| matches!(r.status, Comparison::Equal | Comparison::Rounding);
            let rows = self.with(kept).into_iter();
            rows.filter(|&i| match self.rows[i].status {
                Comparison::Rounding => !self.rounds(causes, set, i),
                _ => set.iter().map(|&c| causes[c].effect[i]).sum::<i128>() != 0,
            })
            .collect()
        };
        let kinds = |set: &[usize]| {
            let mut slips: Vec<Slip> = set.iter().map(|&i| causes[i].suspect.slip).collect();
            slips.sort_unstable();
            slips.dedup();
            (slips.len(), slips)
        };
        found.sets.sort_by_cached_key(|set| (disturbed(set).len(), kinds(set), set.clone()));
        let comparable = self.with(|r| matches!(r.status, Comparison::Equal | Comparison::Rounding)).len();
        let all = found.sets.len();
        let cells = |rows: &[usize]| rows.iter().map(|&i| self.rows[i].cell).collect::<Vec<Cell>>();
        let mut told = Vec::new();
        for (rank, set) in found.sets.iter().take(MOST_TOLD).enumerate() {
            let disturbed = disturbed(set);
            let mut explanation = self.explanation(causes, differing, set, rank + 1);
            explanation.unchanged = comparable - disturbed.len();
            explanation.disturbed = cells(&disturbed);
            explanation.rejected = rejected;
            words::explain(self.forms, self.compilation, &mut explanation, all);
            told.push(explanation);
        }
        Explanations { found: told, all, cut: found.cut }
    }

    /// Everything that may have gone wrong with one agency or one whole group.
    fn causes(&self) -> Vec<Cause> {
        let year = self.rows[0].year;
        let columns: Vec<Option<&Int64Chunked>> = self
            .rows
            .iter()
            .map(|r| {
                let at = BEFORE_CELLS + r.cell.index();
                self.compilation.wide.select_at_idx(at).and_then(|c| c.i64().ok())
            })
            .collect();
        let figures =
            |row: usize| -> Vec<i128> { columns.iter().map(|c| c.and_then(|c| c.get(row)).map_or(0, i128::from)).collect() };
        let plan = self.compilation.plan();
        let mut causes = Vec::new();
        for &m in self.compilation.below(0) {
            let Some(row) = self.compilation.row_of(m, year) else { continue };
            let member = &plan.members[m];
            let mut add = |slip, effect| push(&mut causes, &member.key, &member.name, false, slip, effect, vec![m]);
            let now = figures(row);
            let before = year.checked_sub(1).and_then(|y| self.compilation.row_of(m, y));
            if let Some(before) = before.filter(|&b| plan.placed[b].form == plan.placed[row].form) {
                add(Slip::LastYear, figures(before).iter().zip(&now).map(|(b, n)| b - n).collect());
            }
            for old in self.replaced.iter().filter(|r| r.year == year && r.agency_key() == member.key) {
                let was = |row: &ReconcileRow| old.counts_as(row.cell).map_or(0, |n| i128::from(n.millionths()));
                add(Slip::OldVersion, self.rows.iter().zip(&now).map(|(row, n)| was(row) - n).collect());
            }
            add(Slip::Omitted, now.iter().map(|n| -n).collect());
            add(Slip::CountedTwice, now);
        }
        self.group_causes(year, &mut causes);
        for &i in &plan.elsewhere {
            let report = self.reports[i];
            if report.year == year && report.agency_key() != self.compilation.root {
                let effect =
                    self.rows.iter().map(|r| report.counts_as(r.cell).map_or(0, |n| i128::from(n.millionths()))).collect();
                push(&mut causes, report.agency_key(), &report.agency, false, Slip::Added, effect, Vec::new());
            }
        }
        causes.sort_by_key(|c| c.suspect.slip);
        causes
    }

    /// Groups of several agencies, but not of all.
    fn group_causes(&self, year: u16, causes: &mut Vec<Cause>) {
        let plan = self.compilation.plan();
        let reporting = |g: usize| -> Vec<usize> {
            self.compilation.below(g).iter().copied().filter(|&m| self.compilation.row_of(m, year).is_some()).collect()
        };
        let all = reporting(0).len();
        for (g, group) in plan.groups.iter().enumerate().skip(1) {
            let members = reporting(g);
            if members.len() < 2 || members.len() == all {
                continue;
            }
            let sum = |cell| self.compilation.sum(&group.id, year, cell).and_then(|s| s.millionths).unwrap_or(0);
            let figures: Vec<i128> = self.rows.iter().map(|r| sum(r.cell)).collect();
            let omitted = figures.iter().map(|f| -f).collect();
            push(causes, &group.id, &group.name, true, Slip::Omitted, omitted, members.clone());
            push(causes, &group.id, &group.name, true, Slip::CountedTwice, figures, members);
        }
    }
}

fn push(causes: &mut Vec<Cause>, id: &str, name: &str, group: bool, slip: Slip, effect: Vec<i128>, members: Vec<usize>) {
    if effect.iter().any(|e| *e != 0) {
        let suspect = Suspect { id: id.to_owned(), name: name.to_owned(), group, slip, effect: Vec::new() };
        causes.push(Cause { suspect, effect, members });
    }
}

fn same_slip(causes: &[Cause], set: &[usize]) -> bool {
    set.windows(2).all(|w| causes[w[0]].suspect.slip == causes[w[1]].suspect.slip)
}
