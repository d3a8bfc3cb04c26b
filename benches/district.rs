//! What each step costs on the sample district: `cargo bench`. What it printed stands in docs/performance.md.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};

use nianbao_form::{Forms, Registry, Report};
use nianbao_intake::{Receipt, Source};

fn main() {
    divan::main();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn registry() -> Registry {
    nianbao_intake::read_registry(&root().join("data/agencies.csv")).unwrap().0
}

fn sources() -> Vec<Source> {
    nianbao_intake::gather(&[root().join("data/reports")]).unwrap()
}

fn read() -> (Registry, Vec<Report>) {
    let registry = registry();
    let receipts = nianbao_intake::read_all(Forms::built_in(), &registry, &sources(), &|_: &Receipt| ());
    (registry, receipts.into_iter().flat_map(|r| r.reports).collect())
}

/// Reading all files of the sample district, both cores.
#[divan::bench(sample_count = 10)]
fn read_district(bencher: divan::Bencher<'_, '_>) {
    let (registry, sources) = (registry(), sources());
    bencher.bench(|| nianbao_intake::read_all(Forms::built_in(), &registry, &sources, &|_| ()));
}

/// Reading one document of each kind, one core.
#[divan::bench(args = ["docx", "html", "txt", "csv"], sample_count = 20)]
fn read_one(bencher: divan::Bencher<'_, '_>, kind: &str) {
    let registry = registry();
    let source = sources().into_iter().find(|s| s.name.ends_with(&format!(".{kind}"))).unwrap();
    bencher.bench(|| nianbao_intake::read(Forms::built_in(), &registry, &source));
}

/// Checking all reports, one core.
#[divan::bench(sample_count = 20)]
fn check_district(bencher: divan::Bencher<'_, '_>) {
    let (registry, reports) = read();
    let checker = nianbao_check::Checker::new(Forms::built_in(), &registry);
    bencher
        .counter(divan::counter::ItemsCount::new(reports.len()))
        .bench(|| reports.iter().map(|r| checker.report(r).findings.len()).sum::<usize>());
}

/// Adding up all reports over groups and years.
#[divan::bench(sample_count = 20)]
fn compile_district(bencher: divan::Bencher<'_, '_>) {
    let (registry, reports) = read();
    let reports: Vec<&Report> = reports.iter().collect();
    bencher.bench(|| nianbao_compile::compile(Forms::built_in(), &registry, &reports, None).unwrap());
}

/// Adding up many reports: the district's, over and over under other names.
#[divan::bench(args = [1_000, 20_000], sample_count = 3)]
fn compile_many(bencher: divan::Bencher<'_, '_>, n: usize) {
    let (_, reports) = read();
    let many: Vec<Report> = (0..n)
        .map(|i| {
            let mut report = reports[i % reports.len()].clone();
            report.agency = format!("{}{}", report.agency, i / reports.len());
            report.agency_id = None;
            report
        })
        .collect();
    let many: Vec<&Report> = many.iter().collect();
    let registry = Registry::default();
    bencher
        .counter(divan::counter::ItemsCount::new(n))
        .bench(|| nianbao_compile::compile(Forms::built_in(), &registry, &many, None).unwrap());
}

/// Drawing every chart of the district, as SVG alone and with its PNG, one after the other.
#[divan::bench(args = ["svg", "png"], sample_count = 5)]
fn draw_all(bencher: divan::Bencher<'_, '_>, kind: &str) {
    let (registry, reports) = read();
    let reports: Vec<&Report> = reports.iter().collect();
    let compilation = nianbao_compile::compile(Forms::built_in(), &registry, &reports, None).unwrap();
    let charts = nianbao_chart::built_in().unwrap();
    let figures = nianbao_chart::Figures::of(&compilation);
    let data = nianbao_chart::Data {
        forms: Forms::built_in(),
        registry: &registry,
        figures: &figures,
        findings: &[],
        year: 2024,
        language: "zh",
    };
    let target = nianbao_chart::Target::default();
    let charts = || charts.iter();
    bencher.bench(|| -> usize {
        match kind {
            "svg" => charts().map(|c| nianbao_chart::draw(c, data, &target).unwrap().svg.len()).sum(),
            _ => charts().map(|c| nianbao_chart::draw_png(c, data, &target).unwrap().1.len()).sum(),
        }
    });
}
