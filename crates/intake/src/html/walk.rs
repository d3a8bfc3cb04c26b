//! From the elements of a page to a document: paragraphs and tables in the order in which they are shown.

use std::collections::HashMap;

use crate::document::{Block, Builder, Document, trim};
use crate::refuse::Refusal;

use super::boxes::{self, Part};
use super::css::{Sheets, is_on_screen};
use super::frames::{Frames, Kind as Group};
use super::style::{Display, Raise, Space, Style};
use super::tags::{Name, Tag};
use super::tree::{Id, Kind, NONE, ROOT, Tree};
use super::{Beside, entities};

/// Pages in frames nest no deeper, and there are no more of them.
const MAX_FRAMES: (usize, usize) = (3, 64);

/// Reads a page's elements.
///
/// # Errors
/// A page that is sized beyond reason.
pub(crate) fn document(tree: &Tree<'_>, beside: &dyn Beside) -> Result<Document, Refusal> {
    let mut walk = Walk::new(tree, beside, Builder::default(), 0);
    walk.all()?;
    walk.finish()
}

/// How an element takes part in the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Inline,
    Block,
    /// A `<table>`.
    Table,
    /// What is laid out as a table by its style.
    StyledTable,
    Grid(usize),
    Group(Group),
    Row,
    /// A row of one cell over so many columns.
    Full(usize),
    Cell,
}

impl Role {
    fn is_part(self) -> bool {
        matches!(self, Role::Group(_) | Role::Row | Role::Full(_) | Role::Cell)
    }
}

/// What holds for the text in an element.
#[derive(Clone, Copy, Debug)]
struct State {
    /// `visibility: hidden`.
    silent: bool,
    /// Struck out, or moved out of sight.
    gone: bool,
    sizeless: bool,
    space: Space,
}

/// An element that the walk is in.
#[derive(Clone, Copy, Debug)]
struct Opened {
    id: Id,
    tag: Tag,
    role: Role,
    /// What held outside of it.
    outside: State,
    raised: Raise,
    /// Whether its children are boxes side by side.
    flex: bool,
}

pub(super) struct Walk<'t> {
    tree: &'t Tree<'t>,
    beside: &'t dyn Beside,
    sheets: Sheets,
    /// Whether a style sheet lies elsewhere.
    has_foreign_sheet: bool,
    frames: Frames,
    opened: Vec<Opened>,
    state: State,
    line: String,
    /// Where in the line each open raised element began.
    raised: Vec<usize>,
    /// Boxes that make a table, with the number of that table.
    parts: HashMap<Id, (Part, u32)>,
    tables_of_boxes: u32,
    titles: Vec<String>,
    /// Preformatted text outside of tables, and whether there is any other.
    plain: String,
    flows: bool,
    depth: usize,
    pages: usize,
    styles: StyleCache<'t>,
}

/// Styles of elements are the same over and over in pages that Word wrote.
type StyleCache<'t> = [(&'t str, (Style, Style, Style)); 32];

impl<'t> Walk<'t> {
    fn new(tree: &'t Tree<'t>, beside: &'t dyn Beside, builder: Builder, depth: usize) -> Walk<'t> {
        let mut walk = Walk {
            tree,
            beside,
            sheets: Sheets::new(tree.quirks),
            has_foreign_sheet: false,
            frames: Frames::new(builder),
            opened: Vec::new(),
            state: State { silent: false, gone: false, sizeless: false, space: Space::Collapse },
            line: String::new(),
            raised: Vec::new(),
            parts: HashMap::new(),
            tables_of_boxes: 0,
            titles: Vec::new(),
            plain: String::new(),
            flows: false,
            depth,
            pages: 0,
            styles: [("", Default::default()); 32],
        };
        walk.collect_sheets();
        walk
    }

    fn collect_sheets(&mut self) {
        for id in 0..self.tree.nodes.len() as Id {
            let tag = self.tree.tag(id);
            if !matches!(tag, Tag::Style | Tag::Link)
                || self.tree.attribute(id, Name::Media).is_some_and(|media| !is_on_screen(media))
            {
                continue;
            }
            if tag == Tag::Style {
                self.tree.children(id).for_each(|text| self.sheets.add(self.tree.node(text).span.of(self.tree.text)));
            } else if self.tree.attribute(id, Name::Rel).is_some_and(|r| r.trim().eq_ignore_ascii_case("stylesheet")) {
                let address = self.tree.attribute(id, Name::Href).map(|a| entities::decoded(a, true));
                match address.and_then(|a| self.beside.sheet(&a)) {
                    Some(sheet) => self.sheets.add(&sheet),
                    None => self.has_foreign_sheet = true,
                }
            }
        }
    }

    /// Depth first without recursion, so that no page can exhaust the stack.
    fn all(&mut self) -> Result<(), Refusal> {
        let tree = self.tree;
        self.find_boxes(ROOT);
        let mut at = tree.node(ROOT).first;
        if at == NONE {
            return Ok(());
        }
        loop {
            let node = tree.node(at);
            let entered = match node.kind {
                Kind::Element(_) => self.open(at)?,
                Kind::Text => {
                    self.text(node.span.of(tree.text), true);
                    false
                }
                Kind::Raw => {
                    self.text(node.span.of(tree.text), false);
                    false
                }
            };
            if entered && node.first != NONE {
                at = node.first;
                continue;
            }
            if entered {
                self.close();
            }
            while tree.node(at).next == NONE {
                at = tree.node(at).parent;
                if at == ROOT || at == NONE {
                    return Ok(());
                }
                self.close();
            }
            at = tree.node(at).next;
        }
    }

    fn style(&mut self, id: Id, tag: Tag) -> Style {
        let mut style = self.given_style(id, tag);
        if style.display.is_none() && self.tree.attribute(id, Name::Hidden).is_some() {
            style.display = Some(Display::None);
        }
        style
    }

    fn given_style(&mut self, id: Id, tag: Tag) -> Style {
        let own = self.tree.attribute(id, Name::Style);
        if self.sheets.is_empty() {
            return own.map_or_else(Style::default, |own| self.own_style(own).2);
        }
        let (mut out, important) = self.sheets.style(self.tree, id, tag, self.state.sizeless);
        let (usual, own_important, _) = own.map(|own| *self.own_style(own)).unwrap_or_default();
        out.overlay(&usual);
        out.overlay(&important);
        out.overlay(&own_important);
        out
    }

    /// What a `style` attribute says: without and with `!important`, and both together.
    fn own_style(&mut self, text: &'t str) -> &(Style, Style, Style) {
        // Word's styles are long and begin alike: their length and what stands at their end tell them apart.
        let bytes = text.as_bytes();
        let tail = bytes.last_chunk::<8>().map_or(0, |t| u64::from_le_bytes(*t)) ^ (bytes.len() as u64) << 20;
        let slot = &mut self.styles[(tail.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59) as usize];
        if slot.0 != text {
            let (usual, important) = if text.contains('&') || text.contains("/*") {
                Style::read(&without_comments(&entities::decoded(text, true)))
            } else {
                Style::read(text)
            };
            let mut both = usual;
            both.overlay(&important);
            *slot = (text, (usual, important, both));
        }
        &slot.1
    }

    /// Looks for tables made of boxes among the children of an element.
    fn find_boxes(&mut self, id: Id) {
        if self.frames.in_cell() {
            return;
        }
        let (tree, sheets) = (self.tree, &self.sheets);
        let style = |id: Id| {
            let (mut out, important) = sheets.style(tree, id, tree.tag(id), false);
            let (usual, _) = Style::read(tree.attribute(id, Name::Style).unwrap_or_default());
            out.overlay(&usual);
            out.overlay(&important);
            if tree.attribute(id, Name::Hidden).is_some() && out.display.is_none() {
                out.display = Some(Display::None);
            }
            out
        };
        for table in boxes::tables(tree, id, &style) {
            self.tables_of_boxes += 1;
            self.parts.extend(table.into_iter().map(|(id, part)| (id, (part, self.tables_of_boxes))));
        }
    }

    fn role(&self, id: Id, tag: Tag, style: &Style) -> Role {
        match tag {
            Tag::Table => return Role::Table,
            Tag::Tbody => return Role::Group(Group::Body),
            Tag::Thead => return Role::Group(Group::Head),
            Tag::Tfoot => return Role::Group(Group::Foot),
            Tag::Tr => return Role::Row,
            Tag::Td | Tag::Th => return Role::Cell,
            _ => {}
        }
        let parent = self.opened.last();
        if matches!(parent, Some(Opened { role: Role::Grid(_), .. })) {
            return Role::Cell;
        }
        if let Some((part, _)) = self.parts.get(&id) {
            return match part {
                Part::Group => Role::Group(Group::Body),
                Part::Row => Role::Row,
                Part::Cell => Role::Cell,
                Part::Full(columns) => Role::Full(*columns),
            };
        }
        let apart = style.apart == Some(true) || parent.is_some_and(|p| p.flex);
        match style.display {
            Some(Display::Table) => Role::StyledTable,
            Some(Display::RowGroup) => Role::Group(Group::Body),
            Some(Display::HeaderGroup) => Role::Group(Group::Head),
            Some(Display::FooterGroup) => Role::Group(Group::Foot),
            Some(Display::Row) => Role::Row,
            Some(Display::Cell) => Role::Cell,
            Some(Display::Grid) => style.columns.filter(|c| *c > 1).map_or(Role::Block, |c| Role::Grid(usize::from(c))),
            Some(Display::Block | Display::Flex) => Role::Block,
            Some(Display::Inline | Display::InlineBlock) if !apart => Role::Inline,
            _ if apart || tag.is_block() => Role::Block,
            _ => Role::Inline,
        }
    }

    /// Enters an element; whether anything in it is shown.
    fn open(&mut self, id: Id) -> Result<bool, Refusal> {
        let tag = self.tree.tag(id);
        if is_dropped(tag) {
            return Ok(false);
        }
        let style = self.style(id, tag);
        let is_closed = tag == Tag::Dialog && self.tree.attribute(id, Name::Open).is_none();
        if style.display == Some(Display::None) || style.office_hidden == Some(true) || is_closed && style.display.is_none() {
            return Ok(false);
        }
        let role = self.role(id, tag, &style);
        let outside = self.state;
        let gone = style.struck == Some(true) || style.away == Some(true);
        if gone && matches!(role, Role::Inline | Role::Block) {
            if role == Role::Block {
                self.flush();
            }
            return Ok(false);
        }
        if !self.replace(id, tag)? {
            return Ok(false);
        }
        self.state.gone |= gone;
        self.state.silent = style.hidden.unwrap_or(self.state.silent);
        self.state.space = style.space.unwrap_or(match tag {
            Tag::Pre | Tag::Listing | Tag::Xmp | Tag::Plaintext | Tag::Textarea => Space::Keep,
            _ => self.state.space,
        });
        self.state.sizeless = self.is_sizeless(id, tag, &style);
        let raised = match (role, tag, style.raised) {
            (Role::Inline, Tag::Sup | Tag::Sub, _) => Raise::Note,
            (Role::Inline, _, Some(raised)) => raised,
            _ => Raise::No,
        };
        if raised != Raise::No {
            self.raised.push(self.line.len());
        }
        self.enter(id, role);
        let flex = matches!(style.display, Some(Display::Flex | Display::Grid));
        self.opened.push(Opened { id, tag, role, outside, raised, flex });
        if role == Role::Block {
            self.find_boxes(id);
        }
        Ok(true)
    }

    /// Letters without size hide text that is put between the letters of a figure. An element that a style sheet elsewhere
    /// may have given a size is taken as shown.
    fn is_sizeless(&self, id: Id, tag: Tag, style: &Style) -> bool {
        let attribute = |name| self.tree.attribute(id, name).is_some();
        style.sizeless.unwrap_or_else(|| {
            let may_have_size = tag == Tag::Font && attribute(Name::Size)
                || self.has_foreign_sheet && (attribute(Name::Class) || attribute(Name::Id));
            self.state.sizeless && !may_have_size
        })
    }

    /// Elements that show something else than what is between their tags. Whether the element is to be entered.
    fn replace(&mut self, id: Id, tag: Tag) -> Result<bool, Refusal> {
        match tag {
            Tag::Br => self.flush(),
            // A form that was saved after it had been filled in.
            Tag::Input if self.frames.in_cell() => {
                let kind = self.tree.attribute(id, Name::Type).unwrap_or_default().trim().to_ascii_lowercase();
                if matches!(kind.as_str(), "" | "text" | "number" | "tel") {
                    self.text(self.tree.attribute(id, Name::Value).unwrap_or_default(), true);
                }
            }
            Tag::Select if self.frames.in_cell() => self.chosen(id),
            Tag::Textarea => return Ok(self.frames.in_cell()),
            Tag::Frame | Tag::Iframe => self.frame(id)?,
            Tag::Select | Tag::Input => {}
            _ => return Ok(true),
        }
        Ok(false)
    }

    /// The text of the option that is selected, or else of the first.
    fn chosen(&mut self, select: Id) {
        let tree = self.tree;
        let inner = tree.children(select).flat_map(|c| std::iter::once(c).chain(tree.children(c)));
        let options: Vec<Id> = inner.filter(|c| tree.tag(*c) == Tag::Option).take(1000).collect();
        let selected = options.iter().rev().find(|o| tree.attribute(**o, Name::Selected).is_some());
        let first = || options.first().filter(|_| tree.attribute(select, Name::Multiple).is_none());
        if let Some(option) = selected.or_else(first) {
            for child in tree.children(*option) {
                self.text(tree.node(child).span.of(tree.text), true);
            }
        }
    }

    /// The page in a frame.
    fn frame(&mut self, id: Id) -> Result<(), Refusal> {
        self.pages += 1;
        if self.depth >= MAX_FRAMES.0 || self.pages > MAX_FRAMES.1 {
            return Ok(());
        }
        let value = |name| self.tree.attribute(id, name).map(|a| entities::decoded(a, true));
        let page = value(Name::Srcdoc).or_else(|| value(Name::Src).and_then(|a| self.beside.page(&a)));
        let Some(page) = page else { return Ok(()) };
        self.flush();
        let tree = super::build::build(&page)?;
        let mut inner = Walk::new(&tree, self.beside, self.frames.lend(), self.depth + 1);
        inner.pages = self.pages;
        inner.all()?;
        inner.flush();
        self.pages = inner.pages;
        self.flows = true;
        self.titles.append(&mut inner.titles);
        let (builder, blocks) = inner.frames.finish();
        self.frames.take_back(builder);
        self.frames.emit(blocks);
        Ok(())
    }

    /// Begins what an element is in the layout.
    fn enter(&mut self, id: Id, role: Role) {
        if role != Role::Inline {
            self.flush();
        }
        if role.is_part() && !self.frames.in_table() {
            // A row or cell without a table around it makes one with those beside it.
            self.frames.open_table(true, Some(self.opened.len()), None);
        }
        match role {
            Role::Inline | Role::Block => {}
            Role::Table => self.frames.open_table(false, None, None),
            Role::StyledTable => self.frames.open_table(true, None, None),
            Role::Grid(columns) => self.frames.open_table(true, None, Some(columns)),
            Role::Group(kind) => self.frames.open_group(kind),
            Role::Row => {
                let flat = self.tree.attribute(id, Name::Height).is_some_and(|h| h.trim() == "0");
                self.frames.open_row(flat);
            }
            Role::Full(columns) => {
                self.frames.open_row(false);
                self.frames.open_cell(columns, 1);
            }
            Role::Cell => {
                let (columns, rows) = self.spans(id);
                self.frames.open_cell(columns, rows);
            }
        }
    }

    /// Columns and rows that a cell covers; no rows means all that are left.
    fn spans(&mut self, id: Id) -> (usize, usize) {
        let tag = self.tree.tag(id);
        if matches!(tag, Tag::Td | Tag::Th) {
            let span = |name| self.tree.attribute(id, name).and_then(number);
            return (span(Name::Colspan).filter(|n| *n > 0).unwrap_or(1), span(Name::Rowspan).unwrap_or(1));
        }
        let style = self.style(id, tag);
        (usize::from(style.wide.unwrap_or(1)), usize::from(style.tall.unwrap_or(1)))
    }

    /// Leaves the innermost element.
    fn close(&mut self) {
        let Some(Opened { id, tag, role, outside, raised, .. }) = self.opened.pop() else { return };
        if raised != Raise::No {
            self.lower(raised);
        }
        if tag == Tag::Title {
            let title = trim(&std::mem::take(&mut self.line)).to_owned();
            if !title.is_empty() {
                self.titles.push(title);
            }
        }
        if role != Role::Inline {
            self.flush();
        }
        match role {
            Role::Inline | Role::Block => {}
            Role::Table | Role::StyledTable | Role::Grid(_) => self.frames.close_table(),
            Role::Group(_) => self.frames.close_group(),
            Role::Row => self.frames.close_row(),
            Role::Full(_) => {
                self.frames.close_cell();
                self.frames.close_row();
            }
            Role::Cell => self.frames.close_cell(),
        }
        self.state = outside;
        if role.is_part() && self.frames.implied_at() == Some(self.opened.len()) && !self.goes_on(id) {
            self.frames.close_table();
        }
    }

    /// Whether the next element is a part of the same table without an element of its own.
    fn goes_on(&mut self, id: Id) -> bool {
        let table = |walk: &Walk<'_>, id: Id| walk.parts.get(&id).map(|p| p.1);
        let own = table(self, id);
        let mut at = self.tree.node(id).next;
        for _ in 0..64 {
            let Some(node) = self.tree.nodes.get(at as usize) else { return false };
            if let Kind::Element(_) = node.kind {
                let tag = self.tree.tag(at);
                let style = self.style(at, tag);
                if style.display != Some(Display::None) && !is_dropped(tag) {
                    return self.role(at, tag, &style).is_part() && table(self, at) == own;
                }
            } else if !nianbao_form::figure::is_blank(node.span.of(self.tree.text)) {
                return false;
            }
            at = node.next;
        }
        false
    }

    /// Puts a raised text that would read as digits of the number before it in brackets.
    fn lower(&mut self, raised: Raise) {
        let Some(start) = self.raised.pop() else { return };
        let Some(text) = self.line.get(start..) else { return };
        let follows_digit = self.line[..start].ends_with(|c: char| c.is_ascii_digit());
        if crate::docx::needs_brackets(text) && (raised == Raise::Note || follows_digit) {
            let mark = format!("[{}]", text.trim());
            self.line.truncate(start);
            self.line.push_str(&mark);
        }
    }

    /// Takes text as it stands in the source.
    fn text(&mut self, text: &str, references: bool) {
        if self.state.silent || self.state.gone || self.state.sizeless {
            return;
        }
        if self.state.space == Space::Collapse {
            self.flowing(text, references);
        } else {
            self.kept(text, references);
        }
    }

    /// White space as a browser shows it: runs of ASCII blanks and line ends are one blank, no-break spaces stay.
    fn flowing(&mut self, text: &str, references: bool) {
        const PLAIN: [bool; 256] = {
            let mut plain = [true; 256];
            let odd = b" \t\n\r\x0c\0&";
            let mut i = 0;
            while i < odd.len() {
                plain[odd[i] as usize] = false;
                i += 1;
            }
            plain
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let run = bytes[at..].iter().position(|b| !PLAIN[*b as usize]).unwrap_or(bytes.len() - at);
            if run > 0 {
                self.line.push_str(&text[at..at + run]);
                at += run;
                continue;
            }
            match bytes[at] {
                b'&' if references => match entities::reference(&text[at..], false) {
                    Some(((a, b), length)) => {
                        at += length;
                        self.character(a);
                        if b != '\0' {
                            self.line.push(b);
                        }
                        continue;
                    }
                    None => self.line.push('&'),
                },
                b'&' => self.line.push('&'),
                0 => {}
                _ => self.character(' '),
            }
            at += 1;
        }
    }

    fn character(&mut self, c: char) {
        if !matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
            self.line.push(c);
        } else if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    /// Text whose lines end where they end in the source.
    fn kept(&mut self, text: &str, references: bool) {
        let text = if references { entities::decoded(text, false) } else { text.to_owned() };
        let text = text.replace("\r\n", "\n").replace(['\r', '\0'], "\n");
        if !self.frames.in_cell() && self.state.space == Space::Keep && self.plain.len() <= self.tree.text.len() {
            self.plain.push_str(&text);
        }
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                self.end_line();
            }
            match self.state.space {
                Space::Keep => self.line.push_str(line),
                _ => line.chars().for_each(|c| self.character(c)),
            }
        }
    }

    fn flush(&mut self) {
        if self.state.space == Space::Collapse && !self.flows {
            // A title is no text of the page.
            self.flows = !trim(&self.line).is_empty();
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.frames.paragraph(&self.line);
            self.line.clear();
        }
        self.raised.iter_mut().for_each(|start| *start = 0);
    }

    fn finish(mut self) -> Result<Document, Refusal> {
        self.flush();
        let Walk { frames, titles, plain, flows, .. } = self;
        let (builder, blocks) = frames.finish();
        if builder.overflow {
            return Err(Refusal::too_large());
        }
        // A text file as a browser saves it: one preformatted text and nothing else.
        if !flows && !trim(&plain).is_empty() && !blocks.iter().any(|b| matches!(b, Block::Grid(_))) {
            return Ok(Document { titles, ..crate::text::read(&plain)? });
        }
        Ok(Document { titles, blocks, ..Document::default() })
    }
}

/// Elements of which nothing is shown, or nothing that is text of the page. A form's buttons, drawings and what stands for
/// them are no text either; `<xml>` is what Word leaves for itself.
fn is_dropped(tag: Tag) -> bool {
    use Tag::*;
    matches!(
        tag,
        Script
            | Style
            | Noscript
            | Noframes
            | Noembed
            | Template
            | Button
            | Del
            | S
            | Strike
            | Object
            | Applet
            | Svg
            | Rt
            | Rp
            | Rtc
            | Audio
            | Video
            | Canvas
            | Datalist
            | Meter
            | Progress
            | Xml
            | Col
            | Colgroup
            | Link
            | Meta
    )
}

fn without_comments(style: &str) -> String {
    let mut out = String::new();
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, r)| r);
    }
    out + rest
}

/// The leading digits of a span, as browsers read it; absurd ones saturate and are cut by the layout.
fn number(text: &str) -> Option<usize> {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}
