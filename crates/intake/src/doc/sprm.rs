//! Single property modifiers ([MS-DOC] 2.2.5, 2.6): an opcode with its operand.

use super::bytes::u16_at;
use super::inconsistent;
use crate::refuse::Refusal;

/// Opcodes that matter here; the names are those of [MS-DOC] 2.6.1 (characters), 2.6.2 (paragraphs), 2.6.3 (tables).
pub(super) mod op {
    pub(crate) const C_F_R_MARK_DEL: u16 = 0x0800;
    pub(crate) const C_F_DATA: u16 = 0x0806;
    pub(crate) const C_F_OLE2: u16 = 0x080A;
    pub(crate) const C_F_WEB_HIDDEN: u16 = 0x0811;
    pub(crate) const C_F_STRIKE: u16 = 0x0837;
    pub(crate) const C_F_VANISH: u16 = 0x083C;
    pub(crate) const C_F_SPEC: u16 = 0x0855;
    pub(crate) const C_DEFAULT: u16 = 0x2A32;
    pub(crate) const C_PLAIN: u16 = 0x2A33;
    pub(crate) const C_ISS: u16 = 0x2A48;
    pub(crate) const C_F_D_STRIKE: u16 = 0x2A53;
    pub(crate) const C_ISTD: u16 = 0x4A30;
    pub(crate) const C_PIC_LOCATION: u16 = 0x6A03;
    pub(crate) const C_SYMBOL: u16 = 0x6A09;

    pub(crate) const P_F_IN_TABLE: u16 = 0x2416;
    pub(crate) const P_F_TTP: u16 = 0x2417;
    pub(crate) const P_F_INNER_TABLE_CELL: u16 = 0x244B;
    pub(crate) const P_F_INNER_TTP: u16 = 0x244C;
    /// Word 97's number of [`P_HUGE_PAPX`].
    pub(crate) const P_HUGE_PAPX_97: u16 = 0x6645;
    pub(crate) const P_HUGE_PAPX: u16 = 0x6646;
    pub(crate) const P_ITAP: u16 = 0x6649;
    pub(crate) const P_DTAP: u16 = 0x664A;
    pub(crate) const P_TABLE_PROPS: u16 = 0x646B;
    pub(crate) const P_CHG_TABS: u16 = 0xC615;

    pub(crate) const T_F_NO_ALLOW_OVERLAP: u16 = 0x3465;
    pub(crate) const T_PC: u16 = 0x360D;
    pub(crate) const T_F_BI_DI: u16 = 0x560B;
    pub(crate) const T_F_BI_DI_90: u16 = 0x5664;
    pub(crate) const T_DELETE: u16 = 0x5622;
    pub(crate) const T_MERGE: u16 = 0x5624;
    pub(crate) const T_SPLIT: u16 = 0x5625;
    pub(crate) const T_ISTD: u16 = 0x563A;
    pub(crate) const T_IPGP: u16 = 0x7469;
    pub(crate) const T_INSERT: u16 = 0x7621;
    pub(crate) const T_DXA_COL: u16 = 0x7623;
    pub(crate) const T_DXA_ABS: u16 = 0x940E;
    pub(crate) const T_DYA_ABS: u16 = 0x940F;
    pub(crate) const T_DXA_FROM_TEXT: u16 = 0x9410;
    pub(crate) const T_DYA_FROM_TEXT: u16 = 0x9411;
    pub(crate) const T_DXA_LEFT: u16 = 0x9601;
    pub(crate) const T_DXA_GAP_HALF: u16 = 0x9602;
    pub(crate) const T_DXA_FROM_TEXT_RIGHT: u16 = 0x941E;
    pub(crate) const T_DYA_FROM_TEXT_BOTTOM: u16 = 0x941F;
    pub(crate) const T_DEF_TABLE: u16 = 0xD608;
    pub(crate) const T_VERT_MERGE: u16 = 0xD62B;
    pub(crate) const T_WIDTH_BEFORE: u16 = 0xF617;
}

/// Which kind of property an opcode changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A paragraph.
    Paragraph,
    /// Characters.
    Character,
    /// A table row.
    Table,
    /// Pictures, sections, nonsense.
    Other,
}

/// The kind of an opcode.
pub(super) fn kind(opcode: u16) -> Kind {
    match opcode >> 10 & 7 {
        1 => Kind::Paragraph,
        2 => Kind::Character,
        5 => Kind::Table,
        _ => Kind::Other,
    }
}

/// A modifier: opcode and operand, the operand without its own length.
pub(super) type Prl<'a> = (u16, &'a [u8]);

/// The modifiers of an array of them (grpprl).
pub(super) struct Prls<'a>(pub(super) &'a [u8]);

impl<'a> Prls<'a> {
    /// The next modifier, `None` at the end. What is left at the end may be zeros, which fill the array to an even length.
    ///
    /// # Errors
    /// An operand that the array does not hold: what follows a damaged one would be read at a wrong place.
    pub(super) fn next(&mut self) -> Result<Option<Prl<'a>>, Refusal> {
        let rest = self.0;
        let Some(opcode) = u16_at(rest, 0) else { return Ok(None) };
        if opcode == 0 && rest.iter().all(|b| *b == 0) {
            return Ok(None);
        }
        let Some((skip, length)) = operand(opcode, rest) else { return Err(damaged()) };
        let operand = rest.get(2 + skip..2 + skip + length).ok_or_else(damaged)?;
        self.0 = &rest[2 + skip + length..];
        Ok(Some((opcode, operand)))
    }
}

/// Bytes of the operand's own length, and bytes of the operand after them.
fn operand(opcode: u16, rest: &[u8]) -> Option<(usize, usize)> {
    Some(match opcode >> 13 {
        0 | 1 => (0, 1),
        2 | 4 | 5 => (0, 2),
        3 => (0, 4),
        7 => (0, 3),
        // The length counts one byte more than follow it ([MS-DOC] 2.9.321).
        _ if opcode == op::T_DEF_TABLE => (2, usize::from(u16_at(rest, 2)?).checked_sub(1)?),
        _ => match usize::from(*rest.get(2)?) {
            // Too many tab stops for a length of one byte: counted instead ([MS-DOC] 2.9.182).
            255 if opcode == op::P_CHG_TABS => {
                let deleted = 4 * usize::from(*rest.get(3)?);
                let added = 3 * usize::from(*rest.get(4 + deleted)?);
                (1, 2 + deleted + added)
            }
            length => (1, length),
        },
    })
}

fn damaged() -> Refusal {
    inconsistent("a formatting record is cut off")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn operands_have_their_lengths() {
        let mut tabs = vec![0x15, 0xC6, 255, 1, 9, 9, 9, 9, 2];
        tabs.extend([7; 6]);
        let all = [
            &[0x3C, 0x08, 1][..],
            &[0x08, 0xD6, 3, 0, 5, 6],
            &tabs,
            &[0x2B, 0xD6, 2, 4, 3],
            &[0x49, 0x66, 1, 0, 0, 0],
            &[0, 0, 0],
        ]
        .concat();
        let mut prls = Prls(&all);
        let mut found = Vec::new();
        while let Some((opcode, operand)) = prls.next().unwrap() {
            found.push((opcode, operand.len()));
        }
        assert_eq!(
            found,
            [(op::C_F_VANISH, 1), (op::T_DEF_TABLE, 2), (op::P_CHG_TABS, 12), (op::T_VERT_MERGE, 2), (op::P_ITAP, 4)]
        );
        // A single byte left over is no modifier.
        let ends = [3, 9, 24, 29, 35];
        for cut in (0..35).filter(|cut| !ends.iter().any(|e| [*e, e + 1].contains(cut)) && *cut > 1) {
            let mut prls = Prls(&all[..cut]);
            assert!(std::iter::from_fn(|| prls.next().transpose()).any(|p| p.is_err()), "{cut}");
        }
    }
}
