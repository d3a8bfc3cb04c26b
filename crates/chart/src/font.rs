//! The bundled font: measuring with it, its outlines for PNGs, and the used glyphs of it for SVGs.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use ttf_parser::{Face, GlyphId};

use crate::cut;

/// Noto Sans SC Regular (SIL OFL, `fonts/OFL.txt`), cut down by `fonts/subset.py`.
pub(crate) static BYTES: &[u8] = include_bytes!("../fonts/NotoSansSC-subset.ttf");

/// The family under which plotters knows it.
pub(crate) const FAMILY: &str = "Noto Sans SC";

/// What a browser without the embedded glyphs falls back to: Chinese fonts of Google, Windows, macOS, Adobe and Linux.
pub(crate) const FALLBACKS: &str =
    "'Noto Sans SC','Microsoft YaHei','PingFang SC','Source Han Sans SC','WenQuanYi Micro Hei',sans-serif";

/// Units of the font an em.
pub(crate) const EM: f64 = 1000.0;

/// The font, opened once: its glyph of every character of the basic plane, and how wide each is.
struct Opened {
    face: Face<'static>,
    glyphs: Vec<u16>,
    advances: Vec<u16>,
}

fn opened() -> Option<&'static Opened> {
    static OPENED: OnceLock<Option<Opened>> = OnceLock::new();
    // A font that was compiled in and that a test opens is there.
    OPENED.get_or_init(|| Face::parse(BYTES, 0).ok().map(open)).as_ref()
}

fn open(face: Face<'static>) -> Opened {
    let mut glyphs = vec![0; 0x1_0000];
    for table in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables).filter(|t| t.is_unicode()) {
        table.codepoints(|c| {
            if let (Some(place), Some(glyph)) = (glyphs.get_mut(c as usize), table.glyph_index(c)) {
                *place = glyph.0;
            }
        });
    }
    let advances = (0..face.number_of_glyphs()).map(|g| face.glyph_hor_advance(GlyphId(g)).unwrap_or_default()).collect();
    Opened { face, glyphs, advances }
}

/// The bundled font.
pub(crate) fn face() -> Option<&'static Face<'static>> {
    opened().map(|o| &o.face)
}

/// The glyph of a character; 0, the empty box, for one that the font does not have.
pub(crate) fn glyph(c: char) -> u16 {
    let Some(font) = opened() else { return 0 };
    let basic = font.glyphs.get(c as usize).copied();
    basic.unwrap_or_else(|| font.face.glyph_index(c).map_or(0, |g| g.0))
}

/// Width of a glyph in units of the font.
pub(crate) fn advance(glyph: u16) -> u16 {
    opened().and_then(|o| o.advances.get(usize::from(glyph)).copied()).unwrap_or_default()
}

/// Whether a character takes no room: it joins or varies its neighbours.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{0300}'..='\u{036f}')
}

/// Width of a line of text in pixels at `size` pixels an em. The bundled font has no kerning, so widths add up.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let units: u32 = text.chars().filter(|c| !is_joiner(*c)).map(|c| u32::from(advance(glyph(c)))).sum();
    f64::from(units) * size / EM
}

/// A TrueType font of just these characters, with a Unicode character map as browsers want it.
pub(crate) fn cut(characters: &BTreeSet<char>) -> Result<Vec<u8>, String> {
    let face = face().ok_or("the bundled font cannot be opened")?;
    cut::cut(face, characters).ok_or_else(|| "the bundled font is damaged".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 8,105 characters of 通用规范汉字表 in its order (`fonts/subset.py` says where the list comes from).
    const TGH: &str = include_str!("../fonts/tgh.txt");

    fn missing(font: &[u8], text: &str) -> String {
        let characters: Vec<char> = text.chars().filter(|c| *c != '\n').collect();
        let face = Face::parse(font, 0).expect("a font");
        let found: Vec<u16> = characters.iter().map(|c| face.glyph_index(*c).map_or(0, |g| g.0)).collect();
        characters.iter().zip(found).filter(|(_, g)| *g == 0).map(|(c, _)| c).collect()
    }

    #[test]
    fn every_character_of_the_table_is_there() {
        assert_eq!(TGH.chars().filter(|c| *c != '\n').count(), 8105);
        assert_eq!(missing(BYTES, TGH), "");
    }

    #[test]
    fn every_character_of_forms_rules_and_charts_is_there() {
        let folders = ["../form/forms", "../form", "../../charts", "../../charts/us-foia", "../../data/forms", "src", "src/kind"];
        let mut read = 0;
        for folder in folders {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let Ok(entries) = std::fs::read_dir(&path) else { continue };
            for entry in entries.flatten() {
                if entry.path().extension().is_some_and(|e| e == "toml" || e == "rs") {
                    let text = std::fs::read_to_string(entry.path()).expect("readable");
                    assert_eq!(missing(BYTES, &text), "", "{}", entry.path().display());
                    read += 1;
                }
            }
        }
        assert!(read > 20, "only {read} files found");
    }

    #[test]
    fn widths_are_the_fonts_own() {
        assert!((width("区政府", 30.0) - 90.0).abs() < 0.1);
        assert!((width("0", 1000.0) - 555.0).abs() < 2.0, "{}", width("0", 1000.0));
    }

    #[test]
    fn the_cut_font_opens_and_has_its_characters() {
        let text = "铁山区2024年，①件𬭎";
        let bytes = cut(&text.chars().collect()).expect("cuts");
        assert!(bytes.len() < 20_000, "{}", bytes.len());
        assert_eq!(missing(&bytes, text), "");
        assert_eq!(missing(&bytes, "市"), "市");
        // Accented letters are made of others; each has the outline and the width of the whole font's.
        let text: BTreeSet<char> = "Aéüñ铁".chars().collect();
        let (bytes, whole) = (cut(&text).expect("cuts"), Face::parse(BYTES, 0).expect("a font"));
        let small = Face::parse(&bytes, 0).expect("a font");
        for c in text {
            let (a, b) = (small.glyph_index(c).expect("there"), whole.glyph_index(c).expect("there"));
            assert_eq!(small.glyph_bounding_box(a), whole.glyph_bounding_box(b), "{c}");
            assert_eq!(small.glyph_hor_advance(a), whole.glyph_hor_advance(b), "{c}");
        }
    }
}
