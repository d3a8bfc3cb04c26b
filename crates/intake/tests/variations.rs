//! The same figures printed in every way that agencies have found: all of them must come back.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;

use common::{docx, forms, read_bytes};
use nianbao_form::{Cell, Form, Report, State};
use nianbao_intake::Receipt;
use print::{P, Part, Table};

fn value(cell: Cell) -> String {
    (1000 + 3 * cell.index()).to_string()
}

fn form(id: &str) -> &'static Form {
    forms().form(forms().find(id).unwrap())
}

fn title(id: &str) -> String {
    format!("某某局{}年政府信息公开工作年度报告", if id == "2019" { 2020 } else { 2022 })
}

fn parts(id: &str) -> Vec<Part> {
    print::parts(form(id), &value, false)
}

/// Every cell of the form has come back.
fn whole(what: &str, id: &str, receipt: &Receipt) {
    let [report] = receipt.reports.as_slice() else { panic!("{what}: {}", receipt.reason_en) };
    assert_eq!(forms().form(report.form).id, id, "{what}");
    let mut wrong = Vec::new();
    for cell in &form(id).cells {
        let v = report.value(*cell);
        if v.number.map(|n| n.to_string()) != Some(value(*cell)) {
            wrong.push(format!("{}: {} {:?}", forms().id(*cell), v.state.as_str(), v.raw));
        }
    }
    assert!(wrong.is_empty(), "{what} {id}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(report.sections.len(), 6, "{what} {id}");
    assert!(report.unmapped.is_empty(), "{what} {id}: {:?}", report.unmapped);
    assert!(report.remarks.is_empty(), "{what} {id}: {:?}", report.remarks);
    assert_eq!(receipt.status.as_str(), "read", "{what} {id}: {}", receipt.reason);
}

/// No cell is wrong: each has its figure or is left unread.
fn none_wrong(what: &str, report: &Report) -> usize {
    let mut read = 0;
    for cell in forms().cells() {
        let v = report.value(cell);
        if let Some(n) = v.number {
            assert_eq!(n.to_string(), value(cell), "{what}: {}", forms().id(cell));
            read += 1;
        }
    }
    read
}

fn each(what: &str, make: impl Fn(&str, &[Part]) -> (String, Vec<u8>)) {
    for id in ["2019", "2021"] {
        let (name, bytes) = make(&title(id), &parts(id));
        whole(what, id, &read_bytes(&name, &bytes));
    }
}

fn page(title: &str, parts: &[Part], table: &dyn Fn(&Table) -> String) -> (String, Vec<u8>) {
    ("a.html".into(), print::html(title, parts, table).into_bytes())
}

fn text(title: &str, parts: &[Part], table: &dyn Fn(&Table) -> String) -> (String, Vec<u8>) {
    ("a.txt".into(), print::text(title, parts, table).into_bytes())
}

#[test]
fn containers() {
    each("html with spans", |t, p| page(t, p, &print::html_spans));
    each("html with empty cells in place of spans", |t, p| page(t, p, &|t| print::html_cells(&print::flat(t))));
    each("html whose cells over several columns are one", |t, p| page(t, p, &|t| print::html_cells(&print::ragged(t))));
    each("one cell a line", |t, p| text(t, p, &print::cell_lines));
    each("a row a line, blanks for spans", |t, p| text(t, p, &|t| print::row_lines(&print::flat(t))));
    each("a row a line, no blanks for columns", |t, p| text(t, p, &|t| print::row_lines(&print::ragged(t))));
    each("docx", |t, p| ("a.docx".into(), docx(&print::word(t, p))));
    each("GB18030", |t, p| {
        let page = print::html(t, p, &print::html_spans).replace("<head>", "<head><meta charset=gb2312>");
        ("a.htm".into(), encoding_rs::GB18030.encode(&page).0.into_owned())
    });
    each("CRLF", |t, p| ("a.txt".into(), print::text(t, p, &print::cell_lines).replace('\n', "\r\n").into_bytes()));
}

#[test]
fn columns_in_another_order() {
    for id in ["2019", "2021"] {
        let parts = print::parts(form(id), &value, true);
        for (what, table) in [
            ("spans", &print::html_spans as &dyn Fn(&Table) -> String),
            ("ragged", &|t: &Table| print::html_cells(&print::ragged(t))),
        ] {
            let (name, bytes) = page(&title(id), &parts, table);
            whole(what, id, &read_bytes(&name, &bytes));
        }
        let (name, bytes) = text(&title(id), &parts, &print::cell_lines);
        whole("columns turned, text", id, &read_bytes(&name, &bytes));
    }
}

/// Changes every label with the given words.
fn relabel(parts: &mut [Part], change: &dyn Fn(&str) -> String) {
    for cell in parts.iter_mut().flat_map(|p| &mut p.tables).flatten().flatten() {
        if !cell.0.bytes().all(|b| b.is_ascii_digit()) {
            cell.0 = change(&cell.0);
        }
    }
}

#[test]
fn labels_as_they_come() {
    let one_a_line = |t: &str| t.chars().map(|c| c.to_string()).collect::<Vec<_>>().join("\n");
    let spaced = |t: &str| t.chars().map(|c| format!("{c}\u{3000}")).collect::<String>();
    let ascii = |t: &str| t.replace('（', "(").replace('）', ")").replace('、', ".").replace(['“', '”'], "\"");
    let no_numbers = |t: &str| {
        nianbao_form::label::strip_number(t.trim_start_matches(['一', '二', '三', '四']).trim_start_matches('、')).to_owned()
    };
    let doubled = |t: &str| t.replace("三、", "三三、");
    let changes: [(&str, &dyn Fn(&str) -> String); 5] = [
        ("vertical", &one_a_line),
        ("spaced", &spaced),
        ("ascii punctuation", &ascii),
        ("without numbers", &no_numbers),
        ("doubled", &doubled),
    ];
    for (what, change) in changes {
        for id in ["2019", "2021"] {
            let mut parts = parts(id);
            relabel(&mut parts, change);
            let (name, bytes) = page(&title(id), &parts, &print::html_spans);
            whole(what, id, &read_bytes(&name, &bytes));
            whole(what, id, &read_bytes("a.docx", &docx(&print::word(&title(id), &parts))));
        }
    }
}

#[test]
fn tables_cut_in_pieces() {
    each("head apart from data", |t, p| {
        page(t, p, &|table| {
            let head = if table.len() > 20 || table.len() == 4 { 3 } else { 0 };
            format!("{}{}", print::html_spans(&table[..head].to_vec()), print::html_spans(&table[head..].to_vec()))
        })
    });
    each("every two rows a table", |t, p| {
        page(t, p, &|table| {
            if table.len() < 5 {
                return print::html_spans(table);
            }
            let flat = print::flat(table);
            let (head, rows) = flat.split_at(4);
            format!("{}{}", print::html_cells(head), rows.chunks(2).map(print::html_cells).collect::<String>())
        })
    });
    each("head repeated on the next page", |t, p| {
        page(t, p, &|table| {
            if table.len() < 20 {
                return print::html_spans(table);
            }
            let flat = print::flat(table);
            let next: Vec<_> = flat[..3].iter().chain(&flat[14..]).cloned().collect();
            format!("{}<p>— 5 —</p>{}", print::html_cells(&flat[..14]), print::html_cells(&next))
        })
    });
    each("the whole report in one layout table", |t, p| {
        let inner = print::html(t, p, &print::html_spans);
        let body = inner.split_once("<body>").unwrap().1.replace("</body></html>", "");
        ("a.html".into(), format!("<html><body><table><tr><td>首页</td><td>{body}</td></tr></table></body></html>").into_bytes())
    });
}

#[test]
fn heads_whose_spans_disagree() {
    for id in ["2019", "2021"] {
        for wrong in [2usize, 4, 6] {
            let mut parts = parts(id);
            for cell in parts.iter_mut().flat_map(|p| &mut p.tables).flatten().flatten() {
                if cell.0.contains("法人") {
                    cell.1 = wrong;
                }
            }
            let (name, bytes) = page(&title(id), &parts, &print::html_spans);
            let receipt = read_bytes(&name, &bytes);
            none_wrong("wrong span over the legal persons", &receipt.reports[0]);
        }
    }
    // The last head of an item is one column wide, its figures two: the real pages of Pingtan.
    let mut parts = parts("2019");
    for row in parts.iter_mut().flat_map(|p| &mut p.tables).flatten() {
        if row.len() > 1 && row.last().unwrap().0.contains('增') {
            row.last_mut().unwrap().1 = 1;
            row[1].1 = 2;
        }
    }
    let (name, bytes) = page(&title("2019"), &parts, &print::html_spans);
    whole("shifted heads", "2019", &read_bytes(&name, &bytes));
}

#[test]
fn rows_of_the_other_generation() {
    // 2021 tables that print （六）其他处理 as one row.
    let mut mixed = parts("2021");
    let other: Vec<Cell> = form("2019").cells.iter().copied().filter(|c| forms().id(*c).starts_with("requests.other.")).collect();
    for part in &mut mixed {
        for table in &mut part.tables {
            let Some(at) = table.iter().position(|r| r[0].0.contains("其他处理")) else { continue };
            table.drain(at..at + 3);
            let mut row = vec![P("（六）其他处理".into(), 2, 1)];
            row.extend(other.iter().map(|c| P(value(*c), 1, 1)));
            table.insert(at, row);
            for row in table.iter_mut() {
                if row[0].0.contains("办理结果") {
                    row[0].2 -= 2;
                }
            }
        }
    }
    for bytes in
        [docx(&print::word(&title("2021"), &mixed)), print::html(&title("2021"), &mixed, &print::html_spans).into_bytes()]
    {
        let receipt = read_bytes("a.docx", &bytes);
        let report = &receipt.reports[0];
        assert_eq!(forms().form(report.form).id, "2021");
        assert_eq!(none_wrong("one row", report), 200 - 21 + 7);
        assert_eq!(receipt.status.as_str(), "read");
        assert!(other.iter().all(|c| report.value(*c).state == State::Number));
    }
    // Both ways at once: the form's own rows count, the other is kept as words.
    let mut both = parts("2021");
    let table = &mut both[2].tables[0];
    let at = table.iter().position(|r| r[0].0.contains("其他处理")).unwrap();
    let mut row = vec![P("（六）其他处理".into(), 2, 1)];
    row.extend((0..7).map(|i| P((90 + i).to_string(), 1, 1)));
    table.insert(at, row);
    table.iter_mut().filter(|r| r[0].0.contains("办理结果")).for_each(|r| r[0].2 += 1);
    let receipt = read_bytes("a.docx", &docx(&print::word(&title("2021"), &both)));
    let report = &receipt.reports[0];
    assert_eq!(none_wrong("both", report), 200);
    assert!(report.unmapped.iter().any(|u| u.text.contains("90") && u.text.contains("96")), "{:?}", report.unmapped);
    // The old tables altogether.
    let receipt = read_bytes("a.docx", &docx(&print::word(&title("2021"), &parts("2019"))));
    let report = &receipt.reports[0];
    assert_eq!((report.year, forms().form(report.form).id.as_str()), (2022, "2019"));
    assert_eq!(none_wrong("old tables", report), 198);
    assert!(report.remarks.iter().any(|r| r.rule == "wrong-form" && r.found == "2019" && r.expected == "2021"));
}

#[test]
fn additions_are_kept() {
    let mut parts = parts("2021");
    let two = &mut parts[1].tables[0];
    two.insert(4, ["其他主动公开文件", "5", "6", "7"].map(|t| P(t.into(), 1, 1)).to_vec());
    two.insert(5, ["党内法规", "8", "9", "10"].map(|t| P(t.into(), 1, 1)).to_vec());
    parts[3].tables.push(vec![
        vec![P("培训场次".into(), 1, 1), P("41".into(), 1, 1)],
        vec![P("参加人数".into(), 1, 1), P("42".into(), 1, 1)],
    ]);
    for bytes in
        [docx(&print::word(&title("2021"), &parts)), print::text(&title("2021"), &parts, &print::cell_lines).into_bytes()]
    {
        let receipt = read_bytes("a", &bytes);
        let report = &receipt.reports[0];
        for cell in &form("2021").cells {
            assert_eq!(report.value(*cell).number.map(|n| n.to_string()), Some(value(*cell)), "{}", forms().id(*cell));
        }
        let local = forms().cell("proactive.other_documents.repealed").unwrap();
        assert_eq!(report.value(local).raw.as_ref(), "6");
        let texts: Vec<&str> = report.unmapped.iter().map(|u| u.text.as_str()).collect();
        assert!(texts.iter().any(|t| t.contains("党内法规") && t.contains("10")), "{texts:?}");
        assert!(texts.iter().any(|t| t.contains("培训场次") && t.contains("41")), "{texts:?}");
    }
}

#[test]
fn a_table_twice() {
    let mut parts = parts("2021");
    let mut draft = parts[3].tables[0].clone();
    draft[3][0].0 = "77".into();
    parts[3].tables.insert(0, draft);
    let receipt = read_bytes("a.docx", &docx(&print::word(&title("2021"), &parts)));
    let report = &receipt.reports[0];
    assert_eq!(none_wrong("twice", report), 200);
    assert!(report.remarks.iter().any(|r| r.rule == "duplicate-table"), "{:?}", report.remarks);
    assert!(report.unmapped.iter().any(|u| u.text.contains("77")));
}

#[test]
fn what_is_missing_is_told() {
    let mut parts = parts("2021");
    parts.remove(4);
    parts[3].tables.clear();
    let receipt = read_bytes("a.docx", &docx(&print::word(&title("2021"), &parts)));
    let report = &receipt.reports[0];
    assert_eq!(none_wrong("missing", report), 185);
    assert_eq!(receipt.status.as_str(), "partial");
    let rules: Vec<(&str, &str)> = report.remarks.iter().map(|r| (r.rule, r.found.as_str())).collect();
    assert_eq!(rules, [("missing-table", "政府信息公开行政复议、行政诉讼情况"), ("missing-section", "存在的主要问题及改进情况")]);
}

#[test]
fn units_in_heads_and_cells() {
    let amount = forms().cell("proactive.fees.amount").unwrap();
    for (head, raw, want) in [
        ("本年收费金额（单位：元）", "984361", "98.4361"),
        ("本年收费金额（元）", "12万元", "12"),
        ("本年收费金额（单位：万元）", "984361元", "98.4361"),
        ("本年收费金额", "３，１２０．５", "3120.5"),
        ("本年收费金额（单位：亿元）", "0.5", "5000"),
    ] {
        let mut parts = print::parts(form("2021"), &|c| if c == amount { raw.into() } else { value(c) }, false);
        relabel(&mut parts, &|t| if t.contains("收费金额") { head.into() } else { t.to_owned() });
        let receipt = read_bytes("a.docx", &docx(&print::word(&title("2021"), &parts)));
        let v = receipt.reports[0].value(amount);
        assert_eq!((v.number.map(|n| n.to_string()).unwrap_or_default().as_str(), v.raw.as_ref()), (want, raw), "{head}");
    }
}
