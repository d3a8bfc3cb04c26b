//! Properties of paragraphs ([MS-DOC] 2.4.6.1, 2.6.2): how deep in tables one stands, and what its mark ends.

use super::bytes::{slice, u16_at, u32_at};
use super::inconsistent;
use super::row::Row;
use super::sprm::{Kind, Prls, kind, op};
use crate::refuse::Refusal;

/// Arrays in the stream `Data` may refer to each other, but not endlessly.
const MAX_HOPS: usize = 4;
/// Longest array there ([MS-DOC] 2.9.211).
const MAX_ARRAY: u16 = 0x3FA2;

/// Properties of a paragraph.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    in_table: bool,
    /// Depth as told (`sprmPItap`, `sprmPDtap`).
    itap: i64,
    /// The mark ends a row of a table of depth 1.
    row_end: bool,
    /// The mark ends a row of a nested table.
    inner_row_end: bool,
    /// The mark ends a cell of a nested table.
    inner_cell_end: bool,
    /// Definition of the row, if the mark ends one.
    pub(super) row: Row,
}

impl Paragraph {
    /// How many tables the paragraph stands in.
    pub(super) fn depth(&self) -> i64 {
        self.itap.max(i64::from(self.in_table))
    }

    /// Whether its mark ends a row.
    pub(super) fn ends_row(&self) -> bool {
        self.row_end || self.inner_row_end
    }

    /// Whether its mark, a character of the text, ends a cell but no row.
    pub(super) fn ends_cell(&self, mark: char) -> bool {
        !self.ends_row() && if self.depth() == 1 { mark == '\u{7}' } else { self.inner_cell_end }
    }
}

/// Reads property arrays of paragraphs, with what they refer to in the stream `Data`.
pub(super) struct Reader<'d> {
    /// The stream `Data`.
    pub(super) data: &'d [u8],
    /// Bytes of arrays that may still be read: paragraphs may share an array, but not without end.
    pub(super) budget: usize,
}

impl<'d> Reader<'d> {
    /// Takes the bytes of an array from the budget.
    ///
    /// # Errors
    /// The budget is used up.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.budget = self.budget.checked_sub(bytes).ok_or_else(Refusal::too_large)?;
        Ok(())
    }

    /// Puts an array of modifiers over the properties.
    ///
    /// # Errors
    /// A damaged array, or one that is not where it should be.
    pub(super) fn apply(&mut self, paragraph: &mut Paragraph, array: &[u8]) -> Result<(), Refusal> {
        self.spend(array.len())?;
        let mut prls = Prls(array);
        let (mut is_first, mut hops) = (true, 0);
        while let Some((opcode, operand)) = prls.next()? {
            let on = operand.first().is_some_and(|v| *v != 0);
            let number = || u32_at(operand, 0).map_or(0, |v| i64::from(v.cast_signed()));
            match opcode {
                op::P_F_IN_TABLE => paragraph.in_table = on,
                op::P_F_TTP => paragraph.row_end = on,
                op::P_F_INNER_TTP => paragraph.inner_row_end = on,
                op::P_F_INNER_TABLE_CELL => paragraph.inner_cell_end = on,
                op::P_ITAP => paragraph.itap = number(),
                op::P_DTAP => paragraph.itap = paragraph.itap.saturating_add(number()),
                // Counts only where it stands first, and stands for the whole array ([MS-DOC] 2.6.2).
                op::P_HUGE_PAPX | op::P_HUGE_PAPX_97 if is_first => {
                    hops += 1;
                    if hops > MAX_HOPS {
                        return Err(inconsistent("formatting records refer to each other in a circle"));
                    }
                    prls = Prls(self.array(operand)?);
                    continue;
                }
                op::P_TABLE_PROPS => self.apply_table(paragraph, operand)?,
                _ if kind(opcode) == Kind::Table => paragraph.row.apply(opcode, operand)?,
                _ => {}
            }
            is_first = false;
        }
        Ok(())
    }

    /// Row properties that newer Words read in place of those that follow in the array, which are meant for older ones
    /// ([MS-DOC] 2.6.2, `sprmPTableProps`). Both say the same of rows and cells. Those for the older ones are complete in
    /// themselves and what every other program reads and writes; these here count where they are missing.
    fn apply_table(&mut self, paragraph: &mut Paragraph, operand: &[u8]) -> Result<(), Refusal> {
        let mut prls = Prls(self.array(operand)?);
        let mut row = Row::default();
        while let Some((opcode, operand)) = prls.next()? {
            if kind(opcode) == Kind::Table {
                row.apply(opcode, operand)?;
            }
        }
        paragraph.row.newer = Some(Box::new(row));
        Ok(())
    }

    /// The array (PrcData) at an offset of the stream `Data`.
    fn array(&mut self, operand: &[u8]) -> Result<&'d [u8], Refusal> {
        let broken = || Refusal::broken("doc");
        let at = u32_at(operand, 0).ok_or_else(broken)?;
        let length = u16_at(self.data, at as usize).filter(|l| *l <= MAX_ARRAY).ok_or_else(broken)?;
        self.spend(usize::from(length))?;
        slice(self.data, at.checked_add(2).ok_or_else(broken)?, u32::from(length)).ok_or_else(broken)
    }
}
