//! Tables whose columns are told by a row of dashes: pandoc's simple and multi-line tables, reStructuredText's simple ones.

use super::lines::{Cursor, Line, Measure};
use super::{Table, cell, is_number, joined, markup};
use crate::document::{MAX_COLUMNS, RawCell, trim};

/// Rows of a head, and lines between the upper border and the dashes.
const MAX_HEAD: usize = 24;
/// Lines of a table.
const MAX_LINES: usize = 1000;

/// Columns from a row of dashes: where each begins and ends.
fn columns(text: &str) -> Option<Vec<(usize, usize)>> {
    let bytes = text.as_bytes();
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (at, b) in bytes.iter().enumerate() {
        match b {
            b'-' | b'=' => match out.last_mut() {
                Some((_, end)) if *end == at => *end = at + 1,
                _ => out.push((at, at + 1)),
            },
            b' ' => {}
            _ => return None,
        }
    }
    let long = out.iter().all(|(a, b)| b - a >= 2);
    (long && !out.is_empty() && out.len() <= MAX_COLUMNS).then_some(out)
}

fn is_border(text: &str, width: usize) -> bool {
    columns(text.trim_end()).is_some_and(|c| c.len() == 1 && c[0].1.abs_diff(width) <= 2 && c[0].1 - c[0].0 >= 4)
}

/// The table that begins at a line, and the line after its last. The head stands between the first line, if that is
/// words or a border, and the row of dashes.
pub(super) fn table(lines: &[Line<'_>], at: usize) -> Option<(Table, usize)> {
    let text = |i: usize| lines.get(i).map(|l| l.text.trim_end());
    let first = text(at)?;
    // The row of dashes: this line, or one below a border or below lines of a head.
    let border = columns(first).is_some_and(|c| c.len() == 1 && c[0].1 - c[0].0 >= 10);
    let rule = if columns(first).is_some_and(|c| c.len() > 1) {
        at
    } else if border || (!first.trim_start().is_empty() && first.contains("  ")) {
        let wanted = |i: &usize| text(*i).is_some_and(|t| columns(t).is_some_and(|c| c.len() > 1));
        let reach = if border { MAX_HEAD } else { 1 };
        (at + 1..=at + reach).find(wanted)?
    } else {
        return None;
    };
    let extents = columns(text(rule)?)?;
    let width = extents.last()?.1;
    let ends = |t: &str| {
        columns(t).is_some_and(|c| c.len() > 1 && c.first() == extents.first() && c.last() == extents.last())
            || is_border(t, width)
    };
    // Below the dashes: to the next such line; a table with a head and no lower border ends at a blank line.
    let bottom = (rule + 1..lines.len().min(rule + MAX_LINES)).find(|i| text(*i).is_some_and(ends));
    let mut body = rule + 1;
    let mut end = bottom.map(|b| b + 1);
    let mut head = if border { at + 1..rule } else { at..rule };
    if let Some(b) = bottom
        && head.is_empty()
        // reStructuredText has a second row of dashes below its head, and a third at the end.
        && let Some(third) = (b + 1..lines.len().min(b + MAX_LINES)).take_while(|i| !lines[*i].is_blank()).find(|i| text(*i).is_some_and(ends))
    {
        head = rule + 1..b;
        body = b + 1;
        end = Some(third + 1);
    }
    let stop = match end {
        Some(end) => end - 1,
        None => (body..lines.len()).find(|i| lines[*i].is_blank()).unwrap_or(lines.len()),
    };
    let inner: Vec<&Line<'_>> = head.clone().chain(body..stop).filter_map(|i| lines.get(i)).collect();
    let measure = Measure::ALL.into_iter().find(|m| inner.iter().all(|l| slices(l, &extents, *m).is_some()))?;
    let mut out = Table::new();
    let below = lines.get(body..stop)?;
    let grouped = below.iter().any(Line::is_blank);
    rows(lines.get(head)?, &extents, measure, grouped && border, &mut out);
    rows(below, &extents, measure, grouped, &mut out);
    (out.iter().any(|r| r.len() > 1) && stop > body).then_some((out, end.unwrap_or(stop)))
}

/// The texts of a line below each column with their first bytes; `None` where ink stands between two columns.
fn slices<'t>(line: &Line<'t>, extents: &[(usize, usize)], measure: Measure) -> Option<Vec<(&'t str, usize)>> {
    let text = line.text.trim_end();
    if columns(text).is_some() {
        return Some(Vec::new());
    }
    let mut out: Vec<(&str, usize)> = Vec::with_capacity(extents.len());
    let (mut column, mut at, mut start) = (0, 0, 0);
    for (byte, c) in text.char_indices() {
        let next = extents.get(at + 1).map(|e| e.0);
        if next.is_some_and(|next| column >= next) {
            out.push((&text[start..byte], start));
            (start, at) = (byte, at + 1);
        }
        let outside = column < extents[at].0 || (column >= extents[at].1 && at + 1 < extents.len());
        let astride = extents.get(at + 1).is_some_and(|next| column < next.0 && column + measure.of(c) > next.0);
        if (outside || astride) && !c.is_whitespace() {
            return None;
        }
        column += measure.of(c);
    }
    out.push((&text[start..], start));
    Some(out)
}

/// The rows of some lines: the lines between two blank ones where they are so grouped, else a line each.
fn rows(lines: &[Line<'_>], extents: &[(usize, usize)], measure: Measure, grouped: bool, out: &mut Table) {
    let mut open = false;
    let mut above: Vec<&str> = Vec::new();
    for line in lines {
        if line.is_blank() {
            open = false;
            continue;
        }
        let Some(slices) = slices(line, extents, measure).filter(|s| !s.is_empty()) else { continue };
        let mut cursor = Cursor::new(*line);
        let mut row: Vec<RawCell> = Vec::with_capacity(extents.len());
        for (text, at) in &slices {
            let lead = text.len() - text.trim_start().len();
            row.push(cell(&markup::plain(trim(text)), cursor.at(at + lead)));
        }
        row.resize_with(extents.len(), || cell("", line.place()));
        let now: Vec<&str> = slices.iter().map(|s| trim(s.0)).collect();
        match out.last_mut() {
            Some(last) if (grouped && open) || (!grouped && goes_on(&above, &now, extents, measure)) => {
                last.iter_mut().zip(row).for_each(|(cell, more)| joined(cell, more));
            }
            _ => out.push(row),
        }
        open = true;
        above = now;
    }
}

/// Whether a line goes on with the one above: ink stands only below cells without room for its first letter.
fn goes_on(above: &[&str], now: &[&str], extents: &[(usize, usize)], measure: Measure) -> bool {
    let mut inked = now.iter().enumerate().filter(|(_, t)| !t.is_empty()).peekable();
    inked.peek().is_some()
        && inked.all(|(i, t)| {
            let upper = above.get(i).copied().unwrap_or_default();
            let room = (extents[i].1 - extents[i].0).saturating_sub(measure.width(upper));
            let next = t.chars().next().map_or(1, |c| measure.of(c));
            !upper.is_empty() && room < next && !(is_number(upper) && is_number(t))
        })
}

#[cfg(test)]
mod tests {
    use crate::text::tests::shape;

    #[test]
    fn simple_tables() {
        let text = "  ------ ----\n  规章   0\n\n  文件   12\n         13\n  ------ ----\n后\n";
        assert_eq!(shape(text), "[规章@2:3|0@2:8][文件@4:3|12+13@4:8];P 后@7;");
        let text = "=====  ==  ==\n内容   甲  乙\n=====  ==  ==\n规章   0   1\n文件       2\n=====  ==  ==\n";
        assert_eq!(shape(text), "[内容@2:1|甲@2:6|乙@2:9][规章@4:1|0@4:6|1@4:10][文件@5:1||2@5:10];");
        let text = "-----------\n 内     数\n 容     量\n------ ----\n 规章   0\n-----------\n";
        assert_eq!(shape(text), "[内@2:2|数@2:8][容@3:2|量@3:8][规章@5:2|0@5:7];");
        // A rule across the page is none.
        assert_eq!(shape("甲\n----------\n乙\n----------\n"), "P 甲@1;P ----------@2;P 乙@3;P ----------@4;");
    }
}
