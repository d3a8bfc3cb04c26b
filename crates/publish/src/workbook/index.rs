//! The first sheet: what there is, who is missing, what the colours mean.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::Maker;
use super::looks::Style;
use crate::live::quoted;
use crate::sheet::{fit, lines, page};

/// Width of the column of explanations.
const WIDE: f64 = 84.0;

impl Maker<'_, '_> {
    /// Makes the index.
    pub(super) fn index(&self, sheet: &mut Worksheet, title: &str) -> Result<(), XlsxError> {
        let (lang, looks) = (self.lang, &self.looks);
        for (column, width) in [(0, 5.0), (1, 30.0), (2, WIDE)] {
            sheet.set_column_width(column, width)?;
        }
        sheet.write_string_with_format(0, 0, fit(&lang.book_title(title)), &looks.title)?;
        sheet.set_row_height(0, 28)?;
        let mut row = 1;
        for text in self.standing() {
            sheet.merge_range(row, 0, row, 2, &fit(&text), &crate::sheet::plain(lang).set_text_wrap())?;
            sheet.set_row_height(row, (13.5 * lines(&text, WIDE + 35.0) + 4.0).min(400.0))?;
            row += 1;
        }
        row += 1;
        for (column, key) in [(0, "book_no"), (1, "book_worksheet"), (2, "book_content")] {
            sheet.write_string_with_format(row, column, lang.say(key), &looks.head)?;
        }
        for (i, (name, content)) in self.contents().into_iter().enumerate() {
            row += 1;
            sheet.write_number_with_format(row, 0, i as f64 + 1.0, &looks.text)?;
            let link = format!("internal:{}!A1", quoted(&name));
            sheet.write_url_with_options(row, 1, link.as_str(), &name, "", Some(&looks.boxed_link))?;
            sheet.write_string_with_format(row, 2, fit(&content), &looks.left)?;
            sheet.set_row_height(row, 13.5 * lines(&content, WIDE) + 5.0)?;
        }
        row = self.legend(sheet, row + 2)?;
        page(sheet, lang, true, 1);
        sheet.set_print_area(0, 0, row, 2)?;
        Ok(())
    }

    /// How many have reported, and who is missing.
    fn standing(&self) -> Vec<String> {
        let names = |status: &str| -> Vec<&str> {
            self.figures.coverage.iter().filter(|c| c.status == status).map(|c| c.agency.as_str()).collect()
        };
        let (absent, partial, unknown) = (names("missing"), names("partial"), names("unknown-agency"));
        let due = self.figures.coverage.len() - unknown.len();
        let mut out = vec![self.lang.standing(due, due - absent.len())];
        for (key, names) in [("book_gap_names", absent), ("book_gap_partial", partial), ("book_unknown_names", unknown)] {
            if !names.is_empty() {
                out.push(format!("{}{}", self.lang.say(key), self.lang.list(names)));
            }
        }
        out
    }

    /// Every other sheet with what stands there.
    fn contents(&self) -> Vec<(String, String)> {
        let (lang, names) = (self.lang, &self.names);
        let mut out: Vec<(String, String)> = Vec::new();
        for p in &self.printed {
            out.push((p.name.clone(), lang.what(&p.heading, "book_about_printed")));
        }
        for plan in &self.plans {
            let key = if plan.whole { "book_about_agencies" } else { "book_about_totals" };
            let key = if plan.table.is_empty() && self.plans.len() > 1 && plan.name.contains(lang.say("book_sheet_guests")) {
                "book_about_guests"
            } else {
                key
            };
            out.push((plan.name.clone(), lang.say(key).to_owned()));
        }
        for (name, key) in [
            (&names.coverage, "book_about_coverage"),
            (&names.findings, "book_about_findings"),
            (&names.changes, "book_about_changes"),
        ] {
            out.push((name.clone(), lang.say(key).to_owned()));
        }
        out
    }

    fn legend(&self, sheet: &mut Worksheet, row: u32) -> Result<u32, XlsxError> {
        let (lang, looks) = (self.lang, &self.looks);
        sheet.write_string_with_format(row, 1, lang.say("book_legend"), &looks.head)?;
        sheet.write_string_with_format(row, 2, lang.say("book_meaning"), &looks.head)?;
        let centred = |f: &Format| f.clone().set_align(rust_xlsxwriter::FormatAlign::Center);
        let lines_of: [(&str, &str, Format); 8] = [
            ("book_legend_error", "book_legend_error_is", looks.marked[2].clone()),
            ("book_legend_warning", "book_legend_warning_is", looks.marked[1].clone()),
            ("book_legend_info", "book_legend_info_is", looks.marked[0].clone()),
            ("book_legend_absent", "book_legend_absent_is", centred(&looks.absent)),
            ("book_legend_derived", "book_legend_derived_is", looks.derived_key.clone()),
            ("book_legend_lower", "book_legend_lower_is", centred(looks.number(Style::Lower, 0))),
            ("book_legend_blank", "book_legend_blank_is", looks.text.clone()),
            ("book_legend_check", "book_legend_check_is", looks.text.clone()),
        ];
        let mut row = row;
        for (name, meaning, look) in lines_of {
            row += 1;
            sheet.write_string_with_format(row, 1, lang.say(name), &look)?;
            sheet.write_string_with_format(row, 2, lang.say(meaning), &looks.left)?;
            sheet.set_row_height(row, 13.5 * lines(lang.say(meaning), WIDE) + 5.0)?;
        }
        Ok(row)
    }
}
