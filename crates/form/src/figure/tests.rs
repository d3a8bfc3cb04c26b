use super::*;
use proptest::prelude::*;

fn none() -> Vec<String> {
    ["/", "-", "—", "无", "不适用", "没有", "N/A"].iter().map(|s| (*s).to_owned()).collect()
}

fn shown(text: &str, unit: &str, kind: Kind) -> String {
    let f = read(text, unit, kind, &none());
    match f.state {
        State::Number => f.number.map(|n| n.to_string()).unwrap_or_default(),
        State::Text => match f.note.map(|d| d.kind) {
            Some(DoubtKind::NumberLike) => "odd".into(),
            Some(DoubtKind::Words) => "words".into(),
            None => "?".into(),
        },
        other => other.as_str().into(),
    }
}

/// Escapes of the data file.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        rest = match after.strip_prefix("u{").and_then(|t| t.split_once('}')) {
            Some((code, rest)) => {
                out.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
                rest
            }
            None => {
                let mut chars = after.chars();
                out.extend(chars.next().map(|c| {
                    if c == 'n' {
                        '\n'
                    } else if c == 't' {
                        '\t'
                    } else {
                        c
                    }
                }));
                chars.as_str()
            }
        };
    }
    out + rest
}

#[test]
fn what_a_cell_can_hold() {
    let mut wrong = Vec::new();
    for line in include_str!("figures.tsv").lines().filter(|l| !l.starts_with('#') || l.contains('\t')) {
        let [text, unit, kind, want] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
        let kind = if kind == "amount" { Kind::Amount } else { Kind::Count };
        let got = shown(&unescape(text), unit, kind);
        if got != want {
            wrong.push(format!("{text:?} in {unit}: {got} for {want}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(m in -99_999_999_999_999_999i64..=99_999_999_999_999_999) {
        let n = Number::from_millionths(m);
        prop_assert_eq!(read(&n.to_string(), "万元", Kind::Amount, &none()).number, Some(n));
    }

    #[test]
    fn groups_and_wide_digits(n in 0i64..99_999_999_999) {
        let plain = n.to_string();
        let mut grouped = String::new();
        for (i, c) in plain.chars().enumerate() {
            if i > 0 && (plain.len() - i) % 3 == 0 { grouped.push(','); }
            grouped.push(c);
        }
        let wide: String = plain.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)).collect();
        for text in [grouped.clone(), grouped.replace(',', " "), wide, format!("{plain}件")] {
            prop_assert_eq!(read(&text, "件", Kind::Count, &none()).number, Number::whole(n), "{}", text);
        }
    }

    #[test]
    fn chinese_numerals_read_back(n in 0i64..=999_999_999) {
        prop_assert_eq!(read(&format!("{}件", chinese_text(n)), "件", Kind::Count, &none()).number, Number::whole(n));
    }

    #[test]
    fn any_text_has_one_state(text in "\\PC{0,12}") {
        let f = read(&text, "件", Kind::Count, &none());
        prop_assert_eq!(f.number.is_some(), f.state == State::Number);
        prop_assert_eq!(f.note.is_some(), f.state == State::Text);
    }
}
