//! A silent revision: the same agency and year sent again with other figures.

use nianbao_form::{Cell, Finding, Forms, Report, State, Subject};

use crate::words::{Speaker, held, held_in_words};

/// What `later` changes in `earlier`, both for the same agency and year: `restated`. One finding a cell; all but the
/// first have the first as their cause. A blank whose figure was derived and is now written out is no change.
pub fn check_restated(forms: &Forms, earlier: &Report, later: &Report) -> Vec<Finding> {
    let subject = Subject::of(later);
    let speaker = Speaker { forms, form: later.form };
    let mut out: Vec<Finding> = Vec::new();
    for cell in forms.cells().filter(|&c| differs(earlier, later, c)) {
        let name = speaker.cell(cell);
        let (was, is) = (held_in_words(earlier, cell), held_in_words(later, cell));
        let mut finding = Finding::of("restated", &subject)
            .cell(forms, cell, held(later, cell), held(earlier, cell))
            .with_both("cell", name.zh, name.en)
            .with_both("expected", was.zh, was.en)
            .with_both("found", is.zh, is.en)
            .at(&later.value(cell).place)
            .build();
        finding.cause = out.first().map(|f| f.cause_key().to_owned());
        out.push(finding);
    }
    out
}

fn differs(earlier: &Report, later: &Report, cell: Cell) -> bool {
    let (was, is) = (earlier.value(cell), later.value(cell));
    let unread = |s: State| s == State::Text;
    was.counts_as() != is.counts_as() || (unread(was.state) || unread(is.state)) && (was.state, &was.raw) != (is.state, &is.raw)
}
