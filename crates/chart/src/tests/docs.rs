//! `docs/charts.md` and its pictures are made from the records of kinds and keys; the test fails when they are stale.
//! `UPDATE_DOCS=1 cargo test --release --workspace --lib -- chart_reference` writes them anew.

use std::fmt::Write as _;
use std::path::Path;

use super::{charts, data, district, root};
use crate::keys::{COMMON, KEYS, KINDS, KeyRecord, key};
use crate::spec::word;
use crate::{Target, draw};

const STALE: &str = "is stale: UPDATE_DOCS=1 cargo test --release --workspace --lib -- chart_reference";

fn compare(path: &Path, text: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == text, "{} {STALE}", path.display());
}

fn line(out: &mut String, record: &KeyRecord) {
    let default = |i: usize| match record.default[i] {
        "" => ["必填", "needed"][i],
        text => text,
    };
    let [value, means] = [record.value, record.means].map(|t| format!("{}<br>{}", t[0], t[1]));
    let _ = writeln!(out, "| `{}` | {value} | {}<br>{} | {means} |", record.name, default(0), default(1));
}

const HEAD: &str = "\n| 键 / key | 类型 / type | 默认 / default | 含义 / meaning |\n|---|---|---|---|\n";

#[test]
fn chart_reference_is_current() {
    let world = district::district();
    let mut out = String::from(
        "# 图 / Charts\n\n由 `crates/chart/src/keys.rs` 和 `charts/*.toml` 生成，图中数字为虚构。\
         Generated from `crates/chart/src/keys.rs` and `charts/*.toml`; the figures are made up.\n\n\
         一个 TOML 文件画一幅图；流水线文件的 `charts` 列出画哪些，`nianbao chart 图.toml 报告… -o 图.svg`（或 `.png`）单独画一幅，\
         `--agency`、`--level` 选定单位或层级。SVG 宽800像素，PNG 宽1600像素（两倍）。\n\n\
         One TOML file is one chart; `charts` of a pipeline lists what is drawn, `nianbao chart CHART.toml PATH... -o FILE.svg` \
         (or `.png`) draws one alone, `--agency` and `--level` choose the subject. An SVG is 800 CSS pixels wide, a PNG 1,600 pixels: \
         twice as fine.\n\n## 每种图都有的键 / Keys of every kind\n",
    );
    out.push_str(HEAD);
    COMMON.iter().for_each(|name| line(&mut out, key(name).unwrap()));
    let mut bytes = 0;
    for kind in KINDS {
        let charts = charts("charts");
        let chart = charts.iter().find(|c| word(c.spec.kind) == kind.name);
        let chart = chart.unwrap_or_else(|| panic!("no chart of kind {}", kind.name));
        let picture = draw(chart, data(&world, 2024), &Target::default()).unwrap();
        bytes += picture.svg.len();
        compare(&root().join(format!("docs/images/charts/{}.svg", kind.name)), &picture.svg);
        let _ = write!(
            out,
            "\n## `{}` {} / {}\n\n![{}](images/charts/{}.svg)\n\n- 画什么：{}。{}.\n- 何时用：{}。{}.\n",
            kind.name,
            kind.title[0],
            kind.title[1],
            picture.caption.replace(['[', ']'], ""),
            kind.name,
            kind.shows[0],
            sentence(kind.shows[1]),
            kind.when[0],
            sentence(kind.when[1])
        );
        if !kind.method[0].is_empty() {
            let _ = writeln!(out, "- 方法：{}。{}.", kind.method[0], sentence(kind.method[1]));
        }
        out.push_str(HEAD);
        kind.keys.iter().for_each(|name| line(&mut out, key(name).unwrap()));
        let _ = write!(out, "\n`charts/{}.toml`：\n\n```toml\n{}```\n", chart.name, chart.file);
    }
    assert!(bytes < 1_500_000, "{bytes} bytes of pictures");
    compare(&root().join("docs/charts.md"), &out);
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Every key of the reference is one that a file may have, and the other way round.
#[test]
fn records_are_the_keys_that_files_have() {
    let refused = |text: &str| crate::parse(Path::new("x.toml"), text).unwrap_err().to_string();
    let known = |text: &str| toml::from_str::<crate::spec::Spec>(text).unwrap_err().message().to_owned();
    let keys = |message: String| message.split('`').skip(3).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let nested = |front: &str, list: Vec<String>| list.into_iter().map(|k| format!("{front}{k}")).collect::<Vec<_>>();
    let mut all = keys(known("kind = \"rank\"\ntitle = \"\"\nsubtitle = \"\"\nnothing = 1\n"));
    all.extend(nested(
        "series.",
        keys(known("kind = \"rank\"\ntitle = \"\"\nsubtitle = \"\"\nseries = [{ id = \"\", nothing = 1 }]\n")),
    ));
    all.extend(nested("panel.", keys(known("kind = \"rank\"\ntitle = \"\"\nsubtitle = \"\"\n[[panel]]\nnothing = 1\n"))));
    let mut records: Vec<&str> = KEYS.iter().map(|k| k.name).collect();
    all.sort();
    records.sort_unstable();
    assert_eq!(all, records);
    let mut kinds: Vec<String> = keys(known("kind = \"nothing\"\n"));
    let mut said: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
    kinds.sort();
    said.sort_unstable();
    assert_eq!(kinds, said);
    assert!(KINDS.iter().flat_map(|k| k.keys).all(|name| key(name).is_some()));
    assert!(refused("kind = \"nothing\"\n").contains("nothing"));
}
