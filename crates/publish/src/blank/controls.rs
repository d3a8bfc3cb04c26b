//! Fields to type in: content controls over what asks for words in the empty document. A control that shows what it asks
//! for says so, so that no reader takes it for the agency's words, and the first key typed replaces it.

use std::io::{Cursor, Read, Write};

use nianbao_form::Form;
use zip::write::SimpleFileOptions;

use super::guide;
use crate::words::Lang;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The part with the text.
const DOCUMENT: &str = "word/document.xml";
/// The grey of words that ask for others.
const GREY: &str = "<w:color w:val=\"7F7F7F\"/>";

/// The document with its fields.
pub(super) fn with_controls(bytes: &[u8], form: &Form) -> Result<Vec<u8>, Failure> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for i in 0..from.len() {
        let mut part = from.by_index(i)?;
        let part_name = part.name()?.into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content)?;
        if part_name == DOCUMENT {
            content = controls(std::str::from_utf8(&content)?, form).into_bytes();
        }
        out.start_file(part_name, options)?;
        out.write_all(&content)?;
    }
    Ok(out.finish()?.into_inner())
}

/// Paragraphs outside of tables that ask for words become controls of their own, neighbours of the guide a single one; in the
/// title agency and year do.
fn controls(xml: &str, form: &Form) -> String {
    let lang = Lang::of_form(form);
    let guide = guide::lines(form);
    let (mut out, mut rest) = (String::with_capacity(xml.len()), xml);
    let mut ids = 0;
    let mut guiding = false;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let whole = match name(rest) {
            "w:p" | "w:tbl" if !rest.starts_with("</") => element(rest).unwrap_or(rest),
            _ => &rest[..rest.find('>').map_or(rest.len(), |e| e + 1)],
        };
        rest = &rest[whole.len()..];
        if name(whole) != "w:p" {
            out.push_str(whole);
            continue;
        }
        let words = text(whole);
        let of_guide = guide.contains(&words);
        if guiding && !of_guide {
            out.push_str("</w:sdtContent></w:sdt>");
        }
        if of_guide {
            if !guiding {
                out.push_str(&opening(&mut ids, lang.say("blank_guide"), "guide", ""));
            }
            out.push_str(&greyed(whole));
        } else if words == lang.say("blank_text_here") {
            out.push_str(&opening(&mut ids, lang.say("blank_prose_ask_word"), "text", ""));
            out.push_str(&greyed(whole));
            out.push_str("</w:sdtContent></w:sdt>");
        } else if words.contains(lang.say("blank_agency")) {
            out.push_str(&title(whole, form, &mut ids));
        } else {
            out.push_str(whole);
        }
        guiding = of_guide;
    }
    out.push_str(rest);
    out
}

/// The words of an element.
fn text(xml: &str) -> String {
    let pieces = xml.split("<w:t").skip(1).filter(|p| p.starts_with([' ', '>']));
    let words = pieces.filter_map(|p| p.split_once('>')?.1.split_once("</w:t>").map(|t| t.0));
    words
        .collect::<String>()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// The beginning of a control, up to its content. `kind` says what it takes; rich text if empty.
fn opening(ids: &mut u32, alias: &str, tag: &str, kind: &str) -> String {
    *ids += 1;
    let alias = escaped(alias);
    format!(
        "<w:sdt><w:sdtPr><w:alias w:val=\"{alias}\"/><w:tag w:val=\"{tag}\"/><w:id w:val=\"{ids}\"/><w:showingPlcHdr/>{kind}</w:sdtPr><w:sdtContent>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The runs of an element in grey; the colour stands before the size, as the schema orders them.
fn greyed(xml: &str) -> String {
    xml.replace("<w:sz w:val=", &format!("{GREY}<w:sz w:val="))
}

/// The name of a tag.
fn name(tag: &str) -> &str {
    let bare = tag.trim_start_matches(['<', '/']);
    &bare[..bare.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(bare.len())]
}

/// The element with which a text begins, its end included.
fn element(text: &str) -> Option<&str> {
    let own = name(text);
    let (mut depth, mut at) = (0usize, 0);
    loop {
        let start = at + text[at..].find('<')?;
        let end = start + text[start..].find('>')? + 1;
        let tag = &text[start..end];
        if name(tag) == own {
            if tag.starts_with("</") {
                depth = depth.checked_sub(1)?;
            } else if !tag.ends_with("/>") {
                depth += 1;
            }
            if depth == 0 {
                return Some(&text[..end]);
            }
        }
        at = end;
    }
}

/// The title with a field for the agency and one for the year, in the look of the title.
fn title(paragraph: &str, form: &Form, ids: &mut u32) -> String {
    let lang = Lang::of_form(form);
    let Some(at) = paragraph.find("<w:r>") else { return paragraph.to_owned() };
    let Some(run) = element(&paragraph[at..]) else { return paragraph.to_owned() };
    let look = run.find("<w:rPr>").and_then(|p| element(&run[p..])).unwrap_or_default();
    let words = text(run);
    let (agency, year) = (lang.say("blank_agency"), lang.year_asked());
    let last = form.to.unwrap_or(form.from.saturating_add(24));
    let items: String = (form.from..=last)
        .take(40)
        .map(|y| lang.year_named(y))
        .map(|y| format!("<w:listItem w:displayText=\"{y}\" w:value=\"{y}\"/>"))
        .collect();
    let kinds = [
        (agency, lang.say("blank_agency_field"), "agency", "<w:text/>".to_owned()),
        (year.as_str(), lang.say("blank_year_field"), "year", format!("<w:comboBox>{items}</w:comboBox>")),
    ];
    let plain = |words: &str| match words {
        "" => String::new(),
        _ => format!("<w:r>{look}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(words)),
    };
    let mut out = String::new();
    let mut rest = words.as_str();
    while let Some((start, mark)) = kinds.iter().filter_map(|k| Some((rest.find(k.0)?, k))).min_by_key(|f| f.0) {
        out.push_str(&plain(&rest[..start]));
        out.push_str(&opening(ids, mark.1, mark.2, &mark.3));
        out.push_str(&greyed(&plain(mark.0)));
        out.push_str("</w:sdtContent></w:sdt>");
        rest = &rest[start + mark.0.len()..];
    }
    out.push_str(&plain(rest));
    paragraph.replacen(run, &out, 1)
}
