//! Word 97–2003 documents as Word, WPS and others write them: made by hand, so that every way of the format occurs.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;
#[path = "common/word97.rs"]
mod word97;

use common::{forms, read_bytes};
use nianbao_form::{Cell, Report, State};
use nianbao_intake::{Receipt, Status};
use proptest::prelude::*;
use word97::{Options, PLAIN, Paragraph, Word97, cell, definition, in_tables, le, plain, row, runs};

const TITLE: &str = "某某局2022年政府信息公开工作年度报告";

fn first_cell() -> Cell {
    forms().form(forms().find("2021").unwrap()).cells[0]
}

/// A printed table: spans as wide cells, vertical merges as Word marks them.
fn table(table: &print::Table) -> Vec<Paragraph> {
    let edge = |column: usize| -108 + (column * 617) as i16;
    let mut out = Vec::new();
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    for line in table {
        let (mut cells, mut next, mut column) = (Vec::new(), Vec::new(), 0);
        let mut printed = line.iter();
        loop {
            if let Some(&(_, columns, rows)) = open.iter().find(|o| o.0 == column) {
                column += columns;
                cells.push(cell("", edge(column), 1 << 5));
                if rows > 1 {
                    next.push((column - columns, columns, rows - 1));
                }
                continue;
            }
            let Some(print::P(text, columns, rows)) = printed.next() else { break };
            column += columns;
            cells.push(cell(text, edge(column), if *rows > 1 { 3 << 5 } else { 0 }));
            if *rows > 1 {
                next.push((column - columns, *columns, rows - 1));
            }
        }
        open = next;
        out.extend(row(1, edge(0), &cells, &[]));
    }
    out
}

/// The figure of the first cell.
fn own() -> String {
    (1000 + first_cell().index()).to_string()
}

/// A report with a figure of its own in every cell.
fn whole() -> Word97 {
    report(&own())
}

/// A report with a figure of its own in every cell, but in the first what is given.
fn report(first: &str) -> Word97 {
    let form = forms().form(forms().find("2021").unwrap());
    let value = |c: Cell| if c == first_cell() { first.to_owned() } else { (1000 + c.index()).to_string() };
    let mut paragraphs = vec![plain(TITLE)];
    for part in print::parts(form, &value, false) {
        paragraphs.push(plain(&part.heading));
        if part.tables.is_empty() {
            paragraphs.push(plain("全年工作有序。"));
        }
        part.tables.iter().for_each(|t| paragraphs.extend(table(t)));
    }
    Word97 { paragraphs, ..Word97::default() }
}

/// The report with paragraphs in place of those of the first cell; the last one ends the cell.
fn report_with(mut cell: Vec<Paragraph>) -> Word97 {
    let mut report = report("@@");
    let at = report.paragraphs.iter().position(|p| p.runs.iter().any(|r| r.0 == "@@")).unwrap();
    cell.iter_mut().filter(|p| p.array.is_empty()).for_each(|p| p.array = in_tables(1));
    cell.last_mut().unwrap().mark = '\u{7}';
    report.paragraphs.splice(at..=at, cell);
    report
}

fn read(document: &Word97, options: &Options) -> Receipt {
    read_bytes("a.doc", &document.bytes(options))
}

fn the_report(document: &Word97) -> Report {
    let receipt = read(document, &PLAIN);
    receipt.reports.into_iter().next().unwrap_or_else(|| panic!("{}", receipt.reason_en))
}

/// The figure of the first cell; what else stands in it in brackets.
fn first(document: &Word97) -> String {
    let report = the_report(document);
    let value = report.value(first_cell());
    let beside = forms().form(report.form).cells[1];
    assert_eq!(report.value(beside).number.map(|n| n.to_string()), Some((1000 + beside.index()).to_string()));
    match value.state {
        State::Number => value.number.unwrap().to_string(),
        state => format!("<{} {}>", state.as_str(), value.raw.replace('\n', "|")),
    }
}

fn is_whole(receipt: &Receipt) {
    let [report] = receipt.reports.as_slice() else { panic!("{}", receipt.reason_en) };
    let form = forms().form(report.form);
    for cell in &form.cells {
        let number = report.value(*cell).number.map(|n| n.to_string()).unwrap_or_default();
        assert_eq!(number, (1000 + cell.index()).to_string(), "{}", forms().id(*cell));
    }
    assert_eq!((receipt.status, receipt.format.as_str()), (Status::Read, "doc"), "{}", receipt.reason_en);
    assert_eq!((report.agency.as_str(), report.year, report.sections.len()), ("某某局", 2022, 6));
}

#[test]
fn however_it_is_written() {
    let document = whole();
    for piece in [0, 1, 7, 1000] {
        for (reversed, table, huge, large_sectors, scattered, padding, per_page) in [
            (false, 1, false, false, false, 0, 29),
            (true, 0, true, false, false, 0, 1),
            (true, 1, false, true, true, 0, 29),
            (false, 0, true, true, false, 3000, 5),
            (true, 1, true, false, true, 70_000, 29),
        ] {
            let options = Options { piece, reversed, table, huge, large_sectors, scattered, padding, per_page };
            let receipt = read(&document, &options);
            assert!(!receipt.reports.is_empty(), "{options:?}: {}", receipt.reason_en);
            is_whole(&receipt);
        }
    }
}

#[test]
fn words_of_a_cell() {
    let none = Vec::new;
    let on = |opcode: u16| le(opcode, &[1]);
    let special = || le(0x0855, &[1]);
    let picture = || [special(), le(0x6A03, &[0; 4])].concat();
    let table: [(&[(&str, Vec<u8>)], &str); 31] = [
        (&[("1", none()), ("2", on(0x0835))], "12"),
        (&[("9", on(0x083C)), ("7", none())], "7"),
        (&[("9", le(0x083C, &[0])), ("7", none())], "97"),
        (&[("9", on(0x0837)), ("6", none())], "6"),
        (&[("9", on(0x2A53)), ("6", none())], "6"),
        (&[("9", on(0x0800)), ("5", on(0x0801))], "5"),
        (&[("9", on(0x0811)), ("4", none())], "4"),
        (&[("12", none()), ("3", le(0x2A48, &[1]))], "12"),
        (&[("12", none()), ("3件", le(0x2A48, &[1]))], "12"),
        (&[("12", none()), ("注", le(0x2A48, &[1]))], "<text 12注>"),
        (&[("12", none()), ("\u{2}", special())], "12"),
        (&[("12", none()), ("\u{5}", special())], "12"),
        (&[("12", none()), ("\u{1}", picture())], "12"),
        (&[("\u{13}", special()), (" =SUM(1) ", none()), ("\u{14}", special()), ("15", none()), ("\u{15}", special())], "15"),
        (&[("\u{13} =SUM(1) \u{14}15\u{15}6", none())], "156"),
        (&[("\u{13} IF \u{13} =2 \u{14}7\u{15} > 3 \u{14}15\u{15}", none())], "15"),
        (&[("\u{13} TC 9 \u{15}3", none())], "3"),
        (&[("2", none()), ("<", special()), ("1", none()), (">", special())], "21"),
        (&[("1,234", none())], "1234"),
        (&[("１２", none())], "12"),
        (&[("\u{a0}0 ", none())], "0"),
        (&[("1\u{1f}2", none())], "12"),
        (&[("\u{1e}3", none())], "-3"),
        (&[("2\u{b}3", none())], "<text 2|3>"),
        (&[("2\u{c}3", none())], "<text 2|3>"),
        (&[("2\u{9}3", none())], "<text 2\t3>"),
        (&[("(", [special(), le(0x6A09, &[3, 0, 0x32, 0xF0])].concat())], "<text \u{f032}>"),
        (&[("\u{20bb7}", none())], "<text \u{20bb7}>"),
        (&[("/", none())], "<none />"),
        (&[("\u{a0}", none())], "<blank >"),
        (&[("", none())], "<blank >"),
    ];
    for (words, want) in table {
        assert_eq!(first(&report_with(vec![runs(words)])), want, "{words:?}");
    }
    assert_eq!(first(&report_with(vec![plain("2"), plain("3")])), "<text 2|3>");
    assert_eq!(first(&report_with(vec![plain(""), plain("3")])), "3");
    // The mark of a paragraph may be marked deleted because the words before it are: nothing is joined.
    let deleted = Paragraph { mark_array: on(0x0800), ..plain("2") };
    assert_eq!(first(&report_with(vec![deleted, plain("3")])), "<text 2|3>");
}

/// Styles, built on each other: 0 plain, 1 hidden, 2 on 1, 3 on 1 but shown, 4 a character style that is struck out.
fn styles() -> Vec<u8> {
    let style = |kind: u16, base: u16, array: Vec<u8>| {
        let mut entry = vec![0; 2];
        entry.extend((base << 4 | kind).to_le_bytes());
        entry.extend([0; 6]);
        entry.extend([1, 0, b'x', 0, 0, 0]);
        if kind == 1 {
            entry.extend([2, 0, 0, 0]);
        }
        entry.extend((array.len() as u16).to_le_bytes());
        entry.extend(&array);
        [&(entry.len() as u16).to_le_bytes()[..], &entry, &vec![0; entry.len() % 2]].concat()
    };
    let mut sheet = vec![4, 0, 6, 0, 10, 0];
    sheet.extend(style(1, 0xFFF, Vec::new()));
    sheet.extend(style(1, 0, le(0x083C, &[1])));
    sheet.extend(style(1, 1, le(0x0835, &[1])));
    sheet.extend(style(1, 1, le(0x083C, &[0])));
    sheet.extend(style(2, 0xFFF, le(0x0837, &[1])));
    sheet.extend([0, 0]);
    sheet
}

#[test]
fn styles_hide_too() {
    for (style, array, want) in [
        (0, Vec::new(), "97"),
        (1, Vec::new(), "<blank >"),
        (2, Vec::new(), "<blank >"),
        (3, Vec::new(), "97"),
        (1, le(0x083C, &[0]), "9"),
        (1, le(0x083C, &[0x80]), "<blank >"),
        (1, le(0x083C, &[0x81]), "9"),
        (0, le(0x083C, &[0x81]), "7"),
        (0, le(0x4A30, &[4, 0]), "7"),
        (0, [le(0x4A30, &[4, 0]), le(0x0837, &[0])].concat(), "97"),
        (0, [le(0x083C, &[1]), le(0x2A33, &[0])].concat(), "97"),
        // A style that is not there.
        (77, Vec::new(), "97"),
    ] {
        let paragraph = Paragraph { style, ..runs(&[("9", array.clone()), ("7", Vec::new())]) };
        let document = Word97 { styles: styles(), ..report_with(vec![paragraph]) };
        assert_eq!(first(&document), want, "{style} {array:?}");
    }
}

#[test]
fn formatting_of_pieces() {
    let hidden = Word97 { piece_arrays: vec![le(0x083C, &[1])], ..whole() };
    let receipt = read(&hidden, &PLAIN);
    assert!(receipt.reports.is_empty(), "all of it is hidden");
    // Paragraphs that are in a table by their pieces alone.
    let mut document = whole();
    document.piece_arrays = vec![le(0x0835, &[1]), le(0x0836, &[1])];
    is_whole(&read(&document, &Options { piece: 50, ..PLAIN }));
}

#[test]
fn other_stories() {
    let text = |t: &str| vec![plain(t)];
    let mut document = report_with(text("12"));
    document.between = "注1：另有77件\r页眉\r".into();
    assert_eq!(first(&document), "12");
    is_whole(&read(&Word97 { between: "二、主动公开\r99\r".into(), ..whole() }, &PLAIN));
    // A text box stands in the cell that it is anchored in, before its words.
    let at = document.paragraphs.iter().position(|p| p.runs.iter().any(|r| r.0 == "12")).unwrap();
    document.boxes = vec![(at, text("34")), (0, text("盒子")), (at, vec![plain("5"), plain("6")])];
    assert_eq!(first(&document), "<text 34|5|6|12>");
    document.paragraphs[at].runs.clear();
    document.boxes = vec![(at, text("34"))];
    assert_eq!(first(&document), "34");
    // A whole report in text boxes.
    let tables = whole().paragraphs;
    is_whole(&read(&Word97 { paragraphs: vec![plain("见下")], boxes: vec![(0, tables)], ..Word97::default() }, &PLAIN));
}

#[test]
fn tables_in_cells() {
    let inner = |text: &str, depth| row(depth, 0, &[cell(text, 500, 0), cell("", 900, 0)], &[]);
    // A small table in a cell of figures is words; text around it stays in the cell.
    let mut cell_of = inner("8", 2);
    cell_of.push(plain(""));
    assert_eq!(first(&report_with(cell_of)), "8");
    // One in another in the other.
    let deep = row(
        2,
        0,
        &[word97::Cell {
            paragraphs: [inner("8", 3), vec![Paragraph { array: in_tables(2), ..plain("") }]].concat(),
            right: 900,
            flags: 0,
        }],
        &[],
    );
    assert_eq!(first(&report_with([deep, vec![plain("")]].concat())), "8");
    // A whole report in a cell of a table that lays out the page.
    let inside: Vec<Paragraph> = {
        let mut out = Vec::new();
        for mut p in whole().paragraphs {
            if p.array.is_empty() {
                p.array = in_tables(1);
            } else {
                let is_row_end = p.array.windows(3).any(|w| w == [0x17, 0x24, 1]);
                let definition = p.array.windows(2).position(|w| w == [0x08, 0xD6]).map(|at| p.array[at..].to_vec());
                let ends = if is_row_end { le(0x244C, &[1]) } else { Vec::new() };
                let cell_end = if p.mark == '\u{7}' { le(0x244B, &[1]) } else { Vec::new() };
                p.array = [in_tables(2), cell_end, ends, definition.unwrap_or_default()].concat();
                p.mark = '\r';
            }
            out.push(p);
        }
        out.push(Paragraph { mark: '\u{7}', array: in_tables(1), ..plain("") });
        out.push(Paragraph {
            mark: '\u{7}',
            array: [in_tables(1), le(0x2417, &[1]), definition(0, &[(9000, 0)])].concat(),
            ..plain("")
        });
        out
    };
    is_whole(&read(&Word97 { paragraphs: inside, ..Word97::default() }, &PLAIN));
}

/// A report whose rows are rewritten: left edge, and each cell's right edge and flags, for an array in place of the
/// definition.
fn rewritten(rewrite: impl Fn(usize, i16, &[(i16, u16)], &mut Vec<u8>) -> Vec<u8>) -> Word97 {
    let mut document = whole();
    let (mut number, mut data) = (0, Vec::new());
    for p in &mut document.paragraphs {
        let Some(at) = p.array.windows(2).position(|w| w == [0x08, 0xD6]) else { continue };
        let operand = p.array.split_off(at).split_off(4);
        let count = usize::from(operand[0]);
        let short = |at: usize| i16::from_le_bytes([operand[at], operand[at + 1]]);
        let cells: Vec<(i16, u16)> =
            (0..count).map(|i| (short(3 + 2 * i), short(3 + 2 * count + 20 * i).cast_unsigned())).collect();
        p.array.extend(rewrite(number, short(1), &cells, &mut data));
        number += 1;
    }
    Word97 { data, ..document }
}

/// Cells inserted one by one, as newer Words define rows, in an array of their own.
fn inserted(left: i16, cells: &[(i16, u16)]) -> Vec<u8> {
    let mut out = [le(0x9602, &108i16.to_le_bytes()), le(0x9601, &(left + 108).to_le_bytes())].concat();
    let mut edge = left;
    for (i, (right, flags)) in cells.iter().enumerate() {
        let width = (right - edge).to_le_bytes();
        // All are inserted too narrow and widened afterwards.
        out.extend(le(0x7621, &[i as u8, 1, 1, 0]));
        out.extend(le(0x7623, &[i as u8, i as u8 + 1, width[0], width[1]]));
        out.extend(le(0xD62B, &[2, i as u8, (flags >> 5 & 3) as u8]));
        edge = *right;
    }
    out
}

#[test]
fn ways_to_define_a_row() {
    type Rewrite = fn(usize, i16, &[(i16, u16)], &mut Vec<u8>) -> Vec<u8>;
    let ways: [(&str, Rewrite); 9] = [
        ("as it is", |_, left, cells, _| definition(left, cells)),
        ("edges that do not quite meet", |n, left, cells, _| {
            let slip = [0, 1, -1, 12, -9][n % 5];
            definition(left + slip, &cells.iter().map(|c| (c.0 + slip, c.1)).collect::<Vec<_>>())
        }),
        ("cells without descriptions", |_, left, cells, _| {
            let mut array = definition(left, cells);
            if cells.iter().all(|c| c.1 == 0) {
                let length = 3 + 2 * cells.len();
                array.truncate(4 + length);
                array[2..4].copy_from_slice(&(length as u16 + 1).to_le_bytes());
            }
            array
        }),
        ("inserted one by one", |_, left, cells, _| inserted(left, cells)),
        ("inserted one by one in Data", |_, left, cells, data| {
            let (at, array) = (data.len() as u32, inserted(left, cells));
            data.extend((array.len() as u16).to_le_bytes());
            data.extend(array);
            le(0x646B, &at.to_le_bytes())
        }),
        ("for both", |_, left, cells, data| {
            let (at, array) = (data.len() as u32, inserted(left + 7, cells));
            data.extend((array.len() as u16).to_le_bytes());
            data.extend(array);
            [le(0x646B, &at.to_le_bytes()), definition(left, cells)].concat()
        }),
        ("with cells too many, deleted again", |_, left, cells, _| {
            [definition(left, cells), le(0x7621, &[0, 2, 100, 0]), le(0x5622, &[0, 2])].concat()
        }),
        ("with vertical merges set and taken back", |_, left, cells, _| {
            let flags = |c: &(i16, u16)| (c.1 >> 5 & 3) as u8;
            let merges = cells
                .iter()
                .enumerate()
                .flat_map(|(i, c)| [le(0xD62B, &[2, i as u8, 1]), le(0xD62B, &[2, i as u8, flags(c)])].concat());
            let bare: Vec<(i16, u16)> = cells.iter().map(|c| (c.0, 0)).collect();
            [definition(left, &bare), merges.collect()].concat()
        }),
        ("with the table's place told in every row", |_, left, cells, _| {
            [le(0x360D, &[0x20]), le(0x940E, &[9, 0]), definition(left, cells), le(0x563A, &[11, 0])].concat()
        }),
    ];
    for (name, way) in ways {
        let document = rewritten(way);
        // A page of properties holds arrays of some 480 bytes; longer ones must be in `Data`.
        let must = document.paragraphs.iter().any(|p| p.array.len() > 480);
        for huge in [true, false].into_iter().filter(|h| *h || !must) {
            let receipt = read(&document, &Options { per_page: 3, huge, ..PLAIN });
            assert!(!receipt.reports.is_empty(), "{name}: {}", receipt.reason_en);
            is_whole(&receipt);
        }
    }
}

/// Cells merged with their neighbours by flags: each wide cell is written as two, of which the second is empty.
#[test]
fn merged_by_flags() {
    for (first, next, by_modifier) in [(1, 2, false), (2, 1, false), (3, 1, false), (0, 0, true)] {
        let mut document = whole();
        let mut out = Vec::new();
        let mut cells_of_row: Vec<usize> = Vec::new();
        for mut p in document.paragraphs.drain(..) {
            if let Some(at) = p.array.windows(2).position(|w| w == [0x08, 0xD6]) {
                let operand = p.array.split_off(at).split_off(4);
                let count = usize::from(operand[0]);
                let short = |at: usize| i16::from_le_bytes([operand[at], operand[at + 1]]);
                let (mut cells, mut marks, mut merges, mut left) = (Vec::new(), Vec::new(), Vec::new(), short(1));
                for (i, mark) in cells_of_row.iter().enumerate().take(count) {
                    let (right, flags) = (short(3 + 2 * i), short(3 + 2 * count + 20 * i).cast_unsigned());
                    if right - left > 617 {
                        merges.extend(le(0x5624, &[cells.len() as u8, cells.len() as u8 + 2]));
                        cells.extend([(left + 300, flags | first), (right, flags | next)]);
                        marks.push(*mark);
                    } else {
                        cells.push((right, flags));
                    }
                    left = right;
                }
                for at in marks.into_iter().rev() {
                    out.insert(at + 1, Paragraph { mark: '\u{7}', array: in_tables(1), ..plain("") });
                }
                p.array.extend(definition(short(1), &cells));
                if by_modifier {
                    p.array.extend(merges);
                }
                cells_of_row.clear();
            } else if p.mark == '\u{7}' {
                cells_of_row.push(out.len());
            }
            out.push(p);
        }
        document.paragraphs = out;
        is_whole(&read(&document, &PLAIN));
    }
}

#[test]
fn deleted_rows_and_rows_that_begin_later() {
    // A row that is deleted in all its marks, among the rows of table two.
    let mut document = whole();
    let at = document.paragraphs.iter().position(|p| p.runs.iter().any(|r| r.0 == own())).unwrap();
    let end = at + document.paragraphs[at..].iter().position(|p| p.array.windows(3).any(|w| w == [0x17, 0x24, 1])).unwrap();
    let mut deleted = document.paragraphs[at - 1..=end].to_vec();
    for p in &mut deleted {
        p.mark_array = le(0x0800, &[1]);
        p.runs.iter_mut().for_each(|r| r.1 = le(0x0800, &[1]));
    }
    document.paragraphs.splice(end + 1..end + 1, deleted.clone());
    is_whole(&read(&document, &PLAIN));
    // Only its end is marked deleted: it stands.
    deleted.iter_mut().for_each(|p| p.runs.iter_mut().for_each(|r| r.1.clear()));
    let mut document = whole();
    document.paragraphs[end].mark_array = le(0x0800, &[1]);
    is_whole(&read(&document, &PLAIN));
}

/// What does not fit together is refused, with its reason.
#[test]
fn contradictions_are_refused() {
    let spoilt = |spoil: &dyn Fn(&mut Word97, usize, usize)| {
        let mut document = whole();
        let at = document.paragraphs.iter().position(|p| p.runs.iter().any(|r| r.0 == own())).unwrap();
        let is_end = |p: &Paragraph| p.array.windows(3).any(|w| w == [0x17, 0x24, 1]);
        let end = at + document.paragraphs[at..].iter().position(is_end).unwrap();
        spoil(&mut document, at, end);
        document
    };
    let outside = || Paragraph { array: Vec::new(), ..plain("两格之间") };
    let cases: [(&str, Word97, &str); 12] = [
        ("a cell too many", spoilt(&|d, at, _| d.paragraphs.insert(at, d.paragraphs[at].clone())), "cells but holds"),
        ("a cell too few", spoilt(&|d, at, _| drop(d.paragraphs.remove(at))), "cells but holds"),
        ("no end of the row", spoilt(&|d, _, end| drop(d.paragraphs.remove(end))), "cells but holds"),
        ("a paragraph between cells", spoilt(&|d, at, _| d.paragraphs.insert(at, outside())), "in the middle of a row"),
        (
            "words after the last cell",
            spoilt(&|d, _, end| d.paragraphs[end].runs.push(("7".into(), Vec::new()))),
            "after its last cell",
        ),
        (
            "a field without end",
            spoilt(&|d, at, _| d.paragraphs[at].runs.insert(0, ("\u{13}".into(), Vec::new()))),
            "a field does not end",
        ),
        ("cut off at the end of the text", spoilt(&|d, at, _| d.paragraphs.truncate(at + 1)), "in the middle of a row"),
        (
            "a row with a cell that it does not have",
            spoilt(&|d, _, end| d.paragraphs[end].array.extend(le(0xD62B, &[2, 60, 1]))),
            "cells that it does not have",
        ),
        ("a definition cut off", spoilt(&|d, _, end| d.paragraphs[end].array.truncate(30)), "cut off"),
        (
            "properties that refer to each other",
            spoilt(&|d, at, _| {
                d.data = [vec![6, 0], le(0x6646, &[0; 4])].concat();
                d.paragraphs[at].array = le(0x6646, &[0; 4]);
            }),
            "in a circle",
        ),
        ("properties outside Data", spoilt(&|d, at, _| d.paragraphs[at].array = le(0x6646, &[0, 0, 9, 0])), "broken or cut off"),
        ("tables too deep", spoilt(&|d, at, _| d.paragraphs[at].array = in_tables(100_000)), "too deep"),
    ];
    for (name, document, reason) in cases {
        let receipt = read(&document, &PLAIN);
        assert!(receipt.reports.is_empty(), "{name}");
        assert_eq!((receipt.status, receipt.format.as_str()), (Status::Unreadable, "doc"), "{name}");
        assert!(receipt.reason_en.contains(reason), "{name}: {}", receipt.reason_en);
        assert!(!receipt.reason.is_empty());
    }
    // Rows without edges: by their order where they have as many cells, else refused.
    let edgeless = rewritten(|_, _, _, _| Vec::new());
    assert!(read(&edgeless, &PLAIN).reason_en.contains("no widths"), "{}", read(&edgeless, &PLAIN).reason_en);
}

#[test]
fn not_for_everybody() {
    let document = whole();
    let sealed = |change: &dyn Fn(&mut Vec<u8>)| {
        let (mut word, table, _) = document.streams(&PLAIN);
        change(&mut word);
        read_bytes("a.doc", &word97::compound(&[("WordDocument", &word), ("1Table", &table)], &PLAIN))
    };
    let receipt = sealed(&|word| word[11] |= 1);
    assert_eq!((receipt.status, receipt.format.as_str()), (Status::Unreadable, "encrypted"));
    assert!(receipt.reason.contains("密码"));
    let receipt = sealed(&|word| word[0] = 0xDC);
    assert!(receipt.reason_en.contains("Word 95"), "{}", receipt.reason_en);
    let receipt = sealed(&|word| word[..2].fill(0));
    assert!(receipt.reason.contains("损坏"));
    // A write password locks nothing; the template of a letter is a document.
    is_whole(&sealed(&|word| word[11] |= 8));
    is_whole(&sealed(&|word| word[10] |= 1));
    let receipt = sealed(&|word| word[10..12].copy_from_slice(&0x1000u16.to_le_bytes()));
    assert_eq!(receipt.status, Status::Unreadable, "the other table stream");
    for (stream, format) in [("EncryptedPackage", "encrypted"), ("PowerPoint Document", "ppt"), ("CONTENTS", "doc")] {
        let receipt = read_bytes("a.doc", &word97::compound(&[(stream, &[0; 9])], &PLAIN));
        assert_eq!(receipt.format, format);
        assert!(receipt.reports.is_empty());
    }
    let named = read_bytes("a.wps", &document.bytes(&PLAIN));
    assert!(named.reports[0].remarks.is_empty());
}

/// What a few bytes blow up: each is refused, or read, in no time.
#[test]
fn small_files_that_pretend_to_be_large() {
    let (word, table, _) = whole().streams(&PLAIN);
    let refused = |word: &[u8], table: &[u8]| {
        let start = std::time::Instant::now();
        let receipt = read_bytes("a.doc", &word97::compound(&[("WordDocument", word), ("1Table", table)], &PLAIN));
        assert!(receipt.reports.is_empty() && !receipt.reason.is_empty());
        assert!(start.elapsed().as_secs() < 5);
    };
    // Lengths of the stories, of parts, and pieces that all are the same stretch of the stream.
    for at in [76, 80, 100, 154 + 8 * 33, 158 + 8 * 33, 154 + 8 * 13, 158 + 8 * 12] {
        for value in [0x00FF_FFFFu32, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
            let mut word = word.clone();
            word[at..at + 4].copy_from_slice(&value.to_le_bytes());
            refused(&word, &table);
        }
    }
    let pieces = 50_000u32;
    let mut clx = vec![2];
    clx.extend((4 + 12 * pieces).to_le_bytes());
    clx.extend((0..=pieces).flat_map(|i| (i * 2000).to_le_bytes()));
    clx.extend((0..pieces).flat_map(|_| [0, 0, 0, 8, 0, 0x40, 0, 0]));
    let mut word = word;
    let at = (table.len() as u32).to_le_bytes();
    word[154 + 8 * 33..158 + 8 * 33].copy_from_slice(&at);
    word[158 + 8 * 33..162 + 8 * 33].copy_from_slice(&(clx.len() as u32).to_le_bytes());
    word[76..80].copy_from_slice(&(pieces * 2000).to_le_bytes());
    refused(&word, &[table, clx].concat());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// However the text is cut into pieces and the properties into pages, every figure is in its cell.
    #[test]
    fn any_page_of_properties(piece in 0..200usize, per_page in 1..29usize, reversed: bool, huge: bool, padding in 0..4000usize) {
        let options = Options { piece, per_page, reversed, huge, padding, ..PLAIN };
        is_whole(&read(&whole(), &options));
    }
}
