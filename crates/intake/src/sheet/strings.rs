//! Rich text of a cell: runs with their properties (ECMA-376 part 1, 18.4).

use quick_xml::events::BytesStart;

use super::parts::attribute;
use crate::docx::needs_brackets;

/// What of a font matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Font {
    /// Above or below the line.
    pub(super) raised: bool,
    pub(super) struck: bool,
}

/// The words of a cell before its own font is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    Plain(String),
    /// Runs; those without a font have the cell's.
    Rich(Vec<(String, Option<Font>)>),
}

impl Words {
    /// What is shown in a cell of a font.
    pub(super) fn shown(&self, font: Font) -> String {
        let mut out = String::new();
        match self {
            Words::Plain(text) if !font.struck => out.push_str(text),
            Words::Plain(_) => {}
            Words::Rich(runs) => {
                for (run, own) in runs {
                    push_run(&mut out, run, own.unwrap_or(font));
                }
            }
        }
        out
    }
}

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Rich {
    runs: Vec<(String, Option<Font>)>,
    run: String,
    font: Option<Font>,
    in_text: bool,
    /// Inside a phonetic guide.
    guide: bool,
}

impl Rich {
    pub(super) fn open(&mut self, name: &str, e: &BytesStart<'_>) {
        match name {
            "rPh" => self.guide = true,
            "rPr" => self.font = Some(Font::default()),
            "vertAlign" => self.font.get_or_insert_default().raised = attribute(e, "val").is_some_and(|v| v != "baseline"),
            "strike" => {
                self.font.get_or_insert_default().struck = attribute(e, "val").is_none_or(|v| !matches!(&*v, "0" | "false"));
            }
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
        let (run, font) = (unescape(&std::mem::take(&mut self.run)), self.font.take());
        if !run.is_empty() {
            self.runs.push((run, font));
        }
    }

    /// The words, and none for what follows.
    pub(super) fn take(&mut self) -> Words {
        self.end_run();
        let mut runs = std::mem::take(self).runs;
        match runs.as_mut_slice() {
            [] => Words::Plain(String::new()),
            [(only, None)] => Words::Plain(std::mem::take(only)),
            _ => Words::Rich(runs),
        }
    }
}

/// Adds a run: what is struck out is deleted, and raised digits are marks of notes.
pub(super) fn push_run(out: &mut String, run: &str, font: Font) {
    if font.struck {
    } else if font.raised && needs_brackets(run) {
        out.push('[');
        out.push_str(run.trim());
        out.push(']');
    } else {
        out.push_str(run);
    }
}

/// Cuts text at the places where runs begin, in units of UTF-16.
pub(super) fn runs(units: &[u16], starts: impl Iterator<Item = (u16, Font)>) -> Words {
    let text = |range: &[u16]| String::from_utf16_lossy(range);
    let mut out = Vec::new();
    let (mut from, mut open) = (0, None);
    for (start, font) in starts {
        let start = usize::from(start).clamp(from, units.len());
        if start > from {
            out.push((text(&units[from..start]), open));
        }
        (from, open) = (start, Some(font));
    }
    if out.is_empty() && open.is_none() {
        return Words::Plain(text(units));
    }
    out.push((text(&units[from..]), open));
    Words::Rich(out)
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
