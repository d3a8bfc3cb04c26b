//! Character references: `&nbsp;`, `&#12288;`, `&#x3000;`, `&nbsp` without its semicolon (13.2.5.72 ff.).

use web_atoms::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// The characters that a reference stands for; the second is NUL where there is but one.
type Characters = (char, char);

/// What the reference that begins with the ampersand at the start of `text` stands for, and its length. In an attribute's
/// value a name without semicolon is no reference where a letter, digit or `=` follows: `?a=1&copy=2`.
pub(super) fn reference(text: &str, attribute: bool) -> Option<(Characters, usize)> {
    let rest = text.get(1..)?;
    let first = *rest.as_bytes().first()?;
    if first == b'#' {
        return number(rest.get(1..)?).map(|(c, length)| ((c, '\0'), length + 2));
    }
    if !first.is_ascii_alphabetic() {
        return None;
    }
    for (name, c) in [("nbsp;", '\u{a0}'), ("lt;", '<'), ("gt;", '>'), ("amp;", '&'), ("quot;", '"')] {
        if rest.starts_with(name) {
            return Some(((c, '\0'), name.len() + 1));
        }
    }
    let letters = rest.bytes().take(40).take_while(u8::is_ascii_alphanumeric).count();
    let closed = rest.as_bytes().get(letters) == Some(&b';');
    let known = |length: usize| {
        let (a, b) = *NAMED_ENTITIES.get(rest.get(..length)?)?;
        // The table has the beginnings of names as well, with nothing in them.
        (a != 0).then_some(((char::from_u32(a)?, char::from_u32(b)?), length + 1))
    };
    if closed && let Some(found) = known(letters + 1) {
        return Some(found);
    }
    let (found, length) = (1..=letters).rev().find_map(known)?;
    let next = rest.as_bytes().get(length - 1);
    let goes_on = next.is_some_and(|b| *b == b'=' || b.is_ascii_alphanumeric());
    (!attribute || !goes_on).then_some((found, length))
}

/// The character of a number behind `&#`, and how many bytes it takes with its semicolon.
fn number(text: &str) -> Option<(char, usize)> {
    let hexadecimal = text.starts_with(['x', 'X']);
    let start = usize::from(hexadecimal);
    let radix = if hexadecimal { 16 } else { 10 };
    let digits = &text.as_bytes()[start..];
    let count = digits.iter().take_while(|b| (**b as char).is_digit(radix)).count();
    if count == 0 {
        return None;
    }
    let code = digits[..count]
        .iter()
        .fold(0u32, |n, b| n.saturating_mul(radix).saturating_add((*b as char).to_digit(radix).unwrap_or_default()));
    let c = match code {
        0x80..=0x9f => C1_REPLACEMENTS[code as usize - 0x80].or(char::from_u32(code)),
        0 => None,
        _ => char::from_u32(code),
    };
    let length = start + count;
    Some((c.unwrap_or('\u{fffd}'), length + usize::from(text.as_bytes().get(length) == Some(&b';'))))
}

/// Text with its references replaced.
pub(super) fn decoded(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(((a, b), length)) = reference(rest, attribute) else {
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        out.push(a);
        if b != '\0' {
            out.push(b);
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        for (text, want) in [
            ("1&nbsp;2&nbsp3", "1\u{a0}2\u{a0}3"),
            ("&#49;&#x32;&#X33 &#52", "123 4"),
            ("&lt;&LT&amp;amp;", "<<&amp;"),
            ("&notit;&not;&notin;", "¬it;¬∉"),
            ("&ldquo;&rdquo;&mdash;&middot;", "“”—·"),
            ("&#0;&#xD800;&#99999999999;&#128;", "\u{fffd}\u{fffd}\u{fffd}€"),
            ("&;&#;&#x;&unknown; a & b &", "&;&#;&#x;&unknown; a & b &"),
            ("&NotEqualTilde;", "≂̸"),
            ("&规章;", "&规章;"),
        ] {
            assert_eq!(decoded(text, false), want, "{text}");
        }
        assert_eq!(decoded("?a=1&copy=2&copy;&amp=", true), "?a=1&copy=2©&amp=");
    }
}
