//! Single-file web pages (.mht): the page inside the MIME message.

use crate::document::Document;
use crate::refuse::Refusal;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file.
pub(crate) fn read(_bytes: &[u8]) -> Result<Document, Refusal> {
    Err(Refusal::foreign(
        "单一文件网页（.mht），请另存为.docx后重新报送",
        "a single-file web page (.mht); save it as .docx and send it anew",
    ))
}
