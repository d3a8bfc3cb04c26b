//! The form's sentences with the district's figures. Figures stand plain, as such reports state them; whose are missing is
//! said in the note below. Change and share come from the compilation's series, none over a break; where an agency is missing
//! the change is the one over the agencies that have both years, and a share is stated only if nothing but whole reports is
//! missing in it.

use std::cell::{Cell as Flag, RefCell};
use std::collections::BTreeSet;

use nianbao_compile::{Growth, SeriesRow, ratio_text};
use nianbao_form::{Cell, Piece, Sentence, decimal_text};

use crate::figures::{Figures, Sum};
use crate::words::Lang;

/// Says sentences and remembers of which cells it could say a lower bound only.
pub(super) struct Speaker<'s, 'a> {
    figures: &'s Figures<'a>,
    lang: Lang,
    lower: RefCell<BTreeSet<Cell>>,
    /// Whether a change over the agencies of both years was said.
    like: Flag<bool>,
}

/// A sentence while it is put together.
#[derive(Default)]
struct Said {
    text: String,
    /// Whether any of its figures is known.
    known: bool,
}

impl<'s, 'a> Speaker<'s, 'a> {
    pub(super) fn new(figures: &'s Figures<'a>, lang: Lang) -> Speaker<'s, 'a> {
        Speaker { figures, lang, lower: RefCell::default(), like: Flag::new(false) }
    }

    /// The cells of which a lower bound was said.
    pub(super) fn lower(&self) -> Vec<Cell> {
        self.lower.borrow().iter().copied().collect()
    }

    /// Whether a change was said that leaves out agencies without figures for both years.
    pub(super) fn like_for_like(&self) -> bool {
        self.like.get()
    }

    /// Sentences as paragraphs: one that `continues` goes on in the paragraph of the one before it.
    pub(super) fn paragraphs<'f>(&self, sentences: impl Iterator<Item = &'f Sentence>) -> Vec<String> {
        let mut paragraphs: Vec<String> = Vec::new();
        for sentence in sentences {
            let Some(said) = self.sentence(sentence).filter(|s| !s.is_empty()) else { continue };
            match paragraphs.last_mut().filter(|_| sentence.continues) {
                Some(last) => {
                    if self.lang == Lang::En {
                        last.push(' ');
                    }
                    last.push_str(&said);
                }
                None => paragraphs.push(said),
            }
        }
        paragraphs
    }

    /// One sentence; `None` if it cannot be said or none of its figures is known.
    pub(super) fn sentence(&self, sentence: &Sentence) -> Option<String> {
        let sums: Vec<Sum> = sentence.zero.iter().map(|c| self.figures.sum(&[*c])).collect();
        if !sums.is_empty() && sums.iter().all(Sum::is_zero) {
            return self.say(&sentence.none, sentence, false).map(|said| said.text);
        }
        // Where nothing would be said of a zero, nothing is said of a zero that some agencies do not confirm.
        if !sums.is_empty() && sentence.none.is_empty() && sums.iter().all(|s| s.millionths.is_none_or(|m| m == 0)) {
            return None;
        }
        let said = self.say(&sentence.pieces, sentence, false)?;
        let told = |p: &Piece| !matches!(p, Piece::Words(_) | Piece::Year);
        // What states no figure needs none.
        (said.known || !sentence.pieces.iter().any(told)).then_some(said.text)
    }

    /// Pieces in words. `certain` asks that every figure is known, as what is optional does.
    fn say(&self, pieces: &[Piece], sentence: &Sentence, certain: bool) -> Option<Said> {
        let mut out = Said::default();
        for piece in pieces {
            match piece {
                Piece::Words(words) => out.text.push_str(words),
                Piece::Year => out.text.push_str(&self.figures.year.to_string()),
                Piece::Sum(cells) => {
                    let sum = self.figures.sum(cells);
                    if certain && sum.partial && sum.signed {
                        return None;
                    }
                    // Of a figure that nobody gives nothing is said; its table shows a blank and the note says why.
                    out.text.push_str(&self.sum(cells, &sum)?);
                    out.known = true;
                }
                Piece::Change(series) => out.text.push_str(&self.change(series)?),
                Piece::Share(part, whole) => {
                    out.text.push_str(&self.share(part, whole)?);
                    out.text.push('%');
                }
                Piece::Items => {
                    let items: Vec<Said> = sentence.items.iter().filter_map(|i| self.item(i, sentence)).collect();
                    if items.is_empty() {
                        return None;
                    }
                    out.known |= items.iter().any(|i| i.known);
                    let texts: Vec<String> = items.into_iter().map(|i| i.text).collect();
                    out.text.push_str(&self.lang.join(&texts));
                }
                Piece::Optional(inner) => {
                    if let Some(said) = self.say(inner, sentence, true) {
                        out.known |= said.known;
                        out.text.push_str(&said.text);
                    }
                }
            }
        }
        Some(out)
    }

    /// An item of a list; `None` for one that is zero or of which nothing is known.
    fn item(&self, pieces: &[Piece], sentence: &Sentence) -> Option<Said> {
        let sums = pieces.iter().filter_map(|p| match p {
            Piece::Sum(cells) => Some(self.figures.sum(cells)),
            _ => None,
        });
        let sums: Vec<Sum> = sums.collect();
        if !sums.is_empty() && sums.iter().all(|s| s.millionths.is_none_or(|m| m == 0)) {
            return None;
        }
        self.say(pieces, sentence, false)
    }

    fn sum(&self, cells: &[Cell], sum: &Sum) -> Option<String> {
        let number = decimal_text(sum.millionths?);
        if !sum.partial {
            return Some(number);
        }
        self.lower.borrow_mut().extend(cells.iter().filter(|c| self.figures.of(**c).missing > 0));
        // Where parts may be negative a missing one can lower the sum, so it says nothing by itself.
        Some(if sum.signed { self.lang.incomplete(&number) } else { number })
    }

    /// The year's row of a series, unless more is missing in it than the reports of agencies that have sent none.
    fn row(&self, series: &str) -> Option<&SeriesRow> {
        let of = &self.figures.compilation;
        let absent = self.figures.absent().count() as u32;
        let whole = |id: &str| {
            let own = self.figures.form.series.iter().find(|s| s.id == id);
            own.is_some_and(|s| s.numerator.iter().chain(&s.denominator).all(|c| self.figures.of(*c).missing <= absent))
        };
        of.series_of(&of.root, series).find(|r| r.year == self.figures.year).filter(|r| !r.lower_bound || whole(series))
    }

    /// How a series has changed since last year; `None` where nothing can be said of it.
    fn change(&self, series: &str) -> Option<String> {
        let (of, year) = (&self.figures.compilation, self.figures.year);
        let own = self.figures.form.series.iter().find(|s| s.id == series)?;
        let bears = |growth: &Growth| self.figures.bears_change(&own.numerator, growth.percent().unwrap_or(0.0));
        if let Some(growth) = of.growth(&of.root, series, year) {
            return bears(&growth).then(|| Some(self.lang.change(growth.change, &growth.percent_text()?))).flatten();
        }
        let like = of.like_for_like(&of.root, series, year).filter(|like| bears(&like.growth))?;
        let said = self.lang.like_for_like(&self.lang.change(like.growth.change, &like.growth.percent_text()?));
        self.like.set(true);
        Some(said)
    }

    /// A share in per cent with one decimal; `None` where a side is missing or under query, or the whole is too small or
    /// less than the part.
    fn share(&self, part: &str, whole: &str) -> Option<String> {
        let row = self.row(part)?;
        let cells = |id: &str| {
            let own = self.figures.form.series.iter().find(|s| s.id == id);
            own.map_or_else(Vec::new, |s| s.numerator.iter().chain(&s.denominator).copied().collect())
        };
        if ![part, whole].iter().all(|id| self.figures.bears_share(&cells(id))) {
            return None;
        }
        let (part, whole) = match whole {
            "" => (row.numerator?, row.denominator?),
            whole => (row.numerator?, self.row(whole)?.numerator?),
        };
        let small = Growth { change: 0, base: whole }.small_base();
        if small || part > whole { None } else { ratio_text(part, whole, 1) }
    }
}
