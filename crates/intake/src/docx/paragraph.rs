//! A paragraph in the making: which of its runs are shown, and how.

use super::properties::{Mark, RunProperties};
use super::styles::StyleEffect;
use super::symbols::Font;

/// How a run is shown, direct properties and styles taken together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunShown {
    /// Not at all: hidden, or struck out, which is deleted whether or not Word kept track of it.
    pub(super) hidden: bool,
    /// Raised or lowered: a mark of a note, put into brackets lest it pass for a digit.
    pub(super) raised: bool,
    /// In a font whose letters are pictures.
    pub(super) font: Option<Font>,
}

impl RunShown {
    /// What a run's own properties say holds; else the levels of styles are each a switch that turns the one before it
    /// (ECMA-376 part 1, 17.7.3, toggle properties).
    pub(super) fn new(own: &RunProperties, paragraph: StyleEffect, defaults: StyleEffect) -> RunShown {
        let style = own.style;
        let toggle = |own: Option<bool>, default: bool, outer: bool, inner: bool| own.unwrap_or(default || outer != inner);
        let double = own.double_strike.unwrap_or(defaults.double_strike || paragraph.double_strike || style.double_strike);
        RunShown {
            hidden: toggle(own.vanish, defaults.vanish, paragraph.vanish, style.vanish)
                || toggle(own.strike, defaults.strike, paragraph.strike, style.strike)
                || double,
            raised: own.raised.or(style.raised).or(paragraph.raised).or(defaults.raised).unwrap_or(false),
            font: own.font,
        }
    }
}

/// A paragraph in the making.
#[derive(Debug, Default)]
pub(super) struct Para {
    pub(super) text: String,
    /// The how-many-eth of the part, blank ones and all.
    pub(super) number: u32,
    pub(super) style: StyleEffect,
    pub(super) mark: Mark,
    pub(super) run: RunShown,
    /// Made for text that stands in none.
    pub(super) stray: bool,
}

impl Para {
    /// Settles the text of an element that begins at `from`: outer blanks that are not `kept` cut, line ends made blanks,
    /// pictures and marks of notes made such. Where the control `asks` for content, words are not content; a figure among
    /// them may be, so it is kept as doubtful. Whether there is ink in it.
    pub(super) fn settle(&mut self, from: usize, kept: bool, asks: bool) -> bool {
        let Some(piece) = self.text.get(from..) else { return false };
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        let is_plain = (kept || !(piece.starts_with(is_blank) || piece.ends_with(is_blank))) && !piece.contains(['\n', '\r']);
        if is_plain && !self.run.raised && !asks && self.run.font.is_none() {
            return !piece.is_empty();
        }
        let cut = if kept { piece } else { piece.trim_matches(is_blank) };
        let mut piece = cut.replace("\r\n", " ").replace(['\n', '\r'], " ");
        if let Some(font) = self.run.font {
            piece = piece.chars().map(|c| font.shown(c)).collect();
        }
        if asks {
            piece = if piece.chars().any(char::is_numeric) { format!("[{}]", piece.trim()) } else { String::new() };
        } else if self.run.raised && super::needs_brackets(&piece) {
            piece = format!("[{}]", piece.trim());
        }
        self.text.truncate(from);
        self.text.push_str(&piece);
        !piece.is_empty()
    }
}
