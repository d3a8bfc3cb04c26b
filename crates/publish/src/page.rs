//! The office's page, a page for each agency, and the district's report for the website: templates filled with what the
//! other modules have worked out. Templates escape everything; names of agencies and files come from outside.

use std::collections::{HashMap, HashSet};

use minijinja::{Environment, UndefinedBehavior, Value, context};
use nianbao_compile::SeriesRow;
use nianbao_form::{Finding, Form, Report, Severity, State, Status, decimal_text};
use rayon::prelude::*;

use crate::figures::Figures;
use crate::files::{FileOut, href, safe_name, unique};
use crate::grid::{self, Fill, Filler, Grid, Role};
use crate::letters::{self, Letter};
use crate::story;
use crate::words::Lang;
use crate::workbook::percent;
use crate::{Edition, Entry, PublishError, data};

/// Where each agency's page and letters lie.
pub(crate) struct Names {
    /// Agency key, name and page, in the order of coverage.
    agencies: Vec<(String, String, String)>,
    pages: HashMap<String, String>,
    letters: HashMap<String, Vec<(String, bool)>>,
}

impl Names {
    pub(crate) fn new(edition: &Edition<'_>, letters: &[Letter]) -> Names {
        let key = |id: &str, name: &str| if id.is_empty() { name.to_owned() } else { id.to_owned() };
        let coverage = edition.compilation.coverage.iter();
        let of_year = coverage.filter(|c| c.year == edition.year && c.group_id == edition.compilation.root);
        let mut all: Vec<(String, String)> = of_year.map(|c| (key(&c.agency_id, &c.agency), c.agency.clone())).collect();
        let mut others: Vec<(String, String)> =
            edition.counted().map(|e| (e.report.agency_key().to_owned(), e.report.agency.clone())).collect();
        let named = edition.findings.iter().filter(|f| !f.subject.agency.is_empty());
        others.extend(named.map(|f| (f.subject.agency_key().to_owned(), f.subject.agency.clone())));
        others.sort();
        all.extend(others);
        let (mut seen, mut taken) = (HashSet::new(), HashSet::new());
        all.retain(|(key, _)| seen.insert(key.clone()));
        let agencies: Vec<_> = all
            .into_iter()
            .map(|(key, name)| {
                let page = format!("agencies/{}.html", unique(&mut taken, safe_name(&key)));
                (key, name, page)
            })
            .collect();
        let mut by_agency: HashMap<String, Vec<(String, bool)>> = HashMap::new();
        for l in letters.iter().filter(|l| !l.thanks) {
            by_agency.entry(key(&l.agency_id, &l.agency)).or_default().push((l.path.clone(), l.reminder));
        }
        Names { pages: agencies.iter().map(|(k, _, p)| (k.clone(), p.clone())).collect(), agencies, letters: by_agency }
    }
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, text) in [
        ("style.css", include_str!("../templates/style.css")),
        ("table.html", include_str!("../templates/table.html")),
        ("finding.html", include_str!("../templates/finding.html")),
        ("index.html", include_str!("../templates/index.html")),
        ("agency.html", include_str!("../templates/agency.html")),
    ] {
        env.add_template(name, text)?;
    }
    Ok(env)
}

fn render(env: &Environment<'_>, template: &str, path: &str, context: Value) -> Result<FileOut, PublishError> {
    let made = env.get_template(template).and_then(|t| t.render(context));
    made.map(|text| FileOut::new(path, text.trim_start().as_bytes().to_vec())).map_err(PublishError::make(path))
}

/// A statutory table as rows of squares with their spans.
fn grid_view(grid: &Grid) -> Value {
    let mut rows: Vec<Vec<Value>> = (0..grid.rows).map(|_| Vec::new()).collect();
    for s in &grid.squares {
        let (tag, scope, class) = match s.role {
            Role::Item => ("th", "colgroup", "item"),
            Role::Corner => ("td", "", "corner"),
            Role::ColumnHead => ("th", if s.columns > 1 { "colgroup" } else { "col" }, "head"),
            Role::RowHead => ("th", if s.rows > 1 { "rowgroup" } else { "row" }, "side"),
            Role::Figure => ("td", "", "figure"),
        };
        let class = format!("{class} {}", s.fill.class).trim().to_owned();
        let (rows_spanned, columns) = (s.rows, s.columns);
        let (text, note) = (&s.fill.text, &s.fill.note);
        rows[s.row].push(context! { tag, scope, rows => rows_spanned, columns, text, class, note });
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::from).collect();
    let widths: Vec<String> = grid.widths.iter().map(|w| format!("{:.1}%", *w as f64 / 10.0)).collect();
    context! { rows, widths, wide => grid.columns > 6 }
}

/// Shared by all pages of an edition.
struct Pages<'a, 'e> {
    edition: &'e Edition<'a>,
    form: &'a Form,
    figures: &'e Figures<'a>,
    names: &'e Names,
    lang: Lang,
    env: Environment<'static>,
    words: Value,
    /// Findings that others explain, and lower-ranked alternatives, by the key before `#`.
    below: HashMap<&'e str, Vec<&'e Finding>>,
    leads: Vec<&'e Finding>,
    series: HashMap<(&'a str, bool), Vec<&'a SeriesRow>>,
}

/// The office's page and a page for each agency.
pub(crate) fn pages(
    edition: &Edition<'_>,
    form: &Form,
    figures: &Figures<'_>,
    names: &Names,
) -> Result<Vec<FileOut>, PublishError> {
    let env = environment().map_err(PublishError::make("index.html"))?;
    let lang = Lang::parse(edition.lang);
    let leading: HashSet<&str> = edition.findings.iter().filter(|f| f.leads()).map(Finding::cause_key).collect();
    let mut below: HashMap<&str, Vec<&Finding>> = HashMap::new();
    let mut leads = Vec::new();
    for finding in edition.findings {
        match finding.cause.as_deref().or((!finding.leads()).then(|| finding.cause_key())) {
            Some(cause) if leading.contains(cause) => below.entry(cause).or_default().push(finding),
            // Its cause is not among the findings of the year, so it has to stand for itself.
            _ => leads.push(finding),
        }
    }
    let mut series: HashMap<(&str, bool), Vec<&SeriesRow>> = HashMap::new();
    for row in &edition.compilation.series {
        let agency = row.level == "agency";
        let key = if row.group_id.is_empty() && agency { &row.group } else { &row.group_id };
        series.entry((key, agency)).or_default().push(row);
    }
    let pages = Pages { edition, form, figures, names, lang, env, words: Value::from_object(lang.all()), below, leads, series };
    let entries: HashMap<&str, &Entry<'_>> = edition.counted().map(|e| (e.report.agency_key(), e)).collect();
    let index = pages.index()?;
    let agencies: Vec<Result<FileOut, PublishError>> =
        names.agencies.par_iter().map(|a| pages.agency(a, entries.get(a.0.as_str()).copied())).collect();
    let mut files = agencies.into_iter().collect::<Result<Vec<_>, _>>()?;
    files.push(index);
    Ok(files)
}

impl<'a, 'e> Pages<'a, 'e> {
    fn finding(&self, f: &Finding, up: &str) -> Value {
        let below = self.below.get(f.cause_key()).map(Vec::as_slice).unwrap_or_default();
        let below = || below.iter().filter(|o| f.leads() && o.key != f.key);
        let join = |list: &[String]| list.iter().filter(|t| !t.is_empty()).map(String::as_str).collect::<Vec<_>>().join("；");
        let explains = below().filter(|o| o.cause.is_some());
        let folded = explains.map(|o| context! { title => self.lang.rule_title(o), message => o.text(self.lang.code()) });
        let alternatives = below().filter(|o| o.cause.is_none()).map(|o| Value::from(o.text(self.lang.code())));
        context! {
            severity => f.severity.as_str(),
            severity_word => self.lang.severity(f.severity),
            agency => &f.subject.agency,
            href => self.names.pages.get(f.subject.agency_key()).map(|p| format!("{up}{}", href(p))).unwrap_or_default(),
            title => self.lang.rule_title(f),
            rule => &f.rule,
            message => f.text(self.lang.code()),
            cells => if f.cells.is_empty() { String::new() } else { letters::cell_names(self.edition, self.form, self.lang, f) },
            place => self.lang.place(&f.place),
            file => &f.subject.report,
            found => join(&f.found),
            expected => join(letters::wanted(f)),
            expected_word => self.lang.say(if letters::is_proved(f) { "expected" } else { "reference" }),
            influence => f.influence.filter(|i| *i >= 0.0005).map(percent).unwrap_or_default(),
            status => f.status.as_str(),
            status_word => self.lang.status(f.status),
            key => &f.key,
            explanation => self.lang.explanation(f),
            folded => folded.collect::<Vec<_>>(),
            alternatives => alternatives.collect::<Vec<_>>(),
        }
    }

    /// Open and settled findings, of one agency or of all.
    fn listed(&self, agency: Option<&str>, up: &str) -> (Vec<Value>, Vec<Value>) {
        let (mut open, mut settled) = (Vec::new(), Vec::new());
        for f in self.leads.iter().filter(|f| agency.is_none_or(|a| a == f.subject.agency_key())) {
            let list = if matches!(f.status, Status::Open | Status::Confirmed) { &mut open } else { &mut settled };
            list.push(self.finding(f, up));
        }
        (open, settled)
    }

    fn count(&self, agency: Option<&str>, severity: Severity) -> usize {
        let mine = |f: &&&Finding| agency.is_none_or(|a| a == f.subject.agency_key());
        let open = |f: &&&Finding| matches!(f.status, Status::Open | Status::Confirmed) && f.severity == severity;
        self.leads.iter().filter(mine).filter(open).count()
    }

    fn index(&self) -> Result<FileOut, PublishError> {
        let (open, settled) = self.listed(None, "");
        let severities = [Severity::Error, Severity::Warning, Severity::Info];
        let filter = |s: Severity| context! { id => s.as_str(), word => self.lang.severity(s), count => self.count(None, s) };
        let filters: Vec<Value> = severities.map(filter).to_vec();
        let expected = self.figures.coverage.iter().filter(|c| c.status != "unknown-agency").count();
        let unknown = self.figures.coverage.iter().filter(|c| c.status == "unknown-agency");
        let context = context! {
            t => &self.words,
            lang => self.lang.html(),
            title => self.lang.page_title(&self.edition.group_name, self.edition.year),
            group => &self.edition.group_name,
            office => &self.edition.office,
            year => self.edition.year,
            counted => self.figures.coverage.iter().filter(|c| matches!(c.status.as_str(), "counted" | "partial")).count(),
            beyond => self.figures.coverage.iter().filter(|c| c.status == "unknown-agency").count(),
            expected,
            errors => self.count(None, Severity::Error),
            warnings => self.count(None, Severity::Warning),
            missing => self.people(self.figures.absent().map(|c| c.agency_id.as_str()), true),
            partial => self.people(self.figures.partial().map(|c| c.agency_id.as_str()), false),
            unknown => self.people(unknown.map(|c| c.agency.as_str()), false),
            unread => self.unread(),
            open,
            settled,
            filters,
            tables => self.tables(),
            years => self.years(&self.edition.compilation.root, false),
            charts => self.edition.charts.iter().map(|(p, _)| context! { name => href(&p.name), title => &p.title, caption => &p.caption }).collect::<Vec<_>>(),
            agencies => self.agencies(),
            letters => !self.names.letters.is_empty(),
        };
        render(&self.env, "index.html", "index.html", context)
    }

    /// Names with links to their pages, and to their reminders.
    fn people<'k>(&self, keys: impl Iterator<Item = &'k str>, reminders: bool) -> Vec<Value> {
        let find = |key: &str| self.names.agencies.iter().find(|(k, _, _)| k == key);
        keys.filter_map(find)
            .map(|(key, name, page)| {
                let letters = self.names.letters.get(key).map(Vec::as_slice).unwrap_or_default();
                let letter = letters.iter().find(|(_, reminder)| *reminder == reminders && reminders).map(|(p, _)| href(p));
                context! { name, href => href(page), letter => letter.unwrap_or_default() }
            })
            .collect()
    }

    fn unread(&self) -> Vec<Value> {
        let english = self.lang == Lang::En;
        let unread = self.edition.receipts.iter().filter(|r| r.has_failed());
        unread
            .map(|r| {
                let reason = if english { &r.reason_en } else { &r.reason };
                context! { name => r.name.as_ref(), status => self.lang.file_status(r.status.as_str()), reason }
            })
            .collect()
    }

    fn tables(&self) -> Vec<Value> {
        let mut out = Vec::new();
        let sections: Vec<_> =
            if self.form.sections.is_empty() { vec![None] } else { self.form.sections.iter().map(Some).collect() };
        for section in sections {
            for grid in story::district_tables(self.form, section, self.figures) {
                let title = section.map_or(grid.table.clone(), |s| self.lang.heading(&s.number, &s.title));
                let notes = story::notes(&grid, self.figures, self.lang).unwrap_or_else(|| self.lang.say("complete").to_owned());
                out.push(context! { title, notes, grid => grid_view(&grid) });
            }
        }
        out
    }

    /// Series by year for a group or an agency.
    fn years(&self, key: &str, agency: bool) -> Value {
        let rows = self.series.get(&(key, agency)).map(Vec::as_slice).unwrap_or_default();
        let years: Vec<u16> = self.edition.compilation.years.iter().copied().filter(|y| *y <= self.edition.year).collect();
        let by: HashMap<(&str, u16), &SeriesRow> = rows.iter().map(|r| ((r.series.as_str(), r.year), *r)).collect();
        let mut table = Vec::new();
        for series in &self.form.series {
            let cells: Vec<SeriesCell> = years.iter().map(|y| series_cell(by.get(&(series.id.as_str(), *y)).copied())).collect();
            if cells.iter().any(|c| !c.text.is_empty()) {
                let view = |c: &SeriesCell| context! { text => &c.text, lower => c.lower, broken => &c.broken };
                let cells: Vec<Value> = cells.iter().map(view).collect();
                table.push(context! { label => &series.label, unit => &series.unit, cells });
            }
        }
        context! { years, rows => table }
    }

    fn agencies(&self) -> Vec<Value> {
        let status: HashMap<&str, &str> = self
            .figures
            .coverage
            .iter()
            .map(|c| (if c.agency_id.is_empty() { c.agency.as_str() } else { c.agency_id.as_str() }, c.status.as_str()))
            .collect();
        let row = |(key, name, page): &(String, String, String)| {
            let letters = self.letters(self.names.letters.get(key).map(Vec::as_slice).unwrap_or_default(), "");
            let status = status.get(key.as_str()).copied().unwrap_or_default();
            let counts =
                [Severity::Error, Severity::Warning, Severity::Info].map(|s| Value::from(self.count(Some(key), s))).to_vec();
            context! {
                name, href => href(page), status, letters, counts,
                kind => self.edition.registry.get(key).map(|a| a.kind.as_str()).unwrap_or_default(),
                status_word => self.lang.coverage(status),
            }
        };
        self.names.agencies.iter().map(row).collect()
    }

    fn agency(&self, (key, name, page): &(String, String, String), entry: Option<&Entry<'a>>) -> Result<FileOut, PublishError> {
        let (open, settled) = self.listed(Some(key), "../");
        let report = entry.map(|e| e.report);
        let receipt = entry.and_then(|e| self.edition.receipts.get(e.receipt));
        let tables = report.map(|r| self.own_tables(r)).unwrap_or_default();
        let letters = self.letters(self.names.letters.get(key).map(Vec::as_slice).unwrap_or_default(), "../");
        let context = context! {
            t => &self.words,
            lang => self.lang.html(),
            title => if self.lang == Lang::En { format!("{name} {}", self.edition.year) } else { format!("{name}{}年度", self.edition.year) },
            name,
            year => self.edition.year,
            group => &self.edition.group_name,
            has_report => report.is_some(),
            file => receipt.map(|r| r.name.as_ref()).unwrap_or_default(),
            file_status => receipt.map(|r| self.lang.file_status(r.status.as_str())).unwrap_or_default(),
            reason => receipt.map(|r| if self.lang == Lang::En { r.reason_en.as_str() } else { r.reason.as_str() }).unwrap_or_default(),
            letters, open, settled, tables,
            extra => report.map(|r| self.extra(r)).unwrap_or_default(),
            years => self.years(key, true),
        };
        render(&self.env, "agency.html", page, context).map(|file| file.of_agency(key))
    }

    fn letters(&self, letters: &[(String, bool)], up: &str) -> Vec<Value> {
        let word = |reminder: bool| self.lang.say(if reminder { "reminder" } else { "notice" });
        letters.iter().map(|(p, reminder)| context! { href => format!("{up}{}", href(p)), word => word(*reminder) }).collect()
    }

    fn own_tables(&self, report: &Report) -> Vec<Value> {
        let form = self.edition.forms.form(report.form);
        let fill = |cell| self.own_figure(report, cell);
        let local = |block: &nianbao_form::Block, row: usize| {
            (0..block.columns.len()).any(|c| report.value(block.cell(row, c)).state != State::Absent)
        };
        let filler = Filler { figure: &fill, local: &local };
        let sections: Vec<_> = if form.sections.is_empty() { vec![None] } else { form.sections.iter().map(Some).collect() };
        let mut out = Vec::new();
        for section in sections {
            for grid in grid::tables(form, section, &filler) {
                let title = section.map_or(grid.table.clone(), |s| self.lang.heading(&s.number, &s.title));
                out.push(context! { title, grid => grid_view(&grid) });
            }
        }
        out
    }

    fn own_figure(&self, report: &Report, cell: nianbao_form::Cell) -> Fill {
        let value = report.value(cell);
        let id = self.edition.forms.id(cell);
        let open =
            |f: &&&Finding| matches!(f.status, Status::Open | Status::Confirmed) && f.subject.agency_key() == report.agency_key();
        let found: Vec<&&Finding> = self.leads.iter().filter(open).filter(|f| f.cells.iter().any(|c| c == id)).collect();
        let mut class = found.iter().map(|f| f.severity).max().map(|s| s.as_str().to_owned()).unwrap_or_default();
        let mut notes: Vec<String> = found.iter().map(|f| f.text(self.lang.code()).to_owned()).collect();
        let text = match (value.number, value.state) {
            (Some(number), _) if value.is_derived() => {
                class.push_str(" derived");
                notes.extend(self.lang.source_of(value));
                format!("{number}*")
            }
            (Some(number), _) => number.to_string(),
            (None, State::Absent) => {
                class.push_str(" absent");
                String::new()
            }
            (None, _) => value.raw.trim().to_owned(),
        };
        Fill { text, class: class.trim().to_owned(), note: notes.join("\n") }
    }

    /// Figures of rows that the form of the report does not print, and what it does not know.
    fn extra(&self, report: &Report) -> Vec<Value> {
        let forms = self.edition.forms;
        let form = forms.form(report.form);
        let guests = form.guests.iter().filter(|c| report.value(**c).state != State::Absent);
        let guest =
            |c: &nianbao_form::Cell| context! { text => forms.name(report.form, *c), value => report.value(*c).raw.as_ref() };
        let unmapped = report.unmapped.iter().map(|u| context! { text => &u.text, value => self.lang.place(&u.place) });
        guests.map(guest).chain(unmapped).collect()
    }
}

/// A figure of a series as printed.
struct SeriesCell {
    text: String,
    lower: bool,
    broken: String,
}

fn series_cell(row: Option<&SeriesRow>) -> SeriesCell {
    let Some(row) = row else { return SeriesCell { text: String::new(), lower: false, broken: String::new() } };
    let text = match (row.ratio, row.value()) {
        (true, Some(value)) => format!("{value:.1}"),
        (true, None) => String::new(),
        (false, _) => row.numerator.map(decimal_text).unwrap_or_default(),
    };
    // A ratio with missing figures is no bound, in either direction.
    let lower = row.lower_bound && !row.ratio && !text.is_empty();
    debug_assert!(row.ratio || text == data::series_value(row));
    SeriesCell { text, lower, broken: row.break_note.clone() }
}
