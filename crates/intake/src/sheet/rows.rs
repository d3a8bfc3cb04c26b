//! Normalised cells in a sheet: a row of column names, and a row a cell below it.

use nianbao_form::{Place, Report};

use super::{Cell, Sheet, Workbook};
use crate::normalised::{COLUMNS, Collector, Fields, columns};
use crate::refuse::Refusal;

/// The names stand in one of the first rows; a title may stand above them.
const HEAD_ROWS: usize = 10;

/// Whether a sheet has the columns that no normalised cells go without.
pub(super) fn is_normalised(sheet: &Sheet) -> bool {
    head(sheet).is_some()
}

/// The rows of a sheet, in order.
fn rows(sheet: &Sheet) -> Vec<Vec<&Cell>> {
    let mut cells: Vec<&Cell> = sheet.cells.iter().collect();
    cells.sort_by_key(|c| (c.row, c.column));
    cells.chunk_by(|a, b| a.row == b.row).map(<[_]>::to_vec).collect()
}

/// The row with the names.
fn head(sheet: &Sheet) -> Option<u32> {
    let wanted = ["year", "cell", "value"];
    let mut seen: Vec<(u32, [bool; 3])> = Vec::new();
    for cell in &sheet.cells {
        let at = match seen.iter().position(|s| s.0 == cell.row) {
            Some(at) => at,
            None if seen.len() < HEAD_ROWS => {
                seen.push((cell.row, [false; 3]));
                seen.len() - 1
            }
            None => continue,
        };
        if let Some(i) = wanted.iter().position(|w| cell.text.trim().eq_ignore_ascii_case(w)) {
            seen[at].1[i] = true;
        }
    }
    seen.into_iter().find(|(_, names)| *names == [true; 3]).map(|s| s.0)
}

/// The reports of the sheets that hold normalised cells. `None` if no sheet does.
///
/// # Errors
/// The first thing that is wrong, with row and column; rows that a filter hides.
pub(crate) fn normalised(book: &Workbook, mut to: Collector<'_>) -> Result<Option<Vec<Report>>, Refusal> {
    let mut found = false;
    for sheet in book.sheets.iter().filter(|s| !s.hidden) {
        let Some(head) = head(sheet) else { continue };
        found = true;
        take(sheet, head, &mut to)?;
    }
    Ok(found.then(|| to.finish()))
}

fn take(sheet: &Sheet, head: u32, to: &mut Collector<'_>) -> Result<(), Refusal> {
    let hidden = |ranges: &[(u32, u32)], at: u32| ranges.iter().any(|r| (r.0..=r.1).contains(&at));
    let all = rows(sheet);
    let names: Vec<&Cell> = all.iter().find(|r| r[0].row == head).cloned().unwrap_or_default();
    let texts: Vec<String> = names.iter().map(|c| c.text.clone()).collect();
    let found = columns(&texts, to.need(), u64::from(head) + 1)?;
    let at: [Option<u32>; COLUMNS.len()] = found.map(|i| i.map(|i| names[i].column));
    let value = at[3].unwrap_or_default();
    for row in all.iter().filter(|r| r[0].row > head) {
        let number = row[0].row;
        if hidden(&sheet.hidden_rows, number) {
            return Err(filtered(&sheet.name, number + 1));
        }
        let mut fields = Fields::default();
        for (field, column) in fields.by_column.iter_mut().zip(at) {
            if let Some(cell) = column.and_then(|c| row.iter().find(|cell| cell.column == c)) {
                *field = cell.text.as_str();
            }
        }
        if fields.by_column.iter().all(|f| f.is_empty()) {
            continue;
        }
        let place = Place::Sheet { sheet: sheet.name.clone(), row: number + 1, column: value + 1 };
        to.row_at(&fields, &place).map_err(|w| w.at(u64::from(number) + 1))?;
    }
    Ok(())
}

fn filtered(sheet: &str, row: u32) -> Refusal {
    Refusal::unreadable(
        format!("工作表“{sheet}”第{row}行被隐藏或筛选掉，无法确认是否应计入，请取消筛选和隐藏后重新报送"),
        format!("sheet {sheet}: row {row} is hidden or filtered out; show all rows and send the file anew"),
    )
}
