//! From a judgement to findings: one for each violated identity, the suspect cells that explain them, contradictions,
//! totals left blank.

use nianbao_form::{Cell, Finding, FindingBuilder, Identity, Report, Severity, State, Subject, decimal_text, rule};

use crate::Checked;
use crate::judge::Judgement;
use crate::plan::Plan;
use crate::suspect::{Case, Suspicion, suspects};
use crate::words::{Both, Speaker, difference, held};

/// Everything at hand while the findings of one report are written.
pub(crate) struct Scene<'a> {
    pub speaker: Speaker<'a>,
    pub report: &'a Report,
    pub subject: &'a Subject,
    pub identities: &'a [Identity],
    pub plan: &'a Plan,
    pub judgement: &'a Judgement,
    pub case: Case<'a>,
}

/// Adds what the identities of a report say.
pub(crate) fn identities(scene: &Scene<'_>, out: &mut Checked) {
    derived(scene, out);
    for conflict in &scene.judgement.conflicts {
        out.findings.push(scene.impossible(conflict));
    }
    if scene.judgement.violated.is_empty() {
        return;
    }
    for suspicion in suspects(&scene.case, scene.judgement) {
        let mut causes = if worth_telling(&suspicion) { scene.suspected(&suspicion) } else { Vec::new() };
        if !suspicion.complete && known_everywhere(scene, &suspicion) {
            causes.push(scene.cut_short(&suspicion));
        }
        let cause = causes.first().filter(|f| f.rule == "suspect-cell").map(|f| f.cause_key().to_owned());
        out.findings.append(&mut causes);
        for &i in &suspicion.identities {
            let mut finding = scene.violated(i);
            finding.cause.clone_from(&cause);
            out.findings.push(finding);
        }
    }
}

/// Blanks that the sound identities prove.
fn derived(scene: &Scene<'_>, out: &mut Checked) {
    let (plan, bounds) = (scene.plan, scene.judgement.proved());
    let mut keys: Vec<Option<String>> = vec![None; plan.len()];
    for (c, column) in plan.columns.iter().enumerate() {
        let Some(proof) = bounds.proof[c] else { continue };
        if !bounds.fixed(c) || scene.report.value(column.cell).state != State::Blank {
            continue;
        }
        let Some(number) = number(bounds.low[c]) else { continue };
        let key = keys[proof as usize].get_or_insert_with(|| scene.identities[proof as usize].key());
        out.derived.push((column.cell, number, key.clone()));
        if number != nianbao_form::Number::ZERO && column.total && scene.has_filled_part(column.cell) {
            out.findings.push(scene.missing_total(column.cell, &number.to_string()));
        }
    }
    out.derived.sort_by_key(|(cell, ..)| *cell);
}

fn number(millionths: i128) -> Option<nianbao_form::Number> {
    let limit = i128::from(nianbao_form::Number::LIMIT) * i128::from(nianbao_form::Number::SCALE);
    (millionths.abs() < limit).then(|| nianbao_form::Number::from_millionths(millionths as i64))
}

/// Where blanks leave room for every candidate and only one identity complains, the identity's own finding says all
/// there is to say.
fn worth_telling(suspicion: &Suspicion) -> bool {
    (suspicion.identities.len() > 1 && !suspicion.alternatives.is_empty())
        || suspicion.alternatives.iter().flat_map(|a| &a.changes).any(|c| c.exact().is_some())
}

/// Whether the search had figures to look at: with unread or blank cells in every violated identity it is those, not a
/// search that gave up, that keep the cause unknown.
fn known_everywhere(scene: &Scene<'_>, suspicion: &Suspicion) -> bool {
    suspicion.identities.iter().any(|&i| scene.judgement.ranges[i].min == scene.judgement.ranges[i].max)
}

impl Scene<'_> {
    pub(crate) fn find(&self, rule: &str) -> FindingBuilder {
        Finding::of(rule, self.subject)
    }

    fn bound(&self, cell: Cell) -> (i128, i128) {
        let at = self.plan.columns.iter().position(|c| c.cell == cell);
        at.map_or((0, crate::bounds::INFINITY), |c| (self.judgement.bounds.low[c], self.judgement.bounds.high[c]))
    }

    pub(crate) fn severity(&self, identities: &[usize]) -> Option<Severity> {
        identities.iter().map(|&i| &self.identities[i]).map(|i| i.severity.unwrap_or(rule(&i.name).severity)).max()
    }

    /// Identities in words, those that are violated with how far they are from holding.
    pub(crate) fn listed(&self, identities: &[usize]) -> Both {
        const SPELLED: usize = 8;
        let label = |&i: &usize| {
            let (label, range) = (self.speaker.identity(&self.identities[i]), self.judgement.ranges[i]);
            if range.has_zero() {
                return label;
            }
            let gap = difference(range);
            Both::new(format!("{}，现相差{}", label.zh, gap.zh), format!("{}, off by {}", label.en, gap.en))
        };
        let labels: Vec<Both> = identities.iter().take(SPELLED).map(label).collect();
        let list = Both::list(&labels, ("；", "; "));
        match identities.len() > SPELLED {
            true => Both::new(list.zh + "；等", list.en + "; …"),
            false => list,
        }
    }

    /// Whether an identity of which the cell is the whole has a part other than 0 in writing.
    fn has_filled_part(&self, total: Cell) -> bool {
        let filled = |c: &Cell| self.report.value(*c).number.is_some_and(|n| n != nianbao_form::Number::ZERO);
        self.identities.iter().any(|i| i.whole == [total] && i.parts.iter().any(filled))
    }

    fn missing_total(&self, cell: Cell, expected: &str) -> Finding {
        let name = self.speaker.cell(cell);
        self.find("missing-total")
            .cell(self.speaker.forms, cell, held(self.report, cell), expected)
            .suggest(expected)
            .with_both("cell", name.zh, name.en)
            .at(&self.report.value(cell).place)
            .build()
    }

    fn violated(&self, at: usize) -> Finding {
        let identity = &self.identities[at];
        let range = self.judgement.ranges[at];
        let label = self.speaker.identity(identity);
        let detail = self.speaker.detail(self.report, identity, &|c| self.bound(c));
        let gap = difference(range);
        let mut builder = self.find(&identity.name);
        // Σ parts, where all are known and one cell is the whole.
        let sum: Option<i128> =
            identity.parts.iter().map(|&c| self.report.counts_as(c).map(|n| i128::from(n.millionths()))).sum();
        for &cell in &identity.parts {
            builder = builder.cell(self.speaker.forms, cell, held(self.report, cell), "");
        }
        for &cell in &identity.whole {
            let expected = sum.filter(|_| identity.whole.len() == 1).map_or_else(String::new, decimal_text);
            builder = builder.cell(self.speaker.forms, cell, held(self.report, cell), expected);
        }
        speak_of_identity(builder, &label, &detail, &gap)
            .severity(identity.severity)
            .at(&self.place(identity))
            .score(range.nearest_to_zero().unsigned_abs() as f64 / nianbao_form::Number::SCALE as f64)
            .build()
    }

    /// Where the total stands, or the first cell of the identity whose place is known.
    fn place(&self, identity: &Identity) -> nianbao_form::Place {
        let all = identity.whole.iter().chain(&identity.parts).map(|&c| &self.report.value(c).place);
        all.into_iter().find(|p| **p != nianbao_form::Place::Unknown).cloned().unwrap_or_default()
    }

    fn impossible(&self, conflict: &[usize]) -> Finding {
        let mut builder = self.find("jointly-impossible").severity(self.severity(conflict));
        let mut cells: Vec<Cell> = conflict.iter().flat_map(|&i| self.identities[i].terms().map(|(c, _)| c)).collect();
        cells.sort_unstable();
        cells.dedup();
        cells.retain(|&c| self.report.counts_as(c).is_some());
        for &cell in &cells {
            builder = builder.cell(self.speaker.forms, cell, held(self.report, cell), "");
        }
        let listed = self.listed(conflict);
        let place = conflict.first().map(|&i| self.place(&self.identities[i])).unwrap_or_default();
        builder.with_both("identities", listed.zh, listed.en).at(&place).build()
    }
}

/// Fills what the wording of any rule asks for that an identity or a chain of a user's own form may be named after.
pub(crate) fn speak_of_identity(builder: FindingBuilder, label: &Both, detail: &Both, gap: &Both) -> FindingBuilder {
    let mut builder = builder
        .with_both("identity", label.zh.clone(), label.en.clone())
        .with_both("chain", label.zh.clone(), label.en.clone())
        .with_both("detail", detail.zh.clone(), detail.en.clone())
        .with_both("difference", gap.zh.clone(), gap.en.clone());
    for name in ["cell", "identities", "table", "section", "problem", "basis", "slip"] {
        builder = builder.with_both(name, label.zh.clone(), label.en.clone());
    }
    for name in ["reason", "ties", "test"] {
        builder = builder.with_both(name, detail.zh.clone(), detail.en.clone());
    }
    for name in ["count", "of", "line", "files", "false_alarms"] {
        builder = builder.with_both(name, gap.zh.clone(), gap.en.clone());
    }
    builder
}
