//! Plain text pasted from Word: one cell a line, or a row a line with tabs between the cells.
//!
//! One cell a line: a leading tab starts a cell, a tab alone is a blank or merged-away cell, an empty line ends a row,
//! and a line without a tab goes on with the cell before.

use nianbao_form::{Place, figure, label};

use crate::document::{Block, Builder, Document, RawCell, trim};

/// Reads text that has been decoded.
pub(crate) fn read(text: &str) -> Document {
    let lines: Vec<&str> = text.split('\n').map(|l| without_bookmark(l.strip_suffix('\r').unwrap_or(l))).collect();
    let mut builder = Builder::default();
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].contains('\t') && !trim_start_is_words(lines[at]) {
            let end = table_end(&lines, at);
            let tabbed = lines[at..end].iter().any(|l| has_inner_tab(l));
            let rows = if tabbed { rows_of_lines(&lines[at..end], at) } else { cells_of_lines(&lines[at..end], at) };
            let before = blocks.len();
            builder.table(rows, &mut blocks);
            for block in &mut blocks[before..] {
                if let Block::Grid(grid) = block {
                    grid.tabbed = tabbed;
                }
            }
            at = end;
        } else {
            let before = blocks.len();
            builder.paragraph(lines[at], &mut blocks);
            if let Some(Block::Paragraph(p)) = blocks.get_mut(before) {
                p.place = Place::Line(at as u32 + 1);
            }
            at += 1;
        }
    }
    Document { blocks, ragged: true, ..Document::default() }
}

/// Drops the marks that programs leave which turn Word files into text: `[bookmark: _GoBack]`.
fn without_bookmark(line: &str) -> &str {
    let mark = line.strip_prefix("[bookmark:").and_then(|rest| rest.split_once(']'));
    mark.map_or(line, |(_, rest)| rest)
}

/// A paragraph that happens to have a tab: indented or long running text.
fn trim_start_is_words(line: &str) -> bool {
    let text = trim(line);
    !text.contains('\t') && text.chars().count() > 60 && text.contains('。')
}

/// Whether a tab stands between or behind words, or several tabs in front: then the line is a row.
fn has_inner_tab(line: &str) -> bool {
    line.strip_prefix('\t').unwrap_or(line).contains('\t')
}

/// The line after the last one of the table that begins at `start`. Lines without a tab belong to it only as the
/// continuation of a cell, that is, without an empty line before them.
fn table_end(lines: &[&str], start: usize) -> usize {
    let mut end = start + 1;
    let mut at = start + 1;
    let mut open = true;
    while at < lines.len() {
        let line = lines[at];
        if line.contains('\t') && !trim_start_is_words(line) {
            open = true;
            end = at + 1;
        } else if figure::is_blank(line) {
            open = false;
        } else if open && continues(lines[at - 1], line) {
            end = at + 1;
        } else {
            break;
        }
        at += 1;
    }
    end
}

/// Whether a line without a tab goes on with the cell before it: a heading or a sentence does not, and nothing goes on
/// with a cell that is blank or a figure.
fn continues(before: &str, line: &str) -> bool {
    let folded = label::fold(line);
    let heading = label::split_number(&folded)
        .is_some_and(|(number, _)| !folded.starts_with('(') && !number.as_bytes()[0].is_ascii_digit());
    let last = before.rsplit('\t').next().unwrap_or(before);
    let closed = figure::is_blank(last) || figure::read(last, "", nianbao_form::Kind::Count, &[]).number.is_some();
    !(heading || closed && line.chars().count() > 6) && line.chars().count() <= 60
}

fn cell(text: &str, line: usize) -> RawCell {
    let mut blocks = Vec::new();
    for part in text.split('\n') {
        Builder::default().paragraph(part, &mut blocks);
    }
    RawCell { place: Some(Place::Line(line as u32 + 1)), ..RawCell::plain(blocks) }
}

fn cells_of_lines(lines: &[&str], first: usize) -> Vec<Vec<RawCell>> {
    let mut rows: Vec<Vec<(String, usize)>> = vec![Vec::new()];
    for (i, line) in lines.iter().enumerate() {
        let row = rows.len() - 1;
        if let Some(text) = line.strip_prefix('\t') {
            rows[row].push((text.to_owned(), first + i));
        } else if figure::is_blank(line) {
            if !rows[row].is_empty() {
                rows.push(Vec::new());
            }
        } else if let Some(last) = rows[row].last_mut() {
            last.0.push('\n');
            last.0.push_str(line);
        } else {
            rows[row].push(((*line).to_owned(), first + i));
        }
    }
    rows.into_iter().filter(|r| !r.is_empty()).map(|r| r.into_iter().map(|(t, line)| cell(&t, line)).collect()).collect()
}

/// A row a line. A cell in double quotes may go over several lines, as spreadsheets paste it.
fn rows_of_lines(lines: &[&str], first: usize) -> Vec<Vec<RawCell>> {
    let mut rows = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let start = at;
        let mut text = lines[at].to_owned();
        while text.split('\t').next_back().is_some_and(|f| f.starts_with('"') && f.matches('"').count() % 2 == 1)
            && at + 1 < lines.len()
            && at - start < 8
        {
            at += 1;
            text.push('\n');
            text.push_str(lines[at]);
        }
        at += 1;
        if figure::is_blank(&text) && !text.contains('\t') {
            continue;
        }
        rows.push(text.split('\t').map(|f| cell(unquoted(f), first + start)).collect());
    }
    rows
}

fn unquoted(field: &str) -> &str {
    let inner = field.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
    inner.filter(|f| !f.contains('"')).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shape(text: &str) -> String {
        let mut out = String::new();
        for block in read(text).blocks {
            match block {
                Block::Paragraph(p) => out.push_str(&format!("P {}@{};", p.text, p.place)),
                Block::Grid(g) => {
                    for r in 0..g.rows.len() {
                        let cells: Vec<String> = g.row(r).iter().map(|(c, ..)| g.cell(*c).text.replace('\n', "+")).collect();
                        out.push_str(&format!("[{}]", cells.join("|")));
                    }
                    out.push(';');
                }
            }
        }
        out
    }

    #[test]
    fn one_cell_a_line() {
        assert_eq!(
            shape("二、甲\n\t头\n\t本年新\n制作数量\n\n\t规章\n\t\n\t3\n\n\n三、乙\n"),
            "P 二、甲@line 1;[头|本年新+制作数量][规章||3];P 三、乙@line 11;"
        );
        assert_eq!(
            shape("\t规章\n\t0\n三、收到和处理政府信息公开申请情况\n"),
            "[规章|0];P 三、收到和处理政府信息公开申请情况@line 3;"
        );
    }

    #[test]
    fn a_row_a_line() {
        assert_eq!(shape("规章\t1\t\t3\n规范性文件\t4\t5\t6\n\n五、丙"), "[规章|1||3][规范性文件|4|5|6];P 五、丙@line 4;");
        assert_eq!(shape("甲\t\"本年新\n制作\"\t2\n乙\t\t"), "[甲|本年新+制作|2][乙||];");
    }
}
