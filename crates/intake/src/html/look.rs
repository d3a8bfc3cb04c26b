//! How the elements of a page are laid out: their style, and the part that they take in a table.

use super::boxes::{self, Part};
use super::css::is_on_screen;
use super::entities;
use super::frames::Kind as Group;
use super::style::{Display, Style};
use super::tags::{Name, Tag};
use super::tree::{Id, Kind};
use super::walk::{Opened, Role, Walk};

impl<'t> Walk<'t> {
    pub(super) fn collect_sheets(&mut self) {
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

    pub(super) fn style(&mut self, id: Id, tag: Tag) -> Style {
        let mut style = self.given_style(id, tag);
        if style.display.is_none() && self.tree.attribute(id, Name::Hidden).is_some() {
            style.display = Some(Display::None);
        }
        style
    }

    /// Whether an element is what Word puts where a comment is anchored: `[MU1]`.
    pub(super) fn is_comment_mark(&self, id: Id, tag: Tag) -> bool {
        tag == Tag::A && self.tree.attribute(id, Name::Class).is_some_and(|c| c.trim() == "msocomanchor")
    }

    pub(super) fn given_style(&mut self, id: Id, tag: Tag) -> Style {
        let own = self.tree.attribute(id, Name::Style);
        if self.sheets.is_silent(self.state.sizeless) {
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
    pub(super) fn own_style(&mut self, text: &'t str) -> &(Style, Style, Style) {
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
    pub(super) fn find_boxes(&mut self, id: Id) {
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

    pub(super) fn role(&self, id: Id, tag: Tag, style: &Style) -> Role {
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

    /// Letters without size hide text that is put between the letters of a figure. An element that a style sheet elsewhere
    /// may have given a size is taken as shown.
    pub(super) fn is_sizeless(&self, id: Id, tag: Tag, style: &Style) -> bool {
        let attribute = |name| self.tree.attribute(id, name).is_some();
        style.sizeless.unwrap_or_else(|| {
            let may_have_size = tag == Tag::Font && attribute(Name::Size)
                || self.has_foreign_sheet && (attribute(Name::Class) || attribute(Name::Id));
            self.state.sizeless && !may_have_size
        })
    }

    /// Columns and rows that a cell covers; no rows means all that are left.
    pub(super) fn spans(&mut self, id: Id) -> (usize, usize) {
        let tag = self.tree.tag(id);
        if matches!(tag, Tag::Td | Tag::Th) {
            let span = |name| self.tree.attribute(id, name).and_then(number);
            return (span(Name::Colspan).filter(|n| *n > 0).unwrap_or(1), span(Name::Rowspan).unwrap_or(1));
        }
        let style = self.style(id, tag);
        (usize::from(style.wide.unwrap_or(1)), usize::from(style.tall.unwrap_or(1)))
    }

    /// Whether the next element is a part of the same table without an element of its own.
    pub(super) fn goes_on(&mut self, id: Id) -> bool {
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
}

/// Elements of which nothing is shown, or nothing that is text of the page. A form's buttons, drawings and what stands for
/// them are no text either; `<xml>` is what Word leaves for itself.
pub(super) fn is_dropped(tag: Tag) -> bool {
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
