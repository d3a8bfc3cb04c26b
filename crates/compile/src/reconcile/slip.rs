//! A published figure as a slip of the pen: what it would have to be, and what happened to it.

/// What makes `found` of `meant`, both as decimal texts, in Chinese and in English; `None` where no single slip does. Of one
/// digit anything can be made, so a figure of one digit is no slip of another.
pub(super) fn typing(found: &str, meant: &str) -> Option<(String, String)> {
    let both = |zh: &str, en: &str| Some((zh.to_owned(), en.to_owned()));
    if digits(meant).len() < 2 || found == meant {
        return None;
    }
    if found.trim_start_matches('-') == meant.trim_start_matches('-') {
        return both("正负号写错", "wrong sign");
    }
    if found.starts_with('-') != meant.starts_with('-') {
        return None;
    }
    if let Some(power) = shifted(found, meant) {
        let zh = if power.abs() == 4 {
            "相差一万倍，元与万元混用".to_owned()
        } else {
            format!("小数点或零相差{}位", power.abs())
        };
        return Some((zh, format!("off by a factor of 10^{power}")));
    }
    let (f, m): (Vec<char>, Vec<char>) = (found.chars().collect(), meant.chars().collect());
    if f.len() == m.len() {
        let differing: Vec<usize> = (0..f.len()).filter(|&i| f[i] != m[i]).collect();
        return match differing[..] {
            [at] if f[at].is_ascii_digit() && m[at].is_ascii_digit() => both("一位数字写错", "one digit is wrong"),
            [a, b] if b == a + 1 && f[a] == m[b] && f[b] == m[a] && f[a] != '.' && f[b] != '.' => {
                both("相邻两位数字颠倒", "two digits are transposed")
            }
            _ => None,
        };
    }
    match (without_one(&m, &f), without_one(&f, &m)) {
        (true, _) => both("少写一位数字", "a digit is missing"),
        (_, true) => both("多写一位数字", "a digit too many"),
        _ => None,
    }
}

fn digits(text: &str) -> &str {
    text.trim_start_matches('-').trim_start_matches(['0', '.'])
}

/// By how many powers of ten one is the other.
fn shifted(found: &str, meant: &str) -> Option<i32> {
    let parts = |text: &str| -> Option<(String, i32)> {
        let (whole, fraction) = text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
        let all = format!("{whole}{fraction}");
        let bare = all.trim_start_matches('0').trim_end_matches('0').to_owned();
        let zeros = all.len() - all.trim_end_matches('0').len();
        (!bare.is_empty()).then_some((bare, zeros as i32 - fraction.len() as i32))
    };
    let ((f, a), (m, b)) = (parts(found)?, parts(meant)?);
    (f == m && a != b && (a - b).abs() <= 4).then_some(a - b)
}

/// Whether `long` without one digit is `short`.
fn without_one(long: &[char], short: &[char]) -> bool {
    if long.len() != short.len() + 1 {
        return false;
    }
    let same = long.iter().zip(short).take_while(|(a, b)| a == b).count();
    long[same].is_ascii_digit() && long[same + 1..] == short[same..]
}

#[cfg(test)]
mod tests {
    use super::typing;

    #[test]
    fn slips_have_names() {
        for (found, meant, zh) in [
            ("731", "713", "相邻两位数字颠倒"),
            ("718", "713", "一位数字写错"),
            ("73", "713", "少写一位数字"),
            ("7133", "713", "多写一位数字"),
            ("-713", "713", "正负号写错"),
            ("7130", "713", "小数点或零相差1位"),
            ("77302812", "7730.2812", "相差一万倍，元与万元混用"),
            ("12.5", "125", "小数点或零相差1位"),
            ("5", "3", ""),
            ("15", "3", ""),
            ("713", "713", ""),
            ("317", "713", ""),
            ("0", "713", ""),
            ("713", "0", ""),
            ("1.25", "12.5", "小数点或零相差1位"),
            ("999999999999999999", "1", ""),
        ] {
            assert_eq!(typing(found, meant).map(|s| s.0).unwrap_or_default(), zh, "{found} for {meant}");
        }
    }
}
