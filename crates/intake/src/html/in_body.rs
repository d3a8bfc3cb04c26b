//! Tags outside of tables and in their cells: the insertion mode "in body" of the HTML standard (13.2.6.4.7).

use super::build::{Construction, Mode, Open, Space};
use super::formatting::Entry;
use super::tags::Tag;
use super::tokens::{Span, Start};
use super::tree::{Kind, NONE};

impl Construction<'_> {
    pub(super) fn start_in_body(&mut self, start: &Start) {
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

    pub(super) fn start_block(&mut self, start: &Start) {
        self.close_p();
        if start.tag.is_heading() && self.is(Tag::is_heading) {
            self.open.pop();
        }
        self.push(start);
        if matches!(start.tag, Tag::Pre | Tag::Listing) {
            self.tokens.skip_line_end();
        }
    }

    pub(super) fn start_item(&mut self, start: &Start) {
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
    pub(super) fn start_inline(&mut self, start: &Start) {
        use Tag::*;
        match start.tag {
            Button if self.in_scope(Button) => {
                self.end_implied(Other);
                self.pop_until(|t| t == Button);
            }
            Input | Select if self.in_scope(Select) => {
                self.pop_until(|t| t == Select);
                if start.tag == Select {
                    return;
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

    pub(super) fn end_in_body(&mut self, tag: Tag, name: Span) {
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

    pub(super) fn end_form(&mut self) {
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
