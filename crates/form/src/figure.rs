//! The one parser of a cell's text: what the words in a cell say, or why that is not certain.
//!
//! ```
//! use nianbao_form::{Kind, State, figure};
//! let none = ["/".to_owned()];
//! let read = |text, unit, kind| figure::read(text, unit, kind, &none);
//! assert_eq!(read("１２件", "件", Kind::Count).number.unwrap().to_string(), "12");
//! assert_eq!(read("984361元", "万元", Kind::Amount).number.unwrap().to_string(), "98.4361");
//! assert_eq!(read("／", "件", Kind::Count).state, State::None);
//! assert_eq!(read("约12件", "件", Kind::Count).state, State::Text);
//! ```

mod clean;
mod quantity;

use clean::{clean, is_none};
use quantity::{Decimal, MONEY_UNITS, THING_UNITS, number, scaled};

use crate::chinese;
pub use crate::chinese::{chinese, chinese_text, year};
use crate::{Kind, Number, State};

/// What a cell's text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Number, blank, none or text; never absent.
    pub state: State,
    /// The number, money in 万元; `Some` if and only if `state` is [`State::Number`].
    pub number: Option<Number>,
    /// Why the text was not taken for a number; `Some` if and only if `state` is [`State::Text`].
    pub note: Option<Doubt>,
}

/// Why a text was left unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Something like a number, or plain words.
    pub kind: DoubtKind,
    /// The reason in Chinese, a clause without a full stop.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
}

/// What kind of text was left unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// Like a number but not certain: finding `not-a-count`.
    NumberLike,
    /// Words: finding `words-in-cell`.
    Words,
}

type Why = (&'static str, &'static str);

const TOO_LARGE: Why = ("数值超出合理范围", "the number is out of range");
const TOO_FINE: Why = ("小数超过六位", "it has more than six decimals");
const SCIENTIFIC: Why = ("使用了科学计数法或非数值记号", "it is in scientific notation or not a number");
const GROUPS: Why = ("数字之间的分隔不规范，不能认定是一个数", "the digits are not grouped as one number");
const SEVERAL: Why = ("同一格内有两个以上数字", "the cell holds more than one number");
const ABOUT: Why = ("数字为约数或带有其他符号", "the number is approximate or has other signs with it");
const MONEY: Why = ("填写了金额，此处应填数量", "it is an amount of money where a count belongs");
const COUNT: Why = ("填写了数量，此处应填金额", "it is a count where an amount of money belongs");
const WAN: Why = ("“百”“千”后未写“元”，单位不能认定", "百 or 千 without 元 leaves the unit open");
const NUMERAL: Why = ("中文数字写法不规范", "the Chinese numeral is irregular");
const DASH: Why = ("单独一个“一”或“○”可能是数字，也可能是横线或记号", "一 or ○ alone may be a numeral, a dash or a mark");
const WORDS: Why = ("填写的是文字", "it holds words");

/// Whether a character leaves no ink: white space, no-break and ideographic spaces, zero-width and control characters.
pub fn is_inkless(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}' | '\u{180E}' | '\u{2800}' | '\u{3164}' | '\u{FFFC}')
}

/// Whether a text leaves no ink at all.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_inkless)
}

/// Reads the text of a cell. `unit` is the unit printed for the cell (`件`, `元`, `万元` …), `none` the marks by which an
/// agency says "none". A unit written in the cell wins over `unit`; money comes out in 万元.
pub fn read(text: &str, unit: &str, kind: Kind, none: &[String]) -> Figure {
    // Most cells hold digits alone, the others nothing or a mark.
    if let Some(digits) = ascii(text) {
        return judge(text, scaled(digits, unit, kind).number());
    }
    if is_blank(text) {
        return Figure { state: State::Blank, number: None, note: None };
    }
    if none.iter().any(|mark| mark == text) {
        return Figure { state: State::None, number: None, note: None };
    }
    let text = clean(text);
    if is_none(&text, none) {
        return Figure { state: State::None, number: None, note: None };
    }
    judge(&text, number(&text, unit, kind))
}

/// A number, or why the text is none.
fn judge(text: &str, number: Result<Number, Why>) -> Figure {
    match number {
        Ok(number) => Figure { state: State::Number, number: Some(number), note: None },
        Err(why) => {
            let kind = if is_number_like(text) { DoubtKind::NumberLike } else { DoubtKind::Words };
            let why = if kind == DoubtKind::Words { WORDS } else { why };
            Figure { state: State::Text, number: None, note: Some(Doubt { kind, zh: why.0, en: why.1 }) }
        }
    }
}

/// A text of ASCII digits alone.
fn ascii(text: &str) -> Option<Decimal> {
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa = || text.bytes().fold(0i64, |n, b| n * 10 + i64::from(b - b'0'));
    digits.then(|| Decimal::whole(mantissa()))
}

/// Whether a text is a number with something odd about it rather than words.
fn is_number_like(text: &str) -> bool {
    let lower = if text.len() < 12 { text.to_lowercase() } else { String::new() };
    if lower.starts_with('#') || ["nan", "inf", "-inf", "infinity"].contains(&lower.as_str()) {
        return true;
    }
    let mut rest: String = text.chars().filter(|c| c.is_alphabetic() && !chinese::is_numeral(*c)).collect();
    let digits = text.chars().filter(|c| c.is_ascii_digit() || chinese::is_numeral(*c)).count();
    if digits == 0 || rest.chars().count() > 16 {
        return false;
    }
    for word in
        ["左右", "大约", "约", "近", "余", "多", "以上", "以下", "超过", "不足", "增加", "减少", "增", "减", "共", "人民币"]
    {
        rest = rest.replace(word, "");
    }
    for (unit, _) in MONEY_UNITS {
        rest = rest.replace(unit, "");
    }
    for unit in THING_UNITS {
        rest = rest.replace(unit, "");
    }
    rest.chars().count() <= 2 && (text.chars().any(|c| c.is_ascii_digit()) || rest.is_empty())
}

#[cfg(test)]
mod tests;
