//! The one label normaliser: what makes two printed labels the same label.

use unicode_normalization::UnicodeNormalization;

pub use crate::variants::plain_form;

/// Folds a printed label: compatibility forms (NFKC), traditional characters and variants in their common form, white
/// space and invisible characters dropped, quotation marks and dashes made alike, brackets and punctuation in ASCII,
/// circled numbers in brackets, letters in lower case.
///
/// ```
/// use nianbao_form::label;
/// assert_eq!(label::fold("（一）予以\n公开"), label::fold("(一) 予以公开"));
/// assert_eq!(label::fold("①無法提供"), "(1)无法提供");
/// ```
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Most of every label needs no tables: letters of the common block, ASCII, its full-width forms, punctuation.
    for c in text.chars() {
        match c {
            '\u{4E00}'..='\u{9FFF}' => out.push(plain_form(c)),
            '\u{FF01}'..='\u{FF5E}' => fold_one(char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c), &mut out),
            '\0'..='\u{7F}' | '\u{2000}'..='\u{201F}' | '\u{3000}'..='\u{301F}' => fold_one(c, &mut out),
            _ => {
                out.clear();
                fold_unusual(text, &mut out);
                break;
            }
        }
    }
    out
}

fn fold_unusual(text: &str, out: &mut String) {
    let circled = |c: char| matches!(c, '\u{2460}'..='\u{2473}' | '\u{2776}'..='\u{277F}' | '\u{24F5}'..='\u{24FE}');
    if !text.contains(circled) {
        text.nfkc().for_each(|c| fold_one(c, out));
        return;
    }
    for c in text.chars() {
        if circled(c) {
            out.push('(');
            let number = match c {
                '\u{2776}'..='\u{277F}' => u32::from(c) - 0x2775,
                '\u{24F5}'..='\u{24FE}' => u32::from(c) - 0x24F4,
                _ => u32::from(c) - 0x245F,
            };
            out.push_str(&number.to_string());
            out.push(')');
        } else {
            std::iter::once(c).nfkc().for_each(|c| fold_one(c, out));
        }
    }
}

fn fold_one(c: char, out: &mut String) {
    if c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{2060}' | '\u{00AD}') {
        return;
    }
    match c {
        '“' | '”' | '"' | '„' | '‟' | '「' | '」' | '『' | '』' | '〝' | '〞' => out.push('"'),
        '‘' | '’' | '\'' | '`' | '‛' => out.push('\''),
        '、' | '，' | ',' | '､' => out.push(','),
        '。' | '．' | '.' | '·' | '•' | '・' => out.push('.'),
        '：' | ':' => out.push(':'),
        '；' | ';' => out.push(';'),
        '—' | '–' | '―' | '─' | '－' | '‐' | '‑' | '‒' | '−' | '﹣' => out.push('-'),
        '【' | '〔' | '［' | '[' | '〖' => out.push('['),
        '】' | '〕' | '］' | ']' | '〗' => out.push(']'),
        '\u{2E80}'..='\u{9FFF}' => out.push(plain_form(c)),
        _ => out.extend(c.to_lowercase()),
    }
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
    let mut folded = fold(text);
    // A number of the group may stand before the label's own: （三）1.属于国家秘密.
    let mut stripped = folded.as_str();
    for _ in 0..3 {
        let rest = strip_number(stripped);
        if rest.len() == stripped.len() {
            break;
        }
        stripped = rest;
    }
    let start = folded.len() - stripped.len();
    let end = start + stripped.trim_end_matches([':', '.', ';']).len();
    folded.truncate(end);
    folded.drain(..start);
    folded.retain(|c| !matches!(c, '"' | '\'' | ','));
    folded
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
        for (text, want) in [
            ("（三）1.属于国家秘密", "属于国家秘密"),
            ("②重複申請", "重复申请"),
            ("⑴予以公開", "予以公开"),
            ("㈠ 予以公开：", "予以公开"),
            ("１．屬於國家秘密", "属于国家秘密"),
            ("3.危及「三安全一穩定」", "危及三安全一稳定"),
            ("一", "一"),
        ] {
            assert_eq!(key(text), want, "{text}");
        }
    }

    /// Folding letter by letter is the same as folding the compatibility form of the whole.
    #[test]
    fn compatibility_forms() {
        for text in ["Ａ１（，）：；", "㎡№㈠⼀⼈⻔", "ﬁ½", "e\u{301}", "自然⼈", "\u{3000}\u{A0}x\u{2003}", "ｶﾞ", "豈更"]
        {
            let whole: String = text.nfkc().collect();
            assert_eq!(fold(text), fold(&whole), "{text}");
        }
    }
}
