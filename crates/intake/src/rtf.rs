//! Rich Text Format (specification 1.9.1): the text that is shown and its tables.
//!
//! Written by Word, WPS, LibreOffice, TextEdit, WordPad and programs of all kinds. Headers, notes, comments, hidden, deleted
//! and struck text are left out as in [`crate::docx`]; the numbers that a list counts by itself too.

mod codes;
mod flow;
mod scan;
mod sheets;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod words;

use crate::document::Document;
use crate::line::MAX_TEXT;
use crate::refuse::Refusal;
use crate::rtf::codes::{Bytes, Code};
use crate::rtf::flow::{Flow, Press};
use crate::rtf::scan::{Scan, Token};
use crate::rtf::sheets::{Fonts, Styles};
use crate::rtf::state::{Looks, State};
use crate::rtf::words::{Look, Target, Word, is_read_when_starred, meaning};

/// Groups may not nest deeper than this.
const MAX_DEPTH: usize = 4096;

/// Reads the file.
///
/// # Errors
/// A broken, cut off or oversized file.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    let start = crate::detect::rtf_start(bytes).ok_or_else(|| Refusal::broken("rtf"))?;
    let bytes = bytes.get(start..).unwrap_or_default();
    let mut reader = Reader::new(bytes);
    reader.read()?;
    let body = reader.flows.pop().ok_or_else(|| Refusal::broken("rtf"))?;
    let blocks = body.finish(0, &mut reader.press);
    if reader.press.is_full() {
        return Err(Refusal::too_large());
    }
    Ok(Document { blocks, ..Document::default() })
}

/// Where text goes now; `None` where it is not shown.
fn out<'f>(flows: &'f mut [Flow], state: &State) -> Option<&'f mut String> {
    if state.target != Target::Body || !state.looks.is_shown() {
        return None;
    }
    let flow = flows.last_mut()?;
    Some(if state.looks.is_off_the_line() { flow.raised() } else { flow.plain() })
}

/// Goes through the tokens of a document.
struct Reader<'a> {
    scan: Scan<'a>,
    state: State,
    groups: Vec<State>,
    flows: Vec<Flow>,
    press: Press,
    bytes: Bytes,
    /// Whether raw bytes are UTF-8.
    raw_is_utf8: bool,
    fonts: Fonts,
    styles: Styles,
    /// Characters still to be skipped after one of Unicode.
    skip: u32,
    /// The first half of a character beyond U+FFFF.
    high: Option<u32>,
    /// Whether the formula has had a run.
    had_run: bool,
    /// The depth of the rows that are being defined.
    defining: usize,
    /// Whether nothing stands between an `\itap` and here, so that it says whose row is being defined.
    just_deep: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader {
            scan: Scan::new(bytes),
            state: State::new(),
            groups: Vec::new(),
            flows: vec![Flow::new()],
            press: Press::default(),
            bytes: Bytes::new(),
            raw_is_utf8: !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok(),
            fonts: Fonts::new(),
            styles: Styles::default(),
            skip: 0,
            high: None,
            had_run: false,
            defining: 1,
            just_deep: false,
        }
    }

    /// Reads to the brace that closes the document; what a program has left behind it is not shown.
    fn read(&mut self) -> Result<(), Refusal> {
        while let Some(token) = self.scan.next() {
            match token {
                Token::Open => self.open()?,
                Token::Close => {
                    self.close();
                    if self.groups.is_empty() {
                        return Ok(());
                    }
                }
                Token::Word(name, number) => self.word(name, number),
                Token::Symbol(symbol) => self.symbol(symbol),
                Token::Hex(byte) => {
                    if !self.is_skipped() {
                        self.byte(byte, false);
                    }
                }
                Token::Text(text) if text.len() > MAX_TEXT => return Err(Refusal::too_large()),
                Token::Text(text) => self.text(text),
                Token::Binary => drop(self.is_skipped()),
            }
            if self.press.is_full() || self.flows.last().is_some_and(Flow::is_too_long) {
                return Err(Refusal::too_large());
            }
        }
        Err(Refusal::broken("rtf"))
    }

    fn open(&mut self) -> Result<(), Refusal> {
        self.end_bytes();
        self.skip = 0;
        if self.groups.len() > MAX_DEPTH {
            return Err(Refusal::too_deep());
        }
        self.groups.push(self.state);
        (self.state.starred, self.state.is_box) = (false, false);
        if let Some(target) = self.state.two_forms.take() {
            if self.scan.rest().trim_ascii_start().starts_with(b"\\*\\ud") {
                self.state.target = target;
            } else {
                self.scan.skip_group();
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        self.end_bytes();
        self.skip = 0;
        self.styles.end_group(self.groups.len());
        let told = self.state.depth();
        let is_box = self.state.is_box;
        if let Some(outer) = self.groups.pop() {
            self.state = outer;
        }
        if is_box
            && self.flows.len() > 1
            && let Some(flow) = self.flows.pop()
        {
            let blocks = flow.finish(told, &mut self.press);
            let told = self.state.depth();
            self.flow(|f, press| f.insert(told, blocks, press));
        }
    }

    /// Whether the next character stands in for one of Unicode that has been read already.
    fn is_skipped(&mut self) -> bool {
        let skipped = self.skip > 0;
        self.skip = self.skip.saturating_sub(1);
        skipped
    }

    fn flow(&mut self, act: impl FnOnce(&mut Flow, &mut Press)) {
        if let Some(flow) = self.flows.last_mut() {
            act(flow, &mut self.press);
        }
    }

    fn text(&mut self, text: &[u8]) {
        let skipped = (self.skip as usize).min(text.len());
        self.skip -= skipped as u32;
        let text = text.get(skipped..).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        // Plain digits and letters, most of the time.
        if text.is_ascii() && self.bytes.is_empty() {
            self.end_high();
            if let (Some(out), Ok(text)) = (out(&mut self.flows, &self.state), std::str::from_utf8(text)) {
                out.push_str(text);
            }
            return;
        }
        text.iter().for_each(|byte| self.byte(*byte, true));
    }

    fn byte(&mut self, byte: u8, raw: bool) {
        self.end_high();
        let code = if raw && self.raw_is_utf8 { Code::Utf8 } else { self.fonts.code(self.state.font) };
        if let Some(out) = out(&mut self.flows, &self.state) {
            self.bytes.push(byte, code, out);
        }
    }

    /// Bytes end before whatever is no byte.
    fn end_bytes(&mut self) {
        if !self.bytes.is_empty()
            && let Some(out) = out(&mut self.flows, &self.state)
        {
            self.bytes.finish(out);
        }
    }

    /// A half character that nothing completed.
    fn end_high(&mut self) {
        if self.high.take().is_some() {
            self.push(char::REPLACEMENT_CHARACTER);
        }
    }

    fn push(&mut self, c: char) {
        if let Some(out) = out(&mut self.flows, &self.state) {
            out.push(c);
        }
    }

    fn character(&mut self, c: char) {
        self.end_bytes();
        self.end_high();
        self.push(c);
    }

    fn symbol(&mut self, symbol: u8) {
        // A brace or a backslash may be the second half of a character.
        if matches!(symbol, b'\\' | b'{' | b'}') || self.bytes.wants(symbol) {
            if !self.is_skipped() {
                self.byte(symbol, true);
            }
            return;
        }
        match symbol {
            b'\r' | b'\n' => {
                self.skip = 0;
                self.end_bytes();
                self.act(Word::Paragraph, None);
            }
            b'*' => self.state.starred = true,
            b'\t' | b'~' | b'_' => {
                if !self.is_skipped() {
                    self.character(match symbol {
                        b'~' => '\u{A0}',
                        b'_' => '-',
                        _ => '\t',
                    });
                }
            }
            _ => drop(self.is_skipped()),
        }
    }

    fn word(&mut self, name: &[u8], number: Option<i32>) {
        let word = meaning(name);
        let starred = std::mem::take(&mut self.state.starred);
        if (starred && !is_read_when_starred(word)) || word == Word::Skip {
            self.end_bytes();
            self.scan.skip_group();
            return;
        }
        // A word stands in for a character too, but none that ends a cell or a line.
        if self.skip > 0 {
            match word {
                Word::Paragraph | Word::Cell | Word::NestedCell | Word::Row | Word::NestedRow | Word::CodeUnit => self.skip = 0,
                Word::Define | Word::Edge | Word::Plainly | Word::To(_) | Word::Box => self.skip = 0,
                _ => {
                    self.skip -= 1;
                    if matches!(word, Word::Char(_)) {
                        return;
                    }
                }
            }
        }
        if word != Word::Other {
            self.end_bytes();
            self.act(word, number);
        }
    }

    fn act(&mut self, word: Word, number: Option<i32>) {
        match self.state.target {
            Target::Fonts => self.fonts.word(word, number),
            Target::Styles => self.styles.word(word, number, self.groups.len()),
            target => {
                if target != Target::Body || !self.structure(word, number) {
                    self.property(word, number);
                }
            }
        }
    }

    /// Words that end paragraphs, cells and rows or say what these are; `false` for others.
    fn structure(&mut self, word: Word, number: Option<i32>) -> bool {
        let told = self.state.depth();
        let row = self.defining;
        let deleted = self.state.looks.deleted;
        let aside = self.state.of_nested_row;
        let size = number.unwrap_or(0);
        let just_deep = word == Word::Depth;
        match word {
            // Accepting the deletion of a mark joins two paragraphs.
            Word::Paragraph if deleted => {}
            Word::Paragraph => self.flow(|f, press| f.paragraph(told, press)),
            Word::Cell => self.flow(|f, press| f.cell(1, press)),
            Word::NestedCell => self.flow(|f, press| f.cell(told.max(2), press)),
            Word::Row => self.flow(|f, press| f.row(1, deleted, false, press)),
            Word::NestedRow => self.flow(|f, press| f.row(told.max(2), deleted, aside, press)),
            Word::Define => {
                // TextEdit says just before a definition how deep the row will stand.
                self.defining = match (aside, self.just_deep) {
                    (true, _) => told.max(2),
                    (false, true) => self.state.deep.max(1),
                    (false, false) => 1,
                };
                let row = self.defining;
                self.flow(|f, press| f.define(row, press));
            }
            Word::Left => self.flow(|f, _| f.definition(row).left(size)),
            Word::Edge => self.flow(|f, _| f.definition(row).cell(size)),
            Word::JoinsLeft => self.flow(|f, _| f.definition(row).joins_left()),
            Word::Down(down) => self.flow(|f, _| f.definition(row).down(down)),
            Word::Index => self.flow(|f, _| f.definition(row).index = number),
            Word::Plainly | Word::InTable | Word::Depth => {
                match word {
                    Word::Plainly => (self.state.in_table, self.state.deep) = (false, 0),
                    Word::InTable => self.state.in_table = number != Some(0),
                    _ => self.state.deep = usize::try_from(size).unwrap_or(0),
                }
                self.flow(|f, _| f.restate());
            }
            _ => return false,
        }
        self.just_deep = just_deep;
        true
    }

    /// Words about characters and groups.
    fn property(&mut self, word: Word, number: Option<i32>) {
        match word {
            Word::Char(c) => self.character(c),
            Word::CodeUnit => self.code_unit(number.unwrap_or(0)),
            Word::Fallback => self.state.fallback = u32::try_from(number.unwrap_or(1)).unwrap_or(0),
            Word::PlainText => (self.state.looks, self.state.font) = (Looks::default(), None),
            Word::Look(look) => self.state.looks.set(look, number),
            Word::OnTheLine => self.state.looks.set(Look::Raised, Some(0)),
            Word::Style(kind) => self.state.looks.add(self.styles.looks(kind, number.unwrap_or(0))),
            Word::Font => self.state.font = number,
            Word::DefaultFont => self.fonts.default(number),
            Word::Page => self.fonts.page(number),
            Word::Mac => self.fonts.page(Some(10000)),
            Word::To(target) => {
                self.state.target = target;
                self.had_run = false;
            }
            Word::FormulaRun if self.state.target == Target::Formula => {
                self.state.target = Target::Body;
                // The parts of a fraction or a power are no digits of one number.
                if std::mem::replace(&mut self.had_run, true) {
                    self.character('\n');
                }
            }
            Word::Box => {
                self.flows.push(Flow::new());
                (self.state.target, self.state.is_box) = (Target::Body, true);
                (self.state.in_table, self.state.deep, self.state.looks) = (false, 0, Looks::default());
            }
            Word::NestedProperties => self.state.of_nested_row = true,
            Word::TwoForms => {
                (self.state.two_forms, self.state.target) = (Some(self.state.target), Target::Quiet);
            }
            _ => {}
        }
    }

    /// A code unit of UTF-16, negative from 0x8000 on.
    fn code_unit(&mut self, number: i32) {
        let unit = if number < 0 { number.saturating_add(0x1_0000) } else { number };
        let unit = u32::try_from(unit).unwrap_or(0xFFFD);
        self.skip = self.state.fallback;
        match (self.high.take(), unit) {
            (Some(high), 0xDC00..=0xDFFF) => {
                let c = char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
                self.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (before, 0xD800..=0xDBFF) => {
                if before.is_some() {
                    self.push(char::REPLACEMENT_CHARACTER);
                }
                self.high = Some(unit);
            }
            (before, _) => {
                if before.is_some() {
                    self.push(char::REPLACEMENT_CHARACTER);
                }
                // A hyphen at which no line breaks: what `\_` is.
                let unit = if unit == 0x2011 { u32::from(b'-') } else { unit };
                self.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
    }
}
