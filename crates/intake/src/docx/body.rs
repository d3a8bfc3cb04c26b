//! The flow of a document: paragraphs, tables, text boxes, in the order in which they stand.

use std::borrow::Cow;
use std::collections::HashMap;

use super::fields::Fields;
use super::names::Name;
use super::package::Package;
use super::paragraph::{Para, RunShown};
use super::pictures::{self, Found};
use super::properties::{self, CellProperties, Mark, Memory, ParagraphProperties, RowProperties, RunProperties};
use super::spans::{self, RowShape};
use super::styles::Styles;
use super::xml::{Fault, Scanner, Tag, Token, plain, unescape};
use crate::document::{Block, Builder, RawCell};
use crate::refuse::Refusal;

/// Tables, cells, text boxes and notes may not nest deeper than this.
const MAX_FRAMES: usize = 150;
/// No report has more paragraphs, nor more rows and cells together; a file of markup alone could hold millions.
const MAX_UNITS: usize = 400_000;
/// No document refers to more notes and pictures.
const MAX_REFERENCES: usize = 1000;

#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<RawCell>>,
    shapes: Vec<RowShape>,
    /// Of the cells in `rows` and `row`, one after the other.
    widths: Vec<usize>,
    row: Vec<RawCell>,
    properties: RowProperties,
    skip: usize,
}

/// Where blocks go.
#[derive(Debug)]
enum Frame {
    /// The body or a text box.
    Blocks(Vec<Block>),
    /// A foot- or endnote.
    Note(Vec<Block>),
    Table(Box<Table>),
    Cell(Vec<Block>, CellProperties),
    Para(Para),
}

/// What character data are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Nothing.
    Ignored,
    /// Text of the paragraph, which was so long before; whether its outer blanks are kept.
    Words { from: usize, kept: bool },
    /// A field's code.
    Code,
}

/// A reference to a note.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct NoteMark {
    pub(super) endnote: bool,
    pub(super) id: String,
}

#[derive(Clone, Copy, Debug)]
struct Alternates {
    /// Ink before the alternative that is being read.
    ink: u64,
    taken: bool,
}

/// Text that joins the next paragraph because the mark between them is gone.
#[derive(Debug)]
struct Carry {
    frames: usize,
    text: String,
}

/// A part on its way into a document.
pub(super) struct Reader<'x, 'p> {
    scan: Scanner<'x>,
    package: &'p Package<'p>,
    /// The name of the part.
    part: &'p str,
    /// How many documents this one is embedded in.
    level: usize,
    pub(super) styles: Styles,
    pub(super) builder: Builder,
    /// Which notes are read, where the part is one of notes.
    wanted: Option<&'p HashMap<NoteMark, usize>>,
    frames: Vec<Frame>,
    mode: Mode,
    fields: Fields,
    carry: Option<Carry>,
    alternates: Vec<Alternates>,
    /// Open content controls: whether they show a placeholder.
    controls: Vec<bool>,
    /// Grows with everything that can be seen.
    ink: u64,
    paragraphs: u32,
    /// The room of a paragraph that has ended, for the next one.
    spare: String,
    places: usize,
    /// Whether the root keeps white space throughout.
    preserves: bool,
    /// Area of the drawing that is being read.
    area: u64,
    of_run: Memory<'x, RunProperties>,
    of_paragraph: Memory<'x, ParagraphProperties>,
    of_cell: Memory<'x, CellProperties>,
    dropped: Memory<'x, ()>,
    pub(super) pictures: Vec<Found>,
    /// Marks of notes, each with its rank among them.
    pub(super) marks: HashMap<NoteMark, usize>,
    /// Notes that were read, with the rank of the mark that stands for them where they have one.
    pub(super) notes: Vec<(usize, String)>,
    refusal: Option<Refusal>,
}

impl<'x, 'p> Reader<'x, 'p> {
    /// A reader of a part in UTF-8.
    pub(super) fn new(xml: &'x [u8], package: &'p Package<'p>, part: &'p str, styles: Styles, level: usize) -> Reader<'x, 'p> {
        Reader {
            scan: Scanner::new(xml),
            package,
            part,
            level,
            styles,
            builder: Builder::default(),
            wanted: None,
            frames: vec![Frame::Blocks(Vec::new())],
            mode: Mode::Ignored,
            fields: Fields::default(),
            carry: None,
            alternates: Vec::new(),
            controls: Vec::new(),
            ink: 0,
            paragraphs: 0,
            spare: String::new(),
            places: 0,
            preserves: false,
            area: 0,
            of_run: Memory::default(),
            of_paragraph: Memory::default(),
            of_cell: Memory::default(),
            dropped: Memory::default(),
            pictures: Vec::new(),
            marks: HashMap::new(),
            notes: Vec::new(),
            refusal: None,
        }
    }

    /// Reads a part of notes: only those that are referred to.
    pub(super) fn only(mut self, wanted: &'p HashMap<NoteMark, usize>) -> Reader<'x, 'p> {
        self.wanted = Some(wanted);
        self
    }

    /// Reads the part to its end.
    ///
    /// # Errors
    /// What is broken, too large or too deep, or an embedded document that is not read.
    pub(super) fn read(&mut self) -> Result<Vec<Block>, Refusal> {
        self.run().map_err(|fault| self.refusal.take().unwrap_or_else(|| fault.into()))?;
        if self.builder.overflow {
            return Err(Refusal::too_large());
        }
        match self.frames.pop() {
            Some(Frame::Blocks(blocks)) => Ok(blocks),
            _ => Err(Refusal::broken("docx")),
        }
    }

    fn run(&mut self) -> Result<(), Fault> {
        let Token::Start(root) = self.scan.next()? else { return Err(Fault::Broken) };
        let is_known = if self.wanted.is_some() { root.local().ends_with(b"notes") } else { root.name == Name::Document };
        if !is_known {
            return Err(Fault::Broken);
        }
        self.preserves = preserves(&root) == Some(true);
        loop {
            match self.scan.next()? {
                Token::Start(tag) => self.start(&tag)?,
                Token::End(name) => self.end(name)?,
                Token::Text(raw) => self.text(raw, true)?,
                Token::Plain(raw) => self.text(raw, false)?,
                Token::End0 => break,
            }
        }
        self.flush();
        Ok(())
    }

    #[inline]
    fn text(&mut self, raw: &[u8], escaped: bool) -> Result<(), Fault> {
        let put = if escaped { unescape } else { plain };
        match (self.mode, self.frames.last_mut()) {
            (Mode::Words { .. }, Some(Frame::Para(p))) => {
                if !p.run.hidden {
                    put(raw, &mut p.text)?;
                }
            }
            (Mode::Code, _) => {
                let mut code = String::new();
                put(raw, &mut code)?;
                self.fields.code(&code);
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        match tag.name {
            Name::Paragraph | Name::DrawnParagraph => self.begin_paragraph()?,
            Name::ParagraphProperties => {
                let read = |scan: &mut Scanner<'x>| properties::paragraph(scan, &self.styles);
                let properties = self.of_paragraph.recall(&mut self.scan, read)?;
                if let Some(Frame::Para(p)) = self.frames.last_mut() {
                    (p.style, p.mark) = (properties.style, properties.mark);
                }
            }
            Name::Run => {
                let defaults = self.styles.defaults;
                self.para(|p| p.run = RunShown::new(&RunProperties::default(), p.style, defaults));
            }
            Name::RunProperties => {
                let read = |scan: &mut Scanner<'x>| properties::run(scan, &self.styles);
                let properties = self.of_run.recall(&mut self.scan, read)?;
                let defaults = self.styles.defaults;
                self.para(|p| p.run = RunShown::new(&properties, p.style, defaults));
            }
            Name::Text | Name::DrawnText => self.begin_text(tag)?,
            Name::Tab => self.push("\t"),
            Name::Break => self.push("\n"),
            Name::Hyphen => self.push("-"),
            Name::Symbol => {
                let (font, code) = (tag.get("font").unwrap_or_default(), tag.get("char").unwrap_or_default());
                let shown = super::symbols::symbol(&font, &code);
                self.push(shown.encode_utf8(&mut [0; 4]));
                self.ink += 1;
            }
            Name::FieldMark | Name::SimpleField | Name::FieldCode | Name::FormData => self.field(tag)?,
            Name::Table => {
                self.flush();
                self.open(Frame::Table(Box::default()))?;
            }
            Name::Row => {
                if let Some(Frame::Table(t)) = self.frames.last_mut() {
                    (t.skip, t.properties) = (0, RowProperties::default());
                }
            }
            Name::RowProperties => {
                let properties = properties::row(&mut self.scan)?;
                if let Some(Frame::Table(t)) = self.frames.last_mut() {
                    (t.skip, t.properties) = (properties.before, properties);
                }
            }
            Name::Cell => {
                self.flush();
                self.open(Frame::Cell(Vec::new(), CellProperties::default()))?;
            }
            Name::CellProperties => {
                let properties = self.of_cell.recall(&mut self.scan, properties::cell)?;
                if let Some(Frame::Cell(_, p)) = self.frames.last_mut() {
                    *p = properties;
                }
            }
            Name::Sdt => self.controls.push(false),
            Name::SdtProperties => {
                let is_placeholder = properties::is_placeholder(&mut self.scan)?;
                if let Some(control) = self.controls.last_mut() {
                    *control = is_placeholder;
                }
            }
            Name::Dropped => self.dropped.recall(&mut self.scan, Scanner::skip)?,
            Name::Deleted => self.scan.skip()?,
            Name::Annotated if properties::is_deletion(tag) => self.scan.skip()?,
            Name::Styles if self.wanted.is_none() => self.styles = Styles::within(&mut self.scan)?,
            Name::AltChunk => self.embedded(tag)?,
            Name::TextBox if self.is_hidden() => self.scan.skip()?,
            Name::TextBox => self.open(Frame::Blocks(Vec::new()))?,
            Name::Note | Name::NoteMark => self.note(tag)?,
            Name::Alternates | Name::Choice | Name::Fallback => self.alternate(tag.name)?,
            Name::Placed | Name::Extent | Name::Shape | Name::Blip | Name::ImageData | Name::WordArt => self.drawing(tag)?,
            Name::Denominator => self.push("/"),
            Name::Superior => self.push("^"),
            Name::Inferior => self.push("_"),
            Name::Radical => self.push("√"),
            Name::Delimiter => self.push("("),
            Name::MatrixRow => self.push("；"),
            Name::Operand if self.scan.parent() == Some(Name::MatrixRow) => self.push("，"),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: Name) -> Result<(), Fault> {
        match name {
            Name::Paragraph | Name::DrawnParagraph => {
                if let Some(Frame::Para(p)) = self.frames.pop_if(|f| matches!(f, Frame::Para(_))) {
                    self.end_paragraph(p);
                }
            }
            Name::Text | Name::DrawnText => self.end_text(),
            Name::FieldCode => self.mode = Mode::Ignored,
            Name::SimpleField => {
                if let Some(Frame::Para(p)) = self.frames.last_mut() {
                    self.fields.end(p.number, &mut p.text);
                }
            }
            Name::Delimiter => self.push(")"),
            Name::Row => self.end_row()?,
            Name::Cell => self.end_cell()?,
            Name::Table => self.end_table()?,
            Name::Sdt => drop(self.controls.pop()),
            Name::TextBox => {
                if let Some(Frame::Blocks(blocks)) = self.close(|f| matches!(f, Frame::Blocks(_))) {
                    self.ink += blocks.len() as u64;
                    self.emit(blocks);
                }
            }
            Name::Note => self.end_note(),
            Name::Alternates => drop(self.alternates.pop()),
            Name::Choice => {
                if let Some(last) = self.alternates.last_mut() {
                    last.taken = self.ink > last.ink;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, frame: Frame) -> Result<(), Fault> {
        if self.frames.len() >= MAX_FRAMES {
            return Err(Fault::Deep);
        }
        self.frames.push(frame);
        Ok(())
    }

    /// Closes the last frame, if it is of that kind, with what was left open in it. The body stays.
    fn close(&mut self, is_kind: impl Fn(&Frame) -> bool) -> Option<Frame> {
        if self.frames.len() < 2 || !self.frames.last().is_some_and(is_kind) {
            return None;
        }
        self.flush();
        let frame = self.frames.pop();
        self.fields.close(self.frames.len());
        frame
    }

    fn para(&mut self, change: impl FnOnce(&mut Para)) {
        if let Some(Frame::Para(p)) = self.frames.last_mut() {
            change(p);
        }
    }

    fn is_hidden(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Para(p)) if p.run.hidden)
    }

    fn push(&mut self, text: &str) {
        self.para(|p| {
            if !p.run.hidden {
                p.text.push_str(text);
            }
        });
    }

    fn begin_paragraph(&mut self) -> Result<(), Fault> {
        self.paragraphs += 1;
        if self.paragraphs as usize > MAX_UNITS {
            return Err(Fault::Large);
        }
        let frames = self.frames.len();
        let carried = self.carry.take_if(|c| c.frames == frames).map(|c| c.text);
        let text = carried.unwrap_or_else(|| std::mem::take(&mut self.spare));
        let style = self.styles.paragraph(None);
        let run = RunShown::new(&RunProperties::default(), style, self.styles.defaults);
        self.open(Frame::Para(Para { text, number: self.paragraphs, style, run, ..Para::default() }))
    }

    /// Text outside of any paragraph makes one of its own.
    fn begin_text(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        if !matches!(self.frames.last(), Some(Frame::Para(_))) {
            self.begin_paragraph()?;
            self.para(|p| p.stray = true);
        }
        if let Some(Frame::Para(p)) = self.frames.last() {
            let kept = tag.name == Name::DrawnText || preserves(tag).unwrap_or(self.preserves);
            self.mode = Mode::Words { from: p.text.len(), kept };
        }
        Ok(())
    }

    fn end_text(&mut self) {
        let mode = std::mem::replace(&mut self.mode, Mode::Ignored);
        let asks = self.controls.contains(&true);
        if let (Mode::Words { from, kept }, Some(Frame::Para(p))) = (mode, self.frames.last_mut()) {
            self.ink += u64::from(p.settle(from, kept, asks));
        }
        if let Some(Frame::Para(p)) = self.frames.pop_if(|f| matches!(f, Frame::Para(p) if p.stray)) {
            self.end_paragraph(p);
        }
    }

    fn field(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        let frames = self.frames.len();
        match tag.name {
            Name::FieldCode => self.mode = Mode::Code,
            Name::FormData => {
                let shown = properties::form_field(&mut self.scan)?;
                self.fields.form(shown);
            }
            _ => {
                let Some(Frame::Para(p)) = self.frames.last_mut() else { return Ok(()) };
                let room = if tag.name == Name::SimpleField {
                    self.fields.begin_simple(p.number, &p.text, frames, &tag.get("instr").unwrap_or_default())
                } else {
                    match tag.get("fldCharType").as_deref() {
                        Some("begin") => self.fields.begin(p.number, &p.text, frames),
                        Some("separate") => {
                            self.fields.separate(p.number, &mut p.text);
                            true
                        }
                        _ => {
                            self.fields.end(p.number, &mut p.text);
                            true
                        }
                    }
                };
                if !room {
                    return Err(Fault::Deep);
                }
            }
        }
        Ok(())
    }

    /// The blocks of the nearest holder, and whether it is a cell.
    fn holder(frames: &mut [Frame]) -> Option<(&mut Vec<Block>, bool)> {
        frames.iter_mut().rev().find_map(|f| match f {
            Frame::Blocks(out) | Frame::Note(out) => Some((out, false)),
            Frame::Cell(out, _) => Some((out, true)),
            _ => None,
        })
    }

    fn end_paragraph(&mut self, mut p: Para) {
        let frames = self.frames.len();
        let Some((blocks, in_cell)) = Self::holder(&mut self.frames) else { return };
        if p.mark == Mark::Deleted || (p.mark == Mark::Hidden && in_cell) {
            self.carry = Some(Carry { frames, text: p.text });
            return;
        }
        // A line break inside a cell stays; in running text it begins a paragraph, as headings are often followed by one.
        if in_cell && blocks.capacity() == 0 && !p.text.is_empty() {
            // Most cells hold one paragraph.
            blocks.reserve_exact(1);
        }
        if in_cell || !p.text.contains('\n') {
            self.builder.paragraph(&p.text, blocks);
        } else {
            p.text.split('\n').for_each(|line| self.builder.paragraph(line, blocks));
        }
        p.text.clear();
        self.spare = p.text;
    }

    /// Ends the paragraph whose mark is gone where nothing follows that it could join.
    fn flush(&mut self) {
        if let Some(carry) = self.carry.take()
            && let Some((blocks, _)) = Self::holder(&mut self.frames)
        {
            self.builder.paragraph(&carry.text, blocks);
        }
    }

    /// Gives blocks to the nearest holder; a text box inside a paragraph stands before that paragraph.
    fn emit(&mut self, mut more: Vec<Block>) {
        if let Some((blocks, _)) = Self::holder(&mut self.frames) {
            if blocks.is_empty() {
                *blocks = more;
            } else {
                blocks.append(&mut more);
            }
        }
    }

    fn end_cell(&mut self) -> Result<(), Fault> {
        let Some(Frame::Cell(blocks, properties)) = self.close(|f| matches!(f, Frame::Cell(..))) else { return Ok(()) };
        self.places += 1;
        if self.places > MAX_UNITS {
            return Err(Fault::Large);
        }
        let Some(Frame::Table(t)) = self.frames.last_mut() else {
            self.emit(blocks);
            return Ok(());
        };
        if properties.deleted || t.properties.deleted {
            return Ok(());
        }
        if let (true, Some(last), Some(width)) = (properties.continues, t.row.last_mut(), t.widths.last_mut()) {
            // Old horizontal merging: the cell belongs to the one before it. Word does not show what is in it, but a
            // figure there makes the one before it doubtful.
            last.columns = last.columns.saturating_add(properties.columns);
            *width += properties.width;
            last.blocks.extend(blocks.into_iter().filter(has_figure));
            return Ok(());
        }
        let skip = std::mem::take(&mut t.skip);
        t.widths.push(properties.width);
        t.row.push(RawCell { columns: properties.columns, down: properties.down, skip, ..RawCell::plain(blocks) });
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Fault> {
        self.places += 1;
        if self.places > MAX_UNITS {
            return Err(Fault::Large);
        }
        if let Some(Frame::Table(t)) = self.frames.last_mut() {
            t.end_row();
        }
        Ok(())
    }

    fn end_table(&mut self) -> Result<(), Fault> {
        let Some(Frame::Table(mut t)) = self.close(|f| matches!(f, Frame::Table(_))) else { return Ok(()) };
        if !t.row.is_empty() {
            t.end_row();
        }
        spans::mend(&mut t.rows, &t.shapes, &t.widths);
        let mut out = Vec::new();
        self.builder.table(t.rows, &mut out);
        self.emit(out);
        if self.builder.overflow { Err(Fault::Large) } else { Ok(()) }
    }

    /// A mark of a note, which is no text, or (Word 2003 and parts of notes) a note itself.
    fn note(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        let mark = NoteMark { endnote: tag.local().starts_with(b"endnote"), id: tag.get("id").unwrap_or_default().into_owned() };
        if tag.name == Name::NoteMark {
            if !self.is_hidden() && self.marks.len() < MAX_REFERENCES {
                let rank = self.marks.len();
                self.marks.entry(mark).or_insert(rank);
            }
            // The mark that was typed follows in the same run.
            self.para(|p| p.run.raised = true);
            return Ok(());
        }
        let rank = match self.wanted {
            Some(wanted) => wanted.get(&mark).copied(),
            None => Some(self.notes.len()),
        };
        let Some(rank) = rank.filter(|_| !self.is_hidden() && self.notes.len() < MAX_REFERENCES) else {
            return self.scan.skip();
        };
        self.notes.push((rank, String::new()));
        self.open(Frame::Note(Vec::new()))
    }

    fn end_note(&mut self) {
        if let Some(Frame::Note(blocks)) = self.close(|f| matches!(f, Frame::Note(_)))
            && let Some((_, text)) = self.notes.last_mut()
        {
            *text = words(&blocks);
        }
    }

    fn alternate(&mut self, name: Name) -> Result<(), Fault> {
        match (name, self.alternates.last_mut()) {
            (Name::Alternates, _) => self.alternates.push(Alternates { ink: self.ink, taken: false }),
            // The same again for programs that know less.
            (_, Some(last)) if last.taken => return self.scan.skip(),
            (_, Some(last)) => last.ink = self.ink,
            (Name::Fallback, None) => return self.scan.skip(),
            _ => {}
        }
        Ok(())
    }

    fn drawing(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        match tag.name {
            Name::Placed => self.area = 0,
            Name::Extent => self.area = pictures::extent(tag),
            Name::Shape => self.area = pictures::shape(tag).unwrap_or(self.area),
            Name::WordArt => {
                if !self.is_hidden()
                    && let Some(text) = tag.get("string")
                    && let Some((blocks, _)) = Self::holder(&mut self.frames)
                {
                    self.builder.paragraph(&text, blocks);
                    self.ink += 1;
                }
            }
            _ if self.area >= pictures::LARGE && !self.is_hidden() && self.pictures.len() < MAX_REFERENCES => {
                if let Some(found) = Found::new(tag, self.builder.picture()) {
                    self.pictures.push(found);
                    self.ink += 1;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A document of any format that is kept in the package and shown in this place (`w:altChunk`).
    fn embedded(&mut self, tag: &Tag<'x>) -> Result<(), Fault> {
        let id = tag.get("id").unwrap_or_default().into_owned();
        self.scan.skip()?;
        self.flush();
        match super::embedded::read(self.package, self.part, &id, self.level) {
            Ok(document) => {
                let blocks = self.builder.adopt(document.blocks);
                self.ink += blocks.len() as u64;
                self.emit(blocks);
                Ok(())
            }
            Err(refusal) => {
                self.refusal = Some(refusal);
                Err(Fault::Broken)
            }
        }
    }
}

impl Table {
    fn end_row(&mut self) {
        let next = Vec::with_capacity(self.row.len());
        let row = std::mem::replace(&mut self.row, next);
        if self.properties.deleted {
            return;
        }
        let columns = |c: &RawCell| c.skip.saturating_add(c.columns);
        let own = row.iter().map(columns).fold(0, usize::saturating_add);
        self.shapes.push(RowShape { columns: own.saturating_add(self.properties.after), before: self.properties.width_before });
        self.rows.push(row);
    }
}

/// What an element says of white space in it (`xml:space`).
fn preserves(tag: &Tag<'_>) -> Option<bool> {
    let (_, value) = tag.attributes().find(|(name, _)| *name == b"xml:space")?;
    Some(value == b"preserve")
}

fn has_figure(block: &Block) -> bool {
    let is_digit = |c: char| c.is_numeric();
    match block {
        Block::Paragraph(p) => p.text.contains(is_digit),
        Block::Grid(_) => true,
    }
}

/// The words of blocks on one line.
fn words(blocks: &[Block]) -> String {
    let mut all: Vec<Cow<'_, str>> = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(p) => all.push(Cow::Borrowed(&p.text)),
            Block::Grid(g) => all.push(Cow::Owned(g.cells.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join(" "))),
        }
    }
    all.join(" ")
}
