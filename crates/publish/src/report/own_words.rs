//! The office's own words of a section, divided among the section's parts by their headings.

use nianbao_form::Part;

use crate::markdown::{Line, Stretch};

/// Words of a section by where they go.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OwnWords {
    /// Before the first heading.
    pub(super) lead: Vec<Line>,
    /// By position of the part.
    pub(super) parts: Vec<Vec<Line>>,
    /// Below headings that name no part.
    pub(super) rest: Vec<Line>,
}

/// Where the next line goes.
#[derive(Clone, Copy)]
enum Place {
    Lead,
    /// A part, and the level of its heading: deeper ones stay within it.
    Part(usize, usize),
    Rest,
}

/// Divides lines among parts. `## （一）主动公开` begins a part, and so does a paragraph that runs on behind its heading,
/// as in `（一）主动公开。围绕……`.
pub(super) fn divide(lines: Vec<Line>, parts: &[Part]) -> OwnWords {
    let mut words = OwnWords { parts: vec![Vec::new(); parts.len()], ..OwnWords::default() };
    let mut place = Place::Lead;
    for line in lines {
        let line = match line {
            Line::Heading(level, text) => match (parts.iter().position(|p| names(p, &text)), place) {
                (Some(part), _) => {
                    place = Place::Part(part, level);
                    continue;
                }
                (None, Place::Part(_, above)) if level > above => Line::Heading(level, text),
                (None, _) => {
                    if !parts.is_empty() {
                        place = Place::Rest;
                    }
                    Line::Heading(level, text)
                }
            },
            Line::Paragraph(stretches) => match run_in(&stretches, parts) {
                Some((part, rest)) => {
                    place = Place::Part(part, 2);
                    if rest.is_empty() {
                        continue;
                    }
                    Line::Paragraph(rest)
                }
                None => Line::Paragraph(stretches),
            },
        };
        match place {
            Place::Lead => words.lead.push(line),
            Place::Part(part, _) => words.parts[part].push(line),
            Place::Rest => words.rest.push(line),
        }
    }
    words
}

/// Behind a number such as `（一）`, `一、` or `1.`; whether there was one.
fn without_number(text: &str) -> (&str, bool) {
    const MARKS: &str = "（）()〔〕、.．,，:： ";
    let text = text.trim();
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let end = text.char_indices().find(|(_, c)| !is_number(*c) && !MARKS.contains(*c)).map_or(text.len(), |(i, _)| i);
    // `一般` begins with a number but is none: a mark must part it from the words.
    let numbered = text[..end].chars().any(is_number) && text[..end].ends_with(|c| MARKS.contains(c));
    if numbered { (text[end..].trim(), true) } else { (text, false) }
}

fn names(part: &Part, heading: &str) -> bool {
    let bare = without_number(heading).0.trim_end_matches(['。', '：', ':', '.', '，']);
    std::iter::once(&part.title).chain(&part.aliases).any(|name| name == bare)
}

/// The part that a paragraph begins by a numbered heading of its own, and the rest of the paragraph.
fn run_in(stretches: &[Stretch], parts: &[Part]) -> Option<(usize, Vec<Stretch>)> {
    let first = stretches.first()?;
    let (bare, numbered) = without_number(&first.text);
    if !numbered {
        return None;
    }
    let stop = bare.find(['。', '：', ':']);
    let (heading, rest) = match stop {
        Some(at) => (&bare[..at], bare[at..].trim_start_matches(['。', '：', ':']).trim_start()),
        // The heading alone, or in bold before the rest.
        None => (bare, ""),
    };
    let part = parts.iter().position(|p| names(p, heading))?;
    let head = Stretch { bold: first.bold && stop.is_some(), text: rest.to_owned() };
    let mut left: Vec<Stretch> = std::iter::once(head).chain(stretches[1..].iter().cloned()).collect();
    left.retain(|s| !s.text.is_empty());
    if let Some(next) = left.first_mut().filter(|_| rest.is_empty()) {
        next.text = next.text.trim_start_matches(['。', '：', ':', ' ']).to_owned();
    }
    Some((part, left))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::markdown::parse;
    use nianbao_form::Forms;

    fn text(lines: &[Line]) -> String {
        let line = |l: &Line| match l {
            Line::Heading(_, t) => format!("#{t}"),
            Line::Paragraph(s) => s.iter().map(|s| s.text.as_str()).collect(),
        };
        lines.iter().map(line).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn words_go_to_the_part_that_their_heading_names() {
        let forms = Forms::built_in();
        let form = forms.form(forms.find("2021").unwrap());
        let parts = &form.section("overview").unwrap().parts;
        let read = |t: &str| divide(parse(t), parts);
        let words = read("引言。\n## 平台建设情况\n网站。\n### 新媒体\n账号。\n## 其他工作\n别的。\n## （一）主动公开\n公开。");
        assert_eq!(text(&words.lead), "引言。");
        assert_eq!(text(&words.parts[3]), "网站。|#新媒体|账号。");
        assert_eq!(text(&words.rest), "#其他工作|别的。");
        assert_eq!(text(&words.parts[0]), "公开。");
        let words =
            read("（一）主动公开。围绕项目。\n（五）监督保障\n考核。\n**2.依申请公开：**统一受理。\n一般情况。\n三是加强。");
        assert_eq!(text(&words.parts[0]), "围绕项目。");
        assert_eq!(text(&words.parts[4]), "考核。");
        assert_eq!(text(&words.parts[1]), "统一受理。|一般情况。|三是加强。");
        let none = divide(parse("## 主动公开\n一。"), &[]);
        assert_eq!(text(&none.lead), "#主动公开|一。");
    }
}
