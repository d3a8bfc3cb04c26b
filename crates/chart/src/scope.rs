//! Whose figures are drawn, of which years: the chart's view of the compilation.

use std::collections::{BTreeSet, HashSet};

use nianbao_compile::SeriesRow;
use nianbao_form::{Finding, Form, FormIx, Series, Severity, Status};

use crate::names;
use crate::number;
use crate::spec::Spec;
use crate::words::Words;
use crate::{Data, Target};

/// The level of agencies in `series.csv`.
pub(crate) const AGENCY: &str = "agency";

/// A figure: a sum or a ratio of two sums, unknown if nothing is known of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Fig {
    pub(crate) numerator: Option<i128>,
    pub(crate) denominator: Option<i128>,
    pub(crate) ratio: bool,
    pub(crate) lower: bool,
    /// Whether open findings call it in question, so that it is no bound either.
    pub(crate) doubt: bool,
}

impl Fig {
    fn of(row: &SeriesRow) -> Fig {
        Fig { numerator: row.numerator, denominator: row.denominator, ratio: row.ratio, lower: row.lower_bound, doubt: false }
    }

    /// What is drawn: the sum, or the ratio in per cent.
    pub(crate) fn value(self) -> Option<f64> {
        let numerator = self.numerator? as f64 / 1e6;
        if !self.ratio {
            return Some(numerator);
        }
        let denominator = self.denominator? as f64 / 1e6;
        (denominator > 0.0).then(|| numerator / denominator * 100.0)
    }

    /// The denominator as a number; 0 if it is not known.
    pub(crate) fn base(self) -> f64 {
        self.denominator.map_or(0.0, |d| d as f64 / 1e6)
    }

    /// The figure in words, with ≥ where some of it is missing. A ratio is no bound: what is missing can move it both ways.
    pub(crate) fn text(self) -> String {
        match (self.value(), self.numerator) {
            (Some(v), _) if self.ratio => number::percent(v),
            (Some(_), Some(m)) if self.lower && !self.doubt => format!("≥{}", number::exact(m, 2)),
            (Some(_), Some(m)) => number::exact(m, 2),
            _ => "—".to_owned(),
        }
    }

    /// The sum of figures: unknown if none is known, a lower bound if any is missing or one itself.
    pub(crate) fn sum(figs: impl IntoIterator<Item = Fig>) -> Fig {
        let mut out = Fig::default();
        let add = |a: Option<i128>, b: Option<i128>| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        let mut missing = false;
        for f in figs {
            missing |= f.numerator.is_none();
            out.numerator = add(out.numerator, f.numerator);
            out.denominator = add(out.denominator, f.denominator);
            out.ratio |= f.ratio;
            out.lower |= f.lower;
            out.doubt |= f.doubt;
        }
        out.lower |= missing && out.numerator.is_some();
        out
    }
}

/// An agency or a group among others that it is compared with.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: String,
    /// Name without the district's in front of it, as it is drawn.
    pub(crate) name: String,
    /// Whether the reader asked for it.
    pub(crate) picked: bool,
}

/// Why nothing can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// No figure for the year.
    Year,
    /// Figures for the year, but none of this earlier one to compare them with.
    Before(u16),
    /// No such agency, or none with figures.
    Agency(String),
    /// No such level, or none with figures.
    Level(String),
}

/// What a chart draws from.
pub(crate) struct Scope<'a> {
    pub(crate) data: Data<'a>,
    pub(crate) words: Words,
    /// Years up to the published one, ascending.
    pub(crate) years: Vec<u16>,
    /// The published year.
    pub(crate) year: u16,
    /// Name of whom the sums are for.
    pub(crate) group: String,
    subject: Vec<&'a str>,
    pub(crate) members: Vec<Member>,
    /// The level that was asked for, by the chart file or by the reader.
    pub(crate) level: Option<String>,
    /// The agency that was asked for, as the registry or the figures name it.
    pub(crate) picked: Option<String>,
    generations: Vec<&'a Form>,
    /// Series of the chart that open findings call in question in the published year.
    doubted: BTreeSet<String>,
    /// What the chart speaks.
    language: &'static str,
}

/// The form of the published year, else of the last year that there is.
pub(crate) fn form_of(data: Data<'_>) -> Option<FormIx> {
    let forms = data.forms;
    forms.for_year(data.year).or_else(|| data.figures.compilation.years.last().and_then(|y| forms.for_year(*y)))
}

impl<'a> Scope<'a> {
    /// The view for a chart and a target; what is missing where there is nothing to see.
    pub(crate) fn new(spec: &Spec, data: Data<'a>, target: &Target, language: &'static str) -> (Scope<'a>, Option<Absent>) {
        let forms = data.forms;
        let own = form_of(data);
        let generations: Vec<&Form> = own.map_or_else(Vec::new, |own| {
            let others = forms.generations(own).into_iter().filter(|g| *g != own);
            std::iter::once(own).chain(others).map(|g| forms.form(g).in_language(language)).collect()
        });
        let words = Words { zh: generations.first().is_none_or(|f| f.language != "en") };
        // A year between others of which there is no report is seen to be empty.
        let known = || data.figures.compilation.years.iter().copied().filter(|y| *y <= data.year);
        let mut years: Vec<u16> = match (known().min(), known().max()) {
            (Some(first), Some(last)) => (first..=last).collect(),
            _ => Vec::new(),
        };
        years.drain(..years.len().saturating_sub(spec.years.unwrap_or(15)));
        let mut scope = Scope {
            data,
            words,
            years,
            year: data.year,
            group: String::new(),
            subject: Vec::new(),
            members: Vec::new(),
            level: target.level.clone().or_else(|| spec.level.clone()),
            picked: None,
            generations,
            doubted: BTreeSet::new(),
            language,
        };
        let ids: Vec<&str> = spec.all().map(|i| i.id.as_str()).collect();
        let absent = scope.choose(target, &ids);
        scope.doubted = spec.totals().chain(ids).filter(|id| scope.is_doubted(id)).map(str::to_owned).collect();
        (scope, absent)
    }

    fn choose(&mut self, target: &Target, ids: &[&str]) -> Option<Absent> {
        let root = self.data.figures.compilation.root.as_str();
        self.group = self.words.name(&self.group_name(root));
        self.subject = vec![root];
        let level = self.level.clone();
        let level = level.as_deref();
        let picked = target.agency.as_deref().map(|name| (name, self.find(name)));
        let picked_id = match picked {
            Some((name, None)) => return Some(Absent::Agency(name.to_owned())),
            Some((_, Some(id))) => Some(id),
            None => None,
        };
        let members = self.at_level(level.unwrap_or(AGENCY));
        if let (Some(level), true, None) = (level, members.is_empty(), picked_id) {
            return Some(Absent::Level(self.words.level(level)));
        }
        let full: Vec<String> = members.iter().map(|(_, name)| self.words.name(name)).collect();
        let short = names::without_common_front(&full, &self.group);
        self.members = members
            .iter()
            .zip(short)
            .map(|((id, _), name)| Member { id: (*id).to_owned(), name, picked: picked_id == Some(*id) })
            .collect();
        if let Some(id) = picked_id {
            let name = self.words.name(&self.member_name(id));
            self.subject = vec![id];
            self.picked = Some(name.clone());
            self.group = name;
        } else if let Some(level) = level {
            self.subject = self.without_nested(members.iter().map(|(id, _)| *id).collect());
            let with_figures = |id: &&&str| ids.iter().any(|s| self.of(s, id, self.year).numerator.is_some());
            let n = self.subject.iter().filter(with_figures).count();
            self.group = self.words.all_of(&self.group, level, n);
        }
        None
    }

    fn group_name(&self, id: &str) -> String {
        let registered = self.data.registry.get(id).map(|a| a.name.clone());
        let named = || self.data.figures.groups.iter().find(|r| r.group_id == id && r.level != AGENCY).map(|r| r.group.clone());
        registered.or_else(named).filter(|n| !n.is_empty() && !id.is_empty()).unwrap_or_else(|| self.words.everyone().to_owned())
    }

    fn member_name(&self, id: &str) -> String {
        let registered = self.data.registry.get(id).map(|a| a.name.clone());
        registered
            .or_else(|| self.data.figures.groups.iter().find(|r| r.group_id == id).map(|r| r.group.clone()))
            .unwrap_or_else(|| id.to_owned())
    }

    /// The id of an agency or group by id, name or alias.
    fn find(&self, name: &str) -> Option<&'a str> {
        let registered = self.data.registry.find(name, Some(self.year)).map(|a| a.id.as_str());
        let key = nianbao_form::registry::name_key(name);
        let rows = &self.data.figures.groups;
        let by_id = |id: &str| rows.iter().find(|r| r.group_id == id).map(|r| r.group_id.as_str());
        registered.and_then(by_id).or_else(|| {
            let named = |r: &&&SeriesRow| r.group_id == name || nianbao_form::registry::name_key(&r.group) == key;
            rows.iter().find(named).map(|r| r.group_id.as_str())
        })
    }

    /// Ids and names of all members of a level below the group at the top, in the order of the registry.
    fn at_level(&self, level: &str) -> Vec<(&'a str, &'a str)> {
        let rows = &self.data.figures.groups;
        let registry = self.data.registry;
        let root = self.data.figures.compilation.root.as_str();
        let kind = |id: &str| registry.get(id).map_or("", |a| a.kind.as_str());
        let named = rows.iter().any(|r| r.level == level && r.level != AGENCY);
        let fits = |r: &&&SeriesRow| match named || level == AGENCY {
            true => r.level == level,
            false => r.level == AGENCY && kind(&r.group_id) == level,
        };
        let below =
            |id: &str| root.is_empty() || registry.get(id).is_none() || registry.ancestors(id).iter().any(|a| a.id == root);
        let mut seen = HashSet::new();
        let mut list = Vec::new();
        for r in rows.iter().filter(fits) {
            let id = r.group_id.as_str();
            if seen.insert(id) && id != root && below(id) {
                list.push((registry.position(id).unwrap_or(usize::MAX), id, r.group.as_str()));
            }
        }
        list.sort_unstable();
        list.into_iter().map(|(_, id, name)| (id, name)).collect()
    }

    /// Drops groups that stand below another one of the list: their figures are in it already.
    fn without_nested(&self, ids: Vec<&'a str>) -> Vec<&'a str> {
        let set: HashSet<&str> = ids.iter().copied().collect();
        let nested = |id: &str| self.data.registry.ancestors(id).iter().any(|a| set.contains(a.id.as_str()));
        ids.into_iter().filter(|id| !nested(id)).collect()
    }

    /// Whether an agency's own figures are in the drawing: in the sum of the subject, or in that of a member.
    pub(crate) fn draws(&self, agency: &str, sums: bool) -> bool {
        let within = |id: &str| {
            let root = self.data.figures.compilation.root.as_str();
            id == agency || id == root || self.data.registry.ancestors(agency).iter().any(|a| a.id == id)
        };
        if sums { self.subject.iter().any(|id| within(id)) } else { self.members.iter().any(|m| within(&m.id)) }
    }

    /// Whether open errors and warnings could move the subject's figure so far that it is no bound. A blank total that its
    /// parts prove moves nothing.
    fn is_doubted(&self, series: &str) -> bool {
        const NOTICEABLE: f64 = 0.1;
        let moving = self.about(series).filter(|f| f.rule != "missing-total");
        moving.filter_map(|f| f.influence).sum::<f64>() >= NOTICEABLE
    }

    /// Whether an error that nobody has settled is in the subject's figure of the year.
    pub(crate) fn has_error(&self, series: &str) -> bool {
        self.about(series).any(|f| f.severity == Severity::Error)
    }

    /// Open findings about the subject's figure of the year.
    fn about(&self, series: &str) -> impl Iterator<Item = &'a Finding> + '_ {
        let of = self.series(series).into_iter().flat_map(|s| s.numerator.iter().chain(&s.denominator));
        let cells: HashSet<&str> = of.map(|c| self.data.forms.id(*c)).collect();
        let open = self.data.findings.iter().filter(|f| self.is_open(f, true) && f.leads());
        open.filter(move |f| f.cells.iter().any(|cell| cells.contains(cell.as_str())))
    }

    /// Whether it is an error or a warning of the year that nobody has settled, about an agency whose figures are drawn.
    pub(crate) fn is_open(&self, finding: &Finding, sums: bool) -> bool {
        let open = matches!(finding.status, Status::Open | Status::Confirmed) && finding.severity != Severity::Info;
        open && finding.subject.year == self.data.year && self.draws(&finding.subject.agency_id, sums)
    }

    /// A figure of the subject (group, level or agency).
    pub(crate) fn fig(&self, series: &str, year: u16) -> Fig {
        let doubt = year == self.year && self.doubted.contains(series);
        if self.subject.len() == 1 {
            return Fig { doubt, ..self.of(series, self.subject[0], year) };
        }
        // An agency without a row for the year did not exist or did not report: the group's own row knows which.
        let all = Fig::sum(self.subject.iter().filter_map(|id| self.row(series, id, year).map(Fig::of)));
        Fig { doubt, ..all }
    }

    /// A figure of all members together: of the whole group, or of the level that was asked for.
    pub(crate) fn total(&self, series: &str, year: u16) -> Fig {
        match &self.level {
            None => {
                let doubt = year == self.year && self.doubted.contains(series);
                Fig { doubt, ..self.of(series, &self.data.figures.compilation.root, year) }
            }
            Some(_) => Fig::sum(self.members.iter().filter_map(|m| self.row(series, &m.id, year).map(Fig::of))),
        }
    }

    /// A figure of one agency or group.
    pub(crate) fn of(&self, series: &str, id: &str, year: u16) -> Fig {
        self.row(series, id, year).map_or_else(Fig::default, Fig::of)
    }

    /// What comes after the published year is not seen.
    fn row(&self, series: &str, id: &str, year: u16) -> Option<&'a SeriesRow> {
        self.data.figures.row(series, id, year).filter(|_| year <= self.year)
    }

    /// What the form says of a series, the published year's generation first.
    pub(crate) fn series(&self, id: &str) -> Option<&'a Series> {
        self.generations.iter().find_map(|f| f.series.iter().find(|s| s.id == id))
    }

    /// Every series of the form, for error messages.
    pub(crate) fn known_series(&self) -> BTreeSet<&'a str> {
        self.generations.iter().flat_map(|f| f.series.iter().map(|s| s.id.as_str())).collect()
    }

    /// The form of the published year.
    pub(crate) fn form(&self) -> Option<&'a Form> {
        self.generations.first().copied()
    }

    /// The first year of figures that can not be compared with those before, with the reason.
    pub(crate) fn breaks(&self, series: &[&str]) -> Vec<(u16, &'a str)> {
        let mut found: Vec<(u16, &str)> = Vec::new();
        // The group at the top knows best: a single agency may have used the new form too early.
        let noted = || series.iter().flat_map(|id| self.data.figures.noted(id));
        let rows = || noted().filter(|r| r.year <= self.year);
        let top = rows().any(|r| r.level != AGENCY);
        for row in rows().filter(|r| !top || r.level != AGENCY) {
            match found.iter_mut().find(|(_, note)| *note == row.break_note) {
                Some((year, _)) => *year = (*year).min(row.year),
                None => found.push((row.year, &row.break_note)),
            }
        }
        found.retain(|(year, _)| self.years.first().is_some_and(|first| first < year) && *year <= self.year);
        found.sort_unstable();
        let say = |note: &'a str| self.form().map_or(note, |form| form.say(note, self.language));
        found.into_iter().map(|(year, note)| (year, say(note))).collect()
    }

    /// The year before the published one, if its figures are there and can be compared.
    pub(crate) fn last_year(&self, series: &str) -> Option<u16> {
        let last = self.year.checked_sub(1)?;
        let broken = self.breaks(&[series]).iter().any(|(year, _)| *year == self.year);
        (self.data.figures.compilation.years.contains(&last) && !broken).then_some(last)
    }
}
