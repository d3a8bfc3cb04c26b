//! Words of `tables.xlsx`.

use super::{Lang, Phrase};

pub(super) const WORDS: &[Phrase] = &[
    ("total", "合计", "Total"),
    ("book_subtotal", "小计", "Subtotal"),
    ("book_sheet_index", "目录", "Contents"),
    ("book_sheet_coverage", "报送情况", "Coverage"),
    ("book_sheet_findings", "核查问题", "Findings"),
    ("book_sheet_changes", "与上年比较", "Changes"),
    ("book_sheet_table", "表", "Table "),
    ("book_sheet_agencies", "（各单位）", " (agencies)"),
    ("book_sheet_totals", "（各单位总计）", " (totals)"),
    ("book_sheet_all", "（各单位全部）", " (all figures)"),
    ("book_sheet_guests", "其他版式项目（各单位）", "Other form (agencies)"),
    ("book_guests_title", "按其他年度格式填报的项目", "Rows printed as in another year's form"),
    ("book_back", "返回目录", "Back to contents"),
    ("book_worksheet", "工作表", "Worksheet"),
    ("book_content", "内容", "What it shows"),
    ("book_legend", "标识", "Mark"),
    ("book_meaning", "含义", "Meaning"),
    ("book_legend_error", "橙底", "Orange"),
    (
        "book_legend_error_is",
        "该格有待处理的错误，说明见批注和“核查问题”。",
        "An open error; see the comment and the sheet Findings.",
    ),
    ("book_legend_warning", "黄底", "Yellow"),
    (
        "book_legend_warning_is",
        "该格有待核实的警告，说明见批注和“核查问题”。",
        "An open warning; see the comment and the sheet Findings.",
    ),
    ("book_legend_info", "浅蓝底", "Light blue"),
    ("book_legend_info_is", "该格有提示，说明见批注。", "For information; see the comment."),
    ("book_legend_absent", "灰底", "Grey"),
    ("book_legend_absent_is", "单位未报送，或者报告中没有该项。", "No report, or the report has no such figure."),
    ("book_legend_derived", "斜体", "Italic"),
    (
        "book_legend_derived_is",
        "原件空白，由勾稽关系推算得出，或者已按更正登记改正，依据见批注。",
        "Blank in the report and proved by an identity, or corrected by the office; see the comment.",
    ),
    ("book_legend_lower", "黄底合计", "Yellow total"),
    (
        "book_legend_lower_is",
        "已报送单位中有的缺该项数据，实际数不少于该数，缺失单位见批注。",
        "A lower bound: some reports lack the figure; see the comment.",
    ),
    ("book_legend_blank", "空白、“/”", "Blank, marks"),
    (
        "book_legend_blank_is",
        "照录原件：空白为未填，“/”“无”等为原件所填，不等同于0；合计时“/”“无”按0计，空白不计。",
        "As in the report: a blank was left blank, a mark is a mark; neither is a zero. Marks count as 0 in sums, blanks do not count.",
    ),
    ("book_legend_check", "勾稽核对", "Check"),
    (
        "book_legend_check_is",
        "随数据变动的公式：“通过”为全部成立；“n条不成立”为确有矛盾；“n条待核”为因空白无法核对，不等于有错。每条的差额列在各单位行的右端，0为成立。",
        "Live formulas: “holds” if every identity does; “do not hold” where a contradiction is certain; “open” where blanks leave it undecided, which is no error. The differences stand at the right end of each row; 0 holds.",
    ),
    ("book_about_printed", "法定格式，数字与各单位合计联动，可直接打印", "the form as printed, linked to the live totals"),
    ("book_about_agencies", "各单位数据，一行一个单位，合计为公式，可筛选", "One row an agency, live totals, filters"),
    ("book_about_totals", "各单位“总计”列，合计为公式，可筛选", "The total column of each agency, live totals, filters"),
    ("book_about_guests", "少数单位按其他年度格式填报的项目", "Rows that some agencies printed as in another year's form"),
    (
        "book_about_coverage",
        "各单位是否报送、报送时间、文件及问题数",
        "Who has reported, when, in which file, with how many findings",
    ),
    ("book_about_findings", "核查发现的问题，可筛选，点击可到达所在单元格", "What was found; filters, and a link to each cell"),
    ("book_about_changes", "关键指标和全部合计数与上年的比较", "Key figures and all totals against last year"),
    ("book_gap_names", "未报送的单位：", "No report from: "),
    ("book_gap_partial", "报告中部分数据缺失的单位：", "Some figures missing from: "),
    ("book_no", "序号", "No."),
    ("book_unit", "计量单位", "Unit"),
    ("book_note", "注：", "Note: "),
    ("book_gap_names_note", "各数不含未报送单位数据，未报送的单位：", "Figures leave out the agencies that have not reported: "),
    ("book_gap_partial_note", "黄底各数还不含下列单位缺失的数据：", "Figures in yellow also lack those of: "),
    ("book_unknown_names", "名录以外的报送单位：", "Not in the registry: "),
    ("book_no_agencies", "没有单位数据", "No agency"),
    (
        "book_table_note",
        "合计为公式，随数据变动；颜色和批注的含义见目录。",
        "Totals are live. For colours and comments see the contents.",
    ),
    ("book_group_of", "所属", "Belongs to"),
    ("book_check", "勾稽核对", "Check"),
    ("book_check_heads", "勾稽关系（两边之差，0为成立）", "Identities (difference of both sides; 0 holds)"),
    ("book_check_note", "按下列勾稽关系核对，空白不当作0：", "Checked by these identities; a blank is not taken as 0:"),
    ("book_check_good", "通过", "holds"),
    ("book_check_bad", "条不成立", " do not hold"),
    ("book_check_wait", "条待核", " open"),
    ("book_check_open", "待核", "open"),
    (
        "book_long_number",
        "该数超过15位有效数字，表格软件不能精确保存，以文本照录，不参加公式运算。",
        "More than 15 digits, which a workbook cannot hold exactly: kept as text, outside the formulas.",
    ),
    (
        "book_long_sum",
        "有数字超过15位有效数字，合计由程序精确计算，以文本列示，不随单元格变动。",
        "Some figure has more than 15 digits: the exact total stands as text and is not live.",
    ),
    ("book_coverage_title", "年度报告报送情况", "Coverage"),
    ("book_findings_title", "核查问题清单", "Findings"),
    ("book_changes_title", "主要数据与上年比较", "Changes against last year"),
    ("book_received", "收到日期", "Received"),
    ("book_file_status", "文件状态", "File status"),
    ("book_errors", "错误", "Errors"),
    ("book_warnings", "警告", "Warnings"),
    ("book_infos", "提示", "Infos"),
    ("book_see", "查看", "See"),
    ("book_no_findings", "没有发现问题", "Nothing was found"),
    ("book_other_files", "未计入合计的文件", "Files that are not in the totals"),
    ("book_table", "表", "Table"),
    ("book_figure", "指标", "Figure"),
    ("book_last_year", "上年", "Last year"),
    ("book_this_year", "本年", "This year"),
    ("book_change", "增减", "Change"),
    ("book_change_percent", "增减%", "Change, %"),
    ("book_remark", "说明", "Remark"),
    ("book_key_figures", "关键指标", "Key figures"),
    ("book_no_last_year", "没有上年数据", "No figures of last year"),
    ("book_not_last_year", "上年没有该项数据", "No such figure last year"),
    ("book_not_this_year", "本年没有该项数据", "No such figure this year"),
    ("book_small_base", "上年数小于10，不计算百分比", "Base under 10: no percentage"),
    ("book_points", "增减为百分点", "Change in percentage points"),
];

impl Lang {
    /// Title of a sheet of agencies.
    pub(crate) fn agencies_title(self, group: &str, year: u16, table: &str, title: &str) -> String {
        match self {
            Lang::Zh => format!("{group}{year}年{table} {title}"),
            Lang::En => format!("{group} {year} {table} {title}").trim().to_owned(),
        }
    }

    /// Title of a list.
    pub(crate) fn sheet_title(self, group: &str, year: u16, key: &str) -> String {
        match self {
            Lang::Zh => format!("{group}{year}年{}", self.say(key)),
            Lang::En => format!("{group} {year}: {}", self.say(key)).trim().to_owned(),
        }
    }

    /// Title of the workbook.
    pub(crate) fn book_title(self, report: &str) -> String {
        match self {
            Lang::Zh => format!("{report}　汇总表"),
            Lang::En => format!("{report}: tables"),
        }
    }

    /// What a sheet of the form as printed shows.
    pub(crate) fn what(self, heading: &str, key: &str) -> String {
        match self {
            Lang::Zh => format!("{heading}（{}）", self.say(key)),
            Lang::En => format!("{heading} ({})", self.say(key)),
        }
    }

    /// How many have reported.
    pub(crate) fn standing(self, due: usize, reported: usize) -> String {
        match self {
            Lang::Zh => format!("应报送单位{due}个，已报送{reported}个，未报送{}个。", due - reported),
            Lang::En => format!("{due} agencies are due to report; {reported} have reported, {} have not.", due - reported),
        }
    }

    /// Who makes a sum a lower bound.
    pub(crate) fn owing(self, missing: u32, names: &[&str]) -> String {
        const SHOWN: usize = 12;
        let listed = self.list(names.iter().take(SHOWN).copied());
        match self {
            Lang::Zh => {
                let more = if names.len() > SHOWN { "等" } else { "" };
                format!("有{missing}个单位数据缺失，实际数不少于该数。缺失单位：{listed}{more}。")
            }
            Lang::En => {
                let more = if names.len() > SHOWN { " and others" } else { "" };
                format!("A lower bound: figures of {missing} agencies are missing: {listed}{more}.")
            }
        }
    }

    /// The head of a column of last or this year.
    pub(crate) fn of_year(self, key: &str, year: u16) -> String {
        let year = match key {
            "book_last_year" => year.saturating_sub(1),
            "book_this_year" => year,
            _ => return self.say(key).to_owned(),
        };
        if self == Lang::Zh { format!("{year}年") } else { year.to_string() }
    }

    /// Why a figure is not compared: so many agencies' are missing in it last year, this year (0: the number is not known).
    pub(crate) fn gap(self, before: Option<u32>, now: Option<u32>) -> String {
        let of = |count: Option<u32>, zh: &str, en: &str| {
            count.map(|n| match (self, n) {
                (Lang::Zh, 0) => zh.to_owned(),
                (Lang::Zh, n) => format!("{zh}缺{n}个单位"),
                (Lang::En, 0) => en.to_owned(),
                (Lang::En, n) => format!("{en} ({n})"),
            })
        };
        let parts: Vec<String> = [of(before, "上年", "last year"), of(now, "本年", "this year")].into_iter().flatten().collect();
        match self {
            Lang::Zh => format!("数据不全（{}），不作比较", parts.join("，")),
            Lang::En => format!("Not compared: figures of agencies are missing {}", parts.join(", ")),
        }
    }

    /// That sums leave out those who have not reported.
    pub(crate) fn not_in_sum(self, absent: usize) -> String {
        match self {
            Lang::Zh => format!("合计不含{absent}个未报送单位的数据。"),
            Lang::En => format!(" Totals leave out {absent} agencies that have not reported."),
        }
    }

    /// A series that breaks this year.
    pub(crate) fn broken(self, note: &str) -> String {
        match self {
            Lang::Zh => format!("口径变化，不作比较：{note}"),
            Lang::En => format!("Not comparable: {note}"),
        }
    }
}
