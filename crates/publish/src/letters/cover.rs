//! The office's list of all letters: to tick off what is sent and what has come back.

use nianbao_form::{Form, Severity};

use super::{Letter, answer_by, signer};
use crate::Edition;
use crate::story::{List, Piece, Story, paragraph};
use crate::words::Lang;

pub(super) fn list(edition: &Edition<'_>, form: &Form, letters: &[Letter]) -> Story {
    let lang = Lang::of_form(form);
    let title = lang.say("cover_title").to_owned();
    let count = |kind: &str| letters.iter().filter(|l| l.kind() == kind).count();
    let summary = lang.cover(edition.year, [count("correction"), count("reminder"), count("thanks")], &answer_by(edition, lang));
    let mut pieces = vec![Piece::Title(title.clone()), Piece::Centred(signer(edition, lang).to_owned()), paragraph(summary)];
    let head = ["no", "agency", "letter", "errors_few", "warnings_few", "contact", "sent", "answered"];
    let rows = letters.iter().enumerate().map(|(n, l)| row(edition, lang, n + 1, l)).collect();
    pieces.push(Piece::List(List {
        widths: vec![78, 292, 120, 78, 78, 160, 97, 97],
        head: head.map(|k| lang.say(k).to_owned()).to_vec(),
        rows,
    }));
    Story { lang, title, pieces }
}

fn row(edition: &Edition<'_>, lang: Lang, n: usize, letter: &Letter) -> Vec<Option<String>> {
    let kind = match letter.kind() {
        "reminder" => "reminder",
        "thanks" => "thanks",
        _ => "notice",
    };
    let count = |severity| match letter.kind() {
        "correction" => letter.count(edition, severity).to_string(),
        _ => "—".to_owned(),
    };
    let answered = if letter.thanks { "—" } else { "□" };
    [
        n.to_string(),
        letter.agency.clone(),
        lang.say(kind).to_owned(),
        count(Severity::Error),
        count(Severity::Warning),
        String::new(),
        "□".to_owned(),
        answered.to_owned(),
    ]
    .map(Some)
    .to_vec()
}
