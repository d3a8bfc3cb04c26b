//! Headings and the words below them.

use std::collections::HashMap;

use nianbao_form::{Form, FormIx, Forms, Passage, Place, SectionKind, figure, label};

use crate::vocabulary::key;

/// A paragraph in the flow of the document, or a table row that holds words alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'d> {
    /// Position of its block in the document.
    pub block: usize,
    /// The words.
    pub text: &'d str,
    /// Where.
    pub place: &'d Place,
}

/// The sections found, and the range of blocks that they take.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    /// In the order of the document.
    pub passages: Vec<Passage>,
    /// How many headings there are that name a section.
    pub headings: usize,
    /// Block of the first and of the last heading.
    pub range: Option<(usize, usize)>,
    /// How many of the words stand before the first heading.
    pub before: usize,
    /// Name in front of the date that closes the document, as the agency signs.
    pub signature: Option<String>,
    /// Year and month of that date.
    pub signed: Option<(u16, u16)>,
}

struct Hit {
    at: usize,
    section: usize,
    /// How sure: exact with a number, exact, by likeness.
    sure: f64,
    rest: String,
}

/// Titles of the sections of every form, prepared once.
#[derive(Debug)]
pub(crate) struct Titles {
    /// For each form those of all its generations.
    families: Vec<Vec<Title>>,
    /// Key of every title of any form, and whether it is that of the first or of the last section.
    keys: HashMap<String, (bool, bool)>,
}

#[derive(Debug, PartialEq)]
struct Title {
    /// Position of the section in the form.
    section: usize,
    key: String,
    folded: String,
    /// Pairs of neighbouring letters of the key.
    pairs: Vec<(char, char)>,
}

impl Titles {
    pub(crate) fn new(forms: &Forms) -> Titles {
        let mut keys = HashMap::new();
        for (_, form) in forms.iter() {
            for (at, section) in form.sections.iter().enumerate() {
                let ends = (at == 0, at + 1 == form.sections.len());
                for title in std::iter::once(&section.title).chain(&section.aliases) {
                    keys.entry(key(title)).or_insert(ends);
                }
            }
        }
        let family = |ix: FormIx| {
            let others = forms.generations(ix).into_iter().filter(|g| *g != ix).map(|g| forms.form(g));
            titles(&std::iter::once(forms.form(ix)).chain(others).collect::<Vec<_>>())
        };
        Titles { families: forms.iter().map(|(ix, _)| family(ix)).collect(), keys }
    }

    /// Whether a key is that of the last section; `None` if it is no title.
    pub(crate) fn is_last(&self, key: &str) -> Option<bool> {
        self.keys.get(key).map(|ends| ends.1)
    }

    /// Whether a key is that of the first section.
    pub(crate) fn is_first(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|ends| ends.0)
    }
}

/// Finds the sections of a form. `tables` are the blocks that hold figures of the form.
pub(crate) fn find(titles: &Titles, form: (FormIx, &Form), words: &[Words<'_>], tables: &[usize]) -> Sections {
    let (ix, form) = form;
    let Some(titles) = titles.families.get(ix.index()) else { return Sections::default() };
    let hits: Vec<Hit> = words.iter().enumerate().filter_map(|(at, w)| heading(titles, form, at, w.text)).collect();
    let mut chosen: Vec<&Hit> = Vec::new();
    for section in 0..form.sections.len() {
        let table = form.sections[section].kind == SectionKind::Table;
        let worth = |h: &Hit| {
            // Headings of a lower level below it belong to it.
            let is_next = |n: &&Hit| n.at > h.at && n.section != h.section && n.sure > 0.5;
            let next = hits.iter().find(is_next).map_or(words.len(), |n| n.at);
            let end = words.get(next).map_or(usize::MAX, |w| w.block);
            let has_table = tables.iter().any(|b| (words[h.at].block..end).contains(b) || *b == words[h.at].block);
            let has_text = next > h.at + 1 || !h.rest.is_empty();
            (if table { has_table } else { has_text }, h.sure)
        };
        let mut best: Option<&Hit> = None;
        for h in hits.iter().filter(|h| h.section == section) {
            if best.is_none_or(|b| worth(h) > worth(b)) {
                best = Some(h);
            }
        }
        chosen.extend(best);
    }
    chosen.sort_by_key(|h| h.at);
    let mut out = Sections { headings: chosen.len(), before: words.len(), ..Sections::default() };
    let end = close(words, chosen.last().map_or(0, |h| h.at), &mut out);
    if let (Some(first), Some(last)) = (chosen.first(), chosen.last()) {
        out.range = Some((words[first.at].block, words[last.at].block));
        out.before = first.at;
    }
    for (i, h) in chosen.iter().enumerate() {
        let next = chosen.get(i + 1).map_or(end, |n| n.at);
        let mut text: Vec<&str> = Vec::new();
        if !h.rest.is_empty() {
            text.push(&h.rest);
        }
        text.extend(words[(h.at + 1).min(next)..next].iter().map(|w| w.text));
        out.passages.push(Passage {
            section: form.sections[h.section].id.clone(),
            heading: words[h.at].text.strip_suffix(h.rest.as_str()).unwrap_or(words[h.at].text).trim().to_owned(),
            text: text.join("\n"),
            place: words[h.at].place.clone(),
        });
    }
    out
}

/// Section titles of a form and of its other generations, as keys and folded.
fn titles(forms: &[&Form]) -> Vec<Title> {
    let mut out: Vec<Title> = Vec::new();
    let Some(form) = forms.first() else { return out };
    for (at, section) in form.sections.iter().enumerate() {
        for s in forms.iter().filter_map(|f| f.section(&section.id)) {
            for title in std::iter::once(&s.title).chain(&s.aliases) {
                let key = key(title);
                let entry = Title { section: at, folded: label::fold(title), pairs: pairs(&key), key };
                if !out.contains(&entry) {
                    out.push(entry);
                }
            }
        }
    }
    out
}

fn heading(titles: &[Title], form: &Form, at: usize, text: &str) -> Option<Hit> {
    // 45 characters, none of them longer than four bytes.
    let short = text.len() <= 180 && text.chars().count() <= 45 && !text.trim_end_matches('。').contains('。');
    if !short && !text.starts_with(may_number) {
        return None;
    }
    let head = text.char_indices().nth(60).map_or(text, |(i, _)| &text[..i]);
    let folded = label::fold(head);
    let (number, rest, sub) = numbered(&folded);
    let named = if short { key(rest) } else { String::new() };
    if short && let Some(title) = titles.iter().find(|t| t.key == named) {
        let sure = match number {
            _ if sub => 0.5,
            Some(_) => 1.0,
            None => 0.9,
        };
        return Some(Hit { at, section: title.section, sure, rest: String::new() });
    }
    let number = number.filter(|_| !sub)?;
    // A heading that the text follows on the same line.
    for title in titles.iter().filter(|t| rest.starts_with(t.folded.as_str())) {
        let whole = folded.len() - rest.len() + title.folded.len();
        let cut = text.char_indices().map(|(i, c)| i + c.len_utf8()).find(|i| label::fold(&text[..*i]).len() >= whole)?;
        let (_, body) = text.split_at(cut);
        let apart = body.starts_with(|c: char| c.is_whitespace() || "。：:，,；;.".contains(c));
        if apart {
            let body = body.trim_start_matches(|c: char| figure::is_inkless(c) || "。：:，,；;.".contains(c));
            return Some(Hit { at, section: title.section, sure: 0.8, rest: body.to_owned() });
        }
    }
    if !short || named.chars().count() > 32 {
        return None;
    }
    resembling(titles, form, number, &named).map(|(sure, section)| Hit { at, section, sure, rest: String::new() })
}

/// Whether a paragraph that begins so may begin with a number.
fn may_number(c: char) -> bool {
    c.is_ascii_digit() || "第一二三四五六七八九十１２３４５６７８９壹贰叁肆伍陆ⅠⅡⅢⅣⅤⅥ".contains(c) || figure::is_inkless(c)
}

/// The one section whose title a numbered heading resembles, and how much.
fn resembling(titles: &[Title], form: &Form, number: &str, named: &str) -> Option<(f64, usize)> {
    let mine = pairs(named);
    let mut best: Option<(f64, usize)> = None;
    let mut second = 0.0;
    for title in titles {
        let mut like = likeness(&mine, &title.pairs);
        if named.chars().count() >= 4 && title.key.contains(named) {
            like = like.max(0.7);
        }
        if label::fold(&form.sections[title.section].number) == number {
            like += 0.2;
        }
        match best {
            Some((b, s)) if like > b => {
                if s != title.section {
                    second = b;
                }
                best = Some((like, title.section));
            }
            Some((_, s)) if s != title.section => second = like.max(second),
            None => best = Some((like, title.section)),
            _ => {}
        }
    }
    let (like, section) = best?;
    (like >= 0.5 && like > second).then_some((like.min(0.79), section))
}

/// Number, text behind it, and whether the number is one of a lower level: `（一）`, `1.`.
fn numbered(folded: &str) -> (Option<&str>, &str, bool) {
    if let Some(rest) = folded.strip_prefix('第')
        && let Some((number, rest)) = rest.split_once("部分")
        && number.chars().count() <= 2
    {
        return (Some(number), rest.trim_start_matches([':', ',', '.']), false);
    }
    match label::split_number(folded) {
        Some((number, rest)) if !rest.is_empty() => {
            let sub = folded.starts_with('(') || number.starts_with(|c: char| c.is_ascii_digit());
            (Some(number), rest, sub)
        }
        _ => (None, folded, false),
    }
}

fn pairs(text: &str) -> Vec<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

/// Sørensen–Dice coefficient over pairs of neighbouring letters.
fn likeness(a: &[(char, char)], b: &[(char, char)]) -> f64 {
    let total = a.len() + b.len();
    if total == 0 {
        return 0.0;
    }
    let mut rest = b.to_vec();
    let mut shared = 0;
    for pair in a {
        if let Some(at) = rest.iter().position(|p| p == pair) {
            rest.swap_remove(at);
            shared += 1;
        }
    }
    2.0 * f64::from(shared) / total as f64
}

/// Words that begin what a site prints below a report.
const FOOTERS: [&str; 16] = [
    "附件下载",
    "相关链接",
    "扫一扫",
    "分享到",
    "打印",
    "【打印",
    "版权所有",
    "主办单位",
    "主办：",
    "网站地图",
    "上一篇",
    "下一篇",
    "责任编辑",
    "信息来源",
    "关闭窗口",
    "网站标识码",
];

/// Where the words of the document end: before the signature and what the site prints below it. Notes the signature.
fn close(words: &[Words<'_>], from: usize, out: &mut Sections) -> usize {
    let bare =
        |at: usize| -> String { words.get(at).map_or("", |w| w.text).chars().filter(|c| !figure::is_inkless(*c)).collect() };
    for at in from + 1..words.len() {
        let text = bare(at);
        if FOOTERS.iter().any(|f| text.starts_with(f)) {
            return at;
        }
        let Some((name, date)) = signed(&text).filter(|s| s.0.is_empty() || is_name(s.0)) else { continue };
        out.signed = Some(date);
        let above = if at > from + 1 { bare(at - 1) } else { String::new() };
        if !name.is_empty() {
            out.signature = Some(name.to_owned());
        } else if is_name(&above) {
            out.signature = Some(above);
            return at - 1;
        } else if is_name(&bare(at + 1)) && !FOOTERS.iter().any(|f| bare(at + 1).starts_with(f)) {
            out.signature = Some(bare(at + 1));
        }
        return at;
    }
    words.len()
}

/// Whether a line may be the name that an agency signs with.
fn is_name(text: &str) -> bool {
    (2..=40).contains(&text.chars().count())
        && !text.contains(['。', '，', '；', '：', '、', ':', ',', '|'])
        && !text.contains(|c: char| c.is_ascii_digit())
        && text != "无"
}

/// A line that is a date, perhaps with a name before it.
fn signed(text: &str) -> Option<(&str, (u16, u16))> {
    if text.len() > 180 || text.chars().count() > 60 {
        return None;
    }
    let (at, _) = text.char_indices().find(|(i, _)| figure::year(&text[*i..]).is_some())?;
    let year = figure::year(&text[at..])?;
    let digits: usize = text[at..].chars().take(4).map(char::len_utf8).sum();
    let after = &text[at + digits..];
    let (month, day, tail) = if let Some(rest) = after.strip_prefix('年') {
        let (month, rest) = rest.split_once('月')?;
        let (day, tail) = rest.split_once(['日', '号'])?;
        (month, day, tail)
    } else {
        // 2023.1.20, 2023-01-20, 2023/1/20
        let mark = after.chars().next().filter(|c| matches!(c, '.' | '-' | '/' | '．' | '－' | '／'))?;
        let (month, rest) = after[mark.len_utf8()..].split_once(mark)?;
        let day = rest.find(|c: char| !c.is_numeric()).map_or(rest, |end| &rest[..end]);
        (month, day, &rest[day.len()..])
    };
    let (month, day) = (small(month)?, small(day)?);
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day) && tail.trim_matches(['。', ')', '）']).is_empty();
    let name = text[..at].trim_end_matches(['(', '（']);
    is_date.then_some((name, (year, month)))
}

/// A month or a day, in digits or as a numeral.
fn small(text: &str) -> Option<u16> {
    let folded = label::fold(text);
    folded.parse().ok().or_else(|| figure::chinese(&folded).and_then(|n| u16::try_from(n).ok()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use nianbao_form::Forms;

    #[test]
    fn headings_as_agencies_print_them() {
        let forms = Forms::built_in();
        let form = forms.form(forms.find("2021").unwrap());
        let family = [form];
        let titles = titles(&family);
        let table = [
            ("一、总体情况", "overview", ""),
            ("  一、 总体 情况 ", "overview", ""),
            ("总体情况", "overview", ""),
            ("第一部分 总体情况", "overview", ""),
            ("一、总体情况。2020年，我局认真贯彻。", "overview", "2020年，我局认真贯彻。"),
            ("二、行政机关主动公开政府信息情况", "proactive", ""),
            ("三、收到和处理政府信息公开申请情况：", "requests", ""),
            ("四、政府信息公开行政法复议、行政诉讼情况", "review", ""),
            ("四、行政复议与行政诉讼情况", "review", ""),
            ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", "review", ""),
            ("五、存在问题及改进情况", "problems", ""),
            ("五、整改措施", "problems", ""),
            ("五、政府信息公开工作存在的主要问题及整改情况", "problems", ""),
            ("六、其他需要报告的事项", "other_matters", ""),
            ("六、其他需要报告的事项：无。", "other_matters", "无。"),
            ("6、其他需要报告的事项", "other_matters", ""),
        ];
        for (text, section, rest) in table {
            let hit = heading(&titles, form, 0, text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(form.sections[hit.section].id, section, "{text}");
            assert_eq!(hit.rest, rest, "{text}");
        }
        for text in [
            "一、加强组织领导",
            "（一）加强领导。成立了领导小组。",
            "二是重点工作扎实推进",
            "2020年总体情况良好，各项工作有序。",
            "无",
        ] {
            assert!(heading(&titles, form, 0, text).is_none(), "{text}");
        }
    }

    #[test]
    fn signatures() {
        assert_eq!(signed("某某局2021年1月27日"), Some(("某某局", (2021, 1))));
        assert_eq!(signed("二〇二二年一月五日"), Some(("", (2022, 1))));
        assert_eq!(signed("某某局（2021年1月27日）"), Some(("某某局", (2021, 1))));
        assert_eq!(signed("２０２２年１月５日"), Some(("", (2022, 1))));
        assert_eq!(signed("某某局2022.1.15"), Some(("某某局", (2022, 1))));
        assert_eq!(signed("2022-01-15"), Some(("", (2022, 1))));
        assert_eq!(signed("2022/13/15"), None);
        assert_eq!(signed("二〇二二年十二月三十一日"), Some(("", (2022, 12))));
        assert_eq!(signed("本报告统计期限自2021年1月1日起至2021年12月31日止"), None);
    }
}
