//! Figures that have run together, taken apart where the form's identities leave one way.
//!
//! `640020470` may be 64, 0, 0, 2, 0, 4, 70 or many other things. For each row every way to part its digits among its
//! cells is listed; ways that break an identity within the row are dropped, then, identity by identity, those that no way
//! of the other rows can complete, until nothing changes. A figure is proved only if it is the same in every way that is
//! left. Dropping less than could be dropped leaves figures unread, never wrong.
//!
//! What this rests on:
//! 1. The identities hold in the report, a blank counting as 0. Where none of the ways of some row is left they do not, and
//!    nothing at all is proved.
//! 2. Figures have no leading zeros and no separators; a gap between digits is an edge of a cell.
//! 3. No cell with a figure in it was left blank. Blanks leave no trace in such text, so this needs evidence: some row is
//!    nothing but as many zeros as it has cells (so the agency prints its zeros, in totals too), and no row has fewer
//!    digits than cells. Blanks that stand for 0 are considered even then. Without that evidence, digits that belong
//!    together with their neighbours cannot be told from a neighbour that is blank: moving the last digit of each figure
//!    to the next column keeps every identity.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use nianbao_form::{Cell, Identity};

/// A row: its cells in the order in which they are printed, and its digits between gaps.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub cells: Vec<Cell>,
    pub chunks: Vec<String>,
}

/// What a cell was proved to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proved {
    /// A number.
    Number(i64),
    /// Nothing.
    Blank,
    /// It may be several things.
    Open,
}

/// Ways of one row: for each cell its number, or nothing if it is blank.
type Way = Box<[Option<i64>]>;

/// Steps that listing the ways of a row may take, ways that a row may have, sums that an identity may have, and rounds.
const MAX_STEPS: usize = 200_000;
const MAX_WAYS: usize = 20_000;
const MAX_SUMS: usize = 50_000;
const MAX_ROUNDS: usize = 200;
/// Ways that are tried one by one, and additions that all of it may take: a second or two.
const MAX_TRIALS: usize = 400;
const MAX_WORK: usize = 30_000_000;
/// Digits of one figure.
const MAX_DIGITS: usize = 10;

/// Takes the rows of a table apart. `None` if nothing is proved.
pub(crate) fn table(identities: &[Identity], rows: &[Row]) -> Option<Vec<Vec<Proved>>> {
    let digits = |r: &Row| r.chunks.iter().map(String::len).sum::<usize>();
    let zeros = |r: &Row| digits(r) == r.cells.len() && r.chunks.iter().all(|c| c.bytes().all(|b| b == b'0'));
    let evidence = rows.iter().any(zeros) && rows.iter().all(|r| digits(r) >= r.cells.len());
    if !evidence {
        // As many zeros as cells are a full row whatever the others are.
        let alone = |r: &Row| if zeros(r) { vec![Proved::Number(0); r.cells.len()] } else { vec![Proved::Open; r.cells.len()] };
        return rows.iter().any(zeros).then(|| rows.iter().map(alone).collect());
    }
    solve(identities, rows, true)
}

/// Takes a line of figures apart in which no cell is blank, as other tables of the document show.
pub(crate) fn line(identities: &[Identity], row: &Row) -> Option<Vec<Proved>> {
    solve(identities, std::slice::from_ref(row), false)?.pop()
}

fn solve(identities: &[Identity], rows: &[Row], blanks: bool) -> Option<Vec<Vec<Proved>>> {
    let mut ways: Vec<Option<Vec<Way>>> = rows.iter().map(|r| list(identities, r, blanks)).collect();
    let sums = Sums::new(identities, rows);
    if !sums.settle(&mut ways) {
        return None;
    }
    let mut trials = 0;
    for row in 0..rows.len() {
        let many = ways[row].as_ref().is_some_and(|w| w.len() > 1);
        if !many {
            continue;
        }
        let mut left = Vec::new();
        for way in ways[row].clone().unwrap_or_default() {
            trials += 1;
            let mut trial = ways.clone();
            trial[row] = Some(vec![way.clone()]);
            if trials > MAX_TRIALS || sums.settle(&mut trial) {
                left.push(way);
            }
        }
        if left.is_empty() {
            return None;
        }
        ways[row] = Some(left);
    }
    if !sums.settle(&mut ways) {
        return None;
    }
    let proved: Vec<Vec<Proved>> = rows.iter().zip(&ways).map(|(row, ways)| agreed(ways.as_deref(), row.cells.len())).collect();
    proved.iter().flatten().any(|p| *p != Proved::Open).then_some(proved)
}

/// What all ways of a row agree on.
fn agreed(ways: Option<&[Way]>, cells: usize) -> Vec<Proved> {
    let Some((first, rest)) = ways.and_then(|w| w.split_first()) else { return vec![Proved::Open; cells] };
    let same = |c: usize| rest.iter().all(|w| w[c] == first[c]);
    (0..cells)
        .map(|c| match first[c] {
            _ if !same(c) => Proved::Open,
            Some(n) => Proved::Number(n),
            None => Proved::Blank,
        })
        .collect()
}

/// Digits of a row on their way into cells.
struct Parting<'r> {
    digits: Vec<u8>,
    /// Whether a gap stands before a digit.
    gaps: Vec<bool>,
    /// Identities within the row: terms by cell, under the last of their cells.
    closing: Vec<Vec<Vec<(usize, i64)>>>,
    blanks: bool,
    steps: usize,
    now: Vec<Option<i64>>,
    out: Vec<Way>,
    row: &'r Row,
}

/// All ways to part a row's digits that keep the identities within it; `None` if there are too many to list.
fn list(identities: &[Identity], row: &Row, blanks: bool) -> Option<Vec<Way>> {
    let at: BTreeMap<Cell, usize> = row.cells.iter().enumerate().map(|(i, c)| (*c, i)).collect();
    let mut closing = vec![Vec::new(); row.cells.len()];
    for identity in identities {
        let terms: Option<Vec<(usize, i64)>> = identity.terms().map(|(c, k)| Some((*at.get(&c)?, k))).collect();
        if let Some((terms, last)) = terms.and_then(|t| t.iter().map(|t| t.0).max().map(|m| (t, m))) {
            closing[last].push(terms);
        }
    }
    let mut parting = Parting {
        digits: row.chunks.concat().into_bytes(),
        gaps: row.chunks.iter().flat_map(|c| (0..c.len()).map(|i| i == 0)).collect(),
        closing,
        blanks,
        steps: 0,
        now: Vec::with_capacity(row.cells.len()),
        out: Vec::new(),
        row,
    };
    (parting.digits.iter().all(u8::is_ascii_digit) && parting.part(0)).then_some(parting.out)
}

impl Parting<'_> {
    /// Fills the next cell in every way; as deep as there are cells. `false` if there are too many ways.
    fn part(&mut self, from: usize) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.out.len() > MAX_WAYS {
            return false;
        }
        let left = self.row.cells.len() - self.now.len();
        if left == 0 {
            if from == self.digits.len() {
                self.out.push(self.now.clone().into_boxed_slice());
            }
            return true;
        }
        if !self.blanks && self.digits.len() - from < left {
            return true;
        }
        if self.blanks && !self.fill(None, from) {
            return false;
        }
        let mut number = 0;
        for end in from..self.digits.len().min(from + MAX_DIGITS) {
            // A gap ends a figure, and a zero in front is a figure of its own.
            if end > from && (self.gaps[end] || self.digits[from] == b'0') {
                break;
            }
            number = number * 10 + i64::from(self.digits[end] - b'0');
            if !self.fill(Some(number), end + 1) {
                return false;
            }
        }
        true
    }

    fn fill(&mut self, figure: Option<i64>, next: usize) -> bool {
        self.now.push(figure);
        let cell = self.now.len() - 1;
        let holds = |terms: &Vec<(usize, i64)>| terms.iter().map(|(c, k)| k * self.now[*c].unwrap_or(0)).sum::<i64>() == 0;
        let go_on = !self.closing[cell].iter().all(holds) || self.part(next);
        self.now.pop();
        go_on
    }
}

/// Identities over several rows.
struct Sums {
    /// As terms: row, cell of the row, coefficient.
    terms: Vec<Vec<(usize, usize, i64)>>,
    /// Additions that are left; without any, nothing more is dropped.
    work: std::cell::Cell<usize>,
}

impl Sums {
    /// Those of the identities whose cells all stand in the rows.
    fn new(identities: &[Identity], rows: &[Row]) -> Sums {
        let at: BTreeMap<Cell, (usize, usize)> = rows
            .iter()
            .enumerate()
            .flat_map(|(r, row)| row.cells.iter().enumerate().map(move |(c, cell)| (*cell, (r, c))))
            .collect();
        let terms = |i: &Identity| i.terms().map(|(c, k)| at.get(&c).map(|(r, c)| (*r, *c, k))).collect::<Option<Vec<_>>>();
        let several = |t: &Vec<(usize, usize, i64)>| t.iter().any(|x| x.0 != t[0].0);
        Sums { terms: identities.iter().filter_map(terms).filter(several).collect(), work: std::cell::Cell::new(MAX_WORK) }
    }

    /// Drops ways that no ways of the other rows can complete, until nothing changes. `false` if a row has none left.
    fn settle(&self, ways: &mut [Option<Vec<Way>>]) -> bool {
        for _ in 0..MAX_ROUNDS {
            let mut changed = false;
            for terms in &self.terms {
                let Some(allowed) = self.supported(terms, ways) else { continue };
                for ((row, cell, _), allowed) in terms.iter().zip(allowed) {
                    let Some(list) = &mut ways[*row] else { continue };
                    let before = list.len();
                    list.retain(|w| allowed.contains(&w[*cell].unwrap_or(0)));
                    changed |= list.len() < before;
                }
            }
            if ways.iter().flatten().any(Vec::is_empty) {
                return false;
            }
            if !changed {
                return true;
            }
        }
        true
    }

    /// For each term of a sum that must be 0 the values with which it can be; `None` where a row is not known or the sums
    /// are too many.
    fn supported(&self, terms: &[(usize, usize, i64)], ways: &[Option<Vec<Way>>]) -> Option<Vec<HashSet<i64>>> {
        let values: Vec<BTreeSet<i64>> = terms
            .iter()
            .map(|(row, cell, _)| ways[*row].as_ref().map(|w| w.iter().map(|w| w[*cell].unwrap_or(0)).collect()))
            .collect::<Option<_>>()?;
        let step = |sums: &HashSet<i64>, i: usize| -> Option<HashSet<i64>> {
            self.pay(sums.len().checked_mul(values[i].len())?)?;
            let next: HashSet<i64> = sums.iter().flat_map(|s| values[i].iter().map(move |v| s + terms[i].2 * v)).collect();
            (next.len() <= MAX_SUMS).then_some(next)
        };
        let n = terms.len();
        let mut before = vec![HashSet::from([0])];
        let mut behind = vec![HashSet::from([0])];
        for i in 0..n {
            let (forth, back) = (step(&before[i], i)?, step(&behind[i], n - 1 - i)?);
            before.push(forth);
            behind.push(back);
        }
        let fits = |i: usize, v: &i64| before[i].iter().any(|s| behind[n - 1 - i].contains(&-(s + terms[i].2 * v)));
        let mut out = Vec::with_capacity(n);
        for (i, values) in values.iter().enumerate() {
            self.pay(before[i].len().checked_mul(values.len())?)?;
            out.push(values.iter().copied().filter(|v| fits(i, v)).collect());
        }
        Some(out)
    }

    fn pay(&self, work: usize) -> Option<()> {
        self.work.set(self.work.get().checked_sub(work)?);
        Some(())
    }
}

/// The identity that proves a cell: the first that speaks of it and whose other cells are all proved.
pub(crate) fn key(identities: &[Identity], cell: Cell, proved: &BTreeMap<Cell, i64>) -> Option<String> {
    let known = |i: &&Identity| i.terms().any(|t| t.0 == cell) && i.terms().all(|t| proved.contains_key(&t.0));
    identities.iter().find(known).map(Identity::key)
}

#[cfg(test)]
mod tests;
