//! What stands below a head: rows of figures with their labels, as far as the text tells which belongs to which.

use super::gaps;
use super::head::{self, Head};
use super::lexicon::{Lexicon, Meaning};
use super::tokens::{Event, Stream, What};

/// Figures one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Their events.
    pub figures: Vec<usize>,
    /// Line of the first and of the last.
    pub lines: (u32, u32),
}

/// What a zone is made of.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// The label of a row of the block.
    Label { row: usize, event: usize },
    /// A label over rows.
    Group { event: usize },
    /// Figures.
    Run(Run),
    /// A head that is printed again.
    Again,
    /// Words that are none of these.
    Strange { event: usize },
}

impl Run {
    /// How its figures stand on lines.
    pub(crate) fn shape(&self, stream: &Stream<'_>) -> Shape {
        let line = |f: &usize| stream.events[*f].line;
        if self.lines.0 == self.lines.1 {
            Shape::Across
        } else if self.figures.windows(2).all(|w| line(&w[0]) != line(&w[1])) {
            Shape::Down
        } else {
            Shape::Torn
        }
    }
}

/// How the figures of a run stand on lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// All on one.
    Across,
    /// Each on its own.
    Down,
    /// Some on one, some on another.
    Torn,
}

/// What the lines of a whole text say of the order in which its figures are printed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Order {
    /// The text has a cell a line throughout: figures below one another stand in the order of their columns. Where some
    /// rows have a line and others have not, the program has torn lines apart by height.
    pub down: bool,
    /// The text flows over its lines, several rows on one.
    pub flows: bool,
}

impl Order {
    /// The order of a text with some zones; `paged` says that it was taken from pages.
    pub(crate) fn of(stream: &Stream<'_>, zones: &[Zone], paged: bool) -> Order {
        let shapes = || {
            zones
                .iter()
                .flat_map(|z| &z.items)
                .filter_map(|i| if let Item::Run(r) = i { Some(r) } else { None })
                .filter(|r| r.figures.len() > 1)
                .map(|r| r.shape(stream))
        };
        let labels = |z: &Zone| -> Vec<u32> {
            z.items
                .iter()
                .filter_map(|i| if let Item::Label { event, .. } = i { Some(stream.events[*event].line) } else { None })
                .collect()
        };
        let flows = zones.iter().any(|z| labels(z).windows(3).any(|w| w[0] == w[1] && w[1] == w[2]));
        Order { down: !paged && shapes().all(|s| s == Shape::Down), flows }
    }

    /// Whether the figures of a run stand in the order of their columns.
    pub(crate) fn keeps(self, stream: &Stream<'_>, run: &Run) -> bool {
        let text = |f: &usize| stream.folded(stream.events[*f].from, stream.events[*f].to);
        if run.figures.windows(2).all(|w| text(&w[0]) == text(&w[1])) {
            return true;
        }
        match run.shape(stream) {
            Shape::Across => true,
            Shape::Down => self.down || self.flows || steps_right(stream, run),
            Shape::Torn => self.flows || steps_right(stream, run),
        }
    }
}

/// The stretch of the stream that belongs to a head.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    /// The block.
    pub part: u16,
    /// Columns in the order of the figures.
    pub order: Vec<usize>,
    /// What stands in it.
    pub items: Vec<Item>,
    /// The event with which its head begins.
    pub head: usize,
    /// Its events.
    pub range: (usize, usize),
}

/// Whether on the page each figure of a run stands right of the one before it, on whatever line.
fn steps_right(stream: &Stream<'_>, run: &Run) -> bool {
    let span = |f: usize| Some((stream.x(stream.events[f].from)?, stream.x(stream.events[f].to - 1)?));
    run.figures.windows(2).all(|w| span(w[0]).zip(span(w[1])).is_some_and(|(a, b)| a.1 < b.0))
}

/// What became of a run of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The row that it belongs to is certain.
    Row(usize),
    /// It follows the label of a row, but has another number of figures than the block has columns.
    Odd(usize),
    /// Its label is not certain.
    Unlabelled,
}

fn means<'a>(words: &'a Lexicon<'_>, event: &Event) -> &'a [Meaning] {
    if let What::Label(entry) = event.what { words.means(entry) } else { &[] }
}

/// Longest words among rows that may be a piece of a label; a longer one is a sentence that ends the table.
const MAX_WORDS: usize = 48;

/// Whether an event ends the table that a head begins.
fn ends(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16, at: usize) -> bool {
    let event = &stream.events[at];
    let means = means(words, event);
    if event.what == What::Word {
        let sentence = event.to - event.from > 12 && stream.raw(event.from, event.to).contains('。');
        return sentence || event.to - event.from > MAX_WORDS || stream.letters[event.from].c == '\u{1}';
    }
    if means.is_empty() || means.iter().any(|m| m.part() == Some(part)) {
        return false;
    }
    let section = means.iter().any(|m| match *m {
        Meaning::Section { form, section } => words.section_id(form, section) != words.section(usize::from(part)),
        _ => false,
    });
    // A title in the middle of words is a mention.
    let alone = at
        .checked_sub(1)
        .and_then(|b| stream.events.get(b))
        .is_none_or(|b| b.end_line != event.line || head::is_punctuation(stream, b) || matches!(b.what, What::Figure { .. }));
    let heading = means.iter().all(|m| matches!(m, Meaning::Column { .. } | Meaning::Over { .. } | Meaning::Corner { .. }));
    (section && alone) || heading
}

impl Zone {
    /// Takes apart what stands below a head.
    pub(crate) fn new(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16, head: &Head) -> Zone {
        let events = &stream.events;
        let mut zone = Zone { part, order: head.order.clone(), items: Vec::new(), head: head.from, range: (head.end, head.end) };
        for (at, event) in events.iter().enumerate().skip(head.end) {
            if ends(words, stream, part, at) {
                break;
            }
            zone.range.1 = at + 1;
            match &event.what {
                What::Figure { .. } => zone.figure(stream, at),
                What::Word if head::is_punctuation(stream, event) || head::is_note(words, stream, event.from, event.to) => {}
                What::Word => zone.items.push(Item::Strange { event: at }),
                What::Label(_) => zone.label(words, stream, at),
            }
        }
        zone
    }

    fn label(&mut self, words: &Lexicon<'_>, stream: &Stream<'_>, at: usize) {
        let event = &stream.events[at];
        let mine: Vec<Meaning> = means(words, event).iter().copied().filter(|m| m.part() == Some(self.part)).collect();
        let rows: Vec<usize> =
            mine.iter().filter_map(|m| if let Meaning::Row { row, .. } = m { Some(usize::from(*row)) } else { None }).collect();
        let heads = mine.iter().any(|m| matches!(m, Meaning::Column { .. } | Meaning::Over { .. } | Meaning::Corner { .. }));
        let title = means(words, event).iter().any(|m| matches!(m, Meaning::Section { .. }));
        let before_figures = matches!(stream.events.get(at + 1).map(|e| &e.what), Some(What::Figure { .. }));
        let item = match rows.as_slice() {
            // A word that is a row's label and a column's too stands for the row only among rows.
            [row] if !heads || (before_figures && matches!(self.items.last(), Some(Item::Run(_) | Item::Group { .. }))) => {
                Item::Label { row: *row, event: at }
            }
            _ if heads => Item::Again,
            [_, _, ..] => Item::Strange { event: at },
            _ if mine.iter().any(|m| matches!(m, Meaning::Group { .. })) => Item::Group { event: at },
            _ if title => Item::Again,
            _ => Item::Strange { event: at },
        };
        self.items.push(item);
    }

    /// Adds a figure to the run before it, or begins another: a run that is full goes on only on its own line, and a line
    /// with as many figures as there are columns is a run of its own.
    fn figure(&mut self, stream: &Stream<'_>, at: usize) {
        let event = &stream.events[at];
        let columns = self.order.len();
        if let Some(Item::Run(run)) = self.items.last_mut() {
            let goes_on = run.figures.last() == Some(&(at - 1)) && run.lines.1 == event.line;
            if goes_on || (run.figures.len() < columns && line_of_figures(stream, at) != columns) {
                run.figures.push(at);
                run.lines.1 = event.end_line;
                return;
            }
        }
        self.items.push(Item::Run(Run { figures: vec![at], lines: (event.line, event.end_line) }));
    }

    /// The runs with the row that each belongs to, as far as order and lines tell.
    pub(crate) fn fates(&self, words: &Lexicon<'_>, stream: &Stream<'_>, order: Order) -> Vec<(usize, Fate)> {
        let columns = self.order.len();
        let regular = self.is_regular();
        let single = self.is_single(words, columns);
        let mut out = Vec::new();
        for (i, item) in self.items.iter().enumerate() {
            let Item::Run(run) = item else { continue };
            let label = i.checked_sub(1).and_then(|b| match self.items[b] {
                Item::Label { row, event } => Some((row, event)),
                _ => None,
            });
            let whole = run.figures.len() == columns && !self.has_holes(stream, run) && order.keeps(stream, run);
            let fate = match label {
                Some((row, event)) if regular || self.is_one_line(words, stream, i, event) || encloses(stream, event, run) => {
                    if whole {
                        Fate::Row(row)
                    } else {
                        Fate::Odd(row)
                    }
                }
                _ => match single.filter(|_| whole) {
                    Some(row) => Fate::Row(row),
                    None => Fate::Unlabelled,
                },
            };
            out.push((i, fate));
        }
        out
    }

    /// Takes back the certainty of rows beside figures that belong to no row: in narrow cells a figure is broken over lines,
    /// and its end stands alone below the row, or its beginning above.
    pub(crate) fn doubt_beside_orphans(&self, fates: &mut [(usize, Fate)]) {
        let short = |at: usize| matches!(&self.items[at], Item::Run(run) if run.figures.len() < self.order.len());
        let orphan: Vec<bool> = fates.iter().map(|f| f.1 == Fate::Unlabelled && short(f.0)).collect();
        for at in 0..fates.len() {
            let beside = (at > 0 && orphan[at - 1]) || orphan.get(at + 1) == Some(&true);
            if let (true, Fate::Row(row)) = (beside, fates[at].1) {
                fates[at].1 = Fate::Odd(row);
            }
        }
    }

    fn has_holes(&self, stream: &Stream<'_>, run: &Run) -> bool {
        (run.lines.0..=run.lines.1).any(|l| stream.lines.get(l as usize).is_some_and(|l| l.holes))
    }

    /// Whether labels and runs alternate from the first label to the last run, with nothing strange between them: then
    /// each run belongs to the label before it.
    pub(crate) fn is_regular(&self) -> bool {
        let mut label = false;
        let mut any = false;
        for (i, item) in self.items.iter().enumerate() {
            match item {
                Item::Label { .. } if !label => label = true,
                Item::Run(_) if label && matches!(self.items[i - 1], Item::Label { .. }) => (label, any) = (false, true),
                Item::Group { .. } | Item::Again if !label => {}
                _ => return false,
            }
        }
        any && !label
    }

    /// Whether a label and the run behind it fill a line, alone or beside pieces of labels that stand over rows.
    fn is_one_line(&self, words: &Lexicon<'_>, stream: &Stream<'_>, at: usize, label: usize) -> bool {
        let Item::Run(run) = &self.items[at] else { return false };
        let line = stream.events[label].end_line;
        if run.lines != (line, line) {
            return false;
        }
        let on_line = |e: &usize| (stream.events[*e].line..=stream.events[*e].end_line).contains(&line);
        let others = self.items.iter().enumerate().filter(|(i, item)| match item {
            Item::Label { event, .. } => *event != label && on_line(event),
            Item::Strange { event } => on_line(event) && !gaps::is_made_of(words, stream, self, *event, &[]),
            Item::Run(r) => *i != at && (r.lines.0 <= line && line <= r.lines.1),
            _ => false,
        });
        others.count() == 0
    }

    /// The row of a block that has but one, if the zone holds its label and its figures and nothing else.
    fn is_single(&self, words: &Lexicon<'_>, columns: usize) -> Option<usize> {
        let block = &words.parts[usize::from(self.part)];
        let items: Vec<&Item> = self.items.iter().filter(|i| !matches!(i, Item::Again)).collect();
        match items.as_slice() {
            [Item::Run(run), Item::Label { row, .. }] if block.own_rows() == 1 && run.figures.len() == columns => Some(*row),
            _ => None,
        }
    }
}

/// Whether a label has letters before a run and behind it.
fn encloses(stream: &Stream<'_>, label: usize, run: &Run) -> bool {
    let label = &stream.events[label];
    run.figures.iter().all(|f| label.from < stream.events[*f].from && stream.events[*f].to < label.to)
}

/// How many figures stand one after the other on a line, counted from one that is the first of them.
fn line_of_figures(stream: &Stream<'_>, at: usize) -> usize {
    let line = stream.events[at].line;
    stream.events[at..].iter().take_while(|e| matches!(e.what, What::Figure { .. }) && e.line == line).count()
}
