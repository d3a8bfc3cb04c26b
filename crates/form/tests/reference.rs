//! `docs/rules.md` and `docs/forms.md` are generated from the rules and forms; this test fails when they are stale.
//! `UPDATE_DOCS=1 cargo test --release -p nianbao-form --test reference` writes them anew.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fmt::Write;
use std::path::Path;

use nianbao_form::{Forms, SectionKind, rules};

fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == text, "docs/{name} is stale: run UPDATE_DOCS=1 cargo test --release -p nianbao-form --test reference");
}

#[test]
fn rule_reference_is_current() {
    let mut out =
        String::from("# 检查规则 / Rules\n\n由 `crates/form/rules.toml` 生成。Generated from `crates/form/rules.toml`.\n");
    for rule in rules() {
        let (zh, en) = (rule.severity.zh(), rule.severity.as_str());
        let _ = write!(
            out,
            "\n## `{}` {} / {}\n\n{zh} / {en}\n\n- {}\n- {}\n\n> {}\n>\n> {}\n",
            rule.id, rule.title, rule.title_en, rule.explanation, rule.explanation_en, rule.message, rule.message_en
        );
    }
    compare("rules.md", &out);
}

#[test]
fn form_tables_are_current() {
    let forms = Forms::built_in();
    let mut out =
        String::from("# 表式 / Forms\n\n由 `crates/form/forms/*.toml` 生成。Generated from `crates/form/forms/*.toml`.\n");
    for (_, form) in forms.iter() {
        let _ = write!(out, "\n## {}：{}（{}）\n\n", form.id, form.title, form.issued_as);
        for section in &form.sections {
            let kind = if section.kind == SectionKind::Table { "表格" } else { "文字" };
            let _ = writeln!(out, "- {}、{}（{kind}，`{}`）", section.number, section.title, section.id);
        }
        out.push_str("\n| cell | 表 | 项 | 行 | 列 | 单位 |\n|---|---|---|---|---|---|\n");
        for &cell in form.cells.iter().chain(&form.local) {
            let def = form.def(cell).unwrap();
            let block = &form.blocks[def.block];
            let local = if def.local { " *" } else { "" };
            let (row, column) = (block.rows[def.row].label.join("/"), block.columns[def.column].label.join("/"));
            let _ = writeln!(out, "| `{}`{local} | {} | {} | {row} | {column} | {} |", def.id, block.table, block.item, def.unit);
        }
        let _ = write!(out, "\n{} identities, rank {}:\n\n", form.identities.len(), form.rank());
        let sides =
            |cells: &[nianbao_form::Cell]| cells.iter().map(|c| format!("`{}`", forms.id(*c))).collect::<Vec<_>>().join(" + ");
        for i in &form.identities {
            let _ = writeln!(out, "- `{}`: {} = {}", i.key(), sides(&i.parts), sides(&i.whole));
        }
        out.push_str("\nchains:\n\n");
        for c in &form.chains {
            let terms = |t: &[nianbao_form::Term]| {
                t.iter()
                    .map(|t| format!("{}`{}`", if t.sign < 0 { "− " } else { "+ " }, forms.id(t.cell)))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let across = if c.across { " (also from the form before)" } else { "" };
            let _ = writeln!(out, "- `{}`: {} (y) = {} (y−1){across}", c.name, terms(&c.this), terms(&c.last));
        }
    }
    out.push_str("\n\\* local: added by agencies on their own, never `absent`.\n");
    compare("forms.md", &out);
}
