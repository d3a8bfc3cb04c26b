//! The grids of a document as found, with the cell that each place got and why: `normalize --explain`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use nianbao_form::{Cell, FormIx, figure};

use crate::document::{Block, Document, Grid};
use crate::head::Leaf;
use crate::layout::Sheet;
use crate::pair::{Doubt, Way};
use crate::tables;
use crate::take::Taken;
use crate::vocabulary::{How, Vocabulary, key};

/// What a place of a grid was taken for.
#[derive(Clone, Debug)]
pub(crate) enum Became {
    /// The heading of an item.
    Item,
    /// Part of a head.
    Head(How),
    /// The label of a row, by the words of this one of the form's.
    RowLabel(How, String),
    /// A figure.
    Figure {
        /// The cell of the form.
        cell: Cell,
        /// Why no figure was taken from it.
        doubt: Option<Doubt>,
        /// The label of its row, and how it was found.
        row: (String, How),
        /// The labels over it, and how the innermost was found.
        column: (String, How),
        /// How row and column met.
        way: Way,
    },
    /// A figure of a row that fits no head.
    Unread(Doubt),
    /// Nothing of the form's.
    Loose(&'static str),
}

/// What each place was taken for, and which grids were read from top to bottom.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    places: BTreeMap<(u32, u32), Became>,
    turned: Vec<u32>,
}

impl Trace {
    pub(crate) fn note(&mut self, sheet: &Sheet<'_>, cell: u32, became: Became) {
        if sheet.is_turned() && self.turned.last() != Some(&sheet.grid.number) {
            self.turned.push(sheet.grid.number);
        }
        self.places.insert((sheet.grid.number, cell), became);
    }
}

impl Became {
    pub(crate) fn figure(cell: Cell, doubt: Option<Doubt>, taken: &Taken<'_, '_>, leaf: &Leaf<'_>) -> Became {
        let row = (taken.names.join(" / "), taken.how);
        let column = (leaf.path.join(" / "), leaf.how);
        Became::Figure { cell, doubt, row, column, way: taken.way }
    }

    fn en(&self, words: &Vocabulary<'_>, form: Option<FormIx>) -> String {
        match self {
            Became::Item => "heading of an item".to_owned(),
            Became::Head(How::Not) => "head, unknown words".to_owned(),
            Became::Head(how) => format!("head{}", in_brackets(how_en(*how))),
            Became::RowLabel(how, printed) => format!("row label of “{printed}”{}", in_brackets(how_en(*how))),
            Became::Unread(doubt) => format!("left unread: {}", doubt.en()),
            Became::Loose(why) => format!("unmapped: {why}"),
            Became::Figure { cell, doubt, row, column, way } => {
                let (row_as, column_as) = printed(words, form, *cell);
                let id = words.forms.id(*cell);
                let row = named(&row.0, row.1, &row_as);
                let column = named(&column.0, column.1, &column_as);
                let unread = doubt.map(|d| format!(", left unread: {}", d.en())).unwrap_or_default();
                format!("{id} (row {row}, column {column}, {}){unread}", way_en(*way))
            }
        }
    }
}

fn in_brackets(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

/// Innermost row and column label of a cell as its form prints them.
fn printed(words: &Vocabulary<'_>, form: Option<FormIx>, cell: Cell) -> (String, String) {
    let forms = words.forms;
    let def = form.or_else(|| forms.iter().next().map(|f| f.0)).and_then(|ix| forms.def(ix, cell));
    let lines = def.and_then(|d| {
        let (_, form) = forms.iter().find(|(_, f)| f.def(cell).is_some_and(|o| std::ptr::eq(o, d)))?;
        let block = &form.blocks[d.block];
        Some((block.rows[d.row].leaf().to_owned(), block.columns[d.column].leaf().to_owned()))
    });
    lines.unwrap_or_default()
}

/// A label as found, with what is remarkable about how it was found.
fn named(text: &str, how: How, printed: &str) -> String {
    let shown = shorten(text, 40);
    let innermost = text.rsplit(" / ").next().unwrap_or(text);
    let why = if how == How::Known && key(innermost) != key(printed) { "by an alias" } else { how_en(how) };
    let near = if how == How::Slip { format!(" of “{printed}”") } else { String::new() };
    format!("“{shown}”{}", in_brackets(&(why.to_owned() + &near)))
}

const fn how_en(how: How) -> &'static str {
    match how {
        How::Not | How::Known => "",
        How::Short => "without its number or what stands in brackets",
        How::Joined => "label and group in one",
        How::Doubled => "printed twice",
        How::Slip => "a slip",
        How::Note => "the form's note",
    }
}

const fn way_en(way: Way) -> &'static str {
    match way {
        Way::Place => "by place",
        Way::Right => "by place from the right",
        Way::Cut => "by place from the left, blanks cut off",
        Way::Order => "in order",
    }
}

/// A text in one line, cut after some characters.
fn shorten(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|c| if c == '\n' { '⏎' } else { c }).collect();
    if line.chars().count() <= most { line } else { line.chars().take(most).chain(['…']).collect() }
}

/// How many columns of a terminal a text takes: Chinese letters take two.
fn breadth(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) >= 0x1100 { 2 } else { 1 }).sum()
}

/// The grids as found, with what each place was taken for.
pub(crate) fn explain(words: &Vocabulary<'_>, document: &Document, form: Option<FormIx>) -> String {
    let unfolded = crate::stream::unfold(words.forms, document);
    let document = unfolded.as_ref().unwrap_or(document);
    let found = tables::read(words, document, true);
    let stream = crate::stream::explain(words, document, &found);
    let trace = found.trace.unwrap_or_default();
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(p) => {
                let _ = writeln!(out, "{}: {}", p.place, shorten(&p.text, 60));
            }
            Block::Grid(grid) => explain_grid(words, grid, &trace, form, &mut out),
        }
    }
    out.push_str(&stream);
    out
}

fn explain_grid(words: &Vocabulary<'_>, grid: &Grid, trace: &Trace, form: Option<FormIx>, out: &mut String) {
    let width = grid.rows.iter().map(Vec::len).max().unwrap_or(0);
    let turned = if trace.turned.contains(&grid.number) { ", its labels running down: rows read as columns" } else { "" };
    let _ = writeln!(out, "table {}: {} rows, {width} columns{turned}", grid.number, grid.rows.len());
    let mut lines: Vec<(String, String, String)> = Vec::new();
    for row in 0..grid.rows.len() {
        for (cell, start, end) in grid.row(row) {
            let c = grid.cell(cell);
            if c.row != row {
                continue;
            }
            let span = if c.rows > 1 || end - start > 1 { format!(" ({}x{})", c.rows, end - start) } else { String::new() };
            let why = match trace.places.get(&(grid.number, cell)) {
                Some(became) => became.en(words, form),
                None if figure::is_blank(&c.text) => "blank".to_owned(),
                None => String::new(),
            };
            lines.push((format!("{}{span}", c.place), format!("“{}”", shorten(&c.text, 24)), why));
        }
    }
    let widest = |of: fn(&(String, String, String)) -> &String| lines.iter().map(|l| breadth(of(l))).max().unwrap_or(0);
    let (first, second) = (widest(|l| &l.0), widest(|l| &l.1));
    for (place, text, why) in &lines {
        let pad = |t: &str, to: usize| " ".repeat(to.saturating_sub(breadth(t)));
        let _ = writeln!(out, "  {place}{}  {text}{}  -> {why}", pad(place, first), pad(text, second));
    }
}
