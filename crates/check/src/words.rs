//! What findings say, in Chinese and in English: sums, differences, names.

use nianbao_form::{Cell, Form, FormIx, Forms, Identity, Number, Report, State, decimal_text};

use crate::bounds::Range;

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

/// Names things as a form prints them. English messages about a Chinese form name cells and identities by their ids.
#[derive(Clone, Copy)]
pub(crate) struct Speaker<'a> {
    pub forms: &'a Forms,
    pub form: FormIx,
}

impl Speaker<'_> {
    fn own(&self) -> &Form {
        self.forms.form(self.form)
    }

    fn english(&self) -> bool {
        self.own().language == "en"
    }

    /// A cell's name.
    pub(crate) fn cell(&self, cell: Cell) -> Both {
        let name = self.forms.name(self.form, cell);
        let en = if self.english() { name.clone() } else { self.forms.id(cell).to_owned() };
        Both { zh: name, en }
    }

    /// An identity in words.
    pub(crate) fn identity(&self, identity: &Identity) -> Both {
        let key = identity.key();
        let zh = if identity.label.is_empty() { key.clone() } else { identity.label.clone() };
        let en = if self.english() { zh.clone() } else { key };
        Both { zh, en }
    }

    /// A chain in words.
    pub(crate) fn chain(&self, chain: &nianbao_form::Chain) -> Both {
        let key = if chain.instance.is_empty() { chain.name.clone() } else { format!("{}:{}", chain.name, chain.instance) };
        let zh = if chain.label.is_empty() { key.clone() } else { chain.label.clone() };
        let en = if self.english() { zh.clone() } else { key };
        Both { zh, en }
    }

    /// `12＋3＋0＝15，而“…（总计）”填14`.
    pub(crate) fn detail(&self, report: &Report, identity: &Identity) -> Both {
        let parts = self.side(report, &identity.parts);
        let whole = match identity.whole.as_slice() {
            &[only] => match report.counts_as(only) {
                Some(n) => {
                    let name = self.cell(only);
                    Both::new(format!("“{}”填{n}", name.zh), format!("“{}” is {n}", name.en))
                }
                None => self.side(report, &identity.whole),
            },
            _ => self.side(report, &identity.whole),
        };
        Both::new(format!("{}，而{}", parts.zh, whole.zh), format!("{}, but {}", parts.en, whole.en))
    }

    /// One side of an identity as a sum; zeros beyond the first few are not written out.
    fn side(&self, report: &Report, cells: &[Cell]) -> Both {
        const SPELLED: usize = 7;
        let (mut shown, mut sum, mut zeros, mut unknown) = (Vec::new(), 0i128, 0, 0);
        let short = cells.len() <= SPELLED;
        for &cell in cells {
            match report.counts_as(cell) {
                Some(n) => {
                    sum += i128::from(n.millionths());
                    if n == Number::ZERO && !short { zeros += 1 } else { shown.push(bracketed(n)) }
                }
                None => unknown += 1,
            }
        }
        let (mut zh, mut en) = (shown.join("＋"), shown.join(" + "));
        if shown.is_empty() && zeros > 0 {
            (zh, en) = ("0".to_owned(), "0".to_owned());
        } else if zeros > 0 {
            zh.push_str("（其余为0）");
            en.push_str(" (the others 0)");
        }
        let total = decimal_text(sum);
        if unknown > 0 {
            let plus = if zh.is_empty() { ("", "") } else { ("＋", " + ") };
            let noun = if unknown == 1 { "unknown cell" } else { "unknown cells" };
            return Both::new(
                format!("{zh}{}{unknown}个未填或未读出的格，至少为{total}", plus.0),
                format!("{en}{}{unknown} {noun} = {total} or more", plus.1),
            );
        }
        if shown.len() + usize::from(zeros > 0) > 1 {
            zh.push_str(&format!("＝{total}"));
            en.push_str(&format!(" = {total}"));
        }
        Both { zh, en }
    }
}

fn bracketed(n: Number) -> String {
    if n < Number::ZERO { format!("({n})") } else { n.to_string() }
}

/// How far an identity is from holding.
pub(crate) fn difference(range: Range) -> Both {
    let gap = decimal_text(range.nearest_to_zero().abs());
    if range.min == range.max { Both::new(gap.clone(), gap) } else { Both::new(format!("至少{gap}"), format!("at least {gap}")) }
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
