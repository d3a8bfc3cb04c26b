//! A story as a Word document, set as official documents are (GB/T 9704-2012: A4, 28 points a line, page number at the
//! foot), its tables as the official template has them.

mod package;
mod tables;
mod xml;

use crate::PublishError;
use crate::markdown::Stretch;
use crate::story::{Piece, Story};
use xml::{Align, Paragraph, Run};

/// Fonts by use; a system without the first takes the second (an alternative name in the font table).
const FONTS: [(&str, &str); 5] =
    [("方正小标宋简体", "宋体"), ("黑体", "SimHei"), ("楷体_GB2312", "楷体"), ("仿宋_GB2312", "仿宋"), ("宋体", "SimSun")];
const TITLE: &str = FONTS[0].0;
const HEADING: &str = FONTS[1].0;
const SUBHEADING: &str = FONTS[2].0;
const BODY: &str = FONTS[3].0;
const TABLE: &str = FONTS[4].0;

/// Half-points of the text, 三号.
const TEXT: usize = 32;
/// A line of the text.
const LINE: usize = 560;
/// More rows than these fill most of a page.
const TALL: usize = 20;

/// The document as a file.
pub(crate) fn document(story: &Story) -> Result<Vec<u8>, PublishError> {
    let mut body = String::new();
    for (i, piece) in story.pieces.iter().enumerate() {
        let next = story.pieces.get(i + 1);
        match piece {
            Piece::Table(grid) => {
                let noted = matches!(next, Some(Piece::Note(_)));
                tables::statutory(grid, noted, &mut body);
                gap(noted, next.is_none(), &mut body);
            }
            Piece::List(list) => {
                gap(true, false, &mut body);
                tables::list(list, &mut body);
                gap(false, next.is_none(), &mut body);
            }
            Piece::Title(text) => title(text).write(&mut body),
            Piece::PageTitle(text) => {
                let marked = matches!(i.checked_sub(1).map(|b| &story.pieces[b]), Some(Piece::Enclosure(_)));
                Paragraph { new_page: !marked, ..page_title(text) }.write(&mut body);
            }
            Piece::Heading(text) => heading(text, next).write(&mut body),
            _ => words(piece, holds(piece, &story.pieces[i + 1..])).write(&mut body),
        }
    }
    let mut foot = String::new();
    let number = Paragraph::new(LINE / 2).run(Run::new("— ", TABLE, 28));
    Paragraph { align: Align::Center, grows: true, ..number }.write_page_number(" —", &mut foot);
    package::package(&story.title, &body, &foot).map_err(PublishError::make(&story.title))
}

/// The empty line that Word wants between two tables, and behind one; the last of all takes no room, lest it stand on a page
/// of its own.
fn gap(keep_next: bool, last: bool, out: &mut String) {
    Paragraph { keep_next, ..Paragraph::new(if last { 20 } else { 160 }) }.write(out);
}

fn title(text: &str) -> Paragraph<'_> {
    let title = Paragraph { style: "Title", keep_next: true, before: 240, after: 240, ..Paragraph::new(640) };
    Paragraph { align: Align::Center, grows: true, ..title }.run(Run::new(text, TITLE, 44))
}

fn page_title(text: &str) -> Paragraph<'_> {
    let title = Paragraph { style: "Heading1", keep_next: true, new_page: true, after: 120, ..Paragraph::new(LINE) };
    Paragraph { align: Align::Center, grows: true, ..title }.run(Run::new(text, TITLE, 36))
}

/// A heading; one above a table that fills most of a page begins that page.
fn heading<'t>(text: &'t str, next: Option<&Piece>) -> Paragraph<'t> {
    let new_page = matches!(next, Some(Piece::Table(grid)) if grid.rows > TALL);
    let heading = Paragraph { style: "Heading1", keep_next: true, new_page, ..Paragraph::new(LINE) };
    let before = if new_page { 0 } else { 240 };
    Paragraph { before, after: 120, indented: true, ..heading }.run(Run::new(text, HEADING, TEXT))
}

/// Whether a note or a signature follows, from which this line must not part; between the text and the signature may stand
/// what is enclosed, and below the date whom to call.
fn holds(piece: &Piece, rest: &[Piece]) -> bool {
    let between = |p: &Piece| matches!(p, Piece::Set(_)) || matches!(p, Piece::Flush(t) if t.is_empty());
    matches!(rest.iter().find(|p| !between(p)), Some(Piece::Right(_)))
        || matches!((piece, rest.first()), (_, Some(Piece::Note(_))) | (Piece::Right(_), Some(Piece::Set(_))))
}

/// A piece of words, `keep_next` with the next one.
fn words(piece: &Piece, keep_next: bool) -> Paragraph<'_> {
    let text = Paragraph { keep_next, ..Paragraph::new(LINE) };
    match piece {
        Piece::Subheading(t) => {
            let heading = Paragraph { style: "Heading2", keep_next: true, before: 120, indented: true, ..text };
            heading.run(Run::new(t, SUBHEADING, TEXT))
        }
        Piece::Centred(t) => {
            let centred = Paragraph { align: Align::Center, after: 120, keep_next: true, ..text };
            centred.run(Run::new(t, SUBHEADING, TEXT))
        }
        Piece::Caption(t) => {
            let caption = Paragraph { align: Align::Center, keep_next: true, ..Paragraph::new(440) };
            caption.run(Run::new(t, SUBHEADING, 28))
        }
        Piece::Paragraph(stretches) => {
            let runs = stretches.iter().map(|Stretch { bold, text }| Run { bold: *bold, ..Run::new(text, BODY, TEXT) });
            Paragraph { align: Align::Both, indented: true, runs: runs.collect(), ..text }
        }
        Piece::Set(t) => Paragraph { indented: true, ..text }.run(Run::new(t, BODY, TEXT)),
        Piece::Enclosure(t) => {
            let mark = Paragraph { keep_next: true, new_page: true, after: 120, ..text };
            mark.run(Run::new(t, HEADING, TEXT))
        }
        Piece::Right(t) => Paragraph { align: Align::Right, right: 640, ..text }.run(Run::new(t, BODY, TEXT)),
        // Grey is seen in print too, so nobody publishes a placeholder unseen.
        Piece::Placeholder(t) => Paragraph { indented: true, ..text }.run(Run { shaded: true, ..Run::new(t, BODY, TEXT) }),
        Piece::Note(t) => {
            let note = Paragraph { align: Align::Both, after: 120, line: 320, ..text };
            note.run(Run::new(t, TABLE, 20))
        }
        Piece::Flush(t) | Piece::Title(t) | Piece::PageTitle(t) | Piece::Heading(t) => text.run(Run::new(t, BODY, TEXT)),
        Piece::Table(_) | Piece::List(_) => text,
    }
}
