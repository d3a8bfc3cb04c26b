//! The labels of all forms, prepared for finding them in running text.

use std::collections::HashMap;

use nianbao_form::{Block, Cell, FormIx, Forms, Layout, Line, label};

use crate::vocabulary::key;

/// What a label found in the text can mean; `part` is a position in [`Lexicon::parts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The innermost label of a row.
    Row { part: u16, row: u16 },
    /// A label over several rows.
    Group { part: u16 },
    /// The innermost label of a column.
    Column { part: u16, column: u16 },
    /// A label over several columns.
    Over { part: u16 },
    /// What the form prints in the corner of a head, or over the rows of an item.
    Corner { part: u16 },
    /// The title of a section.
    Section { form: u8, section: u8 },
}

impl Meaning {
    /// The block that it belongs to.
    pub(crate) const fn part(self) -> Option<u16> {
        match self {
            Meaning::Row { part, .. }
            | Meaning::Group { part }
            | Meaning::Column { part, .. }
            | Meaning::Over { part }
            | Meaning::Corner { part } => Some(part),
            Meaning::Section { .. } => None,
        }
    }
}

/// A block of a form with the keys of its labels.
#[derive(Debug)]
pub(crate) struct Part<'f> {
    pub form: FormIx,
    pub block: &'f Block,
    /// Whether its figures stand in one line below all labels. Blocks that are so printed stand here a second time with
    /// the labels of their rows at the left.
    pub line: bool,
    /// Keys of each row's label from the outermost level inwards.
    pub rows: Vec<Vec<String>>,
    /// The list number that the form prints before each row's innermost label, such as `2` or `七`.
    pub numbers: Vec<String>,
    /// Keys of each column's label likewise.
    pub columns: Vec<Vec<String>>,
}

impl Part<'_> {
    /// The cell at a row and a column.
    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell {
        self.block.cell(row, column)
    }

    /// Rows that the form itself prints.
    pub(crate) fn own_rows(&self) -> usize {
        self.block.rows.iter().filter(|r| !r.local).count()
    }
}

/// A label with everything that it can mean.
#[derive(Debug)]
pub(crate) struct Entry {
    pub letters: Vec<char>,
    pub means: Vec<Meaning>,
}

/// All labels of all forms.
#[derive(Debug)]
pub(crate) struct Lexicon<'f> {
    pub forms: &'f Forms,
    pub parts: Vec<Part<'f>>,
    pub entries: Vec<Entry>,
    /// Notes that forms print in their heads.
    pub notes: Vec<String>,
    /// Entries by their first letter, the longest first.
    first: HashMap<char, Vec<u32>>,
    /// Marks for none.
    pub none: Vec<String>,
}

fn levels(line: &Line) -> Vec<String> {
    line.label.iter().map(|l| key(l)).collect()
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// Says what the labels of a block mean.
fn say_block(block: &Block, part: u16, say: &mut impl FnMut(&str, Meaning)) {
    fn texts(line: &Line) -> (impl Iterator<Item = &str>, &[String]) {
        let outer = line.label.split_last().map_or([].as_slice(), |(_, o)| o);
        (std::iter::once(line.leaf()).chain(line.aliases.iter().map(String::as_str)), outer)
    }
    for (row, line) in block.rows.iter().enumerate() {
        let (leaves, outer) = texts(line);
        leaves.for_each(|t| say(t, Meaning::Row { part, row: row as u16 }));
        outer.iter().for_each(|t| say(t, Meaning::Group { part }));
    }
    for (column, line) in block.columns.iter().enumerate() {
        let (leaves, outer) = texts(line);
        leaves.for_each(|t| say(t, Meaning::Column { part, column: column as u16 }));
        outer.iter().for_each(|t| say(t, Meaning::Over { part }));
    }
    say(&block.item, Meaning::Corner { part });
    say(&block.corner, Meaning::Corner { part });
}

impl<'f> Lexicon<'f> {
    pub(crate) fn new(forms: &'f Forms) -> Lexicon<'f> {
        let mut found: HashMap<String, Vec<Meaning>> = HashMap::new();
        let mut say = |text: &str, what: Meaning| {
            let whole = key(text);
            for k in [without_brackets(&whole), whole] {
                let means = found.entry(k).or_default();
                if !means.contains(&what) {
                    means.push(what);
                }
            }
        };
        let mut parts = Vec::new();
        let mut notes = Vec::new();
        let mut none: Vec<String> = Vec::new();
        for (ix, form) in forms.iter() {
            for block in &form.blocks {
                for line in [block.layout == Layout::Line, false].iter().take(if block.layout == Layout::Line { 2 } else { 1 }) {
                    say_block(block, parts.len() as u16, &mut say);
                    let number = |l: &Line| label::split_number(&label::fold(l.leaf())).map(|n| n.0.to_owned());
                    parts.push(Part {
                        form: ix,
                        block,
                        line: *line,
                        rows: block.rows.iter().map(levels).collect(),
                        numbers: block.rows.iter().map(|l| number(l).unwrap_or_default()).collect(),
                        columns: block.columns.iter().map(levels).collect(),
                    });
                }
            }
            for (at, section) in form.sections.iter().enumerate() {
                let what = Meaning::Section { form: ix.index() as u8, section: at as u8 };
                std::iter::once(&section.title).chain(&section.aliases).for_each(|t| say(t, what));
                if !section.note.is_empty() {
                    notes.push(key(&section.note));
                }
            }
            none.extend(form.none.iter().filter(|m| !none.contains(m)).cloned().collect::<Vec<_>>());
        }
        found.remove("");
        let mut entries: Vec<Entry> = found.into_iter().map(|(k, means)| Entry { letters: k.chars().collect(), means }).collect();
        entries.sort_by(|a, b| b.letters.len().cmp(&a.letters.len()).then_with(|| a.letters.cmp(&b.letters)));
        let mut first: HashMap<char, Vec<u32>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            first.entry(entry.letters[0]).or_default().push(at as u32);
        }
        Lexicon { forms, parts, entries, notes, first, none }
    }

    /// The longest label with which some letters begin.
    pub(crate) fn longest(&self, letters: impl Iterator<Item = char> + Clone) -> Option<(u32, usize)> {
        let initial = letters.clone().next()?;
        self.first.get(&initial)?.iter().find_map(|&at| {
            let wanted = &self.entries[at as usize].letters;
            let mut text = letters.clone();
            wanted.iter().all(|c| text.next() == Some(*c)).then_some((at, wanted.len()))
        })
    }

    /// What a found label can mean.
    pub(crate) fn means(&self, entry: u32) -> &[Meaning] {
        &self.entries[entry as usize].means
    }

    /// The section that a block stands in, by its id.
    pub(crate) fn section(&self, part: usize) -> &str {
        &self.parts[part].block.section
    }

    /// The id of a section.
    pub(crate) fn section_id(&self, form: u8, section: u8) -> &str {
        let form = self.forms.iter().nth(usize::from(form)).map(|f| f.1);
        form.and_then(|f| f.sections.get(usize::from(section))).map_or("", |s| s.id.as_str())
    }
}
