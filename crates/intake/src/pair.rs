//! Which cell of a row stands in which column of a head, and what speaks against each.
//!
//! Two things tell: places, where head and row are laid out on one grid, and order, where they are not but the row has as
//! many figures as the head has columns. A row that fits neither has lost or gained a cell, and nobody can say which.

use crate::head::Leaf;
use crate::layout::{Sheet, Span};
use crate::row::{Label, Row};
use crate::sense::Ink;
use crate::vocabulary::Vocabulary;

/// What a column has in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// This cell.
    Cell(u32),
    /// A blank that was cut off.
    Blank,
    /// Something, but it cannot be said what.
    Unread(Doubt, u32),
}

/// Why a figure is left unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The row has fewer cells than the head has columns.
    Fewer,
    /// It has more.
    More,
    /// The row is not as wide as its table, and a blank in it may be a figure or part of a wider cell.
    Gap,
    /// A group label does not stand over its columns.
    Displaced,
    /// The head leaves columns out, and places do not tell which.
    Incomplete,
    /// One cell covers several figures.
    Merged,
    /// Several cells stand under one column.
    Several,
    /// The label has more or fewer rows than the figure.
    Rows,
    /// Two rows claim the cell.
    Twice,
    /// The reader is not certain of the letters.
    Unclear,
    /// Label and figures have lost each other, and their order does not tell.
    Apart,
    /// Figures nearby have lost their row, and the blanks of this one may be theirs.
    Orphans,
    /// A figure stands beyond the last column of the head while columns are blank: the row may have moved.
    Spilled,
}

impl Doubt {
    /// The reason in English, for `--explain`.
    pub(crate) const fn en(self) -> &'static str {
        match self {
            Doubt::Fewer => "the row has fewer cells than its head has columns",
            Doubt::More => "the row has more cells than its head has columns",
            Doubt::Gap => "the row is not as wide as its table, and its blanks may be figures or parts of wider cells",
            Doubt::Displaced => "a group label of the head does not stand over its columns",
            Doubt::Incomplete => "the head leaves columns out, and places do not tell which",
            Doubt::Merged => "one cell covers several figures",
            Doubt::Several => "several cells stand under one column",
            Doubt::Rows => "label and figure do not cover the same rows",
            Doubt::Twice => "two rows claim this cell",
            Doubt::Unclear => "the letters are not certain",
            Doubt::Apart => "label and figures have lost each other, and their order does not tell",
            Doubt::Orphans => "figures nearby have lost their row and may be this one's",
            Doubt::Spilled => "a figure stands outside of the head while columns are blank: the row may have moved",
        }
    }
}

/// How the cells of a row find their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By place: head and row have one width.
    Place,
    /// By place counted from the right: all rows have one width, but not that of the head.
    Right,
    /// By place from the left: blanks at the end of the row were cut off.
    Cut,
    /// In order.
    Order,
}

/// The columns of a row with what they hold, and cells with ink that no column names.
#[derive(Debug, Default)]
pub(crate) struct Paired {
    /// As many as the head has columns; `None` where the row says nothing of the column.
    pub spots: Vec<Option<Spot>>,
    /// Cells with ink that no column names.
    pub unnamed: Vec<u32>,
}

/// Pairs by place.
pub(crate) fn by_place(sheet: &Sheet<'_>, leaves: &[Leaf<'_>], row: &Row, complete: bool) -> Option<Paired> {
    let first = leaves.first()?.range?.0;
    let values: Vec<Span> = row.cells.iter().copied().filter(|c| c.1 >= first).collect();
    let over = |leaf: &Leaf<'_>, c: &Span| leaf.range.is_some_and(|(start, end)| c.1 < end && c.2 > start);
    // As many cells as columns, each below its own even if their edges disagree.
    if complete && values.len() == leaves.len() && leaves.iter().zip(&values).all(|(l, c)| over(l, c)) {
        return Some(Paired { spots: values.iter().map(|c| Some(Spot::Cell(c.0))).collect(), unnamed: Vec::new() });
    }
    // The one column of an item takes every place of its row.
    let alone = complete && leaves.len() == 1;
    let mut spots = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let under: Vec<&Span> = row.cells.iter().filter(|c| if alone { c.1 >= first } else { over(leaf, c) }).collect();
        let ink: Vec<&Span> = under.iter().copied().filter(|c| !sheet.is_blank(c.0)).collect();
        spots.push(match (under.as_slice(), ink.as_slice()) {
            ([], _) => None,
            // The label itself reaches below the column.
            ([one], _) if one.1 < first => Some(Spot::Unread(Doubt::Merged, one.0)),
            ([one], _) | ([one, ..], []) => Some(Spot::Cell(one.0)),
            // Beside a blank: the figure of a column whose label was lost, unless all labels are there.
            (_, [one]) if complete && one.1 >= first => Some(Spot::Cell(one.0)),
            // One figure in every place that it covers.
            (all, [one, rest @ ..]) if all.len() == ink.len() && rest.iter().all(|c| sheet.text(c.0) == sheet.text(one.0)) => {
                Some(Spot::Cell(one.0))
            }
            (_, [one, ..]) => Some(Spot::Unread(Doubt::Several, one.0)),
        });
    }
    // A cell with ink below several columns is the figure of none of them.
    let cell_of = |s: &Option<Spot>| if let Some(Spot::Cell(c) | Spot::Unread(_, c)) = s { Some(*c) } else { None };
    let held: Vec<Option<u32>> = spots.iter().map(cell_of).collect();
    for (spot, cell) in spots.iter_mut().zip(&held) {
        if let Some(cell) = *cell
            && held.iter().filter(|h| **h == Some(cell)).count() > 1
            && !sheet.is_blank(cell)
        {
            *spot = Some(Spot::Unread(Doubt::Merged, cell));
        }
    }
    let is_named = |c: &Span| alone || leaves.iter().any(|l| over(l, c));
    let unnamed = values.iter().filter(|c| !sheet.is_blank(c.0) && !is_named(c)).map(|c| c.0).collect();
    Some(Paired { spots, unnamed })
}

/// Pairs cells of a row of text whose blanks at the end were cut off: counted from the left, where the label leaves the
/// places before the first column blank and the row ends with ink.
pub(crate) fn by_start(
    words: &Vocabulary<'_>,
    sheet: &Sheet<'_>,
    leaves: &[Leaf<'_>],
    row: &Row,
    label: &Label,
) -> Option<Paired> {
    let first = leaves.first()?.range?.0;
    // Left of the figures some row has its label: else the head may begin further right than its rows.
    let anchored = first.checked_sub(1).is_some_and(|last| {
        (0..sheet.height()).any(|r| sheet.row(r).iter().any(|c| c.1 == last && sheet.is_row_label(words, c.0)))
    });
    let aligned = row.cells.iter().all(|c| c.1 >= first || label.cells.contains(&c.0) || sheet.is_blank(c.0));
    let ends_inked = row.cells.last().is_some_and(|c| c.1 >= first && !sheet.is_blank(c.0));
    let bare = row.cells.iter().all(|c| c.1 < first);
    if !anchored || !aligned || !(ends_inked || bare) {
        return None;
    }
    let mut out = Paired::default();
    for leaf in leaves {
        let (start, end) = leaf.range?;
        let mut under = row.cells.iter().filter(|c| c.1 < end && c.2 > start);
        out.spots.push(Some(match (under.next(), under.next()) {
            (Some(one), None) => Spot::Cell(one.0),
            (None, _) if start >= row.width => Spot::Blank,
            _ => return None,
        }));
    }
    // Ink in a place that no column names: the places are not what they seem.
    let lost = |c: &&Span| c.1 >= first && !sheet.is_blank(c.0) && !out.spots.contains(&Some(Spot::Cell(c.0)));
    if row.cells.iter().any(|c| lost(&c)) { None } else { Some(out) }
}

/// Whether blanks may be parts of wider cells, so that their number says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gaps {
    /// No: every cell is told, with its span.
    None,
    /// Behind labels.
    Behind,
    /// Anywhere.
    Anywhere,
}

/// Pairs columns and cells in order, where there are as many of one as of the other.
pub(crate) fn by_order(sheet: &Sheet<'_>, leaves: &[Leaf<'_>], cells: &[u32], gaps: Gaps) -> Result<Paired, Doubt> {
    match cells.len().cmp(&leaves.len()) {
        std::cmp::Ordering::Less => return Err(Doubt::Fewer),
        std::cmp::Ordering::Greater => return Err(Doubt::More),
        std::cmp::Ordering::Equal => {}
    }
    let ink = |c: &&u32| !sheet.is_blank(**c);
    let gap = match gaps {
        Gaps::None => false,
        Gaps::Behind => cells.first().is_some_and(|c| sheet.is_blank(*c)),
        Gaps::Anywhere => cells.iter().any(|c| sheet.is_blank(*c)),
    };
    if gap {
        return Err(Doubt::Gap);
    }
    // A figure that comes down from the row above may have moved the rest.
    if cells.iter().filter(ink).any(|c| sheet.down(*c).len() > 1) {
        return Err(Doubt::Rows);
    }
    Ok(Paired { spots: cells.iter().map(|c| Some(Spot::Cell(*c))).collect(), unnamed: Vec::new() })
}

/// Width of the rows and place of the first figure, in a sheet whose rows of figures have one width and that not their
/// head's: `columns` places from the right. `None` if a figure stands further left, or more than one row is not so.
/// `rows` are those below the head.
pub(crate) fn from_right(sheet: &Sheet<'_>, rows: &[Row], columns: usize) -> Option<(usize, usize)> {
    let is_figure = |c: u32| sheet.sense(c).ink == Ink::Figure;
    let of_figures: Vec<&Row> = rows.iter().filter(|r| r.cells.iter().any(|c| is_figure(c.0))).collect();
    let width = of_figures.iter().map(|r| r.width).max()?;
    let first = width.checked_sub(columns).filter(|f| *f > 0)?;
    let is_words = |c: u32| matches!(sheet.sense(c).ink, Ink::Words | Ink::Year);
    let in_front = |c: &Span| c.2 <= first && !is_figure(c.0);
    let fits = |r: &Row| r.cells.iter().all(|c| if c.1 < first { in_front(c) } else { c.2 == c.1 + 1 && !is_words(c.0) });
    let regular = of_figures.iter().filter(|r| r.width == width && r.is_full && fits(r)).count();
    (regular >= 2 && of_figures.len() - regular <= 1).then_some((width, first))
}

/// Whether a row has a figure under no label of the head while a column of it is blank: it may have moved against the head.
pub(crate) fn spills(sheet: &Sheet<'_>, leaves: &[Leaf<'_>], row: &Row) -> bool {
    let Some(first) = leaves.first().and_then(|l| l.range).map(|r| r.0) else { return false };
    let over = |leaf: &Leaf<'_>, c: &Span| leaf.range.is_some_and(|(start, end)| c.1 < end && c.2 > start);
    let outside = |c: &Span| {
        c.1 >= first
            && sheet.sense(c.0).ink == Ink::Figure
            && !leaves.iter().any(|l| over(l, c) && (l.own || !l.means.is_empty()))
    };
    let blank = |leaf: &Leaf<'_>| !row.cells.iter().any(|c| over(leaf, c) && c.1 >= first && !sheet.is_blank(c.0));
    row.cells.iter().any(outside) && leaves.iter().filter(|l| !l.means.is_empty()).any(blank)
}
