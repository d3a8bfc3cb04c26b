//! From a document to a report: tables, sections, agency and year, and what a person should know.

use std::sync::Arc;

use nianbao_form::{Cell, Form, FormIx, Forms, Place, Registry, Remark, Report, SectionKind, State, Unmapped, Value, figure};

use crate::aside::Standing;
use crate::document::{Block, Document};
use crate::refuse::Refusal;
use crate::sections::{self, Sections, Words};
use crate::several;
use crate::stream;
use crate::tables::{self, Entry, Found, Instance};
use crate::vocabulary::Vocabulary;
use crate::who;

/// Makes the reports of a document: mostly one.
///
/// # Errors
/// A document that is no such report, whose tables cannot be told from its words, or whose reports cannot be told apart.
pub(crate) fn reports(
    words: &Vocabulary<'_>,
    registry: &Registry,
    name: &Arc<str>,
    document: &Document,
) -> Result<Vec<Report>, Refusal> {
    let unfolded = stream::unfold(words.forms, document);
    let document = unfolded.as_ref().unwrap_or(document);
    match several::split(words, document)? {
        Some(parts) => parts.iter().map(|part| report(words, registry, name, part)).collect(),
        None => Ok(vec![report(words, registry, name, document)?]),
    }
}

/// Makes the report of a document.
///
/// # Errors
/// A document that is no such report, or whose tables cannot be told from its words.
fn report(words: &Vocabulary<'_>, registry: &Registry, name: &Arc<str>, document: &Document) -> Result<Report, Refusal> {
    let forms = words.forms;
    let mut found = tables::read(words, document, false);
    stream::complete(forms, document, &mut found);
    let flow = flow(document, &found);
    let cells = choose(&found, "", 0);
    let held: Vec<Cell> = cells.iter().flat_map(|(_, i, _)| i.cells.keys().copied()).collect();
    let ix = form_of(forms, &held, 0);
    let sections = match ix.or_else(|| forms.iter().find(|(_, f)| !f.sections.is_empty()).map(|f| f.0)) {
        Some(ix) => sections::find(&family(forms, ix), &flow, &found.blocks),
        None => Sections::default(),
    };
    if cells.is_empty() {
        refuse_without_tables(words, document, &sections)?;
    }
    let who = who::find(document, &flow, &sections, name, registry);
    let cells = choose(&found, &who.agency, who.year);
    // Tables that several generations share belong to the one of the year.
    let ix = form_of(forms, &held, who.year).or_else(|| forms.for_year(who.year)).or_else(|| forms.iter().last().map(|f| f.0));
    let Some(ix) = ix else { return Err(foreign()) };
    let mut report = Report::new(forms, name.clone(), who.agency, who.year, ix);
    report.agency_id = who.agency_id;
    report.title = who.title;
    report.remarks = who.remarks;
    fill(forms, &mut report, &cells);
    for (table, instances) in &found.tables {
        if !cells.iter().any(|c| c.0 == *table) {
            keep_rows(&mut report, instances.iter(), None);
        }
    }
    settle_alternates(forms, &mut report);
    unmapped(&mut report, &found, &sections, document);
    missing(words, &mut report, &sections);
    wrong_form(forms, &mut report);
    report.sections = sections.passages;
    Ok(report)
}

/// A form with the other generations of it, itself first.
fn family(forms: &Forms, ix: FormIx) -> Vec<&Form> {
    let mut out = vec![forms.form(ix)];
    out.extend(forms.generations(ix).into_iter().filter(|g| *g != ix).map(|g| forms.form(g)));
    out
}

/// Paragraphs, and table rows that hold nothing but words in one cell, in the order of the document.
fn flow(document: &Document, found: &Found) -> Vec<Words> {
    let mut out = Vec::new();
    let mut loose = found.loose.iter().filter(|l| l.texts.len() == 1).peekable();
    for (at, block) in document.blocks.iter().enumerate() {
        if let Block::Paragraph(p) = block {
            out.push(Words { block: at, text: p.text.clone(), place: p.place.clone() });
        }
        while let Some(l) = loose.next_if(|l| l.block <= at) {
            for line in l.texts[0].split('\n') {
                out.push(Words { block: l.block, text: line.to_owned(), place: l.place.clone() });
            }
        }
    }
    out
}

type Chosen<'f> = (String, &'f Instance, Vec<&'f Instance>);

/// Of each table the printing that counts: the last one that is as complete as any of those that are the report's own; and
/// the others. An empty printing does not count beside a filled one, nor one that mostly could not be read.
fn choose<'f>(found: &'f Found, agency: &str, year: u16) -> Vec<Chosen<'f>> {
    found
        .tables
        .iter()
        .filter_map(|(table, instances)| {
            let standing = |i: &Instance| i.aside.standing(agency, year);
            let best = instances.iter().map(standing).min().filter(|s| *s != Standing::Foreign)?;
            let own: Vec<&Instance> = instances.iter().filter(|i| standing(i) == best).collect();
            let filled = own.iter().any(|i| i.is_filled());
            let sound = own.iter().any(|i| i.is_filled() == filled && !i.is_poor());
            let fits = |i: &Instance| standing(i) == best && i.is_filled() == filled && (!sound || !i.is_poor());
            let most = instances.iter().filter(|i| fits(i)).map(|i| i.cells.len()).max()?;
            let at = instances.iter().rposition(|i| fits(i) && i.cells.len() == most)?;
            let others = instances.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, o)| o).collect();
            Some((table.clone(), &instances[at], others))
        })
        .collect()
}

/// The generation whose tables these are: by the cells that only some forms have, rows that one generation prints in the
/// way of another counting last.
fn form_of(forms: &Forms, cells: &[Cell], year: u16) -> Option<FormIx> {
    let score = |form: &Form| {
        let swapped = |c: &Cell| form.alternates.iter().any(|a| a.own.contains(c));
        let own = cells.iter().filter(|c| form.def(**c).is_some());
        let (rows, plain): (Vec<&Cell>, Vec<&Cell>) = own.partition(|c| swapped(c));
        (plain.len(), rows.len())
    };
    // Of forms that explain the same cells the later one is meant.
    forms.iter().filter(|(_, f)| score(f).0 > 0).max_by_key(|(ix, f)| (score(f), f.covers(year), ix.index())).map(|(ix, _)| ix)
}

fn refuse_without_tables(words: &Vocabulary<'_>, document: &Document, sections: &Sections) -> Result<(), Refusal> {
    let mut text = String::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(p) => text.push_str(&p.text),
            Block::Grid(g) => g.cells.iter().for_each(|c| text.push_str(&c.text)),
        }
    }
    if words.labels_in(&text) >= 12 {
        return Err(Refusal::unreadable(
            "表格各格的内容已连成一片，无法确认每个数字属于哪一格，请报送保留表格的.docx或.html原件",
            "the cells of the tables have run together, so no figure can be given to a cell for certain; send the .docx or .html original with its tables",
        ));
    }
    if sections.headings >= 3 { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Refusal {
    Refusal::foreign(
        "未找到年度报告的表格和章节，不是政府信息公开年度报告",
        "neither tables nor sections of the form were found; this is not an annual report on information disclosure",
    )
}

fn fill(forms: &Forms, report: &mut Report, chosen: &[Chosen<'_>]) {
    for (table, instance, others) in chosen {
        for (cell, entry) in &instance.cells {
            report.set(*cell, value(forms, report.form, *cell, entry));
        }
        if !others.is_empty() {
            let place = instance.cells.values().next().map_or(Place::Unknown, |e| e.place.clone());
            report.remarks.push(Remark {
                rule: "duplicate-table",
                cell: None,
                found: place.zh(),
                expected: table_title(forms.form(report.form), table),
                place,
            });
        }
        keep_rows(report, others.iter().copied().filter(|o| o.is_filled()), Some(instance));
    }
}

/// Keeps the rows of printings that do not count: what is the same in the one that does is not lost, what differs is kept.
fn keep_rows<'i>(report: &mut Report, others: impl Iterator<Item = &'i Instance>, chosen: Option<&Instance>) {
    for other in others {
        let same = |row: &str| chosen.is_some_and(|c| c.rows.iter().any(|r| r.0 == row));
        let rows: Vec<&(String, Place)> = other.rows.iter().filter(|r| !same(&r.0)).collect();
        if let Some(first) = rows.first() {
            let text = rows.iter().map(|r| r.0.as_str()).collect::<Vec<_>>().join("；");
            report.unmapped.push(Unmapped { text, place: first.1.clone() });
        }
    }
}

fn value(forms: &Forms, ix: FormIx, cell: Cell, entry: &Entry) -> Value {
    if let Some((number, key)) = &entry.proof {
        return Value { derived: Some(key.as_str().into()), ..Value::number(*number, entry.raw.as_str(), entry.place.clone()) };
    }
    if entry.contested {
        let state = if figure::is_blank(&entry.raw) { State::Blank } else { State::Text };
        return Value::without(state, entry.raw.as_str(), entry.place.clone());
    }
    let form = forms.form(ix);
    let def = forms.def(ix, cell);
    let own = def.map_or("", |d| d.unit.as_str());
    // A unit of money in the head or the caption speaks of the cells that hold money.
    let unit = entry.unit.as_deref().filter(|_| own.ends_with('元')).unwrap_or(own);
    let read = figure::read(&entry.raw, unit, forms.kind(cell), &form.none);
    match read.number {
        Some(number) => Value::number(number, entry.raw.as_str(), entry.place.clone()),
        None => Value::without(read.state, entry.raw.as_str(), entry.place.clone()),
    }
}

/// Where a row is printed in both generations' ways, the form's own counts and the other is kept as words.
fn settle_alternates(forms: &Forms, report: &mut Report) {
    let form = forms.form(report.form);
    let present = |r: &Report, c: &Cell| r.value(*c).state != State::Absent;
    let mut texts: Vec<String> = Vec::new();
    let mut place = Place::Unknown;
    for a in &form.alternates {
        if !(a.own.iter().any(|c| present(report, c)) && a.guest.iter().any(|c| present(report, c))) {
            continue;
        }
        for cell in &a.guest {
            let value = report.value(*cell).clone();
            if value.state != State::Absent && value.state != State::Blank {
                if texts.is_empty() {
                    place = value.place.clone();
                }
                texts.push(format!("{}：{}", forms.name(report.form, *cell), value.raw));
            }
            report.set(*cell, Value::default());
        }
    }
    if !texts.is_empty() {
        report.unmapped.push(Unmapped { text: texts.join("；"), place });
    }
}

/// Keeps what no label explains, unless it stands where the page and not the report is.
fn unmapped(report: &mut Report, found: &Found, sections: &Sections, document: &Document) {
    let ends = found.blocks.iter().copied().chain(sections.range.into_iter().flat_map(|(a, b)| [a, b]));
    let (first, last) = (ends.clone().min().unwrap_or(usize::MAX), ends.max().unwrap_or(0));
    for loose in found.loose.iter().filter(|l| l.texts.len() > 1) {
        let inside = (first..=last).contains(&loose.block) || (loose.block > last && is_of_report(document, loose.block));
        if inside {
            report.unmapped.push(Unmapped { text: loose.texts.join(" | "), place: loose.place.clone() });
        }
    }
}

/// Words of the metadata that sites print around a report.
const PAGE_WORDS: [&str; 12] = [
    "索引号",
    "发布机构",
    "公开日期",
    "发布日期",
    "发文日期",
    "文号",
    "关键词",
    "主题词",
    "主题分类",
    "浏览次数",
    "责任编辑",
    "公开方式",
];

/// Whether a table below the last heading holds figures and is not the site's own.
fn is_of_report(document: &Document, block: usize) -> bool {
    let Some(Block::Grid(grid)) = document.blocks.get(block) else { return false };
    let page = grid.cells.iter().any(|c| PAGE_WORDS.iter().any(|w| c.text.contains(w)));
    !page && grid.cells.iter().any(|c| tables::is_figure(&c.text))
}

fn table_title(form: &Form, table: &str) -> String {
    let block = form.blocks.iter().find(|b| b.table == table);
    let title = block.and_then(|b| form.section(&b.section)).map(|s| s.title.clone());
    title.unwrap_or_else(|| table.to_owned())
}

/// Tells which tables and sections are not there.
fn missing(words: &Vocabulary<'_>, report: &mut Report, sections: &Sections) {
    let forms = words.forms;
    let form = forms.form(report.form);
    let mut lacking: Vec<&str> = Vec::new();
    let mut tables: Vec<&str> = form.blocks.iter().map(|b| b.table.as_str()).collect();
    tables.dedup();
    for table in tables {
        let has =
            words.prints.iter().filter(|p| p.table == table && forms.generations(report.form).contains(&p.form)).any(|p| {
                (0..p.rows.len()).any(|r| (0..p.columns.len()).any(|c| report.value(p.cell(r, c)).state != State::Absent))
            });
        if !has {
            let block = form.blocks.iter().find(|b| b.table == table);
            lacking.extend(block.map(|b| b.section.as_str()));
            let found = table_title(form, table);
            report.remarks.push(Remark {
                rule: "missing-table",
                cell: None,
                found,
                expected: String::new(),
                place: Place::Unknown,
            });
        }
    }
    for section in &form.sections {
        let has_table = section.kind == SectionKind::Table
            && words.prints.iter().any(|p| p.form == report.form && words.section(p) == section.id)
            && !lacking.contains(&section.id.as_str());
        if !has_table && !sections.passages.iter().any(|p| p.section == section.id) {
            let found = section.title.clone();
            report.remarks.push(Remark {
                rule: "missing-section",
                cell: None,
                found,
                expected: String::new(),
                place: Place::Unknown,
            });
        }
    }
}

fn wrong_form(forms: &Forms, report: &mut Report) {
    let used = forms.form(report.form);
    let due = forms.generations(report.form).into_iter().map(|g| forms.form(g)).find(|f| f.covers(report.year));
    if let Some(due) = due.filter(|d| d.id != used.id) {
        let place = report.cells(forms).map(|c| c.1.place.clone()).find(|p| *p != Place::Unknown).unwrap_or_default();
        report.remarks.push(Remark { rule: "wrong-form", cell: None, found: used.id.clone(), expected: due.id.clone(), place });
    }
}

/// The grids as found, with what each place was taken for.
pub(crate) fn explain(words: &Vocabulary<'_>, document: &Document) -> String {
    use std::fmt::Write as _;
    let unfolded = stream::unfold(words.forms, document);
    let document = unfolded.as_ref().unwrap_or(document);
    let found = tables::read(words, document, true);
    let stream = stream::explain(words.forms, document, &found);
    let trace = found.trace.unwrap_or_default();
    let mut out = String::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(p) => {
                let text: String = p.text.chars().take(60).collect();
                let _ = writeln!(out, "{}: {text}", p.place);
            }
            Block::Grid(grid) => {
                let _ = writeln!(out, "table {}: {} rows", grid.number, grid.rows.len());
                for row in 0..grid.rows.len() {
                    for (cell, start, end) in grid.row(row) {
                        let c = grid.cell(cell);
                        if c.row != row {
                            continue;
                        }
                        let span =
                            if c.rows > 1 || end - start > 1 { format!(" ({}x{})", c.rows, end - start) } else { String::new() };
                        let text = c.text.replace('\n', "⏎");
                        let why = trace.get(&(grid.number, cell)).map_or("", String::as_str);
                        let why = if why.is_empty() && c.text.is_empty() { "blank" } else { why };
                        let _ = writeln!(out, "  {}{span}: “{text}” -> {why}", c.place);
                    }
                }
            }
        }
    }
    out.push_str(&stream);
    out
}
