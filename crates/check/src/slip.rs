//! P(found | true): how a right figure comes to be printed as a wrong one. A documented mixture of slips, each spread
//! evenly over the ways in which it can happen, so that scores are logarithms of probabilities and add up.
//!
//! Weights. Single slips of typing (a digit replaced, left out, added, or two neighbours exchanged: restricted
//! Damerau–Levenshtein distance 1) make about 0.8 of all errors of typing (Damerau 1964; Scholtus 2009 starts from them).
//! Among them replaced digits are the most frequent (Verhoeff 1969: 79 : 10 against exchanged ones in codes of fixed length,
//! where nothing can be left out or added). The remainder are slips of tables: a cell left 0, a figure of the neighbouring
//! cell or of last year, a total that was not brought up to date; and anything at all. Only orders of magnitude matter: a
//! slip that explains a figure of n digits gains a factor of about 10ⁿ over an arbitrary figure.

use crate::evidence::unforeseen;

const REPLACED: f64 = 0.30;
const EXCHANGED: f64 = 0.10;
const LEFT_OUT: f64 = 0.10;
const DOUBLED: f64 = 0.06;
const ADDED: f64 = 0.06;
const TENFOLD: f64 = 0.04;
const SIGN: f64 = 0.01;
const LEFT_ZERO: f64 = 0.10;
/// The same of a total, which is filled in last (a real district left two of three at 0).
const TOTAL_LEFT_ZERO: f64 = 0.30;
/// How much less often a cell that is truly 0 is wrong than another one: nothing had to be typed.
const NOTHING_TYPED: f64 = 0.3;
const NEIGHBOUR: f64 = 0.05;
const LAST_YEAR: f64 = 0.03;
const OLD_TOTAL: f64 = 0.05;
const ARBITRARY: f64 = 0.10;

/// The kind of slip that explains most of a wrong figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    Replaced,
    Exchanged,
    LeftOut,
    Doubled,
    Added,
    Tenfold,
    Sign,
    LeftZero,
    Neighbour,
    LastYear,
    OldTotal,
    Arbitrary,
}

impl Slip {
    /// The slip in words, where it says something.
    pub(crate) fn words(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Slip::Replaced => ("录错一位数字", "one digit replaced"),
            Slip::Exchanged => ("相邻两位数字颠倒", "two digits exchanged"),
            Slip::LeftOut => ("漏录一位数字", "a digit left out"),
            Slip::Doubled => ("多按一次同一数字", "a digit doubled"),
            Slip::Added => ("多录一位数字", "a digit too many"),
            Slip::Tenfold => ("错位，大小相差十倍、百倍或万倍", "the decimal place"),
            Slip::Sign => ("正负号", "the sign"),
            Slip::LeftZero => ("应填未填，仍为0", "left 0"),
            Slip::Neighbour => ("与相邻单元格的数字相同", "the figure of a neighbouring cell"),
            Slip::LastYear => ("与上年数字相同", "last year's figure"),
            Slip::OldTotal => ("总计漏加一项或未随分项更新", "a total not brought up to date"),
            Slip::Arbitrary => return None,
        })
    }
}

/// Where a wrong figure stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Surroundings<'a> {
    /// Figures of the cells next to it in the printed table.
    pub neighbours: &'a [i128],
    /// Last year's figure.
    pub last: Option<i128>,
    /// Where it is a total: its parts.
    pub parts: &'a [i128],
}

/// ln P(`found` | the true figure is `truth`, the cell is wrong) and the kind of slip that contributes most. Both are in
/// millionths and differ.
pub(crate) fn explain(truth: i128, found: i128, around: Surroundings<'_>) -> (f64, Slip) {
    let (mut sum, mut most) = (0.0, (0.0, Slip::Arbitrary));
    let rate = if truth == 0 { NOTHING_TYPED } else { 1.0 };
    let mut add = |p: f64, slip: Slip| {
        let p = p * rate;
        sum += p;
        if p > most.0 {
            most = (p, slip);
        }
    };
    let (t, x) = digits(truth, found);
    add(ARBITRARY * arbitrary(t, x), Slip::Arbitrary);
    if truth == -found {
        add(SIGN, Slip::Sign);
    } else if (truth < 0) == (found < 0) || found == 0 || truth == 0 {
        typed(t, x, &mut add);
    }
    if found == 0 {
        add(if around.parts.is_empty() { LEFT_ZERO } else { TOTAL_LEFT_ZERO }, Slip::LeftZero);
    } else {
        let alike = around.neighbours.iter().filter(|v| **v == found).count();
        if alike > 0 {
            add(NEIGHBOUR * alike as f64 / around.neighbours.len() as f64, Slip::Neighbour);
        }
        if around.last == Some(found) {
            add(LAST_YEAR, Slip::LastYear);
        }
    }
    let changed = around.parts.iter().filter(|v| **v != 0).count();
    if changed > 0 && around.parts.iter().any(|&v| v != 0 && truth - found == v) {
        add(OLD_TOTAL / changed as f64, Slip::OldTotal);
    }
    // A figure of one digit in place of another says nothing of how it came about.
    let slip = if most.1 == Slip::Replaced && t.max(x) < 10 { Slip::Arbitrary } else { most.1 };
    (sum.ln(), slip)
}

/// The same for a true figure of which only a range is known: no slip is told from another.
pub(crate) fn explain_range() -> f64 {
    (ARBITRARY * unforeseen(1)).ln()
}

/// Both figures as whole numbers without what they share of trailing decimals.
fn digits(a: i128, b: i128) -> (u64, u64) {
    let scale = nianbao_form::Number::SCALE.unsigned_abs();
    // Figures and proposals stay below 10¹⁸ millionths.
    let size = |v: i128| u64::try_from(v.unsigned_abs()).unwrap_or(u64::MAX).min(10u64.pow(18));
    let (a, b) = (size(a), size(b));
    let mut unit = scale;
    while unit > 1 && (a % unit != 0 || b % unit != 0) {
        unit /= 10;
    }
    (a / unit, b / unit)
}

/// A figure written without regard to the true one: 0 as often as any small figure.
fn arbitrary(truth: u64, found: u64) -> f64 {
    match (truth, found) {
        (0, x) => unforeseen(x),
        (_, 0) => 0.25,
        (_, x) => 0.75 * unforeseen(x),
    }
}

fn typed(t: u64, x: u64, add: &mut impl FnMut(f64, Slip)) {
    let (n, m) = (length(t), length(x));
    // 10ᵏ for k < 20 fits.
    let power = |k: u32| 10u64.pow(k);
    let digit = |v: u64, k: u32| v / power(k) % 10;
    let cut = |v: u64, k: u32| v / power(k + 1) * power(k) + v % power(k);
    // One digit replaced: the difference is d·10ᵏ without a carry.
    let (low, high) = (t.min(x), t.max(x));
    let mut difference = high - low;
    let mut place = 0;
    while difference != 0 && difference % 10 == 0 {
        (difference, place) = (difference / 10, place + 1);
    }
    if n == m && (1..=9).contains(&difference) && digit(low, place) as i64 + difference as i64 == digit(high, place) as i64 {
        add(REPLACED / (9.0 * f64::from(n)), Slip::Replaced);
    }
    let pairs = (0..n.saturating_sub(1)).filter(|&k| digit(t, k) != digit(t, k + 1));
    let swapped = |k: u32| {
        let (a, b) = (digit(t, k), digit(t, k + 1));
        t - a * power(k) - b * power(k + 1) + b * power(k) + a * power(k + 1)
    };
    let (all, hits) = pairs.fold((0u32, 0u32), |(all, hits), k| (all + 1, hits + u32::from(swapped(k) == x)));
    if hits > 0 {
        add(EXCHANGED * f64::from(hits) / f64::from(all), Slip::Exchanged);
    }
    if m < n && t >= 10 {
        let ways = (0..n).filter(|&k| cut(t, k) == x).count();
        if ways > 0 {
            add(LEFT_OUT * ways as f64 / f64::from(n), Slip::LeftOut);
        }
    }
    if m == n + 1 {
        for k in (0..m).filter(|&k| cut(x, k) == t) {
            let beside = |o: u32| o < m && digit(x, o) == digit(x, k);
            if beside(k + 1) || (k > 0 && beside(k - 1)) {
                // Both digits of the pair are met.
                add(DOUBLED / (2.0 * f64::from(n)), Slip::Doubled);
            } else {
                add(ADDED / (10.0 * f64::from(n + 1)), Slip::Added);
            }
        }
    }
    for (k, share) in [(1, 0.5), (2, 0.2), (4, 0.3)] {
        if t != 0 && x != 0 && (t.checked_mul(power(k)) == Some(x) || x.checked_mul(power(k)) == Some(t)) {
            add(TENFOLD * share / 2.0, Slip::Tenfold);
        }
    }
}

fn length(v: u64) -> u32 {
    v.checked_ilog10().map_or(1, |l| l + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let m = 1_000_000;
        for (truth, found, slip) in [
            (81, 18, Slip::Exchanged),
            (1234, 1324, Slip::Exchanged),
            (1234, 1734, Slip::Replaced),
            (1234, 134, Slip::LeftOut),
            (1234, 12234, Slip::Doubled),
            (1234, 12934, Slip::Added),
            (1234, 12340, Slip::Tenfold),
            (1234, 12_340_000, Slip::Tenfold),
            (12, -12, Slip::Sign),
            (12, 0, Slip::LeftZero),
            (3, 7, Slip::Arbitrary),
            (7, 5391, Slip::Arbitrary),
        ] {
            let (p, kind) = explain(truth * m, found * m, Surroundings::default());
            assert_eq!(kind, slip, "{truth} as {found}");
            assert!(p < 0.0);
        }
        // A decimal point misplaced.
        assert_eq!(explain(18_651_064_104, 186_510_641_040, Surroundings::default()).1, Slip::Tenfold);
        let parts = [3 * m, 4 * m, 0];
        assert_eq!(explain(700 * m, 697 * m, Surroundings { parts: &parts, ..Default::default() }).1, Slip::OldTotal);
    }

    /// Of all figures that may be found in place of a true one the probabilities add up to no more than 1.
    #[test]
    fn probabilities_add_up() {
        for truth in [0i128, 3, 12, 100, 987, 5005] {
            let found = (0..60_000i128)
                .filter(|x| *x != truth)
                .map(|x| explain(truth * 1_000_000, x * 1_000_000, Surroundings::default()).0.exp());
            let sum: f64 = found.sum();
            assert!(sum <= 1.0 && sum > 0.05, "{truth}: {sum}");
        }
    }
}
