//! `data/datapackage.json` (Data Package 2.0, https://datapackage.org) and `run.json`.

use std::collections::BTreeMap;
use std::path::Path;

use nianbao_form::{Severity, Status};
use serde_json::{Value as Json, json};

use crate::files::FileOut;
use crate::{Edition, PublishError};

/// Columns that are not plain text: type and description by name. Names mean the same in every file.
fn field(name: &str) -> Json {
    let (kind, description) = match name {
        "agency" => ("string", "name as in the registry, else as in the document"),
        "agency_id" => ("string", "registry id"),
        "year" => ("integer", "reporting year"),
        "cell" => ("string", "cell id; `a;b` where a finding is about several"),
        "value" => ("number", "exact decimal; money in 10,000 yuan"),
        "numerator" | "denominator" => ("number", "exact sum of cells"),
        "state" => ("string", "number, blank, none (a mark such as /), text, absent"),
        "form" => ("string", "generation of the form"),
        "raw" => ("string", "the text as found"),
        "place" => ("string", "where it stood"),
        "report" => ("string", "the file it came from, relative to the input folder"),
        "derived" => ("string", "empty if read; else the identity that proves the value"),
        "bytes" => ("integer", "size of the file"),
        "sha256" => ("string", "SHA-256 of the file"),
        "status" => ("string", "status of the file, the finding or the agency's figures"),
        "numbers" | "blanks" | "unmapped" => ("integer", "how many cells or passages"),
        "counted" => ("boolean", "whether its figures are in the sums"),
        "reports" => ("integer", "how many reports are in the sum"),
        "missing" => ("integer", "how many expected figures are not known"),
        "change" => ("number", "change since the year before; empty where the two years cannot be compared"),
        "growth" => ("number", "the change in per cent of the year before; empty also where that is under 10"),
        "lower_bound" => ("boolean", "whether some expected figure is missing, so that the value is a lower bound"),
        "break" => ("string", "why figures before this year cannot be compared"),
        "influence" => ("number", "share of the district figure that the cell moves"),
        "severity" => ("string", "error, warning, info"),
        "key" => ("string", "made of rule, agency, year, cells and figures; decisions refer to it"),
        "cause" => ("string", "key of the finding that explains this one"),
        _ => ("string", ""),
    };
    if description.is_empty() {
        json!({"name": name, "type": kind})
    } else {
        json!({"name": name, "type": kind, "description": description})
    }
}

/// The data package of what lies under `data/`.
pub(crate) fn data_package(edition: &Edition<'_>, outputs: &[FileOut]) -> Result<FileOut, PublishError> {
    let mut data: Vec<&FileOut> = outputs.iter().filter(|f| f.path.starts_with("data/")).collect();
    data.sort_by(|a, b| a.path.cmp(&b.path));
    let resources: Vec<Json> = data.iter().map(|f| resource(f)).collect();
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": format!("nianbao-{}", edition.year),
        "title": format!("{}{}年政府信息公开工作年度报告数据", edition.group_name, edition.year),
        "resources": resources,
    });
    pretty("data/datapackage.json", &package)
}

fn resource(file: &FileOut) -> Json {
    let path = file.path.trim_start_matches("data/");
    let (stem, ending) = path.split_once('.').unwrap_or((path, ""));
    let csv = ending == "csv";
    let head = file.bytes.split(|b| *b == b'\n').next().filter(|_| csv).unwrap_or_default();
    let columns: Vec<String> = if csv {
        String::from_utf8_lossy(head).trim().split(',').map(str::to_owned).collect()
    } else {
        crate::data::CELLS.iter().map(|c| (*c).to_owned()).collect()
    };
    let mediatype = if csv { "text/csv" } else { "application/vnd.apache.parquet" };
    let mut resource = json!({
        "name": if csv { stem.to_owned() } else { format!("{stem}-{ending}") },
        "type": "table",
        "path": path,
        "format": ending,
        "mediatype": mediatype,
        "bytes": file.bytes.len(),
        "hash": format!("sha256:{}", file.sha256),
        "schema": {
            "fields": columns.iter().map(|c| field(c)).collect::<Vec<_>>(),
            "missingValues": [""],
        },
    });
    if csv {
        resource["encoding"] = json!("utf-8");
    }
    resource
}

/// The record of the run: the only file with clock times in it.
pub(crate) fn run_json(edition: &Edition<'_>, outputs: &[FileOut], rendered: f64, written: f64) -> Result<FileOut, PublishError> {
    let record = &edition.record;
    let files = |path: &str, sha256: &str, bytes: u64| json!({"path": path, "sha256": sha256, "bytes": bytes});
    let mut durations: BTreeMap<String, f64> = record.durations.clone();
    durations.insert("render".to_owned(), rendered);
    durations.insert("write".to_owned(), written);
    let run = json!({
        "year": edition.year,
        "inputs": record.inputs.iter().map(|i| files(&i.path, &i.sha256, i.bytes)).collect::<Vec<_>>(),
        "outputs": outputs.iter().map(|o| files(&o.path, &o.sha256, o.bytes.len() as u64)).collect::<Vec<_>>(),
        "versions": record.versions,
        "options": record.options,
        "counts": counts(edition),
        "started": record.started,
        "durations": durations.iter().map(|(k, v)| (k.clone(), json!((v * 1e6).round() / 1e6))).collect::<serde_json::Map<_, _>>(),
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

fn pretty(path: &str, json: &Json) -> Result<FileOut, PublishError> {
    let mut text = serde_json::to_vec_pretty(json).map_err(PublishError::make(&Path::new(path).to_string_lossy()))?;
    text.push(b'\n');
    Ok(FileOut::new(path, text))
}
