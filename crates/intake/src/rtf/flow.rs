//! Paragraphs, cells and rows on their way to blocks. The body is one flow, every text box another.
//!
//! RTF has no table: a paragraph says how deep in tables it stands (`\intbl`, `\itap`), and marks end cells and rows. A table
//! ends where a paragraph stands less deep.

use crate::document::{Block, Builder};
use crate::line::{Line, MAX_PIECES, MAX_TEXT};
use crate::rtf::table::{Definition, Row, lay_out};

/// Tables nest no deeper than this; what is deeper counts as standing there.
const MAX_LEVEL: usize = 32;

/// Numbers paragraphs and grids, and counts them.
#[derive(Debug, Default)]
pub(super) struct Press {
    pub builder: Builder,
    /// Paragraphs and cells so far.
    made: usize,
    /// Their text so far, in bytes.
    text: usize,
}

impl Press {
    fn count(&mut self, more: usize) {
        self.made = self.made.saturating_add(more);
    }

    /// Whether the file holds more than a document can.
    pub(super) fn is_full(&self) -> bool {
        self.made > MAX_PIECES || self.text > MAX_TEXT || self.builder.overflow
    }
}

/// What stands at one depth of tables.
#[derive(Debug, Default)]
struct Level {
    /// Of the open cell, or of the flow itself at depth 0.
    content: Vec<Block>,
    /// Ended cells of the open row.
    cells: Vec<Vec<Block>>,
    /// Ended rows.
    rows: Vec<Row>,
    /// `\irow` of the last row.
    index: Option<i32>,
}

/// A flow of paragraphs and tables.
#[derive(Debug)]
pub(super) struct Flow {
    /// The open paragraph.
    line: Line,
    levels: Vec<Level>,
    definitions: Vec<Definition>,
    /// Whether a row of the outermost table was defined that has not ended: programs that forget `\intbl` write its cells.
    row_is_open: bool,
    /// The depth of the table whose row has just ended in the midst of the text, as long as nothing follows it.
    ended_row: Option<usize>,
}

impl Flow {
    /// An empty flow.
    pub(super) fn new() -> Flow {
        Flow {
            line: Line::default(),
            levels: vec![Level::default()],
            definitions: Vec::new(),
            row_is_open: false,
            ended_row: None,
        }
    }

    /// The open paragraph, to write plain text at its end.
    pub(super) fn plain(&mut self) -> &mut String {
        self.ended_row = None;
        self.line.plain()
    }

    /// The end of the open paragraph, to write raised or lowered text.
    pub(super) fn raised(&mut self) -> &mut String {
        self.ended_row = None;
        self.line.raised()
    }

    /// Whether the open paragraph is longer than a document can be.
    pub(super) fn is_too_long(&self) -> bool {
        self.line.len() > MAX_TEXT
    }

    /// How deep a paragraph stands that says it is `told` deep.
    fn level(&self, told: usize) -> usize {
        if told == 0 && self.row_is_open { 1 } else { told.min(MAX_LEVEL) }
    }

    /// A paragraph ends that says it stands `told` deep in tables.
    pub(super) fn paragraph(&mut self, told: usize, press: &mut Press) {
        let level = self.level(told);
        // A blank paragraph ends tables but begins none.
        self.go_to(if self.line.is_empty() { level.min(self.levels.len() - 1) } else { level }, press);
        self.end_text(press);
    }

    /// Puts the open paragraph where the flow is.
    fn end_text(&mut self, press: &mut Press) {
        if self.line.is_empty() {
            return;
        }
        let in_cell = self.levels.len() > 1;
        let Some(top) = self.levels.last_mut() else { return };
        let before = top.content.len();
        press.text = press.text.saturating_add(self.line.len());
        self.line.end(in_cell, &mut press.builder, &mut top.content);
        press.count(top.content.len() - before);
    }

    /// The definition of rows at a depth.
    pub(super) fn definition(&mut self, level: usize) -> &mut Definition {
        let level = level.min(MAX_LEVEL);
        if self.definitions.len() <= level {
            self.definitions.resize_with(level + 1, Definition::default);
        }
        &mut self.definitions[level]
    }

    /// `\trowd`
    pub(super) fn define(&mut self, level: usize, press: &mut Press) {
        if level <= 1 {
            // What stood between a definition and this one without any cell was no content of a cell.
            if self.row_is_open && self.levels.get(1).is_some_and(|l| l.cells.is_empty() && !l.content.is_empty()) {
                self.go_to(0, press);
            }
            self.row_is_open = true;
        }
        *self.definition(level) = Definition::default();
    }

    /// A paragraph's properties are told anew.
    pub(super) fn restate(&mut self) {
        self.ended_row = None;
    }

    /// The depth of a cell or row whose end is marked. TextEdit ends a cell that holds a nested table right after the last
    /// row of that table, without saying that the depth is less by one.
    fn ended(&mut self, told: usize) -> usize {
        match self.ended_row.take() {
            Some(row) if row == told && row > 2 => row - 1,
            _ => told.clamp(1, MAX_LEVEL),
        }
    }

    /// `\cell`, `\nestcell`
    pub(super) fn cell(&mut self, told: usize, press: &mut Press) {
        let level = self.ended(told);
        self.go_to(level, press);
        self.end_text(press);
        if let Some(top) = self.levels.last_mut() {
            let content = std::mem::take(&mut top.content);
            top.cells.push(content);
            press.count(1);
        }
    }

    /// `\row`, `\nestrow`: the row of the table at that depth. Accepting the tracked changes takes it away if it is
    /// `deleted`; `aside` is a mark in a group of its own, as Word writes it.
    pub(super) fn row(&mut self, told: usize, deleted: bool, aside: bool, press: &mut Press) {
        let level = self.ended(told);
        self.go_to(level, press);
        self.end_text(press);
        if level == 1 {
            self.row_is_open = false;
        }
        self.ended_row = (!aside).then_some(level);
        let index = self.definition(level).index;
        let Some(top) = self.levels.last_mut() else { return };
        if index == Some(0) && top.index.is_some_and(|last| last > 0) && !top.rows.is_empty() {
            // Rows are counted anew: another table follows without a paragraph between.
            let open = (std::mem::take(&mut top.content), std::mem::take(&mut top.cells));
            self.go_to(level - 1, press);
            self.go_to(level, press);
            if let Some(top) = self.levels.last_mut() {
                (top.content, top.cells) = open;
            }
        }
        let definition = self.definitions.get(level);
        let Some(top) = self.levels.last_mut() else { return };
        top.index = index;
        // A last cell without its mark.
        if !top.content.is_empty() {
            let content = std::mem::take(&mut top.content);
            top.cells.push(content);
        }
        let cells = std::mem::take(&mut top.cells);
        if !deleted && !cells.is_empty() {
            let definition = definition.cloned().unwrap_or_default();
            press.count(cells.len().max(definition.len()));
            top.rows.push(Row { cells, definition });
        }
    }

    /// Ends the tables that are deeper than a level and begins those up to it.
    fn go_to(&mut self, level: usize, press: &mut Press) {
        while self.levels.len() > level + 1 {
            let Some(mut ended) = self.levels.pop() else { return };
            if !ended.cells.is_empty() {
                // A last row without its mark.
                let definition = self.definitions.get(self.levels.len()).cloned().unwrap_or_default();
                ended.rows.push(Row { cells: ended.cells, definition });
            }
            let mut out = Vec::new();
            press.builder.table(lay_out(ended.rows), &mut out);
            let Some(outer) = self.levels.last_mut() else { return };
            outer.content.append(&mut out);
            outer.content.append(&mut ended.content);
        }
        while self.levels.len() <= level {
            self.levels.push(Level::default());
        }
    }

    /// Blocks of a text box: they stand before the paragraph to which it is anchored.
    pub(super) fn insert(&mut self, told: usize, mut blocks: Vec<Block>, press: &mut Press) {
        let level = self.level(told);
        self.go_to(level, press);
        if let Some(top) = self.levels.last_mut() {
            top.content.append(&mut blocks);
        }
    }

    /// All blocks.
    pub(super) fn finish(mut self, told: usize, press: &mut Press) -> Vec<Block> {
        if !self.line.is_empty() {
            self.paragraph(told, press);
        }
        self.go_to(0, press);
        self.levels.pop().map(|l| l.content).unwrap_or_default()
    }
}
