//! The wording of pages, letters and notes, in the two languages; the forms' and rules' own words stand in their files.

use std::collections::BTreeMap;

use nianbao_form::{Finding, Form, Place, Severity, Status};

/// A language of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Zh,
    En,
}

impl Lang {
    pub(crate) fn parse(lang: &str) -> Lang {
        if lang == "en" { Lang::En } else { Lang::Zh }
    }

    /// The language that a form's own documents are in.
    pub(crate) fn of_form(form: &Form) -> Lang {
        Lang::parse(&form.language)
    }

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// The attribute of an HTML page.
    pub(crate) const fn html(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// Where a figure comes from that does not stand in the report: proved by an identity, or put right by the office, with
    /// the original beside it.
    pub(crate) fn source_of(self, value: &nianbao_form::Value) -> Option<String> {
        match value.derived.as_deref()? {
            "correction" if value.raw.trim().is_empty() => Some(self.say("corrected_blank").to_owned()),
            "correction" => Some(format!("{}{}", self.say("corrected_note"), value.raw.trim())),
            identity => Some(format!("{}{identity}", self.say("derived_note"))),
        }
    }

    /// A phrase by its key; the key itself if there is none, which a test looks for.
    pub(crate) fn say(self, key: &str) -> &'static str {
        let found = WORDS.iter().find(|(k, _, _)| *k == key);
        match (found, self) {
            (Some((_, zh, _)), Lang::Zh) => zh,
            (Some((_, _, en)), Lang::En) => en,
            (None, _) => "⟦?⟧",
        }
    }

    /// Every phrase, for templates.
    pub(crate) fn all(self) -> BTreeMap<&'static str, &'static str> {
        WORDS.iter().map(|(key, zh, en)| (*key, if self == Lang::En { *en } else { *zh })).collect()
    }

    pub(crate) fn severity(self, severity: Severity) -> &'static str {
        if self == Lang::En { severity.as_str() } else { severity.zh() }
    }

    pub(crate) fn status(self, status: Status) -> &'static str {
        if self == Lang::En { status.as_str() } else { status.zh() }
    }

    pub(crate) fn place(self, place: &Place) -> String {
        if self == Lang::En { place.to_string() } else { place.zh() }
    }

    pub(crate) fn rule_title(self, finding: &Finding) -> &'static str {
        let rule = nianbao_form::rule(&finding.rule);
        if self == Lang::En { &rule.title_en } else { &rule.title }
    }

    pub(crate) fn explanation(self, finding: &Finding) -> &'static str {
        let rule = nianbao_form::rule(&finding.rule);
        if self == Lang::En { &rule.explanation_en } else { &rule.explanation }
    }

    /// Names in a list.
    pub(crate) fn list<'a>(self, names: impl IntoIterator<Item = &'a str>) -> String {
        names.into_iter().collect::<Vec<_>>().join(if self == Lang::En { ", " } else { "、" })
    }

    pub(crate) fn at_least(self, number: &str) -> String {
        match self {
            Lang::Zh => format!("不少于{number}"),
            Lang::En => format!("at least {number}"),
        }
    }

    pub(crate) fn lacking(self, agencies: u32) -> String {
        match self {
            Lang::Zh => format!("（有{agencies}个单位数据缺失）"),
            Lang::En => format!(" (figures of {agencies} agencies are missing)"),
        }
    }

    /// The title of the group's report.
    pub(crate) fn report_title(self, group: &str, year: u16, form: &Form) -> String {
        match self {
            Lang::Zh => format!("{group}{year}年{}", form.report_title),
            Lang::En => format!("{group} {} {year}", form.report_title).trim().to_owned(),
        }
    }

    /// The title of the office's page.
    pub(crate) fn page_title(self, group: &str, year: u16) -> String {
        let words = self.say("page_title");
        match self {
            Lang::Zh => format!("{group}{year}年{words}"),
            Lang::En => format!("{group} {year}: {words}").trim().to_owned(),
        }
    }

    /// A section's heading.
    pub(crate) fn heading(self, number: &str, title: &str) -> String {
        match (self, number.is_empty()) {
            (_, true) => title.to_owned(),
            (Lang::Zh, _) => format!("{number}、{title}"),
            (Lang::En, _) => format!("{number}. {title}"),
        }
    }

    /// Where the office must write.
    pub(crate) fn please_write(self, what: &str) -> String {
        match self {
            Lang::Zh => format!("〔请补充：{what}〕"),
            Lang::En => format!("[To be written: {what}]"),
        }
    }

    /// The word for a status of coverage.
    pub(crate) fn coverage(self, status: &str) -> &'static str {
        match status {
            "counted" => self.say("cov_counted"),
            "partial" => self.say("cov_partial"),
            "missing" => self.say("cov_missing"),
            "unknown-agency" => self.say("cov_unknown"),
            _ => self.say("cov_other"),
        }
    }

    /// The word for a status of `reports.csv`.
    pub(crate) fn file_status(self, status: &str) -> &'static str {
        match status {
            "read" => self.say("file_read"),
            "partial" => self.say("file_partial"),
            "unreadable" => self.say("file_unreadable"),
            "foreign" => self.say("file_foreign"),
            "superseded" => self.say("file_superseded"),
            _ => self.say("cov_other"),
        }
    }
}

/// Key, Chinese, English.
const WORDS: &[(&str, &str, &str)] = &[
    ("incomplete", "不完整", "incomplete"),
    ("unknown", "数据不详", "unknown"),
    ("cov_counted", "已报送", "counted"),
    ("cov_partial", "部分数据缺失", "partial"),
    ("cov_missing", "未报送", "missing"),
    ("cov_unknown", "名录外单位", "not in the registry"),
    ("cov_other", "其他", "other"),
    ("file_read", "已读取", "read"),
    ("file_partial", "部分读取", "partly read"),
    ("file_unreadable", "无法读取", "unreadable"),
    ("file_foreign", "不是年度报告", "not such a report"),
    ("file_superseded", "已被后报文件替代", "superseded"),
    ("page_title", "政府信息公开年度报告汇总", "Annual reports on information disclosure"),
    ("for_office", "内部工作页面，供核对使用", "Working page of the office"),
    ("skip", "跳到正文", "Skip to content"),
    ("nav_summary", "概况", "Summary"),
    ("nav_coverage", "报送情况", "Coverage"),
    ("nav_findings", "核查问题", "Findings"),
    ("nav_tables", "汇总表", "Tables"),
    ("nav_series", "历年数据", "Years"),
    ("nav_charts", "图表", "Charts"),
    ("nav_agencies", "各单位", "Agencies"),
    ("nav_files", "文件下载", "Files"),
    ("reports_counted", "已报送单位", "Reports counted"),
    ("reports_missing", "未报送单位", "Missing"),
    ("errors_open", "待处理错误", "Open errors"),
    ("warnings_open", "待处理警告", "Open warnings"),
    ("colon", "：", ": "),
    ("of_expected", "应报", "expected"),
    ("beyond", "另有名录外", "beyond the registry"),
    ("agencies_unit", "个单位", "agencies"),
    ("missing_list", "未报送的单位", "Agencies without a report"),
    ("partial_list", "部分数据缺失的单位", "Agencies with some figures missing"),
    (
        "unknown_list",
        "名录外的单位（已计入汇总，请核对名录）",
        "Agencies that the registry does not know (counted; check the registry)",
    ),
    ("unread_list", "未能读取或不是年度报告的文件", "Files that could not be read or are no such report"),
    ("all_reported", "应报单位已全部报送。", "Every expected agency has reported."),
    ("reminder", "催报函", "reminder"),
    ("notice", "更正通知", "notice"),
    ("file", "文件", "File"),
    ("status", "状态", "Status"),
    ("reason", "原因", "Reason"),
    ("no_findings", "没有发现问题。", "Nothing was found."),
    ("filter", "按级别查看", "Show"),
    ("all", "全部", "All"),
    ("severity", "级别", "Severity"),
    ("agency", "单位", "Agency"),
    ("finding", "问题", "Finding"),
    ("place", "位置", "Place"),
    ("found", "现填", "Found"),
    ("expected", "应为", "Expected"),
    ("reference", "参考值", "For reference"),
    ("expected_or_reference", "应为或参考值", "Expected, or for reference"),
    ("influence", "影响", "Influence"),
    ("influence_note", "该格占全区汇总数的比重", "share of the district figure that the cell moves"),
    ("decision", "处理", "Decision"),
    ("details", "说明", "details"),
    ("same_cause", "同一原因引起的其他问题", "Explained by the same cause"),
    ("alternatives", "其他同样可能的改法", "Alternatives as likely"),
    ("rule", "规则", "Rule"),
    ("key", "编号", "Key"),
    (
        "decide_how",
        "核实后可用命令登记处理意见：nianbao decide 编号 confirmed|explained|waived --reason 理由",
        "To record a decision: nianbao decide KEY confirmed|explained|waived --reason TEXT",
    ),
    ("settled", "已处理的问题", "Settled findings"),
    ("gap_mark", "“≥”表示有单位数据缺失，实际数不少于所列数。", "≥ marks a lower bound: figures of some agencies are missing."),
    ("gap_names", "未报送的单位：", "No report from: "),
    ("gap_partial", "报告中部分数据缺失的单位：", "Some figures missing from: "),
    ("gap_blank", "空白格表示没有单位提供该项数据。", "An empty cell means that no agency gives the figure."),
    ("gap_same", "数据缺失情况同前表。", "figures are missing as in the table before."),
    ("complete", "本表包括全部应报单位的数据。", "The table has the figures of every expected agency."),
    ("note", "注：", "Note: "),
    ("series", "指标", "Series"),
    ("unit", "单位", "Unit"),
    ("break_mark", "｜ 统计口径改变，前后不可比", "| meaning changed, not comparable across"),
    ("lower_mark", "≥ 有单位数据缺失", "≥ figures of some agencies are missing"),
    ("own_years", "本单位历年数据", "Own figures over the years"),
    ("own_tables", "本单位报告数据", "Figures of the report"),
    ("extra_rows", "表式以外的内容", "Not in the form"),
    ("own_findings", "本单位核查问题", "Findings"),
    ("back", "返回汇总页", "Back to the summary"),
    ("no_report", "本年度没有读到该单位的报告。", "No report of this agency was read for the year."),
    ("source", "来源文件", "Source"),
    ("legend_derived", "斜体带*：原件空白，由勾稽关系推得", "italic with *: blank in the report, proved by an identity"),
    ("legend_blank", "空白：原件未填", "empty: blank in the report"),
    ("legend_marked", "带底色：有待处理问题，见上", "shaded: open findings, see above"),
    ("documents", "文书", "Documents"),
    ("doc_report", "区级年度报告（Word，可修改）", "District report (Word)"),
    ("doc_html", "区级年度报告（网页）", "District report (HTML)"),
    ("doc_tables", "分单位汇总表（Excel）", "Tables by agency (Excel)"),
    ("doc_notices", "更正通知和催报函清单", "List of notices and reminders"),
    ("data", "数据", "Data"),
    ("data_cells", "全部单元格数据", "normalised cells"),
    ("data_reports", "文件清单", "files"),
    ("data_findings", "核查问题", "findings"),
    ("data_district", "各级汇总数", "sums"),
    ("data_coverage", "报送情况", "coverage"),
    ("data_series", "历年指标", "series"),
    ("data_package", "数据包说明", "data package"),
    ("run_record", "运行记录", "run record"),
    ("kind", "类别", "Kind"),
    ("problems", "问题数", "Findings"),
    ("charts_none", "本次没有生成图表。", "No chart was drawn."),
    ("total", "合计", "Total"),
    ("sheet_about", "说明", "About"),
    ("sheet_findings", "核查问题", "Findings"),
    ("sheet_table", "表", "Table "),
    ("sheet_totals", "（总计）", " (totals)"),
    ("sheet_all", "（全部）", " (all)"),
    ("sheet_line_1", "每张表一行一个单位；“合计”行是公式，随单元格变动。", "One row an agency; the total row is a live sum."),
    (
        "sheet_line_2",
        "空白格：原件未填。“/”“无”等：照录原件。灰底：报告中没有该项或未报送。",
        "Empty: blank in the report. Marks stay as found. Grey: not in the report, or no report.",
    ),
    (
        "sheet_line_3",
        "斜体：原件空白，由勾稽关系推得，见批注。",
        "Italic: blank in the report, proved by an identity; see the note.",
    ),
    (
        "sheet_line_4",
        "红底“错误”、黄底“警告”、蓝底“提示”：该格有待处理的问题，批注中有说明。",
        "Red error, yellow warning, blue info: the cell has open findings; see the note.",
    ),
    (
        "sheet_line_5",
        "合计格为黄底的，有单位数据缺失，是不少于数。",
        "A total shaded yellow is a lower bound: some figures are missing.",
    ),
    ("corrected_note", "已更正，报告原为：", "Corrected; the report has: "),
    ("corrected_blank", "已更正，报告原为空白", "Corrected; blank in the report"),
    ("derived_note", "原件空白，由勾稽关系推得：", "Blank in the report; proved by "),
    ("missing_note", "个单位数据缺失，合计为不少于数", " agencies are missing: a lower bound"),
    ("text_here", "（文字描述）", "(text)"),
    ("blank_agency", "〔单位名称〕", "[Agency]"),
    ("blank_year", "〔年份〕", "[year]"),
    ("footer", "本页由程序依据各单位报告生成，可脱机打开。", "Made from the agencies' reports; works offline."),
    ("notice_title", "关于核实更正政府信息公开\n工作年度报告数据的通知", "Notice of errors in the annual report"),
    ("reminder_title", "关于报送政府信息公开\n工作年度报告的催报函", "Reminder to submit the annual report"),
    ("no", "序号", "No."),
    ("item", "项目", "Cell"),
    ("comment", "问题说明", "What is wrong"),
    ("date_blank", "　　　　年　　月　　日", "Date: ____________"),
    ("alternative", "或：", "or: "),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_stands_once() {
        let keys: std::collections::BTreeSet<_> = WORDS.iter().map(|w| w.0).collect();
        assert_eq!(keys.len(), WORDS.len());
    }
}
