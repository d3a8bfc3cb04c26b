//! A web page as a browser saves it: navigation, the site's own table of metadata, the text, the foot.

use super::{encode, escape};
use crate::grid::{Grid, Slot};
use crate::sheet::{Part, Sheet};

/// The page. `old` is GB18030; every second agency's page comes out of Word and has its paragraphs and spans.
pub(crate) fn html(sheet: &Sheet, parts: &[Part], old: bool) -> Vec<u8> {
    let title = parts.iter().find_map(|p| if let Part::Title(t) = p { Some(t.clone()) } else { None }).unwrap_or_default();
    let charset = if old { "gb2312" } else { "utf-8" };
    let office = sheet.style.split;
    let published = format!("{}-01-{:02}", sheet.year + 1, 9 + sheet.agency.len() % 20);
    let mut page = format!(
        r#"<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}" />
<title>{title}_青屿区人民政府</title>
<style>.nav li{{float:left}} table{{border-collapse:collapse}} td{{border:1px solid #000;padding:2px}}</style>
<script>var siteId = 4; function share(to) {{ if (to < 3 && siteId > 0) window.open("share.html"); }}</script>
</head>
<body>
<div class="top"><a href="index.html">首页</a> | <a href="login.html">登录</a> | <a href="old.html">无障碍浏览</a></div>
<ul class="nav"><li>政务公开</li><li>政务服务</li><li>互动交流</li><li>走进青屿</li></ul>
<div class="path">当前位置：<a href="index.html">首页</a> &gt; 政府信息公开 &gt; 政府信息公开年报</div>
<table class="meta"><tr><td>索引号</td><td>QY{serial}/{next}-{index:05}</td><td>发布机构</td><td>{agency}</td></tr><tr><td>发文日期</td><td>{published}</td><td>主题分类</td><td>政府信息公开年报</td></tr></table>
<h1>{title}</h1>
<div class="info">发布日期：{published}　来源：{agency}　浏览次数：<span id="hits"></span>　<a href="javascript:share(1)">分享</a></div>
<div class="content">
"#,
        serial = &sheet.agency_id[8..16],
        agency = escape(&sheet.agency),
        next = sheet.year + 1,
        index = sheet.agency.len() * 7 % 900 + 3,
    );
    for part in parts {
        match part {
            Part::Title(_) => {}
            Part::Heading(text) if office => {
                page.push_str(&format!("<p class=\"MsoNormal\"><b><span>{}</span></b></p>\n", escape(text)))
            }
            Part::Heading(text) => page.push_str(&format!("<p><strong>{}</strong></p>\n", escape(text))),
            Part::Paragraph(text) => page.push_str(&format!("<p>　　{}</p>\n", escape(text))),
            Part::Signature(text) => page.push_str(&format!("<p style=\"text-align:right\">{}</p>\n", escape(text))),
            Part::Table(grid) => table(&mut page, grid, office),
        }
    }
    page.push_str(
        "</div>\n<div class=\"foot\">上一篇：关于网站维护的公告　下一篇：没有了</div>\n<div class=\"foot\">主办：青屿区人民政府办公室　网站标识码：9901070001</div>\n</body>\n</html>\n",
    );
    encode(&page, old)
}

fn table(page: &mut String, grid: &Grid, office: bool) {
    page.push_str("<table border=\"1\" cellspacing=\"0\">\n");
    for row in &grid.rows {
        page.push_str("<tr>");
        for slot in row {
            let Slot::Cell { text, columns, rows, head } = slot else { continue };
            page.push_str("<td");
            if *columns > 1 {
                page.push_str(&format!(" colspan=\"{columns}\""));
            }
            if *rows > 1 {
                page.push_str(&format!(" rowspan=\"{rows}\""));
            }
            page.push('>');
            page.push_str(&content(text, *head, office));
            page.push_str("</td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
}

fn content(text: &str, head: bool, office: bool) -> String {
    match (office, head) {
        (false, _) if text.is_empty() => "&nbsp;".to_owned(),
        (false, _) => text.split('\n').map(escape).collect::<Vec<_>>().join("<br />"),
        (true, _) if text.is_empty() => "<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>".to_owned(),
        (true, true) => text.split('\n').map(|l| format!("<p class=\"MsoNormal\"><span>{}</span></p>", escape(l))).collect(),
        (true, false) => {
            let spans: String = text.chars().map(|c| format!("<span>{}</span>", escape(&c.to_string()))).collect();
            format!("<p class=\"MsoNormal\">{spans}</p>")
        }
    }
}
