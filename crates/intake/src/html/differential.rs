//! The reader against html5ever: the same document from its tree as from ours, for whole pages, changed pages and soup.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::path::Path;

use proptest::prelude::*;

use super::tags::{Name, Tag};
use super::tokens::{Attribute, Span};
use super::tree::{Id, Kind, ROOT, Tree};
use super::{Alone, build, walk};

/// What html5ever made of a page, as a source of our own.
#[derive(Default)]
struct Copied {
    text: String,
    attributes: Vec<Attribute>,
    /// Parent, kind, whether foreign, span.
    nodes: Vec<(Id, Kind, bool, Span)>,
}

impl Copied {
    fn span(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span { start, end: self.text.len() as u32 }
    }

    fn element(&mut self, e: &scraper::node::Element, parent: Id) -> Id {
        let foreign = &*e.name.ns != "http://www.w3.org/1999/xhtml";
        let tag = Tag::of(e.name().as_bytes());
        if !foreign && matches!(tag, Tag::Html | Tag::Head | Tag::Body) {
            return parent;
        }
        let first = self.attributes.len() as u32;
        for (name, value) in e.attrs() {
            let name = Name::of(name.as_bytes());
            if name != Name::Other {
                let value = self.span(&value.replace('&', "&amp;"));
                self.attributes.push(Attribute { name, value });
            }
        }
        let span = Span { start: first, end: self.attributes.len() as u32 };
        self.nodes.push((parent, Kind::Element(tag), foreign && !matches!(tag, Tag::Svg | Tag::Math), span));
        self.nodes.len() as Id
    }
}

fn theirs(page: &str) -> String {
    let html = scraper::Html::parse_document(page);
    let mut copied = Copied::default();
    let mut ids = HashMap::new();
    for node in html.tree.root().descendants() {
        let parent = node.parent().and_then(|p| ids.get(&p.id()).copied()).unwrap_or(ROOT);
        let id = match node.value() {
            scraper::Node::Element(e) => copied.element(e, parent),
            scraper::Node::Text(t) => {
                let span = copied.span(t);
                copied.nodes.push((parent, Kind::Raw, false, span));
                parent
            }
            _ => parent,
        };
        ids.insert(node.id(), id);
    }
    let mut tree = Tree::new(&copied.text);
    tree.attributes = copied.attributes;
    tree.quirks = format!("{:?}", html.quirks_mode) == "Quirks";
    for (parent, kind, foreign, span) in copied.nodes {
        let id = tree.make(kind, span);
        tree.nodes[id as usize].foreign = foreign;
        tree.append(parent, id);
    }
    format!("{:#?}", walk::document(&tree, &Alone).unwrap())
}

fn ours(page: &str) -> String {
    format!("{:#?}", walk::document(&build::build(page).unwrap(), &Alone).unwrap())
}

#[track_caller]
fn same(page: &str) {
    let (ours, theirs) = (ours(page), theirs(page));
    if ours != theirs {
        let at = ours.lines().zip(theirs.lines()).take_while(|(a, b)| a == b).count();
        let near = |t: &str| t.lines().skip(at.saturating_sub(3)).take(8).collect::<Vec<_>>().join("\n");
        panic!("{page:.2000}\nours:\n{}\ntheirs:\n{}", near(&ours), near(&theirs));
    }
}

fn pages() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut out = Vec::new();
    for folder in [root.join("data/reports"), root.join("../shared/real/reports/documents"), root.join("crates/intake/tests/web")]
    {
        let mut found: Vec<_> = walkdir::WalkDir::new(&folder)
            .into_iter()
            .filter_map(Result::ok)
            .map(walkdir::DirEntry::into_path)
            .filter(|p| p.extension().is_some_and(|e| e == "html" || e == "htm"))
            .collect();
        found.sort();
        if found.is_empty() {
            eprintln!("SKIPPED: no pages in {}", folder.display());
        }
        // XML is read in another way than what browsers do with it under the name of a web page.
        let texts = found.iter().map(|p| crate::detect::decode(&std::fs::read(p).unwrap(), true).to_string());
        out.extend(texts.filter(|t| !t.starts_with("<?xml ")));
    }
    out
}

#[test]
fn whole_pages() {
    let pages = pages();
    assert!(pages.len() > 30);
    for page in pages {
        same(&page);
        // Menus, lists and running text make no tables.
        let document = walk::document(&build::build(&page).unwrap(), &Alone).unwrap();
        let grids = document.blocks.iter().filter(|b| matches!(b, crate::document::Block::Grid(_))).count();
        assert!(grids <= page.to_ascii_lowercase().matches("<table").count(), "{page:.300}");
    }
}

/// Boxes of every kind of layout.
const BOXES: [&str; 40] = [
    "1",
    "字",
    " ",
    "<div style='display:table'>",
    "<div style='display:table-row'>",
    "<div style='display:table-cell'>",
    "<i style='display:table-cell'>",
    "<ul style='display:table-row-group'>",
    "<p style='display:table-header-group'>",
    "</div>",
    "</ul>",
    "</i>",
    "</p>",
    "<div style='display:grid;grid-template-columns:repeat(3,1fr)'>",
    "<div style='display:grid;grid-template-columns:1fr 1fr'>",
    "<div style='grid-column:span 2'>",
    "<div style='grid-row:span 3'>",
    "<div style='grid-column:1/-1;grid-row:span 200'>",
    "<div style='display:flex'>",
    "<div style='display:none'>",
    "<span style='float:left'>",
    "</span>",
    "<div>",
    "<div class=a>",
    "<table>",
    "<tr>",
    "<td>",
    "<td rowspan=0 colspan=3>",
    "<tbody>",
    "<tfoot>",
    "</table>",
    "<div><div>规章</div><div>1</div></div>",
    "<div><div>件数</div><div>年</div></div>",
    "<div>全</div>",
    "<pre>",
    "<sup>",
    "</sup>",
    "<s>",
    "<tr height=0>",
    "<iframe srcdoc='<td>1'></iframe>",
];

#[test]
fn what_authors_write() {
    for page in [
        "<table><tr><td>1<td>2<tr><td>3</table>",
        "<table><td>1<td>2<tr>3<td>4",
        "<table>a<tr>b<td>c</td>d</tr>e</table>f",
        "<p>1<p>2<div>3</p>4",
        "<ul><li>1<li>2<ul><li>3</ul><li>4</ul>",
        "<b><p>1</b>2<p>3",
        "<s>1<p>2</s>3<table><td>4</s></table>5",
        "<s><table><tr><td>1</table>2</s>3",
        "<a>1<div>2<a>3</div>4</a>5",
        "<table><form><input type=hidden value=1><tr><td><form>1</form></table>2",
        "<table><tr><td><table><tr><td>1</td></tr><td>2</table>3",
        "<table><div>1<tr><td>2</div>3</table>",
        "<table><caption>1<tr><td>2<caption>3",
        "<table><colgroup><col><tbody><col><td>1<thead><tr><th>2",
        "<select><option>1<option>2</select>3<select><tr><td>4",
        "<!--><p>1<!---><p>2<!--a--!>3<!-- -- --><![if !x]>4<![endif]><!-->5--></ x>6</>7",
        "<![CDATA[1]]><svg><![CDATA[2]]><p>3</svg>4<math><mi>5</mi><![CDATA[6]]></math>7",
        "<script><!--<script></script>1</script>--></script>2<style></p></style>3<textarea>\n<b>4</textarea>",
        "<title>&lt;a</title><xmp>&lt;b</xmp><plaintext>c</plaintext>",
        "<p style=\"display:none\"><table><td>1</table>2",
        "<!doctype html><p style=\"display:none\"><table><td>1</table>2",
        "<td>1</td><tr><td>2</tr><tbody>3</table>",
        "<div a='>'b=\">\"c=>1</div d>2<br/>3</br>4</p>5<p/>6",
        "<body><p>1</body></html><html><body><p hidden>2<p>3",
        "1 &lt 2 < 3 <4 <\u{7b2c}> &amp &#160;&nbsp;",
        "<pre>\n\n1\n2</pre><listing>\n3</listing>",
        "<button>1<button>2</button>3<h1>4<h2>5</h1>6<nobr>7<nobr>8",
        "<ruby>1<rt>2<rt>3</ruby>4<object>5<b>6</object>7",
        "<table><tr><td>1<template><tr><td>2</template>3<td>4",
        "<svg><foreignObject><table><td>1</table></foreignObject><title>2</title><desc><p>3</desc></svg>4",
        "<math><mtext><p>1</mtext><annotation-xml encoding='text/html'><p>2</annotation-xml><mn>3</math>4",
        "<dl><dt>1<dd>2<dd>3<dt>4</dl><option>5<option>6",
        "<table><tr><td><b>1<td>2<tr><td>3</b></table>4",
        "<font color=red><p>1<font color=red><p>2<font color=red><p>3<font color=red><p>4</font></font>5",
    ] {
        same(page);
        same(&format!("<!DOCTYPE html>{page}"));
    }
}

/// Tags and texts of which soup is made: every rule of the construction has some of them.
const PIECES: [&str; 96] = [
    "1",
    "2 ",
    "字",
    " ",
    "&nbsp;",
    "&lt",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<th>",
    "</th>",
    "<tbody>",
    "</tbody>",
    "<thead>",
    "</thead>",
    "<tfoot>",
    "<caption>",
    "</caption>",
    "<col>",
    "<colgroup>",
    "</colgroup>",
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<span>",
    "</span>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<s>",
    "</s>",
    "<a>",
    "</a>",
    "<font color=a>",
    "</font>",
    "<ul>",
    "</ul>",
    "<li>",
    "</li>",
    "<dl>",
    "<dt>",
    "<dd>",
    "</dl>",
    "<h1>",
    "<h2>",
    "</h1>",
    "<br>",
    "</br>",
    "<hr>",
    "<input>",
    "<input type=hidden>",
    "<select>",
    "</select>",
    "<option>",
    "<optgroup>",
    "<form>",
    "</form>",
    "<button>",
    "</button>",
    "<nobr>",
    "</nobr>",
    "<object>",
    "</object>",
    "<ruby>",
    "<rt>",
    "<rp>",
    "</ruby>",
    "<pre>",
    "</pre>",
    "<o:p>",
    "</o:p>",
    "<td hidden>",
    "<p style='display:none'>",
    "<div style='display:none'>",
    "<td colspan=2 rowspan=0>",
    "<sup>",
    "</sup>",
    "<title>",
    "</title>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "</svg>",
    "<math>",
    "</math>",
    "<body>",
    "</body>",
    "<!--a-->",
    "<center>",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn soup_of_boxes(pieces in proptest::collection::vec(0..BOXES.len(), 1..50)) {
        same(&pieces.iter().map(|p| BOXES[*p]).collect::<String>());
    }

    #[test]
    fn soup(pieces in proptest::collection::vec(0..PIECES.len(), 1..40), doctype in any::<bool>()) {
        let soup: String = pieces.iter().map(|p| PIECES[*p]).collect();
        // html5ever does not count the title of a drawing among the special elements, as the standard and browsers do.
        let soup = if soup.contains("<svg>") { soup.replace("<title>", "") } else { soup };
        same(&if doctype { format!("<!DOCTYPE html>{soup}") } else { soup });
    }

    #[test]
    fn soup_of_tables(pieces in proptest::collection::vec(0..42usize, 1..60)) {
        same(&pieces.iter().map(|p| PIECES[*p]).collect::<String>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn changed_pages(
        page in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..4usize, 0..PIECES.len()), 1..6),
    ) {
        thread_local!(static PAGES: Vec<String> = pages().into_iter().filter(|p| p.len() < 110_000).collect());
        let mut text = PAGES.with(|pages| page.get(pages).clone());
        for (at, kind, piece) in changes {
            let tags: Vec<usize> = text.match_indices('<').map(|m| m.0).collect();
            if tags.is_empty() {
                break;
            }
            let start = *at.get(&tags);
            let end = text[start..].find('>').map_or(text.len(), |i| start + i + 1);
            match kind {
                0 => text.replace_range(start..end, ""),
                1 => text.insert_str(start, PIECES[piece]),
                2 => text.replace_range(start..end, PIECES[piece]),
                _ => text.truncate(end - 1),
            }
        }
        same(&text);
    }
}

/// What reading a page costs, step by step: `cargo test --release … -- --ignored --nocapture speed`, with pages to read in `PAGES`.
#[test]
#[ignore]
fn speed() {
    for path in std::env::var("PAGES").unwrap().split(':') {
        let bytes = std::fs::read(path).unwrap();
        let time = |what: &dyn Fn()| {
            (0..300)
                .map(|_| {
                    let start = std::time::Instant::now();
                    what();
                    start.elapsed().as_secs_f64() * 1e6
                })
                .fold(f64::MAX, f64::min)
        };
        let text = crate::detect::decode(&bytes, true);
        let tree = build::build(&text).unwrap();
        println!("{path} {} bytes, {} nodes", bytes.len(), tree.nodes.len());
        println!("  detect {:.1}", time(&|| drop(std::hint::black_box(crate::detect::format(&bytes, "html")))));
        println!("  decode {:.1}", time(&|| drop(std::hint::black_box(crate::detect::decode(&bytes, true)))));
        println!(
            "  tokens {:.1}",
            time(&|| {
                let mut t = super::tokens::Tokens::new(&text);
                while !matches!(t.next(false), super::tokens::Token::Eof) {}
            })
        );
        println!("  build {:.1}", time(&|| drop(std::hint::black_box(build::build(&text).unwrap()))));
        println!("  walk {:.1}", time(&|| drop(std::hint::black_box(walk::document(&tree, &Alone).unwrap()))));
        println!("  html5ever {:.1}", time(&|| drop(std::hint::black_box(scraper::Html::parse_document(&text)))));
        let (forms, registry) = (nianbao_form::Forms::built_in(), nianbao_form::Registry::default());
        let source = crate::Source { name: "a.html".into(), path: path.into() };
        println!("  all {:.1}", time(&|| drop(std::hint::black_box(crate::read(forms, &registry, &source)))));
        let words = crate::vocabulary::Vocabulary::new(forms);
        println!("  vocabulary {:.1}", time(&|| drop(std::hint::black_box(crate::vocabulary::Vocabulary::new(forms)))));
        let document = walk::document(&tree, &Alone).unwrap();
        println!(
            "  match {:.1}",
            time(&|| drop(std::hint::black_box(crate::matcher::reports(&words, &registry, &"a.html".into(), &document))))
        );
    }
}
