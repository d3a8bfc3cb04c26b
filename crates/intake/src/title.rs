//! Titles, and what names of files and folders say: agency and year.

use nianbao_form::{Forms, figure, label};

/// A title taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Title {
    /// As found.
    pub text: String,
    /// The agency that it names, if any.
    pub agency: String,
    /// The year that it names, if any.
    pub year: Option<u16>,
}

/// The best title among the first lines of a document, one to three of them together, and what the container calls it.
pub(crate) fn best(lines: &[&str], others: &[String]) -> Option<Title> {
    let mut best: Option<(u32, Title)> = None;
    let mut consider = |text: &str| {
        if !may_be_title(text) {
            return;
        }
        for title in pieces(text) {
            let worth = 2 * u32::from(title.year.is_some()) + u32::from(!title.agency.is_empty());
            if best.as_ref().is_none_or(|(w, _)| worth > *w) {
                best = Some((worth, title));
            }
        }
    };
    for size in 1..=3 {
        for window in lines.windows(size).filter(|w| w.iter().map(|l| l.len()).sum::<usize>() <= 600) {
            match window {
                [one] => consider(one),
                several => consider(&several.concat()),
            }
        }
    }
    others.iter().for_each(|t| consider(t));
    best.map(|b| b.1)
}

/// The best title in the words of a form in another language: a name, what the form calls its report, and the year, or the
/// year before it.
pub(crate) fn of_forms(lines: &[&str], others: &[String], forms: &Forms) -> Option<Title> {
    let called: Vec<&str> =
        forms.iter().map(|(_, f)| f).filter(|f| f.language != "zh").map(|f| f.report_title.as_str()).collect();
    let singles = lines.iter().map(|l| (*l).to_owned()).chain(others.iter().cloned());
    let pairs = lines.windows(2).map(|w| w.join(" "));
    let titles = singles.chain(pairs).flat_map(|text| called.iter().filter_map(|c| named(&text, c)).collect::<Vec<_>>());
    // The first of the best: a line before the title is its name only where the title itself has none.
    titles.reduce(|best, t| {
        let worth = |t: &Title| 2 * u32::from(t.year.is_some()) + u32::from(!t.agency.is_empty());
        if worth(&t) > worth(&best) { t } else { best }
    })
}

/// `Office of Records Annual Report 2020` where the report is called an Annual Report.
fn named(text: &str, called: &str) -> Option<Title> {
    const LONGEST: usize = 200;
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, behind) = whole.split_once(called).filter(|_| !called.is_empty() && whole.len() <= LONGEST)?;
    let year = |text: &str| text.parse().ok().filter(|y| text.len() == 4 && (1900..2200).contains(y));
    let (name, behind) = (name.trim(), behind.trim());
    let (name, year) = match (behind, name.rsplit_once(' ')) {
        ("", Some((front, last))) if year(last).is_some() => (front, year(last)),
        ("", None) if year(name).is_some() => ("", year(name)),
        ("", _) => (name, None),
        _ => (name, Some(year(behind)?)),
    };
    Some(Title { agency: name.to_owned(), year, text: whole })
}

/// Whether the words of a title stand in a text at all.
fn may_be_title(text: &str) -> bool {
    let says = |t: &str| {
        (t.contains("公开") || t.contains("公開")) && ["报告", "報告", "年报", "年報", "总结"].iter().any(|w| t.contains(w))
    };
    if says(text) {
        return true;
    }
    // Spaced letters are rare enough to be looked at only where the plain words are missing altogether.
    text.contains(figure::is_inkless) && says(&without_blanks(text))
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !figure::is_inkless(*c)).collect()
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

/// What may stand behind a title.
const BEHIND: [&str; 12] = [
    "（全文）",
    "(全文)",
    "（公开稿）",
    "（定稿）",
    "（送审稿）",
    "（征求意见稿）",
    "格式模板",
    "模板",
    "公示",
    "的公告",
    "公告",
    "（电子版）",
];

/// A text that is nothing but a title.
pub(crate) fn parse(text: &str) -> Option<Title> {
    let whole = text.trim_matches(figure::is_inkless);
    let mut bare = in_common_form(words_apart(whole).chars().filter(|c| !matches!(c, '《' | '》' | '"' | '“' | '”')).collect());
    for prefix in ["标题：", "标题:", "名称：", "名称:", "题目：", "附件：", "附件:", "附："] {
        if let Some(rest) = bare.strip_prefix(prefix) {
            bare = rest.to_owned();
        }
    }
    let mut end = bare.as_str();
    for suffix in BEHIND {
        end = end.strip_suffix(suffix).unwrap_or(end);
    }
    let (end, behind) = year_behind(end);
    let is_report =
        ["报告", "年报", "工作总结"].iter().any(|w| end.ends_with(w)) && (end.contains("信息公开") || end.contains("政务公开"));
    if !is_report || end.chars().count() > 70 || end.contains(['。', '，', '；', '！', '：', ':', '>', '_', '|']) {
        return None;
    }
    let (year, rest) = cut_year(&filled(end));
    Some(Title { text: whole.to_owned(), agency: agency(&rest), year: year.or(behind) })
}

/// A title without what an empty form asks for in brackets: 〔单位名称〕〔年份〕年政府信息公开工作年度报告. Nobody's name is written so.
fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once('〔') {
        match inside.split_once('〕').filter(|(asked, _)| !asked.contains(|c: char| c.is_ascii_digit())) {
            Some((_, after)) => {
                out.push_str(before);
                rest = after.strip_prefix('年').unwrap_or(after);
            }
            None => break,
        }
    }
    out + rest
}

/// A text without blanks, but for those that part the words of a name in Latin letters.
fn words_apart(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphabetic() || "&.,'-".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if figure::is_inkless(c) {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) && is_word(c) && out.chars().next_back().is_some_and(is_word) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// A text whose words of reports are in traditional letters in common ones. Any other is left alone: names keep letters,
/// such as the 乾 of 乾县, that would be others in common form.
fn in_common_form(text: String) -> String {
    if text.contains(['報', '開', '總']) { text.chars().map(label::plain_form).collect() } else { text }
}

/// The year behind a title, in brackets or bare: 政府信息公开工作年度报告（2023年度）.
fn year_behind(text: &str) -> (&str, Option<u16>) {
    let inner = text.trim_end_matches([')', '）', '〕', ']', '】']);
    let Some(start) = inner.rfind("报告").or_else(|| inner.rfind("年报")).or_else(|| inner.rfind("总结")) else {
        return (text, None);
    };
    let (title, rest) = inner.split_at(start + "报告".len());
    let rest = rest.trim_start_matches(['(', '（', '〔', '[', '【', '-', '—']);
    let digits: usize = rest.chars().take(4).map(char::len_utf8).sum();
    let is_year = matches!(rest.get(digits..), Some("" | "年" | "年度"));
    match figure::year(rest).filter(|_| is_year) {
        Some(year) => (title, Some(year)),
        None => (text, None),
    }
}

/// The first year, with 年 behind it or else alone among other words, and the text without it.
pub(crate) fn cut_year(text: &str) -> (Option<u16>, String) {
    let at_year = |at: usize| {
        let boundary = text[..at].chars().next_back().is_none_or(|c| !c.is_ascii_digit() && !('０'..='９').contains(&c));
        if boundary { figure::year(&text[at..]) } else { None }
    };
    let mut bare = None;
    for (at, first) in text.char_indices() {
        let Some(year) = at_year(at) else { continue };
        let after: usize = text[at..].chars().take(4).map(char::len_utf8).sum();
        let tail = &text[at + after..];
        if let Some(tail) = tail.strip_prefix('年') {
            let tail = tail.strip_prefix('度').unwrap_or(tail);
            return (Some(year), format!("{}{tail}", &text[..at]));
        }
        // 某局2023政府信息公开年度报告
        if bare.is_none() && first.is_ascii_digit() && tail.starts_with(['政', '信', '度']) {
            bare = Some((year, format!("{}{}", &text[..at], tail.trim_start_matches("度"))));
        }
    }
    bare.map_or_else(|| (None, text.to_owned()), |(year, rest)| (Some(year), rest))
}

/// The agency in a title without its year.
fn agency(text: &str) -> String {
    let text = text.trim_start_matches("关于").trim_start_matches("公布").trim_start_matches("发布").trim_start_matches("印发");
    let cut = ["政府信息公开", "信息公开", "政务公开"].iter().filter_map(|w| text.find(w)).min().unwrap_or(text.len());
    let mut name = &text[..cut];
    if let Some((before, after)) = name.split_once("关于") {
        name = if before.is_empty() { after } else { before };
    }
    let name = name.trim_matches(|c: char| "的·-—、()（）[]【】".contains(c) || figure::is_inkless(c));
    let name = name.strip_suffix("年度").unwrap_or(name);
    let name = name.strip_suffix("(本级)").or_else(|| name.strip_suffix("（本级")).unwrap_or(name);
    if name.ends_with("人民") { format!("{name}政府") } else { name.to_owned() }
}

/// The year of the sentence on the period of the figures: 自2020年1月1日起至2020年12月31日止.
pub(crate) fn period(text: &str) -> Option<u16> {
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
pub(crate) fn year_in_name(name: &str) -> Option<u16> {
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

/// Words in names of files that are no part of an agency's name.
const FILE_WORDS: [&str; 22] = [
    "年度报告",
    "工作报告",
    "报告",
    "年报",
    "终稿",
    "定稿",
    "修订",
    "修改",
    "最终",
    "草稿",
    "送审",
    "报送",
    "上报",
    "盖章",
    "公开稿",
    "稿",
    "版",
    "最新",
    "附件",
    "电子",
    "扫描件",
    "副本",
];

/// What a file or folder name says of the agency: without year, report words, marks of versions and separators.
pub(crate) fn name_in_file(name: &str) -> String {
    let (_, name) = cut_year(name);
    let is_apart = |c: char| "_-()（）[]【】.+—：:、，,&".contains(c);
    let name: String = name.chars().map(|c| if is_apart(c) { ' ' } else { c }).collect();
    let name = in_common_form(name);
    let mut best = String::new();
    for part in name.split(figure::is_inkless) {
        let mut part = agency(part).trim_matches(|c: char| c.is_ascii_digit()).to_owned();
        for word in FILE_WORDS {
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
    fn titles_in_the_words_of_a_form() {
        for (text, want) in [
            ("Department of Energy Annual FOIA Report 2020", Some(("Department of Energy", Some(2020)))),
            ("Department of Energy 2019 Annual FOIA Report", Some(("Department of Energy", Some(2019)))),
            ("2019 Annual FOIA Report", Some(("", Some(2019)))),
            ("Annual  FOIA Report", Some(("", None))),
            ("See the Annual FOIA Report of the year before", None),
            ("Annual FOIA Report 20201", None),
        ] {
            let found = named(text, "Annual FOIA Report");
            assert_eq!(found.as_ref().map(|t| (t.agency.as_str(), t.year)), want, "{text}");
        }
    }

    #[test]
    fn titles() {
        let table = [
            ("2020年开发区·铁山区档案馆政府信息公开年度报告", "开发区·铁山区档案馆", Some(2020)),
            ("标题: 平潭综合实验区2021年度政府信息公开工作年度报告", "平潭综合实验区", Some(2021)),
            ("沭阳县发展和改革局2023年政府信息公开年度报告", "沭阳县发展和改革局", Some(2023)),
            ("某某局关于二〇二一年度政府信息公开工作情况的报告", "某某局", Some(2021)),
            ("关于2022年某镇人民政府信息公开工作年度报告", "某镇人民政府", Some(2022)),
            ("关于2020年政府信息公开工作情况的报告", "", Some(2020)),
            ("某某街道办事处政府信息公开工作２０２２年度报告", "某某街道办事处", Some(2022)),
            ("平潭综合实验区财政金融局2020年度\u{3000}政府信息公开工作年度报告", "平潭综合实验区财政金融局", Some(2020)),
            ("政府信息公开工作年度报告", "", None),
            ("某区教育局2022年政府信息公开工作年度报告（全文）", "某区教育局", Some(2022)),
            ("青山区2023 年度政府信息公开工作年度报告", "青山区", Some(2023)),
            ("青山区財政局二○二三年政府信息公開年度報告", "青山区财政局", Some(2023)),
            ("乾县财政局2023年政府信息公开年度报告", "乾县财政局", Some(2023)),
            ("青山区财政局政府信息公开工作年度报告（2023年度）", "青山区财政局", Some(2023)),
            ("青山区财政局政府信息公开工作年度报告（二〇二三年）", "青山区财政局", Some(2023)),
            ("青山区财政局政府信息公开年报2023年", "青山区财政局", Some(2023)),
            ("青山区财政局2023政府信息公开年度报告", "青山区财政局", Some(2023)),
            ("青山区财政局二〇二一年政府信息公开工作总结", "青山区财政局", Some(2021)),
            ("《青山区财政局2023年政府信息公开工作年度报告》", "青山区财政局", Some(2023)),
        ];
        for (text, agency, year) in table {
            let title = pieces(text).into_iter().next().unwrap_or_default();
            assert_eq!((title.agency.as_str(), title.year), (agency, year), "{text}");
        }
        assert!(pieces("根据《条例》要求，现公布2020年政府信息公开年度报告").is_empty());
        let page = "沭阳县发展和改革局2023年政府信息公开年度报告-沭阳县发改局";
        assert_eq!(pieces(page)[0].agency, "沭阳县发展和改革局");
        let cover = ["青山区财政局", "政府信息公开工作年度报告", "（2023年度）"];
        let title = best(&cover, &[]).unwrap_or_default();
        assert_eq!((title.agency.as_str(), title.year), ("青山区财政局", Some(2023)));
    }

    #[test]
    fn file_names() {
        for (name, agency, year) in [
            ("某区教育局2021年度政府信息公开工作年度报告（终稿）", "某区教育局", Some(2021)),
            ("2022_某区教育局_v2", "某区教育局", Some(2022)),
            ("附件2：某区教育局2022年度政府信息公开年报（盖章扫描件）", "某区教育局", Some(2022)),
            ("3.某区教育局-报送稿", "某区教育局", None),
            ("某区教育局２０２２年", "某区教育局", Some(2022)),
            ("t20210128_80589", "", None),
            ("report", "", None),
            ("2023", "", Some(2023)),
            ("2023年度", "", Some(2023)),
            ("2019-2020", "", None),
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
