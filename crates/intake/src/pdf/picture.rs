//! Pages drawn as pictures, for text recognition.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};

use super::content::Interpreter;

/// What recognition works best with.
const DOTS_PER_INCH: f32 = 300.0;
/// Picture elements of a page drawn, and of the pictures on it.
const MAX_DRAWN: f32 = 40e6;
const MAX_SHOWN: u64 = 150_000_000;

/// A page as a PNG at 300 dots an inch; `page` counts from 1. `None` if there is no such page or it cannot be drawn within
/// bounds.
pub(super) fn page_image(bytes: &[u8], page: u32) -> Option<Vec<u8>> {
    let pdf = super::open(bytes).ok()?;
    let page_at = pdf.pages().get((page as usize).checked_sub(1)?)?;
    // What cannot be read within bounds would not be drawn within them either.
    let content = Interpreter::new(pdf.xref()).page(page_at, page).ok()?;
    if content.pixels > MAX_SHOWN {
        return None;
    }
    let (width, height) = page_at.render_dimensions();
    let largest = (MAX_DRAWN / (width * height).max(1.0)).sqrt().min(30_000.0 / width.max(height).max(1.0));
    let scale = (DOTS_PER_INCH / 72.0).min(largest);
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let drawn = render(page_at, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    drawn.into_png().ok()
}
