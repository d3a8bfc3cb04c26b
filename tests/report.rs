//! The district's report: read back, it gives exactly what was added up, in every format; its words say what the figures say.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use nianbao_form::Forms;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const GROUP: &str = "QY";
const YEARS: [u16; 4] = [2019, 2020, 2021, 2022];

/// A district of five agencies that has every gap: one without a report, one that leaves cells blank, one that writes
/// words, local rows, money with decimals, figures as long as the reader takes, negative changes.
fn district(dir: &Path) -> PathBuf {
    let forms = Forms::built_in();
    let agencies = ["青屿区教育局", "青屿区民政局", "青屿区财政局", "青屿区望岚街道办事处", "青屿区统计局"];
    let mut registry =
        "agency_id,agency,kind,parent,aliases,from,to,successor,reports\nQY,青屿区,district,,,,,,none\n".to_owned();
    let mut cells = "agency,year,cell,value,state,raw\n".to_owned();
    for (i, agency) in agencies.iter().enumerate() {
        writeln!(registry, "A{i},{agency},bureau,QY,,,,,").unwrap();
        for year in YEARS {
            let absent = i == 3 && year == 2022;
            let form = forms.form(forms.for_year(year).unwrap());
            for (n, &cell) in form.cells.iter().chain(&form.local).enumerate().filter(|_| !absent) {
                let (id, def) = (forms.id(cell), form.def(cell).unwrap());
                let seed = (i * 7919 + n * 104_729 + usize::from(year) * 31) % 997;
                let (value, state, raw) = match () {
                    () if i == 4 && n % 11 == 3 => (String::new(), "blank", String::new()),
                    () if i == 4 && n % 29 == 5 => (String::new(), "text", "详见附件".to_owned()),
                    () if def.kind == nianbao_form::Kind::Amount && i == 0 => {
                        ("90000000000.25".to_owned(), "number", String::new())
                    }
                    () if def.kind == nianbao_form::Kind::Amount => {
                        (format!("{}.{:06}", seed, seed * 1003), "number", String::new())
                    }
                    () if n == 60 && i == 0 => ("90000000000".to_owned(), "number", String::new()),
                    () if def.signed && i == 1 => (format!("-{seed}"), "number", String::new()),
                    () if def.local && i != 1 => continue,
                    () => ((seed % 40).to_string(), "number", String::new()),
                };
                writeln!(cells, "{agency},{year},{id},{value},{state},{raw}").unwrap();
            }
        }
    }
    std::fs::write(dir.join("agencies.csv"), registry).unwrap();
    std::fs::write(dir.join("cells.csv"), cells).unwrap();
    pipeline(dir, "")
}

fn pipeline(dir: &Path, more: &str) -> PathBuf {
    let path = dir.join("pipeline.toml");
    let chart = root().join("charts/02-outcomes.toml");
    let text = format!(
        "charts = [{:?}]\n[input]\nreports = [\"cells.csv\"]\nregistry = \"agencies.csv\"\ntexts = \"texts\"\n\
         [output]\ndir = \"out\"\n[report]\ngroup = \"{GROUP}\"\n{more}",
        chart.to_str().unwrap()
    );
    std::fs::write(&path, text).unwrap();
    path
}

fn run(dir: &Path, pipeline: &Path, year: u16) -> PathBuf {
    let output = nianbao_in(dir, &["run", pipeline.to_str().unwrap(), "--year", &year.to_string()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    dir.join(format!("out/{year}"))
}

/// Cell → value of the group at the top in a year, as `district.csv` has them.
fn sums(published: &Path, year: u16) -> BTreeMap<String, String> {
    let of = |r: &BTreeMap<String, String>| r["group_id"] == GROUP && r["year"] == year.to_string();
    let rows = file_rows(&published.join("data/district.csv"));
    rows.into_iter().filter(of).map(|r| (r["cell"].clone(), r["value"].clone())).collect()
}

/// What `normalize` reads of a document: cell → value, state.
fn read(document: &Path) -> BTreeMap<String, (String, String)> {
    let output = nianbao(&["normalize", document.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}: {}", document.display(), err(&output));
    rows(&out(&output)).into_iter().map(|r| (r["cell"].clone(), (r["value"].clone(), r["state"].clone()))).collect()
}

/// The words of a page without its tags.
fn words_of(html: &Path) -> String {
    let text = std::fs::read_to_string(html).unwrap();
    let body = text.split_once("<article>").unwrap().1;
    let mut out = String::new();
    for piece in body.split('<') {
        out.push_str(piece.split_once('>').map_or(piece, |(_, rest)| rest));
    }
    out
}

#[test]
fn the_report_reads_back_as_what_was_added_up() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = district(dir.path());
    for year in YEARS {
        let published = run(dir.path(), &pipeline, year);
        let sums = sums(&published, year);
        assert!(sums.len() >= 198 && sums.values().any(|v| v.contains('.')), "{year}: {}", sums.len());
        let long = sums.values().filter(|v| v.len() >= 11).count();
        assert!(long > 0 && sums.contains_key(local(year)), "{year}: {long} long, {:?}", sums.get(local(year)));
        for ending in ["docx", "html"] {
            let read = read(&published.join(format!("district-report.{ending}")));
            for (cell, value) in &sums {
                assert_eq!(read.get(cell).map_or("", |r| r.0.as_str()), value, "{year} {ending} {cell}");
            }
            assert!(read.keys().all(|cell| sums.contains_key(cell)), "{year} {ending}: more than was added up");
        }
    }
}

const fn local(year: u16) -> &'static str {
    if year < 2021 { "proactive.other_documents.made" } else { "proactive.other_documents.issued" }
}

/// A colleague opens the report in an office suite and sends it on in another format: no figure may read as another.
#[test]
fn no_figure_reads_wrong_after_an_office_suite_has_converted_the_report() {
    if std::process::Command::new("soffice").arg("--version").output().is_err() {
        eprintln!("SKIPPED: LibreOffice (soffice) is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let pipeline = district(dir.path());
    for year in [2020, 2022] {
        let published = run(dir.path(), &pipeline, year);
        let sums = sums(&published, year);
        for ending in ["pdf", "odt", "doc"] {
            let folder = dir.path().join(format!("converted-{year}-{ending}"));
            let profile = format!("-env:UserInstallation=file://{}", dir.path().join("profile").display());
            let converted = std::process::Command::new("soffice")
                .args([profile.as_str(), "--headless", "--convert-to", ending, "--outdir"])
                .arg(&folder)
                .arg(published.join("district-report.docx"))
                .output()
                .unwrap();
            let document = folder.join(format!("district-report.{ending}"));
            assert!(document.is_file(), "{}", String::from_utf8_lossy(&converted.stderr));
            let read = read(&document);
            let numbers = |cell: &&String| read.get(*cell).is_some_and(|r| r.1 == "number");
            for cell in sums.keys().filter(numbers) {
                assert_eq!(read[cell].0, sums[cell], "{year} {ending} {cell}");
            }
            let known = sums.values().filter(|v| !v.is_empty()).count();
            let found = sums.keys().filter(numbers).count();
            assert!(found * 100 >= known * 98, "{year} {ending}: {found} of {known} figures read");
        }
    }
}

/// Two agencies and two years whose key figures are plain to reckon.
fn small(dir: &Path, cells: &[(u16, &str, &str)]) -> PathBuf {
    let forms = Forms::built_in();
    let mut text = "agency,year,cell,value\n".to_owned();
    let mut years: Vec<u16> = cells.iter().map(|c| c.0).collect();
    years.dedup();
    for year in years {
        for &cell in &forms.form(forms.for_year(year).unwrap()).cells {
            let value = cells.iter().find(|c| c.0 == year && c.1 == forms.id(cell)).map_or("0", |c| c.2);
            writeln!(text, "青屿区教育局,{year},{},{value}", forms.id(cell)).unwrap();
        }
    }
    std::fs::write(dir.join("cells.csv"), text).unwrap();
    let registry = "agency_id,agency,kind,parent,aliases,from,to,successor,reports\nQY,青屿区,district,,,,,,none\nA,青屿区教育局,bureau,QY,,,,,\n";
    std::fs::write(dir.join("agencies.csv"), registry).unwrap();
    pipeline(dir, "")
}

#[test]
fn change_and_share_are_said_where_they_hold_and_only_there() {
    let dir = tempfile::tempdir().unwrap();
    let figures: Vec<(u16, &str, &str)> = vec![
        (2021, "requests.received.natural_person", "70"),
        (2021, "requests.received.other_organisation", "10"),
        (2021, "requests.received.total", "80"),
        (2021, "requests.carried_in.natural_person", "3"),
        (2021, "requests.carried_in.total", "3"),
        (2021, "requests.disclosed.natural_person", "70"),
        (2021, "requests.disclosed.other_organisation", "10"),
        (2021, "requests.disclosed.total", "80"),
        (2021, "requests.handled.natural_person", "70"),
        (2021, "requests.handled.other_organisation", "10"),
        (2021, "requests.handled.total", "80"),
        (2021, "requests.carried_out.natural_person", "3"),
        (2021, "requests.carried_out.total", "3"),
        (2021, "proactive.licensing.decisions", "200"),
        (2022, "requests.received.natural_person", "60"),
        (2022, "requests.received.other_organisation", "30"),
        (2022, "requests.received.total", "90"),
        (2022, "requests.carried_in.natural_person", "3"),
        (2022, "requests.carried_in.total", "3"),
        (2022, "requests.disclosed.natural_person", "15"),
        (2022, "requests.disclosed.other_organisation", "30"),
        (2022, "requests.disclosed.total", "45"),
        (2022, "requests.refused.state_secret.natural_person", "35"),
        (2022, "requests.refused.state_secret.total", "35"),
        (2022, "requests.handled.natural_person", "50"),
        (2022, "requests.handled.other_organisation", "30"),
        (2022, "requests.handled.total", "80"),
        (2022, "requests.carried_out.natural_person", "13"),
        (2022, "requests.carried_out.total", "13"),
        (2022, "proactive.licensing.decisions", "150"),
    ];
    let pipeline = small(dir.path(), &figures);
    let text = words_of(&run(dir.path(), &pipeline, 2022).join("district-report.html"));
    for want in [
        "共收到政府信息公开申请90件，较上年增长12.5%；上年结转申请3件。",
        "自然人申请60件，占66.7%。",
        "全年办结申请80件，与上年持平，其中予以公开45件，占56.3%；不予公开35件，占43.8%。",
        // Thirteen after three: a base under ten allows no percentage.
        "结转下年度继续办理13件。",
        "行政许可决定150件，较上年下降25%。",
        "全年未发生因政府信息公开工作被申请行政复议的情况。",
        "全年未发生因政府信息公开工作被提起行政诉讼的情况。",
        "全年未收取行政事业性收费。",
        "未制发、废止行政规范性文件",
    ] {
        assert!(text.contains(want), "{want} is not in {text}");
    }
    assert!(!text.contains("不少于") && !text.contains("注：") && !text.contains("规章0件"), "{text}");
    // Parts that do not come to their total: shares of it are left out, and the banner says what is open.
    let wrong = figures.iter().map(|f| if f.1 == "requests.handled.total" && f.0 == 2022 { (f.0, f.1, "40") } else { *f });
    let torn = tempfile::tempdir().unwrap();
    let pipeline_of_torn = small(torn.path(), &wrong.collect::<Vec<_>>());
    let text = words_of(&run(torn.path(), &pipeline_of_torn, 2022).join("district-report.html"));
    assert!(text.contains("全年办结申请40件，其中予以公开45件，不予公开35件。"), "{text}");
    assert!(text.contains("汇总数据中尚有") && text.contains("自然人申请60件，占66.7%。"), "{text}");
    // No year before: nothing is compared.
    let first = words_of(&run(dir.path(), &pipeline, 2021).join("district-report.html"));
    assert!(!first.contains("上年增长") && !first.contains("与上年"), "{first}");
    assert!(first.contains("予以公开80件，占100%。"), "{first}");
}

/// What a plain count over the agencies of both years gives: agencies and the change in per cent, to one decimal.
fn like_for_like(published: &Path, year: u16, cell: &str) -> (usize, String) {
    let mut by_agency: BTreeMap<String, [Option<f64>; 2]> = BTreeMap::new();
    for row in file_rows(&published.join("data/cells.csv")).iter().filter(|r| r["cell"] == cell) {
        let at = match row["year"].parse::<u16>().unwrap() {
            y if y == year => 1,
            y if y + 1 == year => 0,
            _ => continue,
        };
        by_agency.entry(format!("{}{}", row["agency_id"], row["agency"])).or_default()[at] = row["value"].parse().ok();
    }
    let both: Vec<(f64, f64)> = by_agency.values().filter_map(|[a, b]| Some(((*a)?, (*b)?))).collect();
    let (before, now) = both.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let percent = (now - before) / before * 100.0;
    (both.len(), format!("{}", (percent.abs() * 10.0).round() / 10.0))
}

#[test]
fn where_an_agency_is_missing_changes_are_like_for_like() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "--out", dir.path().to_str().unwrap(), "--progress", "none"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let published = dir.path().join("2024");
    let text = words_of(&published.join("district-report.html"));
    let (agencies, percent) = like_for_like(&published, 2024, "requests.received.total");
    assert!(agencies > 25, "{agencies}");
    assert!(text.contains(&format!("件，同口径较上年增长{percent}%；上年结转")), "{percent} is not in {text}");
    assert!(text.contains("“同口径”指仅就两年均有该项数据的单位进行比较。"), "{text}");
    // A fee that is under query for its unit is stated, but nothing is concluded from it.
    assert!(text.contains("行政事业性收费2165515.6993万元。"), "{text}");
}

#[test]
fn gaps_are_named_below_figures() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = district(dir.path());
    let published = run(dir.path(), &pipeline, 2022);
    let text = words_of(&published.join("district-report.html"));
    let received = sums(&published, 2022)["requests.received.total"].clone();
    for want in [
        format!("共收到政府信息公开申请{received}件；"),
        "注：本表数据不含青屿区望岚街道办事处1家未报送单位。青屿区统计局未提供“".to_owned(),
        "项数据，未计入。".to_owned(),
        "浅灰底色的数据不完整。".to_owned(),
        "注：以上数据不含青屿区望岚街道办事处1家未报送单位。".to_owned(),
    ] {
        assert!(text.contains(&want), "{want} is not in {text}");
    }
    assert!(!text.contains('≥') && !text.contains("不少于"), "{text}");
}

#[test]
fn the_offices_own_words_go_to_the_parts_that_they_name() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = small(dir.path(), &[(2022, "requests.received.total", "12"), (2022, "requests.handled.total", "12")]);
    let texts = dir.path().join("texts/2022");
    std::fs::create_dir_all(&texts).unwrap();
    let overview = "引言一段。\n## 监督保障\n开展业务培训，纳入考核。\n## 平台建设情况\n网站改版。\n## 其他工作\n<b>别的</b>。\n（一）主动公开。公开了。";
    std::fs::write(texts.join("overview.md"), overview).unwrap();
    std::fs::write(texts.join("other_matters.md"), "没有其他事项。").unwrap();
    let text = words_of(&run(dir.path(), &pipeline, 2022).join("district-report.html"));
    let mut from = 0;
    for want in [
        "一、总体情况",
        "引言一段。",
        "（一）主动公开",
        "公开了。",
        "（二）依申请公开",
        "共收到政府信息公开申请12件",
        "（三）政府信息管理",
        "〔请补充：政府信息的制作",
        "（四）平台建设",
        "网站改版。",
        "（五）监督保障",
        "开展业务培训，纳入考核。",
        // What the words leave out is asked for: assessment is spoken of, the other two are not.
        "〔请补充：社会评议结果、责任追究结果〕",
        "其他工作",
        "&lt;b&gt;别的",
        "二、主动公开政府信息情况",
        "五、存在的主要问题及改进情况",
        "〔请补充：存在的主要问题和改进措施〕",
        "六、其他需要报告的事项",
        "没有其他事项。",
        "〔请补充：收取信息处理费情况",
    ] {
        let at = text[from..].find(want).unwrap_or_else(|| panic!("{want} is not in its place in {text}"));
        from += at + want.len();
    }
}

/// The program's own check of prose against tables finds nothing wrong with the program's own prose.
#[test]
fn the_words_agree_with_the_tables() {
    let dir = tempfile::tempdir().unwrap();
    for year in ["2020", "2021", "2022", "2023", "2024"] {
        let output = nianbao(&["run", "--year", year, "--out", dir.path().to_str().unwrap()]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        let report = dir.path().join(format!("{year}/district-report.docx"));
        let output = nianbao(&["check", report.to_str().unwrap(), "--format", "csv"]);
        let findings = rows(&out(&output));
        let wrong: Vec<_> = findings.iter().filter(|f| f["rule"] == "prose-figure" || f["rule"] == "wrong-year").collect();
        assert!(wrong.is_empty(), "{year}: {wrong:?}");
    }
}

#[test]
fn a_report_that_somebody_has_edited_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let pipeline = small(dir.path(), &[(2022, "requests.received.total", "12")]);
    let folder = run(dir.path(), &pipeline, 2022);
    for round in 1..=2 {
        for ending in ["docx", "html"] {
            std::fs::write(folder.join(format!("district-report.{ending}")), format!("改过{round}")).unwrap();
        }
        run(dir.path(), &pipeline, 2022);
        for ending in ["docx", "html"] {
            let kept = |n: usize| match n {
                1 => folder.join(format!("edited/district-report.{ending}")),
                n => folder.join(format!("edited/district-report ({n}).{ending}")),
            };
            for n in 1..=round {
                assert_eq!(std::fs::read_to_string(kept(n)).unwrap(), format!("改过{n}"), "{round} {ending}");
            }
            assert!(!kept(round + 1).exists());
            let fresh = read(&folder.join(format!("district-report.{ending}")));
            assert_eq!(fresh["requests.received.total"].0, "12", "{round} {ending}");
        }
        // A run that nobody has edited after keeps what is kept and adds nothing.
        let before = tree(&folder.join("edited"));
        run(dir.path(), &pipeline, 2022);
        assert_eq!(tree(&folder.join("edited")), before);
    }
}
