//! Words of the district's report and of the notes below its tables.

use super::{Lang, Phrase};

pub(super) const WORDS: &[Phrase] = &[
    ("gap_table", "本表数据", "The table"),
    ("gap_words", "以上数据", "The figures above"),
    ("gap_shaded", "浅灰底色的数据不完整。", "Shaded figures are incomplete."),
    ("gap_names", "未报送的单位：", "No report from: "),
    ("gap_partial", "报告中部分数据缺失的单位：", "Some figures missing from: "),
    ("gap_blank", "空白格表示没有单位提供该项数据。", "An empty cell means that no agency gives the figure."),
    ("gap_same", "数据缺失情况同前表。", "figures are missing as in the table before."),
    (
        "like_for_like",
        "“同口径”指仅就两年均有该项数据的单位进行比较。",
        "Like for like: over the agencies that have the figure in both years.",
    ),
    ("book_queried", "数据待核实，不作比较", "Under query: not compared"),
    ("book_stop", "；", "; "),
    ("complete", "本表包括全部应报单位的数据。", "The table has the figures of every expected agency."),
    ("note", "注：", "Note: "),
];

impl Lang {
    /// That the sums hold figures known to be wrong.
    pub(crate) fn unsettled(
        self,
        (errors, agencies): (usize, usize),
        (doubted, of): (&[String], usize),
        beyond: Option<&str>,
    ) -> String {
        let mut parts: Vec<String> = Vec::new();
        let beyond = beyond.map(|text| text.trim_end_matches(['。', '.']).to_owned());
        match self {
            Lang::Zh => {
                if errors > 0 {
                    parts.push(format!("汇总数据中尚有{errors}处错误未核实更正，涉及{agencies}个单位"));
                }
                if of > 0 {
                    let more = if of > doubted.len() { format!("等{of}项") } else { String::new() };
                    parts.push(format!("以下汇总数受存疑数据影响较大，请逐项核实：{}{more}", doubted.join("、")));
                }
                parts.extend(beyond.map(|text| format!("{text}，请核实是否列入名录")));
                format!("〔定稿前请处理：{}。详见核查问题。处理后请重新生成本报告。〕", parts.join("；"))
            }
            Lang::En => {
                if errors > 0 {
                    parts.push(format!("errors still open in the figures: {errors}, agencies concerned: {agencies}"));
                }
                if of > 0 {
                    let more = if of > doubted.len() { format!(" and {} more", of - doubted.len()) } else { String::new() };
                    parts.push(format!("sums that doubtful figures move noticeably: {}{more}", doubted.join(", ")));
                }
                parts.extend(beyond.map(|text| text.replacen("The sums", "the sums", 1)));
                format!("[Before this is final: {}. See the findings, have them settled and run again.]", parts.join("; "))
            }
        }
    }

    /// A figure that is not whole and no bound either.
    pub(crate) fn incomplete(self, number: &str) -> String {
        match self {
            Lang::Zh => format!("{number}（不完整）"),
            Lang::En => format!("{number} (incomplete)"),
        }
    }

    /// That sums hold figures of agencies that the registry does not know.
    pub(crate) fn beyond(self, names: &str, agencies: usize) -> String {
        match self {
            Lang::Zh if agencies == 1 => format!("汇总数含名录外单位{names}的数据。"),
            Lang::Zh => format!("汇总数含{names}等{agencies}个名录外单位的数据。"),
            Lang::En => format!("The sums hold figures of agencies beyond the registry: {names}."),
        }
    }

    /// Figures that were reported in another year's form.
    pub(crate) fn in_other_form(self, agencies: &str, first: &str, cells: usize) -> String {
        match (self, cells) {
            (Lang::Zh, 1) => format!("{agencies}沿用其他年度格式填报，其“{first}”数据在本年度格式中没有对应栏目，未列入本表。"),
            (Lang::Zh, n) => {
                format!("{agencies}沿用其他年度格式填报，其“{first}”等{n}项数据在本年度格式中没有对应栏目，未列入本表。")
            }
            (Lang::En, n) => format!("{agencies}: {n} figures of another year's form (“{first}” …) have no place in this one."),
        }
    }

    /// The items of a list.
    pub(crate) fn join(self, items: &[String]) -> String {
        let nested = items.iter().any(|i| i.contains(['，', ',']));
        items.join(match (self, nested) {
            (Lang::Zh, false) => "，",
            (Lang::Zh, true) => "；",
            (Lang::En, false) => ", ",
            (Lang::En, true) => "; ",
        })
    }

    /// A change over the agencies that have figures for both years.
    pub(crate) fn like_for_like(self, change: &str) -> String {
        match self {
            Lang::Zh => format!("同口径{change}"),
            Lang::En => format!("{change}, like for like"),
        }
    }

    /// The same with how many agencies they are, as a remark.
    pub(crate) fn like_for_like_of(self, agencies: usize, change: &str, percent: Option<&str>) -> String {
        let signed = if change.starts_with('-') || change == "0" { change.to_owned() } else { format!("+{change}") };
        let percent = percent.map_or_else(String::new, |p| match self {
            Lang::Zh => format!("（{}%）", if p.starts_with('-') || p == "0" { p.to_owned() } else { format!("+{p}") }),
            Lang::En => format!(" ({p}%)"),
        });
        match self {
            Lang::Zh => format!("两年均有数据的{agencies}个单位同口径比较：{signed}{percent}"),
            Lang::En => format!("like for like over {agencies} agencies: {signed}{percent}"),
        }
    }

    /// A change against the year before, `percent` with its sign and perhaps rounded to zero.
    pub(crate) fn change(self, change: i128, percent: &str) -> String {
        let size = percent.trim_start_matches('-');
        let none = size.chars().all(|c| matches!(c, '0' | '.'));
        match (self, change.signum(), none) {
            (Lang::Zh, 0, _) => "与上年持平".to_owned(),
            (Lang::Zh, _, true) => "与上年基本持平".to_owned(),
            (Lang::Zh, 1, _) => format!("较上年增长{size}%"),
            (Lang::Zh, ..) => format!("较上年下降{size}%"),
            (Lang::En, 0, _) => "as many as the year before".to_owned(),
            (Lang::En, _, true) => "about as many as the year before".to_owned(),
            (Lang::En, 1, _) => format!("up {size}% on the year before"),
            (Lang::En, ..) => format!("down {size}% on the year before"),
        }
    }

    /// Names of agencies, the first of so many: what follows says what they have not done.
    pub(crate) fn counted(self, list: &str, of: usize) -> String {
        match (self, of) {
            (_, 1) => list.to_owned(),
            (Lang::Zh, n) => format!("{list}等{n}家单位"),
            (Lang::En, n) => format!("{list} ({n} agencies)"),
        }
    }

    /// `本表数据不含甲、乙、丙等3家未报送单位。`
    pub(crate) fn without(self, what: &str, list: &str, of: usize) -> String {
        match (self, of) {
            (Lang::Zh, 1) => format!("{what}不含{list}1家未报送单位。"),
            (Lang::Zh, n) => format!("{what}不含{list}等{n}家未报送单位。"),
            (Lang::En, 1) => format!("{what}: without {list}, which has not reported."),
            (Lang::En, n) => format!("{what}: without {n} agencies that have not reported ({list}{}).", more(list, n)),
        }
    }

    /// What agencies have left out: the first cell by name.
    pub(crate) fn left_out(self, agencies: &str, first: &str, cells: usize) -> String {
        match (self, cells) {
            (Lang::Zh, 1) => format!("{agencies}未提供“{first}”数据"),
            (Lang::Zh, n) => format!("{agencies}未提供“{first}”等{n}项数据"),
            (Lang::En, 1) => format!("{agencies}: no figure for “{first}”"),
            (Lang::En, n) => format!("{agencies}: no figures for “{first}” and {} more", n - 1),
        }
    }

    pub(crate) fn others(self, agencies: usize) -> String {
        match self {
            Lang::Zh => format!("另有{agencies}家单位未提供部分数据"),
            Lang::En => format!("{agencies} more agencies leave some figures out"),
        }
    }

    pub(crate) fn not_counted(self, said: &[String]) -> String {
        match self {
            Lang::Zh => format!("{}，未计入。", said.join("；")),
            Lang::En => format!("Not counted: {}.", said.join("; ")),
        }
    }
}

/// What shows that a list names only some.
fn more(list: &str, of: usize) -> &'static str {
    if list.split(", ").count() < of { ", …" } else { "" }
}
