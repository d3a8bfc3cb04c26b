//! The parts of a Word document and the zip file that holds them. Times are those that the format begins with, 1980, so
//! that the same story gives the same bytes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::xml::{LATIN, escape};
use super::{BODY, FONTS, HEADING, SUBHEADING, TITLE};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const RELATIONSHIPS: &str = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// The file: what stands in the body, and in the foot of every page.
pub(super) fn package(title: &str, body: &str, foot: &str) -> Result<Vec<u8>, zip::result::ZipError> {
    let parts = [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", package_relationships()),
        ("docProps/app.xml", app()),
        ("docProps/core.xml", core(title)),
        ("word/document.xml", document(body)),
        ("word/_rels/document.xml.rels", document_relationships()),
        ("word/styles.xml", styles()),
        ("word/settings.xml", settings()),
        ("word/fontTable.xml", fonts()),
        ("word/footer1.xml", format!("{DECLARATION}<w:ftr {MAIN}>{foot}</w:ftr>")),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (name, text) in parts {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A4 with the margins of official documents (GB/T 9704-2012).
fn document(body: &str) -> String {
    format!(
        "{DECLARATION}<w:document {MAIN} xmlns:r=\"{OFFICE}\"><w:body>{body}<w:sectPr><w:footerReference w:type=\"default\" \
         r:id=\"rId4\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" \
         w:left=\"1588\" w:header=\"851\" w:footer=\"1400\" w:gutter=\"0\"/><w:cols w:space=\"720\"/></w:sectPr></w:body>\
         </w:document>"
    )
}

fn content_types() -> String {
    let mut text = format!(
        "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    );
    for (part, kind) in [
        ("word/document", format!("{WORD}.document.main+xml")),
        ("word/styles", format!("{WORD}.styles+xml")),
        ("word/settings", format!("{WORD}.settings+xml")),
        ("word/fontTable", format!("{WORD}.fontTable+xml")),
        ("word/footer1", format!("{WORD}.footer+xml")),
        ("docProps/core", "application/vnd.openxmlformats-package.core-properties+xml".to_owned()),
        ("docProps/app", "application/vnd.openxmlformats-officedocument.extended-properties+xml".to_owned()),
    ] {
        text.push_str(&format!("<Override PartName=\"/{part}.xml\" ContentType=\"{kind}\"/>"));
    }
    text + "</Types>"
}

fn package_relationships() -> String {
    format!(
        "{DECLARATION}<Relationships {RELATIONSHIPS}>\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"word/document.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" \
         Target=\"docProps/core.xml\"/>\
         <Relationship Id=\"rId3\" Type=\"{OFFICE}/extended-properties\" Target=\"docProps/app.xml\"/></Relationships>"
    )
}

fn document_relationships() -> String {
    let mut text = format!("{DECLARATION}<Relationships {RELATIONSHIPS}>");
    for (i, (kind, target)) in
        [("styles", "styles.xml"), ("settings", "settings.xml"), ("fontTable", "fontTable.xml"), ("footer", "footer1.xml")]
            .iter()
            .enumerate()
    {
        text.push_str(&format!("<Relationship Id=\"rId{}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>", i + 1));
    }
    text + "</Relationships>"
}

fn app() -> String {
    format!(
        "{DECLARATION}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
         <Application>nianbao</Application></Properties>"
    )
}

fn core(title: &str) -> String {
    let mut escaped = String::new();
    escape(title, &mut escaped);
    let day = "xsi:type=\"dcterms:W3CDTF\">1980-01-01T00:00:00Z";
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{escaped}</dc:title><dc:creator>nianbao</dc:creator>\
         <dcterms:created {day}</dcterms:created><dcterms:modified {day}</dcterms:modified></cp:coreProperties>"
    )
}

/// The standard hand, and the headings by which Word finds its way through a document.
fn styles() -> String {
    let hand = |font: &str, size: usize| {
        format!(
            "<w:rPr><w:rFonts w:ascii=\"{LATIN}\" w:hAnsi=\"{LATIN}\" w:eastAsia=\"{font}\" w:cs=\"{LATIN}\"/>\
             <w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr>"
        )
    };
    let style = |id: &str, name: &str, outline: &str, hand: String| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:next w:val=\"Normal\"/><w:qFormat/>{outline}{hand}</w:style>"
        )
    };
    let level = |n: usize| format!("<w:pPr><w:keepNext/><w:outlineLvl w:val=\"{n}\"/></w:pPr>");
    format!(
        "{DECLARATION}<w:styles {MAIN}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"{LATIN}\" w:hAnsi=\"{LATIN}\" \
         w:eastAsia=\"{BODY}\" w:cs=\"{LATIN}\"/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/><w:lang w:val=\"en-US\" \
         w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>\
         {}{}{}</w:styles>",
        style("Title", "Title", "", hand(TITLE, 44)),
        style("Heading1", "heading 1", &level(0), hand(HEADING, 32)),
        style("Heading2", "heading 2", &level(1), hand(SUBHEADING, 32)),
    )
}

fn settings() -> String {
    format!(
        "{DECLARATION}<w:settings {MAIN}><w:zoom w:percent=\"100\"/><w:defaultTabStop w:val=\"420\"/>\
         <w:characterSpacingControl w:val=\"compressPunctuation\"/><w:compat><w:spaceForUL/>\
         <w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/>\
         <w:adjustLineHeightInTable/><w:useFELayout/><w:compatSetting w:name=\"compatibilityMode\" \
         w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>\
         <w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>"
    )
}

fn fonts() -> String {
    let mut text = format!("{DECLARATION}<w:fonts {MAIN}>");
    for (name, other) in FONTS {
        text.push_str(&format!("<w:font w:name=\"{name}\"><w:altName w:val=\"{other}\"/><w:charset w:val=\"86\"/></w:font>"));
    }
    text + &format!("<w:font w:name=\"{LATIN}\"><w:charset w:val=\"00\"/></w:font></w:fonts>")
}
