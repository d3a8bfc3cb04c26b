//! Rich Text Format as programs write it, and as hostile ones do.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;
#[path = "common/print_rtf.rs"]
mod print_rtf;

use common::{docx, forms, read_bytes};
use nianbao_form::{Form, Number};
use nianbao_intake::Status;
use print_rtf::{WRITERS, Writer};

const TITLE: &str = "某某局2022年政府信息公开工作年度报告";

fn form(id: &str) -> &'static Form {
    forms().form(forms().find(id).unwrap())
}

#[test]
fn every_writer_is_read_cell_for_cell() {
    for form in ["2019", "2021"].map(form) {
        let parts = print::parts(form, &|c| (1000 + c.index()).to_string(), false);
        for writer in WRITERS {
            std::fs::write(format!("/tmp/rtfgen/{writer:?}.rtf"), writer.report(TITLE, &parts)).unwrap();
            let receipt = read_bytes("a.rtf", &writer.report(TITLE, &parts));
            assert_eq!((receipt.status, receipt.format.as_str()), (Status::Read, "rtf"), "{writer:?}: {}", receipt.reason);
            let report = &receipt.reports[0];
            assert_eq!((report.agency.as_str(), report.year), ("某某局", 2022), "{writer:?}");
            for cell in &form.cells {
                let v = report.value(*cell);
                assert_eq!(v.number, Number::whole(1000 + cell.index() as i64), "{writer:?} {}: {:?}", forms().id(*cell), v.raw);
            }
            assert!(report.unmapped.is_empty(), "{writer:?}: {:?}", report.unmapped);
            assert_eq!(report.passage("other_matters").unwrap().text, "全年工作有序。", "{writer:?}");
        }
    }
}
