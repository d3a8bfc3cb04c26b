//! How often the wrong cells are named. Districts of 60 agencies over 20 seeds, rates fitted on real figures; 1, 2 or 3
//! cells of a report made wrong.
//! `cargo run --release -p nianbao-check --example localising [EXPORT.jsonl]`; the exported records go to
//! `benches/localise_highs.py`, which solves each as an integer program.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod inject;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;

use inject::Into;
use nianbao_accuracy::dice::Dice;
use nianbao_accuracy::{Rates, generate};
use nianbao_check::{Block, Cause, Checker, Evidence, Peers, peers};
use nianbao_form::{Cell, FormIx, Forms, Number, Place, Registry, Report, Value};

const SEEDS: u64 = 20;
const AGENCIES: usize = 60;

/// A spoiled report with what is known of it.
struct Record {
    report: Report,
    last: Report,
    /// Wrong cells with their true figures.
    wrong: BTreeMap<Cell, i64>,
    district: usize,
}

fn figure(report: &Report, cell: Cell) -> i64 {
    report.counts_as(cell).unwrap().trunc()
}

fn count(n: i64) -> Value {
    Value::number(Number::whole(n).unwrap(), n.to_string(), Place::Unknown)
}

fn spoil(
    truth: &Report,
    last: &Report,
    cells: &[Cell],
    wrong: usize,
    into: Into,
    district: usize,
    dice: &mut Dice,
) -> Option<Record> {
    let fits = |c: &&Cell| match into {
        Into::Any => true,
        Into::Zero => figure(truth, **c) == 0,
        Into::Filled => figure(truth, **c) != 0,
    };
    let places: Vec<Cell> = cells.iter().filter(fits).copied().collect();
    if places.len() < wrong {
        return None;
    }
    let mut report = truth.clone();
    let mut hit = BTreeMap::new();
    while hit.len() < wrong {
        let cell = places[dice.below(places.len())];
        let old = figure(truth, cell);
        if hit.insert(cell, old).is_none() {
            let new = inject::wrong(old, dice);
            report.set(cell, count(new));
        }
    }
    Some(Record { report, last: last.clone(), wrong: hit, district })
}

/// What comes of one table line.
#[derive(Default)]
struct Tally {
    records: usize,
    first: usize,
    values: usize,
    second: usize,
    undecided: usize,
    decided_right: usize,
    missed: usize,
    wrong: usize,
    accused: usize,
    right: usize,
    beyond: usize,
}

impl Tally {
    fn add(&mut self, record: &Record, causes: &[Cause], cells: usize) {
        let truth: BTreeSet<Cell> = record.wrong.keys().copied().collect();
        let choice = |rank: &dyn Fn(usize) -> usize| -> BTreeSet<Cell> {
            let pick =
                |(k, c): (usize, &Cause)| c.explanations.get(rank(k)).map(|e| e.cells.iter().map(|x| x.0).collect::<Vec<_>>());
            causes.iter().enumerate().filter_map(pick).flatten().collect()
        };
        let first = choice(&|_| 0);
        let odds = |c: &Cause| c.explanations.get(1).map_or(-1.0, |e| e.share / c.explanations[0].share);
        let closest = (0..causes.len()).max_by(|a, b| odds(&causes[*a]).total_cmp(&odds(&causes[*b]))).unwrap_or(0);
        let second = choice(&|k| usize::from(k == closest));
        let right = first == truth;
        let values = causes.iter().filter_map(|c| c.explanations.first()).flat_map(|e| &e.cells);
        let exact = right && values.clone().all(|(c, low, high)| low == high && record.wrong.get(c) == Some(&low.trunc()));
        let undecided = causes.iter().any(|c| c.explanations.first().is_none_or(|e| e.share < 0.9));
        self.records += 1;
        self.first += usize::from(right);
        self.values += usize::from(exact);
        self.second += usize::from(right || second == truth);
        self.undecided += usize::from(undecided);
        self.decided_right += usize::from(right && !undecided);
        self.missed += truth.difference(&first).count();
        self.wrong += truth.len();
        self.accused += first.difference(&truth).count();
        self.right += cells - truth.len();
        // Whether any choice among the smallest sets could have been right.
        let named = causes.iter().all(|c| c.explanations.iter().any(|e| e.cells.iter().all(|x| truth.contains(&x.0))));
        let size: usize = causes.iter().filter_map(|c| c.explanations.iter().find(|e| !e.operation)).map(|e| e.cells.len()).sum();
        self.beyond += usize::from(!named || size < truth.len());
    }

    fn print(&self, name: &str) {
        let share = |n: usize, of: usize| n as f64 / of.max(1) as f64;
        println!(
            "{name} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.4} | {:.5} | {:.3}",
            self.records,
            share(self.first, self.records),
            share(self.values, self.records),
            share(self.second, self.records),
            share(self.undecided, self.records),
            share(self.decided_right, self.records - self.undecided),
            1.0 - share(self.beyond, self.records),
            share(self.missed, self.wrong),
            share(self.accused, self.right),
            1.0 - share(self.first, self.records),
        );
    }
}

/// What the best decision would do that knew the injector and how the generator fills table lines: P(found | true) of the
/// injector × P(true line), where a line is what one identity alone holds together, else the cells one by one, counted over
/// many generated reports.
struct Oracle<'a> {
    forms: &'a Forms,
    lines: Vec<Vec<Cell>>,
    line_of: HashMap<Cell, usize>,
    joint: Vec<HashMap<Vec<i64>, f64>>,
    single: HashMap<(Cell, i64), f64>,
    reports: f64,
}

impl<'a> Oracle<'a> {
    fn new(forms: &'a Forms, reports: &[Report]) -> Oracle<'a> {
        let form = forms.form(reports[0].form);
        let mut uses: HashMap<Cell, usize> = HashMap::new();
        form.identities.iter().flat_map(|i| i.terms()).for_each(|(c, _)| *uses.entry(c).or_default() += 1);
        let alone = form.identities.iter().filter(|i| i.terms().all(|(c, _)| uses[&c] == 1));
        let lines: Vec<Vec<Cell>> = alone.map(|i| i.parts.clone()).collect();
        let line_of = lines.iter().enumerate().flat_map(|(k, l)| l.iter().map(move |c| (*c, k))).collect();
        let mut joint = vec![HashMap::new(); lines.len()];
        let mut single = HashMap::new();
        for report in reports {
            for (line, counts) in lines.iter().zip(&mut joint) {
                *counts.entry(line.iter().map(|c| figure(report, *c)).collect()).or_insert(0.0) += 1.0;
            }
            for &cell in uses.keys() {
                *single.entry((cell, figure(report, cell))).or_insert(0.0) += 1.0;
            }
        }
        Oracle { forms, lines, line_of, joint, single, reports: reports.len() as f64 }
    }

    fn cell(&self, cell: Cell, value: i64) -> f64 {
        let tail = 0.5 / (self.reports * (1.0 + value as f64));
        (self.single.get(&(cell, value)).copied().unwrap_or(0.0) / self.reports + tail).ln()
    }

    fn score(&self, report: &Report, changes: &[(Cell, i64)]) -> f64 {
        let mut lines: BTreeSet<usize> = BTreeSet::new();
        let mut sum = 0.0;
        for &(cell, to) in changes {
            let found = figure(report, cell);
            sum += inject::probability(to, found).max(1e-12).ln();
            let total = self.forms.def(report.form, cell).is_some_and(|d| d.total);
            match self.line_of.get(&cell) {
                Some(line) => drop(lines.insert(*line)),
                None if !total => sum += self.cell(cell, to) - self.cell(cell, found),
                None => {}
            }
        }
        for line in lines {
            let chance = |with: &[(Cell, i64)]| {
                let values: Vec<i64> = self.lines[line]
                    .iter()
                    .map(|c| with.iter().find(|(d, _)| d == c).map_or(figure(report, *c), |(_, v)| *v))
                    .collect();
                let apart: f64 = self.lines[line].iter().zip(&values).map(|(c, v)| self.cell(*c, *v)).sum();
                (self.joint[line].get(&values).copied().unwrap_or(0.0) / self.reports + apart.exp() / 50.0).ln()
            };
            sum += chance(changes) - chance(&[]);
        }
        sum
    }

    /// Whether its first choice is right, and the probability that it gives to it.
    fn decide(&self, record: &Record, causes: &[Cause]) -> (bool, f64) {
        let (mut chosen, mut sure) = (BTreeSet::new(), 1.0);
        for cause in causes {
            let sets: Vec<Vec<(Cell, i64)>> = cause
                .explanations
                .iter()
                .filter(|e| !e.operation)
                .map(|e| e.cells.iter().map(|(c, low, _)| (*c, low.trunc())).collect())
                .collect();
            let scores: Vec<f64> = sets.iter().map(|s| self.score(&record.report, s)).collect();
            let Some(best) = (0..sets.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])) else { return (false, 0.0) };
            sure /= scores.iter().map(|s| (s - scores[best]).exp()).sum::<f64>();
            chosen.extend(sets[best].iter().map(|x| x.0));
        }
        (chosen == record.wrong.keys().copied().collect(), sure)
    }
}

/// True reports into which errors are put, with what is known of each.
struct Ground<'a> {
    forms: &'a Forms,
    checker: &'a Checker<'a>,
    form: FormIx,
    /// Truth, last year's report, the district.
    truths: Vec<(Report, Report, usize)>,
    /// How the peers of each district fill their cells.
    peers: Vec<Vec<Option<Peers>>>,
    oracle: Oracle<'a>,
}

fn main() {
    let mut export = std::env::args().nth(1).map(|path| std::io::BufWriter::new(std::fs::File::create(path).unwrap()));
    let registry = Registry::default();
    let forms = Forms::built_in();
    let checker = Checker::new(forms, &registry);
    generated(forms, &checker).table("generated districts, form of 2021", &mut export);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/forms/us-foia.toml");
    let forms = Forms::with_files(&[file]).unwrap();
    let checker = Checker::new(&forms, &registry);
    united_states(&forms, &checker).table("real figures of United States agencies", &mut None);
}

fn generated<'a>(forms: &'a Forms, checker: &'a Checker<'a>) -> Ground<'a> {
    let rates = Rates::fitted();
    let districts: Vec<Vec<Report>> =
        (0..SEEDS).map(|seed| generate::district(forms, seed, AGENCIES, 2021..=2023, &rates)).collect();
    let mut truths = Vec::new();
    for (d, district) in districts.iter().enumerate() {
        truths.extend(district.chunks(3).map(|years| (years[2].clone(), years[1].clone(), d)));
    }
    let before = |d: &Vec<Report>| peers(forms, &d.iter().filter(|r| r.year == 2022).collect::<Vec<_>>());
    let peers = districts.iter().map(before).collect();
    let oracle = Oracle::new(forms, &generate::district(forms, 1_000_003, 20_000, 2023..=2023, &rates));
    Ground { forms, checker, form: forms.find("2021").unwrap(), truths, peers, oracle }
}

/// Complete reports that violate nothing, each with the one of the year before; a year's agencies are each other's peers.
fn united_states<'a>(forms: &'a Forms, checker: &'a Checker<'a>) -> Ground<'a> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/us-foia/cells-2008-2020.csv");
    let form = forms.find("us-foia").unwrap();
    let mut reports: BTreeMap<(String, u16), Report> = BTreeMap::new();
    for row in csv::Reader::from_path(file).unwrap().deserialize() {
        let (agency, year, _, cell, value): (String, u16, String, String, String) = row.unwrap();
        let key = (agency.clone(), year);
        let report = reports.entry(key).or_insert_with(|| Report::new(forms, "cells.csv", agency, year, form));
        if let Ok(n) = value.parse() {
            report.set(forms.cell(&cell).unwrap(), count(n));
        }
    }
    let cells = checker.kernel(form).unwrap().cells();
    let sound = |r: &Report| cells.iter().all(|c| r.counts_as(*c).is_some()) && checker.report(r).verdicts[1] == 0;
    let mut truths = Vec::new();
    for ((agency, year), report) in reports.iter().filter(|(_, r)| sound(r)) {
        let last = reports.get(&(agency.clone(), year - 1));
        truths.extend(last.map(|last| (report.clone(), last.clone(), usize::from(*year) - 2008)));
    }
    let of_year = |year: u16| reports.values().filter(|r| r.year == year).collect::<Vec<_>>();
    let peers = (2008..=2020).map(|year: u16| peers(forms, &of_year(year - 1))).collect();
    let complete: Vec<Report> = reports.into_values().filter(sound).collect();
    Ground { forms, checker, form, truths, peers, oracle: Oracle::new(forms, &complete) }
}

impl Ground<'_> {
    fn table(&self, name: &str, export: &mut Option<std::io::BufWriter<std::fs::File>>) {
        let kernel = self.checker.kernel(self.form).unwrap();
        let cells = kernel.cells();
        if let Some(file) = export {
            write_form(file, self.forms, self.form, &cells);
        }
        let zeros = self.truths.iter().flat_map(|(r, ..)| cells.iter().map(|c| figure(r, *c))).filter(|v| *v == 0).count();
        let share = 100.0 * zeros as f64 / (self.truths.len() * cells.len()) as f64;
        let violated = self.truths.iter().filter(|(r, ..)| self.checker.report(r).verdicts[1] > 0).count();
        println!("{name}: {} reports, {share:.1} % zeros, {violated} of them violate an identity", self.truths.len());
        println!(
            "wrong cells | records | first | with values | first two | undecided | right where decided | true set among the smallest | missed | accused | any wrong decision"
        );
        for into in [Into::Any, Into::Filled, Into::Zero] {
            for wrong in 1..=3 {
                let mut dice = Dice::new(1000 + wrong as u64);
                let make = |(truth, last, d): &(Report, Report, usize)| spoil(truth, last, &cells, wrong, into, *d, &mut dice);
                let records: Vec<Record> = self.truths.iter().filter_map(make).collect();
                for informed in [false, true] {
                    self.line(&format!("{wrong}, {into:?}"), &records, informed, cells.len());
                }
                if into == Into::Any
                    && let Some(file) = export
                {
                    for record in &records {
                        let causes = self.checker.causes(&record.report, &Evidence::default());
                        write_record(file, &kernel, &cells, record, &causes);
                    }
                }
            }
        }
    }

    fn line(&self, name: &str, records: &[Record], informed: bool, cells: usize) {
        let (mut tally, mut best) = (Tally::default(), (0usize, 0.0));
        for record in records {
            let peers: &[_] = if informed { &self.peers[record.district] } else { &[] };
            let evidence = Evidence { last_year: informed.then_some(&record.last), peers, told: &[] };
            let causes = self.checker.causes(&record.report, &evidence);
            tally.add(record, &causes, cells);
            let (right, sure) = self.oracle.decide(record, &causes);
            best = (best.0 + usize::from(right), best.1 + sure);
        }
        tally.print(&format!("{name}, {}", if informed { "last year and peers" } else { "alone" }));
        if !informed {
            let n = records.len() as f64;
            let (right, sure) = (best.0 as f64 / n, best.1 / n);
            println!(
                "    knowing the injector and how lines are filled, alone: {right:.3} right ({sure:.3} by its own posterior)"
            );
        }
    }
}

/// The identities, once.
fn write_form(file: &mut impl Write, forms: &Forms, form: nianbao_form::FormIx, cells: &[Cell]) {
    let at: HashMap<Cell, usize> = cells.iter().enumerate().map(|(i, c)| (*c, i)).collect();
    let row = |i: &nianbao_form::Identity| {
        format!("[{}]", i.terms().map(|(c, k)| format!("[{},{k}]", at[&c])).collect::<Vec<_>>().join(","))
    };
    let rows: Vec<String> = forms.form(form).identities.iter().map(row).collect();
    writeln!(file, "{{\"cells\":{},\"identities\":[{}]}}", cells.len(), rows.join(",")).unwrap();
}

fn write_record(file: &mut impl Write, kernel: &nianbao_check::Kernel<'_>, cells: &[Cell], record: &Record, causes: &[Cause]) {
    let found: Vec<i64> = cells.iter().map(|c| figure(&record.report, *c)).collect();
    let mut block = Block::new(cells.len(), 1);
    found.iter().enumerate().for_each(|(c, v)| block.set(0, c, v * Number::SCALE));
    let (mut masks, mut figures) = (Vec::new(), Vec::new());
    kernel.violations(&block, &mut masks);
    block.report(0, &mut figures);
    let size = kernel.localiser().smallest(&figures, &masks, |_| {});
    let position = |cell: &Cell| cells.iter().position(|c| c == cell).unwrap().to_string();
    let wrong: Vec<String> = record.wrong.keys().map(position).collect();
    let first = causes.iter().filter_map(|c| c.explanations.first()).flat_map(|e| &e.cells).map(|x| position(&x.0));
    let list = |v: Vec<String>| v.join(",");
    let size = size.map_or("null".to_owned(), |s| s.to_string());
    let found = list(found.iter().map(i64::to_string).collect());
    writeln!(file, "{{\"found\":[{found}],\"wrong\":[{}],\"first\":[{}],\"size\":{size}}}", list(wrong), list(first.collect()))
        .unwrap();
}
