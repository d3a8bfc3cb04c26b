//! The matcher alone: damaged tables, turned tables, and what becomes of each figure.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/damage.rs"]
mod damage;
#[path = "common/print.rs"]
mod print;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::forms;
use damage::{CONTAINERS, Dice, EDITS, Rows};
use nianbao_form::{Cell, Form, Registry, Report, State};
use nianbao_intake::Matcher;
use print::Part;

const FILLS: [&str; 5] = ["all", "totals left blank", "totals alone", "two in five blank", "one in five blank"];

fn form(id: &str) -> &'static Form {
    forms().form(forms().find(id).unwrap())
}

/// A figure of its own for every cell, some left blank.
fn filled(form: &Form, fill: &str, dice: &mut Dice) -> BTreeMap<Cell, String> {
    let mut out = BTreeMap::new();
    for (i, cell) in form.cells.iter().enumerate() {
        let total = form.def(*cell).unwrap().total && forms().id(*cell).ends_with(".total");
        let blank = match fill {
            "totals left blank" => total,
            "totals alone" => !total && forms().id(*cell).starts_with("requests."),
            "two in five blank" => dice.roll(5) < 2,
            "one in five blank" => dice.roll(5) < 1,
            _ => false,
        };
        out.insert(*cell, if blank { String::new() } else { (1001 + 3 * i).to_string() });
    }
    out
}

/// Cells whose figure is another's, or is said to be blank though it stands in the table; and how many are right.
fn judge(report: &Report, truth: &BTreeMap<Cell, String>, present: &dyn Fn(&str) -> bool) -> (Vec<String>, usize) {
    let mut wrong = Vec::new();
    let mut right = 0;
    for cell in forms().cells() {
        let v = report.value(cell);
        let due = truth.get(&cell).map_or("", String::as_str);
        match v.state {
            State::Number if v.number.unwrap().to_string() == due => right += 1,
            State::Number => wrong.push(format!("{} is {} for {due:?} at {}", forms().id(cell), v.raw, v.place)),
            State::Blank if !due.is_empty() && present(due) => {
                wrong.push(format!("{} is blank for {due} at {}", forms().id(cell), v.place));
            }
            State::None => wrong.push(format!("{} is none", forms().id(cell))),
            _ => {}
        }
    }
    (wrong, right)
}

#[test]
fn damaged_tables() {
    let rounds: usize = std::env::var("NIANBAO_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let matcher = Matcher::new(forms());
    let name: Arc<str> = "a.docx".into();
    let mut table: BTreeMap<(&str, String), (usize, usize, usize, usize)> = BTreeMap::new();
    let mut shown = BTreeMap::<(&str, String), usize>::new();
    let mut bad = 0;
    let mut dice = Dice(7);
    for edit in EDITS {
        for container in CONTAINERS {
            for form_id in ["2019", "2021"] {
                for fill in FILLS {
                    for _ in 0..rounds {
                        let form = form(form_id);
                        let truth = filled(form, fill, &mut dice);
                        let parts: Vec<Part> = print::parts(form, &|c| truth[&c].clone(), false);
                        let mut tables: Vec<Rows> =
                            parts.iter().flat_map(|p| &p.tables).map(|t| damage::rows(t, container)).collect();
                        let which = dice.roll(tables.len());
                        let Some(what) = damage::damage(edit, &mut tables[which], &mut dice) else { continue };
                        let title = if form_id == "2019" {
                            "某某局2020年政府信息公开工作年度报告"
                        } else {
                            "某某局2022年政府信息公开工作年度报告"
                        };
                        let document = damage::document(title, &parts, &tables, container);
                        let entry = table.entry((edit, format!("{container:?}"))).or_default();
                        let all = truth.values().filter(|v| !v.is_empty()).count();
                        entry.0 += 1;
                        entry.3 += all;
                        let Ok(reports) = matcher.reports(&Registry::default(), &name, &document) else { continue };
                        let present = |t: &str| tables.iter().flatten().flatten().any(|c| c.text.split('\n').any(|l| l == t));
                        for report in &reports {
                            let (wrong, right) = judge(report, &truth, &present);
                            entry.2 += right;
                            if !wrong.is_empty() {
                                entry.1 += 1;
                                bad += 1;
                                let n = shown.entry((edit, format!("{container:?}"))).or_default();
                                *n += 1;
                                if *n <= 3 {
                                    eprintln!(
                                        "{container:?} {form_id} {fill}, table {which}: {what}\n   {}",
                                        wrong[..wrong.len().min(4)].join("\n   ")
                                    );
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    for ((edit, container), (n, wrong, right, all)) in &table {
        eprintln!("{edit:36} {container:6} {n:5} tried {wrong:4} wrong {:5.1} % read", 100.0 * *right as f64 / *all as f64);
    }
    assert_eq!(bad, 0);
}
