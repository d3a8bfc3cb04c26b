//! A chart file and the compilation make an SVG and a PNG, with the bundled Chinese font.
#![forbid(unsafe_code)]

use std::path::Path;

use nianbao_compile::Compilation;
use nianbao_form::{Finding, Forms, Registry};

/// A chart file, read and proved.
#[derive(Clone, Debug)]
pub struct Chart {
    /// File name without `.toml`; the name of the pictures.
    pub name: String,
    /// Title of the file, before `{…}` are filled.
    pub title: String,
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
    pub compilation: &'a Compilation,
    /// Findings of the year.
    pub findings: &'a [Finding],
    /// The year that is published.
    pub year: u16,
}

/// For whom it is drawn.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// A level (kind of group) instead of the chart file's.
    pub level: Option<String>,
    /// An agency, by id or name, instead of the group at the top.
    pub agency: Option<String>,
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
}

/// Reads a chart file.
///
/// # Errors
/// Names file, line and key.
pub fn load(_path: &Path) -> Result<Chart, ChartError> {
    Ok(Chart { name: String::new(), title: String::new() })
}

/// Draws one chart. A year, level or agency without data gives a chart that says so.
///
/// # Errors
/// See [`ChartError`].
pub fn draw(chart: &Chart, _data: Data<'_>, _target: &Target) -> Result<Picture, ChartError> {
    Ok(Picture { name: chart.name.clone(), title: String::new(), caption: String::new(), svg: String::new() })
}

/// The picture as PNG, drawn from its SVG with the bundled font alone, so that it looks the same everywhere.
///
/// # Errors
/// See [`ChartError`].
pub fn png(_picture: &Picture) -> Result<Vec<u8>, ChartError> {
    Ok(Vec::new())
}
