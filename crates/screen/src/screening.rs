//! Judges every report of a year: how likely it is that its figures hold a slip, and which.

use std::collections::{BTreeMap, BTreeSet};

use nianbao_form::{Cell, Form, FormIx, Forms, Registry};
use rayon::prelude::*;

use crate::likelihood::ln_sum;
use crate::model::{Ancestry, Law, Model};
use crate::panel::Panel;
use crate::slips::{Candidate, Case, Ground, Slip, odds};
use crate::structure::{Pattern, Settling, pattern};

/// Reports that look wrong enough to have been exchanged with another one: so many of them, and partners of each, are tried.
const EXCHANGES: usize = 600;
const PARTNERS: usize = 4;

/// An alarm is sound with this probability at most, however certain the others are.
pub const MOST_DOUBT: f64 = 0.2;

/// What was expected of a count or an amount that matters to an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The cell.
    pub cell: Cell,
    /// Years and figures of the past, panel units.
    pub past: Vec<(u16, f64)>,
    /// Central 95 % of what was to be expected, panel units.
    pub range: (f64, f64),
    /// The mean of the expectation.
    pub mean: f64,
    /// Average of the peers, their kind (empty for everybody) and their number.
    pub peers: Option<(f64, String, usize)>,
}

/// A report and what may be wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Position among the panel's members.
    pub member: usize,
    /// ln of the odds that it holds a slip.
    pub odds: f64,
    /// Slips by kind, the likeliest first, with ln of the odds of each.
    pub kinds: Vec<(Slip, f64)>,
    /// The likeliest place of the likeliest kinds, the best first.
    pub candidates: Vec<Candidate>,
    /// Whether there is a past to judge by.
    pub judged: bool,
    /// Whether the search for slips was cut short, as the form has too many cells.
    pub cut: bool,
    /// ln of the probability of all its figures as they stand.
    pub ln: f64,
}

impl Judged {
    /// The probability that nothing is wrong (local false discovery rate).
    pub fn doubt(&self) -> f64 {
        1.0 / (1.0 + self.odds.exp())
    }
}

/// All reports of a year.
#[derive(Clone, Debug)]
pub struct Screening {
    /// What was looked at.
    pub panel: Panel,
    /// Judged reports, by member.
    pub judged: Vec<Judged>,
    /// What was expected of the counts that alarms name, by member and cell.
    pub expected: BTreeMap<(usize, Cell), Expected>,
    /// How many counts are what they were in all of at least two past years: of them nothing can be said.
    pub constant: usize,
}

impl Screening {
    /// Which reports are alarms: the largest set, most certain first, whose probabilities of being sound are `rate` on
    /// average at most, and none of which is more doubtful than [`MOST_DOUBT`]: many certain alarms are no licence for
    /// doubtful ones. (The posterior form of the false discovery rate: Müller, Parmigiani, Rice 2006. The p of a composite
    /// null would need its own distribution for every report; the odds are there anyway.)
    pub fn alarms(&self, rate: f64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.judged.len()).collect();
        order.sort_by(|&a, &b| self.judged[b].odds.total_cmp(&self.judged[a].odds).then(a.cmp(&b)));
        let (mut sum, mut taken) = (0.0, Vec::new());
        for at in order {
            let doubt = self.judged[at].doubt();
            sum += doubt;
            if sum > rate * (taken.len() + 1) as f64 || doubt > MOST_DOUBT {
                break;
            }
            taken.push(at);
        }
        taken
    }
}

/// Judges the reports of `year`.
pub fn screen(forms: &Forms, registry: &Registry, panel: Panel, year: u16) -> Screening {
    let Some(at) = panel.year(year) else {
        return Screening { panel, judged: Vec::new(), expected: BTreeMap::new(), constant: 0 };
    };
    let ancestry = Ancestry::new(forms, registry, &panel, at);
    let mut kinds: Vec<FormIx> = (0..panel.members.len()).filter_map(|m| panel.form(m, at)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let (mut judged, mut expected, mut constant) = (Vec::new(), BTreeMap::new(), 0);
    for form in kinds {
        let model = Model::new(forms, &panel, &ancestry.lineage, &ancestry.breaks, form, at);
        let of = judge(forms, &model);
        for report in &of {
            // What an alarm may have to tell.
            if report.odds > -3.0 {
                for cell in named(report) {
                    if let Some(e) = model.expected(report.member, cell) {
                        expected.insert((report.member, cell), e);
                    }
                }
            }
        }
        constant += model.constant();
        judged.extend(of);
    }
    judged.sort_by_key(|j| j.member);
    Screening { panel, judged, expected, constant }
}

fn named(report: &Judged) -> Vec<Cell> {
    report.candidates.first().map(|c| c.undone.iter().map(|(cell, _)| *cell).collect()).unwrap_or_default()
}

fn judge(forms: &Forms, model: &Model<'_>) -> Vec<Judged> {
    let form = forms.form(model.form);
    let row = |member: usize| model.panel.row(member, model.year);
    // Reports with the same cells known have the same free cells.
    let mut patterns: BTreeMap<Pattern, Settling> = BTreeMap::new();
    for &member in &model.members {
        patterns.entry(pattern(form, row(member))).or_insert_with_key(|known| Settling::new(form, known));
    }
    let ground = |member: usize| Ground {
        form,
        places: &model.places,
        touches: &model.touches,
        watched: &model.watched,
        settling: &patterns[&pattern(form, row(member))],
    };
    let first: Vec<(Judged, f64)> = model
        .members
        .par_iter()
        .map(|&member| {
            let (ground, laws) = (ground(member), sound_laws(form, model, member));
            let mut case = Case::new(&ground, row(member), &laws);
            let last: Vec<Option<i64>> = (0..row(member).len()).map(|c| model.own_last(member, c).map(|v| v as i64)).collect();
            let judged = laws.iter().any(|l| !matches!(l, Law::None));
            let candidates = if judged { case.candidates(&last) } else { Vec::new() };
            (Judged { ln: case.ln.iter().sum(), cut: case.is_cut(), ..verdict(member, candidates, judged) }, case.excess())
        })
        .collect();
    exchanges(model, &ground, first)
}

/// What was expected of the figures of a report that no broken identity disputes: the others have findings of their own, and
/// one cause makes one alarm.
fn sound_laws(form: &Form, model: &Model<'_>, member: usize) -> Vec<Law> {
    let (_, broken) = pattern(form, model.panel.row(member, model.year));
    let disputed: BTreeSet<Cell> = broken.iter().flat_map(|&at| form.identities[at].terms().map(|(c, _)| c)).collect();
    let mut laws = model.laws(member);
    for (law, place) in laws.iter_mut().zip(&model.places) {
        if !disputed.is_empty() && place.node.cells().iter().any(|c| disputed.contains(c)) {
            *law = Law::None;
        }
    }
    laws
}

fn verdict(member: usize, candidates: Vec<Candidate>, judged: bool) -> Judged {
    let (odds, kinds) = odds(&candidates);
    let mut best: Vec<Candidate> = Vec::new();
    for (slip, _) in &kinds {
        best.extend(candidates.iter().find(|c| c.slip == *slip).cloned());
    }
    Judged { member, odds, kinds, candidates: best, judged, cut: false, ln: 0.0 }
}

/// Tries to exchange the reports that look wrong most with each other.
fn exchanges<'a>(model: &Model<'_>, ground: &(impl Fn(usize) -> Ground<'a> + Sync), first: Vec<(Judged, f64)>) -> Vec<Judged> {
    if first.is_empty() {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..first.len()).filter(|&i| first[i].0.judged && first[i].1 > 8.0).collect();
    order.sort_by(|&a, &b| first[b].1.total_cmp(&first[a].1).then(a.cmp(&b)));
    order.truncate(EXCHANGES);
    let row = |i: usize| model.panel.row(first[i].0.member, model.year);
    let roots: Vec<usize> = model.places.iter().filter(|p| p.from.is_empty()).map(|p| p.into[0]).collect();
    let form = ground(first[0].0.member).form;
    let laws: Vec<Vec<Law>> = order.par_iter().map(|&i| sound_laws(form, model, first[i].0.member)).collect();
    let profile = |i: usize| -> Vec<f64> { roots.iter().map(|&c| (row(i)[c].max(0) as f64).ln_1p()).collect() };
    let seen: Vec<Vec<f64>> = order.iter().map(|&i| profile(i)).collect();
    let wanted: Vec<Vec<f64>> = laws.iter().map(|laws| expected_profile(model, laws)).collect();
    let away = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - y).abs().min(3.0)).sum::<f64>();
    let pairs: Vec<(usize, usize, f64, f64)> = (0..order.len())
        .into_par_iter()
        .flat_map_iter(|a| {
            let mut near: Vec<(f64, usize)> = (0..order.len())
                .filter(|&b| b != a)
                .map(|b| (away(&seen[b], &wanted[a]) + away(&seen[a], &wanted[b]), b))
                .collect();
            near.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
            near.truncate(PARTNERS);
            let gain = |at: usize, other: usize| {
                let (i, j) = (order[at], order[other]);
                let ground = ground(first[i].0.member);
                let free = &ground.settling.free;
                let changes: Vec<(usize, i64)> = free.iter().map(|c| (c.index(), row(j)[c.index()])).collect();
                changes.iter().all(|(_, v)| *v >= 0).then(|| Case::new(&ground, row(i), &laws[at]).gain(&changes))?
            };
            let pairs: Vec<_> = near.into_iter().filter_map(|(_, b)| Some((a, b, gain(a, b)?, gain(b, a)?))).collect();
            pairs.into_iter()
        })
        .collect();
    let mut out: Vec<Judged> = first.iter().map(|(j, _)| j.clone()).collect();
    let places = (model.members.len() as f64 - 1.0).max(1.0).ln();
    let mut exchanged: BTreeMap<usize, Vec<Candidate>> = BTreeMap::new();
    for (a, b, one, two) in pairs {
        // What is wrong with the other report anyway speaks of no exchange.
        let ratio = one + two - places - first[order[b]].0.odds.max(0.0);
        let free = &ground(first[order[a]].0.member).settling.free;
        let undone = free.iter().filter(|c| row(order[a])[c.index()] != row(order[b])[c.index()]);
        let undone = undone.map(|&c| (c, Some(row(order[b])[c.index()]))).collect();
        let partner = Some(first[order[b]].0.member);
        let score = ratio + (0.03 / 11.0f64).ln();
        exchanged.entry(order[a]).or_default().push(Candidate { slip: Slip::OtherAgency, score, ratio, undone, partner });
    }
    for (at, mut list) in exchanged {
        list.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.partner.cmp(&b.partner)));
        let judged = &mut out[at];
        let all = ln_sum(list.iter().map(|c| c.score));
        judged.odds = ln_sum([judged.odds, all]);
        let place = judged.kinds.iter().position(|k| k.1 < all).unwrap_or(judged.kinds.len());
        judged.kinds.insert(place, (Slip::OtherAgency, all));
        judged.candidates.insert(place, list.swap_remove(0));
    }
    out
}

/// The expected logarithms of the roots.
fn expected_profile(model: &Model<'_>, laws: &[Law]) -> Vec<f64> {
    let roots = model.places.iter().zip(laws).filter(|(p, _)| p.from.is_empty());
    let one = |law: &Law| match law {
        Law::Count(law) => law.usual.mean.ln_1p(),
        Law::Amount(law) if law.none < 0.5 => law.at.0.max(0.0),
        _ => 0.0,
    };
    roots.map(|(_, law)| one(law)).collect()
}
