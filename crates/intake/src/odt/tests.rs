//! What stands in the files is what comes out: texts and tables as a reader sees them.
#![allow(clippy::unwrap_used)]

use std::io::Write;

use super::read;
use crate::line::shown;

/// A flat document with styles and a text.
fn flat(styles: &str, text: &str) -> String {
    let names =
        ["office", "style", "text", "table"].map(|n| format!(" xmlns:{n}=\"urn:oasis:names:tc:opendocument:xmlns:{n}:1.0\""));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document{} xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\"\
         ><office:meta><dc:title>9</dc:title></office:meta><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:master-styles><style:master-page><style:header><text:p>9</text:p></style:header></style:master-page></office:master-styles>\
         <office:body><office:text>{text}</office:text></office:body></office:document>",
        names.concat()
    )
}

fn show(styles: &str, text: &str) -> String {
    let file = flat(styles, text);
    shown::blocks(&read(file.as_bytes()).unwrap_or_else(|e| panic!("{}: {text}", e.en)))
}

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const KIND: (&str, &str) = ("mimetype", "application/vnd.oasis.opendocument.text");

#[test]
fn text() {
    for (text, want) in [
        ("<text:h>a</text:h><text:p> b <text:span>c</text:span> \n\t d<text:s text:c=\"3\"/>e</text:p>", "a; b c d   e"),
        ("<text:p>a<text:tab/>b<text:line-break/>c<text:soft-page-break/>d</text:p>", "a\tb; cd"),
        ("<text:p>1<text:s text:c=\"999999999\"/>2</text:p>", &format!("1{}2", " ".repeat(100))),
        ("<text:p>&#49;2&lt;&amp;<![CDATA[<3>]]></text:p>", "12<&<3>"),
        (
            "<text:p><text:a>1</text:a><text:bookmark-start text:name=\"9\"/>2<text:date>3</text:date><text:page-number>4</text:page-number></text:p>",
            "1234",
        ),
        (
            "<text:list><text:list-item><text:number>9.</text:number><text:p>a</text:p><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list></text:list-item></text:list>",
            "a; b",
        ),
        (
            "<text:section><text:p>a</text:p></text:section><text:table-of-content><text:index-body><text:index-title><text:p>b</text:p></text:index-title></text:index-body></text:table-of-content>",
            "a; b",
        ),
        ("<text:p><text:ruby><text:ruby-base>1</text:ruby-base><text:ruby-text>9</text:ruby-text></text:ruby></text:p>", "1"),
        (
            "<text:p>a<draw:frame><draw:text-box><text:p>b</text:p><text:p>c</text:p></draw:text-box><svg:desc>9</svg:desc></draw:frame>d</text:p>",
            "b; c; ad",
        ),
        (
            "<text:p>a<draw:custom-shape><text:p>b</text:p><draw:enhanced-geometry/></draw:custom-shape><draw:g><draw:rect><text:p>c</text:p></draw:rect></draw:g></text:p>",
            "b; c; a",
        ),
        (
            "<text:p>a<draw:frame><draw:object><math:math>9</math:math></draw:object><draw:image><office:binary-data>OTk=</office:binary-data></draw:image></draw:frame></text:p>",
            "a",
        ),
        (
            "<text:p>a<loext:content-control><text:span>b</text:span></loext:content-control><field:fieldmark-start><field:param>9</field:param></field:fieldmark-start>c</text:p>",
            "abc",
        ),
        ("<text:p>3\u{2011}4</text:p>", "3-4"),
    ] {
        assert_eq!(show("", text), want, "{text}");
    }
}

#[test]
fn what_is_not_shown() {
    let styles = "<style:style style:name=\"H\" style:family=\"text\"><style:text-properties text:display=\"none\"/></style:style>\
        <style:style style:name=\"V\" style:family=\"text\"><style:text-properties text:display=\"true\"/></style:style>\
        <style:style style:name=\"S\" style:family=\"text\"><style:text-properties style:text-line-through-style=\"solid\" style:text-line-through-type=\"single\"/></style:style>\
        <style:style style:name=\"N\" style:family=\"text\" style:parent-style-name=\"S\"><style:text-properties style:text-line-through-style=\"none\" style:text-line-through-type=\"none\"/></style:style>\
        <style:style style:name=\"C\" style:family=\"text\" style:parent-style-name=\"H\"/>\
        <style:style style:name=\"L\" style:family=\"text\" style:parent-style-name=\"L\"/>\
        <style:style style:name=\"U\" style:family=\"text\"><style:text-properties style:text-position=\"super 58%\"/></style:style>\
        <style:style style:name=\"D\" style:family=\"text\"><style:text-properties style:text-position=\"-33% 58%\"/></style:style>\
        <style:style style:name=\"O\" style:family=\"text\"><style:text-properties style:text-position=\"0% 100%\"/></style:style>\
        <style:style style:name=\"H\" style:family=\"paragraph\"><style:text-properties text:display=\"none\"/></style:style>";
    let span = |style: &str, text: &str| format!("<text:span text:style-name=\"{style}\">{text}</text:span>");
    for (text, want) in [
        (format!("<text:p>1{}{}{}2</text:p>", span("H", "9"), span("S", &span("S", "9")), span("C", "9")), "12"),
        (format!("<text:p>1{}{}{}</text:p>", span("N", "2"), span("L", "3"), span("nowhere", "4")), "1234"),
        (format!("<text:p text:style-name=\"H\">9{}</text:p><text:p>{}</text:p>", span("V", "2"), span("H", &span("V", "3"))), "2; 3"),
        (format!("<text:p>12{}{}3{}{}</text:p>", span("U", "1"), span("D", "2"), span("O", "4"), span("U", "注")), "12[12]34注"),
        ("<text:p>12<text:note><text:note-citation>9</text:note-citation><text:note-body><text:p>9</text:p></text:note-body></text:note>, <text:note-ref>9</text:note-ref></text:p>".into(), "12, [9]"),
        ("<text:p>5<office:annotation><dc:creator>9</dc:creator><text:p>9</text:p></office:annotation>6<office:annotation-end/></text:p>".into(), "56"),
        ("<text:section text:display=\"none\"><text:p>9</text:p></text:section><text:section text:is-hidden=\"true\"><text:p>9</text:p></text:section><text:p>5</text:p>".into(), "5"),
        ("<text:p>5<text:hidden-text text:string-value=\"9\"/><text:hidden-text text:string-value=\"6\" text:is-hidden=\"true\">6</text:hidden-text></text:p>".into(), "56"),
        ("<text:p>9<text:hidden-paragraph text:is-hidden=\"true\"/>9</text:p><text:p>5<text:hidden-paragraph text:is-hidden=\"false\"/></text:p>".into(), "5"),
        (
            "<text:tracked-changes><text:changed-region text:id=\"a\"><text:deletion><office:change-info><dc:creator>9</dc:creator></office:change-info><text:p>9</text:p></text:deletion></text:changed-region>\
             <text:changed-region text:id=\"b\"><text:insertion/></text:changed-region></text:tracked-changes>\
             <text:p>5<text:change text:change-id=\"a\"/><text:change-start text:change-id=\"b\"/>6<text:change-end text:change-id=\"b\"/></text:p>".into(),
            "56",
        ),
        // A flat file keeps deleted text in its place, even over paragraphs.
        (
            "<text:tracked-changes><text:changed-region xml:id=\"a\"><text:deletion/></text:changed-region></text:tracked-changes>\
             <text:p>5<text:change-start text:change-id=\"a\"/>9<text:s/></text:p><text:p>9<text:change-end text:change-id=\"a\"/>6</text:p>".into(),
            "5; 6",
        ),
        ("<office:forms><form:form><text:p>9</text:p></form:form></office:forms><text:p>5<text:script>9</text:script><draw:frame draw:display=\"none\"><draw:text-box><text:p>9</text:p></draw:text-box></draw:frame></text:p>".into(), "5"),
    ] {
        assert_eq!(show(styles, &text), want, "{text}");
    }
    // Styles of the package's own part, under the names of the text.
    let content = flat("", &format!("<text:p>5{}</text:p>", span("H", "9")));
    let styles = flat(styles, "").replace("automatic-styles", "styles");
    let styles = styles.replace("<office:body><office:text></office:text></office:body>", "");
    let document = read(&package(&[KIND, ("styles.xml", &styles), ("content.xml", &content)])).unwrap();
    assert_eq!(shown::blocks(&document), "5");
}

/// A table out of rows: `a`, `b 2x1` (rows × columns), `.` covered, `*3` repeated.
fn table(rows: &str) -> String {
    let cell = |cell: &str| {
        let (text, repeat) = cell.split_once('*').unwrap_or((cell, "1"));
        let (text, spans) = text.split_once(' ').unwrap_or((text, "1x1"));
        let (down, across) = spans.split_once('x').unwrap();
        if text == "." {
            return format!(
                "<table:covered-table-cell table:number-columns-repeated=\"{repeat}\"><text:p>9</text:p></table:covered-table-cell>"
            );
        }
        format!(
            "<table:table-cell table:number-rows-spanned=\"{down}\" table:number-columns-spanned=\"{across}\" table:number-columns-repeated=\"{repeat}\" \
             office:value-type=\"float\" office:value=\"9\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let rows: String = rows
        .split('/')
        .map(|row| format!("<table:table-row>{}</table:table-row>", row.split('|').map(cell).collect::<String>()))
        .collect();
    let columns = rows.split("</table:table-row>").next().unwrap().matches("<table:table-cell").count();
    format!("<table:table><table:table-column table:number-columns-repeated=\"{columns}\"/>{rows}</table:table>")
}

#[test]
fn tables() {
    for (rows, want) in [
        ("1|2/3|4", "[1|2/3|4]"),
        ("1 1x2|.|2/3|4|5", "[1 1x2|2/3|4|5]"),
        ("1 2x2|.|2/.|.|3/4|5|6", "[1 2x2|2/3/4|5|6]"),
        ("1 2x1|2/.|3/4|5", "[1 2x1|2/3/4|5]"),
        // Programs that leave covered places out, or have one that nothing covers.
        ("1 2x2|2/3/4|5|6", "[1 2x2|2/3/4|5|6]"),
        ("1|2|3/.|4|5", "[1|2|3/_|4|5]"),
        ("1*3/2*2|3", "[1|1|1/2|2|3]"),
        ("1 9x1|2/.|3", "[1 2x1|2/3]"),
        ("1 3x1|2/.*1|3 2x1/.|./4|5", "[1 3x1|2/3 2x1//4|5]"),
        // A cell where another still reaches ends that one.
        ("1|2 3x1/3 1x2/4|5", "[1|2/3 1x2/4|5]"),
    ] {
        assert_eq!(show("", &table(rows)), want, "{rows}");
    }
    let parts = |inner: &str| table("1|2").replace("<table:table-row>", inner);
    assert_eq!(
        show(
            "",
            &parts("<table:table-header-rows><table:table-row>")
                .replace("</table:table-row>", "</table:table-row></table:table-header-rows>")
        ),
        "[1|2]"
    );
    assert_eq!(show("", &parts("<table:table-row table:number-rows-repeated=\"3\">")), "[1|2/1|2/1|2]");
    let blank = "1|2/|".to_owned() + "/3|4";
    let filled = table(&blank).replacen(
        "</table:table-row><table:table-row>",
        "</table:table-row><table:table-row table:number-rows-repeated=\"1000000000\">",
        1,
    );
    assert!(show("", &filled).ends_with("/|/3|4]"));
}

#[test]
fn tables_in_cells() {
    let nested = |inner: &str| table("a|@|c/d|e|f").replace("<text:p>@</text:p>", inner);
    assert_eq!(show("", &nested(&table("1|2/3|4"))), "[a|1；2；3；4|c/d|e|f]");
    let long = "<text:p>很长的话".to_owned() + &"很长的话".repeat(10) + "</text:p>";
    assert_eq!(show("", &nested(&table("1|2/3|4").replace("<text:p>1</text:p>", &long))).matches('[').count(), 2);
    // A table that splits its cell.
    let split = |rows: &str| table(rows).replace("<table:table>", "<table:table table:is-sub-table=\"true\">");
    assert_eq!(show("", &nested(&split("1|2/3|4"))), "[a 2x1|1|2|c 2x1/3|4/d|e 1x2|f]");
    assert_eq!(show("", &nested(&split("1/2/3"))), "[a 3x1|1|c 3x1/2/3/d|e|f]");
    let twice = split("1|@").replace("<text:p>@</text:p>", &split("2/3"));
    assert_eq!(show("", &nested(&twice)), "[a 2x1|1 2x1|2|c 2x1/3/d|e 1x2|f]");
    let both = table("@|#").replace("<text:p>@</text:p>", &split("1/2/3")).replace("<text:p>#</text:p>", &split("4/5"));
    assert_eq!(show("", &both), "[1|4/2|5 2x1/3]");
    // Widths tell which columns meet.
    let styles = [("A", "1cm"), ("B", "2cm"), ("C", "3cm")]
        .map(|(n, w)| format!("<style:style style:name=\"{n}\" style:family=\"table-column\"><style:table-column-properties style:column-width=\"{w}\"/></style:style>"))
        .concat();
    let columns = |table: String, styles: &str| {
        let columns: String = styles.chars().map(|c| format!("<table:table-column table:style-name=\"{c}\"/>")).collect();
        let start = table.find("<table:table-column").unwrap();
        let end = table.find("<table:table-row").unwrap();
        format!("{}{columns}{}", &table[..start], &table[end..])
    };
    let outer = columns(table("@/a|b|c").replacen("columns-spanned=\"1\"", "columns-spanned=\"3\"", 1), "ABC");
    let inner = columns(split("1|2"), "CC");
    assert_eq!(show(&styles, &outer.replace("<text:p>@</text:p>", &inner)), "[1 1x2|2/a|b|c]");
    // Deeper than any table is split: tables of their own.
    let deep = (0..40).fold("<text:p>1</text:p>".to_owned(), |inner, _| split("@|2").replace("<text:p>@</text:p>", &inner));
    assert!(show("", &nested(&deep)).contains('1'));
}

#[test]
fn other_prefixes_and_encodings() {
    let file = flat("", &(table("1|2/3|4") + "<text:p>规章</text:p>"));
    let renamed = ["office", "text", "table", "style"].iter().fold(file.clone(), |f, n| {
        f.replace(&format!("<{n}:"), &format!("<x{n}:"))
            .replace(&format!("</{n}:"), &format!("</x{n}:"))
            .replace(&format!(" {n}:"), &format!(" x{n}:"))
            .replace(&format!("xmlns:{n}="), &format!("xmlns:x{n}="))
    });
    assert_eq!(shown::blocks(&read(renamed.as_bytes()).unwrap()), "[1|2/3|4]; 规章");
    let gbk = encoding_rs::GB18030.encode(&file.replace("UTF-8", "GB18030")).0.into_owned();
    let wide: Vec<u8> = [0xFEFF].into_iter().chain(file.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [gbk, wide] {
        assert_eq!(shown::blocks(&read(&bytes).unwrap()), "[1|2/3|4]; 规章");
    }
}

#[test]
fn what_is_refused() {
    let text = flat("", "<text:p>1</text:p>");
    let manifest = |inner: &str| {
        format!(
            "<manifest:manifest><manifest:file-entry manifest:full-path=\"content.xml\">{inner}</manifest:file-entry></manifest:manifest>"
        )
    };
    let whole = package(&[KIND, ("META-INF/manifest.xml", &manifest("")), ("content.xml", &text)]);
    assert_eq!(shown::blocks(&read(&whole).unwrap()), "1");
    let mut bit = package(&[KIND, ("content.xml", &text.replace("<text:p>1", &format!("<text:p>{}1", "x".repeat(600))))]);
    let at = bit.windows(11).position(|w| w == b"content.xml").unwrap() + 40;
    bit[at] ^= 1;
    let deep = "<text:span>".repeat(2000);
    for (bytes, word) in [
        (package(&[KIND, ("META-INF/manifest.xml", &manifest("<manifest:encryption-data/>")), ("content.xml", "\u{1}")]), "密码"),
        (
            package(&[KIND, ("META-INF/manifest.xml", &manifest("<manifest:encryption-data/>")), ("encrypted-package", "\u{1}")]),
            "密码",
        ),
        (package(&[KIND]), "损坏"),
        (whole[..whole.len() / 2].to_vec(), "损坏"),
        (bit, "损坏"),
        (text.as_bytes()[..text.len() - 20].to_vec(), "损坏"),
        (text.replace("office:text>", "office:spreadsheet>").into_bytes(), "不是文字文档"),
        (text.replace("office:text>", "office:other>").into_bytes(), "损坏"),
        (text.replace(">1<", ">1&one;<").into_bytes(), "损坏"),
        (text.replace(">1<", &format!(">{deep}<")).into_bytes(), "嵌套"),
        (flat("", &format!("<text:note>{}", "<text:p>".repeat(200_000))).into_bytes(), "嵌套"),
        (
            flat("", &table("1|2").replace("<table:table-row>", "<table:table-row table:number-rows-repeated=\"1000000000\">"))
                .into_bytes(),
            "过大",
        ),
    ] {
        let refusal = read(&bytes).unwrap_err();
        assert!(refusal.zh.contains(word), "{word}: {}", refusal.zh);
    }
    let wide = table("1*1000000000|2")
        .replace("rows-spanned=\"1\"", "rows-spanned=\"1000000000\"")
        .replace("columns-spanned=\"1\"", "columns-spanned=\"1000000000\"");
    show("", &wide);
}
