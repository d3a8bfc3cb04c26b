//! How a command ends: the one place that knows exit codes.

use std::process::ExitCode;

/// A command that could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong arguments or configuration: exit 2, nothing written.
    Usage(anyhow::Error),
    /// Nothing published: exit 4, the previous output is untouched.
    Output(anyhow::Error),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::Usage(anyhow::Error::msg(message.into()))
    }

    pub(crate) const fn code(&self) -> u8 {
        match self {
            Failure::Usage(_) => 2,
            Failure::Output(_) => 4,
        }
    }

    pub(crate) const fn error(&self) -> &anyhow::Error {
        match self {
            Failure::Usage(e) | Failure::Output(e) => e,
        }
    }
}

/// A command that did its work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Done {
    /// An input could not be read.
    pub(crate) unread: bool,
    /// A finding is at or above `--fail-on`.
    pub(crate) failed_on: bool,
}

/// The exit code: 4, 2, 3, 1, 0, the first that applies.
pub(crate) fn exit_code(result: &Result<Done, Failure>) -> ExitCode {
    ExitCode::from(match result {
        Err(failure) => failure.code(),
        Ok(Done { unread: true, .. }) => 3,
        Ok(Done { failed_on: true, .. }) => 1,
        Ok(_) => 0,
    })
}
