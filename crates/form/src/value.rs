//! What a cell of a report holds, and where it stood.

use std::fmt;
use std::sync::Arc;

use crate::Number;

/// What a cell holds. Zero (a number), blank, none and words are four different things and stay so to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum State {
    /// A number.
    Number,
    /// Nothing, or white space alone.
    Blank,
    /// A mark such as `/` by which the agency says "none"; counts as 0 in identities and sums.
    None,
    /// Words, or a figure that could not be read for certain.
    Text,
    /// The document has no such cell.
    #[default]
    Absent,
}

impl State {
    /// The word of normalised files.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Number => "number",
            State::Blank => "blank",
            State::None => "none",
            State::Text => "text",
            State::Absent => "absent",
        }
    }

    /// The state that a word of a normalised file names.
    pub fn parse(word: &str) -> Option<State> {
        Some(match word {
            "number" => State::Number,
            "blank" => State::Blank,
            "none" => State::None,
            "text" => State::Text,
            "absent" => State::Absent,
            _ => return None,
        })
    }
}

/// Where something stood, precise enough to find it by hand. All numbers count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Place {
    /// Nowhere: derived, or not told by a normalised file.
    #[default]
    Unknown,
    /// A table of a document.
    Table {
        /// The how-many-eth table.
        table: u32,
        /// Row, counting every printed row.
        row: u32,
        /// Column, counting grid columns after spans are expanded.
        column: u32,
    },
    /// A table on a page of a document with fixed pages, or of a picture of one.
    OnPage {
        /// Page.
        page: u32,
        /// The how-many-eth table of the document.
        table: u32,
        /// Row of the table on this page.
        row: u32,
        /// Column, counting grid columns after spans are expanded.
        column: u32,
        /// Whether the figure was recognised in a picture rather than read.
        ocr: bool,
    },
    /// A line of a text file.
    Line(u32),
    /// A line of a text file with several cells, and the character of it where the cell begins.
    LineAt(u32, u32),
    /// A paragraph of a document.
    Paragraph(u32),
    /// A page.
    Page(u32),
    /// A cell of a workbook, such as `F12` of the sheet `表三`.
    Sheet {
        /// Name of the sheet, shared by all its cells.
        sheet: Arc<str>,
        /// Row.
        row: u32,
        /// Column: 1 is `A`.
        column: u32,
    },
    /// As a normalised file gave it.
    Given(Box<str>),
}

impl Place {
    /// The place in Chinese, for clerks.
    pub fn zh(&self) -> String {
        match self {
            Place::Unknown => String::new(),
            Place::Table { table, row, column } => format!("第{table}个表格第{row}行第{column}列"),
            Place::OnPage { page, table, row, column, ocr } => {
                format!("第{page}页第{table}个表格第{row}行第{column}列{}", if *ocr { "（图片识别）" } else { "" })
            }
            Place::Line(line) => format!("第{line}行"),
            Place::LineAt(line, character) => format!("第{line}行第{character}字"),
            Place::Paragraph(n) => format!("第{n}段"),
            Place::Page(page) => format!("第{page}页"),
            Place::Sheet { sheet, row, column } => format!("工作表“{sheet}”{}{row}", letters(*column)),
            Place::Given(text) => given_zh(text).unwrap_or_else(|| text.to_string()),
        }
    }
}

/// A place of a normalised file, `table 2, row 5, column 3`, in Chinese; `None` where it is written in another way.
fn given_zh(text: &str) -> Option<String> {
    let mut out = String::new();
    for part in text.split(", ") {
        let (word, rest) = part.split_once(' ').unwrap_or((part, ""));
        let number = || rest.parse::<u32>().ok();
        match word {
            "table" => out.push_str(&format!("第{}个表格", number()?)),
            "row" | "line" => out.push_str(&format!("第{}行", number()?)),
            "column" => out.push_str(&format!("第{}列", number()?)),
            "character" => out.push_str(&format!("第{}字", number()?)),
            "paragraph" => out.push_str(&format!("第{}段", number()?)),
            "page" => out.push_str(&format!("第{}页", number()?)),
            "sheet" => {
                let (sheet, cell) = rest.rsplit_once(' ')?;
                out.push_str(&format!("工作表“{sheet}”{cell}"));
            }
            "ocr" if rest.is_empty() => out.push_str("（图片识别）"),
            _ => return None,
        }
    }
    Some(out)
}

/// A column of a workbook as its heads print it: 1 is `A`, 27 is `AA`.
fn letters(column: u32) -> String {
    let mut rest = column;
    let mut out = String::new();
    while rest > 0 {
        out.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    out
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Unknown => Ok(()),
            Place::Table { table, row, column } => write!(f, "table {table}, row {row}, column {column}"),
            Place::OnPage { page, table, row, column, ocr } => {
                write!(f, "page {page}, table {table}, row {row}, column {column}{}", if *ocr { ", ocr" } else { "" })
            }
            Place::Line(line) => write!(f, "line {line}"),
            Place::LineAt(line, character) => write!(f, "line {line}, character {character}"),
            Place::Paragraph(n) => write!(f, "paragraph {n}"),
            Place::Page(page) => write!(f, "page {page}"),
            Place::Sheet { sheet, row, column } => write!(f, "sheet {sheet} {}{row}", letters(*column)),
            Place::Given(text) => f.write_str(text),
        }
    }
}

/// A cell's content with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Value {
    /// What kind of content.
    pub state: State,
    /// The number; `Some` if and only if `state` is [`State::Number`]. Money in 万元.
    pub number: Option<Number>,
    /// The text as found.
    pub raw: Box<str>,
    /// Where it stood.
    pub place: Place,
    /// Empty if read; else the identity that proves the value, as [`crate::Identity::key`].
    pub derived: Option<Box<str>>,
}

impl Value {
    /// A number that was read.
    pub fn number(number: Number, raw: impl Into<Box<str>>, place: Place) -> Value {
        Value { state: State::Number, number: Some(number), raw: raw.into(), place, derived: None }
    }

    /// Content without a number.
    pub fn without(state: State, raw: impl Into<Box<str>>, place: Place) -> Value {
        debug_assert_ne!(state, State::Number);
        Value { state, number: None, raw: raw.into(), place, derived: None }
    }

    /// What the cell counts as in sums and identities: its number, 0 for a mark of none, nothing otherwise.
    pub fn counts_as(&self) -> Option<Number> {
        match self.state {
            State::Number => self.number,
            State::None => Some(Number::ZERO),
            _ => None,
        }
    }

    /// What stands in `derived` of a figure that the office has put right.
    pub const CORRECTION: &'static str = "correction";

    /// Whether the number was not read: proved by arithmetic or put right by the office.
    pub fn is_derived(&self) -> bool {
        self.derived.is_some()
    }

    /// Whether the office has put the number right.
    pub fn is_corrected(&self) -> bool {
        self.derived.as_deref() == Some(Self::CORRECTION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_a_workbook() {
        let at = |row, column| Place::Sheet { sheet: "表三".into(), row, column };
        for (place, text) in [(at(12, 6), "F12"), (at(1, 26), "Z1"), (at(1, 27), "AA1"), (at(1_048_576, 16_384), "XFD1048576")] {
            assert_eq!(place.to_string(), format!("sheet 表三 {text}"));
            assert_eq!(place.zh(), format!("工作表“表三”{text}"));
        }
    }

    /// What a normalised file says of a place reads like the place itself.
    #[test]
    fn given_places_in_chinese() {
        let on_page = Place::OnPage { page: 4, table: 2, row: 5, column: 3, ocr: true };
        let in_sheet = Place::Sheet { sheet: "表 三".into(), row: 12, column: 6 };
        let table = Place::Table { table: 2, row: 5, column: 3 };
        for place in [table, on_page, in_sheet, Place::Line(118), Place::LineAt(7, 30), Place::Paragraph(9), Place::Page(4)] {
            assert_eq!(Place::Given(place.to_string().into()).zh(), place.zh());
        }
        assert_eq!(Place::Given("somewhere".into()).zh(), "somewhere");
    }
}
