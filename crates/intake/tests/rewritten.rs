//! The real reports of `shared/`, rewritten by LibreOffice into every container that it writes: every cell of their gold is
//! right or said to be unread. Web pages are rewritten as they are; of the other documents, the tables that gold tells.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{forms, read_file, shared};
use nianbao_form::State;

const REPORTS: [(&str, &str); 7] = [
    ("hongze-2023", "2021"),
    ("pingtan-2019", "2019"),
    ("pingtan-2020", "2019"),
    ("pingtan-2021", "2021"),
    ("pingtan-czj-2020", "2019"),
    ("shanghai-office-2025", "2021"),
    ("shuyang-fgj-2023", "2021"),
];

type Gold = BTreeMap<String, (String, String)>;

fn gold(name: &str) -> Option<Gold> {
    let path = shared(&format!("real/reports/gold/{name}.csv"))?;
    let mut reader = csv::Reader::from_path(path).unwrap();
    Some(reader.records().map(Result::unwrap).map(|r| (r[0].to_owned(), (r[1].to_owned(), r[2].to_owned()))).collect())
}

/// The page that is rewritten: the document itself if it is one, else the official form with the figures of gold.
fn page(name: &str, form: &str, gold: &Gold) -> String {
    let path = shared(&format!("real/reports/documents/{name}.html"));
    if let Some(text) = path.and_then(|p| std::fs::read_to_string(p).ok()) {
        return text;
    }
    let form = forms().iter().find(|(_, f)| f.id == form).unwrap().1;
    let value = |cell| gold.get(forms().id(cell)).map(|v| v.0.clone()).unwrap_or_default();
    let year = &name[name.len() - 4..];
    print::html(&format!("某局{year}年政府信息公开工作年度报告"), &print::parts(form, &value, false), &print::html_spans)
        .replace("<table>", "<table border=\"1\">")
}

struct Office {
    folder: PathBuf,
}

impl Office {
    fn start() -> Option<Office> {
        if Command::new("soffice").arg("--version").output().is_err() {
            eprintln!("SKIPPED: soffice (LibreOffice) is not installed");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("nianbao-rewritten-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Some(Office { folder })
    }

    /// Converts a file; `how` is what LibreOffice calls the way in, if the file's name does not tell.
    fn convert(&self, file: &Path, to: &str, how: Option<&str>) -> PathBuf {
        let mut command = Command::new("soffice");
        command.arg("--headless").arg(format!("-env:UserInstallation=file://{}/profile", self.folder.display()));
        command.args(how.map(|h| format!("--infilter={h}"))).args(["--convert-to", to, "--outdir"]).arg(&self.folder).arg(file);
        let run = command.output().unwrap();
        let made = self.folder.join(file.with_extension(to.split(':').next().unwrap()).file_name().unwrap());
        assert!(made.is_file(), "soffice {to}: {}", String::from_utf8_lossy(&run.stderr));
        made
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn real_reports_in_every_container() {
    let Some(office) = Office::start() else { return };
    let (mut right, mut wrong, mut unread) = (0, Vec::new(), Vec::new());
    for (name, form) in REPORTS {
        let Some(gold) = gold(name) else { return };
        let web = office.folder.join(format!("{name}.html"));
        std::fs::write(&web, page(name, form, &gold)).unwrap();
        let is_page = shared(&format!("real/reports/documents/{name}.html")).is_some();
        let text = office.convert(&web, "odt:writer8", Some("HTML (StarWriter)"));
        let book = office.convert(&web, "xlsx", Some("calc_HTML_WebQuery"));
        let mut files = vec![text.clone(), book.clone()];
        files.extend(["docx", "doc", "rtf", "pdf"].map(|to| office.convert(&text, to, None)));
        files.extend(["xls", "ods"].map(|to| office.convert(&book, to, None)));
        for file in files {
            let kind = file.extension().unwrap().to_string_lossy().into_owned();
            let receipt = read_file(&file);
            let report = receipt.reports.first();
            for (id, (value, state)) in &gold {
                let cell = forms().cell(id).unwrap();
                // Rows of the other generation are not in the form that is printed.
                if !is_page && forms().iter().find(|(_, f)| f.id == form).unwrap().1.def(cell).is_none() {
                    continue;
                }
                let state = if !is_page && value.is_empty() { "blank" } else { state };
                let found = report.map(|r| r.value(cell).clone()).unwrap_or_default();
                let number = found.number.map(|n| n.to_string()).unwrap_or_default();
                if found.state.as_str() == state && (state != "number" || number == *value) {
                    right += 1;
                } else {
                    let line =
                        format!("{name}.{kind} {id}: {value} {state}, read {} {number} {}", found.state.as_str(), receipt.reason);
                    if matches!(found.state, State::Text | State::Absent) { unread.push(line) } else { wrong.push(line) }
                }
            }
        }
    }
    eprintln!("rewritten: {right} right, {} wrong, {} unread\n{}", wrong.len(), unread.len(), unread.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unread.len() * 1000 <= right, "more than 0.1 % unread");
}
