//! Small reports written as text, and findings written as text beside them.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};

use nianbao_form::registry::Agency;
use nianbao_form::{Cell, Finding, Forms, Number, Place, Registry, Remark, Report, Reports, State, Unmapped, Value};

/// `tests/data/NAME`.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// `shared/NAME` beside the project, if it is there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: shared/ not found ({})", path.display());
    }
    path.exists().then_some(path)
}

/// One case of a data file: a name, what is given, what is expected.
pub struct Case {
    pub name: String,
    pub given: Vec<String>,
    pub expected: String,
}

/// Cases begin with `# name`; a line `--` stands before what is expected.
pub fn cases(text: &str) -> Vec<Case> {
    let mut out: Vec<Case> = Vec::new();
    let mut expecting = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            out.push(Case { name: name.to_owned(), given: Vec::new(), expected: String::new() });
            expecting = false;
        } else if line == "--" {
            expecting = true;
        } else if let Some(case) = out.last_mut() {
            match expecting {
                true if !line.is_empty() => case.expected.push_str(&format!("{line}\n")),
                false if !line.trim().is_empty() => case.given.push(line.to_owned()),
                _ => {}
            }
        }
    }
    out
}

/// Runs every case of a data file; with `UPDATE=1` in the environment writes what came out instead of comparing.
pub fn run(file: &str, check: impl Fn(&Case) -> String) {
    let path = data(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut written = String::new();
    let mut failed = Vec::new();
    for case in cases(&text) {
        let got = check(&case);
        written.push_str(&format!("# {}\n{}\n--\n{got}\n", case.name, case.given.join("\n")));
        if got != case.expected {
            failed.push(format!("{}\nexpected\n{}got\n{got}", case.name, case.expected));
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, written).unwrap();
    } else {
        assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    }
}

/// What is written in a cell: `.` blank, `~` absent, `/` a mark of none, a number, else words.
pub fn value(word: &str) -> Value {
    match word {
        "." => Value::without(State::Blank, "", Place::Unknown),
        "~" => Value::without(State::Absent, "", Place::Unknown),
        "/" => Value::without(State::None, "/", Place::Unknown),
        _ => match Number::parse(word) {
            Ok(n) => Value::number(n, word, Place::Unknown),
            Err(_) => Value::without(State::Text, word, Place::Unknown),
        },
    }
}

/// Reports and a registry from lines such as
/// `report 2021 某局`, `all 0`, `requests.received 5 3 0 0 0 0 8` (all cells of that prefix), `agency id name kind k=v …`.
pub fn scene(forms: &Forms, lines: &[String]) -> (Registry, Vec<Report>) {
    let (mut agencies, mut reports): (Vec<Agency>, Vec<Report>) = (Vec::new(), Vec::new());
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "agency" => agencies.push(agency(&words[1..])),
            "report" => {
                let year: u16 = words[1].parse().unwrap();
                let form = words.get(3).map_or_else(|| forms.for_year(year), |f| forms.find(f)).unwrap();
                reports.push(Report::new(forms, format!("{}-{year}.docx", words[2]), words[2], year, form));
            }
            "all" => {
                let report = reports.last_mut().unwrap();
                for &cell in &forms.form(report.form).cells.clone() {
                    report.set(cell, value(words[1]));
                }
            }
            "remark" => {
                let text = |i: usize| words.get(i).map_or_else(String::new, |w| w.trim_matches('.').to_owned());
                let cell = forms.cell(words[2]);
                let rule = nianbao_form::rule(words[1]).id.as_str();
                let place = Place::Line(7);
                reports.last_mut().unwrap().remarks.push(Remark {
                    rule,
                    cell,
                    found: text(3),
                    expected: text(4),
                    english: None,
                    place,
                });
            }
            "unmapped" => {
                let place = Place::Table { table: words[1].parse().unwrap(), row: 2, column: 1 };
                reports.last_mut().unwrap().unmapped.push(Unmapped { text: words[2..].join(" "), place });
            }
            prefix => fill(forms, reports.last_mut().unwrap(), prefix, &words[1..]),
        }
    }
    let (registry, problems) = Registry::new(agencies);
    assert!(problems.is_empty(), "{problems:?}");
    for report in &mut reports {
        if let Some(agency) = registry.find(&report.agency, Some(report.year)) {
            report.agency_id = Some(agency.id.clone());
        }
    }
    (registry, reports)
}

fn agency(words: &[&str]) -> Agency {
    let mut out = Agency { id: words[0].into(), name: words[1].into(), kind: words[2].into(), ..Agency::default() };
    for word in &words[3..] {
        let (key, text) = word.split_once('=').unwrap();
        match key {
            "from" => out.from = text.parse().ok(),
            "to" => out.to = text.parse().ok(),
            "successor" => out.successor = text.split(';').map(str::to_owned).collect(),
            "reports" => out.reports = if text == "none" { Reports::None } else { Reports::Compiled },
            _ => panic!("{word}"),
        }
    }
    out
}

fn fill(forms: &Forms, report: &mut Report, prefix: &str, words: &[&str]) {
    let form = forms.form(report.form);
    let cells: Vec<Cell> = match forms.cell(prefix) {
        Some(cell) => vec![cell],
        None => {
            let below = |c: &&Cell| {
                forms.id(**c).strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.') && !rest[1..].contains('.'))
            };
            let own: Vec<Cell> = form.cells.iter().chain(&form.local).filter(below).copied().collect();
            if own.is_empty() { form.guests.iter().filter(below).copied().collect() } else { own }
        }
    };
    assert_eq!(cells.len(), words.len(), "{prefix} {words:?}");
    for (cell, word) in cells.into_iter().zip(words) {
        report.set(cell, value(word));
    }
}

/// Findings as lines: severity, rule, cells, then the messages. One that another explains begins with `·`.
pub fn written(findings: &[Finding]) -> String {
    let mut out = String::new();
    for f in findings {
        let rank = f.key.split_once('#').map_or(String::new(), |(_, r)| format!(" #{r}"));
        let cells = if f.cells.len() > 8 { format!("{} cells", f.cells.len()) } else { f.cells.join(";") };
        let suggestion = if f.suggestion.is_empty() { String::new() } else { format!(" → {}", f.suggestion.join(";")) };
        let mark = if f.cause.is_some() { "· " } else { "" };
        out.push_str(&format!("{mark}{} {}{rank} {cells}{suggestion}\n", f.severity.as_str(), f.rule));
        out.push_str(&format!("    {}\n    {}\n", f.message, f.message_en));
    }
    well_formed(findings);
    out
}

/// What holds for every finding: no parameter left open, causes that exist, keys that stand once.
pub fn well_formed(findings: &[Finding]) {
    let mut keys: Vec<&str> = findings.iter().map(|f| f.key.as_str()).collect();
    keys.sort_unstable();
    keys.windows(2).for_each(|w| assert_ne!(w[0], w[1], "key twice"));
    for f in findings {
        for text in [&f.message, &f.message_en] {
            assert!(!text.contains(['{', '}']) && !text.is_empty(), "{}: {text}", f.rule);
        }
        assert_eq!(f.cells.len().max(1), f.found.len().max(1), "{f:?}");
        assert_eq!(f.found.len(), f.expected.len(), "{f:?}");
        if let Some(cause) = &f.cause {
            assert!(findings.iter().any(|c| c.cause_key() == cause && c.cause.is_none()), "{cause}");
        }
    }
}
