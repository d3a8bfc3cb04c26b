//! The scan against what another library finds, and its parts.
#![allow(clippy::unwrap_used)]

use quick_xml::events::Event;

use super::*;

const DOCUMENTS: [&str; 6] = [
    "<?xml version=\"1.0\"?><a>1<b/>2<c x='1' y=\"2\">3</c ></a >",
    "<a:b xmlns:a='urn:a'><!-- <x> --><a:c  d = \"&lt;>'\"\n e='\"/>'/>&#65;&amp;<![CDATA[<&]]>]]</a:b>\n<!-- end -->",
    "<a><b></b><b/ ></a>",
    "<a x=\"12345678901234567890\" long-name.of_it:x=\"1234567\" z=\"12345678\"/>",
    "<年报 属性=\"值\">字</年报>",
    "<a>\r\n <b>\t</b> <?p i?></a>",
];

/// Names, attributes and texts as another library finds them; `None` for what is not well-formed.
fn reference(xml: &str) -> Option<Vec<String>> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut out: Vec<String> = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(e) => {
                depth += 1;
                out.push(format!("<{}", e.name().into_inner()));
                for a in e.attributes() {
                    let a = a.ok()?;
                    out.push(format!("{}={}", a.key.into_inner(), a.value));
                }
            }
            Event::End(_) => {
                depth -= 1;
                out.push(">".into());
            }
            Event::Text(t) if depth > 0 => out.push(t.xml10_content().into_owned()),
            Event::CData(t) => out.push(t.xml10_content().into_owned()),
            Event::GeneralRef(r) => {
                let c = match &*r.xml10_content() {
                    "amp" => '&',
                    "lt" => '<',
                    _ => r.resolve_char_ref().ok()??,
                };
                out.push(c.into());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (depth == 0).then(|| joined(out))
}

fn own(xml: &str) -> Option<Vec<String>> {
    let mut scan = Scanner::new(xml.as_bytes());
    let mut out: Vec<String> = Vec::new();
    let text = |b: &[u8]| String::from_utf8(b.to_vec()).unwrap();
    loop {
        match scan.next().ok()? {
            Token::Start(tag) => {
                out.push(format!("<{}", text(tag.qualified)));
                out.extend(tag.attributes().map(|(name, value)| format!("{}={}", text(name), text(value))));
            }
            Token::End(_) => out.push(">".into()),
            Token::Text(raw) => {
                let mut text = String::new();
                unescape(raw, &mut text).ok()?;
                out.push(text.replace("\r\n", "\n"));
            }
            Token::Plain(raw) => out.push(text(raw)),
            Token::End0 => return Some(joined(out)),
        }
    }
}

/// Pieces of text put together.
fn joined(pieces: Vec<String>) -> Vec<String> {
    let is_markup = |p: &str| p.starts_with('<') && p.len() > 1 || p == ">" || p.contains('=');
    let mut out: Vec<String> = Vec::new();
    for piece in pieces.into_iter().filter(|p| !p.is_empty()) {
        match out.last_mut() {
            Some(last) if !is_markup(last) && !is_markup(&piece) => last.push_str(&piece),
            _ => out.push(piece),
        }
    }
    out
}

#[test]
fn as_another_library_reads_it() {
    for xml in DOCUMENTS {
        if let Some(found) = own(xml) {
            assert_eq!(Some(found), reference(xml), "{xml}");
        } else {
            assert!(xml.contains("/ >"), "{xml}");
        }
    }
}

#[test]
fn the_first_of_two_bytes() {
    for length in 0..40 {
        for at in 0..length {
            let mut bytes = [b'=', b'!', b'#', b';', 0x80, 0xFF, 0, 1].repeat(5);
            bytes.truncate(length);
            assert_eq!(first_of(&bytes, b'"', b'<'), None);
            bytes[at] = b'"';
            assert_eq!(first_of(&bytes, b'"', b'<'), Some(at));
            assert_eq!(first_of(&bytes, b'<', b'"'), Some(at));
        }
    }
}

#[test]
fn numbers_in_attributes() {
    let number = |value: &str| {
        let xml = format!("<a w:val=\"{value}\"/>");
        let Token::Start(tag) = Scanner::new(xml.as_bytes()).next().unwrap() else { panic!("a tag") };
        tag.number("val")
    };
    let table = [("3", Some(3)), (" 3 ", Some(3)), ("3.7", Some(3)), ("-3", None), ("x", None), ("", None)];
    for (value, want) in table {
        assert_eq!(number(value), want, "{value}");
    }
    assert_eq!(number("99999999999999999999999"), Some(1 << 24));
}

#[test]
fn encodings_of_parts() {
    let text = "<?xml version=\"1.0\" encoding=\"ENC\"?><a>年报</a>";
    let gbk = text.replace("ENC", "gbk");
    assert!(utf8(&encoding_rs::GBK.encode(&gbk).0).unwrap().ends_with("年报</a>".as_bytes()));
    // Converted, but the declaration left as it was.
    assert_eq!(&*utf8(text.replace("ENC", "utf-16").as_bytes()).unwrap(), text.replace("ENC", "utf-16").as_bytes());
    assert_eq!(utf8(text.replace("ENC", "no-such").as_bytes()).unwrap_err(), Fault::Broken);
    assert_eq!(
        utf8(&[b"<?xml version=\"1.0\" encoding=\"gb18030\"?><a>", &b"\xFF\xFF"[..]].concat()).unwrap_err(),
        Fault::Broken
    );
}
