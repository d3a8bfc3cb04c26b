//! `nianbao chart`: one chart file over any documents or normalised cells.

use nianbao_chart::{Data, Figures, Target};

use crate::args::{ChartArgs, Common};
use crate::assess::{Given, failed, of_year};
use crate::commands::{extension, output};
use crate::outcome::{Done, Failure};
use crate::progress::Progress;
use crate::summary;

pub(crate) fn chart(args: &ChartArgs, common: &Common) -> Result<Done, Failure> {
    let format = extension(&args.output, &["svg", "png"])?;
    let chart = nianbao_chart::load(&args.chart).map_err(|e| Failure::Usage(e.into()))?;
    let given = Given::new(&args.paths, None, args.registry.as_deref(), common)?;
    let assessment = given.assess(&Progress::new(common))?;
    let year = args.year.unwrap_or(assessment.year);
    let findings = of_year(&assessment.findings, year);
    let figures = Figures::of(&assessment.compilation);
    let language = common.language().as_str();
    let data =
        Data { forms: &given.forms, registry: &given.office.registry, figures: &figures, findings: &findings, year, language };
    let target = Target { level: args.level.clone(), agency: args.agency.clone() };
    target.check(data).map_err(|e| Failure::Usage(e.into()))?;
    let drawn = match format {
        "png" => nianbao_chart::draw_png(&chart, data, &target).map(|(_, png)| png),
        _ => nianbao_chart::draw(&chart, data, &target).map(|picture| picture.svg.into_bytes()),
    };
    let bytes = drawn.map_err(|e| Failure::Usage(e.into()))?;
    let write = |out: &mut dyn std::io::Write| {
        out.write_all(&bytes).map_err(|error| nianbao_publish::PublishError::Io {
            path: args.output.clone(),
            action: "cannot be written",
            error,
        })
    };
    output(nianbao_publish::write_atomically(&args.output, write), &args.output)?;
    for receipt in assessment.receipts.iter().filter(|r| failed(r)) {
        summary::tell_receipt(receipt, common);
    }
    Ok(Done { unread: assessment.unread(), failed_on: false })
}
