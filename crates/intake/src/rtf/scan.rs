//! Tokens of Rich Text Format (specification 1.9.1, "RTF Syntax").

/// A token. White space that only breaks lines of the file is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A control word with its number: `\cellx4320`.
    Word(&'a [u8], Option<i32>),
    /// A backslash before something that is no letter: `\~`; a tab of the file is `\` and a tab.
    Symbol(u8),
    /// `\'hh`: one byte of text.
    Hex(u8),
    /// Bytes of text.
    Text(&'a [u8]),
    /// `\bin`, the data skipped.
    Binary,
}

/// Reads tokens.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// Starts at the beginning.
    pub(super) fn new(bytes: &'a [u8]) -> Scan<'a> {
        Scan { bytes, at: 0 }
    }

    /// The next token; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            let start = self.at;
            self.at += 1;
            return Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\\' => return self.control(),
                b'\t' => Token::Symbol(b'\t'),
                0..=0x1F => continue,
                _ => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    let more = rest.iter().position(|b| matches!(b, 0..=0x1F | b'{' | b'}' | b'\\')).unwrap_or(rest.len());
                    self.at += more;
                    Token::Text(self.bytes.get(start..self.at)?)
                }
            });
        }
    }

    /// What follows a backslash.
    fn control(&mut self) -> Option<Token<'a>> {
        let first = *self.bytes.get(self.at)?;
        if first.is_ascii_alphabetic() {
            let length = count(self.rest(), letters);
            let name = self.bytes.get(self.at..self.at + length)?;
            self.at += length;
            let number = self.number();
            if self.bytes.get(self.at) == Some(&b' ') {
                self.at += 1;
            }
            if name == b"bin" {
                self.at = self.at.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
                return Some(Token::Binary);
            }
            return Some(Token::Word(name, number));
        }
        self.at += 1;
        if first == b'\'' {
            let digit = |at: usize| self.bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
            if let (Some(high), Some(low)) = (digit(self.at), digit(self.at + 1)) {
                self.at += 2;
                return Some(Token::Hex((high * 16 + low) as u8));
            }
        }
        Some(Token::Symbol(first))
    }

    /// The number of a control word; one too large is as large as can be.
    fn number(&mut self) -> Option<i32> {
        let rest = self.rest();
        let negative = rest.first() == Some(&b'-');
        let rest = rest.get(usize::from(negative)..)?;
        let length = count(rest, digits);
        if length == 0 {
            return None;
        }
        self.at += usize::from(negative) + length;
        let digits = rest.get(..length)?;
        let size = digits.iter().fold(0i32, |n, d| n.saturating_mul(10).saturating_add(i32::from(d - b'0')));
        Some(if negative { -size } else { size })
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes to the brace that closes the group that is open here; to the end of the file where none does.
    pub(super) fn skip_group(&mut self) {
        let mut depth = 0usize;
        while let Some(next) = memchr::memchr3(b'{', b'}', b'\\', self.rest()) {
            self.at += next;
            match self.bytes[self.at] {
                b'{' => depth += 1,
                b'}' if depth == 0 => return,
                b'}' => depth -= 1,
                // Only binary data and escaped braces could be taken for braces.
                _ if self.rest().starts_with(b"\\bin") => {
                    self.at += 1;
                    self.control();
                    continue;
                }
                _ => self.at += 1,
            }
            self.at += 1;
        }
        self.at = self.bytes.len();
    }
}

/// The high bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// Each byte 1.
const EACH: u64 = 0x0101_0101_0101_0101;

/// How many bytes at the beginning are of a kind. Eight at a time: control words are most of a file, and their lengths are
/// so irregular that a loop over bytes spends its time on wrong guesses of where it ends.
fn count(bytes: &[u8], kind: impl Fn(u64) -> u64) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..at + 8) {
        let mut word = [0; 8];
        word.copy_from_slice(eight);
        let others = kind(u64::from_le_bytes(word)) ^ HIGH;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let mut last = [0; 8];
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(to) = last.get_mut(..rest.len()) {
        to.copy_from_slice(rest);
    }
    at + (kind(u64::from_le_bytes(last)) ^ HIGH).trailing_zeros() as usize / 8
}

/// The high bits of those of eight bytes that are between two others.
fn between(eight: u64, first: u8, last: u8) -> u64 {
    let low = eight & !HIGH;
    let from_first = low + u64::from(0x80 - first) * EACH;
    let beyond = low + u64::from(0x7F - last) * EACH;
    from_first & !beyond & !eight & HIGH
}

fn letters(eight: u64) -> u64 {
    between(eight | (0x20 * EACH), b'a', b'z') & !eight
}

fn digits(eight: u64) -> u64 {
    between(eight, b'0', b'9')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &[u8]) -> Vec<Token<'_>> {
        let mut scan = Scan::new(text);
        std::iter::from_fn(|| scan.next()).collect()
    }

    #[test]
    fn words_symbols_and_text() {
        use Token::*;
        assert_eq!(
            tokens(b"{\\rtf1\\u-10 ?\\'aFx\r\ny\\~\\b0-1\\ul  z\\fi-\t}"),
            [
                Open,
                Word(b"rtf", Some(1)),
                Word(b"u", Some(-10)),
                Text(b"?"),
                Hex(0xAF),
                Text(b"x"),
                Text(b"y"),
                Symbol(b'~'),
                Word(b"b", Some(0)),
                Text(b"-1"),
                Word(b"ul", None),
                Text(b" z"),
                Word(b"fi", None),
                Text(b"-"),
                Symbol(b'\t'),
                Close,
            ]
        );
        assert_eq!(tokens(b"\\u99999999999999999999 \\'zz\\"), [Word(b"u", Some(i32::MAX)), Symbol(b'\''), Text(b"zz")]);
    }

    #[test]
    fn kinds_of_bytes() {
        for byte in 0..=255u8 {
            for at in 0..12 {
                let mut bytes = [b'a'; 12];
                bytes[at] = byte;
                assert_eq!(count(&bytes, letters), if byte.is_ascii_alphabetic() { 12 } else { at }, "{byte}");
                let mut bytes = [b'7'; 12];
                bytes[at] = byte;
                assert_eq!(count(&bytes, digits), if byte.is_ascii_digit() { 12 } else { at }, "{byte}");
            }
        }
        assert_eq!(count(b"", letters), 0);
    }

    #[test]
    fn binary_data_is_no_markup() {
        assert_eq!(tokens(b"\\bin3 }}}a"), [Token::Binary, Token::Text(b"a")]);
        assert_eq!(tokens(b"\\bin2147483647 }}}a"), [Token::Binary]);
        assert_eq!(tokens(b"\\bin-7 a"), [Token::Binary, Token::Text(b"a")]);
        let mut scan = Scan::new(b"x{y\\}\\bin2 }}{}}\\binary }z");
        scan.skip_group();
        assert_eq!(scan.rest(), b"}z");
    }
}
