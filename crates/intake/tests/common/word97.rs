//! Writes Word 97–2003 documents as Word, WPS and others do, from paragraphs with property arrays: text in one piece or in
//! many, of one and two bytes a character, in order or not; pages of properties; properties in the stream `Data`; sectors
//! of 512 and 4096 bytes, streams in one stretch or scattered. Offsets are those of [MS-DOC] 2.5 to 2.9.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::io::{Cursor, Write};

/// Where the text begins in the stream `WordDocument`.
const TEXT: usize = 1024;

/// Words with an array of modifiers.
pub type Run = (String, Vec<u8>);

/// A paragraph: its words, its mark with an array for characters, an array for the paragraph.
#[derive(Clone, Debug)]
pub struct Paragraph {
    pub runs: Vec<Run>,
    pub mark: char,
    pub mark_array: Vec<u8>,
    pub style: u16,
    pub array: Vec<u8>,
}

/// How the file is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// Characters of a piece; 0 for one piece of two bytes a character.
    pub piece: usize,
    /// The order of the pieces in the stream is reversed.
    pub reversed: bool,
    /// The name of the table stream: `0Table` or `1Table`.
    pub table: u8,
    /// Properties of rows are in the stream `Data`.
    pub huge: bool,
    /// Sectors of 4096 bytes.
    pub large_sectors: bool,
    /// Streams are written in turns, so that their sectors do not follow each other.
    pub scattered: bool,
    /// Bytes before the text, so that streams do not fit the mini stream.
    pub padding: usize,
    /// Paragraphs on a page of properties, at most.
    pub per_page: usize,
}

pub const PLAIN: Options = Options {
    piece: 0,
    reversed: false,
    table: 1,
    huge: false,
    large_sectors: false,
    scattered: false,
    padding: 0,
    per_page: 29,
};

/// A document.
#[derive(Clone, Debug, Default)]
pub struct Word97 {
    pub paragraphs: Vec<Paragraph>,
    /// Text boxes: the paragraph that they are anchored in, and their paragraphs. Anchors are put at the paragraph's end.
    pub boxes: Vec<(usize, Vec<Paragraph>)>,
    /// Style sheet.
    pub styles: Vec<u8>,
    /// Arrays of pieces, given to the pieces in turn.
    pub piece_arrays: Vec<Vec<u8>>,
    /// Parts of the stream `Data` that arrays refer to.
    pub data: Vec<u8>,
    /// Words of footnotes and headers, between the main text and the text boxes.
    pub between: String,
}

pub fn le(opcode: u16, operand: &[u8]) -> Vec<u8> {
    [&opcode.to_le_bytes()[..], operand].concat()
}

pub fn plain(text: &str) -> Paragraph {
    Paragraph { runs: vec![(text.to_owned(), Vec::new())], mark: '\r', mark_array: Vec::new(), style: 0, array: Vec::new() }
}

pub fn runs(runs: &[(&str, Vec<u8>)]) -> Paragraph {
    Paragraph { runs: runs.iter().map(|(t, a)| ((*t).to_owned(), a.clone())).collect(), ..plain("") }
}

/// The array of a paragraph in so many tables.
pub fn in_tables(depth: u32) -> Vec<u8> {
    [le(0x2416, &[1]), le(0x6649, &depth.to_le_bytes())].concat()
}

/// A cell: its paragraphs, its edges, and how it is merged: bits of TC80.
#[derive(Clone, Debug)]
pub struct Cell {
    pub paragraphs: Vec<Paragraph>,
    pub right: i16,
    pub flags: u16,
}

pub fn cell(text: &str, right: i16, flags: u16) -> Cell {
    Cell { paragraphs: text.split('\n').map(plain).collect(), right, flags }
}

/// The operand of a row's definition, its length before it.
pub fn definition(left: i16, cells: &[(i16, u16)]) -> Vec<u8> {
    let mut operand = vec![cells.len() as u8];
    operand.extend(left.to_le_bytes());
    cells.iter().for_each(|c| operand.extend(c.0.to_le_bytes()));
    for c in cells {
        operand.extend(c.1.to_le_bytes());
        operand.extend([0; 18]);
    }
    let length = (operand.len() + 1) as u16;
    le(0xD608, &[&length.to_le_bytes()[..], &operand].concat())
}

/// Paragraphs of a table row at a depth, with what else its end says.
pub fn row(depth: u32, left: i16, cells: &[Cell], more: &[u8]) -> Vec<Paragraph> {
    let mut out = Vec::new();
    let mark = if depth == 1 { '\u{7}' } else { '\r' };
    for cell in cells {
        for (i, paragraph) in cell.paragraphs.iter().enumerate() {
            let mut paragraph = paragraph.clone();
            paragraph.array.extend(if paragraph.array.is_empty() { in_tables(depth) } else { Vec::new() });
            if i + 1 == cell.paragraphs.len() {
                paragraph.mark = mark;
                if depth > 1 {
                    paragraph.array.extend(le(0x244B, &[1]));
                }
            }
            out.push(paragraph);
        }
    }
    let ends = if depth == 1 { le(0x2417, &[1]) } else { [le(0x244B, &[1]), le(0x244C, &[1])].concat() };
    let edges: Vec<(i16, u16)> = cells.iter().map(|c| (c.right, c.flags)).collect();
    let array = [in_tables(depth), ends, definition(left, &edges), more.to_vec()].concat();
    out.push(Paragraph { mark, array, ..plain("") });
    out
}

/// A character of the text with where its properties are.
struct Placed {
    unit: u16,
    characters: usize,
    paragraph: usize,
}

impl Word97 {
    /// The file.
    pub fn bytes(&self, options: &Options) -> Vec<u8> {
        let (word, table, data) = self.streams(options);
        let name = if options.table == 0 { "0Table" } else { "1Table" };
        compound(&[("WordDocument", &word), (name, &table), ("Data", &data)], options)
    }

    /// The streams `WordDocument`, table, `Data`.
    pub fn streams(&self, options: &Options) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let mut data = self.data.clone();
        let mut character_arrays: Vec<Vec<u8>> = vec![Vec::new()];
        let mut paragraph_arrays: Vec<Vec<u8>> = Vec::new();
        let mut text: Vec<Placed> = Vec::new();
        let mut anchors: Vec<u32> = Vec::new();
        let special = le(0x0855, &[1]);
        let mut write = |paragraph: &Paragraph, text: &mut Vec<Placed>, anchored: usize, anchors: &mut Vec<u32>| {
            let mut array = paragraph.array.clone();
            if options.huge && array.len() > 60 {
                let at = (data.len() as u32).to_le_bytes();
                data.extend((array.len() as u16).to_le_bytes());
                data.extend(&array);
                array = le(0x6646, &at);
            }
            paragraph_arrays.push([&paragraph.style.to_le_bytes()[..], &array].concat());
            let mut push = |words: &str, array: &Vec<u8>| {
                let known = character_arrays.iter().position(|a| a == array);
                let characters = known.unwrap_or_else(|| {
                    character_arrays.push(array.clone());
                    character_arrays.len() - 1
                });
                let paragraph = paragraph_arrays.len() - 1;
                text.extend(words.encode_utf16().map(|unit| Placed { unit, characters, paragraph }));
                text.len() as u32
            };
            for (words, array) in &paragraph.runs {
                push(words, array);
            }
            for _ in 0..anchored {
                anchors.push(push("\u{8}", &special) - 1);
            }
            push(&paragraph.mark.to_string(), &paragraph.mark_array);
        };
        for (i, paragraph) in self.paragraphs.iter().enumerate() {
            let anchored = self.boxes.iter().filter(|b| b.0 == i).count();
            write(paragraph, &mut text, anchored, &mut anchors);
        }
        let main = text.len();
        if !self.between.is_empty() {
            self.between.split('\r').for_each(|t| write(&plain(t), &mut text, 0, &mut anchors));
        }
        let before_boxes = text.len();
        let mut bounds = vec![0u32];
        let mut order: Vec<usize> = (0..self.boxes.len()).collect();
        order.sort_by_key(|i| self.boxes[*i].0);
        for i in order {
            self.boxes[i].1.iter().for_each(|p| write(p, &mut text, 0, &mut anchors));
            bounds.push((text.len() - before_boxes) as u32);
        }
        if !self.boxes.is_empty() {
            write(&plain(""), &mut text, 0, &mut anchors);
            bounds.push((text.len() - before_boxes) as u32);
        }
        let stories = (main, before_boxes - main, text.len() - before_boxes);
        if text.len() > main {
            write(&plain(""), &mut text, 0, &mut anchors);
        }

        // Text, piece by piece.
        let mut word = vec![0u8; TEXT + options.padding];
        let length = if options.piece == 0 { text.len() } else { options.piece };
        let pieces: Vec<(usize, usize)> =
            (0..text.len()).step_by(length.max(1)).map(|start| (start, (start + length).min(text.len()))).collect();
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        if options.reversed {
            order.reverse();
        }
        let mut places = vec![(0u32, true); pieces.len()];
        // For each character, in the order of the stream: first byte, byte after the last, arrays.
        let mut placed: Vec<(u32, u32, usize, usize)> = Vec::new();
        for i in order {
            let (start, end) = pieces[i];
            let wide = options.piece == 0 || text[start..end].iter().any(|p| p.unit >= 0x80);
            places[i] = (word.len() as u32, wide);
            for p in &text[start..end] {
                let at = word.len() as u32;
                if wide {
                    word.extend(p.unit.to_le_bytes())
                } else {
                    word.push(p.unit as u8)
                }
                placed.push((at, word.len() as u32, p.characters, p.paragraph));
            }
        }
        let mut table = vec![0xEE; 8];
        let mut parts: Vec<(usize, u32, u32)> = Vec::new();
        let mut part = |index: usize, bytes: &[u8], table: &mut Vec<u8>| {
            if !bytes.is_empty() {
                parts.push((index, table.len() as u32, bytes.len() as u32));
                table.extend(bytes);
            }
        };
        part(1, &self.styles, &mut table);
        part(33, &self.clx(&pieces, &places), &mut table);
        let by = |key: &dyn Fn(&(u32, u32, usize, usize)) -> usize| {
            let mut out: Vec<(u32, u32, usize)> = Vec::new();
            for p in &placed {
                match out.last_mut() {
                    Some(last) if last.2 == key(p) && last.1 == p.0 => last.1 = p.1,
                    _ => out.push((p.0, p.1, key(p))),
                }
            }
            out
        };
        let characters = pages(&mut word, &by(&|p| p.2), &character_arrays, 1, 100);
        part(12, &characters, &mut table);
        let paragraphs = pages(&mut word, &by(&|p| p.3), &paragraph_arrays, 13, options.per_page);
        part(13, &paragraphs, &mut table);
        if !self.boxes.is_empty() {
            let spa = |i: usize| [&(1000 + i as u32).to_le_bytes()[..], &[0; 22]].concat();
            let anchored: Vec<Vec<u8>> = (0..anchors.len()).map(spa).collect();
            let mut positions = anchors.clone();
            positions.push(main as u32);
            part(40, &plc(&positions, &anchored), &mut table);
            let story = |i: usize| {
                let spare = u16::from(i == self.boxes.len());
                [&[0; 8][..], &spare.to_le_bytes(), &[0; 4], &(1000 + i as u32).to_le_bytes(), &[0; 4]].concat()
            };
            part(56, &plc(&bounds, &(0..=self.boxes.len()).map(story).collect::<Vec<_>>()), &mut table);
        }
        fib(&mut word, options.table, stories, &parts);
        (word, table, data)
    }

    fn clx(&self, pieces: &[(usize, usize)], places: &[(u32, bool)]) -> Vec<u8> {
        let mut clx = Vec::new();
        for array in &self.piece_arrays {
            clx.push(1);
            clx.extend((array.len() as u16).to_le_bytes());
            clx.extend(array);
        }
        let mut positions: Vec<u32> = pieces.iter().map(|p| p.0 as u32).collect();
        positions.push(pieces.last().map_or(0, |p| p.1 as u32));
        let descriptions: Vec<Vec<u8>> = places
            .iter()
            .enumerate()
            .map(|(i, (at, wide))| {
                let place = if *wide { *at } else { (at * 2) | (1 << 30) };
                let array = i.checked_rem(self.piece_arrays.len()).map_or(0, |n| (n as u16) << 1 | 1);
                [&[0, 0][..], &place.to_le_bytes(), &array.to_le_bytes()].concat()
            })
            .collect();
        let plc = plc(&positions, &descriptions);
        clx.push(2);
        clx.extend((plc.len() as u32).to_le_bytes());
        clx.extend(plc);
        clx
    }
}

fn plc(positions: &[u32], elements: &[Vec<u8>]) -> Vec<u8> {
    let positions = positions.iter().flat_map(|p| p.to_le_bytes());
    positions.chain(elements.iter().flatten().copied()).collect()
}

/// Writes runs on pages of 512 bytes at the end of the stream; their table.
fn pages(word: &mut Vec<u8>, runs: &[(u32, u32, usize)], arrays: &[Vec<u8>], width: usize, most: usize) -> Vec<u8> {
    let (mut starts, mut numbers, mut rest) = (Vec::new(), Vec::new(), runs);
    while !rest.is_empty() {
        word.resize(word.len().next_multiple_of(512), 0);
        let mut page = [0u8; 512];
        let (mut count, mut bottom) = (0, 511);
        let mut offsets: Vec<u8> = Vec::new();
        for run in rest.iter().take(most) {
            let array = &arrays[run.2];
            // A length in words with a byte more than they take, or a zero and a length in words; or a length in bytes.
            let entry = match (width, array.len() % 2) {
                (1, _) => [&[array.len() as u8][..], array].concat(),
                (_, 1) => [&[array.len().div_ceil(2) as u8][..], array].concat(),
                _ => [&[0, (array.len() / 2) as u8][..], array].concat(),
            };
            if 4 * (count + 2) + width * (count + 1) + entry.len() >= bottom {
                break;
            }
            let at = (bottom - entry.len()) & !1;
            if array.is_empty() {
                offsets.push(0);
            } else {
                page[at..at + entry.len()].copy_from_slice(&entry);
                bottom = at;
                offsets.push((at / 2) as u8);
            }
            count += 1;
        }
        assert!(count > 0, "an array that no page holds");
        for (i, run) in rest[..count].iter().enumerate() {
            page[4 * i..4 * i + 4].copy_from_slice(&run.0.to_le_bytes());
            page[4 * (count + 1) + width * i] = offsets[i];
        }
        page[4 * count..4 * count + 4].copy_from_slice(&rest[count - 1].1.to_le_bytes());
        page[511] = count as u8;
        starts.push(rest[0].0);
        numbers.push(((word.len() / 512) as u32).to_le_bytes().to_vec());
        word.extend(page);
        rest = &rest[count..];
    }
    starts.push(runs.last().map_or(0, |r| r.1));
    plc(&starts, &numbers)
}

fn fib(word: &mut [u8], table: u8, stories: (usize, usize, usize), parts: &[(usize, u32, u32)]) {
    let mut put = |at: usize, bytes: &[u8]| word[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &0xA5ECu16.to_le_bytes());
    put(2, &0x00C1u16.to_le_bytes());
    put(10, &(0x1000 | u16::from(table) << 9).to_le_bytes());
    put(32, &14u16.to_le_bytes());
    put(62, &22u16.to_le_bytes());
    put(76, &(stories.0 as u32).to_le_bytes());
    put(80, &(stories.1 as u32).to_le_bytes());
    put(100, &(stories.2 as u32).to_le_bytes());
    put(152, &93u16.to_le_bytes());
    for (index, start, length) in parts {
        put(154 + 8 * index, &start.to_le_bytes());
        put(158 + 8 * index, &length.to_le_bytes());
    }
}

/// A compound file, by the crate `cfb`.
pub fn compound(streams: &[(&str, &[u8])], options: &Options) -> Vec<u8> {
    let version = if options.large_sectors { cfb::Version::V4 } else { cfb::Version::V3 };
    let mut file = cfb::CompoundFile::create_with_version(version, Cursor::new(Vec::new())).unwrap();
    // An embedded document has streams of the same names.
    file.create_storage("/ObjectPool").unwrap();
    file.create_stream("/ObjectPool/WordDocument").unwrap().write_all(b"another").unwrap();
    let step = if options.scattered { 700 } else { usize::MAX };
    let longest = streams.iter().map(|s| s.1.len()).max().unwrap_or(0);
    for (name, _) in streams {
        file.create_stream(format!("/{name}")).unwrap();
    }
    for start in (0..longest.max(1)).step_by(step.min(longest.max(1))) {
        for (name, bytes) in streams {
            let Some(rest) = bytes.get(start..).filter(|r| !r.is_empty()) else { continue };
            let mut stream = file.open_stream(format!("/{name}")).unwrap();
            std::io::Seek::seek(&mut stream, std::io::SeekFrom::Start(start as u64)).unwrap();
            stream.write_all(&rest[..step.min(rest.len())]).unwrap();
        }
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}
