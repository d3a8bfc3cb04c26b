//! What a chart file may say: every kind and every key is one record, with its meaning in both languages. The reference in
//! `docs/charts.md`, the published gallery and the errors about chart files are made from them.

/// A kind of chart.
#[derive(Debug)]
pub struct KindRecord {
    /// The word in the file.
    pub name: &'static str,
    /// Name, Chinese and English.
    pub title: [&'static str; 2],
    /// What it shows.
    pub shows: [&'static str; 2],
    /// When it says more than another kind.
    pub when: [&'static str; 2],
    /// How its figures are worked out, with the source, where that needs saying; for those who check it, not for readers.
    pub method: [&'static str; 2],
    /// The keys beside those that every kind has.
    pub keys: &'static [&'static str],
}

/// A key of a chart file.
#[derive(Debug)]
pub struct KeyRecord {
    /// Its name; within `series` or `panel` behind a dot.
    pub name: &'static str,
    /// Type of its value.
    pub value: [&'static str; 2],
    /// What holds where the file does not say; empty if it has to.
    pub default: [&'static str; 2],
    /// What it means.
    pub means: [&'static str; 2],
}

/// The keys that every kind has.
pub const COMMON: [&str; 6] = ["kind", "title", "subtitle", "note", "level", "english"];

const TEXT: [&str; 2] = ["文字", "text"];
const NUMBER: [&str; 2] = ["整数", "whole number"];
const NEEDED: [&str; 2] = ["", ""];

/// Every key.
pub const KEYS: &[KeyRecord] = &[
    KeyRecord { name: "kind", value: TEXT, default: NEEDED, means: ["图的种类", "kind of chart"] },
    KeyRecord {
        name: "title",
        value: TEXT,
        default: NEEDED,
        means: [
            "标题。{finding}换成由数据得出的一句话结论，{group}换成地区或单位名称，{year}换成年度",
            "headline; {finding} becomes a sentence made from the figures, {group} the group or agency, {year} the year",
        ],
    },
    KeyRecord {
        name: "subtitle",
        value: TEXT,
        default: NEEDED,
        means: ["副标题，说明画的是什么；可用的花括号同标题", "what is drawn; the same fields in braces as in the title"],
    },
    KeyRecord {
        name: "note",
        value: TEXT,
        default: ["无", "none"],
        means: ["图下方的说明；可用的花括号同标题", "a remark below the drawing; the same fields in braces as in the title"],
    },
    KeyRecord {
        name: "level",
        value: TEXT,
        default: ["全地区；比较时为各报告单位", "the group at the top; comparisons: the reporting agencies"],
        means: [
            "只画某一级或某一类，如 district、bureau、town（名录中的 kind）；命令行 --level 优先",
            "draw one level or kind of agency only, such as district, bureau, town (`kind` of the registry); --level wins",
        ],
    },
    KeyRecord {
        name: "english",
        value: ["[english] 段，写在文件末尾", "[english] table at the end of the file"],
        default: ["无，--lang en 时仍为原文", "none: the chart stays as it is with --lang en"],
        means: [
            "文件中各项文字的英文，每行一条：“原文” = “英文”；没有写的指标名称、单位用表式的英文",
            "the file's texts in English, a line each: \"text\" = \"English\"; labels and units that are not there are the form's",
        ],
    },
    KeyRecord {
        name: "what",
        value: TEXT,
        default: ["第一个指标的名称", "the label of the first series"],
        means: ["结论句中怎样称呼所画的数量，如“新收申请”", "what the headline calls the quantity, such as “requests received”"],
    },
    KeyRecord {
        name: "unit",
        value: TEXT,
        default: ["表式规定的单位", "the form's unit"],
        means: ["单位的写法，如“件”", "how the unit is written"],
    },
    KeyRecord {
        name: "years",
        value: NUMBER,
        default: ["15", "15"],
        means: ["最多画最近几年", "how many years back are drawn at most"],
    },
    KeyRecord {
        name: "top",
        value: NUMBER,
        default: [
            "rank 15、heatmap 40、dumbbell 20、coverage 30、multiples 200、waterfall 12、slope 14",
            "rank 15, heatmap 40, dumbbell 20, coverage 30, multiples 200, waterfall 12, slope 14",
        ],
        means: [
            "逐个画出几个单位，其余合并或在注中说明",
            "how many agencies are drawn one by one; the others are put together or counted in a note",
        ],
    },
    KeyRecord {
        name: "small",
        value: NUMBER,
        default: ["0", "0"],
        means: [
            "比率的分母小于此数的，画成空心（slope 不画），样本小不宜比较",
            "ratios with a smaller denominator are hollow (left out by slope): too few cases to compare",
        ],
    },
    KeyRecord {
        name: "axis",
        value: TEXT,
        default: ["分母", "denominator"],
        means: ["横轴（分母）的名称", "what the horizontal axis, the denominator, is called"],
    },
    KeyRecord {
        name: "back",
        value: NUMBER,
        default: ["1", "1"],
        means: ["与几年前比较；1为上年", "how many years back the other end lies; 1 is last year"],
    },
    KeyRecord {
        name: "series",
        value: ["列表", "list"],
        default: NEEDED,
        means: ["画哪些指标，按顺序", "the series that are drawn, in order"],
    },
    KeyRecord {
        name: "series.id",
        value: TEXT,
        default: NEEDED,
        means: [
            "指标代码，见表式的 [[series]]；写错时提示最接近的",
            "id of a series of the form ([[series]]); a wrong one is answered with the nearest",
        ],
    },
    KeyRecord {
        name: "series.label",
        value: TEXT,
        default: ["表式中的名称", "the form's label"],
        means: ["图上的名称", "its name in the drawing"],
    },
    KeyRecord {
        name: "series.role",
        value: ["in、out 或 part", "in, out or part"],
        default: NEEDED,
        means: ["收入（in）、去向（out）或某一去向的组成部分（part）", "comes in, goes out, or is a part of what goes out"],
    },
    KeyRecord {
        name: "series.of",
        value: TEXT,
        default: NEEDED,
        means: [
            "组成部分属于哪一个去向（其 id）；只有 part 才写",
            "the id of the outgoing series that a part belongs to; parts only",
        ],
    },
    KeyRecord {
        name: "total",
        value: TEXT,
        default: ["各部分之和", "the sum of the parts"],
        means: [
            "合计所用指标的代码：标题、标签、占比和数表都用它；各部分之和与它不一致时注明",
            "id of the series that is the whole: headline, labels, shares and table use it; where the parts do not add up to it a note says so",
        ],
    },
    KeyRecord {
        name: "panel",
        value: ["[[panel]] 段，1至6个", "one to six [[panel]] tables"],
        default: NEEDED,
        means: ["并列小图，每个自有刻度", "drawings side by side, each with its own scale"],
    },
    KeyRecord {
        name: "panel.title",
        value: TEXT,
        default: ["只画一个指标时，为该指标的名称", "with one series: its label"],
        means: ["小图的标题", "headline of the panel"],
    },
    KeyRecord {
        name: "panel.draw",
        value: ["bars、stacked 或 lines", "bars, stacked or lines"],
        default: NEEDED,
        means: [
            "柱（1个指标）、堆积柱（至多7个）或折线（至多4个）",
            "columns of one series, stacked columns of at most 7, or lines of at most 4",
        ],
    },
    KeyRecord {
        name: "panel.series",
        value: ["列表", "list"],
        default: NEEDED,
        means: ["小图画哪些指标，写法同 series", "its series, written as in `series`"],
    },
    KeyRecord {
        name: "panel.total",
        value: TEXT,
        default: ["各部分之和", "the sum of the parts"],
        means: ["堆积柱的合计所用指标的代码，同 total", "id of the series that is the whole of stacked columns, as `total`"],
    },
];

/// Every kind.
pub const KINDS: &[KindRecord] = &[
    KindRecord {
        name: "stacked",
        title: ["堆积柱形图", "Stacked columns"],
        shows: [
            "各年总量及其组成部分，每年一柱，部分的名称和本年数直接写在柱旁",
            "totals and their parts, a column a year, the parts named beside the last column",
        ],
        when: ["既看总量的变化，又看由谁构成时", "when both the total and what it is made of matter"],
        method: ["", ""],
        keys: &["what", "unit", "years", "total", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "share",
        title: ["百分比条形图", "Bars of 100 %"],
        shows: ["各年的构成，每年一条，合计为100%", "the make-up of each year, a bar of 100 % a year"],
        when: ["总量相差大而只比构成时", "when totals differ and only their make-up is compared"],
        method: ["", ""],
        keys: &["what", "unit", "years", "total", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "flow",
        title: ["流向图", "Flow"],
        shows: [
            "一年之内从哪里来、到哪里去、结果如何，宽度即数量；两侧不等时注明",
            "what comes in during a year and what becomes of it; widths are figures, a difference between the sides is told",
        ],
        when: ["向领导讲清一年的办理全过程时", "to explain a whole year's handling at a glance"],
        method: ["", ""],
        keys: &["what", "unit", "series", "series.id", "series.label", "series.role", "series.of"],
    },
    KindRecord {
        name: "waterfall",
        title: ["瀑布图", "Waterfall"],
        shows: ["从上年合计到本年合计，各单位各增减多少", "how last year's total became this year's: who added, who took away"],
        when: ["要说明总量的增减由哪些单位造成时", "to say which agencies a rise or fall is due to"],
        method: ["", ""],
        keys: &["what", "unit", "top", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "rank",
        title: ["排序点图", "Ranked dots"],
        shows: [
            "各单位由多到少，实心点为本年，空心点为上年",
            "agencies by size; the full dot is this year, the hollow one last year",
        ],
        when: ["看集中在哪些单位、名次有无变化时", "to see where the most is, and whether it was so last year"],
        method: ["", ""],
        keys: &["what", "unit", "top", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "dumbbell",
        title: ["哑铃图", "Dumbbells"],
        shows: ["各单位本年与上年的差距，按变化量排列", "this year against last, agency by agency, by the size of the change"],
        when: ["关心变化而不是大小时", "when the change matters, not the size"],
        method: ["", ""],
        keys: &["what", "unit", "top", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "slope",
        title: ["斜率图", "Slopes"],
        shows: ["主要单位在两个年度之间的升降，线的斜率即变化", "the largest agencies in two years; the slope is the change"],
        when: ["比较各单位比率的升降和先后次序时", "to compare how rates and their order have moved"],
        method: ["", ""],
        keys: &["what", "unit", "top", "small", "back", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "funnel",
        title: ["漏斗图", "Funnel plot"],
        shows: [
            "各单位的比率和样本量，及正常波动范围，超出的标名",
            "ratios against their denominators, with the limits of chance; who lies outside is named",
        ],
        when: ["样本量悬殊，要分清真差别与偶然波动时", "when sizes differ much and chance must be told from a real difference"],
        method: [
            "以总体比率为中心，深色带、浅色带为95%、99.8%控制限（二项分布精确界限，见 Spiegelhalter, Statistics in Medicine 24 (2005) 1185–1202）；单位间差异普遍大于偶然波动时按离散系数放宽；超出99.8%的标橙色，至多标名14个；数值相同的点略向右错开",
            "around the overall ratio the dark and light bands are 95 % and 99.8 % limits (exact binomial; Spiegelhalter, Statistics in Medicine 24 (2005) 1185–1202), widened for overdispersion where agencies differ more than chance explains throughout; outside 99.8 % is orange, at most 14 are named; points with the same figures stand beside each other",
        ],
        keys: &["what", "axis", "small", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "heatmap",
        title: ["热力图", "Heat map"],
        shows: ["单位乘年度的数字表，颜色越深数值越大", "figures of agencies by year, darker for more"],
        when: [
            "一页看全部单位多年情况、找突变和空缺时",
            "to see all agencies over the years on one page, and what jumps or is missing",
        ],
        method: ["", ""],
        keys: &["what", "unit", "years", "top", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "multiples",
        title: ["小图组", "Small multiples"],
        shows: ["每个单位一幅小图，刻度各自独立", "a small drawing for every agency, each with its own scale"],
        when: ["单位之间大小悬殊，只看各自走势时", "when sizes differ much and each agency's own course matters"],
        method: ["", ""],
        keys: &["what", "unit", "years", "top", "series", "series.id", "series.label"],
    },
    KindRecord {
        name: "panels",
        title: ["组图", "Panels"],
        shows: ["几个指标并列，刻度各自独立", "several quantities side by side, each with its own scale"],
        when: ["相关而量级不同的指标一起看时", "for related quantities of different orders of magnitude"],
        method: ["", ""],
        keys: &[
            "years",
            "small",
            "panel",
            "panel.title",
            "panel.draw",
            "panel.series",
            "panel.total",
            "series.id",
            "series.label",
        ],
    },
    KindRecord {
        name: "coverage",
        title: ["报送和核查情况", "Coverage"],
        shows: ["各单位是否报送，待处理的问题各有多少", "who has reported, and how many findings are open"],
        when: ["催报、安排核实之前", "before telephoning"],
        method: ["", ""],
        keys: &["top"],
    },
];

/// The record of a key.
pub fn key(name: &str) -> Option<&'static KeyRecord> {
    KEYS.iter().find(|k| k.name == name)
}

/// The record of a kind.
pub fn kind(name: &str) -> Option<&'static KindRecord> {
    KINDS.iter().find(|k| k.name == name)
}

impl KindRecord {
    /// Every key that a file of this kind may have.
    pub fn all_keys(&self) -> impl Iterator<Item = &'static KeyRecord> {
        COMMON.iter().chain(self.keys).filter_map(|name| key(name))
    }

    /// Whether a file of this kind may have the key.
    pub fn takes(&self, name: &str) -> bool {
        COMMON.contains(&name) || self.keys.contains(&name)
    }
}

impl KeyRecord {
    /// Whether the file has to say it.
    pub fn is_needed(&self) -> bool {
        self.default[0].is_empty()
    }
}
