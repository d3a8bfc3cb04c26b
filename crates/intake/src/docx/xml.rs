//! A scan of XML 1.0 with namespaces over bytes, without a copy of anything. Word writes 300 kB of markup around 300
//! figures, so the time that a document takes is the time of this loop.
//!
//! What is not well-formed is refused, with two exceptions that cannot change a figure: attributes given twice and
//! characters that names may not have are not looked for. A document type declaration is refused as Word refuses it, so no
//! entity is ever declared, and a reference to one is an error.

use std::borrow::Cow;

use super::names::{MAX_BINDINGS, Name, Names, split};
use crate::refuse::Refusal;

/// Elements may not nest deeper than this.
const MAX_DEPTH: usize = 1024;

/// Why a document is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not well-formed, or cut off.
    Broken,
    /// Nested beyond [`MAX_DEPTH`].
    Deep,
    /// More than any report holds.
    Large,
    /// It declares a document type.
    Declared,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        match fault {
            Fault::Broken => Refusal::broken("docx"),
            Fault::Deep => Refusal::too_deep(),
            Fault::Large => Refusal::too_large(),
            Fault::Declared => Refusal::unreadable(
                "文件内含Word不使用的DTD或实体定义，为安全起见不予读取，请用Word另存后重新报送",
                "the file declares a document type or entities, which Word never does; save it with Word and send it anew",
            ),
        }
    }
}

/// The next thing in a document.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'x> {
    /// A start tag; an empty element is followed by its end.
    Start(Tag<'x>),
    /// The end of an element.
    End(Name),
    /// Character data with its references, see [`unescape`].
    Text(&'x [u8]),
    /// Character data that is to be taken as it is.
    Plain(&'x [u8]),
    /// The end of a whole document.
    End0,
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'x> {
    /// What it is.
    pub(super) name: Name,
    /// As written, with its prefix.
    pub(super) qualified: &'x [u8],
    attributes: &'x [u8],
}

impl<'x> Tag<'x> {
    /// The name without its prefix.
    pub(super) fn local(&self) -> &'x [u8] {
        split(self.qualified).1
    }

    /// The attributes by qualified name, values as written.
    pub(super) fn attributes(&self) -> Attributes<'x> {
        Attributes { rest: self.attributes }
    }

    /// The value of the first attribute with a local name, references resolved.
    pub(super) fn get(&self, local: &str) -> Option<Cow<'x, str>> {
        let (_, value) = self.attributes().find(|(name, _)| split(name).1 == local.as_bytes())?;
        attribute_text(value)
    }

    /// The `w:val` of a property.
    pub(super) fn value(&self) -> Option<Cow<'x, str>> {
        self.get("val")
    }

    /// Whether a property is on (ST_OnOff): it is unless said otherwise.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.value().as_deref(), Some("0" | "false" | "off"))
    }

    /// The value as a whole number; absurd ones are cut to a bound that is absurd too.
    pub(super) fn number(&self, local: &str) -> Option<usize> {
        let text = self.get(local)?;
        let digits = text.trim();
        let whole = digits.split_once('.').map_or(digits, |d| d.0);
        match whole.parse::<usize>() {
            Ok(n) => Some(n.min(1 << 24)),
            Err(_) => (!whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit())).then_some(1 << 24),
        }
    }
}

fn attribute_text(value: &[u8]) -> Option<Cow<'_, str>> {
    if !value.contains(&b'&') {
        return std::str::from_utf8(value).ok().map(Cow::Borrowed);
    }
    let mut out = String::new();
    unescape(value, &mut out).ok()?;
    Some(Cow::Owned(out))
}

/// The attributes of a start tag that has been found well-formed.
#[derive(Clone, Debug)]
pub(super) struct Attributes<'x> {
    rest: &'x [u8],
}

impl<'x> Iterator for Attributes<'x> {
    type Item = (&'x [u8], &'x [u8]);

    fn next(&mut self) -> Option<(&'x [u8], &'x [u8])> {
        let start = self.rest.iter().position(|b| !is_space(*b))?;
        let rest = self.rest.get(start..)?;
        let end = rest.iter().position(|b| *b == b'=' || is_space(*b))?;
        let open = end + rest.get(end..)?.iter().position(|b| matches!(b, b'"' | b'\''))?;
        let close = open + 1 + memchr::memchr(rest[open], rest.get(open + 1..)?)?;
        self.rest = rest.get(close + 1..)?;
        Some((&rest[..end], &rest[open + 1..close]))
    }
}

#[derive(Clone, Copy, Debug)]
struct Open {
    start: usize,
    end: usize,
    name: Name,
    /// Bindings outside of it.
    bindings: usize,
}

/// A scan in progress.
#[derive(Debug)]
pub(super) struct Scanner<'x> {
    bytes: &'x [u8],
    at: usize,
    open: Vec<Open>,
    /// An empty element has been begun but not ended.
    empty: bool,
    rooted: bool,
    pub(super) names: Names,
}

#[inline]
const fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

impl<'x> Scanner<'x> {
    /// A scan of a whole document in UTF-8.
    pub(super) fn new(bytes: &'x [u8]) -> Scanner<'x> {
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Scanner { bytes, at, open: Vec::with_capacity(32), empty: false, rooted: false, names: Names::default() }
    }

    /// How deep the scan is: elements open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The element around the one that was begun last.
    pub(super) fn parent(&self) -> Option<Name> {
        self.open.get(self.open.len().checked_sub(2)?).map(|o| o.name)
    }

    /// Where the scan is, in bytes.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// What is still to be scanned.
    pub(super) fn rest(&self) -> &'x [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// What has been scanned since a position.
    pub(super) fn since(&self, start: usize) -> &'x [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    /// Whether the element that was begun last has no content.
    pub(super) fn is_empty_element(&self) -> bool {
        self.empty
    }

    /// Leaves the element that was begun last; its content and end tag are `length` bytes that were scanned before.
    pub(super) fn leave(&mut self, length: usize) {
        self.at += length;
        if let Some(open) = self.open.pop() {
            self.names.unbind(open.bindings);
        }
    }

    /// Passes over the rest of the element that was begun last, and its end.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let outside = self.open.len().saturating_sub(1);
        while self.open.len() > outside {
            self.next()?;
        }
        Ok(())
    }

    /// The next token.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Token<'x>, Fault> {
        if self.empty {
            self.empty = false;
            return self.close();
        }
        loop {
            let rest = self.rest();
            match rest.first() {
                None if self.open.is_empty() && self.rooted => return Ok(Token::End0),
                None => return Err(Fault::Broken),
                Some(b'<') => match rest.get(1) {
                    Some(b'/') => return self.end_tag(rest),
                    Some(b'!') => {
                        if let Some(text) = self.declaration(rest)? {
                            return Ok(Token::Plain(text));
                        }
                    }
                    Some(b'?') => self.pass(b"?>", 2)?,
                    _ => return self.start_tag(rest),
                },
                Some(_) => {
                    let end = memchr::memchr(b'<', rest).unwrap_or(rest.len());
                    let text = &rest[..end];
                    self.at += end;
                    if !self.open.is_empty() {
                        return Ok(Token::Text(text));
                    }
                    if !text.iter().all(|b| is_space(*b)) {
                        return Err(Fault::Broken);
                    }
                }
            }
        }
    }

    fn close(&mut self) -> Result<Token<'x>, Fault> {
        let open = self.open.pop().ok_or(Fault::Broken)?;
        if self.names.depth() != open.bindings {
            self.names.unbind(open.bindings);
        }
        Ok(Token::End(open.name))
    }

    #[inline]
    fn end_tag(&mut self, rest: &'x [u8]) -> Result<Token<'x>, Fault> {
        let open = self.open.last().ok_or(Fault::Broken)?;
        let name = &self.bytes[open.start..open.end];
        let mut tail = rest[2..].strip_prefix(name).ok_or(Fault::Broken)?;
        while let Some((b, more)) = tail.split_first() {
            if *b == b'>' {
                self.at = self.bytes.len() - more.len();
                return self.close();
            }
            if !is_space(*b) {
                return Err(Fault::Broken);
            }
            tail = more;
        }
        Err(Fault::Broken)
    }

    #[inline]
    fn start_tag(&mut self, rest: &'x [u8]) -> Result<Token<'x>, Fault> {
        if self.open.is_empty() && self.rooted {
            return Err(Fault::Broken);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::Deep);
        }
        let is_end = |b: &u8| matches!(b, b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r' | b'<' | b'&' | b'"' | b'\'' | b'=');
        let length = rest[1..].iter().position(is_end).ok_or(Fault::Broken)?;
        let qualified = &rest[1..=length];
        if length == 0 || matches!(rest[length + 1], b'<' | b'&' | b'"' | b'\'' | b'=') {
            return Err(Fault::Broken);
        }
        let bindings = self.names.depth();
        let (end, empty) = self.tag_attributes(rest, length + 1)?;
        let name = self.names.name(qualified);
        let start = self.at + 1;
        self.open.push(Open { start, end: start + length, name, bindings });
        self.rooted = true;
        self.empty = empty;
        let attributes = &rest[length + 1..end];
        self.at += end + 1 + usize::from(empty);
        Ok(Token::Start(Tag { name, qualified, attributes }))
    }

    /// Checks the attributes of a start tag and takes the declarations of namespaces among them. Where the attributes end,
    /// and whether the element is empty.
    #[inline]
    fn tag_attributes(&mut self, tag: &'x [u8], mut at: usize) -> Result<(usize, bool), Fault> {
        loop {
            let before = at;
            while tag.get(at).is_some_and(|b| is_space(*b)) {
                at += 1;
            }
            match tag.get(at) {
                Some(b'>') => return Ok((at, false)),
                Some(b'/') if tag.get(at + 1) == Some(&b'>') => return Ok((at, true)),
                // An attribute needs a blank before it.
                Some(_) if at > before => {}
                _ => return Err(Fault::Broken),
            }
            let name = at;
            while tag
                .get(at)
                .is_some_and(|b| !matches!(b, b'=' | b' ' | b'\t' | b'\n' | b'\r' | b'>' | b'<' | b'"' | b'\'' | b'/'))
            {
                at += 1;
            }
            let named = &tag[name..at];
            while tag.get(at).is_some_and(|b| is_space(*b)) {
                at += 1;
            }
            if named.is_empty() || tag.get(at) != Some(&b'=') {
                return Err(Fault::Broken);
            }
            at += 1;
            while tag.get(at).is_some_and(|b| is_space(*b)) {
                at += 1;
            }
            let quote = *tag.get(at).filter(|b| matches!(b, b'"' | b'\'')).ok_or(Fault::Broken)?;
            at += 1;
            let value = at;
            while tag.get(at).is_some_and(|b| *b != quote && *b != b'<') {
                at += 1;
            }
            if tag.get(at) != Some(&quote) {
                return Err(Fault::Broken);
            }
            if named.starts_with(b"xmlns") {
                self.declared(named, &tag[value..at])?;
            }
            at += 1;
        }
    }

    #[cold]
    fn declared(&mut self, name: &[u8], uri: &[u8]) -> Result<(), Fault> {
        let prefix = match name.strip_prefix(b"xmlns") {
            Some(b"") => b"",
            Some([b':', prefix @ ..]) => prefix,
            _ => return Ok(()),
        };
        if self.names.depth() >= MAX_BINDINGS {
            return Err(Fault::Deep);
        }
        self.names.bind(prefix, uri);
        Ok(())
    }

    /// Passes over a comment; gives the text of a CDATA section.
    fn declaration(&mut self, rest: &'x [u8]) -> Result<Option<&'x [u8]>, Fault> {
        if rest.starts_with(b"<!--") {
            self.pass(b"-->", 4)?;
            return Ok(None);
        }
        if rest.starts_with(b"<![CDATA[") && !self.open.is_empty() {
            let start = self.at + 9;
            self.pass(b"]]>", 9)?;
            return Ok(Some(&self.bytes[start..self.at - 3]));
        }
        Err(if rest.starts_with(b"<!DOCTYPE") { Fault::Declared } else { Fault::Broken })
    }

    /// Passes over what ends with a mark; `from` bytes have been looked at.
    fn pass(&mut self, mark: &[u8], from: usize) -> Result<(), Fault> {
        let rest = self.rest().get(from..).ok_or(Fault::Broken)?;
        let end = memchr::memmem::find(rest, mark).ok_or(Fault::Broken)?;
        self.at += from + end + mark.len();
        Ok(())
    }
}

/// Appends character data with its references resolved.
///
/// # Errors
/// What is not UTF-8, characters that XML does not allow, references to what is not declared.
pub(super) fn unescape(raw: &[u8], out: &mut String) -> Result<(), Fault> {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest) {
        plain(&rest[..at], out)?;
        rest = &rest[at + 1..];
        let end = rest.iter().take(12).position(|b| *b == b';').ok_or(Fault::Broken)?;
        out.push(reference(&rest[..end]).ok_or(Fault::Broken)?);
        rest = &rest[end + 1..];
    }
    plain(rest, out)
}

/// Appends character data without references.
pub(super) fn plain(raw: &[u8], out: &mut String) -> Result<(), Fault> {
    if raw.iter().any(|b| *b < b' ' && !is_space(*b)) {
        return Err(Fault::Broken);
    }
    out.push_str(std::str::from_utf8(raw).map_err(|_| Fault::Broken)?);
    Ok(())
}

fn reference(name: &[u8]) -> Option<char> {
    Some(match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        _ => {
            let digits = std::str::from_utf8(name.strip_prefix(b"#")?).ok()?;
            let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |hex| (hex, 16));
            if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
            (c >= ' ' || matches!(c, '\t' | '\n' | '\r')).then_some(c)?
        }
    })
}

/// The text of a part as UTF-8: as it is, or from the encoding that a byte order mark or the XML declaration tells.
///
/// # Errors
/// An encoding that is not known, or bytes that do not fit it.
pub(super) fn utf8(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    let encoding = match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => encoding_rs::UTF_16LE,
        [0xFE, 0xFF, ..] | [0, b'<', ..] => encoding_rs::UTF_16BE,
        _ => {
            let head = &bytes[..bytes.len().min(200)];
            let head = memchr::memmem::find(head, b"?>").map_or(head, |end| &head[..end]);
            let Some(at) = memchr::memmem::find(head, b"encoding").filter(|_| head.starts_with(b"<?xml")) else {
                return Ok(Cow::Borrowed(bytes));
            };
            let value = &head[at + 8..];
            let mut parts = value.split(|b| matches!(b, b'"' | b'\''));
            let label = parts.nth(1).ok_or(Fault::Broken)?;
            let encoding = encoding_rs::Encoding::for_label(label).ok_or(Fault::Broken)?;
            // A part that was converted but not its declaration is in UTF-8 as well.
            if encoding == encoding_rs::UTF_8 || encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE {
                return Ok(Cow::Borrowed(bytes));
            }
            encoding
        }
    };
    let (text, _, wrong) = encoding.decode(bytes);
    if wrong { Err(Fault::Broken) } else { Ok(Cow::Owned(text.into_owned().into_bytes())) }
}
