//! How well errors that break no identity are found: the table of docs/accuracy.md.
//!
//! ```sh
//! cargo run --release -p nianbao-screen --example anomalies            # everything, some minutes
//! cargo run --release -p nianbao-screen --example anomalies -- 4 1     # 4 × 60 small and 1 large district
//! cargo run --release -p nianbao-screen --example anomalies -- export FOLDER   # csv files for benches/accuracy_peers.py
//! ```
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use nianbao_accuracy::dice::Dice;
use nianbao_accuracy::inject::{Error, Injected, spoil};
use nianbao_accuracy::{Rates, generate};
use nianbao_form::{Forms, Number, Place, Registry, Report, State, Value};
use nianbao_screen::FALSE_DISCOVERY_RATE;
use nianbao_screen::panel::Panel;
use nianbao_screen::screening::{Judged, Screening, screen};
use nianbao_screen::slips::Slip;

/// Share of reports with an error.
const SPOILED: f64 = 0.045;

/// One report of the year that is judged.
struct Row {
    error: Option<Injected>,
    odds: f64,
    baseline: f64,
    alarm: bool,
    /// ln of the probability of the report, and of what it was before the error.
    ln: f64,
    truth: f64,
    /// The slip that was named, and whether its cells are among those that are wrong.
    named: Option<(Slip, bool)>,
}

/// Which slip names which error; none for those that have no name. A table with one figure that is ten times too large is
/// a figure that is.
fn name_of_one(error: &Injected) -> Option<Slip> {
    match error.kind {
        Error::TableTimes10 if error.cells.len() == 1 => Some(Slip::TimesTen),
        kind => name_of(kind),
    }
}

fn name_of(kind: Error) -> Option<Slip> {
    Some(match kind {
        Error::LastYear => Slip::LastYear,
        Error::Times10 => Slip::TimesTen,
        Error::Times10000 => Slip::TimesTenThousand,
        Error::Over10000 => Slip::OverTenThousand,
        Error::Over10 => Slip::OverTen,
        Error::Columns => Slip::Columns,
        Error::Rows => Slip::Rows,
        Error::Transposition => Slip::Transposed,
        Error::TableDropped => Slip::TableMissing,
        Error::TableTimes10 => Slip::TableTimesTen,
        Error::Agencies => Slip::OtherAgency,
        _ => return None,
    })
}

/// max |log1p(now) − mean log1p(history)| over the form's cells.
fn baseline(forms: &Forms, own: &[&Report], year: u16) -> f64 {
    let Some(now) = own.iter().find(|r| r.year == year) else { return 0.0 };
    let past: Vec<&&Report> = own.iter().filter(|r| r.year < year).collect();
    if past.is_empty() {
        return 0.0;
    }
    let log = |r: &Report, c| r.counts_as(c).map_or(0.0, |n: Number| n.to_f64().max(0.0).ln_1p());
    let one = |&c: &nianbao_form::Cell| (log(now, c) - past.iter().map(|r| log(r, c)).sum::<f64>() / past.len() as f64).abs();
    forms.form(now.form).cells.iter().map(one).fold(0.0, f64::max)
}

fn judge(forms: &Forms, registry: &Registry, reports: &[Report], year: u16, injected: Vec<Injected>) -> (Vec<Row>, Screening) {
    let list: Vec<&Report> = reports.iter().collect();
    let screening = screen(forms, registry, Panel::from_reports(forms, registry, &list), year);
    let alarms = screening.alarms(FALSE_DISCOVERY_RATE);
    let mut errors: BTreeMap<&str, Injected> = injected.into_iter().map(|i| (reports[i.report].agency_key(), i)).collect();
    let mut by_agency: BTreeMap<&str, Vec<&Report>> = BTreeMap::new();
    list.iter().for_each(|r| by_agency.entry(r.agency_key()).or_default().push(r));
    let row = |(at, judged): (usize, &Judged)| {
        let key = screening.panel.members[judged.member].key.as_str();
        let error = errors.remove(key);
        let named = judged.candidates.first().map(|c| {
            let hit = error.as_ref().is_some_and(|e| {
                c.undone.iter().any(|(cell, _)| e.cells.contains(cell)) || matches!(c.slip, Slip::LastYear | Slip::TableMissing)
            });
            (c.slip.clone(), hit)
        });
        Row {
            baseline: baseline(forms, &by_agency[key], year),
            odds: judged.odds,
            ln: judged.ln,
            truth: judged.ln,
            alarm: alarms.contains(&at),
            named,
            error,
        }
    };
    let rows = screening.judged.iter().enumerate().map(row).collect();
    (rows, screening)
}

#[derive(Default, Clone, Copy)]
struct Quality {
    recall: f64,
    precision: f64,
    average: f64,
}

/// Recall among the first 5 %, precision among the first 1 %, average precision.
fn quality(rows: &[Row], score: impl Fn(&Row) -> f64) -> Quality {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| score(&rows[b]).total_cmp(&score(&rows[a])).then(a.cmp(&b)));
    let total = rows.iter().filter(|r| r.error.is_some()).count() as f64;
    let (five, one) = ((rows.len() as f64 * 0.05).round() as usize, ((rows.len() as f64 * 0.01).round() as usize).max(1));
    let (mut hits, mut q) = (0.0, Quality::default());
    for (at, &i) in order.iter().enumerate() {
        if rows[i].error.is_some() {
            hits += 1.0;
            q.average += hits / (at + 1) as f64 / total;
        }
        if at + 1 == five {
            q.recall = hits / total;
        }
        if at + 1 == one {
            q.precision = hits / one as f64;
        }
    }
    q
}

/// The reports among the first 5 %.
fn caught(rows: &[Row]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| rows[b].odds.total_cmp(&rows[a].odds).then(a.cmp(&b)));
    let mut caught = vec![false; rows.len()];
    order.iter().take((rows.len() as f64 * 0.05).round() as usize).for_each(|&i| caught[i] = true);
    caught
}

#[derive(Default, Clone)]
struct Kinds(BTreeMap<(Error, bool), [usize; 4]>, BTreeMap<(Error, Slip, bool), usize>);

impl Kinds {
    fn add(&mut self, rows: &[Row]) {
        for (row, caught) in rows.iter().zip(caught(rows)) {
            let Some(error) = &row.error else { continue };
            if let (true, Some((slip, hit))) = (caught, &row.named) {
                *self.1.entry((error.kind, slip.clone(), *hit)).or_default() += 1;
            }
            let count = self.0.entry((error.kind, error.into_zero)).or_default();
            count[0] += 1;
            count[1] += usize::from(caught);
            let right = |(slip, hit): &(Slip, bool)| Some(slip) == name_of_one(error).as_ref() && *hit;
            count[2] += usize::from(caught && row.named.as_ref().is_some_and(right));
            count[3] += usize::from(row.alarm);
        }
    }

    fn sum(&self, keep: impl Fn(Error, bool) -> bool) -> [usize; 4] {
        let kept = self.0.iter().filter(|((k, z), _)| keep(*k, *z));
        kept.fold([0; 4], |mut sum, (_, n)| {
            sum.iter_mut().zip(n).for_each(|(s, n)| *s += n);
            sum
        })
    }
}

/// What is measured over the runs of one setting.
#[derive(Default)]
struct Measured {
    ours: Vec<Quality>,
    base: Vec<Quality>,
    kinds: Kinds,
    alarms: (usize, usize),
    clean: (usize, usize),
    /// Errors; those whose truth is likelier than what stands there; those where it is by more than errors are rare.
    bound: [usize; 3],
    /// What clean reports were accused of.
    accused: BTreeMap<Slip, usize>,
    /// What sound reports among spoiled ones were accused of.
    false_alarms: BTreeMap<Slip, usize>,
}

impl Measured {
    fn add(&mut self, rows: &[Row]) {
        for row in rows.iter().filter(|r| r.error.is_some()) {
            let gain = row.truth - row.ln;
            self.bound[0] += 1;
            self.bound[1] += usize::from(gain > 0.0);
            self.bound[2] += usize::from(gain > (1.0 / SPOILED).ln());
        }
        self.ours.push(quality(rows, |r| r.odds));
        self.base.push(quality(rows, |r| r.baseline));
        self.kinds.add(rows);
        for row in rows.iter().filter(|r| r.alarm && r.error.is_none()) {
            if let Some((slip, _)) = &row.named {
                *self.false_alarms.entry(slip.clone()).or_default() += 1;
            }
        }
        let alarms = rows.iter().filter(|r| r.alarm);
        let false_ones = rows.iter().filter(|r| r.alarm && r.error.is_none()).count();
        self.alarms = (self.alarms.0 + alarms.count(), self.alarms.1 + false_ones);
    }

    fn add_clean(&mut self, rows: &[Row]) {
        for row in rows.iter().filter(|r| r.alarm) {
            if let Some((slip, _)) = &row.named {
                *self.accused.entry(slip.clone()).or_default() += 1;
            }
        }
        self.clean = (self.clean.0 + rows.len(), self.clean.1 + rows.iter().filter(|r| r.alarm).count());
    }

    fn print(&self, name: &str) {
        let mean = |list: &[Quality], of: fn(&Quality) -> f64| list.iter().map(of).sum::<f64>() / list.len().max(1) as f64;
        for (who, list) in [("named-error ratio", &self.ours), ("one-liner", &self.base)] {
            let named = self.kinds.sum(|k, _| name_of(k).is_some());
            let named = if who == "one-liner" || named[1] == 0 {
                "–".to_owned()
            } else {
                format!("{:.3}", named[2] as f64 / named[1] as f64)
            };
            println!(
                "| {name} | {who} | {:.3} | {:.3} | {:.3} | {named} |",
                mean(list, |q| q.recall),
                mean(list, |q| q.precision),
                mean(list, |q| q.average)
            );
        }
    }

    fn print_false(&self, name: &str) {
        let (alarms, wrong) = self.alarms;
        let (reports, of_clean) = self.clean;
        println!(
            "{name}: {alarms} alarms, {wrong} false ({:.1} %, bound {} %); {of_clean} alarms on {reports} clean reports ({:.2} per 100); 0 errors",
            100.0 * wrong as f64 / alarms.max(1) as f64,
            100.0 * FALSE_DISCOVERY_RATE,
            100.0 * of_clean as f64 / reports.max(1) as f64
        );
        let accused: Vec<String> = self.accused.iter().map(|(s, n)| format!("{} {n}", s.as_str())).collect();
        let [all, likelier, clearly] = self.bound.map(|n| n as f64);
        println!(
            "  told the place and the truth: {:.3} of the errors less likely than the truth, {:.3} by more than errors are rare",
            likelier / all,
            clearly / all
        );
        let others: Vec<String> = self.false_alarms.iter().map(|(s, n)| format!("{} {n}", s.as_str())).collect();
        println!("  false among spoiled: {}; of clean reports: {}", others.join(", "), accused.join(", "));
    }

    fn print_kinds(&self) {
        for kind in Error::KNOWN.into_iter().chain(Error::HELD_OUT) {
            let all = self.kinds.sum(|k, _| k == kind);
            if all[0] == 0 {
                continue;
            }
            let share = |[n, caught, ..]: [usize; 4]| {
                if n == 0 { "–".to_owned() } else { format!("{:.2} ({n})", caught as f64 / n as f64) }
            };
            let held = if Error::HELD_OUT.contains(&kind) { " (held out)" } else { "" };
            let named = match name_of(kind) {
                Some(_) if all[1] > 0 => format!("{:.2}", all[2] as f64 / all[1] as f64),
                _ => "–".into(),
            };
            println!(
                "| {}{held} | {} | {} | {} | {named} | {:.2} |",
                kind.name(),
                share(all),
                share(self.kinds.sum(|k, z| k == kind && !z)),
                share(self.kinds.sum(|k, z| k == kind && z)),
                all[3] as f64 / all[0] as f64
            );
            if std::env::var_os("CONFUSED").is_some() {
                println!(
                    "    {:?}",
                    self.kinds
                        .1
                        .iter()
                        .filter(|((k, ..), _)| *k == kind)
                        .map(|((_, s, h), n)| format!("{} {h} {n}", s.as_str()))
                        .collect::<Vec<_>>()
                );
            }
        }
    }
}

/// The alarms on clean reports, with figures, for whoever mends the model.
fn explain() {
    let forms = Forms::built_in();
    let (registry, reports, year, _) = district(77, 4_000, 4, &[]);
    let (rows, screening) = judge(forms, &registry, &reports, year, Vec::new());
    for (row, judged) in rows.iter().zip(&screening.judged).filter(|(r, _)| r.alarm) {
        let best = &judged.candidates[0];
        println!("{:.1} {:?} ratio {:.1}", row.odds, best.slip, best.ratio);
        for (cell, undone) in best.undone.iter().take(4) {
            let at = screening.panel.column(*cell).unwrap();
            let past: Vec<_> = (0..screening.panel.years.len()).map(|y| screening.panel.get(judged.member, y, at)).collect();
            println!("    {} {:?} -> {undone:?}", forms.id(*cell), past);
        }
    }
}

fn district(seed: u64, agencies: usize, history: u16, kinds: &[Error]) -> (Registry, Vec<Report>, u16, Vec<Injected>) {
    let forms = Forms::built_in();
    let year = 2021 + history;
    let mut reports = generate::district(forms, seed, agencies, 2021..=year, &Rates::fitted());
    let injected = if kinds.is_empty() {
        Vec::new()
    } else {
        spoil(forms, &mut reports, year, SPOILED, kinds, &mut Dice::new(seed ^ 0xacc))
    };
    (generate::registry(agencies), reports, year, injected)
}

/// What all threads have used so far, where the system tells (hundredths of a second).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// `groups` of `seeds` districts each; the districts of a group are pooled into one list.
fn setting(groups: u64, seeds: u64, agencies: usize, history: u16) -> (Measured, Measured) {
    let (mut known, mut held) = (Measured::default(), Measured::default());
    let mut slowest = 0.0f64;
    for group in 0..groups {
        let run = |kinds: &[Error], slowest: &mut f64| -> Vec<Row> {
            let mut rows = Vec::new();
            for seed in group * seeds..(group + 1) * seeds {
                let (registry, reports, year, injected) = district(1_000_003 * agencies as u64 + seed, agencies, history, kinds);
                if group == 0 {
                    let list: Vec<&Report> = reports.iter().collect();
                    let started = cpu_seconds();
                    let panel = Panel::from_reports(Forms::built_in(), &registry, &list);
                    drop(screen(Forms::built_in(), &registry, panel, year));
                    *slowest = slowest.max(cpu_seconds() - started);
                }
                rows.extend(judge(Forms::built_in(), &registry, &reports, year, injected).0);
            }
            rows
        };
        let clean = run(&[], &mut slowest);
        for (measured, kinds) in [(&mut known, &Error::KNOWN[..]), (&mut held, &Error::HELD_OUT[..])] {
            let mut rows = run(kinds, &mut slowest);
            rows.iter_mut().zip(&clean).for_each(|(row, clean)| row.truth = clean.ln);
            measured.add(&rows);
        }
        known.add_clean(&clean);
    }
    eprintln!("{agencies} agencies: {slowest:.2} CPU seconds a district at most");
    (known, held)
}

/// The real figures of United States agencies.
fn us() -> (Forms, Vec<Report>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let forms = Forms::with_files(&[root.join("forms/us-foia.toml")]).unwrap();
    let form = forms.find("us-foia").unwrap();
    let mut reader = csv::Reader::from_path(root.join("us-foia/cells-2008-2020.csv")).unwrap();
    let mut reports: BTreeMap<(String, u16), Report> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let key = (row[0].to_owned(), row[1].parse().unwrap());
        let make = || Report::new(&forms, "cells.csv", key.0.clone(), key.1, form);
        let report = reports.entry(key.clone()).or_insert_with(make);
        let value = match Number::parse(&row[4]) {
            Ok(number) => Value::number(number, &row[4], Place::Unknown),
            Err(_) => Value::without(State::Blank, &row[4], Place::Unknown),
        };
        report.set(forms.cell(&row[3]).unwrap(), value);
    }
    (forms, reports.into_values().collect())
}

/// Errors in the real figures of 2012–2020, four years before each; the reports as published count as sound.
fn real(seeds: u64) -> (Measured, Measured) {
    let (forms, reports) = us();
    let registry = Registry::default();
    let (mut known, mut held) = (Measured::default(), Measured::default());
    let mut clean: Vec<Row> = Vec::new();
    for year in 2012..=2020u16 {
        let window: Vec<Report> = reports.iter().filter(|r| (year - 4..=year).contains(&r.year)).cloned().collect();
        clean.extend(judge(&forms, &registry, &window, year, Vec::new()).0);
    }
    known.add_clean(&clean);
    for seed in 0..seeds {
        let run = |kinds: &[Error]| -> Vec<Row> {
            let mut rows = Vec::new();
            for year in 2012..=2020u16 {
                let mut window: Vec<Report> = reports.iter().filter(|r| (year - 4..=year).contains(&r.year)).cloned().collect();
                let injected = spoil(&forms, &mut window, year, SPOILED, kinds, &mut Dice::new(seed * 100 + u64::from(year)));
                rows.extend(judge(&forms, &registry, &window, year, injected).0);
            }
            rows
        };
        for (measured, kinds) in [(&mut known, &Error::KNOWN[..]), (&mut held, &Error::HELD_OUT[..])] {
            let mut rows = run(kinds);
            rows.iter_mut().zip(&clean).for_each(|(row, clean)| row.truth = clean.ln);
            measured.add(&rows);
        }
    }
    (known, held)
}

/// One csv a district: agency, whether spoiled, then this year's figures and the past's, for other programs.
fn export(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let forms = Forms::built_in();
    for (agencies, history, seeds) in [(60usize, 3u16, 60u64), (4_000, 4, 3)] {
        for seed in 0..seeds {
            let (_, reports, year, injected) = district(1_000_003 * agencies as u64 + seed, agencies, history, &Error::KNOWN);
            let file = std::fs::File::create(folder.join(format!("{agencies}-{seed:02}.csv"))).unwrap();
            let mut out = std::io::BufWriter::new(file);
            let wrong: Vec<usize> = injected.iter().map(|i| i.report).collect();
            let cells = &forms.form(forms.for_year(year).unwrap()).cells;
            let names: Vec<&str> = cells.iter().map(|&c| forms.id(c)).collect();
            writeln!(out, "agency,year,wrong,{}", names.join(",")).unwrap();
            for (at, report) in reports.iter().enumerate() {
                let figures: Vec<String> =
                    cells.iter().map(|&c| report.counts_as(c).map_or(String::new(), |n| n.to_string())).collect();
                writeln!(out, "{},{},{},{}", report.agency_key(), report.year, u8::from(wrong.contains(&at)), figures.join(","))
                    .unwrap();
            }
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(folder) = arguments.get(1).filter(|_| arguments[0] == "export") {
        return export(Path::new(folder));
    }
    if arguments.first().is_some_and(|a| a == "explain") {
        return explain();
    }
    let number = |at: usize, default: u64| arguments.get(at).and_then(|a| a.parse().ok()).unwrap_or(default);
    let (small, large, us) = (number(0, 20), number(1, 20), number(2, 20));
    let mut settings: Vec<(String, (Measured, Measured))> = Vec::new();
    if small > 0 {
        settings.push((format!("60 × 3, {small} × 60 districts pooled"), setting(small, 60, 60, 3)));
    }
    if large > 0 {
        settings.push((format!("4,000 × 4, {large} districts"), setting(large, 1, 4_000, 4)));
    }
    if us > 0 {
        settings.push((format!("US figures, {us} × 9 years"), real(us)));
    }
    println!(
        "| reports | method | recall at 5 % | precision at 1 % | average precision | named right |\n|---|---|---|---|---|---|"
    );
    for (name, (known, held)) in &settings {
        known.print(name);
        held.print(&format!("{name}: held-out kinds alone"));
    }
    println!();
    for (name, (known, _)) in &settings {
        known.print_false(name);
    }
    for (name, (known, held)) in &settings {
        println!(
            "\n{name}\n| error | found among the first 5 % | into figures other than 0 | into zeros | named right | alarm |\n|---|---|---|---|---|---|"
        );
        known.print_kinds();
        held.print_kinds();
    }
}
