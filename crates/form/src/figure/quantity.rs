//! Numbers with their units: what stands in a cleaned text, from left to right.

use super::{ABOUT, COUNT, DASH, GROUPS, MONEY, NUMERAL, SCIENTIFIC, SEVERAL, TOO_FINE, TOO_LARGE, WAN, WORDS, Why};
use crate::chinese::{self, chinese};
use crate::{Kind, Number};

/// An exact decimal in the making: `mantissa · 10^exponent`.
#[derive(Clone, Copy)]
pub(super) struct Decimal {
    mantissa: i128,
    exponent: i32,
}

impl Decimal {
    pub(super) fn whole(n: i64) -> Decimal {
        Decimal { mantissa: i128::from(n), exponent: 0 }
    }

    pub(super) fn number(self) -> Result<Number, Why> {
        let mut mantissa = self.mantissa;
        let mut exponent = self.exponent + 6;
        while exponent < 0 {
            if mantissa % 10 != 0 {
                return Err(TOO_FINE);
            }
            mantissa /= 10;
            exponent += 1;
        }
        for _ in 0..exponent {
            mantissa = mantissa.checked_mul(10).ok_or(TOO_LARGE)?;
        }
        let limit = i128::from(Number::LIMIT) * i128::from(Number::SCALE);
        if mantissa.abs() >= limit {
            return Err(TOO_LARGE);
        }
        i64::try_from(mantissa).map(Number::from_millionths).map_err(|_| TOO_LARGE)
    }
}

/// What a unit measures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    Money,
    Things,
    Nothing,
}

/// Units of money with their power of ten relative to 万元; longer ones first.
pub(super) const MONEY_UNITS: [(&str, i32); 9] =
    [("亿元", 4), ("百万元", 2), ("千万元", 3), ("十万元", 1), ("万元", 0), ("千元", -1), ("百元", -2), ("元整", -4), ("元", -4)];
pub(super) const THING_UNITS: [&str; 22] = [
    "件次", "条次", "人次", "批次", "户次", "件", "项", "条", "个", "笔", "份", "次", "宗", "起", "部", "篇", "人", "批", "例",
    "名", "户", "家",
];

/// A number without a unit of its own: money in the column's unit becomes 万元.
pub(super) fn scaled(mut value: Decimal, unit: &str, kind: Kind) -> Decimal {
    if kind == Kind::Amount {
        value.exponent += MONEY_UNITS.iter().find(|(u, _)| *u == unit).map_or(0, |(_, power)| *power);
    }
    value
}

/// The one number of a cleaned text.
pub(super) fn number(text: &str, unit: &str, kind: Kind) -> Result<Number, Why> {
    let (text, _) = without_notes(text);
    let text = text.trim().trim_end_matches(['。', ';', '；']);
    let text = text.strip_prefix("人民币").map_or(text, str::trim_start);
    let parts = quantities(text)?;
    let money_cell = MONEY_UNITS.iter().any(|(u, _)| *u == unit);
    let wanted = if kind == Kind::Amount && money_cell { Measure::Money } else { Measure::Things };
    let chosen = match parts.as_slice() {
        [] => return Err(WORDS),
        [one] => one,
        [a, b] if a.measure != b.measure && a.measure != Measure::Nothing && b.measure != Measure::Nothing => {
            if a.measure == wanted { a } else { b }
        }
        _ => return Err(SEVERAL),
    };
    let mut value = chosen.value;
    match (wanted, chosen.measure) {
        (Measure::Money, Measure::Things) => return Err(COUNT),
        (Measure::Things, Measure::Money) => return Err(MONEY),
        (Measure::Money, Measure::Money) => value.exponent += chosen.power,
        (Measure::Money, Measure::Nothing) if (1..4).contains(&chosen.magnitude) => return Err(WAN),
        // 万 and 亿 behind the digits count 元, whatever the column's unit: 12.5万 is 12.5万元.
        (Measure::Money, Measure::Nothing) if chosen.magnitude >= 4 => value.exponent -= 4,
        (Measure::Money, Measure::Nothing) => value = scaled(value, unit, kind),
        _ => {}
    }
    value.number()
}

/// Drops notes in brackets behind the figure: `22(其中修订 16 件)` is `22`. A bracket that holds only a unit stays, as the
/// unit.
fn without_notes(text: &str) -> (String, bool) {
    let Some(open) = text.find(['(', '〔', '[', '【']) else { return (text.to_owned(), false) };
    let (head, tail) = text.split_at(open);
    if head.trim().is_empty() || !matches!(tail.trim_end_matches('。').chars().last(), Some(')' | '〕' | ']' | '】')) {
        return (text.to_owned(), false);
    }
    let inside: String =
        tail.chars().filter(|c| !matches!(c, '(' | ')' | '[' | ']' | '〔' | '〕' | '【' | '】' | ' ' | '\n' | '。')).collect();
    let inside = inside.trim_start_matches("单位:");
    if THING_UNITS.contains(&inside) || MONEY_UNITS.iter().any(|(u, _)| *u == inside) {
        return (format!("{}{inside}", head.trim_end()), true);
    }
    // A bracket in the middle of a figure (`1(2)3`) is no note.
    let depth_ends = tail.chars().try_fold((0i32, false), |(depth, closed), c| match c {
        '(' | '[' | '〔' | '【' => Some((depth + 1, false)),
        ')' | ']' | '〕' | '】' => Some((depth - 1, depth == 1)),
        c if depth == 0 && c.is_ascii_digit() => None,
        _ => Some((depth, closed)),
    });
    if depth_ends.is_some_and(|(depth, _)| depth == 0) { (head.to_owned(), true) } else { (text.to_owned(), false) }
}

struct Quantity {
    value: Decimal,
    measure: Measure,
    /// Power of ten towards 万元, for money.
    power: i32,
    /// Power of ten that 百, 千, 万 or 亿 behind the digits gave to a number without a unit; 0 if none did.
    magnitude: i32,
}

/// The numbers with their units that make up the whole text; an error where anything else stands in it.
fn quantities(text: &str) -> Result<Vec<Quantity>, Why> {
    let mut rest = text.trim();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (quantity, after) = quantity(rest)?;
        out.push(quantity);
        rest = after.trim_start_matches([' ', '\n', ',', '、', ';', '，']);
        if out.len() > 8 {
            return Err(SEVERAL);
        }
    }
    Ok(out)
}

fn quantity(text: &str) -> Result<(Quantity, &str), Why> {
    let (text, yuan_sign) = match text.strip_prefix(['¥', '￥']) {
        Some(rest) => (rest.trim_start(), true),
        None => (text, false),
    };
    let (negative, body) = match text.strip_prefix(['-', '负']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').map_or(text, str::trim_start)),
    };
    let end = body.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' '))).unwrap_or(body.len());
    let digits = body[..end].trim_end();
    let mut numeral_magnitude = 0;
    let (mut value, mut rest) = if digits.is_empty() {
        let end = body.find(|c: char| !chinese::is_numeral(c)).unwrap_or(body.len());
        if end == 0 {
            return Err(if body.chars().any(|c| c.is_ascii_digit()) { ABOUT } else { WORDS });
        }
        if matches!(&body[..end], "一" | "○" | "◯") && body[end..].trim().is_empty() && !negative && !yuan_sign {
            return Err(DASH);
        }
        // 万 before 元 belongs to the unit as much as to the numeral; the value is the same either way.
        let numeral = chinese(&body[..end]).ok_or(NUMERAL)?;
        numeral_magnitude = if body[..end].contains(['万', '亿']) { 4 } else { 0 };
        (Decimal { mantissa: i128::from(numeral), exponent: 0 }, &body[end..])
    } else {
        (plain(digits)?, &body[digits.len()..])
    };
    rest = rest.trim_start();
    let after = rest;
    let mut smaller = false;
    if let Some((whole, behind)) = mixed(value, rest) {
        (value, rest, smaller) = (whole, behind, true);
    }
    if negative {
        value.mantissa = -value.mantissa;
    }
    let money = MONEY_UNITS.iter().find_map(|(unit, power)| spaced(rest, unit).map(|r| (*power, r)));
    if let Some((power, rest)) = money {
        return Ok((Quantity { value, measure: Measure::Money, power, magnitude: 0 }, rest.trim_start_matches('整')));
    }
    let magnitude = MAGNITUDES.iter().find_map(|(m, k)| rest.strip_prefix(m).map(|r| (*k, r)));
    if let Some((k, r)) = magnitude {
        value.exponent += k;
        rest = r;
    }
    if let Some(rest) = THING_UNITS.iter().find_map(|unit| spaced(rest, unit)) {
        return Ok((Quantity { value, measure: Measure::Things, power: 0, magnitude: 0 }, rest));
    }
    if smaller {
        // 12万5 may be 12.5万 or 120005.
        return Err(ABOUT);
    }
    if yuan_sign {
        return Ok((Quantity { value, measure: Measure::Money, power: -4, magnitude: 0 }, rest));
    }
    // Whatever follows a bare number must be apart from it.
    let apart = rest.is_empty() || rest.starts_with([',', ';', '、']) || after.len() < body.len() - end + (end - digits.len());
    if !apart {
        let e = rest.starts_with(['e', 'E', '^', '×', '*']);
        return Err(if e { SCIENTIFIC } else { ABOUT });
    }
    let magnitude = magnitude.map_or(numeral_magnitude, |m| m.0);
    Ok((Quantity { value, measure: Measure::Nothing, power: 0, magnitude }, rest))
}

const MAGNITUDES: [(&str, i32); 4] = [("亿", 8), ("万", 4), ("千", 3), ("百", 2)];

/// A number in two parts, such as 12万5千 or 12万5000 before a unit: the whole, and what follows its last digit or 千.
fn mixed(high: Decimal, rest: &str) -> Option<(Decimal, &str)> {
    let (k, low) = MAGNITUDES[..2].iter().find_map(|(m, k)| rest.strip_prefix(m).map(|r| (*k, r.trim_start())))?;
    let end = low.find(|c: char| !c.is_ascii_digit()).unwrap_or(low.len());
    let digits: i128 = low.get(..end).filter(|d| (1..=8).contains(&d.len()))?.parse().ok()?;
    let rest = low[end..].trim_start();
    let small = MAGNITUDES.iter().find_map(|(m, k)| rest.strip_prefix(m).map(|r| (*k, r)));
    // 12万5千元 and 12万5000元, but 万 before 元 is a unit of the second part.
    let (power, rest) = small.filter(|(s, _)| *s < k).map_or((0, rest), |(s, r)| (s, r.trim_start()));
    if rest.starts_with(['万', '亿']) || high.exponent != 0 {
        return None;
    }
    let low = digits.checked_mul(10i128.checked_pow(power as u32)?)?;
    let scale = 10i128.pow(k as u32);
    let whole = high.mantissa.checked_mul(scale)?.checked_add(low)?;
    (low < scale).then_some((Decimal { mantissa: whole, exponent: 0 }, rest))
}

/// What follows a unit that may be written with blanks between its characters.
fn spaced<'t>(text: &'t str, unit: &str) -> Option<&'t str> {
    let mut rest = text;
    for c in unit.chars() {
        rest = rest.trim_start().strip_prefix(c)?;
    }
    Some(rest)
}

/// ASCII digits with separators between groups of three and an optional fraction.
fn plain(text: &str) -> Result<Decimal, Why> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || text.ends_with('.') || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(if fraction.contains(' ') { SEVERAL } else { GROUPS });
    }
    let mut digits = String::with_capacity(text.len());
    match whole.chars().find(|c| !c.is_ascii_digit()) {
        None => digits.push_str(whole),
        Some(separator) => {
            for (i, group) in whole.split(separator).enumerate() {
                let right = if i == 0 { (1..=3).contains(&group.len()) && !group.starts_with('0') } else { group.len() == 3 };
                if !right || !group.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(if separator == ' ' { SEVERAL } else { GROUPS });
                }
                digits.push_str(group);
            }
        }
    }
    let fraction = fraction.trim_end_matches('0');
    digits.push_str(fraction);
    let digits = digits.trim_start_matches('0');
    if digits.len() > 30 {
        return Err(if fraction.len() > 12 { TOO_FINE } else { TOO_LARGE });
    }
    let mantissa = digits.bytes().fold(0i128, |m, b| m * 10 + i128::from(b - b'0'));
    Ok(Decimal { mantissa, exponent: -(fraction.len() as i32) })
}
