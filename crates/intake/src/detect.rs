//! What a file is, by its content.

use std::io::{Cursor, Read};

pub(crate) use crate::charset::decode;
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
    /// A workbook that calamine reads, by its usual extension: `xlsx`, `xls`, `ods`.
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
            Format::Other(name, _) => name,
        }
    }

    /// Whether files of this kind usually bear the extension. Extensions that say nothing fit everything.
    pub(crate) fn fits(&self, extension: &str) -> bool {
        match extension {
            "docx" | "docm" | "dotx" => *self == Format::Docx,
            "html" | "htm" | "xhtml" | "shtml" => *self == Format::Html,
            "txt" | "text" | "md" | "tsv" => *self == Format::Text,
            "csv" => *self == Format::Csv,
            "jsonl" | "ndjson" | "json" => *self == Format::JsonLines,
            "parquet" => *self == Format::Parquet,
            "doc" | "dot" | "wps" | "wpt" => *self == Format::Doc,
            "xls" | "xlt" | "et" | "ett" => *self == Format::Sheet("xls"),
            "xlsx" | "xlsm" => *self == Format::Sheet("xlsx"),
            "odt" | "fodt" => *self == Format::Odt,
            "mht" | "mhtml" => *self == Format::Mhtml,
            "pdf" | "ods" | "rtf" | "ofd" => self.name() == extension,
            "zip" | "rar" | "7z" | "gz" | "tar" => self.name() == "archive",
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
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return package(bytes);
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
    if starts(b"{\\rtf") {
        return Some(Format::Rtf);
    }
    let image: [&[u8]; 6] = [b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"BM", b"II*\0", b"MM\0*"];
    if image.iter().any(|m| starts(m)) && bytes.len() > 16 && (!starts(b"BM") || bytes[6..10] == [0; 4])
        || (starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
    {
        return Some(foreign(
            "image",
            "图片文件，程序不识别图片中的表格，请报送.docx原件",
            "a picture; tables in pictures are not read, send the .docx original",
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

fn package(bytes: &[u8]) -> Format {
    let Ok(mut package) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return Format::Other("zip", Refusal::broken("zip"));
    };
    let names: Vec<String> = package.file_names().take(10_000).flatten().map(|n| n.into_owned()).collect();
    let has = |start: &str| names.iter().any(|n| n.starts_with(start));
    if has("word/document") {
        Format::Docx
    } else if has("xl/") {
        Format::Sheet("xlsx")
    } else if has("ppt/") {
        foreign("pptx", "演示文稿，不是年度报告，请报送.docx", "a presentation, not a report; send a .docx")
    } else if has("OFD.xml") {
        foreign("ofd", "OFD版式文件，请报送可编辑的.docx", "an OFD file; send an editable .docx")
    } else if has("content.xml") && has("mimetype") {
        let sheet = package.by_name("mimetype").is_ok_and(|m| {
            let mut kind = String::new();
            m.take(100).read_to_string(&mut kind).is_ok() && kind.contains("spreadsheet")
        });
        if sheet { Format::Sheet("ods") } else { Format::Odt }
    } else {
        foreign("archive", "压缩文件，请解压后把其中的报告单独报送", "an archive; unpack it and send the reports themselves")
    }
}

/// Compound files (old Office, encrypted new Office): the directory names its streams in UTF-16.
fn compound(bytes: &[u8]) -> Format {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|w| w == wide)
    };
    if has("EncryptedPackage") {
        unreadable("encrypted", "文件已加密，请取消密码后重新报送", "the file is encrypted; remove the password and send it anew")
    } else if has("WordDocument") {
        Format::Doc
    } else if has("Workbook") || has("Book") {
        Format::Sheet("xls")
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
    // Word names itself in web pages as well.
    if lower.starts_with("<?xml")
        && !lower.contains("<html")
        && (lower.contains("word.document") || lower.contains("pkg:package") || lower.contains("w:worddocument"))
    {
        return foreign("xml", "Word XML文件，请另存为.docx后重新报送", "a Word XML file; save it as .docx and send it anew");
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
    let first = start.lines().next().unwrap_or("");
    let names: Vec<String> = first.split(',').map(|f| f.trim().trim_matches('"').to_lowercase()).collect();
    let known = ["agency", "year", "cell", "value"].iter().filter(|k| names.iter().any(|n| n == *k)).count();
    if known >= 2 || extension == "csv" { Format::Csv } else { Format::Text }
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
