//! The elements and texts of a page, as a browser would nest them.

use super::tags::{Name, Tag};
use super::tokens::{Attribute, Span};

/// A node of a [`Tree`].
pub(crate) type Id = u32;

/// No node.
pub(crate) const NONE: Id = u32::MAX;

/// The node that holds all others.
pub(crate) const ROOT: Id = 0;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An element; the node's span are its attributes.
    Element(Tag),
    /// Text with character references.
    Text,
    /// Text as it stands.
    Raw,
}

/// An element or a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub kind: Kind,
    /// Part of a drawing or a formula.
    pub foreign: bool,
    pub span: Span,
    pub parent: Id,
    pub first: Id,
    pub last: Id,
    pub before: Id,
    pub next: Id,
}

/// A page as nested elements.
pub(crate) struct Tree<'a> {
    pub text: &'a str,
    pub attributes: Vec<Attribute>,
    pub nodes: Vec<Node>,
    /// Whether the page is shown as by browsers of old: names of classes in either case, tables inside of paragraphs.
    pub quirks: bool,
}

impl<'a> Tree<'a> {
    /// A tree without nodes but its root.
    pub(crate) fn new(text: &'a str) -> Tree<'a> {
        let mut tree =
            Tree { text, attributes: Vec::new(), nodes: Vec::with_capacity((text.len() / 24).clamp(16, 65_536)), quirks: true };
        tree.make(Kind::Element(Tag::Body), Span::default());
        tree
    }

    /// A node that stands nowhere yet.
    pub(crate) fn make(&mut self, kind: Kind, span: Span) -> Id {
        let id = self.nodes.len() as Id;
        self.nodes.push(Node { kind, foreign: false, span, parent: NONE, first: NONE, last: NONE, before: NONE, next: NONE });
        id
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    /// The element's name; [`Tag::Other`] for a text and in drawings.
    pub(crate) fn tag(&self, id: Id) -> Tag {
        match self.node(id) {
            Node { kind: Kind::Element(tag), foreign: false, .. } => *tag,
            _ => Tag::Other,
        }
    }

    /// An attribute's value as written; of two the first counts.
    pub(crate) fn attribute(&self, id: Id, name: Name) -> Option<&'a str> {
        self.attributes_of(id).iter().find(|a| a.name == name).map(|a| a.value.of(self.text))
    }

    /// The attributes of an element that the reader looks at.
    pub(crate) fn attributes_of(&self, id: Id) -> &[Attribute] {
        let node = self.node(id);
        match node.kind {
            Kind::Element(_) => self.attributes.get(node.span.start as usize..node.span.end as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The children of a node.
    pub(crate) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let mut next = self.node(id).first;
        std::iter::from_fn(move || {
            let id = next;
            next = self.nodes.get(id as usize)?.next;
            Some(id)
        })
    }

    /// Puts a node behind the last child of another.
    pub(crate) fn append(&mut self, parent: Id, child: Id) {
        let last = self.node(parent).last;
        let node = self.node_mut(child);
        (node.parent, node.before, node.next) = (parent, last, NONE);
        match last {
            NONE => self.node_mut(parent).first = child,
            last => self.node_mut(last).next = child,
        }
        self.node_mut(parent).last = child;
    }

    /// Puts a node in front of another.
    pub(crate) fn insert_before(&mut self, sibling: Id, child: Id) {
        let (parent, before) = (self.node(sibling).parent, self.node(sibling).before);
        let node = self.node_mut(child);
        (node.parent, node.before, node.next) = (parent, before, sibling);
        self.node_mut(sibling).before = child;
        match before {
            NONE => self.node_mut(parent).first = child,
            before => self.node_mut(before).next = child,
        }
    }

    /// Takes a node from where it stands.
    pub(crate) fn detach(&mut self, id: Id) {
        let Node { parent, before, next, .. } = *self.node(id);
        if parent == NONE {
            return;
        }
        match before {
            NONE => self.node_mut(parent).first = next,
            before => self.node_mut(before).next = next,
        }
        match next {
            NONE => self.node_mut(parent).last = before,
            next => self.node_mut(next).before = before,
        }
        let node = self.node_mut(id);
        (node.parent, node.before, node.next) = (NONE, NONE, NONE);
    }

    /// Moves all children of a node behind those of another.
    pub(crate) fn move_children(&mut self, from: Id, to: Id) {
        let mut next = self.node(from).first;
        let node = self.node_mut(from);
        (node.first, node.last) = (NONE, NONE);
        while next != NONE {
            let child = next;
            next = self.node(child).next;
            self.append(to, child);
        }
    }
}
