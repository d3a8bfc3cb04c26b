//! The narrative against the tables, last year's report and itself. Precision first: what is not understood is passed over.

mod claims;
mod clause;
mod personal;

use std::collections::HashMap;

use nianbao_form::{Agency, Finding, Forms, Passage, Registry, Report, SectionKind, State, Subject};
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::evidence::Told;
use crate::words::{Both, Speaker};
use claims::{Mismatch, Reader, Why};

/// Checks the prose of all reports, each against its own tables and those of the year before: `prose-figure`, `wrong-year`,
/// `wrong-agency`, `personal-data`, `thin-section`, `fee-unexplained`. Values that arithmetic proves should have been filled
/// in before ([`crate::fill_derived`]). The findings stand in the order of the reports.
pub fn check_prose(forms: &Forms, registry: &Registry, reports: &[&Report]) -> Vec<Finding> {
    let by_year: HashMap<(&str, u16), &Report> = reports.iter().map(|r| ((r.agency_key(), r.year), *r)).collect();
    let one = |report: &&Report| {
        let last = report.year.checked_sub(1).and_then(|y| by_year.get(&(report.agency_key(), y))).copied();
        check_report_prose(forms, registry, report, last)
    };
    reports.par_iter().flat_map_iter(one).collect()
}

/// Checks the prose of one report; `last` is the same agency's report of the year before, if there is one.
pub fn check_report_prose(forms: &Forms, registry: &Registry, report: &Report, last: Option<&Report>) -> Vec<Finding> {
    let form = forms.form(report.form);
    let subject = Subject::of(report);
    let own = report.agency_id.as_deref().and_then(|id| registry.get(id));
    let reader = Reader::new(&form.prose, report, last, names(report, own));
    let mut out = Vec::new();
    for passage in &report.sections {
        let prose = form.section(&passage.section).is_some_and(|s| s.kind == SectionKind::Prose);
        if prose {
            let (years, figures): (Vec<_>, Vec<_>) = reader.text(&passage.text).into_iter().partition(|m| m.why == Why::Year);
            out.extend(figures.into_iter().map(|m| mismatch(forms, report, &subject, passage, m)));
            out.extend(years.into_iter().take(1).map(|m| last_years_name(report, &subject, passage, &m)));
            out.extend(period(report, &subject, passage));
        }
        out.extend(personal::found(&passage.text).into_iter().map(|p| personal_data(&subject, passage, &p)));
    }
    if let Some(overview) = form.sections.iter().find(|s| s.kind == SectionKind::Prose).and_then(|s| report.passage(&s.id)) {
        out.extend(other_year(report, &subject, overview));
        out.extend(other_agency(registry, report, own, &subject, overview));
    }
    out.extend(thin(forms, report, &subject));
    out.extend(unexplained(forms, report, &subject));
    out
}

/// The figures that the prose of a report states for single cells: evidence on which of several cells is wrong.
pub(crate) fn told(forms: &Forms, registry: &Registry, report: &Report) -> Vec<Told> {
    let form = forms.form(report.form);
    let own = report.agency_id.as_deref().and_then(|id| registry.get(id));
    let reader = Reader::new(&form.prose, report, None, names(report, own));
    let is_prose = |p: &&Passage| form.section(&p.section).is_some_and(|s| s.kind == SectionKind::Prose);
    report.sections.iter().filter(is_prose).flat_map(|passage| reader.told(&passage.text)).collect()
}

/// The agency's names, the longest first.
fn names(report: &Report, own: Option<&Agency>) -> Vec<String> {
    let mut names = vec![report.agency.clone()];
    names.extend(own.into_iter().flat_map(|a| a.aliases.iter().cloned().chain([a.name.clone()])));
    names.retain(|n| n.chars().count() >= 2);
    names.sort_by_key(|n| std::cmp::Reverse(n.len()));
    names
}

fn mismatch(forms: &Forms, report: &Report, subject: &Subject, passage: &Passage, m: Mismatch) -> Finding {
    let speaker = Speaker { forms, form: report.form };
    let mut finding = Finding::of("prose-figure", subject);
    for cell in m.cells.iter().take(3) {
        let held = report.counts_as(*cell).map(|n| n.to_string()).unwrap_or_default();
        finding = finding.cell(forms, *cell, held, "");
    }
    let names: Vec<Both> = m.cells.iter().map(|c| speaker.cell(*c)).collect();
    let cells = if names.len() > 3 {
        Both::new(
            format!("{}等{}格之和", names[0].zh, names.len()),
            format!("the sum of {} and {} more", names[0].en, names.len() - 1),
        )
    } else {
        Both::list(&names, ("＋", " + "))
    };
    let (zh, en) = match m.why {
        Why::Table => (format!("表中{}为{}", cells.zh, m.expected), format!("the table has {} for {}", m.expected, cells.en)),
        Why::LastYear(now, then) => (
            format!("按两年报表{}上年{then}、本年{now}，应为{}", cells.zh, m.expected),
            format!("by the tables of both years {} went from {then} to {now}, that is {}", cells.en, m.expected),
        ),
        Why::Share | Why::Year if m.expected.ends_with("百分点") => (
            format!("按两年报表算不出这一变化（应为{}）", m.expected),
            format!("the tables of both years do not give this change (it would be {})", m.expected),
        ),
        Why::Share | Why::Year => (
            format!("与报告中任何总数都算不出这一占比（占办理总数应为{}）", m.expected),
            format!("no total of the report gives this share (of all it would be {})", m.expected),
        ),
    };
    finding.with("quote", &m.quote).with("found", m.found).with_both("reason", zh, en).at(&passage.place).build()
}

fn personal_data(subject: &Subject, passage: &Passage, found: &personal::Found) -> Finding {
    let (zh, en) = match found.kind {
        personal::Kind::IdentityCard => ("身份证号码（校验码有效）", "an identity-card number with a valid check digit"),
        personal::Kind::BankCard => ("银行卡号（校验码有效）", "a bank-card number with a valid check digit"),
        personal::Kind::Trader => {
            ("个体工商户统一社会信用代码（校验码有效）", "the credit code of a sole trader with a valid check character")
        }
        personal::Kind::Mobile => ("手机号码", "a mobile telephone number"),
    };
    Finding::of("personal-data", subject)
        .values(found.masked.clone(), "")
        .with_both("kind", zh, en)
        .with("section", &passage.heading)
        .at(&passage.place)
        .build()
}

/// This year's figure under last year's name.
fn last_years_name(report: &Report, subject: &Subject, passage: &Passage, m: &Mismatch) -> Finding {
    let last = report.year - 1;
    let said = format!("“{}”把本年的“{}”写作{last}年（{last}年报表为{}）", passage.heading, m.quote, m.expected);
    Finding::of("wrong-year", subject).values(said, report.year.to_string()).at(&passage.place).build()
}

/// The period that the figures are of: from the first to the last day of a year, which must be the reporting year.
fn period(report: &Report, subject: &Subject, passage: &Passage) -> Option<Finding> {
    let text: String = passage.text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let year_before = |at: usize| -> Option<u16> {
        let digits = text[..at].strip_suffix('年')?;
        digits.get(digits.len().checked_sub(4)?..)?.parse().ok()
    };
    for (at, first) in text.match_indices("1月1日") {
        let Some(year) = year_before(at) else { continue };
        let rest: String = text[at + first.len()..].chars().take(24).collect();
        let (Some(last), Some(back)) =
            (rest.find("12月31日"), text[..at].char_indices().rev().nth(24).map(|(i, _)| i).or(Some(0)))
        else {
            continue;
        };
        let same = !rest[..last].contains('年') || rest[..last].contains(&format!("{year}年"));
        let sentence = text[back..at].rsplit(['。', '；']).next().unwrap_or_default();
        let behind = rest[last..].split(['。', '；']).next().unwrap_or_default();
        let of_figures =
            ["统计期限", "数据统计", "所列数据", "统计时间"].iter().any(|w| sentence.contains(w) || behind.contains(w));
        if of_figures && same && year != report.year {
            let quote = format!("{sentence}{first}{}", rest.split(['。', '；']).next().unwrap_or_default());
            return Some(
                Finding::of("wrong-year", subject)
                    .values(format!("“{}”写“{quote}”", passage.heading), report.year.to_string())
                    .at(&passage.place)
                    .build(),
            );
        }
    }
    None
}

/// A sentence of the overview that begins with a year before the reporting year as if it told of this one.
fn other_year(report: &Report, subject: &Subject, overview: &Passage) -> Option<Finding> {
    let year = |text: &str| -> Option<u16> { text.get(..4)?.parse().ok().filter(|_| text[4..].starts_with('年')) };
    let sentences = overview.text.split(['。', '\n', '；']).map(str::trim);
    let told: Vec<(u16, &str)> = sentences.filter_map(|s| Some((year(s)?, s))).collect();
    // One slip among right years is a comparison more often than an error; a text that never says the right year is not.
    if told.is_empty() || told.iter().any(|(y, _)| *y >= report.year) {
        return None;
    }
    let others = overview.text.contains(&format!("{}年", report.year));
    let (y, sentence) = told[0];
    let plain =
        !["以来", "相比", "同期", "起", "至", "底"].iter().any(|w| sentence.chars().take(12).collect::<String>().contains(w));
    (!others && plain && y + 1 == report.year).then(|| {
        let quote: String = sentence.chars().take(20).collect();
        Finding::of("wrong-year", subject)
            .values(format!("“{}”写“{quote}…”", overview.heading), report.year.to_string())
            .at(&overview.place)
            .build()
    })
}

/// Words that follow the name of an agency that speaks of itself.
const DEEDS: [&str; 12] =
    ["坚持", "认真", "严格", "按照", "深入", "积极", "共收到", "高度重视", "扎实", "全面", "紧紧围绕", "以习近平"];

/// Another agency of the registry that the overview takes for the reporting one. Whoever writes of several agencies
/// surveys them, and a group writes of those below it.
fn other_agency(
    registry: &Registry,
    report: &Report,
    own: Option<&Agency>,
    subject: &Subject,
    overview: &Passage,
) -> Option<Finding> {
    let own = own?;
    let is_kin = |other: &Agency| {
        let above = |a: &Agency, b: &Agency| registry.ancestors(&a.id).iter().any(|up| up.id == b.id);
        other.id == own.id || above(own, other) || above(other, own)
    };
    let is_own = |name: &str, start: &str| {
        std::iter::once(&own.name).chain(&own.aliases).any(|n| n.contains(name) || start.starts_with(n.as_str()))
    };
    let year = format!("{}年", report.year);
    let mut found: Option<(&str, String)> = None;
    // Where it says 我局 as well, the other one is somebody else.
    let of_us = |sentence: &str| {
        ["我局", "我委", "我办", "我镇", "我乡", "我街道", "我区", "我单位"].iter().any(|w| sentence.contains(w))
    };
    for sentence in overview.text.split(['。', '\n']).map(str::trim).filter(|s| !of_us(s)) {
        let start = ["现将", "现公布"].iter().find_map(|w| sentence.strip_prefix(w)).unwrap_or(sentence);
        let announced = start.len() < sentence.len();
        let start = start.strip_prefix(year.as_str()).unwrap_or(start).trim_start_matches(['，', ',', '度']);
        let names = registry.names().filter(|(name, a)| name.chars().count() >= 4 && start.starts_with(name) && !is_kin(a));
        let Some((name, agency)) = names.max_by_key(|(name, _)| name.len()).filter(|(name, _)| !is_own(name, start)) else {
            continue;
        };
        let rest = start[name.len()..].trim_start_matches('，');
        let of_itself = DEEDS.iter().any(|d| rest.starts_with(d)) || announced && rest.starts_with(&*year);
        match &found {
            Some((known, _)) if *known != agency.id => return None,
            None if of_itself => found = Some((&agency.id, sentence.chars().take(30).collect())),
            _ => {}
        }
    }
    let (_, quote) = found?;
    Some(
        Finding::of("wrong-agency", subject)
            .values(format!("“{}”写“{quote}…”", overview.heading), report.agency.clone())
            .at(&overview.place)
            .build(),
    )
}

fn thin(forms: &Forms, report: &Report, subject: &Subject) -> Vec<Finding> {
    let form = forms.form(report.form);
    let thin = |(id, least): &(String, usize)| {
        let passage = report.passage(id)?;
        let has = passage.text.chars().filter(|c| !c.is_whitespace()).count();
        (has < *least).then(|| {
            Finding::of("thin-section", subject)
                .values(format!("{id} {has}"), "")
                .with("section", &passage.heading)
                .with("characters", has.to_string())
                .at(&passage.place)
                .build()
        })
    };
    form.prose.least.iter().filter_map(thin).collect()
}

fn unexplained(forms: &Forms, report: &Report, subject: &Subject) -> Vec<Finding> {
    let speaker = Speaker { forms, form: report.form };
    let missing = |e: &nianbao_form::Explain| {
        let text = report.passage(&e.section)?;
        let said = e.words.iter().any(|w| text.text.contains(w.as_str()));
        let cell = *e.cells.iter().find(|c| report.counts_as(**c).is_some_and(|n| n.millionths() > 0))?;
        let value = report.value(cell);
        let name = speaker.cell(cell);
        (!said && value.state == State::Number).then(|| {
            Finding::of("fee-unexplained", subject)
                .cell(forms, cell, value.number.map(|n| n.to_string()).unwrap_or_default(), "")
                .with_both("cell", name.zh, name.en)
                .with("section", &text.heading)
                .at(&text.place)
                .build()
        })
    };
    forms.form(report.form).prose.explain.iter().filter_map(missing).collect()
}
