//! What is known of a report's figures besides its identities: the agency's last report, its peers, what prose, a chain or
//! the parent's table say of a cell. It breaks the ties that identities leave.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nianbao_form::{Cell, FormIx, Forms, Number, Registry, Report, Reports};
use statrs::function::gamma::ln_gamma;

/// Evidence about the figures of one report. [`Evidence::default`] is none at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'e> {
    /// The counted report of the same agency for the year before.
    pub last_year: Option<&'e Report>,
    /// What peers report, by [`Cell::index`]; empty where nothing is known. See [`peers`].
    pub peers: &'e [Option<Peers>],
    /// Figures that something other than the cell itself states for cells: the report's own prose, what the parent's
    /// published table leaves for this agency.
    pub told: &'e [Told],
}

/// A figure that is stated for a cell elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The cell.
    pub cell: Cell,
    /// The figure.
    pub number: Number,
}

/// How a cell is filled by the reports of peers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peers {
    /// Share of the reports in which it is 0.
    pub zero: f64,
    /// Mean of the figures that are not 0.
    pub mean: f64,
}

/// How peers fill each cell, by [`Cell::index`]: `None` where fewer than five of them have a figure.
pub fn peers(forms: &Forms, reports: &[&Report]) -> Vec<Option<Peers>> {
    const FEWEST: u32 = 5;
    let of = |cell: Cell| {
        let (mut figures, mut zeros, mut sum) = (0u32, 0u32, 0.0);
        for number in reports.iter().filter_map(|r| r.counts_as(cell)) {
            figures += 1;
            zeros += u32::from(number == Number::ZERO);
            sum += number.abs().to_f64();
        }
        let filled = figures - zeros;
        // Half a report on either side, so that no figure is held to be impossible.
        let zero = (f64::from(zeros) + 0.5) / (f64::from(figures) + 1.0);
        let mean = if filled > 0 { sum / f64::from(filled) } else { 1.0 };
        (figures >= FEWEST).then_some(Peers { zero, mean })
    };
    forms.cells().map(of).collect()
}

/// What the reports of a run say of each other.
pub(crate) struct Surroundings<'e> {
    /// The one report of an agency for a year; `None` where there are several.
    reports: HashMap<(&'e str, u16), Option<&'e Report>>,
    peers: BTreeMap<(u16, FormIx), Vec<Option<Peers>>>,
}

impl<'e> Surroundings<'e> {
    /// Prepared for the reports at `doubtful`.
    pub(crate) fn new(forms: &Forms, registry: &Registry, all: &[&'e Report], doubtful: &[usize]) -> Surroundings<'e> {
        let mut reports: HashMap<(&str, u16), Option<&Report>> = HashMap::new();
        for report in all {
            let one = reports.entry((report.agency_key(), report.year)).or_insert(Some(report));
            *one = one.filter(|r| std::ptr::eq(*r, *report));
        }
        let wanted: BTreeSet<(u16, FormIx)> = doubtful.iter().map(|&i| (all[i].year, all[i].form)).collect();
        // A district's own report is the sum of its peers, not one of them.
        let own = |r: &&Report| registry.get(r.agency_key()).is_none_or(|a| a.reports == Reports::Own);
        let of = |&(year, form): &(u16, FormIx)| {
            let alike: Vec<&Report> = all.iter().copied().filter(|r| r.year == year && r.form == form).filter(own).collect();
            ((year, form), peers(forms, &alike))
        };
        Surroundings { reports, peers: wanted.iter().map(of).collect() }
    }

    /// The evidence for one report.
    pub(crate) fn of(&self, report: &Report) -> Evidence<'_> {
        let before = report.year.checked_sub(1).and_then(|year| self.reports.get(&(report.agency_key(), year)).copied());
        let peers = self.peers.get(&(report.year, report.form)).map_or(&[][..], Vec::as_slice);
        Evidence { last_year: before.flatten(), peers, told: &[] }
    }
}

/// Share of zeros among the cells of reports of which nothing is known (83–87 % of the cells of tables three and four).
const ZERO: f64 = 0.85;
/// Share of figures that neither history nor peers foresee.
const SURPRISE: f64 = 0.05;
/// Squared coefficient of variation of a count from year to year beyond chance.
const DISPERSION: f64 = 0.15;
/// How often a figure stated elsewhere agrees with a right one: the chains of the US figures hold in 0.70 to 0.90 of all
/// cases (DOMAIN.md), sums of prose more often.
const AGREE: f64 = 0.9;

impl Evidence<'_> {
    /// How much more plausible `to` is than `from` as the true value of a cell (both in millionths): the difference of
    /// the logarithms of their probabilities.
    pub(crate) fn gain(&self, forms: &Forms, report: &Report, cell: Cell, total: bool, from: i128, to: i128) -> f64 {
        // A total follows from its parts: given them, one value is as good as the other (its probability is 1 where the
        // identity holds), and what history says of it is said of the parts.
        let figure = if total { 0.0 } else { self.log_prior(cell, to) - self.log_prior(cell, from) };
        let stated = self.told.iter().filter(|t| t.cell == cell).map(|t| i128::from(t.number.millionths()));
        let chained = self.last_year.and_then(|last| chained(forms, report, last, cell));
        let agrees = |said: i128, value: i128| if said == value { AGREE } else { (1.0 - AGREE) * unforeseen(whole(said)) };
        figure + stated.chain(chained).map(|said| (agrees(said, to) / agrees(said, from)).ln()).sum::<f64>()
    }

    /// ln P(the cell is truly `value`).
    fn log_prior(&self, cell: Cell, value: i128) -> f64 {
        let v = whole(value);
        let peers = self.peers.get(cell.index()).copied().flatten();
        let usual = match peers {
            None if v == 0 => ZERO,
            None => (1.0 - ZERO) * unforeseen(v),
            Some(p) if v == 0 => p.zero,
            Some(p) => (1.0 - p.zero) * (0.5 * unforeseen(v) + 0.5 * geometric(p.mean.max(1.0), v)),
        };
        match self.last(cell) {
            None => usual.max(f64::MIN_POSITIVE).ln(),
            Some(last) => (SURPRISE * usual + (1.0 - SURPRISE) * after(whole(last), v)).max(f64::MIN_POSITIVE).ln(),
        }
    }

    /// Last year's figure of the cell, in millionths.
    pub(crate) fn last(&self, cell: Cell) -> Option<i128> {
        self.last_year?.counts_as(cell).map(|n| i128::from(n.millionths()))
    }
}

/// A magnitude in whole units; amounts are rounded.
fn whole(millionths: i128) -> u64 {
    let scale = Number::SCALE.unsigned_abs();
    u64::try_from(millionths.unsigned_abs()).unwrap_or(u64::MAX / 2).saturating_add(scale / 2) / scale
}

/// P(n) = 1/(n(n+1)) for n ≥ 1, the simplest proper distribution with a universal tail (Rissanen 1983); and for 0 what
/// 1 has.
pub(crate) fn unforeseen(n: u64) -> f64 {
    let n = n.max(1) as f64;
    1.0 / (n * (n + 1.0))
}

fn geometric(mean: f64, n: u64) -> f64 {
    (1.0 / mean) * (1.0 - 1.0 / mean).powf(n as f64 - 1.0)
}

/// P(v this year | y last year): the count predictive of METHODS.md (a Gamma rate seen through one year of `y`) with a
/// rate that itself moves by [`DISPERSION`]; negative binomial of mean μ and variance μ + kμ² + μ.
fn after(y: u64, v: u64) -> f64 {
    // A cell that was 0 is 0 again in about nine of ten reports.
    const AFTER_ZERO: f64 = 0.15;
    let mean = y as f64 + AFTER_ZERO;
    let variance = mean * (2.0 + DISPERSION * mean);
    let size = mean * mean / (variance - mean);
    let (n, p) = (v as f64, mean / variance);
    (ln_gamma(n + size) - ln_gamma(size) - ln_gamma(n + 1.0) + size * p.ln() + n * (-p).ln_1p()).exp()
}

/// What a chain across years makes of last year's report for a cell: 上年结转 is last year's 结转下年.
fn chained(forms: &Forms, report: &Report, last: &Report, cell: Cell) -> Option<i128> {
    let form = forms.form(report.form);
    let across = last.form != report.form;
    if last.year.checked_add(1) != Some(report.year) || (across && form.previous != Some(last.form)) {
        return None;
    }
    let alone = |c: &&nianbao_form::Chain| matches!(c.this[..], [t] if t.cell == cell && t.sign == 1) && (c.across || !across);
    let chain = form.chains.iter().find(alone)?;
    let term = |t: &nianbao_form::Term| last.counts_as(t.cell).map(|n| i128::from(t.sign) * i128::from(n.millionths()));
    chain.last.iter().map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of the distributions: 1, so that no value is favoured by mistake.
    #[test]
    fn probabilities_add_up() {
        for y in [0, 1, 7, 250] {
            let sum: f64 = (0..20_000).map(|v| after(y, v)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{y}: {sum}");
        }
        let sum: f64 = (1..200_000).map(unforeseen).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        let sum: f64 = (1..2_000).map(|v| geometric(12.0, v)).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}
