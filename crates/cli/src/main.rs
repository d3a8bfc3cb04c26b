//! The `nianbao` binary: arguments, progress, exit codes; thin. What it does is done by the other crates.
#![forbid(unsafe_code)]

mod args;
mod assess;
mod commands;
mod inputs;
mod outcome;
mod pipeline;
mod progress;
mod record;
mod summary;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Cli, Command, Common, Log};
use crate::outcome::{Done, Failure, exit_code};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(words) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    start_log(&cli.common);
    let result = start_threads(&cli.common).and_then(|()| dispatch(cli.command, &cli.common));
    if let Err(failure) = &result {
        tell(failure, &cli.common);
    }
    exit_code(&result)
}

fn dispatch(command: Command, common: &Common) -> Result<Done, Failure> {
    match command {
        Command::Run(args) => commands::run::run(&args, common),
        Command::Folder(args) => commands::run::folder(&args, common),
        Command::Normalize(args) => commands::normalize::normalize(&args, common),
        Command::Check(args) => commands::check::check(&args, common),
        Command::Reconcile(args) => commands::reconcile::reconcile(&args, common),
        Command::Decide(args) => commands::decide::decide(&args, common),
        Command::Chart(args) => commands::chart::chart(&args, common),
        Command::Forms(args) => commands::forms::forms(&args, common),
        Command::Blank(args) => commands::blank::blank(&args, common),
    }
}

/// Parses the command line. `nianbao FOLDER` is what a clerk gets by dragging a folder onto the program.
fn parse(mut words: Vec<OsString>) -> Result<Cli, ExitCode> {
    let known: Vec<String> = Cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let is_command = |w: &OsString| known.iter().any(|k| w == k.as_str());
    let has_folder = words.iter().skip(1).any(|w| Path::new(w).is_dir());
    if words.get(1).is_some_and(|w| w.to_string_lossy().starts_with('-')) && has_folder && !words.iter().any(is_command) {
        words.insert(1, "folder".into());
    }
    if let Some(first) = words.get(1).map(|w| w.to_string_lossy().into_owned())
        && !first.starts_with('-')
        && !known.contains(&first)
    {
        if Path::new(&first).is_dir() {
            words.insert(1, "folder".into());
        } else {
            let hint = match nianbao_form::nearest(&first, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "it is neither a command nor a folder; see nianbao --help".to_owned(),
            };
            eprintln!("error: `{first}`: {hint}");
            return Err(ExitCode::from(2));
        }
    }
    Cli::try_parse_from(words).map_err(|error| {
        if error.use_stderr() {
            eprintln!("{}", in_one_sentence(&error));
            ExitCode::from(2)
        } else {
            // --help and --version go to standard output; a closed pipe is no failure.
            let _ = error.print();
            ExitCode::SUCCESS
        }
    })
}

/// What clap has to say without its paragraphs: the error and the nearest right one.
fn in_one_sentence(error: &clap::Error) -> String {
    use clap::error::ErrorKind;
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return error.to_string();
    }
    let text = error.to_string();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with("Usage:") && !l.starts_with("For more information"))
        .collect();
    lines.join("; ").replace("; tip: ", "; ").replace(":; ", ": ")
}

fn start_log(common: &Common) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("NIANBAO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(if common.log == Log::Json { "info" } else { "warn" }));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // Setting it twice is the only failure, and it is set once.
    let _ = match common.log {
        Log::Json => builder.json().flatten_event(true).try_init(),
        Log::Text => builder.without_time().with_ansi(false).try_init(),
    };
}

fn start_threads(common: &Common) -> Result<(), Failure> {
    let Some(threads) = common.threads else { return Ok(()) };
    if threads == 0 || threads > 1024 {
        return Err(Failure::usage(format!("--threads {threads}: expected 1 to 1024")));
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|e| Failure::usage(format!("--threads {threads}: {e}")))
}

fn tell(failure: &Failure, common: &Common) {
    let message = format!("{:#}", failure.error());
    match common.log {
        Log::Json => tracing::error!(code = failure.code(), "{message}"),
        Log::Text => eprintln!("error: {message}"),
    }
}
