//! The kinds of chart. Each draws in its own file, at the width of the picture and as high as it needs, and says what is
//! seen.

mod columns;
mod coverage;
mod dumbbell;
mod flow;
mod funnel;
mod heatmap;
mod limits;
mod multiples;
mod pair;
mod panels;
mod rank;
mod share;
mod slope;
mod stacked;
mod waterfall;

use crate::Table;
use crate::scene::{Area, Scene, Style};
use crate::scope::{Absent, Fig, Scope};
use crate::spec::{Item, Kind, Panel, Spec};
use crate::words::Words;

/// Width of every picture in pixels: twice what it usually is on a page, so that it stays sharp.
pub(crate) const WIDTH: f64 = 1600.0;
/// Left and right of everything.
pub(crate) const MARGIN: f64 = 56.0;
/// Text in drawings.
pub(crate) const TEXT: f64 = 25.0;
/// Text of axes and keys.
pub(crate) const SMALL: f64 = 22.0;

/// A drawing with what it says.
pub(crate) struct Body {
    pub(crate) scene: Scene,
    pub(crate) height: f64,
    /// What is seen, for the headline; without a full stop.
    pub(crate) finding: String,
    /// What kind of drawing of what it is, for those who do not see it; without a full stop.
    pub(crate) describe: String,
    pub(crate) notes: Vec<String>,
    /// The figures that are drawn.
    pub(crate) table: Table,
}

/// What a kind draws from.
pub(crate) struct Ctx<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) scope: &'a Scope<'a>,
    pub(crate) words: Words,
}

impl<'a> Ctx<'a> {
    /// A series' name: the chart file's, else the form's.
    pub(crate) fn label(&self, item: &Item) -> String {
        let form = || self.scope.series(&item.id).map_or_else(|| item.id.clone(), |s| s.label.clone());
        item.label.clone().unwrap_or_else(form)
    }

    /// What a panel is called: in its file, else as its only series is.
    pub(crate) fn title_of(&self, panel: &Panel) -> String {
        match panel.series.first() {
            Some(item) if panel.title.is_empty() => self.label(item),
            _ => panel.title.clone(),
        }
    }

    /// A series' unit: the chart file's, else the form's.
    pub(crate) fn unit(&self, item: &Item) -> &'a str {
        let form = || self.scope.series(&item.id).map_or("", |s| s.unit.as_str());
        self.spec.unit.as_deref().unwrap_or_else(form)
    }

    /// What the quantity is called in sentences: the chart file's word, else the label of the first series.
    pub(crate) fn what(&self) -> String {
        match (self.spec.what.is_empty(), self.spec.series.first()) {
            (true, Some(item)) => self.label(item),
            _ => self.spec.what.clone(),
        }
    }

    /// A figure in words with its unit.
    pub(crate) fn amount(&self, fig: Fig, unit: &str) -> String {
        self.words.amount(&fig.text(), unit)
    }

    /// The notes that go with breaks of series and lower bounds.
    pub(crate) fn notes(&self, breaks: &[(u16, &str)], lower: bool) -> Vec<String> {
        let mut notes: Vec<String> = breaks.iter().map(|(year, why)| self.words.break_note(*year, why)).collect();
        if lower {
            notes.push(self.words.lower_note());
        }
        notes
    }
}

/// Draws the chart; `None` if there is no figure for the year.
pub(crate) fn draw(ctx: &Ctx<'_>) -> Option<Body> {
    match ctx.spec.kind {
        Kind::Stacked => stacked::draw(ctx),
        Kind::Share => share::draw(ctx),
        Kind::Flow => flow::draw(ctx),
        Kind::Rank => rank::draw(ctx),
        Kind::Funnel => funnel::draw(ctx),
        Kind::Heatmap => heatmap::draw(ctx),
        Kind::Panels => panels::draw(ctx),
        Kind::Coverage => coverage::draw(ctx),
        Kind::Multiples => multiples::draw(ctx),
        Kind::Dumbbell => dumbbell::draw(ctx),
        Kind::Slope => slope::draw(ctx),
        Kind::Waterfall => waterfall::draw(ctx),
    }
}

/// Why a chart could not be drawn: no figure for the year, or none to compare it with.
pub(crate) fn absent(ctx: &Ctx<'_>) -> Absent {
    let compares = matches!(ctx.spec.kind, Kind::Dumbbell | Kind::Slope | Kind::Waterfall);
    let back = ctx.spec.back.unwrap_or(1).max(1);
    let known = |item: &Item| ctx.scope.members.iter().any(|m| ctx.scope.of(&item.id, &m.id, ctx.scope.year).value().is_some());
    match ctx.scope.year.checked_sub(back) {
        Some(last) if compares && ctx.spec.series.iter().any(known) => Absent::Before(last),
        _ => Absent::Year,
    }
}

/// A chart that says that there is nothing to draw.
pub(crate) fn empty(ctx: &Ctx<'_>, absent: &Absent) -> Body {
    use crate::palette::{GRID, Rgb};
    let text = ctx.words.absent(absent, ctx.scope.year);
    let mut scene = Scene::default();
    let area = Area::new(MARGIN, 0.0, WIDTH - 2.0 * MARGIN, 380.0);
    scene.rect(area, Rgb(0xf7, 0xf9, 0xfa));
    scene.frame(area, GRID, 2);
    let inner = Area::new(area.x + 40.0, area.y, area.w - 80.0, area.h);
    scene.name(inner, Style::new(36.0).muted().middle(), &text);
    Body { scene, height: area.h, finding: text.clone(), describe: text, notes: Vec::new(), table: Table::default() }
}
