//! The one matcher of tables: from grids to cells of forms, by labels alone.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use nianbao_form::Cell;

use crate::aside::Captions;
use crate::document::{Block, Document, Grid};
use crate::explain::{Became, Trace};
use crate::found::{Found, Loose};
use crate::head::{Head, Leaf};
use crate::layout::{Run, Sheet};
use crate::pair::{self, Doubt, Gaps, Paired, Spot, Way};
use crate::row::{self, Label, Row, Wanted};
use crate::sense::Ink;
use crate::take::Taken;
use crate::vocabulary::{Match, Use, Vocabulary};

/// Reads all grids of a document; `explain` asks for what each place was taken for.
pub(crate) fn read<'d>(words: &Vocabulary<'_>, document: &'d Document, explain: bool) -> Found<'d> {
    let mut reader = TableReader {
        words,
        found: Found { trace: explain.then(Trace::default), ..Found::default() },
        head: Head::default(),
        head_number: 0,
        closed: false,
        head_grid: 0,
        caption: None,
        block: 0,
        ragged: document.ragged,
        line_read: false,
        group: Match::NOT,
        leaves: None,
        right: None,
        spilled: None,
        captions: Captions::default(),
        years: false,
        spoken: Vec::new(),
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

pub(crate) struct TableReader<'v, 'f, 'd> {
    pub(crate) words: &'v Vocabulary<'f>,
    pub(crate) found: Found<'d>,
    head: Head<'v, 'd>,
    /// Counts heads, to tell a table that begins anew from a row that comes twice.
    pub(crate) head_number: usize,
    /// Whether a row of figures has followed the head, so that the next head row begins a new head.
    pub(crate) closed: bool,
    head_grid: u32,
    /// Unit of money that a caption near the table prints.
    pub(crate) caption: Option<&'static str>,
    pub(crate) block: usize,
    ragged: bool,
    /// Whether the one row of figures below a head without row labels was read.
    pub(crate) line_read: bool,
    /// The last outer row label, for rows that leave it out.
    group: Match,
    leaves: Option<(LeavesKey, Rc<[Leaf<'d>]>)>,
    /// Head and grid with what [`pair::from_right`] says of them.
    right: Option<((usize, u32), Option<(usize, usize)>)>,
    /// Head and grid with whether most rows below spill over it.
    spilled: Option<((usize, u32), bool)>,
    pub(crate) captions: Captions,
    /// Whether a row of this grid names two years.
    years: bool,
    /// Labels that stood alone in the paragraphs right before this grid.
    spoken: Vec<Match>,
}

/// Longest label over columns, in bytes.
const MAX_GROUP: usize = 60;

/// Head, its rows so far, how cells find their columns, and the row's number of cells if not by place.
type LeavesKey = (usize, usize, Way, usize);

/// Columns that a row has, and how its cells find them.
pub(crate) struct Columns<'d> {
    pub(crate) leaves: Rc<[Leaf<'d>]>,
    pub(crate) way: Way,
    /// Where figures begin, if places tell.
    pub(crate) first: Option<usize>,
}

impl<'d> TableReader<'_, '_, 'd> {
    fn paragraph(&mut self, text: &str) {
        if self.captions.paragraph(self.words, text, !self.found.tables.is_empty()) {
            self.new_head();
        }
        let label = if text.len() <= MAX_GROUP { self.words.exact(text) } else { Match::NOT };
        if label == Match::NOT {
            self.spoken.clear();
        } else {
            self.spoken.push(label);
        }
        // 40 characters, none of them longer than three bytes as a rule.
        let short = text.len() <= 160 && text.chars().count() <= 40;
        if !short {
            self.caption = None;
        } else if text.contains("单位") || text.contains("單位") {
            self.caption = money_unit(text);
        }
    }

    /// Whether the rows of a table may differ in their number of cells.
    pub(crate) fn is_ragged(&self) -> bool {
        self.ragged
    }

    fn new_head(&mut self) {
        self.head = Head::default();
        self.leaves = None;
        self.closed = false;
        self.line_read = false;
    }

    pub(crate) fn note(&mut self, sheet: &Sheet<'_>, cell: u32, became: impl FnOnce() -> Became) {
        if let Some(trace) = &mut self.found.trace {
            trace.note(sheet, cell, became());
        }
    }

    fn grid(&mut self, grid: &'d Grid) {
        let sheet = Sheet::new(self.words, grid);
        self.years = false;
        for part in sheet.parts(self.words) {
            match sheet.run(self.words, part.clone()) {
                Run::Across => self.rows(&sheet, part),
                Run::Down(turned) => self.rows(&turned, 0..turned.height()),
                Run::Unclear => {
                    let rows = part.map(|at| Row::new(&sheet, at)).filter(|r| !r.inked.is_empty());
                    rows.for_each(|row| self.leave(&sheet, &row, "labels run down, but rows have not the same number of cells"));
                }
            }
        }
        self.caption = None;
        self.spoken.clear();
    }

    fn rows(&mut self, sheet: &Sheet<'d>, rows: Range<usize>) {
        let mut at = rows.start;
        while at < rows.end {
            at += self.row(sheet, at, rows.end);
        }
    }

    /// Takes a row, or several that one row was broken into; returns how many.
    fn row(&mut self, sheet: &Sheet<'d>, at: usize, end: usize) -> usize {
        let row = Row::new(sheet, at);
        let is_item = |c: &u32| sheet.uses(self.words, *c).contains(&Use::Item);
        if !row.inked.is_empty() && row.inked.iter().all(is_item) {
            self.new_head();
            row.inked.iter().for_each(|c| self.note(sheet, *c, || Became::Item));
            return 1;
        }
        let is_head = row.is_head(self.words, sheet) || self.is_in_head(sheet, &row);
        // Words alone in a row are a paragraph that stands in a table, as in a sheet that holds a whole report.
        let is_paragraph = matches!(row.inked.as_slice(), [only] if sheet.sense(*only).is_plain_words());
        if !is_head && !is_paragraph && !self.head.is_empty() {
            if let Some(taken) = self.labelled(sheet, &row, end) {
                return taken;
            }
            if let Some(taken) = self.unlabelled(sheet, &row, end) {
                return taken;
            }
        }
        if row.inked.is_empty() {
            // A blank row inside a head that prints blanks in place of spans would end nothing.
            return 1;
        }
        if is_head || row.may_be_head(self.words, sheet) {
            self.take_head(sheet, &row);
        } else {
            self.leave(sheet, &row, "no label of a form fits here");
        }
        1
    }

    /// Whether a row stands beside a cell of the head that goes down over several rows: a label may go over several too.
    fn is_in_head(&self, sheet: &Sheet<'d>, row: &Row) -> bool {
        let open = !self.closed && self.head_grid == sheet.grid.number && row.at < self.head.reach();
        open && !row.inked.is_empty() && row.inked.iter().all(|c| sheet.sense(*c).is_plain_words())
    }

    fn take_head(&mut self, sheet: &Sheet<'d>, row: &Row) {
        if self.closed || (self.head_grid != sheet.grid.number && !self.head_goes_on(sheet, row)) {
            self.new_head();
        }
        if self.head.is_empty() {
            self.head_number += 1;
        }
        self.head_grid = sheet.grid.number;
        self.head.push(self.words, sheet, row.at);
        for &cell in &row.inked {
            self.note(sheet, cell, || Became::Head(sheet.sense(cell).label.how));
        }
    }

    /// Leaves a row alone that no label explains.
    fn leave(&mut self, sheet: &Sheet<'d>, row: &Row, why: &'static str) {
        if let [only] = row.inked.as_slice() {
            self.paragraph(sheet.text(*only));
        }
        let mut years = row.inked.iter().filter(|c| sheet.sense(**c).ink == Ink::Year).map(|c| sheet.text(*c));
        self.years |= years.next().is_some_and(|first| years.any(|y| y != first));
        if self.years && row.inked.iter().any(|c| sheet.is_row_label(self.words, *c)) {
            self.found.compared += 1;
        }
        for &cell in &row.inked {
            self.note(sheet, cell, || Became::Loose(why));
        }
        let texts = row.inked.iter().map(|c| Cow::Borrowed(sheet.text(*c))).collect();
        self.found.loose.push(Loose { block: self.block, texts, place: sheet.place(row.inked[0]) });
    }

    /// Whether a head row in a new grid goes on with a head that was cut off in the grid before: its labels are parts
    /// that are still missing.
    fn head_goes_on(&self, sheet: &Sheet<'_>, row: &Row) -> bool {
        let leaves = self.head.by_order(self.words, row.cells.len());
        let known = leaves.iter().filter(|l| !l.means.is_empty()).count();
        known == 0 && !row.begins_head(self.words, sheet)
    }

    /// The columns for a row: by place where head and row have one width, else in order.
    pub(crate) fn columns(&mut self, sheet: &Sheet<'d>, row: &Row, end: usize) -> Columns<'d> {
        let cut = if sheet.trimmed { self.head.cut_width(self.words) } else { None };
        let mut way = match cut {
            _ if self.head.width() == Some(row.width) && row.is_full => Way::Place,
            Some(width) if row.width == width => Way::Place,
            Some(width) if row.width < width => Way::Cut,
            _ => Way::Order,
        };
        let mut leaves = self.leaves(row, way);
        if way == Way::Place && (leaves.iter().any(|l| l.displaced) || names_twice(&leaves)) {
            // Edges that contradict themselves tell nothing; labels that are all there tell the columns without them.
            let ordered = self.leaves(row, Way::Order);
            if self.is_whole(&ordered) {
                (way, leaves) = (Way::Order, ordered);
            }
        }
        let mut first = None;
        if way == Way::Place {
            first = leaves.first().and_then(|l| l.range).map(|r| r.0);
        } else if way == Way::Order
            && let Some((width, from)) = self.pairs_from_right(sheet, row, end, leaves.len())
            && (row.width, row.is_full) == (width, true)
        {
            (way, first) = (Way::Right, Some(from));
        }
        Columns { leaves, way, first }
    }

    /// The columns of the head; rows of one table ask for the same ones.
    fn leaves(&mut self, row: &Row, way: Way) -> Rc<[Leaf<'d>]> {
        let key = (self.head_number, self.head.len(), way, if way == Way::Order { row.cells.len() } else { 0 });
        if let Some((known, leaves)) = &self.leaves
            && *known == key
        {
            return leaves.clone();
        }
        let mut leaves = match way {
            Way::Order => self.head.by_order(self.words, row.cells.len()),
            _ => self.head.by_place(self.words),
        };
        if !self.spoken.is_empty() && !self.head.is_grouped() {
            let spoken = self.head.by_words(self.words, &self.spoken);
            if !spoken.is_empty() {
                leaves = spoken;
            }
        }
        // Unknown words in front of the known columns are what this agency calls the corner.
        let first = leaves.iter().position(|l| !l.means.is_empty()).unwrap_or(leaves.len());
        leaves.drain(..first);
        let leaves: Rc<[Leaf<'d>]> = leaves.into();
        self.leaves = Some((key, leaves.clone()));
        leaves
    }

    fn pairs_from_right(&mut self, sheet: &Sheet<'d>, row: &Row, end: usize, columns: usize) -> Option<(usize, usize)> {
        let key = (self.head_number, sheet.grid.number);
        if let Some((known, right)) = self.right
            && known == key
        {
            return right;
        }
        let below = (row.at..end).map(|r| Row::new(sheet, r));
        let rows: Vec<Row> = below.take_while(|r| !r.is_head(self.words, sheet)).collect();
        let right = pair::from_right(sheet, &rows, columns);
        self.right = Some((key, right));
        right
    }

    /// Whether a row, or most rows below its head, may have moved against the head: see [`pair::spills`].
    pub(crate) fn is_moved(&mut self, sheet: &Sheet<'d>, row: &Row, leaves: &[Leaf<'d>], end: usize) -> bool {
        let key = (self.head_number, sheet.grid.number);
        let known = self.spilled.filter(|s| s.0 == key).map(|s| s.1);
        let most = known.unwrap_or_else(|| {
            let below = (row.at..end).map(|r| Row::new(sheet, r)).take_while(|r| !r.is_head(self.words, sheet));
            let (mut spilled, mut all) = (0, 0);
            for row in below.filter(|r| r.width == row.width && r.inked.iter().any(|c| sheet.sense(*c).ink == Ink::Figure)) {
                all += 1;
                spilled += usize::from(pair::spills(sheet, leaves, &row));
            }
            2 * spilled > all
        });
        self.spilled = Some((key, most));
        most || pair::spills(sheet, leaves, row)
    }

    /// Whether a head names every column of some block once and nothing else, and its labels end one behind the other.
    fn is_whole(&self, leaves: &[Leaf<'_>]) -> bool {
        let names = |print: u16, column: usize| leaves.iter().filter(|l| l.means.contains(&(print, column as u16))).count() == 1;
        let is_whole = |print: u16, columns: usize| columns == leaves.len() && (0..columns).all(|c| names(print, c));
        let ordered = leaves.windows(2).all(|w| w[0].end < w[1].end);
        ordered
            && leaves.iter().all(|l| l.own)
            && self.words.prints.iter().enumerate().any(|(at, p)| is_whole(at as u16, p.columns))
    }

    /// Whether the head names every column of the form that explains it best, for one of these rows.
    pub(crate) fn is_complete(&self, rows: &[(u16, u16)], leaves: &[Leaf<'_>]) -> bool {
        let named = |print: u16| {
            let columns = self.words.prints[print as usize].columns as u16;
            let count = (0..columns).filter(|c| leaves.iter().any(|l| l.means.contains(&(print, *c)))).count();
            (count, count == columns as usize)
        };
        let best = rows.iter().map(|r| named(r.0)).max_by_key(|n| n.0);
        best.is_some_and(|(count, all)| all && leaves.iter().filter(|l| !l.means.is_empty()).count() <= count)
    }

    /// A row with a row label. `None` if it has none that fits the head.
    fn labelled(&mut self, sheet: &Sheet<'d>, row: &Row, end: usize) -> Option<usize> {
        let Columns { leaves, way, first } = self.columns(sheet, row, end);
        let mut prints: Vec<u16> = leaves.iter().flat_map(|l| l.means.iter().map(|m| m.0)).collect();
        prints.sort_unstable();
        prints.dedup();
        let limit = first;
        let numbered = self.head.is_numbered();
        let wanted = Wanted { prints: &prints, limit, columns: leaves.len(), numbered };
        let label = if leaves.is_empty() { None } else { row::label(self.words, sheet, row, wanted, &mut self.group) }?;
        self.closed = true;
        if self.is_comparison(&label.rows, &leaves) {
            self.compare(sheet, row);
            return Some(1);
        }
        let printed = self.words.row_name(label.rows[0]);
        for &cell in &label.cells {
            self.note(sheet, cell, || Became::RowLabel(label.how, printed.to_owned()));
        }
        let mut cells: Vec<u32> = row.cells.iter().skip(label.end).map(|c| c.0).collect();
        let taken = if way == Way::Order { self.rejoin(sheet, row, &mut cells, leaves.len(), end) } else { 1 };
        let complete = self.is_complete(&label.rows, &leaves);
        let paired = match way {
            _ if leaves.iter().any(|l| l.displaced) => Err(Doubt::Displaced),
            Way::Place if self.is_moved(sheet, row, &leaves, end) => Err(Doubt::Spilled),
            Way::Place => pair::by_place(sheet, &leaves, row, complete).ok_or(Doubt::Incomplete),
            Way::Right if complete => pair::by_order(sheet, &leaves, &cells, Gaps::None),
            Way::Right => Err(Doubt::Incomplete),
            _ if !complete && leaves.iter().any(|l| !l.own) => Err(Doubt::Incomplete),
            Way::Order => pair::by_order(sheet, &leaves, &cells, self.gaps(sheet, row)),
            Way::Cut => self.by_cut(sheet, row, &label, &leaves, &cells, complete),
        };
        let mut paired = self.check_rows(sheet, row, &label, paired);
        if cells.iter().all(|c| sheet.is_blank(*c)) && row.at > 0 && Row::new(sheet, row.at - 1).is_torn_off(sheet) {
            paired = Err(Doubt::Orphans);
        }
        let names: Vec<&str> = label.cells.iter().map(|c| sheet.text(*c)).collect();
        let unit = names.iter().rev().find_map(|t| money_unit(t));
        let place = sheet.place(row.cells.first()?.0);
        let (rows, how) = (label.rows.as_slice(), label.how);
        self.take(sheet, &Taken { place, rows, leaves: &leaves, cells: &cells, names, unit, how, way }, paired);
        Some(taken)
    }

    /// Puts a row together again that an empty line has broken into pieces, if the pieces fit exactly; says how many rows
    /// it was.
    pub(crate) fn rejoin(&self, sheet: &Sheet<'d>, row: &Row, cells: &mut Vec<u32>, columns: usize, end: usize) -> usize {
        let mut more = cells.clone();
        let mut taken = 1;
        while self.ragged && more.len() < columns && row.at + taken < end {
            let next = Row::new(sheet, row.at + taken);
            if next.cells.is_empty() || next.cells.iter().any(|c| !sheet.uses(self.words, c.0).is_empty()) {
                break;
            }
            more.extend(next.cells.iter().map(|c| c.0));
            taken += 1;
        }
        if more.len() != columns {
            return 1;
        }
        *cells = more;
        taken
    }

    /// Pairs a row of text whose blank ends were cut off.
    fn by_cut(
        &self,
        sheet: &Sheet<'d>,
        row: &Row,
        label: &Label,
        leaves: &[Leaf<'_>],
        cells: &[u32],
        complete: bool,
    ) -> Result<Paired, Doubt> {
        // Blanks in front were dropped too: then all figures must be there.
        let start = cells.iter().position(|c| !sheet.is_blank(*c)).unwrap_or(cells.len());
        if complete && cells.len() - start == leaves.len() {
            return pair::by_order(sheet, leaves, &cells[start..], Gaps::None);
        }
        pair::by_start(self.words, sheet, leaves, row, label).ok_or(Doubt::Fewer)
    }

    /// Where blanks of a row that is not as wide as its head may be parts of wider cells: anywhere in a sheet that tells no
    /// spans, behind labels where another row has a blank in the place before the first figure.
    pub(crate) fn gaps(&self, sheet: &Sheet<'d>, row: &Row) -> Gaps {
        // Text with a row a line has a place for every column, seen or not.
        let has_width = self.head.width().is_some();
        if sheet.grid.tabbed || has_width && !sheet.has_spans() {
            return Gaps::Anywhere;
        }
        let first = self.head.by_place(self.words).iter().find(|l| !l.means.is_empty()).and_then(|l| l.range).map_or(0, |r| r.0);
        let gap = |r: usize| sheet.row(r).iter().any(|c| c.2 == first && c.1 + 1 == first && sheet.is_blank(c.0));
        let found = has_width && first > 0 && (0..sheet.height()).any(|r| r != row.at && gap(r));
        if found { Gaps::Behind } else { Gaps::None }
    }

    /// A figure covers the rows of its label and no others.
    fn check_rows(&self, sheet: &Sheet<'d>, row: &Row, label: &Label, paired: Result<Paired, Doubt>) -> Result<Paired, Doubt> {
        let mut paired = paired?;
        let Some(inner) = label.cells.last().map(|c| sheet.down(*c)) else { return Ok(paired) };
        for spot in paired.spots.iter_mut().flatten() {
            if let Spot::Cell(cell) = *spot
                && !sheet.is_blank(cell)
            {
                let down = sheet.down(cell);
                if down.start < inner.start || down.end > inner.end || (inner.start < row.at && down.start == row.at) {
                    *spot = Spot::Unread(Doubt::Rows, cell);
                }
            }
        }
        Ok(paired)
    }

    /// Whether two columns of the head name the same cells, as in a table of two years side by side.
    pub(crate) fn is_comparison(&self, rows: &[(u16, u16)], leaves: &[Leaf<'_>]) -> bool {
        let cells: Vec<(Cell, u16)> = leaves.iter().filter_map(|l| self.target(rows, l).ok().flatten()).collect();
        (1..cells.len()).any(|i| cells[..i].iter().any(|c| c.0 == cells[i].0))
    }

    pub(crate) fn compare(&mut self, sheet: &Sheet<'d>, row: &Row) {
        self.found.compared += 1;
        for &cell in &row.inked {
            self.note(sheet, cell, || Became::Loose("one column of the form twice, a comparison"));
        }
        let texts = row.inked.iter().map(|c| Cow::Borrowed(sheet.text(*c))).collect();
        if let Some(first) = row.inked.first() {
            self.found.loose.push(Loose { block: self.block, texts, place: sheet.place(*first) });
        }
    }
}

/// Whether two columns of a head mean the same and nothing else.
fn names_twice(leaves: &[Leaf<'_>]) -> bool {
    let known = |at: usize| leaves[..at].iter().any(|l| l.means == leaves[at].means);
    (1..leaves.len()).any(|at| !leaves[at].means.is_empty() && known(at))
}

/// The unit of money in a head, a label or a caption: `（单位：元）`, `金额（万元）`.
pub(crate) fn money_unit(text: &str) -> Option<&'static str> {
    if !text.contains(['元', '圆', '圓']) {
        return None;
    }
    let folded = nianbao_form::label::fold(text);
    let at = folded.rfind('元')?;
    let before = &folded[..at];
    let marked = before.contains("单位") || before.rfind('(').is_some_and(|open| at - open <= 12);
    let units = [
        ("百万", "百万元"),
        ("千万", "千万元"),
        ("十万", "十万元"),
        ("亿", "亿元"),
        ("万", "万元"),
        ("千", "千元"),
        ("百", "百元"),
    ];
    let unit = units.iter().find(|(m, _)| before.ends_with(m)).map_or("元", |(_, unit)| unit);
    marked.then_some(unit)
}
