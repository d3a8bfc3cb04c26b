//! The published page in a browser: it works from file://, loads nothing from outside and is not wider than a telephone.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::*;
use std::path::Path;
use std::process::Command;

fn chromium(args: &[&str], page: &Path) -> Option<String> {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(args)
        .arg(format!("file://{}", page.display()))
        .output();
    match output {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(_) => {
            eprintln!("SKIPPED: chromium is not installed; the page was not opened");
            None
        }
    }
}

#[test]
fn the_page_opens_from_a_file_and_fits() {
    let dir = tempfile::tempdir().unwrap();
    let output = nianbao(&["run", "--out", dir.path().to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let year = dir.path().join("2024");
    for (name, text) in tree(&year).into_iter().filter(|(n, _)| n.ends_with(".html")) {
        let text = String::from_utf8(text).unwrap();
        for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
            assert!(!text.contains(outside), "{name} loads from outside: {outside}");
        }
        for link in text.split("href=\"").skip(1).chain(text.split("src=\"").skip(1)).filter_map(|s| s.split('"').next()) {
            let link = &link.replace("&#x2f;", "/");
            let path = link.split('#').next().unwrap();
            if path.is_empty() || path.contains(':') || path.starts_with('<') {
                continue;
            }
            let target = year.join(&name).parent().unwrap().join(percent_decoded(path));
            assert!(target.exists(), "{name}: {link} leads nowhere");
        }
    }
    let probe = year.join("probe.html");
    let page = std::fs::read_to_string(year.join("index.html")).unwrap();
    let script = "<script>document.title='w'+document.documentElement.scrollWidth+' i'+[...document.images].filter(i=>!i.naturalWidth).length;\
                  document.body.setAttribute('data-probe',document.title)</script></body>";
    std::fs::write(&probe, page.replace("loading=\"lazy\"", "").replace("</body>", script)).unwrap();
    let Some(dom) = chromium(&["--window-size=500,900", "--virtual-time-budget=4000", "--dump-dom"], &probe) else { return };
    let said = dom.split("data-probe=\"w").nth(1).unwrap_or_else(|| panic!("the page did not run: {dom:.300}"));
    let width: u32 = said.split(' ').next().unwrap().parse().unwrap();
    assert!(width <= 500, "the page is {width} wide in a window of 500");
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        if b == b'%' {
            let hex: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            bytes.push(b);
        }
    }
    String::from_utf8(bytes).unwrap()
}
