//! The office's page (`index.html`), a page for each agency, the rules explained, and the side scripts that hold what is
//! behind every figure: templates filled with what the other modules have worked out. Templates escape everything, and so
//! does [`side`]; names of agencies and files come from outside.

mod agency;
mod findings;
mod rules;
mod side;
mod summary;
mod tables;

use std::collections::{BTreeMap, HashMap, HashSet};

use minijinja::{Environment, Value, context};
use nianbao_compile::SeriesRow;
use nianbao_form::{Finding, Form, Report};
use rayon::prelude::*;

use crate::figures::Figures;
use crate::files::{FileOut, href, safe_name, unique};
use crate::letters::Letter;
use crate::markup;
use crate::words::Lang;
use crate::{Edition, Entry, PublishError};

pub(crate) use findings::sorted;

/// Registry id, or the name where there is none.
fn key_of<'k>(id: &'k str, name: &'k str) -> &'k str {
    if id.is_empty() { name } else { id }
}

/// An agency with a page of its own.
struct AgencyPage {
    key: String,
    name: String,
    page: String,
}

/// Where each agency's page and letters lie.
pub(crate) struct Names {
    /// In the order of coverage.
    agencies: Vec<AgencyPage>,
    at: HashMap<String, usize>,
    letters: HashMap<String, Vec<(String, bool)>>,
}

impl Names {
    pub(crate) fn new(edition: &Edition<'_>, letters: &[Letter]) -> Names {
        let coverage = edition.compilation.coverage_of(&edition.compilation.root, edition.year).iter();
        let mut all: Vec<(String, String)> =
            coverage.map(|c| (key_of(&c.agency_id, &c.agency).to_owned(), c.agency.clone())).collect();
        let mut others: Vec<(String, String)> =
            edition.counted().map(|e| (e.report.agency_key().to_owned(), e.report.agency.clone())).collect();
        let named = edition.findings.iter().filter(|f| !f.subject.agency.is_empty());
        others.extend(named.map(|f| (f.subject.agency_key().to_owned(), f.subject.agency.clone())));
        others.sort();
        all.extend(others);
        let (mut seen, mut taken) = (HashSet::new(), HashSet::new());
        all.retain(|(key, _)| seen.insert(key.clone()));
        let agencies: Vec<AgencyPage> = all
            .into_iter()
            .map(|(key, name)| {
                let page = format!("agencies/{}.html", unique(&mut taken, safe_name(&key)));
                AgencyPage { key, name, page }
            })
            .collect();
        let mut by_agency: HashMap<String, Vec<(String, bool)>> = HashMap::new();
        for l in letters.iter().filter(|l| !l.thanks) {
            let key = key_of(&l.agency_id, &l.agency).to_owned();
            by_agency.entry(key).or_default().push((l.path.clone(), l.reminder));
        }
        let at = agencies.iter().enumerate().map(|(i, a)| (a.key.clone(), i)).collect();
        Names { at, agencies, letters: by_agency }
    }

    /// The page of an agency, as an address from `up`; empty if it has none.
    fn href(&self, key: &str, up: &str) -> String {
        self.at.get(key).map(|i| format!("{up}{}", href(&self.agencies[*i].page))).unwrap_or_default()
    }

    fn letters(&self, key: &str) -> &[(String, bool)] {
        self.letters.get(key).map(Vec::as_slice).unwrap_or_default()
    }
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut env = markup::environment();
    for (name, text) in [
        ("page.html", include_str!("../../templates/page.html")),
        ("table.html", include_str!("../../templates/table.html")),
        ("finding.html", include_str!("../../templates/finding.html")),
        ("findings.html", include_str!("../../templates/findings.html")),
        ("sums.html", include_str!("../../templates/sums.html")),
        ("index.html", include_str!("../../templates/index.html")),
        ("agency.html", include_str!("../../templates/agency.html")),
        ("rules.html", include_str!("../../templates/rules.html")),
    ] {
        env.add_template(name, text)?;
    }
    Ok(env)
}

fn render(env: &Environment<'_>, template: &str, path: &str, context: Value) -> Result<FileOut, PublishError> {
    let made = env.get_template(template).and_then(|t| t.render(context));
    made.map(|text| FileOut::new(path, text.trim_start().as_bytes().to_vec())).map_err(PublishError::make(path))
}

/// Shared by all pages of an edition.
struct Pages<'a, 'e> {
    edition: &'e Edition<'a>,
    form: &'a Form,
    figures: &'e Figures<'a>,
    names: &'e Names,
    lang: Lang,
    env: Environment<'static>,
    words: Value,
    /// Findings that others explain, and lower-ranked alternatives, by the key before `#`.
    below: HashMap<&'e str, Vec<&'e Finding>>,
    /// Findings that stand for themselves, with their position in the ranking.
    leads: Vec<(usize, &'e Finding)>,
    /// The same by agency: positions in `leads`.
    of_agency: HashMap<&'e str, Vec<usize>>,
    series: HashMap<(&'a str, bool), Vec<&'a SeriesRow>>,
    /// Counted reports by year and agency.
    reports: BTreeMap<u16, HashMap<&'a str, &'a Report>>,
}

/// The office's page, a page for each agency, the rules, and the side scripts.
pub(crate) fn pages(
    edition: &Edition<'_>,
    form: &Form,
    figures: &Figures<'_>,
    names: &Names,
) -> Result<Vec<FileOut>, PublishError> {
    let pages = Pages::new(edition, form, figures, names)?;
    let entries: HashMap<&str, &Entry<'_>> = edition.counted().map(|e| (e.report.agency_key(), e)).collect();
    let mut files = vec![
        FileOut::new("page/page.css", include_bytes!("../../templates/style.css").to_vec()),
        FileOut::new("page/page.js", include_bytes!("../../templates/page.js").to_vec()),
    ];
    let (index, scripts) = rayon::join(|| pages.index(), || pages.scripts());
    files.extend(index?);
    files.extend(scripts?);
    files.push(pages.rules()?);
    let agencies: Vec<Result<FileOut, PublishError>> =
        names.agencies.par_iter().map(|a| pages.agency(a, entries.get(a.key.as_str()).copied())).collect();
    files.extend(agencies.into_iter().collect::<Result<Vec<_>, _>>()?);
    Ok(files)
}

impl<'a, 'e> Pages<'a, 'e> {
    fn new(
        edition: &'e Edition<'a>,
        form: &'a Form,
        figures: &'e Figures<'a>,
        names: &'e Names,
    ) -> Result<Pages<'a, 'e>, PublishError> {
        let env = environment().map_err(PublishError::make("index.html"))?;
        let lang = Lang::parse(edition.lang);
        let (leads, below) = findings::sorted(edition.findings);
        let mut of_agency: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (_, f)) in leads.iter().enumerate() {
            of_agency.entry(f.subject.agency_key()).or_default().push(at);
        }
        let mut series: HashMap<(&str, bool), Vec<&SeriesRow>> = HashMap::new();
        for row in &edition.compilation.series {
            let agency = row.level == "agency";
            series.entry((key_of(&row.group_id, if agency { &row.group } else { "" }), agency)).or_default().push(row);
        }
        let mut reports: BTreeMap<u16, HashMap<&str, &Report>> = BTreeMap::new();
        for e in edition.entries.iter().filter(|e| e.counted && e.report.year <= edition.year) {
            reports.entry(e.report.year).or_default().insert(e.report.agency_key(), e.report);
        }
        let words = Value::from_object(lang.all());
        Ok(Pages { edition, form, figures, names, lang, env, words, below, leads, of_agency, series, reports })
    }

    /// The years that the page shows: those with a report, up to its own.
    fn years(&self) -> Vec<u16> {
        self.edition.compilation.years.iter().copied().filter(|y| *y <= self.edition.year).collect()
    }

    /// What every page needs: words, language, title, and what its script must know.
    fn frame(&self, title: &str, up: &str, agency: &str) -> Value {
        let words: serde_json::Map<String, serde_json::Value> =
            side::WORDS.iter().map(|w| ((*w).to_owned(), self.lang.say(w).into())).collect();
        let facts = serde_json::json!({
            "up": up,
            "year": self.edition.year,
            "years": self.years(),
            "agency": agency,
            "title": self.lang.page_title(&self.edition.group_name, self.edition.year),
            "english": self.lang == Lang::En,
            "words": words,
        });
        context! {
            lang => self.lang.html(),
            title,
            up,
            index => if up.is_empty() { String::new() } else { format!("{up}index.html") },
            office => &self.edition.office,
            facts => Value::from_safe_string(side::safe_json(&facts)),
        }
    }

    fn letters(&self, key: &str, up: &str) -> Vec<Value> {
        let word = |reminder: bool| self.lang.say(if reminder { "reminder" } else { "notice" });
        let letters = self.names.letters(key).iter();
        letters.map(|(p, reminder)| context! { href => format!("{up}{}", href(p)), word => word(*reminder) }).collect()
    }
}
