//! What characters of symbol fonts show. Their codes are no letters: a `0` in Wingdings is a folder, not a zero.

/// A font whose codes are pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Font {
    /// Greek letters and mathematical signs; digits and ASCII punctuation are themselves.
    Symbol,
    /// Wingdings.
    Wingdings,
    /// Wingdings 2.
    Wingdings2,
    /// Wingdings 3, Webdings: nothing in them is a letter or a common mark.
    Pictures,
}

/// Shown for a picture that has no character here: ink, so that nobody takes its place for empty or for a figure.
const UNKNOWN: char = '\u{FFFD}';

impl Font {
    /// A symbol font by its name.
    pub(super) fn named(name: &str) -> Option<Font> {
        let name = name.trim();
        [("Symbol", Font::Symbol), ("Wingdings", Font::Wingdings), ("Wingdings 2", Font::Wingdings2)]
            .into_iter()
            .chain([("Wingdings 3", Font::Pictures), ("Webdings", Font::Pictures)])
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, font)| font)
    }

    /// What a character of running text in this font shows. Symbol fonts answer for ASCII and for U+F000 to U+F0FF, which
    /// stand for the same codes; all else comes from another font.
    pub(super) fn shown(self, c: char) -> char {
        match u32::from(c) {
            code @ 0x21..=0x7E => self.code(code),
            code @ 0xF020..=0xF0FF => self.code(code - 0xF000),
            _ => c,
        }
    }

    fn code(self, code: u32) -> char {
        let ascii = char::from_u32(code).filter(char::is_ascii);
        match (self, code) {
            (_, 0x20) => ' ',
            (Font::Symbol, 0x2D) => '-',
            (Font::Symbol, 0x28..=0x3F | 0x5B | 0x5D | 0x7B..=0x7D | 0x21 | 0x23 | 0x25 | 0x26) => ascii.unwrap_or(UNKNOWN),
            (Font::Symbol, 0xB1) => '±',
            (Font::Symbol, 0xB4) => '×',
            (Font::Symbol, 0xB7) => '·',
            (Font::Symbol, 0xB8) => '÷',
            (Font::Symbol, 0xA3) => '≤',
            (Font::Symbol, 0xB3) => '≥',
            (Font::Wingdings, 0xFC) | (Font::Wingdings2, 0x50) => '✓',
            (Font::Wingdings, 0xFB) | (Font::Wingdings2, 0x4F) => '✗',
            (Font::Wingdings, 0xFE) | (Font::Wingdings2, 0x52) => '☑',
            (Font::Wingdings, 0xFD | 0x78) | (Font::Wingdings2, 0x51 | 0x53 | 0x54) => '☒',
            (Font::Wingdings, 0x6F | 0xA8 | 0x71 | 0x72) | (Font::Wingdings2, 0x30 | 0xA3) => '□',
            (Font::Wingdings, 0x6E) => '■',
            (Font::Wingdings, 0x6C | 0x9F) => '●',
            (Font::Wingdings, 0xA1) => '○',
            (Font::Wingdings, 0x80) | (Font::Wingdings2, 0x69) => '⓪',
            // ①–⑩ and ❶–❿
            (Font::Wingdings, 0x81..=0x8A) => char::from_u32(0x2460 + code - 0x81).unwrap_or(UNKNOWN),
            (Font::Wingdings, 0x8C..=0x95) => char::from_u32(0x2776 + code - 0x8C).unwrap_or(UNKNOWN),
            (Font::Wingdings2, 0x6A..=0x73) => char::from_u32(0x2460 + code - 0x6A).unwrap_or(UNKNOWN),
            _ => UNKNOWN,
        }
    }
}

/// What `w:sym` shows: the code of a symbol font, or a character of any other.
pub(super) fn symbol(font: &str, code: &str) -> char {
    let Some(code) = u32::from_str_radix(code.trim(), 16).ok() else { return UNKNOWN };
    match (Font::named(font), char::from_u32(code)) {
        // Below U+F000 the code of a symbol font may stand without the offset.
        (Some(font), Some(c)) if code > 0x7E && code <= 0xFF => {
            let offset = char::from_u32(code + 0xF000);
            font.shown(offset.unwrap_or(c))
        }
        (Some(font), Some(c)) => font.shown(c),
        // A font that is not known here uses the private area for pictures of its own.
        (None, Some(c)) if !(0xE000..=0xF8FF).contains(&code) && !c.is_control() => c,
        _ => UNKNOWN,
    }
}

/// The character that a number in a circle is, as `EQ \o\ac(○,1)` draws it.
pub(super) fn circled(number: u32) -> Option<char> {
    match number {
        1..=20 => char::from_u32(0x2460 + number - 1),
        21..=35 => char::from_u32(0x3251 + number - 21),
        36..=50 => char::from_u32(0x32B1 + number - 36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown() {
        let table = [
            ("Wingdings", "F0FC", '✓'),
            ("wingdings", "FC", '✓'),
            ("Wingdings", "F0FE", '☑'),
            ("Wingdings", "0030", UNKNOWN),
            ("Wingdings", "F081", '①'),
            ("Wingdings 2", "F052", '☑'),
            ("Wingdings 3", "F031", UNKNOWN),
            ("Symbol", "F032", '2'),
            ("Symbol", "F0B1", '±'),
            ("宋体", "0031", '1'),
            ("宋体", "25A1", '□'),
            ("宋体", "F031", UNKNOWN),
            ("Arial", "D800", UNKNOWN),
            ("Arial", "x", UNKNOWN),
        ];
        for (font, code, want) in table {
            assert_eq!(symbol(font, code), want, "{font} {code}");
        }
        assert_eq!(Font::Wingdings.shown('年'), '年');
        assert_eq!((circled(1), circled(20), circled(50), circled(51)), (Some('①'), Some('⑳'), Some('㊿'), None));
    }
}
