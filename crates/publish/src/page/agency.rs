//! A page for each agency: what it has sent, what was found in it, how its figures have gone over the years.

use std::collections::HashMap;

use minijinja::{Value, context};
use nianbao_form::{Block, Cell, Finding, Report, State};

use super::findings::is_open;
use super::{AgencyPage, Pages, render, tables};
use crate::files::{FileOut, href};
use crate::grid::{self, Fill, Filler, Grid, Square};
use crate::words::Lang;
use crate::{Entry, PublishError};

/// Findings by the id of the cell that they speak of, with their position in the ranking.
type Marks<'e> = HashMap<&'e str, Vec<(usize, &'e Finding)>>;

impl<'a, 'e> Pages<'a, 'e> {
    pub(super) fn agency(&self, a: &AgencyPage, entry: Option<&Entry<'a>>) -> Result<FileOut, PublishError> {
        const UP: &str = "../";
        let listed = self.listed(Some(&a.key), UP);
        let report = entry.map(|e| e.report);
        let receipt = entry.and_then(|e| self.edition.receipts.get(e.receipt));
        let year = self.edition.year;
        let title = if self.lang == Lang::En { format!("{} {year}", a.name) } else { format!("{}{year}年度", a.name) };
        let group = self.edition.compilation.groups().skip(1).filter(|g| {
            let members = self.edition.compilation.coverage_of(g.id, year);
            members.iter().any(|c| super::key_of(&c.agency_id, &c.agency) == a.key)
        });
        let context = context! {
            t => &self.words,
            page => self.frame(&title, UP, &a.key),
            groups => group.map(|g| g.name.to_owned()).collect::<Vec<_>>(),
            has_report => report.is_some(),
            file => receipt.map(|r| r.name.as_ref()).unwrap_or_default(),
            file_status => receipt.map(|r| self.lang.file_status(r.status.as_str())).unwrap_or_default(),
            reason => receipt.map(|r| if self.lang == Lang::En { r.reason_en.as_str() } else { r.reason.as_str() }).unwrap_or_default(),
            letters => self.letters(&a.key, UP),
            findings_of => if listed.is_empty() { Value::from(()) } else { self.findings_view(&listed, Some(&a.key)) },
            tables => report.map(|r| self.own_tables(r, &a.key)).unwrap_or_default(),
            extra => report.map(|r| self.extra(r)).unwrap_or_default(),
            years => self.series_table(&a.key, true),
        };
        render(&self.env, "agency.html", &a.page, context).map(|file| file.of_agency(&a.key))
    }

    fn own_tables(&self, report: &Report, key: &str) -> Vec<Value> {
        let form = self.edition.forms.form(report.form).in_language(self.lang.code());
        let mut marks: Marks<'e> = HashMap::new();
        for (at, f) in self.of(Some(key)).into_iter().filter(|(_, f)| is_open(f)) {
            f.cells.iter().for_each(|c| marks.entry(c.as_str()).or_default().push((at, f)));
        }
        let fill = |cell| self.own_figure(report, cell);
        let local =
            |block: &Block, row: usize| (0..block.columns.len()).any(|c| report.value(block.cell(row, c)).state != State::Absent);
        let filler = Filler { figure: &fill, local: &local };
        let mut out = Vec::new();
        for section in tables::sections(form) {
            for grid in grid::tables(form, section, &filler) {
                let title = section.map_or(grid.table.clone(), |s| self.lang.heading(&s.number, &s.title));
                out.push(context! { title, grid => self.own_grid(&grid, &marks) });
            }
        }
        out
    }

    /// The agency's own table: every figure can be linked to, and leads to the findings that speak of it.
    fn own_grid(&self, grid: &Grid, marks: &Marks<'_>) -> Value {
        let mut rows: Vec<Vec<Value>> = (0..grid.rows).map(|_| Vec::new()).collect();
        for s in &grid.squares {
            let id = s.cell.map(|c| self.edition.forms.id(c)).unwrap_or_default();
            let found = marks.get(id).map(Vec::as_slice).unwrap_or_default();
            rows[s.row].push(self.own_square(s, id, found));
        }
        let rows: Vec<Value> = rows.into_iter().map(Value::from).collect();
        context! { rows, widths => tables::widths(grid), wide => grid.columns > 6 }
    }

    fn own_square(&self, s: &Square, id: &str, found: &[(usize, &Finding)]) -> Value {
        let (tag, scope, class) = tables::role(s);
        let worst = found.iter().max_by_key(|(at, f)| (f.severity, std::cmp::Reverse(*at)));
        let severity = worst.map_or("", |(_, f)| f.severity.as_str());
        let class = format!("{class} {} {severity}", s.fill.class).split_whitespace().collect::<Vec<_>>().join(" ");
        let mark = worst.map(|(at, f)| {
            let said = format!("{}{}{}", self.lang.severity(f.severity), self.lang.say("colon"), self.lang.rule_title(f));
            context! { severity, finding => at + 1, said }
        });
        let (text, note) = (&s.fill.text, &s.fill.note);
        context! { tag, scope, rows => s.rows, columns => s.columns, text, class, note, id, mark }
    }

    fn own_figure(&self, report: &Report, cell: Cell) -> Fill {
        let value = report.value(cell);
        let (text, class) = match (value.number, value.state) {
            (Some(number), _) if value.is_corrected() => (format!("{number}†"), "corrected"),
            (Some(number), _) if value.is_derived() => (format!("{number}*"), "derived"),
            (Some(number), _) => (number.to_string(), ""),
            (None, State::Absent) => (String::new(), "absent"),
            (None, _) => (value.raw.trim().to_owned(), ""),
        };
        let note = self.lang.source_of(value).filter(|_| value.number.is_some()).unwrap_or_default();
        Fill { text, class: class.to_owned(), note }
    }

    /// Figures of rows that the form of the report does not print, and what it does not know.
    fn extra(&self, report: &Report) -> Vec<Value> {
        let forms = self.edition.forms;
        let form = forms.form(report.form);
        let guests = form.guests.iter().filter(|c| report.value(**c).state != State::Absent);
        let guest = |c: &Cell| {
            let value = report.value(*c);
            context! { text => forms.name_in(self.lang.code(), report.form, *c), value => value.raw.as_ref(), place => self.lang.place(&value.place), id => href(forms.id(*c)) }
        };
        let unmapped = report
            .unmapped
            .iter()
            .map(|u| context! { text => &u.text, value => "", place => self.lang.place(&u.place), id => "" });
        guests.map(guest).chain(unmapped).collect()
    }
}
