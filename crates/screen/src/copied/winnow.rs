//! Fingerprints of a text by winnowing (Schleimer, Wilkerson, Aiken 2003): of every [`WINDOW`] successive grams of
//! [`GRAM`] letters the one with the smallest hash. Two texts with a run of `WINDOW + GRAM − 1` letters in common have a
//! fingerprint in common, wherever the run stands.

/// Letters of a gram: long enough that stock phrases of four letters in another order share none.
pub(super) const GRAM: usize = 8;
/// Grams of a window; two of `WINDOW + 1` are kept on average.
pub(super) const WINDOW: usize = 16;

/// Calls `found` with the hash and the position of every fingerprint.
pub(super) fn fingerprints(letters: &[u16], hashes: &mut Vec<u32>, mut found: impl FnMut(u32, usize)) {
    hashes.clear();
    let (mut front, mut back) = (0u64, 0u64);
    for (at, &letter) in letters.iter().enumerate() {
        front = front << 16 | back >> 48;
        back = back << 16 | u64::from(letter);
        if at + 1 >= GRAM {
            hashes.push(hash(front, back));
        }
    }
    if hashes.len() < WINDOW {
        return;
    }
    let mut least: Option<usize> = None;
    for end in WINDOW - 1..hashes.len() {
        let start = end + 1 - WINDOW;
        match least {
            // The rightmost of equal ones, so that it stays the smallest for longer.
            Some(at) if at >= start && hashes[end] > hashes[at] => continue,
            Some(at) if at >= start => least = Some(end),
            _ => least = (start..=end).min_by_key(|i| (hashes[*i], usize::MAX - i)),
        }
        if let Some(at) = least {
            found(hashes[at], at);
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
        fingerprints(letters, &mut Vec::new(), |h, _| out.push(h));
        out
    }

    proptest! {
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
