//! The figures that are drawn, as text, for those who would rather read.

use crate::Table;
use crate::kind::Ctx;
use crate::scope::Fig;
use crate::spec::Item;

impl Ctx<'_> {
    /// The head of a column of figures, with their unit.
    pub(crate) fn head(&self, name: &str, unit: &str) -> String {
        // A rate that is called one needs no unit beside its per cent signs.
        if unit.is_empty() || unit == "%" {
            return name.to_owned();
        }
        self.words.pick(format!("{name}（{unit}）"), format!("{name} ({unit})"))
    }

    /// The head of the column of agencies.
    pub(crate) fn agency_head(&self) -> String {
        self.words.pick("单位名称", "Agency")
    }

    /// A row a year of these series, with their whole (its head, and the figures year by year) where they are parts of one.
    pub(crate) fn table_by_year(&self, heads: Vec<String>, items: &[&Item], whole: Option<(String, Vec<Fig>)>) -> Table {
        let mut columns = vec![self.words.pick("年度", "Year")];
        columns.extend(heads);
        columns.extend(whole.as_ref().map(|(head, _)| head.clone()));
        let row = |(k, year): (usize, &u16)| {
            let figs = items.iter().map(|i| self.scope.fig(&i.id, *year));
            let sum = whole.iter().filter_map(|(_, figs)| figs.get(k).copied());
            std::iter::once(year.to_string()).chain(figs.chain(sum).map(Fig::text)).collect()
        };
        Table { columns, rows: self.scope.years.iter().enumerate().map(row).collect() }
    }

    /// A row an agency, a column a year.
    pub(crate) fn table_of_years<'r>(&self, unit: &str, rows: impl Iterator<Item = (&'r str, &'r [Fig])>) -> Table {
        let heads = self.scope.years.iter().map(|y| self.head(&self.words.year(*y), unit));
        let columns = std::iter::once(self.agency_head()).chain(heads).collect();
        let row = |(name, figs): (&str, &[Fig])| {
            std::iter::once(name.to_owned()).chain(figs.iter().map(|f| f.text())).collect::<Vec<_>>()
        };
        Table { columns, rows: rows.map(row).collect() }
    }
}
