//! Word documents: the main part of the package, without headers, footers, comments, deleted or hidden text.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::document::{Block, Builder, Document, Down, RawCell};
use crate::refuse::Refusal;

/// The main part may not unpack to more than this.
const MAX_XML: u64 = 128 << 20;
/// Elements may not nest deeper than this.
const MAX_DEPTH: usize = 1024;

/// Reads a Word document.
///
/// # Errors
/// A broken or oversized package.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::broken("docx"))?;
    let name = main_part(&mut package);
    let part = package.by_name(&name).map_err(|_| Refusal::broken("docx"))?;
    let mut xml = Vec::new();
    part.take(MAX_XML + 1).read_to_end(&mut xml).map_err(|_| Refusal::broken("docx"))?;
    if xml.len() as u64 > MAX_XML {
        return Err(Refusal::too_large());
    }
    let (xml, _, _) = encoding_rs::UTF_8.decode(&xml);
    parse(&xml)
}

/// The part that `_rels/.rels` names as the document; by custom `word/document.xml`.
fn main_part<R: Read + std::io::Seek>(package: &mut zip::ZipArchive<R>) -> String {
    let usual = "word/document.xml".to_owned();
    if package.index_for_name(&usual).is_some() {
        return usual;
    }
    let mut names: Vec<String> = package.file_names().flatten().map(|n| n.into_owned()).collect();
    names.retain(|n| n.starts_with("word/document") && n.ends_with(".xml"));
    names.sort();
    names.into_iter().next().unwrap_or(usual)
}

/// A paragraph in the making.
#[derive(Default)]
struct Para {
    text: String,
    hidden: bool,
    /// Whether the run is raised or lowered: a mark of a note, put into brackets lest it pass for a digit.
    raised: bool,
    /// Open fields: whether each is still in its code, which is not text.
    fields: Vec<bool>,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<RawCell>>,
    row: Vec<RawCell>,
    skip: usize,
    deleted: bool,
}

/// Where blocks go: the body, a cell, or a text box.
enum Frame {
    Blocks(Vec<Block>),
    Table(Table),
    Cell(RawCell),
    Para(Para),
}

struct State {
    builder: Builder,
    frames: Vec<Frame>,
    /// Names of the open elements.
    path: Vec<&'static str>,
}

fn parse(xml: &str) -> Result<Document, Refusal> {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.check_end_names = true;
    let mut state = State { builder: Builder::default(), frames: vec![Frame::Blocks(Vec::new())], path: Vec::new() };
    let mut skipping = 0usize;
    let mut in_text = false;
    loop {
        let event = reader.read_event().map_err(|_| Refusal::broken("docx"))?;
        match event {
            Event::Start(e) => {
                if skipping > 0 {
                    skipping += 1;
                } else if is_dropped(&e, &state.path) {
                    skipping = 1;
                } else {
                    in_text = state.start(&e);
                    if state.path.len() > MAX_DEPTH {
                        return Err(Refusal::too_deep());
                    }
                }
                if skipping > 100_000 {
                    return Err(Refusal::too_deep());
                }
            }
            Event::Empty(e) if skipping == 0 && !is_dropped(&e, &state.path) => {
                state.start(&e);
                state.end();
                in_text = false;
            }
            Event::End(_) => {
                if skipping > 0 {
                    skipping -= 1;
                } else {
                    state.end();
                    in_text = false;
                }
            }
            Event::Text(t) if in_text && skipping == 0 => state.push(&t.xml10_content()),
            Event::CData(t) if in_text && skipping == 0 => state.push(&t.xml10_content()),
            Event::GeneralRef(r) if in_text && skipping == 0 => {
                let c = r.resolve_char_ref().ok().flatten().or_else(|| named(&r.xml10_content()));
                if let Some(c) = c {
                    state.push(c.encode_utf8(&mut [0; 4]));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    // A part that ends in the middle of an element was cut off.
    if !state.path.is_empty() || skipping > 0 {
        return Err(Refusal::broken("docx"));
    }
    if state.builder.overflow {
        return Err(Refusal::too_large());
    }
    match state.frames.pop() {
        Some(Frame::Blocks(blocks)) => Ok(Document { blocks, ..Document::default() }),
        _ => Err(Refusal::broken("docx")),
    }
}

/// Whether a raised text would read as part of a number: digits without brackets of their own.
pub(crate) fn needs_brackets(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | ',' | '-' | '０'..='９'))
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Subtrees that are not part of the text: deleted and moved-away runs, the fallback of a text box (its choice says the
/// same), phonetic guides, properties of content controls.
fn is_dropped(e: &BytesStart<'_>, path: &[&'static str]) -> bool {
    match local(e) {
        "del" => !matches!(path.last(), Some(&"trPr" | &"rPr")),
        "moveFrom" | "Fallback" | "rt" | "sdtPr" | "delText" | "instrText" | "tblPrChange" | "trPrChange" | "tcPrChange"
        | "pPrChange" | "rPrChange" | "sectPrChange" => true,
        _ => false,
    }
}

/// The local name of the elements that matter, `""` for others. Drawings have a `t` and a `p` of their own.
fn local(e: &BytesStart<'_>) -> &'static str {
    let name = e.name();
    let text: &str = name.as_ref();
    if text.starts_with("a:") || text.starts_with("m:") || text.starts_with("dgm:") || text.starts_with("c:") {
        return if text == "m:t" { "t" } else { "" };
    }
    let bare = text.rsplit(':').next().unwrap_or(text);
    const KNOWN: [&str; 46] = [
        "p",
        "r",
        "t",
        "tab",
        "br",
        "cr",
        "tbl",
        "tr",
        "tc",
        "gridSpan",
        "vMerge",
        "hMerge",
        "gridBefore",
        "trPr",
        "rPr",
        "tcPr",
        "pPr",
        "vanish",
        "del",
        "moveFrom",
        "Fallback",
        "rt",
        "sdtPr",
        "delText",
        "instrText",
        "fldChar",
        "txbxContent",
        "noBreakHyphen",
        "cellDel",
        "tblPrChange",
        "trPrChange",
        "tcPrChange",
        "pPrChange",
        "rPrChange",
        "sectPrChange",
        "tabs",
        "tblGrid",
        "body",
        "document",
        "webHidden",
        "specVanish",
        "ptab",
        "strike",
        "dstrike",
        "vertAlign",
        "rStyle",
    ];
    KNOWN.iter().find(|k| **k == bare).copied().unwrap_or("")
}

fn value(e: &BytesStart<'_>) -> Option<String> {
    attribute(e, "val")
}

fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    e.attributes().flatten().find_map(|a| {
        let key: &str = a.key.as_ref();
        (key.rsplit(':').next() == Some(name)).then(|| a.value.to_string())
    })
}

fn is_on(e: &BytesStart<'_>) -> bool {
    !matches!(value(e).as_deref(), Some("0" | "false" | "off"))
}

impl State {
    /// Whether text that follows is text of the document.
    fn start(&mut self, e: &BytesStart<'_>) -> bool {
        let name = local(e);
        let parent = self.path.last().copied().unwrap_or("");
        self.path.push(name);
        match name {
            "p" => self.frames.push(Frame::Para(Para::default())),
            "tbl" => self.frames.push(Frame::Table(Table::default())),
            "tr" => {
                if let Some(t) = self.table() {
                    (t.skip, t.deleted) = (0, false);
                }
            }
            "tc" => {
                let skip = self.table().map_or(0, |t| std::mem::take(&mut t.skip));
                self.frames.push(Frame::Cell(RawCell { skip, ..RawCell::plain(Vec::new()) }));
            }
            "txbxContent" => self.frames.push(Frame::Blocks(Vec::new())),
            "t" => return true,
            "r" => self.para(|p| (p.hidden, p.raised) = (false, false)),
            "vertAlign" if parent == "rPr" && self.path.iter().rev().nth(2) == Some(&"r") => {
                let on = matches!(value(e).as_deref(), Some("superscript" | "subscript"));
                self.para(|p| p.raised = on);
            }
            "rStyle" if parent == "rPr" && self.path.iter().rev().nth(2) == Some(&"r") => {
                let on = value(e).is_some_and(|v| v.contains("noteReference"));
                self.para(|p| p.raised |= on);
            }
            // Struck out is deleted, whether or not Word kept track of it.
            "vanish" | "webHidden" | "specVanish" | "strike" | "dstrike"
                if parent == "rPr" && self.path.iter().rev().nth(2) == Some(&"r") =>
            {
                let on = is_on(e);
                self.para(|p| p.hidden |= on);
            }
            "tab" | "ptab" if parent == "r" => self.push("\t"),
            "br" | "cr" if parent == "r" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "fldChar" => {
                let kind = attribute(e, "fldCharType").unwrap_or_default();
                self.para(|p| match kind.as_str() {
                    "begin" => p.fields.push(true),
                    "separate" => {
                        if let Some(code) = p.fields.last_mut() {
                            *code = false;
                        }
                    }
                    _ => drop(p.fields.pop()),
                });
            }
            "gridSpan" if parent == "tcPr" => {
                let n = value(e).and_then(|v| v.parse::<usize>().ok()).unwrap_or(1);
                self.cell(|c| c.columns = n.max(1));
            }
            "vMerge" if parent == "tcPr" => {
                let begins = value(e).as_deref() == Some("restart");
                self.cell(|c| c.down = if begins { Down::Begins } else { Down::Continues });
            }
            "hMerge" if parent == "tcPr" && value(e).as_deref() != Some("restart") => self.cell(|c| c.columns = 0),
            "gridBefore" => {
                let n = value(e).and_then(|v| v.parse::<usize>().ok()).unwrap_or(0);
                if let Some(t) = self.table() {
                    t.skip = n;
                }
            }
            "del" if parent == "trPr" => {
                if let Some(t) = self.table() {
                    t.deleted = true;
                }
            }
            _ => {}
        }
        false
    }

    fn end(&mut self) {
        match self.path.pop() {
            Some("p") => {
                if let Some(Frame::Para(p)) = self.frames.pop() {
                    self.finish_paragraph(&p.text);
                }
            }
            Some("tc") => {
                if let Some(Frame::Cell(c)) = self.frames.pop()
                    && let Some(t) = self.table()
                {
                    match t.row.last_mut() {
                        // Old horizontal merging: the cell belongs to the one before it.
                        Some(last) if c.columns == 0 => last.columns += 1,
                        _ => t.row.push(RawCell { columns: c.columns.max(1), ..c }),
                    }
                }
            }
            Some("tr") => {
                if let Some(t) = self.table() {
                    let row = std::mem::take(&mut t.row);
                    if !t.deleted {
                        t.rows.push(row);
                    }
                }
            }
            Some("tbl") => {
                if let Some(Frame::Table(t)) = self.frames.pop() {
                    let mut out = Vec::new();
                    self.builder.table(t.rows, &mut out);
                    self.emit(out);
                }
            }
            Some("txbxContent") => {
                if let Some(Frame::Blocks(blocks)) = self.frames.pop() {
                    self.emit(blocks);
                }
            }
            _ => {}
        }
    }

    /// A line break inside a cell stays; in running text it begins a paragraph, as headings are often followed by one.
    fn finish_paragraph(&mut self, text: &str) {
        let mut out = Vec::new();
        let in_cell = self.frames.iter().rev().find_map(|f| match f {
            Frame::Cell(_) => Some(true),
            Frame::Blocks(_) => Some(false),
            _ => None,
        });
        if in_cell == Some(true) {
            self.builder.paragraph(text, &mut out);
        } else {
            text.split('\n').for_each(|line| self.builder.paragraph(line, &mut out));
        }
        self.emit(out);
    }

    /// Gives blocks to the nearest holder; a text box inside a paragraph stands before that paragraph.
    fn emit(&mut self, mut blocks: Vec<Block>) {
        for frame in self.frames.iter_mut().rev() {
            match frame {
                Frame::Blocks(out) => return out.append(&mut blocks),
                Frame::Cell(c) => return c.blocks.append(&mut blocks),
                _ => {}
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.para(|p| {
            if !p.hidden && !p.fields.contains(&true) {
                if p.raised && needs_brackets(text) {
                    p.text.push_str(&format!("[{}]", text.trim()));
                } else {
                    p.text.push_str(text);
                }
            }
        });
    }

    fn para(&mut self, change: impl FnOnce(&mut Para)) {
        if let Some(Frame::Para(p)) = self.frames.last_mut() {
            change(p);
        }
    }

    fn cell(&mut self, change: impl FnOnce(&mut RawCell)) {
        if let Some(Frame::Cell(c)) = self.frames.last_mut() {
            change(c);
        }
    }

    fn table(&mut self) -> Option<&mut Table> {
        match self.frames.last_mut() {
            Some(Frame::Table(t)) => Some(t),
            _ => None,
        }
    }
}
