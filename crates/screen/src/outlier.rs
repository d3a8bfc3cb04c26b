//! From judged reports to findings: which are alarms, what each says, what cannot be judged, when to stop looking.

use std::collections::BTreeMap;

use nianbao_form::{Cell, Finding, Form, Forms, Report, Severity, Subject, decimal_text};

use crate::Scope;
use crate::panel::{Panel, STEPS_OF_AN_AMOUNT};
use crate::screening::{Expected, Judged, Screening, screen};
use crate::slips::{Candidate, Slip};
use crate::stopping::{LEAST_SHARE, stopping, weight};
use crate::structure::tied;

/// Of all alarms of a run, the share that may be false on average.
pub const FALSE_DISCOVERY_RATE: f64 = 0.05;
/// The range that a message calls expected.
pub const COVERAGE: f64 = 0.95;
/// So many figures are named in words; the rest is counted.
const NAMED: usize = 3;
/// So many agencies are named that cannot be judged.
const LISTED: usize = 10;

/// Reports of the year that a slip explains better than the agency's own past and its peers do.
pub fn outliers(scope: Scope<'_>) -> Vec<Finding> {
    let panel = Panel::from_reports(scope.forms, scope.registry, scope.reports);
    let screening = screen(scope.forms, scope.registry, panel, scope.year);
    let alarms = screening.alarms(FALSE_DISCOVERY_RATE);
    let reports = reports(&screening, scope);
    let writer = Writer { scope, screening: &screening };
    let mut out: Vec<Finding> = Vec::new();
    for &at in &alarms {
        let judged = &screening.judged[at];
        let (Some(report), Some(best)) = (reports.get(&judged.member), judged.candidates.first()) else { continue };
        let mut finding = match best.slip {
            Slip::LastYear => writer.copy(report, judged, best),
            _ => writer.slip(report, judged, best),
        };
        finding.influence = weight(scope, &screening, at).map(|w| w.min(1.0));
        out.push(finding);
    }
    out.extend(writer.enough(&alarms));
    out.extend(writer.not_judged(&reports));
    out
}

fn reports<'a>(screening: &Screening, scope: Scope<'a>) -> BTreeMap<usize, &'a Report> {
    let position: BTreeMap<&str, usize> = screening.panel.members.iter().enumerate().map(|(i, m)| (m.key.as_str(), i)).collect();
    let of_year = scope.reports.iter().filter(|r| r.year == scope.year);
    let mut found: Vec<(usize, &Report)> = of_year.filter_map(|r| Some((*position.get(r.agency_key())?, *r))).collect();
    found.sort_by_key(|(at, r)| (*at, r.source.clone()));
    found.into_iter().collect()
}

struct Writer<'a> {
    scope: Scope<'a>,
    screening: &'a Screening,
}

/// Chinese and English.
type Words = (String, String);

impl Writer<'_> {
    fn slip(&self, report: &Report, judged: &Judged, best: &Candidate) -> Finding {
        let forms = self.scope.forms;
        let mut finding = Finding::of("outlier", &Subject::of(report));
        for &(cell, undone) in &best.undone {
            let expected = match (undone, self.screening.expected.get(&(judged.member, cell))) {
                (Some(value), _) => figure(forms, cell, value as f64),
                (None, Some(e)) => range(forms, cell, e),
                (None, None) => String::new(),
            };
            finding = finding.cell(forms, cell, self.found(judged.member, cell), expected);
        }
        let (slip, slip_en) = self.wording(report, best);
        let (evidence, evidence_en) = self.evidence(report, judged, best);
        let (ratio, ratio_en) = conclusion(best);
        let place = best.undone.first().map(|(c, _)| report.value(*c).place.clone()).unwrap_or_default();
        finding
            .with_both("slip", slip, slip_en)
            .with_both("evidence", evidence, evidence_en)
            .with_both("ratio", ratio, ratio_en)
            .with("false_alarms", (FALSE_DISCOVERY_RATE * 100.0).to_string())
            .with("reports", self.screening.judged.len().to_string())
            .at(&place)
            .score(judged.odds)
            .build()
    }

    fn found(&self, member: usize, cell: Cell) -> String {
        let panel = &self.screening.panel;
        let value = panel.year(self.scope.year).zip(panel.column(cell)).and_then(|(y, c)| panel.get(member, y, c));
        value.map_or_else(String::new, |v| figure(self.scope.forms, cell, v as f64))
    }

    /// What happened, in words: which figure, which slip, what undoing it gives.
    fn wording(&self, report: &Report, best: &Candidate) -> Words {
        let form = self.scope.forms.form(report.form);
        let (place, place_en) = self.figures(report, best);
        let (tables, tables_en) = tables(form, best);
        let (zh, en): (String, String) = match best.slip {
            Slip::TimesTen => {
                (format!("疑似多写一位（扩大10倍）：{place}"), format!("{place_en}: a digit too many (ten times too large)"))
            }
            Slip::TimesTenThousand => {
                (format!("疑似单位差错（扩大1万倍）：{place}"), format!("{place_en}: wrong unit (ten thousand times too large)"))
            }
            Slip::OverTen => (format!("疑似漏写末位：{place}"), format!("{place_en}: the last digit is missing")),
            Slip::OverTenThousand => {
                (format!("疑似单位差错（缩小1万倍）：{place}"), format!("{place_en}: wrong unit (ten thousand times too small)"))
            }
            Slip::Transposed => {
                (format!("疑似相邻两位数字颠倒：{place}"), format!("{place_en}: two neighbouring digits exchanged"))
            }
            Slip::Columns | Slip::Rows => {
                let ((a, b), (a_en, b_en)) = (lines(form, best), lines(form.in_language("en"), best));
                let (zh, en) = if best.slip == Slip::Columns { ("列", "columns") } else { ("行", "rows") };
                (
                    format!("“{a}”与“{b}”两{zh}疑似填反：{place}"),
                    format!("{en} “{a_en}” and “{b_en}” seem to be exchanged ({place_en})"),
                )
            }
            Slip::TableTimesTen => (
                format!("{tables}各数疑似整体扩大10倍：{place}"),
                format!("every figure of {tables_en} seems ten times too large ({place_en})"),
            ),
            Slip::TableMissing => (
                format!("{tables}全部为0，疑似漏填"),
                format!("{tables_en} holds nothing but zeros and seems to have been left out"),
            ),
            Slip::OtherAgency => {
                let other = best.partner.map_or("", |p| self.screening.panel.members[p].name.as_str());
                (
                    format!("与“{other}”的报告疑似互换：{place}"),
                    format!("seems to be exchanged with the report of {other} ({place_en})"),
                )
            }
            Slip::LastYear | Slip::Unexplained => (
                format!("{place}与往年和同类单位相差过大，未能归入已知差错"),
                format!("{place_en}: far from its past and its peers; no known slip explains it"),
            ),
        };
        (zh, en)
    }

    /// `“行政处罚”3150件→315件、…`.
    fn figures(&self, report: &Report, best: &Candidate) -> Words {
        let forms = self.scope.forms;
        let member = self.screening.panel.members.iter().position(|m| m.key == report.agency_key()).unwrap_or_default();
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        // The largest moves first.
        let mut undone: Vec<&(Cell, Option<i64>)> = best.undone.iter().collect();
        let size = |(cell, truth): &(Cell, Option<i64>)| {
            let now = report.counts_as(*cell).map_or(0.0, nianbao_form::Number::to_f64);
            (now - truth.map_or(0.0, |t| scaled(forms, *cell, t as f64))).abs()
        };
        undone.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.0.cmp(&b.0)));
        for &&(cell, truth) in undone.iter().take(NAMED) {
            let unit = spaced(forms.def(report.form, cell).map_or("", |d| d.unit.as_str()));
            let [name, name_en] = ["zh", "en"].map(|lang| forms.name_in(lang, report.form, cell));
            let found = self.found(member, cell);
            match truth {
                Some(truth) => {
                    let truth = figure(forms, cell, truth as f64);
                    zh.push(format!("“{name}”现为{found}{unit}，更正后应为{truth}{unit}"));
                    en.push(format!("“{name_en}” is {found}, undone {truth}"));
                }
                None => {
                    zh.push(format!("“{name}”现为{found}{unit}"));
                    en.push(format!("“{name_en}” is {found}"));
                }
            }
        }
        let more = best.undone.len().saturating_sub(NAMED);
        let (tail, tail_en) =
            if more > 0 { (format!("等{}项", best.undone.len()), format!("; and {more} more")) } else { Default::default() };
        (zh.join("、") + &tail, en.join("; ") + &tail_en)
    }

    /// Past and peers in figures.
    fn evidence(&self, report: &Report, judged: &Judged, best: &Candidate) -> Words {
        let forms = self.scope.forms;
        let cells = best.undone.iter().map(|(c, _)| *c);
        let known = cells.filter_map(|c| self.screening.expected.get(&(judged.member, c)));
        let Some(e) = known.max_by(|a, b| a.mean.total_cmp(&b.mean)) else { return self.past(report, judged, best) };
        let unit = spaced(forms.def(report.form, e.cell).map_or("", |d| d.unit.as_str()));
        let ((years, years_en), (list, list_en)) = spans(forms, e.cell, &e.past);
        let [name, name_en] = ["zh", "en"].map(|lang| forms.name_in(lang, report.form, e.cell));
        let expected = range(forms, e.cell, e);
        let (mut zh, mut en) = (
            format!("“{name}”本单位{years}依次为{list}{unit}，预计{expected}{unit}"),
            format!("“{name_en}” was {list_en} in {years_en}, {expected} expected"),
        );
        if let Some((mean, kind, others)) = &e.peers {
            let mean = format!("{:.1}", scaled(forms, e.cell, *mean));
            let mean = mean.trim_end_matches(".0");
            if kind.is_empty() {
                zh += &format!("，其他{others}个单位平均{mean}{unit}");
                en += &format!("; {others} other agencies have {mean} on average");
            } else {
                zh += &format!("，{others}个同类单位（{}）平均{mean}{unit}", kind_zh(kind));
                en += &format!("; {others} peers ({kind}) have {mean} on average");
            }
        }
        (zh, en)
    }

    /// Where the figures are parts of a whole: what they were.
    fn past(&self, report: &Report, judged: &Judged, best: &Candidate) -> Words {
        let forms = self.scope.forms;
        let panel = &self.screening.panel;
        let Some(year) = panel.year(self.scope.year) else { return Words::default() };
        let past_of = |cell: Cell| -> Vec<(u16, f64)> {
            let Some(column) = panel.column(cell) else { return Vec::new() };
            (year.saturating_sub(4)..year)
                .filter_map(|y| Some((panel.years[y], panel.get(judged.member, y, column)? as f64)))
                .collect()
        };
        let size = |cell: Cell| report.counts_as(cell).map_or(0.0, nianbao_form::Number::to_f64);
        let mut cells: Vec<Cell> = best.undone.iter().map(|(c, _)| *c).collect();
        cells.sort_by(|a, b| size(*b).total_cmp(&size(*a)).then(a.cmp(b)));
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        for cell in cells.into_iter().take(2) {
            let ((years, years_en), (list, list_en)) = spans(forms, cell, &past_of(cell));
            let [name, name_en] = ["zh", "en"].map(|lang| forms.name_in(lang, report.form, cell));
            zh.push(format!("“{name}”本单位{years}依次为{list}"));
            en.push(format!("“{name_en}” was {list_en} in {years_en}"));
        }
        (zh.join("；"), en.join("; "))
    }

    fn copy(&self, report: &Report, judged: &Judged, best: &Candidate) -> Finding {
        let (equal, of) = self.equal(report, judged.member);
        let (ratio, ratio_en) = times(best.ratio);
        let (count, of) = (equal.to_string(), of.to_string());
        Finding::of("last-year-copy", &Subject::of(report))
            .values(format!("{count}/{of}"), "")
            .with("count", count)
            .with("of", of)
            .with_both("ratio", ratio, ratio_en)
            .score(judged.odds)
            .build()
    }

    /// Figures, not 0 in both years, that equal last year's, and how many were compared. Stocks go on by themselves.
    fn equal(&self, report: &Report, member: usize) -> (usize, usize) {
        let panel = &self.screening.panel;
        let form = self.scope.forms.form(report.form);
        let stocks = tied(form);
        let before = self.scope.year.checked_sub(1).and_then(|y| panel.year(y));
        let (Some(now), Some(before)) = (panel.year(self.scope.year), before) else { return (0, 0) };
        let pair = |c: &Cell| panel.column(*c).and_then(|k| Some((panel.get(member, now, k)?, panel.get(member, before, k)?)));
        let pairs = form.cells.iter().filter(|c| !stocks.contains(c)).filter_map(pair).filter(|p| *p != (0, 0));
        pairs.fold((0, 0), |(equal, of), (a, b)| (equal + usize::from(a == b), of + 1))
    }

    fn run(&self) -> Subject {
        Subject { year: self.scope.year, ..Subject::default() }
    }

    /// After how many alerts the rest no longer matters.
    fn enough(&self, alarms: &[usize]) -> Option<Finding> {
        if alarms.is_empty() {
            return None;
        }
        let stop = stopping(self.scope, self.screening, alarms, LEAST_SHARE);
        let percent = |share: f64| format!("{:.1}", share * 100.0).trim_end_matches(".0").to_owned();
        let rest = percent(*stop.left.get(stop.enough.unwrap_or(alarms.len()))?);
        let (zh, en) = match stop.enough {
            Some(0) => (format!("全部{}条均不复核", alarms.len()), format!("even if none of the {} is looked at", alarms.len())),
            Some(k) => (format!("按顺序复核前{k}条后"), format!("after the first {k} of {} in this order", alarms.len())),
            None => (format!("全部{}条复核后", alarms.len()), format!("after all of them ({})", alarms.len())),
        };
        let finding = Finding::of("review-enough", &self.run())
            .values(stop.enough.map_or_else(String::new, |k| k.to_string()), alarms.len().to_string())
            .with_both("after", zh, en)
            .with("rest", rest)
            .with("share", percent(stop.share));
        Some(finding.severity(Some(Severity::Info)).build())
    }

    /// What nothing can be said of, in one line for the run.
    fn not_judged(&self, reports: &BTreeMap<usize, &Report>) -> Option<Finding> {
        let without: Vec<&str> = (self.screening.judged.iter().filter(|j| !j.judged))
            .filter_map(|j| reports.get(&j.member).map(|r| r.agency.as_str()))
            .collect();
        let alone = self.screening.judged.len() == 1;
        let constant = self.screening.constant;
        let cut = self.screening.judged.iter().filter(|j| j.cut).count();
        if without.is_empty() && !alone && constant == 0 && cut == 0 {
            return None;
        }
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        if !without.is_empty() {
            let named: Vec<&str> = without.iter().take(LISTED).copied().collect();
            let (names, names_en) = (named.join("、"), named.join(", "));
            let more = if without.len() > LISTED { "等" } else { "" };
            zh.push(format!("{}份报告没有可比的往年数据（{names}{more}）", without.len()));
            en.push(format!(
                "reports without a past to compare with: {} ({names_en}{})",
                without.len(),
                if more.is_empty() { "" } else { ", …" }
            ));
        }
        if alone {
            zh.push("本年只有一个单位，没有同类单位可比".to_owned());
            en.push("there is only one agency, so no peers".to_owned());
        }
        if constant > 0 {
            zh.push(format!("{constant}项数据历年不变，今年仍相同，无从判断是否照抄"));
            en.push(format!("{constant} figures are what they have been in every year, so a copy cannot be told from the truth"));
        }
        if cut > 0 {
            zh.push(format!("{cut}份报告数据项过多，未能逐项试算完毕"));
            en.push(format!("{cut} reports have too many figures for every slip to be tried"));
        }
        let finding = Finding::of("not-judged", &self.run()).values(without.len().to_string(), "");
        Some(finding.with_both("what", zh.join("；"), en.join("; ")).build())
    }
}

/// A panel figure in units of the form.
fn scaled(forms: &Forms, cell: Cell, value: f64) -> f64 {
    if forms.kind(cell) == nianbao_form::Kind::Amount { value / STEPS_OF_AN_AMOUNT } else { value }
}

fn figure(forms: &Forms, cell: Cell, value: f64) -> String {
    let millionths = if forms.kind(cell) == nianbao_form::Kind::Amount { 100.0 } else { 1e6 };
    decimal_text((value.round() * millionths) as i128)
}

/// `3—17`.
fn range(forms: &Forms, cell: Cell, e: &Expected) -> String {
    let (low, high) = (figure(forms, cell, e.range.0), figure(forms, cell, e.range.1));
    if low == high { low } else { format!("{low}—{high}") }
}

/// Years and the figures in them: `2021—2024` and `3、7、3、11`, in Chinese and in English.
fn spans(forms: &Forms, cell: Cell, past: &[(u16, f64)]) -> (Words, Words) {
    let years = match past {
        [] => ("往年".to_owned(), "earlier years".to_owned()),
        [(only, _)] => (only.to_string(), only.to_string()),
        [(first, _), .., (last, _)] => (format!("{first}—{last}"), format!("{first}–{last}")),
    };
    let figures: Vec<String> = past.iter().map(|(_, v)| figure(forms, cell, *v)).collect();
    (years, (figures.join("、"), figures.join(", ")))
}

/// The printed tables of the cells.
fn tables(form: &Form, best: &Candidate) -> Words {
    let names = |language| {
        let form = form.in_language(language);
        let mut names: Vec<&str> = best.undone.iter().filter_map(|(c, _)| form.block_of(*c)).map(|b| b.table.as_str()).collect();
        names.dedup();
        names.join(if language == "en" { ", " } else { "、" })
    };
    (format!("表{}", names("zh")), format!("table {}", names("en")))
}

/// The labels of the two lines that were exchanged.
fn lines(form: &Form, best: &Candidate) -> (String, String) {
    let label = |cell: Option<&(Cell, Option<i64>)>| {
        let def = cell.and_then(|(c, _)| form.def(*c));
        def.map_or_else(String::new, |d| {
            let block = &form.blocks[d.block];
            let line = if best.slip == Slip::Columns { &block.columns[d.column] } else { &block.rows[d.row] };
            if line.short.is_empty() { line.leaf().to_owned() } else { line.short.clone() }
        })
    };
    (label(best.undone.first()), label(best.undone.get(1)))
}

/// How many times likelier, in plain words.
fn times(ratio: f64) -> Words {
    if ratio > 1e6f64.ln() {
        return ("100万倍以上".to_owned(), "more than a million times".to_owned());
    }
    let times = ratio.exp();
    let text = if times >= 10.0 { format!("{times:.0}") } else { format!("{times:.1}") };
    (format!("约{text}倍"), format!("about {text} times"))
}

/// What the evidence amounts to.
fn conclusion(best: &Candidate) -> Words {
    let (zh, en) = times(best.ratio);
    match best.slip {
        Slip::TableMissing => (format!("漏填的可能性是确实为0的{zh}"), format!("left out is {en} as likely as truly nothing")),
        Slip::Unexplained => (format!("有误的可能性是属实的{zh}"), format!("some error is {en} as likely as none")),
        _ => (format!("更正后的数据出现的可能性是现数据的{zh}"), format!("with it undone the figures are {en} as likely")),
    }
}

/// The Chinese word for a kind of the registry; a kind that is already Chinese stays.
fn kind_zh(kind: &str) -> &str {
    match kind {
        "bureau" => "部门",
        "office" => "办公室、中心",
        "sub-district" => "街道",
        "town" => "乡镇",
        "township" => "乡",
        "zone" => "开发区",
        "district" => "区",
        "county" => "县",
        "city" => "市",
        "province" => "省",
        "ministry" => "部委",
        other => other,
    }
}

/// A unit as it follows a figure: Chinese ones directly, others after a space.
fn spaced(unit: &str) -> String {
    if unit.starts_with(|c: char| c.is_ascii_alphanumeric()) { format!(" {unit}") } else { unit.to_owned() }
}
