//! A made-up district, and the real figures of the US form: what charts are tried on. The district's figures are invented;
//! they only have the shape of real ones (few agencies get most requests).

use std::collections::BTreeMap;
use std::path::Path;

use nianbao_compile::{Compilation, compile};
use nianbao_form::{Agency, Finding, Forms, Number, Place, Registry, Report, Reports, Severity, Subject, Value};

/// Everything that a chart draws from.
pub(crate) struct World {
    pub(crate) forms: Forms,
    pub(crate) registry: Registry,
    pub(crate) compilation: Compilation,
    pub(crate) findings: Vec<Finding>,
}

const AGENCIES: [(&str, &str, u64); 32] = [
    ("铁山区人民政府办公室", "office", 9),
    ("铁山区发展和改革局", "bureau", 5),
    ("铁山区教育局", "bureau", 6),
    ("铁山区科学技术和经济信息化局", "bureau", 2),
    ("铁山区民政局", "bureau", 4),
    ("铁山区司法局", "bureau", 2),
    ("铁山区财政局", "bureau", 4),
    ("铁山区人力资源和社会保障局", "bureau", 7),
    ("铁山区住房和城乡建设局", "bureau", 26),
    ("铁山区交通运输局", "bureau", 3),
    ("铁山区农业农村和水利局", "bureau", 3),
    ("铁山区商务局", "bureau", 1),
    ("铁山区文化和旅游局", "bureau", 2),
    ("铁山区卫生健康局", "bureau", 4),
    ("铁山区退役军人事务局", "bureau", 1),
    ("铁山区应急管理局", "bureau", 2),
    ("铁山区审计局", "bureau", 1),
    ("铁山区市场监督管理局", "bureau", 12),
    ("铁山区统计局", "bureau", 1),
    ("铁山区医疗保障局", "bureau", 1),
    ("铁山区城市管理执法局（城市管理委员会）", "bureau", 14),
    ("铁山区行政审批局（政务服务和大数据管理局）", "bureau", 3),
    ("铁山区档案馆", "bureau", 1),
    ("铁山区征地拆迁和房屋征收补偿服务中心", "office", 18),
    ("黄石市自然资源和规划局铁山分局", "bureau", 31),
    ("黄石市公安局铁山区分局", "bureau", 11),
    ("铁山区铁山街道办事处", "sub-district", 8),
    ("铁山区鹿獐山街道办事处", "sub-district", 5),
    ("铁山区木栏乡人民政府", "town", 4),
    ("铁山区熊家境镇人民政府", "town", 3),
    ("铁山区商务和粮食局", "bureau", 1),
    ("铁山区经济开发区管理委员会", "zone", 4),
];

/// Position of those who merged, were founded later, and did not report.
const MERGED: usize = 30;
const FOUNDED: usize = 31;
const MISSING: usize = 22;
/// Position of the one whose report of 2024 lacks a figure.
const PARTIAL: usize = 9;

type Figures = BTreeMap<String, i64>;

/// The made-up district, 2019 to 2024.
pub(crate) fn district() -> World {
    let forms = Forms::built_in().clone();
    let mut agencies = vec![Agency {
        id: "TS".into(),
        name: "铁山区".into(),
        kind: "district".into(),
        reports: Reports::Compiled,
        ..Agency::default()
    }];
    for (i, (name, kind, _)) in AGENCIES.iter().enumerate() {
        agencies.push(Agency {
            id: format!("TS-{i:03}"),
            name: (*name).into(),
            kind: (*kind).into(),
            parent: "TS".into(),
            from: (i == FOUNDED).then_some(2022),
            to: (i == MERGED).then_some(2020),
            ..Agency::default()
        });
    }
    let (registry, _) = Registry::new(agencies);
    let mut random = Random(7);
    let mut reports = Vec::new();
    for (i, (name, _, size)) in AGENCIES.iter().enumerate() {
        let id = format!("TS-{i:03}");
        let mut carried = [0; 6];
        for year in 2019..=2024u16 {
            if (i == MERGED && year > 2020) || (i == FOUNDED && year < 2022) {
                continue;
            }
            let missing = i == MISSING && year == 2024;
            if !missing {
                let mut figures = report(&mut random, *size, year, &mut carried);
                if i == PARTIAL && year == 2024 {
                    figures.retain(|cell, _| !cell.starts_with("proactive.licensing"));
                }
                reports.push(filled(&forms, name, Some(&id), year, &figures));
            }
        }
    }
    let compilation = compile(&forms, &registry, &reports.iter().collect::<Vec<_>>(), None).expect("adds up");
    World { forms, registry, compilation, findings: findings() }
}

/// Splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1)) as i64
    }
}

const COLUMNS: [&str; 6] = [
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organisation",
    "legal_service_organisation",
    "other_organisation",
];
const OUTCOMES: [(&str, u64); 6] = [
    ("disclosed", 46),
    ("partly_disclosed", 12),
    ("refused.third_party_rights", 9),
    ("unavailable.not_held", 22),
    ("not_processed.petition_or_complaint", 6),
    ("other", 5),
];

fn report(random: &mut Random, size: u64, year: u16, carried: &mut [i64; 6]) -> Figures {
    let mut figures = Figures::new();
    let mut put = |id: String, v: i64| *figures.entry(id).or_default() += v;
    let shares = [70, 14, 0, 2, 9, 5];
    for (j, column) in COLUMNS.iter().enumerate() {
        let mean = size * shares[j] * u64::from(year - 2013) / 500;
        let seldom = u64::from(shares[j] > 4 && random.below(3) == 0);
        let received = random.below(mean * 2 + seldom * 2);
        let (carried_in, due) = (carried[j], received + carried[j]);
        let carried_out = random.below((due / 8 + 1) as u64 + u64::from(due > 3)).min(due);
        carried[j] = carried_out;
        let handled = due - carried_out;
        for (id, v) in [("received", received), ("carried_in", carried_in), ("handled", handled), ("carried_out", carried_out)] {
            put(format!("requests.{id}.{column}"), v);
            put(format!("requests.{id}.total"), v);
        }
        for _ in 0..handled {
            let mut at = random.below(100) as u64;
            let outcome = OUTCOMES
                .iter()
                .find(|(_, w)| {
                    at < *w || {
                        at -= w;
                        false
                    }
                })
                .map_or("disclosed", |o| o.0);
            let id = if outcome == "other" && year > 2020 { "other.other" } else { outcome };
            put(format!("requests.{id}.{column}"), 1);
            put(format!("requests.{id}.total"), 1);
        }
    }
    for row in ["reconsideration", "direct_litigation", "litigation_after_reconsideration"] {
        for (column, most) in [("upheld", 4), ("corrected", 2), ("other", 2), ("pending", 2)] {
            let v = if size > 8 { random.below(most) } else { 0 };
            put(format!("review.{row}.{column}"), v);
            put(format!("review.{row}.total"), v);
        }
    }
    for (id, per) in [("licensing", 900), ("penalties", 40), ("coercion", 3)] {
        put(format!("proactive.{id}.decisions"), random.below(size * per + 1));
    }
    let column = if year > 2020 { "in_force" } else { "published_total" };
    put(format!("proactive.normative_documents.{column}"), random.below(size) + size as i64);
    put(format!("proactive.normative_documents.{}", if year > 2020 { "issued" } else { "made" }), random.below(3));
    put(format!("proactive.rules.{column}"), 0);
    figures
}

fn findings() -> Vec<Finding> {
    let plan = [
        (1, "row-total", 2),
        (8, "balance", 3),
        (24, "suspect-cell", 1),
        (24, "prose-figure", 4),
        (17, "copied", 1),
        (2, "thin-section", 2),
        (9, "missing-total", 5),
        (20, "outlier", 1),
        (22, "missing-report", 1),
    ];
    let mut list = Vec::new();
    for (agency, rule, n) in plan {
        for k in 0..n {
            let subject = Subject {
                agency_id: format!("TS-{agency:03}"),
                agency: AGENCIES[agency].0.into(),
                year: 2024,
                report: String::new(),
            };
            list.push(Finding::of(rule, &subject).values(k.to_string(), "0").build());
        }
    }
    assert!(list.iter().any(|f| f.severity == Severity::Error));
    list
}

/// The real figures of United States agencies, 2008 to 2020.
pub(crate) fn us_foia(root: &Path) -> World {
    let forms = Forms::with_files(&[root.join("data/forms/us-foia.toml")]).expect("form file");
    let text = std::fs::read_to_string(root.join("data/us-foia/cells-2008-2020.csv")).expect("figures");
    let mut reports: BTreeMap<(String, u16), Figures> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut fields = line.rsplitn(5, ',');
        let (value, cell, _form, year, agency) = (fields.next(), fields.next(), fields.next(), fields.next(), fields.next());
        let agency = agency.expect("agency").trim_matches('"').to_owned();
        let year: u16 = year.and_then(|y| y.parse().ok()).expect("year");
        if let Some(v) = value.and_then(|v| v.parse().ok()) {
            reports.entry((agency, year)).or_default().insert(cell.expect("cell").to_owned(), v);
        }
    }
    let reports: Vec<Report> = reports.iter().map(|((agency, year), f)| filled(&forms, agency, None, *year, f)).collect();
    let compilation = compile(&forms, &Registry::default(), &reports.iter().collect::<Vec<_>>(), None).expect("adds up");
    World { forms, registry: Registry::default(), compilation, findings: Vec::new() }
}

fn filled(forms: &Forms, agency: &str, id: Option<&str>, year: u16, figures: &Figures) -> Report {
    let form = forms.for_year(year).expect("a form");
    let mut report = Report::new(forms, format!("{agency}{year}"), agency, year, form);
    report.agency_id = id.map(str::to_owned);
    for &cell in &forms.form(form).cells {
        // A blank total beside nothing is 0 here: the made-up reports are complete.
        if let Some(&v) =
            figures.get(forms.id(cell)).or(id.map(|_| &0).filter(|_| !forms.id(cell).starts_with("proactive.licensing")))
        {
            report.set(cell, Value::number(Number::whole(v).expect("in range"), v.to_string(), Place::Unknown));
        }
    }
    report
}
