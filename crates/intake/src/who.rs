//! Whose report it is and of which year: from title, signature, file name, folder and registry, in that order of trust.

use nianbao_form::{Agency, Registry, Remark, figure, label, registry};

use crate::document::Document;
use crate::sections::{Sections, Words};

/// What was found out.
#[derive(Debug, Default)]
pub(crate) struct Who {
    /// Name: the registry's, else the document's.
    pub agency: String,
    /// Registry id.
    pub agency_id: Option<String>,
    /// Reporting year, 0 if nothing tells it.
    pub year: u16,
    /// Title as found.
    pub title: String,
    /// Contradictions.
    pub remarks: Vec<Remark>,
}

/// A title taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Title {
    text: String,
    pub agency: String,
    pub year: Option<u16>,
}

/// Finds agency and year.
pub(crate) fn find(document: &Document, words: &[Words<'_>], sections: &Sections, file: &str, registry: &Registry) -> Who {
    let title = title(document, &words[..sections.before.min(words.len())]).unwrap_or_default();
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = name.rsplit_once('.').map_or(name, |(s, _)| s);
    let mut who = Who { title: title.text.clone(), ..Who::default() };
    who.take_year(&title, words, sections, stem, folder);
    who.take_agency(&title, sections, stem, folder, registry);
    who
}

impl Who {
    fn take_year(&mut self, title: &Title, words: &[Words<'_>], sections: &Sections, stem: &str, folder: &str) {
        let period = words.iter().take(sections.before + 12).find_map(|w| period(w.text));
        // A report is signed in the year after the one that it reports on.
        let signed = sections.signed.map(|(year, month)| if month <= 8 { year - 1 } else { year });
        let file = year_in_name(stem);
        let folder = folder.rsplit('/').find_map(year_in_name);
        let told = [("标题", title.year), ("统计期限", period), ("文件名", file), ("文件夹", folder)];
        let first = told.iter().find_map(|t| t.1);
        self.year = title.year.or(period).or(signed).or(file).or(folder).unwrap_or(0);
        if let Some(first) = first
            && told.iter().any(|t| t.1.is_some_and(|y| y != first))
        {
            let found: Vec<String> = told.iter().filter_map(|(what, y)| y.map(|y| format!("{what}为{y}年"))).collect();
            self.remark("wrong-year", found.join("、"), format!("{}年", self.year));
        }
    }

    fn take_agency(&mut self, title: &Title, sections: &Sections, stem: &str, folder: &str, registry: &Registry) {
        let year = (self.year > 0).then_some(self.year);
        let signature = sections.signature.clone().unwrap_or_default();
        let file = name_in_file(stem);
        let folder = folder.rsplit('/').map(name_in_file).find(|n| !n.is_empty()).unwrap_or_default();
        let told = [("标题", &title.agency), ("落款", &signature), ("文件名", &file), ("文件夹", &folder)];
        let sure: Vec<(&str, &String, &Agency)> = told
            .iter()
            .filter(|t| !t.1.is_empty())
            .filter_map(|(what, n)| registry.find(n, year).map(|a| (*what, *n, a)))
            .collect();
        let near = || told.iter().take(3).find_map(|t| resembling(registry, t.1, year));
        // The registry may know the name in a longer or shorter form; a name that it knows outright goes before, if it
        // is told by a source that is trusted more.
        let agency = match sure.first() {
            Some((what, ..)) if *what == "标题" => sure.first().map(|s| s.2),
            _ => resembling(registry, &title.agency, year).or_else(|| sure.first().map(|s| s.2)).or_else(near),
        };
        match agency {
            Some(agency) => {
                self.agency.clone_from(&agency.name);
                self.agency_id = Some(agency.id.clone());
                let other = |a: &Agency| {
                    a.id != agency.id
                        && ![(&a.id, &agency.id), (&agency.id, &a.id)]
                            .iter()
                            .any(|(x, y)| registry.ancestors(x).iter().any(|p| p.id == **y))
                };
                let wrong: Vec<&(&str, &String, &Agency)> = sure.iter().filter(|s| s.0 != "文件夹" && other(s.2)).collect();
                if !wrong.is_empty() {
                    let mut found: Vec<String> = Vec::new();
                    if !title.agency.is_empty() && !wrong.iter().any(|w| w.0 == "标题") {
                        found.push(format!("标题为“{}”", title.agency));
                    }
                    found.extend(wrong.iter().map(|(what, name, _)| format!("{what}为“{name}”")));
                    let expected = format!("“{}”", agency.name);
                    self.remark("wrong-agency", found.join("、"), expected);
                }
            }
            None => self.agency = told.iter().map(|t| t.1.clone()).find(|n| !n.is_empty()).unwrap_or_default(),
        }
    }

    fn remark(&mut self, rule: &'static str, found: String, expected: String) {
        self.remarks.push(Remark { rule, cell: None, found, expected, place: nianbao_form::Place::Unknown });
    }
}

/// The one agency of the registry whose name ends with the given name or the other way round (`铁山区档案馆` and
/// `开发区·铁山区档案馆`).
fn resembling<'r>(registry: &'r Registry, name: &str, year: Option<u16>) -> Option<&'r Agency> {
    if let Some(agency) = registry.find(name, year) {
        return Some(agency);
    }
    let key = registry::name_key(name);
    if key.chars().count() < 3 {
        return None;
    }
    let mut found: Option<&Agency> = None;
    for (other, agency) in registry.names() {
        let other = registry::name_key(other);
        let alike = other.chars().count() >= 3 && (other.ends_with(&key) || key.ends_with(&other));
        if alike && year.is_none_or(|y| agency.exists(y)) {
            if found.is_some_and(|f| f.id != agency.id) {
                return None;
            }
            found = Some(agency);
        }
    }
    found
}

/// The title: the paragraphs before the first section, one to three of them together, that say agency, year and report.
fn title(document: &Document, words: &[Words<'_>]) -> Option<Title> {
    let mut best: Option<(u32, Title)> = None;
    let mut consider = |text: &str| {
        if !text.contains("公开") || !(text.contains("报告") || text.contains("年报")) {
            // Spaced letters are rare enough to be looked at only where the plain words are missing altogether.
            let bare: String = text.chars().filter(|c| !figure::is_inkless(*c)).collect();
            if bare.len() == text.len() || !bare.contains("公开") || !(bare.contains("报告") || bare.contains("年报")) {
                return;
            }
        }
        for title in pieces(text) {
            let worth = 2 * u32::from(title.year.is_some()) + u32::from(!title.agency.is_empty());
            if best.as_ref().is_none_or(|(w, _)| worth > *w) {
                best = Some((worth, title));
            }
        }
    };
    let lines: Vec<&str> = words.iter().take(200).map(|w| w.text).collect();
    for size in 1..=3 {
        for window in lines.windows(size) {
            let joined: String = window.concat();
            if joined.chars().count() <= 300 {
                consider(&joined);
            }
        }
    }
    document.titles.iter().for_each(|t| consider(t));
    best.map(|b| b.1)
}

/// The titles in a line, which a page may print together with navigation and site name.
fn pieces(line: &str) -> Vec<Title> {
    let mut out: Vec<Title> = parse(line).into_iter().collect();
    if out.is_empty() {
        let is_break = |c: char| figure::is_inkless(c) || "_|｜-—–>》《：:".contains(c);
        out.extend(line.split(is_break).filter_map(parse));
    }
    out
}

/// A text that is nothing but a title.
pub(crate) fn parse(text: &str) -> Option<Title> {
    let whole = text.trim_matches(figure::is_inkless);
    let mut bare: String =
        whole.chars().filter(|c| !figure::is_inkless(*c) && !matches!(c, '《' | '》' | '"' | '“' | '”')).collect();
    for prefix in ["标题：", "标题:", "名称：", "名称:"] {
        if let Some(rest) = bare.strip_prefix(prefix) {
            bare = rest.to_owned();
        }
    }
    let mut end = bare.as_str();
    for suffix in ["（全文）", "(全文)", "（公开稿）", "（定稿）", "（送审稿）", "格式模板", "模板", "公示", "的公告"]
    {
        end = end.strip_suffix(suffix).unwrap_or(end);
    }
    let is_report = (end.ends_with("报告") || end.ends_with("年报")) && (end.contains("信息公开") || end.contains("政务公开"));
    if !is_report || end.chars().count() > 70 || end.contains(['。', '，', '；', '！', '：', ':', '>', '_', '|']) {
        return None;
    }
    let (year, rest) = cut_year(end);
    Some(Title { text: whole.to_owned(), agency: agency(&rest), year })
}

/// The first year with 年 behind it, and the text without it.
fn cut_year(text: &str) -> (Option<u16>, String) {
    for (at, _) in text.char_indices() {
        let boundary = text[..at].chars().next_back().is_none_or(|c| !c.is_ascii_digit());
        if boundary && let Some(year) = figure::year(&text[at..]) {
            let after: usize = text[at..].chars().take(4).map(char::len_utf8).sum();
            let tail = &text[at + after..];
            if let Some(tail) = tail.strip_prefix('年') {
                let tail = tail.strip_prefix('度').unwrap_or(tail);
                return (Some(year), format!("{}{tail}", &text[..at]));
            }
        }
    }
    (None, text.to_owned())
}

/// The agency in a title without its year.
fn agency(text: &str) -> String {
    let text = text.trim_start_matches("关于").trim_start_matches("公布").trim_start_matches("发布");
    let cut = ["政府信息公开", "信息公开", "政务公开"].iter().filter_map(|w| text.find(w)).min().unwrap_or(text.len());
    let mut name = &text[..cut];
    if let Some((before, _)) = name.split_once("关于") {
        name = before;
    }
    let name = name.trim_matches(|c: char| "的·-—、".contains(c) || figure::is_inkless(c));
    let name = name.strip_suffix("年度").unwrap_or(name);
    if name.ends_with("人民") { format!("{name}政府") } else { name.to_owned() }
}

/// The year of the sentence on the period of the figures: 自2020年1月1日起至2020年12月31日止.
fn period(text: &str) -> Option<u16> {
    if !text.contains("31") && !text.contains("３１") {
        return None;
    }
    let folded = label::fold(text);
    let end = folded.find("12月31日")?;
    let start = folded[..end].rfind("年1月1日")?;
    let before: String = folded[..start].chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    figure::year(&before)
}

/// A year in the name of a file or folder: with 年 behind it, else four digits that stand alone.
fn year_in_name(name: &str) -> Option<u16> {
    if let (Some(year), _) = cut_year(name) {
        return Some(year);
    }
    let mut years = name.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 4).filter_map(figure::year);
    // Two years may be a range, or a date.
    match (years.next(), years.next()) {
        (Some(year), None) => Some(year),
        _ => None,
    }
}

/// What a file or folder name says of the agency: without year, report words, marks of versions and separators.
fn name_in_file(name: &str) -> String {
    let (_, name) = cut_year(name);
    let name: String = name
        .chars()
        .map(|c| if matches!(c, '_' | '-' | '(' | ')' | '（' | '）' | '[' | ']' | '.' | '+') { ' ' } else { c })
        .collect();
    let mut best = String::new();
    for part in name.split(figure::is_inkless) {
        let mut part = agency(part).trim_matches(|c: char| c.is_ascii_digit()).to_owned();
        for word in
            ["年度报告", "工作报告", "报告", "年报", "终稿", "定稿", "修订", "修改", "最终", "草稿", "送审", "稿", "版", "最新"]
        {
            part = part.replace(word, "");
        }
        let words = part.chars().filter(|c| !c.is_ascii()).count();
        if words >= 2 && words > best.chars().filter(|c| !c.is_ascii()).count() {
            best = part;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        let table = [
            ("2020年开发区·铁山区档案馆政府信息公开年度报告", "开发区·铁山区档案馆", Some(2020)),
            ("标题: 平潭综合实验区2021年度政府信息公开工作年度报告", "平潭综合实验区", Some(2021)),
            ("沭阳县发展和改革局2023年政府信息公开年度报告", "沭阳县发展和改革局", Some(2023)),
            ("某某局关于二〇二一年度政府信息公开工作情况的报告", "某某局", Some(2021)),
            ("关于2022年某镇人民政府信息公开工作年度报告", "某镇人民政府", Some(2022)),
            ("某某街道办事处政府信息公开工作２０２２年度报告", "某某街道办事处", Some(2022)),
            ("平潭综合实验区财政金融局2020年度\u{3000}政府信息公开工作年度报告", "平潭综合实验区财政金融局", Some(2020)),
            ("政府信息公开工作年度报告", "", None),
            ("某区教育局2022年政府信息公开工作年度报告（全文）", "某区教育局", Some(2022)),
        ];
        for (text, agency, year) in table {
            let title = pieces(text).into_iter().next().unwrap_or_default();
            assert_eq!((title.agency.as_str(), title.year), (agency, year), "{text}");
        }
        assert!(pieces("根据《条例》要求，现公布2020年政府信息公开年度报告").is_empty());
        let page = "沭阳县发展和改革局2023年政府信息公开年度报告-沭阳县发改局";
        assert_eq!(pieces(page)[0].agency, "沭阳县发展和改革局");
    }

    #[test]
    fn file_names() {
        for (name, agency, year) in [
            ("某区教育局2021年度政府信息公开工作年度报告（终稿）", "某区教育局", Some(2021)),
            ("2022_某区教育局_v2", "某区教育局", Some(2022)),
            ("t20210128_80589", "", None),
            ("report", "", None),
        ] {
            assert_eq!((name_in_file(name).as_str(), year_in_name(name)), (agency, year), "{name}");
        }
    }

    #[test]
    fn periods() {
        assert_eq!(period("本报告所列数据的统计期限自2019年1月1日起至2019年12月31日止。"), Some(2019));
        assert_eq!(period("2025 年 1 月 1 日至 12 月 31 日"), Some(2025));
        assert_eq!(period("全年共收到75件"), None);
    }
}
