//! The labels of all known forms, prepared once: which rows, columns and headings a printed text can mean.

use std::collections::HashMap;

use nianbao_form::{Block, Cell, FormIx, Forms, Layout, Line, label};

/// A block as it may be printed: rows at the left, columns on top.
#[derive(Debug)]
pub(crate) struct Print {
    /// Its form.
    pub form: FormIx,
    /// Position of its block in the form.
    pub block: usize,
    /// Printed number of the table.
    pub table: String,
    /// Column labels, keys from the outermost level inwards.
    pub columns: Vec<Vec<String>>,
    /// Row labels likewise; a single empty path where the figures stand in one unlabelled line.
    pub rows: Vec<Vec<String>>,
    /// Levels of a column path that must be seen for it to be meant: more than the innermost one where the outer levels
    /// are rows of the form.
    pub needed: usize,
    cells: Vec<Cell>,
}

impl Print {
    /// The cell at a printed row and column.
    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell {
        self.cells[row * self.columns.len() + column]
    }

    /// Whether the figures stand in one unlabelled line.
    pub(crate) fn is_line(&self) -> bool {
        self.rows.len() == 1 && self.rows[0].is_empty()
    }
}

/// What a printed label can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// A level of a column head: print, column, level, whether it is the innermost.
    Column { print: u16, column: u16, level: u8, leaf: bool },
    /// A level of a row label.
    Row { print: u16, row: u16, level: u8, leaf: bool },
    /// A heading inside a table, such as 第二十条第（一）项.
    Item,
    /// The corner of a head, or a note that the form prints there.
    Corner,
}

/// All labels of all forms.
#[derive(Debug)]
pub(crate) struct Vocabulary<'f> {
    /// The forms.
    pub forms: &'f Forms,
    /// All blocks as they may be printed.
    pub prints: Vec<Print>,
    uses: HashMap<String, Vec<Use>>,
    /// Keys that may be met with a slip, by length in characters.
    by_length: Vec<Vec<String>>,
    notes: Vec<String>,
}

/// The key by which labels are compared: [`label::key`] with common variants of characters made one.
pub(crate) fn key(text: &str) -> String {
    label::key(text).replace("其它", "其他").replace("帐", "账")
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

/// Longest label that is compared letter by letter.
const MAX_LABEL: usize = 60;

impl<'f> Vocabulary<'f> {
    /// Collects the labels of all forms.
    pub(crate) fn new(forms: &'f Forms) -> Vocabulary<'f> {
        let mut v = Vocabulary { forms, prints: Vec::new(), uses: HashMap::new(), by_length: Vec::new(), notes: Vec::new() };
        for (ix, form) in forms.iter() {
            for (at, block) in form.blocks.iter().enumerate() {
                match block.layout {
                    Layout::Matrix => v.matrix(ix, at, block),
                    Layout::Line => {
                        v.line(ix, at, block);
                        v.matrix(ix, at, block);
                    }
                }
                v.say(&block.item, Use::Item);
                v.say(&block.corner, Use::Corner);
            }
            v.notes.extend(form.sections.iter().filter(|s| !s.note.is_empty()).map(|s| label::fold(&s.note)));
        }
        for uses in v.uses.values_mut() {
            uses.sort();
            uses.dedup();
        }
        let mut keys: Vec<&String> = v.uses.keys().collect();
        keys.sort();
        for key in keys {
            let n = key.chars().count();
            if v.by_length.len() <= n {
                v.by_length.resize(n + 1, Vec::new());
            }
            v.by_length[n].push(key.clone());
        }
        v
    }

    fn matrix(&mut self, form: FormIx, at: usize, block: &Block) {
        let print = self.prints.len() as u16;
        let columns = block
            .columns
            .iter()
            .enumerate()
            .map(|(i, line)| self.levels(line, 0, |level, leaf| Use::Column { print, column: i as u16, level, leaf }));
        let columns: Vec<_> = columns.collect::<Vec<_>>();
        let mut rows = Vec::new();
        for (i, line) in block.rows.iter().enumerate() {
            rows.push(self.levels(line, 0, |level, leaf| Use::Row { print, row: i as u16, level, leaf }));
        }
        self.prints.push(Print {
            form,
            block: at,
            table: block.table.clone(),
            columns,
            rows,
            needed: 1,
            cells: block.cells.clone(),
        });
    }

    fn line(&mut self, form: FormIx, at: usize, block: &Block) {
        let print = self.prints.len() as u16;
        let mut columns = Vec::new();
        for row in &block.rows {
            for line in &block.columns {
                let column = columns.len() as u16;
                let mut path = self.levels(row, 0, |level, _| Use::Column { print, column, level, leaf: false });
                let outer = path.len() as u8;
                path.extend(self.levels(line, outer, |level, leaf| Use::Column { print, column, level, leaf }));
                columns.push(path);
            }
        }
        let cells = (0..block.rows.len()).flat_map(|r| (0..block.columns.len()).map(move |c| block.cell(r, c))).collect();
        self.prints.push(Print {
            form,
            block: at,
            table: block.table.clone(),
            columns,
            rows: vec![Vec::new()],
            needed: 2,
            cells,
        });
    }

    /// Notes every level of a line's label and returns its keys.
    fn levels(&mut self, line: &Line, first: u8, make: impl Fn(u8, bool) -> Use) -> Vec<String> {
        let last = line.label.len() - 1;
        for (level, text) in line.label.iter().enumerate() {
            self.say(text, make(first + level as u8, level == last));
        }
        for alias in &line.aliases {
            self.say(alias, make(first + last as u8, true));
        }
        line.label.iter().map(|text| key(text)).collect()
    }

    fn say(&mut self, text: &str, what: Use) {
        let key = key(text);
        let short = without_brackets(&key);
        for k in [key, short] {
            if !k.is_empty() {
                self.uses.entry(k).or_default().push(what);
            }
        }
    }

    /// What a printed text can mean; nothing for words that are no label.
    pub(crate) fn look(&self, text: &str) -> Vec<Use> {
        if text.len() > MAX_LABEL * 6 {
            return if self.is_note(text) { vec![Use::Corner] } else { Vec::new() };
        }
        let key = key(text);
        if key.is_empty() {
            return Vec::new();
        }
        if let Some(uses) = self.uses.get(&key) {
            return uses.clone();
        }
        let short = without_brackets(&key);
        if let Some(uses) = self.uses.get(&short) {
            return uses.clone();
        }
        if let Some(uses) = halves(&label::fold(text)).and_then(|half| self.uses.get(&self::key(half))) {
            return uses.clone();
        }
        if self.is_note(text) {
            return vec![Use::Corner];
        }
        self.nearest(&short).map(|k| self.uses[k].clone()).unwrap_or_default()
    }

    fn is_note(&self, text: &str) -> bool {
        let folded = label::fold(text);
        folded.chars().count() >= 10
            && self.notes.iter().any(|n| n.contains(&folded) || folded.contains(n.trim_matches(['(', ')'])))
    }

    /// The one label that is a slip away: one letter in four to eleven, two in longer ones, and no other label as near.
    fn nearest(&self, key: &str) -> Option<&str> {
        let n = key.chars().count();
        if !(4..=MAX_LABEL).contains(&n) {
            return None;
        }
        let allowed = if n < 12 { 1 } else { 2 };
        let mut best: Option<(usize, &str)> = None;
        let mut tie = false;
        for length in n.saturating_sub(allowed).max(4)..=n + allowed {
            for k in self.by_length.get(length).into_iter().flatten() {
                let d = label::distance(key, k);
                match best {
                    Some((b, _)) if d > b => {}
                    Some((b, other)) if d == b => tie |= self.uses[other] != self.uses[k.as_str()],
                    _ if d <= allowed => {
                        best = Some((d, k));
                        tie = false;
                    }
                    _ => {}
                }
            }
        }
        best.filter(|_| !tie).map(|(_, k)| k)
    }

    /// How many row labels of any form stand in a text: page text whose tables have lost their cells is full of them.
    pub(crate) fn labels_in(&self, text: &str) -> usize {
        let folded = label::fold(text).replace([',', '"'], "");
        let is_row = |uses: &[Use]| uses.iter().any(|u| matches!(u, Use::Row { leaf: true, .. }));
        self.uses.iter().filter(|(k, uses)| k.chars().count() >= 4 && is_row(uses) && folded.contains(k.as_str())).count()
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
        let row = |text: &str| v.look(text).iter().any(|u| matches!(u, Use::Row { leaf: true, .. }));
        for text in [
            "规章",
            "规 章",
            "规\n章",
            "（二）部分公开",
            "2、其他法律行政法规禁止公开",
            "3.危及“三安全一稳定”",
            "4、保护第三方合法权益",
            "１.属于国家秘密",
            "1.本机关不掌握相关政府信息情况",
            "（七）总计",
            "3.其它",
            "四、结转下年度继续办理",
            "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            "三、本年度办理结果三、本年度办理结果",
        ] {
            if text.starts_with("三、") {
                assert!(v.look(text).iter().any(|u| matches!(u, Use::Row { leaf: false, .. })), "{text}");
            } else {
                assert!(row(text), "{text}");
            }
        }
        for text in ["其他事项", "新闻发布", "结果维持", "信息公开", "0"] {
            assert!(!row(text), "{text}");
        }
    }
}
