//! A document as a stream of labels, figures and words, in the order in which they are read.

use std::collections::BTreeMap;

use nianbao_form::{Kind, Place, State, figure, label};

use super::lexicon::{Lexicon, Meaning};
use crate::document::{Block, Document};
use crate::text::is_page_number;

/// A document with more text than this is not read as a stream, in bytes.
const MAX_TEXT: usize = 1 << 20;
/// Longest figure with its unit and note, in letters.
const MAX_FIGURE: usize = 48;

/// A stretch of text with one place: a paragraph or a cell.
#[derive(Debug)]
struct Piece<'d> {
    text: &'d str,
    place: &'d Place,
    line: u32,
    cell: bool,
}

/// A letter of the text, folded as labels are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letter {
    pub c: char,
    pub line: u32,
    /// Whether a blank or the edge of a cell or line stands before it.
    pub gap: bool,
    /// Whether a comma or a quotation mark was left out before it.
    pub mark: bool,
    piece: u32,
    byte: u32,
    character: u32,
}

/// What stands in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A label: its entry in the lexicon.
    Label(u32),
    /// A figure or a mark for none, as printed. `spoiled` if the number of the label behind it cannot be told from it.
    Figure { raw: String, spoiled: bool },
    /// Anything else.
    Word,
}

/// Something in the stream.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub what: What,
    /// Range of letters.
    pub from: usize,
    pub to: usize,
    /// Line of the first letter and of the last.
    pub line: u32,
    pub end_line: u32,
}

/// A line of the document: a paragraph, or a row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Position of its block in the document.
    pub block: usize,
    /// Where its first ink stands.
    pub place: Place,
    /// Whether it is a row of a table in which a blank cell stands between two cells with ink behind the first figure.
    pub holes: bool,
    /// The cells of a row of a table from left to right: the piece of text in each that is not blank.
    pub cells: Vec<Option<u32>>,
}

/// A document as a stream.
#[derive(Debug)]
pub(crate) struct Stream<'d> {
    pieces: Vec<Piece<'d>>,
    pub letters: Vec<Letter>,
    pub events: Vec<Event>,
    pub lines: Vec<Row>,
    paged: bool,
    indents: &'d BTreeMap<u32, u32>,
}

impl<'d> Stream<'d> {
    /// Reads paragraphs, and tables too where their cells are not certain (`ragged`). `None` for texts too long.
    pub(crate) fn new(words: &Lexicon<'_>, document: &'d Document) -> Option<Stream<'d>> {
        let indents = &document.indents;
        let (pieces, letters, events, lines) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut stream = Stream { pieces, letters, events, lines, paged: false, indents };
        let mut size = 0;
        for (at, block) in document.blocks.iter().enumerate() {
            match block {
                Block::Paragraph(p) => {
                    size += p.text.len();
                    stream.paged |= matches!(p.place, Place::LineAt(..)) && p.text.len() < 400 || is_page_number(&p.text);
                    let hidden = is_page_number(&p.text) || is_rule(&p.text) || is_note(&p.text);
                    stream.line(at, [(p.text.as_str(), &p.place)].into_iter().filter(|_| !hidden), false);
                }
                Block::Grid(grid) if document.ragged => {
                    for row in 0..grid.rows.len() {
                        let cells = grid.row(row).into_iter().map(|c| grid.cell(c.0)).filter(|c| c.row == row);
                        size += cells.clone().map(|c| c.text.len() + 1).sum::<usize>();
                        stream.line(at, cells.map(|c| (c.text.as_str(), &c.place)), true);
                    }
                }
                // A table with true cells ends whatever stands before it.
                Block::Grid(_) => stream.line(at, [("\u{1}", &Place::Unknown)].into_iter(), true),
            }
            if size > MAX_TEXT {
                return None;
            }
        }
        stream.spell();
        stream.find(words);
        Some(stream)
    }

    fn line(&mut self, block: usize, texts: impl Iterator<Item = (&'d str, &'d Place)>, cell: bool) {
        let line = self.lines.len() as u32;
        let mut place = Place::Unknown;
        // Blank cells among figures tell that order alone says nothing.
        let (mut figures, mut gap, mut holes) = (false, false, false);
        let mut cells = Vec::new();
        for (text, at) in texts {
            let blank = figure::is_blank(text);
            if cell {
                cells.push((!blank).then_some(self.pieces.len() as u32));
            }
            if blank {
                gap = figures;
                continue;
            }
            holes |= gap;
            figures |= cell && is_number(text);
            if place == Place::Unknown {
                place = at.clone();
            }
            self.pieces.push(Piece { text, place: at, line, cell });
        }
        self.lines.push(Row { block, place, holes, cells });
    }

    fn spell(&mut self) {
        for (at, piece) in self.pieces.iter().enumerate() {
            let (mut gap, mut mark) = (true, false);
            let mut bytes = piece.text.char_indices().enumerate().peekable();
            while let Some((character, (byte, c))) = bytes.next() {
                if figure::is_inkless(c) && c != '\u{1}' {
                    gap = true;
                    continue;
                }
                let next = bytes.peek().map(|n| n.1.1);
                let after_digit = self.letters.last().is_some_and(|l| l.c.is_ascii_digit()) && !gap;
                let mut push = |c: char| {
                    let dropped = matches!(c, '"' | '\'') || (c == ',' && !(after_digit && next.is_some_and(is_digit)));
                    if dropped {
                        mark = true;
                        return;
                    }
                    let previous = self.letters.last().map(|l| l.c);
                    let c = match c {
                        '它' if previous == Some('其') => '他',
                        '帐' => '账',
                        c => c,
                    };
                    let (line, piece, byte, character) = (piece.line, at as u32, byte as u32, character as u32);
                    self.letters.push(Letter { c, line, gap, mark, piece, byte, character });
                    (gap, mark) = (false, false);
                };
                if matches!(c, '\u{4E00}'..='\u{9FFF}') || c == '\u{1}' {
                    push(c);
                } else {
                    label::fold(c.encode_utf8(&mut [0; 4])).chars().for_each(&mut push);
                }
            }
        }
    }

    /// The end of the stretch of letters without a gap that begins at a letter. A bracket that closes on the same line
    /// keeps its blanks.
    fn chunk(&self, from: usize) -> usize {
        let mut depth = 0usize;
        let mut to = from;
        let mut closed = from;
        while let Some(l) = self.letters.get(to).filter(|_| to - from <= 2 * MAX_FIGURE) {
            let apart = to > from && (l.gap || l.piece != self.letters[from].piece);
            if apart && (depth == 0 || l.line != self.letters[from].line || to - from > MAX_FIGURE) {
                break;
            }
            match l.c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            to += 1;
            if depth == 0 {
                closed = to;
            }
        }
        if depth == 0 { to } else { closed.max(from + 1).max(self.plain_chunk(from)) }
    }

    fn plain_chunk(&self, from: usize) -> usize {
        let first = self.letters[from];
        let end = self.letters.len().min(from + 2 * MAX_FIGURE);
        (from + 1..end).find(|i| self.letters[*i].gap || self.letters[*i].piece != first.piece).unwrap_or(end)
    }

    /// The letter behind the last one of a paragraph or cell.
    pub(crate) fn piece_end(&self, at: usize) -> usize {
        let Some(piece) = self.letters.get(at).map(|l| l.piece) else { return at };
        (at..self.letters.len()).find(|i| self.letters[*i].piece != piece).unwrap_or(self.letters.len())
    }

    /// The text of some letters of one piece as printed.
    pub(crate) fn raw(&self, from: usize, to: usize) -> &'d str {
        let (Some(a), Some(b)) = (self.letters.get(from), self.letters.get(to.saturating_sub(1))) else { return "" };
        let piece = &self.pieces[a.piece as usize];
        let end = if a.piece == b.piece {
            let last = piece.text.get(b.byte as usize..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
            b.byte as usize + last
        } else {
            piece.text.len()
        };
        piece.text.get(a.byte as usize..end).unwrap_or_default()
    }

    /// Letters as a text, without gaps.
    pub(crate) fn folded(&self, from: usize, to: usize) -> String {
        self.letters[from..to].iter().map(|l| l.c).collect()
    }

    /// Where a letter stands.
    pub(crate) fn place(&self, at: usize) -> Place {
        let Some(l) = self.letters.get(at) else { return Place::Unknown };
        let piece = &self.pieces[l.piece as usize];
        match (piece.place, piece.cell) {
            (Place::Line(n), false) => Place::LineAt(*n, l.character + 1),
            (Place::LineAt(n, c), false) => Place::LineAt(*n, c + l.character),
            (place, _) => place.clone(),
        }
    }

    /// How many characters stand in front of a letter on its line, where the text has lines.
    pub(crate) fn x(&self, at: usize) -> Option<u32> {
        let letter = self.letters.get(at)?;
        let piece = &self.pieces[letter.piece as usize];
        match piece.place {
            Place::Line(n) if !piece.cell => Some(self.indents.get(n)? + letter.character),
            _ => None,
        }
    }

    /// Whether the text was taken from pages: some line begins behind a page break.
    pub(crate) fn is_paged(&self) -> bool {
        self.paged
    }

    /// The block of the document in which a line stands.
    pub(crate) fn block(&self, line: u32) -> usize {
        self.lines.get(line as usize).map_or(0, |l| l.block)
    }

    fn find(&mut self, words: &Lexicon<'_>) {
        let mut at = 0;
        let mut word: Option<usize> = None;
        while at < self.letters.len() {
            let letter = self.letters[at];
            if word.is_some_and(|w| self.letters[w].line != letter.line) {
                self.close(&mut word, at);
            }
            if let Some(to) = self.list_number(at) {
                self.close(&mut word, at);
                at = to;
                continue;
            }
            let figure = self.figure(words, at, word.is_some());
            if figure.is_none()
                && let Some((entry, inner, to)) = self.broken_label(words, at)
            {
                self.close(&mut word, at);
                let (line, end_line) = (letter.line, self.letters[to - 1].line);
                self.events.push(Event { what: What::Label(entry), from: at, to, line, end_line });
                self.number_before(words);
                let mut i = inner.0;
                while i < inner.1 {
                    let Some((raw, to)) = self.figure(words, i, false) else { break };
                    let (line, end_line) = (self.letters[i].line, self.letters[to - 1].line);
                    self.events.push(Event { what: What::Figure { raw, spoiled: false }, from: i, to, line, end_line });
                    i = to;
                }
                at = to;
                continue;
            }
            let found = figure.map(|(raw, to)| (What::Figure { raw, spoiled: false }, to)).or_else(|| {
                let (entry, len) = words.longest(self.letters[at..].iter().map(|l| l.c))?;
                Some((What::Label(entry), at + len))
            });
            match found {
                Some((what, to)) => {
                    self.close(&mut word, at);
                    let end_line = self.letters[to - 1].line;
                    self.events.push(Event { what, from: at, to, line: letter.line, end_line });
                    if matches!(self.events.last().map(|e| &e.what), Some(What::Label(_))) {
                        self.number_before(words);
                    }
                    at = to;
                }
                None => {
                    word.get_or_insert(at);
                    at += 1;
                }
            }
        }
        let end = self.letters.len();
        self.close(&mut word, end);
    }

    /// The end of the number of a list (`2.`) that begins at a letter behind a gap.
    fn list_number(&self, at: usize) -> Option<usize> {
        let letter = self.letters[at];
        let starts = letter.gap || at == 0 || letter.piece != self.letters[at - 1].piece;
        let joins = |(i, l): &(usize, &Letter)| l.c.is_ascii_digit() && l.piece == letter.piece && (*i == 0 || !l.gap);
        let digits = self.letters[at..].iter().take(3).enumerate().take_while(joins).count();
        let next = self.letters.get(at + digits).filter(|l| l.piece == letter.piece && !l.gap)?;
        if !starts || !(1..=2).contains(&digits) {
            return None;
        }
        let behind = if next.c == '.' { self.letters.get(at + digits + 1).filter(|l| l.piece == letter.piece)? } else { next };
        let listed = next.c == '.' || (next.mark && !next.c.is_ascii_digit());
        (listed && (!behind.c.is_ascii_digit() || (next.c == '.' && behind.gap)))
            .then_some(at + digits + usize::from(next.c == '.'))
    }

    /// The label of a row that begins at a letter and whose last letters stand on a line below its figures: its entry, the
    /// letters of the figures, and its end.
    fn broken_label(&self, words: &Lexicon<'_>, at: usize) -> Option<(u32, (usize, usize), usize)> {
        let line = self.letters[at].line;
        // Where the first figures behind it stand.
        let reach = self.letters.len().min(at + 80);
        let start = (at + 1..reach).find(|i| self.letters[*i].gap && self.letters[*i].c.is_ascii_digit())?;
        let mut end = start;
        while let Some((_, to)) = self.letters.get(end).filter(|l| l.gap).and_then(|_| self.figure(words, end, false)) {
            end = to;
        }
        let next = self.letters.get(end)?;
        if end == start || next.line == self.letters[end - 1].line || self.letters[start].line > line + 4 {
            return None;
        }
        let joined = self.letters[at..start].iter().chain(&self.letters[end..]).map(|l| l.c);
        let (entry, len) = words.longest(joined)?;
        let row = words.means(entry).iter().any(|m| matches!(m, Meaning::Row { .. }));
        (row && len > start - at && len >= 4).then_some((entry, (start, end), end + len - (start - at)))
    }

    fn close(&mut self, word: &mut Option<usize>, to: usize) {
        if let Some(from) = word.take() {
            let (line, end_line) = (self.letters[from].line, self.letters[to - 1].line);
            self.events.push(Event { what: What::Word, from, to, line, end_line });
        }
    }

    /// The figure that begins at a letter: a whole stretch between gaps that is one, or digits in the middle of words.
    fn figure(&self, words: &Lexicon<'_>, at: usize, in_word: bool) -> Option<(String, usize)> {
        let letter = self.letters[at];
        let starts = letter.gap || at == 0 || letter.piece != self.letters[at - 1].piece;
        let is_dash = |c: char| matches!(c, '-' | '/' | '\\');
        if !(letter.c.is_ascii_digit()
            || is_dash(letter.c)
            || matches!(letter.c, '+' | '¥')
            || (starts && self.pieces[letter.piece as usize].cell))
        {
            return None;
        }
        if starts {
            let to = self.chunk(at);
            let raw = self.raw(at, to);
            let digits = self.letters[at..to].iter().any(|l| l.c.is_ascii_digit());
            let plain = digits || self.letters[at..to].iter().all(|l| is_dash(l.c)) || self.pieces[letter.piece as usize].cell;
            let cell = self.pieces[letter.piece as usize].cell;
            let whole = is_number(raw) || (cell && words.none.iter().any(|m| m == raw));
            if plain
                && to - at <= MAX_FIGURE
                && whole
                && (digits || !cell || self.is_whole_cell(at, to))
                && !self.has_label(words, at, to)
            {
                return Some(self.with_note(words, at, to));
            }
        }
        // A number in brackets, or the year of a date, is no figure; nor is what follows letters and a dash.
        let before = at.checked_sub(1).map(|b| self.letters[b].c).filter(|_| !starts);
        let signed = letter.c == '-' && self.letters.get(at + 1).is_some_and(|n| n.c.is_ascii_digit() && !n.gap);
        if !(letter.c.is_ascii_digit() || signed)
            || before.is_some_and(|b| b.is_ascii_digit() || (in_word && matches!(b, '(' | '.' | '-')))
        {
            return None;
        }
        let mut to = at + 1;
        while let Some(l) = self.letters.get(to).filter(|l| !l.gap && l.piece == letter.piece) {
            let joins =
                matches!(l.c, '.' | ',' | '\'') && self.letters.get(to + 1).is_some_and(|n| n.c.is_ascii_digit() && !n.gap);
            if !(l.c.is_ascii_digit() || joins) || l.mark {
                break;
            }
            to += 1;
        }
        let end = self.plain_chunk(at);
        let unit = (to + 1..=end.min(to + 4))
            .rev()
            .find(|e| is_number(self.raw(at, *e)) && words.longest(self.letters[to..].iter().map(|l| l.c)).is_none());
        let to = unit.unwrap_or(to);
        Some((self.raw(at, to).to_owned(), to))
    }

    fn is_whole_cell(&self, from: usize, to: usize) -> bool {
        let piece = self.letters[from].piece;
        (from == 0 || self.letters[from - 1].piece != piece) && self.letters.get(to).is_none_or(|l| l.piece != piece)
    }

    /// A figure with the unit and the note in brackets that stand behind it on its line.
    fn with_note(&self, words: &Lexicon<'_>, from: usize, to: usize) -> (String, usize) {
        let mut end = to;
        for _ in 0..2 {
            let Some(next) = self.letters.get(end).filter(|l| l.piece == self.letters[from].piece) else { break };
            let stop = self.chunk(end);
            let raw = self.raw(from, stop);
            // A bracket that holds the number of a label, or is followed by more, is no note.
            let note = matches!(next.c, '(' | '[') && stop - end > 4 && matches!(self.letters[stop - 1].c, ')' | ']');
            // A mark behind a mark is the next cell's.
            let unit =
                !matches!(next.c, '(' | '[') && !next.c.is_ascii_digit() && stop - end <= 3 && !is_number(self.raw(end, stop));
            if !(note || unit) || stop - from > MAX_FIGURE || !is_number(raw) || self.has_label(words, end, stop) {
                break;
            }
            end = stop;
        }
        (self.raw(from, end).to_owned(), end)
    }

    /// Whether a label of a row or column begins among some letters.
    fn has_label(&self, words: &Lexicon<'_>, from: usize, to: usize) -> bool {
        (from..to)
            .filter(|i| !self.letters[*i].c.is_ascii_digit())
            .any(|i| words.longest(self.letters[i..].iter().map(|l| l.c)).is_some())
    }

    /// The piece of text in which a letter stands.
    pub(crate) fn piece(&self, at: usize) -> u32 {
        self.letters[at].piece
    }

    /// The figure that a piece of text is, if it is one and nothing else.
    pub(crate) fn figure_of(&self, piece: u32) -> Option<usize> {
        let first = self.letters.partition_point(|l| l.piece < piece);
        let at = self.events.binary_search_by_key(&first, |e| e.from).ok()?;
        let whole = self.letters.get(self.events[at].to).is_none_or(|l| l.piece != piece);
        (whole && matches!(self.events[at].what, What::Figure { .. })).then_some(at)
    }

    /// Gives the number that stands before a label (`2.其他…`) to the label, not to the figures before it.
    fn number_before(&mut self, words: &Lexicon<'_>) {
        let Some(label) = self.events.last().cloned() else { return };
        let What::Label(entry) = label.what else { return };
        let dot = self.events.len() >= 2 && {
            let e = &self.events[self.events.len() - 2];
            e.what == What::Word && e.to == label.from && self.folded(e.from, e.to).chars().all(|c| matches!(c, '.' | ')'))
        };
        let first = &self.letters[label.from];
        if !dot && (!first.mark || first.gap) {
            return;
        }
        let at = self.events.len() - if dot { 3 } else { 2 };
        let Some(event) = self.events.len().checked_sub(if dot { 3 } else { 2 }).and_then(|at| self.events.get(at)).cloned()
        else {
            return;
        };
        let What::Figure { raw, .. } = &event.what else { return };
        let next = if dot { self.events[at + 1].from } else { label.from };
        if event.to != next || self.letters[next].gap || event.end_line != self.letters[next].line {
            return;
        }
        let digits = raw.chars().filter(|c| is_digit(*c)).count();
        let starts = self.letters[event.from].gap || event.from == 0;
        let after_words = !starts && !self.letters[event.from - 1].c.is_ascii_digit();
        if digits <= 2 && digits == event.to - event.from && (starts || (after_words && digits == 1)) {
            self.events.remove(at);
            return;
        }
        let expected = words.means(entry).iter().find_map(|m| match *m {
            Meaning::Row { part, row } => Some(words.parts[usize::from(part)].numbers[usize::from(row)].as_str()),
            _ => None,
        });
        let folded = self.folded(event.from, event.to);
        let rest =
            expected.filter(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit())).and_then(|n| folded.strip_suffix(n));
        let plain = rest.filter(|r| !r.is_empty() && r.bytes().all(|b| b.is_ascii_digit()));
        match plain {
            Some(_) => {
                let event = &mut self.events[at];
                event.to -= 1;
                let (from, to) = (event.from, event.to);
                let raw = self.raw(from, to).to_owned();
                self.events[at].what = What::Figure { raw, spoiled: false };
            }
            None => self.events[at].what = What::Figure { raw: raw.clone(), spoiled: true },
        }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// Whether a text is a number, of things or of money, or a mark for none.
fn is_number(text: &str) -> bool {
    let is = |unit, kind| matches!(figure::read(text, unit, kind, &[]).state, State::Number | State::None);
    is("", Kind::Count) || (text.contains(['元', '¥', '￥', '万', '亿']) && is("万元", Kind::Amount))
}

/// A line drawn across the page.
fn is_rule(text: &str) -> bool {
    text.len() >= 4 && text.chars().all(|c| matches!(c, '-' | '=' | '*' | '_' | '+' | '|' | ' ' | ':'))
}

/// A note below a table.
fn is_note(text: &str) -> bool {
    ["注：", "注:", "备注：", "备注:", "说明：", "说明:", "注 ：", "*注", "（注"].iter().any(|m| text.starts_with(m))
}
