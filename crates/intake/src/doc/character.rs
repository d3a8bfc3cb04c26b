//! Properties of characters ([MS-DOC] 2.6.1): what is hidden, deleted, struck out, raised or not text at all.

use super::bytes::{u16_at, u32_at};
use super::sprm::{Prls, op};
use super::styles::Styles;
use crate::refuse::Refusal;

/// Properties of a stretch of characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Character {
    /// Formatted as hidden.
    pub(super) vanish: bool,
    /// Struck out once.
    pub(super) strike: bool,
    /// Struck out twice.
    pub(super) double_strike: bool,
    /// Superscript (1) or subscript (2).
    pub(super) raised: u8,
    /// Hidden on web pages; Word sets it where an outline must not be read twice.
    pub(super) web_hidden: bool,
    /// Deleted while changes were tracked.
    pub(super) deleted: bool,
    /// Not text but a mark for something else.
    pub(super) special: bool,
    /// The character of a symbol font that `(` stands for.
    pub(super) symbol: Option<u16>,
    /// Stands for a picture, by its place in the stream `Data`.
    pub(super) picture: Option<u32>,
    /// The "picture" is data of a form field.
    pub(super) data: bool,
}

impl Character {
    /// Whether the words do not count: nobody sees them, or they are struck out, which is deleted whether or not Word kept
    /// track of it.
    pub(super) fn is_dropped(&self) -> bool {
        self.vanish || self.strike || self.double_strike || self.web_hidden || self.deleted
    }

    /// Puts an array of modifiers over the properties. `style` is what switches refer to that say "as in the style".
    ///
    /// # Errors
    /// A damaged array.
    pub(super) fn apply(&mut self, array: &[u8], style: &Character) -> Result<(), Refusal> {
        let mut prls = Prls(array);
        while let Some((opcode, operand)) = prls.next()? {
            let switch = |of_style: bool| match operand.first() {
                Some(0x80) => of_style,
                Some(0x81) => !of_style,
                on => on.is_some_and(|v| *v != 0),
            };
            match opcode {
                op::C_F_VANISH => self.vanish = switch(style.vanish),
                op::C_F_STRIKE => self.strike = switch(style.strike),
                op::C_F_D_STRIKE => self.double_strike = switch(style.double_strike),
                op::C_F_WEB_HIDDEN => self.web_hidden = switch(style.web_hidden),
                op::C_F_R_MARK_DEL => self.deleted = switch(false),
                op::C_F_SPEC => self.special = switch(false),
                op::C_F_DATA => self.data = switch(false),
                op::C_ISS => self.raised = operand.first().copied().unwrap_or(0),
                op::C_SYMBOL => (self.symbol, self.special) = (u16_at(operand, 2), true),
                op::C_PIC_LOCATION => (self.picture, self.special) = (u32_at(operand, 0), true),
                op::C_DEFAULT => (self.vanish, self.strike) = (false, false),
                op::C_PLAIN => {
                    let Character { deleted, special, symbol, picture, data, .. } = *self;
                    *self = Character { deleted, special, symbol, picture, data, ..*style };
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The character style that an array names.
///
/// # Errors
/// A damaged array.
pub(super) fn style_of(array: &[u8]) -> Result<Option<u16>, Refusal> {
    let (mut prls, mut style) = (Prls(array), None);
    while let Some((opcode, operand)) = prls.next()? {
        if opcode == op::C_ISTD {
            style = u16_at(operand, 0);
        }
    }
    Ok(style)
}

/// Properties by style, own array, and array of the piece, in this order ([MS-DOC] 2.4.6.2).
///
/// # Errors
/// A damaged array.
pub(super) fn resolve(styles: &Styles, paragraph: u16, own: &[u8], of_piece: Option<&[u8]>) -> Result<Character, Refusal> {
    let mut style = styles.get(paragraph);
    if styles.any
        && let Some(name) = style_of(own)?
    {
        style = style.over(&styles.get(name));
    }
    let mut character = style;
    character.apply(own, &style)?;
    if let Some(array) = of_piece {
        character.apply(array, &style)?;
    }
    Ok(character)
}

impl Character {
    /// A character style over a paragraph's.
    fn over(self, style: &Character) -> Character {
        Character {
            vanish: self.vanish || style.vanish,
            strike: self.strike || style.strike,
            double_strike: self.double_strike || style.double_strike,
            raised: if style.raised != 0 { style.raised } else { self.raised },
            web_hidden: self.web_hidden || style.web_hidden,
            ..Character::default()
        }
    }
}
