//! The top of the office's page: how far the collection is, and whom to telephone first.

use std::cmp::Reverse;

use minijinja::{Value, context};
use nianbao_compile::{Comparison, CoverageRow, Reconciliation};
use nianbao_form::{Finding, Severity, Status, decimal_text};

use super::findings::is_open;
use super::{AgencyPage, Pages, findings, key_of, render};
use crate::PublishError;
use crate::files::{FileOut, href};
use crate::letters;
use crate::words::Lang;
use crate::workbook::percent;

/// How many lines of each list are shown before the rest is folded.
const SHOWN: usize = 8;

/// The rule by which the collection says that an agency has not reported.
const MISSING: &str = "missing-report";

/// An agency whose findings somebody has to act on.
struct Due<'e> {
    agency: usize,
    errors: usize,
    warnings: usize,
    /// The largest share of a district figure that one of its findings moves.
    influence: f64,
    /// Best rank first.
    findings: Vec<(usize, &'e Finding)>,
}

impl<'e> Pages<'_, 'e> {
    /// Published totals against the sums: what is said of them all, what explains the differences, the figures that differ.
    fn published(&self, made: &Reconciliation) -> Value {
        let english = self.lang == Lang::En;
        let pick = |zh: &str, en: &str| if english { en.to_owned() } else { zh.to_owned() };
        let exact = |n: Option<i128>| n.map(decimal_text).unwrap_or_default();
        let differing = made.rows.iter().filter(|r| r.status == Comparison::Differs).map(|r| {
            let form = self.edition.compilation.form_of(r.year);
            let name = form.map_or_else(|| r.cell_id.clone(), |ix| self.edition.forms.name_in(self.lang.code(), ix, r.cell));
            let (sum, difference, why) = (exact(r.sum), exact(r.difference), pick(&r.explanation, &r.explanation_en));
            context! { year => r.year, cell => name, published => &r.raw, sum, difference, why }
        });
        context! {
            message => pick(&made.message, &made.message_en),
            explanations => made.explanations.iter().map(|e| pick(&e.message, &e.message_en)).collect::<Vec<_>>(),
            rows => differing.collect::<Vec<_>>(),
        }
    }

    pub(super) fn index(&self) -> Result<Vec<FileOut>, PublishError> {
        let listed = self.listed(None, "");
        let coverage = &self.figures.coverage;
        let count = |statuses: &[&str]| coverage.iter().filter(|c| statuses.contains(&c.status.as_str())).count();
        let (expected, beyond) = (count(&["counted", "partial", "missing"]), count(&["unknown-agency"]));
        let unknown = coverage.iter().filter(|c| c.status == "unknown-agency");
        let with = |severity| {
            let some = |a: &&AgencyPage| self.count(Some(&a.key), severity) > 0;
            self.names.agencies.iter().filter(some).count()
        };
        let context = context! {
            t => &self.words,
            page => self.frame(&self.lang.page_title(&self.edition.group_name, self.edition.year), "", ""),
            year => self.edition.year,
            counted => count(&["counted", "partial"]),
            beyond,
            expected,
            registry => !self.edition.registry.is_empty(),
            errors => self.count(None, Severity::Error),
            warnings => self.count(None, Severity::Warning),
            errors_of => with(Severity::Error),
            warnings_of => with(Severity::Warning),
            absent => self.absent(),
            due => self.due(),
            shown => SHOWN,
            missing => self.people(self.figures.absent().map(agency_key), true),
            partial => self.people(self.figures.partial().map(agency_key), false),
            unknown => self.people(unknown.map(|c| agency_key(c)), false),
            unread => self.unread(),
            findings_of => self.findings_view(&listed, None),
            tables => self.tables(),
            published => self.edition.reconciliation.map(|r| self.published(r)),
            choices => self.choices(),
            series => self.series_table(&self.edition.compilation.root, false),
            charts => self.charts(),
            severities => [Severity::Error, Severity::Warning, Severity::Info].map(|s| self.lang.severity(s)).to_vec(),
            agencies => self.agencies(),
            letters => !self.names.letters.is_empty(),
        };
        let mut files = vec![render(&self.env, "index.html", "index.html", context)?];
        if !listed.later.is_empty() {
            files.push(self.later(&listed)?);
        }
        Ok(files)
    }

    /// Who has not reported, and what to tell them; who is excused by a decision is left out.
    fn absent(&self) -> Vec<Value> {
        let mut out = Vec::new();
        for row in self.figures.absent() {
            let key = agency_key(row);
            let of_agency = || self.edition.findings.iter().filter(|f| f.subject.agency_key() == key);
            let finding = of_agency().find(|f| f.rule == MISSING);
            if finding.is_some_and(|f| !is_open(f)) {
                continue;
            }
            // A file that came and cannot be read is what they have to hear about.
            let cause = finding.and_then(|f| f.cause.as_deref()).and_then(|c| of_agency().find(|f| f.cause_key() == c));
            let (say, file) = match cause.or(finding) {
                Some(f) => (f.text(self.lang.code()).to_owned(), f.subject.report.clone()),
                None => (self.lang.say("not_received").to_owned(), String::new()),
            };
            let title = cause.map_or(self.lang.say("cov_missing"), |f| self.lang.rule_title(f));
            let letters = self.letters(key, "");
            out.push(context! { name => &row.agency, href => self.names.href(key, ""), severity => "error", title, say, file, letters });
        }
        out
    }

    /// Agencies by errors, then by how much of a district figure is at stake, then by warnings, then by rank.
    fn due(&self) -> Vec<Value> {
        let mut due: Vec<Due<'e>> = Vec::new();
        for (at, agency) in self.names.agencies.iter().enumerate() {
            let acts =
                |f: &Finding| is_open(f) && letters::concerns_agency(f) && f.severity > Severity::Info && f.rule != MISSING;
            let findings: Vec<_> = self.of(Some(&agency.key)).into_iter().filter(|(_, f)| acts(f)).collect();
            let count = |s| findings.iter().filter(|(_, f)| f.severity == s).count();
            let influence = findings.iter().filter_map(|(_, f)| f.influence).fold(0.0, f64::max);
            if !findings.is_empty() {
                due.push(Due {
                    agency: at,
                    errors: count(Severity::Error),
                    warnings: count(Severity::Warning),
                    influence,
                    findings,
                });
            }
        }
        due.sort_by(|a, b| {
            let counts = |d: &Due<'_>| Reverse(d.errors);
            let then = b.influence.total_cmp(&a.influence);
            counts(a).cmp(&counts(b)).then(then).then(b.warnings.cmp(&a.warnings)).then(a.findings[0].0.cmp(&b.findings[0].0))
        });
        due.iter().map(|d| self.due_view(d)).collect()
    }

    fn due_view(&self, due: &Due<'_>) -> Value {
        let agency = &self.names.agencies[due.agency];
        let (at, first) = due.findings[0];
        context! {
            name => &agency.name,
            href => href(&agency.page),
            errors => due.errors,
            warnings => due.warnings,
            influence => Some(due.influence).filter(|i| *i >= 0.0005).map(percent).unwrap_or_default(),
            title => self.lang.rule_title(first),
            severity => first.severity.as_str(),
            severity_word => self.lang.severity(first.severity),
            say => self.say(first),
            more => due.findings.len() - 1,
            file => &first.subject.report,
            confirmed => first.status == Status::Confirmed,
            finding => at + 1,
            letters => self.letters(&agency.key, ""),
        }
    }

    /// What to say on the telephone, in a line: what stands where and what should stand there; without a cell, the message.
    fn say(&self, f: &Finding) -> String {
        let join = |list: &[String]| {
            let some = list.iter().filter(|t| !t.is_empty()).map(String::as_str);
            self.lang.list(some)
        };
        let (found, wanted) = (join(&f.found), join(letters::wanted(f)));
        if f.cells.is_empty() {
            return f.text(self.lang.code()).to_owned();
        }
        let cells = letters::cell_names(self.edition, self.form, self.lang, f);
        let (verify, correct) = match self.lang {
            Lang::Zh => ("请对照台账核实。", "请核实更正。"),
            Lang::En => ("please verify.", "please verify and correct."),
        };
        let stands = match (self.lang, found.is_empty()) {
            (Lang::Zh, true) => format!("“{cells}”未填"),
            (Lang::Zh, false) => format!("“{cells}”填{found}"),
            (Lang::En, true) => format!("“{cells}” is blank"),
            (Lang::En, false) => format!("“{cells}” is {found}"),
        };
        match (self.lang, wanted.is_empty(), letters::is_proved(f)) {
            (Lang::Zh, true, _) => format!("{stands}，{verify}"),
            (Lang::Zh, false, true) => format!("{stands}，应为{wanted}，{correct}"),
            (Lang::Zh, false, false) => format!("{stands}，参考值{wanted}，{verify}"),
            (Lang::En, true, _) => format!("{stands}: {verify}"),
            (Lang::En, false, true) => format!("{stands} and should be {wanted}: {correct}"),
            (Lang::En, false, false) => format!("{stands} (for reference: {wanted}): {verify}"),
        }
    }

    /// Names with links to their pages, and to their reminders.
    fn people<'k>(&self, keys: impl Iterator<Item = &'k str>, reminders: bool) -> Vec<Value> {
        let find = |key: &str| self.names.at.get(key).map(|i| &self.names.agencies[*i]);
        keys.filter_map(find)
            .map(|a| {
                let letter = self.names.letters(&a.key).iter().find(|(_, reminder)| reminders && *reminder).map(|(p, _)| href(p));
                context! { name => &a.name, href => href(&a.page), letter => letter.unwrap_or_default() }
            })
            .collect()
    }

    fn unread(&self) -> Vec<Value> {
        let english = self.lang == Lang::En;
        let unread = self.edition.receipts.iter().filter(|r| r.has_failed());
        unread
            .map(|r| {
                let reason = if english { &r.reason_en } else { &r.reason };
                context! { name => r.name.as_ref(), status => self.lang.file_status(r.status.as_str()), reason }
            })
            .collect()
    }

    fn charts(&self) -> Vec<Value> {
        let view = |p: &nianbao_chart::Picture| {
            let rows: Vec<Value> = p.table.rows.iter().map(|r| Value::from(r.clone())).collect();
            let columns = Value::from(p.table.columns.clone());
            context! { name => href(&p.name), title => &p.title, caption => &p.caption, columns, rows }
        };
        self.edition.charts.iter().map(|(p, _)| view(p)).collect()
    }

    fn agencies(&self) -> Vec<Value> {
        let status = |key: &str| {
            let row = self.figures.coverage.iter().find(|c| agency_key(c) == key);
            row.map_or("", |c| c.status.as_str())
        };
        let row = |a: &AgencyPage| {
            let counts = [Severity::Error, Severity::Warning, Severity::Info].map(|s| self.count(Some(&a.key), s)).to_vec();
            context! {
                name => &a.name, href => href(&a.page), letters => self.letters(&a.key, ""), counts,
                status_word => self.lang.coverage(status(&a.key)),
            }
        };
        self.names.agencies.iter().map(row).collect()
    }

    /// Findings beyond those of the first file, as text that the page's script puts behind them.
    fn later(&self, listed: &findings::Listed) -> Result<FileOut, PublishError> {
        let template = "{% import \"finding.html\" as finding %}{% for f in later %}{{ finding.one(f, t, false) }}{% endfor %}";
        let made = self.env.render_named_str("later.html", template, context! { later => &listed.later, t => &self.words });
        let html = made.map_err(PublishError::make("page/findings.js"))?;
        Ok(super::side::script("page/findings.js", "findings", &serde_json::json!([html])))
    }
}

fn agency_key(row: &CoverageRow) -> &str {
    key_of(&row.agency_id, &row.agency)
}
