//! What can go wrong while writing.

use std::path::{Path, PathBuf};

/// What can go wrong. The old edition is untouched in every case.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Another run writes to the same folder.
    #[error("{}: another run is publishing here ({holder}); wait for it to end, or choose another --out", path.display())]
    Locked {
        /// The output folder.
        path: PathBuf,
        /// Who holds the lock.
        holder: String,
    },
    /// The file system refused.
    #[error("{}: {action}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// Why not.
        error: std::io::Error,
    },
    /// No form is known for the year.
    #[error("no form is known for the year {0}; name one with --form-file")]
    NoForm(u16),
    /// A file name whose ending says no format.
    #[error("{}: the ending must be one of {known}", path.display())]
    Ending {
        /// The file.
        path: PathBuf,
        /// What is known.
        known: &'static str,
    },
    /// A document could not be made.
    #[error("{file}: {error}")]
    Make {
        /// Which.
        file: String,
        /// Why not.
        error: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl PublishError {
    /// An error of the file system at `path`.
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> PublishError {
        move |error| PublishError::Io { path: path.to_owned(), action, error }
    }

    /// An error of a library while making `file`.
    pub(crate) fn make<E: Into<Box<dyn std::error::Error + Send + Sync>>>(file: &str) -> impl FnOnce(E) -> PublishError {
        move |error| PublishError::Make { file: file.to_owned(), error: error.into() }
    }
}
