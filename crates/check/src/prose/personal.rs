//! Personal data in what is about to be published: identity-card numbers (GB 11643-1999), bank cards (ISO/IEC 7812, Luhn),
//! the credit codes of people in business on their own (GB 32100-2015, 92…), mobile numbers.

use nianbao_form::registry::credit_code;

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
    BankCard,
    Trader,
    Mobile,
}

/// Letters before a number that may say whose it is.
const BEFORE: usize = 16;
/// Words of an office's own line.
const OFFICE: [&str; 12] =
    ["电话", "热线", "传真", "联系方式", "联系人", "咨询", "值班", "监督", "投诉渠道", "举报渠道", "服务", "办公"];
/// Words of somebody else, whatever stands beside them.
const SOMEBODY: [&str; 11] = ["申请人", "投诉人", "举报人", "当事人", "信访人", "居民", "村民", "先生", "女士", "身份证", "某某"];

/// Numbers in a text. A mobile number behind the words of an office's own telephone line is the office's own, unless it is
/// said to be somebody's.
pub(crate) fn found(text: &str) -> Vec<Found> {
    let chars: Vec<char> = text.chars().map(narrow).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let (run, groups, end) = run(&chars, at);
        // A blank between two numbers joins no number, and one between the groups of a number parts none.
        let kinds = [&run, &groups].map(|number| (kind(number, &chars[at.saturating_sub(BEFORE)..at]), number));
        let amount = matches!(chars.get(at + run.len()), Some('.' | '元' | '次' | '条' | '件' | '万' | '亿' | '人' | '%'));
        match kinds.into_iter().filter(|_| !amount).find_map(|(kind, number)| Some((kind?, number))) {
            Some((kind, number)) => {
                let front = if kind == Kind::Mobile { 3 } else { 6 };
                out.push(Found { kind, masked: mask(number, front, 4) });
                at = if number.len() == run.len() { at + run.len() } else { end };
            }
            None => at += run.len(),
        }
    }
    out
}

/// Full-width digits and letters as ASCII.
fn narrow(c: char) -> char {
    match c {
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c).to_ascii_uppercase()
        }
        '\u{A0}' | '\u{3000}' => ' ',
        c => c.to_ascii_uppercase(),
    }
}

/// The letters and digits from a place on, and the same with the groups of digits behind it that a single blank or hyphen
/// parts from it, with where those end.
fn run(chars: &[char], start: usize) -> (String, String, usize) {
    let stretch = |at: usize| chars[at.min(chars.len())..].iter().take_while(|c| c.is_ascii_alphanumeric()).count();
    let first = stretch(start);
    let alone: String = chars[start..start + first].iter().collect();
    let (mut groups, mut end) = (alone.clone(), start + first);
    while groups.len() < 19 && matches!(chars.get(end), Some(' ' | '-')) {
        let length = stretch(end + 1);
        let digits = |c: &char| c.is_ascii_digit() || *c == 'X';
        if length < 3 || !chars[end + 1..end + 1 + length].iter().all(digits) {
            break;
        }
        groups.extend(&chars[end + 1..end + 1 + length]);
        end += 1 + length;
    }
    (alone, groups, end)
}

fn kind(number: &str, before: &[char]) -> Option<Kind> {
    let before: String = before.iter().collect();
    let says = |words: &[&str]| words.iter().any(|w| before.contains(w));
    if is_identity_card(number) {
        return Some(Kind::IdentityCard);
    }
    if number.starts_with("92") && credit_code(number) == Some(true) {
        return Some(Kind::Trader);
    }
    if is_bank_card(number) {
        return Some(Kind::BankCard);
    }
    let private = !before.ends_with(['-', '.']) && (says(&SOMEBODY) || !says(&OFFICE));
    (is_mobile(number) && private).then_some(Kind::Mobile)
}

/// A card of the Chinese network (62…): 16 to 19 digits, the last one Luhn's.
fn is_bank_card(number: &str) -> bool {
    let bytes = number.as_bytes();
    if !(16..=19).contains(&bytes.len()) || !number.starts_with("62") || !bytes.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes
        .iter()
        .rev()
        .enumerate()
        .map(|(i, b)| match (u32::from(b - b'0'), i % 2) {
            (d, 0) => d,
            (d, _) => d * 2 / 10 + d * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn mask(number: &str, front: usize, back: usize) -> String {
    format!("{}{}{}", &number[..front], "*".repeat(number.len() - front - back), &number[number.len() - back..])
}

/// Eighteen places: a region, a date of birth, a serial number, and the check digit of ISO 7064 MOD 11-2.
fn is_identity_card(run: &str) -> bool {
    let bytes = run.as_bytes();
    let digits = |from: &[u8]| from.iter().all(u8::is_ascii_digit);
    if bytes.len() != 18 || !(b'1'..=b'8').contains(&bytes[0]) || !digits(&bytes[..17]) {
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
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && bytes.iter().all(u8::is_ascii_digit)
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
        for (text, want) in [
            ("统一社会信用代码 11310000000000000X，共办理 12345678901 件", ""),
            ("身份证１１０１０５１９４９１２３１００２ｘ", "IdentityCard 110105********002X"),
            ("身份证号 110105 19491231 002X，", "IdentityCard 110105********002X"),
            ("申请人电话138 1234 5678", "Mobile 138****5678"),
            ("监督电话 138-1234-5678", ""),
            ("值班热线：13812345678；申请人李女士13912345678", "Mobile 139****5678"),
            ("文号20230012345678901，编号622202000000", ""),
            ("预算1234567890123456789元", ""),
            ("2023 2022 2021 三年，713 700 740", ""),
            ("访问量13812345678.5次、13812345678次，收入13812345678元", ""),
            ("设备编号A13812345678", ""),
        ] {
            assert_eq!(kinds(text), want, "{text}");
        }
    }

    #[test]
    fn cards_and_traders_by_their_check_digits() {
        let luhn = |front: &str| (0..10).map(|d| format!("{front}{d}")).find(|n| is_bank_card(n)).unwrap();
        // The number that the standard's own text works out: 7992739871 has the check digit 3 (ISO/IEC 7812-1, annex B).
        let double = |b: u8, odd: bool| {
            let d = u32::from(b - b'0') * if odd { 2 } else { 1 };
            d / 10 + d % 10
        };
        let sum: u32 = "79927398713".bytes().rev().enumerate().map(|(i, b)| double(b, i % 2 == 1)).sum();
        assert_eq!(sum % 10, 0);
        let card = luhn("622202000000123456");
        assert_eq!(found(&format!("卡号{card}")).len(), 1);
        assert_eq!(found(&format!("卡号{} {}", &card[..6], &card[6..])).len(), 1);
        for wrong in (0..10).map(|d| format!("622202000000123456{d}")).filter(|n| *n != card) {
            assert_eq!(found(&wrong), [], "{wrong}");
        }
        let letters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        let trader = letters.chars().map(|c| format!("92110105MA00ABC12{c}")).find(|c| credit_code(c) == Some(true)).unwrap();
        assert_eq!(found(&format!("个体户（{trader}）")).len(), 1);
        assert_eq!(found(&trader.replace("92110", "91110")), []);
    }
}
