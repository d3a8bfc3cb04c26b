//! Styles: only what they say of whether text is shown, struck out or raised, and how wide columns are.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use crate::odt::xml::{attribute, attributes};

/// Styles are read as far as this.
const MAX_STYLES: usize = 100_000;
/// A style is based on no more styles than this.
const MAX_PARENTS: usize = 32;

/// What a style says of its text; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    hidden: Option<bool>,
    struck: Option<bool>,
    raised: Option<bool>,
}

impl Told {
    fn or(self, parent: Told) -> Told {
        Told {
            hidden: self.hidden.or(parent.hidden),
            struck: self.struck.or(parent.struck),
            raised: self.raised.or(parent.raised),
        }
    }
}

/// How a run of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Looks {
    /// `text:display="none"`
    hidden: bool,
    /// Struck out, which is deleted.
    struck: bool,
    /// Above or below the line.
    pub raised: bool,
}

impl Looks {
    /// Whether the text counts.
    pub(super) fn is_shown(self) -> bool {
        !self.hidden && !self.struck
    }
}

/// What a style is for: names are counted in each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Family {
    /// `text`
    Text,
    /// `paragraph`
    Paragraph,
    /// `table-column`
    Column,
}

#[derive(Debug, Default)]
struct Style {
    told: Told,
    parent: Option<String>,
    /// The width of a column in any unit: widths of one table are compared alone.
    width: f64,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    /// As they were read, until [`Styles::settle`].
    read: HashMap<(Family, String), Style>,
    open: Option<(Family, String)>,
    text: HashMap<String, Told>,
    paragraph: HashMap<String, Told>,
    column: HashMap<String, f64>,
}

impl Styles {
    /// `style:style`
    pub(super) fn begin(&mut self, e: &BytesStart<'_>) {
        self.open = None;
        let (mut family, mut name, mut parent) = (None, None, None);
        for (key, value) in attributes(e) {
            match key {
                "family" => {
                    family = match value.as_ref() {
                        "text" => Some(Family::Text),
                        "paragraph" => Some(Family::Paragraph),
                        "table-column" => Some(Family::Column),
                        _ => return,
                    }
                }
                "name" => name = Some(value.into_owned()),
                "parent-style-name" => parent = Some(value.into_owned()),
                _ => {}
            }
        }
        if let (Some(family), Some(name)) = (family, name)
            && self.read.len() < MAX_STYLES
        {
            let key = (family, name);
            self.read.insert(key.clone(), Style { parent, ..Style::default() });
            self.open = Some(key);
        }
    }

    /// The end of `style:style`.
    pub(super) fn end(&mut self) {
        self.open = None;
    }

    /// `style:text-properties`
    pub(super) fn text(&mut self, e: &BytesStart<'_>) {
        let Some(style) = self.open.as_ref().and_then(|key| self.read.get_mut(key)) else { return };
        for (name, value) in attributes(e) {
            let told = &mut style.told;
            match name {
                "display" => told.hidden = Some(value == "none"),
                "text-line-through-style" | "text-line-through-type" => told.struck = Some(value != "none"),
                "text-position" => told.raised = Some(is_raised(&value)),
                _ => {}
            }
        }
    }

    /// `style:table-column-properties`
    pub(super) fn column(&mut self, e: &BytesStart<'_>) {
        let Some(style) = self.open.as_ref().and_then(|key| self.read.get_mut(key)) else { return };
        for (name, value) in attributes(e) {
            if matches!(name, "rel-column-width") || (name == "column-width" && style.width == 0.0) {
                style.width = length(&value);
            }
        }
    }

    /// All styles are read: works out what each says with those that it is based on.
    pub(super) fn settle(&mut self) {
        for ((family, name), style) in &self.read {
            if *family == Family::Column {
                self.column.insert(name.clone(), style.width);
                continue;
            }
            let (mut told, mut next) = (style.told, style.parent.as_ref());
            for _ in 0..MAX_PARENTS {
                let Some(parent) = next.and_then(|n| self.read.get(&(*family, n.clone()))) else { break };
                told = told.or(parent.told);
                next = parent.parent.as_ref();
            }
            if told != Told::default() {
                let of = if *family == Family::Text { &mut self.text } else { &mut self.paragraph };
                of.insert(name.clone(), told);
            }
        }
        self.read = HashMap::new();
    }

    /// How text looks in a paragraph or span of the element inside what looks like `outer`.
    pub(super) fn looks(&self, family: Family, e: &BytesStart<'_>, outer: Looks) -> Looks {
        let styles = if family == Family::Text { &self.text } else { &self.paragraph };
        if styles.is_empty() {
            return outer;
        }
        let told = attribute(e, "style-name").and_then(|name| styles.get(&name).copied()).unwrap_or_default();
        Looks {
            hidden: told.hidden.unwrap_or(outer.hidden),
            struck: told.struck.unwrap_or(outer.struck),
            raised: told.raised.unwrap_or(outer.raised),
        }
    }

    /// The width of a column; 0 where it is not told.
    pub(super) fn width(&self, name: &str) -> f64 {
        self.column.get(name).copied().unwrap_or(0.0)
    }
}

/// Whether styles of a part can matter: few hide, strike out or raise.
pub(super) fn matter(xml: &[u8]) -> bool {
    ["display=\"none\"", "line-through", "text-position", "crossing-out"]
        .iter()
        .any(|words| memchr::memmem::find(xml, words.as_bytes()).is_some())
        || !xml.starts_with(b"<?xml")
}

/// `super 58%`, `sub 58%`, `33% 58%`; `0% 100%` stands on the line.
fn is_raised(value: &str) -> bool {
    match value.split_whitespace().next() {
        Some("super" | "sub") => true,
        Some(shift) => shift.trim_end_matches('%').parse::<f64>().is_ok_and(|s| s != 0.0),
        None => false,
    }
}

/// The number of a length; a table's widths are all in one unit.
fn length(value: &str) -> f64 {
    let number = value.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.');
    number.parse().ok().filter(|n: &f64| n.is_finite() && (0.0..=1e7).contains(n)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_lengths() {
        for (value, raised) in
            [("super 58%", true), ("sub", true), ("0% 100%", false), ("-33% 58%", true), ("33% 58%", true), ("", false)]
        {
            assert_eq!(is_raised(value), raised, "{value}");
        }
        for (value, size) in [("2.5cm", 2.5), ("6553*", 6553.0), ("abc", 0.0), ("1e99cm", 0.0), ("inf", 0.0)] {
            assert_eq!(length(value), size, "{value}");
        }
    }
}
