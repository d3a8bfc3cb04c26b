//! What the workbooks have in common: looks, page set-up, text that Excel takes, and a statutory table laid out on a sheet.

use std::collections::HashSet;

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet, XlsxError};

use crate::grid::{Grid, Role, Square};
use crate::words::Lang;

/// Name of a range by which a sheet says that it is no part of the report; `nianbao-intake` leaves such sheets out.
pub(crate) const ASIDE: &str = "nianbao.aside.";

/// A new sheet. A formula without a result has none; the library would store 0 for it.
pub(crate) fn new(book: &mut Workbook) -> &mut Worksheet {
    let sheet = book.add_worksheet();
    sheet.set_formula_result_default("");
    sheet
}

/// The font of all cells.
pub(crate) fn font(lang: Lang) -> &'static str {
    if lang == Lang::Zh { "宋体" } else { "Arial" }
}

/// A cell with borders, its text in the middle of its height.
pub(crate) fn boxed(lang: Lang) -> Format {
    plain(lang).set_border(FormatBorder::Thin).set_border_color("808080").set_align(FormatAlign::VerticalCenter)
}

/// A cell without borders.
pub(crate) fn plain(lang: Lang) -> Format {
    Format::new().set_font_name(font(lang)).set_font_size(10)
}

/// The look of a title.
pub(crate) fn title(lang: Lang) -> Format {
    plain(lang).set_font_size(15).set_bold().set_align(FormatAlign::VerticalCenter)
}

/// A4 with the page's number at the foot; `pages` side by side, as many below each other as it takes.
pub(crate) fn page(sheet: &mut Worksheet, lang: Lang, landscape: bool, pages: u16) {
    if landscape {
        sheet.set_landscape();
    }
    sheet.set_paper_size(9).set_print_fit_to_pages(pages, 0).set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.35);
    sheet.set_print_center_horizontally(true);
    // Where a sheet takes several pages side by side, those of the first agencies come first.
    sheet.set_page_order(pages > 1);
    sheet.set_footer(if lang == Lang::Zh { "&C&9&A　第&P页，共&N页" } else { "&C&9&A  page &P of &N" });
}

/// A title at the head of every printed page.
pub(crate) fn header(sheet: &mut Worksheet, title: &str) {
    // Excel takes 255 characters, and a mark of its own begins with `&`.
    let text: String = fit(title).replace('&', "&&").chars().filter(|c| !c.is_control()).take(100).collect();
    sheet.set_header(format!("&L&11&\"-,Bold\" {}", text.trim_end_matches('&')));
}

/// Text that a cell takes: without control characters, at most 32,767 characters.
pub(crate) fn fit(text: &str) -> String {
    const MOST: usize = 32_000;
    let kept = |c: &char| (!c.is_control() || *c == '\n') && !crate::markup::turns(*c);
    let clean: String = text.chars().filter(|c| kept(c) && !matches!(c, '\u{FFFE}' | '\u{FFFF}')).take(MOST + 1).collect();
    if clean.encode_utf16().count() <= MOST { clean } else { clean.chars().take(MOST / 2).chain("……".chars()).collect() }
}

/// A comment on a cell.
pub(crate) fn note(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    let text = fit(text);
    let lines = text.lines().map(|l| 1 + wide(l) / 44).sum::<usize>() as u32;
    let note =
        Note::new(text).set_author("nianbao").add_author_prefix(false).set_width(320).set_height((lines * 17 + 14).min(700));
    sheet.insert_note(row, column, &note).map(|_| ())
}

/// Columns that a text takes: a Chinese character is two wide.
pub(crate) fn wide(text: &str) -> usize {
    text.chars().map(|c| if (c as u32) < 0x2E80 { 1 } else { 2 }).sum()
}

/// Lines that a text takes in so many columns.
pub(crate) fn lines(text: &str, width: f64) -> f64 {
    // The last column is rarely used to the end: a character that does not fit goes to the next line.
    let room = (width - 1.0).max(2.0);
    text.split('\n').map(|l| (wide(l) as f64 / room).ceil().max(1.0)).sum()
}

/// A name that Excel takes: at most 31 characters, none of `[]:*?/\`, no apostrophe at the ends; no two that differ in the
/// case of letters alone.
pub(crate) fn sheet_name(taken: &mut HashSet<String>, name: &str) -> String {
    let allowed = |c: char| !("[]:*?/\\'".contains(c) || c.is_control());
    let mut length = 0;
    let short = |c: &char| {
        length += c.len_utf16();
        length <= 27
    };
    let cleaned: String = name.chars().map(|c| if allowed(c) { c } else { '_' }).take_while(short).collect();
    let name = cleaned.trim();
    crate::files::unique(
        taken,
        if name.is_empty() || name.eq_ignore_ascii_case("history") { "_".to_owned() } else { name.to_owned() },
    )
}

/// Text over a rectangle: top, left, rows, columns.
pub(crate) fn block(
    sheet: &mut Worksheet,
    (row, column, rows, columns): (u32, u16, u32, u16),
    text: &str,
    look: &Format,
) -> Result<(), XlsxError> {
    if (rows, columns) == (1, 1) {
        sheet.write_string_with_format(row, column, fit(text), look)?;
    } else {
        sheet.merge_range(row, column, row + rows - 1, column + columns - 1, &fit(text), look)?;
    }
    Ok(())
}

/// How a statutory table stands on its sheet.
pub(crate) struct Frame<'f> {
    /// Row of its first line.
    pub(crate) top: u32,
    pub(crate) head: &'f Format,
    pub(crate) left: &'f Format,
}

/// Lays a statutory table out: widths, heights, heads; `figure` writes what stands in a figure's place, over its rectangle.
pub(crate) fn lay_out(
    sheet: &mut Worksheet,
    grid: &Grid,
    frame: &Frame<'_>,
    figure: &mut dyn FnMut(&mut Worksheet, &Square, (u32, u16, u32, u16)) -> Result<(), XlsxError>,
) -> Result<(), XlsxError> {
    let widths = columns(grid);
    for (i, width) in widths.iter().enumerate() {
        sheet.set_column_width(i as u16, *width)?;
    }
    for (i, height) in heights(grid, &widths).into_iter().enumerate() {
        sheet.set_row_height(frame.top + i as u32, height)?;
    }
    for s in &grid.squares {
        let area = (frame.top + s.row as u32, s.column as u16, s.rows as u32, s.columns as u16);
        if s.role == Role::Figure {
            figure(sheet, s, area)?;
            continue;
        }
        let look =
            if matches!(s.role, Role::ColumnHead) || (s.role == Role::RowHead && s.rows > 1) { frame.head } else { frame.left };
        block(sheet, area, &s.fill.text, look)?;
    }
    Ok(())
}

/// Widths in characters.
fn columns(grid: &Grid) -> Vec<f64> {
    let whole = if grid.columns > 12 { 135.0 } else { 100.0 };
    grid.widths.iter().map(|w| (*w as f64 * whole / 1000.0).max(6.5)).collect()
}

/// Heights in points: what the words of each row need. A label over several rows stretches the last of them.
fn heights(grid: &Grid, widths: &[f64]) -> Vec<f64> {
    const LINE: f64 = 13.5;
    let mut heights: Vec<f64> = (0..grid.rows).map(|_| 20.0).collect();
    let mut squares: Vec<&Square> = grid.squares.iter().filter(|s| !s.fill.text.is_empty()).collect();
    squares.sort_by_key(|s| s.rows);
    for s in squares {
        let width: f64 = widths[s.column..s.column + s.columns].iter().sum();
        let need = lines(&s.fill.text, width) * LINE + 6.0;
        let has: f64 = heights[s.row..s.row + s.rows].iter().sum();
        if need > has {
            let each = (need - has) / s.rows as f64;
            heights[s.row..s.row + s.rows].iter_mut().for_each(|h| *h += each);
        }
    }
    heights.into_iter().map(|h| h.min(400.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_excel_takes() {
        let mut taken = HashSet::new();
        for (name, want) in [
            ("表三", "表三"),
            ("a/b:c*?[d]'", "a_b_c___d__"),
            ("", "_"),
            ("HISTORY", "_-2"),
            ("Table A", "Table A"),
            ("table a", "table a-2"),
        ] {
            assert_eq!(sheet_name(&mut taken, name), want);
        }
        assert!(sheet_name(&mut taken, &"😀".repeat(40)).encode_utf16().count() <= 31);
    }

    #[test]
    fn text_that_a_cell_takes() {
        assert_eq!(fit("a\u{1}b\nc"), "ab\nc");
        assert!(fit(&"长".repeat(40_000)).encode_utf16().count() < 32_767);
    }
}
