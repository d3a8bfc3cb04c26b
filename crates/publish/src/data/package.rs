//! `data/datapackage.json`: Data Package 2.0 (https://datapackage.org), valid under `frictionless validate`.

use serde_json::{Value as Json, json};

use super::columns::{Column, FILES, TableFile};
use super::run::pretty;
use crate::files::FileOut;
use crate::words::Lang;
use crate::{Edition, PublishError};

/// The data package of what lies under `data/`.
pub(crate) fn data_package(edition: &Edition<'_>, outputs: &[FileOut]) -> Result<FileOut, PublishError> {
    let lang = Lang::parse(edition.lang);
    let mut data: Vec<&FileOut> = outputs.iter().filter(|f| f.path.starts_with("data/")).collect();
    data.sort_by(|a, b| a.path.cmp(&b.path));
    let title = lang.data_title(&edition.group_name, edition.year);
    let resources: Vec<Json> = data.iter().map(|f| resource(f, lang)).collect();
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": format!("nianbao-{}", edition.year),
        "title": title,
        "description": lang.say("package_description"),
        "version": edition.year.to_string(),
        "resources": resources,
    });
    pretty("data/datapackage.json", &package)
}

fn resource(file: &FileOut, lang: Lang) -> Json {
    let path = file.path.trim_start_matches("data/");
    let (stem, ending) = path.rsplit_once('.').unwrap_or((path, ""));
    let table = FILES.iter().find(|f| f.name == stem && ending == "csv");
    let mut resource = json!({
        "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
        "name": if table.is_some() { stem.to_owned() } else { format!("{stem}-{ending}") },
        "path": path,
        "format": ending,
        "mediatype": match ending {
            "csv" => "text/csv",
            "parquet" => "application/vnd.apache.parquet",
            _ => "text/html",
        },
        "bytes": file.bytes.len(),
        "hash": format!("sha256:{}", file.sha256),
    });
    match table {
        Some(table) => {
            resource["type"] = json!("table");
            resource["title"] = json!(if lang == Lang::En { table.en } else { table.zh });
            resource["encoding"] = json!("utf-8");
            resource["schema"] = schema(table, lang);
        }
        // Checked by size and hash; frictionless cannot do both for a table that is Parquet. Its columns are those of the CSV.
        None => resource["type"] = json!("file"),
    }
    resource
}

fn schema(table: &TableFile, lang: Lang) -> Json {
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": table.described().map(|(column, values)| field(column, values, lang)).collect::<Vec<_>>(),
        "missingValues": [""],
    })
}

fn field(column: &Column, values: &[&str], lang: Lang) -> Json {
    let description = if lang == Lang::En { column.en } else { column.zh };
    let mut field = json!({"name": column.name, "type": column.kind, "description": description});
    if !values.is_empty() {
        field["constraints"] = json!({ "enum": values });
    }
    field
}
