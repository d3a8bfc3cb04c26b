//! What single cells hold, what the reader remarked, and text that the form does not know.

use std::collections::BTreeMap;

use nianbao_form::{Cell, CellDef, Finding, Kind, Number, NumberError, Place, Registry, Remark, Report, State, Subject, Value};

use crate::words::{Both, Speaker, held, held_in_words, shorten};

/// From this many 万元 on (one thousand million yuan) a figure without a unit of its own is taken for one in 元.
const IMPLAUSIBLE: i64 = 100_000;

/// Adds the findings about what each cell holds.
pub(crate) fn cells(speaker: Speaker<'_>, report: &Report, subject: &Subject, out: &mut Vec<Finding>) {
    let form = speaker.forms.form(report.form);
    let guests = form.local.iter().chain(&form.guests);
    for &cell in form.cells.iter().chain(guests) {
        let value = report.value(cell);
        let Some(number) = value.number else {
            if value.state == State::Text && !remarked(report, cell) {
                out.push(words(speaker, report, subject, cell, value));
            }
            continue;
        };
        let odd = number < Number::ZERO || !number.is_whole() || number.trunc() >= IMPLAUSIBLE;
        // What the office has put in itself is looked at as what an agency has.
        if !odd || (value.is_derived() && !value.is_corrected()) {
            continue;
        }
        if let Some(def) = speaker.forms.def(report.form, cell) {
            out.extend(figure(speaker, report, subject, def, number));
        }
    }
}

/// Whether the reader itself has said what is wrong with the cell.
fn remarked(report: &Report, cell: Cell) -> bool {
    report.remarks.iter().any(|r| r.cell == Some(cell))
}

fn about(speaker: Speaker<'_>, report: &Report, subject: &Subject, rule: &str, cell: Cell) -> nianbao_form::FindingBuilder {
    let (name, found) = (speaker.cell(cell), held_in_words(report, cell));
    Finding::of(rule, subject)
        .cell(speaker.forms, cell, held(report, cell), "")
        .with_both("cell", name.zh, name.en)
        .with_both("found", found.zh, found.en)
        .at(&report.value(cell).place)
}

fn words(speaker: Speaker<'_>, report: &Report, subject: &Subject, cell: Cell, value: &Value) -> Finding {
    if has_figure(&value.raw) {
        let bare = value.raw.trim().replace([',', '，'], "");
        let reason = match Number::parse(&bare) {
            Err(NumberError::TooLarge) => {
                ("数值达到1000亿以上，超出可以处理的范围，按未读出处理", "10^11 or more is out of range; it is left unread")
            }
            Err(NumberError::TooFine) => ("小数超过6位，按未读出处理", "it has more than six decimals; it is left unread"),
            _ => ("不能认定是哪一个数，按未读出处理", "which number is meant is not certain; it is left unread"),
        };
        return about(speaker, report, subject, "not-a-count", cell).with_both("reason", reason.0, reason.1).build();
    }
    about(speaker, report, subject, "words-in-cell", cell).build()
}

/// Whether a text looks as if a number were meant.
fn has_figure(text: &str) -> bool {
    text.chars().any(|c| c.is_numeric() || "〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟".contains(c))
}

fn figure(speaker: Speaker<'_>, report: &Report, subject: &Subject, def: &CellDef, number: Number) -> Option<Finding> {
    if number < Number::ZERO && !def.signed {
        return Some(about(speaker, report, subject, "negative", def.cell).build());
    }
    match def.kind {
        Kind::Count if !number.is_whole() => {
            let reason = ("该项只能填整数", "the cell counts and can only hold a whole number");
            Some(about(speaker, report, subject, "not-a-count", def.cell).with_both("reason", reason.0, reason.1).build())
        }
        Kind::Amount if def.unit.contains('万') && number.trunc() >= IMPLAUSIBLE && !names_unit(report, def.cell) => {
            let yuan = Number::from_millionths(number.millionths() / 10_000);
            let zh = format!("未注明单位，按{}计达到{number}万元，可能是以元为单位填写（{number}元为{yuan}万元）", def.unit);
            let en = format!(
                "no unit is given and {number} ten thousand yuan is implausible; perhaps it is in yuan ({yuan} ten thousand)"
            );
            Some(about(speaker, report, subject, "unit", def.cell).with_both("reason", zh, en).build())
        }
        _ => None,
    }
}

fn names_unit(report: &Report, cell: Cell) -> bool {
    report.value(cell).raw.contains(['元', '万', '亿', '￥', '¥'])
}

/// Rules (规章) reported by a body that can make none. Nothing is said of an agency that the registry does not know.
pub(crate) fn rulemaking(speaker: Speaker<'_>, registry: &Registry, report: &Report, subject: &Subject, out: &mut Vec<Finding>) {
    let form = speaker.forms.form(report.form);
    if form.rulemaking.cells.is_empty() || registry.is_empty() {
        return;
    }
    let agency = report.agency_id.as_deref().and_then(|id| registry.get(id));
    let Some(agency) = agency.or_else(|| registry.find(&report.agency, Some(report.year))) else { return };
    if agency.kind.is_empty() || form.rulemaking.kinds.contains(&agency.kind) {
        return;
    }
    for &cell in &form.rulemaking.cells {
        if report.counts_as(cell).is_some_and(|n| n > Number::ZERO) {
            out.push(about(speaker, report, subject, "no-rulemaking-power", cell).build());
        }
    }
}

/// Everything that the reader noticed.
pub(crate) fn remarks(speaker: Speaker<'_>, report: &Report, subject: &Subject, out: &mut Vec<Finding>) {
    out.extend(report.remarks.iter().map(|r| remark(speaker, subject, r)));
}

fn remark(speaker: Speaker<'_>, subject: &Subject, remark: &Remark) -> Finding {
    let first = if remark.expected.is_empty() { &remark.found } else { &remark.expected };
    // A thing that is missing was expected and not found; a reader may have put it on either side.
    let mut title = title(speaker, first);
    if let Some(english) = &remark.english {
        // On the same side as the Chinese.
        title.en.clone_from(&english[usize::from(!remark.expected.is_empty())]);
    }
    let name = remark.cell.map_or_else(|| title.clone(), |c| speaker.cell(c));
    let words = |text: &str| if text.is_empty() { Both::new("空白", "blank") } else { Both::new(text, text) };
    let (mut found, mut expected) = (words(&remark.found), words(&remark.expected));
    if let Some([found_en, expected_en]) = &remark.english {
        let or_blank = |text: &String| if text.is_empty() { "blank".to_owned() } else { text.clone() };
        (found.en, expected.en) = (or_blank(found_en), or_blank(expected_en));
    }
    let reason = match (remark.expected.is_empty(), remark.rule) {
        (false, _) => expected.clone(),
        (_, "unit") => Both::new("计量单位与表头不一致或数值异常", "the unit contradicts the head or the value is implausible"),
        _ => Both::new("不能认定是哪一个数，按未读出处理", "which number is meant is not certain; it is left unread"),
    };
    let mut builder = Finding::of(remark.rule, subject).at(&remark.place);
    builder = match remark.cell {
        Some(cell) => builder.cell(speaker.forms, cell, remark.found.clone(), remark.expected.clone()),
        None => builder.values(remark.found.clone(), remark.expected.clone()),
    };
    builder = crate::verdicts::speak_of_identity(builder, &name, &reason, &expected);
    builder
        .with_both("cell", name.zh, name.en)
        .with_both("table", title.zh.clone(), title.en.clone())
        .with_both("section", title.zh, title.en)
        .with_both("reason", reason.zh, reason.en)
        .with_both("found", found.zh, found.en)
        .with_both("expected", expected.zh, expected.en)
        .build()
}

/// The printed title of a section or table id; any other text as it is.
fn title(speaker: Speaker<'_>, text: &str) -> Both {
    let form = speaker.forms.form(speaker.form);
    match form.section(text) {
        Some(s) => {
            let en = form.in_language("en").section(text).map_or_else(|| s.id.clone(), |s| s.title.clone());
            Both::new(if s.number.is_empty() { s.title.clone() } else { format!("{}、{}", s.number, s.title) }, en)
        }
        None => Both::new(text, text),
    }
}

/// Text in tables that the form does not know: one finding a table.
pub(crate) fn unmapped(report: &Report, subject: &Subject, out: &mut Vec<Finding>) {
    const SHOWN: usize = 3;
    let mut tables: BTreeMap<String, Vec<(&str, &Place)>> = BTreeMap::new();
    for u in &report.unmapped {
        let table = match &u.place {
            Place::Table { table, .. } => format!("{table:06}"),
            Place::Sheet { sheet, .. } => sheet.to_string(),
            _ => String::new(),
        };
        tables.entry(table).or_default().push((&u.text, &u.place));
    }
    for entries in tables.values() {
        let shown: Vec<String> = entries.iter().take(SHOWN).map(|(text, _)| shorten(text, 40)).collect();
        let (zh, en) = if entries.len() > SHOWN {
            (
                format!("{}等{}处", shown.join("；"), entries.len()),
                format!("{} and {} more", shown.join("; "), entries.len() - SHOWN),
            )
        } else {
            (shown.join("；"), shown.join("; "))
        };
        let all: Vec<&str> = entries.iter().map(|(text, _)| *text).collect();
        let builder = Finding::of("unmapped", subject).values(shorten(&all.join("; "), 200), "").with_both("found", zh, en);
        out.push(builder.at(entries[0].1).build());
    }
}
