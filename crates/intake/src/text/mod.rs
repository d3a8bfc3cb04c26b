//! Plain text: paragraphs, and tables in every shape that programs and people give them.
//!
//! The reader goes through the lines once. Each shape has a module that says whether a table of it begins at a line, and
//! where it ends; whatever no shape explains is words. Nothing here knows a label: a table is one by its drawing alone.

mod dashed;
mod lines;
mod markup;
mod pipes;
mod ruled;
mod separated;
mod spaces;
mod tabs;

use std::collections::BTreeMap;

use nianbao_form::{Kind, Place, State, figure};

pub(crate) use lines::is_page_number;

use crate::document::{Block, Builder, Document, RawCell, trim};
use crate::refuse::Refusal;
use lines::Line;

/// Rows of cells on their way into a grid.
type Table = Vec<Vec<RawCell>>;

/// Reads text that has been decoded.
///
/// # Errors
/// A text that is longer than any report can be.
pub(crate) fn read(text: &str) -> Result<Document, Refusal> {
    let lines = lines::split(text.trim_start_matches('\u{feff}'))?;
    let mut reader = Reader { builder: Builder::default(), blocks: Vec::new(), indents: BTreeMap::new(), web: true };
    match separated::of_file(&lines) {
        Some(mark) => reader.separated(&lines, mark),
        None => reader.lines(&lines),
    }
    if reader.builder.overflow {
        return Err(Refusal::too_large());
    }
    Ok(Document { blocks: reader.blocks, ragged: true, indents: reader.indents, ..Document::default() })
}

struct Reader {
    builder: Builder,
    blocks: Vec<Block>,
    indents: BTreeMap<u32, u32>,
    /// Whether web tables are looked for: one that never ends is the last.
    web: bool,
}

impl Reader {
    fn lines(&mut self, lines: &[Line<'_>]) {
        let mut at = 0;
        while at < lines.len() {
            at = self.table(lines, at).unwrap_or_else(|| {
                self.line_of_words(&lines[at]);
                at + 1
            });
        }
    }

    /// Takes the table that begins at a line; tells the line after it.
    fn table(&mut self, lines: &[Line<'_>], at: usize) -> Option<usize> {
        let text = lines[at].text;
        if text.trim_start().starts_with("```") {
            return Some(at + 1);
        }
        if self.web
            && text.contains('<')
            && let Some(done) = self.web_table(lines, at)
        {
            return Some(done);
        }
        if let Some((rows, tabbed, end)) = tabs::table(lines, at) {
            self.grid(rows, tabbed);
            return Some(end);
        }
        if let Some((rows, end)) = ruled::table(lines, at).or_else(|| dashed::table(lines, at)) {
            self.grid(rows, false);
            return Some(end);
        }
        if let Some((tables, end)) = pipes::tables(lines, at) {
            tables.into_iter().for_each(|t| self.grid(t, false));
            return Some(end);
        }
        if let Some((rows, end)) = separated::table(lines, at) {
            self.grid(rows, true);
            return Some(end);
        }
        let (block, end) = spaces::block(lines, at)?;
        match block {
            spaces::Block::Tables(tables) => tables.into_iter().for_each(|t| self.grid(t, false)),
            spaces::Block::Words => lines[at..end].iter().for_each(|l| self.line_of_words(l)),
        }
        Some(end)
    }

    fn line_of_words(&mut self, line: &Line<'_>) {
        let words = markup::words(line.text);
        let ink = trim(&words);
        if let (Some((front, _)), Place::Line(n)) = (line.text.split_once(ink).filter(|_| !ink.is_empty()), line.place())
            && !front.contains('\t')
        {
            self.indents.insert(n, front.chars().count() as u32);
        }
        self.words(&words, &line.place());
    }

    fn web_table(&mut self, lines: &[Line<'_>], at: usize) -> Option<usize> {
        if !lines[at].text.trim_start().to_ascii_lowercase().starts_with("<table") {
            return None;
        }
        let Some((blocks, end)) = markup::web_table(lines, at) else {
            self.web = false;
            return None;
        };
        for block in blocks {
            match block {
                Block::Paragraph(p) => self.words(&p.text, &lines[at].place()),
                Block::Grid(grid) => self.builder.adopt_grid(grid, &mut self.blocks),
            }
        }
        Some(end)
    }

    /// A file whose cells are separated: rows of words are paragraphs, a blank row ends a table.
    fn separated(&mut self, lines: &[Line<'_>], mark: char) {
        let mut rows = Table::new();
        let mut at = 0;
        while at < lines.len() {
            let (item, end) = separated::item(lines, at, mark);
            at = end;
            match item {
                separated::Item::Row(row) => {
                    rows.push(row);
                    continue;
                }
                other => {
                    self.grid(std::mem::take(&mut rows), true);
                    if let separated::Item::Words(words) = other {
                        words.iter().for_each(|(text, place)| self.words(text, place));
                    }
                }
            }
        }
        self.grid(rows, true);
    }

    fn words(&mut self, text: &str, place: &Place) {
        for part in text.split('\n') {
            let before = self.blocks.len();
            self.builder.paragraph(part, &mut self.blocks);
            if let Some(Block::Paragraph(p)) = self.blocks.get_mut(before) {
                p.place = place.clone();
            }
        }
    }

    fn grid(&mut self, rows: Table, tabbed: bool) {
        let before = self.blocks.len();
        self.builder.table(rows, &mut self.blocks);
        for block in &mut self.blocks[before..] {
            if let Block::Grid(grid) = block {
                grid.tabbed = tabbed;
            }
        }
    }
}

/// A cell; line breaks in its text part paragraphs.
fn cell(text: &str, place: Place) -> RawCell {
    let mut blocks = Vec::new();
    for part in text.split(['\n', '\u{b}']) {
        Builder::default().paragraph(part, &mut blocks);
    }
    for block in &mut blocks {
        if let Block::Paragraph(p) = block {
            p.place = place.clone();
        }
    }
    RawCell { place: Some(place), ..RawCell::plain(blocks) }
}

/// Puts what a cell goes on with behind it.
fn joined(cell: &mut RawCell, more: RawCell) {
    if cell.blocks.is_empty() {
        cell.place = more.place.clone();
    }
    cell.blocks.extend(more.blocks);
}

fn text_of(cell: &RawCell) -> String {
    let words = cell.blocks.iter().filter_map(|b| if let Block::Paragraph(p) = b { Some(p.text.as_str()) } else { None });
    words.collect::<Vec<_>>().join("\n")
}

/// Whether a text is a number or a mark for none.
fn is_number(text: &str) -> bool {
    // Most texts are words, and long: no figure is.
    text.len() <= 64 && matches!(figure::read(text, "", Kind::Count, &[]).state, State::Number | State::None)
}

fn unquoted(field: &str) -> &str {
    let inner = field.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
    inner.filter(|f| !f.contains('"')).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place(place: &Place) -> String {
        match place {
            Place::Line(n) => format!("{n}"),
            Place::LineAt(n, c) => format!("{n}:{c}"),
            other => other.to_string(),
        }
    }

    /// Paragraphs and grids of a text, with the line and character of everything that has ink.
    pub(super) fn shape(text: &str) -> String {
        let mut out = String::new();
        for block in read(text).unwrap().blocks {
            match block {
                Block::Paragraph(p) => out.push_str(&format!("P {}@{};", p.text, place(&p.place))),
                Block::Grid(g) => {
                    for r in 0..g.rows.len() {
                        let ink = |c: &crate::document::GridCell| {
                            let at = if c.text.is_empty() { String::new() } else { format!("@{}", place(&c.place)) };
                            format!("{}{at}", c.text.replace('\n', "+"))
                        };
                        let cells: Vec<String> = g.row(r).iter().map(|(c, ..)| ink(g.cell(*c))).collect();
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
            "P 二、甲@1;[头@2|本年新+制作数量@3][规章@6||3@8];P 三、乙@11;"
        );
        assert_eq!(
            shape("\t规章\n\t0\n三、收到和处理政府信息公开申请情况\n"),
            "[规章@1|0@2];P 三、收到和处理政府信息公开申请情况@3;"
        );
        assert_eq!(shape("\t规章\n\t0\n— 5 —\n\t1\n"), "[规章@1|0@2|1@4];");
    }

    #[test]
    fn a_row_a_line() {
        assert_eq!(
            shape("规章\t1\t\t3\n规范性文件\t4\t5\t6\n\n五、丙"),
            "[规章@1:1|1@1:4||3@1:7][规范性文件@2:1|4@2:7|5@2:9|6@2:11];P 五、丙@4;"
        );
        assert_eq!(shape("甲\t\"本年新\n制作\"\t2\n乙\t\t"), "[甲@1:1|本年新+制作@1:3|2@2:5][乙@3:1||];");
        assert_eq!(shape("甲\t本年\u{b}新\t2\r乙\t3\t"), "[甲@1:1|本年+新@1:3|2@1:8][乙@2:1|3@2:3|];");
    }

    #[test]
    fn web_tables() {
        let text = "## 二、甲\n\n<table>\n<tr><td rowspan=\"2\">a</td><td>1</td></tr>\n<tr><td>2</td></tr>\n</table>\n\n后";
        assert_eq!(
            shape(text),
            "P 二、甲@1;[a@table 1, row 1, column 1|1@table 1, row 1, column 2][a@table 1, row 1, column 1|2@table 1, row 2, column 2];P 后@8;"
        );
        assert_eq!(shape("<table>\n甲\n"), "P <table>@1;P 甲@2;");
    }
}
