//! Bytes of text in the charset of their font.
//!
//! A `\'hh` or a raw byte from 0x80 is a character, or half of one, of the font's charset (`\fcharset`, `\cpg`) or else of the
//! document's code page (`\ansicpg`). A pair is taken for one character only where both bytes can be halves of one: a digit
//! can never be the second half, so none is swallowed by a stray byte before it.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, IBM866, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

/// How bytes from 0x80 are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// One byte a character.
    Single(&'static Encoding),
    /// Two bytes a character.
    Double(&'static Encoding),
    /// A western font in a document of a double-byte code page: two high bytes are a character of the code page, any other
    /// is a western one (`caf\'e9`).
    Mixed(&'static Encoding),
    /// UTF-8, which the specification does not know but programs write.
    Utf8,
    /// A font of pictures.
    Symbol,
}

/// The code of a code page number; `None` for one that is not known.
pub(super) fn page(number: i32) -> Option<Code> {
    Some(match number {
        936 | 20936 | 54936 => Code::Double(GBK),
        950 | 951 => Code::Double(BIG5),
        932 => Code::Double(SHIFT_JIS),
        949 | 1361 => Code::Double(EUC_KR),
        65001 => Code::Utf8,
        866 => Code::Single(IBM866),
        874 => Code::Single(WINDOWS_874),
        1250 => Code::Single(WINDOWS_1250),
        1251 => Code::Single(WINDOWS_1251),
        437 | 819 | 850 | 1252 => Code::Single(WINDOWS_1252),
        1253 => Code::Single(WINDOWS_1253),
        1254 => Code::Single(WINDOWS_1254),
        1255 => Code::Single(WINDOWS_1255),
        1256 => Code::Single(WINDOWS_1256),
        1257 => Code::Single(WINDOWS_1257),
        1258 => Code::Single(WINDOWS_1258),
        10000 => Code::Single(MACINTOSH),
        _ => return None,
    })
}

/// The code of a font by its charset, in a document of the given code page.
pub(super) fn charset(number: i32, document: Code) -> Code {
    let page_number = match number {
        2 => return Code::Symbol,
        77 => 10000,
        78 | 128 => 932,
        79 | 129 | 130 => 949,
        80 | 134 => 936,
        81 | 136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177..=181 => 1255,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        0 => {
            return match document {
                Code::Double(encoding) => Code::Mixed(encoding),
                other => other,
            };
        }
        _ => return document,
    };
    page(page_number).unwrap_or(document)
}

/// Bytes on their way to characters.
#[derive(Debug)]
pub(super) struct Bytes {
    /// Whole characters of `encoding`.
    whole: Vec<u8>,
    encoding: &'static Encoding,
    /// The first half of a character.
    lead: Option<(u8, Code)>,
}

impl Bytes {
    /// No bytes.
    pub(super) fn new() -> Bytes {
        Bytes { whole: Vec::new(), encoding: GBK, lead: None }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.lead.is_none()
    }

    /// Whether a byte would be the second half of a character.
    pub(super) fn wants(&self, byte: u8) -> bool {
        self.lead.is_some_and(|(lead, code)| is_pair(lead, byte, code))
    }

    /// Takes a byte; what became whole in another encoding goes to `out`.
    pub(super) fn push(&mut self, byte: u8, code: Code, out: &mut String) {
        if let Some((lead, of)) = self.lead.take() {
            if is_pair(lead, byte, of)
                && let Code::Double(encoding) | Code::Mixed(encoding) = of
            {
                self.keep(&[lead, byte], encoding, out);
                return;
            }
            self.stray(lead, of, out);
        }
        match code {
            _ if byte < 0x80 => self.keep(&[byte], self.encoding, out),
            Code::Double(_) | Code::Mixed(_) if is_lead(byte, code) => self.lead = Some((byte, code)),
            // Half-width katakana.
            Code::Double(encoding) => self.keep(&[byte], encoding, out),
            Code::Mixed(_) => self.keep(&[byte], WINDOWS_1252, out),
            Code::Single(encoding) => self.keep(&[byte], encoding, out),
            Code::Utf8 => self.keep(&[byte], UTF_8, out),
            Code::Symbol => {
                self.finish(out);
                // As Word does: a place of its own for what a font draws.
                out.extend(char::from_u32(0xF000 + u32::from(byte)));
            }
        }
    }

    fn keep(&mut self, bytes: &[u8], encoding: &'static Encoding, out: &mut String) {
        if self.encoding != encoding {
            self.decode(out);
            self.encoding = encoding;
        }
        self.whole.extend_from_slice(bytes);
        if self.whole.len() >= 1 << 16 {
            self.decode(out);
        }
    }

    /// No more bytes follow.
    pub(super) fn finish(&mut self, out: &mut String) {
        if let Some((lead, of)) = self.lead.take() {
            self.stray(lead, of, out);
        }
        self.decode(out);
    }

    /// A first half without a second: a western character where such are to be expected, and the no-break space that
    /// programs write as one everywhere.
    fn stray(&mut self, lead: u8, of: Code, out: &mut String) {
        match of {
            Code::Double(encoding) if lead != 0xA0 => self.keep(&[lead], encoding, out),
            _ => self.keep(&[lead], WINDOWS_1252, out),
        }
        // Lest the decoder join it to what follows.
        self.decode(out);
    }

    fn decode(&mut self, out: &mut String) {
        if !self.whole.is_empty() {
            out.push_str(&self.encoding.decode_without_bom_handling(&self.whole).0);
            self.whole.clear();
        }
    }
}

fn is_lead(byte: u8, code: Code) -> bool {
    match code {
        Code::Double(encoding) if encoding == SHIFT_JIS => matches!(byte, 0x81..=0x9F | 0xE0..=0xFC),
        _ => matches!(byte, 0x81..=0xFE),
    }
}

/// Whether two bytes make a character: in none of these encodings is a digit the second.
fn is_pair(lead: u8, trail: u8, code: Code) -> bool {
    match code {
        Code::Mixed(_) => trail >= 0x80 && trail != 0xFF,
        Code::Double(encoding) if encoding == SHIFT_JIS => is_lead(lead, code) && matches!(trail, 0x40..=0x7E | 0x80..=0xFC),
        Code::Double(_) => matches!(trail, 0x40..=0x7E | 0x80..=0xFE),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: Code, bytes: &[u8]) -> String {
        let (mut out, mut b) = (String::new(), Bytes::new());
        for byte in bytes {
            b.push(*byte, code, &mut out);
        }
        b.finish(&mut out);
        out
    }

    #[test]
    fn pairs_and_strays() {
        let gbk = Code::Double(GBK);
        assert_eq!(read(gbk, b"\xB9\xE6\xD5\xC212"), "规章12");
        assert_eq!(read(gbk, b"\xD5\x5C"), "誠");
        assert_eq!(read(gbk, b"\xA012\x8131\xFF4"), "\u{A0}12\u{FFFD}31\u{FFFD}4");
        // Four bytes of GB18030 would swallow two digits: no code page has them.
        assert_eq!(read(gbk, b"\x81\x30\x81\x30"), "\u{FFFD}0\u{FFFD}0");
        assert_eq!(read(Code::Double(BIG5), b"\xB3\x57\xB3\xB9\xB3"), "規章\u{FFFD}");
        assert_eq!(read(Code::Double(SHIFT_JIS), b"\x8B\x4B\xB15"), "規ｱ5");
        assert_eq!(read(Code::Mixed(GBK), b"caf\xE9 10\x9616 it\x92s \xB9\xE6"), "café 10–16 it’s 规");
        assert_eq!(read(Code::Single(WINDOWS_1252), b"\x93a\x94"), "“a”");
        assert_eq!(read(Code::Utf8, "规章".as_bytes()), "规章");
        assert_eq!(read(Code::Symbol, b"\xB71"), "\u{F0B7}1");
        assert_eq!(charset(134, Code::Single(WINDOWS_1252)), gbk);
        assert_eq!(charset(0, gbk), Code::Mixed(GBK));
        assert_eq!(charset(1, gbk), gbk);
    }
}
