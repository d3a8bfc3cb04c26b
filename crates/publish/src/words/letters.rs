//! Words of notices, reminders and their lists.

use nianbao_form::Form;

use super::{Lang, Phrase};

pub(super) const WORDS: &[Phrase] = &[
    ("expected_or_reference", "应为或参考值", "Expected, or for reference"),
    ("notice_title", "关于核实更正政府信息公开\n工作年度报告数据的通知", "Notice of errors in the annual report"),
    ("reminder_title", "关于报送政府信息公开\n工作年度报告的催报函", "Reminder to submit the annual report"),
    ("thanks_title", "关于政府信息公开工作年度报告\n核对情况的函", "Your annual report: nothing to correct"),
    ("sender_blank", "〔请填写发文单位〕", "[sender]"),
    ("notice_of_sending", "关于说明政府信息公开\n工作年度报告报送情况的通知", "Questions on the annual report"),
    ("cover_title", "年度报告核实更正通知和催报函发送清单", "List of notices and reminders"),
    ("no", "序号", "No."),
    ("checked_item", "需核实的数据或内容", "To be verified"),
    ("proposed", "更正建议", "Proposed"),
    ("grounds", "依据", "Reason"),
    ("to_verify", "请核实", "please verify"),
    ("blank", "空白", "blank"),
    ("enclosed_slip", "附件：核实情况回执", "Enclosed: reply slip"),
    // The second line begins under the first one's number.
    ("enclosed_first", "附件：1.有关表格（标注需核实的数据）", "Enclosed: 1. tables with marks"),
    ("enclosed_second", "　　　2.核实情况回执", "          2. reply slip"),
    ("enclosure", "附件", "Enclosure"),
    ("enclosure_1", "附件1", "Enclosure 1"),
    ("enclosure_2", "附件2", "Enclosure 2"),
    ("office_contact", "（联系人：　　　　　联系电话：　　　　　　）", "Contact: ____________    Telephone: ____________"),
    ("marked_title", "有关表格", "Tables"),
    (
        "marked_note",
        "注：表中数据照录你单位报告；加底色并标有①、②等序号的，是通知所列相应序号需核实的数据。",
        "Note: figures as in your report; shaded cells bear the number of the item that speaks of them.",
    ),
    ("slip_title", "核实情况回执", "Reply slip"),
    ("verified", "核实情况", "Verified"),
    ("verified_choice", "□有误　□无误", "□ wrong  □ right"),
    ("corrected_to", "更正为", "Corrected to"),
    ("remark", "说明", "Remark"),
    ("slip_person", "填报人：　　　　　　　　　　　联系电话：", "Filled in by: ____________    Telephone: ____________"),
    ("slip_head", "单位负责人（签字）：", "Head of the agency (signature): ____________"),
    ("thanks", "核对情况函", "no findings"),
    ("letter", "文书", "Letter"),
    ("errors_few", "错误", "Errors"),
    ("warnings_few", "警告", "Warnings"),
    ("contact", "联系人及电话", "Contact"),
    ("sent", "已发送", "Sent"),
    ("answered", "已答复", "Answered"),
    ("date_blank", "　　　　年　　月　　日", "Date: ____________"),
    ("date_room", "　　月　　日", "____________"),
    ("alternative", "或：", "or: "),
];

impl Lang {
    /// `2025-01-31` as letters write it; other wording as it is; `None` if there is none.
    pub(crate) fn date(self, text: &str) -> Option<String> {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let parts: Vec<Option<usize>> = text.split('-').map(|p| p.parse().ok()).collect();
        Some(match (parts.as_slice(), self) {
            _ if text.is_empty() => return None,
            ([Some(y), Some(m @ 1..=12), Some(d @ 1..=31)], Lang::Zh) => format!("{y}年{m}月{d}日"),
            ([Some(y), Some(m @ 1..=12), Some(d @ 1..=31)], Lang::En) => format!("{d} {} {y}", MONTHS[m - 1]),
            _ => text.to_owned(),
        })
    }

    pub(crate) fn salutation(self, agency: &str) -> String {
        match self {
            Lang::Zh => format!("{agency}："),
            Lang::En => format!("To: {agency}"),
        }
    }

    /// `表三`; nothing where the form has no numbers.
    pub(crate) fn table_name(self, number: &str) -> String {
        match (self, number) {
            (_, "") => String::new(),
            (Lang::Zh, n) => format!("表{n}"),
            (Lang::En, n) => format!("Table {n}"),
        }
    }

    pub(crate) fn table_title(self, number: &str, section: &str) -> String {
        match self {
            Lang::Zh => format!("{}　{section}", self.table_name(number)).trim().to_owned(),
            Lang::En => format!("{} {section}", self.table_name(number)).trim().to_owned(),
        }
    }

    /// What a notice begins with.
    pub(crate) fn found(self, year: u16, form: &Form, files: &[String], count: usize) -> String {
        let title = &form.report_title;
        match (self, files.is_empty()) {
            (Lang::Zh, true) => format!("经核对，你单位{year}年{title}中有{count}处数据或内容需要核实更正，情况如下："),
            (Lang::Zh, false) => {
                format!(
                    "经核对，你单位{year}年{title}（报送文件：{}）中有{count}处数据或内容需要核实更正，情况如下：",
                    files.join("、")
                )
            }
            (Lang::En, _) => format!("{count} figures or passages of your {title} {year} need to be verified:"),
        }
    }

    /// The same where nothing of what the report says is asked about, only how and when it came.
    pub(crate) fn received(self, year: u16, form: &Form, files: &[String], count: usize) -> String {
        let title = &form.report_title;
        match self {
            Lang::Zh => {
                let files = if files.is_empty() { String::new() } else { format!("（报送文件：{}）", files.join("、")) };
                format!("你单位{year}年{title}{files}的报送有{count}个问题需要说明，情况如下：")
            }
            Lang::En => format!("{count} questions on how and when your {title} {year} was sent:"),
        }
    }

    pub(crate) fn please_explain(self, by: &str) -> String {
        match self {
            Lang::Zh => format!("请填写所附回执，于{by}前说明情况；需要重新报送报告的，请一并报送。"),
            Lang::En => format!("Please explain on the slip by {by}, and send the report again where that is asked."),
        }
    }

    /// Another way to mend an error: a cell, what it holds and what it would hold.
    pub(crate) fn change_to(self, cell: &str, found: &str, value: &str) -> String {
        match self {
            Lang::Zh if found.is_empty() => format!("{cell}填{value}"),
            Lang::Zh => format!("{cell}由{found}改为{value}"),
            Lang::En => format!("{cell}: {value} instead of {found}"),
        }
    }

    pub(crate) fn please_answer(self, by: &str) -> String {
        match self {
            Lang::Zh => format!(
                "请对照原始台账逐项核实，填写所附回执，于{by}前连同更正后的报告一并报送。经核实数据无误的，请在回执中说明情况；报告已经公开的，请同时更正已公开的内容。"
            ),
            Lang::En => format!("Please check each, fill in the slip, and send it with the corrected report by {by}."),
        }
    }

    pub(crate) fn for_reference(self, value: &str) -> String {
        match self {
            Lang::Zh => format!("请核实（参考值：{value}）"),
            Lang::En => format!("please verify (for reference: {value})"),
        }
    }

    /// What an agency is asked, and the value that may help it.
    pub(crate) fn asked(self, ask: &str, value: &str) -> String {
        match (self, value.is_empty()) {
            (_, true) => ask.to_owned(),
            (Lang::Zh, false) => format!("{ask}（参考值：{value}）"),
            (Lang::En, false) => format!("{ask} (for reference: {value})"),
        }
    }

    pub(crate) fn in_file(self, place: &str) -> String {
        match self {
            Lang::Zh => format!("（文件中位置：{place}）"),
            Lang::En => format!("(in the file: {place})"),
        }
    }

    /// What a reply slip begins with.
    pub(crate) fn slip(self, year: u16, form: &Form, count: usize) -> String {
        match self {
            Lang::Zh => {
                format!("你办关于我单位{year}年{}的通知收悉。所列{count}项已逐项核实，情况如下：", form.report_title)
            }
            Lang::En => format!("We have verified the {count} items of your notice on our {} {year}:", form.report_title),
        }
    }

    pub(crate) fn sealed(self, agency: &str) -> String {
        match self {
            Lang::Zh => format!("{agency}（盖章）"),
            Lang::En => agency.to_owned(),
        }
    }

    /// The paragraphs of a reminder. Art. 49 of the Regulations sets the date for departments; towns and sub-districts
    /// have the one that their district sets, which the pipeline's deadline is.
    pub(crate) fn reminder(self, year: u16, form: &Form, deadline: Option<&str>, by: &str) -> Vec<String> {
        let title = &form.report_title;
        let format = if form.issued_as.is_empty() { "规定的".to_owned() } else { format!("{}规定的", form.issued_as) };
        match self {
            Lang::Zh => vec![
                match deadline {
                    Some(day) => format!(
                        "根据《中华人民共和国政府信息公开条例》第四十九条和本级报送要求，你单位{year}年{title}应于{day}前报送并向社会公布。截至目前，尚未收到你单位的报告。"
                    ),
                    None => format!(
                        "根据《中华人民共和国政府信息公开条例》第四十九条和本级报送要求，你单位应当按期报送并向社会公布{year}年{title}。截至目前，尚未收到你单位的报告。"
                    ),
                },
                format!("请按照{format}格式抓紧编制，于{by}前报送，报送前核对各表勾稽关系以及与上一年度数据的衔接。"),
                "已经报送的，请告知报送的时间和方式；因机构调整等不再单独编制报告的，请书面说明由哪个单位一并报告。".to_owned(),
            ],
            Lang::En => {
                let due = deadline.map(|day| format!(" It was due by {day}.")).unwrap_or_default();
                vec![format!(
                    "Your {title} {year} has not been received.{due} Please submit it by {by}, or tell us when and how it was sent."
                )]
            }
        }
    }

    pub(crate) fn thanks(self, year: u16, form: &Form) -> Vec<String> {
        let title = &form.report_title;
        match self {
            Lang::Zh => vec![
                format!(
                    "你单位报送的{year}年{title}收悉。经核对，各表勾稽关系以及与上一年度数据的衔接未发现需要更正的问题，数据已计入汇总。"
                ),
                "感谢你单位对年度报告编制工作的支持。报告公开后如有更正，请及时告知。".to_owned(),
            ],
            Lang::En => vec![format!(
                "Thank you for your {title} {year}. It was checked, nothing needs to be corrected, and its figures are counted."
            )],
        }
    }

    /// What the list of letters begins with: how many notices, reminders and letters of thanks.
    pub(crate) fn cover(self, year: u16, counts: [usize; 3], by: &str) -> String {
        let [notices, reminders, thanks] = counts;
        match self {
            Lang::Zh => {
                let thanks = if thanks > 0 { format!("、核对情况函{thanks}份") } else { String::new() };
                format!(
                    "{year}年度报告核对工作共发出更正通知{notices}份、催报函{reminders}份{thanks}，请收到更正通知和催报函的单位于{by}前答复。"
                )
            }
            Lang::En => {
                let thanks = if thanks > 0 { format!(", {thanks} letters of thanks") } else { String::new() };
                format!("{year}: {notices} notices, {reminders} reminders{thanks}; answers are asked for by {by}.")
            }
        }
    }
}
