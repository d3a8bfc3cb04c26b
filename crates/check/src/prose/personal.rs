//! Personal data in what is about to be published: identity-card numbers (GB 11643-1999) and mobile numbers.

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub kind: Kind,
    /// The number with its middle masked, so that findings do not spread it.
    pub masked: String,
}

/// Of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    IdentityCard,
    Mobile,
}

/// Numbers in a text. A mobile number behind the words of an office's own telephone line is the office's own.
pub(crate) fn found(text: &str) -> Vec<Found> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = (at..chars.len()).find(|i| !chars[*i].is_ascii_digit()).unwrap_or(chars.len());
        let mut run: String = chars[at..end].iter().collect();
        if run.len() == 17 && chars.get(end).is_some_and(|c| matches!(c, 'X' | 'x' | 'Ｘ')) {
            run.push('X');
        }
        let before: String = chars[at.saturating_sub(16)..at].iter().collect();
        let office = ["电话", "热线", "传真", "联系方式", "联系人"].iter().any(|w| before.contains(w));
        if is_identity_card(&run) {
            out.push(Found { kind: Kind::IdentityCard, masked: mask(&run, 6, 4) });
        } else if is_mobile(&run) && !office && !before.ends_with('-') {
            out.push(Found { kind: Kind::Mobile, masked: mask(&run, 3, 4) });
        }
        at = end;
    }
    out
}

fn mask(number: &str, front: usize, back: usize) -> String {
    format!("{}{}{}", &number[..front], "*".repeat(number.len() - front - back), &number[number.len() - back..])
}

/// Eighteen places: a region, a date of birth, a serial number, and the check digit of ISO 7064 MOD 11-2.
fn is_identity_card(run: &str) -> bool {
    let bytes = run.as_bytes();
    if bytes.len() != 18 || !(b'1'..=b'8').contains(&bytes[0]) {
        return false;
    }
    let part = |from: usize, to: usize| run.get(from..to).and_then(|t| t.parse::<u32>().ok()).unwrap_or(0);
    let date = (1900..=2099).contains(&part(6, 10)) && (1..=12).contains(&part(10, 12)) && (1..=31).contains(&part(12, 14));
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    date && bytes[17] == b"10X98765432"[(sum % 11) as usize]
}

fn is_mobile(run: &str) -> bool {
    let bytes = run.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn check_digits_and_the_offices_own_lines() {
        let kinds = |text: &str| found(text).iter().map(|f| format!("{:?} {}", f.kind, f.masked)).collect::<Vec<_>>().join("|");
        assert_eq!(kinds("申请人张某（身份证号11010519491231002X）"), "IdentityCard 110105********002X");
        assert_eq!(kinds("申请人（110105194912310021）"), "");
        assert_eq!(kinds("申请人王某13812345678要求公开"), "Mobile 138****5678");
        assert_eq!(kinds("联系电话：13812345678，邮编223100，电话0517-87222589"), "");
        assert_eq!(kinds("统一社会信用代码 11310000000000000X，共办理 12345678901 件"), "");
    }
}
