//! `nianbao decide`: append a decision to decisions.csv.

use nianbao_form::{nearest, rules};

use crate::args::{Common, DecideArgs, Decision};
use crate::commands::output;
use crate::inputs;
use crate::outcome::{Done, Failure};
use crate::pipeline::Pipeline;

pub(crate) fn decide(args: &DecideArgs, common: &Common) -> Result<Done, Failure> {
    let pipeline = Pipeline::load(&args.pipeline)?;
    let forms = inputs::forms(common, Some(&pipeline))?;
    let Some(path) = &pipeline.decisions else {
        return Err(Failure::usage(format!(
            "{}: [input] decisions is not set; name a decisions.csv there",
            args.pipeline.display()
        )));
    };
    if args.reason.trim().is_empty() {
        return Err(Failure::usage("--reason: say why, so that a colleague understands it next year"));
    }
    let mut known: Vec<&str> = rules().iter().map(|r| r.id.as_str()).collect();
    known.extend(
        forms
            .iter()
            .flat_map(|(_, f)| f.identities.iter().map(|i| i.name.as_str()).chain(f.chains.iter().map(|c| c.name.as_str()))),
    );
    let rule = args.key.split(':').next().unwrap_or_default();
    if args.key.split(':').count() < 4 || !known.contains(&rule) {
        let hint =
            nearest(rule, known).filter(|n| *n != rule).map_or_else(String::new, |n| format!("; its rule is perhaps `{n}`"));
        return Err(Failure::usage(format!(
            "`{}` is no key of a finding{hint}; copy it from the column `key` of findings.csv",
            args.key
        )));
    }
    let decision = match args.decision {
        Decision::Confirmed => "confirmed",
        Decision::Explained => "explained",
        Decision::Waived => "waived",
    };
    let today = jiff::ZonedDateTime::now().date().to_string();
    let line = nianbao_publish::Decision {
        key: args.key.clone(),
        decision: decision.to_owned(),
        reason: args.reason.clone(),
        by: args.by.clone(),
        date: today,
    };
    output(nianbao_publish::append_decision(path, &line), path)?;
    eprintln!(
        "{}",
        common.language().pick("已记录，下次运行时生效：", "recorded, in force at the next run: ").to_owned()
            + &path.display().to_string()
    );
    Ok(Done::default())
}
