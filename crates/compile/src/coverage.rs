//! Whose figures are in the sums and whose are not.

use std::collections::HashMap;

use nianbao_form::Forms;
use rayon::prelude::*;

use crate::CoverageRow;
use crate::dense::Dense;
use crate::hierarchy::Plan;

/// How many agencies owe a report to each group, by group and year: those that the registry expects, and all that have
/// sent one.
pub(crate) fn due(plan: &Plan, below: &[Vec<usize>], row_of: &HashMap<(usize, usize), usize>) -> Vec<Vec<usize>> {
    let owes = |m: usize, y: usize| plan.members[m].expected(plan.years[y]) || row_of.contains_key(&(m, y));
    let count = |members: &Vec<usize>, y: usize| members.iter().filter(|&&m| owes(m, y)).count();
    below.par_iter().map(|members| (0..plan.years.len()).map(|y| count(members, y)).collect()).collect()
}

/// Coverage of every group and year, agencies in order.
pub(crate) fn rows(
    forms: &Forms,
    plan: &Plan,
    dense: &Dense,
    below: &[Vec<usize>],
    row_of: &HashMap<(usize, usize), usize>,
) -> Vec<CoverageRow> {
    let whole: Vec<bool> = (0..plan.placed.len()).into_par_iter().map(|row| is_whole(forms, plan, dense, row)).collect();
    let mut rows = Vec::new();
    for (g, group) in plan.groups.iter().enumerate() {
        for (y, &year) in plan.years.iter().enumerate() {
            for &m in &below[g] {
                let member = &plan.members[m];
                let status = match row_of.get(&(m, y)) {
                    None if member.expected(year) => "missing",
                    None => continue,
                    Some(_) if plan.registry && member.position.is_none() => "unknown-agency",
                    Some(&row) if whole[row] => "counted",
                    Some(_) => "partial",
                };
                rows.push(CoverageRow {
                    group_id: group.id.clone(),
                    group: group.name.clone(),
                    year,
                    agency_id: member.id.clone(),
                    agency: member.name.clone(),
                    status: status.to_owned(),
                });
            }
        }
    }
    rows
}

/// Whether a report knows every cell of its own form and of the year's.
fn is_whole(forms: &Forms, plan: &Plan, dense: &Dense, row: usize) -> bool {
    let placed = plan.placed[row];
    let main = plan.forms[placed.year];
    let knows = |form| forms.form(form).cells.iter().all(|&c| dense.get(row, c).is_some());
    knows(placed.form) && (placed.form == main || knows(main))
}
