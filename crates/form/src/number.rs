//! Exact numbers: a 64-bit count of millionths, so that counts and money (万元 with six decimals) add without rounding.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An exact decimal with six places, kept as a whole number of millionths.
///
/// The magnitude is below [`Number::LIMIT`] (10¹¹) for everything that was read, so that sums over one report can not
/// overflow; sums over many reports are taken in `i128`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Number(i64);

/// Why a text is not a [`Number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not decimal digits with an optional sign and point.
    #[error("not a decimal number")]
    Syntax,
    /// More than six decimals.
    #[error("more than six decimals")]
    TooFine,
    /// 10¹¹ or more: no figure of a report.
    #[error("out of range")]
    TooLarge,
}

impl Number {
    /// Millionths in one.
    pub const SCALE: i64 = 1_000_000;
    /// Every number that is read is smaller than this in magnitude.
    pub const LIMIT: i64 = 100_000_000_000;
    /// Zero.
    pub const ZERO: Number = Number(0);

    /// A whole number; `None` where it is out of range.
    pub fn whole(count: i64) -> Option<Number> {
        (count.unsigned_abs() < Self::LIMIT as u64).then(|| Number(count * Self::SCALE))
    }

    /// From millionths.
    pub const fn from_millionths(millionths: i64) -> Number {
        Number(millionths)
    }

    /// In millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Whether there are no decimals.
    pub const fn is_whole(self) -> bool {
        self.0 % Self::SCALE == 0
    }

    /// The whole part, towards zero.
    pub const fn trunc(self) -> i64 {
        self.0 / Self::SCALE
    }

    /// Nearest floating-point value; for statistics and drawing, never for sums.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }

    /// Magnitude.
    pub const fn abs(self) -> Number {
        Number(self.0.abs())
    }

    /// Reads plain decimal text: optional sign, ASCII digits, optional point and up to six decimals (more only if they
    /// are zeros). No exponent, no separators: those belong to [`crate::figure`].
    ///
    /// ```
    /// use nianbao_form::Number;
    /// assert_eq!(Number::parse("18651.064104").unwrap().to_string(), "18651.064104");
    /// assert!(Number::parse("1e5").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Number, NumberError> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', ..] => (true, &text[1..]),
            [b'+', ..] => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let ascii = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !ascii(whole) || !ascii(fraction) || digits.ends_with('.') {
            return Err(NumberError::Syntax);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 6 {
            return Err(NumberError::TooFine);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > 11 {
            return Err(NumberError::TooLarge);
        }
        let mut value: i64 = 0;
        for b in whole.bytes() {
            value = value * 10 + i64::from(b - b'0');
        }
        for i in 0..6 {
            let digit = fraction.as_bytes().get(i).map_or(0, |b| b - b'0');
            value = value * 10 + i64::from(digit);
        }
        Ok(Number(if negative { -value } else { value }))
    }
}

/// Writes an exact decimal of `millionths` without trailing zeros; also for sums in `i128` beyond [`Number`]'s range.
pub fn decimal_text(millionths: i128) -> String {
    let scale = Number::SCALE as u128;
    let (whole, fraction) = (millionths.unsigned_abs() / scale, millionths.unsigned_abs() % scale);
    let sign = if millionths < 0 { "-" } else { "" };
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{fraction:06}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal_text(i128::from(self.0)))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Add for Number {
    type Output = Number;
    fn add(self, other: Number) -> Number {
        Number(self.0.saturating_add(other.0))
    }
}

impl Sub for Number {
    type Output = Number;
    fn sub(self, other: Number) -> Number {
        Number(self.0.saturating_sub(other.0))
    }
}

impl Neg for Number {
    type Output = Number;
    fn neg(self) -> Number {
        Number(-self.0)
    }
}

impl AddAssign for Number {
    fn add_assign(&mut self, other: Number) {
        *self = *self + other;
    }
}

impl SubAssign for Number {
    fn sub_assign(&mut self, other: Number) {
        *self = *self - other;
    }
}

impl Sum for Number {
    fn sum<I: Iterator<Item = Number>>(iter: I) -> Number {
        iter.fold(Number::ZERO, |a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_that_is_no_number() {
        for text in ["", "-", "1e5", "1.", ".5", "NaN", "1,000", "１２", " 1"] {
            assert_eq!(Number::parse(text), Err(NumberError::Syntax), "{text:?}");
        }
        assert_eq!(Number::parse("0.1234567"), Err(NumberError::TooFine));
        assert_eq!(Number::parse("100000000000000000000"), Err(NumberError::TooLarge));
    }

    proptest! {
        #[test]
        fn text_and_back(m in -99_999_999_999_999_999i64..=99_999_999_999_999_999) {
            let n = Number::from_millionths(m);
            prop_assert_eq!(Number::parse(&n.to_string()), Ok(n));
        }
    }
}
