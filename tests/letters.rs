//! Letters to agencies: what they say, whom they reach, and that no name does harm.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use nianbao_form::Forms;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Names that files, markup and spreadsheets could trip over.
const HOSTILE: [&str; 6] = [
    "甲/乙\\丙:\"丁\"局",
    "<script>alert('戊')</script>局",
    "=HYPERLINK(\"http://x\",\"己\")",
    "庚\u{202E}辛\u{200F}局",
    "\u{1F600}壬局",
    "某某市某某区人民政府政务服务和大数据管理委员会行政审批改革协调推进以及公共资源交易监督管理和信用体系建设工作领导小组办公室",
];

/// A district in which every agency's row of received requests does not add up, but the last two: one has nothing to mend
/// and one has not reported.
fn district(dir: &Path, notices: &str) -> PathBuf {
    let forms = Forms::built_in();
    let form = forms.form(forms.find("2021").unwrap());
    let mut registry = csv::Writer::from_path(dir.join("agencies.csv")).unwrap();
    let head = ["agency_id", "agency", "kind", "parent", "aliases", "from", "to", "successor", "reports"];
    registry.write_record(head).unwrap();
    registry.write_record(["QY", "青屿区", "district", "", "", "", "", "", "none"]).unwrap();
    let mut cells = csv::Writer::from_path(dir.join("cells.csv")).unwrap();
    cells.write_record(["agency", "year", "cell", "value"]).unwrap();
    let names: Vec<&str> = HOSTILE.into_iter().chain(["青屿区教育局", "青屿区望岚街道办事处"]).collect();
    for (i, name) in names.iter().enumerate() {
        registry.write_record([format!("A{i}").as_str(), name, "bureau", "QY", "", "", "", "", ""]).unwrap();
        for cell in form.cells.iter().filter(|_| i < 7) {
            let id = forms.id(*cell);
            let value = match id {
                "requests.received.natural_person" | "requests.received.total" => "4",
                "requests.disclosed.natural_person" | "requests.disclosed.total" => "4",
                // One digit wrong: the row and the column say that it is 4.
                "requests.handled.natural_person" if i < 6 => "7",
                "requests.handled.natural_person" | "requests.handled.total" => "4",
                _ => "0",
            };
            cells.write_record([name, "2022", id, value]).unwrap();
        }
    }
    registry.flush().unwrap();
    cells.flush().unwrap();
    let chart = root().join("charts/02-outcomes.toml");
    let mut text = String::new();
    writeln!(text, "charts = [{:?}]\n[input]\nreports = [\"cells.csv\"]\nregistry = \"agencies.csv\"", chart.to_str().unwrap())
        .unwrap();
    writeln!(text, "[output]\ndir = \"out\"\n[collection]\ndeadline = \"01-31\"\n[report]\ngroup = \"QY\"\n[notices]\n{notices}")
        .unwrap();
    let path = dir.join("pipeline.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn run(dir: &Path, notices: &str) -> PathBuf {
    let pipeline = district(dir, notices);
    let output = nianbao_in(dir, &["run", pipeline.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    dir.join("out/2022/notices")
}

/// The document part of a Word file.
fn document(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut package = zip::ZipArchive::new(file).unwrap();
    std::io::read_to_string(package.by_name("word/document.xml").unwrap()).unwrap()
}

/// Its words, runs apart.
fn words(path: &Path) -> String {
    let xml = document(path);
    let mut out = String::new();
    for piece in xml.split("<w:t").skip(1).filter(|p| p.starts_with([' ', '>'])) {
        out.push_str(piece.split_once('>').unwrap().1.split("</w:t>").next().unwrap());
        out.push('|');
    }
    out
}

fn index(folder: &Path) -> Vec<BTreeMap<String, String>> {
    file_rows(&folder.join("index.csv"))
}

#[test]
fn a_notice_says_what_is_wrong_where_why_and_by_when() {
    let dir = tempfile::tempdir().unwrap();
    let folder = run(dir.path(), "answer_by = \"2023-02-28\"\nfrom = \"青屿区政务公开办公室\"");
    let row = index(&folder).into_iter().find(|r| r["agency"].contains("script")).unwrap();
    let text = words(&folder.join(&row["file"]));
    for want in [
        "&lt;script&gt;alert('戊')&lt;/script&gt;局：|",
        "你单位2022年政府信息公开工作年度报告（报送文件：cells.csv）中有1处数据或内容需要核实更正",
        "|表三“（七）总计”行“自然人”列|7|4|“办理结果总计（自然人）”填7疑有误",
        "于2023年2月28日前",
        "附件：1.有关表格",
        "|青屿区政务公开办公室|",
        "|表三　收到和处理政府信息公开申请情况|",
        "|7①|",
        "|更正建议|依据|",
        "|核实情况回执|",
        "|更正为|说明|",
        "|填报人：",
    ] {
        assert!(text.contains(want), "{want} is not in {text}");
    }
    assert!(!text.contains("表二　") && !text.contains("表四　"), "only the tables concerned are shown");
    let xml = document(&folder.join(&row["file"]));
    let marked = xml.split("<w:tc>").filter(|c| c.contains("FFD966")).collect::<Vec<_>>();
    assert_eq!(marked.len(), 1, "one cell is marked");
    assert!(marked[0].contains("7①") && marked[0].contains("<w:b/>"));
    // Names of rows, columns and figures stand in the table as in the form.
    assert!(text.contains("|（三）不予公开|") && text.contains("|法人或其他组织|"));
}

#[test]
fn no_name_does_harm_and_none_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    let folder = run(dir.path(), "answer_by = \"2023-02-28\"\nthanks = true");
    let files: Vec<String> = tree(&folder).into_keys().collect();
    for name in &files {
        assert!(!name.chars().any(|c| "<>:\"\\|?*/".contains(c) || ('\u{202A}'..='\u{202E}').contains(&c)), "{name}");
        assert!(name.chars().count() <= 80, "{name}");
    }
    let index = index(&folder);
    assert_eq!(index.len(), 8);
    for row in &index {
        assert!(files.contains(&row["file"]), "{row:?}");
        assert!(!row["agency"].starts_with(['=', '+', '-', '@']), "a spreadsheet runs {row:?}");
        let agency = row["agency"].strip_prefix('\'').unwrap_or(&row["agency"]);
        let escaped = seen(agency).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        assert!(words(&folder.join(&row["file"])).contains(&format!("{escaped}：|")), "{row:?}");
        assert!(words(&folder.join("cover-list.docx")).contains(&format!("|{escaped}|")), "{row:?}");
    }
    let named: Vec<String> = index.iter().map(|r| r["agency"].strip_prefix('\'').unwrap_or(&r["agency"]).to_owned()).collect();
    assert!(HOSTILE.iter().all(|h| named.iter().any(|n| n == h)), "{named:?}");
}

#[test]
fn reminders_thanks_and_the_offices_list() {
    let dir = tempfile::tempdir().unwrap();
    let folder = run(dir.path(), "answer_by = \"2023-02-28\"");
    assert!(!tree(&folder).keys().any(|n| n.starts_with("thanks-")), "thanks are sent only if the pipeline says so");
    let reminder = words(&folder.join("reminder-青屿区望岚街道办事处.docx"));
    for want in [
        "青屿区望岚街道办事处：",
        "《中华人民共和国政府信息公开条例》第四十九条",
        "应于2023年1月31日前报送",
        "于2023年2月28日前报送",
        "〔2021〕30号",
    ] {
        assert!(reminder.contains(want), "{want} is not in {reminder}");
    }
    let cover = words(&folder.join("cover-list.docx"));
    for want in ["更正通知6份、催报函1份", "|联系人及电话|已发送|已答复|", "|催报函|—|—|", "|更正通知|1|0|", "|□|□|"]
    {
        assert!(cover.contains(want), "{want} is not in {cover}");
    }
    let folder = run(dir.path(), "thanks = true");
    let thanks = words(&folder.join("thanks-青屿区教育局.docx"));
    assert!(thanks.contains("青屿区教育局：") && thanks.contains("未发现需要更正的问题"), "{thanks}");
    let kinds: Vec<String> = index(&folder).into_iter().map(|r| r["kind"].clone()).collect();
    assert_eq!(kinds.iter().filter(|k| *k == "thanks").count(), 1, "{kinds:?}");
    assert!(index(&folder).iter().all(|r| r["deadline"] == "2023-01-31"));
    // Nobody gets both.
    let agencies: std::collections::BTreeSet<String> = index(&folder).into_iter().map(|r| r["agency_id"].clone()).collect();
    assert_eq!(agencies.len(), 8);
}

#[test]
fn an_unknown_key_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = district(dir.path(), "thank = true");
    let output = nianbao_in(dir.path(), &["run", pipeline.to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("`thank`") && err(&output).contains("thanks"), "{}", err(&output));
    assert!(!dir.path().join("out").exists());
}

/// Elements of every Word document stand in the order of the schema (ECMA-376, CT_PPr, CT_RPr, CT_TcPr, CT_TblPr).
#[test]
fn word_documents_keep_the_order_of_the_schema() {
    const ORDER: [(&str, &[&str]); 5] = [
        ("w:pPr", &["w:pStyle", "w:keepNext", "w:pageBreakBefore", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"]),
        ("w:rPr", &["w:rFonts", "w:b", "w:bCs", "w:sz", "w:szCs", "w:shd", "w:lang"]),
        ("w:tcPr", &["w:tcW", "w:gridSpan", "w:vMerge", "w:shd", "w:textDirection", "w:vAlign"]),
        ("w:tblPr", &["w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblCellMar"]),
        ("w:sectPr", &["w:footerReference", "w:pgSz", "w:pgMar", "w:cols"]),
    ];
    let dir = tempfile::tempdir().unwrap();
    let folder = run(dir.path(), "thanks = true");
    let mut documents: Vec<PathBuf> = tree(&folder).keys().filter(|n| n.ends_with(".docx")).map(|n| folder.join(n)).collect();
    documents.push(folder.join("../district-report.docx"));
    for path in documents {
        let xml = document(&path);
        for (name, order) in ORDER {
            for body in xml.split(&format!("<{name}>")).skip(1).map(|p| p.split(&format!("</{name}>")).next().unwrap()) {
                let mut depth = 0;
                let mut last = 0;
                for tag in body.split('<').skip(1) {
                    let word = tag.split([' ', '>', '/']).find(|w| !w.is_empty()).unwrap();
                    let (closes, alone) = (tag.starts_with('/'), tag.contains("/>"));
                    if depth == 0 && !closes {
                        let at = order.iter().position(|o| *o == word).unwrap_or_else(|| panic!("{word} in {name}"));
                        assert!(at >= last, "{}: {word} in {name}: {body}", path.display());
                        last = at;
                    }
                    depth = if closes { depth - 1 } else { depth + usize::from(!alone) };
                }
            }
        }
        assert!(!xml.contains("</w:tcPr></w:tc>") && !xml.contains("</w:tbl><w:tbl>"), "{}", path.display());
    }
}

/// The sample district, as its pipeline publishes it: what only the office can settle stays with the office, an agency looks
/// at a figure once, and no letter speaks of folders or of likelihoods.
#[test]
fn notices_ask_only_what_an_agency_can_answer() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "--out", dir.path().to_str().unwrap(), "--progress", "none"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let years = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path());
    let year = years.into_iter().find(|p| p.is_dir()).unwrap();
    let folder = year.join("notices");
    let notices: BTreeMap<String, String> = index(&folder)
        .into_iter()
        .filter(|r| r["kind"] == "correction")
        .map(|r| (r["agency"].clone(), words(&folder.join(&r["file"])).replace('|', "")))
        .collect();
    let office = |rule: &str| nianbao_form::rule(rule).to == nianbao_form::Addressee::Office;
    let findings = file_rows(&year.join("data/findings.csv"));
    let (mut kept, mut twice) = (0, 0);
    for f in findings.iter().filter(|f| office(&f["rule"])) {
        kept += 1;
        assert!(notices.values().all(|text| !text.contains(&f["message"])), "{f:?}");
    }
    assert!(kept > 0, "the sample has findings of the office's own");
    for (agency, text) in &notices {
        for never in ["可能性", "误报", "建议更正为—"] {
            assert!(!text.contains(never), "{agency}: {never} in {text}");
        }
        let leads = |f: &&BTreeMap<String, String>| {
            let status = ["open", "confirmed"].contains(&f["status"].as_str());
            let first = f["cause"].is_empty() && f["key"].split_once('#').is_none_or(|(_, rank)| rank == "1");
            f["agency"] == *agency && status && first && f["severity"] != "info" && !office(&f["rule"])
        };
        let own: Vec<_> = findings.iter().filter(leads).collect();
        for f in &own {
            let folder = f["report"].rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
            assert!(folder.is_none_or(|folder| !text.contains(&folder)), "{agency}: a folder of the office's in {text}");
            let rule = nianbao_form::rule(&f["rule"]);
            // Where some finding of the cell gives a value, the value is what is asked for.
            let valued =
                |o: &&BTreeMap<String, String>| !o["cell"].is_empty() && o["cell"] == f["cell"] && !o["expected"].is_empty();
            assert!(own.iter().copied().any(|o| valued(&o)) || text.contains(&rule.ask), "{agency}: {f:?}");
        }
        let items: std::collections::BTreeSet<&str> =
            own.iter().map(|f| if f["cell"].is_empty() { f["key"].as_str() } else { f["cell"].as_str() }).collect();
        twice += own.len() - items.len();
        let n = items.len();
        let told = text.contains(&format!("有{n}处数据或内容")) || text.contains(&format!("的报送有{n}个问题需要说明"));
        assert!(told, "{agency}: {n} items in {text}");
    }
    assert!(twice > 0, "the sample has figures that more than one finding speaks of");
}
