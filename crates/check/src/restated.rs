//! The same agency and year sent again: what changed, which findings that settles, which it makes.

use std::collections::BTreeSet;

use nianbao_form::{Cell, Finding, Forms, Report, State, Subject, rule};

use crate::words::{Speaker, held, held_in_words};

/// What `later` changes in `earlier`, both for the same agency and year: `restated`. One finding a cell; all but the
/// first have the first as their cause. A blank whose figure was derived and is now written out is no change.
pub fn check_restated(forms: &Forms, earlier: &Report, later: &Report) -> Vec<Finding> {
    let subject = Subject::of(later);
    let speaker = Speaker { forms, form: later.form };
    let mut out: Vec<Finding> = Vec::new();
    for cell in forms.cells().filter(|&c| differs(earlier, later, c)) {
        let name = speaker.cell(cell);
        let (was, is) = (held_in_words(earlier, cell), held_in_words(later, cell));
        let mut finding = Finding::of("restated", &subject)
            .cell(forms, cell, held(later, cell), held(earlier, cell))
            .with_both("cell", name.zh, name.en)
            .with_both("expected", was.zh, was.en)
            .with_both("found", is.zh, is.en)
            .at(&later.value(cell).place)
            .build();
        finding.cause = out.first().map(|f| f.cause_key().to_owned());
        out.push(finding);
    }
    out
}

/// Findings of a list that are told by name; of the others only how many there are.
const TOLD: usize = 4;

/// What sending `later` in place of `earlier` comes to, in one finding (`resent`): how many cells changed, which of the
/// findings of `before` it settles, which of `after` it makes; `None` where neither changed. `before` and `after` are what
/// the checks of one report say of each of the two; findings are the same where their keys are, wherever they stand. The
/// first `restated`, if there is one, is the cause.
pub fn check_resent(
    forms: &Forms,
    (earlier, later): (&Report, &Report),
    (before, after): (&[Finding], &[Finding]),
    restated: &[Finding],
) -> Option<Finding> {
    let keys = |of: &[Finding]| of.iter().map(|f| f.cause_key().to_owned()).collect::<BTreeSet<_>>();
    let (old, new) = (keys(before), keys(after));
    // What another finding explains goes and comes with it; a search that was cut short found nothing.
    let only = |of: &[Finding], known: &BTreeSet<String>| -> Vec<Finding> {
        of.iter().filter(|f| f.leads() && f.rule != "budget" && !known.contains(f.cause_key())).cloned().collect()
    };
    let (mut settled, mut made) = (only(before, &new), only(after, &old));
    // The same rule at the same cells with other figures: neither settled nor new.
    let about = |of: &[Finding]| of.iter().map(|f| (f.rule.clone(), f.cells.clone())).collect::<BTreeSet<_>>();
    let (mut both, made_about) = (about(&settled), about(&made));
    both.retain(|what| !what.1.is_empty() && made_about.contains(what));
    let changed = |f: &Finding| both.contains(&(f.rule.clone(), f.cells.clone()));
    settled.retain(|f| !changed(f));
    made.retain(|f| !changed(f));
    if restated.is_empty() && settled.is_empty() && made.is_empty() {
        return None;
    }
    let speaker = Speaker { forms, form: later.form };
    let (settled_zh, settled_en) = listed(speaker, &settled, ("解决", "settles"));
    let (made_zh, made_en) = listed(speaker, &made, ("新增", "makes"));
    let (still, still_en) = match both.len() {
        0 => (String::new(), String::new()),
        n => (format!("，{n}个问题改了数字仍未解决"), format!(", {n} still stand with other figures")),
    };
    let mut finding = Finding::of("resent", &Subject::of(later))
        .values(format!("{} cells, {} settled, {} made", restated.len(), settled.len(), made.len()), keys_of(&settled, &made))
        .with("before", earlier.source.as_ref())
        .with_both("cells_changed", format!("改动{}格", restated.len()), format!("{} cells changed", restated.len()))
        .with_both("still", still, still_en)
        .with_both("settled", settled_zh, settled_en)
        .with_both("made", made_zh, made_en)
        .build();
    finding.cause = restated.first().map(|f| f.cause_key().to_owned());
    Some(finding)
}

/// The keys of what changed, so that a decision on it lapses when something else changes.
fn keys_of(settled: &[Finding], made: &[Finding]) -> String {
    let with = |sign: char| move |f: &Finding| format!("{sign}{}", f.key);
    settled.iter().map(with('-')).chain(made.iter().map(with('+'))).take(2 * TOLD).collect::<Vec<_>>().join(" ")
}

/// `，解决问题2个（合计不符：予以公开（总计）；缺少章节）`.
fn listed(speaker: Speaker<'_>, findings: &[Finding], (zh, en): (&str, &str)) -> (String, String) {
    if findings.is_empty() {
        return (format!("，没有{zh}问题"), format!(", {en} no finding"));
    }
    let name = |f: &Finding| {
        let record = rule(&f.rule);
        let cell = f.cells.first().and_then(|id| speaker.forms.cell(id)).map(|c| speaker.cell(c));
        match cell {
            Some(cell) => (format!("{}：{}", record.title, cell.zh), format!("{}: {}", f.rule, cell.en)),
            None => (record.title.clone(), f.rule.clone()),
        }
    };
    let names: Vec<(String, String)> = findings.iter().take(TOLD).map(name).collect();
    let (more, more_en) = if findings.len() > TOLD { ("等", " and others") } else { ("", "") };
    let list = |pick: fn(&(String, String)) -> &str, by: &str| names.iter().map(pick).collect::<Vec<_>>().join(by);
    (
        format!("，{zh}问题{}个（{}{more}）", findings.len(), list(|n| &n.0, "；")),
        format!(", {en} {} (of {}{more_en})", findings.len(), list(|n| &n.1, "; ")),
    )
}

fn differs(earlier: &Report, later: &Report, cell: Cell) -> bool {
    let (was, is) = (earlier.value(cell), later.value(cell));
    let unread = |s: State| s == State::Text;
    was.counts_as() != is.counts_as() || (unread(was.state) || unread(is.state)) && (was.state, &was.raw) != (is.state, &is.raw)
}
