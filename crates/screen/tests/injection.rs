//! Errors that break no identity, put into clean synthetic reports: are they ranked better than by the one-liner
//! max |log1p(now) − mean log1p(history)| of METHODS.md, and is a clean district left in peace?
//!
//! Rates differ between agencies as Gamma variables (most are small, a few large) and swing from year to year by some
//! 25 %; the kinds of agency differ in level. The errors: last year's report sent again, ×10, ÷10, two digits exchanged,
//! applicant columns exchanged, rows exchanged, two agencies' reports exchanged, a table left at zero.
#![allow(clippy::unwrap_used)]

use nianbao_form::{Agency, Cell, Forms, Number, Place, Registry, Report, Value};
use nianbao_screen::panel::Panel;
use nianbao_screen::predictive::benjamini_hochberg;
use nianbao_screen::screening::{Screening, screen};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;

const AGENCIES: usize = 300;
const YEARS: std::ops::RangeInclusive<u16> = 2021..=2024;
const SEEDS: u64 = 20;
const SPOILED: f64 = 0.045;

/// Gamma(shape, 1) by Marsaglia and Tsang (2000).
fn gamma(rng: &mut ChaCha12Rng, shape: f64) -> f64 {
    if shape < 1.0 {
        let u: f64 = rng.random();
        return gamma(rng, shape + 1.0) * u.powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    loop {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        let normal = (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        let t = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
        let w: f64 = rng.random();
        if t > 0.0 && w.ln() < normal * normal / 2.0 + d - d * t + d * t.ln() {
            return d * t;
        }
    }
}

/// Poisson: the number of exponential gaps that fit; for large means a rounded normal.
fn poisson(rng: &mut ChaCha12Rng, mean: f64) -> u64 {
    if mean > 60.0 {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        let normal = (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        return (mean + normal * mean.sqrt()).round().max(0.0) as u64;
    }
    let (mut n, mut left) = (0, mean);
    loop {
        left += (1.0 - rng.random::<f64>()).ln();
        if left < 0.0 {
            return n;
        }
        n += 1;
    }
}

/// An agency's true rates: requests of natural persons and companies, share disclosed, reviews, three kinds of decisions,
/// documents.
struct Rates {
    person: f64,
    company: f64,
    disclosed: f64,
    review: [f64; 3],
    decisions: [f64; 3],
    documents: f64,
}

/// One agency's free figures of a year, from which the whole consistent report follows.
#[derive(Clone, Default)]
struct Figures {
    carried_in: u64,
    /// person, company: received, disclosed, partly, refused, carried out.
    columns: [[u64; 5]; 2],
    review: [[u64; 4]; 3],
    decisions: [u64; 3],
    documents: u64,
}

fn rates(rng: &mut ChaCha12Rng, kind: usize) -> Rates {
    let level = [1.0, 0.4, 2.0][kind];
    let mut rate = |shape: f64, mean: f64| gamma(rng, shape) / shape * mean * level;
    Rates {
        person: rate(0.5, 12.0),
        company: rate(0.4, 3.0),
        review: [rate(0.3, 0.8), rate(0.3, 0.5), rate(0.2, 0.3)],
        decisions: [rate(0.3, 400.0), rate(0.4, 60.0), rate(0.3, 8.0)],
        documents: rate(0.8, 2.0),
        disclosed: 0.3 + 0.5 * (kind as f64 / 3.0),
    }
}

fn draw(rng: &mut ChaCha12Rng, rates: &Rates, carried_in: u64) -> Figures {
    // A common swing of the year for each group of figures: overdispersion of 1/16.
    let swing = |rng: &mut ChaCha12Rng| gamma(rng, 16.0) / 16.0;
    let mut figures = Figures { carried_in, ..Figures::default() };
    for (at, rate) in [rates.person, rates.company].into_iter().enumerate() {
        let mean = rate * swing(rng);
        let received = poisson(rng, mean);
        let column = &mut figures.columns[at];
        column[0] = received;
        let open = received + if at == 0 { carried_in } else { 0 };
        for _ in 0..open {
            let u: f64 = rng.random();
            let to = if u < 0.08 && at == 0 {
                4
            } else if u < rates.disclosed {
                1
            } else if u < rates.disclosed + 0.1 {
                2
            } else {
                3
            };
            column[to] += 1;
        }
    }
    for (at, rate) in rates.review.into_iter().enumerate() {
        let mean = rate * swing(rng);
        for _ in 0..poisson(rng, mean) {
            let to: f64 = rng.random();
            figures.review[at][(to * 4.0) as usize] += 1;
        }
    }
    for (at, rate) in rates.decisions.into_iter().enumerate() {
        let mean = rate * swing(rng);
        figures.decisions[at] = poisson(rng, mean);
    }
    let mean = rates.documents * swing(rng);
    figures.documents = poisson(rng, mean);
    figures
}

fn report(forms: &Forms, agency: &str, year: u16, figures: &Figures) -> Report {
    let form = forms.for_year(year).unwrap();
    let mut report = Report::new(forms, format!("{agency}-{year}.csv"), agency, year, form);
    report.agency_id = Some(agency.to_owned());
    for &cell in &forms.form(form).cells {
        report.set(cell, Value::number(Number::ZERO, "0", Place::Unknown));
    }
    let mut set = |id: &str, n: u64| {
        let cell = forms.cell(id).unwrap_or_else(|| panic!("{id}"));
        report.set(cell, Value::number(Number::whole(n as i64).unwrap(), n.to_string(), Place::Unknown));
    };
    let rows = ["received", "disclosed", "partly_disclosed", "refused.internal_affairs", "carried_out"];
    let names = ["natural_person", "commercial_enterprise"];
    for (row, id) in rows.iter().enumerate() {
        for (at, name) in names.iter().enumerate() {
            set(&format!("requests.{id}.{name}"), figures.columns[at][row]);
        }
        set(&format!("requests.{id}.total"), figures.columns[0][row] + figures.columns[1][row]);
    }
    let handled = |c: &[u64; 5]| c[1] + c[2] + c[3];
    for (at, name) in names.iter().enumerate() {
        set(&format!("requests.handled.{name}"), handled(&figures.columns[at]));
    }
    set("requests.handled.total", figures.columns.iter().map(handled).sum());
    set("requests.carried_in.natural_person", figures.carried_in);
    set("requests.carried_in.total", figures.carried_in);
    for (at, name) in ["reconsideration", "direct_litigation", "litigation_after_reconsideration"].iter().enumerate() {
        for (to, part) in ["upheld", "corrected", "other", "pending"].iter().enumerate() {
            set(&format!("review.{name}.{part}"), figures.review[at][to]);
        }
        set(&format!("review.{name}.total"), figures.review[at].iter().sum());
    }
    for (at, name) in ["licensing", "penalties", "coercion"].iter().enumerate() {
        set(&format!("proactive.{name}.decisions"), figures.decisions[at]);
    }
    set("proactive.normative_documents.issued", figures.documents);
    report
}

/// Two neighbouring digits exchanged, the first place where that changes something.
fn transposed(n: u64) -> u64 {
    let mut digits = n.to_string().into_bytes();
    if let Some(at) = digits.windows(2).position(|w| w[0] != w[1]) {
        digits.swap(at, at + 1);
    }
    String::from_utf8(digits).unwrap().parse().unwrap()
}

/// Puts one error of a kind into this year's figures; consistent reports stay consistent. Says whether anything changed.
fn spoil(kind: usize, now: &mut Figures, last: &Figures, other: &mut Figures) {
    let all = |f: &mut Figures, g: &dyn Fn(u64) -> u64| {
        for column in &mut f.columns {
            column.iter_mut().skip(1).for_each(|n| *n = g(*n));
            column[0] = column[1..].iter().sum();
        }
        f.carried_in = 0;
    };
    match kind {
        0 => *now = last.clone(),
        1 => all(now, &|n| n * 10),
        2 => all(now, &|n| n / 10),
        3 => now.decisions.iter_mut().for_each(|n| *n *= 10),
        4 => now.decisions.iter_mut().for_each(|n| *n = transposed(*n)),
        5 => now.columns.swap(0, 1),
        6 => now.decisions.swap(0, 1),
        7 => std::mem::swap(now, other),
        8 => now.columns = Default::default(),
        _ => now.review = [[now.review[0][0] * 10 + 3; 4], now.review[1], now.review[2]],
    }
}

struct District {
    reports: Vec<Report>,
    wrong: Vec<bool>,
}

fn district(seed: u64, agencies: usize, spoiled: f64) -> (Registry, District) {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let forms = Forms::built_in();
    let kind = |i: usize| [0, 1, 2, 0][i % 4];
    let name = |i: usize| format!("A{i:04}");
    let list = (0..agencies).map(|i| Agency {
        id: name(i),
        name: format!("机关{i:04}"),
        kind: ["bureau", "town", "sub-district"][kind(i)].into(),
        ..Agency::default()
    });
    let (registry, _) = Registry::new(list.collect());
    let mut figures: Vec<Vec<Figures>> = Vec::new();
    for i in 0..agencies {
        let rates = rates(&mut rng, kind(i));
        let mut own: Vec<Figures> = Vec::new();
        for _ in YEARS {
            let carried = own.last().map_or(0, |f| f.columns[0][4]);
            own.push(draw(&mut rng, &rates, carried));
        }
        figures.push(own);
    }
    let mut wrong = vec![false; agencies];
    for i in 0..agencies {
        if rng.random_bool(spoiled) {
            let (kind, with) = (rng.random_range(0..10usize), rng.random_range(0..agencies));
            let last = figures[i][YEARS.count() - 2].clone();
            let mut other = figures[with].pop().unwrap();
            if with != i {
                let mut now = figures[i].pop().unwrap();
                spoil(kind, &mut now, &last, &mut other);
                figures[i].push(now);
                wrong[i] = true;
                wrong[with] |= kind == 7;
            }
            figures[with].push(other);
        }
    }
    let of = |i: usize| figures[i].iter().zip(YEARS).map(|(f, y)| report(forms, &name(i), y, f)).collect::<Vec<_>>();
    (registry, District { reports: (0..agencies).flat_map(of).collect(), wrong })
}

fn screened(registry: &Registry, reports: &[Report]) -> Screening {
    let forms = Forms::built_in();
    let list: Vec<&Report> = reports.iter().collect();
    screen(forms, registry, Panel::from_reports(forms, registry, &list), *YEARS.end())
}

/// Our score of an agency: −log₁₀ of its smallest p.
fn ours(screening: &Screening, agencies: usize) -> Vec<f64> {
    let mut score = vec![0.0f64; agencies];
    for (member, p) in
        screening.counts.iter().map(|t| (t.member, t.p)).chain(screening.copies.iter().map(|t| (t.member, t.equality.p)))
    {
        score[member] = score[member].max(-p.log10());
    }
    score
}

/// The one-liner, over the same cells.
fn baseline(panel: &Panel, cells: &[Cell]) -> Vec<f64> {
    let year = panel.year(*YEARS.end()).unwrap();
    let log = |member: usize, year: usize, cell: Cell| {
        (panel.get(member, year, panel.column(cell).unwrap()).unwrap_or(0) as f64).ln_1p()
    };
    let one = |member: usize, cell: Cell| {
        let past = (0..year).map(|h| log(member, h, cell)).sum::<f64>() / year as f64;
        (log(member, year, cell) - past).abs()
    };
    (0..panel.members.len()).map(|m| cells.iter().map(|&c| one(m, c)).fold(0.0, f64::max)).collect()
}

/// Recall among the first 5 %, and average precision; ties go by position, which knows nothing of the errors.
fn quality(score: &[f64], wrong: &[bool]) -> (f64, f64) {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|&a, &b| score[b].total_cmp(&score[a]).then(a.cmp(&b)));
    let total = wrong.iter().filter(|w| **w).count() as f64;
    let first = (score.len() as f64 * 0.05).round() as usize;
    let (mut hits, mut precision, mut recall) = (0.0, 0.0, 0.0);
    for (at, &i) in order.iter().enumerate() {
        if wrong[i] {
            hits += 1.0;
            precision += hits / (at + 1) as f64;
        }
        if at + 1 == first {
            recall = hits / total;
        }
    }
    (recall, precision / total)
}

#[test]
fn better_than_the_one_liner() {
    let forms = Forms::built_in();
    let cells = &forms.form(forms.for_year(*YEARS.end()).unwrap()).screen;
    let mut mean = [0.0; 4];
    for seed in 0..SEEDS {
        let (registry, district) = district(seed, AGENCIES, SPOILED);
        let screening = screened(&registry, &district.reports);
        let (recall, precision) = quality(&ours(&screening, AGENCIES), &district.wrong);
        let (base_recall, base_precision) = quality(&baseline(&screening.panel, cells), &district.wrong);
        for (sum, x) in mean.iter_mut().zip([recall, precision, base_recall, base_precision]) {
            *sum += x / SEEDS as f64;
        }
    }
    let [recall, precision, base_recall, base_precision] = mean;
    println!("recall at 5 % alerts / average precision over {SEEDS} seeds of {AGENCIES} agencies:");
    println!("  predictive and copies {recall:.3} / {precision:.3}");
    println!("  one-liner             {base_recall:.3} / {base_precision:.3}");
    assert!(recall >= base_recall && precision >= base_precision, "not worth having");
}

#[test]
fn a_clean_district_is_left_in_peace() {
    // Benjamini and Hochberg promise that where nothing is wrong the probability of any alarm in a run is at most q.
    for agencies in [30, AGENCIES] {
        let (mut runs, mut alarms, mut tests) = (0, 0, 0);
        let seeds = if agencies < 100 { 5 * SEEDS } else { SEEDS };
        for seed in 0..seeds {
            let (registry, district) = district(1_000 + seed, agencies, 0.0);
            let screening = screened(&registry, &district.reports);
            let p: Vec<f64> = screening.counts.iter().map(|t| t.p).chain(screening.copies.iter().map(|t| t.equality.p)).collect();
            let found = benjamini_hochberg(&p, nianbao_screen::FALSE_DISCOVERY_RATE).into_iter().filter(|a| *a).count();
            runs += usize::from(found > 0);
            alarms += found;
            tests += p.len();
        }
        let rate = runs as f64 / seeds as f64;
        println!("{agencies} clean agencies: {alarms} alarms of {tests} tests, in {runs} of {seeds} runs ({:.3})", rate);
        // Two standard deviations of the estimate above q.
        let bound = nianbao_screen::FALSE_DISCOVERY_RATE;
        assert!(rate <= bound + 2.0 * (bound * (1.0 - bound) / seeds as f64).sqrt(), "too many false alarms");
    }
}
