//! A story as a Word document, set as official documents are (GB/T 9704-2012: A4, 28 points a line, page number at the
//! foot). `docx-rs` makes the parts; the package is zipped here, so that the same story gives the same bytes whatever
//! else the process has written before: paragraph ids, which it counts by thread, are left out and times are fixed.

use std::io::{Cursor, Write};

use docx_rs::{
    AlignmentType, BorderType, BreakType, Docx, Footer, HeightRule, LineSpacing, LineSpacingType, PageMargin, PageNum, Paragraph,
    Run, RunFonts, Shading, SpecialIndentType, Table, TableAlignmentType, TableBorder, TableBorderPosition, TableBorders,
    TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, VMergeType, WidthType, XMLDocx,
};
use zip::write::SimpleFileOptions;

use crate::PublishError;
use crate::grid::{Grid, Role, Square};
use crate::markdown::Stretch;
use crate::story::{List, Piece, Story};

/// Width of the text in twentieths of a point: A4 less margins of 28 and 26 mm.
const TEXT_WIDTH: usize = 8844;
/// Width of a statutory table, as the official template has it: it reaches a little into both margins.
const TABLE_WIDTH: usize = 9740;
/// Left and right margin of a cell, as there.
const CELL_MARGIN: usize = 57;

/// Fonts by use; a system without the first takes the second (an alternative name in the font table).
const FONTS: [(&str, &str); 5] =
    [("方正小标宋简体", "宋体"), ("黑体", "SimHei"), ("楷体_GB2312", "楷体"), ("仿宋_GB2312", "仿宋"), ("宋体", "SimSun")];
const TITLE: &str = FONTS[0].0;
const HEADING: &str = FONTS[1].0;
const SUBHEADING: &str = FONTS[2].0;
const BODY: &str = FONTS[3].0;
const TABLE: &str = FONTS[4].0;
const LATIN: &str = "Times New Roman";

/// The document as a file.
pub(crate) fn document(story: &Story) -> Result<Vec<u8>, PublishError> {
    let margin = PageMargin::new().top(2098).bottom(1984).left(1588).right(1474).header(851).footer(1400).gutter(0);
    let mut docx =
        Docx::new().page_size(11906, 16838).page_margin(margin).footer(foot()).default_fonts(fonts(BODY)).default_size(32);
    for (i, piece) in story.pieces.iter().enumerate() {
        docx = match piece {
            Piece::Table(grid) => {
                let noted = matches!(story.pieces.get(i + 1), Some(Piece::Note(_)));
                docx.add_table(statutory(grid, noted)).add_paragraph(gap().keep_next(noted))
            }
            Piece::List(rows) => docx.add_paragraph(gap()).add_table(list(rows)).add_paragraph(gap()),
            Piece::Heading(_) if tall(story.pieces.get(i + 1)) => docx.add_paragraph(words(piece, false).page_break_before(true)),
            _ => docx.add_paragraph(words(piece, signed(&story.pieces[i + 1..]))),
        };
    }
    package(docx.build(), &story.title).map_err(PublishError::make(&story.title))
}

/// More rows than these fill most of a page.
const TALL: usize = 20;

/// Whether a table follows that fills most of a page and is read best from its top.
fn tall(next: Option<&Piece>) -> bool {
    matches!(next, Some(Piece::Table(grid)) if grid.rows > TALL)
}

fn fonts(east_asia: &str) -> RunFonts {
    RunFonts::new().ascii(LATIN).hi_ansi(LATIN).cs(LATIN).east_asia(east_asia)
}

fn run(text: &str, font: &str, half_points: usize) -> Run {
    Run::new().add_text(clean(text)).fonts(fonts(font)).size(half_points)
}

/// Without the control characters that XML cannot hold.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}')).collect()
}

fn line(before: u32, after: u32) -> LineSpacing {
    LineSpacing::new().line_rule(LineSpacingType::Exact).line(560).before(before).after(after)
}

fn foot() -> Footer {
    let dash = |text: &str| run(text, TABLE, 28);
    Footer::new().add_paragraph(
        Paragraph::new().align(AlignmentType::Center).add_run(dash("— ")).add_page_num(PageNum::new()).add_run(dash(" —")),
    )
}

/// The empty line that Word wants between two tables, and behind one.
fn gap() -> Paragraph {
    Paragraph::new().line_spacing(LineSpacing::new().line_rule(LineSpacingType::Exact).line(160)).add_run(run("", BODY, 10))
}

/// Whether nothing but a signature follows, so that this line must not part from it.
fn signed(rest: &[Piece]) -> bool {
    let blank = |p: &Piece| matches!(p, Piece::Flush(t) if t.is_empty());
    let first = rest.iter().find(|p| !blank(p));
    matches!(first, Some(Piece::Right(_)))
}

/// A piece of words as a paragraph, `keep` with the next one.
fn words(piece: &Piece, keep: bool) -> Paragraph {
    let new = Paragraph::new;
    let indent = |p: Paragraph| p.indent(Some(0), Some(SpecialIndentType::FirstLine(640)), None, None).first_line_chars(200);
    match piece {
        Piece::Title(text) => {
            let spacing = LineSpacing::new().line_rule(LineSpacingType::AtLeast).line(640).before(240).after(240);
            let lines = text.split('\n').enumerate().map(|(i, t)| (i > 0, run(t, TITLE, 44)));
            let title = new().align(AlignmentType::Center).line_spacing(spacing).keep_next(true);
            lines.fold(title, |p, (breaks, run)| {
                let p = if breaks { p.add_run(Run::new().add_break(BreakType::TextWrapping)) } else { p };
                p.add_run(run)
            })
        }
        Piece::Centred(text) => new().align(AlignmentType::Center).line_spacing(line(0, 240)).add_run(run(text, SUBHEADING, 32)),
        Piece::Heading(text) => {
            indent(new()).keep_next(true).outline_lvl(0).line_spacing(line(240, 120)).add_run(run(text, HEADING, 32))
        }
        Piece::Subheading(text) => {
            indent(new()).keep_next(true).outline_lvl(1).line_spacing(line(120, 0)).add_run(run(text, SUBHEADING, 32))
        }
        Piece::Paragraph(stretches) => {
            stretches.iter().fold(indent(new()).align(AlignmentType::Both).keep_next(keep).line_spacing(line(0, 0)), |p, s| {
                let Stretch { bold, text } = s;
                let run = run(text, BODY, 32);
                p.add_run(if *bold { run.bold() } else { run })
            })
        }
        Piece::Flush(text) => new().keep_next(keep).line_spacing(line(0, 0)).add_run(run(text, BODY, 32)),
        // Who signs and when stay together, and with the last line above them.
        Piece::Right(text) => new()
            .align(AlignmentType::Right)
            .keep_next(keep)
            .line_spacing(line(0, 0))
            .indent(None, None, Some(640), None)
            .add_run(run(text, BODY, 32)),
        Piece::Placeholder(text) => {
            // Grey shading is seen in print too, so nobody publishes a placeholder unseen.
            let mark = run(text, BODY, 32).shading(Shading::new().fill("D9D9D9"));
            indent(new()).line_spacing(line(0, 0)).add_run(mark)
        }
        Piece::Note(text) => {
            let spacing = LineSpacing::new().line_rule(LineSpacingType::Exact).line(320).after(120);
            new().align(AlignmentType::Both).line_spacing(spacing).add_run(run(text, TABLE, 20))
        }
        Piece::PageTitle(text) => {
            let spacing = LineSpacing::new().line_rule(LineSpacingType::AtLeast).line(560).before(0).after(120);
            let title = new().align(AlignmentType::Center).page_break_before(true).keep_next(true);
            title.line_spacing(spacing).add_run(run(text, TITLE, 36))
        }
        Piece::Table(_) | Piece::List(_) => new(),
    }
}

/// A table of so many twentieths of a point, its lines so many eighths of a point thick.
fn table(grid: Vec<usize>, rows: Vec<TableRow>, line: usize) -> Table {
    let border = |p| TableBorder::new(p).border_type(BorderType::Single).size(line).color("000000");
    let borders = [
        TableBorderPosition::Top,
        TableBorderPosition::Bottom,
        TableBorderPosition::Left,
        TableBorderPosition::Right,
        TableBorderPosition::InsideH,
        TableBorderPosition::InsideV,
    ];
    let borders = borders.into_iter().fold(TableBorders::new(), |b, p| b.set(border(p)));
    Table::new(rows)
        .width(grid.iter().sum(), WidthType::Dxa)
        .set_grid(grid)
        .layout(TableLayoutType::Fixed)
        .align(TableAlignmentType::Center)
        .margins(TableCellMargins::new().margin(0, CELL_MARGIN, 0, CELL_MARGIN))
        .set_borders(borders)
}

/// Thousandths of a width as twentieths of a point, without losing any to rounding.
fn twips(widths: &[usize], whole: usize) -> Vec<usize> {
    let mut from = 0;
    widths
        .iter()
        .map(|w| {
            let width = whole * (from + w) / 1000 - whole * from / 1000;
            from += w;
            width
        })
        .collect()
}

/// `head` rows are marked so that [`mend`] makes Word repeat them on every page.
fn row(cells: Vec<TableCell>, head: bool, height: f32) -> TableRow {
    let row = TableRow::new(cells).cant_split().row_height(if head { HEAD_HEIGHT } else { height });
    if head { row.height_rule(HeightRule::Auto) } else { row.height_rule(HeightRule::AtLeast) }
}

/// Lines of a table are as high in every font, so that a table fits its page whichever a system has.
fn tight(p: Paragraph, half_points: usize) -> Paragraph {
    let line = (half_points * 13) as i32;
    p.line_spacing(LineSpacing::new().line_rule(LineSpacingType::Exact).line(line).before(0).after(0))
}

/// Half-points of the figures of a statutory table, and its columns: as the form has them, unless a figure is too long for
/// its column. Then row heads give way, and then the figures become smaller, so that none is broken over two lines, where
/// a reader would take it for two.
fn fitted(grid: &Grid) -> (usize, Vec<usize>) {
    // A digit is half as wide as its font is high; a Chinese character or sign is as wide.
    let halves = |s: &Square| s.fill.text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let figures = || grid.squares.iter().filter(|s| s.role == Role::Figure);
    let numeric = |s: &&Square| !s.fill.text.chars().any(|c| c.is_alphabetic());
    let size_in = |columns: &[usize]| {
        let fit = |s: &Square| {
            let room = columns[s.column..s.column + s.columns].iter().sum::<usize>().saturating_sub(2 * CELL_MARGIN);
            // Half-points from twentieths of a point: room / 20 points, of which every half character takes half a size.
            room / 5 / halves(s).max(1)
        };
        figures().filter(numeric).map(fit).min().unwrap_or(FIGURE).clamp(10, FIGURE)
    };
    let official = twips(&grid.widths, TABLE_WIDTH);
    let size = size_in(&official);
    let first = figures().map(|s| s.column).min().unwrap_or(0);
    if size == FIGURE || first == 0 {
        return (size, official);
    }
    let heads: usize = grid.widths[..first].iter().sum();
    let innermost = grid.widths[first - 1];
    let given = innermost.saturating_sub(150).min(heads.saturating_sub(320));
    let mut widths = grid.widths.clone();
    widths[first - 1] -= given;
    let across = widths.len() - first;
    for (i, w) in widths[first..].iter_mut().enumerate() {
        *w += given * (i + 1) / across - given * i / across;
    }
    let wider = twips(&widths, TABLE_WIDTH);
    (size_in(&wider), wider)
}

/// Half-points of the words and figures of a statutory table.
const FIGURE: usize = 20;

/// `noted` says that a note follows, which must not stand alone on the next page.
fn statutory(grid: &Grid, noted: bool) -> Table {
    let (size, widths) = fitted(grid);
    // The one row of figures of table four is as high in the template.
    let height = match () {
        () if grid.head > 0 && grid.head + 1 == grid.rows => 672.0,
        // A table that fills a page gives a little, so that its note stands below it.
        () if grid.rows > TALL => 318.0,
        () => 340.0,
    };
    let setting = Setting { grid, size, widths: &widths, noted };
    let rows = grid.by_row();
    let rows = rows.iter().enumerate().map(|(r, squares)| {
        let cells = squares.iter().map(|s| setting.square(s, r)).collect();
        row(cells, r < grid.head, height)
    });
    let rows = rows.collect();
    table(widths.clone(), rows, 8)
}

/// How the squares of a statutory table are set.
struct Setting<'g> {
    grid: &'g Grid,
    size: usize,
    widths: &'g [usize],
    noted: bool,
}

impl Setting<'_> {
    fn square(&self, s: &Square, row: usize) -> TableCell {
        let width = self.widths[s.column..s.column + s.columns].iter().sum();
        let mut cell = TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Center);
        if s.columns > 1 {
            cell = cell.grid_span(s.columns);
        }
        if s.rows > 1 {
            cell = cell.vertical_merge(if row == s.row { VMergeType::Restart } else { VMergeType::Continue });
        }
        let marked = s.fill.class.split(' ').any(|c| c == "marked");
        let fill = match s.role {
            Role::Item => Some("C6D9F1"),
            _ if marked => Some("FFD966"),
            _ if s.fill.class.split(' ').any(|c| c == "lower") => Some("EDEDED"),
            _ => None,
        };
        if let Some(fill) = fill {
            cell = cell.shading(Shading::new().fill(fill));
        }
        // Every row holds on to the next one, so that a table that fits on a page is not cut.
        let paragraph = || tight(Paragraph::new().keep_next(self.noted || row + 1 < self.grid.rows), FIGURE);
        if s.row < row {
            return cell.add_paragraph(paragraph());
        }
        let long = s.fill.text.chars().count() > 10;
        let left = match s.role {
            Role::Item => true,
            Role::Corner => long,
            Role::RowHead => !self.grid.stacked(),
            Role::ColumnHead => false,
            Role::Figure => s.fill.text.chars().any(char::is_alphabetic) && long,
        };
        let align = if left { AlignmentType::Left } else { AlignmentType::Center };
        let mut paragraph = paragraph().align(align);
        for (text, font) in self.fonts_of(s) {
            let size = if s.role == Role::Figure { self.size } else { FIGURE };
            let run = run(text, font, size);
            paragraph = paragraph.add_run(if marked { run.bold() } else { run });
        }
        cell.add_paragraph(paragraph)
    }

    /// The form prints its own remarks, in the corner and behind labels, in another hand.
    fn fonts_of<'s>(&self, s: &'s Square) -> Vec<(&'s str, &'static str)> {
        let text = s.fill.text.as_str();
        match s.role {
            Role::Corner if text.chars().count() > 10 => vec![(text, SUBHEADING)],
            Role::RowHead if text.ends_with('）') => match text.char_indices().rev().find(|(_, c)| *c == '（') {
                Some((at, _)) if at > 0 && text[at..].chars().count() > 10 => {
                    vec![(&text[..at], TABLE), (&text[at..], SUBHEADING)]
                }
                _ => vec![(text, TABLE)],
            },
            _ => vec![(text, TABLE)],
        }
    }
}

/// Half-points of a plain table.
const LIST: usize = 21;

/// A plain table with a head that is repeated.
fn list(list: &List) -> Table {
    let wide = twips(&list.widths, TEXT_WIDTH);
    let cell = |width: usize| TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Center);
    let head = list.head.iter().zip(&wide).map(|(text, width)| {
        let run = run(text, TABLE, LIST).bold();
        cell(*width).add_paragraph(tight(Paragraph::new().align(AlignmentType::Center).keep_next(true).add_run(run), LIST))
    });
    let mut rows = vec![row(head.collect(), true, 340.0)];
    for (at, texts) in list.rows.iter().enumerate() {
        let merged = |column: usize, row: usize| list.rows.get(row).is_some_and(|r| r.get(column).is_some_and(Option::is_none));
        let cells = texts.iter().zip(&wide).enumerate().map(|(column, (text, width))| {
            let cell = cell(*width);
            let Some(text) = text else {
                return cell.vertical_merge(VMergeType::Continue).add_paragraph(tight(Paragraph::new(), LIST));
            };
            let cell = if merged(column, at + 1) { cell.vertical_merge(VMergeType::Restart) } else { cell };
            let align = if text.chars().count() <= 8 { AlignmentType::Center } else { AlignmentType::Left };
            text.split('\n').fold(cell, |cell, line| {
                cell.add_paragraph(tight(Paragraph::new().align(align).add_run(run(line, TABLE, LIST)), LIST))
            })
        });
        let cells = cells.collect();
        // A row with much to say may go on on the next page.
        let long = texts.iter().flatten().any(|t| t.chars().count() > 400);
        rows.push(if long { TableRow::new(cells) } else { row(cells, false, 400.0) });
    }
    table(wide.clone(), rows, 4)
}

/// Zips the parts. Times are those that the format begins with, 1980.
fn package(mut parts: XMLDocx, title: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    parts.document = mend(&parts.document)?;
    parts.footers = parts.footers.iter().map(|f| mend(f)).collect::<Result<_, _>>()?;
    parts.font_table = font_table(&parts.font_table)?;
    parts.doc_props.core = titled(&parts.doc_props.core, title)?;
    let mut named: Vec<(String, &[u8])> = vec![
        ("[Content_Types].xml".into(), &parts.content_type),
        ("_rels/.rels".into(), &parts.rels),
        ("docProps/app.xml".into(), &parts.doc_props.app),
        ("docProps/core.xml".into(), &parts.doc_props.core),
        ("docProps/custom.xml".into(), &parts.doc_props.custom),
        ("word/_rels/document.xml.rels".into(), &parts.document_rels),
        ("word/document.xml".into(), &parts.document),
        ("word/styles.xml".into(), &parts.styles),
        ("word/settings.xml".into(), &parts.settings),
        ("word/fontTable.xml".into(), &parts.font_table),
        ("word/comments.xml".into(), &parts.comments),
        ("word/numbering.xml".into(), &parts.numberings),
        ("word/commentsExtended.xml".into(), &parts.comments_extended),
        ("word/footnotes.xml".into(), &parts.footnotes),
    ];
    for (i, (footer, rels)) in parts.footers.iter().zip(&parts.footer_rels).enumerate() {
        named.push((format!("word/footer{}.xml", i + 1), footer));
        named.push((format!("word/_rels/footer{}.xml.rels", i + 1), rels));
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in named {
        zip.start_file(name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Height of a row of a head.
const HEAD_HEIGHT: f32 = 340.0;
/// How [`row`] marks a head: no other row has a height of this kind.
const HEAD_ROW: &str = "<w:trHeight w:val=\"340\" w:hRule=\"auto\" />";
const HEAD_ROW_MENDED: &str = "<w:trHeight w:val=\"340\" w:hRule=\"atLeast\" /><w:tblHeader />";

/// Drops paragraph ids, which count what a thread has written before, and turns the mark of [`row`] into Word's own for
/// a repeated head, which `docx-rs` does not know.
fn mend(xml: &[u8]) -> Result<Vec<u8>, std::str::Utf8Error> {
    const ID: &str = " w14:paraId=\"";
    let text = std::str::from_utf8(xml)?.replace(HEAD_ROW, HEAD_ROW_MENDED);
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split(ID);
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        out.push_str(piece.split_once('"').map_or(piece, |(_, rest)| rest));
    }
    Ok(out.into_bytes())
}

fn font_table(xml: &[u8]) -> Result<Vec<u8>, std::str::Utf8Error> {
    let mut known = String::new();
    for (name, other) in FONTS {
        known.push_str(&format!("<w:font w:name=\"{name}\"><w:altName w:val=\"{other}\"/><w:charset w:val=\"86\"/></w:font>"));
    }
    let text = std::str::from_utf8(xml)?;
    Ok(text.replace("</w:fonts>", &format!("{known}</w:fonts>")).into_bytes())
}

fn titled(core: &[u8], title: &str) -> Result<Vec<u8>, std::str::Utf8Error> {
    let escaped = clean(title).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = std::str::from_utf8(core)?.replace(">unknown<", ">nianbao<");
    Ok(text.replace("</cp:coreProperties>", &format!("<dc:title>{escaped}</dc:title></cp:coreProperties>")).into_bytes())
}
