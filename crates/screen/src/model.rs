//! What every figure of a report is expected to be: the nodes of the form ([`crate::structure`]), each with a distribution
//! fitted over the panel's past.
//!
//! *Counts.* The rate of an agency is Gamma around its peers' ([`Prior`]), its past years count with weights that fall with
//! age, and years in which the whole district moved are taken out: an exposure of the year, the median over the agencies.
//! From year to year it swings, and in some years it jumps ([`Swing`]); both are fitted to how well the years of the panel
//! foretold the next, around what real figures say (docs/accuracy.md). *Amounts* are log-normal with the same swings.
//! *Divisions* are Dirichlet-multinomial around the agency's own past, itself around its peers'; a Dirichlet with the
//! concentration that years have among each other bounds what any past can tell.

use std::collections::BTreeMap;

use nianbao_form::{Cell, Form, FormIx, Forms, Registry};
use rayon::prelude::*;

use crate::likelihood::{AmountLaw, CountLaw, MixLaw, Swing, blend};
use crate::panel::{Breaks, Lineage, Panel};
use crate::predictive::Prior;
use crate::screening::Expected;
use crate::structure::{Node, is_amount, nodes};
use crate::swing::{Step, TYPICAL, combinations, count_law, equal, grid, typical};

/// A peer group smaller than this says too little: the whole panel stands in.
const PEERS: usize = 8;
/// How many of the latest comparable years count as an agency's past.
const PAST: usize = 5;
/// Fits look at so many agencies at most, evenly chosen: more would not change them.
const SAMPLE: usize = 1_000;
/// Weights of a year against the next that are tried.
const FADING: [f64; 4] = [1.0, 0.6, 0.35, 0.15];
/// How many observations a figure's neighbours in the form are worth when its own swings are fitted.
const POOL: f64 = 40.0;
/// Concentrations of agencies around peers, of years around an agency, and what real figures say of them.
const BETWEEN: [f64; 4] = [2.0, 6.0, 18.0, 54.0];
const WITHIN: [f64; 5] = [5.0, 15.0, 45.0, 135.0, 400.0];
const TYPICAL_MIX: (f64, f64) = (18.0, 45.0);
/// Shares of years in which a division breaks with its past, and what is assumed of them.
const BREAKS: [f64; 4] = [0.02, 0.05, 0.1, 0.2];
const TYPICAL_BREAKS: f64 = 0.03;
/// An expected count that says something of a common step.
const ENOUGH: f64 = 5.0;

/// A node with the positions of its cells.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) node: Node,
    pub(crate) from: Vec<usize>,
    pub(crate) into: Vec<usize>,
    amount: bool,
}

/// The distribution of a node in one report.
#[derive(Clone, Debug)]
pub(crate) enum Law {
    Count(CountLaw),
    Amount(AmountLaw),
    Mix(MixLaw),
    /// Nothing to compare with, or nothing to be learned from it.
    None,
}

impl Place {
    fn new(form: &Form, node: Node) -> Place {
        let ix = |cells: &[Cell]| cells.iter().map(|c| c.index()).collect::<Vec<_>>();
        let (from, into) = match &node {
            Node::Root(cell) => (vec![], vec![cell.index()]),
            Node::Mix { from, into } | Node::Within { from, into, .. } => (ix(from), ix(into)),
        };
        let amount = node.told().iter().any(|&c| is_amount(form, c));
        Place { node, from, into, amount }
    }

    /// ln P of the node's figures in a dense report; 0 where something is not known.
    pub(crate) fn ln(&self, law: &Law, x: &[i64]) -> f64 {
        let mut parts = [0.0f64; 64];
        let known = self.into.len() <= parts.len() && self.into.iter().all(|&c| x[c] >= 0);
        if !known {
            return 0.0;
        }
        match law {
            Law::None => 0.0,
            Law::Count(law) => law.ln(x[self.into[0]] as f64),
            Law::Amount(law) => law.ln(x[self.into[0]] as f64),
            Law::Mix(law) => {
                parts.iter_mut().zip(&self.into).for_each(|(p, &c)| *p = x[c] as f64);
                law.ln(&parts[..self.into.len()])
            }
        }
    }
}

/// Past figures of one node: years (positions) and values, ascending.
type Past<T> = Vec<(usize, T)>;

/// A count's or an amount's fit.
#[derive(Clone, Debug)]
struct RootFit {
    by_kind: BTreeMap<String, Prior>,
    all: Prior,
    /// The whole district's exposure of each year, this one last.
    exposure: Vec<f64>,
    swing: Swing,
    /// Of an amount: mean and sd of the peers' logarithms.
    amounts: (f64, f64),
}

#[derive(Clone, Debug)]
struct MixFit {
    peers: Vec<f64>,
    between: f64,
    within: f64,
    breaks: f64,
}

#[derive(Clone, Debug)]
enum Fit {
    Root(RootFit),
    Mix(MixFit),
    Within,
}

/// The fitted model of one form's reports of a year.
pub(crate) struct Model<'a> {
    pub(crate) form: FormIx,
    pub(crate) panel: &'a Panel,
    pub(crate) year: usize,
    pub(crate) places: Vec<Place>,
    /// Nodes that a cell touches.
    pub(crate) touches: Vec<Vec<usize>>,
    /// Cells that touch any.
    pub(crate) watched: Vec<usize>,
    /// Members with a report of the year in this form.
    pub(crate) members: Vec<usize>,
    fits: Vec<Fit>,
    fading: f64,
    lineage: &'a Lineage,
    breaks: &'a Breaks,
}

impl<'a> Model<'a> {
    /// Fits it; `year` is a position.
    pub(crate) fn new(
        forms: &Forms,
        panel: &'a Panel,
        lineage: &'a Lineage,
        breaks: &'a Breaks,
        form: FormIx,
        year: usize,
    ) -> Model<'a> {
        let width = forms.width();
        let places: Vec<Place> = nodes(forms.form(form), width).into_iter().map(|n| Place::new(forms.form(form), n)).collect();
        let mut touches = vec![Vec::new(); width];
        for (at, place) in places.iter().enumerate() {
            // A division by margins is not weighed.
            let weighed = !matches!(place.node, Node::Within { .. });
            for cell in place.node.cells().into_iter().filter(|_| weighed) {
                if !touches[cell.index()].contains(&at) {
                    touches[cell.index()].push(at);
                }
            }
        }
        let watched = (0..width).filter(|&c| !touches[c].is_empty()).collect();
        let members: Vec<usize> = (0..panel.members.len()).filter(|&m| panel.form(m, year) == Some(form)).collect();
        let mut model =
            Model { form, panel, year, places, touches, watched, members, fits: Vec::new(), fading: FADING[1], lineage, breaks };
        model.fit();
        model
    }

    fn sample(&self) -> Vec<usize> {
        let step = self.members.len().div_ceil(SAMPLE).max(1);
        self.members.iter().copied().step_by(step).collect()
    }

    /// Past of a root.
    pub(crate) fn past(&self, member: usize, cell: usize) -> Past<f64> {
        let cell = self.panel.cells[cell];
        let count = |h: usize| self.lineage.count(self.panel, self.breaks, member, (h, self.form), cell.index());
        let mut past: Past<f64> = (0..self.year).rev().filter_map(|h| count(h).map(|v| (h, v as f64))).take(PAST).collect();
        past.reverse();
        past
    }

    fn past_mix(&self, member: usize, cells: &[usize]) -> Past<Vec<f64>> {
        let count = |h: usize, c: usize| self.lineage.count(self.panel, self.breaks, member, (h, self.form), c);
        let all = |h: usize| cells.iter().map(|&c| count(h, c).map(|v| v as f64)).collect::<Option<Vec<f64>>>();
        let mut past: Past<Vec<f64>> = (0..self.year).rev().filter_map(|h| all(h).map(|v| (h, v))).take(PAST).collect();
        past.reverse();
        past
    }

    fn fit(&mut self) {
        let sample = self.sample();
        let pasts: Vec<Vec<Past<f64>>> = self
            .places
            .par_iter()
            .map(|p| match p.node {
                Node::Root(cell) => sample.iter().map(|&m| self.past(m, cell.index())).collect(),
                _ => Vec::new(),
            })
            .collect();
        let mut roots: Vec<Option<RootFit>> = (self.places.par_iter().zip(&pasts))
            .map(|(p, past)| matches!(p.node, Node::Root(_)).then(|| self.root(p, &sample, past)))
            .collect();
        // How fast the past fades: over all counts together.
        let tried = FADING.map(|fading| {
            let of = |(fit, past): (&Option<RootFit>, &Vec<Past<f64>>)| {
                fit.as_ref().map_or(0.0, |fit| steps(fit, past, &self.kinds(&sample), fading).iter().map(|s| s.ln(TYPICAL)).sum())
            };
            roots.par_iter().zip(&pasts).map(of).collect::<Vec<f64>>().iter().sum::<f64>()
        });
        let best = (0..FADING.len()).max_by(|&a, &b| tried[a].total_cmp(&tried[b]).then(b.cmp(&a)));
        let any = tried.iter().any(|t| *t != tried[0]);
        self.fading = best.filter(|_| any).map_or(FADING[1], |at| FADING[at]);
        let kinds = self.kinds(&sample);
        let tables: Vec<Vec<Step>> = (self.places.par_iter().zip(roots.par_iter().zip(&pasts)))
            .map(|(p, (fit, past))| match fit {
                Some(fit) if !p.amount => steps(fit, past, &kinds, self.fading),
                _ => Vec::new(),
            })
            .collect();
        let scores: Vec<Vec<f64>> = tables.par_iter().map(|t| grid(t)).collect();
        let observed: usize = tables.iter().map(Vec::len).sum();
        let pooled: Vec<f64> =
            (0..combinations().len()).map(|at| scores.iter().map(|s| s[at]).sum::<f64>() / (observed as f64).max(1.0)).collect();
        let sticky_pool = equal(tables.iter().flatten(), TYPICAL);
        for (at, fit) in roots.iter_mut().enumerate() {
            let Some(fit) = fit else { continue };
            let score = |i: usize| scores[at][i] + POOL * pooled[i] * (observed as f64 / 200.0).min(1.0) + typical(i);
            let best = (0..pooled.len()).max_by(|&a, &b| score(a).total_cmp(&score(b)).then(b.cmp(&a))).unwrap_or(0);
            fit.swing = combinations()[best];
            let (hits, of) = equal(&tables[at], fit.swing);
            fit.swing.sticky = ((hits + 20.0 * (sticky_pool.0 + 1.0) / (sticky_pool.1 + 100.0)) / (of + 20.0)).clamp(0.001, 0.6);
        }
        for (place, root) in self.places.iter().zip(roots.iter_mut()) {
            if let (Some(fit), Node::Root(cell), false) = (root, &place.node, place.amount) {
                fit.exposure[self.year] = self.common(&sample, cell.index(), fit);
            }
        }
        let fits: Vec<Fit> = (self.places.par_iter().zip(roots))
            .map(|(place, root)| match (&place.node, root) {
                (Node::Root(_), Some(fit)) => Fit::Root(fit),
                (Node::Mix { .. }, _) => Fit::Mix(self.mix(place, &sample)),
                _ => Fit::Within,
            })
            .collect();
        self.fits = fits;
    }

    fn kinds(&self, sample: &[usize]) -> Vec<&'a str> {
        sample.iter().map(|&m| self.panel.members[m].kind.as_str()).collect()
    }

    fn root(&self, place: &Place, sample: &[usize], pasts: &[Past<f64>]) -> RootFit {
        let mut groups: BTreeMap<String, Vec<(u64, usize)>> = BTreeMap::new();
        let mut all = Vec::new();
        for (&member, past) in sample.iter().zip(pasts).filter(|(_, p)| !p.is_empty()) {
            let sum = (past.iter().map(|(_, v)| *v as u64).sum(), past.len());
            all.push(sum);
            groups.entry(self.panel.members[member].kind.clone()).or_default().push(sum);
        }
        let by_kind = groups.into_iter().filter(|(k, g)| !k.is_empty() && g.len() > PEERS);
        let logs: Vec<f64> = pasts.iter().flatten().filter(|(_, v)| *v > 0.0).map(|(_, v)| v.ln()).collect();
        let n = (logs.len() as f64).max(1.0);
        let mean = logs.iter().sum::<f64>() / n;
        let sd = (logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / n).sqrt().max(1.5);
        let fit = |group: &[(u64, usize)]| if place.amount { Prior { a: 0.5, b: 1.0 } } else { Prior::fit(group) };
        RootFit {
            by_kind: by_kind.map(|(kind, group)| (kind, fit(&group))).collect(),
            all: fit(&all),
            exposure: if place.amount { vec![1.0; self.year + 1] } else { exposures(pasts, self.year) },
            swing: TYPICAL,
            amounts: (mean, sd),
        }
    }

    /// By how much the whole district moved this year: the median over agencies, drawn towards "not at all".
    fn common(&self, sample: &[usize], cell: usize, fit: &RootFit) -> f64 {
        let one = |&m: &usize| {
            let now = *self.panel.row(m, self.year).get(cell)?;
            let kind = self.panel.members[m].kind.as_str();
            let (p, _) = fit.predictive(&self.past(m, cell), kind, self.year, self.fading)?;
            (now >= 0 && p >= ENOUGH).then(|| ((now as f64 + 0.5) / (p + 0.5)).ln())
        };
        median_step(sample.iter().filter_map(one).collect())
    }

    fn mix(&self, place: &Place, sample: &[usize]) -> MixFit {
        let pasts: Vec<Past<Vec<f64>>> = sample.iter().map(|&m| self.past_mix(m, &place.into)).collect();
        let parts = place.into.len();
        let mut peers = vec![0.5 / parts as f64; parts];
        for past in &pasts {
            let sum: f64 = past.iter().flat_map(|(_, v)| v).sum();
            for (_, v) in past {
                // An agency's voice grows with its figures, but no agency's drowns the others.
                peers.iter_mut().zip(v).for_each(|(p, x)| *p += x / (sum + 5.0));
            }
        }
        let all: f64 = peers.iter().sum();
        peers.iter_mut().for_each(|p| *p /= all);
        let mut fit = MixFit { peers, between: TYPICAL_MIX.0, within: TYPICAL_MIX.1, breaks: TYPICAL_BREAKS };
        let mut seen: Vec<(&[(usize, Vec<f64>)], &Vec<f64>)> = Vec::new();
        for past in &pasts {
            for at in 1..past.len() {
                if past[at].1.iter().sum::<f64>() >= 2.0 {
                    seen.push((&past[..at], &past[at].1));
                }
            }
        }
        let step = seen.len().div_ceil(400).max(1);
        let seen: Vec<_> = seen.into_iter().step_by(step).collect();
        if seen.len() >= 20 {
            let mut best = (f64::NEG_INFINITY, fit.clone());
            for between in BETWEEN {
                for within in WITHIN {
                    let tried = MixFit { between, within, ..fit.clone() };
                    let both: Vec<(f64, f64)> = seen.iter().map(|(past, x)| tried.law(past, self.fading).both(x)).collect();
                    for breaks in BREAKS {
                        let score: f64 = both.iter().map(|&(own, peers)| blend(own, peers, breaks)).sum();
                        if score > best.0 {
                            best = (score, MixFit { breaks, ..tried.clone() });
                        }
                    }
                }
            }
            fit = best.1;
        }
        fit
    }

    /// What was to be expected of a member's report.
    pub(crate) fn laws(&self, member: usize) -> Vec<Law> {
        let kind = self.panel.members[member].kind.as_str();
        let own_last = |cell: usize| self.own_last(member, cell);
        self.places
            .iter()
            .zip(&self.fits)
            .map(|(place, fit)| match fit {
                Fit::Root(fit) => fit.law(&self.past(member, place.into[0]), kind, self, own_last(place.into[0]), place.amount),
                Fit::Mix(fit) => {
                    let past = self.past_mix(member, &place.into);
                    if past.is_empty() { Law::None } else { Law::Mix(fit.law(&past, self.fading)) }
                }
                Fit::Within => Law::None,
            })
            .collect()
    }

    /// The member's own figure of last year, if it means the same.
    pub(crate) fn own_last(&self, member: usize, cell: usize) -> Option<f64> {
        let before = self.panel.years[self.year].checked_sub(1).and_then(|y| self.panel.year(y))?;
        let old = self.panel.form(member, before)?;
        let same = self.breaks.comparable(old, self.form, self.panel.cells[cell]);
        self.panel.get(member, before, cell).filter(|_| same).map(|v| v as f64)
    }

    /// How many counts that are not 0 are what they were in all of at least two past years.
    pub(crate) fn constant(&self) -> usize {
        let same = |&m: &usize| {
            let now = |c: usize| self.panel.row(m, self.year)[c];
            let roots = self.places.iter().filter(|p| p.from.is_empty()).map(|p| p.into[0]).filter(|&c| now(c) > 0);
            let constant = |c: &usize| {
                let past = self.past(m, *c);
                past.len() > 1 && past.iter().all(|(_, v)| *v == now(*c) as f64)
            };
            roots.filter(constant).count()
        };
        self.members.par_iter().map(same).sum()
    }

    /// What was expected of a cell that is a count or an amount by itself, for a person to read.
    pub(crate) fn expected(&self, member: usize, cell: Cell) -> Option<Expected> {
        let node = self.places.iter().position(|p| p.node == Node::Root(cell))?;
        let past = self.past(member, cell.index());
        let (mean, range) = match &self.laws(member)[node] {
            Law::Count(law) => {
                let (low, high) = law.usual.interval(crate::COVERAGE);
                (law.usual.mean, (low as f64, high as f64))
            }
            Law::Amount(law) => (law.at.0.exp(), ((law.at.0 - 2.0 * law.at.1).exp(), (law.at.0 + 2.0 * law.at.1).exp())),
            _ => return None,
        };
        let past = past.into_iter().map(|(h, v)| (self.panel.years[h], v)).collect();
        Some(Expected { cell, past, range, mean, peers: self.peers(node, member) })
    }

    /// What the peers had on average, this year's common step included; the peers' kind, empty for everybody.
    pub(crate) fn peers(&self, node: usize, member: usize) -> Option<(f64, String, usize)> {
        let Fit::Root(fit) = &self.fits[node] else { return None };
        if self.places[node].amount {
            return None;
        }
        let kind = &self.panel.members[member].kind;
        let group = |kind: &str| self.members.iter().filter(|&&m| kind.is_empty() || self.panel.members[m].kind == kind).count();
        match fit.by_kind.get(kind) {
            Some(prior) => Some((prior.a / prior.b, kind.clone(), group(kind).saturating_sub(1))),
            None => Some((fit.all.a / fit.all.b, String::new(), group("").saturating_sub(1))),
        }
    }
}

impl RootFit {
    fn prior(&self, kind: &str) -> Prior {
        self.by_kind.get(kind).copied().unwrap_or(self.all)
    }

    /// Mean of the year `now` and what is not known of the rate; `None` without a past.
    fn predictive(&self, past: &[(usize, f64)], kind: &str, now: usize, fading: f64) -> Option<(f64, f64)> {
        if past.is_empty() {
            return None;
        }
        let prior = self.prior(kind);
        let (mut sum, mut exposure) = (0.0, 0.0);
        for &(h, v) in past {
            let weight = fading.powi((now - h - 1) as i32);
            sum += weight * v;
            exposure += weight * self.exposure[h];
        }
        let w = 1.0 / (prior.b + exposure);
        Some(((prior.a + sum) * w * self.exposure[now], w * self.exposure[now]))
    }

    fn law(&self, past: &[(usize, f64)], kind: &str, model: &Model<'_>, last: Option<f64>, amount: bool) -> Law {
        let Some((mean, w)) = self.predictive(past, kind, model.year, model.fading) else { return Law::None };
        if amount {
            let logs: Vec<f64> = past.iter().filter(|(_, v)| *v > 0.0).map(|(_, v)| v.ln()).collect();
            let (sd, jump) = (self.swing.usual.ln_1p().sqrt(), (self.swing.usual + self.swing.jump).sqrt());
            let none = (past.len() - logs.len()) as f64;
            let none = (none + 0.1) / (past.len() as f64 + 0.3);
            let at = logs.last().map_or((self.amounts.0, self.amounts.1, self.amounts.1 * 1.5), |l| (*l, sd, jump));
            return Law::Amount(AmountLaw { none, at, swing: self.swing, last });
        }
        Law::Count(count_law(mean, w, self.swing, last))
    }
}

fn steps(fit: &RootFit, pasts: &[Past<f64>], kinds: &[&str], fading: f64) -> Vec<Step> {
    let mut out = Vec::new();
    for (past, kind) in pasts.iter().zip(kinds) {
        for at in 1..past.len() {
            let (now, seen) = past[at];
            if let Some((mean, w)) = fit.predictive(&past[..at], kind, now, fading) {
                out.push(Step { mean, w, last: past[at - 1].1, seen });
            }
        }
    }
    out
}

/// exp of the median, drawn towards 0 where few speak.
fn median_step(mut logs: Vec<f64>) -> f64 {
    logs.sort_by(f64::total_cmp);
    let n = logs.len();
    if n < PEERS {
        return 1.0;
    }
    let median = (logs[(n - 1) / 2] + logs[n / 2]) / 2.0;
    (median * n as f64 / (n as f64 + 15.0)).exp()
}

/// The exposure of each year of the past: how much the district had against an agency's own mean.
fn exposures(pasts: &[Past<f64>], year: usize) -> Vec<f64> {
    let mut logs: Vec<Vec<f64>> = vec![Vec::new(); year + 1];
    for past in pasts.iter().filter(|p| p.len() > 1) {
        let mean = past.iter().map(|(_, v)| v).sum::<f64>() / past.len() as f64;
        if mean >= ENOUGH {
            past.iter().for_each(|&(h, v)| logs[h].push(((v + 0.5) / (mean + 0.5)).ln()));
        }
    }
    logs.into_iter().map(median_step).collect()
}

impl MixFit {
    fn law(&self, past: &[(usize, Vec<f64>)], fading: f64) -> MixLaw {
        let now = past.last().map_or(0, |(h, _)| h + 1);
        let mut own: Vec<f64> = self.peers.iter().map(|p| p * self.between).collect();
        for (h, v) in past {
            let weight = fading.powi((now - h - 1) as i32);
            own.iter_mut().zip(v).for_each(|(a, x)| *a += weight * x);
        }
        let all: f64 = own.iter().sum();
        let bound = self.within / (all + self.within);
        own.iter_mut().for_each(|a| *a *= bound);
        let wide = self.between.min(4.0);
        MixLaw { own, peers: self.peers.iter().map(|p| (p * wide).max(0.02)).collect(), breaks: self.breaks }
    }
}

/// What the model needs to know of whose past is whose.
pub(crate) struct Ancestry {
    pub(crate) lineage: Lineage,
    pub(crate) breaks: Breaks,
}

impl Ancestry {
    pub(crate) fn new(forms: &Forms, registry: &Registry, panel: &Panel, year: usize) -> Ancestry {
        Ancestry { lineage: Lineage::new(panel, registry, year), breaks: Breaks::new(forms) }
    }
}
