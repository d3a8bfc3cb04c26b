//! What explains a published total: agencies, older versions, slips of the pen, both together, or nothing.
#![allow(clippy::unwrap_used)]

use nianbao_compile::{Published, Reconciliation, Slip, reconcile_with_versions};
use nianbao_form::{Agency, Forms, Number, Place, Registry, Report, Value};

const CELLS: [&str; 8] = [
    "requests.received.natural_person",
    "requests.received.commercial_enterprise",
    "requests.received.total",
    "requests.handled.total",
    "requests.disclosed.total",
    "review.reconsideration.total",
    "proactive.licensing.decisions",
    "proactive.penalties.decisions",
];
const AGENCIES: usize = 12;

fn figure(agency: usize, cell: usize) -> i64 {
    (agency as i64 * 37 + cell as i64 * 101 + (agency * cell) as i64 * 13) % 89 + 11
}

fn report(agency: usize, figure: impl Fn(usize) -> i64) -> Report {
    let forms = Forms::built_in();
    let name = format!("单位{agency}");
    let mut report = Report::new(forms, format!("{name}.docx"), name, 2023, forms.for_year(2023).unwrap());
    report.agency_id = Some(format!("a{agency:02}"));
    for (at, id) in CELLS.iter().enumerate() {
        let number = Number::whole(figure(at)).unwrap();
        report.set(forms.cell(id).unwrap(), Value::number(number, number.to_string(), Place::Unknown));
    }
    report
}

/// Reconciles what a district published with its agencies' reports; `published` changes the true sums.
fn run(replaced: &[Report], published: impl Fn(usize, i64) -> i64) -> Reconciliation {
    let forms = Forms::built_in();
    let agency =
        |i: usize| Agency { id: format!("a{i:02}"), name: format!("单位{i}"), parent: "d".into(), ..Agency::default() };
    let mut agencies = vec![Agency { id: "d".into(), name: "某区".into(), ..Agency::default() }];
    agencies[0].reports = nianbao_form::Reports::Compiled;
    agencies.extend((0..AGENCIES).map(agency));
    let registry = Registry::new(agencies).0;
    let reports: Vec<Report> = (0..AGENCIES).map(|a| report(a, |c| figure(a, c))).collect();
    let reports: Vec<&Report> = reports.iter().collect();
    let replaced: Vec<&Report> = replaced.iter().collect();
    let published: Vec<Published> = CELLS
        .iter()
        .enumerate()
        .map(|(at, id)| {
            let sum: i64 = (0..AGENCIES).map(|a| figure(a, at)).sum();
            let number = Number::whole(published(at, sum)).unwrap();
            Published::new(2023, forms.cell(id).unwrap(), Some(number), number.to_string())
        })
        .collect();
    let result = reconcile_with_versions(forms, &registry, &published, &reports, &replaced, None).unwrap();
    for e in &result.explanations {
        assert!(!e.message.is_empty() && !e.message_en.is_empty());
    }
    result
}

fn who(result: &Reconciliation) -> Vec<(&str, Slip)> {
    result.explanations[0].suspects.iter().map(|s| (s.id.as_str(), s.slip)).collect()
}

/// What is said of the cell at a position of [`CELLS`]; rows stand in the order of the form.
fn said(result: &Reconciliation, cell: usize) -> &str {
    &result.rows.iter().find(|r| r.cell_id == CELLS[cell]).unwrap().explanation
}

#[test]
fn an_old_version_was_used() {
    let old = report(3, |c| if c % 2 == 0 { figure(3, c) + 7 } else { figure(3, c) });
    let result = run(&[old], |at, sum| if at % 2 == 0 { sum + 7 } else { sum });
    assert_eq!(result.explanations.len(), 1, "{:#?}", result.explanations);
    assert_eq!(who(&result), [("a03", Slip::OldVersion)]);
    assert!(result.explanations[0].message.contains("旧版报告：单位3"), "{}", result.explanations[0].message);
}

#[test]
fn a_pair_of_agencies() {
    let result = run(&[], |at, sum| sum - figure(2, at) - figure(9, at));
    assert_eq!(who(&result), [("a02", Slip::Omitted), ("a09", Slip::Omitted)]);
    assert!(result.explanations[0].slips.is_empty());
}

#[test]
fn an_agency_left_out_and_a_slip_beside_it() {
    let result = run(&[], |at, sum| {
        let true_figure = sum - figure(5, at);
        if at == 2 { true_figure * 10 } else { true_figure }
    });
    assert_eq!(who(&result), [("a05", Slip::Omitted)], "{:#?}", result.explanations);
    let e = &result.explanations[0];
    let slips: Vec<(i128, &str)> = e.slips.iter().map(|s| (s.found / s.meant, s.slip.as_str())).collect();
    assert_eq!(slips, [(10, "小数点或零相差1位")]);
    assert!(e.message.contains("其中7项差额全部吻合，另有1项须单独核对"), "{}", e.message);
    assert!(said(&result, 2).contains("应为"), "{}", said(&result, 2));
}

#[test]
fn slips_of_the_pen_alone() {
    let exchanged = |at: usize, sum: i64| {
        let other: i64 = (0..AGENCIES).map(|a| figure(a, 1 - at.min(1))).sum();
        if at < 2 { other } else { sum }
    };
    let result = run(&[], exchanged);
    let e = &result.explanations[0];
    assert!(e.suspects.is_empty() && e.slips.len() == 2 && e.slips[0].slip == "两项数字互换", "{e:#?}");
    let result = run(&[], |at, sum| if at == 6 { sum * 10_000 } else { sum });
    let e = &result.explanations[0];
    assert!(e.suspects.is_empty() && e.slips[0].slip.starts_with("相差一万倍"), "{e:#?}");
    assert!(said(&result, 6).contains("元与万元混用"), "{}", said(&result, 6));
}

#[test]
fn nothing_explains_it() {
    let result = run(&[], |at, sum| sum + 1_000 + (at * at) as i64 * 317);
    assert!(result.explanations.is_empty(), "{:#?}", result.explanations);
    assert!(result.rows.iter().all(|r| r.explanation.contains("未找到")), "{:?}", result.rows[0].explanation);
}
