//! Draws that the generator needs, each from one seeded stream.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// A seeded stream of draws; the same seed gives the same draws on every machine.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha12Rng);

/// Above this mean a Poisson or binomial count is drawn as a rounded normal.
const LARGE: f64 = 400.0;

impl Dice {
    /// A stream of its own for each seed.
    pub fn new(seed: u64) -> Dice {
        Dice(ChaCha12Rng::seed_from_u64(seed))
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// True with the probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Uniform in `0..n`; 0 for an empty range.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.0.random_range(0..n) }
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Gamma with the shape given and rate 1 (Marsaglia and Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let u = self.unit();
            return self.gamma(shape + 1.0) * u.powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let normal = self.normal();
            let t = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
            let w = self.unit();
            if t > 0.0 && w.ln() < normal * normal / 2.0 + d - d * t + d * t.ln() {
                return d * t;
            }
        }
    }

    /// Shares around `mean` (which adds up to 1) with a concentration.
    pub fn dirichlet(&mut self, mean: &[f64], concentration: f64) -> Vec<f64> {
        let mut shares: Vec<f64> = mean.iter().map(|m| if *m > 0.0 { self.gamma(m * concentration) } else { 0.0 }).collect();
        let sum: f64 = shares.iter().sum();
        if sum <= 0.0 {
            return mean.to_vec();
        }
        shares.iter_mut().for_each(|s| *s /= sum);
        shares
    }

    /// Poisson.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean > LARGE {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u64;
        }
        let (mut n, mut left) = (0, mean);
        loop {
            left += (1.0 - self.unit()).ln();
            if left < 0.0 {
                return n;
            }
            n += 1;
        }
    }

    /// Binomial.
    pub fn binomial(&mut self, n: u64, p: f64) -> u64 {
        let p = p.clamp(0.0, 1.0);
        let mean = n as f64 * p;
        if mean.min(n as f64 - mean) > LARGE {
            return (mean + (mean * (1.0 - p)).sqrt() * self.normal()).round().clamp(0.0, n as f64) as u64;
        }
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        if p <= 0.0 {
            return 0;
        }
        // Gaps between hits are geometric (Devroye 1986).
        let (log, mut at, mut hits) = ((-p).ln_1p(), 0.0, 0);
        loop {
            at += ((1.0 - self.unit()).ln() / log).floor() + 1.0;
            if at > n as f64 {
                return hits;
            }
            hits += 1;
        }
    }

    /// Splits `n` by shares that add up to 1.
    pub fn multinomial(&mut self, n: u64, shares: &[f64]) -> Vec<u64> {
        let (mut left, mut rest) = (n, 1.0);
        let mut parts = vec![0; shares.len()];
        for (at, (part, share)) in parts.iter_mut().zip(shares).enumerate() {
            *part = if at + 1 == shares.len() { left } else { self.binomial(left, if rest > 0.0 { share / rest } else { 0.0 }) };
            left -= *part;
            rest -= share;
        }
        parts
    }
}
