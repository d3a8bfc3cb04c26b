//! What the text of a grid's cell is: nothing, a figure, a year, a label of a form or other words.
//!
//! The labels of all reports are a few hundred strings, so each thread remembers what it has found out about a text.

use std::cell::RefCell;
use std::collections::HashMap;

use nianbao_form::{Kind, State, figure};

use crate::vocabulary::{Match, Vocabulary};

/// What kind of ink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Ink {
    /// None at all.
    #[default]
    Blank,
    /// A number, a mark for none, or something like a number; no label.
    Figure,
    /// A year, such as `2021年`.
    Year,
    /// Words.
    Words,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Sense {
    /// Its ink.
    pub ink: Ink,
    /// The label that it was found to be.
    pub label: Match,
}

impl Sense {
    const FIGURE: Sense = Sense { ink: Ink::Figure, label: Match::NOT };
}

/// A longer text is seldom met twice.
const MAX_TEXT: usize = 400;
/// So many texts are remembered; what does not come again is forgotten with the rest.
const MAX_TEXTS: usize = 8192;

#[derive(Default)]
struct Memory {
    vocabulary: u64,
    known: HashMap<Box<str>, Sense>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

/// What a text is.
pub(crate) fn of(words: &Vocabulary<'_>, text: &str) -> Sense {
    if text.is_empty() {
        return Sense::default();
    }
    if text.len() <= 11 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Sense::FIGURE;
    }
    if text.len() > MAX_TEXT {
        return find(words, text);
    }
    MEMORY.with_borrow_mut(|memory| {
        if memory.vocabulary != words.id || memory.known.len() >= MAX_TEXTS {
            *memory = Memory { vocabulary: words.id, known: HashMap::new() };
        }
        if let Some(sense) = memory.known.get(text) {
            return *sense;
        }
        let sense = find(words, text);
        memory.known.insert(text.into(), sense);
        sense
    })
}

fn find(words: &Vocabulary<'_>, text: &str) -> Sense {
    if figure::is_blank(text) {
        return Sense::default();
    }
    let figure = figure::read(text, "", Kind::Count, &words.none);
    if text.len() <= 48 && figure.state != State::Text {
        return Sense::FIGURE;
    }
    if is_year(text) {
        return Sense { ink: Ink::Year, label: Match::NOT };
    }
    let label = words.look(text);
    let like = figure.note.is_some_and(|d| d.kind == figure::DoubtKind::NumberLike);
    let is_figure = figure.state != State::Text || like;
    Sense { ink: if is_figure && words.uses(label).is_empty() { Ink::Figure } else { Ink::Words }, label }
}

/// A year and nothing else: `2021年`, `二〇二一年度`, `2021年数`.
fn is_year(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !figure::is_inkless(*c)).collect();
    let after = bare.char_indices().nth(4).map_or("", |(at, _)| &bare[at..]);
    figure::year(&bare).is_some() && matches!(after, "年" | "年度" | "年数" | "年数据" | "年度数据" | "年数量" | "年情况")
}

/// Whether a text is a figure, a mark for none, or something like a figure.
pub(crate) fn is_figure(words: &Vocabulary<'_>, text: &str) -> bool {
    of(words, text).ink == Ink::Figure
}

#[cfg(test)]
mod tests {
    use super::*;
    use nianbao_form::Forms;

    #[test]
    fn kinds_of_ink() {
        let words = Vocabulary::new(Forms::built_in());
        for (text, ink) in [
            ("", Ink::Blank),
            ("\u{a0}", Ink::Blank),
            ("12", Ink::Figure),
            ("１２件", Ink::Figure),
            ("无", Ink::Figure),
            ("——", Ink::Figure),
            ("约12", Ink::Figure),
            ("2021年", Ink::Year),
            ("二〇二一 年度", Ink::Year),
            ("2021", Ink::Figure),
            ("见附件", Ink::Words),
            ("自然人", Ink::Words),
            ("三、本年度办理结果", Ink::Words),
        ] {
            assert_eq!(of(&words, text).ink, ink, "{text}");
            assert_eq!(of(&words, text), of(&words, text), "{text}");
        }
    }
}
