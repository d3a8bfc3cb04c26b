//! Tables that have lost their cells: labels, figures and words in the order in which they are read.
//!
//! Text that a program took out of a page keeps the order of what it prints, and often its lines, but not its cells. Here
//! it is read as a stream of labels and figures ([`tokens`]). A table is read where its head names every column
//! ([`head`]); below it, a run of as many figures as there are columns belongs to a row where a line, or the strict
//! alternation of labels and runs, says so ([`zone`]); runs whose labels were torn away are placed where form and
//! identities leave one way ([`gaps`]). Figures that have run together are not taken apart. Everything else stays unread, with its text.

mod blanks;
mod gaps;
mod head;
mod lexicon;
mod single;
mod tokens;
mod zone;

use std::borrow::Cow;
use std::collections::BTreeMap;

use nianbao_form::{Cell, Forms, Number, Place, SectionKind, figure};

use crate::document::is_figure;
use crate::document::{Block, Document, Paragraph};
use crate::found::Found;
use crate::pair::Doubt;
use crate::vocabulary::Vocabulary;
use gaps::Numbers;
use head::Head;
use lexicon::{Lexicon, Meaning};
use tokens::{Stream, What};
use zone::{Fate, Item, Order, Run, Zone};

/// Places at which a head in pieces is looked for.
const MAX_TRIES: usize = 40;

/// A figure that was found for a cell.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// The table of the form.
    pub table: String,
    /// The text as found.
    pub raw: String,
    /// Where.
    pub place: Place,
    /// Whether cell and figure belong together for certain.
    pub sure: bool,
    line: u32,
}

/// What was found in a stream.
#[derive(Debug, Default)]
struct Readings {
    cells: BTreeMap<Cell, Reading>,
    /// Runs of figures that belong to no row for certain: block, texts, place.
    loose: Vec<Loose>,
    blocks: Vec<usize>,
    /// Lines whose figures have all been given to cells.
    used: Vec<u32>,
}

/// What a stream told, and where its figures stood.
#[derive(Debug)]
pub(crate) struct Told {
    readings: Readings,
    places: Vec<Place>,
}

/// Reads a text as a stream where its tables did not give every cell of some form.
pub(crate) fn tell(words: &Vocabulary<'_>, document: &Document, found: &Found<'_>) -> Option<Told> {
    if !document.ragged || is_complete(words.forms, found) {
        return None;
    }
    let lexicon = Lexicon::new(words.forms);
    let stream = Stream::new(&lexicon, document)?;
    let readings = read(&lexicon, &stream);
    let places = readings.used.iter().filter_map(|l| stream.lines.get(*l as usize)).map(|l| l.place.clone()).collect();
    Some(Told { readings, places })
}

/// Puts what the stream tells into what the tables told: cells that they do not have or could not read.
pub(crate) fn complete<'d>(words: &Vocabulary<'_>, told: &'d Told, found: &mut Found<'d>) {
    // Where a table gave cells, what it could not read stays unread: its own places are better evidence than the order.
    let silent: Vec<bool> = (0..words.tables.len()).map(|t| found.tables.get(&t).is_none_or(Vec::is_empty)).collect();
    found.loose.retain(|l| !told.places.contains(l.place));
    for (cell, reading) in &told.readings.cells {
        let table = words.tables.iter().position(|t| *t == reading.table);
        if let Some(table) = table.filter(|t| silent.get(*t).copied().unwrap_or(false)) {
            found.supply(table, *cell, reading);
        }
    }
    for loose in &told.readings.loose {
        if !found.loose.iter().any(|l| *l.place == loose.place) {
            let texts = loose.texts.iter().map(|t| Cow::Borrowed(t.as_str())).collect();
            found.loose.push(crate::found::Loose { block: loose.block, texts, place: &loose.place });
        }
    }
    found.loose.sort_by_key(|l| l.block);
    found.blocks.extend(&told.readings.blocks);
    found.blocks.sort_unstable();
    found.blocks.dedup();
}

/// What the stream tells, for people.
pub(crate) fn explain(words: &Vocabulary<'_>, document: &Document, found: &Found<'_>) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let Some(told) = tell(words, document, found) else { return out };
    for (cell, r) in told.readings.cells {
        let why = if r.sure { "row and column by the order of labels and figures" } else { "unread: the cell is not certain" };
        let _ = writeln!(out, "  {}: “{}” -> {} ({why})", r.place, r.raw.replace('\n', "⏎"), words.forms.id(cell));
    }
    if !out.is_empty() {
        out.insert_str(0, "read from the order of labels and figures:\n");
    }
    out
}

/// A run of figures that belongs to no row for certain.
#[derive(Debug)]
struct Loose {
    block: usize,
    texts: Vec<String>,
    place: Place,
}

/// Whether tables gave every cell of some form.
fn is_complete(forms: &Forms, found: &Found<'_>) -> bool {
    let has =
        |c: &Cell| found.tables.values().filter_map(|t| t.last()).any(|i| i.cells.get(*c).is_some_and(|e| e.doubt.is_none()));
    forms.iter().any(|(_, form)| {
        form.cells.iter().all(|c| has(c) || form.alternates.iter().any(|a| a.own.contains(c) && a.guest.iter().all(has)))
    })
}

fn read(words: &Lexicon<'_>, stream: &Stream<'_>) -> Readings {
    let mut out = Readings::default();
    let mut zones: Vec<Zone> = Vec::new();
    for part in 0..words.parts.len() as u16 {
        let mut heads = head::heads(words, stream, part);
        if heads.is_empty() {
            heads.extend(head_in_pieces(words, stream, part));
        }
        let mut end = 0;
        for head in &heads {
            // A head that is printed again inside the zone of the first.
            if head.end >= end {
                zones.push(Zone::new(words, stream, part, head));
                end = zones.last().map_or(0, |z| z.range.1);
            }
        }
    }
    let order = Order::of(stream, &zones, stream.is_paged());
    let mut odd: Vec<(&Zone, Vec<(usize, Fate)>)> = Vec::new();
    for zone in &zones {
        if words.parts[usize::from(zone.part)].line {
            take_line(words, stream, zone, order, &mut out);
        } else if let Some(left) = take_rows(words, stream, zone, order, &mut out) {
            odd.push((zone, left));
        }
    }
    out.used.sort_unstable();
    for (zone, fates) in odd {
        leave(words, stream, zone, &fates, &mut out);
    }
    strays(words, stream, &mut out);
    out
}

/// The head of a block that a program has broken into pieces: what stands before the first row, or before the line of
/// figures, back to the figure or title before it.
fn head_in_pieces(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16) -> Option<Head> {
    let block = &words.parts[usize::from(part)];
    let events = &stream.events;
    let is_figure = |i: usize| events.get(i).is_some_and(|e| matches!(e.what, What::Figure { .. }));
    let total = block.columns.len() * if block.line { block.own_rows() } else { 1 };
    let begins = |i: &usize| {
        let i = *i;
        if !block.line {
            let row = matches!(&events[i].what, What::Label(e) if words.means(*e).iter().any(|m| matches!(m, Meaning::Row { part: p, .. } if *p == part)));
            return row && is_figure(i + 1);
        }
        is_figure(i) && !(i > 0 && is_figure(i - 1)) && (i..i + total).all(is_figure) && !is_figure(i + total)
    };
    let title = |i: &usize| matches!(&events[*i].what, What::Label(e) if words.means(*e).iter().any(|m| matches!(m, Meaning::Section { .. })));
    // Sentences before the table may name rows with figures too.
    (0..events.len()).filter(begins).take(MAX_TRIES).find_map(|first| {
        let figure = (0..first).rev().find(|i| is_figure(*i)).map_or(0, |i| i + 1);
        // The title may be repeated before each piece of the table.
        let start = (figure..first).find(title).map_or(figure, |i| i + 1);
        // The number of the first row, and what stands over it, are not of the head.
        let group = |e: &tokens::Event| matches!(&e.what, What::Label(l) if words.means(*l).contains(&Meaning::Group { part }) && !block.line);
        let before = |i: &usize| head::is_punctuation(stream, &events[*i]) || group(&events[*i]);
        let end = first - (start..first).rev().take_while(before).count();
        let range = (events.get(start)?.from, events.get(end)?.from);
        let is_head =
            || head::is_head_in_pieces(words, stream, part, range) || head::is_head_by_letters(words, stream, part, range);
        if range.0 >= range.1 || !is_head() {
            return None;
        }
        let order = if block.line { (0..total).collect() } else { (0..block.columns.len()).collect() };
        Some(Head { from: start, end: first, order })
    })
}

/// The number that a figure is in a cell.
fn number(words: &Lexicon<'_>, part: u16, cell: Cell, raw: &str) -> Option<Number> {
    let form = words.parts[usize::from(part)].form;
    let unit = words.forms.def(form, cell).map_or("", |d| d.unit.as_str());
    let read = figure::read(raw, unit, words.forms.kind(cell), &words.forms.form(form).none);
    read.number.or((read.state == nianbao_form::State::None).then_some(Number::ZERO))
}

fn raw<'s>(stream: &'s Stream<'_>, event: usize) -> &'s str {
    if let What::Figure { raw, .. } = &stream.events[event].what { raw } else { "" }
}

fn is_spoiled(stream: &Stream<'_>, run: &Run) -> bool {
    run.figures.iter().any(|f| matches!(stream.events[*f].what, What::Figure { spoiled: true, .. }))
}

/// The one line of figures below a head.
fn take_line(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, order: Order, out: &mut Readings) {
    let block = &words.parts[usize::from(zone.part)];
    let run = zone.items.iter().find_map(|i| match i {
        Item::Run(run) => Some(run),
        _ => None,
    });
    let before = zone.items.iter().take_while(|i| !matches!(i, Item::Run(_))).all(|i| !matches!(i, Item::Strange { .. }));
    let whole = |r: &&Run| r.figures.len() == zone.order.len() && order.keeps(stream, r) && !is_spoiled(stream, r);
    // Figures on the next line with no words but units may be the ends of these, broken over lines in narrow cells.
    let alone = |r: &&Run| {
        let line = r.lines.1 + 1;
        let joined = |e: &tokens::Event| stream.letters[e.from..e.to].windows(3).any(|w| !w[1].gap && !w[2].gap);
        let is_words = |e: &tokens::Event| e.line == line && !matches!(e.what, What::Figure { .. }) && joined(e);
        let below = |i: &Item| matches!(i, Item::Run(other) if other.lines.0 == line);
        !zone.items.iter().any(below) || stream.events.iter().any(is_words)
    };
    let Some(run) = run.filter(|r| before && whole(r) && alone(r)) else { return };
    let columns = block.columns.len();
    for (place, event) in zone.order.iter().zip(&run.figures) {
        out.add(words, stream, zone.part, block.cell(place / columns, place % columns), *event, true);
    }
    out.used.extend(run.lines.0..=run.lines.1);
    out.blocks.extend((run.lines.0..=run.lines.1).map(|l| stream.block(l)));
}

/// The rows of a table of which only the totals are filled.
fn take_totals(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, column: usize, rows: &[single::Total], out: &mut Readings) {
    let block = &words.parts[usize::from(zone.part)];
    for total in rows {
        let line = stream.events[total.figure].line;
        let place = stream.place(stream.events[total.figure].from);
        let spaced = blanks::Spaced { row: total.row, figures: Vec::new(), place, line };
        for c in (0..block.columns.len()).filter(|c| *c != column) {
            out.blank(words, zone.part, block.cell(total.row, c), &spaced);
        }
        out.add(words, stream, zone.part, block.cell(total.row, column), total.figure, total.sure);
        out.used.push(line);
        out.blocks.push(stream.block(line));
    }
}

/// The rows of a block that are certain; what is left, if anything is.
fn take_rows(
    words: &Lexicon<'_>,
    stream: &Stream<'_>,
    zone: &Zone,
    order: Order,
    out: &mut Readings,
) -> Option<Vec<(usize, Fate)>> {
    let block = &words.parts[usize::from(zone.part)];
    let read = |cell: Cell, event: usize| number(words, zone.part, cell, raw(stream, event));
    if let Some((column, rows)) = single::totals(words, stream, zone, &read) {
        take_totals(words, stream, zone, column, &rows, out);
        return None;
    }
    let mut fates = zone.fates(words, stream, order);
    let cells = |run: &Run, row: usize| -> Vec<(Cell, usize)> {
        zone.order.iter().zip(&run.figures).map(|(c, e)| (block.cell(row, *c), *e)).collect()
    };
    let numbers = |run: &Run, row: usize| -> Option<Numbers> {
        cells(run, row).into_iter().map(|(c, e)| Some((c, number(words, zone.part, c, raw(stream, e))?))).collect()
    };
    let mut known = Numbers::new();
    for (at, fate) in &mut fates {
        let (Item::Run(run), Fate::Row(row)) = (&zone.items[*at], *fate) else { continue };
        if is_spoiled(stream, run) {
            *fate = Fate::Odd(row);
        } else if let Some(read) = numbers(run, row) {
            known.extend(read);
        }
    }
    gaps::place(words, stream, zone, order, &mut fates, &known, &numbers);
    zone.doubt_beside_orphans(&mut fates);
    // Where some row has too few or too many figures, a figure may have been broken in two in another; figures on several
    // lines may stand in another order.
    let broken = fates.iter().any(|f| matches!(f.1, Fate::Odd(_)));
    let identities = &words.forms.form(block.form).identities;
    for (at, fate) in &mut fates {
        let (Item::Run(run), Fate::Row(row)) = (&zone.items[*at], *fate) else { continue };
        let within = |i: &&nianbao_form::Identity| i.terms().all(|t| (0..block.columns.len()).any(|c| block.cell(row, c) == t.0));
        let violated = |n: &Numbers| {
            let sum = |i: &nianbao_form::Identity| {
                i.terms().try_fold(0i128, |s, (c, k)| Some(s + i128::from(k) * i128::from(n.get(&c)?.millionths())))
            };
            identities.iter().filter(within).any(|i| sum(i).is_some_and(|s| s != 0))
        };
        let doubtful = broken || run.lines.0 != run.lines.1;
        if doubtful && numbers(run, row).is_some_and(|n| violated(&n)) {
            *fate = Fate::Odd(row);
            continue;
        }
        for (cell, event) in cells(run, row) {
            out.add(words, stream, zone.part, cell, event, true);
        }
        out.used.extend(run.lines.0..=run.lines.1);
        out.blocks.extend((run.lines.0..=run.lines.1).map(|l| stream.block(l)));
    }
    // Where figures have lost their row, a row of blanks may have lost its figures.
    let orphans = fates.iter().any(|f| f.1 == Fate::Unlabelled);
    for spaced in blanks::rows(words, stream, zone) {
        let blank = spaced.figures.iter().all(Option::is_none);
        if fates.iter().any(|f| f.1 == Fate::Row(spaced.row)) || (blank && orphans) {
            continue;
        }
        for (column, figure) in zone.order.iter().zip(&spaced.figures) {
            let cell = block.cell(spaced.row, *column);
            match figure {
                Some(event) => out.add(words, stream, zone.part, cell, *event, true),
                None => out.blank(words, zone.part, cell, &spaced),
            }
        }
        out.used.push(spaced.line);
        out.blocks.push(stream.block(spaced.line));
        let figures = |run: &Run| run.figures.iter().all(|f| spaced.figures.contains(&Some(*f)));
        fates.retain(|f| !matches!(&zone.items[f.0], Item::Run(run) if figures(run)));
    }
    fates.retain(|f| !matches!(f.1, Fate::Row(_)));
    (!fates.is_empty()).then_some(fates)
}

/// Notes rows that could not be read: their cells are unread, with the text of the whole row; runs without a row are loose.
fn leave(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, fates: &[(usize, Fate)], out: &mut Readings) {
    let block = &words.parts[usize::from(zone.part)];
    for (at, fate) in fates {
        let Item::Run(run) = &zone.items[*at] else { continue };
        if (run.lines.0..=run.lines.1).all(|l| out.used.binary_search(&l).is_ok()) {
            continue;
        }
        let texts: Vec<&str> = run.figures.iter().map(|e| raw(stream, *e)).collect();
        let first = &stream.events[run.figures[0]];
        if let Fate::Odd(row) = fate {
            for column in 0..block.columns.len() {
                let cell = block.cell(*row, column);
                out.cells.entry(cell).or_insert_with(|| Reading {
                    table: block.block.table.clone(),
                    raw: texts.join("；"),
                    place: stream.place(first.from),
                    sure: false,
                    line: first.line,
                });
            }
            out.blocks.push(stream.block(first.line));
            continue;
        }
        let words_before = at.checked_sub(1).and_then(|b| match zone.items[b] {
            Item::Strange { event } | Item::Label { event, .. } => {
                Some(stream.raw(stream.events[event].from, stream.events[event].to))
            }
            _ => None,
        });
        let title = words.forms.form(block.form).section(&block.block.section).map_or("", |s| s.title.as_str());
        let mut all = vec![words_before.unwrap_or(title).to_owned()];
        all.extend(texts.iter().map(|t| (*t).to_owned()));
        out.loose.push(Loose { block: stream.block(first.line), texts: all, place: stream.place(first.from) });
    }
}

/// Figures in the sections of tables that no head stands over.
fn strays(words: &Lexicon<'_>, stream: &Stream<'_>, out: &mut Readings) {
    let mut title: Option<&str> = None;
    let mut line = u32::MAX;
    for (at, event) in stream.events.iter().enumerate() {
        match &event.what {
            What::Label(entry) => {
                let section = words.means(*entry).iter().find_map(|m| match *m {
                    Meaning::Section { form, section } => {
                        words.forms.iter().nth(usize::from(form)).map(|f| &f.1.sections[usize::from(section)])
                    }
                    _ => None,
                });
                if let Some(section) = section {
                    title = (section.kind == SectionKind::Table).then_some(section.title.as_str());
                }
            }
            What::Word if stream.folded(event.from, event.to).contains('.') && event.to - event.from > 12 => title = None,
            What::Figure { raw, .. } => {
                let known = |l: &Loose| l.place == stream.place(event.from);
                let alone = at.checked_sub(1).and_then(|b| stream.events.get(b)).is_none_or(|b| b.end_line != event.line)
                    && stream.events.get(at + 1).is_none_or(|n| n.line != event.end_line);
                if let Some(title) = title.filter(|_| {
                    alone && event.line != line && out.used.binary_search(&event.line).is_err() && !out.loose.iter().any(known)
                }) {
                    line = event.line;
                    let read = out.cells.values().any(|r| r.line == event.line);
                    if !read {
                        let texts = vec![title.to_owned(), raw.clone()];
                        out.loose.push(Loose { block: stream.block(event.line), texts, place: stream.place(event.from) });
                    }
                }
            }
            What::Word => {}
        }
    }
}

impl Readings {
    /// A cell that is blank for certain.
    fn blank(&mut self, words: &Lexicon<'_>, part: u16, cell: Cell, row: &blanks::Spaced) {
        let table = words.parts[usize::from(part)].block.table.clone();
        let (raw, place, line) = (String::new(), row.place.clone(), row.line);
        self.cells.entry(cell).or_insert(Reading { table, raw, place, sure: true, line });
    }

    fn add(&mut self, words: &Lexicon<'_>, stream: &Stream<'_>, part: u16, cell: Cell, event: usize, sure: bool) {
        let e = &stream.events[event];
        let reading = Reading {
            table: words.parts[usize::from(part)].block.table.clone(),
            raw: raw(stream, event).to_owned(),
            place: stream.place(e.from),
            sure,
            line: e.line,
        };
        match self.cells.get_mut(&cell) {
            Some(known) if known.place == reading.place || known.raw == reading.raw => {}
            Some(known) if known.sure => {
                known.raw = format!("{}；{}", known.raw, reading.raw);
                known.sure = false;
            }
            Some(known) => *known = reading,
            None => {
                self.cells.insert(cell, reading);
            }
        }
    }
}

/// Where figures have lost their row, a row of blanks may have lost its figures: several figures anywhere, or one among the
/// rows of a table.
pub(crate) fn doubt_blanks(words: &Vocabulary<'_>, document: &Document, found: &mut Found<'_>) {
    let figures = |l: &crate::found::Loose<'_>| l.texts.iter().filter(|t| is_figure(t)).count();
    let inside = |l: &crate::found::Loose<'_>| {
        matches!(document.blocks.get(l.block), Some(Block::Grid(_))) && found.blocks.binary_search(&l.block).is_ok()
    };
    let lost = |l: &&crate::found::Loose<'_>| figures(l) > 1 || (figures(l) == 1 && inside(l));
    let orphans: Vec<String> = found.loose.iter().filter(lost).map(|l| l.texts.join("；")).collect();
    if orphans.is_empty() {
        return;
    }
    let text = orphans.join("；").chars().take(200).collect::<String>();
    for block in words.forms.iter().flat_map(|(_, f)| &f.blocks) {
        let Some(table) = words.tables.iter().position(|t| *t == block.table) else { continue };
        for row in 0..block.rows.len() {
            let cells: Vec<Cell> = (0..block.columns.len()).map(|c| block.cell(row, c)).collect();
            for instance in found.tables.get_mut(&table).into_iter().flatten() {
                let blank = cells.iter().filter_map(|c| instance.cells.get(*c)).all(|e| e.is_blank());
                for cell in cells.iter().filter(|_| blank) {
                    if let Some(entry) = instance.cells.get_mut(*cell) {
                        entry.raw = Cow::Owned(text.clone());
                        entry.doubt = Some(Doubt::Orphans);
                    }
                }
            }
        }
    }
}

/// A document whose sections stand in one paragraph, with a paragraph for each heading and what follows it.
pub(crate) fn unfold(forms: &Forms, document: &Document) -> Option<Document> {
    let long = |b: &Block| matches!(b, Block::Paragraph(p) if p.text.len() > 1200 && ["二、", "三、", "四、"].iter().all(|n| p.text.contains(n)));
    if !document.blocks.iter().any(long) {
        return None;
    }
    let titles: Vec<&str> = forms
        .iter()
        .flat_map(|(_, f)| &f.sections)
        .flat_map(|s| std::iter::once(&s.title).chain(&s.aliases))
        .map(String::as_str)
        .collect();
    let mut blocks = Vec::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(p) if long(block) => cut(p, &titles, &mut blocks),
            other => blocks.push(other.clone()),
        }
    }
    Some(Document { blocks, ..document.clone() })
}

/// Cuts a paragraph before and behind headings that bear a number, and behind sentences that a blank follows.
fn cut(paragraph: &Paragraph, titles: &[&str], out: &mut Vec<Block>) {
    let text = paragraph.text.as_str();
    let mut cuts: Vec<usize> = Vec::new();
    for (at, _) in text.match_indices('、') {
        let number = text[..at].chars().next_back().filter(|c| "一二三四五六七八九十".contains(*c));
        let Some(number) = number else { continue };
        let rest = &text[at + '、'.len_utf8()..];
        let title = titles.iter().filter(|t| rest.trim_start().starts_with(**t)).map(|t| t.len()).max();
        if let Some(len) = title {
            let blank = rest.len() - rest.trim_start().len();
            cuts.push(at - number.len_utf8());
            cuts.push(at + '、'.len_utf8() + blank + len);
        }
    }
    cuts.extend(text.match_indices("。 ").map(|(at, _)| at + '。'.len_utf8()));
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let (mut byte, mut characters) = (0, 0u32);
    for pair in cuts.windows(2) {
        let piece = &text[pair[0]..pair[1]];
        let start = pair[0] + piece.len() - piece.trim_start().len();
        characters += text[byte..start.max(byte)].chars().count() as u32;
        byte = start.max(byte);
        let place = match &paragraph.place {
            Place::Line(n) => Place::LineAt(*n, characters + 1),
            Place::LineAt(n, c) => Place::LineAt(*n, c + characters),
            other => other.clone(),
        };
        let words = crate::document::trim(piece);
        if !words.is_empty() {
            out.push(Block::Paragraph(Paragraph { text: words.to_owned(), place }));
        }
    }
}
