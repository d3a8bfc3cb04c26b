//! The empty form as a workbook: a sheet a section, only what is to be typed unlocked, and every identity checked live.
//!
//! Totals are typed, not added up: many small agencies legally fill in totals alone, the total is what the agency reports,
//! and a program that does not calculate would lose a formula's result. The checks say at once where a total is wrong.

use std::collections::{HashMap, HashSet};

use nianbao_form::{Cell, Form, Kind, Section, SectionKind};
use rust_xlsxwriter::{
    Color, ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime,
    Format, FormatAlign, Formula, ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use super::{empty, guide};
use crate::grid::{self, Grid};
use crate::live::{Held, Live, Spot, Term, quoted};
use crate::sheet::{self, ASIDE, Frame, block, boxed, fit, lay_out, lines, page, plain, sheet_name, title};
use crate::words::Lang;

/// Names of the cells that say whose report it is; `nianbao-intake` reads them.
const AGENCY: &str = "nianbao.agency";
const YEAR: &str = "nianbao.year";
/// Where a table begins on its sheet.
const TOP: u32 = 2;
/// Paragraphs that a section of words has room for.
const PARAGRAPHS: u32 = 40;

/// A sheet of the report.
enum Page<'a> {
    Words(String, &'a Section),
    Table(String, String, Grid),
}

impl Page<'_> {
    fn name(&self) -> &str {
        let (Page::Words(name, _) | Page::Table(name, ..)) = self;
        name
    }
}

struct Maker<'a> {
    form: &'a Form,
    lang: Lang,
    pages: Vec<Page<'a>>,
    cover: String,
    checks: String,
    head: Format,
    left: Format,
    field: Format,
    words: Format,
    /// Where each cell stands: page, row, column.
    at: HashMap<Cell, (usize, u32, u16)>,
}

/// The workbook as a file.
pub(super) fn workbook(form: &Form) -> Result<Vec<u8>, XlsxError> {
    let lang = Lang::of_form(form);
    let mut taken = HashSet::new();
    let cover = sheet_name(&mut taken, lang.say("blank_sheet_cover"));
    let checks = sheet_name(&mut taken, lang.say("blank_sheet_checks"));
    let mut pages = Vec::new();
    for section in form.sections.iter().map(Some).chain(form.sections.is_empty().then_some(None)) {
        let grids = grid::tables(form, section, &empty());
        let heading = |grid: &Grid| match section {
            Some(s) => lang.heading(&s.number, &s.title),
            None => lang.table_heading(form, &grid.table),
        };
        if let Some(s) = section.filter(|s| s.kind == SectionKind::Prose || grids.is_empty()) {
            pages.push(Page::Words(sheet_name(&mut taken, &lang.heading(&s.number, &s.title)), s));
        }
        for grid in grids {
            let heading = heading(&grid);
            pages.push(Page::Table(sheet_name(&mut taken, &heading), heading, grid));
        }
    }
    let mut at = HashMap::new();
    for (i, page) in pages.iter().enumerate() {
        if let Page::Table(_, _, grid) = page {
            at.extend(grid.squares.iter().filter_map(|s| Some((s.cell?, (i, TOP + s.row as u32, s.column as u16)))));
        }
    }
    let input = || Color::RGB(0xFFFBE0);
    let centre = || boxed(lang).set_align(FormatAlign::Center).set_text_wrap();
    let maker = Maker {
        form,
        lang,
        pages,
        cover,
        checks,
        head: centre().set_background_color(Color::RGB(0xF2F2F2)),
        left: boxed(lang).set_text_wrap().set_align(FormatAlign::Left).set_background_color(Color::RGB(0xF2F2F2)),
        field: centre().set_background_color(input()).set_unlocked(),
        words: boxed(lang)
            .set_text_wrap()
            .set_align(FormatAlign::Left)
            .set_align(FormatAlign::Top)
            .set_font_size(11)
            .set_background_color(input())
            .set_unlocked()
            .set_num_format("@"),
        at,
    };
    maker.make()
}

impl Maker<'_> {
    fn make(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // A fixed time: the same form gives the same bytes.
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let name = self.lang.blank_title(self.form);
        book.set_properties(&DocProperties::new().set_title(&name).set_author("nianbao").set_creation_datetime(&made));
        self.cover(sheet::new(&mut book).set_name(&self.cover)?)?;
        for (i, page) in self.pages.iter().enumerate() {
            let sheet = sheet::new(&mut book).set_name(page.name())?;
            match page {
                Page::Words(_, section) => self.words(sheet, section)?,
                Page::Table(_, heading, grid) => self.table(sheet, heading, grid, i)?,
            }
        }
        self.panel(sheet::new(&mut book).set_name(&self.checks)?)?;
        for (i, name) in [&self.cover, &self.checks].into_iter().enumerate() {
            book.define_name(format!("{ASIDE}{}", i + 1), &format!("={}!$A$1", quoted(name)))?;
        }
        for (name, cell) in [(AGENCY, "$B$3"), (YEAR, "$B$4")] {
            book.define_name(name, &format!("={}!{cell}", quoted(&self.cover)))?;
        }
        book.save_to_buffer()
    }

    fn protect(&self, sheet: &mut Worksheet) {
        sheet.protect_with_options(&ProtectionOptions {
            format_rows: true,
            format_columns: true,
            ..ProtectionOptions::default()
        });
    }

    fn cover(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (lang, form) = (self.lang, self.form);
        sheet.set_column_width(0, 16)?;
        sheet.set_column_width(1, 84)?;
        let big = title(lang).set_align(FormatAlign::Center).set_text_wrap();
        sheet.merge_range(0, 0, 0, 1, "", &big)?;
        let formula = Formula::new(lang.title_formula(form, "B3", "B4")).set_result(lang.blank_title(form));
        sheet.write_formula_with_format(0, 0, formula, &big)?;
        sheet.set_row_height(0, 60)?;
        sheet.merge_range(1, 0, 1, 1, lang.say("blank_cover_hint"), &plain(lang).set_align(FormatAlign::Center))?;
        let field = self.words.clone().set_align(FormatAlign::VerticalCenter).set_font_size(12);
        for (row, key) in [(2, "blank_agency_field"), (3, "blank_year_field")] {
            sheet.write_string_with_format(row, 0, lang.say(key), &self.head)?;
            let year = row == 3;
            let look = if year { field.clone().set_num_format("0") } else { field.clone() };
            sheet.write_blank(row, 1, &look)?;
            sheet.set_row_height(row, 26)?;
        }
        let asked = |v: DataValidation, key: &str| v.set_input_title(lang.say("blank_ask"))?.set_input_message(lang.say(key));
        sheet.add_data_validation(2, 1, 2, 1, &asked(DataValidation::new().allow_any_value(), "blank_agency_ask")?)?;
        let last = form.to.unwrap_or(form.from.saturating_add(24));
        let years: Vec<String> = (form.from..=last).take(40).map(|y| y.to_string()).collect();
        let years = DataValidation::new()
            .allow_list_strings(&years)?
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title(lang.say("blank_wrong"))?
            .set_error_message(lang.say("blank_year_wrong"))?;
        sheet.add_data_validation(3, 1, 3, 1, &asked(years, "blank_year_ask")?)?;
        for (row, (i, text)) in (5..).zip(guide::lines(form).into_iter().enumerate()) {
            let text = if i == 0 { lang.say("blank_guide_book").to_owned() } else { text };
            let look = if i == 0 {
                plain(lang).set_bold().set_font_size(11)
            } else {
                plain(lang).set_text_wrap().set_align(FormatAlign::Top)
            };
            block(sheet, (row, 0, 1, 2), &text, &look)?;
            sheet.set_row_height(row, 14.0 * lines(&text, 98.0) + 5.0)?;
        }
        page(sheet, lang, false, 1);
        self.protect(sheet);
        Ok(())
    }

    fn words(&self, sheet: &mut Worksheet, section: &Section) -> Result<(), XlsxError> {
        let lang = self.lang;
        sheet.set_column_width(0, 78)?;
        let heading = lang.heading(&section.number, &section.title);
        sheet.write_string_with_format(0, 0, fit(&heading), &title(lang))?;
        sheet.set_row_height(0, 30)?;
        for row in 1..=PARAGRAPHS {
            sheet.write_blank(row, 0, &self.words)?;
        }
        let ask = DataValidation::new()
            .allow_any_value()
            .set_input_title(lang.say("blank_ask"))?
            .set_input_message(self.ask(section))?;
        sheet.add_data_validation(1, 0, PARAGRAPHS, 0, &ask)?;
        page(sheet, lang, false, 1);
        sheet.set_repeat_rows(0, 0)?;
        self.protect(sheet);
        Ok(())
    }

    /// What a section of words asks for, within what a message holds.
    fn ask(&self, section: &Section) -> String {
        let how = self.lang.say("blank_prose_ask");
        let text = guide::asked(section, self.lang).map_or_else(|| how.to_owned(), |asked| format!("{asked}\n{how}"));
        text.chars().take(250).collect()
    }

    fn table(&self, sheet: &mut Worksheet, heading: &str, grid: &Grid, at: usize) -> Result<(), XlsxError> {
        let lang = self.lang;
        block(sheet, (0, 0, 1, grid.columns.max(1) as u16), heading, &title(lang))?;
        sheet.set_row_height(0, 30)?;
        sheet.set_row_height(1, 6)?;
        lay_out(sheet, grid, &Frame { top: TOP, head: &self.head, left: &self.left }, &mut |sheet, square, area| {
            let look = match square.cell.and_then(|c| self.form.def(c)) {
                Some(def) if def.kind == Kind::Amount => self.field.clone().set_num_format("0.######"),
                _ => self.field.clone(),
            };
            let (row, column, rows, columns) = area;
            if (rows, columns) == (1, 1) {
                sheet.write_blank(row, column, &look)?;
            } else {
                sheet.merge_range(row, column, row + rows - 1, column + columns - 1, "", &look)?;
            }
            Ok(())
        })?;
        self.limits(sheet, grid)?;
        self.warnings(sheet, at)?;
        page(sheet, lang, grid.columns > 12, 1);
        if grid.head > 0 {
            sheet.set_freeze_panes(TOP + grid.head as u32, 0)?;
            sheet.set_repeat_rows(TOP, TOP + grid.head as u32 - 1)?;
        }
        self.protect(sheet);
        Ok(())
    }

    /// What may be typed, with what is said about it.
    fn limits(&self, sheet: &mut Worksheet, grid: &Grid) -> Result<(), XlsxError> {
        const MOST: f64 = 99_999_999_999.0;
        let lang = self.lang;
        for s in &grid.squares {
            let Some(def) = s.cell.and_then(|c| self.form.def(c)) else { continue };
            let new = DataValidation::new();
            let (rule, ask, wrong) = match (def.kind, def.signed) {
                (Kind::Count, false) => {
                    let rule = new.allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0));
                    (rule, lang.say("blank_count_ask").to_owned(), "blank_count_wrong")
                }
                (Kind::Count, true) => {
                    let rule = new.allow_whole_number(DataValidationRule::Between(-2_000_000_000, 2_000_000_000));
                    (rule, lang.say("blank_change_ask").to_owned(), "blank_change_wrong")
                }
                (Kind::Amount, false) => {
                    let rule = new.allow_decimal_number(DataValidationRule::Between(0.0, MOST));
                    (rule, lang.amount_ask(&def.unit), "blank_amount_wrong")
                }
                (Kind::Amount, true) => {
                    let rule = new.allow_decimal_number(DataValidationRule::Between(-MOST, MOST));
                    (rule, lang.amount_ask(&def.unit), "blank_signed_wrong")
                }
            };
            let rule = rule
                .set_input_title(lang.say("blank_ask"))?
                .set_input_message(ask.chars().take(250).collect::<String>())?
                .set_error_title(lang.say("blank_wrong"))?
                .set_error_message(lang.say(wrong))?;
            let (row, column) = (TOP + s.row as u32, s.column as u16);
            sheet.add_data_validation(row, column, row, column, &rule)?;
        }
        Ok(())
    }

    /// An identity over the cells of the workbook; `here` is the page whose formula it is.
    fn live(&self, identity: &nianbao_form::Identity, here: Option<usize>) -> Option<Live> {
        let term = |cell: &Cell| {
            let &(at, row, column) = self.at.get(cell)?;
            if here.is_some_and(|h| h != at) {
                return None;
            }
            let sheet = if here.is_some() { String::new() } else { quoted(self.pages[at].name()) };
            let signed = self.form.def(*cell).is_some_and(|d| d.signed);
            Some(Term { spot: Spot::At { sheet, row, column }, held: Held::Blank, signed })
        };
        let side = |cells: &[Cell]| cells.iter().map(term).collect::<Option<Vec<Term>>>();
        Some(Live::new(side(&identity.parts)?, side(&identity.whole)?))
    }

    /// Results that contradict their parts turn red.
    fn warnings(&self, sheet: &mut Worksheet, at: usize) -> Result<(), XlsxError> {
        let red = Format::new().set_background_color(Color::RGB(0xF4B183)).set_bold();
        for identity in &self.form.identities {
            let Some(live) = self.live(identity, Some(at)) else { continue };
            let Some(formula) = live.branches(&|d| format!("IF({d}<>0,1,0)"), "") else { continue };
            let rule = format!("=({})=1", formula.trim_start_matches('='));
            let marked = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(&red);
            for cell in &identity.whole {
                if let Some(&(_, row, column)) = self.at.get(cell) {
                    sheet.add_conditional_format(row, column, row, column, &marked)?;
                }
            }
        }
        Ok(())
    }

    /// Every identity with its state in words.
    fn panel(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let lang = self.lang;
        let (open, holds, differs) = (lang.say("blank_open"), lang.say("blank_holds"), lang.say("blank_differs"));
        let total = self.form.identities.len();
        sheet.write_string_with_format(0, 0, lang.say("blank_check_title"), &title(lang))?;
        sheet.set_row_height(0, 28)?;
        let heads = [("no", 6.0), ("where", 26.0), ("label", 62.0), ("left", 13.0), ("right", 13.0), ("state", 28.0)];
        for (i, (key, width)) in heads.iter().enumerate() {
            sheet.write_string_with_format(2, i as u16, lang.say(&format!("blank_check_{key}")), &self.head)?;
            sheet.set_column_width(i as u16, *width)?;
        }
        let look = boxed(lang).set_text_wrap();
        let centre = look.clone().set_align(FormatAlign::Center);
        let link = look.clone().set_font_color(Color::RGB(0x0563C1));
        if total == 0 {
            sheet.write_string_with_format(3, 2, lang.say("blank_check_none"), &look)?;
        } else {
            let (formula, result) = lang.check_summary(&format!("F4:F{}", 3 + total), total);
            sheet.write_formula_with_format(1, 0, Formula::new(formula).set_result(result), &plain(lang).set_bold())?;
        }
        for (i, identity) in self.form.identities.iter().enumerate() {
            let row = 3 + i as u32;
            sheet.write_number_with_format(row, 0, i as f64 + 1.0, &centre)?;
            sheet.write_string_with_format(row, 2, fit(&identity.label), &look)?;
            sheet.set_row_height(row, 13.5 * lines(&identity.label, 62.0) + 5.0)?;
            let place = identity.whole.iter().chain(&identity.parts).find_map(|c| self.at.get(c));
            if let Some(&(at, r, c)) = place {
                let name = self.pages[at].name();
                let target = format!("internal:{}!{}", quoted(name), rust_xlsxwriter::utility::row_col_to_cell(r, c));
                sheet.write_url_with_options(row, 1, target.as_str(), name, "", Some(&link))?;
            }
            let Some(live) = self.live(identity, None) else { continue };
            for (column, side) in live.sides().into_iter().enumerate() {
                sheet.write_formula_with_format(row, 3 + column as u16, Formula::new(side).set_result(""), &centre)?;
            }
            let said = |d: &str| format!("IF({d}=0,\"{holds}\",\"{differs}\"&ABS({d}))");
            match live.branches(&said, open) {
                Some(formula) => sheet.write_formula_with_format(row, 5, Formula::new(formula).set_result(open), &centre)?,
                None => sheet.write_string_with_format(row, 5, open, &centre)?,
            };
        }
        let last = 2 + total.max(1) as u32;
        for (words, rgb) in [(differs, 0xF4B183), (holds, 0xE2EFDA)] {
            let rule = format!("=LEFT($F4,{})=\"{words}\"", words.chars().count());
            let look = Format::new().set_background_color(Color::RGB(rgb));
            let marked = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(&look);
            sheet.add_conditional_format(3, 5, last, 5, &marked)?;
        }
        sheet.set_freeze_panes(3, 0)?;
        page(sheet, lang, true, 1);
        sheet.set_repeat_rows(2, 2)?;
        self.protect(sheet);
        Ok(())
    }
}
