//! The tables of fonts and styles at the head of a document.

use std::collections::HashMap;

use crate::rtf::codes::{self, Code};
use crate::rtf::state::Looks;
use crate::rtf::words::{StyleKind, Word};

/// Tables are read as far as this.
const MAX_ENTRIES: usize = 10_000;
/// A style is based on no more styles than this.
const MAX_BASES: usize = 16;

/// The charsets of fonts.
#[derive(Debug)]
pub(super) struct Fonts {
    /// The code page of the document.
    page: Code,
    codes: HashMap<i32, Code>,
    /// The font that is being defined.
    open: Option<i32>,
    default: Option<i32>,
    /// The font that was last asked for.
    last: Option<(Option<i32>, Code)>,
}

impl Fonts {
    /// No fonts; text is in the code page of mainland China until the document names another.
    pub(super) fn new() -> Fonts {
        Fonts { page: Code::Double(encoding_rs::GBK), codes: HashMap::new(), open: None, default: None, last: None }
    }

    /// `\ansicpg`, or what stands for a code page.
    pub(super) fn page(&mut self, number: Option<i32>) {
        (self.page, self.last) = (number.and_then(codes::page).unwrap_or(self.page), None);
    }

    /// `\deff`
    pub(super) fn default(&mut self, font: Option<i32>) {
        (self.default, self.last) = (font, None);
    }

    /// A word of the table of fonts.
    pub(super) fn word(&mut self, word: Word, number: Option<i32>) {
        let Some(number) = number else { return };
        let code = match word {
            Word::Font => {
                self.open = (self.codes.len() < MAX_ENTRIES).then_some(number);
                Some(self.page)
            }
            Word::Charset => Some(codes::charset(number, self.page)),
            Word::FontPage => codes::page(number),
            _ => None,
        };
        if let (Some(code), Some(font)) = (code, self.open) {
            self.codes.insert(font, code);
            self.last = None;
        }
    }

    /// How bytes from 0x80 are read in a font, or in the default one.
    pub(super) fn code(&mut self, font: Option<i32>) -> Code {
        let font = font.or(self.default);
        if let Some((last, code)) = self.last
            && last == font
        {
            return code;
        }
        let code = font.and_then(|f| self.codes.get(&f).copied()).unwrap_or(self.page);
        self.last = Some((font, code));
        code
    }
}

#[derive(Clone, Copy, Debug)]
struct Style {
    kind: StyleKind,
    number: i32,
    looks: Looks,
    based_on: Option<i32>,
}

/// What styles say of the looks of text.
#[derive(Debug, Default)]
pub(super) struct Styles {
    known: HashMap<(StyleKind, i32), Style>,
    /// The style that is being defined, and in which depth of groups.
    open: Option<(usize, Style)>,
}

impl Styles {
    /// A word of the table of styles, so deep in groups.
    pub(super) fn word(&mut self, word: Word, number: Option<i32>, depth: usize) {
        let normal = Style { kind: StyleKind::Paragraph, number: 0, looks: Looks::default(), based_on: None };
        let (_, style) = self.open.get_or_insert((depth, normal));
        match (word, number) {
            (Word::Style(kind), Some(number)) => (style.kind, style.number) = (kind, number),
            (Word::BasedOn, based_on) => style.based_on = based_on,
            (Word::Look(look), _) => style.looks.set(look, number),
            _ => {}
        }
    }

    /// A group ends that was so deep in others.
    pub(super) fn end_group(&mut self, depth: usize) {
        if let Some((_, style)) = self.open.take_if(|open| open.0 >= depth)
            && self.known.len() < MAX_ENTRIES
        {
            self.known.insert((style.kind, style.number), style);
        }
    }

    /// The looks of a style with those that it is based on.
    pub(super) fn looks(&mut self, kind: StyleKind, number: i32) -> Looks {
        let Some(style) = self.known.get(&(kind, number)) else { return Looks::default() };
        let (mut looks, mut next) = (style.looks, style.based_on);
        for _ in 0..MAX_BASES {
            let Some(base) = next.and_then(|n| self.known.get(&(kind, n))) else { break };
            looks.add(base.looks);
            next = base.based_on;
        }
        // Once is enough.
        if let Some(style) = self.known.get_mut(&(kind, number)) {
            (style.looks, style.based_on) = (looks, None);
        }
        looks
    }
}
