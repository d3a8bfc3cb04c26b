//! What control words mean to a reader of text and tables (specification 1.9.1; those that it does not know are ignored).

use crate::rtf::table::Merged;

/// Where the text of a group goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Into the document.
    Body,
    /// Nowhere, but groups in it may hold text: the instructions of a shape.
    Quiet,
    /// Nowhere but for the runs in it: a formula.
    Formula,
    /// The table of fonts.
    Fonts,
    /// The table of styles.
    Styles,
}

/// The kind of a style: numbers of styles are counted in each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum StyleKind {
    /// `\s`
    Paragraph,
    /// `\cs`
    Character,
}

/// A property of characters that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// `\v`
    Hidden,
    /// `\strike`, `\striked`
    Struck,
    /// `\deleted`, `\mvf`
    Deleted,
    /// `\super`, `\sub`
    Raised,
    /// `\up`, `\dn`: shifted by so many half-points.
    Shifted,
}

/// A control word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// One that does not matter; after `\*` its group is skipped.
    Other,
    /// A group that is no text of the document.
    Skip,
    /// A group whose text goes elsewhere.
    To(Target),
    /// A run of a formula.
    FormulaRun,
    /// A text box.
    Box,
    /// A group that is read although `\*` precedes it: the properties of a nested row.
    NestedProperties,
    /// Text in two forms, the second in Unicode.
    TwoForms,
    /// The second form.
    Unicode,
    /// A character.
    Char(char),
    /// The end of a paragraph.
    Paragraph,
    /// `\u`, `\uc`
    CodeUnit,
    /// How many characters stand in for one of Unicode.
    Fallback,
    /// `\cell`
    Cell,
    /// `\nestcell`
    NestedCell,
    /// `\row`
    Row,
    /// `\nestrow`
    NestedRow,
    /// `\trowd`
    Define,
    /// `\trleft`
    Left,
    /// `\cellx`
    Edge,
    /// `\clmrg`
    JoinsLeft,
    /// `\clvmgf`, `\clvmrg`
    Down(Merged),
    /// `\irow`
    Index,
    /// `\pard`
    Plainly,
    /// `\intbl`
    InTable,
    /// `\itap`
    Depth,
    /// `\plain`
    PlainText,
    /// A property of characters.
    Look(Look),
    /// `\nosupersub`
    OnTheLine,
    /// A style.
    Style(StyleKind),
    /// `\sbasedon`
    BasedOn,
    /// `\f`
    Font,
    /// `\deff`
    DefaultFont,
    /// `\fcharset`
    Charset,
    /// `\cpg` of a font
    FontPage,
    /// `\ansicpg`, `\mac`
    Page,
    /// `\mac`
    Mac,
}

/// What a control word means.
pub(super) fn meaning(name: &[u8]) -> Word {
    use Word::*;
    match name {
        b"par" | b"sect" => Paragraph,
        b"u" => CodeUnit,
        b"uc" => Fallback,
        b"cell" => Cell,
        b"nestcell" => NestedCell,
        b"row" => Row,
        b"nestrow" => NestedRow,
        b"trowd" => Define,
        b"trleft" => Left,
        b"cellx" => Edge,
        b"clmrg" => JoinsLeft,
        b"clvmgf" => Down(Merged::First),
        b"clvmrg" => Down(Merged::Further),
        b"irow" => Index,
        b"pard" => Plainly,
        b"intbl" => InTable,
        b"itap" => Depth,
        b"plain" => PlainText,
        b"f" => Font,
        b"s" => Style(StyleKind::Paragraph),
        b"cs" => Style(StyleKind::Character),
        b"v" | b"webhidden" => Look(self::Look::Hidden),
        b"strike" | b"striked" => Look(self::Look::Struck),
        b"deleted" | b"mvf" => Look(self::Look::Deleted),
        b"super" | b"sub" => Look(self::Look::Raised),
        b"up" | b"dn" => Look(self::Look::Shifted),
        b"nosupersub" => OnTheLine,
        b"sbasedon" => BasedOn,
        b"deff" => DefaultFont,
        b"fcharset" => Charset,
        b"cpg" => FontPage,
        b"ansicpg" => Page,
        b"mac" => Mac,
        b"fonttbl" => To(Target::Fonts),
        b"stylesheet" => To(Target::Styles),
        b"shpinst" | b"do" => To(Target::Quiet),
        b"moMath" | b"moMathPara" => To(Target::Formula),
        b"mr" => FormulaRun,
        b"shptxt" | b"dptxbxtext" => Box,
        b"nesttableprops" => NestedProperties,
        b"upr" => TwoForms,
        b"ud" => Unicode,
        _ => character(name).map_or_else(|| if is_aside(name) { Skip } else { Other }, Char),
    }
}

/// Words that stand for a character.
fn character(name: &[u8]) -> Option<char> {
    Some(match name {
        b"tab" => '\t',
        b"line" | b"lbr" | b"softline" | b"page" | b"softpage" | b"column" | b"softcol" => '\n',
        b"lquote" => '‘',
        b"rquote" => '’',
        b"ldblquote" => '“',
        b"rdblquote" => '”',
        b"bullet" => '•',
        b"endash" => '–',
        b"emdash" => '—',
        b"enspace" => '\u{2002}',
        b"emspace" => '\u{2003}',
        b"qmspace" => '\u{2005}',
        _ => return None,
    })
}

/// Groups that hold what is not text of the document, apart from those that `\*` marks.
fn is_aside(name: &[u8]) -> bool {
    matches!(
        name,
        b"colortbl"
            | b"info"
            | b"listtable"
            | b"listoverridetable"
            | b"filetbl"
            | b"revtbl"
            | b"pict"
            | b"nonshppict"
            | b"shprslt"
            | b"mmathPict"
            | b"objdata"
            | b"objclass"
            | b"objname"
            | b"fldinst"
            | b"fldtype"
            | b"formfield"
            | b"datafield"
            | b"header"
            | b"headerl"
            | b"headerr"
            | b"headerf"
            | b"footer"
            | b"footerl"
            | b"footerr"
            | b"footerf"
            | b"footnote"
            | b"ftnsep"
            | b"ftnsepc"
            | b"ftncn"
            | b"aftnsep"
            | b"aftnsepc"
            | b"aftncn"
            | b"annotation"
            | b"atnid"
            | b"atnauthor"
            | b"atntime"
            | b"atndate"
            | b"atnicn"
            | b"atnref"
            | b"atnparent"
            | b"atrfstart"
            | b"atrfend"
            | b"bkmkstart"
            | b"bkmkend"
            | b"listtext"
            | b"pntext"
            | b"pntxta"
            | b"pntxtb"
            | b"xe"
            | b"rxe"
            | b"tc"
            | b"tcn"
            | b"txe"
            | b"nonesttables"
            | b"private"
            | b"template"
            | b"xmlopen"
            | b"xmlattrname"
            | b"xmlattrvalue"
            | b"generator"
            | b"background"
            | b"themedata"
            | b"datastore"
    )
}

/// Whether a group that begins with `\*` and this word is read all the same.
pub(super) fn is_read_when_starred(word: Word) -> bool {
    matches!(
        word,
        Word::To(_) | Word::Box | Word::NestedProperties | Word::Unicode | Word::Style(_) | Word::FormulaRun | Word::TwoForms
    )
}
