//! Web pages: the text that a browser shows, tables with their spans.
//!
//! A page is cut into tags and text ([`tokens`]), nested as browsers nest it ([`build`]) and walked once in order
//! ([`walk`]), with the few properties of its style sheets that bear on what is read ([`style`], [`css`]): what is hidden,
//! struck out or raised, and what is laid out as a table without being one ([`boxes`]).

mod boxes;
mod build;
mod css;
#[cfg(test)]
mod differential;
mod entities;
mod foreign;
mod formatting;
mod frames;
mod in_body;
mod in_table;
mod look;
mod style;
mod tags;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;
mod walk;
mod words;

use crate::document::Document;
use crate::refuse::Refusal;

/// What lies beside a page: the other parts of a single-file web page. Nothing is ever fetched.
pub(crate) trait Beside {
    /// The style sheet at an address.
    fn sheet(&self, address: &str) -> Option<String>;
    /// The page at an address, for a frame.
    fn page(&self, address: &str) -> Option<String>;
}

/// Nothing.
struct Alone;

impl Beside for Alone {
    fn sheet(&self, _: &str) -> Option<String> {
        None
    }

    fn page(&self, _: &str) -> Option<String> {
        None
    }
}

/// Reads a web page that has been decoded.
///
/// # Errors
/// A page that is nested or sized beyond reason.
pub(crate) fn read(text: &str) -> Result<Document, Refusal> {
    read_with(text, &Alone)
}

/// Reads a web page and what lies beside it.
///
/// # Errors
/// A page that is nested or sized beyond reason.
pub(crate) fn read_with(text: &str, beside: &dyn Beside) -> Result<Document, Refusal> {
    walk::document(&build::build(text)?, beside)
}

/// The encoding that a page declares in a `<meta>`, from its first kilobytes with `?` for what is not ASCII.
pub(crate) fn declared_charset(head: &str) -> Option<String> {
    let mut tokens = tokens::Tokens::new(head);
    loop {
        let first = tokens.attributes.len();
        let start = match tokens.next(false) {
            tokens::Token::Start(start) => start,
            tokens::Token::Eof => return None,
            _ => continue,
        };
        if matches!(start.tag, tags::Tag::Script | tags::Tag::Style | tags::Tag::Title) {
            tokens.raw(start.tag);
        }
        if start.tag != tags::Tag::Meta {
            continue;
        }
        let value = |name| tokens.attributes[first..].iter().find(|a| a.name == name).map(|a| a.value.of(head));
        if let Some(charset) = value(tags::Name::Charset) {
            return Some(charset.trim().to_owned());
        }
        let is_type = value(tags::Name::HttpEquiv).is_some_and(|h| h.trim().eq_ignore_ascii_case("content-type"));
        if let Some(charset) = value(tags::Name::Content).filter(|_| is_type).and_then(mime_charset) {
            return Some(charset);
        }
    }
}

/// The charset parameter of a content type such as `text/html; charset="gb2312"`.
pub(crate) fn mime_charset(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    let value = lower.split("charset").skip(1).find_map(|rest| rest.trim_start().strip_prefix('='))?;
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| c.is_ascii_whitespace() || matches!(c, ';' | '"' | '\'' | ',')).unwrap_or(value.len());
    Some(value[..end].to_owned()).filter(|v| !v.is_empty())
}
