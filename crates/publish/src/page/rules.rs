//! `rules.html`: what every rule means and what to do about it, from the rules' own records.

use std::collections::HashMap;

use minijinja::{Value, context};

use super::{Pages, findings, render};
use crate::PublishError;
use crate::files::FileOut;
use crate::words::Lang;

impl Pages<'_, '_> {
    pub(super) fn rules(&self) -> Result<FileOut, PublishError> {
        let english = self.lang == Lang::En;
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (_, f) in &self.leads {
            *counts.entry(findings::anchor(f)).or_default() += 1;
        }
        let rules = nianbao_form::rules().iter().map(|r| {
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
