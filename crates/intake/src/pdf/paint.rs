//! Lines and areas: what a path leaves on the page that a table can be made of.

use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Dict, Name, Number, Object};
use hayro_syntax::page::Resources;

use super::content::{Canvas, MAX_MARKS};
use super::geometry::{Rect, Rule};

/// What is thinner than this is a line, whatever it was drawn as.
const THIN: f32 = 4.6;

/// Colours and line width, as far as they tell what is seen.
#[derive(Clone, Debug)]
pub(super) struct Paint {
    pub fill_white: bool,
    pub stroke_white: bool,
    /// Whether it is fully transparent.
    pub clear: bool,
    width: f64,
    /// Whether three numbers of a colour are red, green and blue, and one is grey.
    fill_light: bool,
    stroke_light: bool,
}

impl Default for Paint {
    fn default() -> Paint {
        Paint { fill_white: false, stroke_white: false, clear: false, width: 1.0, fill_light: true, stroke_light: true }
    }
}

impl Paint {
    /// Takes what matters from a graphics state dictionary.
    pub(super) fn set(&mut self, gs: &Dict<'_>) {
        if let Some(alpha) = gs.get::<f32>("ca") {
            self.clear = alpha < 0.01;
        }
        if let Some(width) = gs.get::<f64>("LW") {
            self.width = width;
        }
    }
}

fn is_white(numbers: &[Number], light: bool) -> bool {
    match numbers {
        [_] | [_, _, _] if light => numbers.iter().all(|n| n.as_f32() > 0.985),
        [_, _, _, _] => numbers.iter().all(|n| n.as_f32() < 0.015),
        _ => false,
    }
}

/// Whether the numbers of a colour space grow with the light. A named one is taken to if it has three components.
fn is_light(name: &Name<'_>, resources: &Resources<'_>) -> bool {
    if matches!(name.as_str(), "DeviceGray" | "DeviceRGB" | "G" | "RGB") {
        return true;
    }
    match resources.get_color_space(name) {
        Some(Object::Array(space)) => {
            let kind = space.iter::<Object<'_>>().next().and_then(Object::into_name);
            kind.is_some_and(|k| matches!(k.as_str(), "ICCBased" | "CalRGB" | "CalGray"))
        }
        Some(Object::Name(n)) => matches!(n.as_str(), "DeviceGray" | "DeviceRGB"),
        _ => false,
    }
}

/// The path that is being drawn, already on the page.
#[derive(Debug, Default)]
pub(super) struct Path {
    parts: Vec<Part>,
    lines: Vec<[f32; 4]>,
    last: (f32, f32),
    clips: bool,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    bounds: Rect,
    first: (f32, f32),
    /// Whether all its sides run along the page's.
    square: bool,
}

impl Path {
    pub(super) fn is_full(&self) -> bool {
        self.lines.len() + self.parts.len() > MAX_MARKS
    }

    fn move_to(&mut self, at: (f32, f32)) {
        let mut bounds = Rect::NONE;
        bounds.add(at.0, at.1);
        self.parts.push(Part { bounds, first: at, square: true });
        self.last = at;
    }

    fn line_to(&mut self, to: (f32, f32)) {
        if self.parts.is_empty() {
            self.move_to(to);
        }
        self.lines.push([self.last.0, self.last.1, to.0, to.1]);
        if let Some(part) = self.parts.last_mut() {
            part.bounds.add(to.0, to.1);
            part.square &= (self.last.0 - to.0).abs() < 0.3 || (self.last.1 - to.1).abs() < 0.3;
        }
        self.last = to;
    }

    fn curve_to(&mut self, points: [(f32, f32); 3]) {
        if self.parts.is_empty() {
            self.move_to(points[0]);
        }
        if let Some(part) = self.parts.last_mut() {
            points.iter().for_each(|p| part.bounds.add(p.0, p.1));
            part.square = false;
        }
        self.last = points[2];
    }

    fn close(&mut self) {
        if let Some(first) = self.parts.last().map(|p| p.first)
            && first != self.last
        {
            self.line_to(first);
        }
    }
}

impl Canvas<'_> {
    fn point(&self, x: Number, y: Number) -> (f32, f32) {
        let (x, y) = self.state.ctm.apply(x.as_f64(), y.as_f64());
        (x as f32, y as f32)
    }

    /// Operators of paths and colours.
    pub(super) fn paint_operator(&mut self, op: &Op<'_, '_>, resources: &Resources<'_>) {
        match op {
            Op::MoveTo(p) => self.path.move_to(self.point(p.0, p.1)),
            Op::LineTo(p) => self.path.line_to(self.point(p.0, p.1)),
            Op::CubicTo(c) => self.path.curve_to([self.point(c.0, c.1), self.point(c.2, c.3), self.point(c.4, c.5)]),
            Op::CubicStartTo(c) => {
                let to = self.point(c.2, c.3);
                self.path.curve_to([self.point(c.0, c.1), to, to]);
            }
            Op::CubicEndTo(c) => {
                let to = self.point(c.2, c.3);
                self.path.curve_to([self.point(c.0, c.1), to, to]);
            }
            Op::ClosePath(_) => self.path.close(),
            Op::RectPath(r) => self.rectangle([r.0, r.1, r.2, r.3].map(|n| n.as_f64())),
            Op::StrokePath(_) => self.finish(false, true),
            Op::CloseAndStrokePath(_) => {
                self.path.close();
                self.finish(false, true);
            }
            Op::FillPathNonZero(_) | Op::FillPathNonZeroCompatibility(_) | Op::FillPathEvenOdd(_) => self.finish(true, false),
            Op::FillAndStrokeNonZero(_) | Op::FillAndStrokeEvenOdd(_) => self.finish(true, true),
            Op::CloseFillAndStrokeNonZero(_) | Op::CloseFillAndStrokeEvenOdd(_) => {
                self.path.close();
                self.finish(true, true);
            }
            Op::EndPath(_) => self.finish(false, false),
            Op::ClipNonZero(_) | Op::ClipEvenOdd(_) => self.path.clips = true,
            Op::LineWidth(w) => self.state.paint.width = w.0.as_f64(),
            op => self.colour_operator(op, resources),
        }
    }

    fn colour_operator(&mut self, op: &Op<'_, '_>, resources: &Resources<'_>) {
        let paint = &mut self.state.paint;
        match op {
            Op::NonStrokeColorDeviceGray(c) => paint.fill_white = is_white(&[c.0], true),
            Op::NonStrokeColorDeviceRgb(c) => paint.fill_white = is_white(&[c.0, c.1, c.2], true),
            Op::NonStrokeColorCmyk(c) => paint.fill_white = is_white(&[c.0, c.1, c.2, c.3], true),
            Op::NonStrokeColor(c) => paint.fill_white = is_white(&c.0, paint.fill_light),
            Op::NonStrokeColorNamed(c) => paint.fill_white = c.1.is_none() && is_white(&c.0, paint.fill_light),
            Op::ColorSpaceNonStroke(c) => (paint.fill_white, paint.fill_light) = (false, is_light(c.0, resources)),
            Op::StrokeColorDeviceGray(c) => paint.stroke_white = is_white(&[c.0], true),
            Op::StrokeColorDeviceRgb(c) => paint.stroke_white = is_white(&[c.0, c.1, c.2], true),
            Op::StrokeColorCmyk(c) => paint.stroke_white = is_white(&[c.0, c.1, c.2, c.3], true),
            Op::StrokeColor(c) => paint.stroke_white = is_white(&c.0, paint.stroke_light),
            Op::StrokeColorNamed(c) => paint.stroke_white = c.1.is_none() && is_white(&c.0, paint.stroke_light),
            Op::ColorSpaceStroke(c) => (paint.stroke_white, paint.stroke_light) = (false, is_light(c.0, resources)),
            _ => {}
        }
    }

    fn rectangle(&mut self, [x, y, width, height]: [f64; 4]) {
        let at = |x: f64, y: f64| {
            let (x, y) = self.state.ctm.apply(x, y);
            (x as f32, y as f32)
        };
        let corners = [at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height)];
        self.path.move_to(corners[0]);
        corners[1..].iter().for_each(|c| self.path.line_to(*c));
        self.path.close();
    }

    /// Ends the path: it becomes lines and areas, or the edge of what is drawn from now on.
    fn finish(&mut self, fill: bool, stroke: bool) {
        let path = std::mem::take(&mut self.path);
        let seen = !self.marks.is_hidden() && !self.state.paint.clear;
        if fill && seen {
            self.fill(&path);
        }
        if stroke && seen {
            let width = (self.state.paint.width * self.state.ctm.scale()) as f32;
            for [x0, y0, x1, y1] in &path.lines {
                self.stroke([*x0, *y0, *x1, *y1], width);
            }
        }
        if path.clips {
            let edge = path.parts.iter().fold(Rect::NONE, |r, p| r.around(&p.bounds));
            self.state.clip = self.state.clip.common(&edge);
        }
        // The parts of a path are made anew; its memory is not.
        self.path = Path { parts: path.parts, lines: path.lines, ..Path::default() };
        self.path.parts.clear();
        self.path.lines.clear();
    }

    fn fill(&mut self, path: &Path) {
        let white = self.state.paint.fill_white;
        let mut frames = path.parts.windows(2).map(|w| (w[0], w[1])).filter(|(a, b)| is_frame(a, b)).peekable();
        if frames.peek().is_some() {
            for (a, b) in frames.collect::<Vec<_>>() {
                self.frame(&a.bounds, &b.bounds);
            }
            return;
        }
        for part in &path.parts {
            let place = part.bounds.common(&self.state.clip);
            if !self.rule_of_colour(&place, white) && part.square && place.is_real() && !white {
                self.page.fills.push(place);
            }
        }
    }

    /// A border as the area between two rectangles.
    fn frame(&mut self, a: &Rect, b: &Rect) {
        let (outer, inner) = if a.width() > b.width() { (a, b) } else { (b, a) };
        let sides = [
            Rect { y1: inner.y0, ..*outer },
            Rect { y0: inner.y1, ..*outer },
            Rect { x1: inner.x0, ..*outer },
            Rect { x0: inner.x1, ..*outer },
        ];
        for side in sides.iter().filter(|s| s.is_real()) {
            let side = side.common(&self.state.clip);
            self.rule_of_colour(&side, self.state.paint.fill_white);
        }
    }

    fn stroke(&mut self, [x0, y0, x1, y1]: [f32; 4], width: f32) {
        let (dx, dy) = ((x1 - x0).abs(), (y1 - y0).abs());
        // Only what runs along a side of the page; a slope of a hundredth is a scanner's or a rounding's.
        if dx.min(dy) > 0.5_f32.max(0.01 * dx.max(dy)) {
            return;
        }
        let half = (width / 2.0).max(0.0);
        let mut place = Rect { x0: x0.min(x1), y0: y0.min(y1), x1: x0.max(x1), y1: y0.max(y1) };
        if dx > dy {
            (place.y0, place.y1) = (place.y0 - half, place.y1 + half);
        } else {
            (place.x0, place.x1) = (place.x0 - half, place.x1 + half);
        }
        let place = place.common(&self.state.clip);
        if !self.rule_of_colour(&place, self.state.paint.stroke_white) && place.is_real() {
            self.page.fills.push(place);
        }
    }

    /// Takes a thin area for a line; whether it was one.
    pub(super) fn rule_of(&mut self, place: &Rect) -> bool {
        self.rule_of_colour(place, false)
    }

    fn rule_of_colour(&mut self, place: &Rect, white: bool) -> bool {
        let (width, height) = (place.width(), place.height());
        if !(width >= 0.0 && height >= 0.0) {
            return true;
        }
        let level = Rule { level: true, at: (place.y0 + place.y1) / 2.0, start: place.x0, end: place.x1 };
        let upright = Rule { level: false, at: (place.x0 + place.x1) / 2.0, start: place.y0, end: place.y1 };
        let thin = THIN.min(2.0 + 0.15 * width.max(height));
        let (is_level, is_upright) = (height <= thin && width > 0.2, width <= thin && height > 0.2);
        // Dots can be part of lines both ways; corners of borders are part of them anyhow.
        for (rule, is) in [(level, is_level && width > 0.5 * height), (upright, is_upright && height > 0.5 * width)] {
            if is {
                if white {
                    self.pale_rules.push(self.page.rules.len());
                }
                self.page.rules.push(rule);
            }
        }
        is_level || is_upright
    }
}

/// Whether two parts of a path are the outer and the inner edge of a border.
fn is_frame(a: &Part, b: &Part) -> bool {
    let (outer, inner) = if a.bounds.width() > b.bounds.width() { (a.bounds, b.bounds) } else { (b.bounds, a.bounds) };
    let gaps = [inner.x0 - outer.x0, outer.x1 - inner.x1, inner.y0 - outer.y0, outer.y1 - inner.y1];
    let thin = gaps.iter().all(|g| (-0.1..=THIN).contains(g)) && gaps.iter().any(|g| *g > 0.05);
    thin && a.square && b.square && inner.width() > THIN && inner.height() > THIN
}
