//! Bold, struck out and the like go on behind a block that ends in the middle of them: the list of active formatting
//! elements of the HTML standard and its "adoption agency" (13.2.4.3, 13.2.6.4.7).

use super::build::{Construction, Open};
use super::tags::Tag;
use super::tokens::{Span, Start};
use super::tree::{Id, Kind};

/// An entry of the list of active formatting elements.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// A cell, a caption or an object begins here; what is open outside does not reach in.
    Marker,
    Element {
        id: Id,
        tag: Tag,
        name: Span,
        /// The whole tag, to tell equal ones.
        whole: Span,
    },
}

impl Entry {
    pub(super) fn id(&self) -> Option<Id> {
        match self {
            Entry::Marker => None,
            Entry::Element { id, .. } => Some(*id),
        }
    }
}

impl Construction<'_> {
    /// Ends all formatting that began in the cell, caption or object that ends.
    pub(super) fn clear_formatting(&mut self) {
        while self.formatting.pop().is_some_and(|e| !matches!(e, Entry::Marker)) {}
    }

    fn is_open(&mut self, id: Id) -> bool {
        for open in self.open.iter().rev() {
            self.steps += 1;
            if open.id == id {
                return true;
            }
        }
        false
    }

    /// The place in the list of the innermost such element since the last marker.
    fn active(&self, tag: Tag) -> Option<usize> {
        let since = self.formatting.iter().rposition(|e| matches!(e, Entry::Marker)).map_or(0, |i| i + 1);
        (since..self.formatting.len()).rev().find(|i| matches!(self.formatting[*i], Entry::Element { tag: t, .. } if t == tag))
    }

    fn position(&self, wanted: Id) -> Option<usize> {
        self.formatting.iter().rposition(|e| e.id() == Some(wanted))
    }

    /// Opens again what was open when a block ended.
    pub(super) fn reconstruct(&mut self) {
        let mut at = self.formatting.len();
        while let Some(id) = at.checked_sub(1).and_then(|i| self.formatting[i].id()) {
            if self.is_open(id) {
                break;
            }
            at -= 1;
        }
        for at in at..self.formatting.len() {
            if let Entry::Element { id, tag, name, whole } = self.formatting[at] {
                let id = self.insert(tag, name, self.tree.node(id).span);
                self.formatting[at] = Entry::Element { id, tag, name, whole };
            }
        }
    }

    pub(super) fn start_formatting(&mut self, start: &Start) {
        if start.tag == Tag::A
            && let Some(at) = self.active(Tag::A)
        {
            let id = self.formatting[at].id();
            self.adopt(Tag::A, start.name);
            self.formatting.retain(|e| e.id() != id);
            self.open.retain(|o| Some(o.id) != id);
            self.steps += self.open.len();
        }
        self.reconstruct();
        if start.tag == Tag::Nobr && self.within(|o| o.tag == Tag::Nobr, Open::bounds) {
            self.adopt(Tag::Nobr, start.name);
            self.reconstruct();
        }
        let id = self.insert(start.tag, start.name, start.attributes);
        self.remember(Entry::Element { id, tag: start.tag, name: start.name, whole: start.whole });
    }

    /// Puts an element on the list; of more than three equal ones the oldest is dropped.
    fn remember(&mut self, entry: Entry) {
        if let Entry::Element { tag, whole, .. } = entry {
            let text = self.tokens.text;
            let since = self.formatting.iter().rposition(|e| matches!(e, Entry::Marker)).map_or(0, |i| i + 1);
            let equal =
                |e: &Entry| matches!(e, Entry::Element { tag: t, whole: w, .. } if *t == tag && w.of(text) == whole.of(text));
            let mut found = (since..self.formatting.len()).filter(|i| equal(&self.formatting[*i]));
            if let (Some(oldest), Some(_), Some(_)) = (found.next(), found.next(), found.next()) {
                self.formatting.remove(oldest);
            }
            self.steps += self.formatting.len() - since;
        }
        self.formatting.push(entry);
    }

    /// Ends a formatting element that crosses blocks: `<s><p>9</s>8</p>` strikes out the 9 alone.
    pub(super) fn adopt(&mut self, subject: Tag, name: Span) {
        if self.is(|t| t == subject) && self.position(self.current()).is_none() {
            self.open.pop();
            return;
        }
        for _ in 0..8 {
            let Some(listed) = self.active(subject) else { return self.end_other(subject, name) };
            let Entry::Element { id, .. } = self.formatting[listed] else { return };
            let Some(at) = self.open.iter().rposition(|o| o.id == id) else {
                self.formatting.remove(listed);
                return;
            };
            if !self.within(|o| o.id == id, Open::bounds) {
                return;
            }
            self.steps += self.open.len() + self.formatting.len();
            let Some(block) = (at..self.open.len()).find(|i| self.open[*i].is_special()) else {
                self.open.truncate(at);
                self.formatting.remove(listed);
                return;
            };
            self.adopt_block(at, block, listed);
        }
    }

    /// Moves a block out of the formatting element at `at` that it crosses, and the formatting into the block.
    fn adopt_block(&mut self, at: usize, block: usize, listed: usize) {
        let furthest = self.open[block];
        let above = at.checked_sub(1).map_or(super::tree::ROOT, |i| self.open[i].id);
        let outer = self.open[at];
        let mut bookmark = listed;
        let mut last = furthest.id;
        let mut taken = 0;
        for inner in (at + 1..block).rev() {
            taken += 1;
            let open = self.open[inner];
            let position = self.position(open.id);
            match position {
                Some(position) if taken <= 3 => {
                    let copy = self.tree.make(Kind::Element(open.tag), self.tree.node(open.id).span);
                    if let Entry::Element { id, .. } = &mut self.formatting[position] {
                        *id = copy;
                    }
                    self.open[inner].id = copy;
                    if last == furthest.id {
                        bookmark = position + 1;
                    }
                    self.tree.detach(last);
                    self.tree.append(copy, last);
                    last = copy;
                }
                _ => {
                    if let Some(position) = position {
                        self.formatting.remove(position);
                        bookmark -= usize::from(position < bookmark);
                    }
                    self.open.remove(inner);
                }
            }
        }
        self.tree.detach(last);
        self.add(last, above);
        let copy = self.tree.make(Kind::Element(outer.tag), self.tree.node(outer.id).span);
        self.tree.move_children(furthest.id, copy);
        self.tree.append(furthest.id, copy);
        self.list_at(bookmark, outer.id, copy);
        self.open.retain(|o| o.id != outer.id);
        let block = self.open.iter().rposition(|o| o.id == furthest.id).unwrap_or_default();
        self.open.insert(block + 1, Open { id: copy, mode: self.open[block].mode, ..outer });
    }

    /// Replaces an element of the list by its copy, which is put at the bookmark.
    fn list_at(&mut self, bookmark: usize, old: Id, copy: Id) {
        let Some(at) = self.position(old) else { return };
        let mut entry = self.formatting.remove(at);
        if let Entry::Element { id, .. } = &mut entry {
            *id = copy;
        }
        let bookmark = bookmark - usize::from(at < bookmark);
        self.formatting.insert(bookmark.min(self.formatting.len()), entry);
    }
}
