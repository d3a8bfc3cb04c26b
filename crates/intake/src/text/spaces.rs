//! Columns aligned with blanks, as programs print a table with letters of one width.
//!
//! A table is made of lines only where position leaves no choice: every figure below one heading, no two figures of a
//! line in one column, and the same columns however wide the characters are taken to be. Other lines stay words; where
//! labels can tell, the matcher reads them.

use super::lines::{Cursor, Line, Measure, is_page_number};
use super::{Table, cell, is_number};
use crate::document::{Down, MAX_COLUMNS, RawCell, trim};

/// Lines of a block, and bytes of a line.
const MAX_LINES: usize = 400;
const MAX_LINE: usize = 4096;

/// A piece of a line between wide gaps: its text and its first byte.
#[derive(Clone, Copy, Debug)]
struct Segment<'t> {
    text: &'t str,
    at: usize,
}

/// A line taken apart: labels or headings first, figures last.
struct Row<'t> {
    line: Line<'t>,
    segments: Vec<Segment<'t>>,
    /// How many of the segments are no figures.
    labels: usize,
}

impl Row<'_> {
    fn is_head(&self) -> bool {
        self.labels == self.segments.len()
    }
}

/// What lines with wide gaps are.
pub(super) enum Block {
    /// Tables.
    Tables(Vec<Table>),
    /// Words: position does not tell.
    Words,
}

/// Looks at the block of lines with wide gaps that begins at a line; tells the line after its last.
pub(super) fn block(lines: &[Line<'_>], at: usize) -> Option<(Block, usize)> {
    let first = row(lines.get(at)?).filter(|r| r.segments.len() > 1)?;
    let mut rows = vec![first];
    // The line behind each row.
    let mut behind = vec![at + 1];
    let mut seen = at + 1;
    while let Some(line) = lines.get(seen).filter(|_| seen - at < MAX_LINES) {
        seen += 1;
        if line.is_blank() || is_page_number(line.text) {
            if behind.last().is_some_and(|b| seen - b > 3) {
                break;
            }
            continue;
        }
        let Some(next) = row(line) else { break };
        if next.segments.len() < 2 && !is_label_part(next.segments[0].text) {
            break;
        }
        rows.push(next);
        behind.push(seen);
    }
    while rows.len() > 1 && rows.last().is_some_and(|r| r.segments.len() < 2) {
        rows.pop();
        behind.pop();
    }
    let end = behind.last().copied().unwrap_or(at + 1);
    if rows.iter().filter(|r| r.segments.len() > 1).count() < 2 {
        return Some((Block::Words, end));
    }
    let mut found: Option<Vec<Layout>> = None;
    for measure in Measure::ALL {
        let Some(layouts) = layouts(&rows, measure) else { continue };
        match &found {
            None => found = Some(layouts),
            Some(other) if same(other, &layouts) => {}
            Some(_) => return Some((Block::Words, end)),
        }
    }
    let Some(layouts) = found else { return Some((Block::Words, end)) };
    Some((Block::Tables(layouts.iter().map(|l| table(&rows, l)).collect()), end))
}

/// A short line among those of a table that may be part of a label: not a sentence, not a heading.
fn is_label_part(text: &str) -> bool {
    let heading = text
        .split_once('、')
        .is_some_and(|(n, _)| (1..=3).contains(&n.chars().count()) && n.chars().all(|c| "一二三四五六七八九十".contains(c)));
    !text.contains('。') && text.chars().count() <= 40 && !heading
}

fn row<'t>(line: &Line<'t>) -> Option<Row<'t>> {
    let text = line.text;
    if text.len() > MAX_LINE || text.contains(['\t', '|']) {
        return None;
    }
    let mut segments: Vec<Segment<'_>> = Vec::new();
    let (mut gap, mut start, mut last) = (2, None, 0);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            gap += if c == '\u{3000}' { 2 } else { 1 };
            continue;
        }
        if gap >= 2 {
            if let Some(start) = start {
                segments.push(Segment { text: &text[start..last], at: start });
            }
            start = Some(at);
        }
        (gap, last) = (0, at + c.len_utf8());
    }
    let start = start?;
    segments.push(Segment { text: &text[start..last], at: start });
    let labels = segments.len() - segments.iter().rev().take_while(|s| is_number(s.text)).count();
    (segments.len() <= MAX_COLUMNS).then_some(Row { line: *line, segments, labels })
}

/// The columns of one head and the rows below it.
struct Layout {
    /// Rows of the block.
    rows: std::ops::Range<usize>,
    /// Cells in front of the figures.
    labels: usize,
    /// How many columns of figures there are.
    columns: usize,
    /// For each row and segment the columns that it covers.
    places: Vec<Vec<(usize, usize)>>,
}

fn same(a: &[Layout], b: &[Layout]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.rows == b.rows && a.columns == b.columns && a.places == b.places)
}

/// The tables of a block, each with its head; `None` where one of them is not certain.
fn layouts(rows: &[Row<'_>], measure: Measure) -> Option<Vec<Layout>> {
    let mut out = Vec::new();
    let mut start = 0;
    for at in 1..=rows.len() {
        // A head row below figures begins another table.
        let begins =
            rows.get(at).is_none_or(|r| r.is_head() && r.segments.len() > 1 && rows[start..at].iter().any(|r| !r.is_head()));
        if begins {
            out.push(layout(rows, start..at, measure)?);
            start = at;
        }
    }
    Some(out)
}

type Span = (usize, usize);

fn overlap(a: Span, b: Span) -> bool {
    a.0 < b.1 && b.0 < a.1
}

fn layout(rows: &[Row<'_>], range: std::ops::Range<usize>, measure: Measure) -> Option<Layout> {
    let part = rows.get(range.clone())?;
    let spans: Vec<Vec<Span>> = part.iter().map(|r| spans(r, measure)).collect();
    let figures = |i: usize| spans[i][part[i].labels..].iter().copied();
    // Columns: what figures that stand over one another cover.
    let mut columns: Vec<Span> = Vec::new();
    for span in (0..part.len()).flat_map(figures) {
        let mut whole = span;
        columns.retain(|c| {
            let meets = overlap(*c, whole);
            if meets {
                whole = (whole.0.min(c.0), whole.1.max(c.1));
            }
            !meets
        });
        columns.push(whole);
    }
    columns.sort_unstable();
    let first = columns.first()?.0;
    let distinct = |spans: &mut dyn Iterator<Item = Span>| {
        let at: Vec<usize> = spans.filter_map(|s| columns.iter().position(|c| overlap(*c, s))).collect();
        at.windows(2).all(|w| w[0] < w[1])
    };
    if !(0..part.len()).all(|i| distinct(&mut figures(i))) {
        return None;
    }
    // Figures that stand below their label and not beside it would make a row of blanks of the label.
    let body = || part.iter().filter(|r| !r.is_head());
    if body().any(|r| r.labels == 0) && body().any(|r| r.labels > 0) {
        return None;
    }
    // Labels end where figures begin, and a head stands over every column.
    let fits = |i: usize| part[i].is_head() || spans[i][..part[i].labels].iter().all(|s| s.1 <= first);
    let heads: Vec<Span> = (0..part.len())
        .filter(|i| part[*i].is_head() && part[*i].segments.len() > 1)
        .flat_map(|i| spans[i].iter().copied())
        .collect();
    if !(0..part.len()).all(fits) || heads.is_empty() || !part[0].is_head() {
        return None;
    }
    let alone = |c: &Span| heads.iter().any(|h| columns.iter().filter(|o| overlap(**o, *h)).count() == 1 && overlap(*c, *h));
    if !columns.iter().all(alone) {
        return None;
    }
    // Headings with no figure below them are columns too, if headings and figures begin or end at the same place; left of
    // the figures only where labels end before them and have a heading of their own.
    let last_label = |i: &usize| part[*i].labels.checked_sub(1).and_then(|l| spans[*i].get(l)).map_or(0, |s| s.1);
    let label_end = (0..part.len()).filter(|i| !part[*i].is_head()).map(|i| last_label(&i)).max().unwrap_or(0);
    let labelled = heads.iter().any(|h| h.0 < label_end);
    let from = if labelled { label_end.min(first) } else { first };
    let mut bare: Vec<Span> = Vec::new();
    // Lower headings are the columns', upper ones may stand over several.
    for i in (0..part.len()).rev().filter(|i| part[*i].is_head() && part[*i].segments.len() > 1) {
        let free = |h: &Span| h.0 >= from && !columns.iter().chain(&bare).any(|c| overlap(*c, *h));
        let found: Vec<Span> = spans[i].iter().copied().filter(free).collect();
        bare.extend(found);
    }
    let whole = columns.len();
    let full = (0..part.len()).any(|i| figures(i).count() == whole);
    let partial = (0..part.len()).any(|i| !part[i].is_head() && figures(i).count() < whole);
    if (!bare.is_empty() || partial || !full)
        && !aligned(&columns, &heads, &(0..part.len()).flat_map(figures).collect::<Vec<_>>())
    {
        return None;
    }
    columns.extend(bare);
    columns.sort_unstable();
    let labels = part.iter().filter(|r| !r.is_head()).map(|r| r.labels).max().unwrap_or(0);
    let mut places = Vec::with_capacity(part.len());
    for (at, row) in part.iter().enumerate() {
        let own = &spans[at];
        let mut line = Vec::with_capacity(own.len());
        for (i, span) in own.iter().enumerate() {
            let over: Vec<usize> = (0..columns.len()).filter(|c| overlap(columns[*c], *span)).collect();
            line.push(match (over.first(), over.last()) {
                (Some(a), Some(b)) if row.is_head() || i >= row.labels => (labels + a, labels + b + 1),
                // A label that is the last before the figures reaches up to them.
                _ if i + 1 == row.labels.min(own.len()) || row.is_head() => (i.min(labels.saturating_sub(1)), labels.max(1)),
                _ => (i, i + 1),
            });
        }
        if row.is_head() {
            let below = (at + 1..part.len()).filter(|i| part[*i].is_head() && part[*i].segments.len() > 1);
            let headed = |c: usize| below.clone().any(|i| spans[i].iter().any(|s| overlap(columns[c], *s)));
            let named = |c: usize| c >= labels && c - labels < columns.len() && headed(c - labels);
            let begins = |i: usize, c: usize| own[i].0 == columns[c - labels].0;
            widen(&mut line, named, begins, labels + columns.len());
        }
        // Cells may not lie on one another.
        if line.windows(2).any(|w| w[0].1 > w[1].0) || (labels == 0 && line.iter().any(|p| p.1 > columns.len())) {
            return None;
        }
        places.push(line);
    }
    Some(Layout { rows: range, labels, columns: columns.len(), places })
}

/// Lets labels of a head reach over the columns right of them that only lower rows of the head name.
fn widen(line: &mut [(usize, usize)], named_below: impl Fn(usize) -> bool, begins: impl Fn(usize, usize) -> bool, width: usize) {
    // Only where labels begin with their first columns: a centred one may stand over others.
    if !line.iter().enumerate().all(|(i, l)| !named_below(l.0) || begins(i, l.0)) {
        return;
    }
    for i in 0..line.len() {
        let next = line.get(i + 1).map_or(width, |n| n.0);
        let (start, end) = line[i];
        if (start..end).all(&named_below) {
            line[i].1 = (end..next).take_while(|c| named_below(*c)).last().map_or(end, |c| c + 1);
        }
    }
}

/// Whether in every column figures and the heading over them begin at the same place, or in every column end there.
fn aligned(columns: &[Span], heads: &[Span], figures: &[Span]) -> bool {
    let edges = |edge: &dyn Fn(&Span) -> usize| {
        columns.iter().all(|c| {
            let mut under = figures.iter().filter(|f| overlap(**f, *c));
            let Some(one) = under.next().map(edge) else { return false };
            under.all(|f| edge(f) == one) && heads.iter().any(|h| overlap(*h, *c) && edge(h) == one)
        })
    };
    edges(&|s| s.0) || edges(&|s| s.1)
}

fn spans(row: &Row<'_>, measure: Measure) -> Vec<Span> {
    let mut out = Vec::with_capacity(row.segments.len());
    let (mut byte, mut column) = (0, 0);
    for segment in &row.segments {
        column += measure.width(&row.line.text[byte..segment.at]);
        let end = column + measure.width(segment.text);
        out.push((column, end));
        (byte, column) = (segment.at + segment.text.len(), end);
    }
    out
}

fn table(rows: &[Row<'_>], layout: &Layout) -> Table {
    let width = layout.labels + layout.columns;
    let part = rows.get(layout.rows.clone()).unwrap_or_default();
    part.iter()
        .zip(&layout.places)
        .map(|(row, places)| {
            let mut cursor = Cursor::new(row.line);
            let mut out: Vec<RawCell> = Vec::with_capacity(width);
            let mut column = 0;
            let blank = || cell("", row.line.place());
            for (segment, (start, end)) in row.segments.iter().zip(places) {
                out.extend((column..*start).map(|_| blank()));
                let columns = end.saturating_sub(*start).max(1);
                let place = cursor.at(segment.at);
                out.push(RawCell { columns, down: Down::Rows(1), ..cell(trim(segment.text), place) });
                column = start + columns;
            }
            out.extend((column..width).map(|_| blank()));
            out
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::text::tests::shape;

    #[test]
    fn by_position() {
        let text = "内容        本年  总数\n规章        1     22\n规范性文件        3\n";
        assert_eq!(shape(text), "[内容@1:1|本年@1:11|总数@1:15][规章@2:1|1@2:11|22@2:17][规范性文件@3:1||3@3:14];");
        // Letters counted as one wide.
        let text = "内容      本年    总数\n规章      1     22\n规范性文件         3\n";
        assert_eq!(shape(text).matches("||3").count(), 1, "{}", shape(text));
    }

    #[test]
    fn what_position_does_not_tell() {
        let text = "内容    本年   总数\n规章   1     22\n规范性文件      3\n";
        assert!(!shape(text).contains('['), "{}", shape(text));
        let text = "序言  中有  空白\n再有  一行  空白\n";
        assert!(!shape(text).contains('['));
    }
}
