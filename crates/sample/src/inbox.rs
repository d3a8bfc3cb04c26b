//! The second inbox: two good reports among files that cannot be read or are something else.

use nianbao_form::Forms;

use crate::bodies::Bodies;
use crate::prose::Prose;
use crate::sheet::{Format, Part, Sheet};
use crate::{Files, district, figures, table, write};

/// Who is awaited here.
const AWAITED: [&str; 9] =
    ["planning-commission", "education", "industry", "civil-affairs", "finance", "labour", "transport", "audit", "urban"];

/// Writes it.
pub(crate) fn inbox(forms: &Forms, files: &mut Files) {
    let mut bodies = Bodies::parse(include_str!("../district.toml"));
    bodies.body.retain(|b| AWAITED.contains(&b.key.as_str()));
    let prose = Prose::load();
    let truth = figures::draw(forms, &bodies, 2019..=2024);
    let sheet = |key: &str, format: Format| -> Sheet {
        let body = bodies.get(key);
        let figures = truth.get(&(key.to_owned(), 2024)).cloned().unwrap_or_default();
        let mut sheet = district::sheet(forms, body, 2024, &figures);
        sheet.style.format = format;
        sheet.words = prose.write(forms, body, &body.name, 2024, &figures);
        sheet
    };
    let bytes = |key: &str, format: Format| district::bytes(forms, &sheet(key, format));
    let mut put = |name: &str, bytes: Vec<u8>| files.insert(format!("second-inbox/files/{name}"), bytes);

    put("区发改局2024年报.docx", bytes("planning-commission", Format::Docx));
    put("区审计局2024年报.html", bytes("audit", Format::Html { old: false }));
    put("区教育局2024年报.docx", Vec::new());
    let whole = bytes("industry", Format::Docx);
    put("区科工局2024年报.docx", whole[..whole.len() * 3 / 5].to_vec());
    put("区民政局2024年报.docx", encrypted());
    put("区财政局2024年报.docx", pdf());
    put("区人社局2024年报.docx", PICTURE.to_vec());
    put("区交通局2024年报.csv", doubled(&bytes("transport", Format::Csv)));
    let notice = notice();
    put("关于召开政务公开工作会议的通知.docx", write::docx(&notice, false));
    put("关于召开政务公开工作会议的通知.html", notice_page(&sheet("urban", Format::Html { old: true }), &notice));
    put("关于召开政务公开工作会议的通知.txt", write::lines(&notice, true));
    files.insert("second-inbox/agencies.csv".to_owned(), registry(&bodies));
}

fn registry(bodies: &Bodies) -> Vec<u8> {
    let district = &bodies.district;
    let head = ["agency_id", "agency", "kind", "parent", "aliases", "from", "to", "successor", "reports"];
    let line = |cells: [&str; 9]| cells.map(str::to_owned).to_vec();
    let mut rows = vec![line([&district.id(), &district.name, &district.kind, "", "", "", "", "", "compiled"])];
    for b in &bodies.body {
        rows.push(line([&b.id(), &b.name, &b.kind, &district.id(), &b.short, "2024", "", "", "own"]));
    }
    table(&head, rows)
}

/// The start of a compound file as Office writes it around an encrypted document: magic, header, names of its streams.
fn encrypted() -> Vec<u8> {
    let mut bytes = vec![0_u8; 2048];
    bytes[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    bytes[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    for (at, name) in [(512, "Root Entry"), (640, "EncryptionInfo"), (768, "EncryptedPackage")] {
        for (i, unit) in name.encode_utf16().enumerate() {
            bytes[at + 2 * i..at + 2 * i + 2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    bytes
}

/// A scanned page: a PDF without any text.
fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        .to_vec()
}

/// A photograph of a page, one pixel of it: PNG.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0,
    0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x64, 0xF8, 0xCF, 0x50, 0x0F, 0, 3, 0x86, 1,
    0x80, 0x5A, 0x34, 0x7D, 0x6B, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
];

/// Normalised cells whose column `value` stands twice.
fn doubled(cells: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(cells);
    let mut out = String::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        out.push_str(&format!("{line},{}\r\n", fields.get(3).copied().unwrap_or_default()));
    }
    out.into_bytes()
}

/// Something that is no report.
fn notice() -> Vec<Part> {
    let words = [
        "区政府各部门，各街道办事处、乡镇人民政府：",
        "经研究，定于2025年2月20日（星期四）上午9时在区行政中心三楼会议室召开政务公开工作会议，请各单位分管负责同志和具体工作人员参加。",
        "会议主要内容是通报年度工作情况，部署栏目整改和业务培训。请参会人员提前十分钟到场，会议期间将手机调至静音。",
        "请于2月18日前将参会回执报区政务公开办。",
    ];
    let mut parts = vec![Part::Title("关于召开政务公开工作会议的通知".to_owned())];
    parts.extend(words.map(|w| Part::Paragraph(w.to_owned())));
    parts.push(Part::Signature("区政务公开办".to_owned()));
    parts.push(Part::Signature("2025年2月13日".to_owned()));
    parts
}

fn notice_page(sheet: &Sheet, notice: &[Part]) -> Vec<u8> {
    write::html(sheet, notice, true)
}
