//! Labels and names that are a letter or two away from what is meant.

use nianbao_form::label;

/// Characters that tell one label or name from another: a slip in one of them may be another thing that is meant.
const TELLING: &str = "不无未非没有是否上下本前后去今明增减加多少新旧内外大小单双总分东西南北中左右高低正副甲乙丙丁\
                       零〇一二三四五六七八九十百千万亿元两年月日季周";

/// Letters that are typed or recognised for another one that they look like, and say nothing in its place: wrong and meant.
/// Pairs of which both say something (土 and 上 would not, 己 and 已 are no telling letters) are not among them.
const LOOK_ALIKE: [(char, char); 4] = [('末', '未'), ('曰', '日'), ('干', '千'), ('木', '本')];

/// How far two keys are apart if it is not more than `allowed`: the restricted Damerau-Levenshtein distance.
pub(crate) fn distance(a: &str, b: &str, allowed: usize) -> Option<usize> {
    Some(label::distance(a, b)).filter(|d| (1..=allowed).contains(d))
}

/// Whether what differs between a key and the label that it is near to says nothing: no word of number, time, place or
/// negation was put in, left out or exchanged, but for one that merely looks like the letter of the label.
pub(crate) fn is_harmless(key: &str, label: &str) -> bool {
    let (mut x, y): (Vec<char>, Vec<char>) = (key.chars().collect(), label.chars().collect());
    if x.len() == y.len() {
        let alike = |pair: &(&mut char, &char)| LOOK_ALIKE.contains(&(*pair.0, *pair.1));
        x.iter_mut().zip(&y).filter(alike).for_each(|(wrong, meant)| *wrong = *meant);
    }
    let front = x.iter().zip(&y).take_while(|(p, q)| p == q).count();
    let rest = x.len().min(y.len()) - front;
    let back = x.iter().rev().zip(y.iter().rev()).take(rest).take_while(|(p, q)| p == q).count();
    let (x, y) = (&x[front..x.len() - back], &y[front..y.len() - back]);
    // Between two slips stands what is the same in both: only what one side has and the other has not counts.
    let only = |p: &[char], q: &[char]| p.iter().filter(|c| !q.contains(c)).any(|c| TELLING.contains(*c) || c.is_ascii_digit());
    let transposed = x.len() == y.len() && x.len() > 1 && x.iter().all(|c| y.contains(c));
    let telling = |p: &[char]| p.iter().any(|c| TELLING.contains(*c) || c.is_ascii_digit());
    let exchanged = transposed && telling(x);
    !(only(x, y) || only(y, x) || exchanged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_slip_may_change() {
        for (a, b, harmless) in [
            ("科研机枃", "科研机构", true),
            ("科研构", "科研机构", true),
            ("不结果维持", "结果维持", false),
            ("上年新收申请数量", "本年新收申请数量", false),
            ("属于四类过程性信息", "属于三类过程性信息", false),
            ("非自然人", "自然人", false),
            ("本机关不掌握相关政府信息情况", "本机关不掌握相关政府信息", true),
            ("结转上年度继续办理", "结转下年度继续办理", false),
            ("行政机关确认", "行政机关却认", true),
            ("年本新收", "本年新收", false),
            ("尚末审结", "尚未审结", true),
            ("尚不审结", "尚未审结", false),
            ("木年新收", "本年新收", true),
            ("本年末收", "本年新收", false),
            ("年未审结", "年末审结", false),
        ] {
            assert_eq!(is_harmless(a, b), harmless, "{a} {b}");
        }
    }
}
