//! The words of a page: white space as it is shown, marks of notes, fields of forms.

use crate::document::trim;

use super::entities;
use super::style::{Raise, Space};
use super::tags::{Name, Tag};
use super::tree::Id;
use super::walk::Walk;

impl Walk<'_> {
    /// Government sites name the title of an article apart from that of the page (发展指引, annex on page labels).
    pub(super) fn meta(&mut self, id: Id) {
        if self.tree.attribute(id, Name::Called).is_some_and(|n| n.trim().eq_ignore_ascii_case("ArticleTitle")) {
            let title = entities::decoded(self.tree.attribute(id, Name::Content).unwrap_or_default(), true);
            self.titles.extend(Some(trim(&title).to_owned()).filter(|t| !t.is_empty()));
        }
    }

    /// Takes text as it stands in the source.
    pub(super) fn text(&mut self, text: &str, references: bool) {
        if self.state.silent || self.state.gone || self.state.sizeless {
            return;
        }
        // White space between rows and cells is nowhere, not even in preformatted text.
        if self.opened.last().is_some_and(|o| o.tag.is_table_frame()) {
            return;
        }
        if self.state.space == Space::Collapse {
            self.flowing(text, references);
        } else {
            self.kept(text, references);
        }
    }

    /// White space as a browser shows it: runs of ASCII blanks and line ends are one blank, no-break spaces stay.
    pub(super) fn flowing(&mut self, text: &str, references: bool) {
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

    pub(super) fn character(&mut self, c: char) {
        if !matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
            self.line.push(c);
        } else if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    /// Text whose lines end where they end in the source.
    pub(super) fn kept(&mut self, text: &str, references: bool) {
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

    pub(super) fn flush(&mut self) {
        if self.state.space == Space::Collapse && !self.flows {
            // A title is no text of the page.
            self.flows = !trim(&self.line).is_empty();
        }
        self.end_line();
    }

    pub(super) fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.frames.paragraph(&self.line);
            self.line.clear();
        }
        self.raised.iter_mut().for_each(|start| *start = 0);
    }

    /// Puts a raised text that would read as digits of the number before it in brackets.
    pub(super) fn lower(&mut self, raised: Raise) {
        let Some(start) = self.raised.pop() else { return };
        let Some(text) = self.line.get(start..) else { return };
        let follows_digit = self.line[..start].ends_with(|c: char| c.is_ascii_digit());
        if crate::docx::needs_brackets(text) && (raised == Raise::Note || follows_digit) {
            let mark = format!("[{}]", text.trim());
            self.line.truncate(start);
            self.line.push_str(&mark);
        }
    }

    /// The text of the option that is selected, or else of the first.
    pub(super) fn chosen(&mut self, select: Id) {
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
}
