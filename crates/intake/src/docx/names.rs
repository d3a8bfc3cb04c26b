//! The names of WordprocessingML that matter, whatever prefix a document gives to their namespace.

/// A namespace, in any of the editions that say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// WordprocessingML: transitional, strict, or that of Word 2003.
    Word,
    /// Office 2010's additions to it.
    Word2010,
    /// Formulas.
    Math,
    /// Drawings and pictures.
    Drawing,
    /// Where drawings stand in a text.
    Anchor,
    /// Old drawings.
    Vml,
    /// Markup compatibility: alternatives.
    Compatibility,
    /// A package as one XML file.
    Package,
    /// Annotations of Word 2003: tracked changes.
    Annotation,
    /// Any other.
    Other,
}

impl Space {
    /// The namespace of a name (ECMA-376 part 1 and part 4, ISO/IEC 29500 strict, WordprocessingML 2003).
    pub(super) fn of_uri(uri: &[u8]) -> Space {
        match uri {
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
            | b"http://purl.oclc.org/ooxml/wordprocessingml/main"
            | b"http://schemas.microsoft.com/office/word/2003/wordml" => Space::Word,
            b"http://schemas.microsoft.com/office/word/2010/wordml" => Space::Word2010,
            b"http://schemas.openxmlformats.org/officeDocument/2006/math" | b"http://purl.oclc.org/ooxml/officeDocument/math" => {
                Space::Math
            }
            b"http://schemas.openxmlformats.org/drawingml/2006/main" | b"http://purl.oclc.org/ooxml/drawingml/main" => {
                Space::Drawing
            }
            b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
            | b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing" => Space::Anchor,
            b"urn:schemas-microsoft-com:vml" => Space::Vml,
            b"http://schemas.openxmlformats.org/markup-compatibility/2006" => Space::Compatibility,
            b"http://schemas.microsoft.com/office/2006/xmlPackage" => Space::Package,
            b"http://schemas.microsoft.com/aml/2001/core" => Space::Annotation,
            _ => Space::Other,
        }
    }

    /// What a prefix means that nothing declares: what all writers use it for.
    pub(super) fn by_custom(prefix: &[u8]) -> Space {
        match prefix {
            b"w" => Space::Word,
            b"w14" => Space::Word2010,
            b"m" => Space::Math,
            b"a" => Space::Drawing,
            b"wp" => Space::Anchor,
            b"v" => Space::Vml,
            b"mc" => Space::Compatibility,
            b"pkg" => Space::Package,
            b"aml" => Space::Annotation,
            _ => Space::Other,
        }
    }
}

/// An element that means something to a reader of text and tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// Transparent: what is in it counts, it does not.
    Other,
    // blocks
    Document,
    Body,
    Paragraph,
    Table,
    Row,
    Cell,
    Sdt,
    AltChunk,
    TextBox,
    Note,
    NoteMark,
    Styles,
    // properties
    ParagraphProperties,
    RunProperties,
    CellProperties,
    RowProperties,
    SdtProperties,
    /// Properties and other subtrees that say nothing of text or layout.
    Dropped,
    /// Deleted or moved away.
    Deleted,
    /// An annotation of Word 2003, which may be a deletion.
    Annotated,
    // what a run holds
    Run,
    Text,
    Tab,
    Break,
    Hyphen,
    Symbol,
    FieldMark,
    SimpleField,
    FieldCode,
    FormData,
    Ruby,
    // drawings
    Alternates,
    Choice,
    Fallback,
    Placed,
    Extent,
    Blip,
    Shape,
    ImageData,
    WordArt,
    DrawnParagraph,
    DrawnText,
    // formulas
    Denominator,
    Superior,
    Inferior,
    Radical,
    Delimiter,
    MatrixRow,
    Operand,
}

impl Name {
    /// The name of an element by namespace and local name.
    pub(super) fn of(space: Space, local: &[u8]) -> Name {
        match space {
            Space::Word => Name::word(local),
            Space::Compatibility => match local {
                b"AlternateContent" => Name::Alternates,
                b"Choice" => Name::Choice,
                b"Fallback" => Name::Fallback,
                _ => Name::Other,
            },
            Space::Math => match local {
                b"r" => Name::Run,
                b"t" => Name::Text,
                b"den" => Name::Denominator,
                b"sup" => Name::Superior,
                b"sub" => Name::Inferior,
                b"rad" => Name::Radical,
                b"d" => Name::Delimiter,
                b"mr" | b"eqArr" => Name::MatrixRow,
                b"e" => Name::Operand,
                _ => Name::Other,
            },
            Space::Drawing => match local {
                b"p" => Name::DrawnParagraph,
                b"t" => Name::DrawnText,
                b"blip" => Name::Blip,
                _ => Name::Other,
            },
            Space::Anchor => match local {
                b"inline" | b"anchor" => Name::Placed,
                b"extent" => Name::Extent,
                _ => Name::Other,
            },
            Space::Vml => match local {
                b"shape" | b"rect" | b"roundrect" | b"oval" => Name::Shape,
                b"imagedata" => Name::ImageData,
                b"textpath" => Name::WordArt,
                _ => Name::Other,
            },
            Space::Annotation if local == b"annotation" => Name::Annotated,
            _ => Name::Other,
        }
    }

    fn word(local: &[u8]) -> Name {
        match local {
            b"document" | b"wordDocument" => Name::Document,
            b"body" => Name::Body,
            b"p" => Name::Paragraph,
            b"r" => Name::Run,
            b"t" => Name::Text,
            b"tbl" => Name::Table,
            b"tr" => Name::Row,
            b"tc" => Name::Cell,
            b"pPr" => Name::ParagraphProperties,
            b"rPr" => Name::RunProperties,
            b"tcPr" => Name::CellProperties,
            b"trPr" => Name::RowProperties,
            b"sdt" => Name::Sdt,
            b"sdtPr" => Name::SdtProperties,
            b"tblPr" | b"tblPrEx" | b"tblGrid" | b"sectPr" | b"sdtEndPr" | b"rubyPr" | b"rt" | b"customXmlPr" | b"smartTagPr"
            | b"delText" | b"delInstrText" | b"fonts" | b"lists" | b"docPr" | b"binData" | b"docSuppData" | b"bgPict" => {
                Name::Dropped
            }
            b"del" | b"moveFrom" => Name::Deleted,
            b"tab" | b"ptab" => Name::Tab,
            b"br" | b"cr" => Name::Break,
            b"noBreakHyphen" => Name::Hyphen,
            b"sym" => Name::Symbol,
            b"fldChar" => Name::FieldMark,
            b"fldSimple" => Name::SimpleField,
            b"instrText" => Name::FieldCode,
            b"ffData" => Name::FormData,
            b"ruby" => Name::Ruby,
            b"txbxContent" => Name::TextBox,
            b"altChunk" => Name::AltChunk,
            b"footnote" | b"endnote" => Name::Note,
            b"footnoteReference" | b"endnoteReference" => Name::NoteMark,
            b"styles" => Name::Styles,
            _ => Name::Other,
        }
    }
}

/// Namespaces in scope, and the names that they give, remembered by the bytes of the qualified name.
#[derive(Debug)]
pub(super) struct Names {
    /// Prefix and namespace, innermost last.
    bindings: Vec<(Box<[u8]>, Space)>,
    slots: Vec<Slot>,
    /// Changes whenever names may mean something else than before.
    pub(super) generation: u32,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    bytes: [u8; 24],
    length: u8,
    name: Name,
}

const EMPTY: Slot = Slot { bytes: [0; 24], length: 0, name: Name::Other };
const SLOTS: usize = 256;
/// More bindings in scope than any writer makes, so that looking one up stays cheap.
pub(super) const MAX_BINDINGS: usize = 256;

impl Default for Names {
    fn default() -> Names {
        Names { bindings: Vec::new(), slots: vec![EMPTY; SLOTS], generation: 0 }
    }
}

impl Names {
    /// What a qualified name means here.
    #[inline]
    pub(super) fn name(&mut self, qualified: &[u8]) -> Name {
        let length = qualified.len();
        let (Some(&first), Some(&last)) = (qualified.get(2.min(length.saturating_sub(1))), qualified.last()) else {
            return Name::Other;
        };
        let middle = qualified.get(length / 2).copied().unwrap_or(0);
        let at = (length.wrapping_mul(37) ^ usize::from(first).wrapping_mul(5) ^ usize::from(last).wrapping_mul(11))
            .wrapping_add(usize::from(middle).wrapping_mul(3))
            % SLOTS;
        if let Some(slot) = self.slots.get(at)
            && slot.bytes.get(..usize::from(slot.length)) == Some(qualified)
        {
            return slot.name;
        }
        let (prefix, local) = split(qualified);
        let name = Name::of(self.space(prefix), local);
        if let (Some(slot), true) = (self.slots.get_mut(at), length <= 24) {
            slot.length = length as u8;
            slot.bytes[..length].copy_from_slice(qualified);
            slot.name = name;
        }
        name
    }

    /// The namespace that a prefix (empty for none) stands for.
    pub(super) fn space(&self, prefix: &[u8]) -> Space {
        let declared = self.bindings.iter().rev().find(|b| *b.0 == *prefix);
        declared.map_or_else(|| Space::by_custom(prefix), |b| b.1)
    }

    /// How many bindings are in scope.
    pub(super) fn depth(&self) -> usize {
        self.bindings.len()
    }

    /// Takes a declaration.
    pub(super) fn bind(&mut self, prefix: &[u8], uri: &[u8]) {
        let space = Space::of_uri(uri);
        if self.space(prefix) != space {
            self.changed();
        }
        self.bindings.push((prefix.into(), space));
    }

    /// Forgets all declarations but the outer ones.
    pub(super) fn unbind(&mut self, depth: usize) {
        while self.bindings.len() > depth {
            if let Some((prefix, space)) = self.bindings.pop()
                && self.space(&prefix) != space
            {
                self.changed();
            }
        }
    }

    fn changed(&mut self) {
        self.slots.fill(EMPTY);
        self.generation = self.generation.wrapping_add(1);
    }
}

/// Prefix and local name.
pub(super) fn split(qualified: &[u8]) -> (&[u8], &[u8]) {
    match qualified.iter().position(|b| *b == b':') {
        Some(at) => (&qualified[..at], &qualified[at + 1..]),
        None => (&[], qualified),
    }
}
