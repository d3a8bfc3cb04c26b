//! How a form's cells hang together: which figures are independent, what splits into what, what follows from what.
//!
//! A report is as likely as its independent figures: a total is not counted again beside its parts. So a form is read as
//! a tree of [`Node`]s, from its identities and chains alone:
//! - a *root* is a count that no identity breaks down from anything (received requests, decisions, reviews);
//! - a *flow* (several cells on both sides of an identity) says what became of what came in;
//! - a *split* says how a total divides into its parts.
//!
//! What a chain ties to last year, and what follows by subtraction from what has been counted, is no node.

use nianbao_form::{Cell, Form, Identity, Kind};

/// A figure, or figures, with a distribution of their own given those before them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// A count (or an amount) by itself.
    Root(Cell),
    /// How the sum of `from` divides into `into`, as it did in the past.
    Mix {
        /// The cells whose sum divides.
        from: Vec<Cell>,
        /// What it divides into.
        into: Vec<Cell>,
    },
    /// How the total `from` divides into `into`, in proportion to margins of the same report.
    Within {
        /// The total.
        from: Vec<Cell>,
        /// What it divides into.
        into: Vec<Cell>,
        /// For each part, the cells whose sum it is in proportion to.
        margin: Vec<Vec<Cell>>,
    },
}

impl Node {
    /// Every cell on which its probability depends.
    pub(crate) fn cells(&self) -> Vec<Cell> {
        match self {
            Node::Root(cell) => vec![*cell],
            Node::Mix { from, into } => from.iter().chain(into).copied().collect(),
            Node::Within { from, into, margin } => from.iter().chain(into).chain(margin.iter().flatten()).copied().collect(),
        }
    }

    /// The cells that it is the probability of.
    pub(crate) fn told(&self) -> &[Cell] {
        match self {
            Node::Root(cell) => std::slice::from_ref(cell),
            Node::Mix { into, .. } | Node::Within { into, .. } => into,
        }
    }
}

fn is_flow(identity: &Identity) -> bool {
    identity.parts.len() > 1 && identity.whole.len() > 1
}

fn is_split(identity: &Identity) -> bool {
    identity.parts.len() > 1 && identity.whole.len() == 1
}

/// Cells that a chain gives from last year's report.
pub(crate) fn tied(form: &Form) -> Vec<Cell> {
    form.chains.iter().filter_map(|c| c.this.first()).map(|t| t.cell).collect()
}

/// Takes as known what follows from the known by an identity.
fn propagate(form: &Form, known: &mut [bool]) {
    let mut again = true;
    while again {
        again = false;
        for identity in &form.identities {
            let mut open = identity.terms().map(|(c, _)| c).filter(|c| !known[c.index()]);
            if let (Some(cell), None) = (open.next(), open.next()) {
                known[cell.index()] = true;
                again = true;
            }
        }
    }
}

/// The nodes of a form, each after those that it depends on. `width` is that of the union of forms.
pub(crate) fn nodes(form: &Form, width: usize) -> Vec<Node> {
    let mut known = vec![false; width];
    tied(form).into_iter().for_each(|c| known[c.index()] = true);
    let mut below = known.clone();
    for identity in &form.identities {
        if is_flow(identity) {
            identity.whole.iter().for_each(|c| below[c.index()] = true);
        } else if is_split(identity) {
            identity.parts.iter().for_each(|c| below[c.index()] = true);
        }
    }
    // Of cells that are equal the first that is below nothing stands for all.
    let equal = |c: Cell| {
        form.identities.iter().filter(move |i| i.parts.len() == 1 && i.whole.len() == 1).filter_map(move |i| {
            let (a, b) = (i.parts[0], i.whole[0]);
            if a == c { Some(b) } else { (b == c).then_some(a) }
        })
    };
    let mut rank = vec![usize::MAX; width];
    let mut nodes: Vec<Node> = Vec::new();
    for &cell in form.cells.iter().chain(&form.local) {
        if !below[cell.index()] && !known[cell.index()] && !equal(cell).any(|c| below[c.index()]) {
            nodes.push(Node::Root(cell));
            known[cell.index()] = true;
            propagate(form, &mut known);
        }
    }
    loop {
        let depth = nodes.len();
        rank.iter_mut().zip(&known).filter(|(r, k)| **k && **r == usize::MAX).for_each(|(r, _)| *r = depth);
        let unknown = |cells: &[Cell], known: &[bool]| cells.iter().all(|c| !known[c.index()]);
        let flow =
            form.identities.iter().find(|i| is_flow(i) && i.parts.iter().all(|c| known[c.index()]) && unknown(&i.whole, &known));
        let split = || {
            let ready = |i: &&Identity| is_split(i) && known[i.whole[0].index()] && unknown(&i.parts, &known);
            // What is nearest to the roots divides first: totals before columns.
            form.identities.iter().filter(ready).min_by_key(|i| rank[i.whole[0].index()])
        };
        let (from, into) = match flow {
            Some(flow) => (flow.parts.clone(), flow.whole.clone()),
            None => match split() {
                Some(split) => (split.whole.clone(), split.parts.clone()),
                None => return nodes,
            },
        };
        into.iter().for_each(|c| known[c.index()] = true);
        let margin = margins(form, &from, &into, &known);
        propagate(form, &mut known);
        nodes.push(match margin {
            Some(margin) => Node::Within { from, into, margin },
            None => Node::Mix { from, into },
        });
    }
}

/// Where every part belongs to another sum of the same report that is known already, the parts follow that.
fn margins(form: &Form, from: &[Cell], into: &[Cell], known: &[bool]) -> Option<Vec<Vec<Cell>>> {
    let of = |part: &Cell| {
        form.identities.iter().find_map(|i| {
            let other = |side: &[Cell]| side.iter().all(|c| known[c.index()] && !into.contains(c) && !from.contains(c));
            if is_flow(i) && i.whole.contains(part) && other(&i.parts) {
                return Some(i.parts.clone());
            }
            (is_split(i) && i.parts.contains(part) && other(&i.whole)).then(|| i.whole.clone())
        })
    };
    into.iter().map(of).collect()
}

/// Which cells of a report are known, and the positions of identities among these that do not hold.
pub(crate) type Pattern = (Vec<bool>, Vec<usize>);

/// The pattern of a dense report, below 0 where it is not known.
pub(crate) fn pattern(form: &Form, x: &[i64]) -> Pattern {
    let broken = |i: &Identity| {
        let known = i.terms().all(|(c, _)| x[c.index()] >= 0);
        known && i.terms().map(|(c, k)| i128::from(k) * i128::from(x[c.index()])).sum::<i128>() != 0
    };
    let broken = (0..form.identities.len()).filter(|&at| broken(&form.identities[at])).collect();
    (x.iter().map(|v| *v >= 0).collect(), broken)
}

/// In what order the figures that are not free follow from those that are, among the cells that are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settling {
    /// Cells that nothing determines, in the form's order.
    pub(crate) free: Vec<Cell>,
    /// The cell that is given, and the others with their signs.
    steps: Vec<(Cell, Vec<(usize, i64)>)>,
    chains: Vec<Vec<(usize, i64)>>,
}

impl Settling {
    /// For reports in which `known` cells are known and the identities at `broken` do not hold: a total is given by its
    /// parts, an inflow by what became of it, a stock by its movements. What is broken gives nothing: it has findings of
    /// its own, and undoing a slip must not look good for mending it on the way.
    pub(crate) fn new(form: &Form, (known, broken): &Pattern) -> Settling {
        let all = |(at, i): &(usize, &Identity)| !broken.contains(at) && i.terms().all(|(c, _)| known[c.index()]);
        let identities: Vec<&Identity> = form.identities.iter().enumerate().filter(all).map(|(_, i)| i).collect();
        let mut given = vec![false; known.len()];
        tied(form).into_iter().for_each(|c| given[c.index()] = true);
        let tied = given.clone();
        for identity in &identities {
            let cell = match &identity.whole[..] {
                [whole] => Some(*whole),
                _ => identity.parts.iter().copied().find(|c| !tied[c.index()]),
            };
            cell.into_iter().for_each(|c| given[c.index()] = true);
        }
        let mut open: Vec<bool> = given.iter().zip(&tied).map(|(g, t)| *g && !*t).collect();
        let mut steps = Vec::new();
        let mut again = true;
        while again {
            again = false;
            for identity in &identities {
                let mut left = identity.terms().filter(|(c, _)| open[c.index()]);
                if let (Some((cell, sign)), None) = (left.next(), left.next()) {
                    open[cell.index()] = false;
                    let others = identity.terms().filter(|(c, _)| *c != cell).map(|(c, k)| (c.index(), -sign * k));
                    steps.push((cell, others.collect()));
                    again = true;
                }
            }
        }
        let cells = form.cells.iter().chain(&form.local).copied();
        let free = cells.filter(|c| known[c.index()] && !given[c.index()]).collect();
        let known_chain = |c: &&nianbao_form::Chain| c.this.len() > 1 && c.this.iter().all(|t| known[t.cell.index()]);
        let chains = form.chains.iter().filter(known_chain);
        let chains = chains.map(|c| c.this.iter().map(|t| (t.cell.index(), t.sign)).collect()).collect();
        Settling { free, steps, chains }
    }

    /// Works out what follows from the free cells of `x`, which was `before`; false where a figure would be negative.
    /// Both are dense, by [`Cell::index`].
    pub(crate) fn settle(&self, x: &mut [i64], before: &[i64]) -> bool {
        for chain in &self.chains {
            let (first, sign) = chain[0];
            let moved: i64 = chain.iter().map(|&(c, k)| k * (before[c] - x[c])).sum();
            x[first] += sign * moved;
            if x[first] < 0 {
                return false;
            }
        }
        for (cell, others) in &self.steps {
            let value: i64 = others.iter().map(|&(c, k)| k * x[c]).sum();
            if value < 0 {
                return false;
            }
            x[cell.index()] = value;
        }
        true
    }
}

/// Whether a cell is an amount in the form.
pub(crate) fn is_amount(form: &Form, cell: Cell) -> bool {
    form.def(cell).is_some_and(|d| d.kind == Kind::Amount)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use nianbao_form::Forms;

    #[test]
    fn the_form_is_a_tree_in_which_nothing_counts_twice() {
        let forms = Forms::built_in();
        let form = forms.form(forms.find("2021").unwrap());
        let nodes = nodes(form, forms.width());
        for node in &nodes {
            let name = |c: &Cell| forms.id(*c).to_owned();
            println!(
                "{:?}",
                match node {
                    Node::Root(c) => format!("root {}", name(c)),
                    Node::Mix { from, into } => format!(
                        "mix {:?} -> {:?}",
                        from.iter().map(name).collect::<Vec<_>>(),
                        into.iter().map(name).collect::<Vec<_>>()
                    ),
                    Node::Within { from, margin, .. } => format!(
                        "within {:?} by {:?}",
                        from.iter().map(name).collect::<Vec<_>>(),
                        margin[0].iter().map(name).collect::<Vec<_>>()
                    ),
                }
            );
        }
        // Every root is one degree of freedom, every division one fewer than its parts.
        let freedom: usize = nodes.iter().map(|n| if let Node::Root(_) = n { 1 } else { n.told().len() - 1 }).sum();
        let own = form.cells.len() + form.local.len();
        let tied = tied(form).len();
        // Opening stocks of the columns and of their total: one identity of theirs ties nothing else.
        assert_eq!(freedom, own - form.rank() - (tied - 1));
    }
}
