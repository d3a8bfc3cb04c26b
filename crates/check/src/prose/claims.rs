//! Numbers in the narrative against the tables: what a clause claims, whether the tables say so, and whether a legitimate
//! reading explains a difference. A clause that is not wholly understood is passed over.

use nianbao_form::{Cell, Claim, Number, Prose, Report, State, Term};

use crate::evidence::Told;

use super::clause::{Amount, Clause, amounts, clauses, distributed, paragraphs};

/// A figure that the narrative states of cells of the tables, last year's or a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// The cells whose sum it is about.
    pub cells: Vec<Cell>,
    /// What the narrative says.
    pub found: String,
    /// What the tables say.
    pub expected: String,
    /// How that was worked out.
    pub why: Why,
    /// The clause.
    pub quote: String,
}

/// Against what a figure was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// This year's tables.
    Table,
    /// This year's and last year's tables: both sums.
    LastYear(Number, Number),
    /// Its own arithmetic.
    Share,
    /// This year's figure under last year's name.
    Year,
}

/// What was stated last: the figure that a comparison or share in the next clause speaks of.
struct Stated<'a> {
    claim: &'a Claim,
    value: Number,
    /// The share in per cent that was stated of it, and the smallest step that it tells.
    share: Option<(f64, f64)>,
}

/// Reads the paragraphs of one report.
pub(crate) struct Reader<'a> {
    prose: &'a Prose,
    report: &'a Report,
    last: Option<&'a Report>,
    /// The agency's own names, which say nothing about a number.
    names: Vec<String>,
    /// Keys of claims: position, key.
    says: Vec<(usize, String)>,
    denies: Vec<(usize, String)>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(prose: &'a Prose, report: &'a Report, last: Option<&'a Report>, names: Vec<String>) -> Reader<'a> {
        let mut reader = Reader { prose, report, last, names, says: Vec::new(), denies: Vec::new() };
        for (at, claim) in prose.claims.iter().enumerate() {
            reader.says.extend(claim.says.iter().map(|s| (at, reader.key(s))).collect::<Vec<_>>());
            reader.denies.extend(claim.denies.iter().map(|s| (at, reader.key(s))).collect::<Vec<_>>());
        }
        reader
    }

    /// A wording without the agency's name and the words that say nothing.
    fn key(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for name in &self.names {
            out = out.replace(name.as_str(), "");
        }
        for word in &self.prose.filler {
            if out.contains(word.as_str()) {
                out = out.replace(word.as_str(), "");
            }
        }
        out
    }

    /// What of a text disagrees with the tables.
    pub(crate) fn text(&self, text: &str) -> Vec<Mismatch> {
        paragraphs(text).iter().flat_map(|paragraph| self.paragraph(paragraph, &mut Vec::new())).collect()
    }

    /// The figures that a text states for single cells; none that another legitimate reading of it explains.
    pub(crate) fn told(&self, text: &str) -> Vec<Told> {
        let mut told = Vec::new();
        paragraphs(text).iter().for_each(|paragraph| drop(self.paragraph(paragraph, &mut told)));
        told
    }

    fn tell(&self, claim: &Claim, amount: &Amount) -> Option<Told> {
        let [cell] = claim.cells[..] else { return None };
        let elsewhere = claim.or.iter().filter_map(|terms| self.terms(self.report, terms)).any(|n| n == amount.value);
        (amount.unit != "元" && !elsewhere).then_some(Told { cell, number: amount.value })
    }

    fn paragraph(&self, paragraph: &str, told_of: &mut Vec<Told>) -> Vec<Mismatch> {
        let clauses = distributed(clauses(paragraph), &self.prose.units);
        let numbers: Vec<Number> = clauses
            .iter()
            .flat_map(|c| amounts(&c.text, &self.prose.units))
            .filter(|a| self.prose.units.contains(&a.unit))
            .map(|a| a.value)
            .collect();
        let mut out = Vec::new();
        let mut subject: Option<usize> = None;
        let mut stated: Option<Stated<'_>> = None;
        let mut other_time = false;
        let mut told = 0;
        for clause in &clauses {
            let found = amounts(&clause.text, &self.prose.units);
            for year in found.iter().filter(|a| a.unit == "年" && (1990..2100).contains(&a.value.trunc())) {
                other_time = year.value.trunc() != i64::from(self.report.year);
                // 截至2022年底 is a day, not a year.
                let whole = year.range.start == 0 && !clause.text[year.range.end..].starts_with(['底', '末', '起', '以', '至']);
                told = if whole { year.value.trunc() } else { 0 };
            }
            subject = self.subject(&clause.text).or(subject);
            let rest = self.rest(clause, &found);
            let figures: Vec<&Amount> = found.iter().filter(|a| !matches!(a.unit.as_str(), "年" | "月" | "日" | "号")).collect();
            if let (Some(before), [amount]) = (&stated, figures.as_slice())
                && let Some(result) = self.compared(before, &rest, amount, clause)
            {
                out.extend(result);
            } else if let (Some(before), [amount]) = (&stated, figures.as_slice())
                && amount.unit == "%"
            {
                out.extend(self.share(before, &rest, amount, clause, &numbers));
                let said = (amount.value.to_f64(), amount.step() as f64 / Number::SCALE as f64);
                let share = Some(said).filter(|_| self.is_share(&rest, clause) && !amount.rough);
                stated = Some(Stated { share, ..*before });
            } else if other_time && told + 1 == i64::from(self.report.year) {
                let plain = !self.prose.elsewhere.iter().any(|w| clause.text.contains(w.as_str()));
                if let (Some(subject), [amount], true) = (subject, figures.as_slice(), plain) {
                    out.extend(self.under_last_year(subject, &rest, amount, clause));
                }
                stated = None;
            } else if other_time || self.prose.elsewhere.iter().any(|w| clause.text.contains(w.as_str())) {
                stated = None;
            } else if let Some(subject) = subject {
                stated = match figures.as_slice() {
                    [amount] if !amount.rough => self.claimed(subject, &rest, amount).map(|claim| {
                        out.extend(self.against_table(claim, amount, clause));
                        told_of.extend(self.tell(claim, amount));
                        Stated { claim, value: amount.value, share: None }
                    }),
                    [] => {
                        out.extend(self.denied(subject, &rest, clause));
                        None
                    }
                    _ => None,
                };
            }
            if matches!(clause.end, '。' | '！' | '？' | ' ') {
                other_time = false;
                stated = None;
            }
        }
        out
    }

    /// The subject that a clause brings up: that of the longest word of it.
    fn subject(&self, text: &str) -> Option<usize> {
        let words = self.prose.subjects.iter().enumerate().flat_map(|(at, s)| s.words.iter().map(move |w| (at, w)));
        words.filter(|(_, w)| text.contains(w.as_str())).max_by_key(|(at, w)| (w.len(), usize::MAX - at)).map(|(at, _)| at)
    }

    /// What is left of a clause without its numbers and filler.
    fn rest(&self, clause: &Clause, found: &[Amount]) -> String {
        let mut text = clause.text.clone();
        for amount in found.iter().rev() {
            text.replace_range(amount.range.clone(), "");
        }
        self.key(&text)
    }

    fn claimed(&self, subject: usize, rest: &str, amount: &Amount) -> Option<&'a Claim> {
        let fits = |(at, key): &&(usize, String)| self.prose.claims[*at].subject == subject && key == rest;
        let claim = self.says.iter().find(fits).map(|(at, _)| &self.prose.claims[*at])?;
        (self.prose.units.contains(&amount.unit) && !rest.is_empty()).then_some(claim)
    }

    /// The sum of cells, if every one is known.
    fn sum(&self, report: &Report, terms: impl IntoIterator<Item = (i64, Cell)>) -> Option<Number> {
        let mut total = 0i64;
        for (sign, cell) in terms {
            // A row that the document does not have adds nothing to a sum of rows.
            let value = match report.value(cell).state {
                State::Absent => continue,
                _ => report.counts_as(cell)?,
            };
            total = total.checked_add(sign * value.millionths())?;
        }
        Some(Number::from_millionths(total))
    }

    fn cells(&self, report: &Report, cells: &[Cell]) -> Option<Number> {
        let known = cells.iter().any(|c| report.value(*c).state != State::Absent);
        known.then(|| self.sum(report, cells.iter().map(|c| (1, *c)))).flatten()
    }

    fn terms(&self, report: &Report, terms: &[Term]) -> Option<Number> {
        self.sum(report, terms.iter().map(|t| (t.sign, t.cell)))
    }

    /// Every legitimate reading of a claim in a report.
    fn readings(&self, report: &Report, claim: &Claim) -> Vec<Number> {
        let plain = self.cells(report, &claim.cells);
        plain.into_iter().chain(claim.or.iter().filter_map(|terms| self.terms(report, terms))).collect()
    }

    fn against_table(&self, claim: &Claim, amount: &Amount, clause: &Clause) -> Option<Mismatch> {
        let value = if amount.unit == "元" { Number::from_millionths(amount.value.millionths() / 10_000) } else { amount.value };
        let expected = self.cells(self.report, &claim.cells)?;
        let near = |n: &Number| (n.millionths() - value.millionths()).abs() <= amount.step() / 2;
        if self.readings(self.report, claim).iter().any(near) {
            return None;
        }
        Some(self.mismatch(claim, amount.value.to_string() + &amount.unit, expected.to_string(), Why::Table, clause))
    }

    /// A figure that is said to be last year's and is this year's: what was not changed in last year's text is the year. Only
    /// where both years' tables are there and a count is too large to be the same by chance.
    fn under_last_year(&self, subject: usize, rest: &str, amount: &Amount, clause: &Clause) -> Option<Mismatch> {
        const TELLING: i64 = 10;
        let claim = self.claimed(subject, rest, amount).filter(|_| !amount.rough && amount.value.trunc() >= TELLING)?;
        let then = self.cells(self.last?, &claim.cells)?;
        let is = |readings: Vec<Number>| readings.contains(&amount.value);
        let other = is(self.readings(self.report, claim)) && !is(self.readings(self.last?, claim));
        let said = amount.value.to_string() + &amount.unit;
        other.then(|| self.mismatch(claim, said, then.to_string(), Why::Year, clause))
    }

    fn denied(&self, subject: usize, rest: &str, clause: &Clause) -> Option<Mismatch> {
        let fits = |(at, key): &&(usize, String)| self.prose.claims[*at].subject == subject && key == rest;
        let claim = self.denies.iter().find(fits).map(|(at, _)| &self.prose.claims[*at])?;
        // 无 alone, under some other heading, denies nothing of this.
        let named = self.prose.subjects[subject].words.iter().any(|w| clause.text.contains(w.as_str()));
        let expected = self.cells(self.report, &claim.cells).filter(|n| named && *n != Number::ZERO)?;
        let settled = self.readings(self.report, claim).contains(&Number::ZERO);
        (!settled).then(|| self.mismatch(claim, "0".into(), expected.to_string(), Why::Table, clause))
    }

    /// A comparison with the year before: `None` if the clause is none, `Some(None)` if it is right or can not be judged.
    fn compared(&self, before: &Stated<'_>, rest: &str, amount: &Amount, clause: &Clause) -> Option<Option<Mismatch>> {
        let strip = |words: &[String], text: &str| -> Option<String> {
            let word = words.iter().filter(|w| text.starts_with(self.key(w).as_str())).max_by_key(|w| self.key(w).len())?;
            Some(text[self.key(word).len()..].to_owned())
        };
        let verb = strip(&self.prose.compared, rest)?;
        let sign = match (strip(&self.prose.more, &verb), strip(&self.prose.less, &verb)) {
            (Some(end), _) if end.is_empty() => 1.0,
            (_, Some(end)) if end.is_empty() => -1.0,
            _ => return Some(None),
        };
        if matches!(amount.unit.as_str(), "个百分点" | "百分点") {
            return Some(self.points(before, sign * amount.value.to_f64(), amount, clause));
        }
        let last = self.last?;
        let (Some(now), Some(then)) = (self.cells(self.report, &before.claim.cells), self.cells(last, &before.claim.cells))
        else {
            return Some(None);
        };
        let mut nows = self.readings(self.report, before.claim);
        nows.push(before.value);
        let thens = self.readings(last, before.claim);
        let stated = sign * amount.value.to_f64();
        let change = |a: &Number, b: &Number| -> Option<f64> {
            let (a, b) = (a.to_f64(), b.to_f64());
            match amount.unit.as_str() {
                "%" if b > 0.0 => Some((a - b) / b * 100.0),
                "倍" if b > 0.0 => Some((a - b) / b),
                "%" | "倍" | "个百分点" | "" => None,
                _ => Some(a - b),
            }
        };
        let expected = change(&now, &then)?;
        let width =
            amount.step() as f64 / Number::SCALE as f64 * if matches!(amount.unit.as_str(), "%" | "倍") { 1.0 } else { 0.5 };
        let fits = |a: &Number| thens.iter().any(|b| change(a, b).is_some_and(|c| (c - stated).abs() <= width + 1e-9));
        if amount.rough || nows.iter().any(fits) {
            return Some(None);
        }
        let words = if amount.unit == "%" || amount.unit == "倍" {
            format!("{expected:+.*}{}", amount.decimals.max(1) as usize, amount.unit)
        } else {
            format!("{expected:+}{}", amount.unit)
        };
        let found = format!("{}{}{}", if sign < 0.0 { "-" } else { "+" }, amount.value, amount.unit);
        Some(Some(self.mismatch(before.claim, found, words, Why::LastYear(now, then), clause)))
    }

    /// A share that has risen or fallen by so many percentage points: an error only if the total that the share is of says
    /// otherwise for the year before.
    fn points(&self, before: &Stated<'_>, stated: f64, amount: &Amount, clause: &Clause) -> Option<Mismatch> {
        let ((share, step), last) = (before.share?, self.last?);
        // Both shares are rounded, and so is what is said of them.
        let width = step + amount.step() as f64 / Number::SCALE as f64;
        let of = |part: &Number, whole: Number| part.to_f64() / whole.to_f64() * 100.0;
        let mut changes = Vec::new();
        for base in &self.prose.subjects[before.claim.subject].base {
            let whole = |report| self.cells(report, base).filter(|n| *n != Number::ZERO);
            let (Some(now), Some(then)) = (whole(self.report), whole(last)) else { continue };
            if (of(&before.value, now) - share).abs() <= step {
                changes.extend(self.readings(last, before.claim).iter().map(|part| share - of(part, then)));
            }
        }
        let first = *changes.first().filter(|_| !amount.rough)?;
        if changes.iter().any(|c| (c - stated).abs() <= width + 1e-9) {
            return None;
        }
        let expected = format!("{first:+.*}个百分点", amount.decimals.max(1) as usize);
        let found = format!("{stated:+}{}", amount.unit);
        Some(self.mismatch(before.claim, found, expected, Why::Share, clause))
    }

    fn is_share(&self, rest: &str, clause: &Clause) -> bool {
        (rest.is_empty() && clause.inside) || self.prose.shares.iter().any(|s| self.key(s) == rest)
    }

    /// A share behind a figure: an error only if it is the share of nothing that the report states.
    fn share(&self, before: &Stated<'_>, rest: &str, amount: &Amount, clause: &Clause, numbers: &[Number]) -> Option<Mismatch> {
        if !self.is_share(rest, clause) || amount.rough || before.value == Number::ZERO {
            return None;
        }
        let base = &self.prose.subjects[before.claim.subject].base;
        let sums: Vec<Number> = base.iter().filter_map(|cells| self.cells(self.report, cells)).collect();
        let first = *sums.first()?;
        let part = before.value.to_f64();
        let share = |n: &Number| part / n.to_f64() * 100.0;
        let width = amount.step() as f64 / Number::SCALE as f64;
        let fits = |n: &Number| *n != Number::ZERO && (share(n) - amount.value.to_f64()).abs() <= width + 1e-9;
        if sums.iter().chain(numbers).any(fits) || first == Number::ZERO {
            return None;
        }
        let expected = format!("{:.*}%", amount.decimals as usize, share(&first));
        Some(self.mismatch(before.claim, format!("{}%", amount.value), expected, Why::Share, clause))
    }

    fn mismatch(&self, claim: &Claim, found: String, expected: String, why: Why, clause: &Clause) -> Mismatch {
        Mismatch { cells: claim.cells.clone(), found, expected, why, quote: clause.said.as_ref().unwrap_or(&clause.text).clone() }
    }
}
