//! `nianbao blank`: an empty statutory form.

use crate::args::{BlankArgs, Common};
use crate::commands::{extension, forms, output};
use crate::inputs;
use crate::outcome::{Done, Failure};

pub(crate) fn blank(args: &BlankArgs, common: &Common) -> Result<Done, Failure> {
    let known = inputs::forms(common, None)?;
    forms::find(&known, &args.form)?;
    let Some(form) = known.find(&args.form) else { return Err(Failure::usage(format!("no form `{}`", args.form))) };
    extension(&args.output, &["docx", "xlsx"])?;
    output(nianbao_publish::blank(&known, form, &args.output), &args.output)?;
    Ok(Done::default())
}
