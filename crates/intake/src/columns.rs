//! Columns of a table whose cells are told by their edges: RTF, and tables inside cells of OpenDocument text.

/// Edges nearer than this (in twips, a twentieth of a point) are one line of the table. Writers differ by some twips from
/// row to row, while a cell of a millimetre, 57 twips, could not hold one character.
const TOLERANCE: i64 = 60;

/// Which line of the whole table each edge of each row is, counted from 0 at the left. The edges of a row ascend strictly;
/// two of them are never one line, however near they are.
pub(crate) fn lines(rows: &[Vec<i32>]) -> Vec<Vec<u32>> {
    let mut edges: Vec<(i32, u32, u32)> = Vec::with_capacity(rows.iter().map(Vec::len).sum());
    for (row, own) in (0u32..).zip(rows) {
        edges.extend((0u32..).zip(own).map(|(at, edge)| (*edge, row, at)));
    }
    edges.sort_unstable();
    let mut out: Vec<Vec<u32>> = rows.iter().map(|r| vec![0; r.len()]).collect();
    // For each row the line that its last edge became, from 1.
    let mut taken = vec![0u32; rows.len()];
    let (mut line, mut start) = (0u32, i64::MIN);
    for same in edges.chunk_by(|a, b| a.0 == b.0) {
        let edge = i64::from(same[0].0);
        if line == 0 || edge - start > TOLERANCE || same.iter().any(|(_, row, _)| taken[*row as usize] == line) {
            (line, start) = (line + 1, edge);
        }
        for (_, row, at) in same {
            taken[*row as usize] = line;
            out[*row as usize][*at as usize] = line - 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_that_nearly_meet_are_one_line() {
        let rows = [vec![0, 1000, 2000, 3000], vec![-8, 1012, 2990], vec![5, 3004], vec![0, 1000, 1040, 3000]];
        assert_eq!(lines(&rows), [vec![0, 1, 3, 4], vec![0, 1, 4], vec![0, 4], vec![0, 1, 2, 4]]);
        assert!(lines(&[]).is_empty());
        assert_eq!(lines(&[vec![i32::MIN, i32::MAX], vec![]]), [vec![0, 1], vec![]]);
    }

    #[test]
    fn edges_of_one_row_stay_apart_from_those_of_others() {
        // 1040 is another line than 1000 in the first row, and so it is in the second.
        assert_eq!(lines(&[vec![0, 1000, 1040], vec![0, 1040]]), [vec![0, 1, 2], vec![0, 2]]);
    }
}
