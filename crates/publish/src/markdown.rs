//! The little Markdown in which the office writes its own words: paragraphs, `##` headings, lists, `**bold**`. Every line
//! is a paragraph, as in Chinese official writing; anything else is plain text.

/// A stretch of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) bold: bool,
    pub(crate) text: String,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A heading below the section's, with its level.
    Heading(usize, String),
    /// A paragraph.
    Paragraph(Vec<Stretch>),
}

/// Reads the office's words.
pub(crate) fn parse(text: &str) -> Vec<Line> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|l| !l.is_empty());
    lines.map(line).collect()
}

fn line(line: &str) -> Line {
    let words = line.trim_start_matches('#');
    if words.len() < line.len() && words.starts_with(' ') {
        return Line::Heading(line.len() - words.len(), words.trim().replace("**", ""));
    }
    let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
    let body = item.map_or_else(|| line.to_owned(), |i| format!("· {}", i.trim()));
    Line::Paragraph(stretches(&body))
}

fn stretches(text: &str) -> Vec<Stretch> {
    let parts: Vec<&str> = text.split("**").collect();
    // An odd mark without its partner is text.
    if parts.len().is_multiple_of(2) {
        return vec![Stretch { bold: false, text: text.to_owned() }];
    }
    let some = parts.iter().enumerate().filter(|(_, p)| !p.is_empty());
    some.map(|(i, p)| Stretch { bold: i % 2 == 1, text: (*p).to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs() {
        let read = parse("## （一）主动公开\n\n全年**公开** 3 条。\n- 其一\n2**3\n#标签");
        let plain = |t: &str| Line::Paragraph(vec![Stretch { bold: false, text: t.into() }]);
        assert_eq!(read[0], Line::Heading(2, "（一）主动公开".into()));
        assert!(matches!(&read[1], Line::Paragraph(s) if s.len() == 3 && s[1].bold && s[1].text == "公开"));
        assert_eq!(read[2..], [plain("· 其一"), plain("2**3"), plain("#标签")]);
    }
}
