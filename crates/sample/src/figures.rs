//! Figures that hold together: every request is drawn by itself and counted where it belongs, so that all identities and
//! all chains across years hold exactly, through the merger too.

use std::collections::BTreeMap;

use nianbao_form::{Cell, Forms, Number};

use crate::bodies::{Bodies, Body};
use crate::dice::Dice;

/// Figures of one report, for the cells of both generations of the form.
pub(crate) type Figures = BTreeMap<Cell, Number>;

/// Figures by body and year.
pub(crate) type Truth = BTreeMap<(String, u16), Figures>;

pub(crate) const COLUMNS: [&str; 6] = [
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organisation",
    "legal_service_organisation",
    "other_organisation",
];
/// Who asks, of a thousand requests.
const APPLICANTS: [u32; 6] = [880, 62, 4, 9, 27, 18];

/// What becomes of requests, of about a thousand. data/README.md says where the shares come from.
const OUTCOMES: [(&str, u32); 21] = [
    ("disclosed", 430),
    ("partly_disclosed", 100),
    ("refused.state_secret", 3),
    ("refused.prohibited_by_law", 7),
    ("refused.security_and_stability", 3),
    ("refused.third_party_rights", 10),
    ("refused.internal_affairs", 14),
    ("refused.deliberative_process", 11),
    ("refused.enforcement_file", 18),
    ("refused.administrative_inquiry", 9),
    ("unavailable.not_held", 250),
    ("unavailable.must_be_created", 40),
    ("unavailable.still_unclear", 16),
    ("not_processed.petition_or_complaint", 26),
    ("not_processed.repeated", 13),
    ("not_processed.public_publication", 2),
    ("not_processed.excessive", 2),
    ("not_processed.confirmation", 6),
    ("other.not_corrected_in_time", 22),
    ("other.fee_not_paid_in_time", 0),
    ("other.other", 18),
];

/// What goes on from one year of a body to the next.
#[derive(Clone, Default)]
struct Going {
    carried: [i64; 6],
    published_total: i64,
    in_force: i64,
    items: [i64; 5],
}

/// Draws the figures of every body and year.
pub(crate) fn draw(forms: &Forms, bodies: &Bodies, years: std::ops::RangeInclusive<u16>) -> Truth {
    let mut truth = Truth::new();
    let mut going: BTreeMap<String, Going> = BTreeMap::new();
    let first = *years.start();
    for year in years {
        for body in bodies.body.iter().filter(|b| b.exists(year)) {
            let before = going.get(&body.key).cloned().unwrap_or_else(|| start(bodies, body, year, first, &going));
            let (figures, after) = draw_one(forms, body, year, &before);
            truth.insert((body.key.clone(), year), figures);
            going.insert(body.key.clone(), after);
        }
    }
    truth
}

/// Where a body starts: from what it takes over, else from its level.
fn start(bodies: &Bodies, body: &Body, year: u16, first: u16, going: &BTreeMap<String, Going>) -> Going {
    let mut start = Going::default();
    let before: Vec<&Body> = bodies.body.iter().filter(|b| b.successor == body.key && b.to == Some(year - 1)).collect();
    for old in before.iter().filter_map(|b| going.get(&b.key)) {
        for (sum, n) in start.carried.iter_mut().zip(old.carried) {
            *sum += n;
        }
        start.in_force += old.in_force;
        start.published_total += old.published_total;
    }
    if before.is_empty() {
        let mut dice = Dice::named(&format!("start {}", body.key));
        let span = i64::from(2024_u16.saturating_sub(first)) * i64::from(body.issued) / 20;
        start.in_force = (body.in_force - span).max(i64::from(body.in_force > 0));
        start.published_total = start.in_force + i64::from(dice.below(6));
        let levels = [body.licensing, body.services, body.penalties, body.coercion, body.fees];
        for (items, level) in start.items.iter_mut().zip(levels) {
            *items = if level == 0 { 0 } else { 3 + i64::from(dice.below(40)) };
        }
        if year > first || year == 2019 {
            start.carried[0] = i64::from(!body.no_carry && body.requests > 800);
        }
    }
    start
}

struct Writing<'a> {
    forms: &'a Forms,
    figures: Figures,
}

impl Writing<'_> {
    fn put(&mut self, id: &str, count: i64) {
        self.put_number(id, Number::from_millionths(count * Number::SCALE));
    }

    fn put_number(&mut self, id: &str, number: Number) {
        match self.forms.cell(id) {
            Some(cell) => self.figures.insert(cell, number),
            None => panic!("no cell `{id}`"),
        };
    }

    /// A row of table three with its total.
    fn row(&mut self, row: &str, counts: [i64; 6]) {
        for (column, n) in COLUMNS.iter().zip(counts) {
            self.put(&format!("requests.{row}.{column}"), n);
        }
        self.put(&format!("requests.{row}.total"), counts.iter().sum());
    }
}

fn draw_one(forms: &Forms, body: &Body, year: u16, before: &Going) -> (Figures, Going) {
    let mut dice = Dice::named(&format!("{} {year}", body.key));
    let mut writing = Writing { forms, figures: Figures::new() };
    let mut after = before.clone();
    after.carried = requests(&mut writing, &mut dice, body, year, before.carried);
    documents(&mut writing, &mut dice, body, &mut after);
    decisions(&mut writing, &mut dice, body, year, &mut after);
    (writing.figures, after)
}

/// Table three and four; gives what is carried to the next year.
fn requests(writing: &mut Writing<'_>, dice: &mut Dice, body: &Body, year: u16, carried_in: [i64; 6]) -> [i64; 6] {
    // The practice grows slowly: 5 % a year, as the national totals did in these years.
    let level = body.requests * (100 - 5 * u32::from(2024 - year)) / 100;
    let level = dice.around(i64::from(level), 18) as u32;
    let mut received = [0; 6];
    let mut carried_out = [0; 6];
    let mut outcomes = [[0; 6]; OUTCOMES.len()];
    let weights: Vec<u32> = OUTCOMES.iter().map(|o| o.1).collect();
    for (column, &n) in carried_in.iter().enumerate() {
        for _ in 0..n {
            outcomes[dice.weighted(&weights)][column] += 1;
        }
    }
    for _ in 0..dice.count(level) {
        let column = dice.weighted(&APPLICANTS);
        received[column] += 1;
        if !body.no_carry && dice.chance(55) {
            carried_out[column] += 1;
        } else {
            outcomes[dice.weighted(&weights)][column] += 1;
        }
    }
    let add = |rows: &[[i64; 6]]| std::array::from_fn(|c| rows.iter().map(|r| r[c]).sum());
    writing.row("received", received);
    writing.row("carried_in", carried_in);
    for ((row, _), counts) in OUTCOMES.iter().zip(outcomes) {
        writing.row(row, counts);
    }
    writing.row("other", add(&outcomes[18..]));
    let handled: [i64; 6] = add(&outcomes);
    writing.row("handled", handled);
    writing.row("carried_out", carried_out);
    review(writing, dice, handled.iter().sum());
    carried_out
}

fn review(writing: &mut Writing<'_>, dice: &mut Dice, handled: i64) {
    for (row, permille) in [("reconsideration", 60), ("direct_litigation", 15), ("litigation_after_reconsideration", 18)] {
        let mut counts = [0; 4];
        for _ in 0..handled {
            if dice.chance(permille) {
                counts[dice.weighted(&[66, 6, 18, 10])] += 1;
            }
        }
        for (column, n) in ["upheld", "corrected", "other", "pending"].iter().zip(counts) {
            writing.put(&format!("review.{row}.{column}"), n);
        }
        writing.put(&format!("review.{row}.total"), counts.iter().sum());
    }
}

/// Table two, (一): no body of a district makes rules.
fn documents(writing: &mut Writing<'_>, dice: &mut Dice, body: &Body, after: &mut Going) {
    for column in ["made", "published", "published_total", "issued", "repealed", "in_force"] {
        writing.put(&format!("proactive.rules.{column}"), 0);
    }
    let issued = dice.count(body.issued * 10).min(6);
    let repealed = if after.in_force > 2 && body.issued > 0 && dice.chance(220) { 1 } else { 0 };
    after.in_force += issued - repealed;
    after.published_total += issued;
    for (column, n) in [
        ("made", issued),
        ("published", issued),
        ("published_total", after.published_total),
        ("issued", issued),
        ("repealed", repealed),
        ("in_force", after.in_force),
    ] {
        writing.put(&format!("proactive.normative_documents.{column}"), n);
    }
}

/// Table two, the rest.
fn decisions(writing: &mut Writing<'_>, dice: &mut Dice, body: &Body, year: u16, after: &mut Going) {
    let growth = 100 - 2 * i64::from(2024 - year);
    let levels = [
        ("licensing", body.licensing),
        ("other_services", body.services),
        ("penalties", body.penalties),
        ("coercion", body.coercion),
    ];
    for (i, (row, level)) in levels.into_iter().enumerate() {
        let change = if after.items[i] == 0 { 0 } else { i64::from(dice.below(6)) - 2 };
        writing.put(&format!("proactive.{row}.items_last_year"), after.items[i]);
        writing.put(&format!("proactive.{row}.items_change"), change);
        after.items[i] += change;
        writing.put(&format!("proactive.{row}.decisions"), dice.around(level * growth / 100, 12));
    }
    let change = if after.items[4] == 0 { 0 } else { i64::from(dice.below(3)) - 1 };
    writing.put("proactive.fees.items_last_year", after.items[4]);
    writing.put("proactive.fees.items_change", change);
    after.items[4] += change;
    let fees = money(dice, body.fees * growth / 100);
    writing.put_number("proactive.fees.amount", fees);
    let projects = if body.requests < 100 { 0 } else { dice.count(body.requests.min(900)) };
    writing.put("proactive.procurement.projects", projects);
    let amount = money(dice, projects * 27);
    writing.put_number("proactive.procurement.amount", amount);
}

/// An amount in 万元, whole 元.
fn money(dice: &mut Dice, wan: i64) -> Number {
    let tail = i64::from(dice.below(10_000)) * 100;
    Number::from_millionths(if wan == 0 { 0 } else { dice.around(wan * Number::SCALE, 9) / Number::SCALE * Number::SCALE + tail })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nianbao_form::{Identity, Term};

    fn at(figures: &Figures, cell: Cell) -> i64 {
        figures.get(&cell).map_or(0, |n| n.millionths())
    }

    fn sum(figures: &Figures, terms: &[Term]) -> i64 {
        terms.iter().map(|t| t.sign * at(figures, t.cell)).sum()
    }

    #[test]
    fn identities_hold_in_every_year() {
        let forms = Forms::built_in();
        let bodies = Bodies::parse(include_str!("../district.toml"));
        for ((key, year), figures) in draw(forms, &bodies, 2019..=2024) {
            let Some(form) = forms.for_year(year).map(|ix| forms.form(ix)) else { panic!("{year}") };
            for cell in &form.cells {
                assert!(figures.contains_key(cell), "{key} {year} {}", forms.id(*cell));
            }
            let net = |i: &Identity| i.terms().map(|(c, k)| k * at(&figures, c)).sum::<i64>();
            for identity in &form.identities {
                assert_eq!(net(identity), 0, "{key} {year} {}", identity.key());
            }
        }
    }

    #[test]
    fn chains_hold_through_the_merger() {
        let forms = Forms::built_in();
        let bodies = Bodies::parse(include_str!("../district.toml"));
        let truth = draw(forms, &bodies, 2019..=2024);
        let mut links = 0;
        for year in 2020..=2024 {
            let Some(form) = forms.for_year(year).map(|ix| forms.form(ix)) else { panic!("{year}") };
            for body in bodies.body.iter().filter(|b| b.exists(year)) {
                let before: Vec<&str> = match body.exists(year - 1) {
                    true => vec![&body.key],
                    false => bodies.body.iter().filter(|b| b.successor == body.key).map(|b| b.key.as_str()).collect(),
                };
                let this = &truth[&(body.key.clone(), year)];
                for chain in form.chains.iter().filter(|c| year != form.from || c.across) {
                    let last: i64 = before.iter().map(|k| sum(&truth[&((*k).to_owned(), year - 1)], &chain.last)).sum();
                    assert_eq!(sum(this, &chain.this), last, "{} {year} {} {}", body.key, chain.name, chain.instance);
                    links += 1;
                }
            }
        }
        assert!(links > 1000, "{links}");
    }
}
