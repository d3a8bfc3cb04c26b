//! From a judgement to findings: one for each violated identity, the suspect cells that explain them, contradictions,
//! totals left blank.

use nianbao_form::{Cell, Finding, FindingBuilder, Identity, Report, Severity, State, Subject, decimal_text, rule};

use crate::Checked;
use crate::judge::Judgement;
use crate::plan::Plan;
use crate::suspect::{Change, Suspicion, suspects};
use crate::words::{Both, Speaker, difference, held, held_in_words};

/// Everything at hand while the findings of one report are written.
pub(crate) struct Scene<'a> {
    pub speaker: Speaker<'a>,
    pub report: &'a Report,
    pub subject: &'a Subject,
    pub identities: &'a [Identity],
    pub plan: &'a Plan,
    pub judgement: &'a Judgement,
}

/// Adds what the identities of a report say.
pub(crate) fn identities(scene: &Scene<'_>, known: &[bool], out: &mut Checked) {
    derived(scene, out);
    for conflict in &scene.judgement.conflicts {
        out.findings.push(scene.impossible(conflict));
    }
    if scene.judgement.violated.is_empty() {
        return;
    }
    for suspicion in suspects(scene.plan, scene.judgement, known) {
        let mut causes = Vec::new();
        if suspicion.alternatives.is_empty() {
            causes.extend(known_everywhere(scene, &suspicion).then(|| scene.cut_short(&suspicion)));
        } else if worth_telling(&suspicion) {
            causes = scene.suspected(&suspicion);
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
    suspicion.identities.len() > 1 || suspicion.alternatives.iter().flatten().any(|c| c.exact().is_some())
}

/// Whether the search had figures to look at: with unread or blank cells in every violated identity it is those, not a
/// search that gave up, that keep the cause unknown.
fn known_everywhere(scene: &Scene<'_>, suspicion: &Suspicion) -> bool {
    suspicion.identities.iter().any(|&i| scene.judgement.ranges[i].min == scene.judgement.ranges[i].max)
}

impl Scene<'_> {
    fn find(&self, rule: &str) -> FindingBuilder {
        Finding::of(rule, self.subject)
    }

    fn bound(&self, cell: Cell) -> (i128, i128) {
        let at = self.plan.columns.iter().position(|c| c.cell == cell);
        at.map_or((0, crate::bounds::INFINITY), |c| (self.judgement.bounds.low[c], self.judgement.bounds.high[c]))
    }

    fn severity(&self, identities: &[usize]) -> Option<Severity> {
        identities.iter().map(|&i| &self.identities[i]).map(|i| i.severity.unwrap_or(rule(&i.name).severity)).max()
    }

    fn listed(&self, identities: &[usize]) -> Both {
        let labels: Vec<Both> = identities.iter().map(|&i| self.speaker.identity(&self.identities[i])).collect();
        Both::list(&labels, ("；", "; "))
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

    /// What the alternatives of one cause have in common: the identities and all figures in them.
    fn cause(&self, identities: &[usize]) -> String {
        let mut text = String::new();
        for &i in identities {
            let identity = &self.identities[i];
            let figures: Vec<String> = identity.terms().map(|(c, _)| held(self.report, c)).collect();
            text.push_str(&format!("{}={};", identity.key(), figures.join(",")));
        }
        text
    }

    fn suspected(&self, suspicion: &Suspicion) -> Vec<Finding> {
        let cause = self.cause(&suspicion.identities);
        let listed = self.listed(&suspicion.identities);
        let all = &suspicion.alternatives;
        let build = |(at, changes): (usize, &Vec<Change>)| {
            let mut builder = self.find("suspect-cell").severity(self.severity(&suspicion.identities));
            let (mut names, mut found, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
            for change in changes {
                let cell = self.plan.columns[change.column].cell;
                let value = wording(change);
                builder = builder.cell(self.speaker.forms, cell, held(self.report, cell), value.zh.clone());
                if change.exact().is_some() && all.len() == 1 {
                    builder = builder.suggest(value.zh.clone());
                }
                names.push(self.speaker.cell(cell));
                found.push(held_in_words(self.report, cell));
                wanted.push(value);
            }
            let name = Both::list(&names, ("”和“", "” and “"));
            let (found, wanted) = (Both::list(&found, ("和", " and ")), Both::list(&wanted, ("和", " and ")));
            let ties = self.ties(suspicion, at);
            let cell = self.plan.columns[changes[0].column].cell;
            builder = builder
                .with_both("cell", name.zh, name.en)
                .with_both("found", found.zh, found.en)
                .with_both("expected", wanted.zh, wanted.en)
                .with_both("identities", listed.zh.clone(), listed.en.clone())
                .with("count", suspicion.identities.len().to_string())
                .with_both("ties", ties.zh, ties.en)
                .at(&self.report.value(cell).place);
            // One explanation alone needs no rank; its key is made of its cells and figures.
            if all.len() > 1 { builder.alternative(cause.clone(), at + 1).build() } else { builder.build() }
        };
        all.iter().enumerate().map(build).collect()
    }

    /// How many other explanations there are, and which.
    fn ties(&self, suspicion: &Suspicion, at: usize) -> Both {
        const NAMED: usize = 4;
        let others = suspicion.total - 1;
        let cells = suspicion.alternatives[at].len();
        if others == 0 {
            return if cells == 1 {
                Both::new("没有其他单元格能做到这一点。", "No other cell does.")
            } else {
                Both::new("改动更少或改动其他单元格都不能做到这一点。", "No fewer and no other cells do.")
            };
        }
        let name = |set: &Vec<Change>| {
            let names: Vec<Both> = set
                .iter()
                .map(|c| {
                    let (name, to) = (self.speaker.cell(self.plan.columns[c.column].cell), wording(c));
                    Both::new(format!("“{}”改为{}", name.zh, to.zh), format!("“{}” to {}", name.en, to.en))
                })
                .collect();
            Both::list(&names, ("且", " with "))
        };
        let named: Vec<Both> =
            suspicion.alternatives.iter().enumerate().filter(|(k, _)| *k != at).take(NAMED).map(|(_, set)| name(set)).collect();
        let rest = if others > named.len() { ("等", ", …") } else { ("", "") };
        let list = Both::list(&named, ("，", ", "));
        let zh = if cells == 1 { "个单元格" } else { "种改法" };
        let ways = if others == 1 { "way" } else { "ways" };
        Both::new(
            format!("仅凭勾稽关系不能认定，另有{others}{zh}同样可能：{}{}。", list.zh, rest.0),
            format!("The identities alone do not decide; {others} other {ways}: {}{}.", list.en, rest.1),
        )
    }

    fn cut_short(&self, suspicion: &Suspicion) -> Finding {
        let listed = self.listed(&suspicion.identities);
        self.find("budget")
            .values(self.cause(&suspicion.identities), "")
            .with_both("identities", listed.zh, listed.en)
            .with_both("found", "", "")
            .build()
    }
}

/// The value that a cell should hold, or between what it should lie.
fn wording(change: &Change) -> Both {
    let limit = i128::from(nianbao_form::Number::LIMIT) * i128::from(nianbao_form::Number::SCALE);
    let (low, high) = (decimal_text(change.low), decimal_text(change.high));
    match change.exact() {
        Some(_) => Both::new(low.clone(), low),
        None if change.high >= limit => Both::new(format!("≥{low}"), format!("≥{low}")),
        None if change.low <= -limit => Both::new(format!("≤{high}"), format!("≤{high}")),
        None => Both::new(format!("{low}–{high}"), format!("{low}–{high}")),
    }
}

/// Fills what the wording of any rule asks for that an identity or a chain of a user's own form may be named after.
pub(crate) fn speak_of_identity(builder: FindingBuilder, label: &Both, detail: &Both, gap: &Both) -> FindingBuilder {
    let mut builder = builder
        .with_both("identity", label.zh.clone(), label.en.clone())
        .with_both("chain", label.zh.clone(), label.en.clone())
        .with_both("detail", detail.zh.clone(), detail.en.clone())
        .with_both("difference", gap.zh.clone(), gap.en.clone());
    for name in ["cell", "identities", "table", "section", "problem", "basis"] {
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
