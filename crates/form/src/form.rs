//! A form: the cells, labels, identities, chains, series and wording that one generation of reports is made of.

use std::fmt;

use crate::finding::Severity;

/// A cell of the union of all known forms; an index, cheap to copy. Text ids live in [`crate::Forms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(pub(crate) u16);

impl Cell {
    /// Position in the union of cells, `0..Forms::width()`.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A form among those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormIx(pub(crate) u8);

impl FormIx {
    /// Position among the known forms.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a cell measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Count,
    /// An amount of money or another measure with up to six decimals.
    Amount,
}

/// Whether a section is words or tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// Words.
    Prose,
    /// Tables.
    Table,
}

/// A section of the report.
#[derive(Clone, Debug)]
pub struct Section {
    /// Id, such as `overview`.
    pub id: String,
    /// Printed number, such as `一`.
    pub number: String,
    /// Printed title.
    pub title: String,
    /// Other ways in which agencies print the title.
    pub aliases: Vec<String>,
    /// Words or tables.
    pub kind: SectionKind,
    /// A note that the form prints in the section's table.
    pub note: String,
    /// What a government's office is asked to write in the section, for the placeholder in its own report.
    pub prompt: String,
    /// Parts in which a government's own report gives the section, in order; none where it is one text.
    pub parts: Vec<Part>,
    /// What the words of the section must not leave out.
    pub require: Vec<Require>,
}

/// A part of a section of a government's own report, such as （一）主动公开.
#[derive(Clone, Debug)]
pub struct Part {
    /// Id within the section.
    pub id: String,
    /// Printed number, such as `（一）`.
    pub number: String,
    /// Printed title.
    pub title: String,
    /// Other ways in which an office heads the part in its own words.
    pub aliases: Vec<String>,
    /// What is to be written in it.
    pub prompt: String,
    /// What its words must not leave out.
    pub require: Vec<Require>,
}

/// Something that words must speak of.
#[derive(Clone, Debug)]
pub struct Require {
    /// Words of which one is enough.
    pub words: Vec<String>,
    /// What is to be written where none of them stands.
    pub prompt: String,
}

/// A printed row or column of a block.
#[derive(Clone, Debug)]
pub struct Line {
    /// The part of the cell id.
    pub id: String,
    /// The printed label from the outermost heading inwards, one entry a level.
    pub label: Vec<String>,
    /// Other ways to print the innermost label.
    pub aliases: Vec<String>,
    /// A short name for messages and charts.
    pub short: String,
    /// Whether the line is a total of others.
    pub total: bool,
    /// Added by agencies on their own; its cells are never `absent`.
    pub local: bool,
    pub(crate) unit: Option<String>,
    pub(crate) signed: bool,
}

impl Line {
    /// The innermost label.
    pub fn leaf(&self) -> &str {
        self.label.last().map_or("", String::as_str)
    }
}

/// How a block is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Row labels at the left, column labels at the top.
    Matrix,
    /// One row of figures: row and column labels stand above it, the row's on top.
    Line,
}

/// A rectangle of cells with common column heads: a whole printed table, or one item of it.
#[derive(Clone, Debug)]
pub struct Block {
    /// Id within the form.
    pub id: String,
    /// Section that it stands in.
    pub section: String,
    /// Printed number of the table.
    pub table: String,
    /// Printed heading of the item, such as `第二十条第（一）项`; empty where there is none.
    pub item: String,
    /// What the head's left corner says.
    pub corner: String,
    /// How it is printed.
    pub layout: Layout,
    /// Unit of the block.
    pub unit: String,
    /// Column heads.
    pub columns: Vec<Line>,
    /// Rows, those of the form first, then local ones.
    pub rows: Vec<Line>,
    /// Cells, `rows × columns`, row by row.
    pub cells: Vec<Cell>,
}

impl Block {
    /// The cell at a row and a column.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        self.cells[row * self.columns.len() + column]
    }
}

/// What one form says of one of its cells.
#[derive(Clone, Debug)]
pub struct CellDef {
    /// The cell.
    pub cell: Cell,
    /// Its id, the same in all files.
    pub id: String,
    /// Position of its block.
    pub block: usize,
    /// Position of its row in the block.
    pub row: usize,
    /// Position of its column in the block.
    pub column: usize,
    /// Unit as printed.
    pub unit: String,
    /// Count or amount.
    pub kind: Kind,
    /// Whether it may be negative.
    pub signed: bool,
    /// Whether it is a total of other cells of its row or column.
    pub total: bool,
    /// Added by agencies on their own.
    pub local: bool,
}

/// Σ parts = Σ whole, exactly, in every report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Rule name, such as `row-total`.
    pub name: String,
    /// Which instance: the row or column that it speaks of; empty where the form has but one.
    pub instance: String,
    /// Left side.
    pub parts: Vec<Cell>,
    /// Right side.
    pub whole: Vec<Cell>,
    /// The identity in words.
    pub label: String,
    /// Severity where the form wants another than the rule's.
    pub severity: Option<Severity>,
}

impl Identity {
    /// Name and instance, as it stands in `derived`: `row-total:received`.
    pub fn key(&self) -> String {
        if self.instance.is_empty() { self.name.clone() } else { format!("{}:{}", self.name, self.instance) }
    }

    /// Every cell with its net coefficient in Σ parts − Σ whole.
    pub fn terms(&self) -> impl Iterator<Item = (Cell, i64)> + '_ {
        self.parts.iter().map(|&c| (c, 1)).chain(self.whole.iter().map(|&c| (c, -1)))
    }
}

/// A cell with its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// 1 or −1.
    pub sign: i64,
    /// The cell.
    pub cell: Cell,
}

/// Σ this(y) = Σ last(y−1).
#[derive(Clone, Debug)]
pub struct Chain {
    /// Rule name, `carry-over` or `stock` or a user form's own.
    pub name: String,
    /// Which instance.
    pub instance: String,
    /// Terms of the report of the year.
    pub this: Vec<Term>,
    /// Terms of the report of the year before.
    pub last: Vec<Term>,
    /// Whether it also ties the first year of this form to the last year of the form before it.
    pub across: bool,
    /// The chain in words.
    pub label: String,
    /// Severity where the form wants another than the rule's.
    pub severity: Option<Severity>,
}

/// Cells of the form before and what they have become.
#[derive(Clone, Debug)]
pub struct Crosswalk {
    /// Cells of the form before.
    pub old: Vec<Cell>,
    /// Cells of this form whose sum is the same quantity.
    pub new: Vec<Cell>,
}

/// A quantity that is followed over the years: a sum, or a ratio of two sums.
#[derive(Clone, Debug)]
pub struct Series {
    /// Id, the same across generations.
    pub id: String,
    /// Name for charts and tables.
    pub label: String,
    /// Unit; `%` for a ratio.
    pub unit: String,
    /// Cells that are added (guests of the other generation included).
    pub numerator: Vec<Cell>,
    /// Cells of the denominator; empty for a plain sum.
    pub denominator: Vec<Cell>,
    /// Why figures before this form's first year can not be compared; empty if they can.
    pub break_note: String,
}

/// A piece of a sentence of the district's own report.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Words.
    Words(String),
    /// The reporting year.
    Year,
    /// The sum of cells.
    Sum(Vec<Cell>),
    /// How a series has changed since the year before.
    Change(String),
    /// The share of one series in another.
    Share(String, String),
    /// The sentence's items, those that are zero left out.
    Items,
    /// Said only if everything in it is known for certain.
    Optional(Vec<Piece>),
}

/// A sentence by which the district's report says its key figures.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// Section that it belongs to.
    pub section: String,
    /// Part of the section; empty for what stands before the parts.
    pub part: String,
    /// Whether it goes on in the paragraph of the sentence before it.
    pub continues: bool,
    /// Its pieces.
    pub pieces: Vec<Piece>,
    /// What [`Piece::Items`] lists.
    pub items: Vec<Vec<Piece>>,
    /// Cells that make the sentence void where each is known to be zero.
    pub zero: Vec<Cell>,
    /// What is said then; nothing if empty.
    pub none: Vec<Piece>,
}

impl Sentence {
    /// The words of the sentence without its figures.
    pub fn words(&self) -> Vec<&str> {
        fn of<'p>(pieces: &'p [Piece], out: &mut Vec<&'p str>) {
            for piece in pieces {
                match piece {
                    Piece::Words(words) => out.push(words),
                    Piece::Optional(inner) => of(inner, out),
                    Piece::Year | Piece::Sum(_) | Piece::Change(_) | Piece::Share(..) | Piece::Items => {}
                }
            }
        }
        let mut out = Vec::new();
        [&self.pieces, &self.none].into_iter().chain(&self.items).for_each(|p| of(p, &mut out));
        out
    }
}

/// What the words of a report say of its tables, and how they are said.
#[derive(Clone, Debug, Default)]
pub struct Prose {
    /// Words that may stand in a clause without changing what its number means, the longest first.
    pub filler: Vec<String>,
    /// Words that make a clause speak of another time, or of a part: such a clause is not compared.
    pub elsewhere: Vec<String>,
    /// Units of what is counted.
    pub units: Vec<String>,
    /// Words that compare with the year before.
    pub compared: Vec<String>,
    /// Words that say that there is more of it.
    pub more: Vec<String>,
    /// Words that say that there is less of it.
    pub less: Vec<String>,
    /// Words before a share.
    pub shares: Vec<String>,
    /// What sentences are about.
    pub subjects: Vec<ProseSubject>,
    /// What clauses claim.
    pub claims: Vec<Claim>,
    /// Sections that are thin below so many characters.
    pub least: Vec<(String, usize)>,
    /// Figures that the words of a section must explain.
    pub explain: Vec<Explain>,
}

/// What a sentence is about.
#[derive(Clone, Debug)]
pub struct ProseSubject {
    /// Words that bring it up.
    pub words: Vec<String>,
    /// Sums that a share within it may be a share of.
    pub base: Vec<Vec<Cell>>,
}

/// A way of stating a figure in words.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Position of its subject.
    pub subject: usize,
    /// What is left of the clause without number and filler, in any of these wordings.
    pub says: Vec<String>,
    /// Wordings that state none.
    pub denies: Vec<String>,
    /// The cells whose sum is stated.
    pub cells: Vec<Cell>,
    /// Other readings that are legitimate.
    pub or: Vec<Vec<Term>>,
}

/// Figures other than 0 that the words of a section must explain.
#[derive(Clone, Debug)]
pub struct Explain {
    /// The cells.
    pub cells: Vec<Cell>,
    /// The section that explains them.
    pub section: String,
    /// Words of which one must stand there.
    pub words: Vec<String>,
}

/// Who may report rules (规章).
#[derive(Clone, Debug, Default)]
pub struct Rulemaking {
    /// Cells that must be 0 for others.
    pub cells: Vec<Cell>,
    /// Kinds of agency that can make rules.
    pub kinds: Vec<String>,
}

/// Rows of one generation that are printed in the place of rows of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternate {
    /// Cells of this form.
    pub own: Vec<Cell>,
    /// Cells of the other generation with the same sum.
    pub guest: Vec<Cell>,
}

/// One generation of a report.
#[derive(Clone, Debug)]
pub struct Form {
    /// Id as in the `form` column.
    pub id: String,
    /// Title.
    pub title: String,
    /// The notice that issued it.
    pub issued_as: String,
    /// `zh` or `en`.
    pub language: String,
    /// First reporting year.
    pub from: u16,
    /// Last reporting year, if it has ended.
    pub to: Option<u16>,
    /// The form before it.
    pub previous: Option<FormIx>,
    /// The words of the title that follow agency and year.
    pub report_title: String,
    /// Marks by which agencies say "none".
    pub none: Vec<String>,
    /// Sections in order.
    pub sections: Vec<Section>,
    /// Blocks in order.
    pub blocks: Vec<Block>,
    /// The form's own cells in printed order.
    pub cells: Vec<Cell>,
    /// Local cells.
    pub local: Vec<Cell>,
    /// Cells of the neighbouring generations that this form does not have but a document may print.
    pub guests: Vec<Cell>,
    /// Identities.
    pub identities: Vec<Identity>,
    /// Chains across years.
    pub chains: Vec<Chain>,
    /// What cells of the form before have become.
    pub crosswalk: Vec<Crosswalk>,
    /// Own rows and what may stand in their place.
    pub alternates: Vec<Alternate>,
    /// Series.
    pub series: Vec<Series>,
    /// Cells that are compared with history and peers.
    pub screen: Vec<Cell>,
    /// Who may report rules.
    pub rulemaking: Rulemaking,
    /// Key figures in words.
    pub sentences: Vec<Sentence>,
    /// What the words of a report say of its tables.
    pub prose: Prose,
    pub(crate) defs: Vec<Option<CellDef>>,
    /// The same form with English labels, where its file has some.
    pub(crate) english: Option<Box<Form>>,
    /// The file's English words and those of the forms before it.
    pub(crate) words: crate::english::English,
}

impl Form {
    /// What the form says of a cell; `None` for cells that it does not have.
    pub fn def(&self, cell: Cell) -> Option<&CellDef> {
        self.defs.get(cell.index()).and_then(Option::as_ref)
    }

    /// Whether the cell is one of the form's own (not local, not a guest).
    pub fn owns(&self, cell: Cell) -> bool {
        self.def(cell).is_some_and(|d| !d.local)
    }

    /// Whether the form is meant for the year.
    pub fn covers(&self, year: u16) -> bool {
        self.from <= year && self.to.is_none_or(|to| year <= to)
    }

    /// Labels of a cell in words: block item, row, column.
    pub fn name(&self, cell: Cell) -> String {
        let Some(def) = self.def(cell) else { return String::new() };
        let block = &self.blocks[def.block];
        let (row, column) = (&block.rows[def.row], &block.columns[def.column]);
        match (row.short.is_empty(), column.short.is_empty()) {
            (true, _) => column.short.clone(),
            (_, true) => row.short.clone(),
            _ if self.language == "zh" => format!("{}（{}）", row.short, column.short),
            _ => format!("{}: {}", row.short, column.short),
        }
    }

    /// Block of a cell.
    pub fn block_of(&self, cell: Cell) -> Option<&Block> {
        self.def(cell).map(|d| &self.blocks[d.block])
    }

    /// A section by id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.id == id)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}
