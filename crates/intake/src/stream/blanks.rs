//! Rows with blanks: the order of the figures does not tell their columns, but the cells of a row or the blank lines
//! between figures may.

use nianbao_form::Place;

use super::lexicon::Lexicon;
use super::tokens::Stream;
use super::zone::{Item, Zone};

/// A row whose cells are told by their places: for each figure of the head its event, if the cell is not blank.
#[derive(Debug)]
pub(crate) struct Spaced {
    pub row: usize,
    pub figures: Vec<Option<usize>>,
    /// Where the row stands.
    pub place: Place,
    /// The line of its label.
    pub line: u32,
}

/// The rows of a zone that have blanks, where their places are certain.
pub(crate) fn rows(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone) -> Vec<Spaced> {
    let mut out = by_cells(stream, zone);
    if out.is_empty() {
        out = by_lines(words, stream, zone);
    }
    out
}

/// A label in a row of cells: its item, its line, and the position of its last cell.
struct InRow {
    row: usize,
    line: u32,
    label: usize,
    width: usize,
}

/// Rows of a table whose figures fill its last columns: labels never reach further to the right, blank cells stand between.
fn by_cells(stream: &Stream<'_>, zone: &Zone) -> Vec<Spaced> {
    let columns = zone.order.len();
    let mut found: Vec<InRow> = Vec::new();
    for item in &zone.items {
        let Item::Label { row, event } = item else { continue };
        let e = &stream.events[*event];
        let Some(line) = stream.lines.get(e.line as usize).filter(|l| e.line == e.end_line && !l.cells.is_empty()) else {
            continue;
        };
        let Some(label) = line.cells.iter().position(|c| c.is_some_and(|p| p == stream.piece(e.to - 1))) else { continue };
        found.push(InRow { row: *row, line: e.line, label, width: line.cells.len() });
    }
    let mut out = Vec::new();
    for at in &found {
        let same = found.iter().filter(|f| f.width == at.width);
        let deepest = same.clone().map(|f| f.label + 1).max().unwrap_or(0);
        let lone = found.iter().filter(|f| f.line == at.line).count() == 1;
        if !lone || same.count() < 2 || at.width != deepest + columns {
            continue;
        }
        let cells = &stream.lines[at.line as usize].cells;
        let label = &cells[at.label + 1..deepest];
        let figures: Option<Vec<Option<usize>>> = cells[deepest..]
            .iter()
            .map(|c| match c {
                None => Some(None),
                // Words where a figure should stand make the row uncertain.
                Some(piece) => stream.figure_of(*piece).map(Some),
            })
            .collect();
        if let (true, Some(figures)) = (label.iter().all(Option::is_none), figures) {
            let place = stream.lines[at.line as usize].place.clone();
            out.push(Spaced { row: at.row, figures, place, line: at.line });
        }
    }
    out
}

/// A label with the figures below it, all on lines of their own: line numbers of the label's last letter, of each figure
/// with its event, and of what comes next.
struct Below {
    row: usize,
    line: u32,
    label: u32,
    figures: Vec<(u32, usize)>,
    next: u32,
}

/// Rows of a text with a cell a line, where a blank line is a blank cell: below each label stand as many lines as there
/// are columns, and more only where the next row begins with blank cells. Some programs set an empty line behind each.
fn by_lines(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone) -> Vec<Spaced> {
    let columns = zone.order.len() as u32;
    let Some(rows) = below(stream, zone).filter(|r| 2 * r.len() >= words.parts[usize::from(zone.part)].own_rows()) else {
        return Vec::new();
    };
    for step in [1, 2] {
        let cells = |r: &Below| (r.next.saturating_sub(r.label) / step).checked_sub(1 + columns);
        let last = rows.len() - 1;
        let extra: Option<Vec<u32>> = rows.iter().map(cells).collect();
        let Some(extra) = extra else { continue };
        let even = rows[..last].iter().all(|r| (r.next - r.label) % step == 0);
        // What stands behind the figures of a row are the blank cells before the label of the next.
        if !even || extra[..last].iter().any(|e| *e > 3) || extra[..last].iter().filter(|e| **e == 0).count() < 2 {
            continue;
        }
        let spaced: Option<Vec<Spaced>> = rows.iter().map(|r| spaced(stream, r, step, columns)).collect();
        if let Some(spaced) = spaced {
            return spaced;
        }
    }
    Vec::new()
}

fn spaced(stream: &Stream<'_>, below: &Below, step: u32, columns: u32) -> Option<Spaced> {
    let mut figures = vec![None; columns as usize];
    for (line, event) in &below.figures {
        let offset = line.checked_sub(below.label + step)?;
        let cell = figures.get_mut((offset / step) as usize).filter(|c| offset % step == 0 && c.is_none())?;
        *cell = Some(*event);
    }
    let place = stream.lines.get(below.line as usize)?.place.clone();
    Some(Spaced { row: below.row, figures, place, line: below.line })
}

/// The labels of a zone with the figures below them; `None` if anything else stands there, or not on lines of its own.
fn below(stream: &Stream<'_>, zone: &Zone) -> Option<Vec<Below>> {
    let number = |line: u32| match stream.lines.get(line as usize).map(|l| &l.place) {
        Some(Place::Line(n) | Place::LineAt(n, _)) => Some(*n),
        _ => None,
    };
    let alone = |event: usize| {
        let e = &stream.events[event];
        let beside = |o: Option<&super::tokens::Event>| o.is_some_and(|o| o.line <= e.end_line && o.end_line >= e.line);
        !beside(event.checked_sub(1).and_then(|b| stream.events.get(b))) && !beside(stream.events.get(event + 1))
    };
    let mut out: Vec<Below> = Vec::new();
    let mut open = false;
    for item in &zone.items {
        match item {
            Item::Run(run) => {
                let row = out.last_mut().filter(|_| open)?;
                for f in &run.figures {
                    row.figures.push((number(stream.events[*f].line).filter(|_| alone(*f))?, *f));
                }
            }
            Item::Label { event, .. } | Item::Group { event } => {
                let e = &stream.events[*event];
                let first = number(e.line)?;
                if let Some(row) = out.last_mut().filter(|_| open) {
                    row.next = first;
                }
                open = matches!(item, Item::Label { .. });
                if let Item::Label { row, .. } = item {
                    out.push(Below { row: *row, line: e.line, label: number(e.end_line)?, figures: Vec::new(), next: 0 });
                }
            }
            Item::Again | Item::Strange { .. } => return None,
        }
    }
    let next = stream.events.get(zone.range.1).and_then(|e| number(e.line));
    if let Some(row) = out.last_mut().filter(|_| open) {
        row.next = next.unwrap_or(u32::MAX);
    }
    (out.len() > 1).then_some(out)
}
