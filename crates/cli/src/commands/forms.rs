//! `nianbao forms`: what forms are known, and every cell and identity of one.

use std::fmt::Write;

use nianbao_form::{Form, Forms, Kind, nearest};
use serde_json::json;

use crate::args::{Common, FormsArgs, FormsFormat};
use crate::commands::to_stdout;
use crate::inputs;
use crate::outcome::{Done, Failure};

pub(crate) fn forms(args: &FormsArgs, common: &Common) -> Result<Done, Failure> {
    let forms = inputs::forms(common, None)?;
    let text = match &args.form {
        None => list(&forms, args.format),
        Some(id) => one(&forms, find(&forms, id)?, args.format),
    };
    to_stdout(text.as_bytes())?;
    Ok(Done::default())
}

/// A form by id, or the nearest one named.
pub(crate) fn find<'a>(forms: &'a Forms, id: &str) -> Result<&'a Form, Failure> {
    forms.find(id).map(|ix| forms.form(ix)).ok_or_else(|| {
        let known: Vec<&str> = forms.iter().map(|(_, f)| f.id.as_str()).collect();
        let hint = nearest(id, known.iter().copied())
            .map_or_else(|| format!("known: {}", known.join(", ")), |n| format!("did you mean {n}?"));
        Failure::usage(format!("no form `{id}`; {hint}"))
    })
}

fn years(form: &Form) -> String {
    match form.to {
        Some(to) if to == form.from => format!("{to}"),
        Some(to) => format!("{}-{to}", form.from),
        None => format!("{}-", form.from),
    }
}

fn list(forms: &Forms, format: FormsFormat) -> String {
    let mut out = String::new();
    match format {
        FormsFormat::Text => {
            for (_, f) in forms.iter() {
                let _ = writeln!(
                    out,
                    "{}  reporting years {}  {} cells  {} identities of rank {}  {} chains  {} ({})",
                    f.id,
                    years(f),
                    f.cells.len(),
                    f.identities.len(),
                    f.rank(),
                    f.chains.len(),
                    f.title,
                    f.issued_as
                );
            }
        }
        FormsFormat::Csv => {
            let mut w = csv::Writer::from_writer(Vec::new());
            let _ = w.write_record(["form", "from", "to", "cells", "identities", "rank", "chains", "title", "issued_as"]);
            for (_, f) in forms.iter() {
                let to = f.to.map(|t| t.to_string()).unwrap_or_default();
                let _ = w.write_record([
                    &f.id,
                    &f.from.to_string(),
                    &to,
                    &f.cells.len().to_string(),
                    &f.identities.len().to_string(),
                    &f.rank().to_string(),
                    &f.chains.len().to_string(),
                    &f.title,
                    &f.issued_as,
                ]);
            }
            out = String::from_utf8_lossy(&w.into_inner().unwrap_or_default()).into_owned();
        }
        FormsFormat::Json => {
            let all: Vec<_> = forms
                .iter()
                .map(|(_, f)| {
                    json!({"form": f.id, "from": f.from, "to": f.to, "title": f.title, "issued_as": f.issued_as,
                        "cells": f.cells.len(), "identities": f.identities.len(), "rank": f.rank(), "chains": f.chains.len()})
                })
                .collect();
            out = format!("{:#}\n", json!(all));
        }
    }
    out
}

struct Row {
    cell: String,
    table: String,
    item: String,
    row: String,
    column: String,
    unit: String,
    local: bool,
}

fn rows(form: &Form) -> Vec<Row> {
    form.cells
        .iter()
        .chain(&form.local)
        .filter_map(|&c| form.def(c))
        .map(|d| {
            let block = &form.blocks[d.block];
            Row {
                cell: d.id.clone(),
                table: block.table.clone(),
                item: block.item.clone(),
                row: block.rows[d.row].label.join("/"),
                column: block.columns[d.column].label.join("/"),
                unit: d.unit.clone(),
                local: d.local,
            }
        })
        .collect()
}

fn one(forms: &Forms, form: &Form, format: FormsFormat) -> String {
    let sides = |cells: &[nianbao_form::Cell]| cells.iter().map(|c| forms.id(*c)).collect::<Vec<_>>().join(" + ");
    let mut out = String::new();
    match format {
        FormsFormat::Csv => {
            let mut w = csv::Writer::from_writer(Vec::new());
            let _ = w.write_record(["cell", "table", "item", "row", "column", "unit"]);
            for r in rows(form).iter().filter(|r| !r.local) {
                let _ = w.write_record([&r.cell, &r.table, &r.item, &r.row, &r.column, &r.unit]);
            }
            out = String::from_utf8_lossy(&w.into_inner().unwrap_or_default()).into_owned();
        }
        FormsFormat::Json => {
            let cells: Vec<_> = rows(form)
                .iter()
                .map(|r| json!({"cell": r.cell, "table": r.table, "item": r.item, "row": r.row, "column": r.column, "unit": r.unit, "local": r.local}))
                .collect();
            let identities: Vec<_> = form
                .identities
                .iter()
                .map(|i| {
                    let ids = |cells: &[nianbao_form::Cell]| cells.iter().map(|c| forms.id(*c)).collect::<Vec<_>>();
                    json!({"name": i.name, "instance": i.instance, "parts": ids(&i.parts), "whole": ids(&i.whole), "label": i.label})
                })
                .collect();
            let chains: Vec<_> = form
                .chains
                .iter()
                .map(|c| {
                    let terms = |t: &[nianbao_form::Term]| {
                        t.iter().map(|t| format!("{}{}", if t.sign < 0 { "-" } else { "" }, forms.id(t.cell))).collect::<Vec<_>>()
                    };
                    json!({"name": c.name, "instance": c.instance, "this": terms(&c.this), "last": terms(&c.last), "across": c.across, "label": c.label})
                })
                .collect();
            let value = json!({"form": form.id, "title": form.title, "issued_as": form.issued_as, "from": form.from, "to": form.to,
                "cells": cells, "identities": identities, "rank": form.rank(), "chains": chains});
            out = format!("{value:#}\n");
        }
        FormsFormat::Text => {
            let _ = writeln!(out, "{}  {}  {}  reporting years {}", form.id, form.title, form.issued_as, years(form));
            let _ = writeln!(out, "\n{} cells (* local: added by agencies on their own, never absent)", form.cells.len());
            for r in rows(form) {
                let mark = if r.local { "*" } else { " " };
                let labels =
                    [r.table, r.item, r.row, r.column].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" | ");
                let _ = writeln!(out, "{mark} {:<62} {labels}  [{}]", r.cell, r.unit);
            }
            let counts = form.cells.iter().filter(|c| forms.kind(**c) == Kind::Count).count();
            let _ = writeln!(out, "  {counts} counts, {} amounts", form.cells.len() - counts);
            let (n, rank) = (form.identities.len(), form.rank());
            let _ = writeln!(out, "\n{n} identities of rank {rank}: {} of them follow from the others", n - rank);
            for i in &form.identities {
                let _ = writeln!(out, "  {:<40} {} = {}", i.key(), sides(&i.parts), sides(&i.whole));
            }
            let _ = writeln!(out, "\n{} chains across years", form.chains.len());
            for c in &form.chains {
                let terms = |t: &[nianbao_form::Term]| {
                    t.iter()
                        .map(|t| format!("{}{}", if t.sign < 0 { "−" } else { "+" }, forms.id(t.cell)))
                        .collect::<Vec<_>>()
                        .join(" ")
                };
                let across = if c.across { " (also from the form before)" } else { "" };
                let _ = writeln!(
                    out,
                    "  {}: {}  of the year before = {}  of the year{across}",
                    c.name,
                    terms(&c.last),
                    terms(&c.this)
                );
            }
            for w in &form.crosswalk {
                let _ = writeln!(out, "  crosswalk: {} = {}", sides(&w.old), sides(&w.new));
            }
        }
    }
    out
}
