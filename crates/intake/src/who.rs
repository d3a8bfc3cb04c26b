//! Whose report it is and of which year: from title, signature, file name, folder and registry, in that order of trust.

use nianbao_form::{Agency, Forms, Place, Registry, Remark, registry};

use crate::document::Document;
use crate::sections::{Sections, Words};
use crate::slip;
use crate::title::{self, Title, name_in_file, period, year_in_name};

/// What was found out.
#[derive(Debug, Default)]
pub(crate) struct Who {
    /// Name: the registry's, else the document's.
    pub agency: String,
    /// Registry id.
    pub agency_id: Option<String>,
    /// Reporting year, 0 if nothing tells it.
    pub year: u16,
    /// Title as found.
    pub title: String,
    /// Contradictions.
    pub remarks: Vec<Remark>,
}

/// Finds agency and year.
pub(crate) fn find(
    document: &Document,
    words: &[Words<'_>],
    sections: &Sections,
    file: &str,
    (forms, registry): (&Forms, &Registry),
) -> Who {
    let lines: Vec<&str> = words.iter().take(sections.before.min(200)).map(|w| w.text).collect();
    let of_forms = || title::of_forms(&lines, &document.titles, forms);
    let title = title::best(&lines, &document.titles).or_else(of_forms).unwrap_or_default();
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = name.rsplit_once('.').map_or(name, |(s, _)| s);
    let mut who = Who { title: title.text.clone(), ..Who::default() };
    who.take_year(&title, words, sections, stem, folder);
    who.take_agency(&title, sections, stem, folder, registry);
    who
}

/// A source of a year or a name, as clerks call it.
type Told<T> = (&'static str, T);

/// A registered agency, with a word where the name is not quite its own.
struct Known<'r> {
    agency: &'r Agency,
    /// Whether the name is a letter off.
    slip: bool,
}

impl Who {
    fn take_year(&mut self, title: &Title, words: &[Words<'_>], sections: &Sections, stem: &str, folder: &str) {
        let period = words.iter().take(sections.before + 12).find_map(|w| period(w.text));
        // A report is signed in the year after the one that it reports on; late in a year it may also be that very year.
        let signed = sections.signed.map(|(year, month)| if month <= 8 { year - 1 } else { year });
        let late = sections.signed.filter(|s| s.1 > 8).map(|s| s.0 - 1);
        let folder = folder.rsplit('/').find_map(year_in_name);
        let told: [Told<Option<u16>>; 4] =
            [("标题", title.year), ("统计期限", period), ("文件名", year_in_name(stem)), ("文件夹", folder)];
        self.year = title.year.or(period).or(signed).or(told[2].1).or(folder).unwrap_or(0);
        // The office's folder is worth a word only where it contradicts.
        let mut found: Vec<[String; 2]> = told
            .iter()
            .filter(|t| t.0 != "文件夹" || t.1 != Some(self.year))
            .filter_map(|(what, y)| y.map(|y| [format!("{what}为{y}年"), format!("the {} says {y}", english(what))]))
            .collect();
        let mut wrong = told.iter().any(|t| t.1.is_some_and(|y| y != self.year));
        if let Some((signed_in, month)) = sections.signed
            && ![signed, late].contains(&Some(self.year))
        {
            found.push([format!("落款为{signed_in}年{month}月"), format!("it is signed in month {month} of {signed_in}")]);
            wrong = true;
        }
        if wrong {
            self.remark("wrong-year", &found, [format!("{}年", self.year), self.year.to_string()]);
        }
    }

    fn take_agency(&mut self, title: &Title, sections: &Sections, stem: &str, folder: &str, registry: &Registry) {
        let year = (self.year > 0).then_some(self.year);
        let signature = sections.signature.clone().unwrap_or_default();
        let folder = folder.rsplit('/').map(name_in_file).find(|n| !n.is_empty()).unwrap_or_default();
        let told: [Told<String>; 4] =
            [("标题", title.agency.clone()), ("落款", signature), ("文件名", name_in_file(stem)), ("文件夹", folder)];
        let told = || told.iter().filter(|t| !t.1.is_empty());
        let Some(known) = choose(registry, &told().cloned().collect::<Vec<_>>(), year) else {
            self.agency = told().map(|t| t.1.clone()).next().unwrap_or_default();
            return;
        };
        // A body that has ended goes on in the one that has taken its place, if that is but one.
        let agency = match year.map(|y| registry.continued_by(&known.agency.id, y)).as_deref() {
            Some([one]) => *one,
            _ => known.agency,
        };
        self.agency.clone_from(&agency.name);
        self.agency_id = Some(agency.id.clone());
        let related = |a: &Agency, b: &Agency| registry.ancestors(&a.id).iter().any(|p| p.id == b.id);
        let other = |a: &Agency| a.id != agency.id && !related(a, agency) && !related(agency, a);
        let named = |what: &str, name: &str| [format!("{what}为“{name}”"), format!("the {} says “{name}”", english(what))];
        let mut found = Vec::new();
        for (what, name) in told() {
            let sure = registry.find(name, year);
            // A folder is named for many things.
            if *what != "文件夹" && sure.is_some_and(other) {
                found.push(named(what, name));
            } else if known.slip && sure.is_none() && is_slip(name, agency) {
                let [zh, en] = named(what, name);
                found.push([format!("{zh}（与名录相差一字）"), format!("{en} (one character off the registry)")]);
            }
        }
        if found.is_empty() {
            return;
        }
        if !title.agency.is_empty() && !found.iter().any(|f| f[0].starts_with("标题")) {
            found.insert(0, named("标题", &title.agency));
        }
        let named = format!("“{}”", agency.name);
        self.remark("wrong-agency", &found, [named.clone(), named]);
    }

    /// Both in Chinese and in English.
    fn remark(&mut self, rule: &'static str, found: &[[String; 2]], [expected, expected_en]: [String; 2]) {
        let [zh, en] = [0, 1].map(|i| found.iter().map(|f| f[i].as_str()).collect::<Vec<_>>());
        let english = Some([en.join(", "), expected_en]);
        let place = Place::Unknown;
        self.remarks.push(Remark { rule, cell: None, found: zh.join("、"), expected, english, place });
    }
}

/// Where a year or a name was told.
fn english(what: &str) -> &str {
    match what {
        "标题" => "title",
        "统计期限" => "period",
        "文件名" => "file name",
        "文件夹" => "folder",
        "落款" => "signature",
        other => other,
    }
}

/// The registered agency that the sources mean, the most trusted first: a name that the registry knows, then one that it
/// knows in a longer or shorter form, then one with a letter wrong.
fn choose<'r>(registry: &'r Registry, told: &[Told<String>], year: Option<u16>) -> Option<Known<'r>> {
    let sure = |agency| Known { agency, slip: false };
    let titled = told.first().filter(|t| t.0 == "标题");
    if let Some(agency) = titled.and_then(|t| registry.find(&t.1, year).or_else(|| resembling(registry, &t.1, year))) {
        return Some(sure(agency));
    }
    if let Some(agency) = told.iter().find_map(|t| registry.find(&t.1, year)) {
        // A title that is a letter off the same name is that name.
        let slip = titled.is_some_and(|t| is_slip(&t.1, agency));
        return Some(Known { agency, slip });
    }
    let near = |t: &Told<String>| t.0 != "文件夹";
    told.iter()
        .filter(|t| near(t))
        .find_map(|t| resembling(registry, &t.1, year))
        .map(sure)
        .or_else(|| told.iter().filter(|t| near(t)).find_map(|t| slipped(registry, &t.1, year)))
}

/// Whether two keys are the same name, one with the names of places in front that the other leaves out.
fn is_end_of(a: &str, b: &str) -> bool {
    a.chars().count() >= 3 && b.chars().count() >= 3 && (a.ends_with(b) || b.ends_with(a))
}

/// The one agency of the registry whose name ends with the given name or the other way round (`铁山区档案馆` and
/// `开发区·铁山区档案馆`).
fn resembling<'r>(registry: &'r Registry, name: &str, year: Option<u16>) -> Option<&'r Agency> {
    only(registry, name, year, is_end_of)
}

/// The one agency whose name is a letter off.
fn slipped<'r>(registry: &'r Registry, name: &str, year: Option<u16>) -> Option<Known<'r>> {
    only(registry, name, year, is_letter_off).map(|agency| Known { agency, slip: true })
}

fn is_letter_off(a: &str, b: &str) -> bool {
    let near = |n: usize| n >= 4;
    near(a.chars().count()) && near(b.chars().count()) && slip::distance(a, b, 1).is_some() && slip::is_harmless(a, b)
}

/// Whether a name is a letter off one of an agency's.
fn is_slip(name: &str, agency: &Agency) -> bool {
    let key = registry::name_key(name);
    std::iter::once(&agency.name).chain(&agency.aliases).any(|n| is_letter_off(&key, &registry::name_key(n)))
}

/// The one agency, living in the year, that has a name that fits.
fn only<'r>(registry: &'r Registry, name: &str, year: Option<u16>, fits: fn(&str, &str) -> bool) -> Option<&'r Agency> {
    let key = registry::name_key(name);
    let mut found: Option<&Agency> = None;
    for (other, agency) in registry.keys() {
        if year.is_none_or(|y| agency.exists(y)) && fits(other, &key) {
            if found.is_some_and(|f| f.id != agency.id) {
                return None;
            }
            found = Some(agency);
        }
    }
    found
}
