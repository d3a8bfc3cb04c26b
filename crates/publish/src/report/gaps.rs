//! What a reader must know of figures that are not whole: who has not reported, who has left something out.

use nianbao_form::{Cell, FormIx, Section};

use crate::figures::Figures;
use crate::grid::{self, Grid};
use crate::labels;
use crate::words::Lang;

/// So many names are said; the rest are counted.
const NAMES: usize = 5;
/// So many groups of agencies that have left out the same are said; the rest are counted.
const GROUPS: usize = 4;

/// What must be said below a table; on the office's own page also what is none of the public's business.
pub(crate) fn notes(grid: &Grid, figures: &Figures<'_>, lang: Lang, own_page: bool) -> Option<String> {
    let cells: Vec<Cell> = grid.squares.iter().filter_map(|s| s.cell).collect();
    let mut parts = gaps(&cells, figures, lang, "gap_table");
    if grid.has_class("lower") {
        parts.push(lang.say("gap_shaded").to_owned());
    }
    if grid.squares.iter().any(|s| s.cell.is_some() && s.fill.text.is_empty()) {
        parts.push(lang.say("gap_blank").to_owned());
    }
    parts.extend(beyond(figures, lang).filter(|_| own_page));
    note(&parts, lang)
}

/// Who is not in the registry and still counts; without a registry nobody is beyond it.
pub(super) fn beyond(figures: &Figures<'_>, lang: Lang) -> Option<String> {
    let names: Vec<&str> = figures.coverage.iter().filter(|c| c.status == "unknown-agency").map(|c| c.agency.as_str()).collect();
    (!names.is_empty() && names.len() < figures.coverage.len()).then(|| lang.beyond(&first(&names, lang), names.len()))
}

/// What must be said below paragraphs in which sums of these cells were said that are not whole, and perhaps changes over the
/// agencies of both years.
pub(super) fn note_of_words(cells: &[Cell], like: bool, figures: &Figures<'_>, lang: Lang) -> Option<String> {
    let mut parts = if cells.is_empty() { Vec::new() } else { gaps(cells, figures, lang, "gap_words") };
    if like {
        parts.push(lang.say("like_for_like").to_owned());
    }
    note(&parts, lang)
}

/// What must be said of figures that agencies have given in another generation's form and that this one has no place for.
pub(super) fn note_of_other_form(section: &Section, figures: &Figures<'_>, lang: Lang) -> Option<String> {
    let form = figures.form_ix()?;
    let of_section = |c: &Cell| {
        let home = figures.forms.iter().find_map(|(_, f)| f.block_of(*c));
        home.is_some_and(|b| b.section == section.id)
    };
    let mut homeless = grid::extras(figures.forms, figures.form, &figures.guests()).1;
    homeless.retain(of_section);
    let agencies = figures.givers(&homeless);
    let first_cell = labels::short(figures.forms, form, *homeless.first()?, lang);
    let agencies = lang.counted(&first(&agencies, lang), agencies.len());
    note(&[lang.in_other_form(&agencies, &first_cell, homeless.len())], lang)
}

fn note(parts: &[String], lang: Lang) -> Option<String> {
    let apart = if lang == Lang::Zh { "" } else { " " };
    (!parts.is_empty()).then(|| format!("{}{}", lang.say("note"), parts.join(apart)))
}

/// Sentences on the agencies whose figures are missing in any of the cells.
fn gaps(cells: &[Cell], figures: &Figures<'_>, lang: Lang, what: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let missing = cells.iter().any(|c| figures.of(*c).missing > 0);
    let absent: Vec<&str> = figures.absent().map(|c| c.agency.as_str()).collect();
    if missing && !absent.is_empty() {
        parts.push(lang.without(lang.say(what), &first(&absent, lang), absent.len()));
    }
    let groups = groups(figures.owed(cells));
    if !groups.is_empty() {
        let form = figures.form_ix();
        let mut said: Vec<String> = groups.iter().take(GROUPS).map(|g| left_out(g, figures, form, lang)).collect();
        let rest: usize = groups.iter().skip(GROUPS).map(|g| g.0.len()).sum();
        if rest > 0 {
            said.push(lang.others(rest));
        }
        parts.push(lang.not_counted(&said));
    }
    parts
}

/// Agencies that owe the same cells, in the order of their first, the ones that owe least first.
fn groups(owed: Vec<(&str, Vec<Cell>)>) -> Vec<(Vec<&str>, Vec<Cell>)> {
    let mut groups: Vec<(Vec<&str>, Vec<Cell>)> = Vec::new();
    for (agency, cells) in owed {
        match groups.iter_mut().find(|g| g.1 == cells) {
            Some(group) => group.0.push(agency),
            None => groups.push((vec![agency], cells)),
        }
    }
    groups.sort_by_key(|g| g.1.len());
    groups
}

fn left_out(group: &(Vec<&str>, Vec<Cell>), figures: &Figures<'_>, form: Option<FormIx>, lang: Lang) -> String {
    let (agencies, cells) = group;
    let name = |c: Cell| form.map_or_else(String::new, |ix| labels::short(figures.forms, ix, c, lang));
    let what = cells.first().map(|c| name(*c)).unwrap_or_default();
    let agencies = lang.counted(&first(agencies, lang), agencies.len());
    lang.left_out(&agencies, &what, cells.len())
}

/// The first few names.
fn first(names: &[&str], lang: Lang) -> String {
    lang.list(names.iter().take(NAMES).copied())
}
