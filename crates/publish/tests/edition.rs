//! A whole edition on disk: what is there, that it opens, that it is the same every time, and that nothing is lost.
#![allow(clippy::unwrap_used)]

mod synthetic;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use nianbao_publish::{Format, PublishError, blank, lock, publish, write_cells, write_findings};
use synthetic::world;

/// Every file below a folder with its content.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(folder, folder, &mut out);
    out
}

fn part(zip: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The words of a Word document, cells apart.
fn words(docx: &[u8]) -> String {
    let xml = part(docx, "word/document.xml");
    let mut out = String::new();
    for piece in xml.split("<w:t ").skip(1).map(|p| p.split_once('>').unwrap().1) {
        out.push_str(piece.split("</w:t>").next().unwrap());
        out.push('|');
    }
    out
}

/// Every tag is closed in its order; enough to know that no program wrote broken XML.
fn well_formed(name: &str, xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in xml.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("{name}: a < without its >"));
        if tag.starts_with(['?', '!']) || tag.ends_with('/') {
            continue;
        }
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed.trim()), "{name}");
        } else {
            open.push(tag.split_whitespace().next().unwrap());
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} not closed");
}

#[test]
fn an_edition_is_complete_and_opens() {
    let out = tempfile::tempdir().unwrap();
    let world = world(12, 2020);
    let entries = world.entries();
    let published = publish(&world.edition(&entries), out.path()).unwrap();
    let files = tree(&published.folder);
    for name in [
        "index.html",
        "district-report.docx",
        "district-report.html",
        "tables.xlsx",
        "notices/index.csv",
        "charts/chart-1.svg",
        "charts/chart-1.png",
        "data/cells.parquet",
        "data/cells.csv",
        "data/reports.csv",
        "data/findings.csv",
        "data/district.csv",
        "data/coverage.csv",
        "data/series.csv",
        "data/datapackage.json",
        "run.json",
        "agencies/QS-000.html",
        "notices/青山区教育局.docx",
        "notices/reminder-青山区第2街道办事处.docx",
    ] {
        assert!(files.contains_key(name), "{name} is missing among {:?}", files.keys());
    }
    assert_eq!(published.files, files.len());
    assert!(published.address.starts_with("file:///"));
    for (name, bytes) in &files {
        if name.ends_with(".docx") || name.ends_with(".xlsx") {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            for i in 0..archive.len() {
                let inner = archive.by_index(i).unwrap().name().unwrap().into_owned();
                if inner.ends_with(".xml") || inner.ends_with(".rels") {
                    well_formed(&format!("{name}:{inner}"), &part(bytes, &inner));
                }
            }
        }
    }
    let run: serde_json::Value = serde_json::from_slice(&files["run.json"]).unwrap();
    let listed: Vec<&str> = run["outputs"].as_array().unwrap().iter().map(|o| o["path"].as_str().unwrap()).collect();
    let mut there: Vec<&str> = files.keys().map(String::as_str).filter(|n| *n != "run.json").collect();
    there.sort_unstable();
    assert_eq!(listed, there);
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1, "nothing is left beside the edition");
}

#[test]
fn columns_are_those_of_the_contract() {
    let out = tempfile::tempdir().unwrap();
    let world = world(6, 2023);
    let entries = world.entries();
    publish(&world.edition(&entries), out.path()).unwrap();
    for (file, head) in [
        ("cells", "agency,year,cell,value,state,form,raw,place,agency_id,report,derived"),
        ("reports", "report,agency_id,agency,year,form,format,bytes,sha256,status,reason,numbers,blanks,unmapped,counted"),
        (
            "findings",
            "severity,rule,agency_id,agency,year,report,cell,found,expected,message,place,suggestion,influence,status,key,cause",
        ),
        ("district", "group_id,group,level,year,cell,value,reports,missing,lower_bound"),
        ("coverage", "group_id,group,year,agency_id,agency,status"),
        ("series", "group_id,group,level,series,year,value,numerator,denominator,break,lower_bound,change,growth"),
    ] {
        let text = fs::read_to_string(out.path().join(format!("2024/data/{file}.csv"))).unwrap();
        // Excel takes a file without the byte order mark for the system's code page.
        assert_eq!(text.lines().next(), Some(format!("\u{feff}{head}").as_str()), "{file}");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert!(reader.records().all(|r| r.is_ok()), "{file}");
    }
    let reports = fs::read_to_string(out.path().join("2024/data/reports.csv")).unwrap();
    assert!(reports.contains("2024/扫描件.docx,,,,,docx,1234,"), "{reports}");
    assert!(reports.contains(",unreadable,文件已加密,0,0,0,false"));
    let cells = fs::read_to_string(out.path().join("2024/data/cells.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(cells.as_bytes());
    let years: Vec<String> = reader.records().map(|r| r.unwrap()[1].to_owned()).collect();
    assert!(years.is_sorted() && years[0] == "2023" && years[years.len() - 1] == "2024");
    assert_eq!(cells.lines().count(), 1 + 200 * (6 + 5));
}

#[test]
fn the_report_says_its_figures_and_its_gaps() {
    let out = tempfile::tempdir().unwrap();
    let world = world(12, 2023);
    let entries = world.entries();
    publish(&world.edition(&entries), out.path()).unwrap();
    let docx = fs::read(out.path().join("2024/district-report.docx")).unwrap();
    let text = words(&docx);
    for want in [
        "江城市青山区|2024年政府信息公开工作年度报告",
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
        "第二十条第（一）项",
        "未经复议直接起诉",
        "家未报送单位。",
        "项数据，未计入。",
        "浅灰底色的数据不完整。",
        "〔请补充：",
        "（三）政府信息管理",
        "报送不及时",
        "加强&lt;督促&gt;。",
    ] {
        assert!(text.contains(want), "{want} is not in {text}");
    }
    let form = world.forms.form(world.forms.find("2021").unwrap());
    for sum in world.compilation.sums.iter().filter(|s| s.year == 2024) {
        let figure = nianbao_form::decimal_text(sum.millionths.unwrap());
        assert!(text.contains(&format!("|{figure}|")), "{} {figure}", form.name(sum.cell));
    }
    assert!(!text.contains('≥'), "figures are plain numbers");
    let xml = part(&docx, "word/document.xml");
    assert_eq!(xml.matches("<w:tblHeader/>").count(), 6, "the heads of tables three and four are repeated");
    let html = fs::read_to_string(out.path().join("2024/district-report.html")).unwrap();
    assert!(html.contains("scope=\"colgroup\" colspan=\"10\" class=\"head\">行政诉讼</th>"), "heads span");
    assert!(html.contains("加强&lt;督促&gt;。"));
}

#[test]
fn names_from_outside_do_no_harm() {
    let out = tempfile::tempdir().unwrap();
    let world = world(6, 2024);
    let entries = world.entries();
    publish(&world.edition(&entries), out.path()).unwrap();
    for (name, bytes) in tree(&out.path().join("2024")) {
        if name.ends_with(".html") {
            let text = String::from_utf8(bytes).unwrap();
            // The page's own script is a file beside it; a name brings none.
            assert!(!text.contains("<script>"), "{name}");
            assert!(!text.contains("src=\"http") && !text.contains("url("), "{name} loads from outside");
        } else if name == "tables.xlsx" {
            let sheets: String = (1..=8).map(|i| part(&bytes, &format!("xl/worksheets/sheet{i}.xml"))).collect();
            assert!(!sheets.contains("HYPERLINK"), "an agency's name became a formula");
            assert!(sheets.contains("<f>SUM("));
        } else {
            assert!(name.chars().all(|c| !"<>:\"\\|?*".contains(c)), "{name}");
        }
    }
}

#[test]
fn the_same_edition_gives_the_same_bytes() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let world = world(12, 2022);
    let entries = world.entries();
    publish(&world.edition(&entries), a.path()).unwrap();
    // Another number of threads, and counters inside libraries that have moved on.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| publish(&world.edition(&entries), b.path()).unwrap());
    let (mut first, mut second) = (tree(&a.path().join("2024")), tree(&b.path().join("2024")));
    first.remove("run.json");
    second.remove("run.json");
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, bytes) in first {
        assert!(bytes == second[&name], "{name} differs");
    }
}

#[test]
fn what_people_have_edited_is_kept() {
    let out = tempfile::tempdir().unwrap();
    let world = world(4, 2024);
    let entries = world.entries();
    let edition = world.edition(&entries);
    let folder = publish(&edition, out.path()).unwrap().folder;
    assert_eq!(publish(&edition, out.path()).unwrap().edited, Vec::<String>::new());
    fs::write(folder.join("district-report.docx"), "改过").unwrap();
    fs::write(folder.join("notices/备忘.txt"), "电话已打").unwrap();
    fs::write(folder.join("~$strict-report.docx"), "lock").unwrap();
    let published = publish(&edition, out.path()).unwrap();
    assert_eq!(published.edited, ["edited/district-report.docx", "edited/notices/备忘.txt"]);
    assert_eq!(fs::read_to_string(folder.join("edited/district-report.docx")).unwrap(), "改过");
    assert_ne!(fs::read(folder.join("district-report.docx")).unwrap(), "改过".as_bytes());
    // The next run keeps what is kept, and a second edit goes beside the first.
    fs::write(folder.join("district-report.docx"), "又改过").unwrap();
    let published = publish(&edition, out.path()).unwrap();
    assert_eq!(published.edited, ["edited/district-report (2).docx"]);
    assert_eq!(fs::read_to_string(folder.join("edited/district-report.docx")).unwrap(), "改过");
    assert_eq!(fs::read_to_string(folder.join("edited/notices/备忘.txt")).unwrap(), "电话已打");
}

#[test]
fn a_failure_leaves_the_old_edition_whole() {
    let out = tempfile::tempdir().unwrap();
    let world = world(4, 2024);
    let entries = world.entries();
    let mut edition = world.edition(&entries);
    publish(&edition, out.path()).unwrap();
    let before = tree(out.path());
    // A chart whose name cannot be a file stands for a disk that refuses in the middle of writing.
    let mut charts = world.charts.clone();
    charts[1].0.name = "长".repeat(200);
    edition.charts = &charts;
    let error = publish(&edition, out.path()).unwrap_err();
    assert!(matches!(error, PublishError::Io { .. }), "{error}");
    assert_eq!(tree(out.path()), before);
    // An output folder that is a file.
    let file = out.path().join("a-file");
    fs::write(&file, "x").unwrap();
    assert!(lock(&file).is_err());
    assert!(publish(&world.edition(&entries), &file).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "x");
}

#[test]
fn two_runs_do_not_meet() {
    let out = tempfile::tempdir().unwrap();
    let held = lock(out.path()).unwrap();
    let error = lock(out.path()).unwrap_err();
    assert!(matches!(&error, PublishError::Locked { holder, .. } if holder.contains("process")), "{error}");
    drop(held);
    assert!(lock(out.path()).is_ok());
}

#[test]
fn letters_say_what_where_and_by_when() {
    let out = tempfile::tempdir().unwrap();
    let world = world(8, 2024);
    let entries = world.entries();
    let published = publish(&world.edition(&entries), out.path()).unwrap();
    assert_eq!((published.notices, published.reminders), (3, 1));
    let folder = out.path().join("2024/notices");
    let text = words(&fs::read(folder.join("青山区教育局.docx")).unwrap());
    for want in ["青山区教育局：", "2025年2月20日", "江城市青山区政务公开办公室", "核实情况回执", "|12", "第", "或："]
    {
        assert!(text.contains(want), "{want} is not in {text}");
    }
    let text = words(&fs::read(folder.join("reminder-青山区住房和城乡建设局.docx")).unwrap());
    assert!(
        text.contains("青山区住房和城乡建设局：") && text.contains("第四十九条") && text.contains("国办公开办函〔2021〕30号"),
        "{text}"
    );
    let index = fs::read_to_string(folder.join("index.csv")).unwrap();
    assert_eq!(index.lines().next(), Some("\u{feff}file,kind,agency_id,agency,errors,warnings,answer_by,deadline"));
    assert_eq!(index.lines().count(), 5);
}

#[test]
fn cells_and_findings_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(3, 2024);
    let entries = world.entries();
    let reports: Vec<_> = entries.iter().map(|e| e.report).collect();
    let mut nothing = Vec::new();
    for ending in ["csv", "jsonl", "parquet"] {
        let path = folder.path().join(format!("cells.{ending}"));
        write_cells(Some(&path), &mut nothing, world.forms, &reports, Format::of(&path).unwrap()).unwrap();
        assert!(fs::metadata(&path).unwrap().len() > 1000, "{ending}");
    }
    let file = fs::File::open(folder.path().join("cells.parquet")).unwrap();
    use polars_io::SerReader;
    let frame = polars_io::parquet::read::ParquetReader::new(file).finish().unwrap();
    assert_eq!(frame.height(), 400);
    assert_eq!(frame.column("value").unwrap().dtype(), &polars::prelude::DataType::Decimal(38, 6));
    let line: serde_json::Value =
        serde_json::from_str(fs::read_to_string(folder.path().join("cells.jsonl")).unwrap().lines().next().unwrap()).unwrap();
    assert_eq!(line["year"], 2024);
    write_cells(None, &mut nothing, world.forms, &reports, Format::Csv).unwrap();
    assert_eq!(nothing, fs::read(folder.path().join("cells.csv")).unwrap());
    let mut text = Vec::new();
    write_findings(None, &mut text, &world.findings[..1], Format::Text, "zh").unwrap();
    assert!(String::from_utf8(text).unwrap().starts_with("错误  青山区教育局 2024"));
    assert!(Format::of(Path::new("cells.xls")).is_err());
}

#[test]
fn blank_forms_open() {
    let folder = tempfile::tempdir().unwrap();
    let forms = nianbao_form::Forms::built_in();
    for (ix, form) in forms.iter() {
        for ending in ["docx", "xlsx"] {
            let path = folder.path().join(format!("{}.{ending}", form.id));
            blank(forms, ix, &path).unwrap();
            let bytes = fs::read(&path).unwrap();
            if ending == "docx" {
                let text = words(&bytes).replace('|', "");
                assert!(
                    text.contains("〔单位名称〕〔年份〕年政府信息公开工作年度报告") && text.contains("结转下年度继续办理"),
                    "{text}"
                );
            } else {
                well_formed("sheet2", &part(&bytes, "xl/worksheets/sheet2.xml"));
            }
        }
        assert!(blank(forms, ix, &folder.path().join("a.pdf")).is_err());
    }
}

#[test]
fn english_pages() {
    let out = tempfile::tempdir().unwrap();
    let world = world(4, 2024);
    let entries = world.entries();
    let mut edition = world.edition(&entries);
    edition.lang = "en";
    publish(&edition, out.path()).unwrap();
    let page = fs::read_to_string(out.path().join("2024/index.html")).unwrap();
    assert!(page.contains("Agencies without a report") && !page.contains("未报送的单位") && !page.contains('⟦'));
}

/// A user's own form, without sections and in English, is published by the same code.
#[test]
fn a_form_of_another_country() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/forms/us-foia.toml");
    let forms = nianbao_form::Forms::with_files(&[file]).unwrap();
    let ix = forms.find("us-foia").unwrap();
    let mut world = world(2, 2024);
    world.findings.clear();
    world.receipts.truncate(1);
    world.receipts[0].reports.clear();
    for (i, agency) in ["Department of <Examples>", "Agency B"].iter().enumerate() {
        let mut report = nianbao_form::Report::new(&forms, "cells.csv", *agency, 2024, ix);
        for (n, &cell) in forms.form(ix).cells.iter().enumerate() {
            let number = nianbao_form::Number::whole((n * 7 + i) as i64).unwrap();
            report.set(cell, nianbao_form::Value::number(number, number.to_string(), nianbao_form::Place::Unknown));
        }
        world.receipts[0].reports.push(report);
    }
    let registry = nianbao_form::Registry::default();
    let reports: Vec<_> = world.receipts[0].reports.iter().collect();
    let compilation = nianbao_compile::compile(&forms, &registry, &reports, None).unwrap();
    let entries = world.entries();
    let mut edition = world.edition(&entries);
    (edition.forms, edition.registry, edition.compilation, edition.lang) = (&forms, &registry, &compilation, "en");
    let out = tempfile::tempdir().unwrap();
    publish(&edition, out.path()).unwrap();
    let text = words(&fs::read(out.path().join("2024/district-report.docx")).unwrap());
    assert!(text.contains("Annual FOIA Report") && text.contains("Pending at start of year") && text.contains("|1|"), "{text}");
    let page = fs::read_to_string(out.path().join("2024/index.html")).unwrap();
    assert!(page.contains("Department of &lt;Examples&gt;"), "{page}");
}
