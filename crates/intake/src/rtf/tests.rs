//! What stands in the files is what comes out: texts and tables as a reader sees them.
#![allow(clippy::unwrap_used)]

use super::read;
use crate::line::shown;

fn show(rtf: &str) -> String {
    shown(rtf.as_bytes())
}

fn shown(rtf: &[u8]) -> String {
    let document = read(rtf).unwrap_or_else(|e| panic!("{}: {}", e.en, String::from_utf8_lossy(rtf)));
    shown::blocks(&document)
}

/// A table's row of cells that end at every 1000.
fn row(cells: &[&str]) -> String {
    let edges: String = (1..=cells.len()).map(|n| format!("\\cellx{}", n * 1000)).collect();
    let cells: String = cells.iter().map(|c| format!("\\pard\\intbl {c}\\cell")).collect();
    format!("\\trowd{edges} {cells}\\row ")
}

#[test]
fn text() {
    for (rtf, want) in [
        (r"{\rtf1 a\par b}", "a; b"),
        ("{\\rtf1 a\\\nb\\\r\nc\r\nd}", "a; b; cd"),
        (r"{\rtf1\ansi a\line b\page c\sect d\column e}", "a; b; c; d; e"),
        (r"{\rtf1 a\tab b\~c\_d\-e\{f\}\\}", "a\tb\u{A0}c-de{f}\\"),
        (r"{\rtf1 \lquote a\rquote\ldblquote b\rdblquote\emdash\endash\bullet}", "‘a’“b”—–•"),
        // Unicode with what stands in for it.
        (r"{\rtf1 \u35268?\u31456 ?1}", "规章1"),
        (r"{\rtf1\uc2 \u35268\'b9\'e6\u31456\'d5\'c2{\uc0 \u19968}\u20108??1}", "规章一二1"),
        (r"{\rtf1 {\uc1 \u-30268 ?\u-10179\'3f\u-8704\'3f}2}", "規😀2".replace('規', "\u{89C4}").leak()),
        (r"{\rtf1 \u55357?\u56832?3\u55357?4}", "😀3\u{FFFD}4"),
        (r"{\rtf1 \u128512?5}", "😀5"),
        // A word stands in, a brace ends what is to be skipped, the end of a cell is never skipped.
        (r"{\rtf1\uc1 \u35268\b 12\u31456}34}", "规12章"),
        (r"{\rtf1\uc3 {\u35268 x}12}", "规12"),
        (r"{\rtf1\uc1 \u35268\par 12}", "规; 12"),
        (r"{\rtf1\uc1\u35268\bin3 }}}12}", "规12"),
        // Bytes of the document's code page, of fonts, halves in different dress.
        (r"{\rtf1\ansicpg936 \'b9\'e6\'d5\'c212}", "规章12"),
        (r"{\rtf1 \'b9\'e6\'d5\'c212}", "规章12"),
        (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fnil\fcharset134 B;}}\f1\'b9\'e6\f0\'e912}", "规é12"),
        (r"{\rtf1\ansi\ansicpg1252\deff1{\fonttbl\f0\fcharset0 A;\f1\fcharset136 B;}\'b3\'57\f0\plain\'b3\'b9}", "規章"),
        (r"{\rtf1\ansicpg936{\fonttbl{\f0\fcharset0 A;}}\f0 caf\'e9 10\'9616 \'b9\'e6}", "café 10–16 规"),
        (r"{\rtf1\ansicpg950 \'b3\'57\'b3\'b9}", "規章"),
        (r"{\rtf1\ansicpg936 \'d5\\12}", "誠12"),
        (r"{\rtf1\ansicpg936 \'a012\'d5 3}", "12\u{FFFD} 3"),
        (r"{\rtf1\ansicpg65001 \'e8\'a7\'84}", "规"),
        (r"{\rtf1\mac caf\'8e}", "café"),
        (r"{\rtf1{\fonttbl{\f3\fcharset2 Wingdings;}}{\f3\'fc}5}", "\u{F0FC}5"),
        // A file in UTF-8, with a mark and lines before it.
        ("\u{FEFF}\r\n{\\rtf1 规章\\'b9\\'e6}", "规章规"),
    ] {
        assert_eq!(show(rtf), want, "{rtf}");
    }
    assert_eq!(shown(b"{\\rtf1\\ansicpg936 \xB9\xE6\xD5\xC212\\par \xA3\xB1}"), "规章12; １");
}

#[test]
fn what_is_not_shown() {
    for (rtf, want) in [
        (r"{\rtf1{\*\unknown 9{9}\'99\bin1 }}{\info{\title 9}}{\header 9\par}{\footerf 9}5}", "5"),
        (r"{\rtf1 5{\v 9}{\v0 6}\v 9\v0 7\v 9\plain 8}", "5678"),
        (
            r"{\rtf1{\stylesheet{\s3\v Hidden;}{\*\cs4\v Too;}{\s5\sbasedon3 Also;}{\s6\super x;}}5\s3 9\plain{\cs4 9}\s5 9\plain 6}",
            "56",
        ),
        (r"{\rtf1 5{\strike 9}{\striked1 9}{\striked0 6}{\deleted 9}{\revised 7}{\mvf 9}{\mvt 8}}", "5678"),
        (r"{\rtf1 5{\deleted \par}6\par 7}", "56; 7"),
        (r"{\rtf1 5{\footnote {\super\chftn} 9}{\*\footnote 9}{\super\chftn}\chpgn}", "5"),
        (r"{\rtf1 5{\*\atnid 9}{\*\atnauthor 9}\chatn{\*\annotation 9\par}}", "5"),
        (r"{\rtf1 {\field{\*\fldinst {=SUM(1)}}{\fldrslt 15}}{\field\fldedit{\fldinst PAGE 9}{\fldrslt {\b 6}}}}", "156"),
        (r"{\rtf1 {\pict\wmetafile8 0909\bin3 }}}09}{\*\shppict{\pict 09}}{\nonshppict{\pict 09}}5}", "5"),
        (r"{\rtf1 {\object\objemb{\*\objclass Word}{\*\objdata 09}{\result {5\par}}}6}", "5; 6"),
        (r"{\rtf1 {\listtext\pard\plain 1.\tab}{\pntext 2\tab}{\*\pn\pnlvlbody{\pntxtb 3}}5}", "5"),
        (r"{\rtf1 {\*\bkmkstart 9}5{\*\bkmkend 9}{\xe 9}{\tc 9}{\*\generator 9;}{\nonesttables 9\par}}", "5"),
        (r"{\rtf1 {\upr{5}{\*\ud{6}}}7{\upr 9{9} {\*\ud 8}}}", "678"),
        // Marks that are raised or lowered are no digits of the number.
        (r"{\rtf1 12{\super 1}3{\sub 4}{\up6 5}{\dn 6}{\up2 7}{\super\nosupersub 8}}", "12[1]3[456]78"),
        (r"{\rtf1 12{\super 1}{\super 2}{\super a}\par 5{\super \'a2\'d9}}", "1212a; 5①"),
        (r"{\rtf1 12{\super (1)}{\up0 3}}", "12(1)3"),
        // Parts of a formula are no digits of one number.
        (r"{\rtf1 {\mmath{\*\moMath{\mf{\mnum{\mr\mscr0 1}}{\mden{\mr 2}}}}{\mmathPict 9}}}", "1; 2"),
        (r"{\rtf1 {\mmath{\*\moMathPara{\*\moMathParaPr{\mjc 9}}{\*\moMath{\mr{\*\mrPr 9} 15}}}}}", "15"),
        // Behind the last brace a program leaves what it will.
        ("{\\rtf1 5}\0\0", "5"),
        (r"{\rtf1 5}{\rtf1 9}", "5"),
    ] {
        assert_eq!(show(rtf), want, "{rtf}");
    }
}

#[test]
fn text_boxes() {
    for (rtf, want) in [
        (
            r"{\rtf1 a{\shp{\*\shpinst\shpleft9{\sp{\sn fLine}{\sv 9}}{\shptxt \pard b\par c}}{\shprslt{\*\do{\dptxbxtext 9}}}}d\par e}",
            "b; c; ad; e",
        ),
        (r"{\rtf1 a{\*\do\dobxpage{\dptxbxtext\pard b\par}}\par}", "b; a"),
        (r"{\rtf1 {\shpgrp{\*\shpinst{\shp{\*\shpinst{\shptxt a\par}}}{\shp{\*\shpinst{\shptxt b\par}}}}}\par c}", "a; b; c"),
    ] {
        assert_eq!(show(rtf), want, "{rtf}");
    }
    let boxed = format!(r"{{\rtf1 {{\shp{{\*\shpinst{{\shptxt {}\pard x\par}}}}}}y\par}}", row(&["1", "2"]) + &row(&["3", "4"]));
    assert_eq!(show(&boxed), "[1|2/3|4]; x; y");
    let in_cell = format!(r"{{\rtf1 {}\pard}}", row(&[r"1{\shp{\*\shpinst{\shptxt\pard 9\par}}}", "2"]));
    assert_eq!(show(&in_cell), "[9⏎1|2]");
}

#[test]
fn rows_and_cells() {
    let (one, two) = (row(&["1", "2"]), row(&["3", "4"]));
    for (rtf, want) in [
        (format!(r"{{\rtf1 a\par {one}{two}\pard b\par {one}{two}\pard}}"), "a; [1|2/3|4]; b; [1|2/3|4]"),
        // A blank paragraph parts tables, and so does a row counted from 0 again.
        (format!(r"{{\rtf1 {one}{two}\pard\par {one}{two}}}"), "[1|2/3|4]; [1|2/3|4]"),
        (
            [("0", &one), ("1", &two), ("0", &one), ("1", &two)]
                .iter()
                .fold(r"{\rtf1 ".to_owned(), |out, (n, row)| out + &row.replace("\\trowd", &format!("\\trowd\\irow{n}")))
                + "}",
            "[1|2/3|4]; [1|2/3|4]",
        ),
        // Paragraphs, lines and tabs of a cell.
        (format!(r"{{\rtf1 {}{two}}}", row(&[r"1\par 2\line 3", r"\tab 4 "])), "[1⏎2⏎3|4/3|4]"),
        // Definitions behind the cells, and only where they change.
        (
            r"{\rtf1 \pard\intbl 1\cell 2\cell{\trowd\cellx1000\cellx2000\row}\pard\intbl 3\cell 4\cell{\row}\pard\intbl 5\cell{\trowd\cellx2000\row}\pard}".into(),
            "[1|2/3|4/5 1x2]",
        ),
        // Without \intbl, even for several paragraphs of a cell.
        (r"{\rtf1 \trowd\cellx1000\cellx2000\pard 1\par 2\cell 3\cell\row 4\cell 5\cell\row\pard z}".into(), "[1⏎2|3/4|5]; z"),
        (r"{\rtf1 \trowd\cellx1000\cellx2000\pard a\par\trowd\cellx1000\cellx2000 1\cell 2\cell\row 3\cell\cell\row}".into(), "a; [1|2/3|]"),
        // Cells that the definition does not reach stand apart, blank ones beyond are none, those that lack are blank.
        (r"{\rtf1 \trowd\cellx1000\cellx2000\intbl 1\cell 2\cell 3\cell\row 4\cell\row 5\cell 6\cell\cell\row}".into(), "[1|2|3/4|/5|6]"),
        // No definition, or none that makes sense.
        (r"{\rtf1 \intbl 1\cell 2\cell\row\intbl 3\cell 4\cell\row}".into(), "[1|2/3|4]"),
        (r"{\rtf1 \trowd\cellx500\cellx500\cellx500\intbl 1\cell 2\cell 3\cell\row\intbl 4\cell 5\cell 6\cell\row}".into(), "[1|2|3/4|5|6]"),
        (r"{\rtf1 \trowd\cellx-900\cellx800\intbl 1\cell 2\cell\row\intbl 3\cell 4\cell\row}".into(), "[1|2/3|4]"),
        // A last mark is missing.
        (r"{\rtf1 \trowd\cellx1000\cellx2000\intbl 1\cell 2\row\intbl 3\cell 4\cell\pard z}".into(), "[1|2/3|4]; z"),
        // Accepting the changes takes a row away.
        (format!(r"{{\rtf1 {one}\pard\intbl{{\deleted 9\cell 9\cell\row}}{two}}}"), "[1|2/3|4]"),
        (r"{\rtf1 \trowd\cellx9000\intbl a\par b\cell\row\pard c}".into(), "a; b; c"),
    ] {
        assert_eq!(show(&rtf), want, "{rtf}");
    }
}

#[test]
fn spans() {
    for (rtf, want) in [
        (
            r"{\rtf1 \trowd\trleft-108\cellx2000\cellx3000\intbl 1\cell 2\cell\row\trowd\trleft-100\cellx1000\cellx2012\cellx2995\intbl 3\cell 4\cell 5\cell\row}",
            "[1 1x2|2/3|4|5]",
        ),
        (
            r"{\rtf1 \trowd\clmgf\cellx1000\clmrg\cellx2000\cellx3000\intbl 1\cell\cell 2\cell\row 3\cell 4\cell 5\cell\row}",
            "[1 1x2|2/3 1x2|5]".replace("3 1x2|5", "3⏎4 1x2|5").leak(),
        ),
        (
            r"{\rtf1 \trowd\clmgf\cellx1000\clmrg\cellx2000\cellx3000\intbl 1\cell\cell 2\cell\row\trowd\cellx1000\cellx2000\cellx3000 3\cell 4\cell 5\cell\row}",
            "[1 1x2|2/3|4|5]",
        ),
        (
            r"{\rtf1 \trowd\clvmgf\cellx1000\cellx2000\intbl 1\cell 2\cell\row\trowd\clvmrg\cellx1000\cellx2000\intbl\cell 3\cell\row\trowd\clvmrg\cellx1000\cellx2000\intbl\cell 4\cell\row\trowd\cellx1000\cellx2000 5\cell 6\cell\row}",
            "[1 3x1|2/3/4/5|6]",
        ),
        // What goes on from nothing begins.
        (
            r"{\rtf1 \trowd\cellx1000\cellx2000\intbl 1\cell 2\cell\row\trowd\clvmrg\cellx1000\cellx2000\intbl 3\cell 4\cell\row\intbl\cell 5\cell\row}",
            "[1|2/3 2x1|4/5]",
        ),
        // Rows that begin further right.
        (r"{\rtf1 \trowd\cellx1000\cellx2000\intbl 1\cell 2\cell\row\trowd\trleft1000\cellx2000\intbl 3\cell\row}", "[1|2/_|3]"),
    ] {
        assert_eq!(show(rtf), want, "{rtf}");
    }
}

#[test]
fn nested_tables() {
    let word = r"{\rtf1 \pard\intbl 外\par\pard\plain\intbl\itap2 {a\nestcell{\nonesttables\par}}{b\nestcell{\nonesttables\par}}\pard\intbl\itap2
        {{\*\nesttableprops\trowd\irow0\cellx500\cellx900\nestrow}{\nonesttables\par}}\pard\intbl\itap2 {\nestcell{\nonesttables\par}}{d\nestcell{\nonesttables\par}}
        \pard\intbl\itap2{{\*\nesttableprops\trowd\irow1\cellx500\cellx900\nestrow}{\nonesttables\par}}\pard\intbl {后\cell 旁\cell}\pard\intbl{\trowd\cellx1000\cellx2000\row}\pard z\par}";
    let textedit = "{\\rtf1\\cocoartf1\n\\itap1\\trowd \\cellx4320\n\\cellx8640\n\\pard\\intbl\\itap1\\cf0 外\\\n\\itap2\\trowd \\cellx4320\n\\cellx8640\n\
        \\pard\\intbl\\itap2 a\\nestcell \n\\pard\\intbl\\itap2 b\\nestcell \\nestrow\n\\itap2\\trowd \\cellx4320\n\\cellx8640\n\\pard\\intbl\\itap2 \\nestcell \n\
        \\pard\\intbl\\itap2 d\\nestcell \\lastrow\\nestrow\n\\pard\\intbl\\itap1 后\\cell \n\\pard\\intbl\\itap1 旁\\cell \\lastrow\\row\n\\pard z}";
    for rtf in [word, textedit] {
        assert_eq!(show(rtf), "外; [a|b/|d]; 后; 旁; z", "{rtf}");
    }
    // TextEdit ends the cell around a table three deep right after the table's row.
    let deep = r"{\rtf1 \itap1\trowd\cellx8640 \itap2\trowd\cellx4320\cellx8640 \itap3\trowd\cellx4320\cellx8640
        \pard\intbl\itap3 a\nestcell \pard\intbl\itap3 b\nestcell \lastrow\nestrow\nestcell
        \pard\intbl\itap2 c\nestcell\nestrow\cell \lastrow\row \pard z}";
    assert_eq!(show(deep), "[a|b]; c; z");
    // The outer row's definition comes first and alone, the inner one's does not take its place.
    let first = r"{\rtf1 \trowd\cellx1000\cellx3000\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\cellx100\cellx200\nestrow}\intbl\itap1 c\cell d\cell\row
        \trowd\cellx1000\cellx2000\cellx3000\pard\intbl 1\cell 2\cell 3\cell\row 4\cell 5\cell 6\cell\row}";
    assert_eq!(show(first), "[a|b]; c; d; [1|2|3/4|5|6]");
    // Deeper than any table: each is a frame of one cell.
    assert_eq!(show(r"{\rtf1 \pard\intbl\itap2147483647 a\nestcell\nestrow \pard\intbl b\cell c\cell\row}"), "[a⏎b|c]");
}

#[test]
fn what_is_refused() {
    for rtf in [
        "{\\rtf1 a".to_owned(),
        "{\\rtf1 {a}".to_owned(),
        r"{\rtf1 \bin2147483647 a}".to_owned(),
        r"{\rtf1 {\*\x \bin99 a}}".to_owned(),
        "{\\rtf1".to_owned() + &"{".repeat(1_000_000),
        "{\\rtf1".to_owned() + &"{\\*\\x".repeat(300_000),
        "{\\rtf1 ".to_owned() + &"\\cell".repeat(510_000) + "}",
        "{\\rtf1 ".to_owned() + &"a\\par ".repeat(510_000) + "}",
    ] {
        let refusal = read(rtf.as_bytes()).unwrap_err();
        assert!(!refusal.zh.is_empty(), "{}", &rtf[..40.min(rtf.len())]);
    }
}
