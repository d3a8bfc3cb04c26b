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
mod formatting;
mod frames;
mod style;
mod tags;
mod tokens;
mod tree;
mod walk;

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
