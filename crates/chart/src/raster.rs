//! A drawing becomes a PNG: paths by tiny-skia, texts from the outlines of the bundled font, so that it looks the same on
//! every machine; the file is deflated by libdeflate. Nothing of the SVG is parsed again, and a glyph that comes again in
//! the same size is not drawn again.

use std::collections::HashMap;

use resvg::tiny_skia::{FillRule, Mask, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};
use ttf_parser::{GlyphId, OutlineBuilder};

use crate::font;
use crate::palette::Rgb;
use crate::scene::{Align, Item, STRONG, Scene, quarter, straightened};

/// Draws the scene on white.
pub(crate) fn png(scene: &Scene, (w, h): (u32, u32)) -> Result<Vec<u8>, String> {
    let mut map = Pixmap::new(w, h).ok_or("the picture has no size")?;
    map.data_mut().fill(0xff);
    let mut canvas = Canvas { map, glyphs: HashMap::new() };
    for item in &scene.items {
        canvas.put(item);
    }
    encode(&canvas.map)
}

struct Canvas {
    map: Pixmap,
    glyphs: HashMap<Key, Glyph>,
}

/// A glyph in one of its sizes, at a quarter of a pixel.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    glyph: u16,
    size: u32,
    quarter: u8,
    strong: bool,
}

/// How much of each pixel is covered; where the first one lies from the origin on the baseline.
struct Glyph {
    left: i32,
    top: i32,
    width: usize,
    cover: Vec<u8>,
}

fn paint(color: Rgb, alpha: f64) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(color.0, color.1, color.2, (alpha * 255.0).round() as u8);
    paint
}

fn path(points: &[(f64, f64)], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        let (x, y) = (quarter(x) as f32, quarter(y) as f32);
        if i == 0 { builder.move_to(x, y) } else { builder.line_to(x, y) }
    }
    if closed {
        builder.close();
    }
    builder.finish()
}

impl Canvas {
    fn put(&mut self, item: &Item) {
        match item {
            &Item::Rect { x, y, w, h, fill, alpha } => {
                self.fill((x.round(), y.round(), (x + w).round(), (y + h).round()), fill, alpha);
            }
            &Item::Frame { x, y, w, h, color, width } => self.frame((x, y, w, h), color, f64::from(width)),
            Item::Line { points, color, width } => self.line(&straightened(points, *width), *color, f64::from(*width)),
            Item::Polygon { points, fill, alpha } => {
                if let Some(path) = path(points, true) {
                    let paint = paint(*fill, *alpha);
                    self.map.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
                }
            }
            &Item::Dot { x, y, r, fill } => {
                if let Some(path) = PathBuilder::from_circle(quarter(x) as f32, quarter(y) as f32, r as f32) {
                    self.map.fill_path(&path, &paint(fill, 1.0), FillRule::Winding, Transform::identity(), None);
                }
            }
            &Item::Ring { x, y, r, color, width } => {
                if let Some(path) = PathBuilder::from_circle(quarter(x) as f32, quarter(y) as f32, r as f32) {
                    self.stroke(&path, color, f64::from(width));
                }
            }
            Item::Text { x, baseline, style, text } => {
                let wide = font::width(text, style.size);
                let left = match style.align {
                    Align::Left => quarter(*x),
                    Align::Middle => quarter(*x) - wide / 2.0,
                    Align::Right => quarter(*x) - wide,
                };
                let mut at = left;
                for c in text.chars().filter(|c| !font::is_joiner(*c)) {
                    let glyph = font::glyph(c);
                    self.glyph(glyph, style.size, style.strong, (at, *baseline), style.color);
                    at += f64::from(font::advance(glyph)) * style.size / font::EM;
                }
            }
        }
    }

    /// Fills whole pixels.
    fn fill(&mut self, (x0, y0, x1, y1): (f64, f64, f64, f64), color: Rgb, alpha: f64) {
        let (w, h) = (self.map.width() as usize, self.map.height() as usize);
        let clip = |v: f64, most: usize| (v.max(0.0) as usize).min(most);
        let (left, right) = (clip(x0.min(x1), w), clip(x0.max(x1), w));
        let alpha = (alpha * 255.0).round() as u32;
        for y in clip(y0.min(y1), h)..clip(y0.max(y1), h) {
            let row = &mut self.map.data_mut()[(y * w + left) * 4..(y * w + right) * 4];
            for pixel in row.as_chunks_mut::<4>().0 {
                if alpha == 255 { *pixel = [color.0, color.1, color.2, 255] } else { blend(pixel, color, alpha) }
            }
        }
    }

    /// An edge drawn inwards of whole pixels, as the SVG has it.
    fn frame(&mut self, (x, y, w, h): (f64, f64, f64, f64), color: Rgb, width: f64) {
        let out = (width / 2.0).floor();
        let (x0, y0) = (x.round() - out, y.round() - out);
        let (x1, y1) = ((x + w - 1.0).round() - out + width, (y + h - 1.0).round() - out + width);
        self.fill((x0, y0, x1, y0 + width), color, 1.0);
        self.fill((x0, y1 - width, x1, y1), color, 1.0);
        self.fill((x0, y0 + width, x0 + width, y1 - width), color, 1.0);
        self.fill((x1 - width, y0 + width, x1, y1 - width), color, 1.0);
    }

    fn line(&mut self, points: &[(f64, f64)], color: Rgb, width: f64) {
        if let [(x0, y0), (x1, y1)] = *points {
            let half = width / 2.0;
            let across = if y0 == y1 { Some((x0.min(x1), y0 - half, x0.max(x1), y0 + half)) } else { None };
            let upright = if x0 == x1 { Some((x0 - half, y0.min(y1), x0 + half, y0.max(y1))) } else { None };
            let whole = |r: &(f64, f64, f64, f64)| [r.0, r.1, r.2, r.3].iter().all(|v| v.fract() == 0.0);
            if let Some(rect) = across.or(upright).filter(whole) {
                return self.fill(rect, color, 1.0);
            }
        }
        if let Some(path) = path(points, false) {
            self.stroke(&path, color, width);
        }
    }

    fn stroke(&mut self, path: &Path, color: Rgb, width: f64) {
        let stroke = Stroke { width: width as f32, ..Stroke::default() };
        self.map.stroke_path(path, &paint(color, 1.0), &stroke, Transform::identity(), None);
    }

    /// A glyph with its origin at `at`; the baseline on a whole pixel, where it is sharpest.
    fn glyph(&mut self, glyph: u16, size: f64, strong: bool, at: (f64, f64), color: Rgb) {
        let left = (at.0 * 4.0).round() as i64;
        let key = Key { glyph, size: (size * 100.0).round() as u32, quarter: left.rem_euclid(4) as u8, strong };
        let drawn = self.glyphs.entry(key).or_insert_with(|| draw(key));
        let (w, h) = (i64::from(self.map.width()), i64::from(self.map.height()));
        let (x0, y0) = (left.div_euclid(4) + i64::from(drawn.left), at.1.round() as i64 + i64::from(drawn.top));
        if drawn.width == 0 {
            return;
        }
        let pixels = self.map.data_mut().as_chunks_mut::<4>().0;
        for (y, row) in (y0..).zip(drawn.cover.chunks(drawn.width)).filter(|(y, _)| (0..h).contains(y)) {
            for (x, cover) in (x0..).zip(row).filter(|(x, cover)| **cover > 0 && (0..w).contains(x)) {
                blend(&mut pixels[(y * w + x) as usize], color, u32::from(*cover));
            }
        }
    }
}

fn blend(pixel: &mut [u8; 4], color: Rgb, alpha: u32) {
    for (under, over) in pixel.iter_mut().zip([color.0, color.1, color.2]) {
        *under = ((u32::from(*under) * (255 - alpha) + u32::from(over) * alpha + 127) / 255) as u8;
    }
}

struct Outline {
    path: PathBuilder,
    scale: f32,
    dx: f32,
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(x * self.scale + self.dx, -y * self.scale);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(x * self.scale + self.dx, -y * self.scale);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (s, dx) = (self.scale, self.dx);
        self.path.quad_to(x1 * s + dx, -y1 * s, x * s + dx, -y * s);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (s, dx) = (self.scale, self.dx);
        self.path.cubic_to(x1 * s + dx, -y1 * s, x2 * s + dx, -y2 * s, x * s + dx, -y * s);
    }
    fn close(&mut self) {
        self.path.close();
    }
}

/// A glyph as coverage; empty where it has no outline.
fn draw(key: Key) -> Glyph {
    let nothing = Glyph { left: 0, top: 0, width: 0, cover: Vec::new() };
    let scale = (f64::from(key.size) / 100.0 / font::EM) as f32;
    let mut outline = Outline { path: PathBuilder::new(), scale, dx: f32::from(key.quarter) / 4.0 };
    let drawn = font::face().and_then(|f| f.outline_glyph(GlyphId(key.glyph), &mut outline));
    let Some(path) = drawn.and_then(|_| outline.path.finish()) else { return nothing };
    let bounds = path.bounds();
    let (left, top) = (bounds.left().floor() as i32 - 1, bounds.top().floor() as i32 - 1);
    let (right, bottom) = (bounds.right().ceil() as i32 + 1, bounds.bottom().ceil() as i32 + 1);
    let Some(mut mask) = Mask::new((right - left) as u32, (bottom - top) as u32) else { return nothing };
    let moved = Transform::from_translate(-left as f32, -top as f32);
    mask.fill_path(&path, FillRule::Winding, true, moved);
    if key.strong {
        // One weight of the font is bundled: a thin edge makes the strong one, as in the SVG.
        let edge = path.stroke(&Stroke { width: STRONG as f32, ..Stroke::default() }, 1.0);
        if let Some(edge) = edge {
            mask.fill_path(&edge, FillRule::Winding, true, moved);
        }
    }
    Glyph { left, top, width: (right - left) as usize, cover: mask.take() }
}

/// Pixels a metre at twice the 96 an inch of CSS, so that a word processor shows the picture as wide as a browser does.
const DENSITY: u32 = 7559;

/// A PNG of three bytes a pixel: the drawing is opaque. Rows are written as their difference from the row above.
fn encode(map: &Pixmap) -> Result<Vec<u8>, String> {
    let (w, h) = (map.width() as usize, map.height() as usize);
    let mut rows = Vec::with_capacity((w * 3 + 1) * h);
    let pixels = map.data();
    let blank = vec![0; w * 4];
    for y in 0..h {
        let row = &pixels[y * w * 4..(y + 1) * w * 4];
        let above = if y == 0 { &blank[..] } else { &pixels[(y - 1) * w * 4..y * w * 4] };
        rows.push(2);
        for (p, a) in row.as_chunks::<4>().0.iter().zip(above.as_chunks::<4>().0) {
            rows.extend([p[0].wrapping_sub(a[0]), p[1].wrapping_sub(a[1]), p[2].wrapping_sub(a[2])]);
        }
    }
    let mut deflate = libdeflater::Compressor::new(libdeflater::CompressionLvl::new(LEVEL).map_err(|e| format!("{e:?}"))?);
    let mut data = vec![0; deflate.zlib_compress_bound(rows.len())];
    let size = deflate.zlib_compress(&rows, &mut data).map_err(|e| e.to_string())?;
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let header: Vec<u8> =
        [(w as u32).to_be_bytes(), (h as u32).to_be_bytes()].concat().into_iter().chain([8, 2, 0, 0, 0]).collect();
    let density: Vec<u8> = [DENSITY.to_be_bytes(), DENSITY.to_be_bytes()].concat().into_iter().chain([1]).collect();
    for (kind, data) in [(b"IHDR", &header[..]), (b"pHYs", &density), (b"IDAT", &data[..size]), (b"IEND", &[])] {
        out.extend((data.len() as u32).to_be_bytes());
        let from = out.len();
        out.extend(kind);
        out.extend_from_slice(data);
        out.extend(libdeflater::crc32(&out[from..]).to_be_bytes());
    }
    Ok(out)
}

/// Of libdeflate's twelve: three times as quick as the sixth, for a file a tenth larger.
const LEVEL: i32 = 4;
