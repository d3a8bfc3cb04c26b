//! Documents as bytes: one writer for each container.

mod cells;
mod docx;
mod html;
mod text;

pub(crate) use cells::{cells, reading};
pub(crate) use docx::docx;
pub(crate) use html::html;
pub(crate) use text::{lines, tabs};

/// Characters with a meaning in XML and HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// GB18030 or UTF-8.
pub(crate) fn encode(text: &str, old: bool) -> Vec<u8> {
    if old { encoding_rs::GB18030.encode(text).0.into_owned() } else { text.as_bytes().to_vec() }
}
