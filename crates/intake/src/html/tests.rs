//! Pages beside what is read of them: a paragraph as `<text>`, a row as `[a|b]` with `text:columns,rows` where a cell covers
//! more than one place, tables ended by `;`, lines in a cell parted by `+`.
#![allow(clippy::unwrap_used)]

use crate::document::{Block, Document};

fn shape_of(document: &Document) -> String {
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(p) => out.push_str(&format!("<{}>", p.text)),
            Block::Grid(g) => {
                for row in 0..g.rows.len() {
                    let cells = g.row(row).into_iter().filter(|(c, ..)| g.cell(*c).row == row).map(|(c, ..)| {
                        let cell = g.cell(c);
                        let spans = (cell.columns, cell.rows) != (1, 1);
                        let spans = if spans { format!(":{},{}", cell.columns, cell.rows) } else { String::new() };
                        format!("{}{spans}", cell.text.replace('\n', "+"))
                    });
                    out.push_str(&format!("[{}]", cells.collect::<Vec<_>>().join("|")));
                }
                out.push(';');
            }
        }
    }
    out
}

fn shape(page: &str) -> String {
    shape_of(&super::read(page).unwrap())
}

#[track_caller]
fn all(table: &[(&str, &str)]) {
    for (page, want) in table {
        assert_eq!(shape(page), *want, "{page}");
    }
}

#[test]
fn spans() {
    all(&[
        ("<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d</table>", "[a:1,2|b:2,1][c|d];"),
        ("<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>", "[a:1,3|b][c][d];"),
        ("<table><tr><td rowspan=9>a<td>b<tr><td>c</table>", "[a:1,2|b][c];"),
        // A cell ends with its group of rows.
        ("<table><tbody><tr><td rowspan=3>a<td>b</tbody><tbody><tr><td>c<td>d</table>", "[a|b][c|d];"),
        ("<table><tbody><tr><td rowspan=0>a<td>b<tbody><tr><td>c<td>d<tr><td>e<td>f</table>", "[a|b][c|d][e|f];"),
        ("<table><tr><td colspan=0>a<td>b<tr><td colspan=x>c<td rowspan=-2>d</table>", "[a|b][c|d];"),
        ("<table><tr><td colspan=' +2px'>a<tr><td>b<td>c</table>", "[a:2,1][b|c];"),
        ("<table><tr><td>a<td colspan=5000>b<tr><td>c<td>d</table>", "[a|b:255,1][c|d];"),
        // Overlapping: the cell in the second row lies over the long one, which goes on below.
        ("<table><tr><td>a<td rowspan=3>b<td>c<tr><td colspan=2>d<td>e<tr><td>f<td>g</table>", "[a|b:1,3|c][d:2,1|e][f|g];"),
        // Head first and foot last, wherever they stand.
        ("<table><tfoot><tr><td>c<td>3<tbody><tr><td>b<td>2<thead><tr><td>a<td>1</table>", "[a|1][b|2][c|3];"),
        ("<table><caption>t</caption><colgroup><col><col></colgroup><tr><th>a<th>b<tr><td>1<td>2</table>", "<t>[a|b][1|2];"),
    ]);
}

#[test]
fn nested_tables() {
    all(&[
        ("<table><tr><td>menu<td><p>x<table><tr><td>a<td>b<tr><td>1<td>2</table>y</table>", "<menu><x>[a|b][1|2];<y>"),
        ("<table><tr><td>only words</table>", "<only words>"),
        ("<table><tr><td>a<td>b<td><table><tr><td>1<td>2</table></table>", "[a|b|1；2];"),
    ]);
}

#[test]
fn what_styles_hide() {
    let cell = |inner: &str| format!("<style>.x{{display:none}}</style><table><tr><td>a<td>{inner}<tr><td>b<td>2</table>");
    for (inner, want) in [
        ("<span style='display:none'>9</span>1", "1"),
        ("<span style=\"DISPLAY: none !important\">9</span>1", "1"),
        ("<span style='visibility:hidden'>9<b style='visibility:visible'>1</b></span>", "1"),
        ("<span style='mso-hide:all'>9</span>1", "1"),
        ("<span style='font-size:0'>9</span>1", "1"),
        ("<span style='font-size:0px;color:red'>9<i style='font-size:12px'>1</i></span>", "1"),
        ("<span style='font-size:0.5em'>1</span>", "1"),
        ("<span style='opacity:0'>9</span>1", "1"),
        ("<span style='position:absolute;left:-9999px'>9</span>1", "1"),
        ("<span class=x>9</span>1", "1"),
        ("<span class='y x z'>9</span>1", "1"),
        ("<span class=x style='display:inline'>1</span>", "1"),
        ("<span hidden>9</span>1", "1"),
        ("<span aria-hidden=true>1</span>", "1"),
        ("<s>9</s>1", "1"),
        ("<strike>9</strike><del>8</del><ins>1</ins>", "1"),
        ("<span style='text-decoration:line-through'>9</span>1", "1"),
        ("<span style='text-decoration:underline'>1</span>", "1"),
        ("1<script>document.write(9)</script><style>.y{}</style><noscript>8</noscript>", "1"),
        ("1<!--[if gte mso 9]><xml>9</xml><![endif]--><![if !mso]>2<![endif]>", "12"),
        ("<xml><w:View>9</w:View></xml>1", "1"),
        ("<button>9</button>1<img alt=9 src='data:image/png;base64,9'>", "1"),
        ("<ruby>1<rp>(</rp><rt>9</rt></ruby>", "1"),
        ("<svg><text>9</text></svg>1", "1"),
        ("<template>9</template>1<object>9</object>", "1"),
        ("<dialog>9</dialog><details><summary>1</summary></details>", "1"),
        ("<select><option>9<option selected>1</select>", "1"),
        ("<select><option>1<option>9</select>", "1"),
        ("<input value=1><input type=hidden value=9><input type=submit value=9>", "1"),
        ("<textarea>1</textarea>", "1"),
    ] {
        assert_eq!(shape(&cell(inner)), format!("[a|{want}][b|2];"), "{inner}");
    }
}

#[test]
fn what_styles_hide_of_a_table() {
    all(&[
        // A cell that is not displayed leaves its place to the next; one that is invisible keeps it.
        ("<table><tr><td>a<td style='display:none'>9<td>1<tr><td>b<td>2</table>", "[a|1][b|2];"),
        ("<table><tr><td>a<td style='visibility:hidden'>9<td>1<tr><td>b<td>2<td>3</table>", "[a||1][b|2|3];"),
        ("<table><tr><td>a<td style='text-decoration:line-through'>9<td>1<tr><td>b<td>2<td>3</table>", "[a||1][b|2|3];"),
        ("<table><tr style='display:none'><td>x<td>y<tr><td>a<td>1<tr><td>b<td>2</table>", "[a|1][b|2];"),
        ("<table style='display:none'><tr><td>x<td>y</table><p>z", "<z>"),
        // The row that Word ends a table with where columns do not align.
        (
            "<table><tr><td>a<td>1<tr><td>b<td>2<![if !supportMisalignedColumns]><tr height=0><td><td><![endif]></table>",
            "[a|1][b|2];",
        ),
        ("<table><tr height=0><td>a<td>1<tr height=20><td>b<td></table>", "[a|1][b|];"),
    ]);
}

#[test]
fn style_sheets() {
    for (sheet, body, want) in [
        ("#i{display:none}", "<p id=i>1<p>2", "<2>"),
        ("p.a,h1{display:none}", "<p class=a>1<div class=a>2</div><h1>3</h1>", "<2>"),
        (".a .b{display:none}", "<div class=a><p><span class=b>1</span>2</div><p class=b>3", "<2><3>"),
        (".a>.b{display:none}", "<div class=a><p class=b>1<div><p class=b>2</div></div>", "<2>"),
        ("td:nth-child(2), th:first-child{display:none}", "<table><tr><th>x<th>a<th>b<tr><td>1<td>y<td>2</table>", "[a|b][1|2];"),
        (".a{display:none} .a.on{display:block}", "<p class=a>1<p class='a on'>2", "<2>"),
        (".a{display:block !important} #b{display:none}", "<p class=a id=b>1", "<1>"),
        ("#b{display:none} .a{display:block}", "<p class=a id=b>1", ""),
        ("@media print{.a{display:none}} @media screen{.b{display:none}}", "<p class=a>1<p class=b>2", "<1>"),
        (
            "@media (max-width:768px){.a{display:none}} @media screen and (min-width:900px){.b{display:none}}",
            "<p class=a>1<p class=b>2",
            "<1>",
        ),
        ("<!-- /* a{} */ @font-face{x:y} @page A{x:y} p.a{mso-hide:all} @list l0{x:1} -->", "<p class=a>1<p>2", "<2>"),
        ("@import url(a.css); @charset 'x'; .a{display:none}", "<p class=a>1<p>2", "<2>"),
        (".a:hover{display:none} .a::after{display:none} .a[x]{display:none}", "<p class=a>1", "<1>"),
        (".a{font-size:0} .b{font-size:12px}", "<div class=a>9<span class=b>1</span><b>8</b></div>", "<1>"),
        (".a{display:none", "<p class=a>1<p>2", "<2>"),
        ("}.b{} .a{display:none}", "<p class=a>1<p>2", "<2>"),
        (".c{content:'}';display:none}", "<p class=c>1<p>2", "<2>"),
        ("s{} sup{vertical-align:baseline}", "12<sup>3</sup>", "<12[3]>"),
        (".n{vertical-align:super}", "12<span class=n>3</span>", "<12[3]>"),
        (".A{display:none}", "<p class=a>1", ""),
    ] {
        let page = format!("<html><head><style>{sheet}</style></head><body>{body}");
        assert_eq!(shape(&page), want, "{sheet} {body}");
    }
    // With a document type the case of a class counts.
    assert_eq!(shape("<!doctype html><style>.A{display:none}</style><p class=a>1"), "<1>");
    assert_eq!(shape("<style media=print>p{display:none}</style><p>1"), "<1>");
}

#[test]
fn lines_and_blanks() {
    all(&[
        ("<p>a\n b&nbsp; c</p>", "<a b\u{a0} c>"),
        ("a<br>b<br/>c<div>d<span>e</span></div>f", "<a><b><c><de><f>"),
        ("<span style='display:block'>1</span><span style='display:block'>2</span>", "<1><2>"),
        ("<div style='display:inline'>1</div><div style='display:inline'>2</div>", "<12>"),
        ("<span style='float:left'>1</span><span>2</span>", "<1><2>"),
        ("<div style='display:flex'><span>1</span><span>2</span></div>", "<1><2>"),
        ("1<wbr>2&#8203;3", "<12\u{200b}3>"),
        ("<p style='white-space:pre'>a\n  b</p>", "<a><b>"),
        ("<p style='white-space:pre-line'>a   b\nc</p>", "<a b><c>"),
        ("<p>x</p><pre>\na\r\nb  c</pre>", "<x><a><b  c>"),
        ("12<sup>1</sup> x<sub>2</sub>y<sup>[3]</sup>", "<12[1] x[2]y[3]>"),
        ("12<span style='position:relative;top:-5.0pt;mso-text-raise:5.0pt'>1</span>", "<12[1]>"),
        ("<span style='mso-text-raise:1.0pt'>12</span>", "<12>"),
        ("<math><mn>12</mn></math>", "<12>"),
    ]);
}

#[test]
fn tables_by_style() {
    let sheet = "<style>.t{display:table}.r{display:table-row}.c{display:table-cell}.g{display:table-header-group}</style>";
    for (body, want) in [
        (
            "<div class=t><div class=r><div class=c>a</div><div class=c>b</div></div><div class=r><div class=c>1</div><div class=c>2</div></div></div>",
            "[a|b][1|2];",
        ),
        // Without a table around the rows.
        ("x<ul class=r><li class=c>a<li class=c>b</ul> <ul class=r><li class=c>1<li class=c>2</ul>y", "<x>[a|b][1|2];<y>"),
        (
            "<div class=t><div class=r><span class=c>1</span><span class=c>2</span></div><div class=g><div class=r><i class=c>a</i><i class=c>b</i></div></div></div>",
            "[a|b][1|2];",
        ),
        // Hidden in between, and cells without a row.
        (
            "<p class=r><b class=c>a</b><b class=c>b</b></p><p hidden>z</p><p class=r><b class=c>1</b><b class=c>2</b></p>",
            "[a|b][1|2];",
        ),
        ("<div class=t><div class=c>left</div><div class=c>right</div></div>", "<left><right>"),
        ("<div style='display:table'><p>words</p></div>", "<words>"),
        (
            "<div style='display:grid;grid-template-columns:repeat(3,1fr)'><p style='grid-row:span 2'>a<p style='grid-column:span 2'>b<p>1<p>2<p>c<p>3<p>4</div>",
            "[a:1,2|b:2,1][1|2][c|3|4];",
        ),
        ("<div style='display:grid;grid-template-columns:200px 1fr'><p>menu<p>text</div>", "<menu><text>"),
    ] {
        assert_eq!(shape(&format!("{sheet}{body}")), want, "{body}");
    }
}

#[test]
fn tables_of_boxes() {
    let row = |cells: &[&str], tag: &str| {
        let cells: String = cells.iter().map(|c| format!("<{tag}>{c}</{tag}>\n")).collect();
        format!("<div class=\"row\">\n{cells}</div>\n")
    };
    let table = |rows: &[&[&str]], tag: &str| rows.iter().map(|r| row(r, tag)).collect::<String>();
    let data: [&[&str]; 3] = [&["信息内容", "本年制发", "现行有效"], &["规章", "1", ""], &["规范性文件", "2件", "/"]];
    let want = "[信息内容|本年制发|现行有效][规章|1|][规范性文件|2件|/];";
    assert_eq!(shape(&format!("<h1>题</h1><div>{}</div><p>尾", table(&data, "div"))), format!("<题>{want}<尾>"));
    let lists = table(&data, "li").replace("<div", "<ul").replace("</div", "</ul");
    assert_eq!(shape(&lists), want);
    // Spans with classes, head and body apart, a line over the whole width in between.
    let spans = table(&data, "span").replace("<span>", "<span class=c>");
    assert_eq!(shape(&spans), want);
    let parts = format!("<div><div>{}</div><div>{}</div></div>", table(&data[..1], "div"), table(&data[1..], "div"));
    assert_eq!(shape(&parts), want);
    let full = format!("{}<div>第二十条</div>{}", table(&data[..2], "div"), row(data[2], "div"));
    assert_eq!(shape(&full), "[信息内容|本年制发|现行有效][规章|1|][第二十条:3,1][规范性文件|2件|/];");
    // No tables: menus, news, words, digits in spans without a box.
    for page in [
        "<ul><li><a>首页</a><a>政务</a></li><li><a>公开</a><a>服务</a></li></ul>",
        "<ul><li><div>关于甲的通知</div><div>2024-01-02</div></li><li><div>关于乙的通知</div><div>2024-01-03</div></li></ul>",
        "<div><span>2</span><span>0</span></div><div><span>3</span><span>1</span></div>",
        "<div><b>收到</b><b>12</b><b>件</b></div><div><b>办结</b><b>13</b><b>件</b></div>",
        "<div><p>一段很长的话</p><p>又一段</p></div><div><p>第三段</p><p>12</p></div>",
    ] {
        assert!(!super::read(page).unwrap().blocks.iter().any(|b| matches!(b, Block::Grid(_))), "{page}: {}", shape(page));
    }
}

#[test]
fn what_office_programs_write() {
    all(&[
        ("<p class=MsoNormal><span lang=EN-US>1<o:p></o:p></span></p><p><o:p>&nbsp;</o:p></p>", "<1>"),
        (
            "<p><![if !supportLists]><span>一、</span><![endif]>总体情况<p><![if !supportEmptyParas]>&nbsp;<![endif]><o:p></o:p>",
            "<一、总体情况>",
        ),
        ("<p><!--[if gte vml 1]><v:shape><v:textbox>9</v:textbox></v:shape><![endif]--><![if !vml]>1<![endif]>", "<1>"),
        ("<?xml:namespace prefix = o ns = \"urn:x\" /><p>1<st1:chsdate year=\"2020\">2020年</st1:chsdate>", "<12020年>"),
        (
            "<p>1<a class=msocomanchor id=\"_anchor_1\" href=\"#_msocom_1\">[MU1]</a><div style='mso-element:comment-list'><p>批注</div>",
            "<1>",
        ),
        ("<p>1<span style='mso-spacerun:yes'>&nbsp; </span>2", "<1\u{a0} 2>"),
    ]);
}

#[test]
fn xml() {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.1//EN\" \"x.dtd\">\
                <html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/><script src=\"a.js\"/></head><body>";
    for (body, want) in [
        ("<div style=\"display:none\"/><p>1</p>", "<1>"),
        ("<table><tr><td>a</td><td/><td>1</td></tr><tr><td>b</td><td>2</td><td><p/></td></tr></table>", "[a||1][b|2|];"),
        ("<p><![CDATA[<1>]]></p><b/><p>2</p><a name=\"x\"/>3", "<<1>><2><3>"),
    ] {
        assert_eq!(shape(&format!("{head}{body}</body></html>")), want, "{body}");
    }
}

#[test]
fn frames_and_titles() {
    let document = super::read(
        "<title>甲&amp;乙\n丙</title><base href=x><iframe srcdoc=\"<p>1<table><tr><td>a<td>b<tr><td>1<td>2</table>\"></iframe>",
    )
    .unwrap();
    assert_eq!(document.titles, ["甲&乙 丙"]);
    let meta = super::read("<head><meta name=ArticleTitle content='甲&nbsp;乙'><meta name=Author content=丙></head>").unwrap();
    assert_eq!(meta.titles, ["甲\u{a0}乙"]);
    assert_eq!(shape_of(&document), "<1>[a|b][1|2];");
    let endless = "<iframe srcdoc='&lt;iframe srcdoc=\"<p>1\">'></iframe>".repeat(100);
    assert!(shape(&endless).len() < 1000);
}

#[test]
fn a_text_file_in_a_browser() {
    let text = "一、甲\n\t规章\n\t0\n\n\t文件\n\t3\n";
    let page = format!("<html><head><meta name=x></head><body><pre style=\"white-space: pre-wrap;\">{text}</pre></body></html>");
    assert_eq!(shape(&page), "<一、甲>[规章|0][文件|3];");
    assert_eq!(shape(&format!("<p>x</p>{page}")), "<x><一、甲><规章><0><文件><3>");
}
