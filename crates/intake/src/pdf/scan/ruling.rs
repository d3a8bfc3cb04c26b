//! The lines of tables in a picture, found as long runs of ink and taken out of it.

use super::bitmap::{Bitmap, Ink};

/// Gaps in a run of ink that are no gaps.
const GAP: usize = 3;

/// A straight line of ink, in picture elements; the ends are beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Band {
    pub level: bool,
    /// From where to where along it.
    pub start: usize,
    pub end: usize,
    /// From where to where across it.
    pub from: usize,
    pub to: usize,
}

/// The lines of tables: straight, thin, longer than the strokes of characters, and meeting one another.
pub(super) fn bands(ink: &Ink) -> Vec<Band> {
    let across = ink.width;
    let thick = (across / 150).max(6);
    let mut all = along(ink, (across / 28).max(40), thick, true);
    all.extend(along(&ink.transposed(), (across / 33).max(36), thick, false));
    let reach = (across / 500).max(4);
    let meet = |a: &Band, b: &Band| {
        a.level != b.level && b.from < a.end + reach && b.to + reach > a.start && a.from < b.end + reach && a.to + reach > b.start
    };
    let kept: Vec<bool> =
        all.iter().map(|a| (a.level && a.end - a.start > across / 4) || all.iter().any(|b| meet(a, b))).collect();
    all.iter().zip(kept).filter(|(_, k)| *k).map(|(b, _)| *b).collect()
}

/// Long runs of ink in rows that lie next to one another, as bands no thicker than `thick`.
fn along(ink: &Ink, shortest: usize, thick: usize, level: bool) -> Vec<Band> {
    let mut open: Vec<Band> = Vec::new();
    let mut out: Vec<Band> = Vec::new();
    let mut near = vec![false; ink.width];
    for y in 0..ink.height {
        near.copy_from_slice(ink.row(y));
        // A line that is not quite straight goes on in the next row.
        for beside in [y.checked_sub(1), Some(y + 1).filter(|y| *y < ink.height)].into_iter().flatten() {
            near.iter_mut().zip(ink.row(beside)).for_each(|(n, b)| *n |= b);
        }
        for (start, end) in runs(&near, shortest) {
            let overlap = |b: &Band| b.end.min(end).saturating_sub(b.start.max(start));
            match open.iter_mut().find(|b| b.to + 1 >= y && 2 * overlap(b) > (end - start).min(b.end - b.start)) {
                Some(band) => *band = Band { start: band.start.min(start), end: band.end.max(end), to: y + 1, ..*band },
                None => open.push(Band { level, start, end, from: y, to: y + 1 }),
            }
        }
        let ended = |b: &mut Band| b.to + 1 < y;
        out.extend(open.extract_if(.., ended));
    }
    out.extend(open);
    out.retain(|b| b.to - b.from <= thick);
    out
}

/// Runs of ink at least so long.
fn runs(row: &[bool], shortest: usize) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut run: Option<(usize, usize)> = None;
    for (x, dark) in row.iter().enumerate() {
        if *dark {
            run = match run {
                Some((start, end)) if x <= end + GAP => Some((start, x + 1)),
                other => {
                    out.extend(other.filter(|(s, e)| e - s >= shortest));
                    Some((x, x + 1))
                }
            };
        }
    }
    out.extend(run.filter(|(s, e)| e - s >= shortest));
    out
}

/// Paints lines over with paper.
pub(super) fn erase(bands: &[Band], bitmap: &mut Bitmap, ink: &mut Ink) {
    const EDGE: usize = 2;
    for band in bands {
        let (start, end) = (band.start.saturating_sub(EDGE), band.end + EDGE);
        let (from, to) = (band.from.saturating_sub(EDGE), band.to + EDGE);
        let (x0, x1, y0, y1) = if band.level { (start, end, from, to) } else { (from, to, start, end) };
        for y in y0..y1.min(ink.height) {
            for x in x0..x1.min(ink.width) {
                ink.dark[y * ink.width + x] = false;
                bitmap.0.put_pixel(x as u32, y as u32, image::Luma([255]));
            }
        }
    }
}
