//! Which texts are worth comparing letter by letter: an inverted index from fingerprints to texts. Memory is eight bytes a
//! fingerprint while it is built; no fingerprint leads to more than [`REACH`] texts and no text to more than [`PARTNERS`]
//! comparisons, so that time stays linear however often a text was handed round.

use super::winnow::{GRAM, WINDOW, Winnow};

/// Fingerprints that more texts share lead only to the first and the nearest of them, and not all of them do.
const REACH: usize = 12;
/// Of those, one in so many is kept.
const ONE_IN: u64 = 16;
/// Texts with which one text is compared at most.
const PARTNERS: usize = 8;
/// Fingerprints in common below which nothing is compared.
const LEAST: u16 = 3;
/// Letters from the first to the last fingerprint of a run in common that is worth a comparison.
const SPAN: i64 = 24;

/// A text to be compared.
pub(super) struct Text {
    /// Position of its report.
    pub report: usize,
    /// Position of its passage in the report.
    pub passage: usize,
    /// Those that share an office, whose words they share too.
    pub group: u32,
    /// Normalised letters.
    pub letters: Vec<u16>,
}

/// A fingerprint of a text that others have too.
#[derive(Clone, Copy)]
struct Shared {
    run: u32,
    /// Where the text stands among those that have it, in `texts`.
    place: u32,
    /// Where the fingerprint stands in the text.
    at: u16,
}

struct Index {
    /// For each shared fingerprint, where its texts begin in `texts`.
    runs: Vec<u32>,
    texts: Vec<u32>,
    /// For each text, where its shared fingerprints begin in `shared`.
    starts: Vec<u32>,
    shared: Vec<Shared>,
    /// For each text, how many fingerprints it has but for those that were dropped.
    counts: Vec<u32>,
}

/// How many of `of` texts may share a passage before it is common property: more than a tenth, where there are enough of
/// them to tell.
pub(super) fn common_above(of: usize) -> usize {
    (of / 10).max((of / 3).clamp(3, 5))
}

/// The first eight bits of a hash say in which part a fingerprint is sorted, so that sorting stays in the cache.
const PARTS: usize = 256;
/// Texts that 24 bits can number; more are not looked at.
pub(super) const MOST: usize = 1 << 24;

/// Fingerprints of all texts as `hash (24 bits) | text (24) | position (16)`, by the first eight bits of the hash; for each
/// text how many it has.
fn entries(texts: &[Text]) -> (Vec<Vec<u64>>, Vec<u32>) {
    let letters: usize = texts.iter().map(|t| t.letters.len()).sum();
    // Two grams of every window and one are kept, give or take an eighth.
    let room = letters * 2 / (WINDOW + 1) / PARTS * 9 / 8;
    let mut parts: Vec<Vec<u64>> = (0..PARTS).map(|_| Vec::with_capacity(room)).collect();
    let mut counts = vec![0; texts.len()];
    let mut winnow = Winnow::default();
    for (number, text) in texts.iter().enumerate() {
        winnow.fingerprints(&text.letters, |hash, at| {
            counts[number] += 1;
            parts[(hash >> 24) as usize].push(u64::from(hash & 0xFF_FFFF) << 40 | (number as u64) << 16 | at as u64);
        });
    }
    (parts, counts)
}

fn text_of(entry: u64) -> usize {
    (entry >> 16 & 0xFF_FFFF) as usize
}

impl Index {
    /// `texts` stand in the order of their groups.
    fn new(texts: &[Text]) -> Index {
        let (parts, counts) = entries(texts);
        let mut sizes: Vec<usize> = Vec::new();
        for text in texts {
            let group = text.group as usize;
            sizes.resize(sizes.len().max(group + 1), 0);
            sizes[group] += 1;
        }
        let limits: Vec<usize> = sizes.iter().map(|&n| common_above(n)).collect();
        let everywhere = common_above(texts.len());
        let mut index = Index { runs: vec![0], texts: Vec::new(), starts: Vec::new(), shared: Vec::new(), counts };
        let mut found: Vec<(u32, Shared)> = Vec::new();
        for mut part in parts {
            part.sort_unstable();
            for run in part.chunk_by(|a, b| a >> 40 == b >> 40).filter(|r| r.len() > 1) {
                let (before, first) = (index.texts.len(), found.len());
                let number = index.runs.len() as u32 - 1;
                // Of fingerprints that many share some are enough: whoever takes over a text takes them all.
                let dropped = run.len() > everywhere || run.len() > REACH && (run[0] >> 40) % ONE_IN != 0;
                for office in run.chunk_by(|a, b| texts[text_of(*a)].group == texts[text_of(*b)].group) {
                    let dropped = dropped || office.len() > limits[texts[text_of(office[0])].group as usize];
                    for (i, &entry) in office.iter().enumerate() {
                        let (text, place) = (text_of(entry), index.texts.len() as u32);
                        // The same gram twice in a text is one fingerprint.
                        if dropped || i > 0 && text_of(office[i - 1]) == text {
                            index.counts[text] -= 1;
                        } else {
                            found.push((text as u32, Shared { run: number, place, at: entry as u16 }));
                            index.texts.push(text as u32);
                        }
                    }
                }
                if index.texts.len() < before + 2 {
                    index.texts.truncate(before);
                    found.truncate(first);
                } else {
                    index.runs.push(index.texts.len() as u32);
                }
            }
        }
        index.by_text(texts.len(), &found);
        index
    }

    /// Sorts what was found by text; within a text it stays in the order of the fingerprints.
    fn by_text(&mut self, texts: usize, found: &[(u32, Shared)]) {
        let mut starts = vec![0u32; texts + 1];
        found.iter().for_each(|(text, _)| starts[*text as usize + 1] += 1);
        (0..texts).for_each(|i| starts[i + 1] += starts[i]);
        let mut next = starts.clone();
        self.shared = vec![Shared { run: 0, place: 0, at: 0 }; found.len()];
        for (text, shared) in found {
            self.shared[next[*text as usize] as usize] = *shared;
            next[*text as usize] += 1;
        }
        self.starts = starts;
    }

    fn of(&self, text: usize) -> &[Shared] {
        &self.shared[self.starts[text] as usize..self.starts[text + 1] as usize]
    }

    /// The texts to which a fingerprint leads: all that have it, or the first and the nearest.
    fn reached(&self, of: &Shared) -> impl Iterator<Item = u32> + '_ {
        let (start, end) = (self.runs[of.run as usize] as usize, self.runs[of.run as usize + 1] as usize);
        let (first, near) = if end - start <= REACH {
            (start..end, end..end)
        } else {
            let (head, at) = (start + REACH / 4, of.place as usize);
            (start..head, at.saturating_sub(REACH / 4).max(head).min(end)..(at + REACH / 4).max(head).min(end))
        };
        let own = of.place as usize;
        self.texts[first].iter().chain(&self.texts[near]).copied().filter(move |t| *t != self.texts[own])
    }

    /// How many fingerprints two texts have in common, and the longest stretch over which they stand at the same distance
    /// from each other.
    fn in_common(&self, a: usize, b: usize, diagonals: &mut Vec<(i64, i64)>) -> (u32, i64) {
        diagonals.clear();
        let (mut mine, mut others) = (self.of(a).iter().peekable(), self.of(b).iter().peekable());
        while let (Some(x), Some(y)) = (mine.peek(), others.peek()) {
            match x.run.cmp(&y.run) {
                std::cmp::Ordering::Less => drop(mine.next()),
                std::cmp::Ordering::Greater => drop(others.next()),
                std::cmp::Ordering::Equal => {
                    diagonals.push((i64::from(x.at) - i64::from(y.at), i64::from(x.at)));
                    mine.next();
                    others.next();
                }
            }
        }
        diagonals.sort_unstable();
        let gap = (2 * WINDOW) as i64;
        let together = diagonals.chunk_by(|p, q| p.0 == q.0 && q.1 - p.1 <= gap);
        let span = together.map(|c| c[c.len() - 1].1 - c[0].1).max().map_or(0, |span| span + GRAM as i64);
        (diagonals.len() as u32, span)
    }
}

/// Pairs of texts that are worth a comparison, the lower position first, in order.
pub(super) fn candidates(texts: &[Text]) -> Vec<(u32, u32)> {
    let index = Index::new(texts);
    let mut count = vec![0u16; texts.len()];
    let (mut touched, mut diagonals, mut pairs) = (Vec::new(), Vec::new(), Vec::new());
    for text in 0..texts.len() {
        for shared in index.of(text) {
            for other in index.reached(shared) {
                if count[other as usize] == 0 {
                    touched.push(other);
                }
                count[other as usize] = count[other as usize].saturating_add(1);
            }
        }
        let mut best: Vec<u32> = touched.iter().copied().filter(|t| count[*t as usize] >= LEAST).collect();
        best.sort_unstable_by_key(|t| (u16::MAX - count[*t as usize], *t));
        best.truncate(PARTNERS);
        for other in best {
            let few = index.counts[text].min(index.counts[other as usize]);
            let (shared, stretch) = index.in_common(text, other as usize, &mut diagonals);
            // A fifth of the shorter one, or a passage: all else is phrases that anybody may use.
            if shared * 5 >= few || stretch >= SPAN {
                pairs.push((other.min(text as u32), other.max(text as u32)));
            }
        }
        touched.drain(..).for_each(|t| count[t as usize] = 0);
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Letters of a passage that is looked for in the text of the year before; the longest phrases are shorter.
const OWN_SPAN: usize = 48;

/// The fingerprints of a text, in the order of their hashes.
pub(super) fn fingerprints(letters: &[u16], winnow: &mut Winnow) -> Vec<(u32, usize)> {
    let mut all = Vec::new();
    winnow.fingerprints(letters, |hash, at| all.push((hash, at)));
    all.sort_unstable();
    all
}

/// Whether a text is worth comparing with one that has the fingerprints `own`: a fifth of the shorter one's in common, or a
/// passage.
pub(super) fn worth(own: &[(u32, usize)], letters: &[u16], winnow: &mut Winnow) -> bool {
    let (mut all, mut shared, mut longest) = (0, 0, 0);
    // Where the run in common began, and the last fingerprint of it, in both texts.
    let mut run: Option<(usize, usize, usize)> = None;
    winnow.fingerprints(letters, |hash, at| {
        all += 1;
        let found = own.partition_point(|f| f.0 < hash);
        let Some(&(_, there)) = own.get(found).filter(|f| f.0 == hash) else { return };
        shared += 1;
        let start = match run {
            Some((start, last, other)) if at - last <= 2 * WINDOW && other + (at - last) == there => start,
            _ => at,
        };
        run = Some((start, at, there));
        longest = longest.max(at - start + GRAM);
    });
    longest >= OWN_SPAN || shared * 5 >= own.len().min(all) && shared > 0
}
