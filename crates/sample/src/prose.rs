//! The words of a report: sentences of `prose.toml`, drawn and filled with the report's own figures.

use std::collections::{BTreeMap, BTreeSet};

use nianbao_form::{Forms, Number};

use crate::bodies::Body;
use crate::dice::Dice;
use crate::figures::Figures;

type Pools = BTreeMap<String, Vec<String>>;

/// Sentences by kind.
pub(crate) struct Prose(Pools);

/// Paragraphs of each section of words.
pub(crate) type Sections = BTreeMap<&'static str, Vec<String>>;

struct Writer<'a> {
    pools: &'a Pools,
    dice: Dice,
    names: Vec<(&'static str, String)>,
    used: BTreeSet<String>,
}

impl Prose {
    pub(crate) fn load() -> Prose {
        match toml::from_str(include_str!("../prose.toml")) {
            Ok(pools) => Prose(pools),
            Err(error) => panic!("prose.toml: {error}"),
        }
    }

    /// The words of a body's report.
    pub(crate) fn write(&self, forms: &Forms, body: &Body, name: &str, year: u16, figures: &Figures) -> Sections {
        let figure = |id: &str| forms.cell(id).and_then(|c| figures.get(&c)).copied().unwrap_or(Number::ZERO);
        let dice = Dice::named(&format!("words {} {year}", body.key));
        let names = names(body, name, year, &figure);
        let mut w = Writer { pools: &self.0, dice, names, used: BTreeSet::new() };
        let any = |id: &str| figure(id) > Number::ZERO;
        let documents = if any("proactive.normative_documents.issued") { "documents_some" } else { "documents_none" };
        let asked = any("requests.received.total") || any("requests.carried_in.total");
        let reviews = ["reconsideration", "direct_litigation", "litigation_after_reconsideration"];
        let review = if reviews.iter().any(|r| any(&format!("review.{r}.total"))) { "review_some" } else { "review_none" };
        let parts = [
            ("主动公开", vec!["proactive", "proactive", documents]),
            ("依申请公开", if asked { vec!["requests_some", "requests_habit", review] } else { vec!["requests_none", review] }),
            ("政府信息管理", vec!["management"]),
            ("平台建设", vec!["platform", "platform"]),
            ("监督保障", vec!["supervision", "supervision"]),
        ];
        let mut overview = vec![w.sentence("opening")];
        for (i, (title, kinds)) in parts.iter().enumerate() {
            let number = ["一", "二", "三", "四", "五"][i];
            let text: String = kinds.iter().map(|k| w.sentence(k)).collect();
            let title = if year < 2021 && w.dice.chance(300) { String::new() } else { format!("（{number}）{title}。") };
            overview.push(format!("{title}{text}"));
        }
        let problems = w.problems();
        let other = vec![w.sentence("other_fee") + &w.sentence("other_more")];
        BTreeMap::from([("overview", overview), ("problems", problems), ("other_matters", other)])
    }
}

fn names(body: &Body, name: &str, year: u16, figure: &dyn Fn(&str) -> Number) -> Vec<(&'static str, String)> {
    let total = |row: &str| figure(&format!("requests.{row}.total")).to_string();
    // Another subject stands in front each year.
    let topic = |i: usize| body.topics.get((i + usize::from(year)) % body.topics.len().max(1)).cloned().unwrap_or_default();
    let litigation = figure("review.direct_litigation.total") + figure("review.litigation_after_reconsideration.total");
    vec![
        ("us", body.us.clone()),
        ("agency", name.to_owned()),
        ("year", year.to_string()),
        ("next", (year + 1).to_string()),
        ("received", total("received")),
        ("carried_in", total("carried_in")),
        ("handled", total("handled")),
        ("carried_out", total("carried_out")),
        ("disclosed", total("disclosed")),
        ("partly", total("partly_disclosed")),
        ("issued", figure("proactive.normative_documents.issued").to_string()),
        ("in_force", figure("proactive.normative_documents.in_force").to_string()),
        ("reconsideration", figure("review.reconsideration.total").to_string()),
        ("litigation", litigation.to_string()),
        ("topic", topic(0)),
        ("topic2", topic(1)),
    ]
}

impl Writer<'_> {
    /// A sentence of a kind that this report does not have yet.
    fn sentence(&mut self, kind: &str) -> String {
        let Some(pool) = self.pools.get(kind) else { panic!("prose.toml: no `{kind}`") };
        let fresh: Vec<&String> = pool.iter().filter(|s| !self.used.contains(*s)).collect();
        let chosen = (*self.dice.pick(&fresh)).clone();
        self.used.insert(chosen.clone());
        let mut text = chosen;
        for (name, value) in &self.names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        for (name, low, high) in [("{many}", 80, 420), ("{some}", 12, 68), ("{few}", 2, 9), ("{few2}", 3, 15)] {
            text = text.replace(name, &(low + self.dice.below(high - low)).to_string());
        }
        text
    }

    fn problems(&mut self) -> Vec<String> {
        let lead = self.sentence("problems_lead");
        let (a, b) = (self.sentence("problems"), self.sentence("problems"));
        let lead2 = self.sentence("improvements_lead");
        let (c, d) = (self.sentence("improvements"), self.sentence("improvements"));
        vec![format!("{lead}一是{a}二是{b}"), format!("{lead2}一是{c}二是{d}")]
    }
}
