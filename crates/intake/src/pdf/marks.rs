//! Lines that belong to words, not to tables: underlines are dropped, and so is text that is struck out, as it is in every
//! other container.

use super::geometry::{Glyph, Rule, Run};

/// Looking at every line beside every character near it may cost no more than this.
const MAX_LOOKS: usize = 60_000_000;
/// Height of a band of the page whose characters are looked at together.
const BAND: f32 = 24.0;

/// Drops underlines, and characters that are struck out with the lines through them.
///
/// `blanks` are the characters without ink, which can be underlined like all others.
pub(super) fn drop_marks(rules: &mut Vec<Rule>, glyphs: &mut Vec<Glyph>, blanks: &[Glyph]) {
    let mut bands: Vec<Vec<usize>> = Vec::new();
    let band = |y: f32| (y.clamp(0.0, 20_000.0) / BAND) as usize;
    for (at, glyph) in glyphs.iter().chain(blanks).enumerate().filter(|(_, g)| g.run == Run::Right) {
        let b = band(glyph.base);
        if bands.len() <= b {
            bands.resize(b + 1, Vec::new());
        }
        bands[b].push(at);
    }
    let fullest = bands.iter().map(Vec::len).max().unwrap_or(0);
    if rules.len().saturating_mul(3 * fullest) > MAX_LOOKS {
        return;
    }
    let all: Vec<Glyph> = glyphs.iter().chain(blanks).copied().collect();
    let mut struck = vec![false; all.len()];
    rules.retain(|rule| {
        if !rule.level {
            return true;
        }
        let b = band(rule.at);
        let near = bands.iter().skip(b.saturating_sub(1)).take(3).flatten().copied();
        let over: Vec<usize> = near.filter(|g| is_over(rule, &all[*g])).collect();
        let under: Vec<&Glyph> = over.iter().map(|g| &all[*g]).filter(|g| is_under(rule, g)).collect();
        if is_whole(rule, &under) {
            return false;
        }
        let through: Vec<usize> = over.iter().copied().filter(|g| is_through(rule, &all[*g])).collect();
        if is_whole(rule, &through.iter().map(|g| &all[*g]).collect::<Vec<_>>()) {
            through.iter().for_each(|g| struck[*g] = true);
            return false;
        }
        true
    });
    let mut at = 0..;
    glyphs.retain(|_| !at.next().is_some_and(|i| struck.get(i).copied().unwrap_or(false)));
}

fn is_over(rule: &Rule, glyph: &Glyph) -> bool {
    glyph.x > rule.start - 0.5 && glyph.x < rule.end + 0.5
}

/// Whether a line runs just below a character.
fn is_under(rule: &Rule, glyph: &Glyph) -> bool {
    (-0.02 * glyph.size..=0.3 * glyph.size).contains(&(rule.at - glyph.base))
}

/// Whether a line runs through the middle of a character.
fn is_through(rule: &Rule, glyph: &Glyph) -> bool {
    (0.18 * glyph.size..=0.48 * glyph.size).contains(&(glyph.base - rule.at))
}

/// Whether a line begins and ends with the words beside it, blanks among them: borders go on to the next line.
fn is_whole(rule: &Rule, glyphs: &[&Glyph]) -> bool {
    let Some(size) = glyphs.iter().map(|g| g.size).reduce(f32::max) else { return false };
    let start = glyphs.iter().map(|g| g.start).fold(f32::MAX, f32::min);
    let end = glyphs.iter().map(|g| g.end).fold(f32::MIN, f32::max);
    let covered: f32 = glyphs.iter().map(|g| g.end.min(rule.end) - g.start.max(rule.start)).sum();
    let near = 0.15 * size;
    (start - rule.start).abs() < near && (rule.end - end).abs() < near && covered > 0.6 * (rule.end - rule.start)
}
