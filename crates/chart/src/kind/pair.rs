//! One agency in two years: the figures, and the change between them.

use super::Ctx;
use crate::Table;
use crate::palette::{ACCENT, MAIN, MUTED, Rgb};
use crate::scope::{Fig, Member};
use crate::words::{signed, signed_points};

/// An agency of which both figures are known.
pub(super) struct Row<'a> {
    pub(super) member: &'a Member,
    pub(super) now: Fig,
    pub(super) last: Fig,
    /// The values: this year's, and the other's.
    pub(super) a: f64,
    pub(super) b: f64,
}

impl Row<'_> {
    /// The change: of a rate in points, as it is written.
    pub(super) fn change(&self) -> f64 {
        let d = self.a - self.b;
        if self.now.ratio { (d * 10.0).round() / 10.0 } else { d }
    }

    pub(super) fn by(&self) -> String {
        if self.now.ratio { signed_points(self.change()) } else { signed(self.change(), 2) }
    }

    /// The change with its unit, for sentences.
    pub(super) fn sized(&self, ctx: &Ctx<'_>, unit: &str) -> String {
        let words = ctx.words;
        match self.now.ratio {
            true => words.pick(format!("{}个百分点", self.by()), format!("{} points", self.by())),
            false => words.amount(&self.by(), if words.zh { unit } else { "" }),
        }
    }

    pub(super) fn both(&self) -> String {
        format!("{}→{}", self.last.text(), self.now.text())
    }

    pub(super) fn color(&self) -> Rgb {
        match self.change() {
            d if d > 0.0 => MAIN,
            d if d < 0.0 => ACCENT,
            _ => MUTED,
        }
    }

    /// How much stands behind the figure: what a rate is of, or the figure itself.
    pub(super) fn weight(&self) -> f64 {
        if self.now.ratio { self.now.base() } else { self.a }
    }
}

/// Two years and their difference, agency by agency.
pub(super) fn changes(
    ctx: &Ctx<'_>,
    rows: impl Iterator<Item = (String, String, String, String)>,
    last: u16,
    unit: &str,
) -> Table {
    let (words, year) = (ctx.words, ctx.scope.year);
    let change = words.pick("变化", "Change");
    let change = match unit {
        "%" => words.pick("变化（百分点）", "Change (points)"),
        _ => ctx.head(&change, unit),
    };
    let columns = vec![ctx.agency_head(), ctx.head(&words.year(last), unit), ctx.head(&words.year(year), unit), change];
    Table { columns, rows: rows.map(|(name, last, now, by)| vec![name, last, now, by]).collect() }
}
