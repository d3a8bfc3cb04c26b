//! Columns over the years, of one series or of several on top of each other; for whole charts and for panels.

use crate::axis;
use crate::font;
use crate::palette::{ACCENT, MAIN, MUTED, PALE, Rgb, text_on};
use crate::scene::{Area, Scene, Style};
use crate::scope::Fig;
use crate::words::Words;

/// What the columns show.
pub(crate) struct Columns<'a> {
    pub(crate) words: Words,
    pub(crate) years: &'a [u16],
    /// One column a year: its parts from the bottom upwards.
    pub(crate) stacks: Vec<Vec<Fig>>,
    /// What stands above each column: the whole of its parts.
    pub(crate) wholes: Vec<Fig>,
    /// Colours of the parts; empty for a single series, whose last column stands out.
    pub(crate) colors: Vec<Rgb>,
    pub(crate) breaks: &'a [(u16, &'a str)],
    pub(crate) percent: bool,
    /// Ratios with a smaller denominator are hollow.
    pub(crate) small: f64,
    pub(crate) size: f64,
    /// Whether the parts have their figures in them.
    pub(crate) inside: bool,
}

/// Figures smaller than this can not be read on a page.
const LEGIBLE: f64 = 15.0;

fn total(stack: &[Fig]) -> f64 {
    stack.iter().filter_map(|f| f.value()).sum()
}

/// Where the parts of the last column came to stand: middle and height.
pub(crate) type Parts = Vec<(f64, f64)>;

impl Columns<'_> {
    /// Whether any figure is a lower bound.
    pub(crate) fn lower(&self) -> bool {
        self.wholes.iter().any(|w| w.lower) || self.stacks.iter().any(|s| Fig::sum(s.iter().copied()).lower)
    }

    /// Whether any ratio has a small denominator.
    pub(crate) fn any_small(&self) -> bool {
        self.stacks.iter().flatten().any(|f| self.is_small(*f))
    }

    fn is_small(&self, fig: Fig) -> bool {
        fig.ratio && fig.value().is_some() && fig.base() < self.small
    }

    /// Draws into the area; tick labels stand left of it, years below it, in `size * 1.6`.
    pub(crate) fn draw(&self, scene: &mut Scene, area: Area) -> Parts {
        // Room for the figure above the highest column.
        let room = Area::new(area.x, area.y + self.size * 1.5, area.w, area.h - self.size * 1.5);
        let ticks = self.ticks();
        let scale = axis::vertical(scene, room, &ticks, self.size * 0.9, self.percent, self.words.zh);
        let slot = area.w / self.years.len() as f64;
        self.rules(scene, area, slot);
        axis::years(scene, area, self.years, self.size);
        let widest = (0..self.stacks.len()).map(|i| font::width(&self.total_text(i), 100.0)).fold(0.0, f64::max);
        let size = (self.size).min((slot - 6.0) / widest.max(1.0) * 100.0);
        let mut tops = Vec::new();
        let mut parts = Parts::new();
        for (i, stack) in self.stacks.iter().enumerate() {
            let x = area.x + slot * (i as f64 + 0.5);
            let w = (slot * 0.62).min(130.0).round();
            parts = self.column(scene, &scale, Area::new(x - w / 2.0, 0.0, w, 0.0), i);
            let (last, top) = (i + 1 == self.years.len(), scale(total(stack)));
            tops.push(top);
            if size >= LEGIBLE {
                scene.text(x, top - size * 0.35, Style::new(size).middle().strong(last), self.total_text(i));
            } else if last {
                // Where not every figure would be legible the last alone is written, above the columns that it reaches over.
                let text = self.total_text(i);
                let under = (font::width(&text, self.size) / slot).ceil() as usize + 1;
                let top = tops.iter().rev().take(under).copied().fold(f64::MAX, f64::min);
                scene.text(area.right(), top - self.size * 0.35, Style::new(self.size).right().strong(true), text);
            }
        }
        parts
    }

    fn ticks(&self) -> Vec<f64> {
        let most = self.stacks.iter().map(|s| total(s)).fold(0.0, f64::max);
        let whole = !self.percent && self.stacks.iter().flatten().all(|f| f.numerator.is_none_or(|m| m % 1_000_000 == 0));
        axis::ticks(most, 4, whole)
    }

    /// How much the tick labels need left of the area.
    pub(crate) fn axis_width(&self) -> f64 {
        let wide =
            self.ticks().into_iter().map(|t| font::width(&axis::tick(t, self.words.zh), self.size * 0.9)).fold(0.0, f64::max);
        wide + 14.0 + if self.percent { self.size } else { 0.0 }
    }

    fn total_text(&self, i: usize) -> String {
        match self.stacks[i].iter().any(|f| f.value().is_some()) {
            true => self.wholes[i].text(),
            false => self.words.no_data().to_owned(),
        }
    }

    fn column(&self, scene: &mut Scene, scale: &impl Fn(f64) -> f64, place: Area, i: usize) -> Parts {
        let (stack, whole, last) = (&self.stacks[i], self.wholes[i], i + 1 == self.years.len());
        let mut parts = Parts::new();
        let mut below = 0.0;
        for (k, fig) in stack.iter().enumerate() {
            let value = fig.value().unwrap_or(0.0).max(0.0);
            let (bottom, top) = (scale(below).round(), scale(below + value).round());
            below += value;
            let color = self.colors.get(k).copied().unwrap_or(if last { MAIN } else { PALE });
            // Even the smallest part that is there is seen.
            let h = if value > 0.0 { (bottom - top).max(2.0) } else { 0.0 };
            let area = Area::new(place.x, bottom - h, place.w, h);
            parts.push((bottom - h / 2.0, h));
            if h == 0.0 {
                continue;
            }
            if self.colors.is_empty() && (fig.lower || self.is_small(*fig)) {
                scene.hollow(area, if last { MAIN } else { MUTED });
                continue;
            }
            scene.rect(area, color);
            if k > 0 && h > 3.0 {
                scene.line(vec![(area.x, bottom), (area.right(), bottom)], crate::palette::PAPER, 1);
            }
            // A lower bound above it says it for all of them.
            let text = if whole.lower { fig.text().trim_start_matches('≥').to_owned() } else { fig.text() };
            if self.inside && stack.len() > 1 && h >= self.size * 1.1 && font::width(&text, self.size * 0.9) <= place.w - 8.0 {
                let style = Style::new(self.size * 0.9).color(text_on(color)).middle();
                scene.mid(place.x + place.w / 2.0, bottom - h / 2.0, style, text);
            }
        }
        parts
    }

    /// Dashed rules between the years where a series breaks.
    fn rules(&self, scene: &mut Scene, area: Area, slot: f64) {
        for (year, _) in self.breaks {
            let Some(i) = self.years.iter().position(|y| y == year) else { continue };
            rule(scene, self.words, area.x + slot * i as f64, area, self.size * 0.85);
        }
    }
}

/// A dashed rule where a series breaks.
pub(crate) fn rule(scene: &mut Scene, words: Words, x: f64, area: Area, size: f64) {
    scene.dashed((x, area.y), (x, area.bottom()), ACCENT, 2);
    let text = words.broken();
    let width = font::width(text, size);
    let x = (x).clamp(area.x + width / 2.0, area.right() - width / 2.0);
    scene.text(x, area.y - 5.0, Style::new(size).color(ACCENT).middle(), text);
}
