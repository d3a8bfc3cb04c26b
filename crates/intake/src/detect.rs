//! What a file is, by its content; and what its bytes say as text.

use std::io::{self, Cursor, Read, Seek};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::members::Members;
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
            "csv" => *self == Format::Csv,
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
        return package(Members::open(Cursor::new(bytes)));
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
    if has("content.xml") {
        let kind = members.find("mimetype").and_then(|at| members.bytes(at, 1000).ok()).unwrap_or_default();
        let kind = String::from_utf8_lossy(&kind).into_owned();
        if kind.contains("opendocument.spreadsheet") {
            return Format::Sheet("ods");
        }
        if kind.contains("opendocument") {
            return Format::Odt;
        }
    }
    Format::Zip
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
    let odd = head.chars().filter(|c| (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) || *c == '\u{FFFD}').count();
    if odd * 20 > head.chars().count() {
        return foreign(
            "binary",
            "不能识别的文件，不是年度报告，请报送.docx",
            "a file of unknown kind, not a report; send a .docx",
        );
    }
    let start = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let lower = start[..floor(start, 4096)].to_lowercase();
    if lower.contains("mime-version:") && lower.contains("multipart/related") {
        return Format::Mhtml;
    }
    if lower.starts_with("<?xml")
        && (lower.contains("word.document") || lower.contains("pkg:package") || lower.contains("w:worddocument"))
    {
        return foreign("xml", "Word XML文件，请另存为.docx后重新报送", "a Word XML file; save it as .docx and send it anew");
    }
    if start.starts_with('<') && lower.contains("urn:schemas-microsoft-com:office:spreadsheet") && lower.contains("workbook") {
        return Format::Sheet("xmlss");
    }
    let tags = ["<!doctype html", "<html", "<head", "<body", "<table", "<div", "<p>", "<p ", "<meta"];
    if start.starts_with('<') && tags.iter().any(|t| lower.contains(t)) {
        return Format::Html;
    }
    // A page that was saved with words before its first tag.
    if matches!(extension, "html" | "htm") && tags.iter().any(|t| lower.contains(t)) {
        return Format::Html;
    }
    if start.starts_with('{') && (lower.contains("\"cell\"") || matches!(extension, "jsonl" | "ndjson" | "json")) {
        return Format::JsonLines;
    }
    if columns(start).1 >= 2 || extension == "csv" { Format::Csv } else { Format::Text }
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

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// The text of bytes in an encoding that is not told: byte order mark, valid UTF-8, for a web page what it declares,
/// UTF-16 without a mark, and at last a guess among those in use.
pub(crate) fn decode(bytes: &[u8], html: bool) -> String {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[skip..]).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return text.to_owned(),
        // Cut in the middle of a character: still UTF-8.
        Err(e) if e.error_len().is_none() && e.valid_up_to() + 4 > bytes.len() && bytes.len() > 64 => {
            return UTF_8.decode(bytes).0.into_owned();
        }
        _ => {}
    }
    let declared = html.then(|| declared(bytes)).flatten();
    let encoding = utf16(bytes).or(declared).unwrap_or_else(|| guess(bytes));
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Text in an encoding that is not told, as a stream of UTF-8. What the first bytes are goes for all of them.
pub(crate) struct Decoded<R> {
    inner: R,
    /// None where the text is UTF-8 already.
    decoder: Option<Decoder>,
    /// What was looked at, decoded.
    head: String,
    /// Decoded bytes that wait, and how many of them have been given out.
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(mut inner: R) -> io::Result<Decoded<R>> {
        let mut start = Vec::new();
        (&mut inner).take(65_536).read_to_end(&mut start)?;
        let utf8 = match std::str::from_utf8(&start) {
            Ok(text) => !text.contains('\0'),
            // Cut in the middle of a character.
            Err(e) => e.error_len().is_none() && start.len() == 65_536,
        };
        let encoding = match Encoding::for_bom(&start) {
            Some((encoding, _)) => encoding,
            None if utf8 => UTF_8,
            None => utf16(&start).unwrap_or_else(|| guess(&start)),
        };
        let head = encoding.decode_with_bom_removal(&start[..start.len().min(8192)]).0.into_owned();
        let mut out = Decoded { inner, decoder: None, head, ready: Vec::new(), at: 0, ended: false };
        if encoding == UTF_8 {
            out.ready = start;
        } else {
            out.decoder = Some(encoding.new_decoder_with_bom_removal());
            out.decode(&start, start.len() < 65_536)?;
        }
        Ok(out)
    }

    /// The first lines of the text.
    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    fn decode(&mut self, bytes: &[u8], last: bool) -> io::Result<()> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, last);
        if !matches!(result, DecoderResult::InputEmpty) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the text changes its encoding on the way"));
        }
        (self.ready, self.at, self.ended) = (text.into_bytes(), 0, last);
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && self.decoder.is_some() && !self.ended {
            let mut bytes = vec![0; 16_384];
            let n = self.inner.read(&mut bytes)?;
            self.decode(&bytes[..n], n == 0)?;
        }
        if self.at == self.ready.len() && self.decoder.is_none() {
            return self.inner.read(buffer);
        }
        let n = buffer.len().min(self.ready.len() - self.at);
        buffer[..n].copy_from_slice(&self.ready[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

/// The encoding that a page declares in its first kilobytes.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(4096)].to_ascii_lowercase();
    let at = head.windows(7).position(|w| w == b"charset")? + 7;
    let label: Vec<u8> = head[at..]
        .iter()
        .copied()
        .skip_while(|b| matches!(b, b' ' | b'=' | b'"' | b'\''))
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .collect();
    // A page that is not valid UTF-8 but says it is says nothing.
    Encoding::for_label(&label).filter(|e| *e != UTF_8 && *e != UTF_16LE && *e != UTF_16BE)
}

fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.len().min(65_536) / 2;
    if pairs < 8 {
        return None;
    }
    let zeros = |offset: usize| (0..pairs).filter(|i| bytes[2 * i + offset] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Some Chinese characters have a zero byte too (一 is U+4E00), but line ends, digits and blanks have more.
    if even.max(odd) * 50 < pairs {
        None
    } else if odd >= 2 * even {
        Some(UTF_16LE)
    } else {
        (even >= 2 * odd).then_some(UTF_16BE)
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    // Most old files are GB18030: taken where every byte fits.
    if !GB18030.decode_without_bom_handling(bytes).1 {
        return GB18030;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    if guess.is_single_byte() { GB18030 } else { guess }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn encodings() {
        let text = "2020年某局政府信息公开年度报告\r\n一、总体情况\r\n\t规章\r\n\t0\r\n";
        let wide = |big: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            GB18030.encode(text).0.into_owned(),
            wide(false),
            wide(true),
            [&b"\xFF\xFE"[..], &wide(false)].concat(),
            [&b"\xFE\xFF"[..], &wide(true)].concat(),
        ] {
            assert_eq!(decode(&bytes, false), text);
            assert_eq!(format(&bytes, "txt"), Format::Text);
        }
        let page = format!("<html><meta charset=\"utf-8\"><p>{text}</p>");
        assert!(decode(&GB18030.encode(&page).0, true).contains("总体情况"));
    }

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
