//! How fast copied passages are found, on one core, and how many of the planted ones:
//!
//!     cargo run --release -p nianbao-screen --example copied -- [narratives] [--dump FILE]
//!
//! Narratives of about 2,700 characters; one in twenty repeats another one, edited by 0, 5, 15 or 30 %. `--dump` writes
//! what `benches/copied_peers.py` reads, so that others are measured on the same texts.
#![allow(clippy::unwrap_used)]

#[path = "../tests/narratives/mod.rs"]
mod narratives;

use std::collections::BTreeMap;
use std::io::Write;

use narratives::{contained, edited, name, narrative, phrases, registry, report, rng, text};
use nianbao_form::{Forms, Report, Severity};
use nianbao_screen::{Scope, Totals, copied};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const YEAR: u16 = 2024;
const DEGREES: [f64; 4] = [0.0, 0.05, 0.15, 0.3];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count: usize = arguments.first().and_then(|a| a.parse().ok()).unwrap_or(10_000);
    let mut rng = rng(1);
    let pool = phrases(60_000, &mut rng);
    let mut told: Vec<_> = (0..count).map(|_| narrative(&pool, &mut rng)).collect();
    let mut planted: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
    for (i, at) in (0..count).step_by(20).enumerate() {
        let (source, degree) = ((at + count / 2 + 7) % count, DEGREES[i % 4]);
        if source % 20 != 0 {
            told[at] = edited(&told[source], &pool, degree, false, &mut rng);
            planted.insert(at, (source, degree));
        }
    }
    let texts: Vec<String> = told.iter().enumerate().map(|(i, t)| text(t, &name(i), YEAR)).collect();
    let letters: usize = texts.iter().map(|t| t.chars().count()).sum();
    if let Some(at) = arguments.iter().position(|a| a == "--dump") {
        dump(&arguments[at + 1], &texts, &planted);
    }
    let forms = Forms::built_in();
    let registry = registry(count);
    let reports: Vec<Report> =
        texts.iter().enumerate().map(|(i, t)| report(forms, i, YEAR, &[("overview", t.clone())])).collect();
    let reports: Vec<&Report> = reports.iter().collect();
    let scope = Scope { forms, registry: &registry, totals: &Totals::default(), reports: &reports, year: YEAR };

    let mut best = f64::INFINITY;
    let mut findings = Vec::new();
    for _ in 0..3 {
        let start = on_core();
        findings = copied(scope);
        best = best.min(on_core() - start);
    }
    println!("{count} narratives of {} characters, seconds on one core, best of 3:", letters / count);
    println!(
        "{best:.3} s, {:.0} narratives a second, {:.1} M characters a second",
        count as f64 / best,
        letters as f64 / best / 1e6
    );

    with_last_year(scope, count, &pool, &mut rng);

    let warned: BTreeMap<&str, &str> = findings
        .iter()
        .filter(|f| f.severity == Severity::Warning)
        .map(|f| (f.subject.agency.as_str(), f.expected[0].as_str()))
        .collect();
    for degree in DEGREES {
        let of: Vec<_> = planted.iter().filter(|(_, p)| p.1 == degree).collect();
        let is =
            |at: &usize, source: &usize| warned.get(name(*at).as_str()) == Some(&format!("{} {YEAR}", name(*source)).as_str());
        let high: Vec<_> = of.iter().filter(|(at, (source, _))| contained(&texts[**at], &texts[*source]) >= 0.6).collect();
        let found = high.iter().filter(|(at, (source, _))| is(at, source)).count();
        println!(
            "{:>3.0} % edited: {} planted, {} at ≥ 60 % contained, {found} of them found",
            degree * 100.0,
            of.len(),
            high.len()
        );
    }
    let pairs: Vec<(usize, usize)> = planted.iter().flat_map(|(a, (b, _))| [(*a, *b), (*b, *a)]).collect();
    let known: std::collections::BTreeSet<(String, String)> =
        pairs.iter().map(|(a, b)| (name(*a), format!("{} {YEAR}", name(*b)))).collect();
    let wrong = warned.iter().filter(|(a, b)| !known.contains(&((**a).to_owned(), (**b).to_owned()))).count();
    println!(
        "{} warnings, {wrong} of pairs that nobody planted; {} passages told for information",
        warned.len(),
        findings.len() - warned.len()
    );
}

/// The same with as many reports of the year before, none of them copied.
fn with_last_year(scope: Scope<'_>, count: usize, pool: &[String], rng: &mut impl rand::Rng) {
    let last = (0..count).map(|i| {
        let text = text(&narrative(pool, rng), &name(i), YEAR - 1);
        report(scope.forms, i, YEAR - 1, &[("overview", text)])
    });
    let last: Vec<Report> = last.collect();
    let reports: Vec<&Report> = scope.reports.iter().copied().chain(&last).collect();
    let start = on_core();
    let found = copied(Scope { reports: &reports, ..scope }).len();
    let seconds = on_core() - start;
    println!(
        "{seconds:.3} s with last year's reports too, {:.0} of the year's narratives a second ({found} findings)",
        count as f64 / seconds
    );
}

/// Seconds that this thread has had a core: what others do on the machine does not count. Only Linux tells.
fn on_core() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// One narrative a line, `source<TAB>degree<TAB>text`; no source where it is its own.
fn dump(path: &str, texts: &[String], planted: &BTreeMap<usize, (usize, f64)>) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    for (at, text) in texts.iter().enumerate() {
        let (source, degree) = planted.get(&at).map_or((String::new(), String::new()), |(s, d)| (s.to_string(), d.to_string()));
        writeln!(file, "{source}\t{degree}\t{}", text.replace('\n', "")).unwrap();
    }
}
