//! How to fill the form in, from what the form says of itself.

use nianbao_form::{Form, Identity, Kind, Section, SectionKind};

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
    rules.extend(form.sections.iter().filter(|s| s.kind == SectionKind::Prose).filter_map(|s| asked(s, lang)));
    out.extend(rules.iter().enumerate().map(|(i, r)| format!("{}. {r}", i + 1)));
    out
}

/// What a section of words asks for, if the form says so.
pub(super) fn asked(section: &Section, lang: Lang) -> Option<String> {
    let heading = lang.heading(&section.number, &section.title);
    let parts: Vec<&str> = section.parts.iter().map(|p| p.title.as_str()).collect();
    if !parts.is_empty() {
        let governments: Vec<&str> = section.parts.iter().flat_map(|p| &p.require).map(|r| r.prompt.as_str()).collect();
        return Some(lang.parts(&heading, &parts, &governments));
    }
    (!section.prompt.is_empty()).then(|| lang.prompt(&heading, &section.prompt))
}

/// One identity of each kind, and how many there are.
fn identities(form: &Form, lang: Lang) -> Option<String> {
    let said = kinds(form.identities.iter(), lang);
    (!said.is_empty()).then(|| lang.must_hold(&said))
}

/// The first of each kind of identities in words, with the number of its kind.
pub(crate) fn kinds<'i>(identities: impl Iterator<Item = &'i Identity>, lang: Lang) -> Vec<String> {
    let mut kinds: Vec<(&str, &str, usize)> = Vec::new();
    for identity in identities {
        match kinds.iter_mut().find(|k| k.0 == identity.name) {
            Some(kind) => kind.2 += 1,
            None => kinds.push((&identity.name, &identity.label, 1)),
        }
    }
    kinds.iter().map(|(_, label, n)| lang.identity_kind(label, *n)).collect()
}
