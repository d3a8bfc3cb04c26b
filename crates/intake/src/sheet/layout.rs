//! From a sheet to paragraphs and grids. A sheet has no tables, only cells: rows of blanks, lines of words over the whole
//! width and heads tell where one table ends and the next begins.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use nianbao_form::Place;

use super::{Area, Sheet, too_many};
use crate::document::{Block, Builder, Down, MAX_COLUMNS, Paragraph, RawCell, is_figure, trim};
use crate::refuse::Refusal;

/// So many blank columns part two tables, whatever stands beside them.
const WIDE_GAP: u32 = 5;
/// Tables of a sheet take no more places than this.
const MAX_AREA: u64 = 250_000;

/// A cell as shown: rows and columns count from 0 without the hidden ones.
#[derive(Debug)]
struct Shown<'s> {
    area: Area,
    /// Empty for a merged cell without content.
    text: &'s str,
    /// Row and column in the sheet, from 1.
    at: (u32, u32),
    /// Whether it is a figure, or a mark for none.
    figure: bool,
}

/// What a sheet shows, from the top down.
#[derive(Debug)]
enum Strip {
    /// One cell of words.
    Line(usize),
    Table(Table),
    /// A blank row.
    Gap,
}

/// Rows of one table.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Number of each row, and the cells that begin in it.
    rows: Vec<(u32, Vec<usize>)>,
    /// The columns that it takes, first and last.
    columns: (u32, u32),
    /// Cells whose words go on with those of the cell above them.
    below: BTreeMap<usize, Vec<usize>>,
}

/// Adds what a sheet shows.
///
/// # Errors
/// More places than a document can have.
pub(super) fn blocks(sheet: &Sheet, builder: &mut Builder, out: &mut Vec<Block>) -> Result<(), Refusal> {
    if sheet.cells.len() as u64 > MAX_AREA {
        return Err(too_many());
    }
    let (rows, columns) = (Hidden::new(&sheet.hidden_rows), Hidden::new(&sheet.hidden_columns));
    let cells = shown(sheet, &rows, &columns);
    if cells.is_empty() {
        return Ok(());
    }
    let name = &sheet.name;
    let mut area = 0;
    for strip in join(&cells, strips(&cells)?) {
        match strip {
            Strip::Line(cell) => line(cells[cell].text, name, cells[cell].at, out),
            Strip::Table(table) => {
                for part in parts(&cells, table) {
                    area += part.rows.len() as u64 * u64::from(part.columns.1 - part.columns.0 + 1);
                    if area > MAX_AREA {
                        return Err(too_many());
                    }
                    let place = |row, column| Place::Sheet { sheet: name.clone(), row, column };
                    let blank = |row, column| place(rows.original(row) + 1, columns.original(column) + 1);
                    builder.table(grid(&cells, &part, &place, &blank), out);
                }
            }
            Strip::Gap => {}
        }
    }
    Ok(())
}

/// The name of a sheet as a heading over what it shows, if somebody has given it one.
pub(super) fn heading(name: &Arc<str>) -> Vec<Block> {
    let mut out = Vec::new();
    if !is_default_name(name) {
        line(name, name, (1, 1), &mut out);
    }
    out
}

/// Names that programs give to sheets that nobody has named.
fn is_default_name(name: &str) -> bool {
    let bare = name.trim().trim_end_matches(|c: char| c.is_ascii_digit() || c == '(' || c == ')' || c == ' ');
    bare.is_empty() || ["sheet", "工作表", "表"].contains(&bare.to_lowercase().as_str())
}

fn line(text: &str, sheet: &Arc<str>, at: (u32, u32), out: &mut Vec<Block>) {
    for text in text.split('\n').map(trim).filter(|t| !t.is_empty()) {
        let place = Place::Sheet { sheet: sheet.clone(), row: at.0, column: at.1 };
        out.push(Block::Paragraph(Paragraph { text: text.to_owned(), place }));
    }
}

/// Rows or columns that are not shown, in order, each range with the count of those before it.
struct Hidden(Vec<(u32, u32, u32)>);

impl Hidden {
    fn new(ranges: &[(u32, u32)]) -> Hidden {
        let mut sorted: Vec<(u32, u32)> = ranges.iter().copied().filter(|r| r.0 <= r.1).collect();
        sorted.sort_unstable();
        let mut out: Vec<(u32, u32, u32)> = Vec::new();
        let mut before = 0;
        for (start, end) in sorted {
            match out.last_mut() {
                Some(last) if start <= last.1.saturating_add(1) => {
                    before += end.saturating_sub(last.1);
                    last.1 = last.1.max(end);
                }
                _ => {
                    out.push((start, end, before));
                    before += end - start + 1;
                }
            }
        }
        Hidden(out)
    }

    /// How many are hidden before a position.
    fn before(&self, at: u32) -> u32 {
        let i = self.0.partition_point(|r| r.0 < at);
        i.checked_sub(1).map_or(0, |i| {
            let (start, end, before) = self.0[i];
            before + at.min(end.saturating_add(1)) - start
        })
    }

    /// The position in the sheet of what is shown at a position.
    fn original(&self, shown: u32) -> u32 {
        let i = self.0.partition_point(|(start, _, before)| start - before <= shown);
        shown + i.checked_sub(1).map_or(0, |i| self.0[i].2 + self.0[i].1 - self.0[i].0 + 1)
    }

    /// The range of what is shown of a range, in positions that count the shown alone.
    fn range(&self, start: u32, end: u32) -> Option<(u32, u32)> {
        let first = start - self.before(start);
        let last = (end + 1 - self.before(end + 1)).checked_sub(1)?;
        (first <= last).then_some((first, last))
    }
}

/// The cells that are shown, merged ones over all that they cover, in reading order.
fn shown<'s>(sheet: &'s Sheet, rows: &Hidden, columns: &Hidden) -> Vec<Shown<'s>> {
    let visible = |a: Area| {
        let ((top, bottom), (left, right)) = (rows.range(a.top, a.bottom)?, columns.range(a.left, a.right)?);
        Some(Area { top, left, bottom, right })
    };
    let mut order: Vec<usize> = (0..sheet.cells.len()).collect();
    order.sort_by_key(|i| (sheet.cells[*i].row, sheet.cells[*i].column));
    let mut merges = Merges::new(&sheet.merges);
    let mut out: Vec<Shown<'s>> = Vec::with_capacity(order.len());
    for (at, i) in order.iter().enumerate() {
        let cell = &sheet.cells[*i];
        // Of what is written twice the last counts.
        if order.get(at + 1).is_some_and(|n| (sheet.cells[*n].row, sheet.cells[*n].column) == (cell.row, cell.column)) {
            continue;
        }
        let area = match merges.over(cell.row, cell.column) {
            Some(merged) if (merged.top, merged.left) == (cell.row, cell.column) => merged,
            // What a merged cell covers is not shown.
            Some(_) => continue,
            None => Area { top: cell.row, left: cell.column, bottom: cell.row, right: cell.column },
        };
        if let Some(area) = visible(area) {
            let text = cell.text.as_str();
            out.push(Shown { area, text, at: (cell.row + 1, cell.column + 1), figure: holds_figure(text) });
        }
    }
    // Blank merged cells are places too, where they stand among others.
    let bottom = out.iter().map(|c| c.area.top).max().unwrap_or(0);
    let right = out.iter().map(|c| c.area.left).max().unwrap_or(0);
    let taken: HashSet<(u32, u32)> = out.iter().map(|c| c.at).collect();
    for merge in merges.distinct() {
        let at = (merge.top + 1, merge.left + 1);
        if let Some(area) = visible(merge)
            && !taken.contains(&at)
            && area.top <= bottom
            && area.left <= right
        {
            out.push(Shown { area, text: "", at, figure: false });
        }
    }
    for cell in &mut out {
        cell.area.bottom = cell.area.bottom.min(bottom);
        cell.area.right = cell.area.right.min(right);
    }
    out.sort_by_key(|c| (c.area.top, c.area.left));
    out
}

/// Whether a text is a figure; most are plain digits or words without any, which need no closer look.
fn holds_figure(text: &str) -> bool {
    const OTHERS: &str = "一二三四五六七八九十百千万亿零两壹贰叁肆伍陆柒捌玖拾佰仟廿卅半无-‐–—―─━ー−/／\\_＿#";
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    let may_be = |c: char| c.is_ascii_digit() || (!c.is_ascii_alphabetic() && (c.is_numeric() || OTHERS.contains(c)));
    text.chars().any(may_be) && is_figure(text)
}

/// The merged cells of a sheet, asked for row after row. Where two overlap, which no program writes, the first counts.
struct Merges {
    sorted: Vec<Area>,
    next: usize,
    /// Those that reach into the row that was last asked for, by their left column; some may have ended above it.
    open: BTreeMap<u32, Area>,
    distinct: Vec<Area>,
}

impl Merges {
    fn new(merges: &[Area]) -> Merges {
        let mut sorted = merges.to_vec();
        sorted.sort_by_key(|a| (a.top, a.left));
        Merges { sorted, next: 0, open: BTreeMap::new(), distinct: Vec::new() }
    }

    /// The merged cell over a place; rows are asked for in order.
    fn over(&mut self, row: u32, column: u32) -> Option<Area> {
        while let Some(merge) = self.sorted.get(self.next).filter(|m| m.top <= row).copied() {
            self.next += 1;
            self.open(merge);
        }
        self.near(row, column).filter(|a| a.right >= column)
    }

    fn open(&mut self, merge: Area) {
        if self.near(merge.top, merge.right).is_none_or(|a| a.right < merge.left) {
            self.open.insert(merge.left, merge);
            self.distinct.push(merge);
        }
    }

    /// The last open one that begins at or before a column.
    fn near(&mut self, row: u32, column: u32) -> Option<Area> {
        loop {
            let (&left, &area) = self.open.range(..=column).next_back()?;
            if area.bottom >= row {
                return Some(area);
            }
            self.open.remove(&left);
        }
    }

    fn distinct(mut self) -> Vec<Area> {
        while let Some(merge) = self.sorted.get(self.next).copied() {
            self.next += 1;
            self.open(merge);
        }
        self.distinct
    }
}

/// Cuts a sheet at blank rows and at lines of words over the whole width.
fn strips(cells: &[Shown<'_>]) -> Result<Vec<Strip>, Refusal> {
    let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut covered: BTreeSet<u32> = BTreeSet::new();
    for (i, cell) in cells.iter().enumerate() {
        rows.entry(cell.area.top).or_default().push(i);
        if !cell.text.is_empty() {
            covered.extend(cell.area.top + 1..=cell.area.bottom);
            if covered.len() as u64 > MAX_AREA {
                return Err(too_many());
            }
        }
    }
    let mut bands: Vec<Vec<(u32, Vec<usize>)>> = Vec::new();
    let mut last = None;
    for row in rows.keys().chain(&covered).copied().collect::<BTreeSet<u32>>() {
        let starts = rows.remove(&row).unwrap_or_default();
        if starts.iter().any(|i| !cells[*i].text.is_empty()) || covered.contains(&row) {
            if last.is_none_or(|l| l + 1 != row) {
                bands.push(Vec::new());
            }
            last = Some(row);
            if let Some(band) = bands.last_mut() {
                band.push((row, starts));
            }
        }
    }
    let mut out = Vec::new();
    for band in bands {
        out.push(Strip::Gap);
        let whole = columns(cells, &band, &|_| false);
        let lines: Vec<Option<usize>> = band
            .iter()
            .map(|(row, starts)| only(cells, starts).filter(|i| !covered.contains(row) && is_line(&cells[*i], whole)))
            .collect();
        let set: HashSet<usize> = lines.iter().flatten().copied().collect();
        let of_lines = |i: usize| set.contains(&i);
        let mut table = Table::default();
        // The columns of the table so far.
        let mut above: Option<(u32, u32)> = None;
        for (at, row) in band.iter().enumerate() {
            let next = || lines[at + 1..].iter().take_while(|l| l.is_none()).count();
            match lines[at] {
                Some(one) if !goes_on(cells, above, &band[at + 1..at + 1 + next()]) => {
                    finish(cells, &mut table, &of_lines, &mut out);
                    above = None;
                    out.push(Strip::Line(one));
                }
                line => {
                    if line.is_none() {
                        let own = columns(cells, std::slice::from_ref(row), &of_lines);
                        above = Some(above.map_or(own, |a| (a.0.min(own.0), a.1.max(own.1))));
                    }
                    table.rows.push(row.clone());
                }
            }
        }
        // The blank row below may be the line of figures of a table that was not filled in.
        if let Some(row) = table.rows.last().map(|r| r.0 + 1).filter(|_| table.rows.len() > 1) {
            table.rows.push((row, Vec::new()));
        }
        finish(cells, &mut table, &of_lines, &mut out);
    }
    Ok(out)
}

/// Whether words go over the whole width of a band of rows.
fn is_line(cell: &Shown<'_>, (left, right): (u32, u32)) -> bool {
    let area = cell.area;
    let wide = area.top == area.bottom && area.left <= left && area.right >= right && area.left < area.right;
    wide && is_caption(cell.text)
}

/// Whether a table that takes some columns goes on below a line of words: with rows that are no wider.
fn goes_on(cells: &[Shown<'_>], above: Option<(u32, u32)>, below: &[(u32, Vec<usize>)]) -> bool {
    let next = columns(cells, below, &|_| false);
    above.is_some_and(|a| !below.is_empty() && a.0 <= next.0 && next.1 <= a.1)
}

/// The one cell with words in a row, if there is but one.
fn only(cells: &[Shown<'_>], starts: &[usize]) -> Option<usize> {
    let mut inked = starts.iter().copied().filter(|i| !cells[*i].text.is_empty());
    inked.next().filter(|_| inked.next().is_none())
}

/// Whether words are a title, a heading or a caption rather than the name of a group of columns, which is short.
fn is_caption(text: &str) -> bool {
    text.chars().count() > 6 || text.contains([':', '：', '(', '（', '、'])
}

/// First and last column of rows, but for some cells of them.
fn columns(cells: &[Shown<'_>], rows: &[(u32, Vec<usize>)], except: &dyn Fn(usize) -> bool) -> (u32, u32) {
    let counts = |i: &&usize| !cells[**i].text.is_empty() && !except(**i);
    let areas = || rows.iter().flat_map(|r| &r.1).filter(counts).map(|i| cells[*i].area);
    (areas().map(|a| a.left).min().unwrap_or(0), areas().map(|a| a.right).max().unwrap_or(0))
}

/// Ends a table: lines of words over its head are no part of it.
fn finish(cells: &[Shown<'_>], table: &mut Table, of_lines: &dyn Fn(usize) -> bool, out: &mut Vec<Strip>) {
    let mut rows = std::mem::take(&mut table.rows);
    let line = |starts: &[usize]| {
        let one = only(cells, starts)?;
        (cells[one].area.top == cells[one].area.bottom && is_caption(cells[one].text)).then_some(one)
    };
    let lines: Vec<usize> = rows.iter().map_while(|r| line(&r.1)).collect();
    if lines.len() == rows.len() && lines.len() == 1 || rows.get(lines.len()).is_some_and(|r| is_head(cells, &r.1)) {
        rows.drain(..lines.len());
        out.extend(lines.into_iter().map(Strip::Line));
    }
    if !rows.is_empty() {
        let columns = columns(cells, &rows, of_lines);
        let mut table = Table { rows, columns, ..Table::default() };
        fold(cells, &mut table);
        out.push(Strip::Table(table));
    }
}

/// Makes one row of those rows of a head that merged cells at the left and elsewhere hold together, where the others are
/// lines of words: programs that turn pages into sheets give every paragraph of a cell a row.
fn fold(cells: &[Shown<'_>], table: &mut Table) {
    let mut at = 0;
    while at < table.rows.len() && !table.rows[at].1.iter().any(|i| cells[*i].figure) {
        at += 1;
        let (row, starts) = &table.rows[at - 1];
        let whole = |i: &&usize| cells[**i].area.bottom > *row;
        let Some(bottom) = starts.iter().find(whole).map(|i| cells[*i].area.bottom) else { continue };
        let held: Vec<usize> = starts.iter().filter(whole).copied().collect();
        let end = table.rows.partition_point(|r| r.0 <= bottom);
        let block = || table.rows[at - 1..end].iter().flat_map(|r| &r.1).copied().filter(|i| !held.contains(i));
        let one = |i: usize| cells[i].area.top == cells[i].area.bottom && cells[i].area.left == cells[i].area.right;
        let narrow = held.iter().all(|i| cells[*i].area.bottom == bottom && cells[*i].area.left == cells[*i].area.right);
        let holds = (2..=MAX_COLUMNS).contains(&held.len()) && cells[held[0]].area.left == table.columns.0 && narrow;
        if !holds || end - at < 1 || !block().all(|i| one(i) && !cells[i].figure) {
            continue;
        }
        let mut columns: BTreeMap<u32, Vec<usize>> = held.iter().map(|i| (cells[*i].area.left, vec![*i])).collect();
        for i in block().filter(|i| !cells[*i].text.is_empty()) {
            columns.entry(cells[i].area.left).or_default().push(i);
        }
        table.rows.drain(at..end);
        table.rows[at - 1].1 = columns.values().map(|c| c[0]).collect();
        table.below.extend(columns.into_values().filter(|c| c.len() > 1).map(|c| (c[0], c[1..].to_vec())));
    }
}

/// Whether a row names columns: words in several cells and no figure.
fn is_head(cells: &[Shown<'_>], starts: &[usize]) -> bool {
    let inked = || starts.iter().filter(|i| !cells[**i].text.is_empty());
    inked().count() > 1 && !inked().any(|i| cells[*i].figure)
}

/// Puts tables together again that a blank row has cut below their head, and gives the width of its head to one that a
/// line of words has cut.
fn join(cells: &[Shown<'_>], strips: Vec<Strip>) -> Vec<Strip> {
    let mut out: Vec<Strip> = Vec::new();
    let mut head: Option<(u32, u32)> = None;
    for strip in strips {
        let Strip::Table(mut table) = strip else {
            if !matches!(strip, Strip::Gap) {
                out.push(strip);
            }
            continue;
        };
        let begins = table.rows.first().is_some_and(|r| is_head(cells, &r.1));
        if let Some(columns) = head.filter(|h| !begins && h.0 <= table.columns.0 && table.columns.1 <= h.1) {
            table.columns = columns;
            if let Some(Strip::Table(last)) = out.last_mut() {
                last.rows.append(&mut table.rows);
                last.below.append(&mut table.below);
                continue;
            }
        }
        head = Some(table.columns);
        out.push(Strip::Table(table));
    }
    out
}

/// The tables that stand beside one another, parted by blank columns.
fn parts(cells: &[Shown<'_>], table: Table) -> Vec<Table> {
    let (left, right) = table.columns;
    let mut taken = vec![false; (right - left + 1) as usize];
    for area in table.rows.iter().flat_map(|r| &r.1).map(|i| cells[*i].area) {
        for column in area.left.max(left)..=area.right.min(right) {
            taken[(column - left) as usize] = true;
        }
    }
    let mut out: Vec<Table> = Vec::new();
    let (mut start, mut at) = (left, left);
    // A sheet with more gaps is no row of tables.
    let mut looks = 32;
    while at <= right {
        let gap = taken[(at - left) as usize..].iter().take_while(|t| !**t).count() as u32;
        if gap == 0 {
            at += 1;
            continue;
        }
        let inner = at > start && at + gap <= right;
        let stands = |a: u32, b: u32| stands_alone(cells, &table, (a, b));
        looks -= i32::from(inner);
        if inner && (gap >= WIDE_GAP || looks > 0 && stands(start, at - 1) && stands(at + gap, right)) {
            out.push(part(cells, &table, (start, at - 1)));
            start = at + gap;
        }
        at += gap;
    }
    out.push(part(cells, &table, (start, right)));
    out
}

/// The rows of a table with the cells of some of its columns alone.
fn part(cells: &[Shown<'_>], table: &Table, columns: (u32, u32)) -> Table {
    // A line over the whole width may begin before the table does.
    let first = |i: &usize| cells[*i].area.left < columns.0 && columns.0 == table.columns.0;
    let inside = |i: &usize| (columns.0..=columns.1).contains(&cells[*i].area.left) || first(i);
    let rows = table.rows.iter().map(|(row, starts)| (*row, starts.iter().copied().filter(inside).collect())).collect();
    Table { rows, columns, below: table.below.clone() }
}

/// Whether some columns of a table are one of their own: most rows with figures begin with words, or one line of figures
/// stands below a head of several rows.
fn stands_alone(cells: &[Shown<'_>], table: &Table, columns: (u32, u32)) -> bool {
    let (mut labelled, mut figures, mut heads) = (0, 0, 0);
    for (_, starts) in &part(cells, table, columns).rows {
        let mut inked = starts.iter().map(|i| &cells[*i]).filter(|c| !c.text.is_empty()).peekable();
        let words = inked.peek().is_some_and(|c| !c.figure);
        if inked.any(|c| c.figure) {
            figures += 1;
            labelled += u32::from(words);
        } else if words && figures == 0 {
            heads += 1;
        }
    }
    figures > 0 && 3 * labelled >= 2 * figures || figures == 1 && heads > 1
}

/// The cells of a table, blank ones too. `place` makes a place of a row and a column of the sheet, `blank` of those shown.
fn grid(
    cells: &[Shown<'_>],
    table: &Table,
    place: &dyn Fn(u32, u32) -> Place,
    blank: &dyn Fn(u32, u32) -> Place,
) -> Vec<Vec<RawCell>> {
    let (left, right) = table.columns;
    // For each column, the last row that a merged cell from above takes, plus 1.
    let mut taken = vec![0u32; (right - left + 1) as usize];
    let mut out = Vec::with_capacity(table.rows.len());
    for (at, (row, starts)) in table.rows.iter().enumerate() {
        let mut raw = Vec::new();
        let mut starts = starts.iter().peekable();
        let mut column = left;
        while column <= right {
            if taken[(column - left) as usize] > *row {
                column += 1;
                continue;
            }
            let Some(at_cell) = starts.next_if(|i| cells[**i].area.left <= column) else {
                raw.push(RawCell { place: Some(blank(*row, column)), ..RawCell::plain(Vec::new()) });
                column += 1;
                continue;
            };
            let cell = &cells[*at_cell];
            let end = cell.area.right.min(right);
            taken[(column - left) as usize..=(end - left) as usize].fill(cell.area.bottom + 1);
            let rows = table.rows[at..].partition_point(|r| r.0 <= cell.area.bottom);
            let place = place(cell.at.0, cell.at.1);
            let lines = std::iter::once(at_cell).chain(table.below.get(at_cell).into_iter().flatten());
            let words = |text: &str| Block::Paragraph(Paragraph { text: text.to_owned(), place: place.clone() });
            let blocks = lines.map(|i| trim(cells[*i].text)).filter(|t| !t.is_empty()).map(words).collect();
            let columns = (end - column + 1) as usize;
            raw.push(RawCell { columns, down: Down::Rows(rows), place: Some(place), ..RawCell::plain(blocks) });
            column = end + 1;
        }
        out.push(raw);
    }
    out
}
