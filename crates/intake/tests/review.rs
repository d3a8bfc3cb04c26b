//! What a reviewer found: figures that went wrong or were lost, each as a small document.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;

use common::{docx, forms, read_bytes};
use nianbao_form::{Cell, Report, State};
use nianbao_intake::{Receipt, Status};
use print::{P, Part, Table};

const TITLE: &str = "青山区财政局2022年政府信息公开工作年度报告";

fn value(cell: Cell) -> String {
    (1000 + 3 * cell.index()).to_string()
}

fn other(cell: Cell) -> String {
    (5000 + 7 * cell.index()).to_string()
}

fn parts_of(value: &dyn Fn(Cell) -> String) -> Vec<Part> {
    print::parts(forms().form(forms().find("2021").unwrap()), value, false)
}

fn parts() -> Vec<Part> {
    parts_of(&value)
}

fn cell(id: &str) -> Cell {
    forms().cell(id).unwrap()
}

/// How many figures were read; each is the one that was printed.
fn none_wrong(what: &str, report: &Report) -> usize {
    let read = forms().cells().filter_map(|c| report.value(c).number.map(|n| (c, n.to_string())));
    read.map(|(c, n)| assert_eq!(n, value(c), "{what}: {}", forms().id(c))).count()
}

fn state(report: &Report, id: &str) -> (State, String) {
    let v = report.value(cell(id));
    (v.state, v.number.map(|n| n.to_string()).unwrap_or_default())
}

fn word(parts: &[Part]) -> Receipt {
    read_bytes("a.docx", &docx(&print::word(TITLE, parts)))
}

fn page(parts: &[Part]) -> Receipt {
    read_bytes("a.html", print::html(TITLE, parts, &print::html_spans).as_bytes())
}

fn rows(parts: &[Part]) -> String {
    print::text(TITLE, parts, &|t| print::row_lines(&print::flat(t)))
}

#[test]
fn blanks_cut_off_at_the_end_of_a_row() {
    let total = |c: Cell| forms().id(c).starts_with("requests.") && forms().id(c).ends_with(".total");
    let parts = parts_of(&|c| if total(c) { String::new() } else { value(c) });
    let is_data = |l: &str| l.split('\t').filter(|f| f.parse::<u32>().is_ok()).count() > 3;
    let data = rows(&parts).lines().map(|l| if is_data(l) { l.trim_end_matches('\t') } else { l }).collect::<Vec<_>>().join("\n");
    let all = rows(&parts).lines().map(|l| l.trim_end_matches('\t')).collect::<Vec<_>>().join("\n");
    let both = rows(&parts).lines().map(|l| l.trim_matches('\t')).collect::<Vec<_>>().join("\n");
    for (what, text, want) in [("data rows", data, 175), ("every row", all, 160), ("both ends", both, 10)] {
        let receipt = read_bytes("a.txt", text.as_bytes());
        let read = none_wrong(what, &receipt.reports[0]);
        assert!(read >= want, "{what}: {read}");
        assert_ne!(state(&receipt.reports[0], "requests.received.total").0, State::Number, "{what}");
    }
}

fn two(second: &str, value: &dyn Fn(Cell) -> String) -> Receipt {
    let first = print::word(TITLE, &parts()).replace("<w:sectPr/></w:body></w:document>", "");
    let (_, rest) =
        print::word(second, &parts_of(value)).split_once("<w:body>").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    read_bytes("a.docx", &docx(&(first + &rest)))
}

#[test]
fn two_reports_in_one_file() {
    for (title, agency, year) in [
        ("青山区财政局2023年政府信息公开工作年度报告", "青山区财政局", 2023),
        ("青山区教育局2022年政府信息公开工作年度报告", "青山区教育局", 2022),
    ] {
        let receipt = two(title, &other);
        let [a, b] = receipt.reports.as_slice() else { panic!("{title}: {}", receipt.reason_en) };
        assert_eq!((a.agency.as_str(), a.year), ("青山区财政局", 2022));
        assert_eq!((b.agency.as_str(), b.year), (agency, year));
        assert_eq!(none_wrong(title, a), 200);
        assert!(forms().cells().filter_map(|c| b.value(c).number.map(|n| (c, n))).all(|(c, n)| n.to_string() == other(c)));
    }
    let receipt = two("（第二部分）", &other);
    assert_eq!((receipt.status, receipt.reports.len()), (Status::Unreadable, 0), "{}", receipt.reason);
    // A blank copy of the form before or behind says nothing.
    assert_eq!(none_wrong("blank copy", &two(TITLE, &|_| String::new()).reports[0]), 200);
}

#[test]
fn tables_that_are_not_the_report_s() {
    let old = || parts_of(&other);
    for (what, heading) in [
        ("annex", "附件：2021年度报告数据（上年）"),
        ("body", "附件：下属单位青山区财政局国库中心情况"),
        ("year", "2021年收到和处理政府信息公开申请情况"),
        ("after the last section", "各表"),
    ] {
        let mut all = parts();
        all.push(Part { heading: heading.into(), tables: old().iter().flat_map(|p| p.tables.clone()).collect() });
        let receipt = word(&all);
        let report = &receipt.reports[0];
        assert_eq!(none_wrong(what, report), 200, "{what}");
        assert!(report.remarks.iter().any(|r| r.rule == "duplicate-table"), "{what}");
        assert!(report.unmapped.iter().any(|u| u.text.contains(&other(cell("requests.received.total")))), "{what}");
    }
    // In front of the real one.
    let mut all = parts();
    all.insert(2, Part { heading: "2021年收到和处理政府信息公开申请情况".into(), tables: old()[2].tables.clone() });
    assert_eq!(none_wrong("in front", &word(&all).reports[0]), 200);
    // A blank form.
    let mut all = parts();
    all.push(Part { heading: "附件：空白表样".into(), tables: parts_of(&|_| String::new())[2].tables.clone() });
    assert_eq!(none_wrong("blank form", &word(&all).reports[0]), 200);
}

#[test]
fn two_years_side_by_side() {
    let mut table = parts()[2].tables[0].clone();
    let late = parts_of(&other)[2].tables[0].clone();
    table.drain(..3);
    for (row, more) in table.iter_mut().zip(&late[3..]) {
        row.extend(more[more.len() - 7..].iter().cloned());
    }
    let names = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"];
    table.insert(0, names.iter().chain(&names).map(|n| P((*n).into(), 1, 1)).collect());
    table.insert(0, vec![P(String::new(), 3, 2), P("2021年".into(), 7, 1), P("2022年".into(), 7, 1)]);
    let mut all = parts();
    all[2].tables.push(table);
    let receipt = word(&all);
    assert_eq!(none_wrong("comparison", &receipt.reports[0]), 200);
    assert!(receipt.reports[0].unmapped.iter().any(|u| u.text.contains(&other(cell("requests.received.total")))));
}

/// The report as a Word file whose first applicant cell has the given runs, and as a page likewise.
fn runs(word_runs: &str, html: &str) -> [(State, String); 2] {
    let id = "requests.received.natural_person";
    let parts = parts_of(&|c| if c == cell(id) { "@@".into() } else { "0".into() });
    let xml = print::word(TITLE, &parts).replace("<w:r><w:t xml:space=\"preserve\">@@</w:t></w:r>", word_runs);
    let page = print::html(TITLE, &parts, &print::html_spans).replace("@@", html);
    [("a.docx", docx(&xml)), ("a.html", page.into_bytes())].map(|(n, b)| state(&read_bytes(n, &b).reports[0], id))
}

#[test]
fn marks_of_notes_and_struck_out_digits() {
    let r = |p: &str, t: &str| format!("<w:r><w:rPr>{p}</w:rPr><w:t>{t}</w:t></w:r>");
    let sup = "<w:vertAlign w:val=\"superscript\"/>";
    let table = [
        (r("", "427") + &r(sup, "1"), "427<sup>1</sup>"),
        (r("", "427") + &r(sup, "[1]"), "427<sup>[1]</sup>"),
        (r("", "427") + &r(sup, "1") + &r(sup, "2"), "427<span style=\"vertical-align: super\">1</span>"),
        (r("", "427①"), "427①"),
        (r("", "427²"), "427²"),
        (r("<w:strike/>", "9") + &r("", "427"), "<s>9</s>427"),
        (r("<w:dstrike/>", "9") + &r("", "427"), "<strike>9</strike>427"),
        (r("<w:strike w:val=\"0\"/>", "4") + &r("", "27"), "<span style=\"text-decoration: line-through\">9</span>427"),
        (r("", "427"), "<input type=\"text\" value=\"427\">"),
        (r("", "427"), "<textarea>427</textarea>"),
    ];
    for (word_runs, html) in table {
        for found in runs(&word_runs, html) {
            assert_eq!(found, (State::Number, "427".to_owned()), "{word_runs} {html}");
        }
    }
    for found in runs(&r(sup, "12"), "<sup>12</sup>") {
        assert_eq!(found.0, State::Text);
    }
}

/// Changes table three.
fn three(change: impl Fn(&mut Table), value: &dyn Fn(Cell) -> String) -> Vec<Part> {
    let mut all = parts_of(value);
    change(&mut all[2].tables[0]);
    all
}

#[test]
fn heads_with_a_cell_missing_or_displaced() {
    let no_total = |c: Cell| if forms().id(c).ends_with(".total") { String::new() } else { value(c) };
    for (what, change) in [
        ("no 自然人", &(|t: &mut Table| drop(t[1].remove(0))) as &dyn Fn(&mut Table)),
        ("no 社会公益组织", &|t: &mut Table| drop(t[2].remove(2))),
        ("one row too long", &|t: &mut Table| t[0][1].2 = 2),
    ] {
        for v in [&value as &dyn Fn(Cell) -> String, &no_total] {
            let all = three(change, v);
            for receipt in [word(&all), page(&all), read_bytes("a.txt", rows(&all).as_bytes())] {
                assert!(none_wrong(what, &receipt.reports[0]) >= 20, "{what}");
            }
        }
    }
}

#[test]
fn a_figure_merged_over_several_cells_of_the_form() {
    let over_rows = three(
        |t| {
            t[3][1].2 = 2;
            t[4].remove(1);
        },
        &value,
    );
    let over_columns = three(
        |t| {
            t[3][1].1 = 2;
            t[3].remove(2);
        },
        &value,
    );
    let (a, b) = ("requests.received.natural_person", "requests.carried_in.natural_person");
    let c = "requests.received.commercial_enterprise";
    for (all, ids) in [(over_rows, [a, b]), (over_columns, [a, c])] {
        for receipt in [word(&all), page(&all)] {
            assert_eq!(none_wrong("merged", &receipt.reports[0]), 198);
            assert!(ids.iter().all(|id| state(&receipt.reports[0], id).0 == State::Text));
        }
    }
}

#[test]
fn a_column_that_numbers_the_rows() {
    let all = three(
        |t| {
            t.iter_mut().skip(3).enumerate().for_each(|(i, r)| r.insert(0, P((i + 1).to_string(), 1, 1)));
            t[0].insert(0, P("序号".into(), 1, 3));
        },
        &value,
    );
    let texts = [rows(&all), print::text(TITLE, &all, &print::cell_lines)];
    for receipt in [word(&all), page(&all)].into_iter().chain(texts.iter().map(|t| read_bytes("a.txt", t.as_bytes()))) {
        assert_eq!(none_wrong("numbers", &receipt.reports[0]), 200);
    }
}

#[test]
fn a_table_inside_a_cell() {
    let found = runs("<w:r><w:t>@@</w:t></w:r>", "<table><tr><td>7</td><td>510</td></tr></table>");
    assert_eq!(found[1].0, State::Text);
}

#[test]
fn exact_or_refused() {
    let id = "proactive.fees.amount";
    for (token, want) in
        [("12345678901.123457", "12345678901.123457"), ("0.1", "0.1"), ("12.0", "12"), ("1.00000000000000000001", "")]
    {
        let line = format!("{{\"agency\":\"a\",\"year\":2022,\"cell\":\"{id}\",\"value\": {token}}}\n");
        let receipt = read_bytes("a.jsonl", line.as_bytes());
        assert_eq!(state(&receipt.reports[0], id).1, want, "{token}");
    }
    let head = "agency,year,cell,value\n";
    for (rows, line) in [
        ("a,2022,proactive.fees.amount,\"12\na,2022,proactive.rules.issued,3\n", 2),
        ("a,2022,proactive.rules.issued,3\na,2022,proactive.fees.amount,\"12\n", 3),
        ("a,2022,\"proactive.fees.amount,12\na,2022,proactive.rules.issued,3\n", 2),
    ] {
        let receipt = read_bytes("a.csv", format!("{head}{rows}").as_bytes());
        assert_eq!(receipt.status, Status::Unreadable, "{rows}");
        assert!(receipt.reason.contains(&format!("第{line}行")), "{rows}: {}", receipt.reason);
    }
    let fine = format!("{head}\"a\",2022,proactive.rules.issued,\"3\"\n\"a\"\"b\",2022,proactive.rules.issued,4");
    assert_eq!(read_bytes("a.csv", fine.as_bytes()).status, Status::Read);
}

/// A part of table two as rows of cells; what becomes of the row 规章 in it.
fn rules_row(rows: &[&str]) -> Vec<(State, String)> {
    let body: String = rows
        .iter()
        .map(|row| format!("<tr>{}</tr>", row.split('|').map(|c| format!("<td>{c}</td>")).collect::<String>()))
        .collect();
    let html = format!("<p>某局2023年政府信息公开工作年度报告</p><table>{body}</table>");
    let receipt = read_bytes("a.html", html.as_bytes());
    let cells = ["issued", "repealed", "in_force"].map(|c| forms().cell(&format!("proactive.rules.{c}")).unwrap());
    let report = receipt.reports.first();
    cells.map(|c| report.map_or((State::Absent, String::new()), |r| (r.value(c).state, r.value(c).raw.to_string()))).to_vec()
}

#[test]
fn rows_that_have_moved_against_their_head_are_not_read() {
    let number = |n: &str| (State::Number, n.to_owned());
    let head = "信息内容|本年制发件数|本年废止件数|现行有效件数|";
    assert_eq!(rules_row(&[head, "规章|1|2|30|", "行政规范性文件|4|5|60|"]), [number("1"), number("2"), number("30")]);
    let moved = rules_row(&[head, "规章||1|2|30", "行政规范性文件||4|5|60"]);
    assert!(moved.iter().all(|c| c.0 != State::Number && c.0 != State::Blank), "{moved:?}");
    // A column of its own with a name is no move.
    let remarked =
        rules_row(&["信息内容|本年制发件数|本年废止件数|现行有效件数|备注号", "规章||1|2|7", "行政规范性文件|4|5|60|8"]);
    assert_eq!(remarked[1..], [number("1"), number("2")]);
}
