//! What the lines of a picture say: read as Chinese, and where a line looks like a figure twice more as digits at two
//! sizes. A figure is certain if two readings agree and none contradicts.

use image::{GrayImage, Luma, imageops};
use rayon::prelude::*;

use super::bitmap::{Bitmap, png};
use super::lines::Area;
use crate::pdf::font::UNKNOWN;
use crate::tesseract::{Script, Tesseract, Word};

/// Confidence, of 100, under which a reading proves nothing.
const CERTAIN: f32 = 55.0;
/// Height of a picture of lines, in picture elements.
const TALL: u32 = 9_000;
/// A line wider than this is running text.
const WIDE: usize = 900;
/// Paper between lines and at the edges.
const APART: f32 = 28.0;
/// The two sizes at which digits are read.
const SIZES: [f32; 2] = [1.0, 1.45];

/// A line that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// Words with their left and right ends in the picture of the page.
    pub words: Vec<(String, f32, f32)>,
    /// Whether what may be a figure is one for certain.
    pub certain: bool,
}

/// Reads lines.
pub(super) fn read(tesseract: &Tesseract, page: &Bitmap, lines: &[Area]) -> Result<Vec<Reading>, String> {
    let all: Vec<usize> = (0..lines.len()).collect();
    let mut words = pass(tesseract, page, lines, &all, SIZES[0], Script::Chinese)?;
    // What a sheet of lines leaves out is often read on another.
    let left_out: Vec<usize> = all.iter().copied().filter(|&i| words[i].is_empty()).collect();
    let again = pass(tesseract, page, lines, &left_out, SIZES[1], Script::Chinese)?;
    words.iter_mut().zip(again).filter(|(w, _)| w.is_empty()).for_each(|(w, a)| *w = a);
    let figures: Vec<usize> = all.into_iter().filter(|&i| is_narrow(&lines[i]) && !is_wordy(&text(&words[i]))).collect();
    let [small, large] = SIZES.map(|size| pass(tesseract, page, lines, &figures, size, Script::Digits));
    let (small, large) = (small?, large?);
    let mut figure = figures.iter().peekable();
    Ok((0..lines.len())
        .map(|at| {
            let ends = (lines[at].0 as f32, lines[at].2 as f32);
            if figure.next_if(|f| **f == at).is_none() {
                return Reading {
                    words: words[at].iter().map(|w| (w.text.clone(), w.left, w.left + w.width)).collect(),
                    certain: true,
                };
            }
            let (said, certain) = agreed([&words[at], &small[at], &large[at]].map(|w| (text(w), confidence(w))));
            Reading { words: vec![(said, ends.0, ends.1)], certain }
        })
        .collect())
}

fn is_narrow(line: &Area) -> bool {
    line.2 - line.0 <= WIDE
}

/// How many characters of a reading are Chinese.
pub(super) fn han(reading: &Reading) -> usize {
    reading.words.iter().flat_map(|w| w.0.chars()).filter(|c| is_han(*c)).count()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// Whether a line is words for certain: two Chinese characters that are no digits.
fn is_wordy(text: &str) -> bool {
    text.chars().filter(|c| is_han(*c) && !"一二三四五六七八九十工了〇".contains(*c)).count() >= 2
}

fn text(words: &[Word]) -> String {
    words.iter().map(|w| w.text.as_str()).collect()
}

fn confidence(words: &[Word]) -> f32 {
    words.iter().map(|w| w.confidence).fold(f32::MAX, f32::min)
}

/// What three readings of a line agree on; whether they do. The first is of any characters, the others of digits alone.
fn agreed(readings: [(String, f32); 3]) -> (String, bool) {
    let figures = readings.clone().map(|(text, confidence)| (figure(&text), confidence));
    for (at, (text, _)) in figures.iter().enumerate() {
        let Some(text) = text else { continue };
        let votes = figures.iter().filter(|f| f.1 >= CERTAIN && f.0.as_ref().is_some_and(|t| value(t) == value(text))).count();
        let against = figures
            .iter()
            .enumerate()
            .filter(|(other, f)| *other != at && f.1 >= CERTAIN && f.0.as_ref().is_some_and(|t| value(t) != value(text)))
            .count();
        if votes >= 2 && against == 0 {
            return (text.clone(), true);
        }
    }
    let [any, small, large] = &readings;
    let numeric = |r: &(String, f32)| r.1 >= CERTAIN && r.0.chars().any(|c| c.is_ascii_digit());
    let blank = |r: &(String, f32)| r.0.is_empty();
    if readings.iter().all(blank) {
        // There is ink, but nobody knows what it says.
        return (UNKNOWN.to_string(), false);
    }
    let mark = !blank(any) && !any.0.chars().any(|c| c.is_alphanumeric() && !is_han(c)) && any.1 >= CERTAIN;
    let best = readings.iter().find(|r| !blank(r)).map_or_else(String::new, |r| r.0.clone());
    (best, mark && !numeric(small) && !numeric(large))
}

/// What tells two figures apart: marks of thousands do not.
fn value(figure: &str) -> String {
    figure.chars().filter(|c| *c != ',').collect()
}

/// A reading as a figure: ASCII, without what is left of a table's line beside it; `None` if it is none.
fn figure(text: &str) -> Option<String> {
    let folded: String = text
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - 0xFF10 + 0x30).unwrap_or(c),
            '，' => ',',
            '．' => '.',
            '－' | '—' | '–' => '-',
            _ => c,
        })
        .collect();
    let edge = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '(' | ')');
    let cut = folded.trim_matches(edge);
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let body = cut.strip_prefix('-').unwrap_or(cut);
    // A stroke before zero is what is left of a line.
    let cut = if body == "0" { body } else { cut };
    (body.starts_with(|c: char| c.is_ascii_digit()) && body.chars().all(plain)).then(|| cut.to_owned())
}

/// Reads the lines `which`; the words of each come in the places of the page's own picture, lines not asked for have none.
fn pass(
    tesseract: &Tesseract,
    page: &Bitmap,
    lines: &[Area],
    which: &[usize],
    size: f32,
    script: Script,
) -> Result<Vec<Vec<Word>>, String> {
    let strips = which.iter().map(|i| page.part(lines[*i], size)).collect();
    let read = read_strips(tesseract, strips, size, script)?;
    let mut out = vec![Vec::new(); lines.len()];
    for (i, words) in which.iter().zip(read) {
        let place = |w: Word| Word { left: lines[*i].0 as f32 + w.left / size, width: w.width / size, ..w };
        out[*i] = words.into_iter().map(place).collect();
    }
    Ok(out)
}

/// The words of cells that hold several lines, each read as one long line: single characters are recognised badly, and
/// what was broken over lines is one text.
pub(super) fn read_joined(tesseract: &Tesseract, page: &Bitmap, cells: &[Vec<Area>]) -> Result<Vec<String>, String> {
    let strip = |lines: &Vec<Area>| {
        let parts: Vec<GrayImage> = lines.iter().map(|l| page.part(*l, SIZES[0])).collect();
        let gap = 8;
        let height = parts.iter().map(GrayImage::height).max().unwrap_or(1);
        let width = parts.iter().map(|p| p.width() + gap).sum::<u32>().max(1);
        let mut whole = GrayImage::from_pixel(width, height, Luma([255]));
        let mut left = 0;
        for part in &parts {
            imageops::replace(&mut whole, part, i64::from(left), i64::from((height - part.height()) / 2));
            left += part.width() + gap;
        }
        whole
    };
    let read = read_strips(tesseract, cells.iter().map(strip).collect(), SIZES[0], Script::Chinese)?;
    Ok(read.iter().map(|words| text(words)).collect())
}

/// Reads strips of text, many on a sheet; the places of words are those in their strip.
fn read_strips(tesseract: &Tesseract, strips: Vec<GrayImage>, size: f32, script: Script) -> Result<Vec<Vec<Word>>, String> {
    let apart = (APART * size) as u32;
    let is_narrow = |i: &usize| strips[*i].width() as f32 <= WIDE as f32 * size;
    let (narrow, wide): (Vec<usize>, Vec<usize>) = (0..strips.len()).partition(is_narrow);
    let mut sheets: Vec<Vec<usize>> = Vec::new();
    for group in [narrow, wide] {
        let mut tall = TALL;
        for i in group {
            let height = strips[i].height() + apart;
            if tall + height > TALL {
                sheets.push(Vec::new());
                tall = 0;
            }
            tall += height;
            sheets.last_mut().into_iter().for_each(|s| s.push(i));
        }
    }
    let read = |sheet: &Vec<usize>| -> Result<Vec<(usize, Word)>, String> {
        let width = sheet.iter().map(|i| strips[*i].width()).max().unwrap_or(1) + 2 * apart;
        let height = sheet.iter().map(|i| strips[*i].height() + apart).sum::<u32>() + apart;
        let mut whole = GrayImage::from_pixel(width, height, Luma([255]));
        let mut tops = Vec::with_capacity(sheet.len());
        let mut top = apart;
        for i in sheet {
            imageops::replace(&mut whole, &strips[*i], i64::from(apart), i64::from(top));
            tops.push(top as f32);
            top += strips[*i].height() + apart;
        }
        let words = tesseract.words(png(&whole).ok_or("a picture could not be written")?, script)?;
        let place = |word: Word| {
            let middle = word.top + word.height / 2.0;
            let at = (0..tops.len()).rev().find(|at| middle >= tops[*at] - apart as f32 / 2.0)?;
            Some((sheet[at], Word { left: word.left - apart as f32, ..word }))
        };
        Ok(words.into_iter().filter_map(place).collect())
    };
    let read: Vec<Vec<(usize, Word)>> = sheets.par_iter().map(read).collect::<Result<_, String>>()?;
    let mut out = vec![Vec::new(); strips.len()];
    for (strip, word) in read.into_iter().flatten() {
        out[strip].push(word);
    }
    out.iter_mut().for_each(|words| words.sort_by(|a, b| a.left.total_cmp(&b.left)));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::agreed;

    #[test]
    fn a_figure_is_certain_only_where_readings_agree() {
        for (readings, expected, certain) in [
            ([("23", 96.0), ("23", 96.0), ("23", 95.0)], "23", true),
            ([("工", 64.0), ("1", 90.0), ("1", 92.0)], "1", true),
            ([("-0", 83.0), ("0", 60.0), ("0", 84.0)], "0", true),
            ([("】35", 0.0), ("135", 96.0), ("135", 96.0)], "135", true),
            ([("7", 90.0), ("1", 80.0), ("1", 85.0)], "7", false),
            ([("0", 96.0), ("", f32::MAX), ("", f32::MAX)], "0", false),
            ([("0", 40.0), ("0", 30.0), ("0", 20.0)], "0", false),
            ([("", f32::MAX), ("", f32::MAX), ("", f32::MAX)], "\u{fffd}", false),
            ([("/", 90.0), ("", f32::MAX), ("/", 70.0)], "/", true),
            ([("/", 90.0), ("1", 90.0), ("", f32::MAX)], "/", false),
            ([("无", 90.0), ("", f32::MAX), ("", f32::MAX)], "无", true),
            ([("75394432.52", 86.0), ("75394432.52", 90.0), ("75394432.52", 90.0)], "75394432.52", true),
            ([("12.5", 86.0), ("125", 90.0), ("125", 90.0)], "12.5", false),
            ([("-12", 83.0), ("12", 90.0), ("12", 90.0)], "-12", false),
            ([("1,234", 83.0), ("1234", 90.0), ("1,234", 40.0)], "1,234", true),
        ] {
            let found = agreed(readings.map(|(t, c)| (t.to_owned(), c)));
            assert_eq!(found, (expected.to_owned(), certain), "{readings:?}");
        }
    }
}
