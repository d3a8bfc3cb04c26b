#![allow(clippy::unwrap_used)]
use nianbao_form::Forms;
use proptest::prelude::*;

use super::*;

fn rows_of(form: &str) -> (&'static [Identity], Vec<Vec<Cell>>) {
    let forms = Forms::built_in();
    let form = forms.form(forms.find(form).unwrap());
    let block = form.blocks.iter().find(|b| b.id == "requests").unwrap();
    let rows = (0..block.rows.len()).map(|r| (0..block.columns.len()).map(|c| block.cell(r, c)).collect()).collect();
    (&form.identities, rows)
}

/// Numbers for every cell of the table such that all identities hold: outcomes are given, received and carried over
/// follow.
fn consistent(identities: &[Identity], rows: &[Vec<Cell>], seed: &[u32]) -> BTreeMap<Cell, i64> {
    let parts: BTreeSet<Cell> =
        identities.iter().filter(|i| i.name == "outcomes-total").flat_map(|i| &i.parts).copied().collect();
    let mut out: BTreeMap<Cell, i64> = BTreeMap::new();
    let mut dice = seed.iter().cycle();
    let mut roll = |of: u32| i64::from(dice.next().unwrap() % of);
    for row in rows {
        // Most outcomes never occur, and few kinds of applicants apply.
        let sizes = if roll(3) > 0 { [1; 10] } else { [1, 1, 1, 1, 1, 2, 10, 40, 300, 20_000] };
        for cell in &row[..row.len() - 1] {
            let size = sizes[roll(10) as usize];
            out.insert(*cell, if parts.contains(cell) { roll(size) } else { 0 });
        }
    }
    // Columns: handled is the sum of outcomes; what was received and carried in is divided.
    for identity in identities.iter().filter(|i| i.name == "outcomes-total") {
        let sum = identity.parts.iter().map(|c| out.get(c).copied().unwrap_or(0)).sum();
        out.insert(identity.whole[0], sum);
    }
    for identity in identities.iter().filter(|i| i.name == "balance") {
        let (received, carried_in) = (identity.parts[0], identity.parts[1]);
        let (handled, carried_out) = (identity.whole[0], identity.whole[1]);
        let stock = roll(5);
        let sum = out[&handled] + stock;
        let old = roll(30).min(sum);
        out.extend([(carried_out, stock), (carried_in, old), (received, sum - old)]);
    }
    for row in rows {
        let (total, cells) = row.split_last().unwrap();
        let sum = cells.iter().map(|c| out[c]).sum();
        out.insert(*total, sum);
    }
    out
}

fn run_together(rows: &[Vec<Cell>], text: &dyn Fn(Cell) -> String) -> Vec<Row> {
    rows.iter().map(|r| Row { cells: r.clone(), chunks: vec![r.iter().map(|c| text(*c)).collect()] }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Every figure that is proved is the true one, and consistent reports are mostly proved.
    #[test]
    fn what_is_proved_is_true(seed in proptest::collection::vec(any::<u32>(), 160..190), old: bool) {
        let (identities, rows) = rows_of(if old { "2019" } else { "2021" });
        let truth = consistent(identities, &rows, &seed);
        for i in identities.iter().filter(|i| i.terms().all(|t| truth.contains_key(&t.0))) {
            prop_assert_eq!(i.terms().map(|(c, k)| k * truth[&c]).sum::<i64>(), 0, "{}", i.key());
        }
        let Some(proved) = table(identities, &run_together(&rows, &|c| truth[&c].to_string())) else { return Ok(()) };
        for (row, proved) in rows.iter().zip(proved) {
            for (cell, proved) in row.iter().zip(proved) {
                let right = matches!(proved, Proved::Open) || proved == Proved::Number(truth[cell]);
                prop_assert!(right, "{:?} is not {}", proved, truth[cell]);
            }
        }
    }

    /// Blanks anywhere leave no trace: what is proved beside them is true, and no blank becomes a number.
    #[test]
    fn blanks_do_no_harm(seed in proptest::collection::vec(any::<u32>(), 160..190), every in 2u32..60, zeros: bool) {
        let (identities, rows) = rows_of("2021");
        let truth = consistent(identities, &rows, &seed);
        let blank = |c: Cell| (c.index() as u32).wrapping_mul(2_654_435_761).wrapping_add(seed[0]) % every == 0 && (!zeros || truth[&c] == 0);
        let text = |c: Cell| if blank(c) { String::new() } else { truth[&c].to_string() };
        let Some(proved) = table(identities, &run_together(&rows, &text)) else { return Ok(()) };
        for (row, proved) in rows.iter().zip(proved) {
            for (cell, proved) in row.iter().zip(proved) {
                let right = match proved {
                    Proved::Open => true,
                    Proved::Blank => blank(*cell),
                    Proved::Number(n) => !blank(*cell) && n == truth[cell],
                };
                prop_assert!(right, "{:?} is not {:?}", proved, text(*cell));
            }
        }
    }

    /// A report whose identities do not hold proves nothing that is wrong.
    #[test]
    fn wrong_figures_are_not_explained_away(seed in proptest::collection::vec(any::<u32>(), 160..190), at: usize, by in 1i64..40) {
        let (identities, rows) = rows_of("2021");
        let mut truth = consistent(identities, &rows, &seed);
        let cell = *truth.keys().nth(at % truth.len()).unwrap();
        *truth.get_mut(&cell).unwrap() += by;
        let Some(proved) = table(identities, &run_together(&rows, &|c| truth[&c].to_string())) else { return Ok(()) };
        for (row, proved) in rows.iter().zip(proved) {
            for (cell, proved) in row.iter().zip(proved) {
                let right = matches!(proved, Proved::Open) || proved == Proved::Number(truth[cell]);
                prop_assert!(right, "{:?} is not {}", proved, truth[cell]);
            }
        }
    }
}

/// How much is proved of reports of the size that agencies have.
#[test]
fn most_is_proved() {
    let (identities, rows) = rows_of("2021");
    let (mut known, mut all) = (0, 0);
    for turn in 0..20u32 {
        let seed: Vec<u32> =
            (0..170u32).map(|i| (i + 1).wrapping_mul(2_654_435_761).rotate_left(turn).wrapping_mul(turn * 2 + 1) >> 3).collect();
        let truth = consistent(identities, &rows, &seed);
        let proved = table(identities, &run_together(&rows, &|c| truth[&c].to_string()));
        all += truth.len();
        known += proved.into_iter().flatten().flatten().filter(|p| *p != Proved::Open).count();
    }
    assert!(known * 10 > all * 8, "{known} of {all}");
}

#[test]
fn without_evidence_nothing() {
    let (identities, rows) = rows_of("2021");
    let seed: Vec<u32> = (0..170u32).map(|i| (i + 1).wrapping_mul(2_654_435_761) >> 3).collect();
    let truth = consistent(identities, &rows, &seed);
    // Only totals are filled in.
    let text = |c: Cell| if rows.iter().any(|r| r.last() == Some(&c)) { truth[&c].to_string() } else { String::new() };
    assert_eq!(table(identities, &run_together(&rows, &text)), None);
    // Every zero is left blank.
    let text = |c: Cell| Some(truth[&c]).filter(|n| *n != 0).map(|n| n.to_string()).unwrap_or_default();
    assert_eq!(table(identities, &run_together(&rows, &text)), None);
}

#[test]
fn a_line_of_figures() {
    let forms = Forms::built_in();
    let form = forms.form(forms.find("2021").unwrap());
    let block = form.blocks.iter().find(|b| b.id == "review").unwrap();
    let cells: Vec<Cell> = (0..3).flat_map(|r| (0..5).map(move |c| block.cell(r, c))).collect();
    let part = |text: &str| line(&form.identities, &Row { cells: cells.clone(), chunks: vec![text.into()] });
    let numbers = |p: Vec<Proved>| p.into_iter().map(|p| if let Proved::Number(n) = p { n } else { -1 }).collect::<Vec<_>>();
    assert_eq!(numbers(part("10203120001200000").unwrap()), [1, 0, 2, 0, 3, 12, 0, 0, 0, 12, 0, 0, 0, 0, 0]);
    // Too few digits, and an identity that no parting keeps.
    assert_eq!(part("10203"), None);
    assert_eq!(part("100200000000000"), None);
}
