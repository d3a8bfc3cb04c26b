//! `tables.xlsx`: the district's tables as the form prints them, each linked to the live sums over its agencies; findings
//! stand in their cells; who has reported, what was found, and how the figures have changed since last year.
//!
//! What is a formula here counts only what stands on the sheets; every cached result comes from the compilation or is what
//! the formula gives for the figures shown, so that recalculating changes nothing. Sheets that are no part of the report
//! say so by a named range ([`crate::sheet::ASIDE`]): read again, the workbook gives the district's figures.

mod changes;
mod index;
mod lists;
mod looks;
mod plan;
mod printed;
mod table;

use std::collections::{HashMap, HashSet};

use nianbao_form::{Cell, Finding, Form, Number, Report, Status};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::figures::Figures;
use crate::grid::Grid;
use crate::live::quoted;
use crate::sheet::{self, ASIDE, sheet_name};
use crate::words::Lang;
use crate::{Edition, PublishError};
use looks::Looks;
use plan::{Plan, Shape};

struct Maker<'a, 'e> {
    edition: &'e Edition<'a>,
    form: &'a Form,
    figures: &'e Figures<'a>,
    lang: Lang,
    looks: Looks,
    shape: Shape<'a>,
    plans: Vec<Plan>,
    /// Name, heading and grid of each table as printed.
    printed: Vec<Printed>,
    names: Names,
    /// Findings that stand for themselves, and those below them by the key before `#`.
    leads: Vec<(usize, &'e Finding)>,
    below: HashMap<&'e str, Vec<&'e Finding>>,
    /// Open findings by agency and marked cell.
    marks: HashMap<(&'e str, &'e str), Vec<&'e Finding>>,
}

/// A statutory table.
struct Printed {
    name: String,
    heading: String,
    grid: Grid,
}

/// Names of the other sheets.
struct Names {
    index: String,
    coverage: String,
    findings: String,
    changes: String,
}

/// The workbook as a file.
pub(crate) fn workbook(edition: &Edition<'_>, form: &Form, figures: &Figures<'_>) -> Result<Vec<u8>, PublishError> {
    let lang = Lang::parse(edition.lang);
    let mut marks: HashMap<(&str, &str), Vec<&Finding>> = HashMap::new();
    let open = |f: &&Finding| matches!(f.status, Status::Open | Status::Confirmed) && f.subject.year == edition.year;
    let (leads, below) = crate::page::sorted(edition.findings);
    for finding in leads.iter().map(|(_, f)| *f).filter(open) {
        for cell in marked(edition, finding) {
            marks.entry((finding.subject.agency_key(), cell)).or_default().push(finding);
        }
    }
    let mut taken = HashSet::new();
    let index = sheet_name(&mut taken, lang.say("book_sheet_index"));
    let printed = printed::tables(form, figures, lang, &mut taken);
    let shape = Shape::new(edition, &figures.coverage);
    let plans = plan::plans(edition, form, &shape, lang, &mut taken);
    let mut name = |key: &str| sheet_name(&mut taken, lang.say(key));
    let names = Names {
        index,
        coverage: name("book_sheet_coverage"),
        findings: name("book_sheet_findings"),
        changes: name("book_sheet_changes"),
    };
    let maker =
        Maker { edition, form, figures, lang, looks: Looks::new(lang), shape, plans, printed, names, leads, below, marks };
    maker.make().map_err(PublishError::make("tables.xlsx"))
}

impl Maker<'_, '_> {
    fn make(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let title = self.lang.report_title(&self.edition.group_name, self.edition.year, self.form);
        // A fixed time: the same figures give the same bytes.
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        book.set_properties(
            &DocProperties::new().set_title(crate::sheet::fit(&title)).set_author("nianbao").set_creation_datetime(&made),
        );
        self.index(sheet::new(&mut book).set_name(&self.names.index)?, &title)?;
        for printed in &self.printed {
            self.print(sheet::new(&mut book).set_name(&printed.name)?, printed, &title)?;
        }
        for plan in &self.plans {
            self.table(sheet::new(&mut book).set_name(&plan.name)?, plan)?;
        }
        self.coverage(sheet::new(&mut book).set_name(&self.names.coverage)?)?;
        self.findings(sheet::new(&mut book).set_name(&self.names.findings)?)?;
        self.changes(sheet::new(&mut book).set_name(&self.names.changes)?)?;
        let names = &self.names;
        let aside = [&names.index, &names.coverage, &names.findings, &names.changes];
        for (i, name) in aside.into_iter().chain(self.plans.iter().map(|p| &p.name)).enumerate() {
            book.define_name(format!("{ASIDE}{}", i + 1), &format!("={}!$A$1", quoted(name)))?;
        }
        book.save_to_buffer()
    }

    /// The way back to the index, in the first column.
    fn back(&self, sheet: &mut Worksheet, row: u32) -> Result<(), XlsxError> {
        let link = format!("internal:{}!A1", quoted(&self.names.index));
        sheet.write_url_with_options(row, 0, link.as_str(), self.lang.say("book_back"), "", Some(&self.looks.link))?;
        Ok(())
    }

    /// The sheet of agencies where a cell's sum stands, if any.
    fn plan_of(&self, cell: Cell) -> Option<&Plan> {
        self.plans.iter().filter(|p| p.column(cell).is_some()).max_by_key(|p| p.whole)
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

/// The cells in which a finding is marked: its own if they are few, else the total that they add up to, or the first. A row
/// that is coloured from end to end points to nothing.
pub(crate) fn marked<'f>(edition: &Edition<'_>, f: &'f Finding) -> &'f [String] {
    const FEW: usize = 3;
    if f.cells.len() <= FEW {
        return &f.cells;
    }
    let at = |cell: &Cell| f.cells.iter().position(|c| c == edition.forms.id(*cell));
    let identities = edition.forms.iter().flat_map(|(_, form)| &form.identities);
    let whole = identities.filter_map(|i| match i.whole.as_slice() {
        [whole] if i.parts.iter().all(|p| at(p).is_some()) => at(whole),
        _ => None,
    });
    let at = whole.max().unwrap_or(0);
    &f.cells[at..=at]
}

/// What the findings of one cell say, each once, the first few.
fn messages(found: &[&Finding], lang: Lang) -> Vec<String> {
    const SHOWN: usize = 4;
    let mut texts: Vec<String> = Vec::new();
    for f in found {
        let text = match lang {
            Lang::Zh => format!("【{}】{}", lang.severity(f.severity), f.text(lang.code())),
            Lang::En => format!("[{}] {}", lang.severity(f.severity), f.text(lang.code())),
        };
        if texts.len() < SHOWN && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}
