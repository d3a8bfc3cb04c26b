//! Characters that only look like others: fonts of Chinese, Japanese and Korean give one glyph to a character and to the
//! radical of that shape, and what makes a PDF of it may name the radical.

use unicode_normalization::UnicodeNormalization;

/// From U+2E80 on, the character that looks like each radical of the supplement; 〓 where there is none
/// (EquivalentUnifiedIdeograph.txt of Unicode 15).
const SUPPLEMENT: &str = "〓厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵〓旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";

/// The character that is meant.
pub(super) fn plain(c: char) -> char {
    match c {
        '\u{2E80}'..='\u{2EF3}' => {
            let at = (c as u32 - 0x2E80) as usize;
            SUPPLEMENT.chars().nth(at).filter(|p| *p != '〓').unwrap_or(c)
        }
        // The radicals of Kangxi and the ideographs that exist for the sake of other character sets.
        '\u{2F00}'..='\u{2FDF}' | '\u{F900}'..='\u{FAFF}' => std::iter::once(c).nfkc().next().unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn radicals() {
        let read: String = "⼀⽂⻓⻔⺠⻰豈年⺀".chars().map(plain).collect();
        assert_eq!(read, "一文长门民龙豈年⺀");
        assert_eq!(plain('\u{2EF3}'), '龟');
    }
}
