//! Named slips and how much each explains (METHODS.md 1): S = ln P(undo(x) | history, peers) − ln P(x | history, peers)
//! + ln prior − ln(places). Slips are tried at the form's own cells, rows, columns and tables.
//!
//! Undoing changes free cells; what follows from them by the identities is worked out again ([`Settling`]), and only the
//! nodes that this touches are weighed anew. A report that is as expected all over is not searched.

use std::collections::BTreeSet;

use nianbao_form::{Cell, Form};

use crate::likelihood::ln_sum;
use crate::model::{Law, Place};
use crate::structure::{Node, Settling, is_amount};

/// What may have gone wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// A figure ten times too large: a digit too many.
    TimesTen,
    /// A figure in the unit where ten thousands of it are asked for.
    TimesTenThousand,
    /// A figure without its last digit.
    OverTen,
    /// A figure in ten thousands of the unit.
    OverTenThousand,
    /// Two neighbouring digits exchanged.
    Transposed,
    /// Two columns exchanged.
    Columns,
    /// Two rows exchanged.
    Rows,
    /// Every figure of a table ten times too large.
    TableTimesTen,
    /// A table left at zero.
    TableMissing,
    /// Last year's figures again; the table, none for the whole report.
    LastYear,
    /// The report of another agency.
    OtherAgency,
    /// Not explained by any slip that has a name.
    Unexplained,
}

impl Slip {
    /// Every slip.
    pub const ALL: [Slip; 12] = [
        Slip::TimesTen,
        Slip::TimesTenThousand,
        Slip::OverTen,
        Slip::OverTenThousand,
        Slip::Transposed,
        Slip::Columns,
        Slip::Rows,
        Slip::TableTimesTen,
        Slip::TableMissing,
        Slip::LastYear,
        Slip::OtherAgency,
        Slip::Unexplained,
    ];

    /// The word of `rules.toml` and of benches.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Slip::TimesTen => "times-ten",
            Slip::TimesTenThousand => "times-ten-thousand",
            Slip::OverTen => "over-ten",
            Slip::OverTenThousand => "over-ten-thousand",
            Slip::Transposed => "transposed",
            Slip::Columns => "columns",
            Slip::Rows => "rows",
            Slip::TableTimesTen => "table-times-ten",
            Slip::TableMissing => "table-missing",
            Slip::LastYear => "last-year",
            Slip::OtherAgency => "other-agency",
            Slip::Unexplained => "unexplained",
        }
    }

    /// ln of the share of reports that have it, before anything was seen. All slips together some 3 %, in equal parts: no
    /// statistics of them exist.
    fn prior(&self) -> f64 {
        match self {
            Slip::Unexplained => 0.005f64.ln(),
            _ => (0.03 / 11.0f64).ln(),
        }
    }
}

/// A slip at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What.
    pub slip: Slip,
    /// S, natural logarithm.
    pub score: f64,
    /// ln of how many times likelier the figures are with it undone.
    pub ratio: f64,
    /// The cells that it changed and what undoing it gives (unknown where nothing can be said), panel units.
    pub undone: Vec<(Cell, Option<i64>)>,
    /// The other agency, as a position among members.
    pub partner: Option<usize>,
}

/// What is the same for all reports of a form that have the same cells known.
pub(crate) struct Ground<'a> {
    pub(crate) form: &'a Form,
    pub(crate) places: &'a [Place],
    pub(crate) touches: &'a [Vec<usize>],
    pub(crate) watched: &'a [usize],
    pub(crate) settling: &'a Settling,
}

/// One report under examination.
pub(crate) struct Case<'a> {
    pub(crate) ground: &'a Ground<'a>,
    /// Dense figures, below 0 where unknown.
    pub(crate) x: &'a [i64],
    pub(crate) laws: &'a [Law],
    /// ln P of each node as it stands.
    pub(crate) ln: Vec<f64>,
    scratch: Vec<i64>,
    touched: Vec<bool>,
    /// How many slips may still be tried.
    left: usize,
}

/// Cells looked at for a report, over all slips that are tried: far more than the statutory form needs, and a bound for any.
const EFFORT: usize = 10_000_000;
/// No figure of a report is larger, in panel units.
const MOST: i64 = 1_000_000_000_000_000;

/// A copied report differs from last year's in a figure with this probability: people do change some.
const CHANGED: f64 = 0.03;
/// What a node can at most gain by being as expected, in nats, below which a report is not searched.
const CALM: f64 = 5.0;
/// The same for lines, of which there are more places.
const CALM_LINES: f64 = 7.0;

impl<'a> Case<'a> {
    pub(crate) fn new(ground: &'a Ground<'a>, x: &'a [i64], laws: &'a [Law]) -> Case<'a> {
        let ln = ground.places.iter().zip(laws).map(|(p, law)| p.ln(law, x)).collect();
        Case {
            ground,
            x,
            laws,
            ln,
            scratch: x.to_vec(),
            touched: vec![false; ground.places.len()],
            left: EFFORT / (ground.watched.len() + x.len()).max(1),
        }
    }

    /// Whether the last gain weighed a count or an amount, so that the level of what was changed has been looked at.
    fn weighed_level(&self) -> bool {
        let level = |at: usize| self.touched[at] && matches!(self.laws[at], Law::Count(_) | Law::Amount(_));
        (0..self.touched.len()).any(level)
    }

    /// Whether the search was cut short.
    pub(crate) fn is_cut(&self) -> bool {
        self.left == 0
    }

    /// By how much the report grows likelier with free cells changed; `None` where that is impossible.
    pub(crate) fn gain(&mut self, changes: &[(usize, i64)]) -> Option<f64> {
        self.scratch.copy_from_slice(self.x);
        changes.iter().for_each(|&(c, v)| self.scratch[c] = v);
        if !self.ground.settling.settle(&mut self.scratch, self.x) {
            return None;
        }
        self.touched.iter_mut().for_each(|t| *t = false);
        for &cell in self.ground.watched {
            if self.scratch[cell] != self.x[cell] {
                self.ground.touches[cell].iter().for_each(|&n| self.touched[n] = true);
            }
        }
        let mut gain = 0.0;
        for (at, place) in self.ground.places.iter().enumerate() {
            if self.touched[at] {
                gain += place.ln(&self.laws[at], &self.scratch) - self.ln[at];
            }
        }
        Some(gain)
    }

    /// How far the nodes are from the likeliest that they could be, in nats.
    pub(crate) fn excess(&self) -> f64 {
        let nodes = self.ground.places.iter().zip(self.laws).zip(&self.ln);
        nodes
            .map(|((place, law), ln)| match law {
                Law::Count(law) => (law.ln(law.usual.mean.round()).max(law.ln(0.0)) - ln).max(0.0),
                Law::Amount(law) => (law.none.ln().max(0.5) - ln).max(0.0),
                Law::Mix(law) => {
                    let n: f64 = place.into.iter().map(|&c| self.x[c].max(0) as f64).sum();
                    let all: f64 = law.own.iter().sum();
                    let best: Vec<f64> = law.own.iter().map(|a| a * n / all).collect();
                    (crate::likelihood::ln_division_at(&law.own, &best, n) - ln).max(0.0)
                }
                Law::None => 0.0,
            })
            .sum()
    }

    /// Every slip that explains anything, the best first; but exchanges between agencies, which need two reports.
    /// `last` is the own dense report of last year where it can be compared.
    pub(crate) fn candidates(&mut self, last: &[Option<i64>]) -> Vec<Candidate> {
        let mut found = Vec::new();
        self.copies(last, &mut found);
        self.tables(&mut found);
        let excess = self.excess();
        if excess >= CALM {
            self.figures(&mut found);
            self.unexplained(&mut found);
        }
        if excess >= CALM_LINES {
            self.lines(&mut found, true);
            self.lines(&mut found, false);
        }
        found.retain(|c| c.score > -12.0);
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (&a.slip, &a.undone).cmp(&(&b.slip, &b.undone))));
        found
    }

    fn push(&mut self, found: &mut Vec<Candidate>, slip: Slip, changes: Vec<(usize, i64)>, more: f64, places: usize) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let Some(gain) = self.gain(&changes) else { return };
        // A figure of which neither the size nor a total was expected can be anything.
        if !matches!(slip, Slip::Columns | Slip::Rows) && !self.weighed_level() {
            return;
        }
        let ratio = gain + more - (places.max(1) as f64).ln();
        let undone = self.named(&changes);
        found.push(Candidate { score: ratio + slip.prior(), slip, ratio, undone, partner: None });
    }

    fn cell(&self, at: usize) -> Option<Cell> {
        self.ground.form.cells.iter().chain(&self.ground.form.local).copied().find(|c| c.index() == at)
    }

    fn named(&self, changes: &[(usize, i64)]) -> Vec<(Cell, Option<i64>)> {
        changes.iter().filter(|(c, v)| self.x[*c] != *v).filter_map(|&(c, v)| Some((self.cell(c)?, Some(v)))).collect()
    }

    fn free(&self) -> &'a [Cell] {
        &self.ground.settling.free
    }

    fn figures(&mut self, found: &mut Vec<Candidate>) {
        let free: Vec<(usize, i64, bool)> = self
            .free()
            .iter()
            .map(|c| (c.index(), self.x[c.index()], is_amount(self.ground.form, *c)))
            .filter(|(_, n, _)| *n > 0)
            .collect();
        let places = free.len();
        let turns: usize = free.iter().map(|(_, n, _)| digits(*n).len() - 1).sum();
        for &(at, n, amount) in &free {
            for (slip, by) in [(Slip::TimesTen, 10), (Slip::TimesTenThousand, 10_000)] {
                if n % by == 0 {
                    self.push(found, slip, vec![(at, n / by)], 0.0, places);
                }
            }
            for (slip, by) in [(Slip::OverTen, 10i64), (Slip::OverTenThousand, 10_000)] {
                // Of a count the digits that were lost could have been any; of an amount there is a digit behind the point.
                let (lost, more) = if amount { (0, 0.0) } else { (by / 2, (by as f64).ln()) };
                if let Some(whole) = n.checked_mul(by).and_then(|n| n.checked_add(lost)).filter(|n| *n <= MOST) {
                    self.push(found, slip, vec![(at, whole)], more, places);
                }
            }
            for turned in transpositions(n) {
                self.push(found, Slip::Transposed, vec![(at, turned)], 0.0, turns);
            }
        }
    }

    fn lines(&mut self, found: &mut Vec<Candidate>, rows: bool) {
        let form = self.ground.form;
        let free: BTreeSet<Cell> = self.free().iter().copied().collect();
        let mut tried: Vec<Vec<(usize, i64)>> = Vec::new();
        for block in &form.blocks {
            let (lines, across) = (block.rows.len(), block.columns.len());
            let (count, length) = if rows { (lines, across) } else { (across, lines) };
            if count < 2 || count * count * length > 200_000 {
                continue;
            }
            let cell = |line: usize, k: usize| if rows { block.cell(line, k) } else { block.cell(k, line) };
            let some = |line: usize| (0..length).any(|k| free.contains(&cell(line, k)) && self.x[cell(line, k).index()] > 0);
            let filled: Vec<bool> = (0..count).map(some).collect();
            for a in 0..count {
                for b in a + 1..count {
                    if !filled[a] && !filled[b] {
                        continue;
                    }
                    let mut changes = Vec::new();
                    for k in 0..length {
                        let (x, y) = (cell(a, k), cell(b, k));
                        let (n, m) = (self.x[x.index()], self.x[y.index()]);
                        if n != m && free.contains(&x) && free.contains(&y) {
                            changes.extend([(x.index(), m), (y.index(), n)]);
                        }
                    }
                    if !changes.is_empty() {
                        tried.push(changes);
                    }
                }
            }
        }
        let (slip, places) = (if rows { Slip::Rows } else { Slip::Columns }, tried.len());
        for changes in tried {
            self.push(found, slip.clone(), changes, 0.0, places);
        }
    }

    /// Printed tables with their free cells.
    fn by_table(&self) -> Vec<Vec<usize>> {
        let form = self.ground.form;
        let mut names: Vec<&str> = form.blocks.iter().map(|b| b.table.as_str()).collect();
        names.dedup();
        let of = |name: &str| -> Vec<usize> {
            let own = |c: &&Cell| form.block_of(**c).is_some_and(|b| b.table == name);
            self.free().iter().filter(own).map(|c| c.index()).collect()
        };
        names.into_iter().map(of).filter(|t| !t.is_empty()).collect()
    }

    fn tables(&mut self, found: &mut Vec<Candidate>) {
        let tables = self.by_table();
        let places = tables.len();
        for table in tables {
            let filled: Vec<usize> = table.iter().copied().filter(|&c| self.x[c] > 0).collect();
            if filled.is_empty() {
                if !self.is_empty(table[0]) {
                    continue;
                }
                self.missing(found, &table, places);
            } else if filled.len() > 1 && filled.iter().all(|&c| self.x[c] % 10 == 0) {
                // One figure alone is a slip in that figure.
                let changes = filled.iter().map(|&c| (c, self.x[c] / 10)).collect();
                self.push(found, Slip::TableTimesTen, changes, 0.0, places);
            }
        }
    }

    /// Whether nothing but zeros stands in a cell's printed table, stocks that last year determines aside. (Free cells alone
    /// do not tell: a total may be known of a table whose parts stand in another one.)
    fn is_empty(&self, cell: usize) -> bool {
        let form = self.ground.form;
        let block = |c: Cell| form.block_of(c).map(|b| b.table.as_str());
        let name = self.cell(cell).and_then(block);
        let stocks = crate::structure::tied(form);
        form.cells.iter().filter(|c| block(**c) == name && !stocks.contains(c)).all(|c| self.x[c.index()] <= 0)
    }

    /// A table without a figure: of what it should hold nothing is known but that some figure is not 0.
    fn missing(&mut self, found: &mut Vec<Candidate>, table: &[usize], places: usize) {
        let nodes = self.nodes_within(table);
        let none: f64 = nodes.iter().map(|&n| self.ln[n]).sum();
        // P(something) in place of P(nothing).
        let some = (1.0 - none.exp()).max(1e-12).ln();
        let ratio = some - none - (places as f64).ln();
        let cells = nodes.iter().filter_map(|&n| match (&self.ground.places[n].node, &self.laws[n]) {
            (Node::Root(cell), Law::Count(law)) if law.usual.mean >= 1.0 => Some((*cell, None)),
            (Node::Root(cell), Law::Amount(law)) if law.none < 0.5 => Some((*cell, None)),
            _ => None,
        });
        let undone: Vec<(Cell, Option<i64>)> = cells.collect();
        if !undone.is_empty() {
            found.push(Candidate {
                score: ratio + Slip::TableMissing.prior(),
                slip: Slip::TableMissing,
                ratio,
                undone,
                partner: None,
            });
        }
    }

    /// Nodes that speak of the table of these cells.
    fn nodes_within(&self, table: &[usize]) -> Vec<usize> {
        let block = |c: usize| self.cell(c).and_then(|c| self.ground.form.block_of(c)).map(|b| b.table.as_str());
        let name = table.first().and_then(|&c| block(c));
        let told = |place: &Place| place.into.first().and_then(|&c| block(c)) == name;
        (0..self.ground.places.len()).filter(|&n| told(&self.ground.places[n])).collect()
    }

    fn copies(&mut self, last: &[Option<i64>], found: &mut Vec<Candidate>) {
        let tables = self.by_table();
        let mut groups: Vec<Vec<usize>> = tables.iter().map(|t| self.nodes_within(t)).collect();
        if groups.len() > 1 {
            groups.push(groups.concat());
        }
        let places = groups.len() as f64;
        for nodes in groups {
            let mut ratio = -places.ln();
            let mut equal = Vec::new();
            for &n in &nodes {
                let place = &self.ground.places[n];
                let known = place.into.iter().all(|&c| self.x[c] >= 0 && last[c].is_some());
                if !known || matches!(self.laws[n], Law::None) {
                    continue;
                }
                if place.into.iter().all(|&c| last[c] == Some(self.x[c])) {
                    ratio += (1.0 - CHANGED).ln() - self.ln[n];
                    equal.extend(place.into.iter().copied().filter(|&c| self.x[c] > 0));
                } else {
                    ratio += CHANGED.ln();
                }
            }
            if !equal.is_empty() {
                let undone = equal.into_iter().filter_map(|c| Some((self.cell(c)?, None))).collect();
                found.push(Candidate {
                    score: ratio + Slip::LastYear.prior(),
                    slip: Slip::LastYear,
                    ratio,
                    undone,
                    partner: None,
                });
            }
        }
    }

    /// A figure that could as well be anything.
    fn unexplained(&mut self, found: &mut Vec<Candidate>) {
        let places = self.ground.places.len();
        for at in 0..places {
            let place = &self.ground.places[at];
            let x = self.x[place.into[0]].max(0) as f64;
            let any = match &self.laws[at] {
                // Uniform over orders of magnitude.
                Law::Count(_) => -(x + 1.0).ln() - 16f64.ln(),
                Law::Amount(_) => -16f64.ln(),
                Law::Mix(law) => {
                    let flat = vec![1.0; law.own.len()];
                    let parts: Vec<f64> = place.into.iter().map(|&c| self.x[c].max(0) as f64).collect();
                    crate::likelihood::ln_division(&flat, &parts, parts.iter().sum())
                }
                Law::None => continue,
            };
            let ratio = any - self.ln[at] - (places as f64).ln();
            let undone: Vec<(Cell, Option<i64>)> = place.node.told().iter().map(|&c| (c, None)).collect();
            found.push(Candidate {
                score: ratio + Slip::Unexplained.prior(),
                slip: Slip::Unexplained,
                ratio,
                undone,
                partner: None,
            });
        }
    }
}

/// ln of the odds that a report has any slip, and of each kind of slip, the likeliest kind first.
pub(crate) fn odds(candidates: &[Candidate]) -> (f64, Vec<(Slip, f64)>) {
    let mut kinds: Vec<(Slip, f64)> = Slip::ALL
        .iter()
        .map(|slip| (slip.clone(), ln_sum(candidates.iter().filter(|c| c.slip == *slip).map(|c| c.score))))
        .filter(|(_, s)| s.is_finite())
        .collect();
    kinds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    (ln_sum(kinds.iter().map(|k| k.1)), kinds)
}

fn digits(n: i64) -> Vec<u8> {
    n.to_string().into_bytes()
}

/// Every number of as many digits that differs from `n` by an exchange of two neighbouring ones.
fn transpositions(n: i64) -> Vec<i64> {
    let text = digits(n);
    let turned = (1..text.len()).filter(|&i| text[i - 1] != text[i]).filter_map(|i| {
        let mut other = text.clone();
        other.swap(i - 1, i);
        (other[0] != b'0').then(|| String::from_utf8(other).ok()?.parse().ok())?
    });
    turned.collect()
}
