//! Edit operations (Scholtus 2016): one slip of the hand that makes several cells wrong. Exchanged cells, a run of a row or
//! column that slid by one, exchanged rows or columns, a row or column pasted over another. Each is found from the printed
//! layout, undone, and kept only if afterwards every identity that it touches holds.

use nianbao_form::Number;

use crate::bounds::Bounds;
use crate::evidence::unforeseen;
use crate::joint;
use crate::layout::{Printed, Table};
use crate::plan::Plan;
use crate::search::State;

/// What happened to several cells at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    /// Two cells of a row or column hold each other's figures.
    Exchanged,
    /// A run of figures slid by one cell.
    Shifted,
    /// Two rows or two columns hold each other's figures.
    LinesExchanged,
    /// A block of rows or columns slid by one.
    LinesShifted,
    /// A row or column holds the figures of another one, or last year's.
    Pasted,
}

impl Operation {
    /// In words.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Operation::Exchanged => ("两格数字互换", "two cells exchanged"),
            Operation::Shifted => ("数字整体错开一格", "a run of figures shifted by one cell"),
            Operation::LinesExchanged => ("两行或两列整体互换", "two rows or columns exchanged"),
            Operation::LinesShifted => ("若干行或列整体错开一行或一列", "rows or columns shifted by one"),
            Operation::Pasted => ("整行或整列误粘贴了其他行列或上年的数字", "figures of another row or column, or of last year, pasted"),
        }
    }
}

/// An operation undone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Undone {
    pub operation: Operation,
    /// The cells that change, ordered, with what they held before the slip (millionths).
    pub cells: Vec<(u32, i64)>,
    /// The violated identities that hold again.
    pub mended: Vec<usize>,
    /// ln of the number of places where this kind could have happened, and of what else it had to fall in with.
    pub log_chance: f64,
}

/// What operations are looked for in.
pub(crate) struct Scene<'a> {
    pub plan: &'a Plan,
    pub printed: &'a Printed,
    /// Figures by column; those that are not known take part in no operation.
    pub figures: &'a [i64],
    pub candidate: &'a [bool],
    pub last: &'a [Option<i64>],
    /// By identity.
    pub state: &'a [State],
    pub residual: &'a [i64],
    pub bounds: &'a Bounds,
}

/// All operations whose undoing mends something and breaks nothing.
pub(crate) fn undo(scene: &Scene<'_>, steps: &mut u64) -> Vec<Undone> {
    let mut out = Vec::new();
    let mut trial = Trial { scene, sum: vec![0; scene.plan.len()], touched: Vec::new(), steps };
    for table in &scene.printed.tables {
        for rows in [true, false] {
            let lines = table.lines(rows);
            for line in &lines {
                within(&mut trial, line, &mut out);
            }
            if lines.len() > 1 && table.height > 1 && table.width > 1 {
                between(&mut trial, table, &lines, &mut out);
            }
        }
    }
    // The same change found as a shorter or a longer run, or as an exchange, is one; the likeliest stays.
    out.sort_by(|a, b| a.cells.cmp(&b.cells).then(b.log_chance.total_cmp(&a.log_chance)).then(a.operation.cmp(&b.operation)));
    out.dedup_by(|a, b| a.cells == b.cells);
    out
}

struct Trial<'a> {
    scene: &'a Scene<'a>,
    /// Change of every identity's residual under the operation at hand; 0 but while one is tried.
    sum: Vec<i64>,
    touched: Vec<u32>,
    steps: &'a mut u64,
}

impl Trial<'_> {
    /// Tries a list of cells with new values; `free` is one more cell whose value follows from the identities.
    fn attempt(&mut self, cells: &[(u32, i64)], free: Option<u32>) -> Option<(Vec<(u32, i64)>, Vec<usize>)> {
        let mut changed: Vec<(u32, i64)> = Vec::with_capacity(cells.len() + 1);
        changed.extend(cells.iter().copied().filter(|&(c, to)| self.scene.figures[c as usize] != to));
        let result = self.holds_after(&mut changed, free);
        for i in self.touched.drain(..) {
            self.sum[i as usize] = 0;
        }
        let mended = result?;
        changed.retain(|&(c, to)| self.scene.figures[c as usize] != to);
        changed.sort_unstable();
        (!mended.is_empty() && changed.len() > 1).then_some((changed, mended))
    }

    fn holds_after(&mut self, changed: &mut Vec<(u32, i64)>, free: Option<u32>) -> Option<Vec<usize>> {
        let scene = self.scene;
        let sound = |&(c, to): &(u32, i64)| scene.candidate[c as usize] && (to >= 0 || scene.plan.columns[c as usize].signed);
        if *self.steps == 0 || !changed.iter().all(sound) || free.is_some_and(|c| !scene.candidate[c as usize]) {
            return None;
        }
        for &(c, to) in changed.iter() {
            self.apply(c, to - scene.figures[c as usize]);
        }
        if let Some(c) = free {
            let uses = scene.plan.uses(c as usize);
            let gap = |&(i, k): &(u32, i64)| (k, scene.residual[i as usize] + self.sum[i as usize]);
            let (k, residual) = uses.first().map(gap)?;
            let to = scene.figures[c as usize] - residual / k;
            if residual % k != 0 || !sound(&(c, to)) || i128::from(to) % scene.plan.columns[c as usize].step != 0 {
                return None;
            }
            self.apply(c, -(residual / k));
            changed.push((c, to));
        }
        let mut mended = Vec::new();
        for &i in &self.touched {
            let (was, is) = (scene.residual[i as usize], scene.residual[i as usize] + self.sum[i as usize]);
            if scene.state[i as usize] != State::Tight || is != 0 {
                return None;
            }
            if was != 0 {
                mended.push(i as usize);
            }
        }
        mended.sort_unstable();
        mended.dedup();
        Some(mended)
    }

    fn apply(&mut self, column: u32, delta: i64) {
        let uses = self.scene.plan.uses(column as usize);
        *self.steps = self.steps.saturating_sub(uses.len() as u64);
        for &(i, k) in uses {
            self.sum[i as usize] = self.sum[i as usize].saturating_add(k.saturating_mul(delta));
            self.touched.push(i);
        }
    }

    /// Whether a change of this cell can be made good within the line: each of its identities is violated already or has
    /// another cell of the line.
    fn eligible(&self, line: &[Option<u32>], column: u32) -> bool {
        let scene = self.scene;
        let shared = |i: u32| scene.plan.terms(i as usize).iter().filter(|(c, _)| line.contains(&Some(*c))).count() > 1;
        scene.candidate[column as usize]
            && scene.plan.uses(column as usize).iter().all(|&(i, _)| scene.residual[i as usize] != 0 || shared(i))
    }
}

/// Cells exchanged and runs shifted within one line.
fn within(trial: &mut Trial<'_>, line: &[Option<u32>], out: &mut Vec<Undone>) {
    /// Runs longer than this are shifts of a whole line at most.
    const LONGEST: usize = 40;
    let scene = trial.scene;
    let broken = |c: &u32| scene.plan.uses(*c as usize).iter().any(|&(i, _)| scene.residual[i as usize] != 0);
    if !line.iter().flatten().any(|c| broken(c)) {
        return;
    }
    let able: Vec<bool> = line.iter().map(|c| c.is_some_and(|c| trial.eligible(line, c))).collect();
    let figure = |at: usize| line[at].map_or(0, |c| scene.figures[c as usize]);
    let places = (line.len() * (line.len() - 1) / 2).max(1) as f64;
    for a in 0..line.len() {
        for b in a + 1..line.len() {
            let (Some(x), Some(y)) = (line[a], line[b]) else { continue };
            if able[a] && able[b] && figure(a) != figure(b) {
                if let Some((cells, mended)) = trial.attempt(&[(x, figure(b)), (y, figure(a))], None) {
                    out.push(Undone { operation: Operation::Exchanged, cells, mended, log_chance: -places.ln() });
                }
            }
        }
    }
    for a in 0..line.len() {
        for b in a + 2..line.len().min(a + LONGEST) {
            // Slid towards the end: what stands at a+1..=b belongs to a..b, and what belonged to b is lost.
            for (from, to, lost, vacated) in [(a + 1, a, b, a), (a, a + 1, a, b)] {
                let moved: Option<Vec<(u32, i64)>> = (0..b - a).map(|k| line[to + k].map(|c| (c, figure(from + k)))).collect();
                let Some(moved) = moved else { break };
                if moved.iter().any(|&(c, to)| {
                    scene.figures[c as usize] != to && line.iter().position(|l| *l == Some(c)).is_some_and(|at| !able[at])
                }) {
                    continue;
                }
                let Some(free) = line[lost] else { continue };
                // One figure in its neighbour's place is an exchange with what stood there.
                if moved.iter().filter(|(_, to)| *to != 0).count() < 2 {
                    continue;
                }
                if let Some((cells, mended)) = trial.attempt(&moved, Some(free)) {
                    let log_chance = left_behind(figure(vacated)) - (2.0 * places).ln();
                    out.push(Undone { operation: Operation::Shifted, cells, mended, log_chance });
                }
            }
        }
    }
}

/// ln P of what stands where figures have slid away: 0 in most cases, else one more figure that came from nowhere.
fn left_behind(found: i64) -> f64 {
    match found {
        0 => 0.8f64.ln(),
        v => (0.2 * unforeseen(v.unsigned_abs() / Number::SCALE.unsigned_abs())).ln(),
    }
}

/// Lines exchanged, blocks of lines shifted, lines pasted over.
fn between(trial: &mut Trial<'_>, table: &Table, lines: &[Vec<Option<u32>>], out: &mut Vec<Undone>) {
    let scene = trial.scene;
    let places = (lines.len() * (lines.len() - 1) / 2) as f64;
    let put = |from: &[Option<u32>], to: &[Option<u32>], cells: &mut Vec<(u32, i64)>| {
        cells.extend(to.iter().zip(from).filter_map(|(t, f)| Some(((*t)?, scene.figures[(*f)? as usize]))));
    };
    let mut cells = Vec::new();
    for a in 0..lines.len() {
        if *trial.steps == 0 {
            return;
        }
        for b in a + 1..lines.len() {
            cells.clear();
            put(&lines[a], &lines[b], &mut cells);
            put(&lines[b], &lines[a], &mut cells);
            if let Some((cells, mended)) = trial.attempt(&cells, None) {
                out.push(Undone { operation: Operation::LinesExchanged, cells, mended, log_chance: -places.ln() });
            }
        }
    }
    // A block that slid has its last line lost; it comes back only where it was empty, or came round to the front.
    for a in 0..lines.len() {
        for b in a + 2..lines.len() {
            if *trial.steps == 0 {
                return;
            }
            for back in [true, false] {
                for round in [true, false] {
                    cells.clear();
                    let (lost, vacated) = if back { (b, a) } else { (a, b) };
                    for k in a..b {
                        let (from, to) = if back { (k + 1, k) } else { (k, k + 1) };
                        put(&lines[from], &lines[to], &mut cells);
                    }
                    if round {
                        put(&lines[vacated], &lines[lost], &mut cells);
                    } else {
                        cells.extend(lines[lost].iter().flatten().map(|&c| (c, 0)));
                    }
                    if let Some((cells, mended)) = trial.attempt(&cells, None) {
                        let vacant = lines[vacated].iter().flatten().map(|&c| left_behind(scene.figures[c as usize]));
                        let log_chance = if round { 0.0 } else { vacant.sum::<f64>() } - (4.0 * places).ln();
                        out.push(Undone { operation: Operation::LinesShifted, cells, mended, log_chance });
                    }
                }
            }
        }
    }
    for (at, line) in lines.iter().enumerate() {
        if let Some((cells, mended)) = pasted(trial, lines, at) {
            out.push(Undone { operation: Operation::Pasted, cells, mended, log_chance: -(lines.len() as f64 * 2.0).ln() });
        }
        debug_assert!(line.len() == table.width || line.len() == table.height);
    }
}

/// A line that holds exactly what another one does, or what it held itself last year, and that the other cells of the
/// table determine.
fn pasted(trial: &mut Trial<'_>, lines: &[Vec<Option<u32>>], at: usize) -> Option<(Vec<(u32, i64)>, Vec<usize>)> {
    let scene = trial.scene;
    let cells: Vec<u32> = lines[at].iter().copied().collect::<Option<_>>()?;
    let held: Vec<i64> = cells.iter().map(|&c| scene.figures[c as usize]).collect();
    let violated = cells.iter().flat_map(|&c| scene.plan.uses(c as usize)).any(|&(i, _)| scene.residual[i as usize] != 0);
    if !violated || held.iter().filter(|v| **v != 0).count() < 2 || !cells.iter().all(|&c| scene.candidate[c as usize]) {
        return None;
    }
    let alike = |line: &Vec<Option<u32>>| line.iter().zip(&held).all(|(c, v)| c.is_some_and(|c| scene.figures[c as usize] == *v));
    let twice = lines.iter().enumerate().any(|(k, line)| k != at && alike(line));
    let old = cells.iter().zip(&held).all(|(&c, v)| scene.last[c as usize] == Some(*v));
    if !twice && !old {
        return None;
    }
    let mut bounds = scene.bounds.clone();
    let mut among = vec![false; scene.plan.len()];
    for &c in &cells {
        bounds.relax(scene.plan, c as usize);
        for &(i, _) in scene.plan.uses(c as usize) {
            among[i as usize] = scene.state[i as usize] != State::Ignored;
        }
    }
    *trial.steps = trial.steps.saturating_sub(among.iter().filter(|a| **a).count() as u64 * 64);
    joint::narrow(scene.plan, &mut bounds, &among, true).ok()?;
    let value = |&c: &u32| bounds.fixed(c as usize).then(|| i64::try_from(bounds.low[c as usize]).ok().map(|v| (c, v))).flatten();
    let values: Option<Vec<(u32, i64)>> = cells.iter().map(value).collect();
    trial.attempt(&values?, None)
}
