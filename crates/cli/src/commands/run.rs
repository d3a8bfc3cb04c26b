//! `nianbao run` and `nianbao FOLDER`: read, check, compile, draw, publish.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nianbao_chart::{Chart, Data, Figures, Picture, Target};
use nianbao_compile::{Reconciliation, reconcile_with_versions};
use nianbao_form::{Finding, Forms, Report};
use nianbao_intake::Source;
use nianbao_publish::{Edition, Entry, Notices};
use rayon::prelude::*;

use crate::args::{Common, FailOn, FolderArgs, RunArgs};
use crate::assess::{Assessment, Request, assess, fails, of_year};
use crate::commands::reconcile::published;
use crate::commands::to_stdout;
use crate::inputs::{self, Office};
use crate::outcome::{Done, Failure};
use crate::pipeline::Pipeline;
use crate::progress::Progress;
use crate::record;
use crate::summary;

/// What the command line adds to the pipeline.
struct Wish {
    year: Option<u16>,
    fail_on: FailOn,
    dry_run: bool,
}

pub(crate) fn run(args: &RunArgs, common: &Common) -> Result<Done, Failure> {
    let mut pipeline = Pipeline::load(&args.pipeline)?;
    if let Some(out) = &args.out {
        pipeline.out.clone_from(out);
    }
    let wish = Wish { year: args.year, fail_on: args.fail_on, dry_run: args.dry_run };
    publish(&pipeline, &wish, common).map(|(done, _)| done)
}

pub(crate) fn folder(args: &FolderArgs, common: &Common) -> Result<Done, Failure> {
    if !args.folder.is_dir() {
        return Err(Failure::usage(format!("{} is no folder", args.folder.display())));
    }
    let folder = args.folder.canonicalize().map_err(|e| Failure::usage(format!("{}: {e}", args.folder.display())))?;
    let pipeline = inputs::folder_pipeline(&folder);
    let wish = Wish { year: args.year, fail_on: FailOn::Never, dry_run: false };
    let (done, page) = publish(&pipeline, &wish, common)?;
    if let Some(page) = page {
        to_stdout(format!("{page}\n").as_bytes())?;
    }
    Ok(done)
}

fn publish(pipeline: &Pipeline, wish: &Wish, common: &Common) -> Result<(Done, Option<String>), Failure> {
    let started = jiff::Timestamp::now();
    let forms = inputs::forms(common, Some(pipeline))?;
    let office = Office::load(pipeline)?;
    let charts = charts(pipeline, &forms)?;
    let sources = inputs::matching(pipeline)?;
    if sources.is_empty() {
        let looked: Vec<String> = pipeline.reports.iter().map(ToString::to_string).collect();
        return Err(inputs::no_reports(&looked.join(", ")));
    }
    if wish.dry_run {
        return dry_run(pipeline, &office, &charts, &sources).map(|()| (Done::default(), None));
    }
    let progress = Progress::new(common);
    let assessment = {
        let request = Request {
            forms: &forms,
            office: &office,
            sources: &sources,
            year: wish.year,
            deadline: &pipeline.deadline,
            group: pipeline.group.as_deref(),
            severities: &pipeline.checks,
            ocr: pipeline.ocr,
            findings_only: false,
        };
        assess(&request, &progress)?
    };
    let year = assessment.year;
    let common = &common.speaking(assessment.form(&forms));
    let findings = of_year(&assessment.findings, year);
    let reconciliation = reconcile(pipeline, &forms, &office, &assessment)?;
    let texts = inputs::texts(pipeline, year)?;
    unknown_texts(&texts, assessment.form(&forms));
    let _lock = nianbao_publish::lock(&pipeline.out).map_err(|e| Failure::Output(e.into()))?;
    let pictures = draw(&charts, &forms, &office, &assessment, &findings, (&progress, common))?;

    let entries: Vec<Entry<'_>> = (0..assessment.reports.len())
        .map(|i| Entry {
            report: &assessment.reports[i],
            receipt: assessment.receipt_of[i],
            counted: assessment.counted[i],
            superseded: assessment.superseded[i],
        })
        .collect();
    let edition = Edition {
        forms: &forms,
        registry: &office.registry,
        year,
        lang: common.language().as_str(),
        receipts: &assessment.receipts,
        entries: &entries,
        findings: &findings,
        compilation: &assessment.compilation,
        charts: &pictures,
        texts,
        received: office.received.clone(),
        reconciliation: reconciliation.as_ref(),
        notices: Notices {
            severities: pipeline.notice_severities.clone(),
            answer_by: pipeline.answer_by.clone(),
            from: pipeline.from.clone(),
            deadline: deadline_of(&pipeline.deadline, year),
            thanks: pipeline.thanks,
        },
        group_name: group_name(&assessment, &office),
        office: office_name(pipeline, &assessment, &office),
        record: record::record(
            &record::Run { pipeline, office: &office, charts: &charts, assessment: &assessment, year_asked: wish.year, started },
            common,
            &progress,
        ),
    };
    let published = {
        let _stage = progress.stage("publish", "发布", "publishing", 0);
        nianbao_publish::publish(&edition, &pipeline.out).map_err(|e| Failure::Output(e.into()))?
    };
    let page = from_here(&published.page);
    let closing = summary::Closing { assessment: &assessment, findings: &findings, edited: &published.edited, page: &page };
    summary::tell_run(&closing, common);
    let done = Done { unread: assessment.unread(), failed_on: fails(&findings, wish.fail_on) };
    Ok((done, Some(published.address)))
}

/// The day by which reports on a year were due, if the pipeline or the law sets one.
fn deadline_of(month_day: &str, year: u16) -> String {
    if month_day.is_empty() { String::new() } else { format!("{}-{month_day}", year + 1) }
}

/// The totals that the pipeline says have been published, explained by the sums of the agencies.
fn reconcile(
    pipeline: &Pipeline,
    forms: &Forms,
    office: &Office,
    assessment: &Assessment,
) -> Result<Option<Reconciliation>, Failure> {
    let Some(path) = &pipeline.published else { return Ok(None) };
    let published = published(path, forms, office)?;
    let of =
        |flags: &[bool]| -> Vec<&Report> { assessment.reports.iter().zip(flags).filter(|(_, f)| **f).map(|(r, _)| r).collect() };
    let (counted, replaced) = (of(&assessment.counted), of(&assessment.superseded));
    let group = pipeline.group.as_deref();
    reconcile_with_versions(forms, &office.registry, &published, &counted, &replaced, group)
        .map(Some)
        .map_err(|e| Failure::Usage(e.into()))
}

/// Words of the office that belong to no section of the form are not lost in silence.
fn unknown_texts(texts: &BTreeMap<String, String>, form: Option<&nianbao_form::Form>) {
    let Some(form) = form else { return };
    let known: Vec<&str> = match form.sections.as_slice() {
        [] => vec!["overview"],
        sections => sections.iter().map(|s| s.id.as_str()).collect(),
    };
    for name in texts.keys().filter(|name| !known.contains(&name.as_str())) {
        let near = nianbao_form::nearest(name, known.iter().copied());
        let hint = near.map_or_else(|| format!("sections are {}", known.join(", ")), |near| format!("did you mean {near}.md?"));
        tracing::warn!("texts: {name}.md belongs to no section of form {} and is not published; {hint}", form.id);
    }
}

/// A path as a person standing here would write it.
fn from_here(path: &Path) -> PathBuf {
    let Ok(whole) = path.canonicalize() else { return path.to_owned() };
    let here = std::env::current_dir().and_then(|d| d.canonicalize());
    here.ok().and_then(|here| whole.strip_prefix(here).map(Path::to_owned).ok()).unwrap_or(whole)
}

/// The chart files of the pipeline, or the built-in ones where it names none.
fn charts(pipeline: &Pipeline, forms: &Forms) -> Result<Vec<Chart>, Failure> {
    if pipeline.charts.is_empty() {
        let mut charts = nianbao_chart::built_in().map_err(|e| Failure::Usage(e.into()))?;
        // They draw series of the statutory forms; a user's own form need not have them.
        let known = |id: &str| forms.iter().last().is_some_and(|(_, f)| f.series.iter().any(|s| s.id == id));
        charts.retain(|c| c.series().all(known));
        return Ok(charts);
    }
    let mut charts: Vec<Chart> = Vec::new();
    for file in inputs::chart_files(pipeline)? {
        let chart = nianbao_chart::load(&file).map_err(|e| Failure::Usage(e.into()))?;
        if charts.iter().any(|c| c.name == chart.name) {
            return Err(Failure::usage(format!("charts: two files are called {}.toml; pictures take that name", chart.name)));
        }
        charts.push(chart);
    }
    Ok(charts)
}

fn draw(
    charts: &[Chart],
    forms: &Forms,
    office: &Office,
    assessment: &Assessment,
    findings: &[Finding],
    (progress, common): (&Progress, &Common),
) -> Result<Vec<(Picture, Vec<u8>)>, Failure> {
    let stage = progress.stage("draw", "绘图", "drawing", charts.len());
    let figures = Figures::of(&assessment.compilation);
    let language = common.language().as_str();
    let data = Data { forms, registry: &office.registry, figures: &figures, findings, year: assessment.year, language };
    charts
        .par_iter()
        .map(|chart| {
            let drawn = nianbao_chart::draw_png(chart, data, &Target::default())?;
            stage.step();
            Ok(drawn)
        })
        .collect::<Result<Vec<_>, nianbao_chart::ChartError>>()
        .map_err(|e| Failure::Output(e.into()))
}

/// The name of the group at the top as titles say it, the groups above it in front: 某市某区.
fn group_name(assessment: &Assessment, office: &Office) -> String {
    let compilation = &assessment.compilation;
    let mut names: Vec<&str> = office.registry.ancestors(&compilation.root).iter().rev().map(|a| a.name.as_str()).collect();
    let own = compilation.root_name();
    names.retain(|above| !own.starts_with(*above));
    names.push(own);
    names.concat()
}

/// Who publishes: the pipeline's `[notices] from`, else the group itself.
fn office_name(pipeline: &Pipeline, assessment: &Assessment, office: &Office) -> String {
    match pipeline.from.as_str() {
        "" if assessment.compilation.root.is_empty() => String::new(),
        "" => group_name(assessment, office),
        from => from.to_owned(),
    }
}

/// Says what would be read and written.
fn dry_run(pipeline: &Pipeline, office: &Office, charts: &[Chart], sources: &[Source]) -> Result<(), Failure> {
    let mut text = String::new();
    for source in sources {
        text.push_str(&format!("read   {}\n", source.path.display()));
    }
    for file in pipeline.file.iter().chain(&office.files).chain(&pipeline.form_files) {
        text.push_str(&format!("read   {}\n", file.display()));
    }
    text.push_str(&format!(
        "draw   {} charts: {}\n",
        charts.len(),
        charts.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
    ));
    text.push_str(
        &format!("write  {}{}<year>{0}\n", pipeline.out.display(), std::path::MAIN_SEPARATOR)
            .replace("{0}", std::path::MAIN_SEPARATOR_STR),
    );
    to_stdout(text.as_bytes())
}
