//! The district's inbox: every report of six years as a file, the registry, and the office's own tables.

use std::collections::BTreeMap;

use nianbao_form::{Forms, Number};

use crate::bodies::{Bodies, Body};
use crate::dice::Dice;
use crate::figures::{self, Figures};
use crate::planted::{self, Planter, Row};
use crate::prose::Prose;
use crate::sheet::{Format, Sheet, Style};
use crate::{Files, Reading};
use crate::{table, write};

const YEARS: std::ops::RangeInclusive<u16> = 2019..=2024;
/// The agency of the real example report, whose figures are carried as normalised cells; its id is not a credit code.
const EXAMPLE: (&str, &str) = ("EXAMPLE-2020", "开发区·铁山区档案馆");

/// Where reports are put, and what happens on the way.
struct Inbox<'a> {
    forms: &'a Forms,
    files: &'a mut Files,
    planter: Planter<'a>,
    received: Vec<Vec<String>>,
    readings: BTreeMap<String, Reading>,
}

/// Writes all of it; gives what stands in each report.
pub(crate) fn district(forms: &Forms, files: &mut Files) -> BTreeMap<String, Reading> {
    let bodies = Bodies::parse(include_str!("../district.toml"));
    let prose = Prose::load();
    let truth = figures::draw(forms, &bodies, YEARS);
    let planter = Planter { forms, truth: &truth, rows: Vec::new() };
    let mut inbox = Inbox { forms, files, planter, received: Vec::new(), readings: BTreeMap::new() };
    for ((key, year), figures) in &truth {
        let body = bodies.get(key);
        let mut sheet = sheet(forms, body, *year, figures);
        planted::dress(&mut sheet);
        add_local_row(forms, &mut sheet);
        sheet.file = file_name(&sheet);
        inbox.planter.change_figures(&mut sheet);
        sheet.words = prose.write(forms, body, &sheet.agency, *year, &sheet.figures);
        if sheet.style.format != Format::Csv {
            inbox.planter.spoil(&mut sheet);
        }
        inbox.post(sheet);
    }
    inbox.post_park(&bodies, &prose);
    let Inbox { files, planter, mut received, readings, .. } = inbox;
    example(forms, files);
    files.insert("agencies.csv".to_owned(), registry(&bodies));
    files.insert("planted.csv".to_owned(), listed(planter.rows));
    received.sort();
    files.insert("received.csv".to_owned(), table(&["report", "date"], received));
    office(forms, files, &truth, &bodies);
    readings
}

/// A body's report before anything happens to it.
pub(crate) fn sheet(forms: &Forms, body: &Body, year: u16, figures: &Figures) -> Sheet {
    let mut dice = Dice::named(&format!("dress {} {year}", body.key));
    let received = forms.cell("requests.received.total").and_then(|c| figures.get(&c)).copied().unwrap_or(Number::ZERO);
    let style = Style::draw(&mut dice, year, received > Number::ZERO);
    let name = body.name_in(year);
    let agency = match body.aliases.first() {
        Some(alias) if year < 2024 && dice.chance(200) => alias.as_str(),
        _ => name,
    };
    let Some(form) = forms.for_year(year) else { panic!("no form for {year}") };
    Sheet {
        key: body.key.clone(),
        agency_id: body.id(),
        agency: agency.to_owned(),
        short: if name == body.name { body.short.clone() } else { name.to_owned() },
        year,
        form,
        figures: figures.clone(),
        texts: BTreeMap::new(),
        words: BTreeMap::new(),
        style,
        without: Vec::new(),
        no_table: Vec::new(),
        twice: Vec::new(),
        extra: Vec::new(),
        local: false,
        file: String::new(),
    }
}

/// One agency adds the row 其他主动公开文件, as the real example does.
fn add_local_row(forms: &Forms, sheet: &mut Sheet) {
    if sheet.key != "office" || sheet.year > 2020 {
        return;
    }
    sheet.local = true;
    let count = i64::from(Dice::named(&format!("local {}", sheet.year)).below(40)) + 60;
    for (column, n) in [("made", count), ("published", count - 4), ("published_total", count + 214)] {
        if let Some(cell) = forms.cell(&format!("proactive.other_documents.{column}")) {
            sheet.figures.insert(cell, Number::from_millionths(n * Number::SCALE));
        }
    }
}

fn file_name(sheet: &Sheet) -> String {
    let Sheet { agency, short, year, .. } = sheet;
    let extension = sheet.style.format.extension();
    let stem = match sheet.style.file_name {
        0 => format!("{agency}{year}年政府信息公开工作年度报告"),
        1 => format!("{agency}{year}年年报"),
        2 => format!("{year}年度政府信息公开年报（{short}）"),
        _ => format!("{short}{year}年报"),
    };
    format!("{year}/{stem}.{extension}")
}

/// The report as bytes.
pub(crate) fn bytes(forms: &Forms, sheet: &Sheet) -> Vec<u8> {
    let parts = sheet.parts(forms);
    match sheet.style.format {
        Format::Docx => write::docx(&parts, sheet.style.split),
        Format::Html { old } => write::html(sheet, &parts, old),
        Format::Lines { old } => write::lines(&parts, old),
        Format::Tabs => write::tabs(&parts),
        Format::Csv => write::cells(forms, sheet),
    }
}

impl Inbox<'_> {
    /// Puts a report into the inbox, with what happens on the way there.
    fn post(&mut self, mut sheet: Sheet) {
        let mut day = None;
        match (sheet.key.as_str(), sheet.year) {
            ("wanglan", 2024) => {
                sheet.file.clear();
                self.planter.file_row(&sheet, "missing-report", "至2月仍未报送");
                return;
            }
            ("civil-affairs", 2024) => {
                sheet.file = "2024/区民政局2024年报（终稿）.docx".to_owned();
                let mut draft = self.planter.draft_of(&sheet);
                draft.file = "2024/区民政局2024年报.docx".to_owned();
                self.planter.file_row(&sheet, "duplicate-report", "终稿报送后初稿未撤回");
                self.put(&draft, Some("2025-01-14"));
                day = Some("2025-01-22".to_owned());
            }
            ("industry", 2024) => {
                self.planter.file_row(&sheet, "late-report", "2月7日报送，规定为1月31日前");
                day = Some("2025-02-07".to_owned());
            }
            ("environment", 2024) => {
                if let Some(count) = self.forms.cell(CORRECTED).and_then(|c| sheet.figures.get_mut(&c)) {
                    *count += Number::from_millionths(Number::SCALE);
                }
            }
            _ => {}
        }
        let drawn = || format!("2025-01-{:02}", 9 + Dice::named(&format!("post {}", sheet.key)).below(22));
        let day = if sheet.year == 2024 { Some(day.unwrap_or_else(drawn)) } else { None };
        self.put(&sheet, day.as_deref());
    }

    fn put(&mut self, sheet: &Sheet, day: Option<&str>) {
        if let Some(day) = day {
            self.received.push(vec![sheet.file.clone(), day.to_owned()]);
        }
        let form = self.forms.form(sheet.form);
        let printed = |cell| {
            let section = form.block_of(cell).map_or("", |b| b.section.as_str());
            !sheet.texts.contains_key(&cell) && !sheet.no_table.contains(&section)
        };
        let reading = write::reading(self.forms, sheet).into_iter().filter(|r| printed(r.0));
        let reading = reading.map(|(cell, state, value)| (self.forms.id(cell).to_owned(), state, value)).collect();
        self.readings.insert(sheet.file.clone(), reading);
        let old = self.files.insert(format!("reports/{}", sheet.file), bytes(self.forms, sheet));
        assert!(old.is_none(), "two reports of one name: {}", sheet.file);
    }

    /// A body that the registry does not know.
    fn post_park(&mut self, bodies: &Bodies, prose: &Prose) {
        let mut body = bodies.get("industry").clone();
        body.key = "park".to_owned();
        body.name = "青屿高新技术产业园管理委员会".to_owned();
        body.us = "我委".to_owned();
        body.topics = ["园区规划", "入园企业服务", "标准厂房租赁"].map(str::to_owned).to_vec();
        let alone = Bodies { district: bodies_head(), group: Vec::new(), body: vec![body.clone()] };
        let truth = figures::draw(self.forms, &alone, 2024..=2024);
        let Some(figures) = truth.get(&(body.key.clone(), 2024)) else { return };
        let mut sheet = sheet(self.forms, &body, 2024, figures);
        sheet.style.format = Format::Docx;
        sheet.agency_id.clear();
        sheet.words = prose.write(self.forms, &body, &body.name, 2024, figures);
        sheet.file = "2024/青屿高新技术产业园管理委员会2024年年报.docx".to_owned();
        self.planter.file_row(&sheet, "unknown-agency", "新设单位，名录中还没有");
        self.put(&sheet, Some("2025-01-24"));
    }
}

fn bodies_head() -> crate::bodies::Group {
    Bodies::parse(include_str!("../district.toml")).district
}

/// The real example report as normalised cells: sixty figures, all 0 but one, and blanks.
fn example(forms: &Forms, files: &mut Files) {
    let (id, name) = EXAMPLE;
    let Some(form) = forms.find("2019").map(|ix| forms.form(ix)) else { return };
    let local = ["made", "published", "published_total"].map(|c| format!("proactive.other_documents.{c}"));
    let mut rows = Vec::new();
    for cell in form.cells.iter().map(|&c| forms.id(c).to_owned()).chain(local) {
        let blank = cell.starts_with("requests.") && !cell.ends_with(".total");
        let value = match cell.as_str() {
            _ if blank => "",
            "proactive.other_services.items_last_year" => "5",
            _ => "0",
        };
        let state = if blank { "blank" } else { "number" };
        rows.push([name, "2020", &cell, value, state, "2019", id].map(str::to_owned).to_vec());
    }
    let head = ["agency", "year", "cell", "value", "state", "form", "agency_id"];
    files.insert("example/tieshan-archives-2020.csv".to_owned(), table(&head, rows));
}

/// `agencies.csv`.
pub(crate) fn registry(bodies: &Bodies) -> Vec<u8> {
    let district = &bodies.district;
    let year = |y: Option<u16>| y.map_or(String::new(), |y| y.to_string());
    let mut rows = vec![registry_row([&district.id(), &district.name, &district.kind, "", "", "", "", "", "compiled"])];
    for group in &bodies.group {
        rows.push(registry_row([&group.id(), &group.name, &group.kind, &district.id(), "", "", "", "", "compiled"]));
    }
    for body in &bodies.body {
        let parent = bodies.group.iter().find(|g| !g.key.is_empty() && g.key == body.group).unwrap_or(district).id();
        let former = body.was.iter().map(|w| w.name.clone());
        let short = Some(body.short.clone()).filter(|s| !s.is_empty());
        let mut names: Vec<String> = body.aliases.iter().cloned().chain(short).chain(former).collect();
        names.dedup();
        let successor = if body.successor.is_empty() { String::new() } else { bodies.get(&body.successor).id() };
        let aliases = names.join(";");
        let (from, to) = (year(body.from), year(body.to));
        rows.push(registry_row([&body.id(), &body.name, &body.kind, &parent, &aliases, &from, &to, &successor, "own"]));
    }
    if bodies.group.is_empty() {
        rows.push(registry_row([EXAMPLE.0, EXAMPLE.1, "archive", &district.id(), "", "2020", "2020", "", "own"]));
    }
    let head = ["agency_id", "agency", "kind", "parent", "aliases", "from", "to", "successor", "reports"];
    table(&head, rows)
}

fn registry_row(cells: [&str; 9]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn listed(mut rows: Vec<Row>) -> Vec<u8> {
    rows.sort_by(|a, b| (b.year, &a.agency_id, a.rule, &a.cell).cmp(&(a.year, &b.agency_id, b.rule, &b.cell)));
    let head = ["year", "agency_id", "agency", "report", "rule", "cell", "truth", "planted", "description"];
    let rows = rows.into_iter().map(|r| {
        vec![r.year.to_string(), r.agency_id, r.agency, r.report, r.rule.to_owned(), r.cell, r.truth, r.planted, r.description]
    });
    table(&head, rows.collect())
}

const CORRECTED: &str = "proactive.penalties.decisions";

/// What the office has written down by February: one correction by telephone; no decision yet.
fn office(forms: &Forms, files: &mut Files, truth: &figures::Truth, bodies: &Bodies) {
    let key = "environment".to_owned();
    let right = forms.cell(CORRECTED).and_then(|c| truth.get(&(key.clone(), 2024))?.get(&c)).map_or(0, |n| n.trunc());
    let agency = bodies.get(&key).name.clone();
    let reason = "单位来电更正：一件处罚决定重复统计";
    let row =
        [agency.as_str(), "2024", CORRECTED, &(right + 1).to_string(), &right.to_string(), reason, "区政务公开办", "2025-02-10"];
    let head = ["agency", "year", "cell", "from", "to", "reason", "by", "date"];
    files.insert("corrections.csv".to_owned(), table(&head, vec![row.map(str::to_owned).to_vec()]));
    files.insert("decisions.csv".to_owned(), table(&["key", "decision", "reason", "by", "date"], Vec::new()));
}
