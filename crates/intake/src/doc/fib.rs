//! The file information block ([MS-DOC] 2.5): what stands where.

use super::bytes::{slice, u16_at, u32_at};
use crate::refuse::Refusal;

/// `wIdent` of Word 97 and later. Word 6 and 95 have `0xA5DC`, older ones others.
const WORD_97: u16 = 0xA5EC;
/// The last `nFib` of Word 95.
const LAST_OF_WORD_95: u16 = 105;

/// Parts of the table stream, as indices into `FibRgFcLcb97` ([MS-DOC] 2.5.6).
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// Style sheet (STSH).
    Styles = 1,
    /// Where the pages of character properties stand (PlcBteChpx).
    CharacterPages = 12,
    /// Where the pages of paragraph properties stand (PlcBtePapx).
    ParagraphPages = 13,
    /// The piece table (Clx).
    Pieces = 33,
    /// Anchors of drawn shapes in the main text (PlcSpaMom).
    Shapes = 40,
    /// Drawings, among them all floating pictures (DggInfo, OfficeArtContent).
    Drawings = 50,
    /// Bounds of the text boxes in their story (PlcftxbxTxt).
    TextBoxes = 56,
}

/// Lengths of the stories in characters; they stand one after the other ([MS-DOC] 2.3).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lengths {
    /// The main text.
    pub(super) main: u32,
    /// Footnotes, headers, comments, endnotes: what stands before the text boxes.
    pub(super) between: u32,
    /// Text boxes of the main text.
    pub(super) boxes: u32,
}

/// What of the block matters here.
#[derive(Debug)]
pub(super) struct Fib<'w> {
    /// `0Table` or `1Table`.
    pub(super) table: &'static str,
    /// Lengths of the stories.
    pub(super) lengths: Lengths,
    pairs: &'w [u8],
}

impl<'w> Fib<'w> {
    /// Reads the block from the start of the stream `WordDocument`.
    ///
    /// # Errors
    /// Broken, encrypted, or of a Word before 97.
    pub(super) fn read(word: &'w [u8]) -> Result<Fib<'w>, Refusal> {
        let broken = || Refusal::broken("doc");
        let at = |at| u16_at(word, at).ok_or_else(broken);
        let (ident, version, flags) = (at(0)?, at(2)?, at(10)?);
        if ident != WORD_97 || version <= LAST_OF_WORD_95 {
            // The second byte is the same in all of them.
            return Err(if ident >> 8 == 0xA5 { before_97() } else { broken() });
        }
        if is_encrypted(word) {
            return Err(encrypted());
        }
        let longs = 34 + 2 * usize::from(at(32)?) + 2;
        let count = usize::from(at(longs - 2)?);
        let pairs = longs + 4 * count + 2;
        let length = 8 * usize::from(at(pairs - 2)?);
        let story = |i: usize| -> Result<u32, Refusal> {
            let length = if i < count { u32_at(word, longs + 4 * i).ok_or_else(broken)? } else { 0 };
            // Lengths are signed; a negative one is nonsense.
            if length > i32::MAX as u32 { Err(broken()) } else { Ok(length) }
        };
        // ccpText, ccpFtn, ccpHdd, (unused), ccpAtn, ccpEdn, ccpTxbx: [MS-DOC] 2.5.4.
        let mut between = 0u32;
        for i in [4, 5, 7, 8] {
            between = between.checked_add(story(i)?).ok_or_else(broken)?;
        }
        let lengths = Lengths { main: story(3)?, between, boxes: story(9)? };
        let pairs = word.get(pairs..pairs + length).ok_or_else(broken)?;
        Ok(Fib { table: if flags & 1 << 9 == 0 { "0Table" } else { "1Table" }, lengths, pairs })
    }

    /// A part of the table stream; empty where the file has none.
    ///
    /// # Errors
    /// A part that reaches beyond the stream.
    pub(super) fn part<'t>(&self, table: &'t [u8], part: Part) -> Result<&'t [u8], Refusal> {
        let at = 8 * part as usize;
        match (u32_at(self.pairs, at), u32_at(self.pairs, at + 4)) {
            (Some(start), Some(length)) if length > 0 => slice(table, start, length).ok_or_else(|| Refusal::broken("doc")),
            _ => Ok(&[]),
        }
    }
}

/// Whether the document is encrypted or obfuscated, by the start of the stream `WordDocument`, which is never encrypted itself.
pub(crate) fn is_encrypted(word: &[u8]) -> bool {
    u16_at(word, 0) == Some(WORD_97) && u16_at(word, 10).is_some_and(|flags| flags & 1 << 8 != 0)
}

fn encrypted() -> Refusal {
    Refusal::unreadable("文件已加密，请取消密码后重新报送", "the file is encrypted; remove the password and send it anew")
}

fn before_97() -> Refusal {
    Refusal::unreadable(
        "Word 95或更早版本的文件，请用Word或WPS另存为.docx后重新报送",
        "a document of Word 95 or older; save it as .docx and send it anew",
    )
}
