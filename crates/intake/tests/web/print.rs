//! The tables of a form as programs write them into web pages.
#![allow(unreachable_pub)]

use std::fmt::Write as _;

use super::print::{P, Part, Table};

/// As Word saves a page: styles on everything, digits of one number in several spans, conditional comments, a last row that
/// only sets widths.
pub fn word(title: &str, parts: &[Part]) -> String {
    let mut out = String::from(
        "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\"\r\n\
         xmlns:w=\"urn:schemas-microsoft-com:office:word\" xmlns=\"http://www.w3.org/TR/REC-html40\">\r\n<head>\r\n\
         <meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">\r\n<meta name=Generator content=\"Microsoft Word 15\">\r\n\
         <!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><![endif]-->\r\n\
         <style>\r\n<!--\r\n /* Font Definitions */\r\n @font-face\r\n\t{font-family:宋体;\r\n\tpanose-1:2 1 6 0 3 1 1 1 1 1;}\r\n\
         p.MsoNormal, li.MsoNormal\r\n\t{mso-style-unhide:no;\r\n\tmargin:0cm;\r\n\tfont-size:10.5pt;}\r\n\
         @page WordSection1\r\n\t{size:595.3pt 841.9pt;}\r\n /* List Definitions */\r\n @list l0\r\n\t{mso-list-id:1;}\r\n-->\r\n</style>\r\n\
         <!--[if gte mso 10]><style>table.MsoNormalTable{display:none}</style><![endif]-->\r\n</head>\r\n\
         <body lang=ZH-CN style='tab-interval:21.0pt'>\r\n<div class=WordSection1 style='layout-grid:15.6pt'>\r\n",
    );
    let _ = write!(
        out,
        "<p class=MsoNormal align=center><b><span style='font-size:22.0pt;font-family:宋体'>{title}<span lang=EN-US><o:p></o:p></span></span></b></p>\r\n"
    );
    for part in parts {
        let (number, words) = part.heading.split_once('、').unwrap_or(("", &part.heading));
        let _ = write!(
            out,
            "<p class=MsoNormal style='text-indent:32.0pt'><![if !supportLists]><span lang=EN-US>{number}<span style='font:7.0pt \"Times New Roman\"'></span></span>\
             <![endif]><span\r\nstyle='font-family:黑体'>、{words}<span lang=EN-US><o:p></o:p></span></span></p>\r\n"
        );
        if part.tables.is_empty() {
            out.push_str("<p class=MsoNormal>全年工作有序。<span style='display:none;mso-hide:all'>共9件</span></p>\r\n");
        }
        part.tables.iter().for_each(|t| word_table(t, &mut out));
        out.push_str("<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>\r\n");
    }
    out + "</div>\r\n</body>\r\n\r\n</html>\r\n"
}

fn word_table(table: &Table, out: &mut String) {
    out.push_str("<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0\r\n style='border-collapse:collapse;border:none;mso-yfti-tbllook:1184'>\r\n");
    for (r, row) in table.iter().enumerate() {
        let _ = write!(out, " <tr style='mso-yfti-irow:{r};height:14.2pt'>\r\n");
        for P(text, columns, rows) in row {
            let span = |name: &str, n: usize| if n > 1 { format!(" {name}={n}") } else { String::new() };
            let _ = write!(
                out,
                "  <td width=76 nowrap{}{} valign=top style='width:57.0pt;border:solid windowtext 1.0pt;\r\n  mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt 0cm 5.4pt'>\r\n",
                span("colspan", *columns),
                span("rowspan", *rows)
            );
            for line in text.split('\n') {
                out.push_str("  <p class=MsoNormal align=center style='text-align:center;mso-pagination:\r\n  widow-orphan'>");
                let mut rest = line;
                while let Some((at, _)) = rest.char_indices().nth(3) {
                    let _ = write!(
                        out,
                        "<span lang=EN-US style='font-size:10.0pt;font-family:\"Times New Roman\"'>{}</span>",
                        escape(&rest[..at])
                    );
                    rest = &rest[at..];
                }
                let rest = if rest.is_empty() { "<o:p>&nbsp;</o:p>".to_owned() } else { escape(rest) };
                let _ = write!(
                    out,
                    "<span\r\n  style='font-size:10.0pt;font-family:宋体;mso-bidi-font-family:宋体'>{rest}<span lang=EN-US><o:p></o:p></span></span></p>\r\n"
                );
            }
            out.push_str("  </td>\r\n");
        }
        out.push_str(" </tr>\r\n");
    }
    out.push_str(" <![if !supportMisalignedColumns]>\r\n <tr height=0>\r\n");
    out.push_str(&"  <td width=76 style='border:none'></td>\r\n".repeat(4));
    out.push_str(" </tr>\r\n <![endif]>\r\n</table>\r\n");
}

/// As old editors write: names in capitals, nothing closed that need not be, attributes without quotes.
pub fn capitals(table: &Table) -> String {
    let mut out = "<TABLE BORDER=1 WIDTH=100%><TBODY>".to_owned();
    for row in table {
        out.push_str("<TR>\n");
        for P(text, columns, rows) in row {
            let _ = writeln!(out, "<TD colSpan={columns} rowSpan={rows}><FONT size=3><P>{}", escape(text).replace('\n', "<BR>"));
        }
    }
    out + "</TABLE>"
}

/// Boxes that a style sheet lays out as a table; a cell over several places is followed by empty ones.
pub fn styled(rows: &[Vec<String>]) -> String {
    let cell = |c: &String| format!("<div class=\"td\">{}</div>", escape(c));
    let row = |r: &Vec<String>| format!("<div class=\"tr\">{}</div>\n", r.iter().map(cell).collect::<String>());
    format!("<div class=\"table\">{}</div>", rows.iter().map(row).collect::<String>())
}

pub const STYLED: &str = "<style>.table{display:table;border-collapse:collapse}.tr{display:table-row}\
                          .table .td{display:table-cell;border:1px solid}</style>";

/// A grid by style, with spans.
pub fn grid(table: &Table) -> String {
    let width: usize = table[0].iter().map(|c| c.1).sum();
    let mut out = format!("<section style=\"display:grid;grid-template-columns:repeat({width}, 1fr)\">");
    for P(text, columns, rows) in table.iter().flatten() {
        let _ = write!(out, "<div style=\"grid-column:span {columns};grid-row:span {rows}\">{}</div>", escape(text));
    }
    out + "</section>"
}

/// Plain boxes, a box a row, with no style that says so. Only where every row has the same cells.
pub fn boxes(rows: &[Vec<String>]) -> String {
    let cell = |c: &String| format!("<div class=\"col\">{}</div>\n", escape(c));
    let row = |r: &Vec<String>| format!("<div class=\"row\">\n{}</div>\n", r.iter().map(cell).collect::<String>());
    format!("<div class=\"grid\">\n{}</div>", rows.iter().map(row).collect::<String>())
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
