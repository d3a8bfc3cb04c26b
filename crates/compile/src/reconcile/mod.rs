//! A published total against the sum of the agencies, cell by cell, and who explains the difference.

mod explain;
mod search;
mod slip;
mod words;

use nianbao_form::{Cell, Forms, Kind, Number, Registry, Report};

use crate::{Compilation, CompileError, compile};

/// A published figure of a district, city or country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Reporting year.
    pub year: u16,
    /// Cell.
    pub cell: Cell,
    /// The figure; `None` where there is no number: not comparable.
    pub value: Option<Number>,
    /// The text as found; its decimals tell to what the figure was rounded.
    pub raw: String,
}

impl Published {
    /// A published figure.
    pub fn new(year: u16, cell: Cell, value: Option<Number>, raw: impl Into<String>) -> Published {
        Published { year, cell, value, raw: raw.into() }
    }

    /// How many decimals the figure was published with. A mark of none is no rounded figure, so it has all.
    fn decimals(&self) -> u32 {
        let plain: String = self.raw.trim().chars().filter(|c| !matches!(c, ',' | '，')).collect();
        let printed = Number::parse(&plain).ok();
        match self.value {
            Some(value) if printed == Some(value) => plain.split_once('.').map_or(0, |(_, d)| d.len().min(6) as u32),
            Some(value) if value != Number::ZERO => decimals(i128::from(value.millionths())),
            _ => 6,
        }
    }

    /// Whether the published figure is this sum, rounded to the decimals that were published.
    fn rounds(&self, sum: i128) -> bool {
        let unit = 10i128.pow(6 - self.decimals());
        self.value.is_some_and(|v| (i128::from(v.millionths()) - sum).abs() * 2 <= unit)
    }
}

/// How many decimals a figure in millionths needs.
fn decimals(millionths: i128) -> u32 {
    (0..6).find(|d| millionths % 10i128.pow(6 - d) == 0).unwrap_or(6)
}

/// How a published figure compares with the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// They are the same.
    Equal,
    /// The published figure is the sum, rounded: no error.
    Rounding,
    /// They differ, and missing agencies can not be the reason.
    Differs,
    /// The published figure is larger and some agencies' figures are missing here.
    LowerBound,
    /// One of the two is no number.
    NotComparable,
}

impl Comparison {
    /// The word of output files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Comparison::Equal => "equal",
            Comparison::Rounding => "rounding",
            Comparison::Differs => "differs",
            Comparison::LowerBound => "lower-bound",
            Comparison::NotComparable => "not-comparable",
        }
    }
}

/// One published figure compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconcileRow {
    /// Reporting year.
    pub year: u16,
    /// Cell.
    pub cell: Cell,
    /// Its id.
    pub cell_id: String,
    /// What was published; `None` if it is no number.
    pub published: Option<Number>,
    /// As it was published.
    pub raw: String,
    /// The sum of the agencies in millionths; `None` if none knows the cell.
    pub sum: Option<i128>,
    /// Published − sum, in millionths.
    pub difference: Option<i128>,
    /// How they compare.
    pub status: Comparison,
    /// How many expected figures the sum lacks.
    pub missing: u32,
    /// What was found and why, in Chinese; empty where both are equal.
    pub explanation: String,
    /// The same in English.
    pub explanation_en: String,
}

/// What may have been done with an agency's figures when the total was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slip {
    /// They were left out.
    Omitted,
    /// Those of a report that was sent before and has been replaced were added.
    OldVersion,
    /// Last year's were added in place of this year's.
    LastYear,
    /// They were added twice.
    CountedTwice,
    /// They were added although they are counted elsewhere (`reports = compiled` or `none`).
    Added,
}

impl Slip {
    /// The word of output files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Slip::Omitted => "omitted",
            Slip::OldVersion => "old-version",
            Slip::LastYear => "last-year",
            Slip::CountedTwice => "counted-twice",
            Slip::Added => "added",
        }
    }
}

/// An agency, or a whole group, of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// Registry id, or the name where the registry does not know it.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether a whole group is meant.
    pub group: bool,
    /// What was done with its figures.
    pub slip: Slip,
    /// What that does to the published figure of each differing cell, in millionths.
    pub effect: Vec<(Cell, i128)>,
}

/// A published figure that no agency explains: what it should be and how it may have come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellSlip {
    /// The cell.
    pub cell: Cell,
    /// What was published, in millionths.
    pub found: i128,
    /// What it would be without a slip, in millionths.
    pub meant: i128,
    /// The slip of the pen that makes one of the other, in Chinese; empty if none does and the cell stays unexplained.
    pub slip: String,
    /// The same in English.
    pub slip_en: String,
}

/// The agencies and slips that together explain the differences of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Reporting year.
    pub year: u16,
    /// From 1, the likeliest first; all explanations of a year have the same number of suspects.
    pub rank: usize,
    /// The cells that differ.
    pub cells: Vec<Cell>,
    /// Who; nobody where the published figures themselves are slips.
    pub suspects: Vec<Suspect>,
    /// Cells that are left to a slip of the pen beside them.
    pub slips: Vec<CellSlip>,
    /// How many other comparable cells stay as they are.
    pub unchanged: usize,
    /// Other cells that would change: the figures would have been lost in some cells only. Empty if all fits.
    pub disturbed: Vec<Cell>,
    /// How many sets of as many agencies fit the differing cells but change others; known only where `disturbed` is empty.
    pub rejected: usize,
    /// In Chinese.
    pub message: String,
    /// In English.
    pub message_en: String,
}

/// A published report compared with the sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Name of the group that was compared.
    pub group: String,
    /// By year, then in the order of the form.
    pub rows: Vec<ReconcileRow>,
    /// By year and rank.
    pub explanations: Vec<Explanation>,
    /// How many figures agree, differ, and so on, in Chinese; the reasons are those of `explanations`.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}

impl Reconciliation {
    /// How many rows have a status.
    pub fn count(&self, status: Comparison) -> usize {
        self.rows.iter().filter(|r| r.status == status).count()
    }

    /// Whether no published figure differs.
    pub fn agrees(&self) -> bool {
        self.count(Comparison::Differs) == 0
    }
}

/// Compares published figures with the sums of the group at the top (see [`compile`]). For each year with differences,
/// looks for the smallest sets of agencies (or whole groups) whose omission, double counting, or replacement by last
/// year's figures explains all of them at once and leaves every other published cell as it is; where there is none, for
/// one or two that explain all but a few cells, which are slips of their own; for slips of the pen alone; and for agencies
/// whose figures were lost or doubled in just the cells that differ.
///
/// # Errors
/// See [`CompileError`].
pub fn reconcile(
    forms: &Forms,
    registry: &Registry,
    published: &[Published],
    reports: &[&Report],
    top: Option<&str>,
) -> Result<Reconciliation, CompileError> {
    reconcile_with_versions(forms, registry, published, reports, &[], top)
}

/// [`reconcile`] where reports that were sent before and replaced are at hand too: the total may have been made with them.
///
/// # Errors
/// See [`CompileError`].
pub fn reconcile_with_versions(
    forms: &Forms,
    registry: &Registry,
    published: &[Published],
    reports: &[&Report],
    replaced: &[&Report],
    top: Option<&str>,
) -> Result<Reconciliation, CompileError> {
    let compilation = compile(forms, registry, reports, top)?;
    let mut published: Vec<&Published> = published.iter().collect();
    published.sort_by_key(|p| (p.year, position(forms, &compilation, p.year, p.cell)));
    let mut out = Reconciliation {
        group: compilation.root_name().to_owned(),
        rows: Vec::new(),
        explanations: Vec::new(),
        message: String::new(),
        message_en: String::new(),
    };
    for same_year in published.chunk_by(|a, b| a.year == b.year) {
        let mut rows: Vec<ReconcileRow> = same_year.iter().map(|p| compare(forms, &compilation, p)).collect();
        let search = explain::Year { forms, compilation: &compilation, reports, replaced, published: same_year, rows: &rows };
        let explanations = search.explanations();
        words::explain_rows(&compilation, &mut rows, &explanations);
        out.rows.extend(rows);
        out.explanations.extend(explanations.found);
    }
    words::summarise(&mut out);
    Ok(out)
}

/// Order of cells within a year: that of the year's sums, other cells after them.
fn position(forms: &Forms, compilation: &Compilation, year: u16, cell: Cell) -> usize {
    let of_form = compilation.form_of(year).and_then(|f| forms.form(f).cells.iter().position(|c| *c == cell));
    of_form.unwrap_or(forms.width() + cell.index())
}

fn compare(forms: &Forms, compilation: &Compilation, p: &Published) -> ReconcileRow {
    let row = compilation.sum(&compilation.root, p.year, p.cell);
    let sum = row.and_then(|r| r.millionths);
    let missing = row.map_or(0, |r| r.missing);
    let difference = p.value.zip(sum).map(|(v, sum)| i128::from(v.millionths()) - sum);
    let signed = compilation.form_of(p.year).and_then(|f| forms.def(f, p.cell)).is_some_and(|d| d.signed);
    let status = match (difference, sum) {
        (Some(0), _) => Comparison::Equal,
        (Some(_), Some(sum)) if rounded(forms, p, sum) && p.rounds(sum) => Comparison::Rounding,
        (Some(d), _) if missing > 0 && (d > 0 || signed) => Comparison::LowerBound,
        (Some(_), _) => Comparison::Differs,
        (None, _) => Comparison::NotComparable,
    };
    ReconcileRow {
        year: p.year,
        cell: p.cell,
        cell_id: forms.id(p.cell).to_owned(),
        published: p.value,
        raw: p.raw.clone(),
        sum,
        difference,
        status,
        missing,
        explanation: String::new(),
        explanation_en: String::new(),
    }
}

/// Whether the cell is money that was published with fewer decimals than the sum has. A count is never rounded.
fn rounded(forms: &Forms, p: &Published, sum: i128) -> bool {
    forms.kind(p.cell) == Kind::Amount && p.decimals() < decimals(sum)
}
