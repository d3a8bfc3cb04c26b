//! Agencies' names in little room: without the district's name in front, broken into lines, never cut off.

use crate::font;

/// Takes off what all names have in front: the group's own name, or the place that at least half of them begin with.
pub(crate) fn without_common_front(names: &[String], group: &str) -> Vec<String> {
    let mut fronts: Vec<&str> = Vec::new();
    if group.chars().count() >= 2 {
        fronts.push(group);
    }
    let mut place: Vec<&str> = names.iter().filter_map(|n| place_of(n)).collect();
    place.sort_unstable();
    let most = place.chunk_by(|a, b| a == b).max_by_key(|c| c.len()).filter(|c| c.len() * 2 >= names.len());
    fronts.extend(most.and_then(|c| c.first().copied()));
    let cut = |name: &String| {
        let rest = fronts.iter().find_map(|f| name.strip_prefix(f).filter(|rest| rest.chars().count() >= 3));
        rest.unwrap_or(name).to_owned()
    };
    let short: Vec<String> = names.iter().map(cut).collect();
    let mut sorted = short.clone();
    sorted.sort_unstable();
    // Two agencies must not become one.
    if sorted.windows(2).any(|p| p[0] == p[1]) { names.to_vec() } else { short }
}

/// The province, city, district or county that a name begins with.
fn place_of(name: &str) -> Option<&str> {
    let ends = |(at, c): (usize, char)| "省市区县旗州盟".contains(c).then_some(at + c.len_utf8());
    let first_eleven = name.char_indices().take(11).skip(1);
    // The innermost place: 临江市铁山区 of 临江市铁山区财政局.
    first_eleven.filter_map(ends).filter(|end| *end < name.len()).last().map(|end| &name[..end])
}

/// Breaks text into lines no wider than `width`, after balancing them, at spaces and between Chinese characters, with no
/// closing punctuation at the start of a line.
pub(crate) fn wrap(text: &str, size: f64, width: f64) -> Vec<String> {
    let greedy = fill(text, size, width);
    if greedy.len() < 2 {
        return greedy;
    }
    if let (2, Some(two)) = (greedy.len(), at_a_pause(text, size, width)) {
        return two;
    }
    // As narrow as the number of lines allows, so that the last line is no single character.
    let even = font::width(text, size) / greedy.len() as f64;
    let mut at = even;
    while at < width {
        let lines = fill(text, size, at);
        if lines.len() == greedy.len() {
            return lines;
        }
        at += size / 2.0;
    }
    greedy
}

/// Two lines broken where the text pauses (after punctuation, before a bracket), if both fit; the evenest of such breaks.
fn at_a_pause(text: &str, size: f64, width: f64) -> Option<Vec<String>> {
    let wide = |s: &str| font::width(s.trim(), size);
    // A line of less than a quarter is worse than a break within a phrase.
    let fair = |(a, b): &(&str, &str)| {
        let (a, b) = (wide(a), wide(b));
        a.max(b) <= width && a.min(b) >= (a + b) * 0.25
    };
    let uneven = |(a, b): &(&str, &str)| (wide(a) - wide(b)).abs();
    let best = |before: &str, after: &str| {
        let at = text.char_indices().filter_map(|(at, c)| match (before.contains(c), after.contains(c)) {
            (true, _) => Some(at),
            (_, true) => Some(at + c.len_utf8()),
            _ => None,
        });
        at.map(|at| text.split_at(at)).filter(fair).min_by(|x, y| uneven(x).total_cmp(&uneven(y)))
    };
    let (first, second) = best("", "，；：、;:").or_else(|| best("（", ""))?;
    Some(vec![first.trim().to_owned(), second.trim().to_owned()])
}

/// Breaks running text into lines, each as full as it can be.
pub(crate) fn fill(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for token in tokens(text).into_iter().flat_map(|t| pieces(t, size, width)) {
        let joined = format!("{line}{token}");
        if line.is_empty() || font::width(joined.trim_end(), size) <= width {
            line = joined;
        } else {
            lines.push(line.trim_end().to_owned());
            line = token.trim_start().to_owned();
        }
    }
    if !line.trim_end().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// A piece that is wider than a line is broken all the same: shown whole matters more.
fn pieces(token: String, size: f64, width: f64) -> Vec<String> {
    if font::width(token.trim_end(), size) <= width {
        return vec![token];
    }
    let mut out = vec![String::new()];
    for c in token.chars() {
        if let Some(last) = out.last_mut().filter(|l| l.is_empty() || font::width(&format!("{l}{c}"), size) <= width) {
            last.push(c);
        } else {
            out.push(c.to_string());
        }
    }
    out
}

/// Pieces that must not be broken: a Latin word with its punctuation and space, a Chinese character with what closes it.
fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut glue = false;
    for c in text.chars() {
        let closing = "，。；：、）》”’！？％%),.;:!?…".contains(c);
        let latin = (c.is_ascii() && c != ' ') || "−–—≥".contains(c);
        let joins = closing || c == ' ' || (latin && glue) || out.last().is_some_and(|t| t.ends_with(['（', '“', '《']));
        match out.last_mut() {
            Some(last) if joins => last.push(c),
            _ => out.push(c.to_string()),
        }
        glue = latin && c != ' ';
    }
    out
}

/// The smallest text that can be read on a page, where it is half as large.
pub(crate) const LEAST: f64 = 17.0;

/// How high a row must be at least for each of these names to stand in it, in lines of `width`.
pub(crate) fn room<'n>(names: impl Iterator<Item = &'n str>, width: f64) -> f64 {
    // A name that is short enough for two lines of that size needs no measuring.
    let long = names.filter(|n| n.chars().count() as f64 * LEAST > width);
    long.map(|n| wrap(n, LEAST, width).len() as f64 * LEAST * 1.12 + 6.0).fold(0.0, f64::max)
}

/// A text in lines of 1.12 times its size within `width` and `height`, at `size` or as little smaller as it must be.
pub(crate) fn fit(name: &str, size: f64, width: f64, height: f64) -> (Vec<String>, f64) {
    let mut at = size;
    loop {
        let lines = wrap(name, at, width);
        let widest = lines.iter().map(|l| font::width(l, at)).fold(0.0, f64::max);
        if (lines.len() as f64 * at * 1.12 <= height + 1.0 && widest <= width) || at <= LEAST {
            return (lines, at);
        }
        at -= 0.5;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn the_districts_name_goes() {
        let names = owned(&["铁山区财政局", "铁山区城区街道办事处", "保安镇人民政府", "市公安局铁山分局"]);
        assert_eq!(
            without_common_front(&names, "铁山区")[..],
            ["财政局", "城区街道办事处", "保安镇人民政府", "市公安局铁山分局"]
        );
        let names = owned(&["临江市财政局", "临江市档案局", "高新区管委会"]);
        assert_eq!(without_common_front(&names, "全部单位")[..2], ["财政局", "档案局"]);
    }

    #[test]
    fn two_never_become_one() {
        let names = owned(&["东区财政局", "财政局"]);
        assert_eq!(without_common_front(&names, "东区"), names);
    }

    #[test]
    fn lines_are_even_and_whole() {
        let name = "人力资源和社会保障局（医疗保障局）";
        let lines = wrap(name, 20.0, 300.0);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines.concat(), name);
        assert!(lines.iter().all(|l| font::width(l, 20.0) <= 300.0 && !l.starts_with('）')));
        let lines = wrap("Office of the Special Inspector General for Afghanistan Reconstruction", 20.0, 300.0);
        assert!(lines.iter().all(|l| font::width(l, 20.0) <= 300.0), "{lines:?}");
        assert_eq!(lines.join(" "), "Office of the Special Inspector General for Afghanistan Reconstruction");
    }
}
