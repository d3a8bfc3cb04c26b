//! WordprocessingML, its elements in the order that the schema has (ECMA-376): Word forgives another order, validators and
//! some office suites do not.

/// Twentieths of a point.
pub(super) type Twips = usize;

/// Where a line of text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
    Both,
}

impl Align {
    const fn word(self) -> &'static str {
        match self {
            Align::Left => "left",
            Align::Center => "center",
            Align::Right => "right",
            Align::Both => "both",
        }
    }
}

/// A stretch of text in one hand.
#[derive(Clone, Debug)]
pub(super) struct Run<'t> {
    pub(super) text: &'t str,
    /// The font of Chinese text; Latin letters and digits have [`LATIN`].
    pub(super) font: &'static str,
    pub(super) half_points: usize,
    pub(super) bold: bool,
    /// Grey behind the text.
    pub(super) shaded: bool,
}

pub(super) const LATIN: &str = "Times New Roman";

impl<'t> Run<'t> {
    pub(super) fn new(text: &'t str, font: &'static str, half_points: usize) -> Run<'t> {
        Run { text, font, half_points, bold: false, shaded: false }
    }

    /// Properties of the run.
    fn properties(&self, out: &mut String) {
        out.push_str("<w:rPr><w:rFonts w:hint=\"eastAsia\" w:ascii=\"");
        for (name, font) in [("\" w:hAnsi=\"", LATIN), ("\" w:eastAsia=\"", LATIN), ("\" w:cs=\"", self.font), ("\"/>", LATIN)] {
            out.push_str(font);
            out.push_str(name);
        }
        if self.bold {
            out.push_str("<w:b/><w:bCs/>");
        }
        let size = self.half_points.to_string();
        for (before, after) in [("<w:sz w:val=\"", "\"/>"), ("<w:szCs w:val=\"", "\"/>")] {
            out.push_str(before);
            out.push_str(&size);
            out.push_str(after);
        }
        if self.shaded {
            out.push_str("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"D9D9D9\"/>");
        }
        out.push_str("</w:rPr>");
    }

    fn write(&self, out: &mut String) {
        out.push_str("<w:r>");
        self.properties(out);
        for (i, line) in self.text.split('\n').enumerate() {
            if i > 0 {
                out.push_str("<w:br/>");
            }
            out.push_str("<w:t xml:space=\"preserve\">");
            escape(line, out);
            out.push_str("</w:t>");
        }
        out.push_str("</w:r>");
    }
}

/// A paragraph.
#[derive(Clone, Debug)]
pub(super) struct Paragraph<'t> {
    /// A style of `styles.xml`; empty for the standard one.
    pub(super) style: &'static str,
    pub(super) keep_next: bool,
    pub(super) new_page: bool,
    pub(super) before: Twips,
    pub(super) after: Twips,
    pub(super) line: Twips,
    /// Whether a line may be higher than `line`.
    pub(super) grows: bool,
    /// Whether the first line begins two characters further in.
    pub(super) indented: bool,
    pub(super) right: Twips,
    pub(super) align: Align,
    pub(super) runs: Vec<Run<'t>>,
}

impl<'t> Paragraph<'t> {
    pub(super) fn new(line: Twips) -> Paragraph<'t> {
        Paragraph {
            style: "",
            keep_next: false,
            new_page: false,
            before: 0,
            after: 0,
            line,
            grows: false,
            indented: false,
            right: 0,
            align: Align::Left,
            runs: Vec::new(),
        }
    }

    pub(super) fn run(mut self, run: Run<'t>) -> Paragraph<'t> {
        self.runs.push(run);
        self
    }

    pub(super) fn write(&self, out: &mut String) {
        out.push_str("<w:p><w:pPr>");
        if !self.style.is_empty() {
            out.push_str(&format!("<w:pStyle w:val=\"{}\"/>", self.style));
        }
        if self.keep_next {
            out.push_str("<w:keepNext/>");
        }
        if self.new_page {
            out.push_str("<w:pageBreakBefore/>");
        }
        let rule = if self.grows { "atLeast" } else { "exact" };
        let (before, after, line) = (self.before, self.after, self.line);
        out.push_str(&format!("<w:spacing w:before=\"{before}\" w:after=\"{after}\" w:line=\"{line}\" w:lineRule=\"{rule}\"/>"));
        if self.indented {
            out.push_str("<w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>");
        } else if self.right > 0 {
            out.push_str(&format!("<w:ind w:right=\"{}\"/>", self.right));
        }
        out.push_str(&format!("<w:jc w:val=\"{}\"/></w:pPr>", self.align.word()));
        self.runs.iter().for_each(|r| r.write(out));
        out.push_str("</w:p>");
    }

    /// With the number of the page behind what it says, and `after` behind that.
    pub(super) fn write_page_number(&self, after: &str, out: &mut String) {
        let Some(run) = self.runs.first() else { return };
        let mut inner = String::new();
        self.write(&mut inner);
        out.push_str(inner.trim_end_matches("</w:p>"));
        let field = |kind: &str| format!("<w:fldChar w:fldCharType=\"{kind}\"/>");
        let code = "<w:instrText xml:space=\"preserve\"> PAGE </w:instrText>".to_owned();
        for content in [field("begin"), code, field("separate"), "<w:t>1</w:t>".to_owned(), field("end")] {
            out.push_str("<w:r>");
            run.properties(out);
            out.push_str(&content);
            out.push_str("</w:r>");
        }
        Run { text: after, ..run.clone() }.write(out);
        out.push_str("</w:p>");
    }
}

/// How a cell stands to the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merge {
    None,
    Begins,
    GoesOn,
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub(super) struct TableCell<'t> {
    pub(super) width: Twips,
    pub(super) columns: usize,
    pub(super) merge: Merge,
    /// Colour behind it, `RRGGBB`.
    pub(super) fill: Option<&'static str>,
    /// Whether its words stand upright, to be read from below.
    pub(super) upright: bool,
    pub(super) paragraphs: Vec<Paragraph<'t>>,
}

impl TableCell<'_> {
    fn write(&self, out: &mut String) {
        out.push_str(&format!("<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/>", self.width));
        if self.columns > 1 {
            out.push_str(&format!("<w:gridSpan w:val=\"{}\"/>", self.columns));
        }
        match self.merge {
            Merge::None => {}
            Merge::Begins => out.push_str("<w:vMerge w:val=\"restart\"/>"),
            Merge::GoesOn => out.push_str("<w:vMerge/>"),
        }
        if let Some(fill) = self.fill {
            out.push_str(&format!("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"{fill}\"/>"));
        }
        if self.upright {
            out.push_str("<w:textDirection w:val=\"btLr\"/>");
        }
        out.push_str("<w:vAlign w:val=\"center\"/></w:tcPr>");
        self.paragraphs.iter().for_each(|p| p.write(out));
        out.push_str("</w:tc>");
    }
}

/// A row of a table.
#[derive(Clone, Debug)]
pub(super) struct Row<'t> {
    /// At least.
    pub(super) height: Twips,
    /// Whether it may go on on the next page.
    pub(super) splits: bool,
    /// Whether it is repeated on every page.
    pub(super) head: bool,
    pub(super) cells: Vec<TableCell<'t>>,
}

/// A table, its lines so many eighths of a point thick; margins of a cell above and below, left and right.
pub(super) fn table(columns: &[Twips], rows: &[Row<'_>], line: usize, (high, wide): (Twips, Twips), out: &mut String) {
    let width: Twips = columns.iter().sum();
    out.push_str(&format!("<w:tbl><w:tblPr><w:tblW w:w=\"{width}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>"));
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        out.push_str(&format!("<w:{side} w:val=\"single\" w:sz=\"{line}\" w:space=\"0\" w:color=\"000000\"/>"));
    }
    out.push_str("</w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar>");
    for (side, margin) in [("top", high), ("left", wide), ("bottom", high), ("right", wide)] {
        out.push_str(&format!("<w:{side} w:w=\"{margin}\" w:type=\"dxa\"/>"));
    }
    out.push_str("</w:tblCellMar></w:tblPr><w:tblGrid>");
    columns.iter().for_each(|c| out.push_str(&format!("<w:gridCol w:w=\"{c}\"/>")));
    out.push_str("</w:tblGrid>");
    for row in rows {
        out.push_str("<w:tr><w:trPr>");
        if !row.splits {
            out.push_str("<w:cantSplit/>");
        }
        out.push_str(&format!("<w:trHeight w:val=\"{}\" w:hRule=\"atLeast\"/>", row.height));
        if row.head {
            out.push_str("<w:tblHeader/>");
        }
        out.push_str("</w:trPr>");
        row.cells.iter().for_each(|c| c.write(out));
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
}

/// Text as XML has it, without the characters that it cannot hold.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() || crate::markup::turns(c) => {}
            c => out.push(c),
        }
    }
}
