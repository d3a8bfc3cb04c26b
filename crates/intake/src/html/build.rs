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

    fn bounds_table(&self) -> bool {
        matches!(self.tag, Tag::Table | Tag::Template)
    }
}

#[derive(PartialEq)]
enum Step {
    Done,
    Again,
}

pub(super) struct Construction<'a> {
    pub tokens: Tokens<'a>,
    pub tree: Tree<'a>,
    pub open: Vec<Open>,
    pub formatting: Vec<Entry>,
    form: Id,
    /// Whether what may not stand in a table goes in front of it.
    foster: bool,
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

    fn mode(&self) -> Mode {
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

    fn in_scope(&mut self, tag: Tag) -> bool {
        self.within(|o| o.tag == tag, Open::bounds)
    }

    fn in_table_scope(&mut self, tag: Tag) -> bool {
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
    fn clear_back_to(&mut self, test: impl Fn(Tag) -> bool) {
        while !self.open.is_empty() && !self.is(&test) {
            self.open.pop();
        }
    }

    pub(super) fn end_implied(&mut self, except: Tag) {
        while self.is(|t| t.is_implied_end() && t != except) {
            self.open.pop();
        }
    }

    fn close(&mut self, tag: Tag) {
        self.end_implied(tag);
        self.pop_until(|t| t == tag);
    }

    fn close_p(&mut self) {
        if self.within(|o| o.tag == Tag::P, |o| o.bounds() || o.tag == Tag::Button) {
            self.close(Tag::P);
        }
    }

    fn close_cell(&mut self) {
        self.end_implied(Tag::Other);
        self.pop_until(|t| matches!(t, Tag::Td | Tag::Th));
        self.clear_formatting();
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

    fn element(&mut self, tag: Tag, attributes: Span) -> Id {
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

    fn push(&mut self, start: &Start) -> Id {
        self.insert(start.tag, start.name, start.attributes)
    }

    fn phantom(&mut self, tag: Tag) {
        self.insert(tag, Span::default(), Span::default());
    }

    /// An element that holds only text, up to its end tag.
    fn push_raw(&mut self, start: &Start, kind: Kind) {
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

    fn attribute(&self, start: &Start, name: Name) -> Option<&str> {
        let own = self.tokens.attributes.get(start.attributes.start as usize..start.attributes.end as usize)?;
        own.iter().find(|a| a.name == name).map(|a| a.value.of(self.tokens.text))
    }

    fn append_text(&mut self, span: Span, kind: Kind) {
        let id = self.tree.make(kind, span);
        self.add(id, self.current());
    }

    fn characters(&mut self, mut span: Span, kind: Kind) {
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

    fn start(&mut self, start: &Start) {
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

    fn step(&mut self, start: &Start) -> Step {
        use Tag::*;
        let of_table = matches!(start.tag, Caption | Col | Colgroup | Tbody | Td | Tfoot | Th | Thead | Tr);
        match self.mode() {
            Mode::Cell if of_table => {
                if self.within(|o| matches!(o.tag, Td | Th), Open::bounds_table) {
                    self.close_cell();
                    return Step::Again;
                }
            }
            Mode::Caption if of_table => {
                if self.in_table_scope(Caption) {
                    self.close_caption();
                    return Step::Again;
                }
            }
            Mode::Body | Mode::Cell | Mode::Caption | Mode::Template => self.start_in_body(start),
            Mode::Columns => return self.start_in_columns(start),
            Mode::Row if matches!(start.tag, Td | Th) => {
                self.clear_back_to(|t| matches!(t, Tr | Template));
                self.push(start);
                self.formatting.push(Entry::Marker);
            }
            Mode::Row if of_table => {
                if self.in_table_scope(Tr) {
                    self.clear_back_to(|t| matches!(t, Tr | Template));
                    self.open.pop();
                    return Step::Again;
                }
            }
            Mode::Rows if matches!(start.tag, Tr | Td | Th) => {
                self.clear_back_to(|t| matches!(t, Tbody | Thead | Tfoot | Template));
                if start.tag != Tr {
                    self.phantom(Tr);
                    return Step::Again;
                }
                self.push(start);
            }
            Mode::Rows if of_table => {
                self.clear_back_to(|t| matches!(t, Tbody | Thead | Tfoot | Template));
                self.open.pop();
                return Step::Again;
            }
            Mode::Table | Mode::Rows | Mode::Row => return self.start_in_table(start),
        }
        Step::Done
    }

    fn close_caption(&mut self) {
        self.end_implied(Tag::Other);
        self.pop_until(|t| t == Tag::Caption);
        self.clear_formatting();
    }

    fn start_in_columns(&mut self, start: &Start) -> Step {
        match start.tag {
            Tag::Col => drop(self.element(start.tag, start.attributes)),
            Tag::Html => {}
            Tag::Template => self.start_in_body(start),
            _ => {
                self.open.pop();
                return Step::Again;
            }
        }
        Step::Done
    }

    fn start_in_table(&mut self, start: &Start) -> Step {
        use Tag::*;
        let is_table = |t: Tag| matches!(t, Table | Template);
        match start.tag {
            Caption | Colgroup | Tbody | Tfoot | Thead => {
                self.clear_back_to(is_table);
                if start.tag == Caption {
                    self.formatting.push(Entry::Marker);
                }
                self.push(start);
            }
            Col | Td | Th | Tr => {
                self.clear_back_to(is_table);
                self.phantom(if start.tag == Col { Colgroup } else { Tbody });
                return Step::Again;
            }
            Table => {
                if self.in_table_scope(Table) {
                    self.pop_until(|t| t == Table);
                    return Step::Again;
                }
            }
            Style | Script | Template => self.start_in_body(start),
            Input if self.attribute(start, Name::Type).is_some_and(|t| t.eq_ignore_ascii_case("hidden")) => {
                self.element(start.tag, start.attributes);
            }
            Form => {
                if self.form == NONE {
                    self.form = self.element(start.tag, start.attributes);
                }
            }
            _ => {
                self.foster = true;
                self.start_in_body(start);
                self.foster = false;
            }
        }
        Step::Done
    }

    fn start_in_body(&mut self, start: &Start) {
        use Tag::*;
        match start.tag {
            Html | Body | Head | Frame | Frameset => {}
            Caption | Col | Colgroup | Tbody | Td | Tfoot | Th | Thead | Tr => {
                if self.mode() == Mode::Template {
                    self.push(start);
                }
            }
            Base | Basefont | Bgsound | Link | Meta | Param | Source | Track => drop(self.element(start.tag, start.attributes)),
            Script | Style | Noframes | Noembed | Noscript | Iframe => self.push_raw(start, Kind::Raw),
            Title | Textarea => self.push_raw(start, Kind::Text),
            Xmp | Plaintext => {
                self.close_p();
                if start.tag == Xmp {
                    self.reconstruct();
                }
                self.push_raw(start, Kind::Raw);
            }
            Template => {
                self.push(start);
                self.formatting.push(Entry::Marker);
            }
            Address | Article | Aside | Blockquote | Center | Details | Dialog | Dir | Div | Dl | Fieldset | Figcaption
            | Figure | Footer | Header | Hgroup | Main | Menu | Nav | Ol | P | Search | Section | Summary | Ul | H1 | H2 | H3
            | H4 | H5 | H6 | Pre | Listing => self.start_block(start),
            Li | Dd | Dt => self.start_item(start),
            Form => {
                if self.form == NONE || self.mode() == Mode::Template {
                    self.close_p();
                    let id = self.push(start);
                    self.form = id;
                }
            }
            A | B | Big | Code | Em | Font | I | Nobr | S | Small | Strike | Strong | Tt | U => self.start_formatting(start),
            Table => {
                if !self.tree.quirks {
                    self.close_p();
                }
                self.push(start);
            }
            Hr => {
                self.close_p();
                if self.in_scope(Select) {
                    self.end_implied(Other);
                }
                self.element(start.tag, start.attributes);
            }
            Area | Br | Embed | Img | Image | Keygen | Wbr => {
                self.reconstruct();
                self.element(start.tag, start.attributes);
            }
            Applet | Marquee | Object => {
                self.reconstruct();
                self.push(start);
                self.formatting.push(Entry::Marker);
            }
            _ => self.start_inline(start),
        }
    }

    fn start_block(&mut self, start: &Start) {
        self.close_p();
        if start.tag.is_heading() && self.is(Tag::is_heading) {
            self.open.pop();
        }
        self.push(start);
        if matches!(start.tag, Tag::Pre | Tag::Listing) {
            self.tokens.skip_line_end();
        }
    }

    fn start_item(&mut self, start: &Start) {
        let ends = |t: Tag| if start.tag == Tag::Li { t == Tag::Li } else { matches!(t, Tag::Dd | Tag::Dt) };
        let passes = |o: &Open| !o.is_special() || matches!(o.tag, Tag::Address | Tag::Div | Tag::P);
        if let Some(at) = self.open.iter().rposition(|o| ends(o.tag) || !passes(o)) {
            self.steps += self.open.len() - at;
            let open = self.open[at].tag;
            if ends(open) {
                self.close(open);
            }
        }
        self.close_p();
        self.push(start);
    }

    /// What stands in a line: form fields, ruby, drawings, and every element that the standard does not name.
    fn start_inline(&mut self, start: &Start) {
        use Tag::*;
        match start.tag {
            Button => {
                if self.in_scope(Button) {
                    self.end_implied(Other);
                    self.pop_until(|t| t == Button);
                }
            }
            Input | Select => {
                if self.in_scope(Select) {
                    self.pop_until(|t| t == Select);
                    if start.tag == Select {
                        return;
                    }
                }
            }
            Option | Optgroup => {
                if self.in_scope(Select) {
                    self.end_implied(if start.tag == Option { Optgroup } else { Other });
                } else if self.is(|t| t == Option) {
                    self.open.pop();
                }
            }
            Rb | Rtc | Rp | Rt => {
                if self.in_scope(Ruby) {
                    self.end_implied(if matches!(start.tag, Rp | Rt) { Rtc } else { Other });
                }
                self.push(start);
                return;
            }
            _ => {}
        }
        self.reconstruct();
        match start.tag {
            Input => drop(self.element(start.tag, start.attributes)),
            Svg => self.push_foreign(start, Space::Svg),
            Math => self.push_foreign(start, Space::Math),
            _ => drop(self.push(start)),
        }
    }

    fn push_foreign(&mut self, start: &Start, space: Space) {
        let id = self.element(start.tag, start.attributes);
        self.tree.nodes[id as usize].foreign = !matches!(start.tag, Tag::Svg | Tag::Math);
        if start.closed {
            return;
        }
        let integration = match (space, start.tag) {
            (Space::Svg, Tag::ForeignObject | Tag::Desc | Tag::Title) => Integration::Html,
            (Space::Math, Tag::Mi | Tag::Mo | Tag::Mn | Tag::Ms | Tag::Mtext) => Integration::Text,
            (Space::Math, Tag::AnnotationXml) => {
                let html = |e: &str| ["text/html", "application/xhtml+xml"].iter().any(|h| e.eq_ignore_ascii_case(h));
                if self.attribute(start, Name::Encoding).is_some_and(html) { Integration::Html } else { Integration::Closed }
            }
            _ => Integration::Closed,
        };
        self.open.push(Open { id, tag: Tag::Other, name: start.name, mode: self.mode(), space, integration });
    }

    fn start_foreign(&mut self, start: &Start) {
        use Tag::*;
        let leaves = match start.tag {
            B | Big | Blockquote | Body | Br | Center | Code | Dd | Div | Dl | Dt | Em | Embed | H1 | H2 | H3 | H4 | H5 | H6
            | Head | Hr | I | Img | Li | Listing | Menu | Meta | Nobr | Ol | P | Pre | Ruby | S | Small | Span | Strong
            | Strike | Sub | Sup | Table | Tt | U | Ul | Var => true,
            Font => [Name::Color, Name::Face, Name::Size].iter().any(|n| self.attribute(start, *n).is_some()),
            _ => false,
        };
        if leaves {
            self.leave_foreign();
            return self.start(start);
        }
        let space = self.open.last().map_or(Space::Html, |o| o.space);
        self.push_foreign(start, space);
    }

    fn leave_foreign(&mut self) {
        while self.open.last().is_some_and(|o| o.space != Space::Html && o.integration == Integration::Closed) {
            self.open.pop();
        }
    }

    fn end(&mut self, tag: Tag, name: Span) {
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

    fn end_html(&mut self, tag: Tag, name: Span) {
        use Tag::*;
        let of_table = matches!(tag, Table | Tbody | Thead | Tfoot | Tr | Td | Th | Caption | Col | Colgroup);
        match self.mode() {
            _ if matches!(tag, Html | Body | Head) => {}
            Mode::Body | Mode::Template => {
                if !of_table || self.mode() == Mode::Template {
                    self.end_in_body(tag, name);
                }
            }
            Mode::Columns => {
                if !matches!(tag, Col | Template) {
                    self.open.pop();
                    if tag != Colgroup {
                        self.end_html(tag, name);
                    }
                } else if tag == Template {
                    self.end_in_body(tag, name);
                }
            }
            Mode::Cell | Mode::Caption if !of_table => self.end_in_body(tag, name),
            Mode::Cell => self.end_in_cell(tag, name),
            Mode::Caption => {
                if matches!(tag, Caption | Table) && self.in_table_scope(Caption) {
                    self.close_caption();
                    if tag == Table {
                        self.end_html(tag, name);
                    }
                }
            }
            Mode::Table | Mode::Rows | Mode::Row if !of_table => {
                self.foster = true;
                self.end_in_body(tag, name);
                self.foster = false;
            }
            Mode::Table => {
                if tag == Table && self.in_table_scope(Table) {
                    self.pop_until(|t| t == Table);
                }
            }
            Mode::Rows | Mode::Row => self.end_in_rows(tag, name),
        }
    }

    fn end_in_cell(&mut self, tag: Tag, name: Span) {
        use Tag::*;
        if matches!(tag, Caption | Col | Colgroup) || !self.in_table_scope(tag) {
            return;
        }
        if matches!(tag, Td | Th) {
            self.end_implied(Other);
            self.pop_until(|t| t == tag);
            self.clear_formatting();
        } else {
            self.close_cell();
            self.end_html(tag, name);
        }
    }

    fn end_in_rows(&mut self, tag: Tag, name: Span) {
        use Tag::*;
        let in_row = self.mode() == Mode::Row;
        match tag {
            Tr if in_row => {
                self.clear_back_to(|t| matches!(t, Tr | Template));
                self.open.pop();
            }
            Table | Tbody | Thead | Tfoot => {
                if tag != Table && !self.in_table_scope(tag) {
                    return;
                }
                if in_row {
                    self.clear_back_to(|t| matches!(t, Tr | Template));
                } else {
                    self.clear_back_to(|t| matches!(t, Tbody | Thead | Tfoot | Template));
                }
                self.open.pop();
                if in_row || tag == Table {
                    self.end_html(tag, name);
                }
            }
            _ => {}
        }
    }

    fn end_in_body(&mut self, tag: Tag, name: Span) {
        use Tag::*;
        match tag {
            Template => {
                if self.open.iter().any(|o| o.tag == Template) {
                    self.pop_until(|t| t == Template);
                    self.clear_formatting();
                }
            }
            Address | Article | Aside | Blockquote | Button | Center | Details | Dialog | Dir | Div | Dl | Fieldset
            | Figcaption | Figure | Footer | Header | Hgroup | Listing | Main | Menu | Nav | Ol | Pre | Search | Section
            | Select | Summary | Ul | Applet | Marquee | Object => {
                if self.in_scope(tag) {
                    self.end_implied(Other);
                    self.pop_until(|t| t == tag);
                    if matches!(tag, Applet | Marquee | Object) {
                        self.clear_formatting();
                    }
                }
            }
            Form => self.end_form(),
            P => {
                if !self.within(|o| o.tag == P, |o| o.bounds() || o.tag == Button) {
                    self.phantom(P);
                }
                self.close(P);
            }
            Li | Dd | Dt => {
                if self.within(|o| o.tag == tag, |o| o.bounds() || tag == Li && matches!(o.tag, Ol | Ul)) {
                    self.close(tag);
                }
            }
            H1 | H2 | H3 | H4 | H5 | H6 => {
                if self.within(|o| o.tag.is_heading(), Open::bounds) {
                    self.end_implied(Other);
                    self.pop_until(Tag::is_heading);
                }
            }
            Br => {
                self.reconstruct();
                self.element(Br, super::tokens::Span::default());
            }
            tag if tag.is_formatting() => self.adopt(tag, name),
            _ => self.end_other(tag, name),
        }
    }

    fn end_form(&mut self) {
        let form = std::mem::replace(&mut self.form, NONE);
        if form != NONE && self.within(|o| o.id == form, Open::bounds) {
            self.end_implied(Tag::Other);
            self.open.retain(|o| o.id != form);
        }
    }

    /// An end tag without a rule of its own ends the innermost element of its name, if nothing special is open in it.
    pub(super) fn end_other(&mut self, tag: Tag, name: Span) {
        let name = name.of(self.tokens.text);
        for at in (0..self.open.len()).rev() {
            self.steps += 1;
            let open = &self.open[at];
            let same = open.space == Space::Html
                && open.tag == tag
                && (tag != Tag::Other || open.name.of(self.tokens.text).eq_ignore_ascii_case(name));
            if same {
                self.end_implied(tag);
                self.open.truncate(at);
                return;
            }
            if open.is_special() {
                return;
            }
        }
    }
}
