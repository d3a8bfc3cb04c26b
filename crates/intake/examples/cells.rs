//! Reads files and prints their cells, or with `--explain` the grids as found: for work on the readers without the program.
//!
//! `cargo run --release -p nianbao-intake --no-default-features --example cells -- FILE...`

use nianbao_form::{Forms, Registry, State};
use nianbao_intake::{explain, gather, read_all};

fn main() -> std::io::Result<()> {
    let mut paths: Vec<std::path::PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let explained = paths.first().is_some_and(|p| p.as_os_str() == "--explain");
    if explained {
        paths.remove(0);
    }
    let (forms, registry) = (Forms::built_in(), Registry::default());
    let sources = gather(&paths)?;
    if explained {
        sources.iter().for_each(|s| print!("{}", explain(forms, &registry, s)));
        return Ok(());
    }
    println!("agency,year,cell,value,state,raw,place");
    for receipt in read_all(forms, &registry, &sources, &|_| ()) {
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
