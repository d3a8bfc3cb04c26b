//! The nesting of a page's elements, by the tree construction of the HTML standard (section 13.2.6): what browsers make of
//! tags left out, left open or crossed. `<html>`, `<head>` and `<body>` hold nothing that would be read, and leave no node.

use crate::refuse::Refusal;

use super::formatting::Entry;
use super::tags::{Name, Tag};
use super::tokens::{Span, Start, Token, Tokens};
use super::tree::{Id, Kind, NONE, ROOT, Tree};

/// Elements may not be open deeper than this: browsers themselves stop at 512.
pub(super) const MAX_DEPTH: usize = 3000;
/// More elements and texts than this no report has; each takes 32 bytes.
pub(super) const MAX_NODES: usize = 3_000_000;

/// Which rules hold for the next tag: those of the innermost part of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Body,
    Table,
    Caption,
    Columns,
    Rows,
    Row,
    Cell,
    Template,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Html,
    Svg,
    Math,
}

/// Whether ordinary elements may stand directly in an element of a drawing or formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Integration {
    Closed,
    Text,
    Html,
}

/// An element that has not ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub id: Id,
    /// [`Tag::Other`] in drawings and formulas.
    pub tag: Tag,
    pub name: Span,
    pub mode: Mode,
    pub space: Space,
    pub integration: Integration,
}

impl Open {
    pub(super) fn is_special(&self) -> bool {
        self.tag.is_special() || self.integration != Integration::Closed
    }

    pub(super) fn bounds(&self) -> bool {
        self.tag.is_scope() || self.integration != Integration::Closed
    }

    pub(super) fn bounds_table(&self) -> bool {
        matches!(self.tag, Tag::Table | Tag::Template)
    }
}

/// Whether a tag is dealt with, or is to be looked at again now that something has ended.
#[derive(PartialEq)]
pub(super) enum Step {
    Done,
    Again,
}

pub(super) struct Construction<'a> {
    pub tokens: Tokens<'a>,
    pub tree: Tree<'a>,
    pub open: Vec<Open>,
    pub formatting: Vec<Entry>,
    pub form: Id,
    /// Whether what may not stand in a table goes in front of it.
    pub foster: bool,
    /// Elements looked at while searching upwards: bounded, so that the time is linear.
    pub steps: usize,
}

/// The elements of a page.
///
/// # Errors
/// A page that is nested or sized beyond reason.
pub(crate) fn build(text: &str) -> Result<Tree<'_>, Refusal> {
    let mut c = Construction {
        tokens: Tokens::new(text),
        tree: Tree::new(text),
        open: Vec::new(),
        formatting: Vec::new(),
        form: NONE,
        foster: false,
        steps: 0,
    };
    let most = 1_000_000 + 16 * text.len();
    let mut typed = false;
    loop {
        match c.tokens.next(c.open.last().is_some_and(|o| o.space != Space::Html)) {
            Token::Text(span) => c.characters(span, Kind::Text),
            Token::Raw(span) => c.characters(span, Kind::Raw),
            Token::Start(start) => c.start(&start),
            Token::End(tag, name) => c.end(tag, name),
            // Only what stands in front of everything else counts.
            Token::Doctype(span) if !std::mem::replace(&mut typed, true) && c.tree.nodes.len() == 1 => {
                c.tree.quirks = is_quirky(span.of(text));
            }
            Token::Doctype(_) => {}
            Token::Eof => break,
        }
        if c.tree.nodes.len() > MAX_NODES || c.tokens.attributes.len() > MAX_NODES {
            return Err(Refusal::too_large());
        }
        if c.open.len() > MAX_DEPTH || c.steps > most {
            return Err(Refusal::too_deep());
        }
    }
    c.tree.attributes = c.tokens.attributes;
    Ok(c.tree)
}

/// Whether a document type asks for the ways of old browsers. Section 13.2.6.4.1 lists the public names; shortened here to
/// what their families have in common.
fn is_quirky(doctype: &str) -> bool {
    let lower = doctype.to_ascii_lowercase();
    let mut quoted = lower.split(['"', '\'']);
    if quoted.next().and_then(|words| words.split_ascii_whitespace().next()) != Some("html") {
        return true;
    }
    if !lower.contains("public") {
        return false;
    }
    let public = quoted.next().unwrap_or_default();
    if public.starts_with("-//w3c//dtd html 4.01 transitional//") || public.starts_with("-//w3c//dtd html 4.01 frameset//") {
        return quoted.nth(1).is_none();
    }
    let modern = ["-//w3c//dtd html 4.01//", "-//w3c//dtd html 4.0//", "-//w3c//dtd xhtml"];
    (public.starts_with("-//") || public == "html") && !modern.iter().any(|m| public.starts_with(m))
}

impl Construction<'_> {
    pub(super) fn current(&self) -> Id {
        self.open.last().map_or(ROOT, |o| o.id)
    }

    pub(super) fn mode(&self) -> Mode {
        self.open.last().map_or(Mode::Body, |o| o.mode)
    }

    /// Whether the current element is such a one.
    pub(super) fn is(&self, test: impl Fn(Tag) -> bool) -> bool {
        self.open.last().is_some_and(|o| test(o.tag))
    }

    /// Whether such an element is open with no bound in between.
    pub(super) fn within(&mut self, wanted: impl Fn(&Open) -> bool, bound: impl Fn(&Open) -> bool) -> bool {
        for open in self.open.iter().rev() {
            self.steps += 1;
            if wanted(open) {
                return true;
            }
            if bound(open) {
                return false;
            }
        }
        false
    }

    pub(super) fn in_scope(&mut self, tag: Tag) -> bool {
        self.within(|o| o.tag == tag, Open::bounds)
    }

    pub(super) fn in_table_scope(&mut self, tag: Tag) -> bool {
        self.within(|o| o.tag == tag, Open::bounds_table)
    }

    /// Ends elements up to and with the first such one.
    pub(super) fn pop_until(&mut self, test: impl Fn(Tag) -> bool) {
        while let Some(open) = self.open.pop() {
            if open.space == Space::Html && test(open.tag) {
                break;
            }
        }
    }

    /// Ends elements until such a one is the current one.
    pub(super) fn clear_back_to(&mut self, test: impl Fn(Tag) -> bool) {
        while !self.open.is_empty() && !self.is(&test) {
            self.open.pop();
        }
    }

    pub(super) fn end_implied(&mut self, except: Tag) {
        while self.is(|t| t.is_implied_end() && t != except) {
            self.open.pop();
        }
    }

    pub(super) fn close(&mut self, tag: Tag) {
        self.end_implied(tag);
        self.pop_until(|t| t == tag);
    }

    pub(super) fn close_p(&mut self) {
        if self.within(|o| o.tag == Tag::P, |o| o.bounds() || o.tag == Tag::Button) {
            self.close(Tag::P);
        }
    }

    /// Puts a node into an element, or in front of a table where it may not stand in it.
    pub(super) fn add(&mut self, node: Id, target: Id) {
        if !self.foster || !self.tree.tag(target).is_table_frame() {
            return self.tree.append(target, node);
        }
        let Some(at) = self.open.iter().rposition(|o| matches!(o.tag, Tag::Table | Tag::Template)) else {
            return self.tree.append(ROOT, node);
        };
        let id = self.open[at].id;
        if self.open[at].tag == Tag::Template {
            self.tree.append(id, node);
        } else if self.tree.node(id).parent != NONE {
            self.tree.insert_before(id, node);
        } else {
            let above = at.checked_sub(1).map_or(ROOT, |i| self.open[i].id);
            self.tree.append(above, node);
        }
    }

    pub(super) fn element(&mut self, tag: Tag, attributes: Span) -> Id {
        let id = self.tree.make(Kind::Element(tag), attributes);
        self.add(id, self.current());
        id
    }

    /// An element that stays open.
    pub(super) fn insert(&mut self, tag: Tag, name: Span, attributes: Span) -> Id {
        let mode = match (tag, self.mode()) {
            (Tag::Table, _) => Mode::Table,
            (Tag::Template, _) | (_, Mode::Template) => Mode::Template,
            (Tag::Tbody | Tag::Thead | Tag::Tfoot, _) => Mode::Rows,
            (Tag::Tr, _) => Mode::Row,
            (Tag::Td | Tag::Th, _) => Mode::Cell,
            (Tag::Caption, _) => Mode::Caption,
            (Tag::Colgroup, _) => Mode::Columns,
            (_, mode) => mode,
        };
        let id = self.element(tag, attributes);
        self.open.push(Open { id, tag, name, mode, space: Space::Html, integration: Integration::Closed });
        id
    }

    pub(super) fn push(&mut self, start: &Start) -> Id {
        self.insert(start.tag, start.name, start.attributes)
    }

    pub(super) fn phantom(&mut self, tag: Tag) {
        self.insert(tag, Span::default(), Span::default());
    }

    /// An element that holds only text, up to its end tag.
    pub(super) fn push_raw(&mut self, start: &Start, kind: Kind) {
        let id = self.element(start.tag, start.attributes);
        if self.tokens.xml && start.closed {
            return;
        }
        if start.tag == Tag::Textarea {
            self.tokens.skip_line_end();
        }
        let span = if start.tag == Tag::Plaintext { self.tokens.rest() } else { self.tokens.raw(start.tag) };
        let text = self.tree.make(kind, span);
        self.tree.append(id, text);
    }

    pub(super) fn attribute(&self, start: &Start, name: Name) -> Option<&str> {
        let own = self.tokens.attributes.get(start.attributes.start as usize..start.attributes.end as usize)?;
        own.iter().find(|a| a.name == name).map(|a| a.value.of(self.tokens.text))
    }

    pub(super) fn append_text(&mut self, span: Span, kind: Kind) {
        let id = self.tree.make(kind, span);
        self.add(id, self.current());
    }

    pub(super) fn characters(&mut self, mut span: Span, kind: Kind) {
        if self.open.last().is_some_and(|o| o.space != Space::Html) {
            return self.append_text(span, kind);
        }
        let text = span.of(self.tokens.text);
        let ink = text.trim_start_matches(|c: char| c.is_ascii_whitespace());
        if ink.is_empty() && self.tree.nodes.len() == 1 {
            return;
        }
        if self.mode() == Mode::Columns {
            if ink.is_empty() {
                return;
            }
            span.start += (text.len() - ink.len()) as u32;
            self.open.pop();
        }
        if !matches!(self.mode(), Mode::Table | Mode::Rows | Mode::Row) {
            self.reconstruct();
            return self.append_text(span, kind);
        }
        if ink.is_empty() && self.is(Tag::is_table_frame) {
            return;
        }
        self.foster = true;
        self.reconstruct();
        self.append_text(span, kind);
        self.foster = false;
    }

    pub(super) fn start(&mut self, start: &Start) {
        let foreign = self.open.last().is_some_and(|o| {
            o.space != Space::Html
                && match o.integration {
                    Integration::Html => false,
                    Integration::Text => matches!(start.tag, Tag::Mglyph | Tag::Malignmark),
                    Integration::Closed => true,
                }
        });
        if foreign {
            return self.start_foreign(start);
        }
        let before = self.tree.nodes.len();
        while self.step(start) == Step::Again {}
        // In XML every element may close itself.
        if self.tokens.xml && start.closed && self.open.last().is_some_and(|o| o.tag == start.tag && o.id as usize >= before) {
            let id = self.current();
            self.open.pop();
            self.formatting.retain(|e| e.id() != Some(id));
            if matches!(start.tag, Tag::Td | Tag::Th | Tag::Caption | Tag::Object | Tag::Applet | Tag::Marquee | Tag::Template) {
                self.clear_formatting();
            }
        }
    }

    pub(super) fn end(&mut self, tag: Tag, name: Span) {
        if self.open.last().is_some_and(|o| o.space != Space::Html) {
            if matches!(tag, Tag::P | Tag::Br) {
                self.leave_foreign();
                return self.end_html(tag, name);
            }
            for at in (0..self.open.len()).rev() {
                self.steps += 1;
                let open = &self.open[at];
                if open.space == Space::Html {
                    break;
                }
                if open.name.of(self.tokens.text).eq_ignore_ascii_case(name.of(self.tokens.text)) {
                    self.open.truncate(at);
                    return;
                }
            }
        }
        self.end_html(tag, name);
    }
}
