//! The lines of a text: where they end, where they stand, how wide their characters are.

use nianbao_form::Place;
use unicode_width::UnicodeWidthChar;

use crate::document::trim;
use crate::refuse::Refusal;

/// A text is not read if it is longer than this many bytes, or has more lines than [`MAX_LINES`]: a thousand times what
/// the longest report has.
const MAX_TEXT: usize = 32 << 20;
const MAX_LINES: usize = 500_000;

/// A line, or a piece of one that a page break or a character for line breaks of another system ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// Its text, without what ended it.
    pub text: &'t str,
    /// The number that an editor shows, from 1: line feeds and carriage returns count.
    pub number: u32,
    /// Characters of that line in front of the piece.
    pub before: u32,
}

impl Line<'_> {
    /// Where the line begins.
    pub(super) fn place(&self) -> Place {
        if self.before == 0 { Place::Line(self.number) } else { Place::LineAt(self.number, self.before + 1) }
    }

    pub(super) fn is_blank(&self) -> bool {
        nianbao_form::figure::is_blank(self.text)
    }
}

/// Places on one line in order, so that its characters are counted once.
#[derive(Debug)]
pub(super) struct Cursor<'l> {
    line: Line<'l>,
    byte: usize,
    characters: u32,
}

impl<'l> Cursor<'l> {
    pub(super) fn new(line: Line<'l>) -> Cursor<'l> {
        Cursor { line, byte: 0, characters: 0 }
    }

    /// The place of a byte behind those asked for before.
    pub(super) fn at(&mut self, byte: usize) -> Place {
        let between = self.line.text.get(self.byte..byte).unwrap_or_default();
        self.characters += between.chars().count() as u32;
        self.byte = self.byte.max(byte);
        Place::LineAt(self.line.number, self.line.before + self.characters + 1)
    }
}

/// Splits a text at LF, CR LF and CR, and their pieces at form feeds, NEL and the separators of Unicode. A vertical tab
/// ends a piece too, except in a row with tabs, where it breaks the line inside a cell.
///
/// # Errors
/// A text that is longer than any report can be.
pub(super) fn split(text: &str) -> Result<Vec<Line<'_>>, Refusal> {
    if text.len() > MAX_TEXT || memchr::memchr2_iter(b'\n', b'\r', text.as_bytes()).nth(2 * MAX_LINES).is_some() {
        return Err(Refusal::too_large());
    }
    let mut out = Vec::new();
    let mut number = 0;
    let mut rest = text;
    loop {
        let end = memchr::memchr2(b'\n', b'\r', rest.as_bytes());
        number += 1;
        pieces(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default(), number, &mut out);
        if out.len() > MAX_LINES {
            return Err(Refusal::too_large());
        }
        let Some(end) = end else { return Ok(out) };
        let skip = if rest.as_bytes().get(end..end + 2) == Some(b"\r\n") { 2 } else { 1 };
        rest = rest.get(end + skip..).unwrap_or_default();
    }
}

fn pieces<'t>(line: &'t str, number: u32, out: &mut Vec<Line<'t>>) {
    let tabs = line.contains('\t');
    let ends = |c: char| matches!(c, '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}') || (c == '\u{b}' && !tabs);
    let mut before = 0;
    for (at, piece) in line.split(ends).enumerate() {
        if at > 0 && out.len() > MAX_LINES {
            return;
        }
        let (characters, text) = (piece.chars().count() as u32, without_bookmark(piece));
        out.push(Line { text, number, before: before + characters - text.chars().count() as u32 });
        before += characters + 1;
    }
}

/// Drops the marks that programs leave which turn Word files into text: `[bookmark: _GoBack]`.
fn without_bookmark(line: &str) -> &str {
    let mark = line.strip_prefix("[bookmark:").and_then(|rest| rest.split_once(']'));
    mark.map_or(line, |(_, rest)| rest)
}

/// Whether a line is the number of a page: `— 5 —`, `-5-`, `第 5 页 共 7 页`. A number alone may be a figure.
pub(crate) fn is_page_number(line: &str) -> bool {
    let text = trim(line);
    if text.len() > 60 {
        return false;
    }
    let bare: String = text.chars().filter(|c| !nianbao_form::figure::is_inkless(*c)).collect();
    let is_dash = |c: char| matches!(c, '-' | '—' | '–' | '―' | '－' | '─' | '~' | '～' | '·' | '•');
    let digits =
        |t: &str| (1..=4).contains(&t.chars().count()) && t.chars().all(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let inner = bare.trim_matches(is_dash);
    let framed = bare.starts_with(is_dash) && bare.ends_with(is_dash) && digits(inner);
    let said = |t: &str| t.strip_prefix('第').and_then(|t| t.strip_suffix('页')).is_some_and(digits);
    let of = |t: &str| t.strip_prefix('共').and_then(|t| t.strip_suffix('页')).is_some_and(digits);
    framed || said(&bare) || bare.split_once(['/', ',', '，']).is_some_and(|(a, b)| said(a) && of(b)) || {
        bare.find('共').is_some_and(|at| bare.get(..at).is_some_and(said) && bare.get(at..).is_some_and(of))
    }
}

/// How wide characters are: programs that print columns count them in one of these ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// Chinese characters two wide, those of ambiguous width one (UAX 11).
    Narrow,
    /// Chinese characters and those of ambiguous width two wide.
    Wide,
    /// Every character one wide.
    Characters,
}

impl Measure {
    pub(super) const ALL: [Measure; 3] = [Measure::Narrow, Measure::Wide, Measure::Characters];

    /// Width of a character.
    pub(super) fn of(self, c: char) -> usize {
        match self {
            Measure::Narrow => c.width().unwrap_or(0),
            Measure::Wide => c.width_cjk().unwrap_or(0),
            Measure::Characters => 1,
        }
    }

    /// Width of a text.
    pub(super) fn width(self, text: &str) -> usize {
        text.chars().map(|c| self.of(c)).sum()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ends_of_lines() {
        let text = "a\r\nb\rc\n\u{c}d\u{85}e\u{2028}f\u{b}g\nh\ti\u{b}j\n";
        let got: Vec<(String, u32, u32)> = split(text).unwrap().iter().map(|l| (l.text.to_owned(), l.number, l.before)).collect();
        let want = [("a", 1, 0), ("b", 2, 0), ("c", 3, 0), ("", 4, 0), ("d", 4, 1), ("e", 4, 3), ("f", 4, 5), ("g", 4, 7)];
        let mut want: Vec<(String, u32, u32)> = want.iter().map(|(t, n, b)| ((*t).to_owned(), *n, *b)).collect();
        want.push(("h\ti\u{b}j".into(), 5, 0));
        want.push((String::new(), 6, 0));
        assert_eq!(got, want);
    }

    #[test]
    fn page_numbers() {
        for text in ["— 5 —", "-12-", " - 3 - ", "－ 4 －", "第 5 页", "第5页 共7页", "第5页/共7页", "·3·"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["5", "-18", "— —", "——", "第五页的数", "2020-12-31", "12/3", ""] {
            assert!(!is_page_number(text), "{text}");
        }
    }
}
