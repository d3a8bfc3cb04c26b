//! Text as a program takes it out of a page that it keeps the layout of: cells broken over lines, lines of one height set
//! beside one another, blanks in the place of distances, the scale changing from stretch to stretch of the page. Whatever
//! figures stand in it, whether they add up or not: what is read is right.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;

use std::collections::BTreeMap;

use common::{forms, read_bytes};
use nianbao_form::{Cell, Form, State};
use print::{P, Table};

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }
}

const FILLS: [&str; 5] = ["all", "marks", "two in five blank", "totals alone", "one other column alone"];

fn filled(form: &Form, fill: &str, large: bool, dice: &mut Dice) -> BTreeMap<Cell, String> {
    let mut out = BTreeMap::new();
    let other = ["natural_person", "other_organisation", "legal_service_organisation"][dice.roll(3)];
    for cell in form.cells.iter() {
        let id = forms().id(*cell);
        let applicant = id.starts_with("requests.");
        let figure = if dice.roll(3) == 0 { 0 } else { dice.roll(if large { 400 } else { 40 }) };
        let text = match fill {
            "totals alone" if applicant && !id.ends_with(".total") => String::new(),
            "one other column alone" if applicant && !id.ends_with(other) => String::new(),
            "two in five blank" if dice.roll(5) < 2 => String::new(),
            "marks" if figure == 0 => "/".to_owned(),
            _ => figure.to_string(),
        };
        out.insert(*cell, text);
    }
    out
}

/// A piece of text on the page: its height, how far to the right it stands, in half letters, and what it says.
struct Piece {
    y: usize,
    x: usize,
    text: String,
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn broken(text: &str, room: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    for c in text.chars() {
        let last = out.last_mut().unwrap();
        if !last.is_empty() && width(last) + width(c.encode_utf8(&mut [0; 4])) > room {
            out.push(c.to_string());
        } else {
            last.push(c);
        }
    }
    out
}

/// Height of a line of text.
const LINE: usize = 10;

/// The pieces of a table whose upper edge is at a height; and where it ends.
fn pieces(table: &Table, top: usize, dice: &mut Dice, out: &mut Vec<Piece>) -> usize {
    let (middle, align) = (dice.roll(2) == 0, dice.roll(3));
    let columns = table[0].iter().map(|c| c.1).sum::<usize>();
    // Where each cell stands: row, column.
    let mut taken = vec![vec![false; columns]; table.len()];
    let mut placed: Vec<(usize, usize, &P)> = Vec::new();
    for (r, row) in table.iter().enumerate() {
        for cell in row {
            let c = (0..columns).find(|c| !taken[r][*c]).unwrap();
            for line in taken.iter_mut().skip(r).take(cell.2) {
                line[c..(c + cell.1).min(columns)].fill(true);
            }
            placed.push((r, c, cell));
        }
    }
    let labels = columns.saturating_sub(if columns > 11 { 15 } else { 7 });
    let widths: Vec<usize> =
        (0..columns).map(|c| if c < labels || columns < 6 { 10 + 2 * dice.roll(14) } else { 4 + dice.roll(8) }).collect();
    let x = |c: usize| widths[..c].iter().sum::<usize>() + 2 * c;
    let lines = |c: usize, cell: &P| broken(&cell.0, x(c + cell.1) - x(c) - 2);
    let mut heights = vec![LINE; table.len()];
    for (r, c, cell) in &placed {
        let due = (LINE * lines(*c, cell).len()).saturating_sub(heights[*r..(r + cell.2).min(heights.len())].iter().sum());
        heights[(r + cell.2 - 1).min(table.len() - 1)] += due;
    }
    let y = |r: usize| top + heights[..r.min(table.len())].iter().sum::<usize>() + 6 * r;
    for (r, c, cell) in &placed {
        let own = lines(*c, cell);
        let room = y(r + cell.2) - 6 - y(*r);
        let from = y(*r) + if middle { (room - LINE * own.len()) / 2 } else { 0 };
        let space = x(c + cell.1) - x(*c) - 2;
        for (i, text) in own.into_iter().enumerate().filter(|l| !l.1.is_empty()) {
            let free = space.saturating_sub(width(&text));
            let x = x(*c) + [0, free / 2, free][align];
            out.push(Piece { y: from + LINE * i, x, text });
        }
    }
    y(table.len())
}

/// What the program prints: pieces of one height on a line, each where its place on the page says or behind the one before.
fn printed(mut pieces: Vec<Piece>, dice: &mut Dice) -> String {
    pieces.sort_by_key(|p| (p.y, p.x));
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if piece.y < line[0].y + 5 => line.push(piece),
            _ => lines.push(vec![piece]),
        }
    }
    let mut out = String::new();
    // Half letters to characters. In what pdftotext makes of one table, later stretches stand up to a quarter further left
    // than its head, never further right.
    let mut scale = 60;
    for mut line in lines {
        if dice.roll(12) == 0 {
            scale = (scale - dice.roll(6)).max(45);
        }
        line.sort_by_key(|p| p.x);
        let mut text = String::new();
        for piece in &line {
            let at = piece.x * scale / 100;
            let now = text.chars().count();
            let blanks = if now == 0 { at } else { at.saturating_sub(now).max(1) };
            text.push_str(&" ".repeat(blanks));
            text.push_str(&piece.text);
        }
        out.push_str(&text);
        out.push('\n');
        if dice.roll(9) == 0 {
            out.push('\n');
        }
    }
    out
}

#[test]
fn whatever_the_layout() {
    let rounds: usize = std::env::var("NIANBAO_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let mut dice = Dice(std::env::var("NIANBAO_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(5));
    let mut wrong = Vec::new();
    let mut tally: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for id in ["2019", "2021"] {
        for fill in FILLS {
            for round in 0..rounds {
                let form = forms().form(forms().find(id).unwrap());
                let truth = filled(form, fill, round % 3 == 0, &mut dice);
                let year = if id == "2019" { 2020 } else { 2022 };
                let mut text = format!("某某局{year}年政府信息公开工作年度报告\n\n");
                for part in print::parts(form, &|c| truth[&c].clone(), false) {
                    text.push_str(&format!("{}\n", part.heading));
                    let mut all = Vec::new();
                    let mut top = 0;
                    for table in &part.tables {
                        top = pieces(table, top, &mut dice, &mut all) + 20;
                    }
                    text.push_str(&printed(all, &mut dice));
                    text.push('\n');
                }
                text.push_str("某某局\n");
                let receipt = read_bytes("a.txt", text.as_bytes());
                let Some(report) = receipt.reports.first() else { continue };
                let entry = tally.entry(fill).or_default();
                for (cell, due) in &truth {
                    let v = report.value(*cell);
                    let right = match v.state {
                        State::Number => v.number.unwrap().to_string() == *due,
                        State::None => due == "/",
                        State::Blank => due.is_empty(),
                        State::Text | State::Absent => {
                            entry.1 += 1;
                            continue;
                        }
                    };
                    if right {
                        entry.0 += 1;
                    } else {
                        wrong.push(format!(
                            "{id} {fill} {round}: {} is {:?} for {due:?} at {}\n{text}",
                            forms().id(*cell),
                            v.raw,
                            v.place
                        ));
                    }
                }
            }
        }
    }
    tally.iter().for_each(|(fill, (right, unread))| eprintln!("{fill:<24} {right:>6} right {unread:>6} unread"));
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[0]);
    let (right, unread) = tally["all"];
    assert!(right > unread, "of figures in every cell {right} right, {unread} unread");
}
