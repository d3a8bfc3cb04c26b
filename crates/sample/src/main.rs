//! Writes the sample district: `cargo run --release -p nianbao-sample [FOLDER]`, by default into `data/` of this checkout.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map_or_else(nianbao_sample::home, PathBuf::from);
    match nianbao_sample::write(&folder) {
        Ok(files) => {
            eprintln!("{files} files in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
