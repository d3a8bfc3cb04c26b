//! The whole of parts: the compilation's own figure where the chart file names it, so that no picture contradicts the report.

use crate::kind::Ctx;
use crate::number;
use crate::scope::Fig;
use crate::spec::Item;

/// The whole of a year, and what the parts come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole {
    pub(crate) fig: Fig,
    parts: Fig,
}

impl Whole {
    /// A part's share of the whole; a dash where there is no whole, or the part is larger than it.
    pub(crate) fn share(self, part: f64) -> String {
        match self.fig.value() {
            Some(whole) if part <= whole => number::share(part, whole),
            _ => "—".to_owned(),
        }
    }

    fn differs(self) -> bool {
        self.fig.value().is_some() && self.parts.value().is_some() && self.fig.text() != self.parts.text()
    }

    /// Whether figures that are missing can be the reason: a lower bound below the other figure.
    fn is_only_missing(self) -> bool {
        let (Some(whole), Some(parts)) = (self.fig.value(), self.parts.value()) else { return false };
        (self.parts.lower && parts <= whole) || (self.fig.lower && whole <= parts)
    }
}

impl Ctx<'_> {
    /// The whole of these parts in a year.
    pub(crate) fn whole(&self, items: &[Item], total: Option<&str>, year: u16) -> Whole {
        let parts = Fig::sum(items.iter().map(|i| self.scope.fig(&i.id, year)));
        Whole { fig: total.map_or(parts, |id| self.scope.fig(id, year)), parts }
    }

    /// Whether nothing is to be concluded from parts and whole of the year: they contradict each other, and not for want of
    /// figures.
    pub(crate) fn contradicts(&self, items: &[Item], total: Option<&str>, whole: Whole) -> bool {
        whole.differs() && (!whole.is_only_missing() || self.has_error(items, total))
    }

    fn has_error(&self, items: &[Item], total: Option<&str>) -> bool {
        items.iter().map(|i| i.id.as_str()).chain(total).any(|id| self.scope.has_error(id))
    }

    /// Says in one note where parts do not add up to their whole.
    pub(crate) fn note_of_wholes(&self, items: &[Item], total: Option<&str>, unit: &str) -> Option<String> {
        let words = self.words;
        let years = self.scope.years.iter().map(|y| (*y, self.whole(items, total, *y)));
        let wrong: Vec<(u16, Whole)> = years.filter(|(_, w)| w.differs()).collect();
        let wrong_now = self.has_error(items, total);
        let missing = |(y, w): &(u16, Whole)| w.is_only_missing() && !(*y == self.scope.year && wrong_now);
        let reason = match wrong.iter().all(missing) {
            true => words.pick("有数据不全", "figures are missing"),
            false => words.pick("有数据待核实", "some figures are to be checked"),
        };
        let both = |w: &Whole| (self.amount(w.parts, unit), self.amount(w.fig, unit));
        match wrong.as_slice() {
            [] => None,
            [(year, w)] => {
                let (parts, whole) = both(w);
                Some(words.pick(
                    format!("{year}年各部分之和{parts}与合计{whole}不一致，{reason}"),
                    format!("The parts of {year} come to {parts}, the total is {whole}: {reason}"),
                ))
            }
            many => {
                let tell = |(year, w): &(u16, Whole)| {
                    let (parts, whole) = both(w);
                    words.pick(format!("{year}年{parts}、{whole}"), format!("{year} {parts} and {whole}"))
                };
                // The latest years are those that are read.
                let list: Vec<String> = many.iter().rev().take(3).rev().map(tell).collect();
                let list = list.join(if words.zh { "，" } else { "; " });
                let more = if many.len() > 3 { words.pick("等", " and other years") } else { String::new() };
                Some(words.pick(
                    format!("各部分之和与合计不一致（{list}{more}），{reason}"),
                    format!("The parts do not come to the total ({list}{more}): {reason}"),
                ))
            }
        }
    }
}
