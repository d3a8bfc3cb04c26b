//! Names of elements and of the attributes that the reader looks at.

/// A name of up to eight letters as a number, so that names are compared at once; letters in lower case.
const fn packed(name: &[u8]) -> u64 {
    let (mut out, mut i) = (0u64, 0);
    while i < name.len() {
        // A digit or a colon has this bit already.
        out = out << 8 | (name[i] | 0x20) as u64;
        i += 1;
    }
    out
}

macro_rules! names {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident $name:literal)* } longer { $($long:ident $long_name:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub(crate) enum $kind { Other, $($variant,)* $($long,)* }

        impl $kind {
            /// The name written so, in letters of either case.
            pub(crate) fn of(name: &[u8]) -> $kind {
                if name.len() <= 8 {
                    let key = packed(name);
                    $(if key == const { packed($name) } { return $kind::$variant; })*
                } else {
                    $(if name.eq_ignore_ascii_case($long_name) { return $kind::$long; })*
                }
                $kind::Other
            }

            /// The name in lower case; empty for [`Self::Other`]. Asked of elements alone.
            #[allow(dead_code)]
            pub(crate) fn name(self) -> &'static [u8] {
                match self {
                    $kind::Other => b"",
                    $($kind::$variant => $name,)*
                    $($kind::$long => $long_name,)*
                }
            }
        }
    };
}

names! {
    /// The elements that the standard or this reader treats in a way of their own.
    Tag {
        A b"a" Address b"address" Applet b"applet" Area b"area" Article b"article" Aside b"aside" Audio b"audio" B b"b" Base b"base"
        Basefont b"basefont" Bgsound b"bgsound" Big b"big" Body b"body" Br b"br" Button b"button" Canvas b"canvas" Caption b"caption"
        Center b"center" Code b"code" Col b"col" Colgroup b"colgroup" Datalist b"datalist" Dd b"dd" Del b"del" Desc b"desc"
        Details b"details" Dialog b"dialog" Dir b"dir" Div b"div" Dl b"dl" Dt b"dt" Em b"em" Embed b"embed" Fieldset b"fieldset"
        Figure b"figure" Font b"font" Footer b"footer" Form b"form" Frame b"frame" Frameset b"frameset" H1 b"h1" H2 b"h2" H3 b"h3"
        H4 b"h4" H5 b"h5" H6 b"h6" Head b"head" Header b"header" Hgroup b"hgroup" Hr b"hr" Html b"html" I b"i" Iframe b"iframe"
        Image b"image" Img b"img" Input b"input" Keygen b"keygen" Li b"li" Link b"link" Listing b"listing" Main b"main"
        Malignmark b"malignmark" Marquee b"marquee" Math b"math" Menu b"menu" Meta b"meta" Meter b"meter" Mglyph b"mglyph" Mi b"mi"
        Mn b"mn" Mo b"mo" Ms b"ms" Mtext b"mtext" Nav b"nav" Nobr b"nobr" Noembed b"noembed" Noframes b"noframes"
        Noscript b"noscript" Object b"object" Ol b"ol" Optgroup b"optgroup" Option b"option" P b"p" Param b"param" Pre b"pre"
        Progress b"progress" Rb b"rb" Rp b"rp" Rt b"rt" Rtc b"rtc" Ruby b"ruby" S b"s" Script b"script" Search b"search"
        Section b"section" Select b"select" Small b"small" Source b"source" Span b"span" Strike b"strike" Strong b"strong"
        Style b"style" Sub b"sub" Summary b"summary" Sup b"sup" Svg b"svg" Table b"table" Tbody b"tbody" Td b"td"
        Template b"template" Textarea b"textarea" Tfoot b"tfoot" Th b"th" Thead b"thead" Title b"title" Tr b"tr" Track b"track"
        Tt b"tt" U b"u" Ul b"ul" Var b"var" Video b"video" Wbr b"wbr" Xml b"xml" Xmp b"xmp"
    }
    longer {
        AnnotationXml b"annotation-xml" Blockquote b"blockquote" Figcaption b"figcaption" ForeignObject b"foreignobject"
        Plaintext b"plaintext"
    }
}

names! {
    /// The attributes that the reader looks at; all others are passed over.
    Name {
        Charset b"charset" Class b"class" Colspan b"colspan" Color b"color" Content b"content" Encoding b"encoding" Face b"face" Height b"height" Hidden b"hidden"
        Href b"href" Id b"id" Media b"media" Multiple b"multiple" Called b"name" Open b"open" Rel b"rel" Rowspan b"rowspan" Selected b"selected"
        Size b"size" Src b"src" Srcdoc b"srcdoc" Style b"style" Type b"type" Value b"value"
    }
    longer { HttpEquiv b"http-equiv" }
}

impl Tag {
    /// "Special" elements of the standard: what stops the search for an element to close.
    pub(crate) fn is_special(self) -> bool {
        use Tag::*;
        matches!(
            self,
            Address
                | Applet
                | Area
                | Article
                | Aside
                | Base
                | Basefont
                | Bgsound
                | Blockquote
                | Body
                | Br
                | Button
                | Caption
                | Center
                | Col
                | Colgroup
                | Dd
                | Details
                | Dir
                | Div
                | Dl
                | Dt
                | Embed
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | Frame
                | Frameset
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Head
                | Header
                | Hgroup
                | Hr
                | Html
                | Iframe
                | Img
                | Input
                | Keygen
                | Li
                | Link
                | Listing
                | Main
                | Marquee
                | Menu
                | Meta
                | Nav
                | Noembed
                | Noframes
                | Noscript
                | Object
                | Ol
                | P
                | Param
                | Plaintext
                | Pre
                | Script
                | Search
                | Section
                | Select
                | Source
                | Style
                | Summary
                | Table
                | Tbody
                | Td
                | Template
                | Textarea
                | Tfoot
                | Th
                | Thead
                | Title
                | Tr
                | Track
                | Ul
                | Wbr
                | Xmp
        )
    }

    /// What bounds an element's scope.
    pub(crate) fn is_scope(self) -> bool {
        use Tag::*;
        matches!(self, Applet | Caption | Html | Table | Td | Th | Marquee | Object | Select | Template)
    }

    /// Elements whose end tag may be left out.
    pub(crate) fn is_implied_end(self) -> bool {
        use Tag::*;
        matches!(self, Dd | Dt | Li | Optgroup | Option | P | Rb | Rp | Rt | Rtc)
    }

    /// Elements that go on in the next block if they were not closed.
    pub(crate) fn is_formatting(self) -> bool {
        use Tag::*;
        matches!(self, A | B | Big | Code | Em | Font | I | Nobr | S | Small | Strike | Strong | Tt | U)
    }

    /// Headings.
    pub(crate) fn is_heading(self) -> bool {
        use Tag::*;
        matches!(self, H1 | H2 | H3 | H4 | H5 | H6)
    }

    /// A table and its parts between table and cell.
    pub(crate) fn is_table_frame(self) -> bool {
        use Tag::*;
        matches!(self, Table | Tbody | Tfoot | Thead | Tr)
    }

    /// Elements that are set on lines of their own.
    pub(crate) fn is_block(self) -> bool {
        use Tag::*;
        matches!(
            self,
            P | Div
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Li
                | Ul
                | Ol
                | Section
                | Article
                | Header
                | Footer
                | Nav
                | Aside
                | Main
                | Body
                | Html
                | Head
                | Caption
                | Blockquote
                | Pre
                | Listing
                | Xmp
                | Plaintext
                | Dl
                | Dt
                | Dd
                | Form
                | Fieldset
                | Center
                | Hr
                | Address
                | Title
                | Figure
                | Figcaption
                | Details
                | Summary
                | Dialog
                | Dir
                | Menu
                | Hgroup
                | Search
                | Optgroup
                | Option
                | Marquee
                | Frameset
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_either_case() {
        for name in ["td", "TD", "h1", "H1", "blockquote", "BlockQuote", "annotation-xml"] {
            assert_eq!(Tag::of(name.as_bytes()).name(), name.to_ascii_lowercase().as_bytes());
        }
        for name in ["o:p", "t", "tdx", "st1:chsdate", ""] {
            assert_eq!(Tag::of(name.as_bytes()), Tag::Other, "{name}");
        }
        assert_eq!(Name::of(b"colSpan"), Name::Colspan);
    }
}
