//! Columns of a table whose rows disagree in how many they have.
//!
//! Word shows cells as wide as they say (`w:tcW`), whatever their spans add up to. Where the spans of the rows do not add up
//! to the same number and the widths do, the widths tell which cells stand below each other.

use crate::document::RawCell;

/// Edges no further apart are the same edge, in twentieths of a point (1 mm is 57).
const SAME: usize = 45;
/// A table of a report has no more columns; what has is better left as it says.
const MAX_COLUMNS: usize = 64;
/// Tables with more cells are no forms.
const MAX_CELLS: usize = 20_000;

/// What a row says of its widths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowShape {
    /// Grid columns in all, with those left empty before and after the cells.
    pub(super) columns: usize,
    /// Width before the first cell.
    pub(super) before: usize,
}

/// Mends the spans of rows by the widths of their cells (`widths`, row by row; 0 where none is told), if the spans are at
/// odds and the widths are not.
pub(super) fn mend(rows: &mut [Vec<RawCell>], shapes: &[RowShape], widths: &[usize]) {
    let Some(first) = shapes.first() else { return };
    if shapes.iter().all(|s| s.columns == first.columns) || rows.len() != shapes.len() || widths.len() > MAX_CELLS {
        return;
    }
    let Some(edges) = edges(rows, shapes, widths) else { return };
    let Some(columns) = clusters(&edges) else { return };
    let place = |edge: usize| columns.iter().position(|c| edge >= *c && edge - c <= SAME);
    // Everything is worked out before anything is changed.
    let mut spans = Vec::with_capacity(widths.len());
    for row in &edges {
        let mut last = 0;
        for (i, edge) in row.iter().enumerate() {
            let Some(at) = place(*edge) else { return };
            if i > 0 && at <= last {
                return;
            }
            spans.push(at - last);
            last = at;
        }
    }
    let mut spans = spans.into_iter();
    for row in rows.iter_mut().filter(|r| !r.is_empty()) {
        let before = spans.next().unwrap_or(0);
        for (i, cell) in row.iter_mut().enumerate() {
            cell.skip = if i == 0 { before } else { 0 };
            cell.columns = spans.next().unwrap_or(1);
        }
    }
}

/// The edges of every row that has cells: where the first cell begins and where each ends; `None` if one is not told, or if
/// the rows end at different places.
fn edges(rows: &[Vec<RawCell>], shapes: &[RowShape], widths: &[usize]) -> Option<Vec<Vec<usize>>> {
    let mut widths = widths.iter();
    let mut out = Vec::with_capacity(rows.len());
    for (row, shape) in rows.iter().zip(shapes).filter(|(r, _)| !r.is_empty()) {
        if row[0].skip > 0 && shape.before == 0 {
            return None;
        }
        let mut at = shape.before;
        let mut row_edges = vec![at];
        for _ in row {
            at += *widths.next().filter(|w| **w > SAME)?;
            row_edges.push(at);
        }
        out.push(row_edges);
    }
    let ends = || out.iter().filter_map(|e| e.last());
    let (least, most) = (ends().min()?, ends().max()?);
    (most - least <= SAME).then_some(out)
}

/// Edges that are the same put together; `None` if two columns would be too narrow to tell apart.
fn clusters(edges: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut all: Vec<usize> = edges.iter().flatten().copied().collect();
    all.sort_unstable();
    let mut out: Vec<usize> = Vec::new();
    let mut last = 0;
    for edge in all {
        match out.last() {
            Some(start) if edge - start <= SAME => {}
            // Neither the same nor clearly another.
            Some(_) if edge - last <= 2 * SAME => return None,
            _ => out.push(edge),
        }
        last = edge;
    }
    // The table's own left edge is where the first column begins.
    (out.len() <= MAX_COLUMNS && out.first() == Some(&0)).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(rows: &[&[(usize, usize)]], skips: &[(usize, usize)]) -> Vec<Vec<(usize, usize)>> {
        let mut cells: Vec<Vec<RawCell>> = rows
            .iter()
            .map(|r| r.iter().map(|(columns, _)| RawCell { columns: *columns, ..RawCell::plain(Vec::new()) }).collect())
            .collect();
        let mut shapes = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let (skip, before) = skips.get(i).copied().unwrap_or_default();
            if let Some(first) = cells[i].first_mut() {
                first.skip = skip;
            }
            shapes.push(RowShape { columns: skip + row.iter().map(|c| c.0).sum::<usize>(), before });
        }
        let widths: Vec<usize> = rows.iter().flat_map(|r| r.iter().map(|c| c.1)).collect();
        mend(&mut cells, &shapes, &widths);
        cells.iter().map(|r| r.iter().map(|c| (c.skip, c.columns)).collect()).collect()
    }

    #[test]
    fn widths_decide_where_spans_disagree() {
        // No span at all, as some converters write; a hair's breadth between the edges of two rows.
        assert_eq!(mended(&[&[(1, 3000)], &[(1, 1000), (1, 2010)]], &[]), [vec![(0, 2)], vec![(0, 1), (0, 1)]]);
        // A row that begins further right.
        assert_eq!(mended(&[&[(1, 1000), (1, 1000), (1, 1000)], &[(1, 2000)]], &[(0, 0), (1, 1000)])[1], [(1, 2)]);
    }

    #[test]
    fn left_as_they_are() {
        // Spans agree; widths are missing; widths disagree as well; edges too close.
        assert_eq!(mended(&[&[(2, 500)], &[(1, 1000), (1, 2000)]], &[]), [vec![(0, 2)], vec![(0, 1), (0, 1)]]);
        assert_eq!(mended(&[&[(1, 0)], &[(1, 1000), (1, 2000)]], &[])[0], [(0, 1)]);
        assert_eq!(mended(&[&[(1, 2000)], &[(1, 1000), (1, 2000)]], &[])[0], [(0, 1)]);
        let close: [&[(usize, usize)]; 3] = [&[(1, 3000)], &[(1, 1000), (1, 2000)], &[(1, 1070), (1, 1930)]];
        assert_eq!(mended(&close, &[])[0], [(0, 1)]);
    }
}
