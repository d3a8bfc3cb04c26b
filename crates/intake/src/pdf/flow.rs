//! Pages become one document: tables go on over the edge of a page, lines of a paragraph are joined.

use nianbao_form::{Place, label};

use super::layout::{Item, Layout};
use super::lines::Line;
use super::parts::{Part, end_table};
use crate::document::{Block, Builder};

/// Puts pages one behind the other.
pub(super) fn flow(pages: Vec<Layout>, builder: &mut Builder) -> Vec<Block> {
    let body = Body::of(&pages);
    let mut out = Vec::new();
    let mut table: Vec<Part> = Vec::new();
    let mut words = Words { body, text: String::new(), last: None, page: 0 };
    for page in pages {
        let mut top = true;
        for item in page.items {
            match item {
                Item::Line(line) => {
                    end_table(&mut table, builder, &mut out);
                    words.line(line, page.number, builder, &mut out);
                    top = false;
                }
                Item::Table(next) => {
                    words.end(builder, &mut out);
                    let part = Part { page: page.number, recognised: page.recognised, table: next };
                    if !(top && table.last().is_some_and(|above| part.continues(above))) {
                        end_table(&mut table, builder, &mut out);
                    }
                    table.push(part);
                    top = false;
                }
            }
        }
    }
    words.end(builder, &mut out);
    end_table(&mut table, builder, &mut out);
    out
}

/// The column that running text fills.
#[derive(Clone, Copy, Debug)]
struct Body {
    left: f32,
    right: f32,
    size: f32,
    /// From one line to the next.
    pitch: f32,
}

impl Body {
    fn of(pages: &[Layout]) -> Body {
        let lines = || {
            pages.iter().flat_map(|p| &p.items).filter_map(|i| match i {
                Item::Line(l) => Some(l),
                Item::Table(_) => None,
            })
        };
        let longest = lines().map(|l| l.end - l.start).fold(0.0, f32::max);
        let long: Vec<&Line> = lines().filter(|l| l.end - l.start > 0.7 * longest).collect();
        let middle = |mut all: Vec<f32>| {
            all.sort_by(f32::total_cmp);
            all.get(all.len() / 2).copied()
        };
        let size = middle(long.iter().map(|l| l.size).collect()).unwrap_or(12.0);
        // The edge is where the furthest lines end, if more than one does.
        let mut ends: Vec<f32> = long.iter().map(|l| l.end).collect();
        ends.sort_by(|a, b| b.total_cmp(a));
        let right = ends.windows(2).find(|w| w[0] - w[1] < 0.8 * size).or(ends.windows(1).next()).map_or(0.0, |w| w[0]);
        // Lines begin at the edge or are indented; more of them begin at the edge.
        let left = middle(long.iter().map(|l| l.start).collect()).unwrap_or(0.0);
        let steps = long.windows(2).map(|w| w[1].middle - w[0].middle).filter(|s| *s > 0.8 * size && *s < 4.0 * size);
        let pitch = middle(steps.collect()).unwrap_or(1.5 * size);
        Body { left, right, size, pitch }
    }
}

/// The paragraph that is being put together.
struct Words {
    body: Body,
    text: String,
    last: Option<(Line, u32)>,
    page: u32,
}

impl Words {
    fn line(&mut self, line: Line, page: u32, builder: &mut Builder, out: &mut Vec<Block>) {
        if !self.last.as_ref().is_some_and(|(last, on)| self.body.goes_on(last, &line, *on == page)) {
            self.end(builder, out);
            self.page = page;
        }
        let text = line.text();
        let tight = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if tight(self.text.chars().next_back()) && tight(text.chars().next()) {
            self.text.push(' ');
        }
        self.text.push_str(&text.replace('\n', " "));
        self.last = Some((line, page));
    }

    fn end(&mut self, builder: &mut Builder, out: &mut Vec<Block>) {
        let before = out.len();
        builder.paragraph(&self.text, out);
        if let Some(Block::Paragraph(p)) = out.get_mut(before) {
            p.place = Place::Page(self.page);
        }
        self.text.clear();
        self.last = None;
    }
}

impl Body {
    /// Whether a line belongs to the paragraph of the line before.
    fn goes_on(&self, last: &Line, line: &Line, same_page: bool) -> bool {
        let size = last.size.max(line.size);
        if (last.size - line.size).abs() > 0.2 * size {
            return false;
        }
        if same_page && line.middle - last.middle > 1.6 * self.pitch.max(1.2 * size) {
            return false;
        }
        let ended = last.glyphs.last().is_some_and(|g| matches!(g.char, '。' | '；' | '：' | ':' | '！' | '？'));
        let full = self.right - last.end < if ended { 0.7 } else { 1.9 } * size;
        if begins_section(&line.text()) {
            return false;
        }
        // A long title is centred line by line.
        let centre = |l: &Line| (l.start + l.end) / 2.0;
        if size > 1.15 * self.size && same_page {
            return full && last.start - self.left < 2.5 * size && (centre(last) - centre(line)).abs() < size;
        }
        full && line.start < self.left + 0.8 * size
    }
}

/// Whether a line begins with a number such as 一、 or （二）, as headings do.
fn begins_section(text: &str) -> bool {
    let folded = label::fold(&text.chars().take(8).collect::<String>());
    label::split_number(&folded).is_some_and(|(number, rest)| number.chars().all(|c| !c.is_ascii_digit()) && !rest.is_empty())
}
