//! Chance that is the same on every machine: whole numbers only, one stream for each thing that is drawn.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What all streams start from.
const SEED: u64 = 20_250_131;

/// A stream of draws. A stream has a name, so that a change in one report leaves all others as they are.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn named(name: &str) -> Dice {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        Dice(ChaCha8Rng::seed_from_u64(SEED ^ hash))
    }

    /// A number from 0 to `n − 1`.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n.max(1))) >> 32) as u32
    }

    /// Whether something happens that happens `permille` times of a thousand.
    pub(crate) fn chance(&mut self, permille: u32) -> bool {
        self.below(1000) < permille
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u32) as usize]
    }

    /// A position, drawn by weight.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut at = self.below(weights.iter().sum());
        for (i, &w) in weights.iter().enumerate() {
            if at < w {
                return i;
            }
            at -= w;
        }
        weights.len() - 1
    }

    /// A count whose mean is `hundredths / 100`: binomial with chance 1/5, close to Poisson.
    pub(crate) fn count(&mut self, hundredths: u32) -> i64 {
        let trials = hundredths * 5 / 100 + u32::from(self.below(100) < hundredths * 5 % 100);
        (0..trials).map(|_| i64::from(self.below(5) == 0)).sum()
    }

    /// A level within about `percent` of its mean, most often near it.
    pub(crate) fn around(&mut self, level: i64, percent: u32) -> i64 {
        let off: i64 = (0..3).map(|_| i64::from(self.below(2 * percent + 1)) - i64::from(percent)).sum();
        (level * (300 + off) + 150) / 300
    }
}
