//! Characters that count as others where labels, names and figures are compared: traditional forms, variants, radicals.

use std::sync::OnceLock;

const DATA: &str = include_str!("../forms/variants.txt");
const FIRST: u32 = 0x2E80;
const LAST: u32 = 0x9FFF;

/// For every character from [`FIRST`] to [`LAST`] the one that it counts as.
fn table() -> &'static [u16] {
    static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: Vec<u16> = (FIRST..=LAST).map(|c| c as u16).collect();
        for pair in DATA.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace) {
            let mut chars = pair.chars().map(u32::from);
            if let (Some(from), Some(to), None) = (chars.next(), chars.next(), chars.next())
                && let (Some(place), Ok(to)) =
                    (from.checked_sub(FIRST).and_then(|at| table.get_mut(at as usize)), u16::try_from(to))
            {
                *place = to;
            }
        }
        table
    })
}

/// The simplified, common form of a character: 萬 is 万, 帐 is 账. Any other character is itself.
///
/// ```
/// use nianbao_form::label::plain_form;
/// assert_eq!("行政覆議、訴訟".chars().map(plain_form).collect::<String>(), "行政复议、诉讼");
/// ```
pub fn plain_form(c: char) -> char {
    let at = u32::from(c).wrapping_sub(FIRST);
    table().get(at as usize).and_then(|&to| char::from_u32(u32::from(to))).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Forms;

    #[test]
    fn every_pair_is_a_pair_and_goes_no_further() {
        for pair in DATA.lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace) {
            let chars: Vec<char> = pair.chars().collect();
            let [from, to] = chars.as_slice() else { panic!("{pair}") };
            assert!((FIRST..=LAST).contains(&u32::from(*from)) && (FIRST..=LAST).contains(&u32::from(*to)), "{pair}");
            assert_eq!((plain_form(*from), plain_form(*to)), (*to, *to), "{pair}");
        }
    }

    #[test]
    fn forms_are_written_in_common_characters() {
        // Else the words that messages quote would differ from those that are compared.
        for (_, form) in Forms::built_in().iter() {
            for line in form.blocks.iter().flat_map(|b| b.rows.iter().chain(&b.columns)) {
                for text in &line.label {
                    assert_eq!(text.chars().map(plain_form).collect::<String>(), *text);
                }
            }
        }
    }
}
