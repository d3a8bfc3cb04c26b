//! The district's figures of the year as they are printed, and whose figures are missing in them.

use std::collections::{BTreeSet, HashMap};

use nianbao_compile::{Compilation, CoverageRow, SumRow};
use nianbao_form::{Cell, Finding, Form, FormIx, Forms, Report, Severity, Status, decimal_text};

use crate::Edition;

/// Sums of the group at the top for the year.
#[derive(Debug)]
pub(crate) struct Figures<'a> {
    pub(crate) forms: &'a Forms,
    pub(crate) form: &'a Form,
    pub(crate) year: u16,
    pub(crate) compilation: &'a Compilation,
    sums: HashMap<usize, &'a SumRow>,
    /// Agencies that give the figure of a cell in another generation's row: they owe nothing.
    elsewhere: HashMap<usize, BTreeSet<&'a str>>,
    /// The reports that are counted.
    reports: Vec<&'a Report>,
    /// Coverage of the group at the top in the year, in its own order.
    pub(crate) coverage: Vec<&'a CoverageRow>,
    /// By how much open errors, and open errors and warnings, could move the group's figure: shares of it, added up.
    moved: HashMap<usize, Moved>,
}

/// Open findings that move a figure by less than this share say nothing against a change in it.
const NOTICEABLE: f64 = 0.1;
/// Open errors that move a figure by more than this share are seen in a share that has one decimal.
const SEEN: f64 = 0.01;

/// Shares of a figure that open findings concern.
#[derive(Clone, Copy, Debug, Default)]
struct Moved {
    errors: f64,
    all: f64,
}

/// One printed figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Printed {
    /// The number as `district.csv` has it, empty if no report gives one.
    pub(crate) number: String,
    /// How many agencies' figures are missing.
    pub(crate) missing: u32,
}

/// A sum of cells, for a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    /// What is known of it; `None` if nothing is.
    pub(crate) millionths: Option<i128>,
    /// Whether some agency's figure is missing in it.
    pub(crate) partial: bool,
    /// Whether a missing part could lower it, so that it is no lower bound.
    pub(crate) signed: bool,
}

impl Sum {
    /// Whether it is known for certain and zero.
    pub(crate) fn is_zero(&self) -> bool {
        !self.partial && self.millionths == Some(0)
    }
}

impl<'a> Figures<'a> {
    pub(crate) fn new(edition: &Edition<'a>, form: &'a Form) -> Figures<'a> {
        let compilation = edition.compilation;
        let sums = compilation.sums_of(&compilation.root, edition.year).iter().map(|s| (s.cell.index(), s)).collect();
        let coverage = compilation.coverage_of(&compilation.root, edition.year).iter().collect();
        let reports: Vec<&Report> = edition.counted().map(|e| e.report).collect();
        let elsewhere = elsewhere(&reports, form);
        Figures {
            forms: edition.forms,
            form,
            year: edition.year,
            compilation,
            sums,
            elsewhere,
            reports,
            coverage,
            moved: moved(edition),
        }
    }

    /// Which of the forms it is.
    pub(crate) fn form_ix(&self) -> Option<FormIx> {
        self.forms.find(&self.form.id)
    }

    /// Whether one of the cells is under query: its sum stands as it is, but nothing is concluded from it.
    pub(crate) fn is_queried(&self, cells: &[Cell]) -> bool {
        self.moved(cells).all >= NOTICEABLE
    }

    /// Whether a change of so many per cent may be said of the cells: not if what is under query could be half of it.
    pub(crate) fn bears_change(&self, cells: &[Cell], percent: f64) -> bool {
        let moved = self.moved(cells).all;
        moved == 0.0 || (moved < NOTICEABLE && moved * 100.0 < percent.abs() / 2.0)
    }

    /// Whether a share may be said of the cells.
    pub(crate) fn bears_share(&self, cells: &[Cell]) -> bool {
        let moved = self.moved(cells);
        moved.all < NOTICEABLE && moved.errors < SEEN
    }

    /// The cells of the form under query, those that could move most first.
    pub(crate) fn queried(&self) -> Vec<Cell> {
        let all = |c: &Cell| self.moved(&[*c]).all;
        let mut cells: Vec<Cell> = self.form.cells.iter().copied().filter(|c| all(c) >= NOTICEABLE).collect();
        cells.sort_by(|a, b| all(b).total_cmp(&all(a)));
        cells
    }

    fn moved(&self, cells: &[Cell]) -> Moved {
        let of = cells.iter().filter_map(|c| self.moved.get(&c.index()));
        of.fold(Moved::default(), |a, b| Moved { errors: a.errors.max(b.errors), all: a.all.max(b.all) })
    }

    /// Agencies of the group with no report.
    pub(crate) fn absent(&self) -> impl Iterator<Item = &'a CoverageRow> + '_ {
        self.coverage.iter().copied().filter(|c| c.status == "missing")
    }

    /// Agencies of the group whose report lacks some figure.
    pub(crate) fn partial(&self) -> impl Iterator<Item = &'a CoverageRow> + '_ {
        self.coverage.iter().copied().filter(|c| c.status == "partial")
    }

    /// Agencies that have reported and yet owe one of the cells, each with those that it owes, in the order of the group.
    pub(crate) fn owed(&self, cells: &[Cell]) -> Vec<(&'a str, Vec<Cell>)> {
        let absent: BTreeSet<&str> = self.absent().map(|c| c.agency.as_str()).collect();
        let mut owed: Vec<(&'a str, Vec<Cell>)> = Vec::new();
        let mut at: HashMap<&str, usize> = HashMap::new();
        for &cell in cells.iter().filter(|c| self.of(**c).missing as usize > absent.len()) {
            for agency in self.compilation.owing(&self.compilation.root, self.year, cell) {
                if !absent.contains(agency) && !self.elsewhere(cell).any(|a| a == agency) {
                    let i = *at.entry(agency).or_insert(owed.len());
                    if i == owed.len() {
                        owed.push((agency, Vec::new()));
                    }
                    owed[i].1.push(cell);
                }
            }
        }
        owed
    }

    /// The figure of a cell.
    pub(crate) fn of(&self, cell: Cell) -> Printed {
        let Some(sum) = self.sums.get(&cell.index()) else { return Printed::default() };
        let elsewhere = self.elsewhere(cell).count() as u32;
        Printed { number: sum.millionths.map(decimal_text).unwrap_or_default(), missing: sum.missing.saturating_sub(elsewhere) }
    }

    fn elsewhere(&self, cell: Cell) -> impl Iterator<Item = &'a str> + '_ {
        self.elsewhere.get(&cell.index()).into_iter().flatten().copied()
    }

    /// The sum of cells, and of the rows of another generation that agencies print in their place.
    pub(crate) fn sum(&self, cells: &[Cell]) -> Sum {
        let swapped = self.form.alternates.iter().filter(|a| a.own.iter().all(|c| cells.contains(c)));
        let guests: Vec<Cell> = swapped.flat_map(|a| &a.guest).filter(|g| !cells.contains(g)).copied().collect();
        let of = |c: &Cell| self.sums.get(&c.index()).and_then(|s| s.millionths);
        let known: Vec<i128> = cells.iter().chain(&guests).filter_map(of).collect();
        let whole = cells.iter().all(|c| of(c).is_some() && self.of(*c).missing == 0);
        Sum {
            millionths: (!known.is_empty()).then(|| known.iter().sum()),
            partial: !whole,
            signed: cells.iter().any(|c| self.form.def(*c).is_some_and(|d| d.signed)),
        }
    }

    /// Cells of the year that are no row of the form but bear a figure other than 0: rows of another generation that
    /// agencies print.
    pub(crate) fn guests(&self) -> Vec<Cell> {
        let of = |c: &Cell| self.sums.get(&c.index()).is_some_and(|s| s.millionths.is_some_and(|m| m != 0));
        self.form.guests.iter().copied().filter(of).collect()
    }

    /// Agencies that give the figure of any of the cells.
    pub(crate) fn givers(&self, cells: &[Cell]) -> Vec<&'a str> {
        let gives = |r: &&&Report| cells.iter().any(|c| r.counts_as(*c).is_some());
        self.reports.iter().filter(gives).map(|r| r.agency.as_str()).collect()
    }
}

/// For each cell the agencies whose report prints, in the place of the cell's row, a row of another generation.
fn elsewhere<'a>(reports: &[&'a Report], form: &Form) -> HashMap<usize, BTreeSet<&'a str>> {
    let mut elsewhere: HashMap<usize, BTreeSet<&'a str>> = HashMap::new();
    for report in reports {
        let known = |c: &Cell| report.counts_as(*c).is_some();
        for a in form.alternates.iter().filter(|a| a.guest.iter().all(known)) {
            for own in a.own.iter().filter(|c| !known(c)) {
                elsewhere.entry(own.index()).or_default().insert(&report.agency);
            }
        }
    }
    elsewhere
}

fn moved(edition: &Edition<'_>) -> HashMap<usize, Moved> {
    let open =
        |f: &&Finding| matches!(f.status, Status::Open | Status::Confirmed) && f.severity >= Severity::Warning && f.leads();
    let mut moved: HashMap<usize, Moved> = HashMap::new();
    // A total that is blank is proved by its parts, and is in the sum.
    let doubted = |f: &&Finding| f.subject.year == edition.year && f.rule != "missing-total";
    for finding in edition.findings.iter().filter(open).filter(doubted) {
        let by = finding.influence.unwrap_or(0.0);
        for cell in finding.cells.iter().filter_map(|id| edition.forms.cell(id)) {
            let of = moved.entry(cell.index()).or_default();
            of.all += by;
            of.errors += if finding.severity == Severity::Error { by } else { 0.0 };
        }
    }
    moved
}
