//! Rich Text Format.

use crate::document::Document;
use crate::refuse::Refusal;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file.
pub(crate) fn read(_bytes: &[u8]) -> Result<Document, Refusal> {
    Err(Refusal::foreign("RTF文件，请另存为.docx后重新报送", "an RTF file; save it as .docx and send it anew"))
}
