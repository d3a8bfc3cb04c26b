//! Words of the district's report and of the notes below its tables.

use super::Phrase;

pub(super) const WORDS: &[Phrase] = &[
    ("incomplete", "不完整", "incomplete"),
    ("unknown", "数据不详", "unknown"),
    ("gap_mark", "“≥”表示有单位数据缺失，实际数不少于所列数。", "≥ marks a lower bound: figures of some agencies are missing."),
    ("gap_names", "未报送的单位：", "No report from: "),
    ("gap_partial", "报告中部分数据缺失的单位：", "Some figures missing from: "),
    ("gap_blank", "空白格表示没有单位提供该项数据。", "An empty cell means that no agency gives the figure."),
    ("gap_same", "数据缺失情况同前表。", "figures are missing as in the table before."),
    ("complete", "本表包括全部应报单位的数据。", "The table has the figures of every expected agency."),
    ("note", "注：", "Note: "),
];
