//! The operators of a page: text, lines and pictures with their places (ISO 32000-1, 8 and 9).
//!
//! The interpreter of the library draws pages; this one only asks what stands where, and counts what it does, so that forms
//! that show one another without end and streams of a hundred megabytes end in a refusal.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Number, ObjRef, Object, ObjectIdentifier, Rect as PdfRect, Stream};
use hayro_syntax::page::{Page as PdfPage, Resources};
use hayro_syntax::xref::XRef;

use super::font::Font;
use super::geometry::{Matrix, Page, Rect};
use super::layers::{self, Marks};
use super::paint::{Paint, Path};
use super::show::{self, TextState};
use super::stream::unpack;
use crate::refuse::Refusal;

/// Operators of a document.
const MAX_OPERATORS: u64 = 12_000_000;
/// Characters, lines and areas of a page.
pub(super) const MAX_MARKS: usize = 400_000;
/// Bytes of contents of a document, unpacked.
const MAX_CONTENT: usize = 192 << 20;
const MAX_DEPTH: u32 = 16;
const MAX_STATES: usize = 512;

/// The state that `q` saves.
#[derive(Clone)]
pub(super) struct State<'a> {
    pub ctm: Matrix,
    pub clip: Rect,
    pub paint: Paint,
    pub text: TextState<'a>,
}

/// Reads pages one after the other.
pub(super) struct Interpreter<'a> {
    xref: &'a XRef,
    fonts: HashMap<ObjectIdentifier, Rc<Font<'a>>>,
    contents: HashMap<ObjectIdentifier, Rc<[u8]>>,
    hidden: HashSet<ObjectIdentifier>,
    operators: u64,
    bytes: usize,
}

/// What is being drawn: a page or a form on it.
pub(super) struct Canvas<'a> {
    pub page: Page,
    pub state: State<'a>,
    pub path: Path,
    pub marks: Marks,
    /// Characters and lines in white, which are seen only on something dark: index into the glyphs or rules of the page.
    pub pale_glyphs: Vec<usize>,
    pub pale_rules: Vec<usize>,
    states: Vec<State<'a>>,
    tm: Matrix,
    line: Matrix,
}

impl<'a> Interpreter<'a> {
    /// An interpreter for the pages of a file.
    pub(super) fn new(xref: &'a XRef) -> Interpreter<'a> {
        Interpreter {
            xref,
            fonts: HashMap::new(),
            contents: HashMap::new(),
            hidden: layers::hidden(xref),
            operators: 0,
            bytes: 0,
        }
    }

    /// What stands on a page.
    ///
    /// # Errors
    /// A page beyond all bounds.
    pub(super) fn page(&mut self, page: &PdfPage<'a>, number: u32) -> Result<Page, Refusal> {
        let (width, height) = page.render_dimensions();
        let (width, height) = (width.clamp(1.0, 1e6), height.clamp(1.0, 1e6));
        // Pages drawn in other units than points come out as large as paper.
        let unit = f64::from(width.max(height)) / 842.0;
        let unit = if (0.4..2.5).contains(&unit) { 1.0 } else { unit };
        let start = Matrix(page.initial_transform(true).as_coeffs()).then(Matrix([1.0 / unit, 0.0, 0.0, 1.0 / unit, 0.0, 0.0]));
        let (width, height) = ((f64::from(width) / unit) as f32, (f64::from(height) / unit) as f32);
        let whole = Rect { x0: 0.0, y0: 0.0, x1: width, y1: height };
        let state = State { ctm: start, clip: whole, paint: Paint::default(), text: TextState::default() };
        let mut canvas = Canvas {
            page: Page { number, width, height, ..Page::default() },
            state,
            path: Path::default(),
            marks: Marks::default(),
            pale_glyphs: Vec::new(),
            pale_rules: Vec::new(),
            states: Vec::new(),
            tm: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
        };
        let content = self.contents_of(page.raw())?;
        self.run(&content, page.resources(), &mut canvas, 0)?;
        self.widgets(page, start, whole, &mut canvas)?;
        canvas.drop_pale();
        Ok(canvas.page)
    }

    /// All content streams of a page, one after the other.
    fn contents_of(&mut self, page: &Dict<'a>) -> Result<Vec<u8>, Refusal> {
        let mut out = Vec::new();
        let mut streams: Vec<Stream<'a>> = Vec::new();
        match page.get::<Object<'a>>("Contents") {
            Some(Object::Stream(s)) => streams.push(s),
            Some(Object::Array(parts)) => {
                for part in parts.raw_iter().take(10_000) {
                    match part {
                        MaybeRef::Ref(r) => streams.extend(self.xref.get::<Stream<'a>>(r.into())),
                        MaybeRef::NotRef(o) => streams.extend(o.into_stream()),
                    }
                }
            }
            _ => {}
        }
        for stream in streams {
            if let Some(data) = unpack(&stream)? {
                self.count_bytes(data.len())?;
                out.extend_from_slice(&data);
                out.push(b'\n');
            }
        }
        Ok(out)
    }

    fn count_bytes(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.bytes += bytes;
        if self.bytes > MAX_CONTENT { Err(Refusal::too_large()) } else { Ok(()) }
    }

    /// The fields of a form that is filled in are drawn as annotations; notes and stamps, which are annotations too, are
    /// not part of the page.
    fn widgets(&mut self, page: &PdfPage<'a>, start: Matrix, whole: Rect, canvas: &mut Canvas<'a>) -> Result<(), Refusal> {
        let Some(annotations) = page.raw().get::<Array<'a>>("Annots") else { return Ok(()) };
        for annotation in annotations.iter::<Dict<'a>>().take(10_000) {
            let hidden = annotation.get::<i64>("F").unwrap_or(0) & 0b10_0010 != 0;
            if hidden || annotation.get::<Name<'_>>("Subtype").as_deref() != Some(b"Widget") {
                continue;
            }
            let normal = match annotation.get::<Dict<'a>>("AP").and_then(|ap| ap.get::<Object<'a>>("N")) {
                Some(Object::Stream(s)) => Some(s),
                Some(Object::Dict(states)) => annotation.get::<Name<'_>>("AS").and_then(|on| states.get::<Stream<'a>>(&*on)),
                _ => None,
            };
            let (Some(form), Some(place)) = (normal, annotation.get::<PdfRect>("Rect")) else { continue };
            let matrix = matrix_of(form.dict());
            let Some(inner) = form.dict().get::<PdfRect>("BBox").map(|b| bounds(matrix, &b)) else { continue };
            let (sx, sy) = ratio(place.width(), inner.width(), place.height(), inner.height());
            let fit = Matrix([sx, 0.0, 0.0, sy, place.x0 - sx * f64::from(inner.x0), place.y0 - sy * f64::from(inner.y0)]);
            canvas.state = State { ctm: fit.then(start), clip: whole, paint: Paint::default(), text: TextState::default() };
            self.form(&form, page.resources(), canvas, 1)?;
        }
        Ok(())
    }

    fn form(&mut self, form: &Stream<'a>, outer: &Resources<'a>, canvas: &mut Canvas<'a>, depth: u32) -> Result<(), Refusal> {
        if depth > MAX_DEPTH {
            return Ok(());
        }
        let id = form.obj_id();
        let content = match self.contents.get(&id) {
            Some(known) => known.clone(),
            None => {
                let Some(data) = unpack(form)? else { return Ok(()) };
                self.count_bytes(data.len())?;
                let data: Rc<[u8]> = data.into();
                self.contents.insert(id, data.clone());
                data
            }
        };
        let resources = form.dict().get::<Dict<'a>>("Resources").map(Resources::new);
        let saved = (canvas.state.clone(), std::mem::take(&mut canvas.path), canvas.tm, canvas.line);
        canvas.state.ctm = matrix_of(form.dict()).then(canvas.state.ctm);
        if let Some(bbox) = form.dict().get::<PdfRect>("BBox") {
            canvas.state.clip = canvas.state.clip.common(&bounds(canvas.state.ctm, &bbox).grown(1.0));
        }
        self.run(&content, resources.as_ref().unwrap_or(outer), canvas, depth + 1)?;
        (canvas.state, canvas.path, canvas.tm, canvas.line) = saved;
        Ok(())
    }

    fn font(&mut self, resources: &Resources<'a>, name: &Name<'_>) -> Result<Option<Rc<Font<'a>>>, Refusal> {
        let id: Option<ObjectIdentifier> = resources.fonts.get_ref(name).map(ObjRef::into);
        if let Some(known) = id.and_then(|id| self.fonts.get(&id)) {
            return Ok(Some(known.clone()));
        }
        let Some(dict) = resources.get_font(name) else { return Ok(None) };
        let font = Rc::new(Font::read(&dict)?);
        // A font written into the resources themselves is read again each time; that counts as work.
        match id {
            Some(id) => drop(self.fonts.insert(id, font.clone())),
            None => self.operators += 2_000,
        }
        Ok(Some(font))
    }

    fn run(&mut self, content: &[u8], resources: &Resources<'a>, canvas: &mut Canvas<'a>, depth: u32) -> Result<(), Refusal> {
        check_inline_pictures(content)?;
        let floor = canvas.states.len();
        let marks = canvas.marks.depth();
        let mut ops = TypedIter::new(content);
        while let Some(op) = ops.next() {
            self.operators += 1;
            if self.operators > MAX_OPERATORS || canvas.is_full() {
                return Err(Refusal::too_large());
            }
            match op {
                Op::SaveState(_) if canvas.states.len() < MAX_STATES => canvas.states.push(canvas.state.clone()),
                Op::RestoreState(_) if canvas.states.len() > floor => {
                    canvas.state = canvas.states.pop().unwrap_or_else(|| canvas.state.clone());
                }
                Op::Transform(t) => canvas.state.ctm = numbers([t.0, t.1, t.2, t.3, t.4, t.5]).then(canvas.state.ctm),
                Op::SetGraphicsState(g) => {
                    if let Some(gs) = resources.get_ext_g_state(g.0) {
                        canvas.state.paint.set(&gs);
                        if let Some(font) = gs.get::<Array<'_>>("Font") {
                            canvas.state.text.size =
                                font.iter::<Object<'_>>().nth(1).and_then(Object::into_number).map_or(1.0, |n| n.as_f64());
                        }
                    }
                }
                Op::TextFont(t) => {
                    canvas.state.text.font = self.font(resources, t.0)?;
                    canvas.state.text.size = t.1.as_f64();
                }
                Op::XObject(x) => self.object(resources, x.0, canvas, depth)?,
                Op::InlineImage(_) => canvas.picture("inline"),
                Op::BeginMarkedContent(_) => canvas.marks.begin(None, &canvas.page),
                Op::BeginMarkedContentWithProperties(m) => {
                    let mark = layers::mark(m.0, m.1, &resources.properties, &self.hidden);
                    canvas.marks.begin(mark, &canvas.page);
                }
                Op::EndMarkedContent(_) if canvas.marks.depth() > marks => canvas.marks.end(&mut canvas.page),
                Op::Shading(_) => canvas.page.fills.push(canvas.state.clip),
                op => {
                    if !canvas.text_operator(&op) {
                        canvas.paint_operator(&op, resources);
                    }
                }
            }
        }
        while canvas.marks.depth() > marks {
            canvas.marks.end(&mut canvas.page);
        }
        if let Some(state) = canvas.states.get(floor).cloned() {
            canvas.state = state;
        }
        canvas.states.truncate(floor);
        Ok(())
    }

    fn object(&mut self, resources: &Resources<'a>, name: &Name<'_>, canvas: &mut Canvas<'a>, depth: u32) -> Result<(), Refusal> {
        let Some(stream) = resources.get_x_object(name) else { return Ok(()) };
        if layers::is_hidden(stream.dict(), &self.hidden) || canvas.marks.is_hidden() {
            return Ok(());
        }
        match stream.dict().get::<Name<'_>>("Subtype").as_deref() {
            Some(b"Form") => self.form(&stream, resources, canvas, depth)?,
            Some(b"Image") => {
                let side = |key| u64::from(stream.dict().get::<u32>(key).unwrap_or(0));
                canvas.page.pixels = canvas.page.pixels.saturating_add(side("Width").saturating_mul(side("Height")));
                canvas.picture(name.as_str());
            }
            _ => {}
        }
        Ok(())
    }
}

impl<'a> Canvas<'a> {
    fn is_full(&self) -> bool {
        let page = &self.page;
        page.glyphs.len() + page.unseen.len() + page.blanks.len() > MAX_MARKS
            || page.rules.len() + page.fills.len() + page.pictures.len() > MAX_MARKS
            || self.path.is_full()
    }

    /// Text operators; whether it was one.
    fn text_operator(&mut self, op: &Op<'_, '_>) -> bool {
        let text = &mut self.state.text;
        match op {
            Op::BeginText(_) => (self.tm, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            Op::CharacterSpacing(n) => text.between = n.0.as_f64(),
            Op::WordSpacing(n) => text.at_blanks = n.0.as_f64(),
            Op::HorizontalScaling(n) => text.stretch = n.0.as_f64() / 100.0,
            Op::TextLeading(n) => text.leading = n.0.as_f64(),
            Op::TextRenderingMode(n) => text.mode = n.0.as_i64(),
            Op::TextRise(n) => text.rise = n.0.as_f64(),
            Op::NextLine(n) => self.next_line(n.0.as_f64(), n.1.as_f64()),
            Op::NextLineAndSetLeading(n) => {
                text.leading = -n.1.as_f64();
                self.next_line(n.0.as_f64(), n.1.as_f64());
            }
            Op::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.text.leading),
            Op::SetTextMatrix(m) => {
                self.line = numbers([m.0, m.1, m.2, m.3, m.4, m.5]);
                self.tm = self.line;
            }
            Op::ShowText(s) => self.show(s.0.as_bytes()),
            Op::NextLineAndShowText(s) => {
                self.next_line(0.0, -self.state.text.leading);
                self.show(s.0.as_bytes());
            }
            Op::ShowTextWithParameters(s) => {
                (text.at_blanks, text.between) = (s.0.as_f64(), s.1.as_f64());
                self.next_line(0.0, -self.state.text.leading);
                self.show(s.2.as_bytes());
            }
            Op::ShowTexts(parts) => {
                for part in parts.0.iter::<Object<'_>>() {
                    match part {
                        Object::String(s) => self.show(s.as_bytes()),
                        Object::Number(n) => self.tm = show::moved(&self.state.text, self.tm, n.as_f64()),
                        _ => {}
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(self.line);
        self.tm = self.line;
    }

    fn show(&mut self, bytes: &[u8]) {
        let seen = !self.marks.is_hidden() && !self.state.paint.clear;
        let pale = self.state.text.mode % 4 != 1 && self.state.paint.fill_white;
        let before = self.page.glyphs.len();
        self.tm = show::show(bytes, &self.state, self.tm, seen, &mut self.page);
        if pale {
            self.pale_glyphs.extend(before..self.page.glyphs.len());
        }
    }

    /// A picture fills the unit square.
    fn picture(&mut self, name: &str) {
        let unit = PdfRect::new(0.0, 0.0, 1.0, 1.0);
        let place = bounds(self.state.ctm, &unit).common(&self.state.clip);
        // Some programs draw lines as pictures of one pixel.
        if place.x0 <= place.x1 && place.y0 <= place.y1 && !self.rule_of(&place) && place.is_real() {
            self.page.pictures.push((place, name.into()));
        }
    }

    /// Drops white text and white lines that stand on nothing dark.
    fn drop_pale(&mut self) {
        let page = &self.page;
        let on_dark = |x: f32, y: f32| page.fills.iter().any(|f| f.holds(x, y)) || page.pictures.iter().any(|p| p.0.holds(x, y));
        let unseen: HashSet<usize> =
            self.pale_glyphs.iter().copied().filter(|g| page.glyphs.get(*g).is_some_and(|g| !on_dark(g.x, g.y))).collect();
        let middle = |r: &super::geometry::Rule| {
            let half = (r.start + r.end) / 2.0;
            if r.level { (half, r.at) } else { (r.at, half) }
        };
        let rules: HashSet<usize> = self
            .pale_rules
            .iter()
            .copied()
            .filter(|r| page.rules.get(*r).map(middle).is_some_and(|(x, y)| !on_dark(x, y)))
            .collect();
        let mut at = 0..;
        self.page.glyphs.retain(|_| !at.next().is_some_and(|i| unseen.contains(&i)));
        let mut at = 0..;
        self.page.rules.retain(|_| !at.next().is_some_and(|i| rules.contains(&i)));
    }
}

/// The library looks for the end of an inline picture at every `EI`, each time through the rest of the stream.
fn check_inline_pictures(content: &[u8]) -> Result<(), Refusal> {
    use memchr::memmem::find_iter;
    let begins = find_iter(content, b"BI").count();
    let work = if begins == 0 { 0 } else { find_iter(content, b"EI").count().saturating_mul(content.len()) };
    if work > 4_000_000_000 { Err(Refusal::too_large()) } else { Ok(()) }
}

fn numbers(n: [Number; 6]) -> Matrix {
    Matrix(n.map(|n| n.as_f64()))
}

fn matrix_of(dict: &Dict<'_>) -> Matrix {
    dict.get::<[f64; 6]>("Matrix").map_or(Matrix::IDENTITY, Matrix)
}

fn ratio(width: f64, inner_width: f32, height: f64, inner_height: f32) -> (f64, f64) {
    let of = |a: f64, b: f32| if b.abs() > 1e-6 { a / f64::from(b) } else { 1.0 };
    (of(width, inner_width), of(height, inner_height))
}

/// The rectangle around a mapped one.
fn bounds(matrix: Matrix, rect: &PdfRect) -> Rect {
    let mut out = Rect::NONE;
    for (x, y) in [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)] {
        let (x, y) = matrix.apply(x, y);
        out.add(x as f32, y as f32);
    }
    out
}
