//! Single-file web pages (.mht): the page inside of a MIME message (RFC 2557, RFC 2045 and 2046).
//!
//! Read here and not with a library for mail: those take a part's charset at its word, drop a part whose encoding has a
//! flaw and decode every picture on the way. Only parts that the page shows as text are decoded; nothing is ever fetched.

use std::borrow::Cow;

use memchr::memmem;

use crate::charset::decode_as;
use crate::document::Document;
use crate::html::{self, Beside, mime_charset};
use crate::refuse::Refusal;

/// Parts nest no deeper, and there are no more of them.
const MAX_DEPTH: usize = 8;
const MAX_PARTS: usize = 4096;
/// The header of a message or part is no longer.
const MAX_HEADER: usize = 64 << 10;

/// Whether a text begins with the header of a message that holds a web page.
pub(crate) fn is_message(start: &str) -> bool {
    let (header, _) = Header::read(start.as_bytes());
    let kind = header.kind();
    kind.starts_with("multipart/") || kind == "text/html" || kind == "application/xhtml+xml"
}

/// Reads the file.
///
/// # Errors
/// No page in it, or one that is nested or sized beyond reason.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    // Zero bytes in front are of UTF-16, in which no program saves such files.
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut parts = Vec::new();
    let start = collect(text, 0, &mut parts);
    let root = start.and_then(|id| parts.iter().position(|p| p.header.id() == id && p.is_page()));
    let Some(root) = root.or_else(|| parts.iter().position(Part::is_page)) else {
        let words = parts.iter().find(|p| p.header.kind() == "text/plain").map(|p| p.text(false));
        return words
            .ok_or_else(|| {
                Refusal::unreadable(
                    "单一文件网页中没有网页内容，可能保存不完整，请另存为.docx后重新报送",
                    "the single-file web page holds no page, it may have been cut off; save it as .docx and send it anew",
                )
            })
            .and_then(|t| crate::text::read(&t));
    };
    let page = parts[root].text(true);
    if has_frames(&page) {
        // Workbooks are saved so: a sheet in a frame of which only one is shown at a time.
        let frame = |i: usize| format!("<iframe src=\"part:{i}\"></iframe>");
        let frames: String = (0..parts.len()).filter(|i| *i != root && parts[*i].is_page()).map(frame).collect();
        return html::read_with(&frames, &Parts(&parts));
    }
    html::read_with(&page, &Parts(&parts))
}

fn has_frames(page: &str) -> bool {
    page.match_indices('<').any(|(at, _)| page.as_bytes()[at..].get(..9).is_some_and(|t| t.eq_ignore_ascii_case(b"<frameset")))
        && !page
            .match_indices('<')
            .any(|(at, _)| page.as_bytes()[at..].get(..6).is_some_and(|t| t.eq_ignore_ascii_case(b"<table")))
}

/// The fields of a header that matter here.
#[derive(Debug, Default)]
struct Header {
    content_type: String,
    encoding: String,
    location: String,
    id: String,
}

impl Header {
    /// Reads a header and what follows it. Lines that are no fields end it as well as an empty one does.
    fn read(bytes: &[u8]) -> (Header, &[u8]) {
        let mut out = Header::default();
        let mut field: Vec<u8> = Vec::new();
        let mut rest = bytes;
        while bytes.len() - rest.len() < MAX_HEADER {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
            let line = rest[..end].trim_ascii_end();
            let continues = matches!(line.first(), Some(b' ' | b'\t')) && !field.is_empty();
            if !continues {
                out.take(&field);
                field.clear();
                if line.is_empty() {
                    return (out, &rest[end..]);
                }
                if !is_field(line) {
                    return (out, rest);
                }
            }
            field.extend_from_slice(line);
            rest = &rest[end..];
        }
        out.take(&field);
        (out, rest)
    }

    fn take(&mut self, field: &[u8]) {
        let Some(colon) = memchr::memchr(b':', field) else { return };
        let value = || String::from_utf8_lossy(&field[colon + 1..]).trim().to_owned();
        let name = field[..colon].trim_ascii().to_ascii_lowercase();
        match name.as_slice() {
            b"content-type" => self.content_type = value(),
            b"content-transfer-encoding" => self.encoding = value().to_ascii_lowercase(),
            b"content-location" => self.location = value(),
            b"content-id" => self.id = value(),
            _ => {}
        }
    }

    /// The type without parameters, in lower case.
    fn kind(&self) -> String {
        self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The identifier without its angle brackets.
    fn id(&self) -> &str {
        bare(&self.id)
    }

    /// A parameter of the type.
    fn parameter(&self, name: &str) -> Option<String> {
        let lower = self.content_type.to_ascii_lowercase();
        let mut from = lower.find(';')?;
        while let Some(at) = lower[from..].find(name).map(|i| from + i) {
            from = at + name.len();
            let named = lower[..at].ends_with([';', ' ', '\t']);
            let Some(value) = self.content_type.get(from..).and_then(|r| r.trim_start().strip_prefix('=')).filter(|_| named)
            else {
                continue;
            };
            let value = value.trim_start();
            return Some(match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next().unwrap_or_default().to_owned(),
                None => value.split([';', ' ', '\t']).next().unwrap_or_default().to_owned(),
            });
        }
        None
    }
}

fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

fn is_field(line: &[u8]) -> bool {
    let name = line.iter().position(|b| *b == b':').unwrap_or(0);
    (1..=60).contains(&name) && line[..name].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b' ' | b'\t'))
}

/// A part of the message that is none of several parts.
struct Part<'a> {
    header: Header,
    body: &'a [u8],
}

impl Part<'_> {
    fn is_page(&self) -> bool {
        let kind = self.header.kind();
        kind == "text/html"
            || kind == "application/xhtml+xml"
            || kind.is_empty() && self.body.trim_ascii_start().starts_with(b"<")
    }

    fn text(&self, html: bool) -> String {
        let bytes = match self.header.encoding.split(';').next().unwrap_or_default().trim().trim_matches('"') {
            "quoted-printable" => Cow::Owned(quoted_printable(self.body)),
            "base64" => Cow::Owned(base64(self.body)),
            _ => Cow::Borrowed(self.body),
        };
        decode_as(&bytes, html, mime_charset(&self.header.content_type).as_deref()).into_owned()
    }
}

/// Collects the parts of a message in order; what it names as the part to begin with.
fn collect<'a>(bytes: &'a [u8], depth: usize, out: &mut Vec<Part<'a>>) -> Option<String> {
    let skipped = bytes.len() - bytes.trim_ascii_start().len();
    let (header, body) = Header::read(if depth == 0 { &bytes[skipped..] } else { bytes });
    if out.len() >= MAX_PARTS {
        return None;
    }
    let kind = header.kind();
    if depth < MAX_DEPTH && kind.starts_with("multipart/") {
        let start = header.parameter("start").map(|s| bare(&s).to_owned());
        let mut inner = None;
        let boundary = header.parameter("boundary").map(|b| format!("--{b}").into_bytes());
        for part in split(body, boundary) {
            let started = collect(part, depth + 1, out);
            inner = inner.or(started);
        }
        return start.or(inner);
    }
    if depth < MAX_DEPTH && kind == "message/rfc822" {
        return collect(body, depth + 1, out);
    }
    out.push(Part { header, body });
    None
}

/// Cuts a body at the lines of its boundary. Where the one that the header names does not occur, the first line will do
/// that looks like one and has a header behind it.
fn split(body: &[u8], boundary: Option<Vec<u8>>) -> Vec<&[u8]> {
    let found = boundary.filter(|b| b.len() > 2 && next_boundary(body, b, 0).is_some()).or_else(|| likely_boundary(body));
    let Some(boundary) = found else { return vec![body] };
    let mut out = Vec::new();
    let mut start = None;
    let mut from = 0;
    while let Some(at) = next_boundary(body, &boundary, from) {
        let end = at - usize::from(at > 0) - usize::from(at > 1 && body[at - 2] == b'\r');
        out.extend(start.and_then(|s| body.get(s..end)));
        let after = at + boundary.len();
        if body[after..].starts_with(b"--") {
            return out;
        }
        from = after + memchr::memchr(b'\n', &body[after..]).map_or(body.len() - after, |i| i + 1);
        start = Some(from);
        if out.len() >= MAX_PARTS {
            return out;
        }
    }
    // The file is cut off: what there is of the last part.
    out.extend(start.and_then(|s| body.get(s..)));
    out
}

fn next_boundary(body: &[u8], boundary: &[u8], from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let at = from + memmem::find(body.get(from..)?, boundary)?;
        let rest = &body[at + boundary.len()..];
        let ends = rest.first().is_none_or(u8::is_ascii_whitespace) || rest.starts_with(b"--");
        if ends && (at == 0 || body[at - 1] == b'\n') {
            return Some(at);
        }
        from = at + 1;
    }
}

fn likely_boundary(body: &[u8]) -> Option<Vec<u8>> {
    let mut from = 0;
    while let Some(at) = memmem::find(&body[from..], b"--").map(|i| from + i) {
        let line = body[at..].split(|b| *b == b'\n').next().unwrap_or_default();
        from = at + line.len().max(2);
        let is_first = at == 0 || body[at - 1] == b'\n';
        let next = body.get(at + line.len() + 1..).unwrap_or_default();
        if is_first && line.len() > 8 && next.get(..8).is_some_and(|n| n.eq_ignore_ascii_case(b"content-")) {
            return Some(line.trim_ascii_end().to_vec());
        }
    }
    None
}

/// Decodes quoted-printable text; what is not well formed stays as it is.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| (*b as char).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        // Blanks that a program put behind a soft line break.
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
        if let (Some(a), Some(b)) = (digit(rest.first()), digit(rest.get(1))) {
            out.push((a * 16 + b) as u8);
            rest = &rest[2..];
        } else if rest.get(blanks) == Some(&b'\n') {
            rest = &rest[blanks + 1..];
        } else if !rest.is_empty() {
            out.push(b'=');
        }
    }
    out.extend_from_slice(rest);
    out
}

/// Decodes base64; characters that do not belong to it are passed over.
fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for b in bytes {
        let value = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                held = 0;
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

/// The other parts, which the page names by location or identifier.
struct Parts<'a>(&'a [Part<'a>]);

impl Parts<'_> {
    fn find(&self, address: &str) -> Option<&Part<'_>> {
        let address = address.trim();
        if let Some(number) = address.strip_prefix("part:") {
            return self.0.get(number.parse::<usize>().ok()?);
        }
        if let Some(id) = address.strip_prefix("cid:") {
            return self.0.iter().find(|p| p.header.id() == id);
        }
        let address = address.split('#').next().filter(|a| !a.is_empty())?;
        let named = |p: &&Part<'_>| {
            let location = &p.header.location;
            location == address || location.strip_suffix(address).is_some_and(|l| l.ends_with(['/', '\\']))
        };
        let mut found = self.0.iter().filter(named);
        // Two of one name: not to be told apart without the base of the page.
        found.next().filter(|_| found.next().is_none())
    }
}

impl Beside for Parts<'_> {
    fn sheet(&self, address: &str) -> Option<String> {
        self.find(address).map(|p| p.text(false))
    }

    fn page(&self, address: &str) -> Option<String> {
        self.find(address).filter(|p| p.is_page()).map(|p| p.text(true))
    }
}
