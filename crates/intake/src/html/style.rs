//! What of an element's style bears on what is read: whether it is shown, struck out or raised, and how it is laid out.

/// How an element is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Display {
    None,
    Inline,
    /// In the line, but a box of its own.
    InlineBlock,
    Block,
    /// Its children stand side by side or in a column, each a box.
    Flex,
    /// Its children stand in a grid.
    Grid,
    Table,
    RowGroup,
    HeaderGroup,
    FooterGroup,
    Row,
    Cell,
}

/// What becomes of white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// Runs of it are one blank.
    Collapse,
    /// It stands as written.
    Keep,
    /// Runs are one blank, but lines end where they end in the source.
    Lines,
}

/// Whether text stands above or below the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raise {
    No,
    /// As the mark of a note.
    Note,
    /// Moved by some points, which Word does with whole words as well.
    Shifted,
}

/// The properties that the reader knows; `None` where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub display: Option<Display>,
    /// `visibility`: whether hidden.
    pub hidden: Option<bool>,
    /// Outside of the page, cut away or transparent.
    pub away: Option<bool>,
    /// `mso-hide: all`, Word's hidden text.
    pub office_hidden: Option<bool>,
    pub struck: Option<bool>,
    pub raised: Option<Raise>,
    /// Whether the letters have no size.
    pub sizeless: Option<bool>,
    pub space: Option<Space>,
    /// Taken out of the line: a box of its own.
    pub apart: Option<bool>,
    /// Columns of a grid.
    pub columns: Option<u16>,
    /// Columns and rows of a grid that it covers; `u16::MAX` for all.
    pub wide: Option<u16>,
    pub tall: Option<u16>,
}

impl Style {
    /// Takes from another style what it says.
    pub(super) fn overlay(&mut self, other: &Style) {
        *self = Style {
            display: other.display.or(self.display),
            hidden: other.hidden.or(self.hidden),
            away: other.away.or(self.away),
            office_hidden: other.office_hidden.or(self.office_hidden),
            struck: other.struck.or(self.struck),
            raised: other.raised.or(self.raised),
            sizeless: other.sizeless.or(self.sizeless),
            space: other.space.or(self.space),
            apart: other.apart.or(self.apart),
            columns: other.columns.or(self.columns),
            wide: other.wide.or(self.wide),
            tall: other.tall.or(self.tall),
        };
    }

    pub(super) fn says_nothing(&self) -> bool {
        *self == Style::default()
    }

    /// Reads declarations: those without and those with `!important`.
    pub(super) fn read(text: &str) -> (Style, Style) {
        let (mut usual, mut important) = (Style::default(), Style::default());
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b';', rest.as_bytes()).unwrap_or(rest.len());
            let declaration = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            let declaration = declaration.trim_ascii_start();
            // Most properties begin with another letter than those that matter.
            if !matches!(
                declaration.as_bytes().first().map(u8::to_ascii_lowercase),
                Some(b'c' | b'd' | b'f' | b'g' | b'l' | b'm' | b'o' | b'p' | b't' | b'v' | b'w')
            ) {
                continue;
            }
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let name = name.trim_ascii_end();
            if !is_known(name) {
                continue;
            }
            // The commonest by far.
            if name.eq_ignore_ascii_case("font-size") && !value.contains('!') {
                usual.sizeless = Some(size(value.trim()) == Some(0.0));
                continue;
            }
            let value = value.to_ascii_lowercase();
            match value.split_once('!') {
                Some((value, mark)) if mark.trim().starts_with("important") => important.set(name, value.trim()),
                _ => usual.set(name, value.trim()),
            }
        }
        (usual, important)
    }

    fn set(&mut self, name: &str, value: &str) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let words = || value.split(|c: char| c.is_ascii_whitespace());
        if is("display") {
            self.display = display(value).or(self.display);
        } else if is("visibility") {
            self.hidden = Some(matches!(value, "hidden" | "collapse"));
        } else if is("mso-hide") {
            self.office_hidden = Some(value == "all");
        } else if is("mso-element") {
            // Comments stand below the text.
            self.office_hidden = if value.starts_with("comment") { Some(true) } else { self.office_hidden };
        } else if is("text-decoration") || is("text-decoration-line") {
            self.struck = Some(words().any(|w| w == "line-through"));
        } else if is("vertical-align") {
            let raised = matches!(value, "super" | "sub") || size(value).is_some_and(|n| n != 0.0);
            self.raised = Some(if raised { Raise::Note } else { Raise::No });
        } else if is("mso-text-raise") {
            self.raised = if size(value).is_some_and(|n| n != 0.0) { Some(Raise::Shifted) } else { self.raised };
        } else if is("font-size") {
            self.sizeless = Some(size(value) == Some(0.0));
        } else if is("font") {
            let first = |w: &str| w.split('/').next().and_then(size);
            self.sizeless = Some(words().find_map(first) == Some(0.0));
        } else if is("white-space") || is("white-space-collapse") {
            self.space = Some(match value {
                "pre" | "pre-wrap" | "break-spaces" | "preserve" => Space::Keep,
                "pre-line" | "preserve-breaks" => Space::Lines,
                _ => Space::Collapse,
            });
        } else if is("float") {
            self.apart = Some(value != "none");
        } else if is("position") {
            let apart = matches!(value, "absolute" | "fixed");
            self.apart = if apart { Some(true) } else { self.apart };
        } else if is("opacity") {
            self.away = Some(size(value) == Some(0.0)).filter(|o| *o).or(self.away);
        } else if is("left") || is("top") || is("text-indent") || is("margin-left") {
            let far = size(value).is_some_and(|n| n <= if value.ends_with("em") { -100.0 } else { -999.0 });
            self.away = if far { Some(true) } else { self.away };
        } else if is("clip") {
            let cut = value.strip_prefix("rect(").is_some_and(|r| {
                r.trim_end_matches(')')
                    .split([',', ' '])
                    .filter(|n| !n.is_empty())
                    .all(|n| size(n).is_some_and(|n| n.abs() <= 1.0))
            });
            self.away = Some(cut);
        } else if is("grid-template-columns") {
            self.columns = tracks(value);
        } else if is("grid-column") || is("grid-column-end") {
            self.wide = covered(value);
        } else if is("grid-row") || is("grid-row-end") {
            self.tall = covered(value);
        }
    }
}

fn is_known(name: &str) -> bool {
    const KNOWN: [&str; 25] = [
        "display",
        "visibility",
        "mso-hide",
        "text-decoration",
        "text-decoration-line",
        "vertical-align",
        "font-size",
        "font",
        "white-space",
        "white-space-collapse",
        "float",
        "position",
        "opacity",
        "left",
        "top",
        "text-indent",
        "margin-left",
        "clip",
        "grid-template-columns",
        "grid-column",
        "grid-column-end",
        "grid-row",
        "grid-row-end",
        "mso-text-raise",
        "mso-element",
    ];
    KNOWN.iter().any(|k| k.eq_ignore_ascii_case(name))
}

fn display(value: &str) -> Option<Display> {
    Some(match value {
        "none" => Display::None,
        "inline" | "contents" | "ruby" => Display::Inline,
        "inline-block" => Display::InlineBlock,
        "block" | "list-item" | "flow-root" | "table-caption" => Display::Block,
        "flex" | "inline-flex" | "-webkit-flex" | "-webkit-box" => Display::Flex,
        "grid" | "inline-grid" => Display::Grid,
        "table" | "inline-table" => Display::Table,
        "table-row-group" => Display::RowGroup,
        "table-header-group" => Display::HeaderGroup,
        "table-footer-group" => Display::FooterGroup,
        "table-row" => Display::Row,
        "table-cell" => Display::Cell,
        _ => return None,
    })
}

/// The number at the start of a length, a percentage or a bare number.
fn size(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(value.len());
    value[..end].parse().ok()
}

/// How many columns a grid has.
fn tracks(value: &str) -> Option<u16> {
    if let Some(repeat) = value.strip_prefix("repeat(") {
        let (count, rest) = repeat.split_once(',')?;
        let (track, after) = rest.split_once(')')?;
        // `minmax(…)` inside, or more tracks behind: not counted here.
        let simple = !track.contains('(') && after.trim().is_empty();
        return count.trim().parse().ok().filter(|n| simple && (1..=200).contains(n));
    }
    let tracks = value.split_ascii_whitespace();
    let simple = !value.contains(['(', '[', ',']) && !matches!(value, "none" | "subgrid");
    u16::try_from(tracks.count()).ok().filter(|n| simple && (1..=200).contains(n))
}

/// How many tracks `span 3`, `2 / 5` or `1 / -1` cover.
fn covered(value: &str) -> Option<u16> {
    let mut ends = value.split('/').map(str::trim);
    let (first, second) = (ends.next()?, ends.next());
    let span = [Some(first), second].into_iter().flatten().find_map(|e| e.strip_prefix("span"));
    if let Some(span) = span {
        return span.trim().parse().ok().filter(|n| (1..=200).contains(n));
    }
    let from: i32 = first.parse().ok()?;
    match second.map(str::parse::<i32>) {
        Some(Ok(-1)) if from == 1 => Some(u16::MAX),
        Some(Ok(to)) => u16::try_from(to - from).ok().filter(|n| (1..=200).contains(n)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Style {
        Style::read(text).0
    }

    #[test]
    fn declarations() {
        assert_eq!(read("COLOR:red; DISPLAY : None").display, Some(Display::None));
        assert_eq!(read("visibility:hidden").hidden, Some(true));
        assert_eq!(read("visibility: visible").hidden, Some(false));
        assert_eq!(read("text-decoration: underline LINE-THROUGH red").struck, Some(true));
        assert_eq!(read("font-size:0").sizeless, Some(true));
        assert_eq!(read("font-size: 0.5em").sizeless, Some(false));
        assert_eq!(read("font: bold 0/0 a").sizeless, Some(true));
        assert_eq!(read("font: 12px/1.5 宋体").sizeless, Some(false));
        assert_eq!(read("vertical-align:super").raised, Some(Raise::Note));
        assert_eq!(read("vertical-align: 30%").raised, Some(Raise::Note));
        assert_eq!(read("vertical-align: middle").raised, Some(Raise::No));
        assert_eq!(read("position:relative;top:-5.0pt;mso-text-raise:5.0pt").raised, Some(Raise::Shifted));
        assert_eq!(read("text-indent:-9999px").away, Some(true));
        assert_eq!(read("margin-left:-20px;opacity:0.5").away, None);
        assert_eq!(read("clip: rect(0, 0, 0, 0)").away, Some(true));
        assert_eq!(read("background:url(data:image/png;base64,display:none)").display, None);
        assert_eq!(read("grid-template-columns: repeat(8, 1fr)").columns, Some(8));
        assert_eq!(read("grid-template-columns: 2fr 1fr 1fr").columns, Some(3));
        assert_eq!(read("grid-template-columns: repeat(auto-fill, 20px)").columns, None);
        assert_eq!(read("grid-column: span 3; grid-row: 1 / 4"), Style { wide: Some(3), tall: Some(3), ..Style::default() });
        assert_eq!(read("grid-column: 1 / -1").wide, Some(u16::MAX));
        assert!(read("border:1px solid;width:3pt;padding:0;mso-style-name:a").says_nothing());
        let (usual, important) = Style::read("display:block;display:none !important");
        assert_eq!((usual.display, important.display), (Some(Display::Block), Some(Display::None)));
    }
}
