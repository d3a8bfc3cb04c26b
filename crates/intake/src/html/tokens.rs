//! A page cut into tags and text, by the tokenizer of the HTML standard (section 13.2.5). Nothing is copied: tokens are
//! places in the source.

use memchr::{memchr, memchr2, memmem};

use super::tags::{Name, Tag};

/// A part of the source, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    fn new(start: usize, end: usize) -> Span {
        // A document is at most MAX_SOURCE long.
        Span { start: start as u32, end: end as u32 }
    }

    /// What it covers.
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// An attribute that the reader looks at; its value as written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute {
    pub name: Name,
    pub value: Span,
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub tag: Tag,
    /// The name as written.
    pub name: Span,
    /// Its attributes, in the list of all.
    pub attributes: Span,
    /// From the name to the end of the tag.
    pub whole: Span,
    /// Whether it ends in `/>`.
    pub closed: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Token {
    /// Text with character references.
    Text(Span),
    /// Text as it stands: a CDATA section.
    Raw(Span),
    Start(Start),
    End(Tag, Span),
    /// What stands between `<!doctype` and `>`.
    Doctype(Span),
    Eof,
}

pub(crate) struct Tokens<'a> {
    pub(crate) text: &'a str,
    at: usize,
    /// Attributes of all tags so far.
    pub(crate) attributes: Vec<Attribute>,
    /// Whether the page is XML: CDATA sections are text.
    pub(crate) xml: bool,
}

const fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(text: &'a str) -> Tokens<'a> {
        let start = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}');
        let xml = start.starts_with("<?xml ");
        Tokens { text, at: 0, attributes: Vec::new(), xml }
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The place of the next such byte from `from` on, or the end.
    #[inline]
    fn find(&self, byte: u8, from: usize) -> usize {
        let rest = self.bytes().get(from..).unwrap_or_default();
        if rest.first() == Some(&byte) {
            return from;
        }
        memchr(byte, rest).map_or(self.text.len(), |i| from + i)
    }

    fn starts(&self, at: usize, what: &[u8]) -> bool {
        self.bytes().get(at..at + what.len()).is_some_and(|b| b.eq_ignore_ascii_case(what))
    }

    /// The next token. `foreign` says that the current element is part of a drawing or a formula.
    #[inline(always)]
    pub(crate) fn next(&mut self, foreign: bool) -> Token {
        let bytes = self.bytes();
        let mut start = self.at;
        let mut from = start;
        loop {
            let lt = self.find(b'<', from);
            let markup = match (bytes.get(lt + 1), bytes.get(lt + 2)) {
                (Some(b'/'), Some(_)) | (Some(b'!' | b'?'), _) => true,
                (Some(b), _) => b.is_ascii_alphabetic(),
                (None, _) => false,
            };
            if lt < bytes.len() && !markup {
                from = lt + 1;
                continue;
            }
            if lt > start {
                self.at = lt;
                return Token::Text(Span::new(start, lt));
            }
            if lt == bytes.len() {
                self.at = lt;
                return Token::Eof;
            }
            if let Some(token) = self.markup(lt, foreign) {
                return token;
            }
            start = self.at;
            from = start;
        }
    }

    /// What begins with the `<` at `lt`, if it is more than a comment.
    #[inline(always)]
    fn markup(&mut self, lt: usize, foreign: bool) -> Option<Token> {
        let bytes = self.bytes();
        match (bytes[lt + 1], bytes.get(lt + 2).copied().unwrap_or_default()) {
            (b'/', b) if b.is_ascii_alphabetic() => {
                let name = self.name(lt + 2);
                let kept = self.attributes.len();
                let ended = self.rest_of_tag(name.end as usize);
                self.attributes.truncate(kept);
                Some(if ended.is_some() { Token::End(Tag::of(name.of(self.text).as_bytes()), name) } else { Token::Eof })
            }
            (b'/', b'>') => {
                self.at = lt + 3;
                None
            }
            (b'!', _) if self.starts(lt + 2, b"--") => {
                self.at = self.end_of_comment(lt + 4);
                None
            }
            (b'!', _) if (foreign || self.xml) && self.starts(lt + 2, b"[CDATA[") => {
                let start = lt + 9;
                let end = memmem::find(&bytes[start..], b"]]>").map_or(bytes.len(), |i| start + i);
                self.at = (end + 3).min(bytes.len());
                Some(Token::Raw(Span::new(start, end)))
            }
            (b'!', _) if self.starts(lt + 2, b"doctype") => {
                let end = self.find(b'>', lt + 9);
                self.at = (end + 1).min(bytes.len());
                Some(Token::Doctype(Span::new(lt + 9, end)))
            }
            // What browsers take for a comment: processing instructions, `<![if !vml]>`, `</ >`.
            (b'/' | b'!' | b'?', _) => {
                self.at = (self.find(b'>', lt + 2) + 1).min(bytes.len());
                None
            }
            _ => {
                let name = self.name(lt + 1);
                let first = self.attributes.len();
                let Some(closed) = self.rest_of_tag(name.end as usize) else { return Some(Token::Eof) };
                Some(Token::Start(Start {
                    tag: Tag::of(name.of(self.text).as_bytes()),
                    name,
                    attributes: Span::new(first, self.attributes.len()),
                    whole: Span::new(name.start as usize, self.at),
                    closed,
                }))
            }
        }
    }

    /// The place behind a comment whose words begin at `from`. A comment that is not closed goes to the end of the page.
    fn end_of_comment(&self, from: usize) -> usize {
        let bytes = self.bytes();
        for short in [&b">"[..], b"->"] {
            if self.starts(from, short) {
                return from + short.len();
            }
        }
        let mut at = from;
        while let Some(i) = bytes.get(at..).and_then(|rest| memmem::find(rest, b"--")) {
            let mut end = at + i + 2;
            while bytes.get(end) == Some(&b'-') {
                end += 1;
            }
            match (bytes.get(end), bytes.get(end + 1)) {
                (Some(b'>'), _) => return end + 1,
                (Some(b'!'), Some(b'>')) => return end + 2,
                _ => at = end,
            }
        }
        bytes.len()
    }

    fn name(&self, start: usize) -> Span {
        let rest = &self.bytes()[start..];
        let length = rest.iter().position(|b| is_blank(*b) || matches!(b, b'/' | b'>')).unwrap_or(rest.len());
        Span::new(start, start + length)
    }

    /// Reads attributes up to the end of the tag, and whether it ends in `/>`; nothing if the page ends before.
    fn rest_of_tag(&mut self, mut at: usize) -> Option<bool> {
        let bytes = self.bytes();
        let mut slash = false;
        loop {
            match *bytes.get(at)? {
                b'>' => {
                    self.at = at + 1;
                    return Some(slash);
                }
                b if is_blank(b) || b == b'/' => {
                    slash = b == b'/';
                    at += 1;
                }
                _ => {
                    slash = false;
                    at = self.attribute(at)?;
                }
            }
        }
    }

    /// Reads the attribute at `start`; the place behind it.
    fn attribute(&mut self, start: usize) -> Option<usize> {
        let bytes = self.bytes();
        // An equals sign in front belongs to the name.
        let mut at = start + 1;
        while !matches!(*bytes.get(at)?, b'=' | b'/' | b'>') && !is_blank(bytes[at]) {
            at += 1;
        }
        let name = Name::of(&bytes[start..at]);
        let mut value = at;
        while is_blank(*bytes.get(value)?) {
            value += 1;
        }
        if bytes[value] != b'=' {
            self.keep(name, at, at);
            return Some(at);
        }
        value += 1;
        while is_blank(*bytes.get(value)?) {
            value += 1;
        }
        match bytes[value] {
            quote @ (b'"' | b'\'') => {
                let end = self.find(quote, value + 1);
                self.keep(name, value + 1, end);
                (end < bytes.len()).then_some(end + 1)
            }
            b'>' => {
                self.keep(name, value, value);
                Some(value)
            }
            _ => {
                let mut end = value;
                while !is_blank(*bytes.get(end)?) && bytes[end] != b'>' {
                    end += 1;
                }
                self.keep(name, value, end);
                Some(end)
            }
        }
    }

    fn keep(&mut self, name: Name, start: usize, end: usize) {
        if name != Name::Other {
            self.attributes.push(Attribute { name, value: Span::new(start, end) });
        }
    }

    /// Everything up to the end tag of an element that holds no markup, which is passed over as well.
    pub(crate) fn raw(&mut self, tag: Tag) -> Span {
        let bytes = self.bytes();
        let start = self.at;
        // Inside `<!-- … -->` of a script another script element may stand.
        let (mut hidden, mut inner) = (false, false);
        let mut at = start;
        let end = loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let found = if hidden { memchr2(b'<', b'-', rest) } else { memchr(b'<', rest) };
            let Some(i) = found else { break bytes.len() };
            at += i;
            if bytes[at] == b'-' {
                if self.starts(at, b"-->") {
                    (hidden, inner) = (false, false);
                }
                at += 1;
                continue;
            }
            if self.starts(at, b"</") && self.is_name(at + 2, tag) {
                if !inner {
                    break at;
                }
                inner = false;
            } else if tag == Tag::Script && self.starts(at, b"<!--") {
                hidden = !self.starts(at, b"<!-->") && !self.starts(at, b"<!--->");
                at += 3;
            } else if hidden && self.is_name(at + 1, tag) {
                inner = true;
            }
            at += 1;
        };
        self.at = end;
        if end < bytes.len() {
            let kept = self.attributes.len();
            if self.rest_of_tag(end + 2 + tag.name().len()).is_none() {
                self.at = bytes.len();
            }
            self.attributes.truncate(kept);
        }
        Span::new(start, end)
    }

    fn is_name(&self, at: usize, tag: Tag) -> bool {
        let end = at + tag.name().len();
        self.starts(at, tag.name()) && self.bytes().get(end).is_some_and(|b| is_blank(*b) || matches!(b, b'/' | b'>'))
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> Span {
        let start = std::mem::replace(&mut self.at, self.text.len());
        Span::new(start, self.text.len())
    }

    /// Passes over a line end that stands first in an element, as `<pre>` has it.
    pub(crate) fn skip_line_end(&mut self) {
        let rest = &self.bytes()[self.at..];
        self.at += if rest.starts_with(b"\r\n") { 2 } else { usize::from(matches!(rest.first(), Some(b'\r' | b'\n'))) };
    }
}
