//! Names and attributes of elements.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

/// Attributes by their names without prefix, values unescaped.
pub(super) fn attributes<'e>(e: &'e BytesStart<'_>) -> impl Iterator<Item = (&'e str, Cow<'e, str>)> {
    let mut all = e.attributes();
    all.with_checks(false);
    all.flatten().map(|a| {
        let value = a.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap_or_default();
        (local(a.key.into_inner()), value)
    })
}

/// The value of an attribute.
pub(super) fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    attributes(e).find(|(n, _)| *n == name).map(|(_, value)| value.into_owned())
}

/// How many; 1 where it makes no sense.
pub(super) fn number(value: &str) -> usize {
    value.trim().parse().ok().filter(|n| *n > 0).unwrap_or(1)
}

/// How many an attribute says; 1 where it is missing or makes no sense.
pub(super) fn count(e: &BytesStart<'_>, name: &str) -> usize {
    attributes(e).find(|(n, _)| *n == name).map_or(1, |(_, value)| number(&value))
}

/// Whether an attribute says yes.
pub(super) fn is_on(e: &BytesStart<'_>, name: &str) -> bool {
    attribute(e, name).is_some_and(|v| v == "true")
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The namespaces that matter, each with the prefix by which it goes here.
const NAMESPACES: [(&str, &str); 6] = [
    ("urn:oasis:names:tc:opendocument:xmlns:office:1.0", "office"),
    ("urn:oasis:names:tc:opendocument:xmlns:style:1.0", "style"),
    ("urn:oasis:names:tc:opendocument:xmlns:text:1.0", "text"),
    ("urn:oasis:names:tc:opendocument:xmlns:table:1.0", "table"),
    ("urn:oasis:names:tc:opendocument:xmlns:drawing:1.0", "draw"),
    ("urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0", "loext"),
];

/// The prefixes of a document that are not the usual ones.
#[derive(Debug, Default)]
pub(super) struct Prefixes(Vec<(String, &'static str)>);

impl Prefixes {
    /// Takes those that the first element declares.
    pub(super) fn new(root: &BytesStart<'_>) -> Prefixes {
        let mut unusual = Vec::new();
        for attribute in root.attributes().flatten() {
            let key = attribute.key.into_inner();
            let prefix = if key == "xmlns" { Some("") } else { key.strip_prefix("xmlns:") };
            let usual = NAMESPACES.iter().find(|(uri, _)| *uri == attribute.value.as_ref());
            match (prefix, usual) {
                (Some(prefix), Some((_, usual))) if prefix != *usual => unusual.push((prefix.to_owned(), *usual)),
                // A usual prefix of another namespace.
                (Some(prefix), None) if NAMESPACES.iter().any(|(_, usual)| *usual == prefix) => {
                    unusual.push((prefix.to_owned(), "foreign"));
                }
                _ => {}
            }
        }
        Prefixes(unusual)
    }

    /// A name with the usual prefix of its namespace.
    pub(super) fn usual<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(name);
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        match self.0.iter().find(|(own, _)| own == prefix) {
            Some((_, usual)) => Cow::Owned(format!("{usual}:{local}")),
            None => Cow::Borrowed(name),
        }
    }
}
