//! Drawn shapes: text boxes with their anchors in the main text ([MS-DOC] 2.3.5, 2.8.36, 2.9.106), and whether there are
//! pictures among the drawings ([MS-ODRAW] 2.2.20).

use std::collections::HashMap;

use super::bytes::{u16_at, u32_at};

/// Bytes of an anchor (Spa) and of a text box's description (FTXBXS).
const SPA: usize = 26;
const FTXBXS: usize = 22;

/// Text boxes and pictures of the main text.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// For each anchor that has a text box, the bounds of its text.
    anchored: HashMap<u32, (u32, u32)>,
    /// Bounds of the text of boxes whose anchors are not known.
    pub(super) loose: Vec<(u32, u32)>,
    /// Whether a drawing holds a picture.
    pub(super) has_pictures: bool,
}

impl Shapes {
    /// Reads anchors (PlcSpaMom), bounds (PlcftxbxTxt) and drawings. `main` is the length of the
    /// main text, `story` where the text of the boxes begins and ends.
    pub(super) fn read(anchors: &[u8], boxes: &[u8], drawings: &[u8], main: u32, story: (u32, u32)) -> Shapes {
        let anchors = plc(anchors, SPA).filter(|(cp, _, _)| *cp < main);
        let anchor_of: HashMap<u32, u32> = anchors.filter_map(|(cp, _, spa)| Some((u32_at(spa, 0)?, cp))).collect();
        let mut shapes = Shapes { has_pictures: has_pictures(drawings), ..Shapes::default() };
        let count = plc(boxes, FTXBXS).count();
        let mut next = story.0;
        for (i, (start, end, description)) in plc(boxes, FTXBXS).enumerate() {
            // The last one, and those out of use, hold nothing.
            let is_spare = i + 1 == count || u16_at(description, 8).is_none_or(|f| f & 1 != 0);
            let (Some(start), Some(end)) = (story.0.checked_add(start), story.0.checked_add(end)) else { break };
            if start != next || end < start || end > story.1 {
                break;
            }
            next = end;
            if is_spare {
                continue;
            }
            let anchor = u32_at(description, 14).and_then(|shape| anchor_of.get(&shape));
            match anchor {
                Some(anchor) if !shapes.anchored.contains_key(anchor) => drop(shapes.anchored.insert(*anchor, (start, end))),
                _ => shapes.loose.push((start, end)),
            }
        }
        // Bounds that make no sense: the text is there all the same.
        if next < story.1 && (count == 0 || next == story.0) {
            shapes.loose.push((next, story.1));
        }
        shapes
    }

    /// The text of the box that is anchored at a position; each is given once.
    pub(super) fn text_at(&mut self, position: u32) -> Option<(u32, u32)> {
        self.anchored.remove(&position)
    }

    /// Bounds of the text of boxes that no anchor has led to, in order.
    pub(super) fn rest(&mut self) -> Vec<(u32, u32)> {
        let mut rest: Vec<(u32, u32)> = std::mem::take(&mut self.loose);
        rest.extend(self.anchored.drain().map(|(_, bounds)| bounds));
        rest.sort_unstable();
        rest
    }
}

/// Elements of a PLC with the positions before and after each ([MS-DOC] 2.2.2).
fn plc(bytes: &[u8], size: usize) -> impl Iterator<Item = (u32, u32, &[u8])> {
    let count = bytes.len().saturating_sub(4) / (4 + size);
    (0..count).filter_map(move |i| {
        let at = 4 * (count + 1) + size * i;
        Some((u32_at(bytes, 4 * i)?, u32_at(bytes, 4 * i + 4)?, bytes.get(at..at + size)?))
    })
}

/// Whether the store of pictures (OfficeArtBStoreContainer) in the drawing group has an entry.
fn has_pictures(drawings: &[u8]) -> bool {
    const GROUP: u16 = 0xF000;
    const STORE: u16 = 0xF001;
    if u16_at(drawings, 2) != Some(GROUP) {
        return false;
    }
    let end = u32_at(drawings, 4).map_or(0, |l| (l as usize).saturating_add(8)).min(drawings.len());
    let mut at = 8;
    while at + 8 <= end {
        let (Some(head), Some(kind), Some(length)) = (u16_at(drawings, at), u16_at(drawings, at + 2), u32_at(drawings, at + 4))
        else {
            return false;
        };
        if kind == STORE {
            // The number of entries stands in the upper twelve bits.
            return head >> 4 > 0;
        }
        at = at.saturating_add(8).saturating_add(length as usize);
    }
    false
}
