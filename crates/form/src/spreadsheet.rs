//! Text that goes into a CSV file, made safe for programs that take a field for a formula.
//!
//! A spreadsheet program runs a CSV field that begins with `=`, `+`, `-` or `@` as a formula (OWASP, *CSV Injection*), and
//! names of agencies and the text of cells come from outside. An apostrophe in front makes it text; reading takes it off
//! again, so that nothing is lost on the way through a file.
//!
//! ```
//! use nianbao_form::spreadsheet::{as_text, as_written};
//! assert_eq!(as_text("=HYPERLINK(\"x\")局"), "'=HYPERLINK(\"x\")局");
//! assert_eq!(as_written("'=HYPERLINK(\"x\")局"), "=HYPERLINK(\"x\")局");
//! assert_eq!(as_text("-12.5"), "-12.5");
//! ```

use std::borrow::Cow;

const MARK: char = '\'';

/// The field with an apostrophe in front where a spreadsheet program would run it. Numbers and marks such as `-` stay.
pub fn as_text(field: &str) -> Cow<'_, str> {
    if runs(field) { Cow::Owned(format!("{MARK}{field}")) } else { Cow::Borrowed(field) }
}

/// The text that [`as_text`] was given.
pub fn as_written(field: &str) -> &str {
    field.strip_prefix(MARK).filter(|rest| runs(rest)).unwrap_or(field)
}

/// Whether a field would be run, or is one behind apostrophes: those get one more, so that each way has its way back.
fn runs(field: &str) -> bool {
    let body = field.trim_start_matches(MARK);
    match body.chars().next() {
        Some('=' | '@' | '＝' | '＠' | '\t' | '\r') => true,
        // Numbers, lists of them, and marks for "none" are what they look like.
        Some('+' | '-' | '＋' | '－') => !(body.split(';').all(is_number) || body.chars().all(|c| matches!(c, '-' | '－'))),
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_marked_and_read_back() {
        for (field, safe) in [
            ("", ""),
            ("区教育局", "区教育局"),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+86 123", "'+86 123"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("-3", "-3"),
            ("+5", "+5"),
            ("-12.5%", "-12.5%"),
            ("-1,234", "-1,234"),
            ("-3;4;-5", "-3;4;-5"),
            ("-3;=A1", "'-3;=A1"),
            ("-2-3", "'-2-3"),
            ("-", "-"),
            ("--", "--"),
            ("－", "－"),
            ("/", "/"),
            ("'=1", "''=1"),
            ("'引用", "'引用"),
            ("\t=1", "'\t=1"),
        ] {
            assert_eq!(as_text(field), safe, "{field}");
            assert_eq!(as_written(safe), field, "{safe}");
        }
    }
}
