//! What the tables of a document say: printings of tables with their cells, and what no label explains.

use std::borrow::Cow;
use std::collections::BTreeMap;

use nianbao_form::{Cell, Place, figure};

use crate::aside::Aside;
use crate::explain::Trace;
use crate::pair::Doubt;
use crate::stream::Reading;

/// A figure's place with the cell that it was found to be.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'d> {
    /// The text as found; of two contradicting places both.
    pub raw: Cow<'d, str>,
    /// Where.
    pub place: &'d Place,
    /// Unit of money that the head, the label or the caption prints, if any.
    pub unit: Option<&'static str>,
    /// Why no figure is taken from it, if none is.
    pub doubt: Option<Doubt>,
    /// Which head it stood under: a table that begins anew is told by it from a row that comes twice.
    pub head: usize,
}

impl Entry<'_> {
    /// Whether nothing is written there.
    pub(crate) fn is_blank(&self) -> bool {
        figure::is_blank(&self.raw)
    }
}

/// Cells of a printing with what they hold, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells<'d> {
    /// For each cell of the union of forms its position in `list` and 1; 0 for one that is not there.
    places: Vec<u16>,
    list: Vec<(Cell, Entry<'d>)>,
}

impl<'d> Cells<'d> {
    /// What a cell holds.
    pub(crate) fn get(&self, cell: Cell) -> Option<&Entry<'d>> {
        let place = self.places.get(cell.index()).copied().unwrap_or(0);
        self.list.get(usize::from(place).checked_sub(1)?).map(|e| &e.1)
    }

    pub(crate) fn get_mut(&mut self, cell: Cell) -> Option<&mut Entry<'d>> {
        let place = self.places.get(cell.index()).copied().unwrap_or(0);
        self.list.get_mut(usize::from(place).checked_sub(1)?).map(|e| &mut e.1)
    }

    /// Adds a cell that is not there.
    fn push(&mut self, cell: Cell, entry: Entry<'d>) {
        if self.places.len() <= cell.index() {
            self.places.resize(cell.index() + 1, 0);
        }
        self.list.push((cell, entry));
        self.places[cell.index()] = u16::try_from(self.list.len()).unwrap_or(0);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Cell, Entry<'d>)> {
        self.list.iter()
    }
}

/// One printing of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Instance<'d> {
    /// Its cells.
    pub cells: Cells<'d>,
    /// The head under which the last of them stood.
    head: usize,
    /// Its rows as text, for `unmapped` if another printing counts.
    pub rows: Vec<RowText<'d>>,
    /// What stands over it.
    pub aside: Aside,
}

/// The texts of a row, its label first.
#[derive(Clone, Debug)]
pub(crate) struct RowText<'d> {
    label: Vec<&'d str>,
    cells: Vec<&'d str>,
    /// Where its figures begin.
    pub place: &'d Place,
}

impl<'d> RowText<'d> {
    pub(crate) fn new(label: Vec<&'d str>, cells: Vec<&'d str>, place: &'d Place) -> RowText<'d> {
        RowText { label, cells, place }
    }

    /// Its label in one piece.
    pub(crate) fn label(&self) -> String {
        self.label.join(" / ")
    }

    /// All of it in one line.
    pub(crate) fn line(&self) -> String {
        let label = self.label();
        std::iter::once(label.as_str())
            .filter(|l| !l.is_empty())
            .chain(self.cells.iter().copied())
            .collect::<Vec<_>>()
            .join(" | ")
    }

    /// The label and what is not blank, piece by piece.
    pub(crate) fn inked(&self) -> Vec<Cow<'d, str>> {
        let label = self.label();
        let cells = self.cells.iter().filter(|t| !figure::is_blank(t)).map(|t| Cow::Borrowed(*t));
        (!label.is_empty()).then_some(Cow::Owned(label)).into_iter().chain(cells).collect()
    }

    /// What is not blank in its cells, in one piece.
    pub(crate) fn figures(&self) -> String {
        self.cells.iter().copied().filter(|t| !figure::is_blank(t)).collect::<Vec<_>>().join("；")
    }
}

impl Instance<'_> {
    /// Whether any figure stands in it.
    pub(crate) fn is_filled(&self) -> bool {
        self.cells.iter().any(|e| !e.1.is_blank())
    }

    /// Whether most of it could not be read.
    pub(crate) fn is_poor(&self) -> bool {
        2 * self.cells.iter().filter(|e| e.1.doubt.is_some()).count() > self.cells.len()
    }

    /// The cells in which another printing has something else.
    pub(crate) fn differing(&self, other: &Instance<'_>) -> Vec<Cell> {
        let same = |a: &str, b: &str| a == b || (figure::is_blank(a) && figure::is_blank(b));
        let differs = |(cell, e): &(Cell, Entry<'_>)| other.cells.get(*cell).filter(|o| !same(&o.raw, &e.raw)).map(|_| *cell);
        self.cells.iter().filter_map(differs).collect()
    }
}

/// A row of words or figures that no label explains.
#[derive(Clone, Debug)]
pub(crate) struct Loose<'d> {
    /// Position of the block in the document.
    pub block: usize,
    /// Texts of its cells that are not blank.
    pub texts: Vec<Cow<'d, str>>,
    /// Where the first of them stood.
    pub place: &'d Place,
}

/// What the tables of a document say.
#[derive(Debug, Default)]
pub(crate) struct Found<'d> {
    /// Printings of each table, by its position in [`crate::vocabulary::Vocabulary::tables`].
    pub tables: BTreeMap<usize, Vec<Instance<'d>>>,
    /// Rows that no label explains.
    pub loose: Vec<Loose<'d>>,
    /// Blocks of the document that held figures of the form.
    pub blocks: Vec<usize>,
    /// Rows of the form in tables that set two years side by side.
    pub compared: usize,
    /// What each place was taken for, if asked for.
    pub trace: Option<Trace>,
}

impl<'d> Found<'d> {
    /// Takes what the stream of labels and figures tells of a cell: where the tables are silent or in doubt it counts,
    /// where they tell something else neither does.
    pub(crate) fn supply(&mut self, table: usize, cell: Cell, reading: &'d Reading) {
        let instances = self.tables.entry(table).or_default();
        if instances.is_empty() {
            instances.push(Instance::default());
        }
        let Some(instance) = instances.last_mut() else { return };
        let entry = Entry {
            raw: Cow::Borrowed(reading.raw.as_str()),
            place: &reading.place,
            unit: None,
            doubt: (!reading.sure).then_some(Doubt::Apart),
            head: 0,
        };
        match instance.cells.get_mut(cell) {
            Some(known) if reading.sure && (known.doubt.is_some() || known.is_blank()) => *known = entry,
            Some(known) if reading.sure && known.raw != entry.raw && !entry.is_blank() => {
                known.raw = Cow::Owned(format!("{}；{}", known.raw, entry.raw));
                known.doubt = Some(Doubt::Twice);
            }
            Some(_) => {}
            None => {
                instance.cells.push(cell, entry);
            }
        }
    }

    /// Notes what a cell of the form holds.
    pub(crate) fn set(&mut self, table: usize, cell: Cell, entry: Entry<'d>, aside: &Aside) {
        let instances = self.tables.entry(table).or_default();
        // A head below which the table's cells come again, or below another caption, begins another printing.
        let again = instances.last().is_some_and(|i| {
            i.head != entry.head
                && (i.cells.get(cell).is_some_and(|e| e.head != entry.head)
                    || (i.aside != *aside && i.cells.iter().all(|e| e.1.head != entry.head)))
        });
        if instances.is_empty() || again {
            instances.push(Instance { aside: aside.clone(), ..Instance::default() });
        }
        let Some(instance) = instances.last_mut() else { return };
        instance.head = entry.head;
        match instance.cells.get_mut(cell) {
            None => instance.cells.push(cell, entry),
            Some(known) if known.raw == entry.raw && known.doubt == entry.doubt => {}
            // A second row of the same label that says nothing.
            Some(_) if entry.is_blank() => {}
            // Two rows for one cell: which of them is meant, nobody can say, even where the first is blank.
            Some(known) => {
                if known.is_blank() {
                    known.raw = entry.raw;
                } else {
                    known.raw = Cow::Owned(format!("{}；{}", known.raw, entry.raw));
                }
                known.doubt = Some(Doubt::Twice);
            }
        }
    }
}
