//! Rows of cells between commas or semicolons, as spreadsheets export a sheet: one table, or words and tables.

use nianbao_form::{Place, figure};

use super::lines::{Cursor, Line};
use super::{Table, cell};
use crate::document::{MAX_COLUMNS, trim};

/// A cell in quotes goes over at most so many lines.
const MAX_CELL_LINES: usize = 200;
/// Longest cell of a row, in characters; longer ones are sentences with commas.
const MAX_CELL: usize = 80;

/// A row: its cells with their places, and the line after its last.
struct Record {
    fields: Vec<(String, Place)>,
    end: usize,
}

/// The mark that separates the cells of a whole file: most of its lines have as many of them.
pub(super) fn of_file(lines: &[Line<'_>]) -> Option<char> {
    [',', ';', '；', '，'].into_iter().take(2).find(|mark| {
        let mut counts: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
        let mut all = 0;
        for line in lines.iter().filter(|l| !l.is_blank()).take(2000) {
            *counts.entry(line.text.matches(*mark).count()).or_default() += 1;
            all += 1;
        }
        let tabs = lines.iter().take(2000).any(|l| l.text.contains('\t'));
        let most = counts.iter().filter(|c| *c.0 > 0).map(|c| *c.1).max().unwrap_or(0);
        !tabs && all >= 4 && most * 2 > all
    })
}

/// What stands in a line of a file whose cells are separated: words, a row, or nothing; and the line after it.
pub(super) enum Item {
    Words(Vec<(String, Place)>),
    Row(Vec<crate::document::RawCell>),
    Blank,
}

/// The next item of a whole file of separated cells.
pub(super) fn item(lines: &[Line<'_>], at: usize, mark: char) -> (Item, usize) {
    let Some(record) = record(lines, at, mark) else { return (Item::Blank, at + 1) };
    let mut inked = record.fields.iter().enumerate().filter(|(_, f)| !figure::is_blank(&f.0));
    let item = match (inked.next(), inked.next()) {
        (None, _) => Item::Blank,
        (Some((0, (text, place))), None) if is_prose(text) => {
            Item::Words(text.split('\n').map(|part| (part.to_owned(), place.clone())).collect())
        }
        _ => Item::Row(record.fields.into_iter().map(|(text, place)| cell(&text, place)).collect()),
    };
    (item, record.end)
}

fn is_prose(text: &str) -> bool {
    text.contains('。') || text.chars().count() > 40
}

/// A table among words: lines one after the other that have the mark and no long cells.
pub(super) fn table(lines: &[Line<'_>], at: usize) -> Option<(Table, usize)> {
    let first = lines.get(at)?.text;
    let mark = [',', ';'].into_iter().find(|m| first.contains(*m))?;
    let mut out = Table::new();
    let mut end = at;
    while let Some(record) = lines.get(end).filter(|l| is_row(l.text, mark)).and_then(|_| record(lines, end, mark)) {
        end = record.end;
        out.push(record.fields.into_iter().map(|(text, place)| cell(&text, place)).collect());
    }
    // Commas between thousands make no row.
    let thousands = (at..end).filter_map(|i| lines.get(i)).all(|l| only_thousands(l.text, mark));
    (out.len() > 1 && !thousands).then_some((out, end))
}

fn is_row(line: &str, mark: char) -> bool {
    let text = trim(line);
    text.contains(mark)
        && text.len() <= 64 * MAX_CELL
        && !text.contains("  ")
        && !text.contains(['\t', '|', '。'])
        && text.split(mark).all(|f| f.chars().count() <= MAX_CELL)
}

fn only_thousands(line: &str, mark: char) -> bool {
    let three = |t: &str| {
        t.len() >= 3 && t.bytes().take(3).all(|b| b.is_ascii_digit()) && !t.as_bytes().get(3).is_some_and(u8::is_ascii_digit)
    };
    line.match_indices(mark).all(|(at, m)| line[..at].ends_with(|c: char| c.is_ascii_digit()) && three(&line[at + m.len()..]))
}

/// Splits a row, with quotes as in RFC 4180.
fn record(lines: &[Line<'_>], at: usize, mark: char) -> Option<Record> {
    let mut fields: Vec<(String, Place)> = Vec::new();
    let mut text = String::new();
    let mut place = lines.get(at)?.place();
    let mut quoted = false;
    let mut end = at;
    loop {
        let line = *lines.get(end)?;
        let mut cursor = Cursor::new(line);
        if end == at {
            place = cursor.at(0);
        }
        let mut chars = line.text.char_indices().peekable();
        while let Some((byte, c)) = chars.next() {
            match c {
                '"' if quoted && chars.peek().is_some_and(|n| n.1 == '"') => {
                    text.push('"');
                    chars.next();
                }
                '"' if quoted => quoted = false,
                '"' if figure::is_blank(&text) => {
                    quoted = true;
                    text.clear();
                }
                c if c == mark && !quoted => {
                    fields.push((std::mem::take(&mut text), place));
                    place = cursor.at(byte + c.len_utf8());
                    if fields.len() > MAX_COLUMNS {
                        return None;
                    }
                }
                c => text.push(c),
            }
        }
        end += 1;
        if !quoted {
            break;
        }
        // A quotation mark that is never closed is a letter like others: the row ends with its line.
        let closes = |i: usize| lines.get(i).is_some_and(|l| l.text.contains('"'));
        if end - at >= MAX_CELL_LINES || !(end..lines.len().min(at + MAX_CELL_LINES)).any(closes) {
            break;
        }
        text.push('\n');
    }
    fields.push((text, place));
    Some(Record { fields, end })
}

#[cfg(test)]
mod tests {
    use crate::text::tests::shape;

    #[test]
    fn commas() {
        let text = "某局报告,,\n一、甲,,\n\"全年工作，有序。\n好。\",,\n,,\n内容,数,\"本年\n数\"\n规章,\"1,234\",0\n文件,,2\n";
        assert_eq!(
            shape(text),
            "[某局报告@1:1||][一、甲@2:1||];P 全年工作，有序。@3:1;P 好。@3:1;[内容@6:1|数@6:4|本年+数@6:6][规章@8:1|1,234@8:4|0@8:12][文件@9:1||2@9:5];"
        );
        assert_eq!(
            shape("甲的话。\n规章;1;2\n文件;3;\n\n乙,丙。\n"),
            "P 甲的话。@1;[规章@2:1|1@2:4|2@2:6][文件@3:1|3@3:4|];P 乙,丙。@5;"
        );
        assert_eq!(shape("规章 1,234\n文件 2,345\n"), "P 规章 1,234@1;P 文件 2,345@2;");
    }
}
