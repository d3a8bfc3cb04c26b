//! The closing summary, in words that a clerk can read, on standard error.

use std::collections::BTreeMap;
use std::path::Path;

use nianbao_form::{Finding, Severity, Status, rule};
use nianbao_intake::Receipt;

use crate::args::{Common, Lang, Log};
use crate::assess::{Assessment, failed};

/// So many files that were kept are named.
const KEPT: usize = 10;

/// One file that was not wholly read.
pub(crate) fn tell_receipt(receipt: &Receipt, common: &Common) {
    match common.log {
        Log::Json => {
            tracing::warn!(file = %receipt.name, status = receipt.status.as_str(), reason = %receipt.reason_en, "not wholly read")
        }
        Log::Text => eprintln!("{}: {}", receipt.name, common.language().pick(&receipt.reason, &receipt.reason_en)),
    }
}

/// Open findings that a person should look at themselves.
fn open(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|f| f.leads() && matches!(f.status, Status::Open | Status::Confirmed)).collect()
}

fn count(findings: &[&Finding], severity: Severity) -> usize {
    findings.iter().filter(|f| f.severity == severity).count()
}

/// How many files and reports, how many findings of what kind.
pub(crate) fn tell_counts(assessment: &Assessment, findings: &[Finding], common: &Common) {
    let open = open(findings);
    let (errors, warnings, infos) =
        (count(&open, Severity::Error), count(&open, Severity::Warning), count(&open, Severity::Info));
    let files = assessment.receipts.len();
    let unread = assessment.receipts.iter().filter(|r| failed(r)).count();
    let reports = assessment.reports.len();
    if common.log == Log::Json {
        tracing::info!(files, reports, unread, errors, warnings, infos, year = assessment.year, "summary");
        return;
    }
    eprintln!(
        "{}",
        match common.language() {
            Lang::Zh => {
                let unread = if unread > 0 { format!("，{unread}个未能读取") } else { String::new() };
                format!("共{files}个文件{unread}，读出{reports}份报告；发现错误{errors}处、警告{warnings}处、提示{infos}处。")
            }
            Lang::En => format!(
                "{files} files ({unread} not read), {reports} reports; {errors} errors, {warnings} warnings, {infos} notes."
            ),
        }
    );
}

/// What the closing summary of `run` says beside the findings.
pub(crate) struct Closing<'a> {
    pub(crate) assessment: &'a Assessment,
    /// Findings of the year.
    pub(crate) findings: &'a [Finding],
    /// Files that somebody had edited since the last run, and where they are kept.
    pub(crate) edited: &'a [String],
    /// Where the result lies.
    pub(crate) page: &'a Path,
}

/// How many agencies of how many, and how many beyond the registry.
fn coverage(assessment: &Assessment) -> (usize, usize, usize) {
    let rows = assessment.compilation.coverage_of(&assessment.compilation.root, assessment.year);
    let of = |statuses: &[&str]| rows.iter().filter(|r| statuses.contains(&r.status.as_str())).count();
    (of(&["counted", "partial"]), of(&["counted", "partial", "missing"]), of(&["unknown-agency"]))
}

/// The closing summary of `run`.
pub(crate) fn tell_run(closing: &Closing<'_>, common: &Common) {
    let Closing { assessment, findings, edited, page } = *closing;
    let year = assessment.year;
    let (counted, expected, beyond) = coverage(assessment);
    let open = open(findings);
    let (errors, warnings, infos) =
        (count(&open, Severity::Error), count(&open, Severity::Warning), count(&open, Severity::Info));
    let unread: Vec<&Receipt> = assessment.receipts.iter().filter(|r| failed(r)).collect();
    if common.log == Log::Json {
        for receipt in &unread {
            tell_receipt(receipt, common);
        }
        tracing::info!(year, counted, expected, beyond, errors, warnings, infos, unread = unread.len(), page = %page.display(), "done");
        return;
    }
    let zh = common.language() == Lang::Zh;
    let end = if open.is_empty() { "" } else { "：" };
    if zh {
        let beyond = if beyond > 0 { format!("，另有名录外单位{beyond}个") } else { String::new() };
        eprintln!("{year}年度：应报{expected}个单位，已报{counted}个{beyond}。");
        eprintln!("发现错误{errors}处、警告{warnings}处、提示{infos}处{end}");
    } else {
        let beyond = if beyond > 0 { format!(", and {beyond} that the registry does not know") } else { String::new() };
        eprintln!("{year}: {counted} of {expected} agencies have reported{beyond}.");
        eprintln!("{errors} errors, {warnings} warnings, {infos} notes{}", if open.is_empty() { "." } else { ":" });
    }
    if !open.is_empty() {
        eprintln!("  {}", by_rule(&open, zh));
        eprintln!("{}", if zh { "最需要先处理的：" } else { "To look at first:" });
        for (i, finding) in open.iter().take(3).enumerate() {
            eprintln!("  {}. {}{}", i + 1, whose(finding, zh), finding.text(common.language().as_str()));
        }
    }
    if !unread.is_empty() {
        eprintln!(
            "{}",
            if zh {
                format!("{}个文件未能读取：", unread.len())
            } else {
                format!("{} files could not be read:", unread.len())
            }
        );
        for receipt in unread {
            eprintln!("  {}: {}", receipt.name, common.language().pick(&receipt.reason, &receipt.reason_en));
        }
    }
    for file in edited.iter().take(KEPT) {
        eprintln!("{}{file}", if zh { "与上次发布的不同，已保留在：" } else { "not as it was published last, kept in: " });
    }
    if edited.len() > KEPT {
        eprintln!("{}", if zh { format!("……共{}个文件", edited.len()) } else { format!("… {} files in all", edited.len()) });
    }
    eprintln!("{}{}", if zh { "结果：" } else { "Result: " }, page.display());
}

fn whose(finding: &Finding, zh: bool) -> String {
    if finding.subject.agency.is_empty() || finding.message.contains(&finding.subject.agency) {
        String::new()
    } else {
        format!("{}{}", finding.subject.agency, if zh { "：" } else { ": " })
    }
}

/// `合计不符2处、未报送1处`, the most frequent first.
fn by_rule(findings: &[&Finding], zh: bool) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        let record = rule(&finding.rule);
        *counts.entry(if zh { &record.title } else { &record.title_en }).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let said: Vec<String> =
        counts.into_iter().map(|(title, n)| if zh { format!("{title}{n}处") } else { format!("{title} {n}") }).collect();
    said.join(if zh { "、" } else { ", " })
}
