//! Rows of cells between upright strokes: Markdown and Org tables, and what antiword prints.
//!
//! A Markdown row is a line; below the head stands a row of dashes. antiword pads its cells to the width of their column
//! and goes on in the next line where a cell was full, with no rule between the rows.

use super::lines::{Cursor, Line, Measure};
use super::markup;
use super::{Table, cell, is_number, joined};
use crate::document::{MAX_COLUMNS, RawCell, trim};

/// Longest cell of a row: longer ones are sentences with a stroke in them.
const MAX_CELL: usize = 240;
/// Lines over which a row goes whose cells hold line breaks.
const MAX_CELL_LINES: usize = 24;

/// A cell: its text as it stands between the strokes, and its first byte in the line.
#[derive(Clone, Copy, Debug)]
struct Field<'t> {
    raw: &'t str,
    at: usize,
}

/// A line with strokes.
struct Strokes<'t> {
    line: Line<'t>,
    fields: Vec<Field<'t>>,
    /// Lines on which its last cell, and the cells behind that, go on.
    more: Vec<Strokes<'t>>,
    /// Whether strokes stand at its beginning and at its end.
    starts: bool,
    ends: bool,
    /// A row of dashes below a head or between rows.
    rule: bool,
}

pub(super) const fn is_stroke(c: char) -> bool {
    matches!(c, '|' | '｜' | '│' | '┃' | '║' | '¦')
}

/// The tables that begin at a line, and the line after the last.
pub(super) fn tables(lines: &[Line<'_>], at: usize) -> Option<(Vec<Table>, usize)> {
    let mut rows = Vec::new();
    let mut end = at;
    while let Some((row, next)) = whole(lines, end) {
        rows.push(row);
        end = next;
    }
    if rows.is_empty() {
        return None;
    }
    let rules = rows.iter().any(|r| r.rule);
    let framed = rows.iter().all(|r| (r.starts && (r.ends || !r.more.is_empty())) || r.rule);
    // One line with strokes in it is a row only where a frame says so; several must agree.
    if !(framed || rules || rows.len() > 1 && rows.windows(2).any(|w| w[0].fields.len() == w[1].fields.len())) {
        return None;
    }
    let padded = !rules && framed && rows.len() > 1;
    Some((if padded { vec![wrapped(&rows)] } else { ruled(&rows) }, end))
}

/// The row that begins at a line, with the lines on which it goes on if it begins with a stroke but does not end with one;
/// and the line after it.
fn whole<'t>(lines: &[Line<'t>], at: usize) -> Option<(Strokes<'t>, usize)> {
    let mut row = strokes(lines.get(at)?)?;
    if !row.starts || row.ends || row.rule {
        return Some((row, at + 1));
    }
    let mut more = Vec::new();
    for (i, line) in lines.iter().enumerate().skip(at + 1).take(MAX_CELL_LINES) {
        let text = trim(line.text);
        if text.is_empty() || text.starts_with(is_stroke) || text.len() > MAX_CELL * 4 {
            break;
        }
        let part = strokes(line).unwrap_or_else(|| {
            let at = line.text.find(text).unwrap_or(0);
            Strokes {
                line: *line,
                fields: vec![Field { raw: text, at }],
                more: Vec::new(),
                starts: false,
                ends: false,
                rule: false,
            }
        });
        let done = part.ends;
        more.push(part);
        if done {
            row.more = more;
            return Some((row, i + 1));
        }
    }
    Some((row, at + 1))
}

fn strokes<'t>(line: &Line<'t>) -> Option<Strokes<'t>> {
    let text = trim(line.text);
    let offset = line.text.find(text)?;
    let starts = text.starts_with(is_stroke);
    let ends = text.len() > 1 && text.ends_with(is_stroke) && !text.ends_with("\\|");
    let mut fields = Vec::new();
    let mut from = 0;
    let mut escaped = false;
    let mut code = false;
    for (at, c) in text.char_indices() {
        if is_stroke(c) && !escaped && !code {
            fields.push(Field { raw: &text[from..at], at: offset + from });
            from = at + c.len_utf8();
            if fields.len() > MAX_COLUMNS {
                break;
            }
        }
        if c == '`' {
            code = !code && text[at + 1..].contains('`');
        }
        escaped = c == '\\' && !escaped;
    }
    if fields.is_empty() {
        return None;
    }
    if !ends || from < text.len() {
        fields.push(Field { raw: &text[from.min(text.len())..], at: offset + from });
    }
    if starts {
        fields.remove(0);
    }
    if fields.is_empty() || fields.iter().any(|f| f.raw.len() > MAX_CELL * 4) {
        return None;
    }
    let dashes = |f: &Field<'_>| {
        let t = trim(f.raw).trim_start_matches(':').trim_end_matches(':');
        !t.is_empty() && t.chars().all(|c| matches!(c, '-' | '+' | '=' | '─' | '┼' | '━' | '═'))
    };
    let rule = fields.iter().all(dashes) && (fields.len() > 1 || starts || trim(fields[0].raw).len() > 2);
    Some(Strokes { line: *line, fields, more: Vec::new(), starts, ends, rule })
}

fn cells(row: &Strokes<'_>) -> Vec<RawCell> {
    let mut out: Vec<RawCell> = Vec::with_capacity(row.fields.len());
    for part in std::iter::once(row).chain(&row.more) {
        let mut cursor = Cursor::new(part.line);
        let place = |f: &Field<'_>| f.at + f.raw.len() - f.raw.trim_start().len();
        let mut cells = part.fields.iter().map(|f| cell(&markup::plain(trim(f.raw)), cursor.at(place(f))));
        if let Some(last) = out.last_mut()
            && let Some(more) = cells.next()
        {
            joined(last, more);
        }
        out.extend(cells);
    }
    out
}

/// Markdown: a row of dashes stands below the first row of each table. psql and Org print the same.
fn ruled(rows: &[Strokes<'_>]) -> Vec<Table> {
    let mut out: Vec<Table> = vec![Table::new()];
    for (at, row) in rows.iter().enumerate() {
        if row.rule {
            continue;
        }
        // Programs that take tables out of pages print each piece of one as a table of its own.
        let heads = rows.get(at + 1).is_some_and(|r| r.rule && r.fields.len() == row.fields.len());
        if heads && out.last().is_some_and(|t| t.first().is_some_and(|r| r.len() != row.fields.len())) {
            out.push(Table::new());
        }
        if let Some(table) = out.last_mut() {
            table.push(cells(row));
        }
    }
    out.retain(|t| !t.is_empty());
    out
}

/// Rows without rules between them: a line goes on with the row above where its cells stand below cells that were full.
fn wrapped(rows: &[Strokes<'_>]) -> Table {
    let measure = Measure::ALL.into_iter().find(|m| {
        let width = m.width(trim(rows[0].line.text));
        rows.iter().all(|r| m.width(trim(r.line.text)) == width)
    });
    let Some(measure) = measure else { return rows.iter().map(cells).collect() };
    let mut out = Table::new();
    let mut above: Option<&Strokes<'_>> = None;
    for row in rows {
        if above.is_some_and(|a| goes_on(measure, &a.fields, &row.fields))
            && let Some(last) = out.last_mut()
        {
            for (cell, more) in last.iter_mut().zip(cells(row)) {
                joined(cell, more);
            }
        } else {
            out.push(cells(row));
        }
        above = Some(row);
    }
    out
}

/// Whether a line goes on with the cells of the line above: ink stands only below cells without room for its first
/// letter, and no figure below a figure unless the first cell is blank.
fn goes_on(measure: Measure, above: &[Field<'_>], below: &[Field<'_>]) -> bool {
    if above.len() != below.len() {
        return false;
    }
    let mut inked = 0;
    for (a, b) in above.iter().zip(below) {
        let (upper, lower) = (trim(a.raw), trim(b.raw));
        let Some(next) = lower.chars().next() else { continue };
        inked += 1;
        let room = measure.width(a.raw).saturating_sub(measure.width(a.raw.trim_end()));
        let figures = is_number(upper) && is_number(lower) && !trim(below[0].raw).is_empty();
        if upper.is_empty() || room >= measure.of(next) || figures {
            return false;
        }
    }
    inked > 0
}

#[cfg(test)]
mod tests {
    use crate::text::tests::shape;

    #[test]
    fn markdown() {
        assert_eq!(shape("| a | b\\|c |\n|:--|---:|\n| **规章** | 1<br>2 |\n\n后"), "[a@1:3|b|c@1:7][规章@3:3|1+2@3:12];P 后@5;");
        assert_eq!(shape("a | b\n--- | ---\n规章 | 1\n"), "[a@1:1|b@1:5][规章@3:1|1@3:6];");
        assert_eq!(shape("|规章|22|\n|---|---|\n|文件|34|\n|---|---|\n"), "[规章@1:2|22@1:5][文件@3:2|34@3:5];");
        assert_eq!(shape("|规章|22|\n|---|---|\n|文件|34||\n|---|---|---|\n"), "[规章@1:2|22@1:5];[文件@3:2|34@3:5|];");
        assert_eq!(shape("首页 | 新闻 | 公开\n"), "P 首页 | 新闻 | 公开@1;");
        assert_eq!(
            shape("| 甲 | 商业\n企业 | 3\n件 |\n| 乙 | 1 | 2 |\n"),
            "[甲@1:3|商业+企业@1:7|3+件@2:6][乙@4:3|1@4:7|2@4:11];"
        );
    }

    #[test]
    fn antiword() {
        let text = "|信息内|本年新|\n|容    |制作数|\n|      |量    |\n|规章  |0     |\n|规范性|77    |\n|文件  |      |\n|行政许|1     |\n|可    |      |\n";
        assert_eq!(
            shape(text),
            "[信息内+容@1:2|本年新+制作数+量@1:6][规章@4:2|0@4:7][规范性+文件@5:2|77@5:6][行政许+可@7:2|1@7:6];"
        );
        assert_eq!(shape("|甲|0|\n|乙|0|\n"), "[甲@1:2|0@1:4][乙@2:2|0@2:4];");
    }
}
