//! Draws every chart file with made-up figures of a district and real ones of the US form, to be looked at:
//! `cargo run --release -p nianbao-chart --example gallery -- OUTDIR [--agency NAME] [--level LEVEL] [--year YEAR] [--lang en]`

mod district;

use std::path::Path;
use std::time::Instant;

use nianbao_chart::{Data, Figures, Target, draw, draw_png, load};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("where to? gallery OUTDIR [--agency NAME] [--level LEVEL] [--year YEAR] [--lang en]")?;
    let (mut target, mut asked, mut language) = (Target::default(), None, "zh".to_owned());
    while let (Some(option), Some(value)) = (arguments.next(), arguments.next()) {
        match option.as_str() {
            "--agency" => target.agency = Some(value),
            "--level" => target.level = Some(value),
            "--lang" => language = value,
            "--year" => asked = Some(value.parse()?),
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let worlds = [(district::district(), "charts", "", 2024), (district::us_foia(&root), "charts/us-foia", "us-", 2020)];
    std::fs::create_dir_all(&out)?;
    for (world, folder, front, year) in &worlds {
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
            year: asked.unwrap_or(*year),
            language: &language,
        };
        let start = Instant::now();
        let drawn: Vec<_> = charts
            .par_iter()
            .map(|chart| {
                let begin = Instant::now();
                draw(chart, data, &target)?;
                let svg = begin.elapsed();
                let (picture, bytes) = draw_png(chart, data, &target)?;
                Ok::<_, nianbao_chart::ChartError>((picture, bytes, svg, begin.elapsed()))
            })
            .collect::<Result<_, _>>()?;
        let took = start.elapsed();
        for (picture, bytes, svg, all) in drawn {
            println!(
                "{front}{}\n  {}\n  {}\n  svg {} kB in {svg:.1?}, png {} kB, {all:.1?}",
                picture.name,
                picture.title,
                picture.caption,
                picture.svg.len() / 1024,
                bytes.len() / 1024
            );
            std::fs::write(Path::new(&out).join(format!("{front}{}.svg", picture.name)), &picture.svg)?;
            std::fs::write(Path::new(&out).join(format!("{front}{}.png", picture.name)), bytes)?;
        }
        println!("{} charts in {took:.1?}", charts.len());
    }
    Ok(())
}
