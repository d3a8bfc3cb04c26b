//! One module a command.

pub(crate) mod blank;
pub(crate) mod chart;
pub(crate) mod check;
pub(crate) mod decide;
pub(crate) mod forms;
pub(crate) mod normalize;
pub(crate) mod reconcile;
pub(crate) mod run;

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::outcome::Failure;

/// Writes data to standard output; a reader that has gone away is no failure.
pub(crate) fn to_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::Output(anyhow::Error::new(e).context("standard output")))
        }
        _ => Ok(()),
    }
}

/// The extension of an output file, among those that the command can write.
pub(crate) fn extension(path: &Path, known: &[&'static str]) -> Result<&'static str, Failure> {
    let found = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    known.iter().find(|k| **k == found).copied().ok_or_else(|| {
        let list: Vec<String> = known.iter().map(|k| format!(".{k}")).collect();
        Failure::usage(format!("-o {}: the name must end in {}", path.display(), list.join(" or ")))
    })
}

/// Wraps an error of writing.
pub(crate) fn output<T, E>(result: Result<T, E>, path: &Path) -> Result<T, Failure>
where
    Result<T, E>: Context<T, E>,
{
    result.with_context(|| path.display().to_string()).map_err(Failure::Output)
}
