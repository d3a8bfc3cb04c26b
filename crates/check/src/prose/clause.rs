//! Prose cut into clauses, and the numbers in them.

use nianbao_form::{Number, figure};

/// A clause: the words between two marks, without blanks, digits as ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// The text.
    pub text: String,
    /// The mark behind it; a blank at the end of a paragraph.
    pub end: char,
    /// Whether it stands in brackets.
    pub inside: bool,
    /// The words of the report, where `text` was made of them.
    pub said: Option<String>,
}

/// A number in a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    /// Its value; 万 and 亿 are multiplied in.
    pub value: Number,
    /// Digits behind the point as printed.
    pub decimals: u32,
    /// 10,000 for 万, 100,000,000 for 亿, else 1.
    pub factor: i64,
    /// Its unit, or empty; `%` and `倍` are units.
    pub unit: String,
    /// Where it stands in the clause, in bytes, with its unit.
    pub range: std::ops::Range<usize>,
    /// A word such as 余 or 多 makes it a guess.
    pub rough: bool,
}

impl Amount {
    /// The smallest step that the number as printed tells, in millionths: 1 for a count, 0.01 for two places behind the
    /// point, 100 for 1.25万.
    pub(crate) fn step(&self) -> i64 {
        (self.factor * Number::SCALE / 10i64.pow(self.decimals.min(6))).max(1)
    }
}

/// The clauses of a paragraph.
pub(crate) fn clauses(paragraph: &str) -> Vec<Clause> {
    let text: Vec<char> = paragraph.chars().filter(|c| !figure::is_inkless(*c) && !c.is_whitespace()).map(narrow).collect();
    let mut out = Vec::new();
    let (mut now, mut depth) = (String::new(), 0usize);
    let mut close = |now: &mut String, end: char, inside: bool| {
        if !now.is_empty() {
            out.push(Clause { text: std::mem::take(now), end, inside, said: None });
        }
    };
    for (i, &c) in text.iter().enumerate() {
        let digit = |j: Option<usize>| j.and_then(|j| text.get(j)).is_some_and(char::is_ascii_digit);
        let in_number = matches!(c, ',' | '.') && digit(i.checked_sub(1)) && digit(Some(i + 1));
        match c {
            '(' | '[' => {
                close(&mut now, c, depth > 0);
                depth += 1;
            }
            ')' | ']' => {
                close(&mut now, c, depth > 0);
                depth = depth.saturating_sub(1);
            }
            '，' | '。' | '；' | '：' | '！' | '？' | ';' | ':' | '!' | '?' | '、' => close(&mut now, c, depth > 0),
            ',' if !in_number => close(&mut now, '，', depth > 0),
            _ => now.push(c),
        }
    }
    close(&mut now, ' ', depth > 0);
    out
}

/// The paragraphs of a passage. Lines of a page cut a paragraph anywhere, in the middle of a word too: a long line without
/// a mark at its end goes on in the next one, over the number of a page. A short one is a heading.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    const HEADING: usize = 20;
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        let page = line.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '-' | '—' | '–' | '·'));
        if page {
            continue;
        }
        match out.last_mut() {
            Some(last) if open => last.push_str(line),
            _ => out.push(line.to_owned()),
        }
        let length = out.last().map_or(0, |l| l.chars().count());
        open = length >= HEADING && !line.ends_with(['。', '！', '？', '；', '：', ':', ';', '!', '?']);
    }
    out
}

/// `予以公开、部分公开分别为208件、12件` as `予以公开为208件` and `部分公开为12件`. Where names and numbers can not be paired one
/// to one nothing of it is understood, and it is left out.
pub(crate) fn distributed(clauses: Vec<Clause>, units: &[String]) -> Vec<Clause> {
    let mut out: Vec<Clause> = Vec::new();
    let mut rest = clauses.into_iter().peekable();
    while let Some(clause) = rest.next() {
        let Some((head, tail)) = clause.text.split_once("分别") else {
            out.push(clause);
            continue;
        };
        let found = amounts(tail, units);
        let lead = found.first().map_or(tail, |a| &tail[..a.range.start]).to_owned();
        let mut values: Vec<String> = found.iter().map(|a| tail[a.range.clone()].to_owned()).collect();
        let mut clean =
            !found.is_empty() && joined(&tail[lead.len()..], &found.iter().map(|a| shifted(a, lead.len())).collect::<Vec<_>>());
        let mut end = clause.end;
        while let Some(next) = rest.peek().filter(|n| clean && matches!(end, '、' | '，') && n.inside == clause.inside) {
            let more = amounts(&next.text, units);
            if more.is_empty() || !joined(&next.text, &more) {
                break;
            }
            values.extend(more.iter().map(|a| next.text[a.range.clone()].to_owned()));
            end = next.end;
            rest.next();
        }
        let mut names: Vec<String> = split_names(head);
        while let Some(before) = out.last().filter(|b| b.end == '、' && b.inside == clause.inside) {
            if amounts(&before.text, units).iter().any(|a| a.unit != "年") {
                break;
            }
            names.splice(0..0, split_names(&before.text));
            out.pop();
        }
        clean &= names.len() == values.len() && names.len() > 1;
        let last = names.len().saturating_sub(1);
        if clean {
            out.extend(names.iter().zip(&values).enumerate().map(|(i, (name, value))| Clause {
                text: format!("{name}{lead}{value}"),
                end: if i == last { end } else { '，' },
                inside: clause.inside,
                said: Some(format!("{}分别{lead}{}", names.join("、"), values.join("、"))),
            }));
        } else {
            // What follows may not lean on it either.
            out.push(Clause {
                text: "……".to_owned(),
                end: if end == '、' { '。' } else { end },
                inside: clause.inside,
                said: None,
            });
        }
    }
    out
}

fn split_names(text: &str) -> Vec<String> {
    text.split(['和', '及', '与']).map(|n| n.trim_matches('以').to_owned()).filter(|n| !n.is_empty()).collect()
}

fn shifted(amount: &Amount, by: usize) -> Amount {
    Amount { range: amount.range.start - by..amount.range.end - by, ..amount.clone() }
}

/// Whether a text is nothing but these numbers and words that join them.
fn joined(text: &str, found: &[Amount]) -> bool {
    let mut rest = text.to_owned();
    for amount in found.iter().rev() {
        rest.replace_range(amount.range.clone(), "");
    }
    rest.chars().all(|c| matches!(c, '和' | '及' | '与' | '以' | '、'))
}

/// Full-width digits, brackets and percent signs as ASCII.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (u32::from(c) - u32::from('０')) as u8),
        '％' => '%',
        '（' | '〔' | '【' => '(',
        '）' | '〕' | '】' => ')',
        '．' => '.',
        '﹒' => '.',
        c => c,
    }
}

/// The numbers of a clause. Chinese numerals count only before a unit (三十二件), so that 一是 and 三安全 are words.
pub(crate) fn amounts(text: &str, units: &[String]) -> Vec<Amount> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let found = if c.is_ascii_digit() { arabic(text, at, units) } else { chinese(text, at, units) };
        match found {
            Some(amount) => {
                at = amount.range.end;
                out.push(amount);
            }
            None => at += c.len_utf8(),
        }
    }
    out
}

fn arabic(text: &str, at: usize, units: &[String]) -> Option<Amount> {
    let bytes = text.as_bytes();
    let mut end = at;
    let mut plain = String::new();
    while let Some(&b) = bytes.get(end) {
        let next = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        match b {
            b'0'..=b'9' => plain.push(char::from(b)),
            b',' if next && !plain.contains('.') => {}
            b'.' if next && !plain.contains('.') => plain.push('.'),
            _ => break,
        }
        end += 1;
    }
    let decimals = plain.split_once('.').map_or(0, |(_, d)| d.len() as u32);
    let value = Number::parse(&plain).ok()?;
    finish(text, at..end, value, decimals, units)
}

fn chinese(text: &str, at: usize, units: &[String]) -> Option<Amount> {
    const NUMERALS: &str = "〇零一二两三四五六七八九十百千万";
    let length: usize = text[at..].chars().take_while(|c| NUMERALS.contains(*c)).map(char::len_utf8).sum();
    let value = Number::whole(figure::chinese(text.get(at..at + length).filter(|t| !t.is_empty())?)?)?;
    let amount = finish(text, at..at + length, value, 0, units)?;
    (!amount.unit.is_empty()).then_some(amount)
}

fn finish(text: &str, range: std::ops::Range<usize>, value: Number, decimals: u32, units: &[String]) -> Option<Amount> {
    let mut end = range.end;
    let (mut value, mut multiplied) = (value, 1);
    let rest = |end: usize| &text[end..];
    let mut rough = rest(end).starts_with(['余', '多', '几']);
    if rough {
        end += '余'.len_utf8();
    }
    // 万元 is a unit of money; 1.2万件 is a count of ten thousands.
    for (word, factor) in [("万", 10_000), ("亿", 100_000_000)] {
        if rest(end).starts_with(word) && !rest(end).starts_with(&format!("{word}元")) {
            value = Number::from_millionths(value.millionths().checked_mul(factor)?);
            multiplied = factor;
            end += word.len();
        }
    }
    if rest(end).starts_with(['余', '多', '几']) {
        rough = true;
        end += '余'.len_utf8();
    }
    let unit = if rest(end).starts_with('%') {
        "%".to_owned()
    } else if rest(end).starts_with("个百分点") {
        "个百分点".to_owned()
    } else if rest(end).starts_with("百分点") {
        "百分点".to_owned()
    } else if rest(end).starts_with('倍') {
        "倍".to_owned()
    } else if rest(end).starts_with('年')
        || rest(end).starts_with('月')
        || rest(end).starts_with('日')
        || rest(end).starts_with('号')
    {
        rest(end).chars().next().map(String::from).unwrap_or_default()
    } else {
        units.iter().filter(|u| rest(end).starts_with(u.as_str())).max_by_key(|u| u.len()).cloned().unwrap_or_default()
    };
    end += unit.len();
    Some(Amount { value, decimals, factor: multiplied, unit, range: range.start..end, rough })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn clauses_and_amounts() {
        let units: Vec<String> = ["件", "条", "元", "万元"].map(String::from).to_vec();
        let cases = [
            ("全年共受理申请３１１９件，答复3,050件（含上年结转34件）。", "3119件|3050件|34件"),
            ("制发文件三十二件，发布信息1.2万条", "32件|12000条"),
            ("一是加强领导，二是抓好“三安全一稳定”", ""),
            ("收费7730.28万元；同比增长12.5%", "7730.28万元|12.5%"),
            ("2023年，收到百余件，发布3000多条", "2023年|3000条~"),
            ("〔2021〕30号文件", "2021|30号"),
        ];
        for (text, want) in cases {
            let found: Vec<String> = clauses(text)
                .iter()
                .flat_map(|c| amounts(&c.text, &units))
                .map(|a| format!("{}{}{}", a.value, a.unit, if a.rough { "~" } else { "" }))
                .collect();
            assert_eq!(found.join("|"), want, "{text}");
        }
    }
}
