//! Workbooks (.xlsx, .xls, .ods, .et): sheets that carry the labels of a form, or normalised rows.

use crate::document::Document;
use crate::refuse::Refusal;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file.
pub(crate) fn read(_bytes: &[u8]) -> Result<Document, Refusal> {
    Err(Refusal::foreign(
        "Excel工作簿，请改报.docx，或导出为归集数据.csv",
        "an Excel workbook; send a .docx, or normalised cells as .csv",
    ))
}
