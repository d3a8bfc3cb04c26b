//! The identities over dense blocks of figures: for statistics, compilations and benches that hold millions of complete
//! reports as numbers. The search is the one that [`crate::Checker::report`] uses.

use nianbao_form::Cell;

use crate::plan::Plan;
use crate::search::{Reached, Room, Search};
use crate::suspect::{BUDGET, COMPLETE};

/// Reports that are summed side by side.
const LANES: usize = 16;

/// The identities of one form, compiled for blocks. Made by [`crate::Checker::kernel`].
#[derive(Clone, Debug)]
pub struct Kernel<'c> {
    plan: &'c Plan,
    /// For each identity the columns that are added, those that are taken away, and the rest with their coefficients.
    rows: Vec<[Vec<(u32, i64)>; 3]>,
}

/// Complete figures of many reports, in millionths, 16 reports side by side so that sums run over whole vectors.
#[derive(Clone, Debug)]
pub struct Block {
    columns: usize,
    reports: usize,
    figures: Vec<i64>,
    /// The largest magnitude in it.
    largest: u64,
}

impl Block {
    /// All figures 0.
    pub fn new(columns: usize, reports: usize) -> Block {
        Block { columns, reports, figures: vec![0; columns * reports.next_multiple_of(LANES)], largest: 0 }
    }

    /// How many reports it holds.
    pub fn len(&self) -> usize {
        self.reports
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.reports == 0
    }

    fn at(&self, report: usize, column: usize) -> usize {
        (report / LANES * self.columns + column) * LANES + report % LANES
    }

    /// Sets a figure, in millionths. `column` counts in [`Kernel::cells`].
    pub fn set(&mut self, report: usize, column: usize, millionths: i64) {
        let at = self.at(report, column);
        self.figures[at] = millionths;
        self.largest = self.largest.max(millionths.unsigned_abs());
    }

    /// Copies the figures of one report out.
    pub fn report(&self, report: usize, out: &mut Vec<i64>) {
        out.clear();
        let size = self.columns * LANES;
        let (lanes, _) = self.figures[report / LANES * size..][..size].as_chunks::<LANES>();
        out.extend(lanes.iter().map(|lane| lane[report % LANES]));
    }
}

impl<'c> Kernel<'c> {
    pub(crate) fn new(plan: &'c Plan) -> Kernel<'c> {
        let row = |i: usize| {
            let pick = |want: &dyn Fn(i64) -> bool| plan.terms(i).iter().copied().filter(|(_, k)| want(*k)).collect();
            [pick(&|k| k == 1), pick(&|k| k == -1), pick(&|k| k.abs() != 1)]
        };
        Kernel { plan, rows: (0..plan.len()).map(row).collect() }
    }

    /// The cells that stand in identities, in the order of the columns of a [`Block`].
    pub fn cells(&self) -> Vec<Cell> {
        self.plan.columns.iter().map(|c| c.cell).collect()
    }

    /// How many identities there are.
    pub fn identities(&self) -> usize {
        self.rows.len()
    }

    /// Words of 64 identities that a report's mask takes.
    pub fn words(&self) -> usize {
        self.rows.len().div_ceil(64)
    }

    /// Which identities each report violates: [`Kernel::words`] words a report, a bit an identity.
    pub fn violations(&self, block: &Block, out: &mut Vec<u64>) {
        let words = self.words();
        out.clear();
        out.resize(block.reports.next_multiple_of(LANES) * words, 0);
        if block.largest > self.plan.safe.unsigned_abs() {
            self.violations_of_large_figures(block, out);
        } else {
            let size = block.columns * LANES;
            for (chunk, masks) in block.figures.chunks_exact(size.max(1)).zip(out.chunks_exact_mut((words * LANES).max(1))) {
                self.sixteen(chunk, masks);
            }
        }
        out.truncate(block.reports * words);
    }

    fn sixteen(&self, chunk: &[i64], masks: &mut [u64]) {
        let words = self.words();
        let (lanes, _) = chunk.as_chunks::<LANES>();
        for word in 0..words {
            let mut mask = [0u64; LANES];
            for (bit, [plus, minus, other]) in self.rows[word * 64..].iter().take(64).enumerate() {
                let mut sum = [0i64; LANES];
                for &(c, _) in plus {
                    sum.iter_mut().zip(&lanes[c as usize]).for_each(|(s, x)| *s = s.wrapping_add(*x));
                }
                for &(c, _) in minus {
                    sum.iter_mut().zip(&lanes[c as usize]).for_each(|(s, x)| *s = s.wrapping_sub(*x));
                }
                for &(c, k) in other {
                    sum.iter_mut().zip(&lanes[c as usize]).for_each(|(s, x)| *s = s.wrapping_add(k.wrapping_mul(*x)));
                }
                mask.iter_mut().zip(&sum).for_each(|(m, s)| *m |= u64::from(*s != 0) << bit);
            }
            for (lane, m) in mask.iter().enumerate() {
                masks[lane * words + word] = *m;
            }
        }
    }

    fn violations_of_large_figures(&self, block: &Block, out: &mut [u64]) {
        let words = self.words();
        for report in 0..block.reports {
            for i in 0..self.plan.len() {
                let term = |(c, k): (usize, i128)| k * i128::from(block.figures[block.at(report, c)]);
                let violated = self.plan.row(i).map(term).sum::<i128>() != 0;
                out[report * words + i / 64] |= u64::from(violated) << (i % 64);
            }
        }
    }

    /// A searcher for the wrong cells of one report after the other.
    pub fn localiser(&self) -> Localiser<'c> {
        let plan = self.plan;
        let candidate = vec![true; plan.columns.len()];
        Localiser { plan, room: Room::new(plan), candidate, violated: Vec::new(), part: Vec::new(), cells: Vec::new() }
    }
}

/// Finds the smallest sets of cells whose change makes every identity of a complete report hold.
#[derive(Clone, Debug)]
pub struct Localiser<'c> {
    plan: &'c Plan,
    room: Room,
    candidate: Vec<bool>,
    violated: Vec<usize>,
    part: Vec<usize>,
    cells: Vec<(usize, i64)>,
}

impl Localiser<'_> {
    /// Hands over, for each part of the form that has violated identities, every smallest set of up to three cells as
    /// (column, what it should hold in millionths). `figures` is one report, `mask` its violations. Returns the size of
    /// the smallest sets, summed over the parts; `None` where some part takes more than three cells or where figures are
    /// too large for 64 bits ([`crate::Checker::report`] deals with both).
    pub fn smallest(&mut self, figures: &[i64], mask: &[u64], mut take: impl FnMut(&[(usize, i64)])) -> Option<usize> {
        if figures.iter().any(|v| v.unsigned_abs() > self.plan.safe.unsigned_abs()) {
            return None;
        }
        self.violated.clear();
        for (word, &bits) in mask.iter().enumerate() {
            let mut rest = bits;
            while rest != 0 {
                self.violated.push(word * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
        for &i in &self.violated {
            self.room.residual[i] = self.plan.residual(i, figures);
        }
        let mut sum = Some(0);
        let mut done = 0;
        while done < self.violated.len() {
            // Identities of one part mostly stand together; the others of it are brought here.
            let part = self.plan.part[self.violated[done]];
            self.part.clear();
            let plan = self.plan;
            self.part.extend(self.violated[done..].iter().copied().filter(|&i| plan.part[i] == part));
            self.violated[done..].sort_unstable_by_key(|&i| (plan.part[i] != part, i));
            done += self.part.len();
            sum = self.one_part(figures, &mut take).and_then(|n| sum.map(|s| s + n));
        }
        for &i in &self.violated {
            self.room.residual[i] = 0;
        }
        sum
    }

    fn one_part(&mut self, figures: &[i64], take: &mut impl FnMut(&[(usize, i64)])) -> Option<usize> {
        let mut budget = BUDGET;
        let mut search = Search {
            plan: self.plan,
            room: &mut self.room,
            figures,
            candidate: &self.candidate,
            bounds: None,
            doubts: &[],
            wide: false,
            budget: &mut budget,
        };
        let cells = &mut self.cells;
        let reached = search.smallest(&self.part, COMPLETE, |set| {
            cells.clear();
            cells.extend(set.iter().map(|p| (p.column as usize, p.low as i64)));
            take(cells);
        });
        match reached {
            Reached::All(size) => Some(size),
            Reached::Nothing(_) | Reached::Stopped(_) => None,
        }
    }
}
