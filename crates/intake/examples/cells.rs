//! Reads files and prints their cells, or with `--explain` the grids as found, with `--ocr` pictures recognised as well: for work on the readers without the program.
//!
//! `cargo run --release -p nianbao-intake --no-default-features --example cells -- FILE...`

use nianbao_form::{Forms, Registry, State};
use nianbao_intake::{Reading, Tesseract, gather};

fn main() -> std::io::Result<()> {
    let mut paths: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let mut asked = |option: &str| {
        let before = paths.len();
        paths.retain(|p| p.as_os_str() != option);
        before > paths.len()
    };
    let (explained, recognised) = (asked("--explain"), asked("--ocr"));
    let (forms, registry) = (Forms::built_in(), Registry::default());
    let tesseract = if recognised { Some(Tesseract::find().map_err(std::io::Error::other)?) } else { None };
    let reading = Reading { forms, registry: &registry, tesseract: tesseract.as_ref() };
    let sources = gather(&paths)?;
    if explained {
        sources.iter().for_each(|s| print!("{}", reading.explain(s)));
        return Ok(());
    }
    println!("agency,year,cell,value,state,raw,place");
    for receipt in reading.all(&sources, &|_| ()) {
        eprintln!("{} ({}): {} {}", receipt.name, receipt.format, receipt.status.as_str(), receipt.reason);
        for report in &receipt.reports {
            for (cell, v) in report.cells(forms).filter(|c| c.1.state != State::Absent) {
                let number = v.number.map(|n| n.to_string()).unwrap_or_default();
                let raw = v.raw.replace(['\n', ','], "⏎");
                println!("{},{},{},{number},{},{raw},{}", report.agency, report.year, forms.id(cell), v.state.as_str(), v.place);
            }
            report.unmapped.iter().for_each(|u| eprintln!("  unmapped: {} ({})", u.text.replace('\n', "⏎"), u.place));
            report.remarks.iter().for_each(|r| eprintln!("  {}: {} {}", r.rule, r.found, r.expected));
        }
    }
    Ok(())
}
