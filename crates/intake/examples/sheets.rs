//! Workbooks a second on one core, beside calamine: `cargo run --release -p nianbao-intake --no-default-features --example
//! sheets -- FILE...`. calamine reads the cells of all sheets; this program goes on to the report.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use calamine::Reader;
use nianbao_form::{Forms, Registry};
use nianbao_intake::{Source, read_all};

const TIMES: usize = 200;

fn main() -> std::io::Result<()> {
    // One thread; nothing here asks for more before this.
    let (forms, registry) = (Forms::built_in(), Registry::default());
    println!("file,calamine,nianbao");
    for path in std::env::args_os().skip(1).map(PathBuf::from) {
        let name: std::sync::Arc<str> = path.to_string_lossy().into();
        let sources = vec![Source { name: name.clone(), path: path.clone() }; TIMES];
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(std::io::Error::other)?;
        let began = Instant::now();
        let receipts = pool.install(|| read_all(forms, &registry, &sources, &|_| ()));
        let ours = TIMES as f64 / began.elapsed().as_secs_f64();
        if let Some(receipt) = receipts.iter().find(|r| r.reports.is_empty()) {
            return Err(std::io::Error::other(format!("{name}: {}", receipt.reason_en)));
        }
        let began = Instant::now();
        for _ in 0..TIMES {
            let mut book = calamine::open_workbook_auto(&path).map_err(std::io::Error::other)?;
            for sheet in book.sheet_names() {
                black_box(book.worksheet_range(&sheet).map_err(std::io::Error::other)?);
            }
        }
        let theirs = TIMES as f64 / began.elapsed().as_secs_f64();
        println!("{name},{theirs:.0},{ours:.0}");
    }
    Ok(())
}
