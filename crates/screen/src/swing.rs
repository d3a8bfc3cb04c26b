//! How far an agency's figure swings from year to year and how often it jumps ([`Swing`]): the swing under which the years of
//! the panel foretell the next best, around what real figures say (docs/accuracy.md).

use crate::likelihood::{CountLaw, Swing, jump, ln_count};
use crate::predictive::Predictive;

/// Swings that are tried: usual, share of jumps, jumps.
const USUAL: [f64; 7] = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32];
const JUMPS: [f64; 4] = [0.03, 0.08, 0.15, 0.25];
const JUMP: [f64; 4] = [0.2, 0.5, 1.2, 2.5];
/// What real figures say of swings before a panel is looked at (thirteen years of United States agencies).
pub(crate) const TYPICAL: Swing = Swing { usual: 0.03, jumps: 0.15, jump: 0.8, sticky: 0.01 };

fn moments(mean: f64, w: f64, k: f64) -> Predictive {
    Predictive { mean, variance: mean + k * mean * mean * (1.0 + w) + mean * w }
}

pub(crate) fn count_law(mean: f64, w: f64, swing: Swing, last: Option<f64>) -> CountLaw {
    CountLaw { usual: moments(mean, w, swing.usual), jump: jumped(mean, w, swing.jump), swing, last }
}

/// The middle and the spread of a jump's logarithm: the jump itself and the chance of a count.
fn jumped(mean: f64, w: f64, variance: f64) -> (f64, f64) {
    let middle = mean.max(0.2);
    (middle.ln(), (variance + (1.0 + w) / middle).sqrt())
}

/// A year that the years before it were to foretell.
pub(crate) struct Step {
    pub(crate) mean: f64,
    pub(crate) w: f64,
    pub(crate) last: f64,
    pub(crate) seen: f64,
}

impl Step {
    pub(crate) fn ln(&self, swing: Swing) -> f64 {
        count_law(self.mean, self.w, swing, Some(self.last)).ln(self.seen)
    }
}

/// Every swing that is tried.
pub(crate) fn combinations() -> Vec<Swing> {
    let mut all = Vec::new();
    for usual in USUAL {
        for jumps in JUMPS {
            for jump in JUMP {
                all.push(Swing { usual, jumps, jump, sticky: 0.0 });
            }
        }
    }
    all
}

/// The log-likelihood of all swings; of each negative binomial once.
pub(crate) fn grid(steps: &[Step]) -> Vec<f64> {
    let of = |ks: &[f64], p: &dyn Fn(&Step, f64) -> f64| -> Vec<Vec<f64>> {
        ks.iter().map(|&k| steps.iter().map(|s| p(s, k)).collect()).collect()
    };
    let usual = of(&USUAL, &|s, k| ln_count(moments(s.mean, s.w, k), s.seen).exp());
    let jump = of(&JUMP, &|s, k| jump(jumped(s.mean, s.w, k), s.seen));
    let mut scores = Vec::new();
    for u in &usual {
        for jumps in JUMPS {
            for j in &jump {
                scores.push(u.iter().zip(j).map(|(a, b)| ((1.0 - jumps) * a + jumps * b).max(1e-290).ln()).sum());
            }
        }
    }
    scores
}

/// What real figures say of a swing before the panel speaks: factors of e around the typical.
pub(crate) fn typical(at: usize) -> f64 {
    let s = combinations()[at];
    let away = |x: f64, y: f64| (x / y).ln().powi(2) / 2.0;
    -away(s.usual, TYPICAL.usual) - away(s.jumps, TYPICAL.jumps) - away(s.jump, TYPICAL.jump)
}

/// How many figures above what chance explains were last year's, and of how many that were not 0.
pub(crate) fn equal<'s>(steps: impl IntoIterator<Item = &'s Step>, swing: Swing) -> (f64, f64) {
    let (mut hits, mut of) = (0.0, 0.0);
    for step in steps.into_iter().filter(|s| s.last > 0.0) {
        let law = count_law(step.mean, step.w, Swing { sticky: 0.0, ..swing }, None);
        let chance = law.ln(step.last).exp();
        hits += if step.seen == step.last { 1.0 } else { 0.0 } - chance;
        of += 1.0;
    }
    (hits.max(0.0), of)
}
