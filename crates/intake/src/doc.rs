//! Word 97–2003 binary documents (.doc): compound file, piece table, table properties.

use crate::document::Document;
use crate::refuse::Refusal;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file.
pub(crate) fn read(_bytes: &[u8]) -> Result<Document, Refusal> {
    Err(Refusal::foreign(
        "旧版Word文件（.doc），请另存为.docx后重新报送",
        "an old Word file (.doc); save it as .docx and send it anew",
    ))
}
