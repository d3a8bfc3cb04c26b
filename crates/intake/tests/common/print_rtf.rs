//! Prints a report as Rich Text Format the way different programs write it.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::collections::BTreeMap;

use super::print::{P, Part, Table};

/// A program that writes RTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Word: a row's definition before its cells and again behind them, Chinese as bytes of GBK, fallbacks of two bytes.
    Word,
    /// Word 2003 and WPS: `\itap1`, definitions behind the cells alone, no line of a column as exact as it was.
    Wps,
    /// LibreOffice: definitions before the cells, everything as `\u` with a fallback.
    LibreOffice,
    /// TextEdit: columns of equal width whatever they hold, cells merged across by words, no fallbacks.
    TextEdit,
    /// WordPad and other rich text fields.
    WordPad,
    /// A program that knows little: raw bytes of GBK, no `\intbl`, one definition for all rows alike.
    Plain,
    /// The same in UTF-8.
    PlainUtf8,
}

/// All writers.
pub const WRITERS: [Writer; 7] =
    [Writer::Word, Writer::Wps, Writer::LibreOffice, Writer::TextEdit, Writer::WordPad, Writer::Plain, Writer::PlainUtf8];

/// A place of a row: leftmost column, columns, text (none where a cell goes on from above), whether it goes on below.
type Place<'a> = (usize, usize, Option<&'a str>, bool);

/// The rows of a table with the cells that go on from above.
fn places(table: &Table) -> Vec<Vec<Place<'_>>> {
    let mut open: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut out = Vec::new();
    for row in table {
        let (mut c, mut cells, mut places) = (0, row.iter(), Vec::new());
        let mut next = BTreeMap::new();
        loop {
            if let Some((columns, rows)) = open.remove(&c) {
                places.push((c, columns, None, true));
                if rows > 1 {
                    next.insert(c, (columns, rows - 1));
                }
                c += columns;
                continue;
            }
            let Some(P(text, columns, rows)) = cells.next() else { break };
            places.push((c, *columns, Some(text.as_str()), *rows > 1));
            if *rows > 1 {
                next.insert(c, (*columns, rows - 1));
            }
            c += columns;
        }
        open = next;
        out.push(places);
    }
    out
}

impl Writer {
    fn head(self) -> &'static str {
        match self {
            Writer::Word => {
                "{\\rtf1\\adeflang1025\\ansi\\ansicpg936\\uc2\\adeff0\\deff0\\stshfdbch31505\\stshfloch31506\\deflang1033\\deflangfe2052\
                 {\\fonttbl{\\f0\\fbidi \\froman\\fcharset0\\fprq2{\\*\\panose 02020603050405020304}Times New Roman;}\
                 {\\f13\\fbidi \\fnil\\fcharset134\\fprq2{\\*\\panose 02010600030101010101}\\'cb\\'ce\\'cc\\'e5{\\*\\falt SimSun};}\
                 {\\f39\\fbidi \\fnil\\fcharset0\\fprq2 @\\'cb\\'ce\\'cc\\'e5;}}\
                 {\\colortbl;\\red0\\green0\\blue0;}\
                 {\\stylesheet{\\qj \\li0\\ri0\\nowidctlpar \\fs21 \\snext0 \\spriority0 Normal;}{\\*\\cs10 \\additive Default Paragraph Font;}\
                 {\\*\\cs16 \\additive \\super \\sbasedon10 footnote reference;}{\\s17\\v \\sbasedon0 \\'d2\\'fe\\'b2\\'d8;}\
                 {\\*\\ts11\\tsrowd\\trftsWidthB3\\trpaddl108 \\snext11 Normal Table;}}\
                 {\\*\\listtable{\\list\\listtemplateid1{\\listlevel\\levelnfc0{\\leveltext\\'02\\'00.;}{\\levelnumbers\\'01;}}\\listid1}}\
                 {\\info{\\title 2019}{\\author x}{\\creatim\\yr2023}}{\\*\\xmlnstbl {\\xmlns1 http://schemas}}\
                 \\paperw11906\\paperh16838 {\\header \\pard\\plain 7{\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}\\par}\
                 {\\footerf \\pard\\plain \\'b5\\'da\\~1\\~\\'d2\\'b3\\par}{\\*\\pnseclvl1\\pnucrm\\pnstart1{\\pntxta .}}\\sectd "
            }
            Writer::Wps => {
                "{\\rtf1\\ansi\\ansicpg936\\deff0\\deflang1033\\deflangfe2052{\\fonttbl{\\f0\\froman\\fcharset134\\fprq2{\\*\\panose 02020603050405020304}Times New Roman;}\
                 {\\f1\\fnil\\fcharset134\\fprq0 \\'cb\\'ce\\'cc\\'e5;}}{\\colortbl;\\red0\\green0\\blue0;}{\\stylesheet{\\qj\\widctlpar \\fs21 Normal;}}\
                 {\\*\\generator WPS Office}\\pard "
            }
            Writer::LibreOffice => {
                "{\\rtf1\\ansi\\deff3\\adeflang1025\r\n{\\fonttbl{\\f0\\froman\\fprq2\\fcharset0 Times New Roman;}{\\f3\\froman\\fprq2\\fcharset0 Liberation Serif{\\*\\falt Times New Roman};}}\r\n\
                 {\\colortbl;\\red0\\green0\\blue0;}\r\n{\\stylesheet{\\s0\\snext0\\loch\\fs24 Normal;}\r\n{\\*\\cs15\\snext15 Internet Link;}}{\\*\\generator LibreOffice}\r\n"
            }
            Writer::TextEdit => {
                "{\\rtf1\\ansi\\ansicpg936\\cocoartf2709\n\\cocoatextscaling0\\cocoaplatform0{\\fonttbl\\f0\\fnil\\fcharset134 PingFangSC-Regular;\\f1\\fswiss\\fcharset0 Helvetica;}\n\
                 {\\colortbl;\\red255\\green255\\blue255;}\n{\\*\\expandedcolortbl;;}\n\\paperw11900\\paperh16840\\pard\\pardeftab720\\partightenfactor0\n\n\\f0\\fs24 \\cf0 "
            }
            Writer::WordPad => {
                "{\\rtf1\\ansi\\ansicpg936\\deff0\\nouicompat\\deflang1033\\deflangfe2052{\\fonttbl{\\f0\\fnil\\fcharset134 \\'cb\\'ce\\'cc\\'e5;}{\\f1\\fswiss\\fprq2\\fcharset0 Calibri;}}\r\n\
                 {\\*\\generator Riched20 10.0.19041}\\viewkind4\\uc1 \r\n\\pard\\f0\\fs22\\lang2052 "
            }
            Writer::Plain | Writer::PlainUtf8 => "{\\rtf1\n",
        }
    }

    /// Text as the writer has it.
    pub fn text(self, text: &str, out: &mut Vec<u8>) {
        for run in text.split_inclusive('\n') {
            let line = run.strip_suffix('\n').unwrap_or(run);
            match self {
                Writer::PlainUtf8 => out.extend_from_slice(line.as_bytes()),
                Writer::Plain => out.extend_from_slice(&encoding_rs::GBK.encode(line).0),
                _ => line.chars().for_each(|c| self.character(c, out)),
            }
            if run.len() > line.len() {
                out.extend_from_slice(if self == Writer::TextEdit { b"\\\n" } else { b"\\par " });
            }
        }
    }

    fn character(self, c: char, out: &mut Vec<u8>) {
        if c.is_ascii() {
            // Digits in a font and a group of their own, as Word has them.
            let wrapped = if self == Writer::Word { format!("{{\\fs21 \\hich\\af0\\loch\\f0 {c}}}") } else { c.to_string() };
            return out.extend_from_slice(wrapped.as_bytes());
        }
        let text = c.to_string();
        let (bytes, _, failed) = encoding_rs::GBK.encode(&text);
        let hex: String = bytes.iter().map(|b| format!("\\'{b:02x}")).collect();
        let units: Vec<u16> = c.encode_utf16(&mut [0; 2]).to_vec();
        let as_unicode = |fallback: &str| units.iter().map(|u| format!("\\u{}{fallback}", *u as i16)).collect::<String>();
        let written = match self {
            Writer::Word if !failed => format!("{{\\hich\\af13\\dbch\\f13 {hex}}}"),
            Writer::Word => as_unicode("??"),
            Writer::Wps if !failed => hex,
            Writer::WordPad if !failed => format!("\\f0 {hex}\\f1\\lang1033 "),
            Writer::TextEdit if !failed => format!("\\f0 {hex}\n\\f1 "),
            Writer::TextEdit => format!("\\uc0{} ", as_unicode(" ")),
            Writer::LibreOffice => units.iter().map(|u| format!("\\u{u}\\'3f")).collect(),
            _ => as_unicode("?"),
        };
        out.extend_from_slice(written.as_bytes());
    }

    fn paragraph(self, text: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(match self {
            Writer::Word => b"\\pard\\plain \\ltrpar\\qj \\li0\\ri0\\nowidctlpar\\itap0 \\fs21 {".as_slice(),
            Writer::LibreOffice => b"\\pard\\plain \\s0{",
            Writer::Wps => b"\\pard\\plain\\ql ",
            _ => b"\\pard ",
        });
        self.text(text, out);
        if matches!(self, Writer::Word | Writer::LibreOffice) {
            out.push(b'}');
        }
        out.extend_from_slice(if self == Writer::TextEdit { b"\\\n" } else { b"\r\n\\par " });
    }

    /// The definition of a row of a table `width` columns wide, whose number makes its edges differ a little.
    fn definition(self, row: &[Place<'_>], number: usize, width: usize) -> String {
        let slop = match self {
            Writer::Wps => number as i32 % 5 * 7 - 14,
            Writer::Word => -(number as i32 % 2),
            _ => 0,
        };
        let left = if matches!(self, Writer::Plain | Writer::PlainUtf8) { 0 } else { -108 };
        let mut out = match self {
            Writer::Word => format!(
                "\\trowd \\irow{number}\\irowband{number}\\ltrrow\\ts11\\trgaph108\\trleft{left}\\trbrdrt\\brdrs\\brdrw10 "
            ),
            Writer::TextEdit => format!("\n\\itap1\\trowd \\taflags1 \\trgaph108\\trleft{left} \\trbrdrl\\brdrnil \n"),
            Writer::Plain | Writer::PlainUtf8 => "\\trowd".to_owned(),
            _ => format!("\\trowd\\trgaph108\\trleft{}", left + slop / 2),
        };
        for (column, columns, text, below) in row {
            let down = match (text, below) {
                (None, _) => "\\clvmrg",
                (Some(_), true) => "\\clvmgf",
                _ => "",
            };
            let edge = |c: usize| left + (c as i32) * 700 + slop;
            match self {
                // A cell merged across is as many cells as it covers, all of a width.
                Writer::TextEdit => {
                    for part in 0..*columns {
                        let across = [if *columns > 1 { "\\clmgf" } else { "" }, "\\clmrg"][usize::from(part > 0)];
                        let right = 8640 * (column + part + 1) / width;
                        out.push_str(&format!("{down}{across} \\clvertalc \\gaph\\cellx{right}\n"));
                    }
                }
                _ => out.push_str(&format!("{down}\\clvertalc\\clbrdrt\\brdrs\\brdrw10 \\cellx{}", edge(column + columns))),
            }
        }
        out
    }

    fn table(self, table: &Table, out: &mut Vec<u8>) {
        let rows = places(table);
        // A row that has lost its only cell is no measure of the table.
        let width = rows.iter().map(|row| row.iter().map(|p| p.1).sum()).max().unwrap_or(0).max(1);
        let mut defined = String::new();
        for (number, row) in rows.iter().enumerate() {
            let definition = self.definition(row, number, width);
            match self {
                Writer::Wps => {}
                Writer::Plain | Writer::PlainUtf8 if definition == defined => {}
                _ => out.extend_from_slice(format!("{definition} ").as_bytes()),
            }
            for (_, columns, text, _) in row {
                let (before, after): (&[u8], &[u8]) = match self {
                    Writer::Word => (b"\\pard\\plain \\ltrpar\\qc\\intbl\\yts11 {", b"\\cell }"),
                    Writer::Wps => (b"\\pard\\plain\\qc\\itap1\\intbl ", b"\\cell "),
                    Writer::LibreOffice => (b"\\pard\\plain \\s0\\intbl{", b"}\\cell"),
                    Writer::TextEdit => (b"\\pard\\intbl\\itap1\\partightenfactor0\n\\cf0 ", b"\\cell \n"),
                    Writer::WordPad => (b"\\pard\\intbl\\nowidctlpar\\qc ", b"\\cell"),
                    Writer::Plain | Writer::PlainUtf8 => (b"", b"\\cell\n"),
                };
                out.extend_from_slice(before);
                self.text(text.unwrap_or(""), out);
                out.extend_from_slice(after);
                if self == Writer::TextEdit {
                    (1..*columns).for_each(|_| out.extend_from_slice(b"\\pard\\intbl\\itap1\\cell "));
                }
            }
            out.extend_from_slice(
                match self {
                    Writer::Word => format!("\\pard\\plain \\ltrpar\\qj\\intbl {{{definition}\\row }}"),
                    Writer::Wps => format!("\\pard\\itap1\\intbl {{{definition}\\row}}"),
                    Writer::LibreOffice => "\\row\\pard".to_owned(),
                    Writer::TextEdit if number + 1 == rows.len() => "\\lastrow\\row\n".to_owned(),
                    _ => "\\row\r\n".to_owned(),
                }
                .as_bytes(),
            );
            defined = definition;
        }
    }

    /// A report.
    pub fn report(self, title: &str, parts: &[Part]) -> Vec<u8> {
        let mut out = self.head().as_bytes().to_vec();
        self.paragraph(title, &mut out);
        for part in parts {
            self.paragraph(&part.heading, &mut out);
            if part.tables.is_empty() {
                self.paragraph("全年工作有序。", &mut out);
            }
            part.tables.iter().for_each(|t| self.table(t, &mut out));
        }
        out.extend_from_slice(b"\\pard\\par }\r\n\0");
        out
    }
}
