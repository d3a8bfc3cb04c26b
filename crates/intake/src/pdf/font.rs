//! What the bytes of a text string say and how far each moves on (ISO 32000-1, 9.5 to 9.10).
//!
//! A character that cannot be known is U+FFFD, never a guess: a cell that holds one is no number. That is why an embedded
//! font with codes of its own is not read by the standard encoding, as the text search of viewers does.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, WritingMode, load_embedded};
use hayro_font::{FontCache, FontGlyph, FontQuery};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};

use super::program::Program;
use super::stream::unpack;
use super::symbols;
use crate::refuse::Refusal;

/// What cannot be known.
pub(super) const UNKNOWN: char = char::REPLACEMENT_CHARACTER;

/// A character code as shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// What it says: one character, or those of a ligature.
    pub chars: Chars,
    /// How far it moves on, in parts of the type size: to the right, or downwards in vertical fonts.
    pub advance: f64,
    /// Whether word spacing applies to it.
    pub blank: bool,
}

/// One character or several.
#[derive(Clone, Debug)]
pub(super) enum Chars {
    One(char),
    Many(Rc<[char]>),
}

impl Chars {
    fn of(text: &BfString) -> Option<Chars> {
        let chars = match text {
            BfString::Char(c) => return Some(Chars::One(usable(*c)?)),
            BfString::String(s) => s.chars().take(16).map(usable).collect::<Option<Rc<[char]>>>()?,
        };
        match chars.as_ref() {
            [] => None,
            [one] => Some(Chars::One(*one)),
            _ => Some(Chars::Many(chars)),
        }
    }

    /// The characters in order.
    pub(super) fn as_slice(&self) -> &[char] {
        match self {
            Chars::One(c) => std::slice::from_ref(c),
            Chars::Many(many) => many,
        }
    }
}

/// A character as it is to be taken; `None` for those that name nothing.
fn usable(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' => Some(' '),
        '\0'..='\u{1F}' | UNKNOWN => None,
        c => Some(symbols::plain(c)),
    }
}

/// A font of a PDF.
pub(super) struct Font<'a> {
    kind: Kind<'a>,
    to_unicode: ToUnicode,
    shown: RefCell<HashMap<u32, Shown>>,
    /// Whether lines run downwards.
    pub vertical: bool,
    /// Size of the type where the type size is 1: Type 3 fonts have units of their own.
    pub em: f64,
}

enum Kind<'a> {
    Simple(Box<Simple<'a>>),
    Composite(Box<Composite>),
}

enum ToUnicode {
    Absent,
    Map(Box<CMap>),
    /// The codes are Unicode.
    Same,
}

impl<'a> Font<'a> {
    /// Reads a font.
    ///
    /// # Errors
    /// A part of it that unpacks beyond all bounds.
    pub(super) fn read(dict: &Dict<'a>) -> Result<Font<'a>, Refusal> {
        let subtype = dict.get::<Name<'_>>("Subtype");
        let to_unicode = match dict.get::<Object<'_>>("ToUnicode") {
            Some(Object::Stream(s)) => unpack(&s)?
                .and_then(|data| CMap::parse(&data, load_embedded))
                .map_or(ToUnicode::Absent, |m| ToUnicode::Map(Box::new(m))),
            Some(Object::Name(n)) if n.starts_with(b"Identity") => ToUnicode::Same,
            _ => ToUnicode::Absent,
        };
        let (mut em, mut vertical) = (1.0, false);
        let kind = if subtype.as_deref() == Some(b"Type0") {
            let composite = Composite::read(dict, matches!(to_unicode, ToUnicode::Absent))?;
            vertical = composite.vertical;
            Kind::Composite(Box::new(composite))
        } else {
            let simple = Simple::read(dict, subtype.as_deref())?;
            em = simple.unit * 1000.0;
            Kind::Simple(Box::new(simple))
        };
        Ok(Font { kind, to_unicode, shown: RefCell::default(), vertical, em })
    }

    /// Takes the next code off `bytes`.
    pub(super) fn next(&self, bytes: &mut &[u8]) -> Option<Shown> {
        let (code, length) = match &self.kind {
            Kind::Simple(_) => (u32::from(*bytes.first()?), 1),
            Kind::Composite(c) => c.encoding.code(bytes)?,
        };
        *bytes = bytes.get(length..).unwrap_or_default();
        if let Some(known) = self.shown.borrow().get(&code) {
            return Some(known.clone());
        }
        // What a predefined encoding says is certain; programs that rewrite files get the other table wrong.
        let certain = match &self.kind {
            Kind::Composite(c) => c.certain(code, length),
            Kind::Simple(_) => None,
        };
        let told = certain.or_else(|| match &self.to_unicode {
            ToUnicode::Map(map) => map.lookup_bf_string(code).as_ref().and_then(Chars::of),
            ToUnicode::Same => char::from_u32(code).and_then(usable).map(Chars::One),
            ToUnicode::Absent => None,
        });
        let (own, advance) = match &self.kind {
            Kind::Simple(s) => (if told.is_none() { s.char(code as u8) } else { None }, s.width(code as u8) * s.unit),
            Kind::Composite(c) => {
                let number = c.encoding.number(code, length);
                (if told.is_none() { c.char(number) } else { None }, c.advance(number) / 1000.0)
            }
        };
        let shown = Shown {
            chars: told.or(own).unwrap_or(Chars::One(UNKNOWN)),
            advance: if advance.is_finite() { advance.clamp(-20.0, 20.0) } else { 0.0 },
            blank: length == 1 && code == 32,
        };
        self.shown.borrow_mut().insert(code, shown.clone());
        Some(shown)
    }
}

struct Simple<'a> {
    dict: Dict<'a>,
    /// The library's view of the font: names, encodings and widths of the standard fonts.
    library: OnceCell<Option<hayro_font::Font<'a>>>,
    /// The program of an embedded font with codes of its own, which no encoding explains.
    program: Option<Program>,
    own_codes: bool,
    first: usize,
    widths: Vec<f32>,
    missing: f32,
    /// Size of a unit of its widths: a thousandth, or what a Type 3 font says.
    unit: f64,
}

impl<'a> Simple<'a> {
    fn read(dict: &Dict<'a>, subtype: Option<&[u8]>) -> Result<Simple<'a>, Refusal> {
        let descriptor = dict.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let unit = match subtype {
            Some(b"Type3") => dict.get::<[f64; 6]>("FontMatrix").map_or(0.001, |m| m[0].abs().max(m[3].abs())).clamp(1e-6, 10.0),
            _ => 0.001,
        };
        let plain = match dict.get::<Object<'_>>("Encoding") {
            Some(Object::Name(_)) => true,
            Some(Object::Dict(d)) => d.contains_key("BaseEncoding") || d.contains_key("Differences"),
            _ => false,
        };
        // Flag 3 of the descriptor: the font has characters outside the standard set.
        let symbolic = descriptor.get::<i64>("Flags").is_none_or(|f| f & 4 != 0);
        let own_codes = !plain && symbolic && descriptor.contains_key("FontFile2");
        let embedded = ["FontFile", "FontFile2", "FontFile3"].iter().filter_map(|k| descriptor.get::<Stream<'_>>(k));
        let mut library = OnceCell::new();
        // The library unpacks the program and makes room for as many widths as the dictionary claims.
        let honest =
            |key| dict.get::<Object<'_>>(key).is_none_or(|o| o.into_number().is_some_and(|n| (0..256).contains(&n.as_i64())));
        if !honest("FirstChar") || !honest("LastChar") {
            library = OnceCell::from(None);
        } else if !dict.contains_key("ToUnicode") || !dict.contains_key("Widths") {
            for stream in embedded {
                if unpack(&stream)?.is_none() {
                    library = OnceCell::from(None);
                }
            }
        }
        let program = if own_codes && !dict.contains_key("ToUnicode") { Program::read(&descriptor, dict)? } else { None };
        let widths = dict.get::<Array<'_>>("Widths").map(|a| a.iter::<f32>().take(256).collect()).unwrap_or_default();
        Ok(Simple {
            dict: dict.clone(),
            library,
            program,
            own_codes,
            first: dict.get::<usize>("FirstChar").unwrap_or(0).min(256),
            widths,
            missing: descriptor.get::<f32>("MissingWidth").unwrap_or(0.0),
            unit,
        })
    }

    fn library(&self) -> Option<&hayro_font::Font<'a>> {
        let resolve = |query: &FontQuery| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(query) => Some(query.pick_standard_font().get_font_data()),
        };
        let load = || FontCache::new().font(&self.dict, &(Arc::new(resolve) as _), &(Arc::new(load_embedded) as _));
        self.library.get_or_init(load).as_ref()
    }

    fn char(&self, code: u8) -> Option<Chars> {
        if self.own_codes {
            return self.program.as_ref()?.of_code(code).and_then(usable).map(Chars::One);
        }
        let font = self.library()?;
        let code = u32::from(code);
        let text = match font.glyph(font.map_code(code), code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode(),
            FontGlyph::Type3(glyph) => glyph.as_unicode(),
        };
        text.as_ref().and_then(Chars::of)
    }

    fn width(&self, code: u8) -> f64 {
        let at = usize::from(code).checked_sub(self.first).and_then(|i| self.widths.get(i));
        match at {
            Some(width) => f64::from(*width),
            None if self.widths.is_empty() => self.library().map_or(500.0, |f| f.code_advance(u32::from(code)).x),
            None => f64::from(self.missing),
        }
    }
}

struct Composite {
    encoding: Encoding,
    vertical: bool,
    /// The collection whose characters the numbers of the font are.
    family: Option<Arc<CMap>>,
    program: Option<Program>,
    widths: Widths,
}

impl Composite {
    fn read(dict: &Dict<'_>, untold: bool) -> Result<Composite, Refusal> {
        let encoding = Encoding::read(&dict.get::<Object<'_>>("Encoding").unwrap_or(Object::Null(hayro_syntax::object::Null)))?;
        let font = dict.get::<Array<'_>>("DescendantFonts").and_then(|a| a.iter::<Dict<'_>>().next()).unwrap_or_default();
        let vertical = match &encoding {
            Encoding::Identity { vertical } => *vertical,
            Encoding::Map(map, _) => map.metadata().writing_mode == Some(WritingMode::Vertical),
        };
        let collection = || {
            let info = font.get::<Dict<'_>>("CIDSystemInfo")?;
            let (registry, ordering) = (info.get::<PdfString<'_>>("Registry")?, info.get::<PdfString<'_>>("Ordering")?);
            CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes()).ucs2_cmap()
        };
        let named = match &encoding {
            Encoding::Map(map, _) => map.metadata().character_collection.as_ref().and_then(|c| c.family.ucs2_cmap()),
            Encoding::Identity { .. } => None,
        };
        let known = matches!(encoding, Encoding::Map(_, Codes::Known));
        let family = if untold || known { named.or_else(collection).and_then(predefined) } else { None };
        let program = match font.get::<Dict<'_>>("FontDescriptor") {
            Some(descriptor) if untold && family.is_none() => Program::read(&descriptor, &font)?,
            _ => None,
        };
        Ok(Composite { encoding, vertical, family, program, widths: Widths::read(&font, vertical) })
    }

    /// What a code of a predefined encoding says.
    fn certain(&self, code: u32, length: usize) -> Option<Chars> {
        let Encoding::Map(_, codes) = self.encoding else { return None };
        match codes {
            Codes::Unicode => {
                let units = [(code >> 16) as u16, code as u16];
                let mut chars = char::decode_utf16(units.into_iter().skip_while(|u| *u == 0));
                chars.next()?.ok().and_then(usable).map(Chars::One)
            }
            Codes::Known => self.char(self.encoding.number(code, length)),
            Codes::Own => None,
        }
    }

    /// What the character of a number in the font is.
    fn char(&self, number: Option<u32>) -> Option<Chars> {
        let number = number?;
        if let Some(family) = &self.family {
            return family.lookup_bf_string(number).as_ref().and_then(Chars::of);
        }
        self.program.as_ref()?.of_number(number).and_then(usable).map(Chars::One)
    }

    fn advance(&self, number: Option<u32>) -> f64 {
        self.widths.of(number.unwrap_or(0))
    }
}

enum Encoding {
    /// Two bytes are the character's number in the font.
    Identity {
        vertical: bool,
    },
    Map(Arc<CMap>, Codes),
}

/// What the codes of an encoding are, apart from selecting characters of the font.
#[derive(Clone, Copy, PartialEq)]
enum Codes {
    Unicode,
    /// Characters of a national standard.
    Known,
    /// Of the font alone.
    Own,
}

impl Encoding {
    fn read(object: &Object<'_>) -> Result<Encoding, Refusal> {
        let map = match object {
            Object::Name(n) if n.as_str() == "Identity-V" => return Ok(Encoding::Identity { vertical: true }),
            Object::Name(n) => predefined(CMapName::from_bytes(n)).map(|map| {
                let unicode = n.starts_with(b"Uni");
                Encoding::Map(map, if unicode { Codes::Unicode } else { Codes::Known })
            }),
            Object::Stream(s) => {
                unpack(s)?.and_then(|data| CMap::parse(&data, load_embedded)).map(|map| Encoding::Map(Arc::new(map), Codes::Own))
            }
            _ => None,
        };
        Ok(map.unwrap_or(Encoding::Identity { vertical: false }))
    }

    /// The next code and its length in bytes.
    fn code(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        match (self, bytes) {
            (_, []) => None,
            (Encoding::Identity { .. }, [high, low, ..]) => Some((u32::from(u16::from_be_bytes([*high, *low])), 2)),
            (Encoding::Identity { .. }, [_]) => None,
            (Encoding::Map(map, _), _) => {
                let mut code = 0u32;
                for (i, byte) in bytes.iter().take(4).enumerate() {
                    code = code << 8 | u32::from(*byte);
                    if map.lookup_cid_code(code, i as u8 + 1).is_some() {
                        return Some((code, i + 1));
                    }
                }
                Some((u32::from(bytes[0]), 1))
            }
        }
    }

    /// The character's number in the font.
    fn number(&self, code: u32, length: usize) -> Option<u32> {
        match self {
            Encoding::Identity { .. } => Some(code),
            Encoding::Map(map, _) => map.lookup_cid_code(code, length as u8),
        }
    }
}

/// The character maps that every reader must know; each is unpacked once.
fn predefined(name: CMapName<'_>) -> Option<Arc<CMap>> {
    static KNOWN: Mutex<Vec<(Vec<u8>, Arc<CMap>)>> = Mutex::new(Vec::new());
    if matches!(name, CMapName::IdentityH | CMapName::IdentityV | CMapName::Custom(_)) {
        return None;
    }
    let mut known = KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, map)) = known.iter().find(|(n, _)| *n == name.to_bytes()) {
        return Some(map.clone());
    }
    let map = Arc::new(CMap::parse(load_embedded(name)?, load_embedded)?);
    known.push((name.to_bytes().to_vec(), map.clone()));
    Some(map)
}

/// Widths of a composite font, or for vertical lines how far down each character goes, as a positive number.
struct Widths {
    single: HashMap<u32, f32>,
    ranges: Vec<(u32, u32, f32)>,
    other: f32,
}

impl Widths {
    fn read(font: &Dict<'_>, vertical: bool) -> Widths {
        let mut out = Widths { single: HashMap::new(), ranges: Vec::new(), other: 1000.0 };
        // Vertical entries are three numbers: how far down, and the offset of the origin.
        let step = if vertical { 3 } else { 1 };
        if vertical {
            out.other = font.get::<[f32; 2]>("DW2").map_or(1000.0, |d| -d[1]);
        } else {
            out.other = font.get::<f32>("DW").unwrap_or(1000.0);
        }
        let sign = if vertical { -1.0 } else { 1.0 };
        let Some(array) = font.get::<Array<'_>>(if vertical { "W2" } else { "W" }) else { return out };
        let mut items = array.iter::<Object<'_>>();
        let number = |o: Object<'_>| o.into_number().map(|n| n.as_f64());
        while let Some(first) = items.next().and_then(number) {
            let first = first.max(0.0) as u32;
            match items.next() {
                Some(Object::Array(list)) => {
                    for (i, width) in list.iter::<f32>().step_by(step).take(1 << 16).enumerate() {
                        out.single.insert(first.saturating_add(i as u32), sign * width);
                    }
                }
                Some(last) => {
                    let (Some(last), Some(width)) = (number(last), items.next().and_then(number)) else { break };
                    for _ in 1..step {
                        items.next();
                    }
                    out.ranges.push((first, last.max(0.0) as u32, sign * width as f32));
                }
                None => break,
            }
        }
        out
    }

    fn of(&self, number: u32) -> f64 {
        let single = self.single.get(&number).copied();
        let range = || self.ranges.iter().find(|(a, b, _)| (*a..=*b).contains(&number)).map(|r| r.2);
        f64::from(single.or_else(range).unwrap_or(self.other))
    }
}
