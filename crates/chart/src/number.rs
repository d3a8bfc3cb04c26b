//! Figures as people read them: thousands separated, whole numbers without decimals, a real minus sign.

/// Millionths with at most `decimals` decimals, rounded half away from zero, without trailing zeros.
pub(crate) fn exact(millionths: i128, decimals: u32) -> String {
    let unit = 10i128.pow(6 - decimals.min(6));
    let rounded = (millionths.abs() + unit / 2) / unit;
    let scale = 10i128.pow(decimals.min(6));
    let (whole, fraction) = (rounded / scale, rounded % scale);
    let sign = if millionths < 0 && rounded != 0 { "−" } else { "" };
    let mut text = format!("{sign}{}", grouped(whole));
    if fraction != 0 {
        let digits = format!("{fraction:0width$}", width = decimals as usize);
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

/// A value as text, with as few decimals (two at most) as it needs.
pub(crate) fn plain(value: f64) -> String {
    exact((value * 1e6).round() as i128, 2)
}

/// A large number in little room: three figures and the word for the size.
pub(crate) fn short(value: f64, zh: bool) -> String {
    let sizes = if zh { [(1e12, "万亿"), (1e8, "亿"), (1e4, "万")] } else { [(1e12, "tn"), (1e9, "bn"), (1e6, "m")] };
    match sizes.into_iter().find(|(size, _)| value.abs() >= *size) {
        Some((size, word)) => {
            let decimals = 2 - (value.abs() / size).log10().clamp(0.0, 2.0) as u32;
            format!("{}{word}", exact((value / size * 1e6).round() as i128, decimals))
        }
        None => plain(value),
    }
}

/// A ratio in per cent with one decimal.
pub(crate) fn percent(value: f64) -> String {
    let tenths = (value * 10.0).round() as i128;
    let sign = if tenths < 0 { "−" } else { "" };
    format!("{sign}{}.{}%", grouped(tenths.abs() / 10), tenths.abs() % 10)
}

/// A share in whole per cent; a part that is there is never "0 %", one that is not the whole never "100 %".
pub(crate) fn share(part: f64, whole: f64) -> String {
    if whole <= 0.0 {
        return "—".to_owned();
    }
    let p = part / whole * 100.0;
    match p.round() {
        r if r == 0.0 && p > 0.0 => "<1%".to_owned(),
        r if r >= 100.0 && part < whole => ">99%".to_owned(),
        r => format!("{r:.0}%"),
    }
}

fn grouped(whole: i128) -> String {
    let digits = whole.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_them() {
        for (m, want) in
            [(0, "0"), (1_234_567_000_000, "1,234,567"), (18_651_064_104, "18,651.06"), (-2_500_000, "−2.5"), (-1, "0")]
        {
            assert_eq!(exact(m, 2), want);
        }
        assert_eq!([short(1e12, true), short(123_456.0, true), short(9_876_543.0, false)], ["1万亿", "12.3万", "9.88m"]);
        assert_eq!(percent(12.34), "12.3%");
        assert_eq!((share(1.0, 1000.0).as_str(), share(999.9, 1000.0).as_str(), share(0.0, 5.0).as_str()), ("<1%", ">99%", "0%"));
    }
}
