//! Two texts letter by letter: how much of each stands in the other, and the longest run that they have in common. Whatever
//! led here, only this decides, so that nothing is called copied that is not.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Letters of a shingle.
pub(super) const SHINGLE: usize = 5;
/// Places of one shingle that are followed when runs are looked for: a text that says the same over and over has no end of
/// them.
const PLACES: usize = 16;

/// Hashes are mixed already.
#[derive(Clone, Copy, Default)]
pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |h, b| h.rotate_left(8) ^ u64::from(*b));
    }
    fn write_u64(&mut self, mixed: u64) {
        self.0 = mixed;
    }
}

type ByMixed = BuildHasherDefault<Mixed>;

/// A set of shingles, most of which are asked for in vain: a bit tells so at once.
#[derive(Default)]
pub(super) struct Shingles {
    marks: Vec<u64>,
    set: HashSet<u64, ByMixed>,
}

impl Shingles {
    /// Bits of `marks`, as a power of two.
    const BITS: u32 = 18;

    fn mark(shingle: u64) -> usize {
        (shingle >> (64 - Shingles::BITS)) as usize
    }

    pub(super) fn contains(&self, shingle: u64) -> bool {
        let mark = Shingles::mark(shingle);
        self.marks.get(mark / 64).is_some_and(|m| m >> (mark % 64) & 1 == 1) && self.set.contains(&shingle)
    }
}

impl FromIterator<u64> for Shingles {
    fn from_iter<I: IntoIterator<Item = u64>>(shingles: I) -> Shingles {
        let set: HashSet<u64, ByMixed> = shingles.into_iter().collect();
        let mut marks = vec![0; if set.is_empty() { 0 } else { 1 << (Shingles::BITS - 6) }];
        for shingle in &set {
            let mark = Shingles::mark(*shingle);
            marks[mark / 64] |= 1 << (mark % 64);
        }
        Shingles { marks, set }
    }
}

/// The hashes of all shingles of a text, in order.
pub(super) fn shingles(letters: &[u16]) -> impl Iterator<Item = u64> + '_ {
    letters.windows(SHINGLE).map(|w| {
        let front = u64::from(w[0]) << 48 | u64::from(w[1]) << 32 | u64::from(w[2]) << 16 | u64::from(w[3]);
        let mixed = (front.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(w[4])).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        mixed ^ mixed >> 29
    })
}

/// Shingles that more than `above` of the texts have.
pub(super) fn common<'t>(texts: impl Iterator<Item = &'t [u16]>, above: usize) -> Shingles {
    let mut counts: HashMap<u64, (u32, u32), ByMixed> = HashMap::default();
    for (number, letters) in texts.enumerate() {
        for shingle in shingles(letters) {
            let (texts, last) = counts.entry(shingle).or_insert((0, u32::MAX));
            if *last != number as u32 {
                *last = number as u32;
                *texts += 1;
            }
        }
    }
    counts.into_iter().filter(|(_, (texts, _))| *texts as usize > above).map(|(s, _)| s).collect()
}

/// To whom a shingle belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The text that has it.
    Text,
    /// So many texts that it says little.
    Many,
    /// The law or the form: it counts for nothing.
    Law,
}

/// What two texts have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Likeness {
    /// Different shingles of the first and of the second text that are not the law's.
    pub all: [usize; 2],
    /// Those of them that stand in the other one too.
    pub all_matched: [usize; 2],
    /// Different shingles that are a text's own.
    pub own: [usize; 2],
    /// Those of them that stand in the other one too.
    pub matched: [usize; 2],
    /// The run in common with the most letters of its own.
    pub run: Run,
}

/// Letters that follow each other in both texts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Run {
    /// Where it begins in the first and in the second text.
    pub at: [usize; 2],
    /// How many letters.
    pub length: usize,
    /// How many shingles of it are the text's own.
    pub own: usize,
}

impl Likeness {
    /// The share of one text's own shingles that stand in the other.
    pub(super) fn of_own(&self, side: usize) -> f64 {
        share(self.matched[side], self.own[side])
    }

    /// The share of one text's shingles that stand in the other: of its own, or of all but the law's, whichever is more.
    pub(super) fn contained(&self, side: usize) -> f64 {
        self.of_own(side).max(share(self.all_matched[side], self.all[side]))
    }
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

/// The places of every shingle of a text.
struct Places<'t> {
    letters: &'t [u16],
    /// Position + 1 of the first place, by hash; 0 is empty.
    slots: Vec<u32>,
    /// Position + 1 of the next place of the same shingle, and of the last one so far at its first place.
    next: Vec<u32>,
}

impl<'t> Places<'t> {
    fn new(letters: &'t [u16], hashes: &[u64]) -> Places<'t> {
        let mut places =
            Places { letters, slots: vec![0; (hashes.len() * 2 + 2).next_power_of_two()], next: vec![0; hashes.len()] };
        // Backwards, so that every slot ends with the first place and the chain runs forwards.
        for (at, hash) in hashes.iter().enumerate().rev() {
            let slot = places.slot(*hash, &letters[at..at + SHINGLE]);
            places.next[at] = places.slots[slot];
            places.slots[slot] = at as u32 + 1;
        }
        places
    }

    fn slot(&self, hash: u64, shingle: &[u16]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 20) as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return slot,
                place if self.letters[place as usize - 1..][..SHINGLE] == *shingle => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// The first place of a shingle.
    fn first(&self, hash: u64, shingle: &[u16]) -> Option<usize> {
        (self.slots[self.slot(hash, shingle)] as usize).checked_sub(1)
    }

    fn from(&self, first: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(first, |at| (self.next[*at] as usize).checked_sub(1)).take(PLACES)
    }
}

/// Compares two texts; `owner` says whose a shingle is.
pub(super) fn compare(a: &[u16], b: &[u16], owner: impl Fn(u64) -> Owner) -> Likeness {
    let hashes = [shingles(a).collect::<Vec<_>>(), shingles(b).collect::<Vec<_>>()];
    let (in_a, in_b) = (Places::new(a, &hashes[0]), Places::new(b, &hashes[1]));
    let mut likeness = Likeness::default();
    let mut own_before = vec![0usize; hashes[0].len() + 1];
    for (side, (places, other)) in [(&in_a, &in_b), (&in_b, &in_a)].into_iter().enumerate() {
        for (at, hash) in hashes[side].iter().enumerate() {
            let owner = owner(*hash);
            if side == 0 {
                own_before[at + 1] = own_before[at] + usize::from(owner == Owner::Text);
            }
            let shingle = &places.letters[at..at + SHINGLE];
            if owner == Owner::Law || places.first(*hash, shingle) != Some(at) {
                continue;
            }
            let (own, both) = (usize::from(owner == Owner::Text), usize::from(other.first(*hash, shingle).is_some()));
            likeness.all[side] += 1;
            likeness.all_matched[side] += both;
            likeness.own[side] += own;
            likeness.matched[side] += own * both;
        }
    }
    for (at, hash) in hashes[0].iter().enumerate() {
        for there in in_b.from(in_b.first(*hash, &a[at..at + SHINGLE])) {
            if at > 0 && there > 0 && a[at - 1] == b[there - 1] {
                continue;
            }
            let length = a[at..].iter().zip(&b[there..]).take_while(|(x, y)| x == y).count();
            let own = own_before[at + length + 1 - SHINGLE] - own_before[at];
            if (own, length) > (likeness.run.own, likeness.run.length) {
                likeness.run = Run { at: [at, there], length, own };
            }
        }
    }
    likeness
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The longest run in common by the textbook's table.
    fn longest(a: &[u16], b: &[u16]) -> usize {
        let mut before = vec![0usize; b.len() + 1];
        let mut best = 0;
        for x in a {
            let mut now = vec![0usize; b.len() + 1];
            for (j, y) in b.iter().enumerate() {
                now[j + 1] = if x == y { before[j] + 1 } else { 0 };
                best = best.max(now[j + 1]);
            }
            before = now;
        }
        best
    }

    proptest! {
        #[test]
        fn runs_and_shares_are_those_of_the_plain_way(
            a in prop::collection::vec(10u16..16, 0..60),
            b in prop::collection::vec(10u16..16, 0..60),
            copied in 0usize..40,
        ) {
            let b = [&b[..], &a[..copied.min(a.len())]].concat();
            let found = compare(&a, &b, |_| Owner::Text);
            let set = |t: &[u16]| t.windows(SHINGLE).map(<[u16]>::to_vec).collect::<HashSet<_>>();
            let (sa, sb) = (set(&a), set(&b));
            let both = sa.intersection(&sb).count();
            prop_assert_eq!(found.own, [sa.len(), sb.len()]);
            prop_assert_eq!(found.matched, [both, both]);
            let run = longest(&a, &b);
            prop_assert_eq!(found.run.length, if run < SHINGLE { 0 } else { run });
        }
    }
}
