//! A drawing becomes SVG through plotters' backend.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::backend::SVGBackend;
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use crate::font;
use crate::palette::Rgb;
use crate::scene::{Align, Item, Scene, straightened};

/// Units of the drawing a pixel of the picture.
const FINE: f64 = 4.0;

/// The size of text that plotters' SVG backend writes is smaller than the one it is given by this factor.
const PLOTTERS_TEXT: f64 = 1.24;

/// How many times finer the drawing is than a page shows it: an SVG is 800 pixels of CSS wide, a PNG 1,600 pixels.
pub(crate) const FINER: u32 = 2;

/// What the SVG says of itself: an id for its title, which others in one page do not have, and words for those who do not
/// see it.
pub(crate) struct Head<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) describe: &'a str,
}

/// Draws the scene.
pub(crate) fn paint(scene: &Scene, size: (u32, u32), head: &Head<'_>) -> Result<String, String> {
    let mut raw = String::with_capacity(64 << 10);
    {
        let mut backend = SVGBackend::with_string(&mut raw, size);
        for item in &scene.items {
            put(&mut backend, item).map_err(|e| e.to_string())?;
        }
        backend.present().map_err(|e| e.to_string())?;
    }
    let mut used = BTreeSet::new();
    for item in &scene.items {
        if let Item::Text { text, .. } = item {
            used.extend(text.chars());
        }
    }
    dress(&raw, size, &used, head)
}

fn put(backend: &mut SVGBackend<'_>, item: &Item) -> Result<(), Box<dyn std::error::Error>> {
    let style =
        |c: Rgb, alpha: f64, width: u32| ShapeStyle { color: RGBAColor(c.0, c.1, c.2, alpha), filled: true, stroke_width: width };
    // Plotters counts in whole units; a quarter of a pixel each keeps curves smooth, whole pixels keep edges sharp.
    let at = |x: f64, y: f64| ((x * FINE).round() as i32, (y * FINE).round() as i32);
    let sharp = |x: f64, y: f64| at(x.round(), y.round());
    let thick = |width: u32| width * FINE as u32;
    let all = |points: &[(f64, f64)]| points.iter().map(|&(x, y)| at(x, y)).collect::<Vec<_>>();
    match item {
        &Item::Rect { x, y, w, h, fill, alpha } => {
            backend.draw_rect(sharp(x, y), sharp(x + w, y + h), &style(fill, alpha, 1), true)?
        }
        &Item::Frame { x, y, w, h, color, width } => {
            let edge = |v: f64| v.round() + if width % 2 == 1 { 0.5 } else { 0.0 };
            let (x0, y0, x1, y1) = (edge(x), edge(y), edge(x + w - 1.0), edge(y + h - 1.0));
            let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
            backend.draw_path(all(&corners), &style(color, 1.0, thick(width)))?;
        }
        Item::Line { points, color, width } => {
            backend.draw_path(all(&straightened(points, *width)), &style(*color, 1.0, thick(*width)))?
        }
        Item::Polygon { points, fill, alpha } => backend.fill_polygon(all(points), &style(*fill, *alpha, 1))?,
        &Item::Dot { x, y, r, fill } => backend.draw_circle(at(x, y), (r * FINE).round() as u32, &style(fill, 1.0, 1), true)?,
        &Item::Ring { x, y, r, color, width } => {
            backend.draw_circle(at(x, y), (r * FINE).round() as u32, &style(color, 1.0, thick(width)), false)?;
        }
        Item::Text { x, baseline, style, text } => {
            let weight = if style.strong { FontStyle::Bold } else { FontStyle::Normal };
            let font = FontDesc::new(FontFamily::Name(font::FAMILY), style.size * FINE * PLOTTERS_TEXT, weight);
            let h = match style.align {
                Align::Left => HPos::Left,
                Align::Middle => HPos::Center,
                Align::Right => HPos::Right,
            };
            let color = RGBAColor(style.color.0, style.color.1, style.color.2, 1.0);
            let text_style = TextStyle::from(font).color(&color).pos(Pos::new(h, VPos::Top));
            backend.draw_text(text, &text_style, at(*x, *baseline))?;
        }
    }
    Ok(())
}

/// Gives the plain SVG its head (title, description, embedded glyphs, font families) and takes out what plotters repeats in
/// every element. Texts stand on their baseline, in one line of the file; strong ones are drawn with a thin edge, because
/// one weight of the font is bundled.
fn dress(raw: &str, (w, h): (u32, u32), used: &BTreeSet<char>, head: &Head<'_>) -> Result<String, String> {
    let glyphs = STANDARD.encode(font::cut(used)?);
    // The family is named after its glyphs, so that several charts in one page do not take each other's.
    let family = format!("nianbao-{:016x}", fnv64(used));
    let mut out = String::with_capacity(raw.len() + glyphs.len() + 2048);
    let id: String = head.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t-{id} d-{id}\" width=\"{}\" \
         height=\"{}\" viewBox=\"0 0 {} {}\" font-family=\"{family},{}\">\n<title id=\"t-{id}\">{}</title>\n\
         <desc id=\"d-{id}\">{}</desc>\n<style>@font-face{{font-family:{family};\
         src:url(data:font/ttf;base64,{glyphs})}}</style>\n",
        w / FINER,
        h / FINER,
        w * FINE as u32,
        h * FINE as u32,
        font::FALLBACKS,
        escape(head.title),
        escape(head.describe)
    );
    let mut lines = raw.lines().skip(1);
    let family = format!(" font-family=\"{}\"", font::FAMILY);
    while let Some(line) = lines.next() {
        let line = line.replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "").replace(" stroke-width=\"1\"", "");
        if !line.starts_with("<text") {
            out.push_str(&line);
            out.push('\n');
            continue;
        }
        let line = line.replace(" dy=\"0.76em\"", "").replace(" text-anchor=\"start\"", "").replace(&family, "");
        let line = strong(&round_size(&line));
        out.push_str(&line);
        out.push_str(lines.next().unwrap_or_default());
        out.push_str(lines.next().unwrap_or_default());
        out.push('\n');
    }
    Ok(out)
}

/// `font-size="28.000000000000004"` becomes `font-size="28"`.
fn round_size(line: &str) -> String {
    let Some((front, rest)) = line.split_once("font-size=\"") else { return line.to_owned() };
    let Some((size, back)) = rest.split_once('"') else { return line.to_owned() };
    let size = size.parse::<f64>().map_or_else(|_| size.to_owned(), |s| format!("{}", (s * 100.0).round() / 100.0));
    format!("{front}font-size=\"{size}\"{back}")
}

fn strong(line: &str) -> String {
    let fill = line.split_once("fill=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("#000", |(fill, _)| fill);
    line.replace("font-weight=\"bold\"", &format!("stroke=\"{fill}\" stroke-width=\"3\""))
}

fn escape(text: &str) -> String {
    // XML has no place for control characters.
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// FNV-1a, 64 bits: stable over versions and machines.
fn fnv64(characters: &BTreeSet<char>) -> u64 {
    let step = |h: u64, c: &char| (h ^ u64::from(u32::from(*c))).wrapping_mul(0x0100_0000_01b3);
    characters.iter().fold(0xcbf2_9ce4_8422_2325, step)
}
