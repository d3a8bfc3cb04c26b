//! The parts of a package as XML, walked element by element without recursion.

use std::borrow::Cow;
use std::io::Cursor;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::members::Members;
use crate::refuse::Refusal;

/// The parts of a package may not unpack to more than this.
const MAX_UNPACKED: u64 = 128 << 20;
/// A package has no more parts than this.
const MAX_PARTS: usize = 20_000;
/// Elements may not nest deeper than this.
const MAX_DEPTH: usize = 256;

/// An open package.
pub(super) struct Package<'b> {
    members: Members<Cursor<&'b [u8]>>,
    left: u64,
    /// What to call it when it is broken.
    kind: &'static str,
}

impl<'b> Package<'b> {
    pub(super) fn open(bytes: &'b [u8], kind: &'static str) -> Result<Package<'b>, Refusal> {
        let members = Members::open(Cursor::new(bytes)).ok_or_else(|| Refusal::broken(kind))?;
        if members.list().len() > MAX_PARTS {
            return Err(Refusal::too_large());
        }
        Ok(Package { members, left: MAX_UNPACKED, kind })
    }

    /// The bytes of a part. `None` if there is no such part.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(at) = self.members.find(name) else { return Ok(None) };
        let bytes = self.members.bytes(at, self.left)?;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(Some(bytes))
    }

    /// The text of a part.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(self.bytes(name)?.map(|bytes| match String::from_utf8(bytes) {
            Ok(text) if !text.starts_with('\u{feff}') => text,
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(other) => encoding_rs::UTF_8.decode(other.as_bytes()).0.into_owned(),
        }))
    }

    /// The refusal of a part that must be there.
    pub(super) fn broken(&self) -> Refusal {
        Refusal::broken(self.kind)
    }

    /// The relations of a part: id, the end of its type, and the part that it leads to. Links out of the package are
    /// left out.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Refusal> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let Some(xml) = self.text(&format!("{folder}{slash}_rels/{file}.rels"))? else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        walk(&xml, self.kind, |step| {
            if let Step::Open("Relationship", e) = step {
                let get = |name| attribute(e, name).unwrap_or_default().into_owned();
                if get("TargetMode") != "External" && out.len() < MAX_PARTS {
                    let kind = get("Type").rsplit('/').next().unwrap_or("").to_owned();
                    out.push(Relation { id: get("Id"), kind, part: resolve(folder, &get("Target")) });
                }
            }
            Ok(())
        })?;
        Ok(out)
    }
}

/// A relation of a part.
pub(super) struct Relation {
    pub(super) id: String,
    /// `worksheet`, `sharedStrings`, `styles` …
    pub(super) kind: String,
    pub(super) part: String,
}

/// The part that a target means, seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for piece in target.split('/') {
        match piece {
            "" | "." => {}
            ".." => drop(path.pop()),
            piece => path.push(piece),
        }
    }
    path.retain(|p| !p.is_empty());
    path.join("/")
}

/// What [`walk`] comes to.
pub(super) enum Step<'s, 'x> {
    /// An element opens: its local name and the element.
    Open(&'s str, &'s BytesStart<'x>),
    /// An element closes.
    Close(&'s str),
    /// Words.
    Text(Cow<'s, str>),
}

/// Walks through a text of XML.
///
/// # Errors
/// XML that is broken, cut off or nested too deeply, references to what XML itself does not define (what they stand for
/// may be a digit), and whatever `visit` refuses.
pub(super) fn walk(xml: &str, kind: &str, mut visit: impl FnMut(Step<'_, '_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0usize;
    loop {
        match reader.read_event().map_err(|_| Refusal::broken(kind))? {
            Event::Start(e) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Refusal::too_deep());
                }
                visit(Step::Open(bare(e.name().as_ref()), &e))?;
            }
            Event::Empty(e) => {
                visit(Step::Open(bare(e.name().as_ref()), &e))?;
                visit(Step::Close(bare(e.name().as_ref())))?;
            }
            Event::End(e) => {
                depth = depth.saturating_sub(1);
                visit(Step::Close(bare(e.name().as_ref())))?;
            }
            Event::Text(t) => visit(Step::Text(t.xml10_content()))?,
            Event::CData(t) => visit(Step::Text(t.xml10_content()))?,
            Event::GeneralRef(r) => {
                let named = |name: &str| quick_xml::escape::resolve_predefined_entity(name).and_then(|t| t.chars().next());
                let c = r.resolve_char_ref().ok().flatten().or_else(|| named(&r.xml10_content()));
                visit(Step::Text(Cow::Owned(c.ok_or_else(|| Refusal::broken(kind))?.to_string())))?;
            }
            Event::Eof if depth == 0 => return Ok(()),
            // A part that ends in the middle of an element was cut off.
            Event::Eof => return Err(Refusal::broken(kind)),
            _ => {}
        }
    }
}

/// A name without the prefix of its namespace.
pub(super) fn bare(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, bare)| bare)
}

/// An attribute by its local name.
pub(super) fn attribute<'e>(e: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let mut all = e.attributes();
    all.with_checks(false);
    let found = all.flatten().find(|a| bare(a.key.as_ref()) == name)?;
    Some(match found.value {
        Cow::Borrowed(plain) if !plain.contains('&') => Cow::Borrowed(plain),
        value => Cow::Owned(quick_xml::escape::unescape(&value).map_or_else(|_| value.to_string(), Cow::into_owned)),
    })
}

/// Whether an attribute says yes.
pub(super) fn is_on(e: &BytesStart<'_>, name: &str) -> bool {
    attribute(e, name).is_some_and(|v| matches!(&*v, "1" | "true" | "on"))
}
