//! What Word and web pages hide, repeat and split.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/print.rs"]
mod print;

use common::{docx, forms, read_bytes, read_with};
use nianbao_form::{Agency, Registry, Report};

/// A report whose first cell of table two is written as given.
fn word_with(cell: &str) -> Report {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| if c == form.cells[0] { "@@".into() } else { "0".into() }, false);
    let xml = print::word("某某局2022年政府信息公开工作年度报告", &parts);
    let whole = "<w:p><w:r><w:t xml:space=\"preserve\">@@</w:t></w:r></w:p>";
    assert!(xml.contains(whole));
    let receipt = read_bytes("a.docx", &docx(&xml.replace(whole, cell)));
    receipt.reports.into_iter().next().unwrap_or_else(|| panic!("{cell}: {}", receipt.reason_en))
}

#[test]
fn runs_of_word() {
    let r = |t: &str| format!("<w:r><w:t>{t}</w:t></w:r>");
    let p = |t: &str| format!("<w:p>{t}</w:p>");
    let table = [
        (p(&(r("1") + &r("2"))), "12"),
        (p(&format!("<w:ins>{}</w:ins><w:del><w:r><w:delText>9</w:delText></w:r></w:del>", r("7"))), "7"),
        (p(&format!("<w:del><w:r><w:t>9</w:t></w:r></w:del><w:moveFrom>{}</w:moveFrom>{}", r("8"), r("5"))), "5"),
        (p(&format!("<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r>{}", r("3"))), "3"),
        (p(&format!("<w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>4</w:t></w:r>{}", r("3"))), "43"),
        (
            p(&format!(
                "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>=SUM(1)</w:instrText></w:r><w:r><w:t>6</w:t></w:r>\
                 <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
                r("15")
            )),
            "15",
        ),
        (p(&format!("<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>", r("21"))), "21"),
        (format!("<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", p(&r("22"))), "22"),
        (p(&format!("<w:hyperlink>{}</w:hyperlink><w:bookmarkStart w:id=\"0\"/>", r("23"))), "23"),
        (
            p(&format!(
                "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>\
                 <mc:Fallback><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
                p(&r("24")),
                p(&r("24"))
            )),
            "24",
        ),
        (p(&r("&#49;2")), "12"),
        (p(&r("<![CDATA[31]]>")), "31"),
        (p("") + &p(&r("1,234")), "1234"),
        (p(&r("2")) + &p(&r("3")), ""),
        (p("<w:r><w:t>2</w:t><w:tab/><w:t>3</w:t></w:r>"), ""),
    ];
    let cell = forms().form(forms().find("2021").unwrap()).cells[0];
    for (xml, want) in table {
        let report = word_with(&xml);
        let value = report.value(cell);
        assert_eq!(value.number.map(|n| n.to_string()).unwrap_or_default(), want, "{xml}: {:?}", value.raw);
    }
}

#[test]
fn what_a_page_hides() {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|c| if c == form.cells[0] { "@@".into() } else { "0".into() }, false);
    let page = print::html("某某局2022年政府信息公开工作年度报告", &parts, &print::html_spans);
    for (cell, want) in [
        ("<span>2</span><span>0</span>", "20"),
        ("<span style='DISPLAY : none'>9</span>7", "7"),
        ("<script>8</script><style>9</style><!-- 7 -->6", "6"),
        ("<del>9</del><ins>5</ins>", "5"),
        ("0&nbsp;", "0"),
        ("<p>&nbsp;</p><p>3</p>", "3"),
        ("<o:p>&#160;</o:p>4", "4"),
        ("12<sup hidden>1</sup>", "12"),
        ("3<b>件</b>", "3"),
        ("1<br>2", ""),
    ] {
        let receipt = read_bytes("a.html", page.replace("@@", cell).as_bytes());
        let value = receipt.reports[0].value(form.cells[0]).clone();
        assert_eq!(value.number.map(|n| n.to_string()).unwrap_or_default(), want, "{cell}: {:?}", value.raw);
    }
}

fn registry() -> Registry {
    let agency = |id: &str, name: &str, aliases: &[&str]| Agency {
        id: id.into(),
        name: name.into(),
        aliases: aliases.iter().map(|a| (*a).to_owned()).collect(),
        ..Agency::default()
    };
    Registry::new(vec![agency("A", "洪泽区教育局", &["区教育局"]), agency("B", "洪泽区民政局", &[]), agency("C", "洪泽区", &[])])
        .0
}

#[test]
fn whose_and_when() {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|_| "0".into(), false);
    let page =
        |title: &str, end: &str| print::html(title, &parts, &print::html_spans).replace("</body>", &format!("{end}</body>"));
    let table: [(&str, &str, &str, &str, u16, &[&str]); 9] = [
        ("a.html", "洪泽区教育局2022年政府信息公开工作年度报告", "", "A", 2022, &[]),
        ("a.html", "区教育局关于二〇二二年度政府信息公开工作情况的报告", "", "A", 2022, &[]),
        ("2022/民政局.html", "政府信息公开工作年度报告", "", "B", 2022, &[]),
        ("2021/a.html", "洪泽区教育局2022年政府信息公开工作年度报告", "", "A", 2022, &["wrong-year"]),
        ("洪泽区教育局2021年.html", "洪泽区教育局2022年政府信息公开工作年度报告", "", "A", 2022, &["wrong-year"]),
        ("洪泽区民政局.html", "洪泽区教育局2022年政府信息公开工作年度报告", "", "A", 2022, &["wrong-agency"]),
        (
            "a.html",
            "洪泽区教育局2022年政府信息公开工作年度报告",
            "<p>洪泽区民政局</p><p>2023年1月20日</p><p>打印 关闭</p>",
            "A",
            2022,
            &["wrong-agency"],
        ),
        ("a.html", "政府信息公开工作年度报告", "<p>洪泽区民政局</p><p>2023年1月20日</p>", "B", 2022, &[]),
        ("a.html", "江苏省洪泽区教育局2022年度</h1><h1>政府信息公开工作年度报告", "", "A", 2022, &[]),
    ];
    for (name, title, end, id, year, remarks) in table {
        let receipt = read_with(&registry(), name, page(title, end).as_bytes());
        let report = &receipt.reports[0];
        assert_eq!((report.agency_id.as_deref(), report.year), (Some(id), year), "{name} {title}: {}", report.agency);
        assert_eq!(report.remarks.iter().map(|r| r.rule).collect::<Vec<_>>(), remarks, "{name} {title} {:?}", report.remarks);
        assert_eq!(report.passage("other_matters").unwrap().text, "全年工作有序。");
    }
}

#[test]
fn explain_names_cells_and_reasons() {
    let form = forms().form(forms().find("2021").unwrap());
    let parts = print::parts(form, &|_| "0".into(), false);
    let file =
        common::Temp::new("a.txt", print::text("某某局2022年政府信息公开工作年度报告", &parts, &print::cell_lines).as_bytes());
    let source = nianbao_intake::Source { name: "a.txt".into(), path: file.0.clone() };
    let text = nianbao_intake::explain(forms(), &Registry::default(), &source);
    for cell in &form.cells {
        assert!(text.contains(&format!("-> {} (row", forms().id(*cell))), "{}", forms().id(*cell));
    }
}
