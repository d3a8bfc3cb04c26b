//! What is to be drawn, before it is drawn: so that a chart can know its height last, and a test can see whether two texts
//! lie on each other.

use crate::font;
use crate::names;
use crate::palette::{INK, MUTED, Rgb};

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) size: f64,
    pub(crate) color: Rgb,
    pub(crate) align: Align,
    pub(crate) strong: bool,
}

impl Style {
    pub(crate) const fn new(size: f64) -> Style {
        Style { size, color: INK, align: Align::Left, strong: false }
    }

    pub(crate) const fn color(self, color: Rgb) -> Style {
        Style { color, ..self }
    }

    pub(crate) const fn muted(self) -> Style {
        self.color(MUTED)
    }

    pub(crate) const fn align(self, align: Align) -> Style {
        Style { align, ..self }
    }

    pub(crate) const fn middle(self) -> Style {
        self.align(Align::Middle)
    }

    pub(crate) const fn right(self) -> Style {
        self.align(Align::Right)
    }

    pub(crate) const fn strong(self, strong: bool) -> Style {
        Style { strong, ..self }
    }
}

/// A piece of a drawing; pixels, y downwards.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Rect { x: f64, y: f64, w: f64, h: f64, fill: Rgb, alpha: f64 },
    Frame { x: f64, y: f64, w: f64, h: f64, color: Rgb, width: u32 },
    Line { points: Vec<(f64, f64)>, color: Rgb, width: u32 },
    Polygon { points: Vec<(f64, f64)>, fill: Rgb, alpha: f64 },
    Dot { x: f64, y: f64, r: f64, fill: Rgb },
    Ring { x: f64, y: f64, r: f64, color: Rgb, width: u32 },
    Text { x: f64, baseline: f64, style: Style, text: String },
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Area {
    pub(crate) const fn new(x: f64, y: f64, w: f64, h: f64) -> Area {
        Area { x, y, w, h }
    }

    pub(crate) fn right(self) -> f64 {
        self.x + self.w
    }

    pub(crate) fn bottom(self) -> f64 {
        self.y + self.h
    }

    pub(crate) fn meets(self, other: Area) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// Whether a straight line between two points touches the area (Liang & Barsky 1984).
pub(crate) fn crosses(from: (f64, f64), to: (f64, f64), area: Area) -> bool {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (p, q) in [(-dx, from.0 - area.x), (dx, area.right() - from.0), (-dy, from.1 - area.y), (dy, area.bottom() - from.1)] {
        if p == 0.0 {
            if q < 0.0 {
                return false;
            }
        } else if p < 0.0 {
            enter = enter.max(q / p);
        } else {
            leave = leave.min(q / p);
        }
    }
    enter <= leave
}

/// Above the baseline stand 0.88 of a Chinese character's em, below it 0.12; its middle is the middle of a line.
const MIDDLE: f64 = 0.37;

/// Width of the edge that makes a text strong.
pub(crate) const STRONG: f64 = 0.75;

/// A place on the grid of quarters of a pixel, on which everything stands: it keeps curves smooth.
pub(crate) fn quarter(v: f64) -> f64 {
    (v * 4.0).round() / 4.0
}

/// Moves a level or upright line of odd width to the middle of a row of pixels, where it is sharp.
pub(crate) fn straightened(points: &[(f64, f64)], width: u32) -> Vec<(f64, f64)> {
    let shift = if width % 2 == 1 { 0.5 } else { 0.0 };
    match *points {
        [(x0, y0), (x1, y1)] if y0 == y1 => vec![(x0, y0.round() + shift), (x1, y0.round() + shift)],
        [(x0, y0), (x1, y1)] if x0 == x1 => vec![(x0.round() + shift, y0), (x0.round() + shift, y1)],
        _ => points.to_vec(),
    }
}

/// A drawing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scene {
    pub(crate) items: Vec<Item>,
}

impl Scene {
    pub(crate) fn rect(&mut self, area: Area, fill: Rgb) {
        self.glass(area, fill, 1.0);
    }

    pub(crate) fn glass(&mut self, area: Area, fill: Rgb, alpha: f64) {
        self.items.push(Item::Rect { x: area.x, y: area.y, w: area.w, h: area.h, fill, alpha });
    }

    pub(crate) fn frame(&mut self, area: Area, color: Rgb, width: u32) {
        self.items.push(Item::Frame { x: area.x, y: area.y, w: area.w, h: area.h, color, width });
    }

    /// A bar of which only a lower bound is known: hollow, hatched.
    pub(crate) fn hollow(&mut self, area: Area, color: Rgb) {
        let mut at = area.y + 8.0 - area.w;
        while at < area.bottom() {
            // From the left edge at `at + w` up to the right edge at `at`, cut off at top and bottom.
            let from = (area.x + (at + area.w - area.bottom()).max(0.0), (at + area.w).min(area.bottom()));
            let to = (area.right() - (area.y - at).max(0.0), at.max(area.y));
            if from.0 < to.0 {
                self.line(vec![from, to], color, 1);
            }
            at += 9.0;
        }
        self.frame(area, color, 2);
    }

    pub(crate) fn line(&mut self, points: Vec<(f64, f64)>, color: Rgb, width: u32) {
        self.items.push(Item::Line { points, color, width });
    }

    /// A dashed straight line.
    pub(crate) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), color: Rgb, width: u32) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let point = |at: f64| (from.0 + (to.0 - from.0) * at / length, from.1 + (to.1 - from.1) * at / length);
        let mut at = 0.0;
        while at < length {
            self.line(vec![point(at), point((at + 9.0).min(length))], color, width);
            at += 15.0;
        }
    }

    pub(crate) fn polygon(&mut self, points: Vec<(f64, f64)>, fill: Rgb, alpha: f64) {
        self.items.push(Item::Polygon { points, fill, alpha });
    }

    pub(crate) fn dot(&mut self, x: f64, y: f64, r: f64, fill: Rgb) {
        self.items.push(Item::Dot { x, y, r, fill });
    }

    pub(crate) fn ring(&mut self, x: f64, y: f64, r: f64, color: Rgb, width: u32) {
        self.items.push(Item::Ring { x, y, r, color, width });
    }

    /// A line of text on its baseline.
    pub(crate) fn text(&mut self, x: f64, baseline: f64, style: Style, text: impl Into<String>) {
        let text: String = text.into();
        if !text.is_empty() {
            self.items.push(Item::Text { x, baseline, style, text });
        }
    }

    /// A line of text whose middle stands at `y`.
    pub(crate) fn mid(&mut self, x: f64, y: f64, style: Style, text: impl Into<String>) {
        self.text(x, y + style.size * MIDDLE, style, text);
    }

    /// A name in a box, in as many lines as fit, smaller if it must be.
    pub(crate) fn name(&mut self, area: Area, style: Style, name: &str) {
        let (lines, size) = names::fit(name, style.size, area.w, area.h);
        let x = match style.align {
            Align::Left => area.x,
            Align::Middle => area.x + area.w / 2.0,
            Align::Right => area.right(),
        };
        let step = size * 1.12;
        let top = area.y + area.h / 2.0 - step * (lines.len() as f64 - 1.0) / 2.0;
        for (i, line) in lines.into_iter().enumerate() {
            self.mid(x, top + step * i as f64, Style { size, ..style }, line);
        }
    }

    /// Coloured keys with their names in a row, over as many lines as they need; the height that they took.
    pub(crate) fn legend(&mut self, area: Area, size: f64, keys: &[(Rgb, String)]) -> f64 {
        let (mut x, mut y) = (area.x, area.y);
        let line = size * 1.5;
        for (color, name) in keys {
            let width = size * 1.35 + font::width(name, size) + size * 1.2;
            if x > area.x && x + width > area.right() + size {
                x = area.x;
                y += line;
            }
            self.rect(Area::new(x, y + line / 2.0 - size * 0.45, size * 0.9, size * 0.9), *color);
            self.frame(Area::new(x, y + line / 2.0 - size * 0.45, size * 0.9, size * 0.9), MUTED, 1);
            self.mid(x + size * 1.25, y + line / 2.0, Style::new(size), name.clone());
            x += width;
        }
        if keys.is_empty() { 0.0 } else { y + line - area.y }
    }

    /// Takes another drawing in, moved.
    pub(crate) fn add(&mut self, other: Scene, dx: f64, dy: f64) {
        self.items.extend(other.items.into_iter().map(|item| moved(item, dx, dy)));
    }

    /// The boxes of all texts.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<(Area, &str)> {
        let boxed = |item| match item {
            &Item::Text { x, baseline, style, ref text } => {
                let w = font::width(text, style.size);
                let left = match style.align {
                    Align::Left => x,
                    Align::Middle => x - w / 2.0,
                    Align::Right => x - w,
                };
                // Digits and Latin letters reach from 0 to 0.75 of an em; the little that Chinese hangs over is air.
                Some((Area::new(left, baseline - style.size * 0.78, w, style.size * 0.86), text.as_str()))
            }
            _ => None,
        };
        self.items.iter().filter_map(boxed).collect()
    }
}

fn moved(item: Item, dx: f64, dy: f64) -> Item {
    let shift = |points: Vec<(f64, f64)>| points.into_iter().map(|(x, y)| (x + dx, y + dy)).collect();
    match item {
        Item::Rect { x, y, w, h, fill, alpha } => Item::Rect { x: x + dx, y: y + dy, w, h, fill, alpha },
        Item::Frame { x, y, w, h, color, width } => Item::Frame { x: x + dx, y: y + dy, w, h, color, width },
        Item::Line { points, color, width } => Item::Line { points: shift(points), color, width },
        Item::Polygon { points, fill, alpha } => Item::Polygon { points: shift(points), fill, alpha },
        Item::Dot { x, y, r, fill } => Item::Dot { x: x + dx, y: y + dy, r, fill },
        Item::Ring { x, y, r, color, width } => Item::Ring { x: x + dx, y: y + dy, r, color, width },
        Item::Text { x, baseline, style, text } => Item::Text { x: x + dx, baseline: baseline + dy, style, text },
    }
}
