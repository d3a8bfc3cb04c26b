use super::*;
use proptest::prelude::*;

fn none() -> Vec<String> {
    ["/", "-", "—", "无", "不适用"].iter().map(|s| (*s).to_owned()).collect()
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

#[test]
fn counts() {
    let table = [
        ("0", "0"),
        ("12", "12"),
        (" 12\n", "12"),
        ("１２", "12"),
        ("12件", "12"),
        ("１，２３４", "1234"),
        ("1,234", "1234"),
        ("1，234", "1234"),
        ("3 120", "3120"),
        ("3\u{00A0}120", "3120"),
        ("1'234", "1234"),
        ("1’234", "1234"),
        ("1,234,567", "1234567"),
        ("1 2", "odd"),
        ("12,34", "odd"),
        ("1,2345", "odd"),
        ("0,123", "odd"),
        ("3 120 1", "odd"),
        ("0\u{00A0}", "0"),
        ("\u{200B}7\u{FEFF}", "7"),
        ("007", "7"),
        ("-3", "-3"),
        ("－3", "-3"),
        ("−3", "-3"),
        ("负3", "-3"),
        ("+3", "3"),
        ("12.5", "12.5"),
        ("12.0", "12"),
        ("12.50", "12.5"),
        ("12 件", "12"),
        ("12.5万", "125000"),
        ("12②", "12"),
        ("12²", "12"),
        ("①12", "12"),
        ("12[1]", "12"),
        ("1²2", "odd"),
        ("①", "words"),
        ("1万2千件", "12000"),
        ("12（件）", "12"),
        ("22（其中修订 16 件）", "22"),
        ("22 (其中：修订16件)(含废止)", "22"),
        ("（12）", "odd"),
        ("1(2)3", "odd"),
        ("三十二", "32"),
        ("三十二件", "32"),
        ("一百零五", "105"),
        ("〇", "0"),
        ("零", "0"),
        ("两", "2"),
        ("两百", "200"),
        ("一万二千", "12000"),
        ("1.2万件", "12000"),
        ("1.2万", "12000"),
        ("十", "10"),
        ("一百五", "odd"),
        ("一", "1"),
        ("二〇二一", "2021"),
        ("一二", "odd"),
        ("3项", "3"),
        ("5 条", "5"),
        ("9个", "9"),
        ("2笔", "2"),
        ("2笔 984361元", "2"),
        ("251000元", "odd"),
        ("约12", "odd"),
        ("12左右", "odd"),
        ("12余件", "odd"),
        (">12", "odd"),
        ("1e5", "odd"),
        ("1E+5", "odd"),
        ("10^30", "odd"),
        ("NaN", "odd"),
        ("1000000000000000000000000000000", "odd"),
        ("0.1234567", "odd"),
        ("12.", "odd"),
        ("99999999999", "99999999999"),
        ("100000000000", "odd"),
        ("3;4", "odd"),
        ("3；4", "odd"),
        ("1/2", "odd"),
        ("12%", "odd"),
        ("", "blank"),
        ("\u{3000}\u{00A0}", "blank"),
        ("\u{200B}", "blank"),
        ("/", "none"),
        ("／", "none"),
        ("—", "none"),
        ("——", "none"),
        ("---", "none"),
        ("- -", "none"),
        ("无", "none"),
        (" 无 ", "none"),
        ("不适用", "none"),
        ("－", "none"),
        ("见附件", "words"),
        ("无此项工作", "words"),
        ("详见附件3", "words"),
        ("正在统计", "words"),
        ("一般", "words"),
        ("12。", "12"),
        ("二十三件", "23"),
        ("壹佰", "100"),
        ("—3", "odd"),
    ];
    for (text, want) in table {
        assert_eq!(shown(text, "件", Kind::Count), want, "{text:?}");
    }
}

#[test]
fn amounts() {
    let table = [
        ("251000元", "25.1"),
        ("12.5万元", "12.5"),
        ("75394432.52元", "7539.443252"),
        ("1.2亿元", "12000"),
        ("24252.311082", "24252.311082"),
        ("2笔 984361元", "98.4361"),
        ("2笔，984361元", "98.4361"),
        ("¥984361", "98.4361"),
        ("984,361元", "98.4361"),
        ("0", "0"),
        ("5件", "odd"),
        ("3万", "3"),
        ("12.5万", "12.5"),
        ("12.5 万 元", "12.5"),
        ("12万5千元", "12.5"),
        ("12万5000元", "12.5"),
        ("12万5", "odd"),
        ("12万5万元", "odd"),
        ("3千", "odd"),
        ("1.5亿", "15000"),
        ("三万", "3"),
        ("三百", "300"),
        ("三万元", "3"),
        ("三十二元", "0.0032"),
        ("0.001元", "odd"),
        ("12（万元）", "12"),
        ("100（单位：元）", "0.01"),
        ("984361元整", "98.4361"),
        ("人民币100元", "0.01"),
        ("1000000000000元", "100000000"),
        ("12 13", "odd"),
        ("12.5万元 13万元", "odd"),
    ];
    for (text, want) in table {
        assert_eq!(shown(text, "万元", Kind::Amount), want, "{text:?}");
    }
    assert_eq!(shown("984361", "元", Kind::Amount), "98.4361");
    assert_eq!(shown("98.4361万元", "元", Kind::Amount), "98.4361");
    assert_eq!(shown("3.5", "小时", Kind::Amount), "3.5");
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
        prop_assert_eq!(read(&chinese_text(n), "件", Kind::Count, &none()).number, Number::whole(n));
    }

    #[test]
    fn any_text_has_one_state(text in "\\PC{0,12}") {
        let f = read(&text, "件", Kind::Count, &none());
        prop_assert_eq!(f.number.is_some(), f.state == State::Number);
        prop_assert_eq!(f.note.is_some(), f.state == State::Text);
    }
}
