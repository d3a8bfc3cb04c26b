//! The forms that the program carries, against the official list of cells and against what a form must satisfy.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};

use nianbao_form::{Forms, Layout, Number, Place, Report, Value};

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !path.is_dir() {
        eprintln!("SKIPPED: shared/ not found beside the checkout; the official list of cells is not compared");
        return None;
    }
    Some(path)
}

/// Ids, printed tables, items, rows, columns and units, in order.
#[test]
fn cells_are_those_of_the_official_list() {
    let Some(shared) = shared() else { return };
    let forms = Forms::built_in();
    for id in ["2019", "2021"] {
        let form = forms.form(forms.find(id).unwrap());
        let mut reader = csv::Reader::from_path(shared.join(format!("forms/cells-{id}.csv"))).unwrap();
        let want: Vec<[String; 6]> = reader.deserialize().map(Result::unwrap).collect();
        let got: Vec<[String; 6]> = form
            .cells
            .iter()
            .map(|&cell| {
                let def = form.def(cell).unwrap();
                let block = &form.blocks[def.block];
                let (row, column) = (&block.rows[def.row].label, &block.columns[def.column].label);
                [def.id.clone(), block.table.clone(), block.item.clone(), row.join("/"), column.join("/"), def.unit.clone()]
            })
            .collect();
        for (got, want) in got.iter().zip(&want) {
            assert_eq!(got, want, "form {id}");
        }
        assert_eq!(got.len(), want.len(), "form {id}");
    }
}

#[test]
fn forms_are_sound_and_their_redundancy_is_known() {
    // The built-in forms are loaded without the proof by linear programming; here it is done for them too.
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut forms = Forms::empty();
    for name in ["forms/2019.toml", "forms/2021.toml", "../../data/forms/us-foia.toml"] {
        let path = dir.join(name);
        let ix = forms.add(&path, &std::fs::read_to_string(&path).unwrap(), true).unwrap();
        let form = forms.form(ix);
        let (identities, rank) = (form.identities.len(), form.rank());
        match form.id.as_str() {
            "2019" => assert_eq!((form.cells.len(), identities, rank), (198, 40, 38)),
            "2021" => assert_eq!((form.cells.len(), identities, rank), (200, 42, 40)),
            _ => assert_eq!((form.cells.len(), identities, rank), (32, 7, 7)),
        }
        for block in &form.blocks {
            assert_eq!(block.cells.len(), block.rows.len() * block.columns.len());
            assert_eq!(block.layout == Layout::Line, block.id == "review");
        }
    }
}

/// A row that a 2021 report prints in the way of 2019 takes the place of the three rows of 2021 in every identity.
#[test]
fn rows_of_the_other_generation_stand_in() {
    let forms = Forms::built_in();
    let form = forms.find("2021").unwrap();
    assert_eq!(forms.form(form).alternates.len(), 7);
    let mut report = Report::new(forms, "x", "某局", 2023, form);
    let whole = forms.cell("requests.other.total").unwrap();
    assert!(forms.form(form).def(whole).is_none());
    let plain = forms.identities(&report).into_owned();
    assert_eq!(plain, forms.form(form).identities);
    for cell in forms.form(form).guests.clone() {
        if forms.id(cell).starts_with("requests.other.") {
            report.set(cell, Value::number(Number::ZERO, "0", Place::Unknown));
        }
    }
    let swapped = forms.identities(&report).into_owned();
    let outcomes = swapped.iter().find(|i| i.key() == "outcomes-total:total").unwrap();
    assert!(outcomes.parts.contains(&whole));
    assert_eq!(outcomes.parts.len(), 2 + 8 + 3 + 5 + 1);
    assert!(swapped.iter().any(|i| i.key() == "row-total:other"));
    assert!(!swapped.iter().any(|i| i.key() == "row-total:other.other"));
}

#[test]
fn names_for_clerks() {
    let forms = Forms::built_in();
    let name = |id: &str, form: &str| forms.name(forms.find(form).unwrap(), forms.cell(id).unwrap());
    for (id, form, want) in [
        ("requests.received.total", "2021", "本年新收（总计）"),
        ("requests.refused.security_and_stability.natural_person", "2021", "危及“三安全一稳定”（自然人）"),
        ("proactive.licensing.items_change", "2019", "行政许可（本年增/减）"),
        ("review.direct_litigation.upheld", "2021", "未经复议直接起诉（结果维持）"),
        ("requests.other.total", "2021", "其他处理（总计）"),
    ] {
        assert_eq!(name(id, form), want);
    }
}

/// Each file under `tests/unsound` is wrong in one way; its first line says what the message must be.
#[test]
fn unsound_forms_are_refused_with_file_line_and_key() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unsound");
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 7);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let want = text.lines().next().unwrap().trim_start_matches("# ");
        let mut forms = Forms::built_in().clone();
        let error = forms.add(Path::new(path.file_name().unwrap()), &text, true).unwrap_err();
        assert_eq!(error.to_string(), want);
        assert_eq!(forms.width(), Forms::built_in().width(), "a refused form leaves nothing behind");
    }
}

#[test]
fn every_rule_says_everything_in_both_languages() {
    let mut seen = std::collections::BTreeSet::new();
    for rule in nianbao_form::rules() {
        assert!(seen.insert(&rule.id), "{} twice", rule.id);
        for text in [&rule.title, &rule.message, &rule.explanation, &rule.title_en, &rule.message_en, &rule.explanation_en] {
            assert!(!text.trim().is_empty(), "{}", rule.id);
        }
        let parameters = |text: &str| -> std::collections::BTreeSet<String> {
            text.split('{').skip(1).filter_map(|s| s.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(parameters(&rule.message), parameters(&rule.message_en), "{}", rule.id);
    }
}
