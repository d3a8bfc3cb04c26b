//! Chinese numerals: 三十二, 一百零五, 一万二千, and years such as 二〇二一年.

/// Whether a character belongs to Chinese numerals.
pub(crate) fn is_numeral(c: char) -> bool {
    digit(c).is_some() || unit(c).is_some() || matches!(c, '廿' | '卅')
}

fn digit(c: char) -> Option<i64> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn unit(c: char) -> Option<i64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// The value of a Chinese numeral below 10¹²; `None` where it is not written as the language writes numbers (一百五 may
/// be 105 or 150).
///
/// ```
/// use nianbao_form::figure::chinese;
/// assert_eq!(chinese("一万二千"), Some(12_000));
/// assert_eq!(chinese("一百五"), None);
/// ```
pub fn chinese(text: &str) -> Option<i64> {
    if text.is_empty() || text.chars().count() > 24 {
        return None;
    }
    if text.contains(['廿', '卅']) {
        return chinese(&text.replace('廿', "二十").replace('卅', "三十"));
    }
    if text.chars().all(|c| digit(c).is_some()) {
        let digits: Vec<i64> = text.chars().filter_map(digit).collect();
        // 三二 may be two numbers; a zero inside or the four digits of a year may not.
        let certain = digits.len() == 1 || (digits[0] != 0 && (digits.contains(&0) || digits.len() >= 4));
        return (certain && digits.len() <= 11).then(|| digits.iter().fold(0, |n, d| n * 10 + d));
    }
    let (mut total, mut section, mut current) = (0i64, 0i64, None);
    for c in text.chars() {
        if let Some(d) = digit(c) {
            current = Some(d);
            continue;
        }
        let u = unit(c)?;
        if u < 10_000 {
            section += current.take().unwrap_or(1) * u;
        } else {
            section += current.take().unwrap_or(0);
            if u == 100_000_000 {
                total = (total + section).checked_mul(u)?;
            } else {
                total += section * u;
            }
            section = 0;
        }
    }
    let value = total.checked_add(section + current.unwrap_or(0))?;
    (value < 1_000_000_000_000 && plain(&chinese_text(value)) == plain(text)).then_some(value)
}

/// One spelling of each numeral, for comparison: 两 is 二, 〇 is 零, a leading 一十 is 十, 百十 is 百一十.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 3);
    for c in text.chars() {
        let c = match (digit(c), unit(c)) {
            (Some(d), _) => DIGITS[d as usize],
            (_, Some(10)) => '十',
            (_, Some(100)) => '百',
            (_, Some(1000)) => '千',
            _ => c,
        };
        if c == '十' && !out.ends_with(|p| digit(p).is_some_and(|d| d > 0)) {
            out.push('一');
        }
        out.push(c);
    }
    out
}

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// A number as a Chinese numeral: `12000` is 一万二千.
pub fn chinese_text(n: i64) -> String {
    if n < 0 {
        return format!("负{}", chinese_text(n.saturating_neg()));
    }
    if n == 0 {
        return "零".into();
    }
    let mut out = String::new();
    let mut gap = false;
    for (scale, name) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
        let part = n / scale % if scale == 100_000_000 { i64::MAX } else { 10_000 };
        if part == 0 {
            gap |= !out.is_empty();
            continue;
        }
        if !out.is_empty() && (gap || part < 1000) {
            out.push('零');
        }
        gap = false;
        if part >= 10_000 {
            out.push_str(&chinese_text(part));
        } else {
            thousands(&mut out, part);
        }
        out.push_str(name);
    }
    match out.strip_prefix("一十") {
        Some(rest) => format!("十{rest}"),
        None => out,
    }
}

fn thousands(out: &mut String, part: i64) {
    let (mut begun, mut gap) = (false, false);
    for (scale, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let d = part / scale % 10;
        if d == 0 {
            gap |= begun;
            continue;
        }
        if gap {
            out.push('零');
        }
        gap = false;
        begun = true;
        out.push(DIGITS[d as usize]);
        out.push_str(name);
    }
}

/// The year that a text such as `2021年`, `二〇二一年度` or `2021` begins with, if it is one of 1990 to 2099.
///
/// ```
/// use nianbao_form::figure::year;
/// assert_eq!(year("二〇二一年度"), Some(2021));
/// assert_eq!(year("２０２０年"), Some(2020));
/// assert_eq!(year("20201"), None);
/// ```
pub fn year(text: &str) -> Option<u16> {
    let mut value = 0u16;
    let mut count = 0;
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    let mut next = chars.next();
    while let Some(c) = next {
        let d = match c {
            '0'..='9' => c as u16 - '0' as u16,
            '０'..='９' => c as u16 - '０' as u16,
            'O' | 'o' | '○' | '◯' if count > 0 => 0,
            c => match digit(c) {
                Some(d) => d as u16,
                None => break,
            },
        };
        count += 1;
        if count > 4 {
            return None;
        }
        value = value * 10 + d;
        next = chars.next();
    }
    (count == 4 && (1990..=2099).contains(&value)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        for (text, want) in [
            ("十", Some(10)),
            ("十二", Some(12)),
            ("一十二", Some(12)),
            ("二十", Some(20)),
            ("一百零五", Some(105)),
            ("一百〇五", Some(105)),
            ("一百一十", Some(110)),
            ("一百十", Some(110)),
            ("两千零三", Some(2003)),
            ("一万零五十", Some(10_050)),
            ("十二万三千四百五十六", Some(123_456)),
            ("一亿零一", Some(100_000_001)),
            ("一百五", None),
            ("百", None),
            ("十百", None),
            ("二三", None),
            ("二〇", Some(20)),
            ("万", None),
            ("零五", None),
            ("廿三", Some(23)),
            ("一百卅", Some(130)),
            ("二廿", None),
        ] {
            assert_eq!(chinese(text), want, "{text}");
        }
    }
}
