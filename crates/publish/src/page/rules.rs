//! `rules.html`: what every rule means and what to do about it, from the rules' own records.

use std::collections::{HashMap, HashSet};

use minijinja::{Value, context};
use nianbao_form::Form;

use super::{Pages, findings, render};
use crate::PublishError;
use crate::files::FileOut;
use crate::words::Lang;

/// The rules that a form's identities and chains speak through.
fn arithmetic(form: &Form) -> impl Iterator<Item = &str> {
    form.identities.iter().map(|i| i.name.as_str()).chain(form.chains.iter().map(|c| c.name.as_str()))
}

impl Pages<'_, '_> {
    pub(super) fn rules(&self) -> Result<FileOut, PublishError> {
        let english = self.lang == Lang::En;
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (_, f) in &self.leads {
            *counts.entry(findings::anchor(f)).or_default() += 1;
        }
        // A rule that is a form's own identity or chain can break only where the form has it.
        let edition = self.edition;
        let used =
            |ix: nianbao_form::FormIx| edition.form_ix() == Some(ix) || edition.entries.iter().any(|e| e.report.form == ix);
        let own: HashSet<&str> =
            edition.forms.iter().filter(|(ix, _)| used(*ix)).flat_map(|(_, form)| arithmetic(form)).collect();
        let all: HashSet<&str> = edition.forms.iter().flat_map(|(_, form)| arithmetic(form)).collect();
        let occurs = |id: &str| own.contains(id) || !all.contains(id) || counts.contains_key(id);
        let rules = nianbao_form::rules().iter().filter(|r| occurs(&r.id)).map(|r| {
            context! {
                id => &r.id,
                severity => r.severity.as_str(),
                severity_word => self.lang.severity(r.severity),
                title => if english { &r.title_en } else { &r.title },
                explanation => if english { &r.explanation_en } else { &r.explanation },
                count => counts.get(r.id.as_str()).copied().unwrap_or_default(),
            }
        });
        let mut identities: Vec<String> =
            self.form.identities.iter().map(|i| i.label.clone()).filter(|l| !l.is_empty()).collect();
        let mut chains: Vec<String> = self.form.chains.iter().map(|c| c.label.clone()).filter(|l| !l.is_empty()).collect();
        identities.dedup();
        chains.dedup();
        let context = context! {
            t => &self.words,
            page => self.frame(self.lang.say("rules_title"), "", ""),
            rules => rules.collect::<Vec<Value>>(),
            identities,
            chains,
        };
        render(&self.env, "rules.html", "rules.html", context)
    }
}
