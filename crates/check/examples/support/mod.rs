//! Consistent reports made from a seed, for the examples: most cells 0, the others small counts with a long tail.
#![allow(dead_code, clippy::unwrap_used, missing_docs, unreachable_pub)]

use nianbao_form::{Cell, FormIx, Forms, Number, Place, Report, Value};

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Poisson (Knuth), for means up to some hundreds by halves.
    pub fn poisson(&mut self, mean: f64) -> i64 {
        if mean > 30.0 {
            return self.poisson(mean / 2.0) + self.poisson(mean / 2.0);
        }
        let (limit, mut product, mut n) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            n += 1;
        }
        n
    }

    /// `k` different numbers below `n`.
    pub fn distinct(&mut self, k: usize, n: usize) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        while out.len() < k {
            let at = self.below(n);
            if !out.contains(&at) {
                out.push(at);
            }
        }
        out
    }

    /// Some other count.
    pub fn other_value(&mut self, old: i64) -> i64 {
        loop {
            let value = (self.unit() * 10f64.powf(self.unit() * 3.0)) as i64;
            if value != old {
                return value;
            }
        }
    }
}

/// Whole counts by [`Cell::index`].
#[derive(Clone, Debug)]
pub struct Figures(pub Vec<i64>);

impl Figures {
    pub fn get(&self, cell: Cell) -> i64 {
        self.0[cell.index()]
    }

    pub fn set(&mut self, cell: Cell, value: i64) {
        self.0[cell.index()] = value;
    }
}

/// How busy an agency is, and how its cases are spread: what stays the same from year to year.
#[derive(Clone, Debug)]
pub struct Agency {
    rate: Vec<f64>,
}

/// An agency of the 2021 form: gamma-like rates for the parts, so that counts over agencies are negative binomial.
pub fn agency(forms: &Forms, random: &mut Random) -> Agency {
    let size = (2.0 + 1.6 * random.normal()).exp();
    let mut rate = vec![0.0; forms.width()];
    for (_, form) in forms.iter() {
        for block in form.blocks.iter().filter(|b| b.id == "requests" || b.id == "review") {
            let rows: Vec<f64> = block.rows.iter().map(|_| (2.2 * random.normal()).exp()).collect();
            let columns: Vec<f64> =
                (0..block.columns.len()).map(|c| (2.0 * random.normal() - if c == 0 { 0.0 } else { 2.5 }).exp()).collect();
            let sum: f64 = rows.iter().sum::<f64>() * columns.iter().sum::<f64>();
            for (r, row) in rows.iter().enumerate() {
                for (c, column) in columns.iter().enumerate() {
                    let share = row * column / sum * if block.id == "review" { 0.4 } else { 1.0 };
                    rate[block.cell(r, c).index()] = (size * share * (0.3 * random.normal()).exp()).min(2000.0);
                }
            }
        }
    }
    Agency { rate }
}

/// One year of an agency: Poisson counts of the parts, totals from them.
pub fn year(forms: &Forms, ix: FormIx, agency: &Agency, before: Option<&Figures>, random: &mut Random) -> Figures {
    let form = forms.form(ix);
    let mut out = Figures(vec![0; forms.width()]);
    let cell = |id: String| forms.cell(&id).unwrap();
    let table = form.blocks.iter().find(|b| b.id == "requests").unwrap();
    let frame = ["received", "carried_in", "handled", "carried_out"];
    for column in table.columns.iter().filter(|c| !c.total).map(|c| c.id.as_str()) {
        let at = |row: &str| cell(format!("requests.{row}.{column}"));
        let mut handled = 0;
        for row in table.rows.iter().map(|r| r.id.as_str()).filter(|r| !frame.contains(r)) {
            let n = random.poisson(agency.rate[at(row).index()]);
            out.set(at(row), n);
            handled += n;
        }
        let carried_in = match before {
            Some(before) => before.get(at("carried_out")).min(handled),
            None => random.poisson(handled as f64 * 0.05).min(handled),
        };
        let carried_out = random.poisson((handled - carried_in) as f64 * 0.06);
        out.set(at("carried_in"), carried_in);
        out.set(at("carried_out"), carried_out);
        out.set(at("handled"), handled);
        out.set(at("received"), handled + carried_out - carried_in);
    }
    for cell in form.blocks.iter().filter(|b| b.id == "review").flat_map(|b| &b.cells) {
        if !form.def(*cell).unwrap().total {
            out.set(*cell, random.poisson(agency.rate[cell.index()]));
        }
    }
    // Totals of rows follow from their parts.
    for identity in form.identities.iter().filter(|i| i.whole.len() == 1 && !i.name.starts_with("outcomes")) {
        out.set(identity.whole[0], identity.parts.iter().map(|c| out.get(*c)).sum());
    }
    out
}

pub fn consistent(forms: &Forms, ix: FormIx, random: &mut Random) -> Figures {
    let agency = agency(forms, random);
    year(forms, ix, &agency, None, random)
}

pub fn to_report(forms: &Forms, ix: FormIx, year: u16, figures: &Figures) -> Report {
    let mut report = Report::new(forms, "made", "某局", year, ix);
    for &cell in &forms.form(ix).cells {
        let n = figures.get(cell);
        report.set(cell, Value::number(Number::whole(n).unwrap(), n.to_string(), Place::Unknown));
    }
    report
}
