//! The labels of all known forms, prepared once: which rows, columns and headings a printed text can mean.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use nianbao_form::{Block, Cell, FormIx, Forms, Layout, Line, label};

use crate::sections::Titles;
use crate::slip;

/// A block as it may be printed: rows at the left, columns on top.
#[derive(Debug)]
pub(crate) struct Print {
    /// Its form.
    pub form: FormIx,
    /// Position of its block in the form.
    pub block: usize,
    /// Position of its printed table in [`Vocabulary::tables`].
    pub table: usize,
    /// How many columns it has.
    pub columns: usize,
    /// Whether the figures stand in one unlabelled line.
    pub is_line: bool,
    /// For each column the levels of its label that are rows of the form: the nearest of them must be seen.
    outer: Vec<u8>,
    cells: Vec<Cell>,
}

impl Print {
    /// The cell at a printed row and column.
    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell {
        self.cells[row * self.columns + column]
    }

    /// Whether labels name each group of its columns that is a row of the form, once and in the form's order. `at` is its
    /// own position.
    pub(crate) fn is_spoken(&self, words: &Vocabulary<'_>, at: u16, labels: &[Match]) -> bool {
        let mut groups: Vec<Vec<u16>> = Vec::new();
        for label in labels {
            let nearest = |u: &Use| match *u {
                Use::Column { print, column, level, leaf: false } if print == at => {
                    (level + 1 == self.outer(usize::from(column))).then_some(column)
                }
                _ => None,
            };
            groups.push(words.uses(*label).iter().filter_map(nearest).collect());
        }
        groups.retain(|g| !g.is_empty());
        let columns: Vec<u16> = groups.concat();
        columns.len() == self.columns && columns.iter().enumerate().all(|(i, c)| i == usize::from(*c))
    }

    /// How many outer levels of a column's label are rows of the form.
    pub(crate) fn outer(&self, column: usize) -> u8 {
        self.outer.get(column).copied().unwrap_or(0)
    }
}

/// What a printed label can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// Levels of a column head: print, column, outermost level that the text names, whether it names the innermost.
    Column { print: u16, column: u16, level: u8, leaf: bool },
    /// Levels of a row label.
    Row { print: u16, row: u16, level: u8, leaf: bool },
    /// A heading inside a table, such as 第二十条第（一）项.
    Item,
    /// The corner of a head, or a note that the form prints there.
    Corner,
}

/// How a text was found to be a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum How {
    /// It is none.
    #[default]
    Not,
    /// The form's own words or one of their aliases.
    Known,
    /// The same without what stands in brackets.
    Short,
    /// The label together with those of its groups.
    Joined,
    /// The label twice.
    Doubled,
    /// A letter or two away from the one label that is near.
    Slip,
    /// The note that the form prints in the corner.
    Note,
}

/// All labels of all forms.
#[derive(Debug)]
pub(crate) struct Vocabulary<'f> {
    /// The forms.
    pub forms: &'f Forms,
    /// All blocks as they may be printed.
    pub prints: Vec<Print>,
    /// Printed numbers of the tables, each once.
    pub tables: Vec<String>,
    /// Titles of sections.
    pub titles: Titles,
    /// Marks by which any form's agencies say "none".
    pub none: Vec<String>,
    /// Which vocabulary it is: what a thread remembers of another one does not hold.
    pub id: u64,
    labels: Vec<Label>,
    by_key: HashMap<String, u32>,
    /// Labels that may be met with a slip, by length in characters.
    by_length: Vec<Vec<u32>>,
    notes: Vec<String>,
}

#[derive(Debug)]
struct Label {
    key: String,
    uses: Vec<Use>,
    /// Whether it is one label and not several levels joined.
    single: bool,
}

/// A label that was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Match {
    /// How it was found.
    pub how: How,
    at: u32,
}

impl Match {
    /// No label.
    pub(crate) const NOT: Match = Match { how: How::Not, at: 0 };
}

/// The key by which labels are compared: [`label::key`].
pub(crate) fn key(text: &str) -> String {
    label::key(text)
}

/// A key without what stands in brackets: units and explanations.
fn without_brackets(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut depth = 0u32;
    for c in key.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// A key without punctuation and list numbers: 不予公开-1.属于国家秘密 and 法人或其他组织(商业企业) in one piece.
fn bare(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut rest = key;
    while let Some(c) = rest.chars().next() {
        match label::split_number(rest) {
            Some((_, after)) if c == '(' => rest = after,
            _ => {
                out.extend((!c.is_ascii_punctuation() && !c.is_ascii_digit()).then_some(c));
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Longest label that is compared letter by letter.
pub(crate) const MAX_LABEL: usize = 60;
/// Place of the uses of a note among the labels.
const NOTE: u32 = 0;

impl<'f> Vocabulary<'f> {
    /// Collects the labels of all forms.
    pub(crate) fn new(forms: &'f Forms) -> Vocabulary<'f> {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let note = Label { key: String::new(), uses: vec![Use::Corner], single: false };
        let mut v = Vocabulary {
            forms,
            prints: Vec::new(),
            tables: Vec::new(),
            titles: Titles::new(forms),
            none: Vec::new(),
            id: COUNT.fetch_add(1, Ordering::Relaxed),
            labels: vec![note],
            by_key: HashMap::new(),
            by_length: vec![Vec::new(); MAX_LABEL + 1],
            notes: Vec::new(),
        };
        for (ix, form) in forms.iter() {
            for (at, block) in form.blocks.iter().enumerate() {
                if block.layout == Layout::Line {
                    v.line(ix, at, block);
                }
                v.matrix(ix, at, block);
                v.say(&block.item, Use::Item);
                v.say(&block.corner, Use::Corner);
            }
            v.notes.extend(form.sections.iter().filter(|s| !s.note.is_empty()).map(|s| label::fold(&s.note)));
            let new: Vec<&String> = form.none.iter().filter(|m| !v.none.contains(m)).collect();
            v.none.extend(new.into_iter().cloned());
        }
        for label in &mut v.labels {
            label.uses.sort();
            label.uses.dedup();
        }
        for (at, label) in v.labels.iter().enumerate().filter(|l| l.1.single) {
            if let Some(list) = v.by_length.get_mut(label.key.chars().count()) {
                list.push(at as u32);
            }
        }
        v
    }

    fn table(&mut self, name: &str) -> usize {
        self.tables.iter().position(|t| t == name).unwrap_or_else(|| {
            self.tables.push(name.to_owned());
            self.tables.len() - 1
        })
    }

    fn matrix(&mut self, form: FormIx, at: usize, block: &Block) {
        let print = self.prints.len() as u16;
        for (i, line) in block.columns.iter().enumerate() {
            self.levels(&[line], |level, leaf| Use::Column { print, column: i as u16, level, leaf });
        }
        for (i, line) in block.rows.iter().enumerate() {
            self.levels(&[line], |level, leaf| Use::Row { print, row: i as u16, level, leaf });
        }
        let table = self.table(&block.table);
        let (columns, cells) = (block.columns.len(), block.cells.clone());
        self.prints.push(Print { form, block: at, table, columns, is_line: false, outer: Vec::new(), cells });
    }

    fn line(&mut self, form: FormIx, at: usize, block: &Block) {
        let print = self.prints.len() as u16;
        let mut outer = Vec::new();
        for row in &block.rows {
            for line in &block.columns {
                let column = outer.len() as u16;
                outer.push(row.label.len() as u8);
                self.levels(&[row, line], |level, leaf| Use::Column { print, column, level, leaf });
            }
        }
        let cells: Vec<Cell> =
            (0..block.rows.len()).flat_map(|r| (0..block.columns.len()).map(move |c| block.cell(r, c))).collect();
        let table = self.table(&block.table);
        self.prints.push(Print { form, block: at, table, columns: cells.len(), is_line: true, outer, cells });
    }

    /// Notes every level of a label that goes through several lines, alone and together with its groups.
    fn levels(&mut self, lines: &[&Line], make: impl Fn(u8, bool) -> Use) {
        let mut all: Vec<Vec<&str>> = Vec::new();
        for line in lines {
            all.extend(line.label.iter().map(|text| vec![text.as_str()]));
            if let Some(inner) = all.last_mut() {
                inner.extend(line.aliases.iter().map(String::as_str));
            }
        }
        let Some(last) = all.len().checked_sub(1) else { return };
        for (level, names) in all.iter().enumerate() {
            names.iter().for_each(|text| self.say(text, make(level as u8, level == last)));
        }
        // The innermost with one group or more in front of it, in one cell.
        let mut joined: Vec<String> = all[last].iter().map(|t| bare(&key(t))).collect();
        for level in (0..last).rev() {
            joined = all[level].iter().flat_map(|t| joined.iter().map(move |rest| bare(&key(t)) + rest)).collect();
            for text in &joined {
                self.note(text.clone(), make(level as u8, true), false);
            }
        }
    }

    fn say(&mut self, text: &str, what: Use) {
        let key = key(text);
        let short = without_brackets(&key);
        if short != key {
            self.note(short, what, true);
        }
        self.note(key, what, true);
    }

    fn note(&mut self, key: String, what: Use, single: bool) {
        if key.is_empty() {
            return;
        }
        let next = self.labels.len() as u32;
        let at = *self.by_key.entry(key.clone()).or_insert(next);
        if at == next {
            self.labels.push(Label { key, uses: Vec::new(), single });
        }
        let label = &mut self.labels[at as usize];
        label.single |= single;
        label.uses.push(what);
    }

    /// What a label can mean; nothing for words that are none.
    pub(crate) fn uses(&self, found: Match) -> &[Use] {
        if found.how == How::Not { &[] } else { &self.labels[found.at as usize].uses }
    }

    /// Looks up a printed text. [`crate::sense`] remembers what was found.
    pub(crate) fn look(&self, text: &str) -> Match {
        if text.len() > MAX_LABEL * 6 {
            return if self.is_note(text) { Match { how: How::Note, at: NOTE } } else { Match::default() };
        }
        let whole = key(text);
        if whole.is_empty() {
            return Match::default();
        }
        let get = |how: How, key: &str| self.by_key.get(key).filter(|at| self.fits(how, **at)).map(|&at| Match { how, at });
        let short = without_brackets(&whole);
        // 1属于国家秘密: a number without a mark behind it.
        let unnumbered = whole.trim_start_matches(|c: char| c.is_ascii_digit());
        get(How::Known, &whole)
            .or_else(|| get(How::Joined, &bare(&whole)))
            .or_else(|| get(How::Short, &short))
            .or_else(|| get(How::Short, unnumbered))
            .or_else(|| halves(&label::fold(text)).and_then(|half| get(How::Doubled, &key(half))))
            .or_else(|| self.is_note(text).then_some(Match { how: How::Note, at: NOTE }))
            .or_else(|| self.nearest(&short).map(|at| Match { how: How::Slip, at }))
            .unwrap_or_default()
    }

    /// Looks up a printed text that is the form's own words or an alias of them, and nothing else.
    pub(crate) fn exact(&self, text: &str) -> Match {
        let at = self.by_key.get(&key(text)).filter(|at| self.fits(How::Known, **at));
        at.map_or(Match::NOT, |&at| Match { how: How::Known, at })
    }

    /// Joined labels are found only as such.
    fn fits(&self, how: How, at: u32) -> bool {
        let single = self.labels[at as usize].single;
        if how == How::Joined { !single } else { single }
    }

    /// Whether a key is the heading of an item inside a table.
    pub(crate) fn is_item(&self, key: &str) -> bool {
        self.by_key.get(key).is_some_and(|at| self.labels[*at as usize].uses.contains(&Use::Item))
    }

    fn is_note(&self, text: &str) -> bool {
        // A note is long, and nothing but a note has its first words.
        if text.len() < 30 || self.notes.is_empty() {
            return false;
        }
        let folded = label::fold(text);
        folded.chars().count() >= 10
            && self.notes.iter().any(|n| n.contains(&folded) || folded.contains(n.trim_matches(['(', ')'])))
    }

    /// The one label that is a slip away: one letter in four to eleven, two in longer ones, and no other label as near.
    fn nearest(&self, key: &str) -> Option<u32> {
        let n = key.chars().count();
        if !(4..=MAX_LABEL).contains(&n) {
            return None;
        }
        let allowed = if n < 12 { 1 } else { 2 };
        let mut best: Option<(usize, u32)> = None;
        let mut tie = false;
        for length in n.saturating_sub(allowed).max(4)..=(n + allowed).min(MAX_LABEL) {
            for &at in self.by_length.get(length).into_iter().flatten() {
                let label = &self.labels[at as usize];
                let Some(d) = slip::distance(key, &label.key, allowed) else { continue };
                match best {
                    Some((b, _)) if d > b => {}
                    Some((b, other)) if d == b => tie |= self.labels[other as usize].uses != label.uses,
                    _ => (best, tie) = (Some((d, at)), false),
                }
            }
        }
        best.filter(|(_, at)| !tie && slip::is_harmless(key, &self.labels[*at as usize].key)).map(|b| b.1)
    }

    /// How many row labels of any form stand in a text: page text whose tables have lost their cells is full of them.
    pub(crate) fn labels_in(&self, text: &str) -> usize {
        let folded = label::fold(text).replace([',', '"'], "");
        let is_row = |uses: &[Use]| uses.iter().any(|u| matches!(u, Use::Row { leaf: true, .. }));
        let named = |l: &&Label| l.single && l.key.chars().count() >= 4 && is_row(&l.uses) && folded.contains(l.key.as_str());
        self.labels.iter().filter(named).count()
    }

    /// A row's innermost label as its form prints it.
    pub(crate) fn row_name(&self, (print, row): (u16, u16)) -> &str {
        let print = &self.prints[print as usize];
        self.forms.form(print.form).blocks[print.block].rows.get(row as usize).map_or("", Line::leaf)
    }

    /// The form's own section that a print belongs to.
    pub(crate) fn section(&self, print: &Print) -> &str {
        &self.forms.form(print.form).blocks[print.block].section
    }
}

/// The half of a text that was printed twice.
fn halves(key: &str) -> Option<&str> {
    let middle = key.len() / 2;
    (key.len().is_multiple_of(2) && key.is_char_boundary(middle) && key[..middle] == key[middle..]).then(|| &key[..middle])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_variants() {
        let v = Vocabulary::new(Forms::built_in());
        let row = |text: &str| v.uses(v.look(text)).iter().any(|u| matches!(u, Use::Row { leaf: true, .. }));
        let table = [
            ("规章", How::Known),
            ("规 章", How::Known),
            ("规\n章", How::Known),
            ("（二）部分公开", How::Known),
            ("2、其他法律行政法规禁止公开", How::Known),
            ("3.危及“三安全一稳定”", How::Known),
            ("4、保护第三方合法权益", How::Known),
            ("１.属于国家秘密", How::Known),
            ("1屬於國家秘密", How::Short),
            ("（三）1.属于国家秘密", How::Known),
            ("不予公开-1.属于国家秘密", How::Joined),
            ("三、本年度办理结果（三）不予公开：属于国家秘密", How::Joined),
            ("1.本机关不掌握相关政府信息情况", How::Slip),
            ("（七）总计", How::Known),
            ("3.其它", How::Known),
            ("四、结转下年度继续办理", How::Known),
            ("四、結轉下年度繼續辦理", How::Known),
            ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", How::Known),
        ];
        for (text, how) in table {
            assert!(row(text), "{text}");
            assert_eq!(v.look(text).how, how, "{text}");
        }
        let doubled = v.look("三、本年度办理结果三、本年度办理结果");
        assert!(v.uses(doubled).iter().any(|u| matches!(u, Use::Row { leaf: false, .. })));
        for text in
            ["其他事项", "新闻发布", "结果维持", "信息公开", "0", "二、上年新收政府信息公开申请数量", "6.属于三类过程性信息"]
        {
            assert!(!row(text), "{text}");
        }
        let column = |text: &str| v.uses(v.look(text)).iter().any(|u| matches!(u, Use::Column { leaf: true, .. }));
        for text in ["商業企業", "法人或其他组织（商业企业）", "法人或其他组织-科研机构", "行政复议-结果维持", "科研机枃"]
        {
            assert!(column(text), "{text}");
        }
    }
}
