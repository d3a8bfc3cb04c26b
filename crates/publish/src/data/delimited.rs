//! The one way in which CSV is written: nothing in it runs as a formula, and what lies under `data/` opens in Excel.

use std::io::Write;

use nianbao_form::spreadsheet::as_text;

use crate::PublishError;
use crate::files::FileOut;

/// Without it Excel takes a file for the system's code page, and Chinese is garbled. Programs that read CSV skip it.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One row.
pub(super) fn record<W: Write, S: AsRef<str>>(writer: &mut csv::Writer<W>, fields: &[S]) -> Result<(), PublishError> {
    let safe = fields.iter().map(|f| as_text(f.as_ref()));
    // `AsRef<[u8]>` of a `Cow<str>` goes by way of `str`.
    safe.into_iter().try_for_each(|f| writer.write_field(f.as_bytes())).map_err(PublishError::make("csv"))?;
    writer.write_record(None::<&[u8]>).map_err(PublishError::make("csv"))
}

/// A file of the edition: a head and its rows.
pub(crate) fn table<S: AsRef<str>>(
    path: &str,
    head: &[&str],
    rows: impl Iterator<Item = Vec<S>>,
) -> Result<FileOut, PublishError> {
    let mut writer = csv::Writer::from_writer(BOM.to_vec());
    record(&mut writer, head)?;
    for row in rows {
        record(&mut writer, &row)?;
    }
    let bytes = writer.into_inner().map_err(|e| PublishError::make(path)(e.into_error()))?;
    Ok(FileOut::new(path, bytes))
}
