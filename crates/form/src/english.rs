//! A form's words in English: what pages and findings in English print in place of the form's own labels.

use std::collections::BTreeMap;

use crate::Form;
use crate::file::{File, FileLine};

/// A form's words and their English ones.
pub(crate) type English = BTreeMap<String, String>;

impl Form {
    /// The form with its labels in the language asked for (`zh` or `en`): its own where it has no others. Cells, sections
    /// and identities are the same, in the same order.
    pub fn in_language(&self, language: &str) -> &Form {
        self.english.as_deref().filter(|_| language == "en").unwrap_or(self)
    }

    /// A text of the form's file in the language asked for: itself where the file has no other.
    pub fn say<'t>(&'t self, text: &'t str, language: &str) -> &'t str {
        self.words.get(text).filter(|_| language == "en").map_or(text, String::as_str)
    }
}

/// The file with English labels, titles, units and sentences of identities; its ids stay. What has no English stays too.
pub(crate) fn in_english(mut file: File, words: &English) -> File {
    let say = |text: &mut String| {
        if let Some(english) = words.get(text.as_str()) {
            text.clone_from(english);
        }
    };
    let line = |l: &mut FileLine| {
        l.label = label(&l.label, words);
        l.short.iter_mut().chain(&mut l.unit).for_each(say);
    };
    say(&mut file.report_title);
    for s in &mut file.section {
        [&mut s.number, &mut s.title, &mut s.note].into_iter().for_each(say);
    }
    for b in &mut file.block {
        [&mut b.table, &mut b.item, &mut b.corner, &mut b.unit].into_iter().for_each(say);
        b.columns.iter_mut().chain(&mut b.rows).chain(&mut b.local).for_each(line);
    }
    file.identity.iter_mut().map(|i| &mut i.label).chain(file.chain.iter_mut().map(|c| &mut c.label)).for_each(say);
    for s in &mut file.series {
        [&mut s.label, &mut s.unit, &mut s.break_note].into_iter().for_each(say);
    }
    file.language = "en".to_owned();
    file
}

/// The whole label, else level by level.
fn label(label: &str, words: &English) -> String {
    let whole = |text: &str| words.get(text).cloned();
    whole(label).unwrap_or_else(|| {
        label.split('/').map(|level| whole(level).unwrap_or_else(|| level.to_owned())).collect::<Vec<_>>().join("/")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::Forms;

    fn has_chinese(text: &str) -> bool {
        text.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ff60}').contains(&c))
    }

    #[test]
    fn the_built_in_forms_are_wholly_in_english_and_otherwise_the_same() {
        for (_, own) in Forms::built_in().iter() {
            let form = own.in_language("en");
            assert_eq!(form.cells, own.cells);
            assert_eq!(
                form.identities.iter().map(|i| i.key()).collect::<Vec<_>>(),
                own.identities.iter().map(|i| i.key()).collect::<Vec<_>>()
            );
            let mut words: Vec<String> = vec![form.report_title.clone()];
            words.extend(form.sections.iter().flat_map(|s| [s.number.clone(), s.title.clone(), s.note.clone()]));
            for b in &form.blocks {
                words.extend([b.table.clone(), b.item.clone(), b.corner.clone(), b.unit.clone()]);
                words.extend(b.rows.iter().chain(&b.columns).flat_map(|l| l.label.iter().cloned().chain([l.short.clone()])));
            }
            words.extend(form.cells.iter().chain(&form.local).map(|c| form.name(*c)));
            words.extend(form.identities.iter().map(|i| i.label.clone()).chain(form.chains.iter().map(|c| c.label.clone())));
            words.extend(form.series.iter().flat_map(|s| [s.label.clone(), s.unit.clone(), s.break_note.clone()]));
            let left: Vec<String> = words.into_iter().filter(|w| has_chinese(w)).collect();
            assert!(left.is_empty(), "{}: {left:?}", own.id);
        }
    }

    #[test]
    fn names_and_identities_read_as_sentences() {
        let forms = Forms::built_in();
        let ix = forms.find("2021").unwrap();
        let name = |id: &str| forms.name_in("en", ix, forms.cell(id).unwrap());
        for (id, want) in [
            ("requests.refused.state_secret.natural_person", "State secrets: Natural persons"),
            ("requests.handled.total", "Total handled: Total"),
            ("proactive.fees.amount", "Administrative fees: Fees collected (10,000 yuan)"),
            ("review.litigation_after_reconsideration.upheld", "Litigation after reconsideration: Upheld"),
        ] {
            assert_eq!(name(id), want, "{id}");
        }
        let form = forms.form(ix).in_language("en");
        assert!(form.identities.iter().any(|i| i.label == "“Carried in”: the applicants add up to the total"));
        assert!(
            form.chains
                .iter()
                .any(|c| c.label == "Carried in (Natural persons) should equal what last year's report carried out")
        );
    }
}
