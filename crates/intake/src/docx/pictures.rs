//! Pictures that are large enough to be a table or a page.

use super::package::Relation;
use super::xml::Tag;
use crate::document::Picture;
use nianbao_form::Place;

/// English Metric Units in a point.
const POINT: f64 = 12_700.0;
/// An eighth of a page of A4, in square English Metric Units.
pub(super) const LARGE: u64 = 7_560_000 / 8 * 10_692_000;

/// A picture in the text.
#[derive(Debug)]
pub(super) struct Found {
    place: Place,
    /// The relation that leads to it; in Word 2003 its name.
    id: String,
}

impl Found {
    /// The picture that an element (`a:blip`, `v:imagedata`) shows.
    pub(super) fn new(tag: &Tag<'_>, place: Place) -> Option<Found> {
        let id = ["embed", "link", "id", "src"].iter().find_map(|name| tag.get(name).filter(|v| !v.is_empty()))?;
        Some(Found { place, id: id.into_owned() })
    }

    /// With the name of its part.
    pub(super) fn named(self, relations: &[Relation]) -> Picture {
        let part = relations.iter().find(|r| r.id == self.id).map_or(self.id.as_str(), |r| &r.target);
        Picture { place: self.place, part: part.into() }
    }
}

/// The area of a drawing (`wp:extent`).
pub(super) fn extent(tag: &Tag<'_>) -> u64 {
    let side = |name: &str| tag.number(name).unwrap_or(0) as u64;
    side("cx") * side("cy")
}

/// The area of a shape, if it tells its size with a unit; in a group sizes are parts of the group's.
pub(super) fn shape(tag: &Tag<'_>) -> Option<u64> {
    let style = tag.get("style")?;
    let side = |name: &str| {
        let rule =
            style.split(';').filter_map(|rule| rule.split_once(':')).find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
        length(rule.1.trim())
    };
    Some((side("width")? * side("height")?) as u64)
}

/// A length of VML in English Metric Units, at most a few metres.
fn length(text: &str) -> Option<f64> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let number: f64 = text[..unit].trim().parse().ok()?;
    let points = match text[unit..].trim() {
        "pt" => 1.0,
        "in" => 72.0,
        "cm" => 72.0 / 2.54,
        "mm" => 72.0 / 25.4,
        "px" => 0.75,
        "pc" => 12.0,
        _ => return None,
    };
    Some((number * points * POINT).clamp(0.0, 100_000_000.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::xml::{Scanner, Token};
    use super::*;

    #[test]
    fn sizes() {
        let table: [(&str, Option<bool>); 6] = [
            ("position:absolute;width:415.3pt;height:200pt;z-index:1", Some(true)),
            ("WIDTH: 15cm; height:10cm", Some(true)),
            ("width:40mm;height:40mm", Some(false)),
            ("width:8306;height:4000", None),
            ("width:xpt;height:4pt", None),
            ("", None),
        ];
        for (style, want) in table {
            let xml = format!("<v:shape style=\"{style}\"/>");
            let Token::Start(tag) = Scanner::new(xml.as_bytes()).next().unwrap() else { panic!("a tag") };
            assert_eq!(shape(&tag).map(|area| area >= LARGE), want, "{style}");
        }
    }
}
