//! Fingerprints of a text by winnowing (Schleimer, Wilkerson, Aiken 2003): of every [`WINDOW`] successive grams of
//! [`GRAM`] letters the one with the smallest hash. Two texts with a run of `WINDOW + GRAM − 1` letters in common have a
//! fingerprint in common, wherever the run stands.

/// Letters of a gram: long enough that stock phrases of four letters in another order share none.
pub(super) const GRAM: usize = 8;
/// Grams of a window; two of `WINDOW + 1` are kept on average.
pub(super) const WINDOW: usize = 20;

/// Makes fingerprints; keeps its memory from text to text.
#[derive(Default)]
pub(super) struct Winnow {
    /// `hash (32 bits) | position from behind (32)`: of equal hashes the rightmost is the smallest, so that it stays so for
    /// longer.
    keys: Vec<u64>,
    /// The smallest key from each place to the end of its block of [`WINDOW`].
    least: Vec<u64>,
}

impl Winnow {
    /// Calls `found` with the hash and the position of every fingerprint.
    pub(super) fn fingerprints(&mut self, letters: &[u16], mut found: impl FnMut(u32, usize)) {
        self.keys.clear();
        if letters.len() < GRAM + WINDOW - 1 {
            return;
        }
        let (mut front, mut back) = (0u64, 0u64);
        self.keys.extend(letters.iter().zip(0u32..).map(|(&letter, at)| {
            front = front << 16 | back >> 48;
            back = back << 16 | u64::from(letter);
            u64::from(hash(front, back)) << 32 | u64::from(u32::MAX - at)
        }));
        let keys = &self.keys[GRAM - 1..];
        // The smallest of a window is that of the end of one block and the beginning of the next (van Herk 1992).
        self.least.clear();
        self.least.extend_from_slice(keys);
        for block in self.least.chunks_mut(WINDOW) {
            for i in (1..block.len()).rev() {
                block[i - 1] = block[i - 1].min(block[i]);
            }
        }
        let (mut beginning, mut last) = (u64::MAX, u64::MAX);
        for (start, window) in self.least[..=keys.len() - WINDOW].iter().enumerate() {
            let end = start + WINDOW - 1;
            beginning = if end.is_multiple_of(WINDOW) { keys[end] } else { beginning.min(keys[end]) };
            let least = if start.is_multiple_of(WINDOW) { *window } else { beginning.min(*window) };
            if least != last {
                last = least;
                found((least >> 32) as u32, (u32::MAX - least as u32) as usize + 1 - GRAM);
            }
        }
    }
}

fn hash(front: u64, back: u64) -> u32 {
    let mixed = (front.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ back).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    ((mixed ^ mixed >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(letters: &[u16]) -> Vec<u32> {
        let mut out = Vec::new();
        Winnow::default().fingerprints(letters, |h, _| out.push(h));
        out
    }

    /// The plain way: look at every window.
    fn plainly(letters: &[u16]) -> Vec<u32> {
        let keys: Vec<(u32, usize)> = letters
            .windows(GRAM)
            .enumerate()
            .map(|(i, g)| {
                let half = |h: &[u16]| h.iter().fold(0u64, |all, l| all << 16 | u64::from(*l));
                (hash(half(&g[..GRAM / 2]), half(&g[GRAM / 2..])), usize::MAX - i)
            })
            .collect();
        let mut out: Vec<(u32, usize)> = keys.windows(WINDOW).filter_map(|w| w.iter().min().copied()).collect();
        out.dedup();
        out.into_iter().map(|(h, _)| h).collect()
    }

    proptest! {
        #[test]
        fn windows_are_those_of_the_plain_way(letters in prop::collection::vec(3u16..9, 0..150)) {
            prop_assert_eq!(all(&letters), plainly(&letters));
        }


        #[test]
        fn a_run_in_common_has_a_fingerprint_in_common(
            run in prop::collection::vec(3u16..500, WINDOW + GRAM - 1..60),
            fronts in [prop::collection::vec(3u16..500, 0..60), prop::collection::vec(3u16..500, 0..60)],
            back in prop::collection::vec(3u16..500, 0..60),
        ) {
            let a = all(&[&fronts[0][..], &run].concat());
            let b = all(&[&fronts[1][..], &run, &back].concat());
            prop_assert!(a.iter().any(|h| b.contains(h)));
        }
    }
}
