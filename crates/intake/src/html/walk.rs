//! From the elements of a page to a document: paragraphs and tables in the order in which they are shown.

use std::collections::HashMap;

use crate::document::{Block, Builder, Document, trim};
use crate::refuse::Refusal;

use super::boxes::Part;
use super::css::Sheets;
use super::frames::{Frames, Kind as Group};
use super::look::is_dropped;
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
pub(super) enum Role {
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
    pub(super) fn is_part(self) -> bool {
        matches!(self, Role::Group(_) | Role::Row | Role::Full(_) | Role::Cell)
    }
}

/// What holds for the text in an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// `visibility: hidden`.
    pub silent: bool,
    /// Struck out, or moved out of sight.
    pub gone: bool,
    pub sizeless: bool,
    pub space: Space,
}

/// An element that the walk is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opened {
    pub id: Id,
    pub tag: Tag,
    pub role: Role,
    /// What held outside of it.
    pub outside: State,
    pub raised: Raise,
    /// Whether its children are boxes side by side.
    pub flex: bool,
}

pub(super) struct Walk<'t> {
    pub tree: &'t Tree<'t>,
    pub beside: &'t dyn Beside,
    pub sheets: Sheets,
    /// Whether a style sheet lies elsewhere.
    pub has_foreign_sheet: bool,
    pub frames: Frames,
    pub opened: Vec<Opened>,
    pub state: State,
    pub line: String,
    /// Where in the line each open raised element began.
    pub raised: Vec<usize>,
    /// Boxes that make a table, with the number of that table.
    pub parts: HashMap<Id, (Part, u32)>,
    pub tables_of_boxes: u32,
    pub titles: Vec<String>,
    /// Preformatted text outside of tables, and whether there is any other.
    pub plain: String,
    pub flows: bool,
    pub depth: usize,
    pub pages: usize,
    pub styles: StyleCache<'t>,
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

    /// Enters an element; whether anything in it is shown.
    fn open(&mut self, id: Id) -> Result<bool, Refusal> {
        let tag = self.tree.tag(id);
        if tag == Tag::Meta {
            self.meta(id);
        }
        if is_dropped(tag) || self.is_comment_mark(id, tag) {
            return Ok(false);
        }
        let style = self.style(id, tag);
        if self.sheets.is_exhausted() {
            return Err(Refusal::too_large());
        }
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

    fn finish(mut self) -> Result<Document, Refusal> {
        self.flush();
        let Walk { frames, titles, plain, flows, .. } = self;
        let (builder, blocks) = frames.finish();
        if builder.overflow {
            return Err(Refusal::too_large());
        }
        // A text file as a browser saves it: one preformatted text and nothing else.
        if !flows && !trim(&plain).is_empty() && !blocks.iter().any(|b| matches!(b, Block::Grid(_))) {
            // Blanks in front of lines come and go with how markup breaks them.
            return Ok(Document { titles, indents: std::collections::BTreeMap::new(), ..crate::text::read(&plain)? });
        }
        Ok(Document { titles, blocks, ..Document::default() })
    }
}
