//! Tables without lines between their columns: columns are where figures stand one below the other, rows are where figures
//! stand beside one another. Where labels and figures cannot be brought together exactly, the lines stay lines.

use nianbao_form::{Kind, State, figure, label};

use super::columns::{self, Columns};
use super::geometry::{Rect, Rule};
use super::heads;
use super::labels;
use super::layout::{Item, Layout};
use super::lines::{Line, Words};
use super::ruled::{Cell, Table};

/// Gap between words of one line that stand in different columns, in type sizes.
const GAP: f32 = 0.75;
/// Longest line of labels, in characters.
const MAX_HEAD: usize = 100;
/// Longest label with a figure right behind it, in characters.
const MAX_CLOSE: usize = 28;
/// The same in heads, where nothing below stands in the gap.
const TIGHT: f32 = 0.3;
/// Height of a row in the coordinates of such a table, which count rows.
const ROW: f32 = 20.0;

/// A piece of a line that stands by itself.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub line: Line,
    pub text: String,
    pub figure: bool,
}

impl Piece {
    pub(super) fn of(line: Line) -> Piece {
        let text = line.text();
        let figure = is_figure(&text);
        Piece { line, text, figure }
    }

    pub(super) fn overlaps(&self, start: f32, end: f32) -> bool {
        self.line.start < end && self.line.end > start
    }
}

/// Whether a text is what stands in a cell for figures: digits with a unit, or a mark of none.
fn is_figure(text: &str) -> bool {
    let folded = label::fold(text);
    if folded == "无" || figure::read(text, "", Kind::Count, &[]).state == State::None {
        return true;
    }
    let digits = folded.trim_start_matches(['-', '+', '¥']);
    let numbered = label::split_number(&folded).is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()));
    digits.starts_with(|c: char| c.is_ascii_digit()) && !numbered && digits.chars().filter(|c| !c.is_ascii()).count() <= 8
}

/// A line with its pieces.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub pieces: Vec<Piece>,
    pub middle: f32,
    pub size: f32,
}

impl Row {
    pub(super) fn of(line: &Line) -> Row {
        let mut pieces: Vec<Piece> = Vec::new();
        for part in line.split(GAP) {
            // Figures beside one another are further apart than the thousands of one number.
            pieces.extend(part.split(0.6).into_iter().map(Piece::of).fold(Vec::new(), join_words));
        }
        let pieces = pieces.into_iter().flat_map(separate).collect();
        Row { pieces, middle: line.middle, size: line.size }
    }

    pub(super) fn figures(&self) -> usize {
        self.pieces.iter().filter(|p| p.figure).count()
    }
}

impl Row {
    /// Splits words from figures that stand so close behind them that only the columns tell them apart.
    fn split_at(&self, columns: &Columns) -> Row {
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            let (first, last) = columns.of(piece);
            let figures = (first..last).find(|c| *c > first && columns.0[*c].figures);
            let cut = figures.filter(|_| !piece.figure).and_then(|c| {
                let from = columns.0[c].start - 0.5 * self.size;
                let glyphs = &piece.line.glyphs;
                let gap = |i: usize| glyphs[i].start - glyphs[i - 1].end > 0.15 * self.size;
                (1..glyphs.len()).find(|i| glyphs[*i].start >= from && gap(*i))
            });
            let parts =
                cut.map(|at| piece.line.glyphs.split_at(at)).map(|(a, b)| [a, b].map(|g| Piece::of(Line::of(g.to_vec()))));
            match parts {
                Some(parts) if parts[1].figure => pieces.extend(parts),
                _ => pieces.push(piece.clone()),
            }
        }
        Row { pieces, ..*self }
    }
}

/// Puts words together again that were split where only figures should be.
fn join_words(mut done: Vec<Piece>, next: Piece) -> Vec<Piece> {
    match done.last_mut() {
        Some(last) if !(last.figure && next.figure) => {
            let mut line = last.line.clone();
            line.glyphs.extend(next.line.glyphs);
            line.end = line.end.max(next.line.end);
            *last = Piece::of(line);
        }
        _ => done.push(next),
    }
    done
}

/// Takes apart figures that stand close beside one another or behind a short label, where together they are no number and
/// apart they are.
fn separate(piece: Piece) -> Vec<Piece> {
    let is_number = |p: &Piece| matches!(figure::read(&p.text, "", Kind::Count, &[]).state, State::Number | State::None);
    let digits = |p: &Piece| p.text.starts_with(|c: char| c.is_numeric());
    let length = piece.text.chars().count();
    if !piece.text.contains(char::is_numeric) {
        // Several words with wide gaps are labels of columns: letters of prose stand together, or all apart.
        let parts = if length <= MAX_HEAD { piece.line.split(TIGHT) } else { Vec::new() };
        let words = parts.len() > 2 && parts.iter().all(|p| p.text().chars().count() > 1);
        return if words { parts.into_iter().map(Piece::of).collect() } else { vec![piece] };
    }
    if length > MAX_CLOSE || is_number(&piece) {
        return vec![piece];
    }
    let parts: Vec<Piece> = piece.line.split(TIGHT).into_iter().map(Piece::of).collect();
    match parts.as_slice() {
        [_, _, ..] if piece.figure && parts.iter().all(is_number) => parts,
        [label, number] if !label.text.contains(char::is_numeric) && label.text.chars().count() > 1 => {
            if digits(number) && is_number(number) { parts } else { vec![piece] }
        }
        _ => vec![piece],
    }
}

/// What a page leaves to the next one: the columns of a table at its end, or the lines of a head whose figures are still to
/// come.
#[derive(Default)]
struct Carried {
    columns: Option<Columns>,
    head: Vec<Line>,
}

/// Makes tables of the lines of pages that are columns of figures.
pub(super) fn find(pages: &mut [Layout]) {
    let mut carried = Carried::default();
    let count = pages.len();
    for (at, page) in pages.iter_mut().enumerate() {
        let mut items = Vec::new();
        let mut run = std::mem::take(&mut carried.head);
        let mut held = run.len();
        if let (Some(last), Some(Item::Line(first))) = (run.last(), page.items.first()) {
            let by = first.middle - 1.6 * last.size - last.middle;
            run.iter_mut().for_each(|l| l.lower(by));
        }
        for item in std::mem::take(&mut page.items) {
            match item {
                Item::Line(line) => run.push(line),
                Item::Table(table) => {
                    let before = carried.columns.take();
                    let rest = tables_of(std::mem::take(&mut run), (before, std::mem::take(&mut held)), &page.bands, &mut items);
                    items.extend(rest.head.into_iter().map(Item::Line));
                    items.push(Item::Table(table));
                }
            }
        }
        carried = tables_of(run, (carried.columns.take(), held), &page.bands, &mut items);
        if at + 1 == count {
            items.extend(carried.head.drain(..).map(Item::Line));
        }
        page.items = items;
    }
}

/// Splits a run of lines into tables and words. `held` are the columns of the page before and how many lines at the
/// beginning are a head of the page before.
fn tables_of(lines: Vec<Line>, held: (Option<Columns>, usize), bands: &[Rule], out: &mut Vec<Item>) -> Carried {
    let (carried, held) = held;
    let rows: Vec<Row> = lines.iter().map(Row::of).collect();
    let mut rest = Carried::default();
    let mut at = 0;
    for (mut start, end) in regions(&rows, bands) {
        if start <= held && held > 0 {
            start = 0;
        }
        if !has_figures(&rows[start..end]) {
            // A head at the end of the page waits for its figures.
            if end == rows.len() && end - start < 12 {
                out.extend(lines[at..start].iter().cloned().map(Item::Line));
                rest = Carried { columns: None, head: lines[start..].to_vec() };
                return rest;
            }
            continue;
        }
        // Labels may stand above the first figures of a page, left of them.
        let left = rows[start].pieces.iter().filter(|p| p.figure).map(|p| p.line.start).fold(f32::MAX, f32::min);
        let short = |r: &Row| r.pieces.len() == 1 && (r.pieces[0].text.chars().count() < 16 || r.pieces[0].line.end < left);
        let close = |r: &[Row]| r.windows(2).all(|w| w[1].middle - w[0].middle < 3.0 * w[0].size);
        let bare = rows[start].pieces.iter().all(|p| p.figure);
        if at == 0 && (carried.is_some() || bare) && rows[..start].iter().all(short) && close(&rows[..=start]) {
            start = 0;
        }
        let first = if start == 0 { carried.as_ref() } else { None };
        let Some((table, columns)) = table(&rows[start..end], first, bands) else { continue };
        out.extend(lines[at..start].iter().cloned().map(Item::Line));
        out.push(Item::Table(table));
        rest.columns = (end == lines.len()).then_some(columns);
        at = end;
    }
    out.extend(lines[at..].iter().cloned().map(Item::Line));
    rest
}

/// Whether rows hold the figures of a table: beside words, or several of them.
fn has_figures(rows: &[Row]) -> bool {
    rows.iter().any(|r| r.figures() > 0 && r.pieces.len() > 1 || r.figures() > 2)
}

/// Where tables begin and end among lines.
fn regions(rows: &[Row], bands: &[Rule]) -> Vec<(usize, usize)> {
    let broad = |r: &Row| r.pieces.len() > 1;
    let widest = rows.iter().flat_map(|r| &r.pieces).map(|p| p.line.end - p.line.start).fold(0.0, f32::max);
    let prose = |r: &Row| {
        r.pieces.len() == 1
            && r.pieces[0].line.end - r.pieces[0].line.start > 0.7 * widest
            && r.pieces[0].text.chars().count() > 24
    };
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        if !broad(&rows[at]) {
            at += 1;
            continue;
        }
        let floor = out.last().map_or(0, |r| r.1);
        let mut start = at;
        while start > floor && !broad(&rows[start - 1]) && is_head_line(rows, start, at, bands, &prose) {
            start -= 1;
        }
        let end = region_end(rows, at, &prose);
        out.push((start, end));
        at = end;
    }
    out
}

/// Whether the line above row `start` belongs to the head of the table whose first broad row is `at`: it stands over some
/// columns only, or lines drawn around it say so.
fn is_head_line(rows: &[Row], start: usize, at: usize, bands: &[Rule], prose: &dyn Fn(&Row) -> bool) -> bool {
    let above = &rows[start - 1];
    if prose(above) || above.pieces[0].text.starts_with("单位") {
        return false;
    }
    let between = |a: f32, b: f32| bands.iter().filter(move |r| r.at > a && r.at < b);
    let edges = |rows: &[Row]| {
        let pieces = rows.iter().take_while(|r| !prose(r)).flat_map(|r| &r.pieces);
        pieces.fold((f32::MAX, f32::MIN), |(a, b), p| (a.min(p.line.start), b.max(p.line.end)))
    };
    let (left, right) = edges(&rows[at..]);
    let piece = &above.pieces[0];
    let gap = (rows[start].middle - above.middle) / rows[start].size;
    // A line below it that is no longer than some columns belongs to a label over them.
    let width = bands.iter().map(|r| r.end - r.start).fold(right - left, f32::max);
    let whole = |r: &&Rule| r.end - r.start > 0.9 * width;
    let mut below = between(above.middle, rows[start].middle).peekable();
    if below.peek().is_some() {
        return below.all(|r| !whole(&r) && r.start < piece.line.start + 2.0 && r.end > piece.line.end - 2.0) && gap < 4.5;
    }
    let ceiling = if start > 1 { rows[start - 2].middle } else { above.middle - 4.0 * above.size };
    if between(ceiling, above.middle).any(|r| whole(&r)) {
        return gap < 4.5;
    }
    let text = label::fold(&piece.text);
    let short = text.chars().count() <= 8 && label::split_number(&text).is_none();
    gap < 3.0 && piece.line.start > left + 4.0 * above.size || short && gap < 2.2
}

/// Where the table ends whose first broad row is `start`.
fn region_end(rows: &[Row], start: usize, prose: &dyn Fn(&Row) -> bool) -> usize {
    let mut end = start + 1;
    let left_of = |r: &Row| r.pieces.iter().filter(|p| p.figure).map(|p| p.line.start).fold(f32::MAX, f32::min);
    let mut figures = left_of(&rows[start]);
    while end < rows.len() {
        let next = rows[end..].iter().position(|r| r.pieces.len() > 1 || prose(r)).map(|n| end + n);
        let Some(next) = next.filter(|n| !prose(&rows[*n])) else { break };
        let near = rows[end - 1..=next].windows(2).all(|w| w[1].middle - w[0].middle < 4.5 * w[0].size.max(w[1].size));
        // Words over a new head are the heading of a new table.
        let over_figures = rows[next].pieces.iter().any(|p| p.line.end > figures + p.line.size);
        let new_head = over_figures && rows[next].figures() == 0 && next > end;
        // Many words beside one another and no figure are the head of another table, and so is what stands right above.
        if figures < f32::MAX && rows[next].figures() == 0 && rows[next].pieces.len() > 3 {
            end = rows[start..end].iter().rposition(|r| r.figures() > 0).map_or(end, |last| start + last + 1);
            break;
        }
        if !near || new_head {
            break;
        }
        figures = figures.min(left_of(&rows[next]));
        end = next + 1;
    }
    // The last label may go on in lines of its own.
    let tight = |i: usize| rows[i].middle - rows[i - 1].middle < 1.75 * rows[i].size;
    let left = rows[start..end].iter().flat_map(|r| &r.pieces).map(|p| p.line.start).fold(f32::MAX, f32::min);
    while end < rows.len()
        && !prose(&rows[end])
        && rows[end].pieces.len() == 1
        && tight(end)
        && rows[end].pieces[0].line.start > left - 2.0
        && end - start > 1
    {
        let number = label::split_number(&label::fold(&rows[end].pieces[0].text)).is_some();
        if number {
            break;
        }
        end += 1;
    }
    end
}

/// Splits labels of a head that stand closer together than words of different columns mostly do: where nothing stands in
/// the gap in any row of figures, and words of several letters on both sides.
fn split_heads(rows: &[Row], first: usize) -> Vec<Row> {
    let body: Vec<&Piece> = rows[first..].iter().filter(|r| r.figures() > 0).flat_map(|r| &r.pieces).collect();
    let free = |from: f32, to: f32| !body.iter().any(|p| p.overlaps(from + 0.1, to - 0.1));
    let split = |piece: &Piece| -> Vec<Piece> {
        let glyphs = &piece.line.glyphs;
        let ends = |i: usize| glyphs[..i].iter().map(|g| g.end).fold(f32::MIN, f32::max);
        let is_gap = |i: &usize| {
            let (from, to) = (ends(*i), glyphs[*i].start);
            to - from > TIGHT * piece.line.size && free(from, to)
        };
        let mut cuts: Vec<usize> = (2..glyphs.len().saturating_sub(1)).filter(is_gap).collect();
        cuts.push(glyphs.len());
        let mut from = 0;
        let parts = cuts.into_iter().map(|to| Piece::of(Line::of(glyphs[std::mem::replace(&mut from, to)..to].to_vec())));
        parts.collect()
    };
    let head = rows[..first]
        .iter()
        .map(|r| Row { pieces: r.pieces.iter().flat_map(|p| if p.figure { vec![p.clone()] } else { split(p) }).collect(), ..*r });
    head.chain(rows[first..].iter().cloned()).collect()
}

/// Puts rows into columns: the cells, how many rows the head takes, and how many there are.
fn laid_out(
    rows: &[Row],
    first: usize,
    columns: Columns,
    bands: &[Rule],
) -> Option<(Columns, Vec<(Cell, usize, usize)>, usize, usize)> {
    // The head ends with the last line above the figures that stands over a column of figures.
    let over = |r: &Row| r.pieces.iter().any(|p| columns.is_over_figures(p));
    let head_end = rows[..first].iter().rposition(over).map_or(0, |at| at + 1);
    let rows: Vec<Row> = rows.iter().map(|r| r.split_at(&columns)).collect();
    let (head, body) = rows.split_at(head_end);
    let mut cells: Vec<(Cell, usize, usize)> = Vec::new();
    let levels = heads::place(head, &columns, &mut cells)?;
    let count = labels::place(body, &columns, bands, levels, &mut cells)?;
    Some((columns, cells, levels, count))
}

/// Makes a table of rows, with the columns of the page before if it goes on.
fn table(rows: &[Row], carried: Option<&Columns>, bands: &[Rule]) -> Option<(Table, Columns)> {
    let first = rows.iter().position(|r| r.figures() > 0)?;
    let rows = &split_heads(rows, first);
    // The columns of the page before, with its words or with those of this page; else those of this page alone.
    let fitting = carried.filter(|c| c.fit(rows));
    let tries: [&dyn Fn() -> Option<Columns>; 3] =
        [&|| fitting.map(|c| columns::carry(c, rows)), &|| fitting.and_then(|c| columns::carry_figures(c, rows)), &|| {
            columns::infer(rows, first)
        }];
    let laid_out = tries.into_iter().filter_map(|columns| laid_out(rows, first, columns()?, bands)).next();
    let (columns, cells, levels, count) = laid_out?;
    let edges = columns.edges();
    let top = rows.first()?.middle - rows.first()?.size;
    let cells = cells
        .into_iter()
        .map(|(cell, start, end)| Cell {
            place: Rect {
                x0: *edges.get(start).unwrap_or(&0.0),
                x1: *edges.get(end).unwrap_or(&0.0),
                y0: top + ROW * cell.place.y0,
                y1: top + ROW * cell.place.y1,
            },
            ..cell
        })
        .collect();
    let foot = rows.last().map_or(top, |r| r.middle + 0.5 * r.size);
    let bounds = Rect { x0: *edges.first()?, x1: *edges.last()?, y0: top, y1: foot };
    (count > levels).then_some((Table { bounds, cells, ruled: false }, columns))
}

/// A cell of rows `rows.0..rows.1` and columns `columns.0..columns.1`.
pub(super) fn cell(text: String, rows: (usize, usize), columns: (usize, usize)) -> (Cell, usize, usize) {
    let place = Rect { x0: 0.0, x1: 0.0, y0: rows.0 as f32, y1: rows.1 as f32 };
    (Cell { place, words: Words { text, ..Words::default() }, open: false }, columns.0, columns.1)
}
