//! Tables drawn with rules around their cells: grid tables of pandoc, reStructuredText and Emacs, and box-drawing
//! characters. Where a rule has a gap, the cell above it goes on; where a stroke is missing, a cell covers two columns.

use super::lines::{Cursor, Line, Measure};
use super::{Table, cell, is_number, markup, pipes};
use crate::document::{Down, MAX_COLUMNS, RawCell, trim};

/// What a character is in the drawing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ink {
    Rule,
    Stroke,
    Corner,
    Text,
}

const fn ink(c: char) -> Ink {
    match c {
        '-' | '=' | '─' | '━' | '═' | '┄' | '┈' | '╌' => Ink::Rule,
        c if pipes::is_stroke(c) => Ink::Stroke,
        '+' | '\u{2500}'..='\u{257F}' => Ink::Corner,
        _ => Ink::Text,
    }
}

/// A line of the drawing with the columns of its characters.
struct Drawn<'t> {
    line: Line<'t>,
    /// Column, byte and character.
    ink: Vec<(usize, usize, char)>,
    rule: bool,
}

/// Longest line of a drawing, in bytes.
const MAX_LINE: usize = 8192;

fn is_rule(text: &str) -> bool {
    let mut inks = text.chars().map(ink);
    let first = inks.next();
    let starts = matches!(first, Some(Ink::Corner | Ink::Stroke));
    let (mut before, mut meets) = (first, false);
    for now in inks {
        meets |= matches!((before, now), (Some(Ink::Corner), Ink::Rule) | (Some(Ink::Rule), Ink::Corner));
        before = Some(now);
    }
    starts && meets
}

fn is_whole_rule(text: &str) -> bool {
    is_rule(text)
        && text.starts_with(|c| ink(c) == Ink::Corner)
        && text.chars().all(|c| matches!(ink(c), Ink::Rule | Ink::Corner) || c == ':')
}

/// The table that begins at a line, and the line after its last.
pub(super) fn table(lines: &[Line<'_>], at: usize) -> Option<(Table, usize)> {
    let text = |i: usize| lines.get(i).map(|l| trim(l.text)).filter(|t| t.len() <= MAX_LINE);
    if !is_whole_rule(text(at)?) {
        return None;
    }
    let mut end = at + 1;
    while text(end).is_some_and(|t| t.starts_with(|c| matches!(ink(c), Ink::Corner | Ink::Stroke))) {
        end += 1;
    }
    let part = lines.get(at..end)?;
    if part.iter().filter(|l| is_rule(trim(l.text))).count() < 2 || part.len() < 3 {
        return None;
    }
    let fitting = Measure::ALL.into_iter().find_map(|m| Drawing::new(part, m));
    Some((fitting.map_or_else(|| loose(part), |d| d.table()), end))
}

struct Drawing<'t> {
    lines: Vec<Drawn<'t>>,
    /// Columns in which strokes may stand, from the left edge to the right one.
    edges: Vec<usize>,
}

impl<'t> Drawing<'t> {
    /// `None` where strokes do not stand below the corners of the rules, counted in this way.
    fn new(part: &[Line<'t>], measure: Measure) -> Option<Drawing<'t>> {
        let lines: Vec<Drawn<'t>> = part.iter().map(|l| drawn(*l, measure)).collect();
        let mut edges: Vec<usize> =
            lines.iter().filter(|l| l.rule).flat_map(|l| l.ink.iter().filter(|i| ink(i.2) == Ink::Corner).map(|i| i.0)).collect();
        edges.sort_unstable();
        edges.dedup();
        let (first, last) = (*edges.first()?, *edges.last()?);
        let fits = |l: &Drawn<'_>| {
            let ends = [l.ink.first(), l.ink.last()].map(|i| i.map(|i| i.0));
            let strokes = l.ink.iter().filter(|i| pipes::is_stroke(i.2));
            ends == [Some(first), Some(last)] && strokes.map(|i| i.0).all(|c| edges.binary_search(&c).is_ok())
        };
        let fit = edges.len() > 1 && edges.len() <= MAX_COLUMNS && lines.iter().all(fits);
        fit.then_some(Drawing { lines, edges })
    }

    fn table(&self) -> Table {
        let columns = self.edges.len() - 1;
        let mut cells: Vec<Area> = Vec::new();
        let mut above: Vec<Option<usize>> = vec![None; columns];
        let mut rows = 0;
        let mut rule: Option<&Drawn<'_>> = None;
        let mut band: Vec<&Drawn<'_>> = Vec::new();
        for line in &self.lines {
            if !line.rule {
                band.push(line);
                continue;
            }
            if !band.is_empty() {
                rows += self.band(&band, rule, rows, &mut above, &mut cells);
                band.clear();
            }
            rule = Some(line);
        }
        if !band.is_empty() {
            rows += self.band(&band, rule, rows, &mut above, &mut cells);
        }
        let mut out: Table = (0..rows).map(|_| Vec::new()).collect();
        for area in cells {
            let mut raw = cell(&markup::plain(area.text.trim_end()), area.place);
            (raw.columns, raw.down) = (area.columns, Down::Rows(area.rows));
            out[area.row].push(raw);
        }
        out
    }

    /// Takes the lines between two rules: one row, or several where figures stand below one another.
    fn band(
        &self,
        band: &[&Drawn<'_>],
        rule: Option<&Drawn<'_>>,
        row: usize,
        above: &mut [Option<usize>],
        cells: &mut Vec<Area>,
    ) -> usize {
        let several = band.len() > 1
            && self.ranges(band).iter().any(|r| band.iter().filter(|l| is_number(&self.slice(l, *r).0)).count() > 1);
        let parts: Vec<&[&Drawn<'_>]> = if several { band.chunks(1).collect() } else { vec![band] };
        for (i, part) in parts.iter().enumerate() {
            let mut now: Vec<Option<usize>> = vec![None; above.len()];
            for range in self.ranges(part) {
                let texts: Vec<(String, nianbao_form::Place)> =
                    part.iter().map(|l| self.slice(l, range)).filter(|t| !t.0.is_empty()).collect();
                let open = rule.filter(|_| i == 0).filter(|r| self.is_open(r, range));
                let same =
                    above[range.0].filter(|a| open.is_some() && cells[*a].row + cells[*a].rows == row && cells[*a].covers(range));
                let at = match same {
                    Some(at) => {
                        cells[at].rows += 1;
                        if let Some(rule) = open {
                            cells[at].add(&self.slice(rule, range).0);
                        }
                        at
                    }
                    None => {
                        let place = texts.first().map_or_else(|| part[0].line.place(), |t| t.1.clone());
                        let columns = range.1 - range.0;
                        cells.push(Area { row: row + i, rows: 1, column: range.0, columns, text: String::new(), place });
                        cells.len() - 1
                    }
                };
                for (text, _) in texts {
                    cells[at].add(&text);
                }
                now[range.0..range.1].fill(Some(at));
            }
            above.copy_from_slice(&now);
        }
        parts.len()
    }

    /// The columns that each cell of some lines covers: from a stroke that all of them have to the next.
    fn ranges(&self, band: &[&Drawn<'_>]) -> Vec<(usize, usize)> {
        let has =
            |l: &Drawn<'_>, edge: usize| l.ink.binary_search_by_key(&edge, |i| i.0).is_ok_and(|i| pipes::is_stroke(l.ink[i].2));
        let last = self.edges.len() - 1;
        let cuts: Vec<usize> =
            (0..=last).filter(|e| *e == 0 || *e == last || band.iter().all(|l| has(l, self.edges[*e]))).collect();
        cuts.windows(2).map(|w| (w[0], w[1])).collect()
    }

    /// The text of a line between two edges, and where it begins.
    fn slice(&self, line: &Drawn<'_>, (from, to): (usize, usize)) -> (String, nianbao_form::Place) {
        let (start, end) = (self.edges[from], self.edges[to]);
        let inside = line.ink.iter().filter(|i| i.0 > start && i.0 < end);
        let is_drawing = |c: char| line.rule && ink(c) != Ink::Text;
        let text: String = inside.clone().map(|i| if is_drawing(i.2) { ' ' } else { i.2 }).collect();
        let byte = inside.clone().find(|i| !i.2.is_whitespace()).map_or(0, |i| i.1);
        (trim(&text).to_owned(), Cursor::new(line.line).at(byte))
    }

    /// Whether a rule has no line between two edges.
    fn is_open(&self, rule: &Drawn<'_>, (from, to): (usize, usize)) -> bool {
        let (start, end) = (self.edges[from], self.edges[to]);
        !rule.ink.iter().any(|i| i.0 > start && i.0 < end && ink(i.2) == Ink::Rule)
    }
}

/// A cell with the rows and columns that it covers.
struct Area {
    row: usize,
    rows: usize,
    column: usize,
    columns: usize,
    text: String,
    place: nianbao_form::Place,
}

impl Area {
    fn covers(&self, (from, to): (usize, usize)) -> bool {
        (self.column, self.column + self.columns) == (from, to)
    }

    fn add(&mut self, text: &str) {
        if !text.is_empty() {
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(text);
        }
    }
}

fn drawn(line: Line<'_>, measure: Measure) -> Drawn<'_> {
    let text = trim(line.text);
    let offset = line.text.find(text).unwrap_or(0);
    let mut column = 0;
    let mut out = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        out.push((column, offset + at, c));
        column += measure.of(c);
    }
    Drawn { line, ink: out, rule: is_rule(text) }
}

/// A drawing whose strokes do not stand below one another: cells in the order of the strokes, lines between two rules
/// together where they have as many.
fn loose(part: &[Line<'_>]) -> Table {
    let mut out = Table::new();
    let mut band: Vec<Vec<RawCell>> = Vec::new();
    for line in part {
        let text = trim(line.text);
        if is_rule(text) {
            close(&mut band, &mut out);
            continue;
        }
        let offset = line.text.find(text).unwrap_or(0);
        let mut cursor = Cursor::new(*line);
        let mut at = offset;
        let mut row = Vec::new();
        for field in text.split(pipes::is_stroke).take(MAX_COLUMNS) {
            row.push(cell(&markup::plain(trim(field)), cursor.at(at)));
            at += field.len() + 1;
            at = (at..=line.text.len()).find(|i| line.text.is_char_boundary(*i)).unwrap_or(line.text.len());
        }
        // What stands before the first stroke and behind the last.
        row.remove(0);
        row.pop();
        band.push(row);
    }
    close(&mut band, &mut out);
    out
}

fn close(band: &mut Vec<Vec<RawCell>>, out: &mut Table) {
    let digits = |r: &Vec<RawCell>, c: usize| r.get(c).is_some_and(|c| is_number(&super::text_of(c)));
    let same = band.windows(2).all(|w| w[0].len() == w[1].len());
    let several = band.first().is_some_and(|f| (0..f.len()).any(|c| band.iter().filter(|r| digits(r, c)).count() > 1));
    if same && !several && band.len() > 1 {
        let mut rows = band.drain(..);
        if let Some(mut first) = rows.next() {
            for row in rows {
                first.iter_mut().zip(row).for_each(|(cell, more)| super::joined(cell, more));
            }
            out.push(first);
        }
    } else {
        out.append(band);
    }
}

#[cfg(test)]
mod tests {
    use crate::text::tests::shape;

    #[test]
    fn grids() {
        let text = "+------+----+\n| 行政 | 1  |\n|      |    |\n| 许可 |    |\n+======+====+\n| 乙   | 22 |\n+------+----+\n";
        assert_eq!(shape(text), "[行政+许可@2:3|1@2:8][乙@6:3|22@6:9];");
        // Spans both ways.
        let text = "+---+---+---+\n| a | b     |\n|   +---+---+\n|   | 1 | 2 |\n+---+---+---+\n";
        assert_eq!(shape(text), "[a@2:3|b@2:7][a@2:3|1@4:7|2@4:11];");
    }

    #[test]
    fn boxes() {
        let text = "┌────┬──┐\n│规章│ 3│\n├────┼──┤\n│文件│─ │\n└────┴──┘\n后";
        assert_eq!(shape(text), "[规章@2:2|3@2:6][文件@4:2|─@4:5];P 后@6;");
        // Rows without rules between them, and rules that were drawn for another font.
        let text = "+-----+---+\n| a   | n |\n+-----+---+\n| 甲  | 1 |\n| 乙  | 2 |\n+-----+---+\n";
        assert_eq!(shape(text), "[a@2:3|n@2:9][甲@4:3|1@4:8][乙@5:3|2@5:8];");
        let text = "+--+--+\n|规章甲乙|3|\n+--+--+\n|文件|44|\n+--+--+\n";
        assert_eq!(shape(text), "[规章甲乙@2:2|3@2:7][文件@4:2|44@4:5];");
    }
}
