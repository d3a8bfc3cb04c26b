//! Copied passages: planted copies at every degree of editing are found, nothing else is, and what belongs to everybody is
//! silent.
#![allow(clippy::unwrap_used)]

#[path = "narratives/mod.rs"]
mod narratives;

use std::collections::BTreeSet;

use narratives::{contained, edited, narrative, phrases, registry, report, rng, text};
use nianbao_form::{Finding, Forms, Registry, Report, Severity};
use nianbao_screen::{Scope, Totals, copied};
use rand::RngExt;

const YEAR: u16 = 2024;

fn run(registry: &Registry, reports: &[Report]) -> Vec<Finding> {
    let reports: Vec<&Report> = reports.iter().collect();
    let scope = Scope { forms: Forms::built_in(), registry, totals: &Totals::default(), reports: &reports, year: YEAR };
    let findings = copied(scope);
    for f in &findings {
        assert!(!f.message.contains('{') && !f.message_en.contains('{'), "{}\n{}", f.message, f.message_en);
    }
    let keys: BTreeSet<&str> = findings.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(keys.len(), findings.len(), "a key stands for one finding");
    findings
}

/// Found, planted at ≥ 60 % contained, and found that nobody planted, over districts of 60 agencies.
#[test]
fn recall_and_precision_over_seeds() {
    let forms = Forms::built_in();
    const AGENCIES: usize = 60;
    let registry = registry(AGENCIES);
    let (mut wanted, mut missed, mut warnings, mut wrong) = (0, Vec::new(), 0, Vec::new());
    for seed in 0..24 {
        let mut rng = rng(seed);
        let pool = phrases(6_000, &mut rng);
        let mut told: Vec<_> = (0..AGENCIES).map(|_| narrative(&pool, &mut rng)).collect();
        let last: Vec<_> = (0..AGENCIES).map(|_| narrative(&pool, &mut rng)).collect();
        // Agencies 1 … 8 take over what 11 … 18 say, 21 … 28 what they said themselves a year before.
        let degrees = [0.0, 0.05, 0.15, 0.3];
        for (i, degree) in degrees.iter().chain(&degrees).enumerate() {
            let letters = i >= 4;
            // A third of all characters changed leaves nothing of a text.
            let degree = if letters { degree / 3.0 } else { *degree };
            told[1 + i] = edited(&told[11 + i], &pool, degree, letters, &mut rng);
            told[21 + i] = edited(&last[21 + i], &pool, degree, letters, &mut rng);
        }
        let texts: Vec<String> = told.iter().enumerate().map(|(i, t)| text(t, &narratives::name(i), YEAR)).collect();
        let before: Vec<String> = last.iter().enumerate().map(|(i, t)| text(t, &narratives::name(i), YEAR - 1)).collect();
        let mut reports: Vec<Report> =
            texts.iter().enumerate().map(|(i, t)| report(forms, i, YEAR, &[("overview", t.clone())])).collect();
        reports.extend(before.iter().enumerate().map(|(i, t)| report(forms, i, YEAR - 1, &[("overview", t.clone())])));
        let found = run(&registry, &reports);
        let found: BTreeSet<(String, String)> = found
            .iter()
            .filter(|f| f.severity == Severity::Warning)
            .map(|f| (f.subject.agency.clone(), f.expected[0].clone()))
            .collect();
        warnings += found.len();
        let mut planted = BTreeSet::new();
        for i in 1..9 {
            let name = narratives::name;
            for (a, b, ta, tb, year) in [
                (i, i + 10, &texts[i], &texts[i + 10], YEAR),
                (i + 10, i, &texts[i + 10], &texts[i], YEAR),
                (i + 20, i + 20, &texts[i + 20], &before[i + 20], YEAR - 1),
            ] {
                let pair = (name(a), format!("{} {year}", name(b)));
                if contained(ta, tb) >= 0.6 {
                    wanted += 1;
                    if !found.contains(&pair) {
                        missed.push((seed, a, b, contained(ta, tb)));
                    }
                }
                planted.insert(pair);
            }
        }
        wrong.extend(found.difference(&planted).cloned());
    }
    println!(
        "{wanted} at 60 % contained or more, {} missed {missed:?}; {warnings} warnings, {} wrong",
        missed.len(),
        wrong.len()
    );
    assert!(wanted > 400);
    assert!(missed.len() * 100 <= wanted, "{missed:?}");
    assert_eq!(wrong, []);
}

/// Sentences that an office gave to all its agencies, and what the law says, are nobody's copy; nor are short sections.
#[test]
fn what_belongs_to_everybody_is_silent() {
    let forms = Forms::built_in();
    let registry = registry(40);
    let mut rng = rng(7);
    let pool = phrases(6_000, &mut rng);
    let office = (0..12).map(|i| pool[i].clone()).collect::<Vec<_>>().join("，");
    let law = "根据《中华人民共和国政府信息公开条例》第五十条和国务院办公厅政府信息与政务公开办公室关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知（国办公开办函〔2021〕30号）要求，编制本报告。本报告中所列数据的统计期限自2024年1月1日起至2024年12月31日止。";
    let other =
        "按照国务院办公厅印发的《政府信息公开信息处理费管理办法》有关规定，本年度没有收取信息处理费。无其他需要报告的事项。";
    let reports: Vec<Report> = (0..40)
        .map(|i| {
            let own = text(&narrative(&pool[20..], &mut rng), &narratives::name(i), YEAR);
            // The law in three reports only, so that it is not the reports that make it everybody's.
            let overview = if i < 3 { format!("{law}\n{own}\n{office}") } else { format!("{own}\n{office}") };
            report(forms, i, YEAR, &[("overview", overview), ("other_matters", other.to_owned())])
        })
        .collect();
    let found = run(&registry, &reports);
    assert!(found.is_empty(), "{found:#?}");
}

/// A paragraph taken over is told with both texts, for information; the rest of the report is its own.
#[test]
fn a_passage_is_shown_side_by_side() {
    let forms = Forms::built_in();
    let registry = registry(30);
    let mut rng = rng(3);
    let pool = phrases(6_000, &mut rng);
    let mut texts: Vec<String> = (0..30).map(|i| text(&narrative(&pool, &mut rng), &narratives::name(i), YEAR)).collect();
    let passage = "针对山区群众居住分散的实际，在赶集日设立流动公开车，把补贴名单、办理流程和监督电话带到集市上，现场答疑并收集意见，让不会上网的老人也能看得到。";
    texts[4] = format!("{}\n{passage}\n{}", texts[4], text(&narrative(&pool, &mut rng), &narratives::name(4), YEAR));
    texts[9] = format!("{}{}", passage.replace("，", "； "), texts[9]);
    let reports: Vec<Report> =
        texts.iter().enumerate().map(|(i, t)| report(forms, i, YEAR, &[("overview", t.clone())])).collect();
    let found = run(&registry, &reports);
    assert_eq!(found.len(), 2, "{found:#?}");
    for (f, own, other) in [(&found[0], 4, 9), (&found[1], 9, 4)] {
        assert_eq!((f.severity, &f.subject.agency), (Severity::Info, &narratives::name(own)));
        assert!(f.message.contains(&format!("{}2024年度报告有整段相同的文字", narratives::name(other))), "{}", f.message);
        assert_eq!(f.message.matches("赶集日设立流动公开车").count(), 2, "{}", f.message);
    }
}

/// Thousands of equal reports, one text that says the same for ever, texts of nothing: bounded and silent or told once each.
#[test]
fn hostile_texts_are_bounded() {
    let forms = Forms::built_in();
    let registry = registry(2_000);
    let mut rng = rng(11);
    let pool = phrases(6_000, &mut rng);
    let same = text(&narrative(&pool, &mut rng), "某局", YEAR);
    let mut reports: Vec<Report> = (0..150).map(|i| report(forms, i, YEAR, &[("overview", same.clone())])).collect();
    for i in 150..2_000 {
        let own = (0..60).map(|_| pool[rng.random_range(0..pool.len())].as_str()).collect::<Vec<_>>().join("，");
        reports.push(report(forms, i, YEAR, &[("overview", own)]));
    }
    for report in &mut reports[300..304] {
        report.sections[0].text = "同步推进".repeat(100_000);
    }
    for (i, text) in [(310, ""), (311, "，。\u{0}\u{10FFFF}"), (312, "１２３")] {
        reports[i].sections[0].text = text.to_owned();
    }
    let found = run(&registry, &reports);
    let copies = found.iter().filter(|f| f.severity == Severity::Warning).count();
    assert_eq!(copies, 150, "{:#?}", found.iter().map(|f| &f.message).collect::<Vec<_>>());
}
