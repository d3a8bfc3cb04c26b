//! Last year's report sent again: how likely is it that so many figures are the same by chance?
//!
//! Each figure that was known in both years and not zero in both is equal by chance with the probability that the
//! predictive distribution gives last year's value, made larger for cells in which equal figures have been more common in
//! the panel's past than that. Figures hang together (the total is its parts, one applicant column often is the total),
//! so equal pairs count once, and a pair that follows from others by an identity does not count at all. What remains is
//! taken as independent: the number of equal ones is Poisson-binomial, and p the chance of at least as many.

use nianbao_form::{Cell, Form};

/// A figure of two successive years.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Cell.
    pub cell: Cell,
    /// Last year's.
    pub last: u64,
    /// This year's.
    pub now: u64,
    /// Probability that they are equal by chance.
    pub chance: f64,
}

/// How many figures were compared and are equal, and how likely that is by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equality {
    /// Equal figures.
    pub equal: usize,
    /// Compared figures.
    pub of: usize,
    /// Probability of as many or more by chance.
    pub p: f64,
}

/// Cells that stay what they are unless something happens: those that a chain carries into themselves. Their equality
/// says nothing.
pub fn stocks(form: &Form) -> Vec<Cell> {
    let mut cells = Vec::new();
    for chain in &form.chains {
        cells.extend(chain.this.iter().map(|t| t.cell).filter(|c| chain.last.iter().any(|t| t.cell == *c)));
    }
    cells
}

/// Tests the pairs of one agency. `pairs` holds every figure known in both years, zeros too: only what is not there counts
/// as unknown in the identities.
pub fn equality(form: &Form, pairs: &[Pair]) -> Equality {
    let compared: Vec<&Pair> = pairs.iter().filter(|p| p.last != 0 || p.now != 0).collect();
    let equal = compared.iter().filter(|p| p.last == p.now).count();
    let of = compared.len();
    if equal == 0 {
        return Equality { equal, of, p: 1.0 };
    }
    let mut classes: Vec<(u64, u64, f64)> = compared.iter().map(|p| (p.last, p.now, p.chance)).collect();
    classes.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2)));
    classes.dedup_by_key(|c| (c.0, c.1));
    // The least likely come first and so are dropped first where an identity ties them: the cautious choice.
    classes.sort_by(|a, b| a.2.total_cmp(&b.2).then((a.0, a.1).cmp(&(b.0, b.1))));
    let bound = bound_classes(form, pairs, &classes);
    let free = classes.iter().zip(&bound).filter(|(_, bound)| !**bound).map(|(c, _)| c);
    let (mut chances, mut hits) = (Vec::new(), 0);
    for class in free {
        chances.push(class.2.clamp(0.0, 1.0));
        hits += usize::from(class.0 == class.1);
    }
    Equality { equal, of, p: at_least(&chances, hits) }
}

/// An identity over the unknown cells (by position) and the classes of pairs.
struct Row {
    unknown: Vec<(usize, f64)>,
    compared: Vec<f64>,
}

/// Which classes of equal pairs follow from the others by the form's identities: the pivots of a Gaussian elimination
/// in which every unknown cell is a column of its own and goes first.
fn bound_classes(form: &Form, pairs: &[Pair], classes: &[(u64, u64, f64)]) -> Vec<bool> {
    let mut known: Vec<Option<&Pair>> = vec![None; pairs.iter().map(|p| p.cell.index() + 1).max().unwrap_or(0)];
    pairs.iter().for_each(|p| known[p.cell.index()] = Some(p));
    let mut unknown: Vec<Cell> = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for identity in &form.identities {
        let mut row = Row { unknown: Vec::new(), compared: vec![0.0; classes.len()] };
        let mut sides = (0i128, 0i128);
        for (cell, sign) in identity.terms() {
            match known.get(cell.index()).copied().flatten() {
                Some(p) if p.last == 0 && p.now == 0 => {}
                Some(p) => {
                    sides = (sides.0 + i128::from(sign) * i128::from(p.last), sides.1 + i128::from(sign) * i128::from(p.now));
                    if let Some(at) = classes.iter().position(|c| (c.0, c.1) == (p.last, p.now)) {
                        row.compared[at] += sign as f64;
                    }
                }
                None => {
                    let at = unknown.iter().position(|&u| u == cell).unwrap_or_else(|| {
                        unknown.push(cell);
                        unknown.len() - 1
                    });
                    row.unknown.push((at, sign as f64));
                }
            }
        }
        // What is violated ties nothing.
        let holds = !row.unknown.is_empty() || sides == (0, 0);
        if holds && (!row.unknown.is_empty() || row.compared.iter().any(|&k| k != 0.0)) {
            rows.push(row);
        }
    }
    let skip = unknown.len();
    let dense = |row: Row| {
        let mut all = vec![0.0; skip];
        row.unknown.into_iter().for_each(|(at, k)| all[at] += k);
        all.extend(row.compared);
        all
    };
    let mut rows: Vec<Vec<f64>> = rows.into_iter().map(dense).collect();
    let mut bound = vec![false; classes.len()];
    for column in 0..skip + classes.len() {
        let Some(at) = rows.iter().position(|r| r[column].abs() > 1e-9) else { continue };
        let pivot = rows.swap_remove(at);
        for row in rows.iter_mut().filter(|r| r[column].abs() > 1e-9) {
            let k = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).for_each(|(x, y)| *x -= k * y);
        }
        if column >= skip {
            bound[column - skip] = true;
        }
    }
    bound
}

/// P(at least `hits` of independent events).
fn at_least(chances: &[f64], hits: usize) -> f64 {
    // tail[j] is the probability of j hits so far, j = hits standing for "that many or more"; adding what is small to what
    // is small keeps tiny tails exact.
    let mut tail = vec![0.0; hits + 1];
    tail[0] = 1.0;
    for &p in chances {
        for j in (0..=hits).rev() {
            let stay = if j == hits { tail[j] } else { tail[j] * (1.0 - p) };
            tail[j] = stay + if j > 0 { tail[j - 1] * p } else { 0.0 };
        }
    }
    tail[hits].clamp(1e-300, 1.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use nianbao_form::Forms;

    fn pairs(list: &[(&str, u64, u64)]) -> Vec<Pair> {
        let forms = Forms::built_in();
        let form = forms.form(forms.find("2021").unwrap());
        let given = |c: Cell| list.iter().find(|(id, ..)| *id == forms.id(c)).map_or((0, 0), |&(_, last, now)| (last, now));
        form.cells
            .iter()
            .map(|&cell| (cell, given(cell)))
            .map(|(cell, (last, now))| Pair { cell, last, now, chance: 0.05 })
            .collect()
    }

    fn p(list: &[(&str, u64, u64)]) -> Equality {
        let forms = Forms::built_in();
        equality(forms.form(forms.find("2021").unwrap()), &pairs(list))
    }

    #[test]
    fn dependent_figures_count_once() {
        // One request, answered: five figures, one coincidence.
        let one = p(&[
            ("requests.received.natural_person", 7, 7),
            ("requests.received.total", 7, 7),
            ("requests.disclosed.natural_person", 7, 7),
            ("requests.handled.total", 7, 7),
        ]);
        assert_eq!((one.equal, one.of), (4, 4));
        assert!((one.p - 0.05).abs() < 1e-12, "{one:?}");
        // 12 = 9 + 3: the third figure follows from the two others.
        let two = p(&[
            ("requests.received.natural_person", 9, 9),
            ("requests.received.commercial_enterprise", 3, 3),
            ("requests.received.total", 12, 12),
        ]);
        assert!((two.p - 0.0025).abs() < 1e-12, "{two:?}");
    }

    #[test]
    fn figures_without_identity_are_independent() {
        let all = p(&[
            ("proactive.licensing.decisions", 31, 31),
            ("proactive.penalties.decisions", 17, 17),
            ("proactive.coercion.decisions", 5, 6),
        ]);
        assert_eq!((all.equal, all.of), (2, 3));
        assert!((all.p - (3.0 * 0.05f64.powi(2) * 0.95 + 0.05f64.powi(3))).abs() < 1e-12, "{all:?}");
    }

    #[test]
    fn stocks_are_known() {
        let forms = Forms::built_in();
        let form = forms.form(forms.find("2021").unwrap());
        let names: Vec<&str> = stocks(form).into_iter().map(|c| forms.id(c)).collect();
        assert!(names.contains(&"proactive.normative_documents.in_force"), "{names:?}");
        assert!(!names.iter().any(|n| n.starts_with("requests.")), "{names:?}");
    }
}
