//! Edit operations (Scholtus 2016): one slip of the hand that makes several cells wrong. Exchanged cells, a run of a row or
//! column that slid by one, exchanged rows or columns, a row or column pasted over another. Each is found from the printed
//! layout, undone, and kept only if afterwards every identity that it touches holds.

use nianbao_form::Number;

use crate::bounds::Bounds;
use crate::evidence::unforeseen;
use crate::joint;
use crate::layout::Printed;
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
            Operation::Pasted => {
                ("整行或整列误粘贴了其他行列或上年的数字", "figures of another row or column, or of last year, pasted")
            }
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
    let violated = scene.residual.iter().filter(|r| **r != 0).count();
    let mut trial = Trial {
        scene,
        figures: scene.figures.to_vec(),
        residual: scene.residual.to_vec(),
        changed: Vec::new(),
        violated,
        wrong: violated,
        steps,
    };
    for table in &scene.printed.tables {
        for rows in [true, false] {
            let lines = table.lines(rows);
            for line in &lines {
                within(&mut trial, line, &mut out);
            }
            if lines.len() > 1 && table.height > 1 && table.width > 1 {
                between(&mut trial, &lines, &mut out);
            }
        }
    }
    // The same change found as a shorter or a longer run, or as an exchange, is one; the likeliest stays.
    out.sort_by(|a, b| a.cells.cmp(&b.cells).then(b.log_chance.total_cmp(&a.log_chance)).then(a.operation.cmp(&b.operation)));
    out.dedup_by(|a, b| a.cells == b.cells);
    out
}

/// The report with some of its cells changed on trial, and what becomes of its identities.
struct Trial<'a> {
    scene: &'a Scene<'a>,
    figures: Vec<i64>,
    residual: Vec<i64>,
    /// Cells that were set since the last reset, in any order, some perhaps more than once or back again.
    changed: Vec<u32>,
    /// Identities that are violated in the report as found, and now.
    violated: usize,
    wrong: usize,
    steps: &'a mut u64,
}

impl Trial<'_> {
    fn set(&mut self, column: u32, to: i64) {
        let c = column as usize;
        let delta = to.saturating_sub(self.figures[c]);
        if delta == 0 {
            return;
        }
        self.figures[c] = to;
        self.changed.push(column);
        let uses = self.scene.plan.uses(c);
        *self.steps = self.steps.saturating_sub(uses.len() as u64);
        for &(i, k) in uses {
            let residual = &mut self.residual[i as usize];
            let before = *residual;
            *residual = before.saturating_add(k.saturating_mul(delta));
            self.wrong = self.wrong + usize::from(*residual != 0) - usize::from(before != 0);
        }
    }

    fn reset(&mut self) {
        while let Some(&c) = self.changed.last() {
            self.set(c, self.scene.figures[c as usize]);
            // Setting it back has put it on the list once more.
            while self.changed.last() == Some(&c) {
                self.changed.pop();
            }
        }
        debug_assert_eq!(self.wrong, self.violated);
    }

    /// The changes made, if all that they touch holds now, and what they mend.
    fn outcome(&self) -> Option<(Vec<(u32, i64)>, Vec<usize>)> {
        let scene = self.scene;
        if self.wrong >= self.violated || *self.steps == 0 {
            return None;
        }
        let mut cells: Vec<(u32, i64)> = self.changed.iter().map(|&c| (c, self.figures[c as usize])).collect();
        cells.retain(|&(c, to)| scene.figures[c as usize] != to);
        cells.sort_unstable();
        cells.dedup();
        let sound = |&(c, to): &(u32, i64)| {
            let column = &scene.plan.columns[c as usize];
            scene.candidate[c as usize] && (to >= 0 || column.signed) && i128::from(to) % column.step == 0
        };
        if cells.len() < 2 || !cells.iter().all(sound) {
            return None;
        }
        let touched = || cells.iter().flat_map(|&(c, _)| scene.plan.uses(c as usize)).map(|&(i, _)| i as usize);
        if !touched().all(|i| scene.state[i] == State::Tight && self.residual[i] == 0) {
            return None;
        }
        let mut mended: Vec<usize> = touched().filter(|&i| scene.residual[i] != 0).collect();
        mended.sort_unstable();
        mended.dedup();
        (!mended.is_empty()).then_some((cells, mended))
    }

    fn keep(&self, operation: Operation, log_chance: f64, out: &mut Vec<Undone>) {
        if let Some((cells, mended)) = self.outcome() {
            out.push(Undone { operation, cells, mended, log_chance });
        }
    }

    /// Sets a cell to what the first of its identities asks for.
    fn fit(&mut self, column: u32) -> bool {
        let Some(&(i, k)) = self.scene.plan.uses(column as usize).first() else { return false };
        let gap = self.residual[i as usize];
        self.set(column, self.figures[column as usize].saturating_sub(gap / k));
        gap % k == 0
    }

    /// Which cells of a line can be part of an operation within it: each of their identities is violated already or has
    /// another cell of the line.
    fn able(&self, line: &[Option<u32>]) -> Vec<bool> {
        let plan = self.scene.plan;
        let mut cells = vec![0u32; plan.len()];
        for &(i, _) in line.iter().flatten().flat_map(|&c| plan.uses(c as usize)) {
            cells[i as usize] += 1;
        }
        let sound = |i: &u32| self.scene.residual[*i as usize] != 0 || cells[*i as usize] > 1;
        let able = |c: u32| self.scene.candidate[c as usize] && plan.uses(c as usize).iter().all(|(i, _)| sound(i));
        line.iter().map(|c| c.is_some_and(able)).collect()
    }
}

/// Cells exchanged and runs shifted within one line.
fn within(trial: &mut Trial<'_>, line: &[Option<u32>], out: &mut Vec<Undone>) {
    let scene = trial.scene;
    let broken = |c: &u32| scene.plan.uses(*c as usize).iter().any(|&(i, _)| scene.residual[i as usize] != 0);
    if *trial.steps == 0 || !line.iter().flatten().any(broken) {
        return;
    }
    let able = trial.able(line);
    let figure = |at: usize| line[at].map_or(0, |c| scene.figures[c as usize]);
    let places = (line.len() * (line.len() - 1) / 2).max(1) as f64;
    for a in 0..line.len() {
        for b in a + 1..line.len() {
            let (Some(x), Some(y)) = (line[a], line[b]) else { continue };
            if able[a] && able[b] && figure(a) != figure(b) {
                trial.set(x, figure(b));
                trial.set(y, figure(a));
                trial.keep(Operation::Exchanged, -places.ln(), out);
                trial.reset();
            }
        }
    }
    // Slid by one towards the end: what stands at k + 1 belongs to k, from a to b; or towards the beginning. What belonged
    // to the last of them is lost and follows from the identities.
    for (back, a) in [true, false].into_iter().flat_map(|back| (0..line.len()).map(move |a| (back, a))) {
        let at = |k: usize| if back { k } else { line.len() - 1 - k };
        let mut filled = 0;
        for b in a + 1..line.len() {
            let (Some(to), Some(lost)) = (line[at(b - 1)], line[at(b)]) else { break };
            let moved = figure(at(b));
            if moved != figure(at(b - 1)) && !able[at(b - 1)] {
                break;
            }
            trial.set(to, moved);
            filled += usize::from(moved != 0);
            // One figure in its neighbour's place is an exchange with what stood there.
            if filled > 1 && able[at(b)] {
                let log_chance = left_behind(figure(at(a))) - (2.0 * places).ln();
                if trial.fit(lost) {
                    trial.keep(Operation::Shifted, log_chance, out);
                }
                trial.set(lost, figure(at(b)));
            }
        }
        trial.reset();
    }
}

/// ln P of what stands where figures have slid away: 0 in most cases, else one more figure that came from nowhere, which is
/// an error of its own.
fn left_behind(found: i64) -> f64 {
    const ANOTHER_ERROR: f64 = -8.0;
    match found {
        0 => 0.8f64.ln(),
        v => ANOTHER_ERROR + unforeseen(v.unsigned_abs() / Number::SCALE.unsigned_abs()).ln(),
    }
}

/// Lines exchanged, blocks of lines shifted, lines pasted over.
fn between(trial: &mut Trial<'_>, lines: &[Vec<Option<u32>>], out: &mut Vec<Undone>) {
    let scene = trial.scene;
    let places = (lines.len() * (lines.len() - 1) / 2) as f64;
    let put = |trial: &mut Trial<'_>, from: &[Option<u32>], to: &[Option<u32>]| {
        for (to, from) in to.iter().zip(from) {
            if let (Some(to), Some(from)) = (to, from) {
                trial.set(*to, scene.figures[*from as usize]);
            }
        }
    };
    for a in 0..lines.len() {
        for b in a + 1..lines.len() {
            if *trial.steps == 0 {
                return;
            }
            put(trial, &lines[a], &lines[b]);
            put(trial, &lines[b], &lines[a]);
            trial.keep(Operation::LinesExchanged, -places.ln(), out);
            trial.reset();
        }
    }
    // A block that slid has its last line lost; it comes back only where nothing stood in it.
    for back in [true, false] {
        let at = |k: usize| if back { k } else { lines.len() - 1 - k };
        for a in 0..lines.len() {
            let vacated = lines[at(a)].iter().flatten().map(|&c| left_behind(scene.figures[c as usize]));
            let log_chance = vacated.sum::<f64>() - (2.0 * places).ln();
            let mut filled = 0;
            for b in a + 1..lines.len() {
                put(trial, &lines[at(b)], &lines[at(b - 1)]);
                filled += lines[at(b)].iter().flatten().filter(|c| scene.figures[**c as usize] != 0).count();
                lines[at(b)].iter().flatten().for_each(|&c| trial.set(c, 0));
                if b > a + 1 && filled > 1 {
                    trial.keep(Operation::LinesShifted, log_chance, out);
                }
            }
            trial.reset();
            if *trial.steps == 0 {
                return;
            }
        }
    }
    for at in 0..lines.len() {
        pasted(trial, lines, at, -(lines.len() as f64 * 2.0).ln(), out);
    }
}

/// A line that holds exactly what another one does, or what it held itself last year, and that the other cells of the
/// table determine.
fn pasted(trial: &mut Trial<'_>, lines: &[Vec<Option<u32>>], at: usize, log_chance: f64, out: &mut Vec<Undone>) {
    if let Some(values) = unpasted(trial, lines, at) {
        for (c, to) in values {
            trial.set(c, to);
        }
        trial.keep(Operation::Pasted, log_chance, out);
        trial.reset();
    }
}

fn unpasted(trial: &mut Trial<'_>, lines: &[Vec<Option<u32>>], at: usize) -> Option<Vec<(u32, i64)>> {
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
    cells.iter().map(value).collect()
}
