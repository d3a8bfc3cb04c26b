//! The one label normaliser: what makes two printed labels the same label.

use unicode_normalization::UnicodeNormalization;

/// Folds a printed label: compatibility forms (NFKC), white space and invisible characters dropped, quotation marks and
/// dashes made alike, brackets and punctuation in ASCII, letters in lower case.
///
/// ```
/// use nianbao_form::label;
/// assert_eq!(label::fold("（一）予以\n公开"), label::fold("(一) 予以公开"));
/// ```
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc() {
        if matches!(c, '\u{4E00}'..='\u{9FFF}') {
            // Most of every label, and unchanged by all that follows.
            out.push(c);
            continue;
        }
        if c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{2060}' | '\u{00AD}') {
            continue;
        }
        match c {
            '“' | '”' | '"' | '„' | '‟' | '「' | '」' | '『' | '』' | '＂' => out.push('"'),
            '‘' | '’' | '\'' | '`' => out.push('\''),
            '、' | '，' | ',' | '､' => out.push(','),
            '。' | '．' | '.' | '·' | '•' => out.push('.'),
            '：' | ':' => out.push(':'),
            '；' | ';' => out.push(';'),
            '—' | '–' | '―' | '─' | '－' | '‐' | '‑' | '−' => out.push('-'),
            '【' | '〔' | '［' | '[' => out.push('['),
            '】' | '〕' | '］' | ']' => out.push(']'),
            _ => out.extend(c.to_lowercase()),
        }
    }
    out
}

const CHINESE_DIGITS: &str = "〇零一二三四五六七八九十百";

/// [`fold`] without a leading number such as `一、`, `（三）`, `2.` or `第一项`, without trailing colons and full stops,
/// and without quotation marks and commas, which agencies put where they like.
///
/// ```
/// use nianbao_form::label;
/// assert_eq!(label::key("3.危及“三安全一稳定”"), label::key("3、危及三安全一稳定"));
/// assert_eq!(label::key("（七）总计"), "总计");
/// ```
pub fn key(text: &str) -> String {
    let folded = fold(text);
    let stripped = strip_number(&folded);
    stripped.trim_end_matches([':', '.', ';']).chars().filter(|c| !matches!(c, '"' | '\'' | ',')).collect()
}

/// Drops a leading list number from folded text. A label that is nothing but a number is left alone.
pub fn strip_number(folded: &str) -> &str {
    match split_number(folded) {
        Some((_, rest)) if !rest.is_empty() => rest,
        _ => folded,
    }
}

/// The leading list number of folded text and what follows it: `"(三)不予公开"` is `("三", "不予公开")`.
pub fn split_number(folded: &str) -> Option<(&str, &str)> {
    let is_digit = |c: char| c.is_ascii_digit() || CHINESE_DIGITS.contains(c);
    if let Some(rest) = folded.strip_prefix('(') {
        let (inside, after) = rest.split_once(')')?;
        return (!inside.is_empty() && inside.chars().all(is_digit)).then_some((inside, after));
    }
    let end = folded.find(|c| !is_digit(c))?;
    if end == 0 {
        return None;
    }
    let after = &folded[end..];
    let rest = after.strip_prefix([',', '.', ':', ')']);
    rest.map(|rest| (&folded[..end], rest))
}

/// How far a printed label is from one of the form's: the restricted Damerau–Levenshtein distance of their keys.
pub fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_front() {
        for (text, want) in [
            ("一、本年新收", "本年新收"),
            ("(一)予以公开", "予以公开"),
            ("1.属于国家秘密", "属于国家秘密"),
            ("2、重复申请", "重复申请"),
            ("十一、其他", "其他"),
            ("三安全", "三安全"),
            ("总计", "总计"),
            ("2020年", "2020年"),
        ] {
            assert_eq!(strip_number(&fold(text)), fold(want), "{text}");
        }
    }
}
