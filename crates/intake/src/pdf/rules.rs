//! Lines as they were drawn, piece by piece and often twice, become whole lines, and lines that meet become the frame of a
//! table.

use super::geometry::{Rect, Rule};
use crate::refuse::Refusal;

/// Lines closer than this are one: the two of a double border, or the borders of two cells side by side.
const ONE: f32 = 3.0;
/// Gaps in a line that are no gaps.
const GAP: f32 = 3.0;
/// Pieces shorter than this can be dashes.
const DASH: f32 = 12.0;
/// What is shorter leads nowhere.
const SHORT: f32 = 5.0;
/// Pairs of lines that may be looked at to know which meet.
const MAX_PAIRS: usize = 30_000_000;

/// Joins pieces of lines; level lines from the top down, then upright ones from left to right.
pub(super) fn joined(rules: &[Rule]) -> Vec<Rule> {
    let mut out = Vec::new();
    for level in [true, false] {
        let mut pieces: Vec<Rule> = rules.iter().copied().filter(|r| r.level == level).collect();
        pieces.sort_by(|a, b| a.at.total_cmp(&b.at));
        let mut group: Vec<Rule> = Vec::new();
        for piece in pieces {
            let apart =
                group.last().is_some_and(|l| piece.at - l.at > ONE) || group.first().is_some_and(|f| piece.at - f.at > 2.0 * ONE);
            if apart {
                join_group(&mut group, &mut out);
            }
            group.push(piece);
        }
        join_group(&mut group, &mut out);
    }
    out
}

/// Joins pieces that stand at one height where one follows the other.
fn join_group(group: &mut Vec<Rule>, out: &mut Vec<Rule>) {
    group.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut open: Option<(Rule, f32, f32)> = None;
    let mut close = |line: Option<(Rule, f32, f32)>| out.extend(line.map(|l| l.0).filter(|r| r.end - r.start >= SHORT));
    for piece in group.drain(..) {
        let length = (piece.end - piece.start).max(0.1);
        match &mut open {
            // Between short pieces there may be as much as they are long: they are dashes.
            Some((line, weight, last))
                if piece.start - line.end <= GAP.max(if last.max(length) < DASH { 1.2 * last.max(length) } else { 0.0 }) =>
            {
                line.at = (line.at * *weight + piece.at * length) / (*weight + length);
                *weight += length;
                line.end = line.end.max(piece.end);
                *last = length;
            }
            _ => close(open.replace((piece, length, length))),
        }
    }
    close(open);
}

/// Lines that meet one another, as one.
#[derive(Debug)]
pub(super) struct Frame {
    pub level: Vec<Rule>,
    pub upright: Vec<Rule>,
    pub bounds: Rect,
}

/// Sorts lines into frames, from the top down.
///
/// # Errors
/// More lines than any table has.
pub(super) fn frames(rules: &[Rule]) -> Result<Vec<Frame>, Refusal> {
    let (level, upright): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|r| r.level);
    if level.len().saturating_mul(upright.len()) > MAX_PAIRS {
        return Err(Refusal::too_large());
    }
    // The root of each line's frame; upright lines come behind the level ones.
    let mut root: Vec<usize> = (0..rules.len()).collect();
    for (i, l) in level.iter().enumerate() {
        for (k, u) in upright.iter().enumerate() {
            let meets = u.at >= l.start - GAP && u.at <= l.end + GAP && l.at >= u.start - GAP && l.at <= u.end + GAP;
            if meets {
                let (a, b) = (find(&mut root, i), find(&mut root, level.len() + k));
                root[a.max(b)] = a.min(b);
            }
        }
    }
    let mut out: Vec<(usize, Frame)> = Vec::new();
    let mut at_root = vec![usize::MAX; rules.len()];
    for (i, rule) in level.iter().chain(&upright).enumerate() {
        let r = find(&mut root, i);
        if at_root[r] == usize::MAX {
            at_root[r] = out.len();
            out.push((r, Frame { level: Vec::new(), upright: Vec::new(), bounds: Rect::NONE }));
        }
        let frame = &mut out[at_root[r]].1;
        if rule.level {
            frame.bounds.add(rule.start, rule.at);
            frame.bounds.add(rule.end, rule.at);
            frame.level.push(**rule);
        } else {
            frame.bounds.add(rule.at, rule.start);
            frame.bounds.add(rule.at, rule.end);
            frame.upright.push(**rule);
        }
    }
    let mut out: Vec<Frame> = out.into_iter().map(|f| f.1).collect();
    attach_sides(&mut out);
    out.sort_by(|a, b| a.bounds.y0.total_cmp(&b.bounds.y0));
    Ok(out)
}

fn find(root: &mut [usize], mut at: usize) -> usize {
    while root[at] != at {
        root[at] = root[root[at]];
        at = root[at];
    }
    at
}

/// An upright line that meets no level one, because the cell beside it covers all rows of the page, belongs to the frame
/// that it runs along.
fn attach_sides(frames: &mut Vec<Frame>) {
    let (mut whole, lone): (Vec<Frame>, Vec<Frame>) =
        frames.drain(..).partition(|f| !f.level.is_empty() && !f.upright.is_empty());
    for frame in lone {
        let [side] = frame.upright.as_slice() else {
            whole.push(frame);
            continue;
        };
        let along = |f: &Frame| {
            let common = side.end.min(f.bounds.y1) - side.start.max(f.bounds.y0);
            let apart = (f.bounds.x0 - side.at).max(side.at - f.bounds.x1);
            (common > 0.85 * f.bounds.height() && common > 0.85 * (side.end - side.start) && apart < 0.5 * f.bounds.width())
                .then_some(apart)
        };
        let near = (0..whole.len()).filter_map(|i| Some((i, along(&whole[i])?))).min_by(|a, b| a.1.total_cmp(&b.1));
        match near {
            Some((i, _)) => {
                whole[i].bounds.add(side.at, side.start);
                whole[i].bounds.add(side.at, side.end);
                whole[i].upright.push(*side);
            }
            None => whole.push(frame),
        }
    }
    *frames = whole;
}
