//! How many files a second one core reads, the whole way from file to cells: opening, hashing, finding the type, reading
//! and matching. Beside it what the reader alone takes and, for zipped documents, what inflating the main part alone takes.
//!
//! ```text
//! cargo run --release -p nianbao-intake --no-default-features --example speed -- FILES...
//! cargo run --release -p nianbao-intake --no-default-features --example speed -- --make FOLDER
//! ```
//! `--make` writes the Word files that the speeds are stated for: the three tables as Word writes them and light ones.
#![allow(clippy::unwrap_used)]

#[path = "../tests/common/print.rs"]
mod print;
#[path = "../tests/common/word.rs"]
mod word;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nianbao_form::{Forms, Registry};
use nianbao_intake::{Source, open, read_all};

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Each measure takes about so long, in rounds of at least so long.
const SPAN: Duration = Duration::from_millis(1500);
const ROUND: Duration = Duration::from_millis(10);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from).peekable();
    if arguments.next_if(|a| a.as_os_str() == "--make").is_some() {
        return make(&arguments.next().unwrap_or_else(|| PathBuf::from(".")));
    }
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global()?;
    println!("{:>10} {:>10} {:>10} {:>9}  file", "whole/s", "reader/s", "inflate/s", "bytes");
    for path in arguments {
        let bytes = std::fs::read(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let (forms, registry) = (Forms::built_in(), Registry::default());
        let whole = whole(forms, &registry, &Source { name: name.clone().into(), path });
        let reader = rate(|| {
            let _ = black_box(open(black_box(&bytes), &extension));
        });
        let inflate = main_part(&bytes).map_or(String::new(), |(packed, size)| {
            let mut to = vec![0; size];
            let mut inflater = libdeflater::Decompressor::new();
            format!("{:.0}", rate(|| drop(black_box(inflater.deflate_decompress(black_box(packed), &mut to)))))
        });
        println!("{whole:>10.0} {reader:>10.0} {inflate:>10} {:>9}  {name}", bytes.len());
    }
    Ok(())
}

/// Times a second that something can be done: the best of many short rounds, so that what else the machine does at the time
/// counts as little as possible.
fn rate(mut act: impl FnMut()) -> f64 {
    let (start, mut times, mut best) = (Instant::now(), 1u32, 0.0f64);
    while start.elapsed() < SPAN {
        let round = Instant::now();
        (0..times).for_each(|_| act());
        let took = round.elapsed();
        best = best.max(f64::from(times) / took.as_secs_f64());
        if took < ROUND {
            times *= 2;
        }
    }
    best
}

/// As the program reads a folder: many files with one vocabulary, here the same file many times, in one thread.
fn whole(forms: &Forms, registry: &Registry, source: &Source) -> f64 {
    const FILES: usize = 64;
    let batch = vec![source.clone(); FILES];
    let (start, mut best) = (Instant::now(), 0.0f64);
    while start.elapsed() < SPAN {
        let round = Instant::now();
        black_box(read_all(forms, registry, &batch, &|_| ()));
        best = best.max(FILES as f64 / round.elapsed().as_secs_f64());
    }
    best
}

/// The deflated bytes of the main part of a Word file, and how large it is.
fn main_part(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let part = package.by_name("word/document.xml").ok()?;
    let start = part.data_start()? as usize;
    Some((bytes.get(start..start + part.compressed_size() as usize)?, part.size() as usize))
}

fn make(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let forms = Forms::built_in();
    let form = forms.form(forms.find("2021").ok_or("no such form")?);
    let title = "某某局2022年政府信息公开工作年度报告";
    let parts = print::parts(form, &|c| (c.index() * 7 % 400).to_string(), false);
    let heavy = word::document(title, &parts);
    let light = print::word(title, &parts);
    for (name, xml) in [("word.docx", &heavy), ("light.docx", &light)] {
        std::fs::write(folder.join(name), word::package(xml))?;
        println!("{name}: main part of {} bytes", xml.len());
    }
    Ok(())
}
