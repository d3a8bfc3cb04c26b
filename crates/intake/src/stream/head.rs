//! Heads of tables in the stream: where the columns of a block are named, and in which order.
//!
//! A head is believed only where the text names every column of the block, and nothing else, in an order that tells which
//! figure belongs to which: either label after label, or in pieces of labels that fit together in one way of reading.

use std::collections::BTreeSet;

use super::lexicon::{Lexicon, Meaning};
use super::tokens::{Event, Stream, What};

/// A head that was found.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The event of its first label.
    pub from: usize,
    /// The event behind its last label.
    pub end: usize,
    /// The columns of the block in the order of the figures; for a line of figures its places.
    pub order: Vec<usize>,
}

/// Longest head, in letters.
const MAX_HEAD: usize = 200;

/// Steps that fitting pieces of labels together may take.
const BUDGET: usize = 200_000;

/// The meanings of an event that belong to a block, if it is a label.
fn of_part<'a>(words: &'a Lexicon<'_>, event: &Event, part: u16) -> impl Iterator<Item = Meaning> + 'a {
    let means: &[Meaning] = if let What::Label(entry) = event.what { words.means(entry) } else { &[] };
    means.iter().copied().filter(move |m| m.part() == Some(part))
}

/// Whether an event names a column, a corner or an item of some block.
fn is_heading(words: &Lexicon<'_>, event: &Event) -> bool {
    let What::Label(entry) = event.what else { return false };
    words.means(entry).iter().any(|m| matches!(m, Meaning::Column { .. } | Meaning::Over { .. } | Meaning::Corner { .. }))
}

/// Numbers, brackets and strokes between labels.
pub(crate) fn is_punctuation(stream: &Stream<'_>, event: &Event) -> bool {
    event.what == What::Word
        && event.to - event.from <= 6
        && stream.letters[event.from..event.to].iter().all(|l| "()[].:;-/|*#一二三四五六七八九十第项表".contains(l.c))
}

/// The note that a form prints in a head, or part of it.
pub(crate) fn is_note(words: &Lexicon<'_>, stream: &Stream<'_>, from: usize, to: usize) -> bool {
    let text = stream.folded(from, to);
    text.chars().count() >= 6 && words.notes.iter().any(|n| n.contains(text.trim_matches(['(', ')', ':'])))
}

/// All heads of a block that name its columns label after label.
pub(crate) fn heads(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16) -> Vec<Head> {
    let mut out = Vec::new();
    let events = &stream.events;
    let line = words.parts[usize::from(part)].line;
    let mut at = 0;
    while at < events.len() {
        let belongs = |e: &Event| is_heading(words, e) || (line && of_part(words, e, part).next().is_some());
        if !belongs(&events[at]) {
            at += 1;
            continue;
        }
        let start = at;
        let mut labels = Vec::new();
        while let Some(event) = events.get(at) {
            if belongs(event) {
                labels.push(at);
            } else if !(is_punctuation(stream, event) || is_note(words, stream, event.from, event.to)) {
                break;
            }
            at += 1;
        }
        let end = labels.last().map_or(at, |l| l + 1);
        if let Some(order) = order(words, stream, part, &labels)
            && !has_strangers(words, stream, start, end)
            && (order.is_sorted() || is_in_line(events, &labels))
        {
            out.push(Head { from: start, end, order });
        }
    }
    out
}

/// Whether labels stand all on one line or each on its own: where some stand beside others and some above, as in cells that
/// break their words, the order in which they are read is not that of the columns.
fn is_in_line(events: &[Event], labels: &[usize]) -> bool {
    let lines: BTreeSet<u32> = labels.iter().map(|l| events[*l].line).collect();
    lines.len() == 1 || lines.len() == labels.len()
}

/// Whether words that are no label stand on the line of a head, beside its first or last label: an unknown column.
fn has_strangers(words: &Lexicon<'_>, stream: &Stream<'_>, start: usize, end: usize) -> bool {
    let events = &stream.events;
    let (Some(first), Some(last)) = (events.get(start), end.checked_sub(1).and_then(|e| events.get(e))) else { return true };
    let stranger = |e: &Event| {
        e.what == What::Word && !is_punctuation(stream, e) && !is_note(words, stream, e.from, e.to) && e.to - e.from <= 20
    };
    // A long line holds the whole document: there, sentences and titles stand around its tables.
    let short = |line: u32| {
        let letters = |i: usize| stream.letters.get(i).is_some_and(|l| l.line == line);
        !(letters(first.from.saturating_sub(200)) || letters(last.to + 200))
    };
    let before = start
        .checked_sub(1)
        .and_then(|b| events.get(b))
        .is_some_and(|e| stranger(e) && e.end_line == first.line && short(first.line));
    let after = events.get(end).is_some_and(|e| stranger(e) && e.line == last.end_line);
    before || after
}

/// The order of the columns that some labels name, if they name all of a block and nothing else.
fn order(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16, labels: &[usize]) -> Option<Vec<usize>> {
    let block = &words.parts[usize::from(part)];
    let mut leaves: Vec<usize> = Vec::new();
    // Positions of the labels over others, level by level, in the order in which they come.
    let mut outer: Vec<(usize, usize)> = Vec::new();
    for at in labels {
        let means: Vec<Meaning> = of_part(words, &stream.events[*at], part).collect();
        if means.is_empty() {
            return None;
        }
        if let Some(column) = means.iter().find_map(|m| if let Meaning::Column { column, .. } = m { Some(*column) } else { None })
        {
            leaves.push(usize::from(column));
            continue;
        }
        let text: String = stream.folded(stream.events[*at].from, stream.events[*at].to);
        let paths = if block.line { &block.rows } else { &block.columns };
        let spot = paths.iter().enumerate().find_map(|(i, path)| {
            path.iter().position(|k| k.contains(&text) || text.contains(k.as_str())).map(|level| (level, i))
        });
        match spot {
            Some(spot) => outer.push(spot),
            None if means.iter().any(|m| matches!(m, Meaning::Corner { .. })) => {}
            None => return None,
        }
    }
    let n = block.columns.len();
    // Labels of one level stand in the form's order.
    let ordered = (0..4).all(|level| {
        let level: Vec<usize> = outer.iter().filter(|o| o.0 == level).map(|o| o.1).collect();
        level.windows(2).all(|w| w[0] < w[1])
    });
    if !ordered {
        return None;
    }
    if block.line {
        let rows = block.own_rows();
        let complete = leaves.len() == n * rows && leaves.iter().enumerate().all(|(i, c)| *c == i % n);
        // Every row is named, by the innermost of its labels.
        let named = (0..rows).all(|r| outer.contains(&(block.rows[r].len() - 1, r)));
        return (complete && named).then(|| (0..n * rows).collect());
    }
    let all: BTreeSet<usize> = leaves.iter().copied().collect();
    if leaves.len() != n || all.len() != n {
        return None;
    }
    let depth = |c: &usize| block.columns[*c].len();
    if block.columns.iter().all(|c| c.len() == 1) {
        return Some(leaves);
    }
    // Of several levels the text has lost which stands over which: each must have the form's order.
    let tops: Vec<usize> = leaves.iter().copied().filter(|c| depth(c) == 1).collect();
    let rest: Vec<usize> = leaves.iter().copied().filter(|c| depth(c) > 1).collect();
    let grows = |v: &[usize]| v.windows(2).all(|w| w[0] < w[1]);
    (grows(&tops) && grows(&rest)).then(|| (0..n).collect())
}

/// A label of a head that pieces are to make up, with the columns that it stands over.
struct Target {
    letters: Vec<char>,
    /// `None` for what the form prints in the corner: it may stand anywhere, or be left out.
    span: Option<(usize, usize)>,
    used: u64,
}

/// Whether the letters of a stretch are those of all labels of a block, each as often as the form prints it, the labels
/// over others whole, and the first letters of the others in the form's order on their level. Programs that keep the layout
/// of a page set pieces of labels of several lines where they find room, but what begins further right begins further right.
pub(crate) fn is_head_by_letters(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16, (from, to): (usize, usize)) -> bool {
    let block = &words.parts[usize::from(part)];
    if block.line || to <= from || to - from > MAX_HEAD {
        return false;
    }
    // Letters that belong to no label yet.
    let mut rest: Vec<Option<char>> =
        stream.letters[from..to].iter().map(|l| Some(l.c).filter(|c| !c.is_ascii_punctuation())).collect();
    let mut take = |label: &[char]| {
        let at =
            (0..rest.len()).find(|i| rest[*i..].iter().zip(label).filter(|(r, c)| **r == Some(**c)).count() == label.len())?;
        rest[at..at + label.len()].fill(None);
        Some(at)
    };
    take(&letters(&crate::vocabulary::key(&block.block.corner)));
    // The labels of the outermost level, and those of the level below: where each begins.
    let mut tops: Vec<Option<usize>> = vec![None; block.columns.len()];
    for (c, path) in block.columns.iter().enumerate() {
        let again = c > 0 && block.columns[c - 1].len() == 2 && block.columns[c - 1].first() == path.first();
        match path.as_slice() {
            [_] => {}
            [outer, _]
                if again || {
                    tops[c] = take(&letters(outer));
                    tops[c].is_some()
                } => {}
            _ => return false,
        }
    }
    let mut inner: Vec<usize> = Vec::new();
    for (c, path) in block.columns.iter().enumerate() {
        let label = letters(path.last().map_or("", String::as_str));
        let Some(first) = label.first() else { return false };
        let mut found = (0..rest.len()).filter(|i| rest[*i] == Some(*first));
        let (Some(at), None) = (found.next(), found.next()) else { return false };
        if path.len() == 1 {
            tops[c] = Some(at);
        } else {
            inner.push(at);
        }
    }
    let mut due: Vec<char> = block.columns.iter().filter_map(|p| p.last()).flat_map(|l| letters(l)).collect();
    let mut left: Vec<char> = rest.into_iter().flatten().collect();
    due.sort_unstable();
    left.sort_unstable();
    let tops: Vec<usize> = tops.into_iter().flatten().collect();
    let grows = |v: &[usize]| v.windows(2).all(|w| w[0] < w[1]);
    due == left && grows(&tops) && grows(&inner)
}

/// Whether the lines between two letters are the head of a block in pieces: every line a row of pieces of its labels from
/// left to right, all pieces together all labels. Programs that take text out of pages print heads that way.
pub(crate) fn is_head_in_pieces(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16, (from, to): (usize, usize)) -> bool {
    let block = &words.parts[usize::from(part)];
    let mut targets: Vec<Target> = Vec::new();
    let mut add = |label: &str, span| targets.push(Target { letters: letters(label), span: Some(span), used: 0 });
    let n = block.columns.len();
    if block.line {
        let mut over: Vec<(usize, String)> = Vec::new();
        for r in 0..block.own_rows() {
            for (level, label) in block.rows[r].iter().enumerate() {
                if !over.contains(&(level, label.clone())) {
                    let last = (r..block.own_rows()).take_while(|i| block.rows[*i].get(level) == Some(label)).last().unwrap_or(r);
                    add(label, (r * n, last * n + n - 1));
                    over.push((level, label.clone()));
                }
            }
            for (c, column) in block.columns.iter().enumerate() {
                add(column.last().map_or("", String::as_str), (r * n + c, r * n + c));
            }
        }
    } else {
        for (c, path) in block.columns.iter().enumerate() {
            for (level, label) in path.iter().enumerate() {
                let leaf = level + 1 == path.len();
                let again = c > 0 && !leaf && block.columns[c - 1].get(level) == Some(label);
                if !again {
                    let last = if leaf {
                        c
                    } else {
                        (c..n).take_while(|i| block.columns[*i].get(level) == Some(label)).last().unwrap_or(c)
                    };
                    add(label, (c, last));
                }
            }
        }
    }
    let form = words.forms.form(block.form);
    let note = form.section(&block.block.section).map_or("", |s| s.note.as_str());
    for text in [note, block.block.corner.as_str(), block.block.item.as_str()] {
        targets.push(Target { letters: letters(&crate::vocabulary::key(text)), span: None, used: 0 });
    }
    if targets.iter().any(|t| (t.letters.is_empty() && t.span.is_some()) || t.letters.len() > 60) {
        return false;
    }
    let Some(lines) = lines(words, stream, part, from, to) else { return false };
    let mut fit = Fit { lines: &lines, targets, budget: BUDGET, beside: 0 };
    // Enough pieces must stand beside one another to show the order.
    fit.next(0, 0, None) && (n == 1 || 2 * fit.beside >= n)
}

/// The letters of a head line by line, without corner, notes and titles.
fn lines(words: &Lexicon<'_>, stream: &Stream<'_>, part: u16, from: usize, to: usize) -> Option<Vec<Vec<char>>> {
    let mut out: Vec<Vec<char>> = Vec::new();
    let mut at = from;
    while at < to {
        let line = stream.letters[at].line;
        let mut end = at;
        while end < to && stream.letters[end].line == line {
            end += 1;
        }
        let mut letters: Vec<char> = Vec::new();
        let mut piece = at;
        while piece < end {
            let stop = stream.piece_end(piece).min(end);
            let text = stream.folded(piece, stop);
            let block = &words.parts[usize::from(part)];
            let known = is_note(words, stream, piece, stop)
                || [&block.block.corner, &block.block.item].iter().any(|c| !c.is_empty() && crate::vocabulary::key(c) == text)
                || is_title(words, part, &text);
            if !known {
                out_of_brackets(&text, &mut letters);
            }
            piece = stop;
        }
        if !letters.is_empty() {
            out.push(letters);
        }
        if out.len() > 200 || out.iter().map(Vec::len).sum::<usize>() > 400 {
            return None;
        }
        at = end;
    }
    Some(out)
}

fn out_of_brackets(text: &str, out: &mut Vec<char>) {
    out.extend(text.chars().filter(|c| !matches!(c, '(' | ')' | ':' | '|')));
}

fn letters(label: &str) -> Vec<char> {
    let mut out = Vec::new();
    out_of_brackets(label, &mut out);
    out
}

/// Whether a line holds the title of the section in which a block stands.
fn is_title(words: &Lexicon<'_>, part: u16, text: &str) -> bool {
    let form = words.forms.form(words.parts[usize::from(part)].form);
    let section = form.section(words.section(usize::from(part)));
    section.is_some_and(|s| std::iter::once(&s.title).chain(&s.aliases).any(|t| text.ends_with(&crate::vocabulary::key(t))))
}

struct Fit<'l> {
    lines: &'l [Vec<char>],
    targets: Vec<Target>,
    budget: usize,
    /// How many pieces stand behind another on their line.
    beside: usize,
}

impl Fit<'_> {
    /// Takes the next piece of a line; the deepest it goes is the number of letters of a head.
    fn next(&mut self, line: usize, at: usize, last: Option<(usize, usize)>) -> bool {
        self.budget = self.budget.saturating_sub(1);
        if self.budget == 0 {
            return false;
        }
        let Some(letters) = self.lines.get(line) else {
            return self.targets.iter().all(|t| t.span.is_none() || t.used.count_ones() as usize == t.letters.len());
        };
        if at >= letters.len() {
            return self.next(line + 1, 0, None);
        }
        for t in 0..self.targets.len() {
            let span = self.targets[t].span;
            if let (Some(l), Some(s)) = (last, span)
                && (s.0 < l.0 || s.1 < l.1 || s == l)
            {
                continue;
            }
            for start in 0..self.targets[t].letters.len() {
                let target = &self.targets[t];
                let free = |i: usize| target.used >> i & 1 == 0;
                let longest = (start..target.letters.len())
                    .zip(&letters[at..])
                    .take_while(|(i, c)| free(*i) && target.letters[*i] == **c)
                    .count();
                // The longest piece first; shorter ones only where letters of the next could be its own.
                for len in (1..=longest).rev() {
                    let mask = ((1u64 << len) - 1) << start;
                    self.targets[t].used |= mask;
                    let beside = usize::from(last.is_some() && span.is_some());
                    self.beside += beside;
                    if self.next(line, at + len, span.or(last)) {
                        return true;
                    }
                    self.beside -= beside;
                    self.targets[t].used &= !mask;
                }
            }
        }
        false
    }
}
