//! A paragraph in the making, for the readers of formats with runs of text.

use crate::document::{Block, Builder};
use crate::docx::needs_brackets;

/// A document of runs has no more paragraphs and cells than this: a hundred times what the longest report has.
pub(crate) const MAX_PIECES: usize = 500_000;

/// A document of runs has no more text than this many bytes.
pub(crate) const MAX_TEXT: usize = 32 << 20;

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

    /// How much text there is, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.text.len() + self.raised.len()
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

/// Documents as tests of readers see them.
#[cfg(test)]
pub(crate) mod shown {
    use crate::document::{Block, Document};

    /// Paragraphs and tables in one line: `text`, `[cell|cell 1x2/next row]` (rows × columns of a cell that covers several,
    /// `_` for a place before it that no cell covers).
    pub(crate) fn blocks(document: &Document) -> String {
        document.blocks.iter().map(block).collect::<Vec<_>>().join("; ")
    }

    fn block(block: &Block) -> String {
        let grid = match block {
            Block::Paragraph(p) => return p.text.clone(),
            Block::Grid(g) => g,
        };
        let row = |r: usize| {
            let begun = grid.row(r).into_iter().filter(|(c, _, _)| grid.cell(*c).row == r).map(|(c, start, _)| {
                let cell = grid.cell(c);
                let gap = if start == 0 || grid.rows[r][start - 1].is_some() { "" } else { "_|" };
                match (cell.rows, cell.columns) {
                    (1, 1) => format!("{gap}{}", cell.text),
                    (rows, columns) => format!("{gap}{} {rows}x{columns}", cell.text),
                }
            });
            begun.collect::<Vec<_>>().join("|")
        };
        format!("[{}]", (0..grid.rows.len()).map(row).collect::<Vec<_>>().join("/")).replace('\n', "⏎")
    }
}
