//! Words of notices, reminders and their lists.

use super::Phrase;

pub(super) const WORDS: &[Phrase] = &[
    ("expected_or_reference", "应为或参考值", "Expected, or for reference"),
    ("notice_title", "关于核实更正政府信息公开\n工作年度报告数据的通知", "Notice of errors in the annual report"),
    ("reminder_title", "关于报送政府信息公开\n工作年度报告的催报函", "Reminder to submit the annual report"),
    ("no", "序号", "No."),
    ("date_blank", "　　　　年　　月　　日", "Date: ____________"),
    ("alternative", "或：", "or: "),
];
