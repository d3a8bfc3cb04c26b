//! How fast charts are drawn on one core: processor time of a chart, mean of 200 rounds (PNG: 10), and of all.
//! `cargo build --release --workspace --example drawing_speed`, then `target/release/examples/drawing_speed`.
#![allow(missing_docs)]

#[path = "gallery/district.rs"]
mod district;

use std::path::Path;
use std::time::{Duration, Instant};

use nianbao_chart::{Data, Figures, Target, draw, draw_png, load};

/// Time that this thread has run, so that other work on the machine does not count; where the kernel does not tell, time that
/// has passed.
fn clock(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = told.and_then(|text| text.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    ran.unwrap_or_else(|| start.elapsed())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (world, folder, year) in [(district::district(), "charts", 2024), (district::us_foia(&root), "charts/us-foia", 2020)] {
        let mut files: Vec<_> = std::fs::read_dir(root.join(folder))?.flatten().map(|e| e.path()).collect();
        files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
        files.sort();
        let charts = files.iter().map(|f| load(f)).collect::<Result<Vec<_>, _>>()?;
        let figures = Figures::of(&world.compilation);
        let data = Data {
            forms: &world.forms,
            registry: &world.registry,
            figures: &figures,
            findings: &world.findings,
            year,
            language: "zh",
        };
        let target = Target::default();
        let (mut svgs, mut pngs) = (0.0, 0.0);
        println!("{folder}: {} charts", charts.len());
        for chart in &charts {
            // The kernel tells the time in steps of some milliseconds, so rounds are measured together.
            let time = |rounds: u32, work: &dyn Fn()| {
                work();
                let begun = clock(start);
                (0..rounds).for_each(|_| work());
                (clock(start) - begun).as_secs_f64() * 1000.0 / f64::from(rounds)
            };
            let picture = draw(chart, data, &target)?;
            let svg = time(200, &|| drop(draw(chart, data, &target)));
            let png = time(10, &|| drop(draw_png(chart, data, &target))) - svg;
            println!("  {:<40} svg {svg:6.3} ms {:>4} kB   png {png:6.2} ms", chart.name, picture.svg.len() / 1024);
            svgs += svg;
            pngs += png;
        }
        let n = charts.len() as f64;
        println!(
            "  all: svg {svgs:.1} ms, {:.0} a second and core; png {pngs:.1} ms, {:.0} a second and core",
            n / svgs * 1e3,
            n / pngs * 1e3
        );
    }
    Ok(())
}
