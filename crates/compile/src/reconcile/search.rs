//! The smallest sets of things that together make up a difference in every cell at once.

use std::collections::HashMap;

use rayon::prelude::*;

/// Something that may have gone wrong, and what it does to each cell.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The change in each cell, in millionths.
    pub(super) effect: Vec<i128>,
    /// Agencies that it speaks of, ascending; a set speaks of none twice.
    pub(super) members: Vec<usize>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// The sets, each ascending, all of one size.
    pub(super) sets: Vec<Vec<usize>>,
    /// Whether the search was cut short: there may be more sets, or a smaller one of a size that was not tried.
    pub(super) cut: bool,
}

/// More sets than anybody reads.
const MOST_SETS: usize = 1000;
/// Candidates looked at for one first item before giving up; agencies with the same few figures make very many.
const MOST_CANDIDATES: usize = 200_000;

/// How large a set may be so that all of them can be tried within seconds.
fn largest(items: usize) -> usize {
    match items {
        0..=600 => 4,
        601..=4000 => 3,
        _ => 2,
    }
}

/// A linear hash: that of a sum is the sum of the hashes, so a missing item is looked up and not searched.
fn hash(effect: &[i128]) -> u64 {
    let mut weight = 0x9e37_79b9_7f4a_7c15_u64;
    let mut sum = 0u64;
    for &value in effect {
        // splitmix64: fixed, well mixed, odd weights.
        weight = weight.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut w = weight;
        w = (w ^ (w >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        w = (w ^ (w >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        sum = sum.wrapping_add((w | 1).wrapping_mul(value as u64));
    }
    sum
}

struct Search<'a, A> {
    items: &'a [Item],
    target: &'a [i128],
    hashes: Vec<u64>,
    singles: HashMap<u64, Vec<usize>>,
    goal: u64,
    accept: A,
}

impl<A: Fn(&[usize]) -> bool + Sync> Search<'_, A> {
    /// Whether the set makes up the target exactly and speaks of no agency twice.
    fn fits(&self, set: &[usize]) -> bool {
        let exact = (0..self.target.len()).all(|c| set.iter().map(|&i| self.items[i].effect[c]).sum::<i128>() == self.target[c]);
        let mut members: Vec<usize> = set.iter().flat_map(|&i| self.items[i].members.iter().copied()).collect();
        let all = members.len();
        members.sort_unstable();
        members.dedup();
        exact && members.len() == all && (self.accept)(set)
    }

    /// Sets that begin with `start` and whose other items, after those, have the hash that is still needed.
    fn complete(&self, start: &[usize], left: &mut usize, out: &mut Vec<Vec<usize>>) {
        let need = start.iter().fold(self.goal, |need, &i| need.wrapping_sub(self.hashes[i]));
        let after = start.last().map_or(0, |l| l + 1);
        let list = self.singles.get(&need).map_or(&[][..], Vec::as_slice);
        for &last in &list[list.partition_point(|&i| i < after)..] {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let set: Vec<usize> = start.iter().copied().chain([last]).collect();
            if self.fits(&set) {
                out.push(set);
            }
        }
    }

    fn of_size(&self, size: usize) -> Found {
        let n = self.items.len();
        let pairs = if size == 4 { self.pairs() } else { HashMap::new() };
        let firsts = if size == 1 { 1 } else { n };
        let each = (0..firsts).into_par_iter().map(|i| {
            let (mut sets, mut left) = (Vec::new(), MOST_CANDIDATES);
            match size {
                1 => self.complete(&[], &mut left, &mut sets),
                2 => self.complete(&[i], &mut left, &mut sets),
                3 => (i + 1..n).for_each(|j| self.complete(&[i, j], &mut left, &mut sets)),
                _ => (i + 1..n).for_each(|j| self.complete_by_pair(i, j, &pairs, &mut left, &mut sets)),
            }
            (sets, left == 0)
        });
        let mut found = Found::default();
        for (sets, cut) in each.collect::<Vec<_>>() {
            found.sets.extend(sets);
            found.cut |= cut;
        }
        found.cut |= found.sets.len() > MOST_SETS;
        found.sets.truncate(MOST_SETS);
        found
    }

    fn pairs(&self) -> HashMap<u64, Vec<(usize, usize)>> {
        let mut pairs: HashMap<u64, Vec<(usize, usize)>> = HashMap::new();
        for k in 0..self.items.len() {
            for l in k + 1..self.items.len() {
                pairs.entry(self.hashes[k].wrapping_add(self.hashes[l])).or_default().push((k, l));
            }
        }
        pairs
    }

    fn complete_by_pair(
        &self,
        i: usize,
        j: usize,
        pairs: &HashMap<u64, Vec<(usize, usize)>>,
        left: &mut usize,
        out: &mut Vec<Vec<usize>>,
    ) {
        let need = self.goal.wrapping_sub(self.hashes[i]).wrapping_sub(self.hashes[j]);
        let list = pairs.get(&need).map_or(&[][..], Vec::as_slice);
        for &(k, l) in &list[list.partition_point(|p| p.0 <= j)..] {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let set = [i, j, k, l];
            if self.fits(&set) {
                out.push(set.to_vec());
            }
        }
    }
}

/// Every set of the smallest size that makes up `target` exactly and that `accept` takes; of at most `most` items.
pub(super) fn smallest(items: &[Item], target: &[i128], most: usize, accept: impl Fn(&[usize]) -> bool + Sync) -> Found {
    let hashes: Vec<u64> = items.iter().map(|i| hash(&i.effect)).collect();
    let mut singles: HashMap<u64, Vec<usize>> = HashMap::new();
    for (i, h) in hashes.iter().enumerate() {
        singles.entry(*h).or_default().push(i);
    }
    let search = Search { items, target, hashes, singles, goal: hash(target), accept };
    let largest = largest(items.len());
    let mut cut = false;
    for size in 1..=most.min(largest) {
        let mut found = search.of_size(size);
        cut |= found.cut;
        if !found.sets.is_empty() {
            found.cut = cut;
            return found;
        }
    }
    Found { sets: Vec::new(), cut: cut || largest < most }
}

/// A set that makes up most of a difference, with what it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nearly {
    /// One or two items, ascending.
    pub(super) set: Vec<usize>,
    /// Positions of the target that it does not meet.
    pub(super) left: Vec<usize>,
}

/// What a set may leave unexplained.
const MOST_LEFT: usize = 3;
/// Positions of a difference that each item of such a set explains at least: a coincidence is not so often right.
const LEAST_EACH: usize = 3;
/// Pairs are tried among so many items.
const MOST_PAIRED: usize = 1200;

/// The sets of one or two items that leave the fewest positions of the target unmet, every item and every such position
/// counting as one error; empty where none explains [`LEAST_EACH`] positions an item.
pub(super) fn nearly(items: &[Item], target: &[i128]) -> Vec<Nearly> {
    let n = items.len();
    let pairs = if n <= MOST_PAIRED { n } else { 0 };
    let tried = (0..n).into_par_iter().map(|i| {
        let mut best: Vec<Nearly> = Vec::new();
        try_set(items, target, &[i], &mut best);
        (i + 1..pairs).for_each(|j| try_set(items, target, &[i, j], &mut best));
        best
    });
    let mut all: Vec<Nearly> = tried.collect::<Vec<_>>().into_iter().flatten().collect();
    let errors = |found: &Nearly| found.set.len() + found.left.len();
    let least = all.iter().map(errors).min().unwrap_or(0);
    all.retain(|found| errors(found) == least);
    all.sort_by(|a, b| (a.set.len(), &a.set).cmp(&(b.set.len(), &b.set)));
    all.truncate(MOST_SETS);
    all
}

fn try_set(items: &[Item], target: &[i128], set: &[usize], best: &mut Vec<Nearly>) {
    let errors = |found: &Nearly| found.set.len() + found.left.len();
    let bound = best.first().map_or(MOST_LEFT, |b| errors(b).saturating_sub(set.len()).min(MOST_LEFT));
    let (mut left, mut met) = (Vec::new(), 0);
    for (c, &wanted) in target.iter().enumerate() {
        if set.iter().map(|&i| items[i].effect[c]).sum::<i128>() == wanted {
            met += usize::from(wanted != 0);
        } else if left.len() == bound {
            return;
        } else {
            left.push(c);
        }
    }
    let twice = matches!(set, [a, b] if items[*a].members.iter().any(|m| items[*b].members.contains(m)));
    if met < LEAST_EACH * set.len() || twice {
        return;
    }
    let found = Nearly { set: set.to_vec(), left };
    if best.first().is_some_and(|b| errors(b) > errors(&found)) {
        best.clear();
    }
    best.push(found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(member: usize, effect: &[i128]) -> Item {
        Item { effect: effect.to_vec(), members: vec![member] }
    }

    #[test]
    fn an_agency_is_not_blamed_twice() {
        let items = [item(0, &[-1]), item(0, &[-1]), item(1, &[-1])];
        let found = smallest(&items, &[-2], 3, |_| true);
        assert_eq!(found.sets, [vec![0, 2], vec![1, 2]]);
    }

    /// Every set, by going through all of them.
    fn slow(items: &[Item], target: &[i128], most: usize) -> Vec<Vec<usize>> {
        for size in 1..=most {
            let sets: Vec<Vec<usize>> = (0u32..1 << items.len())
                .filter(|bits| bits.count_ones() as usize == size)
                .map(|bits| (0..items.len()).filter(|i| bits >> i & 1 == 1).collect::<Vec<_>>())
                .filter(|set| (0..target.len()).all(|c| set.iter().map(|&i| items[i].effect[c]).sum::<i128>() == target[c]))
                .collect();
            if !sets.is_empty() {
                return sets;
            }
        }
        Vec::new()
    }

    proptest! {
        #[test]
        fn the_same_sets_as_going_through_all(
            effects in prop::collection::vec(prop::array::uniform2(-3i128..4), 1..12),
            target in prop::array::uniform2(-6i128..7),
        ) {
            let items: Vec<Item> = effects.iter().enumerate().map(|(i, e)| item(i, e)).collect();
            let mut found = smallest(&items, &target, 4, |_| true).sets;
            let mut expected = slow(&items, &target, 4);
            found.sort();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_slip_beside_an_agency_left_out() {
        let items = [item(0, &[-5, -3, -8, -1, 0]), item(1, &[-2, -3, -5, -1, -1]), item(2, &[-5, 0, -5, 0, 0])];
        // The first agency left out, and the second cell typed wrongly.
        let found = nearly(&items, &[-5, 18, -8, -1, 0]);
        assert_eq!(found, [Nearly { set: vec![0], left: vec![1] }]);
        // Both of them left out and a slip.
        let found = nearly(&[items[0].clone(), item(1, &[-2, -4, -6, -1, -1])], &[-7, -7, -14, -2, 90]);
        assert_eq!(found, []);
        assert_eq!(nearly(&items, &[40, 50, 60, 70, 80]), []);
    }
}
