//! Growth and ratios without floating point.

use nianbao_form::{Number, decimal_text};

/// Below this a change in per cent says more about chance than about the figure: one case more on a base of nine is
/// already 11 %.
const SMALL_BASE: i128 = 10 * Number::SCALE as i128;

/// A change between two figures, with what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The change in millionths: now − before.
    pub change: i128,
    /// What it is measured against, in millionths.
    pub base: i128,
}

impl Growth {
    /// Whether the base is too small (under 10) for a change in per cent to mean anything: then say the figures instead.
    pub fn small_base(&self) -> bool {
        self.base < SMALL_BASE
    }

    /// The change in per cent with one decimal; `None` where the base is small, zero or negative.
    pub fn percent_text(&self) -> Option<String> {
        if self.small_base() { None } else { ratio_text(self.change, self.base, 1) }
    }

    /// The change in per cent, for drawing; `None` as in [`Growth::percent_text`].
    pub fn percent(&self) -> Option<f64> {
        (!self.small_base()).then(|| self.change as f64 / self.base as f64 * 100.0)
    }
}

/// A change over those agencies alone whose figure is known in both years: what can be said where some agency is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LikeForLike {
    /// The change over these agencies.
    pub growth: Growth,
    /// How many they are.
    pub agencies: usize,
}

/// The change from one figure (millionths) to a later one; `None` if either is unknown.
///
/// ```
/// use nianbao_compile::growth;
/// let of = |before: i128, now: i128| growth(Some(before * 1_000_000), Some(now * 1_000_000)).unwrap();
/// assert_eq!(of(80, 90).percent_text().as_deref(), Some("12.5"));
/// assert_eq!(of(3, 4).percent_text(), None);
/// assert_eq!(of(0, 4).percent_text(), None);
/// assert_eq!(growth(None, Some(1)), None);
/// ```
pub fn growth(before: Option<i128>, now: Option<i128>) -> Option<Growth> {
    let base = before?;
    Some(Growth { change: now? - base, base })
}

/// A ratio in per cent with so many decimals (at most six), rounded half away from zero by whole-number arithmetic; `None`
/// if the denominator is not positive.
///
/// ```
/// assert_eq!(nianbao_compile::ratio_text(2, 3, 2).as_deref(), Some("66.67"));
/// assert_eq!(nianbao_compile::ratio_text(1, 0, 2), None);
/// ```
pub fn ratio_text(numerator: i128, denominator: i128, decimals: u32) -> Option<String> {
    ratio_millionths(numerator, denominator, decimals).map(decimal_text)
}

/// [`ratio_text`] in millionths of a per cent.
pub(crate) fn ratio_millionths(numerator: i128, denominator: i128, decimals: u32) -> Option<i128> {
    let ten = 10i128.pow(decimals.min(6));
    if denominator <= 0 {
        return None;
    }
    let scaled = numerator.checked_mul(100 * ten)?;
    let half = if scaled < 0 { -denominator } else { denominator };
    let rounded = scaled.checked_mul(2)?.checked_add(half)? / denominator.checked_mul(2)?;
    Some(rounded * (i128::from(Number::SCALE) / ten))
}
