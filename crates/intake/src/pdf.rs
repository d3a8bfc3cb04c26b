//! PDF with a text layer: cells found from lines and the positions of the text.

use crate::document::Document;
use crate::refuse::Refusal;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file.
pub(crate) fn read(_bytes: &[u8]) -> Result<Document, Refusal> {
    Err(Refusal::foreign("PDF文件，请报送可编辑的.docx或网页.html", "a PDF file; send an editable .docx or a web page"))
}
