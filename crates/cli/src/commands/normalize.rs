//! `nianbao normalize`: documents to normalised cells.

use std::path::Path;

use nianbao_form::{Registry, Report};
use nianbao_intake::{Reading, Tesseract};
use nianbao_publish::Format;

use crate::args::{Common, NormalizeArgs};
use crate::assess::failed;
use crate::commands::{Listener, extension, output, to_stdout};
use crate::inputs;
use crate::outcome::{Done, Failure};
use crate::progress::Progress;
use crate::summary;

pub(crate) fn normalize(args: &NormalizeArgs, common: &Common) -> Result<Done, Failure> {
    let format = match &args.output {
        Some(path) => match extension(path, &["csv", "jsonl", "parquet"])? {
            "jsonl" => Format::Jsonl,
            "parquet" => Format::Parquet,
            _ => Format::Csv,
        },
        None => Format::Csv,
    };
    let forms = inputs::forms(common, None)?;
    let (sources, found) = inputs::from_paths(&args.paths)?;
    let registry = registry(args.registry.as_deref().or(found.as_deref()))?;
    let tesseract = if args.ocr { Some(Tesseract::find().map_err(Failure::usage)?) } else { None };
    let reading = Reading { forms: &forms, registry: &registry, tesseract: tesseract.as_ref() };
    if args.explain {
        for source in &sources {
            to_stdout(reading.explain(source).as_bytes())?;
        }
        return Ok(Done::default());
    }
    let progress = Progress::new(common);
    let receipts = {
        let stage = progress.stage("read", "读取", "reading", sources.len());
        reading.all(&sources, &|_| stage.step())
    };
    let mut reports: Vec<&Report> = receipts.iter().flat_map(|r| &r.reports).collect();
    let order = |r: &Report| {
        let id = r.agency_id.clone().unwrap_or_default();
        (r.year, id, r.agency.clone(), r.source.clone())
    };
    reports.sort_by_cached_key(|r| order(r));
    match &args.output {
        Some(path) => output(nianbao_publish::write_cells(Some(path), &mut std::io::sink(), &forms, &reports, format), path)?,
        None => {
            let mut out = Listener::default();
            let written = nianbao_publish::write_cells(None, &mut out, &forms, &reports, format);
            if !out.gone() {
                output(written, Path::new("standard output"))?;
            }
        }
    }
    for receipt in receipts.iter().filter(|r| !r.reason.is_empty() && !r.is_system()) {
        summary::tell_receipt(receipt, common);
    }
    Ok(Done { unread: receipts.iter().any(failed), failed_on: false })
}

/// The registry that a command uses: empty without a file.
pub(crate) fn registry(path: Option<&Path>) -> Result<Registry, Failure> {
    match path {
        Some(path) => nianbao_intake::read_registry(path).map(|(r, _)| r).map_err(|e| Failure::Usage(e.into())),
        None => Ok(Registry::default()),
    }
}
