//! The district's figures of the year as they are printed, and whose figures are missing in them.

use std::collections::{BTreeSet, HashMap};

use nianbao_compile::{CoverageRow, SumRow};
use nianbao_form::{Cell, Form, Piece, Sentence, decimal_text};

use crate::Edition;
use crate::words::Lang;

/// Sums of the group at the top for the year.
#[derive(Debug)]
pub(crate) struct Figures<'a> {
    form: &'a Form,
    year: u16,
    lang: Lang,
    sums: HashMap<usize, &'a SumRow>,
    /// Coverage of the group at the top in the year, in its own order.
    pub(crate) coverage: Vec<&'a CoverageRow>,
    /// For each counted report of the group, its agency and the cells whose figure it does not give.
    unknown: Vec<(&'a str, BTreeSet<usize>)>,
}

/// One printed figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Printed {
    /// Without mark, empty if no report gives one.
    pub(crate) number: String,
    /// With `≥` where some agencies' figures are missing.
    pub(crate) text: String,
    /// How many agencies' figures are missing.
    pub(crate) missing: u32,
}

impl<'a> Figures<'a> {
    pub(crate) fn new(edition: &Edition<'a>, form: &'a Form) -> Figures<'a> {
        let compilation = edition.compilation;
        let of_group = |id: &str, year: u16| id == compilation.root && year == edition.year;
        let sums = compilation.sums.iter().filter(|s| of_group(&s.group_id, s.year)).map(|s| (s.cell.index(), s)).collect();
        let unknown = edition.counted().map(|e| {
            let cells = form.cells.iter().filter(|c| e.report.counts_as(**c).is_none()).map(|c| c.index()).collect();
            (e.report.agency.as_str(), cells)
        });
        Figures {
            form,
            year: edition.year,
            lang: Lang::of_form(form),
            sums,
            coverage: compilation.coverage.iter().filter(|c| of_group(&c.group_id, c.year)).collect(),
            unknown: unknown.collect(),
        }
    }

    /// Agencies of the group with no report.
    pub(crate) fn absent(&self) -> impl Iterator<Item = &'a CoverageRow> + '_ {
        self.coverage.iter().copied().filter(|c| c.status == "missing")
    }

    /// Agencies of the group whose report lacks some figure.
    pub(crate) fn partial(&self) -> impl Iterator<Item = &'a CoverageRow> + '_ {
        self.coverage.iter().copied().filter(|c| c.status == "partial")
    }

    /// Agencies whose report lacks one of the cells that make a lower bound here.
    pub(crate) fn lacking(&self, cells: &[Cell]) -> Vec<&'a str> {
        let short: Vec<usize> = cells.iter().filter(|c| self.of(**c).missing > 0).map(|c| c.index()).collect();
        let lacks = |unknown: &BTreeSet<usize>| short.iter().any(|c| unknown.contains(c));
        self.unknown.iter().filter(|(_, unknown)| lacks(unknown)).map(|(agency, _)| *agency).collect()
    }

    /// The figure of a cell.
    pub(crate) fn of(&self, cell: Cell) -> Printed {
        let Some(sum) = self.sums.get(&cell.index()) else { return Printed::default() };
        // Where parts may be negative a missing one can lower the sum, so it is no bound.
        printed(sum, self.form.def(cell).is_some_and(|d| d.signed), self.lang)
    }

    /// How many agencies do not give one of the cells.
    fn missing_in(&self, cells: &[Cell]) -> u32 {
        let most = cells.iter().map(|c| self.of(*c).missing).max().unwrap_or(0);
        let union = if most == 0 { 0 } else { self.lacking(cells).len() + self.absent().count() };
        most.max(union.min(self.coverage.len()) as u32)
    }

    /// A sentence of the form with its figures; `None` if none of them is known. A figure that is not whole is said as
    /// a lower bound, with how many agencies are missing where that is not clear from the figure before it.
    pub(crate) fn sentence(&self, sentence: &Sentence) -> Option<String> {
        let mut out = String::new();
        let mut said = 0;
        let mut known = false;
        let mut pending: Option<(String, String)> = None;
        for piece in &sentence.pieces {
            let words = match piece {
                Piece::Words(words) => words.clone(),
                Piece::Year => self.year.to_string(),
                Piece::Sum(cells) => {
                    let (number, missing, any) = self.sum(cells);
                    known |= any;
                    let unit = cells.first().and_then(|c| self.form.def(*c)).map_or("", |d| d.unit.as_str());
                    if missing == 0 {
                        out.push_str(&number);
                        continue;
                    }
                    out.push_str(&if any { self.lang.at_least(&number) } else { self.lang.say("unknown").to_owned() });
                    if missing != said {
                        pending = Some((unit.to_owned(), self.lang.lacking(missing)));
                        said = missing;
                    }
                    continue;
                }
            };
            let rest = match pending.take() {
                // The unit belongs to the number, so the remark goes behind it.
                Some((unit, remark)) => match words.strip_prefix(unit.as_str()) {
                    Some(rest) => {
                        out.push_str(&unit);
                        out.push_str(&remark);
                        rest.to_owned()
                    }
                    None => {
                        out.push_str(&remark);
                        words
                    }
                },
                None => words,
            };
            out.push_str(&rest);
        }
        if let Some((_, remark)) = pending {
            out.push_str(&remark);
        }
        known.then_some(out)
    }

    /// Exact sum of cells, how many agencies are missing, and whether anything is known at all.
    fn sum(&self, cells: &[Cell]) -> (String, u32, bool) {
        let known: Vec<i128> = cells.iter().filter_map(|c| self.sums.get(&c.index())?.millionths).collect();
        let text = decimal_text(known.iter().sum());
        let missing = self.missing_in(cells);
        (text, if known.is_empty() { missing.max(1) } else { missing }, !known.is_empty())
    }
}

/// A sum as it is printed: a lower bound where figures are missing, unless parts may be negative (`signed`).
pub(crate) fn printed(sum: &SumRow, signed: bool, lang: Lang) -> Printed {
    let Some(millionths) = sum.millionths else { return Printed { missing: sum.missing, ..Printed::default() } };
    let number = decimal_text(millionths);
    let text = match (sum.missing, signed) {
        (0, _) => number.clone(),
        (_, false) => format!("≥{number}"),
        (_, true) => format!("{number}（{}）", lang.say("incomplete")),
    };
    Printed { number, text, missing: sum.missing }
}
