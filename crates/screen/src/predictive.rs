//! What count is to be expected of an agency, given its own past and its peers, and how surprising another one is.
//!
//! The rate of a cell differs between agencies as Gamma(a, b), fitted to the peers' past ([`Prior::fit`]). After T years
//! with S in all an agency's rate is Gamma(a + S, b + T), so that next year's count has the mean μ = (a + S)/(b + T). Its variance is μ + kμ²(1 + w) + μw with w = 1/(b + T): chance
//! of a Poisson count, swings from year to year, and what is not known of the rate. The swings k are fitted by whoever asks;
//! as the past years swing too, they enter 1 + w times. The count is negative binomial with these moments. (Counts with a Gamma rate: DuMouchel 1999; METHODS.md, "Count predictive".)

use statrs::distribution::{Discrete, DiscreteCDF, NegativeBinomial};
use statrs::function::gamma::{gamma_lr, gamma_ur, ln_gamma};

/// Shapes that are tried, from "agencies have nothing in common" to "all are alike": steps of a factor 1.5 from 0.05 on.
const SHAPES: usize = 16;
/// What is known of shapes before a cell is looked at: around a half, by a factor e. Matters where counts are few.
const TYPICAL_SHAPE: f64 = 0.5;
/// Above this size the distribution is a Gamma for all purposes, and the continued fraction of the Beta slow.
const LARGE: f64 = 10_000.0;

/// Gamma(shape, rate) of the yearly counts among peers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Shape a.
    pub a: f64,
    /// Rate b, in years.
    pub b: f64,
}

impl Prior {
    /// Fits peers' past, each a sum over a number of years (at least one). The mean of the prior is the peers' mean; its
    /// shape is the likeliest one for sums that are then negative binomial. (The moments would give a = m²/(v − m/T); but
    /// with few peers, many zeros and one giant v is anything, and too large a shape makes the small look certain.)
    pub fn fit(past: &[(u64, usize)]) -> Prior {
        let years: usize = past.iter().map(|&(_, t)| t).sum();
        let total: u64 = past.iter().map(|&(s, _)| s).sum();
        if total == 0 {
            // Nobody ever had one: the posterior of Jeffreys' prior for one common rate.
            return Prior { a: 0.5, b: years.max(1) as f64 };
        }
        let m = total as f64 / years as f64;
        let likelihood = |a: f64| {
            let b = a / m;
            let known = -(a / TYPICAL_SHAPE).ln().powi(2) / 2.0;
            let at_zero = ln_gamma(a);
            let one = |&(s, t): &(u64, usize)| {
                let (s, t) = (s as f64, t as f64);
                let counted = if s > 0.0 { ln_gamma(a + s) - at_zero + s * (t / (b + t)).ln() } else { 0.0 };
                counted + a * (b / (b + t)).ln()
            };
            known + past.iter().map(one).sum::<f64>()
        };
        let shapes = (0..SHAPES).map(|i| 0.05 * 1.5f64.powi(i as i32));
        let a = shapes.map(|a| (a, likelihood(a))).max_by(|x, y| x.1.total_cmp(&y.1)).map_or(TYPICAL_SHAPE, |(a, _)| a);
        Prior { a, b: a / m }
    }
}

/// The distribution of a count that has not been seen yet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predictive {
    /// Mean μ.
    pub mean: f64,
    /// Variance.
    pub variance: f64,
}

impl Predictive {
    /// After `sum` in `years`, with swings `k`.
    pub fn new(prior: Prior, k: f64, sum: u64, years: usize) -> Predictive {
        let w = 1.0 / (prior.b + years as f64);
        let mean = (prior.a + sum as f64) * w;
        Predictive { mean, variance: mean + k * mean * mean * (1.0 + w) + mean * w }
    }

    fn negative_binomial(&self) -> Option<NegativeBinomial> {
        let size = self.mean * self.mean / (self.variance - self.mean);
        NegativeBinomial::new(size, size / (size + self.mean)).ok()
    }

    /// P(X ≤ x), and P(X > x) without cancellation.
    fn tails(&self, x: u64) -> (f64, f64) {
        if self.mean.max(x as f64) > LARGE {
            let (shape, scale) = (self.mean * self.mean / self.variance, self.variance / self.mean);
            let at = (x as f64 + 0.5) / scale;
            return (gamma_lr(shape, at), gamma_ur(shape, at));
        }
        self.negative_binomial().map_or((1.0, 1.0), |d| (d.cdf(x), d.sf(x)))
    }

    /// P(X = x).
    pub fn probability(&self, x: u64) -> f64 {
        if self.mean.max(x as f64) > LARGE {
            let below = if x == 0 { 0.0 } else { self.tails(x - 1).0 };
            return (self.tails(x).0 - below).max(0.0);
        }
        self.negative_binomial().map_or(1.0, |d| d.pmf(x))
    }

    /// Two-sided mid-p: twice the smaller tail, in which `x` itself counts half (Lancaster 1961). At least 10⁻³⁰⁰.
    pub fn mid_p(&self, x: u64) -> f64 {
        let (at_most, more) = self.tails(x);
        let (less, at_least) = if x == 0 { (0.0, 1.0) } else { self.tails(x - 1) };
        (at_most + less).min(more + at_least).clamp(1e-300, 1.0)
    }

    /// The central interval that holds the count with the probability `coverage` at least.
    pub fn interval(&self, coverage: f64) -> (u64, u64) {
        let tail = (1.0 - coverage) / 2.0;
        (self.first(|(lower, _)| lower > tail), self.first(|(_, upper)| upper <= tail))
    }

    /// The smallest count whose tails satisfy a condition that holds from some count on.
    fn first(&self, holds: impl Fn((f64, f64)) -> bool) -> u64 {
        let mut high = 1u64;
        while !holds(self.tails(high)) && high < 1 << 60 {
            high *= 2;
        }
        let mut low = 0u64;
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.tails(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_exact_posterior_without_swings() {
        // Gamma(a + S, b + T) mixed over Poisson is NB(a + S, (b + T)/(b + T + 1)).
        let prior = Prior { a: 2.0, b: 0.5 };
        let predictive = Predictive::new(prior, 0.0, 10, 3);
        let exact = NegativeBinomial::new(12.0, 3.5 / 4.5).expect("parameters");
        for x in [0, 1, 5, 20] {
            assert!((predictive.probability(x) - exact.pmf(x)).abs() < 1e-12);
        }
    }

    #[test]
    fn small_and_large_agree_where_they_meet() {
        for k in [0.01, 0.1, 0.5] {
            let small = Predictive::new(Prior { a: 0.5, b: 0.1 }, k, 9_990, 1);
            let large = Predictive { mean: small.mean * 1.2, variance: small.variance * 1.44 };
            for x in [4_000u64, 7_000, 9_900] {
                let (p, q) = (small.mid_p(x), large.mid_p((x as f64 * 1.2) as u64));
                assert!((p.ln() - q.ln()).abs() < 0.05 * p.ln().abs().max(1.0), "k {k}, x {x}: {p} {q}");
            }
        }
    }

    #[test]
    fn a_prior_knows_whether_peers_are_alike() {
        let alike: Vec<(u64, usize)> = (0..40).map(|i| (18 + i % 5, 4)).collect();
        let mixed: Vec<(u64, usize)> = (0..40).map(|i| (if i % 20 == 0 { 400 } else { i % 2 }, 4)).collect();
        let (alike, mixed) = (Prior::fit(&alike), Prior::fit(&mixed));
        assert!(alike.a > 10.0 && mixed.a < 0.2, "{alike:?} {mixed:?}");
        assert!((alike.a / alike.b - 5.0).abs() < 0.1);
        assert_eq!(Prior::fit(&[(0, 3), (0, 4)]), Prior { a: 0.5, b: 7.0 });
    }

    proptest! {
        #[test]
        fn mid_p_is_a_probability_and_falls_outwards(sum in 0u64..5_000, years in 1usize..6, k in 0.005f64..1.0, step in 1u64..50) {
            let predictive = Predictive::new(Prior { a: 0.4, b: 0.05 }, k, sum, years);
            let (low, high) = predictive.interval(0.95);
            prop_assert!(low <= high);
            prop_assert!(predictive.mid_p(high + step) <= predictive.mid_p(high) + 1e-12);
            prop_assert!(predictive.mid_p(high + 1) <= 0.05 + 1e-9);
            prop_assert!((0.0..=1.0).contains(&predictive.mid_p(low)));
        }
    }
}
