//! Tables made of plain boxes: `<div><div>规章</div><div>1</div></div>` row by row, without a style that says so.
//!
//! Boxes are taken for rows only where neighbours have the same number of small boxes, the first row is words and a later
//! one has a label with figures behind it, so that running text, menus and lists of news never become a table.

use nianbao_form::figure::is_blank;

use super::style::{Display, Style};
use super::tags::{Name, Tag};
use super::tree::{Id, Kind, Tree};

/// Nodes in a box that may be a cell.
const MAX_NODES: usize = 12;
/// Bytes of text in one.
const MAX_TEXT: usize = 240;
const MAX_COLUMNS: usize = 40;
/// Rows in which the first figures must come.
const MAX_HEAD: usize = 8;

/// What a box was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Rows are its children.
    Group,
    /// Cells are its children.
    Row,
    Cell,
    /// A row of one cell over so many columns.
    Full(usize),
}

/// A box with what it was found to be.
pub(super) type Found = (Id, Part);

/// What a child may be.
enum Shape {
    Row(Vec<Id>),
    Full,
    /// Nothing is in it, or it is not shown.
    Empty,
    Group(Vec<(Id, Shape)>),
    Other,
}

/// Asks what is known of an element's style.
pub(super) type Ask<'a> = dyn Fn(Id) -> Style + 'a;

/// The tables among the children of an element, each with its parts.
pub(super) fn tables(tree: &Tree<'_>, parent: Id, style: &Ask<'_>) -> Vec<Vec<Found>> {
    let rows = tree.children(parent).filter(|c| is_row_tag(tree.tag(*c))).take(2).count();
    if rows < 2 {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut run: Vec<(Id, Shape)> = Vec::new();
    let mut width = 0;
    for child in tree.children(parent) {
        let shape = shape(tree, child, style, 0);
        let columns = match &shape {
            Shape::Empty => continue,
            Shape::Full => Some(width),
            Shape::Row(cells) => Some(cells.len()),
            Shape::Group(rows) => rows.iter().find_map(|r| if let Shape::Row(cells) = &r.1 { Some(cells.len()) } else { None }),
            Shape::Other => None,
        };
        if columns.is_none_or(|c| c != width && width != 0 && c != 0) {
            out.extend(table(tree, std::mem::take(&mut run)));
            width = 0;
        }
        if let Some(columns) = columns {
            width = width.max(columns);
            run.push((child, shape));
        }
    }
    out.extend(table(tree, run));
    out
}

fn is_row_tag(tag: Tag) -> bool {
    matches!(tag, Tag::Div | Tag::Ul | Tag::Ol | Tag::Dl | Tag::Li | Tag::Section | Tag::Article | Tag::Header)
}

fn shape(tree: &Tree<'_>, id: Id, style: &Ask<'_>, depth: usize) -> Shape {
    let node = tree.node(id);
    if !matches!(node.kind, Kind::Element(_)) {
        return if is_blank(&super::entities::decoded(node.span.of(tree.text), false)) { Shape::Empty } else { Shape::Other };
    }
    let own = style(id);
    if own.display == Some(Display::None) {
        return Shape::Empty;
    }
    let is_laid_out =
        matches!(own.display, Some(Display::Table | Display::Row | Display::Cell | Display::RowGroup | Display::Grid));
    if !is_row_tag(tree.tag(id)) || is_laid_out {
        return Shape::Other;
    }
    let (mut cells, mut words) = (Vec::new(), false);
    for child in tree.children(id) {
        if !matches!(tree.node(child).kind, Kind::Element(_)) {
            words |= !is_blank(tree.node(child).span.of(tree.text));
        } else if style(child).display != Some(Display::None) {
            cells.push(child);
        }
        if cells.len() > MAX_COLUMNS {
            return Shape::Other;
        }
    }
    let is_flex = own.display == Some(Display::Flex);
    match (cells.len(), words) {
        (0, false) => Shape::Empty,
        (0 | 1, _) => match group(tree, &cells, style, depth) {
            Shape::Other if small_text(tree, id).is_some() => Shape::Full,
            shape => shape,
        },
        (_, true) => Shape::Other,
        _ if cells.iter().all(|c| (is_flex || is_box(tree, *c, style)) && is_cell(tree, *c)) => Shape::Row(cells),
        _ => group(tree, &cells, style, depth),
    }
}

/// A box whose children are all rows of one table: `<div class="head">`, `<div class="body">`.
fn group(tree: &Tree<'_>, children: &[Id], style: &Ask<'_>, depth: usize) -> Shape {
    if depth > 0 || children.is_empty() {
        return Shape::Other;
    }
    let rows: Vec<(Id, Shape)> = children.iter().map(|c| (*c, shape(tree, *c, style, depth + 1))).collect();
    let mut widths = rows.iter().filter_map(|r| if let Shape::Row(cells) = &r.1 { Some(cells.len()) } else { None });
    let Some(width) = widths.next() else { return Shape::Other };
    let regular = widths.all(|w| w == width) && rows.iter().all(|r| !matches!(r.1, Shape::Other));
    if regular { Shape::Group(rows) } else { Shape::Other }
}

/// Whether an element stands as a box of its own; of a `<span>` with a class it is taken on trust, as its style sheet may
/// lie elsewhere.
fn is_box(tree: &Tree<'_>, id: Id, style: &Ask<'_>) -> bool {
    let own = style(id);
    let tag = tree.tag(id);
    // Paragraphs in a box are words, one below the other.
    tag.is_block() && tag != Tag::P && !tag.is_heading()
        || own.apart == Some(true)
        || matches!(own.display, Some(Display::Block | Display::InlineBlock | Display::Flex | Display::Cell))
        || tree.attribute(id, Name::Class).is_some()
}

/// Whether a box may be a cell: there is little in it, and it is no row itself.
fn is_cell(tree: &Tree<'_>, id: Id) -> bool {
    tree.children(id).filter(|c| is_row_tag(tree.tag(*c))).take(2).count() < 2 && small_text(tree, id).is_some()
}

/// The text of a box, if there is little of it.
fn small_text(tree: &Tree<'_>, id: Id) -> Option<String> {
    let mut out = String::new();
    let mut stack: Vec<Id> = tree.children(id).take(MAX_NODES + 1).collect();
    stack.reverse();
    let mut seen = 0;
    while let Some(at) = stack.pop() {
        let node = tree.node(at);
        seen += 1;
        match node.kind {
            Kind::Element(Tag::Table | Tag::Img | Tag::Script | Tag::Style | Tag::Input | Tag::Iframe) => return None,
            Kind::Element(_) => {
                let children: Vec<Id> = tree.children(at).take(MAX_NODES + 1).collect();
                stack.extend(children.into_iter().rev());
            }
            _ => out.push_str(node.span.of(tree.text)),
        }
        if seen > MAX_NODES || out.len() > MAX_TEXT {
            return None;
        }
    }
    Some(super::entities::decoded(&out, false))
}

/// The parts of a run of rows, if it is a table.
fn table(tree: &Tree<'_>, run: Vec<(Id, Shape)>) -> Option<Vec<Found>> {
    // Lines of one box in front and behind are words around the table.
    let is_full = |r: &(Id, Shape)| matches!(r.1, Shape::Full);
    let start = run.iter().position(|r| !is_full(r))?;
    let end = run.iter().rposition(|r| !is_full(r))? + 1;
    let run = &run[start..end];
    let mut rows: Vec<&Vec<Id>> = Vec::new();
    for (_, shape) in run {
        match shape {
            Shape::Row(cells) => rows.push(cells),
            Shape::Group(inner) => {
                rows.extend(inner.iter().filter_map(|r| if let Shape::Row(c) = &r.1 { Some(c) } else { None }))
            }
            _ => {}
        }
    }
    let width = rows.first()?.len();
    let texts = |row: &[Id]| -> Vec<String> { row.iter().map(|c| small_text(tree, *c).unwrap_or_default()).collect() };
    // The head are the rows above the first figures, which name most columns.
    let mut named = vec![false; width];
    let mut is_table = false;
    for row in rows.iter().take(MAX_HEAD) {
        let cells = texts(row);
        if has_figures(&cells) {
            is_table = named.iter().skip(1).filter(|n| **n).count() * 2 >= width - 1;
            break;
        }
        cells.iter().zip(&mut named).for_each(|(text, named)| *named |= has_letters(text));
    }
    if !is_table {
        return None;
    }
    let mut out = Vec::new();
    for (id, shape) in run {
        if let Shape::Group(inner) = shape {
            out.push((*id, Part::Group));
            inner.iter().for_each(|(id, shape)| row(*id, shape, width, &mut out));
        } else {
            row(*id, shape, width, &mut out);
        }
    }
    Some(out)
}

/// Whether a row is labels with figures behind them, or figures throughout.
fn has_figures(cells: &[String]) -> bool {
    let figures = cells.iter().rev().take_while(|t| is_figure(t)).count();
    let labels = &cells[..cells.len() - figures];
    let has_digit = |t: &String| t.bytes().any(|b| b.is_ascii_digit());
    let labelled = figures > 0 && !labels.is_empty() && labels.iter().all(|t| has_letters(t) || is_blank(t));
    cells[labels.len()..].iter().any(has_digit) && (labelled || cells.len() > 2 && labels.is_empty())
}

fn row(id: Id, shape: &Shape, width: usize, out: &mut Vec<Found>) {
    match shape {
        Shape::Row(cells) => {
            out.push((id, Part::Row));
            out.extend(cells.iter().map(|c| (*c, Part::Cell)));
        }
        Shape::Full => out.push((id, Part::Full(width))),
        _ => {}
    }
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// A figure with a unit or without, nothing, or a mark for "none".
fn is_figure(text: &str) -> bool {
    let text = text.trim_matches(nianbao_form::figure::is_inkless);
    let rest = text.trim_start_matches(|c: char| c.is_numeric() || matches!(c, '.' | ',' | '，' | '-' | '—' | '/' | '／'));
    rest.chars().count() <= 2 && !rest.contains(char::is_numeric)
}
