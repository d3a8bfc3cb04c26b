//! Decisions on findings: made once by a person, kept over every run, lapsing when the figures change.

use std::collections::{BTreeMap, HashSet};

use nianbao_form::{Finding, Registry, Status, Subject};

use crate::table::{self, TableError};

/// One line of `decisions.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Key of the finding; without `#` it decides all alternatives of one cause.
    pub key: String,
    /// What was decided; `open` takes an earlier decision back.
    pub status: Status,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When, as written.
    pub date: String,
    /// Line of the file.
    pub line: u64,
}

/// Reads `decisions.csv`; `file` is its name for messages.
///
/// # Errors
/// The first line that can not be understood.
///
/// ```
/// let text = "key,decision,reason,by,date\nbalance:a:2024:0123456789abcdef,waived,电话核实,张三,2025-02-03\n";
/// let decisions = nianbao_screen::decisions::parse(text, "decisions.csv").unwrap();
/// assert_eq!(decisions[0].status, nianbao_form::Status::Waived);
/// ```
pub fn parse(text: &str, file: &str) -> Result<Vec<Decision>, TableError> {
    let mut decisions = Vec::new();
    for line in table::read(text, file, &["key", "decision"], &["reason", "by", "date"])? {
        let [key, word, reason, by, date] = &line.fields[..] else { continue };
        if key.is_empty() {
            return Err(TableError::new(file, line.line, "the key is empty"));
        }
        let Some(status) = Status::parse(word) else {
            let words = ["confirmed", "explained", "waived", "open"];
            let hint = nianbao_form::nearest(word, words).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
            return Err(TableError::new(
                file,
                line.line,
                format!("`{word}` is no decision (confirmed, explained, waived, open){hint}"),
            ));
        };
        decisions.push(Decision {
            key: key.clone(),
            status,
            reason: reason.clone(),
            by: by.clone(),
            date: date.clone(),
            line: line.line,
        });
    }
    Ok(decisions)
}

/// Gives the findings the status that was decided: by the exact key, else by the part before `#`; the last decision on a
/// key wins. Decisions that fit no finding any more come back as `stale-decision`, but only where the agency's year was
/// looked at in this run (`in_run`, given the agency's id or name and the year).
pub fn apply(
    decisions: &[Decision],
    findings: &mut [Finding],
    registry: &Registry,
    in_run: impl Fn(&str, u16) -> bool,
) -> Vec<Finding> {
    let last: BTreeMap<&str, &Decision> = decisions.iter().map(|d| (d.key.as_str(), d)).collect();
    let mut used: HashSet<&str> = HashSet::new();
    for finding in findings.iter_mut() {
        let fits = |key: &str| last.get_key_value(key).map(|(k, d)| (*k, *d));
        let (exact, cause) = (fits(&finding.key), fits(finding.cause_key()));
        used.extend(exact.iter().chain(&cause).map(|(k, _)| *k));
        if let Some((_, decision)) = exact.or(cause) {
            finding.status = decision.status;
            publish(decision, finding);
        }
    }
    let stale = last.iter().filter(|(key, d)| !used.contains(*key) && d.status != Status::Open);
    stale.filter_map(|(_, decision)| lapsed(decision, registry, &in_run)).collect()
}

/// What is not pursued is told in public, with reason, name and date, wherever the finding is: the key stays what it was.
fn publish(decision: &Decision, finding: &mut Finding) {
    if !matches!(decision.status, Status::Explained | Status::Waived) {
        return;
    }
    let told = |first: &str, mark: &str, comma: &str| {
        let rest = [&decision.by, &decision.date].into_iter().filter(|t| !t.is_empty()).map(String::as_str);
        let reason = if decision.reason.is_empty() { String::new() } else { format!("{mark}{}", decision.reason) };
        std::iter::once(format!("{first}{reason}")).chain(rest.map(str::to_owned)).collect::<Vec<_>>().join(comma)
    };
    finding.message.push_str(&format!("【{}】", told(decision.status.zh(), "：", "，")));
    finding.message_en.push_str(&format!(" [{}]", told(decision.status.as_str(), ": ", ", ")));
}

fn lapsed(decision: &Decision, registry: &Registry, in_run: impl Fn(&str, u16) -> bool) -> Option<Finding> {
    let mut subject = Subject::default();
    if let Some((agency, year)) = parts(&decision.key) {
        if !in_run(agency, year) {
            return None;
        }
        subject.year = year;
        match registry.get(agency) {
            Some(known) => (subject.agency_id, subject.agency) = (known.id.clone(), known.name.clone()),
            None => subject.agency = agency.to_owned(),
        }
    }
    Some(Finding::of("stale-decision", &subject).values(decision.key.clone(), decision.status.as_str()).build())
}

/// Agency and year of a key `rule:agency:year:hash`; `None` where it is no key at all.
fn parts(key: &str) -> Option<(&str, u16)> {
    let (_, rest) = key.split_once(':')?;
    let (rest, _) = rest.rsplit_once(':')?;
    let (agency, year) = rest.rsplit_once(':')?;
    Some((agency, year.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HEADER: &str = "key,decision,reason,by,date";

    fn finding(agency: &str, rank: Option<usize>) -> Finding {
        let subject = Subject { agency: agency.into(), year: 2024, ..Subject::default() };
        let mut builder = Finding::of("suspect-cell", &subject).values("1", "2");
        if let Some(rank) = rank {
            builder = builder.alternative("cause", rank);
        }
        builder.build()
    }

    fn decide(key: &str, word: &str) -> String {
        format!("{key},{word},,,\n")
    }

    #[test]
    fn the_last_decision_wins_and_one_decides_all_alternatives() {
        let mut findings = vec![finding("甲局", Some(1)), finding("甲局", Some(2)), finding("乙局", None)];
        let (cause, exact) = (findings[0].cause_key().to_owned(), findings[1].key.clone());
        let text = format!(
            "\u{feff}{HEADER}\n{}{}{}",
            decide(&cause, "confirmed"),
            decide(&cause, "waived"),
            decide(&exact, "explained")
        );
        let decisions = parse(&text, "decisions.csv").unwrap();
        let stale = apply(&decisions, &mut findings, &Registry::default(), |_, _| true);
        let status: Vec<Status> = findings.iter().map(|f| f.status).collect();
        assert_eq!(status, [Status::Waived, Status::Explained, Status::Open]);
        assert_eq!(stale, []);
    }

    #[test]
    fn a_waiver_is_public_and_keeps_its_key() {
        let mut findings = vec![finding("甲局", None), finding("乙局", None)];
        let (key, message) = (findings[0].key.clone(), findings[0].message.clone());
        let text = format!("{HEADER}\n{key},waived,电话核实,张三,2025-02-03\n{},confirmed,内部意见,,\n", findings[1].key);
        assert_eq!(apply(&parse(&text, "d.csv").unwrap(), &mut findings, &Registry::default(), |_, _| true), []);
        assert_eq!(findings[0].message, format!("{message}【不追究：电话核实，张三，2025-02-03】"));
        assert!(findings[0].message_en.ends_with(" [waived: 电话核实, 张三, 2025-02-03]"));
        assert_eq!((findings[0].key.as_str(), findings[1].message.contains("内部意见")), (key.as_str(), false));
    }

    #[test]
    fn decisions_lapse_only_where_the_run_looked() {
        let text = format!(
            "{HEADER}\n{}{}{}",
            decide("balance:甲局:2024:0", "waived"),
            decide("balance:甲局:2019:0", "waived"),
            decide("balance:丙局:2024:0", "open")
        );
        let decisions = parse(&text, "decisions.csv").unwrap();
        let stale = apply(&decisions, &mut [], &Registry::default(), |agency, year| agency == "甲局" && year == 2024);
        let keys: Vec<&str> = stale.iter().map(|f| f.found[0].as_str()).collect();
        assert_eq!(keys, ["balance:甲局:2024:0"]);
        assert!(!stale[0].message.contains('{'), "{}", stale[0].message);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, want) in [
            (
                "key,decison\nk,waived\n",
                "d.csv, line 1: unknown column `decison`; did you mean `decision`? (columns: key,decision,reason,by,date)",
            ),
            ("key,reason\nk,r\n", "d.csv, line 1: column `decision` is missing (columns: key,decision,reason,by,date)"),
            (
                "key,decision\nk,waived\nk,waved\n",
                "d.csv, line 3: `waved` is no decision (confirmed, explained, waived, open); did you mean `waived`?",
            ),
            ("key,decision\nk\n", "d.csv, line 2: 1 columns where the header has 2"),
            ("key,decision\n,waived\n", "d.csv, line 2: the key is empty"),
        ] {
            assert_eq!(parse(text, "d.csv").unwrap_err().to_string(), want);
        }
        assert_eq!(parse("", "d.csv"), Ok(vec![]));
    }
}
