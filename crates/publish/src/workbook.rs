//! `tables.xlsx`: a sheet for each statutory table, agency by agency, with live sums; findings stand in their cells.

use std::collections::HashMap;

use nianbao_compile::CoverageRow;
use nianbao_form::{Block, Cell, Finding, Form, Kind, Layout, Number, Report, Severity, State, Status, decimal_text};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note, Workbook, Worksheet, XlsxError,
};

use crate::figures::Figures;
use crate::grid::spans;
use crate::words::Lang;
use crate::{Edition, PublishError, letters};

/// First column of figures: agency and status stand before it.
const SIDE: u16 = 2;

/// The looks of cells.
struct Looks {
    title: Format,
    head: Format,
    name: Format,
    number: Format,
    text: Format,
    absent: Format,
    derived: Format,
    total: Format,
    lower: Format,
    by_severity: [Format; 3],
    wrap: Format,
}

impl Looks {
    fn new() -> Looks {
        let base = || {
            Format::new()
                .set_font_name("宋体")
                .set_font_size(10)
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter)
        };
        let number = || base().set_align(FormatAlign::Right).set_num_format("General");
        let whole = || base().set_align(FormatAlign::Right).set_num_format("General");
        let centre = || base().set_align(FormatAlign::Center).set_text_wrap();
        Looks {
            title: Format::new().set_font_name("宋体").set_font_size(14).set_bold(),
            head: centre().set_bold().set_background_color("DCE6F1"),
            name: base(),
            number: whole(),
            text: centre(),
            absent: base().set_background_color("D9D9D9"),
            derived: number().set_italic().set_font_color("595959"),
            total: whole().set_bold().set_background_color("F2F2F2"),
            lower: whole().set_bold().set_background_color("FFE699"),
            by_severity: [
                whole().set_background_color("DDEBF7"),
                whole().set_background_color("FFE699"),
                whole().set_background_color("F8CBAD").set_bold(),
            ],
            wrap: base().set_text_wrap(),
        }
    }
}

/// A sheet to be made: its heads from the outside inwards, and the cell of each column.
struct Plan {
    name: String,
    title: String,
    labels: Vec<Vec<String>>,
    cells: Vec<Cell>,
}

struct Maker<'a, 'e> {
    edition: &'e Edition<'a>,
    form: &'a Form,
    figures: &'e Figures<'a>,
    lang: Lang,
    looks: Looks,
    /// Agencies in the order of coverage, with the report that counts.
    agencies: Vec<(&'a CoverageRow, Option<&'a Report>)>,
    /// Open findings by agency and cell.
    marks: HashMap<(&'e str, &'e str), Vec<&'e Finding>>,
}

/// The workbook as a file.
pub(crate) fn workbook(edition: &Edition<'_>, form: &Form, figures: &Figures<'_>) -> Result<Vec<u8>, PublishError> {
    let reports: HashMap<&str, &Report> = edition.counted().map(|e| (e.report.agency_key(), e.report)).collect();
    let key = |c: &CoverageRow| if c.agency_id.is_empty() { c.agency.clone() } else { c.agency_id.clone() };
    let mut marks: HashMap<(&str, &str), Vec<&Finding>> = HashMap::new();
    let open = |f: &&Finding| matches!(f.status, Status::Open | Status::Confirmed) && f.subject.year == edition.year;
    for finding in edition.findings.iter().filter(open) {
        for cell in &finding.cells {
            marks.entry((finding.subject.agency_key(), cell)).or_default().push(finding);
        }
    }
    let maker = Maker {
        edition,
        form,
        figures,
        lang: Lang::parse(edition.lang),
        looks: Looks::new(),
        agencies: figures.coverage.iter().map(|c| (*c, reports.get(key(c).as_str()).copied())).collect(),
        marks,
    };
    maker.make().map_err(PublishError::make("tables.xlsx"))
}

impl Maker<'_, '_> {
    fn make(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let title = self.lang.report_title(&self.edition.group_name, self.edition.year, self.form);
        // A fixed time: the same figures give the same bytes.
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        book.set_properties(&DocProperties::new().set_title(&title).set_author("nianbao").set_creation_datetime(&made));
        self.about(book.add_worksheet(), &title)?;
        let mut taken = std::collections::HashSet::new();
        for plan in self.plans() {
            let name = crate::files::unique(&mut taken, sheet_name(&plan.name));
            let sheet = book.add_worksheet();
            sheet.set_name(name)?;
            self.table(sheet, &plan)?;
        }
        self.findings(book.add_worksheet())?;
        book.save_to_buffer()
    }

    /// One sheet a printed table; a table with more columns than a screen has shows its totals first, then everything.
    fn plans(&self) -> Vec<Plan> {
        const SCREEN: usize = 40;
        let mut plans: Vec<Plan> = Vec::new();
        let mut rest = self.form.blocks.as_slice();
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|b| b.table == first.table).count();
            let blocks = &rest[..run];
            rest = &rest[run..];
            let name = format!("{}{}", self.lang.say("sheet_table"), first.table);
            let section = self.form.section(&first.section).map_or(first.corner.clone(), |s| s.title.clone());
            let year =
                if self.lang == Lang::Zh { format!("{}年", self.edition.year) } else { format!(" {}", self.edition.year) };
            let title = format!("{}{year} {name} {section}", self.edition.group_name);
            let size: usize = blocks.iter().map(|b| b.cells.len()).sum();
            if size <= SCREEN {
                let (labels, cells) = self.columns(blocks, &full_label, None);
                plans.push(Plan { name, title, labels, cells });
                continue;
            }
            let totals: Vec<Option<usize>> = blocks.iter().map(|b| b.columns.iter().position(|c| c.total)).collect();
            if let [Some(total)] = totals[..] {
                let (labels, cells) = self.columns(blocks, &row_label, Some(total));
                plans.push(Plan {
                    name: format!("{name}{}", self.lang.say("sheet_totals")),
                    title: title.clone(),
                    labels,
                    cells,
                });
            }
            let (labels, cells) = self.columns(blocks, &pair_label, None);
            plans.push(Plan { name: format!("{name}{}", self.lang.say("sheet_all")), title, labels, cells });
        }
        plans
    }

    fn columns(
        &self,
        blocks: &[Block],
        label: &dyn Fn(&Block, usize, usize) -> Vec<String>,
        only: Option<usize>,
    ) -> (Vec<Vec<String>>, Vec<Cell>) {
        let (mut labels, mut cells) = (Vec::new(), Vec::new());
        for block in blocks {
            for row in 0..block.rows.len() {
                if block.rows[row].local && !self.is_used(block, row) {
                    continue;
                }
                for column in 0..block.columns.len() {
                    if only.is_none_or(|c| c == column) {
                        labels.push(label(block, row, column));
                        cells.push(block.cell(row, column));
                    }
                }
            }
        }
        (labels, cells)
    }

    fn is_used(&self, block: &Block, row: usize) -> bool {
        let cells = || (0..block.columns.len()).map(|c| block.cell(row, c));
        self.agencies.iter().filter_map(|(_, r)| *r).any(|r| cells().any(|c| r.value(c).state != State::Absent))
    }

    fn table(&self, sheet: &mut Worksheet, plan: &Plan) -> Result<(), XlsxError> {
        let depth = plan.labels.iter().map(Vec::len).max().unwrap_or(1).max(1) as u32;
        sheet.write_string_with_format(0, 0, &plan.title, &self.looks.title)?;
        let (top, total) = (1, 1 + depth);
        for (column, key, width) in [(0u16, "agency", 24.0), (1, "status", 12.0)] {
            block(sheet, (top, column), (depth, 1), self.lang.say(key), &self.looks.head)?;
            sheet.set_column_width(column, width)?;
        }
        for s in spans(&plan.labels, depth as usize) {
            let at = (top + s.level as u32, SIDE + s.start as u16);
            block(sheet, at, (s.levels as u32, s.len as u16), &s.text, &self.looks.head)?;
        }
        for level in 0..depth {
            let last = level + 1 == depth;
            sheet.set_row_height(top + level, if last && depth > 1 { 64.0 } else { 32.0 })?;
        }
        let end = SIDE + plan.cells.len().max(1) as u16 - 1;
        sheet.set_column_range_width(SIDE, end, 9.5)?;
        for (i, _) in plan.cells.iter().enumerate().filter(|(_, c)| self.edition.forms.kind(**c) == Kind::Amount) {
            sheet.set_column_width(SIDE + i as u16, 16)?;
        }
        let first = total + 1;
        let last = total + self.agencies.len().max(1) as u32;
        self.totals(sheet, plan, total, first, last)?;
        for (i, (coverage, report)) in self.agencies.iter().enumerate() {
            self.agency(sheet, plan, first + i as u32, coverage, *report)?;
        }
        sheet.set_freeze_panes(total + 1, SIDE)?;
        // As many pages side by side as the figures need to stay readable; names stand on each.
        let pages = plan.cells.len().div_ceil(28).max(1) as u16;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(pages, 0);
        sheet.set_repeat_rows(top, total)?;
        sheet.set_repeat_columns(0, SIDE - 1)?;
        Ok(())
    }

    /// The live sums, above the agencies so that they stay in sight.
    fn totals(&self, sheet: &mut Worksheet, plan: &Plan, row: u32, first: u32, last: u32) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, self.lang.say("total"), &self.looks.total)?;
        sheet.write_blank(row, 1, &self.looks.total)?;
        for (i, &cell) in plan.cells.iter().enumerate() {
            let column = SIDE + i as u16;
            let sum: i128 = self.agencies.iter().filter_map(|(_, r)| shown(*r, cell)).map(|n| i128::from(n.millionths())).sum();
            let letters = rust_xlsxwriter::utility::column_number_to_name(column);
            let formula =
                Formula::new(format!("=SUM({letters}{}:{letters}{})", first + 1, last + 1)).set_result(decimal_text(sum));
            let missing = self.figures.of(cell).missing;
            let look = if missing > 0 { &self.looks.lower } else { &self.looks.total };
            sheet.write_formula_with_format(row, column, formula, look)?;
            if missing > 0 {
                note(sheet, row, column, &format!("{missing}{}", self.lang.say("missing_note")))?;
            }
        }
        Ok(())
    }

    fn agency(
        &self,
        sheet: &mut Worksheet,
        plan: &Plan,
        row: u32,
        coverage: &CoverageRow,
        report: Option<&Report>,
    ) -> Result<(), XlsxError> {
        // A string is written as a string whatever it begins with, so a name such as `=1+1` is no formula.
        sheet.write_string_with_format(row, 0, &coverage.agency, &self.looks.name)?;
        sheet.write_string_with_format(row, 1, self.lang.coverage(&coverage.status), &self.looks.text)?;
        for (i, &cell) in plan.cells.iter().enumerate() {
            let column = SIDE + i as u16;
            match report {
                Some(report) => self.cell(sheet, row, column, report, cell)?,
                None => {
                    sheet.write_blank(row, column, &self.looks.absent)?;
                }
            }
        }
        Ok(())
    }

    fn cell(&self, sheet: &mut Worksheet, row: u32, column: u16, report: &Report, cell: Cell) -> Result<(), XlsxError> {
        let value = report.value(cell);
        let found = self.marks.get(&(report.agency_key(), self.edition.forms.id(cell)));
        let mut remarks: Vec<String> = Vec::new();
        let mut look = match value.state {
            State::Number if value.is_derived() => &self.looks.derived,
            State::Number | State::Blank => &self.looks.number,
            State::None | State::Text => &self.looks.text,
            State::Absent => &self.looks.absent,
        };
        if let Some(found) = found {
            let worst = found.iter().map(|f| f.severity).max().unwrap_or(Severity::Info);
            look = &self.looks.by_severity[worst as usize];
            remarks.extend(messages(found, self.lang));
        }
        match (shown(Some(report), cell), value.state) {
            (Some(number), _) => {
                sheet.write_number_with_format(row, column, number.to_f64(), look)?;
                remarks.extend(self.lang.source_of(value));
            }
            (None, State::None | State::Text) => {
                sheet.write_string_with_format(row, column, value.raw.as_ref(), look)?;
            }
            _ => {
                sheet.write_blank(row, column, look)?;
            }
        }
        if remarks.is_empty() { Ok(()) } else { note(sheet, row, column, &remarks.join("\n")) }
    }

    fn about(&self, sheet: &mut Worksheet, title: &str) -> Result<(), XlsxError> {
        sheet.set_name(self.lang.say("sheet_about"))?;
        sheet.set_column_width(0, 110)?;
        sheet.write_string_with_format(0, 0, title, &self.looks.title)?;
        let mut lines: Vec<String> = ["sheet_line_1", "sheet_line_2", "sheet_line_3", "sheet_line_4", "sheet_line_5"]
            .map(|k| self.lang.say(k).to_owned())
            .to_vec();
        for (key, names) in [
            ("gap_names", self.figures.absent().map(|c| c.agency.as_str()).collect::<Vec<_>>()),
            ("gap_partial", self.figures.partial().map(|c| c.agency.as_str()).collect()),
        ] {
            if !names.is_empty() {
                lines.push(format!("{}{}", self.lang.say(key), self.lang.list(names)));
            }
        }
        for (i, line) in lines.iter().enumerate() {
            sheet.write_string_with_format(2 + i as u32, 0, line, &self.looks.wrap)?;
        }
        Ok(())
    }

    fn findings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.lang.say("sheet_findings"))?;
        let heads = [
            ("severity", 8.0),
            ("agency", 20.0),
            ("rule", 16.0),
            ("item", 28.0),
            ("found", 12.0),
            ("expected", 12.0),
            ("comment", 70.0),
            ("place", 22.0),
            ("influence", 9.0),
            ("decision", 9.0),
            ("key", 44.0),
        ];
        for (i, (key, width)) in heads.iter().enumerate() {
            sheet.write_string_with_format(0, i as u16, self.lang.say(key), &self.looks.head)?;
            sheet.set_column_width(i as u16, *width)?;
        }
        let listed: Vec<&Finding> = self.edition.findings.iter().filter(|f| f.cause.is_none()).collect();
        for (i, f) in listed.iter().enumerate() {
            let row = 1 + i as u32;
            let texts = [
                self.lang.severity(f.severity).to_owned(),
                f.subject.agency.clone(),
                self.lang.rule_title(f).to_owned(),
                letters::cell_names(self.edition, self.form, self.lang, f),
                f.found.join(" "),
                letters::wanted(f).join(" "),
                f.text(self.lang.code()).to_owned(),
                self.lang.place(&f.place),
                f.influence.map(percent).unwrap_or_default(),
                self.lang.status(f.status).to_owned(),
                f.key.clone(),
            ];
            for (c, text) in texts.iter().enumerate() {
                sheet.write_string_with_format(row, c as u16, text, &self.looks.wrap)?;
            }
        }
        sheet.autofilter(0, 0, listed.len().max(1) as u32, heads.len() as u16 - 1)?;
        sheet.set_freeze_panes(1, 2)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        Ok(())
    }
}

/// A share as a clerk reads it.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// The number that a sheet shows: what was read, or proved and not 0; a proved 0 leaves the blank a blank.
fn shown(report: Option<&Report>, cell: Cell) -> Option<Number> {
    let value = report?.value(cell);
    value.number.filter(|n| !(value.is_derived() && *n == Number::ZERO && value.raw.trim().is_empty()))
}

/// What the findings of one cell say, each once, the first few.
fn messages(found: &[&Finding], lang: Lang) -> Vec<String> {
    const SHOWN: usize = 4;
    let mut texts: Vec<String> = Vec::new();
    for f in found {
        let text = format!("【{}】{}", lang.severity(f.severity), f.text(lang.code()));
        if texts.len() < SHOWN && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

fn note(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    let lines = text.lines().map(|l| 1 + l.chars().count() / 22).sum::<usize>() as u32;
    let note =
        Note::new(text).set_author("nianbao").add_author_prefix(false).set_width(300).set_height((lines * 18 + 12).min(360));
    sheet.insert_note(row, column, &note).map(|_| ())
}

/// Text over a rectangle.
fn block(sheet: &mut Worksheet, at: (u32, u16), size: (u32, u16), text: &str, look: &Format) -> Result<(), XlsxError> {
    if size == (1, 1) {
        sheet.write_string_with_format(at.0, at.1, text, look)?;
    } else {
        sheet.merge_range(at.0, at.1, at.0 + size.0 - 1, at.1 + size.1 - 1, text, look)?;
    }
    Ok(())
}

/// A name that Excel takes: at most 31 characters, none of `[]:*?/\`, no apostrophe at the ends.
fn sheet_name(name: &str) -> String {
    let cleaned: String = name.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { '_' } else { c }).take(28).collect();
    let name = cleaned.trim_matches('\'').trim();
    if name.is_empty() { "_".to_owned() } else { name.to_owned() }
}

/// A label whose innermost level is short enough for a narrow column.
fn narrowed(mut label: Vec<String>, short: &str) -> Vec<String> {
    if let Some(last) = label.last_mut().filter(|l| l.chars().count() > 16 && !short.is_empty()) {
        *last = short.to_owned();
    }
    label
}

fn full_label(block: &Block, row: usize, column: usize) -> Vec<String> {
    let (row, column) = (&block.rows[row], &block.columns[column]);
    let mut label: Vec<String> = Vec::new();
    if !block.item.is_empty() {
        label.push(block.item.clone());
    } else if block.layout == Layout::Matrix && !block.corner.is_empty() {
        label.push(block.corner.clone());
    }
    label.extend(narrowed(row.label.clone(), &row.short));
    label.extend(narrowed(column.label.clone(), &column.short));
    label
}

fn row_label(block: &Block, row: usize, _column: usize) -> Vec<String> {
    narrowed(block.rows[row].label.clone(), &block.rows[row].short)
}

fn pair_label(block: &Block, row: usize, column: usize) -> Vec<String> {
    // The innermost label alone: its printed number keeps neighbours apart, and two levels of head are enough to read.
    let mut label = narrowed(vec![block.rows[row].leaf().to_owned()], &block.rows[row].short);
    label.push(block.columns[column].short.clone());
    label
}
