//! What a group changes for itself alone.

use crate::rtf::words::{Look, Target};

/// A shift by so many half-points is a raised or lowered mark; less fits a line to its neighbours.
const SHIFTED: i32 = 4;

/// Properties of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looks {
    hidden: bool,
    struck: bool,
    /// Accepting the tracked changes takes it away.
    pub deleted: bool,
    raised: bool,
    shifted: bool,
}

impl Looks {
    /// Takes a property with the number of its word.
    pub(super) fn set(&mut self, look: Look, number: Option<i32>) {
        let on = number != Some(0);
        match look {
            Look::Hidden => self.hidden = on,
            Look::Struck => self.struck = on,
            Look::Deleted => self.deleted = on,
            Look::Raised => self.raised = on,
            Look::Shifted => self.shifted = number.unwrap_or(6).saturating_abs() >= SHIFTED,
        }
    }

    /// Takes the properties of a style.
    pub(super) fn add(&mut self, other: Looks) {
        self.hidden |= other.hidden;
        self.struck |= other.struck;
        self.deleted |= other.deleted;
        self.raised |= other.raised;
        self.shifted |= other.shifted;
    }

    /// Whether the text counts.
    pub(super) fn is_shown(self) -> bool {
        !self.hidden && !self.struck && !self.deleted
    }

    /// Whether the text stands above or below the line.
    pub(super) fn is_off_the_line(self) -> bool {
        self.raised || self.shifted
    }
}

/// What a group changes for itself alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// Where its text goes.
    pub target: Target,
    /// How its text looks.
    pub looks: Looks,
    /// `\f`
    pub font: Option<i32>,
    /// `\uc`: how many characters stand in for one of Unicode.
    pub fallback: u32,
    /// `\intbl`
    pub in_table: bool,
    /// `\itap`
    pub deep: usize,
    /// The last thing was `\*`.
    pub starred: bool,
    /// The group holds two forms of a text that goes there, of which only the second is read.
    pub two_forms: Option<Target>,
    /// The group is a text box.
    pub is_box: bool,
    /// The group holds the properties of a nested row.
    pub of_nested_row: bool,
}

impl State {
    /// As a document begins.
    pub(super) fn new() -> State {
        State {
            target: Target::Body,
            looks: Looks::default(),
            font: None,
            fallback: 1,
            in_table: false,
            deep: 0,
            starred: false,
            two_forms: None,
            is_box: false,
            of_nested_row: false,
        }
    }

    /// How deep in tables a paragraph stands.
    pub(super) fn depth(&self) -> usize {
        match self.deep {
            0 | 1 => usize::from(self.in_table),
            deep => deep,
        }
    }
}
