//! Findings as the pages show them.

use std::collections::{BTreeMap, HashMap, HashSet};

use minijinja::{Value, context};
use nianbao_form::{Finding, Severity, Status};

use super::Pages;
use crate::letters;
use crate::workbook::percent;

/// How many findings stand in the first file; the rest are in a side script, so that the page opens at once whatever the
/// year was like.
const AT_FIRST: usize = 1500;

/// The rule by which figures that were put right are published.
const CORRECTED: &str = "corrected";

/// With their position in the ranking.
pub(crate) type Leads<'e> = Vec<(usize, &'e Finding)>;

/// Findings that stand for themselves, and those below them by the key before `#`.
pub(crate) fn sorted(findings: &[Finding]) -> (Leads<'_>, HashMap<&str, Vec<&Finding>>) {
    let leading: HashSet<&str> = findings.iter().filter(|f| f.leads()).map(Finding::cause_key).collect();
    let mut below: HashMap<&str, Vec<&Finding>> = HashMap::new();
    let mut leads = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        match finding.cause.as_deref().or((!finding.leads()).then(|| finding.cause_key())) {
            Some(cause) if leading.contains(cause) => below.entry(cause).or_default().push(finding),
            // Its cause is not among the findings of the year, so it has to stand for itself.
            _ => leads.push((at, finding)),
        }
    }
    (leads, below)
}

/// Whether somebody still has to act on it.
pub(super) fn is_open(f: &Finding) -> bool {
    matches!(f.status, Status::Open | Status::Confirmed)
}

/// Whether it tells what the office has already put right or decided.
fn is_settled(f: &Finding) -> bool {
    !is_open(f) || f.rule == CORRECTED
}

/// The rule under which the rules page explains a finding.
pub(super) fn anchor(f: &Finding) -> &'static str {
    &nianbao_form::rule(&f.rule).id
}

/// What the findings section of a page shows.
pub(super) struct Listed {
    /// To be worked on, those in the first file.
    open: Vec<Value>,
    /// To be worked on, in a side script.
    pub(super) later: Vec<Value>,
    /// Explained or waived.
    settled: Vec<Value>,
    /// Put right.
    corrected: Vec<Value>,
}

impl Listed {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.settled.is_empty() && self.corrected.is_empty()
    }
}

impl<'e> Pages<'_, 'e> {
    fn finding(&self, at: usize, f: &Finding, up: &str, own: bool) -> Value {
        let below = self.below.get(f.cause_key()).map(Vec::as_slice).unwrap_or_default();
        let below = || below.iter().filter(|o| f.leads() && o.key != f.key);
        let join = |list: &[String]| {
            list.iter().filter(|t| !t.is_empty()).map(String::as_str).collect::<Vec<_>>().join(self.lang.say("semicolon"))
        };
        let explains = below().filter(|o| o.cause.is_some());
        let folded = explains.map(|o| context! { title => self.lang.rule_title(o), message => o.text(self.lang.code()) });
        let alternatives = below().filter(|o| o.cause.is_none()).map(|o| Value::from(o.text(self.lang.code())));
        let agency = f.subject.agency_key();
        let page = if own { String::new() } else { self.names.href(agency, up) };
        let first = f.cells.first().filter(|_| own || !page.is_empty());
        context! {
            id => at + 1,
            severity => f.severity.as_str(),
            severity_word => self.lang.severity(f.severity),
            agency => &f.subject.agency,
            agency_at => self.names.at.get(agency),
            href => page,
            title => self.lang.rule_title(f),
            rule => anchor(f),
            up,
            message => f.text(self.lang.code()),
            cells => if f.cells.is_empty() { String::new() } else { letters::cell_names(self.edition, self.form, self.lang, f) },
            cell => first.map(|c| crate::files::href(c)).unwrap_or_default(),
            place => self.lang.place(&f.place),
            file => &f.subject.report,
            found => join(&f.found),
            expected => join(letters::wanted(f)),
            expected_word => self.lang.say(if letters::is_proved(f) { "expected" } else { "reference" }),
            influence => f.influence.filter(|i| *i >= 0.0005).map(percent).unwrap_or_default(),
            status => f.status.as_str(),
            status_word => self.lang.status(f.status),
            // A decision on the key before `#` settles the alternatives too.
            key => f.cause_key(),
            folded => folded.collect::<Vec<_>>(),
            alternatives => alternatives.collect::<Vec<_>>(),
        }
    }

    /// The findings of an agency, or of all.
    pub(super) fn of(&self, agency: Option<&str>) -> Vec<(usize, &'e Finding)> {
        match agency {
            None => self.leads.clone(),
            Some(agency) => {
                self.of_agency.get(agency).map(|list| list.iter().map(|&i| self.leads[i]).collect()).unwrap_or_default()
            }
        }
    }

    pub(super) fn listed(&self, agency: Option<&str>, up: &str) -> Listed {
        let mut listed = Listed { open: Vec::new(), later: Vec::new(), settled: Vec::new(), corrected: Vec::new() };
        for (at, f) in self.of(agency) {
            let list = match () {
                () if f.rule == CORRECTED => &mut listed.corrected,
                () if !is_open(f) => &mut listed.settled,
                () if listed.open.len() < AT_FIRST => &mut listed.open,
                () => &mut listed.later,
            };
            list.push(self.finding(at, f, up, agency.is_some()));
        }
        listed
    }

    /// How many findings of a severity somebody still has to act on.
    pub(super) fn count(&self, agency: Option<&str>, severity: Severity) -> usize {
        self.of(agency).iter().filter(|(_, f)| !is_settled(f) && f.severity == severity).count()
    }

    /// The findings section, with the choices of its filter.
    pub(super) fn findings_view(&self, listed: &Listed, agency: Option<&str>) -> Value {
        let all = self.of(agency);
        let choices = |pick: &dyn Fn(&Finding) -> Option<(String, String)>| {
            let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
            for choice in all.iter().filter_map(|(_, f)| pick(f)) {
                *counts.entry(choice).or_default() += 1;
            }
            counts
        };
        let view = |counts: BTreeMap<(String, String), usize>, by_count: bool| {
            let mut list: Vec<_> = counts.into_iter().collect();
            if by_count {
                list.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
            }
            list.into_iter().map(|((id, word), count)| context! { id, word, count }).collect::<Vec<Value>>()
        };
        let severities = [Severity::Error, Severity::Warning, Severity::Info].map(|s| {
            let count = all.iter().filter(|(_, f)| f.severity == s).count();
            context! { id => s.as_str(), word => self.lang.severity(s), count }
        });
        let statuses = [Status::Open, Status::Confirmed, Status::Explained, Status::Waived].map(|s| {
            let count = all.iter().filter(|(_, f)| f.status == s).count();
            context! { id => s.as_str(), word => self.lang.status(s), count }
        });
        let some = |v: &Value| v.get_attr("count").is_ok_and(|n| n.is_true());
        let rules = choices(&|f| Some((anchor(f).to_owned(), self.lang.rule_title(f).to_owned())));
        let agencies = choices(&|f| {
            let at = self.names.at.get(f.subject.agency_key()).filter(|_| !f.subject.agency.is_empty())?;
            Some((format!("{at:06}"), f.subject.agency.clone()))
        });
        let agencies = agencies.into_iter().map(|((at, name), n)| ((at.trim_start_matches('0').to_owned(), name), n));
        let agencies = agencies.map(|((at, name), n)| ((if at.is_empty() { "0".to_owned() } else { at }, name), n));
        let agencies: Vec<Value> = agencies.map(|((id, word), count)| context! { id, word, count }).collect();
        context! {
            open => &listed.open,
            later => listed.later.len(),
            settled => &listed.settled,
            corrected => &listed.corrected,
            all => all.len(),
            severities => severities.into_iter().filter(some).collect::<Vec<_>>(),
            statuses => statuses.into_iter().filter(some).collect::<Vec<_>>(),
            rules => view(rules, true),
            agencies,
            own => agency.is_some(),
        }
    }
}
