//! Words of `tables.xlsx`.

use super::Phrase;

pub(super) const WORDS: &[Phrase] = &[
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
    ("missing_note", "个单位数据缺失，合计为不少于数", " agencies are missing: a lower bound"),
];
