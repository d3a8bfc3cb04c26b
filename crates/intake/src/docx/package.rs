//! The parts of a document: a zip (Open Packaging Conventions, ECMA-376 part 2), the same as one XML file ("flat OPC"), or
//! a single XML file (Word 2003, or a main part alone).

use base64::Engine as _;

use super::names::{Name, Space, split};
use super::xml::{Fault, Scanner, Token, utf8};
use super::zipped::{Room, Zip};
use crate::refuse::Refusal;

/// A part of XML may not unpack to more than this.
const MAX_XML: usize = 64 << 20;
/// A picture or an embedded document may not unpack to more than this.
const MAX_BINARY: usize = 128 << 20;
/// More parts and relations than any document has.
const MAX_PARTS: usize = 20_000;

/// The parts of a document.
pub(super) enum Package<'b> {
    /// A zip.
    Zip(Zip<'b>),
    /// Parts within one XML file.
    Flat(Vec<FlatPart<'b>>),
    /// The document itself.
    Single(&'b [u8]),
}

/// A part of a flat package.
pub(super) struct FlatPart<'b> {
    name: String,
    content: &'b [u8],
    is_base64: bool,
}

/// Where one part points to another.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type: `styles`, `image`, `footnotes`.
    pub(super) kind: String,
    /// The part that is meant, or an address outside.
    pub(super) target: String,
    pub(super) external: bool,
}

impl<'b> Package<'b> {
    /// Opens a document; XML is in UTF-8 by now.
    ///
    /// # Errors
    /// What is neither a zip nor well-formed XML.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Package<'b>, Refusal> {
        if bytes.starts_with(b"PK") {
            return Zip::open(bytes).map(Package::Zip).ok_or_else(|| Refusal::broken("docx"));
        }
        let mut scan = Scanner::new(bytes);
        loop {
            if let Token::Start(tag) = scan.next()? {
                let (prefix, local) = split(tag.qualified);
                let is_package = local == b"package" && scan.names.space(prefix) == Space::Package;
                return if is_package { Ok(Package::Flat(flat(&mut scan)?)) } else { Ok(Package::Single(bytes)) };
            }
        }
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Package::Zip(zip) => zip.has(name),
            Package::Flat(parts) => parts.iter().any(|p| p.name.eq_ignore_ascii_case(name)),
            Package::Single(_) => false,
        }
    }

    /// The bytes of a part of XML.
    ///
    /// # Errors
    /// A part that is encrypted, broken or too large.
    pub(super) fn xml<'a>(&'a self, name: &str, room: &'a mut Room) -> Result<Option<&'a [u8]>, Refusal> {
        self.read(name, MAX_XML, room)
    }

    /// The bytes of any part.
    ///
    /// # Errors
    /// A part that is encrypted, broken or too large.
    pub(super) fn binary(&self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let mut room = Room::default();
        Ok(self.read(name, MAX_BINARY, &mut room)?.map(<[u8]>::to_vec))
    }

    fn read<'a>(&'a self, name: &str, limit: usize, room: &'a mut Room) -> Result<Option<&'a [u8]>, Refusal> {
        match self {
            Package::Zip(zip) => zip.read(name, limit, room),
            Package::Flat(parts) => {
                let Some(part) = parts.iter().find(|p| p.name.eq_ignore_ascii_case(name)) else { return Ok(None) };
                if !part.is_base64 {
                    return Ok(Some(part.content));
                }
                let bytes = from_base64(part.content).ok_or_else(|| Refusal::broken("docx"))?;
                let to = room.of(bytes.len());
                to.copy_from_slice(&bytes);
                Ok(Some(to))
            }
            Package::Single(_) => Ok(None),
        }
    }

    /// The name of the main part: the one that the package says is the document, by its relations or by its content types;
    /// at last the one that is called so by custom.
    ///
    /// # Errors
    /// Parts that are encrypted or broken.
    pub(super) fn main(&self, room: &mut Room) -> Result<String, Refusal> {
        let named = self.relations("", room)?.into_iter().find(|r| r.kind == "officeDocument" && !r.external);
        if let Some(relation) = named.filter(|r| self.has(&r.target)) {
            return Ok(relation.target);
        }
        if let Some(name) = self.by_content_type(room)?.filter(|n| self.has(n)) {
            return Ok(name);
        }
        let usual = "word/document.xml".to_owned();
        if let (Package::Zip(zip), false) = (self, self.has(&usual)) {
            let mut names: Vec<String> = zip.names().map(|n| n.into_owned()).collect();
            names.retain(|n| n.starts_with("word/document") && n.ends_with(".xml"));
            names.sort();
            return Ok(names.into_iter().next().unwrap_or(usual));
        }
        Ok(usual)
    }

    fn by_content_type(&self, room: &mut Room) -> Result<Option<String>, Refusal> {
        Ok(self.xml("[Content_Types].xml", room)?.and_then(content_type_override))
    }

    /// The relations of a part (`""`: of the package). What is not well-formed in them ends the list.
    ///
    /// # Errors
    /// A part that is encrypted or broken.
    pub(super) fn relations(&self, part: &str, room: &mut Room) -> Result<Vec<Relation>, Refusal> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
        let Some(bytes) = self.xml(&name, room)? else { return Ok(Vec::new()) };
        let bytes = utf8(bytes)?;
        let mut scan = Scanner::new(&bytes);
        let mut out = Vec::new();
        while let Ok(token) = scan.next() {
            match token {
                Token::Start(tag) if tag.local() == b"Relationship" && out.len() < MAX_PARTS => {
                    let text = |name: &str| tag.get(name).unwrap_or_default();
                    let external = text("TargetMode").eq_ignore_ascii_case("external");
                    let target = text("Target");
                    out.push(Relation {
                        id: text("Id").into_owned(),
                        kind: text("Type").rsplit('/').next().unwrap_or_default().to_owned(),
                        target: if external { target.into_owned() } else { resolve(folder, &target) },
                        external,
                    });
                }
                Token::End0 => break,
                _ => {}
            }
        }
        Ok(out)
    }
}

/// The part that the content types call the main part of a Word document, template or macro-enabled document.
fn content_type_override(bytes: &[u8]) -> Option<String> {
    let bytes = utf8(bytes).ok()?;
    let mut scan = Scanner::new(&bytes);
    while let Ok(token) = scan.next() {
        match token {
            Token::Start(tag) if tag.local() == b"Override" => {
                if tag.get("ContentType").is_some_and(|t| is_main_type(&t)) {
                    return tag.get("PartName").map(|n| n.trim_start_matches('/').to_owned());
                }
            }
            Token::End0 => break,
            _ => {}
        }
    }
    None
}

fn is_main_type(kind: &str) -> bool {
    (kind.contains("wordprocessingml") || kind.contains("ms-word")) && kind.ends_with("main+xml")
}

/// The name of a part that is told relative to a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> =
        if target.starts_with('/') { Vec::new() } else { folder.split('/').filter(|p| !p.is_empty()).collect() };
    for piece in target.split('/') {
        match piece {
            "" | "." => {}
            ".." => drop(path.pop()),
            piece => path.push(piece),
        }
    }
    path.join("/")
}

/// The parts of a flat package, whose root was begun last (`pkg:part` with `pkg:xmlData` or `pkg:binaryData`).
fn flat<'b>(scan: &mut Scanner<'b>) -> Result<Vec<FlatPart<'b>>, Fault> {
    let mut out = Vec::new();
    let mut name = String::new();
    loop {
        match scan.next()? {
            Token::Start(tag) => {
                let (prefix, local) = split(tag.qualified);
                if scan.names.space(prefix) != Space::Package {
                    continue;
                }
                match local {
                    b"part" => name = tag.get("name").unwrap_or_default().trim_start_matches('/').to_owned(),
                    b"xmlData" | b"binaryData" => {
                        let start = scan.position();
                        scan.skip()?;
                        let inner = scan.since(start);
                        let end = memchr::memrchr(b'<', inner).unwrap_or(0);
                        if out.len() >= MAX_PARTS {
                            return Err(Fault::Large);
                        }
                        out.push(FlatPart {
                            name: std::mem::take(&mut name),
                            content: &inner[..end],
                            is_base64: local == b"binaryData",
                        });
                    }
                    _ => {}
                }
            }
            Token::End0 => return Ok(out),
            _ => {}
        }
    }
}

/// Base64 with line breaks.
pub(super) fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// The bytes of a picture that Word 2003 keeps in the text (`w:binData`).
pub(super) fn embedded_2003(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut scan = Scanner::new(bytes);
    loop {
        match scan.next().ok()? {
            Token::Start(tag) if tag.name == Name::Dropped && tag.local() == b"binData" => {
                if tag.get("name").is_some_and(|n| n == name)
                    && let Token::Text(text) = scan.next().ok()?
                {
                    return from_base64(text).filter(|b| b.len() <= MAX_BINARY);
                }
            }
            Token::End0 => return None,
            _ => {}
        }
    }
}

/// Whether a zip is a Word document by what is in it.
pub(super) fn is_word(bytes: &[u8]) -> bool {
    let Some(zip) = Zip::open(bytes) else { return false };
    zip.has("word/document.xml") || {
        let mut room = Room::default();
        let types = zip.read("[Content_Types].xml", 1 << 20, &mut room);
        types.ok().flatten().is_some_and(|t| content_type_override(t).is_some())
    }
}
