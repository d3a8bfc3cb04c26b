//! The style sheet ([MS-DOC] 2.9.271): which styles hide, strike out or raise their text. Nothing else of them matters.

use super::bytes::u16_at;
use super::character::Character;

/// Styles build on each other no deeper than this ([MS-DOC] 2.9.258: eleven levels).
const MAX_DEPTH: usize = 12;
/// "Based on no style": a number that no style has.
const NONE: u16 = 0xFFF;

/// Properties of characters by style.
#[derive(Debug, Default)]
pub(super) struct Styles {
    /// Whether any style has properties that matter.
    pub(super) any: bool,
    characters: Vec<Character>,
}

/// A style as it stands in the sheet.
#[derive(Clone, Copy, Default)]
struct Style<'t> {
    base: u16,
    characters: &'t [u8],
}

impl Styles {
    /// Reads an STSH. A sheet that makes no sense gives plain styles from there on: it decides on no cell's place.
    pub(super) fn read(sheet: &[u8]) -> Styles {
        let styles = entries(sheet).unwrap_or_default();
        let mut found: Vec<Option<Character>> = vec![None; styles.len()];
        for i in 0..styles.len() {
            resolve(&styles, i, &mut found);
        }
        let characters: Vec<Character> = found.into_iter().map(Option::unwrap_or_default).collect();
        Styles { any: characters.iter().any(|c| *c != Character::default()), characters }
    }

    /// The properties of a style; plain ones for a number that the sheet does not have.
    pub(super) fn get(&self, style: u16) -> Character {
        self.characters.get(usize::from(style)).copied().unwrap_or_default()
    }
}

fn entries(sheet: &[u8]) -> Option<Vec<Style<'_>>> {
    let header = usize::from(u16_at(sheet, 0)?);
    let count = usize::from(u16_at(sheet, 2)?);
    let base_size = usize::from(u16_at(sheet, 4)?);
    let mut at = 2 + header;
    let mut styles = Vec::with_capacity(count.min(sheet.len() / 2));
    for _ in 0..count {
        let Some(length) = u16_at(sheet, at).map(usize::from) else { break };
        let Some(entry) = sheet.get(at + 2..at + 2 + length) else { break };
        styles.push(style(entry, base_size).unwrap_or(Style { base: NONE, characters: &[] }));
        // Entries begin at even offsets.
        at += 2 + length + length % 2;
    }
    Some(styles)
}

/// An STD ([MS-DOC] 2.9.258): fixed part, name, one property array after the other, each with its length.
fn style(entry: &[u8], base_size: usize) -> Option<Style<'_>> {
    let kind = u16_at(entry, 2)?;
    let name = usize::from(u16_at(entry, base_size)?);
    let mut at = base_size + 2 + 2 * name + 2;
    // Before a style's characters come the paragraph of a paragraph style, row and paragraph of a table style.
    let before = match kind & 0xF {
        1 => 1,
        2 => 0,
        3 => 2,
        _ => return None,
    };
    for _ in 0..before {
        let length = usize::from(u16_at(entry, at)?);
        at += 2 + length + length % 2;
    }
    let length = usize::from(u16_at(entry, at)?);
    Some(Style { base: kind >> 4, characters: entry.get(at + 2..at + 2 + length)? })
}

/// Works out a style and those that it builds on, each once.
fn resolve(styles: &[Style<'_>], index: usize, found: &mut [Option<Character>]) {
    let mut chain: Vec<usize> = Vec::new();
    let mut character = Character::default();
    let mut next = index;
    while chain.len() < MAX_DEPTH
        && let (Some(style), Some(known)) = (styles.get(next), found.get(next))
    {
        if let Some(known) = known {
            character = *known;
            break;
        }
        chain.push(next);
        next = usize::from(style.base);
    }
    for i in chain.into_iter().rev() {
        let base = character;
        // A damaged array of a style gives what stands before the damage.
        let _ = character.apply(styles[i].characters, &base);
        character = Character { deleted: false, special: false, symbol: None, picture: None, data: false, ..character };
        found[i] = Some(character);
    }
}
