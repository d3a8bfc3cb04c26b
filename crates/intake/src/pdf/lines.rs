//! Characters become lines of text: those whose middles stand at one height, from left to right.

use super::geometry::{Glyph, Run};

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its characters in reading order.
    pub glyphs: Vec<Glyph>,
    pub start: f32,
    pub end: f32,
    /// Height of its middle.
    pub middle: f32,
    pub size: f32,
}

impl Line {
    /// The line of characters that stand beside one another.
    pub(super) fn of(mut glyphs: Vec<Glyph>) -> Line {
        glyphs.sort_by(|a, b| a.start.total_cmp(&b.start));
        drop_doubles(&mut glyphs);
        let size = glyphs.iter().map(|g| g.size).fold(0.0, f32::max);
        let main = glyphs.iter().find(|g| g.size > 0.9 * size);
        Line {
            start: glyphs.iter().map(|g| g.start).fold(f32::MAX, f32::min),
            end: glyphs.iter().map(|g| g.end).fold(f32::MIN, f32::max),
            middle: main.map_or(0.0, Glyph::middle),
            size,
            glyphs,
        }
    }

    /// Moves it down.
    pub(super) fn lower(&mut self, by: f32) {
        self.middle += by;
        for glyph in &mut self.glyphs {
            (glyph.base, glyph.y) = (glyph.base + by, glyph.y + by);
        }
    }

    /// What it says.
    pub(super) fn text(&self) -> String {
        text_of(&self.glyphs)
    }

    /// Its parts, split where the gap is wider than `gap` times the type size.
    pub(super) fn split(&self, gap: f32) -> Vec<Line> {
        let mut out = Vec::new();
        let mut part: Vec<Glyph> = Vec::new();
        let mut end = f32::MIN;
        for glyph in &self.glyphs {
            if !part.is_empty() && glyph.start - end > gap * glyph.size.max(0.7 * self.size) {
                out.push(Line::of(std::mem::take(&mut part)));
            }
            end = end.max(glyph.end);
            part.push(*glyph);
        }
        if !part.is_empty() {
            out.push(Line::of(part));
        }
        out
    }
}

/// Characters drawn twice in one place, as programs do to make them bold, count once.
fn drop_doubles(glyphs: &mut Vec<Glyph>) {
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs.iter() {
        let again = kept.iter().rev().take(6).any(|k| {
            let near = 0.18 * glyph.size;
            k.char == glyph.char && (k.start - glyph.start).abs() < near && (k.base - glyph.base).abs() < near
        });
        if !again {
            kept.push(*glyph);
        }
    }
    *glyphs = kept;
}

/// The lines of characters that all run one way, from the first to the last.
pub(super) fn lines(glyphs: &[Glyph]) -> Vec<Line> {
    let mut sorted: Vec<Glyph> = glyphs.to_vec();
    sorted.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    let mut out: Vec<Line> = Vec::new();
    let mut line: Vec<Glyph> = Vec::new();
    let (mut sum, mut size) = (0.0f32, 0.0f32);
    for glyph in sorted {
        // The line so far is where its larger characters stand; a superscript is off by a quarter of their size.
        let apart = glyph.middle() - sum / line.len().max(1) as f32;
        if !line.is_empty() && apart > 0.42 * size.max(glyph.size) {
            out.push(Line::of(std::mem::take(&mut line)));
            (sum, size) = (0.0, 0.0);
        }
        sum += glyph.middle();
        size = size.max(glyph.size);
        line.push(glyph);
    }
    if !line.is_empty() {
        out.push(Line::of(line));
    }
    out
}

/// Characters by the way they run, the most frequent way first.
pub(super) fn by_run(glyphs: &[Glyph]) -> Vec<(Run, Vec<Glyph>)> {
    let mut out: Vec<(Run, Vec<Glyph>)> = Vec::new();
    for glyph in glyphs {
        match out.iter_mut().find(|r| r.0 == glyph.run) {
            Some((_, list)) => list.push(*glyph),
            None => out.push((glyph.run, vec![*glyph])),
        }
    }
    out.sort_by_key(|(run, list)| (std::cmp::Reverse(list.len()), *run));
    out
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FF60}' | '\u{20000}'..='\u{3FFFF}')
}

/// The text of characters on one line, with blanks where they stand apart.
fn text_of(glyphs: &[Glyph]) -> String {
    let mut out = String::with_capacity(glyphs.len() * 3);
    let mut before: Option<&Glyph> = None;
    for (at, glyph) in glyphs.iter().enumerate() {
        if let Some(before) = before {
            let gap = (glyph.start - before.end) / glyph.size.max(before.size);
            let tight = !is_wide(before.char) && !is_wide(glyph.char);
            if gap > if tight { 0.22 } else { 0.9 } || (tight && glyph.spaced && gap > 0.1) {
                // Figures that stand far apart are not one number with a blank between its thousands.
                let figures = before.char.is_ascii_digit() && glyph.char.is_ascii_digit();
                out.push(if figures && gap > 0.75 { '\n' } else { ' ' });
            }
        }
        out.push(if is_raised(glyphs, at) { raised(glyph.char) } else { glyph.char });
        before = Some(glyph);
    }
    out
}

/// Whether a character is set smaller and higher than the one before it: a mark of a note.
fn is_raised(glyphs: &[Glyph], at: usize) -> bool {
    let Some(glyph) = glyphs.get(at).filter(|g| g.char.is_ascii_digit()) else { return false };
    let main =
        glyphs.iter().take(at).rev().take(8).chain(glyphs.iter().skip(at + 1).take(8)).find(|g| g.size > glyph.size * 1.08);
    main.is_some_and(|m| (m.base - glyph.base).abs() > 0.12 * m.size)
}

fn raised(c: char) -> char {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    c.to_digit(10).and_then(|d| RAISED.get(d as usize).copied()).unwrap_or(c)
}

/// The text of a cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// Its lines one below the other.
    pub text: String,
    /// Whether nothing more went into the last line, so that the text may go on elsewhere.
    pub full: bool,
    /// Whether it is not certain what it says.
    pub doubtful: bool,
}

/// What Word leaves free at both sides of a cell together, and a little more.
const PADDING: f32 = 11.5;

/// What is left free at both sides of cells together: the least that stands beside lines that were broken because they
/// were full. Cells come with their widths.
pub(super) fn padding<'g>(cells: impl Iterator<Item = (&'g [Glyph], f32)>) -> f32 {
    let free = |(glyphs, width): (&[Glyph], f32)| {
        let lines = by_run(glyphs).into_iter().find(|r| r.0 == Run::Right).map(|r| lines(&r.1)).filter(|l| l.len() > 1)?;
        let words = lines.iter().any(|l| l.glyphs.len() > 1);
        let widest = lines.iter().map(|l| l.end - l.start).fold(0.0, f32::max);
        words.then_some(width - widest)
    };
    cells.filter_map(free).reduce(f32::min).map_or(PADDING, |p| p.clamp(1.0, 30.0))
}

/// Reads a cell that is `width` wide, with as much left free as `padding` says: they tell numbers that were too long for
/// it.
pub(super) fn cell_text(glyphs: &[Glyph], width: f32, padding: f32) -> Words {
    let mut out = Words { doubtful: glyphs.iter().any(|g| g.doubtful), ..Words::default() };
    for (run, list) in by_run(glyphs) {
        let lines = lines(&list);
        for (at, line) in lines.iter().enumerate() {
            let joined = run == Run::Right && at > 0 && is_cut(&lines[at - 1], line, width - padding);
            if !out.text.is_empty() && !joined {
                out.text.push('\n');
            }
            out.text.push_str(&line.text());
        }
        if let (Run::Right, Some(last)) = (run, lines.last()) {
            let several = lines.len() > 1;
            let measure = if several { lines.iter().map(|l| l.end - l.start).fold(0.0, f32::max) } else { width - padding };
            out.full = last.end - last.start > measure - 1.3 * last.size;
        }
    }
    out
}

/// Whether a number goes on in the next line because no more of it went into this one, which had room for `width`.
fn is_cut(line: &Line, next: &Line, width: f32) -> bool {
    let digit = |c: char| matches!(c, '0'..='9' | '０'..='９');
    let figures = |l: &Line| l.glyphs.iter().all(|g| digit(g.char) || matches!(g.char, '.' | ',' | '．' | '，'));
    let Some(first) = next.glyphs.first().filter(|g| digit(g.char)) else { return false };
    let more = first.end - first.start;
    figures(line) && next.glyphs.len() <= line.glyphs.len() + 2 && width - (line.end - line.start) < more
}
