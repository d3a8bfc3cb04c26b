//! Web pages and single-file web pages, whole: as programs write them, in every encoding, broken and hostile.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;
#[path = "web/print.rs"]
mod programs;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{forms, read_bytes, read_file};
use encoding_rs::{BIG5, GB18030};
use nianbao_form::{Cell, Report};
use nianbao_intake::{Receipt, Status};
use print::Part;
use proptest::prelude::*;

const TITLE: &str = "青山区财政局2022年政府信息公开工作年度报告";

fn value(cell: Cell) -> String {
    (1000 + 3 * cell.index()).to_string()
}

fn parts() -> Vec<Part> {
    print::parts(forms().form(forms().find("2021").unwrap()), &value, false)
}

fn page() -> String {
    print::html(TITLE, &parts(), &print::html_spans)
}

/// How many figures were read; each is the one that was printed.
#[track_caller]
fn none_wrong(what: &str, report: &Report) -> usize {
    let read = forms().cells().filter_map(|c| report.value(c).number.map(|n| (c, n.to_string())));
    read.map(|(c, n)| assert_eq!(n, value(c), "{what}: {}", forms().id(c))).count()
}

#[track_caller]
fn whole(what: &str, receipt: &Receipt, format: &str) {
    let [report] = receipt.reports.as_slice() else { panic!("{what}: {} {}", receipt.status.as_str(), receipt.reason_en) };
    assert_eq!(none_wrong(what, report), 200, "{what}: {}", receipt.reason_en);
    assert_eq!((receipt.status, receipt.format.as_str()), (Status::Read, format), "{what}: {}", receipt.reason_en);
    assert_eq!((report.agency.as_str(), report.year), ("青山区财政局", 2022), "{what}");
}

#[test]
fn as_programs_write_them() {
    let pages = [
        ("Word", programs::word(TITLE, &parts())),
        ("capitals", print::html(TITLE, &parts(), &programs::capitals)),
        (
            "style sheet",
            print::html(TITLE, &parts(), &|t| programs::styled(&print::flat(t)))
                .replace("</head>", &format!("{}</head>", programs::STYLED)),
        ),
        ("grid", print::html(TITLE, &parts(), &programs::grid)),
        (
            "in a layout table",
            page()
                .replace("<body>", "<body><table width=100%><tr><td>导航<ul><li>首页</ul><td>")
                .replace("</body>", "</table></body>"),
        ),
        (
            "hidden copy",
            page().replace("<body>", &format!("<body><div style='display:none'>{}</div>", page().replace("10", "99"))),
        ),
        ("two bodies", page().replace("<body>", "<body><div>首页</div></body></html><html><body>")),
    ];
    for (what, page) in pages {
        whole(what, &read_bytes("a.html", page.as_bytes()), "html");
        whole(what, &read_bytes("a.html", &GB18030.encode(&page).0), "html");
    }
}

#[test]
fn plain_boxes() {
    // Table two is of lines of different width: what is regular in it is read, the rest is left, none is wrong.
    let page = print::html(TITLE, &parts(), &|t| programs::boxes(&print::flat(t)));
    let receipt = read_bytes("a.html", page.as_bytes());
    let read = none_wrong("boxes", &receipt.reports[0]);
    assert!(read >= 180, "{read}: {}", receipt.reason_en);
}

#[test]
fn encodings() {
    let wide = |big: bool, mark: bool, text: &str| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        format!("{mark}{text}").encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let declared = |charset: &str| {
        page().replace("<head>", &format!("<head><meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\">"))
    };
    for charset in ["utf-8", "gb2312", "GBK", "gb18030", "big5", "utf-16", "iso-8859-1", "windows-1252", "x-unknown", ""] {
        let page = declared(charset);
        let table = [
            ("utf-8", page.clone().into_bytes()),
            ("utf-8 with a mark", format!("\u{feff}{page}").into_bytes()),
            ("gb18030", GB18030.encode(&page).0.into_owned()),
            ("utf-16le", wide(false, false, &page)),
            ("utf-16be with a mark", wide(true, true, &page)),
        ];
        for (what, mut bytes) in table {
            whole(&format!("{what} declared {charset}"), &read_bytes("a.html", &bytes), "html");
            if what.starts_with("utf-16") {
                continue;
            }
            // A few broken bytes in a sentence.
            let at = bytes.windows(4).position(|w| w == b"</p>").unwrap();
            bytes.splice(at..at, *b"\xff\x80\xfe");
            whole(&format!("{what} declared {charset}, broken"), &read_bytes("a.html", &bytes), "html");
        }
    }
    let text = print::text(TITLE, &parts(), &print::cell_lines);
    for bytes in [GB18030.encode(&text).0.into_owned(), wide(true, false, &text), format!("\u{feff}{text}").into_bytes()] {
        whole("text", &read_bytes("a.txt", &bytes), "txt");
    }
    // Big5 where it is declared: the words come out right.
    let big5 = "<html><head><meta charset=big5><title>題</title></head><body><p>政府資訊公開</p><table><tr><td>規章<td>3<tr><td>甲<td>4</table>";
    let file = common::Temp::new("a.html", &BIG5.encode(big5).0);
    let source = nianbao_intake::Source { name: "a.html".into(), path: file.0.clone() };
    assert!(nianbao_intake::explain(forms(), &nianbao_form::Registry::default(), &source).contains("規章"));
}

/// Encodes as mail does.
fn quoted(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut width = 0;
    for b in bytes {
        let piece = match b {
            b'\n' => "\r\n".to_owned(),
            b'=' | 0x80.. => format!("={b:02X}"),
            _ => (*b as char).to_string(),
        };
        width = if *b == b'\n' { 0 } else { width + piece.len() };
        if width > 72 {
            out.push_str("=\r\n");
            width = piece.len();
        }
        out.push_str(&piece);
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (i, chunk) in bytes.chunks(3).enumerate() {
        if i > 0 && i % 19 == 0 {
            out.push_str("\r\n");
        }
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for k in 0..4 {
            let letter = LETTERS[(n >> (18 - 6 * k) & 63) as usize] as char;
            out.push(if k <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

/// A part of a message.
fn part(headers: &str, body: &str) -> String {
    format!("------=_NextPart_01\r\n{headers}\r\n\r\n{body}\r\n")
}

fn message(headers: &str, parts: &[&str]) -> String {
    format!("{headers}\r\n\r\nThis is a multi-part message in MIME format.\r\n\r\n{}------=_NextPart_01--\r\n", parts.concat())
}

const RELATED: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_01\"";

#[test]
fn messages() {
    let page = page();
    let gb = GB18030.encode(&page).0.into_owned();
    let wide: Vec<u8> = format!("\u{feff}{page}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let html = |charset: &str, encoding: &str| {
        format!(
            "Content-Type: text/html; charset=\"{charset}\"\r\nContent-Transfer-Encoding: {encoding}\r\nContent-Location: file:///C:/a/report.htm"
        )
    };
    let quoted_page = part(&html("gb2312", "quoted-printable"), &quoted(&gb));
    let picture = part(
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: file:///C:/a/1.png",
        "iVBORw0KGgo=",
    );
    let alternative = format!(
        "------=_NextPart_01\r\nContent-Type: multipart/alternative;\r\n\tboundary=\"inner\"\r\n\r\n--inner\r\nContent-Type: text/plain\r\n\r\n9\r\n--inner\r\n{}\r\n\r\n{}\r\n--inner--\r\n",
        html("utf-8", "base64"),
        base64(page.as_bytes())
    );
    let mut lines = "X-A: b\r\n".repeat(40);
    lines
        .push_str("content-type: MULTIPART/Related;\r\n boundary=----=_NextPart_01;\r\n type=\"text/html\"\r\nmime-version: 1.0");
    let start = RELATED.replace("related;", "related; start=\"<root>\";");
    let other = part(&html("utf-8", "8bit"), "<p>另一页</p><table><tr><td>规章<td>9</table>");
    let root = part(&format!("Content-ID: <root>\r\n{}", html("utf-8", "8bit")), &page);
    let table: Vec<(&str, Vec<u8>)> = vec![
        ("quoted-printable", message(RELATED, &[&quoted_page, &picture]).into()),
        ("line feeds alone", message(RELATED, &[&quoted_page]).replace("\r\n", "\n").into()),
        ("picture first", message(RELATED, &[&picture, &quoted_page]).into()),
        ("base64 of utf-16", message(RELATED, &[&part(&html("unicode", "base64"), &base64(&wide))]).into()),
        ("8bit", message(RELATED, &[&part(&html("utf-8", "8bit"), &page)]).into()),
        ("declared wrongly", message(RELATED, &[&part(&html("utf-8", "quoted-printable"), &quoted(&gb))]).into()),
        ("no encoding named", message(RELATED, &[&part("Content-Type: text/html", &page)]).into()),
        ("headers in any order", message(&lines, &[&quoted_page]).into()),
        ("blank lines in front", format!("\r\n\r\n{}", message(RELATED, &[&quoted_page])).into()),
        (
            "saved by Blink",
            message(
                &format!("From: <Saved by Blink>\r\nSubject: =?utf-8?Q?a?=\r\n {RELATED}").replace("\r\n MIME", "\r\nMIME"),
                &[&quoted_page],
            )
            .into(),
        ),
        ("start", message(&start, &[&other, &root]).into()),
        ("alternative", message(RELATED, &[&alternative, &picture]).into()),
        ("another boundary", message(&RELATED.replace("_01\"", "_02\""), &[&quoted_page, &picture]).into()),
        ("no boundary", message(&RELATED.replace("; boundary=\"----=_NextPart_01\"", ""), &[&quoted_page]).into()),
        ("one part", format!("MIME-Version: 1.0\r\n{}\r\n\r\n{}", html("gb2312", "quoted-printable"), quoted(&gb)).into()),
        (
            "flaws",
            message(
                RELATED,
                &[&part(
                    &html("utf-8", "quoted-printable"),
                    &quoted(page.as_bytes()).replace("=\r\n", "= \t\r\n").replace("<p>", "<p =zz>"),
                )],
            )
            .into(),
        ),
    ];
    for (what, bytes) in table {
        whole(what, &read_bytes("a.mht", &bytes), "mhtml");
        let receipt = read_bytes("a.doc", &bytes);
        whole(what, &receipt, "mhtml");
        assert!(receipt.reports[0].remarks.iter().any(|r| r.rule == "misnamed-file"), "{what}");
    }
    // A sheet of the message hides; its frames are read.
    let framed = page
        .replace("<body>", "<body><iframe src=\"cid:f1\"></iframe><p class=x>9</p>")
        .replace("<head>", "<head><link rel=stylesheet href=\"files/a.css\">");
    let css = part("Content-Type: text/css\r\nContent-Location: file:///C:/a/files/a.css", ".x{display:none}");
    let frame = part("Content-Type: text/html\r\nContent-ID: <f1>", "<p>青山区</p>");
    whole(
        "frames",
        &read_bytes("a.mht", message(RELATED, &[&part(&html("utf-8", "8bit"), &framed), &css, &frame]).as_bytes()),
        "mhtml",
    );
    // A workbook: nothing but frames.
    let set =
        part(&html("utf-8", "8bit"), "<html><frameset rows=\"*,39\"><frame src=\"book.files/sheet001.htm\"></frameset></html>");
    let sheet = part("Content-Type: text/html; charset=utf-8\r\nContent-Location: file:///C:/a/book.files/sheet001.htm", &page);
    let tabs = part("Content-Type: text/html\r\nContent-Location: file:///C:/a/book.files/tabstrip.htm", "<p>Sheet1</p>");
    whole("workbook", &read_bytes("a.mht", message(RELATED, &[&set, &sheet, &tabs]).as_bytes()), "mhtml");
    for (bytes, reason) in [(message(RELATED, &[]), "没有网页内容"), (RELATED.to_owned(), "没有网页内容")] {
        let receipt = read_bytes("a.mht", bytes.as_bytes());
        assert_eq!(receipt.status, Status::Unreadable);
        assert!(receipt.reason.contains(reason), "{}", receipt.reason);
    }
}

/// Cells of a report as text, without the marks of places.
fn cells(receipt: &Receipt) -> BTreeMap<String, String> {
    let report = &receipt.reports[0];
    let shown = |c: Cell| {
        let v = report.value(c);
        format!("{} {}", v.state.as_str(), v.number.map(|n| n.to_string()).unwrap_or_default())
    };
    let mut out: BTreeMap<String, String> = forms().cells().map(|c| (forms().id(c).to_owned(), shown(c))).collect();
    out.insert("who".into(), format!("{} {}", report.agency, report.year));
    out
}

#[test]
fn as_programs_export_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web");
    let mut list = csv::Reader::from_path(folder.join("sources.csv")).unwrap();
    let mut seen = 0;
    for record in list.records().map(Result::unwrap) {
        let source = read_file(&folder.join("../../../..").join(&record[1]));
        let export = read_file(&folder.join(&record[0]));
        assert_eq!(export.status, source.status, "{}: {}", &record[0], export.reason_en);
        assert_eq!(cells(&export), cells(&source), "{}", &record[0]);
        seen += 1;
    }
    assert!(seen >= 6);
}

#[track_caller]
fn soon(what: &str, page: &[u8]) -> Receipt {
    let start = Instant::now();
    let receipt = read_bytes("a.html", page);
    if std::env::var_os("SHOW_TIMES").is_some() {
        eprintln!("{what}, {} bytes: {:?} {}", page.len(), start.elapsed(), receipt.reason_en);
    }
    // The bound is for a busy machine.
    assert!(start.elapsed() < Duration::from_secs(20), "{what}: {:?}", start.elapsed());
    receipt
}

#[test]
fn pages_that_mean_harm() {
    // A tenth of it without optimisation.
    let scale = if cfg!(debug_assertions) { 10 } else { 1 };
    let many = |piece: &str, n: usize| piece.repeat(n / scale).into_bytes();
    let deep = |piece: &str, n: usize| piece.repeat(n).into_bytes();
    let million = 1_000_000;
    for (what, page) in [
        ("tables in tables", many("<table><tr><td>", million)),
        ("tables in tables, below the bound", deep("<table><tr><td>", 700)),
        ("divs in divs", many("<div>", million)),
        ("bold in bold", many("<b>", million)),
        ("unclosed fonts", many("<p><font color=red size=3>规章", 100_000)),
        ("unclosed and all different", (0..100_000 / scale).map(|i| format!("<p><b id={i}>1")).collect::<String>().into_bytes()),
        ("crossed", many("<b><i><a><p></b></i></a>", 100_000)),
        ("stray end tags in depth", [deep("<span>", 2900), many("</x>", million)].concat()),
        ("stray lists", [deep("<ul><li>", 1400), many("</dd><li>", 200_000)].concat()),
        ("empty rows", [b"<table>".to_vec(), many("<tr>", million)].concat()),
        ("rows", [b"<table>".to_vec(), many("<tr><td>1", 400_000)].concat()),
        ("wide cells", [b"<table>".to_vec(), many("<tr><td colspan=1000 rowspan=65534>1", 30_000)].concat()),
        ("wide groups", [b"<table>".to_vec(), many("<tbody><tr><td rowspan=0 colspan=9999>1", 30_000)].concat()),
        ("text in a table", [b"<table>".to_vec(), many("1<b>", 200_000)].concat()),
        ("attribute", [b"<table><tr><td title=\"".to_vec(), many("x", 10 << 20), b"\">1".to_vec()].concat()),
        ("attributes", [b"<td".to_vec(), many(" class=a", million)].concat()),
        ("style", [b"<p style=\"".to_vec(), many("display:none;", million), b"\">".to_vec()].concat()),
        ("comments", many("<!---->", million)),
        ("open comments", many("<!--", million)),
        ("open quotes", many("<a b=\"", million)),
        ("references", many("&#x41;&ampx;&nosuchname;&", 200_000)),
        ("ampersands", many("&", million)),
        ("less-than", many("<", million)),
        (
            "rules",
            [
                b"<style>".to_vec(),
                many(".a .b .c .d{display:none}", 200_000),
                b"</style>".to_vec(),
                many("<p class='a b c d'>1", 3000),
            ]
            .concat(),
        ),
        ("nested rules", [b"<style>".to_vec(), many("@media screen{", 200_000)].concat()),
        ("classes", [b"<style>.x{display:none}</style><p class='".to_vec(), many("y ", million), b"'>1".to_vec()].concat()),
        ("boxes", many("<div><div>1</div><div>2</div></div>", 100_000)),
        ("boxes in boxes", deep("<div><div>1</div>", 1400)),
        ("siblings", [b"<style>p:nth-child(60){display:none}p+p{display:none}</style>".to_vec(), many("<p>1", 100_000)].concat()),
        (
            "grid",
            [
                b"<div style='display:grid;grid-template-columns:repeat(200,1fr)'>".to_vec(),
                many("<p style='grid-row:span 200'>1", 50_000),
            ]
            .concat(),
        ),
        ("frames", many("<iframe srcdoc='<iframe srcdoc=&quot;<p>1&quot;>'></iframe>", 100_000)),
        ("options", [b"<table><td><select>".to_vec(), many("<option>1", 300_000)].concat()),
        ("script", [b"<script>".to_vec(), many("<!--<script>", 300_000)].concat()),
    ] {
        let receipt = soon(what, &[b"<html>", page.as_slice()].concat());
        assert!(receipt.reports.is_empty() && receipt.format == "html", "{what}");
        assert!(!receipt.reason.is_empty() && !receipt.reason_en.is_empty(), "{what}");
    }
    let parts = many("--b\r\nContent-Type: multipart/related; boundary=b\r\n\r\n", 200_000);
    let head = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n".to_vec();
    assert!(soon("parts in parts", &[head, parts].concat()).reports.is_empty());
    assert!(
        soon("header without end", &many("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n", 300_000))
            .reports
            .is_empty()
    );
}

#[test]
fn reports_among_harm() {
    let harm = "<div>".repeat(400) + &"<p><font>".repeat(300) + "<!-- x --><table><tr><td colspan=99999999>1</table>";
    let page = page().replace("<body>", &format!("<body>{harm}{}", "</div>".repeat(400)));
    whole("harm in front", &soon("harm in front", page.as_bytes()), "html");
}

#[test]
fn cut_off_at_any_byte() {
    let page = programs::word(TITLE, &parts());
    let gb = GB18030.encode(&page).0.into_owned();
    let mht = message(
        RELATED,
        &[&part("Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable", &quoted(&gb))],
    )
    .into_bytes();
    let coded =
        message(RELATED, &[&part("Content-Type: text/html\r\nContent-Transfer-Encoding: base64", &base64(&gb))]).into_bytes();
    for (name, bytes) in [("a.html", &gb), ("a.mht", &mht), ("a.mht", &coded)] {
        for cut in (0..bytes.len()).step_by(bytes.len() / 60 + 7) {
            let receipt = read_bytes(name, &bytes[..cut]);
            for report in &receipt.reports {
                for cell in forms().cells() {
                    if let Some(n) = report.value(cell).number {
                        // The last figure may have lost digits.
                        assert!(value(cell).starts_with(&n.to_string()), "{name} {cut} {}: {n}", forms().id(cell));
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn changed_bytes(kind in 0usize..3, changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40)) {
        let page = programs::word(TITLE, &parts());
        let gb = GB18030.encode(&page).0.into_owned();
        let (name, mut bytes) = match kind {
            0 => ("a.html", page.into_bytes()),
            1 => ("a.html", gb),
            _ => ("a.mht", message(RELATED, &[&part("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable", &quoted(&gb))]).into_bytes()),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_bytes(name, &bytes);
    }
}
