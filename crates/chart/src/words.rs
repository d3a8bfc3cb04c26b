//! What charts say: official Chinese for clerks, English where the form is English. All wording that is common to several
//! kinds stands here; what only one kind says stands beside its drawing.

use crate::number;
use crate::scope::{Absent, Fig};

/// The language of a chart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) zh: bool,
}

impl Words {
    /// The wording of the language.
    pub(crate) fn pick(self, zh: impl Into<String>, en: impl Into<String>) -> String {
        if self.zh { zh.into() } else { en.into() }
    }

    pub(crate) fn everyone(self) -> &'static str {
        if self.zh { "全部单位" } else { "All agencies" }
    }

    /// A kind of agency or group as people call it.
    pub(crate) fn level(self, level: &str) -> String {
        let zh = match level {
            "agency" => "单位",
            "bureau" => "部门",
            "office" => "办事机构",
            "sub-district" => "街道",
            "town" => "乡镇",
            "zone" => "功能区",
            "county" => "县",
            "district" => "区县",
            "city" => "市",
            "province" => "省",
            other => other,
        };
        self.pick(zh, level)
    }

    /// The name of a sum over all of a level.
    pub(crate) fn all_of(self, group: &str, level: &str, n: usize) -> String {
        let level = self.level(level);
        let group = if self.zh && group == self.everyone() { "全部" } else { group };
        self.pick(format!("{group}{n}个{level}合计"), format!("{group}, {n} of level {level} together"))
    }

    /// A figure with its unit.
    pub(crate) fn amount(self, text: &str, unit: &str) -> String {
        match (unit, self.zh) {
            ("%" | "", _) => text.to_owned(),
            (_, true) => format!("{text}{unit}"),
            (_, false) => format!("{text} {unit}"),
        }
    }

    /// A figure with its share of the whole.
    pub(crate) fn with_share(self, figure: &str, share: &str) -> String {
        match share {
            "" => figure.to_owned(),
            _ => self.pick(format!("{figure}　{share}"), format!("{figure} ({share})")),
        }
    }

    /// A list of names.
    pub(crate) fn list(self, names: &[String]) -> String {
        names.join(if self.zh { "、" } else { ", " })
    }

    /// At most `most` names, with the number of the others.
    pub(crate) fn some(self, names: &[String], most: usize) -> String {
        if names.len() <= most {
            return self.list(names);
        }
        let shown = self.list(&names[..most]);
        self.pick(format!("{shown}等{}个", names.len()), format!("{shown} and {} more", names.len() - most))
    }

    pub(crate) fn unit_note(self, unit: &str) -> String {
        if unit.is_empty() {
            return String::new();
        }
        self.pick(format!("单位：{unit}"), format!("Unit: {unit}"))
    }

    pub(crate) fn others(self, n: usize) -> String {
        self.pick(format!("其余{n}个单位"), format!("{n} others"))
    }

    pub(crate) fn total(self) -> String {
        self.pick("合计", "Total")
    }

    pub(crate) fn no_data(self) -> &'static str {
        if self.zh { "无数据" } else { "no data" }
    }

    /// Why there is no drawing.
    pub(crate) fn absent(self, absent: &Absent, year: u16) -> String {
        match absent {
            Absent::Year => self.pick(format!("{year}年没有可用数据"), format!("No data for {year}")),
            Absent::Before(last) => self.pick(
                format!("没有可与{last}年比较的{year}年数据"),
                format!("No figures of {year} that can be compared with {last}"),
            ),
            Absent::Agency(name) => self.pick(format!("没有“{name}”的可用数据"), format!("No data for {name}")),
            Absent::Level(level) => self.pick(format!("没有“{level}”一级的可用数据"), format!("No data at level {level}")),
        }
    }

    /// How a figure compares with last year's: `，比上年增加12件（+8.6%）`. Nothing where either is not known whole; the
    /// percentage only of 20 and more, as it misleads on less.
    pub(crate) fn change(self, now: Fig, last: Fig, unit: &str) -> String {
        let (Some(a), Some(b)) = (now.value(), last.value()) else { return String::new() };
        if last.lower || (now.lower && now.ratio) {
            return String::new();
        }
        if now.lower && now.doubt {
            return String::new();
        }
        if now.lower {
            // Whatever is missing can only add to it.
            let by = self.amount(&number::plain(a - b), unit);
            let before = self.amount(&last.text(), unit);
            return match a > b {
                true => self.pick(
                    format!("，比上年至少增加{by}"),
                    format!(", at least {} more than the year before", number::plain(a - b)),
                ),
                false => self.pick(format!("（上年{before}）"), format!(" (the year before: {})", last.text())),
            };
        }
        if now.ratio {
            let points = ((a - b) * 10.0).round() / 10.0;
            let text = number::plain(points.abs());
            return match points {
                p if p > 0.0 => {
                    self.pick(format!("，比上年上升{text}个百分点"), format!(", up {text} points on the year before"))
                }
                p if p < 0.0 => {
                    self.pick(format!("，比上年下降{text}个百分点"), format!(", down {text} points on the year before"))
                }
                _ => self.pick("，与上年持平", ", the same as the year before"),
            };
        }
        let by = self.amount(&number::plain((a - b).abs()), unit);
        let percent = if b >= 20.0 { self.bracket(&signed_percent((a - b) / b * 100.0)) } else { String::new() };
        let plain = number::plain((a - b).abs());
        match a - b {
            d if d > 0.0 => {
                self.pick(format!("，比上年增加{by}{percent}"), format!(", {plain} more than the year before{percent}"))
            }
            d if d < 0.0 => {
                self.pick(format!("，比上年减少{by}{percent}"), format!(", {plain} fewer than the year before{percent}"))
            }
            _ => self.pick("，与上年持平", ", as many as the year before"),
        }
    }

    /// The same in a bracket, for several quantities in one sentence: `（比上年+8.6%）`, or the difference where a percentage
    /// would mislead.
    pub(crate) fn short_change(self, now: Fig, last: Fig, unit: &str) -> String {
        let (Some(a), Some(b)) = (now.value(), last.value()) else { return String::new() };
        if last.lower || now.lower {
            return String::new();
        }
        if (a - b).abs() < if now.ratio { 0.05 } else { 1e-9 } {
            return self.pick("（与上年持平）", " (unchanged)");
        }
        let text = match (now.ratio, b >= 20.0) {
            (true, _) => self.pick(format!("{}个百分点", signed(a - b, 1)), format!("{} points", signed(a - b, 1))),
            (false, true) => signed_percent((a - b) / b * 100.0),
            (false, false) => self.amount(&signed(a - b, 2), if self.zh { unit } else { "" }),
        };
        self.pick(format!("（比上年{text}）"), format!(" ({text})"))
    }

    /// Who holds a first place, shared or not.
    pub(crate) fn first<'n>(self, names: impl IntoIterator<Item = &'n str>) -> First {
        let names: Vec<&str> = names.into_iter().collect();
        let who = match names.as_slice() {
            [only] => (*only).to_owned(),
            [all @ .., last] if names.len() <= 3 => self.pick(names.join("、"), format!("{} and {last}", all.join(", "))),
            _ => self.agencies(names.len()),
        };
        First { who, shared: names.len() > 1, many: names.len() > 3 }
    }

    /// A figure in a sentence: `至少376件` for a lower bound.
    pub(crate) fn told(self, fig: Fig, unit: &str) -> String {
        if fig.value().is_none() {
            return self.pick("数据不全", "not known");
        }
        let text = self.amount(fig.text().trim_start_matches('≥'), unit);
        match fig.lower && !fig.ratio && !fig.doubt {
            true => self.pick(format!("至少{text}"), format!("at least {text}")),
            false => text,
        }
    }

    /// A number of agencies.
    pub(crate) fn agencies(self, n: usize) -> String {
        self.pick(format!("{n}个单位"), format!("{n} {}", if n == 1 { "agency" } else { "agencies" }))
    }

    /// A name as it is drawn. The font's curly quotation marks are as wide as a Chinese character, which tears English apart.
    /// Marks that are not seen and could turn the direction of what stands beside them are left out.
    pub(crate) fn name(self, name: &str) -> String {
        let turns = |c: char| matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        let name: String = name.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
        if self.zh { name } else { name.replace(['’', '‘'], "'").replace(['“', '”'], "\"") }
    }

    fn bracket(self, text: &str) -> String {
        self.pick(format!("（{text}）"), format!(" ({text})"))
    }

    pub(crate) fn lower_note(self) -> String {
        self.pick("≥和斜线：有单位未报送或数据不全，为下限", "≥ and hatching: figures are missing; a lower bound")
    }

    pub(crate) fn break_note(self, year: u16, reason: &str) -> String {
        let reason = reason.trim_end_matches(['。', '.']);
        self.pick(format!("虚线：{reason}"), format!("Dashed rule at {year}: {reason}"))
    }

    pub(crate) fn broken(self) -> &'static str {
        if self.zh { "口径变化" } else { "break" }
    }

    pub(crate) fn span(self, years: &[u16]) -> String {
        match (years.first(), years.last()) {
            (Some(a), Some(b)) if a != b => self.pick(format!("{a}—{b}年"), format!("{a}–{b}")),
            (Some(a), _) => self.pick(format!("{a}年"), a.to_string()),
            _ => String::new(),
        }
    }

    pub(crate) fn year(self, year: u16) -> String {
        self.pick(format!("{year}年"), year.to_string())
    }

    /// The last line below a drawing.
    pub(crate) fn source(self, report: &str, reported: usize, expected: usize) -> String {
        let report = if report.is_empty() { self.pick("年度报告", "annual reports") } else { report.to_owned() };
        match expected {
            0 => self.pick(format!("资料来源：各单位{report}"), format!("Source: {report} of the agencies")),
            _ => self.pick(
                format!("资料来源：各单位{report}（应报{expected}个，已报{reported}个）"),
                format!("Source: {report} of {reported} agencies ({expected} expected)"),
            ),
        }
    }
}

/// Who holds a first place: up to three names, else how many they are.
pub(crate) struct First {
    pub(crate) who: String,
    /// Whether several hold it.
    pub(crate) shared: bool,
    /// Whether they are counted, not named.
    pub(crate) many: bool,
}

impl First {
    /// The figure that all of them have.
    pub(crate) fn each(&self, words: Words, amount: &str) -> String {
        match self.shared {
            true => words.pick(format!("均为{amount}"), format!("{amount} each")),
            false => amount.to_owned(),
        }
    }

    /// The change that all of them have.
    pub(crate) fn each_by(&self, words: Words, change: &str) -> String {
        match self.shared {
            true => words.pick(format!("均{change}"), format!("{change} each")),
            false => change.to_owned(),
        }
    }
}

/// A change in per cent with its sign.
pub(crate) fn signed_percent(p: f64) -> String {
    let text = number::percent(p.abs());
    if p < 0.0 { format!("−{text}") } else { format!("+{text}") }
}

/// A change of a rate in points with its sign, one decimal always, as rates have.
pub(crate) fn signed_points(points: f64) -> String {
    let sign = match (points * 10.0).round() {
        p if p > 0.0 => "+",
        p if p < 0.0 => "−",
        _ => "",
    };
    format!("{sign}{}", number::percent(points.abs()).trim_end_matches('%'))
}

/// A change with its sign.
pub(crate) fn signed(value: f64, decimals: u32) -> String {
    let text = number::exact((value.abs() * 1e6).round() as i128, decimals);
    match value {
        v if v > 0.0 => format!("+{text}"),
        v if v < 0.0 => format!("−{text}"),
        _ => "0".to_owned(),
    }
}
