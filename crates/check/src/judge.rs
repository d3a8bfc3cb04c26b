//! Holds, violated or undecided: the verdict on every identity of one report, and what the sound ones prove.

use crate::bounds::{Bounds, Range};
use crate::joint;
use crate::plan::Plan;

/// What the identities say of one report.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    /// Figures as found; unknown cells as far as sound identities over sound cells bound them.
    pub bounds: Bounds,
    /// What is proved beyond doubt, where that is less than `bounds` says: nothing about cells that stand in an identity
    /// that cannot hold, and nothing through them.
    pub strict: Option<Bounds>,
    /// Σ parts − Σ whole of every identity within `bounds`.
    pub ranges: Vec<Range>,
    /// Identities that cannot hold.
    pub violated: Vec<usize>,
    /// Sets of identities each of which could hold, but not all together.
    pub conflicts: Vec<Vec<usize>>,
}

impl Judgement {
    /// Bounds from which figures may be derived.
    pub(crate) fn proved(&self) -> &Bounds {
        self.strict.as_ref().unwrap_or(&self.bounds)
    }

    /// How many identities hold, are violated, are undecided.
    pub(crate) fn verdicts(&self) -> [usize; 3] {
        let violated = self.violated.len();
        let in_conflict = |i: usize| self.conflicts.iter().any(|set| set.contains(&i));
        let holds = (0..self.ranges.len()).filter(|&i| self.ranges[i].is_zero() && !in_conflict(i)).count();
        [holds, violated, self.ranges.len() - holds - violated]
    }
}

/// Judges a report by its figures. Nothing is proved through an identity that is violated or part of a contradiction,
/// nor from a figure that stands in one: one of those figures is wrong, and what would follow from it with it.
pub(crate) fn judge(plan: &Plan, figures: &[Option<i64>]) -> Judgement {
    let found = Bounds::new(plan, figures);
    let ranges: Vec<Range> = (0..plan.len()).map(|i| found.range(plan, i)).collect();
    let mut sound: Vec<bool> = ranges.iter().map(|r| r.has_zero()).collect();
    let mut violated: Vec<usize> = (0..plan.len()).filter(|&i| !sound[i]).collect();
    let mut conflicts = Vec::new();
    if figures.iter().all(Option::is_some) {
        // Nothing is left to prove: the sound identities hold as they stand.
        return Judgement { bounds: found, strict: None, ranges, violated, conflicts };
    }
    // Every turn takes at least one identity out of the sound ones.
    loop {
        let (bounds, ranges) = match prove(plan, figures, &found, &sound) {
            Ok(proved) => proved,
            Err(conflict) => {
                for &i in &conflict {
                    sound[i] = false;
                }
                conflicts.push(conflict);
                continue;
            }
        };
        let fresh: Vec<usize> = (0..plan.len()).filter(|&i| sound[i] && !ranges[i].has_zero()).collect();
        if fresh.is_empty() {
            let strict = sound.contains(&false).then(|| strictly(plan, &found, &sound));
            return Judgement { bounds, strict, ranges, violated, conflicts };
        }
        for i in fresh {
            sound[i] = false;
            violated.push(i);
        }
        violated.sort_unstable();
    }
}

type Proved = (Bounds, Vec<Range>);

/// Bounds by the sound identities, doubtful figures left out of the proof and put back afterwards.
fn prove(plan: &Plan, figures: &[Option<i64>], found: &Bounds, sound: &[bool]) -> Result<Proved, Vec<usize>> {
    let mut bounds = found.clone();
    let doubtful: Vec<usize> =
        (0..plan.columns.len()).filter(|&c| figures[c].is_some() && plan.of(c).any(|(i, _)| !sound[i])).collect();
    for &c in &doubtful {
        bounds.relax(plan, c);
    }
    joint::narrow(plan, &mut bounds, sound, false)?;
    for c in doubtful {
        (bounds.low[c], bounds.high[c], bounds.proof[c]) = (found.low[c], found.high[c], None);
    }
    let ranges = (0..plan.len()).map(|i| bounds.range(plan, i)).collect();
    Ok((bounds, ranges))
}

/// Bounds by the sound identities over cells that stand in no other.
fn strictly(plan: &Plan, found: &Bounds, sound: &[bool]) -> Bounds {
    let mut bounds = found.clone();
    for c in 0..plan.columns.len() {
        if plan.of(c).any(|(i, _)| !sound[i]) {
            bounds.relax(plan, c);
            bounds.frozen[c] = true;
        }
    }
    // The same identities over fewer figures: they cannot contradict each other now.
    let consistent = bounds.propagate(plan, sound).is_ok();
    if consistent { bounds } else { found.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nianbao_form::{Form, Forms, Number, Place, Report, Value};
    use std::path::Path;

    /// A 2 × 2 table with totals around it.
    const FORM: &str = r#"
id = "square"
title = "Square"
language = "en"
from = 2000
[[block]]
id = "t"
unit = "cases"
columns = [ { id = "x", label = "x" }, { id = "y", label = "y" }, { id = "sum", label = "sum", total = true } ]
rows = [ { id = "a", label = "a" }, { id = "b", label = "b" }, { id = "sum", label = "sum", total = true } ]
[[identity]]
name = "row"
each = { row = ["a", "b"] }
parts = ["{row}.x", "{row}.y"]
whole = ["{row}.sum"]
[[identity]]
name = "column"
each = { column = ["x", "y"] }
parts = ["a.{column}", "b.{column}"]
whole = ["sum.{column}"]
"#;

    /// Judges nine figures, row by row; `.` is a blank.
    fn square(text: &str) -> (Vec<String>, Judgement) {
        let mut forms = Forms::empty();
        let ix = forms.add(Path::new("square.toml"), FORM, true).expect("sound form");
        let form: &Form = forms.form(ix);
        let mut report = Report::new(&forms, "t", "t", 2000, ix);
        for (&cell, word) in form.cells.iter().zip(text.split_whitespace()) {
            if let Ok(n) = Number::parse(word) {
                report.set(cell, Value::number(n, word, Place::Unknown));
            }
        }
        let plan = Plan::new(&forms, ix, &form.identities);
        let judgement = judge(&plan, &plan.figures(&report));
        let keys = form.identities.iter().map(|i| i.key()).collect();
        (keys, judgement)
    }

    #[test]
    fn verdicts_of_small_tables() {
        // figures, verdicts, number of contradictions
        for (figures, verdicts, conflicts) in [
            ("1 2 3  4 5 9  5 7 12", [4, 0, 0], 0),
            ("1 2 3  4 5 8  5 7 12", [3, 1, 0], 0),
            ("1 . 3  4 5 9  5 . 12", [4, 0, 0], 0),
            (". . 3  . . 9  5 7 12", [0, 0, 4], 0),
            (". . 0  . . 9  . . 9", [1, 0, 3], 0),
            // Rows ask for 9 inside the table, columns for 8: bounds creep towards each other until they cross.
            (". . 4  . . 5  3 5 .", [0, 0, 4], 1),
            // The same with so far to creep that only elimination sees it.
            (". . 4000  . . 5000  3000 5999 .", [0, 0, 4], 1),
            (". . .  . . .  . . .", [0, 0, 4], 0),
        ] {
            let (_, j) = square(figures);
            assert_eq!((j.verdicts(), j.conflicts.len()), (verdicts, conflicts), "{figures}: {j:?}");
        }
    }

    #[test]
    fn contradictions_are_minimal() {
        let (keys, j) = square(". . 0  3 . .  4 . .");
        let named: Vec<&str> = j.conflicts[0].iter().map(|&i| keys[i].as_str()).collect();
        assert_eq!(named, ["row:a", "column:x"]);
    }

    #[test]
    fn nothing_is_proved_through_a_violated_identity() {
        // Row b says 4 + 5 ≠ 8, so the blank of column y must not be taken from it.
        let (_, j) = square("1 . 3  4 5 8  5 7 12");
        assert_eq!((j.bounds.low[1], j.bounds.high[1]), (2_000_000, 2_000_000), "row a is sound");
        assert!(j.proved().fixed(1) && !j.violated.is_empty());
        let (_, j) = square(". . 3  4 5 8  5 7 12");
        assert!(!j.proved().fixed(0) && !j.proved().fixed(1), "both columns pass through row b");
    }
}
