//! Marked content: layers that are switched off, and text that stands in for what is drawn (ISO 32000-1, 8.11 and 14.6).

use std::collections::HashSet;

use hayro_syntax::object::{Array, Dict, Name, ObjRef, Object, ObjectIdentifier};
use hayro_syntax::xref::XRef;

use super::font::UNKNOWN;
use super::geometry::{Glyph, Page};
use super::symbols;

/// The layers that are off when the file is opened.
pub(super) fn hidden(xref: &XRef) -> HashSet<ObjectIdentifier> {
    let mut out = HashSet::new();
    let properties = xref.get::<Dict<'_>>(xref.root_id()).and_then(|root| root.get::<Dict<'_>>("OCProperties"));
    let Some(properties) = properties else { return out };
    let Some(default) = properties.get::<Dict<'_>>("D") else { return out };
    let refs = |array: Option<Array<'_>>| -> Vec<ObjectIdentifier> {
        let items = array.into_iter().flat_map(|a| a.raw_iter().take(10_000).collect::<Vec<_>>());
        items.filter_map(|i| i.as_obj_ref()).map(ObjRef::into).collect()
    };
    if default.get::<Name<'_>>("BaseState").as_deref() == Some(b"OFF") {
        out.extend(refs(properties.get::<Array<'_>>("OCGs")));
    }
    for on in refs(default.get::<Array<'_>>("ON")) {
        out.remove(&on);
    }
    out.extend(refs(default.get::<Array<'_>>("OFF")));
    out
}

/// Whether what a dictionary describes belongs to a layer that is off.
pub(super) fn is_hidden(dict: &Dict<'_>, hidden: &HashSet<ObjectIdentifier>) -> bool {
    !hidden.is_empty() && layer_off(dict.get_ref("OC"), dict.get::<Dict<'_>>("OC"), hidden)
}

fn layer_off(id: Option<ObjRef>, layer: Option<Dict<'_>>, hidden: &HashSet<ObjectIdentifier>) -> bool {
    let Some(layer) = layer else { return false };
    if layer.get::<Name<'_>>("Type").as_deref() != Some(b"OCMD") {
        return id.is_some_and(|id| hidden.contains(&id.into()));
    }
    let members: Vec<bool> = match layer.get::<Array<'_>>("OCGs") {
        Some(list) => list.raw_iter().take(1000).filter_map(|i| i.as_obj_ref()).map(|r| hidden.contains(&r.into())).collect(),
        None => layer.get_ref("OCGs").map(|r| hidden.contains(&r.into())).into_iter().collect(),
    };
    let off = |m: &bool| *m;
    !members.is_empty()
        && match layer.get::<Name<'_>>("P").as_deref() {
            Some(b"AllOn") => members.iter().any(off),
            Some(b"AnyOff") => !members.iter().any(off),
            Some(b"AllOff") => !members.iter().all(off),
            _ => members.iter().all(off),
        }
}

/// What a marked passage is.
#[derive(Debug)]
pub(super) enum Mark {
    Hidden,
    /// What it says, whatever its glyphs look like.
    Says(String),
}

/// What a tag with properties means.
pub(super) fn mark(
    tag: &Name<'_>,
    properties: &Object<'_>,
    named: &Dict<'_>,
    hidden: &HashSet<ObjectIdentifier>,
) -> Option<Mark> {
    let (id, dict) = match properties {
        Object::Name(name) => (named.get_ref(name), named.get::<Dict<'_>>(name)?),
        Object::Dict(dict) => (None, dict.clone()),
        _ => return None,
    };
    if **tag == *b"OC" {
        return layer_off(id, Some(dict), hidden).then_some(Mark::Hidden);
    }
    let text = dict.get::<hayro_syntax::object::String<'_>>("ActualText")?;
    let bytes = text.as_bytes();
    let units: Vec<u16> = match bytes.strip_prefix(&[0xFE, 0xFF]) {
        Some(rest) => rest.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect(),
        None => bytes.iter().map(|b| u16::from(*b)).collect(),
    };
    Some(Mark::Says(String::from_utf16_lossy(&units)))
}

/// The marked passages that are open.
#[derive(Debug, Default)]
pub(super) struct Marks {
    open: Vec<(Option<Mark>, usize)>,
    hidden: usize,
    /// Passages beyond the bound, which are only counted.
    beyond: usize,
}

impl Marks {
    pub(super) fn depth(&self) -> usize {
        self.open.len() + self.beyond
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.hidden > 0
    }

    pub(super) fn begin(&mut self, mark: Option<Mark>, page: &Page) {
        if self.open.len() >= 4096 {
            self.beyond += 1;
            return;
        }
        self.hidden += usize::from(matches!(mark, Some(Mark::Hidden)));
        self.open.push((mark, page.glyphs.len()));
    }

    pub(super) fn end(&mut self, page: &mut Page) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        match self.open.pop() {
            Some((Some(Mark::Hidden), _)) => self.hidden -= 1,
            Some((Some(Mark::Says(text)), first)) => say(&text, first, &mut page.glyphs),
            _ => {}
        }
    }
}

/// Puts a text in the place of the glyphs from `first` on, if they stand on one line and it is about as long: what stands
/// in for a whole paragraph does not tell where its words are.
fn say(text: &str, first: usize, glyphs: &mut Vec<Glyph>) {
    let Some(drawn) = glyphs.get_mut(first..) else { return };
    let Some(&Glyph { base, run, size, .. }) = drawn.first() else { return };
    let said: Vec<char> = text.chars().filter(|c| *c != '\u{AD}').map(symbols::plain).collect();
    let one_line = drawn.iter().all(|g| g.run == run && (g.base - base).abs() < 0.2 * size);
    let known = drawn.iter().all(|g| g.char != UNKNOWN);
    let figures = |c: &char| c.is_ascii_digit();
    if !one_line || said.len() > 4 * drawn.len() + 4 {
        return;
    }
    // A text that contradicts figures that are drawn is no better witness than they are.
    if known && drawn.iter().any(|g| figures(&g.char)) {
        let seen: String = drawn.iter().map(|g| g.char).filter(figures).collect();
        if seen == said.iter().copied().filter(figures).collect::<String>() {
            return;
        }
        drawn.iter_mut().for_each(|g| g.char = UNKNOWN);
        return;
    }
    if said.len() == drawn.len() {
        drawn.iter_mut().zip(&said).for_each(|(g, c)| g.char = *c);
        return;
    }
    let (Some(start), Some(end)) = (drawn.iter().map(|g| g.start).reduce(f32::min), drawn.iter().map(|g| g.end).reduce(f32::max))
    else {
        return;
    };
    let pattern = drawn[0];
    let (ax, ay) = (drawn.iter().map(|g| g.x).sum::<f32>(), drawn.iter().map(|g| g.y).sum::<f32>());
    let (ax, ay) = (ax / drawn.len() as f32, ay / drawn.len() as f32);
    glyphs.truncate(first);
    let step = (end - start) / said.len().max(1) as f32;
    let middle = (start + end) / 2.0;
    for (i, char) in said.into_iter().enumerate().filter(|(_, c)| !c.is_whitespace()) {
        let at = start + step * i as f32;
        let (dx, dy) = pattern.run.page(at + step / 2.0 - middle);
        glyphs.push(Glyph { char, start: at, end: at + step, x: ax + dx, y: ay + dy, ..pattern });
    }
}
