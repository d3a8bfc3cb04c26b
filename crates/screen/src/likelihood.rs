//! Logarithms of probabilities: counts that are negative binomial with rare jumps, amounts that are log-normal with the
//! same, divisions that are Dirichlet-multinomial.

use std::sync::OnceLock;

use statrs::function::erf;
use statrs::function::gamma::ln_gamma;

use crate::predictive::Predictive;

/// Above this a count is a Gamma variable for all purposes.
const LARGE: f64 = 1e6;

/// ln(a (a+1) … (a+n−1)).
fn ln_rising(a: f64, n: f64) -> f64 {
    if n <= 12.0 {
        let mut product = 1.0;
        let mut at = 0.0;
        while at < n {
            product *= a + at;
            at += 1.0;
        }
        return product.ln();
    }
    ln_gamma(a + n) - ln_gamma(a)
}

/// ln n!.
pub(crate) fn ln_factorial(n: f64) -> f64 {
    static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
    let table = TABLE.get_or_init(|| (0..256).map(|n| ln_gamma(f64::from(n) + 1.0)).collect());
    if n < 256.0 { table[n as usize] } else { ln_gamma(n + 1.0) }
}

/// How a figure moves from year to year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Swing {
    /// Squared coefficient of variation in an ordinary year.
    pub(crate) usual: f64,
    /// Share of years with a jump.
    pub(crate) jumps: f64,
    /// Variance of the logarithm in a jump.
    pub(crate) jump: f64,
    /// Share of figures that are simply last year's.
    pub(crate) sticky: f64,
}

/// ln P(x) of a negative binomial with these moments.
pub(crate) fn ln_count(p: Predictive, x: f64) -> f64 {
    let (mean, extra) = (p.mean, p.variance - p.mean);
    if mean.max(x) > LARGE {
        let (shape, scale) = (mean * mean / p.variance, p.variance / mean);
        let at = x + 0.5;
        return (shape - 1.0) * (at / scale).ln() - at / scale - ln_gamma(shape) - scale.ln();
    }
    let size = mean * mean / extra;
    let tail = (mean / (size + mean)).ln();
    ln_rising(size, x) - ln_factorial(x) - size * (mean / size).ln_1p() + x * tail
}

/// P(x) of a count whose logarithm is normal: jumps of real figures are symmetrical in the logarithm, with longer tails than
/// a Gamma has.
pub(crate) fn jump((middle, sd): (f64, f64), x: f64) -> f64 {
    let z = ((x + 0.5).ln() - middle) / sd;
    if x < 50.0 && z.abs() < 4.0 {
        let below = |x: f64| if x > 0.0 { erf::erfc(-(x.ln() - middle) / sd / std::f64::consts::SQRT_2) / 2.0 } else { 0.0 };
        return (below(x + 1.0) - below(x)).max(1e-290);
    }
    (-z * z / 2.0).exp() / (sd * (x + 0.5) * 2.506_628_274_631)
}

/// What was to be expected of a count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CountLaw {
    pub(crate) usual: Predictive,
    /// ln of the middle of a jump, and its standard deviation.
    pub(crate) jump: (f64, f64),
    pub(crate) swing: Swing,
    /// Last year's.
    pub(crate) last: Option<f64>,
}

impl CountLaw {
    pub(crate) fn ln(&self, x: f64) -> f64 {
        let s = &self.swing;
        let sticky = if self.last.is_some_and(|l| l > 0.0) { s.sticky } else { 0.0 };
        let mut p = (1.0 - s.jumps - sticky) * ln_count(self.usual, x).exp() + s.jumps * jump(self.jump, x);
        if self.last == Some(x) {
            p += sticky;
        }
        p.max(1e-290).ln()
    }
}

/// What was to be expected of an amount: none, or log-normal around its past.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AmountLaw {
    /// Probability of none.
    pub(crate) none: f64,
    /// Mean logarithm and standard deviations of an ordinary year and of a jump.
    pub(crate) at: (f64, f64, f64),
    pub(crate) swing: Swing,
    pub(crate) last: Option<f64>,
}

impl AmountLaw {
    /// Of a positive amount the density of its logarithm, so that units do not matter.
    pub(crate) fn ln(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return self.none.max(1e-290).ln();
        }
        let (mean, usual, jump) = self.at;
        let normal = |sd: f64| {
            let z = (x.ln() - mean) / sd;
            (-z * z / 2.0).exp() / (sd * 2.506_628_274_631)
        };
        let s = &self.swing;
        let mut p = (1.0 - s.jumps) * normal(usual) + s.jumps * normal(jump);
        if self.last == Some(x) {
            p += s.sticky * 100.0;
        }
        ((1.0 - self.none) * p).max(1e-290).ln()
    }
}

/// What was to be expected of a division: Dirichlet-multinomial around the agency's own past, rarely around the peers'.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MixLaw {
    pub(crate) own: Vec<f64>,
    pub(crate) peers: Vec<f64>,
    /// Share of years in which an agency's division has nothing to do with its past.
    pub(crate) breaks: f64,
}

impl MixLaw {
    /// ln P by the own past, and by the peers.
    pub(crate) fn both(&self, x: &[f64]) -> (f64, f64) {
        let n: f64 = x.iter().sum();
        (ln_division(&self.own, x, n), ln_division(&self.peers, x, n))
    }

    pub(crate) fn ln(&self, x: &[f64]) -> f64 {
        let n: f64 = x.iter().sum();
        if n <= 0.0 {
            return 0.0;
        }
        blend(ln_division(&self.own, x, n), ln_division(&self.peers, x, n), self.breaks)
    }
}

/// ln of a mixture of two.
pub(crate) fn blend(one: f64, other: f64, share: f64) -> f64 {
    let top = one.max(other);
    top + ((1.0 - share) * (one - top).exp() + share * (other - top).exp()).ln()
}

/// ln P of a Dirichlet-multinomial.
pub(crate) fn ln_division(alpha: &[f64], x: &[f64], n: f64) -> f64 {
    let all: f64 = alpha.iter().sum();
    let parts = alpha.iter().zip(x).filter(|(_, x)| **x > 0.0).map(|(a, x)| ln_rising(*a, *x) - ln_factorial(*x));
    ln_factorial(n) - ln_rising(all, n) + parts.sum::<f64>()
}

/// The same at any point, whole or not: what the likeliest division is worth.
pub(crate) fn ln_division_at(alpha: &[f64], x: &[f64], n: f64) -> f64 {
    if n <= 0.0 {
        return 0.0;
    }
    let all: f64 = alpha.iter().sum();
    let one = |(a, x): (&f64, &f64)| ln_gamma(a + x) - ln_gamma(*a) - ln_gamma(x + 1.0);
    ln_gamma(n + 1.0) + ln_gamma(all) - ln_gamma(all + n) + alpha.iter().zip(x).map(one).sum::<f64>()
}

/// ln Σ exp.
pub(crate) fn ln_sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let terms: Vec<f64> = terms.into_iter().collect();
    let top = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if top.is_finite() { top + terms.iter().map(|t| (t - top).exp()).sum::<f64>().ln() } else { top }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Discrete, NegativeBinomial};

    #[test]
    fn the_negative_binomial_agrees_with_the_library() {
        let p = Predictive { mean: 7.0, variance: 20.0 };
        let size = 49.0 / 13.0;
        let library = NegativeBinomial::new(size, size / (size + 7.0)).expect("parameters");
        for x in [0u64, 1, 6, 13, 60] {
            assert!((ln_count(p, x as f64) - library.ln_pmf(x)).abs() < 1e-8, "{x}");
        }
    }

    #[test]
    fn divisions_add_up_to_one() {
        let alpha = [0.3, 2.0, 1.1];
        let mut sum = 0.0;
        for a in 0..=9u32 {
            for b in 0..=9 - a {
                sum += ln_division(&alpha, &[f64::from(a), f64::from(b), f64::from(9 - a - b)], 9.0).exp();
            }
        }
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }
}
