//! `run.json`: what was read and written, by which program, and which output comes from which inputs. The only file with
//! clock times in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use nianbao_form::{Severity, Status};
use serde_json::{Map, Value as Json, json};

use crate::files::FileOut;
use crate::{Edition, InputKind, PublishError};

/// The record of the run; `published` says how many seconds each part of publishing took.
pub(crate) fn run_json(
    edition: &Edition<'_>,
    outputs: &[FileOut],
    published: &BTreeMap<String, f64>,
) -> Result<FileOut, PublishError> {
    let record = &edition.record;
    let durations: BTreeMap<&String, &f64> = record.durations.iter().chain(published).collect();
    let run = json!({
        "year": edition.year,
        "inputs": record.inputs.iter().map(|i| {
            json!({"path": i.path, "sha256": i.sha256, "bytes": i.bytes, "kind": i.kind.as_str()})
        }).collect::<Vec<_>>(),
        "outputs": outputs.iter().map(|o| {
            json!({"path": o.path, "sha256": o.sha256, "bytes": o.bytes.len()})
        }).collect::<Vec<_>>(),
        "lineage": lineage(edition, outputs),
        "versions": record.versions,
        "options": record.options,
        "counts": counts(edition),
        "started": record.started,
        "durations": durations.iter().map(|(k, v)| ((*k).clone(), json!((*v * 1e6).round() / 1e6))).collect::<serde_json::Map<_, _>>(),
    });
    pretty("run.json", &run)
}

fn counts(edition: &Edition<'_>) -> Json {
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for receipt in edition.receipts {
        *files.entry(receipt.status.as_str()).or_default() += 1;
    }
    let open = |severity: Severity| {
        edition.findings.iter().filter(|f| f.severity == severity && f.status == Status::Open && f.leads()).count()
    };
    let root = &edition.compilation.root;
    let of_year = || edition.compilation.coverage.iter().filter(|c| c.year == edition.year && c.group_id == *root);
    json!({
        "files": files,
        "reports": edition.entries.len(),
        "counted": edition.counted().count(),
        "expected": of_year().filter(|c| c.status != "unknown-agency").count(),
        "missing": of_year().filter(|c| c.status == "missing").count(),
        "findings": edition.findings.len(),
        "open": {"error": open(Severity::Error), "warning": open(Severity::Warning), "info": open(Severity::Info)},
    })
}

pub(super) fn pretty(path: &str, json: &Json) -> Result<FileOut, PublishError> {
    let mut text = serde_json::to_vec_pretty(json).map_err(PublishError::make(&Path::new(path).to_string_lossy()))?;
    text.push(b'\n');
    Ok(FileOut::new(path, text))
}

/// Which output comes from which inputs. Inputs that many outputs share stand once, in a set; an output lists sets and
/// single files.
fn lineage(edition: &Edition<'_>, outputs: &[FileOut]) -> Json {
    let inputs = &edition.record.inputs;
    let of_kind = |kind: InputKind| inputs.iter().filter(move |i| i.kind == kind).map(|i| i.path.as_str());
    let mut sets = Map::new();
    for kind in [InputKind::Report, InputKind::Configuration, InputKind::Text] {
        sets.insert(kind.as_str().to_owned(), json!(of_kind(kind).collect::<Vec<_>>()));
    }
    let mut by_agency: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for entry in edition.entries.iter().filter(|e| e.report.year <= edition.year) {
        let name = edition.receipts.get(entry.receipt).map(|r| r.name.as_ref());
        by_agency.entry(entry.report.agency_key()).or_default().extend(name);
    }
    let set = |kind: InputKind| json!({ "set": kind.as_str() });
    let file = |path: &str| json!({ "path": path });
    let mut of = Map::new();
    for output in outputs {
        let mut from = vec![set(InputKind::Configuration)];
        match &output.agency {
            Some(key) => from.extend(by_agency.get(key.as_str()).into_iter().flatten().map(|p| file(p))),
            None => from.push(set(InputKind::Report)),
        }
        if output.path.starts_with("district-report.") {
            from.push(set(InputKind::Text));
        }
        if let Some(picture) = output.path.strip_prefix("charts/") {
            let stem = |path: &str| Path::new(path).file_stem().map(std::ffi::OsStr::to_os_string);
            from.extend(of_kind(InputKind::Chart).filter(|c| stem(c) == stem(picture)).map(file));
        }
        of.insert(output.path.clone(), json!(from));
    }
    json!({ "sets": sets, "outputs": of })
}
