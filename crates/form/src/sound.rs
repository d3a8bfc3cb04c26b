//! The proof that no cell of a form is forced to 0 for ever by its identities taken together.

use microlp::{ComparisonOp, OptimizationDirection, Problem};

use crate::form::Form;
use crate::forms::Forms;

/// Looks for one filling of the form in which every non-negative cell is positive. The identities are homogeneous, so
/// with such a filling for each cell their sum is one for all; hence a single linear program decides: maximise Σ tᵢ with
/// M·x = 0, tᵢ ≤ xᵢ, 0 ≤ tᵢ ≤ 1. At the optimum tᵢ is 1 where xᵢ can be positive and 0 where it can not.
///
/// On failure gives the position of an identity that holds the cell, and the cell's id.
pub(crate) fn prove_cells_can_be_positive(form: &Form, forms: &Forms) -> Result<(), (usize, String)> {
    if form.identities.is_empty() {
        return Ok(());
    }
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut x = vec![None; forms.width()];
    let mut t = Vec::new();
    for identity in &form.identities {
        for (cell, _) in identity.terms() {
            if x[cell.index()].is_none() {
                let signed = form.def(cell).is_some_and(|d| d.signed);
                let low = if signed { f64::NEG_INFINITY } else { 0.0 };
                let variable = problem.add_var(0.0, (low, f64::INFINITY));
                x[cell.index()] = Some(variable);
                if !signed {
                    let top = problem.add_var(1.0, (0.0, 1.0));
                    problem.add_constraint([(top, 1.0), (variable, -1.0)], ComparisonOp::Le, 0.0);
                    t.push((cell, top));
                }
            }
        }
    }
    for identity in &form.identities {
        let mut net = std::collections::BTreeMap::new();
        for (cell, k) in identity.terms() {
            *net.entry(cell).or_insert(0.0) += k as f64;
        }
        let row: Vec<_> = net.into_iter().filter_map(|(cell, k)| x[cell.index()].map(|v| (v, k))).collect();
        problem.add_constraint(row, ComparisonOp::Eq, 0.0);
    }
    // The program is feasible (all 0) and bounded (each tᵢ ≤ 1); a solver that says otherwise has met rounding, and then
    // nothing is proved against the form.
    let Ok(solution) = problem.solve() else { return Ok(()) };
    for (cell, top) in t {
        if solution[top] < 0.5 {
            let at = form.identities.iter().position(|i| i.terms().any(|(c, _)| c == cell)).unwrap_or(0);
            return Err((at, forms.id(cell).to_owned()));
        }
    }
    Ok(())
}
