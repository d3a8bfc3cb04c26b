//! The form's sentences with the district's figures. Change and share come from the compilation's series, which state
//! none over a break, a missing figure or a lower bound.

use std::cell::RefCell;
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
        Speaker { figures, lang, lower: RefCell::default() }
    }

    /// The cells of which a lower bound was said.
    pub(super) fn lower(&self) -> Vec<Cell> {
        self.lower.borrow().iter().copied().collect()
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
        said.known.then_some(said.text)
    }

    /// Pieces in words. `certain` asks that every figure is whole, as what is optional does.
    fn say(&self, pieces: &[Piece], sentence: &Sentence, certain: bool) -> Option<Said> {
        let mut out = Said::default();
        for piece in pieces {
            match piece {
                Piece::Words(words) => out.text.push_str(words),
                Piece::Year => out.text.push_str(&self.figures.year.to_string()),
                Piece::Sum(cells) => {
                    let sum = self.figures.sum(cells);
                    if certain && sum.partial {
                        return None;
                    }
                    out.known |= sum.millionths.is_some();
                    out.text.push_str(&self.sum(cells, &sum));
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

    fn sum(&self, cells: &[Cell], sum: &Sum) -> String {
        let Some(millionths) = sum.millionths else { return self.lang.say("unknown").to_owned() };
        let number = decimal_text(millionths);
        if !sum.partial {
            return number;
        }
        self.lower.borrow_mut().extend(cells.iter().filter(|c| self.figures.of(**c).missing > 0));
        // “At least 0” says nothing; the note says whose figures are missing.
        if millionths == 0 {
            return number;
        }
        // Where parts may be negative a missing one can lower the sum, so it is no bound.
        if sum.signed { self.lang.incomplete(&number) } else { self.lang.at_least(&number) }
    }

    fn row(&self, series: &str) -> Option<&SeriesRow> {
        let of = &self.figures.compilation;
        of.series_of(&of.root, series).find(|r| r.year == self.figures.year).filter(|r| !r.lower_bound)
    }

    /// How a series has changed since last year; `None` where nothing can be said of it.
    fn change(&self, series: &str) -> Option<String> {
        let of = &self.figures.compilation;
        let growth = of.growth(&of.root, series, self.figures.year)?;
        let percent = growth.percent_text()?;
        Some(self.lang.change(growth.change, &percent))
    }

    /// A share in per cent with one decimal; `None` where a side is missing or the whole is too small.
    fn share(&self, part: &str, whole: &str) -> Option<String> {
        let row = self.row(part)?;
        let (part, whole) = match whole {
            "" => (row.numerator?, row.denominator?),
            whole => (row.numerator?, self.row(whole)?.numerator?),
        };
        let small = Growth { change: 0, base: whole }.small_base();
        if small { None } else { ratio_text(part, whole, 1) }
    }
}
