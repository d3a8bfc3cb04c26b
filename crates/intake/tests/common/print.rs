//! Prints the tables of a form as agencies do, in several containers, with a figure of its own in every cell.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::BTreeMap;

use nianbao_form::{Cell, Form, Layout};

/// A printed cell: text, columns, rows.
#[derive(Clone, Debug)]
pub struct P(pub String, pub usize, pub usize);

/// A table: rows of printed cells; a place that a cell above covers is left out.
pub type Table = Vec<Vec<P>>;

fn p(text: &str) -> P {
    P(text.to_owned(), 1, 1)
}

/// A heading with its tables.
pub struct Part {
    pub heading: String,
    pub tables: Vec<Table>,
}

/// All sections of a form; `value` says what stands in a cell, `rows` which rows are printed in which order.
pub fn parts(form: &Form, value: &dyn Fn(Cell) -> String, turn: bool) -> Vec<Part> {
    form.sections
        .iter()
        .map(|s| {
            let blocks: Vec<usize> = (0..form.blocks.len()).filter(|b| form.blocks[*b].section == s.id).collect();
            let mut tables = Vec::new();
            if let Some(first) = blocks.first() {
                let block = &form.blocks[*first];
                let table = match (block.layout, block.item.is_empty()) {
                    (Layout::Line, _) => line(form, *first, value),
                    (_, true) => matrix(form, *first, value),
                    _ => items(form, &blocks, value, turn),
                };
                tables.push(table);
            }
            Part { heading: format!("{}、{}", s.number, s.title), tables }
        })
        .collect()
}

fn items(form: &Form, blocks: &[usize], value: &dyn Fn(Cell) -> String, turn: bool) -> Table {
    let width = 1 + blocks.iter().map(|b| form.blocks[*b].columns.len()).max().unwrap();
    let mut out = Table::new();
    for b in blocks {
        let block = &form.blocks[*b];
        let mut columns: Vec<usize> = (0..block.columns.len()).collect();
        if turn {
            columns.reverse();
        }
        let spread = |i: usize| if i + 1 == columns.len() { width - columns.len() } else { 1 };
        out.push(vec![P(block.item.clone(), width, 1)]);
        let mut head = vec![p(&block.corner)];
        head.extend(columns.iter().enumerate().map(|(i, c)| P(block.columns[*c].leaf().to_owned(), spread(i), 1)));
        out.push(head);
        let rows: Vec<usize> = (0..block.rows.len()).filter(|r| !block.rows[*r].local).collect();
        for r in rows {
            let mut row = vec![p(block.rows[r].leaf())];
            row.extend(columns.iter().enumerate().map(|(i, c)| P(value(block.cell(r, *c)), spread(i), 1)));
            out.push(row);
        }
    }
    out
}

fn matrix(form: &Form, b: usize, value: &dyn Fn(Cell) -> String) -> Table {
    let block = &form.blocks[b];
    let n = block.columns.len();
    let mut out = vec![vec![P(form.sections[2].note.clone(), 3, 3), P(block.corner.clone(), n, 1)]];
    let (mut second, mut third) = (Vec::new(), Vec::new());
    let mut c = 0;
    while c < n {
        let label = &block.columns[c].label;
        if label.len() == 1 {
            second.push(P(label[0].clone(), 1, 2));
            c += 1;
            continue;
        }
        let span = (c..n).take_while(|i| block.columns[*i].label.len() > 1 && block.columns[*i].label[0] == label[0]).count();
        second.push(P(label[0].clone(), span, 1));
        third.extend((c..c + span).map(|i| p(block.columns[i].leaf())));
        c += span;
    }
    out.push(second);
    out.push(third);
    let depth = 3;
    for r in 0..block.rows.len() {
        let label = &block.rows[r].label;
        let mut row = Vec::new();
        for level in 0..label.len() {
            let outer = &label[..=level];
            let starts = r == 0 || block.rows[r - 1].label.get(..=level) != Some(outer);
            if starts {
                let rows = (r..block.rows.len()).take_while(|i| block.rows[*i].label.get(..=level) == Some(outer)).count();
                let columns = if level + 1 == label.len() { depth - level } else { 1 };
                row.push(P(label[level].clone(), columns, rows));
            }
        }
        row.extend((0..n).map(|c| p(&value(block.cell(r, c)))));
        out.push(row);
    }
    out
}

fn line(form: &Form, b: usize, value: &dyn Fn(Cell) -> String) -> Table {
    let block = &form.blocks[b];
    let n = block.columns.len();
    let (mut first, mut second, mut third, mut data) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut r = 0;
    while r < block.rows.len() {
        let label = &block.rows[r].label;
        if label.len() == 1 {
            first.push(P(label[0].clone(), n, 1));
            second.extend(block.columns.iter().map(|c| P(c.leaf().to_owned(), 1, 2)));
            r += 1;
            continue;
        }
        let span = (r..block.rows.len()).take_while(|i| block.rows[*i].label[0] == label[0]).count();
        first.push(P(label[0].clone(), n * span, 1));
        for i in r..r + span {
            second.push(P(block.rows[i].leaf().to_owned(), n, 1));
            third.extend(block.columns.iter().map(|c| p(c.leaf())));
        }
        r += span;
    }
    for r in 0..block.rows.len() {
        data.extend((0..n).map(|c| p(&value(block.cell(r, c)))));
    }
    vec![first, second, third, data]
}

/// The table with a cell for every place: covered places are empty cells.
pub fn flat(table: &Table) -> Vec<Vec<String>> {
    let places = expand(table);
    places
        .into_iter()
        .map(|row| row.into_iter().map(|(text, origin, _)| if origin { text } else { String::new() }).collect())
        .collect()
}

/// Every place: text, whether the cell begins here, whether it is covered from above.
fn expand(table: &Table) -> Vec<Vec<(String, bool, bool)>> {
    let mut out: Vec<BTreeMap<usize, (String, bool, bool)>> = vec![BTreeMap::new(); table.len()];
    for (r, row) in table.iter().enumerate() {
        let mut c = 0;
        for P(text, columns, rows) in row {
            while out[r].contains_key(&c) {
                c += 1;
            }
            for dr in 0..*rows {
                for dc in 0..*columns {
                    if let Some(line) = out.get_mut(r + dr) {
                        line.insert(c + dc, (text.clone(), dr == 0 && dc == 0, dr > 0));
                    }
                }
            }
            c += columns;
        }
    }
    out.into_iter().map(|row| row.into_values().collect()).collect()
}

/// As text pasted from Word has it: a cell over several columns is one cell, one over several rows blank below.
pub fn ragged(table: &Table) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for row in expand(table) {
        let mut line = Vec::new();
        let mut last_above: Option<String> = None;
        for (text, origin, above) in row {
            if origin {
                line.push(text.clone());
                last_above = None;
            } else if above && last_above.as_ref() != Some(&text) {
                line.push(String::new());
                last_above = Some(text);
            }
        }
        out.push(line);
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "</p><p>")
}

/// A report as text; `table` prints a table.
pub fn text(title: &str, parts: &[Part], table: &dyn Fn(&Table) -> String) -> String {
    let mut out = format!("{title}\n\n");
    for part in parts {
        out.push_str(&format!("{}\n", part.heading));
        if part.tables.is_empty() {
            out.push_str("全年工作有序。\n");
        }
        part.tables.iter().for_each(|t| out.push_str(&format!("{}\n\n", table(t))));
    }
    out
}

/// One cell a line.
pub fn cell_lines(table: &Table) -> String {
    ragged(table).iter().map(|row| row.iter().map(|c| format!("\t{c}\n")).collect::<String>() + "\n").collect()
}

/// A row a line.
pub fn row_lines(rows: &[Vec<String>]) -> String {
    rows.iter().map(|r| r.join("\t").replace('\n', "") + "\n").collect()
}

pub fn html(title: &str, parts: &[Part], table: &dyn Fn(&Table) -> String) -> String {
    let mut out = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1>");
    for part in parts {
        out.push_str(&format!("<p>{}</p>", part.heading));
        if part.tables.is_empty() {
            out.push_str("<p>全年工作有序。</p>");
        }
        part.tables.iter().for_each(|t| out.push_str(&table(t)));
    }
    out + "</body></html>"
}

pub fn html_spans(table: &Table) -> String {
    let mut out = "<table>".to_owned();
    for row in table {
        out.push_str("<tr>");
        for P(text, columns, rows) in row {
            out.push_str(&format!("<td colspan=\"{columns}\" rowspan=\"{rows}\"><p>{}</p></td>", escape(text)));
        }
        out.push_str("</tr>");
    }
    out + "</table>"
}

pub fn html_cells(rows: &[Vec<String>]) -> String {
    let row = |r: &Vec<String>| format!("<tr>{}</tr>", r.iter().map(|c| format!("<td>{}</td>", escape(c))).collect::<String>());
    format!("<table>{}</table>", rows.iter().map(row).collect::<String>())
}

fn paragraph(text: &str) -> String {
    text.split('\n')
        .map(|l| {
            format!("<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>", l.replace('&', "&amp;").replace('<', "&lt;"))
        })
        .collect()
}

pub fn word(title: &str, parts: &[Part]) -> String {
    let mut out = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>".to_owned();
    out.push_str(&paragraph(title));
    for part in parts {
        out.push_str(&paragraph(&part.heading));
        if part.tables.is_empty() {
            out.push_str(&paragraph("全年工作有序。"));
        }
        part.tables.iter().for_each(|t| out.push_str(&word_table(t)));
    }
    out + "<w:sectPr/></w:body></w:document>"
}

pub fn word_table(table: &Table) -> String {
    let mut out = "<w:tbl>".to_owned();
    let mut open: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for row in table {
        out.push_str("<w:tr>");
        let mut c = 0;
        let mut cells = row.iter();
        let mut next: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        loop {
            if let Some((columns, rows)) = open.remove(&c) {
                out.push_str(&format!("<w:tc><w:tcPr><w:gridSpan w:val=\"{columns}\"/><w:vMerge/></w:tcPr><w:p/></w:tc>"));
                if rows > 1 {
                    next.insert(c, (columns, rows - 1));
                }
                c += columns;
                continue;
            }
            let Some(P(text, columns, rows)) = cells.next() else { break };
            let merge = if *rows > 1 { "<w:vMerge w:val=\"restart\"/>" } else { "" };
            out.push_str(&format!("<w:tc><w:tcPr><w:gridSpan w:val=\"{columns}\"/>{merge}</w:tcPr>{}</w:tc>", paragraph(text)));
            if *rows > 1 {
                next.insert(c, (*columns, rows - 1));
            }
            c += columns;
        }
        open = next;
        out.push_str("</w:tr>");
    }
    out + "</w:tbl>"
}
