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

/// Standard output for what is written piece by piece. Knows whether its reader has gone away, which is no failure.
#[derive(Default)]
pub(crate) struct Listener {
    gone: bool,
}

impl Listener {
    pub(crate) fn gone(&self) -> bool {
        self.gone
    }

    fn note<T>(&mut self, result: std::io::Result<T>) -> std::io::Result<T> {
        self.gone |= result.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
        result
    }
}

impl Write for Listener {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = std::io::stdout().write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let flushed = std::io::stdout().flush();
        self.note(flushed)
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
