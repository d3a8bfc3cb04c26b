//! Scales, ticks, and labels that give way to each other.

use crate::font;
use crate::kind::SMALL;
use crate::number;
use crate::palette::{GRID, RULE};
use crate::scene::{Align, Area, Scene, Style};

/// Round values from 0 to at least `max`, about `n` steps; whole ones if `whole`.
pub(crate) fn ticks(max: f64, n: usize, whole: bool) -> Vec<f64> {
    let max = if max > 0.0 { max } else { 1.0 };
    let rough = max / n as f64;
    let power = 10f64.powf(rough.log10().floor());
    let mut step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|k| k * power).find(|s| *s >= rough * 0.999).unwrap_or(power * 10.0);
    if whole {
        step = step.max(1.0).round();
    }
    let count = (max / step - 1e-9).ceil().max(1.0) as usize;
    (0..=count).map(|i| i as f64 * step).collect()
}

/// Round values about `low` to `high`, and the first of them: 0 unless both lie far above it or below.
pub(crate) fn around(low: f64, high: f64, n: usize) -> (f64, Vec<f64>) {
    let least = if low > 0.0 && low < high * 0.4 { 0.0 } else { low };
    let span = if high > least { high - least } else { high.abs().max(1.0) };
    let step = ticks(span, n, high - low > 5.0).get(1).copied().unwrap_or(1.0);
    let from = if least == 0.0 { 0.0 } else { ((least - span * 0.05) / step).floor() * step };
    let from = if low >= 0.0 { from.max(0.0) } else { from };
    let count = ((high + span * 0.02 - from) / step).ceil().max(1.0) as usize;
    (from, (0..=count).map(|i| from + i as f64 * step).collect())
}

/// A level scale from 0, or from below it where a value is negative: the function from value to x, and its ticks.
pub(crate) fn level(area: Area, values: impl Iterator<Item = f64>, n: usize, whole: bool) -> (impl Fn(f64) -> f64, Vec<f64>) {
    let (low, high) = values.fold((0f64, 0f64), |(low, high), v| (low.min(v), high.max(v)));
    let above = ticks(if low < 0.0 { high.max(-low) } else { high }, n, whole);
    let step = above.get(1).copied().unwrap_or(1.0);
    let below = (-low / step - 1e-9).ceil().max(0.0) as usize;
    let reach = (high / step - 1e-9).ceil().max(1.0) as usize;
    let ticks: Vec<f64> = (0..=below + reach).map(|i| (i as f64 - below as f64) * step).collect();
    let (from, to) = (-(below as f64) * step, reach as f64 * step);
    (move |v: f64| area.x + (v - from) / (to - from) * area.w, ticks)
}

/// Draws the ticks of a level scale: rules down the area, and their values above it where there is room for each.
pub(crate) fn head(scene: &mut Scene, area: Area, x: &impl Fn(f64) -> f64, ticks: &[f64], percent: bool, zh: bool) {
    let mut free = f64::MIN;
    for &t in ticks {
        scene.line(vec![(x(t), area.y - 6.0), (x(t), area.bottom())], if t == 0.0 { RULE } else { GRID }, 1);
        let text = if percent { format!("{}%", number::plain(t)) } else { tick(t, zh) };
        let half = font::width(&text, SMALL) / 2.0;
        if x(t) - half > free {
            scene.text(x(t), area.y - 14.0, Style::new(SMALL).muted().middle(), text);
            free = x(t) + half + 12.0;
        }
    }
}

/// A value beside a scale: short where it is long.
pub(crate) fn tick(value: f64, zh: bool) -> String {
    if value.abs() >= if zh { 1e8 } else { 1e9 } { number::short(value, zh) } else { number::plain(value) }
}

/// A vertical scale from 0 at the bottom of the area, with grid lines and tick labels at its left; gives the function from
/// value to y.
pub(crate) fn vertical(scene: &mut Scene, area: Area, ticks: &[f64], size: f64, percent: bool, zh: bool) -> impl Fn(f64) -> f64 + use<> {
    let top = ticks.last().copied().unwrap_or(1.0);
    // A count below 0 is a wrong figure: it stands at the bottom, with its number.
    let y = move |v: f64| area.bottom() - v.max(0.0) / top * area.h;
    for &t in ticks {
        let color = if t == 0.0 { RULE } else { GRID };
        scene.line(vec![(area.x, y(t)), (area.right(), y(t))], color, if t == 0.0 { 2 } else { 1 });
        let text = if percent { format!("{}%", number::plain(t)) } else { tick(t, zh) };
        scene.mid(area.x - 12.0, y(t), Style::new(size).muted().align(Align::Right), text);
    }
    y
}

/// Moves labels of height `gap` apart that want to stand at `wanted`, within `from` to `to`; in the order given, which must
/// be ascending.
pub(crate) fn apart(wanted: &[f64], gap: f64, from: f64, to: f64) -> Vec<f64> {
    let mut at: Vec<f64> = Vec::with_capacity(wanted.len());
    for &w in wanted {
        let least = at.last().map_or(from + gap / 2.0, |last| last + gap);
        at.push(w.max(least));
    }
    let mut most = to - gap / 2.0;
    for y in at.iter_mut().rev() {
        *y = y.min(most);
        most = *y - gap;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach() {
        assert_eq!(ticks(152.0, 5, true), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(ticks(3.0, 5, true), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(0.0, 5, true), [0.0, 1.0]);
        assert_eq!(ticks(100.0, 5, false).last(), Some(&100.0));
    }

    #[test]
    fn labels_give_way() {
        let at = apart(&[10.0, 11.0, 12.0, 90.0], 20.0, 0.0, 100.0);
        assert!(at.windows(2).all(|p| p[1] - p[0] >= 19.999), "{at:?}");
        assert!(at.iter().all(|y| (10.0..=90.0).contains(y)), "{at:?}");
    }
}
