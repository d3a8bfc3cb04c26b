//! Properties of paragraphs, runs, cells and rows, as far as they say what is shown and where.
//!
//! Word repeats the same properties some hundred times in a document, byte for byte. [`Memory`] keeps what was made of
//! them, so that most are recognised by a comparison and not read again.

use super::styles::{StyleEffect, Styles};
use super::symbols::Font;
use super::xml::{Fault, Scanner, Tag, Token};
use crate::document::Down;

/// Lifted by as many half points, a digit is a mark of a note and not a digit of the number before it.
const RAISED: i32 = 6;

/// What a run's own properties say; `None` where they leave it to the styles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunProperties {
    pub(super) vanish: Option<bool>,
    pub(super) strike: Option<bool>,
    pub(super) double_strike: Option<bool>,
    pub(super) raised: Option<bool>,
    pub(super) style: StyleEffect,
    pub(super) font: Option<Font>,
}

/// What becomes of the end of a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mark {
    /// The paragraph ends here.
    #[default]
    Kept,
    /// A tracked deletion joins the next paragraph to this one.
    Deleted,
    /// The mark is hidden: shown on one line with the next paragraph, though a paragraph of its own.
    Hidden,
}

/// What a paragraph's properties say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ParagraphProperties {
    pub(super) style: StyleEffect,
    pub(super) mark: Mark,
}

/// What a cell's properties say.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellProperties {
    /// Grid columns; 0 for a cell that continues the one before it.
    pub(super) columns: usize,
    pub(super) continues: bool,
    pub(super) down: Down,
    pub(super) deleted: bool,
    /// Preferred width in twentieths of a point, 0 if none is told.
    pub(super) width: usize,
}

impl Default for CellProperties {
    fn default() -> CellProperties {
        CellProperties { columns: 1, continues: false, down: Down::Rows(1), deleted: false, width: 0 }
    }
}

/// What a row's properties say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowProperties {
    /// Empty grid columns before the first cell and after the last one.
    pub(super) before: usize,
    pub(super) after: usize,
    /// Width of the former.
    pub(super) width_before: usize,
    pub(super) deleted: bool,
}

/// Properties by the bytes that they were read from.
#[derive(Debug)]
pub(super) struct Memory<'x, T> {
    /// Content and end tag of the element, and what it says; those used last first.
    known: Vec<(&'x [u8], T)>,
    generation: u32,
}

/// How many are kept: comparing with each must stay cheaper than reading.
const KEPT: usize = 24;

impl<T> Default for Memory<'_, T> {
    fn default() -> Self {
        Memory { known: Vec::with_capacity(KEPT), generation: 0 }
    }
}

impl<'x, T: Copy> Memory<'x, T> {
    /// The properties in the element that was begun last, and leaves it; `read` reads them if they are new.
    #[inline]
    pub(super) fn recall(
        &mut self,
        scan: &mut Scanner<'x>,
        read: impl FnOnce(&mut Scanner<'x>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if scan.is_empty_element() {
            return read(scan);
        }
        if self.generation != scan.names.generation {
            self.generation = scan.names.generation;
            self.known.clear();
        }
        let rest = scan.rest();
        if let Some(at) = self.known.iter().position(|(bytes, _)| rest.starts_with(bytes)) {
            let (bytes, value) = self.known[at];
            self.known.swap(at, at / 2);
            scan.leave(bytes.len());
            return Ok(value);
        }
        let start = scan.position();
        let value = read(scan)?;
        if self.known.len() == KEPT {
            self.known.pop();
        }
        self.known.push((scan.since(start), value));
        Ok(value)
    }
}

/// Calls `each` for every element in the one that was begun last, with the local names of those around it.
fn walk<'x>(scan: &mut Scanner<'x>, mut each: impl FnMut(&[&'x [u8]], &Tag<'x>)) -> Result<(), Fault> {
    let outside = scan.depth().saturating_sub(1);
    let mut around: Vec<&'x [u8]> = Vec::new();
    while scan.depth() > outside {
        match scan.next()? {
            Token::Start(tag) => {
                each(&around, &tag);
                around.push(tag.local());
            }
            Token::End(_) => drop(around.pop()),
            _ => {}
        }
    }
    Ok(())
}

fn take_run(out: &mut RunProperties, tag: &Tag<'_>, styles: &Styles) {
    match tag.local() {
        b"vanish" | b"specVanish" => out.vanish = Some(out.vanish == Some(true) || tag.is_on()),
        b"strike" => out.strike = Some(tag.is_on()),
        b"dstrike" => out.double_strike = Some(tag.is_on()),
        b"vertAlign" => out.raised = Some(matches!(tag.value().as_deref(), Some("superscript" | "subscript"))),
        b"position" if out.raised.is_none() => {
            let lifted = tag.value().and_then(|v| v.trim().parse::<i32>().ok()).is_some_and(|v| v.abs() >= RAISED);
            out.raised = lifted.then_some(true);
        }
        b"rStyle" => out.style = tag.value().map_or_else(StyleEffect::default, |id| styles.character(&id)),
        b"rFonts" => out.font = tag.get("ascii").or_else(|| tag.get("hAnsi")).and_then(|f| Font::named(&f)),
        _ => {}
    }
}

/// Reads `w:rPr`.
pub(super) fn run(scan: &mut Scanner<'_>, styles: &Styles) -> Result<RunProperties, Fault> {
    let mut out = RunProperties::default();
    walk(scan, |around, tag| {
        if around.is_empty() {
            take_run(&mut out, tag, styles);
        }
    })?;
    Ok(out)
}

/// Reads `w:pPr`.
pub(super) fn paragraph(scan: &mut Scanner<'_>, styles: &Styles) -> Result<ParagraphProperties, Fault> {
    let mut out = ParagraphProperties { style: styles.paragraph(None), mark: Mark::Kept };
    walk(scan, |around, tag| match (around, tag.local()) {
        ([], b"pStyle") => out.style = styles.paragraph(tag.value().as_deref()),
        ([b"rPr"], b"del" | b"moveFrom") => out.mark = Mark::Deleted,
        ([b"rPr"], b"vanish" | b"specVanish") if tag.is_on() && out.mark == Mark::Kept => out.mark = Mark::Hidden,
        // Word 2003
        ([b"rPr"], b"annotation") if is_deletion(tag) => out.mark = Mark::Deleted,
        _ => {}
    })?;
    Ok(out)
}

/// Reads `w:tcPr`.
pub(super) fn cell(scan: &mut Scanner<'_>) -> Result<CellProperties, Fault> {
    let mut out = CellProperties::default();
    walk(scan, |around, tag| {
        if !around.is_empty() {
            return;
        }
        let restarts = |value: Option<std::borrow::Cow<'_, str>>| matches!(value.as_deref(), Some("restart" | "rest"));
        match tag.local() {
            b"gridSpan" => out.columns = tag.number("val").unwrap_or(1).max(1),
            b"vMerge" | b"vmerge" => out.down = if restarts(tag.value()) { Down::Begins } else { Down::Continues },
            // A tracked merge: what it is now, not what it was (ECMA-376 part 1, 17.13.5.3).
            b"cellMerge" => match tag.get("vMerge").as_deref() {
                Some("rest") => out.down = Down::Begins,
                Some("cont") => out.down = Down::Continues,
                _ => {}
            },
            b"hMerge" | b"hmerge" => out.continues = !restarts(tag.value()),
            b"cellDel" => out.deleted = true,
            b"tcW" if tag.get("type").is_none_or(|t| t == "dxa") => out.width = tag.number("w").unwrap_or(0),
            b"annotation" if is_deletion(tag) => out.deleted = true,
            _ => {}
        }
    })?;
    Ok(out)
}

/// Reads `w:trPr`.
pub(super) fn row(scan: &mut Scanner<'_>) -> Result<RowProperties, Fault> {
    let mut out = RowProperties::default();
    walk(scan, |around, tag| {
        if !around.is_empty() {
            return;
        }
        match tag.local() {
            b"gridBefore" => out.before = tag.number("val").unwrap_or(0),
            b"gridAfter" => out.after = tag.number("val").unwrap_or(0),
            b"wBefore" if tag.get("type").is_none_or(|t| t == "dxa") => out.width_before = tag.number("w").unwrap_or(0),
            b"del" => out.deleted = true,
            b"annotation" if is_deletion(tag) => out.deleted = true,
            _ => {}
        }
    })?;
    Ok(out)
}

/// Whether an annotation of Word 2003 is a deletion that was tracked.
pub(super) fn is_deletion(tag: &Tag<'_>) -> bool {
    tag.get("type").is_some_and(|t| t.starts_with("Word.Deletion"))
}

/// What `w:sdtPr` says: whether the control shows the words that ask for content instead of content.
pub(super) fn is_placeholder(scan: &mut Scanner<'_>) -> Result<bool, Fault> {
    let mut out = false;
    walk(scan, |around, tag| {
        if around.is_empty() && tag.local() == b"showingPlcHdr" {
            out = tag.is_on();
        }
    })?;
    Ok(out)
}

/// What a legacy form field shows of itself (`w:ffData`): the chosen entry of a list, or a box.
pub(super) fn form_field(scan: &mut Scanner<'_>) -> Result<Option<String>, Fault> {
    let (mut entries, mut chosen, mut default): (Vec<String>, Option<usize>, usize) = (Vec::new(), None, 0);
    let (mut is_box, mut checked, mut checked_default) = (false, None, false);
    walk(scan, |around, tag| match (around, tag.local()) {
        ([b"ddList"], b"result") => chosen = tag.number("val"),
        ([b"ddList"], b"default") => default = tag.number("val").unwrap_or(0),
        ([b"ddList"], b"listEntry") if entries.len() < 100 => entries.extend(tag.value().map(|v| v.into_owned())),
        ([], b"checkBox") => is_box = true,
        ([b"checkBox"], b"checked") => checked = Some(tag.is_on()),
        ([b"checkBox"], b"default") => checked_default = tag.is_on(),
        _ => {}
    })?;
    if is_box {
        return Ok(Some(if checked.unwrap_or(checked_default) { "☑" } else { "☐" }.to_owned()));
    }
    let at = chosen.unwrap_or(default);
    Ok(if at < entries.len() { Some(entries.swap_remove(at)) } else { None })
}

/// The properties of a style (`w:style`): `each` is given the elements in it.
pub(super) fn style<'x>(scan: &mut Scanner<'x>, each: impl FnMut(&[&'x [u8]], &Tag<'x>)) -> Result<(), Fault> {
    walk(scan, each)
}
