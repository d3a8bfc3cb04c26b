//! The collection: which of several reports counts, who has not reported, who was late, what could not be read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use nianbao_form::registry::Problem;
use nianbao_form::{Finding, Forms, Registry, Report, Reports, Severity, Subject};

use crate::marks::mark;

/// A report that was read, with what is known of how it came.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The report.
    pub report: &'a Report,
    /// SHA-256 of the file, if it has one report: equal files are the same report.
    pub bytes_equal_key: Option<&'a str>,
    /// The day on which it was received (`2025-02-03`), by the office's register.
    pub received: Option<&'a str>,
}

/// Which reports count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// For each arrival, whether its figures are in the sums.
    pub counted: Vec<bool>,
    /// For each arrival, the position of the one that counts in its place.
    pub superseded_by: Vec<Option<usize>>,
    /// `duplicate-report` and `unknown-agency`, of every year.
    pub findings: Vec<Finding>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedFile {
    /// Path relative to the input folder.
    pub name: String,
    /// Why, in Chinese.
    pub reason: String,
    /// Why, in English.
    pub reason_en: String,
    /// Whose it seems to be, by the file's name; without id and name where that does not tell.
    pub subject: Subject,
}

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
}

impl Day {
    /// Reads a date as offices write it: `2025-02-03`, `2025/2/3`, `2025.2.3`, `2025年2月3日`, `20250203`; what follows
    /// after a space or `T` is the time of day and dropped.
    ///
    /// ```
    /// use nianbao_screen::collection::Day;
    /// assert_eq!(Day::parse("2025年2月3日"), Day::parse("2025-02-03 09:30"));
    /// assert_eq!(Day::parse("2025-02-30"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Day> {
        let text = text.trim().split([' ', 'T']).next()?;
        if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Day::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?);
        }
        let mut parts = text.trim_end_matches('日').split(['-', '/', '.', '年', '月']);
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || year.len() != 4 {
            return None;
        }
        Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    fn new(year: u16, month: u8, day: u8) -> Option<Day> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let length = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => return None,
        };
        (1..=length).contains(&day).then_some(Day { year, month, day })
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The day of the year after the reporting year by which reports are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    month: u8,
    day: u8,
}

impl Deadline {
    /// Reads `MM-DD`.
    pub fn parse(text: &str) -> Option<Deadline> {
        let (month, day) = text.trim().split_once('-')?;
        // A common year, so that the day exists in every year.
        let day = Day::new(2001, month.parse().ok()?, day.parse().ok()?)?;
        Some(Deadline { month: day.month, day: day.day })
    }

    /// The deadline of a reporting year.
    pub fn of(self, year: u16) -> Day {
        Day { year: year.saturating_add(1), month: self.month, day: self.day }
    }
}

/// Why one of several reports counts.
enum Reason {
    Received(Day),
    Mark(Option<String>),
    Path,
}

impl Reason {
    fn both(&self) -> (String, String) {
        match self {
            Reason::Received(day) => (format!("{day}收到，时间最晚"), format!("received last, on {day}")),
            Reason::Mark(Some(mark)) => (format!("文件名带有“{mark}”"), format!("its name says “{mark}”")),
            Reason::Mark(None) => ("其他文件名带有草稿标记".to_owned(), "the names of the others say draft".to_owned()),
            Reason::Path => (
                "收件日期和文件名未能区分，取路径排序的最后一份".to_owned(),
                "neither receipt nor name tells: the last by path".to_owned(),
            ),
        }
    }
}

/// Decides which of the reports of one agency and year counts: the later one by the day of receipt, where every one of
/// them has a day; else by marks in the file name; else the last by path. Never by the file's clock. Reports of agencies
/// whose own report is a sum, or who make none, are not counted.
pub fn select(forms: &Forms, registry: &Registry, arrivals: &[Arrival<'_>]) -> Selection {
    let mut selection =
        Selection { counted: vec![false; arrivals.len()], superseded_by: vec![None; arrivals.len()], findings: Vec::new() };
    for group in groups(registry, arrivals).into_values() {
        let (chosen, reason) = choose(arrivals, &group);
        let report = arrivals[chosen].report;
        let agency = report.agency_id.as_deref().and_then(|id| registry.get(id));
        selection.counted[chosen] = agency.is_none_or(|a| a.reports == Reports::Own);
        for &other in group.iter().filter(|&&i| i != chosen) {
            selection.superseded_by[other] = Some(chosen);
        }
        if let Some(reason) = reason {
            selection.findings.push(duplicate(forms, arrivals, &group, chosen, &reason));
        }
        if agency.is_none() && !registry.is_empty() {
            let nearest = nianbao_form::nearest(&report.agency, registry.names().map(|(name, _)| name)).unwrap_or_default();
            selection
                .findings
                .push(Finding::of("unknown-agency", &Subject::of(report)).values(report.agency.clone(), nearest).build());
        }
    }
    selection
}

/// Positions of the reports of one agency and year, in the order of the registry, then of names and years; within one
/// group by path.
fn groups<'a>(registry: &Registry, arrivals: &[Arrival<'a>]) -> BTreeMap<(usize, &'a str, u16), Vec<usize>> {
    let mut groups: BTreeMap<(usize, &str, u16), Vec<usize>> = BTreeMap::new();
    for (at, arrival) in arrivals.iter().enumerate() {
        let report = arrival.report;
        let position = report.agency_id.as_deref().and_then(|id| registry.position(id)).unwrap_or(usize::MAX);
        groups.entry((position, report.agency_key(), report.year)).or_default().push(at);
    }
    for group in groups.values_mut() {
        group.sort_by_key(|&i| (&arrivals[i].report.source, i));
    }
    groups
}

/// The one that counts, and why if there was a choice. `group` is in path order.
fn choose(arrivals: &[Arrival<'_>], group: &[usize]) -> (usize, Option<Reason>) {
    if group.len() == 1 {
        return (group[0], None);
    }
    let mut left = group.to_vec();
    let days: Option<Vec<Day>> = group.iter().map(|&i| arrivals[i].received.and_then(Day::parse)).collect();
    if let Some(days) = days {
        let last = days.iter().max().copied();
        left = group.iter().zip(&days).filter(|(_, d)| Some(**d) == last).map(|(i, _)| *i).collect();
        if let (&[only], Some(day)) = (&left[..], last) {
            return (only, Some(Reason::Received(day)));
        }
    }
    let marks: Vec<_> = left.iter().map(|&i| mark(&arrivals[i].report.source)).collect();
    let highest = marks.iter().map(|m| m.0).max();
    let marked: Vec<(usize, Option<String>)> =
        left.into_iter().zip(marks).filter(|(_, m)| Some(m.0) == highest).map(|(i, m)| (i, m.1)).collect();
    match &marked[..] {
        [(only, text)] => (*only, Some(Reason::Mark(text.clone()))),
        [.., (last, _)] => (*last, Some(Reason::Path)),
        [] => (group[group.len() - 1], Some(Reason::Path)),
    }
}

fn duplicate(forms: &Forms, arrivals: &[Arrival<'_>], group: &[usize], chosen: usize, reason: &Reason) -> Finding {
    let name = |i: usize| arrivals[i].report.source.to_string();
    let identical = group.iter().all(|&i| same(forms, &arrivals[i], &arrivals[chosen]));
    let (mut zh, mut en) = reason.both();
    if identical {
        zh.push_str("；各份数据相同");
        en.push_str("; the figures are the same in all");
    }
    let files: Vec<String> = group.iter().map(|&i| name(i)).collect();
    Finding::of("duplicate-report", &Subject::of(arrivals[chosen].report))
        .values(files.join(";"), name(chosen))
        .with("count", group.len().to_string())
        .with_both("files", files.join("、"), files.join(", "))
        .with_both("reason", zh, en)
        .severity(identical.then_some(Severity::Info))
        .build()
}

/// Whether two arrivals are the same report: the same bytes, or the same figures in every cell, be it that one came as a
/// document and the other as normalised cells.
fn same(forms: &Forms, a: &Arrival<'_>, b: &Arrival<'_>) -> bool {
    let bytes = a.bytes_equal_key.is_some() && a.bytes_equal_key == b.bytes_equal_key;
    bytes || forms.cells().all(|c| a.report.counts_as(c) == b.report.counts_as(c))
}

/// `missing-report`: agencies of the registry without a counted report for the year.
pub fn missing(registry: &Registry, year: u16, arrivals: &[Arrival<'_>], selection: &Selection) -> Vec<Finding> {
    let counted = arrivals.iter().zip(&selection.counted).filter(|(a, counted)| **counted && a.report.year == year);
    let here: std::collections::HashSet<&str> = counted.map(|(a, _)| a.report.agency_key()).collect();
    let awaited = registry.expected(year).filter(|a| !here.contains(a.id.as_str()));
    let finding = |agency: &nianbao_form::Agency| {
        let subject = Subject { agency_id: agency.id.clone(), agency: agency.name.clone(), year, report: String::new() };
        Finding::of("missing-report", &subject).build()
    };
    awaited.map(finding).collect()
}

/// `late-report`: agencies whose first report for a year was received after the deadline. A report sent again later is
/// not late if the first one was not, and what has no day of receipt is not judged.
pub fn late(registry: &Registry, arrivals: &[Arrival<'_>], deadline: Deadline) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((_, _, year), group) in groups(registry, arrivals) {
        let first = group.iter().filter_map(|&i| Some((Reverse(arrivals[i].received.and_then(Day::parse)?), i))).max();
        let Some((Reverse(day), at)) = first else { continue };
        let report = arrivals[at].report;
        let awaited = report.agency_id.as_deref().and_then(|id| registry.get(id)).is_none_or(|a| a.reports == Reports::Own);
        let due = deadline.of(year);
        if awaited && day > due {
            findings.push(Finding::of("late-report", &Subject::of(report)).values(day.to_string(), due.to_string()).build());
        }
    }
    findings
}

/// `registry` and `credit-code`: what is wrong with the registry itself.
pub fn registry_findings(registry: &Registry, problems: &[Problem]) -> Vec<Finding> {
    let finding = |problem: &Problem| {
        let agency = registry.get(&problem.agency).map_or_else(String::new, |a| a.name.clone());
        let subject = Subject { agency_id: problem.agency.clone(), agency, ..Subject::default() };
        Finding::of(problem.rule, &subject)
            .values(problem.zh.clone(), "")
            .with_both("problem", problem.zh.clone(), problem.en.clone())
            .with("line", problem.line.to_string())
            .build()
    };
    problems.iter().map(finding).collect()
}

/// `unreadable`: files of which nothing could be read.
pub fn unreadable(files: &[FailedFile]) -> Vec<Finding> {
    let finding = |file: &FailedFile| {
        let subject = Subject { report: file.name.clone(), ..file.subject.clone() };
        Finding::of("unreadable", &subject).with_both("reason", file.reason.clone(), file.reason_en.clone()).build()
    };
    files.iter().map(finding).collect()
}
