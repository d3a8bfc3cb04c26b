//! The compilation's series, found at once: made once for all charts, as each looks at a few of many rows.

use std::collections::{HashMap, HashSet};

use nianbao_compile::{Compilation, SeriesRow};

/// A compilation whose series can be looked up by series, group and year.
#[derive(Clone, Debug)]
pub struct Figures<'a> {
    pub(crate) compilation: &'a Compilation,
    series: HashMap<&'a str, Rows<'a>>,
    /// The first row of each group and agency at each level, in the order of the rows.
    pub(crate) groups: Vec<&'a SeriesRow>,
}

#[derive(Clone, Debug, Default)]
struct Rows<'a> {
    rows: HashMap<(&'a str, u16), &'a SeriesRow>,
    /// Those at which the series breaks.
    noted: Vec<&'a SeriesRow>,
}

impl<'a> Figures<'a> {
    /// Looks once at every row.
    pub fn of(compilation: &'a Compilation) -> Figures<'a> {
        let mut series: HashMap<&str, Rows<'_>> = HashMap::new();
        let (mut groups, mut seen, mut before) = (Vec::new(), HashSet::new(), None);
        for row in &compilation.series {
            let own = series.entry(row.series.as_str()).or_default();
            own.rows.insert((row.group_id.as_str(), row.year), row);
            if !row.break_note.is_empty() {
                own.noted.push(row);
            }
            // Rows of one group mostly follow each other.
            let group = (row.group_id.as_str(), row.level.as_str());
            if before.replace(group) != Some(group) && seen.insert(group) {
                groups.push(row);
            }
        }
        Figures { compilation, series, groups }
    }

    /// The figure of a group or agency in a year.
    pub(crate) fn row(&self, series: &str, group: &str, year: u16) -> Option<&'a SeriesRow> {
        self.series.get(series)?.rows.get(&(group, year)).copied()
    }

    /// The rows at which a series breaks.
    pub(crate) fn noted(&self, series: &str) -> &[&'a SeriesRow] {
        self.series.get(series).map_or(&[], |s| &s.noted)
    }
}
