//! `notices/index.csv`: one row a letter, for the mailing.

use nianbao_form::Severity;

use super::Letter;
use crate::files::FileOut;
use crate::{Edition, PublishError, data};

const HEAD: [&str; 8] = ["file", "kind", "agency_id", "agency", "errors", "warnings", "answer_by", "deadline"];

pub(super) fn index(edition: &Edition<'_>, letters: &[Letter]) -> Result<FileOut, PublishError> {
    let notices = &edition.notices;
    let rows = letters.iter().map(|l| {
        let [errors, warnings] = [Severity::Error, Severity::Warning].map(|s| l.count(edition, s).to_string());
        let file = l.path.trim_start_matches("notices/");
        let answer_by = if l.thanks { "" } else { &notices.answer_by };
        [file, l.kind(), &l.agency_id, &l.agency, &errors, &warnings, answer_by, &notices.deadline].map(str::to_owned).to_vec()
    });
    data::table("notices/index.csv", &HEAD, rows)
}
