//! `nianbao check`: findings only.

use std::path::Path;

use crate::args::{CheckArgs, Common, Format};
use crate::assess::{Given, fails};
use crate::commands::{extension, output, to_stdout};
use crate::outcome::{Done, Failure};
use crate::progress::Progress;
use crate::summary;

pub(crate) fn check(args: &CheckArgs, common: &Common) -> Result<Done, Failure> {
    let to_file = args.output.as_deref().map(|p| extension(p, &["csv", "jsonl"])).transpose()?;
    let given = Given::new(&args.paths, args.pipeline.as_deref(), None, common)?;
    let assessment = given.findings(&Progress::new(common))?;
    let common = &common.speaking(assessment.form(&given.forms));
    let format = match (to_file, args.format) {
        (Some("csv"), _) | (None, Format::Csv) => nianbao_publish::Format::Csv,
        (Some(_), _) | (None, Format::Jsonl) => nianbao_publish::Format::Jsonl,
        (None, Format::Text) => nianbao_publish::Format::Text,
    };
    let mut bytes = Vec::new();
    let lang = common.language().as_str();
    match &args.output {
        Some(path) => output(nianbao_publish::write_findings(Some(path), &mut bytes, &assessment.findings, format, lang), path)?,
        None => {
            let stdout = Path::new("standard output");
            output(nianbao_publish::write_findings(None, &mut bytes, &assessment.findings, format, lang), stdout)?;
            to_stdout(&bytes)?;
        }
    }
    for receipt in assessment.receipts.iter().filter(|r| crate::assess::failed(r)) {
        summary::tell_receipt(receipt, common);
    }
    summary::tell_counts(&assessment, &assessment.findings, common);
    Ok(Done { unread: assessment.unread(), failed_on: fails(&assessment.findings, args.fail_on) })
}
