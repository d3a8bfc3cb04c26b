//! Letters without a table: reminders and thanks.

use nianbao_form::Form;

use super::{Letter, answer_by, signature};
use crate::Edition;
use crate::story::{Piece, Story, paragraph};
use crate::words::Lang;

/// To an agency that has not reported.
pub(super) fn reminder(edition: &Edition<'_>, form: &Form, letter: &Letter) -> Story {
    let lang = Lang::of_form(form);
    let deadline = lang.date(&edition.notices.deadline);
    let paragraphs = lang.reminder(edition.year, form, deadline.as_deref(), &answer_by(edition, lang));
    plain(edition, lang, letter, "reminder_title", paragraphs)
}

/// To an agency in whose report nothing was found.
pub(super) fn thanks(edition: &Edition<'_>, form: &Form, letter: &Letter) -> Story {
    let lang = Lang::of_form(form);
    plain(edition, lang, letter, "thanks_title", lang.thanks(edition.year, form))
}

fn plain(edition: &Edition<'_>, lang: Lang, letter: &Letter, title: &str, paragraphs: Vec<String>) -> Story {
    let title = lang.say(title);
    let mut pieces = vec![Piece::Title(title.to_owned()), Piece::Flush(lang.salutation(&letter.agency))];
    pieces.extend(paragraphs.into_iter().map(paragraph));
    pieces.extend(signature(edition, lang));
    Story { lang, title: title.replace('\n', ""), pieces }
}
