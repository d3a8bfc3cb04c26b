//! Prose against tables: `data/prose.tsv` has a sentence and what is found in it, a line each, for one and the same report.
#![allow(clippy::unwrap_used)]

use nianbao_check::check_report_prose;
use nianbao_form::{Agency, Forms, Number, Passage, Place, Registry, Report, Value};

const FIGURES: [(&str, i64); 24] = [
    ("requests.received.total", 713),
    ("requests.received.natural_person", 700),
    ("requests.received.commercial_enterprise", 13),
    ("requests.handled.commercial_enterprise", 18),
    ("requests.carried_in.total", 36),
    ("requests.carried_in.natural_person", 30),
    ("requests.handled.total", 740),
    ("requests.handled.natural_person", 722),
    ("requests.carried_out.total", 9),
    ("requests.disclosed.total", 208),
    ("requests.partly_disclosed.total", 12),
    ("requests.refused.state_secret.total", 4),
    ("requests.refused.prohibited_by_law.total", 6),
    ("requests.unavailable.not_held.total", 300),
    ("requests.not_processed.repeated.total", 10),
    ("review.reconsideration.total", 170),
    ("review.reconsideration.upheld", 72),
    ("review.reconsideration.corrected", 5),
    ("review.reconsideration.pending", 36),
    ("review.direct_litigation.total", 11),
    ("review.litigation_after_reconsideration.total", 4),
    ("proactive.normative_documents.issued", 34),
    ("proactive.licensing.decisions", 12034),
    ("proactive.rules.issued", 0),
];

fn report(year: u16, scale: i64, text: &str) -> Report {
    let forms = Forms::built_in();
    let mut report = Report::new(forms, "a.docx", "青屿区水务局", year, forms.for_year(year).unwrap());
    report.agency_id = Some("Q1".into());
    for (id, n) in FIGURES {
        let number = Number::whole(n * scale / 100).unwrap();
        report.set(forms.cell(id).unwrap(), Value::number(number, "", Place::Unknown));
    }
    let fees = Number::parse("7730.2812").unwrap();
    report.set(forms.cell("proactive.fees.amount").unwrap(), Value::number(fees, "", Place::Unknown));
    let text = format!("{text}{}", "　".repeat(80)).replace("⏎", "\n");
    let long = "各项工作按照要求有序推进。".repeat(8);
    report.sections.push(Passage {
        section: "overview".into(),
        heading: "总体情况".into(),
        text: format!("{text}\n{long}"),
        place: Place::Paragraph(2),
    });
    report
}

fn registry() -> Registry {
    let agency = |id: &str, name: &str| Agency { id: id.into(), name: name.into(), ..Agency::default() };
    Registry::new(vec![agency("Q1", "青屿区水务局"), agency("Q2", "青屿区统计局")]).0
}

#[test]
fn sentences() {
    let (forms, registry) = (Forms::built_in(), registry());
    let last = report(2022, 80, "");
    let mut wrong = Vec::new();
    let cases: Vec<&str> = include_str!("data/prose.tsv").lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    for case in &cases {
        let (text, want) = case.split_once('\t').unwrap();
        let found = check_report_prose(forms, &registry, &report(2023, 100, text), Some(&last));
        for f in &found {
            assert!(!f.message.contains('{') && !f.message_en.contains('{'), "{}\n{}", f.message, f.message_en);
        }
        let found: Vec<String> = found.iter().filter(|f| f.rule != "thin-section").map(|f| f.message.clone()).collect();
        if found.join("|") != want {
            wrong.push(format!("{text}\n  want {want}\n  found {}", found.join("|")));
        }
    }
    assert!(cases.len() > 50);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
