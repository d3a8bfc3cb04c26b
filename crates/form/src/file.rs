//! A form file as written, before its ids are resolved.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::finding::Severity;

pub(crate) type Each = BTreeMap<String, toml::Value>;
pub(crate) type Ids = Vec<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) id: Spanned<String>,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) issued_as: String,
    #[serde(default = "zh")]
    pub(crate) language: String,
    pub(crate) from: u16,
    pub(crate) to: Option<u16>,
    pub(crate) previous: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) report_title: String,
    #[serde(default)]
    pub(crate) none: Vec<String>,
    #[serde(default)]
    pub(crate) section: Vec<FileSection>,
    pub(crate) block: Vec<FileBlock>,
    #[serde(default)]
    pub(crate) identity: Vec<FileIdentity>,
    #[serde(default)]
    pub(crate) chain: Vec<FileChain>,
    #[serde(default)]
    pub(crate) crosswalk: Vec<FileCrosswalk>,
    #[serde(default)]
    pub(crate) series: Vec<FileSeries>,
    pub(crate) screen: Option<FileScreen>,
    pub(crate) rulemaking: Option<FileRulemaking>,
    #[serde(default)]
    pub(crate) sentence: Vec<FileSentence>,
    #[serde(default)]
    pub(crate) prose: FileProse,
    #[serde(default)]
    pub(crate) english: crate::english::English,
}

fn zh() -> String {
    "zh".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSection {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) number: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    pub(crate) kind: FileSectionKind,
    #[serde(default)]
    pub(crate) note: String,
    #[serde(default)]
    pub(crate) prompt: String,
    #[serde(default)]
    pub(crate) part: Vec<FilePart>,
    #[serde(default)]
    pub(crate) require: Vec<FileRequire>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilePart {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) number: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) prompt: String,
    #[serde(default)]
    pub(crate) require: Vec<FileRequire>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRequire {
    pub(crate) words: Vec<String>,
    pub(crate) prompt: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileSectionKind {
    Prose,
    Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileBlock {
    pub(crate) id: Spanned<String>,
    #[serde(default)]
    pub(crate) section: String,
    #[serde(default)]
    pub(crate) table: String,
    #[serde(default)]
    pub(crate) item: String,
    #[serde(default)]
    pub(crate) corner: String,
    #[serde(default)]
    pub(crate) prefix: String,
    #[serde(default)]
    pub(crate) unit: String,
    #[serde(default)]
    pub(crate) layout: FileLayout,
    pub(crate) columns: Vec<FileLine>,
    pub(crate) rows: Vec<FileLine>,
    #[serde(default)]
    pub(crate) local: Vec<FileLine>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileLayout {
    #[default]
    Matrix,
    Line,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileLine {
    pub(crate) id: Spanned<String>,
    pub(crate) label: String,
    pub(crate) short: Option<String>,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) total: bool,
    pub(crate) unit: Option<String>,
    #[serde(default)]
    pub(crate) signed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileIdentity {
    pub(crate) name: Spanned<String>,
    #[serde(default)]
    pub(crate) each: Each,
    pub(crate) parts: Ids,
    pub(crate) whole: Ids,
    #[serde(default)]
    pub(crate) label: String,
    pub(crate) severity: Option<Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileChain {
    pub(crate) name: Spanned<String>,
    #[serde(default)]
    pub(crate) each: Each,
    pub(crate) this: Ids,
    pub(crate) last: Ids,
    #[serde(default)]
    pub(crate) across: bool,
    #[serde(default)]
    pub(crate) label: String,
    pub(crate) severity: Option<Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileCrosswalk {
    #[serde(default)]
    pub(crate) each: Each,
    pub(crate) old: Ids,
    pub(crate) new: Ids,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSeries {
    pub(crate) id: Spanned<String>,
    #[serde(default)]
    pub(crate) each: Each,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) unit: String,
    pub(crate) numerator: Ids,
    #[serde(default)]
    pub(crate) denominator: Ids,
    #[serde(default, rename = "break")]
    pub(crate) break_note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileScreen {
    pub(crate) cells: Ids,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRulemaking {
    pub(crate) cells: Ids,
    pub(crate) kinds: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileSentence {
    #[serde(default)]
    pub(crate) section: String,
    #[serde(default)]
    pub(crate) part: String,
    #[serde(default)]
    pub(crate) continues: bool,
    pub(crate) text: Spanned<String>,
    #[serde(default)]
    pub(crate) items: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) zero: Ids,
    pub(crate) none: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileProse {
    #[serde(default)]
    pub(crate) filler: Vec<String>,
    #[serde(default)]
    pub(crate) elsewhere: Vec<String>,
    #[serde(default)]
    pub(crate) units: Vec<String>,
    #[serde(default)]
    pub(crate) compared: Vec<String>,
    #[serde(default)]
    pub(crate) more: Vec<String>,
    #[serde(default)]
    pub(crate) less: Vec<String>,
    #[serde(default)]
    pub(crate) shares: Vec<String>,
    #[serde(default)]
    pub(crate) subject: Vec<FileProseSubject>,
    #[serde(default)]
    pub(crate) claim: Vec<FileClaim>,
    #[serde(default)]
    pub(crate) least: Vec<FileLeast>,
    #[serde(default)]
    pub(crate) explain: Vec<FileExplain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileProseSubject {
    pub(crate) id: String,
    pub(crate) words: Vec<String>,
    #[serde(default)]
    pub(crate) base: Vec<Ids>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileClaim {
    pub(crate) subject: Spanned<String>,
    pub(crate) says: Vec<String>,
    #[serde(default)]
    pub(crate) denies: Vec<String>,
    pub(crate) cells: Ids,
    #[serde(default)]
    pub(crate) or: Vec<Ids>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileLeast {
    pub(crate) section: String,
    pub(crate) characters: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileExplain {
    pub(crate) cells: Ids,
    pub(crate) section: String,
    pub(crate) words: Vec<String>,
}
