//! The looks of cells: made once, used for every cell.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatUnderline};

use crate::sheet::{boxed, plain, title};
use crate::words::Lang;

/// How a number is set off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Derived,
    Total,
    Lower,
    Info,
    Warning,
    Error,
}

const STYLES: [Style; 7] = [Style::Plain, Style::Derived, Style::Total, Style::Lower, Style::Info, Style::Warning, Style::Error];

/// Colours that stay apart for those who see no red and green, and in grey print.
pub(super) const ERROR: u32 = 0xF4B183;
pub(super) const WARNING: u32 = 0xFFE699;
pub(super) const INFO: u32 = 0xDDEBF7;
pub(super) const ABSENT: u32 = 0xD9D9D9;
pub(super) const GOOD: u32 = 0xE2EFDA;

pub(super) struct Looks {
    pub(super) title: Format,
    pub(super) small: Format,
    pub(super) link: Format,
    pub(super) boxed_link: Format,
    pub(super) head: Format,
    pub(super) slim: Format,
    pub(super) name: Format,
    pub(super) text: Format,
    pub(super) left: Format,
    pub(super) absent: Format,
    pub(super) derived_key: Format,
    pub(super) total_name: Format,
    pub(super) check: Format,
    pub(super) good: Format,
    pub(super) bad: Format,
    pub(super) open: Format,
    /// Texts by severity.
    pub(super) marked: [Format; 3],
    /// By style and number of decimals.
    numbers: Vec<[Format; 7]>,
    /// Signed changes by number of decimals.
    changes: [Format; 7],
    pub(super) percent: Format,
}

impl Looks {
    pub(super) fn new(lang: Lang) -> Looks {
        let fill = |rgb: u32| boxed(lang).set_background_color(Color::RGB(rgb));
        let centre = |f: Format| f.set_align(FormatAlign::Center).set_text_wrap();
        let link = |f: Format| f.set_font_color(Color::RGB(0x0563C1)).set_underline(FormatUnderline::Single);
        let numbers =
            STYLES.map(|s| std::array::from_fn(|d| styled(lang, s).set_align(FormatAlign::Right).set_num_format(decimals(d))));
        let bare = |rgb: u32| Format::new().set_background_color(Color::RGB(rgb));
        Looks {
            title: title(lang),
            small: plain(lang).set_font_size(9).set_font_color(Color::RGB(0x404040)),
            link: link(plain(lang)),
            boxed_link: link(boxed(lang)),
            head: centre(fill(0xDCE6F1)).set_bold(),
            slim: centre(fill(0xF2F2F2)).set_font_size(8).set_font_color(Color::RGB(0x595959)),
            name: boxed(lang).set_text_wrap(),
            text: centre(boxed(lang)),
            left: boxed(lang).set_text_wrap().set_align(FormatAlign::Left),
            absent: fill(ABSENT),
            derived_key: centre(styled(lang, Style::Derived)),
            total_name: fill(0xF2F2F2).set_bold().set_text_wrap(),
            check: centre(boxed(lang)).set_num_format("0.######;-0.######;0"),
            good: bare(GOOD),
            bad: bare(ERROR).set_bold(),
            open: bare(ABSENT),
            marked: [INFO, WARNING, ERROR].map(|rgb| centre(fill(rgb))),
            numbers: numbers.into(),
            changes: std::array::from_fn(|d| {
                let f = decimals(d);
                boxed(lang).set_align(FormatAlign::Right).set_num_format(format!("+{f};-{f};0"))
            }),
            percent: boxed(lang).set_align(FormatAlign::Right).set_num_format("+0.0\"%\";-0.0\"%\";0.0\"%\""),
        }
    }

    /// The look of a number: decimals as it has them, so that none is lost to the eye.
    pub(super) fn number(&self, style: Style, decimals: u32) -> &Format {
        &self.numbers[style as usize][decimals.min(6) as usize]
    }

    /// The look of a change.
    pub(super) fn change(&self, decimals: u32) -> &Format {
        &self.changes[decimals.min(6) as usize]
    }
}

fn styled(lang: Lang, style: Style) -> Format {
    let fill = |rgb: u32| boxed(lang).set_background_color(Color::RGB(rgb));
    match style {
        Style::Plain => boxed(lang),
        Style::Derived => boxed(lang).set_italic().set_font_color(Color::RGB(0x595959)),
        Style::Total => fill(0xF2F2F2).set_bold(),
        Style::Lower => fill(WARNING).set_bold(),
        Style::Info => fill(INFO),
        Style::Warning => fill(WARNING),
        Style::Error => fill(ERROR).set_bold(),
    }
}

fn decimals(count: usize) -> String {
    if count == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(count)) }
}
