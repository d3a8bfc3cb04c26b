//! Interval arithmetic over unknown cells: an unknown non-negative part lies in [0, ∞), and every identity narrows it.

use crate::plan::Plan;

/// Beyond every sum that can occur; stands for ∞.
pub(crate) const INFINITY: i128 = i128::MAX / 4;

/// Larger than every figure, in millionths: a cell that would have to lie beyond it contradicts, a bound beyond it says
/// nothing. Contradictory identities with coefficients other than 1 drive bounds apart exponentially.
const CEILING: i128 = 10_000_000_000_000_000_000;

/// What is known of every cell of a plan, in millionths; low = high where the figure is known.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub low: Vec<i128>,
    pub high: Vec<i128>,
    /// For an unknown cell that became known: the identity that proved it.
    pub proof: Vec<Option<u32>>,
    /// Cells that nothing is concluded about.
    pub frozen: Vec<bool>,
    /// Step of each cell: 1 millionth for amounts, a whole for counts.
    step: Vec<i128>,
}

/// Σ of an identity's terms: from `min` to `max`, `None` where unbounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub min: Option<i128>,
    pub max: Option<i128>,
}

impl Range {
    /// Whether the identity can hold at all.
    pub(crate) fn has_zero(self) -> bool {
        self.min.is_none_or(|m| m <= 0) && self.max.is_none_or(|m| m >= 0)
    }

    /// Whether it holds for certain.
    pub(crate) fn is_zero(self) -> bool {
        self.min == Some(0) && self.max == Some(0)
    }

    /// The value nearest to 0.
    pub(crate) fn nearest_to_zero(self) -> i128 {
        match (self.min, self.max) {
            (Some(min), _) if min > 0 => min,
            (_, Some(max)) if max < 0 => max,
            _ => 0,
        }
    }
}

/// Sums of lower and upper ends with the number of infinite ones kept apart, so that one term can be taken out again.
#[derive(Clone, Copy, Default)]
struct Ends {
    min: i128,
    max: i128,
    no_min: u32,
    no_max: u32,
}

impl Ends {
    fn add(&mut self, (low, high): (i128, i128)) {
        if low <= -INFINITY {
            self.no_min += 1
        } else {
            self.min += low
        }
        if high >= INFINITY { self.no_max += 1 } else { self.max += high }
    }

    fn less(mut self, (low, high): (i128, i128)) -> Ends {
        if low <= -INFINITY {
            self.no_min -= 1
        } else {
            self.min -= low
        }
        if high >= INFINITY {
            self.no_max -= 1
        } else {
            self.max -= high
        }
        self
    }

    fn range(self) -> Range {
        Range { min: (self.no_min == 0).then_some(self.min), max: (self.no_max == 0).then_some(self.max) }
    }
}

impl Bounds {
    /// From the figures of a report. Where a count itself has decimals the others of its identities are not held to
    /// whole numbers: that the figure is no count is a finding of its own.
    pub(crate) fn new(plan: &Plan, figures: &[Option<i64>]) -> Bounds {
        let broken = plan.columns.iter().zip(figures).any(|(c, f)| f.is_some_and(|v| i128::from(v) % c.step != 0));
        let unknown = |c: &crate::plan::Column| if c.signed { -INFINITY } else { 0 };
        Bounds {
            low: plan.columns.iter().zip(figures).map(|(c, f)| f.map_or_else(|| unknown(c), i128::from)).collect(),
            high: figures.iter().map(|f| f.map_or(INFINITY, i128::from)).collect(),
            proof: vec![None; figures.len()],
            frozen: vec![false; figures.len()],
            step: plan.columns.iter().map(|c| if broken { 1 } else { c.step }).collect(),
        }
    }

    /// Forgets a figure.
    pub(crate) fn relax(&mut self, plan: &Plan, column: usize) {
        self.low[column] = if plan.columns[column].signed { -INFINITY } else { 0 };
        self.high[column] = INFINITY;
    }

    /// Whether the figure is known.
    pub(crate) fn fixed(&self, column: usize) -> bool {
        self.low[column] == self.high[column]
    }

    /// k times the cell.
    pub(crate) fn term(&self, column: usize, k: i128) -> (i128, i128) {
        let scale = |v: i128| match v.checked_mul(k).filter(|p| v.abs() < INFINITY && p.abs() < INFINITY) {
            Some(product) => product,
            None => v.signum() * k.signum() * INFINITY,
        };
        let (a, b) = (scale(self.low[column]), scale(self.high[column]));
        if k > 0 { (a, b) } else { (b, a) }
    }

    fn ends(&self, plan: &Plan, identity: usize) -> Ends {
        let mut ends = Ends::default();
        for (c, k) in plan.row(identity) {
            ends.add(self.term(c, k));
        }
        ends
    }

    /// Σ parts − Σ whole.
    pub(crate) fn range(&self, plan: &Plan, identity: usize) -> Range {
        self.ends(plan, identity).range()
    }

    /// Whether whole steps of the cells can make up for `known` at all: 2x + 2y = 3 has no solution in counts.
    pub(crate) fn divisible(&self, cells: &[usize], coefficients: &[i64], known: i128) -> bool {
        let unit = |(&c, &k): (&usize, &i64)| (i128::from(k) * self.step[c]).unsigned_abs();
        let shared = cells.iter().zip(coefficients).map(unit).fold(0, gcd);
        shared == 0 || known.unsigned_abs().is_multiple_of(shared)
    }

    /// Narrows one cell by `known` + k·cell = 0; `false` where that cannot be.
    pub(crate) fn settle(&mut self, column: usize, known: i128, k: i128) -> bool {
        if self.frozen[column] {
            return true;
        }
        let (low, high) = solve(Range { min: Some(known), max: Some(known) }, k, self.step[column]);
        (self.low[column], self.high[column]) = (low.max(self.low[column]), high.min(self.high[column]));
        self.low[column] <= self.high[column] && self.low[column] <= CEILING && self.high[column] >= -CEILING
    }

    /// Narrows every unknown cell by the identities `among` to a fixed point (a bounded number of rounds: bounds that
    /// creep up for ever mean a contradiction which [`crate::joint`] finds by elimination).
    ///
    /// # Errors
    /// The identity at which an interval became empty.
    pub(crate) fn propagate(&mut self, plan: &Plan, among: &[bool]) -> Result<(), usize> {
        const ROUNDS: usize = 64;
        let mut due = among.to_vec();
        for _ in 0..ROUNDS {
            let mut any = false;
            for i in 0..plan.len() {
                if std::mem::take(&mut due[i]) {
                    any = true;
                    self.narrow(plan, i, among, &mut due)?;
                }
            }
            if !any {
                break;
            }
        }
        Ok(())
    }

    fn narrow(&mut self, plan: &Plan, identity: usize, among: &[bool], due: &mut [bool]) -> Result<(), usize> {
        let mut ends = self.ends(plan, identity);
        if !ends.range().has_zero() {
            return Err(identity);
        }
        // With two unbounded terms on either side nothing can be said of any single one.
        if ends.no_min > 1 && ends.no_max > 1 {
            return Ok(());
        }
        for (c, k) in plan.row(identity) {
            if self.fixed(c) || self.frozen[c] {
                continue;
            }
            let others = ends.less(self.term(c, k));
            let (low, high) = solve(others.range(), k, self.step[c]);
            let (low, high) = (low.max(self.low[c]), high.min(self.high[c]));
            if low > high || low > CEILING || high < -CEILING {
                return Err(identity);
            }
            if low > self.low[c] || high < self.high[c] {
                (self.low[c], self.high[c]) = (low, high);
                ends = others;
                ends.add(self.term(c, k));
                if low == high {
                    self.proof[c] = Some(identity as u32);
                }
                for (i, _) in plan.of(c) {
                    due[i] |= among[i];
                }
            }
        }
        Ok(())
    }
}

/// The values of x for which 0 lies in `others` + k·x, rounded inwards to multiples of `step`.
pub(crate) fn solve(others: Range, k: i128, step: i128) -> (i128, i128) {
    let (mut low, mut high) = (others.max.map(|m| -m), others.min.map(|m| -m));
    if k < 0 {
        (low, high) = (high.map(|h| -h), low.map(|l| -l));
    }
    let unit = k.abs() * step;
    let low = low.map_or(-INFINITY, |l| -(-l).div_euclid(unit) * step);
    let high = high.map_or(INFINITY, |h| h.div_euclid(unit) * step);
    (if low < -CEILING { -INFINITY } else { low }, if high > CEILING { INFINITY } else { high })
}

/// Greatest common divisor; of 0 and x it is x.
pub(crate) fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
