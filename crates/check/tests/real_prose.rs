//! The words of the real reports beside this project: every finding of the narrative must be a true one.
#![allow(clippy::unwrap_used)]

mod common;

use nianbao_check::{Checker, check_prose, fill_derived};
use nianbao_form::{Finding, Forms, Registry, Report};
use nianbao_intake::{Source, read_all};

/// Reports of `shared/real/reports/documents` with their figures derived; none where the folder is not there.
fn reports(forms: &Forms) -> Option<Vec<Report>> {
    let folder = common::shared("real/reports/documents")?;
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let sources: Vec<Source> = files
        .into_iter()
        .map(|path| Source { name: path.file_name().unwrap().to_string_lossy().as_ref().into(), path })
        .collect();
    let registry = Registry::default();
    let mut reports: Vec<Report> = read_all(forms, &registry, &sources, &|_| ()).into_iter().flat_map(|r| r.reports).collect();
    let checker = Checker::new(forms, &registry);
    for report in &mut reports {
        let derived = checker.report(report).derived;
        fill_derived(report, &derived);
    }
    Some(reports)
}

#[test]
fn true_findings_only() {
    let forms = Forms::built_in();
    let Some(reports) = reports(forms) else { return };
    let words: usize = reports.iter().flat_map(|r| &r.sections).map(|s| s.text.chars().count()).sum();
    let references: Vec<&Report> = reports.iter().collect();
    let findings: Vec<Finding> = check_prose(forms, &Registry::default(), &references);
    let told: Vec<String> = findings.iter().map(|f| format!("{} {} {}", f.subject.report, f.rule, f.message)).collect();
    if std::env::var_os("SHOW").is_some() {
        for report in &reports {
            for section in &report.sections {
                println!("== {} {} [{}]\n{}", report.source, report.agency, section.section, section.text);
            }
        }
        println!("{}", told.join("\n"));
    }
    let names: Vec<&str> = reports.iter().map(|r| r.source.as_ref()).collect();
    assert!(words > 5_000 && reports.len() >= 7, "{names:?}: the narratives have been read: {words} characters");
    assert_eq!(told, Vec::<String>::new());
}
