//! The sample district: a seeded generator of agencies' reports for six years, as a district's office gets them, with
//! planted defects. It makes everything under `data/` that is named in `data/README.md`; the same bytes every time.
//!
//! ```
//! let files = nianbao_sample::files();
//! assert!(files.contains_key("agencies.csv"));
//! assert!(files.keys().filter(|name| name.starts_with("reports/")).count() > 170);
//! ```
#![forbid(unsafe_code)]

mod bodies;
mod city;
mod dice;
mod district;
mod figures;
mod grid;
mod inbox;
mod planted;
mod prose;
mod sheet;
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nianbao_form::Forms;

/// Bytes by path relative to `data/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Folders under `data/` that belong to the generator wholly.
pub const FOLDERS: [&str; 4] = ["reports", "example", "second-inbox", "city"];

/// What a reader must find in one report of the district: `(cell id, state, value)` of every cell that the report prints
/// undisturbed. Cells with a planted text are left out.
pub type Reading = Vec<(String, &'static str, String)>;

/// Every file of the sample.
pub fn files() -> Files {
    all().0
}

/// What stands in the reports of the district, by path below `reports/`.
pub fn readings() -> BTreeMap<String, Reading> {
    all().1
}

fn all() -> (Files, BTreeMap<String, Reading>) {
    let forms = Forms::built_in();
    let mut files = Files::new();
    let readings = district::district(forms, &mut files);
    inbox::inbox(forms, &mut files);
    city::city(forms, &mut files);
    (files, readings)
}

/// The `data` folder of this checkout.
pub fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

/// Writes every file below `folder`, whose generated folders are emptied first; says how many there are.
///
/// # Errors
/// A folder that cannot be written.
pub fn write(folder: &Path) -> std::io::Result<usize> {
    for name in FOLDERS {
        let path = folder.join(name);
        if path.exists() {
            std::fs::remove_dir_all(path)?;
        }
    }
    let files = files();
    for (name, bytes) in &files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(files.len())
}

/// A CSV file.
fn table(head: &[&str], rows: Vec<Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing into memory does not fail.
    writer.write_record(head).expect("csv in memory");
    for row in rows {
        writer.write_record(row).expect("csv in memory");
    }
    writer.into_inner().expect("csv in memory")
}
