//! The wording of pages, letters and notes, in the two languages; the forms' and rules' own words stand in their files.

mod blank;
mod common;
mod gallery;
mod letters;
mod page;
mod report;
mod workbook;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use nianbao_form::{Finding, Form, Place, Severity, Status};

/// A language of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Zh,
    En,
}

impl Lang {
    pub(crate) fn parse(lang: &str) -> Lang {
        if lang == "en" { Lang::En } else { Lang::Zh }
    }

    /// The language that a form's own documents are in.
    pub(crate) fn of_form(form: &Form) -> Lang {
        Lang::parse(&form.language)
    }

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// The attribute of an HTML page.
    pub(crate) const fn html(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// Where a figure comes from that does not stand in the report: proved by an identity, or put right by the office, with
    /// the original beside it.
    pub(crate) fn source_of(self, value: &nianbao_form::Value) -> Option<String> {
        match value.derived.as_deref()? {
            "correction" if value.raw.trim().is_empty() => Some(self.say("corrected_blank").to_owned()),
            "correction" => Some(format!("{}{}", self.say("corrected_note"), value.raw.trim())),
            identity => Some(format!("{}{identity}", self.say("derived_note"))),
        }
    }

    /// A phrase by its key; the key itself if there is none, which a test looks for.
    pub(crate) fn say(self, key: &str) -> &'static str {
        match (BY_KEY.get(key), self) {
            (Some((_, zh, _)), Lang::Zh) => zh,
            (Some((_, _, en)), Lang::En) => en,
            (None, _) => "⟦?⟧",
        }
    }

    /// Every phrase, for templates.
    pub(crate) fn all(self) -> BTreeMap<&'static str, &'static str> {
        phrases().map(|(key, zh, en)| (*key, if self == Lang::En { *en } else { *zh })).collect()
    }

    pub(crate) fn severity(self, severity: Severity) -> &'static str {
        if self == Lang::En { severity.as_str() } else { severity.zh() }
    }

    pub(crate) fn status(self, status: Status) -> &'static str {
        if self == Lang::En { status.as_str() } else { status.zh() }
    }

    pub(crate) fn place(self, place: &Place) -> String {
        if self == Lang::En { place.to_string() } else { place.zh() }
    }

    pub(crate) fn rule_title(self, finding: &Finding) -> &'static str {
        let rule = nianbao_form::rule(&finding.rule);
        if self == Lang::En { &rule.title_en } else { &rule.title }
    }

    /// Names in a list.
    pub(crate) fn list<'a>(self, names: impl IntoIterator<Item = &'a str>) -> String {
        names.into_iter().collect::<Vec<_>>().join(if self == Lang::En { ", " } else { "、" })
    }

    /// The title of the group's report.
    pub(crate) fn report_title(self, group: &str, year: u16, form: &Form) -> String {
        match self {
            Lang::Zh => format!("{group}{year}年{}", form.report_title),
            Lang::En => format!("{group} {} {year}", form.report_title).trim().to_owned(),
        }
    }

    /// The title of the data package.
    pub(crate) fn data_title(self, group: &str, year: u16) -> String {
        match self {
            Lang::Zh => format!("{group}{year}{}", self.say("data_title")),
            Lang::En => format!("{group} {year}: {}", self.say("data_title")).trim().to_owned(),
        }
    }

    /// The title of the office's page.
    pub(crate) fn page_title(self, group: &str, year: u16) -> String {
        let words = self.say("page_title");
        match self {
            Lang::Zh => format!("{group}{year}年{words}"),
            Lang::En => format!("{group} {year}: {words}").trim().to_owned(),
        }
    }

    /// A section's heading.
    pub(crate) fn heading(self, number: &str, title: &str) -> String {
        match (self, number.is_empty()) {
            (_, true) => title.to_owned(),
            (Lang::Zh, _) => format!("{number}、{title}"),
            (Lang::En, _) => format!("{number}. {title}"),
        }
    }

    /// Where the office must write.
    pub(crate) fn please_write(self, what: &str) -> String {
        match self {
            Lang::Zh => format!("〔请补充：{what}〕"),
            Lang::En => format!("[To be written: {what}]"),
        }
    }

    /// The word for a status of coverage.
    pub(crate) fn coverage(self, status: &str) -> &'static str {
        match status {
            "counted" => self.say("cov_counted"),
            "partial" => self.say("cov_partial"),
            "missing" => self.say("cov_missing"),
            "unknown-agency" => self.say("cov_unknown"),
            _ => self.say("cov_other"),
        }
    }

    /// The word for a status of `reports.csv`.
    pub(crate) fn file_status(self, status: &str) -> &'static str {
        match status {
            "read" => self.say("file_read"),
            "partial" => self.say("file_partial"),
            "unreadable" => self.say("file_unreadable"),
            "foreign" => self.say("file_foreign"),
            "superseded" => self.say("file_superseded"),
            _ => self.say("cov_other"),
        }
    }
}

/// Key, Chinese, English.
type Phrase = (&'static str, &'static str, &'static str);

/// Every phrase, by the output that says it.
fn phrases() -> impl Iterator<Item = &'static Phrase> {
    [common::WORDS, report::WORDS, page::WORDS, workbook::WORDS, letters::WORDS, blank::WORDS, gallery::WORDS]
        .into_iter()
        .flatten()
}

static BY_KEY: LazyLock<HashMap<&'static str, &'static Phrase>> = LazyLock::new(|| phrases().map(|p| (p.0, p)).collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_stands_once() {
        assert_eq!(BY_KEY.len(), phrases().count());
    }
}
