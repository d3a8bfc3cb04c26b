//! What a file name says of its being a later version.

use nianbao_form::label;

/// How late a version a file name claims to be; larger is later. Compared field by field: a draft is below everything;
/// then the report sent again, the number of the version, "last", "revised", "final".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    not_draft: bool,
    sent_again: bool,
    version: u32,
    last: bool,
    revised: bool,
    finished: bool,
}

const DRAFT: [&str; 6] = ["初稿", "草稿", "征求意见稿", "送审稿", "讨论稿", "draft"];
const SENT_AGAIN: [&str; 3] = ["重报", "重新报送", "补报"];
const LAST: [&str; 2] = ["最终", "最新"];
const REVISED: [&str; 7] = ["修订", "修改", "更正", "改正", "修正", "revised", "corrected"];
const FINISHED: [&str; 4] = ["终稿", "定稿", "正式", "final"];

/// Reads the marks of a path's last component. The other return value is the mark's text for the message.
pub(crate) fn mark(path: &str) -> (Mark, Option<String>) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let text = label::fold(stem);
    let has = |words: &[&'static str]| words.iter().copied().find(|w| text.contains(w));
    let version = version(&text);
    let mark = Mark {
        not_draft: has(&DRAFT).is_none(),
        sent_again: has(&SENT_AGAIN).is_some(),
        version: version.as_ref().map_or(0, |v| v.0),
        last: has(&LAST).is_some(),
        revised: has(&REVISED).is_some(),
        finished: has(&FINISHED).is_some(),
    };
    let words = [has(&SENT_AGAIN).map(str::to_owned), version.map(|v| v.1)];
    let words =
        words.into_iter().flatten().chain([has(&LAST), has(&REVISED), has(&FINISHED)].into_iter().flatten().map(str::to_owned));
    (mark, words.into_iter().next())
}

/// The number of a version: `v2`, `(2)`, `第2版`, `第二稿`. A year in brackets is no version.
fn version(folded: &str) -> Option<(u32, String)> {
    let chars: Vec<char> = folded.chars().collect();
    let mut best: Option<(u32, String)> = None;
    for at in 0..chars.len() {
        let digits: String = chars[at + 1..].iter().take_while(|c| c.is_ascii_digit()).collect();
        let after = chars.get(at + 1 + digits.len());
        let number = match chars[at] {
            'v' if at == 0 || !chars[at - 1].is_ascii_alphabetic() => digits.parse().ok(),
            '(' if after == Some(&')') => digits.parse().ok(),
            '第' if !digits.is_empty() && after.is_some_and(|c| "版稿次".contains(*c)) => digits.parse().ok(),
            '第' if chars.get(at + 2).is_some_and(|c| "版稿次".contains(*c)) => {
                "一二三四五六七八九".chars().position(|c| Some(&c) == chars.get(at + 1)).map(|i| i as u32 + 1)
            }
            _ => None,
        };
        if let Some(number) = number.filter(|n| (1..100).contains(n))
            && best.as_ref().is_none_or(|(b, _)| number > *b)
        {
            let end = chars.len().min(at + 1 + digits.len().max(usize::from(digits.is_empty())) + usize::from(chars[at] != 'v'));
            best = Some((number, chars[at..end].iter().collect()));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_versions_win() {
        // Each line: the later name, the earlier one.
        for (later, earlier) in [
            ("某局2024终稿.docx", "某局2024.docx"),
            ("某局2024定稿.docx", "某局2024.docx"),
            ("某局2024（修订）.docx", "某局2024终稿.docx"),
            ("某局2024修改稿.docx", "某局2024定稿.docx"),
            ("某局2024更正.html", "某局2024.docx"),
            ("某局2024最终版.docx", "某局2024修订.docx"),
            ("某局2024_v2.docx", "某局2024最终版.docx"),
            ("某局2024V3.docx", "某局2024v2.docx"),
            ("某局2024v10.docx", "某局2024v9.docx"),
            ("某局2024(2).docx", "某局2024(1).docx"),
            ("某局2024（２）.docx", "某局2024.docx"),
            ("某局2024第二稿.docx", "某局2024第一稿.docx"),
            ("某局2024重报.docx", "某局2024v2.docx"),
            ("某局2024.docx", "某局2024初稿.docx"),
            ("某局2024终稿.docx", "某局2024征求意见稿v3.docx"),
            ("a/某局2024修订.docx", "终稿/某局2024.docx"),
        ] {
            assert!(mark(later).0 > mark(earlier).0, "{later} against {earlier}: {:?} {:?}", mark(later), mark(earlier));
        }
    }

    #[test]
    fn what_is_no_mark() {
        let plain = mark("某局.docx").0;
        for name in ["某局(2024).docx", "某局2024.docx", "dev2.docx", "重报/某局.docx", "某局（2024年度）.docx"] {
            assert_eq!(mark(name).0, plain, "{name}");
        }
    }

    #[test]
    fn the_mark_is_named() {
        for (name, want) in [
            ("a终稿.docx", Some("终稿")),
            ("a_v2.docx", Some("v2")),
            ("a（2）.docx", Some("(2)")),
            ("a第3版.docx", Some("第3版")),
            ("a.docx", None),
        ] {
            assert_eq!(mark(name).1.as_deref(), want, "{name}");
        }
    }
}
