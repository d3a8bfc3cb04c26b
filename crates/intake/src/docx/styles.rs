//! What styles hide, strike out and raise (`word/styles.xml`).

use std::collections::HashMap;

use memchr::memmem;

use super::names::Name;
use super::properties;
use super::xml::{Fault, Scanner, Tag, Token};

/// A style may be based on another so many times over.
const MAX_BASES: usize = 64;
/// No document has so many styles.
const MAX_STYLES: usize = 20_000;

/// What a style, with those that it is based on, does to text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StyleEffect {
    pub(super) vanish: bool,
    pub(super) strike: bool,
    pub(super) double_strike: bool,
    pub(super) raised: Option<bool>,
}

/// The styles of a document that do anything to text.
#[derive(Debug, Default)]
pub(super) struct Styles {
    /// What holds for all text (`w:docDefaults`).
    pub(super) defaults: StyleEffect,
    /// The paragraph style where none is named.
    usual: StyleEffect,
    by_id: HashMap<Box<str>, StyleEffect>,
}

#[derive(Clone, Debug, Default)]
struct Style {
    base: Option<Box<str>>,
    vanish: Option<bool>,
    strike: Option<bool>,
    double_strike: Option<bool>,
    raised: Option<bool>,
}

impl Style {
    fn take(&mut self, tag: &Tag<'_>) {
        match tag.local() {
            b"vanish" => self.vanish = Some(tag.is_on()),
            b"strike" => self.strike = Some(tag.is_on()),
            b"dstrike" => self.double_strike = Some(tag.is_on()),
            b"vertAlign" => self.raised = Some(matches!(tag.value().as_deref(), Some("superscript" | "subscript"))),
            _ => {}
        }
    }

    fn effect(&self) -> StyleEffect {
        let on = |v: Option<bool>| v == Some(true);
        StyleEffect {
            vanish: on(self.vanish),
            strike: on(self.strike),
            double_strike: on(self.double_strike),
            raised: self.raised,
        }
    }
}

impl Styles {
    /// Reads a styles part in UTF-8. Most documents have no style that hides anything, which a search tells at once.
    pub(super) fn read(bytes: &[u8]) -> Result<Styles, Fault> {
        let tells = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
        if !tells("anish") && !tells("trike") && !tells("vertAlign") {
            return Ok(Styles::default());
        }
        let mut scan = Scanner::new(bytes);
        loop {
            match scan.next()? {
                Token::Start(tag) if tag.name == Name::Styles => return Styles::within(&mut scan),
                Token::End0 => return Ok(Styles::default()),
                _ => {}
            }
        }
    }

    /// Reads the element `w:styles` that was begun last.
    pub(super) fn within(scan: &mut Scanner<'_>) -> Result<Styles, Fault> {
        let mut all: HashMap<Box<str>, Style> = HashMap::new();
        let (mut defaults, mut usual) = (Style::default(), None);
        let outside = scan.depth().saturating_sub(1);
        while scan.depth() > outside {
            let Token::Start(tag) = scan.next()? else { continue };
            match tag.local() {
                b"docDefaults" => properties::style(scan, |around, tag| {
                    if matches!(around, [b"rPrDefault", b"rPr"]) {
                        defaults.take(tag);
                    }
                })?,
                b"style" => {
                    let id = tag.get("styleId").unwrap_or_default().into_owned().into_boxed_str();
                    let is_default = matches!(tag.get("default").as_deref(), Some("1" | "true" | "on"));
                    if is_default && tag.get("type").as_deref() == Some("paragraph") {
                        usual = Some(id.clone());
                    }
                    let mut style = Style::default();
                    properties::style(scan, |around, tag| match (around, tag.local()) {
                        ([], b"basedOn") => style.base = tag.value().map(|v| v.into_owned().into_boxed_str()),
                        ([b"rPr"], _) => style.take(tag),
                        _ => {}
                    })?;
                    if all.len() >= MAX_STYLES {
                        return Err(Fault::Large);
                    }
                    all.insert(id, style);
                }
                _ => scan.skip()?,
            }
        }
        let by_id: HashMap<Box<str>, StyleEffect> = all.keys().map(|id| (id.clone(), resolve(&all, id))).collect();
        let usual = usual.and_then(|id| by_id.get(&id).copied()).unwrap_or_default();
        Ok(Styles { defaults: defaults.effect(), usual, by_id })
    }

    /// What a paragraph style does; the default one where none is named or where it is not defined.
    pub(super) fn paragraph(&self, id: Option<&str>) -> StyleEffect {
        id.and_then(|id| self.by_id.get(id)).copied().unwrap_or(self.usual)
    }

    /// What a character style does. Those of note references raise their text even where no styles are told.
    pub(super) fn character(&self, id: &str) -> StyleEffect {
        let mut effect = self.by_id.get(id).copied().unwrap_or_default();
        let id = id.to_ascii_lowercase();
        if id.contains("notereference") {
            effect.raised = Some(true);
        }
        effect
    }
}

/// A style with what it takes from those that it is based on: what the nearest one says holds.
fn resolve(all: &HashMap<Box<str>, Style>, id: &str) -> StyleEffect {
    let mut out = Style::default();
    let mut at = all.get(id);
    for _ in 0..MAX_BASES {
        let Some(style) = at else { break };
        out.vanish = out.vanish.or(style.vanish);
        out.strike = out.strike.or(style.strike);
        out.double_strike = out.double_strike.or(style.double_strike);
        out.raised = out.raised.or(style.raised);
        at = style.base.as_ref().and_then(|b| all.get(b));
    }
    out.effect()
}
