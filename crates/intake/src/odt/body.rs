//! The walk over the XML of an OpenDocument text: blocks in order, without notes, comments, hidden, deleted and struck text.

use std::collections::HashSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::document::{Block, Builder};
use crate::line::{Line, MAX_PIECES, MAX_TEXT};
use crate::odt::styles::{Family, Looks, Styles};
use crate::odt::table::{Cell, Table, width};
use crate::odt::xml::{Prefixes, attribute, attributes, count, is_on, number};
use crate::refuse::Refusal;

/// Elements may not nest deeper than this.
const MAX_DEPTH: usize = 1024;
/// `text:s` stands for no more blanks than this.
const MAX_BLANKS: usize = 100;

/// What an element means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Its content counts as if it were not there.
    Pass,
    /// Nothing in it is text.
    Drop,
    /// The text of the document.
    Text,
    /// Another document than a text.
    Foreign,
    Style,
    TextProperties,
    ColumnProperties,
    /// Paragraph or heading.
    Paragraph,
    Span,
    /// A mark that refers to a note.
    Mark,
    Blanks,
    Tab,
    Break,
    /// A section, which may be hidden. (Of `text:hidden-text` only what is shown is content, whatever its
    /// `text:is-hidden` says: LibreOffice writes it the wrong way round.)
    Section,
    /// A mark that hides the paragraph around it.
    HidesParagraph,
    /// A tracked change.
    Change,
    /// That the tracked change deleted something.
    Deletion,
    ChangeStart,
    ChangeEnd,
    /// A frame or shape with paragraphs of its own.
    Frame,
    Table,
    Column,
    Row,
    Cell,
    Covered,
}

fn kind(name: &str) -> Kind {
    use Kind::*;
    match name {
        "text:p" | "text:h" => Paragraph,
        "text:span" => Span,
        "text:s" => Blanks,
        "text:tab" | "text:tab-stop" => Tab,
        "text:line-break" => Break,
        "table:table" => Table,
        "table:table-column" => Column,
        "table:table-row" => Row,
        "table:table-cell" => Cell,
        "table:covered-table-cell" => Covered,
        "text:section" => Section,
        "text:hidden-paragraph" => HidesParagraph,
        "text:note-ref" | "text:footnote-ref" | "text:endnote-ref" => Mark,
        "text:changed-region" => Change,
        "text:deletion" => Deletion,
        "text:change-start" => ChangeStart,
        "text:change-end" => ChangeEnd,
        "text:insertion" | "text:format-change" | "table:tracked-changes" => Drop,
        "text:note" | "text:footnote" | "text:endnote" | "office:annotation" | "office:annotation-end" => Drop,
        // What a list counts by itself.
        "text:number" => Drop,
        "text:ruby-text" | "text:script" | "field:param" | "table:title" | "table:desc" | "table:shapes" => Drop,
        "office:forms" | "office:scripts" | "office:meta" | "office:settings" | "office:font-face-decls" => Drop,
        "office:master-styles" | "office:binary-data" | "office:event-listeners" => Drop,
        "office:text" => Text,
        "office:spreadsheet" | "office:presentation" | "office:drawing" | "office:chart" | "office:image" => Foreign,
        "style:style" => Style,
        "style:text-properties" | "style:properties" => TextProperties,
        "style:table-column-properties" => ColumnProperties,
        "draw:object" | "draw:object-ole" | "draw:image" | "draw:plugin" | "draw:applet" | "draw:floating-frame" => Drop,
        _ if name.starts_with("draw:") => Frame,
        _ => Pass,
    }
}

/// A paragraph in the making.
#[derive(Debug, Default)]
struct Para {
    line: Line,
    /// How its text looks, for each open span.
    looks: Vec<Looks>,
    /// Whether a blank that follows is none: at the beginning and after another.
    blank: bool,
    hidden: bool,
}

/// Where blocks and text go.
#[derive(Debug)]
enum Holder {
    Blocks(Vec<Block>),
    Table(Table),
    Cell(Cell),
    Para(Para),
}

/// Reads parts of a document.
#[derive(Debug)]
pub(super) struct Walk {
    builder: Builder,
    holders: Vec<Holder>,
    path: Vec<Kind>,
    styles: Styles,
    prefixes: Prefixes,
    /// Whether the text of the document was found.
    found: bool,
    /// The tracked change that is being described.
    change: String,
    /// Tracked changes that delete.
    deletions: HashSet<String>,
    /// Those of them in whose text the walk is.
    deleting: HashSet<String>,
    /// Paragraphs and cells so far.
    made: usize,
    /// Text so far, in bytes.
    text: usize,
    /// Too many of them.
    full: bool,
}

impl Walk {
    /// Nothing read.
    pub(super) fn new() -> Walk {
        Walk {
            builder: Builder::default(),
            holders: vec![Holder::Blocks(Vec::new())],
            path: Vec::new(),
            styles: Styles::default(),
            prefixes: Prefixes::default(),
            found: false,
            change: String::new(),
            deletions: HashSet::new(),
            deleting: HashSet::new(),
            made: 0,
            text: 0,
            full: false,
        }
    }

    /// Reads a part: styles, text or both.
    ///
    /// # Errors
    /// XML that is broken, nested or sized beyond reason, and a document that is no text.
    pub(super) fn part(&mut self, xml: &str) -> Result<(), Refusal> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let (mut dropped, mut first) = (0usize, true);
        loop {
            match reader.read_event().map_err(|_| Refusal::broken("odt"))? {
                Event::Start(e) => {
                    if std::mem::take(&mut first) {
                        self.prefixes = Prefixes::new(&e);
                    }
                    if dropped > 0 || !self.start(&e)? {
                        dropped += 1;
                    }
                    if self.path.len() > MAX_DEPTH || dropped > 100_000 {
                        return Err(Refusal::too_deep());
                    }
                }
                Event::Empty(e) if dropped == 0 && self.start(&e)? => self.end(),
                Event::End(_) if dropped > 0 => dropped -= 1,
                Event::End(_) => self.end(),
                Event::Text(t) if dropped == 0 => self.text(&t.xml10_content()),
                Event::CData(t) if dropped == 0 => self.text(&t.xml10_content()),
                Event::GeneralRef(r) if dropped == 0 => {
                    let named = || quick_xml::escape::resolve_predefined_entity(&r.xml10_content()).map(str::to_owned);
                    let text = match r.resolve_char_ref() {
                        Ok(Some(c)) => Some(c.to_string()),
                        _ => named(),
                    };
                    // An entity that the file defines itself: no office program writes it, and what it says is not known.
                    self.text(&text.ok_or_else(|| Refusal::broken("odt"))?);
                }
                Event::Eof => break,
                _ => {}
            }
            if self.full || self.text > MAX_TEXT || self.builder.overflow {
                return Err(Refusal::too_large());
            }
        }
        // A part that ends in the middle of an element was cut off.
        if !self.path.is_empty() || dropped > 0 {
            return Err(Refusal::broken("odt"));
        }
        Ok(())
    }

    /// The blocks of the text; `None` if there was none.
    pub(super) fn finish(mut self) -> Option<Vec<Block>> {
        match self.holders.pop() {
            Some(Holder::Blocks(blocks)) if self.found => Some(blocks),
            _ => None,
        }
    }

    /// Takes an element; `false` if nothing in it counts.
    fn start(&mut self, e: &BytesStart<'_>) -> Result<bool, Refusal> {
        let name = self.prefixes.usual(e.name().into_inner());
        let kind = kind(&name);
        match kind {
            Kind::Drop => return Ok(false),
            Kind::Foreign => {
                return Err(Refusal::foreign(
                    "OpenDocument表格或演示文稿，不是文字文档，请另存为.docx或.xlsx后重新报送",
                    "an OpenDocument workbook or presentation, not a text; save it as .docx or .xlsx and send it anew",
                ));
            }
            Kind::Text => {
                self.found = true;
                self.styles.settle();
            }
            Kind::Style => self.styles.begin(e),
            Kind::TextProperties => self.styles.text(e),
            Kind::ColumnProperties => self.styles.column(e),
            Kind::Pass if self.para().is_some() && !is_inline(&name) => return Ok(false),
            _ if self.found && !self.content(kind, e) => return Ok(false),
            _ => {}
        }
        self.path.push(kind);
        Ok(true)
    }

    /// Takes an element of the text; `false` if nothing in it counts.
    fn content(&mut self, kind: Kind, e: &BytesStart<'_>) -> bool {
        match kind {
            Kind::Paragraph => {
                let looks = self.styles.looks(Family::Paragraph, e, Looks::default());
                self.holders.push(Holder::Para(Para { looks: vec![looks], blank: true, ..Para::default() }));
            }
            Kind::Span | Kind::Mark => {
                let outer = self.para().and_then(|p| p.looks.last().copied()).unwrap_or_default();
                let mut looks = self.styles.looks(Family::Text, e, outer);
                looks.raised |= kind == Kind::Mark;
                if let Some(p) = self.para() {
                    p.looks.push(looks);
                }
            }
            Kind::Blanks => {
                let blanks = attribute(e, "c").and_then(|c| c.parse().ok()).unwrap_or(1usize).min(MAX_BLANKS);
                (0..blanks).for_each(|_| self.mark(' '));
            }
            Kind::Tab => self.mark('\t'),
            Kind::Break => self.mark('\n'),
            Kind::Section => {
                return !is_on(e, "is-hidden") && attribute(e, "display").as_deref() != Some("none");
            }
            Kind::HidesParagraph => {
                let hidden = is_on(e, "is-hidden");
                if let Some(p) = self.para() {
                    p.hidden |= hidden;
                }
            }
            Kind::Change => self.change = attribute(e, "id").unwrap_or_default(),
            // What was deleted stands here, with a mark in its place, or (in flat files) between marks in the text.
            Kind::Deletion => {
                self.deletions.insert(std::mem::take(&mut self.change));
                self.count(1);
                return false;
            }
            Kind::ChangeStart => {
                if let Some(id) = attribute(e, "change-id").filter(|id| self.deletions.contains(id)) {
                    self.deleting.insert(id);
                }
            }
            Kind::ChangeEnd => {
                if let Some(id) = attribute(e, "change-id") {
                    self.deleting.remove(&id);
                }
            }
            Kind::Frame => {
                if attribute(e, "display").as_deref() == Some("none") {
                    return false;
                }
                self.holders.push(Holder::Blocks(Vec::new()));
            }
            Kind::Table => {
                let is_split = is_on(e, "is-sub-table");
                self.holders.push(Holder::Table(Table::new(is_split)));
            }
            Kind::Column => {
                let width = width(&self.styles, attribute(e, "style-name").as_deref());
                if let Some(t) = self.table() {
                    t.column(width, count(e, "number-columns-repeated"));
                }
            }
            Kind::Row => {
                if let Some(t) = self.table() {
                    t.repeat = count(e, "number-rows-repeated");
                }
            }
            Kind::Cell => {
                let mut cell = Cell { columns: 1, rows: 1, repeat: 1, ..Cell::default() };
                for (name, value) in attributes(e) {
                    match name {
                        "number-columns-spanned" => cell.columns = number(&value),
                        "number-rows-spanned" => cell.rows = number(&value),
                        "number-columns-repeated" => cell.repeat = number(&value),
                        _ => {}
                    }
                }
                self.holders.push(Holder::Cell(cell));
            }
            Kind::Covered => {
                let repeat = count(e, "number-columns-repeated");
                if let Some(t) = self.table() {
                    t.covered(repeat);
                }
                return false;
            }
            _ => {}
        }
        true
    }

    fn end(&mut self) {
        let Some(kind) = self.path.pop() else { return };
        if kind == Kind::Style {
            self.styles.end();
        }
        if !self.found {
            return;
        }
        match kind {
            Kind::Paragraph => {
                if let Some(Holder::Para(mut p)) = self.holders.pop()
                    && !p.hidden
                {
                    let mut out = Vec::new();
                    let in_cell = self.holders.iter().rev().find_map(|h| match h {
                        Holder::Cell(_) => Some(true),
                        Holder::Blocks(_) => Some(false),
                        _ => None,
                    });
                    p.line.end(in_cell == Some(true), &mut self.builder, &mut out);
                    self.count(out.len());
                    self.emit(out);
                }
            }
            Kind::Span | Kind::Mark => {
                if let Some(p) = self.para() {
                    p.looks.pop();
                }
            }
            Kind::Frame => {
                if let Some(Holder::Blocks(blocks)) = self.holders.pop() {
                    self.emit(blocks);
                }
            }
            Kind::Cell => {
                if let Some(Holder::Cell(cell)) = self.holders.pop()
                    && let Some(t) = self.table()
                {
                    t.cell(cell);
                }
            }
            Kind::Row => {
                let room = MAX_PIECES.saturating_sub(self.made);
                let taken = self.table().map_or(0, |t| t.end_row(room));
                self.count(taken);
            }
            Kind::Table => self.end_table(),
            _ => {}
        }
    }

    fn end_table(&mut self) {
        let Some(Holder::Table(table)) = self.holders.pop() else { return };
        // A table that is all there is in its cell splits it.
        if table.can_split()
            && let Some(Holder::Cell(cell)) = self.holders.last_mut()
            && cell.blocks.is_empty()
            && cell.split.is_none()
        {
            cell.split = table.split();
            self.full |= cell.split.is_none();
            return;
        }
        match table.lay_out() {
            Some(rows) => {
                let mut out = Vec::new();
                self.builder.table(rows, &mut out);
                self.emit(out);
            }
            None => self.full = true,
        }
    }

    fn count(&mut self, more: usize) {
        self.made = self.made.saturating_add(more);
        self.full |= self.made > MAX_PIECES;
    }

    /// Gives blocks to the nearest holder; a text box inside a paragraph stands before that paragraph.
    fn emit(&mut self, mut blocks: Vec<Block>) {
        for holder in self.holders.iter_mut().rev() {
            match holder {
                Holder::Blocks(out) => return out.append(&mut blocks),
                Holder::Cell(c) => return c.blocks.append(&mut blocks),
                _ => {}
            }
        }
    }

    /// Text of the file, in which any run of white space is one blank.
    fn text(&mut self, text: &str) {
        let deleted = !self.deleting.is_empty();
        self.text = self.text.saturating_add(text.len());
        let Some(p) = self.para() else { return };
        let looks = p.looks.last().copied().unwrap_or_default();
        if deleted || !looks.is_shown() {
            return;
        }
        let mut blank = p.blank;
        let out = if looks.raised { p.line.raised() } else { p.line.plain() };
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r') {
                if !std::mem::replace(&mut blank, true) {
                    out.push(' ');
                }
            } else {
                blank = false;
                // As a hyphen that Word does not break at is read.
                out.push(if c == '\u{2011}' { '-' } else { c });
            }
        }
        p.blank = blank;
    }

    /// A blank, tab or line break that an element stands for.
    fn mark(&mut self, c: char) {
        self.text = self.text.saturating_add(1);
        if self.deleting.is_empty()
            && let Some(p) = self.para()
            && p.looks.last().copied().unwrap_or_default().is_shown()
        {
            p.line.plain().push(c);
            p.blank = false;
        }
    }

    fn para(&mut self) -> Option<&mut Para> {
        match self.holders.last_mut() {
            Some(Holder::Para(p)) => Some(p),
            _ => None,
        }
    }

    fn table(&mut self) -> Option<&mut Table> {
        match self.holders.last_mut() {
            Some(Holder::Table(t)) => Some(t),
            _ => None,
        }
    }
}

/// Whether the text of an element inside a paragraph belongs to it: fields, links, marks; not what others have put there.
fn is_inline(name: &str) -> bool {
    ["text:", "loext:", "field:", "table:", "office:"].iter().any(|prefix| name.starts_with(prefix))
}
