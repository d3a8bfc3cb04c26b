//! Side scripts: what is behind the figures of a year, in a file of its own that the page loads when somebody asks. A page
//! opened from a folder may not read files, but it may add a script, so each is one call with one JSON value.

use std::collections::HashMap;

use minijinja::context;
use nianbao_form::{Form, Report, State, Value};
use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::{Pages, key_of};
use crate::PublishError;
use crate::files::{FileOut, href};

/// Phrases that the page's script says.
pub(super) const WORDS: &[&str] = &[
    "js_shown",
    "js_decide",
    "js_decided",
    "js_edit",
    "js_remove",
    "js_reason_missing",
    "js_copied",
    "js_select",
    "js_saved",
    "js_basket",
    "js_load_failed",
    "js_reports",
    "js_lacking",
    "js_whole",
    "js_no_figure",
    "js_blank",
    "js_none",
    "js_text",
    "js_absent",
    "js_derived",
    "js_corrected",
    "js_corrected_blank",
    "js_missing",
    "js_read",
    "js_raw",
    "js_sum",
    "js_members",
    "js_by_order",
    "js_by_figure",
    "js_flat",
    "js_year",
    "js_no_cell",
    "js_history",
    "js_parts",
    "js_part_missing",
    "js_loading",
    "js_blank_figure",
    "js_more",
    "js_all_agencies",
    "agency",
    "found",
    "js_state",
    "js_source",
    "colon",
    "gap_shaded",
    "gap_names",
    "gap_partial",
    "complete",
    "note",
    "incomplete",
    "js_elsewhere",
    "js_stop",
    "js_comma",
    "par_open",
    "par_close",
];

/// JSON that may stand in a script or in a `<script>` block: no `<`, `>`, `&` and no line separators of JavaScript.
pub(super) fn safe_json(value: &Json) -> String {
    let text = value.to_string();
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out
}

/// A script that hands one value to the page's.
pub(super) fn script(path: &str, what: &str, value: &Json) -> FileOut {
    FileOut::new(path, format!("nianbao({},{});\n", json!(what), safe_json(value)).into_bytes())
}

/// Texts that many cells share, each once.
#[derive(Default)]
struct Pool {
    texts: Vec<Json>,
    at: HashMap<String, usize>,
}

impl Pool {
    fn put(&mut self, text: String) -> usize {
        if let Some(&at) = self.at.get(&text) {
            return at;
        }
        self.texts.push(Json::from(text.as_str()));
        self.at.insert(text, self.texts.len() - 1);
        self.texts.len() - 1
    }
}

/// A whole number that JavaScript holds exactly as a number, anything else as its text.
fn figure(number: nianbao_form::Number) -> Json {
    const EXACT: i64 = 1 << 53;
    let text = number.to_string();
    match text.parse::<i64>() {
        Ok(whole) if whole.abs() <= EXACT => whole.into(),
        _ => text.into(),
    }
}

/// What a cell holds: a bare figure where nothing more is to be said; `""` blank, `null` absent, else a letter and more.
fn content(value: &Value, why: &mut Pool, identity: impl Fn(&str) -> String) -> Json {
    let raw = value.raw.trim();
    match (value.state, value.number, value.derived.as_deref()) {
        (State::Number, Some(n), Some("correction")) => json!(["c", figure(n), raw]),
        (State::Number, Some(n), Some(key)) => json!(["d", figure(n), why.put(identity(key))]),
        (State::Number, Some(n), None) if raw.is_empty() || raw == n.to_string() => figure(n),
        (State::Number, Some(n), None) => json!(["r", figure(n), raw]),
        (State::None, ..) => json!(["n", raw]),
        (State::Text, ..) => json!(["t", raw]),
        (State::Blank, ..) => "".into(),
        (State::Absent | State::Number, ..) => Json::Null,
    }
}

/// An identity in the form's words, by its key.
fn identities<'f>(forms: &'f nianbao_form::Forms, language: &str) -> HashMap<String, &'f str> {
    let all = forms.iter().flat_map(|(_, form)| &form.in_language(language).identities);
    all.filter(|i| !i.label.is_empty()).map(|i| (i.key(), i.label.as_str())).collect()
}

/// Cells that a report does not print because it prints another generation's row in their place.
fn elsewhere(form: &Form, report: &Report) -> Vec<nianbao_form::Cell> {
    let known = |c: &nianbao_form::Cell| report.counts_as(*c).is_some();
    let swapped = form.alternates.iter().filter(|a| a.guest.iter().all(known));
    swapped.flat_map(|a| &a.own).filter(|c| !known(c)).copied().collect()
}

impl Pages<'_, '_> {
    /// One script a year, and one for the series of the groups below the top.
    pub(super) fn scripts(&self) -> Result<Vec<FileOut>, PublishError> {
        let identities = identities(self.edition.forms, self.lang.code());
        let years = self.years();
        let made: Vec<_> = years.par_iter().map(|&year| self.year_script(year, &identities)).collect();
        let mut files = made.into_iter().collect::<Result<Vec<_>, _>>()?;
        if self.groups().len() > 1 {
            files.push(self.series_script()?);
        }
        Ok(files)
    }

    fn year_script(&self, year: u16, identities: &HashMap<String, &str>) -> Result<FileOut, PublishError> {
        let path = format!("page/{year}.js");
        let compilation = self.edition.compilation;
        let form = self.form_of(year);
        let ix = self.edition.forms.find(&form.id);
        let cells: Vec<_> = compilation.sums_of(&compilation.root, year).iter().map(|s| s.cell).collect();
        let name =
            |c: &nianbao_form::Cell| ix.map_or_else(String::new, |ix| self.edition.forms.name_in(self.lang.code(), ix, *c));
        let template = "{% import \"sums.html\" as sums %}{{ sums.tables(tables, t) }}";
        let context = context! { tables => self.tables_of(form, year), t => &self.words };
        let html = self.env.render_named_str("tables.html", template, context).map_err(PublishError::make(&path))?;
        let (agencies, homes, statuses) = self.members(year);
        let mut printed_elsewhere = Vec::new();
        let (mut files, mut places, mut why, mut layouts) = <(Pool, Pool, Pool, Pool)>::default();
        let mut rows = Vec::with_capacity(agencies.len());
        for (agency, (key, ..)) in agencies.iter().enumerate() {
            let report: Option<&Report> = self.reports.get(&year).and_then(|r| r.get(key)).copied();
            let Some(report) = report else {
                rows.push(Json::Null);
                continue;
            };
            let elsewhere = elsewhere(form, report);
            let value = |c: &nianbao_form::Cell| {
                if elsewhere.contains(c) {
                    return json!(["e"]);
                }
                content(report.value(*c), &mut why, |key| identities.get(key).map_or_else(|| key.to_owned(), |l| (*l).to_owned()))
            };
            printed_elsewhere.extend(cells.iter().enumerate().filter(|(_, c)| elsewhere.contains(c)).map(|(i, _)| (agency, i)));
            let mut values: Vec<Json> = cells.iter().map(value).collect();
            values.truncate(values.iter().rposition(|v| !v.is_null()).map_or(0, |last| last + 1));
            let at: Vec<usize> = cells.iter().map(|c| places.put(self.lang.place(&report.value(*c).place))).collect();
            let layout = layouts.put(json!(at).to_string());
            rows.push(json!([files.put(report.source.to_string()), layout, values]));
        }
        let layouts: Vec<Json> =
            layouts.texts.iter().filter_map(|t| t.as_str().and_then(|t| serde_json::from_str(t).ok())).collect();
        let pages = agencies.iter().map(|(key, name, page)| json!([key, name, page]));
        let value = json!({
            "html": html,
            "cells": cells.iter().map(|c| self.edition.forms.id(*c)).collect::<Vec<_>>(),
            "names": cells.iter().map(name).collect::<Vec<_>>(),
            "agencies": pages.collect::<Vec<_>>(),
            "homes": homes,
            "statuses": statuses,
            "signed": cells.iter().enumerate().filter(|(_, c)| form.def(**c).is_some_and(|d| d.signed)).map(|(i, _)| i).collect::<Vec<_>>(),
            "groups": self.group_sums(year, &homes, &printed_elsewhere),
            "absent": self.absent_in(year),
            "files": files.texts,
            "places": places.texts,
            "layouts": layouts,
            "why": why.texts,
            "reports": rows,
            "marks": self.marks(year, &agencies, &cells),
        });
        Ok(script(&path, &year.to_string(), &value))
    }

    /// Of the edition's year, by agency and cell: the open finding that leads, with its severity and title.
    fn marks(&self, year: u16, agencies: &[(&str, &str, String)], cells: &[nianbao_form::Cell]) -> Json {
        let mut marks = serde_json::Map::new();
        if year != self.edition.year {
            return marks.into();
        }
        let at: HashMap<&str, usize> = agencies.iter().enumerate().map(|(i, a)| (a.0, i)).collect();
        let columns: HashMap<&str, usize> = cells.iter().enumerate().map(|(i, c)| (self.edition.forms.id(*c), i)).collect();
        let open = |f: &&nianbao_form::Finding| super::findings::is_open(f) && f.subject.year == year;
        for (n, f) in self.leads.iter().filter(|(_, f)| open(f)) {
            let Some(agency) = at.get(f.subject.agency_key()) else { continue };
            for column in crate::workbook::marked(self.edition, f).iter().filter_map(|id| columns.get(id.as_str())) {
                // The first in the ranking is the one to look at.
                let mark = || json!([n + 1, f.severity.as_str(), self.lang.rule_title(f)]);
                marks.entry(format!("{agency}.{column}")).or_insert_with(mark);
            }
        }
        marks.into()
    }

    /// The form whose tables a year is shown in.
    fn form_of(&self, year: u16) -> &Form {
        let ix = self.edition.compilation.form_of(year).filter(|_| year != self.edition.year);
        ix.map_or(self.form, |ix| self.edition.forms.form(ix).in_language(self.lang.code()))
    }

    /// Agencies of a year with their pages, the group that each stands in, and how its report is counted.
    fn members(&self, year: u16) -> (Vec<(&str, &str, String)>, Vec<usize>, Vec<&str>) {
        let compilation = self.edition.compilation;
        let rows = compilation.coverage_of(&compilation.root, year);
        let at: HashMap<&str, usize> = rows.iter().enumerate().map(|(i, r)| (key_of(&r.agency_id, &r.agency), i)).collect();
        let mut homes = vec![0; rows.len()];
        // Groups come with those below behind them, so the nearest one is written last.
        for (g, group) in self.groups().iter().enumerate().skip(1) {
            for row in compilation.coverage_of(group.id, year) {
                if let Some(&i) = at.get(key_of(&row.agency_id, &row.agency)) {
                    homes[i] = g;
                }
            }
        }
        let agency = |r: &nianbao_compile::CoverageRow| {
            let key = key_of(&r.agency_id, &r.agency);
            self.names.at.get(key).map(|i| href(&self.names.agencies[*i].page)).unwrap_or_default()
        };
        let agencies = rows.iter().map(|r| (key_of(&r.agency_id, &r.agency), r.agency.as_str(), agency(r))).collect();
        (agencies, homes, rows.iter().map(|r| r.status.as_str()).collect())
    }

    /// Every group with the group above it, its sums, how many figures are missing in each and how many are added. Who gives
    /// a figure in another generation's row owes nothing.
    fn group_sums(&self, year: u16, homes: &[usize], printed_elsewhere: &[(usize, usize)]) -> Vec<Json> {
        let groups = self.groups();
        let inside = |home: usize, group: usize| {
            std::iter::successors(Some(home), |g| groups.get(*g).and_then(|g| g.parent)).any(|g| g == group)
        };
        let of = |(at, group): (usize, &super::tables::Group<'_>)| {
            let sums = self.edition.compilation.sums_of(group.id, year);
            let mut missing: Vec<u32> = sums.iter().map(|s| s.missing).collect();
            for (agency, cell) in printed_elsewhere.iter().filter(|(agency, _)| inside(homes[*agency], at)) {
                debug_assert!(homes.len() > *agency);
                missing[*cell] = missing[*cell].saturating_sub(1);
            }
            let texts: Vec<String> = sums.iter().map(|s| s.value_text()).collect();
            let reports: Vec<u32> = sums.iter().map(|s| s.reports).collect();
            json!([group.name, group.parent, texts, missing, reports])
        };
        groups.iter().enumerate().map(of).collect()
    }

    /// By group: how many agencies have no report of the year.
    fn absent_in(&self, year: u16) -> Vec<usize> {
        let coverage = |id: &str| self.edition.compilation.coverage_of(id, year).iter().filter(|c| c.status == "missing").count();
        self.groups().iter().map(|g| coverage(g.id)).collect()
    }

    fn series_script(&self) -> Result<FileOut, PublishError> {
        const PATH: &str = "page/series.js";
        let groups = self.groups();
        let made = groups.iter().map(|g| {
            let context = context! { years => self.series_table(g.id, false), t => &self.words };
            let template = "{% import \"table.html\" as table %}{{ table.series(years, t) }}";
            self.env.render_named_str("series.html", template, context).map_err(PublishError::make(PATH))
        });
        let html = made.collect::<Result<Vec<_>, _>>()?;
        Ok(script(PATH, "series", &json!(html)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use nianbao_form::{Number, Place};

    #[test]
    fn no_text_ends_a_script() {
        let hostile = json!({ "a</script><!--": "\u{2028}\u{2029}&\"\\ <b>" });
        let text = safe_json(&hostile);
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), hostile);
    }

    #[test]
    fn what_a_cell_holds_stays_what_it_is() {
        let mut why = Pool::default();
        let mut of = |value: &Value| content(value, &mut why, |k| format!("<{k}>")).to_string();
        let number = |text: &str| Number::parse(text).unwrap();
        let read = |n: &str, raw: &str| Value::number(number(n), raw, Place::Unknown);
        let with = |derived: &str, raw: &str| Value { derived: Some(derived.into()), ..read("3", raw) };
        for (value, want) in [
            (read("12", "12"), "12"),
            (read("12", "12件"), r#"["r",12,"12件"]"#),
            (read("98.4361", "98.4361"), r#""98.4361""#),
            (read("-5", "-5"), "-5"),
            (Value::without(State::Blank, "", Place::Unknown), r#""""#),
            (Value::without(State::None, "/", Place::Unknown), r#"["n","/"]"#),
            (Value::without(State::Text, "约12", Place::Unknown), r#"["t","约12"]"#),
            (Value::default(), "null"),
            (with("row-total:a", ""), r#"["d",3,0]"#),
            (with("correction", "4"), r#"["c",3,"4"]"#),
        ] {
            assert_eq!(of(&value), want);
        }
        assert_eq!(why.texts, [json!("<row-total:a>")]);
    }
}
