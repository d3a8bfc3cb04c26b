//! What is wrong with the sample district, and where: each defect is made here and listed in `planted.csv`.

use nianbao_form::{Forms, Number};

use crate::figures::{COLUMNS, Truth};
use crate::grid::Extra;
use crate::sheet::{Digits, Format, Money, Sheet, Zero};

/// A line of `planted.csv`: a finding that a run of the year must have.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) year: u16,
    pub(crate) agency_id: String,
    pub(crate) agency: String,
    pub(crate) report: String,
    pub(crate) rule: &'static str,
    pub(crate) cell: String,
    pub(crate) truth: String,
    pub(crate) planted: String,
    pub(crate) description: String,
}

/// Spoils sheets and keeps the list.
pub(crate) struct Planter<'a> {
    pub(crate) forms: &'a Forms,
    pub(crate) truth: &'a Truth,
    pub(crate) rows: Vec<Row>,
}

/// Reports that are spoiled come in a dress in which the defect is the only thing to see.
pub(crate) fn dress(sheet: &mut Sheet) {
    let html = Format::Html { old: false };
    let format = match (sheet.key.as_str(), sheet.year) {
        ("labour" | "housing" | "education" | "civil-affairs" | "health" | "market", 2024) => Format::Docx,
        ("shuangzhu" | "liujin" | "xingang" | "emergency", 2024) => Format::Docx,
        ("land" | "insurance" | "dongqiao" | "finance", 2024) => html,
        ("transport", 2024) => Format::Lines { old: false },
        ("statistics", 2024) | ("audit", 2023) => Format::Tabs,
        ("approval", 2024) => Format::Csv,
        ("yunwu", 2021) | ("justice" | "shuangzhu" | "education", 2023) => Format::Docx,
        _ => return,
    };
    sheet.style.format = format;
    sheet.style.zero = Zero::Digit;
    match sheet.key.as_str() {
        "land" => sheet.style.split = true,
        "market" => (sheet.style.money, sheet.style.digits) = (Money::Bare, Digits::Commas),
        "shuangzhu" if sheet.year == 2023 => sheet.style.zero = Zero::TotalsOnly,
        _ => {}
    }
}

impl Planter<'_> {
    fn row(&mut self, sheet: &Sheet, rule: &'static str, (cell, truth, planted): (&str, &str, &str), description: &str) {
        self.rows.push(Row {
            year: sheet.year,
            agency_id: sheet.agency_id.clone(),
            agency: sheet.agency.clone(),
            report: sheet.file.clone(),
            rule,
            cell: cell.to_owned(),
            truth: truth.to_owned(),
            planted: planted.to_owned(),
            description: description.to_owned(),
        });
    }

    fn figure(&self, sheet: &Sheet, id: &str) -> Number {
        self.forms.cell(id).and_then(|c| sheet.figures.get(&c)).copied().unwrap_or(Number::ZERO)
    }

    /// Prints a text in place of a figure, and lists it under each rule.
    fn print(&mut self, sheet: &mut Sheet, id: &str, text: &str, rules: &[&'static str], description: &str) {
        let truth = self.figure(sheet, id).to_string();
        if let Some(cell) = self.forms.cell(id) {
            sheet.texts.insert(cell, text.to_owned());
        }
        for rule in rules {
            self.row(sheet, rule, (id, &truth, text), description);
        }
    }

    /// Adds to figures, so that words and tables go on saying the same.
    fn add(&self, sheet: &mut Sheet, rows: &[&str], column: &str, by: i64) {
        for row in rows {
            for column in [column, "total"] {
                self.set(sheet, &format!("requests.{row}.{column}"), by);
            }
        }
    }

    fn set(&self, sheet: &mut Sheet, id: &str, by: i64) {
        if let Some(cell) = self.forms.cell(id) {
            *sheet.figures.entry(cell).or_default() += Number::from_millionths(by * Number::SCALE);
        }
    }

    /// Changes figures before the words are written: whoever made the mistake made it in both.
    pub(crate) fn change_figures(&mut self, sheet: &mut Sheet) {
        match (sheet.key.as_str(), sheet.year) {
            ("education", 2024) => {
                let truth = ["natural_person", "total"].map(|c| self.figure(sheet, &format!("requests.carried_in.{c}")));
                self.add(sheet, &["carried_in", "disclosed", "handled"], "natural_person", 1);
                for (column, truth) in ["natural_person", "total"].into_iter().zip(truth) {
                    let id = format!("requests.carried_in.{column}");
                    let now = self.figure(sheet, &id).to_string();
                    let words = "上年结转多填1件，与上年报告的结转下年不符，表内仍然平衡";
                    self.row(sheet, "carry-over", (&id, &truth.to_string(), &now), words);
                }
            }
            ("agriculture", 2024) => {
                let id = "proactive.normative_documents.in_force";
                let truth = self.figure(sheet, id).to_string();
                self.set(sheet, id, 2);
                let now = self.figure(sheet, id).to_string();
                self.row(sheet, "stock", (id, &truth, &now), "现行有效件数比上年加制发减废止多2件，未说明原因");
            }
            ("dongqiao", 2024) => {
                self.set(sheet, "proactive.rules.issued", 1);
                self.set(sheet, "proactive.rules.in_force", 1);
                let words = "把街道文件填入规章栏，街道无权制定规章";
                self.row(sheet, "no-rulemaking-power", ("proactive.rules.issued", "0", "1"), words);
            }
            ("approval", 2024) => {
                let id = "proactive.licensing.decisions";
                let truth = self.figure(sheet, id);
                self.set(sheet, id, truth.trunc() * 9);
                let now = self.figure(sheet, id).to_string();
                self.row(sheet, "outlier", (id, &truth.to_string(), &now), "多写一个0，不违反任何勾稽关系");
            }
            ("emergency", 2024) => {
                if let Some(last) = self.truth.get(&(sheet.key.clone(), 2023)) {
                    sheet.figures = last.clone();
                }
                self.row(sheet, "last-year-copy", ("", "", ""), "三张表的数字全部沿用2023年报告");
            }
            _ => {}
        }
    }

    /// Spoils the printed report; the words keep the right figures.
    pub(crate) fn spoil(&mut self, sheet: &mut Sheet) {
        let forms = self.forms;
        match (sheet.key.as_str(), sheet.year) {
            ("labour", 2024) => {
                let id = "requests.disclosed.natural_person";
                let text = slip(self.figure(sheet, id));
                self.print(sheet, id, &text, &["suspect-cell", "row-total", "outcomes-total"], "录入时多按一次或颠倒了数字");
            }
            ("land", 2024) => {
                let id = "requests.handled.total";
                let text = slip(self.figure(sheet, id));
                let rules = ["suspect-cell", "row-total", "balance", "outcomes-total"];
                self.print(sheet, id, &text, &rules, "办结总计录入错误，三条勾稽关系同时不成立");
            }
            ("housing", 2024) => {
                let id = "review.reconsideration.total";
                let text = (self.figure(sheet, id).trunc() + 1).to_string();
                self.print(sheet, id, &text, &["suspect-cell", "review-total"], "复议总计多1件；五个单元格同样可疑");
            }
            ("insurance", 2024) => {
                let id = "proactive.penalties.decisions";
                let text = format!("-{}", self.figure(sheet, id));
                self.print(sheet, id, &text, &["negative"], "数字前误加负号");
            }
            ("transport", 2024) => {
                let id = "proactive.coercion.decisions";
                let text = format!("{}.5", self.figure(sheet, id));
                self.print(sheet, id, &text, &["not-a-count"], "件数填写为小数");
            }
            ("health", 2024) => self.print(sheet, "requests.received.total", "", &["missing-total"], "分项已填，总计漏填"),
            ("market", 2024) => {
                let id = "proactive.fees.amount";
                let yuan = Number::from_millionths(self.figure(sheet, id).millionths() * 10_000).to_string();
                self.print(sheet, id, &yuan, &["unit"], "以元为单位填入万元栏");
            }
            ("statistics", 2024) => {
                self.print(sheet, "proactive.penalties.decisions", "详见附件", &["words-in-cell"], "数字栏填写文字");
            }
            ("shuangzhu", 2024) => {
                sheet.without.push("other_matters");
                self.row(sheet, "missing-section", ("", "", ""), "缺第六部分");
            }
            ("liujin", 2024) => {
                sheet.extra.push(Extra { block: "licensing", label: "公共服务事项", text: "36".to_owned() });
                self.row(sheet, "unmapped", ("", "", "公共服务事项 | 36"), "自行增加一行");
            }
            ("xingang", 2024) => {
                sheet.file = "2024/青屿区新港街道办事处2023年政府信息公开工作年度报告.docx".to_owned();
                self.row(sheet, "wrong-year", ("", "2024", "2023"), "沿用上年文件名，正文是2024年");
            }
            ("finance", 2024) => {
                sheet.file = sheet.file.replace(".html", ".docx");
                self.row(sheet, "misnamed-file", ("", "html", "docx"), "网页文件改名为docx");
            }
            ("yunwu", 2021) => {
                if let Some(form) = forms.find("2019") {
                    sheet.form = form;
                }
                self.row(sheet, "wrong-form", ("", "2021", "2019"), "沿用2019年版表式");
            }
            ("justice", 2023) => {
                sheet.twice.push("review");
                self.row(sheet, "duplicate-table", ("", "", ""), "表四重复一次");
            }
            ("audit", 2023) => {
                sheet.no_table.push("review");
                self.row(sheet, "missing-table", ("", "", ""), "只有标题，没有表四");
            }
            ("shuangzhu", 2023) => self.impossible(sheet),
            _ => {}
        }
    }

    /// Totals alone, two of them blank: each identity could hold, all together cannot.
    fn impossible(&mut self, sheet: &mut Sheet) {
        let words = "只填总计，办结总计和结转下年空白，而各项结果之和超过应办件数";
        let id = "requests.disclosed.total";
        let text = (self.figure(sheet, id).trunc() + 2).to_string();
        self.print(sheet, id, &text, &["jointly-impossible"], words);
        self.print(sheet, "requests.handled.total", "", &[], words);
        self.print(sheet, "requests.carried_out.total", "", &[], words);
    }

    /// The first version of a report that is sent again: one request fewer.
    pub(crate) fn draft_of(&mut self, last: &Sheet) -> Sheet {
        let mut draft = last.clone();
        let person = |row: &str| self.figure(last, &format!("requests.{row}.{}", COLUMNS[0])) > Number::ZERO;
        let outcome = if person("disclosed") { "disclosed" } else { "unavailable.not_held" };
        let rows = ["received", outcome, "handled"];
        self.add(&mut draft, &rows, COLUMNS[0], -1);
        for row in rows {
            for column in [COLUMNS[0], "total"] {
                let id = format!("requests.{row}.{column}");
                let (now, before) = (self.figure(last, &id).to_string(), self.figure(&draft, &id).to_string());
                self.row(last, "restated", (&id, &now, &before), "先后报送两份，后一份为准");
            }
        }
        draft
    }

    pub(crate) fn file_row(&mut self, sheet: &Sheet, rule: &'static str, description: &str) {
        self.row(sheet, rule, ("", "", ""), description);
    }
}

/// What a hurried finger makes of a number: neighbouring digits exchanged, else the last one pressed twice.
fn slip(number: Number) -> String {
    let digits: Vec<char> = number.to_string().chars().collect();
    match digits.as_slice() {
        [rest @ .., a, b] if a != b && !(rest.is_empty() && *b == '0') => rest.iter().chain([b, a]).collect(),
        [.., last] => digits.iter().chain([last]).collect(),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips() {
        for (n, text) in [(12, "21"), (30, "300"), (3, "33"), (22, "222"), (123, "132")] {
            assert_eq!(slip(Number::from_millionths(n * Number::SCALE)), text);
        }
    }
}
