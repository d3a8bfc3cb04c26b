//! Lines of text in a picture: what lies between rows without ink, inside of each cell and between the tables.

use super::bitmap::Ink;

/// A part of a picture: left, top, right, bottom in picture elements.
pub(super) type Area = (usize, usize, usize, usize);

/// Lines of a page, at most.
const MAX_LINES: usize = 4_000;

/// The lines of text in each of the areas, from the top down, cut to their ink; each with the number of its area.
pub(super) fn lines(ink: &Ink, areas: &[Area]) -> Vec<(usize, Area)> {
    let strips: Vec<Vec<(Area, usize, usize)>> = areas.iter().map(|area| strips(ink, *area)).collect();
    let mut heights: Vec<usize> = strips.iter().flatten().map(|s| s.2 - s.1).filter(|h| *h > ink.width / 200).collect();
    heights.sort_unstable();
    let usual = heights.get(heights.len() / 2).copied().unwrap_or(ink.width / 60);
    let speck = (ink.width / 250).max(4);
    let mut out = Vec::new();
    for (number, strips) in strips.into_iter().enumerate() {
        let mut merged: Vec<(Area, usize, usize)> = Vec::new();
        for strip in strips {
            match merged.last_mut() {
                // The strokes of 二 and of a colon are one character.
                Some(last) if strip.1 - last.2 < usual * 2 / 5 && strip.2 - last.1 <= usual * 6 / 5 => last.2 = strip.2,
                _ => merged.push(strip),
            }
        }
        for (area, top, bottom) in merged {
            let bottom = above_underline(ink, (area.0, top, area.2, bottom), usual).unwrap_or(bottom);
            let columns = (area.0..area.2).filter(|x| (top..bottom).any(|y| ink.row(y)[*x]));
            let (Some(left), Some(right)) = (columns.clone().next(), columns.clone().next_back()) else { continue };
            if bottom - top >= speck || right + 1 - left >= speck * 3 / 2 {
                out.push((number, (left, top, right + 1, bottom)));
            }
        }
    }
    out.truncate(MAX_LINES);
    out
}

/// Where the characters of a line end above the line that was drawn under all of them; `None` if there is none.
fn above_underline(ink: &Ink, area: Area, usual: usize) -> Option<usize> {
    let count = |y: usize| ink.row(y)[area.0..area.2].iter().filter(|d| **d).count();
    let inked = |y: usize| (area.0..area.2).filter(move |x| ink.row(y)[*x]);
    let mut left = usize::MAX;
    let mut right = 0;
    for y in area.1..area.3 {
        left = left.min(inked(y).next().unwrap_or(usize::MAX));
        right = right.max(inked(y).next_back().unwrap_or(0));
    }
    let width = right.checked_sub(left)? + 1;
    // The lowest rows that are inked from end to end, with nothing below, and the paper above them.
    let full = |y: usize| 20 * count(y) >= 17 * width;
    let lowest = (area.1..area.3).rev().take(3).find(|y| full(*y))?;
    let top = (area.1..=lowest).rev().take_while(|y| full(*y)).last()?;
    let end = (area.1..top).rev().find(|y| count(*y) <= width / 6)?;
    let characters = (area.1..end).rev().find(|y| count(*y) > 0)? + 1;
    // The strokes of 二 and 三 lie apart as well, but what is above the last is no character.
    (lowest + 1 - top <= usual / 5 && top - end <= usual / 5 && characters - area.1 >= usual * 3 / 5).then_some(characters)
}

/// Rows with ink that follow one another.
fn strips(ink: &Ink, area: Area) -> Vec<(Area, usize, usize)> {
    let mut out: Vec<(Area, usize, usize)> = Vec::new();
    for y in area.1..area.3.min(ink.height) {
        let inked = ink.row(y).get(area.0..area.2).is_some_and(|row| row.iter().filter(|d| **d).count() >= 2);
        if inked {
            match out.last_mut() {
                Some(last) if last.2 + 1 >= y => last.2 = y + 1,
                _ => out.push((area, y, y + 1)),
            }
        }
    }
    out
}
