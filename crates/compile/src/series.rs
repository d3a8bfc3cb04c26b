//! Series: quantities that are followed over the years, for groups and agencies.

use std::collections::HashMap;

use nianbao_form::{Alternate, Cell, Form, FormIx, Forms, Series};
use polars::prelude::{Column, Int64Chunked, Int128Chunked, IntoColumn, NewChunkedArray, PolarsResult};
use rayon::prelude::*;

use crate::SeriesRow;
use crate::dense::{Dense, name};
use crate::hierarchy::Plan;
use crate::totals::Totals;

/// All series of the forms in use, each with its definition in every form.
pub(crate) struct Catalogue<'a> {
    pub(crate) ids: Vec<&'a str>,
    /// By series, then by form.
    rules: Vec<HashMap<FormIx, Rule<'a>>>,
}

/// A series as one form defines it, ready to be read from a report.
struct Rule<'a> {
    numerator: Side<'a>,
    denominator: Side<'a>,
    ratio: bool,
    note: &'a str,
    previous: Option<FormIx>,
}

/// Cells of one side, apart from those for which the other generation's rows may be printed instead.
struct Side<'a> {
    plain: Vec<(Cell, bool)>,
    alternates: Vec<&'a Alternate>,
}

impl<'a> Side<'a> {
    fn new(form: &'a Form, cells: &[Cell]) -> Side<'a> {
        let within = |a: &&Alternate| a.own.iter().all(|c| cells.contains(c));
        let alternates: Vec<&Alternate> = form.alternates.iter().filter(within).collect();
        let swapped = |c: &Cell| alternates.iter().any(|a| a.own.contains(c) || a.guest.contains(c));
        let plain = cells.iter().filter(|c| !swapped(c)).map(|&c| (c, form.owns(c))).collect();
        Side { plain, alternates }
    }

    /// The sum of what a report knows, and whether it knows all that it should. Where both the rows of the form and those
    /// of the other generation are printed, only one of the two is added.
    fn read(&self, dense: &Dense, row: usize) -> (Option<i128>, bool) {
        let mut sum: Option<i128> = None;
        let mut complete = true;
        let mut add = |cell: Cell, needed: bool| match dense.get(row, cell) {
            Some(v) => sum = Some(sum.unwrap_or(0) + i128::from(v)),
            None => complete &= !needed,
        };
        for &(cell, needed) in &self.plain {
            add(cell, needed);
        }
        for a in &self.alternates {
            let known = |cells: &[Cell]| cells.iter().filter(|c| dense.get(row, **c).is_some()).count();
            let (own, guest) = (known(&a.own), known(&a.guest));
            let swap = own < a.own.len() && (guest == a.guest.len() || (own == 0 && guest > 0));
            for &cell in if swap { &a.guest } else { &a.own } {
                add(cell, true);
            }
        }
        (sum, complete)
    }
}

/// What one report gives to one series.
#[derive(Clone, Copy, Default)]
struct Share {
    numerator: Option<i128>,
    denominator: Option<i128>,
    complete: bool,
}

impl Rule<'_> {
    /// A ratio takes a report only if both of its sides are wholly known: parts of either would bend it.
    fn share(&self, dense: &Dense, row: usize) -> Share {
        let (numerator, complete) = self.numerator.read(dense, row);
        if !self.ratio {
            return Share { numerator, denominator: None, complete };
        }
        let (denominator, also) = self.denominator.read(dense, row);
        match complete && also {
            true => Share { numerator, denominator, complete: true },
            false => Share::default(),
        }
    }
}

impl<'a> Catalogue<'a> {
    pub(crate) fn new(forms: &'a Forms, plan: &Plan) -> Catalogue<'a> {
        let mut used: Vec<FormIx> = plan.placed.iter().map(|p| p.form).chain(plan.forms.iter().copied()).collect();
        used.sort_unstable();
        used.dedup();
        // The form of the latest year gives the order.
        let latest = plan.forms.last().copied();
        used.sort_by_key(|f| (Some(*f) != latest, std::cmp::Reverse(*f)));
        let mut catalogue = Catalogue { ids: Vec::new(), rules: Vec::new() };
        for ix in used {
            let form = forms.form(ix);
            for s in &form.series {
                let at = catalogue.ids.iter().position(|id| *id == s.id).unwrap_or_else(|| {
                    catalogue.ids.push(&s.id);
                    catalogue.rules.push(HashMap::new());
                    catalogue.ids.len() - 1
                });
                catalogue.rules[at].insert(ix, rule(form, s));
            }
        }
        catalogue
    }

    /// Whether figures of a report in form `f` may be added to those of a year whose form is `main`: not if the newer of
    /// the two forms says that it measures something else.
    fn comparable(&self, series: usize, f: FormIx, main: FormIx) -> bool {
        let rule = |ix| self.rules[series].get(&ix);
        let breaks = |newer: FormIx, older: FormIx| rule(newer).is_some_and(|r| !r.note.is_empty() && r.previous == Some(older));
        f == main || !(breaks(main, f) || breaks(f, main))
    }

    fn share(&self, series: usize, form: FormIx, dense: &Dense, row: usize) -> Share {
        self.rules[series].get(&form).map_or_else(Share::default, |r| r.share(dense, row))
    }
}

fn rule<'a>(form: &'a Form, s: &'a Series) -> Rule<'a> {
    Rule {
        numerator: Side::new(form, &s.numerator),
        denominator: Side::new(form, &s.denominator),
        ratio: !s.denominator.is_empty(),
        note: &s.break_note,
        previous: form.previous,
    }
}

/// The years of one series of one owner as they are found; the first of a new form bears the form's note.
#[derive(Default)]
struct Past {
    forms: Vec<FormIx>,
    noted: Vec<FormIx>,
}

impl Past {
    fn note(&mut self, form: FormIx, rule: Option<&Rule<'_>>, known: bool) -> String {
        if !known {
            return String::new();
        }
        let earlier = self.forms.iter().any(|f| *f != form);
        if !self.forms.contains(&form) {
            self.forms.push(form);
        }
        match rule {
            Some(r) if earlier && !r.note.is_empty() && !self.noted.contains(&form) => {
                self.noted.push(form);
                r.note.to_owned()
            }
            _ => String::new(),
        }
    }
}

/// Rows of groups, then of agencies; each owner's by series and year.
pub(crate) struct Made {
    pub(crate) rows: Vec<SeriesRow>,
    /// Rows before this one are groups'.
    pub(crate) groups: usize,
}

pub(crate) fn rows(catalogue: &Catalogue<'_>, plan: &Plan, dense: &Dense, due: &[Vec<usize>]) -> PolarsResult<Made> {
    let mut rows = group_rows(catalogue, plan, dense, due)?;
    let groups = rows.len();
    let of = plan.row_of();
    let each: Vec<Vec<SeriesRow>> =
        (0..plan.members.len()).into_par_iter().map(|m| agency_rows(catalogue, plan, dense, &of, m)).collect();
    rows.extend(each.into_iter().flatten());
    Ok(Made { rows, groups })
}

/// Numerators, denominators and completeness of a series, one row a report; figures that may not be added are unknown.
fn columns(catalogue: &Catalogue<'_>, plan: &Plan, dense: &Dense, series: usize) -> [Column; 3] {
    let shares = plan.placed.iter().enumerate().map(|(row, p)| match catalogue.comparable(series, p.form, plan.forms[p.year]) {
        true => catalogue.share(series, p.form, dense, row),
        false => Share::default(),
    });
    let shares: Vec<Share> = shares.collect();
    let figures = |at: usize, of: fn(&Share) -> Option<i128>| {
        Int128Chunked::from_slice_options(name(3 * series + at).as_str().into(), &shares.iter().map(of).collect::<Vec<_>>())
            .into_column()
    };
    let complete: Vec<Option<i64>> = shares.iter().map(|s| s.complete.then_some(1)).collect();
    let complete = Int64Chunked::from_slice_options(name(3 * series + 2).as_str().into(), &complete).into_column();
    [figures(0, |s| s.numerator), figures(1, |s| s.denominator), complete]
}

fn group_rows(catalogue: &Catalogue<'_>, plan: &Plan, dense: &Dense, due: &[Vec<usize>]) -> PolarsResult<Vec<SeriesRow>> {
    let all: Vec<Column> =
        (0..catalogue.ids.len()).into_par_iter().flat_map_iter(|s| columns(catalogue, plan, dense, s)).collect();
    let totals = Totals::new(plan, &all)?;
    let mut rows = Vec::new();
    for (g, group) in plan.groups.iter().enumerate() {
        for (s, id) in catalogue.ids.iter().enumerate() {
            let mut past = Past::default();
            for (y, &year) in plan.years.iter().enumerate() {
                let form = plan.forms[y];
                let rule = catalogue.rules[s].get(&form);
                let known = |column: usize| {
                    let (sum, count) = totals.get(3 * s + column, g, y);
                    (count > 0).then_some(sum)
                };
                let (numerator, denominator) = (known(0), known(1));
                if rule.is_none() && numerator.is_none() {
                    continue;
                }
                let (_, complete) = totals.get(3 * s + 2, g, y);
                rows.push(SeriesRow {
                    group_id: group.id.clone(),
                    group: group.name.clone(),
                    level: group.level.clone(),
                    series: (*id).to_owned(),
                    year,
                    numerator,
                    denominator,
                    ratio: ratio(catalogue, s, rule),
                    lower_bound: (complete as usize) < due[g][y],
                    break_note: past.note(form, rule, numerator.is_some()),
                });
            }
        }
    }
    Ok(rows)
}

fn ratio(catalogue: &Catalogue<'_>, series: usize, rule: Option<&Rule<'_>>) -> bool {
    rule.map_or_else(|| catalogue.rules[series].values().any(|r| r.ratio), |r| r.ratio)
}

fn agency_rows(
    catalogue: &Catalogue<'_>,
    plan: &Plan,
    dense: &Dense,
    row_of: &HashMap<(usize, usize), usize>,
    m: usize,
) -> Vec<SeriesRow> {
    let member = &plan.members[m];
    let reports: Vec<Option<usize>> = (0..plan.years.len()).map(|y| row_of.get(&(m, y)).copied()).collect();
    let mut rows = Vec::new();
    for (s, id) in catalogue.ids.iter().enumerate() {
        let mut past = Past::default();
        for (y, &year) in plan.years.iter().enumerate() {
            if reports[y].is_none() && !member.expected(year) {
                continue;
            }
            let form = reports[y].map_or(plan.forms[y], |row| plan.placed[row].form);
            // A report in another form than the year's may lack the series: it is then missing in it.
            let Some(rule) = catalogue.rules[s].get(&form).or_else(|| catalogue.rules[s].get(&plan.forms[y])) else { continue };
            let share = reports[y].map_or_else(Share::default, |row| catalogue.share(s, form, dense, row));
            rows.push(SeriesRow {
                group_id: member.key.clone(),
                group: member.name.clone(),
                level: "agency".to_owned(),
                series: (*id).to_owned(),
                year,
                numerator: share.numerator,
                denominator: share.denominator,
                ratio: rule.ratio,
                lower_bound: !share.complete,
                break_note: past.note(form, Some(rule), share.numerator.is_some()),
            });
        }
    }
    rows
}
