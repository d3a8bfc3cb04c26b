//! Rows whose labels have been torn away from their figures: placed only where the form's order leaves exactly as many
//! rows as there are runs of figures, the words between are pieces of those rows' labels, and the identities hold with
//! every figure in its place.

use std::collections::{BTreeMap, BTreeSet};

use nianbao_form::{Cell, Identity, Number};

use super::lexicon::Lexicon;
use super::tokens::Stream;
use super::zone::{Fate, Item, Order, Run, Zone};

/// The numbers of a run by cell, if it is placed in a row.
pub(crate) type Numbers = BTreeMap<Cell, Number>;

/// Finds rows for runs that have none, and the order of those that were torn over lines. `known` are the figures of the block that are certain; `read` gives those of a run
/// in a row.
pub(crate) fn place(
    words: &Lexicon<'_>,
    stream: &Stream<'_>,
    zone: &Zone,
    order: Order,
    fates: &mut [(usize, Fate)],
    known: &Numbers,
    read: &dyn Fn(&Run, usize) -> Option<Numbers>,
) {
    let torn = torn(stream, zone, fates);
    let placed = placed(words, stream, zone, order, fates);
    let block = &words.parts[usize::from(zone.part)];
    let identities = &words.forms.form(block.form).identities;
    let cells = |row: usize| (0..block.columns.len()).map(move |c| block.cell(row, c));
    let together: Vec<(usize, usize)> = placed.iter().chain(&torn).copied().collect();
    for all in [together, placed, torn].into_iter().filter(|all| !all.is_empty()) {
        let mut numbers = known.clone();
        let mut every = true;
        for (at, row) in &all {
            let run = if let Item::Run(run) = &zone.items[*at] { read(run, *row) } else { None };
            every &= run.is_some();
            numbers.extend(run.into_iter().flatten());
        }
        if every && all.iter().all(|(_, row)| cells(*row).all(|c| is_proved(identities, c, &numbers))) {
            for (at, row) in all {
                if let Some(fate) = fates.iter_mut().find(|f| f.0 == at) {
                    fate.1 = Fate::Row(row);
                }
            }
            return;
        }
    }
}

/// Rows that have all their figures, but on several lines, so that only the identities can tell whether they stand in the
/// order of the columns.
fn torn(stream: &Stream<'_>, zone: &Zone, fates: &[(usize, Fate)]) -> Vec<(usize, usize)> {
    let whole = |at: usize| match &zone.items[at] {
        Item::Run(run) => run.figures.len() == zone.order.len() && run.lines.0 != run.lines.1 && !has_holes(stream, run),
        _ => false,
    };
    fates
        .iter()
        .filter_map(|(at, f)| if let Fate::Odd(row) = f { Some((*at, *row)) } else { None })
        .filter(|t| whole(t.0))
        .collect()
}

fn has_holes(stream: &Stream<'_>, run: &Run) -> bool {
    (run.lines.0..=run.lines.1).any(|l| stream.lines.get(l as usize).is_some_and(|l| l.holes))
}

/// The rows that runs without a label can only be, between two rows that are certain.
fn placed(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, order: Order, fates: &[(usize, Fate)]) -> Vec<(usize, usize)> {
    let mut placed: Vec<(usize, usize)> = Vec::new();
    let rows = words.parts[usize::from(zone.part)].own_rows();
    let taken: BTreeSet<usize> =
        fates.iter().filter_map(|(_, f)| if let Fate::Row(r) | Fate::Odd(r) = f { Some(*r) } else { None }).collect();
    let missing: Vec<usize> = (0..rows).filter(|r| !taken.contains(r)).collect();
    if missing.is_empty() || !fates.iter().any(|f| f.1 == Fate::Unlabelled) {
        return placed;
    }
    // Between two rows that are certain, or the head and the first, or the last and the end.
    let sure: Vec<(usize, usize)> = fates
        .iter()
        .filter_map(|(i, f)| if let Fate::Row(r) | Fate::Odd(r) = f { Some((*i, *r)) } else { None })
        .filter(|(_, r)| *r < rows)
        .collect();
    if sure.len() < 2 || sure.windows(2).any(|w| w[0].1 >= w[1].1) {
        return placed;
    }
    let bounds = std::iter::once((None, None)).chain(sure.iter().map(|s| (Some(s.0), Some(s.1))));
    let ends = sure.iter().map(|s| (Some(s.0), s.1)).chain(std::iter::once((None, rows)));
    for ((from, first), (to, last)) in bounds.zip(ends) {
        let gap: Vec<usize> = (first.map_or(0, |r| r + 1)..last).collect();
        // The label of the next row stands before its run.
        let inside = |i: usize| from.is_none_or(|f| i > f) && to.is_none_or(|t| i + 1 < t);
        let runs: Vec<usize> = fates.iter().filter(|(i, f)| *f == Fate::Unlabelled && inside(*i)).map(|f| f.0).collect();
        if runs.is_empty() {
            continue;
        }
        let fits = runs.len() == gap.len()
            && runs.iter().zip(&gap).all(|(run, row)| is_row(words, stream, zone, (*run, *row), order))
            && (0..zone.items.len()).filter(|i| inside(*i)).all(|i| is_piece(words, stream, zone, i, &missing));
        if fits {
            placed.extend(runs.into_iter().zip(gap));
        }
    }
    placed
}

/// Whether at least two identities speak of a cell and all that do hold, every figure in them being known.
fn is_proved(identities: &[Identity], cell: Cell, numbers: &Numbers) -> bool {
    let mut held = 0;
    for identity in identities.iter().filter(|i| i.terms().any(|t| t.0 == cell)) {
        let sum =
            identity.terms().try_fold(0i128, |sum, (c, k)| Some(sum + i128::from(k) * i128::from(numbers.get(&c)?.millionths())));
        if sum != Some(0) {
            return false;
        }
        held += 1;
    }
    held >= 2
}

/// Whether a run can be a row: as many figures as columns, on a line of its own or between words, and no words on its
/// line that are not of the row's label.
fn is_row(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, (at, row): (usize, usize), order: Order) -> bool {
    let Item::Run(run) = &zone.items[at] else { return false };
    let is_run = |i: Option<usize>| i.and_then(|i| zone.items.get(i)).is_some_and(|i| matches!(i, Item::Run(_)));
    let apart = run.lines.0 == run.lines.1 || !(is_run(at.checked_sub(1)) || is_run(Some(at + 1)));
    if run.figures.len() != zone.order.len() || !apart || has_holes(stream, run) || !order.keeps(stream, run) {
        return false;
    }
    let on_line = |e: usize| stream.events[e].line <= run.lines.1 && stream.events[e].end_line >= run.lines.0;
    zone.items.iter().enumerate().all(|(i, item)| match item {
        Item::Strange { event } if on_line(*event) => is_made_of(words, stream, zone, *event, &[row]),
        Item::Label { row: other, event } if on_line(*event) => *other == row,
        Item::Run(other) => i == at || other.lines.1 < run.lines.0 || other.lines.0 > run.lines.1,
        _ => true,
    })
}

/// Whether an item between rows is a piece of the labels of the rows that are missing.
fn is_piece(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, at: usize, missing: &[usize]) -> bool {
    match &zone.items[at] {
        Item::Strange { event } => is_made_of(words, stream, zone, *event, missing),
        Item::Label { row, .. } => missing.contains(row),
        _ => true,
    }
}

/// Whether words are made of at most three pieces of the labels of some rows and of those over them.
pub(crate) fn is_made_of(words: &Lexicon<'_>, stream: &Stream<'_>, zone: &Zone, event: usize, rows: &[usize]) -> bool {
    let block = &words.parts[usize::from(zone.part)];
    let event = &stream.events[event];
    // Numbers of lists are left out.
    let plain = |c: &char| !"()[].:;-/|一二三四五六七八九十0123456789".contains(*c);
    let text: Vec<char> = stream.folded(event.from, event.to).chars().filter(plain).collect();
    let labels: Vec<Vec<char>> = (0..block.own_rows())
        .flat_map(|r| {
            let path = &block.rows[r];
            let own = rows.contains(&r);
            let last = path.len().saturating_sub(1);
            path.iter()
                .enumerate()
                .filter(move |(level, _)| own || *level < last)
                .map(|(_, l)| l.chars().filter(|c| !"()[].:;-/|一二三四五六七八九十0123456789".contains(*c)).collect())
        })
        .collect();
    let text = text.as_slice();
    let mut at = 0;
    let mut pieces = 0;
    while at < text.len() {
        let longest = labels
            .iter()
            .flat_map(|l| (0..l.len()).map(move |s| l[s..].iter().zip(&text[at..]).take_while(|(a, b)| a == b).count()))
            .max()
            .unwrap_or(0);
        pieces += 1;
        if longest == 0 || pieces > 3 {
            return false;
        }
        at += longest;
    }
    true
}
