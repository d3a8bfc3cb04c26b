//! Several reports in one file: where the second one begins.

use nianbao_form::figure;

use crate::document::{Block, Document};
use crate::found::{Entry, Found};
use crate::refuse::Refusal;
use crate::tables;
use crate::title::{self, Title};
use crate::vocabulary::{Vocabulary, key};

/// The documents of a file: cut at every title of another agency or year below which tables of the form begin anew.
///
/// # Errors
/// Sections that begin anew with other figures while no title tells whose they are.
pub(crate) fn split(words: &Vocabulary<'_>, document: &Document, found: &Found<'_>) -> Result<Option<Vec<Document>>, Refusal> {
    let (Some(&first), Some(&last)) = (found.blocks.first(), found.blocks.last()) else { return Ok(None) };
    if !found.tables.values().any(|t| t.len() > 1) {
        return Ok(None);
    }
    let paragraph = |at: usize| match document.blocks.get(at) {
        Some(Block::Paragraph(p)) => p.text.as_str(),
        _ => "",
    };
    let mut titles: Vec<(usize, Title)> = Vec::new();
    for at in 0..=last {
        let Some(title) = title::parse(paragraph(at)) else { continue };
        let above = if at > 0 { paragraph(at - 1) } else { "" };
        if above.starts_with('附') || paragraph(at).starts_with('附') {
            continue;
        }
        // The agency in a line of its own above.
        let name = above.chars().count() <= 25 && !above.contains(|c: char| c.is_ascii_digit() || "年，。；：".contains(c));
        match title::parse(&format!("{above}{}", paragraph(at)))
            .filter(|t| name && title.agency.is_empty() && !t.agency.is_empty())
        {
            Some(whole) if !above.is_empty() => titles.push((at - 1, whole)),
            _ => titles.push((at, title)),
        }
    }
    let mut cuts: Vec<usize> = Vec::new();
    let mut now: Option<&Title> = titles.iter().rev().find(|t| t.0 < first).map(|t| &t.1);
    for (at, title) in titles.iter().filter(|t| t.0 > first) {
        if now.is_some_and(|n| differ(n, title)) && repeats(words, document, cuts.last().copied().unwrap_or(0), *at) {
            cuts.push(*at);
            now = Some(title);
        }
    }
    if cuts.is_empty() {
        return if restarts(words, document, &titles) { Err(mixed()) } else { Ok(None) };
    }
    let ends = cuts.iter().copied().skip(1).chain([document.blocks.len()]);
    let mut out = vec![Document { blocks: document.blocks[..cuts[0]].to_vec(), ..document.clone() }];
    out.extend(cuts.iter().zip(ends).map(|(start, end)| part(document, *start, end)));
    Ok(Some(out))
}

fn differ(a: &Title, b: &Title) -> bool {
    let years = a.year.is_some() && b.year.is_some() && a.year != b.year;
    let (x, y) = (a.agency.as_str(), b.agency.as_str());
    years || (!x.is_empty() && !y.is_empty() && !x.ends_with(y) && !y.ends_with(x))
}

/// The blocks of a document from one to another.
fn part(document: &Document, from: usize, to: usize) -> Document {
    Document { blocks: document.blocks[from..to].to_vec(), ragged: document.ragged, ..Document::default() }
}

/// Whether a table of the form stands on both sides of a place.
fn repeats(words: &Vocabulary<'_>, document: &Document, start: usize, at: usize) -> bool {
    let (before, after) = (part(document, start, at), part(document, at, document.blocks.len()));
    let (before, after) = (tables::read(words, &before, false).tables, tables::read(words, &after, false).tables);
    before.keys().any(|t| after.contains_key(t))
}

/// Whether the first section begins a second time below filled tables, with other figures and no title of its own.
fn restarts(words: &Vocabulary<'_>, document: &Document, titles: &[(usize, Title)]) -> bool {
    let is_first = |b: &Block| matches!(b, Block::Paragraph(p) if p.text.len() <= 120 && words.titles.is_first(&key(&p.text)));
    let starts: Vec<usize> = (0..document.blocks.len()).filter(|at| is_first(&document.blocks[*at])).collect();
    starts.windows(2).any(|w| {
        let (start, at) = (w[0], w[1]);
        if titles.iter().any(|t| (start..at).contains(&t.0)) {
            return false;
        }
        let (before, after) = (part(document, start, at), part(document, at, document.blocks.len()));
        let (before, after) = (tables::read(words, &before, false).tables, tables::read(words, &after, false).tables);
        before.iter().filter_map(|(t, i)| Some((i.last()?, after.get(t)?.first()?))).any(|(a, b)| {
            let other = |(cell, e): &(nianbao_form::Cell, Entry<'_>)| {
                b.cells.get(*cell).is_some_and(|o| o.raw != e.raw && !figure::is_blank(&o.raw) && !figure::is_blank(&e.raw))
            };
            a.cells.iter().any(other)
        })
    })
}

pub(crate) fn mixed() -> Refusal {
    Refusal::unreadable(
        "文件中有两份报告的表格，且第二份没有标题，无法确认各属哪个单位、哪一年，请分成两个文件报送",
        "the file holds the tables of two reports and no title tells whose the second are; send each in a file of its own",
    )
}
