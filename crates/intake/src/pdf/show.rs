//! Text: where each character of a string comes to stand (ISO 32000-1, 9.4).

use std::rc::Rc;

use nianbao_form::figure::is_inkless;

use super::content::State;
use super::font::Font;
use super::geometry::{Glyph, Matrix, Page, Run};

/// The text state.
#[derive(Clone)]
pub(super) struct TextState<'a> {
    pub font: Option<Rc<Font<'a>>>,
    pub size: f64,
    /// Between characters, and at blanks.
    pub between: f64,
    pub at_blanks: f64,
    pub stretch: f64,
    pub leading: f64,
    pub rise: f64,
    pub mode: i64,
}

impl Default for TextState<'_> {
    fn default() -> Self {
        TextState { font: None, size: 0.0, between: 0.0, at_blanks: 0.0, stretch: 1.0, leading: 0.0, rise: 0.0, mode: 0 }
    }
}

/// The text matrix after a number in a `TJ`.
pub(super) fn moved(text: &TextState<'_>, tm: Matrix, thousandths: f64) -> Matrix {
    let by = -thousandths / 1000.0 * text.size;
    let vertical = text.font.as_ref().is_some_and(|f| f.vertical);
    let step = if vertical { (0.0, by) } else { (by * text.stretch, 0.0) };
    Matrix([1.0, 0.0, 0.0, 1.0, step.0, step.1]).then(tm)
}

/// Puts the characters of a string on the page; returns the text matrix behind it.
pub(super) fn show(bytes: &[u8], state: &State<'_>, tm: Matrix, seen: bool, page: &mut Page) -> Matrix {
    let text = &state.text;
    let Some(font) = &text.font else { return tm };
    let map = tm.then(state.ctm);
    let along = if font.vertical { map.turn(0.0, -1.0) } else { map.turn(text.stretch.signum(), 0.0) };
    let up = map.turn(0.0, 1.0);
    let height = up[0].hypot(up[1]);
    let size = height * text.size.abs() * font.em;
    let run = Run::of(along[0], along[1]);
    let mut rest = bytes;
    let mut far = 0.0;
    let mut spaced = false;
    while let Some(shown) = font.next(&mut rest) {
        let extra = text.between + if shown.blank { text.at_blanks } else { 0.0 };
        let advance = shown.advance * text.size;
        let step = if font.vertical { advance - extra } else { (advance + extra) * text.stretch };
        if let Some(run) = run
            && seen
        {
            let ink = if font.vertical { advance } else { advance * text.stretch };
            let place = |at: f64| if font.vertical { map.apply(0.0, -at) } else { map.apply(at, text.rise) };
            let (start, end) = (place(far), place(far + ink));
            let chars = shown.chars.as_slice();
            // In a vertical line the origin is above the middle of the character, in a level one on the baseline.
            let lift = if font.vertical { 0.0 } else { 0.35 * size / height.max(1e-9) };
            for (i, &char) in chars.iter().enumerate() {
                let part = |at: f64| {
                    let k = at / chars.len() as f64;
                    (start.0 + (end.0 - start.0) * k, start.1 + (end.1 - start.1) * k)
                };
                let (a, b) = (part(i as f64), part(i as f64 + 1.0));
                let (x, y) = ((a.0 + b.0) / 2.0 + up[0] * lift, (a.1 + b.1) / 2.0 + up[1] * lift);
                let (x, y) = (x as f32, y as f32);
                let (from, to) = (run.local(a.0 as f32, a.1 as f32), run.local(b.0 as f32, b.1 as f32));
                let size = size as f32;
                let base = if font.vertical { from.1 + 0.35 * size } else { from.1 };
                let (start, end) = (from.0.min(to.0), from.0.max(to.0));
                let glyph = Glyph { char, run, start, end, base, size, x, y, spaced, doubtful: false };
                if is_inkless(char) {
                    spaced |= char != '\u{AD}';
                    page.blanks.push(glyph);
                    continue;
                }
                spaced = false;
                if size <= 0.5 || !state.clip.grown(0.5).holds(x, y) {
                    continue;
                }
                // Mode 3 leaves no ink, mode 7 only a clip.
                if matches!(text.mode, 3 | 7) { page.unseen.push(glyph) } else { page.glyphs.push(glyph) }
            }
        }
        far += step;
    }
    let step = if font.vertical { (0.0, -far) } else { (far, 0.0) };
    Matrix([1.0, 0.0, 0.0, 1.0, step.0, step.1]).then(tm)
}
