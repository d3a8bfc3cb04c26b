//! Normalised cells as CSV, JSON Lines and Parquet.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;

use common::{forms, read_bytes, shared};
use nianbao_form::{Place, State};
use nianbao_intake::{Receipt, Status};

const RECEIVED: &str = "requests.received.total";

fn first(receipt: &Receipt, cell: &str) -> (State, String, String) {
    let value = receipt.reports[0].value(forms().cell(cell).unwrap());
    (value.state, value.number.map(|n| n.to_string()).unwrap_or_default(), value.raw.to_string())
}

#[test]
fn csv_as_it_comes() {
    for text in [
        "agency,year,cell,value\n某局,2022,requests.received.total,12\n",
        "\u{feff}value,cell,year,agency\r\n12,requests.received.total,2022,某局\r\n",
        "agency,year,cell,value,note\n某局,2022,requests.received.total,12,x\r\n某局,2022,requests.handled.total,\"\",\n",
    ] {
        let receipt = read_bytes("a.csv", text.as_bytes());
        assert_eq!(receipt.status, Status::Read, "{}", receipt.reason);
        assert_eq!(first(&receipt, RECEIVED), (State::Number, "12".into(), "12".into()));
        assert_eq!((receipt.reports[0].year, receipt.reports[0].agency.as_str()), (2022, "某局"));
    }
}

#[test]
fn states_raw_places_and_derived_values() {
    let text = "agency,year,cell,value,state,raw,place,derived\n\
        某局,2022,requests.received.total,12,number,１２件,\"table 2, row 5, column 3\",\n\
        某局,2022,requests.handled.total,,none,/,line 3,\n\
        某局,2022,requests.carried_in.total,,text,见附件,,\n\
        某局,2022,requests.carried_out.total,,blank,,,\n\
        某局,2022,requests.disclosed.total,5,number,,,row-total:disclosed\n\
        某局,2022,requests.partly_disclosed.total,1e5,,,,\n\
        某局,2022,unmapped,,text,其他 | 3,line 9,\n\
        某局,2022,no.such.cell,4,,,,\n";
    let receipt = read_bytes("a.csv", text.as_bytes());
    let report = &receipt.reports[0];
    let state = |id: &str| report.value(forms().cell(id).unwrap()).state;
    assert_eq!(first(&receipt, RECEIVED).2, "１２件");
    assert_eq!(report.value(forms().cell(RECEIVED).unwrap()).place, Place::Given("table 2, row 5, column 3".into()));
    assert_eq!(state("requests.handled.total"), State::None);
    assert_eq!(state("requests.carried_in.total"), State::Text);
    assert_eq!(state("requests.carried_out.total"), State::Blank);
    assert_eq!(state("requests.disclosed.total"), State::Blank);
    assert_eq!(state("requests.partly_disclosed.total"), State::Text);
    assert_eq!(state("requests.refused.state_secret.total"), State::Absent);
    let texts: Vec<&str> = report.unmapped.iter().map(|u| u.text.as_str()).collect();
    assert_eq!(texts, ["其他 | 3", "no.such.cell | 4"]);
}

#[test]
fn errors_name_line_and_column() {
    let long = format!("agency,year,cell,value\n某局,2022,{RECEIVED},\"{}", "1\n".repeat(1 << 20));
    for (text, words) in [
        ("agency,year,cel,value\n", "`cell`: the column is missing; is it `cel`?"),
        ("agency,year,cell,cell,value\n", "column `cell`: the column stands twice"),
        ("agency,year,cell,value\n某局,20x2,requests.received.total,1\n", "line 2, column `year`: `20x2`"),
        ("agency,year,cell,value\n某局,2022,a,1\n某局,1022,a,1\n", "line 3, column `year`"),
        ("agency,year,cell,value,state\n某局,2022,requests.received.total,1,numbr\n", "line 2, column `state`: `numbr`"),
        ("agency,year,cell,value,state\n某局,2022,requests.received.total,1,blank\n", "line 2, column `value`"),
        (
            "agency,year,cell,value\n某局,2022,requests.received.total,1\n某局,2022,requests.received.total,2\n",
            "line 3, column `cell`",
        ),
        ("agency,year,cell,value,form\n某局,2022,requests.received.total,1,2018\n", "line 2, column `form`"),
        ("agency,year,cell,value\n某局,2022,requests.received.total\n", "line 2 has 3 columns, the header has 4"),
        ("agency,year,cell,value\n,2022,requests.received.total,1\n", "line 2, column `agency`"),
        (long.as_str(), "more than 1 MiB"),
    ] {
        let receipt = read_bytes("a.csv", text.as_bytes());
        assert_eq!(receipt.status, Status::Unreadable, "{words}");
        assert!(receipt.reason_en.contains(words), "{} does not say {words}", receipt.reason_en);
        assert!(receipt.reports.is_empty());
    }
}

#[test]
fn encodings_and_delimiters() {
    let rows = "agency,year,cell,value,raw\n某局,2022,requests.received.total,12,\"12件\n（其中…）\"\n";
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for delimiter in [",", "\t", ";", "|"] {
        let text = rows.replace(',', delimiter);
        // Longer than what is looked at to tell the encoding.
        let long = format!(
            "{text}{}",
            (0..4000).map(|i| format!("第{i}局,2022,requests.received.total,{i},\n").replace(',', delimiter)).collect::<String>()
        );
        for text in [&text, &long] {
            for (encoding, bytes) in [
                ("utf-8", text.as_bytes().to_vec()),
                ("utf-8 with a mark", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
                ("gb18030", encoding_rs::GB18030.encode(text).0.into_owned()),
                ("utf-16", [&b"\xFF\xFE"[..], &wide(text)].concat()),
                ("utf-16 without a mark", wide(text)),
            ] {
                let receipt = read_bytes("a.csv", &bytes);
                assert_eq!(receipt.status, Status::Read, "{encoding} {delimiter:?}: {}", receipt.reason_en);
                assert_eq!(first(&receipt, RECEIVED), (State::Number, "12".into(), "12件\n（其中…）".into()));
                assert_eq!(receipt.reports[0].agency, "某局", "{encoding}");
                assert_eq!(receipt.reports.len(), if text.len() == long.len() { 4001 } else { 1 });
            }
        }
    }
    // GB18030 that goes on in another encoding, beyond what was looked at.
    let text = rows.to_owned() + &"某局,2021,unmapped,,\n".repeat(6000);
    let mut bytes = encoding_rs::GB18030.encode(&text).0.into_owned();
    bytes.extend("某局,2020,unmapped,,\u{20ac}\n".as_bytes());
    bytes.extend(b"\xFF\xFF,2020,unmapped,,\n");
    let receipt = read_bytes("a.csv", &bytes);
    assert!(receipt.status == Status::Unreadable && receipt.reason_en.contains("encoding"), "{}", receipt.reason_en);
    let json: String = "{\"agency\":\"某局\",\"year\":2022,\"cell\":\"requests.received.total\",\"value\":12}\n".into();
    for bytes in [encoding_rs::GB18030.encode(&json).0.into_owned(), [&b"\xFF\xFE"[..], &wide(&json)].concat()] {
        let receipt = read_bytes("a.jsonl", &bytes);
        assert_eq!((receipt.status, receipt.reports[0].agency.as_str()), (Status::Read, "某局"), "{}", receipt.reason_en);
    }
}

/// A `.csv` whose first row is not that of normalised cells may hold the tables of a report.
#[test]
fn a_csv_that_is_a_report() {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
    let text = print::text("某某局2022年政府信息公开工作年度报告", &parts, &print::cell_lines);
    let receipt = read_bytes("a.csv", text.as_bytes());
    assert_eq!((receipt.status, receipt.reports.len()), (Status::Read, 1), "{}", receipt.reason);
    // Neither: a table of something else.
    assert_eq!(read_bytes("a.csv", "单位,数量\n某局,3\n".as_bytes()).status, Status::Foreign);
    // Normalised cells without a column that is needed.
    let receipt = read_bytes("a.csv", "year,cell,value\n2022,requests.received.total,3\n".as_bytes());
    assert!(receipt.status == Status::Unreadable && receipt.reason_en.contains("`agency`"), "{}", receipt.reason_en);
}

#[test]
fn json_lines() {
    let text = "\u{feff}{\"agency\":\"某局\",\"year\":2022,\"cell\":\"requests.received.total\",\"value\":\"12\"}\r\n\n\
        {\"agency\":\"某局\",\"year\":\"2022\",\"cell\":\"requests.handled.total\",\"value\":13,\"raw\":null}\n\
        {\"agency\":\"某局\",\"year\":2022,\"cell\":\"proactive.fees.amount\",\"value\":18651.064104}\n\
        {\"agency\":\"某局\",\"year\":2022,\"cell\":\"requests.carried_in.total\",\"value\":null}\n";
    let receipt = read_bytes("a.jsonl", text.as_bytes());
    assert_eq!(receipt.status, Status::Read, "{}", receipt.reason);
    assert_eq!(first(&receipt, RECEIVED).1, "12");
    assert_eq!(first(&receipt, "requests.handled.total").1, "13");
    assert_eq!(first(&receipt, "proactive.fees.amount").1, "18651.064104");
    assert_eq!(first(&receipt, "requests.carried_in.total").0, State::Blank);
    for (text, words) in [
        ("{\"agency\":\"某局\",\"year\":2022,\"year\":2021,\"cell\":\"a\"}", "duplicate field `year`"),
        ("{\"agency\":\"某局\",\"cell\":\"a\",\"value\":1}", "column `year`: the field is missing"),
        ("{\"agency\":\"某局\",\"cell\":", "line 1"),
    ] {
        let receipt = read_bytes("a.jsonl", text.as_bytes());
        assert!(receipt.status == Status::Unreadable && receipt.reason_en.contains(words), "{}", receipt.reason_en);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet() {
    use polars::prelude::{Column, DataFrame, DataType};
    let write = |value: Column| {
        let n = value.len();
        let text = |name: &str, t: &[&str]| {
            Column::new(name.into(), t.iter().cycle().take(n).map(|s| (*s).to_owned()).collect::<Vec<_>>())
        };
        let year = Column::new("year".into(), vec![2022i32; n]);
        let mut frame =
            DataFrame::new(n, vec![text("agency", &["某局"]), year, text("cell", &[RECEIVED, "requests.handled.total"]), value])
                .unwrap();
        let mut bytes = Vec::new();
        polars_io::parquet::write::ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        read_bytes("a.parquet", &bytes)
    };
    for value in [
        Column::new("value".into(), vec!["12", ""]),
        Column::new("value".into(), vec![Some(12i64), None]),
        Column::new("value".into(), vec![Some(12.0f64), None]),
        Column::new("value".into(), vec![Some(12i64), None]).cast(&DataType::Decimal(18, 2)).unwrap(),
    ] {
        let receipt = write(value);
        assert_eq!(receipt.status, Status::Read, "{}", receipt.reason_en);
        assert_eq!((first(&receipt, RECEIVED).1, first(&receipt, "requests.handled.total").0), ("12".into(), State::Blank));
    }
    let receipt = write(Column::new("value".into(), vec![0.1f64, 1.0]));
    assert!(receipt.status == Status::Unreadable && receipt.reason_en.contains("`value`"), "{}", receipt.reason_en);
}

#[test]
fn a_users_own_form() {
    let Some(path) = shared("real/us-foia/cells-2008-2020.csv") else { return };
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/forms/us-foia.toml");
    let Ok(forms) = nianbao_form::Forms::with_files(&[file]) else { return };
    let source = nianbao_intake::Source { name: "cells.csv".into(), path };
    let receipt = nianbao_intake::read(&forms, &Default::default(), &source);
    assert_eq!((receipt.status, receipt.reports.len()), (Status::Read, 1327), "{}", receipt.reason_en);
    let us = forms.find("us-foia").unwrap();
    assert!(receipt.reports.iter().all(|r| r.form == us && r.unmapped.is_empty()));
    let published = shared("real/us-foia/published-totals-2008-2020.csv").unwrap();
    let source = nianbao_intake::Source { name: "published.csv".into(), path: published };
    let receipt = nianbao_intake::read_published(&forms, &Default::default(), &source);
    assert_eq!((receipt.status, receipt.reports.len()), (Status::Read, 13), "{}", receipt.reason_en);
    let texts = receipt.reports.iter().flat_map(|r| r.cells(&forms)).filter(|(_, v)| v.raw.as_ref() == "NaN").count();
    assert_eq!(texts, 6);
}
