//! How to fill the form in, from what the form says of itself.

use nianbao_form::{Form, Kind, SectionKind};

use crate::words::Lang;

/// The lines of the guide, the first of which is its heading.
pub(super) fn lines(form: &Form) -> Vec<String> {
    let lang = Lang::of_form(form);
    let mut out = vec![lang.say("blank_guide").to_owned()];
    let defs = || form.cells.iter().filter_map(|c| form.def(*c));
    let units = |amount: bool| {
        let mut units: Vec<&str> =
            defs().filter(|d| (d.kind == Kind::Amount) == amount && !d.unit.is_empty()).map(|d| d.unit.as_str()).collect();
        units.sort_unstable();
        units.dedup();
        lang.list(units)
    };
    let mut rules = vec![lang.issued(form), lang.say("blank_rule_cells").to_owned(), lang.say("blank_rule_counts").to_owned()];
    if defs().any(|d| d.kind == Kind::Amount) {
        rules.push(lang.amounts(&units(true)));
    }
    let signed: Vec<String> =
        defs().filter(|d| d.signed).map(|d| form.blocks[d.block].columns[d.column].leaf().to_owned()).collect();
    if let Some(first) = signed.first() {
        rules.push(lang.signed(first));
    }
    if let Some(text) = identities(form, lang) {
        rules.push(text);
    }
    for section in form.sections.iter().filter(|s| s.kind == SectionKind::Prose && !s.prompt.is_empty()) {
        rules.push(lang.prompt(&lang.heading(&section.number, &section.title), &section.prompt));
    }
    out.extend(rules.iter().enumerate().map(|(i, r)| format!("{}. {r}", i + 1)));
    out
}

/// One identity of each kind, and how many there are.
fn identities(form: &Form, lang: Lang) -> Option<String> {
    let mut kinds: Vec<(&str, &str, usize)> = Vec::new();
    for identity in &form.identities {
        match kinds.iter_mut().find(|k| k.0 == identity.name) {
            Some(kind) => kind.2 += 1,
            None => kinds.push((&identity.name, &identity.label, 1)),
        }
    }
    let said: Vec<String> = kinds.iter().map(|(_, label, n)| lang.identity_kind(label, *n)).collect();
    (!said.is_empty()).then(|| lang.must_hold(&said))
}
