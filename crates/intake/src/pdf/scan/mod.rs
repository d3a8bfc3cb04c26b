//! Pages that are pictures, read with Tesseract: the lines of tables are found and taken out, every line of text of every
//! cell is read by itself, and what results is a page like any other, whose words are marked as recognised.

mod bitmap;
mod lines;
mod readings;
mod ruling;

use super::geometry::{Glyph, Page, Rect, Rule, Run};
use super::layout::{self, Layout};
use super::{ruled, rules};
use crate::tesseract::Tesseract;

use bitmap::Bitmap;
use lines::Area;
use readings::Reading;

/// Width of an A4 page in points, the measure that layout thinks in.
const A4: f32 = 595.0;
/// Angles below this are left as they are, in degrees.
const STRAIGHT: f32 = 0.04;

/// Reads the picture of a page.
///
/// # Errors
/// It cannot be decoded, or Tesseract failed; in English.
pub(super) fn layout(tesseract: &Tesseract, picture: &[u8], number: u32) -> Result<Layout, String> {
    let page = page(tesseract, picture, number)?;
    layout::layout(page).map_err(|r| r.en)
}

fn page(tesseract: &Tesseract, picture: &[u8], number: u32) -> Result<Page, String> {
    let mut bitmap = Bitmap::decode(picture).ok_or("the picture cannot be decoded or is too large")?.flattened();
    let mut ink = bitmap.ink();
    let skew = ink.skew();
    if skew.abs() > STRAIGHT {
        bitmap = bitmap.turned(skew);
        ink = bitmap.ink();
    }
    let bands = ruling::bands(&ink);
    ruling::erase(&bands, &mut bitmap, &mut ink);
    let upright = ink.height >= ink.width;
    // Points in a picture element.
    let point = if upright { A4 } else { A4 * 1.414 } / ink.width as f32;
    let rules: Vec<Rule> = bands
        .iter()
        .map(|b| {
            let at = (b.from + b.to) as f32 / 2.0 * point;
            Rule { level: b.level, at, start: b.start as f32 * point, end: b.end as f32 * point }
        })
        .collect();
    let (areas, cells) = areas(&rules, point, (ink.width, ink.height))?;
    let (owners, lines): (Vec<usize>, Vec<Area>) = lines::lines(&ink, &areas).into_iter().unzip();
    let mut readings = readings::read(tesseract, &bitmap, &lines)?;
    read_labels(tesseract, &bitmap, &owners, cells, &lines, &mut readings)?;
    let mut heights: Vec<usize> = lines.iter().map(|l| l.3 - l.1).collect();
    heights.sort_unstable();
    let usual = heights.get(heights.len() / 2).copied().unwrap_or(1) as f32 * point;
    let mut unseen = Vec::new();
    for (line, reading) in lines.iter().zip(&readings) {
        let height = (line.3 - line.1) as f32 * point;
        let size = if height > 1.5 * usual { height } else { usual } * 1.1;
        let middle = (line.1 + line.3) as f32 / 2.0 * point;
        // Boxes of words that follow one another may overlap.
        let mut reached = f32::MIN;
        for (text, left, right) in &reading.words {
            let left = left.max(reached);
            let right = right.max(left + 1.0);
            reached = right;
            let count = text.chars().count().max(1) as f32;
            let step = (right - left) * point / count;
            for (at, char) in text.chars().enumerate() {
                let start = left * point + at as f32 * step;
                unseen.push(Glyph {
                    char,
                    run: Run::Right,
                    start,
                    end: start + step,
                    base: middle + 0.35 * size,
                    size,
                    x: start + step / 2.0,
                    y: middle,
                    spaced: false,
                    doubtful: !reading.certain,
                });
            }
        }
    }
    let (width, height) = (ink.width as f32 * point, ink.height as f32 * point);
    Ok(Page { number, width, height, rules, unseen, ..Page::default() })
}

/// Reads the cells of words over several lines once more, each as one line, and spreads what they say over their lines.
fn read_labels(
    tesseract: &Tesseract,
    bitmap: &Bitmap,
    owners: &[usize],
    cells: usize,
    lines: &[Area],
    readings: &mut [Reading],
) -> Result<(), String> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, owner) in owners.iter().enumerate().filter(|(_, owner)| **owner < cells) {
        match groups.last_mut().filter(|g| g.last().is_some_and(|l| owners[*l] == *owner)) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups.retain(|g| g.len() > 1 && g.iter().map(|i| readings::han(&readings[*i])).sum::<usize>() > 2);
    let joined: Vec<Vec<Area>> = groups.iter().map(|g| g.iter().map(|i| lines[*i]).collect()).collect();
    for (group, text) in groups.iter().zip(readings::read_joined(tesseract, bitmap, &joined)?) {
        let chars: Vec<char> = text.chars().collect();
        if chars.is_empty() {
            continue;
        }
        let mut parts = chars.chunks(chars.len().div_ceil(group.len()));
        for i in group {
            let words = parts.next().map(|p| (p.iter().collect(), lines[*i].0 as f32, lines[*i].2 as f32));
            readings[*i] = Reading { words: words.into_iter().collect(), certain: true };
        }
    }
    Ok(())
}

/// Where text stands: the cells of every table, and behind them the strips of the page between the tables; how many are
/// cells.
fn areas(rules: &[Rule], point: f32, (width, height): (usize, usize)) -> Result<(Vec<Area>, usize), String> {
    let frames = rules::frames(&rules::joined(rules)).map_err(|r| r.en)?;
    let element = |x: f32, most: usize| ((x / point).round().max(0.0) as usize).min(most);
    let area = |r: &Rect| (element(r.x0, width), element(r.y0, height), element(r.x1, width), element(r.y1, height));
    let mut out = Vec::new();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for frame in &frames {
        let Some(cells) = ruled::cells(frame) else { continue };
        out.extend(cells.iter().map(|(place, _)| area(place)));
        let whole = area(&frame.bounds);
        taken.push((whole.1, whole.3));
    }
    let cells = out.len();
    taken.sort_unstable();
    let mut from = 0;
    for (top, bottom) in taken.into_iter().chain([(height, height)]) {
        if top > from {
            out.push((0, from, width, top));
        }
        from = from.max(bottom);
    }
    Ok((out, cells))
}
