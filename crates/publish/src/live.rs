//! An identity as a live formula of a workbook, and what the formula gives for the figures that stand there.
//!
//! A blank part is no 0: it may be anything that its cell can hold, so a difference is shown only where it is certain.
//! Σ parts − Σ whole is certain where every term is known; where only non-negative parts are blank it is at least what it
//! is without them, so 0 or more is certain (at 0 every blank part is 0); and the other way round for the whole.

use nianbao_form::{Number, decimal_text};
use rust_xlsxwriter::utility::column_number_to_name;

/// Where a term stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// A cell: the sheet's name as formulas write it (empty for the same sheet), row and column from 0.
    At { sheet: String, row: u32, column: u16 },
    /// Any other reference, such as one that looks a row up.
    Lookup(String),
}

/// What a term's cell holds when the workbook is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// A number, in millionths.
    Number(i128),
    /// A mark of none, which counts as 0.
    None,
    /// Words: no figure, whatever they are.
    Words,
    /// Nothing.
    Blank,
}

/// One term of an identity.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) spot: Spot,
    pub(crate) held: Held,
    /// Whether its figure may be negative.
    pub(crate) signed: bool,
}

/// An identity over cells of a workbook.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    parts: Vec<Term>,
    whole: Vec<Term>,
}

/// What is certain of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Σ parts − Σ whole in millionths: 0, or the difference (at least so much where something is blank).
    Difference(i128),
    /// Blanks leave it open.
    Open,
}

/// A formula that is longer than this is not written: Excel takes 8,192 characters.
const LONGEST: usize = 7_800;
/// A function takes no more arguments than this (Excel: 255).
const ARGUMENTS: usize = 200;

impl Live {
    pub(crate) fn new(parts: Vec<Term>, whole: Vec<Term>) -> Live {
        Live { parts, whole }
    }

    /// What the formula gives now.
    pub(crate) fn verdict(&self) -> Verdict {
        let sum = |terms: &[Term]| -> i128 { terms.iter().map(|t| if let Held::Number(n) = t.held { n } else { 0 }).sum() };
        let known = |t: &&Term| matches!(t.held, Held::Number(_) | Held::None);
        let all = |side: &[Term], other: &[Term]| {
            side.iter().all(|t| known(&t)) && other.iter().filter(|t| t.signed).all(|t| known(&t))
        };
        let difference = sum(&self.parts) - sum(&self.whole);
        match (all(&self.whole, &self.parts), all(&self.parts, &self.whole)) {
            (true, true) => Verdict::Difference(difference),
            (true, false) if difference >= 0 => Verdict::Difference(difference),
            (false, true) if difference <= 0 => Verdict::Difference(difference),
            _ => Verdict::Open,
        }
    }

    /// Σ parts − Σ whole as a formula; `None` where it would be too long for a cell, or a term is no cell that a formula
    /// can count with.
    pub(crate) fn formula(&self, open: &str) -> Option<String> {
        self.branches(&|d| d.to_owned(), open)
    }

    /// The same with words around the difference: `said` makes an expression of one.
    pub(crate) fn branches(&self, said: &dyn Fn(&str) -> String, open: &str) -> Option<String> {
        let difference =
            format!("ROUND({}-{},6)", call("SUM", &spots(&self.parts, |_| true)), call("SUM", &spots(&self.whole, |_| true)));
        let all = |side: &[Term], other: &[Term]| {
            let terms: Vec<&Term> = side.iter().chain(other.iter().filter(|t| t.signed)).collect();
            let words = |t: &&Term| t.held == Held::Words;
            // Any text in a cell is a mark of none, but where words stood when the workbook was made.
            let mut counts = Vec::new();
            let of = |wanted: bool| terms.iter().filter(|t| words(t) == wanted).map(|t| &t.spot).collect::<Vec<_>>();
            for (function, spots) in [("COUNTA", of(false)), ("COUNT", of(true))] {
                if !spots.is_empty() {
                    counts.push(call(function, &joined(&spots)));
                }
            }
            format!("{}={}", counts.join("+"), terms.len())
        };
        let open = format!("\"{}\"", open.replace('"', "\"\""));
        let (whole, parts) = (all(&self.whole, &self.parts), all(&self.parts, &self.whole));
        let said = said(&difference);
        let text = format!(
            "=IF({whole},IF({parts},{said},IF({difference}>=0,{said},{open})),IF({parts},IF({difference}<=0,{said},{open}),{open}))"
        );
        (text.chars().count() <= LONGEST).then_some(text)
    }

    /// Both sides as expressions.
    pub(crate) fn sides(&self) -> [String; 2] {
        [&self.parts, &self.whole].map(|terms| call("SUM", &spots(terms, |_| true)))
    }
}

impl Verdict {
    /// As the formula shows it.
    pub(crate) fn text(self, open: &str) -> String {
        match self {
            Verdict::Difference(n) => decimal_text(n),
            Verdict::Open => open.to_owned(),
        }
    }
}

fn spots(terms: &[Term], wanted: impl Fn(&Term) -> bool) -> Vec<String> {
    joined(&terms.iter().filter(|t| wanted(t)).map(|t| &t.spot).collect::<Vec<_>>())
}

/// A function over arguments, in several calls where there are too many.
fn call(function: &str, arguments: &[String]) -> String {
    let calls: Vec<String> = arguments.chunks(ARGUMENTS).map(|a| format!("{function}({})", a.join(","))).collect();
    match calls.as_slice() {
        [] => "0".to_owned(),
        [one] => one.clone(),
        many => format!("({})", many.join("+")),
    }
}

/// References with neighbours in a row or a column drawn together.
fn joined(spots: &[&Spot]) -> Vec<String> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < spots.len() {
        let mut end = i;
        let step = |a: &Spot, b: &Spot| match (a, b) {
            (Spot::At { sheet: s, row: r, column: c }, Spot::At { sheet: t, row: q, column: d }) if s == t => {
                if r == q && c + 1 == *d {
                    1
                } else if c == d && r + 1 == *q {
                    2
                } else {
                    0
                }
            }
            _ => 0,
        };
        let mut along = 0;
        while let Some(next) = spots.get(end + 1) {
            let way = step(spots[end], next);
            if way == 0 || (along != 0 && way != along) {
                break;
            }
            (along, end) = (way, end + 1);
        }
        out.push(match (spots[i], spots[end]) {
            (Spot::Lookup(text), _) => text.clone(),
            (one, _) if end == i => reference(one),
            (first, last) => format!("{}:{}", reference(first), reference(last).rsplit('!').next().unwrap_or_default()),
        });
        i = end + 1;
    }
    out
}

/// A spot as formulas write it.
pub(crate) fn reference(spot: &Spot) -> String {
    match spot {
        Spot::Lookup(text) => text.clone(),
        Spot::At { sheet, row, column } => {
            let mark = if sheet.is_empty() { "" } else { "!" };
            format!("{sheet}{mark}{}{}", column_number_to_name(*column), row + 1)
        }
    }
}

/// A sheet's name as formulas and links write it.
pub(crate) fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

/// Whether Excel, which keeps 15 digits, keeps this number whole.
pub(crate) fn fits(millionths: i128) -> bool {
    let mut digits = millionths.unsigned_abs();
    while digits != 0 && digits.is_multiple_of(10) {
        digits /= 10;
    }
    digits < 1_000_000_000_000_000
}

/// The number as a workbook keeps it: the double that is nearest to the decimal text.
pub(crate) fn double(millionths: i128) -> f64 {
    decimal_text(millionths).parse().unwrap_or(f64::NAN)
}

/// How many decimals a number has.
pub(crate) fn decimals(millionths: i128) -> u32 {
    let mut rest = millionths.unsigned_abs() % Number::SCALE as u128;
    let mut count = if rest == 0 { 0 } else { 6 };
    while rest != 0 && rest.is_multiple_of(10) {
        rest /= 10;
        count -= 1;
    }
    count
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn terms(text: &str, column: u16) -> Vec<Term> {
        let held = |w: &str| match w {
            "." => Held::Blank,
            "/" => Held::None,
            "w" => Held::Words,
            n => Held::Number(n.parse::<i128>().unwrap() * 1_000_000),
        };
        let spot = |i: usize| Spot::At { sheet: String::new(), row: 7, column: column + i as u16 };
        text.split_whitespace().enumerate().map(|(i, w)| Term { spot: spot(i), held: held(w), signed: false }).collect()
    }

    #[test]
    fn a_blank_part_is_no_zero() {
        let n = |n: i128| Verdict::Difference(n * 1_000_000);
        for (parts, whole, verdict) in [
            ("1 2", "3", n(0)),
            ("1 2", "4", n(-1)),
            ("1 .", "4", Verdict::Open),
            ("4 .", "4", n(0)),
            ("5 .", "4", n(1)),
            ("5 /", "5", n(0)),
            ("5 w", "6", Verdict::Open),
            ("1 2", ".", Verdict::Open),
            ("1 2", "4 .", n(-1)),
            ("1 .", "1 .", Verdict::Open),
            (". .", "0", n(0)),
        ] {
            let live = Live::new(terms(parts, 3), terms(whole, 9));
            assert_eq!(live.verdict(), verdict, "{parts} = {whole}");
        }
    }

    #[test]
    fn signed_blanks_prove_nothing() {
        let mut parts = terms("5 .", 3);
        parts[1].signed = true;
        assert_eq!(Live::new(parts, terms("4", 9)).verdict(), Verdict::Open);
    }

    #[test]
    fn neighbours_are_drawn_together() {
        let live = Live::new(terms("1 2 3", 3), terms("6", 9));
        let formula = live.formula("?").unwrap();
        assert!(formula.contains("SUM(D8:F8)-SUM(J8)") && formula.contains("COUNTA(D8:F8)=3"), "{formula}");
        let words = Live::new(terms("1 w 3", 3), terms("6", 9)).formula("?").unwrap();
        assert!(words.contains("COUNTA(D8,F8)+COUNT(E8)=3"), "{words}");
    }

    #[test]
    fn digits_that_a_double_keeps() {
        assert!(fits(999_999_999_999_999) && fits(1_000_000_000_000_000_000) && fits(0));
        assert!(!fits(1_000_000_000_000_000_001) && !fits(-1_234_567_890_123_456));
        assert_eq!((decimals(1_500_000), decimals(1), decimals(3_000_000)), (1, 6, 0));
    }
}
