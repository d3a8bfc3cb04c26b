//! Rich text of a cell: runs with their properties (ECMA-376 part 1, 18.4).

use quick_xml::events::BytesStart;

use super::parts::attribute;
use crate::docx::needs_brackets;

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Rich {
    text: String,
    run: String,
    raised: bool,
    struck: bool,
    in_text: bool,
    /// Inside a phonetic guide.
    guide: bool,
}

impl Rich {
    pub(super) fn open(&mut self, name: &str, e: &BytesStart<'_>) {
        match name {
            "rPh" => self.guide = true,
            "r" => (self.raised, self.struck) = (false, false),
            "vertAlign" => self.raised = attribute(e, "val").is_some_and(|v| v != "baseline"),
            "strike" => self.struck = attribute(e, "val").is_none_or(|v| !matches!(&*v, "0" | "false")),
            "t" => self.in_text = !self.guide,
            _ => {}
        }
    }

    pub(super) fn words(&mut self, text: &str) {
        if self.in_text {
            self.run.push_str(text);
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        match name {
            "rPh" => self.guide = false,
            "t" => self.in_text = false,
            "r" => self.end_run(),
            _ => {}
        }
    }

    fn end_run(&mut self) {
        let run = unescape(&std::mem::take(&mut self.run));
        push_run(&mut self.text, &run, self.raised, self.struck);
        (self.raised, self.struck) = (false, false);
    }

    /// The text as shown, and an empty one for what follows.
    pub(super) fn take(&mut self) -> String {
        self.end_run();
        std::mem::take(self).text
    }
}

/// Adds a run: what is struck out is deleted, and raised digits are marks of notes.
pub(super) fn push_run(out: &mut String, run: &str, raised: bool, struck: bool) {
    if struck {
    } else if raised && needs_brackets(run) {
        out.push('[');
        out.push_str(run.trim());
        out.push(']');
    } else {
        out.push_str(run);
    }
}

/// Characters that XML cannot hold are written `_x000D_` (ECMA-376 part 1, 22.9.2.19).
pub(super) fn unescape(text: &str) -> String {
    if !text.contains("_x") {
        return text.replace("\r\n", "\n");
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let hexadecimal =
            rest.get(at + 2..at + 6).filter(|h| rest[at + 6..].starts_with('_') && h.bytes().all(|b| b.is_ascii_hexdigit()));
        let c = hexadecimal.and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32);
        out.push_str(&rest[..at]);
        rest = match c {
            Some(c) => {
                out.push(c);
                &rest[at + 7..]
            }
            None => {
                out.push_str("_x");
                &rest[at + 2..]
            }
        };
    }
    out.push_str(rest);
    out.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (stored, text) in [
            ("a_x000D_\nb", "a\nb"),
            ("_x0041_", "A"),
            ("_x005F_x0041_", "_x0041_"),
            ("x_x12", "x_x12"),
            ("_x", "_x"),
            ("_x00件_", "_x00件_"),
        ] {
            assert_eq!(unescape(stored), text);
        }
    }
}
