//! From a document to a report: tables, sections, agency and year, and what a person should know.

use std::sync::Arc;

use nianbao_form::{Cell, Form, FormIx, Forms, Place, Registry, Remark, Report, SectionKind, State, Unmapped, Value, figure};

use crate::aside::Standing;
use crate::document::{Block, Document, picture_places};
use crate::found::{Entry, Found, Instance, RowText};
use crate::pair::Doubt;
use crate::refuse::Refusal;
use crate::sections::{self, Sections, Words};
use crate::vocabulary::Vocabulary;
use crate::{sense, several, stream, tables, who};

/// The one matcher, for documents that are in memory already: labels of all forms, prepared once.
#[derive(Debug)]
pub struct Matcher<'f> {
    words: Vocabulary<'f>,
}

impl<'f> Matcher<'f> {
    /// Prepares the labels of all forms.
    pub fn new(forms: &'f Forms) -> Matcher<'f> {
        Matcher { words: Vocabulary::new(forms) }
    }

    /// The reports of a document that is called `name` (relative to its folder, with `/`): mostly one.
    ///
    /// # Errors
    /// A document that is no such report, whose tables cannot be told from its words, or whose reports cannot be told
    /// apart.
    pub fn reports(&self, registry: &Registry, name: &Arc<str>, document: &Document) -> Result<Vec<Report>, Refusal> {
        reports(&self.words, registry, name, document)
    }
}

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
    let found = tables::read(words, document, false);
    match several::split(words, document, &found)? {
        Some(parts) => parts.iter().map(|part| whole(words, registry, name, part, tables::read(words, part, false))).collect(),
        None => Ok(vec![whole(words, registry, name, document, found)?]),
    }
}

/// Makes the report of a document of which the tables have been read; what they do not tell, the order of labels and
/// figures may.
fn whole(
    words: &Vocabulary<'_>,
    registry: &Registry,
    name: &Arc<str>,
    document: &Document,
    found: Found<'_>,
) -> Result<Report, Refusal> {
    let told = stream::tell(words, document, &found);
    let mut found = found;
    if let Some(told) = &told {
        stream::complete(words, told, &mut found);
    }
    if document.ragged {
        stream::doubt_blanks(words, document, &mut found);
    }
    report(words, registry, name, document, &found)
}

/// Makes the report of a document.
///
/// # Errors
/// A document that is no such report, or whose tables cannot be told from its words.
fn report(
    words: &Vocabulary<'_>,
    registry: &Registry,
    name: &Arc<str>,
    document: &Document,
    found: &Found<'_>,
) -> Result<Report, Refusal> {
    let forms = words.forms;
    let flow = flow(document, found);
    let cells = choose(found, "", 0);
    let held: Vec<Cell> = cells.iter().flat_map(|c| c.instance.cells.iter().map(|e| e.0)).collect();
    let ix = form_of(forms, &held, 0);
    let sections = match ix.or_else(|| forms.iter().find(|(_, f)| !f.sections.is_empty()).map(|f| f.0)) {
        Some(ix) => sections::find(&words.titles, (ix, forms.form(ix)), &flow, &found.blocks),
        None => Sections::default(),
    };
    if cells.is_empty() {
        refuse_without_tables(words, document, found, &sections)?;
    }
    let who = who::find(document, &flow, &sections, name, (words.forms, registry));
    let cells = choose(found, &who.agency, who.year);
    // Tables that several generations share belong to the one of the year.
    let ix = form_of(forms, &held, who.year).or_else(|| forms.for_year(who.year)).or_else(|| forms.iter().last().map(|f| f.0));
    let Some(ix) = ix else { return Err(foreign()) };
    let mut report = Report::new(forms, name.clone(), who.agency, who.year, ix);
    report.agency_id = who.agency_id;
    report.title = who.title;
    report.remarks = who.remarks;
    fill(words, &mut report, &cells);
    for (table, instances) in &found.tables {
        if !cells.iter().any(|c| c.table == *table) {
            keep_rows(&mut report, instances.iter(), None);
        }
    }
    settle_alternates(forms, &mut report);
    unmapped(words, &mut report, found, &sections, document);
    missing(words, &mut report, &sections);
    wrong_form(forms, &mut report);
    report.sections = sections.passages;
    Ok(report)
}

/// Paragraphs, and table rows that hold nothing but words in one cell, in the order of the document.
fn flow<'d>(document: &'d Document, found: &'d Found<'_>) -> Vec<Words<'d>> {
    let mut out = Vec::with_capacity(document.blocks.len());
    let mut loose = found.loose.iter().filter(|l| l.texts.len() == 1).peekable();
    for (at, block) in document.blocks.iter().enumerate() {
        if let Block::Paragraph(p) = block {
            out.push(Words { block: at, text: &p.text, place: &p.place });
        }
        while let Some(l) = loose.next_if(|l| l.block <= at) {
            out.extend(l.texts[0].split('\n').map(|text| Words { block: l.block, text, place: l.place }));
        }
    }
    out
}

/// A table with the printing of it that counts, and the others.
struct Chosen<'f, 'd> {
    table: usize,
    instance: &'f Instance<'d>,
    others: Vec<&'f Instance<'d>>,
}

/// Of each table the printing that counts: the last one that is as complete as any of those that are the report's own; and
/// the others. An empty printing does not count beside a filled one, nor one that mostly could not be read.
fn choose<'f, 'd>(found: &'f Found<'d>, agency: &str, year: u16) -> Vec<Chosen<'f, 'd>> {
    let of = |(table, instances): (&usize, &'f Vec<Instance<'d>>)| {
        let standing = |i: &Instance<'_>| i.aside.standing(agency, year);
        let best = instances.iter().map(standing).min().filter(|s| *s != Standing::Foreign)?;
        let own: Vec<&Instance<'_>> = instances.iter().filter(|i| standing(i) == best).collect();
        let filled = own.iter().any(|i| i.is_filled());
        let sound = own.iter().any(|i| i.is_filled() == filled && !i.is_poor());
        let fits = |i: &Instance<'_>| standing(i) == best && i.is_filled() == filled && (!sound || !i.is_poor());
        let most = instances.iter().filter(|i| fits(i)).map(|i| i.cells.len()).max()?;
        let at = instances.iter().rposition(|i| fits(i) && i.cells.len() == most)?;
        let others = instances.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, o)| o).collect();
        Some(Chosen { table: *table, instance: &instances[at], others })
    };
    found.tables.iter().filter_map(of).collect()
}

/// The generation whose tables these are: by the cells that only some forms have, rows that one generation prints in the
/// way of another counting last.
fn form_of(forms: &Forms, cells: &[Cell], year: u16) -> Option<FormIx> {
    let score = |form: &Form| {
        let mut swapped = vec![false; forms.width()];
        form.alternates.iter().flat_map(|a| &a.own).for_each(|c| swapped[c.index()] = true);
        let own = cells.iter().filter(|c| form.def(**c).is_some());
        let rows = own.clone().filter(|c| swapped[c.index()]).count();
        (own.count() - rows, rows)
    };
    // Of forms that explain the same cells the later one is meant.
    let scored = forms.iter().map(|(ix, f)| (score(f), f.covers(year), ix.index(), ix));
    scored.filter(|s| s.0.0 > 0).max_by_key(|s| (s.0, s.1, s.2)).map(|s| s.3)
}

fn refuse_without_tables(
    words: &Vocabulary<'_>,
    document: &Document,
    found: &Found<'_>,
    sections: &Sections,
) -> Result<(), Refusal> {
    if found.compared > 2 {
        return Err(Refusal::foreign(
            "表格是两个年度数据的对比表，不是年度报告，请报送当年的年度报告",
            "its tables set two years side by side; this is a comparison, not an annual report",
        ));
    }
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
    if sections.headings >= 3 {
        return Ok(());
    }
    match picture_places(&document.pictures) {
        Some((zh, en)) => Err(Refusal::unreadable(
            format!("{zh}是图片（扫描件），其中的文字和表格未读取，请报送可编辑的.docx原件"),
            format!("pictures instead of text ({en}); what is in them was not read, send the .docx original"),
        )),
        None => Err(foreign()),
    }
}

fn foreign() -> Refusal {
    Refusal::foreign(
        "未找到年度报告的表格和章节，不是政府信息公开年度报告",
        "neither tables nor sections of the form were found; this is not an annual report on information disclosure",
    )
}

fn fill(words: &Vocabulary<'_>, report: &mut Report, chosen: &[Chosen<'_, '_>]) {
    for Chosen { table, instance, others } in chosen {
        for (cell, entry) in instance.cells.iter() {
            report.set(*cell, value(words.forms, report.form, *cell, entry));
        }
        if !others.is_empty() {
            duplicate(words, report, &words.tables[*table], instance, others);
        }
        keep_rows(report, others.iter().copied().filter(|o| o.is_filled()), Some(instance));
    }
}

/// Says of a table that stands twice which printing counts, and where the others have something else.
fn duplicate(words: &Vocabulary<'_>, report: &mut Report, table: &str, chosen: &Instance<'_>, others: &[&Instance<'_>]) {
    const NAMED: usize = 3;
    let place_of = |i: &Instance<'_>| i.cells.iter().next().map_or(Place::Unknown, |e| e.1.place.clone());
    let place = place_of(chosen);
    let (mut zh, mut en) = (place.zh(), place.to_string());
    for other in others {
        let at = place_of(other);
        let differing = chosen.differing(other);
        let text = |i: &Instance<'_>, c: &Cell, blank: &str| {
            i.cells.get(*c).filter(|e| !e.is_blank()).map_or(blank, |e| &e.raw).to_owned()
        };
        let name = |c: &Cell, language| words.forms.name_in(language, report.form, *c);
        let shown = || differing.iter().take(NAMED);
        let differ = |c: &Cell| format!("{}采用{}、另一处为{}", name(c, "zh"), text(chosen, c, "空白"), text(other, c, "空白"));
        let differ_en =
            |c: &Cell| format!("{} {} here, {} there", name(c, "en"), text(chosen, c, "blank"), text(other, c, "blank"));
        let (more, more_en) = if differing.len() > NAMED { ("等", "; …") } else { ("", "") };
        let (what, what_en) = match differing.len() {
            _ if !other.is_filled() => ("为空表".to_owned(), "is empty".to_owned()),
            0 => ("数字相同".to_owned(), "has the same figures".to_owned()),
            n => (
                format!("有{n}格不同：{}{more}", shown().map(differ).collect::<Vec<_>>().join("；")),
                format!("differs in {n} cells: {}{more_en}", shown().map(differ_en).collect::<Vec<_>>().join("; ")),
            ),
        };
        zh.push_str(&format!("（另一处在{}，{what}）", at.zh()));
        en.push_str(&format!(" (the other at {at} {what_en})"));
    }
    let [expected, expected_en] = table_title(words.forms.form(report.form), table);
    let english = Some([en, expected_en]);
    report.remarks.push(Remark { rule: "duplicate-table", cell: None, found: zh, expected, english, place });
}

/// Keeps the rows of printings that do not count: what is the same in the one that does is not lost, what differs is kept.
fn keep_rows<'i, 'd: 'i>(report: &mut Report, others: impl Iterator<Item = &'i Instance<'d>>, chosen: Option<&Instance<'_>>) {
    let known: Vec<String> = chosen.map(|c| c.rows.iter().map(RowText::line).collect()).unwrap_or_default();
    for other in others {
        let rows: Vec<(String, &Place)> =
            other.rows.iter().map(|r| (r.line(), r.place)).filter(|(line, _)| !known.contains(line)).collect();
        if let Some((_, place)) = rows.first() {
            let text = rows.iter().map(|r| r.0.as_str()).collect::<Vec<_>>().join("；");
            report.unmapped.push(Unmapped { text, place: (*place).clone() });
        }
    }
}

fn value(forms: &Forms, ix: FormIx, cell: Cell, entry: &Entry<'_>) -> Value {
    let place = entry.place.clone();
    if let Some(doubt) = entry.doubt {
        // Of letters that are not certain not even a blank is.
        let blank = doubt != Doubt::Unclear && entry.is_blank();
        return Value::without(if blank { State::Blank } else { State::Text }, &*entry.raw, place);
    }
    let form = forms.form(ix);
    let own = forms.def(ix, cell).map_or("", |d| d.unit.as_str());
    // A unit of money in the head or the caption speaks of the cells that hold money.
    let unit = entry.unit.filter(|_| own.ends_with('元')).unwrap_or(own);
    let read = figure::read(&entry.raw, unit, forms.kind(cell), &form.none);
    match read.number {
        Some(number) => Value::number(number, &*entry.raw, place),
        None => Value::without(read.state, &*entry.raw, place),
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
fn unmapped(words: &Vocabulary<'_>, report: &mut Report, found: &Found<'_>, sections: &Sections, document: &Document) {
    let ends = found.blocks.iter().copied().chain(sections.range.into_iter().flat_map(|(a, b)| [a, b]));
    let (first, last) = (ends.clone().min().unwrap_or(usize::MAX), ends.max().unwrap_or(0));
    for loose in found.loose.iter().filter(|l| l.texts.len() > 1) {
        let inside = (first..=last).contains(&loose.block) || (loose.block > last && is_of_report(words, document, loose.block));
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
fn is_of_report(words: &Vocabulary<'_>, document: &Document, block: usize) -> bool {
    let Some(Block::Grid(grid)) = document.blocks.get(block) else { return false };
    let page = grid.cells.iter().any(|c| PAGE_WORDS.iter().any(|w| c.text.contains(w)));
    !page && grid.cells.iter().any(|c| sense::is_figure(words, &c.text))
}

fn table_title(form: &Form, table: &str) -> [String; 2] {
    let section = form.blocks.iter().find(|b| b.table == table).map(|b| b.section.as_str());
    section.and_then(|s| section_title(form, s)).unwrap_or_else(|| [table.to_owned(), table.to_owned()])
}

/// Title of a section in the form's language and in English.
fn section_title(form: &Form, section: &str) -> Option<[String; 2]> {
    let title = |form: &Form| form.section(section).map(|s| s.title.clone());
    Some([title(form)?, title(form.in_language("en"))?])
}

/// Tells which tables and sections are not there.
fn missing(words: &Vocabulary<'_>, report: &mut Report, sections: &Sections) {
    let forms = words.forms;
    let form = forms.form(report.form);
    let generations = forms.generations(report.form);
    let mut lacking: Vec<&str> = Vec::new();
    let mut tables: Vec<&str> = form.blocks.iter().map(|b| b.table.as_str()).collect();
    tables.dedup();
    for table in tables {
        let blocks = generations.iter().flat_map(|g| &forms.form(*g).blocks).filter(|b| b.table == table);
        let has = blocks.flat_map(|b| &b.cells).any(|c| report.value(*c).state != State::Absent);
        if !has {
            let block = form.blocks.iter().find(|b| b.table == table);
            lacking.extend(block.map(|b| b.section.as_str()));
            let [found, english] = table_title(form, table);
            report.remarks.push(Remark {
                rule: "missing-table",
                cell: None,
                found,
                expected: String::new(),
                english: Some([english, String::new()]),
                place: Place::Unknown,
            });
        }
    }
    for section in &form.sections {
        let has_table = section.kind == SectionKind::Table
            && words.prints.iter().any(|p| p.form == report.form && words.section(p) == section.id)
            && !lacking.contains(&section.id.as_str());
        if !has_table && !sections.passages.iter().any(|p| p.section == section.id) {
            let english = section_title(form, &section.id).map(|[_, en]| [en, String::new()]);
            report.remarks.push(Remark {
                rule: "missing-section",
                cell: None,
                found: section.title.clone(),
                expected: String::new(),
                english,
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
        report.remarks.push(Remark {
            rule: "wrong-form",
            cell: None,
            found: used.id.clone(),
            expected: due.id.clone(),
            english: None,
            place,
        });
    }
}
