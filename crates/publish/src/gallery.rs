//! The gallery of an edition's charts, `charts/index.html`: each with what it shows, the figures behind it, and its chart
//! file line by line with what each line changes. What kinds and keys mean is read from the records of `nianbao_chart`.

use std::path::Path;

use minijinja::{Value, context};
use nianbao_chart::Picture;
use nianbao_chart::keys::{self, KeyRecord, KindRecord};
use nianbao_form::Form;

use crate::files::{FileOut, href};
use crate::markup;
use crate::words::Lang;
use crate::{Edition, PublishError};

const PATH: &str = "charts/index.html";

/// The page; none where no chart was drawn.
pub(crate) fn gallery(edition: &Edition<'_>, form: &Form) -> Result<Vec<FileOut>, PublishError> {
    if edition.charts.is_empty() {
        return Ok(Vec::new());
    }
    // A form in English is published without Chinese words.
    let lang = if Lang::of_form(form) == Lang::En { Lang::En } else { Lang::parse(edition.lang) };
    let charts: Vec<Value> = edition.charts.iter().map(|(picture, png)| view(lang, picture, png.len())).collect();
    let title = match lang {
        Lang::Zh => format!("{}{}年度{}", edition.group_name, edition.year, lang.say("gallery_title")),
        Lang::En => format!("{} {}: {}", edition.group_name, edition.year, lang.say("gallery_title")).trim().to_owned(),
    };
    let context = context! { lang => lang.html(), title, charts, t => Value::from_object(lang.all()) };
    let text = page(context).map_err(PublishError::make(PATH))?;
    Ok(vec![FileOut::new(PATH, text.trim_start().as_bytes().to_vec())])
}

fn page(context: Value) -> Result<String, minijinja::Error> {
    let mut env = markup::environment();
    env.add_template("gallery.html", include_str!("../templates/gallery.html"))?;
    env.get_template("gallery.html")?.render(context)
}

fn view(lang: Lang, picture: &Picture, png: usize) -> Value {
    let kind = nianbao_chart::parse(Path::new(&picture.name), &picture.file).ok().and_then(|chart| chart.kind());
    let said = |texts: &[&'static str; 2]| texts[usize::from(lang == Lang::En)];
    let kind_view =
        kind.map(|k| context! { name => k.name, title => said(&k.title), shows => said(&k.shows), when => said(&k.when), method => said(&k.method) });
    let lines = lines(&picture.file);
    let used: Vec<&str> = lines.iter().flat_map(|(_, keys)| keys.iter().map(|k| k.name)).collect();
    let explain = |keys: &[&'static KeyRecord]| keys.iter().map(|k| said(&k.means)).collect::<Vec<_>>();
    let file: Vec<Value> = lines.iter().map(|(text, keys)| context! { text => *text, means => explain(keys) }).collect();
    let more = kind.map(|k| unused(k, &used)).unwrap_or_default();
    let more: Vec<Value> = more
        .iter()
        .map(|k| context! { name => k.name, value => said(&k.value), default => said(&k.default), means => said(&k.means) })
        .collect();
    // Long tables are folded: the picture is what they are looked up from.
    let open = picture.table.rows.len() <= 12;
    let rows: Vec<Value> = picture.table.rows.iter().map(|row| Value::from(row.clone())).collect();
    context! {
        id => anchor(&picture.name),
        name => &picture.name,
        svg => href(&format!("{}.svg", picture.name)),
        png => href(&format!("{}.png", picture.name)),
        svg_size => kilobytes(picture.svg.len()),
        png_size => kilobytes(png),
        title => &picture.title,
        caption => if picture.caption.is_empty() { &picture.title } else { &picture.caption },
        columns => Value::from(picture.table.columns.clone()),
        rows,
        open,
        kind => kind_view,
        file,
        more,
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{} kB", bytes.div_ceil(1024))
}

fn anchor(name: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '-' };
    format!("c-{}", name.chars().map(safe).collect::<String>())
}

/// The lines of a chart file, each with the keys that it is the first to set.
fn lines(file: &str) -> Vec<(&str, Vec<&'static KeyRecord>)> {
    let mut table = "";
    let mut seen: Vec<&str> = Vec::new();
    let mut out = Vec::new();
    for line in file.lines() {
        let text = line.trim();
        let mut found: Vec<&'static KeyRecord> = Vec::new();
        if let Some(name) = text.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            table = if name.trim() == "panel" { "panel." } else { "" };
            found.extend(keys::key(name.trim()));
        } else if !text.starts_with('#') {
            let (front, rest) = text.split_once('=').unwrap_or((text, ""));
            found.extend(keys::key(&format!("{table}{}", front.trim())));
            // Keys of what is listed: in braces, on this line or on one of its own.
            let listed = if front.contains('{') { text } else { rest };
            for name in ["id", "label", "role", "of"] {
                let said = listed.split(['{', ',']).any(|part| part.split('=').next().is_some_and(|k| k.trim() == name));
                found.extend(keys::key(&format!("series.{name}")).filter(|_| said && listed.contains('{')));
            }
        }
        found.retain(|k| !seen.contains(&k.name));
        seen.extend(found.iter().map(|k| k.name));
        out.push((line, found));
    }
    out
}

/// What a file of the kind could say besides.
fn unused(kind: &KindRecord, used: &[&str]) -> Vec<&'static KeyRecord> {
    kind.all_keys().filter(|k| !k.is_needed() && !used.contains(&k.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_explained_once() {
        let file = "# Why.\nkind = \"panels\"\n[[panel]]\ntitle = \"x\"\nseries = [\n  { id = \"a\", label = \"甲\" },\n  { id = \"b\" },\n]\n";
        let told: Vec<Vec<&str>> = lines(file).into_iter().map(|(_, keys)| keys.iter().map(|k| k.name).collect()).collect();
        let none: Vec<&str> = Vec::new();
        assert_eq!(
            told,
            [
                none.clone(),
                vec!["kind"],
                vec!["panel"],
                vec!["panel.title"],
                vec!["panel.series"],
                vec!["series.id", "series.label"],
                none.clone(),
                none
            ]
        );
    }
}
