//! The collection, data first: who sent what and when, and what is said of it.
#![allow(clippy::unwrap_used)]

use nianbao_form::{Agency, Finding, Forms, Number, Place, Registry, Report, Reports, Severity, Value};
use nianbao_screen::collection::{
    Arrival, Deadline, FailedFile, Selection, late, missing, registry_findings, select, unreadable,
};
use proptest::prelude::*;

fn registry() -> Registry {
    let agency = |id: &str, name: &str, reports| Agency { id: id.into(), name: name.into(), reports, ..Agency::default() };
    Registry::new(vec![
        agency("d", "铁山区", Reports::Compiled),
        agency("a1", "区教育局", Reports::Own),
        agency("a2", "区民政局", Reports::Own),
        agency("n", "区机关党委", Reports::None),
        Agency { from: Some(2025), ..agency("new", "区数据局", Reports::Own) },
    ])
    .0
}

/// A report with one figure. The agency is an id of the registry, or a name that it does not know.
fn report(source: &str, agency: &str, year: u16, figure: i64) -> Report {
    let (forms, registry) = (Forms::built_in(), registry());
    let known = registry.get(agency);
    let mut report = Report::new(forms, source, known.map_or(agency, |a| a.name.as_str()), year, forms.for_year(year).unwrap());
    report.agency_id = known.map(|a| a.id.clone());
    let cell = forms.cell("requests.received.total").unwrap();
    report.set(cell, Value::number(Number::whole(figure).unwrap(), figure.to_string(), Place::Unknown));
    report
}

fn run(sent: &[(&str, &str, i64, Option<&str>)]) -> (Vec<Report>, Selection) {
    let reports: Vec<Report> = sent.iter().map(|(source, agency, figure, _)| report(source, agency, 2024, *figure)).collect();
    let selection = {
        let arrivals = arrivals(&reports, sent);
        select(Forms::built_in(), &registry(), &arrivals)
    };
    (reports, selection)
}

fn arrivals<'a>(reports: &'a [Report], sent: &[(&str, &str, i64, Option<&'a str>)]) -> Vec<Arrival<'a>> {
    reports.iter().zip(sent).map(|(report, s)| Arrival { report, bytes_equal_key: None, received: s.3 }).collect()
}

fn plain(findings: &[Finding]) {
    for f in findings {
        assert!(!f.message.contains('{') && !f.message_en.contains('{'), "{} / {}", f.message, f.message_en);
    }
}

#[test]
fn the_later_report_counts_and_the_finding_says_why() {
    // (files with day of receipt, which counts, what the reason says)
    type Case<'a> = (&'a [(&'a str, Option<&'a str>)], &'a str, &'a str);
    let cases: &[Case<'_>] = &[
        (&[("b.docx", Some("2025-01-20")), ("a.docx", Some("2025-02-03"))], "a.docx", "2025-02-03收到"),
        (&[("局终稿.docx", Some("2025-01-20")), ("局.docx", Some("2025/2/3"))], "局.docx", "2025-02-03收到"),
        // A day for one alone decides nothing.
        (&[("局v2.docx", None), ("局.docx", Some("2025-02-03"))], "局v2.docx", "“v2”"),
        // The same day: then the name.
        (&[("局(2).docx", Some("2025-01-20")), ("局.docx", Some("2025-01-20"))], "局(2).docx", "“(2)”"),
        (&[("局终稿.docx", None), ("局.docx", None)], "局终稿.docx", "“终稿”"),
        (&[("局修订.docx", None), ("局终稿.docx", None)], "局修订.docx", "“修订”"),
        (&[("局.docx", None), ("局草稿.docx", None)], "局.docx", "草稿标记"),
        (&[("2/局.docx", None), ("1/局.docx", None)], "2/局.docx", "路径"),
        (&[("1/局终稿.docx", None), ("2/局终稿.docx", None), ("3/局.docx", None)], "2/局终稿.docx", "路径"),
    ];
    for (files, chosen, reason) in cases {
        let sent: Vec<_> = files.iter().enumerate().map(|(i, (file, day))| (*file, "a1", i as i64, *day)).collect();
        let (reports, selection) = run(&sent);
        let at = reports.iter().position(|r| &*r.source == *chosen).unwrap();
        let counted: Vec<usize> = (0..reports.len()).filter(|&i| selection.counted[i]).collect();
        assert_eq!(counted, [at], "{files:?}");
        assert!((0..reports.len()).all(|i| selection.superseded_by[i] == (i != at).then_some(at)), "{files:?}");
        let [finding] = &selection.findings[..] else { panic!("{:?}", selection.findings) };
        assert_eq!((finding.rule.as_str(), finding.severity), ("duplicate-report", Severity::Error));
        assert_eq!(finding.expected, [*chosen]);
        assert!(finding.message.contains(reason), "{}", finding.message);
        assert!(files.iter().all(|(file, _)| finding.message.contains(file)), "{}", finding.message);
        plain(&selection.findings);
    }
}

#[test]
fn the_same_figures_twice_are_no_error() {
    let (_, selection) = run(&[("局.docx", "a1", 7, None), ("cells.csv", "a1", 7, None), ("民政.docx", "a2", 7, None)]);
    assert_eq!(selection.counted.iter().filter(|c| **c).count(), 2);
    assert_eq!(selection.findings.len(), 1);
    assert_eq!(selection.findings[0].severity, Severity::Info);
    assert!(selection.findings[0].message.contains("数据相同"), "{}", selection.findings[0].message);
}

#[test]
fn who_counts_and_who_is_missing() {
    let sent =
        [("区.docx", "d", 9, None), ("教育.docx", "a1", 1, None), ("党委.docx", "n", 1, None), ("外.docx", "区民政据", 1, None)];
    let (reports, selection) = run(&sent);
    assert_eq!(selection.counted, [false, true, false, true]);
    assert_eq!(selection.findings.len(), 1);
    assert_eq!((selection.findings[0].rule.as_str(), selection.findings[0].expected[0].as_str()), ("unknown-agency", "区民政局"));
    let lacking = missing(&registry(), 2024, &arrivals(&reports, &sent), &selection);
    let names: Vec<&str> = lacking.iter().map(|f| f.subject.agency.as_str()).collect();
    assert_eq!(names, ["区民政局"]);
    assert_eq!(lacking[0].message, "区民政局未报送2024年度报告。");
    plain(&lacking);
}

#[test]
fn late_is_who_first_came_after_the_deadline() {
    let deadline = Deadline::parse("01-31").unwrap();
    for (days, late_by) in [
        (vec![Some("2025-02-01")], Some("2025-02-01")),
        (vec![Some("2025-01-31")], None),
        (vec![Some("2025-01-20"), Some("2025-02-20")], None),
        (vec![Some("2025-02-20"), Some("2025-02-03")], Some("2025-02-03")),
        (vec![None], None),
        (vec![Some("昨天")], None),
    ] {
        let names: Vec<String> = (0..days.len()).map(|i| format!("{i}.docx")).collect();
        let sent: Vec<_> = names.iter().zip(&days).map(|(name, day)| (name.as_str(), "a1", 1, *day)).collect();
        let (reports, _) = run(&sent);
        let findings = late(&registry(), &arrivals(&reports, &sent), deadline);
        assert_eq!(findings.first().map(|f| f.found[0].as_str()), late_by, "{days:?}");
        assert!(findings.iter().all(|f| f.expected == ["2025-01-31"]));
        plain(&findings);
    }
    assert_eq!((Deadline::parse("02-30"), Deadline::parse("1月31日")), (None, None));
}

#[test]
fn the_registry_and_broken_files_speak() {
    let agency = |id: &str, parent: &str, line| Agency {
        id: id.into(),
        name: format!("局{id}"),
        parent: parent.into(),
        line,
        ..Agency::default()
    };
    let (registry, problems) = Registry::new(vec![agency("91350100M000100Y44", "x", 2), agency("b", "", 3), agency("b", "", 4)]);
    let findings = registry_findings(&registry, &problems);
    let rules: Vec<&str> = findings.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(rules, ["registry", "credit-code", "registry"], "{findings:#?}");
    let failed = FailedFile {
        name: "x.docx".into(),
        reason: "文件已加密".into(),
        reason_en: "the file is encrypted".into(),
        subject: nianbao_form::Subject::default(),
    };
    let broken = unreadable(&[failed]);
    assert_eq!(broken[0].message, "文件“x.docx”无法读取：文件已加密。");
    plain(&findings);
    plain(&broken);
}

proptest! {
    /// Whatever the order in which files are found, the same ones count and the same is said.
    #[test]
    fn input_order_does_not_matter(order in Just((0..7usize).collect::<Vec<_>>()).prop_shuffle()) {
        let sent = [
            ("教育v2.docx", "a1", 1, None), ("教育.docx", "a1", 2, None), ("教育终稿.docx", "a1", 3, None),
            ("民政.docx", "a2", 1, Some("2025-02-03")), ("民政终稿.docx", "a2", 2, Some("2025-01-03")),
            ("外.docx", "外单位", 1, None), ("外1.docx", "外单位", 1, None),
        ];
        let counted = |sent: &[(&str, &str, i64, Option<&str>)]| {
            let (reports, selection) = run(sent);
            let mut names: Vec<String> = (0..reports.len()).filter(|&i| selection.counted[i]).map(|i| reports[i].source.to_string()).collect();
            names.sort();
            (names, selection.findings)
        };
        let shuffled: Vec<_> = order.iter().map(|&i| sent[i]).collect();
        prop_assert_eq!(counted(&shuffled), counted(&sent));
    }
}
