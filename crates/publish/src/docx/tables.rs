//! Statutory tables as the official template sets them, and plain tables.

use super::xml::{self, Align, Merge, Paragraph, Row, Run, TableCell, Twips};
use super::{SUBHEADING, TABLE, TALL};
use crate::grid::{Grid, Role, Square};
use crate::story::List;

/// Width of the text: A4 less margins of 28 and 26 mm.
const TEXT_WIDTH: Twips = 8844;
/// Width of a statutory table, as the official template has it: it reaches a little into both margins.
const TABLE_WIDTH: Twips = 9740;
/// Left and right margin of a cell, as there.
const CELL_MARGIN: Twips = 57;
/// Half-points of the words and figures of a statutory table.
const FIGURE: usize = 20;
/// Half-points that can still be read well: so far figures give way before row heads do.
const SMALL: usize = 15;
/// Half-points of a plain table.
const LIST: usize = 21;

/// Thousandths of a width, without losing any to rounding.
fn twips(widths: &[usize], whole: Twips) -> Vec<Twips> {
    let mut from = 0;
    widths
        .iter()
        .map(|w| {
            let width = whole * (from + w) / 1000 - whole * from / 1000;
            from += w;
            width
        })
        .collect()
}

/// A line of a table: as high in every font, so that a table fits its page whichever a system has.
fn line<'t>(half_points: usize) -> Paragraph<'t> {
    Paragraph::new(half_points * 13)
}

/// Half-points of the figures of a statutory table, and its columns: as the form has them, unless a figure is too long for
/// its column. Then row heads give way, and then the figures become smaller, so that none is broken over two lines, where
/// a reader would take it for two.
fn fitted(grid: &Grid) -> (usize, Vec<Twips>) {
    // A digit is half as wide as its font is high; a Chinese character or sign is as wide.
    let halves = |s: &Square| s.fill.text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let numeric = |s: &&Square| s.role == Role::Figure && !s.fill.text.chars().any(char::is_alphabetic);
    let size_in = |columns: &[Twips]| {
        let fit = |s: &Square| {
            let room = columns[s.column..s.column + s.columns].iter().sum::<usize>().saturating_sub(2 * CELL_MARGIN);
            // `room / 20` points hold characters of half a size each; in half-points that is a fifth of it for each.
            room / 5 / halves(s).max(1)
        };
        grid.squares.iter().filter(numeric).map(fit).min().unwrap_or(FIGURE).clamp(9, FIGURE)
    };
    let official = twips(&grid.widths, TABLE_WIDTH);
    let size = size_in(&official);
    let first = grid.squares.iter().filter(|s| s.role == Role::Figure).map(|s| s.column).min().unwrap_or(0);
    if size >= SMALL || first == 0 {
        return (size, official);
    }
    let heads: usize = grid.widths[..first].iter().sum();
    let given = grid.widths[first - 1].saturating_sub(150).min(heads.saturating_sub(320));
    let mut widths = grid.widths.clone();
    widths[first - 1] -= given;
    let across = widths.len() - first;
    for (i, w) in widths[first..].iter_mut().enumerate() {
        *w += given * (i + 1) / across - given * i / across;
    }
    let wider = twips(&widths, TABLE_WIDTH);
    (size_in(&wider), wider)
}

/// `noted` says that a note follows, which must not stand alone on the next page.
pub(super) fn statutory(grid: &Grid, noted: bool, out: &mut String) {
    let (size, widths) = fitted(grid);
    let height = match () {
        // The one row of figures of table four is as high in the template.
        () if grid.head > 0 && grid.head + 1 == grid.rows => 672,
        // A table that fills a page gives a little, so that its note stands below it.
        () if grid.rows > TALL => 318,
        () => 340,
    };
    let setting = Setting { grid, size, widths: &widths, noted };
    let rows: Vec<Row<'_>> = grid
        .by_row()
        .iter()
        .enumerate()
        .map(|(r, squares)| {
            let cells = squares.iter().map(|s| setting.square(s, r)).collect();
            let head = r < grid.head;
            Row { height: if head { 340 } else { height }, splits: false, head, cells }
        })
        .collect();
    xml::table(&widths, &rows, 8, (0, CELL_MARGIN), out);
}

/// How the squares of a statutory table are set.
struct Setting<'g> {
    grid: &'g Grid,
    size: usize,
    widths: &'g [Twips],
    noted: bool,
}

impl<'g> Setting<'g> {
    fn square(&self, s: &'g Square, row: usize) -> TableCell<'g> {
        let has = |class: &str| s.fill.class.split(' ').any(|c| c == class);
        let marked = has("marked");
        let fill = match s.role {
            Role::Item => Some("C6D9F1"),
            _ if marked => Some("FFD966"),
            _ if has("lower") => Some("EDEDED"),
            _ => None,
        };
        let merge = match (s.rows > 1, row == s.row) {
            (false, _) => Merge::None,
            (true, true) => Merge::Begins,
            (true, false) => Merge::GoesOn,
        };
        // Every row holds on to the next one, so that a table that fits on a page is not cut.
        let mut paragraph = line(FIGURE);
        paragraph.keep_next = self.noted || row + 1 < self.grid.rows;
        paragraph.align = self.align(s);
        if s.row == row {
            let size = if s.role == Role::Figure { self.size } else { FIGURE };
            paragraph.runs = self.hands(s).map(|(text, font)| Run { bold: marked, ..Run::new(text, font, size) }).collect();
        }
        let width = self.widths[s.column..s.column + s.columns].iter().sum();
        TableCell { width, columns: s.columns, merge, fill, paragraphs: vec![paragraph] }
    }

    fn align(&self, s: &Square) -> Align {
        let long = s.fill.text.chars().count() > 10;
        let left = match s.role {
            Role::Item => true,
            Role::Corner => long,
            Role::RowHead => !self.grid.stacked(),
            Role::ColumnHead => false,
            Role::Figure => long && s.fill.text.chars().any(char::is_alphabetic),
        };
        if left { Align::Left } else { Align::Center }
    }

    /// The form prints its own remarks, in the corner and behind labels, in another hand.
    fn hands<'s>(&self, s: &'s Square) -> impl Iterator<Item = (&'s str, &'static str)> + use<'s> {
        let text = s.fill.text.as_str();
        let remark = |at: &usize| text.ends_with('）') && text[*at..].chars().count() > 10;
        let at = match s.role {
            Role::Corner | Role::RowHead => text.rfind('（').filter(remark).unwrap_or(text.len()),
            _ => text.len(),
        };
        [(&text[..at], TABLE), (&text[at..], SUBHEADING)].into_iter().filter(|(t, _)| !t.is_empty())
    }
}

/// A plain table with a head that is repeated.
pub(super) fn list(list: &List, out: &mut String) {
    let widths = twips(&list.widths, TEXT_WIDTH);
    let cell = |width: Twips, merge: Merge, paragraphs| TableCell { width, columns: 1, merge, fill: None, paragraphs };
    let head = list.head.iter().zip(&widths).map(|(text, width)| {
        let paragraph = line(LIST).run(Run { bold: true, ..Run::new(text, TABLE, LIST) });
        cell(*width, Merge::None, vec![Paragraph { align: Align::Center, keep_next: true, ..paragraph }])
    });
    let fits = |column: usize| list.rows.iter().filter_map(|r| r.get(column)?.as_ref()).all(|t| t.chars().count() <= 8);
    let short: Vec<bool> = (0..widths.len()).map(fits).collect();
    let mut rows = vec![Row { height: 400, splits: false, head: true, cells: head.collect() }];
    for (at, texts) in list.rows.iter().enumerate() {
        let goes_on = |column: usize, row: usize| list.rows.get(row).is_some_and(|r| r.get(column).is_some_and(Option::is_none));
        let cells = texts.iter().zip(&widths).enumerate().map(|(column, (text, width))| {
            let Some(text) = text else { return cell(*width, Merge::GoesOn, vec![line(LIST)]) };
            let merge = if goes_on(column, at + 1) { Merge::Begins } else { Merge::None };
            let align = if short[column] { Align::Center } else { Align::Left };
            let lines = text.split('\n').map(|t| Paragraph { align, ..line(LIST).run(Run::new(t, TABLE, LIST)) });
            cell(*width, merge, lines.collect())
        });
        // A row with much to say may go on on the next page.
        let splits = texts.iter().flatten().any(|t| t.chars().count() > 400);
        rows.push(Row { height: 400, splits, head: false, cells: cells.collect() });
    }
    xml::table(&widths, &rows, 4, (40, 80), out);
}
