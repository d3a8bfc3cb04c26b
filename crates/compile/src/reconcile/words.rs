//! What a reconciliation says, in Chinese for clerks and in English.

use nianbao_form::{Cell, Forms, decimal_text};

use super::explain::Explanations;
use super::{CellSlip, Comparison, Explanation, ReconcileRow, Reconciliation, Slip, Suspect};
use crate::Compilation;

/// Names told in one sentence.
const MOST_NAMES: usize = 5;

fn slip_zh(slip: Slip) -> &'static str {
    match slip {
        Slip::Omitted => "漏计",
        Slip::OldVersion => "误用已被替换的旧版报告：",
        Slip::LastYear => "误用上一年度数据",
        Slip::CountedTwice => "重复计入",
        Slip::Added => "不应计入而计入",
    }
}

fn slip_en(slip: Slip) -> &'static str {
    match slip {
        Slip::Omitted => "left out",
        Slip::OldVersion => "an older version of the report used",
        Slip::LastYear => "last year's figures used",
        Slip::CountedTwice => "counted twice",
        Slip::Added => "added although counted elsewhere",
    }
}

fn names_zh(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join("、");
    if names.len() > MOST_NAMES { format!("{shown}等{}个单位", names.len()) } else { shown }
}

fn names_en(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join("; ");
    if names.len() > MOST_NAMES { format!("{shown} and {} more", names.len() - MOST_NAMES) } else { shown }
}

fn cell_name(forms: &Forms, compilation: &Compilation, year: u16, cell: Cell, language: &str) -> String {
    compilation.form_of(year).map_or_else(|| forms.id(cell).to_owned(), |form| forms.name_in(language, form, cell))
}

/// Suspects by what was done with their figures, in order.
fn by_slip(suspects: &[Suspect]) -> Vec<(Slip, Vec<&Suspect>)> {
    let mut out: Vec<(Slip, Vec<&Suspect>)> = Vec::new();
    for s in suspects {
        match out.iter_mut().find(|(slip, _)| *slip == s.slip) {
            Some((_, list)) => list.push(s),
            None => out.push((s.slip, vec![s])),
        }
    }
    out.sort_by_key(|(slip, _)| *slip);
    out
}

/// Fills the sentences of an explanation; `all` is how many explanations of the year are equally good.
pub(super) fn explain(forms: &Forms, compilation: &Compilation, e: &mut Explanation, all: usize) {
    let name = |s: &Suspect| if s.group { format!("{}（整组）", s.name) } else { s.name.clone() };
    let name_en = |s: &Suspect| if s.group { format!("{} (the whole group)", s.name) } else { s.name.clone() };
    let groups = by_slip(&e.suspects);
    let who: Vec<String> = groups
        .iter()
        .map(|(slip, list)| format!("{}{}", slip_zh(*slip), list.iter().map(|s| name(s)).collect::<Vec<_>>().join("、")))
        .collect();
    let who_en: Vec<String> = groups
        .iter()
        .map(|(slip, list)| format!("{} ({})", slip_en(*slip), list.iter().map(|s| name_en(s)).collect::<Vec<_>>().join("; ")))
        .collect();
    let cells = |language| {
        let names = e.cells.iter().map(|c| cell_name(forms, compilation, e.year, *c, language));
        names.collect::<Vec<_>>().join(if language == "en" { "; " } else { "；" })
    };
    let (cells, cells_en) = (cells("zh"), cells("en"));
    let (n, m) = (e.cells.len(), e.unchanged);
    let mut zh = format!("{}年有{n}项与各单位合计不符（{}）：若公布数{}，", e.year, cells, who.join("，"));
    let mut en = format!(
        "{}: {n} cells differ from the sum of the agencies ({}); explained by {} – ",
        e.year,
        cells_en,
        who_en.join(" and ")
    );
    if !e.slips.is_empty() {
        (e.message, e.message_en) = beside_slips(forms, compilation, e, &who.join("，"), &who_en.join(" and "), all);
        return;
    }
    if e.disturbed.is_empty() {
        zh += &format!("则{n}项差额全部吻合，其余{m}项可比指标不受影响");
        en += &format!("which fits all of them and leaves the other {m} comparable cells as they are");
    } else {
        zh += &format!("且仅涉及上述指标，则{n}项差额全部吻合（这些单位另有{}项不为零的指标并无差额）", e.disturbed.len());
        en += &format!("in these cells only ({} other cells of theirs that are not 0 show no difference)", e.disturbed.len());
    }
    if e.rejected > 0 {
        zh += &format!("；另有{}组单位也能凑成上述差额，但会改变其他指标，已排除", e.rejected);
        en += &format!(
            "; ruled out because other cells would change: {} of as many agencies that fit the differing cells",
            match e.rejected {
                1 => "another set".to_owned(),
                n => format!("{n} other sets"),
            }
        );
    }
    if all > 1 {
        zh += &format!("；同样吻合的共有{all}组，这是第{}组", e.rank);
        en += &format!("; number {} of {all} equally good explanations", e.rank);
    }
    e.message = zh + "。";
    e.message_en = en + ".";
}

/// The sentences of an explanation that leaves cells to slips of the pen.
fn beside_slips(
    forms: &Forms,
    compilation: &Compilation,
    e: &Explanation,
    who: &str,
    who_en: &str,
    all: usize,
) -> (String, String) {
    let name = |s: &CellSlip, language| cell_name(forms, compilation, e.year, s.cell, language);
    let each: Vec<String> = e.slips.iter().map(|s| format!("“{}”{}", name(s, "zh"), slip_said_zh(s))).collect();
    let each_en: Vec<String> = e.slips.iter().map(|s| format!("{}: {}", name(s, "en"), slip_said_en(s))).collect();
    let (each, each_en) = (each.join("；"), each_en.join("; "));
    let n = e.cells.len();
    let mut zh = format!("{}年有{n}项与各单位合计不符：", e.year);
    let mut en = format!("{}: {n} cells differ from the sum of the agencies; ", e.year);
    if e.suspects.is_empty() {
        zh += &format!("可能是公布数笔误——{each}");
        en += &format!("perhaps slips in the published figures – {each_en}");
    } else {
        let explained = e.cells.iter().filter(|c| e.slips.iter().all(|s| s.cell != **c)).count();
        zh += &format!("若公布数{who}，则其中{explained}项差额全部吻合，另有{}项须单独核对——{each}", e.slips.len());
        en += &format!(
            "{explained} of them are explained by {who_en}, {} are to be looked at on their own – {each_en}",
            e.slips.len()
        );
    }
    if all > 1 {
        zh += &format!("；同样吻合的共有{all}组，这是第{}组", e.rank);
        en += &format!("; number {} of {all} equally good explanations", e.rank);
    }
    (zh + "。", en + ".")
}

fn slip_said_zh(s: &CellSlip) -> String {
    let why = if s.slip.is_empty() { "原因不明" } else { &s.slip };
    format!("公布{}，应为{}（{why}）", decimal_text(s.found), decimal_text(s.meant))
}

fn slip_said_en(s: &CellSlip) -> String {
    let why = if s.slip_en.is_empty() { "no slip explains it" } else { &s.slip_en };
    format!("published {}, should be {} ({why})", decimal_text(s.found), decimal_text(s.meant))
}

/// The figures by which suspects explain one cell: `漏计甲局5、乙局3`.
fn figures(e: &Explanation, cell: Cell, zh: bool) -> String {
    let effect = |s: &Suspect| s.effect.iter().find(|(c, _)| *c == cell).map_or(0, |(_, v)| *v);
    let list = |slip: Slip, suspects: &[&Suspect]| {
        let part = |s: &&Suspect| {
            let change = effect(s);
            (change != 0).then(|| match slip {
                Slip::LastYear | Slip::OldVersion if zh => {
                    format!("{}（{}{}）", s.name, if change > 0 { "+" } else { "" }, decimal_text(change))
                }
                Slip::LastYear | Slip::OldVersion => {
                    format!("{} {}{}", s.name, if change > 0 { "+" } else { "" }, decimal_text(change))
                }
                _ if zh => format!("{}（{}）", s.name, decimal_text(change.abs())),
                _ => format!("{} {}", s.name, decimal_text(change.abs())),
            })
        };
        let parts: Vec<String> = suspects.iter().filter_map(part).collect();
        match (parts.is_empty(), zh) {
            (true, _) => None,
            (_, true) => Some(format!("{}{}", slip_zh(slip), parts.join("、"))),
            _ => Some(format!("{}: {}", slip_en(slip), parts.join(", "))),
        }
    };
    let all: Vec<String> = by_slip(&e.suspects).iter().filter_map(|(slip, suspects)| list(*slip, suspects)).collect();
    all.join(if zh { "，" } else { "; " })
}

/// Says of every row that is not equal what was found and why.
pub(super) fn explain_rows(compilation: &Compilation, rows: &mut [ReconcileRow], found: &Explanations) {
    for row in rows {
        let (zh, en) = match row.status {
            Comparison::Equal => continue,
            Comparison::Rounding => {
                ("公布数为合计数四舍五入后的数，不作差错处理".to_owned(), "the sum, rounded: no error".to_owned())
            }
            Comparison::NotComparable => not_comparable(row),
            Comparison::LowerBound => lower_bound(compilation, row),
            Comparison::Differs => differs(row, found),
        };
        (row.explanation, row.explanation_en) = (zh, en);
    }
}

fn not_comparable(row: &ReconcileRow) -> (String, String) {
    match (row.published, row.raw.trim().is_empty()) {
        (None, true) => ("公布处为空白，无法比较".to_owned(), "nothing was published".to_owned()),
        (None, false) => (
            format!("公布处为“{}”，不是数字，无法比较", row.raw.trim()),
            format!("published as `{}`, which is no number", row.raw.trim()),
        ),
        _ => ("没有单位填报该项，无法比较".to_owned(), "no agency gives this figure".to_owned()),
    }
}

fn lower_bound(compilation: &Compilation, row: &ReconcileRow) -> (String, String) {
    let owing = compilation.owing(&compilation.root, row.year, row.cell);
    let difference = decimal_text(row.difference.unwrap_or(0).abs());
    (
        format!("尚缺{}个单位的数（{}），合计为下限，差额{difference}可能由此产生", owing.len(), names_zh(&owing)),
        format!(
            "{} figures are missing ({}): the sum is a lower bound and {difference} may be theirs",
            owing.len(),
            names_en(&owing)
        ),
    )
}

fn differs(row: &ReconcileRow, found: &Explanations) -> (String, String) {
    let difference = row.difference.unwrap_or(0);
    let size = decimal_text(difference.abs());
    let (more, more_en) = if difference > 0 { ("多", "more") } else { ("少", "less") };
    let mut zh = format!("公布数比各单位合计{more}{size}");
    let mut en = format!("published {size} {more_en} than the sum of the agencies");
    match found.found.first() {
        Some(e) => {
            let slip = e.slips.iter().find(|s| s.cell == row.cell);
            let parts = [Some(figures(e, row.cell, true)).filter(|f| !f.is_empty()), slip.map(slip_said_zh)];
            zh += &format!("：{}", parts.into_iter().flatten().collect::<Vec<_>>().join("；"));
            let parts = [Some(figures(e, row.cell, false)).filter(|f| !f.is_empty()), slip.map(slip_said_en)];
            en += &format!("; {}", parts.into_iter().flatten().collect::<Vec<_>>().join("; "));
            if !e.disturbed.is_empty() {
                zh += "（仅该表所列不符指标）";
                en += " (in the differing cells only)";
            }
            if found.all > 1 {
                zh += &format!("；另有{}组单位同样吻合", found.all - 1);
                en += &format!("; {} other sets of agencies fit as well", found.all - 1);
            }
        }
        None => {
            zh += "；未找到能同时解释本年全部差额的少数单位";
            en += "; no few agencies explain all differences of the year";
        }
    }
    if found.cut {
        zh += "（单位过多，只查找了一部分组合）";
        en += " (the search was cut short)";
    }
    (zh, en)
}

/// How many figures agree, differ, and so on.
pub(super) fn summarise(r: &mut Reconciliation) {
    let n = |status| r.count(status);
    let (equal, differs) = (n(Comparison::Equal) + n(Comparison::Rounding), n(Comparison::Differs));
    let (lower, not) = (n(Comparison::LowerBound), n(Comparison::NotComparable));
    let mut zh = format!("{}：共比对{}项，一致{equal}项", r.group, r.rows.len());
    let mut en = format!("{}: {} figures compared, {equal} agree", r.group, r.rows.len());
    for (count, word, word_en) in
        [(differs, "不符", "differ"), (lower, "因缺数只能得出下限", "are lower bounds"), (not, "无法比较", "are not comparable")]
    {
        if count > 0 {
            zh += &format!("，{word}{count}项");
            en += &format!(", {count} {word_en}");
        }
    }
    (r.message, r.message_en) = (zh + "。", en + ".");
}
