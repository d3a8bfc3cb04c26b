//! A paragraph in the making, for the readers of formats with runs of text.

use crate::document::{Block, Builder};
use crate::docx::needs_brackets;

/// The text of a paragraph. Digits that are raised or lowered, marks of notes, go into brackets lest they pass for digits of
/// the number before them.
#[derive(Debug, Default)]
pub(crate) struct Line {
    text: String,
    /// Raised or lowered text at its end.
    raised: String,
}

impl Line {
    /// The text, to write plain text at its end.
    pub(crate) fn plain(&mut self) -> &mut String {
        if !self.raised.is_empty() {
            self.lower();
        }
        &mut self.text
    }

    /// The end of the text, to write raised or lowered text.
    pub(crate) fn raised(&mut self) -> &mut String {
        &mut self.raised
    }

    /// Whether there is no text.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.raised.is_empty()
    }

    fn lower(&mut self) {
        if needs_brackets(&self.raised) {
            self.text.push('[');
            self.text.push_str(self.raised.trim());
            self.text.push(']');
        } else {
            self.text.push_str(&self.raised);
        }
        self.raised.clear();
    }

    /// The paragraph ends. A line break inside a cell stays; in running text it begins a paragraph, as headings are often
    /// followed by one.
    pub(crate) fn end(&mut self, in_cell: bool, builder: &mut Builder, out: &mut Vec<Block>) {
        let text = self.plain();
        if in_cell {
            builder.paragraph(text, out);
        } else {
            text.split('\n').for_each(|line| builder.paragraph(line, out));
        }
        text.clear();
    }
}
