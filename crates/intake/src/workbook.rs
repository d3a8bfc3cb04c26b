//! From a workbook to reports: normalised rows, the tables of a report over one sheet or several, or a report a sheet.

use std::sync::Arc;

use nianbao_form::{Registry, Report};

use crate::aside;
use crate::document::Document;
use crate::found::{Found, Instance};
use crate::matcher;
use crate::normalised::{Collector, Need};
use crate::refuse::Refusal;
use crate::several;
use crate::sheet::{self, Workbook};
use crate::tables;
use crate::vocabulary::Vocabulary;

/// What was read of a workbook.
#[derive(Debug)]
pub(crate) struct Taken {
    pub reports: Vec<Report>,
    /// How many of them, in front, came from normalised rows.
    pub normalised: usize,
    /// Hidden sheets that hold tables of a form.
    pub hidden: Vec<Arc<str>>,
}

/// The reports of a workbook.
///
/// # Errors
/// One that holds neither a report nor normalised cells, and one whose reports cannot be told apart.
pub(crate) fn reports(
    words: &Vocabulary<'_>,
    registry: &Registry,
    name: &Arc<str>,
    need: Need,
    book: &Workbook,
) -> Result<Taken, Refusal> {
    let rows = sheet::normalised(book, Collector::new(words.forms, registry, name.clone(), need))?;
    let sheets = book.documents(false)?;
    let read = if sheets.is_empty() { Err(blank()) } else { of_sheets(words, registry, name, &sheets) };
    let hidden = book.documents(true)?.into_iter().filter(|(_, d)| has_tables(&tables::read(words, d, false)));
    let hidden: Vec<Arc<str>> = hidden.map(|h| h.0).collect();
    let normalised = rows.as_ref().map_or(0, Vec::len);
    let reports = match (rows, read) {
        (Some(mut rows), read) => {
            rows.extend(read.unwrap_or_default());
            rows
        }
        (None, read) => read.map_err(|refusal| unseen(refusal, &hidden))?,
    };
    Ok(Taken { reports, normalised, hidden })
}

/// Says beside a refusal that what was looked for stands in hidden sheets.
fn unseen(mut refusal: Refusal, hidden: &[Arc<str>]) -> Refusal {
    if !hidden.is_empty() {
        refusal.zh.push_str(&format!("（隐藏工作表“{}”中有年报表格，请取消隐藏后重新报送）", hidden.join("、")));
        refusal.en.push_str(&format!(" (hidden sheets hold tables of the form: {}; show them)", hidden.join(", ")));
    }
    refusal
}

fn blank() -> Refusal {
    Refusal::unreadable("工作簿中没有任何可见内容，请检查后重新报送", "the workbook shows nothing; check it and send it anew")
}

fn has_tables(found: &Found) -> bool {
    found.tables.values().flatten().any(Instance::is_filled)
}

fn of_sheets(
    words: &Vocabulary<'_>,
    registry: &Registry,
    name: &Arc<str>,
    sheets: &[(Arc<str>, Document)],
) -> Result<Vec<Report>, Refusal> {
    let whole = || matcher::reports(words, registry, name, &sheet::joined(sheets.iter().map(|s| &s.1)));
    let Some(groups) = groups(words, sheets) else { return whole() };
    let mut out: Vec<Report> = Vec::new();
    let mut refused = None;
    for group in &groups {
        let hint = hinted(name, &group.iter().map(|i| &*sheets[*i].0).collect::<Vec<_>>(), registry);
        let document = sheet::joined(group.iter().map(|i| &sheets[*i].1));
        match matcher::reports(words, registry, &hint, &document) {
            Ok(mut reports) => {
                reports.iter_mut().for_each(|r| r.source = name.clone());
                out.extend(reports);
            }
            Err(refusal) => refused = Some(refusal),
        }
    }
    let told = |r: &Report| r.year > 0 && !r.agency.is_empty();
    let same = |a: &Report, b: &Report| a.year == b.year && a.agency_key() == b.agency_key();
    let distinct = out.iter().enumerate().all(|(i, r)| told(r) && !out[..i].iter().any(|o| same(r, o)));
    match refused {
        Some(refusal) if out.is_empty() => Err(refusal),
        _ if distinct => Ok(out),
        // A draft beside the final version says whose and of which year it is; two bodies' tables without names do not.
        _ if out.iter().all(|r| told(r) && !r.title.is_empty() && same(r, &out[0])) => whole(),
        _ => Err(several::mixed()),
    }
}

/// Sheets that make a report each: a table that comes a second time, on another sheet, begins the next one. Sheets without
/// tables go with those behind them. `None` where no table comes on two sheets with other figures.
fn groups(words: &Vocabulary<'_>, sheets: &[(Arc<str>, Document)]) -> Option<Vec<Vec<usize>>> {
    if sheets.len() < 2 {
        return None;
    }
    let found: Vec<Found> = sheets.iter().map(|(_, d)| tables::read(words, d, false)).collect();
    let tables = |i: usize| found[i].tables.iter().filter(|t| t.1.iter().any(Instance::is_filled)).map(|t| t.0);
    let mut groups: Vec<Vec<usize>> = vec![Vec::new()];
    let (mut held, mut waiting): (Vec<&usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut differ = false;
    for i in 0..sheets.len() {
        if tables(i).next().is_none() {
            waiting.push(i);
            continue;
        }
        if tables(i).any(|t| held.contains(&t)) {
            differ |= !(0..i).any(|o| are_copies(&found[o], &found[i]));
            groups.push(Vec::new());
            held.clear();
        }
        held.extend(tables(i));
        if let Some(group) = groups.last_mut() {
            group.append(&mut waiting);
            group.push(i);
        }
    }
    if let Some(group) = groups.last_mut() {
        group.append(&mut waiting);
    }
    (groups.len() > 1 && differ).then_some(groups)
}

/// Whether the tables of one sheet stand on another with the same figures.
fn are_copies(one: &Found, other: &Found) -> bool {
    let raws = |f: &Found<'_>, t: &usize| -> Vec<Vec<String>> {
        f.tables.get(t).into_iter().flatten().map(|i| i.cells.iter().map(|(_, e)| e.raw.to_string()).collect()).collect()
    };
    !other.tables.is_empty() && other.tables.keys().all(|t| raws(one, t) == raws(other, t))
}

/// The name that tells whose the tables are where they do not say so themselves: a sheet is to the workbook what a file is
/// to its folder, if its name is one of a body or a year.
fn hinted(name: &Arc<str>, sheets: &[&str], registry: &Registry) -> Arc<str> {
    let tells = |s: &&&str| {
        let bare = s.trim();
        let year = (2000..2100).any(|y: u16| bare.contains(&y.to_string()));
        year || aside::BODIES.iter().any(|b| bare.ends_with(b)) || registry.find(bare, None).is_some()
    };
    let stem = name.rsplit_once('.').map_or(&**name, |(stem, _)| stem);
    match sheets.iter().find(tells) {
        Some(sheet) => format!("{stem}/{}.sheet", sheet.trim().replace('/', " ")).into(),
        None => name.clone(),
    }
}
