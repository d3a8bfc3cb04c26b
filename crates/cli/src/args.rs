//! The command line: every flag is one record that carries its own help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, and a finding at or above --fail-on
  2  wrong arguments or configuration; nothing written
  3  done, but at least one input could not be read (each is listed with the reason; the rest is published)
  4  nothing published (output not writable, another run holds the lock, disk full); the previous output is untouched
Where two apply, the first of 4, 2, 3, 1 wins. Any other code is a failure.

`nianbao FOLDER` runs over a folder of reports, as when it is dragged onto the program.";

/// Collects annual reports on government information disclosure, checks them, adds them up and publishes the result.
#[derive(Debug, Parser)]
#[command(name = "nianbao", version, after_help = EXIT_CODES, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Flags of every command.
#[derive(Debug, Args, Clone)]
pub(crate) struct Common {
    /// A form of your own (TOML); may be given several times.
    #[arg(long, global = true, value_name = "FILE.toml")]
    pub(crate) form_file: Vec<PathBuf>,
    /// Language of findings, page and summary; default: that of the reports' form, Chinese for the statutory ones.
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Logs on standard error: `text`, or one JSON object per line for a scheduler.
    #[arg(long, global = true, default_value = "text", value_enum)]
    pub(crate) log: Log,
    /// Progress on standard error: bars on a terminal and lines elsewhere (auto), lines, or nothing.
    #[arg(long, global = true, default_value = "auto", value_enum)]
    pub(crate) progress: Progress,
    /// How many threads read, check and draw; default: as many as there are processors.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

impl Common {
    /// The language asked for, else Chinese.
    pub(crate) fn language(&self) -> Lang {
        self.lang.unwrap_or(Lang::Zh)
    }

    /// The same flags, in the language of a form where none was asked for.
    pub(crate) fn speaking(&self, form: Option<&nianbao_form::Form>) -> Common {
        let own = if form.is_some_and(|f| f.language == "en") { Lang::En } else { Lang::Zh };
        Common { lang: Some(self.lang.unwrap_or(own)), ..self.clone() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Zh,
    En,
}

impl Lang {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// The words of the language asked for.
    pub(crate) fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Log {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Progress {
    Auto,
    Plain,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Csv,
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormsFormat {
    Text,
    Csv,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decision {
    Confirmed,
    Explained,
    Waived,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read, check, compile, draw and publish, as a pipeline file says.
    Run(RunArgs),
    /// Documents (files or folders) to normalised cells.
    Normalize(NormalizeArgs),
    /// Findings only; several years switch the chain checks on.
    Check(CheckArgs),
    /// Explain, cell by cell, the difference between a published total and the sum of the agencies.
    Reconcile(ReconcileArgs),
    /// Append a decision on a finding to the decisions.csv that the pipeline names.
    Decide(DecideArgs),
    /// Draw one chart file from any documents or normalised cells.
    Chart(ChartArgs),
    /// The forms that are known, or every cell and identity of one.
    Forms(FormsArgs),
    /// An empty statutory form for agencies to fill in.
    Blank(BlankArgs),
    /// Run over a folder; the same as `nianbao FOLDER`.
    #[command(hide = true)]
    Folder(FolderArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Pipeline file.
    #[arg(default_value = "pipelines/district.toml", value_name = "PIPELINE.toml")]
    pub(crate) pipeline: PathBuf,
    /// Reporting year to publish; default: the latest year found in the inputs.
    #[arg(long)]
    pub(crate) year: Option<u16>,
    /// Output folder instead of the pipeline's.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 1 if a finding is at least this bad.
    #[arg(long, default_value = "never", value_enum)]
    pub(crate) fail_on: FailOn,
    /// Say what would be read and written, and stop.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NormalizeArgs {
    /// Documents or folders.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to write (.csv, .jsonl or .parquet); default: CSV on standard output.
    #[arg(short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print the grids as found and what each place became.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Recognise tables that are pictures with Tesseract, if it is installed with Chinese.
    #[arg(long)]
    pub(crate) ocr: bool,
    /// Registry (agencies.csv) for names and ids; default: an agencies.csv in a folder that is given.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Documents, normalised cells or folders.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to write (.csv or .jsonl); default: standard output.
    #[arg(short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Format on standard output.
    #[arg(long, default_value = "text", value_enum)]
    pub(crate) format: Format,
    /// Pipeline file whose registry, decisions, corrections and severities are used.
    #[arg(long, value_name = "FILE")]
    pub(crate) pipeline: Option<PathBuf>,
    /// Exit with 1 if a finding is at least this bad.
    #[arg(long, default_value = "never", value_enum)]
    pub(crate) fail_on: FailOn,
}

#[derive(Debug, Args)]
pub(crate) struct ReconcileArgs {
    /// The published report: a document, or a CSV with year, cell and value.
    pub(crate) published: PathBuf,
    /// Documents, normalised cells or folders of the agencies.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Format on standard output.
    #[arg(long, default_value = "text", value_enum)]
    pub(crate) format: Format,
    /// Pipeline file whose registry and group are used.
    #[arg(long, value_name = "FILE")]
    pub(crate) pipeline: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// Key of the finding, from findings.csv or the page.
    pub(crate) key: String,
    /// What was decided.
    #[arg(value_enum)]
    pub(crate) decision: Decision,
    /// Why.
    #[arg(long)]
    pub(crate) reason: String,
    /// Who decided.
    #[arg(long, default_value = "")]
    pub(crate) by: String,
    /// Pipeline file that names the decisions.csv.
    #[arg(long, default_value = "pipelines/district.toml", value_name = "FILE")]
    pub(crate) pipeline: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ChartArgs {
    /// Chart file.
    #[arg(value_name = "CHART.toml")]
    pub(crate) chart: PathBuf,
    /// Documents, normalised cells or folders.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where to write, .svg or .png.
    #[arg(short, value_name = "FILE", required = true)]
    pub(crate) output: PathBuf,
    /// Level (kind of group) instead of the chart file's.
    #[arg(long)]
    pub(crate) level: Option<String>,
    /// One agency, by name or id.
    #[arg(long)]
    pub(crate) agency: Option<String>,
    /// Reporting year; default: the latest found.
    #[arg(long)]
    pub(crate) year: Option<u16>,
    /// Registry (agencies.csv); default: an agencies.csv in a folder that is given.
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FormsArgs {
    /// Form id, such as 2021.
    pub(crate) form: Option<String>,
    /// Format on standard output.
    #[arg(long, default_value = "text", value_enum)]
    pub(crate) format: FormsFormat,
}

#[derive(Debug, Args)]
pub(crate) struct BlankArgs {
    /// Form id, such as 2021.
    pub(crate) form: String,
    /// Where to write, .docx or .xlsx.
    #[arg(short, value_name = "FILE", required = true)]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct FolderArgs {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Reporting year to publish; default: the latest year found.
    #[arg(long)]
    pub(crate) year: Option<u16>,
}
