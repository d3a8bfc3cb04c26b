//! Points, matrices and what stands on a page: glyphs, lines, pictures. Coordinates are points from the top left corner of
//! the page as it is looked at, x to the right and y downwards.

/// An affine map `[a b c d e f]` as PDF writes it: x' = ax + cy + e, y' = bx + dy + f.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matrix(pub [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// The map that takes `self` first and `then` second.
    pub(super) fn then(self, then: Matrix) -> Matrix {
        let [a, b, c, d, e, f] = self.0;
        let (x, y) = then.apply(e, f);
        let ([p, q], [r, s]) = (then.turn(a, b), then.turn(c, d));
        Matrix([p, q, r, s, x, y])
    }

    /// Where a point goes.
    pub(super) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// Where a direction goes.
    pub(super) fn turn(self, x: f64, y: f64) -> [f64; 2] {
        let [a, b, c, d, ..] = self.0;
        [a * x + c * y, b * x + d * y]
    }

    /// By how much it makes things larger, in the mean of both directions.
    pub(super) fn scale(self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        (a * d - b * c).abs().sqrt()
    }
}

/// A rectangle; empty if an end lies before its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
}

impl Rect {
    /// What holds nothing and grows with [`Rect::add`].
    pub(super) const NONE: Rect = Rect { x0: f32::MAX, y0: f32::MAX, x1: f32::MIN, y1: f32::MIN };

    pub(super) fn width(&self) -> f32 {
        self.x1 - self.x0
    }

    pub(super) fn height(&self) -> f32 {
        self.y1 - self.y0
    }

    pub(super) fn holds(&self, x: f32, y: f32) -> bool {
        (self.x0..=self.x1).contains(&x) && (self.y0..=self.y1).contains(&y)
    }

    pub(super) fn add(&mut self, x: f32, y: f32) {
        *self = Rect { x0: self.x0.min(x), y0: self.y0.min(y), x1: self.x1.max(x), y1: self.y1.max(y) };
    }

    pub(super) fn common(&self, other: &Rect) -> Rect {
        Rect { x0: self.x0.max(other.x0), y0: self.y0.max(other.y0), x1: self.x1.min(other.x1), y1: self.y1.min(other.y1) }
    }

    pub(super) fn around(&self, other: &Rect) -> Rect {
        Rect { x0: self.x0.min(other.x0), y0: self.y0.min(other.y0), x1: self.x1.max(other.x1), y1: self.y1.max(other.y1) }
    }

    pub(super) fn grown(&self, by: f32) -> Rect {
        Rect { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }

    /// Whether it has an area, and all its sides are numbers.
    pub(super) fn is_real(&self) -> bool {
        self.x0 < self.x1 && self.y0 < self.y1
    }
}

/// The way a line of text runs on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Run {
    Right,
    Down,
    Left,
    Up,
}

impl Run {
    /// The way of a direction, if it is one of the four within some eight degrees: a watermark across the page is none.
    pub(super) fn of(x: f64, y: f64) -> Option<Run> {
        let (across, along) = (x.abs() < y.abs() * 0.15, y.abs() < x.abs() * 0.15);
        match (along, across) {
            (true, _) if x > 0.0 => Some(Run::Right),
            (true, _) => Some(Run::Left),
            (_, true) if y > 0.0 => Some(Run::Down),
            (_, true) => Some(Run::Up),
            _ => None,
        }
    }

    /// A step along the line on the page.
    pub(super) fn page(self, along: f32) -> (f32, f32) {
        match self {
            Run::Right => (along, 0.0),
            Run::Down => (0.0, along),
            Run::Left => (-along, 0.0),
            Run::Up => (0.0, -along),
        }
    }

    /// How many quarters of a turn it is from running to the right, clockwise.
    fn quarters(self) -> usize {
        self as usize
    }

    /// The way that is `self` once the page has been turned so that `up` runs to the right.
    fn turned(self, up: Run) -> Run {
        [Run::Right, Run::Down, Run::Left, Run::Up][(self.quarters() + 4 - up.quarters()) % 4]
    }

    /// The point of the page that [`Run::local`] made a local one.
    fn global(self, along: f32, across: f32) -> (f32, f32) {
        match self {
            Run::Right => (along, across),
            Run::Down => (-across, along),
            Run::Left => (-along, -across),
            Run::Up => (across, -along),
        }
    }

    /// A point of the page as (along the line, from line to line).
    pub(super) fn local(self, x: f32, y: f32) -> (f32, f32) {
        match self {
            Run::Right => (x, y),
            Run::Down => (y, -x),
            Run::Left => (-x, -y),
            Run::Up => (-y, x),
        }
    }
}

/// A character at its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// What it says; U+FFFD where that cannot be known.
    pub char: char,
    pub run: Run,
    /// From where to where it reaches along its line, in the line's own direction.
    pub start: f32,
    pub end: f32,
    /// Its baseline from line to line, in the line's own direction.
    pub base: f32,
    /// Size of the type.
    pub size: f32,
    /// Centre on the page.
    pub x: f32,
    pub y: f32,
    /// Whether a blank was drawn before it.
    pub spaced: bool,
    /// Whether it is not certain what it says, as with what was recognised in a picture.
    pub doubtful: bool,
}

impl Glyph {
    /// The middle of its ink from line to line: letters stand above the baseline.
    pub(super) fn middle(&self) -> f32 {
        self.base - 0.35 * self.size
    }
}

/// A straight line along a side of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    pub level: bool,
    /// y of a level line, x of an upright one.
    pub at: f32,
    pub start: f32,
    pub end: f32,
}

/// All that was drawn on a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub number: u32,
    pub width: f32,
    pub height: f32,
    pub glyphs: Vec<Glyph>,
    /// Characters without ink, which matter where they are underlined.
    pub blanks: Vec<Glyph>,
    pub rules: Vec<Rule>,
    /// Filled areas that text can stand on.
    pub fills: Vec<Rect>,
    /// Pictures, with the name of each.
    pub pictures: Vec<(Rect, Box<str>)>,
    /// Their picture elements in all.
    pub pixels: u64,
    /// Text without ink, as programs that recognise scanned pages leave it over the picture.
    pub unseen: Vec<Glyph>,
}

impl Page {
    /// Turns the page so that its lines run to the right, if most of them run another way.
    pub(super) fn set_upright(&mut self) {
        let mut counts = [0usize; 4];
        self.glyphs.iter().for_each(|g| counts[g.run.quarters()] += 1);
        if self.glyphs.is_empty() {
            self.unseen.iter().for_each(|g| counts[g.run.quarters()] += 1);
        }
        let total: usize = counts.iter().sum();
        let Some(up) = [Run::Down, Run::Left, Run::Up].into_iter().find(|r| 2 * counts[r.quarters()] > total) else { return };
        let (width, height) = (self.width, self.height);
        let point = |x: f32, y: f32| {
            let (u, v) = up.local(x, y);
            match up {
                Run::Right => (u, v),
                Run::Down => (u, v + width),
                Run::Left => (u + width, v + height),
                Run::Up => (u + height, v),
            }
        };
        for glyph in self.glyphs.iter_mut().chain(&mut self.blanks).chain(&mut self.unseen) {
            let run = glyph.run.turned(up);
            let place = |along: f32| {
                let (x, y) = glyph.run.global(along, glyph.base);
                let (x, y) = point(x, y);
                run.local(x, y)
            };
            let ((start, base), (end, _)) = (place(glyph.start), place(glyph.end));
            (glyph.x, glyph.y) = point(glyph.x, glyph.y);
            (glyph.run, glyph.start, glyph.end, glyph.base) = (run, start, end, base);
        }
        let turned = |r: &Rect| {
            let mut out = Rect::NONE;
            for (x, y) in [(r.x0, r.y0), (r.x1, r.y1)] {
                let (x, y) = point(x, y);
                out.add(x, y);
            }
            out
        };
        self.fills.iter_mut().for_each(|f| *f = turned(f));
        self.pictures.iter_mut().for_each(|p| p.0 = turned(&p.0));
        for rule in &mut self.rules {
            let flat = if rule.level {
                Rect { x0: rule.start, x1: rule.end, y0: rule.at, y1: rule.at }
            } else {
                Rect { x0: rule.at, x1: rule.at, y0: rule.start, y1: rule.end }
            };
            let new = turned(&flat);
            let level = rule.level == (up == Run::Left);
            *rule = if level {
                Rule { level, at: new.y0, start: new.x0, end: new.x1 }
            } else {
                Rule { level, at: new.x0, start: new.y0, end: new.y1 }
            };
        }
        if up != Run::Left {
            (self.width, self.height) = (height, width);
        }
    }
}
