//! Page numbers and what else comes again on every page: running heads and feet are no part of the report.

use std::collections::HashMap;

use super::layout::{Item, Layout};
use super::lines::Line;

/// Share of a page's height, from the top and from the bottom, where such lines stand.
const EDGE: f32 = 0.13;
/// How far a line that comes again may move.
const SHIFT: f32 = 4.0;

/// Drops them.
pub(super) fn drop_margins(pages: &mut [Layout]) {
    let mut places: Vec<(usize, usize)> = Vec::new();
    places.extend(repeated(pages));
    places.extend(numbers(pages));
    for (at, page) in pages.iter_mut().enumerate() {
        let mut index = 0..;
        page.items.retain(|_| !index.next().is_some_and(|i| places.contains(&(at, i))));
    }
}

/// The outermost lines of a page: position among its items, and the line.
fn outer(page: &Layout) -> Vec<(usize, &Line)> {
    let edge = EDGE * page.height;
    fn line((at, item): (usize, &Item)) -> Option<(usize, &Line)> {
        if let Item::Line(l) = item { Some((at, l)) } else { None }
    }
    let top = page.items.iter().enumerate().map_while(line).take(3).filter(|(_, l)| l.middle < edge);
    let below = page.items.iter().enumerate().rev().map_while(line).take(3).filter(|(_, l)| l.middle > page.height - edge);
    let mut out: Vec<(usize, &Line)> = top.chain(below).collect();
    out.sort_by_key(|l| l.0);
    out.dedup_by_key(|l| l.0);
    out
}

/// Lines of words that stand at one place on most pages, but for their figures.
fn repeated(pages: &[Layout]) -> Vec<(usize, usize)> {
    let mut seen: HashMap<String, Vec<(usize, usize, f32)>> = HashMap::new();
    for (at, page) in pages.iter().enumerate() {
        for (item, line) in outer(page) {
            let key: String = line.text().chars().filter(|c| !c.is_whitespace() && !c.is_ascii_digit()).collect();
            if key.chars().filter(|c| c.is_alphabetic()).count() >= 4 {
                seen.entry(key).or_default().push((at, item, line.middle));
            }
        }
    }
    let enough = (pages.len() / 2).max(2);
    let mut out = Vec::new();
    for places in seen.into_values() {
        for (at, item, y) in &places {
            if places.iter().filter(|p| (p.2 - y).abs() < SHIFT).count() >= enough {
                out.push((*at, *item));
            }
        }
    }
    out
}

/// The number of a page as printed, and whether signs around it say what it is.
fn page_number(text: &str) -> Option<(u32, bool)> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '／' { '/' } else { c }).collect();
    let signs = |c: char| matches!(c, '-' | '—' | '–' | '―' | '－' | '─' | '~' | '·' | '•' | '[' | ']' | '第' | '页' | '|');
    let inner = bare.trim_matches(signs);
    let decorated = inner.len() != bare.len();
    let first =
        inner.split_once(['/', '共']).map_or(inner, |(first, _)| first).trim_matches(|c| signs(c) || matches!(c, ',' | '，'));
    let rest =
        inner.get(first.len()..)?.trim_matches(|c: char| signs(c) || c.is_ascii_digit() || matches!(c, '/' | '共' | ',' | '，'));
    let number = first.strip_prefix("Page").unwrap_or(first);
    let plain = (1..=4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && rest.is_empty();
    plain.then(|| Some((number.parse().ok()?, decorated || inner.len() != number.len())))?
}

/// Lines that count the pages: one on each at the edge, going up with them.
fn numbers(pages: &[Layout]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize, i64, bool)> = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        for (item, line) in outer(page) {
            if let Some((number, signs)) = page_number(&line.text()) {
                found.push((at, item, i64::from(number) - at as i64, signs));
            }
        }
    }
    let count = |shift: i64| found.iter().filter(|f| f.2 == shift).count();
    found
        .iter()
        .filter(|(_, _, shift, signs)| {
            count(*shift) >= 2 && 2 * count(*shift) >= pages.len() || (*signs && *shift == 1) || pages.len() == 1 && *shift == 1
        })
        .map(|f| (f.0, f.1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::page_number;

    #[test]
    fn numbers_of_pages() {
        for (text, want) in [
            ("- 2 -", Some((2, true))),
            ("— 14 —", Some((14, true))),
            ("3", Some((3, false))),
            ("第 3 页", Some((3, true))),
            ("第3页，共 12 页", Some((3, true))),
            ("3 / 12", Some((3, true))),
            ("第1页/共5页", Some((1, true))),
            ("12 34", Some((1234, false))),
            ("12345", None),
            ("一、总体情况", None),
            ("0.5", None),
            ("2023年", None),
        ] {
            assert_eq!(page_number(text), want, "{text}");
        }
    }
}
