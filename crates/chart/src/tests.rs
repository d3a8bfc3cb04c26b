#![allow(clippy::unwrap_used)]
//! Every chart file, drawn with a made-up district and with the real figures of the US form, with data and without.

use std::path::{Path, PathBuf};

use nianbao_form::Forms;

use crate::scene::{Area, Scene};
use crate::{Chart, ChartError, Data, Figures, Picture, Target, compose, draw, draw_png, load, parse};

#[path = "../examples/gallery/district.rs"]
mod district;

use district::World;

mod docs;
mod headlines;
mod sizes;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn charts(folder: &str) -> Vec<Chart> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().flatten().map(|e| e.path());
    let mut files: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files.iter().map(|f| load(f).unwrap()).collect()
}

fn data(world: &World, year: u16) -> Data<'_> {
    // Tests are short-lived: the index may outlive them.
    let figures = Box::leak(Box::new(Figures::of(&world.compilation)));
    Data { forms: &world.forms, registry: &world.registry, figures, findings: &world.findings, year, language: "zh" }
}

fn named<'a>(charts: &'a [Chart], name: &str) -> &'a Chart {
    charts.iter().find(|c| c.name.contains(name)).unwrap()
}

fn picture(world: &World, name: &str, year: u16, target: &Target) -> Picture {
    draw(named(&charts("charts"), name), data(world, year), target).unwrap()
}

#[test]
fn every_series_of_every_chart_is_in_its_form() {
    let us = Forms::with_files(&[root().join("data/forms/us-foia.toml")]).unwrap();
    for (folder, forms, form, least) in [("charts", Forms::built_in(), "2021", 13), ("charts/us-foia", &us, "us-foia", 5)] {
        let form = forms.form(forms.find(form).unwrap());
        let charts = charts(folder);
        assert!(charts.len() >= least, "{folder} has {}", charts.len());
        for chart in &charts {
            for id in chart.series() {
                assert!(
                    form.series.iter().any(|s| s.id == id),
                    "{folder}/{}.toml draws `{id}`, which the form does not have",
                    chart.name
                );
            }
        }
    }
}

/// Texts that lie on each other, or leave the picture.
fn clashes(scene: &Scene, (w, h): (u32, u32)) -> Vec<String> {
    let texts = scene.texts();
    let page = Area::new(0.0, 0.0, f64::from(w), f64::from(h));
    let mut found = Vec::new();
    for (i, (area, text)) in texts.iter().enumerate() {
        if area.x < page.x + 8.0 || area.right() > page.right() - 8.0 || area.y < 0.0 || area.bottom() > page.bottom() {
            found.push(format!("`{text}` leaves the picture: {area:?} of {w}×{h}"));
        }
        for (other, words) in &texts[..i] {
            let inner = Area::new(area.x + 1.0, area.y + 2.0, area.w - 2.0, area.h - 4.0);
            // Two figures on one line with less than a space between them read as one.
            let number = |text: &str| text.trim_start_matches('≥').starts_with(|c: char| c.is_ascii_digit());
            let line = (area.bottom() - other.bottom()).abs() < 1.0 && number(text) && number(words);
            let spaced = Area::new(area.x - 3.0, inner.y, area.w + 6.0, inner.h);
            if inner.meets(*other) || (line && spaced.meets(*other)) {
                found.push(format!("`{text}` lies on `{words}`: {area:?} {other:?}"));
            }
        }
    }
    found
}

fn no_clashes(world: &World, folder: &str, year: u16, target: &Target) {
    for chart in &charts(folder) {
        let (scene, framed) = compose(chart, data(world, year), target).unwrap();
        let found = clashes(&scene, framed.size);
        assert!(found.is_empty(), "{folder}/{} {year} {target:?}:\n{}", chart.name, found.join("\n"));
    }
}

#[test]
fn no_text_lies_on_another_or_is_cut_off() {
    let world = district::district();
    for year in [2019, 2020, 2021, 2024] {
        no_clashes(&world, "charts", year, &Target::default());
    }
    for agency in ["TS-024", "铁山区档案馆", "TS-030"] {
        no_clashes(&world, "charts", 2024, &Target { agency: Some(agency.into()), level: None });
    }
    for level in ["bureau", "town", "district", "province"] {
        no_clashes(&world, "charts", 2024, &Target { level: Some(level.into()), agency: None });
    }
    let us = district::us_foia(&root());
    for year in [2008, 2016, 2020] {
        no_clashes(&us, "charts/us-foia", year, &Target::default());
    }
}

#[test]
fn titles_say_what_is_seen() {
    let world = district::district();
    let all = charts("charts");
    let titles: Vec<String> = all.iter().map(|c| draw(c, data(&world, 2023), &Target::default()).unwrap().title).collect();
    let sum = |series: &str, year: u16| {
        world
            .compilation
            .series
            .iter()
            .find(|r| r.group_id == "TS" && r.series == series && r.year == year)
            .unwrap()
            .value()
            .unwrap()
    };
    let (now, last) = (sum("requests_received", 2023), sum("requests_received", 2022));
    assert!(titles[0].starts_with(&format!("铁山区2023年新收申请{now}件，比上年增加{}件（+", now - last)), "{}", titles[0]);
    assert!(titles[2].contains(&format!("办结{}件", sum("requests_handled", 2023))), "{}", titles[2]);
    assert!(titles.iter().all(|t| !t.contains(['{', '}'])), "{titles:?}");
}

#[test]
fn a_missing_report_makes_a_lower_bound_that_is_said() {
    let world = district::district();
    let p = picture(&world, "01-", 2024, &Target::default());
    assert!(p.title.contains("至少"), "{}", p.title);
    assert!(p.svg.contains("≥") && p.svg.contains("有单位未报送或数据不全"), "{}", p.title);
    let p = picture(&world, "01-", 2023, &Target::default());
    assert!(!p.svg.contains('≥'), "{}", p.title);
}

#[test]
fn breaks_are_drawn_and_explained_and_not_compared_across() {
    let world = district::district();
    let p = picture(&world, "09-", 2024, &Target::default());
    assert!(p.svg.contains("口径变化") && p.svg.contains("虚线：2021年起改为统计现行有效件数"));
    let p = picture(&world, "09-", 2021, &Target::default());
    assert!(!p.title.contains("比上年"), "{}", p.title);
    assert!(!picture(&world, "01-", 2024, &Target::default()).svg.contains("口径变化"));
}

#[test]
fn what_has_no_data_says_so() {
    let world = district::district();
    for (year, target, say) in [
        (2018, Target::default(), "2018年没有可用数据"),
        (2025, Target::default(), "2025年没有可用数据"),
        (2024, Target { agency: Some("铁山区气象局".into()), level: None }, "没有“铁山区气象局”的可用数据"),
        (2024, Target { level: Some("province".into()), agency: None }, "没有“省”一级的可用数据"),
    ] {
        for chart in charts("charts").iter().filter(|c| c.series().count() > 0) {
            let p = draw(chart, data(&world, year), &target).unwrap();
            assert!(
                p.title.contains(say) && p.svg.contains(say) && p.caption.contains(say),
                "{} {year}: {}",
                chart.name,
                p.title
            );
        }
    }
    // The first year has figures, but none before it.
    for chart in
        charts("charts").iter().filter(|c| c.kind().is_some_and(|k| ["waterfall", "dumbbell", "slope"].contains(&k.name)))
    {
        let p = draw(chart, data(&world, 2019), &Target::default()).unwrap();
        assert_eq!(p.title, "没有可与2018年比较的2019年数据", "{}", chart.name);
    }
    let nothing = nianbao_compile::compile(&world.forms, &world.registry, &[], None).unwrap();
    let figures = Figures::of(&nothing);
    let empty = Data { figures: &figures, findings: &[], ..data(&world, 2024) };
    for chart in charts("charts") {
        assert!(draw(&chart, empty, &Target::default()).unwrap().svg.contains("没有可用数据") || chart.name.contains("coverage"));
    }
}

#[test]
fn one_agency_and_one_level() {
    let world = district::district();
    let one = Target { agency: Some("黄石市公安局铁山区分局".into()), level: None };
    let p = picture(&world, "01-", 2024, &one);
    assert!(p.title.starts_with("黄石市公安局铁山区分局2024年新收申请13件"), "{}", p.title);
    let p = picture(&world, "04-", 2024, &one);
    assert!(p.title.contains("居第"), "{}", p.title);
    let towns = Target { level: Some("town".into()), agency: None };
    let p = picture(&world, "01-", 2024, &towns);
    assert!(p.title.starts_with("铁山区2个乡镇合计2024年"), "{}", p.title);
    let p = picture(&world, "06-", 2024, &towns);
    assert!(p.svg.contains("熊家境镇人民政府") && !p.svg.contains("教育局"));
}

#[test]
fn an_unknown_agency_or_level_is_answered_with_those_that_there_are() {
    let world = district::district();
    let asked = |agency: Option<&str>, level: Option<&str>| {
        let target = Target { agency: agency.map(str::to_owned), level: level.map(str::to_owned) };
        target.check(data(&world, 2024)).map_err(|e| e.to_string())
    };
    for known in ["TS-024", "铁山区财政局", "铁山区商务和粮食局"] {
        assert_eq!(asked(Some(known), None), Ok(()));
    }
    assert_eq!(asked(None, Some("town")), Ok(()));
    assert_eq!(asked(Some("铁山区财政厅"), None).unwrap_err(), "no agency `铁山区财政厅`; did you mean `铁山区财政局`?");
    let message = asked(Some("街道"), None).unwrap_err();
    assert!(message.contains("`铁山区铁山街道办事处`") && message.contains("`铁山区鹿獐山街道办事处`"), "{message}");
    let message = asked(None, Some("twon")).unwrap_err();
    assert!(message.contains("known are agency, bureau, district, office, sub-district, town, zone"), "{message}");
}

#[test]
fn coverage_names_who_is_missing() {
    let world = district::district();
    let p = picture(&world, "11-", 2024, &Target::default());
    assert!(p.title.starts_with("2024年应报31个单位，已报30个"), "{}", p.title);
    for word in ["未报送", "数据不全", "档案馆"] {
        assert!(p.svg.contains(word), "{word}");
    }
}

/// Well-formed XML, texts as text, one embedded face, nothing from outside.
fn sound(p: &Picture) {
    let tree = resvg::usvg::roxmltree::Document::parse(&p.svg).unwrap_or_else(|e| panic!("{}: {e}", p.name));
    let svg = tree.root_element();
    assert_eq!((svg.tag_name().name(), svg.attribute("role")), ("svg", Some("img")));
    let child = |name: &str| {
        svg.children().find(|c| c.has_tag_name(name) || c.tag_name().name() == name).and_then(|c| c.text()).unwrap_or_default()
    };
    let labelled = svg.attribute("aria-labelledby").unwrap_or_default();
    let ids: Vec<&str> = svg.children().filter_map(|c| c.attribute("id")).collect();
    assert_eq!(labelled.split(' ').collect::<Vec<_>>(), ids);
    assert_eq!(child("title"), p.title);
    assert_eq!(child("desc"), p.caption);
    assert_eq!(p.svg.matches("@font-face").count(), 1);
    assert!(child("style").contains("url(data:font/ttf;base64,"));
    assert!(svg.attribute("font-family").unwrap_or_default().contains("'Noto Sans SC','Microsoft YaHei'"));
    // Names may hold addresses; no element or attribute does.
    let attributes = || tree.descendants().flat_map(|n| n.attributes());
    assert!(attributes().all(|a| !a.value().contains("http") && !a.value().contains("url(") && a.name() != "href"), "{}", p.name);
    assert!(tree.descendants().all(|n| n.tag_name().namespace().is_none_or(|ns| ns == "http://www.w3.org/2000/svg")));
    assert!(!tree.descendants().any(|n| ["script", "image", "use", "a"].contains(&n.tag_name().name())), "{}", p.name);
    assert!(!p.caption.is_empty() && !p.caption.contains('\n'));
}

#[test]
fn pictures_are_sound_and_the_same_every_time() {
    let world = district::district();
    for chart in charts("charts") {
        let p = draw(&chart, data(&world, 2024), &Target::default()).unwrap();
        sound(&p);
        assert_eq!(p.svg, draw(&chart, data(&world, 2024), &Target::default()).unwrap().svg, "{}", chart.name);
    }
    let us = district::us_foia(&root());
    for chart in charts("charts/us-foia") {
        let p = draw(&chart, data(&us, 2020), &Target::default()).unwrap();
        sound(&p);
        let chinese: String = p.svg.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
        assert!(chinese.is_empty(), "{} speaks Chinese: {chinese}", p.name);
    }
}

/// The SVG as another renderer draws it with the bundled font, in the size of the PNG.
fn rendered(svg: &str) -> resvg::tiny_skia::Pixmap {
    use resvg::{tiny_skia, usvg};
    let mut db = usvg::fontdb::Database::new();
    db.load_font_data(crate::font::BYTES.to_vec());
    let resolver = usvg::FontResolver {
        select_font: Box::new(|_, db| db.faces().next().map(|face| face.id)),
        select_fallback: Box::new(|_, _, _| None),
    };
    let options = usvg::Options { fontdb: db.into(), font_resolver: resolver, ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let size = tree.size();
    let mut map = tiny_skia::Pixmap::new(size.width() as u32 * 2, size.height() as u32 * 2).unwrap();
    resvg::render(&tree, tiny_skia::Transform::from_scale(2.0, 2.0), &mut map.as_mut());
    map
}

#[test]
fn a_png_shows_what_the_svg_shows() {
    let (world, us) = (district::district(), district::us_foia(&root()));
    for (world, folder, year) in [(&world, "charts", 2024), (&us, "charts/us-foia", 2020)] {
        for chart in charts(folder) {
            let (picture, png) = draw_png(&chart, data(world, year), &Target::default()).unwrap();
            assert_eq!(png, draw_png(&chart, data(world, year), &Target::default()).unwrap().1);
            let map = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
            let other = rendered(&picture.svg);
            assert_eq!((map.width(), map.width(), map.height()), (1600, other.width(), other.height()), "{}", chart.name);
            // Texts stand a fraction of a pixel apart, so squares of pixels are compared, not single ones.
            let grey = |map: &resvg::tiny_skia::Pixmap, bx: u32, by: u32| {
                let at = |x, y| map.pixel(bx * 10 + x, by * 10 + y).map_or(255.0, |p| f64::from(p.green()));
                (0..10).flat_map(|y| (0..10).map(move |x| (x, y))).map(|(x, y)| at(x, y)).sum::<f64>() / 100.0
            };
            let squares = (0..map.height() / 10).flat_map(|y| (0..160).map(move |x| (x, y)));
            let off: Vec<(u32, u32)> = squares.filter(|&(x, y)| (grey(&map, x, y) - grey(&other, x, y)).abs() > 40.0).collect();
            assert!(off.is_empty(), "{}: {} squares differ, the first at {:?}", chart.name, off.len(), off.first());
        }
    }
}

#[test]
fn wrong_files_are_refused_with_line_and_key() {
    let base = "kind = \"rank\"\ntitle = \"{finding}\"\nsubtitle = \"x\"\nseries = [ { id = \"requests_received\" } ]\n";
    let refused = |text: &str| match parse(Path::new("charts/x.toml"), text) {
        Err(ChartError::File(e)) => e.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(parse(Path::new("x.toml"), base).is_ok());
    let message = refused(&format!("{base}lable = \"x\"\n"));
    assert!(message.starts_with("charts/x.toml:5: `lable`"), "{message}");
    let message = refused(&format!("{base}titel = \"x\"\n"));
    assert!(message.contains("did you mean `title`?") && message.contains("(title: headline;"), "{message}");
    let message = refused(&base.replace("subtitle", "subtitel"));
    assert!(message.contains("charts/x.toml:3") && message.contains("did you mean `subtitle`?"), "{message}");
    let message = refused(&base.replace("\"rank\"", "\"rang\""));
    assert!(message.contains("`rang`") && message.contains("did you mean `rank`?"), "{message}");
    let message = refused(&base.replace("{finding}", "{findings}"));
    assert!(message.contains("charts/x.toml:2") && message.contains("{findings}"), "{message}");
    let message = refused(&format!("{base}small = 5\n"));
    assert!(message.contains("charts/x.toml:5") && message.contains("does not use it, only slope, funnel, panels"), "{message}");
    let message = refused(&base.replace("{ id = \"requests_received\" }", "{ id = \"a\" }, { id = \"b\" }"));
    assert!(message.contains("charts/x.toml:4") && message.contains("draws one series, not 2"), "{message}");
    let message = refused(&format!("{base}[english]\ny = \"why\"\n"));
    assert!(message.contains("charts/x.toml:5") && message.contains("`x` has no English here"), "{message}");
    let message = refused(&format!("{base}[english]\nx = \"why\"\ny = \"why\"\n"));
    assert!(message.contains("`y` is no text of this file"), "{message}");
}

#[test]
fn an_unknown_series_is_named_with_the_nearest() {
    let world = district::district();
    let text = "kind = \"rank\"\ntitle = \"{finding}\"\nsubtitle = \"x\"\nseries = [ { id = \"requests_recieved\" } ]\n";
    let chart = parse(Path::new("x.toml"), text).unwrap();
    let message = draw(&chart, data(&world, 2024), &Target::default()).unwrap_err().to_string();
    assert!(message.contains("`requests_recieved`") && message.contains("did you mean `requests_received`?"), "{message}");
}

#[test]
fn a_missing_file_is_named() {
    let message = load(Path::new("charts/nowhere.toml")).unwrap_err().to_string();
    assert!(message.contains("charts/nowhere.toml"), "{message}");
}
