//! What is done to a text before it is read: compatibility forms, invisible characters, marks of notes.

use unicode_normalization::UnicodeNormalization;

use super::is_inkless;
use crate::label::plain_form;

/// Compatibility forms folded, traditional letters in their common form, invisible characters dropped, every white space
/// one blank and every break of lines one line feed, minus signs in ASCII.
///
/// Note marks (`①`, `²`, `*`) at either end are dropped, one in the middle stays as it is and so makes the text no number.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let edge = |c: char| is_mark(c) || is_inkless(c);
    let bare = text.trim_matches(edge);
    let bare = if bare.is_empty() { text } else { bare };
    for c in bare.chars() {
        match c {
            '\0'..='\u{7F}' | '\u{4E00}'..='\u{9FFF}' => push(c, &mut out),
            c if is_mark(c) => out.push(c),
            c => std::iter::once(c).nfkc().for_each(|c| push(c, &mut out)),
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
    let start = out.len() - out.trim_start().len();
    out.drain(..start);
    out
}

fn push(c: char, out: &mut String) {
    match c {
        '−' | '﹣' => out.push('-'),
        '’' | '‘' => out.push('\''),
        // Two paragraphs are not one number, however many digits they have.
        '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
            let kept = out.trim_end().len();
            out.truncate(kept);
            out.push('\n');
        }
        c if c.is_whitespace() => {
            if !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        }
        c if is_inkless(c) => {}
        '參' | '叄' => out.push('叁'),
        '圓' | '圆' => out.push('元'),
        c => out.push(plain_form(c)),
    }
}

/// Superscript and subscript digits, circled and bracketed numbers, asterisks: marks of notes, never digits of a number.
fn is_mark(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '\u{2070}' | '\u{2074}'..='\u{2079}' | '\u{2080}'..='\u{2089}' | '\u{2460}'..='\u{249B}'
        | '\u{24EA}'..='\u{24FF}' | '\u{2776}'..='\u{2793}' | '\u{3220}'..='\u{3229}' | '\u{3251}'..='\u{325F}'
        | '\u{3280}'..='\u{3289}' | '\u{32B1}'..='\u{32BF}' | '※' | '*' | '＊' | '†' | '‡' | '⁎' | '∗')
}

/// Whether a cleaned text is a mark for none: one of the form's, or a line.
pub(super) fn is_none(text: &str, none: &[String]) -> bool {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect();
    let bare = bare.trim_end_matches('。');
    let rule = |c: char| matches!(c, '-' | '—' | '–' | '―' | '─' | '━' | 'ー' | '/' | '\\' | '／' | '_' | '一');
    // A lone 一 may be the numeral; beside others it is a dash that was typed with the wrong key.
    let dashes =
        bare.chars().all(rule) && (!bare.contains('一') || (bare.chars().count() > 1 && bare.chars().any(|c| c != '一')));
    (dashes && !bare.is_empty()) || none.iter().any(|mark| mark.eq_ignore_ascii_case(bare) || clean(mark) == bare)
}
