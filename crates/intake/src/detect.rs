//! What a file is, by its content.

use std::io::{Cursor, Read, Seek};

pub(crate) use crate::charset::decode;
use crate::doc::compound::Compound;
use crate::doc::fib::is_encrypted;
use crate::members::Members;
use crate::mhtml;
use crate::refuse::Refusal;

/// What a file was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Word document.
    Docx,
    /// Word 97–2003 document.
    Doc,
    /// OpenDocument text.
    Odt,
    /// Rich Text Format.
    Rtf,
    /// PDF.
    Pdf,
    /// A workbook, by its usual extension: `xlsx`, `xlsb`, `xls`, `ods`; `xmlss` is the XML of Excel 2003.
    Sheet(&'static str),
    /// Single-file web page.
    Mhtml,
    /// Web page.
    Html,
    /// Plain text.
    Text,
    /// Normalised cells as CSV.
    Csv,
    /// Normalised cells as JSON Lines.
    JsonLines,
    /// Normalised cells as Parquet.
    Parquet,
    /// An archive of files.
    Zip,
    /// Anything else: its name and why it is not read.
    Other(&'static str, Refusal),
}

impl Format {
    /// The word of `reports.csv`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Format::Docx => "docx",
            Format::Doc => "doc",
            Format::Odt => "odt",
            Format::Rtf => "rtf",
            Format::Pdf => "pdf",
            Format::Sheet(name) => name,
            Format::Mhtml => "mhtml",
            Format::Html => "html",
            Format::Text => "txt",
            Format::Csv => "csv",
            Format::JsonLines => "jsonl",
            Format::Parquet => "parquet",
            Format::Zip => "zip",
            Format::Other(name, _) => name,
        }
    }

    /// Whether files of this kind usually bear the extension. Extensions that say nothing fit everything.
    pub(crate) fn fits(&self, extension: &str) -> bool {
        match extension {
            "docx" | "docm" | "dotx" => *self == Format::Docx,
            "html" | "htm" | "xhtml" | "shtml" => *self == Format::Html,
            "txt" | "text" | "md" | "tsv" => *self == Format::Text,
            "csv" => matches!(self, Format::Csv | Format::Text),
            "jsonl" | "ndjson" | "json" => *self == Format::JsonLines,
            "parquet" => *self == Format::Parquet,
            "doc" | "dot" => *self == Format::Doc,
            // WPS gives its own extensions to both the old and the new formats.
            "wps" | "wpt" => matches!(self, Format::Doc | Format::Docx),
            "et" | "ett" => matches!(self, Format::Sheet("xls" | "xlsx")),
            "xls" | "xlt" => *self == Format::Sheet("xls"),
            "xlsx" | "xlsm" | "xltx" | "xltm" => *self == Format::Sheet("xlsx"),
            "xlsb" => *self == Format::Sheet("xlsb"),
            "odt" | "fodt" => *self == Format::Odt,
            "mht" | "mhtml" => *self == Format::Mhtml,
            "pdf" | "ods" | "rtf" | "ofd" => self.name() == extension,
            "zip" => *self == Format::Zip,
            "rar" | "7z" | "gz" | "tar" => self.name() == "archive",
            "png" | "jpg" | "jpeg" | "gif" | "bmp" | "tif" | "tiff" | "webp" => self.name() == "image",
            _ => true,
        }
    }
}

fn foreign(name: &'static str, zh: &str, en: &str) -> Format {
    Format::Other(name, Refusal::foreign(zh, en))
}

fn unreadable(name: &'static str, zh: &str, en: &str) -> Format {
    Format::Other(name, Refusal::unreadable(zh, en))
}

/// What the bytes are. `extension` (lower case, no dot) decides only between kinds of plain text.
pub(crate) fn format(bytes: &[u8], extension: &str) -> Format {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) || bytes == b"\xEF\xBB\xBF" {
        return unreadable("empty", "文件为空，请重新报送", "the file is empty; send it anew");
    }
    if is_package(bytes) {
        return if crate::docx::is_word(bytes) { Format::Docx } else { package(Members::open(Cursor::new(bytes))) };
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return compound(bytes);
    }
    if bytes.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    if let Some(other) = magic(bytes) {
        return other;
    }
    textual(bytes, extension)
}

fn magic(bytes: &[u8]) -> Option<Format> {
    let starts = |m: &[u8]| bytes.starts_with(m);
    if bytes[..bytes.len().min(1024)].windows(5).any(|w| w == b"%PDF-") {
        return Some(Format::Pdf);
    }
    if rtf_start(bytes).is_some() {
        return Some(Format::Rtf);
    }
    let image: [&[u8]; 6] = [b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"BM", b"II*\0", b"MM\0*"];
    if image.iter().any(|m| starts(m)) && bytes.len() > 16 && (!starts(b"BM") || bytes[6..10] == [0; 4])
        || (starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
    {
        return Some(foreign(
            "image",
            "图片文件，其中的表格未读取，请报送可编辑的.docx原件",
            "a picture; the tables in it were not read, send the .docx original",
        ));
    }
    let archive: [&[u8]; 4] = [b"Rar!", b"7z\xBC\xAF\x27\x1C", b"\x1F\x8B", b"BZh"];
    if archive.iter().any(|m| starts(m)) {
        return Some(foreign(
            "archive",
            "压缩文件，请解压后把其中的报告单独报送",
            "an archive; unpack it and send the reports themselves",
        ));
    }
    None
}

/// Where Rich Text Format begins: programs put a byte order mark or blank lines before it.
pub(crate) fn rtf_start(bytes: &[u8]) -> Option<usize> {
    let head = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = head.trim_ascii_start();
    text.starts_with(b"{\\rtf").then(|| bytes.len() - text.len())
}

/// Whether bytes begin as a zip file does.
pub(crate) fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// What a zip file is by the names in it. `None` is a broken one.
pub(crate) fn package<R: Read + Seek>(members: Option<Members<R>>) -> Format {
    let Some(mut members) = members else { return Format::Other("zip", Refusal::broken("zip")) };
    let has = |start: &str| members.list().iter().take(10_000).any(|m| m.name.trim_start_matches('/').starts_with(start));
    if has("[Content_Types].xml") || has("_rels/") || has("word/document") {
        if has("word/document") {
            return Format::Docx;
        }
        if has("xl/workbook.bin") {
            return Format::Sheet("xlsb");
        }
        if has("xl/") {
            return Format::Sheet("xlsx");
        }
        if has("ppt/") {
            return foreign("pptx", "演示文稿，不是年度报告，请报送.docx", "a presentation, not a report; send a .docx");
        }
    }
    if has("OFD.xml") {
        return foreign("ofd", "OFD版式文件，请报送可编辑的.docx", "an OFD file; send an editable .docx");
    }
    if has("encrypted-package") && has("META-INF/manifest.xml") {
        // A whole OpenDocument file in a locked box, as LibreOffice writes it since 24.8.
        return unreadable(
            "encrypted",
            "文件已加密，请取消密码后重新报送",
            "the file is encrypted; remove the password and send it anew",
        );
    }
    if has("content.xml") {
        let manifest = has("META-INF/manifest.xml");
        let kind = members.find("mimetype").and_then(|at| members.bytes(at, 1000).ok()).unwrap_or_default();
        let kind = String::from_utf8_lossy(&kind).into_owned();
        if kind.contains("opendocument.spreadsheet") {
            return Format::Sheet("ods");
        }
        if kind.contains("opendocument") || manifest {
            return Format::Odt;
        }
    }
    Format::Zip
}

/// Compound files (old Office, encrypted new Office), by the streams of their root: embedded objects have others further
/// down. Where the directory cannot be read (a file cut off, or only its head at hand) the names tell that are in sight.
fn compound(bytes: &[u8]) -> Format {
    let mut file = Compound::open(bytes).ok();
    let text = file.as_mut().and_then(|f| f.stream("WordDocument").ok().flatten());
    let is_protected = text.is_some_and(|text| is_encrypted(&text));
    let has = |name: &str| match &file {
        Some(file) => file.has(name),
        None => {
            let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            memchr::memmem::find(bytes, &wide).is_some()
        }
    };
    if has("EncryptedPackage") || has("\u{9}DRMContent") || is_protected {
        unreadable("encrypted", "文件已加密，请取消密码后重新报送", "the file is encrypted; remove the password and send it anew")
    } else if has("WordDocument") {
        Format::Doc
    } else if has("Workbook") || has("Book") {
        Format::Sheet("xls")
    } else if has("PowerPoint Document") {
        foreign("ppt", "演示文稿，不是年度报告，请报送.docx", "a presentation, not a report; send a .docx")
    } else {
        foreign(
            "doc",
            "旧版Office或WPS文件，请另存为.docx后重新报送",
            "an old Office or WPS file; save it as .docx and send it anew",
        )
    }
}

fn textual(bytes: &[u8], extension: &str) -> Format {
    let head = decode(&bytes[..bytes.len().min(8192)], false);
    if is_binary(&head) {
        return foreign(
            "binary",
            "不能识别的文件，不是年度报告，请报送.docx",
            "a file of unknown kind, not a report; send a .docx",
        );
    }
    let start = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if mhtml::is_message(start) {
        return Format::Mhtml;
    }
    let lower = start[..floor(start, 4096)].to_ascii_lowercase();
    if lower.starts_with('<') && lower.contains("<office:document") {
        return Format::Odt;
    }
    // A Word document as one XML file, by its namespaces: a package, Word 2003, or a main part alone.
    let word = ["office/2006/xmlpackage", "office/word/2003/wordml", "wordprocessingml/2006/main", "ooxml/wordprocessingml/main"];
    if start.starts_with('<') && word.iter().any(|w| lower.contains(w)) && !lower.contains("<html") {
        return Format::Docx;
    }
    if start.starts_with('<') && lower.contains("urn:schemas-microsoft-com:office:spreadsheet") && lower.contains("workbook") {
        return Format::Sheet("xmlss");
    }
    let tags = ["<!doctype html", "<html", "<head", "<body", "<table", "<div", "<p>", "<p ", "<meta"];
    if start.starts_with('<') && tags.iter().any(|t| lower.contains(t)) {
        return Format::Html;
    }
    // A page that was saved with words before its first tag, or a piece of one.
    let is_named = matches!(extension, "html" | "htm" | "xhtml" | "shtml");
    if is_named && (lower.contains("</") || tags.iter().any(|t| lower.contains(t))) {
        return Format::Html;
    }
    if start.starts_with('{') && (lower.contains("\"cell\"") || matches!(extension, "jsonl" | "ndjson" | "json")) {
        return Format::JsonLines;
    }
    // A sheet that was exported with the table as it is printed has none of the names on top.
    let known = columns(start).1;
    if known >= 2 || (extension == "csv" && known > 0) { Format::Csv } else { Format::Text }
}

/// What parts the columns of normalised cells in the first line of a text, and how many of their names it has.
pub(crate) fn columns(text: &str) -> (u8, usize) {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or("");
    let known = |delimiter: char| {
        let names: Vec<String> = first.split(delimiter).take(100).map(|f| f.trim().trim_matches('"').to_lowercase()).collect();
        ["agency", "year", "cell", "value"].iter().filter(|k| names.iter().any(|n| n == *k)).count()
    };
    let mut best = (b',', known(','));
    for delimiter in [b'\t', b';', b'|'] {
        let known = known(char::from(delimiter));
        if known > best.1 {
            best = (delimiter, known);
        }
    }
    best
}

/// Whether a file begins with the column names of normalised cells.
pub(crate) fn has_columns(bytes: &[u8]) -> bool {
    columns(&decode(&bytes[..bytes.len().min(8192)], false)).1 >= 2
}

/// Whether a twentieth of what should be text is control characters or cannot be decoded.
fn is_binary(head: &str) -> bool {
    let is_odd = |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) || c == '\u{FFFD}';
    // Bytes with which such characters begin: there are none in most texts.
    let suspect = |b: &u8| *b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c) || matches!(b, 0x7f | 0xc2 | 0xef);
    let suspects = head.bytes().filter(|b| suspect(b)).count();
    suspects * 80 > head.len() && head.chars().filter(|c| is_odd(*c)).count() * 20 > head.chars().count()
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn foreign_files() {
        for (bytes, name) in [
            (&b""[..], "empty"),
            (b"  \r\n", "empty"),
            (b"%PDF-1.7 ...", "pdf"),
            (b"PK\x03\x04 cut off", "zip"),
            (b"\x89PNG\r\n\x1a\n0000000000000", "image"),
            (b"Rar!\x1a\x07\x00", "archive"),
            (b"{\\rtf1}", "rtf"),
            (b"\x01\x02\x03\x04\x05\x06\x07\x08\x80\x81", "binary"),
        ] {
            let format = format(bytes, "docx");
            assert_eq!(format.name(), name);
            assert!(!format.fits("docx"));
        }
        let mut cfb = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        assert_eq!(format(&cfb, "doc").name(), "doc");
        cfb.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(format(&cfb, "docx").name(), "encrypted");
    }
}
