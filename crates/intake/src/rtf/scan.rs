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
            let name = self.take_while(u8::is_ascii_alphabetic);
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
        let rest = self.bytes.get(self.at..)?;
        let negative = rest.first() == Some(&b'-');
        if !rest.get(usize::from(negative)).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        self.at += usize::from(negative);
        let digits = self.take_while(u8::is_ascii_digit);
        let size = digits.iter().fold(0i32, |n, d| n.saturating_mul(10).saturating_add(i32::from(d - b'0')));
        Some(if negative { -size } else { size })
    }

    fn take_while(&mut self, holds: impl Fn(&u8) -> bool) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let n = rest.iter().position(|b| !holds(b)).unwrap_or(rest.len());
        self.at += n;
        rest.get(..n).unwrap_or_default()
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
    fn binary_data_is_no_markup() {
        assert_eq!(tokens(b"\\bin3 }}}a"), [Token::Binary, Token::Text(b"a")]);
        assert_eq!(tokens(b"\\bin2147483647 }}}a"), [Token::Binary]);
        assert_eq!(tokens(b"\\bin-7 a"), [Token::Binary, Token::Text(b"a")]);
        let mut scan = Scan::new(b"x{y\\}\\bin2 }}{}}\\binary }z");
        scan.skip_group();
        assert_eq!(scan.rest(), b"}z");
    }
}
