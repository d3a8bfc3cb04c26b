//! Normalised cells as the contract has them: one row a cell, many reports in one file; CSV and JSON Lines in a stream.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;
use std::sync::Arc;

use nianbao_form::{Cell, FormIx, Forms, Number, Place, Registry, Report, State, Unmapped, Value, figure};
use serde::Deserialize;

use crate::decoded::Decoded;
use crate::detect;
use crate::refuse::Refusal;

/// Columns in the order of the contract.
pub(crate) const COLUMNS: [&str; 11] =
    ["agency", "year", "cell", "value", "state", "form", "raw", "place", "agency_id", "report", "derived"];
/// A file holds no more reports than this, so that memory stays bounded.
const MAX_REPORTS: usize = 200_000;
/// A row takes no more bytes than this.
const MAX_ROW: usize = 1 << 20;

/// One row, as text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'a> {
    /// In the order of [`COLUMNS`].
    pub by_column: [&'a str; 11],
}

/// What is wrong with a field: its column, and the words for it.
#[derive(Debug)]
pub(crate) struct Wrong {
    column: &'static str,
    zh: String,
    en: String,
}

impl Wrong {
    fn new(column: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Wrong {
        Wrong { column, zh: zh.into(), en: en.into() }
    }

    /// The refusal of the file, with the line (or row) where it is.
    pub(crate) fn at(self, line: u64) -> Refusal {
        Refusal::unreadable(
            format!("第{line}行“{}”列：{}", self.column, self.zh),
            format!("line {line}, column `{}`: {}", self.column, self.en),
        )
    }
}

/// Which columns may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Agency, year, cell and value.
    Reports,
    /// Year, cell and value: a published report that is compared.
    Published,
}

impl Need {
    pub(crate) fn columns(self) -> &'static [&'static str] {
        match self {
            Need::Reports => &["agency", "year", "cell", "value"],
            Need::Published => &["year", "cell", "value"],
        }
    }
}

/// Gathers rows into reports.
pub(crate) struct Collector<'a> {
    forms: &'a Forms,
    registry: &'a Registry,
    name: Arc<str>,
    need: Need,
    at: HashMap<(String, String, u16, String), usize>,
    last: Option<((String, String, u16, String), usize)>,
    reports: Vec<(Report, Option<FormIx>)>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(forms: &'a Forms, registry: &'a Registry, name: Arc<str>, need: Need) -> Collector<'a> {
        Collector { forms, registry, name, need, at: HashMap::new(), last: None, reports: Vec::new() }
    }

    /// Which columns may be missing.
    pub(crate) fn need(&self) -> Need {
        self.need
    }

    /// Takes a row.
    pub(crate) fn row(&mut self, fields: &Fields<'_>) -> Result<(), Wrong> {
        self.row_at(fields, &Place::Unknown)
    }

    /// Takes a row that stands at a place, which counts where the row tells none.
    pub(crate) fn row_at(&mut self, fields: &Fields<'_>, here: &Place) -> Result<(), Wrong> {
        let [agency, year, cell, value, state, form, raw, place, agency_id, report, derived] = fields.by_column.map(str::trim);
        let year = year.parse::<u16>().ok().filter(|y| (1990..=2099).contains(y)).ok_or_else(|| {
            Wrong::new("year", format!("“{year}”不是年份"), format!("`{year}` is not a year from 1990 to 2099"))
        })?;
        if agency.is_empty() && agency_id.is_empty() && self.need == Need::Reports {
            return Err(Wrong::new("agency", "单位名称为空", "the agency is empty"));
        }
        if cell.is_empty() {
            return Err(Wrong::new("cell", "单元格编号为空", "the cell id is empty"));
        }
        let form = match form {
            "" => None,
            id => Some(self.forms.find(id).ok_or_else(|| {
                let known: Vec<&str> = self.forms.iter().map(|(_, f)| f.id.as_str()).collect();
                Wrong::new("form", format!("没有表式“{id}”"), format!("no form `{id}`; known are {}", known.join(", ")))
            })?),
        };
        let state = match state {
            "" => None,
            word => Some(State::parse(word).ok_or_else(|| {
                let zh = format!("状态“{word}”应为number、blank、none、text、absent之一");
                Wrong::new("state", zh, format!("`{word}` is none of number, blank, none, text, absent"))
            })?),
        };
        let at = self.report(agency, agency_id, year, report, form)?;
        let Some(id) = self.forms.cell(cell) else {
            let what = if raw.is_empty() { value } else { raw };
            let text = if cell == "unmapped" { what.to_owned() } else { format!("{cell} | {what}") };
            self.reports[at].0.unmapped.push(Unmapped { text, place: given(place, here) });
            return Ok(());
        };
        let value = self.value(id, value, state, raw, given(place, here), derived)?;
        let report = &mut self.reports[at].0;
        if report.value(id).state != State::Absent {
            return Err(Wrong::new(
                "cell",
                format!("“{cell}”在同一份报告中出现两次"),
                format!("`{cell}` stands twice in one report"),
            ));
        }
        report.set(id, value);
        Ok(())
    }

    fn value(
        &self,
        cell: Cell,
        value: &str,
        state: Option<State>,
        raw: &str,
        place: Place,
        derived: &str,
    ) -> Result<Value, Wrong> {
        // A corrected figure stays the office's, with what the document had beside it.
        if derived == Value::CORRECTION
            && let Ok(number) = Number::parse(value)
        {
            return Ok(Value { derived: Some(Value::CORRECTION.into()), ..Value::number(number, raw, place) });
        }
        // A derived value was not in the document: the cell was blank there, and arithmetic will find it again.
        if !derived.is_empty() {
            return Ok(Value::without(State::Blank, "", place));
        }
        let state = state.unwrap_or(if value.is_empty() { State::Blank } else { State::Number });
        if state != State::Number {
            if !value.is_empty() {
                let (zh, en) = (
                    format!("状态为{}却填了数值“{value}”", state.as_str()),
                    format!("`{value}` beside state {}", state.as_str()),
                );
                return Err(Wrong::new("value", zh, en));
            }
            return Ok(Value::without(state, raw, place));
        }
        let raw = if raw.is_empty() { value } else { raw };
        if value.is_empty() {
            return Err(Wrong::new("value", "状态为number但数值为空", "state number without a value"));
        }
        if let Ok(number) = Number::parse(value) {
            return Ok(Value::number(number, raw, place));
        }
        let def = self.forms.iter().find_map(|(_, f)| f.def(cell).map(|d| (d, f)));
        let (unit, none) = def.map_or(("", &[][..]), |(d, f)| (d.unit.as_str(), f.none.as_slice()));
        let read = figure::read(value, unit, self.forms.kind(cell), none);
        Ok(match read.number {
            Some(number) => Value::number(number, raw, place),
            None => Value::without(read.state, value, place),
        })
    }

    fn report(&mut self, agency: &str, id: &str, year: u16, report: &str, form: Option<FormIx>) -> Result<usize, Wrong> {
        if let Some((key, at)) = &self.last
            && key.0 == agency
            && key.1 == id
            && key.2 == year
            && key.3 == report
        {
            return Ok(*at);
        }
        let key = (agency.to_owned(), id.to_owned(), year, report.to_owned());
        if let Some(&at) = self.at.get(&key) {
            self.last = Some((key, at));
            return Ok(at);
        }
        if self.reports.len() >= MAX_REPORTS {
            let zh = format!("一个文件中的报告超过{MAX_REPORTS}份，请分成几个文件");
            return Err(Wrong::new("agency", zh, format!("more than {MAX_REPORTS} reports in one file; split it")));
        }
        let ix = form.or_else(|| self.forms.for_year(year)).or_else(|| self.forms.iter().next().map(|f| f.0));
        let Some(ix) = ix else { return Err(Wrong::new("form", "没有可用的表式", "no form is known")) };
        let known = [id, agency].into_iter().filter(|n| !n.is_empty()).find_map(|n| self.registry.find(n, Some(year)));
        let name = known.map_or(if agency.is_empty() { id } else { agency }, |a| a.name.as_str());
        let mut new = Report::new(self.forms, self.name.clone(), name, year, ix);
        new.agency_id = known.map(|a| a.id.clone());
        let at = self.reports.len();
        self.reports.push((new, form));
        self.at.insert(key.clone(), at);
        self.last = Some((key, at));
        Ok(at)
    }

    /// The reports in the order in which they began. Where the file does not tell the form, the one that knows most of
    /// the cells is meant; of several the one of the year.
    pub(crate) fn finish(self) -> Vec<Report> {
        let forms = self.forms;
        self.reports
            .into_iter()
            .map(|(mut report, told)| {
                if told.is_none() {
                    let due = forms.for_year(report.year);
                    let has: Vec<Cell> = forms.cells().filter(|c| report.value(*c).state != State::Absent).collect();
                    let known = |ix: FormIx| has.iter().filter(|c| forms.form(ix).def(**c).is_some()).count();
                    let best = forms.iter().max_by_key(|(ix, _)| (known(*ix), Some(*ix) == due, std::cmp::Reverse(ix.index())));
                    report.form = best.map_or(report.form, |b| b.0);
                }
                report
            })
            .collect()
    }
}

fn given(place: &str, here: &Place) -> Place {
    if place.is_empty() { here.clone() } else { Place::Given(place.into()) }
}

/// Passes bytes on, fails when a row has taken more than [`MAX_ROW`] of them, and notes where a quoted field is open.
struct Limited<R> {
    inner: R,
    spent: Rc<std::cell::Cell<usize>>,
    quotes: Rc<std::cell::Cell<Quotes>>,
    delimiter: u8,
}

/// Where in CSV the bytes that were passed on have come to.
#[derive(Clone, Copy, Default)]
struct Quotes {
    /// Line of the file, from 0.
    line: u64,
    /// Line where the open quoted field began.
    open: Option<u64>,
    /// Whether the byte before was a quotation mark inside a quoted field, which may have closed it.
    closing: bool,
    /// Whether a field has begun.
    inside: bool,
}

impl Quotes {
    fn pass(mut self, bytes: &[u8], delimiter: u8) -> Quotes {
        for &b in bytes {
            if self.closing && b != b'"' {
                self.open = None;
            }
            match b {
                b'"' if self.open.is_some() => self.closing = !self.closing,
                b'"' if !self.inside => (self.open, self.inside, self.closing) = (Some(self.line), true, false),
                b'\n' | b'\r' if self.open.is_none() => (self.inside, self.closing) = (false, false),
                b if b == delimiter && self.open.is_none() => (self.inside, self.closing) = (false, false),
                0xEF | 0xBB | 0xBF if self.line == 0 && !self.inside => {}
                _ => (self.inside, self.closing) = (true, false),
            }
            self.line += u64::from(b == b'\n');
        }
        self
    }

    /// The line of the field whose quotation mark never closes, once all bytes have passed.
    fn unclosed(self) -> Option<u64> {
        self.open.filter(|_| !self.closing).map(|l| l + 1)
    }
}

fn unclosed(line: u64) -> Refusal {
    Refusal::unreadable(
        format!("第{line}行有一个引号没有成对，其后各行被当作同一格的内容"),
        format!("line {line}: a quotation mark is not closed and takes the rows after it for one field"),
    )
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.spent.get() > MAX_ROW {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a row of more than 1 MiB"));
        }
        let n = self.inner.read(buffer)?;
        self.spent.set(self.spent.get() + n);
        self.quotes.set(self.quotes.get().pass(&buffer[..n], self.delimiter));
        Ok(n)
    }
}

/// Reads CSV, whatever parts its columns and in whatever encoding it is.
///
/// # Errors
/// The first thing that is wrong, with line and column.
pub(crate) fn csv(file: impl Read, mut to: Collector<'_>) -> Result<Vec<Report>, Refusal> {
    let decoded = Decoded::new(file).map_err(|e| Refusal::unopened(&e))?;
    let delimiter = detect::columns(decoded.head()).0;
    let spent = Rc::new(std::cell::Cell::new(0));
    let quotes = Rc::new(std::cell::Cell::new(Quotes::default()));
    let limited = Limited { inner: decoded, spent: spent.clone(), quotes: quotes.clone(), delimiter };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(limited);
    let header = reader.byte_headers().map_err(|e| broken_csv(&e))?.clone();
    let names: Vec<String> = header.iter().map(|n| String::from_utf8_lossy(n).into_owned()).collect();
    let columns = columns(&names, to.need, 1)?;
    let mut record = csv::ByteRecord::new();
    loop {
        spent.set(0);
        let more = reader.read_byte_record(&mut record);
        let line = record.position().map_or(0, csv::Position::line);
        if let Some(line) = swallowed(&record, line, header.len(), delimiter) {
            return Err(unclosed(line));
        }
        if !more.map_err(|e| broken_csv(&e))? {
            return quotes.get().unclosed().map_or_else(|| Ok(to.finish()), |line| Err(unclosed(line)));
        }
        let mut fields = Fields::default();
        for (i, column) in columns.iter().enumerate() {
            if let Some(column) = column {
                let text = std::str::from_utf8(&record[*column]).map_err(|_| {
                    Wrong::new(COLUMNS[i], "不是UTF-8编码，请另存为UTF-8", "it is not UTF-8; save the file as UTF-8").at(line)
                })?;
                fields.by_column[i] = nianbao_form::spreadsheet::as_written(text);
            }
        }
        to.row(&fields).map_err(|w| w.at(line))?;
    }
}

/// The line where a field begins that has rows of the file inside it.
fn swallowed(record: &csv::ByteRecord, line: u64, columns: usize, delimiter: u8) -> Option<u64> {
    let mut at = line;
    for field in record {
        let is_row = |l: &[u8]| l.iter().filter(|b| **b == delimiter).count() + 1 >= columns.max(4);
        if field.split(|b| *b == b'\n').skip(1).any(is_row) {
            return Some(at);
        }
        at += field.iter().filter(|b| **b == b'\n').count() as u64;
    }
    None
}

/// Which of the names in a row stands for each of [`COLUMNS`].
pub(crate) fn columns(names: &[String], need: Need, line: u64) -> Result<[Option<usize>; 11], Refusal> {
    let mut out = [None; 11];
    let names: Vec<String> = names.iter().map(|n| n.trim_start_matches('\u{feff}').trim().to_lowercase()).collect();
    for (at, name) in names.iter().enumerate() {
        if let Some(i) = COLUMNS.iter().position(|c| c == name) {
            if out[i].is_some() {
                return Err(Wrong::new(COLUMNS[i], "该列出现两次", "the column stands twice").at(line));
            }
            out[i] = Some(at);
        }
    }
    for need in need.columns() {
        let i = COLUMNS.iter().position(|c| c == need).unwrap_or(0);
        if out[i].is_none() {
            let near = nianbao_form::nearest(need, names.iter().map(String::as_str));
            let (zh, en) = near.map_or_else(
                || ("缺少该列".to_owned(), "the column is missing".to_owned()),
                |n| (format!("缺少该列（是否写成了“{n}”）"), format!("the column is missing; is it `{n}`?")),
            );
            return Err(Wrong::new(COLUMNS[i], zh, en).at(line));
        }
    }
    Ok(out)
}

fn broken_csv(error: &csv::Error) -> Refusal {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => Refusal::unreadable(
            format!("第{line}行有{len}列，表头有{expected_len}列"),
            format!("line {line} has {len} columns, the header has {expected_len}"),
        ),
        csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::InvalidData => Refusal::unreadable(
            "一行超过1兆字节，引号可能没有成对",
            "a row of more than 1 MiB; perhaps a quotation mark is not closed",
        ),
        csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::Unsupported => Refusal::mixed_encodings(),
        _ => Refusal::unreadable(format!("第{line}行无法读取：{error}"), format!("line {line} cannot be read: {error}")),
    }
}

/// A JSON value of a cell's column: text, a number, or nothing.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(serde_json::Number),
    Bool(bool),
}

impl Scalar {
    fn text(self) -> String {
        match self {
            Scalar::Text(t) => t,
            Scalar::Number(n) => n.to_string(),
            Scalar::Bool(b) => b.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct JsonRow {
    agency: Option<Scalar>,
    year: Option<Scalar>,
    cell: Option<Scalar>,
    value: Option<Scalar>,
    state: Option<Scalar>,
    form: Option<Scalar>,
    raw: Option<Scalar>,
    place: Option<Scalar>,
    agency_id: Option<Scalar>,
    report: Option<Scalar>,
    derived: Option<Scalar>,
}

/// The number beside a key of an object, as it is written: a float would not hold every decimal. The text is known to be
/// valid JSON.
fn token(text: &[u8], key: &str) -> Option<String> {
    let (mut depth, mut at, mut found) = (0usize, 0, false);
    while at < text.len() {
        match text[at] {
            b'"' => {
                let start = at + 1;
                at = start;
                while *text.get(at)? != b'"' {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                let colon = text[at + 1..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
                found = depth == 1 && colon && &text[start..at] == key.as_bytes();
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'0'..=b'9' | b'-' if found => {
                let end = text[at..].iter().position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
                return String::from_utf8(text[at..end.map_or(text.len(), |e| at + e)].to_vec()).ok();
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Reads JSON Lines.
///
/// # Errors
/// The first thing that is wrong, with line and column.
pub(crate) fn json_lines(file: impl Read, mut to: Collector<'_>) -> Result<Vec<Report>, Refusal> {
    let failed = |e: io::Error| match e.kind() {
        io::ErrorKind::Unsupported => Refusal::mixed_encodings(),
        _ => Refusal::unopened(&e),
    };
    let mut reader = BufReader::new(Decoded::new(file).map_err(failed)?);
    let mut line = Vec::new();
    for at in 1u64.. {
        line.clear();
        let n = (&mut reader).take(MAX_ROW as u64 + 1).read_until(b'\n', &mut line).map_err(failed)?;
        if n == 0 {
            break;
        }
        if n > MAX_ROW {
            return Err(Refusal::unreadable(format!("第{at}行超过1兆字节"), format!("line {at} has more than 1 MiB")));
        }
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line);
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let row: JsonRow = serde_json::from_slice(text).map_err(|e| {
            Refusal::unreadable(
                format!("第{at}行第{}字节处JSON有误：{e}", e.column()),
                format!("line {at}, column {}: {e}", e.column()),
            )
        })?;
        let columns = [
            row.agency,
            row.year,
            row.cell,
            row.value,
            row.state,
            row.form,
            row.raw,
            row.place,
            row.agency_id,
            row.report,
            row.derived,
        ];
        let given: [bool; 11] = std::array::from_fn(|i| columns[i].is_some());
        let is_float = columns.each_ref().map(|c| matches!(c, Some(Scalar::Number(n)) if n.is_f64()));
        let mut texts = columns.map(|c| c.map(Scalar::text).unwrap_or_default());
        for i in (0..COLUMNS.len()).filter(|i| is_float[*i]) {
            texts[i] = token(text, COLUMNS[i]).ok_or_else(|| {
                Wrong::new(COLUMNS[i], "数值无法按原文读取，请写成文本", "the number cannot be taken as written; give it as text")
                    .at(at)
            })?;
        }
        for need in to.need.columns().iter().filter(|n| **n != "value") {
            if let Some(i) = COLUMNS.iter().position(|c| c == need)
                && !given[i]
                && !(*need == "agency" && given[8])
            {
                return Err(Wrong::new(COLUMNS[i], "缺少该项", "the field is missing").at(at));
            }
        }
        let fields = Fields { by_column: std::array::from_fn(|i| texts[i].as_str()) };
        to.row(&fields).map_err(|w| w.at(at))?;
    }
    Ok(to.finish())
}
