//! Suspect cells in words: what to change, which identities fail now and hold then, what else could be, how sure it is.

use nianbao_form::{Finding, decimal_text};

use crate::evidence::Told;
use crate::suspect::{Alternative, COMPLETE, Change, Suspicion};
use crate::verdicts::Scene;
use crate::words::{Both, held, held_in_words};

impl Scene<'_> {
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

    /// One finding for each alternative, the likeliest first.
    pub(crate) fn suspected(&self, suspicion: &Suspicion) -> Vec<Finding> {
        let cause = self.cause(&suspicion.identities);
        let listed = self.listed(&suspicion.identities);
        let all = &suspicion.alternatives;
        let build = |(at, alternative): (usize, &Alternative)| {
            let changes = &alternative.changes;
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
            let (ties, slip) = (self.ties(suspicion, at, true), slip(alternative));
            let plain = self.ties(suspicion, at, false);
            let cell = self.plan.columns[changes[0].column].cell;
            builder = builder
                .with_both("cell", name.zh, name.en)
                .with_both("found", found.zh, found.en)
                .with_both("expected", wanted.zh, wanted.en)
                .with_both("identities", listed.zh.clone(), listed.en.clone())
                .with("count", suspicion.identities.len().to_string())
                .with_both("slip", slip.zh, slip.en)
                .with_both("ties", ties.zh, ties.en)
                .with_both("plain_ties", plain.zh, plain.en)
                .at(&self.report.value(cell).place);
            // One explanation alone needs no rank; its key is made of its cells and figures.
            if all.len() > 1 { builder.alternative(cause.clone(), at + 1).build() } else { builder.build() }
        };
        all.iter().enumerate().map(build).collect()
    }

    /// How many other explanations there are, which, and whether the first is as good as certain; with the
    /// likelihoods or, for letters, without them.
    fn ties(&self, suspicion: &Suspicion, at: usize, likelihoods: bool) -> Both {
        let alternative = &suspicion.alternatives[at];
        let others = suspicion.total - 1;
        if others == 0 {
            return match (suspicion.complete, alternative.changes.len()) {
                (false, _) => Both::new("", ""),
                (_, 1) => Both::new("没有其他单元格能做到这一点。", "No other cell does."),
                _ => Both::new("没有同样少或更少的其他改法。", "No other change of so few cells does."),
            };
        }
        let list = self.others(suspicion, at);
        let single = suspicion.alternatives.iter().all(|a| a.changes.len() == 1);
        let zh = if single { "个单元格" } else { "种改法" };
        let ways = if others == 1 { "way" } else { "ways" };
        let share = percent(alternative.share);
        let said = self.said(alternative);
        if !likelihoods {
            return Both::new(
                format!("{}另有{others}{zh}也能做到：{}。", said.zh, list.zh),
                format!("{}{others} other {ways} would do: {}.", said.en, list.en),
            );
        }
        match (suspicion.decided(), at) {
            (true, 0) => Both::new(
                format!("{}另有{others}{zh}也能做到，但可能性小得多（本项{}）：{}。", said.zh, share.zh, list.zh),
                format!(
                    "{}{others} other {ways} would do but are far less likely (this one has {}): {}.",
                    said.en, share.en, list.en
                ),
            ),
            (true, _) => Both::new(
                format!("可能性较小（{}），另有{others}{zh}：{}。", share.zh, list.zh),
                format!("Less likely ({}); {others} other {ways}: {}.", share.en, list.en),
            ),
            (false, _) => Both::new(
                format!("{}不能认定：本项可能性{}，另有{others}{zh}：{}。", said.zh, share.zh, list.zh),
                format!("{}Undecidable: this has {}; {others} other {ways}: {}.", said.en, share.en, list.en),
            ),
        }
    }

    /// That the report's own words give a figure that is proposed.
    fn said(&self, alternative: &Alternative) -> Both {
        let told = |c: &&Change| {
            let cell = self.plan.columns[c.column].cell;
            let same = |t: &Told| t.cell == cell && c.exact() == Some(i128::from(t.number.millionths()));
            self.case.evidence.told.iter().any(same)
        };
        match alternative.changes.iter().find(told) {
            Some(change) => {
                let to = wording(change);
                Both::new(format!("报告正文所写也是{}。", to.zh), format!("The report's own words say {} as well. ", to.en))
            }
            None => Both::new("", ""),
        }
    }

    fn others(&self, suspicion: &Suspicion, at: usize) -> Both {
        const NAMED: usize = 4;
        const SPELLED: usize = 4;
        let name = |alternative: &Alternative| {
            let one = |c: &Change| {
                let (name, to) = (self.speaker.cell(self.plan.columns[c.column].cell), wording(c));
                Both::new(format!("“{}”改为{}", name.zh, to.zh), format!("“{}” to {}", name.en, to.en))
            };
            let names: Vec<Both> = alternative.changes.iter().take(SPELLED).map(one).collect();
            let mut text = Both::list(&names, ("且", " with "));
            if alternative.changes.len() > SPELLED {
                text = Both::new(text.zh + "等", text.en + ", …");
            }
            text
        };
        let others = suspicion.alternatives.iter().enumerate().filter(|(k, _)| *k != at).take(NAMED);
        let named: Vec<Both> = others.map(|(_, a)| name(a)).collect();
        let list = Both::list(&named, ("，", ", "));
        match suspicion.total - 1 > named.len() {
            true => Both::new(list.zh + "等", list.en + ", …"),
            false => list,
        }
    }

    /// That the search ended before everything was looked at.
    pub(crate) fn cut_short(&self, suspicion: &Suspicion) -> Finding {
        let listed = self.listed(&suspicion.identities);
        let ties = match suspicion.alternatives.is_empty() {
            true => Both::new("请对照原件逐格核对。", "Compare the original cell by cell."),
            false => {
                Both::new("已列出的改法成立，但可能还有改动更少的办法。", "What is listed holds; there may be less to change.")
            }
        };
        self.find("budget")
            .values(self.cause(&suspicion.identities), "")
            .with_both("identities", listed.zh, listed.en)
            .with("count", suspicion.identities.len().to_string())
            .with("of", COMPLETE.to_string())
            .with_both("found", "", "")
            .with_both("ties", ties.zh, ties.en)
            .build()
    }
}

/// The slip that the figures look like, in brackets; nothing where they look like none.
fn slip(alternative: &Alternative) -> Both {
    let words = alternative.operation.map(|o| o.words()).or_else(|| alternative.slip.and_then(|s| s.words()));
    words.map_or_else(|| Both::new("", ""), |(zh, en)| Both::new(format!("（疑为{zh}）"), format!(" ({en})")))
}

/// A probability as a clerk reads it; never 100 % of what is not certain.
fn percent(share: f64) -> Both {
    match share * 100.0 {
        p if p < 1.0 => Both::new("不足1%", "below 1%"),
        p if p > 99.0 => Both::new("超过99%", "above 99%"),
        p => Both::new(format!("约{p:.0}%"), format!("about {p:.0}%")),
    }
}

/// The value that a cell should hold, or between what it should lie.
fn wording(change: &Change) -> Both {
    let limit = i128::from(nianbao_form::Number::LIMIT) * i128::from(nianbao_form::Number::SCALE) - 1;
    let (low, high) = (decimal_text(change.low), decimal_text(change.high));
    match change.exact() {
        Some(_) => Both::new(low.clone(), low),
        None if change.high >= limit => Both::new(format!("≥{low}"), format!("≥{low}")),
        None if change.low <= -limit => Both::new(format!("≤{high}"), format!("≤{high}")),
        None => Both::new(format!("{low}–{high}"), format!("{low}–{high}")),
    }
}
