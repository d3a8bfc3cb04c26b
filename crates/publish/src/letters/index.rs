//! `notices/index.csv`: one row a letter, for the mailing.

use nianbao_form::Severity;

use super::Letter;
use crate::files::{FileOut, csv_text};
use crate::{Edition, PublishError};

const PATH: &str = "notices/index.csv";

pub(super) fn index(edition: &Edition<'_>, letters: &[Letter]) -> Result<FileOut, PublishError> {
    let mut index = csv::Writer::from_writer(Vec::new());
    let failed = || PublishError::make(PATH);
    let head = ["file", "kind", "agency_id", "agency", "errors", "warnings", "answer_by", "deadline"];
    index.write_record(head).map_err(failed())?;
    for l in letters {
        let (errors, warnings) = (l.count(edition, Severity::Error).to_string(), l.count(edition, Severity::Warning).to_string());
        let file = l.path.trim_start_matches("notices/");
        let answer_by = if l.thanks { "" } else { &edition.notices.answer_by };
        let row = [file, l.kind(), &l.agency_id, &l.agency, &errors, &warnings, answer_by, &edition.notices.deadline];
        index.write_record(row.map(|text| csv_text(text).into_owned())).map_err(failed())?;
    }
    let bytes = index.into_inner().map_err(|e| failed()(csv::Error::from(e.into_error())))?;
    Ok(FileOut::new(PATH, bytes))
}
