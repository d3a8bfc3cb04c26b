//! The chart files that the binary carries, for a folder without a pipeline.

use std::path::Path;

use crate::{Chart, ChartError, parse};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../charts/", $name)))),*]
    };
}

const FILES: [(&str, &str); 15] = files![
    "01-requests-by-applicant.toml",
    "02-outcomes.toml",
    "03-flow.toml",
    "04-agencies-ranked.toml",
    "05-disclosure-rate.toml",
    "06-agency-by-year.toml",
    "07-reviews.toml",
    "08-licensing-and-penalties.toml",
    "09-documents-in-force.toml",
    "10-carry-over.toml",
    "11-coverage.toml",
    "12-every-agency.toml",
    "13-against-last-year.toml",
    "14-agencies-carry-over.toml",
    "15-disclosure-rate-since-last-year.toml",
];

/// The charts of `charts/*.toml`, as the binary carries them.
///
/// # Errors
/// A chart file that is wrong; a test keeps that from being shipped.
pub fn built_in() -> Result<Vec<Chart>, ChartError> {
    FILES.iter().map(|(name, text)| parse(Path::new(name), text)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn they_are_all_the_files_of_the_folder() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../charts");
        let files =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "toml"));
        let mut names: Vec<String> = files.map(|p| p.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        names.sort();
        let charts: Vec<String> = super::built_in().unwrap().into_iter().map(|c| c.name).collect();
        assert_eq!(charts, names);
    }
}
