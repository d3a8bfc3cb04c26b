//! Constants of the generator, fitted on real figures: `rates.csv`, written by `fit.py`.

use std::collections::BTreeMap;

/// How a logarithm of a level moves from one year to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Walk {
    /// Standard deviation of an ordinary step.
    pub step_sd: f64,
    /// Share of steps that are jumps.
    pub jump_share: f64,
    /// Standard deviation of a jump.
    pub jump_sd: f64,
    /// Share of a step's variance that is gone after a year.
    pub passing: f64,
}

/// The fitted constants by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    values: BTreeMap<String, f64>,
    /// The requests of an agency over the years.
    pub requests: Walk,
    /// Reviews.
    pub appeals: Walk,
    /// Decisions of table two.
    pub decisions: Walk,
}

impl Rates {
    /// The constants in `rates.csv`.
    pub fn fitted() -> Rates {
        let text = include_str!("../rates.csv");
        let mut values = BTreeMap::new();
        for line in text.lines().skip(1) {
            let mut fields = line.splitn(3, ',');
            if let (Some(name), Some(Ok(value))) = (fields.next(), fields.next().map(str::parse)) {
                values.insert(name.to_owned(), value);
            }
        }
        Rates::from_values(values)
    }

    fn from_values(values: BTreeMap<String, f64>) -> Rates {
        let walk = |name: &str| {
            let part = |what: &str| *values.get(&format!("{name}.{what}")).unwrap_or(&0.0);
            Walk { step_sd: part("step_sd"), jump_share: part("jump_share"), jump_sd: part("jump_sd"), passing: part("passing") }
        };
        Rates { requests: walk("requests"), appeals: walk("appeals"), decisions: walk("decisions"), values }
    }

    /// The same with one constant changed.
    pub fn with(mut self, name: &str, value: f64) -> Rates {
        self.values.insert(name.to_owned(), value);
        Rates::from_values(self.values)
    }

    /// A constant by its name in `rates.csv`.
    ///
    /// # Panics
    /// If there is none of that name: the file is part of the crate.
    pub fn get(&self, name: &str) -> f64 {
        *self.values.get(name).unwrap_or_else(|| panic!("rates.csv has no {name}"))
    }

    /// Constants whose names begin with `prefix`, with the rest of their names, scaled to add up to 1.
    pub fn shares(&self, prefix: &str) -> Vec<(String, f64)> {
        let mut list: Vec<(String, f64)> =
            self.values.iter().filter_map(|(k, v)| Some((k.strip_prefix(prefix)?.to_owned(), *v))).collect();
        let sum: f64 = list.iter().map(|(_, v)| v).sum();
        list.iter_mut().for_each(|(_, v)| *v /= sum);
        list
    }
}
