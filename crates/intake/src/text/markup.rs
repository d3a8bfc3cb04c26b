//! Markup inside text: what Markdown writes around words, and web tables in the middle of it.

use std::borrow::Cow;

use super::lines::Line;
use crate::document::{Block, trim};
use crate::html;

/// Tags that stand inside words and are dropped.
const INLINE: [&str; 14] = ["u", "b", "i", "em", "strong", "span", "font", "small", "big", "center", "p", "div", "ins", "mark"];
/// A web table inside a text has at most so many lines.
const MAX_TABLE_LINES: usize = 20_000;

/// Words without the marks that Markdown sets around them: emphasis, links, tags, entities, escaped punctuation.
/// `<br>` breaks the line; digits set high are marks of notes and stay high.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&', '\\', '*', '_', '[', '#', '~', '^']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '<' => tag(rest, &mut out),
            '&' => entity(rest, &mut out),
            '[' => link(rest, &mut out),
            '*' | '_' | '~' if rest.chars().nth(1) == Some(c) => paired(rest, c, text),
            '^' => raised(rest, &mut out),
            '\\' => match rest.chars().nth(1) {
                // A stroke alone is a mark for none.
                Some(next) if next.is_ascii_punctuation() => {
                    out.push(next);
                    Some(2)
                }
                _ => None,
            },
            _ => None,
        };
        let taken = taken.unwrap_or_else(|| {
            out.push(c);
            c.len_utf8()
        });
        rest = rest.get(taken..).unwrap_or_default();
    }
    let inner = trim(&out);
    let stars = inner.strip_prefix('*').and_then(|t| t.strip_suffix('*'));
    Cow::Owned(stars.filter(|t| !t.is_empty() && !t.contains('*')).unwrap_or(inner).to_owned())
}

/// Drops `**`, `__` and `~~` that come in pairs.
fn paired(rest: &str, c: char, whole: &str) -> Option<usize> {
    let mark = [c, c].iter().collect::<String>();
    let pair = c != '~' && whole.matches(mark.as_str()).count() >= 2;
    pair.then_some(rest.len() - rest.strip_prefix(mark.as_str())?.len())
}

fn tag(rest: &str, out: &mut String) -> Option<usize> {
    let end = rest.char_indices().take(200).find(|(_, c)| *c == '>')?.0;
    let inside = rest.get(1..end)?.trim_end_matches('/').trim();
    let name = inside.trim_start_matches('/').split_whitespace().next()?.to_ascii_lowercase();
    match name.as_str() {
        "br" => out.push('\n'),
        "sup" if !inside.starts_with('/') => {
            let close = rest.get(end..)?.find("</sup>")? + end;
            raise(rest.get(end + 1..close)?, out);
            return Some(close + "</sup>".len());
        }
        name if INLINE.contains(&name) => {}
        _ => return None,
    }
    Some(end + 1)
}

fn entity(rest: &str, out: &mut String) -> Option<usize> {
    const ENTITIES: [(&str, &str); 8] = [
        ("&nbsp;", " "),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#160;", " "),
        ("&emsp;", " "),
        ("&ensp;", " "),
    ];
    let (name, text) = ENTITIES.into_iter().find(|(name, _)| rest.starts_with(name))?;
    out.push_str(text);
    Some(name.len())
}

/// `[words]{.underline}` and `[words](address)`.
fn link(rest: &str, out: &mut String) -> Option<usize> {
    let close = rest.char_indices().take(400).find(|(_, c)| *c == ']')?.0;
    let after = rest.get(close + 1..)?;
    let end = if after.starts_with('{') {
        after.find('}')?
    } else if ["(http", "(/", "(#", "(mailto", "(./", "(../"].iter().any(|s| after.starts_with(s)) {
        after.find(')')?
    } else {
        return None;
    };
    out.push_str(&plain(rest.get(1..close)?));
    Some(close + 1 + end + 1)
}

/// `^2^`, as pandoc writes what is set high.
fn raised(rest: &str, out: &mut String) -> Option<usize> {
    let end = rest.get(1..)?.char_indices().take(8).find(|(_, c)| *c == '^')?.0 + 1;
    raise(rest.get(1..end)?, out);
    Some(end + 1)
}

fn raise(text: &str, out: &mut String) {
    const HIGH: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    out.extend(text.chars().map(|c| c.to_digit(10).and_then(|d| HIGH.get(d as usize).copied()).unwrap_or(c)));
}

/// A line of Markdown as words: without the signs of headings, quotations and emphasis.
pub(super) fn words(line: &str) -> Cow<'_, str> {
    let text = trim(line);
    let hashes = text.chars().take_while(|c| *c == '#').count();
    let body = match text.get(hashes..) {
        Some(rest) if (1..=6).contains(&hashes) && rest.starts_with([' ', '\u{3000}', '\t']) => {
            trim(rest).trim_end_matches('#').trim_end()
        }
        _ => text.strip_prefix("> ").unwrap_or(text),
    };
    plain(body)
}

/// The blocks of a web table that begins in a line, and the line after its end.
pub(super) fn web_table(lines: &[Line<'_>], at: usize) -> Option<(Vec<Block>, usize)> {
    let first = lines.get(at)?.text;
    let start = trim(first);
    if !start.get(..6).is_some_and(|t| t.eq_ignore_ascii_case("<table")) {
        return None;
    }
    let mut depth = 0usize;
    let mut text = String::new();
    for (i, line) in lines.iter().enumerate().skip(at).take(MAX_TABLE_LINES) {
        let lower = line.text.to_ascii_lowercase();
        depth += lower.matches("<table").count();
        depth = depth.saturating_sub(lower.matches("</table").count());
        text.push_str(line.text);
        text.push('\n');
        if depth == 0 {
            return Some((html::read(&text).ok()?.blocks, i + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        for (text, want) in [
            ("**规章**", "规章"),
            ("<u>一、甲</u>", "一、甲"),
            ("[12]{.underline}", "12"),
            ("[福建省](http://x.cn/)", "福建省"),
            ("〔2019〕60号[注]", "〔2019〕60号[注]"),
            ("1\\.属于", "1.属于"),
            ("\\", "\\"),
            ("12<sup>1</sup>", "12¹"),
            ("12^①^", "12①"),
            ("本年<br/>新", "本年\n新"),
            ("0&nbsp;", "0"),
            ("*注*", "注"),
            ("2 * 3", "2 * 3"),
            ("a_b", "a_b"),
            ("<12>", "<12>"),
            ("~~12~~", "~~12~~"),
        ] {
            assert_eq!(plain(text), want, "{text}");
        }
        assert_eq!(words("## **二、甲**"), "二、甲");
        assert_eq!(words("#1"), "#1");
    }
}
