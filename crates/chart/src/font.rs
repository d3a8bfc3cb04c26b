//! The bundled font: measuring with it, cutting the used glyphs out of it, drawing PNGs with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Once, OnceLock};

use allsorts::binary::read::ReadScope;
use allsorts::font::read_cmap_subtable;
use allsorts::font_data::FontData;
use allsorts::subset::{CmapTarget, SubsetProfile, subset};
use allsorts::tables::FontTableProvider;
use allsorts::tables::cmap::Cmap;
use allsorts::tag;
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use resvg::usvg::fontdb;

/// Noto Sans SC Regular (SIL OFL, `fonts/OFL.txt`), cut down by `fonts/subset.py`.
pub(crate) static BYTES: &[u8] = include_bytes!("../fonts/NotoSansSC-subset.ttf");

/// The family under which plotters knows it.
pub(crate) const FAMILY: &str = "Noto Sans SC";

/// What a browser without the embedded glyphs falls back to: Chinese fonts of Google, Windows, macOS, Adobe and Linux.
pub(crate) const FALLBACKS: &str =
    "'Noto Sans SC','Microsoft YaHei','PingFang SC','Source Han Sans SC','WenQuanYi Micro Hei',sans-serif";

/// ab_glyph scales by ascent minus descent, which are 1160 and −288 of the font's 1000 units an em.
const SIZE_OF_1000_PER_EM: f64 = 1448.0;

/// Width of a line of text in pixels at `size` pixels an em.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // A font that was compiled in and that a test opens can not be invalid.
        let _ = register_font(FAMILY, FontStyle::Normal, BYTES);
    });
    let font = FontDesc::new(FontFamily::Name(FAMILY), SIZE_OF_1000_PER_EM, FontStyle::Normal);
    font.layout_box(text).map_or(0.0, |(_, (w, _))| f64::from(w) * size / 1000.0)
}

/// The glyph of each character in a font; 0, the empty box, for those that it does not have.
fn glyphs(font: &[u8], characters: impl Iterator<Item = char>) -> Result<Vec<u16>, String> {
    let data = ReadScope::new(font).read::<FontData<'_>>().map_err(|e| e.to_string())?;
    let provider = data.table_provider(0).map_err(|e| e.to_string())?;
    let cmap_data = provider.read_table_data(tag::CMAP).map_err(|e| e.to_string())?;
    let cmap = ReadScope::new(&cmap_data).read::<Cmap<'_>>().map_err(|e| e.to_string())?;
    let (_, map) = read_cmap_subtable(&cmap).map_err(|e| e.to_string())?.ok_or("the font has no Unicode character map")?;
    characters.map(|c| map.map_glyph(u32::from(c)).map(Option::unwrap_or_default).map_err(|e| e.to_string())).collect()
}

/// A TrueType font of just these characters, with a Unicode character map as browsers want it.
pub(crate) fn cut(characters: &BTreeSet<char>) -> Result<Vec<u8>, String> {
    let mut used = BTreeSet::from([0]);
    used.extend(glyphs(BYTES, characters.iter().copied())?);
    let used: Vec<u16> = used.into_iter().collect();
    let data = ReadScope::new(BYTES).read::<FontData<'_>>().map_err(|e| e.to_string())?;
    let provider = data.table_provider(0).map_err(|e| e.to_string())?;
    subset(&provider, &used, &SubsetProfile::Minimal, CmapTarget::Unicode).map_err(|e| e.to_string())
}

/// The font database that holds the bundled font and nothing else.
pub(crate) fn database() -> Arc<fontdb::Database> {
    static DATABASE: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let make = || {
        let mut db = fontdb::Database::new();
        db.load_font_source(fontdb::Source::Binary(Arc::new(BYTES)));
        Arc::new(db)
    };
    DATABASE.get_or_init(make).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 8,105 characters of 通用规范汉字表 in its order (`fonts/subset.py` says where the list comes from).
    const TGH: &str = include_str!("../fonts/tgh.txt");

    fn missing(font: &[u8], text: &str) -> String {
        let characters: Vec<char> = text.chars().filter(|c| *c != '\n').collect();
        let found = glyphs(font, characters.iter().copied()).expect("a font");
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
        let mut db = fontdb::Database::new();
        db.load_font_data(bytes);
        assert_eq!(db.faces().count(), 1);
    }
}
