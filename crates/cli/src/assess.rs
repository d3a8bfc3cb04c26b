//! Files to findings and sums: the part that `run`, `check` and `chart` have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use nianbao_check as check;
use nianbao_compile::Compilation;
use nianbao_form::registry::name_key;
use nianbao_form::{Finding, Forms, Registry, Report, Severity, Status, Subject};
use nianbao_intake::{Reading, Receipt, Source, Tesseract};
use nianbao_screen::{self as screen, Scope, collection, corrections, decisions};
use rayon::prelude::*;

use crate::args::Common;
use crate::inputs::{self, Office};
use crate::outcome::Failure;
use crate::pipeline::Pipeline;
use crate::progress::Progress;

/// What is asked for.
pub(crate) struct Request<'a> {
    pub(crate) forms: &'a Forms,
    pub(crate) office: &'a Office,
    pub(crate) sources: &'a [Source],
    /// The year to publish; none for the latest.
    pub(crate) year: Option<u16>,
    /// `MM-DD`.
    pub(crate) deadline: &'a str,
    pub(crate) group: Option<&'a str>,
    pub(crate) severities: &'a BTreeMap<String, Option<Severity>>,
    /// Whether tables that are pictures are to be recognised.
    pub(crate) ocr: bool,
    /// Whether nothing is published, so that there need be no year.
    pub(crate) findings_only: bool,
}

/// Files and folders of the command line with the tables that go with them: what `check`, `reconcile` and `chart` start
/// from.
pub(crate) struct Given {
    pub(crate) forms: Forms,
    pub(crate) office: Office,
    pub(crate) sources: Vec<Source>,
    pub(crate) pipeline: Pipeline,
}

impl Given {
    /// `pipeline` gives registry, decisions and severities; without it `registry`, or an agencies.csv in a folder.
    pub(crate) fn new(
        paths: &[PathBuf],
        pipeline: Option<&Path>,
        registry: Option<&Path>,
        common: &Common,
    ) -> Result<Given, Failure> {
        let (sources, found) = inputs::from_paths(paths)?;
        let pipeline = match pipeline {
            Some(path) => Pipeline::load(path)?,
            None => Pipeline {
                registry: registry.map(Path::to_owned).or(found),
                deadline: crate::pipeline::DEADLINE.to_owned(),
                ..Pipeline::default()
            },
        };
        let forms = inputs::forms(common, Some(&pipeline))?;
        let office = Office::load(&pipeline)?;
        Ok(Given { forms, office, sources, pipeline })
    }

    /// [`assess`] over all of it, the latest year in front.
    pub(crate) fn assess(&self, progress: &Progress) -> Result<Assessment, Failure> {
        self.assess_for(false, progress)
    }

    /// The same for who wants the findings alone: files of which none is a report are findings too.
    pub(crate) fn findings(&self, progress: &Progress) -> Result<Assessment, Failure> {
        self.assess_for(true, progress)
    }

    fn assess_for(&self, findings_only: bool, progress: &Progress) -> Result<Assessment, Failure> {
        let request = Request {
            findings_only,
            forms: &self.forms,
            office: &self.office,
            sources: &self.sources,
            year: None,
            deadline: &self.pipeline.deadline,
            group: self.pipeline.group.as_deref(),
            severities: &self.pipeline.checks,
            ocr: self.pipeline.ocr,
        };
        assess(&request, progress)
    }
}

/// What came of it.
pub(crate) struct Assessment {
    /// What became of every file; their reports have moved to `reports`.
    pub(crate) receipts: Vec<Receipt>,
    /// Every report that was read, with derived values filled in.
    pub(crate) reports: Vec<Report>,
    /// Position of each report's receipt.
    pub(crate) receipt_of: Vec<usize>,
    pub(crate) counted: Vec<bool>,
    pub(crate) superseded: Vec<bool>,
    /// Findings of all years, ranked.
    pub(crate) findings: Vec<Finding>,
    pub(crate) compilation: Compilation,
    pub(crate) year: u16,
}

impl Assessment {
    /// The form of the year.
    pub(crate) fn form<'f>(&self, forms: &'f Forms) -> Option<&'f nianbao_form::Form> {
        self.compilation.form_of(self.year).map(|ix| forms.form(ix))
    }

    /// Whether an input could not be read.
    pub(crate) fn unread(&self) -> bool {
        self.receipts.iter().any(failed)
    }
}

/// Whether nothing could be taken from a file that somebody may have meant as a report.
pub(crate) fn failed(receipt: &Receipt) -> bool {
    receipt.has_failed()
}

/// Reads, checks, chooses, compiles and screens.
pub(crate) fn assess(request: &Request<'_>, progress: &Progress) -> Result<Assessment, Failure> {
    let (forms, registry) = (request.forms, &request.office.registry);
    // A batch job goes on without: what was not recognised is listed with its reason.
    let tesseract = request.ocr.then(Tesseract::find);
    if let Some(Err(problem)) = &tesseract {
        progress.warn(
            "图片中的表格无法识别，将照常列为未读取",
            "pictures of tables cannot be recognised and stay unread",
            problem,
        );
    }
    let tesseract = tesseract.and_then(Result::ok);
    let mut receipts = {
        let stage = progress.stage("read", "读取", "reading", request.sources.len());
        Reading { forms, registry, tesseract: tesseract.as_ref() }.all(request.sources, &|_| stage.step())
    };
    let (mut reports, mut receipt_of) = (Vec::new(), Vec::new());
    for (i, receipt) in receipts.iter_mut().enumerate() {
        let (dated, undated): (Vec<Report>, Vec<Report>) =
            std::mem::take(&mut receipt.reports).into_iter().partition(|r| r.year > 0);
        if !undated.is_empty() {
            // A figure without a year belongs in no sum.
            let lost = dated.is_empty();
            receipt.status = if lost { nianbao_intake::Status::Unreadable } else { nianbao_intake::Status::Partial };
            receipt.reason = "未能确定报告属于哪个年度，请在标题或文件名中写明年度".to_owned();
            receipt.reason_en = "the reporting year could not be told; write it in the title or the file name".to_owned();
        }
        for report in dated {
            reports.push(report);
            receipt_of.push(i);
        }
    }
    let years: BTreeSet<u16> = reports.iter().map(|r| r.year).collect();
    if years.is_empty() && request.findings_only {
        return nothing_read(request, receipts);
    }
    let owed = request.year.is_some_and(|y| registry.expected(y).next().is_some() && forms.for_year(y).is_some());
    let year = choose_year(request.year, &years, owed, &receipts)?;
    let mut findings = correct(request, &mut reports)?;
    findings.extend(check_all(request, &mut reports, progress));

    let arrivals = arrivals(request, &reports, &receipt_of, &receipts);
    let mut selection = collection::select(forms, registry, &arrivals);
    let deadline = collection::Deadline::parse(request.deadline).ok_or_else(|| {
        Failure::usage(format!("[collection] deadline = \"{}\": expected MM-DD, such as 01-31", request.deadline))
    })?;
    let mut of_collection = std::mem::take(&mut selection.findings);
    of_collection.extend(collection::missing(registry, year, &arrivals, &selection));
    of_collection.extend(collection::late(registry, &arrivals, deadline));
    of_collection.extend(collection::registry_findings(registry, &request.office.problems));
    let unreadable = collection::unreadable(&failures(&receipts, registry, year));
    explain_missing(&mut of_collection, &unreadable);
    of_collection.extend(unreadable);
    drop(arrivals);
    let superseded: Vec<bool> = selection.superseded_by.iter().map(Option::is_some).collect();
    let resent = resent(request, &reports, &selection, &findings);
    // A superseded report is history: what was wrong in it has been put right or stands in its successor.
    let history: BTreeSet<Subject> =
        reports.iter().zip(&superseded).filter(|(_, old)| **old).map(|(r, _)| Subject::of(r)).collect();
    findings.retain(|f| !history.contains(&f.subject));
    findings.extend(of_collection);
    findings.extend(resent);

    let counted: Vec<&Report> = reports.iter().zip(&selection.counted).filter(|(_, c)| **c).map(|(r, _)| r).collect();
    findings.extend(check::check_chains(forms, registry, &counted));
    findings.extend(check::check_prose(forms, registry, &counted));
    let compilation = {
        let _stage = progress.stage("compile", "汇总", "compiling", 0);
        nianbao_compile::compile_for(forms, registry, &counted, request.group, Some(year))
            .map_err(|e| Failure::Usage(e.into()))?
    };
    let totals = compilation.at_the_top().collect();
    let scope = Scope { forms, registry, totals: &totals, reports: &counted, year };
    {
        let _stage = progress.stage("screen", "比对", "screening", 0);
        findings.extend(screen::outliers(scope));
        findings.extend(screen::copied(scope));
    }
    apply_severities(&mut findings, request.severities);
    let in_run = |_: &str, year: u16| years.contains(&year);
    let stale = decisions::apply(&request.office.decisions, &mut findings, registry, in_run);
    findings.extend(stale);
    inherit_status(&mut findings);
    screen::rank(scope, &mut findings);
    drop(counted);
    Ok(Assessment { receipts, counted: selection.counted, reports, receipt_of, superseded, findings, compilation, year })
}

/// Files of which none is a report: why, file by file.
fn nothing_read(request: &Request<'_>, receipts: Vec<Receipt>) -> Result<Assessment, Failure> {
    let registry = &request.office.registry;
    let mut findings = collection::unreadable(&failures(&receipts, registry, 0));
    findings.extend(collection::registry_findings(registry, &request.office.problems));
    apply_severities(&mut findings, request.severities);
    let compilation = nianbao_compile::compile(request.forms, registry, &[], None).map_err(|e| Failure::Usage(e.into()))?;
    Ok(Assessment {
        receipts,
        reports: Vec::new(),
        receipt_of: Vec::new(),
        counted: Vec::new(),
        superseded: Vec::new(),
        findings,
        compilation,
        year: 0,
    })
}

/// Puts the office's corrections in, before anything is worked out from the figures.
fn correct(request: &Request<'_>, reports: &mut [Report]) -> Result<Vec<Finding>, Failure> {
    let others: Vec<&str> = reports.iter().filter(|r| r.agency_id.is_none()).map(|r| r.agency.as_str()).collect();
    let corrections = request.office.corrections(request.forms, &others)?;
    if corrections.is_empty() {
        return Ok(Vec::new());
    }
    let mut findings: Vec<Finding> =
        reports.iter_mut().flat_map(|r| corrections::apply(&corrections, request.forms, r)).collect();
    for correction in &corrections {
        if !reports.iter().any(|r| r.year == correction.year && r.agency_key() == correction.agency) {
            findings.push(corrections::without_report(correction, request.forms, &request.office.registry));
        }
    }
    Ok(findings)
}

/// Checks every report, with the others as evidence, and fills in what arithmetic proves.
fn check_all(request: &Request<'_>, reports: &mut [Report], progress: &Progress) -> Vec<Finding> {
    let stage = progress.stage("check", "检查", "checking", reports.len());
    let checker = check::Checker::new(request.forms, &request.office.registry);
    let references: Vec<&Report> = reports.iter().collect();
    let checked = checker.together(&references, || stage.step());
    reports.par_iter_mut().zip(&checked).for_each(|(report, checked)| check::fill_derived(report, &checked.derived));
    checked.into_iter().flat_map(|checked| checked.findings).collect()
}

/// What every file that was sent again changes in the one before it: cell by cell, and which findings it settles and makes.
fn resent(request: &Request<'_>, reports: &[Report], selection: &collection::Selection, findings: &[Finding]) -> Vec<Finding> {
    let (forms, registry) = (request.forms, &request.office.registry);
    let pairs: Vec<(usize, usize)> =
        selection.superseded_by.iter().enumerate().filter_map(|(i, later)| later.map(|later| (i, later))).collect();
    let mut own: BTreeMap<Subject, Vec<Finding>> =
        pairs.iter().flat_map(|&(a, b)| [a, b]).map(|at| (Subject::of(&reports[at]), Vec::new())).collect();
    for finding in findings {
        if let Some(list) = own.get_mut(&finding.subject) {
            list.push(finding.clone());
        }
    }
    let counted = reports.iter().zip(&selection.counted).filter(|(_, counted)| **counted);
    let by_year: BTreeMap<(&str, u16), &Report> = counted.map(|(r, _)| ((r.agency_key(), r.year), r)).collect();
    let all_of = |report: &Report| {
        let last = report.year.checked_sub(1).and_then(|y| by_year.get(&(report.agency_key(), y))).copied();
        let mut all = own.get(&Subject::of(report)).cloned().unwrap_or_default();
        all.extend(check::check_report_prose(forms, registry, report, last));
        let chains = last.map(|last| check::check_chains(forms, registry, &[last, report])).unwrap_or_default();
        all.extend(chains.into_iter().filter(|f| f.subject.year == report.year));
        all
    };
    let mut out = Vec::new();
    for (earlier, later) in pairs {
        let pair = (&reports[earlier], &reports[later]);
        let restated = check::check_restated(forms, pair.0, pair.1);
        out.extend(check::check_resent(forms, pair, (&all_of(pair.0), &all_of(pair.1)), &restated));
        out.extend(restated);
    }
    out
}

fn arrivals<'a>(
    request: &'a Request<'_>,
    reports: &'a [Report],
    receipt_of: &[usize],
    receipts: &'a [Receipt],
) -> Vec<collection::Arrival<'a>> {
    // Equal bytes make the same report only where the file holds but one.
    let mut held = vec![0usize; receipts.len()];
    for &at in receipt_of {
        held[at] += 1;
    }
    reports
        .iter()
        .zip(receipt_of)
        .map(|(report, &at)| collection::Arrival {
            report,
            bytes_equal_key: (held[at] == 1).then_some(receipts[at].sha256.as_str()),
            received: request.office.received.get(report.source.as_ref()).map(String::as_str),
        })
        .collect()
}

/// Files of which nothing could be taken, with whose they seem to be: the agency whose name or alias is the longest in
/// the file's name, if only one is.
fn failures(receipts: &[Receipt], registry: &Registry, year: u16) -> Vec<collection::FailedFile> {
    let failed = receipts.iter().filter(|r| failed(r));
    failed
        .map(|r| {
            let key = name_key(r.name.rsplit('/').next().unwrap_or_default());
            let named: Vec<_> = registry.names().filter(|(name, a)| a.exists(year) && key.contains(&name_key(name))).collect();
            let longest = named.iter().map(|(name, _)| name.chars().count()).max();
            let ids: BTreeSet<&str> =
                named.iter().filter(|(name, _)| Some(name.chars().count()) == longest).map(|(_, a)| a.id.as_str()).collect();
            let other_year =
                (2000..2100).any(|y: u16| y != year && key.contains(&y.to_string())) && !key.contains(&year.to_string());
            let agency = ids.first().filter(|_| ids.len() == 1 && !other_year).and_then(|id| registry.get(id));
            let subject = agency.map_or_else(Subject::default, |a| Subject {
                agency_id: a.id.clone(),
                agency: a.name.clone(),
                year,
                report: String::new(),
            });
            collection::FailedFile { name: r.name.to_string(), reason: r.reason.clone(), reason_en: r.reason_en.clone(), subject }
        })
        .collect()
}

/// A report that is missing because its file cannot be read has that as its cause.
fn explain_missing(findings: &mut [Finding], unreadable: &[Finding]) {
    for finding in findings.iter_mut().filter(|f| f.rule == "missing-report") {
        let same = |u: &&Finding| u.subject.agency_id == finding.subject.agency_id && u.subject.year == finding.subject.year;
        if let Some(cause) = unreadable.iter().find(same) {
            finding.cause = Some(cause.cause_key().to_owned());
        }
    }
}

/// The year that is published; `owed` says whether the registry awaits reports of the one that is wished for.
fn choose_year(wish: Option<u16>, years: &BTreeSet<u16>, owed: bool, receipts: &[Receipt]) -> Result<u16, Failure> {
    let Some(&latest) = years.last() else {
        let list: Vec<String> = receipts.iter().map(|r| format!("{}: {}", r.name, r.reason_en)).collect();
        return Err(Failure::usage(format!(
            "none of the {} files is a report, nothing was written:\n  {}",
            list.len(),
            list.join("\n  ")
        )));
    };
    match wish {
        None => Ok(latest),
        Some(year) if years.contains(&year) => Ok(year),
        // Between the years that are there, or right after them: whoever owes a report can be reminded before the first is in.
        Some(year) if owed && years.first().is_some_and(|first| *first <= year) && year <= latest + 1 => Ok(year),
        Some(year) => {
            let near = years.iter().min_by_key(|y| y.abs_diff(year)).copied().unwrap_or(latest);
            Err(Failure::usage(format!(
                "--year {year}: there is no report of that year; the nearest is {near}, the latest {latest}"
            )))
        }
    }
}

/// Switches and severities of the pipeline's `[checks]`.
fn apply_severities(findings: &mut Vec<Finding>, severities: &BTreeMap<String, Option<Severity>>) {
    findings.retain(|f| severities.get(&f.rule).is_none_or(Option::is_some));
    for finding in findings {
        if let Some(Some(severity)) = severities.get(&finding.rule) {
            finding.severity = *severity;
        }
    }
}

/// What another finding explains is settled with it.
fn inherit_status(findings: &mut [Finding]) {
    let settled: BTreeMap<String, Status> = findings
        .iter()
        .filter(|f| f.cause.is_none() && f.status != Status::Open)
        .map(|f| (f.cause_key().to_owned(), f.status))
        .collect();
    for finding in findings.iter_mut().filter(|f| f.status == Status::Open) {
        if let Some(status) = finding.cause.as_ref().and_then(|cause| settled.get(cause)) {
            finding.status = *status;
        }
    }
}

/// Whether a finding that nobody has settled is at or above `--fail-on`.
pub(crate) fn fails(findings: &[Finding], fail_on: crate::args::FailOn) -> bool {
    let bar = match fail_on {
        crate::args::FailOn::Never => return false,
        crate::args::FailOn::Warning => Severity::Warning,
        crate::args::FailOn::Error => Severity::Error,
    };
    findings.iter().any(|f| f.leads() && f.severity >= bar && matches!(f.status, Status::Open | Status::Confirmed))
}

/// Findings that concern the year: its own, and those of no year.
pub(crate) fn of_year(findings: &[Finding], year: u16) -> Vec<Finding> {
    findings.iter().filter(|f| f.subject.year == year || f.subject.year == 0).cloned().collect()
}
