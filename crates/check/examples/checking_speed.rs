//! Reports a second on one core: checking alone, localising 1, 2 and 3 wrong cells (every smallest set), and the whole of
//! `Checker::report` with findings. `cargo run --release -p nianbao-check --example checking_speed`
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Instant;

use nianbao_check::{Block, Checker, Evidence};
use nianbao_form::{Forms, Number, Registry, Report};
use support::{Figures, Random, consistent, to_report};

fn main() {
    let (forms, registry) = (Forms::built_in(), Registry::default());
    let form = forms.find("2021").unwrap();
    let checker = Checker::new(forms, &registry);
    let kernel = checker.kernel(form).unwrap();
    let cells = kernel.cells();
    println!("{} cells, {} identities, one core", cells.len(), kernel.identities());
    let mut random = Random::new(7);
    let clean: Vec<Figures> = (0..20_000).map(|_| consistent(forms, form, &mut random)).collect();

    let fill = |rows: &[Figures]| {
        let mut block = Block::new(cells.len(), rows.len());
        for (r, row) in rows.iter().enumerate() {
            for (c, cell) in cells.iter().enumerate() {
                block.set(r, c, row.get(*cell) * Number::SCALE);
            }
        }
        block
    };
    let mut masks = Vec::new();
    for (name, rows) in [("check, 1,024 reports in cache", &clean[..1_024]), ("check, 20,000 reports from memory", &clean[..])] {
        let block = fill(rows);
        rate(name, rows.len(), || {
            kernel.violations(black_box(&block), &mut masks);
            assert!(black_box(&masks).iter().all(|m| *m == 0));
        });
    }
    for wrong in 1..=3 {
        let mut rows = clean[..4_000].to_vec();
        for row in &mut rows {
            for at in random.distinct(wrong, cells.len()) {
                let old = row.get(cells[at]);
                row.set(cells[at], random.other_value(old));
            }
        }
        let block = fill(&rows);
        let (mut localiser, mut figures, mut sets) = (kernel.localiser(), Vec::new(), 0usize);
        let mut larger = 0;
        rate(&format!("check and localise, {wrong} wrong"), rows.len(), || {
            (sets, larger) = (0, 0);
            kernel.violations(&block, &mut masks);
            for (r, mask) in masks.chunks_exact(kernel.words()).enumerate() {
                if mask.iter().any(|m| *m != 0) {
                    block.report(r, &mut figures);
                    larger +=
                        usize::from(localiser.smallest(&figures, mask, |set| sets += black_box(set).len().min(1)).is_none());
                }
            }
        });
        println!("    {:.1} sets a report, {larger} beyond three cells", sets as f64 / rows.len() as f64);
        let reports: Vec<Report> = rows[..500].iter().map(|row| to_report(forms, form, 2022, row)).collect();
        rate(&format!("Checker::causes, ranked, {wrong} wrong"), reports.len(), || {
            for report in &reports {
                black_box(checker.causes(report, &Evidence::default()));
            }
        });
        rate(&format!("Checker::report with ranked findings, {wrong} wrong"), reports.len(), || {
            for report in &reports {
                black_box(checker.report(report));
            }
        });
    }
    let reports: Vec<Report> = clean[..2_000].iter().map(|row| to_report(forms, form, 2022, row)).collect();
    rate("Checker::report, clean", reports.len(), || {
        for report in &reports {
            black_box(checker.report(report));
        }
    });
}

/// Repeats for about half a second and prints the best of five.
fn rate(name: &str, reports: usize, mut work: impl FnMut()) {
    work();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let (start, mut turns) = (Instant::now(), 0);
        while turns == 0 || start.elapsed().as_secs_f64() < 0.1 {
            work();
            turns += 1;
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(turns));
    }
    println!("{name}: {:.0} a second", reports as f64 / best);
}
