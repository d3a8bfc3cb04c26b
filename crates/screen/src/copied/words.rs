//! What a finding says of a copied section, with both texts quoted.

use nianbao_form::{Finding, Passage, Severity, Subject};

use super::normal::Normaliser;
use super::{Copied, Grade, SHINGLE};
use crate::Scope;

/// Letters of a quotation.
const QUOTE: usize = 80;

/// Where the words stand as well.
pub(super) struct Source {
    /// Whether it is the agency's own report of the year before.
    pub own: bool,
    /// Position of the report.
    pub report: usize,
    /// Position of the passage in it.
    pub passage: usize,
    /// How many other reports have them too.
    pub others: usize,
}

pub(super) struct Speaker<'a> {
    pub scope: Scope<'a>,
    pub normaliser: &'a Normaliser,
}

/// A run of letters as it stands in a text: the paragraph, counted from 1, and the words.
struct Quote {
    paragraph: usize,
    words: String,
}

impl Speaker<'_> {
    pub(super) fn finding(&self, copied: &Copied) -> Finding {
        let (report, source) = (self.scope.reports[copied.here.0], self.scope.reports[copied.source.report]);
        let (here, there) = (&report.sections[copied.here.1], &source.sections[copied.source.passage]);
        let (likeness, side) = (&copied.likeness, copied.side);
        let percent = (likeness.contained(side) * 100.0).floor() as usize;
        let (letters, run) = (likeness.matched[side] + SHINGLE - 1, likeness.run.length);
        let quotes = [self.quote(here, likeness.run.at[side], run), self.quote(there, likeness.run.at[1 - side], run)];
        let (who, who_en) = if copied.source.own {
            (format!("上一年度（{}年）报告", source.year), format!("last year's report ({})", source.year))
        } else {
            (format!("{}{}年度报告", source.agency, source.year), format!("the {} report of {}", source.year, source.agency))
        };
        let (grade, grade_en, measure, measure_en) = match copied.grade {
            Grade::Copy => ("内容雷同", "is a copy of", share_zh(percent, letters, run), share_en(percent, letters, run)),
            Grade::Rewrite => {
                ("内容大部分雷同", "is largely taken from", share_zh(percent, letters, run), share_en(percent, letters, run))
            }
            Grade::Passage => (
                "有整段相同的文字",
                "has a passage in common with",
                format!("连续{run}字相同"),
                format!("{run} characters in a row"),
            ),
        };
        let (more, more_en) = match copied.source.others {
            0 => (String::new(), String::new()),
            n => {
                (format!("另有{n}份报告与之相同或相近。"), format!(" {n} more report(s) have the same or nearly the same words."))
            }
        };
        let found = if copied.grade == Grade::Passage { format!("{run}字") } else { format!("{percent}%") };
        let severity = if copied.grade == Grade::Passage { Severity::Info } else { Severity::Warning };
        Finding::of("copied", &Subject::of(report))
            .values(format!("{}：{found}", here.section), format!("{} {}", source.agency, source.year))
            .with("section", &here.heading)
            .with_both("who", who, who_en)
            .with_both("grade", grade, grade_en)
            .with_both("measure", measure, measure_en)
            .with("quote", &quotes[0].words)
            .with("quote_there", &quotes[1].words)
            .with_both("where", place_zh(here, &quotes[0]), place_en(here, &quotes[0]))
            .with_both("where_there", place_zh(there, &quotes[1]), place_en(there, &quotes[1]))
            .with("file_there", source.source.as_ref())
            .with_both("more", more, more_en)
            .severity(Some(severity))
            .at(&here.place)
            .score(likeness.contained(side))
            .build()
    }

    /// The words of a run of normalised letters, cut in the middle where they are many.
    fn quote(&self, passage: &Passage, at: usize, length: usize) -> Quote {
        let (_, origins) = self.normaliser.with_origins(&passage.text);
        let (Some(&start), Some(&last)) = (origins.get(at), origins.get((at + length).saturating_sub(1))) else {
            return Quote { paragraph: 1, words: String::new() };
        };
        let end = passage.text[last as usize..].chars().next().map_or(0, char::len_utf8) + last as usize;
        let text = &passage.text[start as usize..end];
        let paragraph = passage.text[..start as usize].matches('\n').count() + 1;
        let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let words = if letters.len() <= QUOTE {
            letters.iter().collect()
        } else {
            let (front, back) = (&letters[..QUOTE - 20], &letters[letters.len() - 20..]);
            front.iter().chain(&['…', '…']).chain(back).collect()
        };
        Quote { paragraph, words }
    }
}

fn share_zh(percent: usize, letters: usize, run: usize) -> String {
    format!("该部分{percent}%的文字相同（不计共用语句有{letters}字），最长连续{run}字")
}

fn share_en(percent: usize, letters: usize, run: usize) -> String {
    format!("{percent} % of its words ({letters} characters besides what many share), {run} in a row")
}

fn place_zh(passage: &Passage, quote: &Quote) -> String {
    format!("{}“{}”第{}段", passage.place.zh(), passage.heading, quote.paragraph)
}

fn place_en(passage: &Passage, quote: &Quote) -> String {
    format!("{} “{}”, paragraph {}", passage.place, passage.heading, quote.paragraph)
}
