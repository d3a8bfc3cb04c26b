//! Words of the empty forms.

use nianbao_form::Form;

use super::{Lang, Phrase};

pub(super) const WORDS: &[Phrase] = &[
    ("blank_text_here", "（文字描述）", "(text)"),
    ("blank_agency", "〔单位名称〕", "[Agency]"),
    ("blank_year", "〔年份〕", "[year]"),
    ("blank_agency_field", "单位名称", "Agency"),
    ("blank_year_field", "报告年度", "Reporting year"),
    ("blank_guide", "填报说明（报送前可以删去）", "How to fill this in (may be deleted before submission)"),
    (
        "blank_rule_cells",
        "只在空格内填写，不增删行列，不合并、拆分单元格，不改动表头。没有发生的填“0”，不要留空。",
        "Type in the empty cells only; do not add, delete, merge or split any, and leave the heads as they are. Where there is none, type 0.",
    ),
    (
        "blank_rule_counts",
        "数量填0或者正整数，只填数字，不写单位和文字。",
        "Counts are 0 or whole numbers: digits only, no units or words.",
    ),
    ("blank_sheet_cover", "封面和填报说明", "Cover and guide"),
    ("blank_sheet_checks", "勾稽核对", "Checks"),
    (
        "blank_cover_hint",
        "先填单位名称和报告年度，再依次填写后面各表；填完看“勾稽核对”。",
        "Fill in the agency and the year, then the sheets that follow; then look at Checks.",
    ),
    ("blank_agency_ask", "填写单位全称，与公章一致。", "The agency's full name."),
    ("blank_year_ask", "从列表中选择报告年度，即数据所属的年份。", "Choose the year that the figures are of."),
    ("blank_year_wrong", "该年度不在本表式的适用年度内，请核对。", "This form is not meant for that year; please check."),
    ("blank_prose_ask", "在黄色格内填写，一段一格，写完一段换下一格。", "Type in the yellow cells, one paragraph a cell."),
    ("blank_prose_ask_word", "点击此处填写", "Click and type"),
    ("blank_ask", "填写要求", "What to type"),
    ("blank_wrong", "填写有误", "Not accepted"),
    ("blank_count_ask", "填0或者正整数，只填数字。没有的填“0”。", "0 or a whole number; digits only."),
    (
        "blank_count_wrong",
        "该格只能填0或者正整数，不能有小数、负数、单位或者文字。没有的请填“0”。",
        "Only 0 or a whole number can stand here: no decimals, no negative numbers, no words.",
    ),
    ("blank_change_ask", "填整数，只填数字；减少的填负数，没有变化的填“0”。", "A whole number; negative for a decrease."),
    (
        "blank_change_wrong",
        "该格只能填整数（可以为负数），不能有小数、单位或者文字。",
        "Only a whole number can stand here (it may be negative).",
    ),
    (
        "blank_signed_wrong",
        "该格只能填数字（可以为负数），不能写单位或者文字。",
        "Only a number can stand here (it may be negative).",
    ),
    (
        "blank_amount_wrong",
        "该格只能填0或者正数，不能有负数、单位或者文字。没有的请填“0”。",
        "Only 0 or a positive number can stand here: no words, no units.",
    ),
    ("blank_holds", "成立", "holds"),
    ("blank_differs", "不成立，相差", "does not hold, differs by "),
    ("blank_open", "未填全，暂不能核对", "not filled in yet"),
    ("blank_check_title", "勾稽关系核对（随填随核）", "Live checks"),
    ("blank_check_no", "序号", "No."),
    ("blank_check_where", "所在表", "Table"),
    ("blank_check_label", "勾稽关系", "Identity"),
    ("blank_check_left", "各项之和", "Sum"),
    ("blank_check_right", "应等于", "Must equal"),
    ("blank_check_state", "核对结果", "Result"),
    ("blank_check_none", "本表式没有勾稽关系", "This form has no identities"),
];

impl Lang {
    /// The title of the empty form.
    pub(crate) fn blank_title(self, form: &Form) -> String {
        let (agency, year) = (self.say("blank_agency"), self.say("blank_year"));
        match self {
            Lang::Zh => format!("{agency}{year}年{}", form.report_title),
            Lang::En => format!("{agency} {} {year}", form.report_title),
        }
    }

    /// What asks for the year in the title, with the word that belongs to it.
    pub(crate) fn year_asked(self) -> String {
        let year = self.say("blank_year");
        if self == Lang::Zh { format!("{year}年") } else { year.to_owned() }
    }

    /// A year as the title says it.
    pub(crate) fn year_named(self, year: u16) -> String {
        if self == Lang::Zh { format!("{year}年") } else { year.to_string() }
    }

    /// The same as a formula over the cells of agency and year.
    pub(crate) fn title_formula(self, form: &Form, agency: &str, year: &str) -> String {
        let field = |cell: &str, key: &str| format!("IF({cell}=\"\",\"{}\",{cell})", self.say(key));
        let (agency, year) = (field(agency, "blank_agency"), field(year, "blank_year"));
        let title = form.report_title.replace('"', "\"\"");
        match self {
            Lang::Zh => format!("={agency}&{year}&\"年{title}\""),
            Lang::En => format!("={agency}&\" {title} \"&{year}"),
        }
    }

    /// The heading of a table in a form without sections: its number and what it is about.
    pub(crate) fn table_heading(self, form: &Form, table: &str) -> String {
        let about = form.blocks.iter().find(|b| b.table == table).map_or("", |b| b.corner.as_str());
        let separator = if self == Lang::Zh { "　" } else { ": " };
        match (table.is_empty(), about.is_empty()) {
            (true, _) => about.to_owned(),
            (_, true) => format!("{}{table}", self.say("book_sheet_table")),
            _ => format!("{}{table}{separator}{about}", self.say("book_sheet_table")),
        }
    }

    /// By what and for which years the form was issued.
    pub(crate) fn issued(self, form: &Form) -> String {
        let (title, by, from) = (&form.title, &form.issued_as, form.from);
        match (self, form.to) {
            (Lang::Zh, None) => format!("按照{by}制发的格式填写，适用于{from}年及以后年度。"),
            (Lang::Zh, Some(to)) if to == from => format!("按照{by}制发的格式填写，适用于{from}年度。"),
            (Lang::Zh, Some(to)) => format!("按照{by}制发的格式填写，适用于{from}年至{to}年。"),
            (Lang::En, None) => format!("{title} ({by}), for {from} and later years."),
            (Lang::En, Some(to)) => format!("{title} ({by}), for {from} to {to}."),
        }
    }

    /// How amounts are filled in.
    pub(crate) fn amounts(self, units: &str) -> String {
        match self {
            Lang::Zh => format!("金额以{units}为单位，可以有小数（最多六位），只填数字。"),
            Lang::En => format!("Amounts are in {units}, with up to six decimals; digits only."),
        }
    }

    /// Which figures may be negative.
    pub(crate) fn signed(self, column: &str) -> String {
        match self {
            Lang::Zh => format!("“{column}”减少的填负数。"),
            Lang::En => format!("“{column}” is negative for a decrease."),
        }
    }

    /// One identity for all of its kind.
    pub(crate) fn identity_kind(self, label: &str, count: usize) -> String {
        match (self, count) {
            (_, 1) => label.to_owned(),
            (Lang::Zh, n) => format!("{label}（其他各行、各列同理，共{n}条）"),
            (Lang::En, n) => format!("{label} (and {} more alike)", n - 1),
        }
    }

    /// The identities of the form.
    pub(crate) fn must_hold(self, kinds: &[String]) -> String {
        match self {
            Lang::Zh => format!("填写的数据应当符合下列勾稽关系：{}。", kinds.join("；")),
            Lang::En => format!("The figures must satisfy: {}.", kinds.join("; ")),
        }
    }

    /// What to write in a section.
    pub(crate) fn prompt(self, heading: &str, prompt: &str) -> String {
        match self {
            Lang::Zh => format!("“{heading}”部分填写{}。", prompt.trim_end_matches('。')),
            Lang::En => format!("“{heading}”: {}.", prompt.trim_end_matches('.')),
        }
    }

    /// How an amount is asked for.
    pub(crate) fn amount_ask(self, unit: &str) -> String {
        match self {
            Lang::Zh => format!("以{unit}为单位填数字，可以有小数（最多六位）。没有的填“0”。"),
            Lang::En => format!("A number in {unit}, with up to six decimals; 0 where there is none."),
        }
    }

    /// The line above the checks: how many hold.
    pub(crate) fn check_summary(self, range: &str, total: usize) -> (String, String) {
        let (holds, differs) = (self.say("blank_holds"), self.say("blank_differs"));
        let bad = format!("SUMPRODUCT(--(LEFT({range},{})=\"{differs}\"))", differs.chars().count());
        let good = format!("COUNTIF({range},\"{holds}\")");
        match self {
            Lang::Zh => (
                format!("=\"共{total}条：成立\"&{good}&\"条，不成立\"&{bad}&\"条，未填全\"&({total}-{good}-{bad})&\"条。\""),
                format!("共{total}条：成立0条，不成立0条，未填全{total}条。"),
            ),
            Lang::En => (
                format!(
                    "=\"{total} identities: \"&{good}&\" hold, \"&{bad}&\" do not, \"&({total}-{good}-{bad})&\" are not filled in.\""
                ),
                format!("{total} identities: 0 hold, 0 do not, {total} are not filled in."),
            ),
        }
    }
}
