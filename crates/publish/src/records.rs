//! What `decide` appends.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::PublishError;

/// One line of `decisions.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Key of the finding.
    pub key: String,
    /// `confirmed`, `explained` or `waived`.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When, `2025-02-14`.
    pub date: String,
}

/// Appends a decision; the file is made, with its head, where there is none. The line goes in with a single write under
/// a lock, and is on disk when the function returns.
///
/// # Errors
/// The file cannot be opened, locked or written.
pub fn append_decision(path: &Path, line: &Decision) -> Result<(), PublishError> {
    let open = File::options().create(true).read(true).append(true).open(path);
    let mut file = open.map_err(PublishError::io(path, "cannot be opened for writing"))?;
    let failed = || PublishError::io(path, "the decision cannot be written");
    file.lock().map_err(failed())?;
    let end = file.seek(SeekFrom::End(0)).map_err(failed())?;
    let mut text = Vec::new();
    if end == 0 {
        text.extend_from_slice(b"key,decision,reason,by,date\n");
    } else {
        let mut last = [0u8];
        file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).map_err(failed())?;
        if last != *b"\n" {
            text.push(b'\n');
        }
    }
    let mut writer = csv::Writer::from_writer(text);
    let fields = [&line.key, &line.decision, &line.reason, &line.by, &line.date];
    writer.write_record(fields).map_err(PublishError::make("decisions.csv"))?;
    let text = writer.into_inner().map_err(|e| PublishError::make("decisions.csv")(e.into_error()))?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn decisions_are_appended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("decisions.csv");
        let line = |key: &str| Decision {
            key: key.into(),
            decision: "explained".into(),
            reason: "系“三合一”，\n属实".into(),
            by: "王".into(),
            date: "2025-02-14".into(),
        };
        append_decision(&path, &line("a")).unwrap();
        // A person's editor may drop the last line's end.
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.trim_end()).unwrap();
        append_decision(&path, &line("b")).unwrap();
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let keys: Vec<_> = reader.records().map(|r| r.unwrap()[0].to_owned()).collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(reader.headers().unwrap(), vec!["key", "decision", "reason", "by", "date"]);
    }
}
