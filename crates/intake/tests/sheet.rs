//! Workbooks: layouts, what is hidden, what a cell shows, several reports, normalised rows.
#![allow(clippy::unwrap_used)]

#[path = "common/book.rs"]
mod book;
mod common;
#[path = "common/print.rs"]
mod print;

use book::{Sheet, stacked, with, xlsx};
use common::{forms, read_bytes};
use nianbao_form::{Cell, Form, Place, Report, State};
use nianbao_intake::{Receipt, Status};
use print::Part;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const TITLE: &str = "某某局2022年政府信息公开工作年度报告";

fn form(id: &str) -> &'static Form {
    forms().form(forms().find(id).unwrap())
}

fn figure(cell: Cell) -> String {
    (1000 + cell.index()).to_string()
}

fn parts(id: &str) -> Vec<Part> {
    print::parts(form(id), &figure, false)
}

/// Every cell of the form has its own figure, and its place is where that figure was written.
fn whole(what: &str, id: &str, receipt: &Receipt, sheets: &[Sheet]) {
    assert_eq!(receipt.reports.len(), 1, "{what}: {}", receipt.reason);
    let report = &receipt.reports[0];
    let mut wrong = Vec::new();
    for cell in form(id).cells.iter().copied() {
        let value = report.value(cell);
        let Place::Sheet { sheet, row, column } = &value.place else {
            wrong.push(format!("{}: {:?} at {}", forms().id(cell), value.raw, value.place));
            continue;
        };
        let written = sheets.iter().find(|s| s.name == **sheet).and_then(|s| s.cells.get(&(*row, *column)));
        let figure = figure(cell);
        if value.number.map(|n| n.to_string()) != Some(figure.clone()) || !written.is_some_and(|w| w.contains(&figure)) {
            wrong.push(format!("{}: {:?} at {}", forms().id(cell), value.raw, value.place));
        }
    }
    assert!(wrong.is_empty(), "{what} {id}: {wrong:#?}");
    assert_eq!(receipt.status, Status::Read, "{what} {id}: {}", receipt.reason);
    assert_eq!((report.agency.as_str(), report.year), ("某某局", if id == "2019" { 2020 } else { 2022 }), "{what}");
}

fn title(id: &str) -> String {
    if id == "2019" { TITLE.replace("2022", "2020") } else { TITLE.to_owned() }
}

#[test]
fn a_report_in_any_layout() {
    for id in ["2019", "2021"] {
        let (title, parts) = (title(id), parts(id));
        let mut layouts: Vec<(&str, Vec<Sheet>)> = vec![("one sheet", vec![stacked("Sheet1", &title, &parts)])];

        // A table a sheet, the sheets named as the sections; no heading in the sheet itself.
        let mut sheets = vec![Sheet::new("封面")];
        sheets[0].words(3, 2, &title);
        for part in &parts {
            for table in &part.tables {
                let mut sheet = Sheet::new(&part.heading.chars().take(31).collect::<String>());
                sheet.table(1, 1, table, true);
                sheets.push(sheet);
            }
        }
        layouts.push(("a table a sheet", sheets));

        // Away from the corner, words not merged, a blank row below every heading and above every row of figures.
        let mut sheet = Sheet::new("年报");
        sheet.words(2, 3, &title);
        let mut row = 4;
        for part in &parts {
            sheet.words(row, 3, &part.heading);
            row += 2;
            for table in &part.tables {
                row += sheet.table(row, 3, table, true).0 + 2;
            }
        }
        layouts.push(("away from the corner", vec![sheet]));

        // Tables beside one another, a blank column between them.
        let mut sheet = Sheet::new("年报");
        sheet.words(1, 1, &title);
        let (mut column, mut highest) = (1, 0);
        for table in parts.iter().flat_map(|p| &p.tables) {
            let (height, width) = sheet.table(3, column, table, true);
            (column, highest) = (column + width + 1, height.max(highest));
        }
        layouts.push(("side by side", vec![sheet]));

        // Nothing merged: blanks in place of spans.
        let mut sheet = Sheet::new("年报");
        sheet.words(1, 1, &title);
        let mut row = 2;
        for part in &parts {
            sheet.words(row, 1, &part.heading);
            row += 1;
            for table in &part.tables {
                row += sheet.table(row, 1, table, false).0 + 1;
            }
        }
        layouts.push(("not merged", vec![sheet]));

        for (what, sheets) in layouts {
            whole(what, id, &read_bytes("a.xlsx", &xlsx(&sheets)), &sheets);
        }
    }
}

/// Number formats and fonts that the tests of single cells use: style 1 and so on.
const STYLES: &str = "<numFmts><numFmt numFmtId=\"176\" formatCode=\"0&quot;件&quot;\"/><numFmt numFmtId=\"177\" formatCode=\"0;-0;;@\"/>\
    <numFmt numFmtId=\"178\" formatCode=\"0!.0,&quot;万&quot;\"/></numFmts>\
    <fonts><font/><font><strike/></font></fonts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>\
    <cellXfs><xf/><xf numFmtId=\"1\"/><xf numFmtId=\"176\"/><xf numFmtId=\"177\"/><xf numFmtId=\"178\"/><xf numFmtId=\"14\"/>\
    <xf numFmtId=\"9\"/><xf fontId=\"1\"/><xf numFmtId=\"49\"/></cellXfs>";
const STRINGS: &str = "<si><t>12</t></si><si><r><t>12</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr><t>1</t></r></si>\
    <si><r><rPr><strike/></rPr><t>9</t></r><r><t>7</t></r></si><si><t>十二</t><rPh sb=\"0\" eb=\"1\"><t>99</t></rPh></si>\
    <si><r><t>1</t></r><r><t>2</t></r></si><si><t>5_x000D_\n</t></si>";

fn with_cell(cell: &str) -> Report {
    let first = form("2021").cells[0];
    let parts = print::parts(form("2021"), &|c| if c == first { "@@".into() } else { "0".into() }, false);
    let mut sheet = stacked("Sheet1", TITLE, &parts);
    let place = *sheet.cells.iter().find(|c| c.1.contains("@@")).unwrap().0;
    sheet.cells.insert(place, cell.to_owned());
    let receipt = read_bytes("a.xlsx", &with(&[sheet], STYLES, STRINGS));
    receipt.reports.into_iter().next().unwrap_or_else(|| panic!("{cell}: {}", receipt.reason_en))
}

#[test]
fn what_a_cell_shows() {
    use State::{Blank, None as Mark, Number, Text};
    let table: [(&str, State, &str); 33] = [
        ("><v>12</v></c>", Number, "12"),
        ("t=\"n\"><v>12.0</v></c>", Number, "12"),
        ("><v>1.2E1</v></c>", Number, "12"),
        ("s=\"1\"><v>12</v></c>", Number, "12"),
        ("s=\"2\"><v>12</v></c>", Number, "12件"),
        ("s=\"3\"><v>0</v></c>", Blank, ""),
        ("s=\"3\"><v>4</v></c>", Number, "4"),
        ("s=\"4\"><v>123456</v></c>", Text, "显示与存储不同的数123456"),
        ("s=\"5\"><v>44928</v></c>", Text, "2023年1月2日"),
        ("s=\"6\"><v>0.12</v></c>", Text, "12%"),
        ("s=\"7\"><v>12</v></c>", Blank, ""),
        ("s=\"8\" t=\"s\"><v>0</v></c>", Number, "12"),
        ("t=\"s\"><v>1</v></c>", Number, "12[1]"),
        ("t=\"s\"><v>2</v></c>", Number, "7"),
        ("t=\"s\"><v>3</v></c>", Number, "十二"),
        ("t=\"s\"><v>4</v></c>", Number, "12"),
        ("t=\"s\"><v>5</v></c>", Number, "5"),
        ("t=\"s\"><v>99</v></c>", Text, "文本缺失"),
        ("t=\"s\"><v>x</v></c>", Text, "文本缺失"),
        (
            "t=\"inlineStr\"><is><r><t>1</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr><t>2</t></r></is></c>",
            Number,
            "1[2]",
        ),
        ("t=\"str\"><f>A1&amp;B1</f><v>12</v></c>", Number, "12"),
        ("t=\"str\"><f>A1</f><v></v></c>", Blank, ""),
        ("><f>SUM(A1:B1)</f><v>12</v></c>", Number, "12"),
        ("><f>SUM(A1:B1)</f></c>", Text, "公式未计算"),
        ("><f>SUM(A1:B1)</f><v/></c>", Text, "公式未计算"),
        ("t=\"e\"><f>A1</f><v>#REF!</v></c>", Text, "#REF!"),
        ("t=\"b\"><v>1</v></c>", Text, "TRUE"),
        ("t=\"d\"><v>2023-01-02</v></c>", Text, "2023-01-02"),
        ("><v>0.30000000000000004</v></c>", Number, "0.3"),
        ("><v>NaN</v></c>", Text, "无效数值"),
        ("t=\"inlineStr\"><is><t>／</t></is></c>", Mark, "／"),
        ("t=\"inlineStr\"><is><t>１２</t></is></c>", Number, "１２"),
        ("t=\"inlineStr\"><is><t> </t></is></c>", Blank, ""),
    ];
    let cell = form("2021").cells[0];
    for (xml, state, raw) in table {
        let report = with_cell(xml);
        let value = report.value(cell);
        assert_eq!((value.state, &*value.raw), (state, raw), "{xml}");
        assert_eq!(value.number.is_some(), state == Number, "{xml}");
    }
}

#[test]
fn what_a_sheet_hides() {
    let parts = parts("2021");
    let plain = stacked("Sheet1", TITLE, &parts);
    let decoy = |sheet: &Sheet| {
        let mut other = sheet.clone();
        other.name = "底稿".into();
        other.cells.values_mut().for_each(|c| *c = c.replace("<v>1", "<v>9"));
        other
    };
    // Hidden sheets.
    for state in ["state=\"hidden\"", "state=\"veryHidden\""] {
        let mut hidden = decoy(&plain);
        hidden.state = state.into();
        let receipt = read_bytes("a.xlsx", &xlsx(&[hidden, plain.clone()]));
        assert_eq!(receipt.reports[0].value(form("2021").cells[3]).number.unwrap().to_string(), figure(form("2021").cells[3]));
        assert!(receipt.status == Status::Partial && receipt.reason.contains("隐藏工作表“底稿”"), "{}", receipt.reason);
    }
    // A hidden row and a hidden column of other figures among those of the table, and one of no height.
    for hide in ["hidden=\"1\"", "ht=\"0\" customHeight=\"1\""] {
        let mut sheet = Sheet::new("Sheet1");
        let column = 3;
        for ((row, c), cell) in &plain.cells {
            let moved = |at: u32, gap: u32| at + u32::from(at >= gap);
            sheet.cells.insert((moved(*row, 6), moved(*c, column)), cell.clone());
        }
        sheet.rows.insert(6, hide.into());
        for c in 1..12 {
            sheet.put(6, c, "77");
        }
        for row in 1..90 {
            sheet.cells.entry((row, column)).or_insert_with(|| "><v>88</v></c>".into());
        }
        sheet.columns = format!("<cols><col min=\"{column}\" max=\"{column}\" hidden=\"1\" width=\"9\"/></cols>");
        sheet.merges = plain.merges.iter().map(|m| shifted(m, 6, column)).collect();
        let written = [sheet];
        whole("hidden row and column", "2021", &read_bytes("a.xlsx", &xlsx(&written)), &written);
    }
    // What a merged cell covers.
    let mut sheet = plain.clone();
    let merge = sheet.merges.iter().find(|m| m.starts_with("A") && !m.contains('P')).unwrap().clone();
    let (row, column) = corner(merge.split(':').nth(1).unwrap());
    sheet.put(row, column, "5");
    let written = [sheet];
    whole("below a merged cell", "2021", &read_bytes("a.xlsx", &xlsx(&written)), &written);
    // Zeros that the sheet does not show.
    let parts = print::parts(form("2021"), &|_| "0".into(), false);
    let mut sheet = stacked("Sheet1", TITLE, &parts);
    sheet.front = "<sheetViews><sheetView showZeros=\"0\"/></sheetViews>".into();
    let receipt = read_bytes("a.xlsx", &xlsx(&[sheet]));
    assert!(form("2021").cells.iter().all(|c| receipt.reports[0].value(*c).state == State::Blank), "{}", receipt.reason);
}

/// Row and column of `F12`.
fn corner(text: &str) -> (u32, u32) {
    let end = text.find(|c: char| c.is_ascii_digit()).unwrap();
    let column = text[..end].bytes().fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
    (text[end..].parse().unwrap(), column)
}

/// A merged range after a row and a column were put in.
fn shifted(range: &str, row: u32, column: u32) -> String {
    let ends: Vec<String> = range
        .split(':')
        .map(|end| {
            let (r, c) = corner(end);
            book::reference(r + u32::from(r >= row), c + u32::from(c >= column))
        })
        .collect();
    ends.join(":")
}

#[test]
fn a_unit_over_the_table() {
    let amount = forms().cell("proactive.procurement.amount").unwrap();
    let parts = print::parts(form("2019"), &|c| if c == amount { "984361".into() } else { "0".into() }, false);
    for merged in [true, false] {
        let mut sheet = Sheet::new("Sheet1");
        sheet.words(1, 1, &title("2019"));
        let mut row = 3;
        for part in &parts {
            sheet.words(row, 1, &part.heading);
            row += 1;
            for table in &part.tables {
                sheet.words(row, if merged { 1 } else { 4 }, "（单位：元）");
                if merged {
                    sheet.merge(row, 1, 1, 4);
                }
                row += sheet.table(row + 1, 1, table, true).0 + 3;
            }
        }
        let report = read_bytes("a.xlsx", &xlsx(&[sheet])).reports.remove(0);
        assert_eq!(report.counts_as(amount).unwrap().to_string(), "98.4361", "{merged} {:?}", report.value(amount));
    }
}

#[test]
fn several_reports_in_a_workbook() {
    let of = |title: &str, name: &str, more: usize| {
        let parts = print::parts(form("2021"), &|c| (1000 + more + c.index()).to_string(), false);
        stacked(name, title, &parts)
    };
    let told = |receipt: &Receipt| -> Vec<(String, u16)> { receipt.reports.iter().map(|r| (r.agency.clone(), r.year)).collect() };
    let two = |a: &str, b: &str| vec![(a.to_owned(), 2022), (b.to_owned(), 2022)];
    // Titles tell.
    let sheets =
        [of("区财政局2022年政府信息公开工作年度报告", "Sheet1", 0), of("区教育局2022年政府信息公开工作年度报告", "Sheet2", 5000)];
    assert_eq!(told(&read_bytes("a.xlsx", &xlsx(&sheets))), two("区财政局", "区教育局"));
    // The sheets' names tell the body, or the year.
    let sheets = [of("2022年政府信息公开工作年度报告", "区财政局", 0), of("2022年政府信息公开工作年度报告", "区教育局", 5000)];
    let receipt = read_bytes("汇总.xlsx", &xlsx(&sheets));
    assert_eq!(told(&receipt), two("区财政局", "区教育局"), "{}", receipt.reason);
    for (report, more) in receipt.reports.iter().zip([0, 5000]) {
        let cell = form("2021").cells[7];
        assert_eq!(report.value(cell).number.unwrap().to_string(), (1000 + more + cell.index()).to_string());
    }
    let sheets = [of("区财政局政府信息公开工作年度报告", "2022年", 0), of("区财政局政府信息公开工作年度报告", "2021年", 5000)];
    assert_eq!(told(&read_bytes("a.xlsx", &xlsx(&sheets))), vec![("区财政局".into(), 2022), ("区财政局".into(), 2021)]);
    // A draft and the final version: one report, and a finding.
    let sheets = [of(TITLE, "初稿", 5000), of(TITLE, "终稿", 0)];
    let receipt = read_bytes("a.xlsx", &xlsx(&sheets));
    assert_eq!(receipt.reports.len(), 1);
    assert!(receipt.reports[0].remarks.iter().any(|r| r.rule == "duplicate-table"));
    // Nothing tells whose the second tables are.
    let sheets = [of("说明", "Sheet1", 0), of("说明", "Sheet2", 5000)];
    let receipt = read_bytes("区财政局2022年.xlsx", &xlsx(&sheets));
    assert!(receipt.reports.is_empty() && receipt.reason.contains("分成两个文件"), "{}", receipt.reason);
    // A copy of a sheet is no other report.
    let sheets = [of(TITLE, "Sheet1", 0), of(TITLE, "Sheet1 (2)", 0)];
    assert_eq!(read_bytes("a.xlsx", &xlsx(&sheets)).reports.len(), 1);
}

#[test]
fn normalised_rows() {
    let mut sheet = Sheet::new("归集");
    for (c, name) in ["value", "Agency", "YEAR", "cell", "raw", "备注"].iter().enumerate() {
        sheet.words(2, c as u32 + 1, name);
    }
    sheet.words(1, 1, "归集数据");
    let rows = [
        ["12.5", "甲局", "2022", "proactive.procurement.amount", "12.5万元"],
        ["3", "甲局", "2022", "requests.received.natural", ""],
        ["", "乙局", "2022", "requests.received.natural", ""],
    ];
    for (r, row) in rows.iter().enumerate() {
        for (c, text) in row.iter().enumerate() {
            sheet.put(r as u32 + 3, c as u32 + 1, text);
        }
    }
    let cells = |id: &str| forms().cell(id).unwrap();
    let natural = form("2021").cells.iter().copied().find(|c| forms().id(*c).starts_with("requests.received.")).unwrap();
    let natural_id = forms().id(natural).to_owned();
    sheet.cells.values_mut().for_each(|c| *c = c.replace("requests.received.natural", &natural_id));
    let mut other = sheet.clone();
    let receipt = read_bytes("a.xlsx", &xlsx(&[sheet.clone(), Sheet::new("空")]));
    assert_eq!((receipt.status, receipt.reports.len()), (Status::Read, 2), "{}", receipt.reason);
    let report = &receipt.reports[0];
    let amount = report.value(cells("proactive.procurement.amount"));
    assert_eq!(
        (amount.number.unwrap().to_string().as_str(), &*amount.raw, amount.place.to_string().as_str()),
        ("12.5", "12.5万元", "sheet 归集 A3")
    );
    assert_eq!(report.counts_as(natural).unwrap().to_string(), "3");
    assert_eq!(receipt.reports[1].value(natural).state, State::Blank);
    // A filter hides a row.
    sheet.rows.insert(4, "hidden=\"1\"".into());
    let receipt = read_bytes("a.xlsx", &xlsx(&[sheet]));
    assert!(receipt.status == Status::Unreadable && receipt.reason.contains("第4行"), "{}", receipt.reason);
    // A wrong year, by its row.
    other.put(4, 3, "22");
    let receipt = read_bytes("a.xlsx", &xlsx(&[other]));
    assert!(receipt.status == Status::Unreadable && receipt.reason_en.contains("line 4, column `year`"), "{}", receipt.reason_en);
}

/// The XML of Excel 2003, which offices' systems export as `.xls`.
#[test]
fn xml_of_excel_2003() {
    let sheet = stacked("年报", TITLE, &parts("2021"));
    let mut rows: BTreeMap<u32, String> = BTreeMap::new();
    for ((row, column), cell) in &sheet.cells {
        let text = cell.split_once("<v>").or_else(|| cell.split_once("preserve\">")).unwrap().1.split('<').next().unwrap();
        let kind = if cell.starts_with("><v>") { "Number" } else { "String" };
        let merge = sheet.merges.iter().find(|m| m.starts_with(&format!("{}:", book::reference(*row, *column))));
        let spans = merge.map_or(String::new(), |m| {
            let (bottom, right) = corner(m.split(':').nth(1).unwrap());
            format!(" ss:MergeAcross=\"{}\" ss:MergeDown=\"{}\"", right - column, bottom - row)
        });
        // Every third figure is rich text with the mark of a note.
        let data = if kind == "Number" && column % 3 == 0 {
            format!(
                "<ss:Data ss:Type=\"String\" xmlns=\"http://www.w3.org/TR/REC-html40\">{text}<Sup>1</Sup></ss:Data><Comment><ss:Data>9</ss:Data></Comment>"
            )
        } else {
            format!("<Data ss:Type=\"{kind}\">{text}</Data>")
        };
        rows.entry(*row).or_default().push_str(&format!("<Cell ss:Index=\"{column}\"{spans}>{data}</Cell>"));
    }
    let rows: String = rows.iter().map(|(r, cells)| format!("<Row ss:Index=\"{r}\">{cells}</Row>")).collect();
    let head = "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">";
    let hidden = format!(
        "<Worksheet ss:Name=\"旧\"><Table>{}</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>",
        rows.replace(">1", ">2")
    );
    let text = format!("{head}<Worksheet ss:Name=\"年报\"><Table>{rows}</Table></Worksheet>{hidden}</Workbook>");
    let receipt = read_bytes("a.xls", text.as_bytes());
    assert!(receipt.status == Status::Partial && receipt.reason.contains("隐藏工作表“旧”"), "{}", receipt.reason);
    let report = &receipt.reports[0];
    for cell in &form("2021").cells {
        assert_eq!(report.value(*cell).number.map(|n| n.to_string()), Some(figure(*cell)), "{}", forms().id(*cell));
    }
    assert!(report.remarks.iter().any(|r| r.rule == "misnamed-file" && r.found == "xmlss"));
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sheets")
}

/// Writes what `sheets/make.py` lays out: `cargo test --test sheet -- --ignored tables_for_the_other_writers`.
#[test]
#[ignore = "writes the input of the generator"]
fn tables_for_the_other_writers() {
    let mut all = serde_json::Map::new();
    let mut figures = "form,cell,value\n".to_owned();
    for id in ["2019", "2021"] {
        let parts: Vec<serde_json::Value> = parts(id)
            .iter()
            .map(|p| {
                let row = |r: &Vec<print::P>| r.iter().map(|c| serde_json::json!([c.0, c.1, c.2])).collect::<Vec<_>>();
                let tables: Vec<Vec<_>> = p.tables.iter().map(|t| t.iter().map(row).collect()).collect();
                serde_json::json!({ "heading": p.heading, "tables": tables })
            })
            .collect();
        all.insert(id.to_owned(), serde_json::json!({ "title": title(id), "parts": parts }));
        for cell in &form(id).cells {
            figures.push_str(&format!("{id},{},{}\n", forms().id(*cell), figure(*cell)));
        }
    }
    std::fs::write(corpus().join("tables.json"), serde_json::to_string(&all).unwrap()).unwrap();
    std::fs::write(corpus().join("figures.csv"), figures).unwrap();
}

/// Workbooks of other writers, cell for cell; `exceptions.csv` says what is not a plain figure in them.
#[test]
fn workbooks_of_other_writers() {
    let table = |name: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(corpus().join(name)).unwrap();
        text.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect()).collect()
    };
    let figures: BTreeMap<(String, String), String> =
        table("figures.csv").into_iter().map(|r| ((r[0].clone(), r[1].clone()), r[2].clone())).collect();
    let exceptions: BTreeMap<(String, String), (String, String)> =
        table("exceptions.csv").into_iter().map(|r| ((r[0].clone(), r[1].clone()), (r[2].clone(), r[3].clone()))).collect();
    let mut wrong = Vec::new();
    let mut read = 0;
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus()).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let end = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if !["xlsx", "xlsb", "xls", "et", "ods"].contains(&end.as_str()) {
            continue;
        }
        let receipt = common::read_file(&path);
        let Some(report) = receipt.reports.first() else {
            wrong.push(format!("{name}: {}", receipt.reason));
            continue;
        };
        let id = if name.contains("2019") { "2019" } else { "2021" };
        for ((_, cell), figure) in figures.iter().filter(|f| f.0.0 == id) {
            let value = report.value(forms().cell(cell).unwrap());
            let found = (value.state.as_str().to_owned(), value.number.map(|n| n.to_string()).unwrap_or_default());
            let plain = ("number".to_owned(), figure.clone());
            if found != *exceptions.get(&(name.clone(), cell.clone())).unwrap_or(&plain)
                || !matches!(value.place, Place::Sheet { .. })
            {
                wrong.push(format!("{name} {cell}: {found:?} {:?} at {}", value.raw, value.place));
            }
        }
        read += 1;
    }
    assert!(wrong.is_empty(), "{} of {read}: {wrong:#?}", wrong.len());
    assert!(read >= 12, "{read}");
    assert!(exceptions.keys().all(|(name, _)| corpus().join(name).exists()));
}

/// What calamine finds at the place of a figure is that figure.
#[test]
fn figures_where_calamine_finds_them() {
    use calamine::{Data, Reader};
    let mut compared = 0;
    for entry in std::fs::read_dir(corpus()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(mut book) = calamine::open_workbook_auto(&path) else { continue };
        let receipt = common::read_file(&path);
        for report in &receipt.reports {
            for (cell, value) in report.cells(forms()) {
                let (Some(number), Place::Sheet { sheet, row, column }) = (value.number, &value.place) else { continue };
                let range = book.worksheet_range(sheet).unwrap();
                match range.get_value((row - 1, column - 1)) {
                    Some(Data::Float(f)) => assert_eq!(f.to_string(), number.to_string(), "{path:?} {}", forms().id(cell)),
                    Some(Data::Int(i)) => assert_eq!(i.to_string(), number.to_string(), "{path:?} {}", forms().id(cell)),
                    Some(Data::String(s)) => assert!(s.contains(&number.to_string()), "{path:?} {}: {s}", forms().id(cell)),
                    other => panic!("{path:?} {}: {other:?}", forms().id(cell)),
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 2000, "{compared}");
}
