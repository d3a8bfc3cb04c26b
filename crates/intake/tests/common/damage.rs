//! Sound tables, and one structural edit at a time that damages them: what agencies and their programs do to a form.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::BTreeMap;

use nianbao_intake::document::{Block, Builder, Document, Down, RawCell};

use crate::print::{P, Part, Table, ragged};

/// A cell of a container: text, columns, how far down.
#[derive(Clone, Debug, PartialEq)]
pub struct C {
    pub text: String,
    pub columns: usize,
    pub down: Down,
}

pub type Rows = Vec<Vec<C>>;

/// How a container says what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// Cells over several rows stand once (web pages).
    Web,
    /// Cells over several rows stand once a row (Word).
    Word,
    /// One cell a line, spans not told.
    Lines,
    /// A row a line with tabs, blanks for spans.
    Tabs,
}

pub const CONTAINERS: [Container; 4] = [Container::Web, Container::Word, Container::Lines, Container::Tabs];

fn plain(text: &str) -> C {
    C { text: text.to_owned(), columns: 1, down: Down::Rows(1) }
}

/// A printed table as a container holds it.
pub fn rows(table: &Table, container: Container) -> Rows {
    match container {
        Container::Web => {
            let cell = |p: &P| C { text: p.0.clone(), columns: p.1, down: Down::Rows(p.2) };
            table.iter().map(|r| r.iter().map(cell).collect()).collect()
        }
        Container::Word => word(table),
        Container::Lines => ragged(table).iter().map(|r| r.iter().map(|t| plain(t)).collect()).collect(),
        Container::Tabs => crate::print::flat(table).iter().map(|r| r.iter().map(|t| plain(t)).collect()).collect(),
    }
}

fn word(table: &Table) -> Rows {
    let mut out = Rows::new();
    let mut open: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for row in table {
        let (mut line, mut next) = (Vec::new(), BTreeMap::new());
        let mut cells = row.iter();
        let mut c = 0;
        loop {
            if let Some((columns, rows)) = open.remove(&c) {
                line.push(C { text: String::new(), columns, down: Down::Continues });
                if rows > 1 {
                    next.insert(c, (columns, rows - 1));
                }
                c += columns;
                continue;
            }
            let Some(P(text, columns, rows)) = cells.next() else { break };
            let down = if *rows > 1 { Down::Begins } else { Down::Rows(1) };
            line.push(C { text: text.clone(), columns: *columns, down });
            if *rows > 1 {
                next.insert(c, (*columns, rows - 1));
            }
            c += columns;
        }
        open = next;
        out.push(line);
    }
    out
}

/// The document of headings and tables.
pub fn document(title: &str, parts: &[Part], tables: &[Rows], container: Container) -> Document {
    let mut builder = Builder::default();
    let mut blocks = Vec::new();
    builder.paragraph(title, &mut blocks);
    let mut tables = tables.iter();
    for part in parts {
        builder.paragraph(&part.heading, &mut blocks);
        if part.tables.is_empty() {
            builder.paragraph("全年工作有序。", &mut blocks);
        }
        for _ in &part.tables {
            let raw = tables.next().unwrap().iter().map(|r| r.iter().map(raw).collect()).collect();
            let before = blocks.len();
            builder.table(raw, &mut blocks);
            for block in &mut blocks[before..] {
                if let Block::Grid(g) = block {
                    g.tabbed = container == Container::Tabs;
                }
            }
        }
    }
    Document { blocks, ragged: matches!(container, Container::Lines | Container::Tabs), ..Document::default() }
}

fn raw(cell: &C) -> RawCell {
    let mut blocks = Vec::new();
    cell.text.split('\n').for_each(|l| Builder::default().paragraph(l, &mut blocks));
    RawCell { columns: cell.columns, down: cell.down, ..RawCell::plain(blocks) }
}

/// A small generator of numbers (SplitMix64), the same on every machine.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides.max(1) as u64) as usize
    }
}

fn is_figure(c: &C) -> bool {
    !c.text.is_empty() && c.text.bytes().all(|b| b.is_ascii_digit())
}

fn is_label(c: &C) -> bool {
    !c.text.is_empty() && !is_figure(c)
}

/// The kinds of damage.
pub const EDITS: [&str; 22] = [
    "delete a cell",
    "delete a figure",
    "delete a label",
    "delete a head cell",
    "duplicate a cell",
    "duplicate a figure",
    "blank a cell",
    "blank a label",
    "copy a label over the next",
    "merge two cells, texts joined",
    "merge two cells, first text kept",
    "join two cells, texts joined",
    "merge two cells downwards",
    "insert a blank cell",
    "insert a blank column",
    "drop a row's spans",
    "drop a cell's span down",
    "split a row in two",
    "delete a row",
    "duplicate a row",
    "move a row",
    "widen a cell",
];

fn pick(dice: &mut Dice, rows: &Rows, fits: impl Fn(&C) -> bool) -> Option<(usize, usize)> {
    let all: Vec<(usize, usize)> =
        (0..rows.len()).flat_map(|r| (0..rows[r].len()).map(move |c| (r, c))).filter(|(r, c)| fits(&rows[*r][*c])).collect();
    (!all.is_empty()).then(|| all[dice.roll(all.len())])
}

/// How many of the first rows hold no figure.
fn head_rows(rows: &Rows) -> usize {
    rows.iter().take_while(|r| !r.iter().any(is_figure)).count()
}

/// The grid column at which each cell begins.
fn columns(rows: &Rows) -> Vec<Vec<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut out = Vec::new();
    for row in rows {
        let mut column = 0;
        let mut starts = Vec::new();
        let mut next: Vec<usize> = open.iter().map(|n| n.saturating_sub(1)).collect();
        for cell in row {
            while open.get(column).is_some_and(|n| *n > 0) {
                column += 1;
            }
            starts.push(column);
            let more = if let Down::Rows(n) = cell.down { n - 1 } else { 0 };
            next.resize(next.len().max(column + cell.columns), 0);
            next[column..column + cell.columns].fill(more);
            column += cell.columns;
        }
        open = next;
        out.push(starts);
    }
    out
}

/// Damages the rows; says where.
pub fn damage(edit: &str, rows: &mut Rows, dice: &mut Dice) -> Option<String> {
    let any = |_: &C| true;
    let at = match edit {
        "delete a cell" | "duplicate a cell" | "blank a cell" | "insert a blank cell" | "widen a cell" => pick(dice, rows, any)?,
        "delete a figure" | "duplicate a figure" => pick(dice, rows, is_figure)?,
        "delete a label" | "blank a label" => pick(dice, rows, is_label)?,
        "delete a head cell" => {
            let r = dice.roll(head_rows(rows));
            (r, dice.roll(rows[r].len()))
        }
        "copy a label over the next" => pick(dice, rows, is_label)?,
        "drop a cell's span down" => pick(dice, rows, |c| matches!(c.down, Down::Rows(n) if n != 1) || c.down == Down::Begins)?,
        _ => (dice.roll(rows.len()), 0),
    };
    let (r, c) = at;
    let what = format!("{edit} at row {}, cell {} {:?}", r + 1, c + 1, rows[r].get(c).map(|c| c.text.clone()));
    match edit {
        "delete a cell" | "delete a figure" | "delete a label" | "delete a head cell" => drop(rows[r].remove(c)),
        "duplicate a cell" | "duplicate a figure" => {
            let copy = rows[r][c].clone();
            rows[r].insert(c, copy);
        }
        "blank a cell" | "blank a label" => rows[r][c].text.clear(),
        "insert a blank cell" => {
            let place = c + dice.roll(2);
            rows[r].insert(place, plain(""));
        }
        "widen a cell" => rows[r][c].columns += 1,
        "copy a label over the next" => {
            // Beside or below it.
            let text = rows[r][c].text.clone();
            let beside = dice.roll(2) == 0;
            let (r2, c2) = if beside { (r, c + 1) } else { (r + 1, c) };
            let next = rows.get_mut(r2)?.get_mut(c2).filter(|n| is_label(n))?;
            next.text = text;
        }
        "merge two cells, texts joined" | "merge two cells, first text kept" | "join two cells, texts joined" => {
            let r = dice.roll(rows.len());
            let pairs = rows[r].len().checked_sub(1).filter(|n| *n > 0)?;
            let c = dice.roll(pairs);
            let next = rows[r].remove(c + 1);
            if edit != "join two cells, texts joined" {
                rows[r][c].columns += next.columns;
            }
            if edit != "merge two cells, first text kept" {
                rows[r][c].text = format!("{}\n{}", rows[r][c].text, next.text).trim_matches('\n').to_owned();
            }
            return Some(format!("{edit} at row {}, cell {} {:?} {:?}", r + 1, c + 1, rows[r][c].text, next.text));
        }
        "merge two cells downwards" => {
            let (r, c) = pick(dice, rows, |c| c.down == Down::Rows(1))?;
            let starts = columns(rows);
            let columns = rows[r][c].columns;
            let at = starts.get(r + 1)?.iter().position(|s| *s == starts[r][c])?;
            let below = &rows[r + 1];
            if below[at].columns != columns || below[at].down != Down::Rows(1) {
                return None;
            }
            let joined = format!("{}\n{}", rows[r][c].text, below[at].text).trim_matches('\n').to_owned();
            let keep = dice.roll(2) == 0;
            if keep {
                rows[r][c].text = joined;
            }
            let word = rows.iter().flatten().any(|c| matches!(c.down, Down::Begins | Down::Continues));
            if word {
                rows[r][c].down = Down::Begins;
                rows[r + 1][at] = C { text: String::new(), columns, down: Down::Continues };
            } else {
                rows[r][c].down = Down::Rows(2);
                rows[r + 1].remove(at);
            }
            return Some(format!("{edit} at row {}, cell {} {:?}", r + 1, c + 1, rows[r][c].text));
        }
        "insert a blank column" => {
            // Between two grid columns: what covers both grows.
            let starts = columns(rows);
            let column = starts[r][dice.roll(rows[r].len())];
            for (row, starts) in rows.iter_mut().zip(&starts) {
                match (0..row.len()).find(|i| starts[*i] + row[*i].columns > column) {
                    Some(i) if starts[i] < column => row[i].columns += 1,
                    Some(i) if starts[i] == column || !row.is_empty() => {
                        // Below a cell that goes down and has grown there is no room.
                        row.insert(i, plain(""));
                    }
                    _ => row.push(plain("")),
                }
            }
        }
        "drop a row's spans" => rows[r].iter_mut().for_each(|c| c.columns = 1),
        "drop a cell's span down" => rows[r][c].down = Down::Rows(1),
        "split a row in two" => {
            let c = dice.roll(rows[r].len());
            let rest = rows[r].split_off(c);
            rows.insert(r + 1, rest);
        }
        "delete a row" => drop(rows.remove(r)),
        "duplicate a row" => {
            let copy = rows[r].clone();
            rows.insert(r, copy);
        }
        "move a row" => {
            let row = rows.remove(r);
            let to = dice.roll(rows.len() + 1);
            rows.insert(to, row);
        }
        _ => unreachable!("{edit}"),
    }
    Some(what)
}
