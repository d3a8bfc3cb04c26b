//! Headlines over shared first places, zeros and names with braces: figures in, title out.

use super::sizes::{Figures, world_of};
use super::{charts, data};
use crate::{Data, Target};

/// New requests of five agencies in 2019 and 2020, and what the charts of rank, year, step and change say of 2020.
const TITLES: [(&str, [[i64; 2]; 5], &str); 17] = [
    ("04-", [[1, 9], [1, 3], [1, 2], [1, 1], [1, 0]], "2020年新收申请最多的是甲局（9件），前3位合占93%"),
    ("04-", [[1, 9], [1, 9], [1, 2], [1, 1], [1, 0]], "2020年新收申请最多的是甲局、乙局（均为9件），前3位合占95%"),
    ("04-", [[1, 9], [1, 9], [1, 9], [1, 9], [1, 0]], "2020年新收申请最多的有4个单位（均为9件）"),
    ("04-", [[1, 7], [1, 7], [1, 7], [1, 7], [1, 7]], "2020年各单位新收申请均为7件"),
    ("04-", [[1, 0], [1, 0], [1, 0], [1, 0], [1, 0]], "2020年各单位新收申请均为0件"),
    ("06-", [[1, 9], [1, 8], [1, 7], [1, 1], [1, 0]], "2019—2020年新收申请最多的是甲局、乙局、丙局，合占90%"),
    ("06-", [[1, 9], [1, 8], [1, 7], [1, 7], [1, 0]], "2019—2020年新收申请最多的是甲局、乙局，合占53%"),
    ("06-", [[1, 9], [1, 7], [1, 7], [1, 7], [1, 0]], "2019—2020年新收申请最多的是甲局，占29%"),
    ("06-", [[1, 7], [1, 7], [1, 7], [1, 7], [1, 0]], "2019—2020年5个单位的新收申请"),
    ("06-", [[0, 0], [0, 0], [0, 0], [0, 0], [0, 0]], "2019—2020年各单位新收申请均为0件"),
    (
        "13-",
        [[1, 9], [1, 9], [5, 1], [1, 1], [1, 0]],
        "2020年新收申请20件，比上年增加11件：甲局、乙局增加最多（均+8件）、丙局减少最多（−4件）",
    ),
    ("13-", [[1, 4], [1, 4], [1, 4], [1, 4], [1, 1]], "2020年新收申请17件，比上年增加12件：4个单位增加最多（均+3件）"),
    ("13-", [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]], "2020年新收申请15件，与上年持平"),
    (
        "14-",
        [[1, 9], [1, 9], [5, 1], [1, 1], [1, 0]],
        "2020年结转下年申请与上年相比：甲局、乙局增加最多（均+8件），丙局减少最多（−4件）",
    ),
    ("14-", [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]], "2020年各单位结转下年申请均与上年持平"),
    ("12-", [[1, 1], [2, 3], [3, 2], [4, 4], [5, 5]], "2020年行政处罚决定比上年增加的单位1个、减少1个、持平3个"),
    ("01-", [[1, 9], [1, 3], [1, 2], [1, 1], [1, 0]], "临江区2020年新收申请15件"),
];

#[test]
fn a_first_place_is_given_to_all_who_hold_it() {
    let name = |i: usize| ["甲局", "乙局", "丙局", "丁局", "戊局"][i].to_owned();
    let mut world = world_of(5, 2, Figures::Equal, name);
    for (chart, figures, title) in TITLES {
        for row in world.compilation.series.iter_mut().filter(|r| r.numerator.is_some()) {
            let year = usize::from(row.year - 2019);
            let value = match row.group_id.strip_prefix("LJ-") {
                Some(i) => figures[i.parse::<usize>().unwrap()][year],
                None => figures.iter().map(|f| f[year]).sum(),
            };
            row.numerator = Some(i128::from(value) * 1_000_000);
        }
        let chart = charts("charts").into_iter().find(|c| c.name.starts_with(chart)).unwrap();
        let told = crate::draw(&chart, data(&world, 2020), &Target::default()).unwrap().title;
        assert!(told == title || (chart.name.starts_with("01-") && told.starts_with(title)), "{}: {told}", chart.name);
    }
}

#[test]
fn names_with_braces_are_names() {
    let world = world_of(1, 2, Figures::Equal, |_| "{finding}{year}{group}局".to_owned());
    let mut named = 0;
    for chart in charts("charts") {
        let told = crate::draw(&chart, data(&world, 2020), &Target::default()).unwrap().title;
        assert!(told.matches("2020年").count() <= 1, "{}: {told}", chart.name);
        named += usize::from(told.contains("{finding}{year}{group}局"));
    }
    assert!(named > 0);
}

/// Beside the names of those who report, which stay as they are.
#[test]
fn charts_speak_english_where_file_and_form_do() {
    let chinese =
        |text: &str| text.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ff60}').contains(&c));
    for (agencies, years, figures) in
        [(5, 2, Figures::Mixed), (5, 6, Figures::Thousands), (5, 2, Figures::Missing), (1, 1, Figures::Zero)]
    {
        let world = world_of(agencies, years, figures, |i| format!("Office {i}"));
        for language in ["zh", "en"] {
            for chart in charts("charts") {
                let data = Data { language, ..data(&world, 2018 + years) };
                let (scene, framed) = crate::compose(&chart, data, &Target::default()).unwrap();
                let drawn = scene.texts().into_iter().map(|(_, text)| text.to_owned());
                let table = framed.table.columns.into_iter().chain(framed.table.rows.into_iter().flatten());
                let words: Vec<String> = drawn.chain(table).chain([framed.title, framed.caption]).collect();
                let left: Vec<String> = words.iter().map(|w| w.replace("临江区", "")).filter(|w| chinese(w)).collect();
                assert_eq!(left.is_empty(), language == "en", "{} {figures:?}: {left:?}", chart.name);
            }
        }
    }
}
