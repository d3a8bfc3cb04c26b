//! How many identities of a form say something of their own.

use crate::Form;

impl Form {
    /// Rank of the identities: how many of them are not implied by the others. Gaussian elimination modulo the prime
    /// 2⁶¹ − 1, which for coefficients of ±1 gives the rational rank.
    pub fn rank(&self) -> usize {
        rank(self.identities.iter().map(|i| {
            let mut row = vec![0i64; self.defs.len()];
            for (cell, k) in i.terms() {
                row[cell.index()] += k;
            }
            row
        }))
    }
}

const PRIME: i128 = (1 << 61) - 1;

fn rank(rows: impl Iterator<Item = Vec<i64>>) -> usize {
    let mut basis: Vec<(usize, Vec<i128>)> = Vec::new();
    for row in rows {
        let mut row: Vec<i128> = row.into_iter().map(|k| i128::from(k).rem_euclid(PRIME)).collect();
        for (pivot, b) in &basis {
            let k = row[*pivot];
            if k != 0 {
                for (x, y) in row.iter_mut().zip(b) {
                    *x = (*x - k * y).rem_euclid(PRIME);
                }
            }
        }
        if let Some(pivot) = row.iter().position(|&k| k != 0) {
            let inverse = power(row[pivot], PRIME - 2);
            for x in &mut row {
                *x = *x * inverse % PRIME;
            }
            basis.push((pivot, row));
        }
    }
    basis.len()
}

fn power(mut base: i128, mut exponent: i128) -> i128 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}
