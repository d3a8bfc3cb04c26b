//! A chart file and the compilation make an SVG and a PNG, with the bundled Chinese font.
//!
//! A chart is a TOML record (`charts/*.toml`): kind, series of the form, title, note. Nothing here knows a series, an agency
//! or a form by name: the kinds ([`spec`]-checked, one file each in `kind/`) draw whatever series the record names, in the
//! language of the form. The way of a chart: [`load`] → the view of the compilation (`scope`) → a drawing (`kind`) with the
//! finding that its headline says → frame (`frame`) → plotters' SVG backend (`svg`) → [`png`].
//!
//! ```
//! let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../charts/01-requests-by-applicant.toml");
//! let chart = nianbao_chart::load(path.as_ref())?;
//! assert_eq!(chart.name, "01-requests-by-applicant");
//! # Ok::<(), nianbao_chart::ChartError>(())
//! ```
//!
//! [`spec`]: load
#![forbid(unsafe_code)]

mod axis;
mod built_in;
mod cut;
mod doubt;
mod figures;
mod font;
mod frame;
pub mod keys;
mod kind;
mod names;
mod number;
mod palette;
mod raster;
mod scene;
mod scope;
mod spec;
mod svg;
mod table;
mod target;
mod whole;
mod words;

#[cfg(test)]
mod tests;

use std::path::Path;

use nianbao_form::{Finding, Forms, Registry, nearest};

pub use built_in::built_in;
pub use figures::Figures;
pub use target::Target;

/// A chart file, read and proved.
#[derive(Clone, Debug)]
pub struct Chart {
    /// File name without `.toml`; the name of the pictures.
    pub name: String,
    /// Title of the file, before `{…}` are filled.
    pub title: String,
    /// The file as it is written.
    pub file: String,
    spec: spec::Spec,
    /// The same in English, where the file has the words.
    english: Option<spec::Spec>,
}

impl Chart {
    /// The record of its kind.
    pub fn kind(&self) -> Option<&'static keys::KindRecord> {
        keys::kind(spec::word(self.spec.kind))
    }

    /// The ids of the series that it draws, and of those that are their totals.
    pub fn series(&self) -> impl Iterator<Item = &str> {
        self.spec.all().map(|item| item.id.as_str()).chain(self.spec.totals())
    }
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The chart file is wrong.
    #[error(transparent)]
    File(#[from] nianbao_form::FormError),
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The agency or level that was asked for is not known.
    #[error("{0}")]
    Target(String),
    /// Drawing failed.
    #[error("chart `{0}`: {1}")]
    Draw(String, String),
}

/// What charts draw from.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Forms.
    pub forms: &'a Forms,
    /// Registry.
    pub registry: &'a Registry,
    /// Sums and series.
    pub figures: &'a Figures<'a>,
    /// Findings of the year.
    pub findings: &'a [Finding],
    /// The year that is published.
    pub year: u16,
    /// The language that is wished for, `zh` or `en`: a chart speaks English where its file and its form can.
    pub language: &'a str,
}

/// A chart as drawn.
#[derive(Clone, Debug)]
pub struct Picture {
    /// File name without extension.
    pub name: String,
    /// Title as drawn.
    pub title: String,
    /// What is seen, in a sentence; the alternative text.
    pub caption: String,
    /// SVG, text kept as text, used glyphs embedded.
    pub svg: String,
    /// The figures that are drawn, as text, for those who would rather read; empty where nothing is drawn.
    pub table: Table,
    /// The chart file that it was drawn from, as it is written.
    pub file: String,
}

/// Figures behind a drawing: heads of columns, then rows as wide as the heads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Heads.
    pub columns: Vec<String>,
    /// Rows; the first column names what the others are of.
    pub rows: Vec<Vec<String>>,
}

/// Reads a chart file.
///
/// # Errors
/// Names file, line and key.
pub fn load(path: &Path) -> Result<Chart, ChartError> {
    let read = |error| ChartError::Read { path: path.display().to_string(), error };
    let text = std::fs::read_to_string(path).map_err(read)?;
    parse(path, &text)
}

/// Reads the text of a chart file; `path` gives the chart its name and stands in messages.
///
/// # Errors
/// Names file, line and key.
pub fn parse(path: &Path, text: &str) -> Result<Chart, ChartError> {
    let spec = spec::read(path, text.trim_start_matches('\u{feff}'))?;
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Chart { name, title: spec.title.clone(), file: text.to_owned(), english: spec.in_english(), spec })
}

/// Draws one chart. A year, level or agency without data gives a chart that says so.
///
/// # Errors
/// A series that the form of the year does not have, with the nearest one.
pub fn draw(chart: &Chart, data: Data<'_>, target: &Target) -> Result<Picture, ChartError> {
    let (scene, framed) = compose(chart, data, target)?;
    picture(chart, &scene, framed)
}

/// Draws one chart as [`draw`] does, and as a PNG of the same drawing, 1,600 pixels wide: twice what the SVG is on a page.
///
/// # Errors
/// See [`draw`].
pub fn draw_png(chart: &Chart, data: Data<'_>, target: &Target) -> Result<(Picture, Vec<u8>), ChartError> {
    let (scene, framed) = compose(chart, data, target)?;
    let png = raster::png(&scene, framed.size).map_err(|e| ChartError::Draw(chart.name.clone(), e))?;
    Ok((picture(chart, &scene, framed)?, png))
}

fn picture(chart: &Chart, scene: &scene::Scene, framed: frame::Framed) -> Result<Picture, ChartError> {
    let head = svg::Head { id: &chart.name, title: &framed.title, describe: &framed.caption };
    let svg = svg::paint(scene, framed.size, &head).map_err(|e| ChartError::Draw(chart.name.clone(), e))?;
    Ok(Picture {
        name: chart.name.clone(),
        title: framed.title,
        caption: framed.caption,
        svg,
        table: framed.table,
        file: chart.file.clone(),
    })
}

/// The drawing before it is painted.
fn compose(chart: &Chart, data: Data<'_>, target: &Target) -> Result<(scene::Scene, frame::Framed), ChartError> {
    let english = chart.english.as_ref().filter(|_| data.language == "en" && speaks_english(data));
    let spec = english.unwrap_or(&chart.spec);
    let (scope, absent) = scope::Scope::new(spec, data, target, if english.is_some() { "en" } else { "zh" });
    for id in chart.series() {
        if scope.series(id).is_none() {
            let known = scope.known_series();
            let hint = match nearest(id, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
            };
            return Err(ChartError::Draw(chart.name.clone(), format!("the form of {} has no series `{id}`; {hint}", data.year)));
        }
    }
    let ctx = kind::Ctx { spec, scope: &scope, words: scope.words };
    let body = match absent {
        Some(absent) => kind::empty(&ctx, &absent),
        None => kind::draw(&ctx).unwrap_or_else(|| kind::empty(&ctx, &kind::absent(&ctx))),
    };
    Ok(frame::frame(&ctx, body))
}

/// Whether the form of the year has English words.
fn speaks_english(data: Data<'_>) -> bool {
    scope::form_of(data).is_some_and(|ix| data.forms.form(ix).in_language("en").language == "en")
}
