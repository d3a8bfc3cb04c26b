//! The district's tables as the form prints them; each figure is a link to the live sum.

use std::collections::HashSet;

use nianbao_form::{Form, decimal_text};
use rust_xlsxwriter::{Format, FormatAlign, Formula, Worksheet, XlsxError};

use super::looks::Style;
use super::table::total_of;
use super::{Maker, Printed};
use crate::figures::Figures;
use crate::grid::{Grid, Square};
use crate::live::{decimals, fits};
use crate::sheet::{Frame, block, boxed, lay_out, lines, note, page, plain, sheet_name, title};
use crate::story;
use crate::words::Lang;

/// The tables of the form in its order.
pub(super) fn tables(form: &Form, figures: &Figures<'_>, lang: Lang, taken: &mut HashSet<String>) -> Vec<Printed> {
    let mut out = Vec::new();
    let sections = form.sections.iter().map(Some);
    for section in sections.chain(form.sections.is_empty().then_some(None)) {
        for grid in story::district_tables(form, section, figures) {
            let printed = super::plan::printed_name(lang, &grid.table);
            let name = if printed.is_empty() { lang.say("book_sheet_table").trim().to_owned() } else { printed };
            let heading = match section {
                Some(s) => Lang::of_form(form).heading(&s.number, &s.title),
                None => name.clone(),
            };
            out.push(Printed { name: sheet_name(taken, &name), heading, grid });
        }
    }
    out
}

impl Maker<'_, '_> {
    /// Makes the sheet of a statutory table.
    pub(super) fn print(&self, sheet: &mut Worksheet, printed: &Printed, heading: &str) -> Result<(), XlsxError> {
        const TOP: u32 = 3;
        let (lang, grid) = (self.lang, &printed.grid);
        let centre = |f: Format| f.set_align(FormatAlign::Center).set_text_wrap();
        let (head, left) = (centre(boxed(lang)), boxed(lang).set_text_wrap().set_align(FormatAlign::Left));
        let across = grid.columns.max(1) as u16;
        block(sheet, (0, 0, 1, across), heading, &centre(title(lang)))?;
        sheet.set_row_height(0, 20.0 * lines(heading, 62.0) + 12.0)?;
        block(sheet, (1, 0, 1, across), &printed.heading, &plain(lang).set_font_size(12).set_bold())?;
        sheet.set_row_height(1, 22)?;
        sheet.set_row_height(2, 6)?;
        lay_out(sheet, grid, &Frame { top: TOP, head: &head, left: &left }, &mut |sheet, square, area| {
            self.figure(sheet, square, area)
        })?;
        let mut row = TOP + grid.rows as u32;
        if let Some(text) = self.remarks(grid) {
            block(sheet, (row, 0, 1, across), &text, &plain(lang).set_font_size(9).set_text_wrap().set_align(FormatAlign::Top))?;
            sheet.set_row_height(row, (12.5 * lines(&text, 100.0) + 4.0).min(400.0))?;
            row += 1;
        }
        self.back(sheet, row + 1)?;
        sheet.set_print_area(0, 0, row, across - 1)?;
        page(sheet, lang, grid.columns > 12, 1);
        if grid.head > 0 {
            sheet.set_repeat_rows(TOP, TOP + grid.head as u32 - 1)?;
        }
        Ok(())
    }

    /// Whose figures are missing in a table.
    fn remarks(&self, grid: &Grid) -> Option<String> {
        let lang = self.lang;
        let absent: Vec<&str> = self.figures.absent().map(|c| c.agency.as_str()).collect();
        let owed = self.figures.owed(&grid.squares.iter().filter_map(|s| s.cell).collect::<Vec<_>>());
        let lacking: Vec<&str> = owed.into_iter().map(|o| o.0).collect();
        let stop = if lang == Lang::Zh { "。" } else { ". " };
        let mut text = String::new();
        if !absent.is_empty() {
            text.push_str(&format!("{}{}{stop}", lang.say("book_gap_names_note"), lang.list(absent)));
        }
        if !lacking.is_empty() {
            text.push_str(&format!("{}{}{stop}", lang.say("book_gap_partial_note"), lang.list(lacking)));
        }
        (!text.is_empty()).then(|| format!("{}{}", lang.say("book_note"), text.trim_end()))
    }

    fn figure(&self, sheet: &mut Worksheet, square: &Square, area: (u32, u16, u32, u16)) -> Result<(), XlsxError> {
        let Some(cell) = square.cell else { return Ok(()) };
        let (row, column, rows, columns) = area;
        let sum = self.edition.compilation.sum(&self.edition.compilation.root, self.edition.year, cell);
        let known = sum.and_then(|s| s.millionths);
        let owing = self.owing(&self.edition.compilation.root, cell);
        let lower = owing.len() > self.figures.absent().count();
        let style = if lower { Style::Lower } else { Style::Plain };
        let exact = known.filter(|n| !fits(*n) || self.has_long(cell));
        let look = self.looks.number(style, self.decimals(cell, known.map_or(0, decimals)));
        let look = if exact.is_some() { self.looks.number(style, 0) } else { look };
        // The printed table keeps its widths: a figure too long for its cell is written smaller.
        let look = look.clone().set_align(FormatAlign::Center).set_shrink();
        if (rows, columns) != (1, 1) {
            sheet.merge_range(row, column, row + rows - 1, column + columns - 1, "", &look)?;
        }
        let link = self.plan_of(cell).and_then(|p| total_of(p, cell));
        match (exact, link) {
            (Some(n), _) => sheet.write_string_with_format(row, column, decimal_text(n), &look)?,
            (None, Some(link)) => {
                let result = known.map(decimal_text).unwrap_or_default();
                sheet.write_formula_with_format(row, column, Formula::new(format!("={link}")).set_result(result), &look)?
            }
            (None, None) => sheet.write_blank(row, column, &look)?,
        };
        if lower {
            note(sheet, row, column, &self.lang.owing(owing.len() as u32, &owing))?;
        }
        Ok(())
    }
}
