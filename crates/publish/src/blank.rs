//! An empty statutory form for agencies to fill in.

use std::path::Path;

use nianbao_form::{FormIx, Forms};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::grid::{Grid, Role};
use crate::story::{self, Piece};
use crate::{PublishError, docx, store};

/// Writes the empty form, as Word document or workbook by the ending of `path`.
///
/// # Errors
/// Another ending than `.docx` or `.xlsx`, or the target cannot be written.
pub fn blank(forms: &Forms, form: FormIx, path: &Path) -> Result<(), PublishError> {
    let story = story::blank_report(forms.form(form));
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let bytes = match ending.as_str() {
        "docx" => docx::document(&story)?,
        "xlsx" => workbook(&story).map_err(PublishError::make(&path.to_string_lossy()))?,
        _ => return Err(PublishError::Ending { path: path.to_owned(), known: ".docx, .xlsx" }),
    };
    store::write_atomically(path, |out| out.write_all(&bytes).map_err(PublishError::io(path, "cannot be written")))
}

/// A sheet for the words, then one for each table.
fn workbook(story: &story::Story) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(&story.title).set_author("nianbao").set_creation_datetime(&made));
    let title = Format::new().set_font_name("宋体").set_font_size(14).set_bold().set_text_wrap();
    let plain = Format::new().set_font_name("宋体").set_font_size(11).set_text_wrap();
    let words = book.add_worksheet();
    words.set_name(story.lang.say("sheet_about"))?;
    words.set_column_width(0, 90)?;
    let mut row = 0;
    let mut heading = String::new();
    let mut tables: Vec<(String, &Grid)> = Vec::new();
    for piece in &story.pieces {
        match piece {
            Piece::Title(text) | Piece::Heading(text) | Piece::Subheading(text) => {
                heading.clone_from(text);
                words.write_string_with_format(row, 0, text, &title)?;
                row += 1;
            }
            Piece::Placeholder(text) => {
                words.write_string_with_format(row, 0, text, &plain)?;
                words.set_row_height(row, 90)?;
                row += 1;
            }
            Piece::Table(grid) => tables.push((heading.clone(), grid)),
            _ => {}
        }
    }
    for (i, (heading, grid)) in tables.iter().enumerate() {
        let sheet = book.add_worksheet();
        let name: String = format!("{}{}", story.lang.say("sheet_table"), grid.table)
            .chars()
            .filter(|c| !"[]:*?/\\'".contains(*c))
            .take(25)
            .collect();
        let twice = tables[..i].iter().any(|(_, g)| g.table == grid.table);
        sheet.set_name(if twice || grid.table.is_empty() { format!("{name} {}", i + 1) } else { name })?;
        sheet.write_string_with_format(0, 0, heading, &title.clone().unset_text_wrap())?;
        lay_out(sheet, grid)?;
    }
    book.save_to_buffer()
}

fn lay_out(sheet: &mut Worksheet, grid: &Grid) -> Result<(), XlsxError> {
    let base = || {
        Format::new()
            .set_font_name("宋体")
            .set_font_size(10)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap()
    };
    let head = base().set_align(FormatAlign::Center);
    let left = base().set_align(FormatAlign::Left);
    for (i, width) in grid.widths.iter().enumerate() {
        sheet.set_column_width(i as u16, (*width as f64 / 8.0).max(7.0))?;
    }
    for s in &grid.squares {
        let look = if matches!(s.role, Role::ColumnHead | Role::Figure) { &head } else { &left };
        let (top, side) = (2 + s.row as u32, s.column as u16);
        let (bottom, end) = (top + s.rows as u32 - 1, side + s.columns as u16 - 1);
        if (top, side) != (bottom, end) {
            sheet.merge_range(top, side, bottom, end, &s.fill.text, look)?;
        } else if s.fill.text.is_empty() {
            sheet.write_blank(top, side, look)?;
        } else {
            sheet.write_string_with_format(top, side, &s.fill.text, look)?;
        }
        let long = s.fill.text.chars().count() > 20 && s.rows == 1 && s.role == Role::RowHead;
        if long {
            sheet.set_row_height(top, 40)?;
        }
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}
