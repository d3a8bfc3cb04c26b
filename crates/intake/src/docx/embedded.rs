//! Documents within a document (`w:altChunk`): Word shows their content where the element stands.

use super::package::Package;
use super::zipped::Room;
use crate::detect::{self, Format, decode};
use crate::document::Document;
use crate::refuse::Refusal;
use crate::{html, mhtml, rtf, text};

/// A document may be embedded so many times over.
const MAX_LEVEL: usize = 2;

/// Reads the document that a relation of a part leads to.
///
/// # Errors
/// One that is not there, lies outside the package, or is of a kind that is not read: none of it may be dropped in silence.
pub(super) fn read(package: &Package<'_>, part: &str, id: &str, level: usize) -> Result<Document, Refusal> {
    let refused = || {
        Refusal::unreadable(
            "文件内嵌有其他文档，无法读取其内容，请在Word中打开后另存为.docx再报送",
            "another document is embedded in the file and cannot be read; open it in Word, save it as .docx and send it anew",
        )
    };
    if level >= MAX_LEVEL {
        return Err(Refusal::too_deep());
    }
    let relations = package.relations(part, &mut Room::default())?;
    let relation = relations.iter().find(|r| r.id == id && !r.external).ok_or_else(refused)?;
    let bytes = package.binary(&relation.target)?.ok_or_else(refused)?;
    let extension = relation.target.rsplit_once('.').map_or("", |(_, e)| e);
    match detect::format(&bytes, &extension.to_lowercase()) {
        Format::Docx => super::read_at(&bytes, level + 1),
        Format::Html => html::read(&decode(&bytes, true)),
        Format::Mhtml => mhtml::read(&bytes),
        Format::Rtf => rtf::read(&bytes),
        Format::Text => text::read(&decode(&bytes, false)),
        Format::Other("empty", _) => Ok(Document::default()),
        _ => Err(refused()),
    }
}
