//! Words of the empty forms.

use super::Phrase;

pub(super) const WORDS: &[Phrase] = &[
    ("text_here", "（文字描述）", "(text)"),
    ("blank_agency", "〔单位名称〕", "[Agency]"),
    ("blank_year", "〔年份〕", "[year]"),
];
