//! The one place where figures are added up: lazily, in parallel, by group and year, in 128-bit integers.

use polars::prelude::*;
use rayon::prelude::*;

use crate::dense::name;
use crate::hierarchy::Plan;

/// Sums and numbers of known figures of each column, by group and year.
pub(crate) struct Totals {
    years: usize,
    sums: Vec<Vec<i128>>,
    counts: Vec<Vec<u32>>,
}

impl Totals {
    /// The exact sum and how many reports are in it.
    pub(crate) fn get(&self, column: usize, group: usize, year: usize) -> (i128, u32) {
        let at = group * self.years + year;
        (self.sums[column][at], self.counts[column][at])
    }

    /// Adds up columns that have one row a report of `plan`, and are named by their position.
    ///
    /// Every report is added once into the group that holds its agency; the sums of groups are then joined with the
    /// groups above them and added again, so that the depth of the hierarchy costs nothing for each report. Sums of
    /// integers do not depend on the order, so neither do they on threads.
    pub(crate) fn new(plan: &Plan, columns: &[Column]) -> PolarsResult<Totals> {
        let (groups, years) = (plan.groups.len(), plan.years.len());
        let zero = || (vec![0; groups * years], vec![0; groups * years]);
        let used: Vec<usize> = (0..columns.len()).filter(|&i| columns[i].null_count() < columns[i].len()).collect();
        let mut totals: Vec<(Vec<i128>, Vec<u32>)> = columns.iter().map(|_| zero()).collect();
        if !used.is_empty() {
            let frame = added(plan, columns, &used)?;
            let places = places(&frame, years)?;
            let filled: Vec<(Vec<i128>, Vec<u32>)> = used
                .par_iter()
                .map(|&i| {
                    let (mut sums, mut counts) = zero();
                    let sum = frame.column(&format!("s{i}"))?.cast(&DataType::Int128)?;
                    let count = frame.column(&format!("n{i}"))?.cast(&DataType::UInt32)?;
                    let known = sum.i128()?.iter().zip(count.u32()?.iter());
                    for (&at, (sum, count)) in places.iter().zip(known) {
                        (sums[at], counts[at]) = (sum.unwrap_or(0), count.unwrap_or(0));
                    }
                    Ok((sums, counts))
                })
                .collect::<PolarsResult<_>>()?;
            for (i, both) in used.into_iter().zip(filled) {
                totals[i] = both;
            }
        }
        let (sums, counts) = totals.into_iter().unzip();
        Ok(Totals { years, sums, counts })
    }
}

/// One row a group and year: `group`, `year`, and for each used column `s` (sum) and `n` (known figures).
fn added(plan: &Plan, columns: &[Column], used: &[usize]) -> PolarsResult<DataFrame> {
    let key = |name: &str, of: &dyn Fn(usize) -> usize, n: usize| {
        Column::new(name.into(), (0..n).map(|i| of(i) as u32).collect::<Vec<u32>>())
    };
    let rows = plan.placed.len();
    let mut all =
        vec![key("home", &|i| plan.members[plan.placed[i].member].home, rows), key("year", &|i| plan.placed[i].year, rows)];
    all.extend(used.iter().map(|&i| columns[i].clone()));
    let pairs: Vec<(usize, usize)> =
        plan.groups.iter().enumerate().flat_map(|(home, g)| g.above.iter().map(move |&group| (home, group))).collect();
    let above =
        DataFrame::new(pairs.len(), vec![key("home", &|i| pairs[i].0, pairs.len()), key("group", &|i| pairs[i].1, pairs.len())])?;
    let mut first = Vec::new();
    let mut second = Vec::new();
    for &i in used {
        first.push(col(name(i)).cast(DataType::Int128).sum().alias(format!("s{i}")));
        first.push(col(name(i)).count().cast(DataType::UInt32).alias(format!("n{i}")));
        second.push(col(format!("s{i}")).sum());
        second.push(col(format!("n{i}")).sum());
    }
    DataFrame::new(rows, all)?
        .lazy()
        .group_by([col("home"), col("year")])
        .agg(first)
        .join(above.lazy(), [col("home")], [col("home")], JoinArgs::new(JoinType::Inner))
        .group_by([col("group"), col("year")])
        .agg(second)
        .collect()
}

/// Where each row's group and year stand.
fn places(frame: &DataFrame, years: usize) -> PolarsResult<Vec<usize>> {
    let (group, year) = (frame.column("group")?.u32()?, frame.column("year")?.u32()?);
    Ok(group.iter().zip(year.iter()).map(|(g, y)| g.unwrap_or(0) as usize * years + y.unwrap_or(0) as usize).collect())
}
