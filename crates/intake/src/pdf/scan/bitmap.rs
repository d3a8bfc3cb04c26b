//! Pictures of pages: shades of grey, ink, and the angle at which the page lay on the glass.

use std::io::Cursor;

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageFormat, ImageReader, Limits};

/// Picture elements of a page, at most.
const MAX_ELEMENTS: u64 = 60_000_000;
/// What pages are brought to, in picture elements across: A4 upright at 300 dots an inch.
pub(super) const ACROSS: u32 = 2480;
/// Ink is darker than this where paper is 255.
const DARKER: u8 = 198;
/// What is darker than the first is black, what is lighter than the second white, for recognition.
const CONTRAST: (u8, u8) = (70, 225);
/// The angles that are tried, in degrees.
const MAX_SKEW: f32 = 4.0;
/// Points of ink that are enough to tell the angle.
const MAX_POINTS: usize = 80_000;

/// A picture in shades of grey, 0 black.
#[derive(Clone, Debug)]
pub(super) struct Bitmap(pub(super) GrayImage);

/// Where a picture has ink, row by row.
#[derive(Clone, Debug)]
pub(super) struct Ink {
    pub width: usize,
    pub height: usize,
    pub dark: Vec<bool>,
}

impl Bitmap {
    /// Decodes a picture and brings it to the width of [`ACROSS`], give or take. `None` if it cannot be decoded or is
    /// larger than any page.
    pub(super) fn decode(bytes: &[u8]) -> Option<Bitmap> {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(30_000);
        limits.max_image_height = Some(30_000);
        limits.max_alloc = Some(512 << 20);
        reader.limits(limits);
        let image = reader.decode().ok()?;
        let (width, height) = (image.width(), image.height());
        if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MAX_ELEMENTS {
            return None;
        }
        let grey = on_white(image);
        let across = if height >= width { ACROSS } else { ACROSS * 7 / 5 };
        let factor = (f64::from(across) / f64::from(width)).min(4.0);
        let high = (f64::from(height) * factor).round() as u32;
        if (0.85..1.15).contains(&factor) || u64::from(across) * u64::from(high) > MAX_ELEMENTS {
            return Some(Bitmap(grey));
        }
        Some(Bitmap(imageops::resize(&grey, (f64::from(width) * factor).round() as u32, high.max(1), FilterType::Triangle)))
    }

    /// Every shade measured against what is around it (Bradley and Roth 2007): paper becomes white under shadows, in
    /// shaded heads and on grey copies.
    pub(super) fn flattened(&self) -> Bitmap {
        let (width, height) = (self.0.width() as usize, self.0.height() as usize);
        let data = self.0.as_raw();
        let mut sums = vec![0u64; (width + 1) * (height + 1)];
        for y in 0..height {
            let mut row = 0u64;
            for x in 0..width {
                row += u64::from(data[y * width + x]);
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
            }
        }
        let reach = (width / 40).max(8);
        let mut out = self.0.clone();
        for (x, y, pixel) in out.enumerate_pixels_mut() {
            let (x, y) = (x as usize, y as usize);
            let (x0, x1) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let (y0, y1) = (y.saturating_sub(reach), (y + reach + 1).min(height));
            let at = |x: usize, y: usize| sums[y * (width + 1) + x];
            let sum = at(x1, y1) + at(x0, y0) - at(x0, y1) - at(x1, y0);
            let mean = sum as f32 / ((y1 - y0) * (x1 - x0)) as f32;
            pixel[0] = (f32::from(pixel[0]) / mean.max(1.0) * 255.0).min(255.0) as u8;
        }
        Bitmap(out)
    }

    /// Where a flattened picture has ink.
    pub(super) fn ink(&self) -> Ink {
        let (width, height) = (self.0.width() as usize, self.0.height() as usize);
        Ink { width, height, dark: self.0.as_raw().iter().map(|v| *v < DARKER).collect() }
    }

    /// Turns it by a small angle in degrees, clockwise, on white.
    pub(super) fn turned(&self, degrees: f32) -> Bitmap {
        let (width, height) = self.0.dimensions();
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (cx, cy) = (width as f32 / 2.0, height as f32 / 2.0);
        let white = |x: i64, y: i64| {
            let inside = x >= 0 && y >= 0 && x < i64::from(width) && y < i64::from(height);
            if inside { f32::from(self.0.get_pixel(x as u32, y as u32)[0]) } else { 255.0 }
        };
        Bitmap(GrayImage::from_fn(width, height, |x, y| {
            let (dx, dy) = (x as f32 - cx, y as f32 - cy);
            let (sx, sy) = (cx + dx * cos + dy * sin, cy - dx * sin + dy * cos);
            let (x0, y0) = (sx.floor(), sy.floor());
            let (fx, fy) = (sx - x0, sy - y0);
            let (x0, y0) = (x0 as i64, y0 as i64);
            let top = white(x0, y0) * (1.0 - fx) + white(x0 + 1, y0) * fx;
            let bottom = white(x0, y0 + 1) * (1.0 - fx) + white(x0 + 1, y0 + 1) * fx;
            image::Luma([(top * (1.0 - fy) + bottom * fy).round() as u8])
        }))
    }

    /// A part of it, `factor` times as large.
    pub(super) fn part(&self, (x0, y0, x1, y1): (usize, usize, usize, usize), factor: f32) -> GrayImage {
        let mut part = imageops::crop_imm(&self.0, x0 as u32, y0 as u32, (x1 - x0) as u32, (y1 - y0) as u32).to_image();
        let (black, white) = (u32::from(CONTRAST.0), u32::from(CONTRAST.1));
        for pixel in part.pixels_mut() {
            pixel[0] = ((u32::from(pixel[0]).clamp(black, white) - black) * 255 / (white - black)) as u8;
        }
        if factor == 1.0 {
            return part;
        }
        let large = |n: usize| ((n as f32 * factor).round() as u32).max(1);
        imageops::resize(&part, large(x1 - x0), large(y1 - y0), FilterType::CatmullRom)
    }
}

/// What is not opaque shows white paper.
fn on_white(image: DynamicImage) -> GrayImage {
    if !image.color().has_alpha() {
        return image.into_luma8();
    }
    let both = image.into_luma_alpha8();
    GrayImage::from_fn(both.width(), both.height(), |x, y| {
        let [shade, alpha] = both.get_pixel(x, y).0.map(u32::from);
        image::Luma([((shade * alpha + 255 * (255 - alpha)) / 255) as u8])
    })
}

/// A picture as PNG.
pub(super) fn png(image: &GrayImage) -> Option<Vec<u8>> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

impl Ink {
    /// Rows and columns exchanged.
    pub(super) fn transposed(&self) -> Ink {
        let mut dark = vec![false; self.dark.len()];
        for y in 0..self.height {
            for x in 0..self.width {
                dark[x * self.height + y] = self.dark[y * self.width + x];
            }
        }
        Ink { width: self.height, height: self.width, dark }
    }

    pub(super) fn row(&self, y: usize) -> &[bool] {
        &self.dark[y * self.width..(y + 1) * self.width]
    }

    /// By how many degrees the lines of the page rise to the right: the angle along which the ink lies in the fewest rows
    /// (projection profiles, Postl 1986).
    pub(super) fn skew(&self) -> f32 {
        let count = self.dark.iter().filter(|d| **d).count();
        let step = count / MAX_POINTS + 1;
        let ink = self.dark.iter().enumerate().filter(|(_, d)| **d).step_by(step);
        let points: Vec<(f32, f32)> = ink.map(|(at, _)| ((at % self.width) as f32, (at / self.width) as f32)).collect();
        let sharpness = |degrees: f32| {
            let slope = degrees.to_radians().tan();
            let mut rows = vec![0u32; (self.height + self.width) / 2 + 2];
            for (x, y) in &points {
                let y = (y + x * slope + if slope < 0.0 { -slope * self.width as f32 } else { 0.0 }) / 2.0;
                if let Some(row) = rows.get_mut(y.max(0.0) as usize) {
                    *row += 1;
                }
            }
            rows.iter().map(|n| f64::from(*n) * f64::from(*n)).sum::<f64>()
        };
        let mut best = (sharpness(0.0), 0.0);
        let mut width = MAX_SKEW;
        for step in [0.5, 0.1, 0.02] {
            let centre = best.1;
            let tries = (width / step) as i32;
            for k in -tries..=tries {
                let angle = centre + k as f32 * step;
                let sharp = sharpness(angle);
                // The page lies straight unless another angle says so clearly.
                if sharp > best.0 * 1.000_001 {
                    best = (sharp, angle);
                }
            }
            width = step;
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::Bitmap;
    use image::GrayImage;

    /// Three level lines on paper.
    fn ruled() -> Bitmap {
        Bitmap(GrayImage::from_fn(1800, 900, |x, y| {
            image::Luma([if (50..1750).contains(&x) && [99, 300, 600].contains(&(y / 3 * 3)) { 20 } else { 250 }])
        }))
    }

    #[test]
    fn the_angle_of_a_page_is_found_and_undone() {
        let straight = ruled();
        assert!(straight.ink().skew().abs() < 0.05);
        for angle in [-2.0, 1.3f32] {
            let turned = straight.turned(angle);
            let skew = turned.ink().skew();
            assert!((skew.abs() - angle.abs()).abs() < 0.15, "{angle} {skew}");
            assert!(turned.turned(skew).ink().skew().abs() < 0.1, "{angle} {skew}");
        }
    }
}
