//! A chart file as it is written.

use std::collections::BTreeMap;
use std::path::Path;

use nianbao_form::{FormError, explain_toml, nearest};
use serde::Deserialize;

use crate::keys::{self, KINDS};
use crate::palette;

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Parts on top of each other, a column a year.
    Stacked,
    /// Parts of a whole, a bar of 100 % a year.
    Share,
    /// What comes in and what becomes of it in one year.
    Flow,
    /// Agencies by size.
    Rank,
    /// A ratio against its denominator, with the limits of chance.
    Funnel,
    /// Agency × year.
    Heatmap,
    /// Several small drawings side by side, each with its own scale.
    Panels,
    /// Who has reported, and the findings.
    Coverage,
    /// A small drawing for every agency.
    Multiples,
    /// This year against last, agency by agency.
    Dumbbell,
    /// Two years as the ends of lines.
    Slope,
    /// From last year's total to this year's, agency by agency.
    Waterfall,
}

/// What a series is in a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Comes in.
    In,
    /// Goes out.
    Out,
    /// A part of the outgoing series that `of` names.
    Part,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Draw {
    /// Columns of one series.
    Bars,
    /// Columns of several series on top of each other.
    Stacked,
    /// Lines.
    Lines,
}

/// A series to be drawn.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) label: Option<String>,
    pub(crate) role: Option<Role>,
    pub(crate) of: Option<String>,
}

/// One of several drawings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Panel {
    /// Empty for the name of its only series.
    #[serde(default)]
    pub(crate) title: String,
    pub(crate) draw: Draw,
    pub(crate) series: Vec<Item>,
    /// The series that is the whole of a stack.
    pub(crate) total: Option<String>,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    pub(crate) kind: Kind,
    /// Headline; `{group}`, `{year}` and `{finding}` are filled.
    pub(crate) title: String,
    /// What is drawn.
    pub(crate) subtitle: String,
    /// What the quantity is called in the headline's sentence.
    #[serde(default)]
    pub(crate) what: String,
    /// A remark below the drawing.
    #[serde(default)]
    pub(crate) note: String,
    /// Another unit than the series'.
    pub(crate) unit: Option<String>,
    /// Whose figures: a kind of group or agency instead of the group at the top (sums) or of all agencies (comparisons).
    pub(crate) level: Option<String>,
    /// How many years back.
    pub(crate) years: Option<usize>,
    /// How many agencies are drawn one by one.
    pub(crate) top: Option<usize>,
    /// Ratios with a smaller denominator are marked.
    pub(crate) small: Option<u32>,
    /// How many years back the other end of a slope lies.
    pub(crate) back: Option<u16>,
    /// What the denominator of a funnel is called.
    pub(crate) axis: Option<String>,
    /// The series that is the whole of the parts.
    pub(crate) total: Option<String>,
    #[serde(default)]
    pub(crate) series: Vec<Item>,
    #[serde(default)]
    pub(crate) panel: Vec<Panel>,
    /// The file's texts in English.
    #[serde(default)]
    english: BTreeMap<String, String>,
}

impl Spec {
    /// The same chart in English, where its file has the words. What is called as the form calls it takes the form's words.
    pub(crate) fn in_english(&self) -> Option<Spec> {
        let words = &self.english;
        if words.is_empty() {
            return None;
        }
        let mut out = self.clone();
        for text in
            [&mut out.title, &mut out.subtitle, &mut out.note].into_iter().chain(out.panel.iter_mut().map(|p| &mut p.title))
        {
            if let Some(english) = words.get(text.as_str()) {
                text.clone_from(english);
            }
        }
        out.what = words.get(&self.what).cloned().unwrap_or_default();
        for text in [&mut out.unit, &mut out.axis] {
            *text = text.as_ref().and_then(|t| words.get(t)).cloned();
        }
        for item in out.series.iter_mut().chain(out.panel.iter_mut().flat_map(|p| &mut p.series)) {
            item.label = item.label.as_ref().and_then(|l| words.get(l)).cloned();
        }
        Some(out)
    }

    /// The series that are wholes of parts.
    pub(crate) fn totals(&self) -> impl Iterator<Item = &str> {
        self.total.iter().chain(self.panel.iter().filter_map(|p| p.total.as_ref())).map(String::as_str)
    }

    /// Every series that is drawn as a part or by itself.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Item> {
        self.series.iter().chain(self.panel.iter().flat_map(|p| &p.series))
    }
}

/// Reads and proves a chart file.
pub(crate) fn read(path: &Path, text: &str) -> Result<Spec, FormError> {
    let spec: Spec = toml::from_str(text).map_err(|e| explained(explain_toml(path, text, &e)))?;
    let refuse = |key: &str, message: String| FormError {
        path: path.to_owned(),
        line: line_of_key(text, key),
        key: key.to_owned(),
        message,
    };
    fields(&spec).map_err(|(key, message)| refuse(key, message))?;
    numbers_of_series(&spec).map_err(|(key, message)| refuse(key, message))?;
    english(&spec).map_err(|message| refuse("english", message))?;
    unused(&spec).map_err(|key| {
        let used: Vec<&str> = KINDS.iter().filter(|k| k.takes(key)).map(|k| k.name).collect();
        let message = format!("a chart of kind `{}` does not use it, only {}; take it out", word(spec.kind), used.join(", "));
        refuse(key, message)
    })?;
    Ok(spec)
}

fn fields(spec: &Spec) -> Result<(), (&'static str, String)> {
    let own = [("title", &spec.title), ("subtitle", &spec.subtitle), ("note", &spec.note)];
    for (key, text) in own.into_iter().chain(spec.english.values().map(|text| ("english", text))) {
        let mut rest = text.as_str();
        while let Some(open) = rest.find('{') {
            let name = rest[open + 1..].split('}').next().unwrap_or_default();
            if !["group", "year", "finding"].contains(&name) {
                return Err((key, format!("unknown field {{{name}}}; known are {{group}}, {{year}} and {{finding}}")));
            }
            rest = &rest[open + 1..];
        }
    }
    Ok(())
}

/// Every text that is in the drawing whatever the form says has its English, and what has English is a text of the file.
fn english(spec: &Spec) -> Result<(), String> {
    if spec.english.is_empty() {
        return Ok(());
    }
    let titles = spec.panel.iter().map(|p| p.title.as_str());
    let own: Vec<&str> = [spec.title.as_str(), &spec.subtitle, &spec.note].into_iter().chain(titles).collect();
    let said = |text: &str| text.is_empty() || text == "{finding}" || spec.english.contains_key(text);
    if let Some(text) = own.iter().find(|text| !said(text)) {
        return Err(format!("`{text}` has no English here; without [english] the chart stays in its own language"));
    }
    let labels = spec.all().filter_map(|i| i.label.as_deref());
    let other = [Some(spec.what.as_str()), spec.unit.as_deref(), spec.axis.as_deref()].into_iter().flatten();
    let all: Vec<&str> = own.into_iter().chain(labels).chain(other).collect();
    match spec.english.keys().find(|text| !all.contains(&text.as_str())) {
        None => Ok(()),
        Some(text) => {
            let near = nearest(text, all.iter().copied()).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            Err(format!("`{text}` is no text of this file{near}"))
        }
    }
}

fn numbers_of_series(spec: &Spec) -> Result<(), (&'static str, String)> {
    let n = spec.series.len();
    let kind = word(spec.kind);
    match spec.kind {
        Kind::Coverage if n > 0 => {
            return Err(("series", "a chart of kind `coverage` draws reports and findings, no series".into()));
        }
        Kind::Rank | Kind::Funnel | Kind::Heatmap | Kind::Multiples | Kind::Dumbbell | Kind::Slope | Kind::Waterfall
            if n != 1 =>
        {
            return Err(("series", format!("a chart of kind `{kind}` draws one series, not {n}")));
        }
        Kind::Stacked | Kind::Share if !(2..=palette::MOST).contains(&n) => {
            return Err(("series", format!("a chart of kind `{kind}` draws two to {} series, not {n}", palette::MOST)));
        }
        Kind::Flow => flow_roles(spec)?,
        Kind::Panels => panels(spec)?,
        _ => {}
    }
    if spec.kind != Kind::Panels && !spec.panel.is_empty() {
        return Err(("panel", format!("only a chart of kind `panels` has panels, not `{kind}`")));
    }
    if let Some(item) = spec.all().find(|i| spec.kind != Kind::Flow && (i.role.is_some() || i.of.is_some())) {
        return Err(("series", format!("`{}` has a role; only a chart of kind `flow` knows roles", item.id)));
    }
    Ok(())
}

fn flow_roles(spec: &Spec) -> Result<(), (&'static str, String)> {
    let count = |role| spec.series.iter().filter(|i| i.role == Some(role)).count();
    if count(Role::In) == 0 || count(Role::Out) == 0 || spec.series.iter().any(|i| i.role.is_none()) {
        return Err((
            "series",
            "a chart of kind `flow` needs a role (in, out or part) for every series, and at least one in and one out".into(),
        ));
    }
    for item in &spec.series {
        let known = |of: &String| spec.series.iter().any(|i| i.id == *of && i.role == Some(Role::Out));
        if (item.role == Some(Role::Part)) != item.of.as_ref().is_some_and(known) {
            return Err((
                "series",
                format!("`{}`: `of` names the outgoing series of which it is a part, and parts only have it", item.id),
            ));
        }
    }
    if count(Role::Part) > palette::MOST {
        return Err(("series", format!("at most {} parts", palette::MOST)));
    }
    Ok(())
}

fn panels(spec: &Spec) -> Result<(), (&'static str, String)> {
    if spec.panel.is_empty() || spec.panel.len() > 6 || !spec.series.is_empty() {
        return Err((
            "panel",
            "a chart of kind `panels` has one to six [[panel]] with series of their own, and no others".into(),
        ));
    }
    for p in &spec.panel {
        let most = match p.draw {
            Draw::Bars => 1,
            Draw::Lines => 4,
            Draw::Stacked => palette::MOST,
        };
        if p.title.is_empty() && p.series.len() != 1 {
            return Err(("panel", format!("a panel of {} series needs a title", p.series.len())));
        }
        if p.total.is_some() && p.draw != Draw::Stacked {
            return Err(("total", format!("`{}` has a total; only a panel that is drawn `stacked` has one", p.title)));
        }
        if p.series.is_empty() || p.series.len() > most {
            return Err(("panel", format!("`{}` draws {} series where 1 to {most} can be", p.title, p.series.len())));
        }
    }
    Ok(())
}

/// The first key that the kind has no use for: an option that does nothing would be a lie.
fn unused(spec: &Spec) -> Result<(), &'static str> {
    let Some(record) = keys::kind(word(spec.kind)) else { return Ok(()) };
    let said = [
        ("years", spec.years.is_some()),
        ("top", spec.top.is_some()),
        ("small", spec.small.is_some()),
        ("unit", spec.unit.is_some()),
        ("axis", spec.axis.is_some()),
        ("back", spec.back.is_some()),
        ("what", !spec.what.is_empty()),
        ("total", spec.total.is_some()),
    ];
    said.into_iter().find(|(name, said)| *said && !record.takes(name)).map_or(Ok(()), |(name, _)| Err(name))
}

/// Says what the nearest known key means, where a key is not known.
fn explained(mut error: FormError) -> FormError {
    let near = error.message.split_once("did you mean `").and_then(|(_, rest)| rest.split_once('`')).map(|(near, _)| near);
    let named = |name: &str| keys::key(name).or_else(|| keys::key(&format!("series.{name}")));
    if let Some(record) = near.and_then(named) {
        let said = format!(" ({}: {})", record.name, record.means[1]);
        error.message.push_str(&said);
    }
    error
}

/// The word of the kind in the file.
pub(crate) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Stacked => "stacked",
        Kind::Share => "share",
        Kind::Flow => "flow",
        Kind::Rank => "rank",
        Kind::Funnel => "funnel",
        Kind::Heatmap => "heatmap",
        Kind::Panels => "panels",
        Kind::Coverage => "coverage",
        Kind::Multiples => "multiples",
        Kind::Dumbbell => "dumbbell",
        Kind::Slope => "slope",
        Kind::Waterfall => "waterfall",
    }
}

fn line_of_key(text: &str, key: &str) -> usize {
    let starts = |line: &str| {
        let line = line.trim_start().trim_start_matches('[');
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', ']']))
    };
    text.lines().position(starts).map_or(0, |i| i + 1)
}
