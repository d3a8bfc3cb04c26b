//! What findings say, in Chinese and in English: sums, differences, names.

use nianbao_form::{Cell, Form, FormIx, Forms, Identity, Number, Report, State, decimal_text};

use crate::bounds::{INFINITY, Range};

/// A Chinese and an English wording of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Both {
    pub zh: String,
    pub en: String,
}

impl Both {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Both {
        Both { zh: zh.into(), en: en.into() }
    }

    /// Several things in one list.
    pub(crate) fn list(items: &[Both], between: (&str, &str)) -> Both {
        let join = |pick: fn(&Both) -> &str, sep: &str| items.iter().map(pick).collect::<Vec<_>>().join(sep);
        Both { zh: join(|b| &b.zh, between.0), en: join(|b| &b.en, between.1) }
    }
}

/// Names things as a form prints them, in English as its English words have them.
#[derive(Clone, Copy)]
pub(crate) struct Speaker<'a> {
    pub forms: &'a Forms,
    pub form: FormIx,
}

impl Speaker<'_> {
    fn own(&self) -> &Form {
        self.forms.form(self.form)
    }

    /// A cell's name.
    pub(crate) fn cell(&self, cell: Cell) -> Both {
        Both::new(self.forms.name(self.form, cell), self.forms.name_in("en", self.form, cell))
    }

    /// An identity in words.
    pub(crate) fn identity(&self, identity: &Identity) -> Both {
        let key = identity.key();
        let english = self.own().in_language("en").identities.iter().find(|i| i.key() == key);
        Both::new(or_key(&identity.label, &key), or_key(english.map_or(&identity.label, |i| &i.label), &key))
    }

    /// A chain in words.
    pub(crate) fn chain(&self, chain: &nianbao_form::Chain) -> Both {
        let key = if chain.instance.is_empty() { chain.name.clone() } else { format!("{}:{}", chain.name, chain.instance) };
        let same = |c: &&nianbao_form::Chain| c.name == chain.name && c.instance == chain.instance;
        let english = self.own().in_language("en").chains.iter().find(same);
        Both::new(or_key(&chain.label, &key), or_key(english.map_or(&chain.label, |c| &c.label), &key))
    }

    /// `12＋3＋0＝15，而“…（总计）”填14`. `bound` tells between what an unknown cell lies.
    pub(crate) fn detail(&self, report: &Report, identity: &Identity, bound: &dyn Fn(Cell) -> (i128, i128)) -> Both {
        let parts = side(report, &identity.parts, bound);
        let whole = match identity.whole.as_slice() {
            &[only] if report.counts_as(only).is_some() => {
                let (name, n) = (self.cell(only), report.counts_as(only).unwrap_or_default());
                Both::new(format!("“{}”填{n}", name.zh), format!("“{}” is {n}", name.en))
            }
            whole => side(report, whole, bound),
        };
        Both::new(format!("{}，而{}", parts.zh, whole.zh), format!("{}, but {}", parts.en, whole.en))
    }
}

/// The label; the key where the form gives none.
fn or_key<'a>(label: &'a str, key: &'a str) -> &'a str {
    if label.is_empty() { key } else { label }
}

/// One side of an identity as a sum; in a long one zeros are not written out.
fn side(report: &Report, cells: &[Cell], bound: &dyn Fn(Cell) -> (i128, i128)) -> Both {
    const SPELLED: usize = 7;
    let short = cells.len() <= SPELLED;
    let (mut shown, mut zeros, mut unknown) = (Vec::new(), 0, 0);
    let (mut low, mut high) = (0i128, 0i128);
    for &cell in cells {
        match report.counts_as(cell) {
            Some(n) => {
                low += i128::from(n.millionths());
                high += i128::from(n.millionths());
                if n == Number::ZERO && !short { zeros += 1 } else { shown.push(bracketed(n)) }
            }
            None => {
                let (l, h) = bound(cell);
                (low, high) = (low + l, high.saturating_add(h).min(INFINITY));
                unknown += 1;
            }
        }
    }
    let terms = shown.len() + usize::from(zeros > 0) + unknown;
    let (mut zh, mut en) = (shown.join("＋"), shown.join(" + "));
    if shown.is_empty() && zeros > 0 {
        (zh, en) = ("0".to_owned(), "0".to_owned());
    } else if zeros > 0 {
        zh.push_str("（其余为0）");
        en.push_str(" (the others 0)");
    }
    if unknown > 0 {
        let plus = if zh.is_empty() { ("", "") } else { ("＋", " + ") };
        zh.push_str(&format!("{}{unknown}个未填或未读出的格", plus.0));
        en.push_str(&format!("{}{unknown} unknown cell{}", plus.1, if unknown == 1 { "" } else { "s" }));
        let (l, h) = (decimal_text(low), decimal_text(high));
        let (range_zh, range_en) = match (low == high, high >= INFINITY) {
            (true, _) => (format!("＝{l}"), format!(" = {l}")),
            (_, true) => (format!("，至少为{l}"), format!(", at least {l}")),
            _ => (format!("，在{l}至{h}之间"), format!(", between {l} and {h}")),
        };
        return Both::new(zh + &range_zh, en + &range_en);
    }
    if terms > 1 {
        let total = decimal_text(low);
        zh.push_str(&format!("＝{total}"));
        en.push_str(&format!(" = {total}"));
    }
    Both { zh, en }
}

fn bracketed(n: Number) -> String {
    if n < Number::ZERO { format!("({n})") } else { n.to_string() }
}

/// How far an identity is from holding.
pub(crate) fn difference(range: Range) -> Both {
    let gap = decimal_text(range.nearest_to_zero().abs());
    if range.min == range.max {
        Both::new(gap.clone(), gap)
    } else {
        Both::new(format!("至少{gap}"), format!("at least {gap}"))
    }
}

/// What a cell holds, for `found`: the number, else the text as found.
pub(crate) fn held(report: &Report, cell: Cell) -> String {
    let value = report.value(cell);
    match value.number {
        Some(n) => n.to_string(),
        None => shorten(&value.raw, 60),
    }
}

/// The same for a message, where an empty text would leave a hole.
pub(crate) fn held_in_words(report: &Report, cell: Cell) -> Both {
    let text = held(report, cell);
    match report.value(cell).state {
        State::Absent => Both::new("无此格", "absent"),
        _ if text.trim().is_empty() => Both::new("空白", "blank"),
        _ => Both::new(text.clone(), text),
    }
}

/// At most `most` characters on one line.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
