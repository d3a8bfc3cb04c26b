//! What bytes say as text, where no one tells for certain in which encoding.
//!
//! In this order: a byte order mark; UTF-16 by its zero bytes; UTF-8 where the bytes are, bar a few broken ones; what a
//! message or the page itself declares, if the bytes bear it out; and at last a guess among the encodings in use. What is
//! declared comes so late because it is wrong so often: pages are converted and keep the old declaration.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// Where a page declares its encoding, at the latest.
const HEAD: usize = 64 << 10;
/// A text may have one broken character in so many and still be taken for what it otherwise is.
const TOLERATED: usize = 20;

/// The text of bytes; `html` says that they are a web page, which may declare its encoding.
pub(crate) fn decode(bytes: &[u8], html: bool) -> Cow<'_, str> {
    decode_as(bytes, html, None)
}

/// The same, with the label of an encoding that a message gives in its header.
pub(crate) fn decode_as<'a>(bytes: &'a [u8], html: bool, label: Option<&str>) -> Cow<'a, str> {
    let (bytes, marked) = match Encoding::for_bom(bytes) {
        // A mark in front of a text in another encoding, as programs that join files leave it, says nothing.
        Some((encoding, skip)) if encoding == UTF_8 => (&bytes[skip..], true),
        Some((encoding, skip)) => return encoding.decode_without_bom_handling(&bytes[skip..]).0,
        None => (bytes, false),
    };
    if let Some(encoding) = utf16(bytes).filter(|_| !marked) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => return Cow::Borrowed(text),
        // Cut in the middle of a character: still UTF-8.
        Err(e) if e.error_len().is_none() && bytes.len() > 64 => return String::from_utf8_lossy(bytes),
        Err(_) if is_nearly_utf8(bytes) => return String::from_utf8_lossy(bytes),
        Err(_) => {}
    }
    let told = label.and_then(|l| Encoding::for_label(l.trim().as_bytes()));
    let declared = [told, if html { declared(bytes) } else { None }];
    for encoding in declared.into_iter().flatten().filter(|e| ![UTF_8, UTF_16LE, UTF_16BE].contains(e)) {
        if let Some(text) = tried(encoding, bytes) {
            return text;
        }
    }
    guessed(bytes)
}

/// Whether almost all of the bytes are UTF-8: a few that are not must not turn the whole text into another encoding.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        // Chinese characters take three bytes, which other encodings hardly ever imitate.
        good += chunk.valid().bytes().filter(|b| (0xe1..=0xef).contains(b)).count();
        broken += usize::from(!chunk.invalid().is_empty());
        if broken > 1000 && good < broken {
            return false;
        }
    }
    good >= broken * TOLERATED / 4 && good > 0
}

/// The text in an encoding that is declared, if the bytes bear it out.
fn tried<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if encoding == GB18030 || encoding == GBK {
        return (!broken || is_borne_out(&text)).then_some(text);
    }
    let (chinese, bad) = GB18030.decode_without_bom_handling(bytes);
    let is_chinese = !bad || is_borne_out(&chinese);
    // Names of Latin encodings are what programs write that know no other, and fit any bytes; bytes of GB 18030 mostly fit
    // Big5 as well, but make no words in it.
    if is_chinese && common(&chinese) > 4 + 2 * common(&text) {
        return Some(chinese);
    }
    (encoding.is_single_byte() || !broken || is_borne_out(&text)).then_some(text)
}

/// How many of the commonest characters are in a text.
fn common(text: &str) -> usize {
    const COMMON: &str = "的一是不在有了和人中大为上国地到年月日行政府公开本件数总其他个信息\
                          為國開數總個資訊與會這來時發現後學經電業報費處理機關";
    text.chars().take(100_000).filter(|c| !c.is_ascii() && COMMON.contains(*c)).count()
}

/// Whether at most one character in [`TOLERATED`] was broken.
fn is_borne_out(text: &str) -> bool {
    let broken = text.chars().filter(|c| *c == '\u{fffd}').count();
    broken * TOLERATED <= text.chars().filter(|c| !c.is_ascii()).count()
}

/// The encoding that a page declares in its first kilobytes: `<meta>`, or else the XML declaration.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let ascii = |b: &u8| if b.is_ascii() { *b as char } else { '?' };
    let head: String = bytes.iter().take(HEAD).map(ascii).collect();
    let in_xml = || {
        let declaration = head.trim_start().strip_prefix("<?xml ")?.split_once("?>")?.0;
        let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
        value.split(['"', '\'']).nth(1).map(str::to_owned)
    };
    let label = crate::html::declared_charset(&head).or_else(in_xml)?;
    Encoding::for_label(label.as_bytes())
}

/// UTF-16 without a mark, by the zero bytes of line ends, digits and blanks.
pub(crate) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let bytes = &bytes[..bytes.len().min(65_536)];
    let pairs = bytes.len() / 2;
    if pairs < 8 || memchr::memchr(0, bytes).is_none() {
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

fn guessed(bytes: &[u8]) -> Cow<'_, str> {
    // Most old files are GB18030: taken where the bytes fit.
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    if !broken || is_borne_out(&text) {
        return text;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    if guess.is_single_byte() { text } else { guess.decode_without_bom_handling(bytes).0 }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use encoding_rs::BIG5;

    const TEXT: &str = "2020年某局政府信息公开年度报告\r\n一、总体情况\r\n\t规章\r\n\t0\r\n";

    fn wide(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn without_a_declaration() {
        for bytes in [
            TEXT.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat(),
            GB18030.encode(TEXT).0.into_owned(),
            [b"\xEF\xBB\xBF", &GB18030.encode(TEXT).0[..]].concat(),
            wide(TEXT, false),
            wide(TEXT, true),
            [&b"\xFF\xFE"[..], &wide(TEXT, false)].concat(),
            [&b"\xFE\xFF"[..], &wide(TEXT, true)].concat(),
        ] {
            assert_eq!(decode(&bytes, false), TEXT);
        }
        // Zero bytes in a text do not make it UTF-16.
        let zeros = format!("{}\0", TEXT.repeat(5));
        assert_eq!(decode(zeros.as_bytes(), false), zeros);
        assert_eq!(decode(b"", true), "");
        assert_eq!(decode(b"\xEF\xBB\xBF", true), "");
    }

    #[test]
    fn declared_rightly_and_wrongly() {
        let big5 = "政府資訊公開年報，制發件數，行政許可";
        let page = |declaration: &str, text: &str| format!("<html><head>{declaration}</head><p>{text}</p>");
        for (declaration, encoding, text) in [
            ("<meta charset=\"utf-8\">", GB18030, TEXT),
            ("<meta charset=gb2312>", UTF_8, TEXT),
            ("<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">", GB18030, TEXT),
            ("<META CONTENT='text/html;charset=GBK' HTTP-EQUIV='content-type'>", GB18030, TEXT),
            ("<meta charset=windows-1252>", GB18030, TEXT),
            ("<meta charset=iso-8859-1>", UTF_8, TEXT),
            ("<meta charset=big5>", BIG5, big5),
            ("<script src=a.js charset=utf-8></script><!-- <meta charset=gbk> --><meta charset=big5>", BIG5, big5),
            ("<meta name=a content='charset=gbk'><meta charset=big5>", BIG5, big5),
            ("<meta charset=big5>", GB18030, TEXT),
            ("<meta charset=shift_jis>", GB18030, TEXT),
            ("<meta charset=utf-16>", GB18030, TEXT),
            ("<meta charset=unknown>", GB18030, TEXT),
            ("", GB18030, TEXT),
        ] {
            let page = page(declaration, text);
            assert_eq!(decode(&encoding.encode(&page).0, true), page, "{declaration}");
        }
        let xml = format!("<?xml version=\"1.0\" encoding=\"Big5\"?><html><p>{big5}</p>");
        assert_eq!(decode(&BIG5.encode(&xml).0, true), xml);
        assert_eq!(decode_as(&BIG5.encode(big5).0, false, Some("big5")), big5);
    }

    #[test]
    fn a_few_broken_bytes() {
        for encoding in [UTF_8, GB18030] {
            for declaration in ["<meta charset=gb2312>", "<meta charset=utf-8>", ""] {
                let page = format!("{declaration}<p>{}</p>", TEXT.repeat(4));
                let mut bytes = encoding.encode(&page).0.into_owned();
                bytes.splice(60..60, *b"\xff\x3c\x62\x3e");
                bytes.push(0xe6);
                let text = decode(&bytes, true);
                assert!(text.matches("总体情况").count() >= 3, "{} {declaration}: {text}", encoding.name());
            }
        }
    }
}
