//! Web pages: text that is shown, tables with their spans.

use scraper::{Html, Node, node::Element};

use crate::document::{Block, Builder, Document, Down, RawCell};
use crate::refuse::Refusal;

/// Elements may not nest deeper than this: the time that an HTML parser takes grows with depth times size.
const MAX_DEPTH: i64 = 3000;

/// Reads a web page that has been decoded.
///
/// # Errors
/// A page that is nested or sized beyond reason.
pub(crate) fn read(text: &str) -> Result<Document, Refusal> {
    if depth(text) > MAX_DEPTH {
        return Err(Refusal::too_deep());
    }
    let page = Html::parse_document(text);
    let mut walk = Walk {
        builder: Builder::default(),
        frames: vec![Frame::Blocks(Vec::new())],
        line: String::new(),
        raised: Vec::new(),
        titles: Vec::new(),
    };
    let mut node = page.tree.root();
    // Depth first without recursion, so that no page can exhaust the stack.
    'walk: loop {
        let mut shown = match node.value() {
            Node::Element(e) if is_hidden(e) || (e.name() == "textarea" && !walk.in_cell()) => false,
            Node::Element(e) => {
                walk.open(e);
                true
            }
            Node::Text(t) => {
                walk.text(t);
                true
            }
            _ => true,
        };
        match node.first_child() {
            Some(child) if shown => node = child,
            _ => loop {
                // Only the first node on the way up can be a hidden one.
                if let Node::Element(e) = node.value()
                    && std::mem::replace(&mut shown, true)
                {
                    walk.close(e);
                }
                if let Some(next) = node.next_sibling() {
                    node = next;
                    break;
                }
                match node.parent() {
                    Some(parent) => node = parent,
                    None => break 'walk,
                }
            },
        }
    }
    walk.finish()
}

/// A bound on how deep elements nest, by counting tags that must be closed by hand.
fn depth(text: &str) -> i64 {
    const SELF_CLOSING: [&[u8]; 28] = [
        b"p",
        b"td",
        b"tr",
        b"th",
        b"li",
        b"option",
        b"dt",
        b"dd",
        b"tbody",
        b"thead",
        b"tfoot",
        b"br",
        b"img",
        b"input",
        b"meta",
        b"link",
        b"hr",
        b"col",
        b"colgroup",
        b"area",
        b"base",
        b"embed",
        b"source",
        b"track",
        b"wbr",
        b"param",
        b"html",
        b"body",
    ];
    let bytes = text.as_bytes();
    let (mut deep, mut most, mut at) = (0i64, 0i64, 0);
    while let Some(next) = bytes[at..].iter().position(|&b| b == b'<') {
        at += next + 1;
        let closing = bytes.get(at) == Some(&b'/');
        let start = at + usize::from(closing);
        let end = start + bytes[start.min(bytes.len())..].iter().take(24).take_while(|b| b.is_ascii_alphanumeric()).count();
        let Some(name) = bytes.get(start..end).filter(|n| !n.is_empty()) else { continue };
        let name = name.to_ascii_lowercase();
        if !SELF_CLOSING.contains(&name.as_slice()) {
            deep = if closing { (deep - 1).max(0) } else { deep + 1 };
            most = most.max(deep);
        }
        at = end;
    }
    most
}

fn is_hidden(e: &Element) -> bool {
    if matches!(
        e.name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "select"
            | "button"
            | "del"
            | "s"
            | "strike"
            | "iframe"
            | "object"
            | "svg"
            | "rt"
            | "rp"
    ) || e.attr("hidden").is_some()
    {
        return true;
    }
    e.attr("style").is_some_and(|style| {
        let has = |word: &[u8]| style.as_bytes().windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
        if !has(b"none") && !has(b"hidden") && !has(b"mso-hide") && !has(b"line-through") {
            return false;
        }
        let style: String = style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
        let struck = |rule: &str| rule.starts_with("text-decoration") && rule.contains("line-through");
        style
            .split(';')
            .any(|rule| struck(rule) || ["display:none", "visibility:hidden", "mso-hide:all"].iter().any(|h| rule.starts_with(h)))
    })
}

/// Whether an element raises or lowers its text: a mark of a note.
fn is_raised(e: &Element) -> bool {
    matches!(e.name(), "sup" | "sub")
        || e.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
            style.contains("vertical-align:super") || style.contains("vertical-align:sub")
        })
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ul"
            | "ol"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "main"
            | "body"
            | "html"
            | "head"
            | "caption"
            | "blockquote"
            | "pre"
            | "dl"
            | "dt"
            | "dd"
            | "form"
            | "fieldset"
            | "center"
            | "hr"
            | "address"
            | "title"
            | "figure"
            | "figcaption"
    )
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<RawCell>>,
    row: Vec<RawCell>,
    in_row: bool,
}

enum Frame {
    Blocks(Vec<Block>),
    Table(Table),
    Cell(RawCell),
}

struct Walk {
    builder: Builder,
    frames: Vec<Frame>,
    line: String,
    /// Where in the line each open raised element began.
    raised: Vec<usize>,
    titles: Vec<String>,
}

impl Walk {
    /// Whether text would go into a cell of a table.
    fn in_cell(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Cell(_)))
    }

    fn open(&mut self, e: &Element) {
        if is_raised(e) {
            self.raised.push(self.line.len());
        }
        match e.name() {
            "br" => self.flush(),
            // A form that was saved after it had been filled in.
            "input" if self.in_cell() && matches!(e.attr("type"), None | Some("" | "text" | "number")) => {
                self.text(e.attr("value").unwrap_or_default());
            }
            "table" => {
                self.flush();
                self.frames.push(Frame::Table(Table::default()));
            }
            "tr" => self.end_row(true),
            "td" | "th" => {
                self.flush();
                let span = |name: &str| e.attr(name).and_then(|v| number(v.trim()));
                let rows = span("rowspan").unwrap_or(1);
                self.frames.push(Frame::Cell(RawCell {
                    columns: span("colspan").unwrap_or(1).max(1),
                    down: Down::Rows(rows),
                    ..RawCell::plain(Vec::new())
                }));
            }
            name if is_block(name) => self.flush(),
            _ => {}
        }
    }

    fn close(&mut self, e: &Element) {
        if is_raised(e)
            && let Some(start) = self.raised.pop()
            && let Some(text) = self.line.get(start..)
            && crate::docx::needs_brackets(text)
        {
            let mark = format!("[{}]", text.trim());
            self.line.truncate(start);
            self.line.push_str(&mark);
        }
        match e.name() {
            "title" => {
                let title = crate::document::trim(&std::mem::take(&mut self.line)).to_owned();
                if !title.is_empty() {
                    self.titles.push(title);
                }
            }
            "td" | "th" => {
                self.flush();
                if let Some(Frame::Cell(cell)) = self.frames.pop_if(|f| matches!(f, Frame::Cell(_)))
                    && let Some(Frame::Table(t)) = self.frames.last_mut()
                {
                    t.row.push(cell);
                }
            }
            "tr" => self.end_row(false),
            "table" => {
                self.end_row(false);
                if let Some(Frame::Table(t)) = self.frames.pop_if(|f| matches!(f, Frame::Table(_))) {
                    let mut out = Vec::new();
                    self.builder.table(t.rows, &mut out);
                    self.emit(out);
                }
            }
            name if is_block(name) => self.flush(),
            _ => {}
        }
    }

    fn end_row(&mut self, opens: bool) {
        self.flush();
        if let Some(Frame::Table(t)) = self.frames.last_mut() {
            if t.in_row || !t.row.is_empty() {
                let row = std::mem::take(&mut t.row);
                t.rows.push(row);
            }
            t.in_row = opens;
        }
    }

    /// White space as a browser shows it: runs of ASCII blanks and line ends are one blank, no-break spaces stay.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
            } else {
                self.line.push(c);
            }
        }
    }

    fn flush(&mut self) {
        if !self.line.is_empty() {
            let line = std::mem::take(&mut self.line);
            let mut out = Vec::new();
            self.builder.paragraph(&line, &mut out);
            self.emit(out);
        }
    }

    fn emit(&mut self, mut blocks: Vec<Block>) {
        for frame in self.frames.iter_mut().rev() {
            match frame {
                Frame::Blocks(out) => return out.append(&mut blocks),
                Frame::Cell(c) => return c.blocks.append(&mut blocks),
                Frame::Table(_) => {}
            }
        }
    }

    fn finish(mut self) -> Result<Document, Refusal> {
        self.flush();
        if self.builder.overflow {
            return Err(Refusal::too_large());
        }
        match self.frames.into_iter().next() {
            Some(Frame::Blocks(blocks)) => Ok(Document { titles: self.titles, blocks, ..Document::default() }),
            _ => Err(Refusal::broken("html")),
        }
    }
}

/// The leading digits of a span, as browsers read it; absurd ones saturate and are cut by the layout.
fn number(text: &str) -> Option<usize> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}
