//! Whether everything was read that the form asks for, and what was not.

use nianbao_form::{Forms, Report, State};

use crate::contents::Taken;
use crate::{Receipt, Status};

/// So many reports of one file are named with what they lack; of the others it is counted.
const NAMED: usize = 5;

/// Puts what was taken from a file into its receipt, with status and reason.
pub(crate) fn judge(forms: &Forms, receipt: &mut Receipt, taken: Taken) {
    let mut notes: Vec<(String, String)> = Vec::new();
    if let Some((files, read)) = taken.members {
        receipt.status = if read > 0 { Status::Read } else { Status::Foreign };
        receipt.reason =
            if files == 0 { "压缩包是空的".into() } else { format!("压缩包内有{files}个文件，读出{read}个") };
        receipt.reason_en =
            if files == 0 { "the archive is empty".into() } else { format!("an archive of {files} files, {read} of them read") };
        return;
    }
    if taken.reports.is_empty() {
        notes.push(("文件中没有任何报告".into(), "the file holds no report".into()));
    }
    let documents = taken.reports.get(taken.normalised..).unwrap_or_default();
    let lacking: Vec<(&Report, String, String)> = documents
        .iter()
        .map(|r| (r, lacks(forms, r)))
        .filter(|(_, notes)| !notes.is_empty())
        .map(|(r, notes)| {
            let (zh, en): (Vec<String>, Vec<String>) = notes.into_iter().unzip();
            (r, zh.join("；"), en.join("; "))
        })
        .collect();
    for (report, zh, en) in lacking.iter().take(NAMED) {
        notes.push(match taken.reports.len() {
            1 => (zh.clone(), en.clone()),
            _ => (format!("{}{}年：{zh}", report.agency, report.year), format!("{} {}: {en}", report.agency, report.year)),
        });
    }
    if let Some(more) = lacking.len().checked_sub(NAMED).filter(|more| *more > 0) {
        notes.push((format!("另有{more}份报告未读全"), format!("{more} more reports were not wholly read")));
    }
    notes.extend(taken.notes);
    receipt.status = if notes.is_empty() { Status::Read } else { Status::Partial };
    let (zh, en): (Vec<String>, Vec<String>) = notes.into_iter().unzip();
    (receipt.reason, receipt.reason_en) = (zh.join("；"), en.join("; "));
    receipt.reports = taken.reports;
    receipt.reports.iter_mut().for_each(Report::shrink);
    receipt.reports.shrink_to_fit();
}

/// What a report lacks, in Chinese and in English.
fn lacks(forms: &Forms, report: &Report) -> Vec<(String, String)> {
    let mut notes: Vec<(String, String)> = Vec::new();
    let tables: Vec<&str> = report.remarks.iter().filter(|r| r.rule == "missing-table").map(|r| r.found.as_str()).collect();
    if !tables.is_empty() {
        notes.push((format!("缺少表格：{}", tables.join("、")), format!("tables missing: {}", tables.join(", "))));
    }
    let form = forms.form(report.form);
    let absent = |c: &nianbao_form::Cell| report.value(*c).state == State::Absent;
    let replaced: Vec<_> = form.alternates.iter().filter(|a| !a.guest.iter().all(absent)).flat_map(|a| &a.own).collect();
    let lacking = form.cells.iter().filter(|c| absent(c) && !replaced.contains(c)).count();
    if lacking > 0 && tables.is_empty() {
        notes.push((format!("表中有{lacking}格未找到"), format!("{lacking} cells of the form were not found")));
    }
    let unread = report.count(forms, State::Text);
    if unread > 0 {
        notes.push((
            format!("有{unread}格内容未能认定为数字"),
            format!("{unread} cells hold what could not be taken for a number"),
        ));
    }
    if report.year == 0 {
        notes.push(("标题和文件名均未写明报告年度".into(), "neither title nor file name tells the reporting year".into()));
    }
    if report.agency.is_empty() {
        notes.push(("标题、落款和文件名均未写明单位".into(), "neither title, signature nor file name tells the agency".into()));
    }
    notes
}
