//! Copied passages: section by section, what a report has in common with those of other agencies of its year and with its
//! own agency's report of the year before (`copied`).
//!
//! Digits, dates, punctuation and the names of agencies and places are dropped (`normal`); words of the form, of the
//! Regulations (`statutory.txt`) and those that more than a tenth of the reports share, of the year's or of the same
//! office's, are everybody's. Candidates come from winnowed fingerprints in an inverted index (`winnow`, `index`); only an
//! exact comparison decides (`compare`). Time and memory grow with the letters read, not with pairs of reports.

mod compare;
mod index;
mod normal;
mod winnow;
mod words;

use std::collections::BTreeMap;

use nianbao_form::{Agency, Finding, Forms, Passage, Report, SectionKind};

use crate::Scope;
use compare::{Likeness, Owner, SHINGLE, Shingles};
use index::{Text, common_above};
use normal::Normaliser;
use winnow::Winnow;
use words::{Source, Speaker};

/// The share of a section's own words from which on it is a copy.
const COPY: f64 = 0.9;
/// The share from which on it is a copy that was worked over.
const REWRITE: f64 = 0.6;
/// The share of what is a section's very own that must be in it whatever else is alike: what many share proves nothing.
const PROOF: f64 = 0.5;
/// Letters of its own that a section has at least where shares are spoken of: the shortest texts are alike by nature.
const SUBSTANCE: usize = 100;
/// Letters of a passage in common that is told on its own.
const PASSAGE: usize = 50;
/// The same against the agency's own last report: a description of how it works is no news each year.
const OWN_PASSAGE: usize = 100;
/// Reports of which the words in common are worked out; of more, so many spread evenly.
const SAMPLE: usize = 500;

/// How much is copied, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    Passage,
    Rewrite,
    Copy,
}

/// A section of a report that repeats one of another.
struct Copied {
    grade: Grade,
    /// Report and passage.
    here: (usize, usize),
    source: Source,
    likeness: Likeness,
    /// Which of the two texts of `likeness` is this one.
    side: usize,
}

/// Sections of the year's reports that repeat those of another agency or of the agency's own last report: one finding for
/// a section and kind of source, naming the source that explains most of it. Every finding quotes both texts.
pub fn copied(scope: Scope<'_>) -> Vec<Finding> {
    let normaliser = Normaliser::new(scope.registry);
    let own = own_words(scope.forms, &normaliser);
    let mut found = Vec::new();
    for texts in sections(scope, &normaliser).into_values() {
        let mut everybodys = Everybodys::new(&texts, &own);
        between(&texts, &mut everybodys, &mut found);
        from_last_year(scope, &normaliser, &texts, &mut everybodys, &mut found);
    }
    found.sort_by_key(|c| (c.here, c.source.own));
    let speaker = Speaker { scope, normaliser: &normaliser };
    found.iter().map(|c| speaker.finding(c)).collect()
}

/// Shingles of the form's words and of the Regulations.
fn own_words(forms: &Forms, normaliser: &Normaliser) -> Shingles {
    let mut words: Vec<&str> = include_str!("statutory.txt").lines().filter(|l| !l.starts_with('#')).collect();
    for (_, form) in forms.iter() {
        words.extend(form.sections.iter().flat_map(|s| [s.title.as_str(), &s.note, &s.prompt]));
        words.extend(form.blocks.iter().flat_map(|b| b.rows.iter().chain(&b.columns)).flat_map(|l| &l.label).map(String::as_str));
        words.extend(form.sentences.iter().flat_map(|s| s.words()));
    }
    // Names are dropped from what is compared, so the same words are met with and without.
    let both = |w: &&str| [normaliser.normalise(w), normal::letters_of(w)];
    words.iter().flat_map(both).flat_map(|l| compare::shingles(&l).collect::<Vec<_>>()).collect()
}

/// The prose of the year's reports by section, long enough to compare, those of an office together.
fn sections(scope: Scope<'_>, normaliser: &Normaliser) -> BTreeMap<String, Vec<Text>> {
    let parent = |r: &Report| r.agency_id.as_deref().and_then(|id| scope.registry.get(id)).map_or("", |a| a.parent.as_str());
    let mut order: Vec<usize> = (0..scope.reports.len()).filter(|i| scope.reports[*i].year == scope.year).collect();
    order.sort_by_key(|i| (parent(scope.reports[*i]), scope.reports[*i].agency_key(), scope.reports[*i].source.clone()));
    let mut sections: BTreeMap<String, Vec<Text>> = BTreeMap::new();
    let (mut group, mut last) = (0, None);
    for report in order {
        let office = parent(scope.reports[report]);
        group += u32::from(last.replace(office).is_some_and(|l| l != office));
        for (passage, found) in prose(scope.forms, scope.reports[report]) {
            let letters = normaliser.normalise(&found.text);
            if letters.len() >= PASSAGE {
                let texts = sections.entry(found.section.clone()).or_default();
                if texts.len() < index::MOST {
                    texts.push(Text { report, passage, group, letters });
                }
            }
        }
    }
    sections
}

fn prose<'r>(forms: &'r Forms, report: &'r Report) -> impl Iterator<Item = (usize, &'r Passage)> {
    let form = forms.form(report.form);
    let is_prose = |id: &str| form.section(id).is_some_and(|s| s.kind == SectionKind::Prose);
    report.sections.iter().enumerate().filter(move |(_, p)| is_prose(&p.section))
}

/// The shingles that belong to everybody, worked out where they are asked for.
struct Everybodys<'t> {
    texts: &'t [Text],
    form: &'t Shingles,
    year: Option<Shingles>,
    offices: BTreeMap<u32, Shingles>,
}

impl<'t> Everybodys<'t> {
    fn new(texts: &'t [Text], form: &'t Shingles) -> Everybodys<'t> {
        Everybodys { texts, form, year: None, offices: BTreeMap::new() }
    }

    fn common(texts: &[Text]) -> Shingles {
        let step = texts.len().div_ceil(SAMPLE).max(1);
        let sample = texts.iter().step_by(step).map(|t| t.letters.as_slice());
        compare::common(sample, common_above(texts.len().div_ceil(step)))
    }

    fn compare(&mut self, groups: [u32; 2], a: &[u16], b: &[u16]) -> Likeness {
        for group in groups {
            self.offices.entry(group).or_insert_with(|| {
                let start = self.texts.partition_point(|t| t.group < group);
                let end = self.texts.partition_point(|t| t.group <= group);
                // One office alone is the whole year.
                if end - start == self.texts.len() { Shingles::default() } else { Everybodys::common(&self.texts[start..end]) }
            });
        }
        let year = self.year.get_or_insert_with(|| Everybodys::common(self.texts));
        let sets = [year, &self.offices[&groups[0]], &self.offices[&groups[1]]];
        let sets = if groups[0] == groups[1] { &sets[..2] } else { &sets[..] };
        compare::compare(a, b, |s| match s {
            _ if self.form.contains(s) => Owner::Law,
            _ if sets.iter().any(|set| set.contains(s)) => Owner::Many,
            _ => Owner::Text,
        })
    }
}

fn grade(likeness: &Likeness, side: usize, passage: usize) -> Option<Grade> {
    let substance = likeness.matched[side] + SHINGLE > SUBSTANCE && likeness.of_own(side) >= PROOF;
    match likeness.contained(side) {
        share if substance && share >= COPY => Some(Grade::Copy),
        share if substance && share >= REWRITE => Some(Grade::Rewrite),
        share => {
            // A short section that is all copied is told as well.
            let short = share >= COPY && likeness.of_own(side) >= PROOF && likeness.matched[side] + SHINGLE > PASSAGE;
            (short || likeness.run.own + SHINGLE > passage).then_some(Grade::Passage)
        }
    }
}

/// For each text the other agency's that explains most of it.
fn between(texts: &[Text], everybodys: &mut Everybodys<'_>, found: &mut Vec<Copied>) {
    let mut best: BTreeMap<usize, (Copied, usize)> = BTreeMap::new();
    for (a, b) in index::candidates(texts) {
        let (a, b) = (a as usize, b as usize);
        let pair = [&texts[a], &texts[b]];
        if pair[0].report == pair[1].report {
            continue;
        }
        let likeness = everybodys.compare([pair[0].group, pair[1].group], &pair[0].letters, &pair[1].letters);
        for (side, at) in [a, b].into_iter().enumerate() {
            let (text, other) = (pair[side], pair[1 - side]);
            let Some(grade) = grade(&likeness, side, PASSAGE) else { continue };
            let source = Source { own: false, report: other.report, passage: other.passage, others: 0 };
            let copied = Copied { grade, here: (text.report, text.passage), source, likeness, side };
            match best.get_mut(&at) {
                None => drop(best.insert(at, (copied, 0))),
                Some((known, others)) => {
                    *others += 1;
                    if better(&copied, known) {
                        *known = copied;
                    }
                }
            }
        }
    }
    found.extend(best.into_values().map(|(mut copied, others)| {
        copied.source.others = others;
        copied
    }));
}

/// Whether one source explains more than another; of equal ones the earlier stays.
fn better(a: &Copied, b: &Copied) -> bool {
    let weight = |c: &Copied| (c.grade, c.likeness.matched[c.side], c.likeness.run.own);
    weight(a) > weight(b)
}

/// Against what the agency, or those whom it follows, said a year before.
fn from_last_year(
    scope: Scope<'_>,
    normaliser: &Normaliser,
    texts: &[Text],
    everybodys: &mut Everybodys<'_>,
    found: &mut Vec<Copied>,
) {
    let before = Before::new(scope);
    let mut winnow = Winnow::default();
    for text in texts {
        let report = scope.reports[text.report];
        let section = &report.sections[text.passage].section;
        let mut best: Option<Copied> = None;
        let own = if before.of(report).is_empty() { Vec::new() } else { index::fingerprints(&text.letters, &mut winnow) };
        for &other in before.of(report) {
            for (passage, old) in prose(scope.forms, scope.reports[other]).filter(|(_, p)| &p.section == section) {
                let letters = normaliser.normalise(&old.text);
                if !index::worth(&own, &letters, &mut winnow) {
                    continue;
                }
                let likeness = everybodys.compare([text.group; 2], &text.letters, &letters);
                let Some(grade) = grade(&likeness, 0, OWN_PASSAGE) else { continue };
                let source = Source { own: true, report: other, passage, others: 0 };
                let copied = Copied { grade, here: (text.report, text.passage), source, likeness, side: 0 };
                if best.as_ref().is_none_or(|known| better(&copied, known)) {
                    best = Some(copied);
                }
            }
        }
        found.extend(best);
    }
}

/// Reports of the year before, by the agency that answers for them now.
struct Before<'a> {
    scope: Scope<'a>,
    by_agency: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Before<'a> {
    fn new(scope: Scope<'a>) -> Before<'a> {
        let mut by_agency: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, report) in scope.reports.iter().enumerate().filter(|(_, r)| r.year + 1 == scope.year) {
            let now: Vec<&Agency> = match report.agency_id.as_deref() {
                Some(id) => scope.registry.continued_by(id, scope.year),
                None => Vec::new(),
            };
            if now.is_empty() {
                by_agency.entry(report.agency_key()).or_default().push(at);
            }
            for agency in now {
                by_agency.entry(&agency.id).or_default().push(at);
            }
        }
        for reports in by_agency.values_mut() {
            reports.sort_by_key(|at| (scope.reports[*at].agency_key(), scope.reports[*at].source.clone()));
        }
        Before { scope, by_agency }
    }

    fn of(&self, report: &Report) -> &[usize] {
        debug_assert_eq!(report.year, self.scope.year);
        self.by_agency.get(report.agency_key()).map_or(&[], Vec::as_slice)
    }
}
