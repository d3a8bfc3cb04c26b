//! From tests to findings: which are alarms, what they say, which of them is the cause of which.

use std::collections::BTreeMap;

use nianbao_form::{Cell, Finding, FormIx, Forms, Report, Subject};

use crate::Scope;
use crate::panel::Panel;
use crate::predictive::benjamini_hochberg;
use crate::screening::{CopyTest, CountTest, Screening, screen};

/// Of all alarms of a run, the share that may be false on average.
pub const FALSE_DISCOVERY_RATE: f64 = 0.05;
/// The range that a message calls expected.
pub const COVERAGE: f64 = 0.95;

/// Figures of the year that neither the agency's own past nor its peers explain, and figures that equal last year's.
pub fn outliers(scope: Scope<'_>) -> Vec<Finding> {
    let panel = Panel::from_reports(scope.forms, scope.registry, scope.reports);
    findings(scope, &screen(scope.forms, scope.registry, panel, scope.year))
}

/// The alarms among the tests of a year: Benjamini and Hochberg over counts and copies together.
fn findings(scope: Scope<'_>, screening: &Screening) -> Vec<Finding> {
    let p: Vec<f64> = screening.counts.iter().map(|t| t.p).chain(screening.copies.iter().map(|t| t.equality.p)).collect();
    let alarms = benjamini_hochberg(&p, FALSE_DISCOVERY_RATE);
    let (counts, copies) = alarms.split_at(screening.counts.len());
    let writer = Writer { scope, tests: p.len(), reports: reports(screening, scope) };

    let mut out = Vec::new();
    for (member, tests) in by_member(screening.counts.iter().zip(counts).filter(|(_, alarm)| **alarm).map(|(t, _)| t)) {
        let Some(report) = writer.reports.get(&member) else { continue };
        let mut found: Vec<Finding> = tests.iter().map(|t| writer.count(report, t)).collect();
        fold(scope.forms, report.form, &tests, &mut found);
        out.append(&mut found);
    }
    for (test, _) in screening.copies.iter().zip(copies).filter(|(_, alarm)| **alarm) {
        if let Some(report) = writer.reports.get(&test.member) {
            out.push(writer.copy(report, test));
        }
    }
    out
}

fn by_member<'t>(tests: impl Iterator<Item = &'t CountTest>) -> BTreeMap<usize, Vec<&'t CountTest>> {
    let mut map: BTreeMap<usize, Vec<&CountTest>> = BTreeMap::new();
    for test in tests {
        map.entry(test.member).or_default().push(test);
    }
    map
}

fn reports<'a>(screening: &Screening, scope: Scope<'a>) -> BTreeMap<usize, &'a Report> {
    let position: BTreeMap<&str, usize> = screening.panel.members.iter().enumerate().map(|(i, m)| (m.key.as_str(), i)).collect();
    let of_year = scope.reports.iter().filter(|r| r.year == scope.year);
    let mut found: Vec<(usize, &Report)> = of_year.filter_map(|r| Some((*position.get(r.agency_key())?, *r))).collect();
    found.sort_by_key(|(at, r)| (*at, r.source.clone()));
    found.into_iter().collect()
}

/// Several alarms of one agency in cells that identities tie together, all up or all down, have one cause: the most
/// surprising leads, the others point to it.
fn fold(forms: &Forms, form: FormIx, tests: &[&CountTest], findings: &mut [Finding]) {
    let components = Components::new(forms, form);
    let mut groups: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
    for (at, test) in tests.iter().enumerate() {
        let up = test.seen as f64 > test.predictive.mean;
        groups.entry((components.of(test.cell), up)).or_default().push(at);
    }
    for group in groups.into_values() {
        let strongest = |&a: &usize, &b: &usize| tests[b].p.total_cmp(&tests[a].p).then(b.cmp(&a));
        let Some(lead) = group.iter().copied().max_by(strongest) else { continue };
        let key = findings[lead].cause_key().to_owned();
        for at in group.into_iter().filter(|&at| at != lead) {
            findings[at].cause = Some(key.clone());
        }
    }
}

/// Cells that a form's identities tie together, directly or through others.
struct Components(Vec<usize>);

impl Components {
    fn new(forms: &Forms, form: FormIx) -> Components {
        let mut parent: Vec<usize> = (0..forms.width()).collect();
        fn root(parent: &mut [usize], mut at: usize) -> usize {
            while parent[at] != at {
                parent[at] = parent[parent[at]];
                at = parent[at];
            }
            at
        }
        for identity in &forms.form(form).identities {
            let mut cells = identity.terms().map(|(c, _)| c.index());
            let Some(first) = cells.next() else { continue };
            for cell in cells {
                let (a, b) = (root(&mut parent, first), root(&mut parent, cell));
                parent[b] = a;
            }
        }
        Components((0..parent.len()).map(|at| root(&mut parent, at)).collect())
    }

    fn of(&self, cell: Cell) -> usize {
        self.0[cell.index()]
    }
}

struct Writer<'a> {
    scope: Scope<'a>,
    tests: usize,
    reports: BTreeMap<usize, &'a Report>,
}

impl Writer<'_> {
    fn count(&self, report: &Report, test: &CountTest) -> Finding {
        let forms = self.scope.forms;
        let (low, high) = test.predictive.interval(COVERAGE);
        let unit = spaced(forms.def(report.form, test.cell).map_or("", |d| d.unit.as_str()));
        let unit = unit.as_str();
        let name = forms.name(report.form, test.cell);
        let range = if low == high { low.to_string() } else { format!("{low}—{high}") };
        let range_en = if low == high { low.to_string() } else { format!("{low}–{high}") };
        let (basis, basis_en) = self.basis(test, unit);
        let (p, p_en) = probability(test.p);
        let mut finding = Finding::of("outlier", &Subject::of(report))
            .cell(forms, test.cell, test.seen.to_string(), range.clone())
            .with("cell", name)
            .with_both("found", format!("{}{unit}", test.seen), test.seen.to_string())
            .with_both("expected", format!("{range}{unit}"), range_en)
            .with_both("basis", basis, basis_en)
            .with_both(
                "test",
                format!("负二项预测分布95%区间，双侧检验{p}"),
                format!("95 % interval of the negative binomial predictive, two-sided {p_en}"),
            )
            .with_both("false_alarms", self.bound(), self.bound_en())
            .at(&report.value(test.cell).place)
            .score(-test.p.log10())
            .build();
        finding.influence =
            crate::influence::share(self.scope, test.cell, self.scope.year, (test.seen as f64 - test.predictive.mean).abs());
        finding
    }

    fn copy(&self, report: &Report, test: &CopyTest) -> Finding {
        let e = test.equality;
        let (count, of) = (e.equal.to_string(), e.of.to_string());
        Finding::of("last-year-copy", &Subject::of(report))
            .values(format!("{count}/{of}"), "")
            .with("count", count)
            .with("of", of)
            .score(-e.p.log10())
            .build()
    }

    /// `本单位2021—2023年3年共18件（年均6件）和12个同类单位（街道）`.
    fn basis(&self, test: &CountTest, unit: &str) -> (String, String) {
        let (first, last) = (test.years.first().copied().unwrap_or_default(), test.years.last().copied().unwrap_or_default());
        let n = test.years.len();
        let mean = format!("{:.1}", test.sum as f64 / n as f64);
        let mean = mean.trim_end_matches(".0");
        let (span, span_en) = if n == 1 {
            (format!("本单位{first}年{}{unit}", test.sum), format!("its own {} in {first}", test.sum))
        } else {
            (
                format!("本单位{first}—{last}年{n}年共{}{unit}（年均{mean}{unit}）", test.sum),
                format!("its own {} in {n} years ({first}–{last}, {mean} a year)", test.sum),
            )
        };
        let others = test.peers.others;
        let kind = &test.peers.kind;
        let (peers, peers_en) = if kind.is_empty() {
            (format!("全部{others}个其他单位"), format!("all {others} other agencies"))
        } else {
            (format!("{others}个同类单位（{}）", kind_zh(kind)), format!("{others} peers ({kind})"))
        };
        (format!("{span}和{peers}"), format!("{span_en} and {peers_en}"))
    }

    fn bound(&self) -> String {
        format!("本次共比较{}项，报警中误报平均不超过{}%", self.tests, FALSE_DISCOVERY_RATE * 100.0)
    }

    fn bound_en(&self) -> String {
        format!("{} tests in this run, at most {} % of the alarms are false on average", self.tests, FALSE_DISCOVERY_RATE * 100.0)
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

/// Two significant digits; what is below 0.0001 is as good as impossible by chance, and more zeros say nothing more.
fn probability(p: f64) -> (String, String) {
    if p < 1e-4 {
        return ("p＜0.0001".to_owned(), "p < 0.0001".to_owned());
    }
    let digits = (1 - p.log10().floor() as i32).max(2) as usize;
    (format!("p＝{p:.digits$}"), format!("p = {p:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::probability;

    #[test]
    fn small_probabilities_in_words() {
        for (p, zh, en) in [
            (0.034, "p＝0.034", "p = 0.034"),
            (0.5, "p＝0.50", "p = 0.50"),
            (0.00012, "p＝0.00012", "p = 0.00012"),
            (3e-9, "p＜0.0001", "p < 0.0001"),
        ] {
            assert_eq!(probability(p), (zh.to_owned(), en.to_owned()));
        }
    }
}
