//! Text pasted from Word: one cell a line, or a row a line with tabs between the cells.
//!
//! One cell a line: a leading tab starts a cell, a tab alone is a blank or merged-away cell, an empty line ends a row,
//! and a line without a tab goes on with the cell before.

use nianbao_form::{figure, label};

use super::lines::{Cursor, Line, is_page_number};
use super::{Table, cell, unquoted};
use crate::document::{MAX_COLUMNS, trim};

/// The table that begins at a line: its rows, whether a row was a line, and the line after its last.
pub(super) fn table(lines: &[Line<'_>], at: usize) -> Option<(Table, bool, usize)> {
    let first = lines.get(at)?.text;
    if !first.contains('\t') || is_running_text(first) {
        return None;
    }
    let end = table_end(lines, at);
    let part = lines.get(at..end)?;
    let tabbed = part.iter().any(|l| has_inner_tab(l.text));
    Some((if tabbed { rows_of_lines(part) } else { cells_of_lines(part) }, tabbed, end))
}

/// A paragraph that happens to have a tab: indented or long running text.
fn is_running_text(line: &str) -> bool {
    let text = trim(line);
    !text.contains('\t') && text.contains('。') && text.chars().count() > 60
}

/// Whether a tab stands between or behind words, or several tabs in front: then the line is a row.
fn has_inner_tab(line: &str) -> bool {
    line.strip_prefix('\t').unwrap_or(line).contains('\t')
}

/// The line after the last one of the table that begins at `start`. Lines without a tab belong to it only as the
/// continuation of a cell, that is, without an empty line before them.
fn table_end(lines: &[Line<'_>], start: usize) -> usize {
    let mut end = start + 1;
    let mut before = lines[start].text;
    let mut open = true;
    for (at, line) in lines.iter().enumerate().skip(start + 1) {
        if line.text.contains('\t') && !is_running_text(line.text) {
            open = true;
            end = at + 1;
        } else if line.is_blank() {
            open = false;
        } else if is_page_number(line.text) {
            continue;
        } else if open && continues(before, line.text) {
            end = at + 1;
        } else {
            break;
        }
        before = line.text;
    }
    end
}

/// Whether a line without a tab goes on with the cell before it: a heading or a sentence does not, and nothing goes on
/// with a cell that is blank or a figure.
fn continues(before: &str, line: &str) -> bool {
    let short = line.char_indices().nth(60).is_none();
    if !short {
        return false;
    }
    let folded = label::fold(line);
    let heading = label::split_number(&folded)
        .is_some_and(|(number, _)| !folded.starts_with('(') && !number.as_bytes()[0].is_ascii_digit());
    let last = before.rsplit('\t').next().unwrap_or(before);
    let closed = figure::is_blank(last) || super::is_number(last);
    !(heading || closed && line.chars().count() > 6)
}

fn cells_of_lines(lines: &[Line<'_>]) -> Table {
    let mut rows: Vec<Vec<(String, Line<'_>)>> = vec![Vec::new()];
    for line in lines {
        let row = rows.len() - 1;
        if let Some(text) = line.text.strip_prefix('\t') {
            rows[row].push((text.to_owned(), *line));
        } else if line.is_blank() {
            if !rows[row].is_empty() {
                rows.push(Vec::new());
            }
        } else if is_page_number(line.text) {
            continue;
        } else if let Some(last) = rows[row].last_mut() {
            last.0.push('\n');
            last.0.push_str(line.text);
        } else {
            rows[row].push((line.text.to_owned(), *line));
        }
    }
    let rows = rows.into_iter().filter(|r| !r.is_empty());
    rows.map(|r| r.into_iter().take(MAX_COLUMNS).map(|(text, line)| cell(&text, line.place())).collect()).collect()
}

/// A row a line. A cell in double quotes may go over several lines, as spreadsheets paste it.
fn rows_of_lines(lines: &[Line<'_>]) -> Table {
    let mut rows = Vec::new();
    let mut at = 0;
    while let Some(first) = lines.get(at) {
        at += 1;
        if !first.text.contains('\t') && (first.is_blank() || is_page_number(first.text)) {
            continue;
        }
        let mut cursor = Cursor::new(*first);
        let mut row = Vec::new();
        let mut start = 0;
        let mut fields: Vec<(String, nianbao_form::Place)> = Vec::new();
        for field in first.text.split('\t').take(MAX_COLUMNS) {
            fields.push((field.to_owned(), cursor.at(start)));
            start += field.len() + 1;
        }
        // The rest of a cell in quotes, and the cells behind it.
        for _ in 0..8 {
            let open = fields.last().is_some_and(|f| f.0.starts_with('"') && f.0.matches('"').count() % 2 == 1);
            let (true, Some(next)) = (open, lines.get(at)) else { break };
            at += 1;
            let mut parts = next.text.split('\t').take(MAX_COLUMNS);
            if let (Some(last), Some(part)) = (fields.last_mut(), parts.next()) {
                last.0.push('\n');
                last.0.push_str(part);
                let mut cursor = Cursor::new(*next);
                let mut start = part.len() + 1;
                for part in parts {
                    fields.push((part.to_owned(), cursor.at(start)));
                    start += part.len() + 1;
                }
            }
        }
        row.extend(fields.into_iter().map(|(text, place)| cell(unquoted(&text), place)));
        rows.push(row);
    }
    rows
}
