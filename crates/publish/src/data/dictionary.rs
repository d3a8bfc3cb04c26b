//! The data dictionary: what every cell id, series id and column stands for, as tables and as a page to read.

use minijinja::{Value, context};
use nianbao_form::{Cell, Form, FormIx, Kind};

use super::columns::{CELL_IDS, FILES, SERIES_IDS, TableFile};
use super::delimited::table;
use crate::files::FileOut;
use crate::markup;
use crate::words::Lang;
use crate::{Edition, PublishError};

/// The forms that some report of the edition is printed in, and the one of its year.
fn used<'a>(edition: &Edition<'a>) -> Vec<(FormIx, &'a Form)> {
    let own = edition.form_ix();
    let has = |ix: FormIx| own == Some(ix) || edition.entries.iter().any(|e| e.report.form == ix);
    edition.forms.iter().filter(|(ix, _)| has(*ix)).collect()
}

fn cell_rows(edition: &Edition<'_>, form: &Form) -> Vec<Vec<String>> {
    let english = form.in_language("en");
    let row = |cell: &Cell| {
        let (def, block) = (form.def(*cell)?, form.block_of(*cell)?);
        let label = |line: &nianbao_form::Line| line.label.join("/");
        Some(vec![
            form.id.clone(),
            edition.forms.id(*cell).to_owned(),
            form.name(*cell),
            english.name(*cell),
            block.table.clone(),
            block.item.clone(),
            label(&block.rows[def.row]),
            label(&block.columns[def.column]),
            def.unit.clone(),
            if def.kind == Kind::Amount { "amount" } else { "count" }.to_owned(),
            def.local.to_string(),
        ])
    };
    form.cells.iter().chain(&form.local).filter_map(row).collect()
}

fn series_rows(edition: &Edition<'_>, form: &Form) -> Vec<Vec<String>> {
    let english = form.in_language("en");
    let ids = |cells: &[Cell]| cells.iter().map(|c| edition.forms.id(*c)).collect::<Vec<_>>().join(";");
    let row = |(own, other): (&nianbao_form::Series, &nianbao_form::Series)| {
        let (adds, divided) = (ids(&own.numerator), ids(&own.denominator));
        let words = [&form.id, &own.id, &own.label, &other.label, &own.unit, &adds, &divided, &own.break_note];
        words.map(String::clone).to_vec()
    };
    form.series.iter().zip(&english.series).map(row).collect()
}

/// `data/cell-ids.csv`.
pub(super) fn cell_ids(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    table("data/cell-ids.csv", &CELL_IDS, used(edition).into_iter().flat_map(|(_, form)| cell_rows(edition, form)))
}

/// `data/series-ids.csv`.
pub(super) fn series_ids(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    table("data/series-ids.csv", &SERIES_IDS, used(edition).into_iter().flat_map(|(_, form)| series_rows(edition, form)))
}

/// A list of ids as the CSV has it.
fn ids(list: &str) -> Vec<Value> {
    list.split(';').filter(|id| !id.is_empty()).map(Value::from).collect()
}

/// `data/dictionary.html`: the same to read.
pub(super) fn page(edition: &Edition<'_>) -> Result<FileOut, PublishError> {
    const PATH: &str = "data/dictionary.html";
    let lang = Lang::parse(edition.lang);
    let english = lang == Lang::En;
    let pick = |zh: &'static str, en: &'static str| if english { en } else { zh };
    // Not every edition is compared with published totals.
    let there = |f: &&TableFile| f.name != "reconciliation" || edition.reconciliation.is_some();
    let files: Vec<Value> = FILES
        .iter()
        .filter(there)
        .map(|f| {
            let columns = f.described().map(
                |(c, values)| context! { name => c.name, kind => c.kind, values => values.join(" | "), meaning => pick(c.zh, c.en) },
            );
            context! { name => f.name, title => pick(f.zh, f.en), columns => columns.collect::<Vec<_>>() }
        })
        .collect();
    let forms: Vec<Value> = used(edition)
        .into_iter()
        .map(|(_, form)| {
            let name = if english { 3 } else { 2 };
            let cells = cell_rows(edition, form).into_iter();
            let series = series_rows(edition, form).into_iter();
            context! {
                id => &form.id,
                title => if english { &form.in_language("en").report_title } else { &form.title },
                cells => cells.map(|r| context! { id => &r[1], name => &r[name], unit => &r[8] }).collect::<Vec<_>>(),
                series => series
                    .map(|r| context! { id => &r[1], name => &r[name], adds => ids(&r[5]), divided => ids(&r[6]) })
                    .collect::<Vec<_>>(),
            }
        })
        .collect();
    let context = context! {
        lang => lang.html(),
        t => Value::from_object(lang.all()),
        title => format!("{} – {}", lang.say("dictionary_title"), lang.data_title(&edition.group_name, edition.year)),
        files, forms,
    };
    let mut env = markup::environment();
    env.add_template("dictionary.html", include_str!("../../templates/dictionary.html")).map_err(PublishError::make(PATH))?;
    let text = env.get_template("dictionary.html").and_then(|t| t.render(context)).map_err(PublishError::make(PATH))?;
    Ok(FileOut::new(PATH, text.into_bytes()))
}
