//! Drawings and formulas in a page: "foreign content" of the HTML standard (13.2.6.5).

use super::build::{Construction, Integration, Open, Space};
use super::tags::{Name, Tag};
use super::tokens::Start;

impl Construction<'_> {
    pub(super) fn push_foreign(&mut self, start: &Start, space: Space) {
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

    pub(super) fn start_foreign(&mut self, start: &Start) {
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

    pub(super) fn leave_foreign(&mut self) {
        while self.open.last().is_some_and(|o| o.space != Space::Html && o.integration == Integration::Closed) {
            self.open.pop();
        }
    }
}
