//! Office Open XML workbooks (ECMA-376 part 1, chapter 18): `.xlsx`, `.xlsm`, and `.et` of newer WPS.

use quick_xml::events::BytesStart;

use super::parts::{Package, Step, attribute, is_on, walk};
use super::shown::{Epoch, Shown, decimal};
use super::strings::{Font, Rich, Words, unescape};
use super::{Area, MAX_CELLS, MAX_STYLES, NO_RESULT, NO_TEXT, Workbook, too_many};
use crate::refuse::Refusal;

const KIND: &str = "xlsx";
/// A workbook has no more sheets than this.
const MAX_SHEETS: usize = 1024;

/// How a cell is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Style {
    /// Its number format; none where it shows numbers as they are.
    shown: Option<Shown>,
    font: Font,
}

impl Style {
    pub(super) fn new(shown: Shown, font: Font) -> Style {
        Style { shown: Some(shown).filter(|s| !s.is_plain()), font }
    }

    /// What a number is shown as.
    pub(super) fn number(&self, value: f64, epoch: Epoch) -> String {
        match &self.shown {
            _ if self.font.struck => String::new(),
            Some(shown) => shown.text(value, epoch),
            None if value.is_finite() => decimal(value),
            None => "无效数值".to_owned(),
        }
    }

    /// What a text is shown as.
    pub(super) fn words(&self, text: String) -> String {
        if self.font.struck { String::new() } else { text }
    }

    /// What rich text is shown as.
    pub(super) fn rich(&self, words: &Words) -> String {
        words.shown(self.font)
    }
}

/// What all sheets of a workbook share.
struct Shared {
    strings: Vec<Words>,
    styles: Vec<Style>,
    epoch: Epoch,
}

/// Reads a workbook.
///
/// # Errors
/// A broken, encrypted or oversized file.
pub(super) fn read(bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut package = Package::open(bytes, KIND)?;
    let root = root(&mut package, "xl/workbook.xml")?;
    let xml = package.text(&root)?.ok_or_else(|| package.broken())?;
    let (sheets, epoch) = sheets(&xml)?;
    let named = named(&xml)?;
    let relations = package.relations(&root)?;
    let of = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.part.clone());
    let strings = match package.text(&of("sharedStrings").unwrap_or_else(|| "xl/sharedStrings.xml".into()))? {
        Some(xml) => strings(&xml)?,
        None => Vec::new(),
    };
    let styles = match package.text(&of("styles").unwrap_or_else(|| "xl/styles.xml".into()))? {
        Some(xml) => styles(&xml)?,
        None => Vec::new(),
    };
    let shared = Shared { strings, styles, epoch };
    let mut book = Workbook::default();
    let mut told = [String::new(), String::new()];
    for (i, sheet) in sheets.iter().enumerate() {
        let part = match relations.iter().find(|r| r.id == sheet.relation) {
            Some(r) if r.kind == "worksheet" => r.part.clone(),
            // A chart or a dialogue.
            Some(_) => continue,
            None => format!("xl/worksheets/sheet{}.xml", i + 1),
        };
        let xml = package.text(&part)?.ok_or_else(|| package.broken())?;
        book.sheet(&sheet.name, sheet.hidden);
        SheetReader { book: &mut book, shared: &shared, row: 0, column: 0, cell: None, zeros: true, rich: Rich::default() }
            .read(&xml)?;
        for (name, _, cell) in named.iter().filter(|n| n.1 == sheet.name) {
            match (name.as_str(), reference(cell)) {
                (AGENCY, Some(at)) => told[0] = book.text_at(at),
                (YEAR, Some(at)) => told[1] = book.text_at(at),
                _ => {}
            }
        }
        if named.iter().any(|n| n.1 == sheet.name && n.0.starts_with(ASIDE)) {
            book.sheets.pop();
        }
    }
    let [agency, year] = told;
    book.told = (!agency.is_empty() || !year.is_empty()).then_some((agency, year));
    Ok(book)
}

/// The part with the list of sheets.
pub(super) fn root(package: &mut Package<'_>, usual: &str) -> Result<String, Refusal> {
    let relations = package.relations("")?;
    Ok(relations.into_iter().find(|r| r.kind == "officeDocument").map_or_else(|| usual.to_owned(), |r| r.part))
}

/// A sheet of the list.
struct Listed {
    name: String,
    hidden: bool,
    relation: String,
}

fn sheets(xml: &str) -> Result<(Vec<Listed>, Epoch), Refusal> {
    let mut out = Vec::new();
    let mut epoch = Epoch::Y1900;
    walk(xml, KIND, |step| {
        match step {
            Step::Open("sheet", e) if out.len() < MAX_SHEETS => out.push(Listed {
                name: attribute(e, "name").unwrap_or_default().into_owned(),
                hidden: attribute(e, "state").is_some_and(|s| s != "visible"),
                relation: attribute(e, "id").unwrap_or_default().into_owned(),
            }),
            Step::Open("workbookPr", e) if is_on(e, "date1904") => epoch = Epoch::Y1904,
            _ => {}
        }
        Ok(())
    })?;
    Ok((out, epoch))
}

/// How the names of ranges begin by which sheets say that they are no part of the report: the program's own workbooks
/// have lists and working sheets beside the tables of the form.
const ASIDE: &str = "nianbao.aside.";
/// Names of the cells of the program's empty form that say whose report it is, and of which year.
const AGENCY: &str = "nianbao.agency";
const YEAR: &str = "nianbao.year";

/// The named ranges of the workbook that mean something here: name, sheet, cell.
fn named(xml: &str) -> Result<Vec<(String, String, String)>, Refusal> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    walk(xml, KIND, |step| {
        match step {
            Step::Open("definedName", e) => {
                let name = attribute(e, "name").unwrap_or_default().into_owned();
                inside = out.len() < MAX_SHEETS && (name.starts_with(ASIDE) || name == AGENCY || name == YEAR);
                if inside {
                    out.push((name, String::new()));
                }
            }
            Step::Text(text) if inside => {
                if let Some(last) = out.last_mut() {
                    last.1.push_str(&text);
                }
            }
            Step::Close("definedName") => inside = false,
            _ => {}
        }
        Ok(())
    })?;
    // 'It''s'!$A$1; what deleting a sheet leaves, #REF!, names none.
    let taken_apart = |(name, range): (String, String)| {
        let (sheet, cell) = range.rsplit_once('!').unwrap_or_default();
        let bare = sheet.trim_start_matches('$');
        let quoted = bare.strip_prefix('\'').and_then(|s| s.strip_suffix('\''));
        (name, quoted.map_or_else(|| bare.to_owned(), |s| s.replace("''", "'")), cell.to_owned())
    };
    Ok(out.into_iter().map(taken_apart).collect())
}

fn strings(xml: &str) -> Result<Vec<Words>, Refusal> {
    let mut out = Vec::new();
    let mut rich = Rich::default();
    walk(xml, KIND, |step| {
        match step {
            Step::Open(name, e) => rich.open(name, e),
            Step::Text(text) => rich.words(&text),
            Step::Close("si") if out.len() == MAX_CELLS => return Err(too_many()),
            Step::Close("si") => out.push(rich.take()),
            Step::Close(name) => rich.close(name),
        }
        Ok(())
    })?;
    Ok(out)
}

/// The formats of cells by number. Formats of the file's own go before those that a number stands for.
fn styles(xml: &str) -> Result<Vec<Style>, Refusal> {
    let mut formats: Vec<(u16, Shown)> = Vec::new();
    let mut fonts: Vec<Font> = Vec::new();
    let mut out = Vec::new();
    let mut inside = "";
    walk(xml, KIND, |step| {
        if formats.len().max(fonts.len()).max(out.len()) > MAX_STYLES {
            return Err(too_many());
        }
        match step {
            Step::Open("fonts", _) => inside = "fonts",
            Step::Open("cellXfs", _) => inside = "cellXfs",
            Step::Close("fonts" | "cellXfs") => inside = "",
            Step::Open("numFmt", e) if inside.is_empty() => {
                let id = attribute(e, "numFmtId").and_then(|v| v.parse().ok());
                if let (Some(id), Some(code)) = (id, attribute(e, "formatCode")) {
                    formats.push((id, Shown::parse(&code)));
                }
            }
            Step::Open("font", _) if inside == "fonts" => fonts.push(Font::default()),
            Step::Open("strike", e) if inside == "fonts" => {
                if let Some(last) = fonts.last_mut() {
                    last.struck = attribute(e, "val").is_none_or(|v| !matches!(&*v, "0" | "false"));
                }
            }
            Step::Open("vertAlign", e) if inside == "fonts" => {
                if let Some(last) = fonts.last_mut() {
                    last.raised = attribute(e, "val").is_some_and(|v| v != "baseline");
                }
            }
            Step::Open("xf", e) if inside == "cellXfs" => {
                let id: u16 = attribute(e, "numFmtId").and_then(|v| v.parse().ok()).unwrap_or(0);
                let font: usize = attribute(e, "fontId").and_then(|v| v.parse().ok()).unwrap_or(0);
                let own = formats.iter().find(|f| f.0 == id).map(|f| f.1.clone());
                out.push(Style::new(own.unwrap_or_else(|| Shown::built_in(id)), fonts.get(font).copied().unwrap_or_default()));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(out)
}

/// A cell in the making.
#[derive(Default)]
struct Raw {
    /// `s`, `str`, `inlineStr`, `b`, `e`, `d` or `n`.
    kind: Kind,
    style: usize,
    /// The text of `v`, if there is one.
    value: Option<String>,
    formula: bool,
    in_value: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Words,
    Inline,
    Boolean,
}

struct SheetReader<'a> {
    book: &'a mut Workbook,
    shared: &'a Shared,
    /// The row and the column that come next where the file does not tell.
    row: u32,
    column: u32,
    cell: Option<Raw>,
    /// Whether zeros are shown.
    zeros: bool,
    rich: Rich,
}

impl SheetReader<'_> {
    fn read(mut self, xml: &str) -> Result<(), Refusal> {
        let mut data = false;
        walk(xml, KIND, |step| {
            match step {
                Step::Open("c", e) if data => self.begin(e)?,
                Step::Open("v", _) if self.cell.is_some() => {
                    if let Some(cell) = &mut self.cell {
                        (cell.in_value, cell.value) = (true, Some(String::new()));
                    }
                }
                Step::Text(text) => match &mut self.cell {
                    Some(Raw { in_value: true, value: Some(value), .. }) => value.push_str(&text),
                    Some(Raw { kind: Kind::Inline, .. }) => self.rich.words(&text),
                    _ => {}
                },
                Step::Close("v") => {
                    if let Some(cell) = &mut self.cell {
                        cell.in_value = false;
                    }
                }
                Step::Close("c") => {
                    if let Some(cell) = self.cell.take() {
                        self.end(&cell)?;
                    }
                }
                Step::Open("f", _) if self.cell.is_some() => {
                    if let Some(cell) = &mut self.cell {
                        cell.formula = true;
                    }
                }
                Step::Open(name, e) if self.cell.is_some() => self.rich.open(name, e),
                Step::Close(name) if self.cell.is_some() => self.rich.close(name),
                Step::Open("row", e) if data => self.begin_row(e),
                Step::Close("row") => self.row = self.row.saturating_add(1),
                Step::Open("sheetData", _) => data = true,
                Step::Close("sheetData") => data = false,
                Step::Open("sheetView", e) => {
                    self.zeros = attribute(e, "showZeros").is_none_or(|v| !matches!(&*v, "0" | "false"))
                }
                Step::Open("col", e) => self.hide_columns(e),
                Step::Open("mergeCell", e) => {
                    if let Some(area) = attribute(e, "ref").and_then(|r| area(&r)) {
                        self.book.merge(area);
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn begin_row(&mut self, e: &BytesStart<'_>) {
        if let Some(row) = attribute(e, "r").and_then(|r| r.parse::<u32>().ok()).and_then(|r| r.checked_sub(1)) {
            self.row = row;
        }
        self.column = 0;
        let flat = attribute(e, "ht").is_some_and(|h| h.parse::<f64>() == Ok(0.0));
        if flat || is_on(e, "hidden") {
            self.book.hide_rows(self.row, self.row);
        }
    }

    fn hide_columns(&mut self, e: &BytesStart<'_>) {
        let number = |name| attribute(e, name).and_then(|v| v.parse::<u32>().ok()).and_then(|v| v.checked_sub(1));
        let flat = attribute(e, "width").is_some_and(|w| w.parse::<f64>() == Ok(0.0));
        if (flat || is_on(e, "hidden"))
            && let (Some(from), Some(to)) = (number("min"), number("max"))
        {
            self.book.hide_columns(from, to);
        }
    }

    fn begin(&mut self, e: &BytesStart<'_>) -> Result<(), Refusal> {
        let mut cell = Raw::default();
        let mut all = e.attributes();
        all.with_checks(false);
        for a in all.flatten() {
            match a.key.as_ref() {
                // A cell whose place cannot be told would be a figure in another's place.
                "r" => (self.row, self.column) = reference(&a.value).ok_or_else(|| Refusal::broken(KIND))?,
                "s" => cell.style = a.value.parse().unwrap_or(0),
                "t" => {
                    cell.kind = match &*a.value {
                        "s" => Kind::Shared,
                        "str" | "e" | "d" => Kind::Words,
                        "inlineStr" => Kind::Inline,
                        "b" => Kind::Boolean,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
        self.cell = Some(cell);
        Ok(())
    }

    fn end(&mut self, cell: &Raw) -> Result<(), Refusal> {
        let plain = Style::default();
        let style = self.shared.styles.get(cell.style).unwrap_or(&plain);
        let value = cell.value.as_deref();
        let text = match cell.kind {
            Kind::Inline => style.rich(&self.rich.take()),
            _ if value.is_none() && cell.formula => NO_RESULT.to_owned(),
            Kind::Words => style.words(unescape(value.unwrap_or(""))),
            _ if value.is_none_or(|v| v.trim().is_empty()) => (if cell.formula { NO_RESULT } else { "" }).to_owned(),
            Kind::Shared => {
                let at = value.and_then(|v| v.trim().parse::<usize>().ok());
                at.and_then(|i| self.shared.strings.get(i)).map_or_else(|| NO_TEXT.to_owned(), |w| style.rich(w))
            }
            Kind::Boolean => style.words((if value.map(str::trim) == Some("1") { "TRUE" } else { "FALSE" }).to_owned()),
            Kind::Number => {
                let value = value.unwrap_or("").trim();
                match value.parse::<f64>() {
                    Ok(0.0) if !self.zeros => String::new(),
                    Ok(number) => style.number(number, self.shared.epoch),
                    Err(_) => style.words(format!("无效数值{value}")),
                }
            }
        };
        self.book.push(self.row, self.column, text)?;
        self.column = self.column.saturating_add(1);
        Ok(())
    }
}

/// Row and column, from 0, of `F12`.
fn reference(text: &str) -> Option<(u32, u32)> {
    let end = text.find(|c: char| c.is_ascii_digit())?;
    let mut column = 0u32;
    for letter in text[..end].bytes().filter(|b| *b != b'$') {
        let digit = letter.to_ascii_uppercase().checked_sub(b'A').filter(|d| *d < 26)?;
        column = column.checked_mul(26)?.checked_add(u32::from(digit) + 1)?;
    }
    let row: u32 = text[end..].parse().ok()?;
    let inside = (1..=16_384).contains(&column) && (1..=1_048_576).contains(&row);
    inside.then(|| (row - 1, column - 1))
}

/// The rectangle of `A1:F12`.
fn area(text: &str) -> Option<Area> {
    let (from, to) = text.split_once(':')?;
    let ((top, left), (bottom, right)) = (reference(from)?, reference(to)?);
    (top <= bottom && left <= right).then_some(Area { top, left, bottom, right })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(reference("A1"), Some((0, 0)));
        assert_eq!(reference("XFD1048576"), Some((1_048_575, 16_383)));
        for wrong in ["", "A", "1", "A0", "XFE1", "A1048577", "ZZZZZZZZZZ1", "A1B"] {
            assert_eq!(reference(wrong), None, "{wrong}");
        }
        assert_eq!(area("B2:C4"), Some(Area { top: 1, left: 1, bottom: 3, right: 2 }));
        assert_eq!(area("C4:B2"), None);
    }
}
