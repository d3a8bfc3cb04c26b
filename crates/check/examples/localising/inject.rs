//! Wrong figures put into cells, and the probability of each. Knows nothing of how they are found.

use nianbao_accuracy::dice::Dice;

/// Which cells may be hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    Any,
    Zero,
    Filled,
}

/// What a typist makes of a figure in one slip, each kind as often as any other that is possible: a digit replaced, left
/// out, doubled, added, two neighbours exchanged, a 0 too many at the end, nothing typed at all.
pub fn slips(truth: i64) -> Vec<(i64, f64)> {
    let text = truth.to_string();
    let digits: Vec<char> = text.chars().collect();
    let read = |d: &[char]| d.iter().collect::<String>().parse::<i64>().unwrap_or(0);
    let changed = |f: &dyn Fn(&mut Vec<char>)| {
        let mut d = digits.clone();
        f(&mut d);
        read(&d)
    };
    let mut kinds: Vec<Vec<i64>> = Vec::new();
    kinds.push((0..digits.len()).flat_map(|i| ('0'..='9').map(move |c| (i, c))).map(|(i, c)| changed(&|d| d[i] = c)).collect());
    kinds.push(
        (0..=digits.len()).flat_map(|i| ('0'..='9').map(move |c| (i, c))).map(|(i, c)| changed(&|d| d.insert(i, c))).collect(),
    );
    if truth != 0 {
        kinds.push((1..digits.len()).map(|i| changed(&|d| d.swap(i - 1, i))).collect());
        kinds.push((0..digits.len()).map(|i| changed(&|d| d.insert(i, d[i]))).collect());
        kinds.push(vec![truth * 10]);
        kinds.push(vec![0]);
    }
    if digits.len() > 1 {
        kinds.push((0..digits.len()).map(|i| changed(&|d| _ = d.remove(i))).collect());
    }
    for kind in &mut kinds {
        kind.retain(|v| *v != truth);
    }
    kinds.retain(|kind| !kind.is_empty());
    let of_kind = 1.0 / kinds.len() as f64;
    kinds.iter().flat_map(|kind| kind.iter().map(move |v| (*v, of_kind / kind.len() as f64))).collect()
}

/// Half of the wrong figures are slips of typing, half any other figure: 0 to 999, small ones more often (log-uniform).
pub fn wrong(truth: i64, dice: &mut Dice) -> i64 {
    if dice.chance(0.5) {
        let (mut rest, all) = (dice.unit(), slips(truth));
        for (value, p) in &all {
            rest -= p;
            if rest < 0.0 {
                return *value;
            }
        }
        return all[0].0;
    }
    loop {
        let value = 1000f64.powf(dice.unit()) as i64 - 1;
        if value != truth {
            return value;
        }
    }
}

/// P(`found` | the true figure is `truth` and the cell was hit).
pub fn probability(truth: i64, found: i64) -> f64 {
    let typed: f64 = slips(truth).iter().filter(|(v, _)| *v == found).map(|(_, p)| p).sum();
    let share = |v: i64| if (0..999).contains(&v) { ((v + 2) as f64 / (v + 1) as f64).ln() / 1000f64.ln() } else { 0.0 };
    0.5 * typed + 0.5 * share(found) / (1.0 - share(truth))
}
