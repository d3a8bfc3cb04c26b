//! The definition of a table row ([MS-DOC] 2.6.3): how many cells it has, where their edges are, which are merged.

use super::bytes::{i16_at, u8_at, u16_at, u32_at};
use super::inconsistent;
use super::sprm::op;
use crate::refuse::Refusal;

/// Word's rows have no more cells than this ([MS-DOC] 2.4.3), plus one that Word 97 allowed.
const MAX_CELLS: usize = 64;
/// Bytes of a cell's description (TC80).
const CELL: usize = 20;

/// Part of a horizontally merged set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Across {
    /// Not merged.
    #[default]
    Single,
    /// The first of the set.
    First,
    /// Belongs to the cell before.
    Merged,
}

/// Part of a vertically merged set ([MS-DOC] 2.9.342).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Vertical {
    /// Not merged.
    #[default]
    Single,
    /// The topmost of the set.
    First,
    /// Belongs to the cell above.
    Merged,
}

/// A cell of a row's definition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// In twips; never negative in a sound file.
    pub(super) width: i32,
    /// Merged with its neighbours to left or right.
    pub(super) across: Across,
    /// Merged with its neighbours above or below.
    pub(super) vertical: Vertical,
}

/// What sets tables apart that follow each other directly ([MS-DOC] 2.4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// Direction, position, wrapping, web division.
    place: [u32; 10],
    style: Option<u16>,
}

impl Identity {
    /// Whether rows one below the other belong to one table. A style that only one of them names tells nothing: older Words
    /// and other programs leave it out.
    pub(super) fn continues(&self, above: &Identity) -> bool {
        self.place == above.place && (self.style == above.style || self.style.is_none() || above.style.is_none())
    }
}

/// The definition of a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    is_defined: bool,
    left: i32,
    gap_half: i32,
    before: i32,
    cells: Vec<Cell>,
    table: Identity,
    /// The definition for newer Words.
    pub(super) newer: Option<Box<Row>>,
}

impl Row {
    /// Left edge in twips, and the cells; `None` if the row has no definition.
    pub(super) fn cells(&self) -> Option<(i32, &[Cell])> {
        if self.is_defined {
            return Some((self.left, &self.cells));
        }
        let row = if self.cells.is_empty() { self.newer.as_deref()? } else { self };
        let left = if row.is_defined { row.left } else { row.left - row.gap_half + row.before };
        (!row.cells.is_empty()).then_some((left, &row.cells))
    }

    /// Which table the row belongs to.
    pub(super) fn identity(&self) -> Identity {
        self.newer.as_ref().map_or(self.table, |n| n.table)
    }

    /// Changes the definition as a modifier says.
    ///
    /// # Errors
    /// Cells that the row does not have.
    pub(super) fn apply(&mut self, opcode: u16, operand: &[u8]) -> Result<(), Refusal> {
        let short = || i16_at(operand, 0).map_or(0, i32::from);
        // ItcFirstLim: the first cell and the one after the last.
        let range = |count: usize| -> Result<std::ops::Range<usize>, Refusal> {
            match (u8_at(operand, 0).map(usize::from), u8_at(operand, 1).map(usize::from)) {
                (Some(first), Some(end)) if first <= end && end <= count => Ok(first..end),
                _ => Err(no_such_cell()),
            }
        };
        let count = self.cells.len();
        match opcode {
            op::T_DEF_TABLE => self.define(operand)?,
            // Edges of a definition are complete; these two only tell where cells begin that are inserted one by one.
            op::T_DXA_LEFT if !self.is_defined => self.left = short(),
            op::T_DXA_GAP_HALF => self.gap_half = short(),
            op::T_WIDTH_BEFORE if u8_at(operand, 0) == Some(3) => self.before = u16_at(operand, 1).map_or(0, i32::from),
            op::T_INSERT => {
                let (Some(first), Some(more), Some(width)) = (u8_at(operand, 0), u8_at(operand, 1), u16_at(operand, 2)) else {
                    return Err(no_such_cell());
                };
                let (first, more) = (usize::from(first), usize::from(more));
                if first > count || count + more > MAX_CELLS {
                    return Err(no_such_cell());
                }
                let cell = Cell { width: i32::from(width), ..Cell::default() };
                self.cells.splice(first..first, std::iter::repeat_n(cell, more));
            }
            op::T_DELETE => drop(self.cells.drain(range(count)?)),
            op::T_DXA_COL => {
                let width = u16_at(operand, 2).map_or(0, i32::from);
                self.cells[range(count)?].iter_mut().for_each(|c| c.width = width);
            }
            op::T_MERGE => {
                for (i, cell) in self.cells[range(count)?].iter_mut().enumerate() {
                    cell.across = if i == 0 { Across::First } else { Across::Merged };
                }
            }
            op::T_SPLIT => self.cells[range(count)?].iter_mut().for_each(|c| c.across = Across::Single),
            op::T_VERT_MERGE => {
                let cell = u8_at(operand, 0).and_then(|i| self.cells.get_mut(usize::from(i))).ok_or_else(no_such_cell)?;
                cell.vertical = vertical(u8_at(operand, 1).unwrap_or(0));
            }
            op::T_ISTD => self.table.style = u16_at(operand, 0),
            _ => self.place(opcode, operand),
        }
        Ok(())
    }

    fn place(&mut self, opcode: u16, operand: &[u8]) {
        const TELLING: [u16; 10] = [
            op::T_IPGP,
            op::T_F_BI_DI,
            op::T_PC,
            op::T_F_NO_ALLOW_OVERLAP,
            op::T_DXA_ABS,
            op::T_DYA_ABS,
            op::T_DXA_FROM_TEXT,
            op::T_DYA_FROM_TEXT,
            op::T_DXA_FROM_TEXT_RIGHT,
            op::T_DYA_FROM_TEXT_BOTTOM,
        ];
        let opcode = if opcode == op::T_F_BI_DI_90 { op::T_F_BI_DI } else { opcode };
        if let Some(i) = TELLING.iter().position(|t| *t == opcode) {
            let short = || u16_at(operand, 0).map(u32::from);
            self.table.place[i] = u32_at(operand, 0).or_else(short).or_else(|| u8_at(operand, 0).map(u32::from)).unwrap_or(0);
        }
    }

    /// TDefTableOperand without its length ([MS-DOC] 2.9.321): number of cells, their edges, their descriptions, of which
    /// the last may be missing.
    fn define(&mut self, operand: &[u8]) -> Result<(), Refusal> {
        let count = u8_at(operand, 0).map(usize::from).filter(|n| *n <= MAX_CELLS).ok_or_else(no_such_cell)?;
        let edge = |i: usize| i16_at(operand, 1 + 2 * i).map(i32::from).ok_or_else(no_such_cell);
        self.left = edge(0)?;
        self.cells.clear();
        let descriptions = operand.get(1 + 2 * (count + 1)..).unwrap_or(&[]);
        let flags = |i: usize| u16_at(descriptions, CELL * i).unwrap_or(0);
        let mut open = None;
        for i in 0..count {
            let across = across(flags(i) & 3, &mut open);
            self.cells.push(Cell { width: edge(i + 1)? - edge(i)?, across, vertical: vertical((flags(i) >> 5 & 3) as u8) });
        }
        self.is_defined = true;
        Ok(())
    }
}

/// [MS-DOC] 2.9.317 says that a merged set begins with 2 or 3 and goes on with 1; Word 97's description of 1997 (TC) and
/// programs that follow it say that it begins with 1 and goes on with 2. As a set begins with its first cell, what stands
/// first in a run of merged cells tells which is meant; `open` keeps that.
fn across(flags: u16, open: &mut Option<u16>) -> Across {
    if flags == 0 {
        *open = None;
        return Across::Single;
    }
    let first = if flags == 1 { 1 } else { 2 };
    match *open {
        Some(begins) if begins != first => Across::Merged,
        Some(_) => Across::First,
        None => {
            *open = Some(first);
            Across::First
        }
    }
}

fn vertical(flags: u8) -> Vertical {
    match flags {
        1 => Vertical::Merged,
        3 => Vertical::First,
        _ => Vertical::Single,
    }
}

fn no_such_cell() -> Refusal {
    inconsistent("a table row is defined by cells that it does not have")
}
