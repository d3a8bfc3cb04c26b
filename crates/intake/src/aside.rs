//! What stands over a table and tells that it is not the report's own: an annex, another year, another body.

use nianbao_form::{figure, registry};

use crate::vocabulary::{Vocabulary, key};

/// Where a table stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Aside {
    /// Below the word 附件 or 附表, after other tables.
    pub annex: bool,
    /// Below the heading of the last section.
    pub late: bool,
    /// The last caption that names a year, a body or a purpose.
    pub caption: String,
}

/// Whose the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// The report's.
    Own,
    /// The report's if there is no other.
    Doubtful,
    /// Not the report's.
    Foreign,
}

/// Words of captions over tables that are there to be compared with, or to be filled in.
const PURPOSES: [&str; 16] = [
    "对比",
    "对照",
    "上年度",
    "上一年度",
    "上年数",
    "去年",
    "下属",
    "所属单位",
    "空白",
    "样表",
    "表样",
    "示例",
    "范例",
    "填报说明",
    "供参考",
    "往年",
];
/// How names of bodies end.
pub(crate) const BODIES: [&str; 14] =
    ["局", "委员会", "办公室", "中心", "街道办事处", "街道", "镇", "乡", "馆", "公司", "医院", "学校", "支队", "大队"];

impl Aside {
    /// Whose the table is, for a report of an agency and a year; both may be unknown.
    pub(crate) fn standing(&self, agency: &str, year: u16) -> Standing {
        let away = self.annex || self.late;
        if PURPOSES.iter().any(|w| self.caption.contains(w)) || other_body(&self.caption, agency) {
            return Standing::Foreign;
        }
        match caption_year(&self.caption) {
            // Last year's year over a table in its place may be a slip.
            Some(y) if year != 0 && y != year => {
                if away {
                    Standing::Foreign
                } else {
                    Standing::Doubtful
                }
            }
            _ if away => Standing::Doubtful,
            _ => Standing::Own,
        }
    }
}

/// Follows the paragraphs of a document.
#[derive(Debug, Default)]
pub(crate) struct Captions {
    /// Where the next table stands.
    pub aside: Aside,
}

impl Captions {
    /// Looks at a paragraph; `begun` says whether a table of the form stands before it. Tells whether it is a heading below
    /// which another table begins.
    pub(crate) fn paragraph(&mut self, words: &Vocabulary<'_>, text: &str, begun: bool) -> bool {
        // 60 characters, none of them longer than four bytes.
        if text.len() > 240 || text.chars().count() > 60 || text.trim_end().ends_with(['。', '；']) {
            return false;
        }
        let named = key(text);
        if let Some(last) = words.titles.is_last(&named) {
            self.aside.late = last;
            self.aside.caption.clear();
            return true;
        }
        let annex = ["附件", "附表", "附录"].iter().any(|w| named.starts_with(w));
        self.aside.annex |= annex && begun;
        let tells = annex
            || named.starts_with('附')
            || caption_year(text).is_some()
            || PURPOSES.iter().any(|w| named.contains(w))
            || body(text).is_some();
        if tells && begun | !annex {
            self.aside.caption = text.chars().filter(|c| !figure::is_inkless(*c)).collect();
        }
        words.is_item(&named)
    }
}

/// The year that a caption names, dates left out.
pub(crate) fn caption_year(text: &str) -> Option<u16> {
    if !text.contains('年') {
        return None;
    }
    let text: String = text.chars().filter(|c| !figure::is_inkless(*c)).collect();
    let mut found = None;
    for (at, _) in text.char_indices() {
        let boundary = text[..at].chars().next_back().is_none_or(|c| !c.is_ascii_digit());
        if let (true, Some(year)) = (boundary, figure::year(&text[at..])) {
            let after: String = text[at..].chars().skip(4).collect();
            if let Some(rest) = after.strip_prefix('年')
                && !rest.starts_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
            {
                found = Some(year);
            }
        }
    }
    found
}

/// The body that a caption names before it says what the table is of.
fn body(caption: &str) -> Option<String> {
    let text: String = caption.chars().filter(|c| !figure::is_inkless(*c)).collect();
    let text = nianbao_form::label::strip_number(
        text.trim_start_matches(|c: char| "附件表录：:（）()".contains(c) || c.is_ascii_digit()),
    )
    .to_owned();
    let ends = ["政府信息公开", "信息公开", "收到和处理", "行政复议", "主动公开", "情况", "数据", "统计表"];
    let cut = ends.iter().filter_map(|w| text.find(w)).min()?;
    let name: String = match caption_year(&text[..cut]) {
        Some(year) => text[..cut].split(&year.to_string()).next().unwrap_or_default().to_owned(),
        None => text[..cut].to_owned(),
    };
    let is_body = (3..=25).contains(&name.chars().count()) && BODIES.iter().any(|b| name.ends_with(b));
    (is_body && !name.contains(['，', '。', '、', '；'])).then_some(name)
}

/// Whether a caption names a body that is not the report's.
fn other_body(caption: &str, agency: &str) -> bool {
    let Some(body) = body(caption) else { return false };
    let (body, agency) = (registry::name_key(&body), registry::name_key(agency));
    !agency.is_empty() && !body.ends_with(&agency) && !agency.ends_with(&body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_it_is() {
        let table = [
            ("", false, Standing::Own),
            ("2022年收到和处理政府信息公开申请情况", false, Standing::Own),
            ("2021年收到和处理政府信息公开申请情况", false, Standing::Doubtful),
            ("附件：2021年度报告数据（上年）", true, Standing::Foreign),
            ("附件：2022年度报告数据", true, Standing::Doubtful),
            ("附：2022年度收到和处理情况（供对比）", false, Standing::Foreign),
            ("附件：下属单位国库中心情况", true, Standing::Foreign),
            ("青山区教育局收到和处理政府信息公开申请情况", false, Standing::Foreign),
            ("青山区财政局收到和处理政府信息公开申请情况", false, Standing::Own),
            ("2023年1月20日", false, Standing::Own),
        ];
        for (caption, annex, want) in table {
            let aside = Aside { annex, late: false, caption: caption.into() };
            assert_eq!(aside.standing("青山区财政局", 2022), want, "{caption}");
        }
    }
}
