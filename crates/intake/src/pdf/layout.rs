//! A page as a sequence of lines of text and tables, from the top down.

use super::geometry::{Glyph, Page, Rect, Rule, Run};
use super::lines::{Line, by_run, lines};
use super::marks;
use super::ruled::{self, Table};
use super::rules;
use crate::refuse::Refusal;

/// What stands on a page, one below the other.
#[derive(Debug)]
pub(super) enum Item {
    Line(Line),
    Table(Table),
}

impl Item {
    /// Where it begins and ends from the top.
    pub(super) fn extent(&self) -> (f32, f32) {
        match self {
            Item::Line(line) => (line.middle - 0.5 * line.size, line.middle + 0.5 * line.size),
            Item::Table(table) => (table.bounds.y0, table.bounds.y1),
        }
    }
}

/// A page laid out.
#[derive(Debug)]
pub(super) struct Layout {
    pub number: u32,
    pub height: f32,
    pub items: Vec<Item>,
    /// Long level lines that are part of no ruled table.
    pub bands: Vec<Rule>,
    /// Whether its words are what a program recognised in its picture.
    pub recognised: bool,
    /// The name of a picture that covers most of the page, if there are no words.
    pub picture: Option<Box<str>>,
    /// Characters, and how many of them could not be decoded.
    pub glyphs: usize,
    pub unknown: usize,
}

/// Share of a page that a picture of the page covers.
const PICTURE: f32 = 0.5;

/// Lays out a page.
///
/// # Errors
/// More lines than any page has.
pub(super) fn layout(mut page: Page) -> Result<Layout, Refusal> {
    page.set_upright();
    let area = page.width * page.height;
    let covered = |r: &Rect| r.width() * r.height();
    let whole = page.pictures.iter().fold(Rect::NONE, |r, p| if covered(&p.0) > 0.1 * area { r.around(&p.0) } else { r });
    let words = page.glyphs.len().max(page.unseen.len());
    let picture = (words < 10 && whole.is_real() && covered(&whole) > PICTURE * area)
        .then(|| page.pictures.iter().max_by(|a, b| covered(&a.0).total_cmp(&covered(&b.0))).map(|p| p.1.clone()))
        .flatten();
    // Words without ink are a recognition's; beside real ones they would be there twice.
    let recognised = page.glyphs.len() < 10 && page.unseen.len() > page.glyphs.len();
    let (mut rules, mut glyphs) = (page.rules, if recognised { page.unseen } else { page.glyphs });
    marks::drop_marks(&mut rules, &mut glyphs, &page.blanks);
    let unknown = glyphs.iter().filter(|g| g.char == super::font::UNKNOWN).count();
    let count = glyphs.len();
    let rules = rules::joined(&rules);
    let (mut items, rest) = ruled_tables(&rules, glyphs)?;
    let inside = |y: f32| items.iter().any(|i| (i.extent().0 - 1.0..=i.extent().1 + 1.0).contains(&y));
    let long = |r: &&Rule| r.level && r.end - r.start > 0.08 * page.width && !inside(r.at);
    let bands = rules.iter().filter(long).copied().collect();
    for (run, list) in by_run(&rest) {
        // Words that run otherwise than the page stand in the margin or across it, unless the whole page does.
        if run == Run::Right || list.len() > count / 2 {
            items.extend(lines(&list).into_iter().map(Item::Line));
        }
    }
    items.sort_by(|a, b| a.extent().0.total_cmp(&b.extent().0));
    take_in(&mut items);
    Ok(Layout { number: page.number, height: page.height, items, bands, recognised, picture, glyphs: count, unknown })
}

/// Tables with lines, and the characters outside of them.
fn ruled_tables(rules: &[Rule], mut glyphs: Vec<Glyph>) -> Result<(Vec<Item>, Vec<Glyph>), Refusal> {
    let frames = rules::frames(rules)?;
    let mut tables: Vec<(Rect, Vec<(Rect, bool)>)> = frames.iter().filter_map(|f| Some((f.bounds, ruled::cells(f)?))).collect();
    // Tables inside of others take their words first.
    tables.sort_by(|a, b| (a.0.width() * a.0.height()).total_cmp(&(b.0.width() * b.0.height())));
    let mut items = Vec::new();
    for (bounds, places) in tables {
        let (inside, outside): (Vec<Glyph>, Vec<Glyph>) = glyphs.into_iter().partition(|g| bounds.holds(g.x, g.y));
        glyphs = outside;
        if ruled::lacks_columns(&places, &bounds, &inside) {
            glyphs.extend(inside);
            continue;
        }
        let (table, rest) = ruled::fill(places, bounds, inside);
        glyphs.extend(rest);
        if table.cells.iter().any(|c| !c.words.text.is_empty()) {
            items.push(Item::Table(table));
        }
    }
    Ok((items, glyphs))
}

/// Takes lines into cells above them that are open at their foot, where the edge of the page cut the table off: words of a
/// cell beside several rows go on while the last of those rows has ended.
fn take_in(items: &mut Vec<Item>) {
    let mut at = 0;
    while at + 1 < items.len() {
        let (Item::Table(table), Item::Line(line)) = (&items[at], &items[at + 1]) else {
            at += 1;
            continue;
        };
        let near = line.middle - table.bounds.y1 < 2.5 * line.size;
        let pieces = line.split(0.9);
        let cell_of = |piece: &Line| {
            let inside = |p: &Rect| piece.start > p.x0 - 1.0 && piece.end < p.x1 + 1.0;
            table.cells.iter().position(|c| c.open && !c.words.text.is_empty() && inside(&c.place))
        };
        let cells: Option<Vec<usize>> = pieces.iter().map(cell_of).collect();
        let Some(cells) = cells.filter(|_| near) else {
            at += 1;
            continue;
        };
        let foot = line.middle + 0.6 * line.size;
        items.remove(at + 1);
        if let Some(Item::Table(table)) = items.get_mut(at) {
            table.bounds.y1 = table.bounds.y1.max(foot);
            for (cell, piece) in cells.into_iter().zip(pieces) {
                let words = &mut table.cells[cell].words;
                words.text.push('\n');
                words.text.push_str(&piece.text());
                words.doubtful |= piece.glyphs.iter().any(|g| g.doubtful);
            }
        }
    }
}
