//! Runs the count predictive and the copy test over a panel: every test of the year with its p, before anybody says which
//! of them are alarms.

use std::collections::BTreeMap;

use nianbao_form::{Cell, FormIx, Forms, Registry};

use crate::copies::{self, Pair};
use crate::panel::{Breaks, Lineage, Panel};
use crate::predictive::{Predictive, Prior, Swings};

/// A peer group smaller than this says too little: the whole panel stands in.
const PEERS: usize = 8;
/// How many of the latest comparable years count as an agency's past; what was before says little of today.
const PAST: usize = 5;
/// How many observations the predictive's own chance of an equal figure is worth against the panel's past.
const EQUALS: f64 = 2.0;

/// Who an agency was compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peers {
    /// Kind in the registry; empty for everybody.
    pub kind: String,
    /// How many others.
    pub others: usize,
}

/// A count against what was to be expected.
#[derive(Clone, Debug, PartialEq)]
pub struct CountTest {
    /// Position among the panel's members.
    pub member: usize,
    /// Cell.
    pub cell: Cell,
    /// This year's count.
    pub seen: u64,
    /// Sum of the past years.
    pub sum: u64,
    /// Those years.
    pub years: Vec<u16>,
    /// Peer group.
    pub peers: Peers,
    /// What was to be expected.
    pub predictive: Predictive,
    /// Two-sided mid-p.
    pub p: f64,
}

/// This year's figures against last year's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CopyTest {
    /// Position among the panel's members.
    pub member: usize,
    /// How many were equal.
    pub equality: copies::Equality,
}

/// All tests of a year.
#[derive(Clone, Debug)]
pub struct Screening {
    /// What was looked at.
    pub panel: Panel,
    /// Counts.
    pub counts: Vec<CountTest>,
    /// Copies.
    pub copies: Vec<CopyTest>,
}

/// An agency's counts of one cell up to the year, those that are comparable with it.
struct Track {
    member: usize,
    form: FormIx,
    /// Positions of years and counts, ascending.
    past: Vec<(usize, u64)>,
    now: Option<u64>,
}

impl Track {
    fn sum(&self) -> (u64, usize) {
        (self.past.iter().map(|&(_, v)| v).sum(), self.past.len())
    }
}

struct Run<'a> {
    forms: &'a Forms,
    panel: &'a Panel,
    lineage: Lineage,
    breaks: Breaks,
    year: usize,
}

/// A cell's priors: by kind where there are peers enough, and one for everybody.
struct Priors {
    by_kind: BTreeMap<String, (Prior, usize)>,
    all: (Prior, usize),
}

impl Priors {
    fn of(&self, kind: &str) -> (Prior, Peers) {
        match self.by_kind.get(kind) {
            Some(&(prior, n)) => (prior, Peers { kind: kind.to_owned(), others: n - 1 }),
            None => (self.all.0, Peers { kind: String::new(), others: self.all.1.saturating_sub(1) }),
        }
    }
}

impl Run<'_> {
    fn tracks(&self, column: usize) -> Vec<Track> {
        let tracks = (0..self.panel.members.len()).filter_map(|member| {
            let form = self.panel.form(member, self.year)?;
            let count = |h: usize| self.lineage.count(self.panel, &self.breaks, member, (h, form), column);
            let mut past: Vec<(usize, u64)> = (0..self.year).rev().filter_map(|h| count(h).map(|v| (h, v))).take(PAST).collect();
            past.reverse();
            let now = self.panel.get(member, self.year, column);
            (!past.is_empty()).then_some(Track { member, form, past, now })
        });
        tracks.collect()
    }

    fn priors(&self, tracks: &[Track]) -> Priors {
        let mut by_kind: BTreeMap<String, Vec<(u64, usize)>> = BTreeMap::new();
        for track in tracks {
            let kind = &self.panel.members[track.member].kind;
            if !kind.is_empty() {
                by_kind.entry(kind.clone()).or_default().push(track.sum());
            }
        }
        let all: Vec<(u64, usize)> = tracks.iter().map(Track::sum).collect();
        let by_kind = by_kind.into_iter().filter(|(_, past)| past.len() > PEERS);
        Priors {
            by_kind: by_kind.map(|(kind, past)| (kind, (Prior::fit(&past), past.len()))).collect(),
            all: (Prior::fit(&all), all.len()),
        }
    }

    /// Every count of a track together with the sum of those before it.
    fn steps(track: &Track) -> impl Iterator<Item = (u64, usize, u64, u64)> + '_ {
        let all = track.past.iter().map(|&(_, v)| v).chain(track.now);
        all.scan((0u64, 0usize, 0u64), |state, v| {
            let step = (state.0, state.1, state.2, v);
            *state = (state.0 + v, state.1 + 1, v);
            Some(step)
        })
        .skip(1)
    }

    fn swings(&self, tracks: &[Track], priors: &Priors) -> Swings {
        let mut swings = Swings::default();
        for track in tracks {
            let (prior, _) = priors.of(&self.panel.members[track.member].kind);
            for (sum, years, _, seen) in Run::steps(track) {
                swings.add(prior, sum, years, seen);
            }
        }
        swings
    }

    fn count_tests(&self, cell: Cell, tracks: &[Track], priors: &Priors, k: f64) -> Vec<CountTest> {
        let tests = tracks.iter().filter(|t| self.forms.form(t.form).screen.contains(&cell)).filter_map(|track| {
            let seen = track.now?;
            let (prior, peers) = priors.of(&self.panel.members[track.member].kind);
            let (sum, years) = track.sum();
            let predictive = Predictive::new(prior, k, sum, years);
            let years = track.past.iter().map(|&(h, _)| self.panel.years[h]).collect();
            Some(CountTest { member: track.member, cell, seen, sum, years, peers, predictive, p: predictive.mid_p(seen) })
        });
        tests.collect()
    }

    /// How much more often than expected a figure of this cell was the same as the year before, at least once as often.
    fn stickiness(&self, tracks: &[Track], priors: &Priors, k: f64) -> f64 {
        let (mut equal, mut expected) = (EQUALS, EQUALS);
        for track in tracks {
            let (prior, _) = priors.of(&self.panel.members[track.member].kind);
            for (sum, years, last, seen) in Run::steps(track).take(track.past.len() - 1).filter(|s| s.2 > 0) {
                expected += Predictive::new(prior, k, sum, years).probability(last);
                equal += f64::from(u8::from(last == seen));
            }
        }
        (equal / expected).max(1.0)
    }

    /// The pairs of a cell for every member that has one, with their chance of being equal.
    fn pairs(&self, cell: Cell, tracks: &[Track], priors: &Priors, k: f64, out: &mut [Vec<Pair>]) {
        let Some(before) = self.panel.years[self.year].checked_sub(1).and_then(|y| self.panel.year(y)) else { return };
        let column = self.panel.column(cell);
        let sticky = self.stickiness(tracks, priors, k);
        for track in tracks {
            // Copied is one's own report, so what was merged in does not count here.
            let own = column.and_then(|c| self.panel.get(track.member, before, c));
            let same_meaning =
                self.panel.form(track.member, before).is_some_and(|old| self.breaks.comparable(old, track.form, cell));
            let (Some(last), Some(now), true) = (own, track.now, same_meaning) else { continue };
            let mut chance = 1.0;
            if last > 0 || now > 0 {
                let (prior, _) = priors.of(&self.panel.members[track.member].kind);
                let (sum, years) = track.sum();
                chance = (Predictive::new(prior, k, sum, years).probability(last) * sticky).min(1.0);
            }
            out[track.member].push(Pair { cell, last, now, chance });
        }
    }
}

/// Every test of `year` over the panel.
pub fn screen(forms: &Forms, registry: &Registry, panel: Panel, year: u16) -> Screening {
    let Some(at) = panel.year(year) else { return Screening { panel, counts: Vec::new(), copies: Vec::new() } };
    let run = Run { forms, lineage: Lineage::new(&panel, registry, at), breaks: Breaks::new(forms), panel: &panel, year: at };
    let screened = |cell: Cell| forms.iter().any(|(_, f)| f.screen.contains(&cell));

    let mut pooled = Swings::default();
    for (column, _) in panel.cells.iter().enumerate().filter(|(_, c)| screened(**c)) {
        let tracks = run.tracks(column);
        pooled.extend(&run.swings(&tracks, &run.priors(&tracks)));
    }
    let pooled = pooled.pooled();

    let mut counts = Vec::new();
    let mut pairs: Vec<Vec<Pair>> = vec![Vec::new(); panel.members.len()];
    for (column, &cell) in panel.cells.iter().enumerate() {
        let tracks = run.tracks(column);
        if tracks.is_empty() {
            continue;
        }
        let priors = run.priors(&tracks);
        let k = run.swings(&tracks, &priors).of_cell(pooled);
        counts.extend(run.count_tests(cell, &tracks, &priors, k));
        run.pairs(cell, &tracks, &priors, k, &mut pairs);
    }
    counts.sort_by_key(|t| (t.member, t.cell));
    let stocks: Vec<Vec<Cell>> = forms.iter().map(|(_, f)| copies::stocks(f)).collect();
    let mut tests = Vec::new();
    for (member, mut pairs) in pairs.into_iter().enumerate() {
        let Some(form) = panel.form(member, at) else { continue };
        pairs.retain(|p| !stocks[form.index()].contains(&p.cell));
        let equality = copies::equality(forms.form(form), &pairs);
        if equality.of > 0 {
            tests.push(CopyTest { member, equality });
        }
    }
    Screening { counts, copies: tests, panel }
}
