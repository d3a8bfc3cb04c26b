//! A small made-up district for tests and for looking at documents: no generator of realistic figures, only every case
//! that a document has to show.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)]

use std::collections::BTreeMap;

use nianbao_chart::Picture;
use nianbao_compile::Compilation;
use nianbao_form::{
    Agency, Cell, Finding, Forms, Layout, Number, Place, Registry, Report, Severity, State, Status, Subject, Value,
};
use nianbao_intake::{Receipt, Status as Fate};
use nianbao_publish::{Edition, Entry, Input, Notices, RunRecord};

pub const YEAR: u16 = 2024;

pub struct World {
    pub forms: &'static Forms,
    pub registry: Registry,
    pub receipts: Vec<Receipt>,
    pub findings: Vec<Finding>,
    pub compilation: Compilation,
    pub charts: Vec<(Picture, Vec<u8>)>,
}

fn name(i: usize) -> String {
    let names = [
        "教育局",
        "科学技术局",
        "公安分局",
        "民政局",
        "司法局",
        "财政局",
        "自然资源局",
        "住房和城乡建设局",
        "水务局",
        "农业农村局",
    ];
    match i {
        1 => "=HYPERLINK(\"x\")<script>alert(1)</script>局".to_owned(),
        2 => "青山区市场监督管理局（知识产权局）".to_owned(),
        _ if i < names.len() => format!("青山区{}", names[i]),
        _ => format!("青山区第{}街道办事处", i - names.len() + 1),
    }
}

/// A little generator of its own: the same on every machine.
fn dice(seed: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03;
    x ^= x >> 30;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 27)
}

fn report(forms: &Forms, agency: &Agency, i: usize, year: u16) -> Report {
    let ix = forms.for_year(year).unwrap();
    let form = forms.form(ix);
    let mut report = Report::new(forms, format!("{year}/{}.docx", agency.id), agency.name.clone(), year, ix);
    report.agency_id = Some(agency.id.clone());
    for (n, &cell) in form.cells.iter().enumerate() {
        let def = form.def(cell).unwrap();
        let block = &form.blocks[def.block];
        let at = Place::Table { table: 1 + def.block as u32, row: 1 + def.row as u32, column: 2 + def.column as u32 };
        let roll = dice((i * 1000 + n) as u64 * 31 + u64::from(year));
        let blank = block.layout == Layout::Matrix && !def.total && i % 4 == 3;
        let value = if blank {
            let mut value = Value::without(State::Blank, "", at);
            if roll.is_multiple_of(3) {
                value = Value {
                    state: State::Number,
                    number: Some(Number::ZERO),
                    derived: Some("row-total:received".into()),
                    ..value
                };
            }
            value
        } else if i == 4 && def.row == 0 {
            Value::without(State::None, "/", at)
        } else {
            let whole = Number::whole((roll % 100 / 60 * (roll % 37)) as i64).unwrap();
            let amount = Number::from_millionths((roll % 9_000_000_000) as i64);
            let money = forms.kind(cell) == nianbao_form::Kind::Amount;
            let number = if money { amount } else { whole };
            Value::number(number, number.to_string(), at)
        };
        report.set(cell, value);
    }
    if i == 5 {
        // One that leaves a whole column out.
        for &cell in form.cells.iter().filter(|c| form.def(**c).unwrap().column == 2) {
            report.set(cell, Value::without(State::Blank, "", Place::Unknown));
        }
        report.set(form.cells[0], Value::without(State::Text, "见附件", Place::Line(3)));
    }
    report
}

fn findings(forms: &Forms, reports: &[&Report]) -> Vec<Finding> {
    let all: Vec<&&Report> = reports.iter().filter(|r| r.year == YEAR).collect();
    let of = |i: usize| all[i % all.len()];
    let ix = forms.for_year(YEAR).unwrap();
    let form = forms.form(ix);
    let total = *form.cells.iter().find(|c| form.def(**c).unwrap().total && form.block_of(**c).unwrap().rows.len() > 10).unwrap();
    let other = *form.cells.last().unwrap();
    let mut findings = Vec::new();
    let suspect = |r: &Report, cell: Cell, want: &str, rank: usize| {
        let found = r.counts_as(cell).map(|n| n.to_string()).unwrap_or_default();
        Finding::of("suspect-cell", &Subject::of(r))
            .cell(forms, cell, found.clone(), want)
            .suggest(want)
            .with("cell", form.name(cell))
            .with("count", "2")
            .with("identities", "各列收办平衡")
            .with("ties", "")
            .with("slip", "")
            .at(&r.value(cell).place)
            .alternative("一个错误，两种改法", rank)
            .build()
    };
    for i in [0, 1, 2] {
        let r = of(i);
        let mut first = suspect(r, total, "12", 1);
        first.influence = Some(0.123_456_7);
        let cause = first.cause_key().to_owned();
        findings.push(first);
        findings.push(suspect(r, other, "3", 2));
        let mut folded = Finding::of("row-total", &Subject::of(r))
            .cell(forms, total, "14", "12")
            .with("identity", "“本年新收”各类申请人之和等于总计")
            .with("detail", "5＋7＝12，总计14")
            .with("difference", "2")
            .build();
        folded.cause = Some(cause);
        findings.push(folded);
    }
    let r = of(2);
    findings.push(
        Finding::of("outlier", &Subject::of(r))
            .cell(forms, total, "200", "3–20")
            .with("slip", "疑似多写一位（扩大10倍）：“本年新收（总计）”现为200件，更正后应为20件")
            .with("evidence", "“本年新收（总计）”本单位2020—2023依次为3、12、8、15件，预计3—20件")
            .with("ratio", "更正后的数据出现的可能性是现数据的约900倍")
            .with("reports", "21")
            .with("false_alarms", "5")
            .severity(Some(Severity::Warning))
            .build(),
    );
    let mut settled = Finding::of("unit", &Subject::of(of(4)))
        .cell(forms, form.cells[10], "251000元", "")
        .with("cell", form.name(form.cells[10]))
        .with("reason", "金额过大")
        .build();
    settled.status = Status::Explained;
    findings.push(settled);
    findings
        .push(Finding::of("missing-section", &Subject::of(of(6))).with("section", "五").severity(Some(Severity::Info)).build());
    findings
}

/// `agencies` agencies, the last of which has not reported this year, from `first` to this year.
pub fn world(agencies: usize, first: u16) -> World {
    let forms = Forms::built_in();
    let mut list = vec![Agency {
        id: "Q".into(),
        name: "青山区".into(),
        kind: "district".into(),
        reports: nianbao_form::Reports::None,
        ..Agency::default()
    }];
    list.extend((0..agencies).map(|i| Agency {
        id: format!("QS-{i:03}"),
        name: name(i),
        kind: if i < 10 { "bureau".into() } else { "sub-district".into() },
        parent: "Q".into(),
        ..Agency::default()
    }));
    let (registry, _) = Registry::new(list);
    let years: Vec<u16> = (first..=YEAR).collect();
    let mut receipts = Vec::new();
    for &year in &years {
        for (i, agency) in registry.agencies().iter().skip(1).enumerate() {
            if year == YEAR && i + 1 == agencies {
                continue;
            }
            let report = report(forms, agency, i, year);
            receipts.push(receipt(&report.source.clone(), Fate::Read, "", vec![report]));
        }
    }
    receipts.push(receipt("2024/扫描件.docx", Fate::Unreadable, "文件已加密", Vec::new()));
    let reports: Vec<&Report> = receipts.iter().flat_map(|r| &r.reports).collect();
    let compilation = nianbao_compile::compile(forms, &registry, &reports, Some("Q")).unwrap();
    let findings = findings(forms, &reports);
    let picture = |n: usize| {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"360\" viewBox=\"0 0 640 360\"><rect width=\"640\" height=\"360\" fill=\"#eef\"/><text x=\"40\" y=\"60\" font-size=\"24\">图{n}</text></svg>"
        );
        (
            Picture {
                name: format!("chart-{n}"),
                title: format!("图{n}"),
                caption: format!("图{n}：新收申请逐年上升"),
                svg,
                table: nianbao_chart::Table {
                    columns: vec!["年份".into(), "新收申请".into()],
                    rows: vec![vec!["2024".into(), "1,234".into()]],
                },
                file: "kind = \"rank\"\ntitle = \"{finding}\"\nsubtitle = \"\"\nseries = [ { id = \"requests_received\" } ]\n"
                    .into(),
            },
            vec![0x89, b'P', b'N', b'G'],
        )
    };
    World { forms, registry, receipts, findings, compilation, charts: (1..=3).map(picture).collect() }
}

fn receipt(name: &str, status: Fate, reason: &str, reports: Vec<Report>) -> Receipt {
    Receipt {
        name: name.into(),
        format: "docx".into(),
        bytes: 1234,
        sha256: "ab".repeat(32),
        status,
        reason: reason.into(),
        reason_en: reason.into(),
        reports,
    }
}

impl World {
    pub fn entries(&self) -> Vec<Entry<'_>> {
        let each = self.receipts.iter().enumerate();
        each.flat_map(|(receipt, r)| {
            r.reports.iter().map(move |report| Entry { report, receipt, counted: true, superseded: false })
        })
        .collect()
    }

    pub fn edition<'a>(&'a self, entries: &'a [Entry<'a>]) -> Edition<'a> {
        Edition {
            forms: self.forms,
            registry: &self.registry,
            year: YEAR,
            lang: "zh",
            receipts: &self.receipts,
            entries,
            findings: &self.findings,
            compilation: &self.compilation,
            charts: &self.charts,
            texts: BTreeMap::from([(
                "problems".to_owned(),
                "## （一）存在的问题\n部分单位**报送不及时**。\n- 培训不够\n\n## （二）改进措施\n加强<督促>。".to_owned(),
            )]),
            reconciliation: None,
            received: BTreeMap::from([("2024/QS-000.docx".to_owned(), "2025-01-20".to_owned())]),
            notices: Notices {
                severities: vec![Severity::Error, Severity::Warning],
                answer_by: "2025年2月20日".into(),
                from: String::new(),
                deadline: "2025-01-31".into(),
                thanks: false,
            },
            group_name: "江城市青山区".into(),
            office: "江城市青山区政务公开办公室".into(),
            record: RunRecord {
                inputs: vec![Input {
                    path: "reports/a.docx".into(),
                    sha256: "00".into(),
                    bytes: 3,
                    kind: nianbao_publish::InputKind::Report,
                }],
                options: serde_json::json!({"year": 2024}),
                versions: BTreeMap::from([("nianbao".to_owned(), "0.1.0".to_owned())]),
                started: "2025-02-10T08:00:00Z".into(),
                durations: BTreeMap::from([("read".to_owned(), 0.5)]),
            },
        }
    }
}
