//! Every column of every data file, once: its type, what it may hold, what it means. Heads, the data package and the
//! dictionary are made from here.

/// A column. The same name means the same in every file, but for [`TableFile::states`].
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Field type of Table Schema 2.0.
    pub(super) kind: &'static str,
    /// All values there are; empty where they are open.
    pub(super) values: &'static [&'static str],
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// A table under `data/`.
#[derive(Debug)]
pub(super) struct TableFile {
    /// File name without `.csv`.
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    /// What `status` may be in this file.
    pub(super) states: &'static [&'static str],
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

impl TableFile {
    /// The file's columns with what is known of them.
    pub(super) fn described(&self) -> impl Iterator<Item = (&'static Column, &'static [&'static str])> {
        let states = self.states;
        let known = |name: &&str| COLUMNS.iter().find(|c| c.name == *name);
        self.columns.iter().filter_map(known).map(move |c| (c, if c.name == "status" { states } else { c.values }))
    }
}

pub(super) const CELLS: [&str; 11] =
    ["agency", "year", "cell", "value", "state", "form", "raw", "place", "agency_id", "report", "derived"];
pub(super) const FINDINGS: [&str; 16] = [
    "severity",
    "rule",
    "agency_id",
    "agency",
    "year",
    "report",
    "cell",
    "found",
    "expected",
    "message",
    "place",
    "suggestion",
    "influence",
    "status",
    "key",
    "cause",
];
pub(super) const REPORTS: [&str; 14] = [
    "report",
    "agency_id",
    "agency",
    "year",
    "form",
    "format",
    "bytes",
    "sha256",
    "status",
    "reason",
    "numbers",
    "blanks",
    "unmapped",
    "counted",
];
pub(super) const DISTRICT: [&str; 9] =
    ["group_id", "group", "level", "year", "cell", "value", "reports", "missing", "lower_bound"];
pub(super) const COVERAGE: [&str; 6] = ["group_id", "group", "year", "agency_id", "agency", "status"];
pub(super) const SERIES: [&str; 12] = [
    "group_id",
    "group",
    "level",
    "series",
    "year",
    "value",
    "numerator",
    "denominator",
    "break",
    "lower_bound",
    "change",
    "growth",
];
pub(super) const RECONCILIATION: [&str; 7] = ["year", "cell", "published", "sum", "difference", "status", "explanation"];
pub(super) const CELL_IDS: [&str; 11] =
    ["form", "cell", "name", "name_en", "table", "item", "row", "column", "unit", "measure", "local"];
pub(super) const SERIES_IDS: [&str; 8] = ["form", "series", "name", "name_en", "unit", "adds", "divided_by", "break"];

/// The tables, in the order of the dictionary.
pub(super) const FILES: [TableFile; 9] = [
    TableFile {
        name: "cells",
        columns: &CELLS,
        states: &[],
        zh: "各单位报告逐格数据，一行一格；cells.parquet内容相同",
        en: "every cell of every counted report, one row a cell; cells.parquet holds the same",
    },
    TableFile {
        name: "reports",
        columns: &REPORTS,
        states: &["read", "partial", "unreadable", "foreign", "superseded"],
        zh: "收到的每个文件及其处理结果",
        en: "every input file and what became of it",
    },
    TableFile {
        name: "findings",
        columns: &FINDINGS,
        states: &["open", "confirmed", "explained", "waived"],
        zh: "核查发现的问题",
        en: "what the checks found",
    },
    TableFile {
        name: "district",
        columns: &DISTRICT,
        states: &[],
        zh: "各级汇总数，一行一格",
        en: "sums over every level of the hierarchy, one row a cell",
    },
    TableFile {
        name: "coverage",
        columns: &COVERAGE,
        states: &["counted", "partial", "missing", "unknown-agency"],
        zh: "各单位报送情况",
        en: "who has reported",
    },
    TableFile {
        name: "series",
        columns: &SERIES,
        states: &[],
        zh: "历年指标：各级汇总和各单位",
        en: "series over the years, of groups and of agencies",
    },
    TableFile {
        name: "reconciliation",
        columns: &RECONCILIATION,
        states: &["equal", "rounding", "differs", "lower-bound", "not-comparable"],
        zh: "已公布的汇总数与各单位合计数逐格核对（流程文件指定了已公布数据时才有）",
        en: "published totals against the sums of the agencies, cell by cell; only where the pipeline names some",
    },
    TableFile {
        name: "cell-ids",
        columns: &CELL_IDS,
        states: &[],
        zh: "表式中每一格的编号和含义",
        en: "what every cell id stands for",
    },
    TableFile {
        name: "series-ids",
        columns: &SERIES_IDS,
        states: &[],
        zh: "每一指标的编号和算法",
        en: "what every series is made of",
    },
];

const fn text(name: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind: "string", values: &[], zh, en }
}

const fn number(name: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind: "number", values: &[], zh, en }
}

const fn whole(name: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind: "integer", values: &[], zh, en }
}

const fn yes_no(name: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column { name, kind: "boolean", values: &[], zh, en }
}

const fn one_of(name: &'static str, values: &'static [&'static str], zh: &'static str, en: &'static str) -> Column {
    Column { name, kind: "string", values, zh, en }
}

/// Every column, by name.
pub(super) const COLUMNS: &[Column] = &[
    text("agency", "单位名称，以名录为准；名录中没有的照录报告", "name as in the registry, else as in the document"),
    text("agency_id", "单位在名录中的编号", "id in the registry"),
    whole("year", "报告年度", "reporting year"),
    text("cell", "格的编号，见cell-ids.csv；涉及多格的以分号隔开", "cell id, see cell-ids.csv; several are parted by ;"),
    number(
        "value",
        "数值，精确小数；单位见cell-ids.csv、series-ids.csv，金额为万元",
        "exact decimal, in the unit that cell-ids.csv or series-ids.csv gives",
    ),
    one_of(
        "state",
        &["number", "blank", "none", "text", "absent"],
        "number数字，blank空白，none“/”“无”等，text文字，absent报告中没有该格",
        "number; blank; none (a mark such as /); text (words); absent (the document has no such cell)",
    ),
    text("form", "表式（2019、2021等）", "generation of the form"),
    text("raw", "原文", "the text as found"),
    text("place", "在文件中的位置", "where it stood in the file"),
    text("report", "来源文件", "the file it came from, relative to the input folder"),
    text(
        "derived",
        "空：照录；否则为据以推得该数的勾稽关系，或correction（更正）",
        "empty if read; else the identity that proves the value, or `correction`",
    ),
    text("format", "文件实际格式", "what the file is by its content"),
    whole("bytes", "文件字节数", "size of the file in bytes"),
    text("sha256", "文件的SHA-256值", "SHA-256 of the file"),
    text("status", "状态", "status"),
    text("reason", "未能读取或只读取一部分的原因", "why a file was not read, or only in part"),
    whole("numbers", "读到数字的格数", "how many cells hold a number"),
    whole("blanks", "空白格数", "how many cells are blank"),
    whole("unmapped", "表式以外的内容处数", "how many passages the form does not know"),
    yes_no("counted", "是否计入汇总", "whether its figures are in the sums"),
    text("group_id", "汇总范围的编号；空为全部", "registry id of the group; empty for the group of all"),
    text("group", "汇总范围的名称", "name of the group"),
    text("level", "汇总层级；agency为单位自身", "kind of the group; `agency` for an agency itself"),
    whole("reports", "计入的报告数", "how many reports are in the sum"),
    whole("missing", "应有而没有的数据个数", "how many expected figures are not known"),
    yes_no(
        "lower_bound",
        "是否因数据缺失而为不少于数",
        "whether some expected figure is missing, so that the value is a lower bound",
    ),
    text("series", "指标编号，见series-ids.csv", "series id, see series-ids.csv"),
    number("numerator", "分子，精确合计", "exact sum of the cells that the series adds"),
    number(
        "denominator",
        "分母，精确合计；非比率指标为空",
        "exact sum of the cells that it is divided by; empty where it is no ratio",
    ),
    text("break", "口径改变、与以前年度不可比的说明", "why figures before this year cannot be compared"),
    number("change", "比上年增减；不可比时为空", "change since the year before; empty where the two cannot be compared"),
    number(
        "growth",
        "比上年增减百分比；不可比或上年数不足10时为空",
        "the change in per cent of the year before; empty also where that is under 10",
    ),
    one_of("severity", &["error", "warning", "info"], "级别：error错误，warning警告，info提示", "error, warning or info"),
    text("rule", "规则", "rule, see docs/rules.md of the program"),
    text("found", "现填", "what the cells hold"),
    text("expected", "应为或参考值", "what they should hold, or for reference"),
    text("message", "问题说明", "what is wrong, in words"),
    text("suggestion", "能够证明的改法", "the value proposed, where one is proved"),
    number("influence", "该格占汇总数的比重（0至1）", "share of the district figure that the cell moves, 0 to 1"),
    text("key", "问题编号，登记处理意见时使用", "made of rule, agency, year, cells and figures; decisions refer to it"),
    text("cause", "引起本问题的问题编号", "key of the finding that explains this one"),
    text("published", "已公布数，照录", "the published total, as found"),
    number("sum", "各单位合计数", "exact sum of the agencies"),
    number("difference", "已公布数减合计数", "published less sum"),
    text("explanation", "差异原因", "what explains the difference"),
    text("name", "名称", "name"),
    text("name_en", "英文名称", "name in English"),
    text("table", "表号", "printed number of the table"),
    text("item", "条目（《条例》第二十条各项）", "printed heading of the item"),
    text("row", "行", "printed label of the row, levels parted by /"),
    text("column", "列", "printed label of the column, levels parted by /"),
    text("unit", "计量单位", "unit"),
    one_of(
        "measure",
        &["count", "amount"],
        "count件数（整数），amount金额（可有小数）",
        "count (a whole number) or amount (up to six decimals)",
    ),
    yes_no("local", "是否地方自行增加的行", "whether the row is an addition that some districts make"),
    text("adds", "相加的格", "cells that are added"),
    text("divided_by", "作分母的格；空为不除", "cells of the denominator; empty where it is no ratio"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_every_file_is_described_once() {
        for file in &FILES {
            assert_eq!(file.described().count(), file.columns.len(), "{}", file.name);
        }
        let used = |c: &Column| FILES.iter().any(|f| f.columns.contains(&c.name));
        for (i, column) in COLUMNS.iter().enumerate() {
            assert!(used(column), "{} stands in no file", column.name);
            assert!(COLUMNS[..i].iter().all(|c| c.name != column.name), "{} twice", column.name);
        }
    }
}
