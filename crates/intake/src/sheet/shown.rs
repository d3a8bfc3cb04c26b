//! What a cell shows: the stored number in exact decimals with the words of its number format (ECMA-376 part 1, 18.8.30).
//!
//! The stored number counts, not the rounded one that a format shows; a unit that the format prints behind it counts too,
//! since the agency saw `12万元` when it typed 12. Where a format shows another number than the stored one (`0.0,` shows
//! thousands, `0"1"` puts a digit behind it), the cell is words, and a date is words.

use std::fmt::Write as _;

/// A number format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// For positive numbers, and for all where there is no other.
    positive: Section,
    negative: Option<Section>,
    zero: Option<Section>,
    /// Whether a section has a condition of its own, so that which one applies is not told by the sign.
    conditional: bool,
}

/// One section of a format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Section {
    kind: Kind,
    /// Literal text in front of the digits.
    before: String,
    /// Literal text behind them.
    after: String,
    /// Whether a zero leaves its digits out (`#,###`).
    hides_zero: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Digits of the number itself.
    #[default]
    Plain,
    /// No digits: words alone, or nothing.
    Words,
    Percent,
    Date,
    /// Digits of another number than the stored one.
    Odd,
}

/// The epoch of a workbook's dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// Day 1 is 1 January 1900, and 1900 is taken for a leap year.
    Y1900,
    /// Day 0 is 1 January 1904.
    Y1904,
}

impl Shown {
    /// The format that a number stands for where the file does not describe it (18.8.30; 27–36 and 50–58 are the dates
    /// of East Asian systems).
    pub(crate) fn built_in(id: u16) -> Shown {
        Shown::parse(match id {
            5..=8 | 42 | 44 => "\"¥\"#,##0.00",
            9 | 10 => "0%",
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => "yyyy/m/d",
            18..=21 | 32..=35 | 45..=47 | 55 | 56 => "h:mm:ss",
            22 => "yyyy/m/d h:mm",
            _ => "General",
        })
    }

    /// Takes a format apart.
    pub(crate) fn parse(code: &str) -> Shown {
        if code.is_empty() {
            return Shown::default();
        }
        let mut sections = Vec::new();
        let mut conditional = false;
        let mut rest = code.chars().peekable();
        while sections.len() < 3 {
            let (section, condition, more) = section(&mut rest);
            sections.push(section);
            conditional |= condition;
            if !more {
                break;
            }
        }
        let mut sections = sections.into_iter();
        let positive = sections.next().unwrap_or_default();
        Shown { positive, negative: sections.next(), zero: sections.next(), conditional }
    }

    /// Whether it shows every number as it is, with nothing beside it.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Shown::default()
    }

    /// What the cell shows. Nothing where a zero is shown as nothing.
    pub(crate) fn text(&self, value: f64, epoch: Epoch) -> String {
        if !value.is_finite() {
            return "无效数值".to_owned();
        }
        let decimals = decimal(value);
        let section = match () {
            () if self.conditional && !(self.is_same(&self.negative) && self.is_same(&self.zero)) => return odd(&decimals),
            () if decimals == "0" => self.zero.as_ref().unwrap_or(&self.positive),
            () if value < 0.0 => self.negative.as_ref().unwrap_or(&self.positive),
            () => &self.positive,
        };
        let (before, after) = (&section.before, &section.after);
        let kind = if decimals == "0" && section.hides_zero { Kind::Words } else { section.kind };
        match kind {
            Kind::Plain => match decimals.strip_prefix('-') {
                // The stored sign counts, however the section shows it.
                Some(bare) => format!("-{}{bare}{}", before.replace(['-', '(', ')'], ""), after.replace(['-', '(', ')'], "")),
                None => format!("{before}{decimals}{after}"),
            },
            Kind::Percent => format!("{before}{}%{after}", decimal(value * 100.0)),
            Kind::Date => date(value, epoch),
            Kind::Odd => odd(&decimals),
            // A zero that is shown as a dash is still the number that was typed; one that is shown as nothing is not seen.
            Kind::Words if decimals == "0" && !before.is_empty() && before.chars().all(|c| "-–—".contains(c)) => decimals,
            Kind::Words if decimals == "0" => before.clone(),
            Kind::Words => format!("显示为“{before}”的数{decimals}"),
        }
    }

    fn is_same(&self, other: &Option<Section>) -> bool {
        other.as_ref().is_none_or(|o| *o == self.positive && o.kind == Kind::Plain)
    }
}

/// The stored number with the words that a file shows beside it, where the file tells what is shown and not how.
pub(crate) fn beside(text: &str, value: f64) -> String {
    let decimals = decimal(value);
    let text = text.trim_matches(nianbao_form::figure::is_inkless);
    let bare = |t: &str| -> String { t.chars().filter(|c| !c.is_whitespace() && !"-()−+".contains(*c)).collect() };
    let Some(first) = text.find(|c: char| c.is_ascii_digit()) else {
        // As in `Shown`: a dash for zero is the zero that was typed, and a zero that is not shown is not there.
        return match (decimals == "0", bare(text).is_empty()) {
            (true, true) if text.is_empty() => String::new(),
            (true, true) => decimals,
            (true, false) => text.to_owned(),
            _ => format!("显示为“{text}”的数{decimals}"),
        };
    };
    let last = text.rfind(|c: char| c.is_ascii_digit()).unwrap_or(first);
    let digits: String = text[first..=last].chars().filter(|c| !matches!(c, ',' | ' ' | '\'' | '\u{a0}' | '\u{202f}')).collect();
    let (before, after) = (bare(&text[..first]), bare(&text[last + 1..]));
    let decimal_places = digits.split_once('.').map_or(0, |(_, f)| f.len());
    let rounded =
        digits.parse::<f64>().is_ok_and(|d| (d - value.abs()).abs() <= 0.5 * 10f64.powi(-(decimal_places as i32)) + 1e-9 * d);
    if !rounded || [&before, &after].iter().any(|t| t.chars().any(is_of_a_number)) {
        return odd(&decimals);
    }
    match decimals.strip_prefix('-') {
        Some(positive) => format!("-{before}{positive}{after}"),
        None => format!("{before}{decimals}{after}"),
    }
}

/// Words for a number that is not the one shown.
fn odd(decimals: &str) -> String {
    format!("显示与存储不同的数{decimals}")
}

/// One section, whether it has a condition, and whether another follows.
fn section(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (Section, bool, bool) {
    let mut out = Section { kind: Kind::Words, ..Section::default() };
    let (mut literal, mut inside) = (String::new(), String::new());
    let (mut digits, mut commas, mut point, mut exponent) = (false, 0, false, false);
    let mut zero = false;
    let (mut percent, mut date, mut condition, mut more, mut odd) = (false, false, false, false, false);
    while let Some(c) = rest.next() {
        match c {
            ';' => {
                more = true;
                break;
            }
            '"' => literal.extend(rest.by_ref().take_while(|c| *c != '"')),
            '\\' | '!' => literal.extend(rest.next()),
            // A blank as wide as a character, or filled with one.
            '_' | '*' => drop(rest.next()),
            '[' => {
                let inner: String = rest.by_ref().take_while(|c| *c != ']').collect();
                match inner.strip_prefix('$') {
                    Some(currency) => literal.push_str(currency.split('-').next().unwrap_or("")),
                    None if inner.starts_with(['<', '>', '=']) => condition = true,
                    None if !inner.is_empty() && inner.chars().all(|c| "hHmMsS".contains(c)) => date = true,
                    None => {}
                }
            }
            '0' | '#' | '?' => {
                if digits {
                    // Words between digits: what they mean is not known, but for blanks and marks of thousands.
                    inside.push_str(&literal);
                    literal.clear();
                } else {
                    out.before = std::mem::take(&mut literal);
                }
                odd |= commas > 0 && point;
                (digits, commas) = (true, 0);
                zero |= c == '0';
            }
            ',' if digits => commas += 1,
            '.' if digits || matches!(rest.peek(), Some('0' | '#' | '?')) => {
                odd |= commas > 0;
                point = true;
            }
            '%' | '‰' => percent = true,
            'E' | 'e' if digits && matches!(rest.peek(), Some('+' | '-')) => {
                rest.next();
                exponent = true;
            }
            'G' | 'g' if takes(rest, "eneral") || takes(rest, "/通用格式") => {
                out.before = std::mem::take(&mut literal);
                (digits, zero) = (true, true);
            }
            '@' => {
                out.before = std::mem::take(&mut literal);
                (digits, zero) = (true, true);
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'b' | 'B' | 'g' | 'e' | 'E' | 'a' | 'A' if !digits => {
                date = true
            }
            ' ' => literal.push(' '),
            c => literal.push(c),
        }
    }
    if digits {
        out.after = literal;
    } else {
        out.before = literal;
    }
    let trimmed = |t: &str| t.trim_matches(|c: char| c.is_whitespace()).to_owned();
    (out.before, out.after) = (trimmed(&out.before), trimmed(&out.after));
    // A fraction (`# ?/?`) and blanks or apostrophes between thousands are the number itself.
    odd |= inside.chars().any(|c| !matches!(c, ' ' | '\u{a0}' | '\'' | '’' | '/' | ','));
    odd |= commas > 0 || exponent && !digits;
    odd |= digits && [&out.before, &out.after].iter().any(|t| t.chars().any(is_of_a_number));
    out.hides_zero = digits && !zero && !inside.contains('/');
    out.kind = match () {
        () if date => Kind::Date,
        () if percent => Kind::Percent,
        () if odd => Kind::Odd,
        () if digits => Kind::Plain,
        () => Kind::Words,
    };
    if out.kind == Kind::Plain {
        // Brackets and signs of the sections for negative numbers are how the sign is shown.
        for text in [&mut out.before, &mut out.after] {
            text.retain(|c| !matches!(c, '(' | ')' | ' ' | '+' | '<' | '>' | '='));
        }
    }
    (out, condition, more)
}

/// Takes a word from the front of the rest, if it stands there, whatever its case.
fn takes(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, word: &str) -> bool {
    let mut ahead = rest.clone();
    let found = word.chars().all(|w| ahead.next().is_some_and(|c| c.to_lowercase().eq(w.to_lowercase())));
    if found {
        *rest = ahead;
    }
    found
}

/// Characters that beside digits would make another number of them.
fn is_of_a_number(c: char) -> bool {
    c.is_numeric() || matches!(c, '.' | ',' | '．' | '，' | '%' | '％' | '〇')
}

/// The exact decimals of a stored number without the noise of binary fractions: 15 significant digits, as the programs
/// that make workbooks keep them.
pub(crate) fn decimal(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{}", value as i64);
    }
    let text = format!("{value:.14e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let Ok(exponent) = exponent.parse::<i32>() else { return text };
    if !(-20..=30).contains(&exponent) {
        return text;
    }
    let negative = mantissa.starts_with('-');
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let point = exponent + 1;
    let mut out = String::from(if negative { "-" } else { "" });
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
        out.push_str(digits);
    } else {
        let whole = point as usize;
        out.extend(digits.chars().chain(std::iter::repeat('0')).take(whole));
        if digits.len() > whole {
            out.push('.');
            out.push_str(&digits[whole..]);
        }
    }
    out
}

/// A day in words, with the time where there is one.
fn date(value: f64, epoch: Epoch) -> String {
    let days = value.floor();
    let mut out = String::new();
    if (0.0..3_000_000.0).contains(&days) {
        // Day 60 of the old epoch is a 29 February that never was.
        let shift = match epoch {
            Epoch::Y1904 => 24_107,
            Epoch::Y1900 if days >= 60.0 => 25_569,
            Epoch::Y1900 => 25_568,
        };
        if days > 0.0 {
            let (year, month, day) = civil(days as i64 - shift);
            let _ = write!(out, "{year}年{month}月{day}日");
        }
    } else {
        return format!("无效日期{}", decimal(value));
    }
    let seconds = ((value - days) * 86_400.0).round() as u64;
    if seconds > 0 || out.is_empty() {
        let _ = write!(
            out,
            "{}{}:{:02}:{:02}",
            if out.is_empty() { "" } else { " " },
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        );
    }
    out
}

/// Year, month and day of a number of days since 1 January 1970 in the Gregorian calendar (Fliegel and Van Flandern, by
/// way of eras of 400 years).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_without_noise() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"),
            (12.0, "12"),
            (-0.0, "0"),
            (-3.0, "-3"),
            (98.4361, "98.4361"),
            (18_651.064_104, "18651.064104"),
            (1.0 / 3.0, "0.333333333333333"),
            (75_394_432.52, "75394432.52"),
            (1.1 * 3.0, "3.3"),
            (0.000_001, "0.000001"),
            (-0.05, "-0.05"),
            (1e21, "1000000000000000000000"),
            (123_456_789_012_345_680.0, "123456789012346000"),
        ] {
            assert_eq!(decimal(value), text);
        }
    }

    #[test]
    fn what_is_shown_beside_a_number() {
        for (text, value, want) in [
            ("12", 12.0, "12"),
            ("13", 12.5, "12.5"),
            ("1,234.50", 1234.5, "1234.5"),
            ("12件", 12.0, "12件"),
            ("¥984,361.00", 984_361.0, "¥984361"),
            ("12.5万元", 12.5, "12.5万元"),
            ("-", 0.0, "0"),
            ("", 0.0, ""),
            ("无", 0.0, "无"),
            ("是", 1.0, "显示为“是”的数1"),
            ("(7)", -7.0, "-7"),
            ("-7", -7.0, "-7"),
            ("12.3", 123_456.0, "显示与存储不同的数123456"),
            ("12%", 0.12, "显示与存储不同的数0.12"),
            ("Err:502", 0.0, "显示与存储不同的数0"),
            ("1.2E+03", 1200.0, "1200"),
        ] {
            assert_eq!(beside(text, value), want, "{text}");
        }
    }

    #[test]
    fn formats() {
        let table: [(&str, f64, &str); 47] = [
            ("General", 12.5, "12.5"),
            ("G/通用格式", 12.0, "12"),
            ("0", 12.5, "12.5"),
            ("#,##0", 1234.0, "1234"),
            ("#,##0.00_ ", 1234.5, "1234.5"),
            ("0_ ", 7.0, "7"),
            ("0_);[Red]\\(0\\)", -7.0, "-7"),
            ("0_);(0)", -7.0, "-7"),
            ("@", 12.0, "12"),
            ("0\"件\"", 12.0, "12件"),
            ("0件", 12.0, "12件"),
            ("0.00\"万元\"", 12.5, "12.5万元"),
            ("#,##0\"元\";-#,##0\"元\"", -3.0, "-3元"),
            ("\"¥\"#,##0.00", 984_361.0, "¥984361"),
            ("[$¥-804]#,##0.00", 984_361.0, "¥984361"),
            ("_ * #,##0_ ;_ * -#,##0_ ;_ * \"-\"_ ;_ @_ ", 0.0, "0"),
            ("_ * #,##0_ ;_ * -#,##0_ ;_ * \"-\"??_ ;_ @_ ", 12.0, "12"),
            ("_ * #,##0_ ;_ * -#,##0_ ;_ * \"-\"??_ ;_ @_ ", 0.0, "0"),
            ("0;-0;;@", 0.0, ""),
            ("#,###", 0.0, ""),
            ("#,##0", 0.0, "0"),
            ("# ?/?", 0.0, "0"),
            ("0;-0;\"无\"", 0.0, "无"),
            ("0;-0;\"无\"", 5.0, "5"),
            (";;;", 5.0, "显示为“”的数5"),
            ("0%", 0.12, "12%"),
            ("0.00%", 12.0, "1200%"),
            ("0!.0,", 123_456.0, "显示与存储不同的数123456"),
            ("0!.0,\"万\"", 123_456.0, "显示与存储不同的数123456"),
            ("0,", 12_000.0, "显示与存储不同的数12000"),
            ("0.0,,", 12_000.0, "显示与存储不同的数12000"),
            ("0\"1\"", 12.0, "显示与存储不同的数12"),
            ("00000", 12.0, "12"),
            ("000-0000", 12.0, "显示与存储不同的数12"),
            ("# ?/?", 12.5, "12.5"),
            ("0.00E+00", 12.0, "12"),
            ("[DBNum1][$-804]General", 12.0, "12"),
            ("[Red]0", 12.0, "12"),
            ("[>=10000]0!.0,\"万\";0", 12.0, "显示与存储不同的数12"),
            ("[=1]\"是\";[=0]\"否\"", 1.0, "显示与存储不同的数1"),
            ("yyyy/m/d", 44_927.0, "2023年1月1日"),
            ("m月d日", 44_928.0, "2023年1月2日"),
            ("yyyy\"年\"m\"月\"d\"日\" h:mm", 44_927.5, "2023年1月1日 12:00:00"),
            ("[h]:mm", 0.5, "12:00:00"),
            ("#\\ ##0", 1234.0, "1234"),
            ("", 12.0, "12"),
            ("0.00;[Red]0.00", -1.5, "-1.5"),
        ];
        for (code, value, text) in table {
            assert_eq!(Shown::parse(code).text(value, Epoch::Y1900), text, "{code}");
        }
        assert_eq!(Shown::parse("yyyy/m/d").text(1.0, Epoch::Y1900), "1900年1月1日");
        assert_eq!(Shown::parse("yyyy/m/d").text(61.0, Epoch::Y1900), "1900年3月1日");
        assert_eq!(Shown::parse("yyyy/m/d").text(0.0, Epoch::Y1904), "0:00:00");
        assert_eq!(Shown::parse("yyyy/m/d").text(43_465.0, Epoch::Y1904), "2023年1月1日");
        assert!(Shown::parse("General").is_plain() && Shown::parse("#,##0.00_ ").is_plain());
    }
}
