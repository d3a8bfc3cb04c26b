//! A row of a grid: its label, and which of its cells stands in which column.

use nianbao_form::figure;

use crate::document::Grid;
use crate::head::Leaf;
use crate::tables::is_figure;
use crate::vocabulary::{Use, Vocabulary, key};

/// A row as found.
#[derive(Debug)]
pub(crate) struct Row<'g> {
    /// Its position in the grid.
    pub at: usize,
    /// Its cells with the columns that they cover.
    pub cells: Vec<(u32, usize, usize)>,
    /// Those with ink in them that began in this row.
    pub inked: Vec<u32>,
    /// Its length in grid columns.
    pub width: usize,
    /// Whether a cell covers every column of it.
    pub is_full: bool,
    uses: &'g [Vec<Use>],
    figures: bool,
}

impl<'g> Row<'g> {
    /// Looks at a row.
    pub(crate) fn new(grid: &Grid, at: usize, uses: &'g [Vec<Use>]) -> Row<'g> {
        let cells = grid.row(at);
        let inked: Vec<u32> =
            cells.iter().map(|c| c.0).filter(|c| grid.cell(*c).row == at && !figure::is_blank(&grid.cell(*c).text)).collect();
        let figures = inked.iter().any(|c| uses[*c as usize].is_empty() && is_figure(&grid.cell(*c).text));
        let width = grid.rows[at].len();
        Row { at, cells, inked, width, is_full: grid.rows[at].iter().all(Option::is_some), uses, figures }
    }

    /// Whether a cell has a use of some kind.
    pub(crate) fn has(&self, cell: u32, test: impl Fn(&Use) -> bool) -> bool {
        self.uses[cell as usize].iter().any(test)
    }

    /// Whether it holds a label that can only be a column head, and no figure.
    pub(crate) fn is_head(&self) -> bool {
        let only_column = |c: &u32| {
            self.has(*c, |u| matches!(u, Use::Column { .. })) && !self.has(*c, |u| matches!(u, Use::Row { leaf: true, .. }))
        };
        !self.figures && self.inked.iter().any(only_column)
    }

    /// Whether it could be part of a head: a corner, or labels that are rows elsewhere.
    pub(crate) fn may_be_head(&self) -> bool {
        !self.figures && self.inked.iter().any(|c| self.has(*c, |u| matches!(u, Use::Column { .. } | Use::Corner)))
    }

    /// Whether it begins a head rather than going on with one.
    pub(crate) fn begins_head(&self) -> bool {
        self.inked.iter().any(|c| self.has(*c, |u| matches!(u, Use::Corner | Use::Column { level: 0, leaf: false, .. })))
    }
}

/// The label of a row.
#[derive(Debug)]
pub(crate) struct Label {
    /// Rows of prints that it can mean.
    pub rows: Vec<(u16, u16)>,
    /// Cells that make it up.
    pub cells: Vec<u32>,
    /// How many of the row's cells stand before its figures.
    pub end: usize,
}

/// Finds the label of a row among its first cells: the innermost cell that names a row of one of `prints`, outer ones
/// telling apart what it leaves open. `numbered` says that the head has a column of row numbers in front. `limit` is the grid column where figures begin, if that is known; `columns` is how
/// many figures the head awaits.
pub(crate) fn label(
    words: &Vocabulary<'_>,
    grid: &Grid,
    row: &Row<'_>,
    prints: &[u16],
    (limit, columns): (Option<usize>, usize),
    numbered: bool,
    group: &mut String,
) -> Option<Label> {
    let text = |cell: u32| grid.cell(cell).text.as_str();
    let is_value = |cell: u32| !figure::is_blank(text(cell)) && row.uses[cell as usize].is_empty() && is_figure(text(cell));
    // The number of the row in a column of its own is neither label nor figure.
    let skip = usize::from(numbered && row.cells.len() > 1 && is_value(row.cells[0].0));
    let before = skip + row.cells[skip..].iter().take_while(|c| limit.map_or(!is_value(c.0), |l| c.1 < l)).count();
    let inked: Vec<(usize, u32)> =
        row.cells[..before].iter().map(|c| c.0).enumerate().skip(skip).filter(|(_, c)| !figure::is_blank(text(*c))).collect();
    if inked.iter().any(|(_, c)| is_value(*c)) {
        return None;
    }
    let fits = |u: &Use| match *u {
        Use::Row { print, row, leaf: true, .. } if prints.contains(&print) => Some((print, row)),
        _ => None,
    };
    let (stop, back, mut rows) = (1..=inked.len()).rev().find_map(|stop| {
        // The label in one cell, or split over cells beside one another.
        (1..=stop.min(3)).find_map(|back| {
            let cells = &inked[stop - back..stop];
            let rows: Vec<(u16, u16)> = match cells {
                [(_, one)] => row.uses[*one as usize].iter().filter_map(fits).collect(),
                _ => words.look(&cells.iter().map(|c| text(c.1)).collect::<String>()).iter().filter_map(fits).collect(),
            };
            (!rows.is_empty()).then_some((stop, back, rows))
        })
    })?;
    let last = inked[stop - 1].0;
    // Words behind the label: another, unknown label, unless they stand where a figure should.
    if stop < inked.len() && (limit.is_some() || row.cells.len() - last - 1 > columns) {
        return None;
    }
    let outer: Vec<String> = inked[..stop - back].iter().map(|c| key(text(c.1))).collect();
    if let Some(last) = outer.last() {
        group.clone_from(last);
    }
    // Within one print, outer labels decide; where they are left out, the last one that was seen does.
    let score = |r: &(u16, u16)| {
        let path = &words.prints[r.0 as usize].rows[r.1 as usize];
        let above = &path[..path.len().saturating_sub(1)];
        let seen = above.iter().filter(|k| outer.contains(k)).count();
        (seen, above.last() == Some(&*group))
    };
    let all = rows.clone();
    rows.retain(|r| all.iter().filter(|o| o.0 == r.0).all(|o| score(o) <= score(r)));
    let end = if limit.is_some() { before } else { last + 1 };
    Some(Label { rows, cells: inked[..stop].iter().map(|c| c.1).collect(), end })
}

/// Pairs columns with the cells below them: each column over exactly one cell.
/// `None` where head and row disagree and so only their order could tell.
pub(crate) fn by_place(leaves: &[Leaf], row: &Row<'_>, grid: &Grid) -> Option<Vec<(usize, u32)>> {
    let mut out: Vec<(usize, u32)> = Vec::new();
    let first = leaves.first()?.range?.0;
    let values: Vec<&(u32, usize, usize)> = row.cells.iter().filter(|c| c.1 >= first).collect();
    let (mut merged, mut single) = (false, true);
    if let ([_], true) = (leaves, values.len() > 1) {
        // One named column over several places: the one with ink, if there is but one.
        let inked: Vec<u32> = values.iter().map(|c| c.0).filter(|c| !figure::is_blank(&grid.cell(*c).text)).collect();
        return match inked.as_slice() {
            [] => Some(vec![(0, values[0].0)]),
            [one] => Some(vec![(0, *one)]),
            _ => None,
        };
    }
    for (i, leaf) in leaves.iter().enumerate() {
        let (start, end) = leaf.range?;
        let under: Vec<u32> = row.cells.iter().filter(|c| c.1 < end && c.2 > start).map(|c| c.0).collect();
        let inked: Vec<u32> = under.iter().copied().filter(|c| !figure::is_blank(&grid.cell(*c).text)).collect();
        let one = match (under.as_slice(), inked.as_slice()) {
            ([one], _) | (_, [one]) => *one,
            ([first, ..], []) => *first,
            _ => return None,
        };
        if row.cells.iter().any(|c| c.0 == one && c.1 < first) {
            return None;
        }
        // A cell merged over several columns is given to each of them, whose figures are then left unread.
        if out.iter().any(|o| o.1 == one) {
            merged = true;
        }
        single &= under.len() == 1;
        out.push((i, one));
    }
    if merged && (!single || values.len() >= leaves.len()) {
        return None;
    }
    // Ink in a place that no column names would be lost.
    let lost = values.iter().any(|c| !figure::is_blank(&grid.cell(c.0).text) && !out.iter().any(|o| o.1 == c.0));
    (!lost).then_some(out)
}

/// Pairs columns with cells of a row of text whose blanks at the end were cut off: counted from the left, where the label
/// leaves the places before the first column blank and the row ends with ink.
pub(crate) fn by_start(leaves: &[Leaf], row: &Row<'_>, label: &Label, grid: &Grid) -> Option<Vec<(usize, u32)>> {
    let first = leaves.first()?.range?.0;
    let text = |c: u32| grid.cell(c).text.as_str();
    let aligned = row.cells.iter().all(|c| c.1 >= first || label.cells.contains(&c.0) || figure::is_blank(text(c.0)));
    let inked = row.cells.last().is_some_and(|c| c.1 >= first && !figure::is_blank(text(c.0)));
    if !aligned || !inked {
        return None;
    }
    let mut out = Vec::new();
    for (i, leaf) in leaves.iter().enumerate() {
        let (start, end) = leaf.range?;
        match row.cells.iter().filter(|c| c.1 < end && c.2 > start).collect::<Vec<_>>().as_slice() {
            [one] => out.push((i, one.0)),
            [] if start >= row.width => {}
            _ => return None,
        }
    }
    let lost = row.cells.iter().any(|c| c.1 >= first && !figure::is_blank(text(c.0)) && !out.iter().any(|o| o.1 == c.0));
    (!lost).then_some(out)
}

/// Whether every place of a row from the first column on stands below a named column of its own.
pub(crate) fn is_covered(leaves: &[Leaf], row: &Row<'_>) -> bool {
    let Some(first) = leaves.first().and_then(|l| l.range) else { return false };
    let under = |c: usize| leaves.iter().any(|l| l.own && l.range.is_some_and(|(a, b)| (a..b).contains(&c)));
    (first.0..row.width).all(under)
}

/// Pairs columns and cells in order where there are as many of one as of the other; more cells only if those too many
/// are blank, stand all in front or all behind, and the head is complete.
pub(crate) fn by_order(leaves: &[Leaf], cells: &[u32], grid: &Grid, complete: bool) -> Option<Vec<(usize, u32)>> {
    let extra = cells.len().checked_sub(leaves.len()).filter(|extra| complete || *extra == 0)?;
    let pair = |skip: usize| -> Vec<(usize, u32)> { (0..leaves.len()).map(|i| (i, cells[skip + i])).collect() };
    let blank = |range: &[u32]| range.iter().all(|c| figure::is_blank(&grid.cell(*c).text));
    let (front, behind) = (blank(&cells[..extra]), blank(&cells[leaves.len()..]));
    // A figure that comes down from the row above, or a gap among figures beside blanks too many, may have moved the rest.
    let ink = |c: &&u32| !figure::is_blank(&grid.cell(**c).text);
    let whole = |from: usize| cells[from..from + leaves.len()].iter().all(|c| ink(&c));
    let certain = blank(cells) || (front && whole(extra)) || (behind && whole(0));
    let gap = extra > 0 && !certain;
    if gap || cells.iter().filter(ink).any(|c| grid.cell(*c).rows > 1) {
        return None;
    }
    // In text, a blank where the first figure should be may be that figure or belong to the label, if blanks at the end
    // of the row were cut off.
    let leads = front && cells.get(extra).is_some_and(|c| figure::is_blank(&grid.cell(*c).text));
    if grid.tabbed && leads && !blank(cells) {
        return None;
    }
    match (extra, front, behind) {
        (0, ..) => Some(pair(0)),
        (_, true, true) if blank(cells) => Some(pair(extra)),
        (_, true, false) => Some(pair(extra)),
        (_, false, true) => Some(pair(0)),
        _ => None,
    }
}
