//! What two passages have in common once everything is gone that differs by itself: digits, dates, punctuation, and the
//! names of agencies and places.

use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

use nianbao_form::{Registry, label};
use unicode_normalization::UnicodeNormalization;

/// Letters of a text that are kept at most; positions are 16 bits wide.
pub(super) const LONGEST: usize = 65_535;

/// Dropped: punctuation, white space, symbols, what lies beyond the basic plane.
const DROP: u16 = 0;
/// A digit, dropped with the 年, 月, 日 behind it.
const DIGIT: u16 = 1;
/// Several letters in NFKC.
const SEVERAL: u16 = 2;

/// Words by which an agency speaks of itself: what differs in a text that another has taken over.
const SELF: [&str; 22] = [
    "局", "委", "办", "厅", "院", "馆", "所", "队", "区", "县", "市", "镇", "乡", "站", "街道", "中心", "单位", "机关", "部门",
    "分局", "系统", "园区",
];
/// What stands behind the name of a place in the name of its government.
const GOVERNMENT: [&str; 4] = ["人民政府", "办事处", "管理委员会", "管委会"];
/// The last letters of the name of a place, the longest first.
const PLACE: [&str; 10] = ["街道", "开发区", "省", "市", "区", "县", "旗", "州", "镇", "乡"];

/// Makes passages comparable.
pub(super) struct Normaliser {
    /// Normalised names; the first two letters of each are marked in `pairs`.
    names: HashSet<Box<[u16]>>,
    longest: usize,
    pairs: Box<[u64]>,
}

/// One normalised letter for each letter of the basic plane, or what is to be done with it.
fn letters() -> &'static [u16] {
    static LETTERS: OnceLock<Vec<u16>> = OnceLock::new();
    LETTERS.get_or_init(|| (0..=0xFFFFu32).map(|code| char::from_u32(code).map_or(DROP, letter)).collect())
}

fn letter(c: char) -> u16 {
    let mut forms = std::iter::once(c).nfkc();
    match (forms.next(), forms.next()) {
        (Some(_), Some(_)) => SEVERAL,
        (Some(one), None) => single(one),
        _ => DROP,
    }
}

fn single(c: char) -> u16 {
    if c.is_numeric() && !('\u{3400}'..='\u{9FFF}').contains(&c) {
        return DIGIT;
    }
    if !c.is_alphanumeric() {
        return DROP;
    }
    let plain = label::plain_form(c);
    let lower = plain.to_lowercase().next().unwrap_or(plain);
    u16::try_from(u32::from(lower)).unwrap_or(DROP)
}

/// The letters of a text without digits, dates and punctuation, and for each the byte at which it stands.
fn plain(text: &str, mut keep: impl FnMut(u16, u32)) {
    let table = letters();
    let (mut after_digit, mut kept) = (false, 0usize);
    for (at, c) in text.char_indices() {
        let letter = table.get(c as usize).copied().unwrap_or(DROP);
        // Nearly every character is a letter behind a letter.
        if letter > SEVERAL && !(after_digit && matches!(c, '年' | '月' | '日' | '号' | '时')) {
            after_digit = false;
            keep(letter, at as u32);
            kept += 1;
            if kept >= LONGEST {
                return;
            }
        } else if letter == SEVERAL {
            for one in std::iter::once(c).nfkc().map(single).filter(|l| *l > SEVERAL) {
                keep(one, at as u32);
            }
        } else {
            after_digit = letter == DIGIT || after_digit && letter == DROP;
        }
    }
}

/// The letters of a text with nothing of names done.
pub(super) fn letters_of(text: &str) -> Vec<u16> {
    let mut out = Vec::new();
    plain(text, |l, _| out.push(l));
    out
}

/// The place in the name of its government: 青屿区 of 青屿区人民政府.
fn place_of(name: &str) -> Option<&str> {
    let bare = GOVERNMENT.iter().find_map(|g| name.strip_suffix(g)).unwrap_or(name);
    PLACE.iter().any(|p| bare.ends_with(p)).then_some(bare)
}

/// Every way in which the registry's agencies and places are called: in full, without the place in front (水务局,
/// 区水务局), the places themselves, with and without their last word.
fn names_of(registry: &Registry) -> BTreeSet<String> {
    let mut places: BTreeSet<&str> = registry.names().filter_map(|(name, _)| place_of(name)).collect();
    // 柳津镇 of 青屿区柳津镇.
    let inner = |place: &&str| -> Option<usize> {
        let cuts = place.char_indices().skip(1).map(|(at, _)| at).filter(|at| places.contains(&place[..*at]));
        cuts.last().filter(|at| place[*at..].chars().count() >= 2)
    };
    let inner: Vec<&str> = places.iter().filter_map(|p| inner(p).map(|at| &p[at..])).collect();
    places.extend(inner);
    let mut names: BTreeSet<String> = BTreeSet::new();
    for place in &places {
        names.insert((*place).to_owned());
        names.extend(PLACE.iter().find_map(|p| place.strip_suffix(p)).map(str::to_owned));
    }
    for (name, _) in registry.names() {
        names.insert(name.to_owned());
        for (at, _) in name.char_indices().skip(1) {
            let (front, rest) = name.split_at(at);
            let short = PLACE.iter().find(|p| rest.starts_with(**p)).is_some_and(|p| places.contains(&name[..at + p.len()]));
            if (places.contains(front) || short) && rest.chars().count() >= 3 {
                names.insert(rest.to_owned());
            }
        }
    }
    names.extend(SELF.iter().flat_map(|s| [format!("我{s}"), format!("本{s}")]));
    names
}

fn pair(a: u16, b: u16) -> usize {
    ((u32::from(a) << 16 | u32::from(b)).wrapping_mul(0x9E37_79B1) >> 14) as usize
}

impl Normaliser {
    pub(super) fn new(registry: &Registry) -> Normaliser {
        let names: HashSet<Box<[u16]>> =
            names_of(registry).iter().map(|n| letters_of(n).into_boxed_slice()).filter(|n| n.len() >= 2).collect();
        let mut pairs = vec![0u64; 1 << 12].into_boxed_slice();
        for name in &names {
            let at = pair(name[0], name[1]);
            pairs[at / 64] |= 1 << (at % 64);
        }
        Normaliser { longest: names.iter().map(|n| n.len()).max().unwrap_or(0), names, pairs }
    }

    /// The letters of a text as they are compared.
    pub(super) fn normalise(&self, text: &str) -> Vec<u16> {
        let mut all = Vec::with_capacity(text.len() / 3 + 1);
        plain(text, |l, _| all.push(l));
        let (mut at, mut end) = (0, 0);
        while at < all.len() {
            match self.name_at(&all[at..]) {
                Some(length) => at += length,
                None => {
                    all[end] = all[at];
                    (at, end) = (at + 1, end + 1);
                }
            }
        }
        all.truncate(end);
        all
    }

    /// [`Normaliser::normalise`], and for each letter the byte of the text at which it stands.
    pub(super) fn with_origins(&self, text: &str) -> (Vec<u16>, Vec<u32>) {
        let (mut letters, mut at) = (Vec::new(), Vec::new());
        plain(text, |l, byte| {
            letters.push(l);
            at.push(byte);
        });
        let (mut kept, mut from, mut i) = (Vec::new(), Vec::new(), 0);
        while i < letters.len() {
            match self.name_at(&letters[i..]) {
                Some(length) => i += length,
                None => {
                    kept.push(letters[i]);
                    from.push(at[i]);
                    i += 1;
                }
            }
        }
        (kept, from)
    }

    /// Length of the longest name with which the letters begin.
    #[inline]
    fn name_at(&self, letters: &[u16]) -> Option<usize> {
        let [a, b, ..] = letters else { return None };
        let mark = pair(*a, *b);
        // Hardly ever set where no name begins.
        if self.pairs[mark / 64] >> (mark % 64) & 1 == 0 {
            return None;
        }
        (2..=self.longest.min(letters.len())).rev().find(|length| self.names.contains(&letters[..*length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nianbao_form::Agency;

    #[test]
    fn what_differs_by_itself_goes() {
        let agency = |id: &str, name: &str, parent: &str, aliases: &[&str]| Agency {
            id: id.into(),
            name: name.into(),
            parent: parent.into(),
            aliases: aliases.iter().map(|a| (*a).to_owned()).collect(),
            ..Agency::default()
        };
        let (registry, _) = Registry::new(vec![
            agency("d", "青屿区人民政府", "", &[]),
            agency("w", "青屿区水务局", "d", &["区水务局"]),
            agency("t", "青屿区柳津镇人民政府", "d", &[]),
        ]);
        let normaliser = Normaliser::new(&registry);
        for (text, want) in [
            ("２０２３年，青屿区水务局共收到申请1,234件。", "共收到申请件"),
            ("截至12月31日，我局（区水务局、水务局）发布信息12.5万条", "截至发布信息万条"),
            ("青屿区柳津镇人民政府、柳津镇、柳津在青屿的工作", "在的工作"),
            ("㈱ＡＢＣ一是萬", "株abc一是万"),
            ("本年度三十二件𠮷", "本年度三十二件"),
        ] {
            let (letters, origins) = normaliser.with_origins(text);
            assert_eq!(String::from_utf16_lossy(&letters), want);
            assert_eq!(letters, normaliser.normalise(text));
            assert!(origins.iter().all(|o| text.is_char_boundary(*o as usize)));
        }
    }
}
