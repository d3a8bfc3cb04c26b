//! What `run.json` says of a run: every file that was read, options, versions. Clock times stand there alone.

use std::collections::BTreeMap;
use std::path::Path;

use nianbao_chart::Chart;
use nianbao_publish::{Input, InputKind, RunRecord};
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use crate::args::Common;
use crate::assess::Assessment;
use crate::inputs::{self, Office};
use crate::pipeline::Pipeline;
use crate::progress::Progress;

/// A run as far as it has come.
pub(crate) struct Run<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) office: &'a Office,
    pub(crate) charts: &'a [Chart],
    pub(crate) assessment: &'a Assessment,
    /// The year of `--year`.
    pub(crate) year_asked: Option<u16>,
    pub(crate) started: jiff::Timestamp,
}

/// The record of a run.
pub(crate) fn record(run: &Run<'_>, common: &Common, progress: &Progress) -> RunRecord {
    let Run { pipeline, charts, assessment, .. } = run;
    let durations: BTreeMap<String, f64> = progress.timings().into_iter().map(|(id, s)| (id.to_owned(), s)).collect();
    let checks = pipeline.checks.iter().map(|(rule, s)| (rule.clone(), json!(s.map_or("off", |s| s.as_str()))));
    RunRecord {
        inputs: inputs(run, common),
        options: json!({
            "year": assessment.year,
            "year_asked": run.year_asked,
            "lang": common.language().as_str(),
            "deadline": pipeline.deadline,
            "group": pipeline.group,
            "charts": charts.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
            "checks": checks.collect::<Map<_, _>>(),
        }),
        versions: BTreeMap::from([("nianbao".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
        started: run.started.to_string(),
        durations,
    }
}

/// Every file that was read, by path.
fn inputs(run: &Run<'_>, common: &Common) -> Vec<Input> {
    let Run { pipeline, office, assessment, .. } = run;
    let receipts = assessment.receipts.iter();
    let mut inputs: Vec<Input> = receipts
        .map(|r| Input { path: r.name.to_string(), sha256: r.sha256.clone(), bytes: r.bytes, kind: InputKind::Report })
        .collect();
    let configuration =
        pipeline.file.iter().chain(&pipeline.published).chain(&office.files).chain(&pipeline.form_files).chain(&common.form_file);
    inputs.extend(configuration.filter_map(|path| hashed(path, InputKind::Configuration)));
    let texts = inputs::text_files(pipeline, assessment.year);
    inputs.extend(texts.iter().filter_map(|(_, path)| hashed(path, InputKind::Text)));
    // The patterns were matched before, so that they match again.
    let charts = inputs::chart_files(pipeline).unwrap_or_default();
    inputs.extend(charts.iter().filter_map(|path| hashed(path, InputKind::Chart)));
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs.dedup_by(|a, b| a.path == b.path);
    inputs
}

fn hashed(path: &Path, kind: InputKind) -> Option<Input> {
    let bytes = std::fs::read(path).ok()?;
    let sha256 = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    Some(Input { path: path.to_string_lossy().replace('\\', "/"), sha256, bytes: bytes.len() as u64, kind })
}
