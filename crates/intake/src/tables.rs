//! The one matcher of tables: from grids to cells of forms, by labels alone.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use nianbao_form::{Cell, Number, Place, State, figure};

use crate::aside::{Aside, Captions};
use crate::document::{Block, Document, Grid};
use crate::head::{Head, Leaf};
use crate::row::{self, Row};
use crate::stream::Reading;
use crate::vocabulary::{Use, Vocabulary};

/// A figure's place with the cell that it was found to be.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The text as found; of two contradicting places both.
    pub raw: String,
    /// Where.
    pub place: Place,
    /// Unit that the head or caption prints, if any.
    pub unit: Option<String>,
    /// Whether two places of one table claim the cell with different content.
    pub contested: bool,
    /// The number and the identity that proves it, where the text alone does not tell.
    pub proof: Option<(Number, String)>,
    head: usize,
}

/// One printing of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Instance {
    /// Its cells.
    pub cells: BTreeMap<Cell, Entry>,
    /// Its rows as text, for `unmapped` if another printing counts.
    pub rows: Vec<(String, Place)>,
    /// What stands over it.
    pub aside: Aside,
}

impl Instance {
    /// Whether any figure stands in it.
    pub(crate) fn is_filled(&self) -> bool {
        self.cells.values().any(|e| !figure::is_blank(&e.raw))
    }

    /// Whether most of it could not be read.
    pub(crate) fn is_poor(&self) -> bool {
        2 * self.cells.values().filter(|e| e.contested).count() > self.cells.len()
    }
}

/// A row of words or figures that no label explains.
#[derive(Clone, Debug)]
pub(crate) struct Loose {
    /// Position of the block in the document.
    pub block: usize,
    /// Texts of its cells that are not blank.
    pub texts: Vec<String>,
    /// Where the first of them stood.
    pub place: Place,
}

/// What the tables of a document say.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Printings of each table, by its number in the form.
    pub tables: BTreeMap<String, Vec<Instance>>,
    /// Rows that no label explains.
    pub loose: Vec<Loose>,
    /// Blocks of the document that held figures of the form.
    pub blocks: Vec<usize>,
    /// Grid, cell and what it was taken for, if asked for.
    pub trace: Option<BTreeMap<(u32, u32), String>>,
}

impl Found {
    /// Takes what the stream of labels and figures tells of a cell: where the tables are silent or in doubt it counts,
    /// where they tell something else neither does.
    pub(crate) fn supply(&mut self, cell: Cell, reading: &Reading) {
        let instances = self.tables.entry(reading.table.clone()).or_default();
        if instances.is_empty() {
            instances.push(Instance::default());
        }
        let Some(instance) = instances.last_mut() else { return };
        let (raw, place) = (reading.raw.clone(), reading.place.clone());
        let entry = Entry { raw, place, unit: None, contested: !reading.sure, proof: reading.proof.clone(), head: 0 };
        match instance.cells.get_mut(&cell) {
            Some(known) if reading.sure && (known.contested || figure::is_blank(&known.raw)) => *known = entry,
            Some(known) if reading.sure && known.raw != entry.raw && !figure::is_blank(&entry.raw) => {
                known.raw = format!("{}；{}", known.raw, entry.raw);
                known.contested = true;
            }
            Some(_) => {}
            None => {
                instance.cells.insert(cell, entry);
            }
        }
    }
}

/// Reads all grids of a document.
pub(crate) fn read(words: &Vocabulary<'_>, document: &Document, explain: bool) -> Found {
    let mut reader = TableReader {
        words,
        found: Found { trace: explain.then(BTreeMap::new), ..Found::default() },
        head: Head::default(),
        head_number: 0,
        closed: false,
        head_grid: 0,
        caption: None,
        block: 0,
        ragged: document.ragged,
        line_done: false,
        group: String::new(),
        leaves: None,
        captions: Captions::new(words.forms),
        claims: HashMap::new(),
    };
    for (at, block) in document.blocks.iter().enumerate() {
        reader.block = at;
        match block {
            Block::Paragraph(p) => reader.paragraph(&p.text),
            Block::Grid(grid) => reader.grid(grid),
        }
    }
    reader.found
}

struct TableReader<'a, 'f> {
    words: &'a Vocabulary<'f>,
    found: Found,
    head: Head,
    /// Counts heads, to tell a table that begins anew from a row that comes twice.
    head_number: usize,
    /// Whether a row of figures has followed the head, so that the next head row begins a new head.
    closed: bool,
    head_grid: u32,
    /// Unit of money that a caption near the table prints.
    caption: Option<String>,
    block: usize,
    ragged: bool,
    /// Whether the one row of figures below a head without row labels was read.
    line_done: bool,
    /// Key of the last outer row label, for rows that leave it out.
    group: String,
    leaves: Option<(LeavesKey, Rc<Vec<Leaf>>)>,
    captions: Captions,
    /// What a place of a grid was found to be, to know merged cells that would be several figures.
    claims: HashMap<(u32, u32), (String, Cell)>,
}

/// How the cells of a row find their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// By place: head and row have one width.
    Place,
    /// By place from the left: blanks at the end of the row were cut off.
    Cut,
    /// In order.
    Order,
}

/// Head, its rows so far, how cells find their columns, and the row's number of cells if not by place.
type LeavesKey = (usize, usize, Way, usize);

impl TableReader<'_, '_> {
    fn paragraph(&mut self, text: &str) {
        self.captions.paragraph(text, !self.found.tables.is_empty());
        let uses = self.words.look(text);
        if uses.contains(&Use::Item) {
            self.new_head();
        }
        if text.chars().count() <= 40 && text.contains("单位") {
            self.caption = money_unit(text);
        } else if text.chars().count() > 40 {
            self.caption = None;
        }
    }

    fn new_head(&mut self) {
        self.head = Head::default();
        self.leaves = None;
        self.closed = false;
        self.line_done = false;
    }

    fn note(&mut self, grid: &Grid, cell: u32, text: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.found.trace {
            trace.insert((grid.number, cell), text());
        }
    }

    fn grid(&mut self, grid: &Grid) {
        let uses: Vec<Vec<Use>> = grid.cells.iter().map(|c| self.uses(&c.text)).collect();
        let mut at = 0;
        while at < grid.rows.len() {
            at += self.row(grid, &uses, at);
        }
        self.caption = None;
    }

    /// What a text can mean; figures mean nothing, and need no looking up.
    fn uses(&self, text: &str) -> Vec<Use> {
        let plain = || figure::read(text, "", nianbao_form::Kind::Count, &[]).state != State::Text;
        if text.is_empty() || (text.len() <= 48 && plain()) { Vec::new() } else { self.words.look(text) }
    }

    /// Takes a row, or several that one row was broken into; returns how many.
    fn row(&mut self, grid: &Grid, uses: &[Vec<Use>], at: usize) -> usize {
        let row = Row::new(grid, at, uses);
        if let [only] = row.inked.as_slice()
            && row.has(*only, |u| *u == Use::Item)
        {
            self.new_head();
            self.note(grid, *only, || "item heading".into());
            return 1;
        }
        if !row.is_head() && !self.head.is_empty() {
            if let Some(taken) = self.labelled(grid, uses, &row) {
                return taken;
            }
            if let Some(taken) = self.unlabelled(grid, uses, &row) {
                return taken;
            }
        }
        if row.inked.is_empty() {
            // A blank row inside a head that prints blanks in place of spans would end nothing.
            return 1;
        }
        if row.is_head() || row.may_be_head() {
            if self.closed || (self.head_grid != grid.number && !self.head_goes_on(&row)) {
                self.new_head();
            }
            if self.head.is_empty() {
                self.head_number += 1;
            }
            self.head_grid = grid.number;
            self.head.push(grid, at, uses);
            for &cell in &row.inked {
                self.note(grid, cell, || "head".into());
            }
            return 1;
        }
        let texts: Vec<String> = row.inked.iter().map(|c| grid.cell(*c).text.clone()).collect();
        if let [only] = texts.as_slice() {
            self.captions.paragraph(only, !self.found.tables.is_empty());
        }
        let place = grid.cell(row.inked[0]).place.clone();
        for &cell in &row.inked {
            self.note(grid, cell, || "no label of a form: unmapped".into());
        }
        self.found.loose.push(Loose { block: self.block, texts, place });
        1
    }

    /// Whether a head row in a new grid goes on with a head that was cut off in the grid before: its labels are parts
    /// that are still missing.
    fn head_goes_on(&self, row: &Row<'_>) -> bool {
        let leaves = self.head.by_order(self.words, row.cells.len());
        let known = leaves.iter().filter(|l| !l.means.is_empty()).count();
        known == 0 && !row.begins_head()
    }

    /// The columns for a row: by place where head and row have one width, else in order.
    fn leaves(&mut self, row: &Row<'_>, grid: &Grid) -> (Rc<Vec<Leaf>>, Way) {
        let cut = || if grid.tabbed { self.head.cut_width(self.words) } else { None };
        let way = if self.head.width() == Some(row.width) && row.is_full {
            Way::Place
        } else {
            match cut() {
                Some(width) if row.width == width => Way::Place,
                Some(width) if row.width < width => Way::Cut,
                _ => Way::Order,
            }
        };
        // Rows of one table ask for the same columns.
        let key = (self.head_number, self.head.len(), way, if way == Way::Order { row.cells.len() } else { 0 });
        if let Some((known, leaves)) = &self.leaves
            && *known == key
        {
            return (leaves.clone(), way);
        }
        let mut leaves = match way {
            Way::Order => self.head.by_order(self.words, row.cells.len()),
            _ => self.head.by_place(self.words),
        };
        // Unknown words in front of the known columns are what this agency calls the corner.
        let first = leaves.iter().position(|l| !l.means.is_empty()).unwrap_or(leaves.len());
        leaves.drain(..first);
        let leaves = Rc::new(leaves);
        self.leaves = Some((key, leaves.clone()));
        (leaves, way)
    }

    /// Whether the head names every column that some form prints for one of these rows.
    fn is_complete(&self, rows: &[(u16, u16)], leaves: &[Leaf]) -> bool {
        rows.iter().any(|(print, _)| {
            let columns = self.words.prints[*print as usize].columns.len() as u16;
            (0..columns).all(|c| leaves.iter().any(|l| l.means.contains(&(*print, c))))
        })
    }

    /// A row with a row label. `None` if it has none that fits the head.
    fn labelled(&mut self, grid: &Grid, uses: &[Vec<Use>], row: &Row<'_>) -> Option<usize> {
        let (leaves, way) = self.leaves(row, grid);
        if leaves.is_empty() {
            return None;
        }
        let prints: Vec<u16> = leaves.iter().flat_map(|l| l.means.iter().map(|m| m.0)).collect();
        let limit = if way == Way::Place { leaves[0].range.map(|r| r.0) } else { None };
        let numbered = self.head.is_numbered();
        let label = row::label(self.words, grid, row, &prints, (limit, leaves.len()), numbered, &mut self.group)?;
        self.closed = true;
        if self.is_comparison(&label.rows, &leaves) {
            let texts = row.inked.iter().map(|c| grid.cell(*c).text.clone()).collect();
            let place = grid.cell(*row.inked.first()?).place.clone();
            for &cell in &row.inked {
                self.note(grid, cell, || "one column of the form twice, a comparison: unmapped".into());
            }
            self.found.loose.push(Loose { block: self.block, texts, place });
            return Some(1);
        }
        for &cell in &label.cells {
            self.note(grid, cell, || "row label".into());
        }
        let mut cells: Vec<u32> = row.cells.iter().skip(label.end).map(|c| c.0).collect();
        let mut taken = 1;
        // A row that an empty line has broken into pieces is put together again, if the pieces fit exactly.
        if self.ragged && way != Way::Place && cells.len() < leaves.len() {
            let mut more = cells.clone();
            while more.len() < leaves.len() && row.at + taken < grid.rows.len() {
                let next = Row::new(grid, row.at + taken, uses);
                if next.cells.is_empty() || next.cells.iter().any(|c| !uses[c.0 as usize].is_empty()) {
                    break;
                }
                more.extend(next.cells.iter().map(|c| c.0));
                taken += 1;
            }
            if more.len() == leaves.len() {
                cells = more;
            } else {
                taken = 1;
            }
        }
        let complete = self.is_complete(&label.rows, &leaves);
        let ink = |c: &u32| !figure::is_blank(&grid.cell(*c).text);
        let mut cut = false;
        let pairs = match way {
            _ if leaves.iter().any(|l| l.displaced) => None,
            Way::Place if !complete && !row::is_covered(&leaves, row) => None,
            Way::Place => row::by_place(&leaves, row, grid).or_else(|| row::by_order(&leaves, &cells, grid, complete)),
            Way::Order if !complete && leaves.iter().any(|l| !l.own) => None,
            Way::Order => row::by_order(&leaves, &cells, grid, complete),
            // Blanks in front were dropped too, or the row was put together: then all figures must be there.
            Way::Cut => {
                let start = cells.iter().position(ink).unwrap_or(cells.len());
                let rest = &cells[start..];
                if taken > 1 {
                    row::by_order(&leaves, &cells, grid, complete)
                } else if rest.len() == leaves.len() && complete {
                    row::by_order(&leaves, rest, grid, complete)
                } else {
                    cut = true;
                    row::by_start(&leaves, row, &label, grid)
                }
            }
        };
        let names: Vec<String> = label.cells.iter().map(|c| grid.cell(*c).text.clone()).collect();
        self.take(grid, &label.rows, &leaves, &cells, (pairs, cut), names);
        Some(taken)
    }

    /// Whether two columns of the head name the same cells, as in a table of two years side by side.
    fn is_comparison(&self, rows: &[(u16, u16)], leaves: &[Leaf]) -> bool {
        let cells: Vec<Vec<(Cell, u16)>> = leaves.iter().map(|l| self.targets(rows, l)).filter(|t| !t.is_empty()).collect();
        (1..cells.len()).any(|i| cells[..i].contains(&cells[i]))
    }

    /// The row of figures below a head that has no row labels.
    fn unlabelled(&mut self, grid: &Grid, uses: &[Vec<Use>], row: &Row<'_>) -> Option<usize> {
        let (leaves, way) = self.leaves(row, grid);
        let regular = way == Way::Place;
        let is_line = |l: &Leaf| l.means.iter().any(|m| self.words.prints[m.0 as usize].is_line());
        if leaves.is_empty() || !leaves.iter().any(is_line) || self.line_done {
            return None;
        }
        if row.inked.iter().any(|c| uses[*c as usize].iter().any(|u| !matches!(u, Use::Corner))) {
            return None;
        }
        // Of several rows the one with ink is meant.
        if row.inked.is_empty() && self.ink_follows(grid, uses, row.at) {
            return Some(1);
        }
        let mut cells: Vec<u32> = row.cells.iter().map(|c| c.0).collect();
        let mut taken = 1;
        while !regular && self.ragged && cells.len() < leaves.len() && row.at + taken < grid.rows.len() {
            let next = Row::new(grid, row.at + taken, uses);
            cells.extend(next.cells.iter().map(|c| c.0));
            taken += 1;
        }
        let extra = cells.len().saturating_sub(leaves.len());
        let lead_is_words = cells.iter().take(extra).all(|c| !is_figure(&grid.cell(*c).text));
        if !regular && extra > 0 && lead_is_words {
            cells.drain(..extra);
        }
        let rows: Vec<(u16, u16)> = leaves.iter().flat_map(|l| l.means.iter().map(|m| (m.0, 0))).collect();
        let displaced = leaves.iter().any(|l| l.displaced);
        let sure = !displaced && self.is_complete(&rows, &leaves) || (regular && !displaced && row::is_covered(&leaves, row));
        let pairs = if regular && sure { row::by_place(&leaves, row, grid) } else { None };
        let sure = sure || !regular && leaves.iter().all(|l| l.own);
        let pairs =
            pairs.or_else(|| (sure && cells.len() == leaves.len()).then(|| (0..cells.len()).map(|i| (i, cells[i])).collect()));
        if pairs.is_none() && row.inked.is_empty() {
            return Some(1);
        }
        self.closed = true;
        self.line_done = true;
        self.take(grid, &rows, &leaves, &cells, (pairs, false), Vec::new());
        Some(taken)
    }

    fn ink_follows(&self, grid: &Grid, uses: &[Vec<Use>], at: usize) -> bool {
        (at + 1..grid.rows.len())
            .map(|r| Row::new(grid, r, uses))
            .find(|r| !r.inked.is_empty())
            .is_some_and(|r| r.inked.iter().all(|c| uses[*c as usize].is_empty()))
    }

    /// Gives the places of a row to cells of the form; of a row that was `cut`, what has no place is blank. Without pairs the row has another number of cells than its head:
    /// what it holds is kept as words, cell by cell, and nothing is guessed.
    fn take(
        &mut self,
        grid: &Grid,
        rows: &[(u16, u16)],
        leaves: &[Leaf],
        cells: &[u32],
        (pairs, cut): (Option<Vec<(usize, u32)>>, bool),
        names: Vec<String>,
    ) {
        // Only where blanks at the end of a row are cut off does a label alone say that its figures are blank.
        if pairs.is_none() && cells.is_empty() && !grid.tabbed {
            return;
        }
        let texts = || cells.iter().map(|c| grid.cell(*c).text.as_str());
        let label = names.join(" / ");
        let place = cells.first().map_or(Place::Unknown, |c| grid.cell(*c).place.clone());
        let line = std::iter::once(label.as_str()).filter(|l| !l.is_empty()).chain(texts()).collect::<Vec<_>>().join(" | ");
        let whole = pairs.is_none().then(|| texts().filter(|t| !figure::is_blank(t)).collect::<Vec<_>>().join("；"));
        // A row that fits no head and whose cells have been read already is not of this table.
        if whole.is_some() && leaves.iter().any(|l| self.is_read(rows, l)) {
            let texts = std::iter::once(label.clone()).chain(texts().filter(|t| !figure::is_blank(t)).map(str::to_owned));
            let texts: Vec<String> = texts.filter(|t| !t.is_empty()).collect();
            self.found.loose.push(Loose { block: self.block, texts, place });
            return;
        }
        let pairs = pairs.unwrap_or_default();
        let mut tables: Vec<String> = Vec::new();
        for (at, leaf) in leaves.iter().enumerate() {
            let targets = self.targets(rows, leaf);
            let cell = pairs.iter().find(|p| p.0 == at).map(|p| p.1);
            let (raw, place) = match (cell, &whole) {
                (Some(c), _) => (grid.cell(c).text.clone(), grid.cell(c).place.clone()),
                (None, Some(all)) => (all.clone(), place.clone()),
                (None, None) if cut => (String::new(), place.clone()),
                (None, None) => continue,
            };
            match targets.as_slice() {
                [(target, print)] => {
                    let table = self.words.prints[*print as usize].table.clone();
                    if let Some(c) = cell {
                        let id = self.words.forms.id(*target).to_owned();
                        self.note(grid, c, || {
                            format!("{id} (row “{label}”, column “{}”)", leaf.path.join(" / ").replace('\n', ""))
                        });
                    }
                    let unit = leaf.path.iter().rev().find_map(|t| money_unit(t)).or_else(|| self.caption.clone());
                    let ink = !figure::is_blank(&raw);
                    self.set(&table, *target, raw, place, unit, whole.is_some());
                    if let (Some(c), true) = (cell, ink) {
                        self.claim((grid.number, c), &table, *target);
                    }
                    if !tables.contains(&table) {
                        tables.push(table);
                    }
                }
                _ if figure::is_blank(&raw) || whole.is_some() => {}
                _ => {
                    let column = leaf.path.join(" / ");
                    if let Some(c) = cell {
                        self.note(grid, c, || "row and column name no cell of a form: unmapped".into());
                    }
                    self.found.loose.push(Loose { block: self.block, texts: vec![label.clone(), column, raw], place });
                }
            }
        }
        for table in tables {
            if let Some(instance) = self.found.tables.get_mut(&table).and_then(|t| t.last_mut()) {
                instance.rows.push((line.clone(), place.clone()));
            }
        }
        if self.found.blocks.last() != Some(&self.block) {
            self.found.blocks.push(self.block);
        }
    }

    /// A merged cell that would be the figure of several cells of the form is left unread in each.
    fn claim(&mut self, at: (u32, u32), table: &str, cell: Cell) {
        let first = self.claims.entry(at).or_insert_with(|| (table.to_owned(), cell)).clone();
        if first.1 == cell {
            return;
        }
        for (table, cell) in [(first.0.as_str(), first.1), (table, cell)] {
            let instance = self.found.tables.get_mut(table).and_then(|t| t.last_mut());
            if let Some(entry) = instance.and_then(|i| i.cells.get_mut(&cell)) {
                entry.contested = true;
            }
        }
    }

    /// Whether the cell that a row and a column name has been read under this head.
    fn is_read(&self, rows: &[(u16, u16)], leaf: &Leaf) -> bool {
        let targets = self.targets(rows, leaf);
        let [(cell, print)] = targets.as_slice() else { return false };
        let last = self.found.tables.get(&self.words.prints[*print as usize].table).and_then(|t| t.last());
        last.and_then(|i| i.cells.get(cell)).is_some_and(|e| e.head == self.head_number && !e.contested)
    }

    /// The cells that a row and a column can name together, each once, with a print of each.
    fn targets(&self, rows: &[(u16, u16)], leaf: &Leaf) -> Vec<(Cell, u16)> {
        let mut out: Vec<(Cell, u16)> = Vec::new();
        for (print, row) in rows {
            for (p, column) in &leaf.means {
                if p == print {
                    let cell = self.words.prints[*print as usize].cell(*row as usize, *column as usize);
                    if !out.iter().any(|o| o.0 == cell) {
                        out.push((cell, *print));
                    }
                }
            }
        }
        out
    }

    fn set(&mut self, table: &str, cell: Cell, raw: String, place: Place, unit: Option<String>, contested: bool) {
        let head = self.head_number;
        let instances = self.found.tables.entry(table.to_owned()).or_default();
        let again = instances.last().is_some_and(|i| {
            i.cells.get(&cell).is_some_and(|e| e.head != head)
                || (i.aside != self.captions.aside && i.cells.values().all(|e| e.head != head))
        });
        if instances.is_empty() || again {
            instances.push(Instance { aside: self.captions.aside.clone(), ..Instance::default() });
        }
        let Some(instance) = instances.last_mut() else { return };
        match instance.cells.get_mut(&cell) {
            Some(entry) if entry.raw == raw || figure::is_blank(&raw) => {}
            Some(entry) if figure::is_blank(&entry.raw) => *entry = Entry { raw, place, unit, contested, proof: None, head },
            Some(entry) => {
                entry.raw = format!("{}；{raw}", entry.raw);
                entry.contested = true;
            }
            None => {
                instance.cells.insert(cell, Entry { raw, place, unit, contested, proof: None, head });
            }
        }
    }
}

/// Whether a text is a figure, a mark for none, or something like a figure.
pub(crate) fn is_figure(text: &str) -> bool {
    let f = figure::read(text, "", nianbao_form::Kind::Count, &[]);
    match f.state {
        State::Number | State::None => true,
        State::Text => f.note.is_some_and(|d| d.kind == figure::DoubtKind::NumberLike),
        _ => false,
    }
}

/// The unit of money in a head or caption: `（单位：元）`, `金额（万元）`.
pub(crate) fn money_unit(text: &str) -> Option<String> {
    let folded = nianbao_form::label::fold(text);
    let at = folded.rfind('元')?;
    let before = &folded[..at];
    let marked = before.contains("单位") || before.rfind('(').is_some_and(|open| at - open <= 12);
    let unit = ["亿", "万", "千"].iter().find(|m| before.ends_with(**m)).map_or_else(|| "元".to_owned(), |m| format!("{m}元"));
    marked.then_some(unit)
}
